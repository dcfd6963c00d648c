"""Commands that answer one question with one table."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from .terminal import Progress, width

if TYPE_CHECKING:
    import pandas as pd

    from hinterland.coverage.answer import Answer

TABLES: Final = {
    "gaps": "Areas and themes whose provision is worse than local, and why.",
    "coverage": "Who is reached: shares of residents and of land, and by how many organisations.",
    "density": "Organisations per 100,000 residents and per 100 km², by each allocation rule.",
    "overlap": "Residents served by two organisations or more. Some overlap is necessary and wanted.",
    "pairs": "Which pairs of organisations serve some of the same residents, and how many.",
    "reliance": "Residents who rely on one organisation: nobody else serves them.",
    "blocks": "Coverage and depth of every building block: what figures of areas are summed from.",
    "organisations": "Who is on record where, counted or not, on what evidence.",
}

INTERNAL: Final = click.option(
    "--internal", is_flag=True, help="By named organisation. For your own use: never publish it."
)
BY: Final = click.option("--by", metavar="GEOGRAPHY", help="Whose areas are the rows: LAD19, CTYUA19, LEP14…")
WITHOUT_AREAS: Final = ("pairs", "blocks")
ENDINGS: Final = (".csv", ".json", ".txt", "")  # a text table where it is neither of the first two
QUESTION: tuple[Callable[[Any], Any], ...] = (
    click.argument("study", type=click.Path(path_type=Path), required=False),
    BY,
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
        "--method",
        metavar="METHOD",
        help="How catchments and drawn areas are measured: area (exact) or centroid.  [default: the study's]",
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


def table_command(name: str) -> click.Command:
    """The command that prints one table of one question."""

    def command(
        study: Path | None,
        within: str | None,
        themes: tuple[str, ...],
        on: str | None,
        evidence: str,
        method: str | None,
        form: str | None,
        output: Path | None,
        by: str | None = None,
        internal: bool = False,
    ) -> None:
        from hinterland.boundaries.sources import Sources
        from hinterland.coverage.study import BUILTIN_STUDY, read_study

        with Progress() as tell:
            found = read_study(study or BUILTIN_STUDY, Sources(progress=tell))
            answered = _ask(
                found, by=by, within=within, themes=themes, on=on, evidence=evidence, method=method
            )
            wanted = f"{name}_by_organisation" if internal else name
            table = answered.table(wanted)
        _print_table(wanted, answered, table, form, output)

    second = "within Derby" if name in WITHOUT_AREAS else "by LEP14"
    command.__doc__ = f"""{TABLES[name]}

    Without STUDY, of the built-in study.

    \b
    Examples:
      hinterland {name} --within D2N2 --theme governance
      hinterland {name} --{second} --format csv > {name}.csv
      hinterland {name} my-study --as-of 2026-04 --evidence all --output {name}.json
    """
    options = [option for option in QUESTION if option is not BY or name not in WITHOUT_AREAS]
    for decorate in reversed([*options, INTERNAL] if name == "reliance" else options):
        command = decorate(command)
    return click.command(name)(command)


def _ask(study: Any, **words: Any) -> Answer:
    from hinterland.coverage.answer import answer
    from hinterland.coverage.question import QuestionError, ask

    try:
        question = ask(study, **words)
    except QuestionError as error:
        option = {"themes": "theme", "on": "as-of"}.get(error.part, error.part)
        raise click.UsageError(f"--{option} {error}") from None
    return answer(study, question)


def _print_table(
    name: str, answered: Answer, table: pd.DataFrame, form: str | None, output: Path | None
) -> None:
    import json

    from hinterland.boundaries.saving import write_one
    from hinterland.coverage.describe import caveats, describe
    from hinterland.coverage.writing import csvw, records, to_csv
    from hinterland.maps.terminal import as_text

    if form is None and output and output.suffix.casefold() not in ENDINGS:
        reason = f"--output {output}: files of this kind are not written"
        raise click.UsageError(f"{reason} → end it with .csv, .json or .txt, or say --format")
    if form is None:
        form = {".csv": "csv", ".json": "json"}.get(output.suffix.lower() if output else "", "table")
    on_terminal = form == "table" and output is None and sys.stdout.isatty()
    if form == "table":
        shown = as_text(name, answered, table, width=None if output else width(), dim=on_terminal)
        content = shown.encode()
    elif form == "csv":
        content = to_csv(table, mark=output is not None)
    else:
        about = {"about": describe(answered, name), "rows": records(table)}
        content = (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
    if name == "reliance_by_organisation":
        click.echo("By name, what a closure would cost: internal, not for publication.", err=True)
    if on_terminal:
        click.echo(content.decode(), nl=False)
        return
    if output is None:
        sys.stdout.buffer.write(content)
        if form == "csv":
            for caveat in caveats(answered):
                click.echo(caveat, err=True)
        return
    write_one(output, content)
    if form == "csv" and output.is_file():
        counts = answered.analysis.study.atlas.counts
        described = output.with_name(f"{output.name}-metadata.json")
        write_one(described, csvw(table, output.name, describe(answered, name), counts))
    click.echo(f"{len(table)} rows written to {output}", err=True)
