"""Coverage, overlap, reliance, pairs and blocks, as the oracle has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from .oracle_served import NOT_SERVED, Meetings, Provision, Served, Share, Shares
from .oracle_world import Ask, Blocks, Row, Table, World, land_of, mask, people_of, ratio

PAIRED = 1e-9  # of a block: less is rounding, not a place that two serve

Known = Callable[[float | None], float | None]


def coverage(world: World, ask: Ask, row: Row, served: Provision, surveyed: Blocks) -> dict[str, Any]:
    """One row of the table of coverage, its class apart."""
    known = mask(world, row, surveyed)
    residents, land = people_of(world, row.blocks), land_of(world, row.blocks)
    line: dict[str, Any] = {
        "extent": "whole" if row.blocks == row.full and not row.beyond else "part",
        "residents": residents,
        "residents_full": None if row.beyond else people_of(world, row.full),
        "residents_exclusive": people_of(world, row.blocks - row.shared),
        "residents_shared": people_of(world, row.shared),
        "surveyed_share": _surveyed_share(world, row, surveyed),
    }
    for which, bound in enumerate(("low", "high")):
        union = {block: served.asked.union.get(block, NOT_SERVED)[which] for block in row.blocks}
        covered = math.fsum(world.residents[block] * union[block] for block in row.blocks)
        line[f"residents_covered_{bound}"] = known(covered)
        line[f"coverage_{bound}"] = known(ratio(covered, residents))
        on_land = math.fsum(world.area_km2[block] * union[block] for block in row.blocks)
        line[f"land_{bound}"] = known(ratio(on_land, land))
        depth = _depth(served.asked, row.blocks, which)
        at: dict[str, set[int]] = {name: set() for name in ("unknown", "0", "1", "2", "3plus")}
        for block, count in depth.items():
            if count == 0:
                at["0" if block in surveyed else "unknown"].add(block)
            else:
                at["3plus" if count > 2 else str(count)].add(block)
        for name, blocks in at.items():
            line[f"depth_{name}_{bound}"] = known(ratio(people_of(world, blocks), residents))
        line[f"depth_mean_{bound}"] = known(_mean(world, depth))
    return line | _by_evidence(world, ask, row, served, known)


def _surveyed_share(world: World, row: Row, surveyed: Blocks) -> float | None:
    if not row.in_study:
        return None
    return ratio(people_of(world, row.blocks & surveyed), people_of(world, row.blocks))


def _mean(world: World, depth: dict[int, int]) -> float | None:
    served_by = math.fsum(world.residents[block] * count for block, count in depth.items())
    return ratio(served_by, people_of(world, depth))


def _by_evidence(world: World, ask: Ask, row: Row, served: Provision, known: Known) -> dict[str, Any]:
    """The low figures on stated evidence only, the high ones on everything claimed.

    No block has more on stated evidence than on an evidence asked for that holds it, nor less on
    everything claimed.
    """
    stated_counts = "stated" in ask.grades
    covered: dict[str, list[float]] = {"stated": [], "claimed": []}
    for block in row.blocks:
        low, high = served.asked.union.get(block, NOT_SERVED)
        stated = served.stated.union.get(block, NOT_SERVED)[0]
        claimed = served.claimed.union.get(block, NOT_SERVED)[1]
        covered["stated"].append(world.residents[block] * (min(stated, low) if stated_counts else stated))
        covered["claimed"].append(world.residents[block] * max(claimed, high))
    people = people_of(world, row.blocks)
    line = {f"coverage_{name}": known(ratio(math.fsum(some), people)) for name, some in covered.items()}
    line["depth_mean_stated"] = known(_mean(world, _depth(served.stated, row.blocks, 0)))
    line["depth_mean_claimed"] = known(_mean(world, _depth(served.claimed, row.blocks, 1)))
    return line


def _depth(served: Served, blocks: Blocks, which: int) -> dict[int, int]:
    """How many count on each block; one at the least where all of it is served, though by halves."""
    counted = (served.depth_low, served.depth_high)[which]
    return {
        block: max(len(counted.get(block, ())), int(served.union.get(block, NOT_SERVED)[0] == 1.0))
        for block in blocks
    }


def overlap(world: World, row: Row, meetings: Meetings, surveyed: Blocks) -> dict[str, Any]:
    """One row of the table of overlap."""
    known = mask(world, row, surveyed)
    line: dict[str, Any] = {"surveyed_share": _surveyed_share(world, row, surveyed)}
    people = people_of(world, row.blocks)
    twice = sums(world, row.blocks, meetings.shared)
    for which, bound in enumerate(("low", "high")):
        pairs = {
            pair
            for pair, shares in meetings.both.items()
            if any(shares[block][which] > PAIRED for block in shares.keys() & row.blocks)
        }
        line[f"residents_overlap_{bound}"] = known(twice[which])
        line[f"overlap_{bound}"] = known(ratio(twice[which], people))
        line[f"pairs_{bound}"] = known(float(len(pairs)))
    return line


def sums(world: World, blocks: Iterable[int], shares: Shares) -> Share:
    """Residents, low and high."""
    low, high = (
        math.fsum(world.residents[block] * shares.get(block, NOT_SERVED)[which] for block in blocks)
        for which in (0, 1)
    )
    return low, high


def reliance(world: World, row: Row, meetings: Meetings, surveyed: Blocks) -> dict[str, Any]:
    """One row of the table of reliance."""
    line: dict[str, Any] = _relying(world, row, meetings.relying, surveyed)
    return line | {"surveyed_share": _surveyed_share(world, row, surveyed)}


def _relying(world: World, row: Row, shares: Shares, surveyed: Blocks) -> dict[str, float | None]:
    """At least: where someone looked for another one. At most: anywhere."""
    people, known = people_of(world, row.blocks), mask(world, row, surveyed)
    low, high = sums(world, row.blocks & surveyed, shares)[0], sums(world, row.blocks, shares)[1]
    figures = {
        "residents_relying_low": low,
        "relying_low": ratio(low, people),
        "residents_relying_high": high,
        "relying_high": ratio(high, people),
    }
    return {name: known(value) for name, value in figures.items()}


def by_organisation(world: World, theme: str, rows: list[Row], meetings: Meetings, surveyed: Blocks) -> Table:
    """The internal table of reliance: those on whom anybody may rely."""
    return {
        (row.code, theme, organisation): _relying(world, row, shares, surveyed)
        for organisation, shares in meetings.alone.items()
        for row in rows
        if row.in_study and sums(world, row.blocks, shares)[1] > 0
    }


def pairs(world: World, theme: str, total: Row, meetings: Meetings) -> Table:
    """The table of pairs."""
    return {
        (theme, *pair): dict(
            zip(("residents_low", "residents_high"), sums(world, total.blocks, shares), strict=True)
        )
        for pair, shares in meetings.both.items()
        if shares.keys() & total.blocks
    }


def blocks_table(world: World, theme: str, total: Row, served: Served, surveyed: Blocks) -> Table:
    """The table of blocks."""
    table: Table = {}
    depth_low, depth_high = (_depth(served, total.blocks, which) for which in (0, 1))
    for block in total.blocks:
        low, high = served.union.get(block, NOT_SERVED)
        figures = {
            "coverage_low": low,
            "coverage_high": high,
            "depth_low": depth_low[block],
            "depth_high": depth_high[block],
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
