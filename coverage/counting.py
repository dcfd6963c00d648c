"""Which services count: on that day, on that evidence, by the rules of the study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from .dates import AsOf, serving
from .study import Study
from .vocabulary import COMMUNITY, REPORTED

YES = "yes"
FUNDING_MONTHS: Final = 12


def counted(study: Study, when: AsOf, grades: Sequence[str], *, unfunded: bool = False) -> pd.DataFrame:
    """Choose the services that count.

    Parameters
    ----------
    study
        Whose register and rules apply.
    when
        The day or period.
    grades
        Both the area and the theme of a service have to be of one of these grades.
    unfunded
        Whether to leave out those whose money ends in it, or within the 12 months after.

    Returns
    -------
    pandas.DataFrame
        Rows of `study.register.services`.
    """
    return study.kept(
        ("counted", when, tuple(grades), unfunded), lambda: _counted(study, when, grades, unfunded)
    )


def _counted(study: Study, when: AsOf, grades: Sequence[str], unfunded: bool) -> pd.DataFrame:
    services = study.register.services
    services = services[why_not_counted(study, when, grades, services) == YES]
    if not unfunded:
        return services
    limit = pd.Timestamp(when.last) + pd.DateOffset(months=FUNDING_MONTHS)
    return services[~services["funded_until"].between(pd.Timestamp(when.first), limit)]


def why_not_counted(study: Study, when: AsOf, grades: Sequence[str], services: pd.DataFrame) -> pd.Series:
    """Say for each service `yes`, or `no` and the first reason why it counts in no figure.

    Parameters
    ----------
    study, when, grades
        As for `counted`.
    services
        Rows of `study.register.services`.
    """
    why = against_the_rules(study, grades, services)
    why = why.mask(~serving(services, when) & (why == YES), f"no: not on record for {when.label}")
    return why


def against_the_rules(study: Study, grades: Sequence[str], services: pd.DataFrame) -> pd.Series:
    """The same without regard to the date: sector, theme, focus and evidence.

    Parameters
    ----------
    study, grades, services
        As for `why_not_counted`.
    """
    rules = study.rules
    kind = services["theme"].map({theme.id: theme.kind for theme in study.taxonomy.themes})
    sector = services["organisation_id"].map(study.register.organisations["sector"]).astype(str)
    area, theme = services["area_evidence"].astype(str), services["theme_evidence"].astype(str)
    focus = services["focus"].astype(str)
    off_purpose = (kind == COMMUNITY) & ~focus.isin(rules.community_focus)
    why = pd.Series(YES, index=services.index)
    why = why.mask(~theme.isin(grades), "no: theme only " + theme)
    why = why.mask(~area.isin(grades), "no: area only " + area)
    why = why.mask(off_purpose, "no: focus " + focus)
    why = why.mask(kind == REPORTED, "no: this theme is reported only")
    why = why.mask(services["theme"] == "", "no: theme not stated")
    return why.mask(~sector.isin(rules.sectors), "no: sector " + sector)
