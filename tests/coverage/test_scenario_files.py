"""Files of scenarios that are wrong: each fault with its line, its key, the reason and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from hinterland.boundaries.errors import InputError
from hinterland.coverage.scenario_file import check_scenarios, read_scenarios
from hinterland.coverage.study import BUILTIN_STUDY, Study, read_study

HEAD = '[[scenario]]\nid = "x"\ntitle = "X"\n'
OPEN = (
    '[[scenario.open]]\nid = "hub"\nname = "Hub"\nremit = "county"\n'
    'themes = ["governance"]\nareas = ["Mansfield"]\n'
)


def close(body: str) -> str:
    return f'[[scenario.close]]\norganisations = ["{body}"]\n'


def merge(name: str, *bodies: str) -> str:
    listed = ", ".join(f'"{body}"' for body in bodies)
    return (
        f'[[scenario.merge]]\norganisations = [{listed}]\nid = "{name}"\nname = "{name}"\nremit = "county"\n'
    )


WRONG = {
    "an unknown table": ('[[scenaro]]\nid = "x"\n', 1, "scenaro", "no such table", "scenario"),
    "a key outside": ('titel = "x"\n' + HEAD + close("enable"), 1, "titel", "no such table", "known are"),
    "an unknown change": (HEAD + "[[scenario.closes]]\n", 4, "closes", "no such key", "did you mean close?"),
    "an unknown key": (
        HEAD + '[[scenario.close]]\norganisation = ["enable"]\n',
        5,
        "organisation",
        "no such key",
        "did you mean organisations?",
    ),
    "a key that is missing": (
        HEAD + "[[scenario.close]]\n",
        4,
        "close",
        "has no organisations",
        "add a line",
    ),
    "no id": ('[[scenario]]\ntitle = "X"\n' + close("enable"), 1, "scenario", "has no id", "add a line"),
    "a text for a list": (
        HEAD + '[[scenario.close]]\norganisations = "enable"\n',
        5,
        "organisations",
        "a list of texts",
        "write organisations",
    ),
    "a text for a number": (HEAD + OPEN + 'annual_cost = "lots"\n', 10, "annual_cost", "a number", "write"),
    "a cost below nought": (HEAD + OPEN + "annual_cost = -1\n", 10, "annual_cost", "below 0", "0 or more"),
    "an empty list": (
        HEAD + "[[scenario.close]]\norganisations = []\n",
        5,
        "organisations",
        "empty",
        "take the line",
    ),
    "single brackets": (
        HEAD + '[scenario.close]\norganisations = ["enable"]\n',
        4,
        "scenario.close",
        "another way",
        "[[scenario.close]]",
    ),
    "no TOML": (HEAD + "[[scenario.close\n", None, "", "no TOML", "mend that line"),
    "an unknown organisation": (
        HEAD + close("enabel"),
        5,
        "organisations",
        "no organisation",
        "did you mean enable",
    ),
    "an organisation by a wrong name": (
        HEAD + close("One East Midland"),
        5,
        "organisations",
        "no organisation",
        "one-east-midlands",
    ),
    "an unknown theme": (
        HEAD + close("enable") + 'themes = ["govrnance"]\n',
        6,
        "themes",
        "govrnance",
        "governance",
    ),
    "a theme that it does not offer": (
        HEAD + close("enable") + 'themes = ["volunteering"]\n',
        6,
        "themes",
        "offers this nowhere",
        "it offers",
    ),
    "an unknown area": (
        HEAD + OPEN.replace('"Mansfield"', '"Mansfeld"'),
        9,
        "areas",
        "Mansfeld",
        "Mansfield",
    ),
    "an area that could be several": (
        HEAD + OPEN.replace('"Mansfield"', '"East Midlands"'),
        9,
        "areas",
        "East Midlands",
        "CAUTH24:E47000013",
    ),
    "an area that it does not serve": (
        HEAD
        + '[[scenario.withdraw]]\norganisations = ["Mansfield Community and Voluntary Service"]\n'
        + 'areas = ["Lincoln"]\n',
        6,
        "areas",
        "does not serve it",
        "it serves Mansfield",
    ),
    "a part of an area withdrawn": (
        HEAD
        + '[[scenario.withdraw]]\norganisations = ["Mansfield Community and Voluntary Service"]\n'
        + 'areas = ["part of Mansfield"]\n',
        6,
        "areas",
        "which part of it is not known",
        "name whole areas",
    ),
    "an unknown remit": (HEAD + OPEN.replace('"county"', '"countywide"'), 7, "remit", "", "county"),
    "a community without focus": (
        HEAD + OPEN.replace('"governance"', '"BME communities"'),
        8,
        "themes",
        "needs a focus",
        "own purpose",
    ),
    "a theme that is only reported": (
        HEAD + OPEN.replace('"governance"', '"signposting"'),
        8,
        "themes",
        "reported only",
        "take it out",
    ),
    "a vague date": (HEAD + close("enable") + 'on = "next spring"\n', 6, "on", "", "2019"),
    "a day that there is not": (HEAD + close("enable") + 'on = "2026-02-30"\n', 6, "on", "", ""),
    "an address": (
        HEAD + OPEN.replace('"Hub"', '"jo@example.org"'),
        6,
        "name",
        "e-mail address",
        "never published",
    ),
    "closed twice": (
        HEAD + close("enable") + close("enable"),
        7,
        "organisations",
        "closed in line 4",
        "once",
    ),
    "closed and extended": (
        HEAD + close("enable") + '[[scenario.extend]]\norganisations = ["enable"]\nareas = ["Derby"]\n',
        7,
        "organisations",
        "closed by then",
        "take one of them out",
    ),
    "renewed and ended": (
        HEAD
        + '[[scenario.renew]]\norganisations = ["enable"]\n'
        + '[[scenario.fund_until]]\norganisations = ["enable"]\ndate = 2027-01-01\n',
        7,
        "organisations",
        "both ends and is renewed",
        "choose one",
    ),
    "merged twice": (
        HEAD + merge("one", "enable", "seem") + merge("two", "enable", "learn"),
        10,
        "organisations",
        "merged into another in line 4",
        "one merger",
    ),
    "merged in a circle": (
        HEAD + merge("one", "two", "enable") + merge("two", "one", "seem"),
        10,
        "organisations",
        "circle: ",
        "take one of them out",
    ),
    "one body is no merger": (HEAD + merge("one", "enable"), 5, "organisations", "no merger", "two or more"),
    "an id that is taken": (
        HEAD + OPEN.replace('"hub"', '"enable"'),
        5,
        "id",
        "of the register has this id",
        "another id",
    ),
    "opened twice": (HEAD + OPEN + OPEN, 11, "id", "line 4 makes", "another id"),
    "extended by nothing": (
        HEAD + '[[scenario.extend]]\norganisations = ["enable"]\n',
        5,
        "organisations",
        "neither areas nor themes",
        "add areas",
    ),
    "an unknown basis": (
        HEAD + 'based_on = "xx"\n' + close("enable"),
        4,
        "based_on",
        "no scenario has this id",
        "did you mean x?",
    ),
    "builds on itself": (
        HEAD + 'based_on = "y"\n' + close("enable") + '[[scenario]]\nid = "y"\ntitle = "Y"\nbased_on = "x"\n',
        4,
        "based_on",
        "x → y → x",
        "take one",
    ),
    "an id twice": (
        HEAD + close("enable") + HEAD + close("seem"),
        7,
        "id",
        "line 2 has this id",
        "another id",
    ),
    "an unknown funder": (
        HEAD + '[[scenario.renew]]\nfunder = "The council"\n',
        5,
        "funder",
        "no organisation has this funder",
        "column funder",
    ),
    "a criterion of nothing": (
        HEAD + close("enable") + '[[criterion]]\nid = "c"\ntitle = "C"\n',
        8,
        "title",
        "judges by nothing",
        "at_least",
    ),
    "a criterion without a bound": (
        HEAD + close("enable") + '[[criterion]]\nid = "c"\ntitle = "C"\nmeasure = "relying_low"\n',
        9,
        "measure",
        "no bound",
        "at_most",
    ),
    "a criterion of an unknown class": (
        HEAD + close("enable") + '[[criterion]]\nid = "c"\ntitle = "C"\nat_least = "good"\n',
        9,
        "at_least",
        "",
        "local",
    ),
    "nowhere": (
        HEAD + OPEN.replace('areas = ["Mansfield"]\n', ""),
        4,
        "open",
        "does not say where",
        "point = … and reach = …",
    ),
    "a point without a reach": (
        HEAD + OPEN + "point = [470500, 381000]\n",
        10,
        "point",
        "go together",
        "add a line: reach",
    ),
    "a reach without a unit": (
        HEAD + OPEN + 'point = [470500, 381000]\nreach = "10"\n',
        11,
        "reach",
        "no unit",
        "10 miles or 10 km",
    ),
    "a point at sea": (
        HEAD + OPEN + 'point = [670500, 381000]\nreach = "10 km"\n',
        10,
        "point",
        "lies in no area",
        "check both numbers",
    ),
    "three numbers for a point": (
        HEAD + OPEN + 'point = [1, 2, 3]\nreach = "10 km"\n',
        10,
        "point",
        "two numbers",
        "write point",
    ),
    "a reach in each district": (
        HEAD + OPEN + 'point = [470500, 381000]\nreach = "10 km"\nin_each = "LAD19"\n',
        12,
        "in_each",
        "one body",
        "take in_each or reach out",
    ),
    "an area drawn from parts": (
        HEAD + '[[scenario.group]]\nname = "North"\nmembers = ["part of Mansfield"]\n',
        6,
        "members",
        "whole areas",
        "name whole areas",
    ),
    "an area drawn twice": (
        HEAD + '[[scenario.group]]\nname = "A"\nmembers = ["Mansfield"]\n' * 2,
        8,
        "name",
        "line 4 has this name",
        "another name",
    ),
    "an area that is no area": (
        HEAD + '[[scenario.group]]\nname = "North"\nmembers = ["Mansfeld"]\n',
        6,
        "members",
        "no area has exactly this name",
        "Mansfield",
    ),
    "an unknown geography": (
        HEAD + '[[scenario.replace_boundaries]]\ngeography = "LEP13"\nby = "CAUTH24"\n',
        5,
        "geography",
        "no geography",
        "LEP14",
    ),
    "a geography in its own place": (
        HEAD + '[[scenario.replace_boundaries]]\ngeography = "LEP14"\nby = "LEP14"\n',
        6,
        "by",
        "its own place",
        "another geography",
    ),
    "an area of another geography": (
        HEAD
        + '[[scenario.replace_boundaries]]\ngeography = "LEP14"\nby = "CAUTH24"\nareas = ["Mansfield"]\n',
        7,
        "areas",
        "it is no area of",
        "LEP14",
    ),
    "no scenario": ("# nothing\n", None, "", "no scenario", "[[scenario]]"),
}


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study()


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_line_key_reason_and_remedy(
    study: Study, tmp_path: Path, name: str
) -> None:
    text, line, key, reason, remedy = WRONG[name]
    file = tmp_path / "scenarios.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        read_scenarios(file, study)
    faults = [fault for fault in wrong.value.faults if fault.kind != "noted"]
    fault = faults[0]
    assert fault.file == "scenarios.toml"
    assert fault.row == line
    assert key in fault.column
    assert reason in f"{fault.value} {fault.reason}"
    assert fault.remedy
    assert remedy in fault.remedy
    if line is not None:
        assert f"line {line}, key " in str(fault)


def test_all_faults_are_told_at_once(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.toml"
    wrong = HEAD + close("enabel") + OPEN.replace("Mansfield", "Mansfeld") + 'colour = "red"\n'
    file.write_text(wrong + '[[criterion]]\nid = "c"\ntitle = "C"\n', encoding="utf-8")
    _, faults = check_scenarios(file, study)
    assert len(faults) == 4
    assert {fault.column.split(".")[-1] for fault in faults} == {"organisations", "areas", "colour", "title"}


def test_no_file_is_told_where_to_read_how_one_is_written(study: Study, tmp_path: Path) -> None:
    _, faults = check_scenarios(tmp_path / "none.toml", study)
    assert faults[0].reason == "there is no such file"
    assert "docs/scenarios.md" in faults[0].remedy


def test_the_worked_scenarios_read_and_are_labelled(study: Study) -> None:
    found = read_scenarios(BUILTIN_STUDY / "scenarios.toml", study)
    assert [each.id for each in found.scenarios] == [
        "regional-body-closes",
        "county-funding-not-replaced",
        "three-districts-share",
        "hub-and-spoke",
        "leps-give-way",
    ]
    for each in found.scenarios:
        assert any(word in each.label for word in ("illustration", "If not replaced", "no proposal"))


def test_dates_are_read_as_dates_or_as_texts(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.toml"
    for written in ("2026-04-01", '"2026-04-01"', '"2026-04"', '"1 April 2026"'):
        file.write_text(HEAD + close("enable") + f"on = {written}\n", encoding="utf-8")
        (change,) = read_scenarios(file, study).scenarios[0].changes
        assert str(change.on) == "2026-04-01"


def test_a_scenario_that_builds_on_another_has_its_changes_first(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.toml"
    text = HEAD + "as_of = 2015-06-30\n" + close("enable")
    text += '[[scenario]]\nid = "y"\ntitle = "Y"\nbased_on = "x"\n' + close("seem")
    file.write_text(text, encoding="utf-8")
    _, second = read_scenarios(file, study).scenarios
    assert [change.organisations for change in second.changes] == [("enable",), ("seem",)]
    assert second.as_of == "2015-06-30"
