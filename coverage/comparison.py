"""What a scenario changes, by theme and area: who gains and who loses, within the bounds of the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..boundaries.errors import IdentityError
from .analysis import Analysis, analyse, reanalyse
from .answer import Answer
from .applying import applied, delta_of
from .area_tallies import AreaTally, area_tally
from .areas import Values
from .classes import CLASSES, class_codes
from .counting import counted
from .groupings import Regrouping, grouping_table
from .incidence import touched
from .measures import key_columns, known, surveyed_share
from .question import ask
from .scenarios import Redrawn, Scenario
from .study import Study
from .tallies import Revision
from .words import method

Mask = npt.NDArray[np.bool_]
Land = dict[object, dict[int, Sequence[int]]]
"""What is served → the blocks that it touches, each set of them once."""
SAME, BETTER, WORSE = "same", "better", "worse"
MORE, FEWER, MIXED, UNDECIDED = "more covered", "fewer covered", "more and fewer", "undecided"
RELYING, NOT_RELYING = "left relying on one", "no longer relying on one"
CHANGES: Final = {
    SAME: "Neither the class nor who is covered differs.",
    BETTER: "The provision class is a higher one.",
    WORSE: "The provision class is a lower one.",
    MORE: "The same class; some residents are covered who were not.",
    FEWER: "The same class; some residents are no longer covered.",
    MIXED: "The same class; some residents are covered who were not, and others no longer.",
    RELYING: "The same class and cover; some residents are left relying on one organisation.",
    NOT_RELYING: "The same class and cover; some residents no longer rely on one organisation.",
    UNDECIDED: "The same class; what differs lies inside the bounds of the evidence.",
}
"""What `change` says of an area and theme."""
BOTH: Final = (
    *("organisations", "coverage_low", "coverage_high", "depth_mean_low", "depth_mean_high"),
    *("relying_low", "relying_high", "overlap_low", "overlap_high"),
)
"""What is given for the baseline and for the scenario."""
ENDS: Final = ("low", "high")


@dataclass(frozen=True)
class Comparison:
    """A scenario beside its baseline, for one question.

    Attributes
    ----------
    scenario
        What is compared.
    baseline, then
        The answers before and after; the same areas, themes, date and evidence.
    revision
        What was counted anew.
    regroupings
        The scenario by the sub-regions that there were, and by those that it draws anew.
    """

    scenario: Scenario
    baseline: Answer
    then: Answer
    revision: Revision
    regroupings: tuple[Regrouping, ...] = ()

    @cached_property
    def shifts(self) -> Shifts:
        """Residents gained and lost, by theme and area."""
        return shifts(self.baseline.analysis, self.then.analysis)

    @cached_property
    def table(self) -> pd.DataFrame:
        """See `comparison_table`."""
        return comparison_table(self)

    @cached_property
    def groupings(self) -> pd.DataFrame | None:
        """See `groupings.grouping_table`: of the sub-regions that are drawn anew; None without any."""
        if not self.regroupings:
            return None
        found = pd.concat([grouping_table(each) for each in self.regroupings], ignore_index=True)
        found.insert(0, "scenario", self.scenario.id)
        return found


@dataclass(frozen=True)
class Shifts:
    """Residents whose cover differs: themes × rows of the areas, each at least and at most.

    Attributes
    ----------
    gained_low, gained_high
        Covered in the scenario and not in the baseline.
    lost_low, lost_high
        Covered in the baseline and not in the scenario.
    left_relying_low, left_relying_high
        Served by two organisations or more in the baseline, by one in the scenario; at least: where a
        source looked.
    freed_low, freed_high
        Served by one organisation in the baseline, by two or more in the scenario; likewise.
    """

    gained_low: Values
    gained_high: Values
    lost_low: Values
    lost_high: Values
    left_relying_low: Values
    left_relying_high: Values
    freed_low: Values
    freed_high: Values


def compare(
    study: Study,
    scenarios: Sequence[Scenario],
    *,
    by: str | None = None,
    within: str | None = None,
    themes: Sequence[str] = (),
    on: str | None = None,
    evidence: str = "headline",
    method: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Comparison]:
    """Answer one question for a study and for each of several scenarios of it.

    Parameters
    ----------
    study
        The baseline.
    scenarios
        Read with `read_scenarios`.
    by, within, themes, on, evidence, method
        As for `ask`. Without `on` each scenario is compared on its own day, else at the snapshot.
    progress
        Told which is being compared.

    Returns
    -------
    list of Comparison
        In the order of the scenarios.

    Raises
    ------
    QuestionError
        As `ask`.
    """
    answered: dict[str | None, Answer] = {}
    found = []
    for scenario in scenarios:
        progress(f"comparing {scenario.id}")
        day = on or scenario.as_of
        question = ask(study, by=by, within=within, themes=themes, on=day, evidence=evidence, method=method)
        if day not in answered:
            answered[day] = Answer(analyse(study, question))
        found.append(compared(answered[day], scenario))
    return found


def compared(baseline: Answer, scenario: Scenario) -> Comparison:
    """Put a scenario beside an answer: only what differs is measured and counted.

    Parameters
    ----------
    baseline
        The answer for the study as it stands.
    scenario
        Read with `read_scenarios`.
    """
    study = baseline.analysis.study

    def made() -> tuple[Scenario, Study, set[str]]:
        delta = delta_of(study, scenario.changes)
        return scenario, applied(study, scenario, delta), delta.bodies(study.register)

    # what is kept holds the scenario, so that its id is nobody else's
    _, then, bodies = study.kept(("scenario", id(scenario)), made)
    after, revision = reanalyse(baseline.analysis, then, bodies)
    redrawn = tuple(_regrouping(after, each) for each in scenario.redrawn)
    return Comparison(scenario, baseline, Answer(after), revision, redrawn)


def _regrouping(after: Analysis, redrawn: Redrawn) -> Regrouping:
    """The scenario's register by both geographies: all that differs between them comes of their borders."""
    question, atlas = after.question, after.study.atlas
    geographies = {**atlas.geographies, redrawn.other.id: redrawn.other}
    study = replace(after.study, atlas=replace(atlas, geographies=geographies))
    one, other = (
        Answer(analyse(study, replace(question, geography=geography)))
        for geography in (redrawn.one or question.geography, redrawn.other)
    )
    return Regrouping(one, other, redrawn.of_one, redrawn.of_other)


def shifts(before: Analysis, after: Analysis) -> Shifts:
    """Sum the residents whom a scenario gains and loses, and those who come to rely on one organisation.

    A block counts only where the areas and shapes that serve it for the theme differ; of reliance, where
    those of some organisation do. Where they are only more, nobody is lost, and where they are only fewer,
    nobody is gained; elsewhere what is not known of the two states is taken to be unrelated, which gives
    the widest bounds.

    Parameters
    ----------
    before, after
        Of the same areas, themes and date.

    Raises
    ------
    IdentityError
        When the bounds contradict each other, or the difference of the figures.
    """
    less, more = _differing(before, after, by_organisation=False)
    other = np.logical_or(*_differing(before, after, by_organisation=True))
    then, now = after.provision, before.provision
    alone, alone_then = now.one_or_more, then.one_or_more
    people = before.study.atlas.residents
    looked = people * before.looked
    bounds = (
        (more, then.union_low - now.union_high, people),
        (more, then.union_high - now.union_low, people),
        (less, now.union_low - then.union_high, people),
        (less, now.union_high - then.union_low, people),
        (other, alone.more_low + alone_then.one_low - 1, looked),
        (other, np.minimum(alone.more_high, alone_then.one_high), people),
        (other, alone.one_low + alone_then.more_low - 1, looked),
        (other, np.minimum(alone.one_high, alone_then.more_high), people),
    )
    found = Shifts(
        *(before.areas.sum(np.where(here, np.maximum(0, share), 0) * whom) for here, share, whom in bounds)
    )
    low, high, low_then, high_then = now.union_low, now.union_high, then.union_low, then.union_high
    covered = [before.areas.sum(each * people) for each in (low, high, low_then, high_then)]
    slack = 1e-6 * (1 + np.abs(covered[1]) + np.abs(covered[3]))
    ordered = (found.gained_low <= found.gained_high + slack) & (found.lost_low <= found.lost_high + slack)
    inside = (covered[2] - covered[1] <= found.gained_high - found.lost_low + slack) & (
        covered[3] - covered[0] >= found.gained_low - found.lost_high - slack
    )
    if not (ordered & inside).all():
        raise IdentityError("residents gained and lost contradict the residents covered")
    return found


def _differing(before: Analysis, after: Analysis, *, by_organisation: bool) -> tuple[Mask, Mask]:
    """Themes × blocks: where something that serves the block is no longer there; and where it is new."""
    served = [_kept(analysis, by_organisation) for analysis in (before, after)]
    less = np.zeros(before.provision.union_low.shape, dtype=bool)
    more = less.copy()
    for t in range(len(before.question.themes)):
        for mask, (here, there) in ((less, served), (more, served[::-1])):
            for key, areas in here[t].items():
                still = there[t].get(key, {})
                if areas.keys() != still.keys():
                    mask[t, list(set().union(*areas.values()).difference(*still.values()))] = True
    return less, more


def _kept(analysis: Analysis, by_organisation: bool) -> list[Land]:
    """The same for every geography."""
    question = analysis.question
    key = "keys", question.themes, question.when, question.grades, question.method, by_organisation
    return analysis.study.kept(key, lambda: _served(analysis, by_organisation))


def _served(analysis: Analysis, by_organisation: bool) -> list[Land]:
    """For each theme, what is served: an area, the part of it that one service means, or shapes.

    Two services that say `part of X` need not mean the same part: a part is known by its service, and by
    its organisation where a scenario made it.
    """
    study, question = analysis.study, analysis.question
    services = counted(study, question.when, question.grades)
    place = {theme: t for t, theme in enumerate(question.themes)}
    found: list[Land] = [{} for _ in question.themes]
    pieces = study.pieces(question.method)
    is_shape = np.diff(pieces.shapes.ptr) > 0
    drawn: dict[object, list[int]] = {}
    for row in services[services["theme"].isin(question.themes)].itertuples():
        here = found[place[row.theme]]
        whose = row.organisation_id if by_organisation else ""
        for each in row.places:
            part = each.part and (row.row or row.organisation_id)
            here.setdefault((whose, each.area, part), {})[id(each.blocks)] = each.blocks
        if row.drawn and row.drawn not in drawn:
            own = pieces.of_service.ids[slice(*pieces.of_service.ptr[row.Index : row.Index + 2])]
            ranks = np.flatnonzero(touched(pieces.footprints, own[is_shape[own]], len(pieces.index)))
            drawn[row.drawn] = pieces.index.order[ranks].tolist()
        if row.drawn:
            here[whose, row.drawn] = {0: drawn[row.drawn]}
    return found


def comparison_table(found: Comparison) -> pd.DataFrame:
    """Put a scenario beside its baseline.

    Parameters
    ----------
    found
        The scenario and both answers.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and row of the areas, closed by `no area` and `total`, which have no
        class. `scenario`; `class_baseline`, `class_scenario`, `change` (one of `CHANGES`);
        `residents_` with each of `Shifts`; then `BOTH`, each with `_baseline` and `_scenario`:
        organisations on record in the area as they count, shares of residents, 0 to 1, and mean numbers of
        organisations; then what else the blocks count (such as residents in the most deprived tenth) inside
        at least one service area. Missing where not known.
    """
    before, after = found.baseline, found.then
    analysis = before.analysis
    frame = key_columns(analysis, analysis.areas.rows)
    frame.insert(0, "scenario", found.scenario.id)
    count, rows = analysis.areas.area_count, len(analysis.areas.rows)
    codes = [class_codes(each.analysis) for each in (before, after)]
    frame["class_baseline"], frame["class_scenario"] = (_closed(each, rows).ravel() for each in codes)
    moved = np.zeros((len(analysis.question.themes), rows), dtype=np.int64)
    moved[:, :count] = np.sign(codes[1] - codes[0])
    frame["change"] = _change(moved, found.shifts).ravel()
    frame["surveyed_share"] = surveyed_share(analysis)
    out = ~analysis.areas.rows["in_study"].to_numpy(dtype=bool)
    for name in (each.name for each in fields(Shifts)):
        frame[f"residents_{name}"] = np.where(out, np.nan, getattr(found.shifts, name)).ravel()
    tally = area_tally(found.revision.before, analysis.areas.matrix, analysis.study.atlas.residents)
    states = zip((before.analysis, after.analysis), (tally, tally.revised(found.revision)), strict=True)
    for state, (each, counted_there) in zip(("baseline", "scenario"), states, strict=True):
        for name, values in _figures(each, counted_there).items():
            frame[f"{name}_{state}"] = known(each, values).ravel()
    names = [*BOTH, *(f"{count}_covered_{end}" for count in analysis.study.atlas.counts for end in ENDS)]
    order = [f"{name}_{state}" for name in names for state in ("baseline", "scenario")]
    frame = frame[[*(column for column in frame if column not in order), *order]]
    frame["method"] = method(analysis.study, analysis.question.method)
    return frame


def _figures(analysis: Analysis, tally: AreaTally) -> dict[str, Values]:
    """Each of `BOTH`, by theme and row of the areas."""
    areas, people = analysis.areas, analysis.study.atlas.residents
    residents, alone = areas.of("residents"), analysis.provision.one_or_more
    sums = {
        "relying_low": areas.sum(alone.one_low * (people * analysis.looked)),
        "relying_high": areas.sum(alone.one_high * people),
        "overlap_low": areas.sum(alone.more_low * people),
        "overlap_high": areas.sum(alone.more_high * people),
    }
    for end in ENDS:
        sums |= {
            f"coverage_{end}": tally.sums[f"covered_{end}"],
            f"depth_mean_{end}": tally.sums[f"depth_{end}"],
        }
    shares = {name: values / residents for name, values in sums.items()}
    unions = dict(zip(ENDS, (analysis.provision.union_low, analysis.provision.union_high), strict=True))
    blocks = analysis.study.atlas.blocks
    counts = {
        f"{count}_covered_{end}": areas.sum(union * blocks[count].to_numpy(dtype=np.float64))
        for count in analysis.study.atlas.counts
        for end, union in unions.items()
    }
    return {"organisations": tally.organisations.astype(np.float64), **shares, **counts}


def _closed(codes: npt.NDArray[np.int64], rows: int) -> npt.NDArray[np.object_]:
    """Classes in words, with empty ones for the rows that close a table."""
    found = np.full((len(codes), rows), "", dtype=object)
    found[:, : codes.shape[1]] = np.array(CLASSES, dtype=object)[codes]
    return found


def _change(moved: npt.NDArray[np.int64], residents: Shifts) -> npt.NDArray[np.object_]:
    gained, lost = residents.gained_low > 0, residents.lost_low > 0
    relying, freed = residents.left_relying_low > 0, residents.freed_low > 0
    perhaps = np.any([getattr(residents, each.name) > 0 for each in fields(Shifts)], axis=0)
    said = (
        *((moved > 0, BETTER), (moved < 0, WORSE), (gained & lost, MIXED), (gained, MORE), (lost, FEWER)),
        *((relying, RELYING), (freed, NOT_RELYING), (perhaps, UNDECIDED)),
    )
    conditions, words = zip(*said, strict=True)
    return np.asarray(np.select(conditions, words, default=SAME), dtype=object)
