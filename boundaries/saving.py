"""Saving files: the old one stands until the new one is complete."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from .errors import OutputError

STAGING: Final = ".hinterland-"  # begins the name of a folder that a killed run leaves behind


def write_one(path: Path, content: bytes) -> None:
    """Write one file: the old one stands until the new one is complete.

    A pipe or a device is written to as it is.

    Raises
    ------
    OutputError
        When it cannot be written, is a folder, or is a link.
    """
    try:
        if path.is_symlink():
            raise OutputError(f"{path} is a link to {path.resolve()} → name the file itself")
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            path.write_bytes(content)
            return
        with tempfile.TemporaryDirectory(prefix=STAGING, dir=path.parent) as staging:
            staged = Path(staging) / "0"
            write_through(staged, content)
            os.replace(staged, path)
    except OutputError:
        raise
    except OSError as error:
        raise refused(path, error) from None


def write_through(path: Path, content: bytes) -> None:
    """Write a file, and see to it that it is on the disk."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def refused(path: Path, error: OSError) -> OutputError:
    """The error for a file that the system would not write."""
    return OutputError(
        f"cannot write to {path}: {error.strerror or error}; what stood there stands as it was "
        "→ check its permissions and the free space, or name another place"
    )
