"""The page in a browser: what a planner sees, clicks and types, with every network route cut."""

import json

import pytest
from playwright.sync_api import expect

from .small_page import SMALL, area, areas
from .test_page import hostile

pytestmark = pytest.mark.browser


def test_the_map_draws_and_names_every_area(opened):
    page = opened()
    expect(areas(page)).to_have_count(6)
    assert [areas(page).nth(i).get_attribute("aria-label") for i in range(6)] == [
        "Alder: local",
        "Birch: wider-area only",
        "Cedar: none on record",
        "Dogwood: part of the area",
        "Elder: not surveyed",
        "Fir: out of scope",
    ]
    boxes = [areas(page).nth(i).bounding_box() for i in range(6)]
    assert all(box["width"] > 80 and box["height"] > 80 for box in boxes)
    assert len({areas(page).nth(i).get_attribute("fill") for i in range(6)}) == 6


def test_neighbours_outside_the_study_cannot_be_chosen(opened):
    page = opened()
    expect(page.locator(".leaflet-still-pane path")).to_have_count(1)
    expect(page.locator(".leaflet-still-pane path.leaflet-interactive")).to_have_count(0)


def test_switching_the_theme_changes_the_areas_and_keeps_the_polygons(opened):
    page = opened()
    outline = area(page, "Alder").get_attribute("d")
    page.evaluate("document.querySelector('path.area').kept = true")
    page.get_by_label("Theme", exact=True).select_option(label="Rural communities")
    expect(area(page, "Alder")).to_have_attribute("aria-label", "Alder: none on record")
    expect(area(page, "Alder")).to_have_attribute("fill", "url(#fill-none)")
    expect(area(page, "Alder")).to_have_attribute("d", outline)
    assert page.evaluate("document.querySelector('path.area').kept")
    expect(page.locator("#map-title")).to_have_text("Rural communities: provision class")


def test_switching_the_measure_changes_figures_and_legend(opened):
    page = opened()
    page.get_by_label("Measure", exact=True).select_option(label="Residents covered, low")
    expect(area(page, "Dogwood")).to_have_attribute("aria-label", "Dogwood: 30%")
    expect(area(page, "Cedar")).to_have_attribute("fill", "url(#fill-zero)")
    expect(area(page, "Elder")).to_have_attribute("fill", "url(#fill-not-surveyed)")
    expect(area(page, "Elder")).to_have_attribute("aria-label", "Elder: not surveyed")
    assert page.locator("#legend li").all_inner_texts() == [
        "0% (1)",
        "Above 0, under 25% (0)",
        "25% to under 50% (1)",
        "50% to under 75% (0)",
        "75% to under 99% (0)",
        "99% or more (2)",
        "Not surveyed, nobody on record (1)",
        "Out of scope (1)",
    ]


def test_nearly_all_is_not_written_as_all(opened):
    page = opened(anchor="#measure=coverage_low&geography=sub")
    expect(area(page, "South Trees").last).to_have_attribute("aria-label", "South Trees: over 99%")


def test_switching_the_geography_draws_its_own_pieces(opened):
    page = opened()
    page.get_by_label("Geography", exact=True).select_option(label="Sub-regions")
    expect(areas(page)).to_have_count(5)
    expect(page.locator("#rows tr")).to_have_count(2)
    page.get_by_label("Geography", exact=True).select_option(label="Districts")
    expect(areas(page)).to_have_count(6)
    expect(page.locator("#rows tr")).to_have_count(6)


def test_a_click_names_the_organisations_and_says_why(opened):
    page = opened()
    area(page, "Alder").click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", level=2)).to_have_text("Alder D01")
    expect(panel).to_contain_text("An organisation set up to serve Alder covers every resident.")
    assert panel.locator("summary").all_inner_texts() == [
        "Alder Voluntary Action\nlocal; serves the whole area",
        "Trees Community Council\nwider-area; serves the whole area",
    ]
    panel.get_by_text("Alder Voluntary Action").click()
    expect(panel.get_by_text("Directory of 2006, page 4")).to_be_visible()
    expect(panel.get_by_role("link", name="https://alder.example")).to_be_visible()


def test_a_record_that_is_not_counted_says_why(opened):
    page = opened()
    area(page, "Cedar").click()
    panel = page.locator("#panel")
    expect(panel.locator("summary")).to_contain_text("not counted")
    panel.locator("summary").click()
    expect(panel).to_contain_text("The area is our reading, not a source's.")


def test_an_area_without_organisations_says_which_kind_of_nothing(opened):
    page = opened(anchor="#theme=rural")
    area(page, "Alder").click()
    expect(page.locator("#panel section > p").last).to_have_text("None on record.")
    area(page, "Elder").click()
    expect(page.locator("#panel section > p").last).to_have_text("Not surveyed.")


def test_a_shared_piece_is_striped_and_lists_both_areas(opened):
    page = opened(anchor="#geography=sub")
    shared = area(page, "Shared")
    expect(shared).to_have_attribute("fill", "url(#fill-part-and-wider)")
    expect(page.locator("#fill-part-and-wider rect")).to_have_count(2)
    shared.click()
    assert page.locator("#panel h3").all_inner_texts() == ["North Trees S01", "South Trees S02"]
    expect(page.locator("path.area[aria-pressed=true]:visible")).to_have_count(1)


def test_a_piece_in_no_area_cannot_be_chosen(opened):
    page = opened(anchor="#geography=sub")
    nobodys = page.locator("path.area:not([role]):visible")
    expect(nobodys).to_have_count(1)
    nobodys.click(force=True)
    expect(page.locator("#panel h2")).to_have_text("Choose an area")


def test_the_keyboard_reaches_neighbours_and_opens_the_panel(opened):
    page = opened()
    expect(page.locator("path.area[tabindex='0']:visible")).to_have_count(1)
    page.locator("#copy").focus()
    page.keyboard.press("Tab")
    expect(area(page, "Alder")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(area(page, "Birch")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(area(page, "Elder")).to_be_focused()
    expect(page.locator(".leaflet-focused-pane path")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Elder D05")
    expect(area(page, "Elder")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press(" ")
    expect(page.locator("#panel h2")).to_have_text("Dogwood D04")
    expect(page.locator("#status")).to_have_text("Dogwood: part of the area.")


def test_hovering_shows_the_figure(opened):
    page = opened(anchor="#measure=organisations")
    area(page, "Alder").hover()
    expect(page.locator("#tip")).to_have_text("Alder: 2")
    expect(page.locator("#tip")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator("#tip")).to_be_hidden()


def test_the_table_says_what_the_map_says(opened):
    page = opened()
    assert page.locator("#columns th").all_inner_texts()[:5] == [
        "Area",
        "Provision class",
        "Residents covered, low",
        "Residents covered, high",
        "Organisations on record",
    ]
    assert page.locator("#rows tr").nth(3).locator("th, td").all_inner_texts() == [
        "Dogwood",
        "part of the area",
        "30%",
        "80%",
        "1",
        "2.5",
        "One organisation: every resident relies on it.",
        "40,000",
        "D04",
    ]
    expect(page.locator("#rows tr").nth(5)).to_contain_text("30,000 of 50,000")
    assert page.locator("#columns th[scope=col]").count() == page.locator("#columns th").count()
    expect(page.locator("#rows th[scope=row]")).to_have_count(6)


def test_choosing_a_row_shows_the_panel_and_leads_back(opened):
    page = opened()
    row = page.get_by_role("button", name="Cedar", exact=True)
    row.click()
    expect(page.locator("#panel")).to_be_in_viewport()
    expect(page.locator("#panel")).to_be_focused()
    expect(page.locator("#panel h2")).to_have_text("Cedar D03")
    expect(area(page, "Cedar")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Back to the table").click()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()


def test_the_address_remembers_what_was_chosen(opened):
    page = opened()
    page.get_by_label("Geography", exact=True).select_option(label="Sub-regions")
    page.get_by_label("Theme", exact=True).select_option(label="Rural communities")
    page.get_by_role("button", name="South Trees", exact=True).click()
    page.reload()
    expect(page.get_by_label("Theme", exact=True)).to_have_value("1")
    expect(page.locator("#panel h2")).to_have_text("South Trees S02")


def test_the_banner_stays_in_view_and_is_printed(opened):
    page = opened()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".banner")).to_be_in_viewport()
    page.emulate_media(media="print")
    expect(page.locator("#map-view .again")).to_be_hidden()
    for kept in (".banner", ".folium-map", "#legend", "#table table"):
        expect(page.locator(kept)).to_be_visible()
    for left_out in (".controls", ".panel"):
        expect(page.locator(left_out)).to_be_hidden()


@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_never_scrolls_sideways(opened, width):
    page = opened(width=width)
    area(page, "Alder").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    map_box = page.locator(".folium-map").bounding_box()
    panel_box = page.locator("#panel").bounding_box()
    expect(page.locator("#map-view .again")).to_be_visible(visible=width == 375)
    if width == 375:
        assert panel_box["y"] > map_box["y"] + map_box["height"]
        assert map_box["height"] == pytest.approx(0.6 * 900, abs=4)
    else:
        assert panel_box["x"] > map_box["x"] + map_box["width"]
        assert map_box["width"] == pytest.approx(0.6 * width, rel=0.15)


def test_hostile_text_runs_nothing_and_shows_as_text(opened):
    view = hostile(SMALL)
    page = opened(view, anchor="#geography=sub")
    area(page, "Shared").click()
    area(page, "Shared").hover()
    for summary in page.locator("#panel summary").all():
        summary.click()
    expect(page.locator("#shown")).to_contain_text("</script><script>window.hacked=1</script>")
    for name in ("Theme", "Measure", "Geography"):
        page.get_by_label(name, exact=True).select_option("0")
    page.locator("#rows button").first.click()
    assert page.evaluate("window.hacked") is None
    expect(page.locator("img")).to_have_count(0)
    assert page.title().startswith(SMALL["title"] + " ` ${window.hacked=1}")
    for shown in ("h1", "#map-title", "#panel h2", "#caption", ".banner", "#rows th"):
        expect(page.locator(shown).first).to_contain_text("</script><script>window.hacked=1</script>")


def test_a_website_that_is_not_one_is_no_link(opened):
    view = json.loads(json.dumps(SMALL))
    view["organisations"]["website"][0] = "javascript:window.hacked=1"
    page = opened(view)
    area(page, "Alder").click()
    page.locator("#panel summary").first.click()
    expect(page.get_by_text("javascript:window.hacked=1")).to_be_visible()
    expect(page.locator("#panel a")).to_have_count(0)
