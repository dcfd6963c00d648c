"""The page as text: nothing links elsewhere, and nothing in a view becomes markup or code."""

import base64
import copy
import hashlib
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import folium
import folium.plugins
import pytest

from hinterland.maps import palette
from hinterland.maps.page import FOLDER, MAP_PAGE, PageError, build, finish, render
from hinterland.maps.view import View

SMALL = json.loads(Path(__file__).with_name("small_view.json").read_text(encoding="utf-8"))
PAYLOAD = (
    " ` ${window.hacked=1} C:\\0 {{ 7*7 }} {% raw %} {# </script><script>window.hacked=1</script>"
    "<img src=x onerror=window.hacked=1> <!--\u2028&amp; \"' onload=window.hacked=1"
)
STRUCTURE = {"id", "kind", "extent", "columns", "figures", "records", "ended"}


def hostile(part):
    """The same view with the payload after every text of it."""
    if isinstance(part, str):
        return part + PAYLOAD
    if isinstance(part, list):
        return [hostile(each) for each in part]
    if isinstance(part, dict):
        return {key: value if key in STRUCTURE else hostile(value) for key, value in part.items()}
    return part


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self._open = [], {}, None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.text.setdefault(tag, []).append("")
        self._open = tag

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        if self._open:
            self.text[self._open][-1] += data

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page():
    return Elements(render(View(**SMALL)))


@pytest.fixture(scope="module")
def hostile_page():
    return Elements(render(View(**hostile(SMALL))))


def test_the_same_view_gives_the_same_page():
    assert render(View(**SMALL)) == render(View(**copy.deepcopy(SMALL)))


def test_nothing_is_fetched(page):
    assert not {"link", "img", "iframe", "object", "embed", "base"} & {name for name, _ in page.tags}
    assert not [attributes for _, attributes in page.tags if {"src", "href", "action"} & set(attributes)]
    assert "url(" not in "".join(page.text["style"])


def test_the_page_can_be_read_by_everyone(page):
    assert page.named("html") == [{"lang": "en-GB"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.named("meta")
    assert len([each for each in page.named("meta") if each.get("name") == "viewport"]) == 1
    assert len(page.named("main")) == len(page.named("h1")) == 1
    assert page.text["title"][0] == SMALL["title"]


def test_the_policy_names_exactly_the_scripts_of_the_page(page):
    policy = next(each["content"] for each in page.named("meta") if "http-equiv" in each)
    _, leaflet, own = page.text["script"][0], *page.text["script"][-2:]
    hashes = [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in (leaflet, own)]
    assert re.findall(r"script-src ([^;]*)", policy) == [" ".join(f"'sha256-{each}'" for each in hashes)]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_hostile_text_adds_no_element(page, hostile_page):
    assert [name for name, _ in hostile_page.tags] == [name for name, _ in page.tags]


def test_hostile_text_is_not_read_as_a_template(hostile_page):
    assert hostile_page.text["h1"][0] == SMALL["title"] + PAYLOAD
    assert hostile_page.text["title"][0] == SMALL["title"] + PAYLOAD


def test_hostile_data_come_back_as_they_were(hostile_page):
    data = hostile_page.text["script"][0]
    assert json.loads(data)["view"] == hostile(SMALL)
    assert not re.search("[<>&\u2028\u2029]", data)


def test_code_does_not_depend_on_the_data(page, hostile_page):
    assert page.text["script"][-2:] == hostile_page.text["script"][-2:]


def test_a_layer_that_links_elsewhere_is_refused():
    drawn = build(View(**SMALL))
    folium.plugins.Fullscreen().add_to(drawn)
    with pytest.raises(PageError, match=r"links to https://.*must open offline"):
        finish(drawn)


def test_an_image_from_elsewhere_is_refused():
    drawn = build(View(**SMALL))
    drawn.get_root().html.add_child(folium.Element('<img src="//example.org/x.png">'))
    with pytest.raises(PageError, match=r"links to //example\.org/x\.png"):
        finish(drawn)


def test_a_style_from_elsewhere_is_refused():
    drawn = build(View(**SMALL))
    drawn.get_root().html.add_child(folium.Element("<style>p { background: url(x.png) }</style>"))
    with pytest.raises(PageError, match=r"url\(x\.png\)"):
        finish(drawn)


def test_another_script_is_refused():
    drawn = build(View(**SMALL))
    drawn.get_root().html.add_child(folium.Element("<script>1</script>"))
    with pytest.raises(PageError, match="4 scripts and 3 were expected"):
        finish(drawn)


def test_a_page_leaves_other_folium_maps_as_they_were():
    before = list(folium.Map.default_js)
    render(View(**SMALL))
    assert folium.Map.default_js == before
    assert folium.Map().default_js == before


def test_a_figure_that_is_no_number_is_refused():
    broken = copy.deepcopy(SMALL)
    broken["measures"][1]["breaks"]["district"][0] = float("nan")
    with pytest.raises(ValueError, match="not JSON compliant"):
        render(View(**broken))


def test_what_is_not_leaflet_nor_data_is_small():
    script = build(View(**SMALL)).get_root().js
    rest = [FOLDER / name for name in ("frame.html", MAP_PAGE.template, *MAP_PAGE.styles)]
    assert 10_000 < len(script.encode()) + sum(len(file.read_bytes()) for file in rest) < 80_000


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("styles", [palette.CLASSES, (palette.ZERO, *palette.RAMP)])
def test_neighbouring_classes_differ_in_pattern_as_well_as_in_colour(styles):
    drawn = [(style.marks, style.size, style.width) for style in styles]
    assert all(one != other for one, other in itertools.pairwise(drawn))
    assert len({style.fill for style in styles}) == len(styles)


@pytest.mark.parametrize("style", palette.STYLES, ids=lambda style: style.id)
def test_patterns_and_borders_can_be_seen_on_every_fill(style):
    assert contrast(style.ink, style.fill) >= 3
    assert contrast(palette.BORDER, style.fill) >= 3
    assert contrast(palette.SERVICE_AREA, style.fill) >= 3


def test_classes_without_a_figure_never_look_like_zero():
    unlike = {style.marks for style in (*palette.CLASSES[:2], palette.MISSING)}
    assert len(unlike) == 3
    assert palette.ZERO.marks not in unlike
