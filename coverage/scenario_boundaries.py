"""Sub-regions that a scenario draws anew: one geography in place of another, or areas of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from ..boundaries.atlas import Geography, grouping
from ..boundaries.errors import PlaceError
from ..boundaries.spelling import near
from .scenario_tables import LIST, TEXT, ScenarioTable
from .scenarios import Redrawn

REPLACE_BOUNDARIES, GROUP = "replace_boundaries", "group"
BOUNDARIES: Final[Mapping[str, Mapping[str, str]]] = {
    REPLACE_BOUNDARIES: {"geography": TEXT, "by": TEXT, "areas": LIST, "to": LIST},
    GROUP: {"name": TEXT, "members": LIST, "geography": TEXT},
}
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    REPLACE_BOUNDARIES: ("geography", "by"),
    GROUP: ("name", "members"),
}


def replaced(table: ScenarioTable) -> list[Redrawn]:
    """Read a geography that takes the place of another; nothing where anything in the table is wrong.

    Parameters
    ----------
    table
        With `geography`, `by`, and `areas` and `to` where only some areas of either are compared.
    """
    values = table.keys(BOUNDARIES[REPLACE_BOUNDARIES], NEEDED[REPLACE_BOUNDARIES])
    one, other = (_geography(table, key, values) for key in ("geography", "by"))
    if one is None or other is None:
        return []
    if one.id == other.id:
        table.report("by", "it takes its own place", "name another geography")
    codes = _codes(table, "areas", one, values), _codes(table, "to", other, values)
    return [Redrawn(table.line() or 0, one, other, *codes)] if table.usable else []


def grouped(scenario: str, title: str, tables: Sequence[ScenarioTable]) -> list[Redrawn]:
    """Read areas that a scenario draws itself; nothing where anything in the tables is wrong.

    Parameters
    ----------
    scenario, title
        Its id and title, which the new geography is called by.
    tables
        One for each area, with `name`, `members`, and `geography`: what they are compared with.
    """
    if not tables:
        return []
    atlas, one = tables[0].reading.study.atlas, None
    triples: list[tuple[str, str, str]] = []
    taken: dict[int, str] = {}
    names: dict[str, int] = {}
    blocks = atlas.blocks.index
    for number, table in enumerate(tables):
        values = table.keys(BOUNDARIES[GROUP], NEEDED[GROUP])
        one = _geography(table, "geography", values) or one
        where, name = table.areas("members", values), str(values.get("name", ""))
        if name in names:
            table.report("name", f"the area in line {names[name]} has this name too", "give it another name")
        names.setdefault(name, table.line() or 0)
        if where is None:
            continue
        if where.drawn or any(place.part for place in where.places):
            table.report("members", "an area is drawn from whole areas", "name whole areas")
        twice = {taken[b] for place in where.places for b in place.blocks if b in taken}
        for other in sorted(twice):
            table.report("members", f"some of it lies in {other} too", "name each area once", kind="noted")
        held = sorted({b for place in where.places for b in place.blocks})
        taken.update(dict.fromkeys(held, name))
        triples += [(str(blocks[b]), f"{scenario}-{number + 1}", name) for b in held]
    if not all(table.usable for table in tables):
        return []
    drawn_names, membership = grouping(list(blocks), triples)
    source = f"areas of the scenario: {title}"
    other_one = Geography(scenario, title, "sub-region", drawn_names, membership, source)
    return [Redrawn(tables[0].line() or 0, one, other_one)]


def _geography(table: ScenarioTable, key: str, values: Mapping[str, Any]) -> Geography | None:
    if key not in values:
        return None
    try:
        return table.reading.study.atlas.geography(values[key])
    except PlaceError as error:
        table.report(key, error.reason, error.remedy)
        return None


def _codes(
    table: ScenarioTable, key: str, geography: Geography, values: Mapping[str, Any]
) -> tuple[str, ...]:
    """Codes of the areas of a geography that are named."""
    where = table.areas(key, values)
    if where is None:
        return ()
    by_blocks = {
        tuple(np.flatnonzero(row).tolist()): str(code)
        for code, row in zip(geography.names.index, geography.membership.toarray() > 0, strict=True)
    }
    found = []
    for place in where.places:
        code = by_blocks.get(tuple(sorted(place.blocks)))
        if code is None or place.part:
            meant = near(place.text, list(geography.names))
            remedy = f"did you mean {meant[0]}?" if meant else f"name areas of {geography.id}"
            table.report(key, f"it is no area of {geography.label}", remedy, value=place.text)
        else:
            found.append(code)
    return tuple(dict.fromkeys(found))
