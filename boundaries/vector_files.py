"""Files of outlines: found, read, and brought onto the National Grid."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from .atlas import CRS
from .errors import Fault
from .grid import DEGREES, UK_GRID_M, Bounds, Floats, System, looks_like, to_grid
from .raw_layers import (
    RawLayer,
    UnusableError,
    read_geojson,
    read_geopackage,
    read_parquet,
    read_shapefile,
)
from .rings import RingFault, decode
from .shapes import Outlines, report_some

FORMATS: Final = {
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "shapefile",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
}
STARTS: Final = {
    b"SQLite format 3\0": "GeoPackage",
    b"PAR1": "GeoParquet",
    b"\0\0\x27\x0a": "shapefile",
    b"{": "GeoJSON",
    b"[": "GeoJSON",
    b"PK\x03\x04": "zip archive",
    b"<": "web page or XML",
}
REMEDIES: Final = {
    "not finite": "mend or delete the feature",
    "not closed": "end the ring where it begins, or write repair = true",
    "under four points": "mend or delete the feature",
    "unreadable": "mend or delete the feature",
}


def read_vector(
    path: Path, *, layer: str = "", crs: str = "", repair: bool = False, faults: list[Fault]
) -> gpd.GeoDataFrame | None:
    """Read a layer of outlines that lies in the United Kingdom.

    Parameters
    ----------
    path
        A GeoPackage, shapefile, GeoJSON or GeoParquet file.
    layer
        Which layer of a GeoPackage; needed if it has several.
    crs
        What its coordinates are in, such as `EPSG:27700`, where the file does not say so.
    repair
        Whether rings that do not end where they begin are closed.
    faults
        Everything found is appended here, with the feature's number as row; bad input raises nothing.

    Returns
    -------
    geopandas.GeoDataFrame or None
        In EPSG:27700. Index `feature`: the feature's number in the file, from 1; features whose
        outline cannot be read, or lies elsewhere, are left out. Columns as in the file, texts as
        texts, and `geometry`, which may be missing or invalid. None if the file cannot be used.
    """
    try:
        raw = _load(path, layer)
    except UnusableError as error:
        _stop(error, path.name, faults)
        return None
    return place(raw, file=path.name, crs=crs, repair=repair, faults=faults)


def place(
    raw: RawLayer, *, file: str, crs: str = "", repair: bool = False, faults: list[Fault]
) -> gpd.GeoDataFrame | None:
    """Bring a layer onto the National Grid.

    Parameters
    ----------
    raw
        As its file has it.
    file
        The file's name.
    crs, repair, faults
        As for `read_vector`.

    Returns
    -------
    geopandas.GeoDataFrame or None
        As `read_vector`.
    """
    numbers = np.arange(1, len(raw.outlines) + 1) if raw.numbers is None else raw.numbers
    stop = partial(Fault, file=file)
    try:
        system = _system(raw, crs)
        outlines, broken = decode(raw.outlines, close=repair)
        _report_rings(broken, numbers, file, faults)
        if not len(outlines):
            raise UnusableError("it has no features", "check that it is the file you mean")
        if system is None:
            raise _undeclared(_bounds(shapely.get_coordinates(outlines)), file)
        in_file = raw.crs is not None and raw.crs_written
        strays = _strays(outlines, system, in_file=in_file)
    except UnusableError as error:
        _stop(error, file, faults)
        return None
    faults.extend(stop(kind="noted", reason=reason, remedy=remedy) for reason, remedy in raw.notes)
    if raw.crs is not None and not _same(system, raw.crs):
        reason = (
            f"its format says {_spell(raw.crs)} where the file is silent; read as declared, {_spell(system)}"
        )
        faults.append(stop(kind="noted", reason=reason))
    reason = "it reaches outside the United Kingdom, to x {:.10g}, y {:.10g}"
    refuse = partial(stop, kind="refused", remedy="mend or delete the feature")
    found = [refuse(row=int(numbers[position]), reason=reason.format(*at)) for position, at in strays.items()]
    report_some(found, "reach outside the United Kingdom", faults)
    lost = [fault.position for fault in broken if not fault.mended]
    keep = np.setdiff1d(np.arange(len(outlines)), [*lost, *strays])
    values = raw.values.drop(columns="geometry", errors="ignore").iloc[keep]
    geometry = gpd.GeoSeries(_move(outlines[keep], system), index=values.index, crs=CRS)
    frame = gpd.GeoDataFrame(values, geometry=geometry)
    frame.index = numbers[keep].astype(np.int64)
    return frame.rename_axis(index="feature")


def _stop(error: UnusableError, file: str, faults: list[Fault]) -> None:
    report = partial(Fault, file=file, value=error.value, reason=error.reason, remedy=error.remedy)
    faults.append(report(kind="asked") if error.asked else report(kind="stopped"))


def _load(path: Path, layer: str) -> RawLayer:
    start: bytes | None = None
    try:
        if path.is_file() or not path.exists():
            with path.open("rb") as file:
                start = file.read(64)
    except FileNotFoundError:
        raise UnusableError("no such file", "check its name and folder") from None
    except (OSError, ValueError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise UnusableError(reason, "check its name and permissions") from None
    if start is None:
        raise UnusableError("this is a folder, a device or a pipe", "name the file itself")
    named = FORMATS.get(path.suffix.casefold())
    if named is None:
        readable = ", ".join(FORMATS)
        raise UnusableError(
            f"files of this kind are not read: {path.suffix or 'no ending'}", f"save it as one of {readable}"
        )
    if not start:
        raise UnusableError("the file is empty", "fetch or save it again")
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    held = next(
        (what for sign, what in STARTS.items() if start.startswith(sign) or plain.startswith(sign)), ""
    )
    if held != named:
        reason = f"its name says {named}, its content {f'is a {held}' if held else 'is something else'}"
        raise UnusableError(reason, f"rename or unpack it, or save it as {named} again")
    if named == "GeoPackage":
        return read_geopackage(path, layer)
    if named == "shapefile":
        return read_shapefile(path)
    return read_geojson(path) if named == "GeoJSON" else read_parquet(path)


def _system(raw: RawLayer, declared: str) -> pyproj.CRS | None:
    if not declared:
        if raw.crs is not None and not _usable(raw.crs):
            reason = f"{_spell(raw.crs)} is no system of places on a map of the Earth"
            raise UnusableError(reason, f"save it in {CRS}")
        return raw.crs
    try:
        system = pyproj.CRS(declared)
    except pyproj.exceptions.CRSError:
        system = None
    if system is None or not _usable(system):
        reason = "crs names no known coordinate reference system"
        raise UnusableError(reason, f'write crs = "{CRS}", or another EPSG code', value=declared)
    if raw.crs is not None and raw.crs_written and not _same(system, raw.crs):
        reason = f"it is declared as {_spell(system)}, but the file says {_spell(raw.crs)}"
        raise UnusableError(reason, "take the declaration out, or correct the file")
    return system


def _usable(system: pyproj.CRS) -> bool:
    """Whether coordinates in it can be brought onto the National Grid."""
    try:
        to_grid(np.zeros(1), np.zeros(1), system)
    except pyproj.exceptions.ProjError:
        return False
    return bool(system.is_geographic or system.is_projected)


def _same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    return bool(one.to_2d().equals(other.to_2d(), ignore_axis_order=True))


def _strays(outlines: Outlines, system: pyproj.CRS, *, in_file: bool) -> dict[int, Floats]:
    """Find the features that reach outside the United Kingdom, each with where it first does.

    Raises
    ------
    UnusableError
        If most do; degrees labelled as metres do.
    """
    numbers, owners = shapely.get_coordinates(outlines, return_index=True)
    placed = np.column_stack(to_grid(numbers[:, 0], numbers[:, 1], system))
    least, greatest = np.array(UK_GRID_M).reshape(2, 2)
    inside = np.asarray(((placed >= least) & (placed <= greatest)).all(axis=1))
    if system.is_projected:
        inside &= (np.abs(numbers) > 180).any(axis=1)
    strays, firsts = np.unique(owners[~inside], return_index=True)
    if 2 * len(strays) > len(np.unique(owners)):
        raise _wrong_label(_bounds(numbers), system, in_file=in_file)
    return dict(zip(strays.tolist(), numbers[~inside][firsts], strict=True))


def _bounds(numbers: Floats) -> Bounds:
    """Give the range that all but a few of the numbers lie in."""
    least, greatest = np.quantile(numbers, [0.02, 0.98], axis=0) if len(numbers) else np.zeros((2, 2))
    return (*least.tolist(), *greatest.tolist())


def _look(bounds: Bounds) -> tuple[str, System | None, bool]:
    """Spell numbers, say what they look like, and whether they do so in the other order."""
    x0, y0, x1, y1 = bounds
    spelt = f"x {x0:,.7g} to {x1:,.7g}, y {y0:,.7g} to {y1:,.7g}"
    swapped = looks_like((y0, x0, y1, x1)) is DEGREES
    return spelt, DEGREES if swapped else looks_like(bounds), swapped


def _undeclared(bounds: Bounds, file: str) -> UnusableError:
    spelt, likely, swapped = _look(bounds)
    if swapped:
        return _swapped(spelt)
    where = "there is no .prj beside it" if file.casefold().endswith(".shp") else "the file does not say"
    reason = f"{where}, so it is unknown which coordinate reference system its numbers are in"
    if likely is None:
        return UnusableError(f"{reason}: {spelt}", f'declare it, such as crs = "{CRS}"')
    return UnusableError(f"{reason}; {spelt} look like {likely.words}", f'declare crs = "{likely.epsg}"')


def _swapped(spelt: str) -> UnusableError:
    reason = f"latitude looks to stand before longitude: {spelt}"
    return UnusableError(reason, "save it with longitude first", asked=True)


def _wrong_label(bounds: Bounds, system: pyproj.CRS, *, in_file: bool) -> UnusableError:
    spelt, likely, swapped = _look(bounds)
    if swapped:
        return _swapped(spelt)
    if likely is None:
        reason = f"read as {_spell(system)}, it does not lie in the United Kingdom: {spelt}"
        return UnusableError(reason, "check its coordinate reference system")
    reason = f"{spelt} look like {likely.words}, not {_spell(system)}"
    remedy = f"assign {likely.epsg} to the file, without converting its numbers"
    return UnusableError(reason, remedy if in_file else f'declare crs = "{likely.epsg}"')


def _spell(system: pyproj.CRS) -> str:
    authority = system.to_authority()
    return f"{':'.join(authority)} ({system.name})" if authority else str(system.name)


def _report_rings(
    broken: list[RingFault], numbers: npt.NDArray[np.int64], file: str, faults: list[Fault]
) -> None:
    for problem, remedy in REMEDIES.items():
        for mended in (False, True):
            found = [
                Fault(
                    kind="noted" if mended else "refused",
                    file=file,
                    row=int(numbers[fault.position]),
                    reason=f"{fault.reason}; it was closed" if mended else fault.reason,
                    remedy="" if mended else remedy,
                )
                for fault in broken
                if (fault.problem, fault.mended) == (problem, mended)
            ]
            report_some(found, problem, faults)


def _move(outlines: Outlines, system: pyproj.CRS) -> Outlines:
    """Transform outlines to the National Grid; those with Z values keep them."""
    moved = outlines.copy()
    for rows in (shapely.has_z(outlines), ~shapely.has_z(outlines)):
        if rows.any():
            with_z = bool(shapely.has_z(outlines[rows]).any())
            moved[rows] = shapely.transform(outlines[rows], lambda at: _place(at, system), include_z=with_z)
    return moved


def _place(numbers: Floats, system: pyproj.CRS) -> Floats:
    return np.column_stack([*to_grid(numbers[:, 0], numbers[:, 1], system), *numbers.T[2:]])
