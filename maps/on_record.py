"""Who is on record where, as a view has it: records, what they have in common, and where they reach."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from ..coverage.answer import Answer
from ..coverage.counting import YES, against_the_rules
from ..coverage.dates import serving
from ..coverage.listing import beside_members, service_presence
from ..coverage.study import Study
from .columns import gaps, packed
from .figures import Once

OWN: Final = ("name", "website")
SHARED: Final = ("category", "sector", "remit", "note", "source")
"""Of an organisation nothing else is published, beside its id; `SHARED` is what many have in common."""
WHOLE, LOCAL, BESIDE = 1, 2, 4
Reach = dict[str, list[int]]


def organisations_of(study: Study, texts: Once[str]) -> dict[str, list[Any]]:
    """Every organisation of the register, in its order, as `View.organisations` has them."""
    bodies = study.register.organisations
    listed: dict[str, list[Any]] = {"id": list(bodies.index)}
    listed |= {column: list(bodies[column]) for column in OWN}
    return listed | {column: [texts.place(text) for text in bodies[column]] for column in SHARED}


class Records:
    """The services of a study, and where they reach on the first of several dates.

    Parameters
    ----------
    study
        Whose register it is.
    themes
        Those of the page, in order.
    grades
        The grades of evidence that count.
    drawn
        Positions of the shapes that the view has, in its order.
    texts
        The sentences of the view: new ones are added.
    """

    def __init__(
        self,
        study: Study,
        themes: Sequence[str],
        grades: Sequence[str],
        drawn: Sequence[int],
        texts: Once[str],
    ) -> None:
        self.study = study
        self.details: list[list[Any]] = []
        self.reaches: list[Reach] = []
        self._places: dict[str, int] = {}
        services = study.register.services
        bodies = {key: i for i, key in enumerate(study.register.organisations.index)}
        place = {theme: i for i, theme in enumerate(themes)}
        shape = {key: i for i, key in enumerate(drawn)}
        counted = against_the_rules(study, grades, services)
        self._known: list[tuple[int, int, int]] = [
            (
                bodies[row.organisation_id],
                place.get(row.theme, -1),
                self._place(self.details, _detail(row, counted[row.Index], shape, texts)),
            )
            for row in services.itertuples()
        ]
        self._position = {index: i for i, index in enumerate(services.index)}
        self._first: list[int] = []

    def listed(self, answers: Sequence[Answer]) -> dict[str, str]:
        """Every service as `View.records` has it, with where it reaches by answers of the first date."""
        self._first = self._reached(answers)
        places = zip(*self._known, strict=True)
        columns = dict(zip(("organisation", "theme", "detail"), places, strict=True)) if self._known else {}
        return {name: packed(gaps(column)) for name, column in {**columns, "reach": self._first}.items()}

    def ended(self, answer: Answer) -> list[int]:
        """Places of the records that are not on record then."""
        services = self.study.register.services
        going = serving(services, answer.analysis.question.when)
        return [self._position[index] for index in services.index[~going]]

    def moved(self, answers: Sequence[Answer]) -> list[list[int]]:
        """Records that reach elsewhere by the answers of a later date, and are on record then."""
        gone = set(self.ended(answers[0]))
        pairs = zip(self._first, self._reached(answers), strict=True)
        return [[i, now] for i, (before, now) in enumerate(pairs) if now != before and i not in gone]

    def _reached(self, answers: Sequence[Answer]) -> list[int]:
        found: list[Reach] = [{} for _ in self._known]
        services = self.study.register.services
        for answer in answers:
            analysis = answer.analysis
            geography = analysis.question.geography.id
            rows = service_presence(analysis, services)
            beside = beside_members(analysis)
            here = services.loc[rows["service"]]
            keys = zip(here["organisation_id"], here["theme"], rows["area"], strict=True)
            codes = rows["whole"] * WHOLE + rows["local"] * LOCAL
            codes += pd.Series([BESIDE * (key in beside) for key in keys], index=rows.index)
            for service, area, code in zip(rows["service"], rows["area"], codes, strict=True):
                found[self._position[service]].setdefault(geography, []).extend((int(area), int(code)))
        return [self._place(self.reaches, reach) for reach in found]

    def _place(self, listed: list[Any], item: Any) -> int:
        key = json.dumps(item)
        if key not in self._places:
            self._places[key] = len(listed)
            listed.append(item)
        return self._places[key]


def _detail(service: Any, counted: str, shape: Mapping[int, int], texts: Once[str]) -> list[Any]:
    evidence = f"area {service.area_evidence}"
    if service.theme:
        evidence += f", theme {service.theme_evidence}"
    why_not = "" if counted == YES else counted.removeprefix("no: ")
    said = (service.areas, service.focus, service.communities, _dates(service), evidence, why_not)
    places: list[Any] = [texts.place(text) for text in said]
    return [*places, [shape[i] for i in service.drawn]] if service.drawn else places


def _dates(service: Any) -> str:
    written = [
        ("first seen", service.first_seen_written),
        ("last seen", service.last_seen_written),
        ("until", service.until_written),
        ("funded until", service.funded_until_written),
    ]
    return "; ".join(f"{label} {text}" for label, text in written if text)
