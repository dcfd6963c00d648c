"""What is read from the copy of a layer."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hinterland.boundaries import ons as ons_module
from hinterland.boundaries.ons import fetch, read_copy
from hinterland.boundaries.server import OnsError
from hinterland.boundaries.store import Store

from .fault_server import serving
from .small_layer import get, layer_of, without_proxies_or_long_pauses


@pytest.fixture(autouse=True)
def direct_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies_or_long_pauses(monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def test_outlines_are_read_with_their_holes_and_parts(store: Store) -> None:
    with serving() as server:
        frame = read_copy(get(server, store), layer_of(server))
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs == "EPSG:27700"
    shapes = frame.set_index("LAD23CD").geometry
    assert shapes["E07000001"].equals(shapely.box(450_100, 300_000, 450_200, 300_100))
    assert [len(shape.interiors) for shape in shapes[["E07000002", "E07000003"]]] == [0, 1]
    assert dict(shapes.area[["E07000001", "E07000003", "E07000005"]]) == {
        "E07000001": 10_000,
        "E07000003": 9_900,
        "E07000005": 12_500,
    }
    assert len(shapes["E07000005"].geoms) == 2


def test_numbers_stay_whole_and_nulls_missing(store: Store) -> None:
    with serving() as server:
        frame = read_copy(get(server, store), layer_of(server))
    assert list(frame.columns) == [
        "OBJECTID",
        "LAD23CD",
        "LAD23NM",
        "residents",
        "share",
        "counted",
        "geometry",
    ]
    assert frame["residents"].dtype == "Int64"
    assert frame["residents"].isna().sum() == frame["share"].isna().sum() == 1
    assert (frame["residents"][0], frame["share"][0]) == (1001, 0.25)
    assert pd.api.types.is_string_dtype(frame["LAD23CD"])
    assert frame["counted"][0] == pd.Timestamp("2023-11-14 22:13:20", tz="UTC")


def test_a_large_layer_is_read_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        copy, layer = get(server, store), layer_of(server)
    whole = read_copy(copy, layer)
    for rows in (1, 7, 25):
        monkeypatch.setattr(ons_module, "BATCH_ROWS", rows)
        pd.testing.assert_frame_equal(read_copy(copy, layer), whole)


def test_a_table_that_was_kept_is_not_taken_for_outlines(store: Store) -> None:
    with serving() as server:
        copy = fetch(layer_of(server, kind="lookup"), store)
    with pytest.raises(OnsError, match="of SMALL_BGC holds no outlines → get it again"):
        read_copy(copy, layer_of(server))


def test_text_in_a_column_of_numbers_is_refused(store: Store) -> None:
    with serving() as server:
        server.rows[1]["attributes"]["residents"] = "many"
        copy = get(server, store)
    with pytest.raises(OnsError, match="column residents does not hold Integer"):
        read_copy(copy, layer_of(server))


def test_centroids_are_points(store: Store) -> None:
    with serving() as server:
        for row in server.rows:
            row["geometry"] = {"x": 450_000 + row["attributes"]["OBJECTID"], "y": 300_000}
        server.shape = "esriGeometryPoint"
        layer = layer_of(server, kind="centroids")
        frame = read_copy(fetch(layer, store), layer)
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.geometry[24].equals(shapely.Point(450_025, 300_000))


def test_a_lookup_is_a_table_of_texts_whose_codes_may_repeat(store: Store) -> None:
    with serving() as server:
        for row in server.rows:
            row["attributes"]["LAD23CD"] = "E07000001"
            del row["geometry"]
        layer = layer_of(server, kind="lookup", codes=("LAD23CD", "RESIDENTS"))
        frame = read_copy(fetch(layer, store), layer)
    assert not isinstance(frame, gpd.GeoDataFrame)
    assert frame["LAD23CD"].nunique() == 1
    assert (frame["residents"][0], frame["residents"].isna().sum()) == ("1001", 1)
    assert server.asked[-2]["returnGeometry"] == "false"
