"""How long small areas of all England take, beside plain geopandas: `python -m benchmarks.boundaries`.

The work: 32,844 LSOAs with residents, put into districts, counties, LEPs of three years, combined
authorities, deciles of deprivation and rural-urban classes, by seven lookups, the table of code
changes and one layer of outlines by centroid; then residents summed by every area. Each way has a
process of its own, several rounds in turn; wall time (starting Python included), processor time
(which a busy machine changes less) and peak memory are medians. hinterland also checks every row and
outline, which plain geopandas does not. The whole `run` computes every table of the built-in register
on these areas, and draws the page.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import pandas as pd

from hinterland.coverage.study import BUILTIN_STUDY

REFERENCE: Final = Path(
    os.environ.get("HINTERLAND_REFERENCE", Path(__file__).parents[2] / "shared" / "data")
).resolve()
DESCRIBED: Final = Path(__file__).parents[1] / "tests" / "fixtures" / "reference_boundaries"
ROUNDS: Final = 3
WAYS: Final = {
    "atlas": "hinterland: build the atlas",
    "run": "hinterland: the whole run",
    "peer": "plain geopandas: the same joins",
}
GEOGRAPHIES: Final = ("LAD19", "CTY19", "LEP14", "LEP17", "LEP21", "LAD24", "CAUTH24", "IMD19", "RUC11")

Sums = dict[str, dict[str, float]]

STUDY: Final = """
[study]
title = "England by small areas"
snapshot = "2006-06/2007-07"
area = ["CTRY:England"]
geographies = {geographies}
[boundaries]
attribution = ["Source: Office for National Statistics licensed under the Open Government Licence v.3.0"]
[boundaries.blocks]
id = "LSOA11"
file = '{data}/blocks/lsoa11_ew_bsc.gpkg'
code = "lsoa11_code"
name = "lsoa11_name"
"""


def write_study(folder: Path) -> None:
    """Write the study: the built-in register on all small areas of England."""
    for name in ("organisations.csv", "services.csv", "scope.csv"):
        shutil.copy(BUILTIN_STUDY / name, folder)
    parts = (DESCRIBED / f"{name}.toml" for name in ("residents", *GEOGRAPHIES))
    text = STUDY + "".join(part.read_text(encoding="utf-8") for part in parts)
    text = text.format(data=REFERENCE.as_posix(), geographies=list(GEOGRAPHIES))
    (folder / "study.toml").write_text(text, encoding="utf-8")


def atlas(study: Path) -> Sums:
    """Residents by area of every geography, through hinterland's atlas."""
    from hinterland.coverage.study import read_atlas

    found = read_atlas(study)
    geographies = {name: found.geographies[name] for name in GEOGRAPHIES}
    return {
        name: dict(zip(g.names.index, (g.membership @ found.residents).tolist(), strict=True))
        for name, g in geographies.items()
    }


def run(study: Path) -> Sums:
    """The same, read from the tables that the whole command writes."""
    from hinterland.cli import main

    sys.argv = ["hinterland", "run", str(study)]
    with suppress(SystemExit):
        main()
    sums = {}
    for name in GEOGRAPHIES:
        table = pd.read_csv(study / f"output/tables/coverage_{name}.csv", dtype={f"{name}CD": str})
        rows = table[table["theme"] == table["theme"].iloc[0]].set_index(f"{name}CD")["residents"]
        sums[name] = rows.drop(["no area", "total"], errors="ignore").astype(float).to_dict()
    return sums


def peer(_: Path) -> Sums:
    """The same by merges, a spatial join and groupby, as one would write it without hinterland."""
    import geopandas as gpd

    def table(path: str, key: str, columns: dict[str, str]) -> pd.DataFrame:
        frame = pd.read_csv(REFERENCE / path, encoding="utf-8-sig", usecols=[key, *columns], dtype=str)
        return frame.drop_duplicates(key).set_index(key).rename(columns=columns)

    outlines = gpd.read_file(REFERENCE / "blocks/lsoa11_ew_bsc.gpkg").to_crs(27700)
    outlines = outlines[outlines["lsoa11_code"].str.startswith("E")].set_index("lsoa11_code")
    frame = outlines[["geometry"]]
    for path, key, columns in (
        ("blocks/population19_lsoa11.csv", "lsoa11_code", {"total_population": "residents"}),
        ("lookups/lsoa11_lad19_imd19rank_en.csv", "LSOA11CD", {"LAD19CD": "LAD19"}),
        ("lookups/lsoa11_lep14_en.csv", "LSOA11CD", {"LEP14CD1": "LEP14", "LEP14CD2": "LEP14 second"}),
        ("lookups/lsoa11_lep17_en.csv", "LSOA11CD", {"LEP17CD1": "LEP17", "LEP17CD2": "LEP17 second"}),
        ("blocks/imd2019_lsoa11.csv", "lsoa11_code", {"IMD_decile": "IMD19"}),
        ("blocks/ruc11_lsoa11.csv", "lsoa11_code", {"ruc11_code": "RUC11"}),
    ):
        frame = frame.join(table(path, key, columns))
    frame = frame.join(table("lookups/lad19_county_en.csv", "LAD19CD", {"CTY19CD": "CTY19"}), on="LAD19")
    later = table("lookups/ltla_changes_2016_2024.csv", "ltla19_code", {"ltla24_code": "LAD24"})
    frame = frame.join(later, on="LAD19")
    authorities = table("lookups/lad24_cauth24_en.csv", "LAD24CD", {"CAUTH24CD": "CAUTH24"})
    frame = frame.join(authorities, on="LAD24")
    frame["residents"] = frame["residents"].astype(float)
    frame["IMD19"] = frame["IMD19"].str.removesuffix(".0").str.zfill(2)
    leps = gpd.read_file(REFERENCE / "boundaries/lep21_en_buc.geojson").to_crs(27700)
    points = frame.set_geometry(frame.representative_point())[["residents", "geometry"]]
    inside = gpd.sjoin(points, leps[["LEP21CD", "geometry"]], predicate="within")
    sums = {"LEP21": inside.groupby("LEP21CD")["residents"].sum().to_dict()}
    for name in GEOGRAPHIES:
        columns = [column for column in frame.columns if column.split()[0] == name]
        if columns:
            parts = pd.concat([frame.groupby(column)["residents"].sum() for column in columns])
            sums[name] = parts.groupby(level=0).sum().to_dict()
    return sums


def measured(way: str, study: Path) -> tuple[tuple[float, float, float], Sums]:
    """Wall seconds, processor seconds and MB at the peak of one way, and residents by area."""
    found = study / f"{way}.json"
    command = [sys.executable, "-m", "benchmarks.boundaries", way, str(study)]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    assert status == 0, f"{way} failed: {' '.join(command)}"
    costs = seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return costs, json.loads(found.read_text(encoding="utf-8"))


def compare() -> None:
    """Run every way in turn, check that residents agree, and print medians and ratios."""
    costs: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder)
        write_study(study)
        for _ in range(ROUNDS):
            sums = {}
            for way in WAYS:
                cost, sums[way] = measured(way, study)
                costs[way].append(cost)
            assert sums["atlas"] == sums["run"] == sums["peer"], "residents by area differ"
    areas = sum(map(len, sums["peer"].values()))
    print(f"{platform.machine()}, Python {platform.python_version()}, medians of {ROUNDS} rounds in turn")
    print(f"residents of all {areas} areas of {len(GEOGRAPHIES)} geographies are the same in every way")
    medians = {
        way: [statistics.median(each) for each in zip(*found, strict=True)] for way, found in costs.items()
    }
    print(f"{'':34}{'wall':>9}{'processor':>12}{'peak':>9}   beside plain geopandas")
    for way, label in WAYS.items():
        wall, processor, peak = medians[way]
        times = [f"{own / base:.1f} ×" for own, base in zip(medians[way], medians["peer"], strict=True)]
        print(f"{label:34}{wall:7.1f} s{processor:10.1f} s{peak:6.0f} MB   {', '.join(times)}")


def main() -> None:
    if not (REFERENCE / "blocks").is_dir():
        print("needs the reference files: set HINTERLAND_REFERENCE to their folder. Nothing was measured.")
        return
    if len(sys.argv) == 1:
        compare()
        return
    way, study = sys.argv[1], Path(sys.argv[2])
    sums = {"atlas": atlas, "run": run, "peer": peer}[way](study)
    (study / f"{way}.json").write_text(json.dumps(sums), encoding="utf-8")


if __name__ == "__main__":
    main()
