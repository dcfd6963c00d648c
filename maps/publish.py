"""Everything that a study publishes: its tables, what describes them, and the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..coverage.answer import TABLES, Answer, answer
from ..coverage.describe import WITHOUT_AREAS, about, describe
from ..coverage.moved import moved_table
from ..coverage.question import ask
from ..coverage.study import Study
from ..coverage.writing import csvw, output_folder, to_csv, write_all
from .build_view import build_view
from .page import render


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
            for name in sorted(TABLES.keys() - {*WITHOUT_AREAS}):
                _add(files, f"{name}_{geography.id}", each.table(name), describe(each, name), study)
            moved = moved_table(study, geography)
            if moved is not None:
                _add(files, f"moved_{geography.id}", moved, describe(each, "moved"), study)
        _add(files, "pairs", answers[0].table("pairs"), describe(answers[0], "pairs"), study)
        if study.reconciliation is not None:
            _add(files, "reconciliation", study.reconciliation, about(study, "reconciliation"), study)
        progress("drawing the page")
        files[study.page] = render(build_view(study, answers)).encode()
        progress(f"writing {len(files)} files")
        write_all(folder, files)
    return Publication(tuple(answers), folder / study.page, folder / "tables", len(files))


def _add(
    files: dict[str, bytes], name: str, table: pd.DataFrame, described: dict[str, Any], study: Study
) -> None:
    files[f"tables/{name}.csv"] = to_csv(table, mark=True)
    files[f"tables/{name}.csv-metadata.json"] = csvw(table, f"{name}.csv", described, study.atlas.counts)
