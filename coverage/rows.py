"""Reading the cells of one row, every fault of it reported with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from ..boundaries.errors import Fault, Kind, PlaceError
from ..boundaries.tables import Row
from .cells import CellError, spreadsheet_date

CONTACT: Final = re.compile(r"\S@\S+\.\w|(?<!\d)(?:\+44|0)[\d ()-]{8,12}\d(?!\d)")
LINE_BREAKS: Final = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")

T = TypeVar("T")
Blank = TypeVar("Blank")


class RowReader:
    """One row of a table while it is read.

    Parameters
    ----------
    file
        The file's name, as faults give it.
    row
        The row.
    faults
        What is wrong is added to it.

    Attributes
    ----------
    usable
        False once anything in the row was refused or has to be asked.
    """

    def __init__(self, file: str, row: Row, faults: list[Fault]) -> None:
        self.file, self.row, self.faults = file, row, faults
        self.usable = True

    def text(self, column: str) -> str:
        """The text of a cell on one line; empty where the table lacks the column."""
        return LINE_BREAKS.sub(" ", self.row.cells.get(column, ""))

    def plain(self, column: str) -> str:
        """The text of a cell that a spreadsheet may have turned into a date (`1-3` into `1-Mar`)."""
        text = self.text(column)
        if spreadsheet_date(text):
            self.report(
                column, "the spreadsheet changed this to a date", "format the column as text", "refused"
            )
        return text

    def read(self, column: str, parse: Callable[[str], T], blank: Blank) -> T | Blank:
        """Read a cell with a parser; `blank` stands for an empty cell and for one with a fault."""
        text = self.text(column)
        if not text:
            return blank
        try:
            return parse(text)
        except CellError as error:
            self.report(column, error.reason, error.remedy, error.kind)
        except PlaceError as error:
            self.report(column, error.reason, error.remedy, error.kind, value=error.text or text)
        return blank

    def require(self, column: str, remedy: str) -> str:
        """The text of a cell that must not be blank."""
        text = self.text(column)
        if not text:
            self.report(column, "the cell is blank", remedy, "refused")
        return text

    def report(self, column: str, reason: str, remedy: str, kind: Kind, *, value: str | None = None) -> None:
        """Report a fault of this row; anything but a note makes the row unusable."""
        self.usable = self.usable and kind == "noted"
        shown = self.text(column) if value is None else value
        self.faults.append(
            Fault(
                kind=kind,
                file=self.file,
                row=self.row.number,
                column=column,
                value=shown,
                reason=reason,
                remedy=remedy,
            )
        )
