"""Files of outlines as bytes on disk: what is read, and what is said about the rest."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from hinterland.boundaries.errors import Fault
from hinterland.boundaries.vector_files import read_vector

DERBY = box(430_000, 330_000, 431_000, 331_000)
BESIDE = box(431_000, 330_000, 432_000, 331_000)
DEGREES = [[-1.5, 52.9], [-1.4, 52.9], [-1.4, 53.0], [-1.5, 52.9]]
METRES = [[430_000, 330_000], [431_000, 330_000], [431_000, 331_000], [430_000, 330_000]]
DAMAGED = "fetch or save it again: it was cut off or damaged"


def read(path: Path, **options: Any) -> tuple[gpd.GeoDataFrame | None, list[str]]:
    faults: list[Fault] = []
    frame = read_vector(path, faults=faults, **options)
    assert all(fault.file == path.name for fault in faults)
    return frame, [f"{fault.kind} {fault}" for fault in faults]


def stopped(path: Path, **options: Any) -> str:
    """Read a file of which nothing can be used; give the one thing that is said."""
    frame, faults = read(path, **options)
    assert frame is None
    (fault,) = faults
    return fault.replace(path.name, "FILE")


def layer(**columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["007", "B"]} | columns, geometry=[DERBY, BESIDE], crs=27700)


def geojson(path: Path, *geometries: Any, **members: Any) -> Path:
    """Write features of which each is a ring of a polygon, or a whole geometry."""
    file = path / "a.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"00{i}"},
            "geometry": {"type": "Polygon", "coordinates": [item]} if isinstance(item, list) else item,
        }
        for i, item in enumerate(geometries, start=1)
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features} | members))
    return file


def geopackage(path: Path, *outlines: bytes) -> Path:
    """Write a GeoPackage with outlines that no library would write so."""
    file = path / "a.gpkg"
    layer().iloc[:0].to_file(file, layer="a")
    with sqlite3.connect(file) as base:
        for (trigger,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{trigger}"')
        for outline in outlines:
            blob = b"GP\0\x01" + struct.pack("<i", 27700) + outline
            base.execute("INSERT INTO a (code, geom) VALUES ('A', ?)", [blob])
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", [len(outlines)])
    base.close()
    return file


def polygon(ring: list[tuple[float, ...]], kind: int = 3) -> bytes:
    points = b"".join(struct.pack(f"<{len(point)}d", *point) for point in ring)
    return struct.pack("<BIII", 1, kind, 1, len(ring)) + points


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.json", "a.shp"])
def test_every_format_keeps_texts_as_texts_and_numbers_its_features_from_1(name: str, tmp_path: Path) -> None:
    layer(people=[5, 6]).to_file(tmp_path / name, driver="GeoJSON" if "json" in name else None)
    frame, faults = read(tmp_path / name)
    assert frame is not None
    assert faults == []
    assert (frame.index.name, frame.index.tolist()) == ("feature", [1, 2])
    assert frame["code"].tolist() == ["007", "B"]
    assert frame["people"].tolist() == [5, 6]
    assert frame.crs.to_epsg() == 27700
    assert shapely.equals_exact(
        frame.geometry.normalize().to_numpy(), [DERBY.normalize(), BESIDE.normalize()], 0.01
    ).all()


def test_a_shapefile_in_capitals_is_read(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.shp")
    for file in list(tmp_path.iterdir()):
        file.rename(tmp_path / file.name.upper())
    frame, faults = read(tmp_path / "A.SHP")
    assert frame is not None
    assert (faults, frame["code"].tolist()) == ([], ["007", "B"])


def test_geoparquet_keeps_texts_as_texts(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    layer().to_parquet(tmp_path / "a.parquet")
    frame, faults = read(tmp_path / "a.parquet")
    assert frame is not None
    assert (faults, frame["code"].tolist(), frame.index.tolist()) == ([], ["007", "B"], [1, 2])
    assert frame.geometry.tolist() == [DERBY, BESIDE]
    layer().drop(columns="geometry").to_parquet(tmp_path / "b.parquet")
    assert stopped(tmp_path / "b.parquet") == (
        "stopped FILE: a Parquet table without outlines → save it as GeoParquet"
    )
    data = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(data[: len(data) // 2])
    assert stopped(tmp_path / "a.parquet") == f"stopped FILE: the Parquet file is damaged → {DAMAGED}"


def test_geoparquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "pyarrow.parquet", raising=False)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    assert stopped(tmp_path / "a.parquet") == (
        "stopped FILE: GeoParquet needs pyarrow, which is not installed "
        '→ pip install "hinterland[parquet]", or save it as GeoPackage'
    )


def test_a_file_that_is_not_there_a_folder_and_an_empty_file_are_stopped(tmp_path: Path) -> None:
    (tmp_path / "folder.gpkg").mkdir()
    (tmp_path / "empty.gpkg").write_bytes(b"")
    assert stopped(tmp_path / "none.gpkg") == "stopped FILE: no such file → check its name and folder"
    assert stopped(tmp_path / "folder.gpkg") == (
        "stopped FILE: this is a folder, a device or a pipe → name the file itself"
    )
    assert stopped(tmp_path / "empty.gpkg") == "stopped FILE: the file is empty → fetch or save it again"


def test_a_file_of_another_kind_is_stopped_by_its_ending_or_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text("<kml/>")
    assert stopped(tmp_path / "a.kml") == (
        "stopped FILE: files of this kind are not read: .kml "
        "→ save it as one of .gpkg, .geojson, .json, .shp, .parquet, .geoparquet"
    )
    contents = {
        b"hello": "something else",
        b"PK\x03\x04": "a zip archive",
        b"<!doctype html>": "a web page or XML",
        b'{"type": 1}': "a GeoJSON",
    }
    for data, what in contents.items():
        (tmp_path / "a.gpkg").write_bytes(data)
        assert stopped(tmp_path / "a.gpkg") == (
            f"stopped FILE: its name says GeoPackage, its content is {what} "
            "→ rename or unpack it, or save it as GeoPackage again"
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "Topology", "objects": {}}', "TopoJSON, not GeoJSON → save it as GeoJSON"),
        (
            '{"geometryType": "esriGeometryPolygon", "features": []}',
            "Esri's own JSON, not GeoJSON → fetch it with f=geojson",
        ),
        (
            '{"error": {"code": 400}}',
            "not GeoJSON: it is no collection of features → check that it is the right file",
        ),
        (
            "[1, 2]",
            "not GeoJSON: it is no collection of features → check that it is the right file",
        ),
        (
            '{"type": "FeatureCollection", "features": []}',
            "it has no features → check that it is the file you mean",
        ),
        (
            '{"type": "FeatureCollection",\n"features": [{"type": "Fea',
            f"the file ends in the middle, on line 2 → {DAMAGED}",
        ),
        (
            '{"type": "FeatureCollection",\n"features": [',
            f"the file ends in the middle, on line 2 → {DAMAGED}",
        ),
        ("{'type': 1}", "not GeoJSON: Expecting property name enclosed in double quotes on line 1, column 2"),
        ("[" * 100_000, "not GeoJSON: it is nested too deeply → save it as GeoJSON again"),
    ],
)
def test_json_that_is_not_whole_geojson_is_stopped(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(text)
    assert stopped(tmp_path / "a.geojson").startswith(f"stopped FILE: {message}")


def test_geojson_that_is_not_utf_8_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes('{"type": "Ynys Môn"}'.encode("cp1252"))
    assert stopped(tmp_path / "a.geojson") == (
        "stopped FILE: the text is not UTF-8 → save it as GeoJSON again"
    )


def test_geojson_of_every_kind_of_geometry_stays_as_it_is(tmp_path: Path) -> None:
    texts = [
        "POINT (-1.4 52.9)",
        "MULTIPOINT ((-1.4 52.9), (-1.5 53))",
        "LINESTRING (-1.4 52.9, -1.5 53)",
        "MULTILINESTRING ((-1.4 52.9, -1.5 53))",
        "MULTIPOLYGON (((-1.4 52.9, -1.5 53, -1.4 53, -1.4 52.9)), ((-1 52, -1.1 52, -1 52.1, -1 52)))",
        "GEOMETRYCOLLECTION (POINT (-1.4 52.9), POLYGON ((-1.4 52.9, -1.5 53, -1.4 53, -1.4 52.9)))",
        "POLYGON Z ((-1.4 52.9 7, -1.5 53 7, -1.4 53 7, -1.4 52.9 7))",
    ]
    shapes = gpd.GeoSeries(shapely.from_wkt(texts), crs=4326)
    frame, faults = read(geojson(tmp_path, *[json.loads(text) for text in shapely.to_geojson(shapes)]))
    assert frame is not None
    assert faults == []
    assert shapely.equals_exact(frame.geometry.to_numpy(), shapes.to_crs(27700).to_numpy(), 0.001).all()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.99])
def test_a_truncated_geopackage_is_stopped(share: float, tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.gpkg")
    data = (tmp_path / "a.gpkg").read_bytes()
    (tmp_path / "a.gpkg").write_bytes(data[: int(len(data) * share)])
    assert stopped(tmp_path / "a.gpkg") == f"stopped FILE: the GeoPackage is damaged → {DAMAGED}"


def test_a_geopackage_that_counts_fewer_features_than_it_stores_is_stopped(tmp_path: Path) -> None:
    file = geopackage(tmp_path, shapely.to_wkb(DERBY), shapely.to_wkb(BESIDE))
    with sqlite3.connect(file) as base:
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = 1")
    base.close()
    assert stopped(file) == "stopped FILE: 2 features are stored, but 1 could be read → save it again"


def test_several_layers_are_asked_about_by_name(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    layer().to_file(file, layer="districts")
    layer().iloc[:1].to_file(file, layer="counties")
    assert stopped(file) == "asked FILE: it has 2 layers → name one: districts, counties"
    assert stopped(file, layer="county") == (
        "asked FILE: 'county': it has no layer of this name "
        "→ did you mean counties? Its layers: districts, counties"
    )
    frame, faults = read(file, layer="counties")
    assert frame is not None
    assert (len(frame), faults) == (1, [])


@pytest.mark.parametrize(
    ("suffix", "what"), [(".shx", "where each outline begins"), (".dbf", "names and codes")]
)
def test_a_shapefile_without_its_companions_is_stopped(suffix: str, what: str, tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.shp")
    (tmp_path / f"a{suffix}").unlink()
    assert stopped(tmp_path / "a.shp") == (
        f"stopped FILE: beside it is missing: a{suffix} ({what}) "
        "→ copy every file of the shapefile into one folder"
    )


def test_a_shapefile_that_is_cut_off_or_mixed_with_another_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "a.shp"
    layer().to_file(file)
    whole = {suffix: (tmp_path / f"a{suffix}").read_bytes() for suffix in (".shp", ".dbf", ".shx")}
    file.write_bytes(whole[".shp"][:150])
    assert stopped(file) == f"stopped FILE: the file is shorter than it says: 372 bytes → {DAMAGED}"
    file.write_bytes(whole[".shp"])
    (tmp_path / "a.dbf").write_bytes(whole[".dbf"][:-50])
    assert stopped(file) == f"stopped FILE: a.dbf is shorter than it says: 2 rows → {DAMAGED}"
    (tmp_path / "a.dbf").write_bytes(whole[".dbf"])
    (tmp_path / "a.shx").write_bytes(whole[".shx"][:-8])
    assert stopped(file) == (
        "stopped FILE: a.dbf has 2 rows, a.shx has 1 outlines "
        "→ copy the files of one shapefile together again"
    )


def test_a_shapefile_whose_prj_is_no_text_is_stopped(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").write_bytes((tmp_path / "a.prj").read_bytes().replace(b"British", b"\xff\xfe\xfd"))
    assert stopped(tmp_path / "a.shp").startswith("stopped FILE: ")


def test_a_geopackage_on_a_plane_of_its_own_is_stopped_as_undeclared(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        layer().set_crs(None, allow_override=True).to_file(tmp_path / "a.gpkg")
    assert stopped(tmp_path / "a.gpkg").endswith(
        'look like metres of the National Grid → declare crs = "EPSG:27700"'
    )


def test_row_58_a_file_that_does_not_say_its_system_is_stopped_unless_it_is_declared(tmp_path: Path) -> None:
    file = tmp_path / "a.shp"
    layer().to_file(file)
    (tmp_path / "a.prj").unlink()
    assert stopped(file) == (
        "stopped FILE: there is no .prj beside it, so it is unknown which coordinate reference system "
        "its numbers are in; x 430,000 to 432,000, y 330,000 to 331,000 look like metres of the "
        'National Grid → declare crs = "EPSG:27700"'
    )
    frame, faults = read(file, crs="EPSG:27700")
    assert frame is not None
    assert (faults, len(frame)) == ([], 2)


def test_row_58_numbers_that_look_like_nothing_get_no_suggestion_but_an_example(tmp_path: Path) -> None:
    file = geojson(tmp_path, [[5000, 9e8], [6000, 9e8], [6000, 9.1e8], [5000, 9e8]], crs=None)
    assert stopped(file) == (
        "stopped FILE: the file does not say, so it is unknown which coordinate reference system "
        "its numbers are in: x 5,000 to 6,000, y 9e+08 to 9.094e+08 "
        '→ declare it, such as crs = "EPSG:27700"'
    )


def test_row_59_a_declaration_that_the_file_contradicts_is_stopped_with_both(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.gpkg")
    assert stopped(tmp_path / "a.gpkg", crs="EPSG:4326") == (
        "stopped FILE: it is declared as EPSG:4326 (WGS 84), but the file says "
        "EPSG:27700 (OSGB36 / British National Grid) → take the declaration out, or correct the file"
    )
    for unknown in ("EPSG:27x", "EPSG:5701", "IAU_2015:30100"):  # a typing error, heights, the Moon
        assert stopped(tmp_path / "a.gpkg", crs=unknown) == (
            f"stopped FILE: '{unknown}': crs names no known coordinate reference system "
            '→ write crs = "EPSG:27700", or another EPSG code'
        )


def test_row_59_degrees_labelled_as_the_national_grid_are_stopped(tmp_path: Path) -> None:
    layer().to_crs(4326).set_crs(27700, allow_override=True).to_file(tmp_path / "a.gpkg")
    message = stopped(tmp_path / "a.gpkg")
    assert message.startswith("stopped FILE: x -1.55")
    assert message.endswith(
        "look like degrees of longitude and latitude, not EPSG:27700 (OSGB36 / British National Grid) "
        "→ assign EPSG:4326 to the file, without converting its numbers"
    )


@pytest.mark.parametrize(
    ("right", "label", "said"),
    [
        (27700, 4326, "metres of the National Grid, not EPSG:4326 (WGS 84) → assign EPSG:27700"),
        (27700, 3857, "metres of the National Grid, not EPSG:3857 (WGS 84 / Pseudo-Mercator) → assign EP"),
        (3857, 27700, "metres of Web Mercator, not EPSG:27700 (OSGB36 / British National Grid) → assign"),
        (3857, 4326, "metres of Web Mercator, not EPSG:4326 (WGS 84) → assign EPSG:3857"),
        (3035, 27700, "metres of the European grid (ETRS89-LAEA), not EPSG:27700"),
    ],
)
def test_row_59_metres_with_a_wrong_label_are_stopped(
    right: int, label: int, said: str, tmp_path: Path
) -> None:
    layer().to_crs(right).set_crs(label, allow_override=True).to_file(tmp_path / "a.gpkg")
    assert f"look like {said}" in stopped(tmp_path / "a.gpkg")


def test_row_59_national_grid_numbers_in_geojson_are_stopped_unless_declared(tmp_path: Path) -> None:
    file = geojson(tmp_path, METRES)
    assert stopped(file) == (
        "stopped FILE: x 430,000 to 431,000, y 330,000 to 330,940 look like metres of the National Grid, "
        'not OGC:CRS84 (WGS 84 (CRS84)) → declare crs = "EPSG:27700"'
    )
    frame, faults = read(file, crs="EPSG:27700")
    assert frame is not None
    assert frame.area.tolist() == [500_000]
    assert faults == [
        "noted a.geojson: its format says OGC:CRS84 (WGS 84 (CRS84)) where the file is silent; "
        "read as declared, EPSG:27700 (OSGB36 / British National Grid)"
    ]


def test_row_59_geojson_may_name_its_system(tmp_path: Path) -> None:
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    frame, faults = read(geojson(tmp_path, METRES, crs=named))
    assert frame is not None
    assert (faults, frame.area.tolist()) == ([], [500_000])


def test_row_59_a_wrong_declaration_is_to_be_replaced_by_the_likely_one(tmp_path: Path) -> None:
    message = stopped(geojson(tmp_path, DEGREES, crs=None), crs="EPSG:27700")
    assert message.endswith('not EPSG:27700 (OSGB36 / British National Grid) → declare crs = "EPSG:4326"')


def test_row_59_an_old_prj_of_esri_is_the_national_grid(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").write_text(
        'PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",'
        'SPHEROID["Airy_1830",6377563.396,299.3249646]],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],'
        'PARAMETER["Central_Meridian",-2.0],PARAMETER["Scale_Factor",0.9996012717],'
        'PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]'
    )
    frame, faults = read(tmp_path / "a.shp", crs="EPSG:27700")
    assert frame is not None
    assert faults == []
    assert frame.total_bounds.tolist() == [430_000, 330_000, 432_000, 331_000]


def test_row_55_latitude_before_longitude_is_asked_about(tmp_path: Path) -> None:
    file = geojson(tmp_path, [[y, x] for x, y in DEGREES])
    assert stopped(file) == (
        "asked FILE: latitude looks to stand before longitude: x 52.9 to 52.994, y -1.5 to -1.4 "
        "→ save it with longitude first"
    )


def test_row_59_one_feature_elsewhere_is_refused_alone(tmp_path: Path) -> None:
    paris = [[2.3, 48.8], [2.4, 48.8], [2.4, 48.9], [2.3, 48.8]]
    frame, faults = read(geojson(tmp_path, DEGREES, paris, DEGREES))
    assert frame is not None
    assert frame.index.tolist() == [1, 3]
    assert faults == [
        "refused a.geojson, feature 2: it reaches outside the United Kingdom, to x 2.3, y 48.8 "
        "→ mend or delete the feature"
    ]


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


def test_a_large_layer_comes_onto_the_grid_within_the_country(reference: Path) -> None:
    frame, faults = read(reference / "blocks" / "lsoa11_ew_bsc.gpkg")
    assert frame is not None
    assert (len(frame), faults) == (34_753, [])
    assert frame["lsoa11_code"].str.fullmatch(r"[EW]\d{8}").all()
    assert np.round(frame.total_bounds, -3).tolist() == [86_000, 7_000, 656_000, 658_000]
    assert frame.area.sum() / 1e6 == pytest.approx(151_000, rel=0.005)
