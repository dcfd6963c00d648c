"""A background map from a real server on this machine: nothing is asked of it until it is switched on."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hinterland.coverage.study import read_study
from hinterland.maps.page import render
from hinterland.maps.publish import publish
from hinterland.maps.view import View

from .small_page import SMALL
from .test_large_pages import TABLES

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Tiles(ThreadingHTTPServer):
    """Gives the same picture for every tile, and remembers what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Tile)
        self.asked: list[str] = []


class Tile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(DOT)))
        self.end_headers()
        self.wfile.write(DOT)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def tiles() -> Iterator[Tiles]:
    server = Tiles()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_pictures_come_when_they_are_switched_on_and_from_nowhere_else(
    browser: Browser, tiles: Tiles, tmp_path: Path
) -> None:
    host = f"http://127.0.0.1:{tiles.server_address[1]}"
    background = {"url": f"{host}/{{z}}/{{x}}/{{y}}.png", "attribution": "© Makers of maps", "host": host}
    file = tmp_path / "online.html"
    file.write_text(render(View(**{**SMALL, "background": background})), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.goto(file.as_uri())
    page.wait_for_timeout(300)
    assert tiles.asked == []
    box = page.get_by_label(f"Background map (asks {host} for pictures)")
    box.check()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator("#extras")).to_contain_text("© Makers of maps")
    assert tiles.asked
    assert all(path.count("/") == 3 and path.endswith(".png") for path in tiles.asked)
    assert blocked == []
    page.evaluate(
        "() => { const img = new Image(); img.src = 'http://127.0.0.2/x.png'; document.body.append(img); }"
    )
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in text for text in blocked)
    box.uncheck()
    expect(page.locator(".leaflet-tile")).to_have_count(0)
    context.close()


def test_a_study_with_a_background_has_a_second_page_and_the_first_asks_nothing(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = (tmp_path / "study.toml").read_text(encoding="utf-8").replace("England", "Rutland")
    settings += (
        '\n[output]\nbackground = "https://tiles.example/{z}/{x}/{y}.png"\n'
        'background_attribution = "© Makers of maps"\n'
    )
    (tmp_path / "study.toml").write_text(settings, encoding="utf-8")
    page = publish(read_study(tmp_path / "study.toml"), tmp_path / "out").page
    online = page.with_name("map-online.html").read_text(encoding="utf-8")
    offline = page.read_text(encoding="utf-8")
    assert "img-src https://tiles.example;" in online
    assert "Makers of maps" in online
    assert "tiles.example" not in offline
    assert "img-src" not in offline
