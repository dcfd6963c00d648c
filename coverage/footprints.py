"""Which blocks each of many service areas takes in: runs of whole blocks, and shares of others.

Blocks stand in the order of `block_index.BlockIndex`, in which most service areas are a few runs.
Shares are whole numbers of a small unit, so that sums are exact and do not depend on their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Ranks = npt.NDArray[np.int32]
AnyInts = Ints | Ranks

UNIT: Final = 1 << 40
"""A whole block. A share is a whole number of 1 / UNIT, about 1e-12 of a block."""
TOUCH: Final = 1 << 9
"""A share of less is nothing, and one that lacks less is the whole block (5e-10 of it): what is left
where two outlines follow one border is rounding, not a service area."""


@dataclass(frozen=True)
class Footprints:
    """The blocks of n service areas, by rank.

    Attributes
    ----------
    run_ptr
        n + 1 positions: the runs of service area `i` are those from `run_ptr[i]` to `run_ptr[i + 1]`.
    starts, ends
        Of each run: its first rank, and the one after its last; all of these blocks are served
        whole. Runs of one service area rise, and neither overlap nor touch.
    part_ptr
        The same for the blocks that are served in part.
    ranks
        Of each such block; they rise within a service area, and lie in none of its runs.
    low, high
        What share of it is served, at least and at most: 0 ≤ low < UNIT, 0 < high ≤ UNIT, low ≤ high.
    """

    run_ptr: Ints
    starts: Ranks
    ends: Ranks
    part_ptr: Ints
    ranks: Ranks
    low: Ints
    high: Ints

    def __len__(self) -> int:
        return len(self.run_ptr) - 1

    @property
    def run_owner(self) -> Ints:
        """For each run, the service area that it belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.run_ptr))

    @property
    def part_owner(self) -> Ints:
        """For each block served in part, the service area that serves it."""
        return np.repeat(np.arange(len(self)), np.diff(self.part_ptr))

    def take(self, which: Ints) -> Footprints:
        """The footprints at these positions, in this order."""
        runs, run_ptr = gathered(self.run_ptr, which)
        parts, part_ptr = gathered(self.part_ptr, which)
        return Footprints(
            run_ptr,
            self.starts[runs],
            self.ends[runs],
            part_ptr,
            self.ranks[parts],
            self.low[parts],
            self.high[parts],
        )


def gathered(ptr: Ints, which: Ints) -> tuple[Ints, Ints]:
    """Find the entries of some owners, of entries that are sorted by owner.

    Parameters
    ----------
    ptr
        Where those of each owner begin, and where the last ones end.
    which
        Owners, in any order.

    Returns
    -------
    entries
        Their positions.
    ptr
        Where those of each of `which` begin among them.

    Examples
    --------
    >>> entries, ptr = gathered(np.array([0, 2, 3, 6]), np.array([2, 0]))
    >>> entries.tolist(), ptr.tolist()
    ([3, 4, 5, 0, 1], [0, 3, 5])
    """
    first, last = ptr[which], ptr[which + 1]
    return ranges(first, last), np.concatenate([[0], np.cumsum(last - first)]).astype(np.int64)


def ranges(first: AnyInts, last: AnyInts) -> Ints:
    """All whole numbers from each `first` to before its `last`, one range after the other.

    Examples
    --------
    >>> ranges(np.array([5, 2]), np.array([7, 5])).tolist()
    [5, 6, 2, 3, 4]
    """
    sizes = (last - first).astype(np.int64)
    before = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum()), dtype=np.int64) + np.repeat(first - before, sizes).astype(np.int64)


def from_cells(count: int, owner: Ints, rank: Ints, low: Ints, high: Ints) -> Footprints:
    """Make footprints of single blocks.

    Parameters
    ----------
    count
        How many service areas there are.
    owner, rank
        Of each cell: the service area, 0 to `count` - 1, and the block. In any order; no two alike.
    low, high
        The share served, in units. Cells of which the high share is under `TOUCH` are left out; those
        of which the low share lacks less than `TOUCH` are whole.

    Examples
    --------
    >>> cells = np.array([[0, 3], [0, 4], [0, 5], [1, 4]]).T
    >>> made = from_cells(2, *cells, low=np.array([UNIT, UNIT, 0, 7]), high=np.array([UNIT] * 3 + [7]))
    >>> made.starts.tolist(), made.ends.tolist(), made.ranks.tolist()
    ([3], [5], [5])
    """
    order = np.argsort(owner * (int(rank.max(initial=0)) + 1) + rank, kind="stable")
    owner, rank, low, high = owner[order], rank[order], low[order], high[order]
    whole = low > UNIT - TOUCH
    partly = ~whole & (high >= TOUCH)
    first, last, of = runs_of(owner[whole], rank[whole])
    return Footprints(
        pointers(of, count),
        first,
        last,
        pointers(owner[partly], count),
        rank[partly].astype(np.int32),
        np.where(low[partly] < TOUCH, 0, low[partly]),
        np.where(high[partly] > UNIT - TOUCH, UNIT, high[partly]),
    )


def runs_of(owner: Ints, rank: Ints) -> tuple[Ranks, Ranks, Ints]:
    """Join neighbouring blocks to runs.

    Parameters
    ----------
    owner, rank
        Sorted by owner, then rank; no two alike.

    Returns
    -------
    starts, ends, owner
        Of each run.
    """
    begins = np.ones(len(rank), dtype=bool)
    begins[1:] = (np.diff(rank) != 1) | (np.diff(owner) != 0)
    at = np.flatnonzero(begins)
    last = np.concatenate([at[1:], [len(rank)]])[: len(at)] - 1
    return rank[at].astype(np.int32), (rank[last] + 1).astype(np.int32), owner[at]


def pointers(owner: Ints, count: int) -> Ints:
    """Where the entries of each owner begin, of entries sorted by owner."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))]).astype(np.int64)


def merged(owner: Ints, starts: Ranks, ends: Ranks) -> tuple[Ints, Ranks, Ranks]:
    """Unite runs that overlap or touch, owner by owner.

    Parameters
    ----------
    owner, starts, ends
        Of each run, in any order.

    Returns
    -------
    owner, starts, ends
        Sorted by owner, then start.

    Examples
    --------
    >>> runs = merged(np.array([1, 0, 0, 0]), np.array([4, 7, 2, 0]), np.array([6, 9, 5, 3]))
    >>> [each.tolist() for each in runs]
    [[0, 0, 1], [0, 7, 4], [5, 9, 6]]
    """
    if not len(owner):
        return owner, starts, ends
    width = int(ends.max()) + 1  # no run of one owner reaches those of the next
    begin, end = owner * width + starts, owner * width + ends
    order = np.argsort(begin, kind="stable")
    begin, reached = begin[order], np.maximum.accumulate(end[order])
    fresh = np.ones(len(begin), dtype=bool)
    fresh[1:] = begin[1:] > reached[:-1]
    at = np.flatnonzero(fresh)
    last = np.append(at[1:], len(begin)) - 1
    return begin[at] // width, (begin[at] % width).astype(np.int32), (reached[last] % width).astype(np.int32)


def joined(parts: Sequence[Footprints]) -> Footprints:
    """Put footprints one after the other."""

    def follow(pointers: Sequence[Ints]) -> Ints:
        offsets = np.cumsum([0, *(each[-1] for each in pointers)])
        moved = (each[1:] + offset for each, offset in zip(pointers, offsets, strict=False))
        return np.concatenate([[0], *moved]).astype(np.int64)

    return Footprints(
        follow([each.run_ptr for each in parts]),
        np.concatenate([each.starts for each in parts]),
        np.concatenate([each.ends for each in parts]),
        follow([each.part_ptr for each in parts]),
        np.concatenate([each.ranks for each in parts]),
        np.concatenate([each.low for each in parts]),
        np.concatenate([each.high for each in parts]),
    )


NOTHING: Final = from_cells(0, *np.empty((4, 0), dtype=np.int64))
"""No footprints."""
