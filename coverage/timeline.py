"""The days after the snapshot on which what is on record, or what was looked into, changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from .counting import YES, against_the_rules
from .study import Study


@dataclass(frozen=True)
class Change:
    """One day on which services or surveys begin, or are over.

    Attributes
    ----------
    day
        The first day on which they count, or no longer do.
    begins, ends
        Index in `Register.services` of those that are first on record on it, and of those whose
        last day was the one before.
    looks, looked
        Positions in `Study.surveys` of those that begin on it, and of those that were over the day before.
    """

    day: date
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    looks: tuple[int, ...] = ()
    looked: tuple[int, ...] = ()


def changes(study: Study, themes: Sequence[str], grades: Sequence[str]) -> tuple[Change, ...]:
    """List what begins and what ends after the snapshot, by day.

    Surveys that were over with the snapshot are not listed: every later date says that nobody looked again.

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
    looks, looked = dict[int, date](), dict[int, date]()
    for i, survey in enumerate(study.surveys):
        if not set(themes).isdisjoint(survey.themes) and survey.last > last.date():
            if survey.first > last.date():
                looks[i] = survey.first
            if survey.last < date.max:
                looked[i] = survey.last + timedelta(days=1)
    served = {stamp.date() for stamp in (*begins, *ends)}
    return tuple(
        Change(
            day,
            tuple(begins.index[begins == pd.Timestamp(day)]),
            tuple(ends.index[ends == pd.Timestamp(day)]),
            tuple(i for i, begun in looks.items() if begun == day),
            tuple(i for i, over in looked.items() if over == day),
        )
        for day in sorted({*served, *looks.values(), *looked.values()})
    )
