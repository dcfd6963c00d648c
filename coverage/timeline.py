"""The days after the snapshot on which what is on record changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from .counting import YES, against_the_rules
from .study import Study


@dataclass(frozen=True)
class Change:
    """One day on which services begin or are no longer on record.

    Attributes
    ----------
    day
        The first day on which they count, or no longer do.
    begins, ends
        Index in `Register.services` of those that are first on record on it, and of those whose
        last day was the one before.
    """

    day: date
    begins: tuple[int, ...]
    ends: tuple[int, ...]


def changes(study: Study, themes: Sequence[str], grades: Sequence[str]) -> tuple[Change, ...]:
    """List what begins and what ends after the snapshot, by day.

    Parameters
    ----------
    study
        Whose register and rules apply.
    themes, grades
        Services of these themes are listed, where area and theme are of one of these grades.

    Returns
    -------
    tuple of Change
        In order of time. Inside the snapshot everything that was seen counts, so nothing changes.

    Examples
    --------
    >>> from hinterland.coverage.study import read_study
    >>> study = read_study()
    >>> [str(change.day) for change in changes(study, ["governance"], ["stated", "named"])]
    []
    """
    services = study.register.services
    counts = against_the_rules(study, grades, services) == YES
    asked = services[counts & services["theme"].isin(themes)]
    last = pd.Timestamp(study.snapshot[1])
    first_seen, after = asked["first_seen"], asked["until"] + pd.Timedelta(days=1)
    begins = first_seen[(first_seen > last) & ~(asked["until"] < first_seen)]
    ends = after[after > last]
    days = sorted({*begins, *ends})
    return tuple(
        Change(day.date(), tuple(begins.index[begins == day]), tuple(ends.index[ends == day])) for day in days
    )
