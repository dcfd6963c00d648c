"""What a scenario changes, in sentences."""

from __future__ import annotations

from typing import Final

import pandas as pd

from .comparison import BETTER, SAME, WORSE, Comparison
from .groupings import in_words
from .words import joined, listed

WAYS: Final = (
    *(("lost", "no longer covered"), ("gained", "newly covered")),
    *(("left_relying", "left relying on one organisation"), ("freed", "no longer relying on one alone")),
)
LEAST: Final = 0.5
"""Residents: what rounds to nobody is not said."""


def headlines(found: Comparison) -> list[str]:
    """Say what a scenario changes: one sentence for all of it, and one for each theme that differs.

    Parameters
    ----------
    found
        The scenario and both answers.

    Returns
    -------
    list of str
        The first sums up; then by theme, the themes in which most residents are lost first.
    """
    said = by_theme(found)
    return [in_one(found, len(said)), *said.values(), *redrawn(found)]


def redrawn(found: Comparison) -> list[str]:
    """Say what comes of the sub-regions that a scenario draws anew."""
    return [sentence for each in found.regroupings for sentence in in_words(each)]


def in_one(found: Comparison, themes_that_differ: int) -> str:
    """Say what a scenario changes in one sentence on all themes.

    Parameters
    ----------
    found
        The scenario and both answers.
    themes_that_differ
        As many as `by_theme` has.
    """
    question, table = found.baseline.analysis.question, found.table
    if not themes_that_differ:
        nothing = f"nothing differs, by {question.geography.label}"
        if found.regroupings:
            nothing = "who serves where stays as it is; the sub-regions are others"
        return f"{found.scenario.title}: {nothing}."
    count = len(question.themes)
    themes = f"{themes_that_differ} of {count} themes" if count > 1 else "the theme"
    parts = [f"{found.scenario.title}: something differs for {themes}"]
    for change, way in ((WORSE, "lower"), (BETTER, "higher")):
        moved = table[table["change"] == change].groupby(question.geography.code_column, sort=False)
        if len(moved):
            verb = "is" if len(moved) == 1 else "are"
            noun = question.geography.nouns[len(moved) > 1]
            parts.append(f"{len(moved)} {noun} {verb} classed {way} for some theme")
    lost = table[table["change"] == WORSE].groupby(question.geography.code_column, sort=False)
    most = lost.agg({question.geography.name_column: "first", "residents_lost_low": "max"})
    most = most.sort_values("residents_lost_low", ascending=False, kind="stable")
    if len(most) > 3 and most["residents_lost_low"].iloc[0] > 0:
        names = list(most[question.geography.name_column][:3])
        parts[1] += f", most residents no longer being covered in {listed(names)}"
    return f"{'; '.join(parts)}."


def by_theme(found: Comparison) -> dict[str, str]:
    """Say what differs for each theme: those in which most residents are lost first.

    Parameters
    ----------
    found
        The scenario and both answers.

    Returns
    -------
    dict
        Theme → a sentence that begins with its label. Themes for which nothing differs are left out.
    """
    labels = {theme.id: theme.label for theme in found.baseline.analysis.study.taxonomy.themes}
    said: list[tuple[float, str, str]] = []
    table = found.table
    most = table[[f"residents_{end}_high" for end, _ in WAYS]].max(axis=1)
    differing = table[(table["change"] != SAME) | (most >= LEAST)]["theme"].unique()
    for theme, rows in table[table["theme"].isin(differing)].groupby("theme", sort=False):
        sentence = _of_theme(found, rows)
        if sentence:
            label = labels[str(theme)]
            lost = float(rows["residents_lost_low"].iloc[-1])
            said.append((-lost, str(theme), f"{label[:1].upper()}{label[1:]}: {sentence}"))
    return {theme: text for _, theme, text in sorted(said, key=lambda each: each[0])}


def _of_theme(found: Comparison, rows: pd.DataFrame) -> str:
    geography = found.baseline.analysis.question.geography
    (one, many), name = geography.nouns, geography.name_column
    areas = rows[rows["class_baseline"] != ""]
    parts = []
    for change, way in ((WORSE, "lower"), (BETTER, "higher")):
        names = list(areas.loc[areas["change"] == change, name])
        if names:
            parts.append(
                f"{len(names)} {one if len(names) == 1 else many} {'is' if len(names) == 1 else 'are'} "
                f"classed {way} ({listed(names)})"
            )
    total = rows.iloc[-1]
    for end, what in WAYS:
        low, high = total[f"residents_{end}_low"], total[f"residents_{end}_high"]
        if high >= LEAST:
            parts.append(f"{_people(low, high)} {what}")
    return f"{joined(parts)}." if parts else ""


def _people(low: float, high: float) -> str:
    if f"{low:,.0f}" == f"{high:,.0f}":
        return f"{low:,.0f} residents are"
    if low < 0.5:
        return f"up to {high:,.0f} residents, or none, are"
    return f"between {low:,.0f} and {high:,.0f} residents are"
