"""What one organisation alone serves, block by block, and what two or more do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from . import identities
from .areas import Values
from .footprints import TOUCH, UNIT, Footprints, Ints, ranges
from .incidence import Incidence, touched
from .pieces import distinct
from .settling import MOST, Cells, Settled, settle
from .tallies import Tally

AT_ONCE: Final = 2_000_000
"""Cells that are united at once, which bounds the memory that it takes."""


@dataclass(frozen=True)
class Losses:
    """What only one organisation serves, block by block.

    Attributes
    ----------
    pair
        Position in the incidence's pairs: the organisation and the theme.
    block
        Position in the atlas.
    low, high
        Share of the block that it serves and no other organisation does, 0 to 1; networks that it
        belongs to are no others.
    """

    pair: Ints
    block: Ints
    low: Values
    high: Values


@dataclass(frozen=True)
class OneOrMore:
    """By how many organisations the land of blocks is served, a network never beside its members.

    Attributes
    ----------
    one_low, one_high
        Themes × blocks: share of the block that exactly one organisation serves, 0 to 1.
    more_low, more_high
        The share that two or more serve.
    """

    one_low: Values
    one_high: Values
    more_low: Values
    more_high: Values


def losses(incidence: Incidence) -> Losses:
    """Find what each organisation serves alone.

    The union of all, less the union of all but one, both without the networks that it belongs to:
    measured where shapes meet (see `settling.settle`), so that bounds are wide only where it is
    unknown which part of an area is served.

    Parameters
    ----------
    incidence
        Organisations × themes on the blocks.
    """
    of_networks, group = distinct(incidence.networks)
    found = [(np.empty(0, dtype=np.int64),) * 4]
    for theme in range(len(incidence.themes)):
        pairs = np.flatnonzero(incidence.theme == theme)
        for number in np.unique(group[pairs]):
            rest = np.setdiff1d(pairs, of_networks.of(number), assume_unique=True)
            found.append(_among(incidence, rest, group == number))
    pair, rank, low, high = (np.concatenate(each) for each in zip(*found, strict=True))
    kept = high >= TOUCH
    block = incidence.pieces.index.order[rank[kept]]
    return Losses(pair[kept], block, low[kept] / UNIT, high[kept] / UNIT)


def _among(incidence: Incidence, pairs: Ints, asked: np.ndarray) -> tuple[Ints, Ints, Ints, Ints]:
    """What each pair asked for serves and no other of `pairs` does: pair, rank, low, high in units."""
    some = incidence.footprints.take(incidence.footprint[pairs])
    width = incidence.block_count + 1
    whole, who = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
    for at, sign in ((some.starts, 1), (some.ends, -1)):
        np.add.at(whole, at, sign)
        np.add.at(who, at, sign * some.run_owner)
    whole, who = np.cumsum(whole)[:-1], np.cumsum(who)[:-1]
    here = touched(incidence.footprints, incidence.footprint[pairs[asked[pairs]]], incidence.block_count)
    near = np.flatnonzero(here[some.ranks])
    owner = some.part_owner[near]
    cells = _cells(incidence, pairs, some, near)
    others = _by_rank(settle(cells, incidence.shapes, incidence.pieces.unions), width - 1)
    alone = np.flatnonzero(whole == 1)
    alone = alone[asked[pairs[who[alone]]]]
    partly, low, high = _without_each(incidence, cells, whole, others, asked[pairs[owner]])
    return (
        pairs[np.concatenate([who[alone], owner[partly]])],
        np.concatenate([alone, cells.rank[partly]]),
        np.concatenate([UNIT - others[2][alone], low]),
        np.concatenate([UNIT - others[0][alone], high]),
    )


def _cells(incidence: Incidence, pairs: Ints, some: Footprints, parts: Ints) -> Cells:
    """Blocks that the footprints of pairs take in partly."""
    source = incidence.footprint[pairs[some.part_owner[parts]]]
    nothing = np.zeros(len(parts), dtype=np.int64)
    return Cells(nothing, some.ranks[parts].astype(np.int64), some.low[parts], some.high[parts], source)


def _by_rank(settled: Settled, block_count: int) -> Ints:
    """Low, known and high of each block."""
    found = np.zeros((3, block_count), dtype=np.int64)
    found[:, settled.rank] = settled.low, settled.known, settled.high
    return found


def _without_each(
    incidence: Incidence, cells: Cells, whole: Ints, together: Ints, asked: np.ndarray
) -> tuple[Ints, Ints, Ints]:
    """For blocks that nobody serves whole: what is lost with each cell asked for; cell, low and high."""
    concerned = np.zeros(len(whole), dtype=bool)
    concerned[cells.rank[asked]] = True
    listed = np.flatnonzero((concerned & (whole == 0))[cells.rank])
    listed = listed[np.lexsort((cells.low[listed], cells.rank[listed]))]
    some, (low, placed, high) = cells.where(listed), together[:, cells.rank[listed]]
    if not len(listed):
        return listed, low, high
    first = np.searchsorted(some.rank, some.rank, side="left")
    last = np.searchsorted(some.rank, some.rank, side="right")
    before = np.concatenate([[0], np.cumsum(some.high)])
    rest_high = np.minimum(before[last] - before[first] - some.high, UNIT)
    greatest = np.where(np.arange(len(listed)) == last - 1, last - 2, last - 1)
    rest_low = np.where(greatest >= first, some.low[greatest], 0)
    unions = incidence.pieces.unions
    wide = np.flatnonzero(
        (np.clip(high - rest_low, 0, some.high) - np.clip(low - rest_high, 0, None) > unions.tolerance)
        & (last - first <= MOST)
        & asked[listed]
    )
    for chunk in np.array_split(wide, max(1, -(-int((last - first)[wide].sum()) // AT_ONCE))):
        left_out = np.repeat(chunk, (last - first)[chunk])
        other = ranges(first[chunk], last[chunk])
        left_out, other = left_out[left_out != other], other[left_out != other]
        rest = some.where(other)
        settled = settle(
            Cells(left_out, rest.rank, rest.low, rest.high, rest.source), incidence.shapes, unions
        )
        rest_low[settled.owner], rest_high[settled.owner] = settled.low, settled.high
    shared = np.maximum(some.low + rest_low - placed, 0)
    lost = np.clip(high - rest_low, 0, some.high - shared)
    kept = asked[listed]
    return listed[kept], np.clip(low - rest_high, 0, lost)[kept], lost[kept]


def one_or_more(tally: Tally, found: Losses) -> OneOrMore:
    """Find the share of each block that exactly one organisation serves, and that two or more do.

    What is served, less what one organisation alone serves, is served by two or more.

    Parameters
    ----------
    tally
        Organisations × themes on the blocks.
    found
        Its losses.
    """
    incidence, union, touching = tally.incidence, tally.union(), tally.touching()
    low, high = np.zeros_like(union[0]), np.zeros_like(union[0])
    at = incidence.theme[found.pair], found.block
    np.add.at(low, at, found.low)
    np.add.at(high, at, found.high)
    named_low = low
    # Two networks of one member are both left out of its blocks, and may meet beside it there.
    several = (tally.depth()[1] >= 2) | (touching >= 3)
    low, high = (np.where(several, one, served) for one, served in zip((low, high), union, strict=True))
    in_part = union[0] < 1
    least, most = _by_shares(incidence, in_part & several & (touching == 2), in_part)
    more_low = np.maximum(_without_rounding(union[0] - np.minimum(high, union[1])), least)
    more_high = np.minimum(_without_rounding(union[1] - np.minimum(low, high)) * several, most)
    more_high = np.maximum(more_high, more_low)
    high = np.minimum(high, union[1] - more_low)
    low = np.minimum(np.maximum(low, union[0] - more_high), high)
    identities.check_reliance(named_low, (low, high), (more_low, more_high), union)
    return OneOrMore(low, high, more_low, more_high)


def _by_shares(incidence: Incidence, two: np.ndarray, several: np.ndarray) -> tuple[Values, Values]:
    """Bound what more than one serve by the shares alone, where it is unknown which part one of them does.

    At most all other shares, in the blocks `several`, which nobody serves whole; at least, in the blocks
    `two`, which two do and neither as a network of the other, both shares less what is known of their union.
    """
    least, most = np.zeros(two.shape), np.ones(two.shape)
    for theme in range(len(incidence.themes)):
        pairs = np.flatnonzero(incidence.theme == theme)
        some = incidence.footprints.take(incidence.footprint[pairs])
        order = np.argsort(some.ranks, kind="stable")
        cells = _cells(incidence, pairs, some, order)
        if not len(cells):
            continue
        union = settle(cells, incidence.shapes, incidence.pieces.unions)
        begins, block = np.searchsorted(cells.rank, union.rank), incidence.pieces.index.order[union.rank]
        low, high = (np.add.reduceat(shares, begins) for shares in (cells.low, cells.high))
        unknown = np.maximum.reduceat(cells.high, begins) == UNIT
        rest, both = np.minimum(high - UNIT, UNIT) / UNIT, (low - union.known) / UNIT
        most[theme, block] = np.where(several[theme, block] & unknown, rest, 1.0)
        least[theme, block] = np.where(two[theme, block] & unknown, both, 0.0)
    return _without_rounding(least), most


def _without_rounding(shares: Values) -> Values:
    return np.where(shares < TOUCH / UNIT, 0.0, shares)
