"""How many organisations serve each block, and how much of it; and the same once some go and others come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from .areas import Values
from .footprints import UNIT, Ints, gathered, joined
from .incidence import Counts, Incidence, Shares, beside_members
from .settling import Cells, Sets, settle

FIGURES: Final = ("covered_low", "covered_high", "depth_low", "depth_high")


@dataclass(frozen=True)
class Tally:
    """What an incidence amounts to, by theme and by rank of the blocks.

    Everything is a whole number, so that a tally to which changes were added is that of the incidence
    that they lead to, bit for bit.

    Attributes
    ----------
    incidence
        What is counted.
    whole, part
        Organisations that serve all of the block, and those that serve a part of it.
    counted_whole, counted_part
        The same as they count: a network only where no member of it does.
    low, high
        Share of the block inside at least one service area, in units: `max(share)` and
        `min(1, Σ share)`; the same figure where the union was measured.
    """

    incidence: Incidence
    whole: Counts
    part: Counts
    counted_whole: Counts
    counted_part: Counts
    low: Ints
    high: Ints

    def union(self) -> tuple[Shares, Shares]:
        """Share of each block inside at least one service area: themes × blocks, 0 to 1; low and high."""
        return self.by_position(self.low) / UNIT, self.by_position(self.high) / UNIT

    def depth(self) -> tuple[Counts, Counts]:
        """Organisations that serve all of each block, and those that touch it: themes × blocks.

        Where several serve all of it together, that is one at least.
        """
        whole, part = self.by_position(self.counted_whole), self.by_position(self.counted_part)
        return np.maximum(whole, self.by_position(self.low) == UNIT), whole + part

    def figures(self, theme: Ints, rank: Ints) -> tuple[Values, ...]:
        """Each of `FIGURES` at some themes and ranks: shares, 0 to 1, and organisations as they count."""
        low, high = self.low[theme, rank], self.high[theme, rank]
        whole = self.counted_whole[theme, rank].astype(np.float64)
        depth = np.maximum(whole, low == UNIT), whole + self.counted_part[theme, rank]
        return low / UNIT, high / UNIT, *depth

    def touching(self) -> Counts:
        """Organisations that touch each block, networks beside their members too: themes × blocks."""
        return self.by_position(self.whole + self.part)

    def by_position(self, by_rank: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Figures by the blocks' order in the atlas."""
        return by_rank[:, self.incidence.pieces.index.rank]


def tally_of(incidence: Incidence) -> Tally:
    """Count who serves each block, and unite what they serve.

    Parameters
    ----------
    incidence
        Organisations × themes on the blocks.

    Examples
    --------
    >>> import shapely
    >>> from hinterland.boundaries.places import Place
    >>> from hinterland.coverage.block_index import of_outlines
    >>> from hinterland.coverage.drawn import NOTHING
    >>> from hinterland.coverage.incidence import build
    >>> from hinterland.coverage.pieces import pieces_of
    >>> town = Place("LAD19:A", "A", (0,)), Place("LAD19:B", "B", (1,), part=True)
    >>> rows = {"organisation_id": ["x"], "theme": ["advice"], "places": [town], "drawn": [()]}
    >>> outlines = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> index = of_outlines(outlines, np.array([[0.5, 0.5], [1.5, 0.5]]), np.arange(2))
    >>> frame, nowhere = pd.DataFrame(rows), shapely.Point()
    >>> pieces = pieces_of(frame, NOTHING, index, method="area", tolerance=0.001, outside=nowhere)
    >>> tally_of(build(frame, {}, ("advice",), pieces)).union()
    (array([[1., 0.]]), array([[1., 1.]]))
    """
    everyone = np.arange(len(incidence.pairs))
    whole, part = _served(incidence, incidence.footprint, everyone)
    counted = whole, part
    if incidence.counted is not incidence.footprint:
        counted = _served(incidence, incidence.counted, everyone)
    nothing = np.zeros(whole.shape, dtype=np.int64)
    low, high = _united(incidence, (whole, part), (nothing, nothing), np.nonzero(whole | part))
    return Tally(incidence, whole, part, *counted, low, high)


@dataclass(frozen=True)
class Revision:
    """A tally, and the one that it becomes.

    Attributes
    ----------
    before, after
        Both; the pairs that stay keep their order, and those that come stand after them.
    gone, come
        The pairs that differ: of the incidence before, and of the one after.
    theme, rank
        Themes and blocks that any of them serve: all others are as they were.
    """

    before: Tally
    after: Tally
    gone: Ints
    come: Ints
    theme: Ints
    rank: Ints

    @cached_property
    def changes(self) -> sparse.csr_array:
        """By how much each of `FIGURES` differs, one below the other: themes × ranks."""
        had, has = (each.figures(self.theme, self.rank) for each in (self.before, self.after))
        themes, ranks = self.before.whole.shape
        row = np.concatenate([number * themes + self.theme for number in range(len(FIGURES))])
        values = np.concatenate([new - old for old, new in zip(had, has, strict=True)])
        differs = np.flatnonzero(values)
        column = np.tile(self.rank, len(FIGURES))
        at = row[differs], column[differs]
        return sparse.csr_array((values[differs], at), shape=(len(FIGURES) * themes, ranks))


def revise(tally: Tally, gone: Ints, come: Incidence, members: dict[str, frozenset[str]]) -> Revision:
    """Take away what goes and add what comes; nothing else is counted again.

    Parameters
    ----------
    tally
        Of the incidence as it was.
    gone
        Pairs of it that go: of each network that has members there, all.
    come
        Those that come, on the pieces that there are then: those there were, and more after them.
    members
        Network → every organisation that belongs to it, directly or through another.
    """
    before = tally.incidence
    after = beside_members(_exchanged(before, gone, come), members)
    new = np.arange(len(after.pairs) - len(come.pairs), len(after.pairs))
    less = _served(before, before.footprint, gone)
    more = _served(after, after.footprint, new)
    whole, part = (tally.whole - less[0] + more[0], tally.part - less[1] + more[1])
    counted = whole, part
    if before.counted is not before.footprint or after.counted is not after.footprint:
        lost, won = _served(before, before.counted, gone), _served(after, after.counted, new)
        counted = tally.counted_whole - lost[0] + won[0], tally.counted_part - lost[1] + won[1]
    at = np.divmod(np.flatnonzero(less[0] | less[1] | more[0] | more[1]), after.block_count)
    low, high = _united(after, (whole, part), (tally.low, tally.high), at)
    return Revision(tally, Tally(after, whole, part, *counted, low, high), gone, new, *at)


def _served(incidence: Incidence, of: Ints, pairs: Ints) -> tuple[Counts, Counts]:
    """Themes × ranks: how many of the pairs take in all of the block, and how many a part of it."""
    footprints, width, themes = incidence.footprints, incidence.block_count, len(incidence.themes)
    which, theme = of[pairs], incidence.theme[pairs]
    whole = incidence.pieces.engine.counts(footprints, which, theme, themes)
    part = np.zeros((themes, width), dtype=np.int32)
    if len(footprints.ranks):
        for number in np.unique(theme):
            times = np.bincount(which[theme == number], minlength=len(footprints))
            used = np.flatnonzero(times)
            entries, ptr = gathered(footprints.part_ptr, used)
            weights = np.repeat(times[used], np.diff(ptr))
            part[number] = np.bincount(footprints.ranks[entries], weights=weights, minlength=width)
    return whole, part


def _united(
    incidence: Incidence, served: tuple[Counts, Counts], known: tuple[Ints, Ints], at: tuple[Ints, ...]
) -> tuple[Ints, Ints]:
    """Low and high share of each block in units: as known, and united anew at some themes and ranks."""
    whole, part = served[0][at], served[1][at]
    low, high = (each.copy() for each in known)
    low[at] = high[at] = np.where(whole > 0, UNIT, 0)
    theme_of, rank_of = (each[(whole == 0) & (part > 0)] for each in at)
    for theme in np.unique(theme_of):
        cells = _cells(incidence, int(theme))
        partly = np.zeros(incidence.block_count, dtype=bool)
        partly[rank_of[theme_of == theme]] = True
        found = settle(cells.where(partly[cells.rank]), incidence.shapes, incidence.pieces.unions)
        low[theme, found.rank], high[theme, found.rank] = found.low, found.high
    return low, high


def _cells(incidence: Incidence, theme: int) -> Cells:
    """Blocks that are served in part for a theme, each distinct footprint once, for one owner."""
    footprints, _ = incidence.used(theme, incidence.footprint)
    parts, ptr = gathered(incidence.footprints.part_ptr, footprints)
    source = np.repeat(footprints, np.diff(ptr))
    each = incidence.footprints
    rank = each.ranks[parts].astype(np.int64)
    return Cells(np.zeros(len(parts), dtype=np.int64), rank, each.low[parts], each.high[parts], source)


def _exchanged(before: Incidence, gone: Ints, come: Incidence) -> Incidence:
    """The pairs that stay and those that come; what serves the same pieces as before keeps its footprint."""
    kept = np.ones(len(before.pairs), dtype=bool)
    kept[gone] = False
    known = before.number_of
    own = [come.sets.of(number).tobytes() for number in range(len(come.footprints))]
    fresh = [number for number, key in enumerate(own) if key not in known]
    numbers = np.array([known.get(key, 0) for key in own], dtype=np.int64)
    numbers[fresh] = len(before.footprints) + np.arange(len(fresh))
    footprint = np.concatenate([before.footprint[kept], numbers[come.footprint]])
    pairs = {
        name: np.concatenate([column.to_numpy()[kept], come.pairs[name].to_numpy()])
        for name, column in before.pairs.items()
    }
    alone = Sets(np.zeros(len(footprint) + 1, dtype=np.int64), np.empty(0, dtype=np.int64))
    return replace(
        before,
        pairs=pd.DataFrame(pairs),
        pieces=come.pieces,
        footprints=joined([before.footprints, come.footprints.take(np.array(fresh, dtype=np.int64))]),
        shapes=_followed(before.shapes, come.shapes, fresh),
        sets=_followed(before.sets, come.sets, fresh),
        theme=np.concatenate([before.theme[kept], come.theme]),
        footprint=footprint,
        counted=footprint,
        networks=alone,
    )


def _followed(sets: Sets, others: Sets, which: list[int]) -> Sets:
    """Sets with some of others after them."""
    entries, ptr = gathered(others.ptr, np.array(which, dtype=np.int64))
    return Sets(
        np.concatenate([sets.ptr, sets.ptr[-1] + ptr[1:]]), np.concatenate([sets.ids, others.ids[entries]])
    )
