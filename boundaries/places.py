"""What a name or a code was read as."""

from __future__ import annotations

from dataclasses import dataclass

from .changes import Move


@dataclass(frozen=True)
class Place:
    """What a text was read as.

    Attributes
    ----------
    area
        `GEOGRAPHY:CODE`.
    name
        The official name.
    blocks
        Positions of its blocks in the atlas, ascending.
    part
        Whether only an unknown part of it is meant (`part of X`).
    note
        How the text was read, where that is worth reporting; else empty.
    text
        What was read.
    beyond
        Whether it reaches beyond the blocks of the atlas.
    move
        How it was carried to the atlas, where the text names an area that ended before.
    """

    area: str
    name: str
    blocks: tuple[int, ...]
    part: bool = False
    note: str = ""
    text: str = ""
    beyond: bool = False
    move: Move | None = None
