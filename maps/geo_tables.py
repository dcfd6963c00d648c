"""Published tables with the outlines of their rows, for a geographic information system."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from pandas.api.types import is_float_dtype, is_numeric_dtype

from ..boundaries.atlas import CRS, Count, united
from ..boundaries.errors import HinterlandError
from ..coverage.answer import Answer
from ..coverage.writing import SHARE_DECIMALS, csvw, records

DECIMALS: Final = 6  # of a degree: about 0.1 m


class GeoTableError(HinterlandError, ValueError):
    """A table whose rows have no outlines."""


@dataclass(frozen=True)
class GeoTable:
    """A table, and where its rows lie.

    Attributes
    ----------
    name
        Of the table and its geography: `coverage_LEP14`.
    rows
        The table's own columns, of the rows that have an outline.
    keys
        For each row the code in `shapes`.
    shapes
        Code → outline, EPSG:27700, of the part that the figures describe.
    left_out
        How many rows have none, by what stands in the column of codes: `total`, `no area`, `outside`.
    """

    name: str
    rows: pd.DataFrame
    keys: pd.Series[str]
    shapes: Mapping[str, shapely.Geometry]
    left_out: Mapping[str, int]


def geo_table(answer: Answer, name: str, table: pd.DataFrame) -> GeoTable:
    """Give the rows of a table their outlines.

    Parameters
    ----------
    answer
        What the table was made from.
    name
        Which it is: any but `pairs`.
    table
        The table: one row an area, or several.

    Raises
    ------
    GeoTableError
        When its rows are no places, or outlines of areas are not known.

    Examples
    --------
    >>> from hinterland.coverage.answer import answer
    >>> from hinterland.coverage.question import ask
    >>> from hinterland.coverage.study import read_study
    >>> study = read_study()
    >>> answered = answer(study, ask(study, by="LEP14", within="D2N2", themes=["governance"]))
    >>> made = geo_table(answered, "coverage", answered.table("coverage"))
    >>> made.name, len(made.rows), made.left_out
    ('coverage_LEP14', 2, {'total': 1})
    """
    atlas, areas = answer.analysis.study.atlas, answer.analysis.areas
    if name == "pairs":
        reason = "pairs of organisations have no outlines"
        raise GeoTableError(f"{reason} → write csv or json, or take overlap, whose rows are areas")
    if name == "blocks":
        keys = table["block"]
        rows = atlas.blocks.index.get_indexer(pd.Index(keys.unique()))
        outlines = atlas.blocks.geometry.to_numpy() if atlas.outlined else shapely.points(atlas.points)
        return GeoTable(name, table, keys, dict(zip(keys.unique(), outlines[rows], strict=True)), {})
    if not atlas.outlined:
        reason = f"its {atlas.block_nouns[1]} are known by their centroids alone, so areas have no outlines"
        remedy = (
            "write csv and join it to outlines of your own by its codes, or take blocks, which are points"
        )
        raise GeoTableError(f"{reason} → {remedy}")
    keys = table[areas.geography.code_column]
    rows = areas.rows.index[: areas.area_count]
    held = areas.matrix.tocsr()
    land = atlas.blocks.geometry.to_numpy()
    wanted = set(keys)
    shapes = {
        code: united(land[held.indices[held.indptr[row] : held.indptr[row + 1]]])
        for row, code in enumerate(rows)
        if code in wanted
    }
    known = keys.isin(shapes.keys())
    left_out = keys[~known].value_counts(sort=False).to_dict()
    return GeoTable(f"{name}_{areas.geography.id}", table[known], keys[known], shapes, left_out)


def to_geojson(made: GeoTable, about: Mapping[str, Any]) -> bytes:
    """Write a table as GeoJSON (RFC 7946): one feature a row, in longitude and latitude (WGS 84).

    Figures, days and missing values are as in JSON; texts are as they are.

    Parameters
    ----------
    made
        The table.
    about
        What is said of it: a member beside the features, which readers pass over.
    """
    to_degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)

    def in_degrees(points: np.ndarray) -> np.ndarray:
        return np.round(np.column_stack(to_degrees.transform(points[:, 0], points[:, 1])), DECIMALS)

    written = {}
    for code, shape in made.shapes.items():
        placed = shapely.remove_repeated_points(shapely.transform(shape, in_degrees))
        written[code] = json.dumps(shapely.geometry.mapping(shapely.orient_polygons(placed)))
    features = []
    for key, row in zip(made.keys, records(made.rows), strict=True):
        properties = json.dumps(row, ensure_ascii=False)
        features.append(f'{{"type": "Feature", "properties": {properties}, "geometry": {written[key]}}}')
    head = f'{{"type": "FeatureCollection", "about": {json.dumps(about, ensure_ascii=False)}, "features": ['
    return (head + "\n" + ",\n".join(features) + "\n]}\n").encode()


def to_gpkg(made: GeoTable, about: Mapping[str, Any]) -> bytes:
    """Write a table as one layer of a GeoPackage, on the National Grid (EPSG:27700).

    Shares have six decimals and days are texts, as in a CSV file; missing values are NULL.

    Parameters
    ----------
    made
        The table.
    about
        What is said of it: `dc:title` and `rdfs:comment` become the description of the layer.
    """
    rows = pd.DataFrame({column: _column(made.rows[column]) for column in made.rows}).reset_index(drop=True)
    outlines = np.array([made.shapes[key] for key in made.keys], dtype=object)
    points = bool(len(outlines)) and outlines[0].geom_type == "Point"
    written = io.BytesIO()
    pyogrio.write_dataframe(
        gpd.GeoDataFrame(rows, geometry=outlines, crs=CRS),
        written,
        driver="GPKG",
        layer=made.name,
        geometry_type="Point" if points else "MultiPolygon",
        promote_to_multi=not points,
        FID=_free("fid", rows),
        GEOMETRY_NAME=_free("geom", rows),
        DESCRIPTION=" ".join([f"{about['dc:title']}.", *about["rdfs:comment"]]),
    )
    return written.getvalue()


def describe_layer(made: GeoTable, file: str, about: Mapping[str, Any], counts: Mapping[str, Count]) -> bytes:
    """Describe a GeoPackage and its columns in the vocabulary that describes CSV files.

    Parameters
    ----------
    made
        The table.
    file
        Name of the GeoPackage.
    about, counts
        As for `coverage.writing.csvw`.
    """
    described = json.loads(csvw(made.rows, file, about, counts))
    del described["dialect"]  # that is of CSV files
    described["dc:format"] = "application/geopackage+sqlite3"
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _free(name: str, rows: pd.DataFrame) -> str:
    """A name for a column of the file's own that none of the table has."""
    taken = {column.casefold() for column in rows}
    while name in taken:
        name += "_"
    return name


def _column(values: pd.Series) -> pd.Series:
    if is_float_dtype(values):
        return values.round(SHARE_DECIMALS)
    if is_numeric_dtype(values):
        return values
    return values.astype(object).where(values.notna(), None)
