"""Exact areas of outlines inside circles, and inside several circles together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from .block_index import BlockIndex
from .drawn import Floats
from .footprints import Ints, gathered, pointers, ranges

Plane = npt.NDArray[np.complex128]
"""Points of the plane: x + iy, metres."""
EDGES: Final = 1 << 18
"""Edges worked on at a time: some 50 MB."""


@dataclass(frozen=True)
class Edges:
    """The edges of all rings of outlines.

    Attributes
    ----------
    vertices
        As in `block_index.BlockIndex`.
    first
        Of each edge, the vertex that it leaves; it leads to the next one.
    ptr
        Where the edges of each outline begin.
    """

    vertices: Plane
    first: npt.NDArray[np.int32]
    ptr: Ints


def edges_of(index: BlockIndex) -> Edges:
    """List the edges of all blocks."""
    leaves = np.ones(len(index.x), dtype=bool)
    leaves[index.ring_ptr[1:] - 1] = False
    ptr = index.ring_ptr[index.block_ptr] - index.block_ptr
    return Edges(index.x + 1j * index.y, np.flatnonzero(leaves).astype(np.int32), ptr)


def areas_in_discs(edges: Edges, outline: Ints, circles: Floats) -> tuple[Floats, Floats]:
    """Measure how much of each outline lies in the circle beside it.

    The area of a polygon is the signed sum of the triangles that a point makes with its edges. With the
    circle's centre for that point, each edge's own share in the circle is a triangle where the edge
    runs inside, and circular sectors where it runs outside.

    Parameters
    ----------
    edges
        Of all outlines.
    outline, circles
        n positions of outlines; n rows x, y and radius, metres.

    Returns
    -------
    area_m2
        Of outline and circle together.
    farthest2
        Squared distance from the centre to the outline's farthest vertex, m².

    Examples
    --------
    A quarter of a circle round the corner of a square:

    >>> import shapely
    >>> from hinterland.coverage.block_index import of_outlines
    >>> square = of_outlines(np.array([shapely.box(0, 0, 10, 10)]), np.zeros((1, 2)), np.arange(1))
    >>> area, farthest2 = areas_in_discs(edges_of(square), np.array([0]), np.array([[0.0, 0.0, 2.0]]))
    >>> round(float(area[0] / np.pi), 12), float(farthest2[0])
    (1.0, 200.0)
    """
    area = np.empty(len(outline))
    farthest2 = np.empty(len(outline))
    for part in _parts(np.diff(edges.ptr)[outline]):
        a, b, of = _around(edges, outline[part], circles[part])
        begins = np.searchsorted(of, np.arange(of[-1] + 1))
        farthest2[part] = np.maximum.reduceat(_squared(a), begins)
        area[part] = np.add.reduceat(_in_disc(a, b, circles[part, 2][of]), begins)
    return area, farthest2


def areas_in_unions(edges: Edges, outline: Ints, groups: Sequence[Floats]) -> Floats:
    """Measure how much of each outline lies in at least one of the circles beside it.

    The power diagram gives each circle the part of the plane in which no other circle of its group
    reaches deeper; there, the union is that circle alone (Aurenhammer 1987, "Power diagrams:
    properties, algorithms and applications", SIAM Journal on Computing 16; Avis, Bhattacharya and
    Imai 1988, "Computing the volume of the union of spheres", The Visual Computer 3). The outline is
    cut to that part, which is convex, one straight cut after the other (Sutherland and Hodgman 1974,
    "Reentrant polygon clipping", Communications of the ACM 17), and measured in the circle. Nothing
    is classified by where a point lies, so that tangents and circles that all but coincide do no harm.

    Parameters
    ----------
    edges
        Of all outlines.
    outline
        n positions of outlines.
    groups
        For each of them, one or more rows x, y and radius, metres.

    Returns
    -------
    area_m2
        Of outline and union together.
    """
    sizes = np.array([len(circles) for circles in groups], dtype=np.int64)
    circles = np.concatenate([*groups, np.empty((0, 3))])
    group = np.repeat(np.arange(len(sizes)), sizes)
    kept, cut, direction, reach = _power_cells(circles, sizes)
    cut_ptr = pointers(cut, len(circles))
    area = np.zeros(len(groups))
    for part in _parts(np.diff(edges.ptr)[outline[group[kept]]]):
        cell = kept[part]
        a, b, of = _around(edges, outline[group[cell]], circles[cell])
        number = np.diff(cut_ptr)[cell]
        for turn in range(number.max()):
            line = np.where(number > turn, cut_ptr[cell] + turn, -1)
            a, b, of = _cut(a, b, of, direction[line], np.where(number > turn, reach[line], np.inf))
        inside = np.bincount(of, _in_disc(a, b, circles[cell, 2][of]), len(cell))
        area += np.bincount(group[cell], inside, len(groups))
    return area


def _parts(sizes: Ints) -> Iterator[slice]:
    """Slices of neighbours with few enough edges, or of one alone."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = ends[start] - sizes[start]
        stop = max(start + 1, int(np.searchsorted(ends, before + EDGES, side="right")))
        yield slice(start, stop)
        start = stop


def _around(edges: Edges, outline: Ints, circles: Floats) -> tuple[Plane, Plane, Ints]:
    """Both ends of all edges as seen from the centre of the circle, and which row each belongs to."""
    entries, ptr = gathered(edges.ptr, outline)
    of = np.repeat(np.arange(len(outline)), np.diff(ptr))
    first = edges.first[entries]
    centre = (circles[:, 0] + 1j * circles[:, 1])[of]
    return edges.vertices[first] - centre, edges.vertices[first + 1] - centre, of


def _squared(a: Plane) -> Floats:
    return a.real * a.real + a.imag * a.imag


def _in_disc(a: Plane, b: Plane, radius: Floats) -> Floats:
    """Signed area that a disc round the origin shares with the triangle of the origin and an edge."""
    edge = b - a
    from_a, from_b = np.conj(a) * edge, np.conj(b) * edge
    cross = from_a.imag
    length2 = _squared(edge)
    half_chord = np.sqrt(np.maximum(length2 * radius * radius - cross * cross, 0.0))
    scale = np.where(length2 > 0.0, length2, 1.0)
    before = np.clip((-from_a.real - half_chord) / scale, 0.0, 1.0)
    after = np.clip((from_b.real - half_chord) / scale, 0.0, 1.0 - before)
    turned = np.arctan2(before * cross, _squared(a) + before * from_a.real)
    turned += np.arctan2(after * cross, _squared(b) - after * from_b.real)
    return ((1.0 - before - after) * cross + radius * radius * turned) / 2.0


def _power_cells(circles: Floats, sizes: Ints) -> tuple[Ints, Ints, Plane, Floats]:
    """Cells of the power diagrams of groups of circles.

    Returns
    -------
    kept
        Circles that lie in no other one of their group.
    cut, direction, reach
        Half-planes that bound the cells of those: the circle, sorted; a direction, and how far that
        way the cell reaches from the circle's centre.
    """
    many = np.repeat(sizes, sizes)
    one = np.repeat(np.arange(len(circles)), many)
    begins = np.repeat(np.cumsum(sizes) - sizes, sizes)
    other = ranges(begins, begins + many)
    toward = (circles[other, 0] - circles[one, 0]) + 1j * (circles[other, 1] - circles[one, 1])
    distance = np.abs(toward)
    larger = circles[other, 2] - circles[one, 2]
    together = circles[other, 2] + circles[one, 2]
    hidden = (distance <= larger) & ((larger > 0.0) | (other < one))
    stays = np.bincount(one[hidden], minlength=len(circles)) == 0
    meets = stays[one] & stays[other] & (one != other) & (distance < together)
    toward, distance = toward[meets], distance[meets]
    reach = (distance - larger[meets] * together[meets] / distance) / 2.0
    return np.flatnonzero(stays), one[meets], toward / distance, reach


def _cut(a: Plane, b: Plane, of: Ints, direction: Plane, reach: Floats) -> tuple[Plane, Plane, Ints]:
    """Cut rings to half-planes; what lies beyond a line is laid down on it, so that rings stay closed."""
    direction, reach = direction[of], reach[of]
    spare_a, spare_b = reach - (a * np.conj(direction)).real, reach - (b * np.conj(direction)).real
    crosses = (spare_a < 0.0) != (spare_b < 0.0)
    at = spare_a[crosses] / (spare_a[crosses] - spare_b[crosses])
    middle = a[crosses] + at * (b[crosses] - a[crosses])
    a = a + np.minimum(spare_a, 0.0) * direction
    b = b + np.minimum(spare_b, 0.0) * direction
    a, of = np.concatenate([a, middle]), np.concatenate([of, of[crosses]])
    last = b[crosses]
    b[crosses] = middle
    return a, np.concatenate([b, last]), of
