"""What comes out of a printer: A4 landscape, with banner, legend and every row."""

from __future__ import annotations

import io
import unicodedata

import pypdf
import pytest

pytestmark = pytest.mark.browser
BANNER = "Absence here is not absence of support."


@pytest.fixture(scope="module")
def built_in(demo):
    return demo / "map.html"


def printed(page):
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    for sheet in sheets:
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (842, 595)
    texts = (unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in sheets)  # ligatures apart
    return [" ".join(text.split()) for text in texts]


def test_the_map_is_printed_with_its_legend_and_the_table_with_every_row(built_in, visit):
    page = visit(built_in, anchor="#theme=governance")
    sheets = printed(page)
    assert 2 <= len(sheets) <= 6
    assert BANNER in sheets[0]
    assert "Of the 8 districts surveyed for governance" in sheets[0]
    assert "Governance: Provision class" in sheets[0]
    assert "None on record (1)" in sheets[0]
    table = next(i for i, text in enumerate(sheets) if "The figures as a table" in text)
    assert all(BANNER in sheet for sheet in sheets)
    last = next(i for i, text in enumerate(sheets) if "West Lindsey" in text)
    assert last > table
    assert all("Provision class" in sheet for sheet in sheets[table : last + 1])
    everything = " ".join(sheets[table:])
    names = page.locator("#rows th").all_text_contents()
    assert len(names) == 40
    assert all(" ".join(name.split()) in everything for name in names)
    assert "Find an area" not in " ".join(sheets)


def test_all_themes_are_printed_alone(built_in, visit):
    page = visit(built_in, anchor="#view=matrix")
    sheets = printed(page)
    text = " ".join(sheets)
    assert len(sheets) <= 4
    assert all(BANNER in sheet for sheet in sheets)
    assert "All themes at a glance" in sheets[0]
    assert "A source reports a gap" in text
    assert all(name in text for name in ("Amber Valley", "West Lindsey"))
    assert "The figures as a table" not in text


def test_a_later_day_is_printed_with_its_warning(built_in, visit):
    page = visit(built_in, anchor="#date=2016-01-01&theme=voice+and+representation")
    first = printed(page)[0]
    assert "2016-01-01" in first
    assert "The register describes 2006-06/2007-07" in first
