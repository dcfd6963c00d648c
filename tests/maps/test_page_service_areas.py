"""An organisation's service area on the map, in a browser."""

import json

import pytest
from playwright.sync_api import expect

from .small_page import SMALL, area

pytestmark = pytest.mark.browser


def service_area(page):
    return page.locator(".leaflet-service-areas-pane path")


def opened_on(page, name, organisation):
    """Choose an area and open an organisation there; give its entry in the panel."""
    area(page, name).click()
    entry = page.locator("#panel details", has_text=organisation)
    entry.locator("summary").click()
    return entry


CIRCLE = "catchment:alder, 8.05 km round a point (5 miles); the whole of Alder."


def test_an_open_organisation_has_its_service_area_on_the_map(opened):
    page = opened()
    entry = opened_on(page, "Alder", "Alder Voluntary Action")
    expect(entry.get_by_text(f"Shown on the map: {CIRCLE}")).to_be_visible()
    expect(page.locator("#shown")).to_have_text(f"Service area of Alder Voluntary Action: {CIRCLE}")
    expect(page.locator("#status")).to_have_text(f"Shown on the map: {CIRCLE}")
    expect(service_area(page)).to_have_count(2)
    casing, dashes = (service_area(page).nth(i) for i in range(2))
    for path in (casing, dashes):
        assert path.get_attribute("fill") == "none"
        assert path.get_attribute("stroke-dasharray")
    assert float(casing.get_attribute("stroke-width")) > float(dashes.get_attribute("stroke-width"))
    assert casing.get_attribute("stroke") == "#ffffff"
    assert casing.get_attribute("d") == dashes.get_attribute("d")
    circle, whole = page.evaluate("""() => {
      const found = document.querySelector(".leaflet-service-areas-pane path").getAttribute("d");
      const line = part => part.match(/-?[\\d.]+ -?[\\d.]+/g).map(pair => pair.split(" ").map(Number));
      const side = (points, i) => Math.max(...points.map(p => p[i])) - Math.min(...points.map(p => p[i]));
      const [first, ...rest] = found.split("M").slice(1).map(line);
      return [first, rest.flat()].map(points => [side(points, 0), side(points, 1)]);
    }""")
    drawn = area(page, "Alder").bounding_box()
    assert circle[0] == pytest.approx(circle[1], abs=3)
    assert whole == pytest.approx([drawn["width"], drawn["height"]], abs=6)
    assert circle[0] == pytest.approx(drawn["height"] * 2 * 8.047 / 22.25, rel=0.02)


def test_an_outlined_service_area_stands_in_no_ones_way(opened):
    page = opened()
    opened_on(page, "Alder", "Alder Voluntary Action")
    area(page, "Alder").hover()
    expect(page.locator("#tip")).to_have_text("Alder: local")
    area(page, "Birch").click()
    expect(page.locator("#panel h2")).to_have_text("Birch D02")


def test_whole_areas_are_outlined_together_and_parts_are_not_drawn(opened):
    page = opened()
    entry = opened_on(page, "Alder", "Trees Community Council")
    expect(entry).to_contain_text("Shown on the map: the whole of Alder, Birch. Not drawn: part of Dogwood.")
    line = service_area(page).first
    assert line.get_attribute("d").count("M") == 5  # not the border between the two
    both = [area(page, name).bounding_box() for name in ("Alder", "Birch")]
    box = line.bounding_box()
    assert box["x"] == pytest.approx(both[0]["x"], abs=5)
    assert box["x"] + box["width"] == pytest.approx(both[1]["x"] + both[1]["width"], abs=5)
    assert box["height"] == pytest.approx(both[0]["height"], abs=6)


def test_where_only_a_part_is_served_nothing_is_drawn(opened):
    view = json.loads(json.dumps(SMALL))
    view["reaches"][0]["district"] = [0, 2]  # a part of Alder, locally
    del view["details"][0][6]
    page = opened(view)
    entry = opened_on(page, "Alder", "Alder Voluntary Action")
    expect(entry).to_have_attribute("open", "")
    expect(entry.get_by_text("Areas on record")).to_be_visible()
    expect(entry.get_by_role("button", name="Show on the map")).to_have_count(0)
    expect(page.locator("#shown")).to_be_hidden()
    expect(service_area(page)).to_have_count(0)


def close(page):
    page.locator("#panel summary").first.click()


def another_area(page):
    area(page, "Birch").click()


def another_theme(page):
    page.get_by_label("Theme", exact=True).select_option(label="Rural communities")


def another_geography(page):
    page.get_by_label("Geography", exact=True).select_option(label="Sub-regions")


@pytest.mark.parametrize("leave", [close, another_area, another_theme, another_geography])
def test_a_service_area_goes_with_its_organisation(opened, leave):
    page = opened()
    opened_on(page, "Alder", "Alder Voluntary Action")
    expect(service_area(page)).to_have_count(2)
    leave(page)
    expect(service_area(page)).to_have_count(0)
    expect(page.locator("#shown")).to_be_hidden()
    expect(page.get_by_text("Shown on the map")).to_be_visible(visible=False)
    if leave is close:
        expect(page.locator("#status")).to_have_text("Taken off the map.")


def test_another_measure_leaves_the_organisation_open_and_drawn(opened):
    page = opened()
    entry = opened_on(page, "Alder", "Alder Voluntary Action")
    page.get_by_label("Measure", exact=True).select_option(label="Residents covered, low")
    expect(entry.get_by_text("Shown on the map")).to_be_visible()
    expect(service_area(page)).to_have_count(2)
    expect(area(page, "Alder")).to_have_attribute("aria-label", "Alder: 100%")


def test_one_organisation_is_shown_at_a_time_and_the_keyboard_chooses_which(opened):
    page = opened()
    first = opened_on(page, "Alder", "Alder Voluntary Action")
    circle = service_area(page).first.get_attribute("d")
    second = page.locator("#panel details", has_text="Trees Community Council")
    second.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(second.get_by_text("Shown on the map")).to_be_visible()
    expect(first).to_have_attribute("open", "")
    expect(first.get_by_text("Shown on the map")).to_be_hidden()
    assert service_area(page).first.get_attribute("d") != circle
    back = first.get_by_role("button", name="Show on the map")
    back.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#shown")).to_contain_text("Alder Voluntary Action")
    expect(service_area(page).first).to_have_attribute("d", circle)
    expect(first.get_by_role("button", name="Zoom to it")).to_be_focused()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(service_area(page)).to_have_count(0)


@pytest.mark.parametrize("width", [375, 1280])
def test_a_service_area_beyond_the_view_is_shown_whole_when_asked(opened, width):
    page = opened(width=width, anchor="#theme=rural")
    before = area(page, "Cedar").get_attribute("d")
    entry = opened_on(page, "Cedar", "Trees Community Council")
    expect(entry).to_contain_text("polygon:fens, a drawn area of 278 km²")
    frame = page.locator(".frame")

    def beyond():
        line, inside = service_area(page).last.bounding_box(), frame.bounding_box()
        return line["x"] + line["width"] > inside["x"] + inside["width"] or line["x"] < inside["x"]

    assert beyond()
    assert area(page, "Cedar").get_attribute("d") == before  # nothing moved by itself
    entry.get_by_role("button", name="Show all of it").click()
    assert not beyond()
    expect(frame).to_be_in_viewport(ratio=0.5)
    expect(entry.get_by_role("button", name="Zoom to it")).to_be_focused()
    page.get_by_role("button", name="Show the whole map").click()
    expect(entry.get_by_role("button", name="Show all of it")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_holes_and_parts_are_outlined(opened):
    page = opened(anchor="#theme=rural")
    opened_on(page, "Cedar", "Trees Community Council")
    rings, arcs = 3, 4  # of the drawn area, and round Cedar
    assert service_area(page).first.get_attribute("d").count("M") == rings + arcs


def test_what_is_outlined_is_printed_with_its_words(opened):
    page = opened(anchor="#theme=rural")
    opened_on(page, "Cedar", "Trees Community Council")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#shown")).to_be_visible()
    line, inside = service_area(page).last.bounding_box(), page.locator(".frame").bounding_box()
    assert inside["x"] <= line["x"]
    assert line["x"] + line["width"] <= inside["x"] + inside["width"]


def test_many_shapes_are_drawn_and_the_words_stay_few(opened):
    view = json.loads(json.dumps(SMALL))
    view["shapes"] = [{**view["shapes"][0], "name": f"catchment:{i}"} for i in range(40)]
    view["details"][0][6] = list(range(40))
    page = opened(view)
    entry = opened_on(page, "Alder", "Alder Voluntary Action")
    expect(entry).to_contain_text("catchment:4, 8.05 km round a point (5 miles) and 35 more; the whole of")
    assert service_area(page).first.get_attribute("d").count("M") == 40 + 3
