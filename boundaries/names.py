"""Which area a name or a code stands for. What could mean several things is asked, never guessed."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from .atlas import Atlas
from .errors import PlaceError

CODE: Final = re.compile(r"[EKNSW]\d{8}")
CODE_AND_NAME: Final = re.compile(r"\(?([A-Z]\d{8})\)?[\s,:–-]+\(?(\D[^()]*)\)?")
NATIONS: Final = {"S": "Scotland", "W": "Wales", "N": "Northern Ireland"}
UNDEFINED: Final = frozenset(
    {"all", "everywhere", "nationwide", "national", "uk wide", "england wide", "various"}
)
LOOK_ALIKES: Final = str.maketrans("OILSB", "01158")


@dataclass(frozen=True)
class Place:
    """What a text was read as.

    Attributes
    ----------
    area
        `GEOGRAPHY:CODE`, or `GEOGRAPHY:CODE` after `part of `.
    name
        The official name.
    blocks
        Positions of its blocks in the atlas, ascending.
    part
        Whether only an unknown part of it is meant (`part of X`).
    note
        How the text was read, where that is worth reporting; else empty.
    """

    area: str
    name: str
    blocks: tuple[int, ...]
    part: bool = False
    note: str = ""


@dataclass(frozen=True)
class Gazetteer:
    """The names and codes of an atlas.

    Attributes
    ----------
    atlas
        Whose areas are looked up.

    Examples
    --------
    >>> from hinterland.boundaries.builtin import load
    >>> Gazetteer(load()).resolve("Newark & Sherwood").area
    'LAD19:E07000175'
    """

    atlas: Atlas

    def resolve(self, text: str, on: pd.Timestamp | None = None) -> Place:
        """Read one name or code.

        Parameters
        ----------
        text
            A code, an official name, a curated alias, either of the first two qualified by its
            geography (`RGN19:East Midlands`), a code with its name, or any of these after `part of`.
        on
            The day that is spoken of: an unqualified name that had ceased to exist is asked about.

        Returns
        -------
        Place
            Where the text is exact and everything that it can mean holds the same blocks.

        Raises
        ------
        PlaceError
            Otherwise, with suggestions, their codes and geographies.
        """
        clean = _tidy(text)
        rest = re.sub(r"^part of (the )?", "", clean, flags=re.IGNORECASE)
        if rest != clean:
            whole = self.resolve(rest, on)
            return Place(whole.area, whole.name, whole.blocks, part=True, note=whole.note)
        prefix, colon, inner = clean.partition(":")
        if colon and prefix.strip().upper() in self.atlas.geographies:
            return self._qualified(prefix.strip().upper(), inner.strip())
        upper = clean.upper()
        if CODE.fullmatch(upper):
            return self._code(upper)
        both = CODE_AND_NAME.fullmatch(clean[:1].upper() + clean[1:])
        if both:
            return self._code_with_name(both[1], both[2].strip())
        if re.fullmatch(r"[A-Z][\dA-Z]{8}", upper) and any(c.isdigit() for c in upper):
            raise PlaceError("this is no code", self._meant_code(upper))
        return self._name(clean, on)

    def resolve_list(self, cell: str, on: pd.Timestamp | None = None) -> tuple[list[Place], list[PlaceError]]:
        """Read a cell of several areas, separated by `;`.

        Commas belong to names (`Bristol, City of`). Where a text between two semicolons is no
        area as a whole, the longest run of comma-separated words that is one is taken first.

        Parameters
        ----------
        cell, on
            As for `resolve`.

        Returns
        -------
        places
            What was read, each area once.
        problems
            One error for each text that was not, in their order.
        """
        places: dict[tuple[str, bool], Place] = {}
        problems: list[PlaceError] = []
        for text in filter(None, (part.strip() for part in cell.split(";"))):
            for found in self._longest_matches(text, on):
                if isinstance(found, Place):
                    places.setdefault((found.area, found.part), found)
                else:
                    problems.append(found)
        return list(places.values()), problems

    def suggest(self, text: str) -> list[str]:
        """Areas whose names are near to a text: `LAD19:E08000016 Barnsley`, at most five."""
        key = _normal(text)
        names = list(self._by_name)
        begin = [name for name in names if name.startswith(f"{key} ")]
        near = difflib.get_close_matches(key, names, n=4, cutoff=0.72)
        inside = [name for name in names if len(name) > 4 and re.search(rf"\b{re.escape(name)}\b", key)]
        counties = [f"{name}shire" for name in inside if f"{name}shire" in self._by_name]
        chosen = dict.fromkeys([*begin, *near, *inside, *counties])
        return self._listed([area for name in chosen for area in self._by_name[name]])[:5]

    def county_like(self, place: Place) -> str:
        """The county whose name a district begins (Nottingham, Nottinghamshire), or an empty text."""
        if not place.area.startswith("LAD"):
            return ""
        return next(iter(self._listed(self._by_name.get(_normal(place.name) + "shire", []))), "")

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for geography in self.atlas.geographies.values():
            for code, name in geography.names.items():
                found.setdefault(_normal(name), []).append(f"{geography.id}:{code}")
        return found

    @cached_property
    def _by_code(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for geography in self.atlas.geographies.values():
            for code in geography.names.index:
                found.setdefault(code, []).append(f"{geography.id}:{code}")
        return found

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {_normal(alias): area for alias, area in self.atlas.aliases.items()}

    def _blocks(self, area: str) -> tuple[int, ...]:
        geography, code = area.split(":")
        return tuple(self.atlas.geographies[geography].blocks_of(code).tolist())

    def _official(self, area: str) -> str:
        geography, code = area.split(":")
        return str(self.atlas.geographies[geography].names[code])

    def _place(self, area: str, note: str = "") -> Place:
        return Place(area, self._official(area), self._blocks(area), note=note)

    def _listed(self, areas: Iterable[str]) -> list[str]:
        """Areas in words, those that hold the same blocks only once."""
        seen: dict[tuple[int, ...], str] = {}
        for area in areas:
            seen.setdefault(self._blocks(area), f"{area} {self._official(area)}")
        return list(seen.values())

    def _did_you_mean(self, text: str) -> str:
        suggestions = self.suggest(text)
        if suggestions:
            return f"did you mean {' or '.join(suggestions)}? Write its code, or GEOGRAPHY:name"
        return "write a code (E07000175), an official name, or GEOGRAPHY:name (RGN19:East Midlands)"

    def _qualified(self, geography: str, inner: str) -> Place:
        areas = self._by_code.get(inner.upper(), []) or self._by_name.get(_normal(inner), [])
        for area in areas:
            if area.startswith(geography + ":"):
                return self._place(area)
        alias = self._aliases.get(_normal(inner))
        if alias:
            for code in self.atlas.geographies[geography].names.index:
                if self._blocks(f"{geography}:{code}") == self._blocks(alias):
                    return self._place(f"{geography}:{code}")
        raise PlaceError(f"{geography} has no area {inner!r}", self._did_you_mean(inner))

    def _code(self, code: str) -> Place:
        if code in self._by_code:
            return self._place(self._by_code[code][0])
        if code[0] in NATIONS:
            raise PlaceError(
                f"outside England: {NATIONS[code[0]]}",
                "take it out: hinterland covers England only",
                "refused",
            )
        raise PlaceError("no loaded geography has this code", self._meant_code(code))

    def _code_with_name(self, code: str, name: str) -> Place:
        place = self._code(code)
        if _normal(place.name) != _normal(name):
            remedy = f"write {code} for {place.name}, or the name alone for {name}"
            raise PlaceError(f"the code is {place.name}, the name says {name}", remedy, "refused")
        return place

    def _meant_code(self, text: str) -> str:
        mended = text[0] + text[1:].translate(LOOK_ALIKES)
        near = (
            [mended]
            if mended in self._by_code
            else difflib.get_close_matches(text, self._by_code, n=2, cutoff=0.88)
        )
        if near:
            listed = self._listed(area for code in near for area in self._by_code[code])
            return f"did you mean {' or '.join(listed)}?"
        return f"the loaded geographies are {', '.join(self.atlas.geographies)}: is it of another year?"

    def _name(self, text: str, on: pd.Timestamp | None) -> Place:
        key = _normal(text)
        if key in UNDEFINED:
            raise PlaceError("it does not say which areas", "write England, or list the areas")
        if "+" in text:
            raise PlaceError(
                "areas are separated by ;", f"write {'; '.join(p.strip() for p in text.split('+'))}"
            )
        alias = self._aliases.get(key)
        if alias and key not in self._by_name:
            return self._place(alias, f"read as {alias} {self._official(alias)}")
        areas = self._by_name.get(key, [])
        if not areas:
            raise PlaceError("no area has exactly this name", self._did_you_mean(text))
        if len({self._blocks(area) for area in areas}) > 1:
            raise PlaceError("several areas have this name", f"write one of {', '.join(self._listed(areas))}")
        last = self.atlas.ended.get(areas[0])
        if on is not None and last is not None and on > last:
            successors = self._listed(self._successors(areas[0]))
            remedy = f"write {areas[0]} for the former district, or its successor {' or '.join(successors)}"
            raise PlaceError(f"this district ended on {last.day} {last:%B %Y}", remedy)
        return self._place(areas[0], self._reading(areas))

    def _successors(self, area: str) -> list[str]:
        former = set(self._blocks(area))
        last_year = max(name for name in self.atlas.geographies if name.startswith("LAD"))
        return [
            f"{last_year}:{code}"
            for code in self.atlas.geographies[last_year].names.index
            if former & set(self._blocks(f"{last_year}:{code}"))
        ]

    def _reading(self, areas: list[str]) -> str:
        """What to report of an exact name: other codes for the same land, or a county of like name."""
        chosen, code = areas[0], areas[0].split(":")[1]
        others = [area for area in areas[1:] if area.split(":")[1] != code]
        if others:
            return f"read as {chosen}, the same land as {', '.join(others)}"
        county = self.county_like(self._place(chosen))
        return f"read as the district {chosen}, not the county {county}" if county else ""

    def _longest_matches(self, text: str, on: pd.Timestamp | None) -> list[Place | PlaceError]:
        try:
            return [self.resolve(text, on)]
        except PlaceError as error:
            if "," not in text:
                return [error.about(text)]
        words = [word.strip() for word in text.split(",") if word.strip()]
        found: list[Place | PlaceError] = []
        while words:
            for length in range(len(words), 0, -1):
                run = ", ".join(words[:length])
                try:
                    place = self.resolve(run, on)
                except PlaceError as error:
                    if length == 1:
                        found.append(error.about(run))
                    continue
                note = place.note or "areas are separated by ; : these were read as several"
                found.append(Place(place.area, place.name, place.blocks, place.part, note))
                break
            words = words[length:]
        return found


def _tidy(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    visible = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())


def _normal(text: str) -> str:
    """A name for comparing: case, accents, `&`, quotation marks and hyphens make no difference."""
    tidy = _tidy(text).casefold().replace("&", " and ").replace("’", "'")
    plain = "".join(c for c in unicodedata.normalize("NFD", tidy) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[-‐‑–]", " ", plain.replace("'", "")).split())
