"""The same organisations by LEPs of 2014 and by combined authorities of 2024."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hinterland.coverage.answer import answer
from hinterland.coverage.counting import counted
from hinterland.coverage.groupings import Regrouping, grouping_table, in_words
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study

SHARED = "Bassetlaw, Bolsover, Chesterfield, Derbyshire Dales and North East Derbyshire"
FIGURES = ["theme", "residents", "class", "coverage_low", "coverage_high", "organisations"]


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study()


@pytest.fixture(scope="module")
def found(study: Study) -> Regrouping:
    return Regrouping(*(answer(study, ask(study, by=by, within="D2N2")) for by in ("LEP14", "CAUTH24")))


def of(table: pd.DataFrame, geography: str, code: str) -> pd.DataFrame:
    rows = table[(table["geography"] == geography) & (table["code"] == code)]
    return rows[FIGURES].reset_index(drop=True)


def test_five_shared_districts_become_one_sided_and_the_figures_of_d2n2_do_not_move(
    found: Regrouping,
) -> None:
    said = in_words(found)
    assert any(
        text.startswith("5 lie in several areas of Local Enterprise Partnerships, 2014") for text in said
    )
    five = next(text for text in said if text.startswith("5 lie"))
    for name in SHARED.replace(" and ", ", ").split(", "):
        assert name in five
    assert any("holds the same land as East Midlands" in text for text in said)
    table = grouping_table(found)
    pd.testing.assert_frame_equal(of(table, "LEP14", "E37000008"), of(table, "CAUTH24", "E47000013"))
    sheffield = table[table["name"] == "Sheffield City Region"]
    assert set(sheffield["made_of"]) == {"East Midlands 100%"}
    assert set(sheffield["same_blocks_as"]) == {""}
    assert set(table.loc[table["code"] == "E37000008", "same_blocks_as"]) == {"East Midlands"}


def test_who_straddles_a_border_is_what_sets_of_blocks_say(study: Study) -> None:
    found = answer(study, ask(study, by="CTYUA19", themes=["BME communities"]))
    table = grouping_table(
        Regrouping(found, answer(study, ask(study, by="LEP14", themes=["BME communities"])))
    )
    areas = found.analysis.areas
    services = counted(study, found.analysis.question.when, found.analysis.question.grades)
    served: dict[str, set[int]] = {}
    for row in services[services["theme"] == "BME communities"].itertuples():
        served.setdefault(row.organisation_id, set()).update(b for place in row.places for b in place.blocks)
    for position, code in enumerate(areas.rows.index[: areas.area_count]):
        inside = set(np.flatnonzero(areas.whole.toarray()[position]).tolist())
        here = [blocks for blocks in served.values() if blocks & inside]
        row = table[(table["geography"] == "CTYUA19") & (table["code"] == code)].iloc[0]
        assert row["organisations"] == len(here)
        assert row["organisations_straddling"] == sum(not blocks <= inside for blocks in here)
