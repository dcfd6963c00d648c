"""Reading building blocks: outlines, or population-weighted centroids alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import builtin
from .atlas import CRS, united
from .coordinates import PointCRS, check_points
from .description import BlocksFrom, Described, Origin, Words
from .errors import Fault
from .figures import report_first, some, tidy_codes
from .names import NATIONS
from .neighbours import check_neighbours
from .shapes import check_shapes
from .sources import Sources, as_texts
from .spelling import CODE

TABLES: Final = (".csv", ".tsv", ".txt")
AROUND_M: Final = 5_000  # how far beyond the outermost centroids land is drawn
SPOT_M: Final = 100
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
        (metres, EPSG:27700), figures once they are read, `geometry` (EPSG:27700).
    words
        What they are called.
    centroid
        What `x` and `y` are, in words.
    outlined
        Whether their outlines are real, so that land can be measured and cut.
    file
        What they were read from.
    own
        Columns of that file, every cell as text: first the codes, then what other parts ask for.
        Index: its rows or features, as messages number them.
    generalisation
        BFC, BFE, BGC, BSC or BUC, where it is known.
    drawn
        Whether the outlines are simple enough to be drawn as they are.
    """

    frame: gpd.GeoDataFrame
    words: Words
    centroid: str
    outlined: bool
    file: str
    own: pd.DataFrame
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
        None where none can be used.
    """
    wanted = described.blocks
    assert wanted is not None
    file = wanted.origin.name
    columns = _columns(wanted, described)
    with_point = [*columns, wanted.x, wanted.y] if wanted.x else columns
    outlined = False
    if wanted.origin.file is not None and wanted.origin.file.suffix.casefold() in TABLES:
        own = sources.table(wanted.origin, with_point, [], faults)
        if own is None:
            return None
        own = _tidied(own, wanted)
        in_degrees = wanted.origin.crs == "EPSG:4326"
        frame = _from_points(wanted, own, own[[wanted.x, wanted.y]], faults, in_degrees=in_degrees)
    else:
        raw = sources.outlines(wanted.origin, faults, repair=wanted.repair)
        if raw is None:
            return None
        outlined = not (raw.geometry.geom_type.dropna() == "Point").all()
        own = as_texts(raw, with_point if outlined else columns, file, faults)
        if own is None:
            return None
        own = _tidied(own, wanted)
        if outlined:
            frame = _from_outlines(wanted, own, raw, faults)
        else:
            frame = _from_points(wanted, own, _coordinates(raw, file, faults), faults)
    if frame is None:
        return None
    own = own.loc[own[wanted.code].isin(frame.index), columns].drop_duplicates(wanted.code)
    centroid = WEIGHTED if not outlined or wanted.x else POINT_INSIDE
    fine = wanted.generalisation or sources.generalisation(wanted.origin)
    return Blocks(frame, wanted.words, centroid, outlined, file, own, fine)


def table_of(
    blocks: Blocks,
    origin: Origin | None,
    key: str,
    columns: Sequence[str],
    sources: Sources,
    faults: list[Fault],
) -> pd.DataFrame | None:
    """Read a table that says something of codes.

    Parameters
    ----------
    blocks
        Whose own file is meant where no other is named.
    origin
        A file or a layer; None for the blocks' own.
    key, columns
        The column of codes, and those to give beside it.
    sources
        What files and layers are read with.
    faults
        What is wrong is added to it.

    Returns
    -------
    pandas.DataFrame or None
        First the codes, tidied; then the columns in the order given, as text. Index: rows or
        features, as messages number them. None where it cannot be used.
    """
    if origin is None:
        return blocks.own[[blocks.own.columns[0], *columns]]
    found = sources.table(origin, [key, *columns], [], faults)
    return None if found is None else found.assign(**{key: tidy_codes(found[key])})[[key, *columns]]


def _columns(wanted: BlocksFrom, described: Described) -> list[str]:
    """Which columns of the blocks' file are read as text, the codes first."""
    figures = [described.residents, *described.counts]
    numbers = [figure.column for figure in figures if figure and figure.origin is None]
    own = [lookup for lookup in described.lookups if lookup.origin is None]
    areas = [column for lookup in own for column in (*lookup.codes, *lookup.names)]
    return list(dict.fromkeys(filter(None, [wanted.code, wanted.name, *numbers, *areas])))


def _tidied(own: pd.DataFrame, wanted: BlocksFrom) -> pd.DataFrame:
    return own.assign(**{wanted.code: tidy_codes(own[wanted.code])})


def _coordinates(raw: gpd.GeoDataFrame, file: str, faults: list[Fault]) -> pd.DataFrame:
    """Eastings and northings of a layer's points, as texts."""
    points = raw.geometry.to_numpy()
    missing = raw.index[shapely.is_missing(points) | shapely.is_empty(points)]
    refuse = partial(Fault, kind="refused", file=file, reason="it has no point")
    report_first([refuse(row=int(row), remedy="add it, or delete the feature") for row in missing], faults)
    at = pd.DataFrame({"x": shapely.get_x(points), "y": shapely.get_y(points)}, index=raw.index)
    return at.drop(missing).astype(str)


def _from_points(
    wanted: BlocksFrom,
    own: pd.DataFrame,
    at: pd.DataFrame,
    faults: list[Fault],
    *,
    in_degrees: bool = False,
) -> gpd.GeoDataFrame | None:
    table = _with_unique_codes(own.loc[at.index], wanted, faults)
    x, y = (at.loc[table.index].iloc[:, axis] for axis in (0, 1))
    crs: PointCRS = "EPSG:4326" if in_degrees else "EPSG:27700"
    land = builtin.load().blocks.geometry
    points = check_points(x, y, crs=crs, file=wanted.origin.name, land=land, faults=faults)
    table = table.loc[points.index]
    if table.empty:
        faults.append(_none_left(wanted))
        return None
    names = table[wanted.name or wanted.code]
    columns = {"name": names.where(names != "", table[wanted.code]), "area_km2": np.nan}
    frame = pd.DataFrame(columns).assign(x=points.x, y=points.y)
    frame = frame.set_axis(pd.Index(table[wanted.code], name="block")).sort_index()
    return gpd.GeoDataFrame(frame, geometry=_cells(frame), crs=CRS)


def _with_unique_codes(table: pd.DataFrame, wanted: BlocksFrom, faults: list[Fault]) -> pd.DataFrame:
    """Rows of blocks in England; blank codes and those that stand twice are refused."""
    report = partial(Fault, kind="refused", file=wanted.origin.name, column=wanted.code)
    codes = table[wanted.code]
    blank = codes.index[codes == ""]
    if len(blank):
        reason = f"the code is blank in {len(blank):,} rows: {some(blank)}"
        faults.append(report(row=int(blank[0]), reason=reason, remedy="write the codes"))
    again = codes.duplicated() & (codes != "")
    first = codes.drop_duplicates().reset_index().set_index(wanted.code).iloc[:, 0]
    remedy = "codes have to be unique: keep one"
    found = [
        report(row=int(row), value=code, reason=f"row {first[code]} has this code too", remedy=remedy)
        for row, code in codes[again].items()
    ]
    report_first(found, faults)
    table = table[(codes != "") & ~again]
    return table[_in_england(table[wanted.code], wanted, faults)]


def _from_outlines(
    wanted: BlocksFrom, own: pd.DataFrame, raw: gpd.GeoDataFrame, faults: list[Fault]
) -> gpd.GeoDataFrame | None:
    file = wanted.origin.name
    areas = check_shapes(
        raw, file=file, code=wanted.code, name=wanted.name, repair=wanted.repair, faults=faults
    )
    if areas is None:
        return None
    areas = areas[_in_england(areas.index.to_series(), wanted, faults)].sort_index()
    if areas.empty:
        faults.append(_none_left(wanted))
        return None
    check_neighbours(areas, file=file, overlaps_allowed=False, remedy="mend the outlines", faults=faults)
    inside = areas.geometry.representative_point()
    if wanted.x:
        rows = own[own[wanted.code].isin(areas.index)].drop_duplicates(wanted.code)
        x, y = rows[wanted.x], rows[wanted.y]
        points = check_points(x, y, crs="EPSG:27700", file=file, land=areas.geometry, faults=faults)
        inside[rows.loc[points.index, wanted.code]] = points.to_numpy()
    names = areas["name"] if wanted.name else areas.index
    return gpd.GeoDataFrame(
        {"name": names, "area_km2": areas.area / 1e6, "x": inside.x, "y": inside.y},
        geometry=areas.geometry,
    ).rename_axis("block")


def _in_england(codes: pd.Series[str], wanted: BlocksFrom, faults: list[Fault]) -> pd.Series[bool]:
    """Which codes are not of another nation; those that are, are counted."""
    nations = codes.where(codes.str.fullmatch(CODE), "").str[:1].map(NATIONS)
    for nation, count in nations.value_counts(sort=False).items():
        reason = f"{count:,} blocks are outside England ({nation}): left out"
        faults.append(Fault(kind="noted", file=wanted.origin.name, reason=reason))
    return nations.isna()


def _none_left(wanted: BlocksFrom) -> Fault:
    reason, remedy = "no block of England is left in it", "check that it is the file you mean"
    return Fault(kind="stopped", file=wanted.origin.name, reason=reason, remedy=remedy)


def _cells(frame: pd.DataFrame) -> np.ndarray:
    """Land nearer to each centroid than to any other, in districts that hold any: for drawing only.

    A centroid just off the generalised coast keeps a spot around it.
    """
    at = frame[["x", "y"]].round()
    while (again := at.duplicated()).any():
        at.loc[again, "x"] += 1  # a cell needs a place of its own
    places = shapely.points(at["x"], at["y"])
    points = shapely.multipoints(places)
    districts = builtin.load().blocks.geometry.to_numpy()
    holding = np.unique(shapely.STRtree(places).query(districts, predicate="intersects")[0])
    land = united(districts[holding] if len(holding) else districts)
    around = shapely.intersection(land, shapely.buffer(shapely.envelope(points), AROUND_M))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=around, ordered=True))
    shapely.prepare(around)
    crossing = np.flatnonzero(~shapely.contains_properly(around, cells))
    for i, land in zip(crossing, shapely.intersection(cells[crossing], around), strict=True):
        inside = land_of(land)
        spot = shapely.buffer(places[i], SPOT_M)
        cells[i] = shapely.intersection(cells[i], spot) if inside.is_empty else inside
    return np.asarray(cells)


def land_of(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a geometry, without the lines and points where outlines touch.

    Examples
    --------
    >>> touching = shapely.union(shapely.box(0, 0, 1, 1), shapely.Point(2, 2))
    >>> land_of(touching).geom_type
    'MultiPolygon'
    """
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
