"""Service areas × building blocks: what everything else is summed from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Shares = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Incidence:
    """Which organisation serves which block for which theme.

    Attributes
    ----------
    pairs
        One row for each organisation × theme that is counted. Index: 0 … n-1. Columns:
        `organisation_id`, `theme`, `beyond` (whether it serves land outside all blocks too).
    cells
        One row for each pair and block that it touches. Columns: `pair`, `theme` (position in
        `themes`), `block` (position in the atlas), `low` and `high` (share of the block served,
        0 to 1), `counted_low` and `counted_high` (whether the organisation counts among those
        that serve the whole of the block, and among those that touch it).
    themes
        The themes that are computed, in the taxonomy's order.
    block_count
        How many blocks the atlas has.
    """

    pairs: pd.DataFrame
    cells: pd.DataFrame
    themes: tuple[str, ...]
    block_count: int

    def union(self) -> tuple[Shares, Shares]:
        """Share of each block inside at least one service area: lower and upper bound.

        Returns
        -------
        low, high
            Themes × blocks, 0 to 1: `max(share)` and `min(1, Σ share)`.
        """
        keys = [self.cells["theme"], self.cells["block"]]
        low = self._spread(self.cells["low"].groupby(keys).max())
        high = np.minimum(1.0, self._spread(self.cells["high"].groupby(keys).sum()))
        return low, high

    def depth(self) -> tuple[Counts, Counts]:
        """How many organisations serve each block: those that serve all of it, those that touch it.

        Where only networks serve all of a block, and members of theirs touch it, somebody serves
        all of it: that is one.

        Returns
        -------
        low, high
            Themes × blocks, whole numbers.
        """
        keys = [self.cells["theme"], self.cells["block"]]
        low = self._spread(self.cells["counted_low"].groupby(keys).sum())
        low = np.maximum(low, self._spread((self.cells["low"] == 1.0).groupby(keys).max()))
        high = self._spread(self.cells["counted_high"].groupby(keys).sum())
        return low.astype(np.int64), high.astype(np.int64)

    def _spread(self, values: pd.Series[float]) -> Shares:
        result = np.zeros((len(self.themes), self.block_count))
        result[values.index.get_level_values(0), values.index.get_level_values(1)] = values
        return result


def build(
    services: pd.DataFrame, members: dict[str, frozenset[str]], themes: tuple[str, ...], block_count: int
) -> Incidence:
    """Reduce services to their incidence on the blocks.

    One organisation's pieces for a theme are united first. `part of X` says that an unknown
    part of each block of X is served: 0 to 1. A network or alliance counts towards the depth
    of a block only where no member of it touches the block for that theme; its service area
    counts for coverage as any.

    Parameters
    ----------
    services
        Columns `organisation_id`, `theme`, `places` (tuples of `Place`). Rows of themes that
        are not in `themes` are left out.
    members
        Network → every organisation that belongs to it, directly or through another.
    themes
        The themes to compute.
    block_count
        How many blocks the atlas has.

    Returns
    -------
    Incidence

    Examples
    --------
    >>> from hinterland.boundaries.places import Place
    >>> town = Place("LAD19:A", "A", (0,)), Place("LAD19:B", "B", (1,), part=True)
    >>> rows = pd.DataFrame({"organisation_id": ["x"], "theme": ["advice"], "places": [town]})
    >>> build(rows, {}, ("advice",), 2).union()
    (array([[1., 0.]]), array([[1., 1.]]))
    """
    known = services[services["theme"].isin(themes)]
    far = known["places"].map(lambda places: any(place.beyond for place in places)).astype(bool)
    pairs = known[["organisation_id", "theme"]].assign(beyond=far)
    pairs = pairs.groupby(["organisation_id", "theme"], sort=False, as_index=False)["beyond"].any()
    keys = zip(pairs["organisation_id"], pairs["theme"], strict=True)
    number = {key: i for i, key in enumerate(keys)}
    position = {theme: i for i, theme in enumerate(themes)}
    touched = [
        (number[row.organisation_id, row.theme], position[row.theme], block, 0.0 if place.part else 1.0, 1.0)
        for row in known.itertuples()
        for place in row.places
        for block in place.blocks
    ]
    cells = pd.DataFrame(touched, columns=["pair", "theme", "block", "low", "high"])
    cells = cells.groupby(["pair", "theme", "block"], as_index=False).agg({"low": "max", "high": "max"})
    cells["counted_high"] = ~_beside_members(cells, pairs, members)
    cells["counted_low"] = cells["counted_high"] & (cells["low"] == 1.0)
    return Incidence(pairs, cells, themes, block_count)


def _beside_members(
    cells: pd.DataFrame, pairs: pd.DataFrame, members: dict[str, frozenset[str]]
) -> pd.Series:
    """For each cell, whether its organisation is a network with a member at the same theme and block."""
    organisation = cells["pair"].map(pairs["organisation_id"])
    result = pd.Series(False, index=cells.index)
    for network, belonging in members.items():
        theirs = cells[organisation.isin(belonging)]
        taken = set(zip(theirs["theme"], theirs["block"], strict=True))
        for index, theme, block in cells.loc[organisation == network, ["theme", "block"]].itertuples():
            result[index] = (theme, block) in taken
    return result
