"""What all tests share."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import filelock
import pytest
from hypothesis import settings

from hinterland.cli import main

COMPILED = ("fast_engine", "footprints", "kernels", "polygon_kernels")

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the machine code of each wording of the compiled loops apart.

    Numba looks at the file of a function alone, not at those of the functions that were compiled into it.
    Each worker has a folder of its own: two that save one function at once can mix up its argument types.
    """
    folder = Path(__file__).parents[1] / "coverage"
    sources = b"".join((folder / f"{name}.py").read_bytes() for name in COMPILED)
    name = f"{hashlib.sha256(sources).hexdigest()[:16]}-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    os.environ["NUMBA_CACHE_DIR"] = str(config.rootpath / ".pytest_cache" / "numba" / name)


MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Give a folder of that name, which the first of all workers that asks for it makes."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root

    def give(name: str, make: Callable[[Path], object]) -> Path:
        folder = shared / name
        with filelock.FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                make(folder)
        return folder

    return give


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of open ONS files that the built-in atlas is made from."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("HINTERLAND_REFERENCE", beside))
    if not (folder / "boundaries").is_dir():
        pytest.skip("needs the reference files: set HINTERLAND_REFERENCE to their folder")
    return folder


def described(*names: str) -> str:
    """What a study.toml says of some of the reference files, whose folder stands in it as `{data}`."""
    folder = Path(__file__).parent / "fixtures" / "reference_boundaries"
    return "".join((folder / f"{name}.toml").read_text(encoding="utf-8") for name in names)


@dataclass(frozen=True)
class Result:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def tally(self) -> str:
        return next((line for line in self.out.splitlines() if " accepted, " in line), "")

    def lines(self, kind: str) -> list[str]:
        texts = (self.out + self.err).splitlines()
        return [line.removeprefix(kind).strip() for line in texts if line.startswith(f"{kind} ")]

    def table(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.out)))


Hinterland = Callable[..., Result]


@pytest.fixture
def hinterland(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hinterland:
    """The command line, in this process."""

    def call(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["hinterland", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        found = capsys.readouterr()
        assert "Traceback" not in found.out + found.err
        return Result(int(stop.value.code or 0), found.out, found.err)

    return call
