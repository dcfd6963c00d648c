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

    What many areas have in common is written once: figures are numbers of `columns`, sentences numbers
    of `texts`. Of every date after the first only what differs from the date before is written.

    Attributes
    ----------
    title, subtitle, banner, method
        Sentences; `banner` stands on every view and print.
    notes, attribution
        Sentences, in the order in which they are read.
    themes
        `id`, `label`, `kind` (`function` or `community`), `label_note`.
    classes
        `id`, `label`, `meaning`, `code` (one letter or sign, for the matrix), in this order: out of scope,
        not surveyed, none on record, part of the area, wider-area only, local.
    measures
        `id`, `label`, `kind` (`class`, `share` from 0 to 1, or `number`), `unit`, `meaning`, `of_served`
        (whether 0 means nothing where nobody is on record, so that this is said instead), `scale` (columns
        hold the figure times this, rounded to a whole number; 1 for a class, whose figure is its place in
        `classes`) and `breaks`: geography → the at most five figures, above 0 and rising, at which a new
        legend class begins, the same for every theme and date; None for a class.
    dates
        `id` (as `--as-of` takes it; the first is the snapshot, `""`), `label` (`2006-06 to 2007-07`,
        `2016-01-01`), `as_of` (a sentence), `warning` (may be empty), `changes` (sentences: what begins and
        what ends on that day), `ended` (places in `records` that are not on record then, each less the one
        before, as `columns.packed` writes them) and `reaches` (`[record, place in reaches]` for each record
        whose reach differs from the first date's).
    geographies
        `id`, `label`, `nouns` (what one area and several are called), `code_column`, `name_column`,
        `overlapping`; `areas`, lists of equal length: `code`, `name`, `residents`, `residents_full`,
        `extent` (`whole` or `part`) and `lies_in` (for each area a list of `[geography, area, 1 or 0]`:
        places, and whether it lies there whole); `closing`: `name` and `residents` of the rows that close
        the table; and `pieces` (`areas`: places in that list, several where areas overlap and none outside
        them all; `polygons`: rings of arc numbers, `~i` backwards).
    arcs
        Borders as `[lon0, lat0, dlon, dlat, ...]` in steps of 1 / `steps` degrees.
    steps
        How many steps a degree has.
    context
        `name` and `polygons` of neighbours outside the study.
    glossary
        `label` and `meaning` of the other words that the page uses.
    texts
        Sentences, each once: a text, or the place of one, then the numbers to be put for its zeros.
    headlines
        For each date: geography → theme → a place in `texts`; U+0001 stands for the label of the theme.
    columns
        One whole number or None for each area and then each closing row, as `columns.packed` writes them;
        or, where few differ from an earlier column, its place, the rows (each after the first as how far it
        is from the one before; or the place of an earlier column with the same rows), and what stands there.
    figures
        For each date: geography → theme → a place in `columns` for each measure, in order, then for the
        reason and for the flags, each less the one before, as `columns.packed` writes them. Reasons and
        flags are places in `sets` and have no closing rows.
    sets
        Lists of places in `texts`, sentences that are said together; the first is empty.
    organisations
        Lists of equal length: `id`, `name` and `website`; `category`, `sector`, `remit`, `note` and
        `source`, which are places in `texts`. Nothing else ever leaves the register.
    records
        Of the services in their order: `organisation`, `theme` (-1: not stated, or not computed), `detail`
        and `reach`, places in `organisations`, `themes`, `details` and `reaches`, each less the one before,
        as `columns.packed` writes them.
    details
        Places in `texts`: areas, focus, communities, dates, evidence, and empty or why the service is
        counted on no date; then, where it serves any, a list of places in `shapes`.
    reaches
        Geography → `[area, code, area, code, ...]`; the code is the sum of 1 (serves the whole of what is
        described of the area), 2 (the organisation is local there) and 4 (not counted there: members of
        it are).
    shapes
        Service areas that are drawn: `name`, `kind` (`catchment`, `polygon` or `isochrone`), `about` (words
        such as `16.1 km round a point (10 miles)`) and `polygons`: rings, each written as an arc is, in
        1e-5 degrees, its first point not repeated.
    background
        None, or `url` (of tiles), `attribution` and `host` of a map that may be shown behind; the page
        asks nothing of it until somebody switches it on.
    """

    title: str
    subtitle: str
    banner: str
    method: str
    themes: Sequence[Item]
    classes: Sequence[Item]
    measures: Sequence[Item]
    dates: Sequence[Item]
    geographies: Sequence[Item]
    arcs: Sequence[Sequence[int]]
    steps: int
    columns: Sequence[str | Sequence[Any]]
    figures: Sequence[Mapping[str, Mapping[str, str]]]
    headlines: Sequence[Mapping[str, Mapping[str, int]]]
    texts: Sequence[str | list[int | str]]
    sets: Sequence[Sequence[int]] = ((),)
    notes: Sequence[str] = ()
    attribution: Sequence[str] = ()
    context: Sequence[Item] = ()
    glossary: Sequence[Item] = ()
    organisations: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)
    details: Sequence[Sequence[Any]] = ()
    reaches: Sequence[Mapping[str, Sequence[int]]] = ()
    shapes: Sequence[Item] = ()
    background: Item | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the fields by name, for `json.dumps`."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
