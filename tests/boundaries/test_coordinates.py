"""Points as texts: what is read, and what is said of numbers that are not where they should be."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hinterland.boundaries.builtin import load
from hinterland.boundaries.coordinates import (
    CoordinateError,
    PointCRS,
    check_points,
    far_from_land,
    parse_point,
)
from hinterland.boundaries.errors import Fault
from hinterland.boundaries.grid import looks_like, to_grid

DEGREES, METRES = "EPSG:4326", "EPSG:27700"


def said(x: str, y: str, crs: PointCRS) -> str:
    with pytest.raises(CoordinateError) as caught:
        parse_point(x, y, crs=crs)
    return f"{caught.value.kind} {caught.value.axis}: {caught.value}"


def check(
    *pairs: tuple[str, str], crs: PointCRS = "EPSG:4326", land: gpd.GeoSeries | None = None
) -> tuple[gpd.GeoSeries, list[str]]:
    """Check points in the rows from 2 on; give those accepted and what is said."""
    x_name, y_name = ("lon", "lat") if crs == DEGREES else ("east", "north")
    rows = range(2, len(pairs) + 2)
    x = pd.Series([x for x, _ in pairs], index=rows, name=x_name)
    y = pd.Series([y for _, y in pairs], index=rows, name=y_name)
    faults: list[Fault] = []
    points = check_points(x, y, crs=crs, file="p.csv", land=land, faults=faults)
    return points, [f"{fault.kind} {fault}" for fault in faults]


def test_eastings_and_northings_stay_as_they_are() -> None:
    assert parse_point(" 457300", "339800.5 ", crs="EPSG:27700") == (457300, 339800.5)


def test_degrees_come_within_six_metres_of_the_ordnance_survey() -> None:
    # The Survey's own worked example for OSTN15: 52°39'28.8282"N 1°42'57.8663"E is this place.
    east, north = parse_point("1.716073973", "52.658007833", crs="EPSG:4326")
    assert np.hypot(east - 651409.804, north - 313177.450) < 6


def test_the_true_origin_of_the_grid_is_exact_on_its_own_datum() -> None:
    east, north = to_grid(np.array([-2.0]), np.array([49.0]), "EPSG:4277")
    assert (float(east[0]), float(north[0])) == pytest.approx((400_000, -100_000), abs=0.01)


def test_web_mercator_and_degrees_come_to_the_same_place() -> None:
    degrees = np.array([-1.15]), np.array([52.95])
    radius = 6_378_137.0
    mercator = (
        radius * np.radians(degrees[0]),
        radius * np.log(np.tan(np.pi / 4 + np.radians(degrees[1]) / 2)),
    )
    assert np.allclose(to_grid(*mercator, "EPSG:3857"), to_grid(*degrees, DEGREES), atol=0.01)


def test_a_typographic_minus_is_a_minus() -> None:
    assert parse_point("−1.15", "52.95", crs="EPSG:4326") == parse_point("-1.15", "52.95", crs="EPSG:4326")


def test_row_55_swapped_latitude_and_longitude_are_asked_about() -> None:
    assert said("52.95", "-1.15", "EPSG:4326") == (
        "asked : longitude and latitude look swapped → did you mean longitude -1.15, latitude 52.95?"
    )


def test_row_56_metres_where_degrees_are_declared_and_the_other_way_are_asked_about() -> None:
    assert said("457300", "339800", "EPSG:4326") == (
        "asked : the numbers look like metres of the National Grid, not degrees of longitude and latitude "
        '→ declare crs = "EPSG:27700"'
    )
    assert said("-1.15", "52.95", "EPSG:27700") == (
        "asked : the numbers look like degrees of longitude and latitude, not metres of the National Grid "
        '→ declare crs = "EPSG:4326"'
    )
    assert said("52.95", "-1.15", "EPSG:27700") == (
        "asked : the numbers look like latitude and longitude, not metres of the National Grid "
        '→ declare crs = "EPSG:4326", longitude first'
    )
    assert said("-128017", "6971400", "EPSG:27700") == (
        "refused : the numbers look like metres of Web Mercator, not metres of the National Grid "
        "→ convert them from EPSG:3857 to EPSG:27700"
    )


@pytest.mark.parametrize("crs", [DEGREES, METRES])
def test_row_57_zero_zero_is_refused(crs: PointCRS) -> None:
    assert said("0", "0.0", crs) == (
        "refused : 0, 0 is no place here: blanks that became zeros? "
        "→ write the place, or leave both blank and delete the row"
    )


def test_row_57_a_lost_sign_that_leads_out_of_the_country_is_asked_about() -> None:
    assert said("3.19", "55.95", "EPSG:4326") == (
        "asked : it lies outside the United Kingdom; a sign looks lost "
        "→ did you mean longitude -3.19, latitude 55.95?"
    )
    assert said("-1.15", "-52.95", "EPSG:4326").endswith("→ did you mean longitude -1.15, latitude 52.95?")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("52°57'N", "52.95"),
        ("52° 57′ 36″ N", "52.96"),
        ("52 57 36", "52.96"),
        ("52.95N", "52.95"),
        ("N52°57.6'", "52.96"),
        ("52.95°", "52.95"),
    ],
)
def test_row_57_degrees_and_minutes_are_refused_with_the_decimal_reading(text: str, meant: str) -> None:
    assert said("-1.15", text, "EPSG:4326") == (
        f"refused y: the latitude is not in decimal degrees → write {meant}"
    )


def test_row_57_west_is_negative() -> None:
    assert said("1°09'W", "52.95", "EPSG:4326").endswith("→ write -1.15")


def test_row_57_a_decimal_comma_is_refused_with_the_decimal_reading() -> None:
    assert said("-1.15", "52,95", "EPSG:4326") == "refused y: the latitude has a decimal comma → write 52.95"
    assert said("457300,5", "339800", "EPSG:27700") == (
        "refused x: the easting has a decimal comma → write 457300.5"
    )


def test_row_73_a_comma_between_thousands_is_refused_with_the_plain_reading() -> None:
    assert said("457,300", "339800", "EPSG:27700") == (
        "refused x: the easting has a comma between thousands → write 457300"
    )


def test_row_65_blanks_and_what_is_no_number_are_refused() -> None:
    assert said("", " ", "EPSG:4326") == (
        "refused : longitude and latitude are blank → write both, or delete the row"
    )
    assert said("457300", "", "EPSG:27700") == (
        "refused y: the northing is blank → write it, or delete the row"
    )
    for text in ("nan", "inf", "SK 573 398", "52°75'", "1 2 3 4", "0x10", "1_000", "١٢"):
        assert said(text, "52.95", "EPSG:4326") == (
            "refused x: the longitude is not one number → write it in decimal degrees, such as -1.15"
        )
    assert said("1e999", "339800", "EPSG:27700") == "refused x: the easting is not finite → write the number"


@pytest.mark.parametrize(
    ("x", "y", "crs"),
    [("-74.0", "40.7", DEGREES), ("4573000", "1", METRES), ("2.35", "48.85", DEGREES)],
)
def test_row_60_a_point_outside_the_country_is_refused(x: str, y: str, crs: PointCRS) -> None:
    assert said(x, y, crs) == "refused : it lies outside the United Kingdom → check both numbers"


def test_distances_are_to_the_nearest_area_and_zero_inside_one() -> None:
    land = gpd.GeoSeries({"A": shapely.box(0, 0, 10, 10), "B": shapely.box(100, 0, 110, 10)}, crs=27700)
    points = gpd.GeoSeries([shapely.Point(5, 5), shapely.Point(13, 14), shapely.Point(90, 5)], crs=27700)
    found = far_from_land(points, land)
    assert list(found["nearest"]) == ["A", "A", "B"]
    assert list(found["distance_m"]) == [0, 5, 10]


def test_row_60_a_point_in_the_sea_is_refused_with_the_nearest_area() -> None:
    land = gpd.GeoSeries({"A": shapely.box(400_000, 300_000, 410_000, 310_000)}, crs=27700)
    points, faults = check(("405000", "305000"), ("413000", "314000"), crs="EPSG:27700", land=land)
    assert list(points.index) == [2]
    assert points.crs.to_epsg() == 27700
    assert faults == [
        "refused p.csv, row 3, column east, north: '413000, 314000': "
        "it lies in no area, 5.0 km from the nearest (A) → check both numbers"
    ]


def test_row_60_a_point_just_off_a_generalised_shore_is_kept() -> None:
    land = gpd.GeoSeries({"A": shapely.box(400_000, 300_000, 410_000, 310_000)}, crs=27700)
    points, faults = check(("410900", "305000"), crs="EPSG:27700", land=land)
    assert (list(points.index), faults) == ([2], [])


def test_row_57_a_lost_sign_is_asked_about_where_the_flipped_point_is_on_land_alone() -> None:
    land = load().blocks.geometry
    norwich, sheffield, wash = ("1.297", "52.63"), ("1.47", "53.38"), ("0.45", "53.3")
    points, faults = check(norwich, sheffield, wash, land=land)
    assert list(points.index) == [2]
    assert [text.split(": it lies in no area, ")[1] for text in faults] == [
        "51.0 km from the nearest (E07000147) → did you mean longitude -1.47, latitude 53.38?",
        "9.2 km from the nearest (E07000137) → did you mean longitude -0.45, latitude 53.3?",
    ]
    assert [text.split()[0] for text in faults] == ["asked", "asked"]


def test_row_55_swapped_eastings_are_asked_about_where_that_lies_on_land_alone() -> None:
    land = gpd.GeoSeries({"A": shapely.box(400_000, 300_000, 410_000, 310_000)}, crs=27700)
    points, faults = check(("305000", "405000"), crs="EPSG:27700", land=land)
    assert points.empty
    assert faults[0].startswith("asked p.csv, row 2, column east, north: '305000, 405000'")
    assert faults[0].endswith("→ did you mean easting 405000, northing 305000?")


def test_every_row_is_reported_by_its_number_column_and_value() -> None:
    points, faults = check(("-1.15", "52.95"), ("-1,15", "52.95"), ("52.95", "-1.15"), ("", ""))
    assert list(points.index) == [2]
    assert [text.split(": ")[0:2] for text in faults] == [
        ["refused p.csv, row 3, column lon", "'-1,15'"],
        ["asked p.csv, row 4, column lon, lat", "'52.95, -1.15'"],
        ["refused p.csv, row 5, column lon, lat", "', '"],
    ]


def test_no_points_are_no_fault() -> None:
    points, faults = check(land=load().blocks.geometry)
    assert (len(points), faults) == (0, [])


def test_an_unknown_range_looks_like_nothing() -> None:
    assert looks_like((10, 10, 20, 20)) is None
    european = looks_like((3_400_000, 3_200_000, 3_600_000, 3_600_000))
    assert european is not None
    assert european.epsg == "EPSG:3035"
