"""Commands that answer one question with one table."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from .questions import BY, QUESTION, asked
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
OUTLINES: Final = """

    --format geojson and gpkg add outlines, for QGIS, ArcGIS or a web map: one feature a row, of the
    part that the figures describe. Rows that close a table (total, no area, outside) have no outline:
    they are left out, and counted on standard error. GeoJSON is in degrees (WGS 84), a GeoPackage on
    the National Grid (EPSG:27700)."""
WITHOUT_AREAS: Final = ("pairs", "blocks")
FORMS: Final = {
    ".csv": "csv",
    ".json": "json",
    ".geojson": "geojson",
    ".gpkg": "gpkg",
    ".txt": "table",
    "": "table",
}
"""What a file holds, by its ending."""
WRITTEN: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--format",
        "form",
        type=click.Choice(["table", "csv", "json", "geojson", "gpkg"]),
        help="[default: by the ending of --output, else table]",
    ),
    click.option(
        "--output",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write to a file; CSV and GeoPackage are described by FILE-metadata.json beside it.",
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
        from hinterland.coverage.answer import answer
        from hinterland.coverage.study import BUILTIN_STUDY, read_study

        form = form_of(form, output)

        with Progress() as tell:
            found = read_study(study or BUILTIN_STUDY, Sources(progress=tell))
            question = asked(
                found, by=by, within=within, themes=themes, on=on, evidence=evidence, method=method
            )
            answered = answer(found, question)
            wanted = f"{name}_by_organisation" if internal else name
            table = answered.table(wanted)
        print_table(wanted, answered, table, form, output)

    outlines = "" if name == "pairs" else OUTLINES
    example = f"\n      hinterland {name} --theme governance --output {name}.gpkg" if outlines else ""
    second = "within Derby" if name in WITHOUT_AREAS else "by LEP14"
    command.__doc__ = f"""{TABLES[name]}

    Without STUDY, of the built-in study.{outlines}

    \b
    Examples:
      hinterland {name} --within D2N2 --theme governance
      hinterland {name} --{second} --format csv > {name}.csv
      hinterland {name} my-study --as-of 2026-04 --evidence all --output {name}.json{example}
    """
    options = [option for option in (*QUESTION, *WRITTEN) if option is not BY or name not in WITHOUT_AREAS]
    for decorate in reversed([*options, INTERNAL] if name == "reliance" else options):
        command = decorate(command)
    return click.command(name)(command)


def form_of(form: str | None, output: Path | None) -> str:
    """What is written: as --format says, else as the file ends."""
    ending = output.suffix.casefold() if output else ""
    if form is None and ending not in FORMS:
        reason = f"--output {output}: files of this kind are not written"
        remedy = "end it with .csv, .json or .txt, or with .geojson or .gpkg for outlines, or say --format"
        raise click.UsageError(f"{reason} → {remedy}")
    if form == "gpkg" and output is None:
        raise click.UsageError("--format gpkg: a GeoPackage is a file → name it with --output")
    return form or FORMS[ending]


def print_table(name: str, answered: Answer, table: pd.DataFrame, form: str, output: Path | None) -> None:
    import json

    from hinterland.boundaries.saving import write_one
    from hinterland.coverage.describe import caveats, describe
    from hinterland.coverage.writing import csvw, records, to_csv
    from hinterland.maps.terminal import as_text

    counts = answered.analysis.study.atlas.counts
    described = None
    on_terminal = form == "table" and output is None and sys.stdout.isatty()
    if form == "table":
        shown = as_text(name, answered, table, width=None if output else width(), dim=on_terminal)
        content = shown.encode()
    elif form == "csv":
        content = to_csv(table, mark=output is not None)
        described = csvw(table, output.name, describe(answered, name), counts) if output else None
    elif form == "json":
        about = {"about": describe(answered, name), "rows": records(table)}
        content = (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
    else:
        table, content, described = _with_outlines(name, answered, table, form, output)
    if name == "reliance_by_organisation":
        click.echo("By name, what a closure would cost: internal, not for publication.", err=True)
    if on_terminal:
        click.echo(content.decode(), nl=False)
        return
    if output is None:
        sys.stdout.buffer.write(content)
        if form in ("csv", "geojson"):
            for caveat in caveats(answered):
                click.echo(caveat, err=True)
        return
    write_one(output, content)
    if described is not None and output.is_file():
        write_one(output.with_name(f"{output.name}-metadata.json"), described)
    click.echo(f"{len(table)} rows written to {output}", err=True)


def _with_outlines(
    name: str, answered: Answer, table: pd.DataFrame, form: str, output: Path | None
) -> tuple[pd.DataFrame, bytes, bytes | None]:
    """The rows that have outlines, the file that holds them, and what describes it."""
    from hinterland.coverage.describe import describe
    from hinterland.maps.geo_tables import describe_layer, geo_table, to_geojson, to_gpkg

    made, about = geo_table(answered, name, table), describe(answered, name)
    if made.left_out:
        listed = ", ".join(f"{count} {what}" for what, count in made.left_out.items())
        click.echo(f"Rows without an outline, left out: {listed}. They are in --format csv.", err=True)
    if form == "geojson" or output is None:
        return made.rows, to_geojson(made, about), None
    counts = answered.analysis.study.atlas.counts
    return made.rows, to_gpkg(made, about), describe_layer(made, output.name, about, counts)
