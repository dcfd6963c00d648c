"""Service areas × building blocks: what everything else is summed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from .footprints import UNIT, Footprints, Ints, from_cells, gathered, joined, ranges
from .pieces import Pieces, distinct, united
from .settling import Cells, Sets, settle

Shares = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Incidence:
    """Which organisation serves which block for which theme.

    One organisation's pieces for a theme are united first. Organisations that serve the same
    pieces share one footprint.

    Attributes
    ----------
    pairs
        One row for each organisation × theme that is counted. Index: 0 … n-1. Columns:
        `organisation_id`, `theme`, `beyond` (whether it serves land outside all blocks too).
    themes
        The themes that are computed, in the taxonomy's order.
    pieces
        What the footprints are united from.
    footprints
        Of each distinct set of pieces; after them those of `counted`, where they differ.
    shapes
        Footprint → the shapes behind it.
    theme, footprint, counted
        For each pair: its theme (position in `themes`), its footprint, and the footprint on which it
        counts as an organisation: a network counts only where no member of it does.
    """

    pairs: pd.DataFrame
    themes: tuple[str, ...]
    pieces: Pieces
    footprints: Footprints
    shapes: Sets
    theme: Ints
    footprint: Ints
    counted: Ints

    def union(self) -> tuple[Shares, Shares]:
        """Share of each block inside at least one service area: lower and upper bound.

        Returns
        -------
        low, high
            Themes × blocks, 0 to 1: `max(share)` and `min(1, Σ share)`; the same figure where
            the union was measured.
        """
        whole = self._whole(self.footprint)
        low, high = whole * UNIT, whole * UNIT
        for theme in range(len(self.themes)):
            cells = self.cells(theme, self.footprint)
            cells = cells.where(~whole[theme, cells.rank])
            found = settle(cells, self.shapes, self.pieces.unions)
            low[theme, found.rank], high[theme, found.rank] = found.low, found.high
        return self._by_position(low) / UNIT, self._by_position(high) / UNIT

    def depth(self) -> tuple[Counts, Counts]:
        """How many organisations serve each block: those that serve all of it, those that touch it.

        Where only networks serve all of a block, and members of theirs touch it, somebody serves
        all of it: that is one.

        Returns
        -------
        low, high
            Themes × blocks, whole numbers.
        """
        low = self._runs(self.counted)
        high = low.copy()
        for theme in range(len(self.themes)):
            footprints, times = self.used(theme, self.counted)
            parts, ptr = gathered(self.footprints.part_ptr, footprints)
            times = np.repeat(times, np.diff(ptr))
            high[theme] += np.bincount(
                self.footprints.ranks[parts], weights=times, minlength=high.shape[1]
            ).astype(np.int64)
        low = np.maximum(low, self._whole(self.footprint))
        return self._by_position(low), self._by_position(high)

    def cells(self, theme: int, of: Ints) -> Cells:
        """Blocks that are served in part for a theme, each distinct footprint once.

        Parameters
        ----------
        theme
            Its position.
        of
            `footprint` or `counted`.

        Returns
        -------
        Cells
            `owner` is 0 for all, `source` a footprint.
        """
        footprints, _ = self.used(theme, of)
        parts, ptr = gathered(self.footprints.part_ptr, footprints)
        source = np.repeat(footprints, np.diff(ptr))
        each = self.footprints
        rank = each.ranks[parts].astype(np.int64)
        return Cells(np.zeros(len(parts), dtype=np.int64), rank, each.low[parts], each.high[parts], source)

    @cached_property
    def block_count(self) -> int:
        """How many blocks the atlas has."""
        return len(self.pieces.index)

    def used(self, theme: int, of: Ints) -> tuple[Ints, Ints]:
        """The distinct footprints of a theme, and how many organisations have each."""
        times = np.bincount(of[self.theme == theme], minlength=len(self.footprints))
        footprints = np.flatnonzero(times)
        return footprints, times[footprints]

    def _whole(self, of: Ints) -> npt.NDArray[np.bool_]:
        """Themes × ranks: whether some organisation serves all of the block."""
        return self._runs(of) > 0

    def _runs(self, of: Ints) -> Counts:
        """Themes × ranks: how many organisations serve all of the block."""
        width = self.block_count + 1
        changes = np.zeros(len(self.themes) * width)
        key = self.theme * len(self.footprints) + of
        times = np.bincount(key, minlength=len(self.themes) * len(self.footprints))
        used = np.flatnonzero(times)
        theme, footprint = np.divmod(used, len(self.footprints))
        runs, ptr = gathered(self.footprints.run_ptr, footprint)
        repeats = np.diff(ptr)
        weights = np.repeat(times[used], repeats).astype(np.float64)
        offset = np.repeat(theme * width, repeats)
        size = len(changes)
        changes += np.bincount(offset + self.footprints.starts[runs], weights, size)
        changes -= np.bincount(offset + self.footprints.ends[runs], weights, size)
        counts = np.cumsum(changes.reshape(len(self.themes), width), axis=1)[:, :-1]
        return counts.astype(np.int64)

    def _by_position(self, by_rank: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return by_rank[:, self.pieces.index.rank]


def build(
    services: pd.DataFrame,
    members: dict[str, frozenset[str]],
    themes: tuple[str, ...],
    pieces: Pieces,
) -> Incidence:
    """Reduce services to their incidence on the blocks.

    `part of X` says that an unknown part of each block of X is served: 0 to 1. A network or
    alliance counts towards the depth of a block only where no member of it touches the block for
    that theme; its service area counts for coverage as any.

    Parameters
    ----------
    services
        Rows of those that `pieces` was made of. Index: their positions there. Columns
        `organisation_id`, `theme`, `places` (tuples of `Place`). Rows of themes that are not in
        `themes` are left out.
    members
        Network → every organisation that belongs to it, directly or through another.
    themes
        The themes to compute.
    pieces
        What the services serve.

    Returns
    -------
    Incidence

    Examples
    --------
    >>> import shapely
    >>> from hinterland.boundaries.places import Place
    >>> from hinterland.coverage.block_index import of_outlines
    >>> from hinterland.coverage.drawn import NOTHING
    >>> from hinterland.coverage.pieces import pieces_of
    >>> town = Place("LAD19:A", "A", (0,)), Place("LAD19:B", "B", (1,), part=True)
    >>> rows = {"organisation_id": ["x"], "theme": ["advice"], "places": [town], "drawn": [()]}
    >>> outlines = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> index = of_outlines(outlines, np.array([[0.5, 0.5], [1.5, 0.5]]), np.arange(2))
    >>> pieces = pieces_of(pd.DataFrame(rows), NOTHING, index, method="area", tolerance=0.001)
    >>> build(pd.DataFrame(rows), {}, ("advice",), pieces).union()
    (array([[1., 0.]]), array([[1., 1.]]))
    """
    known = services[services["theme"].isin(themes)]
    grouped = known.groupby(["organisation_id", "theme"], sort=False)
    pair = grouped.ngroup().to_numpy()
    pairs = known[["organisation_id", "theme"]].drop_duplicates().reset_index(drop=True)
    far = [any(place.beyond for place in places) for places in known["places"]]
    pairs["beyond"] = np.bincount(pair, weights=np.array(far, dtype=np.float64), minlength=len(pairs)) > 0
    entries, ptr = gathered(pieces.of_service.ptr, known.index.to_numpy())
    owner = np.repeat(pair, np.diff(ptr))
    sets = sets_of(len(pairs), owner, pieces.of_service.ids[entries])
    theme = pairs["theme"].map({name: i for i, name in enumerate(themes)}).to_numpy(dtype=np.int64)
    return _beside_members(of_sets(pairs, theme, sets, themes, pieces), members)


def of_sets(
    pairs: pd.DataFrame, theme: Ints, sets: Sets, themes: tuple[str, ...], pieces: Pieces
) -> Incidence:
    """Unite the pieces of each organisation and theme, each distinct set of them once.

    Parameters
    ----------
    pairs
        As `Incidence.pairs`.
    theme
        Of each pair: its position in `themes`.
    sets
        Of each pair: the pieces that it serves.
    themes, pieces
        As for `build`.
    """
    once, footprint = distinct(sets)
    footprints = united(once, pieces.footprints, pieces.shapes, pieces.unions)
    shapes = _shapes(once, pieces.shapes)
    return Incidence(pairs, themes, pieces, footprints, shapes, theme, footprint, footprint)


def sets_of(count: int, owner: Ints, member: Ints) -> Sets:
    """Collect the members of each owner, each once."""
    width = int(member.max(initial=0)) + 1
    keys = np.unique(owner * width + member)
    sizes = np.bincount(keys // width, minlength=count)
    return Sets(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), keys % width)


def _shapes(sets: Sets, of_piece: Sets) -> Sets:
    """The shapes behind each set of pieces."""
    entries, ptr = gathered(of_piece.ptr, sets.ids)
    owner = np.repeat(np.repeat(np.arange(len(sets)), np.diff(sets.ptr)), np.diff(ptr))
    return sets_of(len(sets), owner, of_piece.ids[entries])


def _beside_members(incidence: Incidence, members: dict[str, frozenset[str]]) -> Incidence:
    """Count networks only where no member of theirs touches the block for the same theme."""
    pairs, footprints = incidence.pairs, incidence.footprints
    counted, lessened = incidence.counted.copy(), list[Footprints]()
    for network in sorted(members):
        theirs = pairs["organisation_id"].isin(members[network]).to_numpy()
        for number in np.flatnonzero(pairs["organisation_id"] == network):
            beside = incidence.footprint[theirs & (incidence.theme == incidence.theme[number])]
            if len(beside):
                taken = touched(footprints, beside, incidence.block_count)
                counted[number] = len(footprints) + len(lessened)
                lessened.append(_without(footprints, incidence.footprint[number], taken))
    if not lessened:
        return incidence
    shapes = incidence.shapes
    ptr = np.concatenate([shapes.ptr, np.full(len(lessened), shapes.ptr[-1])])
    return Incidence(
        pairs,
        incidence.themes,
        incidence.pieces,
        joined([footprints, *lessened]),
        Sets(ptr, shapes.ids),
        incidence.theme,
        incidence.footprint,
        counted,
    )


def touched(footprints: Footprints, which: Ints, block_count: int) -> npt.NDArray[np.bool_]:
    """By rank, whether some of the footprints take in any of the block."""
    some = footprints.take(which)
    changes = np.bincount(some.starts, minlength=block_count + 1)
    changes -= np.bincount(some.ends, minlength=block_count + 1)
    found = np.cumsum(changes)[:-1] > 0
    found[some.ranks] = True
    return np.asarray(found, dtype=bool)


def _without(footprints: Footprints, number: int, taken: npt.NDArray[np.bool_]) -> Footprints:
    """A footprint without the blocks that others take."""
    one = footprints.take(np.array([number]))
    full = ranges(one.starts, one.ends)
    rank = np.concatenate([full, one.ranks])
    low = np.concatenate([np.full(len(full), UNIT), one.low])
    high = np.concatenate([np.full(len(full), UNIT), one.high])
    kept = ~taken[rank]
    return from_cells(1, np.zeros(int(kept.sum()), dtype=np.int64), rank[kept], low[kept], high[kept])
