"""The pieces of work that are timed, and hinterland's way of doing each; others' are in the peers' modules.

A work is known by its name and takes so many shapes, or circles with 1.7 times as many declared
organisations, on so many blocks. Preparing it is not timed: the blocks are put in order, registers are
drawn by lot, compiled code is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hinterland.boundaries.atlas import Atlas
from hinterland.coverage.block_index import BlockIndex, index_blocks
from hinterland.coverage.drawn import NOTHING, DrawnAreas, Method
from hinterland.coverage.engine import AT_ONCE, Engine, footprints_of
from hinterland.coverage.fast_engine import FastEngine
from hinterland.coverage.footprints import UNIT, Footprints, from_cells, gathered, joined
from hinterland.coverage.incidence import Incidence, of_sets
from hinterland.coverage.pieces import Pieces
from hinterland.coverage.plain_engine import PlainEngine
from hinterland.coverage.settling import Sets, Unions, sets_of
from hinterland.coverage.spans import served, spans_of
from hinterland.coverage.tallies import tally_of

from . import peers, table_peers
from .england import SEED, THEMES, Declared, England, circles, declared, make, polygons, themes_of
from .peers import Cells, Ints, Peer, Ready
from .table_peers import Analysis

Arrays = dict[str, npt.NDArray[Any]]

OURS: Final[dict[str, Callable[[BlockIndex], Engine]]] = {
    "hinterland": FastEngine,
    "hinterland, plain": PlainEngine,
}
DECLARED_PER_CIRCLE: Final = 1.7
TOLERANCE: Final = round(0.001 * UNIT)
LEVELS: Final = {"district": "LAD", "county": "CTY", "region": "RGN", "partnership": "LEP"}


@dataclass(frozen=True)
class Shapes:
    """Shapes of one kind, to be measured on the blocks by one method, and who else can."""

    drawn: Callable[[int], DrawnAreas]
    method: Method
    peers: dict[str, Peer]


def _round(count: int) -> DrawnAreas:
    return DrawnAreas.of_circles(circles(count))


def _irregular(count: int) -> DrawnAreas:
    return DrawnAreas.of_polygons(polygons(count))


SHAPES: Final = {
    "circles": Shapes(_round, "area", peers.EXACT_CIRCLES),
    "polygons": Shapes(_irregular, "area", peers.EXACT_POLYGONS),
    "centroids": Shapes(_round, "centroid", peers.CENTROID_CIRCLES),
}


def prepare(name: str, way: str, count: int, blocks: int) -> Ready:
    """Get one piece of work ready in one way.

    Parameters
    ----------
    name
        Of `SHAPES`; `themes`; `districts` or `blocks`, the analysis of declared areas by either; or
        `whole`, that of declared areas and circles.
    way
        Whose: `hinterland`, `hinterland, plain` or the name of a peer; for `whole`, the method.
    count
        Shapes; for the declared areas alone, organisations.
    blocks
        Of England.

    Returns
    -------
    work, read
        What is timed, and what turns its result into `Arrays`.
    """
    england = make(blocks)
    if name in SHAPES:
        work, read = _shapes(england, SHAPES[name], way, count)
        return work, lambda found: dict(zip(("shape", "block", "share"), read(found), strict=True))
    if name == "themes":
        work, read = _theme_counts(england, way, count)
        return work, lambda found: {"counts": read(found)}
    if name == "whole":
        method: Method = "area" if way == "area" else "centroid"
        register = declared(round(DECLARED_PER_CIRCLE * count))
        work, read = _analysis(england, register, _round(count), method)
    elif way == "hinterland":
        work, read = _analysis(england, declared(count), NOTHING, "centroid")
    else:
        tables = table_peers.tables_of(england, declared(count), by_block=name == "blocks")
        work, read = table_peers.DECLARED[way].prepare(tables)
    return work, lambda found: _flat(read(found))


def _shapes(england: England, shapes: Shapes, way: str, count: int) -> Ready:
    """Measure shapes on the blocks, by hinterland a thousand at a time as in every analysis."""
    drawn = shapes.drawn(count)
    if way not in OURS:
        return shapes.peers[way].prepare(england, drawn)
    index = index_blocks(england.atlas())
    engine = OURS[way](index)

    def some(begin: int, end: int) -> Footprints:
        if drawn.is_circle[0]:
            return engine.circles(drawn.circles[begin:end], shapes.method)
        return engine.polygons(drawn.polygons[begin:end], shapes.method)

    def work() -> Footprints:
        return joined([some(begin, begin + AT_ONCE) for begin in range(0, len(drawn), AT_ONCE)])

    some(0, 2)
    return work, lambda footprints: _cells(footprints, index)


def _theme_counts(england: England, way: str, count: int) -> Ready:
    """Count circles by theme and block, by centroids; what each takes in is known beforehand."""
    index = index_blocks(england.atlas())
    drawn = _round(count)
    owner, theme = themes_of(count, np.random.default_rng(SEED))
    footprints = footprints_of(drawn, FastEngine(index), method="centroid")
    if way != "hinterland":
        return table_peers.THEME_COUNTS[way].prepare(owner, theme, _cells(footprints, index), len(index))
    measured = pieces(FastEngine(index), footprints, drawn)
    incidence = of_sets(
        pd.DataFrame({"organisation_id": owner, "theme": theme, "beyond": False}),
        theme,
        Sets(np.arange(len(owner) + 1), owner),
        tuple(map(str, range(THEMES))),
        measured,
    )
    return lambda: tally_of(incidence).depth(), lambda depths: depths[1]


def _analysis(england: England, register: Declared, drawn: DrawnAreas, method: Method) -> Ready:
    """Union, depth, organisations and residents by depth at four levels, from shapes and lookups on."""
    atlas = england.atlas()
    index = index_blocks(atlas)
    footprints_of(DrawnAreas.of_circles(circles(2)), FastEngine(index), method=method)
    offers = offers_of(atlas, register, len(drawn))

    def work() -> Analysis:
        incidence = offers.incidence(pieces_on(atlas, index, drawn, method))
        tally = tally_of(incidence)
        tally.union()
        _, depth = tally.depth()
        return {level: _by_area(incidence, atlas, code, depth) for level, code in LEVELS.items()}

    return work, lambda found: found


@dataclass(frozen=True)
class Offers:
    """Who offers what where: pairs of organisation and theme, and the pieces that each serves.

    Pieces are numbered by districts, counties and regions, and after them by shapes.
    """

    organisation: Ints
    theme: Ints
    sets: Sets

    def incidence(self, pieces: Pieces) -> Incidence:
        """The same on the blocks."""
        pairs = {"organisation_id": self.organisation, "theme": self.theme, "beyond": False}
        return of_sets(pd.DataFrame(pairs), self.theme, self.sets, tuple(map(str, range(THEMES))), pieces)


def offers_of(atlas: Atlas, register: Declared, shapes: int) -> Offers:
    """Of declared organisations, and after them of one for each shape."""
    first = np.cumsum([0, *(matrix.shape[0] for matrix in _declarable(atlas))])
    theme_owner, theme = themes_of(shapes, np.random.default_rng(SEED))
    owner = np.concatenate([register.area_owner, register.organisations + np.arange(shapes)])
    piece = np.concatenate([first[register.level] + register.area, first[-1] + np.arange(shapes)])
    of_organisation = sets_of(register.organisations + shapes, owner, piece)
    organisation = np.concatenate([register.theme_owner, register.organisations + theme_owner])
    entries, ptr = gathered(of_organisation.ptr, organisation)
    themes = np.concatenate([register.theme, theme])
    return Offers(organisation, themes, Sets(ptr, of_organisation.ids[entries]))


def pieces_on(atlas: Atlas, index: BlockIndex, drawn: DrawnAreas, method: Method) -> Pieces:
    """Measure all areas that can be declared, and shapes."""
    engine = FastEngine(index)
    measured = footprints_of(drawn, engine, method=method)
    held = [matrix.tocoo() for matrix in _declarable(atlas)]
    first = np.cumsum([0, *(matrix.shape[0] for matrix in held)])
    area = np.concatenate([start + each.row for start, each in zip(first, held, strict=False)])
    rank = np.concatenate([index.rank[each.col] for each in held])
    whole = np.full(len(area), UNIT)
    areas = from_cells(int(first[-1]), area.astype(np.int64), rank, whole, whole)
    return pieces(engine, joined([areas, measured]), drawn)


def _declarable(atlas: Atlas) -> list[sparse.csr_array]:
    return [atlas.geographies[code].membership for code in ("LAD", "CTY", "RGN")]


def _by_area(incidence: Incidence, atlas: Atlas, code: str, depth: Ints) -> tuple[Ints, Ints]:
    """Organisations by theme × area, and residents by theme × area × depth (0, 1, 2, 3+)."""
    index, matrix = incidence.pieces.index, atlas.geographies[code].membership
    spans = spans_of(matrix, index.rank)
    rows = served(incidence.footprints, spans, atlas.residents[index.order])
    organisations = np.zeros((THEMES, spans.count))
    for theme in range(THEMES):
        footprints, times = incidence.used(theme, incidence.counted)
        weight = np.bincount(footprints, weights=times, minlength=len(incidence.footprints))
        organisations[theme] = np.bincount(rows.area, weight[rows.footprint], spans.count)
    at = [depth == 0, depth == 1, depth == 2, depth >= 3]
    residents = np.stack([(matrix @ (here * atlas.residents).T).T for here in at], axis=-1)
    return organisations.astype(np.int64), residents.astype(np.int64)


def pieces(engine: FastEngine, footprints: Footprints, drawn: DrawnAreas) -> Pieces:
    """Footprints of areas, and after them those of the shapes."""
    areas = len(footprints) - len(drawn)
    shapes = Sets(np.maximum(np.arange(len(footprints) + 1) - areas, 0), np.arange(len(drawn)))
    nobody = Sets(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64))
    unions = Unions(engine.index, drawn, TOLERANCE)
    inside = np.zeros(len(footprints), dtype=bool)
    return Pieces(engine.index, engine, footprints, shapes, inside, nobody, unions, {})


def _cells(footprints: Footprints, index: BlockIndex) -> Cells:
    """Every block of every footprint, by its position in the atlas."""
    sizes = footprints.ends.astype(np.int64) - footprints.starts
    step = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rank = np.concatenate([np.repeat(footprints.starts, sizes) + step, footprints.ranks])
    shape = np.concatenate([np.repeat(footprints.run_owner, sizes), footprints.part_owner])
    share = np.concatenate([np.ones(sizes.sum()), footprints.low / UNIT])
    return shape, index.order[rank], share


def _flat(analysis: Analysis) -> Arrays:
    """The tables of every level by name."""
    return {
        f"{what} by {level}": table
        for level, tables in analysis.items()
        for what, table in zip(("organisations", "residents"), tables, strict=True)
    }
