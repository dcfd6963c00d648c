"""Areas in circles and in unions of circles are those of the textbook."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from hinterland.coverage.block_index import of_outlines
from hinterland.coverage.discs import areas_in_discs, areas_in_unions, edges_of

ACCURACY = 1e-9
"""Of an outline's area."""
SQUARE = shapely.box(0, 0, 10, 10)
FRAME = shapely.box(-10, -10, 10, 10).difference(shapely.box(-2, -2, 2, 2))
TWO_PARTS = shapely.MultiPolygon([shapely.box(-10, -10, -1, 10), shapely.box(1, -10, 10, 10)])
STUTTERING = shapely.Polygon([(0, 0), (0, 0), (10, 0), (10, 10), (10, 10), (10, 10), (0, 10), (0, 0)])
TRIANGLE = shapely.Polygon([(0, 0), (10, 0), (5, 5 * math.sqrt(3))])
Circle = tuple[float, float, float]


def shared(outline: shapely.Geometry, *circles: Circle, east: float = 0.0, north: float = 0.0) -> float:
    """Area of an outline in the union of circles, all moved."""
    moved = shapely.affinity.translate(outline, east, north)
    index = of_outlines(np.array([moved]), np.zeros((1, 2)), np.arange(1))
    rows = np.add(circles, (east, north, 0.0))
    union = areas_in_unions(edges_of(index), np.array([0]), [rows])[0]
    if len(circles) == 1:
        alone = areas_in_discs(edges_of(index), np.array([0]), rows)[0][0]
        assert union == pytest.approx(alone, abs=ACCURACY * index.area_m2[0])
    return float(union)


def segment(radius: float, distance: float) -> float:
    """Area of a disc beyond a straight line at this distance from its centre."""
    return radius**2 * math.acos(distance / radius) - distance * math.sqrt(radius**2 - distance**2)


def lens(radius: float, distance: float) -> float:
    """Area that two discs alike share."""
    return 2 * segment(radius, distance / 2)


@pytest.mark.parametrize(("east", "north"), [(0.0, 0.0), (457_000.0, 340_000.0), (655_000.0, 1_220_000.0)])
@pytest.mark.parametrize(
    ("outline", "circle", "area"),
    [
        pytest.param(SQUARE, (5, 5, 3), 9 * math.pi, id="wholly inside"),
        pytest.param(SQUARE, (5, 0, 3), 4.5 * math.pi, id="half, its centre on an edge"),
        pytest.param(SQUARE, (0, 0, 3), 2.25 * math.pi, id="a quarter, its centre on a vertex"),
        pytest.param(TRIANGLE, (0, 0, 3), 1.5 * math.pi, id="a sixth"),
        pytest.param(SQUARE, (5, 5, 100), 100, id="round the whole block"),
        pytest.param(SQUARE, (5, 5, math.sqrt(50)), 100, id="through all four corners"),
        pytest.param(SQUARE, (5, 5, 5), 25 * math.pi, id="touching all edges from inside"),
        pytest.param(SQUARE, (5, 15, 5), 0, id="touching an edge from outside"),
        pytest.param(SQUARE, (13, 14, 5), 0, id="touching a corner from outside"),
        pytest.param(SQUARE, (40, 40, 5), 0, id="far away"),
        pytest.param(SQUARE, (12, 5, 3), segment(3, 2), id="a segment"),
        pytest.param(SQUARE, (5, 5, 6), 36 * math.pi - 4 * segment(6, 5), id="less four segments"),
        pytest.param(STUTTERING, (0, 0, 3), 2.25 * math.pi, id="edges of no length"),
        pytest.param(FRAME, (0, 0, 2), 0, id="in a hole, touching its edges"),
        pytest.param(FRAME, (0, 0, 5), 25 * math.pi - 16, id="round a hole"),
        pytest.param(FRAME, (0, 0, 2.5), 4 * segment(2.5, 2), id="across a hole's edges"),
        pytest.param(TWO_PARTS, (0, 0, 5), 2 * segment(5, 1), id="across two parts"),
    ],
)
def test_one_circle_shares_what_the_textbook_says(
    outline: shapely.Geometry, circle: Circle, area: float, east: float, north: float
) -> None:
    assert shared(outline, circle, east=east, north=north) == pytest.approx(
        area, abs=ACCURACY * shapely.area(outline)
    )


def test_a_circle_of_a_thousand_kilometres_is_not_a_straight_line() -> None:
    radius, half = 1_000_000.0, 15.0
    block = shapely.box(400_000, 300_000, 400_030, 300_030)
    sagitta = half**3 / (3 * radius) + half**5 / (20 * radius**3)
    area = shared(block, (400_015 - radius, 300_015, radius))
    assert area == pytest.approx(450 - sagitta, abs=ACCURACY * 900)
    assert 450 - area > 1e-3


PLANE = shapely.box(-100, -100, 100, 100)
REULEAUX = (math.pi - math.sqrt(3)) / 2
"""What three unit discs share that go through each other's centres."""


@pytest.mark.parametrize(("east", "north"), [(0.0, 0.0), (457_000.0, 340_000.0)])
@pytest.mark.parametrize(
    ("circles", "area"),
    [
        pytest.param([(0, 0, 5), (5, 0, 5)], 50 * math.pi - lens(5, 5), id="two that meet"),
        pytest.param([(0, 0, 5), (20, 0, 3)], 34 * math.pi, id="two apart"),
        pytest.param([(0, 0, 5), (8, 0, 3)], 34 * math.pi, id="touching from outside"),
        pytest.param([(0, 0, 5), (2, 0, 3)], 25 * math.pi, id="touching from inside"),
        pytest.param([(0, 0, 5), (1, 1, 3)], 25 * math.pi, id="one inside the other"),
        pytest.param([(0, 0, 3), (0, 0, 5), (0, 0, 4)], 25 * math.pi, id="round one centre"),
        pytest.param([(0, 0, 5), (0, 0, 5), (0, 0, 5)], 25 * math.pi, id="one and the same"),
        pytest.param([(0, 0, 5), (1e-9, 0, 5), (0, 1e-9, 5)], 25 * math.pi, id="all but the same"),
        pytest.param(
            [(0, 0, 1), (1, 0, 1), (0.5, math.sqrt(3) / 2, 1)],
            3 * math.pi - 3 * lens(1, 1) + REULEAUX,
            id="three through each other's centres",
        ),
        pytest.param(
            [(-3, -4, 5), (3, -4, 5), (-3, 4, 5), (3, 4, 5)],
            100 * math.pi - 2 * lens(5, 6) - 2 * lens(5, 8),
            id="four through one point",
        ),
        pytest.param(
            [(6 * i, 0, 5) for i in range(-5, 6)], 275 * math.pi - 10 * lens(5, 6), id="a chain of eleven"
        ),
    ],
)
def test_circles_together_take_in_what_they_share_once(
    circles: list[Circle], area: float, east: float, north: float
) -> None:
    assert shared(PLANE, *circles, east=east, north=north) == pytest.approx(area, abs=ACCURACY * 40_000)


def test_a_line_through_both_centres_halves_what_two_circles_take_in() -> None:
    upper = shapely.box(-100, 0, 100, 100)
    both = 50 * math.pi - lens(5, 5)
    assert shared(upper, (0, 0, 5), (5, 0, 5)) == pytest.approx(both / 2, abs=ACCURACY * 20_000)


def test_two_circles_that_meet_only_in_a_hole_share_nothing_of_the_block() -> None:
    left, right = (-4.0, 0.0, 5.0), (4.0, 0.0, 5.0)
    frame = shapely.box(-10, -10, 10, 10).difference(shapely.box(-2, -4, 2, 4))
    together = shared(frame, left, right)
    assert together == pytest.approx(shared(frame, left) + shared(frame, right), abs=ACCURACY * 400)


whole_metres = st.integers(-60, 60)
circle = st.tuples(whole_metres, whole_metres, st.integers(1, 60))


@given(st.lists(circle, min_size=1, max_size=6))
def test_neither_order_nor_repetition_of_circles_changes_their_union(circles: list[Circle]) -> None:
    again = [*circles[::-1], circles[0]]
    assert shared(FRAME, *again) == pytest.approx(shared(FRAME, *circles), abs=ACCURACY * 384)


@given(st.lists(circle, min_size=2, max_size=2))
def test_two_circles_share_no_more_than_both_and_no_less_than_either(circles: list[Circle]) -> None:
    alone = [shared(FRAME, each) for each in circles]
    rounding = ACCURACY * 384
    assert max(alone) - rounding <= shared(FRAME, *circles) <= min(384.0, sum(alone)) + rounding
