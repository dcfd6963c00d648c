"""The built-in atlas of England against the open ONS files that it goes back to."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hinterland.boundaries.atlas import Atlas
from hinterland.boundaries.builtin import load

DIVIDED = ("E07000085", "E07000091", "E07000093", "E07000094")  # East Hampshire … Winchester
FINE_BORDERS = {"City of London", "Kensington and Chelsea", "Isles of Scilly"}
IN_D2N2_AND_SHEFFIELD = {"E07000033", "E07000034", "E07000035", "E07000038", "E07000171"}
IN_TWO_LEPS_OF_2021 = {
    "Bromsgrove",
    "Cannock Chase",
    "East Staffordshire",
    "Lichfield",
    "Redditch",
    "Tamworth",
    "Wyre Forest",
}


def text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def outlines(path: Path, code: str) -> gpd.GeoSeries:
    """English outlines by code, on the National Grid."""
    frame = gpd.read_file(path).to_crs(27700)
    frame = frame[frame[code].str.startswith("E")].set_index(code)
    assert set(shapely.get_precision(frame.geometry.to_numpy())) == {0}
    return frame.geometry.sort_index()


def members(atlas: Atlas, geography: str) -> dict[str, set[str]]:
    """Area code → the codes of its blocks."""
    held = atlas.geographies[geography]
    return {code: set(atlas.blocks.index[held.blocks_of(code)]) for code in held.names.index}


def dissolved(atlas: Atlas, geography: str) -> gpd.GeoSeries:
    """Area code → the union of its blocks' outlines."""
    held, shapes = atlas.geographies[geography], atlas.blocks.geometry.to_numpy()
    assert set(shapely.get_precision(shapes)) == {0}
    unions = [shapely.coverage_union_all(shapes[held.blocks_of(code)]) for code in held.names.index]
    return gpd.GeoSeries(unions, index=list(held.names.index), crs=27700)


def off_by(drawn: gpd.GeoSeries, reference: gpd.GeoSeries) -> pd.Series[float]:
    """Land that only one of the two has, as a share of the reference's land."""
    assert set(drawn.index) == set(reference.index)
    reference = reference.reindex(drawn.index)
    return drawn.symmetric_difference(reference).area / reference.area


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load()


@pytest.fixture(scope="module")
def districts(reference: Path) -> gpd.GeoSeries:
    return outlines(reference / "boundaries/lad19_en_wa_buc.gpkg", "ltla19_code")


@pytest.fixture(scope="module")
def small(reference: Path) -> pd.DataFrame:
    """LSOAs: district, LEPs of 2014, residents, outline, and the block that they belong to."""
    lookup = text(reference / "lookups/lsoa11_lad19_imd19rank_en.csv").set_index("LSOA11CD")
    leps = text(reference / "lookups/lsoa11_lep14_en.csv").set_index("LSOA11CD")
    people = text(reference / "blocks/population19_lsoa11.csv").set_index("lsoa11_code")
    frame = lookup[["LAD19CD"]].join(leps[["LEP14CD1", "LEP14CD2"]])
    frame["residents"] = people["total_population"].astype(float)
    assert len(frame) == 32_844
    assert frame.notna().all().all()
    shapes = gpd.read_file(reference / "blocks/lsoa11_ew_bsc.gpkg").to_crs(27700).set_index("lsoa11_code")
    frame["geometry"] = shapes.geometry
    divided = frame["LAD19CD"].isin(DIVIDED)
    first = frame.groupby("LAD19CD")["LEP14CD1"].transform("min")
    half = np.where(frame["LEP14CD1"] == first, "a", "b")
    frame["block"] = frame["LAD19CD"] + np.where(divided, half, "")
    return frame


class TestWhatIsThere:
    def test_317_districts_are_321_blocks_four_of_them_in_two_halves(self, atlas: Atlas) -> None:
        whole = [block for block in atlas.blocks.index if len(block) == 9]
        halves = sorted(set(atlas.blocks.index) - set(whole))
        assert len(whole) == 313
        assert halves == sorted(code + half for code in DIVIDED for half in "ab")

    @pytest.mark.parametrize(
        ("geography", "areas"),
        [
            ("LAD19", 317),
            ("LAD21", 309),
            ("LAD23", 296),
            ("LAD24", 296),
            ("CTY19", 26),
            ("CTYUA19", 151),
            ("LEP14", 39),
            ("LEP21", 38),
            ("CAUTH24", 11),
            ("RGN19", 9),
            ("CTRY", 1),
        ],
    )
    def test_number_of_areas(self, atlas: Atlas, geography: str, areas: int) -> None:
        names = atlas.geographies[geography].names
        assert len(names) == areas
        assert names.index.is_unique
        assert names.index.is_monotonic_increasing
        assert not names.eq("").any()

    def test_it_has_these_eleven_geographies_and_no_other(self, atlas: Atlas) -> None:
        expected = "LAD19 CTY19 CTYUA19 RGN19 CTRY LEP14 LEP21 CAUTH24 LAD21 LAD23 LAD24"
        assert list(atlas.geographies) == expected.split()

    @pytest.mark.parametrize("geography", ["LAD19", "LAD21", "LAD23", "LAD24", "CTYUA19", "RGN19", "CTRY"])
    def test_every_block_lies_in_exactly_one_area(self, atlas: Atlas, geography: str) -> None:
        held = atlas.geographies[geography]
        assert set(held.times_held) == {1}
        assert not held.overlapping

    @pytest.mark.parametrize(("geography", "left_out"), [("CTY19", 125), ("CAUTH24", 243)])
    def test_counties_and_combined_authorities_leave_land_in_none(
        self, atlas: Atlas, geography: str, left_out: int
    ) -> None:
        times_held = atlas.geographies[geography].times_held
        assert set(times_held) == {0, 1}
        assert int((times_held == 0).sum()) == left_out

    @pytest.mark.parametrize("geography", ["LEP14", "LEP21"])
    def test_leps_hold_every_block_once_or_twice(self, atlas: Atlas, geography: str) -> None:
        assert set(atlas.geographies[geography].times_held) == {1, 2}

    def test_metropolitan_counties_and_london_are_no_counties(self, atlas: Atlas) -> None:
        assert atlas.geographies["CTY19"].names.index.str.startswith("E10").all()

    def test_aliases_and_ended_districts_name_areas_that_exist(self, atlas: Atlas) -> None:
        for area in [*atlas.aliases.values(), *atlas.ended]:
            geography, code = area.split(":")
            assert code in atlas.geographies[geography].names.index

    def test_districts_that_ended_are_those_of_five_counties_on_the_days_of_reform(
        self, atlas: Atlas
    ) -> None:
        days = pd.Series(atlas.ended).dt.strftime("%Y-%m-%d").value_counts().to_dict()
        assert days == {"2020-03-31": 4, "2021-03-31": 7, "2023-03-31": 6 + 7 + 4}

    def test_it_prints_what_the_licences_ask_for(self, atlas: Atlas) -> None:
        assert atlas.attribution == (
            "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
            "Contains OS data © Crown copyright and database right 2019",
        )
        assert atlas.residents_year == 2019


class TestOutlines:
    def test_they_are_a_valid_coverage_on_a_100_m_grid(self, atlas: Atlas) -> None:
        shapes = atlas.blocks.geometry.to_numpy()
        assert atlas.blocks.crs.to_epsg() == 27700
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)
        assert (shapely.get_coordinates(shapes) % 100 == 0).all()

    def test_each_district_is_within_3_percent_but_for_the_three_finest(
        self, atlas: Atlas, districts: gpd.GeoSeries
    ) -> None:
        off = off_by(dissolved(atlas, "LAD19"), districts)
        over = set(atlas.geographies["LAD19"].names[off[off > 0.03].index])
        assert over <= FINE_BORDERS
        assert off.max() < 0.07

    def test_england_as_a_whole_is_within_half_a_percent(
        self, atlas: Atlas, districts: gpd.GeoSeries
    ) -> None:
        england = gpd.GeoSeries([shapely.union_all(districts.to_numpy())], index=["E92000001"], crs=27700)
        assert off_by(dissolved(atlas, "CTRY"), england).item() < 0.005

    def test_holes_lie_where_the_reference_has_nearly_no_land(
        self, atlas: Atlas, districts: gpd.GeoSeries
    ) -> None:
        england = shapely.coverage_union_all(atlas.blocks.geometry.to_numpy())
        holes = [shapely.Polygon(ring) for part in shapely.get_parts(england) for ring in part.interiors]
        land = shapely.area(shapely.intersection(holes, shapely.union_all(districts.to_numpy())))
        assert len(holes) > 0
        assert (land / shapely.area(holes)).max() < 0.25
        assert land.sum() / 1e6 < 0.25  # km² of all England

    @pytest.mark.parametrize("district", DIVIDED)
    def test_halves_make_their_district_and_each_is_within_5_percent(
        self, atlas: Atlas, districts: gpd.GeoSeries, small: pd.DataFrame, district: str
    ) -> None:
        halves = atlas.blocks.geometry.loc[[district + "a", district + "b"]]
        assert shapely.area(shapely.intersection(*halves)) == 0
        whole = shapely.union_all(halves.to_numpy())
        assert whole.area == pytest.approx(halves.area.sum())
        assert whole.symmetric_difference(districts[district]).area < 0.03 * districts[district].area
        for block, outline in halves.items():
            inside = small.loc[small["block"] == block, "geometry"]
            land = shapely.union_all(inside.to_numpy())
            true = shapely.intersection(land, districts[district])  # the two files differ at the coast
            assert outline.symmetric_difference(true).area < 0.05 * land.area

    @pytest.mark.parametrize(
        ("geography", "file", "code"),
        [("LAD21", "lad21_uk_buc.gpkg", "ltla21_code"), ("LAD24", "lad24_uk_buc.gpkg", "ltla24_code")],
    )
    def test_later_districts_hold_the_land_of_their_own_year(
        self, atlas: Atlas, reference: Path, geography: str, file: str, code: str
    ) -> None:
        """Each year is generalised anew, so borders wander; a wrong district would be far off."""
        off = off_by(dissolved(atlas, geography), outlines(reference / "boundaries" / file, code))
        formed_since = off.index.difference(atlas.geographies["LAD19"].names.index)
        assert len(formed_since) > 0
        assert off[formed_since].max() < 0.02
        assert off.median() < 0.02
        assert off.max() < 0.2


class TestResidentsAndLand:
    def test_residents_and_land_of_each_block_are_sums_over_its_lsoas(
        self, atlas: Atlas, small: pd.DataFrame
    ) -> None:
        sums = small.groupby("block")["residents"].sum().reindex(atlas.blocks.index)
        assert (atlas.residents == sums).all()
        land = gpd.GeoSeries(small["geometry"]).area.groupby(small["block"]).sum() / 1e6
        assert np.abs(atlas.area_km2 - land.reindex(atlas.blocks.index)).max() <= 0.0051

    def test_residents_of_each_district_are_those_of_the_district_file(
        self, atlas: Atlas, reference: Path
    ) -> None:
        table = text(reference / "lookups/population19_lad19.csv").set_index("ltla19_code")
        given = table.loc[table["total_population"] != "", "total_population"].astype(float)
        given = given[given.index.str.startswith("E")]
        assert len(given) == 313
        ours = atlas.blocks["residents"].groupby(atlas.blocks.index.str[:9]).sum()
        assert (ours[given.index] == given).all()
        assert int(ours.sum()) == 56_286_961  # England, mid-2019


class TestD2N2:
    def test_it_is_17_districts_2221120_residents_and_about_4790_km2(self, atlas: Atlas) -> None:
        blocks = atlas.geographies["LEP14"].blocks_of("E37000008")
        assert len(blocks) == 17
        assert int(atlas.residents[blocks].sum()) == 2_221_120
        assert atlas.area_km2[blocks].sum() == pytest.approx(4_790, abs=5)

    def test_five_of_its_districts_were_also_in_sheffield_city_region(self, atlas: Atlas) -> None:
        leps = members(atlas, "LEP14")
        assert leps["E37000008"] & leps["E37000040"] == IN_D2N2_AND_SHEFFIELD
        shared = [code for code in leps if code != "E37000008" and leps[code] & leps["E37000008"]]
        assert shared == ["E37000040"]

    def test_none_of_its_districts_is_in_two_leps_in_2021(self, atlas: Atlas) -> None:
        leps = atlas.geographies["LEP21"]
        assert set(leps.times_held[leps.blocks_of("E37000045")]) == {1}

    def test_it_is_the_same_land_in_2014_and_2021_and_as_the_combined_authority(self, atlas: Atlas) -> None:
        d2n2 = members(atlas, "LEP14")["E37000008"]
        assert members(atlas, "LEP21")["E37000045"] == d2n2
        assert members(atlas, "CAUTH24")["E47000013"] == d2n2


class TestMembership:
    def test_leps_of_2014_are_those_of_the_lsoa_lookup(self, atlas: Atlas, small: pd.DataFrame) -> None:
        expected: dict[str, set[str]] = {}
        for column in ("LEP14CD1", "LEP14CD2"):
            for lep, blocks in small[small[column] != ""].groupby(column)["block"]:
                expected.setdefault(lep, set()).update(blocks)
        assert members(atlas, "LEP14") == expected

    def test_no_block_lies_by_shares_in_two_first_leps(self, small: pd.DataFrame) -> None:
        assert (small.groupby("block")[["LEP14CD1", "LEP14CD2"]].nunique() == 1).all().all()

    def test_seven_west_midlands_districts_are_in_two_leps_in_2021(self, atlas: Atlas) -> None:
        twice = atlas.geographies["LEP21"].times_held > 1
        assert set(atlas.blocks["name"][twice]) == IN_TWO_LEPS_OF_2021

    def test_leps_of_2021_have_the_land_of_their_polygons(self, atlas: Atlas, reference: Path) -> None:
        leps = outlines(reference / "boundaries/lep21_en_buc.geojson", "LEP21CD")
        assert off_by(dissolved(atlas, "LEP21"), leps).max() < 0.03

    def test_combined_authorities_have_the_land_of_their_polygons(
        self, atlas: Atlas, reference: Path
    ) -> None:
        authorities = outlines(reference / "boundaries/cauth23_en_buc.geojson", "CAUTH24CD")
        assert off_by(dissolved(atlas, "CAUTH24"), authorities).max() < 0.03

    def test_regions_are_those_of_the_lookup_where_it_knows_the_district(
        self, atlas: Atlas, reference: Path
    ) -> None:
        lookup = text(reference / "lookups/lad18_region_en.csv").set_index("LAD18CD")["RGN18CD"]
        known = 0
        for region, blocks in members(atlas, "RGN19").items():
            codes = [block[:9] for block in blocks if block[:9] in lookup.index]
            known += len(set(codes))
            assert set(lookup[codes]) == {region}
        assert known == 317 - 5

    def test_the_five_districts_that_the_region_lookup_lacks(self, atlas: Atlas) -> None:
        regions = members(atlas, "RGN19")
        assert {"E06000058", "E06000059", "E07000246"} <= regions["E12000009"]  # South West
        assert {"E07000244", "E07000245"} <= regions["E12000006"]  # East of England

    def test_counties_are_those_of_the_lookup(self, atlas: Atlas, reference: Path) -> None:
        lookup = text(reference / "lookups/lad19_county_en.csv")
        counties = lookup[lookup["CTY19CD"].str.startswith("E10")]
        expected = {code: set(rows["LAD19CD"]) for code, rows in counties.groupby("CTY19CD")}
        ours = {code: {block[:9] for block in blocks} for code, blocks in members(atlas, "CTY19").items()}
        assert ours == expected

    def test_a_unitary_is_its_own_county_or_unitary(self, atlas: Atlas) -> None:
        upper = members(atlas, "CTYUA19")
        counties = members(atlas, "CTY19")
        for code, blocks in upper.items():
            assert blocks == counties.get(code, {code})
        assert {code[:3] for code in set(upper) - set(counties)} == {"E06", "E08", "E09"}
