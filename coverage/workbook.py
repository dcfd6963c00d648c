"""A comparison as a workbook, in the manner of official statistics: cover, notes, and one table a sheet."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import pandas as pd

from ..boundaries.errors import OutputError
from .classes import CLASSES, MEANINGS
from .comparison import CHANGES, SAME, Comparison, Shifts
from .comparison_words import by_theme, in_one
from .costs import cost_of
from .criteria import Verdict
from .describe import about, caveats
from .ranks import ranks_table
from .writing import column_documentation

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ResourceWarning)  # it leaves a file of its own open
    import gptables

UNKNOWN, NOT_APPLICABLE, BLANK = "[x]", "[z]", "[blank]"
SHORTHAND: Final = {
    UNKNOWN: "not available: out of scope, not surveyed, not on record, or nobody lives there",
    NOT_APPLICABLE: "not applicable: rows that close a table have no class, all themes together no residents",
    BLANK: "nothing has to be said",
}
CREATED: Final = datetime(2000, 1, 1)
"""Of every workbook, so that the same figures give the same file."""
MOST_ROWS: Final = 1_000_000
MOST_SIGNS: Final = 32_000
SHARED: Final = re.compile(r"(coverage|relying|overlap|depth_mean)_|surveyed_share|pounds")
MARKED: Final = re.compile(r"\$(?=\$)|\](?=\()")
UNSEEN: Final = "\u2060"
"""A word joiner: put where a text would be taken for a note or a link."""


def workbook(compared: Sequence[Comparison], verdicts: Sequence[Verdict] = ()) -> bytes:
    """Write a comparison as an XLSX file.

    Every text is written as text: nothing in it becomes a formula or a link. What is missing has a
    shorthand, explained where it stands.

    Parameters
    ----------
    compared
        At least one, of one geography.
    verdicts
        How the options stand to the criteria of the study.

    Returns
    -------
    bytes
        The file. The same comparison gives the same file.

    Raises
    ------
    OutputError
        When a table has more rows than a sheet can bear.

    Examples
    --------
    >>> from hinterland.coverage.comparison import compare
    >>> from hinterland.coverage.scenario_file import read_own
    >>> from hinterland.coverage.study import read_study
    >>> study = read_study()
    >>> found = compare(study, read_own(study).scenarios[:1], themes=["information"], by="CTY19")
    >>> workbook(found)[:2]
    b'PK'
    """
    sheets = {"Summary": _sheet("Summary", _summary(compared), "What each scenario would change, by theme")}
    if verdicts:
        sheets["Criteria"] = _sheet("Criteria", _criteria(verdicts), "Judged by what was said beforehand")
    sheets["Costs"] = _sheet(
        "Costs", _costs(compared), "What each option costs a year, where it is on record"
    )
    for number, each in enumerate(compared, 1):
        table = each.table[each.table["change"] != SAME].drop(columns="method")
        title = f"Scenario {number}: {each.scenario.title}"
        if len(table):
            name, label = f"Scenario {number}", each.scenario.label
            sheets[name] = _sheet(name, table, title, subtitle=label, left_out=len(each.table) - len(table))
    ranks = pd.concat([ranks_table(each) for each in compared])
    if len(ranks):
        sheets["Ranks"] = _sheet("Ranks", ranks, "Areas by density, where a scenario changes their rank")
    redrawn = [each.groupings for each in compared if each.groupings is not None]
    if redrawn:
        table = pd.concat(redrawn).drop(columns="method")
        sheets["Sub-regions"] = _sheet("Sub-regions", table, "The same organisations by other sub-regions")
    sheets["Columns"] = _sheet("Columns", _columns(sheets), "What the columns of the tables hold")
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it uses what pandas will take away
        book = gptables.produce_workbook(
            file,
            sheets,
            cover=_cover(compared[0]),
            notes_table=_notes(sheets),
            workbook_options={"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        book.set_properties({"created": CREATED, "title": _plain(f"Scenarios: {_study(compared[0]).title}")})
        book.close()
    return file.getvalue()


def _study(found: Comparison) -> Any:
    return found.baseline.analysis.study


def _sheet(
    name: str, table: pd.DataFrame, title: str, *, subtitle: str = "", left_out: int = 0
) -> gptables.GPTable:
    if len(table) > MOST_ROWS:
        raise OutputError(
            f"{title}: {len(table):,} rows are too many for a sheet → ask for fewer themes or areas"
        )
    cells = pd.DataFrame(
        {column: [_cell(column, value) for value in table[column]] for column in table.columns}, dtype=object
    )
    used = sorted({cell for column in cells for cell in cells[column] if cell in SHORTHAND})
    shown = [f"{sign} {SHORTHAND[sign]}." for sign in used]
    if left_out:
        shown.append(f"{left_out:,} rows in which nothing differs are left out; the CSV files have them.")
    notes = {
        column: f"$${note}$$"
        for column in cells
        for note, (pattern, _) in NOTES.items()
        if re.fullmatch(pattern, column)
    }
    return gptables.GPTable(
        table=cells,
        table_name=re.sub(r"\W", "_", name.casefold()) + "_table",
        title=_plain(title),
        subtitles=[_plain(subtitle)] if subtitle else [],
        instructions=" ".join(["This worksheet contains one table.", *shown]),
        table_notes=notes or None,
        index_columns={},
        additional_formatting=_formats(table),
    )


def _formats(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Residents in thousands with commas, and shares with decimals."""
    fractional = [i for i, column in enumerate(table) if SHARED.match(str(column))]
    counted = [i for i, column in enumerate(table) if str(column).startswith(("residents", "annual_cost"))]
    wanted = ((fractional, "0.000"), (counted, "#,##0"))
    return [
        {"column": {"columns": columns, "format": {"num_format": pattern}}}
        for columns, pattern in wanted
        if columns
    ]


def _cell(column: str, value: Any) -> Any:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return UNKNOWN
    if value in SHORTHAND:
        return value
    if isinstance(value, str):
        if not value.strip():
            return NOT_APPLICABLE if column.startswith("class") else BLANK
        return _plain(value)
    return value.item() if hasattr(value, "item") else value


def _plain(text: str) -> str:
    """A text that stays one: without what would become a note or a link, and never signs alone."""
    text = MARKED.sub(lambda found: found.group() + UNSEEN, text)[:MOST_SIGNS]
    return text if re.search(r"[A-Za-z0-9]", text) else f"{text} (as written)"


NOTES: Final[dict[str, tuple[str, str]]] = {
    "bounds": (
        r".*(_(low|high)(_baseline|_scenario)?|least|most)",
        "At least and at most: what is not known of the record is not known of the difference either. "
        "Where the one is 0 and the other is not, whether anything differs is undecided.",
    ),
    "class": (
        r"class_(baseline|scenario)",
        "Provision classes, judged by residents: "
        + " ".join(f"{name}: {MEANINGS[name][0].lower()}{MEANINGS[name][1:]}" for name in CLASSES),
    ),
    "change": (r"change", " ".join(f"{name}: {text}" for name, text in CHANGES.items())),
    "cost": (
        r"annual_cost",
        "All that an organisation costs is counted, whatever else it does; what is not on record is not "
        "estimated.",
    ),
    "rank": (
        r"rank_.*",
        "Ranks by organisations per 100,000 residents: counted once in each area served (whole), divided "
        "equally among them (equal), or by residents served (population).",
    ),
}
"""Reference → a pattern of the columns that it is for, and the note."""


def _notes(sheets: dict[str, gptables.GPTable]) -> pd.DataFrame:
    """Those that the sheets refer to."""
    used = {note.strip("$") for sheet in sheets.values() for note in (sheet.table_notes or {}).values()}
    told = {note: text for note, (_, text) in NOTES.items() if note in used}
    return pd.DataFrame({"Note reference": list(told), "Note text": list(told.values())})


def _summary(compared: Sequence[Comparison]) -> pd.DataFrame:
    rows = []
    for each in compared:
        said = by_theme(each)
        columns = ["theme", *(f"residents_{field.name}" for field in fields(Shifts))]
        closing = each.table[columns].groupby("theme", sort=False).last()
        all_themes = {"scenario": each.scenario.id, "title": each.scenario.title, "theme": "all themes"}
        rows.append({**all_themes, "in words": in_one(each, len(said)), "label": each.scenario.label})
        for theme, sentence in said.items():
            total = closing.loc[theme]
            people = {name: total[name] for name in total.index if name.startswith("residents_")}
            one = {"scenario": each.scenario.id, "title": each.scenario.title, "theme": theme}
            rows.append({**one, "in words": sentence, **people})
    table = pd.DataFrame(rows).fillna({"label": ""})
    return table.astype(object).where(table.notna(), NOT_APPLICABLE)


def _criteria(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "criterion": each.criterion.title,
            "option": each.option,
            "verdict": each.verdict,
            "by how much": each.by_how_much,
            "areas that meet it": each.met,
            "areas that miss it": each.missed,
            "areas that cannot be judged": each.undecided,
        }
        for each in verdicts
    )


def _costs(compared: Sequence[Comparison]) -> pd.DataFrame:
    options: dict[str, Any] = {}
    for each in compared:
        options.setdefault(f"Record of {each.baseline.analysis.question.when.label}", each.baseline.analysis)
        options[each.scenario.id] = each.then.analysis
    rows = []
    for option, analysis in options.items():
        cost = cost_of(analysis)
        least, most = cost.per_resident or (None, None)
        rows.append(
            {
                "option": option,
                "annual_cost": cost.pounds if cost.known else None,
                "organisations whose cost is on record": cost.known,
                "organisations whose cost is not": cost.unknown,
                "staff (full-time equivalents)": cost.staff if cost.staffed else None,
                "organisations whose staff is on record": cost.staffed,
                "residents covered for some theme, at least": cost.covered_low,
                "residents covered for some theme, at most": cost.covered_high,
                "pounds for each resident covered, at least": least,
                "pounds for each resident covered, at most": most,
            }
        )
    return pd.DataFrame(rows).astype(object).where(lambda frame: frame.notna(), None)


def _columns(sheets: dict[str, gptables.GPTable]) -> pd.DataFrame:
    known = column_documentation()
    named = (str(column).split("\n")[0] for sheet in sheets.values() for column in sheet.table.columns)
    entries = {name: known.get(name, known.get(f"*{name[-2:]}")) for name in named}
    return pd.DataFrame(
        {"column": name, "unit": entry["unit"] or "none", "meaning": entry["description"]}
        for name, entry in entries.items()
        if entry
    )


def _cover(found: Comparison) -> gptables.Cover:
    analysis = found.baseline.analysis
    study, question = analysis.study, analysis.question
    told = about(study, "comparison", question.method)
    intro = [study.banner, f"{question.geography.label}. Evidence counted: {' and '.join(question.grades)}."]
    said = [told["dc:description"], *caveats(found.baseline), *study.notes, *SHORTHAND_LINES]
    sources = [f"Source: {each}." for each in (question.geography.source, *study.sources)]
    return gptables.Cover(
        title=_plain(f"Scenarios: {study.title}"),
        intro=[_plain(text) for text in intro if text],
        about=[_plain(text) for text in dict.fromkeys([*said, *sources, *told["dc:rights"]]) if text],
        width=100,
    )


SHORTHAND_LINES: Final = tuple(f"{sign} {text}." for sign, text in SHORTHAND.items())
