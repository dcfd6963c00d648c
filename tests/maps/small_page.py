"""A made-up view of six areas, and where its areas are on the page."""

import json
from pathlib import Path

SMALL = json.loads((Path(__file__).parent / "small_view.json").read_text(encoding="utf-8"))


def areas(page):
    return page.locator("path.area[role=button]:visible")


def area(page, name):
    return page.locator(f"path.area[aria-label*='{name}']:visible")
