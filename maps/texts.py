"""Sentences of a page, each once; those that differ in their numbers alone share a frame."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final, Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)
Framed = str | list[int | str]
NUMBER: Final = re.compile(r"[0-9]+")
THEME: Final = "\x01"
"""Stands for the theme in a headline, so that themes share a frame; no name that is read may hold it."""


class Once(Generic[Thing]):
    """Things, each kept once and pointed to by its place."""

    def __init__(self, *first: Thing) -> None:
        self._places: dict[Thing, int] = {thing: i for i, thing in enumerate(first)}

    def place(self, thing: Thing) -> int:
        return self._places.setdefault(thing, len(self._places))

    @property
    def listed(self) -> list[Thing]:
        return list(self._places)


def apart(sentence: str) -> tuple[str, list[int | str]]:
    """A sentence with 0 for each of its numbers, and the numbers.

    Examples
    --------
    >>> apart("Of the 8 districts surveyed, 2 have somebody on record.")
    ('Of the 0 districts surveyed, 0 have somebody on record.', [8, 2])
    """
    digits: list[str] = NUMBER.findall(sentence)
    return NUMBER.sub("0", sentence), [int(each) if str(int(each)) == each else each for each in digits]


def together(frame: str, numbers: Sequence[int | str]) -> str:
    """The sentence that `apart` took apart.

    Examples
    --------
    >>> together(*apart("Of the 8 districts of 007, 12 have nobody on record."))
    'Of the 8 districts of 007, 12 have nobody on record.'
    """
    left = iter(numbers)
    return NUMBER.sub(lambda _: str(next(left)), frame)


def framed(texts: Sequence[str]) -> list[Framed]:
    """Texts as `View.texts` has them: where several have one frame, the place of that and their numbers.

    Examples
    --------
    >>> framed(["8 of 9", "7 of 9", "all of 9"])
    [[3, 8, 9], [3, 7, 9], 'all of 9', '0 of 0']
    """
    parts = [apart(text) for text in texts]
    times = Counter(frame for frame, numbers in parts if numbers)
    frames = {frame: len(texts) + i for i, frame in enumerate(f for f, count in times.items() if count > 1)}
    listed: list[Framed] = [
        [frames[frame], *numbers] if numbers and frame in frames else text
        for text, (frame, numbers) in zip(texts, parts, strict=True)
    ]
    return [*listed, *frames]


def text_of(texts: Sequence[Framed], place: int) -> str:
    """One of the texts of a view.

    Examples
    --------
    >>> text_of(framed(["8 of 9", "7 of 9", "all of 9"]), 1)
    '7 of 9'
    """
    found = texts[place]
    return found if isinstance(found, str) else together(str(texts[int(found[0])]), found[1:])
