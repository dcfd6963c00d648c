"""The house stands: it installs beside its namesakes, its examples run, its commands are explained."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import hinterland
from hinterland.cli import boundaries, cli
from hinterland.cli.table_commands import TABLES as COMMANDS
from hinterland.coverage.answer import ON_REQUEST, TABLES
from hinterland.coverage.describe import TITLES
from hinterland.maps.terminal import SHOWN

ROOT = Path(hinterland.__file__).parent
FOLDERS = ("boundaries", "cli", "coverage", "maps")
MODULES = sorted(
    f"hinterland.{folder}.{module.name}"
    for folder in FOLDERS
    for module in pkgutil.iter_modules([str(ROOT / folder)])
)
SHIPPED = ("*.py", "*.toml", "*.md", "LICENSE", "NOTICE", "py.typed", "data", "templates")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the checkout in a folder with a name of its own."""
    copy = tmp_path_factory.mktemp("a folder of any name") / "check out-2"
    ignored = shutil.ignore_patterns(".*", "*.egg-info", "build", "output", "tests", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignored)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", copy / "dist", cwd=copy)
    return next((copy / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path) -> Path:
    folder = wheel.parent / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_one_package_and_all_that_it_needs(site: Path) -> None:
    assert sorted(p.name for p in site.iterdir() if not p.name.endswith(".dist-info")) == ["hinterland"]
    at_the_root = {p.name for p in (site / "hinterland").glob("*.py")}
    assert at_the_root == {"__init__.py", "__main__.py"}
    for folder in FOLDERS:
        tracked = {p.relative_to(ROOT) for p in (ROOT / folder).rglob("*") if p.is_file()}
        expected = {p for p in tracked if "__pycache__" not in p.parts}
        shipped = {p.relative_to(site / "hinterland") for p in (site / "hinterland" / folder).rglob("*")}
        assert expected <= shipped


def test_the_wheel_leaves_coverage_py_and_numba_working(site: Path, tmp_path: Path) -> None:
    program = (
        "import coverage, numba, hinterland.coverage.measures as measures;"
        "assert coverage.Coverage and numba.njit(lambda x: x + 1)(1) == 2;"
        "print(measures.__file__)"
    )
    for cwd in (ROOT, tmp_path):
        found = run(sys.executable, "-c", program, cwd=cwd, PYTHONPATH=str(site))
        assert found.startswith(str(site))


def test_the_wheel_runs_the_built_in_study(site: Path, tmp_path: Path) -> None:
    for words in (
        ["map", "--theme", "governance"],
        ["compare", "regional-body-closes", "--theme", "information"],
    ):
        output = "map.html" if words[0] == "map" else "options.xlsx"
        command = [sys.executable, "-m", "hinterland", *words, "--output", output]
        run(*command, cwd=tmp_path, PYTHONPATH=str(site))
        assert (tmp_path / output).stat().st_size > 10_000


def test_coverage_is_measured_from_the_root() -> None:
    some = "tests/coverage/test_cells.py"
    found = run(sys.executable, "-m", "pytest", "--cov", "-q", "-p", "no:cacheprovider", some, cwd=ROOT)
    line = re.search(r"coverage/cells\.py\s+\d+\s+\d+\s+(\d+)%", found)
    assert line is not None, found
    assert int(line[1]) > 90


def test_no_folder_hides_coverage_py() -> None:
    assert not (ROOT / "coverage" / "__init__.py").exists()


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_docstrings_run(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_dependencies_run_one_way() -> None:
    allowed = {"boundaries": (), "coverage": ("boundaries",), "maps": ("boundaries", "coverage")}
    for folder, others in allowed.items():
        for path in (ROOT / folder).glob("*.py"):
            for named in re.findall(r"from \.\.(\w+)", path.read_text(encoding="utf-8")):
                assert named in others, f"{path.name} of {folder} imports from {named}"
    for path in (ROOT / "coverage").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(import|from) (folium|click)", text, re.MULTILINE), path


def test_every_command_stands_in_the_readme_and_has_help_with_an_example() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    areas = {f"boundaries {name}": command for name, command in boundaries.commands.items()}
    for name, command in {**cli.commands, **areas}.items():
        assert f"hinterland {name}" in readme, name
        assert command is boundaries or f"hinterland {name}" in (command.help or ""), name


def test_every_table_has_a_command_a_title_and_columns_for_a_terminal() -> None:
    made = {*TABLES, *ON_REQUEST}
    assert (
        made | {"comparison", "groupings", "timeline"}
        == set(SHOWN)
        == set(TITLES) - {"moved", "reconciliation"}
    )
    assert set(COMMANDS) == made - {"reliance_by_organisation"}  # hinterland reliance --internal
