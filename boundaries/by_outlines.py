"""Geographies by outlines: a block belongs where its centroid lies, or is cut along the border."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .atlas import Held
from .description import OutlinesFrom
from .errors import Fault
from .figures import some

EXACT: Final = "Blocks were cut along its borders and their residents shared out by land (exact fit)."
NOISE_M2: Final = 1.0  # a piece smaller than this is rounding, not land
REACH: Final = 0.01  # of an area: more than this outside all blocks is no difference of drawing
SLIM: Final = 0.05  # of a block: most cuts being slimmer says that the two layers are drawn differently


@dataclass(frozen=True)
class Cut:
    """Blocks cut along outlines.

    Attributes
    ----------
    blocks
        Index: codes; a block that was cut is followed by `a`, `b`, … for its pieces. Columns as
        before, shared out by land; residents in whole persons.
    parents
        For each of them, the position of the block that it was.
    held
        Which of them each area holds.
    """

    blocks: gpd.GeoDataFrame
    parents: np.ndarray
    held: Held


def by_centroid(
    wanted: OutlinesFrom, areas: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame, faults: list[Fault]
) -> Held:
    """Put each block where its centroid lies (best fit).

    Parameters
    ----------
    wanted
        The geography, for messages.
    areas
        Index: codes. Columns: `name`, `geometry` (EPSG:27700).
    blocks
        Index: codes. Columns: `residents`, `x`, `y` (metres, EPSG:27700).
    faults
        Blocks in no area are counted and named, with their residents.

    Returns
    -------
    Held
    """
    points = shapely.points(blocks["x"], blocks["y"])
    block, area = shapely.STRtree(points).query(areas.geometry.to_numpy(), predicate="contains")[::-1]
    on_border = np.setdiff1d(np.arange(len(blocks)), block)
    if len(on_border):
        found, more = shapely.STRtree(areas.geometry.to_numpy()).query(
            points[on_border], predicate="intersects"
        )
        first = np.unique(found, return_index=True)[1]
        block, area = np.append(block, on_border[found[first]]), np.append(area, more[first])
    _say_outside(wanted, blocks.iloc[np.setdiff1d(np.arange(len(blocks)), block)], faults)
    _say_empty(wanted, areas.iloc[np.setdiff1d(np.arange(len(areas)), area)], faults)
    codes, names = areas.index.to_numpy(), areas["name"].to_numpy()
    order = np.lexsort((area, block))
    pairs = zip(block[order], area[order], strict=True)
    triples = [(blocks.index[b], codes[a], names[a]) for b, a in pairs]
    return Held(triples, _beyond(wanted, areas, blocks, np.unique(area), faults))


def by_cut(
    wanted: OutlinesFrom, areas: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame, faults: list[Fault]
) -> Cut:
    """Cut the blocks along the outlines, exactly.

    People are taken as spread evenly inside a block: its residents are shared out by land, in
    whole persons that add up to the block's.

    Parameters
    ----------
    wanted
        The geography, for messages.
    areas
        Index: codes. Columns: `name`, `geometry` (EPSG:27700).
    blocks
        Index: codes. Columns: `residents`, `area_km2`, numbers, `geometry` (EPSG:27700).
    faults
        How many blocks were cut is noted, and what lies in no area.
    """
    shapes, outlines = blocks.geometry.to_numpy(), areas.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    area, block = tree.query(outlines, predicate="intersects")
    inner = set(zip(*tree.query(outlines, predicate="covers"), strict=True))
    whole: dict[int, list[int]] = {}
    crossing: dict[int, list[int]] = {}
    for a, b in zip(area.tolist(), block.tolist(), strict=True):
        (whole if (a, b) in inner else crossing).setdefault(b, []).append(a)
    pieces: list[tuple[int, tuple[int, ...], shapely.Geometry]] = []
    cut_count, slim_count = 0, 0
    for b, shape in enumerate(shapes):
        parts = _parts(shape, crossing.get(b, []), outlines)
        base = tuple(whole.get(b, []))
        pieces += [(b, tuple(sorted((*base, *held))), part) for held, part in parts]
        if len(parts) > 1:
            cut_count += 1
            land = [part.area for _, part in parts]
            slim_count += max(land) > (1 - SLIM) * sum(land)
    parents = np.array([b for b, _, _ in pieces])
    shares = shapely.area([part for _, _, part in pieces])
    frame = _shared_out(blocks, parents, shares)
    frame = frame.set_geometry(
        gpd.GeoSeries([part for _, _, part in pieces], index=frame.index, crs=blocks.crs)
    )
    inside = shapely.point_on_surface(frame.geometry.to_numpy())
    was_cut = pd.Series(parents).duplicated(keep=False).to_numpy()
    frame["x"] = np.where(was_cut, shapely.get_x(inside), frame["x"])
    frame["y"] = np.where(was_cut, shapely.get_y(inside), frame["y"])
    report = partial(Fault, kind="noted", file=wanted.origin.name)
    cut_share = f"{cut_count:,} of {len(blocks):,} blocks"
    reason = f"{cut_share} were cut along {wanted.words.id}, their residents shared out by land"
    remedy = ""
    if slim_count > cut_count / 2:
        remedy = (
            f"{slim_count:,} of the cuts take less than {SLIM:.0%} of the block: the two layers look "
            'differently generalised, so method = "centroid" may be truer'
        )
    faults.append(report(reason=reason, remedy=remedy))
    _say_outside(wanted, frame[[not held for _, held, _ in pieces]], faults)
    holding = {a for _, held, _ in pieces for a in held}
    _say_empty(wanted, areas.iloc[sorted(set(range(len(areas))) - holding)], faults)
    codes, names = areas.index, areas["name"]
    triples = [
        (code, codes[a], names.iloc[a])
        for code, (_, held, _) in zip(frame.index, pieces, strict=True)
        for a in held
    ]
    beyond = _beyond(wanted, areas, blocks, np.array(sorted(holding)), faults)
    return Cut(frame, parents, Held(triples, beyond, EXACT))


def _beyond(
    wanted: OutlinesFrom,
    areas: gpd.GeoDataFrame,
    blocks: gpd.GeoDataFrame,
    holding: np.ndarray,
    faults: list[Fault],
) -> frozenset[str]:
    """Of the areas that hold blocks, those with more than 1% of their land outside all blocks."""
    if blocks["area_km2"].isna().any() or not len(holding):
        return frozenset()
    outlines, shapes = areas.geometry.to_numpy()[holding], blocks.geometry.to_numpy()
    area, block = shapely.STRtree(shapes).query(outlines, predicate="intersects")
    met = shapely.area(shapely.intersection(outlines[area], shapes[block]))
    outside = shapely.area(outlines) - np.bincount(area, weights=met, minlength=len(outlines))
    far = np.flatnonzero(outside > REACH * shapely.area(outlines))
    if not len(far):
        return frozenset()
    lacking = areas.iloc[holding[far]]
    called = zip(lacking.index, lacking["name"], outside[far] / 1e6, strict=True)
    named = some([f"{code} {name} ({km2:,.0f} km²)" for code, name, km2 in called])
    reason = f"{len(far)} of the {len(holding)} areas that hold blocks reach beyond them: {named}"
    remedy = "their figures describe the part that the blocks hold"
    faults.append(Fault(kind="noted", file=wanted.origin.name, reason=reason, remedy=remedy))
    return frozenset(lacking.index)


def _parts(
    shape: shapely.Geometry, crossing: list[int], outlines: np.ndarray
) -> list[tuple[tuple[int, ...], shapely.Geometry]]:
    """Pieces of a block, each with the areas that hold it; what is smaller than noise joins the largest."""
    parts: list[tuple[tuple[int, ...], shapely.Geometry]] = [((), shape)]
    for a in crossing:
        split = []
        for held, part in parts:
            inside = _land(shapely.intersection(part, outlines[a]))
            outside = _land(shapely.difference(part, outlines[a]))
            if inside.area < NOISE_M2:
                split.append((held, part))
            elif outside.area < NOISE_M2:
                split.append(((*held, a), part))
            else:
                split += [((*held, a), inside), (held, outside)]
        parts = split
    return parts


def _land(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a geometry, without the lines and points where outlines touch."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons)


def _shared_out(blocks: gpd.GeoDataFrame, parents: np.ndarray, land_m2: np.ndarray) -> gpd.GeoDataFrame:
    """Rows of the blocks' pieces, every number shared out by land."""
    frame = blocks.iloc[parents].copy()
    total = np.bincount(parents, weights=land_m2)[parents]
    share = land_m2 / total
    number = pd.Series(parents).groupby(parents).cumcount().to_numpy()
    several = pd.Series(parents).duplicated(keep=False).to_numpy()
    frame.index = pd.Index(
        [
            f"{code}{_letters(n)}" if cut else code
            for code, n, cut in zip(frame.index, number, several, strict=True)
        ],
        name=blocks.index.name,
    )
    for column in frame.columns.drop(["name", "geometry", "x", "y"], errors="ignore"):
        if pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].to_numpy() * share
    frame["residents"] = _whole(blocks["residents"].to_numpy(dtype=float), parents, share)
    return frame


def _whole(residents: np.ndarray, parents: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Share out whole persons by largest remainder, so that the pieces add up to the block."""
    exact = residents[parents] * share
    down = np.floor(exact + 1e-9)
    left = np.round(residents - np.bincount(parents, weights=down)).astype(int)
    order = np.lexsort((np.arange(len(parents)), -(exact - down), parents))
    rank = pd.Series(parents[order]).groupby(parents[order]).cumcount().to_numpy()
    result = down.copy()
    result[order] += rank < left[parents[order]]
    return np.asarray(result)


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _say_outside(wanted: OutlinesFrom, outside: gpd.GeoDataFrame, faults: list[Fault]) -> None:
    if len(outside):
        people = outside["residents"].sum()
        reason = f"{len(outside):,} blocks lie in no area of {wanted.words.id}, with {people:,.0f} residents"
        faults.append(Fault(kind="noted", file=wanted.origin.name, reason=f"{reason}: {some(outside.index)}"))


def _say_empty(wanted: OutlinesFrom, empty: gpd.GeoDataFrame, faults: list[Fault]) -> None:
    if len(empty):
        named = some([f"{code} {name}" for code, name in empty["name"].items()])
        reason = f"{len(empty)} of its areas hold no block: {named}"
        faults.append(Fault(kind="noted", file=wanted.origin.name, reason=reason))
