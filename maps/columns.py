"""Figures of areas as columns of whole numbers, each kept once and written short."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, groupby, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Column = list[int | None]
Patch = tuple[int, str | int, str]


def scaled(values: npt.NDArray[np.float64], scale: int, *, share: bool = False) -> Column:
    """Figures as whole numbers; a little never becomes nothing, nor nearly all of a share all.

    Parameters
    ----------
    values
        Figures, NaN where unknown.
    scale
        What they are multiplied with.
    share
        Whether they are shares, 0 to 1.

    Examples
    --------
    >>> scaled(np.array([0.0, 1e-9, 0.5, 1 - 1e-9, np.nan]), 10_000, share=True)
    [0, 1, 5000, 9999, None]
    """
    whole = np.where(values > 0, np.maximum(np.rint(values * scale), 1), values)
    if share:
        whole = np.where(values < 1, np.minimum(whole, scale - 1), whole)
    return [None if np.isnan(each) else int(each) for each in whole]


def packed(column: Sequence[int | None]) -> str:
    """A column as text: numbers to base 36, blank where there is none, `x*n` for n times x.

    Parameters
    ----------
    column
        Whole numbers.

    Examples
    --------
    >>> packed([9999, 9999, 9999, None, 0, 36])
    '7pr*3,,0,10'
    """
    runs = ((value, len(list(run))) for value, run in groupby(column))
    texts = (("" if value is None else _short(value), length) for value, length in runs)
    return ",".join(text if length == 1 else f"{text}*{length}" for text, length in texts)


@cache
def _short(number: int) -> str:
    return np.base_repr(number, 36).lower()


def gaps(numbers: Sequence[int]) -> list[int]:
    """The first number, and how far it is from each to the next.

    Examples
    --------
    >>> gaps([3, 4, 9])
    [3, 1, 5]
    """
    return [here - before for before, here in pairwise([0, *numbers])]


def summed(text: str) -> list[int]:
    """Read numbers back that were written as `packed(gaps(numbers))`.

    Examples
    --------
    >>> summed(packed(gaps([3, 4, 9])))
    [3, 4, 9]
    """
    return list(accumulate(gap or 0 for gap in unpacked(text))) if text else []


def unpacked(text: str) -> Column:
    """Read a column back.

    Examples
    --------
    >>> unpacked("7pr*3,,0,10")
    [9999, 9999, 9999, None, 0, 36]
    """
    column: Column = []
    for run in text.split(","):
        value, _, length = run.partition("*")
        column += [int(value, 36) if value else None] * int(length or 1)
    return column


class Columns:
    """The columns of a view, each once.

    Examples
    --------
    >>> columns = Columns()
    >>> first = columns.add([100, 200, 300, 400])
    >>> columns.add([100, 200, 300, 400]) == first, columns.add([100, 200, 300, 5], like=[first])
    (True, 1)
    >>> columns.listed
    ['2s,5k,8c,b4', (0, '3', '5')]
    """

    def __init__(self) -> None:
        self.listed: list[str | Patch] = []
        self._full: list[Column] = []
        self._rows: dict[str, int] = {}
        self._places: dict[tuple[int | None, ...], int] = {}

    def add(self, column: Column, *, like: Sequence[int] = ()) -> int:
        """Keep a column, and say where: as what differs from one of the columns `like` if that is short."""
        key = tuple(column)
        if key not in self._places:
            self._places[key] = len(self._full)
            self.listed.append(self._once(self._written(column, like)))
            self._full.append(column)
        return self._places[key]

    def _once(self, written: str | Patch) -> str | Patch:
        """A patch whose rows are those of an earlier one points to it."""
        if isinstance(written, str):
            return written
        of, rows, to = written
        first = self._rows.setdefault(str(rows), len(self.listed))
        return (of, first, to) if first < len(self.listed) and len(str(rows)) > len(str(first)) else written

    def _written(self, column: Column, like: Sequence[int]) -> str | Patch:
        ways: list[str | Patch] = [packed(column)]
        for place in like:
            pairs = enumerate(zip(self._full[place], column, strict=False))
            differing = [i for i, (before, now) in pairs if before != now]
            if len(self._full[place]) == len(column):
                ways.append((place, packed(gaps(differing)), packed([column[i] for i in differing])))
        return min(ways, key=self._length)

    def _length(self, way: str | Patch) -> int:
        if isinstance(way, str):
            return len(way)
        rows = str(way[1])
        return 6 + (len(str(self._rows[rows])) if rows in self._rows else len(rows)) + len(way[2])


def decoded(listed: Sequence[Any], place: int) -> Column:
    """One column of a view in full.

    Examples
    --------
    >>> decoded(["1,,2", (0, "0", "3")], 1)
    [3, None, 2]
    """
    if isinstance(listed[place], str):
        return unpacked(listed[place])
    of, rows, to = listed[place]
    rows = listed[rows][1] if isinstance(rows, int) else rows
    full = decoded(listed, of)
    for row, value in zip(summed(rows), unpacked(to), strict=True):
        full[row] = value
    return full
