"""The door: the command line of hinterland."""

from __future__ import annotations

import io
import os
import sys

import click

from hinterland.boundaries.errors import HinterlandError, InputError

from .boundary_commands import boundaries
from .exits import DONE, INTERRUPTED, WRONG_INPUT
from .map_command import map_command
from .scenario_commands import compare, groupings, timeline
from .study_commands import check, demo, new, run
from .table_commands import TABLES, table_command


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
      hinterland map --within D2N2 --output d2n2.html
      hinterland map --theme governance --output governance.png
      hinterland compare                   what scenarios would change, and for whom

    \b
    Examples about areas:
      hinterland boundaries resolve "Newark & Sherwood" E07000150
      hinterland boundaries list           layers that can be downloaded

    Exit codes: 0 done, 1 wrong input, 2 wrong command line, 130 interrupted.
    """


for _command in (
    demo,
    new,
    run,
    check,
    *map(table_command, TABLES),
    map_command,
    compare,
    groupings,
    timeline,
    boundaries,
):
    cli.add_command(_command)


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
        click.echo("Interrupted: no file is half-written.", err=True)
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
