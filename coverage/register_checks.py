"""What is only seen in a register as a whole: doubles, circles, a city named for a county."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from ..boundaries.errors import Fault, Kind
from ..boundaries.names import Gazetteer
from ..boundaries.spelling import near
from .cells import lost_padding

ABBREVIATIONS: Final = {
    "cvs": "council for voluntary service",
    "rcc": "rural community council",
    "rec": "race equality council",
    "vcs": "voluntary and community sector",
    "assoc": "association",
    "services": "service",
}
FILLERS: Final = frozenset({"the", "of", "for", "and", "in", "ltd", "limited", "cio"})


def check_organisations(bodies: pd.DataFrame, file: str, gazetteer: Gazetteer, faults: list[Fault]) -> None:
    """Look for doubles, lost zeros and impossible memberships among the organisations.

    Parameters
    ----------
    bodies
        `Register.organisations`.
    file
        The file's name, as faults give it.
    gazetteer
        Whose aliases (`Notts`) are read as the areas they stand for.
    faults
        What is found is added to it. Near doubles and shared identifiers are asked about, and
        never merged; two bodies that both carry identifiers are taken to be two.
    """
    for key in lost_padding(bodies.index):
        reason, remedy = "the other ids are longer and begin with 0", "did a spreadsheet drop zeros?"
        faults.append(_fault("noted", file, bodies.at[key, "row"], "organisation_id", key, reason, remedy))
    _ask_doubles(bodies, file, gazetteer, faults)
    _ask_shared_identifiers(bodies, file, faults)
    _check_networks(bodies, file, faults)


def ask_city_or_county(
    bodies: pd.DataFrame, services: pd.DataFrame, file: str, gazetteer: Gazetteer, faults: list[Fault]
) -> None:
    """Ask where a body set up for a county names only the city that the county is called after.

    Parameters
    ----------
    bodies, services
        Of one register.
    file
        The services' file name, as faults give it.
    gazetteer
        Which knows the counties.
    faults
        What is asked is added to it. `GEOGRAPHY:name` or a code is never asked about.
    """
    counties = set(bodies.index[bodies["remit"] == "county"])
    of_counties = services.loc[
        services["organisation_id"].isin(counties), ["organisation_id", "places", "areas", "row"]
    ]
    named: dict[str, set[str]] = {}
    for service in of_counties.itertuples():
        named.setdefault(service.organisation_id, set()).update(place.area for place in service.places)
    for service in of_counties.itertuples():
        for place in service.places:
            county = gazetteer.county_like(place)
            written = re.search(rf"(^|;)\s*{re.escape(place.name)}\s*(;|$)", service.areas, re.IGNORECASE)
            if county and written and county.split()[0] not in named[service.organisation_id]:
                reason = f"the remit is county, and {place.name} is the city"
                remedy = f"write {county} for the county, or {place.area} for the city"
                faults.append(_fault("asked", file, service.row, "areas", place.name, reason, remedy))


def all_members(member_of: pd.Series) -> dict[str, frozenset[str]]:
    """Network → every organisation that belongs to it, directly or through another.

    Parameters
    ----------
    member_of
        Index: organisation ids. Values: tuples of the ids of the networks each belongs to.

    Examples
    --------
    >>> found = all_members(pd.Series({"a": ("n",), "n": ("m",), "m": ()}))
    >>> sorted(found["m"])
    ['a', 'n']
    """
    direct: dict[str, set[str]] = {}
    for organisation, networks in member_of.items():
        for network in networks:
            direct.setdefault(network, set()).add(str(organisation))
    found: dict[str, frozenset[str]] = {}
    for network in direct:
        reached: set[str] = set()
        waiting = list(direct[network])
        while waiting:
            member = waiting.pop()
            if member not in reached:
                reached.add(member)
                waiting.extend(direct.get(member, ()))
        found[network] = frozenset(reached)
    return found


def plain_name(name: str, aliases: dict[str, str]) -> str:
    """Reduce a name to what tells bodies apart: abbreviations written out, fillers left out.

    Parameters
    ----------
    name
        As a register has it.
    aliases
        Other words for places, in small letters: `notts` → `nottinghamshire`.

    Examples
    --------
    >>> plain_name("Rushcliffe CVS", {}) == plain_name("Rushcliffe Council for Voluntary Services", {})
    True
    """
    words = re.findall(r"\w+", name.casefold().replace("&", " and ").replace("'", "").replace("’", ""))
    written = " ".join(aliases.get(word, ABBREVIATIONS.get(word, word)) for word in words)
    return " ".join(word for word in written.split() if word not in FILLERS)


def _ask_doubles(bodies: pd.DataFrame, file: str, gazetteer: Gazetteer, faults: list[Fault]) -> None:
    aliases = {
        alias.casefold(): gazetteer.resolve(area).name.casefold()
        for alias, area in gazetteer.atlas.aliases.items()
        if " " not in alias
    }
    seen: dict[str, str] = {}
    for body in bodies.itertuples():
        plain = plain_name(body.name, aliases)
        first = seen.setdefault(plain, body.Index)
        if first == body.Index:
            continue
        other = bodies.loc[first]
        kind: Kind = "noted"
        if other["name"] == body.name:
            reason = f"row {other['row']} has the same name: both kept, told apart by their ids"
            remedy = "if they are one organisation, delete a row"
        elif other["identifiers"] and body.identifiers:
            continue
        else:
            reason = f"it reads like {other['name']!r} in row {other['row']}"
            remedy, kind = "if they are one, delete a row; if they are two, give both an identifier", "asked"
        faults.append(_fault(kind, file, body.row, "name", body.name, reason, remedy))


def _ask_shared_identifiers(bodies: pd.DataFrame, file: str, faults: list[Fault]) -> None:
    seen: dict[str, str] = {}
    for body in bodies.itertuples():
        for identifier in body.identifiers:
            other = bodies.loc[seen.setdefault(identifier, body.Index)]
            if other["name"] != body.name:
                reason = f"{other['name']!r} in row {other['row']} has it too"
                remedy = "if they are one organisation, delete a row; else mend the identifier"
                faults.append(_fault("asked", file, body.row, "identifiers", identifier, reason, remedy))


def _check_networks(bodies: pd.DataFrame, file: str, faults: list[Fault]) -> None:
    members = all_members(bodies["member_of"])
    for body in bodies.itertuples():
        for network in body.member_of:
            if network in bodies.index and body.Index not in members.get(body.Index, ()):
                continue
            if network in bodies.index:
                reason, remedy = "it belongs to itself, directly or through others", "break the circle"
            else:
                meant = near(network, list(bodies.index))
                reason = "no organisation has this id"
                remedy = f"did you mean {' or '.join(meant)}?" if meant else "add it to the organisations"
            faults.append(_fault("asked", file, body.row, "member_of", network, reason, remedy))


def _fault(kind: Kind, file: str, row: int, column: str, value: str, reason: str, remedy: str) -> Fault:
    return Fault(kind=kind, file=file, row=int(row), column=column, value=value, reason=reason, remedy=remedy)
