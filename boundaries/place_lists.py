"""A cell of several areas, taken apart: by semicolons, and by commas where those are no part of a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .errors import PlaceError
from .former_areas import together
from .places import Place


def read_list(
    cell: str, resolve: Callable[[str], Place], is_known: Callable[[str], bool], most_words: int
) -> tuple[list[Place], list[PlaceError]]:
    """Read a cell of several areas, separated by `;`.

    Commas belong to names (`Bristol, City of`). Where a text between two semicolons is no area as
    a whole, the longest run of comma-separated words that is one is taken first.

    Parameters
    ----------
    cell
        What stands in it.
    resolve
        Reads one area; raises `PlaceError`.
    is_known
        Whether a text is a name or an alias.
    most_words
        How many words between commas the longest name has.

    Returns
    -------
    places
        What was read, each area once.
    problems
        One error for each text that was not, in their order.
    """
    places: dict[tuple[str, bool, str], Place] = {}
    problems: dict[str, PlaceError] = {}
    for text in filter(None, (part.strip() for part in cell.split(";"))):
        for found in _longest_matches(text, resolve, is_known, most_words):
            if isinstance(found, Place):
                former = found.move.code if found.move else ""
                places.setdefault((found.area, found.part, former), found)
            else:
                problems.setdefault(found.text, found)
    return together(list(places.values())), list(problems.values())


def _longest_matches(
    text: str, resolve: Callable[[str], Place], is_known: Callable[[str], bool], most_words: int
) -> list[Place | PlaceError]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        return [resolve(text.strip(" ,"))]
    except PlaceError as error:
        if len(words) < 2 or (len(words) == 2 and error.kind == "refused"):
            return [error.about(text)]
    found: list[Place | PlaceError] = []
    while words:
        lengths = range(min(len(words), most_words), 1, -1)
        taken = next((n for n in lengths if is_known(", ".join(words[:n]))), 1)
        run = ", ".join(words[:taken])
        try:
            place = resolve(run)
            note = "; ".join(filter(None, (place.note, "one of several areas: separate them with ;")))
            found.append(replace(place, note=note))
        except PlaceError as error:
            found.append(error.about(run))
        words = words[taken:]
    return _refuse_around(found)


def _refuse_around(found: list[Place | PlaceError]) -> list[Place | PlaceError]:
    """Ask about an area that lies around another of the list: Mansfield, Nottinghamshire is one place."""
    places = [place for place in found if isinstance(place, Place)]
    result: list[Place | PlaceError] = []
    for place in found:
        inside = (
            [one.name for one in places if set(one.blocks) < set(place.blocks)]
            if isinstance(place, Place)
            else []
        )
        if isinstance(place, Place) and inside:
            reason = f"{inside[0]} lies in {place.name}: are both meant, or does it only say where?"
            remedy = f"write {inside[0]} alone, or {inside[0]}; {place.name}"
            result.append(PlaceError(reason, remedy, text=place.text))
        else:
            result.append(place)
    return result
