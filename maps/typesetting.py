"""Texts on a picture: wrapped to a width, and never cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Transform

POINTS: Final = 72.0  # an inch
LEADING: Final = 1.32  # from line to line, of the size of the letters
FONT: Final = "DejaVu Sans"  # it comes with matplotlib, so that a picture is the same on every machine
INK: Final = "#0b0c0c"
QUIET: Final = "#484f53"
TIED: Final = "\N{NO-BREAK SPACE}"
ROOM: Final = 0.985  # of a width is used: letters are drawn on whole dots


@dataclass(frozen=True)
class Paragraph:
    """A text in one style.

    Attributes
    ----------
    text
        Any text: nothing in it is read as a formula, and no character of it moves what stands around it.
    size
        Of its letters, in points.
    bold
        Whether it is.
    colour
        As `#rrggbb`.
    before
        Room above it, in inches.
    indent
        From the left, in inches.
    swatch
        What is drawn in that indent, by its place in a list of the caller's; None for nothing.
    """

    text: str
    size: float = 9.0
    bold: bool = False
    colour: str = INK
    before: float = 0.0
    indent: float = 0.0
    swatch: int | None = None


@dataclass(frozen=True)
class Block:
    """Paragraphs under each other, wrapped to a width in inches."""

    paragraphs: Sequence[Paragraph]
    width: float

    def lines(self) -> Iterator[tuple[Paragraph, list[str]]]:
        """Each paragraph with its lines."""
        for each in self.paragraphs:
            room = (self.width - each.indent) * ROOM
            yield each, wrapped(each.text, room, size=each.size, bold=each.bold)

    @property
    def height(self) -> float:
        """How high it is, in inches."""
        return sum(
            each.before + len(lines) * each.size * LEADING / POINTS for each, lines in self.lines() if lines
        )

    def put(self, figure: Figure, left: float, top: float) -> dict[int, float]:
        """Set it on a figure.

        Parameters
        ----------
        figure
            Whose size is in inches.
        left, top
            Of its upper left corner, in inches from that of the figure.

        Returns
        -------
        dict
            Swatch → the middle of the first line beside it, in inches from the top.
        """
        width, height = figure.get_size_inches()
        middles = {}
        for each, lines in self.lines():
            if not lines:
                continue
            top += each.before
            step = each.size * LEADING / POINTS
            if each.swatch is not None:
                middles[each.swatch] = top + step / 2
            for line in lines:
                baseline = top + (LEADING + 0.72) / 2 * each.size / POINTS  # capitals are 0.72 high
                at = (left + each.indent) / width, 1 - baseline / height
                figure.add_artist(set_text(*at, line, each, figure.transFigure))
                top += step
        return middles


def set_text(x: float, y: float, line: str, style: Paragraph, transform: Transform) -> Text:
    """One line of text, as an artist; its place is where its first letter stands."""
    return Text(
        x,
        y,
        line,
        color=style.colour,
        fontproperties=_font(style.size, style.bold),
        parse_math=False,
        transform=transform,
    )


def panel(
    figure: Figure, left: float, top: float, width: float, height: float, colour: str, alpha: float = 1.0
) -> None:
    """Put a rectangle on a figure; all in inches, from its upper left corner."""
    across, down = figure.get_size_inches()
    rectangle = Rectangle(
        (left / across, 1 - (top + height) / down),
        width / across,
        height / down,
        facecolor=colour,
        alpha=alpha,
        linewidth=0,
        transform=figure.transFigure,
    )
    figure.add_artist(rectangle)


def wrapped(text: str, width: float, *, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines, between words where words fit.

    Characters that cannot be seen, and those that turn the direction of writing, are taken out.

    Parameters
    ----------
    text
        Any text.
    width
        In inches.
    size, bold
        Of the letters, in points.

    Examples
    --------
    >>> wrapped("Newark and Sherwood", 0.8, size=9)
    ['Newark and', 'Sherwood']
    >>> len(wrapped("x" * 100, 1, size=9)) > 5
    True
    """
    lines: list[str] = []
    line, used = "", 0.0
    space = wide(" ", size, bold)
    for word in filter(None, seen(text).split(" ")):
        length = wide(word, size, bold)
        if line and used + space + length <= width:
            line, used = f"{line} {word}", used + space + length
            continue
        if line:
            lines.append(line)
        line, used = word, length
        if length > width:
            *full, line = _broken(word, width, size, bold)
            lines.extend(full)
            used = wide(line, size, bold)
    return [*lines, line] if line else lines


def seen(text: str) -> str:
    """A text without the characters that cannot be seen; every space is a plain one, or `TIED`."""
    spaced = "".join(" " if each.isspace() and each != TIED else each for each in text).strip()
    return "".join(each for each in spaced if each.isprintable() or each == TIED)


def wide(text: str, size: float, bold: bool = False) -> float:
    """How wide a line is, in inches."""
    return sum(_width(each, bold) for each in text) * size / POINTS


def _broken(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word that is too long for a line, in lines."""
    lines, used = [""], 0.0
    for each in word:
        length = wide(each, size, bold)
        if lines[-1] and used + length > width:
            lines.append("")
            used = 0.0
        lines[-1] += each
        used += length
    return lines


@cache
def _width(character: str, bold: bool) -> float:
    """How wide a character is, of the size of the letters; one that the font lacks becomes a square."""
    face = get_font(findfont(_font(100, bold)))
    face.set_size(100, POINTS)  # matplotlib sets others on the same face
    if not face.get_char_index(ord(character)):
        return 1.0
    return face.load_char(ord(character)).linearHoriAdvance / 65536 / 100


@cache
def _font(size: float, bold: bool) -> FontProperties:
    return FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
