"""hinterland compare and hinterland timeline, as somebody types them."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest

from .bad_input import study_of
from .conftest import Hinterland

SCENARIOS = """
[[scenario]]
id = "closure"
title = "The hub closes"
label = "An example."

[[scenario.close]]
organisations = ["002"]

[[scenario]]
id = "hub"
title = "A hub for the county"

[[scenario.open]]
id = "new-hub"
name = "New hub"
remit = "county"
themes = ["governance"]
areas = ["CTY19:Derbyshire"]
annual_cost = 90000

[[criterion]]
id = "cost"
title = "At most £100,000 a year"
measure = "annual_cost"
at_most = 100000

[[criterion]]
id = "advice"
title = "Funding advice somewhere"
themes = ["funding advice"]
at_least = "part of the area"
"""

FORMS = (
    *("status-quo", "district-bodies", "hub-and-spoke", "merger", "county-body-closes", "funding-cliff"),
    "own-sub-regions",
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = study_of(tmp_path, "base")
    (made / "scenarios.toml").write_text(SCENARIOS, encoding="utf-8")
    return made


def test_the_built_in_scenarios_are_compared_and_labelled(hinterland: Hinterland) -> None:
    found = hinterland("compare", "--theme", "information", "--theme", "governance", "--by", "CTYUA19")
    assert found.code == 0
    assert "The regional body closes at the end of 2015: something differs for 1 of 2 themes" in found.out
    assert "An illustration on a register of 2006–07" in found.out
    assert "An assumption and no proposal" in found.out
    assert "Judged by what was said beforehand:" in found.out
    assert "Scenario, not a record:" in found.out
    assert "Absence here is not absence of support." in found.out


def test_every_scenario_of_a_study_or_only_those_named(hinterland: Hinterland, study: Path) -> None:
    everything = hinterland("compare", study, "--format", "csv")
    assert everything.code == 0
    rows = everything.table()
    assert {row["scenario"] for row in rows} == {"closure", "hub"}
    one = hinterland("compare", study, "closure", "--format", "csv")
    assert [row for row in rows if row["scenario"] == "closure"] == one.table()
    lost = [row for row in one.table() if row["change"] == "worse"]
    assert [(row["theme"], row["class_scenario"]) for row in lost] == [("funding advice", "none on record")]
    assert float(lost[0]["residents_lost_low"]) == float(lost[0]["residents"]) > 0
    assert "The hub closes" in one.err
    assert "Scenario, not a record: The hub closes." in one.err


def test_criteria_are_met_missed_or_undecided(hinterland: Hinterland, study: Path) -> None:
    found = hinterland("compare", study)
    cost, advice = found.out.split("At most £100,000 a year")[1].split("Funding advice somewhere")
    assert "    hub: undecided, the cost of 3 of 4 organisations is not on record" in cost
    assert "    closure: missed, by " in advice
    dear = SCENARIOS.replace("90000", "190000")
    (study / "scenarios.toml").write_text(dear, encoding="utf-8")
    said = hinterland("compare", study, "hub").out
    assert "    hub: missed, at least £90,000 a year over" in said


def test_files_are_written_with_what_describes_them(
    hinterland: Hinterland, study: Path, tmp_path: Path
) -> None:
    file = tmp_path / "options.csv"
    assert hinterland("compare", study, "--output", file).code == 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        assert len(list(csv.DictReader(opened))) > 10
    described = json.loads(file.with_name("options.csv-metadata.json").read_text(encoding="utf-8"))
    assert described["dc:title"].startswith("A scenario beside its baseline")
    answered = json.loads(hinterland("compare", study, "hub", "--format", "json").out)
    assert {row["scenario"] for row in answered["rows"]} == {"hub"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["closur"], 2, "did you mean closure?"),
        (["--by", "LAD99"], 2, "--by"),
        (["--output", "options.gpkg"], 2, "choose csv, json or table"),
        (["--theme", "fishing"], 2, "--theme"),
        (["--as-of", "soon"], 2, "--as-of"),
        (["--scenarios", "nowhere.toml"], 1, "there is no such file"),
    ],
)
def test_what_cannot_be_understood_is_answered(
    hinterland: Hinterland, study: Path, words: list[str], code: int, said: str
) -> None:
    found = hinterland("compare", study, *words)
    assert found.code == code
    assert said in found.err


def test_a_study_without_scenarios_says_where_they_stand(hinterland: Hinterland, tmp_path: Path) -> None:
    found = hinterland("compare", study_of(tmp_path, "base"))
    assert found.code == 1
    assert "scenarios.toml" in found.err
    assert "docs/scenarios.md" in found.err


def test_scenarios_may_stand_in_the_file_of_the_study(hinterland: Hinterland, study: Path) -> None:
    apart = hinterland("compare", study, "--format", "csv")
    file = study / "study.toml"
    head = len(file.read_text(encoding="utf-8").splitlines())
    (study / "scenarios.toml").unlink()
    with file.open("a", encoding="utf-8") as written:
        written.write(SCENARIOS)
    assert hinterland("compare", study, "--format", "csv").out == apart.out
    wrong = file.read_text(encoding="utf-8").replace('"002"', '"02"') + '[table]\nscop = "scope.csv"\n'
    file.write_text(wrong + '[[scenaro]]\nid = "x"\n', encoding="utf-8")
    found = hinterland("compare", study)
    assert found.code == 1
    end = len(wrong.splitlines())
    assert f"line {end - 1}, key table: 'table': there is no such section" in found.err
    assert "did you mean [tables]?" in found.err
    assert f"line {end + 1}, key scenaro" in found.err
    assert "did you mean [[scenario]]?" in found.err
    file.write_text(wrong.removesuffix('[table]\nscop = "scope.csv"\n'), encoding="utf-8")
    found = hinterland("check", study)
    assert found.code == 1
    assert f"study.toml, line {head + 8}, key scenario.close.organisations: '02'" in found.out + found.err


def test_scenarios_stand_in_one_file(hinterland: Hinterland, study: Path) -> None:
    with (study / "study.toml").open("a", encoding="utf-8") as written:
        written.write(SCENARIOS)
    found = hinterland("compare", study)
    assert found.code == 1
    assert "'scenarios.toml': scenarios stand in this file and in another" in found.err


def test_every_fault_of_a_file_is_told(hinterland: Hinterland, study: Path) -> None:
    wrong = (
        SCENARIOS.replace('"002"', '"02"')
        .replace("CTY19:Derbyshire", "Derbyshyre")
        .replace("at_most", "atmost")
    )
    (study / "scenarios.toml").write_text(wrong, encoding="utf-8")
    found = hinterland("compare", study)
    assert found.code == 1
    assert "3 to mend; nothing was written." in found.err
    for said in ("line 8, key scenario.close.organisations: '02'", "Derbyshyre", "did you mean at_most?"):
        assert said in found.err


def test_a_timeline_says_what_changes_day_by_day(hinterland: Hinterland) -> None:
    found = hinterland("timeline", "--theme", "information", "--format", "csv")
    assert found.code == 0
    rows = found.table()
    assert [(row["day"], row["kind"]) for row in rows] == [
        ("2008-11-01", "on record"),
        ("2016-01-01", "on record"),
    ]
    assert rows[0]["residents_gained_low"] == rows[1]["residents_lost_low"]
    assert "One East Midlands" in rows[1]["what"]


def test_a_timeline_without_changes_says_so(hinterland: Hinterland, study: Path) -> None:
    found = hinterland("timeline", study)
    assert found.code == 0
    assert "Nothing changes after the snapshot, and no money ends." in found.out


def test_two_maps_of_the_same_land_are_put_side_by_side(hinterland: Hinterland) -> None:
    words = ("--within", "D2N2", "--theme", "governance")
    found = hinterland("groupings", "LEP14", "CAUTH24", *words, "--format", "csv")
    assert found.code == 0
    assert {row["geography"] for row in found.table()} == {"LEP14", "CAUTH24"}
    assert "holds the same land as East Midlands" in found.err
    assert hinterland("groupings", "LEP14").code == 2
    assert "name two, such as LEP14 CAUTH24" in hinterland("groupings", "LEP14", "LEP21", "RGN19").err
    assert "LAD99" in hinterland("groupings", "LEP14", "LAD99").err


def test_the_forms_of_a_new_study_are_compared_as_they_stand(hinterland: Hinterland, tmp_path: Path) -> None:
    assert hinterland("new", tmp_path / "mine").code == 0
    found = hinterland("compare", tmp_path / "mine", "--format", "csv")
    assert found.code == 0
    rows = found.table()
    by_scenario = {name: [row for row in rows if row["scenario"] == name] for name in FORMS}
    assert {row["scenario"] for row in rows} == set(FORMS)
    assert {row["change"] for row in by_scenario["status-quo"]} == {"same"}
    local = [
        row
        for row in by_scenario["district-bodies"]
        if row["theme"] == "governance" and row["LAD19CD"].startswith("E")
    ]
    assert len(local) == 9
    assert {row["class_scenario"] for row in local} == {"local"}
    lost = [row for row in by_scenario["funding-cliff"] if row["LAD19NM"] == "Erewash"]
    assert any(float(row["residents_lost_high"] or 0) > 0 for row in lost)


def test_one_body_in_each_area_has_to_have_areas(hinterland: Hinterland, study: Path) -> None:
    for wrong, said in (("RGN19", "no area of RGN19 lies in"), ("LAD98", "LAD98")):
        text = SCENARIOS.replace('remit = "county"', f'remit = "county"\nin_each = "{wrong}"')
        (study / "scenarios.toml").write_text(text, encoding="utf-8")
        found = hinterland("compare", study, "hub")
        assert found.code == 1
        assert said in found.err
        assert "scenario.open.in_each" in found.err


def test_what_was_noted_is_told_beside_the_comparison(hinterland: Hinterland, study: Path) -> None:
    late = SCENARIOS.replace('label = "An example."', "as_of = 2026-03-31", 1)
    late = late.replace('organisations = ["002"]', 'organisations = ["002"]\non = 2027-01-01')
    (study / "scenarios.toml").write_text(late, encoding="utf-8")
    found = hinterland("compare", study, "closure")
    assert found.code == 0
    assert "after the day that is compared, 2026-03-31" in found.err
    assert "nothing differs" in found.out


def test_a_workbook_is_written_whole_and_named_by_its_ending(hinterland: Hinterland, tmp_path: Path) -> None:
    file = tmp_path / "options.xlsx"
    found = hinterland("compare", "regional-body-closes", "--theme", "information", "--output", file)
    assert found.code == 0
    assert "1 scenarios written" in found.err
    with zipfile.ZipFile(file) as book:
        assert "xl/workbook.xml" in book.namelist()


def test_sub_regions_are_shown_under_the_sentences_that_speak_of_them(hinterland: Hinterland) -> None:
    found = hinterland("compare", "leps-give-way", "--theme", "governance")
    assert found.code == 0
    assert "its figures do not move" in found.out
    assert "The same organisations by two groupings of the same land" in found.out
    listed = hinterland("compare", "leps-give-way", "--theme", "governance", "--format", "csv")
    assert "name leps-give-way alone" in listed.err
    assert {row["change"] for row in listed.table()} == {"same"}
