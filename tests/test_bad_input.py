"""Every row of bad input that a study can hold, answered by the command line.

A folder of `fixtures/bad_input` is one study: the files of `base`, with its own in their place.
Its number is the row's in the list of bad input that hinterland promises to answer.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

import pytest

from hinterland.boundaries.saving import STAGING
from hinterland.coverage.writing import LOCK, output_folder

from .conftest import Hinterland

FIXTURES = Path(__file__).parent / "fixtures" / "bad_input"


def study_of(folder: Path, name: str) -> Path:
    """Put together the study of a fixture."""
    study = folder / "study"
    shutil.copytree(FIXTURES / "base", study)
    shutil.copytree(FIXTURES / name, study, dirs_exist_ok=True)
    return study


# Fixture → what `check` says is to be mended: whole messages, or their ends after the value.
REFUSED: dict[str, list[str]] = {
    "03_utf16_unmarked": [
        "STOPPED organisations.csv: encoded as UTF-16 without its mark, or damaged "
        "→ open it in a spreadsheet program and save it as “CSV UTF-8”"
    ],
    "05_nul": [
        "REFUSED organisations.csv, row 3, column name, cell B3: 'DerbyHub': "
        "control character U+0000 at position 6 → retype the cell"
    ],
    "05_escape": [
        "REFUSED organisations.csv, row 3, column name, cell B3: '[31mDerby Hub': "
        "control character U+001B at position 1 → retype the cell"
    ],
    "06_one_column": [
        "STOPPED organisations.csv, row 1: 'organisation_id|name|remit|identifiers|website|member_of|note': "
        "only one column, where organisation_id, name, remit are needed → separate the columns by commas"
    ],
    "07_open_quote": [
        "STOPPED services.csv, row 3: '\"LAD19:Derby,2025-04,2026-06,,stated,stated 003,volunteering': "
        "the quote that opens on this line is not closed, or more text follows where it closes "
        "→ close it; inside a quoted cell write a quote twice"
    ],
    "08_row_too_long": [
        "REFUSED services.csv, row 3, cell K3: 'stated': the row has 11 cells, the header 10 "
        "→ put a text that holds the separator between quotes, or add or delete cells"
    ],
    "09_row_too_short": ["REFUSED services.csv, row 3: the row has 9 cells, the header 10 → put a text that"],
    "10_header_twice": [
        "STOPPED organisations.csv, row 1, cell G1: 'Name': this header stands in B1 too "
        "→ rename or delete one of the two columns"
    ],
    "11_header_misspelt": [
        "ASKED organisations.csv, row 1, column name: this column is missing "
        "→ is it the column 'nmae'? The header needs: organisation_id, name, remit"
    ],
    "11_header_missing": [
        "ASKED services.csv, row 1, column areas: this column is missing "
        "→ The header needs: organisation_id, theme, areas, area_evidence, theme_evidence"
    ],
    "12_title_rows": [
        "ASKED services.csv, row 1: 'Services of 2026': the header looks to be on row 4 "
        "→ delete the rows above it"
    ],
    "13_empty": ["STOPPED organisations.csv: no organisations found → write a row under the header for each"],
    "13_header_only": [
        "STOPPED organisations.csv: no organisations found → write a row under the header for each"
    ],
    "15_lost_zeros_in_services": [
        "ASKED services.csv, row 2, column organisation_id: '1': no organisation has this id "
        "→ did you mean 001?"
    ],
    "17_range_made_a_date": [
        "REFUSED services.csv, row 3, column communities: '1-Mar': "
        "the spreadsheet changed this to a date → format the column as text"
    ],
    "18_day_number": [
        "ASKED services.csv, row 3, column first_seen: '44256': a spreadsheet's day number: 1 March 2021? "
        "(or 2 March 2025, if the file counts from 1904) → write it as 2019, 2019-03 or 2019-03-14"
    ],
    "19_spreadsheet_error": [
        "REFUSED organisations.csv, row 3, column name, cell B3: '#N/A': the spreadsheet shows an error here "
        "→ mend the formula, or write the value",
        "REFUSED organisations.csv, row 4, column remit, cell C4: '#REF!': the spreadsheet shows an error",
    ],
    "32_nearly_the_same": [
        "ASKED organisations.csv, row 3, column name: 'Age UK Nottinghamshire': "
        "it reads like 'Age UK Notts' in row 2 "
        "→ if they are one, delete a row; if they are two, give both an identifier"
    ],
    "33_same_charity_number": [
        "ASKED organisations.csv, row 3, column identifiers: 'charity 1000000': "
        "'Amber Valley Link' in row 2 has it too "
        "→ if they are one organisation, delete a row; else mend the identifier"
    ],
    "35_blank_name": [
        "REFUSED organisations.csv, row 3, column name, cell B3: the name is blank → write the name"
    ],
    "36_long_name": ["Hub Hub Hub…': 399 characters, where 300 are the limit → shorten it"],
    "39_county_body_in_city": [
        "ASKED services.csv, row 4, column areas: 'Nottingham': the remit is county, and Nottingham is the "
        "city → write CTY19:E10000024 Nottinghamshire for the county, or LAD19:E06000018 for the city"
    ],
    "39_nottingham_county": [
        "ASKED services.csv, row 4, column areas: 'Nottingham County': no area has exactly this name "
        "→ did you mean LAD19:E06000018 Nottingham or CTY19:E10000024 Nottinghamshire? Write its code"
    ],
    "40_no_alias": [
        "ASKED services.csv, row 2, column areas: 'Leeds City': no area has exactly this name → did you mean",
        "LAD19:E08000035 Leeds",
    ],
    "41_newcastle": [
        "ASKED services.csv, row 2, column areas: 'Newcastle': no area has exactly this name → did you mean "
        "LAD19:E07000195 Newcastle-under-Lyme or LAD19:E08000021 Newcastle upon Tyne?"
    ],
    "41_northampton": [
        "ASKED services.csv, row 2, column areas: 'Northampton': this district ended on 31 March 2021 "
        "→ write LAD19:E07000154 for the former district, or its successor "
        "LAD24:E06000062 West Northamptonshire"
    ],
    "42_misspelt_areas": [
        "ASKED services.csv, row 2, column areas: 'Barnsly': no area has exactly this name "
        "→ did you mean LAD19:E08000016 Barnsley?",
        "ASKED services.csv, row 3, column areas: 'Burnsley': no area has exactly this name "
        "→ did you mean LAD19:E07000117 Burnley or LAD19:E08000016 Barnsley?",
    ],
    "43_rutland_water": [
        "ASKED services.csv, row 2, column areas: 'Rutland Water': no area has exactly this name "
        "→ did you mean LAD19:E06000017 Rutland?"
    ],
    "49_outside_england": [
        "REFUSED services.csv, row 2, column areas: 'S12000033': outside England: Scotland (",
        "REFUSED services.csv, row 3, column areas: 'W06000015': outside England: Wales (Cardiff)",
        "REFUSED services.csv, row 4, column areas: 'N09000003': outside England: Northern Ireland (",
    ],
    "50_look_alike_code": [
        "ASKED services.csv, row 2, column areas: 'EO7000032': this is no code: "
        "a code is a letter and eight digits → did you mean LAD19:E07000032 Amber Valley?",
        "ASKED services.csv, row 3, column areas: 'E0700017O': this is no code: "
        "a code is a letter and eight digits → did you mean LAD19:E07000170 Ashfield?",
    ],
    "51_code_and_name_disagree": [
        "REFUSED services.csv, row 2, column areas: 'E07000032 Bolsover': the code is Amber Valley, "
        "the name says Bolsover → write E07000032 for Amber Valley, or the name alone for Bolsover"
    ],
    "53_undefined": [
        "ASKED services.csv, row 2, column areas: 'All': it does not say which areas → write England",
        "ASKED services.csv, row 3, column areas: 'Nationwide': it does not say which areas → write England",
        "ASKED services.csv, row 4, column areas: 'East Midlands + Derby': areas are separated by ; "
        "→ write East Midlands; Derby",
    ],
    "75_dates": [
        "REFUSED services.csv, row 3, column first_seen: '31/02/2020': no such day → check it, and write it",
        "ASKED services.csv, row 4, column first_seen: 'Spring 2019': "
        "this is not one certain day, month or year → write it as 2019, 2019-03 or 2019-03-14",
        "NOTED services.csv, row 2, column first_seen: '03/04/2021': read day first, as 3 April 2021",
    ],
    "76_end_before_start": [
        "REFUSED services.csv, row 2, column until: '2024': it ends on 31 December 2024, "
        "before it starts on 1 April 2025 → correct one of the two dates"
    ],
    "81_page_outside": [
        "'../../x.html': the page's name has to be a plain file name inside the output folder "
        "→ write a name such as map.html"
    ],
    "81_page_device": ["'CON.html': the page's name has to be a plain file name inside the output folder"],
}

# Fixture → what `check` notes of what it accepts.
ACCEPTED: dict[str, list[str]] = {
    "01_cp1252": ["organisations.csv: read as Windows-1252 (cp1252), since line 2 is not UTF-8"],
    "02_utf8_mark": [],
    "03_utf16_marked": [],
    "04_encoded_twice": [
        "organisations.csv, row 3, column name, cell B3: 'Derby CafÃ©': this looks encoded twice "
        "→ if 'Derby Café' is meant, write that"
    ],
    "06_semicolons": ["organisations.csv: read as separated by semicolons"],
    "06_tabs": ["organisations.csv: read as separated by tabs"],
    "14_blank_rows": [],
    "15_lost_zeros": [
        "organisations.csv, row 4, column organisation_id: '3': "
        "the other ids are longer and begin with 0 → did a spreadsheet drop zeros?"
    ],
    "16_number_like_id": [],
    "24_called_na": [],
    "25_odd_blanks": [
        "organisations.csv, row 2, column name, cell B2: 'Women’s Link': zero-width characters or direction",
        "services.csv, row 2, column areas, cell E2: 'Amber Valley; High Peak': zero-width characters or",
    ],
    "31_the_same_twice": [
        "organisations.csv, row 4, column organisation_id: '001': the same as row 2: merged with it "
        "→ delete one of the rows"
    ],
    "34_same_name": [
        "organisations.csv, row 3, column name: 'Community Link': "
        "row 2 has the same name: both kept, told apart by their ids"
    ],
    "37_direction_override": [
        "organisations.csv, row 3, column name, cell B3: 'Derby Hub 🌍': "
        "zero-width characters or direction marks were taken out"
    ],
    "38_ampersand": ["services.csv, row 2, column areas: 'Newark & Sherwood': "],
    "39_city_body_in_city": [
        "services.csv, row 2, column areas: 'Nottingham': "
        "read as the district LAD19:E06000018, not the county CTY19:E10000024 Nottinghamshire"
    ],
    "40_aliases": [
        "read as LAD19:E06000015 Derby",
        "read as LAD19:E06000010 Kingston upon Hull, City of",
        "read as LAD19:E06000023 Bristol, City of",
    ],
    "41_northampton_before": [
        "services.csv, row 2, column areas: 'Northampton': read as the district LAD19:E07000154, not the"
    ],
    "44_rutland": [],
    "50_code_in_small_letters": [],
    "52_two_leps": [],
    "53_defined": [],
    "54_comma_in_name": [
        "'Amber Valley': one of several areas: separate them with ;",
        "'Herefordshire, County of': one of several areas: separate them with ;",
        "'Bolsover': one of several areas: separate them with ;",
    ],
    "76_far_future_start": [
        "services.csv, row 2, column first_seen: '2090': it starts on 1 January 2090, after what is known "
        "(31 December 2056) → check the year"
    ],
    "78_markup": [],
    "79_formulas": [],
    "80_website": [
        "organisations.csv, row 2, column website: 'javascript:alert(1)': "
        "link dropped: only http and https are published → write a full address",
        "organisations.csv, row 4, column website: 'example.org': link dropped",
    ],
}


def test_every_fixture_is_tested() -> None:
    folders = {path.name for path in FIXTURES.iterdir()}
    assert folders - {"base"} == REFUSED.keys() | ACCEPTED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_row(name: str, tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, name)
    checked = hinterland("check", study)
    assert checked.code == 1
    assert checked.err == ""
    said = [" ".join(line.split(maxsplit=1)) for line in checked.out.splitlines()]
    for message in REFUSED[name]:
        assert any(message in line for line in said), checked.out
    assert " to mend, " in said[-1]

    ran = hinterland("run", study)
    assert (ran.code, ran.out) == (1, "")
    to_mend = [line for kind in ("STOPPED", "REFUSED", "ASKED") for line in checked.lines(kind)]
    assert sorted(to_mend) == sorted(
        line for kind in ("STOPPED", "REFUSED", "ASKED") for line in ran.lines(kind)
    )
    assert ran.err.endswith(f"{len(to_mend)} to mend; nothing was written.\n")
    assert not (study / "output").exists()


@pytest.mark.parametrize("name", ACCEPTED)
def test_row_accepted(name: str, tmp_path: Path, hinterland: Hinterland) -> None:
    checked = hinterland("check", study_of(tmp_path, name))
    assert (checked.code, checked.err) == (0, "")
    noted = checked.lines("NOTED")
    for message in ACCEPTED[name]:
        assert any(message in line for line in noted), checked.out
    if noted:
        assert checked.out.endswith(f"0 to mend, {len(noted)} noted.\n")
    else:
        assert checked.out.endswith("Nothing to report.\n")
        assert ACCEPTED[name] == []


def test_the_command_line_of_a_process_of_its_own_says_the_same(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "75_dates")
    words = [sys.executable, "-m", "hinterland", "check", str(study)]
    alone = subprocess.run(words, capture_output=True, check=False, cwd=tmp_path)
    here = hinterland("check", study)
    assert (alone.returncode, alone.stderr) == (1, b"")
    assert alone.stdout.decode().splitlines() == here.out.splitlines()


@pytest.mark.parametrize(
    ("name", "tally"),
    [
        ("base", "6 rows of organisations and services read: 6 accepted, 0 refused, 0 blank."),
        ("14_blank_rows", "9 rows of organisations and services read: 6 accepted, 0 refused, 3 blank."),
        ("08_row_too_long", "6 rows of organisations and services read: 5 accepted, 1 refused, 0 blank."),
        ("49_outside_england", "6 rows of organisations and services read: 3 accepted, 3 refused, 0 blank."),
        ("31_the_same_twice", "7 rows of organisations and services read: 7 accepted, 0 refused, 0 blank."),
    ],
)
def test_rows_read_are_accepted_refused_or_blank(
    name: str, tally: str, tmp_path: Path, hinterland: Hinterland
) -> None:
    assert hinterland("check", study_of(tmp_path, name)).tally == tally


def test_a_service_of_a_refused_organisation_is_not_sent_to_another(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    checked = hinterland("check", study_of(tmp_path, "35_blank_name"))
    assert "the name is blank" in checked.out
    assert "did you mean" not in checked.out


def test_the_faults_of_all_files_come_together(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "42_misspelt_areas")
    shutil.copy(FIXTURES / "15_lost_zeros" / "organisations.csv", study)
    shutil.copy(FIXTURES / "81_page_device" / "study.toml", study)
    scope = study / "scope.csv"
    scope.write_bytes(scope.read_bytes().replace(b"2026-01,", b"soon,"))
    checked = hinterland("check", study)
    assert checked.code == 1
    for message in (
        "column organisation_id: '3': the other ids are longer",
        "services.csv, row 2, column organisation_id: '001': no organisation has this id",
        "services.csv, row 2, column areas: 'Barnsly'",
        "services.csv, row 3, column areas: 'Burnsley'",
        "scope.csv, row 2, column from: 'soon': this is not one certain day",
        "'CON.html': the page's name",
    ):
        assert message in checked.out


def test_a_stopped_table_does_not_hide_the_faults_of_the_other(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "10_header_twice")
    shutil.copy(FIXTURES / "42_misspelt_areas" / "services.csv", study)
    checked = hinterland("check", study)
    assert "this header stands in B1 too" in checked.out
    assert "'Barnsly': no area has exactly this name" in checked.out
    assert "no organisation has this id" not in checked.out


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


def test_row_81_tables_that_are_a_link_elsewhere_are_refused(tmp_path: Path, hinterland: Hinterland) -> None:
    study, elsewhere = study_of(tmp_path, "base"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (study / "output").mkdir()
    (study / "output" / "tables").symlink_to(elsewhere)
    ran = hinterland("run", study)
    assert (ran.code, ran.out) == (1, "")
    assert "is a link that leads elsewhere → take the link away" in ran.err
    assert str(study / "output" / "tables") in ran.err
    assert list(elsewhere.iterdir()) == []
    assert not (study / "output" / "map.html").exists()


@pytest.mark.parametrize("target", ["elsewhere/gaps.csv", "study/kept.csv"])
def test_row_81_an_output_that_is_a_link_leaves_link_and_target(
    target: str, tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "base")
    (tmp_path / "elsewhere").mkdir()
    kept = tmp_path / target
    kept.write_text("kept")
    link = study / "gaps.csv"
    link.symlink_to(kept)
    asked = hinterland("gaps", study, "--output", link)
    assert asked.code == 1
    assert f"{link} is a link to {kept} → name the file itself" in asked.err
    assert link.is_symlink()
    assert kept.read_text() == "kept"


def contents(folder: Path) -> dict[str, bytes]:
    """Every visible file in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def is_complete(folder: Path) -> bool:
    """Whether every file that the manifest names is there, as the manifest has it, and no other."""
    found = contents(folder)
    digests: dict[str, str] = json.loads(found.pop("manifest.json"))["sha256"]
    return digests == {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


@pytest.fixture
def published(tmp_path: Path, hinterland: Hinterland) -> Path:
    """A study that was run, and whose title has been changed since."""
    study = study_of(tmp_path, "base")
    assert hinterland("run", study).code == 0
    toml = study / "study.toml"
    toml.write_text(toml.read_text().replace("Bad input", "A new title"))
    return study


CHILD = """
import contextlib, io, os, resource, signal, sys
from hinterland.cli import main
{before}
sys.argv = ["hinterland", *sys.argv[1:]]
main()
"""
# What a user without privileges may not read where the tests run as root is imported first.
UNPRIVILEGED = """
words, sys.argv = sys.argv, ["hinterland", "run", {copy!r}]
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
sys.argv = words
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
"""
SMALL_DISK = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
"""


def run_in_child(before: str, *words: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of which something is changed first."""
    code = CHILD.format(before=before)
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, check=False, timeout=60
    )


@pytest.fixture
def reachable(tmp_path: Path) -> None:
    """Let a user without privileges come to this test's folder, where the test runs as root."""
    if os.geteuid() == 0:
        for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
            folder.chmod(0o755)


@pytest.mark.usefixtures("reachable")
def test_row_82_a_read_only_folder_is_named_and_the_old_files_stand(published: Path) -> None:
    output = published / "output"
    before = contents(output)
    copy = published.parent / "copy"
    shutil.copytree(published, copy)
    unprivileged = UNPRIVILEGED.format(copy=str(copy))
    for folder in (output, output / "tables"):
        folder.chmod(0o555)
    try:
        ran = run_in_child(unprivileged, "run", published)
        asked = run_in_child(unprivileged, "gaps", published, "--output", output / "gaps.csv")
    finally:
        for folder in (output, output / "tables"):
            folder.chmod(0o755)
    for done in (ran, asked):
        assert (done.returncode, done.stdout) == (1, b"")
        said = done.stderr.decode()
        assert f"cannot write to {output}" in said
        assert "Permission denied" in said
        assert "→ check its permissions and the free space, or name another place" in said
        assert "Traceback" not in said
    assert contents(output) == before


@pytest.mark.usefixtures("reachable")
@pytest.mark.parametrize("command", ["check", "new"])
def test_row_82_a_folder_that_may_not_be_entered_is_named(command: str, published: Path) -> None:
    closed = published.parent / "closed"
    closed.mkdir(mode=0o700)
    (closed / "study").mkdir()
    closed.chmod(0)
    try:
        done = run_in_child(UNPRIVILEGED.format(copy=str(published)), command, closed / "study")
    finally:
        closed.chmod(0o700)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1
    assert str(closed / "study") in said
    assert "Permission denied" in said
    assert "standard output" not in said
    assert "Traceback" not in said
    assert list((closed / "study").iterdir()) == []


def test_row_82_a_full_disk_is_named_and_the_old_files_stand(published: Path) -> None:
    output = published / "output"
    before = contents(output)
    ran = run_in_child(SMALL_DISK, "run", published)
    said = ran.stderr.decode()
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert f"cannot write to {output}: " in said
    assert "what stood there stands as it was → check its permissions and the free space" in said
    assert "Traceback" not in said
    assert contents(output) == before
    assert [path for path in output.iterdir() if path.name.startswith(".hinterland-")] == []


def test_row_82_a_folder_in_the_place_of_a_file_changes_nothing(
    published: Path, hinterland: Hinterland
) -> None:
    output = published / "output"
    (output / "map.html").unlink()
    (output / "map.html").mkdir()
    before = contents(output)
    (published / "services.csv").write_bytes((FIXTURES / "53_defined" / "services.csv").read_bytes())
    ran = hinterland("run", published)
    assert (ran.code, ran.out) == (1, "")
    assert str(output / "map.html") in ran.err
    assert contents(output) == before


def test_row_82_a_full_device_is_named(tmp_path: Path, hinterland: Hinterland) -> None:
    asked = hinterland("gaps", study_of(tmp_path, "base"), "--output", "/dev/full")
    assert (asked.code, asked.out) == (1, "")
    assert "cannot write to /dev/full: No space left on device" in asked.err


def start(study: Path) -> subprocess.Popen[bytes]:
    """Start a run, with nothing of an earlier one in the folder but what it wrote."""
    (study / "output" / LOCK).unlink(missing_ok=True)
    for left_over in (study / "output").glob(f"{STAGING}*"):
        shutil.rmtree(left_over)
    return subprocess.Popen(
        [sys.executable, "-m", "hinterland", "run", str(study)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=study.parent,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
    )


def wait_until_it(study: Path, child: subprocess.Popen[bytes], *, has: str) -> None:
    """Wait until a run that was just started has made something in the output folder, or is done."""
    deadline = time.monotonic() + 30
    while not any(fnmatch(name, has) for name in os.listdir(study / "output")):
        if child.poll() is not None:
            assert child.returncode == 0, child.communicate()
            return  # it was done between two looks
        assert time.monotonic() < deadline
        time.sleep(0.0005)


def test_row_83_ctrl_c_ends_with_130_and_changes_nothing(published: Path) -> None:
    before = contents(published / "output")
    child = start(published)
    wait_until_it(published, child, has=LOCK)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert (out, err.decode()) == (b"", "Interrupted: nothing was changed.\n")
    assert contents(published / "output") == before


def test_row_83_a_second_run_at_once_is_told_who_holds_the_folder(
    published: Path, hinterland: Hinterland
) -> None:
    before = contents(published / "output")
    with output_folder(published / "output"):
        ran = hinterland("run", published)
    assert (ran.code, ran.out) == (1, "")
    assert f"another run is writing to {published / 'output'} (.hinterland.lock is held)" in ran.err
    assert "→ wait until it has ended, or name another output folder" in ran.err
    assert contents(published / "output") == before


def test_row_83_a_killed_run_leaves_complete_files_and_the_next_run_works(
    published: Path, hinterland: Hinterland
) -> None:
    output = published / "output"
    old = contents(output)
    copy = published.parent / "copy"
    shutil.copytree(published, copy)
    assert hinterland("run", copy).code == 0
    new = contents(copy / "output")
    assert old.keys() == new.keys()
    assert old["map.html"] != new["map.html"]

    computing, writing = LOCK, f"{STAGING}*"
    for made, then in ((computing, 0.0), (computing, 0.2), (writing, 0.0), (writing, 0.01), (writing, 0.03)):
        child = start(published)
        wait_until_it(published, child, has=made)
        time.sleep(then)
        child.kill()
        child.communicate()
        for name, data in contents(output).items():
            assert data in (old[name], new[name])
    assert hinterland("run", published).code == 0
    assert contents(output) == new
    assert is_complete(output)
    assert {path.name for path in output.iterdir()} == {
        ".hinterland.lock",
        "manifest.json",
        "map.html",
        "tables",
    }
