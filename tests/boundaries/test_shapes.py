"""Outlines one by one: what is refused, mended and noted, and what comes of the rest."""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hinterland.boundaries.errors import Fault, GeometryError
from hinterland.boundaries.shapes import check_shapes

SQUARE = "POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))"
BOW_TIE = "POLYGON ((0 0, 2000 2000, 2000 0, 0 2000, 0 0))"
MEND = "mend the outline, or delete the feature"


def check(
    *outlines: str | shapely.Geometry | None, repair: bool = False, **values: list[Any]
) -> tuple[gpd.GeoDataFrame | None, list[str]]:
    """Check features whose codes, unless given, are A, B, C and so on; give the areas and what is said."""
    shapes = [shapely.from_wkt(outline) if isinstance(outline, str) else outline for outline in outlines]
    columns = {"Code": [chr(ord("A") + i) for i in range(len(shapes))]} | values
    frame = gpd.GeoDataFrame(columns, geometry=shapes, index=range(1, len(shapes) + 1), crs=27700)
    faults: list[Fault] = []
    areas = check_shapes(frame, file="a.gpkg", code="code", repair=repair, faults=faults)
    return areas, [f"{fault.kind} {fault}" for fault in faults]


def test_areas_are_keyed_by_code_with_the_columns_asked_for_by_any_case() -> None:
    frame = gpd.GeoDataFrame(
        {"LSOA11CD": ["e07000170 ", "007"], "Name": ["Ashfield", "Bond"], "POP": [5, 6], "LONG": [0, 0]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
        index=[1, 2],
        crs=27700,
    )
    faults: list[Fault] = []
    areas = check_shapes(frame, file="a.shp", code="lsoa11cd", name="NAME", columns=["pop"], faults=faults)
    assert areas is not None
    assert faults == []
    assert (areas.index.name, list(areas.columns)) == ("code", ["name", "pop", "geometry"])
    assert list(areas.index) == ["E07000170", "007"]
    assert areas.loc["007", "name"] == "Bond"
    assert areas["pop"].tolist() == [5, 6]
    assert areas.crs.to_epsg() == 27700


def test_a_missing_column_is_asked_about_with_the_nearest_and_all() -> None:
    frame = gpd.GeoDataFrame({"LSOA11CD": ["A"], "LONG": [0]}, geometry=[shapely.box(0, 0, 1, 1)], crs=27700)
    faults: list[Fault] = []
    assert check_shapes(frame, file="a.shp", code="LSOA21CD", name="title", faults=faults) is None
    assert [f"{fault.kind} {fault}" for fault in faults] == [
        "asked a.shp, column LSOA21CD: this column is missing "
        "→ is it the column 'LSOA11CD'? The file has: LSOA11CD, LONG",
        "asked a.shp, column title: this column is missing → The file has: LSOA11CD, LONG",
    ]


def test_columns_that_differ_in_case_alone_are_asked_about_unless_one_is_meant_exactly() -> None:
    areas, faults = check(SQUARE, CODE=["B"])
    assert areas is None
    assert faults == [
        "asked a.gpkg, column code: several columns have this name "
        "→ write it just as the file does: Code, CODE"
    ]
    areas, faults = check(SQUARE, code=["exact"])
    assert areas is not None
    assert (list(areas.index), faults) == (["exact"], [])


def test_blank_and_repeated_codes_are_refused_by_the_number_of_their_feature() -> None:
    areas, faults = check(SQUARE, SQUARE, SQUARE, SQUARE, Code=["A", " ", "A", None])
    assert areas is not None
    assert list(areas.index) == ["A"]
    assert faults == [
        "refused a.gpkg, feature 2, column Code: the code is blank → write the code, or delete the feature",
        "refused a.gpkg, feature 4, column Code: the code is blank → write the code, or delete the feature",
        "refused a.gpkg, feature 3, column Code: 'A': feature 1 has this code too "
        "→ give each area one feature: join its parts, or mend the code",
    ]


@pytest.mark.parametrize("codes", [[7, 8], [7.0, 8.0]])
def test_codes_stored_as_numbers_are_noted_and_written_without_a_point(codes: list[float]) -> None:
    areas, faults = check(SQUARE, SQUARE, Code=codes)
    assert areas is not None
    assert list(areas.index) == ["7", "8"]
    assert faults == [
        "noted a.gpkg, column Code: the codes are stored as numbers: zeros at their front may be lost "
        "→ store them as text if the official codes begin with 0"
    ]


def test_a_blank_name_is_refused() -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["A", "B"], "name": ["Ashfield", None]},
        geometry=[shapely.from_wkt(SQUARE)] * 2,
        index=[1, 2],
        crs=27700,
    )
    faults: list[Fault] = []
    areas = check_shapes(frame, file="a.shp", code="code", name="name", faults=faults)
    assert areas is not None
    assert list(areas["name"]) == ["Ashfield"]
    assert list(map(str, faults)) == ["a.shp, feature 2, column name: the name is blank → write the name"]


def test_row_61_a_bow_tie_is_refused_where_it_crosses_itself() -> None:
    areas, faults = check(SQUARE, BOW_TIE)
    assert areas is not None
    assert list(areas.index) == ["A"]
    assert faults == [
        f"refused a.gpkg, feature 2: 'B': Self-intersection at (1000, 1000) → {MEND}, or write repair = true"
    ]


def test_row_61_a_repaired_bow_tie_is_noted_with_its_area_before_and_after() -> None:
    areas, faults = check(BOW_TIE, repair=True)
    assert areas is not None
    assert areas.geometry.is_valid.all()
    assert areas.area.tolist() == [2_000_000]
    assert faults == [
        "noted a.gpkg, feature 1: 'A': Self-intersection at (1000, 1000); repaired: it now has 2 km²"
    ]


def test_row_63_an_outline_without_area_is_refused_even_where_repair_is_asked_for() -> None:
    line_and_back = "POLYGON ((0 0, 1000 0, 2000 0, 0 0))"
    point = "POLYGON ((5 5, 5 5, 5 5, 5 5))"
    areas, faults = check(SQUARE, line_and_back, point, repair=True)
    assert areas is not None
    assert list(areas.index) == ["A"]
    assert faults == [
        f"refused a.gpkg, feature 2: 'B': its outline encloses nothing → {MEND}",
        f"refused a.gpkg, feature 3: 'C': its outline encloses nothing → {MEND}",
    ]


def test_row_64_holes_outside_and_rings_that_stand_twice_are_refused_with_coordinates() -> None:
    hole_outside = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (50 50, 60 50, 60 60, 50 60, 50 50))"
    hole_twice = "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 2, 3 2, 3 4, 1 2), (3 4, 1 2, 3 2, 3 4))"
    part_twice = "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)), ((0 0, 9 0, 9 9, 0 0)))"
    for repair in (False, True):
        areas, faults = check(SQUARE, hole_outside, hole_twice, part_twice, repair=repair)
        assert areas is not None
        assert list(areas.index) == ["A"]
        assert faults == [
            f"refused a.gpkg, feature 2: 'B': Hole lies outside shell at (50, 50) → {MEND}",
            f"refused a.gpkg, feature 3: 'C': a ring stands twice, from (3, 4) → {MEND}",
            f"refused a.gpkg, feature 4: 'D': a ring stands twice, from (0, 0) → {MEND}",
        ]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_row_65_a_coordinate_that_is_no_number_is_refused(value: float) -> None:
    with np.errstate(invalid="ignore"):  # the frame, not the check
        wrong = shapely.polygons([(0, 0), (1000, 0), (1000, value), (0, 0)])
    areas, faults = check(SQUARE, wrong)
    assert areas is not None
    assert list(areas.index) == ["A"]
    assert faults == [f"refused a.gpkg, feature 2: 'B': a coordinate is not a finite number → {MEND}"]


def test_row_66_a_missing_and_an_empty_outline_are_refused() -> None:
    areas, faults = check(SQUARE, None, "POLYGON EMPTY", "GEOMETRYCOLLECTION EMPTY")
    assert areas is not None
    assert list(areas.index) == ["A"]
    assert faults == [
        "refused a.gpkg, feature 2: 'B': it has no outline → draw it, or delete the feature",
        "refused a.gpkg, feature 3: 'C': its outline is empty → draw it, or delete the feature",
        "refused a.gpkg, feature 4: 'D': its outline is empty → draw it, or delete the feature",
    ]


def test_row_67_z_and_m_values_are_dropped_and_counted() -> None:
    with_z = "POLYGON Z ((0 0 7, 9 0 7, 9 9 7, 0 0 7))"
    with_m = "POLYGON M ((0 0 7, 9 0 7, 9 9 7, 0 0 7))"
    areas, faults = check(SQUARE, with_z, with_m)
    assert areas is not None
    assert faults == ["noted a.gpkg: Z or M values of 2 features were dropped"]
    assert not areas.has_z.any()
    assert areas.geometry["B"].wkt == areas.geometry["C"].wkt == "POLYGON ((0 0, 9 0, 9 9, 0 0))"


def test_row_68_of_a_mixture_the_polygons_are_kept_and_the_rest_is_listed() -> None:
    inner = "GEOMETRYCOLLECTION (MULTIPOINT (1 2, 3 4), LINESTRING (0 0, 1 1))"
    areas, faults = check(f"GEOMETRYCOLLECTION ({SQUARE}, POINT (1 1), {inner})")
    assert areas is not None
    assert areas.area.tolist() == [1_000_000]
    assert areas.geom_type.tolist() == ["MultiPolygon"]
    assert faults == ["noted a.gpkg, feature 1: 'A': parts that are no area were left out: 1 line, 3 points"]


def test_row_68_points_and_lines_are_no_areas() -> None:
    alone = "GEOMETRYCOLLECTION (POINT (1 1))"
    areas, faults = check(SQUARE, "POINT (1 1)", "LINESTRING (0 0, 1 1)", "MULTIPOINT (1 1, 2 2)", alone)
    assert areas is not None
    assert list(areas.index) == ["A"]
    assert faults == [
        f"refused a.gpkg, feature 5: 'E': it holds no area, but 1 point → {MEND}",
        f"refused a.gpkg, feature 2: 'B': it is a point, not an area → {MEND}",
        f"refused a.gpkg, feature 3: 'C': it is a line, not an area → {MEND}",
        f"refused a.gpkg, feature 4: 'D': it is several points, not an area → {MEND}",
    ]


def test_after_twenty_faults_of_a_kind_the_rest_are_counted() -> None:
    areas, faults = check(SQUARE, *[None] * 23, *[BOW_TIE] * 21)
    assert areas is not None
    assert len(faults) == 42
    assert faults[20] == "refused a.gpkg: 3 more features: it has no outline → draw it, or delete the feature"
    assert faults[41] == (
        f"refused a.gpkg: 1 more feature: their outlines are not valid → {MEND}, or write repair = true"
    )


def test_a_layer_without_one_usable_area_is_stopped() -> None:
    areas, faults = check("POINT (1 1)")
    assert areas is None
    assert faults[-1] == "stopped a.gpkg: no area in it can be used → mend what is reported above"
    areas, faults = check()
    assert areas is None
    assert faults == ["stopped a.gpkg: no area in it can be used → check that it is the file you mean"]


def test_a_frame_in_degrees_is_the_callers_fault() -> None:
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.from_wkt(SQUARE)], crs=4326)
    with pytest.raises(GeometryError, match="outlines are in EPSG:4326; they must be in EPSG:27700"):
        check_shapes(frame, file="a.gpkg", code="code", faults=[])
