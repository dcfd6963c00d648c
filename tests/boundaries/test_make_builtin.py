"""The built-in tables can be made again, byte for byte, from the open files that they go back to."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hinterland.boundaries.builtin import DATA
from hinterland.boundaries.make_builtin import make_blocks, make_outlines, write


@pytest.fixture(scope="module")
def blocks(reference: Path) -> pd.DataFrame:
    return make_blocks(reference)


@pytest.fixture(scope="module")
def made(reference: Path, blocks: pd.DataFrame) -> gpd.GeoSeries:
    return make_outlines(reference, blocks)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, blocks: pd.DataFrame, made: gpd.GeoSeries) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write(folder, blocks, made)
    return folder


@pytest.mark.parametrize("table", ["blocks.csv", "arcs.csv", "rings.csv"])
def test_the_table_that_ships_is_rebuilt_byte_for_byte(folder: Path, table: str) -> None:
    assert (folder / table).read_bytes() == (DATA / table).read_bytes()


def test_the_blocks_are_sorted_by_region_county_and_code(blocks: pd.DataFrame) -> None:
    assert blocks.index.is_unique
    keys = list(zip(blocks["RGN19CD"], blocks["CTYUA19CD"], blocks.index, strict=True))
    assert keys == sorted(keys)


def test_the_outlines_are_a_valid_coverage_of_the_blocks_on_the_grid(
    blocks: pd.DataFrame, made: gpd.GeoSeries
) -> None:
    shapes = made.to_numpy()
    assert list(made.index) == list(blocks.index)
    assert made.crs.to_epsg() == 27700
    assert set(shapely.get_precision(shapes)) == {0}
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_coordinates(shapes) % 100 == 0).all()


def test_tables_hold_no_empty_cell_where_a_code_has_a_name(blocks: pd.DataFrame) -> None:
    codes = [column for column in blocks.columns if column.endswith(("CD", "CD1", "CD2"))]
    assert len(codes) == 13
    for code in codes:
        name = code.replace("CD", "NM")
        assert (blocks[code].eq("") == blocks[name].eq("")).all(), code
