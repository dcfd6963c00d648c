"""The outlines of a view: disjoint pieces of each geography as shared arcs, in degrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from scipy import sparse

from ..boundaries.arcs import cut
from ..boundaries.atlas import CRS, Atlas, Geography, united
from ..coverage.answer import Answer
from ..coverage.study import Study
from .view import Item

STEPS_OF_DEGREE: Final = 10_000  # about 10 m on the ground
STEPS: Final = 2_000  # how many details fit across a page: outlines are simplified to that
CONTEXT_M: Final = 40_000  # how far around the study neighbours are drawn


@dataclass(frozen=True)
class Outlines:
    """The outlines of a view.

    Attributes
    ----------
    arcs, steps, context
        The fields of `View` of those names.
    pieces
        The field `pieces` of each of its geographies.
    """

    arcs: list[list[int]]
    steps: int
    pieces: list[list[Item]]
    context: list[Item]


def draw(study: Study, answers: Sequence[Answer]) -> Outlines:
    """Cut all outlines of a view into arcs together, so that each border is sent once.

    Parameters
    ----------
    study
        Whose atlas is drawn.
    answers
        One for each geography, in the order in which they are offered.
    """
    masks = [_described(answer) for answer in answers]
    geographies = [answer.analysis.question.geography for answer in answers]
    around = shapely.box(*study.atlas.blocks.geometry[np.any(masks, axis=0)].total_bounds).buffer(CONTEXT_M)
    atlas, at = study.atlas, np.arange(len(study.atlas.blocks))
    if not atlas.drawn:
        atlas, at = _coarser(atlas, geographies, [*masks, study.blocks], around.length / 4 / STEPS)
    frames = [
        atlas.pieces(atlas.geographies[geography.id], mask[at])
        for geography, mask in zip(geographies, masks, strict=True)
    ]
    near = atlas.pieces(atlas.geographies[geographies[0].id], ~masks[0][at])
    near = near[near.intersects(around)]
    parts = cut([shape for frame in (*frames, near) for shape in frame.geometry])
    shapes = iter(parts.shapes)
    pieces: list[list[Item]] = []
    for answer, frame in zip(answers, frames, strict=True):
        rows = answer.analysis.areas.rows.index
        position = {code: i for i, code in enumerate(rows[: answer.analysis.areas.area_count])}
        codes = answer.analysis.question.geography.names.index
        pieces.append(
            [
                {"areas": [position[codes[area]] for area in held], "polygons": next(shapes)}
                for held in frame["areas"]
            ]
        )
    names = geographies[0].names
    context: list[Item] = [
        {"name": ", ".join(names.iloc[list(held)]), "polygons": next(shapes)} for held in near["areas"]
    ]
    return Outlines(in_steps(parts.arcs, 1 / STEPS_OF_DEGREE), STEPS_OF_DEGREE, pieces, context)


def _coarser(
    atlas: Atlas, geographies: Sequence[Geography], masks: Sequence[npt.NDArray[np.bool_]], tolerance_m: float
) -> tuple[Atlas, npt.NDArray[np.intp]]:
    """Unite blocks that nothing drawn tells apart, and simplify their outlines, borders still shared.

    Returns
    -------
    Atlas
        With one block for each such set, and the geographies given.
    at
        For each of its blocks, the position of one that it is made of.
    """
    marks = [mask.tolist() for mask in masks]
    for geography in geographies:
        by_block = geography.membership.tocsc()
        ends = by_block.indptr
        marks.append([tuple(by_block.indices[a:b]) for a, b in pairwise(ends)])
    sets: dict[tuple[object, ...], list[int]] = {}
    for block, key in enumerate(zip(*marks, strict=True)):
        sets.setdefault(key, []).append(block)
    outlines = atlas.blocks.geometry.to_numpy()
    land = [united(outlines[members]) for members in sets.values()]
    at = np.array([members[0] for members in sets.values()], dtype=np.intp)
    blocks = atlas.blocks.iloc[at].set_geometry(
        gpd.GeoSeries(shapely.coverage_simplify(land, tolerance_m), index=atlas.blocks.index[at], crs=CRS)
    )
    coarse = {g.id: replace(g, membership=sparse.csr_array(g.membership[:, at])) for g in geographies}
    return replace(atlas, blocks=blocks, geographies=coarse), at


def _described(answer: Answer) -> npt.NDArray[np.bool_]:
    return answer.analysis.question.within & answer.analysis.study.blocks


def in_steps(lines: Sequence[npt.NDArray[np.float64]], degrees: float) -> list[list[int]]:
    """Lines as whole steps, the one place where the National Grid is left.

    Parameters
    ----------
    lines
        Points in metres, EPSG:27700.
    degrees
        How long a step is.

    Returns
    -------
    list of list of int
        `[lon0, lat0, dlon, dlat, ...]` for each line: its first point, and how far it is to each next one.
    """
    if not lines:
        return []
    to_degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    points = np.vstack(lines)
    lon_lat = np.column_stack(to_degrees.transform(points[:, 0], points[:, 1]))
    every = np.round(lon_lat / degrees).astype(int)
    result = []
    for whole in np.split(every, np.cumsum([len(line) for line in lines])[:-1]):
        steps = np.vstack([whole[:1], np.diff(whole, axis=0)])
        result.append(steps.ravel().tolist())
    return result
