"""The names, codes and blocks of an atlas, looked up quickly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .atlas import Atlas
from .places import Place
from .spelling import name_key


@dataclass(frozen=True)
class AreaIndex:
    """The areas of an atlas, each written `GEOGRAPHY:CODE`.

    Attributes
    ----------
    atlas
        Whose areas they are.
    """

    atlas: Atlas

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Name as it is compared → areas of that name, in the order of the geographies."""
        found: dict[str, list[str]] = {}
        for geography in self.atlas.geographies.values():
            for code, name in geography.names.items():
                found.setdefault(name_key(name), []).append(f"{geography.id}:{code}")
        return found

    @cached_property
    def by_code(self) -> dict[str, list[str]]:
        """Code → areas that have it."""
        found: dict[str, list[str]] = {}
        for geography in self.atlas.geographies.values():
            for code in geography.names.index:
                found.setdefault(code, []).append(f"{geography.id}:{code}")
        return found

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Other name as it is compared → the area that it stands for."""
        return {name_key(alias): area for alias, area in self.atlas.aliases.items()}

    @cached_property
    def names_above_blocks(self) -> list[str]:
        """Names as they are compared of all areas but small ones, which nobody misspells."""
        large = [g for g in self.atlas.geographies.values() if g.level != "neighbourhood"]
        return list(dict.fromkeys(name_key(name) for g in large for name in g.names))

    def name(self, area: str) -> str:
        """The official name."""
        geography, _, code = area.partition(":")
        return str(self.atlas.geographies[geography].names[code])

    def blocks(self, area: str) -> tuple[int, ...]:
        """Positions of its blocks, ascending."""
        if area not in self._known_blocks:
            geography, _, code = area.partition(":")
            blocks = self.atlas.geographies[geography].blocks_of(code)
            self._known_blocks[area] = tuple(blocks.tolist())
        return self._known_blocks[area]

    def beyond(self, area: str) -> bool:
        """Whether it reaches beyond the blocks of the atlas."""
        geography, _, code = area.partition(":")
        return code in self.atlas.geographies[geography].beyond

    def place(self, area: str, note: str = "") -> Place:
        """The area as a place."""
        return Place(area, self.name(area), self.blocks(area), note=note, beyond=self.beyond(area))

    def listed(self, areas: Iterable[str]) -> list[str]:
        """Areas in words (`LAD19:E07000171 Bassetlaw`), those that hold the same blocks only once."""
        seen: dict[tuple[int, ...], str] = {}
        for area in areas:
            seen.setdefault(self.blocks(area), f"{area} {self.name(area)}")
        return list(seen.values())

    @cached_property
    def _known_blocks(self) -> dict[str, tuple[int, ...]]:
        """What was looked up before: a register names the same areas over and over."""
        return {}
