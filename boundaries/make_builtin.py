"""Make the tables of the built-in atlas from open ONS files.

    python -m hinterland.boundaries.make_builtin REFERENCE_FOLDER

writes `boundaries/data/blocks.csv`, `arcs.csv` and `rings.csv`. REFERENCE_FOLDER holds
`boundaries/lad19_en_wa_buc.gpkg`, `boundaries/lep21_en_buc.geojson`,
`blocks/lsoa11_ew_bsc.gpkg`, `blocks/population19_lsoa11.csv` and the lookups named below.

Outlines: every border of the ultra-generalised districts is rounded to the nearest 100 m
and noded with all the others, and the faces that result are given to the district that
they overlap most, so neighbours share their borders by construction. Districts that two
LEPs of 2014 divide are cut along the border between the Lower-layer Super Output Areas of
the one and of the other. Residents and land are sums over those small areas.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .arcs import cut
from .builtin import DATA, GRID_M

SPLIT_TOLERANCE_M = 300  # how far a dividing line may be straightened; the outlines are 500 m ones
YEARS = (21, 23, 24)

Sides = dict[str, tuple[shapely.Geometry, shapely.Geometry]]


def make_blocks(reference: Path) -> pd.DataFrame:
    """Make the table of building blocks: one row a district, two where LEPs of 2014 divide it.

    Parameters
    ----------
    reference
        The folder of ONS files that the module's docstring lists.

    Returns
    -------
    pandas.DataFrame
        Index `block`; code and name columns of each geography, `residents` (mid-2019, whole
        persons) and `area_km2` (land, to 0.01 km²), sorted by region, county and code.
    """
    small = _small_areas(reference)
    keys = ["LAD19CD", "LAD19NM", "LEP14CD1", "LEP14NM1", "LEP14CD2", "LEP14NM2"]
    blocks = small.groupby(keys, dropna=False, as_index=False)[["residents", "area_km2"]].sum()
    blocks["divided"] = blocks["LAD19CD"].duplicated(keep=False)
    part = blocks.groupby("LAD19CD").cumcount().map({0: "a", 1: "b"})
    blocks["block"] = blocks["LAD19CD"] + part.where(blocks["divided"], "")
    blocks = blocks.drop(columns="divided")
    blocks["residents"] = blocks["residents"].astype(int)
    blocks["area_km2"] = blocks["area_km2"].round(2)
    blocks = blocks.merge(_changes(reference), on="LAD19CD", how="left", validate="m:1")
    blocks = blocks.merge(_counties(reference), on="LAD19CD", how="left", validate="m:1")
    blocks["CTYUA19CD"] = blocks["CTY19CD"].where(blocks["CTY19CD"].notna(), blocks["LAD19CD"])
    blocks["CTYUA19NM"] = blocks["CTY19NM"].where(blocks["CTY19NM"].notna(), blocks["LAD19NM"])
    blocks = blocks.merge(_regions(reference), on="LAD19CD", how="left", validate="m:1")
    blocks = blocks.merge(_lep21(reference), on="LAD19CD", how="left", validate="m:1")
    authorities = _text(reference / "lookups/lad24_cauth24_en.csv")
    columns = ["LAD24CD", "CAUTH24CD", "CAUTH24NM"]
    blocks = blocks.merge(authorities[columns], on="LAD24CD", how="left", validate="m:1")
    blocks["CTRYCD"], blocks["CTRYNM"] = "E92000001", "England"
    order = ["RGN19CD", "CTYUA19CD", "LAD19CD", "block"]
    blocks = blocks.sort_values(order).set_index("block").fillna("")
    leading = ["LAD19CD", "LAD19NM", "LAD19_ended", "residents", "area_km2"]
    return blocks[leading + [c for c in blocks.columns if c not in leading]]


def make_outlines(reference: Path, blocks: pd.DataFrame) -> gpd.GeoSeries:
    """Make the outlines of the blocks: a valid coverage on the National Grid.

    Parameters
    ----------
    reference
        The folder of ONS files that the module's docstring lists.
    blocks
        What `make_blocks` returns.

    Returns
    -------
    geopandas.GeoSeries
        Index `block` in the order of `blocks`; polygons in EPSG:27700, every coordinate a
        multiple of 100 m.
    """
    districts = _districts(reference)
    sides = _sides(reference, blocks)
    lines = [shapely.boundary(districts.to_numpy())]
    for code, (one, other) in sides.items():
        lines.append(np.array([_dividing_line(districts[code], one, other)]))
    rounded = [shapely.transform(line, lambda xy: np.round(xy / GRID_M) * GRID_M) for line in lines]
    noded = shapely.union_all(np.concatenate(rounded), grid_size=GRID_M)
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    faces = shapely.set_precision(faces, 0)
    owner = _largest_overlap(faces, districts)
    names = [
        _side(face, code, sides) if code in sides else code for face, code in zip(faces, owner, strict=True)
    ]
    kept = [(name, face) for name, face in zip(names, faces, strict=True) if name]
    frame = gpd.GeoSeries([face for _, face in kept], index=[name for name, _ in kept], crs=27700)
    merged = frame.groupby(level=0).agg(shapely.coverage_union_all)
    return gpd.GeoSeries(merged.reindex(blocks.index).map(shapely.normalize), crs=27700)


def write(folder: Path, blocks: pd.DataFrame, outlines: gpd.GeoSeries) -> None:
    """Write the three tables of the built-in atlas into a folder.

    Parameters
    ----------
    folder
        Where `blocks.csv`, `arcs.csv` (points in units of 100 m: the first as it is, the rest
        as steps) and `rings.csv` (`i` an arc forwards, `~i` backwards) are written.
    blocks, outlines
        What `make_blocks` and `make_outlines` return.
    """
    blocks.to_csv(folder / "blocks.csv", lineterminator="\n")
    parts = cut(outlines.to_numpy())
    with open(folder / "arcs.csv", "w", encoding="utf-8", newline="\n") as file:
        file.write("arc,points\n")
        for index, arc in enumerate(parts.arcs):
            units = np.round(arc / GRID_M).astype(int)
            steps = np.vstack([units[:1], np.diff(units, axis=0)])
            file.write(f"{index},{' '.join(f'{x} {y}' for x, y in steps)}\n")
    with open(folder / "rings.csv", "w", encoding="utf-8", newline="\n") as file:
        file.write("block,polygon,arcs\n")
        for block, polygons in zip(outlines.index, parts.shapes, strict=True):
            for number, rings in enumerate(polygons):
                for ring in rings:
                    file.write(f"{block},{number},{' '.join(map(str, ring))}\n")


def _text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig")


@cache
def _small_areas(reference: Path) -> pd.DataFrame:
    small = _text(reference / "lookups/lsoa11_lad19_imd19rank_en.csv")[["LSOA11CD", "LAD19CD", "LAD19NM"]]
    leps = _text(reference / "lookups/lsoa11_lep14_en.csv").drop(columns=["LSOA11NM", "FID"])
    residents = _text(reference / "blocks/population19_lsoa11.csv")
    residents = residents.set_index("lsoa11_code")["total_population"].astype(float)
    land = gpd.read_file(reference / "blocks/lsoa11_ew_bsc.gpkg").to_crs(27700).set_index("lsoa11_code")
    small = small.merge(leps, on="LSOA11CD", validate="1:1")
    small["residents"] = small["LSOA11CD"].map(residents)
    small["area_km2"] = small["LSOA11CD"].map(land.area / 1e6)
    small["geometry"] = small["LSOA11CD"].map(land.geometry)
    if small[["residents", "area_km2"]].isna().any().any():
        raise ValueError("a Lower-layer Super Output Area has no residents or no outline")
    return small


def _changes(reference: Path) -> pd.DataFrame:
    """Codes and names of 2021 to 2024, and the day on which a district of 2019 ended."""
    chain = _text(reference / "lookups/ltla_changes_2016_2024.csv")
    chain = chain[chain["ltla19_code"].str.startswith("E")].drop_duplicates("ltla19_code")
    ended = pd.Series("", index=chain.index)
    for year in range(24, 19, -1):
        moved = chain[f"ltla{year}_code"] != chain["ltla19_code"]
        ended = ended.mask(moved, f"20{year}-03-31")
    result = pd.DataFrame({"LAD19CD": chain["ltla19_code"], "LAD19_ended": ended})
    for year in YEARS:
        result[f"LAD{year}CD"] = chain[f"ltla{year}_code"]
        result[f"LAD{year}NM"] = chain[f"ltla{year}_name"]
    return result


def _counties(reference: Path) -> pd.DataFrame:
    """Counties with a county council: metropolitan counties, and Inner and Outer London, have none."""
    counties = _text(reference / "lookups/lad19_county_en.csv")
    return counties[counties["CTY19CD"].str.startswith("E10")][["LAD19CD", "CTY19CD", "CTY19NM"]]


def _regions(reference: Path) -> pd.DataFrame:
    """Regions of 2018, carried to the districts of 2019 through the codes that they had in 2018."""
    regions = _text(reference / "lookups/lad18_region_en.csv").set_index("LAD18CD")
    chain = _text(reference / "lookups/ltla_changes_2016_2024.csv").drop_duplicates("ltla19_code")
    chain = chain[chain["ltla19_code"].str.startswith("E")]
    before = chain["ltla18_code"]
    columns = {"RGN19CD": before.map(regions["RGN18CD"]), "RGN19NM": before.map(regions["RGN18NM"])}
    return pd.DataFrame({"LAD19CD": chain["ltla19_code"], **columns})


def _lep21(reference: Path) -> pd.DataFrame:
    """The one or two LEPs of 2021 that hold over half of a district's outline."""
    leps = gpd.read_file(reference / "boundaries/lep21_en_buc.geojson").to_crs(27700)
    districts = _districts(reference)
    frame = gpd.GeoDataFrame({"LAD19CD": districts.index}, geometry=districts.to_numpy(), crs=27700)
    pieces = gpd.overlay(frame, leps[["LEP21CD", "LEP21NM", "geometry"]], how="intersection")
    share = pieces.area / pieces["LAD19CD"].map(districts.area)
    held = pieces[share > 0.5].sort_values(["LAD19CD", "LEP21CD"])
    place = (held.groupby("LAD19CD").cumcount() + 1).astype(str)
    wide = held.assign(place=place).pivot(index="LAD19CD", columns="place", values=["LEP21CD", "LEP21NM"])
    wide.columns = [f"{name}{place}" for name, place in wide.columns]
    return wide[["LEP21CD1", "LEP21NM1", "LEP21CD2", "LEP21NM2"]].reset_index()


def _districts(reference: Path) -> gpd.GeoSeries:
    frame = gpd.read_file(reference / "boundaries/lad19_en_wa_buc.gpkg").to_crs(27700)
    frame = frame[frame["ltla19_code"].str.startswith("E")].sort_values("ltla19_code")
    return frame.set_index("ltla19_code").geometry


def _sides(reference: Path, blocks: pd.DataFrame) -> Sides:
    """The land of each half of a divided district, from its small areas, block `a` first."""
    small = _small_areas(reference)
    divided = blocks[blocks["LAD19CD"].duplicated(keep=False)].sort_index()
    sides: Sides = {}
    for code, halves in divided.groupby("LAD19CD"):
        inside = small[small["LAD19CD"] == code]
        one, other = (
            shapely.union_all(inside.loc[inside["LEP14CD1"].eq(lep), "geometry"].to_numpy())
            for lep in halves["LEP14CD1"]
        )
        sides[str(code)] = (one, other)
    return sides


def _dividing_line(
    district: shapely.Geometry, one: shapely.Geometry, other: shapely.Geometry
) -> shapely.Geometry:
    """The line between two halves of a district, carried on to the district's own border."""
    shared = shapely.intersection(shapely.boundary(one), shapely.boundary(other))
    lines = [part for part in shapely.get_parts(shared) if shapely.get_type_id(part) == 1]
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(np.array(lines))))
    border = shapely.boundary(district)
    extended = []
    for line in shapely.simplify(merged, SPLIT_TOLERANCE_M):
        coordinates = shapely.get_coordinates(line)
        ends = [_nearest_on(border, coordinates[i]) for i in (0, -1)]
        extended.append(shapely.LineString(np.vstack([ends[0], coordinates, ends[1]])))
    return shapely.union_all(np.array(extended))


def _nearest_on(line: shapely.Geometry, xy: np.ndarray) -> np.ndarray:
    return np.asarray(shapely.get_coordinates(shapely.shortest_line(line, shapely.Point(xy))))[:1]


def _largest_overlap(faces: np.ndarray, districts: gpd.GeoSeries) -> list[str]:
    """The district that holds over half of each face; `""` for a face of water."""
    tree = shapely.STRtree(districts.to_numpy())
    face, district = tree.query(faces, predicate="intersects")
    area = shapely.area(shapely.intersection(faces[face], districts.to_numpy()[district]))
    best = [""] * len(faces)
    for f, d, a in zip(face, district, area, strict=True):
        if a > 0.5 * shapely.area(faces[f]):
            best[f] = str(districts.index[d])
    return best


def _side(
    face: shapely.Geometry, code: str, sides: dict[str, tuple[shapely.Geometry, shapely.Geometry]]
) -> str:
    one, other = (shapely.area(shapely.intersection(face, side)) for side in sides[code])
    return code + ("a" if one >= other else "b")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m hinterland.boundaries.make_builtin REFERENCE_FOLDER")
    reference = Path(sys.argv[1])
    blocks = make_blocks(reference)
    write(DATA, blocks, make_outlines(reference, blocks))
    print(f"{len(blocks)} blocks written to {DATA}")


if __name__ == "__main__":
    main()
