"""What a scenario changes, in sentences."""

from __future__ import annotations

import pandas as pd

from .comparison import BETTER, WORSE, Comparison
from .words import inside, joined, listed


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
    question, study = found.baseline.analysis.question, found.baseline.analysis.study
    table = found.table
    labels = {theme.id: inside(theme.label) for theme in study.taxonomy.themes}
    said = []
    for theme, rows in table.groupby("theme", sort=False):
        sentence = _of_theme(found, rows)
        if sentence:
            lost = float(rows["residents_lost_low"].iloc[-1])
            label = labels[str(theme)]
            said.append((lost, f"{label[:1].upper()}{label[1:]}: {sentence}"))
    if not said:
        return [f"{found.scenario.title}: nothing differs, by {question.geography.label}."]
    said.sort(key=lambda each: -each[0])
    themes = f"{len(said)} of {len(question.themes)} themes" if len(question.themes) > 1 else "the theme"
    worse = table[table["change"] == WORSE]
    name = question.geography.name_column
    first = f"{found.scenario.title}: something differs for {themes}"
    if len(worse):
        most = worse.groupby(name)["residents_lost_low"].sum().sort_values(ascending=False, kind="stable")
        hit = worse[name].nunique()
        one, many = question.geography.nouns
        first += (
            f"; {hit} {one if hit == 1 else many} {'is' if hit == 1 else 'are'} classed lower for some theme"
        )
        if len(most) > 3 and most.iloc[0] > 0:
            first += f", most residents being affected in {joined(list(most.index[:3]))}"
    return [f"{first}.", *(text for _, text in said)]


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
    ways = (
        *(("lost", "no longer covered"), ("gained", "newly covered")),
        *(("left_relying", "left relying on one organisation"), ("freed", "no longer relying on one alone")),
    )
    for end, what in ways:
        low, high = total[f"residents_{end}_low"], total[f"residents_{end}_high"]
        if high >= 0.5:
            parts.append(f"{_people(low, high)} {what}")
    return f"{joined(parts)}." if parts else ""


def _people(low: float, high: float) -> str:
    if f"{low:,.0f}" == f"{high:,.0f}":
        return f"{low:,.0f} residents are"
    if low < 0.5:
        return f"up to {high:,.0f} residents, or none, are"
    return f"between {low:,.0f} and {high:,.0f} residents are"
