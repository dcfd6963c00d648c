"""The table, all themes at a glance, the search, the slider and the address, used as a planner would."""

import copy
import csv
import re

import pytest
from playwright.sync_api import expect

from .small_page import SMALL, area

pytestmark = pytest.mark.browser
CODE, NAME = (SMALL["geographies"][0][name] for name in ("code_column", "name_column"))
BACKGROUND = {
    "url": "https://tiles.example/{z}/{x}/{y}.png",
    "attribution": "© Example",
    "host": "https://tiles.example",
}
NONSENSE = ["#theme=__proto__&area=%3Cb%3E&date=never&view=x", "#organisation=toString", "#&&=&"]


def names(page):
    return page.locator("#rows tr th").all_text_contents()


def sort_by(page, label):
    page.locator("#columns").get_by_role("button", name=label).click()


def test_the_table_sorts_both_ways_and_says_so(opened):
    page = opened()
    assert names(page) == ["Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir"]
    expect(page.locator("#columns th").first).to_have_attribute("aria-sort", "ascending")
    sort_by(page, "Area")
    assert names(page) == ["Fir", "Elder", "Dogwood", "Cedar", "Birch", "Alder"]
    expect(page.locator("#columns th").first).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#status")).to_have_text("Sorted by Area, from high to low.")


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_not_known_comes_last_either_way(opened, times):
    page = opened()
    for _ in range(times):
        sort_by(page, "Residents covered, low")
    assert set(names(page)[-2:]) == {"Elder", "Fir"}
    known = names(page)[:4]
    assert known[-1 if times == 1 else 0] == "Cedar"


def test_the_table_filters_by_words_and_by_class(opened):
    page = opened()
    page.get_by_label("Filter by name or code").fill("d0")
    expect(page.locator("#row-count")).to_have_text("6 of 6 districts")
    page.get_by_label("Filter by name or code").fill("wood")
    assert names(page) == ["Dogwood"]
    page.get_by_label("Filter by name or code").fill("")
    page.get_by_label("Class", exact=True).select_option(label="None on record")
    assert names(page) == ["Cedar"]
    expect(page.locator("#row-count")).to_have_text("1 of 6 districts")


def test_all_areas_together_close_the_table(opened):
    page = opened()
    expect(page.locator("#totals tr")).to_have_count(1)
    expect(page.locator("#totals th")).to_have_text("All areas shown, each resident counted once")


def test_choosing_on_the_map_marks_the_row(opened):
    page = opened()
    area(page, "Elder").click()
    expect(page.locator("#rows tr.chosen th")).to_have_text("Elder")
    expect(page.get_by_role("button", name="Elder", exact=True)).to_have_attribute("aria-pressed", "true")


def downloaded(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        return download.value.suggested_filename, list(csv.DictReader(file))


def test_the_download_has_what_is_shown_in_its_order(opened):
    page = opened()
    sort_by(page, "Area")
    page.get_by_label("Class", exact=True).select_option(label="Local")
    page.get_by_label("Class", exact=True).select_option(label="All classes")
    name, rows = downloaded(page)
    assert name == "funding_district.csv"
    *rows, total = rows
    assert [row[NAME] for row in rows] == ["Fir", "Elder", "Dogwood", "Cedar", "Birch", "Alder"]
    assert (total[CODE], total[NAME], total["class"]) == (
        "",
        "All areas shown, each resident counted once",
        "",
    )
    dogwood = rows[2]
    assert dogwood["class"] == "part of the area"
    assert (dogwood["coverage_low"], dogwood["coverage_high"]) == ("0.3", "0.8")
    assert rows[1]["coverage_low"] == ""
    for column, said in (("about", "subtitle"), ("method", "method"), ("banner", "banner")):
        assert {row[column] for row in (*rows, total)} == {SMALL[said]}


def test_a_name_that_a_spreadsheet_would_run_is_text_in_the_download(opened):
    geography = {**SMALL["geographies"][0]}
    renamed = ["=1+1", 'quo"ted, name', *geography["areas"]["name"][2:]]
    geography["areas"] = {**geography["areas"], "name": renamed}
    page = opened({**SMALL, "geographies": [geography, SMALL["geographies"][1]]})
    _, rows = downloaded(page)
    assert {"'=1+1", 'quo"ted, name'} <= {row[NAME] for row in rows}


def test_all_themes_at_a_glance_say_class_and_letter(opened):
    page = opened()
    page.get_by_label("All themes at a glance").first.check()
    expect(page.locator("#map-view")).to_be_hidden()
    cells = page.get_by_role("gridcell")
    expect(cells).to_have_count(6 * 2)
    expect(page.get_by_role("gridcell", name="Cedar, Funding advice: none on record")).to_have_text("N")
    expect(page.get_by_role("gridcell", name="Alder, Funding advice: local")).to_have_text("L")
    expect(page).to_have_url(re.compile("view=matrix"))


def test_all_themes_are_walked_by_keyboard_and_lead_to_the_map_and_back(opened):
    page = opened(anchor="#view=matrix")
    expect(page.locator("#matrix td[tabindex='0']")).to_have_count(1)
    page.get_by_role("gridcell").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.get_by_role("gridcell", name="Birch, Rural communities")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Birch D02")
    expect(page.locator("#map-title")).to_contain_text("Rural communities")
    page.go_back()
    expect(page.locator("#matrix-view")).to_be_visible()


def test_an_area_of_another_geography_is_found_by_its_name(opened):
    page = opened()
    page.get_by_role("combobox", name="Find area or organisation").fill("SOUTH")
    expect(page.locator("#found").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("South Trees S02")
    expect(page.locator("#geography")).to_have_value("1")


def test_what_is_not_on_the_page_is_said_to_be_not(opened):
    page = opened()
    page.locator("#find").fill("Atlantis")
    expect(page.locator("#search [role=status]")).to_have_text("Nothing of that name is on this page.")
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_hidden()


def test_an_organisation_is_found_and_shown_where_it_serves(opened):
    page = opened()
    find = page.locator("#find")
    find.fill("community council")
    find.press("ArrowDown")
    expect(find).to_have_attribute("aria-activedescendant", "found-0")
    find.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Trees Community Council")
    expect(page.locator("#shown")).to_contain_text("Service area of Trees Community Council: the whole of")
    expect(page.locator(".leaflet-service-areas-pane path")).to_have_count(2)
    page.reload()
    expect(page.locator("#panel h2")).to_have_text("Trees Community Council")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#shown")).to_be_hidden()


def test_a_later_day_changes_the_map_the_words_and_the_panel(opened):
    page = opened()
    area(page, "Alder").click()
    slider = page.get_by_role("slider", name="Date")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "2008-04-01")
    expect(page.locator("#changes")).to_contain_text("No longer on record: Alder Voluntary Action")
    expect(page.locator("#warning")).to_contain_text("The register describes 2006 to 2007")
    expect(area(page, "Alder")).to_have_attribute("aria-label", "Alder: wider-area only")
    expect(page.locator("#panel")).to_contain_text("not counted")
    expect(page.locator("#headline")).to_contain_text("2 have organisations of a wider area only")
    expect(page).to_have_url(re.compile("date=2008-04-01"))
    page.get_by_role("button", name="Earlier").click()
    expect(area(page, "Alder")).to_have_attribute("aria-label", "Alder: local")
    expect(page.locator("#warning")).to_be_hidden()


def test_an_organisation_is_not_outlined_on_a_day_on_which_it_is_not_on_record(opened):
    later = {**SMALL["dates"][1], "ended": "0,3"}  # all that it offers
    page = opened(
        {**SMALL, "dates": [SMALL["dates"][0], later]}, anchor="#organisation=alder-voluntary-action"
    )
    expect(page.locator(".leaflet-service-areas-pane path")).to_have_count(2)
    page.get_by_role("button", name="Later").click()
    expect(page.locator("#panel")).to_contain_text("Nothing that is shown here is on record for 2008-04-01.")
    expect(page.locator(".leaflet-service-areas-pane path")).to_have_count(0)


def test_a_page_of_one_date_has_no_slider(opened):
    page = opened({**SMALL, "dates": SMALL["dates"][:1]})
    expect(page.locator("#timeline")).to_be_hidden()


def test_an_area_says_where_it_lies_and_leads_there(opened):
    page = opened()
    area(page, "Alder").click()
    page.get_by_role("list", name="Lies in").get_by_role("button", name="North Trees").click()
    expect(page.locator("#panel h2")).to_have_text("North Trees S01")
    expect(page.locator("#geography")).to_have_value("1")


def test_another_geography_keeps_the_choice_where_it_can(opened):
    page = opened()
    area(page, "Alder").click()
    page.get_by_label("Geography", exact=True).select_option(label="Sub-regions")
    expect(page.locator("#panel h2")).to_have_text("North Trees S01")
    page.get_by_label("Geography", exact=True).select_option(label="Districts")
    expect(page.locator("#panel h2")).to_have_text("Alder D01")


def test_what_was_chosen_is_said_to_lie_where_it_lies_and_comes_back(opened):
    page = opened(anchor="#geography=sub&area=S01")
    page.get_by_label("Geography", exact=True).select_option(label="Districts")
    expect(page.locator("#panel h2")).to_have_text("Choose an area")
    expect(page.locator("#status")).to_have_text("North Trees, chosen before, lies in no area of Districts.")
    expect(page.locator("#panel .aside")).to_have_text(
        "North Trees, chosen before, lies in no area of Districts."
    )
    page.get_by_label("Geography", exact=True).select_option(label="Sub-regions")
    expect(page.locator("#panel h2")).to_have_text("North Trees S01")
    expect(page.locator("#panel .aside")).to_have_count(0)


def test_an_address_brings_back_order_filter_and_several_areas(opened):
    page = opened()
    sort_by(page, "Area")
    page.get_by_label("Filter by name or code").fill("d0")
    page.get_by_label("Class", exact=True).select_option(label="Local")
    page.reload()
    assert names(page) == ["Alder"]
    page.get_by_label("Class", exact=True).select_option(label="All classes")
    assert names(page) == ["Fir", "Elder", "Dogwood", "Cedar", "Birch", "Alder"]
    expect(page.get_by_label("Filter by name or code")).to_have_value("d0")
    page.get_by_label("Geography", exact=True).select_option(label="Sub-regions")
    expect(page.get_by_label("Filter by name or code")).to_have_value("")
    area(page, "Shared").click()
    page.reload()
    assert page.locator("#panel h3").all_inner_texts() == ["North Trees S01", "South Trees S02"]


def test_an_address_that_names_what_is_not_here_is_told_so(opened):
    page = opened(anchor="#theme=fishing&area=D99&class=splendid")
    said = page.get_by_role("alert")
    for lost in ("theme fishing", "area D99", "class splendid"):
        expect(said).to_contain_text(lost)
    page.get_by_label("Theme", exact=True).select_option(label="Rural communities")
    expect(said).to_be_hidden()


def test_a_link_is_copied_and_says_that_the_file_goes_with_it(opened):
    page = opened(anchor="#area=D03")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy a link to this view").click()
    expect(page.locator("#copied")).to_contain_text("send the file with it")
    assert page.evaluate("navigator.clipboard.readText()").endswith("area=D03")


def test_an_area_that_was_not_surveyed_says_who_is_there_all_the_same(opened):
    view = copy.deepcopy(SMALL)
    assert view["columns"][2] == "7ps*2,0,668,*2,7ps"
    view["columns"][2] = "7ps*2,0,668,5k,,7ps"
    page = opened(view)
    expect(area(page, "Elder")).to_have_attribute("fill", "url(#fill-seen)")
    expect(area(page, "Elder")).to_have_attribute("aria-label", "Elder: not surveyed; somebody on record")
    expect(page.locator("#legend")).to_contain_text("Not surveyed; somebody on record (1)")
    page.get_by_role("radio", name="All themes at a glance").check()
    expect(page.get_by_role("gridcell", name="Elder, Funding advice: not surveyed; somebody")).to_have_text(
        "–+"
    )


@pytest.mark.parametrize("anchor", NONSENSE)
def test_an_address_that_makes_no_sense_is_the_first_look(opened, anchor):
    page = opened(anchor=anchor)
    expect(page.locator("#panel h2")).to_have_text("Choose an area")
    expect(page.locator("#theme")).to_have_value("0")


def test_a_background_map_is_asked_for_only_when_it_is_switched_on(opened):
    page = opened({**SMALL, "background": BACKGROUND})
    box = page.get_by_label("Background map (asks https://tiles.example for pictures)")
    expect(box).not_to_be_checked()
    expect(page.locator(".leaflet-tile")).to_have_count(0)
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert "img-src https://tiles.example;" in policy


@pytest.mark.parametrize("width", [375, 768, 1280, 1920])
@pytest.mark.parametrize("anchor", ["", "#view=matrix", "#area=D01"])
def test_every_width_holds_the_page(opened, width, anchor):
    page = opened(width=width, anchor=anchor)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(
        """() => [...document.querySelectorAll('select, input[type=text], button')]
        .filter(each => each.offsetParent)
        .every(each => each.getBoundingClientRect().right <= innerWidth || each.closest('.scroll'))"""
    )
