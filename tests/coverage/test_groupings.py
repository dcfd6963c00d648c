"""The same organisations by LEPs of 2014 and by combined authorities of 2024."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from hinterland.coverage.answer import answer
from hinterland.coverage.comparison import compare
from hinterland.coverage.comparison_words import headlines
from hinterland.coverage.counting import counted
from hinterland.coverage.groupings import Regrouping, grouping_table, in_words
from hinterland.coverage.question import ask
from hinterland.coverage.scenario_file import read_scenarios
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
    five = next(text for text in said if text.startswith("5 districts lie in several areas of Local"))
    assert "and in one of Combined authorities, 2024" in five
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


def test_the_worked_scenario_speaks_of_its_four_areas_alone(study: Study) -> None:
    scenarios = read_scenarios(study.folder / "scenarios.toml", study)
    scenario = scenarios.find("leps-give-way")
    assert scenario is not None
    (found,) = compare(study, [scenario])
    assert found.groupings is not None
    assert set(found.groupings["name"]) == {
        "Derby, Derbyshire, Nottingham and Nottinghamshire",
        "Sheffield City Region",
        "East Midlands",
    }
    said = headlines(found)
    assert "sub-regions are others" in said[0]
    assert any("5 districts lie in several areas" in text for text in said)
    assert any("its figures do not move" in text for text in said)
    assert any("South Yorkshire" in text and "holds no land that is asked about" in text for text in said)
    assert (found.table["change"] == "same").all()


def test_areas_that_a_scenario_draws_are_the_sum_of_their_districts(study: Study, tmp_path: Path) -> None:
    text = '[[scenario]]\nid = "hubs"\ntitle = "Two hubs"\n[[scenario.close]]\norganisations = ["enable"]\n'
    for name, members in (("North", ["Bassetlaw", "Mansfield"]), ("South", ["Rushcliffe", "Gedling"])):
        text += f'[[scenario.group]]\nname = "{name}"\nmembers = {members}\n'
    (tmp_path / "scenarios.toml").write_text(text.replace("'", '"'), encoding="utf-8")
    (scenario,) = read_scenarios(tmp_path / "scenarios.toml", study).scenarios
    (found,) = compare(study, [scenario], by="LAD19")
    table = found.groupings
    assert table is not None
    covered = table.assign(covered=table["coverage_low"].fillna(0) * table["residents"])
    districts = covered[covered["geography"] == "LAD19"].set_index(["theme", "name"])["covered"]
    for theme, own in covered[covered["geography"] == "hubs"].groupby("theme"):
        totals = own.set_index("name")["covered"]
        assert totals["North"] == pytest.approx(districts[theme, "Bassetlaw"] + districts[theme, "Mansfield"])
        assert totals["South"] == pytest.approx(districts[theme, "Rushcliffe"] + districts[theme, "Gedling"])
    assert set(table.loc[table["name"] == "North", "residents"]) == {
        float(sum(study.atlas.blocks.loc[["E07000171", "E07000174"], "residents"]))
    }


def test_a_hub_with_a_reach_is_a_circle_in_metres_or_in_degrees(study: Study, tmp_path: Path) -> None:
    to_degrees = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(470_500, 381_000)
    text = ""
    for name, where in (("a", "[470500, 381000]"), ("b", f'[{lon}, {lat}]\ncrs = "EPSG:4326"')):
        text += f'[[scenario]]\nid = "{name}"\ntitle = "{name}"\n'
        text += f'[[scenario.open]]\nid = "hub-{name}"\nname = "Hub"\nremit = "part county"\n'
        text += f'themes = ["governance"]\nreach = "16 km"\npoint = {where}\n'
    (tmp_path / "scenarios.toml").write_text(text, encoding="utf-8")
    scenarios = read_scenarios(tmp_path / "scenarios.toml", study).scenarios
    one, other = (found.table for found in compare(study, scenarios, themes=["governance"]))
    outlines = study.atlas.blocks.geometry
    circle = shapely.Point(470_500, 381_000).buffer(16_000, quad_segs=720)
    shares = outlines.intersection(circle).area / outlines.area
    in_study = shares[(shares > 0.001) & shares.index.isin(one["LAD19CD"])]
    assert {"E07000171", "E07000033", "E07000142"} <= set(in_study.index)
    for code, share in in_study.items():
        row = one[one["LAD19CD"] == code].iloc[0]
        assert row["depth_mean_high_scenario"] == np.nan_to_num(row["depth_mean_high_baseline"]) + 1
        if code in ("E07000033", "E07000142"):
            assert row["coverage_low_scenario"] == pytest.approx(share, rel=1e-3)
    difference = one["residents_gained_low"] - other["residents_gained_low"]
    assert (difference.abs() <= 20).all()
    assert one["residents_gained_low"].max() > 1000
