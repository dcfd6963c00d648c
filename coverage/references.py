"""How services refer to shapes: `catchment:ID`, `polygon:ID`, `travel:ORIGIN 30 minutes`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import pandas as pd

from ..boundaries.errors import LAYERS, Fault
from ..boundaries.figures import LISTED
from ..boundaries.spelling import match_key, tidy
from .rows import CONTACT

CATCHMENT, POLYGON, TRAVEL = "catchment", "polygon", "travel"
ASSUMED: Final = "assumed"  # the evidence of what lies by an outward postcode, several km wide
CONTACT_FOUND: Final = "it reads like a telephone number or an e-mail address"
PREFIXES: Final = (CATCHMENT, POLYGON, TRAVEL)
REFERENCE: Final = re.compile(
    r"(?P<part>(?:part of (?:the )?)*)(?P<prefix>catchment|polygon|travel)\s*:(?P<id>.*)", re.IGNORECASE
)


def take_references(cell: str) -> tuple[list[str], str]:
    """Part the references to shapes in a cell from the names of areas.

    Parameters
    ----------
    cell
        A list separated by `;`.

    Returns
    -------
    references
        Each once.
    rest
        The cell without them.

    Examples
    --------
    >>> take_references("Bassetlaw; Catchment: Retford; Bristol, City of")
    (['Catchment: Retford'], 'Bassetlaw; Bristol, City of')
    """
    if ":" not in cell:
        return [], cell
    texts = [text.strip() for text in cell.split(";")]
    found = dict.fromkeys(text for text in texts if REFERENCE.fullmatch(tidy(text)))
    return list(found), "; ".join(text for text in texts if text not in found)


def reference_key(text: str) -> str:
    """Write an id for looking it up: case, blanks, hyphens and underscores make no difference.

    Examples
    --------
    >>> reference_key(" Four  Parishes") == reference_key("four-parishes")
    True
    """
    return match_key(tidy(text))


def report_rows(
    rows: pd.Index, fault_of: Callable[[int], Fault], faults: list[Fault], *, others: str = ""
) -> None:
    """Append faults of one kind, of as many rows as there may be: the first twenty, and how many more.

    Parameters
    ----------
    rows
        Rows or features, as messages number them.
    fault_of
        Makes the fault of one of them.
    faults
        They are added to it.
    others
        What is wrong with the rows that are only counted, where their reasons differ.

    Examples
    --------
    >>> faults = []
    >>> report_rows(pd.RangeIndex(30), lambda row: Fault(kind="refused", file="a.csv", reason="bent"), faults)
    >>> len(faults), faults[-1].reason
    (21, '10 more rows: bent')
    """
    faults += [fault_of(int(row)) for row in rows[:LISTED]]
    rest = len(rows) - LISTED
    if rest > 0:
        one = fault_of(int(rows[LISTED]))
        reason = f"{rest:,} more {_unit(one.file)}{'s' * (rest != 1)}: {others or one.reason}"
        remedy = "" if others else one.remedy
        faults.append(replace(one, row=None, value=None, reason=reason, remedy=remedy))


def where(file: str, row: int, *, here: str) -> str:
    """Say which row another thing stands in.

    Examples
    --------
    >>> where("a.gpkg", 3, here="b.csv"), where("b.csv", 3, here="b.csv")
    ('feature 3 of a.gpkg', 'row 3')
    """
    return f"{_unit(file)} {row}{'' if file == here else f' of {file}'}"


def _unit(file: str) -> str:
    return "feature" if file.endswith(LAYERS) else "row"


def usable_ids(ids: pd.Series[str], file: str, faults: list[Fault]) -> pd.Series[bool]:
    """Say which ids services can refer to a shape by; the others are refused.

    Parameters
    ----------
    ids
        Named as their column is. Index: rows or features, as messages number them.
    file
        The file's name.
    faults
        What is wrong is added to it.
    """
    listed = ids.str.contains(";", regex=False)
    contacts = ids.str.contains(CONTACT) & ~listed
    blank = ids.map(tidy) == ""
    for wrong, reason, remedy in (
        (listed, "an id cannot hold ; which separates the areas of a service", "take it out"),
        (contacts, CONTACT_FOUND, "choose another id: contacts are never published"),
        (blank, "the id is blank", "write it, or delete the row"),
    ):
        report_rows(ids.index[wrong], partial(_refused, ids, file, reason, remedy), faults)
    return ~(listed | contacts | blank)


def _refused(ids: pd.Series[str], file: str, reason: str, remedy: str, row: int) -> Fault:
    at = partial(Fault, kind="refused", file=file, row=row, column=str(ids.name))
    return at(value=ids[row] or None, reason=reason, remedy=remedy)


def refuse_doubles(
    ids: pd.Series[str], file: str, seen: dict[str, tuple[str, int]], faults: list[Fault]
) -> pd.Series[bool]:
    """Say which ids are not taken; the others are refused.

    Parameters
    ----------
    ids
        Named as their column is. Index: rows or features, as messages number them.
    file
        The file's name.
    seen
        Key of each id that is taken already, in this file or another → file and row. Those of this
        file are added to it.
    faults
        What is wrong is added to it.

    Returns
    -------
    pandas.Series
        On the index of `ids`.
    """
    first = {}
    for row, text in ids.items():
        key = reference_key(text)
        if key in seen:
            first[row] = seen[key]
        else:
            seen[key] = file, int(row)

    def taken(row: int) -> Fault:
        reason = f"{where(*first[row], here=file)} has this id too"
        remedy = "give one of them another id: case, blanks and hyphens make no difference"
        at = partial(Fault, kind="refused", file=file, column=str(ids.name))
        return at(row=row, value=ids[row], reason=reason, remedy=remedy)

    report_rows(pd.Index(first), taken, faults)
    return ~ids.index.to_series().isin(list(first))


@dataclass(frozen=True)
class Found:
    """What was read of one file of shapes.

    Attributes
    ----------
    file
        Its name.
    frame
        The shapes that can be used. Index: rows or features, as messages number them. Columns: `id`,
        and what the kind of shape needs.
    spoilt
        Keys of the ids whose shapes were refused.
    whole
        False where shapes were refused whose ids are not known.
    """

    file: str
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    spoilt: frozenset[str] = frozenset()
    whole: bool = True


def is_whole(faults: Iterable[Fault]) -> bool:
    """Whether nothing worse than a note was found."""
    return all(fault.kind == "noted" for fault in faults)
