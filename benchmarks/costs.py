"""What some work costs: processor seconds, seconds by the clock, and memory."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = (
    *("numpy", "scipy", "shapely", "numba", "geopandas", "pandas"),
    *("tobler", "duckdb", "sedonadb", "polars"),
)


@dataclass(frozen=True)
class Cost:
    """What one way of doing some work took.

    Attributes
    ----------
    seconds, wall
        Of the processor and by the clock; medians.
    first
        Processor seconds of the first run.
    runs
        How many the medians are of.
    peak_mb, before_mb
        Greatest memory of the process, and that before the work began.
    """

    seconds: float
    wall: float
    first: float
    runs: int
    peak_mb: float
    before_mb: float


def timed(work: Callable[[], Any]) -> tuple[Cost, Any]:
    """Run some work, the more often the quicker it is, and give the result of the first run.

    The median is of seven runs after the first where that took less than a second, of three under
    five seconds; longer work is run once.
    """
    before = peak_mb()
    first, wall, result = _once(work)
    rounds = 7 if first < 1 else 3 if first < 5 else 0
    runs = [_once(work)[:2] for _ in range(rounds)] or [(first, wall)]
    seconds = statistics.median(run[0] for run in runs)
    clock = statistics.median(run[1] for run in runs)
    return Cost(seconds, clock, first, len(runs), peak_mb(), before), result


def one_processor() -> None:
    """Tie this process to one processor, so that no library runs on two."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def peak_mb() -> float:
    """Greatest memory of this process so far; `getrusage` would begin with that of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def print_machine() -> None:
    """Print the processor, how busy it is, and versions."""
    model = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    )
    print(f"{model}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {platform.platform()}")
    installed = {each.metadata["Name"].lower(): each.version for each in metadata.distributions()}
    versions = [f"{name} {installed.get(name, 'not installed')}" for name in PACKAGES]
    print(f"Python {platform.python_version()}, {', '.join(versions)}")


def _once(work: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, seconds = time.perf_counter(), time.process_time()
    result = work()
    return time.process_time() - seconds, time.perf_counter() - wall, result
