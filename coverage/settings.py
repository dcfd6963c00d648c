"""Reading a `study.toml`: strictly, and with the line of everything that is wrong in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
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
        "scenarios": str,
    },
    "output": {"page": str, "background": str, "background_attribution": str},
    "boundaries": {"attribution": list, "layers": str},
    "service_areas": {"method": str, "tolerance": float},
}
ORIGIN: Final[Mapping[str, type]] = {"file": str, "ons": str, "layer": str, "crs": str, "sha256": str}
WORDS: Final[Mapping[str, type]] = dict.fromkeys(
    ("id", "label", "level", "one", "many", "source", "note"), str
)
POINT: Final[Mapping[str, type]] = dict.fromkeys(("file", "x", "y", "crs"), str)
SHAPES: Final[Mapping[str, type]] = {
    **dict.fromkeys(("file", "layer", "crs", "wkt"), str),
    "repair": bool,
}
PARTS: Final[Mapping[str, Mapping[str, type]]] = {
    "boundaries.blocks": {
        **WORDS,
        **ORIGIN,
        **dict.fromkeys(("code", "name", "x", "y", "generalisation"), str),
        "repair": bool,
    },
    "boundaries.residents": {**ORIGIN, "key": str, "column": str, "year": int},
    "boundaries.count": {**ORIGIN, "id": str, "label": str, "key": str, "column": str, "year": int},
    "boundaries.lookup": {**WORDS, **ORIGIN, "of": str, "key": str, "codes": list, "names": list},
    "boundaries.outlines": {
        **WORDS,
        **ORIGIN,
        **dict.fromkeys(("code", "name", "method", "generalisation"), str),
        "overlaps": bool,
        "repair": bool,
    },
    "boundaries.grouping": {**WORDS, "file": str, "areas": dict},
    "service_areas.catchments": {**POINT, **dict.fromkeys(("id", "postcode", "radius", "within"), str)},
    "service_areas.postcodes": {**POINT, "key": str},
    "service_areas.polygons": {**SHAPES, "id": str},
    "service_areas.isochrones": {**SHAPES, "origin": str, "minutes": str},
    "service_areas.travel_times": dict.fromkeys(("file", "origin", "block", "minutes"), str),
}
"""The parts of sections: `[boundaries.blocks]`, `[[boundaries.lookup]]` and so on."""
SCENARIO_TABLES: Final = ("scenario", "criterion")
"""Tables that may stand here too, and are read with those of a file of scenarios."""
OF_SCENARIOS: Final = re.compile(
    r"^[ \t]*\[+[ \t]*(?:scenario|criterion)\b.*?(?=^[ \t]*\[+[ \t]*(?!(?:scenario|criterion)\b)[A-Za-z]|\Z)",
    re.MULTILINE | re.DOTALL,
)
ONCE: Final = ("boundaries.blocks", "boundaries.residents", "service_areas.postcodes")
REQUIRED: Final = ("title", "snapshot", "area", "geographies")
EMPTY_ALLOWED: Final = ("banner", "notes", "sources")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WANTED: Final = {
    bool: "true or false",
    dict: 'a table of lists: "North" = ["Bassetlaw", "Mansfield"]',
    float: "a number",
    int: "a whole number",
    list: 'a list of texts, ["…", "…"]',
    str: "a text in quotation marks",
}


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
    parts
        Part, such as `boundaries.lookup` → its tables, in the order of the file; likewise.
    incomplete
        Sections with a part that could not be taken.
    spoilt
        Tables of parts with a key that could not be taken: the part, and the number of the table.
    scenarios
        Whether scenarios stand in it too.
    """

    def __init__(self, file: Path, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults
        self._text = ""
        self.sections: dict[str, dict[str, Any]] | None = None
        self.parts: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
        self.incomplete: set[str] = set()
        self.spoilt: set[tuple[str, int]] = set()
        found = self._load()
        self.scenarios = any(table in (found or {}) for table in SCENARIO_TABLES)
        if found is not None:
            self._text = OF_SCENARIOS.sub(lambda tables: "\n" * tables[0].count("\n"), self._text)
            self.sections = {section: {} for section in KEYS}
            for section, values in found.items():
                if section not in SCENARIO_TABLES:
                    self._take(section, values)
            given = found.get("study")
            for key in REQUIRED:
                if not (isinstance(given, dict) and key in given):
                    self.report(f"[study] has no {key}", f"add a line: {key} = …")

    def report(
        self,
        reason: str,
        remedy: str,
        key: str = "",
        value: str | None = None,
        kind: Kind = "stopped",
        *,
        part: tuple[str, int] | None = None,
    ) -> None:
        """Report a fault, with the line on which its key stands.

        `part` is a part (`boundaries.lookup`) and its number, or a section and 0.
        """
        row = self._line(key, part)
        path = part[0] if part and "." in part[0] else ""
        column = ".".join(filter(None, (path, key)))
        self.faults.append(
            Fault(
                kind=kind,
                file=self.file.name,
                row=row,
                column=column,
                value=value,
                reason=reason,
                remedy=remedy,
            )
        )

    def locate(self, fault: Fault) -> Fault:
        """Give a fault of the boundaries that this file describes the line on which its value stands."""
        if fault.file != FILE or fault.row is not None or not fault.value:
            return fault
        start = self._text.find("[boundaries")
        text, value = self._text[start:], re.escape(fault.value)
        key = re.escape(fault.column.rpartition(".")[2])
        found = re.search(rf'^[ \t]*"?{key}"?[ \t]*=[^\n]*"{value}"', text, re.MULTILINE)
        found = found or re.search(rf'"{value}"', text)
        row = self._text.count("\n", 0, start + found.end()) + 1 if found else None
        return replace(fault, file=self.file.name, row=row)

    def _line(self, key: str, part: tuple[str, int] | None) -> int | None:
        start, end = 0, len(self._text)
        if part:
            path = part[0].replace(".", r"\s*\.\s*")
            found = list(re.finditer(rf"^\s*\[+\s*{path}\s*\]", self._text, re.MULTILINE))
            if part[1] >= len(found):
                return None if "." in part[0] else self._line(key, None)
            start = found[part[1]].end()
            following = re.search(rf"^\s*\[(?!\[?{re.escape(part[0])}\.)", self._text[start:], re.MULTILINE)
            end = start + following.start() if following else end
        pattern = rf"^\s*\[*\s*(?:\w+\s*\.\s*)?\"?{re.escape(key)}(?!\w)"
        line = re.search(pattern, self._text[start:end], re.MULTILINE) if key else None
        if line is None and not part:
            return None
        return self._text.count("\n", 0, start + (line.end() if line else 0)) + 1

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
            if self._wrong_brackets():
                return None
            self.report(f"it is no TOML that can be read: {str(error)[:200]}", "mend that line")
        return None

    def _wrong_brackets(self) -> bool:
        """Report parts whose brackets the TOML reader stumbles over."""
        before = len(self.faults)
        for found in re.finditer(r"^\s*(\[+)\s*(\w+)\s*\.\s*(\w+)\s*\]", self._text, re.MULTILINE):
            part = f"{found[2]}.{found[3]}"
            if part in PARTS and (len(found[1]) == 1) != (part in ONCE):
                row = self._text.count("\n", 0, found.end()) + 1
                reason, remedy = "it is written another way", f"write {_heading(part)}, and its keys under it"
                at = partial(Fault, file=self.file.name, row=row, column=part)
                self.faults.append(at(kind="stopped", reason=reason, remedy=remedy))
        return len(self.faults) > before

    def _take(self, section: str, values: object) -> None:
        if section not in KEYS:
            meant = near(section, [*KEYS, *SCENARIO_TABLES])
            outside = "" if isinstance(values, dict | list) else "it stands outside every section: "
            known = "known are " + ", ".join(f"[{name}]" for name in KEYS)
            remedy = f"did you mean {_heading(meant[0])}?" if meant and not outside else known
            self.report(f"{outside}there is no such section", remedy, section, section)
        elif not isinstance(values, dict):
            self.report("a section is written once, in single brackets", f"write [{section}]", section)
        else:
            for key, value in values.items():
                if f"{section}.{key}" in PARTS:
                    self._take_part(f"{section}.{key}", value)
                else:
                    assert self.sections is not None
                    self._take_key(KEYS[section], key, value, self.sections[section], (section, 0))

    def _take_part(self, part: str, values: object) -> None:
        tables = values if isinstance(values, list) else [values]
        if isinstance(values, list) == (part in ONCE) or not all(isinstance(table, dict) for table in tables):
            section, _, key = part.partition(".")
            remedy = f"write {_heading(part)}, and its keys under it"
            self.report("it is written another way", remedy, key)
            self.incomplete.add(section)
            return
        for number, table in enumerate(tables):
            taken: dict[str, Any] = {}
            before = len(self.faults)
            for key, value in table.items():
                self._take_key(PARTS[part], key, value, taken, (part, number))
            if len(self.faults) > before:
                self.spoilt.add((part, number))
            self.parts[part].append(taken)

    def _take_key(
        self,
        known: Mapping[str, type],
        key: str,
        value: object,
        into: dict[str, Any],
        part: tuple[str, int],
    ) -> None:
        wanted = known.get(key)
        if wanted is None:
            parts = [name.partition(".")[2] for name in PARTS if name.startswith(f"{part[0]}.")]
            choices = [*known, *parts]
            meant = near(key, choices)
            remedy = f"did you mean {meant[0]}?" if meant else f"known are {', '.join(choices)}"
            self.report(f"[{part[0]}] has no such key", remedy, key, key, part=part)
            if parts:
                self.incomplete.add(part[0])
        elif not _is(value, wanted):
            self.report(
                f"it has to be {WANTED[wanted]}", f"write {key} = …", key, str(value)[:200], part=part
            )
        elif key not in EMPTY_ALLOWED and (
            value in ([], {}) or (isinstance(value, str) and not value.strip())
        ):
            remedy = "write at least one value, or take the line out"
            self.report("it is empty", remedy, key, str(value), part=part)
        elif isinstance(value, dict) and not all(name.strip() for name in value):
            self.report("an area has no name", 'name it: "North" = […]', key, part=part)
        elif isinstance(value, dict) and not all(value.values()):
            empty = next(name for name, members in value.items() if not members)
            self.report(
                "it has no members", "name what it is made of, or take it out", empty, empty, part=part
            )
            into[key] = {name: members for name, members in value.items() if members} or value
        elif any(CONTROL.search(text) for text in _texts(value)):
            self.report("it holds control or direction characters", "retype it", key, part=part)
        else:
            into[key] = value


def _heading(part: str) -> str:
    return f"[{part}]" if part in KEYS or part in ONCE else f"[[{part}]]"


def _is(value: object, wanted: type) -> bool:
    if wanted is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if wanted is dict:
        return isinstance(value, dict) and all(_is(item, list) for item in value.values())
    if wanted is float:
        return isinstance(value, float | int) and not isinstance(value, bool)
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *_texts(item))]
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []
