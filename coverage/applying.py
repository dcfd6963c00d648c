"""A scenario applied: rows of the register that go and rows that come, and the study that stands then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import pandas as pd

from ..boundaries.places import Place
from .deltas import Delta, exchange_of
from .register import DATES
from .scenarios import (
    CLOSE,
    EXTEND,
    FUND_UNTIL,
    MERGE,
    MOVE,
    OPEN,
    RENEW,
    WITHDRAW,
    Change,
    Scenario,
    Where,
)
from .study import Study

STATED: Final = "stated"
Row = dict[str, Any]


def apply(study: Study, scenario: Scenario) -> Study:
    """Make the study that stands once a scenario has come about.

    Parameters
    ----------
    study
        The baseline.
    scenario
        Checked against it, as `read_scenarios` does.

    Returns
    -------
    Study
        With the same areas, surveys and rules; its title and warnings name the scenario.

    Examples
    --------
    >>> from hinterland.coverage.scenarios import Change, Scenario
    >>> from hinterland.coverage.study import read_study
    >>> study = read_study()
    >>> closed = Scenario("x", "It closes", "", None, (Change("close", 1, ("enable",)),))
    >>> len(study.register.services) - len(apply(study, closed).register.services)
    1
    """
    return applied(study, scenario, delta_of(study, scenario.changes))


def applied(study: Study, scenario: Scenario, delta: Delta) -> Study:
    """The study that stands after a delta, under the name of a scenario."""
    named = f"Scenario, not a record: {scenario.title}."
    return replace(
        study,
        title=f"{study.title}: {scenario.title}",
        register=delta(study.register),
        service_areas=replace(
            study.service_areas, drawn=study.service_areas.drawn.followed_by(scenario.drawn)
        ),
        baseline=study,
        warnings=(*study.warnings, *filter(None, (named, scenario.label))),
    )


def delta_of(study: Study, changes: Sequence[Change]) -> Delta:
    """Work out which rows of a register go and which come.

    Parameters
    ----------
    study
        The baseline.
    changes
        In the order of `KINDS`; a merger after those whose outcome it merges.
    """
    draft = _Draft(study)
    for change in _in_order(changes):
        draft.make(change)
    return draft.delta()


def _in_order(changes: Sequence[Change]) -> Iterator[Change]:
    """Changes as they have to be made: mergers after those on whose outcome they rest."""
    waiting = list(changes)
    while waiting:
        coming = {change.body["id"] for change in waiting if change.kind == MERGE}
        first = next(
            change
            for change in waiting
            if change.kind != MERGE or coming.isdisjoint({*change.organisations} - {change.body["id"]})
        )
        waiting.remove(first)
        yield first


class _Draft:
    """A register while it is changed."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.bodies = study.register.organisations.reset_index()
        self.services = study.register.services
        self.at_body = {key: i for i, key in enumerate(self.bodies["organisation_id"])}
        self.of_body = self.services.groupby("organisation_id", sort=False).indices
        self.gone_bodies: set[int] = set()
        self.gone: set[int] = set()
        self.new_bodies: dict[str, Row] = {}
        self.new: dict[int, Row] = {}
        self._next = len(self.services)

    def make(self, change: Change) -> None:
        """Make one change."""
        {
            OPEN: self._open,
            EXTEND: self._extend,
            MOVE: self._move,
            WITHDRAW: self._withdraw,
            MERGE: self._merge,
            RENEW: self._renew,
            FUND_UNTIL: self._fund_until,
            CLOSE: self._close,
        }[change.kind](change)

    def delta(self) -> Delta:
        """What has changed so far."""
        return Delta(
            exchange_of(self.bodies, self.gone_bodies, list(self.new_bodies.values())),
            exchange_of(self.services, self.gone, list(self.new.values())),
        )

    # Rows

    def rows(self, body: str, themes: Sequence[str] = ()) -> list[tuple[int, Row]]:
        """The services of an organisation as they stand, each with its number."""
        own = [
            (int(i), self.services.iloc[i].to_dict())
            for i in self.of_body.get(body, ())
            if int(i) not in self.gone
        ]
        own += [(i, row) for i, row in self.new.items() if row["organisation_id"] == body]
        return [(i, row) for i, row in own if not themes or row["theme"] in themes]

    def drop(self, number: int) -> None:
        if number in self.new:
            del self.new[number]
        else:
            self.gone.add(number)

    def add(self, row: Row) -> None:
        self.new[self._next] = row
        self._next += 1

    def body(self, name: str) -> Row:
        """An organisation as it stands."""
        return self.new_bodies.get(name) or self.bodies.iloc[self.at_body[name]].to_dict()

    def drop_body(self, name: str) -> None:
        if self.new_bodies.pop(name, None) is None:
            self.gone_bodies.add(self.at_body[name])

    def put_body(self, row: Row) -> None:
        name = row["organisation_id"]
        if name in self.at_body:
            self.gone_bodies.add(self.at_body[name])
        self.new_bodies[name] = row

    def change_rows(self, number: int, row: Row, on: date | None, *then: Row | None) -> None:
        """Let a service be as it is until a day, and as the rows of `then` say from that day on."""
        begun, ended = row["first_seen"], row["until"]
        day = None if on is None else pd.Timestamp(on)
        if day is not None and not pd.isna(ended) and ended < day:
            return
        earlier = day is not None and (pd.isna(begun) or begun < day)
        self.drop(number)
        if earlier:
            self.add({**row, **_last(on)})
        for later in filter(None, then):
            self.add({**later, **_first(on)} if earlier else later)

    # Changes

    def _open(self, change: Change) -> None:
        self.put_body(self._new_body(change, ()))
        assert change.areas is not None
        for theme in change.themes:
            self.add(self._new_service(change.body["id"], theme, change.areas, change))

    def _extend(self, change: Change) -> None:
        for body in change.organisations:
            own = self.rows(body)
            offered = list(dict.fromkeys(row["theme"] for _, row in own if row["theme"]))
            everywhere = Where(
                tuple(dict.fromkeys(place for _, row in own for place in row["places"])),
                tuple(dict.fromkeys(shape for _, row in own for shape in row["drawn"])),
                "; ".join(dict.fromkeys(row["areas"] for _, row in own)),
            )
            for theme in change.themes or offered:
                self.add(self._new_service(body, theme, change.areas or everywhere, change))

    def _move(self, change: Change) -> None:
        assert change.areas is not None
        assert change.to is not None
        for body in change.organisations:
            for number, row in self.rows(body, change.themes):
                rest = _without(row, change.areas)
                if rest is row:
                    continue
                moved = {**row, "places": change.to.places, "drawn": change.to.drawn, "areas": change.to.text}
                moved |= {"area_evidence": STATED, "row": 0}
                self.change_rows(number, row, change.on, rest, moved)

    def _withdraw(self, change: Change) -> None:
        for body in change.organisations:
            for number, row in self.rows(body, change.themes):
                rest = None if change.areas is None else _without(row, change.areas)
                if rest is not row:
                    self.change_rows(number, row, change.on, rest)

    def _merge(self, change: Change) -> None:
        name = change.body["id"]
        own = [found for body in change.organisations for found in self.rows(body)]
        row = self._new_body(change, change.organisations)
        if change.on is None:
            for body in change.organisations:
                self.drop_body(body)
        self._take_members(change)
        self.put_body(row)
        for number, service in own:
            joined = {**service, "organisation_id": name}
            if change.areas is not None:
                there = change.areas
                joined |= {"places": there.places, "drawn": there.drawn, "areas": there.text}
                joined |= {"area_evidence": STATED, "row": 0}
            self.change_rows(number, service, change.on, joined)

    def _renew(self, change: Change) -> None:
        for body in change.organisations:
            for number, row in self.rows(body, change.themes):
                money, until = row["funded_until"], row["until"]
                if pd.isna(money):
                    continue
                renewed = row | _written("funded_until", change.until)
                if not pd.isna(until) and until == money:
                    renewed |= _written("until", None)
                self.drop(number)
                self.add(renewed)

    def _fund_until(self, change: Change) -> None:
        for body in change.organisations:
            for number, row in self.rows(body, change.themes):
                money = change.until or _day(row["funded_until"])
                if money is None:
                    continue
                ended = _day(row["until"])
                self.drop(number)
                self.add(
                    row | _written("funded_until", money) | _written("until", min(money, ended or money))
                )

    def _close(self, change: Change) -> None:
        for body in change.organisations:
            for number, row in self.rows(body, change.themes):
                self.change_rows(number, row, change.on)

    # What is new

    def _new_body(self, change: Change, merged: Sequence[str]) -> Row:
        of = [self.body(name) for name in merged]
        about = {**dict.fromkeys(self.bodies.columns, ""), **change.body}
        about["organisation_id"] = about.pop("id")
        about |= {"identifiers": (), "row": 0, "source": "scenario", "funder": "", "website": ""}
        networks = dict.fromkeys(network for row in of for network in row["member_of"])
        about["member_of"] = tuple(
            network for network in networks if {network, *self._over(network)}.isdisjoint(merged)
        )
        about["bases"] = tuple(change.body["bases"]) or tuple(
            dict.fromkeys(place for row in of for place in row["bases"])
        )
        return {column: about[column] for column in self.bodies.columns}

    def _take_members(self, merger: Change) -> None:
        """Members of a network that is merged belong to what comes of it; until its day, to both."""
        merged, name = merger.organisations, merger.body["id"]
        old = (key for network in merged for key in self._members.get(network, ()))
        members = dict.fromkeys(key for key in old if self.at_body[key] not in self.gone_bodies)
        members |= dict.fromkeys(
            key for key, row in self.new_bodies.items() if not set(merged).isdisjoint(row["member_of"])
        )
        for key in (key for key in members if key not in merged):
            row = self.body(key)
            kept = [network for network in row["member_of"] if merger.on or network not in merged]
            self.put_body({**row, "member_of": tuple(dict.fromkeys([*kept, name]))})

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """Network → those that belong to it in the register."""
        found: dict[str, list[str]] = {}
        for key, networks in zip(self.bodies["organisation_id"], self.bodies["member_of"], strict=True):
            for network in networks:
                found.setdefault(network, []).append(key)
        return found

    def _over(self, body: str) -> set[str]:
        """The networks that an organisation belongs to, directly or through others."""
        found, waiting = set[str](), [body]
        while waiting:
            further = set(self.body(waiting.pop())["member_of"]) - found
            found |= further
            waiting += further
        return found

    def _new_service(self, body: str, theme: str, where: Where, change: Change) -> Row:
        row: Row = dict.fromkeys(self.services.columns, "")
        row |= dict.fromkeys(DATES, pd.NaT)
        row |= {"organisation_id": body, "theme": theme, "focus": change.focus, "row": 0}
        row |= {"areas": where.text, "places": where.places, "drawn": where.drawn}
        row |= {"area_evidence": STATED, "theme_evidence": STATED, "note": "scenario"}
        return row | _first(change.on) if change.on else row


def _without(row: Row, taken: Where) -> Row | None:
    """A service without some areas: itself where it serves none of them, None where nothing is left."""
    blocks = {block for place in taken.places for block in place.blocks}
    shapes = tuple(shape for shape in row["drawn"] if shape not in taken.drawn)
    places: list[Place] = []
    for place in row["places"]:
        kept = tuple(block for block in place.blocks if block not in blocks)
        if len(kept) == len(place.blocks):
            places.append(place)
        elif kept:
            places.append(replace(place, blocks=kept, name=f"{place.name} without {taken.text}"))
    if tuple(places) == tuple(row["places"]) and shapes == tuple(row["drawn"]):
        return row
    if not places and not shapes:
        return None
    text = f"{row['areas']} without {taken.text}"
    return {**row, "places": tuple(places), "drawn": shapes, "areas": text}


def _first(on: date | None) -> Row:
    return _written("first_seen", on)


def _last(on: date | None) -> Row:
    return _written("until", None if on is None else on - timedelta(days=1))


def _written(column: str, day: date | None) -> Row:
    text = "" if day is None else day.isoformat()
    return {column: pd.NaT if day is None else pd.Timestamp(day), f"{column}_written": text}


def _day(stamp: Any) -> date | None:
    return None if pd.isna(stamp) else stamp.date()
