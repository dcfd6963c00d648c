"""Geographies by outlines: a block belongs where its centroid lies, or is cut along the border."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import builtin
from .atlas import Held
from .blocks import land_of
from .description import OutlinesFrom
from .errors import Fault
from .figures import some

EXACT: Final = "Blocks were cut along its borders and their residents shared out by land (exact fit)."
NOISE_WIDTH_M: Final = 1.0  # a piece narrower than this on average is rounding, not land
ROUNDING: Final = 1e-9  # of a person: shares of land add up to 1 no closer than this
REACH: Final = 0.01  # of an area: more than this outside all blocks is no difference of drawing
HELD: Final = 0.9  # of a district's land: with that much in blocks, all of it is there
SLIM: Final = 0.05  # of a block: most cuts being slimmer says that the two layers are drawn differently


@dataclass(frozen=True)
class Cut:
    """Blocks cut along outlines.

    Attributes
    ----------
    blocks
        Index: codes; pieces of a block have its code and `a`, `b`, … Columns as before; numbers are
        shared out by land, residents in whole persons, and `x` and `y` of a piece lie inside it.
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
        Index: codes, sorted. Columns: `name`, `geometry` (EPSG:27700).
    blocks
        Index: codes. Columns: `residents`, `x`, `y` (metres, EPSG:27700), `geometry`.
    faults
        Blocks in no area are counted and named, with their residents; so are areas that hold no
        block, and those that reach beyond all blocks.

    Returns
    -------
    Held
        A centroid on a border lies in the first of the areas that meet there, by code.
    """
    points = shapely.points(blocks["x"], blocks["y"])
    block, area = shapely.STRtree(points).query(areas.geometry.to_numpy(), predicate="contains")[::-1]
    on_border = np.setdiff1d(np.arange(len(blocks)), block)
    if len(on_border):
        found, more = shapely.STRtree(areas.geometry.to_numpy()).query(
            points[on_border], predicate="intersects"
        )
        order = np.lexsort((more, found))
        first = order[np.unique(found[order], return_index=True)[1]]
        block, area = np.append(block, on_border[found[first]]), np.append(area, more[first])
    _say_outside(wanted, blocks.iloc[np.setdiff1d(np.arange(len(blocks)), block)], faults)
    _say_empty(wanted, areas.iloc[np.setdiff1d(np.arange(len(areas)), area)], len(area) > 0, faults)
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
        Index: codes, sorted. Columns: `name`, `geometry` (EPSG:27700).
    blocks
        Index: codes. Columns: `residents`, `area_km2`, `x`, `y` (metres, EPSG:27700), further
        numbers, `geometry`.
    faults
        How many blocks were cut is noted, and what lies in no area.

    Returns
    -------
    Cut
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
    _say_empty(wanted, areas.iloc[sorted(set(range(len(areas))) - holding)], bool(holding), faults)
    codes, names = areas.index, areas["name"]
    triples = [
        (code, codes[a], names.iloc[a])
        for code, (_, held, _) in zip(frame.index, pieces, strict=True)
        for a in held
    ]
    beyond = _beyond(wanted, areas, blocks, np.array(sorted(holding), dtype=np.intp), faults)
    return Cut(frame, parents, Held(triples, beyond, EXACT))


def _beyond(
    wanted: OutlinesFrom,
    areas: gpd.GeoDataFrame,
    blocks: gpd.GeoDataFrame,
    holding: np.ndarray,
    faults: list[Fault],
) -> frozenset[str]:
    """Of the areas that hold blocks, those with more than 1% of their land in districts without blocks.

    Outlines are drawn across estuaries, and blocks are not: what lies outside all blocks counts as
    land only in districts of which the blocks have less than 90% of the land.
    """
    outlines, shapes = areas.geometry.to_numpy()[holding], blocks.geometry.to_numpy()
    least = REACH * shapely.area(outlines)
    far = np.flatnonzero(_outside_m2(outlines, shapes) > least)
    if not len(far):
        return frozenset()
    england = builtin.load().blocks
    districts = england.geometry.to_numpy()
    district, block = shapely.STRtree(shapely.points(blocks["x"], blocks["y"])).query(
        districts, predicate="contains"
    )
    land = np.bincount(district, weights=blocks["area_km2"].to_numpy()[block], minlength=len(districts))
    bare = districts[land < HELD * england["area_km2"].to_numpy()]
    outside = _outside_m2(shapely.intersection(outlines[far], shapely.coverage_union_all(bare)), shapes)
    lacking = outside > least[far]
    far, outside = far[lacking], outside[lacking]
    if not len(far):
        return frozenset()
    beyond = areas.iloc[holding[far]]
    called = zip(beyond.index, beyond["name"], outside / 1e6, strict=True)
    named = some([f"{code} {name} ({km2:,.0f} km²)" for code, name, km2 in called])
    reason = f"{len(far)} of the {len(holding)} areas that hold blocks reach beyond them: {named}"
    remedy = "their figures describe the part that the blocks hold"
    faults.append(Fault(kind="noted", file=wanted.origin.name, reason=reason, remedy=remedy))
    return frozenset(beyond.index)


def _outside_m2(outlines: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Land of each outline that lies in none of the shapes, which do not overlap."""
    tree = shapely.STRtree(shapes)
    area, block = tree.query(outlines, predicate="intersects")
    inner, held = tree.query(outlines, predicate="contains_properly")
    cut = ~np.isin(area * len(shapes) + block, inner * len(shapes) + held)
    met = shapely.area(shapes[block])
    met[cut] = shapely.area(shapely.intersection(outlines[area[cut]], shapes[block[cut]]))
    return np.asarray(shapely.area(outlines) - np.bincount(area, weights=met, minlength=len(outlines)))


def _parts(
    shape: shapely.Geometry, crossing: list[int], outlines: np.ndarray
) -> list[tuple[tuple[int, ...], shapely.Geometry]]:
    """Pieces of a block, each with the areas that hold it; noise stays with the land beside it."""
    parts: list[tuple[tuple[int, ...], shapely.Geometry]] = [((), shape)]
    for a in crossing:
        split = []
        for held, part in parts:
            inside = land_of(shapely.intersection(part, outlines[a]))
            outside = land_of(shapely.difference(part, outlines[a]))
            if _is_noise(inside):
                split.append((held, part))
            elif _is_noise(outside):
                split.append(((*held, a), part))
            else:
                split += [((*held, a), inside), (held, outside)]
        parts = split
    return parts


def _is_noise(shape: shapely.Geometry) -> bool:
    return bool(2 * shape.area <= NOISE_WIDTH_M * shape.length)


def _shared_out(blocks: gpd.GeoDataFrame, parents: np.ndarray, land_m2: np.ndarray) -> gpd.GeoDataFrame:
    """Rows of the blocks' pieces, every number shared out by land."""
    frame = blocks.iloc[parents].copy()
    total = np.bincount(parents, weights=land_m2)[parents]
    share = land_m2 / total
    frame.index = pd.Index(_piece_codes(blocks.index, parents), name=blocks.index.name)
    for column in frame.columns.drop(["name", "geometry", "x", "y"], errors="ignore"):
        if pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].to_numpy() * share
    frame["residents"] = _whole(blocks["residents"].to_numpy(dtype=float), parents, share)
    return frame


def _piece_codes(blocks: pd.Index, parents: np.ndarray) -> list[str]:
    """Codes of pieces, none of which another block has."""
    taken, times = set(blocks), np.bincount(parents)
    endings = {parent: (ending for ending in map(_letters, count())) for parent in np.flatnonzero(times > 1)}
    codes = []
    for parent in parents:
        code = blocks[parent]
        if parent in endings:
            code = next(new for ending in endings[parent] if (new := f"{code}{ending}") not in taken)
            taken.add(code)
        codes.append(code)
    return codes


def _whole(residents: np.ndarray, parents: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Share out whole persons by largest remainder, so that the pieces add up to the block.

    A part of a person, where residents are estimates, goes to the next in that order.
    """
    exact = residents[parents] * share
    down = np.floor(exact + ROUNDING)
    order = np.lexsort((np.arange(len(parents)), -(exact - down), parents))
    rank = pd.Series(parents[order]).groupby(parents[order]).cumcount().to_numpy()
    left = (residents - np.bincount(parents, weights=down))[parents[order]]
    result = down.copy()
    result[order] += np.clip(left - rank, 0, 1)
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


def _say_empty(wanted: OutlinesFrom, empty: gpd.GeoDataFrame, some_hold: bool, faults: list[Fault]) -> None:
    if len(empty):
        named = some([f"{code} {name}" for code, name in empty["name"].items()])
        reason = f"{len(empty)} of its areas hold no block: {named}"
        report = partial(Fault, file=wanted.origin.name, reason=reason)
        remedy = "check that it is the file you mean"
        faults.append(report(kind="noted") if some_hold else report(kind="stopped", remedy=remedy))
