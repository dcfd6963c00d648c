"""Every row of bad input that a study can hold, answered by the command line.

A folder of `fixtures/bad_input` is one study: the files of `base`, with its own in their place.
Its number is the row's in the list of bad input that hinterland promises to answer.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hinterland.coverage.writing import LOCK

from .bad_input import FIXTURES, contents, published_study, start, study_of, wait_until_it
from .conftest import Hinterland

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
    "81_background_no_tiles": [
        "study.toml, line 14, key background: 'https://tiles.example.org/map.png': it is no address of "
        "map tiles → write https://server/{z}/{x}/{y}.png"
    ],
    "81_background_plain_http": ["'http://tiles.example.org/{z}/{x}/{y}.png': it is no address of map tiles"],
    "81_background_many_servers": [
        "'https://{s}.example.org/{z}/{x}/{y}.png': a page asks one server and names it "
        "→ write one server out, a.example.org instead of {s}.example.org"
    ],
    "81_background_no_words": [
        "study.toml, line 14, key background: the words that its licence asks for are missing "
        "→ add a line: background_attribution"
    ],
    "81_background_no_address": [
        "study.toml, line 14, key background_attribution: it has no background to go with"
    ],
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


@pytest.fixture
def published(tmp_path: Path, hinterland: Hinterland) -> Path:
    return published_study(tmp_path, hinterland)


def test_row_83_ctrl_c_ends_with_130_and_changes_nothing(published: Path) -> None:
    before = contents(published / "output")
    child = start(published)
    wait_until_it(published, child, has=LOCK)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert (out, err.decode()) == (b"", "Interrupted: no file is half-written.\n")
    assert contents(published / "output") == before
