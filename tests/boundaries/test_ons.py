"""Layers from a server that misbehaves: all rows, or a refusal that says what was promised and came."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from hinterland.boundaries import server as server_module
from hinterland.boundaries.ons import fetch
from hinterland.boundaries.server import OnsError
from hinterland.boundaries.store import Store

from .fault_server import FaultServer, proxying, serving
from .small_layer import (
    all_rows,
    get,
    held,
    layer_of,
    of_today,
    without_proxies_or_long_pauses,
)


@pytest.fixture(autouse=True)
def direct_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies_or_long_pauses(monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


SOUND: list[dict[str, Any]] = [
    {},
    {"limit_flag": False},
    {"gives": 7},
    {"gives": 7, "limit_flag": False},
    {"object_id": "FID"},
    {"pagination": False},
    {"pagination": False, "object_id": "FID"},
    {"fault": "empty page", "times": 1},
    {"fault": "429", "times": 1, "wait": "0"},
    {"fault": "429", "times": 1, "wait": "soon"},
    {"fault": "500", "times": 1},
    {"fault": "503", "times": 4},
    {"fault": "reset", "times": 1},
    {"fault": "wrong length", "times": 1},
    {"fault": "redirect", "times": 5},
]


@pytest.mark.parametrize("given", SOUND, ids=str)
def test_all_rows_come(given: dict[str, Any], store: Store) -> None:
    with serving(**given) as server:
        copy = get(server, store)
        assert all_rows(copy, server)
    assert (copy.count, copy.note) == (25, "")
    assert store.newest("SMALL_BGC") == copy


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"fault": "dropped"}, "25 promised, 23 came"),
    (
        {"fault": "ignored offset"},
        "25 promised, 10 came, then: 10 rows came again (the first has OBJECTID 1)",
    ),
    ({"fault": "empty page"}, "25 promised, 0 came"),
    ({"fault": "error JSON"}, '25 promised, 10 came, then: an error came: \'{"error":{"code":400'),
    ({"fault": "HTML"}, "25 promised, 10 came, then: a web page (HTML) came: '<!DOCTYPE html>"),
    ({"fault": "cut JSON"}, "25 promised, 10 came, then: cut or damaged JSON"),
    ({"fault": "404"}, "25 promised, 10 came, then: 127.0.0.1 answered 404 Not Found: 'no such service'"),
    ({"fault": "redirect"}, "sends on more than 5 times"),
    ({"fault": "away"}, "sends on to http://example.org/elsewhere, which is not secure"),
    ({"counts": [25, 26]}, "25 promised at first, 26 at the end"),
    ({"counts": [26]}, "26 promised, 25 came"),
    ({"counts": [24]}, "24 promised, 25 came, then: more rows than were promised"),
    ({"counts": [20, 20]}, "20 promised, 25 came, then: more rows than were promised"),
    ({"counts": [0]}, "a number of rows was asked for, 0 came"),
    ({"wkid": 3857}, 'EPSG:27700 was asked for, {"latestWkid":3857,"wkid":3857} came'),
    ({"pagination": False, "counts": [26]}, "26 promised, 0 came, then: 25 object ids were listed"),
    ({"pagination": False, "fault": "dropped"}, "25 promised, 23 came"),
]


@pytest.mark.parametrize(("given", "reason"), REFUSED, ids=str)
def test_a_server_that_breaks_its_promise_is_refused_and_the_copy_is_kept(
    given: dict[str, Any], reason: str, store: Store
) -> None:
    with serving() as server:
        get(server, store)
        before = held(store)
        for name, value in given.items():
            setattr(server, name, value)
        with pytest.raises(OnsError) as refusal:
            get(server, store)
    assert reason in str(refusal.value)
    assert f"the {of_today()} (25 rows) was kept" in str(refusal.value)
    assert held(store) == before


OUT_OF_REACH: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"fault": "500"}, {}, "127.0.0.1 answered 500 Internal Server Error"),
    ({"fault": "503"}, {}, "127.0.0.1 answered 503 Service Unavailable"),
    ({"fault": "429", "wait": "3600"}, {}, "429 Too Many Requests (try again in 3,600 s)"),
    ({"fault": "reset"}, {}, "127.0.0.1 cannot be reached"),
    ({"fault": "wrong length"}, {}, "127.0.0.1 cannot be reached"),
    ({"fault": "drip"}, {"deadline_s": 1.5}, "127.0.0.1 was not done within 1.5 s"),
    ({"fault": "dripped headers"}, {"deadline_s": 1.5}, "127.0.0.1 was not done within 1.5 s"),
]


@pytest.mark.parametrize(("given", "options", "reason"), OUT_OF_REACH, ids=str)
def test_a_server_that_has_no_time_is_answered_for_by_the_copy_and_its_date(
    given: dict[str, Any], options: dict[str, Any], reason: str, store: Store
) -> None:
    with serving() as server:
        first = get(server, store)
        before = held(store)
        for name, value in given.items():
            setattr(server, name, value)
        begun = time.monotonic()
        copy = get(server, store, **options)
        assert time.monotonic() - begun < 6
        assert all_rows(copy, server)
    assert copy.sha256 == first.sha256
    assert copy.note.startswith(f"{of_today()} (25 rows), because: 25 promised, 10 came, then: ")
    assert reason in copy.note
    assert held(store) == before


def test_a_request_is_tried_five_times(store: Store) -> None:
    with serving(fault="503") as server, pytest.raises(OnsError, match="answered 503"):
        get(server, store)
    assert [asked.get("resultOffset") for asked in server.asked].count("10") == 5


def test_silence_is_ended_by_the_time_out_of_a_page(store: Store) -> None:
    with serving(fault="silence") as server, pytest.raises(OnsError, match=r"was silent for 0\.1 s"):
        get(server, store, page_timeout_s=0.1)


@pytest.mark.parametrize("as_date", [False, True])
def test_it_waits_as_long_as_a_server_asks(as_date: bool, store: Store) -> None:
    wait = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True) if as_date else "1"
    with serving(fault="429", times=1, wait=wait) as server:
        begun = time.monotonic()
        assert all_rows(get(server, store), server)
    assert 0.9 < time.monotonic() - begun < 8


@pytest.mark.parametrize("old", [False, True])
def test_it_asks_in_metres_of_the_national_grid_by_object_id(old: bool, store: Store) -> None:
    with serving(object_id="FID", old=old) as server:
        get(server, store)
    pages = [asked for asked in server.asked if "resultOffset" in asked]
    assert [page["resultOffset"] for page in pages] == ["0", "10", "20"]
    for page in pages:
        assert (page["outSR"], page["f"], page["outFields"]) == ("27700", "json", "*")
        assert (page["orderByFields"], page["resultRecordCount"]) == ("FID ASC", "10")


def test_progress_is_told(store: Store) -> None:
    told: list[tuple[int, int]] = []
    with serving() as server:
        get(server, store, progress=lambda received, promised: told.append((received, promised)))
    assert told == [(0, 25), (10, 25), (20, 25), (25, 25)]


def test_the_same_rows_make_the_same_bytes_whatever_the_pages(tmp_path: Path) -> None:
    with serving() as server:
        pages = get(server, Store(tmp_path / "pages"))
        server.pagination = False
        ranges = get(server, Store(tmp_path / "ranges"))
        server.pagination, server.rows[0]["attributes"]["LAD23NM"] = True, "Renamed"
        renamed = get(server, Store(tmp_path / "renamed"))
    assert pages.sha256 == ranges.sha256 != renamed.sha256


def doubled(row: dict[str, Any]) -> None:
    row["attributes"]["LAD23CD"] = "E07000001"


def blank(row: dict[str, Any]) -> None:
    row["attributes"]["LAD23CD"] = " "


def shapeless(row: dict[str, Any]) -> None:
    row["geometry"] = None


ROWS: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (doubled, "the rows with OBJECTID 1 and 12 have one code, E07000001"),
    (blank, "the row with OBJECTID 12 has no code in lad23cd"),
    (shapeless, "E07000012 has no geometry"),
]


@pytest.mark.parametrize(("spoil", "reason"), ROWS)
def test_a_row_that_cannot_be_an_area_is_refused(
    spoil: Callable[[dict[str, Any]], None], reason: str, store: Store
) -> None:
    with serving() as server:
        spoil(server.rows[11])
        with pytest.raises(OnsError, match=f"25 promised, 11 came, then: {reason}"):
            get(server, store)
    assert held(store) == {}


def test_a_layer_without_the_column_of_codes_is_refused_with_the_columns_it_has(store: Store) -> None:
    with (
        serving() as server,
        pytest.raises(OnsError, match=r"no column LAD24CD; there are OBJECTID, LAD23CD"),
    ):
        fetch(layer_of(server, codes=("LAD24CD",)), store)


def test_points_are_no_outlines(store: Store) -> None:
    with serving() as server, pytest.raises(OnsError, match="centroids are esriGeometryPoint"):
        fetch(layer_of(server, kind="centroids"), store)


def test_the_number_of_rows_that_the_list_of_layers_states_is_required(store: Store) -> None:
    with serving() as server:
        assert fetch(layer_of(server, expected=25), store).count == 25
        with pytest.raises(OnsError, match="26 rows are expected, 25 promised"):
            fetch(layer_of(server, expected=26), store)


def test_an_answer_may_not_grow_without_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_ANSWER_BYTES", 1_000_000)
    with serving(fault="bomb") as server, pytest.raises(OnsError, match="more than 1,000,000 bytes"):
        get(server, store)


def test_a_proxy_of_the_environment_is_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server, proxying() as (address, passed):
        monkeypatch.setenv("HTTP_PROXY", address)
        assert all_rows(get(server, store), server)
        assert len(passed) == len(server.asked) == 6
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        get(server, store)
        assert len(passed) == 6


def test_a_proxy_that_cannot_be_used_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://127.0.0.1")
    with serving() as server, pytest.raises(OnsError, match="the proxy that the environment names"):
        get(server, store)


@pytest.fixture
def secure_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server with a certificate that sends everyone on to plain http."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(
        [openssl, "req", "-x509", "-nodes", *curve, *files, *subject], check=True, capture_output=True
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(301)
            self.send_header("Location", f"http://127.0.0.1{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the terminal belongs to the tests."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{listening.server_address[1]}/FeatureServer/0"
        listening.shutdown()
        thread.join()


def test_a_secure_server_may_not_send_on_to_an_open_one(secure_server: str, store: Store) -> None:
    with pytest.raises(OnsError, match=r"sends on to http://127\.0\.0\.1/.*, which is not secure"):
        fetch(layer_of(FaultServer(url=secure_server)), store)
