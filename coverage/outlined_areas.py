"""Service areas drawn as polygons: layers, and tables with a column of well-known text."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from ..boundaries.atlas import CRS
from ..boundaries.errors import Fault
from ..boundaries.raw_layers import RawLayer
from ..boundaries.rings import encode_text
from ..boundaries.shapes import check_shapes
from ..boundaries.sources import Sources, as_texts
from ..boundaries.spelling import tidy
from ..boundaries.vector_files import place
from .references import Found, is_whole, reference_key, refuse_doubles, usable_ids
from .service_area_settings import OutlinesFrom
from .travel_times import check_minutes, travel_id

TOO_LONG: Final = "are the limit"


def read_outlines(
    wanted: OutlinesFrom, seen: dict[str, tuple[str, int]], sources: Sources, faults: list[Fault]
) -> Found:
    """Read polygons that services refer to by an id, or by an origin and minutes.

    Parameters
    ----------
    wanted
        Where they stand, and what their columns are.
    seen
        As for `refuse_doubles`.
    sources
        What they are read with.
    faults
        What is wrong is added to it.

    Returns
    -------
    Found
        Columns of its frame: `id`, `geometry` (polygons and multipolygons, valid, without Z,
        EPSG:27700) and, of travel-time areas, `origin` and `minutes`.
    """
    file = wanted.origin.name
    found: list[Fault] = []
    if wanted.wkt:
        layer = _from_text(wanted, sources, found)
    else:
        layer = sources.outlines(wanted.origin, found, repair=wanted.repair)
    columns = list(filter(None, [wanted.id, wanted.minutes]))
    texts = None if layer is None else as_texts(layer, columns, file, found)
    faults += found
    if layer is None or texts is None:
        return Found(file, whole=False)
    usable = usable_ids(texts[wanted.id], file, faults)
    known = pd.DataFrame({"id": texts[wanted.id].map(tidy)})
    unnamed = known["id"] == ""
    title = ", ".join(columns)
    if wanted.minutes:
        minutes = check_minutes(texts[wanted.minutes], file, faults)
        known = known.assign(origin=known["id"], minutes=minutes)
        known["id"] = [travel_id(*pair) for pair in zip(known["origin"], minutes, strict=True)]
        usable &= minutes.notna()
        unnamed |= minutes.isna()
    usable[usable] = refuse_doubles(known.loc[usable, "id"].rename(title), file, seen, faults)
    number = f"row of {title}"
    given = gpd.GeoDataFrame(
        {title: known["id"], number: known.index}, geometry=layer.geometry.to_numpy(), crs=CRS
    ).set_axis(known.index)[usable]
    areas = check_shapes(given, file=file, code=title, columns=[number], repair=wanted.repair, faults=faults)
    rows = pd.Index([] if areas is None else areas[number], dtype="int64")
    outlines = [] if areas is None else areas.geometry.to_numpy()
    frame = gpd.GeoDataFrame(known.loc[rows], geometry=outlines, crs=CRS)
    spoilt = frozenset(map(reference_key, known["id"].drop(rows)))
    return Found(file, frame, spoilt, is_whole(found) and not unnamed.any())


def _from_text(wanted: OutlinesFrom, sources: Sources, faults: list[Fault]) -> gpd.GeoDataFrame | None:
    """Read a table of well-known text like a layer; its rows are the features."""
    found: list[Fault] = []
    columns = list(filter(None, [wanted.id, wanted.minutes, wanted.wkt]))
    table = sources.table(wanted.origin, columns, [], found)
    remedy = "save the outlines as a GeoPackage"
    faults += [replace(fault, remedy=remedy) if TOO_LONG in fault.reason else fault for fault in found]
    if table is None:
        return None
    outlines = np.array([*map(_binary, table[wanted.wkt]), None], dtype=object)[:-1]
    raw = RawLayer(table.drop(columns=wanted.wkt), outlines, None, numbers=table.index.to_numpy())
    return place(raw, file=wanted.origin.name, crs=wanted.origin.crs, repair=wanted.repair, faults=faults)


def _binary(text: str) -> bytes | None:
    """Well-known binary; None for a blank cell, and empty for what is not read."""
    if not text:
        return None
    try:
        return encode_text(text)
    except (ValueError, TypeError, IndexError):
        return b""
