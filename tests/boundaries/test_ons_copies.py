"""Which copy of a layer is used: without network, offline, pinned or damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from hinterland.boundaries.server import OnsError
from hinterland.boundaries.store import Store, StoreError

from .fault_server import area, serving
from .small_layer import (
    all_rows,
    get,
    held,
    of_today,
    without_proxies_or_long_pauses,
)


@pytest.fixture(autouse=True)
def direct_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies_or_long_pauses(monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def test_fewer_rows_than_are_kept_are_refused_until_they_are_pinned(store: Store) -> None:
    with serving() as server:
        get(server, store)
        before = held(store)
        del server.rows[20:]
        with pytest.raises(
            StoreError, match=r"25 rows are kept, 20 came; the copy of .* was kept"
        ) as refusal:
            get(server, store)
        assert held(store) == before
        digest = str(refusal.value).split()[-1]
        assert get(server, store, pinned=digest).count == 20


def test_offline_nothing_is_asked_and_the_copy_is_used(store: Store) -> None:
    with serving() as server:
        get(server, store)
        asked = len(server.asked)
        copy = get(server, store, offline=True)
        assert len(server.asked) == asked
    assert copy.note == f"{of_today()} (25 rows), because: no server was to be asked (offline)"
    assert str(copy) == f"SMALL_BGC, {copy.note}"


def test_without_network_the_copy_is_used(store: Store) -> None:
    with serving() as server:
        get(server, store)
    copy = get(server, store)
    assert "127.0.0.1 cannot be reached: " in copy.note


def test_without_network_or_copy_it_says_what_to_do(store: Store) -> None:
    with serving() as server:
        pass
    with pytest.raises(OnsError) as refusal:
        get(server, store)
    assert str(refusal.value).startswith("SMALL_BGC cannot be had: 127.0.0.1 cannot be reached")
    assert f"no copy is in {store.folder} → get it where there is a network" in str(refusal.value)


def test_another_digest_than_the_pinned_one_is_refused_online_and_offline(store: Store) -> None:
    other = "0" * 64
    with serving() as server:
        kept = get(server, store)
        with pytest.raises(OnsError, match=f"{other} is pinned, {kept.sha256} came; the copy of .* was kept"):
            get(server, store, pinned=other)
        with pytest.raises(OnsError, match=f"has sha256 {kept.sha256}, where {other} is pinned"):
            get(server, store, pinned=other, offline=True)


def test_a_pinned_copy_is_used_though_the_server_has_moved_on(store: Store) -> None:
    with serving() as server:
        first = get(server, store)
        server.rows.append(area(26))
        second = get(server, store)
        pinned = get(server, store, pinned=first.sha256)
    assert (second.count, pinned.count, pinned.sha256) == (26, 25, first.sha256)
    assert pinned.note == f"{of_today()} (25 rows), as pinned"


def test_a_damaged_copy_is_downloaded_again_or_refused_offline(store: Store) -> None:
    with serving() as server:
        copy = get(server, store)
        copy.path.write_bytes(copy.path.read_bytes()[:-9])
        with pytest.raises(StoreError, match=r"no server was to be asked \(offline\); .* is damaged"):
            get(server, store, offline=True)
        assert all_rows(get(server, store), server)
    assert copy.read()
