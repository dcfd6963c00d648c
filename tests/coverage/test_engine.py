"""Which engine is taken, what it says on the way, and what is left when it is stopped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from hinterland.boundaries.builtin import load
from hinterland.coverage.block_index import BlockIndex, index_blocks
from hinterland.coverage.drawn import DrawnAreas
from hinterland.coverage.engine import AT_ONCE, LARGE, choose, engine_of, footprints_of

NOTTINGHAM = (456_000.0, 340_000.0)
STUDY = """
[study]
title = "Many sites"
snapshot = "2026"
area = ["Nottinghamshire"]
geographies = ["LAD19"]

[[service_areas.catchments]]
file = "sites.csv"
x = "east"
y = "north"
crs = "EPSG:27700"
within = "25 km"
"""
RUN = """
import sys
from hinterland.cli import main
output, study = sys.argv[1:]
for words in (["map", "--theme", "governance", "--output", output], ["run", study]):
    sys.argv = ["hinterland", *words]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
    assert "numba" not in sys.modules
"""


@pytest.fixture(scope="module")
def index() -> BlockIndex:
    return index_blocks(load())


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Sixty organisations with a catchment each."""
    return study_of(tmp_path / "study", 60)


def study_of(folder: Path, organisations: int) -> Path:
    numbers = range(organisations)
    tables = {
        "organisations": ["organisation_id,name,remit", *(f"o{i},Body {i:05},district" for i in numbers)],
        "services": [
            "organisation_id,theme,areas,area_evidence,theme_evidence",
            *(f"o{i},governance,catchment:s{i},stated,stated" for i in numbers),
        ],
        "scope": ["source,themes,areas,from,to", "survey,governance,Nottinghamshire,2026,2026"],
        "sites": [
            "id,east,north",
            *(f"s{i},{450_000 + i % 997 * 10},{350_000 + i % 991 * 10}" for i in numbers),
        ],
    }
    folder.mkdir()
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder


def test_the_compiled_engine_is_taken_for_large_work_alone() -> None:
    pytest.importorskip("numba")
    assert (choose(LARGE - 1), choose(LARGE), choose(0, LARGE // 5)) == ("plain", "fast", "fast")


def test_without_numba_large_work_is_done_plainly() -> None:
    code = "import sys; sys.modules['numba'] = None; from hinterland.coverage.engine import choose"
    code += "; print(choose(10**6))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "plain\n"


def test_neither_the_built_in_study_nor_one_of_sixty_waits_for_a_compiler(
    study: Path, tmp_path: Path
) -> None:
    words = [str(tmp_path / "map.html"), str(study)]
    subprocess.run([sys.executable, "-c", RUN, *words], capture_output=True, check=True)
    assert (tmp_path / "map.html").is_file()
    assert (study / "output" / "map.html").is_file()


def test_circles_and_polygons_keep_their_order(index: BlockIndex) -> None:
    square = shapely.box(440_000, 320_000, 480_000, 360_000)
    circle = (*NOTTINGHAM, 20_000.0)
    plain = engine_of("plain", index)
    circles, polygons = np.full((3, 3), np.nan), np.full(3, None, dtype=object)
    circles[1], polygons[[0, 2]] = circle, square
    mixed = footprints_of(DrawnAreas(("a", "b", "c"), circles, polygons), plain, method="area")
    alone = footprints_of(DrawnAreas.of_circles(np.array([circle])), plain, method="area")
    drawn = footprints_of(DrawnAreas.of_polygons(np.array([square])), plain, method="area")
    for position, single in ((0, drawn), (1, alone), (2, drawn)):
        each = mixed.take(np.array([position]))
        assert each.ranks.tolist() == single.ranks.tolist()
        assert each.low.tolist() == single.low.tolist()
        assert each.starts.tolist() == single.starts.tolist()


def test_long_work_says_how_far_it_is(index: BlockIndex) -> None:
    told: list[str] = []
    circles = np.tile([*NOTTINGHAM, 1_000.0], (AT_ONCE + 500, 1))
    found = footprints_of(
        DrawnAreas.of_circles(circles), engine_of("plain", index), method="centroid", progress=told.append
    )
    assert told == [f"measuring catchments: {done:,} of 1,500" for done in (1_000, 1_500)]
    assert len(found) == AT_ONCE + 500


def test_ctrl_c_while_shapes_are_measured_leaves_what_was_there(tmp_path: Path) -> None:
    large = study_of(tmp_path / "large", 3_000)
    output = large / "output"
    (output / "tables").mkdir(parents=True)
    (output / "map.html").write_text("old", encoding="utf-8")
    code = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
from hinterland.coverage import engine
from hinterland.cli import main
measure = engine.PlainEngine.circles
def stopped(self, circles, method):
    os.kill(os.getpid(), signal.SIGINT)
    return measure(self, circles, method)
engine.PlainEngine.circles = stopped
engine.LARGE = 10**9
sys.argv = ["hinterland", "run", {str(large)!r}]
main()
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (130, "Interrupted: no file is half-written.\n")
    assert {path.name for path in output.rglob("*")} == {"tables", "map.html", ".hinterland.lock"}
    assert (output / "map.html").read_text(encoding="utf-8") == "old"
