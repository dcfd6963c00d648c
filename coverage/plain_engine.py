"""Which blocks shapes take in, by shapely and numpy alone: nothing to compile, quick enough for most."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from .block_index import BlockIndex
from .discs import Edges, areas_in_discs, edges_of
from .drawn import Floats, Method
from .footprints import UNIT, Footprints, Ints, Ranks, from_cells, gathered, joined

PAIRS: Final = 5_000_000
"""Pairs of a shape and a block held at a time, some 500 MB if every shape takes in all blocks."""
MARGIN_M: Final = 0.001
"""Added to the boxes round circles, so that rounding loses no candidate."""


class PlainEngine:
    """Find the blocks that shapes take in.

    Parameters
    ----------
    index
        The blocks; footprints give them by rank.

    Examples
    --------
    >>> from hinterland.boundaries.builtin import load
    >>> from hinterland.coverage.block_index import index_blocks
    >>> engine = PlainEngine(index_blocks(load()))
    >>> of_england = engine.circles(np.array([[450_000.0, 300_000.0, 1_000_000.0]]), "area")
    >>> of_england.starts.tolist(), of_england.ends.tolist(), of_england.ranks.tolist()
    ([0], [321], [])
    """

    def __init__(self, index: BlockIndex) -> None:
        self.index = index

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
        if method == "area":
            return self._in_parts(self._shares_in_circles, circles)
        return self._in_parts(self._points_in_circles, circles)

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
        if method == "area":
            return self._in_parts(self._shares_in_polygons, polygons)
        return self._in_parts(self._points_in_polygons, polygons)

    @cached_property
    def _outlines(self) -> shapely.STRtree:
        return shapely.STRtree(self.index.outlines)

    @cached_property
    def _points(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.points(self.index.points))

    @cached_property
    def _edges(self) -> Edges:
        return edges_of(self.index)

    def counts(self, footprints: Footprints, which: Ints, theme: Ints, theme_count: int) -> Ranks:
        """Count how many of some footprints take in each block whole, theme by theme.

        Parameters
        ----------
        footprints
            On the blocks of the index.
        which, theme
            One row for each organisation and theme: its footprint, and the theme from 0 on.
        theme_count
            How many themes there are.

        Returns
        -------
        numpy.ndarray
            Themes × ranks: one difference array, in which a run begins at +1 and ends at -1, summed up.
        """
        key = theme * len(footprints) + which
        times = np.bincount(key, minlength=theme_count * len(footprints))
        used = np.flatnonzero(times)
        row, footprint = np.divmod(used, max(len(footprints), 1))
        runs, ptr = gathered(footprints.run_ptr, footprint)
        weights = np.repeat(times[used], np.diff(ptr)).astype(np.float64)
        width = len(self.index) + 1
        start = np.repeat(row * width, np.diff(ptr))
        changes = np.bincount(start + footprints.starts[runs], weights, theme_count * width)
        changes -= np.bincount(start + footprints.ends[runs], weights, theme_count * width)
        return np.cumsum(changes.reshape(theme_count, width), axis=1)[:, :-1].astype(np.int32)

    def _in_parts(
        self, find: Callable[..., Footprints], shapes: Floats | npt.NDArray[np.object_]
    ) -> Footprints:
        step = max(1, PAIRS // len(self.index))
        return joined([find(shapes[at : at + step]) for at in range(0, max(1, len(shapes)), step)])

    def _shares_in_circles(self, circles: Floats) -> Footprints:
        owner, rank = self._outlines.query(_boxes(circles))
        x, y, radius = circles[owner].T
        left, low, right, high = self.index.bounds[rank].T
        beside, below = np.maximum(left - x, x - right), np.maximum(low - y, y - high)
        near2 = np.maximum(beside, 0.0) ** 2 + np.maximum(below, 0.0) ** 2
        far2 = np.maximum(x - left, right - x) ** 2 + np.maximum(y - low, high - y) ** 2
        share = np.where(far2 <= radius * radius, 1.0, 0.0)
        partly = np.flatnonzero((near2 < radius * radius) & (far2 > radius * radius))
        area, farthest2 = areas_in_discs(self._edges, rank[partly], circles[owner[partly]])
        share[partly] = area / self.index.area_m2[rank[partly]]
        share[partly[farthest2 <= radius[partly] ** 2]] = 1.0
        return _footprints(len(circles), owner, rank, share)

    def _points_in_circles(self, circles: Floats) -> Footprints:
        owner, rank = self._points.query(_boxes(circles))
        dx, dy = (self.index.points[rank] - circles[owner, :2]).T
        inside = dx * dx + dy * dy <= circles[owner, 2] ** 2
        return _footprints(len(circles), owner[inside], rank[inside])

    def _shares_in_polygons(self, polygons: npt.NDArray[np.object_]) -> Footprints:
        owner, rank = self._outlines.query(polygons, predicate="intersects")
        shapely.prepare(polygons)
        partly = np.flatnonzero(~shapely.covers(polygons[owner], self.index.outlines[rank]))
        shared = shapely.intersection(
            polygons[owner[partly]], self.index.outlines[rank[partly]], grid_size=0.0
        )
        share = np.ones(len(owner))
        share[partly] = shapely.area(shared) / self.index.area_m2[rank[partly]]
        return _footprints(len(polygons), owner, rank, share)

    def _points_in_polygons(self, polygons: npt.NDArray[np.object_]) -> Footprints:
        owner, rank = self._points.query(polygons, predicate="intersects")
        return _footprints(len(polygons), owner, rank)


def in_units(share: Floats) -> Ints:
    """Shares as whole numbers of a unit, half to even."""
    return np.rint(np.clip(share, 0.0, 1.0) * UNIT).astype(np.int64)


def _boxes(circles: Floats) -> npt.NDArray[np.object_]:
    x, y, radius = circles.T
    reach = radius + MARGIN_M
    boxes: npt.NDArray[np.object_] = shapely.box(x - reach, y - reach, x + reach, y + reach)
    return boxes


def _footprints(count: int, owner: Ints, rank: Ints, share: Floats | float = 1.0) -> Footprints:
    units = in_units(np.broadcast_to(share, owner.shape))
    return from_cells(count, owner, rank, units, units)
