"""Atlases as studies describe them: from files to blocks, geographies and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hinterland.boundaries.atlas import Atlas
from hinterland.boundaries.building import build_atlas
from hinterland.boundaries.builtin import load
from hinterland.boundaries.description import (
    BlocksFrom,
    CountFrom,
    Described,
    GroupingFrom,
    LookupFrom,
    Origin,
    OutlinesFrom,
    Words,
)
from hinterland.boundaries.errors import Fault
from hinterland.boundaries.sources import Sources

EAST, NORTH = 450_000, 340_000
CODES = ["E01000001", "E01000002", "E01000003", "E01000004"]
ASHFIELD, BASSETLAW, DERBY = "E07000170", "E07000171", "E06000015"
CORBY, EAST_N, KETTERING, WELLINGBOROUGH = "E07000150", "E07000152", "E07000153", "E07000156"


def km(x0: float, y0: float, x1: float, y1: float) -> shapely.Geometry:
    return shapely.box(EAST + 1000 * x0, NORTH + 1000 * y0, EAST + 1000 * x1, NORTH + 1000 * y1)


ROW = [km(i, 0, i + 1, 1) for i in range(4)]


class Files:
    """Writes the files of a study, and builds its atlas."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []

    def layer(self, name: str, shapes: list[Any], **columns: list[Any]) -> Origin:
        gpd.GeoDataFrame(columns, geometry=shapes, crs=27700).to_file(self.folder / name)
        return Origin(file=self.folder / name)

    def table(self, name: str, header: str, rows: Iterable[Iterable[Any]]) -> Origin:
        lines = [header, *(",".join(map(str, row)) for row in rows)]
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return Origin(file=self.folder / name)

    def blocks(self, **columns: list[Any]) -> dict[str, Any]:
        """Four squares of 1 km² in a row with 10, 20, 30 and 40 residents."""
        origin = self.layer("b.gpkg", ROW, **{"CODE": CODES, "POP": [10, 20, 30, 40], **columns})
        return {
            "blocks": BlocksFrom(words=words("LSOA11", "neighbourhood"), origin=origin, code="CODE"),
            "residents": CountFrom(
                id="residents", label="residents", origin=None, key="", column="POP", year=2019
            ),
            "attribution": ("ours",),
        }

    def outlines(self, key: str, shapes: dict[str, shapely.Geometry], **given: Any) -> OutlinesFrom:
        origin = self.layer(f"{key}.gpkg", [*shapes.values()], CD=[*shapes])
        return OutlinesFrom(words=words(key), origin=origin, code="CD", **given)

    def lookup(
        self, key: str, rows: dict[str, str], of: str = "LSOA11", level: str = "sub-region"
    ) -> LookupFrom:
        origin = self.table(f"{key}.csv", "KEY,CD", rows.items())
        return LookupFrom(words=words(key, level), origin=origin, of=of, key="KEY", codes=("CD",))

    def build(self, **described: Any) -> Atlas | None:
        faults: list[Fault] = []
        atlas = build_atlas(Described(**described), Sources(), faults)
        self.said = [f"{fault.kind} {fault}" for fault in faults]
        return atlas

    def built(self, **described: Any) -> Atlas:
        atlas = self.build(**described)
        assert atlas is not None
        assert [text for text in self.said if not text.startswith("noted")] == []
        return atlas


def words(key: str, level: str = "sub-region") -> Words:
    return Words(id=key, label=key, level=level, one="area", many="areas", source="test")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def residents(atlas: Atlas, key: str) -> dict[str, float]:
    """Residents of each area, and under `` of those in none."""
    geography = atlas.geographies[key]
    held = {code: float(atlas.residents[geography.blocks_of(code)].sum()) for code in geography.names.index}
    return held | {"": float(atlas.residents[geography.times_held == 0].sum())}


class TestOwnBlocks:
    def test_every_level_and_no_area_add_up_to_all_residents(self, files: Files) -> None:
        lookup = files.lookup("LEP14", {CODES[0]: "A", CODES[1]: "A", CODES[3]: "B"})
        cut = files.outlines("ZONE", {"W": km(0, 0, 1.5, 1), "X": km(1.5, 0, 3.25, 1)}, method="cut")
        fit = files.outlines("LEP21", {"P": km(0, 0, 3, 1)})
        grouping = GroupingFrom(words=words("OWN"), areas={"G": ("LEP14:A",)})
        atlas = files.built(**files.blocks(), lookups=(lookup,), outlines=(cut, fit), groupings=(grouping,))
        assert residents(atlas, "LEP14") == {"A": 30, "B": 40, "": 30}
        assert residents(atlas, "ZONE") == {"W": 20, "X": 50, "": 30}
        assert residents(atlas, "LEP21") == {"P": 60, "": 40}
        assert residents(atlas, "OWN") == {"OWN_01": 30, "": 70}
        assert residents(atlas, "LSOA11") == dict(zip(CODES, [10, 20, 30, 40], strict=True)) | {"": 0}
        assert atlas.area_km2.sum() == pytest.approx(4)

    def test_two_layers_cut_one_after_the_other(self, files: Files) -> None:
        across = files.outlines("NS", {"N": km(0, 0.5, 4, 1), "S": km(0, 0, 4, 0.5)}, method="cut")
        along = files.outlines("EW", {"E": km(2.5, 0, 4, 1), "W": km(0, 0, 2.5, 1)}, method="cut")
        atlas = files.built(**files.blocks(), outlines=(across, along))
        pieces = [f"{code}{piece}" for code in CODES for piece in "ab"]
        cut_again = [f"{piece}{letter}" for piece in pieces[4:6] for letter in "ab"]
        assert atlas.blocks.index.tolist() == [*pieces[:4], *cut_again, *pieces[6:]]
        assert residents(atlas, "NS") == {"N": 50, "S": 50, "": 0}
        assert residents(atlas, "EW")["E"] + residents(atlas, "EW")["W"] == 100
        assert abs(residents(atlas, "EW")["W"] - 45) <= 1
        assert residents(atlas, "LSOA11") == dict(zip(CODES, [10, 20, 30, 40], strict=True)) | {"": 0}

    def test_a_layer_read_before_a_cut_holds_the_pieces(self, files: Files) -> None:
        fit = files.outlines("FIT", {"A": km(0, 0, 2, 1), "B": km(2, 0, 4, 1)})
        cut = files.outlines("CUT", {"W": km(0, 0, 0.5, 1), "X": km(0.5, 0, 4, 1)}, method="cut")
        atlas = files.built(**files.blocks(), outlines=(fit, cut))
        assert residents(atlas, "FIT") == {"A": 30, "B": 70, "": 0}
        assert residents(atlas, "CUT") == {"W": 5, "X": 95, "": 0}

    def test_lookups_of_blocks_and_own_columns_reach_the_pieces_of_a_cut(self, files: Files) -> None:
        cut = files.outlines("CUT", {"W": km(0, 0, 0.5, 1), "X": km(0.5, 0, 4, 1)}, method="cut")
        described = files.blocks(Decile=[9.0, 9.0, 10.0, None])
        own = LookupFrom(words=words("IMD19"), origin=None, of="LSOA11", key="", codes=("DECILE",))
        from_file = files.lookup("LEP14", dict.fromkeys(CODES, "A"))
        atlas = files.built(**described, outlines=(cut,), lookups=(own, from_file))
        assert residents(atlas, "IMD19") == {"09": 30, "10": 30, "": 40}
        assert residents(atlas, "LEP14") == {"A": 100, "": 0}

    def test_counts_are_shared_out_and_the_unknown_is_never_0(self, files: Files) -> None:
        cut = files.outlines("CUT", {"W": km(0, 0, 1.5, 1), "X": km(1.5, 0, 4, 1)}, method="cut")
        count = CountFrom(
            id="groups", label="groups", origin=None, key="LSOA11CD", column="Groups", year=2011
        )
        atlas = files.built(
            **files.blocks(Groups=["1.5", "3", "", "1,000"]), counts=(count,), outlines=(cut,)
        )
        assert atlas.blocks["groups"].fillna(-1).round(9).tolist() == [1.5, 1.5, 1.5, -1, 1000]
        assert (atlas.counts["groups"].year, atlas.counts["groups"].source) == (2011, "b.gpkg")

    def test_a_count_that_cannot_be_read_is_a_fault_and_no_crash(self, files: Files) -> None:
        origin = files.table("groups.csv", "LSOA11CD,Groups", [("E09", 3)])
        count = CountFrom(
            id="groups", label="groups", origin=origin, key="LSOA11CD", column="Groups", year=2011
        )
        atlas = files.build(**files.blocks(), counts=(count,))
        assert atlas is not None
        assert "groups" not in atlas.counts
        assert files.said[0].startswith("stopped groups.csv, column LSOA11CD: none of its codes is a block")

    def test_columns_may_stand_in_any_order_in_a_file(self, files: Files) -> None:
        origin = files.table("p.csv", "Pop,Name,Code", [(n, "x", c.lower()) for n, c in enumerate(CODES, 1)])
        people = CountFrom(
            id="residents", label="residents", origin=origin, key="CODE", column="POP", year=2011
        )
        atlas = files.built(**{**files.blocks(), "residents": people})
        assert atlas.residents.tolist() == [1, 2, 3, 4]
        assert atlas.residents_year == 2011
        assert atlas.notes == ()

    def test_residents_of_another_year_than_the_boundaries_are_said(self, files: Files) -> None:
        atlas = files.built(**files.blocks())
        assert atlas.notes == ("Residents are of 2019, the boundaries of the areas of 2011.",)

    def test_missing_residents_stop_the_study(self, files: Files) -> None:
        assert files.build(**files.blocks(POP=[10, 20, None, 40])) is None
        assert files.said[0].startswith("stopped b.gpkg, column POP: 1 of 4 blocks have no residents")

    def test_what_is_wrong_in_several_files_is_told_at_once(self, files: Files) -> None:
        lookup = files.lookup("LEP14", {"other": "A"})
        outlines = files.outlines("LEP21", {"P": km(0, 0, 3, 1)}, name="NM")
        grouping = GroupingFrom(words=words("OWN"), areas={"G": ("LEP14:A",)})
        described = files.blocks(POP=[10, -20, 30, 40])
        assert (
            files.build(**described, lookups=(lookup,), outlines=(outlines,), groupings=(grouping,)) is None
        )
        assert [text.split(":")[0] for text in files.said] == [
            "refused b.gpkg, feature 2, column POP",
            "asked LEP21.gpkg, column NM",
            "stopped LEP14.csv, column KEY",
        ]

    def test_outlines_without_names_are_called_by_their_codes(self, files: Files) -> None:
        atlas = files.built(**files.blocks(), outlines=(files.outlines("LEP21", {"P": km(0, 0, 4, 1)}),))
        assert atlas.geographies["LEP21"].names.to_dict() == {"P": "P"}

    def test_a_lookup_may_stand_on_outlines_and_on_lookups(self, files: Files) -> None:
        fit = files.outlines("FIT", {"A": km(0, 0, 2, 1), "B": km(2, 0, 4, 1)})
        first = files.lookup("UP", {"A": "U", "B": "V"}, of="FIT")
        second = files.lookup("TOP", {"U": "T", "V": "T"}, of="UP")
        atlas = files.built(**files.blocks(), outlines=(fit,), lookups=(first, second))
        assert residents(atlas, "UP") == {"U": 30, "V": 70, "": 0}
        assert residents(atlas, "TOP") == {"T": 100, "": 0}

    def test_a_cut_of_outlines_drawn_otherwise_is_stopped(self, files: Files) -> None:
        described = files.blocks()
        fine = files.outlines("LEP21", {"P": km(0, 0, 4, 1)}, method="cut", generalisation="BUC")
        described["blocks"] = BlocksFrom(
            words=words("LSOA11"), origin=files.layer("b_bsc.gpkg", ROW, CODE=CODES, POP=[1] * 4), code="CODE"
        )
        files.build(**described, outlines=(fine,))
        assert files.said[0].startswith(
            "stopped LEP21.gpkg, column method: blocks are drawn as BSC, these outlines as BUC"
        )

    def test_of_something_unknown_is_stopped_with_what_is_known(self, files: Files) -> None:
        files.build(**files.blocks(), lookups=(files.lookup("A", dict.fromkeys(CODES, "a"), of="NOTHING"),))
        assert files.said == [
            "stopped study.toml, key of: 'NOTHING': no geography NOTHING is known, from which A could be "
            "looked up → known so far are LSOA11"
        ]


class TestPoints:
    def described(self, files: Files) -> dict[str, Any]:
        rows = [(code, 10, EAST + 1000 * i, NORTH) for i, code in enumerate(CODES)]
        origin = files.table("b.csv", "CODE,POP,X,Y", rows)
        given = files.blocks()
        given["blocks"] = BlocksFrom(
            words=words("LSOA11"),
            origin=Origin(file=origin.file, crs="EPSG:27700"),
            code="CODE",
            x="X",
            y="Y",
        )
        return given

    def test_land_is_unknown_and_said_to_be(self, files: Files) -> None:
        atlas = files.built(**self.described(files))
        assert np.isnan(atlas.area_km2).all()
        assert any("land is not measured" in note for note in atlas.notes)

    def test_the_land_of_its_areas_can_be_drawn(self, files: Files) -> None:
        lookup = files.lookup("LEP14", dict(zip(CODES, "ABAB", strict=True)))
        atlas = files.built(**self.described(files), lookups=(lookup,))
        pieces = atlas.pieces(atlas.geographies["LEP14"], np.ones(4, dtype=bool))
        assert pieces.geometry.is_valid.all()
        assert pieces.area.sum() == pytest.approx(atlas.blocks.area.sum())

    def test_a_centroid_decides_and_the_fit_is_noted(self, files: Files) -> None:
        fit = files.outlines("FIT", {"A": km(-1, -1, 1.5, 1), "B": km(1.5, -1, 9, 1)})
        atlas = files.built(**self.described(files), outlines=(fit,))
        assert residents(atlas, "FIT") == {"A": 20, "B": 20, "": 0}
        assert "its population-weighted centroid (best fit)" in atlas.geographies["FIT"].note

    def test_points_cannot_be_cut(self, files: Files) -> None:
        cut = files.outlines("CUT", {"A": km(-1, -1, 1.5, 1)}, method="cut")
        files.build(**self.described(files), outlines=(cut,))
        assert files.said == [
            "stopped CUT.gpkg, column method: blocks that are points cannot be cut along outlines "
            '→ write method = "centroid", or give outlines of one generalisation'
        ]


class TestVintages:
    def described(self, files: Files, *districts: str, key: str = "LAD19") -> dict[str, Any]:
        lookup = files.lookup(key, dict(zip(CODES, districts, strict=False)), level="district")
        return {**files.blocks(), "lookups": (lookup,)}

    def test_small_areas_reach_later_districts_by_way_of_those_of_their_year(self, files: Files) -> None:
        given = self.described(files, CORBY, EAST_N, KETTERING, WELLINGBOROUGH)
        bridge = LookupFrom(words=words("LAD24", "district"), origin=None, of="LAD19", key="")
        counties = files.lookup("CAUTH24", {"E06000061": "C"}, of="LAD24")
        atlas = files.built(**{**given, "lookups": (*given["lookups"], bridge, counties)})
        assert residents(atlas, "LAD24") == {"E06000061": 100, "": 0}
        assert residents(atlas, "CAUTH24") == {"C": 100, "": 0}
        assert "1 recoded" not in atlas.geographies["LAD24"].note
        assert "4 merged" in atlas.geographies["LAD24"].note
        assert atlas.ended.keys() == {f"LAD19:{code}" for code in (CORBY, EAST_N, KETTERING, WELLINGBOROUGH)}

    def test_later_districts_cannot_be_carried_back(self, files: Files) -> None:
        given = self.described(files, *["E06000061"] * 4, key="LAD24")
        back = LookupFrom(words=words("LAD19", "district"), origin=None, of="LAD24", key="")
        files.build(**{**given, "lookups": (*given["lookups"], back)})
        assert any("E06000061 E06000061 is newer: E07000150 Corby" in text for text in files.said)

    def test_a_table_of_later_districts_is_not_laid_over_earlier_ones(self, files: Files) -> None:
        given = self.described(files, CORBY, EAST_N, KETTERING, ASHFIELD)
        later = files.lookup("CAUTH24", {"E06000061": "C", ASHFIELD: "C"}, of="LAD19")
        files.build(**{**given, "lookups": (*given["lookups"], later)})
        assert any(
            text.startswith("stopped CAUTH24.csv") and 'id = "LAD21" and of = "LAD19"' in text
            for text in files.said
        )

    def test_a_year_that_is_not_loaded_is_stopped_with_the_bridge_to_it(self, files: Files) -> None:
        given = self.described(files, *[ASHFIELD] * 4)
        later = files.lookup("CAUTH24", {ASHFIELD: "C"}, of="LAD24")
        files.build(**{**given, "lookups": (*given["lookups"], later)})
        assert '[[boundaries.lookup]] with id = "LAD24" and of = "LAD19"' in files.said[-1]

    def test_blocks_that_are_districts_are_carried_too(self, files: Files) -> None:
        given = files.blocks(CODE=[CORBY, EAST_N, KETTERING, WELLINGBOROUGH])
        given["blocks"] = BlocksFrom(
            words=words("LAD19", "district"), origin=given["blocks"].origin, code="CODE"
        )
        bridge = LookupFrom(words=words("LAD24", "district"), origin=None, of="LAD19", key="")
        atlas = files.built(**given, lookups=(bridge,))
        assert residents(atlas, "LAD24") == {"E06000061": 100, "": 0}

    def test_small_areas_cannot_be_carried_to_districts_without_a_table(self, files: Files) -> None:
        bridge = LookupFrom(words=words("LAD24", "district"), origin=None, of="LSOA11", key="")
        files.build(**files.blocks(), lookups=(bridge,))
        assert files.said[0].startswith("stopped study.toml, key boundaries.lookup: 'LAD24': LSOA11 cannot")


class TestBuiltInBlocks:
    HALF = 445_000  # an easting that runs through Nottinghamshire and many another county

    def halves(self) -> dict[str, shapely.Geometry]:
        return {
            "E": shapely.box(self.HALF, 0, 700_000, 700_000),
            "W": shapely.box(80_000, 0, self.HALF, 700_000),
        }

    def test_built_in_geographies_keep_their_totals_when_districts_are_cut(self, files: Files) -> None:
        cut = files.outlines("HALF", self.halves(), method="cut")
        atlas, before = files.built(outlines=(cut,), attribution=("ours",)), load()
        assert len(atlas.blocks) > len(before.blocks)
        for key in before.geographies:
            assert residents(atlas, key) == residents(before, key)
        assert sum(residents(atlas, "HALF").values()) == before.residents.sum()
        assert atlas.area_km2.sum() == pytest.approx(before.area_km2.sum())
        assert atlas.ended == before.ended
        assert atlas.aliases == before.aliases
        assert atlas.attribution == (*before.attribution, "ours")

    def test_districts_are_put_where_a_point_inside_them_lies(self, files: Files) -> None:
        atlas, before = files.built(outlines=(files.outlines("HALF", self.halves()),)), load()
        inside = before.blocks.representative_point()
        east = before.residents[(inside.x > self.HALF).to_numpy()].sum()
        assert residents(atlas, "HALF") == {"E": east, "W": before.residents.sum() - east, "": 0}
        assert atlas.notes == ()

    def test_a_lookup_of_districts_and_a_count_are_added(self, files: Files) -> None:
        lookup = files.lookup("OWN14", {ASHFIELD: "A", BASSETLAW: "A", DERBY: "B"}, of="LAD19")
        origin = files.table("groups.csv", "LAD19CD,Groups", [(ASHFIELD, 100), (DERBY, 50)])
        count = CountFrom(
            id="groups", label="groups", origin=origin, key="LAD19CD", column="Groups", year=2020
        )
        atlas, before = files.built(lookups=(lookup,), counts=(count,)), load()
        people = before.blocks["residents"]
        assert residents(atlas, "OWN14")["A"] == people[[ASHFIELD, BASSETLAW]].sum()
        assert atlas.blocks.loc[[ASHFIELD, DERBY], "groups"].tolist() == [100, 50]
        assert atlas.blocks["groups"].isna().sum() == 319
        assert atlas.residents_year == 2019

    def test_a_grouping_alone_leaves_all_else_as_it_was(self, files: Files) -> None:
        grouping = GroupingFrom(words=words("OWN"), areas={"D2N2": ("D2N2",), "Rest": ("Leicestershire",)})
        atlas, before = files.built(groupings=(grouping,)), load()
        assert residents(atlas, "OWN")["OWN_01"] == 2_221_120
        assert [*atlas.geographies] == [*before.geographies, "OWN"]
        assert atlas.blocks.equals(before.blocks)
        assert "OWN" not in before.geographies


def test_a_layer_that_is_not_to_be_had_is_a_fault(
    files: Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HINTERLAND_CACHE", str(tmp_path / "cache"))
    faults: list[Fault] = []
    outlines = OutlinesFrom(words=words("LAD23"), origin=Origin(ons="LAD23_BGC"), code="LAD23CD")
    build_atlas(Described(outlines=(outlines,)), Sources(offline=True), faults)
    assert [(fault.kind, fault.file) for fault in faults] == [("stopped", "LAD23_BGC")]
    assert "offline" in faults[0].reason
