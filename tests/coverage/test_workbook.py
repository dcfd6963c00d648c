"""The workbook of a comparison, read back: every figure and text, and nothing that runs."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from hinterland.boundaries.errors import OutputError
from hinterland.coverage.comparison import Comparison, compare
from hinterland.coverage.criteria import verdicts
from hinterland.coverage.scenario_file import read_own, read_scenarios
from hinterland.coverage.study import Study, read_study
from hinterland.coverage.workbook import BLANK, NOT_APPLICABLE, SHORTHAND, UNKNOWN, UNSEEN, workbook

HOSTILE = (
    '=HYPERLINK("http://example.org")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "{=1+1}",
    "$$bounds$$",
    "$$no such note$$",
    "[here](http://example.org)",
    "http://example.org",
    "internal:Notes!A1",
    "—",
    "*bold* _it_",
    "a\\nb",
    "<b>&amp;</b>",
    "x" * 400,
)


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study()


@pytest.fixture(scope="module")
def compared(study: Study) -> list[Comparison]:
    scenarios = read_own(study)
    assert scenarios is not None
    return compare(study, scenarios.scenarios)


@pytest.fixture(scope="module")
def content(study: Study, compared: list[Comparison]) -> bytes:
    scenarios = read_own(study)
    assert scenarios is not None
    return workbook(compared, verdicts(study, scenarios.criteria, compared))


@pytest.fixture(scope="module")
def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def table_of(book: openpyxl.Workbook, name: str) -> pd.DataFrame:
    """The one table of a sheet, its heads without notes."""
    sheet = book[name]
    (found,) = sheet.tables.values()
    rows = [[cell.value for cell in row] for row in sheet[found.ref]]
    return pd.DataFrame(rows[1:], columns=[str(head).split("\n")[0] for head in rows[0]])


def test_every_row_that_differs_stands_in_it_with_every_figure(
    book: openpyxl.Workbook, compared: list[Comparison]
) -> None:
    for number, each in enumerate(compared[:4], 1):
        expected = each.table[each.table["change"] != "same"].reset_index(drop=True)
        found = table_of(book, f"Scenario {number}")
        assert len(found) == len(expected)
        for column in found:
            for shown, true in zip(found[column], expected[column], strict=True):
                if isinstance(true, str):
                    assert shown == (true or (NOT_APPLICABLE if column.startswith("class") else BLANK))
                elif pd.isna(true):
                    assert shown == UNKNOWN
                else:
                    assert shown == pytest.approx(true, rel=1e-12)


def test_verdicts_costs_ranks_and_sub_regions_have_their_sheets(book: openpyxl.Workbook) -> None:
    criteria = table_of(book, "Criteria")
    assert set(criteria["verdict"]) <= {"met", "missed", "undecided"}
    assert set(table_of(book, "Costs")["annual_cost"]) == {UNKNOWN}
    ranks = table_of(book, "Ranks")
    moved = [
        ranks[f"rank_{rule}_baseline"] != ranks[f"rank_{rule}_scenario"]
        for rule in ("whole", "equal", "population")
    ]
    assert len(ranks) > 100
    assert pd.concat(moved, axis=1).any(axis=1).all()
    assert len(table_of(book, "Sub-regions")) == 60


def test_cover_contents_and_notes_explain_the_tables(book: openpyxl.Workbook) -> None:
    cover = "\n".join(str(cell.value) for row in book["Cover"] for cell in row if cell.value)
    for said in (
        "Not for commissioning",
        "Absence of a record is not absence",
        "Open Government Licence",
        *SHORTHAND,
    ):
        assert said in cover
    assert list(table_of(book, "Contents")["Sheet name"]) == book.sheetnames[3:]
    notes = table_of(book, "Notes")
    used = set()
    for sheet in book:
        for row in sheet:
            used |= {int(note) for cell in row for note in re.findall(r"\[note (\d+)\]", str(cell.value))}
    assert used == set(notes["Note number"].astype(int))
    for name in book.sheetnames[1:]:
        assert len(book[name].tables) == 1
        assert book[name]["A1"].value
        text = " ".join(str(cell.value) for row in book[name][1:4] for cell in row)
        body = table_of(book, name).to_numpy().ravel()
        assert all(sign in text for sign in SHORTHAND if sign in body)


def test_the_same_comparison_gives_the_same_file(
    content: bytes, study: Study, compared: list[Comparison]
) -> None:
    scenarios = read_own(study)
    assert scenarios is not None
    assert workbook(compared, verdicts(study, scenarios.criteria, compared)) == content


def test_no_text_becomes_a_formula_a_link_or_a_note(study: Study, tmp_path: Path) -> None:
    quoted = [f"'''{text}'''" if "'" not in text else f'"{text}"' for text in HOSTILE]
    text = "".join(
        f"[[scenario]]\nid = {each}\ntitle = {each}\nlabel = {each}\n"
        f'[[scenario.open]]\nid = "n{i}"\nname = {each}\n'
        'remit = "county"\nthemes = ["governance"]\nareas = ["Gedling"]\n'
        for i, each in enumerate(quoted)
    )
    text += "".join(f'[[criterion]]\nid = {each}\ntitle = {each}\nat_least = "local"\n' for each in quoted)
    (tmp_path / "scenarios.toml").write_text(text, encoding="utf-8")
    scenarios = read_scenarios(tmp_path / "scenarios.toml", study)
    compared = compare(study, scenarios.scenarios, themes=["governance"])
    content = workbook(compared, verdicts(study, scenarios.criteria[:3], compared[:2]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name).decode("utf-8")
            assert "<f>" not in part
            assert 'TargetMode="External"' not in part
    book = openpyxl.load_workbook(io.BytesIO(content))
    summary = table_of(book, "Summary")
    shown = list(dict.fromkeys(str(each).replace(UNSEEN, "") for each in summary["title"]))
    assert shown == [each if each != "—" else "— (as written)" for each in HOSTILE]


@pytest.mark.parametrize("name", ["leps-give-way", "regional-body-closes"])
def test_it_has_the_notes_that_its_sheets_need_and_no_others(compared: list[Comparison], name: str) -> None:
    some = [each for each in compared if each.scenario.id == name]
    book = openpyxl.load_workbook(io.BytesIO(workbook(some)))
    assert ("Scenario 1" in book.sheetnames) == (name != "leps-give-way")
    assert ("Sub-regions" in book.sheetnames) == (name == "leps-give-way")
    assert len(table_of(book, "Notes")) == (2 if name == "leps-give-way" else 5)


def test_a_table_that_no_sheet_bears_is_refused(
    compared: list[Comparison], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hinterland.coverage.workbook.MOST_ROWS", 10)
    with pytest.raises(OutputError, match="rows are too many for a sheet"):
        workbook(compared)
