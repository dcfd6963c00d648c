"""The built-in areas as they are seen from the blocks of another atlas."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import shapely

from . import builtin, changes
from .area_index import AreaIndex
from .atlas import Atlas, united
from .former_areas import END
from .places import Place

BASE: Final = "LAD19"
HELD: Final = 0.9  # of a district's land: coasts that are generalised differently take the rest
BORDER_M: Final = 600  # borders that are generalised differently lie up to this far apart


def land_beyond(atlas: Atlas) -> shapely.Geometry:
    """Land of England that lies in no block of an atlas: districts that the blocks do not hold.

    Parameters
    ----------
    atlas
        Whose blocks; what lies in Wales or Scotland is not known.

    Returns
    -------
    shapely.Geometry
        EPSG:27700, up to the blocks' own border; prepared. Empty where the blocks take in all of
        England.

    Examples
    --------
    >>> from hinterland.boundaries.builtin import load
    >>> land_beyond(load()).is_empty
    True
    """
    districts = builtin.load().blocks.geometry.to_numpy()
    held = united(atlas.blocks.geometry.to_numpy())
    shapely.prepare(held)
    met = shapely.intersects(districts, held)
    share = np.zeros(len(districts))
    share[met] = shapely.area(shapely.intersection(districts[met], held)) / shapely.area(districts[met])
    others = shapely.buffer(united(districts[share < HELD]), BORDER_M, quad_segs=4)
    beyond = shapely.difference(shapely.intersection(others, united(districts)), held)
    shapely.prepare(beyond)
    return beyond


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
    parts = {code: set(base.blocks(f"{BASE}:{code}")) for code in districts.names.index}
    touched = {code for code, blocks in parts.items() if held & blocks}
    known = [g for g, found in index.atlas.geographies.items() if found.level == "district"]
    dated = sorted((day, g) for g in known if (day := changes.vintage_day(g)) is not None)
    if not dated:
        return None
    blocks: set[int] = set()
    beyond = False
    for code in touched:
        found = _seen_district(index, code, touched, dated)
        if found is None or (found.blocks and not parts[code] <= held):
            return None
        blocks.update(found.blocks)
        beyond = beyond or found.beyond
    far = "reaches beyond" if blocks else "lies outside"
    reach = f", which {far} the blocks of the study" if beyond else ""
    note = "; ".join(filter(None, (place.note, f"read as {place.area} {place.name}{reach}")))
    return replace(place, blocks=tuple(sorted(blocks)), beyond=beyond, note=note)


def _seen_district(
    index: AreaIndex, code: str, touched: set[str], dated: list[tuple[date, str]]
) -> Place | None:
    """A district of 2019, without blocks where it lies elsewhere; None where only some of a successor is."""
    elsewhere = Place(f"{BASE}:{code}", "", (), beyond=True)
    areas = index.by_code.get(code, [])
    if areas:
        return index.place(areas[0]) if len({index.blocks(area) for area in areas}) == 1 else None
    day, geography = next(((d, g) for d, g in dated if d >= date(2019, 12, 31)), dated[-1])
    if day > END:
        return None
    move = changes.load().move([code], to=day)[0]
    if move.relation == "unchanged":
        return elsewhere
    if move.relation not in ("recoded", "merged"):
        return None
    new = move.successors[0][0]
    if new not in index.atlas.geographies[geography].names.index:
        return elsewhere
    return index.place(f"{geography}:{new}") if touched.issuperset(move.complete_with) else None
