"""From comparisons to the view of a page of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
import pandas as pd

from ..coverage.classes import CLASSES
from ..coverage.comparison import (
    BETTER,
    CHANGES,
    FEWER,
    MIXED,
    RELYING,
    SAME,
    UNDECIDED,
    WORSE,
    Comparison,
    Shifts,
)
from ..coverage.comparison_words import by_theme, in_one, redrawn
from ..coverage.costs import cost_of, in_words
from ..coverage.criteria import Verdict
from ..coverage.groupings import bodies_of, grouping_table
from ..coverage.words import date_warning, method
from .build_view import classes_in_words, geography_item, notes_of, themes_of
from .columns import Column, Columns, gaps, packed, scaled
from .comparison_view import ComparisonView
from .lies_in import lies_in
from .outlines import draw
from .view import Item

ORDER: Final = (WORSE, FEWER, RELYING, MIXED, UNDECIDED)
LABELS: Final = {WORSE: "classed lower", BETTER: "classed higher", SAME: "no difference"}
CLASSES_OF_DIFFERENCES: Final = 3
SHARES: Final = ("coverage_low", "relying_low")
RESIDENTS: Final = tuple(f"residents_{name}" for name in Shifts.__dataclass_fields__)
NAMES: Final = (
    *("class_baseline", "class_scenario", "change"),
    *RESIDENTS,
    *(f"{name}_{state}" for name in (*SHARES, "organisations") for state in ("baseline", "scenario")),
)
"""The columns of `comparison_table` that a page shows, as `ComparisonView.names` lists them."""


@dataclass(frozen=True)
class Measure:
    """What the map can show, as `ComparisonView.measures` has it.

    Attributes
    ----------
    gains, losses
        The columns whose difference it is; none for the class.
    """

    id: str
    label: str
    kind: str
    meaning: str
    worse: bool = False
    gains: str = ""
    losses: str = ""


MEASURES: Final = (
    Measure("class", "Provision class", "class", "Judged by residents, on the evidence that is counted."),
    Measure(
        "covered",
        "Residents covered",
        "residents",
        "Residents newly inside a service area, less those who no longer are. "
        "Record and scenario show the share of residents covered, at least.",
        gains="gained",
        losses="lost",
    ),
    Measure(
        "relying",
        "Residents relying on one organisation",
        "residents",
        "Residents left with one organisation who had two or more, less those for whom it is the other way "
        "round. Record and scenario show the share who rely on one, at least.",
        worse=True,
        gains="left_relying",
        losses="freed",
    ),
    Measure(
        "organisations",
        "Organisations on record",
        "number",
        "Organisations that serve any of the area for the theme; networks beside their members do not count.",
    ),
)


def build_comparison(
    by_geography: Sequence[Sequence[Comparison]], verdicts: Sequence[Verdict]
) -> ComparisonView:
    """Make the view of a page of scenarios.

    Parameters
    ----------
    by_geography
        For each geography, in the order in which they are offered, the comparison of each scenario.
    verdicts
        How the options stand to the criteria of the study.
    """
    first = by_geography[0]
    answers = [each[0].baseline for each in by_geography]
    analysis = answers[0].analysis
    study, question = analysis.study, analysis.question
    outlines = draw(study, answers)
    titles = {each.scenario.id: each.scenario.title for each in first}
    columns = Columns()
    measured = method(study, question.method)
    measures = [
        {
            "id": measure.id,
            "label": measure.label,
            "kind": measure.kind,
            "meaning": measure.meaning,
            "worse": measure.worse,
            "breaks": _breaks(measure, by_geography),
        }
        for measure in MEASURES
    ]
    return ComparisonView(
        title=f"Scenarios: {study.title}",
        subtitle=f"Each beside the record. Counted: {' and '.join(question.grades)} evidence.",
        banner=study.banner,
        method=f"{measured[0].upper()}{measured[1:]}.",
        themes=themes_of(study, question),
        classes=classes_in_words(),
        changes=[
            {"id": name, "label": LABELS.get(name, name), "meaning": CHANGES[name]} for name in _in_order()
        ],
        measures=measures,
        scenarios=[_scenario([each[number] for each in by_geography]) for number in range(len(first))],
        geographies=[
            geography_item(answer, pieces, lies_in(answers, position))
            for position, (answer, pieces) in enumerate(zip(answers, outlines.pieces, strict=True))
        ],
        arcs=outlines.arcs,
        steps=outlines.steps,
        context=outlines.context,
        names=NAMES,
        columns=columns.listed,
        figures=[
            {
                each[number].baseline.analysis.question.geography.id: _figures(each[number], columns)
                for each in by_geography
            }
            for number in range(len(first))
        ],
        redrawn=[_redrawn(each) for each in first if each.regroupings],
        options=[titles.get(option, option) for option in dict.fromkeys(each.option for each in verdicts)],
        criteria=_criteria(verdicts),
        notes=notes_of(study, answers),
        attribution=study.atlas.attribution,
    )


def _in_order() -> list[str]:
    """What may become of an area, from loss to gain."""
    return [*ORDER, *(name for name in CHANGES if name not in ORDER)]


def _scenario(by_geography: Sequence[Comparison]) -> Item:
    """A scenario in words; what is said of areas for each geography."""
    first = by_geography[0]
    when = first.baseline.analysis.question.when.label.replace("/", " to ")
    year = first.baseline.analysis.study.atlas.residents_year
    told = {each.baseline.analysis.question.geography.id: each for each in by_geography}
    said = {name: by_theme(each) for name, each in told.items()}
    return {
        "id": first.scenario.id,
        "title": first.scenario.title,
        "label": first.scenario.label,
        "as_of": f"Both as of {when}; residents of mid-{year}.",
        "warning": date_warning(first.baseline.analysis),
        "cost": in_words(cost_of(first.then.analysis)),
        "headlines": {name: in_one(each, len(said[name])) for name, each in told.items()},
        "themes": {name: list(sentences.items()) for name, sentences in said.items()},
        "redrawn": " ".join(redrawn(first)),
    }


def _figures(found: Comparison, columns: Columns) -> dict[str, str]:
    """The columns of each theme, as `ComparisonView.figures` has them."""
    written = {}
    for theme, rows in found.table.groupby("theme", sort=False):
        places: list[int] = []
        for name in NAMES:
            places.append(columns.add(_column(name, rows[name]), like=places))
        written[str(theme)] = packed(gaps(places))
    return written


def _column(name: str, values: pd.Series) -> Column:
    if name.startswith("class_"):
        return [CLASSES.index(each) if each else None for each in values]
    if name == "change":
        order = _in_order()
        return [order.index(each) for each in values]
    numbers = values.to_numpy(dtype=np.float64)
    if name.startswith(SHARES):
        return scaled(numbers, 10_000, share=True)
    return [None if np.isnan(each) else round(each) for each in numbers]


def _breaks(measure: Measure, by_geography: Sequence[Sequence[Comparison]]) -> dict[str, list[float]] | None:
    """Where differences are drawn as greater ones: thirds of all that there are by a geography, rounded."""
    if measure.kind == "class":
        return None
    found: dict[str, list[float]] = {}
    for comparisons in by_geography:
        analysis = comparisons[0].baseline.analysis
        areas = analysis.areas.rows.index[: analysis.areas.area_count]
        pooled: list[Any] = []
        for each in comparisons:
            table = each.table
            table = table[table[analysis.question.geography.code_column].isin(areas)]
            if measure.kind == "number":
                pooled.append(table[f"{measure.id}_scenario"] - table[f"{measure.id}_baseline"])
            else:
                low, high = differences(table, measure)
                pooled += [low.clip(lower=0), high.clip(upper=0)]
        values = np.abs(pd.concat(pooled).to_numpy(dtype=np.float64))
        values = np.unique(values[values >= 0.5])
        inner = np.arange(1, CLASSES_OF_DIFFERENCES) / CLASSES_OF_DIFFERENCES
        cuts = np.quantile(values, inner) if len(values) else []
        found[analysis.question.geography.id] = sorted({float(f"{cut:.2g}") for cut in cuts})
    return found


def differences(table: pd.DataFrame, measure: Measure) -> tuple[pd.Series, pd.Series]:
    """The difference that a scenario makes in residents, at least and at most."""
    gains, losses = (
        [table[f"residents_{name}_{end}"] for end in ("low", "high")]
        for name in (measure.gains, measure.losses)
    )
    return gains[0] - losses[1], gains[1] - losses[0]


def _redrawn(found: Comparison) -> Item:
    """The sub-regions of a scenario beside those that there were, over all themes."""
    rows = []
    for each in found.regroupings:
        for side, shown in zip((each.one, each.other), each.shown(), strict=True):
            areas, bodies = side.analysis.areas, bodies_of(side.analysis)
            made_of = grouping_table(each).drop_duplicates("code").set_index("code")["made_of"]
            for place in np.flatnonzero(shown):
                area, own = areas.rows.iloc[place], bodies[bodies["area"] == place]
                rows.append(
                    {
                        "name": area["name"],
                        "geography": areas.geography.label,
                        "residents": f"{area['residents']:,.0f}",
                        "shared": f"{area['residents_shared']:,.0f}",
                        "made_of": made_of[areas.rows.index[place]],
                        "themes": str(own["theme"].nunique()),
                        "organisations": str(own["organisation_id"].nunique()),
                        "straddling": str(own.loc[own["straddles"], "organisation_id"].nunique()),
                    }
                )
    return {"title": found.scenario.title, "sentences": redrawn(found), "rows": rows}


def _criteria(verdicts: Sequence[Verdict]) -> list[Item]:
    """Each criterion with what is said of every option, in their order."""
    by_criterion = groupby(verdicts, key=lambda each: each.criterion)
    return [
        {
            "title": criterion.title,
            "verdicts": [{"verdict": each.verdict, "by_how_much": each.by_how_much} for each in judged],
        }
        for criterion, judged in by_criterion
    ]
