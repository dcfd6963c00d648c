"""Both engines measure what GEOS and the textbook do, and agree with each other."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from hinterland.coverage.block_index import BlockIndex, of_outlines
from hinterland.coverage.engine import Engine
from hinterland.coverage.footprints import TOUCH, UNIT, Footprints, Ints
from hinterland.coverage.plain_engine import PlainEngine

CIRCLES, POLYGONS = 1e-9, 1e-7
"""How far a share may be off, of a block."""
SNAPPED = TOUCH / UNIT
GRID_M = 100
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]
Start = Callable[[BlockIndex], Engine]


@pytest.fixture(scope="module", params=["plain", "fast"])
def start(request: pytest.FixtureRequest) -> Start:
    """What makes an engine for blocks."""
    return start_of(request.param)


def start_of(name: str) -> Start:
    if name == "plain":
        return PlainEngine
    pytest.importorskip("numba")
    made: Start = importlib.import_module("hinterland.coverage.fast_engine").FastEngine
    return made


def indexed(outlines: Shapes) -> BlockIndex:
    points = shapely.get_coordinates(shapely.point_on_surface(outlines))
    return of_outlines(outlines, points, np.arange(len(outlines)))


def units(found: Footprints, block_count: int) -> Ints:
    """Shapes × blocks; checks the form on the way."""
    spread = np.zeros((len(found), block_count), dtype=np.int64)
    for i in range(len(found)):
        runs = slice(found.run_ptr[i], found.run_ptr[i + 1])
        parts = slice(found.part_ptr[i], found.part_ptr[i + 1])
        starts, ends, ranks = found.starts[runs], found.ends[runs], found.ranks[parts]
        assert (starts < ends).all()
        assert (ends[:-1] < starts[1:]).all()
        assert (np.diff(ranks) > 0).all()
        for a, b in zip(starts, ends, strict=True):
            spread[i, a:b] = UNIT
        assert not spread[i, ranks].any()
        spread[i, ranks] = found.low[parts]
    np.testing.assert_array_equal(found.low, found.high)
    assert found.low.min(initial=UNIT) >= TOUCH
    assert found.high.max(initial=0) <= UNIT - TOUCH
    return spread


def in_circles(engine: Start, outlines: Shapes, *circles: tuple[float, float, float]) -> Floats:
    found = engine(indexed(outlines)).circles(np.array(circles, dtype=float), "area")
    return units(found, len(outlines)) / UNIT


def in_polygons(engine: Start, outlines: Shapes, polygons: Shapes) -> Floats:
    return units(engine(indexed(outlines)).polygons(polygons, "area"), len(outlines)) / UNIT


def voronoi(count: int, side: float, random: np.random.Generator) -> Shapes:
    """A square in cells that share their borders, with many vertices to a border."""
    seeds = shapely.multipoints(random.uniform(0, side, (count, 2)))
    square = shapely.box(0, 0, side, side)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square))
    cut: Shapes = shapely.segmentize(shapely.intersection(cells, square), side / 100)
    return shapely.transform(cut, lambda at: at + np.array([400_000, 300_000]))


def shapes(count: int, random: np.random.Generator) -> Shapes:
    """Valid polygons, some with holes or in parts, on few grid lines, so that many share edges."""
    made: list[shapely.Geometry] = []
    while len(made) < count:
        corners = random.integers(0, 12, (6, 3, 2))
        triangles, low, high = shapely.polygons(corners), corners.min(axis=1), corners.max(axis=1)
        boxes = shapely.box(*low.T, *high.T)
        some = (triangles, boxes, np.concatenate([triangles[:3], boxes[3:]]))[len(made) % 3]
        some = some[shapely.is_valid(some) & (shapely.area(some) > 0)]
        shape = shapely.union_all(some[:-2]).difference(shapely.union_all(some[-2:]))
        polygonal = shape.geom_type in ("Polygon", "MultiPolygon")
        if polygonal and shape.is_valid and shape.area > 0.5:
            made.append(shape)
    return shapely.transform(np.array(made), lambda at: at * GRID_M + np.array([457_000, 340_000]))


def test_shares_in_polygons_are_those_of_geos(start: Start) -> None:
    random = np.random.default_rng(4)
    outlines, polygons = shapes(100, random), shapes(100, random)
    polygons[:10] = outlines[:10]
    assert {"Polygon", "MultiPolygon"} == {each.geom_type for each in polygons}
    assert shapely.get_num_interior_rings(outlines).max() > 0
    together = shapely.area(shapely.intersection(polygons[:, None], outlines[None, :]))
    found = in_polygons(start, outlines, polygons)
    assert found.size == 10_000
    np.testing.assert_allclose(found, together / shapely.area(outlines), rtol=0, atol=POLYGONS)
    np.testing.assert_array_equal(found.diagonal()[:10], 1.0)


@pytest.mark.parametrize(
    ("polygon", "share"),
    [
        pytest.param(shapely.box(0, 0, 10, 10), 1.0, id="the block itself"),
        pytest.param(shapely.box(10, 0, 20, 10), 0.0, id="beside it, along an edge"),
        pytest.param(shapely.box(10, 10, 20, 20), 0.0, id="beside it, at a corner"),
        pytest.param(shapely.box(10, 5, 20, 20), 0.0, id="beside it, along part of an edge"),
        pytest.param(shapely.box(0, 0, 5, 10), 0.5, id="half, along three edges"),
        pytest.param(shapely.box(2, 2, 4, 7), 0.1, id="inside"),
        pytest.param(shapely.Polygon([(0, 0), (10, 0), (10, 10)]), 0.5, id="along the diagonal"),
        pytest.param(shapely.box(-5, -5, 15, 15) - shapely.box(0, 0, 10, 10), 0.0, id="in its hole"),
        pytest.param(shapely.box(-5, -5, 15, 15) - shapely.box(2, 2, 4, 7), 0.9, id="with a hole"),
        pytest.param(shapely.box(0, 0, 1, 10) | shapely.box(9, 0, 20, 10), 0.2, id="in two parts"),
    ],
)
def test_degenerate_polygons_are_neither_lost_nor_counted(
    polygon: shapely.Geometry, share: float, start: Start
) -> None:
    block = np.array([shapely.box(0, 0, 10, 10)])
    assert in_polygons(start, block, np.array([polygon])) == pytest.approx(share, abs=POLYGONS)


def test_circles_lie_between_polygons_inside_and_round_them(start: Start) -> None:
    random = np.random.default_rng(5)
    outlines = shapes(20, random)
    circles = np.column_stack(
        [
            random.integers(457_000, 458_200, 20),
            random.integers(340_000, 341_200, 20),
            random.integers(1, 900, 20),
        ]
    ).astype(float)
    corners = 20_000
    angle = np.arange(corners) * (2 * math.pi / corners)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    inner = shapely.polygons(circles[:, None, :2] + ring * circles[:, None, 2:])
    outer = shapely.polygons(
        circles[:, None, :2] + ring * (circles[:, None, 2:] / math.cos(math.pi / corners))
    )
    found = in_circles(start, outlines, *circles)
    for at in range(len(circles)):
        for polygon, sign in ((inner[at], 1), (outer[at], -1)):
            share = shapely.area(shapely.intersection(polygon, outlines)) / shapely.area(outlines)
            assert (sign * (found[at] - share)).min() >= -CIRCLES


@pytest.mark.parametrize(
    ("circle", "share"),
    [
        pytest.param((457_003, 340_004, 5), 1.0, id="a far corner on the circle"),
        pytest.param((457_000, 340_000, 2), math.pi / 48, id="a quarter"),
        pytest.param((457_003, 340_000, 2), math.pi / 24, id="half, its centre on the lower edge"),
        pytest.param((457_006, 340_004, 2), math.pi / 24, id="half, its centre on the right edge"),
        pytest.param((457_003, 340_008, 2), math.pi / 24, id="half, its centre on the upper edge"),
        pytest.param((457_000, 340_004, 2), math.pi / 24, id="half, its centre on the left edge"),
        pytest.param((457_003, 340_004, 3), math.pi * 9 / 48, id="touching an edge"),
        pytest.param((457_003, 340_004, 1_000_000), 1.0, id="of a thousand kilometres"),
        pytest.param((457_009, 340_004, 3), 0.0, id="touching from outside"),
    ],
)
def test_circles_have_known_shares(circle: tuple[float, float, float], share: float, start: Start) -> None:
    block = np.array([shapely.box(457_000, 340_000, 457_006, 340_008)])
    found = in_circles(start, block, circle)
    assert found == pytest.approx(share, abs=CIRCLES)


def test_by_centroid_a_point_on_the_circle_or_on_the_edge_is_inside(start: Start) -> None:
    outlines = np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2), shapely.box(4, 0, 6, 2)])
    points = np.array([[3.0, 4.0], [3.0, np.nextafter(4.0, 5.0)], [0.0, 0.0]])
    engine = start(of_outlines(outlines, points, np.arange(3)))
    circle = engine.circles(np.array([[0.0, 0.0, 5.0]]), "centroid")
    assert units(circle, 3).tolist() == [[UNIT, 0, UNIT]]
    polygon = engine.polygons(np.array([shapely.box(0, 0, 3, 4)]), "centroid")
    assert units(polygon, 3).tolist() == [[UNIT, 0, UNIT]]


def test_no_shapes_have_no_footprints(start: Start) -> None:
    engine = start(indexed(np.array([shapely.box(0, 0, 2, 2)])))
    assert len(engine.circles(np.empty((0, 3)), "area")) == 0
    assert len(engine.polygons(np.empty(0, dtype=object), "area")) == 0


def test_shapes_are_shared_out_among_the_blocks_without_loss(start: Start) -> None:
    random = np.random.default_rng(6)
    outlines = voronoi(300, 10_000, random)
    area = shapely.area(outlines)
    circles = [(403_000.0, 304_000.0, 2_500.0), (406_000.0, 306_000.0, 40.0), (405_000.0, 305_000.0, 4_999.0)]
    in_all = in_circles(start, outlines, *circles) @ area
    assert in_all == pytest.approx([math.pi * r * r for _, _, r in circles], rel=CIRCLES)
    polygons = shapely.transform(shapes(30, random), lambda at: at - np.array([55_000, 38_000]))
    in_all = in_polygons(start, outlines, polygons) @ area
    assert in_all == pytest.approx(shapely.area(polygons), rel=POLYGONS)


def on_whole_metres(some: Shapes) -> Shapes:
    snapped: Shapes = shapely.set_precision(shapely.set_precision(some, 1.0), 0.0)
    return snapped


OUTLINES = on_whole_metres(shapes(6, np.random.default_rng(7)))
POLYGON_POOL = on_whole_metres(shapes(30, np.random.default_rng(8)))
metres = st.integers(0, 12 * GRID_M)
circle = st.tuples(
    metres.map(lambda x: x + 457_000), metres.map(lambda y: y + 340_000), st.integers(1, 2_000)
)
some_circles = st.lists(circle, min_size=1, max_size=5)
some_polygons = st.lists(st.sampled_from(list(POLYGON_POOL)), min_size=1, max_size=3).map(np.array)
moves = st.tuples(st.integers(-457_000, 200_000), st.integers(-340_000, 900_000))


@examples(max_examples=60)
@given(circles=some_circles, polygons=some_polygons, by=moves)
def test_moving_everything_by_whole_metres_changes_no_share(
    circles: list[tuple[float, float, float]], polygons: Shapes, by: tuple[int, int], start: Start
) -> None:
    def moved(some: Shapes) -> Shapes:
        return shapely.transform(some, lambda at: at + by)

    there = in_circles(start, moved(OUTLINES), *((x + by[0], y + by[1], r) for x, y, r in circles))
    np.testing.assert_allclose(there, in_circles(start, OUTLINES, *circles), rtol=0, atol=CIRCLES)
    there = in_polygons(start, moved(OUTLINES), moved(polygons))
    np.testing.assert_allclose(there, in_polygons(start, OUTLINES, polygons), rtol=0, atol=POLYGONS)


def test_a_coarse_precision_that_an_outline_carries_does_not_round_what_it_shares(start: Start) -> None:
    coarse = shapely.set_precision(np.array([shapely.box(0, 0, 1_000, 1_000)]), 100.0)
    triangle = np.array([shapely.Polygon([(0, 0), (1_000, 0), (0, 770)])])
    assert in_polygons(start, coarse, triangle) == pytest.approx(0.385, abs=POLYGONS)


@examples(max_examples=60)
@given(circles=some_circles, polygons=some_polygons, at=st.integers(100, 1_100))
def test_the_two_sides_of_a_cut_block_add_up_to_it(
    circles: list[tuple[float, float, float]], polygons: Shapes, at: int, start: Start
) -> None:
    block = shapely.box(457_000, 340_000, 458_200, 341_200)
    west = shapely.box(457_000, 340_000, 457_000 + at, 341_200)
    sides = np.array([west, block - west])
    weights = shapely.area(sides) / shapely.area(block)
    for accuracy, measured in (
        (CIRCLES, lambda some: in_circles(start, some, *circles)),
        (POLYGONS, lambda some: in_polygons(start, some, polygons)),
    ):
        whole = measured(np.array([block]))[:, 0]
        np.testing.assert_allclose(measured(sides) @ weights, whole, rtol=0, atol=accuracy + SNAPPED)


@examples(max_examples=60)
@given(circles=some_circles, polygons=some_polygons, order=st.permutations(range(len(OUTLINES))))
def test_the_order_of_shapes_and_blocks_changes_nothing(
    circles: list[tuple[float, float, float]], polygons: Shapes, order: list[int], start: Start
) -> None:
    there = in_circles(start, OUTLINES[order], *circles[::-1])
    np.testing.assert_array_equal(there, in_circles(start, OUTLINES, *circles)[::-1][:, order])
    there = in_polygons(start, OUTLINES[order], polygons[::-1])
    np.testing.assert_array_equal(there, in_polygons(start, OUTLINES, polygons)[::-1][:, order])


@pytest.mark.parametrize("method", ["area", "centroid"])
def test_both_engines_touch_and_fill_the_same_blocks(method: str) -> None:
    random = np.random.default_rng(9)
    index = indexed(np.concatenate([voronoi(400, 10_000, random), shapes(40, random)]))
    on_vertices = random.choice(len(index.x), 300)
    circles = np.column_stack(
        [index.x[on_vertices], index.y[on_vertices], np.exp(random.uniform(0, 10, 300))]
    )
    circles[::3] = circles[::3].round(-2)
    polygons = np.concatenate(
        [index.outlines[::7], shapes(100, random), shapely.convex_hull(index.outlines[:50])]
    )
    plain, fast = start_of("plain")(index), start_of("fast")(index)
    for one, other, accuracy in (
        (plain.circles(circles, method), fast.circles(circles, method), CIRCLES),
        (plain.polygons(polygons, method), fast.polygons(polygons, method), POLYGONS),
    ):
        for field in ("run_ptr", "starts", "ends", "part_ptr", "ranks"):
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
        np.testing.assert_allclose(one.low / UNIT, other.low / UNIT, rtol=0, atol=accuracy)
