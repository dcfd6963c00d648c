"""Which organisation is on record in which area, and whether it is local there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..boundaries.atlas import LEVELS
from .areas import AreaRows, Values
from .incidence import Incidence


@dataclass(frozen=True)
class Reach:
    """How far organisations go for a theme, on whatever evidence.

    Attributes
    ----------
    of
        For each row of the services, its number here: services of one organisation and theme
        that are on record at the same time share one.
    cells
        Columns `reach` and `block`: which blocks each touches.
    beyond
        Number → the areas (`GEOGRAPHY:CODE`) through which it reaches beyond the blocks of the atlas.
    """

    of: pd.Series
    cells: pd.DataFrame
    beyond: Mapping[int, frozenset[str]]


def reach_of(services: pd.DataFrame, serving: pd.Series) -> Reach:
    """Unite the service areas of each organisation for each theme, whatever their evidence.

    Parameters
    ----------
    services
        All services of a register.
    serving
        For each of them, whether it is on record on the day asked about.
    """
    groups = services.assign(serving=serving).groupby(["organisation_id", "theme", "serving"], sort=False)
    of = groups.ngroup()
    touched = {
        (number, block)
        for number, places in zip(of, services["places"], strict=True)
        for place in places
        for block in place.blocks
    }
    beyond: dict[int, frozenset[str]] = {}
    for number, places in zip(of, services["places"], strict=True):
        areas = {place.area for place in places if place.beyond}
        if areas:
            beyond[number] = beyond.get(number, frozenset()) | areas
    return Reach(of, pd.DataFrame(sorted(touched), columns=["reach", "block"]), beyond)


def presence(
    incidence: Incidence,
    areas: AreaRows,
    level: str,
    *,
    remits: pd.Series,
    reaches: pd.Series,
    reach: Reach,
    residents: Values,
) -> tuple[pd.DataFrame, Values]:
    """List who serves which area, and sum the residents that local organisations serve.

    An organisation is local in an area if its remit ranks at or below the geography's level, or
    if all that it serves for the theme, on whatever evidence, lies inside the area.

    Parameters
    ----------
    incidence
        Organisations × themes on the blocks.
    areas
        The areas.
    level
        The geography's level, one of `LEVELS`.
    remits, reaches
        For each pair of the incidence: one of `LEVELS`, and its number in `reach`.
    reach
        How far organisations go.
    residents
        Of each block, persons.

    Returns
    -------
    found
        Columns `pair` and `theme` (positions in the incidence), `area` (row of `areas`), `whole`
        (whether all blocks of the described part are wholly served), `local`, and `counted`
        (whether it counts towards the number of organisations in some block of the area).
    local
        Themes × areas: residents in blocks that a local organisation serves, each block by the
        largest share that one of them serves.
    """
    by_block = areas.matrix[: areas.area_count].tocoo()
    held = pd.DataFrame({"area": by_block.row, "block": by_block.col})
    held = held[areas.rows["in_study"].to_numpy(dtype=bool)[held["area"]]]
    joined = incidence.cells.merge(held, on="block").assign(
        served=lambda frame: frame["low"] * residents[frame["block"]],
        wholly=lambda frame: frame["low"] == 1.0,
    )
    found = joined.groupby(["pair", "theme", "area"], as_index=False).agg(
        wholly=("wholly", "sum"), counted=("counted_high", "any")
    )
    size = held.groupby("area").size()
    found["whole"] = found.pop("wholly").to_numpy() == size.loc[found["area"]].to_numpy()
    ranks = found["pair"].map(remits).map(LEVELS.index)
    inside = _stays_inside(found["pair"].map(reaches), found["area"], areas, reach)
    found["local"] = (ranks <= LEVELS.index(level)) | inside
    near = joined.merge(found.loc[found["local"], ["pair", "area"]], on=["pair", "area"])
    best = near.groupby(["theme", "area", "block"])["served"].max().groupby(["theme", "area"]).sum()
    local = np.zeros((len(incidence.themes), areas.area_count))
    local[best.index.get_level_values(0), best.index.get_level_values(1)] = best
    return found, local


def _stays_inside(
    reaches: pd.Series, area: pd.Series, areas: AreaRows, reach: Reach
) -> npt.NDArray[np.bool_]:
    """Whether all blocks that are touched lie in the whole of the area, not only the part described."""
    whole = areas.whole.tocoo()
    held = pd.DataFrame({"area": whole.row, "block": whole.col})
    inside = reach.cells.merge(held, on="block").groupby(["reach", "area"]).size()
    touched = reach.cells.groupby("reach").size()
    keys = pd.MultiIndex.from_arrays([reaches, area])
    result = np.asarray(inside.loc[keys].to_numpy() == touched.loc[reaches].to_numpy(), dtype=bool)
    codes = areas.rows.index
    for i, (number, row) in enumerate(zip(reaches, area, strict=True)):
        far = reach.beyond.get(number, frozenset())
        result[i] = result[i] and far <= {f"{areas.geography.id}:{codes[row]}"}
    return result
