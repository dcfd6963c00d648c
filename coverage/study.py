"""A study: what is asked, on which register, by which rules. Read from a `study.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..boundaries import builtin
from ..boundaries.atlas import Atlas, Geography
from ..boundaries.errors import Fault, InputError, PlaceError
from ..boundaries.names import Gazetteer, Place
from .cells import CellError, near
from .dates import Span, parse_span
from .register import Register, read_register
from .scope import Reported, Survey, read_reported, read_scope
from .vocabulary import BUILTIN_THEMES, FOCUSES, GRADES, HEADLINE, SECTORS, Taxonomy, read_taxonomy
from .writing import plain_file_name

BUILTIN_STUDY: Final = Path(__file__).parent / "data" / "east_midlands_2006_07"
FILE: Final = "study.toml"
KEYS: Final[Mapping[str, Mapping[str, type]]] = {
    "study": {
        "title": str,
        "snapshot": str,
        "area": list,
        "geographies": list,
        "banner": str,
        "notes": list,
        "sources": list,
    },
    "rules": {"evidence": list, "community_focus": list, "sectors": list, "covered_from": float},
    "tables": {
        "organisations": str,
        "services": str,
        "scope": str,
        "themes": str,
        "reported": str,
        "listed": str,
        "published": str,
    },
    "output": {"page": str},
}
REQUIRED: Final = ("title", "snapshot", "area", "geographies")


@dataclass(frozen=True)
class Rules:
    """What counts.

    Attributes
    ----------
    evidence
        Grades of evidence that headline figures rest on.
    community_focus
        Which focus counts for a community theme; for a function every focus does.
    sectors
        Sectors that are counted; the others are listed.
    covered_from
        θ: the share of residents from which an area counts as covered, 0 to 1.
    """

    evidence: tuple[str, ...] = HEADLINE
    community_focus: tuple[str, ...] = ("own purpose",)
    sectors: tuple[str, ...] = ("voluntary",)
    covered_from: float = 0.99


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
    listed, published
        The files of a published count to be reconciled, where the study has them.
    faults
        What was noted while it was read.
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
    banner: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    page: str = "map.html"
    listed: Path | None = None
    published: Path | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def blocks(self) -> npt.NDArray[np.bool_]:
        """For each block of the atlas, whether the study is about it."""
        return blocks_of(self.area, len(self.atlas.blocks))

    def geography(self, name: str | None) -> Geography:
        """The geography of that name, or the study's first."""
        return self.atlas.geography(name or self.geographies[0])


def blocks_of(places: tuple[Place, ...], block_count: int) -> npt.NDArray[np.bool_]:
    """For each block, whether one of the places holds it."""
    held = np.zeros(block_count, dtype=bool)
    held[[block for place in places for block in place.blocks]] = True
    return held


def read_study(path: Path = BUILTIN_STUDY) -> Study:
    """Read a study and its tables; without a path, the built-in one.

    Parameters
    ----------
    path
        A folder with a `study.toml`, or that file.

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
    study, faults = check_study(path)
    if study is None or any(fault.kind != "noted" for fault in faults):
        raise InputError(faults)
    return study


def check_study(path: Path) -> tuple[Study | None, tuple[Fault, ...]]:
    """Read a study as far as it can be read, and collect everything that is wrong with it.

    Parameters
    ----------
    path
        A folder with a `study.toml`, or that file.

    Returns
    -------
    study
        None where `study.toml` itself cannot be used.
    faults
        Of all files, in the order in which they are read.
    """
    file = path / FILE if path.is_dir() else path
    faults: list[Fault] = []
    keys = _read_keys(file, faults)
    if keys is None:
        return None, tuple(faults)
    folder, atlas = file.parent, builtin.load()
    gazetteer = Gazetteer(atlas)
    about, tables = keys["study"], keys["tables"]
    snapshot, area, geographies = _frame(file, about, gazetteer, faults)
    themes = folder / tables["themes"] if "themes" in tables else BUILTIN_THEMES
    taxonomy = read_taxonomy(themes, faults)
    register = read_register(
        folder / tables.get("organisations", "organisations.csv"),
        folder / tables.get("services", "services.csv"),
        gazetteer=gazetteer,
        taxonomy=taxonomy,
        snapshot=snapshot,
        faults=faults,
    )
    scope = folder / tables.get("scope", "scope.csv")
    surveys = read_scope(scope, gazetteer=gazetteer, taxonomy=taxonomy, faults=faults)
    reported: tuple[Reported, ...] = ()
    if "reported" in tables:
        gaps = folder / tables["reported"]
        reported = read_reported(gaps, gazetteer=gazetteer, taxonomy=taxonomy, faults=faults)
    study = Study(
        folder=folder,
        title=about.get("title", ""),
        snapshot=snapshot,
        snapshot_label=about.get("snapshot", ""),
        area=area,
        geographies=geographies,
        register=register,
        taxonomy=taxonomy,
        surveys=surveys,
        atlas=atlas,
        reported=reported,
        rules=_rules(file, keys["rules"], faults),
        banner=about.get("banner", ""),
        notes=tuple(about.get("notes", ())),
        sources=tuple(about.get("sources", ())),
        page=_page_name(file, keys["output"], faults),
        listed=folder / tables["listed"] if "listed" in tables else None,
        published=folder / tables["published"] if "published" in tables else None,
        faults=tuple(faults),
    )
    return study, tuple(faults)


def _read_keys(file: Path, faults: list[Fault]) -> dict[str, dict[str, Any]] | None:
    """The sections of a `study.toml`, unknown keys and values of the wrong type left out."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        found = tomllib.loads(text)
    except FileNotFoundError:
        remedy = "name a folder with a study.toml, or make one: hinterland new DIR"
        faults.append(Fault(kind="stopped", file=str(file), reason="there is no such file", remedy=remedy))
        return None
    except OSError as error:
        reason = f"it cannot be read: {error.strerror}"
        faults.append(Fault(kind="stopped", file=str(file), reason=reason, remedy="name a readable file"))
        return None
    except UnicodeDecodeError:
        remedy = "save it as UTF-8 text"
        faults.append(Fault(kind="stopped", file=file.name, reason="it is no UTF-8 text", remedy=remedy))
        return None
    except tomllib.TOMLDecodeError as error:
        reason = f"it is no TOML: {error}"
        faults.append(Fault(kind="stopped", file=file.name, reason=reason, remedy="mend that line"))
        return None
    sections: dict[str, dict[str, Any]] = {section: {} for section in KEYS}
    for section, values in found.items():
        if section not in KEYS or not isinstance(values, dict):
            _unknown(file, text, section, list(KEYS), "section", faults)
            continue
        for key, value in values.items():
            wanted = KEYS[section].get(key)
            if wanted is None:
                _unknown(file, text, key, list(KEYS[section]), f"key of [{section}]", faults)
            elif not _is(value, wanted):
                reason = f"{key} has to be {_described(wanted)}"
                faults.append(
                    _fault(file, reason, f"see {file.name} of hinterland new DIR", key, str(value), text)
                )
            else:
                sections[section][key] = value
    missing = [key for key in REQUIRED if not sections["study"].get(key)]
    faults += [_fault(file, f"[study] has no usable {key}", f"add it: {key} = …") for key in missing]
    return sections


def _frame(
    file: Path, about: dict[str, Any], gazetteer: Gazetteer, faults: list[Fault]
) -> tuple[Span, tuple[Place, ...], tuple[str, ...]]:
    snapshot = parse_span("1900/2100")
    try:
        snapshot = parse_span(about["snapshot"])
    except CellError as error:
        faults.append(_fault(file, error.reason, error.remedy, "snapshot", about["snapshot"]))
    except KeyError:
        pass
    area = []
    for text in about.get("area", ()):
        try:
            area.append(gazetteer.resolve(text))
        except PlaceError as error:
            faults.append(_fault(file, error.reason, error.remedy, "area", text))
    geographies = []
    for text in about.get("geographies", ()):
        try:
            geographies.append(gazetteer.atlas.geography(text).id)
        except PlaceError as error:
            faults.append(_fault(file, error.reason, error.remedy, "geographies", text))
    return snapshot, tuple(area), tuple(geographies)


def _rules(file: Path, given: dict[str, Any], faults: list[Fault]) -> Rules:
    allowed = {"evidence": GRADES, "community_focus": FOCUSES, "sectors": SECTORS}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key == "covered_from":
            if not 0 < value <= 1:
                faults.append(
                    _fault(file, "a share has to lie between 0 and 1", "write 0.99", key, str(value))
                )
            values[key] = float(value)
            continue
        for word in value:
            if word not in allowed[key]:
                remedy = f"write any of {', '.join(allowed[key])}"
                faults.append(_fault(file, f"no {key} is called so", remedy, key, word))
        values[key] = tuple(value)
    return Rules(**values)


def _page_name(file: Path, given: dict[str, Any], faults: list[Fault]) -> str:
    name: str = given.get("page", "map.html")
    if not plain_file_name(name) or not name.endswith(".html"):
        reason = "the page's name has to be a plain file name inside the output folder"
        faults.append(_fault(file, reason, "write a name such as map.html", "page", name))
    return name


def _unknown(file: Path, text: str, key: str, known: list[str], what: str, faults: list[Fault]) -> None:
    meant = near(key, known)
    remedy = f"did you mean {' or '.join(meant)}?" if meant else f"known are {', '.join(known)}"
    faults.append(_fault(file, f"there is no such {what}", remedy, key, key, text))


def _fault(
    file: Path, reason: str, remedy: str, key: str = "", value: str | None = None, text: str = ""
) -> Fault:
    line = re.search(rf"^\s*\[?\s*{re.escape(key)}\b", text, re.MULTILINE) if key and text else None
    row = text.count("\n", 0, line.end()) + 1 if line else None
    return Fault(
        kind="stopped", file=file.name, row=row, column=key, value=value, reason=reason, remedy=remedy
    )


def _is(value: object, wanted: type) -> bool:
    if wanted is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if wanted is float:
        return isinstance(value, float | int) and not isinstance(value, bool)
    return isinstance(value, wanted)


def _described(wanted: type) -> str:
    return {list: 'a list of texts, ["…", "…"]', float: "a number", str: "a text in quotation marks"}[wanted]
