"""Tables with outlines, read back by GDAL and by a plain JSON reader: the same figures, where they belong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from hinterland.coverage.answer import ON_REQUEST, TABLES, Answer, answer
from hinterland.coverage.describe import describe
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study
from hinterland.coverage.writing import records
from hinterland.maps.geo_tables import (
    GeoTable,
    GeoTableError,
    describe_layer,
    geo_table,
    to_geojson,
    to_gpkg,
)

PLACED = sorted({*TABLES, *ON_REQUEST} - {"pairs"})


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study()


@pytest.fixture(scope="module")
def answered(study: Study) -> Answer:
    return answer(study, ask(study, by="LEP14", within="D2N2", themes=["governance", "BME communities"]))


def made(answered: Answer, name: str) -> GeoTable:
    return geo_table(answered, name, answered.table(name))


def read_gpkg(content: bytes, folder: Path) -> gpd.GeoDataFrame:
    path = folder / "table.gpkg"
    path.write_bytes(content)
    return pyogrio.read_dataframe(path)


def expected(table: GeoTable) -> list[dict[str, Any]]:
    """Its rows as JSON has them."""
    return records(table.rows)


@pytest.mark.parametrize("name", PLACED)
def test_geojson_has_the_figures_of_the_table_one_feature_a_row(name: str, answered: Answer) -> None:
    table = made(answered, name)
    about = describe(answered, name)
    found = json.loads(to_geojson(table, about))
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    assert found["about"] == about
    assert [each["properties"] for each in found["features"]] == expected(table)
    assert {each["type"] for each in found["features"]} == {"Feature"}


@pytest.mark.parametrize("name", PLACED)
def test_a_geopackage_has_the_figures_of_the_table_one_feature_a_row(
    name: str, answered: Answer, tmp_path: Path
) -> None:
    table = made(answered, name)
    found = read_gpkg(to_gpkg(table, describe(answered, name)), tmp_path)
    assert found.crs.to_epsg() == 27700
    assert list(found.columns) == [*table.rows.columns, "geometry"]
    assert pyogrio.list_layers(tmp_path / "table.gpkg")[0, 0] == table.name
    read = records(pd.DataFrame(found.drop(columns="geometry")))
    assert read == [
        {column: None if value == "" and row[column] is None else value for column, value in want.items()}
        for want, row in zip(expected(table), read, strict=True)
    ]


def test_gdal_reads_the_geojson_where_the_areas_are(answered: Answer, tmp_path: Path) -> None:
    table = made(answered, "coverage")
    path = tmp_path / "coverage.geojson"
    path.write_bytes(to_geojson(table, {}))
    found = pyogrio.read_dataframe(path)
    assert found.crs.to_epsg() == 4326
    back = found.to_crs(27700)
    for outline, key in zip(back.geometry, table.keys, strict=True):
        assert outline.is_valid
        assert shapely.symmetric_difference(outline, table.shapes[key]).area < 1e-4 * outline.area


def test_geojson_keeps_to_six_decimals_and_the_right_hand_rule(answered: Answer) -> None:
    content = to_geojson(made(answered, "coverage"), {}).decode()
    assert not re.search(r"\.\d{7}", content)
    assert max(len(found) for found in re.findall(r"\[-?\d+\.(\d+),", content)) == 6
    for feature in json.loads(content)["features"]:
        for part in shapely.get_parts(shapely.from_geojson(json.dumps(feature["geometry"]))):
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)
            west, south, east, north = part.bounds
            assert -3 < west < east < 0
            assert 52 < south < north < 54


def test_outlines_are_those_of_the_part_that_the_figures_describe(answered: Answer, study: Study) -> None:
    table = made(answered, "density")
    assert set(table.rows["extent"]) == {"whole", "part"}
    for key, land in zip(table.keys, table.rows["area_km2"], strict=True):
        assert table.shapes[key].area / 1e6 == pytest.approx(land, rel=0.02)
    everywhere = made(answer(study, ask(study, by="LEP14", themes=["governance"])), "density")
    sheffield = "E37000040"
    assert sheffield in table.shapes
    assert table.shapes[sheffield].within(everywhere.shapes[sheffield].buffer(1))


def test_tables_of_several_rows_an_area_give_a_feature_for_each(answered: Answer) -> None:
    table = made(answered, "density")
    features = json.loads(to_geojson(table, {}))["features"]
    by_row = {
        (each["properties"]["LEP14CD"], each["properties"]["theme"], each["properties"]["allocation"])
        for each in features
    }
    assert len(features) == len(by_row) == len(table.shapes) * 2 * 3
    assert len({json.dumps(each["geometry"]) for each in features}) == len(table.shapes)


def test_rows_that_close_a_table_have_no_outline_and_are_counted(study: Study) -> None:
    counties = answer(study, ask(study, by="CTY19", themes=["governance"]))
    assert made(counties, "density").left_out == {"outside": 3, "total": 3}
    table = made(counties, "coverage")
    assert table.left_out == {"no area": 1, "total": 1}
    assert len(table.rows) + 2 == len(counties.table("coverage"))
    assert not set(table.rows["CTY19CD"]) & {"no area", "total", "outside"}


def test_pairs_are_refused_with_a_reason(answered: Answer) -> None:
    with pytest.raises(GeoTableError, match=r"pairs of organisations have no outlines → .*overlap"):
        made(answered, "pairs")


def test_blocks_known_by_centroids_are_points_and_their_areas_are_refused(
    answered: Answer, study: Study, tmp_path: Path
) -> None:
    points = replace(study, atlas=replace(study.atlas, outlined=False))
    asked = answer(points, replace(ask(study, themes=["governance"]), method="centroid"))
    with pytest.raises(GeoTableError, match=r"by their centroids alone.* take blocks, which are points"):
        made(asked, "coverage")
    table = made(asked, "blocks")
    found = read_gpkg(to_gpkg(table, describe(asked, "blocks")), tmp_path)
    assert set(found.geom_type) == {"Point"}
    features = json.loads(to_geojson(table, {}))["features"]
    assert {each["geometry"]["type"] for each in features} == {"Point"}
    assert len(features) == len(found) == len(asked.table("blocks"))
    blocks = study.atlas.blocks
    lands = blocks.geometry[found["block"]].to_numpy()
    assert np.mean(shapely.contains(lands, found.geometry.to_numpy())) > 0.95


def test_texts_stay_as_they_are_though_a_spreadsheet_would_run_them(answered: Answer, tmp_path: Path) -> None:
    table = answered.table("organisations")
    hostile = [
        "=HYPERLINK(1)",
        "+1",
        "@x",
        "-2",
        "<script>1</script>",
        "NULL",
        'it\'s "quoted"; DROP TABLE x',
    ]
    table.loc[table.index[: len(hostile)], "organisation"] = hostile
    placed = geo_table(answered, "organisations", table)
    found = read_gpkg(to_gpkg(placed, describe(answered, "organisations")), tmp_path)
    assert list(found["organisation"][: len(hostile)]) == hostile
    features = json.loads(to_geojson(placed, {}))["features"]
    assert [each["properties"]["organisation"] for each in features[: len(hostile)]] == hostile


def test_a_geopackage_is_described_as_a_csv_file_is(answered: Answer, tmp_path: Path) -> None:
    table, about = made(answered, "coverage"), describe(answered, "coverage")
    described = json.loads(describe_layer(table, "c.gpkg", about, {}))
    assert described["url"] == "c.gpkg"
    assert [each["name"] for each in described["tableSchema"]["columns"]] == list(table.rows.columns)
    assert all(each["dc:description"] for each in described["tableSchema"]["columns"])
    assert "dialect" not in described
    path = tmp_path / "c.gpkg"
    path.write_bytes(to_gpkg(table, about))
    said = pyogrio.read_info(path)["layer_metadata"]["DESCRIPTION"]
    assert "Covered does not mean adequate" in said
    assert answered.analysis.study.banner in said


def test_a_table_without_rows_is_a_file_without_features(answered: Answer, tmp_path: Path) -> None:
    empty = geo_table(answered, "gaps", answered.table("gaps").iloc[:0])
    assert json.loads(to_geojson(empty, {}))["features"] == []
    assert len(read_gpkg(to_gpkg(empty, describe(answered, "gaps")), tmp_path)) == 0


@pytest.mark.parametrize("column", ["fid", "FID", "geom"])
def test_a_count_may_be_called_as_a_column_of_the_file(column: str, answered: Answer, tmp_path: Path) -> None:
    table = made(answered, "coverage")
    counted = replace(table, rows=table.rows.assign(**{column: 7.5}))
    found = read_gpkg(to_gpkg(counted, describe(answered, "coverage")), tmp_path)
    assert set(found[column]) == {7.5}
