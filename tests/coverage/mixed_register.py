"""A register of service areas of every kind on the small areas of D2N2, written as a user's files.

Facts for the study's files, and the same once more as the oracle takes them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hinterland.boundaries.atlas import LEVELS
from hinterland.boundaries.grid import to_grid

from ..conftest import described
from . import oracle
from .mixed_land import (
    BY_POSTCODE,
    IN_DEGREES,
    ON_GRID,
    POSTCODE_REACH,
    Land,
    drawn_shapes,
    isochrones,
    on_grid,
)
from .mixed_oracle import Circle, Shape

METRES = {"m": 1.0, "km": 1000.0, "miles": 1609.344}
SNAPSHOT = date(2026, 1, 1), date(2026, 6, 30)

THEMES = ("funding advice", "governance", "volunteering", "information")
COMMUNITIES = ("BME communities", "rural communities")

STUDY = """
[study]
title = "A mixed register"
snapshot = "2026-01/2026-06"
area = ["CTY19:Derbyshire", "CTY19:Nottinghamshire", "LAD19:Nottingham"]
geographies = ["LAD19", "CTY19", "LEP14"]
[rules]
community_focus = ["own purpose", "targeted"]
[tables]
reported = "reported.csv"
[boundaries]
attribution = ["Source: Office for National Statistics licensed under the Open Government Licence v.3.0"]
[boundaries.blocks]
id = "LSOA11"
file = "blocks.gpkg"
code = "LSOA11CD"
name = "LSOA11NM"
x = "x"
y = "y"
[[service_areas.catchments]]
file = "on_grid.csv"
id = "town"
x = "easting"
y = "northing"
crs = "EPSG:27700"
[[service_areas.catchments]]
file = "in_degrees.csv"
id = "town"
x = "longitude"
y = "latitude"
crs = "EPSG:4326"
radius = "reach"
[[service_areas.catchments]]
file = "by_postcode.csv"
id = "place"
postcode = "postcode"
within = "6 miles"
[service_areas.postcodes]
file = '{data}/postcodes/outcodes_eastmids_gibbs.csv'
key = "postcode"
x = "eastings"
y = "northings"
crs = "EPSG:27700"
[[service_areas.polygons]]
file = "drawn.gpkg"
id = "name"
[[service_areas.polygons]]
file = "written.csv"
id = "name"
wkt = "outline"
crs = "EPSG:27700"
[[service_areas.isochrones]]
file = "isochrones.geojson"
origin = "from"
[[service_areas.travel_times]]
file = "times.csv"
origin = "from"
block = "LSOA11CD"
"""
STUDY += described("residents", "LAD19", "CTY19", "LEP14")


def read_land(data: Path) -> Land:
    def table(path: str) -> pd.DataFrame:
        return pd.read_csv(data / path, dtype=str, encoding="utf-8-sig")

    blocks = gpd.read_file(data / "blocks/lsoa11_d2n2.gpkg")
    codes = blocks["LSOA11CD"].tolist()
    position = {code: number for number, code in enumerate(codes)}
    degrees = np.asarray(blocks.geometry)
    outlines = on_grid(degrees)
    inside, middle = (
        shapely.get_coordinates(of(outlines)) for of in (shapely.point_on_surface, shapely.centroid)
    )
    people = table("blocks/population19_lsoa11.csv").set_index("lsoa11_code")["total_population"]
    districts = table("lookups/lsoa11_lad19_imd19rank_en.csv")
    counties = table("lookups/lad19_county_en.csv").merge(districts, on="LAD19CD")
    leps = table("lookups/lsoa11_lep14_en.csv")
    second = leps.rename(columns={"LEP14CD1": "-", "LEP14NM1": "--"}).rename(
        columns={"LEP14CD2": "LEP14CD1", "LEP14NM2": "LEP14NM1"}
    )
    leps = pd.concat([leps, second])[["LSOA11CD", "LEP14CD1", "LEP14NM1"]].dropna()
    geographies, names = {}, {}
    for name, level, frame, code, label in (
        ("LAD19", "district", districts, "LAD19CD", "LAD19NM"),
        ("CTY19", "county", counties, "CTY19CD", "CTY19NM"),
        ("LEP14", "sub-region", leps, "LEP14CD1", "LEP14NM1"),
    ):
        areas, beyond = {}, {}
        for area, rows in frame.groupby(code):
            held = frozenset(position[lsoa] for lsoa in rows["LSOA11CD"] if lsoa in position)
            if held:
                areas[str(area)] = held
                beyond[str(area)] = frozenset(rows["LSOA11CD"]) - position.keys()
                names[f"{name}:{rows[label].iloc[0]}"] = name, str(area)
        geographies[name] = oracle.Geography(LEVELS.index(level), areas, beyond)
    return Land(
        codes,
        degrees,
        outlines,
        (0.6 * inside + 0.4 * middle).round(1),
        people.loc[codes].astype(float).to_numpy(),
        geographies,
        names,
    )


def travel_times(land: Land) -> pd.DataFrame:
    """Minutes by road from three towns to every block within an hour, detours and all."""
    random = np.random.default_rng(15)
    frames = []
    for town in ("Mansfield", "Bakewell", "Swadlincote"):
        x, y, _ = ON_GRID[town]
        km = np.hypot(land.points[:, 0] - x, land.points[:, 1] - y) / 1000
        minutes = (km * random.uniform(1.15, 1.6, len(km)) / random.uniform(35, 55, len(km)) * 60).round(1)
        frames.append(pd.DataFrame({"from": town, "LSOA11CD": land.codes, "minutes": minutes}))
    table = pd.concat(frames, ignore_index=True)
    return table[table["minutes"] <= 60]


@dataclass
class Register:
    """Rows as they are written, and the same as the oracle takes them."""

    land: Land
    times: pd.DataFrame
    organisations: list[dict[str, str]] = field(default_factory=list)
    services: list[dict[str, str]] = field(default_factory=list)
    taken: list[oracle.Service] = field(default_factory=list)

    def place(self, text: str) -> oracle.Place:
        part, name = text.startswith("part of "), text.removeprefix("part of ")
        geography, code = self.land.names[name]
        held = self.land.geographies[geography]
        return oracle.Place(part, held.areas[code], held.beyond[code])

    def reached(self, origin: str, minutes: float) -> oracle.Place:
        rows = self.times[(self.times["from"] == origin) & (self.times["minutes"] <= minutes)]
        return oracle.Place(False, frozenset(map(self.land.codes.index, rows["LSOA11CD"])))

    def add(
        self,
        organisation: str,
        theme: str,
        *areas: str,
        focus: str = "general",
        evidence: tuple[str, str] = ("stated", "stated"),
        first_seen: date | None = None,
        until: date | None = None,
        funded_until: date | None = None,
    ) -> None:
        days = {"first_seen": first_seen, "until": until, "funded_until": funded_until}
        grades = dict(zip(("area_evidence", "theme_evidence"), evidence, strict=True))
        places, shapes = [], []
        for text in areas:
            kind, _, name = text.partition(":")
            town = name.rsplit(" ", 2)[0]
            if kind == "travel" and town in set(self.times["from"]):
                places.append(self.reached(town, float(name.split()[-2])))
            elif kind in ("catchment", "polygon", "travel"):
                shapes.append(text)
            else:
                places.append(self.place(text))
        by_postcode = any(text.removeprefix("catchment:") in BY_POSTCODE for text in shapes)
        self.services.append(
            {
                "organisation_id": organisation,
                "theme": theme,
                "focus": focus,
                "areas": "; ".join(areas),
                **{name: "" if day is None else day.isoformat() for name, day in days.items()},
                **grades,
                "note": f"row {len(self.services)}",
            }
        )
        counted = grades | ({"area_evidence": "assumed"} if by_postcode else {})
        self.taken.append(
            oracle.Service(
                organisation, theme, focus, **days, **counted, places=tuple(places), shapes=tuple(shapes)
            )
        )


def write_register(land: Land, times: pd.DataFrame, shapes: Iterable[str]) -> Register:
    """Forty organisations with some seventy services."""
    random = Random(4)
    register = Register(land, times)
    for number in range(40):
        name = f"org-{number:02}"
        member_of = {3: "org-00", 4: "org-00; org-01", 5: "org-01", 0: "org-02"}.get(number, "")
        register.organisations.append(
            {
                "organisation_id": name,
                "name": f"Organisation {'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}",
                "remit": random.choice(["neighbourhood", "district", "county", "sub-region", "region"]),
                "sector": random.choice(["voluntary"] * 9 + ["public"]),
                "member_of": member_of,
            }
        )
    add = register.add
    # A network, its members, and one of them a network too.
    add("org-02", "governance", "LEP14:Sheffield City Region")
    add("org-00", "governance", "CTY19:Nottinghamshire")
    add("org-03", "governance", "catchment:Mansfield", "catchment:Hucknall")
    add("org-04", "governance", "polygon:Three parts", "part of LAD19:Gedling")
    # Two with one polygon; two whose polygons follow borders and overlap; two halves of one land.
    add("org-06", "funding advice", "polygon:Holed")
    add("org-07", "funding advice", "polygon:Holed", funded_until=date(2026, 12, 31))
    add("org-08", "funding advice", "polygon:North of Bassetlaw")
    add("org-09", "funding advice", "polygon:Middle of Bassetlaw")
    add("org-10", "volunteering", "polygon:West half")
    add("org-11", "volunteering", "polygon:East half", funded_until=date(2026, 9, 30))
    add("org-12", "information", "polygon:West half", "polygon:East half")
    # Several kinds at once, and one piece by piece in several rows.
    add("org-13", "information", "catchment:Retford", "LAD19:Mansfield", "polygon:Two holes")
    add("org-13", "information", "catchment:Worksop", "travel:Mansfield 30 minutes")
    add("org-14", "funding advice", "catchment:Chesterfield", "travel:Bakewell 25.5 minutes")
    add("org-15", "funding advice", "LAD19:Newark and Sherwood", "part of LAD19:Bassetlaw")
    add("org-16", "governance", "part of CTY19:Derbyshire", "catchment:Buxton")
    add("org-17", "volunteering", "catchment:Derby", "catchment:Long Eaton", "catchment:Ilkeston")
    add("org-18", "rural communities", "CTY19:Derbyshire", focus="own purpose")
    add("org-19", "rural communities", "polygon:Peak villages", focus="targeted", until=date(2026, 8, 31))
    add("org-20", "BME communities", "catchment:Nottingham", "LAD19:Nottingham", focus="own purpose")
    add("org-21", "BME communities", "polygon:A street", focus="targeted")
    add("org-22", "information", "catchment:Dukeries", "LAD19:Ashfield")
    add("org-23", "information", "polygon:Across the border", funded_until=date(2026, 10, 1))
    catchments = [f"catchment:{town}" for town in (*ON_GRID, *IN_DEGREES)]
    travels = [f"travel:{town} {cut} minutes" for town in set(times["from"]) for cut in (12.5, 20, 45)]
    names = [name for name in land.names if not name.startswith("LEP14")]
    pools = [
        catchments,
        catchments,
        sorted(shape for shape in shapes if not shape.startswith("catchment")),
        sorted(travels),
        names,
        [f"part of {name}" for name in names],
        [f"catchment:{place}" for place in BY_POSTCODE],
    ]
    weights = [6, 6, 6, 2, 4, 1, 1]
    ends = [None] * 6 + [date(2026, 4, 30), date(2026, 9, 30), date(2027, 3, 31)]
    for _ in range(50):
        kinds = random.choices(pools, weights, k=random.choice([1, 1, 2, 3]))
        theme = random.choice([*THEMES * 2, *COMMUNITIES])
        first, until = random.choice([None, None, date(2025, 4, 1), date(2026, 7, 15)]), random.choice(ends)
        if first and until and first > until:
            until = None
        add(
            f"org-{random.randrange(40):02}",
            theme,
            *dict.fromkeys(random.choice(pool) for pool in kinds),
            focus=random.choice(["own purpose", "targeted", "general"]),
            evidence=tuple(random.choice(["stated"] * 4 + ["named", "listed", "assumed"]) for _ in range(2)),
            first_seen=first,
            until=until,
            funded_until=random.choice(ends),
        )
    return register


SCOPE = (
    ("a survey", "; ".join(THEMES), "LEP14:Derby, Derbyshire, Nottingham and Nottinghamshire"),
    ("another", "rural communities", "CTY19:Derbyshire; LAD19:Newark and Sherwood"),
    ("a third", "BME communities", "LAD19:Nottingham; LAD19:Gedling; part of LAD19:Broxtowe"),
)
REPORTED = (("governance", "LAD19:Bolsover; LAD19:High Peak"), ("BME communities", "CTY19:Derbyshire"))


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_shapes(folder: Path, land: Land, data: Path) -> dict[str, Shape]:
    """Write the files of shapes; return the shapes on the National Grid, by the names of references."""
    shapes: dict[str, Shape] = {}

    def radius_m(text: str) -> float:
        number, unit = text.split()
        return float(number) * METRES[unit]

    rows = []
    for town, (x, y, reach) in ON_GRID.items():
        rows.append({"town": town, "easting": x, "northing": y, "radius": reach})
        shapes[f"catchment:{town}"] = Circle(x, y, radius_m(reach))
    write_csv(folder / "on_grid.csv", rows)
    rows = []
    for town, (longitude, latitude, reach) in IN_DEGREES.items():
        rows.append({"town": town, "longitude": longitude, "latitude": latitude, "reach": reach})
        (x,), (y,) = to_grid(np.array([longitude]), np.array([latitude]), "EPSG:4326")
        shapes[f"catchment:{town}"] = Circle(x, y, radius_m(reach))
    write_csv(folder / "in_degrees.csv", rows)
    postcodes = pd.read_csv(data / "postcodes/outcodes_eastmids_gibbs.csv").set_index("postcode")
    write_csv(
        folder / "by_postcode.csv",
        [{"place": place, "postcode": code} for place, code in BY_POSTCODE.items()],
    )
    for place, code in BY_POSTCODE.items():
        at = postcodes.loc[code.split()[0]]
        reach_m = POSTCODE_REACH * METRES["miles"]
        shapes[f"catchment:{place}"] = Circle(float(at["eastings"]), float(at["northings"]), reach_m)
    degrees, metres = drawn_shapes(land)
    gpd.GeoDataFrame({"name": list(degrees)}, geometry=list(degrees.values()), crs=4326).to_file(
        folder / "drawn.gpkg"
    )
    write_csv(
        folder / "written.csv", [{"name": name, "outline": shape.wkt} for name, shape in metres.items()]
    )
    shapes |= {f"polygon:{name}": on_grid(shape) for name, shape in degrees.items()}
    shapes |= {f"polygon:{name}": shape for name, shape in metres.items()}
    rings = isochrones()
    gpd.GeoDataFrame(
        {"from": [town for town, _ in rings], "minutes": [minutes for _, minutes in rings]},
        geometry=list(rings.values()),
        crs=4326,
    ).to_file(folder / "isochrones.geojson", COORDINATE_PRECISION=12)
    shapes |= {f"travel:{town} {cut} minutes": on_grid(shape) for (town, cut), shape in rings.items()}
    return shapes
