"""What the services of one theme amount to on each block, and where organisations meet.

A network stands back from its members on the ground: at a point it does not count where a member of it
serves that very point. For depth and for pairs it stands back by the block: wherever a member touches it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import NamedTuple

from .oracle_world import EVERY_GRADE, Ask, Service, World, counts, networks_of

NOT_SERVED = (0.0, 0.0)
NOTHING = 5e-10  # of a block: less is no share, and what lacks less is all of it

Share = tuple[float, float]  # of a block: low, high
Shares = dict[int, Share]
Reach = tuple[dict[int, float], frozenset[str]]
Together = Callable[[Iterable[str], int], Share]


class Meetings(NamedTuple):
    """One theme, block by block."""

    both: dict[tuple[str, str], Shares]
    """What two serve who count on the block."""
    alone: dict[str, Shares]
    """Where nobody but one counts on the ground."""
    relying: Shares
    """Where exactly one counts on the ground, whoever it is."""
    shared: Shares
    """Where two or more count on the ground."""


class Served(NamedTuple):
    """One theme: who serves which share of which block, and who counts towards its depth.

    `together` measures what some organisations serve of a block between them, low and high.
    """

    shares: dict[str, Shares]
    union: Shares
    depth_low: dict[int, set[str]]
    depth_high: dict[int, set[str]]
    beyond: frozenset[str]  # organisations that serve land outside the blocks too
    together: Together
    meet: Callable[[], Meetings]


class Provision(NamedTuple):
    """One theme on the evidence asked for, on two other readings of it, and once the funds are gone."""

    asked: Served
    stated: Served
    claimed: Served
    unfunded: Served


class Measure(NamedTuple):
    """How service areas are measured."""

    reach: Callable[[list[Service]], Reach]
    """Which share of which block some services of one organisation touch, each place and shape taken
    by itself, and what they hold outside the blocks."""
    provide: Callable[[World, list[Service]], Served]
    """What the services that count for a theme amount to."""


def provision(world: World, ask: Ask, theme: str, measure: Measure) -> Provision:
    """What a theme's services amount to."""

    def on(grades: tuple[str, ...], also: Callable[[Service], bool] = lambda service: True) -> Served:
        counted = [
            service
            for service in world.services
            if service.theme == theme and counts(world, ask, service, grades) and also(service)
        ]
        return measure.provide(world, counted)

    return Provision(
        on(ask.grades),
        on(("stated",)),
        on(EVERY_GRADE),
        on(ask.grades, lambda service: not _ends_soon(service, ask)),
    )


def _ends_soon(service: Service, ask: Ask) -> bool:
    last = ask.last
    leap_day = (last.month, last.day) == (2, 29)
    year_on = last.replace(year=last.year + 1, day=28 if leap_day else last.day)
    return service.funded_until is not None and ask.first <= service.funded_until <= year_on


def reach_on_that_day(world: World, ask: Ask, theme: str, measure: Measure) -> dict[str, Reach]:
    """What each organisation touches for a theme on that day, on whatever evidence and focus."""
    going: dict[str, list[Service]] = defaultdict(list)
    for service in world.services:
        begun = service.first_seen is None or service.first_seen <= ask.last
        if service.theme == theme and begun and (service.until is None or service.until >= ask.first):
            going[service.organisation].append(service)
    return {organisation: measure.reach(services) for organisation, services in going.items()}


def whole_areas() -> Measure:
    """Of whole areas, and of parts of them of which nothing is known."""
    return Measure(_reach_of_areas, _of_whole_areas)


def _reach_of_areas(services: list[Service]) -> Reach:
    places = [place for service in services for place in service.places]
    beyond: frozenset[str] = frozenset().union(*(place.beyond for place in places))
    return {block: 1.0 for place in places for block in place.blocks}, beyond


def _of_whole_areas(world: World, services: list[Service]) -> Served:
    shares: dict[str, Shares] = {}
    for service in services:
        pieces = shares.setdefault(service.organisation, {})
        for place in service.places:
            for block in place.blocks:
                low, high = pieces.get(block, NOT_SERVED)
                pieces[block] = (max(low, 0.0 if place.part else 1.0), max(high, 1.0))
    counted = counting(world, shares)

    def together(some: Iterable[str], block: int) -> Share:
        return _bounds([shares[name].get(block, NOT_SERVED) for name in some])

    return Served(
        shares,
        {block: together(shares, block) for block in counted},
        wholly(shares, counted),
        counted,
        frozenset(service.organisation for service in services if _reach_of_areas([service])[1]),
        together,
        lambda: meet_by_bounds(world, shares, counted, together),
    )


def _bounds(shares: list[Share]) -> Share:
    """Of the union: at least the largest low share, at most the sum of the high ones."""
    return max((low for low, _ in shares), default=0.0), min(1.0, math.fsum(high for _, high in shares))


def meet_by_bounds(
    world: World, shares: dict[str, Shares], counted: dict[int, set[str]], together: Together
) -> Meetings:
    """Where organisations meet, as far as the bounds of unions tell."""
    meetings = Meetings(defaultdict(dict), defaultdict(dict), {}, {})
    networks = {organisation: networks_of(world, organisation) for organisation in shares}
    for block, there in counted.items():
        for one, other in combinations(sorted(there), 2):
            low, high = together([one, other], block)
            mine, theirs = shares[one][block], shares[other][block]
            meetings.both[one, other][block] = (
                max(0.0, mine[0] + theirs[0] - high),
                min(mine[1], theirs[1], mine[1] + theirs[1] - low),
            )
        touching = {organisation for organisation, blocks in shares.items() if block in blocks}
        alone = {}
        for organisation in touching:
            rivals = touching - networks[organisation]
            low, high = together(rivals, block)
            low_without, high_without = together(rivals - {organisation}, block)
            alone[organisation] = (
                something(low - high_without),
                something(min(shares[organisation][block][1], high - low_without)),
            )
            meetings.alone[organisation][block] = alone[organisation]
        union_low, union_high = together(touching, block)
        if len(there) < 2 and len(touching) <= 2:
            meetings.relying[block], meetings.shared[block] = (union_low, union_high), NOT_SERVED
            continue
        least = math.fsum(low for low, _ in alone.values())
        most = min(math.fsum(high for _, high in alone.values()), union_high)
        meetings.relying[block] = min(least, most), most
        meetings.shared[block] = something(union_low - most), something(union_high - least)
    return meetings


def something(share: float) -> float:
    """The share, or 0 where it is no more than rounding."""
    return share if share > NOTHING else 0.0


def counting(world: World, shares: dict[str, Shares]) -> dict[int, set[str]]:
    """Organisations that touch each block; a network only where no member does."""
    touching: dict[int, set[str]] = defaultdict(set)
    for organisation, blocks in shares.items():
        for block in blocks:
            touching[block].add(organisation)
    return {
        block: there - set().union(*(networks_of(world, organisation) for organisation in there))
        for block, there in touching.items()
    }


def wholly(shares: dict[str, Shares], counted: dict[int, set[str]]) -> dict[int, set[str]]:
    """Of those who count on each block, those who serve all of it."""
    return {
        block: {organisation for organisation in there if shares[organisation][block][0] == 1.0}
        for block, there in counted.items()
    }
