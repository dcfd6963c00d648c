"""What a page costs in a browser: headless Chromium, a file on disk, every network route cut and counted."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, Route, sync_playwright

RUNS: Final = 7
WAIT_MS: Final = 120_000
QUIET: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)

MARK_READY: Final = """
window.ready = new Promise((done) => addEventListener("load", () =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
"""
TIMED: Final = """
() => new Promise((done, fail) => {
  const before = document.body.innerHTML, begin = performance.now();
  %s
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const took = performance.now() - begin;
    if (document.body.innerHTML === before) fail(new Error("it changed nothing on the page"));
    done(took);
  }));
})
"""
FIRST_PAINT: Final = """
() => new Promise((done) => new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByName("first-contentful-paint")) done(entry.startTime);
}).observe({ type: "paint", buffered: true }))
"""


@dataclass(frozen=True)
class Visit:
    """What a page took; milliseconds are medians of seven.

    Attributes
    ----------
    first_paint
        Until the first text or picture stood on the screen.
    ready
        Until two frames after everything had been loaded and drawn.
    heap_mb
        Memory of the page's scripts, after a collection.
    switches
        What was done → from doing it to two frames later; those that the page cannot do are left out.
    requests
        How often the page asked the network for something in one visit.
    """

    first_paint: float
    ready: float
    heap_mb: float
    switches: dict[str, float]
    requests: int


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    program = shutil.which("chromium")
    assert program is not None, "chromium is not installed (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield running
        running.close()


def visit(browser: Browser, file: Path, switches: Mapping[str, Sequence[str]]) -> Visit:
    """Open a page seven times, and time what is done on it.

    Parameters
    ----------
    browser
        From `chromium`.
    file
        The page.
    switches
        What is done → scripts that do it, each another; one of them in every visit.
    """
    paints, readies, heaps = [], [], []
    times: dict[str, list[float]] = {name: [] for name in switches}
    requests: list[str] = []
    errors: list[str] = []

    def route(handler: Route) -> None:
        if handler.request.url.startswith("file://"):
            handler.continue_()
        else:
            requests.append(handler.request.url)
            handler.abort()

    for run in range(RUNS):
        requests.clear()
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.route("**/*", route)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(MARK_READY)
        page.goto(file.as_uri(), timeout=WAIT_MS)
        readies.append(page.evaluate("window.ready"))
        paints.append(page.evaluate(FIRST_PAINT))
        heaps.append(_heap_mb(page))
        for name, scripts in switches.items():
            if scripts:
                times[name].append(page.evaluate(TIMED % scripts[run % len(scripts)]))
        context.close()
        assert not errors, f"the page is broken: {errors[0]}"
    medians = {name: statistics.median(found) for name, found in times.items() if found}
    return Visit(*map(statistics.median, (paints, readies, heaps)), medians, len(requests))


def _heap_mb(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return float(found["JSHeapUsedSize"]) / 1e6
