"""What axe-core finds in every kind of page, and what it cannot see: keyboard, reflow, spacing, motion."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STATES = {
    "first look": "",
    "an area": "#theme=BME communities&area=E07000175",
    "shared by two LEPs": "#theme=BME communities&geography=LEP14&area=E37000008,E37000040",
    "an organisation": "#theme=voice and representation&organisation=one-east-midlands",
    "a share": "#measure=coverage_low&geography=CTYUA19",
    "a number": "#measure=residents_none",
    "a later day": "#date=2016-01-01&theme=voice and representation",
    "all themes": "#view=matrix",
}


@pytest.fixture(scope="module")
def built_in(demo):
    return demo / "map.html"


def violations(page):
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"][:3]]) for each in found]


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_axe_finds_nothing(built_in, visit, state, width):
    page = visit(built_in, width, state)
    assert violations(page) == []


def test_axe_finds_nothing_in_what_opens(built_in, visit):
    page = visit(built_in, anchor="#theme=workforce development&area=E07000174")
    page.locator("#to-words").click()
    for summary in page.locator("#panel summary").all():
        summary.click()
    page.locator("#find").fill("not")
    expect(page.locator("#found li").first).to_be_visible()
    assert violations(page) == []


def test_axe_would_find_something(built_in, visit):
    page = visit(built_in)
    page.evaluate("document.querySelector('label[for=theme]').remove()")
    assert [rule for rule, _ in violations(page)] == ["select-name"]


def test_from_load_to_download_by_keyboard_alone(built_in, visit):
    page = visit(built_in)
    press = page.keyboard.press

    def tab_to(selector, most=40, back=False):
        for _ in range(most):
            press("Shift+Tab" if back else "Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"{selector} is not reached by Tab")

    tab_to("#theme")
    page.keyboard.type("Workforce")
    expect(page.locator("#map-title")).to_contain_text("Workforce development")
    tab_to("#find")
    page.keyboard.type("mansf")
    press("ArrowDown")
    press("Enter")
    expect(page.locator("#panel h2")).to_contain_text("Mansfield")
    expect(page.locator("#panel")).to_be_focused()
    tab_to("path.area", back=True)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')")
    press("ArrowRight")
    press("Enter")
    expect(page.locator("#panel h2")).not_to_contain_text("Mansfield")
    tab_to("#filter")
    page.keyboard.type("mansfield")
    expect(page.locator("#row-count")).to_have_text("1 of 40 districts")
    tab_to("#download")
    with page.expect_download() as download:
        press("Enter")
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        row, total = csv.DictReader(file)
    assert (row["LAD19CD"], row["theme"], row["class"]) == ("E07000174", "workforce development", "local")
    assert float(row["coverage_low"]) == 1
    assert total["LAD19CD"] == ""


def test_what_has_the_focus_can_be_seen(built_in, visit):
    page = visit(built_in)
    for selector in ("#theme", "#find", "#later", "#view-map", "#to-words", "#filter", "#download", "#panel"):
        page.locator(selector).focus()
        page.keyboard.press("Shift")
        style = "element => getComputedStyle(element).outlineStyle + getComputedStyle(element).outlineWidth"
        assert page.locator(selector).evaluate(style) == "solid3px", selector


@pytest.mark.parametrize("anchor", ["", "#area=E07000175", "#view=matrix"])
def test_at_320_pixels_nothing_scrolls_sideways_but_tables(built_in, visit, anchor):
    page = visit(built_in, 320, anchor)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_text_may_be_spaced_as_readers_need_it(built_in, visit):
    page = visit(built_in, 375, "#area=E07000175")
    page.evaluate(
        """() => {
        for (const element of document.body.querySelectorAll('*')) {
          element.style.setProperty('line-height', '1.5', 'important');
          element.style.setProperty('letter-spacing', '.12em', 'important');
          element.style.setProperty('word-spacing', '.16em', 'important');
        }
        }"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    cut = page.evaluate(
        """() => [...document.querySelectorAll('button, label, h1, h2, h3, dt, dd, .headline')]
        .filter(each => each.offsetParent && each.scrollWidth > each.clientWidth + 1
          && getComputedStyle(each).overflow === 'hidden').map(each => each.textContent)"""
    )
    assert cut == []


def test_every_target_is_large_enough(built_in, visit):
    page = visit(built_in, anchor="#area=E07000175")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, summary, a')]
        .filter(each => each.offsetParent)
        .map(each => [each.id || each.textContent, each.getBoundingClientRect()])
        .filter(([, box]) => box.height && (box.height < 24 || box.width < 24)).map(([name]) => name)"""
    )
    assert small == []


def test_headings_begin_with_one_and_skip_none(built_in, visit):
    page = visit(built_in, anchor="#theme=BME communities&geography=LEP14&area=E37000008,E37000040")
    levels = [
        int(level)
        for level in page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => h.tagName[1])")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_forced_colours_keep_the_patterns(built_in, visit):
    page = visit(built_in)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    fill = page.locator("path.area[aria-label^='Mansfield']").evaluate("path => getComputedStyle(path).fill")
    assert "fill-none" in fill


def test_nothing_moves(built_in, visit):
    page = visit(built_in)
    page.locator(".leaflet-control-zoom-in").click()
    assert page.evaluate("document.getAnimations().length") == 0
