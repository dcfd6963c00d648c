"""Real ONS layers against each other: outlines against lookups, and both against the built-in areas.

All outlines of the reference are generalised to 500 m. Where they disagree with a lookup, the small
areas are listed here, and each of their centroids lies within 260 m of the border in question.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hinterland.boundaries.atlas import Atlas
from hinterland.boundaries.building import build_atlas
from hinterland.boundaries.builtin import load
from hinterland.boundaries.description import (
    BlocksFrom,
    CountFrom,
    Described,
    LookupFrom,
    Origin,
    OutlinesFrom,
    Words,
    with_kind,
)
from hinterland.boundaries.errors import Fault
from hinterland.boundaries.sources import Sources

Pairs = set[tuple[str, str]]

DIVIDED = {"E07000085", "E07000091", "E07000093", "E07000094"}  # in LEPs by parts: two drawn halves each
BORDER_M = 260  # generalised to 500 m, a border wanders this far

OFF_THE_COAST = """
E01000468 E01001640 E01004216 E01004218 E01004258 E01004276 E01007230 E01007274 E01007277 E01007282
E01007308 E01008587 E01008599 E01008600 E01008649 E01008789 E01012666 E01012669 E01012671 E01012681
E01012736 E01012748 E01012749 E01013199 E01014790 E01015024 E01015189 E01018839 E01018841 E01019913
E01021122 E01022005 E01022962 E01024504 E01025584 E01026639 E01027809 E01031808 E01031809 E01031835
E01032662 E01032775 E01032833 E01033582
"""
"""On a quay, a front or a river bank that the outlines leave to the water: in no LEP by centroid."""

IN_ANOTHER = """
E01000375 E01000379 E01003724 E01006492 E01007075 E01009814 E01009817 E01009919 E01009927 E01010234
E01010559 E01010560 E01015806 E01015810 E01016363 E01016444 E01016521 E01018173 E01018180 E01021764
E01022874 E01022875 E01026378 E01029414 E01029855 E01032276
"""
"""Along a border between LEPs that cuts a corner: by centroid in the neighbour's."""

IN_ONE_MORE = "E01000746 E01008979 E01009120 E01009155 E01009217 E01011703 E01012838"
"""Along the border of a LEP that overlaps theirs: by centroid in that one too."""

IN_ONE_LESS = "E01001079 E01001088 E01021030"
"""In two LEPs that overlap, along the border of the one that by centroid they are not in."""

IN_TWO_LEPS_OF_2021 = {
    "E07000192": {"E37000012", "E37000032"},  # Cannock Chase
    "E07000193": {"E37000012", "E37000032"},  # East Staffordshire
    "E07000194": {"E37000012", "E37000032"},  # Lichfield
    "E07000199": {"E37000012", "E37000032"},  # Tamworth
    "E07000234": {"E37000012", "E37000038"},  # Bromsgrove
    "E07000236": {"E37000012", "E37000038"},  # Redditch
    "E07000239": {"E37000012", "E37000038"},  # Wyre Forest
}


@dataclass(frozen=True)
class Built:
    """An atlas, and what was said while it was built."""

    atlas: Atlas
    faults: list[Fault]

    def pairs(self, geography: str) -> Pairs:
        """(block, area) for each block that an area holds."""
        membership = self.atlas.geographies[geography].membership.tocoo()
        codes = self.atlas.geographies[geography].names.index
        return set(zip(self.atlas.blocks.index[membership.col], codes[membership.row], strict=True))

    def said(self, file: str, words: str) -> list[str]:
        return [f.reason for f in self.faults if f.file == file and words in f.reason]


def built(described: Described) -> Built:
    faults: list[Fault] = []
    atlas = build_atlas(described, Sources(), faults)
    assert atlas is not None
    assert {fault.kind for fault in faults} == {"noted"}
    return Built(atlas, faults)


def words(geography: str) -> Words:
    return with_kind(Words(id=geography), "reference")


def drawn(geography: str, file: Path, code: str, name: str) -> OutlinesFrom:
    origin = Origin(file=file)
    return OutlinesFrom(words=words(geography), origin=origin, code=code, name=name, overlaps=True)


def text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def leps(reference: Path) -> dict[int, pd.DataFrame]:
    """By year: LSOA, district, code and name of each LEP that holds it."""
    district = text(reference / "lookups/lsoa11_lad19_imd19rank_en.csv").set_index("LSOA11CD")["LAD19CD"]
    found = {}
    for year in (14, 17):
        table = text(reference / f"lookups/lsoa11_lep{year}_en.csv").set_index("LSOA11CD")
        assert len(table) == 32_844
        columns = [[f"LEP{year}CD{n}", f"LEP{year}NM{n}"] for n in (1, 2)]
        pairs = pd.concat([table[names].set_axis(["lep", "name"], axis=1) for names in columns])
        pairs = pairs[pairs["lep"] != ""].rename_axis("lsoa").reset_index()
        found[year] = pairs.assign(district=pairs["lsoa"].map(district))
    return found


@pytest.fixture(scope="module")
def outlines(
    reference: Path, leps: dict[int, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> dict[int, Path]:
    """By year: LEPs drawn as unions of district outlines, the four divided districts by LSOA."""
    districts = gpd.read_file(reference / "boundaries/lad19_en_wa_buc.gpkg").to_crs(27700)
    districts = districts.set_index("ltla19_code").geometry
    small = gpd.read_file(reference / "blocks/lsoa11_ew_bsc.gpkg").to_crs(27700)
    small = small.set_index("lsoa11_code").geometry
    size = leps[14].groupby("district")["lsoa"].nunique()
    files = {}
    for year, pairs in leps.items():
        inside = pairs.groupby(["lep", "district"])["lsoa"].nunique()
        in_part = inside[inside < size.reindex(inside.index, level="district")]
        assert set(in_part.index.get_level_values("district")) == DIVIDED
        shapes = {}
        for lep, held in pairs.groupby("lep"):
            whole = sorted(set(held["district"]) - DIVIDED)
            parts = held.loc[held["district"].isin(DIVIDED), "lsoa"]
            shapes[lep] = shapely.union_all([*districts[whole], *small[parts]])
        names = pairs.groupby("lep")["name"].first()
        frame = gpd.GeoDataFrame(
            {"code": list(shapes), "name": list(names[list(shapes)])},
            geometry=list(shapes.values()),
            crs=27700,
        )
        files[year] = tmp_path_factory.mktemp("leps") / f"lep{year}.gpkg"
        frame.to_file(files[year])
    return files


@pytest.fixture(scope="module")
def england(reference: Path, outlines: dict[int, Path]) -> Built:
    """All 32,844 LSOAs with LEPs by lookup and, under ids that end in DRAWN, by centroid."""
    people = Origin(file=reference / "blocks/population19_lsoa11.csv")
    lookups = [
        LookupFrom(
            words=words(f"LEP{year}"),
            origin=Origin(file=reference / f"lookups/lsoa11_lep{year}_en.csv"),
            of="LSOA11",
            key="LSOA11CD",
            codes=(f"LEP{year}CD1", f"LEP{year}CD2"),
            names=(f"LEP{year}NM1", f"LEP{year}NM2"),
        )
        for year in outlines
    ]
    return built(
        Described(
            blocks=BlocksFrom(
                words=words("LSOA11"),
                origin=Origin(file=reference / "blocks/lsoa11_ew_bsc.gpkg"),
                code="lsoa11_code",
                name="lsoa11_name",
            ),
            residents=CountFrom(
                id="residents",
                label="residents",
                origin=people,
                key="lsoa11_code",
                column="total_population",
                year=2019,
            ),
            lookups=tuple(lookups),
            outlines=(
                *(drawn(f"LEP{year}_DRAWN", file, "code", "name") for year, file in outlines.items()),
                drawn("LEP21", reference / "boundaries/lep21_en_buc.geojson", "LEP21CD", "LEP21NM"),
            ),
        )
    )


@pytest.fixture(scope="module")
def districts(reference: Path) -> Built:
    """The built-in districts with geographies by centroid, under ids that end in DRAWN."""
    folder = reference / "boundaries"
    return built(
        Described(
            outlines=(
                drawn("LEP21_DRAWN", folder / "lep21_en_buc.geojson", "LEP21CD", "LEP21NM"),
                drawn("CAUTH24_DRAWN", folder / "cauth23_en_buc.geojson", "CAUTH24CD", "CAUTH24NM"),
                drawn("LAD21_DRAWN", folder / "lad21_uk_buc.gpkg", "ltla21_code", "ltla21_name"),
                drawn("LAD24_DRAWN", folder / "lad24_uk_buc.gpkg", "ltla24_code", "ltla24_name"),
            )
        )
    )


class TestLepsByCentroidAndByLookup:
    @pytest.mark.parametrize("year", [14, 17])
    def test_lookups_are_read_as_plain_pandas_reads_them(
        self, england: Built, leps: dict[int, pd.DataFrame], year: int
    ) -> None:
        rows = leps[year][["lsoa", "lep"]].itertuples(index=False, name=None)
        assert england.pairs(f"LEP{year}") == set(rows)

    @pytest.mark.parametrize("year", [14, 17])
    def test_they_agree_for_all_but_80_of_32844_small_areas(self, england: Built, year: int) -> None:
        by_lookup, by_centroid = england.pairs(f"LEP{year}"), england.pairs(f"LEP{year}_DRAWN")
        lost = {block for block, _ in by_lookup - by_centroid}
        gained = {block for block, _ in by_centroid - by_lookup}
        in_none = {block for block, _ in by_lookup} - {block for block, _ in by_centroid}
        assert in_none == set(OFF_THE_COAST.split())
        assert lost & gained == set(IN_ANOTHER.split())
        assert gained - lost == set(IN_ONE_MORE.split())
        assert lost - gained - in_none == set(IN_ONE_LESS.split())

    @pytest.mark.parametrize("year", [14, 17])
    def test_whatever_disagrees_lies_on_a_border_that_is_drawn_to_500_m(
        self, england: Built, outlines: dict[int, Path], year: int
    ) -> None:
        by_lookup, by_centroid = england.pairs(f"LEP{year}"), england.pairs(f"LEP{year}_DRAWN")
        borders = gpd.read_file(outlines[year]).set_index("code").boundary
        centroids = england.atlas.blocks.geometry.representative_point()
        off = [centroids[block].distance(borders[lep]) for block, lep in by_lookup ^ by_centroid]
        assert len(off) == 113
        assert max(off) < BORDER_M

    def test_what_falls_outside_500_m_outlines_is_told_with_its_residents(self, england: Built) -> None:
        outside = england.said("lep21_en_buc.geojson", "lie in no area")
        blocks = england.atlas.blocks
        held = {block for block, _ in england.pairs("LEP21")}
        residents = blocks.loc[~blocks.index.isin(held), "residents"]
        assert (len(residents), residents.sum()) == (50, 81_717)
        assert len(outside) == 1
        assert "50 blocks lie in no area of LEP21, with 81,717 residents" in outside[0]
        assert "E01000468" in outside[0]

    def test_no_lep_reaches_beyond_all_of_england(self, england: Built) -> None:
        for geography in ("LEP14_DRAWN", "LEP17_DRAWN", "LEP21"):
            assert england.atlas.geographies[geography].beyond == frozenset(), geography

    def test_a_district_of_which_small_areas_are_missing_reaches_beyond_those_that_are_there(
        self, reference: Path, tmp_path: Path
    ) -> None:
        small = gpd.read_file(reference / "blocks/lsoa11_d2n2.gpkg").to_crs(27700)
        bassetlaw = small[small["LSOA11NM"].str.startswith("Bassetlaw")]
        south_to_north = bassetlaw.index[np.argsort(bassetlaw.representative_point().y)]
        small = small.drop(south_to_north[: len(bassetlaw) * 2 // 5]).assign(people=1_500)
        small.to_file(tmp_path / "small.gpkg")
        file = reference / "boundaries/lad19_en_wa_buc.gpkg"
        found = built(
            Described(
                blocks=BlocksFrom(
                    words=words("LSOA11"), origin=Origin(file=tmp_path / "small.gpkg"), code="LSOA11CD"
                ),
                residents=CountFrom(
                    id="residents", label="residents", origin=None, key="", column="people", year=2019
                ),
                outlines=(drawn("LAD19", file, "ltla19_code", "ltla19_name"),),
            )
        )
        assert found.atlas.geographies["LAD19"].beyond == {"E07000171"}


class TestBuiltInAreasAndTheirOutlines:
    @pytest.mark.parametrize("geography", ["LEP21", "CAUTH24", "LAD21", "LAD24"])
    def test_every_block_lies_by_centroid_where_the_built_in_table_says(
        self, districts: Built, geography: str
    ) -> None:
        assert districts.pairs(f"{geography}_DRAWN") == districts.pairs(geography)

    @pytest.mark.parametrize("geography", ["LEP21", "CAUTH24", "LAD21", "LAD24"])
    def test_areas_have_the_names_of_their_outlines(self, districts: Built, geography: str) -> None:
        ours = districts.atlas.geographies[geography].names
        theirs = districts.atlas.geographies[f"{geography}_DRAWN"].names
        different = {code: (ours[code], theirs[code]) for code in ours.index if ours[code] != theirs[code]}
        assert different == {}

    def test_districts_of_other_nations_hold_no_block(self, districts: Built) -> None:
        for file in ("lad21_uk_buc.gpkg", "lad24_uk_buc.gpkg"):
            (empty,) = districts.said(file, "hold no block")
            assert empty.startswith("65 of its areas hold no block: N09000001")

    def test_a_lep_of_2021_holds_a_district_wholly_or_not_at_all_by_land(self, reference: Path) -> None:
        """Each district's share of land in each LEP: near 1 in its own, near 0 in every other."""
        leps = gpd.read_file(reference / "boundaries/lep21_en_buc.geojson").to_crs(27700)
        lands = gpd.read_file(reference / "boundaries/lad19_en_wa_buc.gpkg").to_crs(27700)
        lands = lands[lands["ltla19_code"].str.startswith("E")]
        shapes = lands.geometry.to_numpy()
        lep, land = shapely.STRtree(shapes).query(leps.geometry.to_numpy(), predicate="intersects")
        met = shapely.area(shapely.intersection(leps.geometry.to_numpy()[lep], shapes[land]))
        share = met / shapely.area(shapes[land])
        assert ((share < 0.02) | (share > 0.9)).all()
        inside = np.flatnonzero(share > 0.5)
        by_land = set(
            zip(
                lands["ltla19_code"].to_numpy()[land[inside]],
                leps["LEP21CD"].to_numpy()[lep[inside]],
                strict=True,
            )
        )
        atlas = load()
        held = atlas.geographies["LEP21"]
        built_in = {
            (atlas.blocks.index[b][:9], code) for code in held.names.index for b in held.blocks_of(code)
        }
        assert by_land == built_in
        leps_of: dict[str, set[str]] = {}
        for district, code in sorted(by_land):
            leps_of.setdefault(district, set()).add(code)
        assert {d: codes for d, codes in leps_of.items() if len(codes) > 1} == IN_TWO_LEPS_OF_2021
