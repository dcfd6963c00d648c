"""What the page measures: labels, the tables that figures come from, and the breaks of the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ..coverage.answer import Answer
from .columns import Column, scaled

SHARE_BREAKS: Final = (0.25, 0.5, 0.75, 0.99)
CLASSES_OF_NUMBERS: Final = 5  # what mapclassify.Quantiles gives; loading it takes longer than a page


@dataclass(frozen=True)
class Measure:
    """One choice of the page's list of measures.

    Attributes
    ----------
    id, label, unit, meaning
        As `View.measures`; `{block}` in a meaning stands for what a building block is called.
    kind
        `class`, `share` (0 to 1) or `number`.
    table
        The published table that its figures come from.
    column
        That table's column.
    scale
        What its figures are multiplied with to be whole numbers.
    of_served
        Whether 0 would mislead where nobody is on record.
    """

    id: str
    label: str
    kind: Literal["class", "share", "number"]
    meaning: str
    table: str = "coverage"
    column: str = ""
    scale: int = 10_000
    unit: str = ""
    of_served: bool = False


MEASURES: Final = (
    Measure(
        "class", "Provision class", "class", "Judged by residents, on the evidence that is counted.", scale=1
    ),
    Measure(
        "coverage_low",
        "Residents covered on record, at least",
        "share",
        "Share of residents inside at least one service area; parts count as 0.",
    ),
    Measure(
        "coverage_high",
        "Residents covered on record, at most",
        "share",
        "Share of residents inside at least one service area; parts count whole.",
    ),
    Measure(
        "residents_none",
        "Residents with nobody on record, at least",
        "number",
        "Residents who live where a source looked, outside every service area; parts count whole.",
        column="residents_none_low",
        scale=1,
    ),
    Measure(
        "relying_low",
        "Residents relying on one organisation, at least",
        "share",
        "Share of residents who live where a source looked and whom one organisation alone serves.",
        table="reliance",
        of_served=True,
    ),
    Measure(
        "overlap_low",
        "Residents with two organisations or more, at least",
        "share",
        "Overlap: share of residents whom two organisations or more serve. Some is necessary and wanted.",
        table="overlap",
    ),
    Measure(
        "depth_mean_low",
        "Organisations serving a resident, at least",
        "number",
        "Mean number of organisations that serve the whole of a resident's {block}.",
        scale=100,
    ),
    Measure(
        "depth_mean_high",
        "Organisations serving a resident, at most",
        "number",
        "Mean number of organisations that serve any of a resident's {block}.",
        scale=100,
    ),
    Measure(
        "density_100k",
        "Organisations per 100,000 residents",
        "number",
        "An organisation that serves several areas is divided equally among them (rule: equal). "
        "It says nothing about whom an organisation reaches.",
        table="density",
        column="per_100k_residents",
        scale=1000,
    ),
    Measure(
        "surveyed_share",
        "Residents surveyed",
        "share",
        "Share of residents living where a source looked for the theme at that time.",
    ),
)


def figures_in(answer: Answer, measure: Measure) -> npt.NDArray[np.float64]:
    """Take the figures of a measure from the published table that has them.

    Parameters
    ----------
    answer
        Of one geography and date.
    measure
        Any but the class.

    Returns
    -------
    numpy.ndarray
        Themes × (areas, then the rows `no area` and `total` where there are such); NaN where unknown.
    """
    areas, themes = answer.analysis.areas, answer.analysis.question.themes
    table = answer.table(measure.table)
    if measure.table == "density":
        table = table[table["allocation"] == "equal"]
    column = np.asarray(table[measure.column or measure.id], dtype=np.float64)
    found = column.reshape(len(themes), -1)
    if measure.table != "density":
        return found
    figures = np.full((len(themes), len(areas.rows)), np.nan)
    figures[:, : areas.area_count], figures[:, -1] = found[:, : areas.area_count], found[:, -1]
    return figures


def whole(figures: npt.NDArray[np.float64], measure: Measure) -> Column:
    """The figures of a measure as whole numbers."""
    return scaled(figures, measure.scale, share=measure.kind == "share")


def breaks_of(measure: Measure, figures: Sequence[npt.NDArray[np.float64]]) -> list[float]:
    """Where the legend's classes begin, the same for every theme and date of a geography.

    Shares have fixed breaks, so that maps of all geographies compare. Numbers have those of five
    quantiles of all figures above 0 together, rounded to two figures: they are skewed, and classes of
    equal width leave nearly every area in the first.

    Parameters
    ----------
    measure
        Which one; a class has none.
    figures
        Of each date: themes × areas; NaN where unknown.

    Returns
    -------
    list of float
        At most five, rising, above 0.
    """
    if measure.kind == "share":
        return list(SHARE_BREAKS)
    pooled = np.concatenate([each.ravel() for each in figures])
    pooled = np.unique(pooled[pooled > 0])
    if not len(pooled):
        return []
    inner = np.quantile(pooled, np.arange(1, CLASSES_OF_NUMBERS) / CLASSES_OF_NUMBERS)
    return sorted({float(f"{value:.2g}") for value in inner})
