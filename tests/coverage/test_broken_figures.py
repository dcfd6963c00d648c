"""Figures that break an identity are refused before anything is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from hinterland.boundaries.atlas import Atlas
from hinterland.boundaries.builtin import load
from hinterland.boundaries.errors import IdentityError
from hinterland.coverage.areas import AreaRows, area_rows
from hinterland.coverage.identities import (
    check_allocation,
    check_areas,
    check_blocks,
    check_depth_shares,
)

Rows = tuple[Atlas, npt.NDArray[np.bool_], AreaRows]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"union_high": 1.1}, "a share of a block lies outside 0 to 1"),
        ({"union_low": -0.1}, "a share of a block lies outside 0 to 1"),
        ({"union_low": 0.6, "union_high": 0.5}, "a low share exceeds the high one"),
        ({"depth_low": 3}, "a low depth exceeds the high one"),
        ({"depth_low": 0, "depth_high": 0}, "depth and coverage disagree on who is served"),
        ({"union_low": 0.0, "union_high": 0.0}, "depth and coverage disagree on who is served"),
    ],
)
def test_broken_blocks_are_refused(broken: dict[str, float], says: str) -> None:
    good: dict[str, float] = {"union_low": 0.5, "union_high": 1.0, "depth_low": 1, "depth_high": 2}
    check_blocks(**{name: np.array([[value]]) for name, value in good.items()})
    with pytest.raises(IdentityError, match=f"^{says}. Nothing was written"):
        check_blocks(**{name: np.array([[value]]) for name, value in (good | broken).items()})


def test_broken_shares_by_depth_are_refused() -> None:
    nobody_lives_here = [np.nan, np.nan, np.nan]
    check_depth_shares(np.array([[0.2, 0.3, 0.5], nobody_lives_here]))
    with pytest.raises(IdentityError, match=r"^shares by depth do not sum to 1\. Nothing was written"):
        check_depth_shares(np.array([[0.2, 0.3, 0.5 + 1e-6], nobody_lives_here]))


def test_a_broken_allocation_is_refused() -> None:
    check_allocation("equal", np.array([3.0, 0.0]), np.array([3.0, 0.0]))
    with pytest.raises(IdentityError, match=r"^the allocation 'equal' does not sum to the organisations"):
        check_allocation("equal", np.array([3.0, 0.001]), np.array([3.0, 0.0]))


@pytest.fixture(scope="module")
def counties() -> Rows:
    """Counties of England, and the land in none of them."""
    atlas = load()
    everywhere = np.ones(len(atlas.blocks), dtype=bool)
    return (
        atlas,
        everywhere,
        area_rows(atlas, atlas.geographies["CTY19"], study=everywhere, within=everywhere),
    )


@pytest.mark.parametrize("row", ["E10000024", "no area"])
def test_rows_that_lose_a_resident_are_refused(counties: Rows, row: str) -> None:
    atlas, everywhere, good = counties
    check_areas(good, atlas, everywhere)
    rows = good.rows.copy()
    rows.loc[row, ["residents", "residents_exclusive"]] -= 1
    figures = r"^CTY19: [\d,]+ residents in one area, 0 in several and [\d,]+ in none do not make [\d,]+\. "
    with pytest.raises(IdentityError, match=figures):
        check_areas(replace(good, rows=rows), atlas, everywhere)


def test_a_part_with_more_residents_than_the_whole_is_refused(counties: Rows) -> None:
    atlas, everywhere, good = counties
    rows = good.rows.copy()
    rows.loc["E10000024", "residents_full"] -= 1
    with pytest.raises(
        IdentityError, match=r"^CTY19: a part of an area has more residents than the whole\. "
    ):
        check_areas(replace(good, rows=rows), atlas, everywhere)
