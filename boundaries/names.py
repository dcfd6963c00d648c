"""Which area a name or a code stands for. What could mean several things is asked, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Final

import pandas as pd

from . import builtin, changes
from .area_index import AreaIndex
from .atlas import Atlas
from .changes import Authority
from .councils import council
from .errors import PlaceError
from .former_areas import BEGIN, by_former_code, refuse_former_name, what_became_of
from .place_lists import read_list
from .places import Place
from .spelling import (
    CODE,
    LIKE_A_CODE,
    LOOK_ALIKES,
    code_and_name,
    name_key,
    normal,
    tidy,
    without_part_of,
)
from .suggestions import county_like, suggest
from .wider import seen_from

NATIONS: Final = {"S": "Scotland", "W": "Wales", "N": "Northern Ireland"}
LISTED_ABROAD: Final = ("S12", "W06", "N09")  # kinds of code of which every one is known
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


class SeveralError(PlaceError):
    """A name or code that several loaded areas have: no other atlas can decide between them."""


@dataclass(frozen=True)
class Gazetteer:
    """The names and codes of an atlas.

    Attributes
    ----------
    atlas
        Whose areas are looked up.
    wider
        What else may be named: areas that it knows are found again in this atlas, as far as they
        lie in it.

    Examples
    --------
    >>> from hinterland.boundaries.builtin import load
    >>> Gazetteer(load()).resolve("Newark & Sherwood").area
    'LAD19:E07000175'
    """

    atlas: Atlas
    wider: Gazetteer | None = None

    def resolve(self, text: str, on: pd.Timestamp | None = None) -> Place:
        """Read one name or code.

        Parameters
        ----------
        text
            A code, an official name, the name of a council, a curated alias, either of the first
            two qualified by its geography (`RGN19:East Midlands`), a code with its name, or any of
            these after `part of`. Codes and names that ended since 2009 are carried to what is
            loaded.
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
        try:
            place = self._read(whole, on)
        except SeveralError:
            raise
        except PlaceError as error:
            known_here = name_key(whole) in self.index.by_name
            elsewhere = None if known_here else self._elsewhere(whole, on)
            if elsewhere is None:
                raise error from None
            place = elsewhere
        return replace(place, part=place.part or whole != clean, text=text.strip())

    def _elsewhere(self, text: str, on: pd.Timestamp | None) -> Place | None:
        """What the wider gazetteer makes of a text, seen from this atlas."""
        if self.wider is None:
            return None
        try:
            found = self.wider.resolve(text, on)
        except PlaceError:
            return None
        return seen_from(self.index, self.wider.index, found)

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
        """Read a cell of several areas, separated by `;`: see `place_lists.read_list`."""
        return read_list(cell, partial(self.resolve, on=on), self._is_known, self._most_words)

    @cached_property
    def index(self) -> AreaIndex:
        """The names, codes and blocks of the atlas."""
        return AreaIndex(self.atlas)

    def suggest(self, text: str) -> list[str]:
        """Areas whose names are near to a text: `LAD19:E08000016 Barnsley`, at most five."""
        return suggest(self.index, text)

    def county_like(self, place: Place) -> str:
        """The county whose name a district begins (Nottingham, Nottinghamshire), or an empty text."""
        return county_like(self.index, place)

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
        key = name_key(inner)
        codes = (area for code in (inner, inner.upper()) for area in self.index.by_code.get(code, ()))
        found = [*dict.fromkeys((*codes, *self.index.by_name.get(key, ())))]
        alias = self.index.aliases.get(key, "")
        if alias and not found:
            found = [alias, *self._same_land(geography, alias)]
        areas = [area for area in found if area.startswith(f"{geography}:")]
        if len(areas) > 1 and alias not in areas:
            listed = ", ".join(f"{area} {self.index.name(area)}" for area in areas)
            reason = f"several areas of {geography} have this name or code"
            raise SeveralError(reason, f"write one of {listed}, by a code that no other has for a name")
        if areas:
            return self.index.place(areas[0])
        raise PlaceError(f"{geography} has no area {inner!r}", self._name_remedy(inner))

    def _same_land(self, geography: str, area: str) -> list[str]:
        """Areas of a geography with the blocks of another area, where neither reaches beyond them."""
        if self.index.beyond(area):
            return []
        areas = (f"{geography}:{code}" for code in self.atlas.geographies[geography].names.index)
        same = (one for one in areas if self.index.blocks(one) == self.index.blocks(area))
        return [one for one in same if not self.index.beyond(one)]

    def _code(self, code: str) -> Place:
        if code in self.index.by_code:
            areas = self.index.by_code[code]
            if len({self.index.blocks(area) for area in areas}) > 1:
                listed = ", ".join(self.index.listed(areas))
                raise SeveralError("areas of several geographies have this code", f"write one of {listed}")
            area = areas[0]
            return self.index.place(area, what_became_of(code, self.atlas.ended.get(area)))
        authority = changes.load().authority(code)
        if authority is not None and authority.nation == "England":
            return by_former_code(self.index, code)
        if authority is not None:
            reason = f"outside England: {authority.nation} ({authority.name})"
            raise PlaceError(reason, NOT_ENGLAND, "refused")
        if code[0] in NATIONS:
            nation = NATIONS[code[0]]
            if code.startswith(LISTED_ABROAD):
                raise PlaceError(f"no authority of {nation} has had this code", "check it")
            raise PlaceError(f"outside England: {nation}", NOT_ENGLAND, "refused")
        raise PlaceError("no loaded geography has this code", self._code_remedy(code))

    def _code_with_name(self, code: str, name: str) -> Place:
        place = self._code(code)
        key = name_key(name)
        alias = self.index.aliases.get(key)
        authority = changes.load().authority(code)
        names = {place.name, *((authority.name, *authority.other_names) if authority else ())}
        same = key in map(name_key, names) or (alias and self.index.blocks(alias) == place.blocks)
        if not same:
            called = authority.name if authority else place.name
            remedy = f"write {code} for {called}, or the name alone for {name}"
            raise PlaceError(f"the code is {called}, the name says {name}", remedy, "refused")
        return place

    def _code_remedy(self, text: str) -> str:
        mended = text[0] + text[1:].translate(LOOK_ALIKES)
        if mended in self.index.by_code:
            return f"did you mean {self.index.listed(self.index.by_code[mended])[0]}?"
        return f"the loaded geographies are {', '.join(self.atlas.geographies)}: is it of another year?"

    def _name(self, text: str, on: pd.Timestamp | None) -> Place:
        key = name_key(text)
        if text.title() in NATIONS.values():
            raise PlaceError(f"outside England: {text.title()}", NOT_ENGLAND, "refused")
        if key in UNDEFINED:
            raise PlaceError("it does not say which areas", "write England, or list the areas")
        if "+" in text:
            written = "; ".join(filter(None, (part.strip() for part in text.split("+")))) or "the areas"
            raise PlaceError("areas are separated by ;", f"write {written}")
        areas = self.index.by_name.get(key, [])
        if areas:
            return self._named(areas, text, on)
        alias = self.index.aliases.get(key)
        if alias:
            return self.index.place(alias, f"read as {alias} {self.index.name(alias)}")
        return self._council(text, on) or self._former(text)

    def _named(self, areas: list[str], text: str, on: pd.Timestamp | None) -> Place:
        """The area that has a name, where all that have it hold the same blocks."""
        if len({self.index.blocks(area) for area in areas}) > 1:
            raise SeveralError(
                "several areas have this name", f"write one of {', '.join(self.index.listed(areas))}"
            )
        others = self._others_of_the_name(areas[0], text)
        if others:
            listed = ", ".join([*self.index.listed(areas), *others])
            raise PlaceError("several areas have this name", f"write one of {listed}")
        last = self.atlas.ended.get(areas[0])
        if on is not None and last is not None and on > last:
            successors = self.index.listed(self._successors(areas[0]))
            remedy = f"write {areas[0]} for the former district, or its successor {' or '.join(successors)}"
            raise PlaceError(f"this district ended on {last.day} {last:%B %Y}", remedy)
        return self.index.place(areas[0], self._note(areas, text))

    def _others_of_the_name(self, area: str, text: str) -> list[str]:
        """Built-in areas of the same name whose land is another, which the study did not load."""
        if self.wider is None:
            return []
        wider, own = self.wider.index, self.index.place(area)
        key, others = name_key(text), []
        aliased = [wider.aliases[key]] if key in wider.aliases else []
        for other in (*wider.by_name.get(key, ()), *aliased):
            seen = seen_from(self.index, wider, wider.place(other))
            if seen is None or (seen.blocks, seen.beyond) != (own.blocks, own.beyond):
                others.append(other)
        return wider.listed(others)

    def _council(self, text: str, on: pd.Timestamp | None) -> Place | None:
        """The area of a council; None where the text names none."""
        found = council(text)
        if found is None:
            return None
        for name in found.names:
            areas = [a for a in self.index.by_name.get(name, ()) if found.governs(a.partition(":")[2])]
            if areas:
                place = self._named(areas, text, on)
                return replace(place, note=f"read as {place.area} {place.name}")
        for name in found.names:
            alias = self.index.aliases.get(name)
            if alias and found.governs(alias.partition(":")[2]):
                return self.index.place(alias, f"read as {alias} {self.index.name(alias)}")
        for name in found.names:
            refuse_former_name(name)
            place_or_none = self._authority([a for a in _called(name) if found.governs(a.code)], text)
            if place_or_none:
                return place_or_none
        return None

    def _former(self, text: str) -> Place:
        """An area that has ended, or had another name; and if there is none, what may be meant."""
        if f"county {name_key(text)}" not in self.index.by_name:
            refuse_former_name(text)
        place = self._authority(_called(text), text)
        if place is not None:
            return place
        raise PlaceError("no area has exactly this name", self._name_remedy(text))

    def _authority(self, authorities: Sequence[Authority], text: str) -> Place | None:
        """The one authority of a name, of England or told to be elsewhere."""
        english = [a for a in authorities if a.nation == "England"]
        if authorities and not english:
            nation = authorities[0].nation
            raise PlaceError(f"outside England: {nation} ({authorities[0].name})", NOT_ENGLAND, "refused")
        live = [a for a in english if a.until is None or a.until >= BEGIN] or english
        if not live:
            return None
        if len(live) > 1:
            listed = ", ".join(f"{a.code} {a.name} ({a.level})" for a in live)
            raise PlaceError("several areas had this name", f"write one of {listed}")
        code = live[0].code
        if code in self.index.by_code:
            area = self.index.by_code[code][0]
            return self.index.place(area, f"read as {area} {self.index.name(area)}")
        return by_former_code(self.index, code, text)

    def _successors(self, area: str) -> list[str]:
        former = set(self.index.blocks(area))
        last_year = max(name for name in self.atlas.geographies if name.startswith("LAD"))
        return [
            f"{last_year}:{code}"
            for code in self.atlas.geographies[last_year].names.index
            if former & set(self.index.blocks(f"{last_year}:{code}"))
        ]

    def _note(self, areas: list[str], text: str) -> str:
        """What to report of a name: & for and, other codes for the same land, a county of like name."""
        chosen, code = areas[0], areas[0].split(":")[1]
        others = [area for area in areas[1:] if area.split(":")[1] != code]
        if others:
            return f"read as {chosen}, the same land as {', '.join(others)}"
        county = self.county_like(self.index.place(chosen))
        if county:
            return f"read as the district {chosen}, not the county {county}"
        return f"read as {chosen}, with & for and" if "&" in text else ""

    @cached_property
    def _most_words(self) -> int:
        """How many words between commas the longest name has."""
        official = (name for g in self.atlas.geographies.values() for name in g.names)
        return 1 + max(len(str(name).split(",")) - 1 for name in (*official, *self.atlas.aliases))

    def _is_known(self, text: str) -> bool:
        whole = without_part_of(tidy(text))
        prefix, _, inner = whole.partition(":")
        whole = name_key(inner if prefix.strip().upper() in self.atlas.geographies else whole)
        return whole in self.index.by_name or whole in self.index.aliases


def _called(name: str) -> list[Authority]:
    """Authorities that have, or had, a name."""
    return changes.load().by_name.get(normal(name), [])


class AnyName(Gazetteer):
    """Reads every name as an area without blocks.

    Where the areas of a study cannot be read, the other faults of its tables can still be told.
    """

    def resolve(self, text: str, on: pd.Timestamp | None = None) -> Place:
        """Read a name as an area of which nothing is known."""
        return Place("", text, (), text=text.strip())

    def resolve_list(self, cell: str, on: pd.Timestamp | None = None) -> tuple[list[Place], list[PlaceError]]:
        """Read a cell as one such area."""
        return ([self.resolve(cell)] if cell.strip(" ;") else []), []

    def county_like(self, place: Place) -> str:
        """Give an empty text: nothing is known of the area."""
        return ""


@cache
def _built_in() -> Gazetteer:
    return Gazetteer(builtin.load())


def gazetteer_of(atlas: Atlas) -> Gazetteer:
    """Give what names are read with: an atlas's areas, and the built-in ones as far as they lie in it."""
    return _built_in() if atlas is builtin.load() else Gazetteer(atlas, wider=_built_in())
