"""A user's own geography, drawn from areas of any other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from .atlas import Atlas, Geography, grouping
from .description import GroupingFrom
from .errors import Fault
from .figures import some
from .names import Gazetteer
from .tables import read_table


def by_grouping(wanted: GroupingFrom, atlas: Atlas, faults: list[Fault]) -> Geography | None:
    """Make a geography of areas that are known already.

    Parameters
    ----------
    wanted
        Area → its members, in names or codes; or a file of them.
    atlas
        Whose areas may be named.
    faults
        A member that is not clear is asked about; areas that overlap, and blocks in none, are
        noted.

    Returns
    -------
    Geography or None
        Where any member is not clear.
    """
    file = wanted.file.name if wanted.file else "study.toml"
    members = _from_file(wanted, faults) if wanted.file else _from_study(wanted)
    gazetteer = Gazetteer(atlas)
    report = partial(Fault, file=file)
    triples, clear = [], True
    codes: dict[str, str] = {}
    beyond: set[str] = set()
    for number, (area, (code, texts)) in enumerate(members.items(), start=1):
        codes[area] = code or f"{wanted.words.id}_{number:02d}"
        for row, text in texts:
            places, problems = gazetteer.resolve_list(text)
            at = partial(report, row=row, column="member" if wanted.file else area, value=text)
            faults += [at(kind=p.kind, reason=p.reason, remedy=p.remedy) for p in problems]
            for place in places:
                if place.part:
                    reason, remedy = "which part of it is not known", "name whole areas"
                    faults.append(at(kind="asked", reason=reason, remedy=remedy))
                elif place.note:
                    faults.append(at(kind="noted", reason=place.note))
                triples += [(atlas.blocks.index[b], codes[area], area) for b in place.blocks]
                beyond |= {codes[area]} if place.beyond else set()
            clear = clear and not problems and not any(place.part for place in places)
    if not clear or not members:
        return None
    names, membership = grouping(list(atlas.blocks.index), triples)
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
        beyond=frozenset(beyond),
    )
    _say_overlaps(made, atlas, report, faults)
    return made


def _from_study(wanted: GroupingFrom) -> dict[str, tuple[str, list[tuple[int | None, str]]]]:
    return {area: ("", [(None, text) for text in texts]) for area, texts in wanted.areas.items()}


def _from_file(
    wanted: GroupingFrom, faults: list[Fault]
) -> Mapping[str, tuple[str, list[tuple[int | None, str]]]]:
    assert wanted.file is not None
    table = read_table(
        wanted.file, required=["area", "member"], optional=["code"], what="areas", faults=faults
    )
    members: dict[str, tuple[str, list[tuple[int | None, str]]]] = {}
    for row in table.rows if table else ():
        area, text = row.cells["area"], row.cells["member"]
        if area and text:
            members.setdefault(area, (row.cells.get("code", ""), []))[1].append((row.number, text))
        else:
            reason = f"the {'member' if area else 'area'} is blank"
            remedy = "write an area, and a name or code that belongs to it"
            faults.append(
                Fault(kind="refused", file=wanted.file.name, row=row.number, reason=reason, remedy=remedy)
            )
    return members


def _say_overlaps(made: Geography, atlas: Atlas, report: partial[Fault], faults: list[Fault]) -> None:
    times, people = made.times_held, atlas.residents
    for here, what in ((times > 1, "lie in several of its areas"), (times == 0, "lie in none of its areas")):
        if here.any():
            named = some(atlas.blocks["name"].to_numpy()[here])
            total = np.nansum(people[here])
            reason = f"{made.id}: {int(here.sum()):,} blocks with {total:,.0f} residents {what}: {named}"
            faults.append(report(kind="noted", reason=reason))
