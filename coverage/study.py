"""A study: what is asked, on which register, by which rules. Read from a `study.toml`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from ..boundaries import builtin
from ..boundaries.atlas import Atlas, Geography
from ..boundaries.building import build_atlas
from ..boundaries.errors import Fault, InputError
from ..boundaries.layers import read_layers
from ..boundaries.names import AnyName, Gazetteer, gazetteer_of
from ..boundaries.places import Place
from ..boundaries.sources import Sources
from ..boundaries.wider import land_beyond
from .block_index import BlockIndex, index_blocks
from .boundary_settings import read_boundaries
from .dates import Span
from .drawn import Method
from .pieces import Pieces, pieces_of
from .reconciliation import reconcile
from .register import Register, read_register
from .scope import Reported, Survey, read_reported, read_scope
from .service_area_reader import read_service_areas
from .service_area_settings import SECTION, read_service_area_settings
from .service_areas import ServiceAreas, notes_on
from .settings import FILE, Settings
from .study_settings import (
    Background,
    Rules,
    find_scenarios,
    read_background,
    read_frame,
    read_page_name,
    read_rules,
)
from .vocabulary import BUILTIN_THEMES, Taxonomy, read_taxonomy

Kept = TypeVar("Kept")
MOST_KEPT: Final = 32
BUILTIN_STUDY: Final = Path(__file__).parent / "data" / "east_midlands_2006_07"


@dataclass(frozen=True)
class Study:
    """Everything that figures are computed from.

    Attributes
    ----------
    folder
        Where its tables lie.
    snapshot, snapshot_label
        The period that the register describes.
    area
        What it is about: outside it everything is `out of scope`.
    geographies
        Ids, the first one the default.
    notes, warnings
        What has to be said of it; the warnings on every output.
    service_areas
        The shapes that services refer to.
    reconciliation
        A published count held against the source's own list, where the study has both.
    scenarios
        The file of its scenarios, where it has any.
    faults
        What was noted while it was read.
    progress
        Told how far long work is.
    baseline
        The study that a scenario was applied to, which has measured most of what this one serves.
    """

    folder: Path
    title: str
    snapshot: Span
    snapshot_label: str
    area: tuple[Place, ...]
    geographies: tuple[str, ...]
    register: Register
    taxonomy: Taxonomy
    surveys: tuple[Survey, ...]
    atlas: Atlas
    reported: tuple[Reported, ...] = ()
    rules: Rules = field(default_factory=Rules)
    service_areas: ServiceAreas = field(default_factory=ServiceAreas)
    banner: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    page: str = "map.html"
    background: Background | None = None
    reconciliation: pd.DataFrame | None = None
    scenarios: Path | None = None
    faults: tuple[Fault, ...] = ()
    progress: Callable[[str], None] = lambda _: None
    baseline: Study | None = None

    @property
    def blocks(self) -> npt.NDArray[np.bool_]:
        """For each block of the atlas, whether the study is about it."""
        return blocks_of(self.area, len(self.atlas.blocks))

    @property
    def gazetteer(self) -> Gazetteer:
        """What names of areas are read with."""
        return gazetteer_of(self.atlas)

    def pieces(self, method: Method | None = None) -> Pieces:
        """What its services serve on the blocks: measured once by each method."""
        method = method or self.service_areas.method
        if method not in self._measured:
            self._measured[method] = pieces_of(
                self.register.services,
                self.service_areas.drawn,
                self.index,
                method=method,
                tolerance=self.service_areas.tolerance,
                outside=land_beyond(self.atlas) if len(self.service_areas.drawn) else shapely.Point(),
                known=self.baseline.pieces(method) if self.baseline else None,
                progress=self.progress,
            )
        return self._measured[method]

    @cached_property
    def index(self) -> BlockIndex:
        """Its blocks as plain arrays."""
        return self.baseline.index if self.baseline else index_blocks(self.atlas)

    @cached_property
    def _measured(self) -> dict[Method, Pieces]:
        return {}

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What was worked out of the study before under a key, or now; the last few are kept.

        The figures of blocks are the same for every geography, and many are asked about in a row.
        """
        if key not in self._kept:
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = make()
        found: Kept = self._kept[key]
        return found

    @cached_property
    def _kept(self) -> dict[Hashable, Any]:
        return {}

    def geography(self, name: str | None) -> Geography:
        """The geography of that name, or the study's first."""
        return self.atlas.geography(self.geographies[0] if name is None else name)


def blocks_of(places: tuple[Place, ...], block_count: int) -> npt.NDArray[np.bool_]:
    """For each block, whether one of the places holds it."""
    held = np.zeros(block_count, dtype=bool)
    held[[block for place in places for block in place.blocks]] = True
    return held


def read_study(path: Path = BUILTIN_STUDY, sources: Sources | None = None) -> Study:
    """Read a study and its tables; without a path, the built-in one.

    Parameters
    ----------
    path
        A folder with a `study.toml`, or that file.
    sources
        What the files and layers of its boundaries are read with.

    Returns
    -------
    Study
        What was noted on the way stands in `faults`.

    Raises
    ------
    InputError
        When anything in the study or its tables is refused or has to be asked: every fault at
        once, those of all files together.

    Examples
    --------
    >>> study = read_study()
    >>> len(study.register.organisations)
    67
    """
    study, faults = check_study(path, sources)
    if study is None or any(fault.kind != "noted" for fault in faults):
        raise InputError(faults)
    return study


def check_study(path: Path, sources: Sources | None = None) -> tuple[Study | None, tuple[Fault, ...]]:
    """Read a study as far as it can be read, and collect everything that is wrong with it.

    Parameters
    ----------
    path
        A folder with a `study.toml`, or that file.
    sources
        What the files and layers of its boundaries are read with.

    Returns
    -------
    study
        None where `study.toml` itself, or its boundaries, cannot be used.
    faults
        Of all files, in the order in which they are read.
    """
    file = path / FILE if path.is_dir() else path
    faults: list[Fault] = []
    settings = Settings(file, faults)
    if settings.sections is None:
        return None, tuple(faults)
    folder = file.parent
    atlas = _atlas(settings, folder, sources)
    gazetteer = gazetteer_of(atlas) if atlas is not None else AnyName(builtin.load())
    about = settings.sections["study"]
    tables = {key: folder / name for key, name in settings.sections["tables"].items()}
    snapshot, area, geographies = read_frame(settings, about, gazetteer if atlas is not None else None)
    service_areas = _service_areas(settings, folder, atlas, sources or Sources())
    taxonomy = read_taxonomy(tables.get("themes", BUILTIN_THEMES), faults)
    if not taxonomy.themes:
        taxonomy = read_taxonomy(BUILTIN_THEMES, faults)
    services = tables.get("services", folder / "services.csv")
    register = read_register(
        tables.get("organisations", folder / "organisations.csv"),
        services,
        gazetteer=gazetteer,
        taxonomy=taxonomy,
        snapshot=snapshot,
        faults=faults,
        service_areas=service_areas,
    )
    scope = tables.get("scope", folder / "scope.csv")
    surveys = read_scope(scope, gazetteer=gazetteer, taxonomy=taxonomy, faults=faults)
    reported: tuple[Reported, ...] = ()
    if "reported" in tables:
        reported = read_reported(tables["reported"], gazetteer=gazetteer, taxonomy=taxonomy, faults=faults)
    rules, page = (
        read_rules(settings, settings.sections["rules"]),
        read_page_name(settings, settings.sections["output"]),
    )
    background = read_background(settings, settings.sections["output"])
    scenarios = find_scenarios(settings, tables.get("scenarios"))
    if atlas is None:
        return None, tuple(faults)
    if area:
        inside = blocks_of(area, len(atlas.blocks))
        faults += _services_outside(services.name, register, inside)
        faults += _surveys_outside(scope.name, surveys, inside, snapshot)
    study = Study(
        title=about.get("title", ""),
        folder=folder,
        snapshot=snapshot,
        snapshot_label=about.get("snapshot", ""),
        area=area,
        geographies=geographies,
        register=register,
        taxonomy=taxonomy,
        surveys=surveys,
        atlas=atlas,
        reported=reported,
        rules=rules,
        banner=about.get("banner", ""),
        service_areas=service_areas,
        notes=(*about.get("notes", ()), *_beyond(area)),
        warnings=(
            *atlas.notes,
            *notes_on(service_areas, bool(register.services["drawn"].map(len).any()), atlas),
        ),
        progress=(sources or Sources()).progress,
        sources=tuple(about.get("sources", ())),
        page=page,
        background=background,
        reconciliation=_reconciliation(settings, tables, register, atlas),
        scenarios=scenarios,
        faults=tuple(faults),
    )
    return study, tuple(faults)


def _beyond(area: tuple[Place, ...]) -> list[str]:
    """What has to be said of a study area of which the blocks hold a part only."""
    return [
        f"{place.name} reaches beyond the blocks of the study: figures are of the part inside."
        for place in area
        if place.beyond
    ]


def read_atlas(path: Path, sources: Sources | None = None) -> Atlas:
    """Read the areas of a study alone.

    Parameters
    ----------
    path
        A folder with a `study.toml`, or that file.
    sources
        What the files and layers of its boundaries are read with.

    Raises
    ------
    InputError
        When anything in its boundaries is wrong: every fault at once.
    """
    file = path / FILE if path.is_dir() else path
    settings = Settings(file, [])
    atlas = _atlas(settings, file.parent, sources) if settings.sections is not None else None
    if atlas is None:
        raise InputError(settings.faults)
    return atlas


def _atlas(settings: Settings, folder: Path, sources: Sources | None) -> Atlas | None:
    """The atlas that a study describes, else the built-in one; None where anything in it is wrong."""
    before = len(settings.faults)
    if "boundaries" in settings.incomplete:
        return None
    described = read_boundaries(settings, folder)
    if described is None:
        return builtin.load() if len(settings.faults) == before else None
    sources = sources or Sources()
    own_list = (settings.sections or {})["boundaries"].get("layers")
    try:
        if own_list:
            sources = replace(sources, layers=read_layers(folder / own_list))
        atlas = build_atlas(described, sources, settings.faults)
    except InputError as error:
        settings.faults += error.faults
        return None
    settings.faults[before:] = [settings.locate(fault) for fault in settings.faults[before:]]
    wrong = any(fault.kind != "noted" for fault in settings.faults[before:])
    return None if wrong else atlas


def _service_areas(settings: Settings, folder: Path, atlas: Atlas | None, sources: Sources) -> ServiceAreas:
    wanted = read_service_area_settings(settings, folder)
    complete = SECTION not in settings.incomplete
    found = read_service_areas(wanted, atlas, sources, settings.faults, complete=complete)
    if atlas is not None and not atlas.outlined and len(found.drawn) and found.method == "area":
        reason = "the blocks are known by their centroids alone: no share of their land can be measured"
        settings.report(reason, 'write method = "centroid"', "method", part=(SECTION, 0))
    return found


def _services_outside(file: str, register: Register, inside: npt.NDArray[np.bool_]) -> list[Fault]:
    reason = "it lies outside the area of the study: counted nowhere"
    return [
        Fault(kind="noted", file=file, row=row, column="areas", value=areas, reason=reason)
        for row, areas, places, drawn in register.services[["row", "areas", "places", "drawn"]].itertuples(
            index=False
        )
        if not drawn
        and any(place.blocks for place in places)
        and not any(inside[list(place.blocks)].any() for place in places)
    ]


def _surveys_outside(
    file: str, surveys: tuple[Survey, ...], inside: npt.NDArray[np.bool_], snapshot: Span
) -> list[Fault]:
    faults = []
    for survey in surveys:
        if not any(inside[list(place.blocks)].any() for place in survey.places):
            reason = "this survey lies outside the area of the study"
        elif survey.last < snapshot[0] or survey.first > snapshot[1]:
            reason = "this survey lies outside the snapshot: it speaks for its own dates only"
        else:
            continue
        faults.append(Fault(kind="noted", file=file, value=survey.source, reason=reason))
    return faults


def _reconciliation(
    settings: Settings, tables: dict[str, Path], register: Register, atlas: Atlas
) -> pd.DataFrame | None:
    if "listed" in tables and "published" in tables:
        return reconcile(register, atlas, tables["listed"], tables["published"], settings.faults)
    for one, other in (("listed", "published"), ("published", "listed")):
        if one in tables:
            settings.report(f"it needs {other} beside it", f"add {other} = …, or take it out", one)
    return None
