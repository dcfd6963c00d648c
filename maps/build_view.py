"""From answers to a view: what a page needs of them, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ..coverage.answer import Answer
from ..coverage.classes import CLASSES, GLOSSARY, MEANINGS
from ..coverage.counting import why_not_counted
from ..coverage.listing import service_presence
from ..coverage.study import Study
from ..coverage.words import (
    CAVEATS,
    date_warning,
    flags_in_words,
    headline,
    method,
    reported_only,
)
from .outlines import draw
from .shapes import describe_shapes
from .view import Item, View

SHARE_BREAKS: Final = (0.25, 0.5, 0.75, 0.99)
ORGANISATION: Final = ("name", "category", "sector", "remit", "note", "source", "website")
COVERAGE_MEASURES: Final = (
    "surveyed_share",
    "coverage_low",
    "coverage_high",
    "land_low",
    "depth_mean_low",
    "depth_mean_high",
)
MEASURES: Final[Sequence[Item]] = (
    {
        "id": "class",
        "label": "Provision class",
        "kind": "class",
        "unit": "",
        "meaning": "Judged by residents, on the evidence that is counted.",
        "breaks": None,
    },
    {
        "id": "surveyed_share",
        "label": "Residents surveyed",
        "kind": "share",
        "unit": "of residents",
        "meaning": "Share of residents living where a source looked for the theme at that time.",
        "breaks": SHARE_BREAKS,
    },
    {
        "id": "coverage_low",
        "label": "Residents covered on record, low",
        "kind": "share",
        "unit": "of residents",
        "meaning": "Share of residents inside at least one service area; parts count as 0.",
        "breaks": SHARE_BREAKS,
    },
    {
        "id": "coverage_high",
        "label": "Residents covered on record, high",
        "kind": "share",
        "unit": "of residents",
        "meaning": "Share of residents inside at least one service area; parts count whole.",
        "breaks": SHARE_BREAKS,
    },
    {
        "id": "land_low",
        "label": "Land covered on record, low",
        "kind": "share",
        "unit": "of land",
        "meaning": "Share of land inside at least one service area; parts count as 0.",
        "breaks": SHARE_BREAKS,
    },
    {
        "id": "depth_mean_low",
        "label": "Organisations serving a resident, low",
        "kind": "number",
        "unit": "",
        "meaning": "Mean number of organisations that serve the whole of a resident's {block}.",
        "breaks": (1, 2, 3, 4),
    },
    {
        "id": "depth_mean_high",
        "label": "Organisations serving a resident, high",
        "kind": "number",
        "unit": "",
        "meaning": "Mean number of organisations that serve any of a resident's {block}.",
        "breaks": (1, 2, 3, 4),
    },
    {
        "id": "overlap_low",
        "label": "Residents with two organisations or more, low",
        "kind": "share",
        "unit": "of residents",
        "meaning": "Overlap: share of residents whose whole {block} two or more serve. Some is wanted.",
        "breaks": SHARE_BREAKS,
    },
    {
        "id": "organisations",
        "label": "Organisations on record",
        "kind": "number",
        "unit": "",
        "meaning": "Organisations that serve any of the area, each counted once in every area (rule: whole).",
        "breaks": (1, 2, 3, 5),
    },
    {
        "id": "density_100k",
        "label": "Organisations per 100,000 residents",
        "kind": "number",
        "unit": "",
        "meaning": "An organisation that serves several areas is divided equally among them (rule: equal).",
        "breaks": (0.25, 0.5, 1, 2),
    },
)


def build_view(study: Study, answers: Sequence[Answer]) -> View:
    """Make the view of a study.

    Parameters
    ----------
    study
        Whose title, banner and notes are shown.
    answers
        One for each geography, in the order in which they are offered; all of the same themes,
        date and evidence.

    Returns
    -------
    View
        Everything in words or numbers, outlines as shared arcs in degrees.
    """
    first, texts = answers[0], _Texts()
    question = first.analysis.question
    arcs, geographies, context = draw(study, answers)
    drawn = sorted({i for service in study.register.services["drawn"] for i in service})
    by_id = {answer.analysis.question.geography.id: answer for answer in answers}
    when = question.when.label.replace("/", " to ")
    measured = method(study, question.method)
    return View(
        title=study.title,
        subtitle=f"Record of {when}. Counted: {' and '.join(question.grades)} evidence.",
        banner=" ".join(filter(None, (study.banner, date_warning(first.analysis)))),
        method=f"{measured[0].upper()}{measured[1:]}.",
        as_of=f"As of {when}; residents of mid-{study.atlas.residents_year}.",
        themes=[
            {
                "id": theme.id,
                "label": theme.label,
                "kind": theme.kind,
                "label_note": f"{theme.covers}." if theme.covers else "",
            }
            for theme in study.taxonomy.themes
            if theme.id in question.themes
        ],
        classes=[{"id": c, "label": c, "meaning": MEANINGS[c], "rank": i} for i, c in enumerate(CLASSES)],
        measures=[
            {**measure, "meaning": measure["meaning"].format(block=study.atlas.block_nouns[0])}
            for measure in MEASURES
            if measure["id"] != "land_low" or not np.isnan(study.atlas.area_km2).any()
        ],
        geographies=geographies,
        arcs=arcs,
        values={key: _values(answer) for key, answer in by_id.items()},
        headlines={
            key: {t: texts.number(headline(answer.analysis, answer.classes, t)) for t in question.themes}
            for key, answer in by_id.items()
        },
        notes=[
            *CAVEATS,
            *study.warnings,
            *study.notes,
            *_geography_notes(answers),
            *reported_only(study),
            *(f"Source: {source}." for source in study.sources),
        ],
        attribution=study.atlas.attribution,
        context=context,
        reasons={key: _reasons(answer, texts) for key, answer in by_id.items()},
        flags={key: _flags(answer, texts) for key, answer in by_id.items()},
        organisations=study.register.organisations[list(ORGANISATION)].to_dict("records"),
        records=_records(first, drawn),
        shapes=describe_shapes(study.service_areas.drawn, drawn),
        on_record={key: _on_record(answer) for key, answer in by_id.items()},
        glossary=[{"label": label, "meaning": meaning} for label, meaning in GLOSSARY.items()],
        texts=texts.listed,
    )


def _geography_notes(answers: Sequence[Answer]) -> list[str]:
    return list(
        dict.fromkeys(
            a.analysis.question.geography.note for a in answers if a.analysis.question.geography.note
        )
    )


class _Texts:
    """Sentences, each kept once and pointed to by its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def listed(self) -> list[str]:
        return list(self._numbers)


def _reasons(answer: Answer, texts: _Texts) -> dict[str, list[int]]:
    table = answer.class_table
    return {
        theme: [texts.number(text) for text in table.loc[table["theme"] == theme, "reason"]]
        for theme in answer.analysis.question.themes
    }


def _values(answer: Answer) -> dict[str, dict[str, list[float | None]]]:
    areas = answer.analysis.areas
    codes = areas.rows.index[: areas.area_count]
    key = areas.geography.code_column
    coverage, density = answer.table("coverage"), answer.table("density")
    whole, equal = density[density["allocation"] == "whole"], density[density["allocation"] == "equal"]
    taken = {name: (coverage, name) for name in COVERAGE_MEASURES}
    taken |= {"overlap_low": (answer.table("overlap"), "overlap_low")}
    taken |= {"organisations": (whole, "organisations"), "density_100k": (equal, "per_100k_residents")}
    result: dict[str, dict[str, list[float | None]]] = {}
    for t, theme in enumerate(answer.analysis.question.themes):
        values: dict[str, list[float | None]] = {"class": answer.classes.codes[t].tolist()}
        for name, (table, column) in taken.items():
            found = table[table["theme"] == theme].set_index(key)[column].loc[codes]
            values[name] = [None if np.isnan(v) else round(float(v), 6) for v in found]
        result[theme] = values
    return result


def _flags(answer: Answer, texts: _Texts) -> dict[str, list[list[int]]]:
    flags = flags_in_words(answer.analysis, answer.classes)
    return {
        theme: [[texts.number(text) for text in found] for found in flags[t]]
        for t, theme in enumerate(answer.analysis.question.themes)
    }


def _records(answer: Answer, drawn: Sequence[int]) -> list[Item]:
    """Every service of the register, in its order; `drawn` says which shapes the view has."""
    study = answer.analysis.study
    position = {key: i for i, key in enumerate(study.register.organisations.index)}
    shape = {key: i for i, key in enumerate(drawn)}
    services = study.register.services
    question = answer.analysis.question
    counted = why_not_counted(study, question.when, question.grades, services)
    return [
        {
            "organisation": position[row.organisation_id],
            "theme": row.theme,
            "areas": row.areas,
            "focus": row.focus,
            "communities": row.communities,
            "dates": _dates(row),
            "evidence": f"area {row.area_evidence}" + (f", theme {row.theme_evidence}" if row.theme else ""),
            "counted": "" if counted[row.Index] == "yes" else counted[row.Index].removeprefix("no: "),
            **({"shapes": [shape[i] for i in row.drawn]} if row.drawn else {}),
        }
        for row in services.itertuples()
    ]


def _dates(service: Any) -> str:
    written = [
        ("first seen", service.first_seen_written),
        ("last seen", service.last_seen_written),
        ("until", service.until_written),
        ("funded until", service.funded_until_written),
    ]
    return "; ".join(f"{label} {text}" for label, text in written if text)


def _on_record(answer: Answer) -> dict[str, list[list[list[Any]]]]:
    analysis = answer.analysis
    services = analysis.study.register.services
    found = service_presence(analysis, services)
    themes = services["theme"].loc[found["service"]].to_numpy()
    result: dict[str, list[list[list[Any]]]] = {
        theme: [[] for _ in range(analysis.areas.area_count)] for theme in analysis.question.themes
    }
    for theme, row in zip(themes, found.itertuples(), strict=True):
        if theme in result:
            entry = [row.service, "whole" if row.whole else "part", "local" if row.local else "wider"]
            result[theme][row.area].append(entry)
    return result
