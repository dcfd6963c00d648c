"""A published table as text for a terminal."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import pandas as pd
from pandas.api.types import is_numeric_dtype
from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ..coverage.answer import Answer
from ..coverage.describe import TITLES, WITHOUT_AREAS, caveats
from ..coverage.words import method

SHOWN: Final = {
    "gaps": ("theme", "class", "flags", "reason"),
    "coverage": ("theme", "class", "residents", "surveyed_share", "coverage_low", "coverage_high"),
    "density": ("theme", "allocation", "organisations", "per_100k_residents", "per_100_km2"),
    "overlap": ("theme", "residents_overlap_low", "residents_overlap_high", "pairs_low", "pairs_high"),
    "pairs": ("theme", "organisation", "other", "residents_low", "residents_high"),
    "reliance": (
        "theme",
        *("residents_relying_low", "residents_relying_high", "relying_low", "relying_high"),
    ),
    "reliance_by_organisation": ("theme", "organisation", "residents_relying_low", "residents_relying_high"),
    "blocks": ("block", "theme", "surveyed", "coverage_low", "coverage_high", "depth_low", "depth_high"),
    "groupings": (
        *("geography", "name", "theme", "residents", "class", "coverage_low", "coverage_high"),
        *("same_blocks_as", "organisations", "organisations_straddling"),
    ),
    "timeline": (
        *("day", "kind", "theme", "areas_affected", "residents_gained_low", "residents_lost_low"),
        *("residents_left_relying_low", "what"),
    ),
    "comparison": (
        *("scenario", "theme", "class_baseline", "class_scenario", "change"),
        *("residents_gained_low", "residents_gained_high", "residents_lost_low", "residents_lost_high"),
    ),
    "organisations": (
        "organisation",
        "theme",
        "presence",
        "area_evidence",
        "theme_evidence",
        "counted",
    ),
}
SPARE: Final = (
    ("areas_affected",),
    ("surveyed_share",),
    ("depth_low", "depth_high"),
    ("theme_evidence",),
    ("area_evidence",),
    ("relying_low", "relying_high"),
    ("pairs_low", "pairs_high"),
    ("residents",),
    ("residents_gained_high", "residents_lost_high"),
)
"""What is left out where it does not fit, first to last; low and high go together."""
NOT_AVAILABLE: Final = "[x]"  # the shorthand of UK statistics
ROOM_FOR_REASONS: Final = 150  # characters
LONGEST_WORD: Final = 24  # characters; longer words may be broken
GAP: Final = 2
WIDEST: Final = 4000


def as_text(name: str, answer: Answer, table: pd.DataFrame, *, width: int | None, dim: bool = False) -> str:
    """Write the most telling columns of a table, with what has to stand on every output.

    Parameters
    ----------
    name
        Which table it is.
    answer
        What it was made from.
    table
        The table.
    width
        How many characters a line may have; None for as many as it needs. Columns for which there
        is no room are left out, and named under the table.
    dim
        Whether evidence and method stand in dim letters.
    """
    question, areas, study = answer.analysis.question, answer.analysis.areas, answer.analysis.study
    code, title = question.geography.code_column, question.geography.name_column
    columns = [key for key in (code, title, *SHOWN[name]) if key in table]
    spare = ((code,), *SPARE) if title in table else SPARE
    shown = _that_fit(table[columns], spare, width)
    text = grid(table[shown], width=width)
    by = "As" if name in WITHOUT_AREAS else f"{question.geography.label}; as"
    evidence = f"Evidence counted: {' and '.join(question.grades)}."
    under = list(caveats(answer))
    if NOT_AVAILABLE in text:
        under.append(f"{NOT_AVAILABLE} not available: out of scope, not surveyed, or nobody lives there.")
    outside = int((~areas.rows["in_study"].iloc[: areas.area_count].astype(bool)).sum())
    if outside:
        under.append(f"{_count(outside, 'area')} out of scope: outside the area of this study.")
    left_out = [column.replace("_", " ") for column in columns if column not in shown]
    if left_out:
        under.append(f"Left out for want of room: {', '.join(left_out)}. Widen the window, or --format csv")
    under.append(
        f"{_count(len(table), 'row')}. {len(table.columns) - len(columns)} more columns: --format csv"
    )
    lines = [
        Text(f"{TITLES[name]}. {by} of {question.when.label}.\n"),
        Text(text),
        Text(f"{evidence} Method: {method(study, question.method)}.", style="dim" if dim else ""),
        *map(Text, under),
    ]
    return _printed(*lines, width=width, dim=dim)


def grid(table: pd.DataFrame, *, width: int | None) -> str:
    """Write all columns of a table under each other, numbers to the right.

    Parameters
    ----------
    table
        Any table of texts and numbers.
    width
        As for `as_text`; longer cells are wrapped, between words where there is room for the words.

    Examples
    --------
    >>> print(grid(pd.DataFrame({"area": ["Derby"], "share": [float("nan")]}), width=40))
    area   share
    ────────────
    Derby    [x]
    <BLANKLINE>
    """
    cells = _cells(table, width)
    drawn = Table(box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False)
    for column, (head, *_) in cells.items():
        number = is_numeric_dtype(table[column])
        drawn.add_column(head, justify="right" if number else "left", overflow="fold")
    least = _least(cells)
    if width is not None and _room(least) <= width:
        room = width - _room(least)
        wanted = {
            column: max(0, max(map(cell_len, texts[1:]), default=0) - least[column])
            for column, texts in cells.items()
        }
        for place, column in enumerate(sorted(wanted, key=lambda column: wanted[column])):
            more = min(wanted[column], room // (len(wanted) - place))
            drawn.columns[table.columns.get_loc(column)].width = least[column] + more
            room -= more
    for row in zip(*(texts[1:] for texts in cells.values()), strict=True):
        drawn.add_row(*map(Text, row))
    return _printed(drawn, width=width)


def _that_fit(table: pd.DataFrame, spare: Sequence[tuple[str, ...]], width: int | None) -> list[str]:
    """The columns for whose words there is room; those that may be spared go first to last."""
    if width is None:
        return list(table.columns)
    least = _least(_cells(table, width))
    if width < ROOM_FOR_REASONS:
        least.pop("reason", None)
    for columns in spare:
        if _room(least) > width:
            least = {column: words for column, words in least.items() if column not in columns}
    return list(least)


def _cells(table: pd.DataFrame, width: int | None) -> dict[str, list[str]]:
    """For each column its header, which wraps between words where there is a width, and its cells."""
    heads = {column: column if width is None else column.replace("_", " ") for column in table.columns}
    return {
        column: [head, *(_shown(value, column) for value in table[column])] for column, head in heads.items()
    }


def _least(cells: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The width of each column in which no word has to be broken."""
    return {
        column: min(LONGEST_WORD, max(cell_len(word) for text in texts for word in text.split()))
        for column, texts in cells.items()
    }


def _room(widths: Mapping[str, int]) -> int:
    return sum(widths.values()) + GAP * (len(widths) - 1)


def _printed(*lines: RenderableType, width: int | None, dim: bool = False) -> str:
    file = io.StringIO()
    colours: Literal["standard"] | None = "standard" if dim else None
    console = Console(file=file, width=width or WIDEST, color_system=colours, force_terminal=dim)
    console.print(*lines, sep="\n")
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _shown(value: Any, column: str) -> str:
    if isinstance(value, str):
        return value
    if value != value:
        return NOT_AVAILABLE
    persons = column.startswith("residents")
    return f"{value:,.0f}" if persons or float(value).is_integer() else f"{value:,.3f}"
