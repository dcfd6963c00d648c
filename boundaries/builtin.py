"""The built-in atlas: England's districts of December 2019, and what they make up."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .arcs import Ring, join
from .atlas import CRS, Atlas, Geography, grouping

DATA: Final = Path(__file__).parent / "data"
GRID_M: Final = 100
RESIDENTS_YEAR: Final = 2019
ATTRIBUTION: Final = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    "Contains OS data © Crown copyright and database right 2019",
)


@cache
def load() -> Atlas:
    """Load England: 321 blocks, the 317 districts of December 2019 and eleven geographies.

    Returns
    -------
    Atlas
        Residents are mid-2019 estimates; outlines are ultra-generalised and kept to the
        nearest 100 m, for drawing and for declared areas, not for measuring. It is loaded once
        and shared: copy its frame before changing it.

    Examples
    --------
    >>> atlas = load()
    >>> d2n2 = atlas.geographies["LEP14"].blocks_of("E37000008")
    >>> len(d2n2), int(atlas.residents[d2n2].sum())
    (17, 2221120)
    """
    table = pd.read_csv(DATA / "blocks.csv", dtype=str, keep_default_na=False, index_col="block")
    blocks = gpd.GeoDataFrame(
        {
            "name": table["LAD19NM"],
            "residents": table["residents"].astype(np.int64),
            "area_km2": table["area_km2"].astype(np.float64),
        },
        geometry=_outlines(list(table.index)),
        index=table.index,
        crs=CRS,
    )
    with open(DATA / "geographies.csv", encoding="utf-8") as file:
        geographies = {row["geography"]: _geography(row, table) for row in csv.DictReader(file)}
    with open(DATA / "aliases.csv", encoding="utf-8") as file:
        aliases = {row["alias"]: row["area"] for row in csv.DictReader(file)}
    over = table[table["LAD19_ended"] != ""]
    ended = {f"LAD19:{row.LAD19CD}": pd.Timestamp(row.LAD19_ended) for row in over.itertuples()}
    return Atlas(blocks, geographies, RESIDENTS_YEAR, ATTRIBUTION, aliases, ended)


def _geography(row: dict[str, str], table: pd.DataFrame) -> Geography:
    triples = [
        (block, code, name)
        for codes, names in zip(row["code_columns"].split(), row["name_columns"].split(), strict=True)
        for block, code, name in zip(table.index, table[codes], table[names], strict=True)
        if code
    ]
    names, membership = grouping(list(table.index), triples)
    nouns = (row["one"], row["many"])
    return Geography(
        row["geography"], row["label"], row["level"], names, membership, row["source"], nouns, row["note"]
    )


def _outlines(blocks: list[str]) -> list[shapely.Geometry]:
    with open(DATA / "arcs.csv", encoding="utf-8") as file:
        steps = [np.array(row["points"].split(), dtype=np.int64) for row in csv.DictReader(file)]
    arcs = [np.cumsum(points.reshape(-1, 2), axis=0).astype(np.float64) * GRID_M for points in steps]
    shapes: dict[str, dict[str, list[Ring]]] = {block: {} for block in blocks}
    with open(DATA / "rings.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ring = tuple(int(arc) for arc in row["arcs"].split())
            shapes[row["block"]].setdefault(row["polygon"], []).append(ring)
    return [join(arcs, tuple(tuple(rings) for rings in shapes[block].values())) for block in blocks]
