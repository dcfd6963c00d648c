"""Outlines as a file holds them (WKB), looked at before GEOS does: closed, long enough, finite."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Problem = Literal["not finite", "not closed", "under four points", "unreadable"]

POINT, LINE, POLYGON, COLLECTION = 1, 2, 3, 7
KINDS: Final = {
    "Point": POINT,
    "LineString": LINE,
    "Polygon": POLYGON,
    "MultiPoint": 4,
    "MultiLineString": 5,
    "MultiPolygon": 6,
    "GeometryCollection": COLLECTION,
}
PARTS: Final = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
NAMED: Final = {name.upper(): name for name in KINDS}
TOKEN: Final = re.compile(r"[(),]|[^(),]+")
TAG: Final = re.compile(rf"({'|'.join(KINDS)})\s*(?:Z|M|ZM)?(\s*EMPTY)?", re.IGNORECASE)
EWKB_Z, EWKB_M, EWKB_SRID = 0x80000000, 0x40000000, 0x20000000
UNREADABLE: Final[tuple[Problem, str]] = (
    "unreadable",
    "its outline is damaged, or of a kind that is not read",
)
FEWEST: Final = 4  # points of a ring, the first again as the last


@dataclass(frozen=True)
class RingFault:
    """Something that keeps one feature from GEOS, or did before it was mended.

    Attributes
    ----------
    position
        Of the feature in the array, from 0.
    problem, reason
        Its kind, and what stands there in words.
    mended
        Whether the feature is used all the same: its rings were closed.
    """

    position: int
    problem: Problem
    reason: str
    mended: bool


def decode(
    wkb: npt.NDArray[np.object_], *, close: bool = False
) -> tuple[npt.NDArray[np.object_], list[RingFault]]:
    """Make geometries of well-known binary.

    Parameters
    ----------
    wkb
        Bytes, or None where a feature has no geometry.
    close
        Whether rings of three points and more that do not end where they begin are closed.

    Returns
    -------
    geometries
        Shapely geometries; None where there is none or it cannot be used.
    faults
        At most one for each feature.

    Examples
    --------
    >>> square = encode({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]})
    >>> geometries, faults = decode(np.array([square], dtype=object))
    >>> geometries[0], faults[0].reason
    (None, 'ring 1 begins at (0, 0) and ends at (0, 1)')
    """
    faults: list[RingFault] = []
    usable = wkb.copy()
    for i, data in enumerate(wkb):
        if data is None:
            continue
        try:
            found = _look(data)
        except (struct.error, ValueError, IndexError, RecursionError):
            found = UNREADABLE
        if found is not None:
            mended = close and found[0] == "not closed"
            faults.append(RingFault(i, *found, mended))
            if not mended:
                usable[i] = None
    geometries = shapely.from_wkb(usable, on_invalid="fix")
    lost = np.flatnonzero(shapely.is_missing(geometries) & ~pd.isna(usable))
    faults.extend(RingFault(int(i), *UNREADABLE, False) for i in lost)
    return geometries, sorted(faults, key=lambda fault: fault.position)


def encode(geometry: Mapping[str, Any]) -> bytes:
    """Write a GeoJSON geometry as well-known binary, just as it stands.

    Raises
    ------
    ValueError, TypeError, KeyError
        If it is no GeoJSON geometry.
    """
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return _several(COLLECTION, [encode(part) for part in geometry["geometries"]])
    coordinates = geometry["coordinates"]
    if kind in PARTS:
        parts = [encode({"type": PARTS[kind], "coordinates": part}) for part in coordinates]
        return _several(KINDS[kind], parts)
    if kind == "Polygon":
        rings = [_positions(ring) for ring in coordinates]
        size = min((ring.shape[1] for ring in rings), default=2)
        body = b"".join(struct.pack("<I", len(ring)) + ring[:, :size].tobytes() for ring in rings)
        return _head(POLYGON, size) + struct.pack("<I", len(rings)) + body
    if kind == "LineString":
        line = _positions(coordinates)
        return _head(LINE, line.shape[1]) + struct.pack("<I", len(line)) + line.tobytes()
    if kind == "Point":
        point = _positions([coordinates] if coordinates else [[np.nan, np.nan]])
        return _head(POINT, point.shape[1]) + point.tobytes()
    raise ValueError(f"{kind!r} is no GeoJSON geometry")


def encode_text(text: str) -> bytes:
    """Write well-known text as well-known binary, just as it stands.

    Raises
    ------
    ValueError, TypeError, IndexError
        If it is no text of a point, a line, a polygon, several of them, or a mixture.

    Examples
    --------
    >>> geometries, _ = decode(np.array([encode_text("Polygon ((0 0, 1 0, 1 1, 0 0))")], dtype=object))
    >>> geometries[0].area
    0.5
    """
    found: list[list[Any]] = [[]]
    for token in TOKEN.findall(text):
        words = token.split()
        if token == "(":
            found.append([])
        elif token == ")":
            within = found.pop()
            found[-1].append(within)
        elif name := TAG.fullmatch(token.strip()):
            found[-1].append(NAMED[name[1].upper()])
            found[-1] += [[]] * bool(name[2])
        elif words and token != ",":
            found[-1].append([float(word) for word in words])
    (kind, content), *others = found
    if others or not isinstance(kind, str):
        raise ValueError("brackets do not match")
    return encode(_as_geojson(kind, content))


def _as_geojson(kind: str, content: list[Any]) -> dict[str, Any]:
    if kind == "GeometryCollection":
        parts = zip(content[::2], content[1::2], strict=True)
        return {"type": kind, "geometries": [_as_geojson(*part) for part in parts]}
    return {"type": kind, "coordinates": content[0] if kind == "Point" and content else content}


def _positions(coordinates: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    found = np.array(coordinates, dtype=np.float64)
    if not found.size:
        return np.empty((0, 2))
    if found.ndim != 2 or found.shape[1] < 2:
        raise ValueError("positions are lists of two or three numbers")
    return np.ascontiguousarray(found[:, :3])


def _head(kind: int, size: int) -> bytes:
    return struct.pack("<BI", 1, kind + (1000 if size == 3 else 0))


def _several(kind: int, parts: Sequence[bytes]) -> bytes:
    return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)


def _look(data: bytes) -> tuple[Problem, str] | None:
    """Find the first thing that keeps an outline from GEOS; an open ring comes last."""
    paths: list[tuple[bool, npt.NDArray[np.float64]]] = []
    _walk(data, 0, paths)
    opened: tuple[Problem, str] | None = None
    ring = 0
    for is_ring, path in paths:
        ring += is_ring
        if not np.isfinite(path[:, :2]).all():
            wrong = path[~np.isfinite(path[:, :2]).all(axis=1)][0]
            return "not finite", f"a coordinate is no number: {_spell(wrong)}"
        if not is_ring or not len(path):
            continue
        first, last = path[0, :2], path[-1, :2]
        closed = bool((first == last).all())
        if len(path) < FEWEST - (not closed):
            points = f"{len(path)} point{'s' * (len(path) != 1)}"
            needed = "4 are the fewest, the last being the first again"
            return "under four points", f"ring {ring} has {points}, where {needed}"
        if not closed and opened is None:
            opened = "not closed", f"ring {ring} begins at {_spell(first)} and ends at {_spell(last)}"
    return opened


def _walk(data: bytes, at: int, paths: list[tuple[bool, npt.NDArray[np.float64]]]) -> int:
    """Append every ring (True) and line (False) of the geometry at a byte; give where it ends."""
    order = "<" if data[at] else ">"
    (code,) = struct.unpack_from(f"{order}I", data, at + 1)
    at += 9 if code & EWKB_SRID else 5
    thousands, kind = divmod(code & 0xFFFFFFF, 1000)
    size = 2 + bool(code & EWKB_Z or thousands in (1, 3)) + bool(code & EWKB_M or thousands in (2, 3))
    if kind == POINT:
        return at + 8 * size
    if kind not in KINDS.values():
        raise ValueError(f"well-known binary of kind {code}")
    if kind != LINE:
        (count,) = struct.unpack_from(f"{order}I", data, at)
        at += 4
    if kind not in (LINE, POLYGON):
        for _ in range(count):
            at = _walk(data, at, paths)
        return at
    for _ in range(count if kind == POLYGON else 1):
        (length,) = struct.unpack_from(f"{order}I", data, at)
        path = np.frombuffer(data, dtype=f"{order}f8", count=length * size, offset=at + 4)
        paths.append((kind == POLYGON, path.reshape(-1, size)))
        at += 4 + 8 * length * size
    return at


def _spell(position: npt.NDArray[np.float64]) -> str:
    return f"({', '.join(f'{value:.10g}' for value in position[:2])})"
