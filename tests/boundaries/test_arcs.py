"""Borders kept once: what is cut into arcs joins again to the same shapes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hinterland.boundaries.arcs import Arcs, cut, join

GROUPS = st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=5)


def grid(rows: list[list[int]]) -> list[shapely.Geometry]:
    """Unit squares dissolved by number: the drawing of a map in figures, bottom row first."""
    squares: dict[int, list[shapely.Polygon]] = {}
    for y, row in enumerate(rows):
        for x, number in enumerate(row):
            squares.setdefault(number, []).append(shapely.box(x, y, x + 1, y + 1))
    return [shapely.coverage_union_all(squares[number]) for number in sorted(squares)]


def joined(parts: Arcs) -> list[shapely.Geometry]:
    return [join(parts.arcs, rings) for rings in parts.shapes]


def turned(polygon: shapely.Polygon, by: int) -> shapely.Polygon:
    """The same polygon, each of its rings starting at another of its points."""
    rings = [np.roll(shapely.get_coordinates(ring)[:-1], by, axis=0) for ring in _rings(polygon)]
    return shapely.Polygon(rings[0], rings[1:])


def _rings(polygon: shapely.Polygon) -> list[shapely.LinearRing]:
    return [polygon.exterior, *polygon.interiors]


def assert_gives_back(shapes: list[shapely.Geometry]) -> Arcs:
    parts = cut(shapes)
    for before, after in zip(shapes, joined(parts), strict=True):
        assert after.is_valid
        assert after.equals(before)
        assert shapely.get_num_geometries(after) == shapely.get_num_geometries(before)
    return parts


def borders(parts: Arcs) -> list[list[set[bytes]]]:
    """For each shape, for each ring, its borders in the direction in which it goes along them."""
    arcs = parts.arcs
    return [
        [
            {(arcs[i] if i >= 0 else arcs[~i][::-1]).tobytes() for i in ring}
            for rings in polygons
            for ring in rings
        ]
        for polygons in parts.shapes
    ]


def drawn_once(parts: Arcs, shapes: list[shapely.Geometry]) -> bool:
    """Whether the arcs are as long as all borders together, each counted once."""
    length = sum(shapely.length(shapely.LineString(arc)) for arc in parts.arcs)
    return bool(np.isclose(length, shapely.union_all(shapely.boundary(shapes)).length))


@given(GROUPS)
def test_cut_and_joined_gives_back_every_shape(rows: list[list[int]]) -> None:
    assert_gives_back(grid(rows))


@given(GROUPS)
def test_a_shared_border_stands_once(rows: list[list[int]]) -> None:
    shapes = grid(rows)
    parts = cut(shapes)
    assert drawn_once(parts, shapes)
    used = [arc for polygons in parts.shapes for rings in polygons for ring in rings for arc in ring]
    assert len(used) == len(set(used))  # no ring goes along a border twice in one direction
    assert {arc if arc >= 0 else ~arc for arc in used} == set(range(len(parts.arcs)))


@given(GROUPS, st.integers(0, 20))
def test_where_a_ring_starts_makes_no_difference(rows: list[list[int]], by: int) -> None:
    shapes = grid(rows)
    other = [
        shapely.MultiPolygon([turned(part, by) for part in shapely.get_parts(shape)]) for shape in shapes
    ]
    first, second = cut(shapes), cut(other)
    assert borders(first) == borders(second)
    for before, after in zip(joined(first), joined(second), strict=True):
        assert after.equals(before)


def test_two_squares_side_by_side_are_three_arcs() -> None:
    parts = assert_gives_back(grid([[0, 1]]))
    assert len(parts.arcs) == 3
    assert sorted(map(len, parts.arcs)) == [2, 4, 4]


def test_four_squares_around_a_point_are_eight_arcs() -> None:
    parts = assert_gives_back(grid([[0, 1], [2, 3]]))
    assert len(parts.arcs) == 8  # four from the middle outwards, four around the corners


def test_a_ring_without_junctions_is_one_closed_arc() -> None:
    parts = assert_gives_back([shapely.box(0, 0, 1, 1)])
    (arc,) = parts.arcs
    assert arc.tolist()[0] == arc.tolist()[-1] == [0, 0]
    assert len(arc) == 5


def test_an_island_fills_a_hole_with_the_same_arc_backwards() -> None:
    ring, island = assert_gives_back(grid([[0, 0, 0], [0, 1, 0], [0, 0, 0]])).shapes
    ((_, hole),) = ring
    ((shore,),) = island
    assert hole == tuple(~arc for arc in shore)


def test_a_hole_that_nothing_fills_is_kept() -> None:
    frame = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    parts = assert_gives_back([frame])
    assert joined(parts)[0].area == 8
    assert len(parts.arcs) == 2


def test_a_shape_of_several_islands_is_a_multipolygon() -> None:
    islands = shapely.MultiPolygon(
        [shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1), shapely.box(4, 0, 5, 1)]
    )
    parts = assert_gives_back([islands])
    assert isinstance(joined(parts)[0], shapely.MultiPolygon)
    assert len(parts.arcs) == 3


def test_two_polygons_that_touch_in_a_point_share_it_and_no_arc() -> None:
    parts = assert_gives_back([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)])
    assert len(parts.arcs) == 2
    for arc in parts.arcs:
        assert arc[0].tolist() == arc[-1].tolist() == [1, 1]


def test_a_hole_that_touches_its_shell_in_a_point() -> None:
    shell = [(0, 0), (2, 0), (4, 0), (4, 4), (0, 4)]
    assert_gives_back([shapely.Polygon(shell, [[(2, 0), (3, 2), (1, 2)]])])


def test_two_borders_between_the_same_two_points_are_kept_apart() -> None:
    bulge = shapely.Polygon([(0, 0), (2, 1), (4, 0), (2, -1)])
    north = shapely.Polygon([(0, 0), (2, 1), (4, 0), (4, 4), (0, 4)])
    south = shapely.Polygon([(0, 0), (2, -1), (4, 0), (4, -4), (0, -4)])
    parts = assert_gives_back([bulge, north, south])
    assert len(parts.arcs) == 4


def test_points_of_the_arcs_are_those_of_the_shapes() -> None:
    shapes = [shapely.Polygon([(0.1, 0.2), (1 / 3, 0.2), (1 / 3, 1e6), (0.1, 1e6)])]
    assert {tuple(xy) for xy in np.vstack(cut(shapes).arcs)} == {
        tuple(xy) for xy in shapely.get_coordinates(shapes)
    }


@pytest.mark.parametrize("reverse", [False, True])
def test_the_direction_of_a_ring_makes_no_difference_to_its_arcs(reverse: bool) -> None:
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    parts = cut([left, right.reverse() if reverse else right])
    assert {arc.tobytes() for arc in parts.arcs} == {arc.tobytes() for arc in cut([left, right]).arcs}
    assert [shape.equals(of) for shape, of in zip(joined(parts), [left, right], strict=True)] == [True, True]
