"""One theme of one geography on one date, read back from a view as the page reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import Final

from ..coverage.words import inside
from . import palette
from .columns import Column, decoded, summed
from .palette import Style
from .texts import THEME, text_of
from .view import Item, View

NOT_SURVEYED, NONE_ON_RECORD = 1, 2  # places in `View.classes`; before them stands out of scope
ALL_THE_SAME: Final = "somebody on record"
DECIMALS: Final = 2


@dataclass(frozen=True)
class Entry:
    """One line of a legend.

    Attributes
    ----------
    style
        How its areas are filled.
    label, meaning
        What that says; the meaning may be empty.
    count
        How many areas are filled so.
    """

    style: Style
    label: str
    meaning: str
    count: int


@dataclass(frozen=True)
class Reading:
    """What a view says of one theme, by one geography, on one date.

    Attributes
    ----------
    view
        What is read.
    geography, theme
        Ids.
    date
        Place in `view.dates`.

    Raises
    ------
    StopIteration
        When the view has no such geography.
    """

    view: View
    geography: str
    theme: str
    date: int = 0

    @cached_property
    def shown(self) -> Item:
        """The geography itself."""
        return next(each for each in self.view.geographies if each["id"] == self.geography)

    @cached_property
    def area_count(self) -> int:
        """How many areas it has; closing rows come after them."""
        return len(self.shown["areas"]["code"])

    def column(self, name: str) -> Column:
        """The whole numbers of a measure, of `reason` or of `flags`."""
        names = [*(measure["id"] for measure in self.view.measures), "reason", "flags"]
        for figures in reversed(self.view.figures[: self.date + 1]):
            places = figures.get(self.geography, {}).get(self.theme)
            if places is not None:
                return decoded(self.view.columns, summed(places)[names.index(name)])
        return [None] * self.area_count

    def figures(self, measure: Item) -> list[float | None]:
        """The figures of a measure: of each area, then of the closing rows; None where unknown."""
        scale = measure["scale"]
        return [None if each is None else each / scale for each in self.column(measure["id"])]

    @cached_property
    def classes(self) -> Column:
        """For each area its place in `view.classes`."""
        return self.column("class")[: self.area_count]

    @cached_property
    def seen(self) -> list[bool]:
        """For each area whether it is not surveyed and somebody is on record all the same."""
        high = self.column("coverage_high")
        return [known == NOT_SURVEYED and (high[i] or 0) > 0 for i, known in enumerate(self.classes)]

    @property
    def headline(self) -> str:
        """The sentence that stands first."""
        for said in reversed(self.view.headlines[: self.date + 1]):
            found = said.get(self.geography, {}).get(self.theme)
            if found is not None:
                label = next(each["label"] for each in self.view.themes if each["id"] == self.theme)
                return text_of(self.view.texts, found).replace(THEME, inside(label))
        return ""

    def fills(self, measure: Item) -> list[Style]:
        """How each area is filled."""
        if measure["kind"] == "class":
            return [
                palette.SEEN if seen else palette.MISSING if each is None else palette.CLASSES[each]
                for each, seen in zip(self.classes, self.seen, strict=True)
            ]
        figures = self.figures(measure)[: self.area_count]
        return [
            self._fill(measure, figure, known) for figure, known in zip(figures, self.classes, strict=True)
        ]

    def texts(self, measure: Item) -> list[str]:
        """The figure of each area, or its class, in words."""
        labels = [None if each is None else self.view.classes[each]["label"] for each in self.classes]
        if measure["kind"] == "class":
            return [
                f"{label}; {ALL_THE_SAME}" if seen else label or "not available"
                for label, seen in zip(labels, self.seen, strict=True)
            ]
        said = []
        for figure, known, label in zip(
            self.figures(measure)[: self.area_count], self.classes, labels, strict=True
        ):
            if figure is None:
                said.append(
                    label if label and known is not None and known < NONE_ON_RECORD else "not available"
                )
            elif known == NOT_SURVEYED and measure["id"] != "surveyed_share":
                said.append(f"{in_words(measure, figure)} ({label})")
            elif known == NONE_ON_RECORD and measure["of_served"]:
                said.append(str(label))
            else:
                said.append(in_words(measure, figure))
        return said

    def legend(self, measure: Item) -> list[Entry]:
        """What each fill says, with the number of areas that have it.

        Classes stand from local to out of scope, figures from small to large; what no area has is left
        out where it is no step of the measure.
        """
        counts = Counter(style.id for style in self.fills(measure))
        classes = list(zip(palette.CLASSES, self.view.classes, strict=True))
        missing = [(palette.MISSING, "not available", "", False)]
        if measure["kind"] == "class":
            named = [(style, each["label"], each["meaning"], True) for style, each in reversed(classes)]
            seen = f"{self.view.classes[NOT_SURVEYED]['label']}; {ALL_THE_SAME}"
            named.insert(len(named) - NOT_SURVEYED, (palette.SEEN, seen, "", False))
        else:
            named = [(palette.ZERO, in_words(measure, 0), "", True)]
            starts = self._breaks(measure)
            for i in range(len(starts) + 1):
                start = in_words(measure, starts[i - 1]) if i else "above 0"
                end = f"under {in_words(measure, starts[i])}" if i < len(starts) else ""
                middle = (" to " if i else ", ") if end else " or more" if i else ""
                named.append((self._step(measure, i), f"{start}{middle}{end}", "", True))
            labels = [each["label"] for each in self.view.classes]
            labels[NOT_SURVEYED] = "not surveyed, nobody on record"
            named += [
                (palette.CLASSES[place], labels[place], "", False)
                for place in (NONE_ON_RECORD, NOT_SURVEYED, 0)
                if place < len(labels)
            ]
        return [
            Entry(style, label, meaning, counts[style.id])
            for style, label, meaning, always in [*named, *missing]
            if always or counts[style.id]
        ]

    def _breaks(self, measure: Item) -> list[float]:
        return list((measure["breaks"] or {}).get(self.geography, []))

    def _fill(self, measure: Item, figure: float | None, known: int | None) -> Style:
        if figure is None:
            return palette.CLASSES[known] if known is not None and known < NONE_ON_RECORD else palette.MISSING
        if figure == 0:
            nobody = known == NONE_ON_RECORD and measure["of_served"]
            return palette.CLASSES[NONE_ON_RECORD] if nobody else palette.ZERO
        return self._step(measure, sum(figure >= start for start in self._breaks(measure)))

    def _step(self, measure: Item, index: int) -> Style:
        last, top = len(self._breaks(measure)), len(palette.RAMP) - 1
        return palette.RAMP[floor(index * top / last + 0.5) if last else top]


def in_words(measure: Item, figure: float) -> str:
    """A figure as it is read.

    Examples
    --------
    >>> [in_words({"kind": "share"}, figure) for figure in (0, 0.001, 0.25, 0.999, 1)]
    ['0%', 'under 1%', '25%', 'over 99%', '100%']
    >>> in_words({"kind": "number"}, 1234.5), in_words({"kind": "number"}, 0.125)
    ('1,234.5', '0.13')
    """
    if measure["kind"] == "share":
        if 0 < figure < 0.01:
            return "under 1%"
        return "over 99%" if 0.99 < figure < 1 else f"{floor(figure * 100 + 0.5)}%"
    rounded = floor(figure * 10**DECIMALS + 0.5) / 10**DECIMALS
    return f"{rounded:,.{DECIMALS}f}".rstrip("0").rstrip(".")
