"""A synthetic England from a seed: blocks, areas, and service areas of every kind.

Blocks are Voronoi cells of points that crowd in towns. Their borders are bent, by midpoint
displacement inside the kite that two cells' points span with their border: kites never overlap, so
outlines meet without gaps or overlaps, vertex for vertex. The towns and areas are those of the seed
alike at every size, so that one register can be laid over 35,672 blocks and over 189,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse
from scipy.spatial import Voronoi, cKDTree

from hinterland.boundaries.atlas import CRS, Atlas, Geography

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEED: Final = 2007
RESIDENTS: Final = 60_600_000
THEMES: Final = 20
TOWNS: Final = 700
GREATEST_TOWN: Final = 200
TOWN_WIDTH_M: Final = 450.0
DISTRICTS, COUNTIES, REGIONS, PARTNERSHIPS = 331, 48, 9, 38
COAST: Final = shapely.from_wkt(
    "POLYGON((85 15, 180 40, 290 35, 300 75, 420 75, 500 95, 600 110, 638 150, 615 170, 570 175, 625 215,"
    "655 290, 635 335, 570 345, 545 335, 530 370, 545 410, 500 480, 450 530, 425 590, 400 655, 370 620,"
    "300 550, 300 510, 345 470, 325 400, 340 360, 320 290, 335 230, 350 180, 310 150, 250 145, 180 75,"
    "85 15))"
)
"""Coarse, in km of the National Grid; scaled to the land of England."""
LAND_M2: Final = 1.3e11
SEA_STEP_M: Final = 3_000.0
RADIUS_SPREAD: Final = 0.65


@dataclass(frozen=True)
class England:
    """Blocks and the areas that they lie in.

    Attributes
    ----------
    outlines
        Polygons, EPSG:27700; neighbours share their borders vertex for vertex.
    points
        x and y of the population-weighted centroid of each block, metres.
    residents
        Persons, whole numbers.
    district, county, region
        Of each block: the area's number. Districts nest in counties, and these in regions.
    partnership
        Areas × blocks, 0 or 1; these areas overlap.
    """

    outlines: npt.NDArray[np.object_]
    points: Floats
    residents: Ints
    district: Ints
    county: Ints
    region: Ints
    partnership: sparse.csr_array

    def __len__(self) -> int:
        return len(self.outlines)

    def atlas(self) -> Atlas:
        """The same as the engine's atlas, with four geographies."""
        blocks = gpd.GeoDataFrame(
            {
                "name": [f"Block {i}" for i in range(len(self))],
                "residents": self.residents,
                "area_km2": shapely.area(self.outlines) / 1e6,
                "x": self.points[:, 0],
                "y": self.points[:, 1],
            },
            index=[f"B{i:06}" for i in range(len(self))],
            geometry=self.outlines,
            crs=CRS,
        )
        geographies = (
            _geography("LAD", "district", _membership(self.district, DISTRICTS)),
            _geography("CTY", "county", _membership(self.county, COUNTIES)),
            _geography("RGN", "region", _membership(self.region, REGIONS)),
            _geography("LEP", "sub-region", self.partnership),
        )
        return Atlas(blocks, {each.id: each for each in geographies}, 2024, ("synthetic",))


@dataclass(frozen=True)
class Declared:
    """Organisations that name the areas they serve.

    Attributes
    ----------
    organisations
        How many there are.
    theme_owner, theme
        One row for each theme of an organisation: which organisation, and which theme.
    area_owner, level, area
        One row for each area that an organisation declares: which organisation, 0 for districts,
        1 for counties and 2 for regions, and the area's number.
    """

    organisations: int
    theme_owner: Ints
    theme: Ints
    area_owner: Ints
    level: Ints
    area: Ints


def make(blocks: int = 35_672, seed: int = SEED) -> England:
    """Make an England of so many blocks.

    Examples
    --------
    >>> england = make(500)
    >>> len(england), int(england.residents.sum()), england.atlas().geographies["LEP"].overlapping
    (500, 60600000, True)
    """
    points = _settled(blocks, seed, 1)
    outlines = _cells(points, _sea(), np.random.default_rng([seed, 2]))
    random = np.random.default_rng([seed, 3])
    weights = random.gamma(8.0, size=blocks)
    residents = np.diff(np.rint(RESIDENTS * np.concatenate([[0], np.cumsum(weights)]) / weights.sum()))
    seats = _settled(DISTRICTS, seed, 4)
    district = _nearest(points, seats)
    county = _nearest(seats, seats[:COUNTIES])[district]
    region = _nearest(seats[:COUNTIES], seats[:REGIONS])[county]
    distance, office = cKDTree(seats[-PARTNERSHIPS:]).query(seats, k=2)
    both = distance[:, 1] < 1.15 * distance[:, 0]
    of_district = sparse.csr_array(
        (
            np.ones(DISTRICTS + both.sum(), dtype=np.int8),
            (
                np.concatenate([office[:, 0], office[both, 1]]),
                np.concatenate([np.arange(DISTRICTS), np.flatnonzero(both)]),
            ),
        ),
        shape=(PARTNERSHIPS, DISTRICTS),
    )
    return England(
        outlines=outlines,
        points=points,
        residents=residents.astype(np.int64),
        district=district,
        county=county,
        region=region,
        partnership=sparse.csr_array(of_district @ _membership(district, DISTRICTS)),
    )


def circles(count: int = 100_000, seed: int = SEED) -> Floats:
    """Circles round places near people: x, y and radius (median 5 km, 0.5 to 40 km), metres."""
    random = np.random.default_rng([seed, 5])
    centres = _settled(count, seed, 6)
    radii = np.clip(5_000 * np.exp(random.normal(0, RADIUS_SPREAD, count)), 500, 40_000)
    return np.column_stack([centres, radii])


def polygons(count: int = 20_000, seed: int = SEED) -> npt.NDArray[np.object_]:
    """Irregular polygons near people, most 2 to 20 km across, of 20 to 80 vertices.

    One in ten has a hole, and one in ten a second part.
    """
    random = np.random.default_rng([seed, 7])
    centres = _settled(count, seed, 8)
    sizes = np.exp(random.uniform(np.log(1_000), np.log(7_000), count))
    kinds = random.choice(3, size=count, p=[0.8, 0.1, 0.1])
    return np.array(
        [
            _irregular(centre, size, kind, random)
            for centre, size, kind in zip(centres, sizes, kinds, strict=True)
        ],
        dtype=object,
    )


def declared(count: int = 170_000, seed: int = SEED) -> Declared:
    """Organisations of one to three themes, each with one to three areas of one kind.

    Most name one district; a few districts are named by very many. Of several areas, the others are
    the nearest of the first.
    """
    random = np.random.default_rng([seed, 9])
    theme_owner, theme = themes_of(count, random)
    level = random.choice(3, size=count, p=[0.8, 0.17, 0.03])
    several = np.where(level < 2, random.choice([1, 2, 3], size=count, p=[0.8, 0.13, 0.07]), 1)
    owner, area = [], []
    for kind, areas in enumerate((DISTRICTS, COUNTIES, REGIONS)):
        seats = _settled(DISTRICTS, seed, 4)[:areas]
        popularity = 1 / (1 + random.permutation(len(seats))) ** 0.8
        of_kind = np.flatnonzero(level == kind)
        first = random.choice(len(seats), size=len(of_kind), p=popularity / popularity.sum())
        _, nearest = cKDTree(seats).query(seats[first], k=3)
        named = np.arange(3) < several[of_kind, None]
        owner.append(np.repeat(of_kind, several[of_kind]))
        area.append(nearest[named])
    area_owner = np.concatenate(owner)
    order = np.argsort(area_owner, kind="stable")
    area_owner = area_owner[order]
    return Declared(
        count, theme_owner, theme, area_owner, level[area_owner], np.concatenate(area)[order].astype(np.int64)
    )


def themes_of(count: int, random: np.random.Generator) -> tuple[Ints, Ints]:
    """One to three themes for each of so many organisations: rows of organisation and theme."""
    many = random.choice([1, 2, 3], size=count, p=[0.6, 0.25, 0.15])
    first = random.integers(THEMES, size=count)
    steps = random.integers(1, THEMES // 2, size=(count, 2))
    theme = np.column_stack([first, first + steps[:, 0], first + steps.sum(axis=1)]) % THEMES
    return np.repeat(np.arange(count), many), theme[np.arange(3) < many[:, None]]


def _coast() -> shapely.Polygon:
    """The coast in metres."""
    return shapely.transform(COAST, lambda km: km * np.sqrt(LAND_M2 / COAST.area))


def _settled(count: int, seed: int, purpose: int) -> Floats:
    """Places on land, three in four of them in towns; another choice for each purpose."""
    towns = np.random.default_rng([seed, 0])
    coast = _coast()
    centres = _on_land(coast, TOWNS, towns)
    people = np.minimum(1 + towns.pareto(1.1, TOWNS), GREATEST_TOWN)
    random = np.random.default_rng([seed, purpose])
    chosen = random.choice(TOWNS, size=2 * count, p=people / people.sum())
    spread = TOWN_WIDTH_M * np.sqrt(people[chosen, None])
    urban = centres[chosen] + spread * random.normal(size=(2 * count, 2))
    urban = urban[shapely.contains_xy(coast, urban)]
    places = np.concatenate([urban[: round(0.75 * count)], _on_land(coast, count, random)])[:count]
    return random.permutation(places)


def _on_land(coast: shapely.Polygon, count: int, random: np.random.Generator) -> Floats:
    low, high = np.reshape(coast.bounds, (2, 2))
    drawn = random.uniform(low, high, size=(10 * count + 100, 2))
    return np.asarray(drawn[shapely.contains_xy(coast, drawn)][:count])


def _sea() -> Floats:
    """Places off the coast, and far around, so that every cell on land is bounded by cells at sea."""
    coast = _coast()
    band = coast.buffer(4 * SEA_STEP_M)
    low, high = np.reshape(band.bounds, (2, 2))
    random = np.random.default_rng(0)
    x, y = np.meshgrid(*(np.arange(a, b, SEA_STEP_M) for a, b in zip(low, high, strict=True)))
    grid = np.column_stack([x.ravel(), y.ravel()]) + random.uniform(0, SEA_STEP_M / 2, size=(x.size, 2))
    near = grid[shapely.contains_xy(band.difference(coast), grid)]
    corners = [[-9e5, -9e5], [-9e5, 15e5], [15e5, -9e5], [15e5, 15e5]]
    return np.concatenate([near, corners])


def _cells(sites: Floats, sea: Floats, random: np.random.Generator) -> npt.NDArray[np.object_]:
    """Voronoi cells of the sites, with bent borders."""
    plan = Voronoi(np.concatenate([sites, sea]))
    pairs = np.asarray(plan.ridge_points)
    ends = np.asarray(plan.ridge_vertices)
    of_land = pairs.min(axis=1) < len(sites)
    pairs, ends = pairs[of_land], ends[of_land]
    begin, finish = plan.vertices[ends[:, 0]], plan.vertices[ends[:, 1]]
    bends, bend_ptr = _bent(begin, finish, plan.points[pairs[:, 0]], random)

    cell = np.concatenate([pairs[:, 0], pairs[:, 1]])
    ridge = np.tile(np.arange(len(pairs)), 2)
    site = plan.points[cell]
    a, b = begin[ridge] - site, finish[ridge] - site
    backwards = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0
    middle = a + b
    order = np.lexsort((np.arctan2(middle[:, 1], middle[:, 0]), cell))
    order = order[cell[order] < len(sites)]
    cell, ridge, backwards = cell[order], ridge[order], backwards[order]

    sizes = np.diff(bend_ptr)[ridge] - 1
    step = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    at = np.where(
        np.repeat(backwards, sizes),
        np.repeat(bend_ptr[ridge + 1] - 1, sizes) - step,
        np.repeat(bend_ptr[ridge], sizes) + step,
    )
    rings = shapely.linearrings(bends[at], indices=np.repeat(cell, sizes))
    return np.asarray(shapely.polygons(rings))


def _bent(begin: Floats, finish: Floats, site: Floats, random: np.random.Generator) -> tuple[Floats, Ints]:
    """Bend straight borders, all into four pieces and one in four of them into eight.

    Returns
    -------
    vertices, pointers
        Both ends included, border after border, and where each border begins.
    """
    along = finish - begin
    length = np.hypot(*along.T)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    foot = ((site - begin) * along).sum(axis=1) / length**2
    height = np.abs(((site - begin) * normal).sum(axis=1))
    share = np.linspace(0, 1, 9)
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = np.where(foot > 0, height / foot, np.inf)[:, None] * share
        falling = np.where(foot < 1, height / (1 - foot), np.inf)[:, None] * (1 - share)
    room = np.fmin(np.fmin(rising, falling), 0.3 * length[:, None])
    offset = np.zeros((len(begin), 9))
    for step in (4, 2, 1):
        at = np.arange(step, 9, 2 * step)
        middle = (offset[:, at - step] + offset[:, at + step]) / 2
        offset[:, at] = middle + random.uniform(-0.2, 0.2, size=(len(begin), len(at))) * step
    bend = np.clip(offset, -0.8, 0.8) * room
    vertices = begin[:, None] + share[:, None] * along[:, None] + bend[:, :, None] * normal[:, None]
    vertices[:, 0], vertices[:, -1] = begin, finish
    kept = np.ones((len(begin), 9), dtype=bool)
    kept[random.random(len(begin)) < 0.75, 1::2] = False
    return vertices[kept], np.concatenate([[0], np.cumsum(kept.sum(axis=1))])


def _nearest(places: Floats, seats: Floats) -> Ints:
    """For each place, the number of the seat nearest to it."""
    return np.asarray(cKDTree(seats).query(places)[1], dtype=np.int64)


def _membership(area_of_block: Ints, areas: int) -> sparse.csr_array:
    at = area_of_block, np.arange(len(area_of_block))
    return sparse.csr_array(
        (np.ones(len(area_of_block), dtype=np.int8), at), shape=(areas, len(area_of_block))
    )


def _geography(name: str, level: str, membership: sparse.csr_array) -> Geography:
    codes = [f"{name}{i:03}" for i in range(membership.shape[0])]
    return Geography(
        name, f"Synthetic {level}s", level, pd.Series(codes, index=codes), membership, "synthetic"
    )


def _irregular(centre: Floats, size: float, kind: int, random: np.random.Generator) -> shapely.Geometry:
    """A polygon that its centre sees all of; of kind 1 with a hole, of kind 2 with a second part."""
    shell, least, greatest = _star(centre, size, int(random.integers(20, 81)), random)
    if kind == 1:
        hole, _, _ = _star(centre, 0.3 * least, int(random.integers(8, 30)), random)
        return shapely.Polygon(shell, [hole])
    if kind == 0:
        return shapely.Polygon(shell)
    turn = random.uniform(0, 2 * np.pi)
    away = centre + (greatest + 1.6 * size) * np.array([np.cos(turn), np.sin(turn)])
    other, _, _ = _star(away, size / 2, int(random.integers(20, 41)), random)
    return shapely.MultiPolygon([shapely.Polygon(shell), shapely.Polygon(other)])


def _star(
    centre: Floats, size: float, vertices: int, random: np.random.Generator
) -> tuple[Floats, float, float]:
    """Vertices round a centre, and how near and far they lie."""
    angle = (np.arange(vertices) + random.uniform(0, 0.8, vertices)) * 2 * np.pi / vertices
    wave = sum(0.25 / k * np.cos(k * angle + random.uniform(0, 2 * np.pi)) for k in (1, 2, 3))
    radius = size * np.exp(wave + random.uniform(-0.15, 0.15, vertices))
    ring = centre + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return ring, float(radius.min()), float(radius.max())
