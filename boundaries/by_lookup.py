"""Geographies by lookup: a code for each block, or for each area of another geography."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from . import changes
from .atlas import Geography, Held
from .description import LookupFrom
from .errors import Fault
from .figures import look_alikes, misspelt, report_first, some, tidy_codes
from .former_areas import END
from .names import NATIONS
from .spelling import CODE, normal


def by_lookup(
    lookup: LookupFrom,
    file: str,
    table: pd.DataFrame,
    of: Geography,
    keys: Mapping[str, Sequence[str]],
    residents: pd.Series[float],
    faults: list[Fault],
) -> Held | None:
    """Find which areas hold each block.

    Parameters
    ----------
    lookup
        What the columns of the table are.
    file
        What the table was read from.
    table
        Index: its rows, as messages number them. Columns of text: first the keys, then
        `lookup.codes` and `lookup.names`. A row may have several areas, and a key several rows.
    of
        The geography whose areas the keys are: of the blocks, or another.
    keys
        Its codes → the blocks of each.
    residents
        Index: the blocks. Values: persons.
    faults
        What is wrong is added to it. Blocks that the lookup misses lie in no area; they are
        counted and named, with their residents, and so are blocks in several areas. A lookup of
        another year than `of` stops the study.

    Returns
    -------
    Held or None
        Areas that it gives to other keys too reach beyond the blocks. None where no row is known.
    """
    key = table.iloc[:, 0]
    known = pd.Series([code in keys for code in key.to_numpy()], index=key.index)
    meant = look_alikes(key, keys)
    report_first(misspelt(key, meant, file, lookup.key), faults)
    if not known.any():
        reason = f"none of its rows is {lookup.of}: it has {some(key)}; {lookup.of} has {some([*keys])}"
        remedy = f"is {lookup.key} the right column, and the lookup of the same vintage as {lookup.of}?"
        fault = Fault(kind="stopped", file=file, column=lookup.key, reason=reason, remedy=remedy)
        faults.append(fault)
        return None
    number = len(lookup.codes)
    codes = _area_codes(table.iloc[:, 1 : number + 1])
    titles = table.iloc[:, number + 1 :] if lookup.names else codes
    _check_codes(file, codes[known], faults)
    called = _names(file, codes[known], titles[known], faults)
    if not called:
        reason, remedy = "none of its rows gives a block an area", "name the columns that hold codes"
        column = ", ".join(lookup.codes)
        faults.append(Fault(kind="stopped", file=file, column=column, reason=reason, remedy=remedy))
        return None
    cut_off = codes[~known | key.isin(of.beyond)]
    elsewhere = set(cut_off.to_numpy().ravel()) & called.keys()
    held = {
        (block, code): called[code]
        for column in range(number)
        for at, code in zip(key[known].to_numpy(), codes.iloc[:, column][known].to_numpy(), strict=True)
        if code
        for block in keys[at]
    }
    rows = {*key, *meant.values()}
    missed = [code for code in keys if code not in rows]
    _say_missed(lookup, file, missed, of, keys, residents, faults)
    _say_other_year(lookup, file, missed, sorted(rows - keys.keys()), of, faults)
    _say_several(lookup, file, Counter(block for block, _ in held), residents, faults)
    return Held([(block, code, name) for (block, code), name in held.items()], frozenset(elsewhere))


def _area_codes(texts: pd.DataFrame) -> pd.DataFrame:
    """Codes of areas; plain numbers, as deciles are, get one width (`9.0` and `10.0` become 09 and 10)."""
    codes = texts.apply(tidy_codes)
    held = pd.Series([code for code in codes.to_numpy().ravel() if code], dtype=str)
    if not held.str.fullmatch(r"\d{1,4}(\.0)?").all():
        return codes
    width = int(held.str.removesuffix(".0").str.len().max()) if len(held) else 0
    return codes.map(lambda code: code.removesuffix(".0").zfill(width) if code else "")


def _check_codes(file: str, codes: pd.DataFrame, faults: list[Fault]) -> None:
    """Ask about codes of districts that letters stand for digits in; refuse those of other nations."""
    table = changes.load()
    authorities = {authority.code for authority in table.authorities}
    for number in range(codes.shape[1]):
        column, title = codes.iloc[:, number], str(codes.columns[number])
        report_first(misspelt(column, look_alikes(column, authorities), file, title), faults)
        abroad = column[column.str.fullmatch(CODE) & column.str[:1].isin(list(NATIONS))].drop_duplicates()
        refuse = partial(Fault, kind="refused", file=file, column=title)
        refused = []
        for row, code in abroad.items():
            authority = table.authority(code)
            reason = f"outside England: {NATIONS[code[0]]}" + (f" ({authority.name})" if authority else "")
            remedy = "correct the code: the blocks are in England"
            refused.append(refuse(row=int(row), value=code, reason=reason, remedy=remedy))
        report_first(refused, faults)


def _names(file: str, codes: pd.DataFrame, titles: pd.DataFrame, faults: list[Fault]) -> dict[str, str]:
    """Code → name: the first that is written; the code where none is.

    A name that only another district or county has is refused, and so is a second name.
    """
    named: dict[str, tuple[str, int]] = {}
    refused: dict[tuple[str, str], Fault] = {}
    for column in range(codes.shape[1]):
        columns = (codes.iloc[:, column].to_numpy(), titles.iloc[:, column].to_numpy())
        pairs = zip(codes.index, *columns, strict=True)
        for row, code, title in pairs:
            if not code or not title:
                continue
            first, first_row = named.setdefault(code, (title, int(row)))
            other = _official_name(code, title) if first == title else ""
            if other:
                reason, remedy = f"{code} is {other}", "correct the code or the name"
            elif first != title and normal(first) != normal(title):
                reason, remedy = f"{code} is called {first} in row {first_row}", "correct one of the two"
            else:
                continue
            at = partial(Fault, kind="refused", file=file, row=int(row), column=str(titles.columns[column]))
            refused.setdefault((code, title), at(value=title, reason=reason, remedy=remedy))
    report_first([*refused.values()], faults)
    every = (code for code in codes.to_numpy().ravel() if code)
    return {code: named.get(code, (code, 0))[0] for code in every}


def _official_name(code: str, title: str) -> str:
    """The name of a district or county that is called by another's; else an empty text."""
    table = changes.load()
    authority = table.authority(code)
    others = table.by_name.get(normal(title), []) if authority else []
    return authority.name if authority and others and authority not in others else ""


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
    if day > END:
        reason = f"the table of code changes ends in {END.year}: it cannot tell what {lookup.words.id} holds"
        faults.append(report(kind="stopped", reason=reason, remedy="name a file and its codes"))
        return None
    table = changes.load()
    counties = all(_is_county(code) for code in of.names.index)
    triples: list[tuple[str, str, str]] = []
    beyond: set[str] = set()
    ended: list[str] = []
    counts = dict.fromkeys(("unchanged", "recoded", "merged"), 0)
    for move in table.move(of.names.index, to=day):
        after = [new for new in move.successors if not counties or _is_county(new[0])]
        named = f"{move.code} {of.names[move.code]}"
        if counties and move.successors and not after:
            ended.append(named)
        elif move.relation in counts:
            counts[move.relation] += 1
            new, title = after[0]
            triples += [(block, new, title) for block in keys[move.code]]
            if move.code in of.beyond or not set(move.complete_with) <= set(of.names.index):
                beyond.add(new)
        else:
            into = some([f"{code} {title}" for code, title in move.successors])
            reason = f"{named} is {move.relation}" + (f": {into}" if into else "")
            remedy = f"its blocks cannot be put into one area of {lookup.words.id}: give a lookup file"
            faults.append(report(kind="stopped", reason=reason, remedy=remedy))
    told = ", ".join(f"{n} {relation}" for relation, n in counts.items())
    note = f"{lookup.words.id} was carried from {of.id} through the table of code changes: {told}."
    if ended:
        note += f" No longer counties, and so in no area: {some(ended)}."
    faults.append(report(kind="noted", reason=note))
    return Held(triples, frozenset(beyond), note)


def _is_county(code: str) -> bool:
    authority = changes.load().authority(code)
    return authority is not None and authority.level == "county"


def _say_missed(
    lookup: LookupFrom,
    file: str,
    missed: Sequence[str],
    of: Geography,
    keys: Mapping[str, Sequence[str]],
    residents: pd.Series[float],
    faults: list[Fault],
) -> None:
    if not missed:
        return
    people = residents[[block for code in missed for block in keys[code]]].sum()
    named = some([f"{code} {of.names[code]}" for code in missed])
    one = len(missed) == 1
    reason = f"{len(missed):,} {of.nouns[not one]} of {of.id} {'is' if one else 'are'} not in it, with "
    remedy = f"they lie in no area of {lookup.words.id}; is it of the same year as {lookup.of}?"
    reason += f"{people:,.0f} residents: {named}"
    faults.append(Fault(kind="noted", file=file, column=lookup.key, reason=reason, remedy=remedy))


def _say_other_year(
    lookup: LookupFrom,
    file: str,
    missed: Sequence[str],
    strange: Sequence[str],
    of: Geography,
    faults: list[Fault],
) -> None:
    """Stop where an area that the lookup misses stands in it under its code of another year."""
    table = changes.load()
    began = {code: found.since for code in strange if (found := table.authority(code)) and found.since}
    stop = partial(Fault, kind="stopped", file=file, column=lookup.key)
    for code in missed:
        authority = table.authority(code)
        if authority is None:
            continue
        named = f"{code} {authority.name} is not in it, but"
        later = next((new for new, day in began.items() if new in table.successors(code, day)), None)
        if later is not None:
            year = f"{of.id.rstrip('0123456789')}{max(began.values()):%y}"
            reason = f"{named} {later}, which it became: the lookup is of a later year than {of.id}"
            remedy = f'add before it [[boundaries.lookup]] with id = "{year}" and of = "{of.id}", '
            faults.append(stop(reason=reason, remedy=f'{remedy}and write of = "{year}" here'))
            return
        day = authority.since
        earlier = next((old for old in strange if day and code in table.successors(old, day)), None)
        if earlier is not None:
            reason = f"{named} {earlier}, which became it: the lookup is of an earlier year than {of.id}"
            faults.append(stop(reason=reason, remedy=f"give a lookup of the same year as {of.id}"))
            return


def _say_several(
    lookup: LookupFrom, file: str, times: Counter[str], residents: pd.Series[float], faults: list[Fault]
) -> None:
    several = [block for block, count in times.items() if count > 1]
    if several:
        people = f"{residents[several].sum():,.0f} residents"
        reason = f"{len(several):,} blocks with {people} lie in several areas of {lookup.words.id}"
        faults.append(Fault(kind="noted", file=file, reason=f"{reason}: {some(several)}"))
