"""Names on a map: where there is room for them, and else a number that a key explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from .drawn_map import Frame
from .typesetting import LEADING, POINTS, seen, wide, wrapped

SIZE: Final = 7.5  # points
PAD: Final = 0.02  # inches
INSIDE: Final = 0.85  # a name has to stand at least so far on its own area
INSIDE_NUMBER: Final = 0.6
WIDTHS: Final = (3.0, 1.1, 0.8, 0.6)  # inches, tried in turn
MOST_LINES: Final = 4
SPOTS: Final = 9  # across and up


@dataclass(frozen=True)
class Label:
    """What stands on one area.

    Attributes
    ----------
    lines
        Its name and figure, or its number.
    key
        What the number stands for; empty where the name itself stands there.
    left, top, width, height
        In inches from the upper left corner of the figure.
    """

    lines: tuple[str, ...]
    key: str
    left: float
    top: float
    width: float
    height: float

    @property
    def box(self) -> shapely.Polygon:
        """Where it stands."""
        return shapely.box(self.left, self.top, self.left + self.width, self.top + self.height)


def labels(
    names: Sequence[str], figures: Sequence[str], held: Sequence[Sequence[shapely.Geometry]], frame: Frame
) -> list[Label]:
    """Find a place for the name of every area, the largest first.

    Parameters
    ----------
    names
        Of the areas.
    figures
        What stands under each name; may be empty.
    held
        For each area its pieces, on the National Grid.
    frame
        Where the map stands.

    Returns
    -------
    list of Label
        Names first, then numbers in the order of the alphabet. None is put on another where that can be
        helped.
    """
    land = {i: shapely.union_all(pieces) for i, pieces in enumerate(held) if len(pieces)}
    spots = {i: _spots(shape) for i, shape in land.items() if not shape.is_empty}
    order = sorted(spots, key=lambda i: (-land[i].area, i))
    placed: dict[int, Label] = {}
    for i in order:
        written = _names(names[i], figures[i] if figures else "", spots[i], frame)
        found = _first(written, land[i], frame, placed.values())
        if found is not None:
            placed[i] = found
    while True:  # a number that finds no room takes that of a name
        named = dict(placed)
        numbered = sorted(spots.keys() - named.keys(), key=lambda i: (names[i].casefold(), i))
        for number, i in enumerate(numbered, start=1):
            key = ": ".join(filter(None, (seen(names[i]), figures[i] if figures else "")))
            tried = [_label((str(number),), spot, frame, key) for spot in spots[i]]
            found = _first(tried, land[i], frame, placed.values())
            placed[i] = found or tried[0]
        in_the_way = {j for j in named for i in numbered if placed[i].box.intersects(named[j].box)}
        if not in_the_way:
            return [placed[i] for i in (*named, *numbered)]
        placed = {i: label for i, label in named.items() if i not in in_the_way}


def _names(name: str, figure: str, spots: Sequence[shapely.Point], frame: Frame) -> Iterator[Label]:
    """A name on several spots, in one line or in several; no word of it is broken."""
    under = (figure,) if figure else ()
    broken = dict.fromkeys(tuple(wrapped(name, width, size=SIZE)) for width in WIDTHS)
    for lines in broken:
        if " ".join(lines).split() == seen(name).split() and 0 < len(lines) <= MOST_LINES:
            yield from (_label((*lines, *under), spot, frame, "") for spot in spots)


def _label(lines: tuple[str, ...], spot: shapely.Point, frame: Frame, key: str) -> Label:
    width = max(wide(line, SIZE, bool(key)) for line in lines) + 2 * PAD
    height = len(lines) * SIZE * LEADING / POINTS + PAD
    x, y = frame.place(spot.x, spot.y)
    return Label(lines, key, x - width / 2, y - height / 2, width, height)


def _first(
    tried: Iterable[Label], land: shapely.Geometry, frame: Frame, others: Iterable[Label]
) -> Label | None:
    """The first label that stands on its own land and on no other label, if there is any."""
    boxes = [other.box for other in others]
    fitting = (
        label
        for label in tried
        if _on(land, label, frame) and not any(label.box.intersects(box) for box in boxes)
    )
    return next(fitting, None)


def _on(land: shapely.Geometry, label: Label, frame: Frame) -> bool:
    west = frame.west + (label.left - frame.left) * frame.metres
    north = frame.south + (frame.height - (label.top - frame.top)) * frame.metres
    ground = shapely.box(west, north - label.height * frame.metres, west + label.width * frame.metres, north)
    inside = INSIDE if not label.key else INSIDE_NUMBER
    return bool(
        frame.land.contains(ground) and shapely.intersection(ground, land).area >= inside * ground.area
    )


def _spots(shape: shapely.Geometry) -> list[shapely.Point]:
    """Where a label may stand: the middle of the widest place of a shape, then others, the nearest first."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    middle = shapely.Point(shapely.maximum_inscribed_circle(largest).coords[0])
    west, south, east, north = largest.bounds
    across, up = np.meshgrid(np.linspace(west, east, SPOTS), np.linspace(south, north, SPOTS))
    points = shapely.points(across.ravel(), up.ravel())
    points = points[shapely.contains(largest, points)]
    return [middle, *points[np.argsort(shapely.distance(points, middle), kind="stable")]]
