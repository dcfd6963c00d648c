"""Numbers for blocks: what is read, refused and said, and what is never taken for 0."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from hinterland.boundaries.description import CountFrom, Origin
from hinterland.boundaries.errors import Fault
from hinterland.boundaries.figures import parse_number, read_figures, report_first, tidy_codes

BLOCKS = pd.Index(["E01000001", "E01000002"])
RESIDENTS = CountFrom(
    id="residents", label="residents", origin=Origin(ons="P"), key="LSOA", column="All", year=2019
)
GROUPS = CountFrom(id="groups", label="groups", origin=Origin(ons="G"), key="LSOA", column="All", year=2019)


def read(
    *rows: tuple[str, str], wanted: CountFrom = RESIDENTS, blocks: pd.Index = BLOCKS
) -> tuple[list[float] | None, list[str]]:
    """Read rows that stand in a file from row 2; give the numbers and what is said."""
    table = pd.DataFrame(rows, columns=["LSOA", "All"], index=range(2, len(rows) + 2), dtype=str)
    faults: list[Fault] = []
    values = read_figures(wanted, "p.csv", table, blocks, faults)
    return (None if values is None else values.tolist()), [f"{fault.kind} {fault}" for fault in faults]


def test_numbers_are_put_in_the_order_of_the_blocks_and_other_codes_passed_over() -> None:
    assert read(("E01000002", "20"), ("E01000009", "nonsense"), ("E01000001", "1954.0")) == ([1954, 20], [])


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), (" 7 ", 7), ("1234.5", 1234.5), ("1e3", 1000), ("12,345", 12345), ("1,234,567.5", 1234567.5)],
)
def test_a_number_is_read(text: str, number: float) -> None:
    assert parse_number(text)[0] == number


@pytest.mark.parametrize("text", ["", "  "])
def test_a_blank_is_unknown_without_a_word(text: str) -> None:
    number, *said = parse_number(text)
    assert math.isnan(number)
    assert said == [None, "", ""]


@pytest.mark.parametrize(
    "text", ["-3", "-1,234", "NA", "..", "c", "nan", "inf", "1e999", "12,34", "1 234", "0x10", "1.234.567"]
)
def test_what_is_no_count_is_refused(text: str) -> None:
    number, kind, reason, remedy = parse_number(text)
    assert math.isnan(number)
    assert kind == "refused"
    assert reason
    assert remedy


def test_a_refused_number_is_told_with_its_row_and_column() -> None:
    _, said = read(("E01000001", "5"), ("E01000002", "-3"))
    assert said[0] == (
        "refused p.csv, row 3, column All: '-3': a count is 0 or more, and finite → correct it"
    )


def test_commas_between_thousands_are_said_once_however_many_there_are() -> None:
    values, said = read(("E01000001", "12,345"), ("E01000002", "1,000"))
    assert values == [12345, 1000]
    assert said == [
        "noted p.csv, row 2, column All: '12,345': read as 12345, and so were the commas of 1 more rows"
    ]


@pytest.mark.parametrize("rows", [[("E01000001", "5")], [("E01000001", "5"), ("E01000002", "")]])
def test_missing_residents_stop_the_study_with_the_codes(rows: list[tuple[str, str]]) -> None:
    values, said = read(*rows)
    assert values is not None
    assert math.isnan(values[1])
    assert said == [
        "stopped p.csv, column All: 1 of 2 blocks have no residents: E01000002 "
        "→ no share of residents could be had: add them, with 0 where nobody lives"
    ]


def test_another_missing_number_is_unknown_and_never_0() -> None:
    values, said = read(("E01000001", "5"), wanted=GROUPS)
    assert values is not None
    assert values[0] == 5
    assert math.isnan(values[1])
    assert [text.split(":")[0] for text in said] == ["noted p.csv, column All"]


def test_residents_that_are_refused_are_not_told_to_be_missing_too() -> None:
    _, said = read(("E01000001", "5"), ("E01000002", "-3"))
    assert [text.split(",")[0] for text in said] == ["refused p.csv"]


def test_a_code_with_letters_for_digits_is_asked_about_and_not_told_to_be_missing() -> None:
    values, said = read(("E01000001", "5"), ("EO10OOO02", "6"))
    assert values is not None
    assert math.isnan(values[1])
    assert said == [
        "asked p.csv, row 3, column LSOA: 'EO10OOO02': this is no code: a code is a letter and eight digits "
        "→ did you mean E01000002?"
    ]


def test_a_block_that_stands_twice_is_refused_with_both_rows() -> None:
    _, said = read(("E01000001", "5"), ("E01000002", "6"), ("E01000001", "7"))
    assert said == [
        "refused p.csv, column LSOA: 'E01000001': this block stands in rows 2, 4 → keep one of them"
    ]


def test_a_table_of_other_codes_is_stopped_showing_both() -> None:
    values, said = read(("E02000001", "5"))
    assert values is None
    assert said == [
        "stopped p.csv, column LSOA: none of its codes is a block: it has E02000001; "
        "blocks are E01000001, E01000002 "
        "→ is LSOA the right column, and the table of the same vintage?"
    ]


def test_a_table_full_of_faults_is_told_in_few_lines() -> None:
    blocks = pd.Index([f"E01{n:06}" for n in range(500)])
    _, said = read(*((code, "none") for code in blocks), wanted=GROUPS, blocks=blocks)
    assert len(said) == 21
    assert said[20] == (
        "refused p.csv, column All: 480 more rows: this is no number "
        "→ write digits, or leave it blank where unknown"
    )


def test_faults_of_a_layer_are_counted_as_features() -> None:
    faults: list[Fault] = []
    report_first([Fault(kind="refused", file="a.gpkg", row=n, reason="bent") for n in range(21)], faults)
    assert str(faults[-1]) == "a.gpkg: 1 more feature: bent"


def test_only_official_codes_are_put_in_capitals() -> None:
    codes = pd.Series(["e01000001 ", "\u00a0E01000002", "Ward  a", "ward A", ""])
    assert tidy_codes(codes).tolist() == ["E01000001", "E01000002", "Ward a", "ward A", ""]
