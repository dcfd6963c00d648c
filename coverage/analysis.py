"""One question, answered once: everything that the tables of it are made from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

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
from .tallies import Revision, Tally, revise, tally_of

PAIR: Final = ["organisation_id", "theme"]


@dataclass(frozen=True)
class Provision:
    """What some services amount to, theme by theme and block by block.

    Attributes
    ----------
    tally
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

    tally: Tally
    union_low: Shares
    union_high: Shares
    depth_low: Counts
    depth_high: Counts
    presence: pd.DataFrame
    local: Values

    @property
    def incidence(self) -> Incidence:
        """Organisations × themes on the blocks."""
        return self.tally.incidence

    @cached_property
    def losses(self) -> Losses:
        """What each organisation serves alone."""
        return losses(self.incidence)

    @cached_property
    def one_or_more(self) -> OneOrMore:
        """What exactly one organisation serves, and what two or more do."""
        return one_or_more(self.tally, self.losses)


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
    """Count some services, and work out what they amount to.

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
    tally = tally_of(build(services, study.register.members, question.themes, pieces))
    return _provision(study, question, areas, reach, services, tally)


def _provision(
    study: Study, question: Question, areas: AreaRows, reach: Reach, services: pd.DataFrame, tally: Tally
) -> Provision:
    incidence = tally.incidence
    union_low, union_high = tally.union()
    depth_low, depth_high = tally.depth()
    identities.check_blocks(union_low, union_high, depth_low, depth_high)
    reaches = reach.of.loc[services.index]
    reaches.index = pd.MultiIndex.from_frame(services[PAIR])
    reaches = reaches[~reaches.index.duplicated()]
    found, local = presence(
        incidence,
        areas,
        question.geography.level,
        remits=incidence.pairs["organisation_id"].map(study.register.organisations["remit"]),
        bases=incidence.pairs["organisation_id"].map(study.register.organisations["bases"]),
        reaches=reaches.reindex(pd.MultiIndex.from_frame(incidence.pairs[PAIR])),
        reach=reach,
        residents=study.atlas.residents,
        nearly_all=study.rules.covered_from,
    )
    return Provision(tally, union_low, union_high, depth_low, depth_high, found, local)


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


def reanalyse(before: Analysis, study: Study, bodies: Collection[str]) -> tuple[Analysis, Revision]:
    """Answer the same question for a study that differs in some organisations.

    Only what these serve is measured, counted and united again.

    Parameters
    ----------
    before
        Of the study's baseline.
    study
        With the same areas, surveys and rules.
    bodies
        Every organisation of which anything differs.

    Returns
    -------
    analysis
        The answer.
    revision
        What was counted anew.

    Raises
    ------
    IdentityError
        As `analyse`.
    """
    question, members = before.question, study.register.members
    everything = study.register.services
    reach = reach_of(everything, serving(everything, question.when), study.pieces(question.method))
    services = counted(study, question.when, question.grades)
    anew = {*bodies, *members, *before.study.register.members}
    coming = services[services["organisation_id"].isin(anew)]
    come = build(coming, {}, question.themes, study.pieces(question.method))
    pairs = before.provision.incidence.pairs
    gone = np.flatnonzero(pairs["organisation_id"].isin(anew))
    revision = revise(before.provision.tally, gone, come, members)
    provision = _provision(study, question, before.areas, reach, services, revision.after)
    return replace(before, study=study, reach=reach, provision=provision), revision
