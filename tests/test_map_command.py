"""`hinterland map`, and tables with outlines, as they are asked for on the command line."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyogrio
import pytest

from .bad_input import study_of
from .conftest import Hinterland

FIXTURES = Path(__file__).parent / "fixtures"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return study_of(tmp_path, "base")


def view_in(page: Path) -> dict[str, Any]:
    found = re.search(
        r'<script[^>]*id="view"[^>]*>(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    view: dict[str, Any] = json.loads(found[1])["view"]
    return view


def words_of(svg: Path) -> str:
    return " ".join("".join(each.itertext()) for each in ElementTree.parse(svg).iter(f"{SVG}text"))


class TestPages:
    def test_a_page_of_one_question_has_its_geography_its_areas_and_its_themes(
        self, here: Path, hinterland: Hinterland
    ) -> None:
        asked = hinterland(
            *("map", "--by", "LEP14", "--within", "D2N2", "--theme", "governance", "--output", "d2n2.html")
        )
        assert (asked.code, asked.out, asked.err) == (0, "", "One page written to d2n2.html\n")
        view = view_in(here / "d2n2.html")
        assert [each["id"] for each in view["geographies"]] == ["LEP14"]
        assert len(view["geographies"][0]["areas"]["code"]) == 2
        assert [each["id"] for each in view["themes"]] == ["governance"]
        assert view["subtitle"].endswith("Cut to D2N2.")

    def test_without_a_geography_it_has_those_of_the_study_that_have_areas_there(
        self, here: Path, hinterland: Hinterland
    ) -> None:
        assert hinterland("map", "--within", "Nottingham", "--theme", "governance").code == 0
        shown = [each["id"] for each in view_in(here / "map.html")["geographies"]]
        assert shown[0] == "LAD19"
        assert {"CTYUA19", "LEP14", "RGN19"} <= set(shown)
        assert "CTY19" not in shown  # Nottingham is in no county

    def test_a_day_has_one_date_and_its_warning(
        self, study: Path, here: Path, hinterland: Hinterland
    ) -> None:
        assert hinterland("map", study, "--as-of", "2015-06-30", "--output", "then.html").code == 0
        (date,) = view_in(here / "then.html")["dates"]
        assert date["label"] == "2015-06-30"
        assert "2015-06-30" in date["warning"]


class TestPictures:
    @pytest.mark.parametrize("ending", ["png", "svg"])
    def test_a_picture_is_of_the_kind_that_its_name_says(
        self, ending: str, study: Path, here: Path, hinterland: Hinterland
    ) -> None:
        file = here / f"picture.{ending}"
        file.write_text("of before")
        asked = hinterland("map", study, "--output", file)
        assert (asked.code, asked.err) == (0, f"One picture written to {file}\n")
        assert file.read_bytes().startswith({"png": b"\x89PNG", "svg": b"<?xml"}[ending])

    def test_it_has_a_name_where_none_is_given(self, study: Path, here: Path, hinterland: Hinterland) -> None:
        assert hinterland("map", study, "--static").code == 0
        assert (here / "map.png").read_bytes().startswith(b"\x89PNG")
        assert not (here / "map.html").exists()

    @pytest.mark.parametrize("measure", ["coverage_low", "residents covered on record, AT LEAST"])
    def test_a_measure_is_named_by_id_or_by_label(
        self, measure: str, here: Path, hinterland: Hinterland
    ) -> None:
        words = ("--theme", "governance", "--by", "LEP14", "--within", "D2N2", "--output", "a.svg")
        assert hinterland("map", "--measure", measure, *words).code == 0
        text = words_of(here / "a.svg")
        assert "Governance: residents covered on record, at least" in text
        assert "Local Enterprise Partnerships, 2014." in text
        assert "Cut to D2N2." in text

    def test_the_legend_of_numbers_is_that_of_the_page(
        self, here: Path, hinterland: Hinterland, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = ("--by", "CTYUA19", "--within", "D2N2")
        assert hinterland("map", *words).code == 0
        view = view_in(here / "map.html")
        measure = next(each for each in view["measures"] if each["id"] == "depth_mean_low")
        starts = measure["breaks"]["CTYUA19"]
        assert starts
        asked = ("--theme", "governance", "--measure", "depth_mean_low", "--output", "a.svg")
        assert hinterland("map", *words, *asked).code == 0
        text = words_of(here / "a.svg")
        assert f"Above 0, under {starts[0]:g} (" in text
        assert f"{starts[-1]:g} or more (" in text

    def test_without_matplotlib_it_says_what_to_install(
        self, study: Path, here: Path, hinterland: Hinterland, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in [name for name in sys.modules if name.startswith("hinterland.maps.")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        asked = hinterland("map", study, "--static")
        assert asked.code == 1
        assert asked.err == 'hinterland: pictures need matplotlib → pip install "hinterland[static]"\n'
        assert not (here / "map.png").exists()
        assert hinterland("map", study).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--output", "map.pdf"], "this kind of file is not drawn → end it with .html, .png or .svg"),
        (["--static", "--output", "map.html"], "is not drawn → end it with .png or .svg"),
        (["--measure", "coverage_low"], "--measure is of pictures: a page has all"),
        (["--static", "--measure", "coverage"], "unknown measure → "),
        (
            ["--static", "--theme", "a", "--theme", "b"],
            "a picture shows one theme → name one",
        ),
        (["--static", "--theme", "nothing"], "--theme 'nothing': unknown theme"),
        (["--by", "LEP99"], "--by 'LEP99': no geography is called 'LEP99'"),
        (["--within", "Nowhere"], "--within 'Nowhere'"),
        (["--as-of", "soon"], "--as-of 'soon'"),
    ],
)
def test_a_wrong_command_line_is_answered_and_nothing_is_written(
    words: list[str], said: str, study: Path, here: Path, hinterland: Hinterland
) -> None:
    before = sorted(here.iterdir())
    asked = hinterland("map", study, *words)
    assert (asked.code, asked.out) == (2, "")
    assert said in asked.err
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("ending", ["html", "svg"])
def test_what_cannot_be_written_is_named_and_a_link_is_left_alone(
    ending: str, study: Path, here: Path, hinterland: Hinterland
) -> None:
    missing = here / "none" / f"map.{ending}"
    asked = hinterland("map", study, "--output", missing)
    assert asked.code == 1
    assert f"cannot write to {missing}: No such file or directory" in asked.err
    kept, link = here / "kept", here / f"link.{ending}"
    kept.write_text("kept")
    link.symlink_to(kept)
    assert hinterland("map", study, "--output", link).code == 1
    assert kept.read_text() == "kept"


class TestOutlines:
    def test_a_geopackage_is_written_with_its_description_beside_it(
        self, here: Path, hinterland: Hinterland
    ) -> None:
        words = ("coverage", "--by", "LEP14", "--theme", "governance")
        asked = hinterland(*words, "--output", "c.gpkg")
        assert (asked.code, asked.out) == (0, "")
        assert "Rows without an outline, left out: 1 total. They are in --format csv." in asked.err
        found = pyogrio.read_dataframe(here / "c.gpkg")
        rows = hinterland(*words, "--format", "csv").table()[:-1]
        assert [f"{value:.6g}" for value in found["residents"]] == [
            f"{float(row['residents']):.6g}" for row in rows
        ]
        assert list(found["LEP14CD"]) == [row["LEP14CD"] for row in rows]
        assert f"{len(found)} rows written to c.gpkg" in asked.err
        described = json.loads((here / "c.gpkg-metadata.json").read_text(encoding="utf-8"))
        assert described["url"] == "c.gpkg"
        assert sorted(path.name for path in here.iterdir()) == ["c.gpkg", "c.gpkg-metadata.json"]

    def test_geojson_on_standard_output_is_all_of_it(self, hinterland: Hinterland) -> None:
        asked = hinterland("gaps", "--within", "D2N2", "--theme", "governance", "--format", "geojson")
        assert asked.code == 0
        found = json.loads(asked.out)
        assert "Covered does not mean adequate" in asked.err
        assert {each["properties"]["theme"] for each in found["features"]} == {"governance"}

    def test_a_geojson_file_replaces_what_stood_there(self, here: Path, hinterland: Hinterland) -> None:
        (here / "b.geojson").write_text("of before")
        asked = hinterland("blocks", "--within", "D2N2", "--theme", "governance", "--output", "b.geojson")
        assert (asked.code, asked.err) == (0, "17 rows written to b.geojson\n")
        assert len(json.loads((here / "b.geojson").read_text(encoding="utf-8"))["features"]) == 17

    def test_pairs_are_refused(self, here: Path, hinterland: Hinterland) -> None:
        asked = hinterland("pairs", "--output", "p.geojson")
        assert (asked.code, asked.out) == (1, "")
        assert "pairs of organisations have no outlines → write csv or json" in asked.err
        assert list(here.iterdir()) == []

    def test_a_geopackage_needs_a_name(self, hinterland: Hinterland) -> None:
        asked = hinterland("gaps", "--format", "gpkg")
        assert (asked.code, asked.out) == (2, "")
        assert "--format gpkg: a GeoPackage is a file → name it with --output" in asked.err

    def test_areas_of_blocks_that_are_points_are_refused_and_the_blocks_are_points(
        self, here: Path, hinterland: Hinterland
    ) -> None:
        study = here / "points"
        for part in ("blocks", "points"):
            folder = FIXTURES / "bad_boundaries" / part / "base"
            shutil.copytree(folder, study, dirs_exist_ok=True, ignore=shutil.ignore_patterns("said.txt"))
        refused = hinterland("coverage", study, "--output", "c.gpkg")
        assert refused.code == 1
        assert "known by their centroids alone, so areas have no outlines" in refused.err
        assert hinterland("blocks", study, "--output", "b.gpkg").code == 0
        assert set(pyogrio.read_dataframe(here / "b.gpkg").geom_type) == {"Point"}
