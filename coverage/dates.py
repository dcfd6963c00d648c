"""Which day a figure is for, and which services count on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from .cells import CellError, parse_day

Span = tuple[date, date]


@dataclass(frozen=True)
class AsOf:
    """The day or period that figures are for.

    Attributes
    ----------
    first, last
        Its first and last day; the same for a single day.
    label
        As the column `as_of` has it: `2006-06/2007-07` or `2015-06-30`.
    is_snapshot
        Whether it is the period that the register describes.
    asked
        The day that was asked for, where it lies inside the snapshot; else None.
    """

    first: date
    last: date
    label: str
    is_snapshot: bool
    asked: date | None = None


def parse_span(text: str) -> Span:
    """Read a period, `2006-06/2007-07` or `2007`, as its first and last day.

    Raises
    ------
    CellError
        When one of the dates cannot be read, or the period ends before it begins.

    Examples
    --------
    >>> parse_span("2006-06/2007-02")
    (datetime.date(2006, 6, 1), datetime.date(2007, 2, 28))
    """
    begin, _, end = text.partition("/")
    first, _ = parse_day(begin.strip(), end=False)
    last, _ = parse_day((end or begin).strip(), end=True)
    if first is None or last is None:
        raise CellError("one of its dates is blank", "write it as 2006-06/2007-07", "refused")
    if last < first:
        raise CellError("it ends before it begins", "change the order of its dates", "refused")
    return first, last


def as_of(text: str | None, snapshot: Span, snapshot_label: str) -> AsOf:
    """Read the date that figures are asked for.

    A day inside the snapshot is answered with the snapshot: a service seen in it counts
    throughout it. A month or year is taken at its last day.

    Parameters
    ----------
    text
        `2015-06`, or None for the snapshot.
    snapshot, snapshot_label
        The period that the register describes, and how the study writes it.

    Raises
    ------
    CellError
        When the text is no date.

    Examples
    --------
    >>> as_of("2015-06", parse_span("2006/2007"), "2006/2007").label
    '2015-06-30'
    """
    day = snapshot[1] if text is None else parse_day(text, end=True)[0]
    if day is None:
        raise CellError("it is blank", "write a date as 2015-06-30", "refused")
    if snapshot[0] <= day <= snapshot[1]:
        asked = None if text is None else day
        return AsOf(*snapshot, snapshot_label, is_snapshot=True, asked=asked)
    return AsOf(day, day, day.isoformat(), is_snapshot=False)


def serving(services: pd.DataFrame, when: AsOf) -> pd.Series:
    """Say for each service whether it counts on a day, or at any time in the snapshot.

    Parameters
    ----------
    services
        `Register.services`; `until` is the last day served, inclusive. A blank `first_seen` or
        `until` bounds nothing.
    when
        The day or period.

    Returns
    -------
    pandas.Series
        Booleans on the services' index.
    """
    begun = services["first_seen"].isna() | (services["first_seen"] <= pd.Timestamp(when.last))
    going = services["until"].isna() | (services["until"] >= pd.Timestamp(when.first))
    return begun & going


def warning(services: pd.DataFrame, when: AsOf, snapshot_label: str) -> str:
    """Say in words what the answer for a day rests on; empty where the snapshot itself was asked for.

    Parameters
    ----------
    services
        `Register.services`.
    when
        The day that figures are for.
    snapshot_label
        How the study writes its snapshot.
    """
    if when.asked is not None:
        ended = int((serving(services, when) & (services["until"] < pd.Timestamp(when.asked))).sum())
        return (
            f"{when.asked} lies inside the snapshot and is answered for the whole of it, {when.label}: "
            f"services counted although they had ended by then: {ended}."
        )
    if when.is_snapshot:
        return ""
    counted = services[serving(services, when)]
    later = int((services["first_seen"] > pd.Timestamp(when.last)).sum())
    last_known = counted["last_seen"].fillna(counted["first_seen"])
    unconfirmed = int((counted["until"].isna() & (last_known < pd.Timestamp(when.first))).sum())
    return (
        f"The register describes {snapshot_label}, not {when.label}. Services counted without being "
        f"confirmed for that day (no end is on record): {unconfirmed}; left out because a source first "
        f"names them later: {later}. Nobody looked again for this date unless the scope says so."
    )
