"""Whether the changes of a scenario agree with the register and with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import combinations
from typing import Final, Protocol

from ..boundaries.errors import Fault, Kind
from ..boundaries.spelling import near
from .scenarios import CLOSE, EXTEND, FUND_UNTIL, MERGE, MOVE, OPEN, RENEW, WITHDRAW, Change, Scenario
from .study import Study, blocks_of

MADE_BY: Final = (OPEN, MERGE)


class Report(Protocol):
    """Reports a fault of a change, if the change is one of those that are spoken of."""

    def __call__(
        self, change: Change, key: str, reason: str, remedy: str, value: str, kind: Kind = "refused"
    ) -> None: ...


def check_changes(
    study: Study, scenario: Scenario, changes: Sequence[Change], file: str, faults: list[Fault]
) -> None:
    """Report everything in which the changes of a scenario contradict the register or each other.

    Parameters
    ----------
    study
        Whose register is changed.
    scenario
        Whose own changes are spoken of.
    changes
        Its own, after those of the scenarios that it builds on.
    file
        Its name, as faults give it.
    faults
        What is wrong is added to it.
    """
    own = set(map(id, scenario.changes))

    def report(
        change: Change, key: str, reason: str, remedy: str, value: str, kind: Kind = "refused"
    ) -> None:
        column = f"scenario.{change.kind}.{key}"
        at = partial(Fault, file=file, row=change.lines.get(key, change.line), column=column, value=value)
        fault = at(kind=kind, reason=f"{reason} (scenario {scenario.id})", remedy=remedy)
        if id(change) in own:
            faults.append(fault)

    def report_both(one: Change, other: Change, value: str, reason: str, remedy: str) -> None:
        last = max(one, other, key=lambda change: (id(change) in own, change.line))
        first = other if last is one else one
        report(last, "organisations", f"{reason} in line {first.line}", remedy, value)

    made = {change.body["id"]: change for change in changes if change.kind in MADE_BY}
    _check_names(study, changes, made, report)
    for circle in _circles(changes):
        chain = " → ".join(circle)
        change = next(c for c in reversed(changes) if c.kind == MERGE and c.body["id"] in circle)
        report(
            change, "organisations", f"these mergers run in a circle: {chain}", "take one of them out", chain
        )
    for one, other in combinations(changes, 2):
        for body in set(one.organisations) & set(other.organisations):
            said = _contradiction(one, other)
            if said:
                report_both(one, other, body, *said)
    for change in changes:
        if change.kind in (WITHDRAW, MOVE, CLOSE, EXTEND):
            _check_served(study, change, report)
        if change.on and scenario.as_of and change.on > date.fromisoformat(scenario.as_of):
            reason = f"it holds from {change.on}, after the day that is compared, {scenario.as_of}"
            report(change, "on", reason, "choose a later as_of", str(change.on), "noted")


def _check_names(study: Study, changes: Sequence[Change], made: dict[str, Change], report: Report) -> None:
    bodies = study.register.organisations
    seen: dict[str, Change] = {}
    for change in changes:
        if change.kind in MADE_BY:
            name = change.body["id"]
            absorbed = change.kind == MERGE and name in change.organisations
            if name in seen:
                remedy = "give one of them another id"
                report(
                    change, "id", f"line {seen[name].line} makes an organisation of this id too", remedy, name
                )
            elif name in bodies.index and not absorbed:
                remedy = "give the new one another id"
                report(change, "id", "an organisation of the register has this id", remedy, name)
            seen.setdefault(name, change)
        if change.kind == OPEN:
            continue
        for body in change.organisations:
            if body not in bodies.index and body not in made:
                named = {str(name): str(key) for key, name in bodies["name"].items()}
                meant = near(body, [*bodies.index, *made, *named])
                listed = [named.get(each, each) for each in meant]
                remedy = (
                    f"did you mean {' or '.join(dict.fromkeys(listed))}?"
                    if meant
                    else "name one of the register"
                )
                report(change, "organisations", "no organisation has this id or name", remedy, body, "asked")


def _circles(changes: Sequence[Change]) -> Iterator[list[str]]:
    """Chains of mergers that come back to where they began, each once."""
    into = {
        body: change.body["id"]
        for change in changes
        if change.kind == MERGE
        for body in change.organisations
        if body != change.body["id"]
    }
    told: set[str] = set()
    for start in into:
        chain, body = [start], start
        while body in into and body not in told:
            body = into[body]
            if body in chain:
                yield [*chain[chain.index(body) :], body]
                break
            chain.append(body)
        told.update(chain)


def _contradiction(one: Change, other: Change) -> tuple[str, str] | None:
    """What two changes of one organisation cannot both mean, and what to do; None where they agree."""
    kinds = {one.kind, other.kind}
    if one.kind == other.kind == MERGE:
        return "it is merged into another", "name it in one merger"
    if MERGE in kinds and CLOSE in kinds:
        return "it is merged and closed: the other stands", "choose one of them"
    if one.themes and other.themes and set(one.themes).isdisjoint(other.themes):
        return None
    if one.kind == other.kind == CLOSE:
        return "it is closed", "close it once"
    if CLOSE in kinds:
        close, rest = (one, other) if one.kind == CLOSE else (other, one)
        if rest.kind == OPEN:
            return None if close.on else ("it is opened", "give the closure a later day: on = …")
        if close.on is None or (rest.on is not None and rest.on >= close.on):
            return f"it is closed by then: the other change is {rest.kind}", "take one of them out"
        return None
    if kinds == {FUND_UNTIL, RENEW}:
        return "its money both ends and is renewed: the other stands", "choose one of them"
    if one.kind == other.kind in (FUND_UNTIL, RENEW):
        return "this is said of it", "say it once"
    if kinds == {EXTEND, WITHDRAW} and one.areas and other.areas:
        both = {place.area for place in one.areas.places} & {place.area for place in other.areas.places}
        if both and one.on == other.on:
            return f"it is extended to and withdrawn from {', '.join(sorted(both))}", "choose one of them"
    return None


def _check_served(study: Study, change: Change, report: Report) -> None:
    """Report what is withdrawn, moved or closed though the register has it nowhere."""
    services = study.register.services
    for body in change.organisations:
        own = services[services["organisation_id"] == body]
        if body not in study.register.organisations.index:
            continue
        offered = [theme for theme in dict.fromkeys(own["theme"]) if theme]
        missing = [theme for theme in change.themes if theme not in offered]
        if missing and change.kind != EXTEND:
            remedy = f"it offers {', '.join(offered) or 'no theme that is stated'}"
            report(change, "themes", f"{body} offers this nowhere", remedy, ", ".join(missing))
        if not len(own) and change.kind in (CLOSE, MOVE, WITHDRAW):
            reason = "no service of it is on record: nothing would change"
            report(change, "organisations", reason, "take it out, or add its services", body, "noted")
        if change.kind in (WITHDRAW, MOVE) and change.areas is not None and len(own):
            served = blocks_of(tuple(p for places in own["places"] for p in places), len(study.atlas.blocks))
            key = "from" if change.kind == MOVE else "areas"
            if own["drawn"].map(len).any() and not change.areas.drawn:
                reason = f"{body} serves drawn areas or catchments too: they stay as they are"
                report(change, key, reason, "name them as services.csv does", change.areas.text, "noted")
            for place in change.areas.places:
                if place.part:
                    remedy = "name whole areas"
                    report(change, key, "which part of it is not known", remedy, place.text or place.name)
                if not served[list(place.blocks)].any():
                    areas = "; ".join(dict.fromkeys(own["areas"]))
                    report(
                        change,
                        key,
                        f"{body} does not serve it",
                        f"it serves {areas}",
                        place.text or place.name,
                    )
