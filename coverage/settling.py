"""What several service areas serve of one block together: bounds, and the measured union."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .block_index import BlockIndex
from .drawn import DrawnAreas
from .footprints import UNIT, Ints
from .unions import union_shares


@dataclass(frozen=True)
class Sets:
    """Sets of numbers, one after the other.

    Attributes
    ----------
    ptr
        Where each set begins in `ids`, and where the last one ends.
    ids
        The members of each, rising.
    """

    ptr: Ints
    ids: Ints

    def __len__(self) -> int:
        return len(self.ptr) - 1

    def of(self, number: int) -> Ints:
        """The members of one set."""
        return self.ids[self.ptr[number] : self.ptr[number + 1]]


@dataclass(frozen=True)
class Cells:
    """Blocks that are served in part, one row for each service area and block.

    Attributes
    ----------
    owner
        What is to be united: rows of one owner and rank are.
    rank
        The block.
    low, high
        Share of it, in units.
    source
        The service area that serves it.
    """

    owner: Ints
    rank: Ints
    low: Ints
    high: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.owner)

    def where(self, kept: np.ndarray) -> Cells:
        """Some of the rows: a mask, or positions in the order wanted."""
        return Cells(self.owner[kept], self.rank[kept], self.low[kept], self.high[kept], self.source[kept])


@dataclass(frozen=True)
class Settled:
    """The union of cells, one row for each owner and block, sorted by both.

    Attributes
    ----------
    owner, rank
        Of each.
    low, high
        Share of the block, in units.
    """

    owner: Ints
    rank: Ints
    low: Ints
    high: Ints


@dataclass(frozen=True)
class Unions:
    """Measured unions of shapes on blocks, each measured once.

    Attributes
    ----------
    index, drawn
        The blocks and the shapes.
    tolerance
        Units: bounds that lie within it are left as they are.
    """

    index: BlockIndex
    drawn: DrawnAreas
    tolerance: int
    _known: dict[tuple[int, tuple[int, ...]], int] = field(default_factory=dict)

    def share(self, groups: Sequence[tuple[int, tuple[int, ...]]]) -> Ints:
        """The share of each block inside the union of some shapes, in units."""
        fresh = list(dict.fromkeys(group for group in groups if group not in self._known))
        if fresh:
            self._known.update(zip(fresh, union_shares(self.index, self.drawn, fresh).tolist(), strict=True))
        return np.array([self._known[group] for group in groups], dtype=np.int64)


def settle(cells: Cells, shapes: Sets, unions: Unions) -> Settled:
    """Bound the share that service areas serve of a block together.

    Parameters
    ----------
    cells
        Blocks served in part.
    shapes
        Source of a cell → the shapes behind it, as positions in `unions.drawn`.
    unions
        What measures them.

    Returns
    -------
    Settled
        max(share) and min(1, Σ share); where these differ by more than the tolerance and two
        shapes or more meet, the measured share of their union, as far as all of it is drawn.
    """
    width = len(unions.index)
    key = cells.owner * width + cells.rank
    cells = cells.where(np.argsort(key, kind="stable"))
    key = np.sort(key)
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.empty(0, dtype=np.int64)
    low = np.maximum.reduceat(cells.low, begins) if len(key) else cells.low
    total = np.add.reduceat(cells.high, begins) if len(key) else cells.high
    high = np.minimum(total, UNIT)
    ends = np.append(begins[1:], len(key))
    several = np.flatnonzero((ends - begins > 1) & (high - low > unions.tolerance))
    groups, at = [], []
    for group in several:
        sources = np.unique(cells.source[begins[group] : ends[group]])
        meeting = {int(shape) for source in sources for shape in shapes.of(source)}
        if len(meeting) > 1:
            groups.append((int(cells.rank[begins[group]]), tuple(sorted(meeting))))
            at.append(group)
    measured, where = unions.share(groups), np.array(at, dtype=np.int64)
    unknown = np.add.reduceat(cells.high - cells.low, begins)[where] if len(where) else where
    low[where] = np.maximum(low[where], measured)
    high[where] = np.minimum(high[where], measured + unknown)
    high[where] = np.maximum(high[where], low[where])
    return Settled(cells.owner[begins], cells.rank[begins], low, high)
