"""What is said of a table beside its figures: title, sources, vintage, method, rights and caveats."""

from __future__ import annotations

from typing import Any, Final

from .answer import Answer
from .drawn import Method
from .study import Study
from .words import CAVEATS, date_warning, method

TITLES: Final = {
    "gaps": "Areas and themes whose provision class is worse than local",
    "coverage": "Coverage and depth",
    "density": "Density under each allocation rule",
    "overlap": "Overlap: residents and pairs of organisations at depth 2 and more",
    "pairs": "Pairs of organisations that serve some of the same residents",
    "reliance": "Residents who rely on one organisation",
    "reliance_by_organisation": "Who relies on which organisation alone: internal, not for publication",
    "blocks": "Coverage and depth of each building block",
    "organisations": "Organisations on record in each area",
    "comparison": "A scenario beside its baseline",
    "groupings": "The same organisations by two groupings of the same land",
    "timeline": "Days on which cover changes, or money ends on which it rests",
    "moved": "Areas that the study names, and what they are in the districts of another year",
    "reconciliation": "A published count by area, held against the source's own list",
}
WITHOUT_AREAS: Final = ("pairs", "blocks")
"""Tables whose rows are no areas: they are the same by every geography."""
LIMITS: Final = {
    "pairs": ("Of a theme with more than 20 million meetings of two organisations no pairs are listed.",),
    "overlap": ("Pairs are not known for a theme with more than 20 million meetings of two organisations.",),
}
OGL: Final = (
    "Open Government Licence v3.0: https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
)


def describe(answer: Answer, table: str) -> dict[str, Any]:
    """Describe one table of an answer with properties of CSV on the Web.

    Parameters
    ----------
    answer
        What the table was made from.
    table
        One of `TITLES`.
    """
    question, study = answer.analysis.question, answer.analysis.study
    described = about(study, table, question.method)
    if table not in WITHOUT_AREAS:
        described["dc:title"] += f", by {question.geography.label}"
        described["dc:source"] = [question.geography.source, *described["dc:source"]]
    described["dc:temporal"] = question.when.label
    described["rdfs:comment"] = list(dict.fromkeys([*caveats(answer), *LIMITS.get(table, ()), *study.notes]))
    return described


def about(study: Study, table: str, measured: Method | None = None) -> dict[str, Any]:
    """Describe a table of a study that belongs to no geography and no date.

    Parameters
    ----------
    study, table
        As for `describe`.
    measured
        How drawn service areas were; as the study says without it.
    """
    return {
        "dc:title": TITLES[table],
        "dc:description": f"{study.title}. Method: {method(study, measured)}.",
        "dc:source": list(study.sources),
        "dc:rights": [*study.atlas.attribution, OGL],
        "rdfs:comment": [text for text in (study.banner, *CAVEATS, *study.warnings, *study.notes) if text],
        "schema:temporalCoverage": study.snapshot_label,
    }


def caveats(answer: Answer) -> list[str]:
    """What stands on every output: banner, the warning of another date, the geography's note, caveats.

    Parameters
    ----------
    answer
        What the output was made from.
    """
    study, geography = answer.analysis.study, answer.analysis.question.geography
    said = (study.banner, date_warning(answer.analysis), geography.note, *study.warnings, *CAVEATS)
    return [text for text in said if text]
