"""One page in one file: a Folium map with its figures, that opens offline and asks nothing of the network.

Data reaches the page as JSON or as escaped text and never as code: branca reads what an element's macro
returns as a template again, so no text of the view goes through one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import folium
from branca.element import Figure
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from xstatic.pkg import leaflet

from ..boundaries.errors import HinterlandError
from . import palette
from .comparison_view import ComparisonView
from .view import View

SCRIPTS = 3  # Leaflet, the view as JSON, the page's own
LINKS = frozenset({"action", "data", "formaction", "href", "poster", "src", "srcset", "xlink:href"})
FOLDER = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Layout:
    """What a page is made of, all of it in `templates/`.

    Attributes
    ----------
    template
        The page itself.
    scripts, styles
        Put together to one script and one style.
    start
        The function of the script that is given the map.
    """

    template: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    start: str


MAP_PAGE = Layout(
    "page.html",
    (
        *(
            "page.js",
            "document.js",
            "columns.js",
            "figures.js",
            "patterns.js",
            "fills.js",
            "map.js",
            "service_areas.js",
        ),
        *("panel.js", "table.js", "map_table.js", "matrix.js", "search.js", "timeline.js"),
    ),
    ("page.css", "table.css", "matrix.css", "search.css"),
    "hinterland",
)
COMPARISON_PAGE = Layout(
    "comparison.html",
    (
        *(
            "comparison.js",
            "document.js",
            "columns.js",
            "differences.js",
            "patterns.js",
            "difference_fills.js",
            "map.js",
        ),
        *("swipe.js", "difference_panel.js", "table.js", "difference_table.js", "options.js"),
    ),
    ("page.css", "table.css", "comparison.css"),
    "comparison",
)


class PageError(HinterlandError, ValueError):
    """A page that would fetch something from elsewhere, or run what it should not."""


def render(view: View | ComparisonView) -> str:
    """Write a view as one self-contained HTML page.

    Parameters
    ----------
    view
        What the page shows.

    Returns
    -------
    str
        The page. The same view gives the same text.

    Raises
    ------
    PageError
        If the page would not be self-contained.
    """
    return finish(build(view))


def build(view: View | ComparisonView) -> folium.Map:
    """Make the Folium map of a page, to which layers without links may still be added.

    Parameters
    ----------
    view
        What the page shows.

    Returns
    -------
    folium.Map
        Inside its page; `finish` writes it.
    """
    drawn = folium.Map(
        tiles=None,
        attribution_control=False,
        keyboard=False,
        scroll_wheel_zoom=False,
        zoom_snap=0.25,
        zoom_animation=False,
        fade_animation=False,
        marker_zoom_animation=False,
        inertia=False,
    )
    drawn._id = "hinterland"  # not branca's random one, so that pages can be compared
    drawn.default_js, drawn.default_css = [], []
    Page(view, drawn.get_name()).add_child(drawn)
    return drawn


def finish(drawn: folium.Map) -> str:
    """Write the page that holds a map.

    Parameters
    ----------
    drawn
        From `build`.

    Returns
    -------
    str
        The page.

    Raises
    ------
    PageError
        If something added to the map links elsewhere or brings a script of its own.

    Examples
    --------
    >>> from dataclasses import fields
    >>> texts = dict.fromkeys(("title", "subtitle", "banner", "method"), "")
    >>> lists = {each.name: [] for each in fields(View) if each.name not in (*texts, "steps", "background")}
    >>> finish(build(View(**texts, **lists, steps=1))).startswith("<!DOCTYPE html>")
    True
    """
    html: str = drawn.get_root().render()
    found = _Found()
    found.feed(html)
    found.close()
    if found.links:
        listed = ", ".join(sorted(set(found.links)))
        raise PageError(f"the page links to {listed}, and must open offline → take that layer out")
    if found.scripts != SCRIPTS:
        raise PageError(f"the page has {found.scripts} scripts and {SCRIPTS} were expected")
    return html


class Page(Figure):
    """The page around the map."""

    def __init__(self, view: View | ComparisonView, map_name: str) -> None:
        super().__init__(title=view.title)
        layout = MAP_PAGE if isinstance(view, View) else COMPARISON_PAGE
        self.start = layout.start
        self._template = _TEMPLATES.get_template(layout.template)
        self.view = view
        self.map_name = map_name
        self.styles = palette.STYLES if isinstance(view, View) else palette.COMPARED
        self.leaflet_js, leaflet_css = _leaflet()
        self.css = leaflet_css + _texts(layout.styles)
        self.js = _texts(layout.scripts)
        self.data = _json({"view": view.as_json(), "palette": palette.as_json()})


class _Found(HTMLParser):
    """What a browser would fetch, and how many scripts there are."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.scripts = 0
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self._in_style = tag == "style"
        self.links += [value or "" for name, value in attrs if name in LINKS]

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.links += re.findall(r"@import[^;]*|url\([^)]*\)", data)


def _texts(names: tuple[str, ...]) -> str:
    """Files one after another, without comments and indents: no text of them runs over a line."""
    text = "".join((FOLDER / name).read_text(encoding="utf-8") for name in names)
    return re.sub(r"^\s*//.*\n|^ +", "", text, flags=re.MULTILINE)


def _leaflet() -> tuple[str, str]:
    """Leaflet's script, without its debugging link, and its style, without the rules that need a picture."""
    folder = Path(leaflet.BASE_DIR)
    licence = (FOLDER / "leaflet-licence.txt").read_text(encoding="utf-8")
    script = licence + (folder / "leaflet.js").read_text(encoding="utf-8")
    style = (folder / "leaflet.css").read_text(encoding="utf-8")
    return (
        re.sub(r"//# sourceMappingURL=.*", "", script),
        re.sub(r"[^{}]*\{[^{}]*url\([^{}]*\}", "", style),
    )


def _json(data: object) -> str:
    """JSON that cannot end the script element that holds it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found.group()):04x}", text)


def _hash(text: str) -> str:
    """How a content security policy names a script or a style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["hash"] = _hash
