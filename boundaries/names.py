"""Which area a name or a code stands for. What could mean several things is asked, never guessed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import pandas as pd

from .atlas import Atlas
from .errors import PlaceError
from .spelling import CODE, LIKE_A_CODE, LOOK_ALIKES, code_and_name, has_word, normal, tidy, without_part_of

MOST_LETTERS: Final = 80  # of a text that is held against every name
NATIONS: Final = {"S": "Scotland", "W": "Wales", "N": "Northern Ireland"}
NOT_ENGLAND: Final = "take it out: hinterland covers England only"
UNDEFINED: Final = frozenset(
    {
        "all",
        "everywhere",
        "nationwide",
        "national",
        "uk wide",
        "various",
        "uk",
        "united kingdom",
        "great britain",
    }
)


@dataclass(frozen=True)
class Place:
    """What a text was read as.

    Attributes
    ----------
    area
        `GEOGRAPHY:CODE`.
    name
        The official name.
    blocks
        Positions of its blocks in the atlas, ascending.
    part
        Whether only an unknown part of it is meant (`part of X`).
    note
        How the text was read, where that is worth reporting; else empty.
    text
        What was read.
    """

    area: str
    name: str
    blocks: tuple[int, ...]
    part: bool = False
    note: str = ""
    text: str = ""


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
        clean = tidy(text)
        whole = without_part_of(clean)
        place = self._read(whole, on)
        return replace(place, part=whole != clean, text=text.strip())

    def _read(self, clean: str, on: pd.Timestamp | None) -> Place:
        prefix, colon, inner = clean.partition(":")
        if colon and prefix.strip().upper() in self.atlas.geographies:
            return self._qualified(prefix.strip().upper(), inner.strip())
        if CODE.fullmatch(clean.upper()):
            return self._code(clean.upper())
        pair = code_and_name(clean)
        if pair:
            return self._code_with_name(*pair)
        if LIKE_A_CODE.fullmatch(clean.upper()) and any(c.isdigit() for c in clean):
            reason = "this is no code: a code is a letter and eight digits"
            raise PlaceError(reason, self._code_remedy(clean.upper().replace(" ", "")))
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
        problems: dict[str, PlaceError] = {}
        for text in filter(None, (part.strip() for part in cell.split(";"))):
            for found in self._longest_matches(text, on):
                if isinstance(found, Place):
                    places.setdefault((found.area, found.part), found)
                else:
                    problems.setdefault(found.text, found)
        return list(places.values()), list(problems.values())

    def suggest(self, text: str) -> list[str]:
        """Areas whose names are near to a text: `LAD19:E08000016 Barnsley`, at most five."""
        key = normal(text)
        names = list(self._by_name)
        begin = [name for name in names if name.startswith(f"{key} ")]
        aliases = [
            alias
            for alias in self._aliases
            if alias == f"{key}shire" or (len(alias) > 3 and has_word(key, alias))
        ]
        near = difflib.get_close_matches(key[:MOST_LETTERS], names, n=4, cutoff=0.72)
        beginnings = {name.split()[0] for name in names if " " in name}
        like = difflib.get_close_matches(key[:MOST_LETTERS], beginnings, n=1, cutoff=0.85)
        near += [name for name in names if like and name.startswith(f"{like[0]} ")]
        inside = [name for name in names if len(name) > 4 and has_word(key, name)]
        counties = [f"{name}shire" for name in inside if f"{name}shire" in self._by_name]
        around = [name for name in names if len(key) > 3 and has_word(name, key)]
        chosen = dict.fromkeys([*begin, *near, *inside, *counties, *around])
        areas = [self._aliases[alias] for alias in aliases]
        return self._listed([*areas, *(area for name in chosen for area in self._by_name[name])])[:5]

    def county_like(self, place: Place) -> str:
        """The county whose name a district begins (Nottingham, Nottinghamshire), or an empty text."""
        if not place.area.startswith("LAD"):
            return ""
        return next(iter(self._listed(self._by_name.get(normal(place.name) + "shire", []))), "")

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for geography in self.atlas.geographies.values():
            for code, name in geography.names.items():
                found.setdefault(normal(name), []).append(f"{geography.id}:{code}")
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
        return {normal(alias): area for alias, area in self.atlas.aliases.items()}

    def _blocks(self, area: str) -> tuple[int, ...]:
        if area not in self._known_blocks:
            geography, code = area.split(":")
            blocks = self.atlas.geographies[geography].blocks_of(code)
            self._known_blocks[area] = tuple(blocks.tolist())
        return self._known_blocks[area]

    @cached_property
    def _known_blocks(self) -> dict[str, tuple[int, ...]]:
        """What was looked up before: a register names the same areas over and over."""
        return {}

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

    def _name_remedy(self, text: str) -> str:
        suggestions = self.suggest(text)
        if suggestions:
            return f"did you mean {' or '.join(suggestions)}? Write its code, or GEOGRAPHY:name"
        return "write a code (E07000175), an official name, or GEOGRAPHY:name (RGN19:East Midlands)"

    def _qualified(self, geography: str, inner: str) -> Place:
        pair = code_and_name(inner)
        if pair:
            self._code_with_name(*pair)
            inner = pair[0]
        for area in (*self._by_code.get(inner.upper(), ()), *self._by_name.get(normal(inner), ())):
            if area.startswith(f"{geography}:"):
                return self._place(area)
        alias = self._aliases.get(normal(inner))
        for code in self.atlas.geographies[geography].names.index if alias else ():
            if self._blocks(f"{geography}:{code}") == self._blocks(str(alias)):
                return self._place(f"{geography}:{code}")
        raise PlaceError(f"{geography} has no area {inner!r}", self._name_remedy(inner))

    def _code(self, code: str) -> Place:
        if code in self._by_code:
            return self._place(self._by_code[code][0])
        if code[0] in NATIONS:
            raise PlaceError(
                f"outside England: {NATIONS[code[0]]}",
                "take it out: hinterland covers England only",
                "refused",
            )
        raise PlaceError("no loaded geography has this code", self._code_remedy(code))

    def _code_with_name(self, code: str, name: str) -> Place:
        place = self._code(code)
        alias = self._aliases.get(normal(name))
        same = normal(place.name) == normal(name) or (alias and self._blocks(alias) == place.blocks)
        if not same:
            remedy = f"write {code} for {place.name}, or the name alone for {name}"
            raise PlaceError(f"the code is {place.name}, the name says {name}", remedy, "refused")
        return place

    def _code_remedy(self, text: str) -> str:
        mended = text[0] + text[1:].translate(LOOK_ALIKES)
        if mended in self._by_code:
            return f"did you mean {self._listed(self._by_code[mended])[0]}?"
        return f"the loaded geographies are {', '.join(self.atlas.geographies)}: is it of another year?"

    def _name(self, text: str, on: pd.Timestamp | None) -> Place:
        key = normal(text)
        if text.title() in NATIONS.values():
            raise PlaceError(f"outside England: {text.title()}", NOT_ENGLAND, "refused")
        if key in UNDEFINED:
            raise PlaceError("it does not say which areas", "write England, or list the areas")
        if "+" in text:
            written = "; ".join(filter(None, (part.strip() for part in text.split("+")))) or "the areas"
            raise PlaceError("areas are separated by ;", f"write {written}")
        alias = self._aliases.get(key)
        if alias and key not in self._by_name:
            return self._place(alias, f"read as {alias} {self._official(alias)}")
        areas = self._by_name.get(key, [])
        if not areas:
            raise PlaceError("no area has exactly this name", self._name_remedy(text))
        if len({self._blocks(area) for area in areas}) > 1:
            raise PlaceError("several areas have this name", f"write one of {', '.join(self._listed(areas))}")
        last = self.atlas.ended.get(areas[0])
        if on is not None and last is not None and on > last:
            successors = self._listed(self._successors(areas[0]))
            remedy = f"write {areas[0]} for the former district, or its successor {' or '.join(successors)}"
            raise PlaceError(f"this district ended on {last.day} {last:%B %Y}", remedy)
        return self._place(areas[0], self._note(areas, text))

    def _successors(self, area: str) -> list[str]:
        former = set(self._blocks(area))
        last_year = max(name for name in self.atlas.geographies if name.startswith("LAD"))
        return [
            f"{last_year}:{code}"
            for code in self.atlas.geographies[last_year].names.index
            if former & set(self._blocks(f"{last_year}:{code}"))
        ]

    def _note(self, areas: list[str], text: str) -> str:
        """What to report of a name: & for and, other codes for the same land, a county of like name."""
        chosen, code = areas[0], areas[0].split(":")[1]
        others = [area for area in areas[1:] if area.split(":")[1] != code]
        if others:
            return f"read as {chosen}, the same land as {', '.join(others)}"
        county = self.county_like(self._place(chosen))
        if county:
            return f"read as the district {chosen}, not the county {county}"
        return f"read as {chosen}, with & for and" if "&" in text else ""

    @cached_property
    def _most_words(self) -> int:
        """How many words between commas the longest name has."""
        return 1 + max(name.count(",") for name in (*self._by_name, *self._aliases))

    def _is_known(self, text: str) -> bool:
        whole = without_part_of(tidy(text))
        prefix, _, inner = whole.partition(":")
        whole = normal(inner if prefix.strip().upper() in self.atlas.geographies else whole)
        return whole in self._by_name or whole in self._aliases

    def _longest_matches(self, text: str, on: pd.Timestamp | None) -> list[Place | PlaceError]:
        words = [word.strip() for word in text.split(",") if word.strip()]
        try:
            return [self.resolve(text.strip(" ,"), on)]
        except PlaceError as error:
            if len(words) < 2 or (len(words) == 2 and error.kind == "refused"):
                return [error.about(text)]
        found: list[Place | PlaceError] = []
        while words:
            lengths = range(min(len(words), self._most_words), 1, -1)
            taken = next((n for n in lengths if self._is_known(", ".join(words[:n]))), 1)
            run = ", ".join(words[:taken])
            try:
                place = self.resolve(run, on)
                note = "; ".join(filter(None, (place.note, "one of several areas: separate them with ;")))
                found.append(replace(place, note=note))
            except PlaceError as error:
                found.append(error.about(run))
            words = words[taken:]
        return found
