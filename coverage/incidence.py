"""Service areas × building blocks: what everything else is summed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from .footprints import UNIT, Footprints, Ints, from_cells, gathered, joined, ranges
from .pieces import Pieces, distinct, united
from .settling import Sets, sets_of

Shares = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]


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
    shapes, sets
        Footprint → the shapes behind it, and the pieces that it unites; none for a network without its
        members' blocks.
    theme, footprint, counted
        For each pair: its theme (position in `themes`), its footprint, and the footprint on which it
        counts as an organisation: a network counts only where no member of it does.
    networks
        Pair → the pairs of the networks that the organisation belongs to, for its theme.
    """

    pairs: pd.DataFrame
    themes: tuple[str, ...]
    pieces: Pieces
    footprints: Footprints
    shapes: Sets
    sets: Sets
    theme: Ints
    footprint: Ints
    counted: Ints
    networks: Sets

    @cached_property
    def block_count(self) -> int:
        """How many blocks the atlas has."""
        return len(self.pieces.index)

    def used(self, theme: int, of: Ints) -> tuple[Ints, Ints]:
        """The distinct footprints of a theme, and how many organisations have each."""
        times = np.bincount(of[self.theme == theme], minlength=len(self.footprints))
        footprints = np.flatnonzero(times)
        return footprints, times[footprints]

    @cached_property
    def number_of(self) -> dict[bytes, int]:
        """A set of pieces, as bytes → its footprint."""
        numbers = np.flatnonzero(np.diff(self.sets.ptr)).tolist()
        return {self.sets.of(number).tobytes(): number for number in numbers}


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
        `organisation_id`, `theme`. Rows of themes that are not in `themes` are left out.
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
    >>> frame, nowhere = pd.DataFrame(rows), shapely.Point()
    >>> pieces = pieces_of(frame, NOTHING, index, method="area", tolerance=0.001, outside=nowhere)
    >>> build(frame, {}, ("advice",), pieces).footprints.ranks.tolist()
    [1]
    """
    known = services[services["theme"].isin(themes)]
    grouped = known.groupby(["organisation_id", "theme"], sort=False)
    pair = grouped.ngroup().to_numpy()
    pairs = known[["organisation_id", "theme"]].drop_duplicates().reset_index(drop=True)
    entries, ptr = gathered(pieces.of_service.ptr, known.index.to_numpy())
    owner, piece = np.repeat(pair, np.diff(ptr)), pieces.of_service.ids[entries]
    pairs["beyond"] = np.bincount(owner[pieces.beyond[piece]], minlength=len(pairs)) > 0
    sets = sets_of(len(pairs), owner, piece)
    theme = pairs["theme"].map({name: i for i, name in enumerate(themes)}).to_numpy(dtype=np.int64)
    return beside_members(of_sets(pairs, theme, sets, themes, pieces), members)


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
    nothing = np.empty(0, dtype=np.int64)
    networks = sets_of(len(pairs), nothing, nothing)
    return Incidence(pairs, themes, pieces, footprints, shapes, once, theme, footprint, footprint, networks)


def _shapes(sets: Sets, of_piece: Sets) -> Sets:
    """The shapes behind each set of pieces."""
    entries, ptr = gathered(of_piece.ptr, sets.ids)
    owner = np.repeat(np.repeat(np.arange(len(sets)), np.diff(sets.ptr)), np.diff(ptr))
    return sets_of(len(sets), owner, of_piece.ids[entries])


def beside_members(incidence: Incidence, members: dict[str, frozenset[str]]) -> Incidence:
    """Count networks only where no member of theirs touches the block for the same theme.

    Parameters
    ----------
    incidence
        In which networks count as any organisation.
    members
        As for `build`.
    """
    pairs, footprints = incidence.pairs, incidence.footprints
    counted, lessened, of_network = incidence.counted.copy(), list[Footprints](), list[int]()
    member, network_of = list[Ints](), list[Ints]()
    for network in sorted(members):
        theirs = pairs["organisation_id"].isin(members[network]).to_numpy()
        for number in np.flatnonzero(pairs["organisation_id"] == network):
            beside = np.flatnonzero(theirs & (incidence.theme == incidence.theme[number]))
            if len(beside):
                taken = touched(footprints, incidence.footprint[beside], incidence.block_count)
                counted[number] = len(footprints) + len(lessened)
                lessened.append(_without(footprints, incidence.footprint[number], taken))
                of_network.append(incidence.footprint[number])
                member.append(beside)
                network_of.append(np.full(len(beside), number))
    if not lessened:
        return incidence
    shapes = incidence.shapes
    entries, ptr = gathered(shapes.ptr, np.concatenate([np.arange(len(footprints)), of_network]))
    return Incidence(
        pairs,
        incidence.themes,
        incidence.pieces,
        joined([footprints, *lessened]),
        Sets(ptr, shapes.ids[entries]),
        Sets(np.append(incidence.sets.ptr, [incidence.sets.ptr[-1]] * len(lessened)), incidence.sets.ids),
        incidence.theme,
        incidence.footprint,
        counted,
        sets_of(len(pairs), np.concatenate(member), np.concatenate(network_of)),
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
