"""Areas of one layer beside each other: overlaps, slivers, holes and borders that do not meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from .errors import Fault
from .shapes import LISTED, Outlines

NOISE_M2: Final = 10.0  # what transforming coordinates leaves between borders that were one
SLIVER_WIDTH_M: Final = 100.0
OPEN_GAP_M: Final = 10.0
OPEN_SHARE: Final = 0.01  # below it, heads of estuaries look the same
SHOWN: Final = 5


def check_neighbours(
    frame: gpd.GeoDataFrame,
    *,
    file: str,
    tolerance_share: float = 0.01,
    overlaps_allowed: bool,
    remedy: str = "mend the outlines, or write overlaps = true if areas may overlap",
    faults: list[Fault],
) -> None:
    """Report where areas of one layer overlap, and where holes are left between them.

    A sliver is a hole that several areas surround and that is under 100 m wide on average; any
    other hole, such as a lake or an enclave, is noted at every size. Overlaps and holes of 10 m² and
    less are not reported.

    Parameters
    ----------
    frame
        Valid polygons in EPSG:27700, metres, and perhaps `name`. Index: codes, unique.
    tolerance_share
        The share of the smaller area above which an overlap is `stopped` instead of `noted`, and
        of the layer's land above which its slivers are.
    overlaps_allowed
        Whether the areas overlap by design, as Local Enterprise Partnerships do.
    remedy
        What is to be done where they do not.
    faults
        Appended to: each overlap above the tolerance, up to twenty, and for everything else a
        summary with the largest five.

    Examples
    --------
    >>> squares = [shapely.box(0, 0, 1000, 1000), shapely.box(995, 0, 1995, 1000)]
    >>> areas = gpd.GeoDataFrame(geometry=squares, index=["A", "B"], crs=27700)
    >>> faults = []
    >>> check_neighbours(areas, file="a.gpkg", overlaps_allowed=True, faults=faults)
    >>> faults[0].reason
    '1 pair of areas overlap, as they may: 0.005 km² in all: A with B 0.005 km²'
    """
    names = [str(code) for code in frame.index]
    if "name" in frame:
        names = [f"{code} {name}" for code, name in frame["name"].items()]
    outlines = frame.geometry.to_numpy()
    layer = _Layer(file, outlines, names, ~shapely.is_empty(shapely.coverage_invalid_edges(outlines)))
    faults.extend(_overlap_faults(layer, tolerance_share, overlaps_allowed, remedy))
    faults.extend(_open_gap_faults(layer))
    faults.extend(_hole_faults(layer, tolerance_share))


@dataclass(frozen=True)
class _Layer:
    """Areas; `suspect` are those with an edge inside another, or on its edge and not matching it."""

    file: str
    outlines: Outlines
    names: Sequence[str]
    suspect: npt.NDArray[np.bool_]


def _overlap_faults(layer: _Layer, tolerance_share: float, allowed: bool, remedy: str) -> Iterator[Fault]:
    overlaps = _overlaps(layer)
    over = overlaps["share"] > (np.inf if allowed else tolerance_share)
    report = partial(Fault, file=layer.file)
    for pair in overlaps[over].head(LISTED).itertuples():
        reason = f"{pair.areas}: {pair.km2:,.4g} km² lie in both, {pair.share:.2%} of the smaller"
        yield report(kind="stopped", reason=reason, remedy=remedy)
    if (rest := int(over.sum()) - LISTED) > 0:
        reason = f"{_count(rest, 'more pair')} of areas overlap by more than {tolerance_share:.2%}"
        yield report(kind="stopped", reason=reason, remedy=remedy)
    if not over.all():
        rule = "as they may" if allowed else f"within the tolerance of {tolerance_share:.2%}"
        pairs = _count(int((~over).sum()), "pair")
        yield report(kind="noted", reason=f"{pairs} of areas overlap, {rule}: {_summary(overlaps[~over])}")


def _overlaps(layer: _Layer) -> pd.DataFrame:
    """Pairs of areas that share land, largest first: `areas` in words, `km2`, `share` of the smaller."""
    some = np.flatnonzero(layer.suspect)
    tree = shapely.STRtree(layer.outlines)
    near, other = tree.query(layer.outlines[some], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([some[near], other]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    one, two = layer.outlines[pairs[:, 0]], layer.outlines[pairs[:, 1]]
    shared = shapely.area(shapely.intersection(one, two))
    share = shared / np.minimum(shapely.area(one), shapely.area(two))
    areas = [f"{layer.names[i]} with {layer.names[j]}" for i, j in pairs]
    table = pd.DataFrame({"areas": areas, "km2": shared / 1e6, "share": share})
    return table[shared > NOISE_M2].sort_values("km2", ascending=False, kind="stable")


def _open_gap_faults(layer: _Layer) -> Iterator[Fault]:
    edges = shapely.coverage_invalid_edges(layer.outlines, gap_width=OPEN_GAP_M)
    metres = np.where(layer.suspect, 0.0, shapely.length(edges))
    if metres.sum() > OPEN_SHARE * shapely.length(layer.outlines).sum():
        longest = np.argsort(-metres, kind="stable")[:SHOWN]
        listed = "; ".join(f"{layer.names[i]} {metres[i] / 1000:,.4g} km" for i in longest if metres[i])
        reason = f"borders run within {OPEN_GAP_M:g} m of each other and do not touch: {listed}"
        yield Fault(kind="noted", file=layer.file, reason=reason, remedy="draw shared borders once")


def _hole_faults(layer: _Layer, tolerance_share: float) -> Iterator[Fault]:
    holes = _holes(layer)
    sliver = (holes["width_m"] < SLIVER_WIDTH_M) & (holes["neighbours"] > 1)
    land_km2 = float(shapely.area(layer.outlines).sum()) / 1e6
    for found, what in ((holes[sliver], "sliver between areas"), (holes[~sliver], "hole in the layer")):
        if found.empty:
            continue
        share = found["km2"].sum() / land_km2
        reason = f"{_count(len(found), *what.split(' ', 1))}, {share:.2%} of the land: {_summary(found)}"
        if what.startswith("sliver") and share > tolerance_share:
            remedy = "draw shared borders once, or join the slivers to an area"
            yield Fault(kind="stopped", file=layer.file, reason=reason, remedy=remedy)
        else:
            yield Fault(kind="noted", file=layer.file, reason=reason)


def _holes(layer: _Layer) -> pd.DataFrame:
    """Holes in the land of a layer, largest first: `areas` around it, how many, `km2`, mean `width_m`."""
    join = shapely.union_all if layer.suspect.any() else shapely.coverage_union_all
    rings, owners = shapely.get_rings(shapely.get_parts(join(layer.outlines)), return_index=True)
    holes = shapely.polygons(rings[1:][owners[1:] == owners[:-1]])
    holes = holes[shapely.area(holes) > NOISE_M2]
    hole, area = shapely.STRtree(layer.outlines).query(holes, predicate="intersects")
    around = [[layer.names[i] for i in area[hole == number]] for number in range(len(holes))]
    table = pd.DataFrame(
        {
            "areas": [_listed(names) for names in around],
            "neighbours": [len(names) for names in around],
            "km2": shapely.area(holes) / 1e6,
            "width_m": 2 * shapely.area(holes) / shapely.length(holes),
        }
    )
    return table.sort_values("km2", ascending=False, kind="stable")


def _listed(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return " with ".join(sorted(names)[:3]) + rest


def _summary(found: pd.DataFrame) -> str:
    largest = [f"{row.areas} {row.km2:,.4g} km²" for row in found.head(SHOWN).itertuples()]
    lead = "; the largest: " if len(found) > SHOWN else ": "
    return f"{found['km2'].sum():,.4g} km² in all{lead}{'; '.join(largest)}"


def _count(count: int, what: str, where: str = "") -> str:
    return f"{count:,} {what}{'s' * (count != 1)} {where}".rstrip()
