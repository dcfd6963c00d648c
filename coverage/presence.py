"""Which organisation is on record in which area, and whether it is local there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..boundaries.atlas import LEVELS
from .areas import AreaRows, Values
from .incidence import Incidence


def presence(
    incidence: Incidence, areas: AreaRows, level: str, remits: pd.Series, residents: Values
) -> tuple[pd.DataFrame, Values]:
    """List who serves which area, and sum the residents that local organisations serve.

    An organisation is local in an area if its remit ranks at or below the geography's level, or
    if its service area for the theme does not reach outside the area.

    Parameters
    ----------
    incidence
        Organisations × themes on the blocks.
    areas
        The areas.
    level
        The geography's level, one of `LEVELS`.
    remits
        Index: organisation ids. Values: one of `LEVELS`.
    residents
        Of each block, persons.

    Returns
    -------
    found
        Columns `pair` and `theme` (positions in the incidence), `area` (row of `areas`), `whole`
        (whether all blocks of the described part are wholly served), `local`, `residents_low`
        and `residents_high` (persons served), `counted_high` (whether it counts towards the
        number of organisations in some block of the area).
    local
        Themes × areas: residents in blocks that a local organisation serves, each block by the
        largest share that one of them serves.
    """
    cells = incidence.cells
    by_block = areas.matrix[: areas.area_count].tocoo()
    held = pd.DataFrame({"area": by_block.row, "block": by_block.col})
    held = held[areas.rows["in_study"].to_numpy()[held["area"]]]
    joined = cells.merge(held, on="block").assign(
        served_low=lambda frame: frame["low"] * residents[frame["block"]],
        served_high=lambda frame: frame["high"] * residents[frame["block"]],
        wholly=lambda frame: frame["low"] == 1.0,
    )
    found = joined.groupby(["pair", "theme", "area"], as_index=False).agg(
        residents_low=("served_low", "sum"),
        residents_high=("served_high", "sum"),
        blocks_wholly=("wholly", "sum"),
        counted_high=("counted_high", "any"),
    )
    found["whole"] = (
        found["blocks_wholly"].to_numpy() == held.groupby("area").size().loc[found["area"]].to_numpy()
    )
    found["local"] = _ranks_local(incidence, found, level, remits) | _stays_inside(cells, areas, found)
    found = found.drop(columns="blocks_wholly")
    local_cells = joined.merge(found.loc[found["local"], ["pair", "area"]], on=["pair", "area"])
    best = (
        local_cells.groupby(["theme", "area", "block"])["served_low"].max().groupby(["theme", "area"]).sum()
    )
    local = np.zeros((len(incidence.themes), areas.area_count))
    local[best.index.get_level_values(0), best.index.get_level_values(1)] = best
    return found, local


def _ranks_local(incidence: Incidence, found: pd.DataFrame, level: str, remits: pd.Series) -> pd.Series:
    ranks = incidence.pairs["organisation_id"].map(remits).map(LEVELS.index)
    return found["pair"].map(ranks) <= LEVELS.index(level)


def _stays_inside(cells: pd.DataFrame, areas: AreaRows, found: pd.DataFrame) -> pd.Series:
    """Whether all blocks that a pair touches lie in the whole of the area, not only the part described."""
    whole = areas.whole.tocoo()
    held = pd.DataFrame({"area": whole.row, "block": whole.col})
    inside = cells.merge(held, on="block").groupby(["pair", "area"]).size()
    touched = cells.groupby("pair").size()
    keys = pd.MultiIndex.from_frame(found[["pair", "area"]])
    return pd.Series(inside.loc[keys].to_numpy() == touched.loc[found["pair"]].to_numpy(), index=found.index)
