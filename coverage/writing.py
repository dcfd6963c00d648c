"""Writing results: all of them or none, never half, and never outside the folder asked for."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import filelock
import pandas as pd

from ..boundaries.atlas import Count
from ..boundaries.errors import OutputError
from ..boundaries.saving import STAGING, refused, write_through

LOCK: Final = ".hinterland.lock"
MANIFEST: Final = "manifest.json"
COLUMNS: Final = Path(__file__).parent / "data" / "columns.csv"
FORMULA: Final = re.compile(r"[=+\-@\t\r＝＋－＠]")
RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
SHARE_DECIMALS: Final = 6


def plain_file_name(name: str) -> bool:
    """Whether a name of at most 100 characters is that of a file in its folder, on any system.

    Examples
    --------
    >>> [plain_file_name(name) for name in ("map.html", "../map.html", "CON", "a/b")]
    [True, False, False, False]
    """
    return bool(re.fullmatch(r"\w[\w .()-]{0,99}", name)) and not RESERVED.fullmatch(name)


def to_csv(table: pd.DataFrame, *, mark: bool) -> bytes:
    """Write a table as CSV that a spreadsheet opens without running anything.

    Text that a spreadsheet would take for a formula is given a leading apostrophe; numbers,
    negative ones too, stay numbers. Missing values are empty, days are ISO 8601, shares have six
    decimals.

    Parameters
    ----------
    table
        Any of the published tables.
    mark
        Whether to begin with a UTF-8 byte-order mark, by which spreadsheets know the encoding.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"name": ["=1+1"], "change": [-2]}), mark=False)
    b"name,change\\r\\n'=1+1,-2\\r\\n"
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(table.columns)
    writer.writerows(cells(table))
    return file.getvalue().encode("utf-8-sig" if mark else "utf-8")


def cells(table: pd.DataFrame) -> Iterator[list[str]]:
    """The rows of a table as texts, as `to_csv` writes them."""
    columns = [[_cell(value) for value in table[column]] for column in table.columns]
    return (list(row) for row in zip(*columns, strict=True))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table for JSON: missing values are null, days are texts."""
    plain = {column: [_plain(value) for value in table[column]] for column in table.columns}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


def csvw(
    table: pd.DataFrame, name: str, about: Mapping[str, Any], counts: Mapping[str, Count] | None = None
) -> bytes:
    """Describe a table in the W3C's CSV on the Web vocabulary.

    Parameters
    ----------
    table
        What is described.
    name
        Its file name.
    about
        Further properties of the table, such as `dc:title` and `dc:source`.
    counts
        What the blocks count beside residents, by id: those columns are described too.

    Raises
    ------
    KeyError
        When a column is not documented.
    """
    known = column_documentation()
    for count in (counts or {}).values():
        known |= _columns_of(count)
    columns = []
    for column in table.columns:
        documented = known[column if column in known else f"*{column[-2:]}"]
        entry = {"name": column, "titles": column, "datatype": documented["datatype"]}
        entry["dc:description"] = documented["description"]
        if documented["unit"]:
            entry["schema:unitText"] = documented["unit"]
        columns.append(entry)
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": name,
        **about,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ","},
        "tableSchema": {"columns": columns},
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def column_documentation() -> dict[str, dict[str, str]]:
    """What each published column means: column → `datatype`, `unit`, `description`."""
    with open(COLUMNS, encoding="utf-8") as file:
        return {row["column"]: row for row in csv.DictReader(file)}


def _columns_of(count: Count) -> dict[str, dict[str, str]]:
    what = (
        f"{count.label} ({count.year}, {count.source})" if count.source else f"{count.label} ({count.year})"
    )
    told = {
        count.id: ("number", f"{what} in the part described"),
        f"per_1000_{count.id}": ("number", f"Organisations per 1,000 {what}"),
    }
    for end, parts in (("low", "parts count as 0"), ("high", "parts count whole")):
        inside = f"inside at least one service area; {parts}"
        told[f"{count.id}_covered_{end}"] = ("number", f"{what} {inside}")
        for state in ("baseline", "scenario"):
            told[f"{count.id}_covered_{end}_{state}"] = ("number", f"{what} {inside}; in the {state}")
        told[f"coverage_{count.id}_{end}"] = ("number", f"Share of {what} {inside}, 0 to 1")
    return {
        column: {"datatype": datatype, "unit": "", "description": description}
        for column, (datatype, description) in told.items()
    }


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Hold a folder for one run: it is made if need be, and no other run may write to it.

    Raises
    ------
    OutputError
        When it cannot be made or written to, or another run holds it.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file → name a folder for the output")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK)
        lock.acquire(blocking=False)
    except filelock.Timeout:
        remedy = "wait until it has ended, or name another output folder"
        raise OutputError(f"another run is writing to {folder} ({LOCK} is held) → {remedy}") from None
    except OSError as error:
        raise refused(folder, error) from None
    try:
        for left_over in folder.glob(f"{STAGING}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        yield folder
    finally:
        lock.release()


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write several files into a folder: every one is complete before the first old one is replaced.

    Files of an earlier run that this one does not write are taken away, others are left alone.

    Parameters
    ----------
    folder
        Held by `output_folder`.
    files
        Path inside the folder, with `/` → content.

    Raises
    ------
    OutputError
        When a name or a link leads out of the folder, or writing fails; the old files stand then.
    """
    targets = {name: _target(folder, name) for name in [*files, MANIFEST]}
    earlier = _earlier(folder)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    contents = {**files, MANIFEST: (json.dumps({"sha256": digests}, indent=2) + "\n").encode()}
    try:
        with tempfile.TemporaryDirectory(prefix=STAGING, dir=folder) as staging:
            staged = {name: Path(staging) / str(i) for i, name in enumerate(contents)}
            for name, content in contents.items():
                write_through(staged[name], content)
            for target in targets.values():
                target.parent.mkdir(parents=True, exist_ok=True)
            with _uninterrupted():
                for name, target in targets.items():
                    os.replace(staged[name], target)
                for name in earlier - set(contents):
                    _target(folder, name).unlink(missing_ok=True)
    except OSError as error:
        raise refused(folder, error) from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait while old files are replaced, a matter of milliseconds."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _target(folder: Path, name: str) -> Path:
    path = folder / name
    if not all(plain_file_name(part) for part in name.split("/")):
        raise OutputError(f"{name!r} is no plain file name → choose one without slashes, dots first or signs")
    if not path.resolve().is_relative_to(folder.resolve()) or path.is_symlink():
        raise OutputError(f"{path} is a link that leads elsewhere → take the link away")
    if path.is_dir():
        raise OutputError(f"cannot write to {path}: a folder stands there → take it away")
    return path


def _earlier(folder: Path) -> set[str]:
    try:
        names = set(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    plain = (name for name in names if all(plain_file_name(part) for part in str(name).split("/")))
    return {name for name in plain if (folder / name).is_file()}


def _cell(value: object) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return f"'{plain}" if FORMULA.match(plain) else plain
    return str(plain)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    number = float(value)
    return int(number) if number.is_integer() else round(number, SHARE_DECIMALS)
