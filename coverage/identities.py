"""What has to be true of every figure, checked on every run."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ..boundaries.atlas import NO_AREA, Atlas
from ..boundaries.errors import IdentityError
from .areas import TOTAL, AreaRows, Values
from .incidence import Counts

Bounds = tuple[Values, Values]

RELATIVE: Final = 1e-9  # sums of whole persons and of square kilometres, in float64
ROUNDING: Final = 1e-6  # of a block: shares that are measured one by one, and then added


def check_areas(areas: AreaRows, atlas: Atlas, described: npt.NDArray[np.bool_]) -> None:
    """Check that the residents of the rows make up the residents of what is described.

    Parameters
    ----------
    areas
        The rows of a table.
    atlas
        Where its blocks come from.
    described
        For each block, whether it is inside the question and the study.

    Raises
    ------
    IdentityError
        When they do not, naming both figures.
    """
    total = float(atlas.residents[described].sum())
    rows = areas.rows[areas.rows["in_study"]]
    alone = float(rows["residents_exclusive"].drop([TOTAL, NO_AREA], errors="ignore").sum())
    shared = float(atlas.residents[described & (areas.geography.times_held > 1)].sum())
    none = float(rows["residents"].get(NO_AREA, 0.0))
    _require(
        abs(alone + shared + none - total) <= RELATIVE * max(total, 1.0),
        f"{areas.geography.id}: {alone:,.0f} residents in one area, {shared:,.0f} in several and {none:,.0f} "
        f"in none do not make {total:,.0f}",
    )
    areas_only = rows.drop([TOTAL, NO_AREA], errors="ignore")
    most = areas_only["residents_full"] * (1 + RELATIVE)
    _require(
        not (areas_only["residents"] > most).any(),
        f"{areas.geography.id}: a part of an area has more residents than the whole",
    )


def check_blocks(union_low: Values, union_high: Values, depth_low: Counts, depth_high: Counts) -> None:
    """Check shares and depths of every theme and block.

    Parameters
    ----------
    union_low, union_high
        Themes × blocks: share of the block that somebody serves.
    depth_low, depth_high
        Themes × blocks: how many do.

    Raises
    ------
    IdentityError
        When a share leaves 0 to 1, a low figure exceeds its high one, or a block is served by
        someone in the one figure and by nobody in the other.
    """
    inside = bool((union_low >= 0).all() and (union_high <= 1).all())
    _require(inside, "a share of a block lies outside 0 to 1")
    _require(bool((union_low <= union_high).all()), "a low share exceeds the high one")
    _require(bool((depth_low <= depth_high).all()), "a low depth exceeds the high one")
    agree = bool(((depth_high > 0) == (union_high > 0)).all())
    _require(agree, "depth and coverage disagree on who is served")


def check_reliance(named_low: Values, one: Bounds, more: Bounds, union: Bounds) -> None:
    """Check the shares of blocks that one organisation serves, and that several do.

    Parameters
    ----------
    named_low
        Themes × blocks: what each organisation serves alone, at least, summed over them.
    one, more, union
        Low and high, each themes × blocks: share that exactly one serves, two or more, and anybody.

    Raises
    ------
    IdentityError
        When a low share exceeds the high one, or the shares cannot make up what is served.
    """
    for (low, high), name in ((one, "reliance"), (more, "overlap")):
        _require(bool((low <= high).all()), f"a low {name} exceeds the high one")
    by_name = bool((named_low <= one[1] + ROUNDING).all())
    _require(by_name, "more relies on organisations by name than on any one")
    least = bool((one[0] + more[0] <= union[1] + ROUNDING).all())
    _require(least, "reliance and overlap together exceed what is served")
    most = bool((one[1] + more[1] >= union[0] - ROUNDING).all())
    _require(most, "reliance and overlap together fall short of what is served")


def check_pairs(residents_low: Values, residents_high: Values, overlap_high: float, residents: float) -> None:
    """Check the residents whom pairs of organisations both serve.

    Parameters
    ----------
    residents_low, residents_high
        Of each pair.
    overlap_high
        Residents whom two or more serve, at most.
    residents
        Of what is described, which rounding is measured by.

    Raises
    ------
    IdentityError
        When a low figure exceeds the high one, or a pair serves more than are served by two.
    """
    _require(bool((residents_low <= residents_high).all()), "a pair surely serves more than it may")
    most = overlap_high + RELATIVE * residents
    _require(not (residents_low > most).any(), "a pair serves more residents than are served by two")


def check_evidence(union_low: Values, more_high: Values) -> None:
    """Check coverage against coverage on more kinds of evidence.

    Parameters
    ----------
    union_low, more_high
        Themes × blocks: the low share on some evidence, the high one on that and more.

    Raises
    ------
    IdentityError
        When less evidence says more.
    """
    _require(bool((union_low <= more_high + ROUNDING).all()), "less evidence says that more is served")


def check_rows(read: int, accepted: int, refused: int, blank: int) -> None:
    """Check that no row of a table was lost between reading and use.

    Raises
    ------
    IdentityError
        When the rows accepted, refused and blank do not make the rows read.
    """
    made = accepted + refused + blank
    _require(read == made, f"{read} rows were read, and {made} accepted, refused or blank")


def check_depth_shares(shares: Values) -> None:
    """Check that the shares of residents by depth (last axis) sum to 1, where anybody lives.

    Raises
    ------
    IdentityError
        When they do not.
    """
    sums = shares.sum(axis=-1)
    known = np.isfinite(sums)
    _require(bool(np.allclose(sums[known], 1.0, rtol=0, atol=RELATIVE)), "shares by depth do not sum to 1")


def check_allocation(rule: str, allocated: Values, organisations: Values) -> None:
    """Check that an allocation, its `outside` row included, sums to the organisations counted.

    Parameters
    ----------
    rule
        Its name, for the message.
    allocated
        Themes: sum over areas and `outside`.
    organisations
        Themes: how many organisations are counted.

    Raises
    ------
    IdentityError
        When it does not.
    """
    _require(
        bool(np.allclose(allocated, organisations, rtol=RELATIVE, atol=RELATIVE)),
        f"the allocation {rule!r} does not sum to the organisations counted",
    )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise IdentityError(
            f"{otherwise}. Nothing was written: this is a fault of hinterland, please report it"
        )
