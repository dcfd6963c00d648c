"""A study in which every free text, and the name of every area, is hostile: none runs, all are shown."""

from __future__ import annotations

import csv
import json
import unicodedata

import pytest
from playwright.sync_api import expect

from hinterland.boundaries.errors import InputError
from hinterland.coverage.study import read_study
from hinterland.maps.publish import publish

pytestmark = pytest.mark.browser

RUN = "window.hacked=1"
HOSTILE = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"<!--<script>{RUN}//-->",
    f"--><script>{RUN}</script>",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f"'><img src=x onerror='{RUN}'>",
    f'" onfocus="{RUN}" autofocus x="',
    f"' onmouseover='{RUN}' x='",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data='javascript:{RUN}'></object>",
    "<base href='//example.org/'>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<style>@import '//example.org/x.css'</style>",
    f"<details open ontoggle={RUN}>",
    f"<a href='javascript:{RUN}'>here</a>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"`${{{RUN}}}`",
    f"${{{RUN}}}",
    "{{7*7}}",
    "{% raw %}{{ self }}{% endraw %}",
    "{# comment #} {%- if x -%}",
    "<%= 7*7 %> #{7*7}",
    f"\\'; {RUN}; //",
    f'\\"; {RUN}; //',
    "C:\\new\\0\\u003cb\\u003e",
    f"&lt;img src=x onerror={RUN}&gt; &#60;b&#62; &amp;",
    f"\u2028{RUN}\u2029",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "null",
    "undefined",
    "NaN",
    "NA",
    "1E05",
    "007",
    "#theme=x&area=y",
    "100% of %s %d %00",
    "a=b&c=d;e=f?g#h",
    '"quoted", with a comma',
    "שלום <b>عالم</b>",
    "e\u0301\u0323 Zażółć gęślą jaźń",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3,
    "x" * 300,
)
REFUSED = ("a\x07b", "\u202eevil")
FORMULA = '=HYPERLINK("http://example.org")'


def write(folder, names):
    """One organisation, theme and area for each text, with it in every field that takes free text."""

    def table(file_name, rows):
        with open(folder / file_name, "w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, rows[0].keys())
            out.writeheader()
            out.writerows(rows)

    graded = {"area_evidence": "stated", "theme_evidence": "stated"}
    free = ("name", "category", "source", "note")
    told = ("communities", "for_stage", "charge", "note")
    ids = [f"o{i} {text}" for i, text in enumerate(names)]
    themes = [f"t{i} {text}" for i, text in enumerate(names[:6])]
    table(
        "themes.csv",
        [
            {"theme": theme, "kind": "function", "label": text, "covers": text}
            for theme, text in zip(themes, names, strict=False)
        ],
    )
    table(
        "organisations.csv",
        [
            {
                "organisation_id": key,
                "remit": "district",
                "website": text,
                **dict.fromkeys(free, text),
                "identifiers": text.replace(";", ""),
            }
            for key, text in zip(ids, names, strict=True)
        ],
    )
    table(
        "services.csv",
        [
            {
                "organisation_id": key,
                "theme": themes[i % 6],
                "areas": "Mansfield; part of Ashfield",
                "until": "2010-03-31" if i % 2 else "",
                **graded,
                **dict.fromkeys(told, text),
            }
            for i, (key, text) in enumerate(zip(ids, names, strict=True))
        ],
    )
    table(
        "scope.csv",
        [
            {
                "source": text,
                "themes": ";".join(themes),
                "areas": "Nottinghamshire",
                "from": "2006",
                "to": "2010",
                "completeness": text,
            }
            for text in names
        ],
    )
    table(
        "reported.csv",
        [{"source": text, "theme": themes[0], "areas": "Bassetlaw", "note": text} for text in names],
    )
    places = (
        "Mansfield",
        "Ashfield",
        "Bassetlaw",
        "Gedling",
        "Broxtowe",
        "Rushcliffe",
        "Newark and Sherwood",
    )
    groups = "\n".join(
        f"{json.dumps(text, ensure_ascii=False)} = [{json.dumps(places[i % len(places)])}]"
        for i, text in enumerate(names)
    )
    quoted = json.dumps(" ".join(names), ensure_ascii=False)
    (folder / "study.toml").write_text(
        f"""
[study]
title = {quoted}
snapshot = "2006/2007"
area = ["Nottinghamshire"]
geographies = ["LAD19", "OWN"]
banner = {quoted}
notes = [{quoted}]
sources = [{quoted}]
[tables]
themes = "themes.csv"
reported = "reported.csv"
[[boundaries.grouping]]
id = "OWN"
level = "sub-region"
label = {quoted}
one = {json.dumps(names[0])}
many = {json.dumps(names[-1])}
[boundaries.grouping.areas]
{groups}
""",
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write(folder, HOSTILE)
    return publish(read_study(folder), folder / "output")


def unharmed(page):
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('script').length") == 3
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, object, embed, base, link, math').length") == 0
    )


def shown(text):
    """As a page shows it: composed as the register reads it, white space run together."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_there_are_enough_of_them():
    assert len(set(HOSTILE)) >= 40


@pytest.mark.parametrize("text", REFUSED)
def test_control_and_direction_characters_are_refused(tmp_path, text):
    write(tmp_path, [text])
    with pytest.raises(InputError) as refused:
        read_study(tmp_path)
    assert any("control or direction characters" in str(fault) for fault in refused.value.faults)


def test_a_formula_is_text_in_the_tables(tmp_path):
    write(tmp_path, [FORMULA])
    tables = publish(read_study(tmp_path), tmp_path / "output").tables
    assert "'=HYPERLINK" in (tables / "organisations_LAD19.csv").read_text(encoding="utf-8")


def test_every_theme_measure_geography_and_date_shows_text_and_runs_nothing(published, visit):
    page = visit(published.page)
    assert page.title() == page.locator("h1").inner_text() or shown(page.title()) == shown(" ".join(HOSTILE))
    for name in ("theme", "measure", "geography"):
        for value in range(page.locator(f"#{name} option").count()):
            page.locator(f"#{name}").select_option(str(value))
            unharmed(page)
    page.locator("#later").click()
    expect(page.locator("#changes li")).to_have_count(len(HOSTILE) // 2)
    expect(page.locator("#changes")).to_contain_text("<svg onload=window.hacked=1>")
    unharmed(page)
    labels = [shown(each) for each in page.locator("#theme option").all_inner_texts()]
    assert labels == [shown(text) for text in HOSTILE[:6]]


def test_every_area_and_every_organisation_shows_text_and_runs_nothing(published, visit):
    page = visit(published.page, anchor="#geography=OWN")
    for path in page.locator("path.area[role=button]:visible").all():
        path.focus()
        page.keyboard.press("Enter")
        for summary in page.locator("#panel details:not([open]) > summary").all()[:3]:
            summary.click()
        unharmed(page)
    panel = page.locator("#panel")
    page.locator("#geography").select_option("0")
    page.locator("path.area[aria-label*='Mansfield']:visible").click()
    for theme in range(6):
        page.locator("#theme").select_option(str(theme))
        told = shown(panel.inner_text())
        for text in HOSTILE[theme::6]:
            assert shown(text) in told
        for summary in panel.locator("summary").all():
            summary.click()
        assert panel.locator("a[href]:not([href^='http'])").count() == 0
        unharmed(page)


def test_every_name_is_found_and_picked(published, visit):
    page = visit(published.page)
    for text in HOSTILE:
        page.locator("#find").fill(text)
        if page.locator("#found [role=option]:not(.nothing)").count():
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        unharmed(page)
    bodies = published.answers[0].analysis.study.register.organisations
    for key, text in zip(bodies.index, bodies["name"], strict=True):
        page.evaluate("organisation => (location.hash = new URLSearchParams({ organisation }))", key)
        expect(page.locator("#panel h2")).to_have_text(shown(text))
        unharmed(page)
        page.reload()
        expect(page.locator("#panel h2")).to_have_text(shown(text))


def test_the_table_the_glance_and_the_download_show_text(published, visit):
    page = visit(published.page, anchor="#geography=OWN")
    names = {shown(each) for each in page.locator("#rows th").all_text_contents()}
    assert names == {shown(text) for text in HOSTILE}
    for button in page.locator("#columns button").all():
        button.click()
    for text in HOSTILE[:12]:
        page.locator("#filter").fill(text)
    page.locator("#filter").fill("")
    with page.expect_download() as download:
        page.locator("#download").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows = [row for row in rows if row["OWNCD"]]
    assert {row["OWNNM"] for row in rows} == {f"'{text}" if text[0] in "=+-@" else text for text in HOSTILE}
    page.locator("#view-matrix").check()
    expect(page.get_by_role("gridcell")).to_have_count(6 * len(HOSTILE))
    unharmed(page)
    page.emulate_media(media="print")
    unharmed(page)
