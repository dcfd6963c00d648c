"""Who is on record where, as a view has it: records, what they have in common, and where they reach."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from ..boundaries.atlas import Atlas
from ..coverage.answer import Answer
from ..coverage.counting import YES, against_the_rules
from ..coverage.dates import AsOf, serving
from ..coverage.listing import beside_members, service_presence
from ..coverage.study import Study
from .columns import gaps, packed
from .texts import Once

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
        self._details, self._reaches = Once[str](), Once[str]()
        services = study.register.services
        bodies = {key: i for i, key in enumerate(study.register.organisations.index)}
        place = {theme: i for i, theme in enumerate(themes)}
        shape = {key: i for i, key in enumerate(drawn)}
        counted = against_the_rules(study, grades, services)
        self._known: list[tuple[int, int, int]] = [
            (
                bodies[row.organisation_id],
                place.get(row.theme, -1),
                self._details.place(json.dumps(_detail(row, counted[row.Index], study.atlas, shape, texts))),
            )
            for row in services.itertuples()
        ]
        self._position = {index: i for i, index in enumerate(services.index)}
        self._first: dict[int, int] = {}
        self._answers: Sequence[Answer] = ()

    @property
    def details(self) -> list[list[Any]]:
        """As `View.details`."""
        return [json.loads(text) for text in self._details.listed]

    @property
    def reaches(self) -> list[Reach]:
        """As `View.reaches`, of all dates asked about so far."""
        return [json.loads(text) for text in self._reaches.listed]

    def listed(self, answers: Sequence[Answer]) -> dict[str, str]:
        """Every service as `View.records` has it, with where it reaches by answers of the first date."""
        self._answers, self._first = answers, self._reached(answers, self.study.register.services)
        places = zip(*self._known, strict=True)
        columns = dict(zip(("organisation", "theme", "detail"), places, strict=True)) if self._known else {}
        reach = list(self._first.values())
        return {name: packed(gaps(column)) for name, column in {**columns, "reach": reach}.items()}

    def ended(self, answer: Answer) -> str:
        """Places of the records that are not on record then."""
        services = self.study.register.services
        return packed(gaps([self._position[index] for index in services.index[~self._going(answer)]]))

    def moved(self, answers: Sequence[Answer]) -> list[list[int]]:
        """Records that reach elsewhere by the answers of a later date.

        Those can only be of an organisation and theme of which a service has begun or ended since, or
        that is counted beside its members, or no longer, somewhere.
        """
        services = self.study.register.services
        pairs = list(zip(services["organisation_id"], services["theme"], strict=True))
        since = self._going(self._answers[0]) != self._going(answers[0])
        changed = {pair for pair, differs in zip(pairs, since, strict=True) if differs}
        for first, now in zip(self._answers, answers, strict=True):
            both = beside_members(first.analysis) ^ beside_members(now.analysis)
            changed |= {(organisation, theme) for organisation, theme, _ in both}
        reached = self._reached(answers, services[[pair in changed for pair in pairs]])
        return [[i, now] for i, now in reached.items() if now != self._first[i]]

    def _going(self, answer: Answer) -> pd.Series:
        when: AsOf = answer.analysis.question.when
        return serving(self.study.register.services, when)

    def _reached(self, answers: Sequence[Answer], services: pd.DataFrame) -> dict[int, int]:
        """The place of each service → the place of where it reaches."""
        found: dict[int, Reach] = {self._position[index]: {} for index in services.index}
        for answer in answers if len(services) else ():
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
        return {i: self._reaches.place(json.dumps(reach)) for i, reach in found.items()}


def _detail(
    service: Any, counted: str, atlas: Atlas, shape: Mapping[int, int], texts: Once[str]
) -> list[Any]:
    evidence = f"area {service.area_evidence}"
    if service.theme:
        evidence += f", theme {service.theme_evidence}"
    why_not = "" if counted == YES else counted.removeprefix("no: ")
    said = (
        _areas(service.areas, atlas),
        service.focus,
        service.communities,
        _dates(service),
        evidence,
        why_not,
    )
    places: list[Any] = [texts.place(text) for text in said]
    return [*places, [shape[i] for i in service.drawn]] if service.drawn else places


def _areas(written: str, atlas: Atlas) -> str:
    """Areas as the register writes them, with `RGN19:East Midlands` as `East Midlands (region)`."""

    def words(found: re.Match[str]) -> str:
        geography = atlas.geographies.get(found["geography"].upper())
        return f"{found['name']} ({geography.nouns[0]})" if geography else found[0]

    return re.sub(r"(?P<geography>\w+)\s*:\s*(?P<name>[^;]*[^;\s])", words, written)


def _dates(service: Any) -> str:
    written = [
        ("first seen", service.first_seen_written),
        ("last seen", service.last_seen_written),
        ("until", service.until_written),
        ("funded until", service.funded_until_written),
    ]
    return "; ".join(f"{label} {text}" for label, text in written if text)
