"""Exit codes."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
WRONG_INPUT: Final = 1
INTERRUPTED: Final = 130
