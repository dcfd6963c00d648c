"""What became of the areas that a study names, by the year of the geography that is shown."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
import pandas as pd

from ..boundaries import changes
from ..boundaries.atlas import Geography
from ..boundaries.former_areas import END
from ..boundaries.places import Place
from .references import TRAVEL
from .study import Study

FIRST: Final = ("E06", "E07", "E08", "E09", "E10")  # codes of districts, unitaries and counties


def moved_table(study: Study, geography: Geography) -> pd.DataFrame | None:
    """Say how the areas that a study names were carried to districts of a year.

    Parameters
    ----------
    study
        Its services, surveys and reported gaps.
    geography
        One of its atlas.

    Returns
    -------
    pandas.DataFrame or None
        One row for each district or county named: `code`, `name`, `ended`, `relation` (`unchanged`,
        `recoded`, `merged`, `split`, `newer`, `lost`), `new_code`, `new_name` (several joined by
        `;`), `began`, `note`, `services` (rows that name it), `residents` (of what is named, where its
        blocks are known) and `residents_new` (of the new areas). None where the geography is not one
        of districts of a year, or all that is named stands in it.
    """
    day = changes.vintage_day(geography.id)
    if day is None or day > END or geography.level != "district":
        return None
    named = _named(study)
    moves = changes.load().move(named, to=day)
    if all(move.relation == "unchanged" for move in moves):
        return None
    table = changes.audit(moves)
    places = {code: place for code, (place, _) in named.items()}
    table["services"] = [named[code][1] for code in table["code"]]
    table["residents"] = [_residents(study, code, places[code]) for code in table["code"]]
    table["residents_new"] = [_sum(study, geography, codes.split(";")) for codes in table["new_code"]]
    for row, move in enumerate(moves):
        parts = [move.code, *move.complete_with]
        if move.relation in ("recoded", "merged"):
            before = sum(_residents(study, code, places.get(code)) for code in parts)
            after = _sum(study, geography, [move.successors[0][0]])
            if abs(before - after) > 0.5:
                told = f"its parts had {before:,.0f} residents, it has {after:,.0f}: other blocks lie in them"
                table.loc[row, "note"] = "; ".join(filter(None, (table.loc[row, "note"], told)))
    return table


def _named(study: Study) -> dict[str, tuple[Place, int]]:
    """Code of each district or county that is named → as what it was read, and by how many services."""
    services = [place for places in study.register.services["places"] for place in places]
    others = [place for survey in study.surveys for place in survey.places]
    others += [place for reported in study.reported for place in reported.places]
    times = Counter(_code(place) for place in services)
    found = {code: (place, times[code]) for place in (*services, *others) if (code := _code(place))}
    return {code: found[code] for code in sorted(found)}


def _code(place: Place) -> str:
    geography, _, area = place.area.partition(":")
    code = place.move.code if place.move else "" if geography == TRAVEL else area
    return code if code.startswith(FIRST) else ""


def _residents(study: Study, code: str, place: Place | None) -> float:
    """Residents of a code as far as its own blocks are known, else NaN."""
    for geography in study.atlas.geographies.values():
        if code in geography.names.index and code not in geography.beyond:
            return float(study.atlas.residents[geography.blocks_of(code)].sum())
    known = place is not None and not place.part and not place.beyond and place.move is None
    return float(study.atlas.residents[list(place.blocks)].sum()) if place and known else np.nan


def _sum(study: Study, geography: Geography, codes: list[str]) -> float:
    if not set(codes) <= set(geography.names.index) - geography.beyond:
        return np.nan
    return float(sum(study.atlas.residents[geography.blocks_of(code)].sum() for code in codes))
