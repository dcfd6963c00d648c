"""The outlines of a view: disjoint pieces of each geography as shared arcs, in degrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from ..boundaries.arcs import cut
from ..boundaries.atlas import CRS
from ..coverage.answer import Answer
from ..coverage.study import Study
from .view import Item

DEGREES: Final = 1e-4  # about 10 m on the ground
CONTEXT_M: Final = 40_000  # how far around the study neighbours are drawn


def draw(study: Study, answers: Sequence[Answer]) -> tuple[list[list[int]], list[Item], list[Item]]:
    """Cut all outlines of a view into arcs together, so that each border is sent once.

    Parameters
    ----------
    study, answers
        As for `build_view`.

    Returns
    -------
    arcs, geographies, context
        The fields of `View` of those names.
    """
    atlas, study_blocks = study.atlas, study.blocks
    pieces = [atlas.pieces(answer.analysis.question.geography, _described(answer)) for answer in answers]
    around = shapely.box(*atlas.blocks.geometry[study_blocks].total_bounds).buffer(CONTEXT_M)
    near = atlas.pieces(answers[0].analysis.question.geography, ~study_blocks)
    near = near[near.intersects(around)]
    parts = cut([shape for frame in (*pieces, near) for shape in frame.geometry])
    shapes = iter(parts.shapes)
    described: list[Item] = []
    for answer, frame in zip(answers, pieces, strict=True):
        areas = answer.analysis.areas
        rows = areas.rows.iloc[: areas.area_count]
        position = {code: i for i, code in enumerate(rows.index)}
        codes = areas.geography.names.index
        described.append(
            {
                "id": areas.geography.id,
                "label": areas.geography.label,
                "code_column": areas.geography.code_column,
                "name_column": areas.geography.name_column,
                "overlapping": bool((frame["areas"].map(len) > 1).any()),
                "areas": [
                    {
                        "code": code,
                        "name": row["name"],
                        "residents": row["residents"],
                        "residents_full": row["residents_full"],
                        "extent": row["extent"],
                    }
                    for code, row in rows.iterrows()
                ],
                "pieces": [
                    {"areas": [position[codes[area]] for area in held], "polygons": next(shapes)}
                    for held in frame["areas"]
                ],
            }
        )
    names = answers[0].analysis.question.geography.names
    context: list[Item] = [
        {"name": ", ".join(names.iloc[list(held)]), "polygons": next(shapes)} for held in near["areas"]
    ]
    return _degrees(parts.arcs), described, context


def _described(answer: Answer) -> npt.NDArray[np.bool_]:
    return answer.analysis.question.within & answer.analysis.study.blocks


def _degrees(arcs: Sequence[npt.NDArray[np.float64]]) -> list[list[int]]:
    """Arcs as whole steps of `DEGREES`, longitude first; the one place where the National Grid is left."""
    to_degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    result = []
    for arc in arcs:
        whole = np.round(np.column_stack(to_degrees.transform(arc[:, 0], arc[:, 1])) / DEGREES).astype(int)
        steps = np.vstack([whole[:1], np.diff(whole, axis=0)])
        result.append(steps.ravel().tolist())
    return result
