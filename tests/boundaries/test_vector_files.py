"""Files of outlines as bytes on disk: what is read, and what is said about the rest."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from .written_vectors import (
    BESIDE,
    DAMAGED,
    DERBY,
    geojson,
    geopackage,
    layer,
    read,
    stopped,
)


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
