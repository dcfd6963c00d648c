"""The land of the mixed register: small areas of D2N2, its towns, and outlines round them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from hinterland.boundaries.grid import to_grid

from . import oracle

ON_GRID = {  # easting, northing
    "Mansfield": (453800, 361100, "5 km"),
    "Newark": (479900, 353900, "10 miles"),
    "Southwell": (470000, 353800, "0.8 km"),
    "Bakewell": (421700, 368500, "12 km"),
    "Glossop": (403500, 394000, "3 miles"),
    "Ashbourne": (418000, 346700, "15 km"),
    "Swadlincote": (429800, 319500, "6000 m"),
    "Hucknall": (453500, 349400, "2.5 miles"),
    "Arnold": (458800, 345600, "800 m"),
    "Beeston": (452900, 336800, "3 km"),
    "Ollerton": (465500, 367500, "25 km"),
    "Bolsover": (447300, 370500, "4 km"),
    "Dronfield": (435300, 378500, "5 miles"),
    "Alfreton": (441400, 355700, "7.5 km"),
}
IN_DEGREES = {  # longitude, latitude
    "Retford": (-0.9433, 53.3221, "10 miles"),
    "Worksop": (-1.1240, 53.3042, "5 km"),
    "Chesterfield": (-1.4216, 53.2350, "8 km"),
    "Buxton": (-1.9110, 53.2590, "15 miles"),
    "Matlock": (-1.5540, 53.1380, "9000 m"),
    "Ilkeston": (-1.3090, 52.9710, "2 miles"),
    "Long Eaton": (-1.2710, 52.8980, "1500 m"),
    "Derby": (-1.4746, 52.9225, "20 km"),
    "Nottingham": (-1.1500, 52.9540, "6 miles"),
}
BY_POSTCODE = {"Dukeries": "NG22", "Sheepwash": "S80 1AB", "Peak": "DE45", "High moor": "SK17"}
POSTCODE_REACH = 6  # miles


@dataclass(frozen=True)
class Land:
    """The raw files: blocks in their order, and areas as sets of them."""

    codes: list[str]
    degrees: npt.NDArray[np.object_]
    outlines: npt.NDArray[np.object_]
    points: npt.NDArray[np.float64]
    residents: npt.NDArray[np.float64]
    geographies: dict[str, oracle.Geography]
    names: dict[str, tuple[str, str]]  # as a cell writes it → geography and code


def on_grid(shapes: Any) -> Any:
    def move(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_grid(corners[:, 0], corners[:, 1], "EPSG:4326"))

    return shapely.transform(shapes, move)


def in_degrees(shapes: Any) -> Any:
    back = pyproj.Transformer.from_crs(27700, 4326, always_xy=True)
    return shapely.transform(
        shapes, lambda corners: np.column_stack(back.transform(corners[:, 0], corners[:, 1])).round(9)
    )


def star(random: Random, x: float, y: float, radius_m: float, corners: int = 40) -> BaseGeometry:
    """An irregular polygon round a point."""
    reach = [radius_m * random.uniform(0.55, 1.0) for _ in range(corners)]
    angles = np.arange(corners) * 2 * np.pi / corners
    return shapely.polygons(
        np.column_stack([x + reach * np.cos(angles), y + reach * np.sin(angles)]).round(2)
    )


def drawn_shapes(land: Land) -> tuple[dict[str, BaseGeometry], dict[str, BaseGeometry]]:
    """Polygons in degrees, and polygons in metres: some with a hole, in several parts, along borders."""
    random = Random(2026)
    town = {name: at[:2] for name, at in ON_GRID.items()}
    holed = star(random, *town["Alfreton"], 9_000) - star(random, *town["Alfreton"], 3_500)
    north, middle = star(random, *town["Bolsover"], 4_000), star(random, 449_500, 358_900, 3_000)
    south = star(random, *town["Hucknall"], 3_500)
    holes = star(random, 470_600, 372_000, 8_000) - star(random, 468_000, 374_000, 1_200)
    holes -= star(random, 473_000, 370_000, 900)
    bassetlaw = sorted(land.geographies["LAD19"].areas["E07000171"])
    degrees = {
        "Holed": in_degrees(holed),
        "Three parts": in_degrees(shapely.union_all([north, middle, south])),
        "North of Bassetlaw": shapely.union_all(land.degrees[bassetlaw[:30]]),
        "Middle of Bassetlaw": shapely.union_all(land.degrees[bassetlaw[20:50]]),
        "Peak villages": in_degrees(star(random, 419_000, 375_000, 11_000, 90)),
        "Trent valley": in_degrees(star(random, 462_000, 336_000, 9_000, 64)),
    }
    frame = shapely.box(445_000, 335_000, 465_000, 352_000)
    saw = shapely.polygons(
        [(440_000, 330_000)]
        + [(455_000 + (700 if turn % 2 else -400), 330_000 + 800 * turn) for turn in range(36)]
        + [(440_000, 360_000)]
    )
    metres = {
        "Two holes": holes,
        "West half": shapely.intersection(frame, saw),
        "East half": shapely.difference(frame, saw),
        "Square parts": shapely.union_all(
            [shapely.box(430_000, 360_000, 434_000, 364_000), shapely.box(436_000, 362_000, 437_500, 366_000)]
        ),
        "Across the border": star(random, 480_000, 380_000, 9_000),
        "A street": shapely.box(457_100, 339_600, 457_400, 339_750),
    }
    return degrees, metres


def isochrones() -> dict[tuple[str, int], BaseGeometry]:
    random = Random(30)
    return {
        (town, minutes): in_degrees(star(random, *ON_GRID[town][:2], 450 * minutes, 56))
        for town in ("Newark", "Ashbourne", "Beeston")
        for minutes in (15, 30)
    }
