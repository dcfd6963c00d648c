"""Commands on areas: layers, geographies, names and codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from .exits import WRONG_INPUT
from .terminal import Progress, width

if TYPE_CHECKING:
    import pandas as pd

    from hinterland.boundaries.layers import Layer

STUDY: Final = click.option(
    "--study",
    metavar="STUDY",
    type=click.Path(path_type=Path),
    help="The areas of this study instead of the built-in ones.",
)
FORMAT: Final = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
LAYERS: Final = click.option(
    "--layers",
    "described",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Layers described in your own CSV file instead of the built-in list.",
)


@click.group()
def boundaries() -> None:
    """Areas: what can be downloaded, what a geography holds, what a name or a code stands for.

    \b
    Examples:
      hinterland boundaries show LEP14
      hinterland boundaries resolve "Newark & Sherwood" E07000150
      hinterland boundaries get LAD23_BGC
    """


@boundaries.command("list")
@LAYERS
@FORMAT
def list_layers(described: Path | None, form: str) -> None:
    """List the layers of the Open Geography Portal that can be downloaded, and what is kept.

    \b
    Examples:
      hinterland boundaries list
      hinterland boundaries list --format csv > layers.csv
    """
    from hinterland.boundaries.store import Store
    from hinterland.boundaries.tables_of_areas import layer_table

    table = layer_table(_layers(described), Store())
    if form == "table":
        _print(table.drop(columns="sha256"), form)
        click.echo("expected: rows that the layer is known to have; kept: rows of the copy on this machine;")
        click.echo("[x]: not known, or none.")
    else:
        _print(table, form)


@boundaries.command()
@click.argument("names", metavar="LAYER…", nargs=-1, required=True)
@LAYERS
@click.option("--offline", is_flag=True, help="Ask no server: say what is kept.")
def get(names: tuple[str, ...], described: Path | None, offline: bool) -> None:
    """Download layers and keep them, for studies that name them (ons = "LAD23_BGC").

    All rows that the server promises have to come, or nothing changes: a copy that is kept is never
    replaced by less. Where the network is gone, the copy that is kept is named with its date. It
    lies in the cache folder of the user, or in the folder that HINTERLAND_CACHE names; HTTPS_PROXY
    is honoured.

    \b
    Examples:
      hinterland boundaries get LAD23_BGC LEP21_BFC
      hinterland boundaries get LAD23_BGC --offline
    """
    from hinterland.boundaries.errors import HinterlandError
    from hinterland.boundaries.layers import find_layer
    from hinterland.boundaries.ons import fetch
    from hinterland.boundaries.store import Store

    layers, failed = _layers(described), False
    wanted = [find_layer(layers, name) for name in names]
    for layer in wanted:
        with Progress() as tell:
            tell(f"asking for {layer.id}")
            try:
                copy = fetch(layer, Store(), offline=offline, progress=_received(layer.id, tell))
            except HinterlandError as error:
                failed = True
                click.echo(f"hinterland: {layer.id}: {error}", err=True)
                continue
        click.echo(f"{layer.id}: {copy.count:,} rows, {copy.note or 'downloaded now'}")
        click.echo(f"  sha256 {copy.sha256}\n  {copy.path}")
    if failed:
        sys.exit(WRONG_INPUT)


@boundaries.command()
@click.argument("geography", required=False)
@STUDY
@FORMAT
def show(geography: str | None, study: Path | None, form: str) -> None:
    """List the areas of GEOGRAPHY with their residents, or the geographies there are.

    \b
    Examples:
      hinterland boundaries show
      hinterland boundaries show LEP14
      hinterland boundaries show LEP14 --study my-study --format csv
    """
    from hinterland.boundaries.tables_of_areas import area_table, geography_table

    atlas = _atlas(study)
    if geography is None:
        _print(geography_table(atlas), form)
        return
    found = atlas.geography(geography)
    _print(area_table(atlas, found), form)
    for line in (f"Source: {found.source}.", found.note, *atlas.notes, *atlas.attribution):
        if line:
            click.echo(line, err=form != "table")


@boundaries.command()
@click.argument("texts", metavar="TEXT…", nargs=-1, required=True)
@STUDY
@click.option("--on", metavar="DATE", help="The day that is spoken of, such as 2007-03-31.")
@FORMAT
def resolve(texts: tuple[str, ...], study: Path | None, on: str | None, form: str) -> None:
    """Say which area each TEXT stands for, or what has to be asked; `-` reads lines.

    Codes, official names of today and of before, councils and a few short forms are read. What
    could mean several things is asked, never guessed. Exits with 1 where anything is asked or
    refused.

    \b
    Examples:
      hinterland boundaries resolve "Newark & Sherwood" E07000150
      hinterland boundaries resolve "Northampton" --on 2022-01-01
      hinterland boundaries resolve - --format csv < names.txt
    """
    from hinterland.boundaries.names import gazetteer_of
    from hinterland.boundaries.tables_of_areas import name_table

    lines = [line for text in texts for line in (_lines() if text == "-" else [text])]
    table = name_table(gazetteer_of(_atlas(study)), lines, _day(on))
    if form == "table":
        _print_answers(table)
    else:
        _print(table, form)
    if table["answer"].isin(["asked", "refused"]).any():
        sys.exit(WRONG_INPUT)


@boundaries.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--to", metavar="GEOGRAPHY", required=True, help="Such as LAD24: districts of 2024.")
@click.option("--column", metavar="COLUMN", help="Of the codes.  [default: the one that ends in CD]")
@click.option("--sum", "sums", metavar="COLUMN", multiple=True, help="Add these up for areas that merged.")
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help="[default: standard output]")
@click.option("--audit", metavar="FILE", type=click.Path(path_type=Path), help="Write what moved where.")
def move(
    file: Path, to: str, column: str | None, sums: tuple[str, ...], output: Path | None, audit: Path | None
) -> None:
    """Carry a CSV table of district or county codes to another year.

    Codes that were recoded or merged since 2009 are replaced. A code that was split, is newer, or
    is no code keeps its row, with the new code left blank, and the exit code is 1. With --sum there is
    one row for each new area: only counts may be added up, never shares.

    \b
    Examples:
      hinterland boundaries move results.csv --to LAD24 --output results-24.csv --audit audit.csv
      hinterland boundaries move residents.csv --to LAD24 --sum residents
    """
    from hinterland.boundaries.moving import move_table
    from hinterland.boundaries.saving import write_one
    from hinterland.coverage.writing import to_csv

    given = [path.resolve() for path in (file, output, audit) if path is not None]
    if len(set(given)) < len(given):
        raise click.UsageError("FILE, --output and --audit have to be different files")
    moved, changes = move_table(file, to=to, column=column, sums=sums)
    content = to_csv(moved, mark=output is not None)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        write_one(output, content)
    if audit is not None:
        write_one(audit, to_csv(changes, mark=True))
    counts = changes["relation"].value_counts()
    click.echo(", ".join(f"{n} {relation}" for relation, n in counts.items()), err=True)
    if not changes["relation"].isin(["unchanged", "recoded", "merged"]).all():
        sys.exit(WRONG_INPUT)


def _layers(described: Path | None) -> dict[str, Layer]:
    from hinterland.boundaries.layers import BUILT_IN, read_layers

    return read_layers(described or BUILT_IN)


def _atlas(study: Path | None) -> Any:
    from hinterland.boundaries.builtin import load
    from hinterland.boundaries.sources import Sources
    from hinterland.coverage.study import read_atlas

    if study is None:
        return load()
    with Progress() as tell:
        return read_atlas(study, Sources(progress=tell))


def _received(layer: str, tell: Callable[[str], None]) -> Callable[[int, int], None]:
    return lambda received, promised: tell(f"downloading {layer}: {received:,} of {promised:,} rows")


def _lines() -> list[str]:
    text = sys.stdin.buffer.read().decode("utf-8-sig", errors="replace")
    return [line for line in text.splitlines() if line.strip()]


def _day(on: str | None) -> pd.Timestamp | None:
    import pandas as pd

    from hinterland.coverage.cells import CellError, parse_day

    if on is None:
        return None
    try:
        return pd.Timestamp(parse_day(on, end=False)[0])
    except CellError as error:
        raise click.UsageError(f"--on {on!r}: {error.reason} → {error.remedy}") from None


def _print_answers(table: pd.DataFrame) -> None:
    for row in table.itertuples(index=False):
        area = f"{row.geography}:{row.code} {row.name}"
        answer = {"area": area, "part": f"part of {area}"}.get(row.answer, row.answer)
        click.echo(f"{row.text}: {answer}")
        if row.note:
            click.echo(click.wrap_text(row.note, width() or 100, "    ", "    "))


def _print(table: pd.DataFrame, form: str) -> None:
    from hinterland.coverage.writing import records, to_csv
    from hinterland.maps.terminal import grid

    if form == "csv":
        sys.stdout.buffer.write(to_csv(table, mark=False))
    elif form == "json":
        click.echo(json.dumps(records(table), ensure_ascii=False, indent=2))
    else:
        click.echo(grid(table, width=width()))
