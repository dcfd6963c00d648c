"""Reading building blocks: outlines, or population-weighted centroids alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import builtin
from .atlas import CRS
from .coordinates import PointCRS, check_points
from .description import BlocksFrom, Described, Words
from .errors import Fault
from .figures import some, tidy_codes
from .names import NATIONS
from .neighbours import check_neighbours
from .shapes import check_shapes
from .sources import Sources
from .spelling import CODE

TABLES: Final = (".csv", ".tsv", ".txt")
AROUND_M: Final = 5_000  # how far beyond the outermost centroids land is drawn
POINT_INSIDE: Final = "a point inside its outline"
WEIGHTED: Final = "its population-weighted centroid"
"""How a block's centroid is spoken of."""


@dataclass(frozen=True)
class Blocks:
    """Building blocks as they were read.

    Attributes
    ----------
    frame
        Index: codes, sorted. Columns: `name`, `area_km2` (NaN where land is not measured), `x` and `y`
        (metres, EPSG:27700), further columns as asked for, `geometry` (EPSG:27700).
    words
        What they are called.
    centroid
        What `x` and `y` are, in words.
    outlined
        Whether their outlines are real, so that land can be measured and cut.
    generalisation
        BFC, BFE, BGC, BSC or BUC, where it is known.
    drawn
        Whether the outlines are simple enough to be drawn as they are.
    """

    frame: gpd.GeoDataFrame
    words: Words
    centroid: str
    outlined: bool
    generalisation: str = ""
    drawn: bool = False


def read_blocks(described: Described, sources: Sources, faults: list[Fault]) -> Blocks | None:
    """Read the building blocks of a study.

    Parameters
    ----------
    described
        Where they stand, and which of their columns other parts ask for.
    sources
        What files and layers are read with.
    faults
        What is wrong is added to it. Blocks outside England are left out, counted by nation.

    Returns
    -------
    Blocks or None
    """
    wanted = described.blocks
    assert wanted is not None
    columns = _further_columns(described)
    if wanted.origin.file is not None and wanted.origin.file.suffix.casefold() in TABLES:
        frame = _from_table(wanted, columns, sources, faults)
        outlined = False
    else:
        raw = sources.outlines(wanted.origin, faults, repair=wanted.repair)
        if raw is None:
            return None
        outlined = not (raw.geometry.geom_type == "Point").all()
        frame = (
            _from_outlines(wanted, raw, columns, faults)
            if outlined
            else _from_points(wanted, raw, columns, faults)
        )
    if frame is None:
        return None
    centroid = WEIGHTED if not outlined or wanted.x else POINT_INSIDE
    fine = sources.generalisation(wanted.origin)
    return Blocks(frame, wanted.words, centroid, outlined, fine)


def _further_columns(described: Described) -> list[str]:
    figures = [described.residents, *described.counts]
    columns = [figure.column for figure in figures if figure and figure.origin is None]
    own = [lookup for lookup in described.lookups if lookup.origin is None]
    return list(dict.fromkeys([*columns, *(c for lookup in own for c in (*lookup.codes, *lookup.names))]))


def _from_table(
    wanted: BlocksFrom, columns: list[str], sources: Sources, faults: list[Fault]
) -> gpd.GeoDataFrame | None:
    named = [wanted.name] if wanted.name else []
    table = sources.table(wanted.origin, [wanted.code, wanted.x, wanted.y, *named, *columns], [], faults)
    if table is None:
        return None
    crs: PointCRS = "EPSG:4326" if wanted.origin.crs == "EPSG:4326" else "EPSG:27700"
    table = _with_unique_codes(table, wanted, faults)
    points = check_points(
        table[wanted.x],
        table[wanted.y],
        crs=crs,
        file=wanted.origin.name,
        land=builtin.load().blocks.geometry,
        faults=faults,
    )
    return _point_blocks(table.loc[points.index], points, wanted, columns)


def _from_points(
    wanted: BlocksFrom, raw: gpd.GeoDataFrame, columns: list[str], faults: list[Fault]
) -> gpd.GeoDataFrame | None:
    known = {column.casefold(): column for column in raw.columns}
    asked = [wanted.code, *([wanted.name] if wanted.name else []), *columns]
    missing = [column for column in asked if column.casefold() not in known]
    for column in missing:
        remedy = f"the layer has {', '.join(raw.columns.drop('geometry'))}"
        fault = Fault(
            kind="asked",
            file=wanted.origin.name,
            column=column,
            reason="this column is missing",
            remedy=remedy,
        )
        faults.append(fault)
    if missing:
        return None
    table = pd.DataFrame({c: raw[known[c.casefold()]].astype("string").fillna("").astype(str) for c in asked})
    table.index = pd.RangeIndex(1, len(table) + 1)
    table = _with_unique_codes(table, wanted, faults)
    points = raw.geometry.set_axis(pd.RangeIndex(1, len(raw) + 1)).loc[table.index]
    return _point_blocks(table, points, wanted, columns)


def _with_unique_codes(table: pd.DataFrame, wanted: BlocksFrom, faults: list[Fault]) -> pd.DataFrame:
    """Rows of blocks in England; blank codes and those that stand twice are refused."""
    report = partial(Fault, kind="refused", file=wanted.origin.name, column=wanted.code)
    table = table.assign(**{wanted.code: tidy_codes(table[wanted.code])})
    for code, rows in table.groupby(wanted.code).groups.items():
        if not code:
            reason, remedy = f"the code is blank in {len(rows)} rows", "write the codes"
            faults.append(report(row=int(rows[0]), reason=reason, remedy=remedy))
        elif len(rows) > 1:
            reason, remedy = f"this code stands in rows {some(rows)}", "codes have to be unique: keep one"
            faults.append(report(row=int(rows[1]), value=str(code), reason=reason, remedy=remedy))
    table = table[table[wanted.code] != ""].drop_duplicates(wanted.code)
    return table[_in_england(table[wanted.code], wanted, faults)]


def _point_blocks(
    table: pd.DataFrame, points: gpd.GeoSeries, wanted: BlocksFrom, columns: list[str]
) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(table[columns]).assign(
        name=table[wanted.name] if wanted.name else table[wanted.code],
        area_km2=np.nan,
        x=points.x,
        y=points.y,
    )
    frame.index = pd.Index(table[wanted.code], name="block")
    frame = frame.sort_index()
    return gpd.GeoDataFrame(frame, geometry=_cells(frame), crs=CRS)


def _from_outlines(
    wanted: BlocksFrom, raw: gpd.GeoDataFrame, columns: list[str], faults: list[Fault]
) -> gpd.GeoDataFrame | None:
    centroid = [wanted.x, wanted.y] if wanted.x else []
    found = check_shapes(
        raw,
        file=wanted.origin.name,
        code=wanted.code,
        name=wanted.name,
        columns=[*columns, *centroid],
        repair=wanted.repair,
        faults=faults,
    )
    if found is None:
        return None
    found = found[_in_england(found.index.to_series(), wanted, faults)].sort_index()
    check_neighbours(found, file=wanted.origin.name, overlaps_allowed=False, faults=faults)
    inside = found.geometry.representative_point()
    if wanted.x:
        texts = found[[wanted.x, wanted.y]].astype(str).set_axis(pd.RangeIndex(1, len(found) + 1))
        points = check_points(
            texts[wanted.x], texts[wanted.y], crs="EPSG:27700", file=wanted.origin.name, faults=faults
        )
        inside.iloc[points.index - 1] = points.to_numpy()
    found = found.assign(area_km2=found.area / 1e6, x=inside.x, y=inside.y)
    found.index.name = "block"
    return found


def _in_england(codes: pd.Series[str], wanted: BlocksFrom, faults: list[Fault]) -> pd.Series[bool]:
    """Which codes are not of another nation; those that are, are counted."""
    elsewhere = codes.str[:1].isin(list(NATIONS)) & codes.map(lambda code: bool(CODE.fullmatch(code)))
    for letter, nation in NATIONS.items():
        here = codes[elsewhere & codes.str.startswith(letter)]
        if len(here):
            reason = f"{len(here):,} blocks are outside England ({nation}): left out"
            faults.append(Fault(kind="noted", file=wanted.origin.name, reason=reason))
    return ~elsewhere


def _cells(frame: pd.DataFrame) -> np.ndarray:
    """Land nearer to each centroid than to any other, inside England: for drawing only."""
    points = shapely.multipoints(shapely.points(frame["x"], frame["y"]))
    england = shapely.coverage_union_all(builtin.load().blocks.geometry.to_numpy())
    around = shapely.intersection(england, shapely.buffer(shapely.envelope(points), AROUND_M))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=around, ordered=True))
    return np.asarray(shapely.intersection(cells, around, grid_size=1.0))
