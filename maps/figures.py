"""The figures of all dates of a page: columns, sentences and breaks, each written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..coverage.answer import Answer
from ..coverage.reasons import reasons
from ..coverage.timeline import Change
from ..coverage.words import flags_in_words, headline, inside
from .columns import Column, Columns, Patch, gaps, packed
from .measures import MEASURES, breaks_of, figures_in, whole
from .texts import THEME, Once

Places = dict[str, dict[str, str]]
Headlines = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Dated:
    """The answers for one date.

    Attributes
    ----------
    answers
        One for each geography, in the order in which they are offered.
    change
        What changes on that day; None for the snapshot.
    """

    answers: tuple[Answer, ...]
    change: Change | None = None


@dataclass(frozen=True)
class Figures:
    """The fields of `View` of the same names, and the breaks of its measures.

    Attributes
    ----------
    columns, sets, figures, headlines
        As `View` has them.
    breaks
        Measure → geography → where the classes of the legend begin.
    """

    columns: Sequence[str | Patch]
    sets: Sequence[Sequence[int]]
    figures: Sequence[Places]
    headlines: Sequence[Headlines]
    breaks: Mapping[str, Mapping[str, Sequence[float]]]


def figures_of(dates: Sequence[Dated], texts: Once[str]) -> Figures:
    """Write the figures of all dates; of every date after the first, what differs from the one before.

    Parameters
    ----------
    dates
        The snapshot, then later days.
    texts
        The sentences of the view: new ones are added.
    """
    columns, sets = Columns(), Once[tuple[int, ...]](())
    pooled: dict[tuple[str, str], list[Any]] = {}
    figures: list[Places] = []
    headlines: list[Headlines] = []

    def written(answer: Answer) -> dict[str, list[Column]]:
        analysis, classes = answer.analysis, answer.classes
        found: dict[str, list[Column]] = {}
        for measure in MEASURES:
            if measure.kind == "class":
                found[measure.id] = classes.codes.tolist()
                continue
            numbers = figures_in(answer, measure)
            shown = numbers[:, : analysis.areas.area_count]
            pooled.setdefault((measure.id, analysis.question.geography.id), []).append(shown)
            found[measure.id] = [whole(row, measure) for row in numbers]
        said = {"reason": reasons(analysis, classes, named=False), "flags": flags_in_words(analysis, classes)}
        for name, by_theme in said.items():
            found[name] = [
                [sets.place(tuple(texts.place(text) for text in sentences)) for sentences in row]
                for row in by_theme
            ]
        return found

    taxonomy = dates[0].answers[0].analysis.study.taxonomy
    labels = {theme.id: inside(theme.label) for theme in taxonomy.themes}
    before: dict[tuple[str, str], list[int]] = {}
    said_before: dict[tuple[str, str], str] = {}
    for each in dates:
        here: Places = {}
        said: Headlines = {}
        for answer in each.answers:
            geography = answer.analysis.question.geography.id
            found = list(written(answer).values())
            for t, theme in enumerate(answer.analysis.question.themes):
                key = geography, theme
                text = headline(answer.analysis, answer.classes, theme)
                text = text.replace(f"surveyed for {labels[theme]}", f"surveyed for {THEME}", 1)
                if text != said_before.get(key):
                    said.setdefault(geography, {})[theme] = texts.place(text)
                    said_before[key] = text
                places: list[int] = []
                for place, by_theme in enumerate(found):
                    earlier = before[key][place : place + 1] if key in before else []
                    places.append(columns.add(by_theme[t], like=[*earlier, *places]))
                if places != before.get(key):
                    here.setdefault(geography, {})[theme] = packed(gaps(places))
                before[key] = places
        figures.append(here)
        headlines.append(said)
    breaks: dict[str, dict[str, Sequence[float]]] = {}
    by_id = {measure.id: measure for measure in MEASURES}
    for (measured, geography), found_at in pooled.items():
        breaks.setdefault(measured, {})[geography] = breaks_of(by_id[measured], found_at)
    return Figures(columns.listed, sets.listed, figures, headlines, breaks)
