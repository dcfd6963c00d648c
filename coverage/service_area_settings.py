"""The `[service_areas]` of a study: which files its catchments, polygons and travel times stand in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, cast, get_args

from ..boundaries.coordinates import PointCRS
from ..boundaries.description import Origin
from ..boundaries.spelling import match_key, near
from ..boundaries.vector_files import FORMATS
from .boundary_settings import CRS
from .cells import CellError
from .drawn import Method
from .radii import parse_radius
from .settings import Settings

SECTION: Final = "service_areas"
METHODS: Final[tuple[Method, ...]] = get_args(Method)
POINT_CRS: Final[tuple[PointCRS, ...]] = get_args(PointCRS)
TABLES: Final = (".csv", ".tsv", ".txt")
TOLERANCE: Final = 0.001
"""Share of a block: where low and high coverage differ by more, shapes are united geometrically."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PointsFrom:
    """Columns of points in a table.

    Attributes
    ----------
    x, y
        Columns of eastings and northings, or of longitudes and latitudes.
    crs
        What they are in.
    """

    x: str
    y: str
    crs: PointCRS


@dataclass(frozen=True, kw_only=True)
class CatchmentsFrom:
    """A table of points with radii.

    Attributes
    ----------
    id
        The column of ids.
    points
        Where they lie; None where `postcode` says it.
    postcode
        The column of outward postcodes; may be empty.
    radius
        The column of radii; empty where `radius_m` is given.
    radius_m
        One radius for all, metres; NaN where there is none.
    """

    file: Path
    id: str
    points: PointsFrom | None
    postcode: str
    radius: str
    radius_m: float


@dataclass(frozen=True, kw_only=True)
class PostcodesFrom:
    """A table of outward postcodes and the point that stands for each."""

    file: Path
    key: str
    points: PointsFrom


@dataclass(frozen=True, kw_only=True)
class OutlinesFrom:
    """Polygons: a layer, or a table with a column of well-known text.

    Attributes
    ----------
    id
        The column of ids; of travel-time areas, the column of origins.
    minutes
        The column of minutes, of travel-time areas; else empty.
    wkt
        The column of well-known text; empty for a layer.
    repair
        Whether invalid outlines are repaired, and reported, instead of refused.
    """

    origin: Origin
    id: str
    minutes: str = ""
    wkt: str = ""
    repair: bool = False


@dataclass(frozen=True, kw_only=True)
class TravelTimesFrom:
    """A table of minutes from origins to blocks."""

    file: Path
    origin: str
    block: str
    minutes: str


@dataclass(frozen=True, kw_only=True)
class ServiceAreasFrom:
    """Where the shapes that services refer to come from, and how they are measured."""

    method: Method = "area"
    tolerance: float = TOLERANCE
    catchments: tuple[CatchmentsFrom, ...] = ()
    postcodes: PostcodesFrom | None = None
    polygons: tuple[OutlinesFrom, ...] = ()
    isochrones: tuple[OutlinesFrom, ...] = ()
    travel_times: tuple[TravelTimesFrom, ...] = ()


def read_service_area_settings(settings: Settings, folder: Path) -> ServiceAreasFrom:
    """Read what a study says of its service areas.

    Parameters
    ----------
    settings
        Of the study. What is wrong is reported, and a table that is wrong left out: the section is
        then among `settings.incomplete`.
    folder
        Which its file names start from.
    """
    before = len(settings.faults)
    postcodes = _each(settings, folder, "postcodes", _postcodes)
    has_postcodes = bool(settings.parts[f"{SECTION}.postcodes"]) or SECTION in settings.incomplete
    found = ServiceAreasFrom(
        method=_method(settings),
        tolerance=_tolerance(settings),
        catchments=_each(settings, folder, "catchments", partial(_catchments, has_postcodes=has_postcodes)),
        postcodes=postcodes[0] if postcodes else None,
        polygons=_each(settings, folder, "polygons", partial(_outlines, column="id")),
        isochrones=_each(settings, folder, "isochrones", partial(_outlines, column="origin")),
        travel_times=_each(settings, folder, "travel_times", _travel_times),
    )
    wrong = any(fault.kind != "noted" for fault in settings.faults[before:])
    if wrong or any(part.startswith(f"{SECTION}.") for part, _ in settings.spoilt):
        settings.incomplete.add(SECTION)
    return found


def _method(settings: Settings) -> Method:
    given = _own(settings).get("method", "area")
    if given not in METHODS:
        meant = " or ".join(f'"{method}"' for method in near(given, METHODS, 1) or METHODS)
        remedy = f"write method = {meant}"
        settings.report("no method is called so", remedy, "method", given, part=(SECTION, 0))
        return "area"
    return cast(Method, given)


def _tolerance(settings: Settings) -> float:
    given = float(_own(settings).get("tolerance", TOLERANCE))
    if not 0 <= given <= 1:
        reason, remedy = "a share of a block lies between 0 and 1", f"write tolerance = {TOLERANCE}"
        settings.report(reason, remedy, "tolerance", f"{given:g}", part=(SECTION, 0))
        return TOLERANCE
    return given


def _own(settings: Settings) -> dict[str, Any]:
    return (settings.sections or {})[SECTION]


class _Table:
    """One table of a part: its keys, and where what is wrong with them is reported."""

    def __init__(self, settings: Settings, folder: Path, part: tuple[str, int]) -> None:
        self.settings, self.folder, self.part = settings, folder, part
        self.keys = settings.parts[part[0]][part[1]]

    def text(self, key: str, default: str = "") -> str:
        return str(self.keys.get(key, default))

    def required(self, key: str, example: str) -> str:
        if key not in self.keys:
            self.report(f"it has no {key}", f"name {example}")
        return self.text(key)

    def file(self) -> Path:
        return self.folder / self.required("file", 'the file: file = "…"')

    def points(self) -> PointsFrom:
        x, y = (self.required(axis, f'the column: {axis} = "…"') for axis in ("x", "y"))
        if x and x.casefold() == y.casefold():
            self.report("x and y are one column", "name the column of each", "y", y)
        return PointsFrom(x=x, y=y, crs=self.point_crs())

    def point_crs(self) -> PointCRS:
        crs = self.text("crs")
        if crs not in POINT_CRS:
            remedy = 'write crs = "EPSG:27700" for eastings and northings, "EPSG:4326" for degrees'
            reason = "points are not read in this" if crs else "it is not known what x and y are in"
            self.report(reason, remedy, "crs" if crs else "", crs or None)
        return cast(PointCRS, crs)

    def report(self, reason: str, remedy: str, key: str = "", value: str | None = None) -> None:
        self.settings.report(reason, remedy, key, value, part=self.part)


def _each(settings: Settings, folder: Path, kind: str, read: Callable[[_Table], T]) -> tuple[T, ...]:
    """Read the tables of a part, and leave out those in which anything is wrong."""
    part = f"{SECTION}.{kind}"
    found = []
    for number in range(len(settings.parts[part])):
        before = len(settings.faults)
        if (part, number) not in settings.spoilt:
            one = read(_Table(settings, folder, (part, number)))
            if all(fault.kind == "noted" for fault in settings.faults[before:]):
                found.append(one)
    return tuple(found)


def _catchments(table: _Table, *, has_postcodes: bool) -> CatchmentsFrom:
    by_point = [key for key in ("x", "y", "crs") if key in table.keys]
    postcode = table.text("postcode")
    if postcode and by_point:
        remedy = "take out postcode, or x, y and crs"
        table.report("a place is a point or a postcode, not both", remedy, "postcode", postcode)
    elif postcode and not has_postcodes:
        remedy = "add [service_areas.postcodes] with file, key, x, y and crs"
        table.report("nothing says where postcodes lie", remedy, "postcode", postcode)
    elif not postcode and not by_point:
        table.report("it has no x and y", 'name their columns: x = "easting", y = "northing", with crs')
    within = table.text("within")
    if within and "radius" in table.keys:
        table.report("radius and within exclude each other", "take one of them out", "within", within)
    return CatchmentsFrom(
        file=table.file(),
        id=table.text("id", "id"),
        points=table.points() if by_point and not postcode else None,
        postcode=postcode,
        radius="" if within else table.text("radius", "radius"),
        radius_m=_within(table, within) if within else math.nan,
    )


def _within(table: _Table, text: str) -> float:
    try:
        radius_m, unit = parse_radius(text)
    except CellError as error:
        table.settings.report(error.reason, error.remedy, "within", text, error.kind, part=table.part)
        return math.nan
    if unit != "metres":
        reason = f"converted to {radius_m:,.10g} m"
        table.settings.report(reason, "", "within", text, "noted", part=table.part)
    return radius_m


def _postcodes(table: _Table) -> PostcodesFrom:
    key = table.required("key", 'the column of outward postcodes: key = "postcode"')
    return PostcodesFrom(file=table.file(), key=key, points=table.points())


def _outlines(table: _Table, *, column: Literal["id", "origin"]) -> OutlinesFrom:
    file, wkt, crs = table.file(), table.text("wkt"), table.text("crs")
    is_table = file.suffix.casefold() in TABLES
    if crs and not CRS.fullmatch(crs):
        remedy = 'write EPSG and a number: "EPSG:27700" for the National Grid'
        table.report("this is no coordinate reference system", remedy, "crs", crs)
    if is_table and not wkt:
        table.report("a table has no outlines", 'name its column of well-known text: wkt = "…"', "file")
    if is_table and not crs:
        remedy = 'add a line: crs = "EPSG:27700" for metres of the National Grid, "EPSG:4326" for degrees'
        table.report("well-known text does not say what its numbers are in", remedy)
    if wkt and not is_table and table.text("file"):
        table.report("only a table has well-known text", "take it out", "wkt", wkt)
    if is_table and table.text("layer"):
        table.report("a table has no layers", "take it out", "layer", table.text("layer"))
    elif table.text("layer") and file.suffix.casefold() in FORMATS and file.suffix.casefold() != ".gpkg":
        table.report("only a GeoPackage has layers", "take it out", "layer", table.text("layer"))
    named = (
        table.text(column, "id")
        if column == "id"
        else table.required(column, 'the column of origins: origin = "from"')
    )
    if wkt and match_key(wkt) == match_key(named):
        table.report(f"{column} and wkt are one column", "name the column of each", "wkt", wkt)
    return OutlinesFrom(
        origin=Origin(file=file, layer=table.text("layer"), crs=crs),
        id=named,
        minutes=table.text("minutes", "minutes") if column == "origin" else "",
        wkt=wkt,
        repair=bool(table.keys.get("repair", False)),
    )


def _travel_times(table: _Table) -> TravelTimesFrom:
    return TravelTimesFrom(
        file=table.file(),
        origin=table.required("origin", 'the column of origins: origin = "from"'),
        block=table.required("block", 'the column of block codes: block = "LSOA11CD"'),
        minutes=table.text("minutes", "minutes"),
    )
