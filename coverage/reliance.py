"""Leave one out: who would be left without anybody if one organisation closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from . import identities
from .analysis import Analysis
from .areas import Values
from .footprints import UNIT, Ints, gathered, ranges
from .incidence import Incidence
from .measures import key_columns, known
from .settling import Cells, Settled, settle
from .words import method

AT_ONCE: Final = 2_000_000
"""Cells that are united at once, which bounds the memory that it takes."""


@dataclass(frozen=True)
class Losses:
    """What only one organisation serves, block by block.

    Attributes
    ----------
    pair
        Position in the incidence's pairs: the organisation and the theme.
    block
        Position in the atlas.
    low, high
        Share of the block that it serves and no other organisation does, 0 to 1.
    """

    pair: Ints
    block: Ints
    low: Values
    high: Values


def losses(incidence: Incidence) -> Losses:
    """Find what each organisation serves alone.

    The union of all that are counted, less the union of all but one of them: both measured where
    shapes meet (see `settling.settle`), so that bounds are wide only where it is unknown which part
    of an area is served.

    Parameters
    ----------
    incidence
        Organisations × themes on the blocks; a network counts only where no member does.
    """
    found = [_of_theme(incidence, theme) for theme in range(len(incidence.themes))]
    pair, rank, low, high = (np.concatenate(each) for each in zip(*found, strict=True))
    kept = high > 0
    block = incidence.pieces.index.order[rank[kept]]
    return Losses(pair[kept], block, low[kept] / UNIT, high[kept] / UNIT)


def _of_theme(incidence: Incidence, theme: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Pair, rank, low and high of what is served by one alone, in units."""
    pairs = np.flatnonzero(incidence.theme == theme)
    some = incidence.footprints.take(incidence.counted[pairs])
    width = incidence.block_count + 1
    whole, who = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
    for at, sign in ((some.starts, 1), (some.ends, -1)):
        np.add.at(whole, at, sign)
        np.add.at(who, at, sign * some.run_owner)
    whole, who = np.cumsum(whole)[:-1], np.cumsum(who)[:-1]
    cells = Cells(
        np.zeros(len(some.ranks), dtype=np.int64),
        some.ranks.astype(np.int64),
        some.low,
        some.high,
        incidence.counted[pairs][some.part_owner],
    )
    others = _by_rank(settle(cells, incidence.shapes, incidence.pieces.unions), width - 1)
    alone = np.flatnonzero(whole == 1)
    partly, low, high = _without_each(incidence, cells, whole[cells.rank] == 0, others)
    return (
        pairs[np.concatenate([who[alone], some.part_owner[partly]])],
        np.concatenate([alone, cells.rank[partly]]),
        np.concatenate([UNIT - others[1][alone], low]),
        np.concatenate([UNIT - others[0][alone], high]),
    )


def _by_rank(settled: Settled, block_count: int) -> tuple[Ints, Ints]:
    low, high = np.zeros(block_count, dtype=np.int64), np.zeros(block_count, dtype=np.int64)
    low[settled.rank], high[settled.rank] = settled.low, settled.high
    return low, high


def _without_each(
    incidence: Incidence, cells: Cells, open_: np.ndarray, together: tuple[Ints, Ints]
) -> tuple[Ints, Ints, Ints]:
    """For blocks that nobody serves whole: what is lost with each cell; cell, low and high."""
    listed = np.flatnonzero(open_)
    listed = listed[np.lexsort((cells.low[listed], cells.rank[listed]))]
    some, low, high = cells.where(listed), together[0][cells.rank[listed]], together[1][cells.rank[listed]]
    if not len(listed):
        return listed, low, high
    first = np.searchsorted(some.rank, some.rank, side="left")
    last = np.searchsorted(some.rank, some.rank, side="right")
    before = np.concatenate([[0], np.cumsum(some.high)])
    rest_high = np.minimum(before[last] - before[first] - some.high, UNIT)
    greatest = np.where(np.arange(len(listed)) == last - 1, last - 2, last - 1)
    rest_low = np.where(greatest >= first, some.low[greatest], 0)
    unions = incidence.pieces.unions
    wide = np.flatnonzero(
        np.clip(high - rest_low, 0, some.high) - np.clip(low - rest_high, 0, None) > unions.tolerance
    )
    for chunk in np.array_split(wide, max(1, -(-int((last - first)[wide].sum()) // AT_ONCE))):
        left_out = np.repeat(chunk, (last - first)[chunk])
        other = ranges(first[chunk], last[chunk])
        left_out, other = left_out[left_out != other], other[left_out != other]
        rest = some.where(other)
        settled = settle(
            Cells(left_out, rest.rank, rest.low, rest.high, rest.source), incidence.shapes, unions
        )
        rest_low[settled.owner], rest_high[settled.owner] = settled.low, settled.high
    lost = np.clip(high - rest_low, 0, some.high)
    return listed, np.clip(low - rest_high, 0, lost), lost


def reliance_table(analysis: Analysis) -> pd.DataFrame:
    """Reliance: residents whom one organisation alone serves.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and row of the areas: `residents_relying_low`, `residents_relying_high`,
        and `relying_low`, `relying_high` (shares of residents).
    """
    areas, people = analysis.areas, analysis.study.atlas.residents
    low, high = _by_block(analysis.provision.incidence, losses(analysis.provision.incidence))
    identities.check_reliance(low, high, analysis.provision.union_high)
    high = np.minimum(high, analysis.provision.union_high)
    low = np.minimum(low, high)
    frame = key_columns(analysis, areas.rows)
    sums = {"low": areas.sum(low * people), "high": areas.sum(high * people)}
    columns = {f"residents_relying_{end}": values for end, values in sums.items()}
    columns |= {f"relying_{end}": values / areas.of("residents") for end, values in sums.items()}
    for name, values in columns.items():
        frame[name] = known(analysis, values).ravel()
    frame["method"] = method(analysis.study, analysis.question.method)
    return frame


def reliance_by_organisation(analysis: Analysis) -> pd.DataFrame:
    """Reliance on each organisation by name: internal, never published.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme, organisation and row of the areas in which anybody relies on it
        alone, closed by its `total`; by theme, those on whom most rely first. Columns as
        `reliance_table`, and `organisation_id`, `organisation`.
    """
    areas, incidence = analysis.areas, analysis.provision.incidence
    found = relied_on(analysis, losses(incidence))
    keys = key_columns(analysis, areas.rows)
    at = incidence.theme[found["pair"]] * len(areas.rows) + found["row"].to_numpy()
    frame = keys.iloc[at].reset_index(drop=True)
    ids = incidence.pairs["organisation_id"].to_numpy()[found["pair"]]
    frame["organisation_id"] = ids
    frame["organisation"] = analysis.study.register.organisations["name"].loc[ids].to_numpy()
    for end in ("low", "high"):
        frame[f"residents_relying_{end}"] = found[f"residents_{end}"]
    for end in ("low", "high"):
        frame[f"relying_{end}"] = found[f"residents_{end}"] / areas.of("residents")[found["row"]]
    frame["method"] = method(analysis.study, analysis.question.method)
    total = found[found["row"] == len(areas.rows) - 1].set_index("pair")["residents_high"]
    most = -found["pair"].map(total).fillna(0.0)
    order = np.lexsort((found["row"], found["pair"], most, incidence.theme[found["pair"]]))
    return frame.iloc[order].reset_index(drop=True)


def _by_block(incidence: Incidence, found: Losses) -> tuple[Values, Values]:
    """Themes × blocks: the share of the block that relies on one organisation, summed over them."""
    shape = (len(incidence.themes), incidence.block_count)
    low, high = np.zeros(shape), np.zeros(shape)
    at = incidence.theme[found.pair], found.block
    np.add.at(low, at, found.low)
    np.add.at(high, at, found.high)
    return low, high


def relied_on(analysis: Analysis, found: Losses) -> pd.DataFrame:
    """Sum, for each organisation and area, the residents whom it serves alone.

    Parameters
    ----------
    analysis
        A question's figures.
    found
        Of its provision.

    Returns
    -------
    pandas.DataFrame
        Columns `pair`, `row` (of the areas, the closing ones too), `residents_low`,
        `residents_high`; pairs and rows where nobody relies on one organisation are left out.
    """
    people = analysis.study.atlas.residents[found.block]
    by_block = analysis.areas.matrix.tocsc()
    rows, ptr = gathered(by_block.indptr.astype(np.int64), found.block)
    cell = np.repeat(np.arange(len(found.block)), np.diff(ptr))
    table = pd.DataFrame(
        {
            "pair": found.pair[cell],
            "row": by_block.indices[rows],
            "residents_low": (found.low * people)[cell],
            "residents_high": (found.high * people)[cell],
        }
    )
    table = table.groupby(["pair", "row"], as_index=False).sum()
    return table[table["residents_high"] > 0].reset_index(drop=True)
