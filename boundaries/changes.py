"""Which local authorities stood when, and what became of each: codes and names since 2009."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Final, Literal

import pandas as pd

from .builtin import DATA
from .spelling import normal

Relation = Literal["unchanged", "recoded", "merged", "split", "newer", "lost", "unknown", "outside England"]
AUDIT: Final = ["code", "name", "ended", "relation", "new_code", "new_name", "began", "note"]


@dataclass(frozen=True)
class Authority:
    """One local authority code.

    Attributes
    ----------
    code, name
        The official code and its latest official name.
    nation
        `England`, `Scotland`, `Wales` or `Northern Ireland`.
    level
        `county` for a county with a council above its districts, otherwise `district`.
    since, until
        First and last day. None: since the codes began (1 January 2009), or still standing at
        the end of 2024.
    other_names
        Earlier official names of the same code.
    """

    code: str
    name: str
    nation: str
    level: str
    since: date | None
    until: date | None
    other_names: tuple[str, ...] = ()

    def stands(self, on: date) -> bool:
        """Whether the code was in use on a day; days before 2009 count as 1 January 2009."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Change:
    """One code that gave land to another: `recoded`, `merged` or `split`, as `Move` says.

    `day` is the new code's first; `note` gives the order, and what small pieces moved.
    """

    day: date
    code: str
    new_code: str
    change: str
    note: str


@dataclass(frozen=True)
class FormerName:
    """A name of a district or county that ended by 31 March 2009.

    Attributes
    ----------
    name, level
        `district` or `county`, as `Authority` has it.
    until
        Its last day; None where only the year is sure, which the note then gives.
    successors
        The codes that took its land, of April 2009 or, if they are newer, of the day after.
    note
        Whether it was only renamed, and its own code if it lived to have one.
    """

    name: str
    level: str
    until: date | None
    successors: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Move:
    """What one code is on another day.

    Attributes
    ----------
    code, name
        What was asked about; the name is empty where the code is unknown.
    until
        Its last day; None if it still stands.
    relation
        `unchanged`; `recoded` (one to one under another code); `merged` (into a successor that
        had other predecessors of the same level); `split` (between several successors);
        `newer` (it begins after the day); `lost` (it ended and nothing is known to follow);
        `unknown` (no such code); `outside England`.
    successors
        Codes and names that hold its land on the day; for `newer` those that it is made of.
    since
        First day of the latest of the successors; for `newer` its own.
    note
        By which order it changed, and what small pieces moved; the nation outside England.
    complete_with
        For `merged`: the codes that on its last day made up the whole successor with it.
    """

    code: str
    name: str
    until: date | None
    relation: Relation
    successors: tuple[tuple[str, str], ...] = ()
    since: date | None = None
    note: str = ""
    complete_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """All authorities, and how one became another.

    Attributes
    ----------
    authorities
        In the order of their codes, those of the other nations too.
    changes
        England's, in the order of their days.
    former
        Names that ended before April 2009.
    """

    authorities: tuple[Authority, ...]
    changes: tuple[Change, ...]
    former: tuple[FormerName, ...]

    def authority(self, code: str) -> Authority | None:
        """Give the authority that has, or had, a code; None for any other text."""
        return self._by_code.get(code)

    @cached_property
    def by_name(self) -> dict[str, list[Authority]]:
        """Authorities by name as `spelling.normal` writes it, earlier names too; the latest first."""
        found: dict[str, list[Authority]] = defaultdict(list)
        for authority in sorted(self.authorities, key=lambda one: one.until or date.max, reverse=True):
            for name in (authority.name, *authority.other_names):
                found[normal(name)].append(authority)
        return dict(found)

    def former_name(self, text: str) -> FormerName | None:
        """Give what a name stood for before April 2009; None for any other, and if it still stands."""
        return self._former_by_name.get(normal(text))

    def successors(self, code: str, on: date) -> tuple[str, ...]:
        """Give the codes that hold a code's land on a day, along any chain of changes.

        Returns
        -------
        tuple of str
            In order. The code itself where it stands; nothing where it is unknown or begins later.

        Examples
        --------
        >>> load().successors("E07000190", date(2019, 12, 31))
        ('E07000246',)
        >>> load().successors("E10000021", date(2024, 12, 31))
        ('E06000061', 'E06000062')
        """
        authority = self.authority(code)
        if authority is None or authority.stands(on):
            return (code,) if authority else ()
        later = self._onwards[code]
        return tuple(sorted({end for change in later for end in self.successors(change.new_code, on)}))

    def predecessors(self, code: str, on: date) -> tuple[str, ...]:
        """Give the codes of the same level whose land on a day makes up a code's.

        Returns
        -------
        tuple of str
            In order. The code itself where it stands; nothing where it is unknown or ended earlier.

        Examples
        --------
        >>> load().predecessors("E06000061", date(2019, 12, 31))
        ('E07000150', 'E07000152', 'E07000153', 'E07000156')
        """
        authority = self.authority(code)
        return self._made_of(code, on, authority.level) if authority else ()

    def move(self, codes: Iterable[str], *, to: date) -> tuple[Move, ...]:
        """Say what each code is on another day.

        Parameters
        ----------
        codes
            Codes in capitals; any text may stand among them and is `unknown`.
        to
            The day.

        Returns
        -------
        tuple of Move
            One for each code, in the order given.

        Examples
        --------
        >>> (corby,) = load().move(["E07000150"], to=date(2024, 12, 31))
        >>> corby.relation, corby.successors, corby.complete_with
        ('merged', (('E06000061', 'North Northamptonshire'),), ('E07000152', 'E07000153', 'E07000156'))
        """
        return tuple(self._move(code, to) for code in codes)

    def _move(self, code: str, to: date) -> Move:
        authority = self.authority(code)
        if authority is None:
            return Move(code, "", None, "unknown")
        name, until = authority.name, authority.until
        if authority.nation != "England":
            return Move(code, name, until, "outside England", note=authority.nation)
        if authority.stands(to):
            return Move(code, name, until, "unchanged", ((code, name),))
        if until is None or to < until:
            made_of = self._named(self.predecessors(code, to))
            return Move(code, name, until, "newer", made_of, authority.since, _notes(self._back[code]))
        after = self.successors(code, to)
        if not after:
            return Move(code, name, until, "lost")
        since = max(day for new in after if (day := self._by_code[new].since))
        note = _notes(self._onwards[code])
        if len(after) > 1:
            return Move(code, name, until, "split", self._named(after), since, note)
        others = tuple(old for old in self._made_of(after[0], until, authority.level) if old != code)
        relation: Relation = "merged" if others else "recoded"
        return Move(code, name, until, relation, self._named(after), since, note, others)

    def _made_of(self, code: str, on: date, level: str) -> tuple[str, ...]:
        authority = self._by_code[code]
        if authority.stands(on):
            return (code,) if authority.level == level else ()
        before = self._back[code]
        return tuple(sorted({start for change in before for start in self._made_of(change.code, on, level)}))

    def _named(self, codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((code, self._by_code[code].name) for code in codes)

    @cached_property
    def _by_code(self) -> dict[str, Authority]:
        return {authority.code: authority for authority in self.authorities}

    @cached_property
    def _former_by_name(self) -> dict[str, FormerName]:
        return {normal(former.name): former for former in self.former}

    @cached_property
    def _onwards(self) -> dict[str, list[Change]]:
        return {code: [change for change in self.changes if change.code == code] for code in self._by_code}

    @cached_property
    def _back(self) -> dict[str, list[Change]]:
        return {
            code: [change for change in self.changes if change.new_code == code] for code in self._by_code
        }


@cache
def load() -> Changes:
    """Load the tables that ship with hinterland: once, then shared.

    Examples
    --------
    >>> load().authority("E07000112").name, load().by_name["shepway"][0].code
    ('Folkestone and Hythe', 'E07000112')
    """
    authorities = tuple(
        Authority(code, name, nation, level, _day(since), _day(until), _parts(other_names))
        for code, name, nation, level, since, until, other_names in _rows("authorities")
    )
    changes = tuple(Change(date.fromisoformat(day), *rest) for day, *rest in _rows("changes"))
    former = tuple(
        FormerName(name, level, _day(until), _parts(successors), note)
        for name, level, until, successors, note in _rows("former_names")
    )
    return Changes(authorities, changes, former)


def audit(moves: Iterable[Move]) -> pd.DataFrame:
    """Set out moves as a table, to keep beside whatever was moved.

    Parameters
    ----------
    moves
        What `Changes.move` gave.

    Returns
    -------
    pandas.DataFrame
        One row a code, all text: `code`, `name`, `ended`, `relation`, `new_code`, `new_name`
        (several joined by `;`; for `newer` what it is made of), `began`, `note`. Days as
        `2021-03-31`; empty where there is none.

    Examples
    --------
    >>> audit(load().move(["E10000021"], to=date(2024, 12, 31)))["new_code"].item()
    'E06000061;E06000062'
    """
    rows = [
        (
            move.code,
            move.name,
            move.until.isoformat() if move.until else "",
            move.relation,
            ";".join(code for code, _ in move.successors),
            ";".join(name for _, name in move.successors),
            move.since.isoformat() if move.since else "",
            move.note,
        )
        for move in moves
    ]
    return pd.DataFrame(rows, columns=AUDIT)


def vintage_day(geography: str) -> date | None:
    """Give the last day of the year, of this century, that ends a geography's id; None if none does.

    Examples
    --------
    >>> vintage_day("LAD19"), vintage_day("my wards")
    (datetime.date(2019, 12, 31), None)
    """
    found = re.fullmatch(r".*\D(?:20)?(\d\d)", geography)
    return date(2000 + int(found[1]), 12, 31) if found else None


def _notes(changes: Iterable[Change]) -> str:
    return "; ".join(dict.fromkeys(change.note for change in changes))


def _rows(table: str) -> Iterator[list[str]]:
    with open(DATA / f"{table}.csv", encoding="utf-8", newline="") as file:
        yield from list(csv.reader(file))[1:]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()
