"""A FeatureServer on this machine that serves 25 small areas, and plays one fault."""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, build_opener

PATH = "/rest/services/Small_Areas_BGC/FeatureServer/0"
PAGE = 10
ALWAYS = 10**6


def square(east: int, north: int, side: int, *, hole: bool = False) -> list[list[int]]:
    """A ring in metres: clockwise as outlines are, or the other way round as holes are."""
    ring = [[east, north], [east, north + side], [east + side, north + side], [east + side, north]]
    ring = ring[::-1] if hole else ring
    return [*ring, ring[0]]


def area(number: int) -> dict[str, Any]:
    """Area 3 has a hole, area 5 has two parts; 4 has no residents stated, 6 no share."""
    east = 450_000 + 100 * number
    rings = [square(east, 300_000, 100)]
    if number == 3:
        rings.append(square(east + 20, 300_020, 10, hole=True))
    if number == 5:
        rings.append(square(east, 310_000, 50))
    attributes = {
        "OBJECTID": number,
        "LAD23CD": f"E07{number:06}",
        "LAD23NM": f"Area {number}",
        "residents": None if number == 4 else 1000 + number,
        "share": None if number == 6 else number / 4,
        "counted": 1_700_000_000_000,
    }
    return {"attributes": attributes, "geometry": {"rings": rings}}


@dataclass
class FaultServer:
    """What is served, and which fault is played how many more times.

    A fault of the transport is played on the second page of rows.
    """

    rows: list[dict[str, Any]] = field(default_factory=lambda: [area(n) for n in range(1, 26)])
    fault: str = ""
    times: int = ALWAYS
    wait: str = ""  # Retry-After
    object_id: str = "OBJECTID"
    pagination: bool = True
    gives: int = PAGE  # rows at once, whatever it says
    limit_flag: bool = True
    old: bool = False  # says at the top level what it can do
    changing: bool = False  # a name is another one each time that the layer is asked about
    wkid: int = 27700
    shape: str = "esriGeometryPolygon"
    counts: list[int] = field(default_factory=list)  # what the next counts say
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def plays(self, *faults: str) -> bool:
        """Whether one of these faults is due; playing it uses it up."""
        due = self.fault in faults and self.times > 0
        self.times -= due
        return due

    def answer(self, query: dict[str, str]) -> dict[str, Any]:
        """What a sound server would say, but for the faults of content."""
        if "where" not in query:
            return self._about()
        rows = [self._renamed(row) for row in self.rows]
        if "returnCountOnly" in query:
            return {"count": self.counts.pop(0) if self.counts else len(rows)}
        if "returnIdsOnly" in query:
            return {"objectIds": [row["attributes"][self.object_id] for row in reversed(rows)]}
        if self.pagination:
            start = 0 if self.fault == "ignored offset" else int(query["resultOffset"])
            page = rows[start : start + min(self.gives, int(query["resultRecordCount"]))]
            more = start + len(page) < len(rows)
        else:
            first, last = re.findall(r"=(\d+)", query["where"])
            ids = range(int(first), int(last) + 1)
            page, more = [row for row in rows if row["attributes"][self.object_id] in ids][::-1], False
        if page and self.plays("empty page"):
            page, more = [], True
        if self.fault == "dropped":
            page = [row for row in page if row["attributes"][self.object_id] not in (13, 14)]
        answer: dict[str, Any] = {
            "objectIdFieldName": self.object_id,
            "geometryType": self.shape,
            "spatialReference": {"wkid": self.wkid, "latestWkid": self.wkid},
            "fields": self._fields(),
            "features": page,
        }
        if more and self.limit_flag:
            answer["exceededTransferLimit"] = True
        return answer

    def _about(self) -> dict[str, Any]:
        if self.changing:
            self.rows[-1]["attributes"]["LAD23NM"] = f"Area of request {len(self.asked)}"
        about: dict[str, Any] = {"maxRecordCount": PAGE, "fields": self._fields()}
        if self.object_id == "OBJECTID":
            about["objectIdField"] = "OBJECTID"
        capability = {"supportsPagination": self.pagination}
        return about | (capability if self.old else {"advancedQueryCapabilities": capability})

    def _fields(self) -> list[dict[str, str]]:
        kinds = ("OID", "String", "String", "Integer", "Double", "Date")
        names = [self.object_id, *list(area(1)["attributes"])[1:]]
        return [
            {"name": name, "type": f"esriFieldType{kind}", "alias": name}
            for name, kind in zip(names, kinds, strict=True)
        ]

    def _renamed(self, row: dict[str, Any]) -> dict[str, Any]:
        attributes = dict(row["attributes"])
        return row | {"attributes": {self.object_id: attributes.pop("OBJECTID"), **attributes}}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what is tested here."""


def _handler(server: FaultServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            server.asked.append(query)
            body = json.dumps(server.answer(query)).encode()
            second = query.get("resultOffset") == str(PAGE)
            (self._play if second else self._send)(body)

        def _play(self, body: bytes) -> None:
            fault = server.fault
            if fault in ("429", "500", "503") and server.plays(fault):
                headers = {"Retry-After": server.wait} if server.wait else {}
                self._send(b"busy", status=int(fault), **headers)
            elif server.plays("error JSON"):
                self._send(b'{"error":{"code":400,"message":"Invalid query parameters","details":[]}}')
            elif server.plays("HTML"):
                self._send(b"<!DOCTYPE html><html><body>Scheduled maintenance</body></html>")
            elif server.plays("cut JSON"):
                self._send(body[: len(body) // 2])
            elif server.plays("404"):
                self._send(b"no such service", status=404)
            elif server.plays("wrong length"):
                self._send(body, length=len(body) + 100)
                self.close_connection = True
            elif server.plays("reset"):
                self._send(body[: len(body) // 2], length=len(body))
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                os.close(self.connection.detach())
            elif server.plays("drip"):
                self._send(b"", length=len(body))
                self._drip(body)
            elif server.plays("dripped headers"):
                self._drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 5000)
            elif server.plays("silence"):
                time.sleep(0.5)
            elif server.plays("redirect"):
                self._send(b"", status=302, Location=f"/moved{self.path}")
            elif server.plays("away"):
                self._send(b"", status=302, Location="http://example.org/elsewhere")
            elif server.plays("bomb"):
                self._send(gzip.compress(b" " * 5_000_000), **{"Content-Encoding": "gzip"})
            else:
                self._send(body)

        def _drip(self, body: bytes) -> None:
            with suppress(OSError):
                for byte in body:
                    self.connection.sendall(bytes([byte]))
                    time.sleep(0.02)
            self.close_connection = True

        def _send(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the terminal belongs to the tests."""

    return Handler


def _proxy(passed: list[str]) -> type[BaseHTTPRequestHandler]:
    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            passed.append(self.path)
            with build_opener(ProxyHandler({})).open(self.path) as answer:
                body = answer.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the terminal belongs to the tests."""

    return Proxy


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with _Server(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}"
        finally:
            listening.shutdown()
            thread.join()


@contextmanager
def serving(**given: Any) -> Iterator[FaultServer]:
    """A server that listens, with the address of its layer."""
    server = FaultServer(**given)
    with _listening(_handler(server)) as address:
        server.url = address + PATH
        yield server


@contextmanager
def proxying() -> Iterator[tuple[str, list[str]]]:
    """The address of a forward proxy, and what was asked of it so far."""
    passed: list[str] = []
    with _listening(_proxy(passed)) as address:
        yield address, passed
