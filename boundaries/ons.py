"""Downloading layers of the ONS Open Geography Portal: every row, or a refusal that says why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from .atlas import CRS
from .errors import shorten
from .layers import Layer
from .server import Answer, OnsError, Query, Server, UnreachableError, connected
from .store import FOLDER_VARIABLE, Copy, Store, StoreError

SRID: Final = 27700  # the National Grid, as Esri numbers it
EMPTY_PAGES: Final = 5  # in a row
PAGE_ROWS: Final = 1000  # where a server does not say how many it gives at once
BATCH_ROWS: Final = 2000  # read at once: GDAL needs a dozen times the size of their text
SHAPES: Final = {"outlines": ("esriGeometryPolygon", "rings"), "centroids": ("esriGeometryPoint", "x")}
WHOLE: Final = ("OID", "SmallInteger", "Integer", "BigInteger")
REAL: Final = ("Single", "Double")


def fetch(
    layer: Layer,
    store: Store,
    *,
    offline: bool = False,
    pinned: str = "",
    deadline_s: float = 900,
    page_timeout_s: float = 30,
    progress: Callable[[int, int], None] = lambda received, promised: None,
) -> Copy:
    """Download a layer and keep it; if its server is out of reach, give the newest copy that is kept.

    Parameters
    ----------
    layer
        Which.
    store
        Where copies are kept. It changes only when all rows have come.
    offline
        Take what is kept, and ask no server.
    pinned
        The sha256 that the copy must have. One that is kept is given at once.
    deadline_s
        Seconds for the whole download, waiting included.
    page_timeout_s
        Seconds that the server may be silent for.
    progress
        Told how many rows have come, and how many were promised.

    Returns
    -------
    Copy
        Its `note` says why, where it was not downloaded now.

    Raises
    ------
    OnsError
        When what came is not all that was promised, or not what was pinned; or nothing came, and
        no copy is kept. What is kept stays.
    StoreError
        When fewer rows came than are kept, or the copy that is kept is damaged.
    OutputError
        When the cache cannot be written to.
    """
    kept = [copy for copy in store.copies(layer.id) if copy.url == layer.url]
    with suppress(StoreError):
        if pinned and (copy := store.newest(layer.id, url=layer.url, sha256=pinned)):
            return replace(copy, note=f"{copy.of_date}, as pinned")
    if offline:
        return _fall_back(layer, store, pinned, "no server was to be asked (offline)")
    try:
        with connected(deadline_s, page_timeout_s) as server:
            content, count = _download(server, layer, progress)
        digest = hashlib.sha256(content).hexdigest()
        if pinned not in ("", digest):
            raise OnsError(f"sha256 {pinned} is pinned, {digest} came")
    except UnreachableError as error:
        return _fall_back(layer, store, pinned, str(error))
    except OnsError as error:
        stands = f"; the {kept[0].of_date} was kept" if kept else ""
        raise OnsError(f"{layer.id}: {error}{stands}") from None
    return store.add(layer, content, count, fewer=bool(pinned))


def read_copy(copy: Copy, layer: Layer) -> pd.DataFrame:
    """Read a copy of a layer.

    Returns
    -------
    geopandas.GeoDataFrame or pandas.DataFrame
        Outlines and centroids with their geometry in EPSG:27700, lookups without. Columns keep
        their names and order; codes and names are text, whole numbers `Int64`, other numbers
        `float64`, dates in UTC, all else text. Nulls are missing.

    Raises
    ------
    StoreError
        When the copy is damaged.
    OnsError
        When it does not hold what its columns say.
    """
    head, *rows, _, _ = copy.read().split(b"\n")
    about = json.loads(head + b"]}")
    shape = SHAPES[layer.kind][0] if layer.kind != "lookup" else None
    if shape not in (None, about.get("geometryType")):
        raise OnsError(f"the {copy.of_date} of {layer.id} holds no {layer.kind} → get it again")
    frames = [
        _frame(layer, about["fields"], head + b"".join(rows[start : start + BATCH_ROWS]).rstrip(b",") + b"]}")
        for start in range(0, len(rows), BATCH_ROWS)
    ]
    return pd.concat(frames, ignore_index=True)


def _frame(layer: Layer, columns: list[Answer], document: bytes) -> pd.DataFrame:
    rows = [feature["attributes"] for feature in json.loads(document)["features"]]
    texts = {name.casefold() for name in (*layer.codes, *layer.names)}
    series = {}
    for column in columns:
        name, kind = column["name"], column["type"].removeprefix("esriFieldType")
        values = [row.get(name) for row in rows]
        try:
            series[name] = _column(values, "" if name.casefold() in texts else kind)
        except (TypeError, ValueError) as error:
            raise OnsError(f"{layer.id}: column {name} does not hold {kind}: {error}") from None
    frame = pd.DataFrame(series)
    if layer.kind == "lookup":
        return frame
    shapes = pyogrio.read_dataframe(document, columns=[])
    if shapes.crs != CRS:
        raise OnsError(f"{layer.id} is in {shapes.crs}; it must be in {CRS}")
    return gpd.GeoDataFrame(frame, geometry=shapes.geometry.to_numpy(), crs=CRS)


def _column(values: list[Any], kind: str) -> pd.Series:
    if kind in WHOLE:
        return pd.Series(values, dtype="Int64")
    if kind in REAL:
        return pd.Series(values, dtype="float64")
    if kind == "Date":
        return pd.to_datetime(pd.Series(values, dtype="Int64"), unit="ms", utc=True)
    return pd.Series([None if value is None else str(value) for value in values], dtype="string")


def _fall_back(layer: Layer, store: Store, pinned: str, reason: str) -> Copy:
    try:
        if copy := store.newest(layer.id, url=layer.url, sha256=pinned):
            return replace(copy, note=f"{copy.of_date}, because: {reason}")
        other = store.newest(layer.id, url=layer.url)
    except StoreError as error:
        raise StoreError(f"{layer.id}: {reason}; {error}", error.last_good) from None
    lack = f"no copy is in {store.folder}"
    if other:
        lack = f"the {other.of_date} has sha256 {other.sha256}, where {pinned} is pinned"
    raise OnsError(
        f"{layer.id} cannot be had: {reason}; {lack} → get it where there is a network, and copy that "
        f"cache folder here (or name it in the environment variable {FOLDER_VARIABLE})"
    )


def _download(server: Server, layer: Layer, progress: Callable[[int, int], None]) -> tuple[bytes, int]:
    """Give a layer as one Esri JSON document, and its number of rows."""

    def ask(**query: str | int) -> Answer:
        every: Query = {"where": "1=1", "outFields": "*", "outSR": SRID, "f": "json"}
        shape = "false" if layer.kind == "lookup" else "true"
        return server.get(f"{layer.url}/query", {**every, "returnGeometry": shape, **query})

    about = server.get(layer.url, {"f": "json"})
    key = _object_id(about)
    promised = _count(ask)
    if layer.expected not in (None, promised):
        remedy = "if that is right, say so in a list of layers of your own"
        raise OnsError(f"{layer.expected:,} rows are expected, {promised:,} promised → {remedy}")
    most = about.get("maxRecordCount")
    size = most if isinstance(most, int) and most > 0 else PAGE_ROWS
    advanced = about.get("advancedQueryCapabilities") or {}
    in_pages = advanced.get("supportsPagination", about.get("supportsPagination", False))

    rows = _Rows(layer, key, promised)
    progress(0, promised)
    try:
        for page in (_by_offset if in_pages else _by_object_id)(ask, key, promised, size):
            rows.take(page)
            progress(len(rows.texts), promised)
        counted = _count(ask)
    except OnsError as error:
        raise type(error)(f"{promised:,} promised, {len(rows.texts):,} came, then: {error}") from None
    if len(rows.texts) != promised:
        raise OnsError(f"{promised:,} promised, {len(rows.texts):,} came")
    if counted != promised:
        reason = f"{promised:,} promised at first, {counted:,} at the end: it changed meanwhile"
        raise OnsError(f"{reason} → try again")
    return rows.document(), promised


def _object_id(about: Answer) -> str:
    named = about.get("objectIdField") or next(
        (one["name"] for one in about.get("fields") or () if one.get("type") == "esriFieldTypeOID"), None
    )
    if not isinstance(named, str):
        raise OnsError("the layer names no object id, without which rows cannot be told apart")
    return named


def _count(ask: Callable[..., Answer]) -> int:
    count = ask(returnCountOnly="true").get("count")
    if not isinstance(count, int) or count < 1:
        raise OnsError(f"a number of rows was asked for, {count!r} came")
    return count


def _by_offset(ask: Callable[..., Answer], key: str, promised: int, size: int) -> Iterator[Answer]:
    """Ask for page after page; the number promised decides, whatever a server says of more to come."""
    received, empty, more = 0, 0, False
    while received < promised or more:
        page = ask(orderByFields=f"{key} ASC", resultOffset=received, resultRecordCount=size)
        more = bool(page.get("exceededTransferLimit"))
        if page.get("features") == []:
            empty += 1
            if not more or empty > EMPTY_PAGES:
                return
            continue
        empty = 0
        yield page
        received += len(page["features"])


def _by_object_id(ask: Callable[..., Answer], key: str, promised: int, size: int) -> Iterator[Answer]:
    """Ask for range after range of object ids, where a server has no pages."""
    listed = ask(returnIdsOnly="true").get("objectIds")
    if not isinstance(listed, list) or not all(isinstance(one, int) for one in listed):
        raise OnsError(f"object ids were asked for, {shorten(json.dumps(listed))} came")
    ids = sorted(set(listed))
    if len(ids) != promised:
        raise OnsError(f"{len(ids):,} object ids were listed")
    for start in range(0, promised, size):
        first, last = ids[start], ids[min(start + size, promised) - 1]
        yield ask(where=f"{key}>={first} AND {key}<={last}")


@dataclass
class _Rows:
    """The rows that have come, each checked."""

    layer: Layer
    key: str
    promised: int
    texts: dict[int, str] = field(default_factory=dict)  # object id → the row as JSON
    head: Answer = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)  # code → object id

    def take(self, page: Answer) -> None:
        """Take over a page of rows, or refuse it."""
        try:
            head = self._head(page)
            if self.head not in ({}, head):
                raise OnsError("a page with other columns, or of another shape")
            self.head = head
            names = {one["name"].casefold(): one["name"] for one in head["fields"]}
            repeated = [one for one in page["features"] if not self._take_row(one, names)]
        except (AttributeError, KeyError, TypeError, ValueError):
            words = shorten(json.dumps(page))
            raise OnsError(f"something else than rows came: {words!r}") from None
        if repeated:
            first = repeated[0]["attributes"][names[self.key.casefold()]]
            raise OnsError(f"{len(repeated):,} rows came again (the first has {self.key} {first})")
        if len(self.texts) > self.promised:
            raise OnsError("more rows than were promised")

    def document(self) -> bytes:
        """The rows as one Esri JSON document in the order of their object ids, each on a line."""
        head = _compact(self.head)
        rows = ",\n".join(self.texts[one] for one in sorted(self.texts))
        return f'{head[:-1]},"features":[\n{rows}\n]}}\n'.encode()

    def _head(self, page: Answer) -> Answer:
        columns = [{"name": one["name"], "type": one["type"]} for one in page["fields"]]
        names = {one["name"].casefold() for one in columns}
        missing = [
            one for one in (self.key, *self.layer.codes, *self.layer.names) if one.casefold() not in names
        ]
        if missing:
            has = ", ".join(one["name"] for one in columns)
            raise OnsError(f"there is no column {', '.join(missing)}; there are {has}")
        if self.layer.kind == "lookup":
            return {"fields": columns}
        system, shape = page.get("spatialReference") or {}, SHAPES[self.layer.kind][0]
        if SRID not in (system.get("wkid"), system.get("latestWkid")):
            raise OnsError(f"EPSG:{SRID} was asked for, {_compact(system)} came")
        if page.get("geometryType") != shape:
            raise OnsError(f"{self.layer.kind} are {shape}, {page.get('geometryType')} came")
        return {"fields": columns, "geometryType": shape, "spatialReference": {"wkid": SRID}}

    def _take_row(self, feature: Answer, names: Mapping[str, str]) -> bool:
        """Take over one row; False if it came before."""
        attributes = feature["attributes"]
        at = attributes[names[self.key.casefold()]]
        if not isinstance(at, int):
            raise OnsError(f"{self.key} is {at!r}, no whole number")
        if at in self.texts:
            return False
        row = {"attributes": attributes}
        if self.layer.kind != "lookup":
            code = attributes[names[self.layer.codes[0].casefold()]]
            if code is None or not str(code).strip():
                raise OnsError(f"the row with {self.key} {at} has no code in {self.layer.codes[0]}")
            first = self.codes.setdefault(str(code), at)
            if first != at:
                raise OnsError(f"the rows with {self.key} {first} and {at} have one code, {code}")
            row["geometry"] = feature.get("geometry")
            if (row["geometry"] or {}).get(SHAPES[self.layer.kind][1]) in (None, [], "NaN"):
                raise OnsError(f"{code} has no geometry")
        self.texts[at] = _compact(row)
        return True


def _compact(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
