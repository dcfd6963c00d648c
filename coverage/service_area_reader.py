"""Reading all shapes of a study: catchments, polygons and travel times, from all of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
import shapely

from ..boundaries.atlas import Atlas
from ..boundaries.errors import Fault
from ..boundaries.sources import Sources
from .catchments import Postcodes, read_catchments
from .drawn import DrawnAreas
from .outlined_areas import read_outlines
from .references import CATCHMENT, POLYGON, PREFIXES, TRAVEL, Found, reference_key, report_rows
from .service_area_settings import ServiceAreasFrom
from .service_areas import ServiceAreas
from .travel_times import read_travel_times

OF_CIRCLES: Final = ("x", "y", "radius_m", "by_postcode")
OF_POLYGONS: Final = ("geometry", "origin", "minutes")
COLUMNS: Final = ("prefix", "id", *OF_CIRCLES, *OF_POLYGONS, "file", "row")


def read_service_areas(
    wanted: ServiceAreasFrom,
    atlas: Atlas | None,
    sources: Sources,
    faults: list[Fault],
    *,
    complete: bool = True,
) -> ServiceAreas:
    """Read the shapes that a study describes.

    Parameters
    ----------
    wanted
        Where they stand.
    atlas
        Whose blocks they serve; None where it cannot be read.
    sources
        What files are read with.
    faults
        What is wrong is added to it, for all files.
    complete
        Whether all that the study describes is in `wanted`.
    """
    postcodes = Postcodes(wanted.postcodes, sources, faults)
    taken: dict[str, dict[str, tuple[str, int]]] = {prefix: {} for prefix in PREFIXES}
    read = {
        CATCHMENT: [
            read_catchments(each, postcodes, taken[CATCHMENT], sources, faults) for each in wanted.catchments
        ],
        POLYGON: [read_outlines(each, taken[POLYGON], sources, faults) for each in wanted.polygons],
        TRAVEL: [read_outlines(each, taken[TRAVEL], sources, faults) for each in wanted.isochrones],
    }
    shapes = _joined(read)
    travelled = shapes[shapes["prefix"] == TRAVEL]
    origins = {
        reference_key(origin): (file, int(row))
        for origin, file, row in travelled[["origin", "file", "row"]].itertuples(index=False)
    }
    blocks = None if atlas is None else atlas.blocks.index
    tables = [read_travel_times(each, blocks, origins, sources, faults) for each in wanted.travel_times]
    if atlas is not None and len(shapes):
        _say_outside(shapes, atlas, faults)
    lost = {f"{prefix}:{key}" for prefix in PREFIXES for found in read[prefix] for key in found.spoilt}
    lost |= {f"{TRAVEL}:{key}" for _, spoilt, _ in tables for key in spoilt}
    whole = {prefix: complete and all(found.whole for found in read[prefix]) for prefix in PREFIXES}
    whole[TRAVEL] &= all(whole for *_, whole in tables)
    keys = shapes["prefix"] + ":" + shapes["id"].map(reference_key)
    isochrones: dict[str, dict[float, int]] = {}
    for position, origin, minutes in travelled[["origin", "minutes"]].itertuples():
        isochrones.setdefault(reference_key(origin), {})[float(minutes)] = position
    return ServiceAreas(
        drawn=_drawn(shapes),
        method=wanted.method,
        tolerance=wanted.tolerance,
        positions={key: position for position, key in keys.items()},
        isochrones=isochrones,
        origins=(
            *travelled["origin"].unique(),
            *(times.name for found, *_ in tables for times in found.values()),
        ),
        travel_times={key: times for found, *_ in tables for key, times in found.items()},
        by_postcode=frozenset(shapes.index[shapes["by_postcode"].eq(True)]),
        lost=frozenset(lost),
        unread=frozenset(prefix for prefix in PREFIXES if not whole[prefix]),
    )


def _joined(read: Mapping[str, Sequence[Found]]) -> pd.DataFrame:
    """All shapes, catchments first; index: their positions."""
    frames = [
        pd.DataFrame(found.frame).assign(prefix=prefix, file=found.file, row=found.frame.index)
        for prefix, each in read.items()
        for found in each
        if len(found.frame)
    ]
    if not frames:
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    return pd.concat(frames, ignore_index=True).reindex(columns=list(COLUMNS))


def _drawn(shapes: pd.DataFrame) -> DrawnAreas:
    polygons = np.full(len(shapes), None, dtype=object)
    is_polygon = shapes["geometry"].notna().to_numpy()
    polygons[is_polygon] = shapes.loc[is_polygon, "geometry"].to_numpy()
    circles = shapes[["x", "y", "radius_m"]].to_numpy(dtype=np.float64)
    return DrawnAreas(tuple(shapes["prefix"] + ":" + shapes["id"]), circles, polygons)


def _say_outside(shapes: pd.DataFrame, atlas: Atlas, faults: list[Fault]) -> None:
    """Say which shapes reach no block: they are counted nowhere."""
    drawn = _drawn(shapes)
    tree = shapely.STRtree(atlas.blocks.geometry.to_numpy())
    centres, radii = shapely.points(drawn.circles[:, :2]), drawn.circles[:, 2]
    reached = np.zeros(len(drawn), dtype=bool)
    circles = np.flatnonzero(drawn.is_circle)
    centroids = shapely.STRtree(shapely.points(atlas.points))
    _, nearest = centroids.query_nearest(centres[circles], return_distance=True, all_matches=False)
    reached[circles] = nearest <= radii[circles]
    circles = circles[~reached[circles]]
    reached[circles[np.unique(tree.query(centres[circles], "dwithin", distance=radii[circles])[0])]] = True
    polygons = np.flatnonzero(~drawn.is_circle)
    reached[polygons[np.unique(tree.query(drawn.polygons[polygons], "intersects")[0])]] = True
    for _, outside in shapes[~reached].groupby("file", sort=False):
        report_rows(outside.index, partial(_outside, shapes), faults)


def _outside(shapes: pd.DataFrame, position: int) -> Fault:
    shape = shapes.loc[position]
    reason = "it reaches no block of the study: counted nowhere"
    return Fault(kind="noted", file=shape["file"], row=int(shape["row"]), value=shape["id"], reason=reason)
