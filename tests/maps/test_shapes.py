"""Drawn service areas as a view has them, brought back to the National Grid and held against the truth."""

import numpy as np
import pyproj
import pytest
import shapely

from hinterland.coverage.drawn import DrawnAreas
from hinterland.maps.shapes import DEGREES, describe_shapes

MILE_M = 1_609.344


def drawn(*shapes):
    """Circles as (x, y, radius in metres), all others as polygons; their names come first."""
    names, each = zip(*shapes, strict=True)
    circles = [shape if isinstance(shape, tuple) else (np.nan,) * 3 for shape in each]
    polygons = np.array([None if isinstance(shape, tuple) else shape for shape in each], dtype=object)
    return DrawnAreas(names, np.array(circles), polygons)


def on_the_grid(shape):
    """What the page draws, in metres."""
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    polygons = []
    for rings in shape["polygons"]:
        degrees = [np.cumsum(np.reshape(ring, (-1, 2)), axis=0) * DEGREES for ring in rings]
        outer, *holes = (np.column_stack(to_grid.transform(*ring.T)) for ring in degrees)
        polygons.append(shapely.Polygon(outer, holes))
    return shapely.MultiPolygon(polygons)


@pytest.mark.parametrize("radius_m", [100.0, 800.0, 16_093.44, 50_000.0])
def test_a_circle_is_drawn_to_ten_metres(radius_m):
    (shape,) = describe_shapes(drawn(("catchment:a", (457_000.0, 340_000.0, radius_m))), [0])
    ring = shapely.get_coordinates(on_the_grid(shape))
    away = np.hypot(*(ring - (457_000, 340_000)).T)
    assert away == pytest.approx(radius_m, abs=1.5)
    middles = (ring[1:] + ring[:-1]) / 2
    assert np.hypot(*(middles - (457_000, 340_000)).T).min() > radius_m - max(12, radius_m * 4e-4)
    assert 36 <= len(ring) - 1 <= 128


@pytest.mark.parametrize(
    ("radius_m", "about"),
    [
        (10 * MILE_M, "16.1 km round a point (10 miles)"),
        (MILE_M, "1.61 km round a point (1 mile)"),
        (0.5 * MILE_M, "805 m round a point (0.5 miles)"),
        (5_000.0, "5 km round a point"),
        (16_100.0, "16.1 km round a point"),
        (800.0, "800 m round a point"),
        (200_000.0, "200 km round a point"),
    ],
)
def test_a_radius_is_said_in_kilometres_and_where_it_was_miles_in_those(radius_m, about):
    (shape,) = describe_shapes(drawn(("catchment:a", (457_000.0, 340_000.0, radius_m))), [0])
    assert (shape["kind"], shape["about"]) == ("catchment", about)


def test_holes_and_parts_are_kept_and_details_below_ten_metres_are_not():
    inner = shapely.box(455_000, 338_000, 456_000, 339_000)
    wavy = shapely.segmentize(shapely.box(450_000, 335_000, 460_000, 345_000), 50)
    wavy = shapely.transform(wavy, lambda points: points + 3 * np.sin(points[:, ::-1]))
    truth = shapely.union_all([wavy - inner, shapely.box(470_000, 335_000, 471_000, 336_000)])
    (shape,) = describe_shapes(drawn(("polygon:a", truth)), [0])
    assert sorted(len(rings) for rings in shape["polygons"]) == [1, 2]
    assert sum(len(ring) for rings in shape["polygons"] for ring in rings) < 60
    assert shapely.hausdorff_distance(on_the_grid(shape).boundary, truth.boundary) < 15


def test_a_long_straight_side_stays_where_it_is_on_the_grid():
    truth = shapely.box(400_000, 300_000, 500_000, 300_100)
    (shape,) = describe_shapes(drawn(("polygon:a", truth)), [0])
    corners = shapely.get_coordinates(on_the_grid(shape))
    assert np.abs(np.diff(corners[:, 0])).max() <= 10_100
    assert truth.buffer(2).covers(on_the_grid(shape))


def test_kinds_are_told_apart_and_come_in_the_order_asked():
    square = shapely.box(450_000, 335_000, 452_500, 336_000)
    areas = drawn(
        ("catchment:a", (457_000.0, 340_000.0, 1_000.0)),
        ("polygon:unused", square),
        ("polygon:b", shapely.affinity.scale(square, 10, 10)),
        ("travel:C 30 minutes", square),
    )
    shapes = describe_shapes(areas, [3, 0, 2])
    assert [(shape["name"], shape["kind"], shape["about"]) for shape in shapes] == [
        ("travel:C 30 minutes", "isochrone", "a travel-time area of 2.5 km²"),
        ("catchment:a", "catchment", "1 km round a point"),
        ("polygon:b", "polygon", "a drawn area of 250 km²"),
    ]


def test_a_study_without_shapes_has_none():
    assert describe_shapes(drawn(("polygon:a", shapely.box(0, 0, 1, 1))), []) == []
