"""Outputs are whole or not there, and open safely."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hinterland.boundaries.errors import OutputError
from hinterland.boundaries.saving import write_one
from hinterland.coverage.writing import (
    LOCK,
    column_documentation,
    csvw,
    output_folder,
    plain_file_name,
    to_csv,
    write_all,
)


def test_text_that_begins_like_a_formula_is_quoted_and_negative_numbers_stay_numbers() -> None:
    texts = ["=1+1", "+44", "-lower", "@sum", "\tx", "\rx", "＝1", "plain", "a=b"]
    table = pd.DataFrame({"name": texts, "change": np.full(len(texts), -2.5)})
    rows = list(csv.reader(io.StringIO(to_csv(table, mark=False).decode(), newline="")))
    assert [row[0] for row in rows[1:]] == [f"'{t}" for t in texts[:7]] + texts[7:]
    assert {row[1] for row in rows[1:]} == {"-2.5"}


def test_missing_is_empty_whole_numbers_have_no_point_and_a_mark_only_when_asked() -> None:
    table = pd.DataFrame({"a": [1.0, np.nan, 0.1234567]})
    assert to_csv(table, mark=False) == b'a\r\n1\r\n""\r\n0.123457\r\n'
    assert to_csv(table, mark=True).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/b", "CON", "con.csv", "lpt1.html", "", ".x", "..", "a\0b", "C:x", "a\\b"]
)
def test_a_name_that_is_no_plain_file_name_is_refused(tmp_path: Path, name: str) -> None:
    assert not plain_file_name(name)


def test_all_files_are_written_and_those_of_the_last_run_that_are_not_are_taken_away(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with output_folder(tmp_path):
        write_all(tmp_path, {"tables/a.csv": b"1", "tables/b.csv": b"2"})
    with output_folder(tmp_path):
        write_all(tmp_path, {"tables/b.csv": b"3"})
    assert (tmp_path / "tables/b.csv").read_bytes() == b"3"
    assert not (tmp_path / "tables/a.csv").exists()
    assert (tmp_path / "mine.txt").read_text() == "keep"
    left = {p.name for p in tmp_path.iterdir()}
    assert left == {"mine.txt", "tables", "manifest.json", LOCK}


def test_a_second_run_into_the_same_folder_is_told_so(tmp_path: Path) -> None:
    refused = pytest.raises(OutputError, match="another run is writing")
    with output_folder(tmp_path), refused, output_folder(tmp_path):
        pass
    with output_folder(tmp_path):
        pass


def test_what_a_killed_run_left_behind_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".hinterland-abc"
    left.mkdir()
    (left / "0").write_bytes(b"half")
    with output_folder(tmp_path):
        assert not left.exists()


@pytest.mark.parametrize("name", ["../x.csv", "tables/../../x.csv", "CON"])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "output"
    with output_folder(folder), pytest.raises(OutputError, match="plain file name"):
        write_all(folder, {"good.csv": b"1", name: b"2"})
    assert not (folder / "good.csv").exists()


def test_a_link_out_of_the_folder_is_refused_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    folder, outside = tmp_path / "output", tmp_path / "outside.csv"
    outside.write_bytes(b"old")
    folder.mkdir()
    (folder / "a.csv").symlink_to(outside)
    with output_folder(folder), pytest.raises(OutputError, match="link that leads elsewhere"):
        write_all(folder, {"a.csv": b"new"})
    assert outside.read_bytes() == b"old"
    with pytest.raises(OutputError, match="is a link"):
        write_one(folder / "a.csv", b"new")
    assert outside.read_bytes() == b"old"


def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        write_one(tmp_path, b"x")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(OutputError, match="is a file"), output_folder(tmp_path / "file"):
        pass


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    with pytest.raises(OutputError, match="cannot write to"):
        write_one(tmp_path / "missing" / "a.csv", b"new")
    assert target.read_bytes() == b"old"


def test_csvw_documents_every_column_and_refuses_one_that_is_not() -> None:
    table = pd.DataFrame({"LAD19CD": ["E07000175"], "coverage_low": [0.5]})
    described = json.loads(csvw(table, "x.csv", {"dc:title": "X"}))
    columns = described["tableSchema"]["columns"]
    assert [column["name"] for column in columns] == ["LAD19CD", "coverage_low"]
    assert columns[1]["datatype"] == "number"
    assert columns[1]["schema:unitText"] == "share"
    assert described["url"] == "x.csv"
    with pytest.raises(KeyError):
        csvw(pd.DataFrame({"secret": [1]}), "x.csv", {})


def test_every_documented_column_says_something() -> None:
    for column, row in column_documentation().items():
        assert len(row["description"]) > 10, column
        assert row["datatype"] in ("string", "number", "integer"), column
