"""A page of every district of England in a browser, and areas that are too many for any page."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import expect

from hinterland.coverage.answer import answer
from hinterland.coverage.question import ask
from hinterland.coverage.study import read_study
from hinterland.maps import publish as publishing
from hinterland.maps.page import PageError
from hinterland.maps.publish import publish, view_of

TABLES = {
    "study.toml": """
[study]
title = "All districts"
snapshot = "2026"
area = ["England"]
geographies = ["LAD19", "RGN19"]

[tables]
organisations = "organisations.csv"
services = "services.csv"
scope = "scope.csv"
""",
    "organisations.csv": "organisation_id,name,remit,source\na,A body,district,One source\n",
    "services.csv": (
        "organisation_id,theme,areas,first_seen,area_evidence,theme_evidence\n"
        "a,governance,York,2026,stated,stated\n"
    ),
    "scope.csv": "source,themes,areas,from,to,completeness\nOne source,governance,England,2026,2026,all\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("england")
    for name, text in TABLES.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def england(folder: Path) -> Path:
    return publish(read_study(folder / "study.toml"), folder / "out").page


@pytest.mark.browser
def test_a_hundred_rows_stand_until_all_are_asked_for(england, visit):
    page = visit(england)
    expect(page.locator("#rows tr")).to_have_count(100)
    expect(page.locator("#row-count")).to_have_text("317 of 317 districts, the first 100 shown")
    page.get_by_role("button", name="Show all 317 rows").click()
    expect(page.locator("#rows tr")).to_have_count(317)
    expect(page.locator("#all-rows")).to_be_hidden()


@pytest.mark.browser
def test_a_chosen_area_has_its_row_wherever_that_stands(england, visit):
    page = visit(england, anchor="#theme=governance")
    page.get_by_role("combobox", name="Find area or organisation").fill("York")
    page.get_by_role("option", name="York district").first.click()
    expect(page.locator("#rows tr.chosen th")).to_have_text("York")
    expect(page.locator("#panel")).to_contain_text("A body")


@pytest.mark.browser
def test_all_rows_are_printed(england, visit):
    page = visit(england)
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    text = " ".join(" ".join(sheet.extract_text().split()) for sheet in sheets)
    assert all(name in text for name in ("Adur", "Maldon", "York"))


def test_areas_that_no_browser_bears_are_left_out_and_a_note_says_where_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST_AREAS", 100)
    study = read_study(folder / "study.toml")
    view = view_of(study, [answer(study, ask(study, by=name)) for name in study.geographies])
    assert [each["id"] for each in view.geographies] == ["RGN19"]
    assert "317 areas are too many to draw on one page" in view.notes[0]
    assert "--by LAD19 --within AREA" in view.notes[0]
    with pytest.raises(PageError, match="name one with at most 100 in geographies"):
        view_of(study, [answer(study, ask(study, by="LAD19"))])
