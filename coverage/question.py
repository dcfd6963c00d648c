"""What is asked of a study, read from the words of a command line or a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..boundaries.atlas import Geography
from ..boundaries.errors import HinterlandError, PlaceError, shorten
from .cells import CellError, parse_choice
from .dates import AsOf, as_of
from .drawn import METHODS, Method
from .study import Study, blocks_of
from .vocabulary import GRADES, REPORTED

HEADLINE_EVIDENCE: Final = "headline"
ALL_EVIDENCE: Final = "all"


class QuestionError(HinterlandError, ValueError):
    """A part of a question that cannot be understood.

    Parameters
    ----------
    part
        The parameter of `ask` that it is about.
    value
        What was given.
    reason, remedy
        Why, and what to write instead.
    """

    def __init__(self, part: str, value: str, reason: str, remedy: str) -> None:
        self.part, self.value, self.reason, self.remedy = part, value, reason, remedy
        super().__init__(f"{shorten(value)!r}: {reason} → {remedy}")


@dataclass(frozen=True)
class Question:
    """What is asked of a study.

    Attributes
    ----------
    geography
        Whose areas are the rows.
    within
        For each block, whether it is asked about.
    themes
        Ids, in the taxonomy's order; each is computed.
    when
        The day or period.
    grades
        The grades of evidence that count, for the area and for the theme of a service.
    method
        How much of a block a drawn service area serves.
    """

    geography: Geography
    within: npt.NDArray[np.bool_]
    themes: tuple[str, ...]
    when: AsOf
    grades: tuple[str, ...]
    method: Method


def ask(
    study: Study,
    *,
    by: str | None = None,
    within: str | None = None,
    themes: Sequence[str] = (),
    on: str | None = None,
    evidence: str = HEADLINE_EVIDENCE,
    method: str | None = None,
) -> Question:
    """Put a question to a study.

    Parameters
    ----------
    study
        Whose names, dates and rules apply.
    by
        The geography whose areas are the rows, such as `LEP14`; the study's first without it.
    within
        An area, or several separated by `;`, that figures are cut to; the study's own without it.
    themes
        Names of themes; all that are computed without any.
    on
        A date, such as `2015-06-30`; the study's snapshot without it.
    evidence
        `headline` (the study's grades), `all`, or grades separated by commas.
    method
        `area` or `centroid`: how drawn service areas are measured; the study's own without it.

    Returns
    -------
    Question

    Raises
    ------
    QuestionError
        When the geography, an area, a theme, the date, a grade or the method is not known, or could
        be several.

    Examples
    --------
    >>> from hinterland.coverage.study import read_study
    >>> ask(read_study(), by="LEP14", themes=["governance"], evidence="stated").grades
    ('stated',)
    """
    with _about("on", on):
        when = as_of(on, study.snapshot, study.snapshot_label)
    with _about("by", by):
        geography = study.geography(by)
    with _about("within", within):
        blocks = study.blocks if within is None else _blocks(study, within, when)
    with _about("themes", "; ".join(themes)):
        chosen = _themes(study, themes)
    with _about("evidence", evidence):
        grades = _grades(study, evidence)
    with _about("method", method):
        measured = study.service_areas.method if method is None else _method(study, method)
    return Question(geography, blocks, chosen, when, grades, measured)


@contextmanager
def _about(part: str, value: str | None) -> Iterator[None]:
    try:
        yield
    except (PlaceError, CellError) as error:
        raise QuestionError(part, value or "", error.reason, error.remedy) from None


def _blocks(study: Study, within: str, when: AsOf) -> npt.NDArray[np.bool_]:
    places, problems = study.gazetteer.resolve_list(within, pd.Timestamp(when.first))
    if problems:
        raise problems[0]
    if not places or any(place.part for place in places):
        raise CellError("it names no whole area", "name an area, such as D2N2 or CTY19:Derbyshire", "refused")
    blocks = blocks_of(tuple(places), len(study.atlas.blocks))
    if not blocks.any():
        raise CellError("it lies outside the blocks of the study", "name an area inside them", "refused")
    return blocks


def _themes(study: Study, names: Sequence[str]) -> tuple[str, ...]:
    found = study.taxonomy.find_all(names)
    for theme in study.taxonomy.themes:
        if theme.id in found and theme.kind == REPORTED:
            raise CellError(
                f"{theme.id} is reported only", "it is never computed: name another theme", "refused"
            )
    return found or tuple(theme.id for theme in study.taxonomy.computed)


def _method(study: Study, name: str) -> Method:
    method: Method = "centroid" if parse_choice(name, METHODS, what="method") == "centroid" else "area"
    if method == "area" and not study.atlas.outlined:
        reason = "blocks that are known by their centroids alone have no land to take shares of"
        raise CellError(reason, "leave it out, or write centroid", "refused")
    return method


def _grades(study: Study, evidence: str) -> tuple[str, ...]:
    if evidence == HEADLINE_EVIDENCE:
        return study.rules.evidence
    if evidence == ALL_EVIDENCE:
        return GRADES
    known = (HEADLINE_EVIDENCE, ALL_EVIDENCE, *GRADES)
    wanted = {parse_choice(grade, known, what="grade") for grade in evidence.split(",")}
    return tuple(grade for grade in GRADES if grade in wanted)
