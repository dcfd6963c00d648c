"""Residents, and other numbers, for each building block."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from .description import CountFrom
from .errors import Fault, Kind
from .sources import Sources

NUMBER: Final = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
SHOWN: Final = 5


def read_figures(
    wanted: CountFrom, blocks: gpd.GeoDataFrame, sources: Sources, faults: list[Fault]
) -> pd.Series[float] | None:
    """Read a number for each block.

    Parameters
    ----------
    wanted
        Where it stands. Without an origin, in a column of `blocks`.
    blocks
        Index: block codes.
    sources
        What files and layers are read with.
    faults
        What is wrong is added to it. A block without residents stops the study, since no share of
        residents could be had; another number that is missing is unknown, which is said.

    Returns
    -------
    pandas.Series or None
        On the index of `blocks`: 0 or more, NaN where it is unknown.
    """
    name = wanted.origin.name if wanted.origin else "blocks"
    if wanted.origin is None:
        table = pd.DataFrame(
            {"code": blocks.index, "value": blocks[wanted.column].astype("string").fillna("").astype(str)}
        )
        table.index = range(1, len(table) + 1)  # as features are numbered
    else:
        found = sources.table(wanted.origin, [wanted.key, wanted.column], [], faults)
        if found is None:
            return None
        table = found.set_axis(["code", "value"], axis=1)
        table["code"] = tidy_codes(table["code"])
    report = partial(Fault, file=name)
    table = table[table["code"].isin(blocks.index)]
    if table.empty:
        first = ", ".join(blocks.index[:SHOWN])
        reason = f"none of its codes is a block; the blocks are {first}…"
        remedy = f"is {wanted.key} the right column, and the table of the same vintage?"
        faults.append(report(kind="stopped", column=wanted.key, reason=reason, remedy=remedy))
        return None
    twice = table["code"].duplicated(keep=False)
    for code, rows in table[twice].groupby("code").groups.items():
        where = f"rows {', '.join(map(str, rows[:SHOWN]))}"
        fault = report(
            kind="refused",
            column=wanted.key,
            value=str(code),
            reason=f"this block stands in {where}",
            remedy="keep one of them",
        )
        faults.append(fault)
    numbers = []
    for row, text in table["value"].items():
        number, kind, reason, remedy = parse_number(text)
        if kind:
            at = {"row": int(row), "column": wanted.column, "value": text}
            faults.append(report(kind=kind, reason=reason, remedy=remedy, **at))
        numbers.append(number)
    values = pd.Series(numbers, index=table["code"], dtype=float)
    values = values[~values.index.duplicated()].reindex(blocks.index)
    _say_missing(wanted, name, values, faults)
    return values


def parse_number(text: str) -> tuple[float, Kind | None, str, str]:
    """Read a count of people or groups: the number, and what is to be said of it, if anything.

    Examples
    --------
    >>> parse_number("1954.0")[0], parse_number("12,345")[:3]
    (1954.0, (12345.0, 'noted', 'read as 12345'))
    """
    plain = text.strip()
    if not plain:
        return float("nan"), None, "", ""
    if GROUPED.fullmatch(plain):
        number = float(plain.replace(",", ""))
        if number >= 0:
            return number, "noted", f"read as {number:.15g}", ""
    elif NUMBER.fullmatch(plain):
        number = float(plain)
        if number >= 0 and np.isfinite(number):
            return number, None, "", ""
    else:
        return float("nan"), "refused", "this is no number", "write digits, or leave it blank where unknown"
    return float("nan"), "refused", "a count cannot be negative", "write it as 0 or more"


def tidy_codes(codes: pd.Series[str]) -> pd.Series[str]:
    """Codes as they are compared: without outer blanks, in upper case."""
    return codes.str.strip().str.upper()


def some(values: object, total: int | None = None) -> str:
    """The first few of many, for a message: `E01000001, E01000002…`.

    Examples
    --------
    >>> some(["a", "b"]), some("abcdefg")
    ('a, b', 'a, b, c, d, e…')
    """
    listed = [str(value) for value in values]  # type: ignore[attr-defined]
    more = "…" if (total or len(listed)) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more


def _say_missing(wanted: CountFrom, name: str, values: pd.Series[float], faults: list[Fault]) -> None:
    missing = values.index[values.isna()]
    if not len(missing):
        return
    reason = f"{len(missing):,} of {len(values):,} blocks have no {wanted.label}: {some(missing)}"
    if wanted.id == "residents":
        kind: Kind = "stopped"
        remedy = "no share of residents could be had: add them, with 0 where nobody lives"
    else:
        kind, remedy = "noted", "figures that need it are missing there, never 0"
    faults.append(Fault(kind=kind, file=name, column=wanted.column, reason=reason, remedy=remedy))
