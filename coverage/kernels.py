"""Compiled loops of the fast engine: what they share, and those for circles.

A walk through a tree of boxes finds blocks by rising rank; a box that lies in the shape as a whole is a
run of blocks at once, and blocks on the shape's border are measured one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np

from .drawn import Floats
from .footprints import TOUCH, UNIT, Ints, Ranks

Function = TypeVar("Function", bound=Callable[..., object])
Entries = TypeVar("Entries", Ranks, Ints)


class Tree(NamedTuple):
    """Boxes round blocks, halved again and again; a box stands before its halves and all they hold.

    Attributes
    ----------
    boxes
        One row each: least x, least y, greatest x, greatest y.
    starts, ends
        The blocks in each: its first rank, and the one after its last.
    after
        What comes after each and all that it holds; the next one, where it is not halved.
    depths
        How many boxes hold each.
    """

    boxes: Floats
    starts: Ints
    ends: Ints
    after: Ints
    depths: Ints


class Blocks(NamedTuple):
    """Outlines of the blocks, as in `block_index.BlockIndex`."""

    x: Floats
    y: Floats
    ring_ptr: Ints
    block_ptr: Ints
    area_m2: Floats


Box = tuple[float, float, float, float]
Circle = tuple[float, float, float]
Cells = tuple[Ints, Ranks, Ranks, Ints, Ranks, Ints]
"""`run_ptr`, `starts`, `ends`, `part_ptr`, `ranks` and shares in units, as in `Footprints`."""


def compiled(function: Function) -> Function:
    """Compile what follows, once: the machine code is kept beside the module, where that can be written."""
    compile_ = partial(numba.njit, nogil=True, error_model="numpy")
    try:
        return cast(Function, compile_(cache=True)(function))
    except RuntimeError:  # no folder for it
        return cast(Function, compile_()(function))


def inlined(function: Function) -> Function:
    """Compile as a part of what calls it: numba counts references to arrays at each call, at great cost."""
    inline = numba.njit(nogil=True, error_model="numpy", inline="always")
    return cast(Function, inline(function))


@compiled
def nothing(shapes: int, blocks: int) -> Cells:
    """Room for what the first shape may take in."""
    run_ptr, part_ptr = np.zeros(shapes + 1, np.int64), np.zeros(shapes + 1, np.int64)
    starts, ends, ranks = np.empty(blocks, np.int32), np.empty(blocks, np.int32), np.empty(blocks, np.int32)
    return run_ptr, starts, ends, part_ptr, ranks, np.empty(blocks, np.int64)


@inlined
def with_room(entries: Entries, used: int, bounds: Floats) -> Entries:
    """The same entries, in a larger array if there is no room for all blocks after those used."""
    if used + len(bounds) > len(entries):
        larger = np.empty(2 * len(entries), entries.dtype)
        larger[:used] = entries[:used]
        entries = larger
    return entries


@inlined
def add_run(starts: Ranks, ends: Ranks, first: int, runs: int, start: int, end: int) -> int:
    """Add whole blocks, joined to the run before if that ends there; returns how many runs there are."""
    if runs > first and ends[runs - 1] == start:
        ends[runs - 1] = end
    else:
        starts[runs], ends[runs] = start, end
        runs += 1
    return runs


@compiled
def row_box(boxes: Floats, row: int) -> Box:
    return boxes[row, 0], boxes[row, 1], boxes[row, 2], boxes[row, 3]


@compiled
def units(area: float, whole: float) -> int:
    """A share in units, half to even."""
    return int(np.rint(min(max(area / whole, 0.0), 1.0) * UNIT))


@compiled
def run_counts(run_ptr: Ints, starts: Ranks, ends: Ranks, which: Ints, theme: Ints, counts: Ranks) -> Ranks:
    """Count who takes in each block whole: a run begins at +1, ends at -1, and each row is summed up.

    Parameters
    ----------
    run_ptr, starts, ends
        Of footprints.
    which, theme
        One row for each organisation and theme: its footprint, and its row in `counts`.
    counts
        Themes × ranks, 0: what is returned, filled.
    """
    changes = np.zeros((counts.shape[0], counts.shape[1] + 1), np.int32)
    for i in range(len(which)):
        row = changes[theme[i]]
        for run in range(run_ptr[which[i]], run_ptr[which[i] + 1]):
            row[starts[run]] += 1
            row[ends[run]] -= 1
    for i in range(len(counts)):
        whole = 0
        for rank in range(counts.shape[1]):
            whole += changes[i, rank]
            counts[i, rank] = whole
    return counts


@compiled
def circle_cells(tree: Tree, bounds: Floats, blocks: Blocks, circles: Floats) -> Cells:
    """Find the blocks in each circle.

    Parameters
    ----------
    tree, bounds
        Of the blocks' outlines; or of points, boxes without extent, which are in or out.
    circles
        One row each: x, y and radius.
    """
    boxes, starts, ends, after, _ = tree
    xs, ys, ring_ptr, block_ptr, area_m2 = blocks
    run_ptr, run_starts, run_ends, part_ptr, ranks, shares = nothing(len(circles), len(bounds))
    runs = parts = 0
    for i in range(len(circles)):
        run_starts, run_ends = with_room(run_starts, runs, bounds), with_room(run_ends, runs, bounds)
        ranks, shares = with_room(ranks, parts, bounds), with_room(shares, parts, bounds)
        x, y, squared = circles[i, 0], circles[i, 1], circles[i, 2] * circles[i, 2]
        node = 0
        while node < len(after):
            here = node
            nearest2, farthest2 = _reach(row_box(boxes, here), x, y)
            if nearest2 > squared:
                node = after[here]
            elif farthest2 <= squared:
                node = after[here]
                runs = add_run(run_starts, run_ends, run_ptr[i], runs, starts[here], ends[here])
            else:
                node = here + 1
                for rank in range(starts[here], ends[here] if node == after[here] else starts[here]):
                    nearest2, farthest2 = _reach(row_box(bounds, rank), x, y)
                    share = UNIT if farthest2 <= squared else 0
                    if nearest2 <= squared < farthest2:
                        rings, circle = (block_ptr[rank], block_ptr[rank + 1]), (x, y, squared)
                        floor = bounds[rank, 1]
                        share = _share_in_circle(xs, ys, ring_ptr, rings, floor, area_m2[rank], circle)
                    if share > UNIT - TOUCH:
                        runs = add_run(run_starts, run_ends, run_ptr[i], runs, rank, rank + 1)
                    elif share >= TOUCH:
                        ranks[parts], shares[parts] = rank, share
                        parts += 1
        run_ptr[i + 1], part_ptr[i + 1] = runs, parts
    return run_ptr, run_starts[:runs], run_ends[:runs], part_ptr, ranks[:parts], shares[:parts]


@compiled
def _reach(box: Box, x: float, y: float) -> tuple[float, float]:
    """Squared distances to the nearest and the farthest point of a box."""
    left, low, right, high = box
    near_x, near_y = max(left - x, x - right, 0.0), max(low - y, y - high, 0.0)
    far_x, far_y = max(x - left, right - x), max(y - low, high - y)
    return near_x * near_x + near_y * near_y, far_x * far_x + far_y * far_y


@inlined
def _share_in_circle(
    xs: Floats,
    ys: Floats,
    ring_ptr: Ints,
    rings: tuple[int, int],
    floor: float,
    area_m2: float,
    circle: Circle,
) -> int:
    """Units of a block's area in a circle.

    By Green's theorem, the doubled area is a sum along the border of what both have in common. Where
    an edge lies in the circle, that is the edge, (ax - bx)(ay + by). Where a ring leaves the circle and
    comes back, it is the arc between: its chord, and between chord and arc r²φ - cross, by the angle φ
    from exit to entry and the cross product r² sin φ. Edges wholly outside only matter by how often
    they take the ring round the centre. Nothing is measured from farther away than the block is wide.
    """
    x, y, squared = circle
    floor2 = 2.0 * (floor - y)
    doubled = 0.0
    all_inside = True
    for ring in range(rings[0], rings[1]):
        first, last = ring_ptr[ring], ring_ptr[ring + 1] - 1
        ax, ay = xs[first] - x, ys[first] - y
        a_inside = ax * ax + ay * ay <= squared
        has_left, starts_outside, turns, first_turns = False, False, 0, 0
        exit_x, exit_y, first_x, first_y = 0.0, 0.0, 0.0, 0.0
        for vertex in range(first, last):
            bx, by = xs[vertex + 1] - x, ys[vertex + 1] - y
            b_inside = bx * bx + by * by <= squared
            if a_inside and b_inside:
                doubled += (ax - bx) * (ay + by - floor2)
            else:
                all_inside = False
                enters, leaves = _chord(ax, ay, bx, by, a_inside, b_inside, squared)
                if enters > leaves:
                    turns += _turns(ay, by, ax * by - ay * bx)
                else:
                    in_x, in_y, out_x, out_y = ax, ay, bx, by
                    if not a_inside:
                        in_x, in_y = ax + enters * (bx - ax), ay + enters * (by - ay)
                        turns += _turns(ay, in_y, ax * in_y - ay * in_x)
                        if has_left:
                            doubled += _arc(exit_x, exit_y, in_x, in_y, turns, squared, floor2)
                        else:
                            starts_outside, first_x, first_y, first_turns = True, in_x, in_y, turns
                    if not b_inside:
                        out_x, out_y = ax + leaves * (bx - ax), ay + leaves * (by - ay)
                        has_left, exit_x, exit_y = True, out_x, out_y
                        turns = _turns(out_y, by, out_x * by - out_y * bx)
                    doubled += (in_x - out_x) * (in_y + out_y - floor2)
            ax, ay, a_inside = bx, by, b_inside
        if starts_outside:
            doubled += _arc(exit_x, exit_y, first_x, first_y, turns + first_turns, squared, floor2)
        elif not has_left:
            doubled += turns * math.tau * squared
    return UNIT if all_inside else units(doubled / 2.0, area_m2)


@compiled
def _chord(
    ax: float, ay: float, bx: float, by: float, a_inside: bool, b_inside: bool, squared: float
) -> tuple[float, float]:
    """Where an edge enters and leaves the circle round 0, of its length; it does not if the first is more."""
    dx, dy = bx - ax, by - ay
    along_a, along_b = ax * dx + ay * dy, bx * dx + by * dy
    cross, length2 = ax * dy - ay * dx, dx * dx + dy * dy
    half2 = length2 * squared - cross * cross
    if not (a_inside or b_inside) and (along_a >= 0.0 or along_b <= 0.0 or half2 <= 0.0):
        return 1.0, 0.0
    half = math.sqrt(max(half2, 0.0))
    enters = 0.0 if a_inside else min(max((-along_a - half) / length2, 0.0), 1.0)
    leaves = 1.0 if b_inside else min(max((-along_a + half) / length2, 0.0), 1.0)
    return enters, leaves


@compiled
def _turns(ay: float, by: float, cross: float) -> int:
    """1 where an edge crosses the negative x axis anticlockwise, -1 where it does clockwise."""
    if ay < 0.0 <= by and cross < 0.0:
        return -1
    if by < 0.0 <= ay and cross > 0.0:
        return 1
    return 0


@compiled
def _arc(ax: float, ay: float, bx: float, by: float, turns: int, squared: float, floor2: float) -> float:
    """Doubled area of an arc round 0: of its chord as of any edge, and of what lies between the two.

    From the cross product, the angle of a short arc is exact; that of a half circle might be either way
    round, so that long ones go by the directions of their ends, as the turns do.
    """
    cross, along = ax * (by - ay) - ay * (bx - ax), ax * bx + ay * by
    if along > 0.0:
        angle = math.atan2(cross, along) + (turns - _turns(ay, by, cross)) * math.tau
    else:
        angle = math.atan2(by, bx) - math.atan2(ay, ax) + turns * math.tau
    return (ax - bx) * (ay + by - floor2) + squared * angle - cross
