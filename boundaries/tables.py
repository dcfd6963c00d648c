"""A CSV table, read strictly: every cell stays text, and each fault is reported with its place."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from .errors import Fault, InputError, Kind, shorten
from .spelling import match_key, near

Record = tuple[int, list[str]]

MAX_BYTES = 50 * 1024**2
MAX_CELL, MAX_NAME = 10_000, 300
HEADER_WITHIN = 20
NEAR_MISS = 0.8
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")
WORKBOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"\xd0\xcf\x11\xe0")
AS_CSV = "open it in a spreadsheet program and save it as “CSV UTF-8”"
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
SPREADSHEET_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
INVISIBLE = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Row:
    """One record: its number as a spreadsheet gives it (the first line is 1), and its text by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The rows of a file that can be used.

    Attributes
    ----------
    columns
        The known columns that the file has, by their proper names, in the file's order.
    rows
        The accepted rows.
    refused
        The rows that cannot be used, as far as their cells can be told apart.
    read, blank
        How many rows stand beside the header, and hold nothing:
        `read == len(rows) + len(refused) + blank`.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: tuple[Row, ...]
    read: int
    blank: int


def read_table(
    path: Path,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    what: str = "rows",
    others: Literal["reported", "ignored"] = "reported",
    faults: list[Fault],
) -> Table | None:
    """Read a CSV file whose header names its columns.

    Headers match without regard to case; spaces and hyphens count as underscores. Cells lose outer
    blanks, zero-width characters and direction marks, and are composed (NFC); `007`, `NA` and
    `1E05` stay as they are. A row with a fault of kind `refused` is not among the rows.

    Parameters
    ----------
    path
        A CSV file of at most 50 MB: UTF-8, UTF-16 with its mark, or Windows-1252; separated by
        commas, semicolons or tabs.
    required, optional
        The columns to read, by their proper names. A required `name` may not be blank, and has at
        most 300 characters; any other cell at most 10,000.
    what
        What its rows are, for the message when there are none.
    others
        Whether columns that are not asked for are reported, or ordinary, as in an official lookup.
    faults
        Everything found is appended here; bad input raises nothing.

    Returns
    -------
    Table or None
        None if the file or its header cannot be used.
    """
    report = partial(Fault, file=path.name)
    try:
        text = _decode(_load(path), path.name, faults)
        delimiter = _delimiter(text, [*required, *optional])
        if delimiter != ",":
            faults.append(report(kind="noted", reason=f"read as separated by {DELIMITERS[delimiter]}"))
        records = _parse(text, delimiter, path.name)
        start = next((i for i, (_, cells) in enumerate(records) if any(map(_tidy, cells))), len(records))
        if start < len(records):
            columns = _columns(records[start:], required, optional, path.name, faults, others == "ignored")
        if not any(_tidy(cell) for _, cells in records[start + 1 :] for cell in cells):
            remedy = "write a row under the header for each, and save the table again"
            raise InputError([report(kind="stopped", reason=f"no {what} found", remedy=remedy)])
    except InputError as error:
        faults.extend(error.faults)
        return None

    titles = [_tidy(title) for title in records[start][1]]
    rows: list[Row] = []
    refused: list[Row] = []
    data = [record for record in records[start + 1 :] if any(map(_tidy, record[1]))]
    checked = sorted(columns) if others == "ignored" else None
    for number, cells in data:
        looked_at = cells if checked is None else [cells[i] for i in checked if i < len(cells)]
        found: list[Fault] = []
        if len(cells) != len(titles) or not all(map(_is_plain, looked_at)):
            found = list(_row_faults(number, cells, titles, columns, checked, "name" in required, path.name))
            faults.extend(found)
        fill = refused if any(fault.kind == "refused" for fault in found) else rows
        texts = {column: _tidy(cells[i]) for i, column in columns.items() if i < len(cells)}
        fill.append(Row(number, texts))
    for i, title in enumerate(titles):
        if not title and any(_tidy(cell) for _, cells in data for cell in cells[i : i + 1]):
            reason, remedy = "this column has values but no header: not read", "give it a header"
            cell = _address(i, records[start][0])
            faults.append(report(kind="noted", cell=cell, reason=reason, remedy=remedy))
    read = len(records) - 1
    return Table(path, tuple(columns.values()), tuple(rows), tuple(refused), read, read - len(data))


def _load(path: Path) -> bytes:
    stop = partial(Fault, kind="stopped", file=path.name)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ValueError("it is no file but a device or a pipe")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError([stop(reason="no such file", remedy="check its name and folder")]) from None
    except IsADirectoryError:
        raise InputError([stop(reason="this is a folder", remedy="name the CSV file in it")]) from None
    except (OSError, ValueError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError([stop(reason=reason, remedy="check its name and permissions")]) from None
    if path.suffix.casefold() in WORKBOOKS or data.startswith(WORKBOOK_STARTS):
        raise InputError([stop(reason="a spreadsheet workbook, not CSV", remedy=AS_CSV)])
    if len(data) > MAX_BYTES:
        raise InputError([stop(reason="larger than 50 MB", remedy="split it, or remove what is not needed")])
    return data


def _decode(data: bytes, file: str, faults: list[Fault]) -> str:
    stop = partial(Fault, kind="stopped", file=file, remedy=AS_CSV)
    sample = data[:4096]
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InputError([stop(reason="encoded as UTF-32")])
    if not utf_16 and any(half.count(0) > 0.7 * len(half) > 0 for half in (sample[::2], sample[1::2])):
        raise InputError([stop(reason="encoded as UTF-16 without its mark, or damaged")])
    try:
        text = data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        if utf_16 or data.startswith(codecs.BOM_UTF8):
            reason = f"marked as {'UTF-16' if utf_16 else 'UTF-8'}, but not so throughout: {error.reason}"
            raise InputError([stop(reason=reason)]) from None
        line = _line(data.decode("latin-1"), error.start)
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as undefined:
            line, byte = _line(data.decode("latin-1"), undefined.start), data[undefined.start]
            reason = f"byte {byte:#04x} is neither UTF-8 nor Windows-1252"
            raise InputError([stop(row=line, reason=reason)]) from None
        reason = f"read as Windows-1252 (cp1252), since line {line} is not UTF-8"
        remedy = "check signs such as £ and ’; saving as “CSV UTF-8” makes it certain"
        faults.append(Fault(kind="noted", file=file, reason=reason, remedy=remedy))
    if text.lstrip().casefold().startswith(("<html", "<!doctype", "<?xml", "<table")):
        raise InputError([stop(reason="a web page (HTML) or XML, not CSV")])
    return text


def _records(text: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    limit = csv.field_size_limit(MAX_BYTES)
    try:
        yield from enumerate(reader, start=1)
    finally:
        csv.field_size_limit(limit)


def _delimiter(text: str, known: Sequence[str]) -> str:
    """Choose what makes most known columns, else several columns; the comma if equal."""
    keys = set(map(match_key, known))

    def promise(delimiter: str) -> tuple[int, int]:
        head: list[list[str]] = []
        with suppress(csv.Error):  # reported when the whole file is parsed
            head.extend(cells for _, cells in islice(_records(text, delimiter), HEADER_WITHIN))
        first = next((cells for cells in head if any(map(_tidy, cells))), [])
        return max((len(keys & _keys(cells)) for cells in head), default=0), min(len(first), 2)

    return max(DELIMITERS, key=promise)


def _parse(text: str, delimiter: str, file: str) -> list[Record]:
    try:
        return list(_records(text, delimiter))
    except csv.Error:
        field = re.compile(
            rf'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{delimiter}\r\n][^{delimiter}\r\n]*+)?+(?=[{delimiter}\r\n]|\Z)'
        )
        at = 0
        while match := field.match(text, at):
            at = match.end() + 1
        reason = "the quote that opens on this line is not closed, or more text follows where it closes"
        remedy = "close it; inside a quoted cell write a quote twice"
        line, value = _line(text, at), text[at : at + 60]
        fault = Fault(kind="stopped", file=file, row=line, value=value, reason=reason, remedy=remedy)
        raise InputError([fault]) from None


def _columns(
    records: Sequence[Record],
    required: Sequence[str],
    optional: Sequence[str],
    file: str,
    faults: list[Fault],
    ignore_others: bool,
) -> dict[int, str]:
    """Find which known column stands at which position; raise InputError if the header will not do."""
    number, header = records[0]
    report = partial(Fault, file=file, row=number)
    names = {match_key(name): name for name in (*required, *optional)}
    titles = {i: _tidy(title) for i, title in enumerate(header) if _tidy(title)}
    columns = {i: names[match_key(title)] for i, title in titles.items() if match_key(title) in names}
    missing = [name for name in required if name not in columns.values()]

    if missing:
        top = partial(report, value=next(iter(titles.values())))
        matched = {record[0]: len(names.keys() & _keys(record[1])) for record in records[:HEADER_WITHIN]}
        best = max(matched, key=lambda row: matched[row])
        if matched[best] > matched[number]:
            reason, remedy = f"the header looks to be on row {best}", "delete the rows above it"
            raise InputError([top(kind="asked", reason=reason, remedy=remedy)])
        if len(titles) == 1 and len(required) > 1:
            reason = f"only one column, where {', '.join(required)} are needed"
            raise InputError([top(kind="stopped", reason=reason, remedy="separate the columns by commas")])

    fatal = []
    seen: dict[str, int] = {}
    for i, title in titles.items():
        first = seen.setdefault(match_key(title), i)
        if first != i:
            cell, reason = _address(i, number), f"this header stands in {_address(first, number)} too"
            remedy = "rename or delete one of the two columns"
            fatal.append(report(kind="stopped", cell=cell, value=title, reason=reason, remedy=remedy))

    unknown = {i: title for i, title in titles.items() if i not in columns}
    for name in missing:
        nearest = near(name, [match_key(title) for title in unknown.values()], 1)
        taken = [i for i, title in unknown.items() if match_key(title) in nearest]
        question = f"is it the column {unknown[taken[0]]!r}? " if taken else ""
        remedy = f"{question}The header needs: {', '.join(required)}"
        fatal.append(report(kind="asked", column=name, reason="this column is missing", remedy=remedy))
        for i in taken:
            del unknown[i]
    absent = [name for name in names.values() if name not in columns.values()]
    for i, title in () if ignore_others else unknown.items():
        place = partial(report, cell=_address(i, number), value=title)
        if meant := near(match_key(title), absent, 1, cutoff=NEAR_MISS):
            reason, remedy = f"is this {meant[0]!r}?", "write it so, or choose a header less like it"
            faults.append(place(kind="asked", reason=reason, remedy=remedy))
        else:
            nearest = near(match_key(title), names.values(), 1)
            remedy = f"the nearest known name is {nearest[0]!r}" if nearest else ""
            faults.append(place(kind="noted", reason="an unknown column: not read", remedy=remedy))
    if fatal:
        raise InputError(fatal)
    return columns


def _row_faults(
    number: int,
    cells: list[str],
    titles: list[str],
    columns: Mapping[int, str],
    checked: Sequence[int] | None,
    named: bool,
    file: str,
) -> Iterator[Fault]:
    report = partial(Fault, file=file, row=number)
    width = len(titles) if titles[-1] else max(i + 1 for i, title in enumerate(titles) if title)
    beyond = enumerate(cells[len(titles) :], start=len(titles))
    extra = next((i for i, cell in beyond if _tidy(cell)), None)
    if len(cells) < width or extra is not None:
        reason = f"the row has {len(cells)} cells, the header {width}"
        cell, value = ("", None) if extra is None else (_address(extra, number), cells[extra])
        remedy = "put a text that holds the separator between quotes, or add or delete cells"
        yield report(kind="refused", cell=cell, value=value, reason=reason, remedy=remedy)
        return
    for i in range(len(cells)) if checked is None else checked:
        raw = cells[i]
        if _is_plain(raw):
            continue
        column = columns.get(i) or (titles[i] if i < len(titles) else "")
        text = _tidy(raw)
        is_name = columns.get(i) == "name"
        for kind, reason, remedy in _cell_faults(raw, text, MAX_NAME if is_name else MAX_CELL):
            yield report(
                kind=kind, column=column, cell=_address(i, number), value=text, reason=reason, remedy=remedy
            )
        if is_name and named and not text:
            cell, remedy = _address(i, number), "write the name"
            yield report(kind="refused", column=column, cell=cell, reason="the name is blank", remedy=remedy)


def _is_plain(raw: str) -> bool:
    """Whether nothing is to be said of a cell, as of nearly all."""
    ordinary = raw.isascii() and raw.isprintable() and len(raw) <= MAX_NAME
    return ordinary and "#" not in raw and not (raw == "" or raw.isspace())


def _cell_faults(raw: str, text: str, limit: int) -> Iterator[tuple[Kind, str, str]]:
    if control := CONTROL.search(raw):
        code, position = f"U+{ord(control[0]):04X}", control.start() + 1
        yield "refused", f"control character {code} at position {position}", "retype the cell"
    if text.upper() in SPREADSHEET_ERRORS:
        yield "refused", "the spreadsheet shows an error here", "mend the formula, or write the value"
    if len(text) > limit:
        yield "refused", f"{len(text):,} characters, where {limit:,} are the limit", "shorten it"
    if raw.isascii():
        return
    if INVISIBLE.search(raw):
        yield "noted", "zero-width characters or direction marks were taken out", ""
    try:
        repaired = raw.encode("cp1252").decode()
    except UnicodeError:
        return
    if repaired != raw:
        yield "noted", "this looks encoded twice", f"if {shorten(_tidy(repaired))!r} is meant, write that"


def _keys(cells: Sequence[str]) -> set[str]:
    return {match_key(_tidy(cell)) for cell in cells}


def _tidy(raw: str) -> str:
    return raw.strip() if raw.isascii() else unicodedata.normalize("NFC", INVISIBLE.sub("", raw).strip())


def _line(text: str, at: int) -> int:
    return len(LINE_END.findall(text, 0, at)) + 1


def _address(index: int, row: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
