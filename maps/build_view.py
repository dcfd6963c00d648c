"""From answers to a view: what a page needs of them, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..coverage.answer import Answer
from ..coverage.classes import CLASSES, GLOSSARY, LETTERS, MEANINGS
from ..coverage.question import Question
from ..coverage.study import Study
from ..coverage.words import (
    CAVEATS,
    changes_in_words,
    date_warning,
    method,
    reported_only,
)
from .figures import Dated, figures_of
from .lies_in import lies_in
from .measures import MEASURES
from .on_record import Records, organisations_of
from .outlines import draw
from .shapes import describe_shapes
from .texts import Once, framed
from .view import Item, View


def build_view(study: Study, dates: Sequence[Dated], notes: Sequence[str] = ()) -> View:
    """Make the view of a study.

    Parameters
    ----------
    study
        Whose title, banner and notes are shown.
    dates
        The snapshot, then later days; all of the same themes, geographies, areas and evidence.
    notes
        What has to be said besides.

    Returns
    -------
    View
        Everything in words or numbers, outlines as shared arcs in degrees.
    """
    answers = dates[0].answers
    question = answers[0].analysis.question
    outlines = draw(study, answers)
    drawn = sorted({i for service in study.register.services["drawn"] for i in service})
    texts = Once[str]()
    records = Records(study, question.themes, question.grades, drawn, texts)
    listed = records.listed(answers)
    organisations = organisations_of(study, texts)
    figures = figures_of(dates, texts)
    when = question.when.label.replace("/", " to ")
    measured = method(study, question.method)
    return View(
        title=study.title,
        subtitle=f"Record of {when}. Counted: {' and '.join(question.grades)} evidence.",
        banner=study.banner,
        method=f"{measured[0].upper()}{measured[1:]}.",
        themes=themes_of(study, question),
        classes=classes_in_words(),
        measures=[
            {
                "id": measure.id,
                "label": measure.label,
                "kind": measure.kind,
                "unit": measure.unit,
                "meaning": measure.meaning.format(block=study.atlas.block_nouns[0]),
                "scale": measure.scale,
                "of_served": measure.of_served,
                "breaks": figures.breaks.get(measure.id),
            }
            for measure in MEASURES
        ],
        dates=[
            {
                "id": each.answers[0].analysis.question.when.label if each.change else "",
                "label": each.answers[0].analysis.question.when.label.replace("/", " to "),
                "as_of": _as_of(study, each.answers[0]),
                "warning": date_warning(each.answers[0].analysis),
                "changes": changes_in_words(study, each.change) if each.change else [],
                "ended": records.ended(each.answers[0]),
                "reaches": records.moved(each.answers) if each.change else [],
            }
            for each in dates
        ],
        geographies=[
            geography_item(answer, pieces, lies_in(answers, position))
            for position, (answer, pieces) in enumerate(zip(answers, outlines.pieces, strict=True))
        ],
        arcs=outlines.arcs,
        steps=outlines.steps,
        context=outlines.context,
        columns=figures.columns,
        figures=figures.figures,
        headlines=figures.headlines,
        texts=framed(texts.listed),
        sets=figures.sets,
        notes=[*notes, *notes_of(study, answers)],
        attribution=study.atlas.attribution,
        glossary=[{"label": label, "meaning": meaning} for label, meaning in GLOSSARY.items()],
        organisations=organisations,
        records=listed,
        details=records.details,
        reaches=records.reaches,
        shapes=describe_shapes(study.service_areas.drawn, drawn),
        background=_background(study),
    )


def _background(study: Study) -> Item | None:
    found = study.background
    if found is None:
        return None
    return {"url": found.url, "attribution": found.attribution, "host": found.host}


def _as_of(study: Study, answer: Answer) -> str:
    when = answer.analysis.question.when.label.replace("/", " to ")
    return f"As of {when}; residents of mid-{study.atlas.residents_year}."


def themes_of(study: Study, question: Question) -> list[Item]:
    """The field `themes` of a view."""
    return [
        {
            "id": theme.id,
            "label": theme.label,
            "kind": theme.kind,
            "label_note": f"{theme.covers}." if theme.covers else "",
        }
        for theme in study.taxonomy.themes
        if theme.id in question.themes
    ]


def notes_of(study: Study, answers: Sequence[Answer]) -> list[str]:
    """The field `notes` of a view: what has to be said of a study, by the geographies of some answers."""
    return [
        *CAVEATS,
        *study.warnings,
        *study.notes,
        *dict.fromkeys(filter(None, (each.analysis.question.geography.note for each in answers))),
        *reported_only(study),
        *(f"Source: {source}." for source in study.sources),
    ]


def classes_in_words() -> list[Item]:
    """The field `classes` of a view."""
    return [{"id": c, "label": c, "meaning": MEANINGS[c], "code": LETTERS[c]} for c in CLASSES]


def geography_item(answer: Answer, pieces: Sequence[Item], holders: list[list[list[int]]]) -> Item:
    """One of the field `geographies` of a view.

    Parameters
    ----------
    answer
        By that geography.
    pieces
        As `outlines.draw` gives them.
    holders
        As `lies_in` gives them.
    """
    areas = answer.analysis.areas
    geography, rows = areas.geography, areas.rows
    shown, closing = rows.iloc[: areas.area_count], rows.iloc[areas.area_count :]
    return {
        "id": geography.id,
        "label": geography.label,
        "nouns": list(geography.nouns),
        "code_column": geography.code_column,
        "name_column": geography.name_column,
        "overlapping": any(len(piece["areas"]) > 1 for piece in pieces),
        "areas": {
            "code": list(shown.index),
            "name": list(shown["name"]),
            "residents": [int(each) for each in shown["residents"]],
            "residents_full": [None if np.isnan(each) else int(each) for each in shown["residents_full"]],
            "extent": list(shown["extent"]),
            "lies_in": holders,
        },
        "closing": [
            {"name": row["name"], "residents": int(row["residents"])} for _, row in closing.iterrows()
        ],
        "pieces": pieces,
    }
