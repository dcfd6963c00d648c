"""Commands on a whole study."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .exits import WRONG_INPUT
from .terminal import Progress, width

if TYPE_CHECKING:
    from hinterland.maps.publish import Publication

OFFLINE = click.option("--offline", is_flag=True, help="Download no layer: use the copies that are kept.")


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    help="The folder to write to.",
)
def demo(output: Path) -> None:
    """Run the built-in study: the East Midlands in 2006–07.

    \b
    Examples:
      hinterland demo
      hinterland demo --output east-midlands
    """
    from hinterland.coverage.study import read_study
    from hinterland.maps.publish import publish

    with Progress() as tell:
        tell("reading the study")
        published = publish(read_study(), output, progress=tell)
    _print_publication(published)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make a starter study in DIR: a study.toml and its tables, with example rows to replace.

    \b
    Example:
      hinterland new my-study
    """
    from hinterland.coverage.starter import write_starter

    names = write_starter(folder)
    click.echo(f"{folder}: {', '.join(names)}")
    click.echo(f"Edit them, then: hinterland check {folder}, and hinterland run {folder}")


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@OFFLINE
def run(study: Path, offline: bool) -> None:
    """Write the tables and the map of STUDY to STUDY/output.

    STUDY is a folder with a study.toml, or that file. Nothing is written while anything in its
    tables is refused or has to be asked.

    \b
    Example:
      hinterland run my-study
    """
    from hinterland.boundaries.sources import Sources
    from hinterland.coverage.study import read_study
    from hinterland.maps.publish import publish

    with Progress() as tell:
        tell("reading the study")
        found = read_study(study, Sources(offline=offline, progress=tell))
        published = publish(found, found.folder / "output", progress=tell)
    noted = len(found.faults)
    if noted:
        click.echo(f"{noted} things were noted on the way: hinterland check {study}", err=True)
    _print_publication(published)


@click.command()
@click.argument("study", type=click.Path(path_type=Path), required=False)
@OFFLINE
def check(study: Path | None, offline: bool) -> None:
    """Report everything wrong with the inputs of STUDY, and what was noted.

    \b
    Examples:
      hinterland check my-study
      hinterland check my-study/study.toml
    """
    from hinterland.boundaries.sources import Sources
    from hinterland.coverage.scenario_file import check_own
    from hinterland.coverage.study import BUILTIN_STUDY, check_study

    with Progress() as tell:
        tell("reading the study")
        found, faults = check_study(study or BUILTIN_STUDY, Sources(offline=offline, progress=tell))
        if found is not None:
            faults = (*faults, *check_own(found))
    for fault in faults:
        click.echo(f"{fault.kind.upper():8} {fault}")
    if found is not None:
        register = found.register
        accepted = register.rows_read - register.rows_refused - register.rows_blank
        click.echo(
            f"{register.rows_read} rows of organisations and services read: {accepted} accepted, "
            f"{register.rows_refused} refused, {register.rows_blank} blank."
        )
    abroad = sum(fault.reason.startswith("outside England") for fault in faults)
    if abroad:
        click.echo(f"{abroad} areas are outside England.")
    wrong = sum(fault.kind != "noted" for fault in faults)
    click.echo(f"{wrong} to mend, {len(faults) - wrong} noted." if faults else "Nothing to report.")
    if wrong:
        sys.exit(WRONG_INPUT)


def _print_publication(published: Publication) -> None:
    from hinterland.coverage.classes import CLASSES, NOT_SURVEYED
    from hinterland.coverage.gaps import gap_summary
    from hinterland.coverage.words import headline, reported_only
    from hinterland.maps.terminal import grid

    first = published.answers[0]
    study, classes = first.analysis.study, first.classes
    click.echo(f"{study.title}\n")
    for theme, codes in zip(first.analysis.question.themes, classes.codes, strict=True):
        if (codes > CLASSES.index(NOT_SURVEYED)).any():
            click.echo(f"• {headline(first.analysis, classes, theme)}")
    codes = dict(zip(first.analysis.question.themes, classes.codes, strict=True))
    unknown = [t for t, found in codes.items() if (found <= CLASSES.index(NOT_SURVEYED)).all()]
    if unknown:
        click.echo(f"• Not surveyed anywhere: {', '.join(unknown)}.")
    click.echo("\nWhere provision is worse than local, of what was surveyed:\n")
    click.echo(grid(gap_summary(first.table("gaps")), width=width()))
    for line in (*reported_only(study), study.banner, *study.warnings, *study.notes[:1]):
        click.echo(line)
    click.echo(f"\n{published.file_count} files written. Tables: {published.tables}")
    click.echo(f"Open in a browser: {published.page}")
    if published.comparison:
        click.echo(f"Scenarios beside the record: {published.comparison}")
