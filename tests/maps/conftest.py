"""A real browser, with every network route cut and counted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from hinterland.coverage.study import read_study
from hinterland.maps.page import render
from hinterland.maps.publish import publish
from hinterland.maps.view import View

from ..conftest import MadeOnce
from .small_page import SMALL

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's own Chromium, which asks nothing of the network itself."""
    chromium = shutil.which("chromium")
    if chromium is None:
        reason = "NO BROWSER TEST WAS RUN: chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return {**browser_type_launch_args, "executable_path": chromium, "args": QUIET}


@pytest.fixture(scope="session")
def demo(made_once: MadeOnce) -> Path:
    """What the demo writes."""
    return made_once("demo", lambda folder: publish(read_study(), folder))


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open files; at the end nothing was requested and nothing complained."""
    requests: list[str] = []
    complaints: list[str] = []
    contexts = []

    def route(handler: Route) -> None:
        if handler.request.url.startswith("file://"):
            handler.continue_()
        else:
            requests.append(handler.request.url)
            handler.abort()

    def open_file(file: Path, width: int = 1280, anchor: str = "") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        context.route("**/*", route)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri() + anchor)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert requests == []
    assert complaints == []


@pytest.fixture
def opened(visit: Callable[..., Page], tmp_path: Path) -> Callable[..., Page]:
    """Open views as files."""

    def view_in_browser(view: dict[str, Any] = SMALL, width: int = 1280, anchor: str = "") -> Page:
        file = tmp_path / "page.html"
        file.write_text(render(View(**view)), encoding="utf-8")
        return visit(file, width, anchor)

    return view_in_browser
