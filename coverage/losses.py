"""What one organisation alone serves, block by block, and what two or more do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from . import identities
from .analysis import Analysis
from .areas import Values
from .footprints import UNIT, Ints, ranges
from .incidence import Incidence
from .settling import MOST, Cells, Settled, settle

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
        Share of the block that it serves and no other organisation does, 0 to 1.
    """

    pair: Ints
    block: Ints
    low: Values
    high: Values


def losses(incidence: Incidence) -> Losses:
    """Find what each organisation serves alone.

    The union of all that are counted, less the union of all but one of them: both measured where
    shapes meet (see `settling.settle`), so that bounds are wide only where it is unknown which part
    of an area is served.

    Parameters
    ----------
    incidence
        Organisations × themes on the blocks; a network counts only where no member does.
    """
    found = [_of_theme(incidence, theme) for theme in range(len(incidence.themes))]
    pair, rank, low, high = (np.concatenate(each) for each in zip(*found, strict=True))
    kept = high > 0
    block = incidence.pieces.index.order[rank[kept]]
    return Losses(pair[kept], block, low[kept] / UNIT, high[kept] / UNIT)


def _of_theme(incidence: Incidence, theme: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Pair, rank, low and high of what is served by one alone, in units."""
    pairs = np.flatnonzero(incidence.theme == theme)
    some = incidence.footprints.take(incidence.counted[pairs])
    width = incidence.block_count + 1
    whole, who = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
    for at, sign in ((some.starts, 1), (some.ends, -1)):
        np.add.at(whole, at, sign)
        np.add.at(who, at, sign * some.run_owner)
    whole, who = np.cumsum(whole)[:-1], np.cumsum(who)[:-1]
    cells = Cells(
        np.zeros(len(some.ranks), dtype=np.int64),
        some.ranks.astype(np.int64),
        some.low,
        some.high,
        incidence.counted[pairs][some.part_owner],
    )
    others = _by_rank(settle(cells, incidence.shapes, incidence.pieces.unions), width - 1)
    alone = np.flatnonzero(whole == 1)
    partly, low, high = _without_each(incidence, cells, whole[cells.rank] == 0, others)
    return (
        pairs[np.concatenate([who[alone], some.part_owner[partly]])],
        np.concatenate([alone, cells.rank[partly]]),
        np.concatenate([UNIT - others[2][alone], low]),
        np.concatenate([UNIT - others[0][alone], high]),
    )


def _by_rank(settled: Settled, block_count: int) -> Ints:
    """Low, known and high of each block."""
    found = np.zeros((3, block_count), dtype=np.int64)
    found[:, settled.rank] = settled.low, settled.known, settled.high
    return found


def _without_each(
    incidence: Incidence, cells: Cells, open_: np.ndarray, together: Ints
) -> tuple[Ints, Ints, Ints]:
    """For blocks that nobody serves whole: what is lost with each cell; cell, low and high."""
    listed = np.flatnonzero(open_)
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
    return listed, np.clip(low - rest_high, 0, lost), lost


def sole(analysis: Analysis) -> tuple[Values, Values]:
    """Find the share of each block that one organisation alone serves.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    low, high
        Themes × blocks.
    """
    provision = analysis.provision
    found = losses(provision.incidence)
    low, high = np.zeros_like(provision.union_low), np.zeros_like(provision.union_low)
    at = provision.incidence.theme[found.pair], found.block
    np.add.at(low, at, found.low)
    np.add.at(high, at, found.high)
    identities.check_reliance(low, high, provision.union_high)
    high = np.minimum(high, provision.union_high)
    return np.minimum(low, high), high


def shared(analysis: Analysis) -> tuple[Values, Values]:
    """Find the share of each block that two organisations or more serve: what is served, less `sole`.

    A network counts only where no member of it does.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    low, high
        Themes × blocks.
    """
    provision, (least, most) = analysis.provision, sole(analysis)
    incidence = provision.incidence
    served_low, served_high = incidence.union(incidence.counted)
    low = np.maximum(provision.depth_low >= 2, served_low - most)
    high = np.minimum(provision.depth_high >= 2, served_high - least)
    return low, np.maximum(low, high)
