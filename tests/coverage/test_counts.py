"""Denominators beside residents: voluntary groups, as a study may bring them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..conftest import Hinterland

STUDY = """
[study]
title = "Groups"
snapshot = "2026-01/2026-06"
area = ["Bassetlaw", "Mansfield", "Ashfield"]
geographies = ["LAD19", "CTY19"]

[[boundaries.count]]
id = "voluntary_groups"
label = "voluntary groups"
file = "groups.csv"
column = "groups"
year = 2021
"""
BASSETLAW, MANSFIELD, ASHFIELD = "E07000171", "E07000174", "E07000170"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    files = {
        "study.toml": STUDY,
        "groups.csv": f'LAD19CD,groups\n{BASSETLAW},200\n{MANSFIELD},"1,000"\n{ASHFIELD},\n',
        "organisations.csv": "organisation_id,name,remit\na,Advice,district\nb,Both,county\n",
        "services.csv": "organisation_id,theme,areas,area_evidence,theme_evidence\n"
        "a,governance,Bassetlaw,stated,stated\nb,governance,Bassetlaw; part of Mansfield,stated,stated\n",
        "scope.csv": "source,themes,areas,from,to\nOurs,governance,CTY19:Nottinghamshire,2026-01,2026-06\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_coverage_is_given_of_each_count(study: Path, hinterland: Hinterland) -> None:
    answer = hinterland("coverage", study, "--theme", "governance", "--format", "csv")
    assert answer.code == 0, answer.err
    rows = {row["LAD19CD"]: row for row in answer.table()}
    names = ["voluntary_groups", "voluntary_groups_covered_low", "voluntary_groups_covered_high"]
    shares = ["coverage_voluntary_groups_low", "coverage_voluntary_groups_high"]
    figures = {code: [row[name] for name in (*names, *shares)] for code, row in rows.items()}
    assert figures[BASSETLAW] == ["200", "200", "200", "1", "1"]
    assert figures[MANSFIELD] == ["1000", "0", "1000", "0", "1"]


def test_what_is_unknown_is_missing_and_never_0(study: Path, hinterland: Hinterland) -> None:
    rows = {
        row["LAD19CD"]: row
        for row in hinterland("coverage", study, "--theme", "governance", "--format", "csv").table()
    }
    assert rows[ASHFIELD]["voluntary_groups"] == rows["total"]["voluntary_groups"] == ""
    assert rows[ASHFIELD]["coverage_voluntary_groups_low"] == ""
    assert rows[ASHFIELD]["coverage_low"] == "0"
    check = hinterland("check", study)
    assert "have no voluntary groups" in check.out


def test_density_is_given_per_1000_of_it(study: Path, hinterland: Hinterland) -> None:
    table = hinterland("density", study, "--theme", "governance", "--format", "csv").table()
    whole = {row["LAD19CD"]: row for row in table if row["allocation"] == "whole"}
    assert whole[BASSETLAW]["per_1000_voluntary_groups"] == "10"  # two of 200
    assert whole[MANSFIELD]["per_1000_voluntary_groups"] == "1"  # one of 1,000
    assert whole[ASHFIELD]["per_1000_voluntary_groups"] == ""


def test_its_columns_are_described_with_year_and_source(study: Path, hinterland: Hinterland) -> None:
    assert hinterland("run", study).code == 0
    described = json.loads(
        (study / "output" / "tables" / "coverage_LAD19.csv-metadata.json").read_text(encoding="utf-8")
    )
    columns = {column["name"]: column["dc:description"] for column in described["tableSchema"]["columns"]}
    assert columns["voluntary_groups"] == "voluntary groups (2021, groups.csv) in the part described"
    assert "0 to 1" in columns["coverage_voluntary_groups_low"]
