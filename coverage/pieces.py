"""What services serve: each area and each shape once, on the blocks of an atlas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
    numbers
        What a service names → its piece. Shapes are known by position and areas by the identity of their
        blocks, since large sets take long to be compared: it holds as long as the services live.
    """

    index: BlockIndex
    engine: Engine
    footprints: Footprints
    shapes: Sets
    beyond: npt.NDArray[np.bool_]
    of_service: Sets
    unions: Unions
    numbers: Mapping[object, int]


def pieces_of(
    services: pd.DataFrame,
    drawn: DrawnAreas,
    index: BlockIndex,
    *,
    method: Method,
    tolerance: float,
    outside: shapely.Geometry,
    known: Pieces | None = None,
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
    known
        What was measured before, of the same blocks, shapes and method: it keeps its numbers.
    progress
        Told how far it is.
    """
    numbers = dict(known.numbers) if known else {}
    keys: list[list[object]] = []
    named: dict[object, Place] = {}
    asked: set[int] = set()
    for places, positions in zip(services["places"], services["drawn"], strict=True):
        own: dict[object, None] = {}
        for place in places:
            key = (place.area, place.part, id(place.blocks))
            own[key] = None
            if key not in numbers and key not in named:
                named[key] = place
        own.update(dict.fromkeys(positions))
        asked.update(position for position in positions if position not in numbers)
        keys.append(list(own))
    listed = sorted(asked)
    first = len(known.footprints) if known else 0
    numbers.update({key: first + i for i, key in enumerate((*named, *listed))})
    some = DrawnAreas(tuple(drawn.names[i] for i in listed), drawn.circles[listed], drawn.polygons[listed])
    circle_count = int(some.is_circle.sum())
    engine = known.engine if known else engine_of(choose(circle_count, len(some) - circle_count), index)
    has_shape = np.arange(len(named) + len(some)) >= len(named)
    ids = [sorted(numbers[key] for key in own) for own in keys]
    found = Pieces(
        index,
        engine,
        joined(
            [
                _declared(list(named.values()), index),
                footprints_of(some, engine, method=method, progress=progress),
            ]
        ),
        Sets(np.concatenate([[0], np.cumsum(has_shape)]).astype(np.int64), np.arange(len(some))),
        np.array([*(place.beyond for place in named.values()), *_reaches(some, outside)], dtype=bool),
        Sets(
            np.concatenate([[0], np.cumsum([len(own) for own in ids])]).astype(np.int64),
            np.array([number for own in ids for number in own], dtype=np.int64),
        ),
        Unions(index, some, round(tolerance * UNIT) if method == "area" else UNIT),
        numbers,
    )
    return extended(known, found) if known else found


def extended(known: Pieces, found: Pieces) -> Pieces:
    """Put further pieces after those that there were, for the services of the further ones.

    Parameters
    ----------
    known
        They keep their numbers, and so do their shapes.
    found
        Made of other services; `of_service` and `numbers` hold for both together.
    """
    drawn = known.unions.drawn.followed_by(found.unions.drawn)
    behind = len(known.unions.drawn)
    shapes = Sets(
        np.concatenate([known.shapes.ptr, known.shapes.ptr[-1] + found.shapes.ptr[1:]]),
        np.concatenate([known.shapes.ids, behind + found.shapes.ids]),
    )
    return replace(
        found,
        footprints=joined([known.footprints, found.footprints]),
        shapes=shapes,
        beyond=np.concatenate([known.beyond, found.beyond]),
        unions=replace(known.unions, drawn=drawn),
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
