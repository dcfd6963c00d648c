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
PAIRED = 1e-9  # of a block: less is rounding, not a place that two serve
EVERY_GRADE = ("stated", "listed", "named", "assumed")


class Place(NamedTuple):
    part: bool
    blocks: Blocks
    beyond: frozenset[str] = frozenset()  # what else it holds, outside the blocks


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
    shapes: tuple[str, ...] = ()


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
    beyond: Mapping[str, frozenset[str]] = {}  # area → what else it holds, outside the blocks


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
    beyond: frozenset[str] = frozenset()

    @property
    def is_area(self) -> bool:
        return self.code not in ("no area", "total")


Share = tuple[float, float]  # of a block: low, high
Shares = dict[int, Share]


class Meetings(NamedTuple):
    """One theme, block by block: what two serve, what one serves alone, and what any one serves alone."""

    both: dict[tuple[str, str], Shares]
    alone: dict[str, Shares]
    relying: Shares


class Served(NamedTuple):
    """One theme: who serves which share of which block, and who counts towards its depth.

    `together` measures what some organisations serve of a block between them, low and high.
    """

    shares: dict[str, Shares]
    union: Shares
    depth_low: dict[int, set[str]]
    depth_high: dict[int, set[str]]
    beyond: frozenset[str]  # organisations that serve land outside the blocks too
    together: Callable[[Iterable[str], int], Share]
    meet: Callable[[], Meetings]


class Answer(NamedTuple):
    coverage: Table
    overlap: Table
    density: Table
    classes: Table
    pairs: Table
    reliance: Table
    by_organisation: Table
    blocks: Table


class Measure(NamedTuple):
    """How service areas are measured."""

    touched: Callable[[Service], tuple[set[int], frozenset[str]]]
    """The blocks that a service touches, and what it serves outside them."""
    provide: Callable[[World, list[Service]], Served]
    """What the services that count for a theme amount to."""


def _declared(service: Service) -> tuple[set[int], frozenset[str]]:
    """What a service of whole areas touches."""
    beyond = frozenset().union(*(place.beyond for place in service.places))
    return {block for place in service.places for block in place.blocks}, beyond


def answer(world: World, ask: Ask, measure: Measure | None = None) -> Answer:
    """Every figure of one question."""
    rows = _rows(world, ask)
    measure = measure or Measure(_declared, _of_whole_areas)
    make = measure.provide
    asked = _provision(world, ask, ask.grades, make)
    stated = _provision(world, ask, ("stated",), make)
    claimed = _provision(world, ask, EVERY_GRADE, make)
    unfunded = _provision(world, ask, ask.grades, make, lambda service: not _ends_soon(service, ask))
    answer = Answer({}, {}, {}, {}, {}, {}, {}, {})
    for theme in ask.themes:
        surveyed = _surveyed(world, ask, theme)
        meetings = asked[theme].meet()
        for row in rows:
            known = _mask(world, row, surveyed)
            answer.coverage[row.code, theme] = _coverage(world, row, asked[theme], surveyed, known)
            answer.coverage[row.code, theme] |= _by_evidence(world, row, stated[theme], claimed[theme], known)
            answer.overlap[row.code, theme] = _overlap(world, row, asked[theme], meetings, known)
            answer.reliance[row.code, theme] = _reliance(world, row, meetings.relying, known)
            if row.is_area:
                judge = _Judge(world, ask, row, surveyed, _reach(world, ask, theme, measure))
                answer.classes[row.code, theme] = judge.line(
                    theme, asked[theme], stated[theme], claimed[theme], unfunded[theme]
                )
                answer.coverage[row.code, theme]["class"] = answer.classes[row.code, theme]["class"]
        answer.density.update(_density(world, theme, rows, asked[theme], surveyed))
        answer.pairs.update(_pairs(world, theme, rows[-1], meetings))
        answer.by_organisation.update(_by_organisation(world, theme, rows, meetings))
        answer.blocks.update(_blocks(world, theme, rows[-1], asked[theme], surveyed))
    return answer


def _people(world: World, blocks: Iterable[int]) -> float:
    return math.fsum(world.residents[block] for block in blocks)


def _land(world: World, blocks: Iterable[int]) -> float:
    return math.fsum(world.area_km2[block] for block in blocks)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _rows(world: World, ask: Ask) -> list[Row]:
    described = ask.within & world.study
    geography = world.geographies[ask.geography]
    areas = geography.areas
    held = [block for full in areas.values() for block in full & ask.within]
    shared = frozenset(block for block in ask.within if held.count(block) > 1)
    rows = []
    for code, full in sorted(areas.items()):
        touched = full & ask.within
        if touched:
            blocks = full & described or touched
            beyond = geography.beyond.get(code, frozenset())
            rows.append(Row(code, blocks, full, bool(full & described), blocks & shared, beyond))
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


def _reach(
    world: World, ask: Ask, theme: str, measure: Measure
) -> dict[str, tuple[set[int], frozenset[str]]]:
    """What each organisation touches for a theme on that day, on whatever evidence and focus."""
    found: dict[str, tuple[set[int], frozenset[str]]] = defaultdict(lambda: (set(), frozenset()))
    for service in world.services:
        begun = service.first_seen is None or service.first_seen <= ask.last
        going = service.until is None or service.until >= ask.first
        if service.theme == theme and begun and going:
            blocks, beyond = measure.touched(service)
            before = found[service.organisation]
            found[service.organisation] = before[0] | blocks, before[1] | beyond
    return found


def _provision(
    world: World,
    ask: Ask,
    grades: tuple[str, ...],
    provide: Callable[[World, list[Service]], Served],
    also: Callable[[Service], bool] = lambda service: True,
) -> dict[str, Served]:
    counted = [
        service for service in world.services if _counts(world, ask, service, grades) and also(service)
    ]
    return {
        theme: provide(world, [service for service in counted if service.theme == theme])
        for theme in ask.themes
    }


def _of_whole_areas(world: World, services: list[Service]) -> Served:
    shares: dict[str, Shares] = {}
    for service in services:
        pieces = shares.setdefault(service.organisation, {})
        for place in service.places:
            for block in place.blocks:
                low, high = pieces.get(block, NOT_SERVED)
                pieces[block] = (max(low, 0.0 if place.part else 1.0), max(high, 1.0))
    counted = counting(world, shares, 1e-300)
    return Served(
        shares,
        {block: _bounds(at(shares, block)) for block in set().union(*shares.values())},
        who(shares, counted, 0, 1.0),
        counted,
        frozenset(service.organisation for service in services if _declared(service)[1]),
        lambda some, block: _bounds([shares[name].get(block, NOT_SERVED) for name in some]),
        lambda: _meet(shares, counted),
    )


def _bounds(shares: list[Share]) -> Share:
    """What several serve of a block between them, when nothing is known of where."""
    low, high = max((low for low, _ in shares), default=0.0), math.fsum(high for _, high in shares)
    return low, min(1.0, high)


def _meet(shares: dict[str, Shares], counted: dict[int, set[str]]) -> Meetings:
    meetings = Meetings(defaultdict(dict), defaultdict(dict), {})
    for block, there in counted.items():
        here = {organisation: shares[organisation][block] for organisation in there}
        for pair in combinations(sorted(there), 2):
            one, other = here[pair[0]], here[pair[1]]
            meetings.both[pair][block] = max(0.0, one[0] + other[0] - 1), min(one[1], other[1])
        low, high = _bounds(list(here.values()))
        lost = (0.0, 0.0)
        for organisation in there:
            low_without, high_without = _bounds([here[name] for name in there if name != organisation])
            alone = max(0.0, low - high_without), high - low_without
            meetings.alone[organisation][block] = alone
            lost = lost[0] + alone[0], min(1.0, lost[1] + alone[1])
        meetings.relying[block] = lost
    return meetings


def at(shares: dict[str, Shares], block: int) -> list[Share]:
    """The shares of one block."""
    return [blocks[block] for blocks in shares.values() if block in blocks]


def _bounds(shares: list[Share]) -> Share:
    """Of the union: at least the largest low share, at most the sum of the high ones."""
    return max((low for low, _ in shares), default=0.0), min(1.0, sum(high for _, high in shares))


def counting(world: World, shares: dict[str, Shares], at_least: float) -> dict[int, set[str]]:
    """Organisations that touch each block; a network only where no member does."""
    touching: dict[int, set[str]] = defaultdict(set)
    for organisation, blocks in shares.items():
        for block, (_, high) in blocks.items():
            if high >= at_least:
                touching[block].add(organisation)
    return {
        block: there - set().union(*(_networks_of(world, organisation) for organisation in there))
        for block, there in touching.items()
    }


def who(
    shares: dict[str, Shares], counted: dict[int, set[str]], which: int, at_least: float
) -> dict[int, set[str]]:
    """Of those who count, those who serve at least so much of a block."""
    return {
        block: {organisation for organisation in there if shares[organisation][block][which] >= at_least}
        for block, there in counted.items()
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


def _coverage(
    world: World,
    row: Row,
    served: Served,
    surveyed: Blocks,
    known: Callable[[float | None], float | None],
) -> dict[str, Any]:
    residents, land = _people(world, row.blocks), _land(world, row.blocks)
    line: dict[str, Any] = {
        "extent": "whole" if row.blocks == row.full and not row.beyond else "part",
        "residents": residents,
        "residents_full": None if row.beyond else _people(world, row.full),
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


def _by_evidence(
    world: World,
    row: Row,
    stated: Served,
    claimed: Served,
    known: Callable[[float | None], float | None],
) -> dict[str, Any]:
    """The low figures on stated evidence only, the high ones on everything claimed."""
    line: dict[str, Any] = {}
    people = _people(world, row.blocks)
    for which, (name, served) in enumerate((("stated", stated), ("claimed", claimed))):
        covered = math.fsum(
            world.residents[block] * served.union.get(block, NOT_SERVED)[which] for block in row.blocks
        )
        depth = _depth(served, row.blocks, which)
        served_by = math.fsum(world.residents[block] * count for block, count in depth.items())
        line[f"coverage_{name}"] = known(_ratio(covered, people))
        line[f"depth_mean_{name}"] = known(_ratio(served_by, people))
    return line


def _depth(served: Served, blocks: Blocks, which: int) -> dict[int, int]:
    counted = (served.depth_low, served.depth_high)[which]
    surely = {
        block
        for block in blocks
        if any(share.get(block, NOT_SERVED)[0] == 1.0 for share in served.shares.values())
    }
    return {block: max(len(counted.get(block, ())), int(block in surely)) for block in blocks}


def _overlap(
    world: World,
    row: Row,
    served: Served,
    meetings: Meetings,
    known: Callable[[float | None], float | None],
) -> dict[str, Any]:
    line: dict[str, Any] = {}
    people = _people(world, row.blocks)
    twice = {block: _by_two(served, meetings, block) for block in row.blocks}
    for which, bound in enumerate(("low", "high")):
        residents = math.fsum(world.residents[block] * share[which] for block, share in twice.items())
        pairs = {
            pair
            for pair, shares in meetings.both.items()
            if any(shares[block][which] > PAIRED for block in shares.keys() & row.blocks)
        }
        line[f"residents_overlap_{bound}"] = known(residents)
        line[f"overlap_{bound}"] = known(_ratio(residents, people))
        line[f"pairs_{bound}"] = known(float(len(pairs)))
    return line


def _by_two(served: Served, meetings: Meetings, block: int) -> Share:
    """What two or more serve of a block: what anybody does who counts, less what one alone does."""
    touching, wholly = served.depth_high.get(block, set()), served.depth_low.get(block, set())
    if len(touching) < 2:
        return NOT_SERVED
    low, high = served.together(touching, block)
    least, most = meetings.relying.get(block, NOT_SERVED)
    sure = max(float(len(wholly) >= 2), low - most)
    return sure, max(sure, high - least)


def _sums(world: World, blocks: Iterable[int], shares: Shares) -> Share:
    """Residents, low and high."""
    low, high = (
        math.fsum(world.residents[block] * shares.get(block, NOT_SERVED)[which] for block in blocks)
        for which in (0, 1)
    )
    return low, high


def _reliance(
    world: World, row: Row, shares: Shares, known: Callable[[float | None], float | None]
) -> dict[str, Any]:
    people = _people(world, row.blocks)
    line: dict[str, Any] = {}
    for bound, relying in zip(("low", "high"), _sums(world, row.blocks, shares), strict=True):
        line[f"residents_relying_{bound}"] = known(relying)
        line[f"relying_{bound}"] = known(_ratio(relying, people))
    return line


def _by_organisation(world: World, theme: str, rows: list[Row], meetings: Meetings) -> Table:
    return {
        (row.code, theme, organisation): _reliance(world, row, shares, lambda value: value)
        for organisation, shares in meetings.alone.items()
        for row in rows
        if row.in_study and _sums(world, row.blocks, shares)[1] > 0
    }


def _pairs(world: World, theme: str, total: Row, meetings: Meetings) -> Table:
    return {
        (theme, *pair): dict(
            zip(("residents_low", "residents_high"), _sums(world, total.blocks, shares), strict=True)
        )
        for pair, shares in meetings.both.items()
        if shares.keys() & total.blocks
    }


def _blocks(world: World, theme: str, total: Row, served: Served, surveyed: Blocks) -> Table:
    table: Table = {}
    for block in total.blocks:
        low, high = served.union.get(block, NOT_SERVED)
        figures = {
            "coverage_low": low,
            "coverage_high": high,
            "depth_low": _depth(served, frozenset({block}), 0)[block],
            "depth_high": _depth(served, frozenset({block}), 1)[block],
        }
        table[str(block), theme] = {
            "residents": world.residents[block],
            "surveyed": "yes" if block in surveyed else "no",
            **{
                name: None if value == 0 and block not in surveyed else float(value)
                for name, value in figures.items()
            },
        }
    return table


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
        reached = {code: blocks & held for code, held in shown.items() if blocks & held}
        if blocks - anywhere or organisation in served.beyond:
            reached["outside"] = blocks - anywhere
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
        self,
        world: World,
        ask: Ask,
        row: Row,
        surveyed: Blocks,
        reach: dict[str, tuple[set[int], frozenset[str]]],
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
        meetings = asked.meet()
        twice = math.fsum(
            self.world.residents[block] * _by_two(asked, meetings, block)[0] for block in self.row.blocks
        )
        once = (_sums(self.world, self.row.blocks, asked.union)[0] - twice) / self.residents
        twice /= self.residents
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
        """Residents that local organisations serve."""
        near = [organisation for organisation in served.shares if self.is_local(organisation)]
        return math.fsum(
            self.world.residents[block] * served.together(near, block)[0] for block in self.row.blocks
        )

    def is_local(self, organisation: str) -> bool:
        blocks, beyond = self.reach[organisation]
        return self.world.organisations[organisation].remit <= self.level or (
            blocks <= self.row.full and beyond <= self.row.beyond
        )

    def affected(self, one: Served, other: Served) -> float:
        figures = zip(
            (*self.covered(one), self.local(one)), (*self.covered(other), self.local(other)), strict=True
        )
        return max(abs(before - after) for before, after in figures) / self.residents


def differences(
    expected: Table,
    found: Iterable[Found],
    keys: tuple[str, ...],
    *,
    loose: Table | None = None,
    within: float = 1e-9,
) -> list[str]:
    """What a published table says otherwise: one text a figure.

    A figure may lie anywhere between what is expected and the same line of `loose`. With it, a
    line that is nothing but 0 may be left out: shapes may touch the same blocks and never meet.
    """
    seen: dict[tuple[str, ...], Found] = {}
    texts = []
    for record in found:
        key = tuple(str(record[column]) for column in keys)
        texts += [f"{key}: twice"] if key in seen else []
        seen[key] = record
    wider = expected if loose is None else loose
    texts += [f"{key}: not expected" for key in seen.keys() - wider.keys()]
    texts += [
        f"{key}: missing"
        for key in expected.keys() - seen.keys()
        if loose is None or not _is_nothing(expected[key], within)
    ]
    for key in wider.keys() & seen.keys():
        for column, value in wider[key].items():
            bounds = expected[key][column] if key in expected else 0.0, value
            if not _same(bounds, seen[key][column], within):
                texts.append(f"{key} {column}: oracle {bounds!r}, published {seen[key][column]!r}")
    return sorted(texts)


def _is_nothing(line: Found, within: float) -> bool:
    return all(isinstance(value, float) and abs(value) <= within for value in line.values())


def _same(bounds: tuple[Any, Any], found: Any, within: float) -> bool:
    if found in bounds:
        return True
    if any(isinstance(bound, str | set) for bound in bounds):
        return False
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds) and math.isnan(found):
        return True
    slack = within * max(1.0, *map(abs, known)) if known else 0.0
    return bool(known) and min(known) - slack <= found <= max(known) + slack
