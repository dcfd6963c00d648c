"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of open ONS files that the built-in atlas is made from."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("HINTERLAND_REFERENCE", beside))
    if not (folder / "boundaries").is_dir():
        pytest.skip("needs the reference files: set HINTERLAND_REFERENCE to their folder")
    return folder
