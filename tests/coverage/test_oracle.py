"""Every figure of the built-in study against the oracle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hinterland.boundaries.atlas import LEVELS
from hinterland.coverage.analysis import Analysis, analyse
from hinterland.coverage.block_figures import blocks_table
from hinterland.coverage.classes import CLASSES, Classes, classify
from hinterland.coverage.gaps import class_table, gap_table
from hinterland.coverage.measures import coverage_table, density_table, overlap_table
from hinterland.coverage.overlaps import pairs_table
from hinterland.coverage.question import Question, ask
from hinterland.coverage.reliance import reliance_by_organisation, reliance_table
from hinterland.coverage.study import Study, read_study

from . import oracle

DATES = (None, "2009-06-30", "2015-06-30")
EVIDENCE = ("headline", "all", "stated")
OTHERS = ("LAD21", "LAD23", "CTRY")


def world_of(study: Study) -> oracle.World:
    """What the oracle needs of a study, as plain tuples and dicts."""
    organisations = study.register.organisations
    services = study.register.services
    return oracle.World(
        residents=tuple(study.atlas.blocks["residents"].tolist()),
        area_km2=tuple(study.atlas.blocks["area_km2"].tolist()),
        geographies={
            geography.id: oracle.Geography(
                LEVELS.index(geography.level),
                {
                    code: frozenset(np.flatnonzero(row).tolist())
                    for code, row in zip(geography.names.index, geography.membership.toarray(), strict=True)
                },
            )
            for geography in study.atlas.geographies.values()
        },
        study=frozenset(block for place in study.area for block in place.blocks),
        kinds={theme.id: theme.kind for theme in study.taxonomy.themes},
        organisations={
            str(row.Index): oracle.Organisation(row.sector, LEVELS.index(row.remit), row.member_of)
            for row in organisations.itertuples()
        },
        services=tuple(
            oracle.Service(
                row.organisation_id,
                row.theme,
                row.focus,
                _day(row.first_seen),
                _day(row.until),
                _day(row.funded_until),
                row.area_evidence,
                row.theme_evidence,
                tuple(oracle.Place(place.part, frozenset(place.blocks)) for place in row.places),
            )
            for row in services.itertuples()
        ),
        surveys=tuple(
            oracle.Survey(
                survey.themes,
                tuple(oracle.Place(place.part, frozenset(place.blocks)) for place in survey.places),
                survey.first,
                survey.last,
            )
            for survey in study.surveys
        ),
        reported=tuple(
            (reported.theme, frozenset(block for place in reported.places for block in place.blocks))
            for reported in study.reported
        ),
        evidence=study.rules.evidence,
        community_focus=study.rules.community_focus,
        sectors=study.rules.sectors,
        theta=study.rules.covered_from,
    )


def _day(stamp: pd.Timestamp) -> date | None:
    return None if pd.isna(stamp) else stamp.date()


def disagreements(
    study: Study, world: oracle.World, question: Question, *, without_areas: bool = True
) -> list[str]:
    """Answer a question with hinterland and with the oracle; one text for each figure that differs.

    Pairs and blocks are the same whatever the geography: `without_areas` says whether to look at them.
    """
    analysis = analyse(study, question)
    classes = classify(analysis)
    answer = oracle.answer(
        world,
        oracle.Ask(
            question.geography.id,
            frozenset(np.flatnonzero(question.within).tolist()),
            question.themes,
            question.when.first,
            question.when.last,
            question.grades,
        ),
    )
    code = question.geography.code_column
    judged = class_table(analysis, classes)
    texts = []
    tables = [
        ("coverage", answer.coverage, records(coverage_table(analysis, classes)), (code, "theme")),
        ("overlap", answer.overlap, records(overlap_table(analysis)), (code, "theme")),
        ("density", answer.density, records(density_table(analysis)), (code, "theme", "allocation")),
        ("classes", answer.classes, judged_records(analysis, classes, judged), (code, "theme")),
        ("reliance", answer.reliance, records(reliance_table(analysis)), (code, "theme")),
        (
            "by organisation",
            answer.by_organisation,
            records(reliance_by_organisation(analysis)),
            (code, "theme", "organisation_id"),
        ),
    ]
    if without_areas:
        tables += [
            ("pairs", answer.pairs, pair_records(analysis), ("theme", "one", "other_one")),
            ("blocks", answer.blocks, block_records(analysis), ("position", "theme")),
        ]
    for name, expected, found, keys in tables:
        texts += [f"{name} {text}" for text in oracle.differences(expected, found, keys)]
    worse = {key for key, line in answer.classes.items() if line["class"] not in ("out of scope", "local")}
    gaps = gap_table(judged)
    if worse != set(zip(gaps[code], gaps["theme"], strict=True)):
        texts.append("gaps: not the areas and themes that are worse than local")
    return texts


def records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def judged_records(analysis: Analysis, classes: Classes, table: pd.DataFrame) -> list[dict[Any, Any]]:
    """The class table with the arrays of `classes` beside it, and who is on record as a set of ids."""
    code = analysis.question.geography.code_column
    themes = {theme: row for row, theme in enumerate(analysis.question.themes)}
    areas = {area: column for column, area in enumerate(analysis.areas.rows.index[: classes.codes.shape[1]])}
    ids = {name: organisation for organisation, name in analysis.study.register.organisations["name"].items()}
    found = records(table)
    for record in found:
        cell = themes[record["theme"]], areas[record[code]]
        record |= {flag: float(values[cell]) for flag, values in classes.flags.items()}
        record["code"] = CLASSES[classes.codes[cell]]
        record["code_stated"] = CLASSES[classes.stated[cell]]
        record["code_claimed"] = CLASSES[classes.claimed[cell]]
        listed = record["on_record"].split("; ") if record["on_record"] else []
        record["on_record"] = {ids[entry if entry in ids else _name(entry, ids)] for entry in listed}
    return found


def pair_records(analysis: Analysis) -> list[dict[Any, Any]]:
    """The table of pairs, each pair by its ids in rising order."""
    found = records(pairs_table(analysis))
    for record in found:
        record["one"], record["other_one"] = sorted((record["organisation_id"], record["other_id"]))
    return found


def block_records(analysis: Analysis) -> list[dict[Any, Any]]:
    """The table of blocks, which the oracle knows by their positions."""
    found = records(blocks_table(analysis))
    for record in found:
        record["position"] = analysis.study.atlas.blocks.index.get_loc(record["block"])
    return found


def _name(entry: str, names: Iterable[str]) -> str:
    """The name that an entry such as `Name (local)` begins with; names may hold brackets too."""
    return max((name for name in names if entry.startswith(f"{name} (")), key=len)


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study()


@pytest.fixture(scope="module")
def world(study: Study) -> oracle.World:
    return world_of(study)


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("on", DATES)
def test_every_figure_of_the_built_in_study_is_the_oracles(
    study: Study, world: oracle.World, on: str | None, evidence: str
) -> None:
    texts = []
    for position, by in enumerate((*study.geographies, *OTHERS)):
        question = ask(study, by=by, on=on, evidence=evidence)
        texts += disagreements(study, world, question, without_areas=position == 0)
    assert texts == []


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("within", ["D2N2", "LEP14:Sheffield City Region"])
def test_every_figure_of_a_part_of_the_study_is_the_oracles(
    study: Study, world: oracle.World, within: str, turn: int
) -> None:
    texts = []
    for position, by in enumerate((*study.geographies, *OTHERS)):
        evidence = EVIDENCE[(position + turn) % 3]  # each geography meets every date and every grade
        question = ask(study, by=by, within=within, on=DATES[turn], evidence=evidence)
        texts += disagreements(study, world, question, without_areas=position < len(EVIDENCE))
    assert texts == []
