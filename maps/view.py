"""What a page shows, as plain data: no frames, no geometry objects, nothing left to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

Item = Mapping[str, Any]
Polygons = Sequence[Sequence[Sequence[int]]]


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that one page says, ready to be written as JSON.

    Attributes
    ----------
    title, subtitle, banner, method, as_of
        Sentences; `subtitle` says geography and snapshot in words, `banner` stands on every view and print.
    notes, attribution
        Sentences, in the order in which they are read.
    themes
        `id`, `label`, `kind` (`function` or `community`), `label_note`.
    classes
        `id`, `label`, `meaning`, `rank`, in this order: out of scope, not surveyed, none on record, part of
        the area, wider-area only, local.
    measures
        `id`, `label`, `kind` (`class`, `share` from 0 to 1, or `number`), `unit`, `meaning`, and `breaks`:
        the at most five values, above 0 and rising, at which a new legend class begins; None for a class.
    geographies
        `id`, `label`, `code_column`, `name_column`, `overlapping`, `areas` (`code`, `name`, `residents`,
        `residents_full`, `extent` `whole` or `part`) and `pieces` (`areas`: places in that list, several
        where areas overlap and none outside them all; `polygons`: rings of arc numbers, `~i` backwards).
    arcs
        Borders as `[lon0, lat0, dlon, dlat, ...]` in 1e-4 degrees.
    context
        `name` and `polygons` of neighbours outside the study.
    glossary
        `label` and `meaning` of the other words that the page uses.
    headlines
        By geography and theme: the place in `texts` of what they come to in one sentence.
    texts
        The sentences that `headlines`, `reasons` and `flags` point into.
    values
        By geography, theme and measure: one figure or None for each area; for a class its place in `classes`.
    reasons, flags
        By geography and theme: for each area one place in `texts`, or a list of them.
    organisations
        `name`, `category`, `sector`, `remit`, `note`, `source`, `website`.
    records
        `organisation` (its place), `theme`, `areas`, `focus`, `communities`, `dates`, `evidence`,
        `counted`: empty, or why the record is not counted; and, where it serves any, `shapes`: places
        in that list.
    shapes
        Service areas that are drawn: `name`, `kind` (`catchment`, `polygon` or `isochrone`), `about` (words
        such as `16.1 km round a point (10 miles)`) and `polygons`: rings, each written as an arc is, in
        1e-5 degrees, its first point not repeated.
    on_record
        By geography and theme: for each area a list of `[record, "whole" or "part", "local" or "wider"]`.
    """

    title: str
    subtitle: str
    banner: str
    method: str
    as_of: str
    themes: Sequence[Item]
    classes: Sequence[Item]
    measures: Sequence[Item]
    geographies: Sequence[Item]
    arcs: Sequence[Sequence[int]]
    values: Mapping[str, Mapping[str, Mapping[str, Sequence[float | None]]]]
    notes: Sequence[str] = ()
    attribution: Sequence[str] = ()
    context: Sequence[Item] = ()
    glossary: Sequence[Item] = ()
    headlines: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    texts: Sequence[str] = ()
    reasons: Mapping[str, Mapping[str, Sequence[int | None]]] = field(default_factory=dict)
    flags: Mapping[str, Mapping[str, Sequence[Sequence[int]]]] = field(default_factory=dict)
    organisations: Sequence[Item] = ()
    records: Sequence[Item] = ()
    shapes: Sequence[Item] = ()
    on_record: Mapping[str, Mapping[str, Sequence[Sequence[Sequence[Any]]]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give the fields by name, for `json.dumps`."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
