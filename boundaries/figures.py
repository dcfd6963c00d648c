"""Residents, and other numbers, for each building block."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pandas as pd

from .description import CountFrom
from .errors import LAYERS, Fault, Kind
from .spelling import CODE, LIKE_A_CODE, LOOK_ALIKES, tidy

NUMBER: Final = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
SHOWN: Final = 5
LISTED: Final = 20


def read_figures(
    wanted: CountFrom, file: str, table: pd.DataFrame, blocks: pd.Index, faults: list[Fault]
) -> pd.Series[float] | None:
    """Read a number for each block.

    Parameters
    ----------
    wanted
        What is counted.
    file
        What the table was read from.
    table
        Index: its rows, as messages number them. Two columns of text: codes and numbers. Rows of
        other codes than the blocks' are passed over, as a national table has them.
    blocks
        Codes of the blocks.
    faults
        What is wrong is added to it. A block without residents stops the study, since no share of
        residents could be had; another number that is missing is unknown, which is said.

    Returns
    -------
    pandas.Series or None
        On the index `blocks`: 0 or more, NaN where it is unknown. None where no row is a block.
    """
    report = partial(Fault, file=file)
    every = table.set_axis(["code", "text"], axis=1)
    meant = look_alikes(every["code"], set(blocks))
    report_first(misspelt(every["code"], meant, file, wanted.key), faults)
    rows = every[every["code"].isin(blocks)]
    if rows.empty:
        reason = f"none of its codes is a block: it has {some(table.iloc[:, 0])}; blocks are {some(blocks)}"
        remedy = f"is {wanted.key} the right column, and the table of the same vintage?"
        faults.append(report(kind="stopped", column=wanted.key, reason=reason, remedy=remedy))
        return None
    again = rows[rows["code"].duplicated(keep=False)]
    twice = [
        report(
            kind="refused",
            column=wanted.key,
            value=str(code),
            reason=f"this block stands in rows {some(found)}",
            remedy="keep one of them",
        )
        for code, found in again.groupby("code").groups.items()
    ]
    report_first(twice, faults)
    numbers = []
    said: dict[str, list[Fault]] = {"refused": [], "noted": []}
    for row, text in rows["text"].items():
        number, kind, reason, remedy = parse_number(text)
        numbers.append(number)
        if kind:
            at = partial(report, row=int(row), column=wanted.column, value=text)
            said[kind].append(at(kind=kind, reason=reason, remedy=remedy))
    report_first(said["refused"], faults)
    if grouped := said["noted"]:
        more = f", and so were the commas of {len(grouped) - 1:,} more rows" * (len(grouped) > 1)
        faults.append(replace(grouped[0], reason=grouped[0].reason + more))
    values = pd.Series(numbers, index=rows["code"], dtype=float)
    values = values[~values.index.duplicated()].reindex(blocks)
    told = {rows["code"][fault.row] for fault in said["refused"]}.union(meant.values())
    _say_missing(wanted, file, values, told, faults)
    return values


def parse_number(text: str) -> tuple[float, Kind | None, str, str]:
    """Read a count of people or groups: the number, and what is to be said of it, if anything.

    Returns
    -------
    tuple
        The number, NaN for a blank and for what is refused; then kind (`noted` or `refused`, None
        where nothing is to be said), reason and remedy.

    Examples
    --------
    >>> parse_number("1954.0")[0], parse_number("12,345")[:3]
    (1954.0, (12345.0, 'noted', 'read as 12345'))
    """
    plain = text.strip()
    if not plain:
        return math.nan, None, "", ""
    grouped = GROUPED.fullmatch(plain) is not None
    if not grouped and NUMBER.fullmatch(plain) is None:
        return math.nan, "refused", "this is no number", "write digits, or leave it blank where unknown"
    number = float(plain.replace(",", ""))
    if not 0 <= number < math.inf:
        return math.nan, "refused", "a count is 0 or more, and finite", "correct it"
    return (number, "noted", f"read as {number:.15g}", "") if grouped else (number, None, "", "")


def tidy_codes(codes: pd.Series[str]) -> pd.Series[str]:
    """Codes as they are compared: tidied, and official ones in capitals.

    Examples
    --------
    >>> tidy_codes(pd.Series([" e07000175 ", "Ward_a"])).tolist()
    ['E07000175', 'Ward_a']
    """
    tidied = codes.map(lambda text: text if text.isascii() and text.isalnum() else tidy(text))
    raised = tidied.str.upper()
    return raised.where(raised.str.fullmatch(CODE), tidied)


def some(values: Any) -> str:
    """The first few of many, for a message: `E01000001, E01000002…`.

    Examples
    --------
    >>> some(["a", "b"]), some("abcdefg")
    ('a, b', 'a, b, c, d, e…')
    """
    return ", ".join(map(str, values[:SHOWN])) + ("…" if len(values) > SHOWN else "")


def report_first(found: Sequence[Fault], faults: list[Fault]) -> None:
    """Append faults of one kind in a table: the first twenty, and one that counts the rest.

    Examples
    --------
    >>> faults = []
    >>> report_first([Fault(kind="refused", file="a.csv", reason="bent", row=i) for i in range(22)], faults)
    >>> len(faults), str(faults[-1])
    (21, 'a.csv: 2 more rows: bent')
    """
    faults.extend(found[:LISTED])
    if rest := found[LISTED:]:
        unit = "feature" if rest[0].file.endswith(LAYERS) else "row"
        reason = f"{len(rest):,} more {unit}{'s' * (len(rest) != 1)}: {rest[0].reason}"
        faults.append(replace(rest[0], row=None, value=None, reason=reason))


def look_alikes(codes: pd.Series[str], known: Container[str]) -> dict[int, str]:
    """Row → the code that is meant, where letters stand for digits in it (E0700O032).

    Examples
    --------
    >>> look_alikes(pd.Series(["E07000032", "E0700O032", "Olton"]), {"E07000032"})
    {1: 'E07000032'}
    """
    raised = codes.str.upper()
    like = raised[raised.str.fullmatch(LIKE_A_CODE) & ~raised.str.fullmatch(CODE)]
    meant = {row: code[0] + code[1:].replace(" ", "").translate(LOOK_ALIKES) for row, code in like.items()}
    return {int(row): code for row, code in meant.items() if code in known}


def misspelt(codes: pd.Series[str], meant: Mapping[int, str], file: str, column: str) -> list[Fault]:
    """Ask about codes that letters stand for digits in."""
    ask = partial(Fault, kind="asked", file=file, column=column)
    reason = "this is no code: a code is a letter and eight digits"
    return [
        ask(row=row, value=codes[row], reason=reason, remedy=f"did you mean {code}?")
        for row, code in meant.items()
    ]


def _say_missing(
    wanted: CountFrom, file: str, values: pd.Series[float], told: set[str], faults: list[Fault]
) -> None:
    missing = values.index[values.isna() & ~values.index.isin(told)]
    if not len(missing):
        return
    report = partial(Fault, file=file, column=wanted.column)
    reason = f"{len(missing):,} of {len(values):,} blocks have no {wanted.label}: {some(missing)}"
    if wanted.id == "residents":
        remedy = "no share of residents could be had: add them, with 0 where nobody lives"
        faults.append(report(kind="stopped", reason=reason, remedy=remedy))
    else:
        remedy = "figures that need it are missing there, never 0"
        faults.append(report(kind="noted", reason=reason, remedy=remedy))
