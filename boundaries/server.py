"""Asking a server for JSON: patiently, but never for ever."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
import tenacity

from .errors import HinterlandError, shorten
from .layers import is_safe

Answer = dict[str, Any]
Query = Mapping[str, str | int]

TRIES: Final = 5
PAUSE: Final = tenacity.wait_exponential(multiplier=1, max=60)  # seconds, where a server asks for none
PASSING: Final = (429, 500, 502, 503, 504)
REDIRECTS: Final = 5
MAX_ANSWER_BYTES: Final = 256 * 1024**2


class OnsError(HinterlandError, OSError):
    """A layer that cannot be had, or that is not what its server promised."""


class UnreachableError(OnsError):
    """A server that cannot be reached, or has no time.

    Parameters
    ----------
    reason
        Why.
    wait_s
        Seconds after which the server asks to be tried again.
    """

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(reason)


@contextmanager
def connected(deadline_s: float, silence_s: float) -> Iterator[Server]:
    """Open a connection, by the proxy that the environment names if it names one.

    Parameters
    ----------
    deadline_s
        Seconds after which everything under way is ended.
    silence_s
        Seconds that the server may be silent for.

    Raises
    ------
    UnreachableError
        When that proxy cannot be used.
    """
    try:
        opened = httpx.Client(headers={"User-Agent": "hinterland"})
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise UnreachableError(f"the proxy that the environment names cannot be used: {error}") from None
    with opened as client:
        server = Server(client, deadline_s, silence_s, time.monotonic() + deadline_s)
        alarm = threading.Timer(deadline_s, server.hang_up)
        alarm.daemon = True
        alarm.start()
        try:
            yield server
        finally:
            alarm.cancel()


@dataclass
class Server:
    """A server while one download lasts."""

    client: httpx.Client
    deadline_s: float
    silence_s: float
    ends: float
    sockets: list[socket.socket] = field(default_factory=list)

    def get(self, url: str, query: Query) -> Answer:
        """Ask for a JSON object, up to five times.

        Raises
        ------
        UnreachableError
            When the server cannot be reached or has no time, at the fifth try or the deadline.
        OnsError
            When it answers anything but a JSON object without an error.
        """
        tries = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(UnreachableError),
            stop=lambda state: state.attempt_number >= TRIES or self._left() <= state.upcoming_sleep,
            wait=_pause,
            reraise=True,
        )
        return _parse(tries(self._get, url, query))

    def hang_up(self) -> None:
        """End all that is under way, however slowly it drips."""
        for one in self.sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _left(self) -> float:
        return self.ends - time.monotonic()

    def _get(self, url: str, query: Query) -> bytes:
        host = httpx.URL(url).host
        late = f"{host} was not done within {self.deadline_s:g} s"
        if self._left() <= 0:
            raise UnreachableError(late)
        timeout = min(self.silence_s, self._left())
        request = self.client.build_request(
            "GET", url, params=dict(query), timeout=timeout, extensions={"trace": self._trace}
        )
        try:
            with closing(self._follow(request)) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES:
                        raise OnsError(f"an answer of more than {MAX_ANSWER_BYTES:,} bytes")
        except (httpx.TransportError, httpx.DecodingError) as error:
            reason = f"cannot be reached: {str(error) or type(error).__name__}"
            if isinstance(error, httpx.TimeoutException):
                reason = f"was silent for {timeout:g} s"
            raise UnreachableError(late if self._left() <= 0 else f"{host} {reason}") from None
        if self._left() <= 0:
            raise UnreachableError(late)
        status = f"{response.status_code} {response.reason_phrase}"
        if response.status_code in PASSING:
            wait_s = _wait_s(response.headers.get("Retry-After"))
            again = "" if wait_s is None else f" (try again in {wait_s:,.0f} s)"
            raise UnreachableError(f"{host} answered {status}{again}", wait_s)
        if response.status_code != httpx.codes.OK:
            raise OnsError(f"{host} answered {status}: {_first_words(body)}")
        return bytes(body)

    def _follow(self, request: httpx.Request) -> httpx.Response:
        for _ in range(REDIRECTS + 1):
            response = self.client.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            before, request = request.url, response.next_request
            if not is_safe(str(request.url)) or (before.scheme, request.url.scheme) == ("https", "http"):
                raise OnsError(f"{before.host} sends on to {request.url}, which is not secure (https)")
        raise OnsError(f"{request.url.host} sends on more than {REDIRECTS} times")

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self.sockets.append(info["return_value"].get_extra_info("socket"))


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, UnreachableError) else None
    return PAUSE(state) if asked is None else asked


def _wait_s(retry_after: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or as a date."""
    text = (retry_after or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _parse(body: bytes) -> Answer:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        web_page = body.lstrip()[:1] == b"<"
        what = "a web page (HTML)" if web_page else f"cut or damaged JSON ({len(body):,} bytes)"
        raise OnsError(f"{what} came: {_first_words(body)}") from None
    if not isinstance(answer, dict) or "error" in answer:
        raise OnsError(f"an error came: {_first_words(body)}")
    return answer


def _first_words(body: bytes | bytearray) -> str:
    return repr(shorten(body[:400].decode(errors="replace")))
