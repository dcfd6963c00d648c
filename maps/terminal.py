"""A published table as text for a terminal."""

from __future__ import annotations

import io
from typing import Any, Final

import pandas as pd
from pandas.api.types import is_numeric_dtype
from rich import box
from rich.console import Console
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
    "organisations": (
        "organisation",
        "theme",
        "presence",
        "area_evidence",
        "theme_evidence",
        "counted",
    ),
}
NOT_AVAILABLE: Final = "[x]"  # the shorthand of UK statistics
ROOM_FOR_REASONS: Final = 150  # characters
WIDEST: Final = 4000


def as_text(name: str, answer: Answer, table: pd.DataFrame, *, width: int | None) -> str:
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
        How many characters a line may have; None for as many as it needs.
    """
    question, areas, study = answer.analysis.question, answer.analysis.areas, answer.analysis.study
    keys = (question.geography.code_column, question.geography.name_column)
    columns = [*(key for key in keys if key in table), *SHOWN[name]]
    if width is not None and width < ROOM_FOR_REASONS and "reason" in columns:
        columns.remove("reason")
    text = grid(table[columns], width=width)
    by = "As" if name in WITHOUT_AREAS else f"{question.geography.label}; as"
    lines = [f"{TITLES[name]}. {by} of {question.when.label}.", "", text]
    lines.append(
        f"Evidence counted: {' and '.join(question.grades)}. Method: {method(study, question.method)}."
    )
    lines += caveats(answer)
    if NOT_AVAILABLE in text:
        lines.append(f"{NOT_AVAILABLE} not available: out of scope, not surveyed, or nobody lives there.")
    outside = int((~areas.rows["in_study"].iloc[: areas.area_count].astype(bool)).sum())
    if outside:
        lines.append(f"{_count(outside, 'area')} out of scope: outside the area of this study.")
    left_out = [column for column in table.columns if column not in columns]
    lines.append(f"{_count(len(table), 'row')}. {len(left_out)} more columns: --format csv")
    return "\n".join([*lines, ""])


def grid(table: pd.DataFrame, *, width: int | None) -> str:
    """Write all columns of a table under each other, numbers to the right.

    Parameters
    ----------
    table
        Any table of texts and numbers.
    width
        As for `as_text`; longer cells are wrapped.

    Examples
    --------
    >>> print(grid(pd.DataFrame({"area": ["Derby"], "share": [float("nan")]}), width=40))
    area    share
    ─────────────
    Derby     [x]
    <BLANKLINE>
    """
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in table.columns:
        number = is_numeric_dtype(table[column])
        drawn.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in table.itertuples(index=False):
        drawn.add_row(*(Text(_shown(value, name)) for name, value in zip(table.columns, row, strict=True)))
    file = io.StringIO()
    Console(file=file, width=width or WIDEST, color_system=None).print(drawn)
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
