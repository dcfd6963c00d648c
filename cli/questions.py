"""What is asked of a study on the command line: the options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from hinterland.coverage.question import Question

BY: Final = click.option("--by", metavar="GEOGRAPHY", help="Whose areas are the rows: LAD19, CTYUA19, LEP14…")
ON: Final = click.option("--as-of", "on", metavar="DATE", help="Such as 2015-06-30.  [default: the snapshot]")
QUESTION: Final[tuple[Callable[[Any], Any], ...]] = (
    click.argument("study", type=click.Path(path_type=Path), required=False),
    BY,
    click.option("--within", metavar="AREA", help="Cut to an area: D2N2, CTY19:Derbyshire, E07000175."),
    click.option("--theme", "themes", metavar="THEME", multiple=True, help="Only this one; may be repeated."),
    ON,
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
)


def asked(study: Any, **words: Any) -> Question:
    """Put the question that the options ask; what cannot be understood is a wrong command line."""
    from hinterland.coverage.question import QuestionError, ask

    try:
        return ask(study, **words)
    except QuestionError as error:
        option = {"themes": "theme", "on": "as-of"}.get(error.part, error.part)
        raise click.UsageError(f"--{option} {error}") from None
