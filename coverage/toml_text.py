"""Where the tables and keys of a TOML file stand: the reader of the language does not say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

HEADING: Final = re.compile(r"^\s*\[\[?\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
KEY: Final = re.compile(r"^\s*\"?([\w-]+)\"?\s*=")
FENCE: Final = re.compile(r'"""|\'\'\'')


@dataclass(frozen=True)
class TomlText:
    """The lines of a TOML file.

    Parameters
    ----------
    text
        The file. Inline tables (`{…}`) have the line of the key that holds them.

    Examples
    --------
    >>> text = TomlText('[[scenario]]\\nid = "a"\\n[[scenario.close]]\\non = 2026-01-01\\n')
    >>> text.line("scenario.close", 0, "on"), text.line("scenario", 0), text.line("scenario", 1)
    (4, 1, None)
    """

    text: str
    _tables: list[tuple[str, int, dict[str, int]]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        keys: dict[str, int] = {}
        self._tables.append(("", 0, keys))
        inside = False
        for number, line in enumerate(self.text.splitlines(), 1):
            opened = inside
            inside ^= len(FENCE.findall(line)) % 2 == 1
            if opened:
                continue
            if heading := HEADING.match(line):
                keys = {}
                path = re.sub(r"\s*\.\s*", ".", heading[1]).replace('"', "")
                self._tables.append((path, number, keys))
            elif key := KEY.match(line):
                keys.setdefault(key[1], number)

    def line(self, path: str, number: int, key: str = "") -> int | None:
        """The line of a key, else of the heading, of the table of that path and number (the first is 0).

        The keys before any heading have the path `""`.
        """
        tables = [each for each in self._tables if each[0] == path]
        if number >= len(tables):
            holder, _, name = path.rpartition(".")
            return next((keys[name] for p, _, keys in self._tables if p == holder and name in keys), None)
        _, heading, keys = tables[number]
        below = (line for p, line, _ in self._tables if key and p == f"{path}.{key}" and line > heading)
        return keys.get(key) or next(below, heading) or None
