"""One question, answered once: everything that the tables of it are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..boundaries.atlas import Geography
from . import identities
from .areas import AreaRows, Values, area_rows
from .dates import AsOf, serving
from .incidence import Counts, Incidence, Shares, build
from .presence import presence
from .question import Question
from .scope import surveyed
from .study import Study
from .vocabulary import COMMUNITY


@dataclass(frozen=True)
class Provision:
    """What some services amount to, theme by theme and block by block.

    Attributes
    ----------
    incidence
        Organisations × themes on the blocks.
    union_low, union_high
        Themes × blocks: share of the block inside at least one service area, 0 to 1.
    depth_low, depth_high
        Themes × blocks: organisations that serve all of the block, and that touch it.
    presence
        One row for each organisation × theme × area: see `presence.presence`.
    local
        Themes × areas: residents that a local organisation serves, at least.
    """

    incidence: Incidence
    union_low: Shares
    union_high: Shares
    depth_low: Counts
    depth_high: Counts
    presence: pd.DataFrame
    local: Values


@dataclass(frozen=True)
class Analysis:
    """A question with its answer.

    Attributes
    ----------
    areas
        The rows of every table.
    provision
        On the grades of evidence that were asked for.
    looked
        Themes × blocks: whether a source looked for the theme there at that time.
    surveyed
        Themes × rows: residents in those blocks.
    """

    study: Study
    question: Question
    areas: AreaRows
    provision: Provision
    looked: npt.NDArray[np.bool_]
    surveyed: Values


def counted(study: Study, when: AsOf, grades: Sequence[str]) -> pd.DataFrame:
    """Choose the services that count: on that day, on that evidence, by the study's rules.

    Parameters
    ----------
    study
        Whose register and rules apply.
    when
        The day or period.
    grades
        Both the area and the theme of a service have to be of one of these grades.

    Returns
    -------
    pandas.DataFrame
        Rows of `study.register.services`: of the sectors that are counted, with a theme that is
        computed, and for a community only with a focus that counts.
    """
    services = study.register.services
    rules = study.rules
    sector = services["organisation_id"].map(study.register.organisations["sector"])
    communities = [theme.id for theme in study.taxonomy.themes if theme.kind == COMMUNITY]
    return services[
        serving(services, when)
        & sector.isin(rules.sectors)
        & services["theme"].isin([theme.id for theme in study.taxonomy.computed])
        & services["area_evidence"].isin(grades)
        & services["theme_evidence"].isin(grades)
        & (~services["theme"].isin(communities) | services["focus"].isin(rules.community_focus))
    ]


def provide(
    study: Study, geography: Geography, areas: AreaRows, themes: tuple[str, ...], services: pd.DataFrame
) -> Provision:
    """Work out what some services amount to.

    Parameters
    ----------
    study
        Whose atlas and organisations apply.
    geography, areas
        Whose areas are the rows.
    themes
        The themes to compute.
    services
        The services that count.
    """
    incidence = build(services, study.register.members, themes, len(study.atlas.blocks))
    union_low, union_high = incidence.union()
    depth_low, depth_high = incidence.depth()
    identities.check_blocks(union_low, union_high, depth_low, depth_high)
    found, local = presence(
        incidence, areas, geography.level, study.register.organisations["remit"], study.atlas.residents
    )
    return Provision(incidence, union_low, union_high, depth_low, depth_high, found, local)


def analyse(study: Study, question: Question) -> Analysis:
    """Answer a question, and check that the figures agree with each other.

    Parameters
    ----------
    study
        What the figures are computed from.
    question
        What is asked.

    Returns
    -------
    Analysis

    Raises
    ------
    IdentityError
        When figures contradict each other: nothing is published then.
    """
    geography = question.geography
    areas = area_rows(study.atlas, geography, study=study.blocks, within=question.within)
    services = counted(study, question.when, question.grades)
    provision = provide(study, geography, areas, question.themes, services)
    people = study.atlas.residents
    looked = surveyed(study.surveys, question.themes, question.when, len(people))
    analysis = Analysis(study, question, areas, provision, looked, areas.sum(looked * people))
    identities.check_areas(areas, study.atlas, question.within & study.blocks)
    return analysis
