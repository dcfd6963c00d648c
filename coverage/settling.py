"""What several service areas serve of one block together: bounds, and the measured union."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from .block_index import BlockIndex
from .drawn import DrawnAreas, Floats
from .footprints import UNIT, Ints, gathered
from .unions import union_shares

MOST: Final = 100
"""Service areas on one block whose union is measured: the time that it takes grows with their square."""


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


def sets_of(count: int, owner: Ints, member: Ints) -> Sets:
    """Collect the members of each owner, each once.

    Examples
    --------
    >>> sets = sets_of(2, np.array([1, 0, 1, 1]), np.array([5, 3, 4, 5]))
    >>> sets.of(0).tolist(), sets.of(1).tolist()
    ([3], [4, 5])
    """
    width = int(member.max(initial=0)) + 1
    keys = np.sort(owner * width + member)
    keys = keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
    sizes = np.bincount(keys // width, minlength=count)
    return Sets(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), keys % width)


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
    known
        What the parts serve together of which it is known where they lie, at most.
    """

    owner: Ints
    rank: Ints
    low: Ints
    known: Ints
    high: Ints


@dataclass(frozen=True)
class Unions:
    """Measured unions of shapes on blocks, each measured once.

    Attributes
    ----------
    index, drawn
        The blocks and the shapes.
    tolerance
        Units: bounds that lie within it are left as they are; all of them, if it is `UNIT`.
    """

    index: BlockIndex
    drawn: DrawnAreas
    tolerance: int
    _known: dict[tuple[int, tuple[int, ...]], int] = field(default_factory=dict)

    @cached_property
    def _boxes(self) -> Floats:
        x, y, radius = self.drawn.circles.T
        round_ones = np.column_stack([x - radius, y - radius, x + radius, y + radius])
        return np.where(self.drawn.is_circle[:, None], round_ones, shapely.bounds(self.drawn.polygons))

    def near(self, rank: Ints, shape: Ints) -> npt.NDArray[np.bool_]:
        """Whether the box round a shape meets that round a block: of an organisation's many, few do."""
        blocks, shapes = self.index.bounds[rank], self._boxes[shape]
        meets = (blocks[:, :2] <= shapes[:, 2:]) & (shapes[:, :2] <= blocks[:, 2:])
        return np.asarray(meets.all(axis=1), dtype=bool)

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
        max(share) and min(1, Σ share); where these differ by more than the tolerance, the measured
        share of the union of the shapes, as far as all of it is drawn. Of more than 100 service areas
        on one block the bounds are left.
    """
    width = len(unions.index)
    key = cells.owner * width + cells.rank
    if not len(key):
        return Settled(cells.owner, cells.rank, cells.low, cells.low, cells.high)
    order = np.argsort(key, kind="stable")
    cells, key = cells.where(order), key[order]
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    sizes = np.diff(np.append(begins, len(key)))
    low = np.maximum.reduceat(cells.low, begins)
    high = np.minimum(np.add.reduceat(cells.high, begins), UNIT)
    known = np.minimum(np.add.reduceat(cells.low, begins), UNIT)
    unknown = np.add.reduceat(cells.high - cells.low, begins)
    several = np.flatnonzero((sizes > 1) & (sizes <= MOST) & (high - low > unions.tolerance))
    entries, ptr = gathered(np.append(begins, len(key)), several)
    behind, of_cell = gathered(shapes.ptr, cells.source[entries])
    group = np.repeat(np.repeat(np.arange(len(several)), np.diff(ptr)), np.diff(of_cell))
    shape = shapes.ids[behind]
    near = unions.near(cells.rank[begins[several]][group], shape)
    meeting = sets_of(len(several), group[near], shape[near])
    drawn = np.flatnonzero(np.diff(meeting.ptr))
    where = several[drawn]
    rank = cells.rank[begins[where]].tolist()
    groups = [tuple(meeting.of(number).tolist()) for number in drawn.tolist()]
    measured = unions.share(list(zip(rank, groups, strict=True)))
    low[where] = known[where] = np.maximum(low[where], measured)
    high[where] = np.maximum(np.minimum(high[where], measured + unknown[where]), low[where])
    return Settled(cells.owner[begins], cells.rank[begins], low, known, high)
