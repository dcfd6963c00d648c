"""A picture of one view for a report: A4 across, map, legend in words, and what has to stand on it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

import matplotlib
import shapely
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from . import palette
from .drawn_map import Frame, Outlines, context, filled, fills, scale_bar
from .palette import Style
from .place_names import Label, labels
from .reading import Reading
from .typesetting import LEADING, POINTS, QUIET, TIED, Block, Paragraph, panel, seen, wide
from .view import Item, View

A4: Final = (11.69, 8.27)  # inches, across
MARGIN: Final = 0.45
GAP: Final = 0.3
LEGEND: Final = 3.0  # how wide it is
LEAST_MAP: Final = 3.4  # how high the map is at least: a picture with much text is higher than its page
DOTS: Final = 200  # to an inch
SMALL: Final = 7.5  # points: the smallest letters
SWATCH: Final = (0.38, 0.2)
ASIDE: Final = "†"
MANY_AREAS: Final = 60  # from so many on, borders are thin and no names stand on the map


def draw(
    view: View,
    *,
    theme: str,
    measure: str = "class",
    geography: str | None = None,
    date: int = 0,
    size: tuple[float, float] = A4,
) -> Figure:
    """Draw one view as a page of a report.

    Parameters
    ----------
    view
        What is drawn.
    theme, measure
        Ids of the view's.
    geography
        Id of one of the view's; its first without it.
    date
        Place in `view.dates`.
    size
        Width and height in inches. Where texts are so long that no room is left for a map of 3.4 inches,
        the picture is higher: nothing is cut.

    Returns
    -------
    matplotlib.figure.Figure
        To be written by `save`.

    Raises
    ------
    StopIteration
        When the view has no such theme, measure or geography.
    """
    reading = Reading(view, geography or view.geographies[0]["id"], theme, date)
    about = next(each for each in view.themes if each["id"] == theme)
    measured = next(each for each in view.measures if each["id"] == measure)
    across, high = size
    wide = across - 2 * MARGIN
    map_wide = wide - GAP - LEGEND

    title = Block(_title(reading), wide)
    banner = Block(_banner(reading), wide - 0.3)
    below = Block(_headline(reading, about, measured), wide)
    foot = Block(_foot(reading), wide)
    banner_high = banner.height + 0.2 if banner.paragraphs else 0.0
    above = MARGIN + title.height + 0.1 + banner_high + below.height + 0.1
    under = foot.height + 0.1 + MARGIN
    room = max(LEAST_MAP, high - above - under)

    outlines = Outlines(view)
    pieces = reading.shown["pieces"]
    shapes = [outlines.shape(piece["polygons"]) for piece in pieces]
    inside = [shape for shape, piece in zip(shapes, pieces, strict=True) if piece["areas"]]
    frame = Frame.around(inside or shapes, MARGIN, above, map_wide, room)
    swatches, legend, named = _beside(reading, measured, frame, pieces, shapes)
    if legend.height > room:
        room = legend.height
        frame = Frame.around(inside or shapes, MARGIN, above, map_wide, room)
        swatches, legend, named = _beside(reading, measured, frame, pieces, shapes)

    with _plain():
        figure = Figure(figsize=(across, max(high, above + room + under)), dpi=DOTS, facecolor="white")
        figure.set_label(seen(f"{view.title}. {_heading(about, measured)}"))
        top = MARGIN
        title.put(figure, MARGIN, top)
        top += title.height + 0.1
        if banner.paragraphs:
            panel(figure, MARGIN, top, wide, banner_high - 0.08, "#f3f4f5")
            panel(figure, MARGIN, top, 0.07, banner_high - 0.08, palette.BORDER)
            banner.put(figure, MARGIN + 0.2, top + 0.06)
        below.put(figure, MARGIN, top + banner_high)
        _map(figure, frame, reading, measured, outlines, shapes)
        _names(figure, named)
        _scale(figure, frame)
        middles = legend.put(figure, MARGIN + map_wide + GAP, above)
        for place, middle in middles.items():
            _swatch(figure, MARGIN + map_wide + GAP, middle, swatches[place])
        foot.put(figure, MARGIN, above + room + 0.1)
    return figure


def save(figure: Figure, form: Literal["png", "svg"]) -> bytes:
    """Write a picture: the same view gives the same bytes.

    Parameters
    ----------
    figure
        From `draw`.
    form
        In an SVG file texts stay texts, and its title is that of the view.
    """
    about: dict[str, str | None] = {"Title": str(figure.get_label())}
    without = {"Software"} if form == "png" else {"Date", "Creator"}
    written = io.BytesIO()
    with _plain():
        figure.savefig(written, format=form, dpi=DOTS, metadata=about | dict.fromkeys(without))
    return written.getvalue()


def _title(reading: Reading) -> list[Paragraph]:
    view, date = reading.view, reading.view.dates[reading.date]
    said = f"{reading.shown['label']}. {date['as_of']} {view.subtitle}"
    return [Paragraph(view.title, 16, bold=True), Paragraph(said, 9, colour=QUIET, before=0.03)]


def _banner(reading: Reading) -> list[Paragraph]:
    said = (reading.view.banner, reading.view.dates[reading.date]["warning"])
    return [Paragraph(text, 8.5, bold=True) for text in said if text]


def _headline(reading: Reading, theme: Item, measure: Item) -> list[Paragraph]:
    return [
        Paragraph(reading.headline, 12.5),
        Paragraph(_heading(theme, measure), 10.5, bold=True, before=0.1),
        Paragraph(theme["label_note"], 8.5, colour=QUIET),
    ]


def _heading(theme: Item, measure: Item) -> str:
    label = measure["label"]
    return f"{_capital(theme['label'])}: {label[:1].lower()}{label[1:]}{_unit(measure)}"


def _foot(reading: Reading) -> list[Paragraph]:
    view = reading.view
    lines = (
        " ".join(reading.view.dates[reading.date]["changes"]),
        view.method,
        " ".join(view.notes),
        ". ".join(view.attribution),
    )
    return [Paragraph(text, SMALL, colour=QUIET, before=0.03) for text in lines if text]


def _beside(
    reading: Reading, measure: Item, frame: Frame, pieces: Any, shapes: list[shapely.Geometry]
) -> tuple[list[tuple[Style, ...]], Block, list[Label]]:
    """What stands beside the map: the fills of the swatches, the legend; and the names on the map."""
    named: list[Label] = []
    if reading.area_count <= MANY_AREAS:
        held = [
            [shape for shape, piece in zip(shapes, pieces, strict=True) if area in piece["areas"]]
            for area in range(reading.area_count)
        ]
        figures = [] if measure["kind"] == "class" else _short(reading.texts(measure))
        named = labels(reading.shown["areas"]["name"], figures, held, frame)
    for meanings in (True, False):
        swatches, paragraphs = _legend(reading, measure, named, meanings=meanings)
        block = Block(paragraphs, LEGEND)
        if block.height <= frame.height:
            break
    return swatches, block, named


def _legend(
    reading: Reading, measure: Item, named: list[Label], *, meanings: bool
) -> tuple[list[tuple[Style, ...]], list[Paragraph]]:
    swatches: list[tuple[Style, ...]] = []
    said = [Paragraph(_capital(measure["label"]) + _unit(measure), 9.5, bold=True)]
    said.append(Paragraph(measure["meaning"], SMALL, colour=QUIET, before=0.02))
    indent = SWATCH[0] + 0.1
    one, several = reading.shown["nouns"]

    def add(label: str, styles: tuple[Style, ...], meaning: str = "") -> None:
        said.append(Paragraph(label, 9, before=0.06, indent=indent, swatch=len(swatches)))
        swatches.append(styles)
        if meaning and meanings:
            said.append(Paragraph(meaning, SMALL, colour=QUIET, indent=indent))

    for entry in reading.legend(measure):
        counted = f"{entry.count:,} {one if entry.count == 1 else several}"
        add(f"{_capital(entry.label)} ({counted})", (entry.style,), entry.meaning)
    if reading.shown["overlapping"]:
        add(f"Stripes: land of two {several} or more, filled as each of them", _two(reading, measure))
    if any(not piece["areas"] for piece in reading.shown["pieces"]):
        add(f"In no {one}", (palette.MISSING,))
    if any(label.lines[-1].endswith(ASIDE) or label.key.endswith(ASIDE) for label in named):
        said.append(Paragraph(f"{ASIDE} on record, though no source looked for it there", 8, before=0.08))
    keys = [f"{label.lines[0]}{TIED}{label.key}" for label in named if label.key]
    if keys:
        said.append(Paragraph("Numbers on the map", 8.5, bold=True, before=0.12))
        said.append(Paragraph(" · ".join(keys), SMALL, before=0.02))
    return swatches, said


def _short(figures: list[str]) -> list[str]:
    """Figures without words: what is not known is seen by its fill."""
    return [
        text.replace(" (not surveyed)", ASIDE)
        if text[:1].isdigit() or text.startswith(("under", "over"))
        else ""
        for text in figures
    ]


def _two(reading: Reading, measure: Item) -> tuple[Style, ...]:
    """Two fills that meet in stripes on this map, or two that could."""
    styles = reading.fills(measure)
    for piece in reading.shown["pieces"]:
        met = tuple(dict.fromkeys(styles[area] for area in piece["areas"]))
        if len(met) > 1:
            return met[:2]
    return palette.CLASSES[-1], palette.CLASSES[-2]


def _map(
    figure: Figure,
    frame: Frame,
    reading: Reading,
    measure: Item,
    outlines: Outlines,
    shapes: list[shapely.Geometry],
) -> None:
    across, high = figure.get_size_inches()
    bottom = high - frame.top - frame.height
    axes = figure.add_axes(
        (frame.left / across, bottom / high, frame.width / across, frame.height / high),
        xticks=[],
        yticks=[],
        facecolor="white",
    )
    west, south, east, north = frame.land.bounds
    axes.set(xlim=(west, east), ylim=(south, north))
    for spine in axes.spines.values():
        spine.set(color="#b1b4b6", linewidth=0.6)
    for artist in context(outlines, axes.transData):
        axes.add_artist(artist)
    styles = reading.fills(measure)
    pieces: dict[tuple[Style, ...], list[shapely.Geometry]] = {}
    for piece, shape in zip(reading.shown["pieces"], shapes, strict=True):
        met = tuple(dict.fromkeys(styles[area] for area in piece["areas"])) or (palette.MISSING,)
        pieces.setdefault(met, []).append(shape)
    for artist in fills(pieces, frame, axes.transData):
        axes.add_artist(artist)
    thin = reading.area_count > MANY_AREAS
    borders = outlines.borders(reading.shown["pieces"])
    axes.add_artist(
        LineCollection(borders, colors=palette.BORDER, linewidths=0.3 if thin else 0.8, capstyle="round")
    )


def _names(figure: Figure, named: list[Label]) -> None:
    for label in named:
        panel(figure, label.left, label.top, label.width, label.height, "#ffffff", 0.85)
        said = [Paragraph(line, SMALL, bold=bool(label.key)) for line in label.lines]
        for i, line in enumerate(said):
            middle = label.left + (label.width - wide(line.text, SMALL, line.bold)) / 2
            Block([line], label.width + 1).put(figure, middle, label.top + i * SMALL * LEADING / POINTS)


def _scale(figure: Figure, frame: Frame) -> None:
    length, words = scale_bar(frame)
    right, bottom = frame.left + frame.width - 0.12, frame.top + frame.height - 0.12
    panel(figure, right - length - 0.06, bottom - 0.24, length + 0.12, 0.3, "#ffffff", 0.85)
    panel(figure, right - length, bottom - 0.03, length, 0.03, palette.BORDER)
    said = Block([Paragraph(words, SMALL)], length + 1)
    said.put(figure, right - length, bottom - 0.03 - said.height)


def _swatch(figure: Figure, left: float, middle: float, styles: tuple[Style, ...]) -> None:
    """A small rectangle in a fill, or in several side by side."""
    across, high = figure.get_size_inches()
    inches = Affine2D().scale(1 / across, -1 / high).translate(0, 1) + figure.transFigure
    wide, top = SWATCH[0] / len(styles), middle - SWATCH[1] / 2
    for i, style in enumerate(styles):
        box = shapely.box(left + i * wide, top, left + (i + 1) * wide, top + SWATCH[1])
        for artist in filled(box, style, transform=inches):
            figure.add_artist(artist)
    frame = Rectangle(
        (left, top), *SWATCH, facecolor="none", edgecolor=palette.BORDER, linewidth=0.6, transform=inches
    )
    figure.add_artist(frame)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unit(measure: Item) -> str:
    return f" ({measure['unit']})" if measure["kind"] == "number" and measure["unit"] else ""


@contextmanager
def _plain() -> Iterator[None]:
    """Matplotlib as it comes, whatever a user's settings say; letters that its font lacks are squares."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "hatch.linewidth": 0.6,
                "svg.fonttype": "none",
                "svg.hashsalt": "hinterland",
                "text.hinting": "no_hinting",
            }
        )
        yield
