"""Everything that a study publishes: its tables, what describes them, and the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ..coverage.answer import TABLES, Answer, answer
from ..coverage.comparison import compare
from ..coverage.criteria import verdicts
from ..coverage.describe import WITHOUT_AREAS, about, describe
from ..coverage.moved import moved_table
from ..coverage.question import ask
from ..coverage.scenario_file import read_own
from ..coverage.scenarios import Scenarios
from ..coverage.study import Study
from ..coverage.study_settings import COMPARISON
from ..coverage.timeline import changes
from ..coverage.workbook import workbook
from ..coverage.writing import csvw, output_folder, to_csv, write_all
from .build_comparison import build_comparison
from .build_view import build_view
from .figures import Dated
from .page import PageError, render
from .view import View

MOST_AREAS: Final = 5_000
MOST_DATES: Final = 24


@dataclass(frozen=True)
class Publication:
    """What was written.

    Attributes
    ----------
    answers
        One for each geography of the study.
    page
        The file to open.
    comparison
        The page of its scenarios; None where it has none.
    tables
        The folder of the tables.
    file_count
        How many files were written.
    """

    answers: tuple[Answer, ...]
    page: Path
    comparison: Path | None
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
        scenarios = read_own(study)
        answers = _answers(study, study.geographies, progress)
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
        view = view_of(study, answers, progress=progress)
        files[study.page] = render(replace(view, background=None)).encode()
        if view.background is not None:
            files[study.page.replace(".html", "-online.html")] = render(view).encode()
        if scenarios is not None:
            files |= _compared(study, scenarios, answers, progress)
        progress(f"writing {len(files)} files")
        write_all(folder, files)
    comparison = folder / COMPARISON if COMPARISON in files else None
    return Publication(tuple(answers), folder / study.page, comparison, folder / "tables", len(files))


def _compared(
    study: Study, scenarios: Scenarios, answers: Sequence[Answer], progress: Callable[[str], None]
) -> dict[str, bytes]:
    """The tables of a study's scenarios, their workbook and their page, by geographies that a page bears."""
    files: dict[str, bytes] = {}
    by_geography = []
    for each in (each for each in answers if each.analysis.areas.area_count <= MOST_AREAS):
        geography = each.analysis.question.geography
        found = compare(study, scenarios.scenarios, by=geography.id, progress=progress)
        table = pd.concat([one.table for one in found], ignore_index=True)
        _add(files, f"comparison_{geography.id}", table, describe(found[0].then, "comparison"), study)
        by_geography.append(found)
    redrawn = [each.groupings for each in by_geography[0] if each.groupings is not None]
    if redrawn:
        _add(files, "groupings", pd.concat(redrawn), describe(by_geography[0][0].then, "groupings"), study)
    judged = verdicts(study, scenarios.criteria, by_geography[0])
    progress("drawing the page of scenarios")
    files[COMPARISON] = render(build_comparison(by_geography, judged)).encode()
    files[COMPARISON.replace(".html", ".xlsx")] = workbook(by_geography[0], judged)
    return files


def view_of(
    study: Study, answers: Sequence[Answer], *, progress: Callable[[str], None] = lambda _: None
) -> View:
    """Make the view of a page: its geographies, on the date asked about and on every later change.

    Parameters
    ----------
    study
        Whose page it is.
    answers
        One for each geography, of the same question otherwise.
    progress
        Told what is being done, in a few words.

    Returns
    -------
    View
        Without geographies of more than `MOST_AREAS` areas, which no browser would bear: a note says
        how to see them.

    Raises
    ------
    PageError
        When there is no other geography either.
    """
    shown = [each for each in answers if each.analysis.areas.area_count <= MOST_AREAS]
    question = answers[0].analysis.question
    notes = [
        f"{geography.label}: {count:,} areas are too many to draw on one page. Their figures are in "
        f"the tables, and hinterland map STUDY --by {geography.id} --within AREA draws those of one area."
        for geography, count in (
            (each.analysis.question.geography, each.analysis.areas.area_count) for each in answers
        )
        if count > MOST_AREAS
    ]
    if not shown:
        raise PageError(f"{notes[0]} → name one with at most {MOST_AREAS:,} in geographies of study.toml")
    dates = [Dated(tuple(shown))]
    later = changes(study, question.themes, question.grades) if question.when.is_snapshot else ()
    if len(later) > MOST_DATES:
        notes.append(
            f"Of {len(later)} days on which something changes, the first {MOST_DATES} are on this page."
        )
    for change in later[:MOST_DATES]:
        progress(f"computing {change.day}")
        on = ask(study, on=str(change.day), themes=question.themes, evidence=",".join(question.grades))
        asked = [replace(each.analysis.question, when=on.when) for each in shown]
        dates.append(Dated(tuple(answer(study, each) for each in asked), change))
    progress("drawing the page")
    return build_view(study, dates, notes)


def _answers(study: Study, geographies: Sequence[str], progress: Callable[[str], None]) -> list[Answer]:
    answers = []
    for name in geographies:
        progress(f"computing {name}")
        answers.append(answer(study, ask(study, by=name)))
    return answers


def _add(
    files: dict[str, bytes], name: str, table: pd.DataFrame, described: dict[str, Any], study: Study
) -> None:
    files[f"tables/{name}.csv"] = to_csv(table, mark=True)
    files[f"tables/{name}.csv-metadata.json"] = csvw(table, f"{name}.csv", described, study.atlas.counts)
