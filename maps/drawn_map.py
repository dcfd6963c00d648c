"""The map of a picture: fills with their patterns, borders, names, and how long a kilometre is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, log10
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Transform
from shapely import affinity

from ..boundaries.atlas import CRS
from .palette import BORDER, Style
from .view import Item, Polygons, View

HATCHES: Final = {
    "out-of-scope": "..",
    "not-surveyed": "////",
    "seen": "////",
    "none": "xxxx",
    "part": "oo",
    "wider": "----",
    "local": "",
    "step-1": "",
    "step-2": "...",
    "step-3": "||||",
    "step-4": "+++",
    "step-5": "-----",
    "step-6": "",
    "zero": "ooo",
    "missing": "xx",
}
"""The nearest that matplotlib has to each pattern of the palette; the same sign doubled is denser."""
CONTEXT: Final = ("#f3f4f5", "#c4c7c9")
MARGIN: Final = 0.04  # of the map's width, around the areas
STRIPE_IN: Final = 0.13


@dataclass(frozen=True)
class Frame:
    """Where a map stands on a figure, in inches from its upper left corner, and what land it shows.

    Attributes
    ----------
    left, top, width, height
        Of the map, in inches.
    west, south
        Of its lower left corner, in metres of the National Grid.
    metres
        How many an inch of it stands for.
    """

    left: float
    top: float
    width: float
    height: float
    west: float
    south: float
    metres: float

    @classmethod
    def around(
        cls, shapes: Sequence[shapely.Geometry], left: float, top: float, width: float, height: float
    ) -> Frame:
        """The frame in which shapes fill the middle."""
        west, south, east, north = shapely.total_bounds(np.asarray(shapes))
        metres = max((east - west) / width, (north - south) / height) * (1 + 2 * MARGIN)
        middle = (west + east) / 2, (south + north) / 2
        corner = middle[0] - width * metres / 2, middle[1] - height * metres / 2
        return cls(left, top, width, height, *corner, metres)

    @property
    def land(self) -> shapely.Polygon:
        """All that it shows."""
        east, north = self.west + self.width * self.metres, self.south + self.height * self.metres
        return shapely.box(self.west, self.south, east, north)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the National Grid stands on the figure, in inches from its upper left corner."""
        down = self.height - (y - self.south) / self.metres
        return self.left + (x - self.west) / self.metres, self.top + down


@dataclass(frozen=True)
class Outlines:
    """The outlines of a view, on the National Grid.

    Attributes
    ----------
    view
        Whose they are.
    """

    view: View

    def shape(self, polygons: Polygons) -> shapely.Geometry:
        """Polygons of arc numbers as a geometry."""
        made = shapely.MultiPolygon(
            [(self._ring(rings[0]), [self._ring(each) for each in rings[1:]]) for rings in polygons]
        )
        return made if made.is_valid else shapely.make_valid(made, method="structure")

    def borders(self, pieces: Sequence[Item]) -> list[npt.NDArray[np.float64]]:
        """Each border of some pieces, once."""
        numbers = {
            i if i >= 0 else ~i
            for piece in pieces
            for polygon in piece["polygons"]
            for ring in polygon
            for i in ring
        }
        return [self._arcs[i] for i in sorted(numbers)]

    @cached_property
    def _arcs(self) -> list[npt.NDArray[np.float64]]:
        lines = [np.cumsum(np.reshape(arc, (-1, 2)), axis=0) for arc in self.view.arcs]
        every = np.vstack(lines) / self.view.steps
        from_degrees = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
        points = np.column_stack(from_degrees.transform(every[:, 0], every[:, 1]))
        return np.split(points, np.cumsum([len(line) for line in lines])[:-1])

    def _ring(self, numbers: Sequence[int]) -> npt.NDArray[np.float64]:
        arcs = [self._arcs[i] if i >= 0 else self._arcs[~i][::-1] for i in numbers]
        return np.vstack([arcs[0][:1], *(arc[1:] for arc in arcs)])


def filled(shape: shapely.Geometry, style: Style, **options: Any) -> Iterator[Artist]:
    """A shape in the fill and the pattern of a style.

    Parameters
    ----------
    shape
        Polygons.
    style
        One of the palette's.
    options
        Of matplotlib's patches, such as `transform` or `clip_path`.
    """
    path = _path(shape)
    if path is None:
        return
    yield PathPatch(path, facecolor=style.fill, edgecolor="none", linewidth=0, **options)
    if HATCHES[style.id]:
        hatch = HATCHES[style.id]
        yield PathPatch(path, facecolor="none", edgecolor=style.ink, hatch=hatch, linewidth=0, **options)


def fills(
    pieces: Mapping[tuple[Style, ...], list[shapely.Geometry]], frame: Frame, transform: Transform
) -> Iterator[Artist]:
    """Everything that is filled; what has several fills is striped with them.

    Parameters
    ----------
    pieces
        Fills → the shapes that have them.
    frame
        Where the map stands.
    transform
        From metres of the National Grid.
    """
    parts: dict[Style, list[shapely.Geometry]] = {}
    edges: list[npt.NDArray[np.float64]] = []
    for styles, shapes in pieces.items():
        if len(styles) == 1:
            parts.setdefault(styles[0], []).extend(shapes)
            continue
        land = shapely.union_all(shapes)
        for i, style in enumerate(styles):
            stripes = shapely.MultiPolygon(_stripes(frame, i, len(styles)))
            parts.setdefault(style, []).append(shapely.intersection(land, stripes))
            cut = shapely.intersection(land, shapely.MultiLineString([_edge(each) for each in stripes.geoms]))
            edges += [shapely.get_coordinates(each) for each in shapely.get_parts(cut)]
    for style, shapes in parts.items():
        yield from filled(shapely.GeometryCollection(shapes), style, transform=transform)
    yield LineCollection(edges, colors=BORDER, linewidths=0.5, transform=transform)


def context(outlines: Outlines, transform: Transform) -> Iterator[Artist]:
    """The neighbours, faint."""
    fill, edge = CONTEXT
    for each in outlines.view.context:
        path = _path(outlines.shape(each["polygons"]))
        if path is not None:
            yield PathPatch(path, facecolor=fill, edgecolor=edge, linewidth=0.5, transform=transform)


def scale_bar(frame: Frame) -> tuple[float, str]:
    """A round length of about a sixth of the map: how long it is on it, in inches, and in words.

    Examples
    --------
    >>> scale_bar(Frame(0, 0, 7, 4, 0, 0, 20_000))
    (1.0, '20 km')
    """
    most = frame.width * frame.metres / 6
    power = 10.0 ** floor(log10(most))
    length = max(step for step in (1, 2, 5) if step * power <= most) * power
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    return length / frame.metres, words


def _stripes(frame: Frame, first: int, several: int) -> list[shapely.Polygon]:
    """Every so manieth of the slanting stripes over a map."""
    wide = STRIPE_IN * frame.metres
    middle = frame.land.centroid
    reach = frame.land.length
    count = int(reach / wide / several)
    starts = [middle.x - reach / 2 + (first + i * several) * wide for i in range(count)]
    return [
        affinity.rotate(
            shapely.box(x, middle.y - reach / 2, x + wide, middle.y + reach / 2), -45, origin=middle
        )
        for x in starts
    ]


def _edge(stripe: shapely.Polygon) -> npt.NDArray[np.float64]:
    """One long side of a stripe."""
    return np.asarray(shapely.get_coordinates(stripe)[:2])


def _path(shape: shapely.Geometry) -> Path | None:
    """Polygons as one path, holes the other way round; None where there is no polygon."""
    polygons = [each for each in shapely.get_parts(shapely.get_parts(shape)) if each.geom_type == "Polygon"]
    rings = [
        shapely.get_coordinates(ring)
        for polygon in shapely.orient_polygons(np.asarray(polygons, dtype=object))
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings)) if rings else None
