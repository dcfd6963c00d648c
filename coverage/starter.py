"""A starter study for a user to edit."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..boundaries.errors import OutputError
from ..boundaries.saving import write_one
from .writing import LOCK, output_folder

STARTER: Final = Path(__file__).parent / "data" / "starter"


def write_starter(folder: Path) -> list[str]:
    """Write a study with example rows into a new or empty folder.

    Parameters
    ----------
    folder
        Where to.

    Returns
    -------
    list of str
        The names of the files.

    Raises
    ------
    OutputError
        When the folder holds anything, or cannot be written to.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputError(f"{folder} is not empty → name a new folder")
    names = sorted(path.name for path in STARTER.iterdir())
    with output_folder(folder):
        for name in names:
            write_one(folder / name, (STARTER / name).read_bytes())
    (folder / LOCK).unlink(missing_ok=True)
    return names
