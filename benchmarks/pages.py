"""What pages weigh and how quick they are, beside stock Folium: `python -m benchmarks.pages [--quick]`.

A made-up national register (600 organisations, twenty themes, England's 317 real districts, five
geographies) goes through the product: study, answers, view, page, with and without six further dates.
Beside it stands the page that one would write with stock Folium: a layer for each theme, the provision
class alone, one geography, one date. Both are opened as files in headless Chromium with the network cut;
times are medians of seven visits, each with a new context, by the clock: a busy machine lengthens them.
A ratio says how many times hinterland's figure stock Folium's is. Then the same on the 1,321 small areas
of D2N2 and, without `--quick`, the 32,844 of England, for which the reference files are needed. KB are
1,000 bytes; compressed is gzip at level 6.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from cProfile import Profile
from importlib import metadata
from pathlib import Path
from pstats import Stats
from typing import Any, Final

from playwright.sync_api import Browser
from xstatic.pkg import leaflet

from hinterland.boundaries import builtin
from hinterland.coverage.answer import Answer, answer
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study
from hinterland.coverage.timeline import changes
from hinterland.maps.build_view import build_view
from hinterland.maps.figures import Dated
from hinterland.maps.page import render
from hinterland.maps.publish import view_of
from hinterland.maps.view import View
from tests.maps.national_register import write_study

from .boundaries import DESCRIBED, REFERENCE
from .browser import Visit, chromium, visit
from .costs import print_machine
from .stock_pages import stock_page, switch_scripts

D2N2: Final = "E37000008"
SMALL_AREAS: Final = ("LSOA11", "LAD19", "CTY19", "LEP14", "CAUTH24")
LOOKUPS: Final = ("residents", "LAD19", "CTY19", "LEP14", "LAD24", "CAUTH24")
BOUNDARIES: Final = """
[boundaries]
attribution = ["Source: Office for National Statistics licensed under the Open Government Licence v.3.0"]
[boundaries.blocks]
id = "LSOA11"
file = '{data}/blocks/{file}'
code = "{code}"
name = "{name}"
"""
PARTS: Final = {
    "figures": ("columns", "figures", "sets", "headlines"),
    "records": ("organisations", "records", "details", "reaches", "shapes"),
    "sentences": ("texts",),
    "dates": ("dates",),
}
"""What the fields of a view are called together here; pieces and arcs are its outlines."""
CHOOSE: Final = """
const control = document.getElementById("{0}");
control.{1} = {2};
for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, {{ bubbles: true }}));
"""
CLICK: Final = "document.getElementById('{}').click();"
SURVEYS_END: Final = "2027-01-01"
FIRST_PAINT_MS: Final = 500
SWITCH_MS: Final = 100


@contextmanager
def stage(label: str) -> Iterator[None]:
    """Print how long a stage takes."""
    start = time.perf_counter()
    yield
    print(f"  {label:46}{time.perf_counter() - start:9.2f} s", flush=True)


def national(folder: Path) -> tuple[Study, list[Dated]]:
    """The study of all England by districts, and its answers at the snapshot and on six later days."""
    with stage("write the register"):
        write_study(folder)
    with stage("read it"):
        study = read_study(folder)
    print(f"  {len(study.register.organisations)} organisations, {len(study.register.services)} services")
    with stage("answer for five geographies at the snapshot"):
        dates = [Dated(answers_of(study))]
    question = dates[0].answers[0].analysis.question
    later = changes(study, question.themes, question.grades)
    with stage(f"answer for five geographies on {len(later)} further dates"):
        dates += [Dated(answers_of(study, str(change.day)), change) for change in later]
    return study, dates


def answers_of(study: Study, on: str | None = None) -> tuple[Answer, ...]:
    return tuple(answer(study, ask(study, by=name, on=on)) for name in study.geographies)


def page_of(study: Study, dates: list[Dated], label: str) -> tuple[View, str]:
    """Build a view, write its page, and print how long both take."""
    with stage(f"build the view {label}"):
        view = build_view(study, dates)
    with stage(f"write the page {label}"):
        page = render(view)
    return view, page


def print_profile(work: Callable[[], object]) -> None:
    """Print which functions of the product the time of some work is spent in, from the longest."""
    profile = Profile()
    profile.runcall(work)
    found: Mapping[Any, Any] = Stats(profile).stats  # type: ignore[attr-defined]
    total = max(row[3] for row in found.values())
    folders = {Path(builtin.__file__).parents[1] / name for name in ("boundaries", "coverage", "maps")}
    ours = [
        (row[3], Path(where[0]).stem, where[2])
        for where, row in found.items()
        if Path(where[0]).parent in folders
    ]
    named = [row for row in sorted(ours, reverse=True) if not row[2].startswith("<")]
    for seconds, module, name in named[1:13]:
        print(f"    {module}.{name:40}{seconds / total:7.0%} of it")


def weigh(view: View, page: str) -> None:
    """Print what a page consists of."""
    fields = view.as_json()
    pieces = [geography["pieces"] for geography in fields["geographies"]]
    names = [{k: v for k, v in g.items() if k != "pieces"} for g in fields.pop("geographies")]
    parts = {
        "outlines": _json([fields.pop("arcs"), fields.pop("context"), pieces]),
        "names of areas": _json(names),
    }
    for label, keys in PARTS.items():
        parts[label] = _json([fields.pop(key) for key in keys])
    parts["rest of the view"] = _json(fields)
    folder = Path(leaflet.BASE_DIR)
    parts["Leaflet"] = b"".join((folder / name).read_bytes() for name in ("leaflet.js", "leaflet.css"))
    print(f"  {'what it weighs':32}{'bytes':>12}{'compressed':>12}  (each by itself)")
    for label, text in sorted(parts.items(), key=lambda part: -len(part[1])):
        print(f"    {label:30}{len(text):12,}{compressed(text):12,}")
    print(f"    {'own script, style and markup':30}{len(page.encode()) - sum(map(len, parts.values())):12,}")


def compressed(text: bytes) -> int:
    return len(gzip.compress(text, 6, mtime=0))


def print_figure(
    label: str, found: float, unit: str, most: float | None = None, beside: float | None = None
) -> None:
    """Print a figure, whether it is as low as was asked, and how many times that stock Folium's is."""
    asked = f"asked {most:,.0f}: {'reached' if found <= most else 'NOT REACHED'}" if most else ""
    ratio = f"stock {beside:10,.0f}, {beside / found:6.1f} ×" if beside else ""
    print(f"  {label:36}{found:12,.1f} {unit}  {asked:26}{ratio}", flush=True)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def switches(view: View) -> dict[str, list[str]]:
    """What is done on a page: on each visit another theme, measure, date and geography."""

    def every(control: str, what: str, count: int) -> list[str]:
        return [CHOOSE.format(control, what, number) for number in range(1, count)]

    return {
        "theme": every("theme", "selectedIndex", len(view.themes)),
        "measure": every("measure", "selectedIndex", len(view.measures)),
        "date": every("date", "value", len(view.dates)),
        "geography": every("geography", "selectedIndex", len(view.geographies)),
        "back to the first geography": [CHOOSE.format("geography", "selectedIndex", 0)],
        "first look at all themes": [CLICK.format("view-matrix")],
    }


def print_visit(found: Visit, beside: Visit | None = None) -> None:
    """Print what a page took in the browser."""
    stock = beside.switches if beside else {}
    print_figure("first paint", found.first_paint, "ms", FIRST_PAINT_MS, beside and beside.first_paint)
    print_figure("loaded and drawn", found.ready, "ms", None, beside and beside.ready)
    for name, milliseconds in found.switches.items():
        asked = None if name.startswith("first look") else SWITCH_MS
        print_figure(f"switch: {name}", milliseconds, "ms", asked, stock.get(name))
    print_figure("memory of the scripts", found.heap_mb, "MB", None, beside and beside.heap_mb)
    print(f"  requests of the network: {found.requests}")


def compare_national(browser: Browser, folder: Path) -> None:
    """England's districts: seconds of every stage, bytes of every part, and both pages in the browser."""
    print("\nEngland's 317 districts, 20 themes, five geographies")
    study, dates = national(folder)
    one, page = page_of(study, dates[:1], "of one date")
    every, pages = page_of(study, dates, f"of {len(dates)} dates")
    print_profile(lambda: build_view(study, dates))
    stocks = {}
    for label in ("full", "simplified"):
        with stage(f"write the stock page, {label} outlines"):
            stocks[label] = stock_page(dates[0].answers[0], simplified=label == "simplified")
    weigh(one, page)
    ours = opened(browser, folder, page, switches(one))
    for label, stock in stocks.items():
        beside = opened(browser, folder, stock, {"theme": switch_scripts(len(one.themes))})
        print(f"  one date, beside stock Folium with {label} outlines")
        print_size(page, 1_000, 250, stock)
        print_visit(ours, beside)
    print(f"  {len(dates)} dates")
    print_size(pages)
    further = len(dates) - 1
    each = (len(pages.encode()) - len(page.encode())) / further / 1_000
    print_figure("each further date", each, "KB", 60)
    each = (compressed(pages.encode()) - compressed(page.encode())) / further / 1_000
    print_figure("each further date, compressed", each, "KB")
    day = next(each for each in dates[1:] if str(each.change and each.change.day) == SURVEYS_END)
    alone = len(render(build_view(study, [dates[0], day])).encode()) - len(page.encode())
    print_figure(f"{SURVEYS_END} alone, as surveys end", alone / 1_000, "KB", 60)
    print_visit(opened(browser, folder, pages, switches(every)))


def print_size(page: str, most: float | None = None, compact: float | None = None, stock: str = "") -> None:
    """Print the kilobytes of a page, raw and compressed."""
    text, other = page.encode(), stock.encode()
    print_figure("page", len(text) / 1_000, "KB", most, len(other) / 1_000)
    beside = compressed(other) / 1_000 if stock else None
    print_figure("page, compressed", compressed(text) / 1_000, "KB", compact, beside)


def opened(browser: Browser, folder: Path, page: str, scripts: Mapping[str, list[str]]) -> Visit:
    """Write a page to a file and visit it."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    return visit(browser, file, scripts)


def small_areas(browser: Browser, folder: Path, *, england: bool) -> None:
    """Small areas of D2N2 or of all England, many organisations with a catchment: what comes out."""
    print(f"\n{'England' if england else 'D2N2'} by small areas, 20 themes")
    lep = builtin.load().geographies["LEP14"]
    blocks = lep.membership[[lep.names.index.get_loc(D2N2)]].nonzero()[1]
    file = ("lsoa11_ew_bsc.gpkg", "lsoa11_code", "lsoa11_name")
    if not england:
        file = ("lsoa11_d2n2.gpkg", "LSOA11CD", "LSOA11NM")
    boundaries = BOUNDARIES + "".join(
        (DESCRIBED / f"{name}.toml").read_text(encoding="utf-8") for name in LOOKUPS
    )
    names = dict(zip(("file", "code", "name"), file, strict=True))
    write_study(
        folder,
        area=["CTRY:England" if england else f"LEP14:{lep.names[D2N2]}"],
        geographies=SMALL_AREAS,
        boundaries=boundaries.format(data=REFERENCE.as_posix(), **names),
        districts=None if england else builtin.load().blocks.index[blocks],
        catchments=True,
    )
    with stage("read it"):
        study = read_study(folder)
    with stage("answer for five geographies"):
        answers = answers_of(study)
    with stage("answer for further dates and build the view"):
        view = view_of(study, answers)
    with stage("write the page"):
        page = render(view)
    for geography in view.geographies:
        print(f"    {geography['label']}: {len(geography['areas']['code']):,} areas")
    print(f"    first note: {view.notes[0]}")
    weigh(view, page)
    print_size(page, None if england else 2_500)
    print_visit(opened(browser, folder, page, switches(view)))


def main() -> None:
    print_machine()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("folium", "branca", "playwright"))
    with chromium() as browser:
        print(f"{versions}, Chromium {browser.version}")
        with tempfile.TemporaryDirectory() as folder:
            compare_national(browser, Path(folder))
        if not (REFERENCE / "blocks").is_dir():
            print("\nSmall areas were left out: set HINTERLAND_REFERENCE to the folder of reference files.")
            return
        for england in (False, True)[: 1 if "--quick" in sys.argv else 2]:
            with tempfile.TemporaryDirectory() as folder:
                small_areas(browser, Path(folder), england=england)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:,.0f} MB; load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
