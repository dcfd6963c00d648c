"""Reading a `study.toml`: strictly, and with the line of everything that is wrong in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..boundaries.errors import Fault, Kind
from ..boundaries.spelling import near

FILE: Final = "study.toml"
KEYS: Final[Mapping[str, Mapping[str, type]]] = {
    "study": {
        "title": str,
        "snapshot": str,
        "area": list,
        "geographies": list,
        "banner": str,
        "notes": list,
        "sources": list,
    },
    "rules": {"evidence": list, "community_focus": list, "sectors": list, "covered_from": float},
    "tables": {
        "organisations": str,
        "services": str,
        "scope": str,
        "themes": str,
        "reported": str,
        "listed": str,
        "published": str,
    },
    "output": {"page": str},
}
REQUIRED: Final = ("title", "snapshot", "area", "geographies")
EMPTY_ALLOWED: Final = ("banner", "notes", "sources")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WANTED: Final = {list: 'a list of texts, ["…", "…"]', float: "a number", str: "a text in quotation marks"}


class Settings:
    """The keys of a `study.toml` that can be used.

    Parameters
    ----------
    file
        The file.
    faults
        What is wrong is added to it.

    Attributes
    ----------
    sections
        Section → key → value; unknown keys and values of the wrong type are left out. None where
        the file cannot be read at all.
    """

    def __init__(self, file: Path, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults
        self._text = ""
        self.sections: dict[str, dict[str, Any]] | None = None
        found = self._load()
        if found is not None:
            self.sections = {section: {} for section in KEYS}
            for section, values in found.items():
                self._take(section, values)
            given = found.get("study")
            for key in REQUIRED:
                if not (isinstance(given, dict) and key in given):
                    self.report(f"[study] has no {key}", f"add a line: {key} = …")

    def report(
        self, reason: str, remedy: str, key: str = "", value: str | None = None, kind: Kind = "stopped"
    ) -> None:
        """Report a fault, with the line on which its key stands."""
        line = re.search(rf"^\s*\[*\s*{re.escape(key)}\b", self._text, re.MULTILINE) if key else None
        row = self._text.count("\n", 0, line.end()) + 1 if line else None
        self.faults.append(
            Fault(
                kind=kind, file=self.file.name, row=row, column=key, value=value, reason=reason, remedy=remedy
            )
        )

    def _load(self) -> dict[str, Any] | None:
        try:
            if self.file.exists() and not self.file.is_file():
                raise OSError(0, "it is no file")
            self._text = self.file.read_bytes().decode("utf-8-sig")
            return tomllib.loads(self._text)
        except FileNotFoundError:
            remedy = "name a folder with a study.toml, or make one: hinterland new DIR"
            fault = Fault(kind="stopped", file=str(self.file), reason="there is no such file", remedy=remedy)
            self.faults.append(fault)
        except OSError as error:
            self.report(f"it cannot be read: {error.strerror}", "name a file that can be read")
        except UnicodeDecodeError:
            self.report("it is no UTF-8 text", "save it as UTF-8")
        except (ValueError, RecursionError) as error:
            self.report(f"it is no TOML that can be read: {str(error)[:200]}", "mend that line")
        return None

    def _take(self, section: str, values: object) -> None:
        if section not in KEYS:
            meant = near(section, list(KEYS))
            outside = "" if isinstance(values, dict | list) else "it stands outside every section: "
            known = "known are " + ", ".join(f"[{name}]" for name in KEYS)
            remedy = f"did you mean [{meant[0]}]?" if meant and not outside else known
            self.report(f"{outside}there is no such section", remedy, section, section)
        elif not isinstance(values, dict):
            self.report("a section is written once, in single brackets", f"write [{section}]", section)
        else:
            for key, value in values.items():
                self._take_key(section, key, value)

    def _take_key(self, section: str, key: str, value: object) -> None:
        wanted = KEYS[section].get(key)
        if wanted is None:
            meant = near(key, list(KEYS[section]))
            remedy = f"did you mean {meant[0]}?" if meant else f"known are {', '.join(KEYS[section])}"
            self.report(f"[{section}] has no such key", remedy, key, key)
        elif not _is(value, wanted):
            self.report(f"it has to be {WANTED[wanted]}", f"write {key} = …", key, str(value)[:200])
        elif key not in EMPTY_ALLOWED and (value == [] or (isinstance(value, str) and not value.strip())):
            self.report("it is empty", "write at least one value, or take the line out", key, str(value))
        elif any(CONTROL.search(text) for text in _texts(value)):
            self.report("it holds control or direction characters", "retype it", key)
        else:
            assert self.sections is not None
            self.sections[section][key] = value


def _is(value: object, wanted: type) -> bool:
    if wanted is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if wanted is float:
        return isinstance(value, float | int) and not isinstance(value, bool)
    return isinstance(value, wanted)


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []
