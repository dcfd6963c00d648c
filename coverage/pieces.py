"""What services serve: each area and each shape once, on the blocks of an atlas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from ..boundaries.places import Place
from .block_index import BlockIndex
from .drawn import DrawnAreas, Method
from .engine import Engine, choose, engine_of, footprints_of
from .footprints import UNIT, Footprints, Ints, Ranks, from_cells, gathered, joined, merged, pointers
from .settling import Cells, Sets, Unions, settle

BORDER: Final = 0.01
"""Of a shape's area: what is less of it beyond the blocks comes of how the border was drawn."""


@dataclass(frozen=True)
class Pieces:
    """The areas and shapes that services name.

    Attributes
    ----------
    index
        The blocks.
    engine
        What measured the shapes, and counts.
    footprints
        Of each piece.
    shapes
        Piece → its position among the shapes; nothing for areas, which are sets of blocks.
    beyond
        Of each piece: whether it reaches land outside all blocks.
    of_service
        Row of the services → its pieces.
    unions
        What measures shapes that meet on a block.
    """

    index: BlockIndex
    engine: Engine
    footprints: Footprints
    shapes: Sets
    beyond: npt.NDArray[np.bool_]
    of_service: Sets
    unions: Unions


def pieces_of(
    services: pd.DataFrame,
    drawn: DrawnAreas,
    index: BlockIndex,
    *,
    method: Method,
    tolerance: float,
    outside: shapely.Geometry,
    progress: Callable[[str], None] = lambda _: None,
) -> Pieces:
    """Measure everything that services serve on the blocks.

    Parameters
    ----------
    services
        Columns `places` (tuples of `Place`) and `drawn` (tuples of positions in `drawn`).
    drawn
        The shapes.
    index
        The blocks.
    method
        How shapes are measured.
    tolerance
        Share of a block: where what several shapes serve of it together is not known to within
        this, their union is measured.
    outside
        Land that lies in none of the blocks, EPSG:27700.
    progress
        Told how far it is.
    """
    numbers: dict[object, int] = {}
    named: list[Place] = []
    ids: list[int] = []
    sizes: list[int] = []
    for places, positions in zip(services["places"], services["drawn"], strict=True):
        found = set()
        for place in places:
            key = (place.area, place.part, id(place.blocks))
            if key not in numbers:
                numbers[key] = len(named)
                named.append(place)
            found.add(numbers[key])
        found.update(-1 - position for position in positions)
        ids.extend(sorted(found))
        sizes.append(len(found))
    listed = np.array(ids, dtype=np.int64)
    asked, position = np.unique(-1 - listed[listed < 0], return_inverse=True)
    listed[listed < 0] = len(named) + position
    declared = _declared(named, index)
    some = DrawnAreas(tuple(drawn.names[i] for i in asked), drawn.circles[asked], drawn.polygons[asked])
    circle_count = int(some.is_circle.sum())
    engine = engine_of(choose(circle_count, len(some) - circle_count), index)
    measured = footprints_of(some, engine, method=method, progress=progress)
    has_shape = np.arange(len(named) + len(asked)) >= len(named)
    of_service = Sets(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), listed)
    return Pieces(
        index,
        engine,
        joined([declared, measured]),
        Sets(np.concatenate([[0], np.cumsum(has_shape)]).astype(np.int64), np.arange(len(asked))),
        np.array([*(place.beyond for place in named), *_reaches(some, outside)], dtype=bool),
        of_service,
        Unions(index, some, round(tolerance * UNIT) if method == "area" else UNIT),
    )


def _reaches(drawn: DrawnAreas, land: shapely.Geometry) -> npt.NDArray[np.bool_]:
    """Whether some of the shapes lies on that land, more than comes of drawing a border."""
    found = np.zeros(len(drawn), dtype=bool)
    if not land.is_empty:
        shapely.prepare(land)
        centres, radius = shapely.points(drawn.circles[:, :2]), drawn.circles[:, 2]
        near = np.flatnonzero(
            np.where(
                drawn.is_circle,
                shapely.dwithin(centres, land, radius),
                shapely.intersects(drawn.polygons, land),
            )
        )
        discs = shapely.buffer(centres[near], radius[near], quad_segs=64)
        outlines = np.where(drawn.is_circle[near], discs, drawn.polygons[near])
        shared = shapely.area(shapely.intersection(outlines, land))
        found[near] = shared > BORDER * shapely.area(outlines)
    return found


def _declared(places: list[Place], index: BlockIndex) -> Footprints:
    """Footprints of areas: whole blocks, or an unknown share of each where only a part is meant."""
    owner = np.repeat(np.arange(len(places)), [len(place.blocks) for place in places])
    blocks = np.array([block for place in places for block in place.blocks], dtype=np.int64)
    part = np.array([place.part for place in places], dtype=bool)[owner]
    low, high = np.where(part, 0, UNIT), np.full(len(owner), UNIT)
    return from_cells(len(places), owner, index.rank[blocks], low, high)


def distinct(sets: Sets) -> tuple[Sets, Ints]:
    """Find which sets are the same.

    Returns
    -------
    sets
        Each once.
    of
        For each of the sets given, its position among them.

    Examples
    --------
    >>> once, of = distinct(Sets(np.array([0, 2, 3, 5]), np.array([4, 9, 4, 4, 9])))
    >>> [once.of(i).tolist() for i in of]
    [[4, 9], [4], [4, 9]]
    """
    sizes = np.diff(sets.ptr)
    of = np.empty(len(sets), dtype=np.int64)
    firsts: list[Ints] = []
    count = 0
    for size in np.unique(sizes):
        which = np.flatnonzero(sizes == size)
        rows = sets.ids[sets.ptr[which][:, None] + np.arange(size)]
        order = np.lexsort(rows.T) if size else np.arange(len(which))
        fresh = np.ones(len(which), dtype=bool)
        fresh[1:] = (rows[order][1:] != rows[order][:-1]).any(axis=1)
        of[which[order]] = count + np.cumsum(fresh) - 1
        firsts.append(which[order][fresh])
        count += int(fresh.sum())
    entries, ptr = gathered(sets.ptr, np.concatenate([np.empty(0, dtype=np.int64), *firsts]))
    return Sets(ptr, sets.ids[entries]), of


def united(sets: Sets, footprints: Footprints, shapes: Sets, unions: Unions) -> Footprints:
    """Unite footprints set by set.

    Parameters
    ----------
    sets
        Of positions in `footprints`.
    footprints, shapes
        What is united, and the shapes behind each of them.
    unions
        What measures shapes that meet on a block.

    Returns
    -------
    Footprints
        Of each set.
    """
    sizes = np.diff(sets.ptr)
    alone, several = np.flatnonzero(sizes == 1), np.flatnonzero(sizes != 1)
    single = footprints.take(sets.ids[sets.ptr[alone]])
    if not len(several):
        return single
    entries, ptr = gathered(sets.ptr, several)
    owner, source = np.repeat(np.arange(len(several)), np.diff(ptr)), sets.ids[entries]
    each = footprints.take(source)
    of_run, of_part = each.run_owner, each.part_owner
    runs = merged(owner[of_run], each.starts, each.ends)
    cells = Cells(owner[of_part], each.ranks.astype(np.int64), each.low, each.high, source[of_part])
    cells = cells.where(~inside(runs, cells.owner, cells.rank, len(unions.index)))
    settled = settle(cells, shapes, unions)
    made = from_cells(len(several), settled.owner, settled.rank, settled.low, settled.high)
    whole = merged(
        np.concatenate([runs[0], made.run_owner]),
        np.concatenate([runs[1], made.starts]),
        np.concatenate([runs[2], made.ends]),
    )
    together = Footprints(
        pointers(whole[0], len(several)), whole[1], whole[2], made.part_ptr, made.ranks, made.low, made.high
    )
    order = np.concatenate([alone, several])
    both = joined([single, together])
    return both if (np.diff(order) == 1).all() else both.take(np.argsort(order))


def inside(runs: tuple[Ints, Ranks, Ranks], owner: Ints, rank: Ints, width: int) -> np.ndarray:
    """Whether blocks lie in the runs of their owner, of runs sorted by owner and start."""
    of, starts, ends = runs
    if not len(of):
        return np.zeros(len(owner), dtype=bool)
    at = np.searchsorted(of * width + starts, owner * width + rank, side="right") - 1
    found = (at >= 0) & (of[at] == owner) & (rank < ends[at])
    return np.asarray(found, dtype=bool)
