"""The small areas of D2N2: a study of them as its user writes it, and their residents by plain pandas."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from hinterland.coverage.study import BUILTIN_STUDY

from ..conftest import described

RESIDENTS = 2_221_120
GEOGRAPHIES = ("LAD19", "CTY19", "LEP14", "LEP17", "LEP21", "LAD24", "CAUTH24", "IMD19", "RUC11")
REGISTER = ("organisations.csv", "services.csv", "scope.csv", "reported.csv")

STUDY = """
[study]
title = "D2N2 by small areas"
snapshot = "2006-06/2007-07"
area = ["D2N2"]
geographies = {geographies}
[tables]
reported = "reported.csv"
[boundaries]
attribution = [
  "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
  "Contains OS data © Crown copyright and database right",
]
[boundaries.blocks]
id = "LSOA11"
file = '{blocks}'
code = "LSOA11CD"
name = "LSOA11NM"
"""
STUDY += described("residents", "LAD19")
FURTHER = described("CTY19", "LEP14", "LEP17", "LAD24", "CAUTH24", "IMD19", "RUC11")
LEP21 = described("LEP21")

CAUTH24 = """
[[boundaries.outlines]]
id = "CAUTH24"
file = '{data}/boundaries/cauth23_en_buc.geojson'
code = "CAUTH24CD"
name = "CAUTH24NM"
"""


def write_study(
    folder: Path, reference: Path, parts: str, *, geographies: tuple[str, ...], blocks: Path | None = None
) -> Path:
    """A study with the built-in register on the small areas of D2N2."""
    folder.mkdir(exist_ok=True)
    for name in REGISTER:
        shutil.copy(BUILTIN_STUDY / name, folder)
    text = (STUDY + parts).format(
        data=reference.resolve().as_posix(),
        blocks=(blocks or reference.resolve() / "blocks/lsoa11_d2n2.gpkg").as_posix(),
        geographies=list(geographies),
    )
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


@cache
def small_areas(reference: Path) -> pd.DataFrame:
    """LSOAs of D2N2 with residents and the codes of their areas, by merges alone."""

    def table(path: str, key: str, columns: dict[str, str]) -> pd.DataFrame:
        frame = pd.read_csv(reference / path, dtype=str, encoding="utf-8-sig").set_index(key)
        return frame[list(columns)].rename(columns=columns)

    outlines = gpd.read_file(reference / "blocks/lsoa11_d2n2.gpkg").to_crs(27700).set_index("LSOA11CD")
    population = table("blocks/population19_lsoa11.csv", "lsoa11_code", {"total_population": "residents"})
    frame = pd.DataFrame(index=outlines.index).join(population.astype(float))
    for path, key, columns in (
        ("lookups/lsoa11_lad19_imd19rank_en.csv", "LSOA11CD", {"LAD19CD": "LAD19"}),
        ("lookups/lsoa11_lep14_en.csv", "LSOA11CD", {"LEP14CD1": "LEP14", "LEP14CD2": "LEP14 second"}),
        ("lookups/lsoa11_lep17_en.csv", "LSOA11CD", {"LEP17CD1": "LEP17", "LEP17CD2": "LEP17 second"}),
        ("blocks/imd2019_lsoa11.csv", "lsoa11_code", {"IMD_decile": "IMD19"}),
        ("blocks/ruc11_lsoa11.csv", "lsoa11_code", {"ruc11_code": "RUC11"}),
    ):
        frame = frame.join(table(path, key, columns))
    frame["IMD19"] = frame["IMD19"].astype(float).astype(int).astype(str).str.zfill(2)
    counties = table("lookups/lad19_county_en.csv", "LAD19CD", {"CTY19CD": "CTY19"})
    later = table("lookups/ltla_changes_2016_2024.csv", "ltla19_code", {"ltla24_code": "LAD24"})
    later = later[~later.index.duplicated() & later.index.notna()]
    authorities = table("lookups/lad24_cauth24_en.csv", "LAD24CD", {"CAUTH24CD": "CAUTH24"})
    frame = frame.join(counties, on="LAD19").join(later, on="LAD19").join(authorities, on="LAD24")
    leps = gpd.read_file(reference / "boundaries/lep21_en_buc.geojson").to_crs(27700)
    points = outlines.set_geometry(outlines.representative_point())[["geometry"]]
    inside = gpd.sjoin(points, leps[["LEP21CD", "geometry"]], predicate="within")
    assert inside.index.is_unique
    return frame.join(inside["LEP21CD"].rename("LEP21"))
