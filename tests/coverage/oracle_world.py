"""What the oracle knows of a study and of a question, as plain tuples, sets and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

Blocks = frozenset[int]
Table = dict[tuple[str, ...], dict[str, Any]]

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


def people_of(world: World, blocks: Iterable[int]) -> float:
    """Residents of some blocks."""
    return math.fsum(world.residents[block] for block in blocks)


def land_of(world: World, blocks: Iterable[int]) -> float:
    """Land of some blocks, in km²."""
    return math.fsum(world.area_km2[block] for block in blocks)


def ratio(part: float, whole: float) -> float | None:
    """One as a share of the other, where there is any."""
    return part / whole if whole else None


def under(part: float, share: float, whole: float) -> bool:
    """Whether one is less than a share of the other, by more than rounding."""
    return part < share * whole * (1 - 1e-12)


def no_more(part: float, share: float, whole: float) -> bool:
    """Whether one is no more than a share of the other, rounding apart."""
    return part <= share * whole * (1 + 1e-12)


def rows_of(world: World, ask: Ask) -> list[Row]:
    """The rows of the published tables: areas, the land in none of them, and the total."""
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


def counts(world: World, ask: Ask, service: Service, grades: tuple[str, ...]) -> bool:
    """Whether a service counts for a question on some grades of evidence."""
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


def networks_of(world: World, organisation: str) -> set[str]:
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


def surveyed_for(world: World, ask: Ask, theme: str) -> Blocks:
    """The blocks that a source looked into for a theme."""
    found: set[int] = set()
    for survey in world.surveys:
        if theme in survey.themes and survey.first <= ask.last and survey.last >= ask.first:
            for place in survey.places:
                if not place.part:
                    found |= place.blocks
    return frozenset(found)


def mask(world: World, row: Row, surveyed: Blocks) -> Callable[[float | None], float | None]:
    """What may be said of a row: nothing out of scope, no 0 where less than θ was surveyed."""
    people = people_of(world, row.blocks)
    enough = people_of(world, row.blocks & surveyed) >= world.theta * people
    zero_is_known = enough if people else row.blocks <= surveyed

    def known(value: float | None) -> float | None:
        return None if not row.in_study or (value == 0 and not zero_is_known) else value

    return known
