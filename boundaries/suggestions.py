"""Areas that somebody may have meant by a text that names none."""

from __future__ import annotations

import difflib
from typing import Final

from .area_index import AreaIndex
from .places import Place
from .spelling import has_word, name_key

MOST: Final = 5
MOST_LETTERS: Final = 80  # of a text that is held against every name


def suggest(index: AreaIndex, text: str) -> list[str]:
    """Areas whose names are near to a text: `LAD19:E08000016 Barnsley`, at most five.

    Parameters
    ----------
    index
        Of the atlas.
    text
        What was written.

    Examples
    --------
    >>> from .builtin import load
    >>> suggest(AreaIndex(load()), "Barnsly")
    ['LAD19:E08000016 Barnsley']
    """
    key = name_key(text)
    names = index.names_above_blocks
    begin = [name for name in names if name.startswith(f"{key} ")]
    aliases = [
        alias
        for alias in index.aliases
        if alias == f"{key}shire" or (len(alias) > 3 and has_word(key, alias))
    ]
    near = difflib.get_close_matches(key[:MOST_LETTERS], names, n=4, cutoff=0.72)
    beginnings = {name.split()[0] for name in names if " " in name}
    like = difflib.get_close_matches(key[:MOST_LETTERS], beginnings, n=1, cutoff=0.85)
    near += [name for name in names if like and name.startswith(f"{like[0]} ")]
    inside = [name for name in names if len(name) > 4 and has_word(key, name)]
    counties = [f"{name}shire" for name in inside if f"{name}shire" in index.by_name]
    around = [name for name in names if len(key) > 3 and has_word(name, key)]
    chosen = dict.fromkeys([*begin, *near, *inside, *counties, *around])
    areas = [index.aliases[alias] for alias in aliases]
    return index.listed([*areas, *(area for name in chosen for area in index.by_name[name])])[:MOST]


def county_like(index: AreaIndex, place: Place) -> str:
    """The county whose name a district begins (Nottingham, Nottinghamshire), or an empty text."""
    if not place.area.startswith("LAD"):
        return ""
    return next(iter(index.listed(index.by_name.get(name_key(place.name) + "shire", []))), "")
