"""The National Grid: one way onto it, and what numbers look like that are not on it."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj

from .atlas import CRS

Floats = npt.NDArray[np.float64]
Bounds = tuple[float, float, float, float]  # least x, least y, greatest x, greatest y

WGS84: Final = "EPSG:4326"
OSGB36: Final = 4277  # the National Grid's own latitudes and longitudes
UK_DEGREES: Final = (-9.0, 49.8, 2.1, 61.0)
UK_GRID_M: Final = (-50_000.0, -10_000.0, 700_000.0, 1_260_000.0)
# EPSG's operation 1314, which needs no grid file: within about 5 m of the best transformation.
FROM_DEGREES: Final = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
    "+step +proj=cart +ellps=WGS84 +step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 "
    "+rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 +convention=position_vector "
    "+step +inv +proj=cart +ellps=airy +step +proj=pop +v_3 "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)


class System(NamedTuple):
    """A coordinate reference system, what its numbers are in words, and the United Kingdom in it."""

    epsg: str
    words: str
    uk: Bounds


DEGREES: Final = System(WGS84, "degrees of longitude and latitude", UK_DEGREES)
METRES: Final = (
    System(CRS, "metres of the National Grid", UK_GRID_M),
    System("EPSG:3857", "metres of Web Mercator", (-1.01e6, 6.39e6, 0.24e6, 8.65e6)),
    System("EPSG:3035", "metres of the European grid (ETRS89-LAEA)", (2.9e6, 2.9e6, 3.9e6, 4.4e6)),
)


def to_grid(x: Floats, y: Floats, crs: pyproj.CRS | str) -> tuple[Floats, Floats]:
    """Transform coordinates to EPSG:27700, always by the same operation and without grid files.

    Parameters
    ----------
    x, y
        Easting or longitude, and northing or latitude, whatever the order of axes in `crs`.

    Returns
    -------
    tuple
        Metres; infinite or not a number where a coordinate has no place on the National Grid.

    Examples
    --------
    >>> x, y = to_grid(np.array([-2.0]), np.array([53.0]), "EPSG:4326")
    >>> round(float(x[0])), round(float(y[0]))
    (400097, 344742)
    """
    system = pyproj.CRS(crs).to_2d()
    if system.equals(pyproj.CRS(CRS), ignore_axis_order=True):
        return x, y
    if system.geodetic_crs is not None and system.geodetic_crs.to_epsg() == OSGB36:
        east, north = pyproj.Transformer.from_crs(system, CRS, always_xy=True).transform(x, y)
        return east, north
    if not system.equals(pyproj.CRS(WGS84), ignore_axis_order=True):
        x, y = pyproj.Transformer.from_crs(system, WGS84, always_xy=True).transform(x, y)
    east, north = _from_degrees().transform(x, y)
    return east, north


@cache
def _from_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_pipeline(FROM_DEGREES)


def within(bounds: Bounds, outer: Bounds) -> bool:
    """Whether a rectangle lies in another.

    Examples
    --------
    >>> within((1, 1, 2, 2), (0, 0, 3, 3)), within((1, 1, 4, 2), (0, 0, 3, 3))
    (True, False)
    """
    return outer[0] <= bounds[0] and outer[1] <= bounds[1] and bounds[2] <= outer[2] and bounds[3] <= outer[3]


def looks_like(bounds: Bounds) -> System | None:
    """Say which system numbers look like that are meant to lie in the United Kingdom.

    Examples
    --------
    >>> looks_like((-1.5, 52.7, -1.2, 53.1)).words
    'degrees of longitude and latitude'
    >>> looks_like((430_000, 330_000, 460_000, 360_000)).epsg
    'EPSG:27700'
    """
    if max(map(abs, bounds)) <= 180:
        return DEGREES if within(bounds, DEGREES.uk) else None
    return next((system for system in METRES if within(bounds, system.uk)), None)
