"""What one text cell means: a day, a choice, a website. Nothing is guessed."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal
from urllib.parse import urlsplit

from ..boundaries.spelling import match_key, near

FIRST_YEAR, LAST_YEAR = 1500, 2200
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
WORDED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? +([a-z]{3,9})\.?,? +(\d{4})", re.ASCII | re.IGNORECASE)
SERIAL = re.compile(r"(\d{5,6})(?:\.\d+)?", re.ASCII)
SHORT_MONTH = "(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
CHANGED = re.compile(rf"\d{{1,2}}-{SHORT_MONTH}|{SHORT_MONTH}-\d\d", re.ASCII | re.IGNORECASE)
HOW_TO_WRITE = "write it as 2019, 2019-03 or 2019-03-14"
AMOUNT: Final = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")


class CellError(ValueError):
    """A cell that cannot be read as what its column holds.

    Parameters
    ----------
    reason, remedy
        Why, and what to write instead.
    kind
        `refused` when no reading is possible, `asked` when several are.
    """

    def __init__(self, reason: str, remedy: str, kind: Literal["refused", "asked"]) -> None:
        self.reason, self.remedy, self.kind = reason, remedy, kind
        super().__init__(f"{reason} → {remedy}")


def parse_day(text: str, *, end: bool) -> tuple[date | None, str]:
    """Read a day; a year or a month alone stands for its first or last day.

    Parameters
    ----------
    text
        `2008`, `2008-04`, `2008-04-01`, day-first `03/04/2021`, `3.4.2021` or `3 April 2021`, or nothing.
    end
        Whether a year or month means its last day instead of its first.

    Returns
    -------
    tuple
        The day, None for an empty text; and a note, empty unless the day was read day first.

    Raises
    ------
    CellError
        `refused` for a day that does not exist or a year outside 1500 to 2200, `asked` for
        anything vague and for a spreadsheet's day number.

    Examples
    --------
    >>> parse_day("2008-04", end=True)
    (datetime.date(2008, 4, 30), '')
    """
    text = text.strip()
    if not text:
        return None, ""
    if iso := ISO.fullmatch(text):
        month, day = (int(part) if part else None for part in iso.groups()[1:])
        return _day(int(iso[1]), month, day, end=end), ""
    if match := DAY_FIRST.fullmatch(text):
        found = _day(int(match[4]), int(match[3]), int(match[1]), end=end)
    elif (match := WORDED.fullmatch(text)) and (month := _month(match[2])):
        found = _day(int(match[3]), month, int(match[1]), end=end)
    elif match := SERIAL.fullmatch(text):
        in_1900, in_1904 = (
            _spell(origin + timedelta(int(match[1]))) for origin in (date(1899, 12, 30), date(1904, 1, 1))
        )
        reason = f"a spreadsheet's day number: {in_1900}? (or {in_1904}, if the file counts from 1904)"
        raise CellError(reason, HOW_TO_WRITE, "asked")
    else:
        raise CellError("this is not one certain day, month or year", HOW_TO_WRITE, "asked")
    return found, f"read day first, as {_spell(found)}"


def check_period(start: date | None, end: date | None, *, known_until: date) -> str:
    """Check that a period does not end before it starts; note a start that nobody can know yet.

    Raises
    ------
    CellError
        `refused` when the end is before the start.

    Examples
    --------
    >>> check_period(date(2031, 1, 1), None, known_until=date(2007, 12, 31))
    'it starts on 1 January 2031, after what is known (31 December 2007)'
    """
    if start and end and end < start:
        reason = f"it ends on {_spell(end)}, before it starts on {_spell(start)}"
        raise CellError(reason, "correct one of the two dates", "refused")
    if start and start > known_until:
        return f"it starts on {_spell(start)}, after what is known ({_spell(known_until)})"
    return ""


def spreadsheet_date(text: str) -> bool:
    """Say whether a text looks like a range such as 1-3 that a spreadsheet turned into a date.

    Examples
    --------
    >>> [spreadsheet_date(text) for text in ("1-Mar", "Mar-21", "1-3", "March")]
    [True, True, False, False]
    """
    return CHANGED.fullmatch(text.strip()) is not None


def parse_amount(text: str) -> float:
    """Read a number of 0 or more; a pound sign and commas between thousands are allowed.

    Raises
    ------
    CellError
        `refused` for anything else.

    Examples
    --------
    >>> parse_amount("£120,000"), parse_amount("2.5")
    (120000.0, 2.5)
    """
    plain = text.strip().removeprefix("£").strip()
    if not AMOUNT.fullmatch(plain):
        raise CellError("it is no number of 0 or more", "write digits alone, such as 120000", "refused")
    return float(plain.replace(",", ""))


def parse_choice(text: str, choices: Sequence[str], *, what: str) -> str:
    """Read one of a list of words; case, spaces and hyphens do not count.

    Parameters
    ----------
    text
        The cell.
    choices
        The words allowed, as they are returned.
    what
        What the column holds, for the message: `remit`, `sector`.

    Raises
    ------
    CellError
        `asked`, with the nearest words and the full list.

    Examples
    --------
    >>> parse_choice("Part County", ["county", "part county"], what="remit")
    'part county'
    """
    found = _by_key(tuple(choices)).get(match_key(text).replace("_", ""))
    if found is not None:
        return found
    reason = f"unknown {what}" if text.strip() else f"no {what} is given"
    nearest = " or ".join(near(text, choices))
    question = f"did you mean {nearest}? " if nearest else ""
    raise CellError(reason, f"{question}Write one of: {', '.join(choices)}", "asked")


@cache
def _by_key(choices: tuple[str, ...]) -> dict[str, str]:
    return {match_key(choice).replace("_", ""): choice for choice in choices}


def website(text: str) -> tuple[str, str]:
    """Keep a link that starts with http or https and holds no user name; drop any other, with a note.

    Examples
    --------
    >>> website("javascript:alert(1)")
    ('', 'link dropped: only http and https are published')
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        safe = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        safe = False
    if not text or (safe and text.isprintable() and " " not in text):
        return text, ""
    return "", "link dropped: only http and https are published"


def lost_padding(values: Iterable[str]) -> list[str]:
    """List the all-digit ids that are shorter than the others, which carry leading zeros.

    Examples
    --------
    >>> lost_padding(["007", "012", "7"])
    ['7']
    """
    numbers = [value for value in dict.fromkeys(values) if value.isascii() and value.isdigit()]
    width = min((len(value) for value in numbers if len(value) > 1 and value.startswith("0")), default=0)
    return [value for value in numbers if len(value) < width]


def _month(word: str) -> int:
    """Number a month's name or abbreviation, or return 0."""
    word = word.casefold()
    return next((i for i, name in enumerate(MONTHS, 1) if name.casefold().startswith(word)), 0)


def _day(year: int, month: int | None, day: int | None, *, end: bool) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        reason = f"the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise CellError(reason, "check the year", "refused")
    try:
        if end and day is None:
            month = 12 if month is None else month
            day = monthrange(year, month)[1]
        return date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise CellError("no such day", f"check it, and {HOW_TO_WRITE}", "refused") from None


def _spell(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
