"""The page of a whole study in a browser: the built-in one, and one whose every text is hostile."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hinterland.coverage.study import read_study
from hinterland.maps.publish import publish

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=window.hacked=1>",
    "</script><script>window.hacked=1</script>",
    "`${window.hacked=1}`",
    "C:\\0",
    "{{7*7}}{% raw %}",
)


@pytest.fixture(scope="module")
def built_in(demo):
    return demo / "map.html"


def choose(page, label, text):
    page.get_by_label(label, exact=True).select_option(label=text)


def path(page, name):
    return page.locator(f"path.area[aria-label*='{name}']:visible")


def test_it_opens_on_the_first_theme_with_every_district_of_the_study(built_in, visit):
    page = visit(built_in)
    expect(page.locator("path.area[role=button]:visible")).to_have_count(40)
    expect(page.locator("#headline")).to_contain_text("Of the 8 districts surveyed")
    expect(page.locator("body")).to_contain_text("Absence here is not absence of support.")
    expect(page.locator("body")).to_contain_text("Source: Office for National Statistics")
    expect(page.locator("body")).to_contain_text("Government funding of LEPs ended in April 2024")


def test_it_switches_theme_measure_and_geography(built_in, visit):
    page = visit(built_in)
    expect(path(page, "Mansfield")).to_have_attribute("aria-label", "Mansfield: none on record")
    choose(page, "Theme", "Workforce development")
    expect(path(page, "Mansfield")).to_have_attribute("aria-label", "Mansfield: local")
    choose(page, "Measure", "Residents covered on record, at most")
    expect(path(page, "Mansfield")).to_have_attribute("aria-label", "Mansfield: 100%")
    choose(page, "Geography", "Counties and unitary authorities, 2019")
    expect(page.locator("path.area[role=button]:visible")).to_have_count(9)


def test_a_click_names_the_organisations_and_says_why(built_in, visit):
    page = visit(built_in)
    choose(page, "Theme", "Workforce development")
    path(page, "Mansfield").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Mansfield Community and Voluntary Service")
    expect(panel).to_contain_text("Local organisations cover 100% of residents")
    expect(panel).to_contain_text(
        "reported gap (100% of residents; Working Smarter 2007: Workforce development: limited)"
    )
    panel.get_by_text("Mansfield Community and Voluntary Service", exact=False).last.click()
    expect(panel).to_contain_text("area named, theme stated")


def test_a_district_that_two_leps_share_lists_both(built_in, visit):
    page = visit(built_in)
    choose(page, "Theme", "Ethnic minority communities (called BME in the 2007 reports)")
    choose(page, "Geography", "Local Enterprise Partnerships, 2014")
    page.locator("path.area[aria-label^='Shared'][aria-label*='Sheffield']:visible").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Shared by 2 areas")
    expect(panel).to_contain_text("Derby, Derbyshire, Nottingham and Nottinghamshire")
    expect(panel).to_contain_text("Sheffield City Region")


def test_what_was_not_surveyed_is_nowhere_shown_as_0(built_in, visit):
    page = visit(built_in)
    row = page.locator("#rows tr", has=page.get_by_role("button", name="Amber Valley"))
    *figures, surveyed, flags = row.locator("td").all_inner_texts()[:-2]
    assert set(figures) == {"not surveyed"}
    assert (surveyed, flags) == ("0%", "")


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_sticks_out_sideways(built_in, visit, width):
    page = visit(built_in, width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("path.area[role=button]:visible").first).to_be_visible()


@pytest.fixture(scope="module")
def with_shapes(tmp_path_factory):
    """A study with a catchment, a drawn area, and an area that nobody refers to."""
    folder = tmp_path_factory.mktemp("shapes")
    files = {
        "organisations.csv": "organisation_id,name,remit\n"
        "warsop,Warsop Drop-in,district\n"
        "news,Notts CVS,county\n",
        "services.csv": "organisation_id,theme,areas,area_evidence,theme_evidence\n"
        "warsop,Funding advice,catchment:Warsop,stated,stated\n"
        "news,Funding advice,Mansfield; polygon:Four Parishes,stated,stated\n",
        "scope.csv": "source,themes,areas,from,to,completeness\n"
        "A directory,Funding advice,Nottinghamshire,2006,2007,all of them\n",
        "sites.csv": "id,easting,northing,radius\nWarsop,456500,367500,5 miles\nNobody,460000,360000,5 km\n",
        "drawn.csv": 'name,outline\nFour Parishes,"POLYGON ((455000 360000, 465000 360000, 465000 366000, '
        '455000 366000, 455000 360000), (458000 362000, 460000 362000, 460000 364000, 458000 362000))"\n',
        "study.toml": """
        [study]
        title = "Shapes"
        snapshot = "2006/2007"
        area = ["Nottinghamshire"]
        geographies = ["LAD19", "CTYUA19"]
        [[service_areas.catchments]]
        file = "sites.csv"
        x = "easting"
        y = "northing"
        crs = "EPSG:27700"
        [[service_areas.polygons]]
        file = "drawn.csv"
        id = "name"
        wkt = "outline"
        crs = "EPSG:27700"
        """,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return publish(read_study(folder), folder / "output").page


def test_catchments_and_drawn_areas_of_a_study_are_outlined(with_shapes, visit):
    page = visit(with_shapes)
    path(page, "Mansfield").click()
    panel = page.locator("#panel")
    panel.locator("summary", has_text="Warsop Drop-in").click()
    expect(page.locator("#shown")).to_have_text(
        "Service area of Warsop Drop-in: catchment:Warsop, 8.05 km round a point (5 miles)."
    )
    panel.locator("summary", has_text="Notts CVS").click()
    expect(page.locator("#shown")).to_have_text(
        "Service area of Notts CVS: polygon:Four Parishes, a drawn area of 58 km²; the whole of Mansfield."
    )
    expect(page.locator(".leaflet-service-areas-pane path")).to_have_count(2)
    assert "catchment:Nobody" not in with_shapes.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A study in which every text that a user may write freely is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    text = " ".join(HOSTILE)

    def table(file_name, /, **cells):
        with open(folder / file_name, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([cells.keys(), cells.values()])

    body, theme, places = f"id {text}", f"t {text}", "Mansfield; part of Ashfield"
    free = dict.fromkeys(["name", "category", "identifiers", "source", "note"], text)
    link = "javascript:window.hacked=1"
    table("themes.csv", theme=theme, kind="function", label=text, covers=text)
    table("organisations.csv", organisation_id=body, remit="district", website=link, **free)
    free = dict.fromkeys(["communities", "for_stage", "charge", "note"], text)
    free |= {"area_evidence": "stated", "theme_evidence": "stated"}
    table("services.csv", organisation_id=body, theme=theme, areas=places, **free)
    period = {"from": "2006", "to": "2007"}
    table("scope.csv", source=text, themes=theme, areas="Nottinghamshire", completeness=text, **period)
    table("reported.csv", source=text, theme=theme, areas="Bassetlaw", note=text)
    quoted = json.dumps(text)
    (folder / "study.toml").write_text(
        f"""
        [study]
        title = {quoted}
        snapshot = "2006/2007"
        area = ["Nottinghamshire"]
        geographies = ["LAD19", "CTYUA19"]
        banner = {quoted}
        notes = [{quoted}]
        sources = [{quoted}]
        [tables]
        themes = "themes.csv"
        reported = "reported.csv"
        """,
        encoding="utf-8",
    )
    return publish(read_study(folder), folder / "output").page


def test_a_hostile_register_runs_nothing_and_is_shown_as_text(hostile: Path, visit):
    page = visit(hostile)
    text = " ".join(HOSTILE)
    assert page.title() == text
    expect(page.locator("h1")).to_have_text(text)
    assert page.locator("#theme option").all_inner_texts() == [text]
    path(page, "Mansfield").click()
    panel = page.locator("#panel")
    for summary in panel.locator("summary").all():
        summary.click()
    for part in HOSTILE:
        expect(panel).to_contain_text(part)
    for select in ("Theme", "Measure", "Geography"):
        for option in page.get_by_label(select, exact=True).locator("option").all_inner_texts():
            choose(page, select, option)
    path(page, "Nottinghamshire").hover()
    path(page, "Nottinghamshire").click()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    assert "javascript:" not in hostile.read_text(encoding="utf-8").split("<script>")[0].lower()
    page.emulate_media(media="print")
    assert page.evaluate("window.hacked") is None
