"""How fast service areas of every kind are measured, beside what one would use instead.

`python -m benchmarks.engine [--quick]`: on a synthetic England of 35,672 blocks, each piece of work is
done by hinterland and by its peers on the same register, one thread, each way in a process of its own
that is tied to one processor. Indexes of the blocks and compiled code are made beforehand by all, and
not timed. Results are compared before any ratio is printed. Times are processor seconds, which a busy
machine changes less than the clock. Peak memory is the process's, the blocks included. Floors that were
set beforehand are said to be reached or not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from scipy import sparse

from hinterland.coverage.drawn import DrawnAreas

from . import table_peers
from .costs import Cost, one_processor, print_machine, timed
from .england import England, make
from .peers import Peer
from .works import SHAPES, Arrays, prepare

BLOCKS: Final = 35_672
SIZES_IN_BLOCKS: Final = (8_918, 17_836, 35_672, 71_344, 189_000)
ORGANISATIONS: Final = 170_000
CIRCLES: Final = 100_000
MOST_MB: Final = 1_000
ROUNDING: Final = 2e-7
"""How far shares may differ: tobler keeps them in 32 bits."""
TREE: Final = "STRtree + intersection"
SHAPE_WORKS: Final = {
    "circles": ("circles, exact shares", 2_000, 100_000, {"tobler": 100, TREE: 25}),
    "polygons": ("irregular polygons, exact shares", 1_000, 20_000, {"geopandas overlay": 30, TREE: 8}),
    "centroids": ("circles, by centroids", 10_000, 100_000, {}),
}
"""Label, how many beside the peers, how many hinterland does alone, and how many times faster it is to be."""


def compare_shapes(name: str, quick: bool) -> None:
    """Measure shapes on the blocks in every way, and print times and ratios."""
    label, count, alone, floors = SHAPE_WORKS[name]
    count //= 10 if quick else 1
    england, drawn = make(BLOCKS), SHAPES[name].drawn(count)
    base, reference = in_child(name, "hinterland", count)
    print(f"\n{count:,} {label} of {BLOCKS:,} blocks: {len(reference['shape']):,} pairs")
    print_row("hinterland", base, base)
    plain, found = in_child(name, "hinterland, plain", count)
    print_row("hinterland, plain", plain, base, agreement(name, england, drawn, 0, reference, found))
    for way, peer in SHAPES[name].peers.items():
        if is_installed(way, peer):
            cost, found = in_child(name, way, count)
            print_row(way, cost, base, agreement(name, england, drawn, peer.sides, reference, found))
            if way in floors:
                print_floor(f"{floors[way]} × {way}", cost.seconds / base.seconds, floors[way])
    if not quick:
        cost, found = in_child(name, "hinterland", alone)
        print(f"  {alone:,} of them, {len(found['shape']):,} pairs:")
        print_row("hinterland", cost, cost)


def agreement(
    name: str, england: England, drawn: DrawnAreas, sides: int, found: Arrays, other: Arrays
) -> str:
    """Check that shares of all pairs agree, and say how far.

    A polygon of n sides within a circle leaves a ring that is r · (1 − cos(π / n)) wide at most: the
    shares of a block may differ by that times the block's outline, and centroids that lie in it.
    """
    shape = len(drawn), len(england)
    apart = (_table(found, shape) - _table(other, shape)).tocoo()
    width = np.zeros(len(drawn))
    if sides:
        width = np.nan_to_num(drawn.circles[:, 2] * (1 - np.cos(np.pi / sides)))
    polygon = f", in the ring that {sides} sides leave" if width.any() else ""
    if SHAPES[name].method == "centroid":
        from_centre = np.hypot(*(england.points[apart.col] - drawn.circles[apart.row, :2]).T)
        wrong = apart.data.astype(bool)
        wrong &= np.abs(drawn.circles[apart.row, 2] - from_centre) > width[apart.row]
        note = f"{np.count_nonzero(apart.data)} pairs differ{polygon}"
    else:
        rim = shapely.length(england.outlines) / shapely.area(england.outlines)
        wrong = np.abs(apart.data) > ROUNDING + width[apart.row] * rim[apart.col]
        note = f"shares differ by {np.abs(apart.data).max(initial=0):.0e} at most{polygon}"
    assert not wrong.any(), f"{wrong.sum()} shares differ by up to {np.abs(apart.data[wrong]).max()}"
    return note


def compare_theme_counts(quick: bool) -> None:
    """Count circles by theme and block in every way; the blocks of each are known beforehand."""
    count = CIRCLES // (10 if quick else 1)
    base, reference = in_child("themes", "hinterland", count)
    print(f"\nCounts of {count:,} circles by 20 themes and {BLOCKS:,} blocks, by centroids")
    print_row("hinterland", base, base)
    for way in table_peers.THEME_COUNTS:
        cost, found = in_child("themes", way, count)
        if way == table_peers.ONE_PASS:
            print_row(way, cost, base)
            print_ceiling(f"times {way}", base.seconds / cost.seconds, 6)
        else:
            print_row(way, cost, base, require_equal(reference, found))
        if way == "scipy sparse product":
            print_floor(f"8 × {way}", cost.seconds / base.seconds, 8)


def compare_analyses(quick: bool) -> None:
    """Analyse declared areas in every way, and these with circles by hinterland, at four levels."""
    organisations, count = (each // (10 if quick else 1) for each in (ORGANISATIONS, CIRCLES))
    part = organisations // 20
    pandas_seconds = {}
    for units, some in (("districts", organisations), ("blocks", part)):
        base, reference = in_child(units, "hinterland", some)
        print(f"\nFour levels, {some:,} organisations with declared areas, by peers on {units}")
        print_row("hinterland, with unions", base, base)
        for way, peer in table_peers.DECLARED.items():
            if is_installed(way, peer):
                cost, found = in_child(units, way, some)
                print_row(way, cost, base, require_equal(reference, found))
                if way == "pandas":
                    pandas_seconds[units] = cost.seconds * organisations / some
    print(f"\nFour levels, {organisations:,} organisations with declared areas and {count:,} circles")
    for method in ("centroid", "area"):
        cost, _ = in_child("whole", method, count)
        print_row(f"hinterland, {method}", cost, cost)
        for units, seconds in pandas_seconds.items():
            scaled = ", from a twentieth of it" if units == "blocks" else ""
            label = f"10 × pandas on {units} for the declared part alone ({seconds:.2f} s{scaled})"
            print_floor(label, seconds / cost.seconds, 10)
        print_ceiling("MB of memory", cost.peak_mb, MOST_MB)


def require_equal(one: Arrays, other: Arrays) -> str:
    """Check that every table is the same, number for number."""
    for name, table in one.items():
        assert np.array_equal(table, other[name]), f"{name}: {(table != other[name]).sum()} figures differ"
    return "all figures equal"


def growth(name: str, way: str, label: str, most: int, quick: bool) -> None:
    """Print how hinterland's time grows with the register and with the blocks."""
    most //= 10 if quick else 1
    counts = (most // 8, most // 4, most // 2, most)
    print_growth(f"{label}: register", counts, 1.1, lambda size: in_child(name, way, size)[0])
    sizes = SIZES_IN_BLOCKS[:4] if quick else SIZES_IN_BLOCKS
    print_growth(f"{label}: blocks", sizes, 0.6, lambda size: in_child(name, way, most // 5, size)[0])


def print_growth(label: str, sizes: tuple[int, ...], most: float, cost: Callable[[int], Cost]) -> None:
    """Print the slope of log time against log size, and whether it is low enough."""
    times = [cost(size).seconds for size in sizes]
    slope = float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
    listed = ", ".join(f"{size:,}: {seconds:.3g} s" for size, seconds in zip(sizes, times, strict=True))
    print(f"  {label}: {listed}", flush=True)
    print_ceiling("as exponent", slope, most)


def print_floor(label: str, found: float, least: float) -> None:
    """Print whether a ratio is as high as was asked."""
    print(f"    asked: at least {label}: {_verdict(found >= least)} ({found:.1f})", flush=True)


def print_ceiling(label: str, found: float, most: float) -> None:
    """Print whether a figure is as low as was asked."""
    print(f"    asked: at most {most:g} {label}: {_verdict(found <= most)} ({found:.2f})", flush=True)


def print_row(way: str, cost: Cost, base: Cost, note: str = "") -> None:
    """Print what one way took, and how many times what hinterland took."""
    runs = "one run" if cost.runs == 1 else f"median of {cost.runs}"
    print(
        f"  {way:24}{cost.seconds:9.4f} s {cost.seconds / base.seconds:8.1f} ×  clock {cost.wall:8.4f} s, "
        f"first {cost.first:7.3f} s, {cost.peak_mb:5.0f} MB ({cost.before_mb:.0f} before), {runs}  {note}",
        flush=True,
    )


def is_installed(way: str, peer: Peer) -> bool:
    """Whether a peer can be run; it is named where it cannot."""
    if not peer.installed:
        print(f"  {way:24}left out: needs {' and '.join(peer.needs)}")
    return peer.installed


def in_child(name: str, way: str, count: int, blocks: int = BLOCKS) -> tuple[Cost, Arrays]:
    """Do one piece of work in one way in a process of its own, on one processor and one thread."""
    alone = {f"{each}_NUM_THREADS": "1" for each in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    environment = {**os.environ, **alone, "POLARS_MAX_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.npz"
        command = [sys.executable, "-m", "benchmarks.engine", name, way, str(count), str(blocks), str(file)]
        child = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert child.returncode == 0, f"{way} failed:\n{child.stderr[-2000:]}"
        return Cost(**json.loads(child.stdout.splitlines()[-1])), dict(np.load(file))


def child(name: str, way: str, count: str, blocks: str, file: str) -> None:
    """What `in_child` starts: the result goes to a file, and the cost to standard output."""
    one_processor()
    work, read = prepare(name, way, int(count), int(blocks))
    cost, result = timed(work)
    with Path(file).open("wb") as stream:
        np.savez(stream, **read(result))
    print(json.dumps(asdict(cost)))


def _table(cells: Arrays, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((cells["share"], (cells["shape"], cells["block"])), shape=shape)


def _verdict(reached: bool) -> str:
    return "reached" if reached else "NOT REACHED"


def main() -> None:
    if len(sys.argv) == 6:
        child(*sys.argv[1:])
        return
    quick = "--quick" in sys.argv
    print_machine()
    for name in SHAPE_WORKS:
        compare_shapes(name, quick)
    compare_theme_counts(quick)
    compare_analyses(quick)
    print("\nGrowth of hinterland's time")
    for name, (label, _, alone, _) in SHAPE_WORKS.items():
        growth(name, "hinterland", label, alone, quick)
    growth("whole", "centroid", "declared areas and circles, four levels, by centroids", CIRCLES, quick)


if __name__ == "__main__":
    main()
