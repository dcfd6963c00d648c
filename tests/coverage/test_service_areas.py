"""Catchments, polygons and travel times: what services refer to, as it was read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hinterland.boundaries.errors import PlaceError
from hinterland.boundaries.rings import decode, encode_text
from hinterland.coverage.radii import parse_radius
from hinterland.coverage.study import Study, check_study, read_study

STUDY = """
[study]
title = "Shapes"
snapshot = "2026-01/2026-06"
area = ["Nottinghamshire", "LAD19:Nottingham"]
geographies = ["LAD19"]
"""
SITES = """
[[service_areas.catchments]]
file = "sites.csv"
x = "east"
y = "north"
crs = "EPSG:27700"
"""
POSTCODES = """
[[service_areas.catchments]]
file = "by_postcode.csv"
postcode = "postcode"
within = "5 km"

[service_areas.postcodes]
file = "outcodes.csv"
key = "outcode"
x = "longitude"
y = "latitude"
crs = "EPSG:4326"
"""
TIMES = """
[[service_areas.travel_times]]
file = "times.csv"
origin = "from"
block = "LAD19CD"
"""
BASSETLAW, MANSFIELD, NEWARK = "E07000171", "E07000174", "E07000175"
Make = Callable[..., Study]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write and read a study on the built-in districts; `areas` are the cells of its services."""

    def study(settings: str, areas: list[str], evidence: str = "stated", **tables: list[str]) -> Study:
        files = {
            "organisations": ["organisation_id,name,remit", "o,Link,county"],
            "services": [
                "organisation_id,theme,areas,note,area_evidence,theme_evidence",
                *(f'o,governance,"{cell}",{i},{evidence},stated' for i, cell in enumerate(areas)),
            ],
            "scope": [
                "source,themes,areas,from,to",
                "survey,governance,Nottinghamshire,2026,2026",
            ],
            **tables,
        }
        for name, rows in files.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        (tmp_path / "study.toml").write_text(STUDY + settings, encoding="utf-8")
        return read_study(tmp_path)

    return study


def noted(study: Study) -> list[str]:
    return [str(fault) for fault in study.faults]


def test_radii_are_read_by_their_units(make: Make) -> None:
    rows = ["id,east,north,radius", "a,470000,381000,10 miles", "b,470000,381000,2.5 km"]
    rows += ["c,470000,381000,800m", "d,470000,381000,1 MILE"]
    study = make(SITES, ["catchment:a"], sites=rows)
    assert study.service_areas.drawn.circles[:, 2].tolist() == [16093.44, 2500.0, 800.0, 1609.344]
    assert noted(study) == [
        "sites.csv, column radius: 2 radii in miles and 1 radius in kilometres were converted: "
        "1 mile = 1,609.344 m"
    ]


@given(number=st.decimals(1, 120, places=3), unit=st.sampled_from([("miles", 1609.344), ("km", 1000)]))
def test_a_radius_is_its_number_times_its_unit(number: Decimal, unit: tuple[str, float]) -> None:
    word, metres = unit
    for text in (f"{number} {word}", f"  {number}\u00a0{word.upper()} ", f"+{number}{word}."):
        assert parse_radius(text)[0] == pytest.approx(float(number) * metres, rel=1e-15)


def test_well_known_text_is_read_as_shapely_writes_it() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        discs = shapely.buffer(shapely.points(random.uniform(0, 9e5, (5, 2))), random.uniform(1e3, 2e5, 5))
        shape = shapely.union_all(discs[:4]).difference(discs[4])
        mixed = shapely.GeometryCollection([shape, shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)])])
        for written in (shape, mixed, shapely.force_3d(shape, 7.5)):
            (read,), faults = decode(np.array([encode_text(written.wkt)], dtype=object))
            assert shapely.equals_identical(read, shapely.from_wkt(written.wkt))
            assert faults == []


def test_points_in_degrees_and_on_the_grid_are_the_same_place(make: Make) -> None:
    degrees = """
[[service_areas.catchments]]
file = "sites.csv"
id = "town"
x = "longitude"
y = "latitude"
crs = "EPSG:4326"
radius = "reach"
"""
    study = make(
        degrees,
        ["catchment:Retford"],
        sites=["town,Longitude,Latitude,reach", "Retford,-0.9433,53.3221,5 km"],
    )
    (at,) = study.service_areas.drawn.circles
    assert np.hypot(at[0] - 470_480, at[1] - 381_050) < 250


def test_a_service_mixes_areas_and_shapes_of_every_kind(make: Make, tmp_path: Path) -> None:
    squares = {
        "name": ["Four Parishes"],
        "geometry": [shapely.box(460_000, 370_000, 461_000, 371_000)],
    }
    gpd.GeoDataFrame(squares, crs=27700).to_file(tmp_path / "drawn.gpkg")
    rings = {
        "from": ["Mill", "Mill"],
        "minutes": [15, 30],
        "geometry": [shapely.box(460_000, 370_000, x, 371_000) for x in (461_000, 462_000)],
    }
    gpd.GeoDataFrame(rings, crs=27700).to_crs(4326).to_file(tmp_path / "rings.geojson")
    settings = """
[[service_areas.isochrones]]
file = "rings.geojson"
origin = "from"

[[service_areas.polygons]]
file = "drawn.gpkg"
id = "Name"
"""
    cell = "polygon:four-parishes; Bassetlaw; CATCHMENT: Shop; travel:mill 30 MINS; catchment:shop"
    study = make(
        settings + SITES + TIMES,
        [f"{cell}; travel:Depot 20 min"],
        sites=["id,east,north,radius", "Shop,470000,381000,10 miles"],
        times=[
            "from,LAD19CD,minutes",
            f"Depot,{BASSETLAW},20",
            f"Depot,{MANSFIELD},20.5",
            f"Depot,{NEWARK},7",
        ],
    )
    drawn = study.service_areas.drawn
    assert drawn.names == (
        "catchment:Shop",
        "polygon:Four Parishes",
        "travel:Mill 15 minutes",
        "travel:Mill 30 minutes",
    )
    assert drawn.is_circle.tolist() == [True, False, False, False]
    assert [None if p is None else p.geom_type for p in drawn.polygons] == [None, *["Polygon"] * 3]
    assert (
        drawn.polygons[3].symmetric_difference(shapely.box(460_000, 370_000, 462_000, 371_000)).area < 20_000
    )
    (service,) = study.register.services.itertuples()
    assert service.drawn == (1, 0, 3)
    named, travelled = service.places
    assert named.area == f"LAD19:{BASSETLAW}"
    assert travelled.area == "travel:Depot 20 minutes"
    assert {study.atlas.blocks.index[block] for block in travelled.blocks} == {BASSETLAW, NEWARK}
    assert list(travelled.blocks) == sorted(travelled.blocks)


def test_outlines_are_the_same_in_every_format(make: Make, tmp_path: Path) -> None:
    shape = shapely.MultiPolygon(
        [shapely.box(460_000, 370_000, 465_000, 375_000), shapely.box(470_000, 370_000, 471_000, 371_000)]
    )
    shape = shape.difference(shapely.box(461_000, 371_000, 462_000, 372_000))
    frame = gpd.GeoDataFrame({"id": ["a"], "geometry": [shape]}, crs=27700)
    settings = ""
    for number, name in enumerate(("a.gpkg", "b.geojson", "c.shp", "d.parquet")):
        layer = frame.assign(id=f"s{number}")
        layer.to_parquet(tmp_path / name) if name.endswith("parquet") else layer.to_file(tmp_path / name)
        settings += f'[[service_areas.polygons]]\nfile = "{name}"\n'
    settings += '[[service_areas.polygons]]\nfile = "e.csv"\nwkt = "shape"\ncrs = "EPSG:27700"\n'
    study = make(settings, ["polygon:s0"], e=["id,shape", f's4,"{shape.wkt}"'])
    assert study.service_areas.drawn.names == tuple(f"polygon:s{i}" for i in range(5))
    for outline in study.service_areas.drawn.polygons:
        assert outline.symmetric_difference(shape).area < 1


def test_a_catchment_by_outward_postcode_is_graded_assumed(make: Make) -> None:
    study = make(
        POSTCODES + SITES,
        ["catchment:Depot; Mansfield", "catchment:Shop", "catchment:Depot"],
        sites=["id,east,north,radius", "Shop,470000,381000,800 m"],
        by_postcode=["id,postcode", "Depot,ng18 1aa"],
        outcodes=["outcode,latitude,longitude", "NG18,53.14,-1.19", "AB10,57.13,-2.12", "ZZ99,,"],
    )
    assert study.register.services["area_evidence"].tolist() == ["assumed", "stated", "assumed"]
    at = study.service_areas.drawn.circles[0]
    assert (np.hypot(at[0] - 454_250, at[1] - 360_800) < 500, at[2]) == (True, 5000.0)
    assert [fault.row for fault in study.faults if fault.column == "area_evidence"] == [2, 4]
    assert "by_postcode.csv, column postcode: of 1 full postcode the outward half was used" in noted(study)


def test_a_row_that_says_assumed_itself_is_not_noted(make: Make) -> None:
    study = make(
        POSTCODES,
        ["catchment:Depot"],
        evidence="assumed",
        by_postcode=["id,postcode", "Depot,NG18"],
        outcodes=["outcode,latitude,longitude", "NG18,53.14,-1.19"],
    )
    assert [fault for fault in study.faults if fault.column == "area_evidence"] == []


def test_a_cut_off_takes_in_what_takes_just_as_long(make: Make) -> None:
    rows = [
        "from,LAD19CD,minutes",
        f"Depot,{BASSETLAW},15",
        f"Depot,{MANSFIELD},15.01",
        f"Depot,{MANSFIELD},15.01",
    ]
    study = make(
        TIMES, ["travel:Depot 15 minutes", "travel:Depot 15.01 min", "travel:depot 14.9 min"], times=rows
    )
    found = [places[0].blocks for places in study.register.services["places"]]
    assert list(map(len, found)) == [1, 2, 0]
    assert noted(study) == [
        "services.csv, row 4, column areas: 'travel:depot 14.9 min': no block of the study is so near to it: "
        "counted nowhere"
    ]


def test_a_cut_off_beyond_the_table_is_noted_once(make: Make) -> None:
    rows = ["from,LAD19CD,minutes", f"Depot,{BASSETLAW},28", "Depot,E06000061,31"]
    cells = ["travel:Depot 30 min", "travel:Depot 45 min", "travel:Depot 45 min"]
    study = make(TIMES, cells, times=rows)
    assert [fault.row for fault in study.faults if "the table ends at 31 minutes" in fault.reason] == [3]


def test_a_table_that_is_not_plain_says_the_same_as_one_that_is(make: Make, tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    codes = [BASSETLAW, MANSFIELD, NEWARK, "E09999999"]
    rows = [f"site {origin},{code},{random.integers(0, 600) / 10}" for origin in range(30) for code in codes]
    cells = [f"travel:site {origin} 30 minutes" for origin in range(30)]
    plain = make(TIMES, cells, times=["from,LAD19CD,minutes", *rows])
    quoted = make(TIMES, cells, times=['"from",LAD19CD,minutes', *rows])
    blocks = [[place.blocks for place in places] for places in plain.register.services["places"]]
    assert blocks == [[place.blocks for place in places] for places in quoted.register.services["places"]]
    assert {len(found[0]) for found in blocks} == {0, 1, 2, 3}
    assert noted(plain) == noted(quoted)
    assert any("1 of its 4 codes is no block of the study: E09999999" in note for note in noted(plain))


def test_columns_of_travel_times_may_stand_anywhere_among_others(make: Make) -> None:
    rows = ["Minutes,metres,lad19cd,mode,FROM", f"12,800,{BASSETLAW},bus,Depot", f"9,700,{NEWARK},bus,Depot"]
    study = make(TIMES, ["travel:Depot 10 min"], times=rows)
    (place,) = study.register.services["places"][0]
    assert [study.atlas.blocks.index[block] for block in place.blocks] == [NEWARK]


def test_names_of_areas_are_read_as_before_beside_references(make: Make) -> None:
    sites = ["id,east,north,radius", "Shop,470000,381000,800 m"]
    study = make(SITES, ["catchment:Shop; Newark & Sherwood; LAD19:Nottingham"], sites=sites)
    (places,) = study.register.services["places"]
    assert [place.area for place in places] == [f"LAD19:{NEWARK}", "LAD19:E06000018"]
    assert study.register.services["drawn"].tolist() == [(0,)]


def test_a_drawn_area_keeps_a_service_in_the_study(make: Make) -> None:
    sites = ["id,east,north,radius", "Shop,470000,381000,800 m"]
    study = make(SITES, ["catchment:Shop; Erewash", "Erewash"], sites=sites)
    outside = [fault.row for fault in study.faults if "outside the area of the study" in fault.reason]
    assert outside == [3]


def test_a_part_of_a_shape_and_what_is_no_reference(make: Make) -> None:
    areas = make(
        SITES, ["catchment:Shop"], sites=["id,east,north,radius", "Shop,470000,381000,800 m"]
    ).service_areas
    assert areas.find("Bassetlaw") is None
    assert areas.find("RGN19:East Midlands") is None
    with pytest.raises(PlaceError, match="draw the part"):
        areas.find("part of the catchment:Shop")
    with pytest.raises(PlaceError, match="did you mean catchment:Shop"):
        areas.find("catchment:Shoop")
    with pytest.raises(PlaceError, match="write catchment:Shop; Travel: Mill 5 min"):
        areas.find("catchment:Shop , Travel: Mill 5 min")


def test_districts_are_said_to_be_coarse_where_shapes_are_used(make: Make) -> None:
    sites = ["id,east,north,radius", "Shop,470000,381000,800 m"]
    (note,) = make(SITES, ["catchment:Shop"], sites=sites).warnings
    assert note.startswith("Catchments and drawn areas are measured on districts")
    assert make(SITES, ["Bassetlaw"], sites=sites).warnings == ()
    (note,) = make('[service_areas]\nmethod = "centroid"\n' + SITES, ["catchment:Shop"], sites=sites).warnings
    assert "a point inside its outline" in note


def test_a_study_without_shapes_has_none(make: Make) -> None:
    study = make("", ["Bassetlaw"])
    assert len(study.service_areas.drawn) == 0
    assert (study.service_areas.method, study.service_areas.tolerance) == ("area", 0.001)
    assert study.register.services["drawn"].tolist() == [()]


def test_a_site_outside_the_study_is_right_and_one_in_the_sea_is_not(make: Make, tmp_path: Path) -> None:
    sites = ["id,east,north,radius", "Leeds,430000,433000,60 km", "Rig,640000,420000,60 km"]
    with pytest.raises(ValueError, match="row 3"):
        make(SITES, ["catchment:Leeds"], sites=sites)
    _, faults = check_study(tmp_path)
    assert [(fault.kind, fault.row) for fault in faults if fault.kind != "noted"] == [("refused", 3)]


def test_a_million_travel_times_are_read_in_one_go(make: Make, tmp_path: Path) -> None:
    codes = make("", ["Bassetlaw"]).atlas.blocks.index
    origins = np.repeat(np.arange(1_000), len(codes))
    minutes = np.random.default_rng(8).integers(0, 900, len(origins)) / 10
    table = pd.DataFrame({"from": origins, "LAD19CD": np.tile(codes, 1_000), "minutes": minutes})
    table.to_csv(tmp_path / "times.csv", index=False)
    areas = make(TIMES, ["travel:999 30 minutes"]).service_areas
    assert len(areas.travel_times) == 1_000
    place = areas.find("travel:7 45 min").place
    of_seven = table[(table["from"] == 7) & (table["minutes"] <= 45)]["LAD19CD"]
    assert sorted(codes[list(place.blocks)]) == sorted(of_seven)
