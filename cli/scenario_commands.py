"""Commands that compare scenarios with the record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .questions import BY, ON, QUESTION, asked
from .table_commands import WRITTEN, form_of, print_table
from .terminal import Progress

if TYPE_CHECKING:
    from hinterland.coverage.comparison import Comparison
    from hinterland.coverage.criteria import Verdict
    from hinterland.coverage.scenarios import Scenario, Scenarios


@click.command()
@click.argument("words", metavar="[STUDY] [SCENARIO]...", nargs=-1)
@click.option(
    "--scenarios",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where they are written.  [default: the study's own, in study.toml or scenarios.toml]",
)
def compare(
    words: tuple[str, ...], file: Path | None, form: str | None, output: Path | None, **question: Any
) -> None:
    """What scenarios would change: for whom, where, and by how much.

    Without STUDY, of the built-in study; without SCENARIO, all that its file has. Each is compared
    with the record on its own day, or on --as-of.

    --output FILE.xlsx writes a workbook: cover, notes, a table a sheet, shorthand explained.

    A residents' figure is `at least` and `at most`: what is not known of the record is not known of
    the difference either. On a terminal the areas and themes that differ are shown; CSV and JSON
    have all of them.

    \b
    Examples:
      hinterland compare
      hinterland compare regional-body-closes --by CTYUA19 --theme information
      hinterland compare my-study --scenarios options.toml --format csv > options.csv
      hinterland compare my-study hubs merger --within Derbyshire --output options.json
      hinterland compare my-study --output options.xlsx
    """
    from hinterland.boundaries.errors import InputError
    from hinterland.boundaries.saving import write_one
    from hinterland.boundaries.sources import Sources
    from hinterland.coverage import comparison
    from hinterland.coverage.criteria import verdicts
    from hinterland.coverage.scenario_file import check_scenarios, own_file
    from hinterland.coverage.study import BUILTIN_STUDY, read_study

    is_workbook = output is not None and output.suffix.casefold() == ".xlsx" and form is None
    form = "table" if is_workbook else form_of(form, output)
    if form in ("geojson", "gpkg"):
        raise click.UsageError("a comparison has no outlines of its own → choose csv, json or table")
    folder, names = _study_and_names(words)
    with Progress() as tell:
        found = read_study(folder or BUILTIN_STUDY, Sources(progress=tell))
        scenarios, faults = check_scenarios(file or own_file(found), found)
        if scenarios is None or any(fault.kind != "noted" for fault in faults):
            raise InputError(faults)
        chosen = _chosen(scenarios, names)
        asked(found, **question)
        compared = comparison.compare(found, chosen, **question, progress=tell)
        judged = verdicts(found, scenarios.criteria, compared)
    for fault in faults:
        click.echo(f"{fault.kind.upper():8} {fault}", err=True)
    if is_workbook and output is not None:
        from hinterland.coverage.workbook import workbook

        write_one(output, workbook(compared, judged))
        click.echo(f"{len(compared)} scenarios written to {output}", err=True)
        return
    _print(compared, judged, form, output)


for _option in reversed([*QUESTION[1:], *WRITTEN]):
    compare = _option(compare)


@click.command()
def timeline(form: str | None, output: Path | None, study: Path | None, **question: Any) -> None:
    """Each day after the snapshot on which cover changes, and what is lost or gained on it.

    `on record` is what the register says: services that begin or end, and surveys. `money ends` is what
    would go, and for whom, if funding that the register knows to end were not renewed.

    Without STUDY, of the built-in study.

    \b
    Examples:
      hinterland timeline
      hinterland timeline my-study --theme governance --within Derbyshire
      hinterland timeline my-study --by CTYUA19 --format csv > timeline.csv
    """
    from hinterland.boundaries.sources import Sources
    from hinterland.coverage.answer import answer
    from hinterland.coverage.over_time import timeline_table
    from hinterland.coverage.study import BUILTIN_STUDY, read_study

    form = form_of(form, output)
    if form in ("geojson", "gpkg"):
        raise click.UsageError("a timeline has no outlines → choose csv, json or table")
    with Progress() as tell:
        found = read_study(study or BUILTIN_STUDY, Sources(progress=tell))
        asking = asked(found, **question)
        tell("computing each day")
        table = timeline_table(found, asking)
        answered = answer(found, asking)
    if not len(table):
        click.echo("Nothing changes after the snapshot, and no money ends.", err=form != "table")
    print_table("timeline", answered, table, form, output)


for _option in reversed([*(each for each in QUESTION if each is not ON), *WRITTEN]):
    timeline = _option(timeline)


@click.command()
@click.argument("words", metavar="[STUDY] GEOGRAPHY GEOGRAPHY", nargs=-1, required=True)
def groupings(words: tuple[str, ...], form: str | None, output: Path | None, **question: Any) -> None:
    """The same organisations by two groupings of the same land, such as LEPs and combined authorities.

    Nothing of who serves where differs: areas of the same blocks have the same figures, and what differs
    elsewhere comes of where borders run. A grouping of your own is described in study.toml.

    \b
    Examples:
      hinterland groupings LEP14 CAUTH24
      hinterland groupings LEP14 LEP21 --theme governance --within Derbyshire
      hinterland groupings my-study LAD19 my-hubs --format csv > hubs.csv
    """
    from hinterland.boundaries.sources import Sources
    from hinterland.coverage.answer import answer
    from hinterland.coverage.groupings import Regrouping, grouping_table, in_words
    from hinterland.coverage.study import BUILTIN_STUDY, read_study

    form = form_of(form, output)
    folder, names = _study_and_names(words)
    if len(names) != 2:
        raise click.UsageError(
            f"it takes two geographies, and {len(names)} stand here → name two, such as LEP14 CAUTH24"
        )
    if form in ("geojson", "gpkg"):
        raise click.UsageError("two geographies have no outlines in common → choose csv, json or table")
    with Progress() as tell:
        found = read_study(folder or BUILTIN_STUDY, Sources(progress=tell))
        one, other = (answer(found, asked(found, by=name, **question)) for name in names)
        regrouping = Regrouping(one, other)
        table = grouping_table(regrouping)
    to_error = form != "table" or output is not None
    for line in in_words(regrouping):
        click.echo(f"• {line}", err=to_error)
    click.echo("", err=to_error)
    print_table("groupings", one, table, form, output)


for _option in reversed([*(each for each in QUESTION[1:] if each is not BY), *WRITTEN]):
    groupings = _option(groupings)


def _study_and_names(words: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
    """The first word is a study if there is such a folder or file, or if it is written as a path."""
    if words and (Path(words[0]).exists() or any(sign in words[0] for sign in "/\\")):
        return Path(words[0]), words[1:]
    return None, words


def _chosen(scenarios: Scenarios, names: tuple[str, ...]) -> list[Scenario]:
    from hinterland.boundaries.spelling import near

    chosen = []
    for name in names:
        scenario = scenarios.find(name)
        if scenario is None:
            known = [each.id for each in scenarios.scenarios]
            meant = near(name, known)
            remedy = f"did you mean {' or '.join(meant)}?" if meant else f"known are {', '.join(known)}"
            raise click.UsageError(f"{name!r}: there is no such study or scenario → {remedy}")
        chosen.append(scenario)
    return chosen or list(scenarios.scenarios)


def _print(compared: list[Comparison], verdicts: list[Verdict], form: str, output: Path | None) -> None:
    import pandas as pd

    from hinterland.coverage.comparison import SAME
    from hinterland.coverage.comparison_words import headlines

    table = pd.concat([each.table for each in compared], ignore_index=True)
    to_error = form != "table" or output is not None
    for each in compared:
        for line in headlines(each):
            click.echo(f"• {line}", err=to_error)
        if each.scenario.label:
            click.echo(f"  {each.scenario.label}", err=to_error)
    if verdicts:
        click.echo("\nJudged by what was said beforehand:", err=to_error)
    told = ""
    for verdict in verdicts:
        if verdict.criterion.title != told:
            told = verdict.criterion.title
            click.echo(f"  {told}", err=to_error)
        why = f", {verdict.by_how_much}" if verdict.by_how_much else ""
        click.echo(f"    {verdict.option}: {verdict.verdict}{why}", err=to_error)
    click.echo("", err=to_error)
    if form == "table":
        same = int((table["change"] == SAME).sum())
        table = table[table["change"] != SAME].reset_index(drop=True)
        if len(compared) == 1:
            table = table.drop(columns="scenario")
        click.echo(f"{len(table)} rows differ; {same} that do not are left out.\n", err=to_error)
    if len(table):
        print_table("comparison", compared[-1].then, table, form, output)
    for each in compared:
        if each.groupings is None:
            continue
        if form == "table":
            print_table("groupings", each.regroupings[0].one, each.groupings, form, None)
        else:
            click.echo(f"By its sub-regions: name {each.scenario.id} alone, without --format.", err=True)
