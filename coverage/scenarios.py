"""Scenarios: named sets of changes to who serves where, from when on, at what cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from ..boundaries.atlas import Geography
from ..boundaries.places import Place
from .drawn import NOTHING, DrawnAreas

OPEN, EXTEND, MOVE, WITHDRAW = "open", "extend", "move", "withdraw"
MERGE, FUND_UNTIL, RENEW, CLOSE = "merge", "fund_until", "renew", "close"
KINDS: Final = (OPEN, EXTEND, MOVE, WITHDRAW, MERGE, RENEW, FUND_UNTIL, CLOSE)
"""In the order in which the changes of one scenario are made, whatever their order in the file."""


@dataclass(frozen=True)
class Where:
    """What a change says of areas.

    Attributes
    ----------
    places, drawn
        As `Register.services` has them.
    text
        As the file has it.
    """

    places: tuple[Place, ...]
    drawn: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Change:
    """One change to the register.

    Attributes
    ----------
    kind
        One of `KINDS`.
    line
        Of the file, where it stands.
    organisations
        Ids of those that it changes; of `merge`, those that become one.
    themes
        Ids; all that the organisation offers without any. Of `open`, those offered.
    on
        The first day on which it holds; None: throughout.
    until
        Of `fund_until`: the last day served. Of `renew`: the day until which money is there then.
    areas, to
        Where; of `move`, from where and to where.
    body
        Of `open` and `merge`, columns of the organisation that there is then.
    focus
        Of what is opened or extended.
    lines
        Of the file, where its keys stand.
    """

    kind: str
    line: int
    organisations: tuple[str, ...]
    themes: tuple[str, ...] = ()
    on: date | None = None
    until: date | None = None
    areas: Where | None = None
    to: Where | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    focus: str = "general"
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Redrawn:
    """Areas of one geography, and those that take their place.

    Attributes
    ----------
    line
        Of the file, where it stands.
    one
        What is redrawn; None for the geography that is asked about.
    other
        What takes its place.
    of_one, of_other
        Codes of the areas of either that are compared; all of them without any.
    """

    line: int
    one: Geography | None
    other: Geography
    of_one: tuple[str, ...] = ()
    of_other: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A named set of changes.

    Attributes
    ----------
    id, title
        What it is called.
    label
        What has to be said of it wherever it is shown; may be empty.
    as_of
        The day for which it is compared, as `ask` takes it; None for the snapshot.
    changes
        Its own, after those of the scenarios that it builds on.
    based_on
        The scenario that it builds on; empty for the register itself.
    redrawn
        Sub-regions that it draws anew, after those of the scenarios that it builds on.
    drawn
        Catchments that its changes draw, by position after those of the study.
    """

    id: str
    title: str
    label: str
    as_of: str | None
    changes: tuple[Change, ...]
    based_on: str = ""
    redrawn: tuple[Redrawn, ...] = ()
    drawn: DrawnAreas = NOTHING


@dataclass(frozen=True)
class Criterion:
    """What a study said, before any option was run, that options are judged by.

    Attributes
    ----------
    id, title
        What it is called.
    geography
        Whose areas are judged; empty for the study's first.
    themes
        Ids.
    at_least
        A provision class that every area has to reach; empty where `measure` is judged.
    measure
        A column of `comparison.MEASURED`, or `annual_cost`.
    at_most, not_under
        Bounds that its figure has to keep in every area; the cost's, in all.
    """

    id: str
    title: str
    geography: str = ""
    themes: tuple[str, ...] = ()
    at_least: str = ""
    measure: str = ""
    at_most: float | None = None
    not_under: float | None = None


@dataclass(frozen=True)
class Scenarios:
    """What one file says.

    Attributes
    ----------
    scenarios, criteria
        In the order of the file.
    """

    scenarios: tuple[Scenario, ...]
    criteria: tuple[Criterion, ...] = ()

    def find(self, name: str) -> Scenario | None:
        """The scenario of that id or title; None where there is none."""
        return next((each for each in self.scenarios if name in (each.id, each.title)), None)
