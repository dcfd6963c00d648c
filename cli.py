"""The door: the command line of hinterland."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hinterland.boundaries.errors import HinterlandError, InputError

if TYPE_CHECKING:
    from hinterland.coverage.answer import Answer
    from hinterland.maps.publish import Publication

DONE, WRONG_INPUT, INTERRUPTED = 0, 1, 130

HELP = {
    "gaps": "Areas and themes whose provision is worse than local, and why.",
    "coverage": "Who is reached: shares of residents and of land, and by how many organisations.",
    "density": "Organisations per 100,000 residents and per 100 km², by each allocation rule.",
    "overlap": "Residents served by two organisations or more. Some overlap is necessary and wanted.",
    "organisations": "Who is on record where, counted or not, on what evidence.",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hinterland")
def cli() -> None:
    """Who is on record as serving where, and where nobody is.

    \b
    Examples to start with:
      hinterland demo                      the built-in study, start to end
      hinterland new my-study              a study of your own to edit
      hinterland check my-study            everything wrong with its tables
      hinterland run my-study              its tables and its map

    \b
    Examples of one question (of the built-in study, or name yours):
      hinterland gaps --within D2N2 --theme "funding advice"
      hinterland coverage my-study --by LEP14 --format csv --output coverage.csv
      hinterland organisations --within Mansfield

    Exit codes: 0 done, 1 wrong input, 2 wrong command line, 130 interrupted.
    """


@cli.command()
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

    with _Progress() as tell:
        tell("reading the study")
        published = publish(read_study(), output, progress=tell)
    _print_publication(published)


@cli.command()
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


@cli.command()
@click.argument("study", type=click.Path(path_type=Path))
def run(study: Path) -> None:
    """Write the tables and the map of STUDY to STUDY/output.

    STUDY is a folder with a study.toml, or that file. Nothing is written while anything in its
    tables is refused or has to be asked.

    \b
    Example:
      hinterland run my-study
    """
    from hinterland.coverage.study import read_study
    from hinterland.maps.publish import publish

    with _Progress() as tell:
        tell("reading the study")
        found = read_study(study)
        published = publish(found, found.folder / "output", progress=tell)
    noted = len(found.faults)
    if noted:
        click.echo(f"{noted} things were noted on the way: hinterland check {study}", err=True)
    _print_publication(published)


@cli.command()
@click.argument("study", type=click.Path(path_type=Path), required=False)
def check(study: Path | None) -> None:
    """Report everything wrong with the inputs of STUDY, and what was noted.

    \b
    Examples:
      hinterland check my-study
      hinterland check my-study/study.toml
    """
    from hinterland.coverage.study import BUILTIN_STUDY, check_study

    found, faults = check_study(study or BUILTIN_STUDY)
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


QUESTION: tuple[Callable[[Any], Any], ...] = (
    click.argument("study", type=click.Path(path_type=Path), required=False),
    click.option("--by", metavar="GEOGRAPHY", help="Whose areas are the rows: LAD19, CTYUA19, LEP14…"),
    click.option("--within", metavar="AREA", help="Cut to an area: D2N2, CTY19:Derbyshire, E07000175."),
    click.option("--theme", "themes", metavar="THEME", multiple=True, help="Only this one; may be repeated."),
    click.option("--as-of", "on", metavar="DATE", help="Such as 2015-06-30.  [default: the snapshot]"),
    click.option(
        "--evidence",
        default="headline",
        show_default=True,
        help="headline, all, or grades separated by commas: stated,named.",
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(["table", "csv", "json"]),
        help="[default: by the ending of --output, else table]",
    ),
    click.option(
        "--output",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write to a file; a CSV file is described by FILE-metadata.json beside it.",
    ),
)


def _table_command(name: str) -> None:
    def command(
        study: Path | None,
        by: str | None,
        within: str | None,
        themes: tuple[str, ...],
        on: str | None,
        evidence: str,
        form: str | None,
        output: Path | None,
    ) -> None:
        from hinterland.coverage.study import BUILTIN_STUDY, read_study

        found = read_study(study or BUILTIN_STUDY)
        answered = _ask(found, by=by, within=within, themes=themes, on=on, evidence=evidence)
        _print_table(name, answered, form, output)

    command.__doc__ = f"""{HELP[name]}

    Without STUDY, of the built-in study.

    \b
    Examples:
      hinterland {name} --within D2N2 --theme governance
      hinterland {name} --by LEP14 --format csv > {name}.csv
      hinterland {name} my-study --as-of 2026-04 --evidence all --output {name}.json
    """
    for decorate in reversed(QUESTION):
        command = decorate(command)
    cli.command(name)(command)


for _name in HELP:
    _table_command(_name)


def _ask(study: Any, **words: Any) -> Answer:
    from hinterland.coverage.answer import answer
    from hinterland.coverage.question import QuestionError, ask

    try:
        question = ask(study, **words)
    except QuestionError as error:
        option = {"themes": "theme", "on": "as-of"}.get(error.part, error.part)
        raise click.UsageError(f"--{option} {error}") from None
    return answer(study, question)


def _print_table(name: str, answered: Answer, form: str | None, output: Path | None) -> None:
    import json

    from hinterland.boundaries.saving import write_one
    from hinterland.coverage.describe import caveats, describe
    from hinterland.coverage.writing import csvw, records, to_csv
    from hinterland.maps.terminal import as_text

    table = answered.table(name)
    if form is None:
        form = {".csv": "csv", ".json": "json"}.get(output.suffix.lower() if output else "", "table")
    if form == "table":
        content = as_text(name, answered, table, width=None if output else _width()).encode()
    elif form == "csv":
        content = to_csv(table, mark=output is not None)
    else:
        about = {"about": describe(answered, name), "rows": records(table)}
        content = (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
    if output is None:
        sys.stdout.buffer.write(content)
        if form == "csv":
            for caveat in caveats(answered):
                click.echo(caveat, err=True)
        return
    write_one(output, content)
    if form == "csv" and output.is_file():
        described = output.with_name(f"{output.name}-metadata.json")
        write_one(described, csvw(table, output.name, describe(answered, name)))
    click.echo(f"{len(table)} rows written to {output}", err=True)


def _width() -> int | None:
    """How wide the terminal is, or COLUMNS says; None where the output goes elsewhere."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return shutil.get_terminal_size().columns if known else None


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
    click.echo(grid(gap_summary(first.table("gaps")), width=_width()))
    for line in (*reported_only(study), study.banner, *study.notes[:1]):
        click.echo(line)
    click.echo(f"\n{published.file_count} files written. Tables: {published.tables}")
    click.echo(f"Open in a browser: {published.page}")


class _Progress:
    """A line on standard error that says what is being done, where somebody looks at it."""

    def __enter__(self) -> Callable[[str], None]:
        if not sys.stderr.isatty():
            return lambda _: None
        from rich.console import Console

        self._status = Console(stderr=True).status("starting")
        self._status.start()
        return self._status.update

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "_status"):
            self._status.stop()


def main() -> None:
    """Run the command line, and turn what goes wrong into one message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows another
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    try:
        with cli.make_context("hinterland", sys.argv[1:]) as context:
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as asked:
        sys.exit(asked.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted: nothing was changed.", err=True)
        sys.exit(INTERRUPTED)
    except InputError as error:
        wrong = [fault for fault in error.faults if fault.kind != "noted"]
        for fault in wrong:
            click.echo(f"{fault.kind.upper():8} {fault}", err=True)
        click.echo(f"{len(wrong)} to mend; nothing was written.", err=True)
        sys.exit(WRONG_INPUT)
    except HinterlandError as error:
        click.echo(f"hinterland: {error}", err=True)
        sys.exit(WRONG_INPUT)
    except OSError as error:
        if error.filename is not None:
            click.echo(f"hinterland: cannot use {error.filename}: {error.strerror}", err=True)
            sys.exit(WRONG_INPUT)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            sys.exit(DONE)
        click.echo(f"hinterland: cannot write to standard output: {error.strerror}", err=True)
        sys.exit(WRONG_INPUT)
    sys.exit(DONE)


if __name__ == "__main__":
    main()
