"""The published tables once more: sets, loops and sums over blocks, and no code of hinterland.

Slow and plain on purpose. Blocks are numbers, levels are ranks, a missing figure is None.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import Any, NamedTuple

Blocks = frozenset[int]
Found = Mapping[str, Any]
Table = dict[tuple[str, ...], dict[str, Any]]

CLASSES = (
    "out of scope",
    "not surveyed",
    "none on record",
    "part of the area",
    "wider-area only",
    "local",
)
NOT_SERVED = (0.0, 0.0)
EVERY_GRADE = ("stated", "listed", "named", "assumed")


class Place(NamedTuple):
    part: bool
    blocks: Blocks


class Service(NamedTuple):
    organisation: str
    theme: str
    focus: str
    first_seen: date | None
    until: date | None
    funded_until: date | None
    area_evidence: str
    theme_evidence: str
    places: tuple[Place, ...]


class Organisation(NamedTuple):
    sector: str
    remit: int
    member_of: tuple[str, ...]


class Survey(NamedTuple):
    themes: tuple[str, ...]
    places: tuple[Place, ...]
    first: date
    last: date


class Geography(NamedTuple):
    level: int
    areas: dict[str, Blocks]


class World(NamedTuple):
    residents: tuple[float, ...]
    area_km2: tuple[float, ...]
    geographies: dict[str, Geography]
    study: Blocks
    kinds: dict[str, str]
    organisations: dict[str, Organisation]
    services: tuple[Service, ...]
    surveys: tuple[Survey, ...]
    reported: tuple[tuple[str, Blocks], ...]
    evidence: tuple[str, ...]
    community_focus: tuple[str, ...]
    sectors: tuple[str, ...]
    theta: float


class Ask(NamedTuple):
    geography: str
    within: Blocks
    themes: tuple[str, ...]
    first: date
    last: date
    grades: tuple[str, ...]


class Row(NamedTuple):
    code: str
    blocks: Blocks  # the part described
    full: Blocks
    in_study: bool
    shared: Blocks  # those of `blocks` that several areas hold

    @property
    def is_area(self) -> bool:
        return self.code not in ("no area", "total")


class Served(NamedTuple):
    """One theme: organisation → block → (low, high), and who counts towards the depth of a block."""

    shares: dict[str, dict[int, tuple[float, float]]]
    union: dict[int, tuple[float, float]]
    depth_low: dict[int, set[str]]
    depth_high: dict[int, set[str]]


class Answer(NamedTuple):
    coverage: Table
    overlap: Table
    density: Table
    classes: Table


def answer(world: World, ask: Ask) -> Answer:
    """Every figure of one question."""
    rows = _rows(world, ask)
    asked = _provision(world, ask, ask.grades)
    stated = _provision(world, ask, ("stated",))
    claimed = _provision(world, ask, EVERY_GRADE)
    unfunded = _provision(world, ask, ask.grades, lambda service: not _ends_soon(service, ask))
    answer = Answer({}, {}, {}, {})
    for theme in ask.themes:
        surveyed = _surveyed(world, ask, theme)
        for row in rows:
            known = _mask(world, row, surveyed)
            answer.coverage[row.code, theme] = _coverage(world, row, asked[theme], surveyed, known)
            answer.overlap[row.code, theme] = _overlap(world, row, asked[theme], known)
            if row.is_area:
                judge = _Judge(world, ask, row, surveyed, _reach(world, ask, theme))
                answer.classes[row.code, theme] = judge.line(
                    theme, asked[theme], stated[theme], claimed[theme], unfunded[theme]
                )
                answer.coverage[row.code, theme]["class"] = answer.classes[row.code, theme]["class"]
        answer.density.update(_density(world, theme, rows, asked[theme], surveyed))
    return answer


def _people(world: World, blocks: Iterable[int]) -> float:
    return math.fsum(world.residents[block] for block in blocks)


def _land(world: World, blocks: Iterable[int]) -> float:
    return math.fsum(world.area_km2[block] for block in blocks)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _rows(world: World, ask: Ask) -> list[Row]:
    described = ask.within & world.study
    areas = world.geographies[ask.geography].areas
    held = [block for full in areas.values() for block in full & ask.within]
    shared = frozenset(block for block in ask.within if held.count(block) > 1)
    rows = []
    for code, full in sorted(areas.items()):
        touched = full & ask.within
        if touched:
            blocks = full & described or touched
            rows.append(Row(code, blocks, full, bool(full & described), blocks & shared))
    nowhere = described.difference(*areas.values())
    if nowhere:
        rows.append(Row("no area", nowhere, nowhere, True, frozenset()))
    return [*rows, Row("total", described, described, bool(described), described & shared)]


def _ends_soon(service: Service, ask: Ask) -> bool:
    last = ask.last
    leap_day = (last.month, last.day) == (2, 29)
    year_on = last.replace(year=last.year + 1, day=28 if leap_day else last.day)
    return service.funded_until is not None and ask.first <= service.funded_until <= year_on


def _counts(world: World, ask: Ask, service: Service, grades: tuple[str, ...]) -> bool:
    kind = world.kinds.get(service.theme, "reported only")
    return (
        service.theme in ask.themes
        and kind != "reported only"
        and (kind != "community" or service.focus in world.community_focus)
        and world.organisations[service.organisation].sector in world.sectors
        and service.area_evidence in grades
        and service.theme_evidence in grades
        and (service.first_seen is None or service.first_seen <= ask.last)
        and (service.until is None or service.until >= ask.first)
    )


def _reach(world: World, ask: Ask, theme: str) -> dict[str, set[int]]:
    """What each organisation touches for a theme on that day, on whatever evidence and focus."""
    found: dict[str, set[int]] = defaultdict(set)
    for service in world.services:
        begun = service.first_seen is None or service.first_seen <= ask.last
        going = service.until is None or service.until >= ask.first
        if service.theme == theme and begun and going:
            found[service.organisation].update(*(place.blocks for place in service.places))
    return found


def _provision(
    world: World, ask: Ask, grades: tuple[str, ...], also: Callable[[Service], bool] = lambda service: True
) -> dict[str, Served]:
    shares: dict[str, dict[str, dict[int, tuple[float, float]]]] = {theme: {} for theme in ask.themes}
    for service in world.services:
        if not _counts(world, ask, service, grades) or not also(service):
            continue
        pieces = shares[service.theme].setdefault(service.organisation, {})
        for place in service.places:
            for block in place.blocks:
                low, high = pieces.get(block, NOT_SERVED)
                pieces[block] = (max(low, 0.0 if place.part else 1.0), max(high, 1.0))
    return {
        theme: Served(pieces, _union(pieces), _who(world, pieces, 0, 1.0), _who(world, pieces, 1, 1e-300))
        for theme, pieces in shares.items()
    }


def _who(
    world: World, pieces: dict[str, dict[int, tuple[float, float]]], which: int, at_least: float
) -> dict[int, set[str]]:
    """Organisations that serve each block by at least so much; a network only where no member touches it."""
    touching: dict[int, set[str]] = defaultdict(set)
    serving: dict[int, set[str]] = defaultdict(set)
    for organisation, blocks in pieces.items():
        for block, share in blocks.items():
            touching[block].add(organisation)
            if share[which] >= at_least:
                serving[block].add(organisation)
    return {
        block: there - set().union(*(_networks_of(world, organisation) for organisation in touching[block]))
        for block, there in serving.items()
    }


def _networks_of(world: World, organisation: str) -> set[str]:
    """All networks that an organisation belongs to, directly or through another."""
    found: set[str] = set()
    waiting = list(world.organisations[organisation].member_of)
    while waiting:
        network = waiting.pop()
        if network not in found:
            found.add(network)
            if network in world.organisations:
                waiting.extend(world.organisations[network].member_of)
    return found


def _surveyed(world: World, ask: Ask, theme: str) -> Blocks:
    found: set[int] = set()
    for survey in world.surveys:
        if theme in survey.themes and survey.first <= ask.last and survey.last >= ask.first:
            for place in survey.places:
                if not place.part:
                    found |= place.blocks
    return frozenset(found)


def _mask(world: World, row: Row, surveyed: Blocks) -> Callable[[float | None], float | None]:
    """What may be said of a row: nothing out of scope, no 0 where less than θ was surveyed."""
    people = _people(world, row.blocks)
    enough = _people(world, row.blocks & surveyed) >= world.theta * people
    zero_is_known = enough if people else row.blocks <= surveyed

    def known(value: float | None) -> float | None:
        return None if not row.in_study or (value == 0 and not zero_is_known) else value

    return known


def _union(pieces: dict[str, dict[int, tuple[float, float]]]) -> dict[int, tuple[float, float]]:
    shares: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for blocks in pieces.values():
        for block, share in blocks.items():
            shares[block].append(share)
    return {
        block: (max(low for low, _ in here), min(1.0, sum(high for _, high in here)))
        for block, here in shares.items()
    }


def _coverage(
    world: World,
    row: Row,
    served: Served,
    surveyed: Blocks,
    known: Callable[[float | None], float | None],
) -> dict[str, Any]:
    residents, land = _people(world, row.blocks), _land(world, row.blocks)
    line: dict[str, Any] = {
        "extent": "whole" if row.blocks == row.full else "part",
        "residents": residents,
        "residents_full": _people(world, row.full),
        "residents_exclusive": _people(world, row.blocks - row.shared),
        "residents_shared": _people(world, row.shared),
        "class": "",
        "surveyed_share": _ratio(_people(world, row.blocks & surveyed), residents) if row.in_study else None,
    }
    for which, bound in enumerate(("low", "high")):
        union = {block: served.union.get(block, NOT_SERVED)[which] for block in row.blocks}
        covered = math.fsum(world.residents[block] * union[block] for block in row.blocks)
        line[f"residents_covered_{bound}"] = known(covered)
        line[f"coverage_{bound}"] = known(_ratio(covered, residents))
        on_land = math.fsum(world.area_km2[block] * union[block] for block in row.blocks)
        line[f"land_{bound}"] = known(_ratio(on_land, land))
        depth = _depth(served, row.blocks, which)
        at: dict[str, set[int]] = {name: set() for name in ("unknown", "0", "1", "2", "3plus")}
        for block, count in depth.items():
            if count == 0:
                at["0" if block in surveyed else "unknown"].add(block)
            else:
                at["3plus" if count > 2 else str(count)].add(block)
        for name, blocks in at.items():
            line[f"depth_{name}_{bound}"] = known(_ratio(_people(world, blocks), residents))
        served_by = math.fsum(world.residents[block] * count for block, count in depth.items())
        line[f"depth_mean_{bound}"] = known(_ratio(served_by, residents))
    return line


def _depth(served: Served, blocks: Blocks, which: int) -> dict[int, int]:
    counted = (served.depth_low, served.depth_high)[which]
    surely = {block for block in blocks if served.union.get(block, NOT_SERVED)[0] == 1.0}
    return {block: max(len(counted.get(block, ())), int(block in surely)) for block in blocks}


def _overlap(
    world: World, row: Row, served: Served, known: Callable[[float | None], float | None]
) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for which, bound in enumerate(("low", "high")):
        counted = (served.depth_low, served.depth_high)[which]
        twice = {block for block in row.blocks if len(counted.get(block, ())) >= 2}
        pairs = {pair for block in twice for pair in combinations(sorted(counted[block]), 2)}
        line[f"residents_overlap_{bound}"] = known(_people(world, twice))
        line[f"overlap_{bound}"] = known(_ratio(_people(world, twice), _people(world, row.blocks)))
        line[f"pairs_{bound}"] = known(float(len(pairs)))
    return line


def _density(world: World, theme: str, rows: list[Row], served: Served, surveyed: Blocks) -> Table:
    total = rows[-1]
    areas = [row for row in rows if row.is_area]
    shown = {row.code: row.blocks for row in areas if row.in_study}
    anywhere: Blocks = frozenset().union(*shown.values())
    serves: dict[str, set[int]] = defaultdict(set)
    for block, organisations in served.depth_high.items():
        for organisation in organisations:
            serves[organisation].add(block)
    given = {rule: dict.fromkeys([*shown, "outside"], 0.0) for rule in ("whole", "equal", "population")}
    counted = 0
    for organisation, blocks in serves.items():
        if not blocks & total.blocks:
            continue
        counted += 1
        reached = {code: blocks & held for code, held in shown.items()} | {"outside": blocks - anywhere}
        reached = {code: held for code, held in reached.items() if held}
        people = {
            code: math.fsum(world.residents[block] * served.shares[organisation][block][1] for block in held)
            for code, held in reached.items()
        }
        everybody = math.fsum(people.values())
        for code in reached:
            given["whole"][code] += 1
            given["equal"][code] += 1 / len(reached)
            given["population"][code] += people[code] / everybody if everybody else 1 / len(reached)
    table: Table = {}
    counted_or_unknown = _mask(world, total, surveyed)(float(counted))
    for rule, received in given.items():
        for row in areas:
            value = _mask(world, row, surveyed)(received.get(row.code))
            table[row.code, theme, rule] = _per(world, row, value)
        table["outside", theme, rule] = {
            "residents": None,
            "area_km2": None,
            "organisations": None if counted_or_unknown is None else received["outside"],
            "per_100k_residents": None,
            "per_100_km2": None,
        }
        table["total", theme, rule] = _per(world, total, counted_or_unknown)
    return table


def _per(world: World, row: Row, organisations: float | None) -> dict[str, Any]:
    residents, land = _people(world, row.blocks), _land(world, row.blocks)
    each_resident = None if organisations is None else _ratio(organisations, residents)
    each_km2 = None if organisations is None else _ratio(organisations, land)
    return {
        "residents": residents,
        "area_km2": land,
        "organisations": organisations,
        "per_100k_residents": None if each_resident is None else each_resident * 1e5,
        "per_100_km2": None if each_km2 is None else each_km2 * 100,
    }


class _Judge:
    """Class and flags of one area and theme."""

    def __init__(
        self, world: World, ask: Ask, row: Row, surveyed: Blocks, reach: dict[str, set[int]]
    ) -> None:
        self.world, self.row = world, row
        self.level = world.geographies[ask.geography].level
        self.residents = _people(world, row.blocks)
        self.surveyed = _people(world, row.blocks & surveyed)
        self.known = _mask(world, row, surveyed)
        self.reach = reach

    def line(
        self, theme: str, asked: Served, stated: Served, claimed: Served, unfunded: Served
    ) -> dict[str, Any]:
        found: dict[str, Any] = {
            "class": CLASSES[self.rank(asked)],
            "code": CLASSES[self.rank(asked)],
            "class_stated": CLASSES[self.rank(stated)],
            "code_stated": CLASSES[self.rank(stated)],
            "class_claimed": CLASSES[self.rank(claimed)],
            "code_claimed": CLASSES[self.rank(claimed)],
            "local_share": None,
            "one organisation": None,
            "funding at risk": None,
            "weak evidence": None,
            "reported gap": None,
            "on_record": set(),
        }
        if not self.row.in_study:
            return found
        found["local_share"] = self.known(_ratio(self.local(asked), self.residents))
        found["on_record"] = {
            organisation for organisation, blocks in asked.shares.items() if blocks.keys() & self.row.blocks
        }
        if not self.residents:
            return found
        depth = _depth(asked, self.row.blocks, 0)
        once = _people(self.world, (block for block, count in depth.items() if count == 1)) / self.residents
        twice = _people(self.world, (block for block, count in depth.items() if count > 1)) / self.residents
        if self.rank(asked) >= CLASSES.index("part of the area") and once > 0 and twice < self.world.theta:
            found["one organisation"] = once
        if self.rank(unfunded) < self.rank(asked):
            found["funding at risk"] = self.affected(asked, unfunded)
        if self.rank(stated) != self.rank(claimed):
            found["weak evidence"] = self.affected(stated, claimed)
        places = [blocks for reported, blocks in self.world.reported if reported == theme]
        gap = _people(self.world, self.row.blocks.intersection(frozenset().union(*places))) / self.residents
        if gap > 0:
            found["reported gap"] = gap
        return found

    def rank(self, served: Served) -> int:
        theta = self.world.theta
        if not self.row.in_study:
            return CLASSES.index("out of scope")
        if self.surveyed == 0 or self.surveyed / self.residents < theta:
            return CLASSES.index("not surveyed")
        low, high = self.covered(served)
        if high == 0:
            return CLASSES.index("none on record")
        if low / self.residents < theta:
            return CLASSES.index("part of the area")
        if self.local(served) / self.residents < theta:
            return CLASSES.index("wider-area only")
        return CLASSES.index("local")

    def covered(self, served: Served) -> tuple[float, float]:
        low, high = (
            math.fsum(
                self.world.residents[block] * served.union.get(block, NOT_SERVED)[which]
                for block in self.row.blocks
            )
            for which in (0, 1)
        )
        return low, high

    def local(self, served: Served) -> float:
        """Residents that a local organisation serves, each block by the largest low share."""
        near = [
            blocks
            for organisation, blocks in served.shares.items()
            if self.world.organisations[organisation].remit <= self.level
            or self.reach[organisation] <= self.row.full
        ]
        return math.fsum(
            self.world.residents[block]
            * max((blocks.get(block, NOT_SERVED)[0] for blocks in near), default=0.0)
            for block in self.row.blocks
        )

    def affected(self, one: Served, other: Served) -> float:
        figures = zip(
            (*self.covered(one), self.local(one)), (*self.covered(other), self.local(other)), strict=True
        )
        return max(abs(before - after) for before, after in figures) / self.residents


def differences(expected: Table, found: Iterable[Found], keys: tuple[str, ...]) -> list[str]:
    """What a published table says otherwise: one text a figure, to 1e-9."""
    seen: dict[tuple[str, ...], Found] = {}
    texts = []
    for record in found:
        key = tuple(str(record[column]) for column in keys)
        texts += [f"{key}: twice"] if key in seen else []
        seen[key] = record
    texts += [f"{key}: not expected" for key in seen.keys() - expected.keys()]
    texts += [f"{key}: missing" for key in expected.keys() - seen.keys()]
    for key in expected.keys() & seen.keys():
        for column, value in expected[key].items():
            if not _same(value, seen[key][column]):
                texts.append(f"{key} {column}: oracle {value!r}, published {seen[key][column]!r}")
    return sorted(texts)


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, str | set):
        return bool(expected == found)
    if expected is None:
        return isinstance(found, float) and math.isnan(found)
    return math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
