"""The rows of a table: the areas of a geography as they lie inside a study and a `--within`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from ..boundaries.atlas import NO_AREA, Atlas, Geography

TOTAL: Final = "total"
OUTSIDE: Final = "outside"
TOTAL_NAME: Final = "All areas shown, each resident counted once"
NO_AREA_NAME: Final = "Land in no area of this geography"
OUTSIDE_NAME: Final = "Served, but in no area shown"

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AreaRows:
    """Areas cut to the part that is described, with the rows that close the total.

    Attributes
    ----------
    geography
        Which areas they are.
    rows
        Index: area codes, then `no area` where there is any, then always `total`. Columns: `name`,
        `extent` (`whole` or `part`), `in_study`, `residents` and `area_km2` (of the part
        described), `residents_full` (of the whole area; NaN where it reaches beyond the blocks of
        the atlas), `residents_exclusive` and
        `residents_shared` (of the part described: held by this area alone, or by others too).
    matrix
        Rows × blocks, 1 where the described part of the area holds the block.
    whole
        Areas (without the closing rows) × blocks, uncut.
    """

    geography: Geography
    rows: pd.DataFrame
    matrix: sparse.csr_array
    whole: sparse.csr_array

    @property
    def area_count(self) -> int:
        """How many rows are areas; the closing rows come after them."""
        return int(self.whole.shape[0])

    @cached_property
    def shown(self) -> sparse.csr_array:
        """Areas × blocks: the part described of those that are in the study."""
        in_study = self.rows["in_study"].to_numpy(dtype=np.float64)[: self.area_count]
        held = sparse.csr_array(sparse.diags_array(in_study) @ self.matrix[: self.area_count])
        held.eliminate_zeros()
        return held

    def of(self, column: str) -> Values:
        """What shares are taken of, `residents` or `area_km2`: NaN where it is 0, so that shares are too."""
        values = np.asarray(self.rows[column], dtype=np.float64)
        return np.where(values > 0, values, np.nan)

    def sum(self, values: Values) -> Values:
        """Sum block values over each row: themes × blocks in, themes × rows out."""
        return np.asarray((self.matrix @ values.T).T, dtype=np.float64)


def area_rows(
    atlas: Atlas,
    geography: Geography,
    *,
    study: npt.NDArray[np.bool_],
    within: npt.NDArray[np.bool_],
) -> AreaRows:
    """List the areas of a geography that touch `within`, cut to it and to the study.

    Areas that lie wholly outside the study are listed with the residents inside `within` and
    `in_study` false; nothing else is said of them, and they are in no total.

    Parameters
    ----------
    atlas, geography
        Where the blocks and the grouping come from.
    study, within
        For each block, whether the study, or the question, is about it.

    Returns
    -------
    AreaRows
        Summed over `residents_exclusive`, once over what is shared, and over `no area`, the
        residents are those of `total`.

    Examples
    --------
    >>> from hinterland.boundaries.builtin import load
    >>> atlas = load()
    >>> everywhere = np.ones(len(atlas.blocks), dtype=bool)
    >>> leps = area_rows(atlas, atlas.geographies["LEP14"], study=everywhere, within=everywhere)
    >>> leps.rows.loc["E37000008", ["residents", "residents_shared"]].astype(int).tolist()
    [2221120, 476708]
    """
    people, land = atlas.residents, atlas.area_km2
    full = geography.membership.astype(np.float64)
    described = within & study
    shown = np.flatnonzero(full @ within.astype(np.float64) > 0)
    whole = full[shown]
    in_study = np.asarray(whole @ described.astype(np.float64)) > 0
    matrix = _cut(whole, in_study, described, within)
    shared = geography.times_held > 1
    beyond = geography.names.index[shown].isin(list(geography.beyond))
    rows = pd.DataFrame(
        {
            "name": geography.names.to_numpy()[shown],
            "extent": np.where((matrix.sum(axis=1) == whole.sum(axis=1)) & ~beyond, "whole", "part"),
            "in_study": in_study,
            "residents": matrix @ people,
            "residents_full": np.where(beyond, np.nan, whole @ people),
            "residents_exclusive": matrix @ (people * ~shared),
            "residents_shared": matrix @ (people * shared),
            "area_km2": matrix @ land,
        },
        index=pd.Index(geography.names.index.to_numpy()[shown], name="code"),
    )
    unheld = described & (geography.times_held == 0)
    for code, name, blocks in ((NO_AREA, NO_AREA_NAME, unheld), (TOTAL, TOTAL_NAME, described)):
        if blocks.any() or code == TOTAL:
            held = float(people[blocks].sum())
            twice = float(people[blocks & shared].sum())
            rows.loc[code] = [
                name,
                "whole",
                bool(blocks.any()),
                held,
                held,
                held - twice,
                twice,
                float(land[blocks].sum()),
            ]
            matrix = sparse.vstack([matrix, sparse.csr_array(blocks[None, :].astype(np.float64))]).tocsr()
    return AreaRows(geography, rows, sparse.csr_array(matrix), sparse.csr_array(whole))


def _cut(
    whole: sparse.csr_array,
    in_study: npt.NDArray[np.bool_],
    described: npt.NDArray[np.bool_],
    within: npt.NDArray[np.bool_],
) -> sparse.csr_array:
    """Areas × blocks: of areas in the study what is described, of the others what lies inside `within`."""
    held = whole.tocoo()
    kept = np.where(in_study[held.row], described[held.col], within[held.col])
    rows, columns = held.row[kept], held.col[kept]
    return sparse.csr_array((held.data[kept], (rows, columns)), shape=whole.shape)
