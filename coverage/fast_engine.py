"""Which blocks shapes take in, by compiled loops: for thousands of shapes. Needs numba."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from .block_index import BlockIndex, of_outlines
from .discs import edges_of
from .drawn import Floats, Method
from .footprints import UNIT, Footprints, Ints, Ranks, from_cells
from .kernels import Blocks, Box, Cells, Tree, circle_cells, compiled, run_counts
from .polygon_kernels import polygon_cells

LEAF: Final = 8
"""Blocks that stand under one box that is not halved."""
NOWHERE: Final = (math.inf, math.inf, -math.inf, -math.inf)


class FastEngine:
    """Find the blocks that shapes take in, as `plain_engine.PlainEngine` does.

    Parameters
    ----------
    index
        The blocks; footprints give them by rank.

    Examples
    --------
    >>> from hinterland.boundaries.builtin import load
    >>> from hinterland.coverage.block_index import index_blocks
    >>> engine = FastEngine(index_blocks(load()))
    >>> of_england = engine.circles(np.array([[450_000.0, 300_000.0, 1_000_000.0]]), "area")
    >>> of_england.starts.tolist(), of_england.ends.tolist(), of_england.ranks.tolist()
    ([0], [321], [])
    """

    def __init__(self, index: BlockIndex) -> None:
        self.index = index
        self._blocks = Blocks(index.x, index.y, index.ring_ptr, index.block_ptr, index.area_m2)
        self._boxes = _tree(index.bounds)
        self._points = np.tile(index.points, 2)
        self._point_boxes = _tree(self._points)

    def circles(self, circles: Floats, method: Method) -> Footprints:
        """Find the blocks in circles.

        Parameters
        ----------
        circles
            One row each: x, y and radius, metres.
        method
            By `area`, a block is served whole if all its vertices lie in the circle, and else by the
            exact share of its outline inside; by `centroid`, if its point lies in the circle.
        """
        tree = self._boxes if method == "area" else self._point_boxes
        bounds = self.index.bounds if method == "area" else self._points
        return _footprints(
            circle_cells(tree, bounds, self._blocks, np.ascontiguousarray(circles, dtype=float))
        )

    def polygons(self, polygons: npt.NDArray[np.object_], method: Method) -> Footprints:
        """Find the blocks in polygons.

        Parameters
        ----------
        polygons
            Polygons and multipolygons, valid, EPSG:27700.
        method
            By `area`, the share of a block's outline inside; by `centroid`, a block is served whole if
            its point lies in the polygon or on its edge.
        """
        if method == "centroid" or not len(polygons):
            owner, rank = self._point_tree.query(polygons, predicate="intersects")
            whole = np.full(len(owner), UNIT)
            return from_cells(len(polygons), owner, rank, whole, whole)
        edges, edge_ptr = _edges(
            of_outlines(polygons, np.empty((len(polygons), 2)), np.arange(len(polygons)))
        )
        return _footprints(polygon_cells(self._boxes, self.index.bounds, self._blocks, edges, edge_ptr))

    def counts(self, footprints: Footprints, which: Ints, theme: Ints, theme_count: int) -> Ranks:
        """Count how many of some footprints take in each block whole, theme by theme.

        Parameters and what is returned are those of `PlainEngine.counts`.
        """
        runs = footprints.run_ptr, footprints.starts, footprints.ends
        return run_counts(*runs, which, theme, np.zeros((theme_count, len(self.index)), dtype=np.int32))

    @cached_property
    def _point_tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.points(self.index.points))


@compiled
def _tree(boxes: Floats) -> Tree:
    """Halve ranges of boxes where the halves are least wide, each as often as it holds boxes."""
    most = 2 * len(boxes)
    round_all, numbers = np.empty((most, 4)), np.empty((4, most), np.int64)
    starts, ends, after, depths = numbers[0], numbers[1], numbers[2], numbers[3]
    costs = np.empty(len(boxes))
    waiting = [(0, len(boxes), 0)]
    node = 0
    while waiting:
        start, end, depth = waiting.pop()
        held = NOWHERE
        for i in range(end - 1, start - 1, -1):
            held = _round(held, boxes, i)
            costs[i] = (held[2] - held[0] + held[3] - held[1]) * (end - i)
        round_all[node] = held
        starts[node], ends[node], depths[node] = start, end, depth
        if end - start > LEAF:
            held, least, split = NOWHERE, math.inf, start
            for i in range(start + 1, end):
                held = _round(held, boxes, i - 1)
                cost = costs[i] + (held[2] - held[0] + held[3] - held[1]) * (i - start)
                if cost < least:
                    least, split = cost, i
            waiting.append((split, end, depth + 1))
            waiting.append((start, split, depth + 1))
        node += 1
    for i in range(node - 1, -1, -1):
        after[i] = after[after[i + 1]] if ends[i] - starts[i] > LEAF else i + 1
    return Tree(round_all[:node], starts[:node], ends[:node], after[:node], depths[:node])


@compiled
def _round(box: Box, boxes: Floats, i: int) -> Box:
    """A box round another one and one in a row of an array."""
    left, low, right, high = box
    low_corner = min(left, boxes[i, 0]), min(low, boxes[i, 1])
    return low_corner[0], low_corner[1], max(right, boxes[i, 2]), max(high, boxes[i, 3])


def _edges(outlines: BlockIndex) -> tuple[Floats, Ints]:
    """Edges of outlines as `polygon_kernels.polygon_cells` takes them, and where those of each begin."""
    listed = edges_of(outlines)
    first = listed.first
    rises = outlines.y[first] <= outlines.y[first + 1]
    low, high = first + ~rises, first + rises
    low_x, low_y, high_x, high_y = outlines.x[low], outlines.y[low], outlines.x[high], outlines.y[high]
    is_level = low_y == high_y
    lean = np.where(is_level, 0.0, (high_x - low_x) / np.where(is_level, 1.0, high_y - low_y))
    edges = np.column_stack([low_x, low_y, high_x, high_y, lean, np.where(rises, 1.0, -1.0)])
    return edges, listed.ptr


def _footprints(cells: Cells) -> Footprints:
    run_ptr, starts, ends, part_ptr, ranks, shares = cells
    shares = shares.copy()
    return Footprints(run_ptr, starts.copy(), ends.copy(), part_ptr, ranks.copy(), shares, shares)
