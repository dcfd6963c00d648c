"""Points as texts: eastings and northings, or longitudes and latitudes. Nothing is guessed."""

from __future__ import annotations

import math
import re
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .atlas import CRS
from .errors import Fault
from .grid import DEGREES, METRES, WGS84, Floats, looks_like, to_grid

PointCRS = Literal["EPSG:27700", "EPSG:4326"]

SHORE_M: Final = 1_000  # generalised coasts are off by up to this


AXES: Final = {CRS: ("easting", "northing"), WGS84: ("longitude", "latitude")}

NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+", re.ASCII)
DEGREES_MINUTES: Final = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<sign>[+-])?(?P<degrees>\d+(?:\.\d+)?)"
    r"(?:(?:\s*[°º:]\s*|\s+)(?P<minutes>\d+(?:\.\d+)?))?"
    r"(?:(?:\s*['′’:]\s*|\s+)(?P<seconds>\d+(?:\.\d+)?))?"
    r"\s*[°º'′’\"″”]*\s*(?P<after>[NSEW])?",
    re.ASCII | re.IGNORECASE,
)


class CoordinateError(ValueError):
    """A pair of texts that cannot be read as a place.

    Parameters
    ----------
    reason, remedy
        Why, and what to write instead.
    kind
        `refused` when no reading is possible, `asked` when another than the one written is likely.
    axis
        Which of the two it is about; empty for both.
    """

    def __init__(
        self,
        reason: str,
        remedy: str,
        kind: Literal["refused", "asked"] = "refused",
        axis: Literal["x", "y", ""] = "",
    ) -> None:
        self.reason, self.remedy, self.kind, self.axis = reason, remedy, kind, axis
        super().__init__(f"{reason} → {remedy}")


def parse_point(x_text: str, y_text: str, *, crs: PointCRS) -> tuple[float, float]:
    """Read a point in the United Kingdom from two texts.

    Parameters
    ----------
    x_text, y_text
        Easting and northing in metres, or longitude and latitude in decimal degrees.
    crs
        What they are declared to be.

    Returns
    -------
    tuple of float
        Easting and northing in EPSG:27700, metres.

    Raises
    ------
    CoordinateError
        For anything else, with the reading that is likely where there is one.

    Examples
    --------
    >>> parse_point("457300", "339800", crs="EPSG:27700")
    (457300.0, 339800.0)
    """
    x, y = _numbers(x_text, y_text, crs)
    east, north = to_grid(np.array([x]), np.array([y]), crs)
    return float(east[0]), float(north[0])


def check_points(
    x: pd.Series[str],
    y: pd.Series[str],
    *,
    crs: PointCRS,
    file: str,
    land: gpd.GeoSeries | None = None,
    shore_m: float = SHORE_M,
    faults: list[Fault],
) -> gpd.GeoSeries:
    """Read many points, and report those that cannot be meant.

    Parameters
    ----------
    x, y
        Texts, named as the columns of the file are. Index: the row as a spreadsheet numbers it.
    crs
        What they are declared to be.
    land
        Areas in EPSG:27700 by code: a point further off them than `shore_m` is refused, or asked
        about where another sign or order of its numbers lies on land.
    faults
        Everything found is appended here.

    Returns
    -------
    geopandas.GeoSeries
        The accepted points in EPSG:27700, on the index of `x`.
    """
    numbers: dict[int, tuple[float, float]] = {}
    for row, x_text, y_text in zip(x.index, x, y, strict=True):
        try:
            numbers[row] = _numbers(x_text, y_text, crs)
        except CoordinateError as error:
            columns = {"x": str(x.name), "y": str(y.name), "": f"{x.name}, {y.name}"}
            values = {"x": x_text, "y": y_text, "": f"{x_text}, {y_text}"}
            faults.append(
                Fault(
                    kind=error.kind,
                    file=file,
                    row=row,
                    column=columns[error.axis],
                    value=values[error.axis],
                    reason=error.reason,
                    remedy=error.remedy,
                )
            )
    read = np.array(list(numbers.values())).reshape(-1, 2)
    points = _points(read[:, 0], read[:, 1], crs, list(numbers))
    if land is None or points.empty:
        return points
    found = far_from_land(points, land)
    at_sea = (found["distance_m"] > shore_m).to_numpy()
    if not at_sea.any():
        return points
    off = read[at_sea]
    others = (-off[:, 0], off[:, 1]) if crs == WGS84 else (off[:, 1], off[:, 0])
    on_land = (
        far_from_land(_points(*others, crs, list(range(len(off)))), land)["distance_m"] == 0
    ).to_numpy()
    for i, (row, sea) in enumerate(found[at_sea].iterrows()):
        reason = f"it lies in no area, {sea['distance_m'] / 1000:,.1f} km from the nearest ({sea['nearest']})"
        meant = f"did you mean {_pair(others[0][i], others[1][i], crs)}?"
        faults.append(
            Fault(
                kind="asked" if on_land[i] else "refused",
                file=file,
                row=row,
                column=f"{x.name}, {y.name}",
                value=f"{x[row]}, {y[row]}",
                reason=reason,
                remedy=meant if on_land[i] else "check both numbers",
            )
        )
    return points[~at_sea]


def far_from_land(points: gpd.GeoSeries, land: gpd.GeoSeries) -> pd.DataFrame:
    """Measure how far points lie from the nearest area.

    Parameters
    ----------
    points
        Points in EPSG:27700; none empty or missing.
    land
        Polygons in EPSG:27700 by code.

    Returns
    -------
    pandas.DataFrame
        On the index of `points`: `nearest` (a code) and `distance_m` (0 inside an area).

    Examples
    --------
    >>> land = gpd.GeoSeries({"A": shapely.box(0, 0, 10, 10)})
    >>> far_from_land(gpd.GeoSeries([shapely.Point(13, 14)]), land).values.tolist()
    [['A', 5.0]]
    """
    tree = shapely.STRtree(land.to_numpy())
    pairs, distances = tree.query_nearest(points.to_numpy(), return_distance=True, all_matches=False)
    return pd.DataFrame({"nearest": land.index[pairs[1]], "distance_m": distances}, index=points.index)


def _points(x: Floats, y: Floats, crs: str, index: list[int]) -> gpd.GeoSeries:
    east, north = to_grid(x, y, crs)
    return gpd.GeoSeries(gpd.points_from_xy(east, north), index=index, crs=CRS)


def _numbers(x_text: str, y_text: str, crs: PointCRS) -> tuple[float, float]:
    """Read two numbers that lie in the United Kingdom in `crs`."""
    x_name, y_name = AXES[crs]
    if not x_text.strip() and not y_text.strip():
        raise CoordinateError(f"{x_name} and {y_name} are blank", "write both, or delete the row")
    x, y = _number(x_text, x_name, "x"), _number(y_text, y_name, "y")
    if x == y == 0:
        remedy = "write the place, or leave both blank and delete the row"
        raise CoordinateError("0, 0 is no place here: blanks that became zeros?", remedy)
    here, declared = (x, y, x, y), DEGREES if crs == WGS84 else METRES[0]
    found = looks_like(here)
    if found is declared:
        return x, y
    if found is not None:
        numbers = f"the numbers look like {found.words}, not {declared.words}"
        if found.epsg in AXES:
            raise CoordinateError(numbers, f'declare crs = "{found.epsg}"', "asked")
        raise CoordinateError(numbers, f"convert them from {found.epsg} to {crs}")
    if looks_like((y, x, y, x)) is DEGREES:
        if crs == WGS84:
            meant = _pair(y, x, crs)
            raise CoordinateError("longitude and latitude look swapped", f"did you mean {meant}?", "asked")
        reason = f"the numbers look like latitude and longitude, not {declared.words}"
        raise CoordinateError(reason, f'declare crs = "{WGS84}", longitude first', "asked")
    if crs == WGS84:
        for flipped in ((-x, y), (x, -y)):
            if looks_like((*flipped, *flipped)) is DEGREES:
                reason = "it lies outside the United Kingdom; a sign looks lost"
                raise CoordinateError(reason, f"did you mean {_pair(*flipped, crs)}?", "asked")
    raise CoordinateError("it lies outside the United Kingdom", "check both numbers")


def _number(text: str, name: str, axis: Literal["x", "y"]) -> float:
    clean = text.strip().replace("−", "-")
    degrees = name in AXES[WGS84]
    if NUMBER.fullmatch(clean):
        if math.isfinite(value := float(clean)):
            return value
        raise CoordinateError(f"the {name} is not finite", "write the number", axis=axis)
    if not clean:
        raise CoordinateError(f"the {name} is blank", "write it, or delete the row", axis=axis)
    if not degrees and THOUSANDS.fullmatch(clean):
        meant = clean.replace(",", "")
        raise CoordinateError(f"the {name} has a comma between thousands", f"write {meant}", axis=axis)
    if DECIMAL_COMMA.fullmatch(clean):
        meant = clean.replace(",", ".")
        raise CoordinateError(f"the {name} has a decimal comma", f"write {meant}", axis=axis)
    if degrees and (meant_degrees := _decimal_degrees(clean)) is not None:
        reason = f"the {name} is not in decimal degrees"
        raise CoordinateError(reason, f"write {_plain(meant_degrees)}", axis=axis)
    wanted = "decimal degrees, such as -1.15" if degrees else "metres, such as 457300"
    raise CoordinateError(f"the {name} is not one number", f"write it in {wanted}", axis=axis)


def _decimal_degrees(text: str) -> float | None:
    """Read degrees, minutes, seconds and a hemisphere; None if they are not that."""
    match = DEGREES_MINUTES.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        return None
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    negative = match["sign"] == "-" or (match["before"] or match["after"] or "").upper() in ("S", "W")
    value = float(match["degrees"]) + minutes / 60 + seconds / 3600
    return -value if negative else value


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _pair(x: float, y: float, crs: PointCRS) -> str:
    x_name, y_name = AXES[crs]
    return f"{x_name} {_plain(x)}, {y_name} {_plain(y)}"
