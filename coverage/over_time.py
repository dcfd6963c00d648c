"""What is lost and gained day by day: as the register has it, and if money that ends is not renewed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import pandas as pd

from .analysis import Analysis, analyse
from .applying import apply
from .comparison import Shifts, shifts
from .counting import YES, against_the_rules
from .dates import AsOf
from .question import Question
from .scenarios import FUND_UNTIL, Change, Scenario
from .study import Study
from .timeline import changes
from .words import changes_in_words, inside, joined, listed, method

ON_RECORD, MONEY_ENDS = "on record", "money ends"


@dataclass(frozen=True)
class _Step:
    """What differs from one state to the next, and what it is called."""

    day: date
    kind: str
    what: Sequence[str]
    before: Analysis
    after: Analysis


def timeline_table(study: Study, question: Question) -> pd.DataFrame:
    """List each day after the snapshot on which cover changes, or money ends on which it rests.

    Parameters
    ----------
    study
        Whose register is read.
    question
        For its themes, evidence, method, geography and what figures are cut to; not for its date.

    Returns
    -------
    pandas.DataFrame
        One row for each day, `kind` and theme for which anything differs, by day. `on record`: the day on
        which what the register says begins to hold, beside the day before. `money ends`: the day after the
        last that is funded, and what would differ if nothing were renewed and served on. `what` says it in
        words; `areas_affected` names those in which residents are gained or lost; `residents_gained_`,
        `residents_lost_`, `residents_left_relying_`, `residents_freed_` as in a comparison, and
        `residents_covered_` on that day, each at least and at most, of all that is described.
    """
    rows = []
    for step in _steps(study, question):
        moved = shifts(step.before, step.after)
        people = study.atlas.residents
        unions = step.after.provision.union_low, step.after.provision.union_high
        covered = [step.after.areas.sum(union * people) for union in unions]
        for t, theme in enumerate(question.themes):
            figures = {f"residents_{name}": float(each[t, -1]) for name, each in vars(moved).items()}
            if not any(figures.values()):
                continue
            rows.append(
                {
                    "day": step.day.isoformat(),
                    "kind": step.kind,
                    "theme": theme,
                    "areas_affected": _areas(step.after, moved, t),
                    **figures,
                    "residents_covered_low": float(covered[0][t, -1]),
                    "residents_covered_high": float(covered[1][t, -1]),
                    "what": " ".join(step.what),
                    "method": method(study, question.method),
                }
            )
    columns = ["day", "kind", "theme", "areas_affected"]
    columns += [f"residents_{each.name}" for each in fields(Shifts)]
    columns += ["residents_covered_low", "residents_covered_high", "what", "method"]
    return pd.DataFrame(rows, columns=columns)


def _steps(study: Study, question: Question) -> Iterator[_Step]:
    last = study.snapshot[1]
    before = analyse(study, _on(question, last))
    found = {change.day: change for change in changes(study, question.themes, question.grades)}
    money = _money(study, question)
    for day in sorted({*found, *money}):
        after = analyse(study, _on(question, day))
        if day in found:
            yield _Step(day, ON_RECORD, changes_in_words(study, found[day]), before, after)
        if day in money:
            ended = apply(study, Scenario("", "", "", None, tuple(money[day].changes)))
            without = analyse(ended, _on(question, day))
            yield _Step(day, MONEY_ENDS, money[day].said, after, without)
        before = after


@dataclass
class _Money:
    """Whose money ends on one day."""

    changes: list[Change]
    said: list[str]


def _money(study: Study, question: Question) -> dict[date, _Money]:
    """The first day without it → whose money ends, of services that are on record beyond."""
    services, bodies = study.register.services, study.register.organisations
    counts = against_the_rules(study, question.grades, services) == YES
    asked = services[counts & services["theme"].isin(question.themes)]
    ends = asked["funded_until"]
    lasting = asked["until"].isna() | (asked["until"] > ends)
    asked = asked[lasting & (ends >= pd.Timestamp(study.snapshot[1]))]
    labels = {theme.id: inside(theme.label) for theme in study.taxonomy.themes}
    found: dict[date, _Money] = {}
    for (stamp, body), own in asked.groupby(["funded_until", "organisation_id"], sort=True):
        themes = tuple(dict.fromkeys(own["theme"]))
        here = found.setdefault(stamp.date() + timedelta(days=1), _Money([], []))
        here.changes.append(Change(FUND_UNTIL, len(here.changes), (body,), themes))
        said = joined([labels[theme] for theme in themes])
        here.said.append(
            f"Relies on funding to {stamp.date()}, unless renewed: {bodies.at[body, 'name']}, for {said}."
        )
    return found


def _on(question: Question, day: date) -> Question:
    return replace(question, when=AsOf(day, day, day.isoformat(), is_snapshot=False))


def _areas(analysis: Analysis, moved: Shifts, theme: int) -> str:
    """The areas in which anybody may be gained or lost, or left relying on one, most affected first."""
    count = analysis.areas.area_count
    some = sum(each[theme, :count] for name, each in vars(moved).items() if name.endswith("high"))
    affected = pd.Series(some, index=analysis.areas.rows["name"].to_numpy()[:count])
    affected = affected[affected > 0].sort_values(ascending=False, kind="stable")
    return listed(list(affected.index))
