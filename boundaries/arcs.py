"""Shared borders as arcs: how a set of polygons that fit together is stored and drawn.

A border between two areas is kept once, as an arc, and each area is a list of rings of
arcs. Two areas that share a border therefore share it exactly: no slivers, no overlaps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

Point = tuple[float, float]
Ring = tuple[int, ...]
Rings = tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True)
class Arcs:
    """Borders kept once, and the shapes that they make.

    Attributes
    ----------
    arcs
        One array of shape (points, 2) an arc, in the units of the shapes it came from.
    shapes
        For each shape its polygons, for each polygon its rings (the shell first), for each
        ring its arcs in order: `i` for arc `i` forwards, `~i` for arc `i` backwards.
    """

    arcs: tuple[npt.NDArray[np.float64], ...]
    shapes: tuple[Rings, ...]


def cut(geometries: Iterable[shapely.Geometry]) -> Arcs:
    """Cut polygons at the points where three borders meet, and keep each border once.

    Parameters
    ----------
    geometries
        Polygons and multipolygons, none empty, whose shared borders have the same points (a valid
        coverage, or groupings of one), in any CRS.

    Returns
    -------
    Arcs
        The borders and, in the order given, the shapes. The borders do not depend on where a
        ring starts; their numbers may.

    Examples
    --------
    >>> left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> len(cut([left, right]).arcs)
    3
    """
    shells = [[_rings(part) for part in _polygons(geometry)] for geometry in geometries]
    rings = [ring for polygons in shells for polygon in polygons for ring in polygon]
    junctions = _junctions(rings)
    number: dict[tuple[Point, ...], int] = {}

    def arcs_of(ring: list[Point]) -> Ring:
        found = []
        for arc in _split(ring, junctions):
            forwards = arc <= arc[::-1]
            key = arc if forwards else arc[::-1]
            index = number.setdefault(key, len(number))
            found.append(index if forwards else ~index)
        return tuple(found)

    shapes = tuple(
        tuple(tuple(arcs_of(ring) for ring in polygon) for polygon in polygons) for polygons in shells
    )
    return Arcs(tuple(np.array(points, dtype=float) for points in number), shapes)


def join(arcs: Sequence[npt.NDArray[np.float64]], rings: Rings) -> shapely.MultiPolygon | shapely.Polygon:
    """Make the polygon, or the several polygons, of one shape from its rings of arcs.

    Parameters
    ----------
    arcs
        The borders, as in `Arcs.arcs`.
    rings
        One entry of `Arcs.shapes`.

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        In the units of the arcs.

    Examples
    --------
    >>> square = shapely.box(0, 0, 1, 1)
    >>> parts = cut([square])
    >>> join(parts.arcs, parts.shapes[0]).equals(square)
    True
    """

    def coordinates(ring: Ring) -> npt.NDArray[np.float64]:
        pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
        return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])

    polygons = [shapely.Polygon(coordinates(rs[0]), [coordinates(r) for r in rs[1:]]) for rs in rings]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _polygons(geometry: shapely.Geometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon)]


def _rings(polygon: shapely.Polygon) -> list[list[Point]]:
    rings = [polygon.exterior, *polygon.interiors]
    return [[(x, y) for x, y in shapely.get_coordinates(ring)[:-1]] for ring in rings]


def _junctions(rings: list[list[Point]]) -> set[Point]:
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for here, there in zip(ring, ring[1:] + ring[:1], strict=True):
            neighbours[here].add(there)
            neighbours[there].add(here)
    return {point for point, others in neighbours.items() if len(others) > 2}


def _split(ring: list[Point], junctions: set[Point]) -> list[tuple[Point, ...]]:
    at = [i for i, point in enumerate(ring) if point in junctions]
    start = at[0] if at else ring.index(min(ring))
    turned = ring[start:] + ring[:start] + [ring[start]]
    cuts = [i - start for i in at] if at else [0]
    cuts.append(len(turned) - 1)
    return [tuple(turned[a : b + 1]) for a, b in pairwise(cuts)]
