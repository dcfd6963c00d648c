"""Geographies by lookup: a code for each block, or for each area of another geography."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import geopandas as gpd
import pandas as pd

from . import changes
from .atlas import Geography, Held
from .description import LookupFrom
from .errors import Fault
from .figures import some, tidy_codes
from .sources import Sources
from .spelling import normal


def by_lookup(
    lookup: LookupFrom,
    blocks: gpd.GeoDataFrame,
    keys: Mapping[str, Sequence[str]],
    of: Geography | None,
    sources: Sources,
    faults: list[Fault],
) -> Held | None:
    """Read which areas hold each block.

    Parameters
    ----------
    lookup
        Where that stands.
    blocks
        Index: block codes. Column: `residents`.
    keys
        What the rows of the lookup are → the blocks that each stands for.
    of
        The geography whose areas the rows are; None where they are blocks.
    sources
        What files and layers are read with.
    faults
        What is wrong is added to it. Blocks that the lookup misses lie in no area; they are
        counted and named, with their residents.

    Returns
    -------
    Held or None
    """
    name = lookup.origin.name if lookup.origin else "blocks"
    report = partial(Fault, file=name)
    table = _table(lookup, blocks, sources, faults)
    if table is None:
        return None
    known = table[lookup.key].isin(keys)
    if not known.any():
        has = f"it has {some(table[lookup.key])}, {lookup.of} has {some(keys)}"
        remedy = f"is {lookup.key} the right column, and the lookup of the same vintage as {lookup.of}?"
        reason = f"none of its rows is {lookup.of}: {has}"
        faults.append(report(kind="stopped", column=lookup.key, reason=reason, remedy=remedy))
        return None
    cut_off = ~known | table[lookup.key].isin(of.beyond if of else [])
    elsewhere = {code for column in lookup.codes for code in table.loc[cut_off, column]}
    table = table[known]
    triples: dict[tuple[str, str], str] = {}
    called: dict[str, tuple[str, int]] = {}
    for codes, titles in zip(lookup.codes, lookup.names or lookup.codes, strict=True):
        columns = (table.index, table[lookup.key], table[codes], table[titles])
        for row, key, code, title in zip(*columns, strict=True):
            if not code:
                continue
            first, first_row = called.setdefault(code, (title, int(row)))
            if normal(first) != normal(title):
                reason, remedy = f"{code} is called {first} in row {first_row}", "correct one of the two"
                at = partial(report, row=int(row), column=titles, value=title)
                faults.append(at(kind="refused", reason=reason, remedy=remedy))
            for block in keys[key]:
                triples.setdefault((block, code), first)
    rows = set(table[lookup.key])
    _say_missed(lookup, name, {k: held for k, held in keys.items() if k not in rows}, of, blocks, faults)
    held = [(block, code, title) for (block, code), title in triples.items()]
    return Held(held, frozenset(elsewhere & set(called)))


def _table(
    lookup: LookupFrom, blocks: gpd.GeoDataFrame, sources: Sources, faults: list[Fault]
) -> pd.DataFrame | None:
    if lookup.origin is None:
        table = pd.DataFrame(blocks[[*lookup.codes, *lookup.names]]).astype("string").fillna("").astype(str)
        table.insert(0, lookup.key, table.index)
        table.index = pd.RangeIndex(1, len(table) + 1)
    else:
        found = sources.table(lookup.origin, [lookup.key, *lookup.codes, *lookup.names], [], faults)
        if found is None:
            return None
        table = found.assign(**{lookup.key: tidy_codes(found[lookup.key])})
    codes = {column: _area_codes(table[column]) for column in lookup.codes if column != lookup.key}
    return table.assign(**codes)


def _area_codes(texts: pd.Series[str]) -> pd.Series[str]:
    """Codes of areas; plain numbers, as deciles are, get one width (`9.0` and `10.0` become 09 and 10)."""
    codes = tidy_codes(texts)
    held = codes[codes != ""]
    if not held.str.fullmatch(r"\d{1,4}(\.0)?").all():
        return codes
    whole = codes.str.removesuffix(".0")
    return whole.where(whole == "", whole.str.zfill(int(whole.str.len().max())))


def by_changes(
    lookup: LookupFrom, of: Geography, keys: Mapping[str, Sequence[str]], faults: list[Fault]
) -> Held | None:
    """Carry the areas of one vintage to another through the table of code changes.

    Parameters
    ----------
    lookup
        Whose `words.id` names the vintage to reach, such as `LAD24`.
    of
        The geography to start from, such as `LAD19`.
    keys
        Its codes → the blocks of each.
    faults
        An area that the table does not carry to exactly one other stops the study.

    Returns
    -------
    Held or None
    """
    report = partial(Fault, file="study.toml", column="boundaries.lookup", value=lookup.words.id)
    day, since = changes.vintage_day(lookup.words.id), changes.vintage_day(of.id)
    if day is None or since is None or lookup.words.id[:-2] != of.id[:-2]:
        reason = f"{of.id} cannot be carried to {lookup.words.id} through the table of code changes"
        remedy = "give two years of one kind (LAD24 of LAD19), or name a file and its codes"
        faults.append(report(kind="stopped", reason=reason, remedy=remedy))
        return None
    triples: list[tuple[str, str, str]] = []
    beyond: set[str] = set()
    counts = dict.fromkeys(("unchanged", "recoded", "merged"), 0)
    for move in changes.load().move(of.names.index, to=day):
        if move.relation in counts:
            counts[move.relation] += 1
            new, title = move.successors[0]
            triples += [(block, new, title) for block in keys[move.code]]
            if move.code in of.beyond or not set(move.complete_with) <= set(of.names.index):
                beyond.add(new)
        else:
            into = some([f"{code} {title}" for code, title in move.successors])
            reason = f"{move.code} {of.names[move.code]} is {move.relation}" + (f": {into}" if into else "")
            remedy = f"its blocks cannot be put into one area of {lookup.words.id}: give a lookup file"
            faults.append(report(kind="stopped", reason=reason, remedy=remedy))
    told = ", ".join(f"{n} {relation}" for relation, n in counts.items())
    note = f"{lookup.words.id} was carried from {of.id} through the table of code changes: {told}."
    faults.append(report(kind="noted", reason=note))
    return Held(triples, frozenset(beyond), note)


def _say_missed(
    lookup: LookupFrom,
    name: str,
    missed: Mapping[str, Sequence[str]],
    of: Geography | None,
    blocks: gpd.GeoDataFrame,
    faults: list[Fault],
) -> None:
    inside = [block for held in missed.values() for block in held]
    if not inside:
        return
    people = blocks.loc[inside, "residents"].sum()
    keys = [f"{key} {of.names[key]}" if of else key for key in missed if missed[key]]
    what = f"{len(keys):,} areas of {of.id}" if of else f"{len(keys):,} blocks"
    reason = f"{what} are not in it, with {people:,.0f} residents: {some(keys)}"
    remedy = f"they lie in no area of {lookup.words.id}; is it of the same year as {lookup.of}?"
    faults.append(Fault(kind="noted", file=name, column=lookup.key, reason=reason, remedy=remedy))
