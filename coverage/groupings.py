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

Mask = npt.NDArray[np.bool_]
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
    of_one, of_other
        Codes of the areas of either that are spoken of; all of them without any.
    """

    one: Answer
    other: Answer
    of_one: tuple[str, ...] = ()
    of_other: tuple[str, ...] = ()

    def shown(self) -> tuple[Mask, Mask]:
        """For the areas of either, whether they are spoken of."""
        sides = (self.one, self.of_one), (self.other, self.of_other)
        codes = [(_codes(each), asked) for each, asked in sides]
        one, other = (np.array([not asked or code in asked for code in all_]) for all_, asked in codes)
        return one, other


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
    for mine, theirs, shown in zip(
        (found.one, found.other), (found.other, found.one), found.shown(), strict=True
    ):
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
        bodies = bodies_of(mine.analysis)
        at = bodies["theme"] * len(shown) + bodies["area"]
        every = at, at[bodies["straddles"].astype(bool)]
        for name, which in zip(("organisations", "organisations_straddling"), every, strict=True):
            frame[name] = np.bincount(which.astype(np.int64), minlength=len(frame))
        frame["method"] = table["method"]
        parts.append(frame[np.tile(shown, themes)])
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
    here, there = found.shown()
    for name, twin, asked in zip(names, same, here, strict=True):
        if twin and asked:
            said.append(
                f"{name} ({labels[0]}) holds the same land as {twin} ({labels[1]}): its figures do not move."
            )
    blocks = one.study.atlas.blocks["name"].to_numpy()
    held = [
        np.asarray(each.areas.matrix[np.flatnonzero(asked)].sum(axis=0)).ravel()
        for each, asked in ((one, here), (other, there))
    ]
    for (before, after), (mine, theirs) in (((held[0], held[1]), labels), (held[::-1], labels[::-1])):
        several = np.flatnonzero((before > 1) & (after <= 1))
        if len(several):
            names = list(dict.fromkeys(blocks[several]))
            lie = "lies" if len(names) == 1 else "lie"
            noun = one.study.atlas.block_nouns[len(names) > 1]
            which = joined(names) if len(names) < 8 else listed(names)
            where = "in one" if (after[several] == 1).all() else "in one, or none,"
            said.append(
                f"{len(names)} {noun} {lie} in several areas of {mine} and {where} of {theirs}: {which}."
            )
    for each, asked in ((one, found.of_one), (other, found.of_other)):
        geography = each.question.geography
        beyond = [geography.names[code] for code in asked if code not in each.areas.rows.index]
        if beyond:
            holds = "holds" if len(beyond) == 1 else "hold"
            said.append(f"{joined(beyond)} ({geography.label}) {holds} no land that is asked about.")
    return said or [f"No area of {labels[0]} holds the same land as one of {labels[1]}."]


def _codes(found: Answer) -> list[str]:
    areas = found.analysis.areas
    return list(areas.rows.index[: areas.area_count])


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


def bodies_of(analysis: Analysis) -> pd.DataFrame:
    """List who is on record in which area, and who of them serves land outside it too.

    Parameters
    ----------
    analysis
        By one geography.

    Returns
    -------
    pandas.DataFrame
        One row for each theme, area and organisation that counts there: `theme` and `area`, positions;
        `organisation_id`; `straddles`, whether what it serves for the theme goes beyond the area.
    """
    incidence, rows = analysis.provision.incidence, analysis.provision.presence
    order, whole = incidence.pieces.index.order, analysis.areas.whole.toarray() > 0
    beyond = incidence.pairs["beyond"].to_numpy()
    served: dict[int, Mask] = {}
    found = []
    for pair, theme, area in rows.loc[rows["counted"], ["pair", "theme", "area"]].itertuples(index=False):
        footprint = int(incidence.footprint[pair])
        if footprint not in served:
            served[footprint] = np.zeros(len(order), dtype=bool)
            served[footprint][order] = touched(incidence.footprints, np.array([footprint]), len(order))
        outside = bool(beyond[pair]) or bool((served[footprint] & ~whole[area]).any())
        found.append((theme, area, incidence.pairs["organisation_id"].iloc[pair], outside))
    return pd.DataFrame(found, columns=["theme", "area", "organisation_id", "straddles"])
