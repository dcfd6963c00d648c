"""Layers of the ONS Open Geography Portal: where each is, and what it should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal, cast, get_args
from urllib.parse import urlsplit

from .errors import Fault, InputError, PlaceError
from .spelling import near
from .tables import Row, read_table

BUILT_IN: Final = Path(__file__).parent / "data" / "layers.csv"
Contents = Literal["outlines", "centroids", "lookup"]
KINDS: Final[tuple[Contents, ...]] = get_args(Contents)
GENERALISATIONS: Final = ("BFC", "BFE", "BGC", "BSC", "BUC")
REQUIRED: Final = ("layer", "label", "kind", "url", "vintage", "code", "expected")
NOTES: Final = ("generalisation", "licence", "attribution")
ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
SERVICE: Final = re.compile(r".+/(FeatureServer|MapServer)/\d+")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of the Open Geography Portal, as a list of layers describes it.

    Attributes
    ----------
    id
        Such as `LAD23_BGC`; unique without regard to case, and the name of its file in the cache.
    label
        In words.
    kind
        `outlines` (polygons), `centroids` (points) or `lookup` (a table).
    url
        Of the layer itself: it ends with `/FeatureServer/0`.
    vintage
        Month that it describes, such as `2023-12`.
    codes, names
        Columns that hold codes and names, matched without regard to case. Outlines and
        centroids have one column of codes.
    expected
        How many rows it has; None where that is not known.
    generalisation
        `BFC`, `BFE` (full resolution), `BGC` (20 m), `BSC` (200 m), `BUC` (500 m) or empty.
    licence, attribution
        What must be said where it is shown.
    """

    id: str
    label: str
    kind: Contents
    url: str
    vintage: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    expected: int | None = None
    generalisation: str = ""
    licence: str = ""
    attribution: str = ""


def read_layers(path: Path = BUILT_IN, *, noted: list[Fault] | None = None) -> dict[str, Layer]:
    """Read a list of layers: id → layer.

    Parameters
    ----------
    path
        The built-in list, or a CSV file of the same columns: `layer`, `label`, `kind`, `url`,
        `vintage`, `code`, `expected`, and if wanted `name`, `generalisation`, `licence`,
        `attribution`. Several columns of codes or names are separated by blanks.
    noted
        What was accepted with a remark is added to it.

    Raises
    ------
    InputError
        When anything in the list is wrong: every fault at once.

    Examples
    --------
    >>> layer = read_layers()["LAD23_BGC"]
    >>> layer.kind, layer.vintage, layer.codes, layer.expected
    ('outlines', '2023-12', ('LAD23CD',), 361)
    """
    faults: list[Fault] = []
    table = read_table(path, required=REQUIRED, optional=("name", *NOTES), what="layers", faults=faults)
    rows = table.rows if table else ()
    first: dict[str, int] = {}
    for row in rows:
        faults += _row_faults(row, path.name, first)
    if any(fault.kind != "noted" for fault in faults):
        raise InputError(faults)
    if noted is not None:
        noted += faults
    return {row.cells["layer"]: _layer(row) for row in rows}


def is_safe(url: str) -> bool:
    """Whether a URL is one of https, or of http to this very machine.

    Examples
    --------
    >>> [is_safe(url) for url in ("https://a.org/x", "http://a.org/x", "http://127.0.0.1:80/x")]
    [True, False, True]
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _layer(row: Row) -> Layer:
    cells = row.cells
    return Layer(
        id=cells["layer"],
        label=cells["label"],
        kind=cast(Contents, cells["kind"]),
        url=cells["url"],
        vintage=cells["vintage"],
        codes=tuple(cells["code"].split()),
        names=tuple(cells.get("name", "").split()),
        expected=int(cells["expected"]) if cells["expected"] else None,
        **{column: cells.get(column, "") for column in NOTES},
    )


def _row_faults(row: Row, file: str, first: dict[str, int]) -> Iterator[Fault]:
    """What is wrong with a row; `first` says where each id stood first."""
    cells = row.cells

    def refuse(column: str, reason: str, remedy: str) -> Fault:
        value = cells.get(column) or None
        report = partial(Fault, kind="refused", file=file, row=row.number)
        return report(column=column, value=value, reason=reason, remedy=remedy)

    if not ID.fullmatch(cells["layer"]):
        yield refuse("layer", "this is no id of a layer", "use letters, digits and _, such as LAD23_BGC")
    elif (at := first.setdefault(cells["layer"].casefold(), row.number)) != row.number:
        yield refuse("layer", f"this id stands on row {at} too", "give each layer an id of its own")
    if cells["kind"] not in KINDS:
        meant = near(cells["kind"], KINDS, 1)
        question = f"is it {meant[0]}? " if meant else ""
        yield refuse("kind", "this is no kind of layer", f"{question}Choose one of: {', '.join(KINDS)}")
    if remedy := _mend(cells["url"]):
        yield refuse("url", "this cannot be the address of a layer", remedy)
    if cells["vintage"] and not MONTH.fullmatch(cells["vintage"]):
        yield refuse("vintage", "this is no month", "write it as 2023-12")
    if cells["kind"] in ("outlines", "centroids") and len(cells["code"].split()) != 1:
        yield refuse("code", "outlines and centroids need one column of codes", "name it, such as LAD23CD")
    if cells["expected"] and not re.fullmatch(r"[0-9]{1,9}", cells["expected"]):
        yield refuse("expected", "this is no whole number", "write how many rows the layer has, or nothing")
    if cells.get("generalisation") and cells["generalisation"] not in GENERALISATIONS:
        remedy = f"choose one of: {', '.join(GENERALISATIONS)}, or leave it blank"
        yield refuse("generalisation", "this is no generalisation that ONS publishes", remedy)


def _mend(url: str) -> str:
    """What to do about the address of a layer; empty if it will do."""
    if not url:
        return "write the address of the layer; it ends with /FeatureServer/0"
    if not is_safe(url):
        return "it must begin with https:// (http:// is for this machine alone)"
    if not SERVICE.fullmatch(url):
        return "it must end with /FeatureServer/0, or another number of a layer"
    return ""


def find_layer(layers: Mapping[str, Layer], name: str) -> Layer:
    """Give the layer of that id, in upper or lower case.

    Raises
    ------
    PlaceError
        When there is none; the message names those that are like it.
    """
    found = {layer_id.casefold(): layer for layer_id, layer in layers.items()}.get(name.strip().casefold())
    if found is not None:
        return found
    nearest = near(name, layers)
    question = f"did you mean {' or '.join(nearest)}? " if nearest else ""
    raise PlaceError(f"no layer is called {name!r}", f"{question}hinterland boundaries list shows them all")
