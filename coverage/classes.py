"""Provision class of each area and theme, its flags, and both in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from .analysis import Analysis, Provision, provide
from .areas import Values
from .study import blocks_of
from .vocabulary import GRADES

OUT_OF_SCOPE: Final = "out of scope"
NOT_SURVEYED: Final = "not surveyed"
NONE: Final = "none on record"
PART: Final = "part of the area"
WIDER: Final = "wider-area only"
LOCAL: Final = "local"
CLASSES: Final = (OUT_OF_SCOPE, NOT_SURVEYED, NONE, PART, WIDER, LOCAL)
"""From what is not known to the fullest provision; comparing positions compares classes."""

MEANINGS: Final[Mapping[str, str]] = {
    OUT_OF_SCOPE: "Outside the area of this study.",
    NOT_SURVEYED: "No source looked for this here, or only in a part of the area.",
    NONE: "Sources looked here and name nobody on the evidence that is counted. That is no proof of absence.",
    PART: "On record, but not surely for all residents.",
    WIDER: "Covered by organisations of a wider area; local ones do not cover it.",
    LOCAL: "Covered, and local organisations cover it.",
}

ONE_ORGANISATION: Final = "one organisation"
FUNDING_AT_RISK: Final = "funding at risk"
WEAK_EVIDENCE: Final = "weak evidence"
REPORTED_GAP: Final = "reported gap"
FLAGS: Final = (ONE_ORGANISATION, FUNDING_AT_RISK, WEAK_EVIDENCE, REPORTED_GAP)
LETTERS: Final[Mapping[str, str]] = {
    OUT_OF_SCOPE: "·",
    NOT_SURVEYED: "–",
    NONE: "N",
    PART: "P",
    WIDER: "W",
    LOCAL: "L",
}
"""For tables too narrow for words."""

GLOSSARY: Final[Mapping[str, str]] = {
    "flag: one organisation": "Somebody is on record, but not nearly everyone is served by two or more.",
    "flag: funding at risk": "The class would worsen once money that ends within 12 months has ended.",
    "flag: weak evidence": "The class differs between stated evidence only and everything claimed.",
    "flag: reported gap": "A source reports a gap here: shown beside what is computed, never mixed with it.",
    "evidence: stated": "A source says so.",
    "evidence: named": "Read from the organisation's name.",
    "evidence: listed": "Printed under an area's heading; how far it reaches is not known.",
    "evidence: assumed": "Our reading.",
    "local": "Set up for areas of this size or smaller, serving hardly anybody outside it, or based in it.",
}

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Classes:
    """Provision classes and flags of an analysis.

    Attributes
    ----------
    codes
        Themes × areas: position in `CLASSES`, on the evidence that was asked for.
    stated, claimed, unfunded
        The same on stated evidence only, on everything claimed, and once money that ends within
        12 months has ended.
    flags
        Flag → themes × areas: the share of residents affected, 0 to 1; NaN where the flag is
        not raised.
    statements, claims
        What stated evidence alone amounts to, and everything claimed.
    """

    codes: Codes
    stated: Codes
    claimed: Codes
    unfunded: Codes
    flags: Mapping[str, Values]
    statements: Provision
    claims: Provision


def classify(analysis: Analysis) -> Classes:
    """Judge each area and theme by its residents.

    θ is `Rules.covered_from`. Where sources looked at less than θ of the residents, the class is
    `not surveyed`, whoever is on record: every other class says that something is absent.

    Parameters
    ----------
    analysis
        The question with its figures.

    Returns
    -------
    Classes
        For the areas; the closing rows of a table have no class.
    """
    study = analysis.study

    def variant(grades: tuple[str, ...], *, unfunded: bool = False) -> Provision:
        return provide(study, analysis.question, analysis.areas, analysis.reach, grades, unfunded=unfunded)

    headline = analysis.provision
    stated, claimed = variant(("stated",)), variant(GRADES)
    renewed_not = variant(analysis.question.grades, unfunded=True)
    codes = class_codes(analysis)
    of_stated, of_claimed = _judge(analysis, stated), _judge(analysis, claimed)
    unfunded = _judge(analysis, renewed_not)
    flags = {
        ONE_ORGANISATION: _one_organisation(analysis, codes),
        FUNDING_AT_RISK: np.where(unfunded < codes, _difference(analysis, renewed_not, headline), np.nan),
        WEAK_EVIDENCE: np.where(of_stated != of_claimed, _difference(analysis, stated, claimed), np.nan),
        REPORTED_GAP: _reported(analysis, codes),
    }
    return Classes(codes, of_stated, of_claimed, unfunded, flags, stated, claimed)


def class_codes(analysis: Analysis) -> Codes:
    """Themes × areas: the provision class, as a position in `CLASSES`, on the evidence that was asked for."""
    return _judge(analysis, analysis.provision)


def _judge(analysis: Analysis, provision: Provision) -> Codes:
    areas, from_share = analysis.areas, analysis.study.rules.covered_from
    residents = _residents(analysis)
    low = _served(analysis, provision.union_low)
    touched = areas.sum(provision.union_high)[:, : areas.area_count]
    enough = from_share * residents
    looked = analysis.surveyed[:, : areas.area_count]
    codes = np.select(
        [
            np.broadcast_to(~areas.rows["in_study"].to_numpy()[: areas.area_count], low.shape),
            (looked < enough) | (looked == 0),
            touched == 0,
            low < enough,
            provision.local < enough,
        ],
        [CLASSES.index(c) for c in (OUT_OF_SCOPE, NOT_SURVEYED, NONE, PART, WIDER)],
        default=CLASSES.index(LOCAL),
    )
    return codes.astype(np.int64)


def _residents(analysis: Analysis) -> Values:
    return np.asarray(analysis.areas.rows["residents"], dtype=np.float64)[: analysis.areas.area_count]


def _or_nan(analysis: Analysis) -> Values:
    return analysis.areas.of("residents")[: analysis.areas.area_count]


def _served(analysis: Analysis, shares: Values | npt.NDArray[np.bool_]) -> Values:
    """Themes × areas: residents, from shares of blocks."""
    return analysis.areas.sum(shares * analysis.study.atlas.residents)[:, : analysis.areas.area_count]


def _one_organisation(analysis: Analysis, codes: Codes) -> Values:
    """Share that somebody surely serves, but two not surely, where less than θ is served by two."""
    residents, two = _or_nan(analysis), analysis.provision.one_or_more.more_low
    once, twice = (
        _served(analysis, shares) / residents for shares in (analysis.provision.union_low - two, two)
    )
    raised = (codes >= CLASSES.index(PART)) & (once > 0) & (twice < analysis.study.rules.covered_from)
    return np.where(raised, once, np.nan)


def _difference(analysis: Analysis, less: Provision, more: Provision) -> Values:
    """Share of residents, at least, whose cover differs between some services and more of them."""
    changes = [
        _served(analysis, more.union_low - less.union_low),
        _served(analysis, more.union_high - less.union_high),
        more.local - less.local,
    ]
    return np.asarray(np.max(changes, axis=0) / _or_nan(analysis), dtype=np.float64)


def _reported(analysis: Analysis, codes: Codes) -> Values:
    """Share of residents in places where a source reports a gap for the theme."""
    blocks = np.zeros_like(analysis.provision.union_low)
    for reported in analysis.study.reported:
        if reported.theme in analysis.question.themes:
            row = analysis.question.themes.index(reported.theme)
            blocks[row] += blocks_of(reported.places, blocks.shape[1])
    share = _served(analysis, np.minimum(blocks, 1)) / _or_nan(analysis)
    return np.where((share > 0) & (codes > CLASSES.index(OUT_OF_SCOPE)), share, np.nan)
