"""The same organisations by two groupings of the same land: what is the grouping's doing, and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from .analysis import Analysis
from .answer import Answer
from .incidence import touched
from .words import joined, listed

Counts = npt.NDArray[np.int64]
SLIVER: Final = 0.005
"""Parts of an area with a smaller share of its residents are left out of what it is made of."""

FROM_COVERAGE: Final = (
    *("code", "name", "theme", "residents", "residents_shared"),
    *("class", "coverage_low", "coverage_high"),
)


@dataclass(frozen=True)
class Regrouping:
    """One question, answered by two geographies.

    Attributes
    ----------
    one, other
        The answers; of the same themes, date, evidence and land.
    """

    one: Answer
    other: Answer


def grouping_table(found: Regrouping) -> pd.DataFrame:
    """Put the areas of two geographies under each other, for each theme.

    Organisations and service areas are the same in all rows: whatever differs between areas that are not
    made of the same blocks comes of where their borders run, and areas that are have the same figures.

    Parameters
    ----------
    found
        Both answers.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and area of either geography. `geography`, `code`, `name`, `theme`,
        `residents`, `residents_shared` (held by other areas of the same geography too), `class`,
        `coverage_low`, `coverage_high`; `same_blocks_as` (the area of the other geography that holds
        the same blocks; may be empty), `made_of` (areas of the other geography with the share of this one's
        residents that they hold); `organisations` that serve the area, and `organisations_straddling`: those
        of them that serve land outside it too.
    """
    parts = []
    for mine, theirs in ((found.one, found.other), (found.other, found.one)):
        areas, geography = mine.analysis.areas, mine.analysis.question.geography
        table = mine.table("coverage")
        table = table[table[geography.code_column].isin(areas.rows.index[: areas.area_count])]
        keys = {geography.code_column: "code", geography.name_column: "name"}
        frame = table.rename(columns=keys)[
            [
                "code",
                "name",
                "theme",
                "residents",
                "residents_shared",
                "class",
                "coverage_low",
                "coverage_high",
            ]
        ].copy()
        frame.insert(0, "geography", geography.id)
        same, made_of = _made_of(mine.analysis, theirs.analysis)
        themes = len(mine.analysis.question.themes)
        frame["same_blocks_as"], frame["made_of"] = same * themes, made_of * themes
        organisations, straddling = _straddling(mine.analysis)
        frame["organisations"] = organisations.ravel()
        frame["organisations_straddling"] = straddling.ravel()
        frame["method"] = table["method"]
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def in_words(found: Regrouping) -> list[str]:
    """Say which areas are the same land, and what lies in several areas by one geography alone.

    Parameters
    ----------
    found
        Both answers.
    """
    said = []
    one, other = found.one.analysis, found.other.analysis
    labels = [each.question.geography.label for each in (one, other)]
    same, _ = _made_of(one, other)
    names = list(one.areas.rows["name"])[: one.areas.area_count]
    for name, twin in zip(names, same, strict=True):
        if twin:
            said.append(
                f"{name} ({labels[0]}) holds the same land as {twin} ({labels[1]}): its figures do not move."
            )
    blocks = one.study.atlas.blocks["name"].to_numpy()
    held = [
        np.asarray(each.areas.matrix[: each.areas.area_count].sum(axis=0)).ravel() for each in (one, other)
    ]
    for (before, after), (here, there) in (((held[0], held[1]), labels), (held[::-1], labels[::-1])):
        several = np.flatnonzero((before > 1) & (after <= 1))
        if len(several):
            names = list(dict.fromkeys(blocks[several]))
            lie = "lies" if len(names) == 1 else "lie"
            which = joined(names) if len(names) < 8 else listed(names)
            said.append(
                f"{len(names)} {lie} in several areas of {here} and in one, or none, of {there}: {which}."
            )
    return said or [f"No area of {labels[0]} holds the same land as one of {labels[1]}."]


def _made_of(mine: Analysis, theirs: Analysis) -> tuple[list[str], list[str]]:
    """For each area: the other geography's area of the same blocks, and what it is made of, in words."""
    people = mine.study.atlas.residents
    ours = mine.areas.matrix[: mine.areas.area_count].toarray() > 0
    others = theirs.areas.matrix[: theirs.areas.area_count].toarray() > 0
    names = theirs.areas.rows["name"].to_numpy()
    same, made_of = [], []
    for area in ours:
        twins = np.flatnonzero((others == area).all(axis=1))
        same.append(str(names[twins[0]]) if len(twins) and area.any() else "")
        total = float(people[area].sum())
        shares = [float(people[area & other].sum()) / total if total else 0.0 for other in others]
        parts = [(share, str(name)) for share, name in zip(shares, names, strict=False) if share >= SLIVER]
        rest = 1 - float(people[area & others.any(axis=0)].sum()) / total if total else 0.0
        said = [f"{name} {share:.0%}" for share, name in sorted(parts, key=lambda each: -each[0])]
        made_of.append("; ".join([*said, *([f"no area {rest:.0%}"] if rest >= SLIVER else [])]))
    return same, made_of


def _straddling(analysis: Analysis) -> tuple[Counts, Counts]:
    """Themes × areas: organisations that serve it, and those of them that serve land outside it too."""
    incidence, rows = analysis.provision.incidence, analysis.provision.presence
    count, order = analysis.areas.area_count, incidence.pieces.index.order
    whole = analysis.areas.whole.toarray() > 0
    found = np.zeros((2, len(analysis.question.themes), count), dtype=np.int64)
    beyond = incidence.pairs["beyond"].to_numpy()
    served: dict[int, npt.NDArray[np.bool_]] = {}
    for pair, theme, area in rows.loc[rows["counted"], ["pair", "theme", "area"]].itertuples(index=False):
        footprint = int(incidence.footprint[pair])
        if footprint not in served:
            served[footprint] = np.zeros(len(order), dtype=bool)
            served[footprint][order] = touched(incidence.footprints, np.array([footprint]), len(order))
        outside = bool(beyond[pair]) or bool((served[footprint] & ~whole[area]).any())
        found[0, theme, area] += 1
        found[1, theme, area] += outside
    return found[0], found[1]
