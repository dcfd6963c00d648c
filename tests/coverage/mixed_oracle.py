"""Service areas that are shapes once more: shapely on the raw outlines, and no code of hinterland.

A circle is a polygon of 2**14 corners with the circle's land: its rim is off by less than 2e-8 of the
radius (half a millimetre at 25 km), outwards and inwards by turns of a few metres, so that a share of a
block is right to better than 1e-7.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from . import oracle
from .oracle import Share

CORNERS = 2**14
NOTHING = 5e-10  # of a block: less is no share, and what lacks less is all of it
CERTAIN = 1e-11  # of a block: less is a matter of rounding
ACCURACY = 1e-7  # of a share of a circle
BEYOND = 1e-6  # of a shape: what has more than this outside the blocks reaches beyond them


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
        self._unions: dict[tuple[int, frozenset[str]], float] = {}
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


class Piece(NamedTuple):
    """What one organisation serves of a block: all of it, an unknown part of it, and shapes."""

    whole: bool = False
    part: bool = False
    shapes: frozenset[str] = frozenset()


class Mixed:
    """Measures services of whole areas and of shapes.

    Without a `tolerance` as sharply as can be. With one, only as sharply as is promised: where the
    largest share and the sum of shares differ by no more, they are the bounds, and where by more,
    shapes are united; organisations with the same shapes may be taken as one before.
    """

    def __init__(self, ground: Ground, tolerance: float | None = None) -> None:
        self.ground, self.tolerance = ground, tolerance

    @property
    def measure(self) -> oracle.Measure:
        return oracle.Measure(self.touched, self.provide)

    def touched(self, service: oracle.Service) -> tuple[set[int], frozenset[str]]:
        blocks = {block for place in service.places for block in place.blocks}
        blocks.update(*(self.ground.shares[shape] for shape in service.shapes))
        beyond = {name for place in service.places for name in place.beyond}
        return blocks, frozenset(beyond | (self.ground.beyond & set(service.shapes)))

    def provide(self, world: oracle.World, services: list[oracle.Service]) -> oracle.Served:
        pieces: dict[str, dict[int, Piece]] = defaultdict(dict)
        for service in services:
            mine = pieces[service.organisation]
            for block in self.touched(service)[0]:
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
        counted = oracle.counting(world, shares, NOTHING)

        def of(organisations: Iterable[str], block: int) -> list[Piece]:
            return [pieces[name][block] for name in organisations if block in pieces[name]]

        return oracle.Served(
            shares,
            {block: self.bounds(of(pieces, block), block) for block in counted},
            oracle.who(shares, counted, 0, 1.0),
            counted,
            frozenset(service.organisation for service in services if self.touched(service)[1]),
            lambda some, block: self.bounds(of(some, block), block),
            lambda: self.meet(pieces, counted),
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

    def of_one(self, shapes: frozenset[str], block: int) -> Share:
        """The bounds of one organisation's shapes."""
        assert self.tolerance is not None
        shares = [self.ground.share(shape, block) for shape in shapes]
        low, high = max(shares, default=0.0), min(1.0, math.fsum(shares))
        united = self.ground.union(shapes, block)
        return (united, united) if high - low > self.tolerance else (low, high)

    def meet(self, pieces: dict[str, dict[int, Piece]], counted: dict[int, set[str]]) -> oracle.Meetings:
        meetings = oracle.Meetings(defaultdict(dict), defaultdict(dict), {})
        for block, there in counted.items():
            here = {name: pieces[name][block] for name in sorted(there)}
            for one, other in combinations(here, 2):
                meetings.both[one, other][block] = self.both(here[one], here[other], block)
            for name, piece in here.items():
                others = [rest for other, rest in here.items() if other != name]
                meetings.alone[name][block] = self.alone(piece, others, block)
            meetings.relying[block] = self.relying(here, block)
        return meetings

    def known(self, pieces: list[Piece], block: int) -> float:
        """The share of a block that some serve between them, as far as it is known which."""
        return self.bounds([piece._replace(part=False) for piece in pieces], block)[0]

    def both(self, one: Piece, other: Piece, block: int) -> Share:
        if self.tolerance is None:
            mine, theirs = self.known([one], block), self.known([other], block)
            shared = mine + theirs - self.known([one, other], block)
            if one.part and other.part:
                return shared, 1.0
            return shared, theirs if one.part else mine if other.part else shared
        mine_low, mine_high = self.bounds([one], block)
        theirs_low, theirs_high = self.bounds([other], block)
        low, high = self.bounds([one, other], block)
        return max(0.0, mine_low + theirs_low - high), min(
            mine_high, theirs_high, mine_high + theirs_high - low
        )

    def alone(self, piece: Piece, others: list[Piece], block: int) -> Share:
        low_without, high_without = self.bounds(others, block)
        low, high = self.bounds([piece, *others], block)
        if self.tolerance is None:
            mine = self.known([piece, *others], block) - low_without
            return 0.0 if high_without > low_without else mine, 1 - low_without if piece.part else mine
        return max(0.0, low - high_without), max(0.0, high - low_without)

    def relying(self, here: Mapping[str, Piece], block: int) -> Share:
        """What exactly one of them serves."""
        alone = [
            self.alone(piece, [rest for other, rest in here.items() if other != name], block)
            for name, piece in here.items()
        ]
        low = math.fsum(low for low, _ in alone)
        if self.tolerance is not None:
            return low, min(1.0, math.fsum(high for _, high in alone))
        known = {name: piece._replace(part=False) for name, piece in here.items()}
        by_one = math.fsum(
            self.alone(piece, [rest for other, rest in known.items() if other != name], block)[0]
            for name, piece in known.items()
        )
        unserved = 1 - self.known(list(here.values()), block)
        return low, by_one + (unserved if any(piece.part for piece in here.values()) else 0.0)
