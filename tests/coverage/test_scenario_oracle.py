"""A hundred random changes to the built-in study, made again by hand: rows rewritten, blocks counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from hinterland.boundaries.errors import Fault
from hinterland.boundaries.places import Place
from hinterland.coverage.comparison import compare
from hinterland.coverage.scenario_checks import check_changes
from hinterland.coverage.scenarios import Change, Scenario, Where
from hinterland.coverage.scope import Survey
from hinterland.coverage.study import Study, read_study

KINDS = {"open": 20, "extend": 25, "move": 15, "withdraw": 15, "merge": 10, "close": 15}
"""In the order in which they are made, and how many of each."""
REMITS = ("neighbourhood", "district", "part county", "county", "sub-region", "region", "national")
GEOGRAPHIES = ("LAD19", "CTYUA19", "LEP14", "CAUTH24", "CTY19")
NEARLY_ALL = 0.99
DAYS = [date(2005, 5, 1), date(2006, 12, 1), date(2007, 8, 1), date(2015, 6, 30), date(2015, 7, 1)]
AREAS = (
    *("Amber Valley", "Ashfield", "Bassetlaw", "Bolsover", "Broxtowe", "Chesterfield", "LAD19:Derby"),
    *("Erewash", "Gedling", "High Peak", "Mansfield", "LAD19:Nottingham", "Rushcliffe", "Charnwood"),
    *("CTY19:Derbyshire", "CTY19:Nottinghamshire", "LEP14:D2N2", "Rutland", "RGN19:East Midlands"),
)
DIFFERENCES: dict[str, Callable[[int, int], bool]] = {
    "gained": lambda was, then: was == 0 < then,
    "lost": lambda was, then: was > 0 == then,
    "left_relying": lambda was, then: was >= 2 and then == 1,
    "freed": lambda was, then: was == 1 and then >= 2,
}
"""Whom a difference counts, by how many organisations serve them in either state."""
Part = tuple[int, tuple[object, ...]]
"""A block that something serves in part, and what says so: what says the same is the same part."""
When = tuple[date, date]


class Row(NamedTuple):
    """A service: the blocks that it serves whole, and those of which it serves an unknown part."""

    body: str
    theme: str
    focus: str
    first: date | None
    until: date | None
    area_grade: str
    theme_grade: str
    whole: frozenset[int]
    parts: frozenset[Part]

    @property
    def touched(self) -> frozenset[int]:
        return self.whole | {block for block, _ in self.parts}

    def is_on_record(self, when: When) -> bool:
        return (self.first or date.min) <= when[1] and (self.until or date.max) >= when[0]


class Body(NamedTuple):
    """An organisation, as far as it matters who counts and who is local."""

    sector: str
    remit: str
    bases: frozenset[frozenset[int]]
    networks: frozenset[str]


def body_of(columns: Any, networks: Iterable[str]) -> Body:
    bases = frozenset(frozenset(place.blocks) for place in columns["bases"])
    return Body(columns["sector"], columns["remit"], bases, frozenset(networks))


def on_blocks(places: Iterable[Place], *source: object) -> tuple[frozenset[int], frozenset[Part]]:
    numbered = [(number, place, block) for number, place in enumerate(places) for block in place.blocks]
    whole = frozenset(block for _, place, block in numbered if not place.part)
    return whole, frozenset((block, (*source, number)) for number, place, block in numbered if place.part)


class Register:
    """What a study has on record, changed row by row."""

    def __init__(self, study: Study) -> None:
        table = study.register.organisations
        self.bodies = {str(name): body_of(body, body["member_of"]) for name, body in table.iterrows()}
        self.rows: list[Row] = []
        for row in study.register.services.to_dict("records"):
            days = (None if pd.isna(row[each]) else row[each].date() for each in ("first_seen", "until"))
            first = [row[each] for each in ("organisation_id", "theme", "focus")]
            grades = row["area_evidence"], row["theme_evidence"]
            self.rows.append(Row(*first, *days, *grades, *on_blocks(row["places"], row["row"])))

    def make(self, change: Change) -> None:
        """Make one change, as docs/scenarios.md has it."""
        added = []
        if change.kind == "open":
            self.bodies[change.organisations[0]] = body_of(change.body, ())
        if change.kind in ("open", "extend"):
            for name in change.organisations:
                mine = [row for row in self.rows if row.body == name]
                offered = change.themes or {row.theme for row in mine}
                added += [self.added(change, name, theme, mine) for theme in offered]
        else:
            if change.kind == "merge":
                self.merge(change)
            self.rows = [now for row in self.rows for now in changed(row, change) if now.touched]
        self.rows += added

    def added(self, change: Change, name: str, theme: str, mine: list[Row]) -> Row:
        """What a scenario adds counts as stated; without areas, wherever the organisation serves already."""
        if change.areas:
            whole, parts = on_blocks(change.areas.places, change.line, name, theme)
        else:
            whole = frozenset(block for row in mine for block in row.whole)
            parts = frozenset(part for row in mine for part in row.parts)
        return Row(name, theme, change.focus, change.on, None, "stated", "stated", whole, parts)

    def merge(self, change: Change) -> None:
        """One body in place of several; members of a network that is merged belong to what comes of it."""
        joint, merged = change.body["id"], set(change.organisations)
        were = [self.bodies[name] for name in merged]
        over = {up for body in were for up in body.networks}
        made = body_of(change.body, {up for up in over if not merged & {up, *self.networks_of(up)}})
        for name, body in self.bodies.items():
            if body.networks & merged:
                self.bodies[name] = body._replace(networks=body.networks | {joint})
        inherited = frozenset(base for body in were for base in body.bases)
        self.bodies[joint] = made._replace(bases=made.bases or inherited)

    @cached_property
    def members(self) -> dict[str, set[str]]:
        """Network → those that belong to it, directly or through another."""
        found: dict[str, set[str]] = {name: set() for name in self.bodies}
        for name in self.bodies:
            for network in self.networks_of(name) - {name}:
                found[network].add(name)
        return found

    def networks_of(self, name: str) -> set[str]:
        above = set(self.bodies[name].networks)
        while further := {up for each in above for up in self.bodies[each].networks} - above:
            above |= further
        return above


def changed(row: Row, change: Change) -> Iterator[Row]:
    """A service as it is until the day of a change, and as it is from then on; it never lasts longer."""
    taken = (
        frozenset(block for place in change.areas.places for block in place.blocks) if change.areas else None
    )
    on = change.on or date.min
    if (
        row.body not in change.organisations
        or (change.themes and row.theme not in change.themes)
        or (row.until is not None and row.until < on)
        or (change.kind != "merge" and taken and not row.touched & taken)
    ):
        yield row
        return
    if (row.first or date.min) < on:
        yield row._replace(until=on - timedelta(days=1))
        row = row._replace(first=on)
    if change.kind == "merge":
        row = row._replace(body=change.body["id"])
        place = on_blocks(change.areas.places, change.line, row.theme) if change.areas else None
        yield row._replace(area_grade="stated", whole=place[0], parts=place[1]) if place else row
    elif taken:
        left = frozenset(part for part in row.parts if part[0] not in taken)
        yield row._replace(whole=row.whole - taken, parts=left)
        if change.to:
            whole, parts = on_blocks(change.to.places, change.line, row.body, row.theme)
            yield row._replace(area_grade="stated", whole=whole, parts=parts)


class Cover:
    """Who serves each block for one theme, wholly or in part."""

    def __init__(self, register: Register, theme: str, community: bool, when: When) -> None:
        self.bodies, self.members = register.bodies, register.members
        self.reach: dict[str, set[int]] = {}
        self.whole: dict[int, set[str]] = {}
        self.touching: dict[int, set[str]] = {}
        self.parts: dict[Part, set[str]] = {}
        for row in (row for row in register.rows if row.theme == theme and row.is_on_record(when)):
            self.reach.setdefault(row.body, set()).update(row.touched)
            known = {row.area_grade, row.theme_grade} <= {"stated", "named"}
            purpose = row.focus == "own purpose" or not community
            if known and purpose and self.bodies[row.body].sector == "voluntary":
                for part in row.parts:
                    self.parts.setdefault(part, set()).add(row.body)
                for blocks, found in ((row.whole, self.whole), (row.touched, self.touching)):
                    for block in blocks:
                        found.setdefault(block, set()).add(row.body)

    def counting(self, block: int, found: dict[int, set[str]]) -> set[str]:
        """Without networks of which a member touches the block."""
        there = self.touching.get(block, set())
        return {name for name in found.get(block, ()) if not self.members[name] & there}

    def by_how_many(self, inside: set[Part]) -> dict[int, int]:
        """Block → how many organisations serve those who live in just the parts that are given."""
        there = {block: set(names) for block, names in self.whole.items()}
        for part in self.parts.keys() & inside:
            there.setdefault(part[0], set()).update(self.parts[part])
        return {block: max(len(self.counting(block, there)), 1) for block in there}


class Land:
    """The blocks of D2N2, their residents, and the areas of a geography that they lie in."""

    def __init__(self, study: Study, geography: str) -> None:
        grouping = study.atlas.geographies[geography]
        self.rank = REMITS.index(grouping.level)
        self.people = [int(residents) for residents in study.atlas.blocks["residents"]]
        within = set(study.gazetteer.resolve("LEP14:D2N2", None).blocks)
        held = (set(map(int, np.flatnonzero(blocks))) for blocks in grouping.membership.toarray())
        self.areas = dict(zip(grouping.names.index, held, strict=True))
        self.rows = {code: area & within for code, area in self.areas.items() if area & within}
        nowhere = within - set().union(*self.rows.values())
        self.rows |= ({"no area": nowhere} if nowhere else {}) | {"total": within}

    def count(self, blocks: Iterable[int]) -> int:
        return sum(self.people[block] for block in blocks)

    def is_local(self, cover: Cover, name: str, area: set[int]) -> bool:
        body, reach = cover.bodies[name], cover.reach[name]
        inside = self.count(reach - area) <= (1 - NEARLY_ALL) * self.count(reach)
        return REMITS.index(body.remit) <= self.rank or inside or any(base <= area for base in body.bases)

    def class_of(self, cover: Cover, code: str, looked: float) -> str:
        if code not in self.areas:
            return ""
        blocks, most = self.rows[code], NEARLY_ALL * self.count(self.rows[code])
        local = {name for name in cover.reach if self.is_local(cover, name, self.areas[code])}
        if looked < NEARLY_ALL:
            return "not surveyed"
        if not blocks & cover.touching.keys():
            return "none on record"
        if self.count(blocks & cover.whole.keys()) < most:
            return "part of the area"
        by_local = self.count(block for block in blocks if cover.whole.get(block, set()) & local)
        return "local" if by_local >= most else "wider-area only"

    def figures(self, cover: Cover, code: str, looked: float) -> dict[str, float | None]:
        """Whole numbers, divided once by the residents; 0 is not known where sources did not look."""
        found, names, blocks = dict[str, float](), set[str](), self.rows[code]
        for end, served in (("low", cover.whole), ("high", cover.touching)):
            depth = 0
            for block in blocks & served.keys():
                counting = cover.counting(block, served)
                depth += max(len(counting), 1) * self.people[block]
                names |= counting
            found[f"depth_mean_{end}"] = depth / self.count(blocks)
            found[f"coverage_{end}"] = self.count(blocks & served.keys()) / self.count(blocks)
        found["organisations"] = len(names)
        return {name: value if value or looked >= NEARLY_ALL else None for name, value in found.items()}


def surveyed(study: Study, theme: str, when: When) -> set[int]:
    """Blocks in which a source looked for a theme at that time."""
    met = (each for each in study.surveys if each.first <= when[1] and each.last >= when[0])
    return {block for survey in met if theme in survey.themes for block in survey.blocks}


def prepared(study: Study, random: np.random.Generator) -> Study:
    """The built-in study with some more networks, all of it looked into for all themes in 2015."""
    names = list(map(str, random.permutation(study.register.organisations.index)))
    networks = {name: (names[number % 4],) for number, name in enumerate(names[4:24])}
    organisations = study.register.organisations.copy()
    organisations["member_of"] = [networks.get(str(name), ()) for name in organisations.index]
    themes = tuple(theme.id for theme in study.taxonomy.computed)
    survey = Survey("ours", themes, study.area, date(2015, 1, 1), date(2015, 12, 31), "")
    register = replace(study.register, organisations=organisations)
    return replace(study, register=register, surveys=(*study.surveys, survey))


def drawn_changes(study: Study, random: np.random.Generator) -> tuple[Change, ...]:
    """As many random changes as `KINDS` says, none of which the product refuses."""
    themes = [theme.id for theme in study.taxonomy.computed]
    places = [study.gazetteer.resolve(name, None) for name in AREAS]

    def some(what: Iterable[str], least: int, most: int) -> tuple[str, ...]:
        names = sorted(what)
        how_many = random.integers(min(least, len(names)), min(most, len(names)) + 1)
        return tuple(map(str, random.choice(names, how_many, replace=False)))

    def where(served: frozenset[int] | None = None, part: float = 0.0) -> Where:
        usable = [place for place in places if served is None or served & set(place.blocks)]
        chosen = [usable[number] for number in random.permutation(len(usable))[: random.integers(1, 4)]]
        return Where(tuple(replace(each, part=bool(random.random() < part)) for each in chosen), (), "there")

    def draw(kind: str, line: int, rows: list[Row], merged: set[str]) -> Change:
        offers: dict[str, set[str]] = {}
        for row in (row for row in rows if row.theme and row.body not in merged):
            offers.setdefault(row.body, set()).add(row.theme)
        bodies = some(offers, 2, 3) if kind == "merge" else some(offers, 1, 1)
        served = frozenset(block for row in rows if row.body == bodies[0] for block in row.touched)
        there = where(part=0.3) if random.random() < 0.8 else None
        new: dict[str, Any] = {
            "id": f"new {line}",
            "name": "",
            "category": "",
            "annual_cost": 1.0,
            "staff": 1.0,
        }
        new["sector"], new["remit"] = some(("voluntary", "public"), 1, 1)[0], some(REMITS, 1, 1)[0]
        new["bases"] = where().places if random.random() < 0.3 else ()
        on = [None, None, None, *DAYS][random.integers(len(DAYS) + 3)]
        change = Change(kind, line, bodies, some(offers[bodies[0]], 0, 9), on, focus="own purpose")
        if kind == "open":
            change = replace(change, organisations=(new["id"],), themes=some(themes, 1, 5))
            return replace(change, areas=where(part=0.3), body=new)
        if kind == "extend":
            return replace(change, themes=some({*themes} - offers[bodies[0]], there is None, 3), areas=there)
        if kind == "merge":
            return replace(change, themes=(), areas=there, body=new)
        if kind == "move":
            return replace(change, areas=where(served), to=where(part=0.3))
        return replace(change, areas=where(served)) if kind == "withdraw" else change

    made, refused, lines = list[Change](), {0}, count(1)
    while refused:
        made = [change for change in made if change.line not in refused]
        register = Register(study)
        for change in made:
            register.make(change)
        for kind, how_many in KINDS.items():
            while sum(each.kind == kind for each in made) < how_many:
                merged = {name for each in made if each.kind == "merge" for name in each.organisations}
                made.append(draw(kind, next(lines), register.rows, merged))
                register.make(made[-1])
        made.sort(key=lambda change: (list(KINDS).index(change.kind), change.line))
        faults: list[Fault] = []
        check_changes(study, Scenario("x", "X", "", None, tuple(made)), made, "x", faults)
        refused = {fault.row for fault in faults if fault.kind == "refused" and fault.row}
    return tuple(made)


@pytest.mark.parametrize(("seed", "on"), [(3, None), (9, "2015-06-30"), (12, "2006-12-15")])
def test_a_hundred_changes_come_to_what_is_counted_by_hand(seed: int, on: str | None) -> None:
    random = np.random.default_rng(seed)
    study = prepared(read_study(), random)
    scenario = Scenario("x", "X", "", None, drawn_changes(study, random))
    when = (date(2015, 6, 30),) * 2 if on == "2015-06-30" else study.snapshot
    registers = Register(study), Register(study)
    for change in scenario.changes:
        registers[1].make(change)
    for geography in GEOGRAPHIES:
        land = Land(study, geography)
        table = compare(study, [scenario], by=geography, within="D2N2", on=on)[0].table
        rows = iter(table.astype(object).where(table.notna(), None).to_dict("records"))
        for theme in study.taxonomy.computed:
            covers = [Cover(each, theme.id, theme.kind == "community", when) for each in registers]
            known = surveyed(study, theme.id, when)
            parts = covers[0].parts.keys() | covers[1].parts.keys()
            served = [
                {part for part in parts if random.random() < share} for share in (0, 0.2, 0.5, 0.5, 0.8, 1)
            ]
            numbers = [[cover.by_how_many(inside) for cover in covers] for inside in served]
            for code, blocks in land.rows.items():
                row, looked = next(rows), land.count(blocks & known) / land.count(blocks)
                expected: dict[str, Any] = {"theme": theme.id, f"{geography}CD": code}
                for state, cover in zip(("baseline", "scenario"), covers, strict=True):
                    figures = {
                        "class": land.class_of(cover, code, looked),
                        **land.figures(cover, code, looked),
                    }
                    expected |= {f"{name}_{state}": value for name, value in figures.items()}
                assert {name: row[name] for name in expected} == expected
                for what, holds in DIFFERENCES.items():
                    truths = [
                        land.count(block for block in blocks if holds(was.get(block, 0), then.get(block, 0)))
                        for was, then in numbers
                    ]
                    low, high = row[f"residents_{what}_low"], row[f"residents_{what}_high"]
                    assert low <= min(truths) <= max(truths) <= high, (expected, what)
                for what, (was, then) in {"gained": covers, "lost": covers[::-1]}.items():
                    least = land.count(blocks & then.whole.keys() - was.touching.keys())
                    most = land.count(blocks & then.touching.keys() - was.whole.keys())
                    assert least <= row[f"residents_{what}_low"]
                    assert row[f"residents_{what}_high"] <= most
        assert next(rows, None) is None
