"""Carrying a table of codes from one year to another."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from . import changes
from .errors import Fault, InputError
from .figures import parse_number, tidy_codes
from .former_areas import BEGIN, END
from .spelling import near
from .tables import read_table

CARRIED = ("unchanged", "recoded", "merged")


def move_table(
    file: Path, *, to: str, column: str | None = None, sums: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Carry a table of district or county codes to another year.

    Parameters
    ----------
    file
        CSV with a header.
    to
        Where to, such as `LAD24`: the end of that year.
    column
        The column of codes; without it the only one whose name ends in `CD`.
    sums
        Columns of counts to add up for each new area; without any, every row is kept.

    Returns
    -------
    moved
        The rows with `LAD24CD`, `LAD24NM` and `relation` before the other columns, or one row for each
        new area with the sums and `extent`: `part` where not all that merged into it is in the file. A code
        that cannot be carried to one area has a blank new code.
    audit
        One row for each code: see `changes.audit`, with the number of `rows` that have it.

    Raises
    ------
    InputError
        When the file cannot be used, or `to` is no year.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "people.csv"
    ...     _ = path.write_text("LAD19CD,residents\\nE07000150,72218\\nE07000152,94527\\n")
    ...     moved, audit = move_table(path, to="LAD24", sums=["residents"])
    >>> moved.values.tolist()
    [['E06000061', 'North Northamptonshire', 'part', 166745.0]]
    """
    to = to.strip().upper()
    day = changes.vintage_day(to)
    if day is None or not to.startswith("LAD") or not BEGIN <= day <= END:
        reason = "this names no year to carry codes to"
        if day is not None:
            reason = f"codes are carried to districts of a year from {BEGIN.year} to {END.year}"
        raise InputError([Fault(kind="asked", file=file.name, value=to, reason=reason, remedy="write LAD24")])
    faults: list[Fault] = []
    header = _header(file)
    table = read_table(file, required=header, faults=faults)
    if table is None or table.refused:
        raise InputError(faults)
    frame = pd.DataFrame([dict(row.cells) for row in table.rows], columns=list(table.columns), dtype=str)
    frame.index = pd.Index([row.number for row in table.rows])
    for title in sorted({f"{to}CD", f"{to}NM", "relation", "extent"} & set(frame.columns)):
        reason, remedy = "a column of the result is called so", "rename it, or leave it out"
        faults.append(Fault(kind="stopped", file=file.name, column=title, reason=reason, remedy=remedy))
    if faults and any(fault.kind != "noted" for fault in faults):
        raise InputError(faults)
    key = _column(file, column, header)
    wanted = [_column(file, name, header) for name in sums]
    codes = tidy_codes(frame[key])
    moves = dict(zip(codes.unique(), changes.load().move(codes.unique(), to=day), strict=True))
    one = {code: move.relation in CARRIED for code, move in moves.items()}
    new = [moves[code].successors[0] if one[code] else ("", "") for code in codes]
    audit = changes.audit(moves.values())
    audit.insert(0, "rows", codes.value_counts().reindex(audit["code"]).to_numpy())
    frame.insert(0, f"{to}CD", [code for code, _ in new])
    frame.insert(1, f"{to}NM", [name for _, name in new])
    if not wanted:
        frame.insert(2, "relation", [moves[code].relation for code in codes])
        return frame, audit
    twice = _twice(moves)
    for row, code in codes.items():
        if code in twice:
            reason = f"{code} {moves[code].name} holds land that other rows have too: it would count twice"
            at = {"row": int(row), "column": key, "value": code}
            remedy = "leave out one level, or one year: the rows of a total, or those that it is made of"
            faults.append(Fault(kind="asked", file=file.name, reason=reason, remedy=remedy, **at))
    figures = frame.iloc[:, :2].assign(**{name: _numbers(file, frame[name], faults) for name in wanted})
    if any(fault.kind != "noted" for fault in faults):
        raise InputError(faults)
    keys = [f"{to}CD", f"{to}NM"]
    sums_of = figures.groupby(keys, as_index=False).agg(lambda values: values.sum(skipna=False))
    named = set(codes)
    pieces: dict[str, list[changes.Move]] = {}
    for code in named:
        if one[code]:
            pieces.setdefault(moves[code].successors[0][0], []).append(moves[code])
    extent = [
        "whole" if new in pieces and _complete(pieces[new], named) else "part" for new in sums_of[keys[0]]
    ]
    sums_of.insert(2, "extent", np.where(sums_of[keys[0]] == "", "", extent))
    return sums_of, audit


def _complete(found: Sequence[changes.Move], named: set[str]) -> bool:
    """Whether codes that were carried to one area make up all of it."""
    return any(move.relation != "merged" or named >= set(move.complete_with) for move in found)


def _twice(moves: Mapping[str, changes.Move]) -> set[str]:
    """Codes that hold all of an area of which other codes hold land too: a county beside its districts."""
    by_new: dict[str, list[changes.Move]] = {}
    for move in moves.values():
        for new, _ in move.successors if move.relation in (*CARRIED, "split") else ():
            by_new.setdefault(new, []).append(move)
    return {
        move.code
        for found in by_new.values()
        if len(found) > 1
        for move in found
        if move.relation in ("unchanged", "recoded", "split")
    }


def _header(file: Path) -> list[str]:
    """The titles of the first row, as far as they can be read; `read_table` tells what is wrong."""
    try:
        with open(file, encoding="utf-8-sig", errors="replace", newline="") as opened:
            titles = next(csv.reader(opened), [])
    except (OSError, csv.Error):
        titles = []
    return [title.strip() for title in titles if title.strip()]


def _column(file: Path, name: str | None, header: list[str]) -> str:
    codes = [title for title in header if title.upper().endswith("CD")]
    found = codes if name is None else [title for title in header if title.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    reason = "no column has this name" if name else "which column holds the codes is not clear"
    choices = near(name, header) if name else codes
    remedy = f"name one of {', '.join(choices or header)}"
    raise InputError([Fault(kind="asked", file=file.name, column=name or "", reason=reason, remedy=remedy)])


def _numbers(file: Path, texts: pd.Series[str], faults: list[Fault]) -> list[float]:
    numbers = []
    for row, text in texts.items():
        number, kind, reason, remedy = parse_number(text)
        if kind:
            at = {"row": int(row), "column": str(texts.name), "value": text}
            faults.append(Fault(kind=kind, file=file.name, reason=reason, remedy=remedy, **at))
        numbers.append(number if kind != "refused" else np.nan)
    return numbers
