"""What can go wrong, in words that a reader can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["stopped", "refused", "asked", "noted"]
LAYERS: Final = (".gpkg", ".geojson", ".json", ".shp", ".parquet")  # whose rows are features


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing found in an input, where it stands and what to do next.

    Attributes
    ----------
    kind
        `stopped` (the file cannot be used), `refused` (the row cannot), `asked` (it could mean
        several things, and nothing is guessed), `noted` (accepted, and reported).
    file, row, column, cell
        Where: the file's name; the row as a spreadsheet numbers it (the header is row 1), or the
        feature, the first being 1;
        the column's name; the cell's address, such as `C5`, where that helps. Of a settings
        file, the line and the key.
    value
        What stands there.
    reason, remedy
        Why it is reported, and what to do next.
    """

    kind: Kind
    file: str
    reason: str
    remedy: str = ""
    row: int | None = None
    column: str = ""
    cell: str = ""
    value: str | None = None

    def __str__(self) -> str:
        unit = "line" if self.file.endswith(".toml") else "feature" if self.file.endswith(LAYERS) else "row"
        settings = unit == "line"
        where = [self.file]
        if self.row is not None:
            where.append(f"{unit} {self.row}")
        if self.column:
            where.append(f"{'key' if settings else 'column'} {self.column}")
        if self.cell:
            where.append(f"cell {self.cell}")
        text = ", ".join(where)
        if self.value is not None:
            text += f": {shorten(self.value)!r}"
        text += f": {self.reason}"
        return f"{text} → {self.remedy}" if self.remedy else text


class HinterlandError(Exception):
    """Anything that hinterland refuses to do, with the reason."""


class InputError(HinterlandError, ValueError):
    """An input that cannot be used: every fault of it at once.

    Parameters
    ----------
    faults
        What was found, in the order of the files and rows. At least one is not `noted`.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class PlaceError(HinterlandError, LookupError):
    """A name or code that stands for no area, or for several.

    Parameters
    ----------
    reason
        Why it was not resolved.
    remedy
        What to write instead, with codes and geographies.
    kind
        `refused` when no writing of it can be meant, `asked` otherwise.
    text
        What was to be resolved, where it is a part of a longer text.
    """

    def __init__(
        self, reason: str, remedy: str, kind: Literal["refused", "asked"] = "asked", text: str = ""
    ) -> None:
        self.reason, self.remedy, self.kind, self.text = reason, remedy, kind, text
        about = f"{shorten(text)!r}: " if text else ""
        super().__init__(f"{about}{reason} → {remedy}")

    def about(self, text: str) -> PlaceError:
        """The same error, saying which text it is about."""
        return PlaceError(self.reason, self.remedy, self.kind, text)


class GeometryError(HinterlandError, ValueError):
    """Outlines or coordinates that cannot be used as they are."""


class IdentityError(HinterlandError, ArithmeticError):
    """Figures that contradict each other: a fault of hinterland, never of the input."""


class OutputError(HinterlandError, OSError):
    """A file or folder that cannot be written."""


def shorten(text: str, width: int = 80) -> str:
    """Shorten a text for display; control and direction-changing characters are taken out.

    Examples
    --------
    >>> shorten("a" * 10, width=5)
    'aaaa…'
    """
    clean = "".join(" " if character.isspace() else character for character in text)
    clean = "".join(character for character in clean if character.isprintable())
    return clean if len(clean) <= width else clean[: width - 1] + "…"
