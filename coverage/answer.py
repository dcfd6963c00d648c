"""A question answered: its figures, its classes and the published tables made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from .analysis import Analysis, analyse
from .block_figures import blocks_table
from .classes import Classes, classify
from .gaps import class_table, gap_table
from .listing import organisations_table
from .measures import coverage_table, density_table, overlap_table
from .overlaps import pairs_table
from .question import Question
from .reliance import reliance_by_organisation, reliance_table
from .study import Study


@dataclass(frozen=True)
class Answer:
    """The figures of one question.

    Attributes
    ----------
    analysis
        What the tables are made from.
    """

    analysis: Analysis

    @cached_property
    def classes(self) -> Classes:
        """Classes and flags, with what other evidence amounts to."""
        return classify(self.analysis)

    @cached_property
    def class_table(self) -> pd.DataFrame:
        """Class, flags and reason of every theme and area."""
        return class_table(self.analysis, self.classes)

    def table(self, name: str) -> pd.DataFrame:
        """Make one of the tables, of `TABLES` or `ON_REQUEST`."""
        if name not in self._made:
            self._made[name] = {**TABLES, **ON_REQUEST}[name](self)
        return self._made[name].copy()

    @cached_property
    def _made(self) -> dict[str, pd.DataFrame]:
        """What was made before: the page shows what the files hold."""
        return {}


def _coverage(answer: Answer) -> pd.DataFrame:
    """Coverage and depth, with both other classes and the flags of each area."""
    table = coverage_table(answer.analysis, answer.classes)
    keys = [answer.analysis.question.geography.code_column, "theme"]
    judged = answer.class_table[[*keys, "class_stated", "class_claimed", "flags"]]
    after = table.columns.get_loc("class") + 1
    order = [*table.columns[:after], *judged.columns[2:], *table.columns[after:]]
    merged = table.merge(judged, on=keys, how="left")
    for column in judged.columns[2:]:
        merged[column] = merged[column].astype(object).where(merged[column].notna(), "")
    return merged[order]


TABLES: Final[Mapping[str, Callable[[Answer], pd.DataFrame]]] = {
    "gaps": lambda answer: gap_table(answer.class_table),
    "coverage": lambda answer: _coverage(answer),
    "density": lambda answer: density_table(answer.analysis),
    "overlap": lambda answer: overlap_table(answer.analysis),
    "pairs": lambda answer: pairs_table(answer.analysis),
    "reliance": lambda answer: reliance_table(answer.analysis),
    "organisations": lambda answer: organisations_table(answer.analysis),
}
"""What is published with a study."""
ON_REQUEST: Final[Mapping[str, Callable[[Answer], pd.DataFrame]]] = {
    "blocks": lambda answer: blocks_table(answer.analysis),
    "reliance_by_organisation": lambda answer: reliance_by_organisation(answer.analysis),
}
"""What is long, and what is internal."""


def answer(study: Study, question: Question) -> Answer:
    """Answer a question, with every identity checked.

    Raises
    ------
    IdentityError
        When figures contradict each other.

    Examples
    --------
    >>> from hinterland.coverage.question import ask
    >>> from hinterland.coverage.study import read_study
    >>> study = read_study()
    >>> gaps = answer(study, ask(study, within="D2N2", themes=["funding advice"])).table("gaps")
    >>> gaps["class"].value_counts().to_dict()
    {'not surveyed': 9, 'none on record': 6}
    """
    found = Answer(analyse(study, question))
    found.classes  # noqa: B018 - identities of the classes are checked here
    return found
