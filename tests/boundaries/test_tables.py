"""A planner's CSV file, as bytes on disk: what is read, and what is said about the rest."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hinterland.boundaries.errors import Fault
from hinterland.boundaries.tables import MAX_BYTES, Table, read_table
from hinterland.coverage.cells import lost_padding

SAVE_AS = "open it in a spreadsheet program and save it as “CSV UTF-8”"


def read(path: Path, data: str | bytes, *, name: str = "table.csv") -> tuple[Table | None, list[Fault]]:
    """Write the bytes (a text as UTF-8), and read them as a table of names and areas."""
    file = path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    faults: list[Fault] = []
    return read_table(file, required=["name", "area"], optional=["sector", "note"], faults=faults), faults


def the_table(read: tuple[Table | None, list[Fault]]) -> Table:
    table, faults = read
    assert faults == []
    assert table is not None
    return table


def the_fault(read: tuple[Table | None, list[Fault]], kind: str) -> Fault:
    table, faults = read
    assert [fault.kind for fault in faults] == [kind]
    if kind == "stopped":
        assert table is None
    return faults[0]


def test_a_plain_table_is_read_as_text_by_known_column(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, "Area,NAME\nDerby, Hub \n\nHull,Link\n"))
    assert table.columns == ("area", "name")
    assert [(row.number, dict(row.cells)) for row in table.rows] == [
        (2, {"area": "Derby", "name": "Hub"}),
        (4, {"area": "Hull", "name": "Link"}),
    ]
    assert (table.read, table.refused, table.blank) == (3, (), 1)


def test_a_row_is_numbered_as_a_spreadsheet_numbers_it(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, 'name,area\r\n"Hub,\r\nthe ""first""",Derby\r\nLink,Hull\r\n'))
    assert [row.number for row in table.rows] == [2, 3]
    assert table.rows[0].cells["name"] == 'Hub,\r\nthe "first"'


def test_a_missing_file_a_folder_and_an_unreadable_path_are_stopped(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    faults: list[Fault] = []
    for path in ("none.csv", ".", "plain/table.csv", "nul\0.csv"):
        assert read_table(tmp_path / path, required=["name"], faults=faults) is None
    assert [fault.kind for fault in faults] == ["stopped"] * 4
    assert [fault.reason.split(":")[0] for fault in faults] == [
        "no such file",
        "this is a folder",
        "cannot be read",
        "cannot be read",
    ]
    assert faults[0].remedy == "check its name and folder"


def test_a_file_over_the_size_limit_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    faults: list[Fault] = []
    assert read_table(file, required=["name"], faults=faults) is None
    assert "larger than 50 MB" in str(faults[0])


def test_row_01_windows_1252_is_read_and_named(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area\nLink,Hull\nWomen’s Café £,Derby\n".encode("cp1252"))
    assert table is not None
    assert table.rows[1].cells["name"] == "Women’s Café £"
    assert [fault.kind for fault in faults] == ["noted"]
    assert faults[0].reason == "read as Windows-1252 (cp1252), since line 3 is not UTF-8"
    assert "CSV UTF-8" in faults[0].remedy


def test_row_01_a_byte_that_neither_encoding_has_is_stopped_with_its_line(tmp_path: Path) -> None:
    fault = the_fault(read(tmp_path, b"name,area\r\nCaf\xe9,Hull\r\nx\x81,Derby\r\n"), "stopped")
    assert (fault.file, fault.row, fault.remedy) == ("table.csv", 3, SAVE_AS)
    assert fault.reason == "byte 0x81 is neither UTF-8 nor Windows-1252"


def test_row_02_a_byte_order_mark_is_stripped(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, b"\xef\xbb\xbfname,area\nCaf\xc3\xa9,Derby\n"))
    assert table.rows[0].cells == {"name": "Café", "area": "Derby"}


def test_row_02_a_marked_file_that_is_not_utf_8_throughout_is_stopped(tmp_path: Path) -> None:
    fault = the_fault(read(tmp_path, b"\xef\xbb\xbfname,area\nCaf\xe9,Derby\n"), "stopped")
    assert "marked as UTF-8, but not so throughout" in fault.reason


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_row_03_utf_16_is_read_with_its_mark_and_stopped_without(tmp_path: Path, codec: str) -> None:
    text = "name,area\nCafé,Derby\n"
    table = the_table(read(tmp_path, ("\ufeff" + text).encode(codec)))
    assert table.rows[0].cells["name"] == "Café"
    fault = the_fault(read(tmp_path, text.encode(codec)), "stopped")
    assert "UTF-16 without its mark" in fault.reason
    assert fault.remedy == SAVE_AS


@pytest.mark.parametrize("data", ["\ufeffname,area\n".encode("utf-32-le"), b"\xff\xfename"[:5]])
def test_row_03_other_wide_encodings_and_half_a_character_are_stopped(tmp_path: Path, data: bytes) -> None:
    assert "UTF-" in the_fault(read(tmp_path, data), "stopped").reason


def test_row_04_text_encoded_twice_is_noted_with_the_repair(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area\nCafÃ© voilÃ\xa0,Derby\n")
    assert table is not None
    assert table.rows[0].cells["name"] == "CafÃ© voilÃ"
    assert str(faults[0]) == (
        "table.csv, row 2, column name, cell A2: 'CafÃ© voilÃ': "
        "this looks encoded twice → if 'Café voilà' is meant, write that"
    )


@pytest.mark.parametrize(("character", "code"), [("\0", "0000"), ("\x1b", "001B"), ("\x81", "0081")])
def test_row_05_a_control_character_refuses_its_row(tmp_path: Path, character: str, code: str) -> None:
    table, faults = read(tmp_path, f"name,area\nHub,Der{character}by\nLink,Hull\n")
    assert table is not None
    assert [row.number for row in table.rows] == [3]
    assert (faults[0].kind, faults[0].row, faults[0].column, faults[0].cell) == ("refused", 2, "area", "B2")
    assert faults[0].reason == f"control character U+{code} at position 4"


def test_row_05_tabs_and_line_ends_inside_quotes_are_text(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, 'name,area\n"a\tb\nc",Derby\n'))
    assert table.rows[0].cells["name"] == "a\tb\nc"


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_row_06_semicolons_and_tabs_are_read_and_named(tmp_path: Path, delimiter: str, word: str) -> None:
    rows = [["name", "area"], ["Hub, the", "Derby"]]
    table, faults = read(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert table is not None
    assert table.rows[0].cells == {"name": "Hub, the", "area": "Derby"}
    assert [(fault.kind, fault.reason) for fault in faults] == [("noted", f"read as separated by {word}")]


def test_row_06_a_single_column_is_stopped(tmp_path: Path) -> None:
    fault = the_fault(read(tmp_path, "name|area\nHub|Derby\n"), "stopped")
    assert (fault.row, fault.value) == (1, "name|area")
    assert fault.reason == "only one column, where name, area are needed"
    assert fault.remedy == "separate the columns by commas"


@pytest.mark.parametrize(
    ("data", "line", "value"),
    [
        ('name,area\nLink,Hull\nHub,"Derby\nx,y\n', 3, '"Derby\nx,y\n'),
        ('name,area\n"two\nlines","Derby\nx,y\n', 3, '"Derby\nx,y\n'),
        ('name,area\nHub,"Derby\nx,"y"\n', 2, '"Derby\nx,"y"\n'),
        ('name,area\r"""a"",b",x\r"""c"",d', 3, '"""c"",d'),
    ],
)
def test_row_07_an_unclosed_quote_is_stopped_where_it_opens(
    tmp_path: Path, data: str, line: int, value: str
) -> None:
    fault = the_fault(read(tmp_path, data), "stopped")
    assert (fault.file, fault.row, fault.value) == ("table.csv", line, value)
    assert "the quote that opens on this line is not closed" in fault.reason
    assert fault.remedy.startswith("close it")


def test_row_07_an_unclosed_quote_before_much_text_is_still_named(tmp_path: Path) -> None:
    fault = the_fault(read(tmp_path, 'name,area\n"Hub,Derby\n' + "Link,Hull\n" * 20_000), "stopped")
    assert fault.row == 2


def test_row_08_a_row_too_long_is_refused_by_number(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area\nHub,Bristol,City of\nLink,Hull,,\n")
    assert table is not None
    assert [row.number for row in table.rows] == [3]
    assert (faults[0].kind, faults[0].row, faults[0].cell, faults[0].value) == ("refused", 2, "C2", "City of")
    assert faults[0].reason == "the row has 3 cells, the header 2"
    assert "quotes" in faults[0].remedy


def test_row_09_a_row_too_short_is_refused_by_number(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area,note\nHub,Derby\nLink,Hull,\n")
    assert table is not None
    assert [row.number for row in table.rows] == [3]
    assert (faults[0].kind, faults[0].row) == ("refused", 2)
    assert faults[0].reason == "the row has 2 cells, the header 3"


def test_row_10_a_header_that_stands_twice_is_stopped(tmp_path: Path) -> None:
    fault = the_fault(read(tmp_path, "name,area,Name \nHub,Derby,x\n"), "stopped")
    assert (fault.row, fault.cell, fault.value) == (1, "C1", "Name")
    assert fault.reason == "this header stands in A1 too"


def test_row_11_a_missing_header_is_asked_with_the_nearest_and_the_list(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "nmae,area,zzz\nHub,Derby,\n")
    assert table is None
    assert [(fault.kind, fault.value, fault.column) for fault in faults] == [
        ("noted", "zzz", ""),
        ("asked", None, "name"),
    ]
    assert faults[1].remedy == "is it the column 'nmae'? The header needs: name, area"


def test_row_11_unknown_headers_are_noted_and_near_misses_asked(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area,secter,names\nHub,Derby,public,x\n")
    assert table is not None
    assert table.columns == ("name", "area")
    assert [(fault.kind, fault.cell, fault.value) for fault in faults] == [
        ("asked", "C1", "secter"),
        ("noted", "D1", "names"),
    ]
    assert faults[0].reason == "is this 'sector'?"
    assert faults[1].reason == "an unknown column: not read"
    assert faults[1].remedy == "the nearest known name is 'name'"


def test_row_12_titles_above_the_header_are_asked_with_its_row(tmp_path: Path) -> None:
    title = "Directory of groups\nUpdated, March 2007\n\nname,area\nHub,Derby\n"
    for data in (title, title.replace(",", ";")):
        table, faults = read(tmp_path, data)
        assert table is None
        assert faults[-1].kind == "asked"
        assert faults[-1].reason == "the header looks to be on row 4"
        assert faults[-1].remedy == "delete the rows above it"


@pytest.mark.parametrize("data", ["", "\n\n", "name,area\n", "name,area\n,\n ,\u00a0\n"])
def test_row_13_a_file_without_rows_is_stopped(tmp_path: Path, data: str) -> None:
    assert the_fault(read(tmp_path, data), "stopped").reason == "no rows found"


def test_row_14_blank_rows_are_counted_and_blank_columns_ignored(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, "name,area,,\nHub,Derby,,\nLink,Hull\n,,,\n \n\n"))
    assert [row.number for row in table.rows] == [2, 3]
    assert (table.read, table.blank) == (5, 3)


def test_row_14_values_under_no_header_are_noted(tmp_path: Path) -> None:
    fault = the_fault(read(tmp_path, "name,area,\nHub,Derby,\nLink,Hull,x\n"), "noted")
    assert (fault.cell, fault.reason) == ("C1", "this column has values but no header: not read")


def test_row_15_codes_keep_their_zeros_and_lost_ones_can_be_listed(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, "name,area\n007,a\n012,b\n7,c\n"))
    names = [row.cells["name"] for row in table.rows]
    assert names == ["007", "012", "7"]
    assert lost_padding(names) == ["7"]


@pytest.mark.parametrize("text", ["1E05", "1-Mar", "12,345", "-5", "TRUE"])
def test_row_16_what_looks_like_a_number_or_date_stays_text(tmp_path: Path, text: str) -> None:
    table = the_table(read(tmp_path, f'name,area\n"{text}",Derby\n'))
    assert table.rows[0].cells["name"] == text


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#n/a"]
)
def test_row_19_a_spreadsheet_error_is_refused_with_its_address(tmp_path: Path, error: str) -> None:
    table, faults = read(tmp_path, f"name,area,x\nHub,Derby,\nLink,Hull,{error}\n")
    assert table is not None
    assert [row.number for row in table.rows] == [2]
    fault = faults[1]
    assert (fault.kind, fault.row, fault.column, fault.cell, fault.value) == ("refused", 3, "x", "C3", error)
    assert fault.remedy == "mend the formula, or write the value"


def test_row_24_na_and_none_are_names(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, "name,area\nNA,None\nnull,nan\n"))
    assert [list(row.cells.values()) for row in table.rows] == [["NA", "None"], ["null", "nan"]]


def test_row_25_outer_blanks_go_and_the_rest_is_kept_composed(tmp_path: Path) -> None:
    table = the_table(read(tmp_path, "name,area\n\u00a0Cafe\u0301 ‘A’\u00a0b\u00a0 ,\tDerby\n"))
    assert list(table.rows[0].cells.values()) == ["Café ‘A’\u00a0b", "Derby"]


def test_row_25_zero_width_characters_are_taken_out_with_a_note(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area\nHu\u200bb\ufeff,Derby\n")
    assert table is not None
    assert table.rows[0].cells["name"] == "Hub"
    assert str(faults[0]) == (
        "table.csv, row 2, column name, cell A2: 'Hub': "
        "zero-width characters or direction marks were taken out"
    )


@pytest.mark.parametrize("name", ["t.xlsx", "t.XLS", "t.ods", "t.xlsb"])
def test_row_26_a_workbook_by_name_is_stopped(tmp_path: Path, name: str) -> None:
    fault = the_fault(read(tmp_path, "name,area\nHub,Derby\n", name=name), "stopped")
    assert str(fault) == f"{name}: a spreadsheet workbook, not CSV → {SAVE_AS}"


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1", b" <html><p>", b"\xef\xbb\xbf\n<!DOCTYPE html>"],
)
def test_row_27_a_workbook_or_web_page_by_its_bytes_is_stopped(tmp_path: Path, data: bytes) -> None:
    assert the_fault(read(tmp_path, data), "stopped").remedy == SAVE_AS


def test_row_27_a_header_that_starts_with_pk_is_no_workbook(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "PK,name,area\n1,Hub,Derby\n")
    assert table is not None
    assert [fault.value for fault in faults] == ["PK"]


def test_row_35_a_blank_name_is_refused(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area\n\u00a0,Derby\nLink,\n")
    assert table is not None
    assert [row.number for row in table.rows] == [3]
    assert (faults[0].kind, faults[0].cell, faults[0].reason) == ("refused", "A2", "the name is blank")


def test_row_36_texts_over_the_limits_are_refused_and_shown_short(tmp_path: Path) -> None:
    rows = ["a" * 300 + ",x", "a" * 301 + ",x", "b," + "c" * 10_000, "b," + "c" * 200_000]
    table, faults = read(tmp_path, "name,area\n" + "\n".join(rows))
    assert table is not None
    assert [row.number for row in table.rows] == [2, 4]
    assert [(fault.kind, fault.cell, fault.remedy) for fault in faults] == [
        ("refused", "A3", "shorten it"),
        ("refused", "B5", "shorten it"),
    ]
    assert faults[1].reason == "200,000 characters, where 10,000 are the limit"
    assert len(str(faults[1])) < 300


def test_row_37_direction_overrides_go_and_emoji_stay(tmp_path: Path) -> None:
    table, faults = read(tmp_path, "name,area\n\u202eHub\u2069 🌻,Derby\n")
    assert table is not None
    assert table.rows[0].cells["name"] == "Hub 🌻"
    assert [(fault.kind, fault.cell) for fault in faults] == [("noted", "A2")]


@pytest.mark.parametrize(
    "text", ["<script>x</script>", "<img src=x onerror=y>", "`${x}`", "C:\\0", "</table>"]
)
def test_row_78_markup_stays_text(tmp_path: Path, text: str) -> None:
    table = the_table(read(tmp_path, f"name,area\n{text},Derby\n"))
    assert table.rows[0].cells["name"] == text


@pytest.mark.parametrize("text", ["=1+1", "+44", "-x", "@me", "＝1", "'=1", '=HYPERLINK(""u"")'])
def test_row_79_text_like_a_formula_stays_text(tmp_path: Path, text: str) -> None:
    table = the_table(read(tmp_path, f'name,area\n"{text}",Derby\n'))
    assert table.rows[0].cells["name"] == text.replace('""', '"')


def test_a_cell_beyond_column_z_has_the_address_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    _, faults = read(tmp_path, "name,area" + "," * 51 + "note\nHub,Derby" + "," * 51 + "#N/A\n")
    assert [fault.cell for fault in faults] == ["BA2"]


def test_every_fault_of_a_file_comes_at_once(tmp_path: Path) -> None:
    _, faults = read(tmp_path, "name,area,zzz\n#N/A,#REF!,\nshort\n,Derby,\n")
    assert [(fault.kind, fault.cell or fault.row) for fault in faults] == [
        ("noted", "C1"),
        ("refused", "A2"),
        ("refused", "B2"),
        ("refused", 3),
        ("refused", "A4"),
    ]


def test_the_limit_of_the_csv_module_is_left_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read(tmp_path, 'name,area\n"Hub')
    read(tmp_path, "name,area\n" + "Hub,Derby\n" * 50)
    assert csv.field_size_limit() == before
