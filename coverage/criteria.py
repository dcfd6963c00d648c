"""What a study said beforehand that options are judged by, and how each option stands to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .analysis import analyse
from .answer import Answer
from .classes import CLASSES, NOT_SURVEYED, OUT_OF_SCOPE, class_codes
from .comparison import Comparison
from .costs import COST, cost_of
from .question import Question, ask
from .scenarios import Criterion
from .study import Study

MET, MISSED, UNDECIDED = "met", "missed", "undecided"
TABLES: Final = {"relying": "reliance", "overlap": "overlap"}
"""Tables that judged figures come from; the others come from `coverage`."""


@dataclass(frozen=True)
class Verdict:
    """How one option stands to one criterion.

    Attributes
    ----------
    criterion
        What is judged by.
    option
        `baseline`, or a scenario's id.
    verdict
        `met`, `missed` or `undecided`.
    met, missed, undecided
        How many areas × themes meet it, miss it, and cannot be judged; of a cost, none.
    by_how_much
        In words; empty where it is met.
    """

    criterion: Criterion
    option: str
    verdict: str
    met: int
    missed: int
    undecided: int
    by_how_much: str


def verdicts(study: Study, criteria: Sequence[Criterion], compared: Sequence[Comparison]) -> list[Verdict]:
    """Judge the record, on each day that a scenario is compared on, and each scenario, by each criterion.

    Parameters
    ----------
    study
        The baseline.
    criteria
        What is judged by.
    compared
        The scenarios, by any one geography.
    """
    found = []
    for criterion in criteria:
        days = set()
        for each in compared:
            question = each.baseline.analysis.question
            if question.when.label not in days:
                days.add(question.when.label)
                found.append(judge(study, question, criterion, f"Record of {question.when.label}"))
            found.append(judge(each.then.analysis.study, question, criterion, each.scenario.id))
    return found


def judge(study: Study, question: Question, criterion: Criterion, option: str) -> Verdict:
    """Judge a study, or what a scenario makes of it, by a criterion.

    Parameters
    ----------
    study
        The option.
    question
        For the date, the evidence, the method and what figures are cut to.
    criterion
        What is judged by.
    option
        What the option is called.

    Returns
    -------
    Verdict
        An area that was not surveyed can meet a class, since somebody is on record, and never miss one.
    """
    if criterion.measure == COST:
        return _judge_cost(study, question, criterion, option)
    found = Answer(analyse(study, _for(study, question, criterion)))
    return (
        _judge_class(found, criterion, option)
        if criterion.at_least
        else _judge_figure(found, criterion, option)
    )


def _for(study: Study, question: Question, criterion: Criterion) -> Question:
    asked = ask(study, by=criterion.geography or None, themes=criterion.themes)
    return Question(
        asked.geography, question.within, asked.themes, question.when, question.grades, question.method
    )


def _judge_class(found: Answer, criterion: Criterion, option: str) -> Verdict:
    """By surveyed areas; a class that is reached is reached whether or not a source looked everywhere."""
    codes = class_codes(found.analysis)
    codes = codes[codes > CLASSES.index(OUT_OF_SCOPE)]
    unknown = int((codes == CLASSES.index(NOT_SURVEYED)).sum())
    met = int((codes >= CLASSES.index(criterion.at_least)).sum())
    missed = len(codes) - unknown - met
    return _verdict(criterion, option, met, missed, unknown, found)


def _judge_figure(found: Answer, criterion: Criterion, option: str) -> Verdict:
    table = found.table(TABLES.get(criterion.measure.split("_")[0], "coverage"))
    code = found.analysis.question.geography.code_column
    codes = found.analysis.areas.rows.index[: found.analysis.areas.area_count]
    values = table.loc[table[code].isin(codes), criterion.measure].to_numpy(dtype=np.float64)
    inside = np.ones(len(values), dtype=bool)
    if criterion.at_most is not None:
        inside &= values <= criterion.at_most
    if criterion.not_under is not None:
        inside &= values >= criterion.not_under
    known = ~np.isnan(values)
    met, missed, unknown = (int(each.sum()) for each in (known & inside, known & ~inside, ~known))
    return _verdict(criterion, option, met, missed, unknown, found)


def _verdict(
    criterion: Criterion, option: str, met: int, missed: int, unknown: int, found: Answer
) -> Verdict:
    verdict = MISSED if missed else UNDECIDED if unknown or not met else MET
    many = found.analysis.question.geography.nouns[1]
    themes = len(found.analysis.question.themes)
    said = []
    if missed:
        said.append(f"by {missed:,} of the {met + missed:,} that can be judged")
    if unknown:
        said.append(f"{unknown:,} cannot be judged: no source looked")
    said = [f"{'; '.join(said)} ({many if themes == 1 else f'{many} × themes'})"] if said else []
    return Verdict(criterion, option, verdict, met, missed, unknown, "".join(said))


def _judge_cost(study: Study, question: Question, criterion: Criterion, option: str) -> Verdict:
    cost = cost_of(analyse(study, question))
    pounds, known, unknown = cost.pounds, cost.known, cost.unknown
    over = criterion.at_most is not None and pounds > criterion.at_most
    under = criterion.not_under is not None and pounds < criterion.not_under
    if over:
        assert criterion.at_most is not None
        more = f"£{pounds - criterion.at_most:,.0f} a year over"
        return Verdict(criterion, option, MISSED, 0, 0, unknown, f"at least {more}" if unknown else more)
    if unknown or not known:
        said = f"the cost of {unknown} of {known + unknown} organisations is not on record"
        return Verdict(criterion, option, UNDECIDED, 0, 0, unknown, said)
    if under:
        assert criterion.not_under is not None
        said = f"£{criterion.not_under - pounds:,.0f} a year under"
        return Verdict(criterion, option, MISSED, 0, 0, 0, said)
    return Verdict(criterion, option, MET, 0, 0, 0, "")
