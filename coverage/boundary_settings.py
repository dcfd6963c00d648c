"""The `[boundaries]` of a study: which files and layers its blocks and geographies are made of."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from ..boundaries import builtin
from ..boundaries.atlas import LEVELS
from ..boundaries.description import (
    ID,
    BlocksFrom,
    CountFrom,
    Described,
    GroupingFrom,
    LookupFrom,
    Origin,
    OutlinesFrom,
    Words,
    with_kind,
)
from ..boundaries.layers import GENERALISATIONS
from ..boundaries.spelling import near
from .references import PREFIXES
from .settings import Settings

COUNT_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
TAKEN: Final = ("residents", "name", "area_km2", "geometry", "x", "y")
METHODS: Final = ("centroid", "cut")
CRS: Final = re.compile(r"EPSG:\d{4,6}")
FIRST_YEAR: Final = 1981


def read_boundaries(settings: Settings, folder: Path) -> Described | None:
    """Read what a study says of its boundaries; what is wrong is reported.

    Parameters
    ----------
    settings
        Of the study.
    folder
        Which its file names start from.

    Returns
    -------
    Described or None
        None where it says nothing: the built-in atlas is meant.
    """
    assert settings.sections is not None
    attribution = tuple(settings.sections["boundaries"].get("attribution", ()))
    described = any(tables for part, tables in settings.parts.items() if part.startswith("boundaries."))
    if not described and not settings.sections["boundaries"]:
        return None
    before = len(settings.faults)
    reader = _Reader(settings, folder)
    found = reader.described(attribution)
    return found if len(settings.faults) == before else None


class _Reader:
    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        blocks = settings.parts["boundaries.blocks"]
        self.blocks = blocks[0] if blocks else None
        self.block_id = str(self.blocks.get("id", "")) if self.blocks else "LAD19"
        self.ids: set[str] = set() if self.blocks else set(builtin.load().geographies)

    def described(self, attribution: tuple[str, ...]) -> Described:
        parts = {part.removeprefix("boundaries."): tables for part, tables in self.settings.parts.items()}
        blocks = self._blocks()
        if self.blocks and not attribution:
            example = 'attribution = ["Source: Office for National Statistics licensed under the …"]'
            self._report("the licence's words are missing", f"add a line: {example}", ("blocks", 0))
        if self.blocks and not parts["residents"]:
            remedy = "add [boundaries.residents] with file, key, column and year"
            self._report("blocks need residents", remedy, ("blocks", 0))
        residents = [self._count(table, ("residents", 0)) for table in parts["residents"]]
        return Described(
            blocks=blocks,
            residents=residents[0] if residents else None,
            counts=tuple(self._count(table, ("count", n)) for n, table in enumerate(parts["count"])),
            outlines=tuple(
                self._outlines(table, ("outlines", n)) for n, table in enumerate(parts["outlines"])
            ),
            lookups=tuple(self._lookup(table, ("lookup", n)) for n, table in enumerate(parts["lookup"])),
            groupings=tuple(
                self._grouping(table, ("grouping", n)) for n, table in enumerate(parts["grouping"])
            ),
            attribution=attribution,
        )

    def _blocks(self) -> BlocksFrom | None:
        if self.blocks is None:
            return None
        table, part = self.blocks, ("blocks", 0)
        origin = self._origin(table, part)
        code = self._required(table, "code", part, 'the column of codes: code = "LSOA11CD"')
        if bool(table.get("x")) != bool(table.get("y")):
            self._report("x and y go together", "name both columns, or neither", part, "x")
        is_table = origin.file is not None and origin.file.suffix.casefold() in (".csv", ".tsv", ".txt")
        if is_table and not table.get("x"):
            remedy = "name its columns of population-weighted centroids: x = …, y = …"
            self._report("a table of blocks has no outlines", remedy, part, "file")
        if is_table and origin.crs not in ("EPSG:27700", "EPSG:4326"):
            remedy = 'write crs = "EPSG:27700" for eastings and northings, "EPSG:4326" for degrees'
            self._report("its points have no coordinate reference system", remedy, part, "crs")
        return BlocksFrom(
            words=self._words(table, origin.name, part),
            origin=origin,
            code=code,
            name=table.get("name", ""),
            x=table.get("x", ""),
            y=table.get("y", ""),
            repair=table.get("repair", False),
            generalisation=self._generalisation(table, part),
        )

    def _count(self, table: dict[str, Any], part: tuple[str, int]) -> CountFrom:
        origin = self._origin(table, part) if table.get("file") or table.get("ons") else None
        if origin is None and self.blocks is None:
            self._report("no file is named", 'add a line: file = "…"', part)
        if part[0] == "residents":
            name, label = "residents", "residents"
        else:
            name = self._required(table, "id", part, 'a column name: id = "voluntary_groups"')
            label = table.get("label", name.replace("_", " "))
            if name and (not COUNT_ID.fullmatch(name) or name in (*TAKEN, *self.ids)):
                remedy = "small letters, digits and underscores, and no other's name: voluntary_groups"
                self._report("this cannot be a column name", remedy, part, "id", name)
            self.ids.add(name)
        key = self._key(table, self.block_id) if origin else ""
        year = table.get("year", 0)
        if not FIRST_YEAR <= year <= date.today().year + 30:
            remedy = "write the year that the figures are of: year = 2019"
            self._report("the year is missing, or is none", remedy, part, "year", str(year) if year else None)
        column = self._required(table, "column", part, "the column of numbers")
        return CountFrom(id=name, label=label, origin=origin, key=key, column=column, year=year)

    def _outlines(self, table: dict[str, Any], part: tuple[str, int]) -> OutlinesFrom:
        origin = self._origin(table, part)
        method = table.get("method", "centroid")
        if method not in METHODS:
            meant = near(method, METHODS, 1) or METHODS
            self._report("no method is called so", f"write {' or '.join(meant)}", part, "method", method)
        return OutlinesFrom(
            words=self._words(table, origin.name, part),
            origin=origin,
            code=self._required(table, "code", part, 'the column of codes: code = "LEP21CD"'),
            name=table.get("name", ""),
            method=method,
            overlaps=table.get("overlaps", False),
            repair=table.get("repair", False),
            generalisation=self._generalisation(table, part),
        )

    def _lookup(self, table: dict[str, Any], part: tuple[str, int]) -> LookupFrom:
        origin = self._origin(table, part) if table.get("file") or table.get("ons") else None
        of, codes, names = table.get("of", self.block_id), table.get("codes", []), table.get("names", [])
        source = origin.name if origin else "the blocks' own file" if codes else "table of code changes"
        if origin is not None and not codes:
            self._report("no columns of codes are named", 'add a line: codes = ["LAD19CD"]', part)
        if names and len(names) != len(codes):
            remedy = "name as many columns of names as of codes, or none"
            self._report(f"{len(codes)} columns of codes, {len(names)} of names", remedy, part, "names")
        if origin is None and codes and of != self.block_id:
            remedy = f'name the file whose rows are {of}: file = "…"'
            self._report("columns of the blocks' own file speak of blocks", remedy, part, "of", of)
        return LookupFrom(
            words=self._words(table, source, part),
            origin=origin,
            of=of,
            key=self._key(table, of),
            codes=tuple(codes),
            names=tuple(names),
        )

    def _grouping(self, table: dict[str, Any], part: tuple[str, int]) -> GroupingFrom:
        file, areas = table.get("file"), table.get("areas", {})
        if bool(file) == bool(areas):
            remedy = f'write [boundaries.{part[0]}.areas] with "North" = ["Bassetlaw"], or file = "areas.csv"'
            self._report("it needs its areas, or a file of them, and not both", remedy, part)
        path = self.folder / file if file else None
        return GroupingFrom(
            words=self._words(table, "the study's own grouping", part),
            areas={area: tuple(members) for area, members in areas.items()},
            file=path,
        )

    def _origin(self, table: dict[str, Any], part: tuple[str, int]) -> Origin:
        file, ons, crs = table.get("file", ""), table.get("ons", ""), table.get("crs", "")
        if bool(file) == bool(ons):
            remedy = 'write file = "…", or ons = "…" for a layer that hinterland boundaries list shows'
            self._report(
                "it needs a file or a layer of ONS, and not both", remedy, part, "file" if file else ""
            )
        if crs and not CRS.fullmatch(crs):
            remedy = 'write EPSG and a number: "EPSG:27700" for the National Grid'
            self._report("this is no coordinate reference system", remedy, part, "crs", crs)
        return Origin(
            file=self.folder / file if file else None,
            ons=ons,
            layer=table.get("layer", ""),
            crs=crs,
            sha256=table.get("sha256", ""),
        )

    def _words(self, table: dict[str, Any], source: str, part: tuple[str, int]) -> Words:
        name = self._required(table, "id", part, 'letters for the kind, digits for the year: id = "LEP14"')
        if name and not ID.fullmatch(name):
            remedy = "write capital letters, digits and underscores, beginning with a letter: LEP14"
            self._report("this cannot name a geography", remedy, part, "id", name)
        if name.casefold() in PREFIXES:
            remedy = "choose another: services refer to shapes by this word"
            self._report("this cannot name a geography", remedy, part, "id", name)
        if name in self.ids:
            self._report("another geography has this id", "choose one of its own", part, "id", name)
        self.ids.add(name)
        keys = ("label", "level", "one", "many", "source", "note")
        words = with_kind(Words(id=name, **{key: table.get(key, "") for key in keys}), source)
        if words.level not in LEVELS:
            given = f"no level is called {words.level}" if words.level else "its level is not known"
            self._report(given, f"add a line: level = one of {', '.join(LEVELS)}", part, "level")
        return words

    def _key(self, table: dict[str, Any], of: str) -> str:
        return str(table.get("key", f"{of}CD"))

    def _generalisation(self, table: dict[str, Any], part: tuple[str, int]) -> str:
        given = str(table.get("generalisation", ""))
        if given and given.upper() not in GENERALISATIONS:
            remedy = f"write one of {', '.join(GENERALISATIONS)}"
            self._report("no generalisation is called so", remedy, part, "generalisation", given)
        return given.upper()

    def _required(self, table: dict[str, Any], key: str, part: tuple[str, int], example: str) -> str:
        if key not in table:
            self._report(f"it has no {key}", f"name {example}", part)
        return str(table.get(key, ""))

    def _report(
        self, reason: str, remedy: str, part: tuple[str, int], key: str = "", value: str | None = None
    ) -> None:
        self.settings.report(reason, remedy, key, value, part=(f"boundaries.{part[0]}", part[1]))
