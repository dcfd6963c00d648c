"""Areas that ended, or began, at another time than the boundaries that are loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pandas as pd

from . import changes
from .area_index import AreaIndex
from .atlas import Geography
from .changes import Authority, Move
from .errors import PlaceError
from .places import Place
from .spelling import has_word, name_key, tidy, without_part_of

BEGIN: Final = date(2009, 4, 1)  # names that ended before are in no table of areas
LAST_BEFORE: Final = BEGIN - timedelta(days=1)
END: Final = date(2024, 12, 31)  # of the table of code changes


def by_former_code(index: AreaIndex, code: str, text: str = "") -> Place:
    """Carry a code of England that is not loaded to the areas that are.

    Parameters
    ----------
    index
        Of the atlas.
    code
        Of a district or county that stood between 2009 and 2024.
    text
        What was written, where that was its name.

    Returns
    -------
    Place
        The area that it became; a part of it where others were merged into it too. `move` says how.

    Raises
    ------
    PlaceError
        Where it was split, is newer than what is loaded, or lies outside it.
    """
    table = changes.load()
    authority = table.authority(code)
    assert authority is not None
    named = authority.name if text and text != code else f"{code} {authority.name}"
    dated = _dated(index, authority)
    if not dated:
        raise PlaceError(f"{named} is in no loaded geography", "load districts of a year: LAD19, LAD24")
    later = [day for day in dated if authority.until is None or day > authority.until]
    move = table.move([code], to=later[0] if later else max(dated))[0]
    if move.relation == "newer":
        raise _too_new(index, move, named, dated)
    if move.relation == "split" or not move.successors:
        areas = index.listed(area for new, _ in move.successors for area in index.by_code.get(new, ()))
        choice = f"write {' or '.join(areas)}" if areas else "write the areas that are meant"
        into = " and ".join(f"{new} {name}" for new, name in move.successors)
        reason = f"{named} ended on {_spell(move.until)}" + (f" and was split between {into}" if into else "")
        raise PlaceError(reason, choice)
    new, name = move.successors[0]
    if new not in index.by_code:
        what = f"{new} {name}" if new != code else named
        raise PlaceError(f"{what} is not among the loaded areas", "is it outside the blocks of the study?")
    place = index.place(index.by_code[new][0])
    if move.relation == "unchanged":
        return replace(place, note=f"read as {place.area} {place.name}")
    when = f"ended on {_spell(move.until)}"
    if move.relation == "recoded":
        return replace(place, move=move, note=f"{named} {when}: read as its successor {place.area} {name}")
    note = f"{named} {when} and was merged into {place.area} {name}: read as a part of it"
    return replace(place, part=True, move=move, note=note)


def _dated(index: AreaIndex, authority: Authority) -> list[date]:
    """The days of the loaded geographies of districts and counties, earliest first."""
    levels = {"district", "county"} if authority.level == "county" else {"district"}
    days = {_day(geography) for geography in index.atlas.geographies.values() if geography.level in levels}
    return sorted(day for day in days if day is not None)


def _day(geography: Geography) -> date | None:
    return changes.vintage_day(geography.id)


def together(places: list[Place]) -> list[Place]:
    """Unite parts of a successor where all that was merged into it is named.

    Parameters
    ----------
    places
        Of one list.

    Returns
    -------
    list of Place
        Where Corby, East Northamptonshire, Kettering and Wellingborough stood, North
        Northamptonshire as a whole; the others as they were.
    """
    merged: dict[str, dict[str, Move]] = {}
    for place in places:
        if (move := _merged_whole(place)) is not None:
            merged.setdefault(place.area, {})[move.code] = move
    whole = {
        area
        for area, found in merged.items()
        if all(found.keys() >= set(move.complete_with) for move in found.values())
    }
    result = []
    for place in places:
        if not place.part or place.area not in whole or _merged_whole(place) is None:
            result.append(place)
        else:
            note = f"{place.note.removesuffix(': read as a part of it')}; all of it is named"
            result.append(replace(place, part=False, note=note))
    return result


def what_became_of(code: str, last: pd.Timestamp | None) -> str:
    """Say that an area that is loaded has ended, and what it became; empty if it has not."""
    if last is None:
        return ""
    move = changes.load().move([code], to=END)[0]
    into = " and ".join(f"{new} {name}" for new, name in move.successors)
    return f"{move.name} ended on {_spell(last.date())}, {move.relation} into {into}"


def _merged_whole(place: Place) -> Move | None:
    """How a former area as a whole was merged into the place; None where only `part of` it is meant."""
    text = tidy(place.text)
    if place.move is None or place.move.relation != "merged" or without_part_of(text) != text:
        return None
    return place.move


def refuse_former_name(text: str) -> None:
    """Refuse a name that ended before the tables begin.

    One that lives on in the name of what took its land (Brighton) may be meant so, and is no
    concern of this function unless it stood until 2009.

    Raises
    ------
    PlaceError
        Naming what took its land.
    """
    former = changes.load().former_name(text)
    if former is None:
        return
    table = changes.load()
    when = f"on {_spell(former.until)}" if former.until else "in the 1990s or before"
    after = [new for code in former.successors for new in table.successors(code, END)]
    named = (table.authority(code) for code in dict.fromkeys(after))
    authorities = [authority for authority in named if authority]
    lives_on = former.level == "district" and any(
        has_word(name_key(a.name), name_key(text)) for a in authorities
    )
    if lives_on and (former.until is None or former.until < LAST_BEFORE):
        return
    names = [f"{authority.code} {authority.name}" for authority in authorities]
    reason = f"this {former.level} ended {when}, before the tables of areas begin"
    remedy = f"its land is in {' and '.join(names)}: write part of that, or the areas that are meant"
    raise PlaceError(reason, remedy, "refused")


def _too_new(index: AreaIndex, move: Move, named: str, dated: list[date]) -> PlaceError:
    assert move.since is not None
    made_of = "; ".join(code for code, _ in move.successors)
    reason = f"{named} began on {_spell(move.since)}, after the loaded areas of {max(dated).year}"
    offer = f"load areas of {move.since.year} or later" + (f", or write {made_of}" if made_of else "")
    return PlaceError(reason, offer)


def _spell(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "an unknown day"
