"""Studies of bad input, and what a run leaves in their output folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

from hinterland.boundaries.saving import STAGING
from hinterland.coverage.writing import LOCK

from .conftest import Hinterland

FIXTURES = Path(__file__).parent / "fixtures" / "bad_input"


def study_of(folder: Path, name: str) -> Path:
    """Put together the study of a fixture."""
    study = folder / "study"
    shutil.copytree(FIXTURES / "base", study)
    shutil.copytree(FIXTURES / name, study, dirs_exist_ok=True)
    return study


def contents(folder: Path) -> dict[str, bytes]:
    """Every visible file in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def is_complete(folder: Path) -> bool:
    """Whether every file that the manifest names is there, as the manifest has it, and no other."""
    found = contents(folder)
    digests: dict[str, str] = json.loads(found.pop("manifest.json"))["sha256"]
    return digests == {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


def published_study(folder: Path, hinterland: Hinterland) -> Path:
    """Put together a study, run it, and change its title."""
    study = study_of(folder, "base")
    assert hinterland("run", study).code == 0
    toml = study / "study.toml"
    toml.write_text(toml.read_text().replace("Bad input", "A new title"))
    return study


def start(study: Path) -> subprocess.Popen[bytes]:
    """Start a run, with nothing of an earlier one in the folder but what it wrote."""
    (study / "output" / LOCK).unlink(missing_ok=True)
    for left_over in (study / "output").glob(f"{STAGING}*"):
        shutil.rmtree(left_over)
    return subprocess.Popen(
        [sys.executable, "-m", "hinterland", "run", str(study)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=study.parent,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
    )


def wait_until_it(study: Path, child: subprocess.Popen[bytes], *, has: str) -> None:
    """Wait until a run that was just started has made something in the output folder, or is done."""
    deadline = time.monotonic() + 30
    while not any(fnmatch(name, has) for name in os.listdir(study / "output")):
        if child.poll() is not None:
            assert child.returncode == 0, child.communicate()
            return  # it was done between two looks
        assert time.monotonic() < deadline
        time.sleep(0.0005)
