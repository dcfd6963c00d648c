"""The page of scenarios: its figures, who loses most, its states, its table, its sheet, its safety."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from pathlib import Path

import axe_playwright_python
import pandas as pd
import pypdf
import pytest
from playwright.sync_api import expect

from hinterland.coverage.comparison import compare
from hinterland.coverage.scenario_file import read_own
from hinterland.coverage.study import read_study
from hinterland.maps.build_comparison import NAMES, build_comparison
from hinterland.maps.columns import decoded, summed
from hinterland.maps.publish import publish

from .test_accessibility import RULES
from .test_hostile_strings import FORMULA, HOSTILE

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
BANNER = "Absence here is not absence of support."
STATES = {
    "first look": ("", 1280),
    "first look on a telephone": ("", 375),
    "a gain": ("#scenario=hub-and-spoke&measure=covered", 1280),
    "both on a telephone": ("#scenario=three-districts-share&show=swipe", 375),
    "an area": ("#scenario=three-districts-share&theme=funding advice&area=E07000175", 1280),
    "an area on a telephone": ("#scenario=three-districts-share&theme=funding advice&area=E07000175", 375),
    "shared by two LEPs": ("#scenario=hub-and-spoke&geography=LEP14&show=scenario", 1280),
    "other sub-regions": ("#scenario=leps-give-way&measure=organisations", 375),
}


@pytest.fixture(scope="module")
def study():
    return read_study()


@pytest.fixture(scope="module")
def compared(study):
    return [compare(study, read_own(study).scenarios, by=name) for name in ("LAD19", "LEP14")]


@pytest.fixture
def page_of(demo, visit):
    return lambda anchor="", width=1280: visit(demo / "comparison.html", width, anchor)


def test_every_figure_is_that_of_the_table(study, compared):
    view = build_comparison(compared, [])
    classes, changes = ([each["id"] for each in listed] for listed in (view.classes, view.changes))
    seen = 0
    for by_geography, geography in zip(compared, view.geographies, strict=True):
        for number, found in enumerate(by_geography):
            for theme, rows in found.table.groupby("theme", sort=False):
                places = summed(view.figures[number][geography["id"]][theme])
                for name, place in zip(NAMES, places, strict=True):
                    for shown, true in zip(decoded(view.columns, place), rows[name], strict=True):
                        seen += 1
                        if name.startswith("class_"):
                            assert (classes[shown] if shown is not None else "") == true
                        elif name == "change":
                            assert changes[shown] == true
                        elif shown is None:
                            assert pd.isna(true)
                        elif name.startswith(("coverage", "relying")):
                            assert shown / 10_000 == pytest.approx(true, abs=1.01e-4)
                        else:
                            assert shown == pytest.approx(true, abs=0.51)
    assert seen > 50_000


pytestmark = pytest.mark.browser


def three_that_lose_most(demo, scenario, theme):
    table = pd.read_csv(demo / "tables" / "comparison_LAD19.csv")
    table = table[
        (table["scenario"] == scenario) & (table["theme"] == theme) & table["LAD19CD"].str.startswith("E")
    ]
    return list(table.sort_values("residents_lost_low", ascending=False)["LAD19NM"][:3])


def test_the_three_areas_that_lose_most_are_named_where_the_page_opens(demo, page_of):
    page = page_of()
    expected = three_that_lose_most(demo, "regional-body-closes", "information")
    assert expected == ["Leicester", "Nottingham", "Derby"]
    assert page.locator(".ranked").first.locator(".row").all_text_contents()[:3] == expected
    assert page.locator("#rows .row").all_text_contents()[:3] == expected
    for name in expected:
        expect(page.locator("#headline")).to_contain_text(name)
    assert page.locator(".ranked .amount").first.text_content() == "−354,224"


def test_a_scenario_opens_on_the_theme_in_which_most_is_lost_and_says_where_nothing_differs(page_of):
    page = page_of()
    page.locator("#scenario").select_option("1")
    expect(page.locator("#map-title")).to_contain_text("Ethnic minority communities")
    expect(page.locator("#label")).to_contain_text("If not replaced")
    labels = page.locator("#theme option").all_text_contents()
    assert sum(label.endswith("(nothing differs)") for label in labels) == 19
    page.go_back()
    expect(page.locator("#map-title")).to_have_text("Information: what would differ")


def test_difference_record_and_scenario_are_drawn_each_in_its_own_way(page_of):
    page = page_of("#scenario=three-districts-share&theme=funding advice")

    def fill(name):
        return page.locator(f"path[aria-label^='{name}']").get_attribute("fill")

    assert fill("Newark and Sherwood") == "url(#fill-change-worse)"
    assert fill("Mansfield") == "url(#fill-change-better)"
    page.locator("#state-baseline").check()
    record = fill("Newark and Sherwood")
    page.locator("#state-scenario").check()
    assert fill("Newark and Sherwood") != record
    expect(page.locator("#map-title")).to_have_text("Funding advice: the scenario")
    page.locator("#state-difference").check()
    assert fill("Newark and Sherwood") == "url(#fill-change-worse)"


def test_the_slider_moves_the_border_between_both_states(page_of):
    page = page_of("#scenario=hub-and-spoke&show=swipe")
    pane = page.locator(".leaflet-swiped-pane")
    middle = pane.evaluate("element => element.style.clipPath")
    assert middle.startswith("polygon(")
    page.locator("#swipe").focus()
    page.keyboard.press("Home")
    left = pane.evaluate("element => element.style.clipPath")
    assert left != middle
    assert page.locator("#swipe").get_attribute("aria-valuetext") == "0% of the map shows the record"
    ashfield = page.locator("path[aria-label^='Ashfield']").get_attribute("aria-label")
    assert ashfield == "Ashfield: none on record, then wider-area only"
    page.locator("#state-difference").check()
    expect(page.locator("#slider")).to_be_hidden()
    assert page.locator(".leaflet-swiped-pane path").count() == 0


def test_an_area_shows_both_states_and_what_differs(page_of):
    page = page_of("#scenario=three-districts-share&theme=funding advice")
    page.locator("#rows .row", has_text="Newark and Sherwood").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("E07000175")
    cells = panel.locator("tbody tr").first.locator("td").all_text_contents()
    assert cells == ["local", "wider-area only", "classed lower"]
    panel.locator("#back").click()
    expect(panel).to_contain_text("Who gains and who loses")
    assert page.evaluate("document.activeElement.id") == "panel"


def test_signed_numbers_are_sorted_filtered_and_taken_away(demo, page_of):
    page = page_of("#scenario=hub-and-spoke&theme=funding advice")
    page.locator("th[data-key=covered] button").click()
    first = page.locator("#rows tr").first.locator("td").first.text_content()
    assert first == "+127,918"
    page.locator("#filter-class").select_option(label="Classed higher")
    expect(page.locator("#row-count")).to_contain_text("6 of 40 districts")
    with page.expect_download() as started:
        page.locator("#download").click()
    rows = list(csv.DictReader(io.StringIO(Path(started.value.path()).read_text(encoding="utf-8-sig"))))
    published = pd.read_csv(demo / "tables" / "comparison_LAD19.csv", dtype={"LAD19CD": str})
    published = published[
        (published["scenario"] == "hub-and-spoke") & (published["theme"] == "funding advice")
    ]
    by_code = published.set_index("LAD19CD")
    assert len([row for row in rows if row["LAD19CD"]]) == 6
    for row in rows[:6]:
        true = by_code.loc[row["LAD19CD"]]
        assert float(row["residents_gained_low"]) == pytest.approx(true["residents_gained_low"], abs=0.51)
        assert (row["class_baseline"], row["class_scenario"]) == (
            true["class_baseline"],
            true["class_scenario"],
        )
        assert BANNER in row["banner"]
        assert "no proposal" in row["label"]


def test_a_link_brings_the_view_back_and_says_what_it_does_not_find(page_of):
    page = page_of(
        "#scenario=hub-and-spoke&theme=governance&geography=CTYUA19&measure=relying&show=scenario&area=E10000024&sort=name&down=true"
    )
    expect(page.locator("#map-title")).to_have_text("Governance: the scenario")
    expect(page.locator("#panel h2")).to_contain_text("Nottinghamshire")
    expect(page.locator("th[data-key=name]")).to_have_attribute("aria-sort", "descending")
    other = page_of("#scenario=no-such")
    expect(other.locator("#lost")).to_contain_text("scenario no-such, which is not on this page")


@pytest.mark.parametrize("anchor", ["", "#scenario=hub-and-spoke&geography=LEP14", "#scenario=leps-give-way"])
def test_it_is_printed_on_one_sheet_with_banner_label_and_verdicts(page_of, anchor):
    page = page_of(anchor)
    (sheet,) = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    text = " ".join(unicodedata.normalize("NFKC", sheet.extract_text()).split())
    for said in (
        BANNER,
        "Who gains and who loses",
        "The scenarios side by side",
        "Judged by what was said beforehand",
        "Office for National Statistics",
    ):
        assert said in text
    assert " ".join(page.locator("#label").text_content().split()) in text
    assert "Download CSV" not in text


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_axe_finds_nothing(page_of, state):
    page = page_of(*state)
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"][:3]]) for each in found] == []


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_nothing_runs_over_the_edge(page_of, width):
    page = page_of("#scenario=three-districts-share&area=E07000175", width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everything_is_reached_by_keyboard(page_of):
    page = page_of()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {
        "skip",
        "scenario",
        "theme",
        "measure",
        "geography",
        "state-difference",
        "to-words",
        "copy",
        "panel",
        "filter",
        "download",
    } <= reached


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A study whose scenarios, criteria, bodies and areas have hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    texts = [text for text in (FORMULA, *HOSTILE) if "\u2028" not in text]
    texts = texts[: len(texts) // 3 * 3]
    quoted = [json.dumps(text, ensure_ascii=False) for text in texts]
    (folder / "study.toml").write_text(
        '[study]\ntitle = "Hostile"\nsnapshot = "2006/2007"\narea = ["Nottinghamshire"]\n'
        'geographies = ["LAD19"]\n[tables]\nscenarios = "scenarios.toml"\n',
        encoding="utf-8",
    )
    (folder / "organisations.csv").write_text(
        "organisation_id,name,remit,source\na,A,district,s\n", encoding="utf-8"
    )
    (folder / "services.csv").write_text(
        "organisation_id,theme,areas,area_evidence,theme_evidence\na,governance,Mansfield,stated,stated\n",
        encoding="utf-8",
    )
    (folder / "scope.csv").write_text(
        "source,themes,areas,from,to,completeness\ns,governance,Nottinghamshire,2006,2010,all\n",
        encoding="utf-8",
    )
    scenarios = "".join(
        f"[[scenario]]\nid = {one}\ntitle = {other}\nlabel = {third}\n"
        f'[[scenario.open]]\nid = "new-{number}"\nname = {one}\nremit = "county"\n'
        'themes = ["governance"]\nareas = ["Gedling"]\n'
        f'[[scenario.group]]\nname = {third}\nmembers = ["Mansfield"]\n'
        for number, (one, other, third) in enumerate(zip(*[iter(quoted)] * 3, strict=False))
    )
    criteria = "".join(
        f'[[criterion]]\nid = {text}\ntitle = {text}\nthemes = ["governance"]\nat_least = "local"\n'
        for text in quoted[:12]
    )
    (folder / "scenarios.toml").write_text(scenarios + criteria, encoding="utf-8")
    return texts, publish(read_study(folder), folder / "output").comparison


def test_hostile_names_are_shown_and_nothing_runs(hostile, visit):
    texts, file = hostile
    page = visit(file)
    for number in range(len(texts) // 3):
        page.locator("#scenario").select_option(str(number))
        assert page.locator("#label").text_content() == texts[3 * number + 2]
        assert page.locator("#options [aria-current]").text_content() == texts[3 * number + 1]
    page.locator("#state-swipe").check()
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('script').length") == 3
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, object, embed, base, link, math').length") == 0
    )
    criteria = page.locator(".criteria tbody th").all_text_contents()
    assert criteria == texts[:12]
    titles = page.locator(".redrawn h3").all_text_contents()
    assert titles == texts[1::3]
