"""The built-in areas as they are seen from the blocks of another atlas."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from . import changes
from .area_index import AreaIndex
from .places import Place

BASE: Final = "LAD19"


def seen_from(index: AreaIndex, base: AreaIndex, place: Place) -> Place | None:
    """Find the blocks of a built-in area in another atlas, district by district.

    Parameters
    ----------
    index
        Of the atlas whose blocks are wanted. It has to have districts of a year.
    base
        Of the built-in atlas.
    place
        An area of the built-in atlas.

    Returns
    -------
    Place or None
        `beyond` where some of its districts are not in the atlas; None where the area divides a
        district, which cannot be found again, or the atlas has no districts.
    """
    districts, held = base.atlas.geographies[BASE], set(place.blocks)
    touched = {code for code in districts.names.index if held.intersection(base.blocks(f"{BASE}:{code}"))}
    if any(not held.issuperset(base.blocks(f"{BASE}:{code}")) for code in touched):
        return None
    known = [g for g, found in index.atlas.geographies.items() if found.level == "district"]
    dated = sorted((day, g) for g in known if (day := changes.vintage_day(g)) is not None)
    if not dated:
        return None
    blocks: set[int] = set()
    beyond = False
    for code in touched:
        found = _blocks_of(index, code, touched, dated)
        if found is None:
            return None
        blocks |= found
        beyond = beyond or not found
    far = "reaches beyond" if blocks else "lies outside"
    reach = f", which {far} the blocks of the study" if beyond else ""
    note = "; ".join(filter(None, (place.note, f"read as {place.area} {place.name}{reach}")))
    return replace(place, blocks=tuple(sorted(blocks)), beyond=beyond, note=note)


def _blocks_of(
    index: AreaIndex, code: str, touched: set[str], dated: list[tuple[date, str]]
) -> set[int] | None:
    """Blocks of a district of 2019: none where it lies elsewhere, None where only some of a successor are."""
    for area in index.by_code.get(code, ()):
        return set(index.blocks(area))
    day, geography = next(((d, g) for d, g in dated if d >= date(2019, 12, 31)), dated[-1])
    move = changes.load().move([code], to=day)[0]
    if move.relation == "unchanged":
        return set()
    if move.relation not in ("recoded", "merged"):
        return None
    if not touched.issuperset(move.complete_with):
        return None
    new = move.successors[0][0]
    here = new in index.atlas.geographies[geography].names.index
    return set(index.blocks(f"{geography}:{new}")) if here else set()
