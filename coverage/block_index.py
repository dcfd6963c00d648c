"""Building blocks as plain arrays, in an order in which service areas are short runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from ..boundaries.atlas import Atlas
from .drawn import Floats
from .footprints import Ints, pointers

NESTED: Final = ("region", "county", "district")


@dataclass(frozen=True)
class BlockIndex:
    """Building blocks by rank.

    Attributes
    ----------
    order
        Rank → position in the atlas.
    rank
        Position in the atlas → rank.
    outlines
        Polygons and multipolygons, EPSG:27700.
    x, y
        Vertices of all rings, metres; outer rings run anticlockwise, holes clockwise, and each ends
        with the vertex that it begins with.
    ring_ptr
        Where each ring begins among the vertices.
    block_ptr
        Where each block begins among the rings.
    area_m2
        Of each outline.
    bounds
        Of each outline: least x, least y, greatest x, greatest y.
    points
        x and y of each block's centroid.
    """

    order: Ints
    rank: Ints
    outlines: npt.NDArray[np.object_]
    x: Floats
    y: Floats
    ring_ptr: Ints
    block_ptr: Ints
    area_m2: Floats
    bounds: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.order)


def index_blocks(atlas: Atlas) -> BlockIndex:
    """Sort the blocks of an atlas by region, county and district, then along a Hilbert curve.

    Parameters
    ----------
    atlas
        Of geographies in which a block lies in several areas none is sorted by.

    Examples
    --------
    >>> from hinterland.boundaries.builtin import load
    >>> index = index_blocks(load())
    >>> len(index), bool((index.order[index.rank] == np.arange(len(index))).all())
    (321, True)
    """
    nested = [
        geography
        for level in NESTED
        for geography in atlas.geographies.values()
        if geography.level == level and not geography.overlapping
    ]
    points = atlas.points
    keys: list[npt.NDArray[np.int64]] = [
        gpd.GeoSeries(shapely.points(points)).hilbert_distance().to_numpy().astype(np.int64)
    ]
    for geography in reversed(nested):
        held = np.full(len(points), -1, dtype=np.int64)
        by_area = geography.membership.tocoo()
        held[by_area.col] = by_area.row
        keys.append(held)
    return of_outlines(atlas.blocks.geometry.to_numpy(), points, np.lexsort(keys))


def of_outlines(outlines: npt.NDArray[np.object_], points: Floats, order: Ints) -> BlockIndex:
    """Put outlines and points into an order, as plain arrays.

    Parameters
    ----------
    outlines
        Polygons and multipolygons, valid, EPSG:27700.
    points
        x and y for each of them.
    order
        Their positions, in the order wanted.
    """
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    sorted_outlines = shapely.orient_polygons(shapely.force_2d(outlines[order]))
    polygons, block_of_polygon = shapely.get_parts(sorted_outlines, return_index=True)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    vertices, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    return BlockIndex(
        order=order,
        rank=rank,
        outlines=sorted_outlines,
        x=np.ascontiguousarray(vertices[:, 0]),
        y=np.ascontiguousarray(vertices[:, 1]),
        ring_ptr=pointers(ring_of_vertex, len(rings)),
        block_ptr=pointers(block_of_polygon[polygon_of_ring], len(order)),
        area_m2=shapely.area(sorted_outlines),
        bounds=shapely.bounds(sorted_outlines),
        points=points[order],
    )
