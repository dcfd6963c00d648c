"""A hundred random changes to the built-in study, done again by hand: rows rewritten, blocks counted in loops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from hinterland.boundaries.places import Place
from hinterland.coverage.comparison import compare
from hinterland.coverage.scenario_checks import check_changes
from hinterland.coverage.scenarios import Change, Scenario, Where
from hinterland.coverage.scope import Survey
from hinterland.coverage.study import Study, read_study

KINDS = ("open", "extend", "move", "withdraw", "merge", "close")
HOW_MANY = {"open": 20, "extend": 25, "move": 15, "withdraw": 15, "merge": 8, "close": 17}
REMITS = ("neighbourhood", "district", "part county", "county", "sub-region", "region", "national")
GEOGRAPHIES = ("LAD19", "CTYUA19", "LEP14", "CAUTH24", "CTY19")
NEARLY_ALL = 0.99
DAYS = tuple(date.fromisoformat(day) for day in ("2005-05-01", "2006-12-01", "2008-01-01", "2015-06-30", "2015-07-01"))
AREAS = (
    *("Amber Valley", "Ashfield", "Bassetlaw", "Bolsover", "Broxtowe", "Chesterfield", "LAD19:Derby", "Erewash"),
    *("Gedling", "High Peak", "Mansfield", "Newark and Sherwood", "LAD19:Nottingham", "Rushcliffe"),
    *("CTY19:Derbyshire", "CTY19:Nottinghamshire", "LEP14:D2N2", "Charnwood", "Rutland", "RGN19:East Midlands"),
)
Part = tuple[object, ...]
"""What an unknown part of some blocks goes by: two with the same name are the same part."""


class Row(NamedTuple):
    """A service on blocks: those served whole, and those of which an unknown part is served."""

    body: str
    theme: str
    focus: str
    first: date | None
    until: date | None
    grades: tuple[str, str]
    whole: frozenset[int]
    parts: frozenset[tuple[int, Part]]

    @property
    def touched(self) -> frozenset[int]:
        return self.whole | {block for block, _ in self.parts}


class Body(NamedTuple):
    """An organisation, as far as it matters who counts and who is local."""

    sector: str
    remit: str
    bases: tuple[frozenset[int], ...]
    networks: frozenset[str]


class Register(NamedTuple):
    bodies: dict[str, Body]
    rows: list[Row]


def on_blocks(places: Iterable[Place], name: Part) -> tuple[frozenset[int], frozenset[tuple[int, Part]]]:
    whole, parts = set(), set()
    for number, place in enumerate(places):
        if place.part:
            parts |= {(block, (*name, number)) for block in place.blocks}
        else:
            whole |= set(place.blocks)
    return frozenset(whole), frozenset(parts)


def day_of(stamp: Any) -> date | None:
    return None if pd.isna(stamp) else stamp.date()


def register_of(study: Study) -> Register:
    bodies = {
        str(name): Body(
            body["sector"],
            body["remit"],
            tuple(frozenset(place.blocks) for place in body["bases"]),
            frozenset(body["member_of"]),
        )
        for name, body in study.register.organisations.iterrows()
    }
    rows = [
        Row(
            row.organisation_id,
            row.theme,
            row.focus,
            day_of(row.first_seen),
            day_of(row.until),
            (row.area_evidence, row.theme_evidence),
            *on_blocks(row.places, ("row", row.row)),
        )
        for row in study.register.services.itertuples()
    ]
    return Register(bodies, rows)


def until_then(row: Row, on: date | None) -> Iterator[Row]:
    """What is left of a service that is otherwise from a day on."""
    if on is not None and (row.first is None or row.first < on):
        last = on - timedelta(days=1)
        yield row._replace(until=last if row.until is None else min(row.until, last))


def from_then(row: Row, on: date | None) -> Iterator[Row]:
    """The service from a day on, where it lasts until then."""
    if on is None or row.until is None or row.until >= on:
        yield row if on is None else row._replace(first=on if row.first is None else max(row.first, on))
