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
class Served:
    """What some services amount to, theme by theme and block by block, whatever the geography.

    Attributes
    ----------
    tally
        Organisations × themes on the blocks.
    union_low, union_high
        Themes × blocks: share of the block inside at least one service area, 0 to 1.
    depth_low, depth_high
        Themes × blocks: organisations that serve all of the block, at least one where several serve
        all of it together; and that touch it.
    """

    tally: Tally
    union_low: Shares
    union_high: Shares
    depth_low: Counts
    depth_high: Counts

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
class Provision:
    """What some services amount to, in blocks and in areas.

    Attributes
    ----------
    served
        In blocks.
    presence
        One row for each organisation × theme × area: see `presence.presence`.
    local
        Themes × areas: residents that a local organisation serves, at least.
    """

    served: Served
    presence: pd.DataFrame
    local: Values

    @property
    def tally(self) -> Tally:
        return self.served.tally

    @property
    def incidence(self) -> Incidence:
        return self.served.incidence

    @property
    def union_low(self) -> Shares:
        return self.served.union_low

    @property
    def union_high(self) -> Shares:
        return self.served.union_high

    @property
    def depth_low(self) -> Counts:
        return self.served.depth_low

    @property
    def depth_high(self) -> Counts:
        return self.served.depth_high

    @property
    def losses(self) -> Losses:
        return self.served.losses

    @property
    def one_or_more(self) -> OneOrMore:
        return self.served.one_or_more


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
    study: Study,
    question: Question,
    areas: AreaRows,
    reach: Reach,
    grades: tuple[str, ...],
    *,
    unfunded: bool = False,
) -> Provision:
    """Count some services, and work out what they amount to.

    Parameters
    ----------
    study
        Whose atlas and register apply.
    question
        For its themes, its day and its geography.
    areas
        The areas.
    reach
        How far organisations go on that day, on whatever evidence.
    grades, unfunded
        Which services count: see `counting.counted`.
    """

    def served() -> Served:
        services = counted(study, question.when, grades, unfunded=unfunded)
        pieces = study.pieces(question.method)
        return served_of(tally_of(build(services, study.register.members, question.themes, pieces)))

    key = "served", question.themes, question.when, grades, unfunded, question.method
    services = counted(study, question.when, grades, unfunded=unfunded)
    return _provision(study, question, areas, reach, services, study.kept(key, served))


def served_of(tally: Tally) -> Served:
    """What a tally amounts to, checked.

    Raises
    ------
    IdentityError
        When its figures contradict each other.
    """
    union_low, union_high = tally.union()
    depth_low, depth_high = tally.depth()
    identities.check_blocks(union_low, union_high, depth_low, depth_high)
    return Served(tally, union_low, union_high, depth_low, depth_high)


def _provision(
    study: Study, question: Question, areas: AreaRows, reach: Reach, services: pd.DataFrame, served: Served
) -> Provision:
    incidence = served.incidence
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
    return Provision(served, found, local)


def _reach(study: Study, question: Question) -> Reach:
    def made() -> Reach:
        services = study.register.services
        return reach_of(services, serving(services, question.when), study.pieces(question.method))

    return study.kept(("reach", question.when, question.method), made)


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
    reach = _reach(study, question)
    provision = provide(study, question, areas, reach, question.grades)
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
    question = before.question
    key = "revision", question.themes, question.when, question.grades, question.method
    revision, served = study.kept(key, lambda: _revised(before, study, bodies))
    services = counted(study, question.when, question.grades)
    provision = _provision(study, question, before.areas, _reach(study, question), services, served)
    return replace(before, study=study, reach=_reach(study, question), provision=provision), revision


def _revised(before: Analysis, study: Study, bodies: Collection[str]) -> tuple[Revision, Served]:
    """What is counted anew, and what the study amounts to then."""
    question, members = before.question, study.register.members
    anew = {*bodies, *members, *before.study.register.members}
    services = counted(study, question.when, question.grades)
    coming = services[services["organisation_id"].isin(anew)]
    come = build(coming, {}, question.themes, study.pieces(question.method))
    gone = np.flatnonzero(before.provision.incidence.pairs["organisation_id"].isin(anew))
    revision = revise(before.provision.tally, gone, come, members)
    return revision, served_of(revision.after)
