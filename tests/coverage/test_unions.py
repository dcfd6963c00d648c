"""What shapes take in of a block together is neither counted twice nor lost."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from hinterland.coverage.block_index import BlockIndex, of_outlines
from hinterland.coverage.drawn import DrawnAreas
from hinterland.coverage.footprints import UNIT
from hinterland.coverage.plain_engine import PlainEngine
from hinterland.coverage.unions import union_shares

ACCURACY = 1e-9
Shape = tuple[float, float, float] | shapely.Geometry


def indexed(*outlines: shapely.Geometry) -> BlockIndex:
    return of_outlines(np.array(outlines), np.zeros((len(outlines), 2)), np.arange(len(outlines)))


def drawn_of(shapes: list[Shape]) -> DrawnAreas:
    circles = np.array([each if isinstance(each, tuple) else (np.nan,) * 3 for each in shapes])
    polygons = np.array([None if isinstance(each, tuple) else each for each in shapes], dtype=object)
    return DrawnAreas(tuple(str(i) for i in range(len(shapes))), circles, polygons)


def together(index: BlockIndex, shapes: list[Shape]) -> npt.NDArray[np.float64]:
    """Share of each block in all shapes together."""
    groups = [(rank, tuple(range(len(shapes)))) for rank in range(len(index))]
    return union_shares(index, drawn_of(shapes), groups) / UNIT


BLOCK = shapely.box(0, 0, 10, 10)
LEFT = shapely.box(-5, -5, 5, 15)


@pytest.mark.parametrize(
    ("shapes", "area"),
    [
        pytest.param([(5, 5, 2)], 4 * math.pi, id="one circle"),
        pytest.param([(2, 5, 2), (8, 5, 2)], 8 * math.pi, id="circles apart"),
        pytest.param([LEFT, shapely.box(4, 0, 7, 10)], 70, id="polygons that overlap"),
        pytest.param([LEFT, shapely.box(5, 0, 10, 10)], 100, id="polygons that fill the block"),
        pytest.param([LEFT, (5, 5, 2)], 50 + 2 * math.pi, id="a circle half in a polygon"),
        pytest.param([LEFT, (2, 5, 2)], 50, id="a circle in a polygon, touching its edge"),
        pytest.param([LEFT, (5, 5, 2), (5, 5, 1), (8, 5, 1)], 50 + 3 * math.pi, id="circles and a polygon"),
        pytest.param([shapely.box(10, 0, 20, 10), (5, 5, 2)], 4 * math.pi, id="a polygon along an edge"),
        pytest.param([shapely.box(20, 0, 30, 10), (5, 5, 2)], 4 * math.pi, id="a polygon elsewhere"),
        pytest.param([LEFT, (30, 5, 2)], 50, id="a circle elsewhere"),
        pytest.param([shapely.box(10, 0, 20, 10), (12, 5, 2)], 0, id="both touch from outside"),
        pytest.param(
            [shapely.box(2, 2, 8, 8) - shapely.box(4, 4, 6, 6), (5, 5, 1)], 32 + math.pi, id="in its hole"
        ),
        pytest.param([LEFT, LEFT, (5, 5, 2), (5, 5, 2)], 50 + 2 * math.pi, id="each twice"),
    ],
)
def test_shapes_together_take_in_what_they_share_once(shapes: list[Shape], area: float) -> None:
    assert together(indexed(BLOCK), shapes) == pytest.approx(area / 100, abs=ACCURACY)


def test_a_share_that_is_only_rounding_is_nothing_and_all_but_the_whole_is_the_whole() -> None:
    sliver, nearly = shapely.box(0, 0, 1e-10, 10), shapely.box(1e-10, 0, 10, 10)
    drawn = drawn_of([sliver, nearly])
    assert union_shares(indexed(BLOCK), drawn, [(0, (0,)), (0, (1,))]).tolist() == [0, UNIT]


def test_answers_stand_in_the_order_of_their_groups_however_often_one_is_asked_for() -> None:
    index = indexed(BLOCK, shapely.box(10, 0, 30, 10))
    drawn = drawn_of([shapely.box(0, 0, 20, 5), (10, 10, 2), shapely.box(8, 0, 12, 10)])
    asked = [(1, (0, 1)), (0, (0, 1)), (1, (1, 0)), (0, (2,)), (1, (0, 1))]
    found = union_shares(index, drawn, asked) / UNIT
    quarter = math.pi
    expected = [(50 + quarter) / 200, (50 + quarter) / 100, (50 + quarter) / 200, 0.2, (50 + quarter) / 200]
    assert found == pytest.approx(expected, abs=ACCURACY)
    assert found[0] == found[2] == found[4]
    assert union_shares(index, drawn, []).tolist() == []


WITH_A_HOLE = shapely.box(0, 0, 60, 60) - shapely.box(20, 20, 45, 30)
TWO_PARTS = shapely.box(60, 0, 80, 60) | shapely.box(90, 10, 120, 50)
TRIANGLE = shapely.Polygon([(0, 60), (120, 60), (30, 110)])
INDEX = indexed(WITH_A_HOLE, TWO_PARTS, TRIANGLE)
east, north = st.integers(-10, 130), st.integers(-10, 120)
circle = st.tuples(east, north, st.integers(1, 60)).map(lambda each: tuple(map(float, each)))
triangle = (
    st.tuples(*[st.tuples(east, north)] * 3).map(shapely.Polygon).filter(lambda each: shapely.area(each) > 1)
)
some_shapes = st.lists(circle | triangle, min_size=1, max_size=5)


def gons(shape: Shape, *, outside: bool) -> shapely.Geometry:
    """A polygon of 1,000 corners in a circle or round it; polygons as they are."""
    if not isinstance(shape, tuple):
        return shape
    x, y, radius = shape
    angle = np.arange(1000) * (2 * math.pi / 1000)
    reach = radius / math.cos(math.pi / 1000) if outside else radius
    return shapely.Polygon(np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)]))


@examples(max_examples=60)
@given(some_shapes)
def test_unions_lie_between_those_of_polygons_inside_and_round_the_circles(shapes: list[Shape]) -> None:
    found = together(INDEX, shapes)
    for outside, sign in ((False, 1), (True, -1)):
        union = shapely.union_all([gons(each, outside=outside) for each in shapes])
        share = shapely.area(shapely.intersection(union, INDEX.outlines)) / INDEX.area_m2
        assert (sign * (found - share)).min() >= -ACCURACY


@examples(max_examples=60)
@given(some_shapes)
def test_a_union_lies_between_its_greatest_share_and_the_sum_of_all(shapes: list[Shape]) -> None:
    shares = np.array([together(INDEX, [each]) for each in shapes])
    found = together(INDEX, shapes)
    assert (found >= shares.max(axis=0) - ACCURACY).all()
    assert (found <= np.minimum(1.0, shares.sum(axis=0)) + ACCURACY).all()


@given(circle)
def test_the_union_of_one_circle_is_what_the_engine_says_of_it(one: tuple[float, float, float]) -> None:
    found = PlainEngine(INDEX).circles(np.array([one]), "area")
    shares = np.zeros(len(INDEX))
    for start, end in zip(found.starts, found.ends, strict=True):
        shares[start:end] = 1.0
    shares[found.ranks] = found.low / UNIT
    np.testing.assert_allclose(together(INDEX, [one]), shares, rtol=0, atol=ACCURACY)
