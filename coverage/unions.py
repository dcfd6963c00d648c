"""How much of a block several service areas take in together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from .block_index import BlockIndex, of_outlines
from .discs import areas_in_unions, edges_of
from .drawn import DrawnAreas, Floats
from .footprints import TOUCH, UNIT, Ints
from .plain_engine import in_units


def union_shares(index: BlockIndex, drawn: DrawnAreas, groups: Sequence[tuple[int, tuple[int, ...]]]) -> Ints:
    """Measure the share of blocks that lies in at least one of several shapes.

    Parameters
    ----------
    index
        The blocks.
    drawn
        The shapes.
    groups
        Each a block's rank, and positions in `drawn`, one or more, rising.

    Returns
    -------
    share
        Of each group, in units: `footprints.UNIT` for a whole block. Less than `TOUCH` is nothing, and
        what lacks less is the whole.

    Examples
    --------
    >>> west, middle = shapely.box(0, 0, 5, 10), shapely.box(4, 0, 7, 10)
    >>> block = of_outlines(np.array([shapely.box(0, 0, 10, 10)]), np.zeros((1, 2)), np.arange(1))
    >>> drawn = DrawnAreas.of_polygons(np.array([west, middle]))
    >>> (union_shares(block, drawn, [(0, (0, 1))]) / UNIT).round(9).tolist()
    [0.7]
    """
    rank = np.array([rank for rank, _ in groups], dtype=np.int64)
    areas = _areas(index, drawn, rank, [np.array(shapes) for _, shapes in groups])
    share = in_units(areas / index.area_m2[rank])
    share[share < TOUCH] = 0
    share[share > UNIT - TOUCH] = UNIT
    return share


def _areas(index: BlockIndex, drawn: DrawnAreas, rank: Ints, groups: Sequence[Ints]) -> Floats:
    """Area of each block inside the union of its shapes, m²: of discs, plus of polygons, less of both."""
    circles = [drawn.circles[shapes[drawn.is_circle[shapes]]] for shapes in groups]
    round_ones = np.flatnonzero([len(each) > 0 for each in circles])
    area = np.zeros(len(rank))
    if len(round_ones):
        area[round_ones] = areas_in_unions(
            edges_of(index), rank[round_ones], [circles[i] for i in round_ones]
        )
    land = _land_in_polygons(index, drawn, rank, groups)
    area += shapely.area(land)
    both = round_ones[shapely.area(land[round_ones]) > 0.0]
    if len(both):
        outlines = of_outlines(land[both], np.zeros((len(both), 2)), np.arange(len(both)))
        area[both] -= areas_in_unions(edges_of(outlines), np.arange(len(both)), [circles[i] for i in both])
    return area


def _land_in_polygons(
    index: BlockIndex, drawn: DrawnAreas, rank: Ints, groups: Sequence[Ints]
) -> npt.NDArray[np.object_]:
    """The part of each block that lies in polygons of its group: a polygon or multipolygon, maybe empty."""
    group = np.repeat(np.arange(len(groups)), [len(shapes) for shapes in groups])
    shape = np.concatenate([*groups, np.empty(0, dtype=np.int64)])
    polygon = ~drawn.is_circle[shape]
    group, shape = group[polygon], shape[polygon]
    clipped = shapely.intersection(drawn.polygons[shape], index.outlines[rank[group]], grid_size=0.0)
    pieces, of = shapely.get_parts(clipped, return_index=True)
    areal = shapely.area(pieces) > 0.0
    pieces, group = pieces[areal], group[of[areal]]
    ends = np.searchsorted(group, np.arange(len(groups) + 1))
    return np.array([shapely.union_all(pieces[a:b], grid_size=0.0) for a, b in pairwise(ends)], dtype=object)
