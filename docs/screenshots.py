"""Take the pictures in this folder again: `make demo`, then `python docs/screenshots.py output`.

Needs the extra `test` and Chromium. Each page kind is taken at 1280 and at 375 pixels.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

VIEWS = {"map": "#theme=BME+communities&geography=LAD19&area=E07000175"}
SIZES = {1280: 1500, 375: 900}


def main(output: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, state in VIEWS.items():
            for width, height in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto((output / "map.html").resolve().as_uri() + state)
                page.screenshot(path=Path(__file__).parent / f"{name}-{width}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
