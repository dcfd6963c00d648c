"""Reading a file of scenarios: strictly, and with the line of everything that is wrong in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from ..boundaries.atlas import LEVELS
from ..boundaries.errors import Fault, InputError, Kind, PlaceError
from ..boundaries.spelling import match_key, near
from ..boundaries.tables import Row
from .area_cells import AreaCells
from .cells import CellError, parse_choice, parse_day
from .classes import LOCAL, NONE, PART, WIDER
from .rows import CONTACT, RowReader
from .scenario_checks import check_changes
from .scenarios import (
    CLOSE,
    EXTEND,
    FUND_UNTIL,
    KINDS,
    MERGE,
    MOVE,
    OPEN,
    RENEW,
    WITHDRAW,
    Change,
    Criterion,
    Scenario,
    Scenarios,
    Where,
)
from .settings import CONTROL
from .study import Study
from .toml_text import TomlText
from .vocabulary import COMMUNITY, FOCUSES, REPORTED, SECTORS

FILE: Final = "scenarios.toml"
TEXT, LIST, DAY, NUMBER = "a text in quotation marks", 'a list of texts, ["…", "…"]', "a date", "a number"
OF_A_BODY: Final = {"category": TEXT, "sector": TEXT, "remit": TEXT, "annual_cost": NUMBER, "staff": NUMBER}
BASE: Final = {"organisations": LIST, "themes": LIST, "on": DAY}
CHANGES: Final[Mapping[str, Mapping[str, str]]] = {
    CLOSE: BASE,
    OPEN: {
        "id": TEXT,
        "name": TEXT,
        "themes": LIST,
        "areas": LIST,
        "on": DAY,
        "focus": TEXT,
        **OF_A_BODY,
        "bases": LIST,
    },
    MERGE: {
        "organisations": LIST,
        "id": TEXT,
        "name": TEXT,
        "areas": LIST,
        "on": DAY,
        **OF_A_BODY,
        "bases": LIST,
    },
    EXTEND: {**BASE, "areas": LIST, "focus": TEXT},
    WITHDRAW: {**BASE, "areas": LIST},
    MOVE: {**BASE, "from": LIST, "to": LIST},
    FUND_UNTIL: {"organisations": LIST, "themes": LIST, "date": DAY, "funder": TEXT},
    RENEW: {"organisations": LIST, "themes": LIST, "until": DAY, "funder": TEXT},
}
SCENARIO: Final = {"id": TEXT, "title": TEXT, "label": TEXT, "based_on": TEXT, "as_of": DAY}
CRITERION: Final = {
    "id": TEXT,
    "title": TEXT,
    "geography": TEXT,
    "themes": LIST,
    "at_least": TEXT,
    "measure": TEXT,
    "at_most": NUMBER,
    "not_under": NUMBER,
}
TOP: Final = ("scenario", "criterion")
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "scenario": ("id", "title"),
    "criterion": ("id", "title"),
    CLOSE: ("organisations",),
    OPEN: ("id", "name", "remit", "themes", "areas"),
    MERGE: ("organisations", "id", "name", "remit"),
    EXTEND: ("organisations",),
    WITHDRAW: ("organisations",),
    MOVE: ("organisations", "from", "to"),
    FUND_UNTIL: (),
    RENEW: (),
}
JUDGED: Final = (
    *("coverage_low", "coverage_high", "relying_low", "relying_high", "overlap_low", "overlap_high"),
    *("residents_none_low", "residents_none_high", "annual_cost"),
)
"""What a criterion may bound."""


def read_scenarios(file: Path, study: Study) -> Scenarios:
    """Read a file of scenarios.

    Parameters
    ----------
    file
        TOML, with `[[scenario]]`, under each its changes (`[[scenario.close]]` …), and `[[criterion]]`.
    study
        Whose organisations, areas, themes and dates the changes name.

    Raises
    ------
    InputError
        When anything in it is wrong: every fault at once.
    """
    found, faults = check_scenarios(file, study)
    if found is None or any(fault.kind != "noted" for fault in faults):
        raise InputError(faults)
    return found


def check_scenarios(file: Path, study: Study) -> tuple[Scenarios | None, tuple[Fault, ...]]:
    """Read a file of scenarios as far as it can be read, and collect everything that is wrong with it."""
    faults: list[Fault] = []
    try:
        text = file.read_bytes().decode("utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError:
        remedy = "name a file with [[scenario]] tables: docs/scenarios.md shows how they are written"
        return None, (Fault(kind="stopped", file=str(file), reason="there is no such file", remedy=remedy),)
    except OSError as error:
        remedy = "name a file that can be read"
        reason = f"it cannot be read: {error.strerror}"
        return None, (Fault(kind="stopped", file=str(file), reason=reason, remedy=remedy),)
    except UnicodeDecodeError:
        remedy = "save it as UTF-8"
        return None, (Fault(kind="stopped", file=file.name, reason="it is no UTF-8 text", remedy=remedy),)
    except (ValueError, RecursionError) as error:
        reason = f"it is no TOML that can be read: {str(error)[:200]}"
        return None, (Fault(kind="stopped", file=file.name, reason=reason, remedy="mend that line"),)
    reading = _Reading(file.name, TomlText(text), study, faults)
    found = reading.take(content)
    return found, tuple(sorted(faults, key=lambda fault: fault.row or 0))


@dataclass
class _Reading:
    """One file while it is read."""

    file: str
    lines: TomlText
    study: Study
    faults: list[Fault]
    counts: dict[str, int] = field(default_factory=dict)

    def take(self, content: Mapping[str, Any]) -> Scenarios:
        """Read all of it."""
        for key in content:
            if key not in TOP:
                meant = near(key, TOP)
                remedy = f"did you mean [[{meant[0]}]]?" if meant else "known are [[scenario]], [[criterion]]"
                line = self.lines.line(key, 0) or self.lines.line("", 0, key)
                self.report(line, key, "there is no such table", remedy, value=key)
        written = [self._scenario(table) for table in self._tables(content, "scenario")]
        criteria = [self._criterion(table) for table in self._tables(content, "criterion")]
        scenarios = self._chained([each for each in written if each is not None])
        if not scenarios and not self.faults:
            self.report(None, "", "it has no scenario", "write [[scenario]] and its changes under it")
        return Scenarios(tuple(scenarios), tuple(each for each in criteria if each is not None))

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

    def _tables(self, holder: Mapping[str, Any], name: str, path: str = "") -> list[_Table]:
        """The tables of that name, each with where it stands."""
        found = holder.get(name, [])
        path = f"{path}.{name}" if path else name
        tables = found if isinstance(found, list) else [found]
        if isinstance(found, dict) or not all(isinstance(table, dict) for table in tables):
            line = self.lines.line(path, 0)
            self.report(line, path, "it is written another way", f"write [[{path}]], and its keys under it")
            return []
        first = self.counts.get(path, 0)
        self.counts[path] = first + len(tables)
        return [_Table(self, path, first + i, table) for i, table in enumerate(tables)]

    def _scenario(self, table: _Table) -> tuple[_Table, Scenario] | None:
        values = table.keys(SCENARIO, REQUIRED["scenario"], beside=tuple(CHANGES))
        changes = [
            change
            for kind in CHANGES
            for part in self._tables(table.content, kind, "scenario")
            if (change := self._change(kind, part)) is not None
        ]
        as_of = table.day("as_of", values, end=True)
        if not changes and not any(kind in table.content for kind in CHANGES):
            table.report("id", "it changes nothing", f"add a change: {', '.join(CHANGES)}", kind="noted")
        if not table.usable:
            return None
        return table, Scenario(
            values["id"],
            values["title"],
            values.get("label", ""),
            str(as_of) if as_of else None,
            tuple(sorted(changes, key=lambda change: (KINDS.index(change.kind), change.line))),
            values.get("based_on", ""),
        )

    def _chained(self, written: Sequence[tuple[_Table, Scenario]]) -> list[Scenario]:
        """Scenarios with the changes that they build on; circles and contradictions are reported."""
        known: dict[str, tuple[_Table, Scenario]] = {}
        for table, scenario in written:
            if scenario.id in known:
                line = known[scenario.id][0].line("id")
                table.report("id", f"line {line} has this id too", "give one of them another id")
            known.setdefault(scenario.id, (table, scenario))
        chained = []
        for table, scenario in written:
            chain, each = [scenario], scenario
            while each.based_on:
                if each.based_on not in known:
                    meant = near(each.based_on, known)
                    remedy = f"did you mean {' or '.join(meant)}?" if meant else "name one of this file"
                    if each is scenario:
                        table.report("based_on", "no scenario has this id", remedy, kind="asked")
                    break
                each = known[each.based_on][1]
                if each in chain:
                    circle = " → ".join(one.id for one in (*chain[chain.index(each) :], each))
                    if each is scenario:
                        reason = f"it builds on itself: {circle}"
                        table.report("based_on", reason, "take one of these based_on out")
                    break
                chain.append(each)
            changes = tuple(change for each in reversed(chain) for change in each.changes)
            check_changes(self.study, scenario, changes, self.file, self.faults)
            as_of = next((each.as_of for each in chain if each.as_of), None)
            chained.append(
                Scenario(scenario.id, scenario.title, scenario.label, as_of, changes, scenario.based_on)
            )
        return chained

    def _change(self, kind: str, table: _Table) -> Change | None:
        values = table.keys(CHANGES[kind], REQUIRED[kind])
        organisations = table.texts("organisations", values)
        themes = table.themes(values)
        body: dict[str, Any] = {}
        if kind in (OPEN, MERGE):
            body = table.body(values)
            if kind == OPEN:
                organisations = (str(values.get("id", "")),)
        areas = table.areas("from" if kind == MOVE else "areas", values)
        to = table.areas("to", values)
        if kind in (EXTEND, WITHDRAW) and not {"areas", "themes"} & values.keys():
            table.report(
                "organisations", "it names neither areas nor themes", "add areas = […] or themes = […]"
            )
        if kind in (FUND_UNTIL, RENEW):
            if "funder" in values:
                organisations += table.funded_by(values["funder"])
            elif "organisations" not in values:
                bodies = self.study.register.services
                organisations = tuple(
                    dict.fromkeys(bodies.loc[bodies["funded_until"].notna(), "organisation_id"])
                )
        if kind == MERGE and len(set(organisations)) == 1:
            table.report("organisations", "one organisation alone is no merger", "name two or more")
        focus = table.choice("focus", values, FOCUSES) or "general"
        kinds = {theme.id: theme.kind for theme in self.study.taxonomy.themes}
        if kind in (OPEN, EXTEND) and "focus" not in values and COMMUNITY in map(kinds.get, themes):
            table.report(
                "themes", "a community theme needs a focus", f"add focus = one of {', '.join(FOCUSES)}"
            )
        until = table.day({FUND_UNTIL: "date", RENEW: "until"}.get(kind, ""), values, end=True)
        on = table.day("on", values, end=False)
        if not table.usable:
            return None
        return Change(
            kind,
            table.line() or 0,
            tuple(dict.fromkeys(organisations)),
            themes,
            on,
            until,
            areas,
            to,
            body,
            focus,
            {key: line for key in values if (line := table.line(key)) is not None},
        )

    def _criterion(self, table: _Table) -> Criterion | None:
        values = table.keys(CRITERION, REQUIRED["criterion"])
        themes = table.themes(values) or tuple(theme.id for theme in self.study.taxonomy.computed)
        geography = ""
        if "geography" in values:
            try:
                geography = self.study.atlas.geography(values["geography"]).id
            except PlaceError as error:
                table.report("geography", error.reason, error.remedy, value=values["geography"])
        at_least = table.choice("at_least", values, (NONE, PART, WIDER, LOCAL)) or ""
        measure = table.choice("measure", values, JUDGED) or ""
        bounds = {"at_most", "not_under"} & values.keys()
        if bool(at_least) == bool(measure) and table.usable:
            table.report(
                "title", "it judges by nothing, or by two things", "write at_least = … or measure = …"
            )
        elif measure and not bounds and table.usable:
            table.report("measure", "it has no bound", "add at_most = … or not_under = …")
        elif at_least and bounds:
            table.report("at_least", "a class takes no bound", "take at_most and not_under out")
        if not table.usable:
            return None
        numbers = {key: float(values[key]) for key in bounds}
        return Criterion(values["id"], values["title"], geography, themes, at_least, measure, **numbers)


@dataclass
class _Table:
    """One table of the file while it is read."""

    reading: _Reading
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


class _Cells(RowReader):
    """Areas of a change, read as the cell `areas` of a service is."""

    def __init__(self, table: _Table, key: str, written: str) -> None:
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
    if wanted == DAY:
        return isinstance(value, str | date)
    return isinstance(value, str)


def _texts(value: object) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _iso(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
