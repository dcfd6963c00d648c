"""What a page of scenarios shows, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from .view import Item


@dataclass(frozen=True, kw_only=True)
class ComparisonView:
    """Everything that a page of scenarios says, ready to be written as JSON.

    Attributes
    ----------
    title, subtitle, banner, method, notes, attribution, themes, classes, geographies, arcs, steps, context
        As `View` has them.
    changes
        `id`, `label` and `meaning` of what may become of an area for a theme, from loss to gain.
    measures
        `id`, `label`, `kind` (`class`, `residents` or `number`), `meaning`, `worse` (whether more of it is a
        loss), and `breaks`: geography → the at most two differences, above 0 and rising, from which on a
        difference is drawn as a greater one, the same for every theme and scenario; None for the class.
    scenarios
        `id`, `title`, `label` (what has to be said of it), `as_of`, `warning`, `cost` and `redrawn` (what
        comes of other sub-regions), which may be empty, `headlines` (geography → a sentence on all themes)
        and `themes` (geography → pairs of a theme and a sentence, of those for which something differs;
        those with most residents lost first).
    names
        What `figures` holds of each theme, in this order: places in `classes` and `changes`, residents,
        organisations, and shares in ten-thousandths.
    columns
        As `View` has them; figures of shares and residents are rounded to whole numbers.
    figures
        For each scenario: geography → theme → a place in `columns` for each of `names`, each less the one
        before, as `columns.packed` writes them.
    redrawn
        For each scenario that draws sub-regions anew: `title`, `sentences`, and `rows` with `name`,
        `geography`, `residents`, `shared`, `made_of`, `themes` (for how many somebody is on record),
        `organisations` and `straddling`, all as texts.
    options
        What is judged: the record on each day, and the scenarios.
    criteria
        `title` and `verdicts`: for each option `verdict` (`met`, `missed` or `undecided`) and `by_how_much`.
    """

    title: str
    subtitle: str
    banner: str
    method: str
    themes: Sequence[Item]
    classes: Sequence[Item]
    changes: Sequence[Item]
    measures: Sequence[Item]
    scenarios: Sequence[Item]
    geographies: Sequence[Item]
    arcs: Sequence[Sequence[int]]
    steps: int
    names: Sequence[str]
    columns: Sequence[str | Sequence[Any]]
    figures: Sequence[Mapping[str, Mapping[str, str]]]
    context: Sequence[Item] = ()
    redrawn: Sequence[Item] = ()
    options: Sequence[str] = ()
    criteria: Sequence[Item] = ()
    notes: Sequence[str] = ()
    attribution: Sequence[str] = ()
    background: None = None

    def as_json(self) -> dict[str, Any]:
        """Give the fields by name, for `json.dumps`."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
