"""The cache of layers: what is in it is whole or refused, whatever is done to it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from hinterland.boundaries.errors import OutputError
from hinterland.boundaries.layers import Layer, read_layers
from hinterland.boundaries.ons import fetch
from hinterland.boundaries.store import Store, StoreError

from .fault_server import serving

LAYER = read_layers()["LAD23_BGC"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a folder" / "cache")


def files(store: Store) -> set[str]:
    found = (path for path in store.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(store.folder)) for path in found} - {".hinterland.lock"}


def test_what_is_added_is_read_back_byte_for_byte(store: Store) -> None:
    assert store.newest("LAD23_BGC") is None
    copy = store.add(LAYER, b"first", 361)
    found = store.newest("LAD23_BGC")
    assert found == copy
    assert copy.read() == b"first"
    assert (copy.layer, copy.url, copy.count, copy.size) == ("LAD23_BGC", LAYER.url, 361, 5)
    assert timedelta(0) <= datetime.now(UTC) - copy.when < timedelta(seconds=5)


def test_the_same_content_again_renews_only_the_date(store: Store) -> None:
    first = store.add(LAYER, b"first", 361)
    written = first.path.stat().st_mtime_ns
    again = store.add(LAYER, b"first", 361)
    assert again.when > first.when
    assert again.path.stat().st_mtime_ns == written
    assert store.copies("LAD23_BGC") == (again,)


def test_three_copies_are_kept_and_no_object_without_a_copy(store: Store) -> None:
    for content in (b"1", b"2", b"3", b"4", b"3"):
        store.add(LAYER, content, 361)
    copies = store.copies("LAD23_BGC")
    assert [copy.read() for copy in copies] == [b"3", b"4", b"2"]
    assert files(store) == {"layers/LAD23_BGC.json", *(f"objects/{copy.sha256}" for copy in copies)}


def test_an_object_of_two_layers_outlives_one_of_them(store: Store) -> None:
    other = read_layers()["LAD21_BGC"]
    shared = store.add(other, b"shared", 361)
    for content in (b"shared", b"1", b"2", b"3"):
        store.add(LAYER, content, 361)
    assert store.newest("LAD21_BGC") == shared


def test_what_a_killed_run_left_is_taken_away(store: Store) -> None:
    copy = store.add(LAYER, b"first", 361)
    (store.folder / "objects" / ("0" * 64)).write_bytes(b"no list names it")
    (store.folder / "objects" / ".hinterland-abc").mkdir()
    store.add(LAYER, b"first", 361)
    assert files(store) == {"layers/LAD23_BGC.json", f"objects/{copy.sha256}"}
    assert [path.name for path in (store.folder / "objects").iterdir()] == [copy.sha256]


def test_fewer_rows_than_are_kept_are_refused(store: Store) -> None:
    before = store.add(LAYER, b"first", 361)
    with pytest.raises(StoreError, match="361 rows are kept, 360 came; the copy of") as refusal:
        store.add(LAYER, b"less", 360)
    assert refusal.value.last_good == before
    assert store.newest("LAD23_BGC") == before
    assert store.add(LAYER, b"less", 360, fewer=True).count == 360


def test_a_layer_of_another_address_may_have_fewer_rows(store: Store) -> None:
    store.add(LAYER, b"first", 361)
    moved = Layer(**{**vars(LAYER), "url": "https://example.org/FeatureServer/0"})
    added = store.add(moved, b"less", 317)
    assert store.newest("LAD23_BGC") == added
    found = store.newest("LAD23_BGC", url=LAYER.url)
    assert found is not None
    assert found.count == 361


@pytest.mark.parametrize("damaged", [b"", b"secon", b"second!", b"sfcond"])
def test_a_damaged_copy_is_refused_and_the_last_good_one_offered(damaged: bytes, store: Store) -> None:
    good = store.add(LAYER, b"first", 361)
    bad = store.add(LAYER, b"second", 361)
    bad.path.write_bytes(damaged)
    with pytest.raises(StoreError) as refusal:
        store.newest("LAD23_BGC")
    text = str(refusal.value)
    assert f"{bad.path} is damaged: its sha256 should be {bad.sha256} and is" in text
    assert f"{len(damaged)} bytes, of 6" in text
    assert f"get LAD23_BGC again, or pin sha256 {good.sha256} to use the {good.of_date}" in text
    assert refusal.value.last_good == good
    assert store.newest("LAD23_BGC", sha256=good.sha256) == good


def test_what_was_damaged_is_mended_by_adding_it_again(store: Store) -> None:
    copy = store.add(LAYER, b"first", 361)
    copy.path.unlink()
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        store.newest("LAD23_BGC")
    store.add(LAYER, b"first", 361)
    assert copy.read() == b"first"


def test_any_flipped_bit_of_a_list_is_noticed(store: Store) -> None:
    store.add(LAYER, b"first", 361)
    path = store.folder / "layers" / "LAD23_BGC.json"
    sound = path.read_bytes()
    for at in range(len(sound)):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        with pytest.raises(StoreError, match="take that file away, and get LAD23_BGC again"):
            store.newest("LAD23_BGC")


def test_a_list_of_another_layer_is_refused(store: Store) -> None:
    store.add(LAYER, b"first", 361)
    lists = store.folder / "layers"
    (lists / "LAD23_BGC.json").rename(lists / "LAD25_BGC.json")
    with pytest.raises(StoreError, match="its digest does not hold"):
        store.newest("LAD25_BGC")


def test_two_runs_at_once_leave_every_copy_whole(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        contents = [str(number).encode() for number in range(40)]
        list(pool.map(lambda content: Store(store.folder).add(LAYER, content, 361), contents))
    copies = store.copies("LAD23_BGC")
    assert len(copies) == 3
    assert all(copy.read() in contents for copy in copies)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        Store(tmp_path / "file").add(LAYER, b"first", 361)


def test_the_folder_is_the_users_unless_the_environment_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HINTERLAND_CACHE", str(tmp_path))
    assert Store().folder == tmp_path
    monkeypatch.delenv("HINTERLAND_CACHE")
    assert Store().folder == platformdirs.user_cache_path("hinterland", appauthor=False)


NURSERY = """
import json, os, signal, sys
from pathlib import Path
from typing import Any
from hinterland.boundaries.layers import Layer
from hinterland.boundaries.ons import fetch
from hinterland.boundaries.ons import fetch
from hinterland.boundaries.store import Store
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
layer = Layer(**json.loads(sys.argv[1]))
for _ in sys.stdin:
    child = os.fork()
    while child == 0:
        fetch(layer, Store(Path(sys.argv[2])))
    print(child, flush=True)
"""


@pytest.fixture
def runs(store: Store) -> Iterator[Callable[[], int]]:
    """Starts a process that fetches a changing layer again and again; gives its number."""
    with serving(changing=True) as server:
        about = {"id": "SMALL", "label": "Small areas", "kind": "outlines", "vintage": "2023-12"}
        given: dict[str, Any] = {**about, "url": server.url, "codes": ["LAD23CD"], "names": []}
        fetch(Layer(**given), store)
        command = [sys.executable, "-c", NURSERY, json.dumps(given), str(store.folder)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1) as nursery:
            assert nursery.stdin is not None
            assert nursery.stdout is not None
            feed, born = nursery.stdin, nursery.stdout

            def start() -> int:
                feed.write("\n")
                return int(born.readline())

            yield start
            feed.close()


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    with suppress(ProcessLookupError):
        while True:
            os.kill(process, 0)
            time.sleep(0.001)


def newest(store: Store) -> str:
    """The digest of the newest copy, after a look into it."""
    copy = store.newest("SMALL")
    assert copy is not None
    assert len(json.loads(copy.read())["features"]) == 25
    return copy.sha256


def test_a_run_killed_at_any_moment_leaves_a_whole_copy(store: Store, runs: Callable[[], int]) -> None:
    moments = random.Random(20)
    digests, kills, patience = set(), 0, time.monotonic() + 60  # a busy machine writes slowly
    while kills < 20 or (len(digests) <= 3 and time.monotonic() < patience):
        process = runs()
        time.sleep(moments.uniform(0.05, 0.25) * 1.1 ** max(0, kills - 20))
        kill(process)
        digests.add(newest(store))
        kills += 1
    assert len(digests) > 3


def test_three_processes_at_once_leave_every_copy_whole(store: Store, runs: Callable[[], int]) -> None:
    processes = [runs() for _ in range(3)]
    digests, looks, patience = set(), 0, time.monotonic() + 30  # a busy machine writes slowly
    while looks < 50 or (len(digests) < 2 and time.monotonic() < patience):
        time.sleep(0.01)
        digests.add(newest(store))
        looks += 1
    for process in processes:
        kill(process)
    assert len(digests) > 1
    assert all(copy.read() for copy in store.copies("SMALL"))
