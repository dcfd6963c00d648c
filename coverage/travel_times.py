"""Travel times from origins to blocks, as any routing engine gives them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..boundaries.description import Origin
from ..boundaries.errors import Fault
from ..boundaries.figures import look_alikes, misspelt, report_first, some, tidy_codes
from ..boundaries.sources import Sources
from ..boundaries.spelling import match_key, tidy
from .drawn import Floats
from .references import is_whole, reference_key, report_rows, usable_ids, where
from .service_area_settings import TravelTimesFrom

Ints = npt.NDArray[np.int64]

A_DAY: Final = 24 * 60
MAX_PLAIN_BYTES: Final = 200 * 1024**2
PLAIN: Final = np.isin(np.arange(256), [*b"\r\n", *range(32, 127)]) & ~np.isin(np.arange(256), [*b'"#'])
"""Bytes that mean themselves and nothing else in a table: no quotation marks, no spreadsheet's errors."""
DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}")


@dataclass(frozen=True)
class TravelTimes:
    """Minutes from one origin.

    Attributes
    ----------
    name
        The origin's id, as the table has it.
    file, row
        Where it first stands.
    minutes
        To each block that is listed, rising.
    blocks
        Their positions in the atlas.
    greatest
        The most minutes that the table has for this origin, to whatever block.
    beyond
        The fewest minutes to a code that is no block of the atlas; infinite where it has none.
    """

    name: str
    file: str
    row: int
    minutes: Floats
    blocks: Ints
    greatest: float
    beyond: float

    def within(self, minutes: float) -> Ints:
        """Positions of the blocks that can be reached in so many minutes, ascending."""
        return np.sort(self.blocks[: np.searchsorted(self.minutes, minutes, side="right")])


def travel_id(origin: str, minutes: float) -> str:
    """What a travel-time area is called.

    Examples
    --------
    >>> travel_id("Retford", 30.0)
    'Retford 30 minutes'
    """
    return f"{origin} {minutes:.10g} minutes"


def read_travel_times(
    wanted: TravelTimesFrom,
    blocks: pd.Index | None,
    taken: dict[str, tuple[str, int]],
    sources: Sources,
    faults: list[Fault],
) -> tuple[dict[str, TravelTimes], frozenset[str], bool]:
    """Read a table of minutes from origins to blocks.

    Parameters
    ----------
    wanted
        Where it stands, and what its columns are. It may have a million rows.
    blocks
        Codes of the atlas's blocks; None where they are not known.
    taken
        Key of each origin that stands in another file → that file and the row. Those of this file
        are added to it.
    sources
        What it is read with.
    faults
        What is wrong is added to it.

    Returns
    -------
    found
        Key of each origin → its times.
    spoilt
        Keys of origins whose rows were all refused.
    whole
        False where rows were refused whose origins are not known, or no row is of a block.
    """
    file = wanted.file.name
    own: list[Fault] = []
    sources.progress(f"reading {file}")
    table = _read_plain(wanted)
    if table is None:
        columns = [wanted.origin, wanted.block, wanted.minutes]
        table = sources.table(Origin(file=wanted.file), columns, [], own)
    faults += own
    if table is None:
        return {}, frozenset(), False
    origins, codes = (table[column].astype("category") for column in (wanted.origin, wanted.block))
    names = pd.Series(origins.cat.categories, name=wanted.origin, dtype=object)
    first_rows = _first_rows(origins)
    named = usable_ids(names.set_axis(first_rows), file, faults).to_numpy()
    minutes = check_minutes(table[wanted.minutes], file, faults)
    at = _positions(codes, blocks, wanted, faults)
    if (at < 0).all():
        return {}, frozenset(), False
    merged, number = np.unique(names.map(reference_key), return_inverse=True)
    rows = pd.DataFrame({"origin": number[origins.cat.codes], "block": at, "minutes": minutes})
    rows = rows[named[origins.cat.codes] & minutes.notna()]
    greatest = rows.groupby("origin")["minutes"].max()
    beyond = rows[rows["block"] < 0].groupby("origin")["minutes"].min()
    rows = _each_once(rows[rows["block"] >= 0], table, wanted, faults)
    rows = rows.sort_values(["origin", "minutes"], kind="stable")
    ends = np.searchsorted(rows["origin"], np.arange(len(merged) + 1))
    found = {}
    for i, key in enumerate(map(str, merged)):
        if i not in greatest.index:
            continue
        name, part = int(np.flatnonzero(number == i)[0]), slice(ends[i], ends[i + 1])
        found[key] = TravelTimes(
            name=tidy(names[name]),
            file=file,
            row=int(first_rows[name]),
            minutes=rows["minutes"].to_numpy()[part],
            blocks=rows["block"].to_numpy()[part],
            greatest=float(greatest[i]),
            beyond=float(beyond.get(i, np.inf)),
        )
    twice = pd.Series({times.row: key for key, times in found.items() if key in taken}, dtype=object)

    def refuse(row: int) -> Fault:
        reason = f"{where(*taken[twice[row]], here=file)} has this origin too"
        remedy = "give one of them another id, such as Retford by bus"
        at = partial(Fault, kind="refused", file=file, column=wanted.origin)
        return at(row=row, value=table.at[row, wanted.origin], reason=reason, remedy=remedy)

    report_rows(twice.index, refuse, faults)
    found = {key: times for key, times in found.items() if key not in taken}
    taken.update({key: (file, times.row) for key, times in found.items()})
    spoilt = frozenset(map(str, merged)) - frozenset(found)
    return found, spoilt, is_whole(own) and "" not in spoilt


def check_minutes(texts: pd.Series[str], file: str, faults: list[Fault]) -> pd.Series[float]:
    """Read minutes; what is no number, or negative, is refused.

    Parameters
    ----------
    texts
        Named as their column is. Index: rows or features, as messages number them.
    file
        The file's name.
    faults
        What is wrong is added to it.

    Returns
    -------
    pandas.Series
        0 or more; NaN for what is refused.

    Examples
    --------
    >>> faults = []
    >>> check_minutes(pd.Series(["12.5", "-1", ""]), "times.csv", faults).tolist(), len(faults)
    ([12.5, nan, nan], 2)
    """
    minutes = pd.to_numeric(texts, errors="coerce").astype(np.float64)
    report = partial(Fault, file=file, column=str(texts.name))
    good = np.isfinite(minutes) & (minutes >= 0)
    blank = texts.index[~good & (texts == "")]
    reason, remedy = "the minutes are blank", "write them; write no row for what cannot be reached"
    report_rows(blank, lambda row: report(kind="refused", row=row, reason=reason, remedy=remedy), faults)

    def wrong(row: int) -> Fault:
        text = texts[row]
        if minutes[row] < 0:
            reason, remedy = "minutes are 0 or more", "correct it"
        elif np.isinf(minutes[row]):
            reason, remedy = "the minutes are not finite", "write no row for what cannot be reached"
        elif DECIMAL_COMMA.fullmatch(text):
            reason, remedy = "the minutes have a decimal comma", f"write {text.replace(',', '.')}"
        else:
            reason, remedy = "this is no number of minutes", "write digits, such as 30 or 12.5"
        return report(kind="refused", row=row, value=text, reason=reason, remedy=remedy)

    wrong_rows = texts.index[~good & (texts != "")]
    report_rows(wrong_rows, wrong, faults, others="their minutes cannot be used")
    long = minutes.index[good & (minutes > A_DAY)]
    if len(long):
        reason = f"more than a day, as in {len(long):,} of {len(texts):,} rows: are they seconds?"
        remedy = "divide them by 60, or delete what takes more than a day"
        faults.append(
            report(kind="asked", row=int(long[0]), value=texts[long[0]], reason=reason, remedy=remedy)
        )
    return minutes.where(good)


def _read_plain(wanted: TravelTimesFrom) -> pd.DataFrame | None:
    """Read a large table quickly where nothing in it can be misread; None where that is not certain.

    That is: plain ASCII, separated by commas, no quotation marks, as many commas in every line, and
    each column once in the header.
    """
    columns = (wanted.origin, wanted.block, wanted.minutes)
    try:
        if not wanted.file.is_file() or wanted.file.stat().st_size > MAX_PLAIN_BYTES:
            return None
        data = wanted.file.read_bytes().removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n") + b"\n"
    except OSError:
        return None
    signs = np.frombuffer(data, dtype=np.uint8)
    commas = np.searchsorted(np.flatnonzero(signs == ord(",")), np.flatnonzero(signs == ord("\n")))
    even = (np.diff(commas) == commas[0]).all()
    if not even or not PLAIN[signs].all() or data.count(b"\r") != data.count(b"\r\n"):
        return None
    titles = [match_key(title) for title in data[: data.index(b"\n")].decode().split(",")]
    wanted_keys = [match_key(column) for column in columns]
    if len(commas) < 2 or any(titles.count(key) != 1 for key in wanted_keys) or len({*wanted_keys}) < 3:
        return None
    at = [titles.index(key) for key in wanted_keys]
    frame = pd.read_csv(
        io.BytesIO(data),
        header=None,
        skiprows=1,
        usecols=at,
        dtype=str,
        na_filter=False,
        quoting=csv.QUOTE_NONE,
    )[at].set_axis(columns, axis=1)
    frame[wanted.minutes] = frame[wanted.minutes].str.strip()
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2))


def _first_rows(values: pd.Series) -> pd.Index:
    """For each category, the row in which it first stands."""
    first = pd.Series(values.index, index=values.cat.codes).groupby(level=0).first()
    return pd.Index(first.reindex(range(len(values.cat.categories))), dtype="int64")


def _positions(
    codes: pd.Series, blocks: pd.Index | None, wanted: TravelTimesFrom, faults: list[Fault]
) -> Ints:
    """For each row, the position of its block in the atlas; -1 for other codes, which are told."""
    if blocks is None:
        return np.full(len(codes), -1)
    report = partial(Fault, file=wanted.file.name, column=wanted.block)
    written = tidy_codes(pd.Series(codes.cat.categories, dtype=object).set_axis(_first_rows(codes)))
    at = blocks.get_indexer(written)
    blank = codes.index[(codes == "").to_numpy()]
    remedy = "write its code, or delete the row"
    reason = "the block is blank"
    report_rows(blank, lambda row: report(kind="refused", row=row, reason=reason, remedy=remedy), faults)
    others = written[(at < 0) & (written != "")]
    meant = look_alikes(others, set(blocks))
    report_first(misspelt(others, meant, wanted.file.name, wanted.block), faults)
    others = others.drop(list(meant))
    count = int((written != "").sum())
    if len(others) and len(others) == count:
        reason = f"none of its codes is a block: it has {some(others.to_list())}; blocks are {some(blocks)}"
        remedy = f"is {wanted.block} the right column, and the table of the same vintage?"
        faults.append(report(kind="stopped", reason=reason, remedy=remedy))
    elif len(others):
        are = "is no block" if len(others) == 1 else "are no blocks"
        reason = f"{len(others):,} of its {count:,} codes {are} of the study: {some(others.to_list())}"
        faults.append(report(kind="noted", reason=reason, remedy="their rows are passed over"))
    return np.asarray(at[codes.cat.codes])


def _each_once(
    rows: pd.DataFrame, table: pd.DataFrame, wanted: TravelTimesFrom, faults: list[Fault]
) -> pd.DataFrame:
    """Rows of one origin and block with the same minutes are merged, with others refused."""
    single = rows.drop_duplicates(["origin", "block"])
    distinct = rows[rows.duplicated(["origin", "block"], keep=False)].drop_duplicates()
    again = distinct.duplicated(["origin", "block"])
    if not again.any():
        return single
    first = dict(
        zip(
            map(tuple, distinct.loc[~again, ["origin", "block"]].to_numpy()),
            distinct.index[~again],
            strict=True,
        )
    )

    def refuse(row: int) -> Fault:
        earlier = first[tuple(distinct.loc[row, ["origin", "block"]].astype(int))]
        reason = (
            f"{table.at[row, wanted.minutes]} minutes from {table.at[row, wanted.origin]} to "
            f"{table.at[row, wanted.block]}, but row {earlier} says {table.at[earlier, wanted.minutes]}"
        )
        return Fault(
            kind="refused",
            file=wanted.file.name,
            row=row,
            column=wanted.minutes,
            value=table.at[row, wanted.minutes],
            reason=reason,
            remedy="keep one of the two rows",
        )

    report_rows(distinct.index[again], refuse, faults)
    return single
