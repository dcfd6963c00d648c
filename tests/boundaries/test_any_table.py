"""Whatever a table holds, its rows come back or are reported."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from .test_tables import read

plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"]), max_size=20)
names = plain.filter(lambda text: text.strip() != "")


@given(st.lists(st.tuples(names, plain), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_rows_that_the_csv_module_writes_come_back(rows: list[tuple[str, str]], end: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows([("name", "area"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        table, faults = read(Path(folder), out.getvalue())
    assert {fault.kind for fault in faults} <= {"noted", "refused"}
    spreadsheet_errors = {fault.row for fault in faults if fault.kind == "refused"}
    assert table is not None
    expected = [
        tuple(unicodedata.normalize("NFC", cell.strip()) for cell in row)
        for number, row in enumerate(rows, 2)
        if number not in spreadsheet_errors
    ]
    assert [tuple(row.cells.values()) for row in table.rows] == expected


@given(st.lists(st.lists(st.sampled_from(["", " ", "a", "#N/A", "b\0", "7"]), max_size=4), max_size=12))
def test_rows_read_are_accepted_refused_or_blank(rows: list[list[str]]) -> None:
    data = "\n".join(",".join(row) for row in [["name", "area"], ["Hub", "Derby"], *rows]) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        table, faults = read(Path(folder), data)
    assert table is not None
    assert table.read == len(rows) + 1 == len(table.rows) + len(table.refused) + table.blank
    assert len(table.refused) == len({fault.row for fault in faults if fault.kind == "refused"})
    assert table.blank == sum(not "".join(row).strip() for row in rows)


@given(st.text(st.sampled_from('a",;\t\r\n\0é'), max_size=30), st.booleans())
def test_any_text_is_read_or_reported_and_nothing_raises(text: str, headed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table, faults = read(Path(folder), ("name,area\n" if headed else "") + text)
    assert table is not None or any(fault.kind in {"stopped", "asked"} for fault in faults)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_reported_and_nothing_raises(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table, faults = read(Path(folder), data)
    assert table is not None or any(fault.kind in {"stopped", "asked"} for fault in faults)
