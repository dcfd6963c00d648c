"""What a `study.toml` says of the study itself: its period, its area, its rules, its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pandas as pd

from ..boundaries.errors import PlaceError
from ..boundaries.names import Gazetteer
from ..boundaries.places import Place
from .cells import CellError
from .dates import Span, parse_span
from .settings import Settings
from .vocabulary import FOCUSES, GRADES, HEADLINE, SECTORS
from .writing import plain_file_name

COMPARISON: Final = "comparison.html"
"""What the page of a study's scenarios is called."""
SCENARIO_FILE: Final = "scenarios.toml"
"""What the file of a study's scenarios is called, where it names no other."""
HOST: Final = r"(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?"
TILES: Final = re.compile(HOST + r"/[^\s'\"<>;,]+")


@dataclass(frozen=True)
class Background:
    """A map that a page may show behind its own.

    Attributes
    ----------
    url
        Of its tiles, with `{z}`, `{x}` and `{y}`.
    attribution
        What its licence asks to be shown.
    """

    url: str
    attribution: str

    @property
    def host(self) -> str:
        """The only server that a page with it may ask.

        Examples
        --------
        >>> Background("https://tiles.example.org/{z}/{x}/{y}.png?key=1", "© Example").host
        'https://tiles.example.org'
        """
        found = urlsplit(self.url)
        return f"{found.scheme}://{found.netloc}"


@dataclass(frozen=True)
class Rules:
    """What counts.

    Attributes
    ----------
    evidence
        Grades of evidence that headline figures rest on.
    community_focus
        Which focus counts for a community theme; for a function every focus does.
    sectors
        Sectors that are counted; the others are listed.
    covered_from
        θ: the share of residents from which an area counts as covered, 0 to 1.
    """

    evidence: tuple[str, ...] = HEADLINE
    community_focus: tuple[str, ...] = ("own purpose",)
    sectors: tuple[str, ...] = ("voluntary",)
    covered_from: float = 0.99


def read_frame(
    settings: Settings, about: dict[str, Any], gazetteer: Gazetteer | None
) -> tuple[Span, tuple[Place, ...], tuple[str, ...]]:
    """Read what a study is about.

    Parameters
    ----------
    settings
        What is wrong is reported there.
    about
        The keys of its `[study]`.
    gazetteer
        What names of areas are read with; None where its boundaries cannot be used.

    Returns
    -------
    snapshot
        First and last day.
    area
        Outside it everything is `out of scope`.
    geographies
        Ids, the first one the default.
    """
    snapshot = parse_span("1900/2100")
    try:
        snapshot = parse_span(about["snapshot"])
    except CellError as error:
        settings.report(error.reason, error.remedy, "snapshot", about["snapshot"])
    except KeyError:
        pass  # its absence is reported where the file is read
    if gazetteer is None:
        return snapshot, (), ()
    area: list[Place] = []
    for name in about.get("area", ()):
        try:
            area.append(gazetteer.resolve(name, pd.Timestamp(snapshot[0])))
        except PlaceError as error:
            settings.report(error.reason, error.remedy, "area", name, error.kind)
        else:
            if area[-1].part:
                settings.report("a part of an area is no study area", "name whole areas", "area", name)
            elif not area[-1].blocks:
                settings.report(
                    "it lies outside the blocks of the study", "name areas that they hold", "area", name
                )
    geographies: dict[str, None] = {}
    for name in about.get("geographies", ()):
        try:
            geographies[gazetteer.atlas.geography(name).id] = None
        except PlaceError as error:
            settings.report(error.reason, error.remedy, "geographies", name)
    return snapshot, tuple(area), tuple(geographies)


def find_scenarios(settings: Settings, named: Path | None) -> Path | None:
    """Find where a study's scenarios stand: in its own file, or in one beside it; None where nowhere.

    Parameters
    ----------
    settings
        What is wrong is reported there.
    named
        The file that its `[tables]` names for them.
    """
    beside = settings.file.parent / SCENARIO_FILE
    other = named or (beside if beside.exists() else None)
    if settings.scenarios and other not in (None, settings.file):
        reason = "scenarios stand in this file and in another"
        settings.report(reason, "move them into one of the two", "scenarios", other.name)
    return settings.file if settings.scenarios else other


def read_rules(settings: Settings, given: dict[str, Any]) -> Rules:
    """Read what counts.

    Parameters
    ----------
    settings, given
        What is wrong is reported there, and the keys of its `[rules]`.
    """
    allowed = {"evidence": GRADES, "community_focus": FOCUSES, "sectors": SECTORS}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key == "covered_from":
            if not 0 < value <= 1:
                settings.report("a share has to lie between 0 and 1", "write 0.99", key)
            else:
                values[key] = float(value)
            continue
        for word in value:
            if word not in allowed[key]:
                remedy = f"write any of {', '.join(allowed[key])}"
                settings.report(f"no {key} is called so", remedy, key, word)
        values[key] = tuple(dict.fromkeys(value))
    return Rules(**values)


def read_background(settings: Settings, given: dict[str, Any]) -> Background | None:
    """Read which map may be shown behind that of the page; None where there is none.

    Parameters
    ----------
    settings, given
        What is wrong is reported there, and the keys of its `[output]`.
    """
    url, attribution = given.get("background"), given.get("background_attribution")
    if url is None and attribution is None:
        return None
    before = len(settings.faults)
    if url is None:
        settings.report("it has no background to go with", "add background = …", "background_attribution")
    elif any(sign in urlsplit(url).netloc for sign in "{@"):
        remedy = "write one server out, a.example.org instead of {s}.example.org"
        settings.report("a page asks one server and names it", remedy, "background", url)
    elif not TILES.fullmatch(url) or not all(part in url for part in ("{z}", "{x}", "{y}")):
        remedy = "write https://server/{z}/{x}/{y}.png, as the provider of the tiles does"
        settings.report("it is no address of map tiles", remedy, "background", url)
    elif attribution is None:
        remedy = 'add a line: background_attribution = "© …"'
        settings.report("the words that its licence asks for are missing", remedy, "background")
    return Background(url, attribution) if url and attribution and len(settings.faults) == before else None


def read_page_name(settings: Settings, given: dict[str, Any]) -> str:
    """Read what the page is called.

    Parameters
    ----------
    settings, given
        What is wrong is reported there, and the keys of its `[output]`.
    """
    name: str = given.get("page", "map.html")
    if not plain_file_name(name) or not name.endswith(".html"):
        reason = "the page's name has to be a plain file name inside the output folder"
        settings.report(reason, "write a name such as map.html", "page", name)
    if name.casefold() == COMPARISON:
        settings.report("the page of scenarios has this name", "write a name such as map.html", "page", name)
    return name
