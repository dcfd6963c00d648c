"""Take the pictures in this folder again, of every kind of page: `make pictures`.

Needs the extras `test` and `static`, and Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
VIEWS = {
    "map": "map.html#theme=BME+communities&geography=LAD19&area=E07000175",
    "matrix": "map.html#view=matrix&geography=LAD19",
    "comparison": "comparison.html#scenario=hub-and-spoke&measure=covered",
}
SIZES = {1280: 1500, 375: 900}


def main() -> None:
    hinterland = [sys.executable, "-m", "hinterland"]
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        subprocess.run([*hinterland, "demo", "--output", folder], check=True, stdout=subprocess.DEVNULL)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, state in VIEWS.items():
            file, _, anchor = state.partition("#")
            for width, height in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(f"{(Path(folder) / file).resolve().as_uri()}#{anchor}")
                page.screenshot(path=DOCS / f"{name}-{width}.png")
                page.close()
        browser.close()
    picture = ["map", "--theme", "governance", "--output", str(DOCS / "static.png")]
    subprocess.run([*hinterland, *picture], check=True)


if __name__ == "__main__":
    main()
