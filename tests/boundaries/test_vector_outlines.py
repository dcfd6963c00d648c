"""Outlines in a file that are open, too short, curved or no outlines."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import pytest
import shapely

from .written_vectors import (
    DEGREES,
    geojson,
    geopackage,
    layer,
    polygon,
    read,
)


def test_row_62_an_open_ring_is_refused_or_closed_on_request(tmp_path: Path) -> None:
    square = [[-1.5, 52.9], [-1.4, 52.9], [-1.4, 53.0], [-1.5, 53.0]]
    file = geojson(tmp_path, DEGREES, square)
    frame, faults = read(file)
    assert frame is not None
    assert frame.index.tolist() == [1]
    assert faults == [
        "refused a.geojson, feature 2: ring 1 begins at (-1.5, 52.9) and ends at (-1.5, 53) "
        "→ end the ring where it begins, or write repair = true"
    ]
    frame, faults = read(file, repair=True)
    assert frame is not None
    assert frame.index.tolist() == [1, 2]
    assert frame.area[2] == pytest.approx(2 * frame.area[1], rel=0.01)
    assert faults == [
        "noted a.geojson, feature 2: ring 1 begins at (-1.5, 52.9) and ends at (-1.5, 53); it was closed"
    ]


def test_row_62_an_open_ring_is_seen_in_a_geopackage_and_a_shapefile_too(tmp_path: Path) -> None:
    ring = [(430_000, 330_000), (431_000, 330_000), (431_000, 331_000), (430_000, 331_000)]
    opened = "feature 1: ring 1 begins at (430000, 330000) and ends at (430000, 331000)"
    frame, faults = read(geopackage(tmp_path, polygon(ring)))
    assert frame is not None
    assert frame.empty
    assert [opened in fault for fault in faults] == [True]
    layer().to_file(tmp_path / "a.shp")
    data = bytearray((tmp_path / "a.shp").read_bytes())
    struct.pack_into("<2d", data, 100 + 8 + 4 + 32 + 4 + 4 + 4 + 64, 430_500, 330_500)
    (tmp_path / "a.shp").write_bytes(data)
    frame, faults = read(tmp_path / "a.shp")
    assert frame is not None
    assert frame.index.tolist() == [2]
    assert faults == [
        "refused a.shp, feature 1: ring 1 begins at (431000, 330000) and ends at (430500, 330500) "
        "→ end the ring where it begins, or write repair = true"
    ]


@pytest.mark.parametrize("repair", [False, True])
def test_row_62_a_ring_of_too_few_points_is_refused_whatever_is_asked_for(
    repair: bool, tmp_path: Path
) -> None:
    file = geojson(tmp_path, DEGREES, DEGREES[:2], [DEGREES[0], DEGREES[1], DEGREES[0]])
    frame, faults = read(file, repair=repair)
    assert frame is not None
    assert frame.index.tolist() == [1]
    needed = "where 4 are the fewest, the last being the first again → mend or delete the feature"
    assert faults == [
        f"refused a.geojson, feature 2: ring 1 has 2 points, {needed}",
        f"refused a.geojson, feature 3: ring 1 has 3 points, {needed}",
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "null"])
def test_row_65_a_coordinate_that_is_no_number_is_refused_before_geos_sees_it(
    number: str, tmp_path: Path
) -> None:
    file = geojson(tmp_path, DEGREES, [DEGREES[0], DEGREES[1], [-1.4, "HERE"], DEGREES[0]])
    file.write_text(file.read_text().replace('"HERE"', number))
    frame, faults = read(file, repair=True)
    assert frame is not None
    assert frame.index.tolist() == [1]
    (fault,) = faults
    assert fault.startswith("refused a.geojson, feature 2: a coordinate is no number: (-1.4, ")
    assert fault.endswith(") → mend or delete the feature")


def test_row_65_not_a_number_in_a_geopackage_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    ring: list[tuple[float, ...]] = [(430_000, 330_000), (431_000, 330_000), (431_000, 331_000)]
    first = [(math.nan, 330_000), *ring[1:], (math.nan, 330_000)]
    inner = [ring[0], (431_000, math.inf), ring[2], ring[0]]
    frame, faults = read(geopackage(tmp_path, polygon(first), polygon(inner), polygon([*ring, ring[0]])))
    assert frame is not None
    assert frame.index.tolist() == [3]
    assert faults == [
        "refused a.gpkg, feature 1: a coordinate is no number: (nan, 330000) → mend or delete the feature",
        "refused a.gpkg, feature 2: a coordinate is no number: (431000, inf) → mend or delete the feature",
    ]


def test_row_66_features_without_outline_stay_for_the_check_of_shapes(tmp_path: Path) -> None:
    empty = {"type": "Polygon", "coordinates": []}
    frame, faults = read(geojson(tmp_path, DEGREES, None, empty))
    assert frame is not None
    assert faults == []
    assert frame.geometry.isna().tolist() == [False, True, False]
    assert frame.geometry.is_empty.tolist() == [False, False, True]


def test_an_outline_that_is_none_is_refused(tmp_path: Path) -> None:
    square = {"type": "Square", "coordinates": [1]}
    uneven = {"type": "Polygon", "coordinates": [[[1, 2], [3], [4, 5], [1, 2]]]}
    line_of_one = {"type": "LineString", "coordinates": [[-1.4, 52.9]]}
    frame, faults = read(geojson(tmp_path, DEGREES, square, uneven, line_of_one, "Polygon"))
    assert frame is not None
    assert frame.index.tolist() == [1]
    assert faults == [
        f"refused a.geojson, feature {row}: its outline is damaged, or of a kind that is not read "
        "→ mend or delete the feature"
        for row in (2, 3, 4, 5)
    ]


def test_row_67_m_values_are_counted_before_they_are_dropped(tmp_path: Path) -> None:
    ring = [(430_000, 330_000), (431_000, 330_000), (431_000, 331_000), (430_000, 330_000)]
    with_z = polygon([(*point, 7) for point in ring], 1003)
    with_m = polygon([(*point, 7) for point in ring], 2003)
    frame, faults = read(geopackage(tmp_path, polygon(ring), with_z, with_m))
    assert frame is not None
    assert frame.has_z.tolist() == [False, True, False]
    assert "noted a.gpkg: M values of 1 feature were dropped" in faults


def test_row_68_curves_are_made_straight_with_the_tolerance(tmp_path: Path) -> None:
    circle = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 3)
    circle += struct.pack("<6d", 430_000, 330_000, 432_000, 330_000, 430_000, 330_000)
    frame, faults = read(geopackage(tmp_path, circle))
    assert frame is not None
    assert faults[0] == (
        "noted a.gpkg: curves of 1 feature were made straight: "
        "a chord for every 4° of arc, so at most 0.06% of its radius off it"
    )
    radii = shapely.distance(shapely.Point(431_000, 330_000), frame.geometry.iloc[0].boundary)
    assert 0.0005 < 1 - radii / 1000 <= 1 - math.cos(math.radians(2)) < 0.00061


def test_after_twenty_faults_of_a_kind_the_rest_are_counted(tmp_path: Path) -> None:
    frame, faults = read(geojson(tmp_path, DEGREES, *[DEGREES[:3]] * 25))
    assert frame is not None
    assert len(faults) == 21
    assert faults[-1] == (
        "refused a.geojson: 5 more features: not closed "
        "→ end the ring where it begins, or write repair = true"
    )
