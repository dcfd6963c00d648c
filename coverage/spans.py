"""Areas as spans of blocks, so that footprints meet them run by run."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .footprints import UNIT, Footprints, Ints, ranges

AT_ONCE: Final = 10_000
"""Footprints that are summed at once, which bounds the memory that it takes."""


@dataclass(frozen=True)
class Spans:
    """The areas of a geography along the order of the blocks, in layers without overlap.

    Attributes
    ----------
    area
        Layers × ranks: which area holds the block; -1 where none does. A block that n areas hold
        stands in n layers.
    span
        Layers × ranks: the number of the stretch of equal `area` that the block lies in; numbers
        rise through all layers.
    starts, ends
        Of each stretch: its first rank, and the one after its last.
    count
        How many areas there are.
    """

    area: Ints
    span: Ints
    starts: Ints
    ends: Ints
    count: int


@dataclass(frozen=True)
class Meetings:
    """Where footprints meet areas.

    Attributes
    ----------
    footprint, area, layer
        Of each meeting.
    starts, ends
        The blocks that they share, as ranks.
    """

    footprint: Ints
    area: Ints
    layer: Ints
    starts: Ints
    ends: Ints

    @property
    def size(self) -> Ints:
        """How many blocks each is."""
        return self.ends - self.starts


def spans_of(matrix: sparse.csr_array, rank: Ints) -> Spans:
    """Lay out areas along the order of the blocks.

    Parameters
    ----------
    matrix
        Areas × blocks, non-zero where the area holds the block.
    rank
        Position of a block → its rank.

    Examples
    --------
    >>> areas = sparse.csr_array(np.array([[1, 1, 0], [0, 1, 0]]))
    >>> spans_of(areas, np.arange(3)).area.tolist()
    [[0, 0, -1], [-1, 1, -1]]
    """
    held = matrix.tocoo()
    order = np.lexsort((held.row, held.col))
    area, block = held.row[order].astype(np.int64), held.col[order].astype(np.int64)
    layer = np.arange(len(block)) - np.searchsorted(block, block)
    by_rank = np.full((int(layer.max(initial=0)) + 1, len(rank)), -1, dtype=np.int64)
    by_rank[layer, rank[block]] = area
    fresh = np.ones(by_rank.shape, dtype=bool)
    fresh[:, 1:] = by_rank[:, 1:] != by_rank[:, :-1]
    span = np.cumsum(fresh.ravel()).reshape(by_rank.shape) - 1
    starts = np.flatnonzero(fresh.ravel()) % len(rank)
    ends = np.append(starts[1:], 0)
    return Spans(by_rank, span, starts, np.where(ends == 0, len(rank), ends), matrix.shape[0])


def whole_meetings(footprints: Footprints, spans: Spans) -> Meetings:
    """Find the blocks of areas that footprints take in whole."""
    found = []
    owner, starts, ends = footprints.run_owner, footprints.starts, footprints.ends
    for layer in range(len(spans.area)):
        first, last = spans.span[layer, starts], spans.span[layer, ends - 1]
        run = np.repeat(np.arange(len(owner)), last + 1 - first)
        span = ranges(first, last + 1)
        begin = np.maximum(starts[run], spans.starts[span])
        end = np.minimum(ends[run], spans.ends[span])
        area = spans.area[layer, begin]
        held = area >= 0
        found.append(
            (owner[run[held]], area[held], np.full(held.sum(), layer), begin[held], end[held]),
        )
    return Meetings(*(np.concatenate(each).astype(np.int64) for each in zip(*found, strict=True)))


def part_meetings(footprints: Footprints, spans: Spans) -> tuple[Meetings, Ints]:
    """Find the blocks of areas that footprints take in partly.

    Returns
    -------
    meetings
        One for each block.
    part
        Of each: its position among the parts of the footprints.
    """
    found = []
    for layer in range(len(spans.area)):
        area = spans.area[layer, footprints.ranks]
        part = np.flatnonzero(area >= 0)
        rank = footprints.ranks[part]
        found.append(
            (footprints.part_owner[part], area[part], np.full(len(part), layer), rank, rank + 1, part)
        )
    *meeting, part = (np.concatenate(each).astype(np.int64) for each in zip(*found, strict=True))
    return Meetings(*meeting), part


@dataclass(frozen=True)
class Served:
    """What footprints serve of areas: one row for each footprint and area that it touches.

    Attributes
    ----------
    footprint, area
        Sorted by both.
    whole, touched
        Blocks of the area that it takes in whole, and at all.
    residents_low, residents_high
        Of the area, that it serves at least and at most.
    """

    footprint: Ints
    area: Ints
    whole: Ints
    touched: Ints
    residents_low: npt.NDArray[np.float64]
    residents_high: npt.NDArray[np.float64]


def served(footprints: Footprints, spans: Spans, residents: npt.NDArray[np.float64]) -> Served:
    """Sum what footprints serve of each area.

    Parameters
    ----------
    footprints, spans
        On the same blocks.
    residents
        By rank, persons.
    """
    found = []
    for begin in range(0, max(len(footprints), 1), AT_ONCE):
        some = footprints.take(np.arange(begin, min(begin + AT_ONCE, len(footprints))))
        each = _served(some, spans, residents)
        found.append(replace(each, footprint=each.footprint + begin))
    return Served(
        *(np.concatenate([getattr(each, field.name) for each in found]) for field in fields(Served))
    )


def _served(footprints: Footprints, spans: Spans, residents: npt.NDArray[np.float64]) -> Served:
    whole, (partly, part) = whole_meetings(footprints, spans), part_meetings(footprints, spans)
    before = np.concatenate([[0.0], np.cumsum(residents)])
    people = before[whole.ends] - before[whole.starts]
    some = residents[partly.starts]
    key = np.concatenate([whole.footprint, partly.footprint]) * spans.count
    key += np.concatenate([whole.area, partly.area])
    order = np.argsort(key, kind="stable")  # quick: areas lie together in the order of the blocks
    key = key[order]
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else order
    rows = key[begins]

    def total(of_whole: npt.NDArray[np.generic], of_part: npt.NDArray[np.generic]) -> np.ndarray:
        values = np.concatenate([of_whole, of_part]).astype(np.float64)[order]
        return np.add.reduceat(values, begins) if len(values) else values

    nothing = np.zeros(len(part))
    return Served(
        rows // spans.count,
        rows % spans.count,
        total(whole.size, nothing).astype(np.int64),
        total(whole.size, nothing + 1).astype(np.int64),
        total(people, some * (footprints.low[part] / UNIT)),
        total(people, some * (footprints.high[part] / UNIT)),
    )
