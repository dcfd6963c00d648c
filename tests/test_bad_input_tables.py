"""Bad input that can be published: what its tables say then."""

from __future__ import annotations

import csv
from pathlib import Path

from .bad_input import study_of
from .conftest import Hinterland


def test_row_24_na_and_none_are_names(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "24_called_na")
    found = hinterland("organisations", study, "--format", "csv", "--by", "CTRY").table()
    assert {row["organisation_id"]: row["organisation"] for row in found} == {
        "001": "NA",
        "002": "None",
        "NA": "null",
    }


def test_row_44_rutland_is_one_place(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "44_rutland")
    for geography in ("LAD19", "CTYUA19"):
        question = (study, "--by", geography, "--theme", "governance", "--format", "csv")
        listed = hinterland("organisations", *question).table()
        assert [(row[f"{geography}NM"], row["served"]) for row in listed] == [("Rutland", "whole")]
        dense = hinterland("density", *question).table()
        counted = {
            (row[f"{geography}CD"], row["allocation"]): float(row["organisations"])
            for row in dense
            if row[f"{geography}CD"] in ("E06000017", "outside", "total")
        }
        for allocation in ("whole", "equal", "population"):
            assert counted["E06000017", allocation] == 1
            assert counted["outside", allocation] == 0
            assert counted["total", allocation] == 1


def test_row_52_an_area_in_two_leps_is_in_both_and_the_total_counts_it_once(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "52_two_leps")
    question = (study, "--by", "LEP14", "--within", "D2N2", "--theme", "governance", "--format", "csv")
    reached = {row["LEP14CD"]: row for row in hinterland("coverage", *question).table()}
    assert reached.keys() == {"E37000008", "E37000040", "total"}
    residents = {code: int(row["residents"]) for code, row in reached.items()}
    exclusive = {code: int(row["residents_exclusive"]) for code, row in reached.items()}
    shared = {code: int(row["residents_shared"]) for code, row in reached.items()}
    assert shared["E37000008"] == shared["E37000040"] == shared["total"] == residents["E37000040"] > 0
    assert exclusive["E37000040"] == 0
    assert residents["total"] == exclusive["total"] + shared["total"] == residents["E37000008"]
    assert residents["total"] < residents["E37000008"] + residents["E37000040"]

    counted = {
        (row["LEP14CD"], row["allocation"]): float(row["organisations"])
        for row in hinterland("density", *question).table()
    }
    assert [counted[code, "whole"] for code in ("E37000008", "E37000040", "total")] == [2, 1, 2]
    assert [counted[code, "equal"] for code in ("E37000008", "E37000040", "total")] == [1.5, 0.5, 2]


def test_row_54_commas_inside_a_name_split_nothing(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "54_comma_in_name")
    toml = study / "study.toml"
    toml.write_text(toml.read_text().replace('["CTY19:Derbyshire", "LAD19:Derby"]', '["England"]'))
    served: dict[str, set[str]] = {}
    for row in hinterland("organisations", study, "--format", "csv").table():
        served.setdefault(row["organisation_id"], set()).add(row["LAD19NM"])
    assert served["001"] == {"Bristol, City of", "Derby"}
    assert served["002"] == {"Amber Valley", "Herefordshire, County of", "Bolsover"}


def test_row_78_markup_is_text_in_every_output(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "78_markup")
    assert hinterland("run", study).code == 0
    page = (study / "output" / "map.html").read_text(encoding="utf-8")
    for live in ("<script>alert", "<img src=x", "</title><script", "`${alert(1)}` {{7*7}} </script>"):
        assert live not in page
    assert r"\u003cimg src=x onerror=alert(1)\u003e" in page
    assert "{{7*7}}" in page
    tables = study / "output" / "tables"
    with open(tables / "organisations_LAD19.csv", encoding="utf-8-sig", newline="") as file:
        names = {row["organisation"] for row in csv.DictReader(file)}
    assert names == {
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "`${alert(1)}` {{7*7}} </script>",
    }


def test_row_79_no_cell_begins_like_a_formula_and_the_rest_stays_as_it_is(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "79_formulas")
    assert hinterland("run", study).code == 0
    tables = sorted((study / "output" / "tables").glob("*.csv"))
    assert len(tables) >= 5
    for table in tables:
        with open(table, encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                assert [cell for cell in row if cell[:1] in tuple("=+-@\t\r＝＋－＠") and cell] == []
    with open(study / "output" / "tables" / "organisations_LAD19.csv", encoding="utf-8-sig") as file:
        names = {row["organisation"] for row in csv.DictReader(file)}
    assert names == {
        '\'=HYPERLINK("http://example.org")',
        "'+44 pounds",
        "'-7 degrees",
        "'@SUM(1)",
        "'＝wide",
        "ordinary",
    }


def test_row_80_only_http_links_are_published(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "80_website")
    ran = hinterland("run", study)
    assert ran.code == 0
    assert "2 things were noted on the way: hinterland check" in ran.err
    for path in (study / "output").rglob("*.*"):
        assert "javascript:alert" not in path.read_text(encoding="utf-8-sig")
    table = study / "output" / "tables" / "organisations_LAD19.csv"
    with open(table, encoding="utf-8-sig", newline="") as file:
        links = {row["organisation"]: row["website"] for row in csv.DictReader(file)}
    assert links["Derby Hub"] == "https://example.org/"
    assert links["Amber Valley Link"] == links["Peak Community Council"] == ""
