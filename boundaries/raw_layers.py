"""A layer as its file has it, before anything is judged: GeoPackage, shapefile, GeoJSON, GeoParquet."""

from __future__ import annotations

import importlib
import json
import sqlite3
import struct
import warnings
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyproj

from .rings import encode
from .spelling import near

RFC_7946: Final = "OGC:CRS84"  # what GeoJSON without a `crs` is in: WGS84, longitude first
SAVE_AGAIN: Final = "save it again"
CUT_OFF: Final = "fetch or save it again: it was cut off or damaged"
ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)  # of a GeoPackage's outline, by the kind of its envelope
CURVES: Final = {8, 9, 10, 11, 12, 13, 14}  # kinds of well-known binary that hold arcs
ARC_STEP: Final = "a chord for every 4° of arc, so at most 0.06% of its radius off it"  # GDAL's own
SHAPES_WITH_M: Final = {21, 23, 25, 28}


@dataclass(frozen=True)
class RawLayer:
    """The features of one layer, in the order of the file.

    Attributes
    ----------
    values
        A row for each feature; its columns as the file names them.
    outlines
        Well-known binary; None where a feature has no geometry, empty where it has no readable one.
    crs
        What the file says that its coordinates are in.
    crs_written
        Whether it says so itself, and not by the rule of its format.
    notes
        What was lost in the reading: a reason and a remedy, which may be empty.
    numbers
        What messages call the features; None where they count from 1.
    """

    values: pd.DataFrame
    outlines: npt.NDArray[np.object_]
    crs: pyproj.CRS | None
    crs_written: bool = True
    notes: list[tuple[str, str]] = field(default_factory=list)
    numbers: npt.NDArray[np.int64] | None = None


class UnusableError(ValueError):
    """A file of which nothing can be used.

    Parameters
    ----------
    reason, remedy
        Why, and what to do next.
    asked
        Whether it is for the user to choose.
    value
        What is wrong, where it is short.
    """

    def __init__(self, reason: str, remedy: str, *, asked: bool = False, value: str | None = None) -> None:
        self.reason, self.remedy, self.asked, self.value = reason, remedy, asked, value
        super().__init__(f"{reason} → {remedy}")


def read_geopackage(path: Path, layer: str = "") -> RawLayer:
    """Read a layer of a GeoPackage; arcs become chords, and M values are lost.

    Raises
    ------
    UnusableError
        If the file is damaged, has no layer with outlines, or several and none is named.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are heard when the layer is read
            names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except pyogrio.errors.DataSourceError:
        raise UnusableError("the GeoPackage is damaged", CUT_OFF) from None
    if not names:
        raise UnusableError("it has no layer with outlines", "check that it is the file you mean")
    if layer and layer not in names:
        nearest = near(layer, names, 1)
        question = f"did you mean {nearest[0]}? " if nearest else ""
        remedy = f"{question}Its layers: {', '.join(names)}"
        raise UnusableError("it has no layer of this name", remedy, asked=True, value=layer)
    if not layer and len(names) > 1:
        remedy = f"name one: {', '.join(names)}"
        raise UnusableError(f"it has {len(names)} layers", remedy, asked=True)
    kinds = _geopackage_kinds(path, layer or names[0])
    raw = _read_with_gdal(path, layer or names[0])
    if len(raw.values) != len(kinds):
        reason = f"{len(kinds):,} features are stored, but {len(raw.values):,} could be read"
        raise UnusableError(reason, SAVE_AGAIN)
    curved = sum(kind % 1000 in CURVES for kind in kinds)
    measured = sum(kind // 1000 in (2, 3) for kind in kinds)
    if curved:
        raw.notes.append((f"curves of {_features(curved)} were made straight: {ARC_STEP}", ""))
    if measured:
        raw.notes.append((f"M values of {_features(measured)} were dropped", ""))
    return raw


def _geopackage_kinds(path: Path, layer: str) -> list[int]:
    """Check the database, and give the kind of each feature's outline as stored; 0 for none."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            if file.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise UnusableError("the GeoPackage is damaged", CUT_OFF)
            query = "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)"
            (column,) = file.execute(query, [layer]).fetchone()
            names = [name.replace('"', '""') for name in (column, layer)]
            heads = file.execute('SELECT substr("{}", 1, 77) FROM "{}"'.format(*names)).fetchall()
    except sqlite3.DatabaseError:
        raise UnusableError("the GeoPackage is damaged", CUT_OFF) from None
    return [_kind(head) for (head,) in heads]


def _kind(head: bytes | None) -> int:
    envelope = head[3] >> 1 & 7 if head is not None and len(head) > 3 else len(ENVELOPE_BYTES)
    if head is None or envelope >= len(ENVELOPE_BYTES):
        return 0
    at = 8 + ENVELOPE_BYTES[envelope]
    if len(head) < at + 5:
        return 0
    return int(struct.unpack_from("<I" if head[at] else ">I", head, at + 1)[0])


def read_shapefile(path: Path) -> RawLayer:
    """Read a shapefile with the files that stand beside it.

    Raises
    ------
    UnusableError
        If one of them is missing or cut off, or they do not belong together.
    """
    beside = {file.suffix.casefold(): file for file in path.parent.iterdir() if file.stem == path.stem}
    needed = {".shx": "where each outline begins", ".dbf": "names and codes"}
    missing = [f"{path.stem}{suffix} ({what})" for suffix, what in needed.items() if suffix not in beside]
    if missing:
        reason = f"beside it is missing: {', '.join(missing)}"
        raise UnusableError(reason, "copy every file of the shapefile into one folder")
    with path.open("rb") as file:
        head = file.read(100)
    with beside[".dbf"].open("rb") as file:
        rows, before, width = struct.unpack("<IHH", file.read(12)[4:].ljust(8, b"\0"))
    stored = 2 * struct.unpack(">I", head[24:28].ljust(4, b"\0"))[0]
    if path.stat().st_size < stored or len(head) < 100:
        raise UnusableError(f"the file is shorter than it says: {stored:,} bytes", CUT_OFF)
    if beside[".dbf"].stat().st_size < before + rows * width:
        raise UnusableError(f"{path.stem}.dbf is shorter than it says: {rows:,} rows", CUT_OFF)
    outlines = (beside[".shx"].stat().st_size - 100) // 8
    if outlines != rows:
        reason = f"{path.stem}.dbf has {rows:,} rows, {path.stem}.shx has {outlines:,} outlines"
        raise UnusableError(reason, "copy the files of one shapefile together again")
    raw = _read_with_gdal(path, None)
    if struct.unpack("<I", head[32:36])[0] in SHAPES_WITH_M:
        raw.notes.append((f"M values of {_features(len(raw.values))} were dropped", ""))
    return raw


def _read_with_gdal(path: Path, layer: str | None) -> RawLayer:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            meta, _, outlines, values = pyogrio.raw.read(path, layer=layer)
        except RuntimeError as error:  # as all errors of pyogrio are
            reason = f"it cannot be read: {str(error).splitlines()[0]}"
            raise UnusableError(reason, SAVE_AGAIN) from None
        except Exception:  # its own slips, as over a .prj that is not text
            reason = "it cannot be read: it, or a file that belongs to it, is damaged"
            raise UnusableError(reason, SAVE_AGAIN) from None
    if outlines is None:
        raise UnusableError("it has no outlines", "check that it is the file you mean")
    heard = {str(warning.message).splitlines()[0] for warning in said}
    notes = [(text, "") for text in sorted(heard) if not text.startswith("Non closed ring")]
    frame = pd.DataFrame(dict(zip(meta["fields"], values, strict=True)), index=range(len(outlines)))
    return RawLayer(frame, outlines, _known(meta["crs"]), notes=notes)


def _known(crs: str | None) -> pyproj.CRS | None:
    """Read what GDAL says; None for nothing and for a plane without a place on the Earth."""
    try:
        system = pyproj.CRS(crs) if crs else None
    except pyproj.exceptions.CRSError:
        return None
    return None if system is None or system.is_engineering else system


def read_parquet(path: Path) -> RawLayer:
    """Read a GeoParquet file, with pyarrow.

    Raises
    ------
    UnusableError
        If pyarrow is not installed, the file is damaged, or its outlines are not in WKB.
    """
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        reason = "GeoParquet needs pyarrow, which is not installed"
        raise UnusableError(reason, 'pip install "hinterland[parquet]", or save it as GeoPackage') from None
    try:
        table = parquet.ParquetFile(path).read()
        table.validate(full=True)
    except (OSError, ValueError):
        raise UnusableError("the Parquet file is damaged", CUT_OFF) from None
    try:
        about = json.loads((table.schema.metadata or {})[b"geo"])
        column = about["primary_column"]
        described = about["columns"][column]
        system = described.get("crs", RFC_7946)
        crs = None if system is None else pyproj.CRS(system)
        encoding = described["encoding"]
        if not str(table.schema.field(column).type).endswith("binary"):
            raise ValueError(f"{column} holds no bytes")
    except (KeyError, TypeError, ValueError, pyproj.exceptions.CRSError):
        raise UnusableError("a Parquet table without outlines", "save it as GeoParquet") from None
    if encoding != "WKB":
        raise UnusableError(f"its outlines are encoded as {encoding}", "save it as GeoParquet with WKB")
    try:
        outlines = np.array([*table[column].to_pylist(), None], dtype=object)[:-1]
        values = table.drop([column]).to_pandas(ignore_metadata=True)
    except ValueError:
        raise UnusableError("the Parquet file is damaged", CUT_OFF) from None
    return RawLayer(values, outlines, crs)


def read_geojson(path: Path) -> RawLayer:
    """Read a collection of features, or one feature, just as it stands.

    GDAL is not asked: it drops open rings, and says so once for a whole file.

    Raises
    ------
    UnusableError
        If it is cut off, or something else.
    """
    remedy = "save it as GeoJSON again"
    try:
        text = path.read_bytes().decode("utf-8-sig")
        content = json.loads(text)
    except UnicodeDecodeError:
        raise UnusableError("the text is not UTF-8", remedy) from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise UnusableError(f"the file ends in the middle, on line {error.lineno}", CUT_OFF) from None
        reason = f"not GeoJSON: {error.msg} on line {error.lineno}, column {error.colno}"
        raise UnusableError(reason, remedy) from None
    except RecursionError:
        raise UnusableError("not GeoJSON: it is nested too deeply", remedy) from None
    features = _geojson_features(content)
    outlines = np.array([_outline(feature.get("geometry")) for feature in features], dtype=object)
    rows = [properties if isinstance(properties := f.get("properties"), dict) else {} for f in features]
    values = pd.DataFrame(rows, index=range(len(rows)), dtype=object)
    return RawLayer(values, outlines, _geojson_crs(content), "crs" in content)


def _geojson_features(content: Any) -> list[dict[str, Any]]:
    known: dict[str, Any] = content if isinstance(content, dict) else {}
    found = [known] if known.get("type") == "Feature" else known.get("features")
    if known.get("type") == "Topology":
        raise UnusableError("TopoJSON, not GeoJSON", "save it as GeoJSON")
    if "geometryType" in known and isinstance(found, list):
        raise UnusableError("Esri's own JSON, not GeoJSON", "fetch it with f=geojson")
    if not isinstance(found, list) or not all(isinstance(feature, dict) for feature in found):
        raise UnusableError("not GeoJSON: it is no collection of features", "check that it is the right file")
    return found


def _geojson_crs(content: Mapping[str, Any]) -> pyproj.CRS | None:
    if "crs" not in content:
        return pyproj.CRS(RFC_7946)
    try:
        return pyproj.CRS(content["crs"]["properties"]["name"])
    except (TypeError, KeyError, pyproj.exceptions.CRSError):
        return None


def _outline(geometry: Any) -> bytes | None:
    if geometry is None:
        return None
    try:
        return encode(geometry)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        return b""


def _features(count: int) -> str:
    return f"{count:,} feature{'s' * (count != 1)}"
