"""Building blocks and the geographies that group them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse

from .errors import GeometryError, PlaceError

CRS: Final = "EPSG:27700"  # the National Grid, in metres
NO_AREA: Final = "no area"

LEVELS: Final = (
    "neighbourhood",
    "district",
    "part county",
    "county",
    "sub-region",
    "region",
    "national",
)
"""The levels that an organisation can be set up to serve, and an area can have, smallest first."""


@dataclass(frozen=True)
class Geography:
    """A set of areas of one kind and vintage, each a set of building blocks.

    Attributes
    ----------
    id
        Such as `LEP14`: the key columns are named after it, `LEP14CD` and `LEP14NM`.
    label
        The same in words.
    level
        One of `LEVELS`: a body whose remit ranks at or below it is local in these areas.
    names
        Index: official codes, unique and sorted. Values: official names.
    membership
        Areas × blocks, 1 where the area holds the block and 0 elsewhere. Areas may share
        blocks, and blocks may lie in no area.
    source
        Where the grouping comes from, to be printed with every figure.
    nouns
        What one of its areas is called, and several.
    note
        What has to be said wherever it is shown; may be empty.
    beyond
        Codes of areas that are known to reach beyond the blocks of the atlas.
    """

    id: str
    label: str
    level: str
    names: pd.Series[str]
    membership: sparse.csr_array
    source: str
    nouns: tuple[str, str] = ("area", "areas")
    note: str = ""
    beyond: frozenset[str] = frozenset()

    @property
    def code_column(self) -> str:
        return f"{self.id}CD"

    @property
    def name_column(self) -> str:
        return f"{self.id}NM"

    @property
    def times_held(self) -> npt.NDArray[np.int64]:
        """For each block, how many areas of this geography hold it."""
        return np.asarray(self.membership.sum(axis=0), dtype=np.int64).ravel()

    @property
    def overlapping(self) -> bool:
        return bool((self.times_held > 1).any())

    def blocks_of(self, code: str) -> npt.NDArray[np.intp]:
        """Positions of the blocks of one area, ascending; `KeyError` for a code that it has not."""
        row = self.names.index.get_loc(code)
        return np.sort(self.membership[[row]].indices.astype(np.intp))


@dataclass(frozen=True)
class Count:
    """A number for each block beside its residents, such as voluntary groups.

    Attributes
    ----------
    id
        The column of `Atlas.blocks` that holds it.
    label
        The same in words.
    year, source
        When it was counted, and by whom.
    """

    id: str
    label: str
    year: int
    source: str


@dataclass(frozen=True)
class Atlas:
    """Building blocks with people and land, and every geography made of them.

    Attributes
    ----------
    blocks
        Index: block codes, unique. Columns: `residents` (persons), `area_km2` (land; NaN where it is
        not measured), `name`, the ids of `counts`, `geometry` (polygons in EPSG:27700) and, where
        they are known, `x` and `y` of the population-weighted centroid (metres, EPSG:27700).
    geographies
        By id, such as `LAD19`.
    aliases
        Curated other names: alias → `GEOGRAPHY:CODE`.
    ended
        `GEOGRAPHY:CODE` → the last day (inclusive) on which that area existed.
    residents_year
        The year that the residents are counted or estimated for.
    attribution
        What the licences ask to be printed.
    counts
        By id: further numbers of the blocks, 0 or more, NaN where unknown.
    notes
        What has to be said wherever its figures are shown.
    block_nouns
        What one block is called, and several.
    drawn
        Whether outlines are made for drawing, so that a page may show them as they are.
    outlined
        Whether outlines are real, so that shares of a block's land can be measured.
    """

    blocks: gpd.GeoDataFrame
    geographies: Mapping[str, Geography]
    residents_year: int
    attribution: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    ended: Mapping[str, pd.Timestamp] = field(default_factory=dict)
    counts: Mapping[str, Count] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    block_nouns: tuple[str, str] = ("district", "districts")
    drawn: bool = True
    outlined: bool = True

    def __post_init__(self) -> None:
        if self.blocks.crs is None or self.blocks.crs.to_epsg() != 27700:
            raise GeometryError(f"blocks are in {self.blocks.crs}; they must be in {CRS}")
        missing = {"name", "residents", "area_km2"} - set(self.blocks.columns)
        if missing:
            raise GeometryError(f"blocks lack the columns {', '.join(sorted(missing))}")
        _require_none(self.blocks.index[self.blocks.index.duplicated()], "stand twice")
        outlines = self.blocks.geometry
        _require_none(self.blocks.index[outlines.isna() | outlines.is_empty], "have no outline")
        for geography in self.geographies.values():
            shape = (len(geography.names), len(self.blocks))
            if geography.membership.shape != shape:
                raise GeometryError(f"{geography.id} groups {geography.membership.shape}, not {shape}")
        for column in ("residents", "area_km2", *self.counts):
            values = self.blocks[column]
            unknown = values.isna() & (column != "residents")
            bad = ~unknown & (~np.isfinite(values) | (values < 0))
            _require_none(self.blocks.index[bad], f"have no {column}, or a negative one")

    @property
    def residents(self) -> npt.NDArray[np.float64]:
        """Residents of each block, persons."""
        return np.asarray(self.blocks["residents"], dtype=np.float64)

    @property
    def area_km2(self) -> npt.NDArray[np.float64]:
        """Land of each block, km²."""
        return np.asarray(self.blocks["area_km2"], dtype=np.float64)

    @property
    def weighted(self) -> bool:
        """Whether population-weighted centroids of the blocks are known."""
        return "x" in self.blocks

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """x and y of each block's population-weighted centroid, else of a point inside its outline."""
        if self.weighted:
            return np.asarray(self.blocks[["x", "y"]], dtype=np.float64)
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(self.blocks.geometry.to_numpy())))

    def geography(self, name: str) -> Geography:
        """Give the geography of that id, in upper or lower case.

        Raises
        ------
        PlaceError
            When the atlas has none of that name; the message lists those that it has.

        Examples
        --------
        >>> from hinterland.boundaries.builtin import load
        >>> load().geography("lep14").label
        'Local Enterprise Partnerships, 2014'
        """
        found = self.geographies.get(name.strip().upper())
        if found is None:
            known = ", ".join(self.geographies)
            raise PlaceError(f"no geography is called {name!r}", f"choose one of {known}")
        return found

    def pieces(self, geography: Geography, within: npt.NDArray[np.bool_]) -> gpd.GeoDataFrame:
        """Cut a geography into disjoint pieces, each held by the same set of areas.

        Parameters
        ----------
        geography
            One of this atlas.
        within
            For each block, whether it is to be drawn.

        Returns
        -------
        geopandas.GeoDataFrame
            Columns `areas` (tuple of positions in `geography.names`; empty where no area holds
            the land) and `geometry` (EPSG:27700), sorted by `areas`.
        """
        by_block = geography.membership.tocsc()
        holders = [
            tuple(sorted(by_block.indices[by_block.indptr[b] : by_block.indptr[b + 1]].tolist()))
            for b in range(len(self.blocks))
        ]
        outlines = self.blocks.geometry.to_numpy()
        members: dict[tuple[int, ...], list[int]] = {}
        for block in np.flatnonzero(within):
            members.setdefault(holders[block], []).append(int(block))
        areas = sorted(members)
        shapes = [united(outlines[members[key]]) for key in areas]
        return gpd.GeoDataFrame({"areas": areas}, geometry=shapes, crs=CRS)


def united(outlines: npt.NDArray[np.object_]) -> shapely.Geometry:
    """Unite outlines that share their borders; those that do not match exactly, the slow way.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> united(squares).area
    2.0
    """
    try:
        whole = shapely.coverage_union_all(outlines)
    except shapely.GEOSException:
        return shapely.union_all(outlines)
    return whole if shapely.is_valid(whole) else shapely.union_all(outlines)


def _require_none(blocks: pd.Index, fault: str) -> None:
    if len(blocks):
        shown = ", ".join(map(str, blocks[:5]))
        raise GeometryError(f"{len(blocks)} blocks {fault}: {shown}{'…' if len(blocks) > 5 else ''}")


@dataclass(frozen=True)
class Held:
    """Which blocks the areas of a geography hold.

    Attributes
    ----------
    triples
        (block, code, name), one for each block that an area holds.
    beyond
        Codes of areas that are known to reach beyond the blocks.
    note
        How it came about, to be printed with the figures; may be empty.
    """

    triples: list[tuple[str, str, str]]
    beyond: frozenset[str] = frozenset()
    note: str = ""

    def in_pieces(self, pieces: Mapping[str, Sequence[str]]) -> Held:
        """The same for the pieces that the blocks were cut into."""
        triples = [(piece, code, name) for block, code, name in self.triples for piece in pieces[block]]
        return Held(triples, self.beyond, self.note)


def grouping(
    blocks: Sequence[str], pairs: Iterable[tuple[str, str, str]]
) -> tuple[pd.Series[str], sparse.csr_array]:
    """Make names and membership from (block, code, name) triples.

    Parameters
    ----------
    blocks
        Every block code, in the order of the atlas.
    pairs
        One triple for each block that an area holds; a block may stand in several areas.

    Returns
    -------
    names
        Index: codes, sorted. Values: names.
    membership
        Areas × blocks, 0 or 1.

    Examples
    --------
    >>> names, membership = grouping(["b1", "b2"], [("b1", "A", "One"), ("b2", "A", "One")])
    >>> names["A"], membership.toarray().tolist()
    ('One', [[1, 1]])
    """
    triples = pd.DataFrame(list(pairs), columns=["block", "code", "name"], dtype=str)
    named = triples.drop_duplicates("code", keep="last").set_index("code")["name"]
    names = named.sort_index().rename_axis(None).rename(None)
    at = names.index.get_indexer(triples["code"]), pd.Index(blocks).get_indexer(triples["block"])
    if (at[1] < 0).any():
        raise KeyError(triples["block"][at[1] < 0].iloc[0])
    membership = sparse.csr_array((np.ones(len(triples), np.int8), at), shape=(len(names), len(blocks)))
    membership.sum_duplicates()
    membership.data[:] = 1
    return names, membership
