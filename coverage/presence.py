"""Which organisation is on record in which area, and whether it is local there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..boundaries.atlas import LEVELS
from .areas import AreaRows, Values
from .footprints import UNIT, Footprints, Ints, gathered
from .identities import RELATIVE
from .incidence import Incidence
from .pieces import Pieces, united
from .settling import Cells, sets_of, settle
from .spans import Served, Spans, part_meetings, served, spans_of, whole_meetings

DRAWN: Final = "drawn"


@dataclass(frozen=True)
class Reach:
    """How far organisations go for a theme, on whatever evidence.

    Attributes
    ----------
    of
        For each row of the services, its number here: services of one organisation and theme
        that are on record at the same time share one.
    footprints
        Which blocks each touches.
    beyond
        Number → the areas (`GEOGRAPHY:CODE`) through which it reaches beyond the blocks of the
        atlas; `drawn` for shapes, which are no area's.
    """

    of: pd.Series
    footprints: Footprints
    beyond: Mapping[int, frozenset[str]]


def reach_of(services: pd.DataFrame, serving: pd.Series, pieces: Pieces) -> Reach:
    """Unite the service areas of each organisation for each theme, whatever their evidence.

    Parameters
    ----------
    services
        All services of a register.
    serving
        For each of them, whether it is on record on the day asked about.
    pieces
        What they serve.
    """
    groups = services.assign(serving=serving).groupby(["organisation_id", "theme", "serving"], sort=False)
    of = groups.ngroup()
    owner = np.repeat(of.to_numpy(dtype=np.int64), np.diff(pieces.of_service.ptr))
    is_shape = np.diff(pieces.shapes.ptr) > 0
    far = owner[(pieces.beyond & is_shape)[pieces.of_service.ids]]
    beyond: dict[int, frozenset[str]] = dict.fromkeys(far.tolist(), frozenset({DRAWN}))
    for number, places in zip(of, services["places"], strict=True):
        areas = {place.area for place in places if place.beyond}
        if areas:
            beyond[number] = beyond.get(number, frozenset()) | areas
    sets = sets_of(groups.ngroups, owner, pieces.of_service.ids)
    unmeasured = replace(pieces.unions, tolerance=UNIT)
    return Reach(of, united(sets, pieces.footprints, pieces.shapes, unmeasured), beyond)


def presence(
    incidence: Incidence,
    areas: AreaRows,
    level: str,
    *,
    remits: pd.Series,
    bases: pd.Series,
    reaches: pd.Series,
    reach: Reach,
    residents: Values,
    nearly_all: float,
) -> tuple[pd.DataFrame, Values]:
    """List who serves which area, and sum the residents that local organisations serve.

    An organisation is local in an area if its remit ranks at or below the geography's level, or
    if what it serves for the theme, on whatever evidence, lies inside the area: all of it, or nearly
    all residents that it serves, at most; or if it has a base or outreach inside the area. So an
    outline that was drawn along a border stays inside.

    Parameters
    ----------
    incidence
        Organisations × themes on the blocks.
    areas
        The areas.
    level
        The geography's level, one of `LEVELS`.
    remits, bases, reaches
        For each pair of the incidence: one of `LEVELS`, the places where it has a base or outreach, and
        its number in `reach`.
    reach
        How far organisations go.
    residents
        Of each block, persons.
    nearly_all
        θ: the share of residents that counts as all.

    Returns
    -------
    found
        Columns `pair` and `theme` (positions in the incidence), `area` (row of `areas`), `whole`
        (whether all blocks of the described part are wholly served), `local`, and `counted`
        (whether it counts towards the number of organisations in some block of the area).
    local
        Themes × areas: residents in blocks that local organisations serve, at least.
    """
    index, footprints = incidence.pieces.index, incidence.footprints
    spans = spans_of(areas.shown, index.rank)
    people = residents[index.order]
    rows = served(footprints, spans, people)
    ptr = np.searchsorted(rows.footprint, np.arange(len(footprints) + 1))
    entries, of_pair = gathered(ptr, incidence.footprint)
    pair, area = np.repeat(np.arange(len(incidence.pairs)), np.diff(of_pair)), rows.area[entries]
    size = np.diff(areas.shown.indptr)
    found = pd.DataFrame(
        {
            "pair": pair,
            "theme": incidence.theme[pair],
            "area": area,
            "whole": rows.whole[entries] == size[area],
            "counted": _has(rows, spans.count, incidence.counted[pair], area),
        }
    )
    ranks = remits.map(LEVELS.index).to_numpy(dtype=np.int64)[pair]
    reaches_of = reaches.to_numpy(dtype=np.int64)[pair]
    stays = _stays_inside(reaches_of, area, areas, reach, index.rank, people, nearly_all)
    based = _based_inside(bases, pair, area, areas)
    found["local"] = (ranks <= LEVELS.index(level)) | stays | based
    near = found[found["local"]]
    key = incidence.footprint[near["pair"]] * spans.count + near["area"]
    local = _local_residents(incidence, spans, rows, near["theme"].to_numpy(), key.to_numpy(), people)
    return found[["pair", "theme", "area", "counted", "whole", "local"]], local


def _based_inside(bases: pd.Series, pair: Ints, area: Ints, areas: AreaRows) -> npt.NDArray[np.bool_]:
    """For each pair and area, whether a base of the organisation lies inside the area."""
    result = np.zeros(len(pair), dtype=bool)
    based = np.flatnonzero([len(places) > 0 for places in bases])
    inside: dict[tuple[int, ...], npt.NDArray[np.bool_]] = {}
    for number in based:
        mine = np.flatnonzero(pair == number)
        for place in bases.iloc[number]:
            if place.blocks and place.blocks not in inside:
                held = np.asarray(areas.whole[:, list(place.blocks)].sum(axis=1)).ravel()
                inside[place.blocks] = held == len(place.blocks)
            if place.blocks:
                result[mine] |= inside[place.blocks][area[mine]]
    return result


def _has(rows: Served, count: int, footprint: Ints, area: Ints) -> npt.NDArray[np.bool_]:
    """Whether footprints touch areas."""
    return np.isin(footprint * count + area, rows.footprint * count + rows.area)


def _local_residents(
    incidence: Incidence, spans: Spans, rows: Served, theme: Ints, key: Ints, people: Values
) -> Values:
    """Themes × areas: residents served by footprints in the areas where they are local."""
    footprints = incidence.footprints
    whole, (partly, part) = whole_meetings(footprints, spans), part_meetings(footprints, spans)
    keys = rows.footprint * spans.count + rows.area
    of_whole = np.searchsorted(keys, whole.footprint * spans.count + whole.area)
    of_part = np.searchsorted(keys, partly.footprint * spans.count + partly.area)
    layers, width = spans.area.shape
    result = np.zeros((len(incidence.themes), spans.count))
    for number in np.unique(theme):
        is_local = np.isin(keys, key[theme == number])
        runs, cells = is_local[of_whole], is_local[of_part]
        changes = np.zeros((layers, width + 1), dtype=np.int64)
        np.add.at(changes, (whole.layer[runs], whole.starts[runs]), 1)
        np.add.at(changes, (whole.layer[runs], whole.ends[runs]), -1)
        share = (np.cumsum(changes, axis=1)[:, :-1] > 0).astype(np.float64)
        some, at = part[cells], (partly.layer[cells], partly.starts[cells])
        open_ = share[at] == 0
        some, layer, rank = some[open_], at[0][open_], at[1][open_]
        united_ = settle(
            Cells(layer, rank, footprints.low[some], footprints.high[some], footprints.part_owner[some]),
            incidence.shapes,
            incidence.pieces.unions,
        )
        share[united_.owner, united_.rank] = united_.low / UNIT
        held = spans.area >= 0
        result[number] = np.bincount(spans.area[held], weights=(share * people)[held], minlength=spans.count)
    return result


def _in_all(footprints: Footprints, people: Values) -> tuple[Values, Values]:
    """Blocks that each footprint touches, and residents whom it serves at most."""
    runs, parts, count = footprints.run_owner, footprints.part_owner, len(footprints)
    before = np.concatenate([[0.0], np.cumsum(people)])
    in_run = before[footprints.ends] - before[footprints.starts]
    in_part = people[footprints.ranks] * (footprints.high / UNIT)
    size = footprints.ends.astype(np.int64) - footprints.starts
    touched = np.bincount(runs, weights=size, minlength=count) + np.diff(footprints.part_ptr)
    whole = np.bincount(runs, weights=in_run, minlength=count)
    return np.asarray(touched), np.asarray(whole + np.bincount(parts, weights=in_part, minlength=count))


def _stays_inside(
    reaches: Ints, area: Ints, areas: AreaRows, reach: Reach, rank: Ints, people: Values, nearly_all: float
) -> npt.NDArray[np.bool_]:
    """Whether what is touched lies in the whole of the area, not only in the part described."""
    footprints, spans = reach.footprints, spans_of(areas.whole, rank)
    rows = served(footprints, spans, people)
    at = np.searchsorted(rows.footprint * spans.count + rows.area, reaches * spans.count + area)
    touched, residents = (all_of[reaches] for all_of in _in_all(footprints, people))
    nearly = (residents > 0) & (rows.residents_high[at] >= nearly_all * residents * (1 - RELATIVE))
    result = np.asarray(nearly | (rows.touched[at] == touched), dtype=bool)
    codes, geography = areas.rows.index, areas.geography.id
    for i in np.flatnonzero(np.isin(reaches, list(reach.beyond))):
        result[i] &= reach.beyond[reaches[i]] <= {f"{geography}:{codes[area[i]]}"}
    return result
