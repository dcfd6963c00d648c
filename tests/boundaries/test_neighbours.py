"""Areas beside each other: overlaps, slivers and holes, by mental arithmetic and on real layers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely import box

from hinterland.boundaries.errors import Fault
from hinterland.boundaries.neighbours import check_neighbours
from hinterland.boundaries.shapes import check_shapes
from hinterland.boundaries.vector_files import read_vector

SQUARE = box(0, 0, 1000, 1000)  # 1 km²
BESIDE = box(1000, 0, 2000, 1000)


def said(*outlines: shapely.Geometry, overlaps_allowed: bool = False) -> list[str]:
    """Check areas called A, B, C and so on; give what is said with its kind."""
    codes = [chr(ord("A") + i) for i in range(len(outlines))]
    frame = gpd.GeoDataFrame(geometry=list(outlines), index=codes, crs=27700)
    faults: list[Fault] = []
    check_neighbours(frame, file="a.gpkg", overlaps_allowed=overlaps_allowed, faults=faults)
    return [f"{fault.kind} {fault}" for fault in faults]


def test_row_69_areas_that_share_a_border_are_in_order() -> None:
    assert said(SQUARE, BESIDE) == []


def test_row_69_an_overlap_above_the_tolerance_is_stopped_with_both_areas_and_its_size() -> None:
    assert said(SQUARE, box(900, 0, 1900, 1000)) == [
        "stopped a.gpkg: A with B: 0.1 km² lie in both, 10.00% of the smaller "
        "→ mend the outlines, or write overlaps = true if areas may overlap"
    ]


def test_row_69_an_area_inside_another_and_an_area_that_stands_twice_are_overlaps() -> None:
    (inside,) = said(SQUARE, box(400, 400, 500, 500))
    assert inside.startswith("stopped a.gpkg: A with B: 0.01 km² lie in both, 100.00% of the smaller")
    (twice,) = said(SQUARE, SQUARE)
    assert twice.startswith("stopped a.gpkg: A with B: 1 km² lie in both, 100.00% of the smaller")


def test_row_69_an_overlap_within_the_tolerance_is_noted() -> None:
    assert said(SQUARE, box(995, 0, 1995, 1000)) == [
        "noted a.gpkg: 1 pair of areas overlap, within the tolerance of 1.00%: "
        "0.005 km² in all: A with B 0.005 km²"
    ]


def test_row_69_overlaps_by_design_are_noted_whatever_their_size() -> None:
    assert said(SQUARE, box(500, 0, 1500, 1000), overlaps_allowed=True) == [
        "noted a.gpkg: 1 pair of areas overlap, as they may: 0.5 km² in all: A with B 0.5 km²"
    ]


def test_row_69_after_twenty_overlaps_the_rest_are_counted() -> None:
    every = said(*[box(900 * i, 0, 900 * i + 1000, 1000) for i in range(24)])
    assert len(every) == 21
    assert every[-1].startswith("stopped a.gpkg: 3 more pairs of areas overlap by more than 1.00%")


def test_row_69_a_sliver_is_noted_with_its_neighbours() -> None:
    notched = SQUARE.difference(box(990, 100, 1000, 900))  # 10 m × 800 m of 1.992 km²
    assert said(notched, BESIDE) == [
        "noted a.gpkg: 1 sliver between areas, 0.40% of the land: 0.008 km² in all: A with B 0.008 km²"
    ]


def test_row_69_slivers_above_the_tolerance_are_stopped() -> None:
    notched = SQUARE.difference(box(960, 100, 1000, 900))  # 40 m × 800 m of 1.968 km²
    assert said(notched, BESIDE) == [
        "stopped a.gpkg: 1 sliver between areas, 1.63% of the land: 0.032 km² in all: A with B 0.032 km² "
        "→ draw shared borders once, or join the slivers to an area"
    ]


def test_row_69_a_lake_and_an_enclave_are_no_slivers() -> None:
    lake = SQUARE.difference(box(400, 400, 410, 600))
    assert said(lake) == [
        "noted a.gpkg: 1 hole in the layer, 0.20% of the land: 0.002 km² in all: A 0.002 km²"
    ]
    left_out = SQUARE.difference(box(700, 100, 1000, 900))
    assert said(left_out, BESIDE) == [
        "noted a.gpkg: 1 hole in the layer, 13.64% of the land: 0.24 km² in all: A with B 0.24 km²"
    ]


def test_row_69_borders_that_run_beside_each_other_and_do_not_meet_are_noted() -> None:
    assert said(SQUARE, box(1005, 0, 2005, 1000)) == [
        "noted a.gpkg: borders run within 10 m of each other and do not touch: A 1 km; B 1 km "
        "→ draw shared borders once"
    ]
    assert said(SQUARE, box(1020, 0, 2020, 1000)) == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("boundaries/lad19_en_wa_buc.gpkg", "ltla19_code"),
        ("boundaries/lad21_uk_buc.gpkg", "ltla21_code"),
        ("boundaries/lad24_uk_buc.gpkg", "ltla24_code"),
        ("boundaries/cauth23_en_buc.geojson", "CAUTH24CD"),
        ("blocks/lsoa11_d2n2.gpkg", "LSOA11CD"),
        ("blocks/lsoa11_ew_bsc.gpkg", "lsoa11_code"),
    ],
)
def test_official_layers_are_in_order(file: str, code: str, reference: Path) -> None:
    faults: list[Fault] = []
    raw = read_vector(reference / file, faults=faults)
    assert raw is not None
    areas = check_shapes(raw, file=file, code=code, faults=faults)
    assert areas is not None
    check_neighbours(areas, file=file, overlaps_allowed=False, faults=faults)
    assert faults == []
    assert len(areas) == len(raw)


def test_the_two_overlaps_of_leps_in_2021_are_named(reference: Path) -> None:
    faults: list[Fault] = []
    raw = read_vector(reference / "boundaries" / "lep21_en_buc.geojson", faults=faults)
    assert raw is not None
    areas = check_shapes(raw, file="lep21", code="lep21cd", name="lep21nm", faults=faults)
    assert areas is not None
    check_neighbours(areas, file="lep21", overlaps_allowed=True, faults=faults)
    assert [str(fault) for fault in faults] == [
        "lep21: 2 pairs of areas overlap, as they may: 1,302 km² in all: "
        "E37000012 Greater Birmingham and Solihull with E37000032 Stoke-on-Trent and Staffordshire 832.8 km²"
        "; E37000012 Greater Birmingham and Solihull with E37000038 Worcestershire 469.3 km²"
    ]
