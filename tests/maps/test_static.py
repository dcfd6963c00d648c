"""A picture of a view: all of its words stand on it as text, and the same view gives the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from hinterland.maps import palette
from hinterland.maps.drawn_map import HATCHES, Frame, Outlines, fills
from hinterland.maps.place_names import labels
from hinterland.maps.reading import Reading
from hinterland.maps.static import A4, draw, save
from hinterland.maps.typesetting import wide, wrapped
from hinterland.maps.view import View

SMALL = View(**json.loads(Path(__file__).with_name("small_view.json").read_text(encoding="utf-8")))
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "$\\frac{1}{0}$",
    "$unclosed",
    "</text><script>window.hacked=1</script>",
    "<img src=x onerror=alert(1)>",
    "]]><!-- &amp; &#0; \" '",
    "{{ 7*7 }} ${window.hacked=1} `x` \\u0000 %s %d",
    '=HYPERLINK("javascript:alert(1)")',
)


def svg_of(view: View, **choice: Any) -> ElementTree.Element:
    return ElementTree.fromstring(save(draw(view, **{"theme": "funding", **choice}), "svg"))


def words_of(svg: ElementTree.Element) -> str:
    return " ".join("".join(each.itertext()) for each in svg.iter(f"{SVG}text"))


def measure(name: str) -> Any:
    return next(each for each in SMALL.measures if each["id"] == name)


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_same_view_gives_the_same_bytes_whatever_the_settings_of_matplotlib(form: Any) -> None:
    first = save(draw(SMALL, theme="funding"), form)
    settings = {"font.size": 30, "savefig.bbox": "tight", "svg.fonttype": "path", "axes.linewidth": 9}
    with matplotlib.rc_context(settings):
        assert save(draw(SMALL, theme="funding"), form) == first
    assert save(draw(SMALL, theme="rural"), form) != first


def test_a_png_file_has_the_dots_of_an_a4_page_and_names_no_software() -> None:
    png = save(draw(SMALL, theme="funding"), "png")
    assert png.startswith(b"\x89PNG")
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (2338, 1654)
    assert b"Software" not in png
    assert b"Who is on record" in png


def test_everything_that_has_to_be_said_stands_on_the_picture_as_text() -> None:
    svg = svg_of(SMALL, date=1)
    words = words_of(svg)
    date = SMALL.dates[1]
    said = [SMALL.title, SMALL.subtitle, SMALL.banner, SMALL.method, *SMALL.notes, *SMALL.attribution]
    said += [
        date["as_of"],
        date["warning"],
        *date["changes"],
        Reading(SMALL, "district", "funding", 1).headline,
    ]
    for sentence in said:
        assert sentence in words
    assert "Funding advice: provision class" in words
    for name in SMALL.geographies[0]["areas"]["name"]:
        assert name in words
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == "Who is on record as serving where. Funding advice: provision class"


def test_the_legend_counts_the_areas_of_each_class_in_words() -> None:
    words = words_of(svg_of(SMALL))
    for label in ("Local", "Wider-area only", "Part of the area", "None on record", "Not surveyed"):
        assert f"{label} (1 district)" in words
    assert "Sources looked and name nobody." in words


def test_a_later_date_is_drawn_with_the_figures_of_that_date() -> None:
    words = words_of(svg_of(SMALL, date=1))
    assert "Local (0 districts)" in words
    assert "Wider-area only (2 districts)" in words


def test_a_legend_of_shares_has_every_step_and_counts_all_areas() -> None:
    reading = Reading(SMALL, "district", "funding")
    entries = reading.legend(measure("coverage_low"))
    assert [(each.label, each.count) for each in entries] == [
        ("0%", 1),
        ("above 0, under 25%", 0),
        ("25% to under 50%", 1),
        ("50% to under 75%", 0),
        ("75% to under 99%", 0),
        ("99% or more", 2),
        ("not surveyed, nobody on record", 1),
        ("out of scope", 1),
    ]
    words = words_of(svg_of(SMALL, measure="coverage_low"))
    assert "25% to under 50% (1 district)" in words
    assert "30%" in words


@pytest.mark.parametrize("geography", ["district", "sub"])
@pytest.mark.parametrize("theme", ["funding", "rural"])
@pytest.mark.parametrize("name", [each["id"] for each in SMALL.measures])
def test_legend_counts_add_up_to_the_areas(name: str, theme: str, geography: str) -> None:
    reading = Reading(SMALL, geography, theme)
    assert sum(each.count for each in reading.legend(measure(name))) == reading.area_count


def test_classes_are_told_apart_by_pattern_as_well_as_by_colour() -> None:
    assert set(HATCHES) == {style.id for style in palette.STYLES}
    for styles in (palette.CLASSES, palette.RAMP[1:]):
        assert len({HATCHES[style.id] for style in styles}) == len(styles)
    for style in palette.STYLES:
        assert bool(HATCHES[style.id]) == bool(style.marks)


def test_land_of_two_areas_is_striped_half_and_half_with_both_and_the_legend_says_so() -> None:
    outlines = Outlines(SMALL)
    shared = outlines.shape(SMALL.geographies[1]["pieces"][1]["polygons"])
    frame = Frame.around([shared], 0, 0, 8, 8)
    local, wider = palette.CLASSES[-1], palette.CLASSES[-2]
    drawn = list(fills({(local, wider): [shared]}, frame, matplotlib.transforms.IdentityTransform()))
    ground = {each.get_facecolor(): each.get_path() for each in drawn[:-1] if each.get_facecolor()[3]}
    areas = [
        sum(shapely.Polygon(ring).area for ring in path.to_polygons(closed_only=True))
        for path in ground.values()
    ]
    assert len(areas) == 2
    assert sum(areas) == pytest.approx(shared.area, rel=1e-6)
    assert areas[0] == pytest.approx(areas[1], rel=0.05)
    words = words_of(svg_of(SMALL, geography="sub"))
    assert "Stripes: land of two sub-regions or more, filled as each of them" in words
    assert "In no sub-region" in words
    assert "Stripes" not in words_of(svg_of(SMALL))


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_text_and_never_formulas_or_markup(text: str) -> None:
    (district, sub), (theme, *themes) = SMALL.geographies, SMALL.themes
    names = [text, *district["areas"]["name"][1:]]
    named = {**district, "areas": {**district["areas"], "name": names}, "label": text}
    view = replace(
        SMALL,
        title=text,
        banner=text,
        notes=[text],
        geographies=[named, sub],
        themes=[{**theme, "label": text, "label_note": text}, *themes],
    )
    svg = svg_of(view)
    assert words_of(svg).count(" ".join(text.split())) >= 5
    allowed = {
        "svg",
        "title",
        "metadata",
        "defs",
        "style",
        "g",
        "path",
        "text",
        "use",
        "clipPath",
        "rect",
        "pattern",
    }
    assert {each.tag.removeprefix(SVG) for each in svg.iter() if each.tag.startswith(SVG)} <= allowed
    assert save(draw(view, theme="funding"), "png").startswith(b"\x89PNG")


def test_letters_that_the_font_lacks_and_signs_that_cannot_be_seen_do_no_harm() -> None:
    view = replace(SMALL, title="日本 😀 \u202eabc\u2028\x00 שלום")
    assert "日本 😀 abc שלום" in words_of(svg_of(view))
    assert save(draw(view, theme="funding"), "png").startswith(b"\x89PNG")


@pytest.mark.parametrize("length", [1, 40])
def test_long_texts_are_wrapped_and_the_picture_grows_rather_than_cut_them(length: int) -> None:
    long = "A sentence of some words that goes on, Llanfairpwllgwyngyllgogerychwyrndrobwllll. "
    (theme, *themes) = SMALL.themes
    view = replace(
        SMALL,
        title=f"{long * (1 + length // 10)}{'x' * 12 * length}",
        notes=[long * length],
        themes=[{**theme, "label": long * (1 + length // 10)}, *themes],
    )
    figure = draw(view, theme="funding")
    width, height = figure.get_size_inches()
    assert width == A4[0]
    assert (height > A4[1]) == (length > 1)
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [each for each in figure.findobj(Text) if each.get_text()]
    boxes = [each.get_window_extent(renderer) for each in texts]
    assert min(box.x0 for box in boxes) > 0.4 * figure.dpi
    assert max(box.x1 for box in boxes) <= (width - 0.4) * figure.dpi
    assert min(box.y0 for box in boxes) >= 0.3 * figure.dpi
    assert max(box.y1 for box in boxes) <= (height - 0.3) * figure.dpi
    assert min(each.get_fontsize() for each in texts) >= 7.5
    lines = sorted(
        (box.y0, box.y1) for box, each in zip(boxes, texts, strict=True) if each.get_fontsize() == 16
    )
    assert all(below[1] <= above[0] + 4 for below, above in pairwise(lines))


def test_a_line_is_as_wide_as_it_is_measured() -> None:
    figure = draw(replace(SMALL, title="Newark and Sherwood, Wellingborough"), theme="funding")
    renderer = FigureCanvasAgg(figure).get_renderer()
    text = next(each for each in figure.findobj(Text) if each.get_text().startswith("Newark"))
    drawn = text.get_window_extent(renderer).width / figure.dpi
    assert wide(text.get_text(), 16, bold=True) == pytest.approx(drawn, rel=0.02)


@pytest.mark.parametrize("text", ["", "   ", "one", "x" * 5000, "a b " * 500])
def test_wrapping_loses_nothing_and_no_line_is_too_wide(text: str) -> None:
    lines = wrapped(text, 2.0, size=9)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(wide(line, 9) <= 2.0 for line in lines)


def test_names_stand_on_their_own_areas_and_small_areas_have_numbers_with_a_key() -> None:
    squares = [[shapely.box(0, 0, 30_000, 30_000)], [shapely.box(30_000, 0, 60_000, 30_000)]]
    tiny = [[shapely.box(60_000 + 900 * i, 0, 60_900 + 900 * i, 900)] for i in range(2)]
    frame = Frame.around([each[0] for each in squares], 0, 0, 6, 3)
    found = labels(
        ["One place", "Other place", "Zeta", "Alpha"], ["1", "2", "3", "4"], [*squares, *tiny], frame
    )
    assert [label.lines for label in found] == [("One place", "1"), ("Other place", "2"), ("1",), ("2",)]
    assert [label.key for label in found] == ["", "", "Alpha: 4", "Zeta: 3"]
    for label, (square,) in zip(found, squares, strict=False):
        x, y = frame.place(*square.centroid.coords[0])
        assert label.box.contains(shapely.Point(x, y))


def test_no_name_lies_on_another() -> None:
    generator = np.random.default_rng(5)
    points = shapely.multipoints(generator.uniform(0, 100_000, (50, 2)))
    cells = [[each] for each in shapely.get_parts(shapely.voronoi_polygons(points))]
    frame = Frame.around([shapely.box(0, 0, 100_000, 100_000)], 0, 0, 7, 5)
    inside = [each for each in cells if frame.land.contains(each[0])]
    found = labels([f"Newark {i} and Sherwood" for i in range(len(inside))], [], inside, frame)
    assert len(found) == len(inside)
    boxes = [label.box for label in found]
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_drawing_leaves_the_state_of_matplotlib_alone() -> None:
    program = (
        "import json, sys, matplotlib; from pathlib import Path;"
        "settings = lambda: {k: matplotlib.rcParams[k] for k in matplotlib.rcParams if k != 'backend'};"
        "before = settings();"
        "from hinterland.maps.static import draw, save; from hinterland.maps.view import View;"
        "view = View(**json.loads(Path(sys.argv[1]).read_text(encoding='utf-8')));"
        "save(draw(view, theme='funding'), 'svg');"
        "print('matplotlib.pyplot' in sys.modules, settings() == before)"
    )
    path = Path(__file__).with_name("small_view.json")
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert done.stdout == "False True\n", done.stderr
