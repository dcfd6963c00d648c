"""Density by the three allocation rules, as the oracle has it."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from .oracle_served import Served
from .oracle_world import Blocks, Row, Table, World, land_of, mask, people_of, ratio, under


def density(world: World, theme: str, rows: list[Row], served: Served, surveyed: Blocks) -> Table:
    """The table of density."""
    total = rows[-1]
    areas = [row for row in rows if row.is_area]
    shown = {row.code: row.blocks for row in areas if row.in_study}
    given = {rule: dict.fromkeys([*shown, "outside"], 0.0) for rule in ("whole", "equal", "population")}
    counted = 0
    for organisation, blocks in _presence(served).items():
        if not blocks & total.blocks:
            continue
        counted += 1
        people = _served_in(world, served, organisation, blocks, shown)
        everybody = math.fsum(people.values())
        counted_in = people.keys() - _slivers(world, people, shown, organisation in served.beyond)
        for code in people:
            given["population"][code] += people[code] / everybody if everybody else 1 / len(people)
        for code in counted_in:
            given["whole"][code] += 1
            given["equal"][code] += 1 / len(counted_in)
    table: Table = {}
    counted_or_unknown = mask(world, total, surveyed)(float(counted))
    for rule, received in given.items():
        for row in areas:
            value = mask(world, row, surveyed)(received.get(row.code))
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


def _presence(served: Served) -> dict[str, Blocks]:
    """The blocks on which each organisation counts."""
    found: dict[str, set[int]] = defaultdict(set)
    for block, organisations in served.depth_high.items():
        for organisation in organisations:
            found[organisation].add(block)
    return {organisation: frozenset(blocks) for organisation, blocks in found.items()}


def _served_in(
    world: World, served: Served, organisation: str, blocks: Blocks, shown: dict[str, Blocks]
) -> dict[str, float]:
    """Residents that an organisation serves, high, in each area that it touches and outside of all."""
    reached = {code: blocks & held for code, held in shown.items() if blocks & held}
    elsewhere = blocks.difference(*shown.values())
    if elsewhere or organisation in served.beyond:
        reached["outside"] = elsewhere
    return {
        code: math.fsum(world.residents[block] * served.shares[organisation][block][1] for block in held)
        for code, held in reached.items()
    }


def _slivers(world: World, people: dict[str, float], shown: dict[str, Blocks], beyond: bool) -> set[str]:
    """Areas of which hardly anybody is served, and hardly anybody beside where most are.

    What lies outside is no sliver where it holds land beyond the blocks too.
    """
    few = 1 - world.theta
    most = max(people.values())
    found = {
        code
        for code, held in shown.items()
        if code in people
        and under(people[code], few, people_of(world, held))
        and under(people[code], few, most)
    }
    if "outside" in people and not beyond and under(people["outside"], few, most):
        found.add("outside")
    return found


def _per(world: World, row: Row, organisations: float | None) -> dict[str, Any]:
    residents, land = people_of(world, row.blocks), land_of(world, row.blocks)
    each_resident = None if organisations is None else ratio(organisations, residents)
    each_km2 = None if organisations is None else ratio(organisations, land)
    return {
        "residents": residents,
        "area_km2": land,
        "organisations": organisations,
        "per_100k_residents": None if each_resident is None else each_resident * 1e5,
        "per_100_km2": None if each_km2 is None else each_km2 * 100,
    }
