"""The compiled engine where its ways part from those of the plain one: arcs, holes, runs, edges above."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
import shapely
import shapely.affinity

from hinterland.coverage.block_index import BlockIndex, of_outlines
from hinterland.coverage.drawn import Method
from hinterland.coverage.footprints import UNIT, Footprints, joined
from hinterland.coverage.plain_engine import PlainEngine

pytest.importorskip("numba")

from hinterland.coverage.fast_engine import FastEngine

Shapes = npt.NDArray[np.object_]
EAST, NORTH = 457_000.0, 340_000.0
SQUARE = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)
HOLE = shapely.box(EAST + 30, NORTH + 30, EAST + 70, NORTH + 70)
FRAME = SQUARE - HOLE


def indexed(outlines: Shapes) -> BlockIndex:
    return of_outlines(
        outlines, shapely.get_coordinates(shapely.centroid(outlines)), np.arange(len(outlines))
    )


def share(found: Footprints) -> float:
    """What one shape serves of one block."""
    return float(found.low.sum() / UNIT + (found.ends - found.starts).sum())


def same(one: Footprints, other: Footprints, tolerance: float) -> None:
    for field in ("run_ptr", "starts", "ends", "part_ptr", "ranks"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
    np.testing.assert_allclose(one.low / UNIT, other.low / UNIT, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(one.low, one.high)


def country(count: int) -> BlockIndex:
    """Blocks with bent borders in rows; every tenth has an island of another block in it, and a far part."""
    random = np.random.default_rng(3)
    seeds = shapely.multipoints(random.uniform(0, 20_000, (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, 20_000, 20_000)))
    cells = shapely.intersection(shapely.segmentize(cells, 150), shapely.box(0, 0, 20_000, 20_000))

    def bend(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = at.T
        return np.column_stack([EAST + x + 60 * np.sin(y / 90), NORTH + y + 60 * np.cos(x / 70)])

    cells = shapely.transform(cells, bend)
    cells = cells[np.lexsort((shapely.get_x(shapely.centroid(cells)), shapely.bounds(cells)[:, 1] // 1_500))]
    islands = shapely.buffer(shapely.point_on_surface(cells[::10]), 40, quad_segs=5)
    cells[::10] = shapely.difference(cells[::10], islands)
    cells[1::10] = shapely.union(cells[1::10], islands[: len(cells[1::10])])
    return indexed(cells)


COUNTRY = country(600)


@pytest.mark.parametrize(
    ("x", "y", "radius", "area"),
    [
        pytest.param(50, 50, 20, 0.0, id="in the hole"),
        pytest.param(50, 50, 40, 40**2 * math.pi - 1_600, id="round the hole"),
        pytest.param(15, 50, 10, 100 * math.pi, id="between hole and border"),
        pytest.param(30, 50, 10, 50 * math.pi, id="half in the hole"),
        pytest.param(30, 30, 10, 75 * math.pi, id="at a corner of the hole"),
        pytest.param(50, 30, 10, 50 * math.pi, id="half below the hole"),
        pytest.param(50, 70, 10, 50 * math.pi, id="half above the hole"),
        pytest.param(70, 50, 10, 50 * math.pi, id="half right of the hole"),
        pytest.param(50, 50, 1_000, 8_400.0, id="all"),
        pytest.param(150, 50, 49, 0.0, id="outside"),
    ],
)
def test_circles_and_holes_have_known_areas(x: float, y: float, radius: float, area: float) -> None:
    circle = np.array([[EAST + x, NORTH + y, radius]])
    found = FastEngine(indexed(np.array([FRAME]))).circles(circle, "area")
    assert share(found) == pytest.approx(area / FRAME.area, abs=1e-9)


@pytest.mark.parametrize("turn", range(0, 360, 15))
@pytest.mark.parametrize("kilometres", [1, 100, 1_000])
def test_a_border_seen_from_afar_is_an_arc_with_its_sagitta(kilometres: int, turn: int) -> None:
    centre = np.array([EAST + 50, NORTH + 50])
    block = shapely.affinity.rotate(SQUARE, turn, origin=tuple(centre))
    radius = 1_000.0 * kilometres
    direction = np.array([math.cos(math.radians(turn)), math.sin(math.radians(turn))])
    circle = np.array([[*(centre - radius * direction), radius]])
    found = FastEngine(indexed(np.array([block]))).circles(circle, "area")
    under_arc = 50 * math.sqrt(radius**2 - 50**2) + radius**2 * math.asin(50 / radius)
    lost = 100 * radius - under_arc if kilometres == 1 else 50**3 / (3 * radius)
    assert share(found) == pytest.approx(0.5 - lost / 10_000, abs=1e-9)


@pytest.mark.parametrize("method", ["area", "centroid"])
def test_a_country_is_served_as_by_the_plain_engine(method: Method) -> None:
    random = np.random.default_rng(4)
    plain, fast = PlainEngine(COUNTRY), FastEngine(COUNTRY)
    vertex = random.integers(len(COUNTRY.x), size=400)
    circles = np.column_stack([COUNTRY.x[vertex], COUNTRY.y[vertex], np.exp(random.uniform(0, 10, 400))])
    circles[::2, :2] = COUNTRY.points[random.integers(len(COUNTRY), size=200)]
    other = random.integers(len(COUNTRY.x), size=400)
    to_vertex = np.hypot(COUNTRY.x[other] - circles[:, 0], COUNTRY.y[other] - circles[:, 1])
    circles[::3, 2] = np.maximum(to_vertex, 1.0)[::3]
    same(plain.circles(circles, method), fast.circles(circles, method), 1e-9)

    discs = shapely.buffer(
        shapely.points(circles[:120, :2]), np.minimum(circles[:120, 2], 9_000), quad_segs=7
    )
    drawn = np.concatenate([discs[:40], discs[40:80] - discs[80:], discs[80:] | discs[40:80]])
    unions = [shapely.union_all(COUNTRY.outlines[at : at + 37]) for at in range(0, 560, 40)]
    polygons = np.concatenate([drawn[~shapely.is_empty(drawn)], COUNTRY.outlines[:50], unions])
    same(plain.polygons(polygons, method), fast.polygons(polygons, method), 1e-7)


def test_areas_made_of_blocks_are_runs_of_these() -> None:
    made = np.array([shapely.union_all(COUNTRY.outlines[at : at + 37]) for at in (0, 80, 301)])
    found = FastEngine(COUNTRY).polygons(made, "area")
    assert found.starts.tolist() == [0, 80, 301]
    assert found.ends.tolist() == [37, 117, 338]
    assert not len(found.ranks)


def test_shapes_do_not_depend_on_those_measured_with_them() -> None:
    random = np.random.default_rng(5)
    circles = np.column_stack([COUNTRY.points[::3], random.uniform(10, 9_000, 200)])
    engine = FastEngine(COUNTRY)
    one_by_one = joined([engine.circles(circles[i : i + 1], "area") for i in range(len(circles))])
    same(engine.circles(circles, "area"), one_by_one, 0.0)
    polygons = COUNTRY.outlines[::6]
    one_by_one = joined([engine.polygons(polygons[i : i + 1], "area") for i in range(len(polygons))])
    same(engine.polygons(polygons, "area"), one_by_one, 0.0)
