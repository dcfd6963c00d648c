"""The tables of a file of scenarios while they are read: each fault with the line of its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from ..boundaries.atlas import CRS, LEVELS
from ..boundaries.coordinates import check_points
from ..boundaries.errors import Fault, Kind, PlaceError
from ..boundaries.grid import WGS84
from ..boundaries.places import Place
from ..boundaries.spelling import match_key, near
from ..boundaries.tables import Row
from .area_cells import AreaCells
from .cells import CellError, parse_choice, parse_day
from .drawn import DrawnAreas
from .radii import parse_radius
from .rows import CONTACT, RowReader
from .scenarios import Change, Where
from .settings import CONTROL
from .study import Study, blocks_of
from .toml_text import TomlText
from .vocabulary import REPORTED, SECTORS

TEXT, LIST, DAY, NUMBER = "a text in quotation marks", 'a list of texts, ["…", "…"]', "a date", "a number"
PAIR: Final = "two numbers, [easting, northing]"


@dataclass
class ScenarioFile:
    """A file of scenarios.

    Attributes
    ----------
    file
        Its name.
    lines
        Where its keys stand.
    study
        Whose organisations, areas and themes it names.
    faults
        What is wrong is added to it.
    circles
        Name, easting, northing and radius, in metres, of the catchments that it draws.
    """

    file: str
    lines: TomlText
    study: Study
    faults: list[Fault]
    circles: list[tuple[str, float, float, float]] = field(default_factory=list)

    def drawn(self) -> DrawnAreas:
        """Those catchments."""
        circles = np.array([each[1:] for each in self.circles], dtype=np.float64).reshape(-1, 3)
        return replace(DrawnAreas.of_circles(circles), names=tuple(name for name, *_ in self.circles))

    def report(
        self,
        line: int | None,
        key: str,
        reason: str,
        remedy: str,
        *,
        value: str | None = None,
        kind: Kind = "refused",
    ) -> None:
        """Report a fault of a line."""
        self.faults.append(
            Fault(
                kind=kind,
                file=self.file,
                row=line,
                column=key,
                value=value,
                reason=reason,
                remedy=remedy,
            )
        )


@dataclass
class ScenarioTable:
    """One table of the file while it is read."""

    reading: ScenarioFile
    path: str
    number: int
    content: Mapping[str, Any]
    usable: bool = True

    def line(self, key: str = "") -> int | None:
        """On which line a key of it stands, or its heading."""
        return self.reading.lines.line(self.path, self.number, key)

    def report(
        self, key: str, reason: str, remedy: str, *, value: str | None = None, kind: Kind = "refused"
    ) -> None:
        """Report a fault of it; anything but a note makes it unusable."""
        self.usable = self.usable and kind == "noted"
        if value is None and isinstance(self.content.get(key), str):
            value = self.content[key]
        column = f"{self.path}.{key}" if key else self.path
        self.reading.report(self.line(key), column, reason, remedy, value=value, kind=kind)

    def keys(
        self, known: Mapping[str, str], required: Sequence[str], beside: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The keys that can be used."""
        taken: dict[str, Any] = {}
        misspelt: set[str] = set()
        for key, value in self.content.items():
            if key in beside:
                continue
            if key not in known:
                meant = near(key, [*known, *beside])
                misspelt.update(meant[:1])
                choices = ", ".join((*known, *beside))
                remedy = f"did you mean {meant[0]}?" if meant else f"known are {choices}"
                self.report(key, f"[[{self.path}]] has no such key", remedy, value=key)
            elif not _is(value, known[key]):
                self.report(key, f"it has to be {known[key]}", f"write {key} = …", value=str(value)[:200])
            elif value == [] or (isinstance(value, str) and not value.strip()):
                self.report(key, "it is empty", "write at least one value, or take the line out")
            elif any(CONTROL.search(text) or CONTACT.search(text) for text in _texts(value)):
                reason = "it holds control characters, a telephone number or an e-mail address"
                self.report(key, reason, "take them out: contacts are never published")
            else:
                taken[key] = value.isoformat() if isinstance(value, date) else value
        for key in required:
            if key not in self.content and key not in misspelt:
                self.report("", f"[[{self.path}]] has no {key}", f"add a line: {key} = …")
        return taken

    def texts(self, key: str, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Ids of organisations, by id or name; those that the file itself opens are left to the checks."""
        bodies = self.reading.study.register.organisations
        by_name: dict[str, list[str]] = {}
        for body, name in bodies["name"].items():
            by_name.setdefault(match_key(name), []).append(str(body))
        found = []
        for text in values.get(key, ()):
            named = by_name.get(match_key(text), [])
            if text not in bodies.index and len(named) > 1:
                remedy = f"write the id: {' or '.join(named)}"
                self.report(key, "several organisations have this name", remedy, value=text, kind="asked")
            found.append(text if text in bodies.index or len(named) != 1 else named[0])
        return tuple(found)

    def funded_by(self, funder: str) -> tuple[str, ...]:
        """Ids of the organisations with that funder."""
        bodies = self.reading.study.register.organisations
        found = tuple(bodies.index[bodies["funder"].map(match_key) == match_key(funder)])
        if not found:
            meant = near(funder, set(filter(None, bodies["funder"])))
            remedy = f"did you mean {' or '.join(meant)}?" if meant else "write it in the column funder"
            self.report("funder", "no organisation has this funder", remedy, kind="asked")
        return found

    def themes(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Ids of themes that are computed, in the taxonomy's order."""
        taxonomy = self.reading.study.taxonomy
        found = []
        for text in values.get("themes", ()):
            try:
                theme = taxonomy.find(text)
            except CellError as error:
                self.report("themes", error.reason, error.remedy, value=text, kind=error.kind)
                continue
            if theme.kind == REPORTED:
                self.report(
                    "themes", "this theme is reported only", "it is never computed: take it out", value=text
                )
            found.append(theme.id)
        return tuple(theme for theme in taxonomy.ids if theme in found)

    def areas(self, key: str, values: Mapping[str, Any]) -> Where | None:
        """What names of areas and references to shapes stand for."""
        if key not in values:
            return None
        study = self.reading.study
        written = "; ".join(values[key])
        reader = _Cells(self, key, written)
        on = values.get("on")
        day = max(study.snapshot[0], date.fromisoformat(on)) if on and _iso(on) else study.snapshot[0]
        found = AreaCells(study.gazetteer, study.service_areas, self.reading.faults).read(reader, day)
        self.usable = self.usable and reader.usable
        return Where(found["places"], found["drawn"], written)

    def reached(self, values: Mapping[str, Any]) -> Where | None:
        """What a body reaches that has a point and a reach; its areas without them."""
        where = self.areas("areas", values)
        if "point" not in values and "reach" not in values:
            if not {"areas", "point", "reach"} & self.content.keys():
                remedy = "add areas = …, or point = … and reach = …"
                self.report("", f"[[{self.path}]] does not say where", remedy)
            return where
        for key, other in (("point", "reach"), ("reach", "point")):
            if key not in self.content:
                self.report(other, "a point and a reach go together", f"add a line: {key} = …")
        if "in_each" in values:
            self.report("in_each", "a body with a reach is one body", "take in_each or reach out")
        circle = self._circle(values) if {"point", "reach"} <= values.keys() else None
        if circle is None:
            return None
        position = len(self.reading.study.service_areas.drawn) + len(self.reading.circles)
        self.reading.circles.append((f"catchment:{values.get('id', '')}", *circle))
        places, drawn, text = (where.places, where.drawn, where.text) if where else ((), (), "")
        said = "; ".join(filter(None, [text, f"{values['reach']} round a point"]))
        return Where(places, (*drawn, position), said)

    def _circle(self, values: Mapping[str, Any]) -> tuple[float, float, float] | None:
        """Easting, northing and radius, metres."""
        x, y = (f"{number:.15g}" for number in values["point"])
        crs = self.choice("crs", values, (CRS, WGS84)) or CRS
        index = pd.Index([self.line("point") or 0])
        found: list[Fault] = []
        points = check_points(
            pd.Series([x], index, name="point"),
            pd.Series([y], index, name="point"),
            crs=WGS84 if crs == WGS84 else CRS,
            file=self.reading.file,
            land=self.reading.study.atlas.blocks.geometry,
            faults=found,
        )
        for fault in found:
            self.report("point", fault.reason, fault.remedy, value=f"{x}, {y}", kind=fault.kind)
        try:
            radius_m, _ = parse_radius(values["reach"])
        except CellError as error:
            self.report("reach", error.reason, error.remedy, kind=error.kind)
            return None
        return None if points.empty else (float(points.x.iloc[0]), float(points.y.iloc[0]), radius_m)

    def day(self, key: str, values: Mapping[str, Any], *, end: bool) -> date | None:
        """A day, or None."""
        if key not in values:
            return None
        try:
            return parse_day(str(values[key]), end=end)[0]
        except CellError as error:
            self.report(key, error.reason, error.remedy, value=str(values[key]), kind=error.kind)
            return None

    def choice(self, key: str, values: Mapping[str, Any], choices: Sequence[str]) -> str | None:
        """One of some words, or None."""
        if key not in values:
            return None
        try:
            return parse_choice(values[key], choices, what=key)
        except CellError as error:
            self.report(key, error.reason, error.remedy, kind=error.kind)
            return None

    def body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Columns of the organisation that is opened, or comes of a merger."""
        about = {key: values.get(key, "") for key in ("id", "name", "category")}
        about["remit"] = self.choice("remit", values, LEVELS) or ""
        about["sector"] = self.choice("sector", values, SECTORS) or "voluntary"
        for key in ("annual_cost", "staff"):
            about[key] = float(values[key]) if key in values else float("nan")
            if about[key] < 0:
                self.report(key, "it is below 0", "write 0 or more", value=str(values[key]))
        bases = self.areas("bases", values)
        about["bases"] = bases.places if bases else ()
        return about

    def in_each(self, change: Change) -> list[Change]:
        """A change that opens one body as it is; with `in_each`, one body for each area of that geography."""
        if "in_each" not in self.content:
            return [change]
        study = self.reading.study
        try:
            geography = study.atlas.geography(str(self.content["in_each"]))
        except PlaceError as error:
            self.report("in_each", error.reason, error.remedy)
            return []
        assert change.areas is not None
        inside = blocks_of(change.areas.places, len(study.atlas.blocks))
        opened = []
        held = geography.membership.toarray() > 0
        for code, name, blocks in zip(geography.names.index, geography.names, held, strict=True):
            if (blocks & inside).sum() == blocks.sum():
                place = Place(f"{geography.id}:{code}", name, tuple(np.flatnonzero(blocks).tolist()))
                about = {"id": f"{change.body['id']}-{code}", "name": f"{change.body['name']}: {name}"}
                where, body = Where((place,), (), name), {**change.body, **about}
                opened.append(replace(change, organisations=(about["id"],), areas=where, body=body))
        if not opened:
            reason = f"no area of {geography.id} lies in {change.areas.text}"
            self.report("in_each", reason, "name larger areas, or a geography of smaller ones")
        return opened


class _Cells(RowReader):
    """Areas of a change, read as the cell `areas` of a service is."""

    def __init__(self, table: ScenarioTable, key: str, written: str) -> None:
        row = Row(table.line(key) or 0, {"areas": written})
        super().__init__(table.reading.file, row, table.reading.faults)
        self.table, self.key = table, key

    def report(self, column: str, reason: str, remedy: str, kind: Kind, *, value: str | None = None) -> None:
        self.usable = self.usable and kind == "noted"
        shown = self.text(column) if value is None else value
        if kind != "noted":
            self.table.report(self.key, reason, remedy, value=shown, kind=kind)


def _is(value: object, wanted: str) -> bool:
    if wanted == LIST:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if wanted == NUMBER:
        return isinstance(value, float | int) and not isinstance(value, bool) and abs(value) < float("inf")
    if wanted == PAIR:
        return isinstance(value, list) and len(value) == 2 and all(_is(each, NUMBER) for each in value)
    if wanted == DAY:
        return isinstance(value, str | date)
    return isinstance(value, str)


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


def _iso(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
