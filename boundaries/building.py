"""Building an atlas from what a study describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy import sparse

from . import builtin, changes
from .area_index import AreaIndex
from .atlas import Atlas, Count, Geography, Held, grouping
from .blocks import POINT_INSIDE, WEIGHTED, Blocks, read_blocks, table_of
from .by_grouping import by_grouping
from .by_lookup import by_changes, by_lookup
from .by_outlines import by_centroid, by_cut
from .description import Described, LookupFrom, Origin, OutlinesFrom, Words, vintage
from .errors import Fault
from .figures import read_figures
from .neighbours import check_neighbours
from .shapes import check_shapes
from .sources import Sources
from .wider import seen_from

BEST_FIT: Final = "A block belongs to the area that holds {} (best fit)."


def build_atlas(described: Described, sources: Sources, faults: list[Fault]) -> Atlas | None:
    """Build an atlas: blocks with people, and every geography described of them.

    Parameters
    ----------
    described
        What it is made of. Without blocks, more geographies are added to the built-in atlas.
    sources
        What files and layers are read with.
    faults
        Everything wrong is added to it, and what was noted.

    Returns
    -------
    Atlas or None
        None where it cannot be built.
    """
    base = builtin.load()
    found = read_blocks(described, sources, faults) if described.blocks else _built_in_blocks(base)
    if found is None:
        _look_at_the_rest(described, sources, faults)
        return None
    blocks = _with_figures(found, described, sources, faults)
    peopled = not blocks.frame["residents"].isna().any()
    blocks = replace(blocks, frame=blocks.frame.fillna({"residents": 0.0}))  # to find the other faults
    draft = _Draft(blocks, {} if described.blocks else base.geographies)
    for outlines in described.outlines:
        _add_outlines(draft, outlines, sources, faults)
    draft.settle()
    tried: set[str] = set()
    for lookup in described.lookups:
        _add_lookup(draft, lookup, tried, sources, faults)
        tried.add(lookup.words.id)
    geographies = draft.geographies
    asked = [outlines.words.id for outlines in described.outlines] + [*tried]
    if not geographies.keys() >= {*asked}:
        return None
    if described.blocks:
        geographies = {**geographies, draft.own.id: draft.own}
    atlas = _atlas(draft, geographies, described, base, sources)
    if described.blocks:
        atlas = _with_beyond(atlas, base)
    for wanted in described.groupings:
        made = by_grouping(wanted, atlas, faults)
        if made is not None:
            atlas = replace(atlas, geographies={**atlas.geographies, made.id: made})
    return atlas if peopled else None


def _look_at_the_rest(described: Described, sources: Sources, faults: list[Fault]) -> None:
    """Report what is wrong with the other files where there are no blocks to build on."""
    for figure in (*([described.residents] if described.residents else []), *described.counts):
        if figure.origin:
            sources.table(figure.origin, [figure.key, figure.column], [], faults)
    for wanted in described.outlines:
        _areas(wanted, sources, faults)
    for lookup in described.lookups:
        if lookup.origin:
            sources.table(lookup.origin, [lookup.key, *lookup.codes, *lookup.names], [], faults)


class _Draft:
    """Blocks and geographies while cuts may still divide them.

    Attributes
    ----------
    blocks
        The blocks, with what is known of their centroids.
    parents
        For each block, the position of the one that it was when it was read.
    own
        The geography of the blocks as they were read, once it has settled.
    geographies
        The others, of the blocks as they are once it has settled.
    """

    def __init__(self, blocks: Blocks, geographies: Mapping[str, Geography]) -> None:
        self.blocks = blocks
        self.read = blocks.frame["name"]
        self.parents = np.arange(len(blocks.frame))
        self.geographies = dict(geographies)
        self._waiting: list[tuple[Words, Held]] = []

    @property
    def frame(self) -> gpd.GeoDataFrame:
        return self.blocks.frame

    def cut(self, frame: gpd.GeoDataFrame, parents: np.ndarray) -> None:
        """Take the pieces of the blocks in their place, also where outlines read before refer to them."""
        now: dict[str, list[str]] = {}
        for position, code in zip(parents, frame.index, strict=True):
            now.setdefault(self.frame.index[position], []).append(code)
        self._waiting = [(words, held.in_pieces(now)) for words, held in self._waiting]
        self.parents = self.parents[parents]
        self.blocks = replace(self.blocks, frame=frame)

    def wait(self, words: Words, held: Held) -> None:
        """Keep a geography until no outline cuts blocks any more."""
        self._waiting.append((words, held))

    def settle(self) -> None:
        """Make the geographies that waited, and carry those given to the pieces."""
        for key, given in self.geographies.items():
            membership = sparse.csr_array(given.membership.tocsc()[:, self.parents])
            self.geographies[key] = replace(given, membership=membership)
        codes, names = self.read.index[self.parents], self.read.iloc[self.parents]
        each = [*zip(self.frame.index, codes, names, strict=True)]
        self.own = self._made(self.blocks.words, Held(each))
        for words, held in self._waiting:
            self.add(words, held)

    def add(self, words: Words, held: Held) -> None:
        """Make a geography of the blocks as they are."""
        self.geographies[words.id] = self._made(words, held)

    def _made(self, words: Words, held: Held) -> Geography:
        names, membership = grouping(list(self.frame.index), held.triples)
        return Geography(
            id=words.id,
            label=words.label,
            level=words.level,
            names=names,
            membership=membership,
            source=words.source,
            nouns=(words.one, words.many),
            note=" ".join(filter(None, (words.note, held.note))),
            beyond=held.beyond,
        )

    def of(self, key: str) -> Geography | None:
        """The geography of an id: of the blocks, or another."""
        return self.own if key == self.own.id else self.geographies.get(key)

    def keys(self, of: Geography) -> dict[str, list[str]]:
        """Codes of a geography → the blocks of each."""
        blocks, held = self.frame.index.to_numpy(), of.membership
        ends = zip(held.indptr[:-1], held.indptr[1:], strict=True)
        groups = (list(blocks[held.indices[start:end]]) for start, end in ends)
        return dict(zip(of.names.index, groups, strict=True))


def _built_in_blocks(base: Atlas) -> Blocks:
    inside = base.blocks.geometry.representative_point()
    frame = base.blocks.assign(x=inside.x, y=inside.y)
    words = Words(id="", one="district", many="districts")
    own = pd.DataFrame({"block": base.blocks.index})
    return Blocks(frame, words, POINT_INSIDE, True, "the built-in districts", own, drawn=True)


def _with_figures(blocks: Blocks, described: Described, sources: Sources, faults: list[Fault]) -> Blocks:
    """The blocks with counts, and residents as far as they are known: what else is wrong is still found."""
    frame = blocks.frame.assign(residents=blocks.frame.get("residents", np.nan))
    wanted = ([described.residents] if described.residents else []) + [*described.counts]
    for figure in wanted:
        table = table_of(blocks, figure.origin, figure.key, [figure.column], sources, faults)
        if table is None:
            continue
        values = read_figures(figure, _file(blocks, figure.origin), table, frame.index, faults)
        if values is not None:
            frame[figure.id] = values
    return replace(blocks, frame=frame)


def _file(blocks: Blocks, origin: Origin | None) -> str:
    return origin.name if origin else blocks.file


def _areas(wanted: OutlinesFrom, sources: Sources, faults: list[Fault]) -> gpd.GeoDataFrame | None:
    """The outlines of a geography, checked one by one and against each other."""
    raw = sources.outlines(wanted.origin, faults, repair=wanted.repair)
    if raw is None:
        return None
    file = wanted.origin.name
    areas = check_shapes(
        raw, file=file, code=wanted.code, name=wanted.name, repair=wanted.repair, faults=faults
    )
    if areas is None:
        return None
    areas = areas.sort_index()
    if not wanted.name:
        areas["name"] = areas.index
    check_neighbours(areas, file=file, overlaps_allowed=wanted.overlaps, faults=faults)
    return areas


def _add_outlines(draft: _Draft, wanted: OutlinesFrom, sources: Sources, faults: list[Fault]) -> None:
    areas = _areas(wanted, sources, faults)
    if areas is None:
        return
    if wanted.method == "centroid":
        held = by_centroid(wanted, areas, draft.frame, faults)
        draft.wait(wanted.words, replace(held, note=BEST_FIT.format(draft.blocks.centroid)))
    elif _can_be_cut(draft, wanted, sources, faults):
        cut = by_cut(wanted, areas, draft.frame, faults)
        draft.cut(cut.blocks, cut.parents)
        draft.wait(wanted.words, cut.held)


def _can_be_cut(draft: _Draft, wanted: OutlinesFrom, sources: Sources, faults: list[Fault]) -> bool:
    remedy = 'write method = "centroid", or give outlines of one generalisation'
    here, there = draft.blocks.generalisation, wanted.generalisation or sources.generalisation(wanted.origin)
    if not draft.blocks.outlined:
        reason = "blocks that are points cannot be cut along outlines"
    elif here and there and here != there:
        reason = f"blocks are drawn as {here}, these outlines as {there}: a cut would follow neither border"
    else:
        return True
    faults.append(
        Fault(kind="stopped", file=wanted.origin.name, column="method", reason=reason, remedy=remedy)
    )
    return False


def _add_lookup(
    draft: _Draft, lookup: LookupFrom, tried: set[str], sources: Sources, faults: list[Fault]
) -> None:
    of = draft.of(lookup.of)
    if of is None:
        if lookup.of not in tried:
            _unknown_level(draft, lookup, faults)
        return
    keys = draft.keys(of)
    if lookup.codes:
        columns = [*lookup.codes, *lookup.names]
        table = table_of(draft.blocks, lookup.origin, lookup.key, columns, sources, faults)
        if table is None:
            return
        file = _file(draft.blocks, lookup.origin)
        held = by_lookup(lookup, file, table, of, keys, draft.frame["residents"], faults)
    else:
        held = by_changes(lookup, of, keys, faults)
    if held is not None:
        draft.add(lookup.words, held)


def _unknown_level(draft: _Draft, lookup: LookupFrom, faults: list[Fault]) -> None:
    reason = f"no geography {lookup.of} is known, from which {lookup.words.id} could be looked up"
    known = ", ".join(filter(None, [draft.own.id, *draft.geographies]))
    remedy = f"known so far are {known}"
    alike = [g for g in draft.geographies if vintage(g) and g[:-2] == lookup.of[:-2]]
    if alike and vintage(lookup.of):
        remedy += (
            f"; to carry {alike[0]} to {lookup.of} through the table of code changes, add before it "
            f'[[boundaries.lookup]] with id = "{lookup.of}" and of = "{alike[0]}"'
        )
    faults.append(
        Fault(kind="stopped", file="study.toml", column="of", value=lookup.of, reason=reason, remedy=remedy)
    )


def _atlas(
    draft: _Draft,
    geographies: Mapping[str, Geography],
    described: Described,
    base: Atlas,
    sources: Sources,
) -> Atlas:
    frame = draft.frame
    year = described.residents.year if described.residents else base.residents_year
    counts = {
        count.id: Count(count.id, count.label, count.year, _file(draft.blocks, count.origin))
        for count in described.counts
        if count.id in frame
    }
    weighted = ["x", "y"] if draft.blocks.centroid == WEIGHTED else []
    columns = ["name", "residents", "area_km2", *counts, *weighted, "geometry"]
    given = described.attribution if described.blocks else (*base.attribution, *described.attribution)
    attribution = tuple(dict.fromkeys((*given, *sources.attribution)))
    known = () if described.blocks else base.geographies
    added = {key: given for key, given in geographies.items() if key not in known}
    held = {f"{key}:{code}" for key, given in geographies.items() for code in given.names.index}
    return Atlas(
        blocks=frame[columns],
        geographies=geographies,
        residents_year=year,
        attribution=attribution,
        aliases={alias: area for alias, area in base.aliases.items() if area in held},
        ended={**({} if described.blocks else base.ended), **_ended(added)},
        counts=counts,
        notes=(*_notes(draft, described), *sources.used),
        block_nouns=(draft.blocks.words.one, draft.blocks.words.many),
        drawn=draft.blocks.drawn,
        outlined=draft.blocks.outlined,
    )


def _with_beyond(atlas: Atlas, base: Atlas) -> Atlas:
    """Mark areas of which the built-in atlas knows districts that the blocks lack: a lookup may be cut."""
    index, known = AreaIndex(atlas), AreaIndex(base)
    marked = {}
    for key, given in atlas.geographies.items():
        far = {
            code
            for code in set(given.names.index) & set(known.by_code) - given.beyond
            if (seen := seen_from(index, known, known.place(known.by_code[code][0]))) is not None
            and seen.beyond
        }
        marked[key] = replace(given, beyond=given.beyond | far)
    return replace(atlas, geographies=marked)


def _ended(geographies: Mapping[str, Geography]) -> dict[str, pd.Timestamp]:
    """The last day of each district that the table of code changes knows to have ended."""
    table, ended = changes.load(), {}
    for key, given in geographies.items():
        if not key.startswith("LAD") or changes.vintage_day(key) is None:
            continue
        for code in given.names.index:
            authority = table.authority(code)
            if authority is not None and authority.until is not None:
                ended[f"{key}:{code}"] = pd.Timestamp(authority.until)
    return ended


def _notes(draft: _Draft, described: Described) -> list[str]:
    notes = []
    if described.blocks and described.residents:
        year, drawn = described.residents.year, vintage(described.blocks.words.id)
        if drawn is not None and drawn != year:
            many = described.blocks.words.many
            notes.append(f"Residents are of {year}, the boundaries of the {many} of {drawn}.")
    if not draft.blocks.outlined:
        notes.append(
            "Blocks are known by their centroids alone: land is not measured, and outlines are drawn "
            "half-way between centroids, for the map only."
        )
    return notes
