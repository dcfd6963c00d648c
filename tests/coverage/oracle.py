"""The published tables once more: sets, loops and sums over blocks, and no code of hinterland.

Slow and plain on purpose. Blocks are numbers, levels are ranks, a missing figure is None.
"""

from __future__ import annotations

from typing import NamedTuple

from .oracle_classes import Judge
from .oracle_density import density
from .oracle_differences import differences
from .oracle_served import Measure, provision, reach_on_that_day, whole_areas
from .oracle_tables import blocks_table, by_organisation, coverage, overlap, pairs, reliance
from .oracle_world import (
    Ask,
    Blocks,
    Geography,
    Organisation,
    Place,
    Service,
    Survey,
    Table,
    World,
    rows_of,
    surveyed_for,
)

__all__ = [
    "Answer",
    "Ask",
    "Blocks",
    "Geography",
    "Organisation",
    "Place",
    "Service",
    "Survey",
    "World",
    "answer",
    "differences",
]


class Answer(NamedTuple):
    coverage: Table
    overlap: Table
    density: Table
    classes: Table
    pairs: Table
    reliance: Table
    by_organisation: Table
    blocks: Table


def answer(world: World, ask: Ask, measure: Measure | None = None) -> Answer:
    """Every figure of one question, service areas measured as whole areas unless told otherwise."""
    measure = measure or whole_areas()
    rows = rows_of(world, ask)
    answer = Answer({}, {}, {}, {}, {}, {}, {}, {})
    for theme in ask.themes:
        served = provision(world, ask, theme, measure)
        surveyed = surveyed_for(world, ask, theme)
        reach = reach_on_that_day(world, ask, theme, measure)
        meetings = served.asked.meet()
        for row in rows:
            key = row.code, theme
            answer.coverage[key] = coverage(world, ask, row, served, surveyed) | {"class": ""}
            answer.overlap[key] = overlap(world, row, meetings, surveyed)
            answer.reliance[key] = reliance(world, row, meetings, surveyed)
            if row.is_area:
                judge = Judge(world, ask, row, surveyed, reach)
                answer.classes[key] = judge.line(theme, served, meetings)
                answer.coverage[key]["class"] = answer.classes[key]["class"]
        answer.density.update(density(world, theme, rows, served.asked, surveyed))
        answer.pairs.update(pairs(world, theme, rows[-1], meetings))
        answer.by_organisation.update(by_organisation(world, theme, rows, meetings, surveyed))
        answer.blocks.update(blocks_table(world, theme, rows[-1], served.asked, surveyed))
    return answer
