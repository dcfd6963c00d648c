"""A user's own geography, drawn from areas of any other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from .atlas import NO_AREA, Atlas, Geography, grouping
from .description import GroupingFrom
from .errors import Fault
from .figures import some
from .former_areas import together
from .names import gazetteer_of
from .places import Place
from .tables import read_table

RESERVED: Final = (NO_AREA, "total", "outside")


def by_grouping(wanted: GroupingFrom, atlas: Atlas, faults: list[Fault]) -> Geography | None:
    """Make a geography of areas that are known already.

    Parameters
    ----------
    wanted
        Area → its members, in names or codes; or a file of them.
    atlas
        Whose areas may be named, and the built-in ones as far as they lie in it.
    faults
        A member that is not clear is asked about; areas that overlap or hold no block, and blocks
        in no area, are noted.

    Returns
    -------
    Geography or None
        None where any member is not clear, or no block is held. Areas without a code of their own
        are numbered after the geography's id.
    """
    file = wanted.file.name if wanted.file else "study.toml"
    report = partial(Fault, file=file)
    members = _from_file(wanted, faults) if wanted.file else _from_study(wanted)
    areas = dict.fromkeys([*wanted.areas, *(member.area for member in members)])
    codes = _codes(wanted, list(areas), members, faults)
    filled = {member.area for member in members}
    for area in (area for area in areas if area not in filled):
        reason, remedy = "this area has no members", "name at least one, or take it out"
        faults.append(report(kind="stopped", column=area, reason=reason, remedy=remedy))
    gazetteer = gazetteer_of(atlas)
    places: dict[str, list[tuple[Place, partial[Fault]]]] = {area: [] for area in areas}
    clear = codes is not None
    for member in members:
        column = "member" if wanted.file else member.area
        at = partial(report, row=member.row, column=column, value=member.text)
        found, problems = gazetteer.resolve_list(member.text)
        faults += [at(kind=p.kind, reason=p.reason, remedy=p.remedy) for p in problems]
        places[member.area] += [(place, at) for place in found]
        clear = clear and not problems
    held: dict[str, list[Place]] = {}
    for area, read in places.items():
        held[area] = together([place for place, _ in read])
        for place, (_, at) in zip(held[area], read, strict=True):
            if place.part:
                clear = False
                faults.append(at(kind="asked", reason=_part_reason(place), remedy="name whole areas"))
            elif place.note:
                faults.append(at(kind="noted", reason=place.note))
    if not clear or codes is None:
        return None
    blocks = atlas.blocks.index
    triples = [(blocks[b], codes[area], area) for area, read in held.items() for p in read for b in p.blocks]
    names, membership = grouping(list(blocks), triples)
    if empty := [area for area in areas if codes[area] not in names.index]:
        reason = f"{wanted.words.id}: {len(empty)} of its areas hold no block and are left out: {some(empty)}"
        faults.append(report(kind="noted" if len(names) else "stopped", reason=reason))
    if names.empty:
        return None
    beyond = {codes[area] for area, read in held.items() if any(place.beyond for place in read)}
    words = wanted.words
    made = Geography(
        id=words.id,
        label=words.label,
        level=words.level,
        names=names,
        membership=membership,
        source=words.source,
        nouns=(words.one, words.many),
        note=words.note,
        beyond=frozenset(beyond & set(names.index)),
    )
    _say_overlaps(made, atlas, report, faults)
    return made


@dataclass(frozen=True)
class _Member:
    """One text that says what belongs to an area, with the area's code and the row, if any."""

    area: str
    text: str
    code: str = ""
    row: int | None = None


def _from_study(wanted: GroupingFrom) -> list[_Member]:
    return [_Member(area, text) for area, texts in wanted.areas.items() for text in texts]


def _from_file(wanted: GroupingFrom, faults: list[Fault]) -> list[_Member]:
    assert wanted.file is not None
    table = read_table(
        wanted.file, required=["area", "member"], optional=["code"], what="areas", faults=faults
    )
    members = []
    for row in table.rows if table else ():
        area, text = row.cells["area"], row.cells["member"]
        if area and text:
            members.append(_Member(area, text, row.cells.get("code", ""), row.number))
        else:
            reason = f"the {'member' if area else 'area'} is blank"
            remedy = "write an area, and a name or code that belongs to it"
            faults.append(
                Fault(kind="refused", file=wanted.file.name, row=row.number, reason=reason, remedy=remedy)
            )
    return members


def _codes(
    wanted: GroupingFrom, areas: list[str], members: list[_Member], faults: list[Fault]
) -> dict[str, str] | None:
    """Area → code; None where an area has two, or two areas share one."""
    given: dict[str, str] = {}
    clear = True
    for member in members:
        if member.code and given.setdefault(member.area, member.code) != member.code:
            reason, remedy = f"{member.area} has the code {given[member.area]} above", "write one of the two"
            faults.append(_code_fault(wanted, member, reason, remedy))
            clear = False
    for member in members:
        if member.code in RESERVED:
            reason, remedy = "a row of every table is called so", "give the area another code"
            faults.append(_code_fault(wanted, member, reason, remedy))
            clear = False
    codes = {area: given.get(area, f"{wanted.words.id}_{n:02d}") for n, area in enumerate(areas, start=1)}
    owner: dict[str, str] = {}
    for member in members:
        if owner.setdefault(codes[member.area], member.area) != member.area:
            reason = f"{owner[codes[member.area]]} has the code {codes[member.area]} too"
            faults.append(_code_fault(wanted, member, reason, "give each area a code of its own"))
            clear = False
    return codes if clear else None


def _code_fault(wanted: GroupingFrom, member: _Member, reason: str, remedy: str) -> Fault:
    assert wanted.file is not None
    return Fault(
        kind="refused",
        file=wanted.file.name,
        row=member.row,
        column="code",
        value=member.code,
        reason=reason,
        remedy=remedy,
    )


def _part_reason(place: Place) -> str:
    return "; ".join(filter(None, (place.note, "which part of it is not known")))


def _say_overlaps(made: Geography, atlas: Atlas, report: partial[Fault], faults: list[Fault]) -> None:
    times, people = made.times_held, atlas.residents
    for here, what in ((times > 1, "lie in several of its areas"), (times == 0, "lie in none of its areas")):
        if here.any():
            named = some(atlas.blocks["name"].to_numpy()[here])
            total = np.nansum(people[here])
            reason = f"{made.id}: {int(here.sum()):,} blocks with {total:,.0f} residents {what}: {named}"
            faults.append(report(kind="noted", reason=reason))
