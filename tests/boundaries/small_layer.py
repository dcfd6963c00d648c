"""A layer of 25 areas on a faulty server, and the copies that are kept of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import tenacity

from hinterland.boundaries import server as server_module
from hinterland.boundaries.layers import Layer
from hinterland.boundaries.ons import fetch, read_copy
from hinterland.boundaries.store import Copy, Store

from .fault_server import FaultServer


def without_proxies_or_long_pauses(patch: pytest.MonkeyPatch) -> None:
    """Let requests go straight to the server, and soon again where it refuses."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        patch.delenv(name, raising=False)
        patch.delenv(name.upper(), raising=False)
    patch.setattr(server_module, "PAUSE", tenacity.wait_exponential(multiplier=0.01))


def layer_of(server: FaultServer, **changed: Any) -> Layer:
    given: dict[str, Any] = {"kind": "outlines", "codes": ("lad23cd",), "names": ("lad23nm",)}
    about = {"id": "SMALL_BGC", "label": "Small areas", "vintage": "2023-12", "url": server.url}
    return Layer(**{**about, **given, **changed})


def get(server: FaultServer, store: Store, **options: Any) -> Copy:
    return fetch(layer_of(server), store, **{"deadline_s": 10, "page_timeout_s": 2, **options})


def held(store: Store) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}


def of_today() -> str:
    now = datetime.now(UTC)
    return f"copy of {now.day} {now:%B %Y}"


def all_rows(copy: Copy, server: FaultServer) -> bool:
    frame = read_copy(copy, layer_of(server))
    return list(frame["LAD23NM"]) == [f"Area {n}" for n in range(1, 26)]
