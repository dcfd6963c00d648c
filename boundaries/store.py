"""The cache of downloaded layers: what is in it is whole, or is refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import filelock
import platformdirs

from .errors import HinterlandError
from .layers import Layer
from .saving import STAGING, refused, write_one

FOLDER_VARIABLE: Final = "HINTERLAND_CACHE"
KEPT: Final = 3  # copies of a layer
LOCK: Final = ".hinterland.lock"
LOCK_TIMEOUT_S: Final = 120


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One downloaded copy of a layer.

    Attributes
    ----------
    layer, url
        Which layer, and where it came from.
    when
        When it was last seen to be what the server has, in UTC.
    sha256, count, size
        Digest, rows and bytes of its content.
    path
        The file that holds it.
    note
        Why it is used though nothing was downloaded; empty otherwise.
    """

    layer: str
    url: str
    when: datetime
    sha256: str
    count: int
    size: int
    path: Path
    note: str = ""

    def __str__(self) -> str:
        return f"{self.layer}, {self.note or self.of_date}"

    @property
    def of_date(self) -> str:
        """Its date and rows in words, such as `copy of 3 March 2026 (361 rows)`."""
        return f"copy of {self.when.day} {self.when:%B %Y} ({self.count:,} rows)"

    def read(self) -> bytes:
        """Read its content.

        Raises
        ------
        StoreError
            When the file is gone, or is not what was stored.
        """
        try:
            content = self.path.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(f"{self.path} cannot be read: {reason} → get {self.layer} again") from None
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise StoreError(
                f"{self.path} is damaged: its sha256 should be {self.sha256} and is {found}; "
                f"{len(content):,} bytes, of {self.size:,} → get {self.layer} again"
            )
        return content


class StoreError(HinterlandError, OSError):
    """A copy in the cache that cannot be trusted, or a new one that must not replace it.

    Parameters
    ----------
    reason
        What is wrong, and what to do about it.
    last_good
        The newest copy that is whole.
    """

    def __init__(self, reason: str, last_good: Copy | None = None) -> None:
        self.last_good = last_good
        super().__init__(reason)


def default_folder() -> Path:
    """The folder named by the environment variable HINTERLAND_CACHE, else the user's cache folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_cache_path("hinterland", appauthor=False)


@dataclass(frozen=True)
class Store:
    """A cache of layers in a folder, which any number of runs may share.

    `objects/` holds contents by their sha256, and `layers/` one list of copies for each layer. Both
    are replaced whole, so a run that is killed leaves them as they were.

    Parameters
    ----------
    folder
        Made when something is first added. By default that of `default_folder`.

    Examples
    --------
    >>> import tempfile
    >>> from hinterland.boundaries.layers import read_layers
    >>> layer = read_layers()["LAD23_BGC"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store(Path(folder))
    ...     added = store.add(layer, b"{}", count=361)
    ...     store.newest("LAD23_BGC") == added
    True
    """

    folder: Path = field(default_factory=default_folder)

    def copies(self, layer_id: str) -> tuple[Copy, ...]:
        """List the copies of a layer, newest first, without looking into them.

        Raises
        ------
        StoreError
            When the list itself is damaged.
        """
        path = self._list(layer_id)
        try:
            listed = json.loads(path.read_bytes())
            if listed["sha256"] != _digest(layer_id, listed["copies"]):
                raise ValueError("its digest does not hold")
            return tuple(self._copy(layer_id, entry) for entry in listed["copies"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            remedy = f"take that file away, and get {layer_id} again"
            raise StoreError(f"{path} is damaged: {error} → {remedy}") from None

    def newest(self, layer_id: str, *, url: str = "", sha256: str = "") -> Copy | None:
        """Give the newest copy of a layer, its digest verified; None where there is none.

        Parameters
        ----------
        layer_id
            Such as `LAD23_BGC`.
        url
            Only copies that came from here.
        sha256
            Only a copy with this digest.

        Raises
        ------
        StoreError
            When that copy is damaged. `last_good` is then the newest one that is whole.
        """
        copies = [
            copy for copy in self.copies(layer_id) if url in ("", copy.url) and sha256 in ("", copy.sha256)
        ]
        if not copies:
            return None
        try:
            copies[0].read()
        except StoreError as error:
            good = next((copy for copy in copies[1:] if _is_whole(copy)), None)
            offer = f", or pin sha256 {good.sha256} to use the {good.of_date}" if good else ""
            raise StoreError(f"{error}{offer}", good) from None
        return copies[0]

    def add(self, layer: Layer, content: bytes, count: int, *, fewer: bool = False) -> Copy:
        """Keep what was downloaded. If it is kept already, its date is renewed.

        The newest three copies of a layer are kept; damaged ones are dropped.

        Parameters
        ----------
        layer
            What it is.
        content, count
            The whole of it, and how many rows it has.
        fewer
            Whether it may have fewer rows than the newest copy from the same address.

        Raises
        ------
        StoreError
            When it has fewer rows than the newest whole copy, or the list of copies is damaged.
        OutputError
            When the folder cannot be written to.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        with self._locked():
            whole = [copy for copy in self.copies(layer.id) if _is_whole(copy)]
            before = next((copy for copy in whole if copy.url == layer.url), None)
            if before and count < before.count and not fewer:
                raise StoreError(
                    f"{layer.id}: {before.count:,} rows are kept, {count:,} came; the {before.of_date} was "
                    f"kept → if {count:,} is right, pin sha256 {sha256}",
                    before,
                )
            entry = {
                "url": layer.url,
                "when": datetime.now(UTC).isoformat(),
                "sha256": sha256,
                "count": count,
                "bytes": len(content),
            }
            added = self._copy(layer.id, entry)
            if not any(copy.sha256 == sha256 for copy in whole):
                write_one(added.path, content)
            others = [copy for copy in whole if (copy.url, copy.sha256) != (layer.url, sha256)]
            entries = [entry, *map(_entry, others)][:KEPT]
            listed = {"sha256": _digest(layer.id, entries), "copies": entries}
            write_one(self._list(layer.id), (json.dumps(listed, indent=2) + "\n").encode())
            self._sweep()
        return added

    def _copy(self, layer_id: str, entry: dict[str, Any]) -> Copy:
        return Copy(
            layer=layer_id,
            url=entry["url"],
            when=datetime.fromisoformat(entry["when"]),
            sha256=entry["sha256"],
            count=entry["count"],
            size=entry["bytes"],
            path=self.folder / "objects" / entry["sha256"],
        )

    def _list(self, layer_id: str) -> Path:
        return self.folder / "layers" / f"{layer_id}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            for name in ("objects", "layers"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / LOCK)
            lock.acquire(timeout=LOCK_TIMEOUT_S)
        except filelock.Timeout:
            remedy = "wait until it has ended, and try again"
            raise StoreError(f"another run is writing to {self.folder} ({LOCK} is held) → {remedy}") from None
        except OSError as error:
            raise refused(self.folder, error) from None
        try:
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Take away what no list names, and what killed runs left behind."""
        lists = [path.read_text(errors="replace") for path in self.folder.glob("layers/*.json")]
        for path in self.folder.glob(f"*/{STAGING}*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self.folder / "objects").iterdir():
            if not any(path.name in text for text in lists):
                with suppress(OSError):  # Windows keeps what another run has open; the next sweep takes it
                    path.unlink()


def _entry(copy: Copy) -> dict[str, Any]:
    return {
        "url": copy.url,
        "when": copy.when.isoformat(),
        "sha256": copy.sha256,
        "count": copy.count,
        "bytes": copy.size,
    }


def _digest(layer_id: str, entries: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps([layer_id, entries], sort_keys=True).encode()).hexdigest()


def _is_whole(copy: Copy) -> bool:
    try:
        copy.read()
    except StoreError:
        return False
    return True
