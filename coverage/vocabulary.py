"""The words that tables may hold, and the taxonomy of themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..boundaries.errors import Fault
from ..boundaries.spelling import match_key
from ..boundaries.tables import read_table
from .cells import parse_choice
from .rows import RowReader

FUNCTION: Final = "function"
COMMUNITY: Final = "community"
REPORTED: Final = "reported only"

SECTORS: Final = ("voluntary", "public", "private")
FOCUSES: Final = ("own purpose", "targeted", "general")
GRADES: Final = ("stated", "listed", "named", "assumed")
HEADLINE: Final = ("stated", "named")
KINDS: Final = (FUNCTION, COMMUNITY, REPORTED)
BUILTIN_THEMES: Final = Path(__file__).parent / "data" / "themes.csv"


@dataclass(frozen=True)
class Theme:
    """One thing that organisations offer, or one community that they serve.

    Attributes
    ----------
    id
        As tables write it.
    kind
        `function`, `community`, or `reported only` (sources report it; it is never computed).
    label
        As pages show it.
    covers
        What it takes in, in words.
    """

    id: str
    kind: str
    label: str
    covers: str


@dataclass(frozen=True)
class Taxonomy:
    """All themes, in the order in which they are shown.

    Examples
    --------
    >>> faults = []
    >>> read_taxonomy(BUILTIN_THEMES, faults).find("Funding  Advice").id
    'funding advice'
    """

    themes: tuple[Theme, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(theme.id for theme in self.themes)

    @property
    def computed(self) -> tuple[Theme, ...]:
        """The themes that measures are computed for."""
        return tuple(theme for theme in self.themes if theme.kind != REPORTED)

    def find(self, text: str) -> Theme:
        """Find a theme by its name or label; case and spacing make no difference.

        Raises
        ------
        CellError
            When there is none, with the nearest names and the whole list.
        """
        by_label = next((t for t in self.themes if match_key(t.label) == match_key(text)), None)
        if by_label is not None:
            return by_label
        name = parse_choice(text, self.ids, what="theme")
        return next(theme for theme in self.themes if theme.id == name)

    def find_all(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Find several themes and give their ids in the taxonomy's order, each once."""
        wanted = {self.find(text).id for text in texts}
        return tuple(theme for theme in self.ids if theme in wanted)


def read_taxonomy(path: Path, faults: list[Fault]) -> Taxonomy:
    """Read a table of themes.

    Parameters
    ----------
    path
        A CSV file with the columns `theme, kind, label, covers`; a blank label is the theme.
    faults
        What is wrong is added to it.

    Returns
    -------
    Taxonomy
        The rows without a fault.
    """
    table = read_table(
        path, required=["theme", "kind"], optional=["label", "covers"], what="themes", faults=faults
    )
    themes: dict[str, Theme] = {}
    for row in table.rows if table else ():
        reader = RowReader(path.name, row, faults)
        name = reader.require("theme", "give the theme a name")
        kind = reader.read("kind", lambda text: parse_choice(text, KINDS, what="kind"), FUNCTION)
        if ";" in name:
            reader.report("theme", "a ; separates themes in a list", "take it out of the name", "refused")
        if name.casefold() in themes:
            reader.report("theme", "the theme stands twice", "keep one of the rows", "refused")
        if reader.usable:
            themes[name.casefold()] = Theme(name, kind, reader.text("label") or name, reader.text("covers"))
    return Taxonomy(tuple(themes.values()))
