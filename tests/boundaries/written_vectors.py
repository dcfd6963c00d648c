"""Files of vectors as tests write them, and what is said of them."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import geopandas as gpd
from shapely import box

from hinterland.boundaries.errors import Fault
from hinterland.boundaries.vector_files import read_vector

DERBY = box(430_000, 330_000, 431_000, 331_000)
BESIDE = box(431_000, 330_000, 432_000, 331_000)
DEGREES = [[-1.5, 52.9], [-1.4, 52.9], [-1.4, 53.0], [-1.5, 52.9]]
METRES = [[430_000, 330_000], [431_000, 330_000], [431_000, 331_000], [430_000, 330_000]]
DAMAGED = "fetch or save it again: it was cut off or damaged"


def read(path: Path, **options: Any) -> tuple[gpd.GeoDataFrame | None, list[str]]:
    faults: list[Fault] = []
    frame = read_vector(path, faults=faults, **options)
    assert all(fault.file == path.name for fault in faults)
    return frame, [f"{fault.kind} {fault}" for fault in faults]


def stopped(path: Path, **options: Any) -> str:
    """Read a file of which nothing can be used; give the one thing that is said."""
    frame, faults = read(path, **options)
    assert frame is None
    (fault,) = faults
    return fault.replace(path.name, "FILE")


def layer(**columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["007", "B"]} | columns, geometry=[DERBY, BESIDE], crs=27700)


def geojson(path: Path, *geometries: Any, **members: Any) -> Path:
    """Write features of which each is a ring of a polygon, or a whole geometry."""
    file = path / "a.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"00{i}"},
            "geometry": {"type": "Polygon", "coordinates": [item]} if isinstance(item, list) else item,
        }
        for i, item in enumerate(geometries, start=1)
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features} | members))
    return file


def geopackage(path: Path, *outlines: bytes) -> Path:
    """Write a GeoPackage with outlines that no library would write so."""
    file = path / "a.gpkg"
    layer().iloc[:0].to_file(file, layer="a")
    with sqlite3.connect(file) as base:
        for (trigger,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{trigger}"')
        for outline in outlines:
            blob = b"GP\0\x01" + struct.pack("<i", 27700) + outline
            base.execute("INSERT INTO a (code, geom) VALUES ('A', ?)", [blob])
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", [len(outlines)])
    base.close()
    return file


def polygon(ring: list[tuple[float, ...]], kind: int = 3) -> bytes:
    points = b"".join(struct.pack(f"<{len(point)}d", *point) for point in ring)
    return struct.pack("<BIII", 1, kind, 1, len(ring)) + points
