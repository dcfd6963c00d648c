"""Which organisations meet: pairs of them that serve a block in common, and how many people they share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse

from . import identities
from .analysis import Analysis
from .areas import TOTAL, Values
from .footprints import TOUCH, UNIT, Ints, ranges
from .incidence import Incidence
from .settling import Cells, settle
from .words import method

MOST: Final = 20_000_000
"""Meetings of two organisations in one place for one theme: of more, pairs are not counted."""
MEASURED: Final = 200_000
"""Of two that both serve a part of a block: of more, what they share there is bounded and not measured."""


@dataclass(frozen=True)
class _Meetings:
    """Where footprints meet for a theme: stretches of blocks that the same ones take in.

    Attributes
    ----------
    place, who, low, high
        One row for each footprint in each place, sorted by place: the position of the footprint in
        `footprints`, and what it serves of each block there, in units.
    one, other
        Pairs of these rows in one place; twice the same where two organisations share the footprint.
    place_of
        Rank → its place.
    footprints, organisations
        Those of the theme, and how many organisations have each.
    """

    place: Ints
    who: Ints
    low: Ints
    high: Ints
    one: Ints
    other: Ints
    place_of: Ints
    footprints: Ints
    organisations: Ints

    @property
    def place_count(self) -> int:
        return int(self.place_of[-1]) + 1


def pair_counts(analysis: Analysis) -> tuple[Values, Values]:
    """Count the pairs of organisations with a block of an area in common.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    low, high
        Themes × rows: pairs that surely serve some of a block of the row in common, and that may.
        NaN where more than 20 million meetings would have to be listed.
    """
    incidence, matrix = analysis.provision.incidence, analysis.areas.matrix
    low = np.zeros((len(incidence.themes), matrix.shape[0]))
    high = np.zeros_like(low)
    by_rank = sparse.csr_array(matrix.tocsc()[:, incidence.pieces.index.order])
    for theme, found in enumerate(_meetings(incidence)):
        if found is None:
            low[theme] = high[theme] = np.nan
            continue
        places = sparse.csr_array(
            (np.ones(len(found.place_of)), (np.arange(len(found.place_of)), found.place_of)),
            shape=(len(found.place_of), found.place_count),
        )
        rows = by_rank @ places
        for values, both in zip((low, high), _both(incidence, found), strict=True):
            some = np.flatnonzero(both >= TOUCH)
            one, other = found.who[found.one[some]], found.who[found.other[some]]
            met, number = np.unique(one * len(found.footprints) + other, return_inverse=True)
            have = sparse.csr_array(
                (np.ones(len(some)), (found.place[found.one[some]], number)),
                shape=(found.place_count, len(met)),
            )
            one, other = np.divmod(met, max(len(found.footprints), 1))
            times = found.organisations
            weight = np.where(one == other, times[one] * (times[one] - 1) // 2, times[one] * times[other])
            values[theme] = ((rows @ have) > 0).astype(np.float64) @ weight
    return low, high


def pairs_table(analysis: Analysis) -> pd.DataFrame:
    """List the pairs of organisations that meet, with the residents whom both serve.

    Some overlap is necessary and wanted: pairs stand by name, not by size.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and pair of organisations that serve, or may serve, some of a block
        in common inside what is described: `theme`, `as_of`, `evidence`, `organisation_id`,
        `organisation`, `other_id`, `other`, `residents_low` and `residents_high` (whom both serve, at
        least and at most), `residents_year`, `method`.
    """
    study, question = analysis.study, analysis.question
    found, incidence = _pair_rows(analysis), analysis.provision.incidence
    bodies = incidence.pairs["organisation_id"].to_numpy()
    names = study.register.organisations["name"]
    frame = pd.DataFrame(
        {
            "theme": np.array(incidence.themes, dtype=object)[found["theme"].to_numpy(dtype=np.int64)],
            "as_of": question.when.label,
            "evidence": "+".join(question.grades),
        }
    )
    one, other = (bodies[found[end].to_numpy(dtype=np.int64)] for end in ("one", "other"))
    called, other_called = (names.loc[ids].to_numpy() for ids in (one, other))
    turned = (other_called < called) | ((other_called == called) & (other < one))
    for column, first, second in (("_id", one, other), ("", called, other_called)):
        frame[f"organisation{column}"] = np.where(turned, second, first)
        frame[f"other{column}"] = np.where(turned, first, second)
    frame["residents_low"], frame["residents_high"] = found["residents_low"], found["residents_high"]
    frame["residents_year"] = study.atlas.residents_year
    frame["method"] = method(study, question.method)
    columns = ["theme", "as_of", "evidence", "organisation_id", "organisation", "other_id", "other"]
    frame = frame[[*columns, "residents_low", "residents_high", "residents_year", "method"]]
    themes = {theme: i for i, theme in enumerate(incidence.themes)}
    order = frame.assign(theme=frame["theme"].map(themes))
    order = order.sort_values(["theme", "organisation", "other", "organisation_id", "other_id"]).index
    return frame.loc[order].reset_index(drop=True)


def _pair_rows(analysis: Analysis) -> pd.DataFrame:
    """Theme, both positions in the incidence's pairs, and residents of the pairs that meet."""
    incidence = analysis.provision.incidence
    described = analysis.areas.matrix[[analysis.areas.rows.index.get_loc(TOTAL)]].toarray().ravel()
    residents = analysis.study.atlas.residents * described
    people = residents[incidence.pieces.index.order]
    tables = []
    for theme, found in enumerate(_meetings(incidence)):
        if found is None:
            continue
        living = np.bincount(found.place_of, weights=people, minlength=found.place_count)
        here = np.bincount(found.place_of, weights=described[incidence.pieces.index.order]) > 0
        low, high = _both(incidence, found)
        place = found.place[found.one]
        kept = here[place] & (high >= TOUCH)
        table = pd.DataFrame(
            {
                "one": found.who[found.one[kept]],
                "other": found.who[found.other[kept]],
                "residents_low": (low / UNIT * living[place])[kept],
                "residents_high": (high / UNIT * living[place])[kept],
            }
        )
        table = table.groupby(["one", "other"], as_index=False).sum()
        pairs = np.flatnonzero(incidence.theme == theme)
        by_footprint = pd.DataFrame(
            {"pair": pairs, "at": np.searchsorted(found.footprints, incidence.counted[pairs])}
        )
        table = table.merge(by_footprint.rename(columns={"pair": "a", "at": "one"}), on="one")
        table = table.merge(by_footprint.rename(columns={"pair": "b", "at": "other"}), on="other")
        table = table[(table["one"] != table["other"]) | (table["a"] < table["b"])]
        both = float(analysis.provision.one_or_more.more_high[theme] @ residents)
        low, high = (table[f"residents_{end}"].to_numpy() for end in ("low", "high"))
        identities.check_pairs(low, high, both, float(residents.sum()))
        tables.append(table.assign(theme=theme))
    columns = ["theme", "a", "b", "residents_low", "residents_high"]
    result = pd.concat(tables) if tables else pd.DataFrame(columns=columns)
    return result[columns].rename(columns={"a": "one", "b": "other"}).reset_index(drop=True)


def _meetings(incidence: Incidence) -> Iterator[_Meetings | None]:
    """For each theme, where which footprints meet; None where they are too many to list."""
    footprints = incidence.footprints
    for theme in range(len(incidence.themes)):
        used, organisations = incidence.used(theme, incidence.counted)
        some = footprints.take(used)
        borders = np.zeros(incidence.block_count + 1, dtype=bool)
        for at in (some.starts, some.ends, some.ranks, some.ranks + 1, np.array([0])):
            borders[at] = True
        place_of = np.cumsum(borders[:-1]) - 1
        first, last = place_of[some.starts], place_of[some.ends - 1] + 1
        inside = ranges(first, last)
        place = np.concatenate([inside, place_of[some.ranks]])
        who = np.concatenate([np.repeat(some.run_owner, last - first), some.part_owner])
        full = np.full(len(inside), UNIT)
        low, high = np.concatenate([full, some.low]), np.concatenate([full, some.high])
        order = np.lexsort((who, place))
        place, who, low, high = place[order], who[order], low[order], high[order]
        sizes = np.bincount(place)
        if (sizes.astype(np.float64) * (sizes + 1) / 2).sum() > MOST:
            yield None
            continue
        one, other = _each_pair(place)
        twice = (who[one] != who[other]) | (organisations[who[one]] > 1)
        yield _Meetings(place, who, low, high, one[twice], other[twice], place_of, used, organisations)


def _both(incidence: Incidence, found: _Meetings) -> tuple[Ints, Ints]:
    """What both of each pair serve of a block, in units.

    Their shares less that of their union: at least of the parts of which it is known where they lie.
    """
    one, other, low, high = found.one, found.other, found.low, found.high
    least = np.maximum(low[one] + low[other] - UNIT, 0)
    most = np.minimum(high[one], high[other])
    alike = found.who[one] == found.who[other]
    least[alike] = low[one[alike]]
    at = np.flatnonzero((low[one] < UNIT) & (low[other] < UNIT) & ~alike)
    at = at if len(at) <= MEASURED else at[:0]
    one, other = one[at], other[at]
    rank = np.searchsorted(found.place_of, found.place[one])
    each = np.concatenate([one, other])
    source = found.footprints[found.who[each]]
    cells = Cells(np.tile(np.arange(len(at)), 2), np.tile(rank, 2), low[each], high[each], source)
    union = settle(cells, incidence.shapes, incidence.pieces.unions)
    least[at] = np.maximum(least[at], low[one] + low[other] - union.known)
    most[at] = np.minimum(most[at], high[one] + high[other] - union.low)
    return least, np.maximum(least, most)


def _each_pair(group: Ints) -> tuple[Ints, Ints]:
    """Positions of all pairs within groups of equal numbers, sorted; each with itself too.

    Examples
    --------
    >>> [each.tolist() for each in _each_pair(np.array([5, 5, 7]))]
    [[0, 0, 1, 2], [0, 1, 1, 2]]
    """
    ends = np.searchsorted(group, group, side="right")
    each = np.arange(len(group))
    return np.repeat(each, ends - each), ranges(each, ends)
