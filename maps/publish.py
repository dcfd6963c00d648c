"""Everything that a study publishes: its tables, what describes them, and the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ..coverage.answer import TABLES, Answer, answer
from ..coverage.dates import warning
from ..coverage.measures import METHOD
from ..coverage.question import ask
from ..coverage.study import Study
from ..coverage.words import CAVEATS
from ..coverage.writing import csvw, output_folder, to_csv, write_all
from .build_view import build_view
from .page import render

TITLES: Final = {
    "gaps": "Areas and themes whose provision class is worse than local",
    "coverage": "Coverage and depth",
    "density": "Density under each allocation rule",
    "overlap": "Overlap: residents and pairs of organisations at depth 2 and more",
    "organisations": "Organisations on record in each area",
    "reconciliation": "A published count by area, held against the source's own list",
}
OGL: Final = (
    "Open Government Licence v3.0: https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
)


@dataclass(frozen=True)
class Publication:
    """What was written.

    Attributes
    ----------
    answers
        One for each geography of the study.
    page
        The file to open.
    tables
        The folder of the tables.
    file_count
        How many files were written.
    """

    answers: tuple[Answer, ...]
    page: Path
    tables: Path
    file_count: int


def publish(study: Study, folder: Path, *, progress: Callable[[str], None] = lambda _: None) -> Publication:
    """Compute a study for each of its geographies, and write its tables and its page.

    Parameters
    ----------
    study
        What is published.
    folder
        Where to: the page, and `tables/` with one CSV file and its metadata for each table and
        geography. All files are complete before the first old one is replaced.
    progress
        Told what is being done, in a few words.

    Raises
    ------
    OutputError
        When the folder cannot be written to; what stood there stands as it was.
    """
    with output_folder(folder):
        answers = []
        for name in study.geographies:
            progress(f"computing {name}")
            answers.append(answer(study, ask(study, by=name)))
        files: dict[str, bytes] = {}
        for each in answers:
            geography = each.analysis.question.geography
            for name in TABLES:
                about = describe(each, name)
                _add(files, f"{name}_{geography.id}", each.table(name), about)
        if study.reconciliation is not None:
            _add(files, "reconciliation", study.reconciliation, _about(study, "reconciliation"))
        progress("drawing the page")
        files[study.page] = render(build_view(study, answers)).encode()
        progress(f"writing {len(files)} files")
        write_all(folder, files)
    return Publication(tuple(answers), folder / study.page, folder / "tables", len(files))


def describe(each: Answer, table: str) -> dict[str, Any]:
    """Say of a table what CSV on the Web asks for: title, source, licence, vintage, method and caveats."""
    question = each.analysis.question
    about = _about(each.analysis.study, table)
    about["dc:title"] += f", by {question.geography.label}"
    about["dc:source"] = [question.geography.source, *about["dc:source"]]
    about["dc:temporal"] = question.when.label
    about["rdfs:comment"] = caveats(each)
    return about


def caveats(each: Answer) -> list[str]:
    """What stands on every output: the caveats, the study's banner, and the warning of another date."""
    study = each.analysis.study
    warned = warning(study.register.services, each.analysis.question.when, study.snapshot_label)
    return [text for text in (study.banner, warned, *CAVEATS) if text]


def _about(study: Study, table: str) -> dict[str, Any]:
    return {
        "dc:title": TITLES[table],
        "dc:description": f"{study.title}. Method: {METHOD}.",
        "dc:source": list(study.sources),
        "dc:rights": [*study.atlas.attribution, OGL],
        "rdfs:comment": [text for text in (study.banner, *CAVEATS, *study.notes) if text],
        "schema:temporalCoverage": study.snapshot_label,
    }


def _add(files: dict[str, bytes], name: str, table: pd.DataFrame, about: dict[str, Any]) -> None:
    files[f"tables/{name}.csv"] = to_csv(table, mark=True)
    files[f"tables/{name}.csv-metadata.json"] = csvw(table, f"{name}.csv", about)
