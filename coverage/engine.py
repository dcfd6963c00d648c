"""From shapes to footprints: one face, and two ways of computing behind it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

from .block_index import BlockIndex
from .drawn import DrawnAreas, Floats, Method
from .footprints import NOTHING, Footprints, Ints, Ranks, joined
from .plain_engine import PlainEngine

LARGE: Final = 20_000
"""Circles from which the compiled engine is quicker, even where it has still to be compiled."""
POLYGON: Final = 7
"""How many circles take as long as one polygon, measured plainly."""
AT_ONCE: Final = 1_000
"""Shapes between two reports of progress: work can be stopped there."""

Name = Literal["plain", "fast"]


class Engine(Protocol):
    """Measures shapes on the blocks of an index, and counts who takes in which."""

    def circles(self, circles: Floats, method: Method) -> Footprints:
        """Measure circles: x, y and radius in metres, EPSG:27700, a row each."""
        ...

    def polygons(self, polygons: npt.NDArray[np.object_], method: Method) -> Footprints:
        """Measure polygons and multipolygons, valid, EPSG:27700."""
        ...

    def counts(self, footprints: Footprints, which: Ints, theme: Ints, theme_count: int) -> Ranks:
        """Count how many of some footprints take in each block whole: themes × ranks."""
        ...


def choose(circle_count: int, polygon_count: int = 0) -> Name:
    """Choose `fast` where the work is large and numba is installed, else `plain`."""
    large = circle_count + POLYGON * polygon_count >= LARGE
    return "fast" if large and find_spec("numba") else "plain"


def engine_of(name: Name, index: BlockIndex) -> Engine:
    """Make an engine for the blocks of an index."""
    if name == "plain":
        return PlainEngine(index)
    from .fast_engine import FastEngine

    return FastEngine(index)


def footprints_of(
    drawn: DrawnAreas,
    engine: Engine,
    *,
    method: Method,
    progress: Callable[[str], None] = lambda _: None,
) -> Footprints:
    """Measure shapes on blocks.

    Parameters
    ----------
    drawn
        The shapes.
    engine
        What measures them, on its blocks.
    method
        `area`: the share of each block's land inside, circles as circles. `centroid`: all of a
        block or nothing, by where its centroid lies.
    progress
        Told how far it is.

    Returns
    -------
    Footprints
        Of each shape, in their order.

    Examples
    --------
    >>> import shapely
    >>> from hinterland.coverage.block_index import of_outlines
    >>> squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> index = of_outlines(squares, np.array([[5.0, 5.0], [15.0, 5.0]]), np.arange(2))
    >>> first = DrawnAreas.of_polygons(squares[:1])
    >>> found = footprints_of(first, engine_of("plain", index), method="area")
    >>> found.starts.tolist(), found.ends.tolist(), found.ranks.tolist()
    ([0], [1], [])
    """
    circles, polygons = np.flatnonzero(drawn.is_circle), np.flatnonzero(~drawn.is_circle)
    measured = [NOTHING]
    for kind, positions in (("catchments", circles), ("polygons", polygons)):
        for begin in range(0, len(positions), AT_ONCE):
            some = positions[begin : begin + AT_ONCE]
            if kind == "catchments":
                measured.append(engine.circles(drawn.circles[some], method))
            else:
                measured.append(engine.polygons(drawn.polygons[some], method))
            if len(positions) > AT_ONCE:
                done = min(begin + AT_ONCE, len(positions))
                progress(f"measuring {kind}: {done:,} of {len(positions):,}")
    together = joined(measured)
    if len(circles) and len(polygons):
        return together.take(np.argsort(np.concatenate([circles, polygons])))
    return together
