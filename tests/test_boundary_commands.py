"""`hinterland boundaries …`, against a server on this machine and the built-in areas."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from .conftest import Hinterland

FAULTS = runpy.run_path(str(Path(__file__).parent / "boundaries" / "fault_server.py"))
serving: Callable[..., AbstractContextManager[Any]] = FAULTS["serving"]
LISTED = "layer,label,kind,url,vintage,code,name,expected,attribution\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HINTERLAND_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server() -> Iterator[Any]:
    with serving() as found:
        yield found


def layers(folder: Path, url: str) -> Path:
    path = folder / "layers.csv"
    row = f'SMALL23_BGC,Small areas,outlines,{url},2023-12,LAD23CD,LAD23NM,25,"Contains small areas"\n'
    path.write_text(LISTED + row, encoding="utf-8")
    return path


class TestGet:
    def test_a_layer_is_downloaded_kept_and_listed(
        self, server: Any, tmp_path: Path, hinterland: Hinterland
    ) -> None:
        described = layers(tmp_path, server.url)
        before = hinterland("boundaries", "list", "--layers", described, "--format", "csv").table()
        assert [(row["layer"], row["expected"], row["kept"]) for row in before] == [("SMALL23_BGC", "25", "")]
        answer = hinterland("boundaries", "get", "small23_bgc", "--layers", described)
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.startswith("SMALL23_BGC: 25 rows, downloaded now\n")
        after = hinterland("boundaries", "list", "--layers", described, "--format", "json")
        (row,) = json.loads(after.out)
        assert row["kept"] == 25
        assert row["sha256"] in answer.out

    def test_without_a_network_the_copy_is_named_with_its_date(
        self, server: Any, tmp_path: Path, hinterland: Hinterland
    ) -> None:
        described = layers(tmp_path, server.url)
        hinterland("boundaries", "get", "SMALL23_BGC", "--layers", described)
        asked = len(server.asked)
        answer = hinterland("boundaries", "get", "SMALL23_BGC", "--layers", described, "--offline")
        assert answer.code == 0
        assert answer.out.startswith("SMALL23_BGC: 25 rows, copy of ")
        assert len(server.asked) == asked

    def test_what_lies_is_refused_and_the_copy_stays(
        self, server: Any, tmp_path: Path, hinterland: Hinterland
    ) -> None:
        described = layers(tmp_path, server.url)
        first = hinterland("boundaries", "get", "SMALL23_BGC", "--layers", described)
        server.fault = "dropped"
        answer = hinterland("boundaries", "get", "SMALL23_BGC", "--layers", described)
        assert answer.code == 1
        assert "25 promised, 23 came" in answer.err
        server.fault = ""
        kept = hinterland("boundaries", "get", "SMALL23_BGC", "--layers", described, "--offline")
        assert kept.out.splitlines()[1:] == first.out.splitlines()[1:]

    def test_a_layer_that_is_not_listed_is_asked_about(self, hinterland: Hinterland) -> None:
        answer = hinterland("boundaries", "get", "LAD23_BGG")
        assert answer.code == 1
        assert answer.err.startswith("hinterland: no layer is called 'LAD23_BGG' → did you mean LAD23_BGC")

    def test_nothing_kept_and_no_network_says_what_to_do(self, hinterland: Hinterland) -> None:
        answer = hinterland("boundaries", "get", "LAD23_BGC", "--offline")
        assert answer.code == 1
        assert "LAD23_BGC" in answer.err
        assert "→" in answer.err


STUDY = """
[study]
title = "Downloaded blocks"
snapshot = "2026-01/2026-06"
area = ["SMALL23:Area 1", "SMALL23:Area 2"]
geographies = ["SMALL23"]

[boundaries]
layers = "layers.csv"
attribution = ["Ours"]

[boundaries.blocks]
id = "SMALL23"
level = "district"
ons = "SMALL23_BGC"
code = "lad23cd"
name = "lad23nm"

[boundaries.residents]
column = "residents"
year = 2023
"""


def study(folder: Path, url: str) -> Path:
    layers(folder, url)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "organisations.csv").write_text(
        "organisation_id,name,remit\na,Advice,district\n", encoding="utf-8"
    )
    (folder / "services.csv").write_text(
        "organisation_id,theme,areas,area_evidence,theme_evidence\n"
        "a,governance,SMALL23:Area 1,stated,stated\n",
        encoding="utf-8",
    )
    (folder / "scope.csv").write_text(
        "source,themes,areas,from,to\nOurs,governance,SMALL23:Area 1; SMALL23:Area 2,2026-01,2026-06\n",
        encoding="utf-8",
    )
    return folder


def test_a_study_downloads_its_layer_once_says_its_date_and_runs_on_without_a_network(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    sound = FAULTS["area"](4)
    sound["attributes"]["residents"] = 1004
    rows = [sound if n == 4 else FAULTS["area"](n) for n in range(1, 26)]
    with serving(rows=rows) as server:
        folder = study(tmp_path, server.url)
        answer = hinterland("coverage", folder, "--theme", "governance", "--format", "csv")
        assert answer.code == 0, answer.err
        asked = len(server.asked)
        assert hinterland("check", folder).code == 0
        assert len(server.asked) == asked
    assert [(row["SMALL23CD"], row["residents"], row["coverage_low"]) for row in answer.table()] == [
        ("E07000001", "1001", "1"),
        ("E07000002", "1002", "0"),
        ("total", "2003", "0.49975"),
    ]
    run = hinterland("run", folder, "--offline")
    assert run.code == 0, run.err
    page = (folder / "output" / "map.html").read_text(encoding="utf-8")
    assert "Small areas: copy of " in page
    assert "Contains small areas" in page


def test_a_layer_that_cannot_be_had_stops_the_study(tmp_path: Path, hinterland: Hinterland) -> None:
    folder = study(tmp_path, "http://127.0.0.1:9/x/FeatureServer/0")
    answer = hinterland("check", folder, "--offline")
    assert answer.code == 1
    assert "SMALL23_BGC" in answer.out + answer.err


class TestResolve:
    def test_texts_are_answered_in_their_order_and_asking_is_exit_1(self, hinterland: Hinterland) -> None:
        answer = hinterland(
            "boundaries", "resolve", "Newark & Sherwood", "Poole", "Newcastle", "Cardiff", "--format", "csv"
        )
        assert answer.code == 1
        assert [(row["text"], row["answer"], row["geography"], row["code"]) for row in answer.table()] == [
            ("Newark & Sherwood", "area", "LAD19", "E07000175"),
            ("Poole", "part", "LAD19", "E06000058"),
            ("Newcastle", "asked", "", ""),
            ("Cardiff", "refused", "", ""),
        ]

    def test_the_day_decides_about_a_district_that_ended(self, hinterland: Hinterland) -> None:
        assert hinterland("boundaries", "resolve", "Northampton", "--on", "2007-03-31").code == 0
        assert hinterland("boundaries", "resolve", "Northampton", "--on", "2022-01-01").code == 1
        assert hinterland("boundaries", "resolve", "Northampton", "--on", "soon").code == 2

    def test_lines_are_read_from_standard_input(
        self, hinterland: Hinterland, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import io

        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Bassetlaw\n\nMansfield\n")))
        answer = hinterland("boundaries", "resolve", "-", "--format", "json")
        assert [row["code"] for row in json.loads(answer.out)] == ["E07000171", "E07000174"]

    def test_a_terminal_gets_a_line_for_each_text_and_what_to_do_under_it(
        self, hinterland: Hinterland
    ) -> None:
        answer = hinterland("boundaries", "resolve", "Poole", "Barnsly", "Bassetlaw")
        lines = answer.out.splitlines()
        assert lines[0] == "Poole: part of LAD19:E06000058 Bournemouth, Christchurch and Poole"
        assert lines[1].startswith("    Poole ended on 31 March 2019")
        assert "Barnsly: asked" in lines
        assert lines[-1] == "Bassetlaw: LAD19:E07000171 Bassetlaw"


def test_move_never_writes_over_what_it_reads(tmp_path: Path, hinterland: Hinterland) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("LAD19CD,n\nE07000150,1\n", encoding="utf-8")
    assert hinterland("boundaries", "move", table, "--to", "LAD24", "--output", table).code == 2
    other = tmp_path / "new.csv"
    both = ("--output", other, "--audit", other)
    assert hinterland("boundaries", "move", table, "--to", "LAD24", *both).code == 2
    assert table.read_text(encoding="utf-8") == "LAD19CD,n\nE07000150,1\n"
    assert not other.exists()


class TestShow:
    def test_areas_close_with_what_lies_in_none_and_a_total(self, hinterland: Hinterland) -> None:
        rows = hinterland("boundaries", "show", "CTY19", "--format", "csv").table()
        assert [row["CTY19CD"] for row in rows[-2:]] == ["no area", "total"]
        inside = sum(int(row["residents"]) for row in rows[:-1])
        assert inside == int(rows[-1]["residents"]) == 56_286_961

    def test_shared_residents_are_told(self, hinterland: Hinterland) -> None:
        rows = {
            row["LEP14CD"]: row
            for row in hinterland("boundaries", "show", "LEP14", "--format", "csv").table()
        }
        assert rows["E37000008"]["residents"] == "2221120"
        assert rows["E37000008"]["residents_shared"] == "476708"

    def test_without_a_name_it_lists_the_geographies(self, hinterland: Hinterland) -> None:
        rows = hinterland("boundaries", "show", "--format", "csv").table()
        assert [row["geography"] for row in rows][:3] == ["LAD19", "CTY19", "CTYUA19"]
        assert {row["overlap"] for row in rows if row["geography"] in ("LEP14", "LEP21")} == {"yes"}

    def test_one_that_there_is_not_is_told_with_those_that_are(self, hinterland: Hinterland) -> None:
        answer = hinterland("boundaries", "show", "LEP15")
        assert answer.code == 1
        assert "no geography is called 'LEP15' → choose one of LAD19" in answer.err
