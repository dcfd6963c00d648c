"""Service areas that are shapes: circles round a point, and polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Method = Literal["area", "centroid"]
"""How much of a block a shape serves: its share of the block's land, or all of it or nothing by
where the block's population-weighted centroid lies."""
METHODS: Final = ("area", "centroid")


@dataclass(frozen=True)
class DrawnAreas:
    """Catchments and polygons, each known by its position.

    Attributes
    ----------
    names
        As services refer to them, such as `catchment:retford`.
    circles
        One row each: easting and northing of the centre and radius, metres, EPSG:27700; NaN where
        it is a polygon.
    polygons
        Polygons and multipolygons, valid, without Z, EPSG:27700; None where it is a circle.

    Examples
    --------
    >>> drawn = DrawnAreas.of_circles(np.array([[457_000.0, 340_000.0, 5_000.0]]))
    >>> len(drawn), drawn.is_circle.tolist()
    (1, [True])
    """

    names: tuple[str, ...]
    circles: Floats
    polygons: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.circles)

    @property
    def is_circle(self) -> npt.NDArray[np.bool_]:
        return np.isfinite(self.circles[:, 2])

    def followed_by(self, others: DrawnAreas) -> DrawnAreas:
        """These, and others after them."""
        return DrawnAreas(
            self.names + others.names,
            np.concatenate([self.circles, others.circles]),
            np.concatenate([self.polygons, others.polygons]),
        )

    @staticmethod
    def of_circles(circles: Floats) -> DrawnAreas:
        """Circles alone, named by their numbers."""
        names = tuple(str(i) for i in range(len(circles)))
        return DrawnAreas(names, circles, np.full(len(circles), None, dtype=object))

    @staticmethod
    def of_polygons(polygons: npt.NDArray[np.object_]) -> DrawnAreas:
        """Polygons alone, named by their numbers."""
        names = tuple(str(i) for i in range(len(polygons)))
        return DrawnAreas(names, np.full((len(polygons), 3), np.nan), polygons)


NOTHING: Final = DrawnAreas((), np.empty((0, 3)), np.empty(0, dtype=object))
