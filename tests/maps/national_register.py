"""A synthetic national register, drawn by lot from a seed on England's real districts, as a user's files.

Some 600 organisations offer twenty themes in districts, counties, groups of districts and regions, and a
few in all England. Every organisation is made up. Tests weigh its page and benchmarks time it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from hinterland.boundaries import builtin

FUNCTIONS: Final = (
    *("Funding advice", "Finance and enterprise", "Governance", "Group development", "HR and employment"),
    *("Workforce development", "Health and safety", "ICT and data", "Information", "Volunteering"),
    *("Voice and representation", "Partnerships and commissioning", "Community planning and venues"),
)
COMMUNITIES: Final = (
    *("Ethnic minority communities", "Refugees and new communities", "Rural communities"),
    *("Faith communities", "Children and young people", "Homelessness", "Self help"),
)
THEMES: Final = (*FUNCTIONS, *COMMUNITIES)
GEOGRAPHIES: Final = ("LAD19", "CTYUA19", "LEP14", "CAUTH24", "RGN19")
LAST_DAYS: Final = ("2026-09-30", "2026-12-31", "2027-03-31", "2027-06-30", "2027-09-30", "2028-03-31")
"""On which services end that end after the snapshot."""
SOURCES: Final = tuple(f"Survey of support for voluntary groups, part {part}" for part in "ABCDEFGH")
KINDS: Final = {
    "district": (370, "Council for Voluntary Service", "general infrastructure"),
    "neighbourhood": (66, "Volunteer Centre", "volunteer centre"),
    "county": (100, "Community Council", "specialist infrastructure"),
    "sub-region": (40, "Voluntary Action Partnership", "general network"),
    "region": (20, "Regional Forum", "regional network"),
    "national": (4, "National Alliance", "national body"),
}
"""Remit → how many organisations, what their names end with, and their category."""

STUDY: Final = """
[study]
title = "Support for voluntary groups in England: a made-up register"
snapshot = "2026-01/2026-06"
area = {area}
geographies = {geographies}
banner = "Made-up register: no organisation in it exists. Absence here is not absence of support."
sources = {sources}
[rules]
community_focus = ["own purpose", "targeted"]
[tables]
themes = "themes.csv"
"""

CATCHMENTS: Final = """
[[service_areas.catchments]]
file = "catchments.csv"
id = "office"
x = "easting"
y = "northing"
crs = "EPSG:27700"
radius = "reach"
"""

Row = dict[str, Any]


def write_study(
    folder: Path,
    *,
    area: Sequence[str] = ("CTRY:England",),
    geographies: Sequence[str] = GEOGRAPHIES,
    boundaries: str = "",
    districts: Sequence[str] | None = None,
    catchments: bool = False,
    seed: int = 1,
) -> Path:
    """Write the study into a folder.

    Parameters
    ----------
    folder
        Where to; it exists.
    area, geographies
        As `study.toml` has them.
    boundaries
        What `study.toml` says of the study's own boundaries; without, they are the built-in ones.
    districts
        Codes: organisations that serve none of them are left out.
    catchments
        Whether neighbourhood organisations, and every second one of districts, serve what lies within some
        kilometres of their office.
    seed
        Of the lots.
    """
    organisations, services = _register(Random(seed), districts)
    text = STUDY.format(area=list(area), geographies=list(geographies), sources=list(SOURCES)) + boundaries
    if catchments:
        text += CATCHMENTS
        _write(folder / "catchments.csv", _catchments(Random(seed), services))
    (folder / "study.toml").write_text(text, encoding="utf-8")
    _write(folder / "themes.csv", _themes())
    _write(folder / "organisations.csv", organisations)
    _write(folder / "services.csv", services)
    _write(folder / "scope.csv", _scope())
    return folder


def _register(random: Random, districts: Sequence[str] | None) -> tuple[list[Row], list[Row]]:
    atlas = builtin.load()
    held = {
        name: {
            code: set(row.nonzero()[0])
            for code, row in zip(g.names.index, g.membership.toarray(), strict=True)
        }
        for name, g in atlas.geographies.items()
    }
    names = {
        f"{key}:{name}": held[key][code]
        for key, g in atlas.geographies.items()
        for code, name in g.names.items()
    }
    wanted = set(np.arange(len(atlas.blocks)))
    if districts is not None:
        wanted = set().union(*(held["LAD19"][code] for code in districts))
    organisations, services = [], []
    for remit, (count, kind, category) in KINDS.items():
        for number in range(count):
            areas = _areas(random, remit, number)
            about, offers = _organisation(random, remit, number, areas, kind, category)
            if any(names[area.removeprefix("part of ")] & wanted for area in areas):
                organisations.append(about)
                services += offers
    return organisations, services


def _areas(random: Random, remit: str, number: int) -> list[str]:
    """Where an organisation works."""
    names = builtin.load().geographies
    districts = [f"LAD19:{name}" for name in names["LAD19"].names]
    if remit in ("district", "neighbourhood"):
        chosen = random.choice(districts)
        return [chosen if remit == "district" else f"part of {chosen}"]
    if remit == "county":
        counties = [f"CTY19:{name}" for name in names["CTY19"].names]
        code, name = random.choice(list(names["CTYUA19"].names.items()))
        unitary = f"LAD19:{name}" if code.startswith(("E06", "E08", "E09")) else f"CTY19:{name}"
        return [random.choice(counties)] if number % 2 else [unitary]
    if remit == "sub-region":
        first = random.randrange(len(districts) - 12)
        return random.sample(districts[first : first + 12], random.randint(3, 9))
    if remit == "region":
        return [f"RGN19:{random.choice(list(names['RGN19'].names))}"]
    return ["CTRY:England"]


def _organisation(
    random: Random, remit: str, number: int, areas: list[str], kind: str, category: str
) -> tuple[Row, list[Row]]:
    """One organisation and its services."""
    place = areas[0].rpartition(":")[2]
    key = f"{remit}-{number:03}"
    organisation = {
        "organisation_id": key,
        "name": f"{place} {kind} {number + 1}",
        "category": category,
        "sector": random.choices(("voluntary", "public"), (19, 1))[0],
        "remit": remit,
        "website": f"https://{key}.example.org/" if random.random() < 0.6 else "",
        "source": "; ".join(sorted(random.sample(SOURCES, random.choice((1, 1, 2))))),
        "note": "offer read from its annual report" if random.random() < 0.2 else "",
    }
    wide = remit in ("region", "national")
    themes = random.sample(FUNCTIONS, random.randint(1, 2) if wide else random.randint(6, 13))
    themes += random.sample(COMMUNITIES, random.choice((0, 1, 1, 2, 4)))
    return organisation, [_service(random, key, theme, areas) for theme in themes]


def _service(random: Random, key: str, theme: str, areas: list[str]) -> Row:
    some = len(areas) > 3 and random.random() < 0.2
    community = theme in COMMUNITIES
    return {
        "organisation_id": key,
        "theme": theme.lower(),
        "focus": random.choice(("own purpose", "targeted", "general")) if community else "general",
        "communities": random.choice(("", "Somali; Polish", "carers")) if community else "",
        "areas": "; ".join(areas[:-2] if some else areas),
        "first_seen": random.choice(("2019", "2021-04-01", "2023", "2024-10-01", "2026-01")),
        "last_seen": "2026-06",
        "until": random.choice(LAST_DAYS) if random.random() < 0.05 else "",
        "funded_until": random.choice(("2026-12-31", "2027-03-31")) if random.random() < 0.1 else "",
        "area_evidence": random.choices(("stated", "named", "listed", "assumed"), (60, 20, 12, 8))[0],
        "theme_evidence": random.choices(("stated", "named", "listed", "assumed"), (65, 15, 12, 8))[0],
    }


def _catchments(random: Random, services: Sequence[Row]) -> list[Row]:
    """Offices with their reach, to which the services of their organisations are bound."""
    atlas = builtin.load()
    inside = dict(zip(atlas.blocks["name"], atlas.blocks.geometry.representative_point(), strict=True))
    offices: dict[str, Row] = {}
    for service in services:
        key = service["organisation_id"]
        remit, _, number = key.rpartition("-")
        if remit == "neighbourhood" or (remit == "district" and int(number) % 2):
            place = inside[service["areas"].rpartition(":")[2]]
            office = {
                "office": f"office {key}",
                "easting": round(place.x),
                "northing": round(place.y),
                "reach": f"{random.randint(2, 6) if remit == 'neighbourhood' else random.randint(5, 16)} km",
            }
            service["areas"] = f"catchment:{offices.setdefault(key, office)['office']}"
    return list(offices.values())


def _scope() -> list[Row]:
    """What was surveyed: functions nearly everywhere, communities in most regions; two surveys end early."""
    rows = []
    for number, region in enumerate(builtin.load().geographies["RGN19"].names):
        functions = FUNCTIONS[:-1] if number == 3 else FUNCTIONS
        communities = COMMUNITIES[: 0 if number == 7 else 4 + number % 4]
        rows.append(
            {
                "source": SOURCES[number % len(SOURCES)],
                "themes": ";".join((*functions, *communities)).lower(),
                "areas": f"RGN19:{region}",
                "from": "2026-01-01",
                "to": "2026-12-31" if number in (2, 6) else "2028-12-31",
                "completeness": "all bodies known to the councils of the region were asked",
            }
        )
    return rows


def _themes() -> list[Row]:
    kinds = ("function",) * len(FUNCTIONS) + ("community",) * len(COMMUNITIES)
    return [
        {
            "theme": label.lower(),
            "kind": kind,
            "label": label,
            "covers": f"What {label.lower()} takes in, in a line",
        }
        for kind, label in zip(kinds, THEMES, strict=True)
    ]


def _write(file: Path, rows: Sequence[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
