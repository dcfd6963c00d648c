"""What an atlas of the user's own is made of: which file, layer or column says what."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal

KINDS: Final = Path(__file__).parent / "data" / "kinds.csv"
ID: Final = re.compile(r"[A-Z][A-Z0-9_]{0,29}")
Method = Literal["centroid", "cut"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a table or a layer comes from: a file, or a layer of the Open Geography Portal.

    Attributes
    ----------
    file
        A file; None where `ons` is given.
    ons
        Id of a layer, such as `LAD23_BGC`.
    layer
        Which layer of a file that holds several.
    crs
        Coordinate reference system of a file that does not name its own, such as `EPSG:27700`.
    sha256
        Digest that a downloaded layer must have; may be empty.
    """

    file: Path | None = None
    ons: str = ""
    layer: str = ""
    crs: str = ""
    sha256: str = ""

    @property
    def name(self) -> str:
        """What it is called in messages and sources."""
        return self.file.name if self.file else self.ons


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is said of a geography wherever it is shown. Empty texts are filled from its kind.

    Attributes
    ----------
    id
        Such as `LEP14`: letters for the kind, digits for the year.
    label, level, one, many, source, note
        As in `Geography`.
    """

    id: str
    label: str = ""
    level: str = ""
    one: str = ""
    many: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class BlocksFrom:
    """Building blocks: outlines, or points (population-weighted centroids) alone.

    Attributes
    ----------
    code, name
        Columns; a blank name column takes the code.
    x, y
        Columns of population-weighted centroids: of a CSV file of points, or beside outlines.
    repair
        Whether invalid outlines are repaired, and reported, instead of refused.
    generalisation
        BFC, BFE, BGC, BSC or BUC; may be empty.
    """

    words: Words
    origin: Origin
    code: str
    name: str = ""
    x: str = ""
    y: str = ""
    repair: bool = False
    generalisation: str = ""


@dataclass(frozen=True, kw_only=True)
class CountFrom:
    """Residents, or another number for each block.

    Attributes
    ----------
    id
        `residents`, or the name of its columns, such as `ethnic_minority_residents`.
    origin
        None for a column of the blocks' own file.
    key, column
        The columns of block codes and of numbers.
    """

    id: str
    label: str
    origin: Origin | None
    key: str
    column: str
    year: int


@dataclass(frozen=True, kw_only=True)
class LookupFrom:
    """A geography by lookup: a code for each block, or for each area of another geography.

    Attributes
    ----------
    origin
        None for columns of the blocks' own file; without `codes`, the table of code changes.
    of
        Id of what its rows are: the blocks, or a geography described before.
    key
        The column of their codes.
    codes, names
        Columns of the areas' codes and names: several where an area may lie in several.
    """

    words: Words
    origin: Origin | None
    of: str
    key: str
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OutlinesFrom:
    """A geography by outlines.

    Attributes
    ----------
    method
        `centroid`: a block belongs where its centroid lies; `cut`: it is cut along the outlines.
    overlaps
        Whether areas may overlap.
    generalisation
        BFC, BFE, BGC, BSC or BUC; may be empty.
    """

    words: Words
    origin: Origin
    code: str
    name: str = ""
    method: Method = "centroid"
    overlaps: bool = False
    repair: bool = False
    generalisation: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupingFrom:
    """A user's own geography: area → what it is made of, in names or codes of any other.

    Attributes
    ----------
    areas
        As written in the study; empty where `file` is given.
    file
        CSV with the columns `area` and `member`; `code` may be given beside them.
    """

    words: Words
    areas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Described:
    """An atlas as a study describes it; without blocks, the built-in one with more geographies."""

    blocks: BlocksFrom | None = None
    residents: CountFrom | None = None
    counts: tuple[CountFrom, ...] = ()
    lookups: tuple[LookupFrom, ...] = ()
    outlines: tuple[OutlinesFrom, ...] = ()
    groupings: tuple[GroupingFrom, ...] = ()
    attribution: tuple[str, ...] = ()


@cache
def _kinds() -> dict[str, dict[str, str]]:
    with open(KINDS, encoding="utf-8") as file:
        return {row["kind"]: row for row in csv.DictReader(file)}


def vintage(geography: str) -> int | None:
    """Year that an id ends in.

    Examples
    --------
    >>> vintage("LEP14"), vintage("NORTH_SOUTH")
    (2014, None)
    """
    found = re.fullmatch(r"[A-Z_]+(\d\d)", geography)
    return 2000 + int(found[1]) if found else None


def with_kind(words: Words, source: str) -> Words:
    """Fill in what the kind of a geography says of it.

    Parameters
    ----------
    words
        As the study gives them.
    source
        What its source is called, where the study does not say.

    Examples
    --------
    >>> filled = with_kind(Words(id="LEP17"), "lsoa11_lep17_en.csv")
    >>> filled.label, filled.level, filled.many
    ('Local Enterprise Partnerships, 2017', 'sub-region', 'LEPs')
    """
    kind = _kinds().get(re.sub(r"[\d_].*", "", words.id), {})
    year = vintage(words.id)
    label = words.label or (kind.get("label", "") and f"{kind['label']}{f', {year}' if year else ''}")
    return Words(
        id=words.id,
        label=label or words.id,
        level=words.level or kind.get("level", ""),
        one=words.one or kind.get("one", "area"),
        many=words.many or kind.get("many", "areas"),
        source=words.source or source,
        note=words.note or kind.get("note", ""),
    )
