"""Reading a file of scenarios: strictly, and with the line of everything that is wrong in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from ..boundaries.errors import Fault, InputError, PlaceError
from ..boundaries.spelling import near
from .classes import LOCAL, NONE, PART, WIDER
from .scenario_boundaries import BOUNDARIES, grouped, replaced
from .scenario_checks import check_changes
from .scenario_tables import DAY, LIST, NUMBER, PAIR, TEXT, ScenarioFile, ScenarioTable
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
)
from .settings import KEYS, SCENARIO_TABLES
from .study import Study
from .study_settings import SCENARIO_FILE
from .toml_text import TomlText
from .vocabulary import COMMUNITY, FOCUSES

OF_A_BODY: Final = {"category": TEXT, "sector": TEXT, "remit": TEXT, "annual_cost": NUMBER, "staff": NUMBER}
BASE: Final = {"organisations": LIST, "themes": LIST, "on": DAY}
CHANGES: Final[Mapping[str, Mapping[str, str]]] = {
    CLOSE: BASE,
    OPEN: {
        "id": TEXT,
        "name": TEXT,
        "themes": LIST,
        "areas": LIST,
        "point": PAIR,
        "reach": TEXT,
        "crs": TEXT,
        "on": DAY,
        "focus": TEXT,
        **OF_A_BODY,
        "bases": LIST,
        "in_each": TEXT,
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
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "scenario": ("id", "title"),
    "criterion": ("id", "title"),
    CLOSE: ("organisations",),
    OPEN: ("id", "name", "remit", "themes"),
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


def own_file(study: Study) -> Path:
    """The file of a study's own scenarios, or the one that they would be in."""
    return study.scenarios or study.folder / SCENARIO_FILE


def read_own(study: Study) -> Scenarios | None:
    """Read a study's own scenarios; None where it has none.

    Raises
    ------
    InputError
        As `read_scenarios`.
    """
    return read_scenarios(study.scenarios, study) if study.scenarios else None


def check_own(study: Study) -> tuple[Fault, ...]:
    """Everything that is wrong with a study's own scenarios, or to be noted of them."""
    return check_scenarios(study.scenarios, study)[1] if study.scenarios else ()


def read_scenarios(file: Path, study: Study) -> Scenarios:
    """Read a file of scenarios.

    Parameters
    ----------
    file
        TOML, with `[[scenario]]`, under each its changes (`[[scenario.close]]` …), and `[[criterion]]`;
        or a `study.toml` that has them too.
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
class _Reading(ScenarioFile):
    """One file while it is read."""

    counts: dict[str, int] = field(default_factory=dict)

    def take(self, content: Mapping[str, Any]) -> Scenarios:
        """Read all of it."""
        beside = (*KEYS,) if "study" in content else ()
        for key in content:
            if key not in (*SCENARIO_TABLES, *beside):
                meant = near(key, SCENARIO_TABLES)
                remedy = f"did you mean [[{meant[0]}]]?" if meant else "known are [[scenario]], [[criterion]]"
                line = self.lines.line(key, 0) or self.lines.line("", 0, key)
                self.report(line, key, "there is no such table", remedy, value=key)
        written = [self._scenario(table) for table in self._tables(content, "scenario")]
        criteria = [self._criterion(table) for table in self._tables(content, "criterion")]
        scenarios = self._chained([each for each in written if each is not None])
        if not scenarios and not self.faults:
            self.report(None, "", "it has no scenario", "write [[scenario]] and its changes under it")
        return Scenarios(tuple(scenarios), tuple(each for each in criteria if each is not None))

    def _tables(self, holder: Mapping[str, Any], name: str, path: str = "") -> list[ScenarioTable]:
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
        return [ScenarioTable(self, path, first + i, table) for i, table in enumerate(tables)]

    def _scenario(self, table: ScenarioTable) -> tuple[ScenarioTable, Scenario] | None:
        values = table.keys(SCENARIO, REQUIRED["scenario"], beside=(*CHANGES, *BOUNDARIES))
        changes = [
            change
            for kind in CHANGES
            for part in self._tables(table.content, kind, "scenario")
            if (found := self._change(kind, part)) is not None
            for change in part.in_each(found)
        ]
        replacing, areas = (self._tables(table.content, kind, "scenario") for kind in BOUNDARIES)
        redrawn = [each for part in replacing for each in replaced(part)]
        redrawn += grouped(values.get("id", ""), values.get("title", ""), areas)
        as_of = table.day("as_of", values, end=True)
        if not changes and not any(kind in table.content for kind in (*CHANGES, *BOUNDARIES)):
            known = ", ".join((*CHANGES, *BOUNDARIES))
            table.report("id", "it changes nothing", f"add a change: {known}", kind="noted")
        if not table.usable:
            return None
        return table, Scenario(
            values["id"],
            values["title"],
            values.get("label", ""),
            str(as_of) if as_of else None,
            tuple(sorted(changes, key=lambda change: (KINDS.index(change.kind), change.line))),
            values.get("based_on", ""),
            tuple(redrawn),
        )

    def _chained(self, written: Sequence[tuple[ScenarioTable, Scenario]]) -> list[Scenario]:
        """Scenarios with the changes that they build on; circles and contradictions are reported."""
        known: dict[str, tuple[ScenarioTable, Scenario]] = {}
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
            redrawn = tuple(drawn for each in reversed(chain) for drawn in each.redrawn)
            drawn = self.drawn()
            chained.append(replace(scenario, as_of=as_of, changes=changes, redrawn=redrawn, drawn=drawn))
        return chained

    def _change(self, kind: str, table: ScenarioTable) -> Change | None:
        values = table.keys(CHANGES[kind], REQUIRED[kind])
        organisations = table.texts("organisations", values)
        themes = table.themes(values)
        body: dict[str, Any] = {}
        if kind in (OPEN, MERGE):
            body = table.body(values)
            if kind == OPEN:
                organisations = (str(values.get("id", "")),)
        if kind == OPEN:
            areas = table.reached(values)
        else:
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

    def _criterion(self, table: ScenarioTable) -> Criterion | None:
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
