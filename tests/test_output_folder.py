"""An output folder that leads elsewhere, is closed, full or held by another run: rows 81 to 83."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinterland.boundaries.saving import STAGING
from hinterland.coverage.writing import LOCK, output_folder

from .bad_input import FIXTURES, contents, is_complete, published_study, start, study_of, wait_until_it
from .conftest import Hinterland


@pytest.fixture
def published(tmp_path: Path, hinterland: Hinterland) -> Path:
    return published_study(tmp_path, hinterland)


def test_row_81_tables_that_are_a_link_elsewhere_are_refused(tmp_path: Path, hinterland: Hinterland) -> None:
    study, elsewhere = study_of(tmp_path, "base"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (study / "output").mkdir()
    (study / "output" / "tables").symlink_to(elsewhere)
    ran = hinterland("run", study)
    assert (ran.code, ran.out) == (1, "")
    assert "is a link that leads elsewhere → take the link away" in ran.err
    assert str(study / "output" / "tables") in ran.err
    assert list(elsewhere.iterdir()) == []
    assert not (study / "output" / "map.html").exists()


@pytest.mark.parametrize("target", ["elsewhere/gaps.csv", "study/kept.csv"])
def test_row_81_an_output_that_is_a_link_leaves_link_and_target(
    target: str, tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "base")
    (tmp_path / "elsewhere").mkdir()
    kept = tmp_path / target
    kept.write_text("kept")
    link = study / "gaps.csv"
    link.symlink_to(kept)
    asked = hinterland("gaps", study, "--output", link)
    assert asked.code == 1
    assert f"{link} is a link to {kept} → name the file itself" in asked.err
    assert link.is_symlink()
    assert kept.read_text() == "kept"


CHILD = """
import contextlib, io, os, resource, signal, sys
from hinterland.cli import main
{before}
sys.argv = ["hinterland", *sys.argv[1:]]
main()
"""
# What a user without privileges may not read where the tests run as root is imported first.
UNPRIVILEGED = """
words, sys.argv = sys.argv, ["hinterland", "run", {copy!r}]
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
sys.argv = words
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
"""
SMALL_DISK = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
"""


def run_in_child(before: str, *words: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of which something is changed first."""
    code = CHILD.format(before=before)
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, check=False, timeout=60
    )


@pytest.fixture
def within_reach(hinterland: Hinterland) -> Iterator[Path]:
    """A published study in a folder that users without privileges may enter, as those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield published_study(Path(folder), hinterland)


def test_row_82_a_read_only_folder_is_named_and_the_old_files_stand(within_reach: Path) -> None:
    output = within_reach / "output"
    before = contents(output)
    copy = within_reach.parent / "copy"
    shutil.copytree(within_reach, copy)
    unprivileged = UNPRIVILEGED.format(copy=str(copy))
    for folder in (output, output / "tables"):
        folder.chmod(0o555)
    try:
        ran = run_in_child(unprivileged, "run", within_reach)
        asked = run_in_child(unprivileged, "gaps", within_reach, "--output", output / "gaps.csv")
    finally:
        for folder in (output, output / "tables"):
            folder.chmod(0o755)
    for done in (ran, asked):
        assert (done.returncode, done.stdout) == (1, b"")
        said = done.stderr.decode()
        assert f"cannot write to {output}" in said
        assert "Permission denied" in said
        assert "→ check its permissions and the free space, or name another place" in said
        assert "Traceback" not in said
    assert contents(output) == before


@pytest.mark.parametrize("command", ["check", "new"])
def test_row_82_a_folder_that_may_not_be_entered_is_named(command: str, within_reach: Path) -> None:
    closed = within_reach.parent / "closed"
    closed.mkdir(mode=0o700)
    (closed / "study").mkdir()
    closed.chmod(0)
    try:
        done = run_in_child(UNPRIVILEGED.format(copy=str(within_reach)), command, closed / "study")
    finally:
        closed.chmod(0o700)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1
    assert str(closed / "study") in said
    assert "Permission denied" in said
    assert "standard output" not in said
    assert "Traceback" not in said
    assert list((closed / "study").iterdir()) == []


def test_row_82_a_full_disk_is_named_and_the_old_files_stand(published: Path) -> None:
    output = published / "output"
    before = contents(output)
    ran = run_in_child(SMALL_DISK, "run", published)
    said = ran.stderr.decode()
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert f"cannot write to {output}: " in said
    assert "what stood there stands as it was → check its permissions and the free space" in said
    assert "Traceback" not in said
    assert contents(output) == before
    assert [path for path in output.iterdir() if path.name.startswith(".hinterland-")] == []


def test_row_82_a_folder_in_the_place_of_a_file_changes_nothing(
    published: Path, hinterland: Hinterland
) -> None:
    output = published / "output"
    (output / "map.html").unlink()
    (output / "map.html").mkdir()
    before = contents(output)
    (published / "services.csv").write_bytes((FIXTURES / "53_defined" / "services.csv").read_bytes())
    ran = hinterland("run", published)
    assert (ran.code, ran.out) == (1, "")
    assert str(output / "map.html") in ran.err
    assert contents(output) == before


def test_row_82_a_full_device_is_named(tmp_path: Path, hinterland: Hinterland) -> None:
    asked = hinterland("gaps", study_of(tmp_path, "base"), "--output", "/dev/full")
    assert (asked.code, asked.out) == (1, "")
    assert "cannot write to /dev/full: No space left on device" in asked.err


def test_row_83_a_second_run_at_once_is_told_who_holds_the_folder(
    published: Path, hinterland: Hinterland
) -> None:
    before = contents(published / "output")
    with output_folder(published / "output"):
        ran = hinterland("run", published)
    assert (ran.code, ran.out) == (1, "")
    assert f"another run is writing to {published / 'output'} (.hinterland.lock is held)" in ran.err
    assert "→ wait until it has ended, or name another output folder" in ran.err
    assert contents(published / "output") == before


def test_row_83_a_killed_run_leaves_complete_files_and_the_next_run_works(
    published: Path, hinterland: Hinterland
) -> None:
    output = published / "output"
    old = contents(output)
    copy = published.parent / "copy"
    shutil.copytree(published, copy)
    assert hinterland("run", copy).code == 0
    new = contents(copy / "output")
    assert old.keys() == new.keys()
    assert old["map.html"] != new["map.html"]

    computing, writing = LOCK, f"{STAGING}*"
    for made, then in ((computing, 0.0), (computing, 0.2), (writing, 0.0), (writing, 0.01), (writing, 0.03)):
        child = start(published)
        wait_until_it(published, child, has=made)
        time.sleep(then)
        child.kill()
        child.communicate()
        for name, data in contents(output).items():
            assert data in (old[name], new[name])
    assert hinterland("run", published).code == 0
    assert contents(output) == new
    assert is_complete(output)
    assert {path.name for path in output.iterdir()} == {
        ".hinterland.lock",
        "manifest.json",
        "map.html",
        "tables",
    }
