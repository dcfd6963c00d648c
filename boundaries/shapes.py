"""Outlines of areas, checked one by one: each valid, of polygons alone, under a code of its own."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from .atlas import CRS
from .errors import Fault, GeometryError
from .spelling import CODE, match_key, near, tidy

Outlines = npt.NDArray[np.object_]

LISTED: Final = 20
MIN_WIDTH_M: Final = 0.01
POLYGON, MULTI_POLYGON, COLLECTION = 3, 6, 7
KINDS: Final = (
    "point",
    "line",
    "ring",
    "polygon",
    "several points",
    "several lines",
    "several polygons",
    "mixture",
)
UNMENDABLE: Final = ("Hole lies outside shell", "a ring stands twice")
MEND: Final = "mend the outline, or delete the feature"


def check_shapes(
    frame: gpd.GeoDataFrame,
    *,
    file: str,
    code: str,
    name: str = "",
    columns: Sequence[str] = (),
    repair: bool = False,
    faults: list[Fault],
) -> gpd.GeoDataFrame | None:
    """Check the outlines of areas one by one, and key them by their codes.

    Parameters
    ----------
    frame
        In EPSG:27700; index: the features' numbers, as `read_vector` gives them.
    file
        What the faults are reported of.
    code, name, columns
        The columns that hold the codes and names, and those to keep beside them; case, spaces,
        hyphens and underscores make no difference.
    repair
        Whether outlines that cross themselves are made valid, which is then noted with the area
        that they then have.
    faults
        Everything found is appended here, with the feature's number as row; after twenty of a
        kind, how many more there are.

    Returns
    -------
    geopandas.GeoDataFrame or None
        The areas that can be used. Index `code` (text, unique). Columns: `name` if asked for,
        `columns` by the names given, and `geometry` (polygons and multipolygons without Z, valid,
        EPSG:27700). None if a column is missing or no area is left.

    Raises
    ------
    GeometryError
        If the frame is not in EPSG:27700, which no input but only a caller can bring about.
    """
    if frame.crs is None or frame.crs.to_epsg() != 27700:
        raise GeometryError(f"outlines are in {frame.crs}; they must be in {CRS}")
    wanted = dict.fromkeys(filter(None, (code, name, *columns)))
    found = {title: _column(frame, title, file, faults) for title in wanted}
    if None in found.values():
        return None
    codes = _codes(frame[found[code]], file, faults)
    kept = {"name": _texts(frame[found[name]])} if name else {}
    kept |= {title: frame[found[title]] for title in columns if title not in kept}
    outlines = _areas(frame.geometry.to_numpy(), codes, frame.index, file, faults)
    outlines = _valid(outlines, codes, repair, file, faults)
    usable = (codes != "") & ~codes.duplicated() & ~shapely.is_missing(outlines)
    if name:
        named = kept["name"] != ""
        column = str(found[name])
        _refuse(frame.index[~named], "the name is blank", "write the name", file, faults, column=column)
        usable &= named
    if not usable.any():
        remedy = "mend what is reported above" if len(frame) else "check that it is the file you mean"
        faults.append(Fault(kind="stopped", file=file, reason="no area in it can be used", remedy=remedy))
        return None
    areas = gpd.GeoDataFrame(kept, geometry=outlines, index=frame.index, crs=CRS)
    return areas.set_axis(codes.rename("code"))[usable.to_numpy()]


def report_some(found: Sequence[Fault], what: str, faults: list[Fault]) -> None:
    """Append faults of one kind: the first twenty, and one that counts the rest.

    Examples
    --------
    >>> faults = []
    >>> found = [Fault(kind="refused", file="a.shp", reason="bent", row=i) for i in range(22)]
    >>> report_some(found, "bent", faults)
    >>> len(faults), str(faults[-1])
    (21, 'a.shp: 2 more features: bent')
    """
    faults.extend(found[:LISTED])
    if rest := found[LISTED:]:
        reason = f"{len(rest):,} more feature{'s' * (len(rest) != 1)}: {what}"
        faults.append(replace(rest[0], row=None, value=None, reason=reason))


def _column(frame: gpd.GeoDataFrame, title: str, file: str, faults: list[Fault]) -> str | None:
    titles = [str(column) for column in frame.columns if column != frame.geometry.name]
    if title in titles:
        return title
    alike = [column for column in titles if match_key(column) == match_key(title)]
    if len(alike) == 1:
        return alike[0]
    report = partial(Fault, kind="asked", file=file, column=title)
    if alike:
        remedy = f"write it just as the file does: {', '.join(alike)}"
        faults.append(report(reason="several columns have this name", remedy=remedy))
        return None
    nearest = near(title, titles, 1)
    question = f"is it the column {nearest[0]!r}? " if nearest else ""
    remedy = f"{question}The file has: {', '.join(titles) or 'no columns'}"
    faults.append(report(reason="this column is missing", remedy=remedy))
    return None


def _texts(values: pd.Series) -> pd.Series:
    """Values as tidied texts; whole numbers without a decimal point, and nothing as an empty text."""

    def spell(value: object) -> str:
        if isinstance(value, str):
            return tidy(value)
        if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
            return ""
        return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)

    return pd.Series([spell(value) for value in values.tolist()], index=values.index, dtype=object)


def _codes(values: pd.Series, file: str, faults: list[Fault]) -> pd.Series:
    codes = _texts(values).map(lambda text: text.upper() if CODE.fullmatch(text.upper()) else text)
    column = str(values.name)
    if any(isinstance(value, (int, float)) for value in values.dropna().tolist()):
        reason = "the codes are stored as numbers: zeros at their front may be lost"
        remedy = "store them as text if the official codes begin with 0"
        faults.append(Fault(kind="noted", file=file, column=column, reason=reason, remedy=remedy))
    blank = codes.index[codes == ""]
    _refuse(blank, "the code is blank", "write the code, or delete the feature", file, faults, column=column)
    again = codes.duplicated() & (codes != "")
    first = {text: number for number, text in reversed([*codes.items()])}
    report = partial(Fault, kind="refused", file=file, column=column)
    remedy = "give each area one feature: join its parts, or mend the code"
    found = [
        report(row=row, value=text, reason=f"feature {first[text]} has this code too", remedy=remedy)
        for row, text in codes[again].items()
    ]
    report_some(found, "their codes stand twice", faults)
    return codes


def _areas(outlines: Outlines, codes: pd.Series, rows: pd.Index, file: str, faults: list[Fault]) -> Outlines:
    """Keep finite polygons without Z; None for everything else, which is reported."""
    kept = outlines.copy()
    refuse = partial(_refuse, file=file, faults=faults, values=codes)
    none = shapely.is_missing(kept)
    refuse(rows[none], "it has no outline", "draw it, or delete the feature")
    empty = shapely.is_empty(kept) & ~none
    refuse(rows[empty], "its outline is empty", "draw it, or delete the feature")
    coordinates, owners = shapely.get_coordinates(kept, return_index=True)
    broken = np.zeros(len(kept), dtype=bool)
    broken[owners[~np.isfinite(coordinates).all(axis=1)]] = True
    refuse(rows[broken], "a coordinate is not a finite number", MEND)
    kept[none | empty | broken] = None

    deep = shapely.has_z(kept) | shapely.has_m(kept)
    if count := int(deep.sum()):
        reason = f"Z or M values of {count:,} feature{'s' * (count != 1)} were dropped"
        faults.append(Fault(kind="noted", file=file, reason=reason))
        kept[deep] = shapely.force_2d(kept[deep])
    kinds = shapely.get_type_id(kept)
    for i in np.flatnonzero(kinds == COLLECTION):
        kept[i] = _polygons_of(kept[i], int(rows[i]), codes.iloc[i], file, faults)
    for kind in sorted(set(kinds) - {-1, POLYGON, MULTI_POLYGON, COLLECTION}):
        refuse(
            rows[kinds == kind], f"it is a {KINDS[kind]}, not an area".replace("a several", "several"), MEND
        )
        kept[kinds == kind] = None
    return kept


def _polygons_of(
    mixture: shapely.Geometry, row: int, code: str, file: str, faults: list[Fault]
) -> shapely.Geometry | None:
    parts = [mixture]
    while any(shapely.get_type_id(part) == COLLECTION for part in parts):
        parts = [inner for part in parts for inner in shapely.get_parts(part)]
    parts = [inner for part in parts for inner in shapely.get_parts(part)]
    areas = [part for part in parts if shapely.get_type_id(part) == POLYGON]
    others = Counter(KINDS[shapely.get_type_id(part)] for part in parts if part not in areas)
    listed = ", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in sorted(others.items()))
    report = partial(Fault, file=file, row=row, value=code)
    if not areas:
        faults.append(report(kind="refused", reason=f"it holds no area, but {listed}", remedy=MEND))
        return None
    if others:
        faults.append(report(kind="noted", reason=f"parts that are no area were left out: {listed}"))
    return shapely.MultiPolygon(areas)


def _valid(outlines: Outlines, codes: pd.Series, repair: bool, file: str, faults: list[Fault]) -> Outlines:
    kept = outlines.copy()
    flat = _narrow(kept)
    reason = "its outline encloses nothing"
    _refuse(codes.index[flat], reason, MEND, file, faults, values=codes)
    kept[flat] = None
    wrong = np.flatnonzero(~shapely.is_valid(kept) & ~shapely.is_missing(kept))
    refused: list[Fault] = []
    mended: list[Fault] = []
    for i in wrong:
        report = partial(Fault, file=file, row=int(codes.index[i]), value=codes.iloc[i])
        reason = _twice(kept[i]) or _spell(shapely.is_valid_reason(kept[i]))
        better = shapely.make_valid(kept[i], method="structure", keep_collapsed=False)
        if not repair or reason.startswith(UNMENDABLE) or _narrow(np.array([better]))[0]:
            remedy = MEND if reason.startswith(UNMENDABLE) else f"{MEND}, or write repair = true"
            refused.append(report(kind="refused", reason=reason, remedy=remedy))
            kept[i] = None
            continue
        done = f"{reason}; repaired: it now has {shapely.area(better) / 1e6:,.6g} km²"
        mended.append(report(kind="noted", reason=done))
        kept[i] = better
    report_some(refused, "their outlines are not valid", faults)
    report_some(mended, "their outlines were repaired", faults)
    return kept


def _narrow(outlines: Outlines) -> npt.NDArray[np.bool_]:
    """Which outlines enclose nothing, to a centimetre of mean width."""
    hulls = shapely.area(shapely.convex_hull(outlines))
    narrow: npt.NDArray[np.bool_] = 2 * hulls <= MIN_WIDTH_M * shapely.length(outlines)
    return narrow


def _twice(outline: shapely.Geometry) -> str:
    """Say which ring of an outline stands in it twice; nothing if none does."""
    rings = shapely.get_rings(shapely.get_parts(outline))
    seen: set[bytes] = set()
    for ring, key in zip(rings, shapely.to_wkb(shapely.normalize(shapely.polygons(rings))), strict=True):
        if key in seen:
            x, y = shapely.get_coordinates(ring)[0]
            return f"a ring stands twice, from ({x:.10g}, {y:.10g})"
        seen.add(key)
    return ""


def _spell(reason: str) -> str:
    """Write GEOS's `Self-intersection[1 1]` as text."""
    what, _, at = reason.rstrip("]").partition("[")
    numbers = ", ".join(f"{float(number):.10g}" for number in at.split())
    return f"{what} at ({numbers})" if numbers else what


def _refuse(
    rows: pd.Index,
    reason: str,
    remedy: str,
    file: str,
    faults: list[Fault],
    *,
    column: str = "",
    values: pd.Series | None = None,
) -> None:
    report = partial(Fault, kind="refused", file=file, column=column, reason=reason, remedy=remedy)
    found = [report(row=int(row), value=None if values is None else values[row]) for row in rows]
    report_some(found, reason, faults)
