"""What options cost a year, where the register says so, and for each resident whom they cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from .analysis import Analysis
from .counting import counted

COST: Final = "annual_cost"


@dataclass(frozen=True)
class Cost:
    """What the organisations that count cost a year.

    Attributes
    ----------
    pounds
        Of those whose cost is on record.
    known, unknown
        How many these are, and how many others count.
    staff, staffed
        Full-time equivalents of those whose staff is on record, and how many these are.
    covered_low, covered_high
        Residents, inside the study and what is asked about, whom any of them serves for any of the themes.
    """

    pounds: float
    known: int
    unknown: int
    staff: float
    staffed: int
    covered_low: float
    covered_high: float

    @property
    def per_resident(self) -> tuple[float, float] | None:
        """Pounds a year for each resident covered, at least and at most; None where one is not on record."""
        if self.unknown or not self.known or not self.covered_low:
            return None
        return self.pounds / self.covered_high, self.pounds / self.covered_low


def cost_of(analysis: Analysis) -> Cost:
    """Add up what the organisations that count cost.

    All that an organisation costs is counted, whatever else it does and wherever else it works: the register
    knows no cost by theme or area.

    Parameters
    ----------
    analysis
        Of a study whose register has the column `annual_cost`.

    Examples
    --------
    >>> from hinterland.coverage.analysis import analyse
    >>> from hinterland.coverage.question import ask
    >>> from hinterland.coverage.study import read_study
    >>> study = read_study()
    >>> found = cost_of(analyse(study, ask(study, themes=["governance"])))
    >>> found.known, found.unknown, found.per_resident
    (0, 1, None)
    """
    study, question, provision = analysis.study, analysis.question, analysis.provision
    services = counted(study, question.when, question.grades)
    bodies = services.loc[services["theme"].isin(question.themes), "organisation_id"].unique()
    costs, staff = (
        pd.to_numeric(study.register.organisations.loc[bodies, column], errors="coerce")
        for column in (COST, "staff")
    )
    people = study.atlas.residents * (question.within & study.blocks)
    low, high = provision.union_low.max(axis=0), np.minimum(provision.union_high.sum(axis=0), 1)
    return Cost(
        float(costs.sum()),
        int(costs.notna().sum()),
        int(costs.isna().sum()),
        float(staff.sum()),
        int(staff.notna().sum()),
        float(low @ people),
        float(high @ people),
    )


def in_words(cost: Cost) -> str:
    """Say what an option costs; empty where no cost is on record.

    Examples
    --------
    >>> in_words(Cost(120_000.0, 3, 1, 0.0, 0, 1000.0, 2000.0))
    'At least £120,000 a year: the cost of 1 of 4 organisations is not on record.'
    >>> in_words(Cost(120_000.0, 4, 0, 0.0, 0, 60_000.0, 60_000.0))
    '£120,000 a year, £2.00 for each resident covered.'
    """
    if not cost.known:
        return ""
    if cost.unknown:
        some = f"the cost of {cost.unknown} of {cost.known + cost.unknown} organisations is not on record"
        return f"At least £{cost.pounds:,.0f} a year: {some}."
    if cost.per_resident is None:
        return f"£{cost.pounds:,.0f} a year; nobody is covered for sure."
    least, most = (f"£{each:,.2f}" for each in cost.per_resident)
    share = least if least == most else f"between {least} and {most}"
    return f"£{cost.pounds:,.0f} a year, {share} for each resident covered."
