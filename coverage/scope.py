"""What was surveyed, and what the sources themselves report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..boundaries.errors import Fault
from ..boundaries.names import Gazetteer
from ..boundaries.places import Place
from ..boundaries.tables import read_table
from .cells import CellError
from .dates import AsOf, Span, parse_span
from .references import take_references
from .rows import RowReader
from .vocabulary import Taxonomy

SCOPE_COLUMNS: Final = ("source", "themes", "areas", "from", "to", "completeness")
REPORTED_COLUMNS: Final = ("source", "theme", "areas", "note")


@dataclass(frozen=True)
class Survey:
    """One source that looked for some themes in some places for some time.

    Attributes
    ----------
    themes
        Ids of the taxonomy.
    places
        Where it looked. `part of X` counts as not looked into.
    first, last
        Its first and last day.
    completeness
        How far it can be relied on, in words.
    """

    source: str
    themes: tuple[str, ...]
    places: tuple[Place, ...]
    first: date
    last: date
    completeness: str

    @property
    def blocks(self) -> list[int]:
        """Positions of the blocks that it looked into."""
        return [block for place in self.places if not place.part for block in place.blocks]

    def looked_for(self, theme: str, when: AsOf) -> bool:
        """Whether it looked for a theme, at some time of the day or period asked about."""
        return theme in self.themes and self.first <= when.last and self.last >= when.first


@dataclass(frozen=True)
class Reported:
    """A gap that a source reports: shown beside what is computed, never mixed with it."""

    source: str
    theme: str
    places: tuple[Place, ...]
    note: str


def read_scope(
    path: Path, *, gazetteer: Gazetteer, taxonomy: Taxonomy, faults: list[Fault]
) -> tuple[Survey, ...]:
    """Read the table of what was surveyed.

    Parameters
    ----------
    path
        A CSV file with the columns `source, themes, areas, from, to, completeness`; `themes` and
        `areas` are lists separated by `;`.
    gazetteer, taxonomy
        What its names are read with.
    faults
        What is wrong is added to it.
    """
    required = [column for column in SCOPE_COLUMNS if column != "completeness"]
    table = read_table(path, required=required, optional=["completeness"], what="surveys", faults=faults)
    surveys = []
    for row in table.rows if table else ():
        reader = RowReader(path.name, row, faults)
        for column in required:
            reader.require(column, "without it the row says nothing about what was surveyed")
        themes = reader.read("themes", partial(_themes, taxonomy), ())
        first, last = reader.read("from", parse_span, None), reader.read("to", parse_span, None)
        days = reader.read("to", partial(_days, reader.text("from")), None) if first and last else None
        places = read_places(reader, gazetteer, days[0] if days else None)
        if days and reader.usable:
            completeness = reader.text("completeness")
            surveys.append(Survey(reader.text("source"), themes, places, *days, completeness))
    return tuple(surveys)


def read_reported(
    path: Path, *, gazetteer: Gazetteer, taxonomy: Taxonomy, faults: list[Fault]
) -> tuple[Reported, ...]:
    """Read the table of gaps that sources report.

    Parameters
    ----------
    path
        A CSV file with the columns `source, theme, areas, note`.
    gazetteer, taxonomy, faults
        As for `read_scope`.
    """
    required = [column for column in REPORTED_COLUMNS if column != "note"]
    table = read_table(path, required=required, optional=["note"], what="reported gaps", faults=faults)
    reported = []
    for row in table.rows if table else ():
        reader = RowReader(path.name, row, faults)
        for column in required:
            reader.require(column, "say who reports which gap, and where")
        theme = reader.read("theme", lambda text: taxonomy.find(text).id, "")
        places = read_places(reader, gazetteer)
        if reader.usable:
            reported.append(Reported(reader.text("source"), theme, places, reader.text("note")))
    return tuple(reported)


def surveyed(
    surveys: tuple[Survey, ...], themes: tuple[str, ...], when: AsOf, block_count: int
) -> npt.NDArray[np.bool_]:
    """Say for each theme and block whether a source looked for it at that time.

    Parameters
    ----------
    surveys
        Of a study.
    themes
        The themes asked about.
    when
        A survey counts when its period and this one meet.
    block_count
        How many blocks the atlas has.

    Returns
    -------
    numpy.ndarray
        Themes × blocks.
    """
    result = np.zeros((len(themes), block_count), dtype=bool)
    for survey in surveys:
        rows = [i for i, theme in enumerate(themes) if survey.looked_for(theme, when)]
        result[np.ix_(rows, survey.blocks)] = True
    return result


def read_places(reader: RowReader, gazetteer: Gazetteer, on: date | None = None) -> tuple[Place, ...]:
    """Read the cell `areas` of a row that names areas alone; what is not clear is reported.

    Parameters
    ----------
    reader
        The row.
    gazetteer
        What the names are read with.
    on
        The day that is spoken of, for names that have ceased to exist.
    """
    references, names = take_references(reader.plain("areas"))
    for text in references:
        remedy = "name the areas that were looked into, as a code or a name"
        reader.report(
            "areas", "surveys and reported gaps name areas, not shapes", remedy, "refused", value=text
        )
    return read_names(reader, names, gazetteer, on, blank_allowed=bool(references))


def read_bases(reader: RowReader, gazetteer: Gazetteer, on: date) -> tuple[Place, ...]:
    """Read the cell `bases` of an organisation: areas in which it has a base or outreach; may be blank."""
    return read_names(reader, reader.plain("bases"), gazetteer, on, blank_allowed=True, column="bases")


def read_names(
    reader: RowReader,
    names: str,
    gazetteer: Gazetteer,
    on: date | None,
    *,
    blank_allowed: bool,
    column: str = "areas",
) -> tuple[Place, ...]:
    """Read names of areas that stand in the cell `areas` of a row, or in another.

    Parameters
    ----------
    reader
        The row.
    names
        A list separated by `;`.
    gazetteer, on
        As for `read_places`.
    blank_allowed
        Whether there may be none.
    column
        Where faults are reported.
    """
    day = None if on is None else pd.Timestamp(on)
    places, problems = gazetteer.resolve_list(names, day)
    if names and not places and not problems and not blank_allowed:
        reader.report(column, "it names no area", "list areas, separated by ;", "refused")
    for problem in problems:
        reader.report(column, problem.reason, problem.remedy, problem.kind, value=problem.text)
    for place in places:
        if place.note:
            reader.report(column, place.note, "", "noted", value=place.text)
    return tuple(places)


def _days(since: str, to: str) -> Span:
    return parse_span(f"{since}/{to}")


def _themes(taxonomy: Taxonomy, cell: str) -> tuple[str, ...]:
    themes = taxonomy.find_all([part.strip() for part in cell.split(";") if part.strip()])
    if not themes:
        raise CellError("it names no theme", "list themes, separated by ;", "refused")
    return themes
