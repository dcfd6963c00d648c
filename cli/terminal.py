"""What a terminal is told while something goes on, and how wide it is."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable


def width() -> int | None:
    """How wide the terminal is, or COLUMNS says; None where the output goes elsewhere."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return shutil.get_terminal_size().columns if known else None


class Progress:
    """A line on standard error that says what is being done, where somebody looks at it."""

    def __enter__(self) -> Callable[[str], None]:
        if not sys.stderr.isatty():
            return lambda _: None
        from rich.console import Console

        self._status = Console(stderr=True).status("starting")
        self._status.start()
        return self._status.update

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "_status"):
            self._status.stop()
