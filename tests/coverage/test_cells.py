"""What one text cell means, and what is asked or refused instead of guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinterland.boundaries.spelling import near
from hinterland.coverage.cells import (
    CellError,
    check_period,
    lost_padding,
    parse_choice,
    parse_day,
    spreadsheet_date,
    website,
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2008", date(2008, 1, 1), date(2008, 12, 31)),
        ("2008-02", date(2008, 2, 1), date(2008, 2, 29)),
        ("2007-12", date(2007, 12, 1), date(2007, 12, 31)),
        (" 2008-04-01 ", date(2008, 4, 1), date(2008, 4, 1)),
        ("", None, None),
    ],
)
def test_a_year_or_month_stands_for_its_first_or_its_last_day(
    text: str, first: date | None, last: date | None
) -> None:
    assert parse_day(text, end=False) == (first, "")
    assert parse_day(text, end=True) == (last, "")


@given(st.dates(date(1500, 1, 1), date(2200, 12, 31)), st.booleans())
def test_every_day_written_either_way_is_read_back(day: date, end: bool) -> None:
    assert parse_day(day.isoformat(), end=end) == (day, "")
    assert parse_day(f"{day.day}/{day.month}/{day.year:04}", end=end)[0] == day


def test_row_15_ids_that_lost_their_leading_zeros_are_listed() -> None:
    assert lost_padding(["007", "012", "7", "100", "7", "A1"]) == ["7"]
    assert lost_padding(["7", "12", "100"]) == []
    assert lost_padding([]) == []


def test_row_17_a_range_that_became_a_date_is_recognised() -> None:
    assert all(map(spreadsheet_date, ["1-Mar", "Mar-21", "02-May", "11-DEC", "2-Sept"]))
    assert not any(map(spreadsheet_date, ["1-3", "March", "Mar-Vell", "2021-03-01", "1 Mar", "x1-Mar", ""]))


@pytest.mark.parametrize("text", ["44256", "44256.5"])
def test_row_18_a_spreadsheet_day_number_is_asked_with_both_readings(text: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_day(text, end=False)
    assert caught.value.kind == "asked"
    assert "1 March 2021?" in caught.value.reason
    assert "2 March 2025" in caught.value.reason
    assert "2019-03" in caught.value.remedy


@pytest.mark.parametrize("text", ["03/04/2021", "3.4.2021", "3-4-2021", "3 April 2021", "3rd Apr 2021"])
def test_row_75_day_first_dates_are_read_and_noted(text: str) -> None:
    assert parse_day(text, end=True) == (date(2021, 4, 3), "read day first, as 3 April 2021")


@pytest.mark.parametrize(
    "text", ["31/02/2020", "2021-02-29", "2008-13", "2008-00", "2008-04-00", "04/13/2021", "30 February 2020"]
)
@pytest.mark.parametrize("end", [False, True])
def test_row_75_a_day_that_does_not_exist_is_refused(text: str, end: bool) -> None:
    with pytest.raises(CellError, match="no such day") as caught:
        parse_day(text, end=end)
    assert caught.value.kind == "refused"


@pytest.mark.parametrize(
    "text",
    ["Spring 2019", "1-Mar", "Mar-21", "03/04/21", "3/4.2021", "c. 2007", "20080401", "3 Foo 2021", "²⁰⁰⁸"],
)
def test_row_75_a_vague_date_is_asked(text: str) -> None:
    with pytest.raises(CellError, match="not one certain day") as caught:
        parse_day(text, end=False)
    assert (caught.value.kind, caught.value.remedy) == ("asked", "write it as 2019, 2019-03 or 2019-03-14")


@pytest.mark.parametrize("text", ["1499", "2201", "0000", "01/01/0001", "9999-12"])
@pytest.mark.parametrize("end", [False, True])
def test_row_75_a_year_beyond_belief_is_refused(text: str, end: bool) -> None:
    with pytest.raises(CellError, match="is not between 1500 and 2200") as caught:
        parse_day(text, end=end)
    assert caught.value.kind == "refused"


def test_row_76_an_end_before_the_start_is_refused_and_a_late_start_noted() -> None:
    known = date(2007, 12, 31)
    with pytest.raises(CellError, match="ends on 1 March 2006, before it starts on 2 March 2006") as caught:
        check_period(date(2006, 3, 2), date(2006, 3, 1), known_until=known)
    assert caught.value.kind == "refused"
    assert check_period(date(2006, 3, 1), date(2006, 3, 1), known_until=known) == ""
    assert check_period(None, None, known_until=known) == ""
    assert "starts on 1 January 2099" in check_period(date(2099, 1, 1), None, known_until=known)


@pytest.mark.parametrize(
    "text", ["part county", "Part  County", "part-county", "PARTCOUNTY", "part\u00a0county"]
)
def test_a_choice_is_read_without_regard_to_case_and_spaces(text: str) -> None:
    assert parse_choice(text, ["county", "part county"], what="remit") == "part county"


def test_an_unknown_choice_is_asked_with_the_nearest_and_the_full_list() -> None:
    with pytest.raises(CellError, match="unknown remit") as caught:
        parse_choice("regoin", ["county", "region", "national"], what="remit")
    assert caught.value.kind == "asked"
    assert caught.value.remedy == "did you mean region? Write one of: county, region, national"
    with pytest.raises(CellError, match="no remit is given"):
        parse_choice(" ", ["county"], what="remit")


@pytest.mark.parametrize("text", ["https://example.org/a?b=c", "HTTP://EXAMPLE.ORG"])
def test_row_80_http_and_https_links_are_kept(text: str) -> None:
    assert website(f" {text} ") == (text, "")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "ht\ntp://example.org",
        "data:text/html,x",
        "www.example.org",
        "http://",
        "http://[bad",
        "https://example.org/ x",
        "//example.org",
    ],
)
def test_row_80_any_other_link_is_dropped_with_a_note(text: str) -> None:
    assert website(text) == ("", "link dropped: only http and https are published")


def test_no_link_needs_no_note() -> None:
    assert website("") == ("", "")


def test_the_nearest_names_come_first_whatever_the_case() -> None:
    assert near("BARNSLY", ["Derby", "Burnley", "Barnsley"]) == ["Barnsley", "Burnley"]
    assert near("zzz", ["Derby"]) == []
