"""`hinterland map`: one page, or one picture, of one question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from .questions import QUESTION, asked
from .terminal import Progress

if TYPE_CHECKING:
    from hinterland.coverage.study import Study
    from hinterland.maps.measures import Measure
    from hinterland.maps.view import View

PICTURES: Final = (".png", ".svg")
PAGES: Final = (".html", ".htm")


@click.option(
    "--measure",
    default="class",
    show_default=True,
    metavar="MEASURE",
    help="Of a picture: class, coverage_low, residents_none… or its label on the page.",
)
@click.option("--static", is_flag=True, help="A picture, map.png where --output names none.")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Ends with .html, .png or .svg.  [default: map.html]",
)
def _map(
    study: Path | None, themes: tuple[str, ...], measure: str, static: bool, output: Path | None, **words: Any
) -> None:
    """Draw one question: a page to explore, or a picture for a report.

    FILE.html is one interactive page, as `hinterland run` writes it, with all measures, of the
    geographies of the study or of the one named by --by. It opens anywhere, offline. FILE.png and
    FILE.svg are one view on a page of A4 across, with its legend in words, its headline and what
    has to stand with it; they need matplotlib: pip install "hinterland[static]". A picture shows
    one theme (the first without --theme) of one geography (the study's first without --by). What
    stands under that name is replaced. Without STUDY, of the built-in study.

    \b
    Examples:
      hinterland map --within D2N2 --output d2n2.html
      hinterland map --theme governance --output governance.png
      hinterland map --theme "BME communities" --by LEP14 --measure coverage_low --output bme.svg
      hinterland map my-study --as-of 2015-06-30 --evidence all --static
    """
    from hinterland.boundaries.saving import write_one
    from hinterland.boundaries.sources import Sources
    from hinterland.coverage.study import BUILTIN_STUDY, read_study

    output = output or Path("map.png" if static else "map.html")
    form = _form(output, static=static)
    if form == "html" and measure != "class":
        raise click.UsageError("--measure is of pictures: a page has all → end --output with .png or .svg")
    if form != "html" and len(themes) > 1:
        raise click.UsageError("--theme: a picture shows one theme → name one, or write a page (.html)")
    made = _page if form == "html" else _picture(measure, form)
    with Progress() as tell:
        tell("reading the study")
        found = read_study(study or BUILTIN_STUDY, Sources(progress=tell))
        words |= {"themes": themes}
        write_one(output, made(found, words, tell))
    kind = "page" if form == "html" else "picture"
    click.echo(f"One {kind} written to {output}", err=True)


for _decorate in reversed(QUESTION):
    _map = _decorate(_map)
map_command: Final = click.command("map")(_map)


def _form(output: Path, *, static: bool) -> str:
    ending = output.suffix.casefold()
    if ending in PICTURES:
        return ending.removeprefix(".")
    if ending in PAGES and not static:
        return "html"
    kinds = ".png or .svg" if static else ".html, .png or .svg"
    raise click.UsageError(f"--output {output}: this kind of file is not drawn → end it with {kinds}")


def _page(study: Study, words: dict[str, Any], tell: Callable[[str], None]) -> bytes:
    from hinterland.coverage.answer import answer
    from hinterland.maps.page import render
    from hinterland.maps.publish import view_of

    by = words.pop("by")
    answers = []
    for geography in [by] if by else study.geographies:
        question = asked(study, by=geography, **words)
        tell(f"computing {question.geography.id}")
        answers.append(answer(study, question))
    shown = [each for each in answers if each.analysis.areas.area_count] or answers[:1]
    view = _cut(view_of(study, shown, progress=tell), words["within"])
    return render(replace(view, background=None)).encode()


def _picture(measure: str, form: Any) -> Callable[[Study, dict[str, Any], Callable[[str], None]], bytes]:
    """What makes a picture, once its measure is known and matplotlib is there."""
    from hinterland.boundaries.errors import HinterlandError
    from hinterland.coverage.answer import answer
    from hinterland.maps.build_view import build_view
    from hinterland.maps.figures import Dated
    from hinterland.maps.publish import view_of

    chosen = _measure(measure)
    try:
        from hinterland.maps.static import draw, save
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise HinterlandError('pictures need matplotlib → pip install "hinterland[static]"') from None

    def made(study: Study, words: dict[str, Any], tell: Callable[[str], None]) -> bytes:
        question = asked(study, **words)
        theme = question.themes[0]
        tell(f"computing {question.geography.id}")
        if chosen.kind == "number":  # whose legend is that of all themes and dates, as on the page
            everything = asked(study, **(words | {"themes": ()}))
            view = view_of(study, [answer(study, everything)], progress=tell)
        else:
            view = build_view(study, [Dated((answer(study, replace(question, themes=(theme,))),))])
        tell("drawing")
        return save(draw(_cut(view, words["within"]), theme=theme, measure=chosen.id), form)

    return made


def _cut(view: View, within: str | None) -> View:
    """The view, saying what it was cut to."""
    return replace(view, subtitle=f"{view.subtitle} Cut to {within}.") if within else view


def _measure(text: str) -> Measure:
    from hinterland.coverage.cells import CellError, parse_choice
    from hinterland.maps.measures import MEASURES

    by_name = {each.label.casefold(): each for each in MEASURES}
    if text.strip().casefold() in by_name:
        return by_name[text.strip().casefold()]
    try:
        chosen = parse_choice(text, [each.id for each in MEASURES], what="measure")
    except CellError as error:
        raise click.UsageError(f"--measure {text!r}: {error.reason} → {error.remedy}") from None
    return next(each for each in MEASURES if each.id == chosen)
