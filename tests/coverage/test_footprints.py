"""Runs, parts, their union and their meeting with areas, on rows of blocks that fit in the head."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from hinterland.coverage.block_index import BlockIndex, of_outlines
from hinterland.coverage.drawn import NOTHING, DrawnAreas
from hinterland.coverage.footprints import TOUCH, UNIT, Footprints, from_cells, joined, merged
from hinterland.coverage.pieces import distinct, united
from hinterland.coverage.settling import MOST, Cells, Sets, Unions, settle
from hinterland.coverage.spans import served, spans_of

WIDTH = 12
Share = dict[int, tuple[int, int]]


def row_of_squares(count: int = WIDTH) -> BlockIndex:
    squares = np.array([shapely.box(x, 0, x + 1, 1) for x in range(count)])
    return of_outlines(squares, np.array([[x + 0.5, 0.5] for x in range(count)]), np.arange(count))


def footprints(shares: list[Share]) -> Footprints:
    cells = [(i, rank, low, high) for i, each in enumerate(shares) for rank, (low, high) in each.items()]
    owner, rank, low, high = np.array(cells, dtype=np.int64).reshape(-1, 4).T
    return from_cells(len(shares), owner, rank, low, high)


def as_shares(found: Footprints) -> list[Share]:
    result: list[Share] = [{} for _ in range(len(found))]
    for owner, start, end in zip(found.run_owner, found.starts, found.ends, strict=True):
        result[owner] |= dict.fromkeys(range(start, end), (UNIT, UNIT))
    for owner, rank, low, high in zip(found.part_owner, found.ranks, found.low, found.high, strict=True):
        assert rank not in result[owner]
        result[owner][int(rank)] = (int(low), int(high))
    return result


units = st.sampled_from([TOUCH, UNIT // 4, UNIT // 2, UNIT - TOUCH, UNIT])
shares = st.dictionaries(
    st.integers(0, WIDTH - 1), st.tuples(units, units).map(lambda each: (min(each), max(each))), max_size=6
)


@given(st.lists(shares, max_size=5))
def test_cells_become_runs_and_parts_and_back(given_shares: list[Share]) -> None:
    made = footprints(given_shares)
    assert as_shares(made) == given_shares
    for owner in range(len(made)):
        runs = slice(made.run_ptr[owner], made.run_ptr[owner + 1])
        assert (made.starts[runs][1:] > made.ends[runs][:-1]).all()


@given(st.lists(shares, min_size=1, max_size=5), st.data())
def test_taking_and_joining_keep_every_footprint(given_shares: list[Share], data: st.DataObject) -> None:
    which = data.draw(st.lists(st.integers(0, len(given_shares) - 1), max_size=6))
    made = footprints(given_shares)
    taken = made.take(np.array(which, dtype=np.int64))
    assert as_shares(taken) == [given_shares[i] for i in which]
    assert as_shares(joined([made, taken])) == [*given_shares, *(given_shares[i] for i in which)]


def test_a_sliver_is_nothing_and_what_lacks_a_sliver_is_whole() -> None:
    made = footprints([{0: (TOUCH - 1, TOUCH - 1), 1: (UNIT - TOUCH + 1, UNIT), 2: (0, TOUCH)}])
    assert as_shares(made) == [{1: (UNIT, UNIT), 2: (0, TOUCH)}]


def test_runs_that_touch_are_one() -> None:
    owner, starts, ends = merged(np.array([0, 0, 1]), np.array([0, 3, 6]), np.array([3, 6, 7]))
    assert (owner.tolist(), starts.tolist(), ends.tolist()) == ([0, 1], [0, 6], [6, 7])


@given(st.lists(shares, min_size=1, max_size=4), st.data())
def test_the_union_of_areas_is_bounded_block_by_block(given_shares: list[Share], data: st.DataObject) -> None:
    sets = data.draw(st.lists(st.sets(st.integers(0, len(given_shares) - 1)).map(sorted), max_size=4))
    ptr = np.concatenate([[0], np.cumsum([len(each) for each in sets])]).astype(np.int64)
    ids = np.array([i for each in sets for i in each], dtype=np.int64)
    nothing = Sets(np.zeros(len(given_shares) + 1, dtype=np.int64), np.empty(0, dtype=np.int64))
    found = united(
        Sets(ptr, ids), footprints(given_shares), nothing, Unions(row_of_squares(), NOTHING, tolerance=0)
    )
    expected = []
    for members in sets:
        together: Share = {}
        for rank in {rank for i in members for rank in given_shares[i]}:
            low = max(given_shares[i][rank][0] for i in members if rank in given_shares[i])
            high = min(UNIT, sum(given_shares[i][rank][1] for i in members if rank in given_shares[i]))
            together[rank] = (low, UNIT if high > UNIT - TOUCH else high)
            if low > UNIT - TOUCH:
                together[rank] = (UNIT, UNIT)
        expected.append(together)
    assert as_shares(found) == expected


def halves() -> tuple[BlockIndex, DrawnAreas]:
    """A square, its left half, its right half, and its left two thirds."""
    parts = [shapely.box(0, 0, 0.5, 1), shapely.box(0.5, 0, 1, 1), shapely.box(0, 0, 2 / 3, 1)]
    return row_of_squares(1), DrawnAreas.of_polygons(np.array(parts))


@pytest.mark.parametrize(
    ("which", "low", "high", "tolerance", "expected"),
    [
        ((0, 1), (1 / 2, 1 / 2), (1 / 2, 1 / 2), 0.001, (1, 1)),
        ((0, 2), (1 / 2, 2 / 3), (1 / 2, 2 / 3), 0.001, (2 / 3, 2 / 3)),
        ((1, 2), (1 / 2, 2 / 3), (1 / 2, 2 / 3), 0.001, (1, 1)),
        ((0, 2), (1 / 2, 2 / 3), (1 / 2, 2 / 3), 1.0, (2 / 3, 1)),
        ((0, 2), (1 / 2, 2 / 3), (1, 2 / 3), 0.001, (2 / 3, 1)),
    ],
    ids=["halves", "inside", "across", "bounds are near enough", "part of one is unknown"],
)
def test_shapes_that_meet_on_a_block_are_measured_where_bounds_are_wide(
    which: tuple[int, int],
    low: tuple[float, float],
    high: tuple[float, float],
    tolerance: float,
    expected: tuple[float, float],
) -> None:
    index, drawn = halves()
    each = Sets(np.arange(4), np.arange(3))
    cells = Cells(
        np.zeros(2, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        np.array([round(share * UNIT) for share in low]),
        np.array([round(share * UNIT) for share in high]),
        np.array(which),
    )
    found = settle(cells, each, Unions(index, drawn, round(tolerance * UNIT)))
    assert (found.low / UNIT).tolist() == pytest.approx([expected[0]], abs=1e-9)
    assert (found.high / UNIT).tolist() == pytest.approx([expected[1]], abs=1e-9)


def test_equal_sets_are_found_once() -> None:
    sets = Sets(np.array([0, 2, 2, 4, 4, 5]), np.array([1, 7, 1, 7, 3]))
    once, of = distinct(sets)
    assert len(once) == 3
    assert [once.of(i).tolist() for i in of] == [[1, 7], [], [1, 7], [], [3]]


@given(
    st.lists(shares, min_size=1, max_size=4),
    st.lists(st.sets(st.integers(0, WIDTH - 1)), min_size=1, max_size=4),
    st.permutations(range(WIDTH)),
)
def test_what_footprints_serve_of_areas_is_the_sum_over_blocks(
    given_shares: list[Share], areas: list[set[int]], rank: list[int]
) -> None:
    matrix = np.zeros((len(areas), WIDTH))
    for area, blocks in enumerate(areas):
        matrix[area, list(blocks)] = 1
    people = np.arange(1.0, WIDTH + 1)
    found = served(footprints(given_shares), spans_of(sparse.csr_array(matrix), np.array(rank)), people)
    expected = []
    for number, each in enumerate(given_shares):
        for area, blocks in enumerate(areas):
            shared = [r for r in sorted(each) if r in {rank[block] for block in blocks}]
            if shared:
                whole = sum(each[r] == (UNIT, UNIT) for r in shared)
                low, high = (sum(each[r][end] / UNIT * people[r] for r in shared) for end in (0, 1))
                expected.append((number, area, whole, len(shared), low, high))
    columns = (found.footprint, found.area, found.whole, found.touched)
    assert list(zip(*(each.tolist() for each in columns), strict=True)) == [row[:4] for row in expected]
    assert found.residents_low.tolist() == pytest.approx([row[4] for row in expected])
    assert found.residents_high.tolist() == pytest.approx([row[5] for row in expected])


def test_the_union_of_very_many_on_one_block_is_bounded_and_not_measured() -> None:
    index, drawn = halves()
    each, half = Sets(np.arange(4), np.arange(3)), np.array([UNIT // 2])
    for count, high in ((MOST, UNIT // 2), (MOST + 1, UNIT)):
        nothing = np.zeros(count, dtype=np.int64)
        shares = np.repeat(half, count)
        found = settle(Cells(nothing, nothing, shares, shares, nothing), each, Unions(index, drawn, 0))
        assert (found.low.tolist(), found.high.tolist()) == ([UNIT // 2], [high])
