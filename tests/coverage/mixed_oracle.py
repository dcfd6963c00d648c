"""Service areas that are shapes once more: shapely on the raw outlines, and no code of hinterland.

A circle is a polygon of 2**14 corners with the circle's land: its rim is off by less than 2e-8 of the
radius (half a millimetre at 25 km), outwards and inwards by turns of a few metres, so that a share of a
block is right to better than 1e-7.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain, combinations
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from .oracle_served import (
    NOT_SERVED,
    NOTHING,
    Measure,
    Meetings,
    Reach,
    Served,
    Share,
    counting,
    meet_by_bounds,
    something,
    wholly,
)
from .oracle_world import Service, World, networks_of

CORNERS = 2**14
CERTAIN = 1e-11  # of a block: less is a matter of rounding
ACCURACY = 1e-7  # of a share of a circle
BEYOND = 0.01  # of a shape: what has more than this outside the blocks reaches beyond them


class Circle(NamedTuple):
    x: float
    y: float
    radius_m: float

    @property
    def outline(self) -> BaseGeometry:
        turn = 2 * math.pi / CORNERS
        radius = self.radius_m * math.sqrt(turn / math.sin(turn))
        angles = np.arange(CORNERS) * turn
        return shapely.polygons(
            np.column_stack([self.x + radius * np.cos(angles), self.y + radius * np.sin(angles)])
        )


Shape = Circle | BaseGeometry
Shapes = frozenset[str]


class Ground:
    """Blocks and shapes: which share of a block lies inside a shape, or inside any of several."""

    def __init__(
        self,
        outlines: npt.NDArray[np.object_],
        points: npt.NDArray[np.float64],
        shapes: Mapping[str, Shape],
        method: Literal["area", "centroid"],
    ) -> None:
        self.outlines, self.land = outlines, shapely.area(outlines)
        self.points, self.method = points, method
        self.shares: dict[str, dict[int, float]] = {}
        self.beyond: set[str] = set()
        self.doubtful: list[tuple[str, int, float]] = []
        self._pieces: dict[tuple[str, int], BaseGeometry] = {}
        self._unions: dict[tuple[int, Shapes], float] = {}
        self._grounds: dict[tuple[int, frozenset[Shapes]], list[tuple[float, frozenset[Shapes]]]] = {}
        tree = shapely.STRtree(outlines)
        for name, shape in shapes.items():
            outline = shape.outline if isinstance(shape, Circle) else shape
            shapely.prepare(outline)
            near = tree.query(outline, predicate="intersects")
            inside = shapely.covers(outline, outlines[near])
            by_area = dict.fromkeys(near[inside].tolist(), 1.0)
            for block in near[~inside].tolist():
                cut = shapely.clip_by_rect(outline, *self._frame(block))
                piece = shapely.intersection(cut, outlines[block])
                share = piece.area / self.land[block]
                if CERTAIN < min(share, 1 - share) < (ACCURACY if isinstance(shape, Circle) else NOTHING * 2):
                    self.doubtful.append((name, block, share))
                if share > NOTHING:
                    by_area[block] = 1.0 if share > 1 - NOTHING else share
                    self._pieces[name, block] = piece
            served = math.fsum(share * self.land[block] for block, share in by_area.items())
            if outline.area - served > BEYOND * outline.area:
                self.beyond.add(name)
            self.shares[name] = by_area if method == "area" else self._by_point(shape)

    def _frame(self, block: int) -> tuple[float, float, float, float]:
        left, low, right, high = self.outlines[block].bounds
        return left - 1, low - 1, right + 1, high + 1

    def _by_point(self, shape: Shape) -> dict[int, float]:
        if isinstance(shape, Circle):
            away = (self.points[:, 0] - shape.x) ** 2 + (self.points[:, 1] - shape.y) ** 2
            held = away <= shape.radius_m**2
        else:
            held = shapely.intersects_xy(shape, self.points[:, 0], self.points[:, 1])
        return dict.fromkeys(np.flatnonzero(held).tolist(), 1.0)

    def share(self, shape: str, block: int) -> float:
        return self.shares[shape].get(block, 0.0)

    def union(self, shapes: Iterable[str], block: int) -> float:
        """Share of a block inside any of the shapes, measured on their union."""
        touching = frozenset(shape for shape in shapes if self.share(shape, block) > 0)
        largest = max((self.share(shape, block) for shape in touching), default=0.0)
        if len(touching) < 2 or largest == 1.0:
            return largest
        if (block, touching) not in self._unions:
            united = shapely.union_all([self._pieces[shape, block] for shape in touching])
            share = united.area / self.land[block]
            self._unions[block, touching] = 1.0 if share > 1 - NOTHING else share
        return self._unions[block, touching]

    def pieces(self, areas: Iterable[Shapes], block: int) -> list[tuple[float, frozenset[Shapes]]]:
        """A block cut along the outlines of areas, each of several shapes: shares, and whose they are."""
        shares = {area: self.union(area, block) for area in areas}
        everywhere = frozenset(area for area, share in shares.items() if share == 1.0)
        crossing = frozenset(area for area, share in shares.items() if 0 < share < 1.0)
        if len(crossing) < 2:
            inside = math.fsum(shares[area] for area in crossing)
            return [(inside, everywhere | crossing), (1 - inside, everywhere)]
        if (block, crossing) not in self._grounds:
            cut: list[tuple[BaseGeometry, frozenset[Shapes]]] = [(self.outlines[block], frozenset())]
            for area in sorted(crossing, key=sorted):
                outline = shapely.union_all(
                    [self._pieces[shape, block] for shape in area if self.share(shape, block)]
                )
                cut = [
                    (_polygons(part), held)
                    for piece, before in cut
                    for part, held in (
                        (shapely.intersection(piece, outline), before | {area}),
                        (shapely.difference(piece, outline), before),
                    )
                    if part.area > CERTAIN * self.land[block]
                ]
            self._grounds[block, crossing] = [(piece.area / self.land[block], held) for piece, held in cut]
        return [(share, everywhere | held) for share, held in self._grounds[block, crossing]]


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """A shape without the lines and points at which an outline was only touched."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


class Piece(NamedTuple):
    """What one organisation serves of a block: all of it, an unknown part of it, and shapes."""

    whole: bool = False
    part: bool = False
    shapes: Shapes = frozenset()


class Mixed:
    """Measures services of whole areas and of shapes.

    Without a `tolerance` as sharply as can be: unknown parts are laid in every possible way. With one,
    only as sharply as is promised: where the largest share and the sum of shares differ by no more, they
    are the bounds, and where by more, shapes are united; organisations with the same shapes may be taken
    as one before; and what meets is told from the bounds of unions.
    """

    def __init__(self, ground: Ground, tolerance: float | None = None) -> None:
        self.ground, self.tolerance = ground, tolerance

    @property
    def measure(self) -> Measure:
        return Measure(self.reach, self.provide)

    def reach(self, services: list[Service]) -> Reach:
        drawn = {shape for service in services for shape in service.shapes}
        shares: dict[int, float] = defaultdict(float)
        for shape in drawn:
            for block, share in self.ground.shares[shape].items():
                shares[block] = min(1.0, shares[block] + share)
        places = [place for service in services for place in service.places]
        shares |= {block: 1.0 for place in places for block in place.blocks}
        declared: frozenset[str] = frozenset().union(*(place.beyond for place in places))
        return shares, declared | (self.ground.beyond & drawn)

    def provide(self, world: World, services: list[Service]) -> Served:
        pieces: dict[str, dict[int, Piece]] = defaultdict(dict)
        for service in services:
            mine = pieces[service.organisation]
            for block in self.reach([service])[0]:
                before = mine.get(block, Piece())
                held = [place for place in service.places if block in place.blocks]
                mine[block] = Piece(
                    before.whole or any(not place.part for place in held),
                    before.part or any(place.part for place in held),
                    before.shapes.union(shape for shape in service.shapes if self.ground.share(shape, block)),
                )
        shares = {
            organisation: {block: self.bounds([piece], block) for block, piece in mine.items()}
            for organisation, mine in pieces.items()
        }
        counted = counting(world, shares)

        def together(some: Iterable[str], block: int) -> Share:
            return self.bounds([pieces[name][block] for name in some if block in pieces[name]], block)

        def meet() -> Meetings:
            if self.tolerance is None:
                return self.meet(world, pieces, counted)
            return meet_by_bounds(world, shares, counted, together)

        return Served(
            shares,
            {block: together(pieces, block) for block in counted},
            wholly(shares, counted),
            counted,
            frozenset(service.organisation for service in services if self.reach([service])[1]),
            together,
            meet,
        )

    def bounds(self, pieces: list[Piece], block: int) -> Share:
        """The share of a block that some organisations serve between them, low and high."""
        if any(piece.whole for piece in pieces):
            return 1.0, 1.0
        part = any(piece.part for piece in pieces)
        united = self.ground.union((shape for piece in pieces for shape in piece.shapes), block)
        if self.tolerance is None:
            return united, 1.0 if part else united
        for group in ([piece.shapes for piece in pieces], {piece.shapes for piece in pieces}):
            each = [self.of_one(shapes, block) for shapes in group]
            low = max((low for low, _ in each), default=0.0)
            high = 1.0 if part else min(1.0, math.fsum(high for _, high in each))
            if high - low <= self.tolerance:
                return low, high
        return united, 1.0 if part else united

    def of_one(self, shapes: Shapes, block: int) -> Share:
        """The bounds of one organisation's shapes."""
        assert self.tolerance is not None
        shares = [self.ground.share(shape, block) for shape in shapes]
        low, high = max(shares, default=0.0), min(1.0, math.fsum(shares))
        united = self.ground.union(shapes, block)
        return (united, united) if high - low > self.tolerance else (low, high)

    def meet(
        self, world: World, pieces: Mapping[str, Mapping[int, Piece]], counted: Mapping[int, set[str]]
    ) -> Meetings:
        meetings = Meetings(defaultdict(dict), defaultdict(dict), {}, {})
        networks = {organisation: networks_of(world, organisation) for organisation in pieces}
        for block, there in counted.items():
            here = {name: mine[block] for name, mine in pieces.items() if block in mine}
            pairs = list(combinations(sorted(there), 2))
            found: dict[object, Share] = dict.fromkeys([*pairs, *here, 1, 2], NOT_SERVED)
            for share, held in self.ground.pieces({piece.shapes for piece in here.values()}, block):
                surely = frozenset(
                    name for name, piece in here.items() if piece.whole or piece.shapes in held
                )
                perhaps = {name for name, piece in here.items() if piece.part} - surely
                cases = [_what_holds(surely.union(some), networks) for some in _subsets(perhaps)]
                for what in found:
                    low, high = found[what]
                    found[what] = (
                        low + share * all(what in case for case in cases),
                        high + share * any(what in case for case in cases),
                    )
            for pair in pairs:
                meetings.both[pair][block] = found[pair]
            for name in here:
                low, high = found[name]
                meetings.alone[name][block] = something(low), something(high)
            meetings.relying[block], meetings.shared[block] = found[1], found[2]
        return meetings


def _subsets(names: set[str]) -> Iterable[tuple[str, ...]]:
    return chain.from_iterable(combinations(sorted(names), size) for size in range(len(names) + 1))


def _what_holds(serving: frozenset[str], networks: Mapping[str, set[str]]) -> set[object]:
    """Of a point where some organisations serve: who of them counts alone, how many count (1, or 2 for
    more), and which pairs serve it."""
    counting_here = serving.difference(*(networks[name] for name in serving))
    found: set[object] = set(combinations(sorted(serving), 2))
    if counting_here:
        found.add(min(2, len(counting_here)))
    if len(counting_here) == 1:
        found |= counting_here
    return found
