"""One question, answered once: everything that the tables of it are made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import identities
from .areas import AreaRows, Values, area_rows
from .counting import counted
from .dates import serving
from .incidence import Counts, Incidence, Shares, build
from .losses import Losses, OneOrMore, losses, one_or_more
from .presence import Reach, presence, reach_of
from .question import Question
from .scope import surveyed
from .study import Study


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
        Themes × blocks: organisations that serve all of the block, at least one where several serve
        all of it together; and that touch it.
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

    @cached_property
    def losses(self) -> Losses:
        """What each organisation serves alone."""
        return losses(self.incidence)

    @cached_property
    def one_or_more(self) -> OneOrMore:
        """What exactly one organisation serves, and what two or more do."""
        union = self.union_low, self.union_high
        return one_or_more(self.incidence, self.losses, union, self.depth_high)


@dataclass(frozen=True)
class Analysis:
    """A question with its answer.

    Attributes
    ----------
    areas
        The rows of every table.
    reach
        How far each organisation goes for each theme, on whatever evidence.
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
    reach: Reach
    provision: Provision
    looked: npt.NDArray[np.bool_]
    surveyed: Values


def provide(
    study: Study, question: Question, areas: AreaRows, reach: Reach, services: pd.DataFrame
) -> Provision:
    """Work out what some services amount to.

    Parameters
    ----------
    study
        Whose atlas and organisations apply.
    question
        For its themes and its geography.
    areas
        The areas.
    reach
        How far organisations go on that day, on whatever evidence.
    services
        The services that count.
    """
    pieces = study.pieces(question.method)
    incidence = build(services, study.register.members, question.themes, pieces)
    union_low, union_high = incidence.union()
    depth_low, depth_high = incidence.depth()
    depth_low = np.maximum(depth_low, union_low == 1)
    identities.check_blocks(union_low, union_high, depth_low, depth_high)
    first = services.drop_duplicates(["organisation_id", "theme"])
    first = first[first["theme"].isin(question.themes)]
    found, local = presence(
        incidence,
        areas,
        question.geography.level,
        remits=incidence.pairs["organisation_id"].map(study.register.organisations["remit"]),
        bases=incidence.pairs["organisation_id"].map(study.register.organisations["bases"]),
        reaches=reach.of.loc[first.index].reset_index(drop=True),
        reach=reach,
        residents=study.atlas.residents,
        nearly_all=study.rules.covered_from,
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
    everything = study.register.services
    reach = reach_of(everything, serving(everything, question.when), study.pieces(question.method))
    provision = provide(study, question, areas, reach, counted(study, question.when, question.grades))
    people = study.atlas.residents
    looked = surveyed(study.surveys, question.themes, question.when, len(people))
    analysis = Analysis(study, question, areas, reach, provision, looked, areas.sum(looked * people))
    identities.check_areas(areas, study.atlas, question.within & study.blocks)
    return analysis
