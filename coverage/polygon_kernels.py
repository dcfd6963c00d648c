"""Compiled loops of the fast engine for polygons."""

from __future__ import annotations

import numpy as np

from .drawn import Floats
from .footprints import TOUCH, UNIT, Ints
from .kernels import Blocks, Box, Cells, Tree, add_run, compiled, inlined, nothing, row_box, units, with_room

Edge = tuple[float, float, float, float, float, float]


@compiled
def polygon_cells(tree: Tree, bounds: Floats, blocks: Blocks, edges: Floats, edge_ptr: Ints) -> Cells:
    """Find the blocks in each polygon.

    Of the edges that the box above it kept, each box keeps those that it needs; one that none of them
    meets is in the polygon if those to its right take the ring round it.

    Parameters
    ----------
    tree, bounds
        Of the blocks' outlines.
    edges
        One row for each edge of a polygon: x and y of its lower end and of its upper one, how far x
        moves as y rises by one, and 1 where the ring rises along it, -1 where it falls.
    edge_ptr
        Where the edges of each polygon begin.
    """
    boxes, starts, ends, after, depths = tree
    xs, ys, ring_ptr, block_ptr, area_m2 = blocks
    run_ptr, run_starts, run_ends, part_ptr, ranks, shares = nothing(len(edge_ptr) - 1, len(bounds))
    near = np.empty((depths.max() + 3, np.diff(edge_ptr).max()), np.int64)
    kept = np.empty(len(near), np.int64)
    runs = parts = 0
    for i in range(len(edge_ptr) - 1):
        run_starts, run_ends = with_room(run_starts, runs, bounds), with_room(run_ends, runs, bounds)
        ranks, shares = with_room(ranks, parts, bounds), with_room(shares, parts, bounds)
        kept[0] = edge_ptr[i + 1] - edge_ptr[i]
        for k in range(kept[0]):
            near[0, k] = edge_ptr[i] + k
        node = 0
        while node < len(after):
            here, level = node, depths[node]
            met, rounds = _keep(edges, near, kept, level, row_box(boxes, here))
            if not met:
                node = after[here]
                if rounds > 0.0:
                    runs = add_run(run_starts, run_ends, run_ptr[i], runs, starts[here], ends[here])
            else:
                node = here + 1
                for rank in range(starts[here], ends[here] if node == after[here] else starts[here]):
                    box, rings = row_box(bounds, rank), (block_ptr[rank], block_ptr[rank + 1])
                    met, rounds = _keep(edges, near, kept, level + 1, box)
                    share = UNIT if rounds > 0.0 else 0
                    if met:
                        area = 0.0
                        for k in range(kept[level + 2]):
                            edge = _row(edges, near[level + 2, k])
                            area += _area_by_edge(xs, ys, ring_ptr, rings, box, area_m2[rank], edge)
                        share = units(area, area_m2[rank])
                    if share > UNIT - TOUCH:
                        runs = add_run(run_starts, run_ends, run_ptr[i], runs, rank, rank + 1)
                    elif share >= TOUCH:
                        ranks[parts], shares[parts] = rank, share
                        parts += 1
        run_ptr[i + 1], part_ptr[i + 1] = runs, parts
    return run_ptr, run_starts[:runs], run_ends[:runs], part_ptr, ranks[:parts], shares[:parts]


@inlined
def _row(edges: Floats, edge: int) -> Edge:
    return edges[edge, 0], edges[edge, 1], edges[edge, 2], edges[edge, 3], edges[edge, 4], edges[edge, 5]


@inlined
def _keep(edges: Floats, near: Ints, kept: Ints, level: int, box: Box) -> tuple[bool, float]:
    """Keep, one level down, the edges of a level that lie beside a box, in it or to the right.

    Returns whether one of them meets the box, and how many of those to the right rise past its upper
    side, less those that fall: how often the polygon runs round the box.
    """
    count, met, rounds = 0, False, 0.0
    for k in range(kept[level]):
        edge = _row(edges, near[level, k])
        if edge[1] < box[3] and edge[3] > box[1]:
            from_x, to_x = _beside(edge, box)
            if max(from_x, to_x) > box[0]:
                near[level + 1, count] = near[level, k]
                count += 1
                if min(from_x, to_x) < box[2]:
                    met = True
                elif edge[3] >= box[3]:
                    rounds += edge[5]
    kept[level + 1] = count
    return met, rounds


@compiled
def _beside(edge: Edge, box: Box) -> tuple[float, float]:
    """The x at which an edge begins and ends to lie between the heights of a box."""
    from_x, from_y, to_x, to_y, lean, _ = edge
    if from_y < box[1]:
        from_x += (box[1] - from_y) * lean
    if to_y > box[3]:
        to_x += (box[3] - to_y) * lean
    return from_x, to_x


@inlined
def _area_by_edge(
    xs: Floats, ys: Floats, ring_ptr: Ints, rings: tuple[int, int], box: Box, area_m2: float, edge: Edge
) -> float:
    """What an edge of a polygon adds to the area that a block has in it.

    Seen from above, an outline is what lies under its upper edges less what lies under its lower ones.
    What two outlines have in common is then the sum, over all pairs of an edge of each, of the area
    under both, from the block's least y up. What the polygon has above the block can be laid down on
    the upper side of the block's box; of a ring that goes up there and comes back, the sum needs only
    where it crosses that side.
    """
    from_x, to_x = _beside(edge, box)
    area = 0.0
    if min(from_x, to_x) < box[2]:
        ends = from_x, max(edge[1], box[1]), to_x, min(edge[3], box[3])
        area += _under_both(xs, ys, ring_ptr, rings, box, ends)
    if edge[3] >= box[3]:
        if to_x >= box[2]:
            area += area_m2
        else:
            area += _under_both(xs, ys, ring_ptr, rings, box, (to_x, box[3], box[0], box[3]))
    return area * edge[5]


@inlined
def _under_both(xs: Floats, ys: Floats, ring_ptr: Ints, rings: tuple[int, int], box: Box, ends: Box) -> float:
    """Area between a block's least y and both its outline and an edge; negative if that runs rightwards."""
    px, py, qx, qy = ends
    left, right = max(min(px, qx), box[0]), min(max(px, qx), box[2])
    doubled = 0.0
    if left < right:
        slope = (qy - py) / (qx - px)
        for ring in range(rings[0], rings[1]):
            for a in range(ring_ptr[ring], ring_ptr[ring + 1] - 1):
                ax, bx = xs[a], xs[a + 1]
                start, end = max(min(ax, bx), left), min(max(ax, bx), right)
                if start < end:
                    rise = (ys[a + 1] - ys[a]) / (bx - ax)
                    outline = ys[a] + (start - ax) * rise - box[1], ys[a] + (end - ax) * rise - box[1]
                    edge = py + (start - px) * slope - box[1], py + (end - px) * slope - box[1]
                    height2 = min(outline[0], edge[0]) + min(outline[1], edge[1])
                    over_start, over_end = outline[0] - edge[0], outline[1] - edge[1]
                    if over_start * over_end < 0.0:
                        height2 -= over_start * over_end / abs(over_start - over_end)
                    doubled += (end - start) * height2 if bx < ax else (start - end) * height2
    return doubled / 2.0 if qx < px else doubled / -2.0
