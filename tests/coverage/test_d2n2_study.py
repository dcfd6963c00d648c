"""A study on the 1,321 small areas of D2N2, from real ONS files to its page, beside plain pandas."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from ..conftest import MadeOnce
from ..maps import conftest as conftest_of_maps
from .d2n2 import FURTHER, GEOGRAPHIES, LEP21, RESIDENTS, small_areas, write_study

SHARED = 476_708  # in Bassetlaw, Bolsover, Chesterfield, Derbyshire Dales and North East Derbyshire
CITIES = 590_202  # in Derby and Nottingham, which lie in no county
D2N2, SHEFFIELD = "E37000008", "E37000040"
TABLES = ("coverage", "density", "gaps", "organisations", "overlap", "reliance")


@pytest.fixture(scope="module")
def study(reference: Path, made_once: MadeOnce) -> Path:
    """With what `hinterland run` writes, in a process of its own."""

    def run(folder: Path) -> None:
        write_study(folder, reference, FURTHER + LEP21, geographies=GEOGRAPHIES)
        command = [sys.executable, "-m", "hinterland", "run", str(folder)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        assert "Traceback" not in ended.stderr

    return made_once("d2n2", run)


@pytest.fixture(scope="module")
def output(study: Path) -> Path:
    return study / "output"


def written(output: Path, table: str, geography: str) -> pd.DataFrame:
    return pd.read_csv(output / f"tables/{table}_{geography}.csv", dtype={f"{geography}CD": str})


def areas(output: Path, geography: str) -> pd.DataFrame:
    """The rows of one theme of the table of coverage, by area code."""
    table = written(output, "coverage", geography)
    return table[table["theme"] == table["theme"].iloc[0]].set_index(f"{geography}CD")


class TestTheRun:
    def test_it_writes_every_table_of_every_geography_and_the_page(self, output: Path) -> None:
        expected = {f"{table}_{geography}.csv" for table in TABLES for geography in GEOGRAPHIES}
        expected |= {"moved_LAD24.csv", "pairs.csv"}
        assert {path.name for path in (output / "tables").glob("*.csv")} == expected
        assert (output / "map.html").stat().st_size > 100_000

    @pytest.mark.parametrize("geography", GEOGRAPHIES)
    def test_each_resident_is_counted_once_at_every_level(self, output: Path, geography: str) -> None:
        rows = areas(output, geography)
        assert rows.at["total", "residents"] == RESIDENTS
        assert (
            rows["residents_exclusive"].drop("total").sum() + rows.at["total", "residents_shared"]
            == RESIDENTS
        )
        if geography not in ("LEP14", "LEP17"):
            assert rows["residents"].drop("total").sum() == RESIDENTS

    def test_the_two_cities_lie_in_no_county(self, output: Path) -> None:
        counties = areas(output, "CTY19")
        assert list(counties.index) == ["E10000007", "E10000024", "no area", "total"]
        assert counties.at["no area", "residents"] == CITIES

    @pytest.mark.parametrize(
        ("geography", "count"), [("LAD19", 17), ("LAD24", 17), ("LEP21", 1), ("CAUTH24", 1), ("IMD19", 10)]
    )
    def test_every_resident_lies_in_exactly_one_area(self, output: Path, geography: str, count: int) -> None:
        rows = areas(output, geography)
        assert len(rows) == count + 1
        assert "no area" not in rows.index
        assert (rows["residents_shared"] == 0).all()

    @pytest.mark.parametrize("geography", ["LEP14", "LEP17"])
    def test_five_districts_have_a_second_lep(self, output: Path, geography: str) -> None:
        rows = areas(output, geography)
        assert list(rows.index) == [D2N2, SHEFFIELD, "total"]
        assert rows.loc[D2N2, ["residents", "residents_exclusive", "residents_shared"]].tolist() == [
            RESIDENTS,
            RESIDENTS - SHARED,
            SHARED,
        ]
        assert rows.loc[SHEFFIELD, ["residents", "residents_exclusive", "residents_shared"]].tolist() == [
            SHARED,
            0,
            SHARED,
        ]

    def test_what_reaches_beyond_the_blocks_is_a_part_and_its_full_residents_are_not_known(
        self, output: Path
    ) -> None:
        partial = {"LEP14": {SHEFFIELD}, "LEP17": {SHEFFIELD}}
        partial["IMD19"] = {f"{decile:02d}" for decile in range(1, 11)}
        partial["RUC11"] = {"A1", "B1", "C1", "D1", "E1"}
        for geography in GEOGRAPHIES:
            rows = areas(output, geography)
            assert set(rows.index[rows["extent"] == "part"]) == partial.get(geography, set()), geography
            whole = rows["extent"] == "whole"
            assert (rows.loc[whole, "residents_full"] == rows.loc[whole, "residents"]).all()
            assert rows.loc[~whole, "residents_full"].isna().all()

    def test_a_table_asked_for_alone_is_the_one_that_the_run_wrote(
        self, study: Path, output: Path, hinterland: Callable[..., Any]
    ) -> None:
        found = hinterland("coverage", study, "--by", "LEP14", "--format", "csv")
        assert found.code == 0
        alone = pd.read_csv(io.StringIO(found.out))
        pd.testing.assert_frame_equal(alone, written(output, "coverage", "LEP14"))


@pytest.fixture(scope="module")
def small(reference: Path) -> pd.DataFrame:
    return small_areas(reference)


class TestBesidePlainPandas:
    """The same residents by merge and groupby, with nothing of hinterland."""

    def test_it_reads_all_small_areas(self, small: pd.DataFrame) -> None:
        assert len(small) == 1_321
        assert small["residents"].sum() == RESIDENTS

    @pytest.mark.parametrize("geography", GEOGRAPHIES)
    def test_residents_by_area(self, output: Path, small: pd.DataFrame, geography: str) -> None:
        columns = [column for column in small.columns if column.split()[0] == geography]
        sums = pd.concat([small.groupby(column)["residents"].sum() for column in columns])
        ours = areas(output, geography)["residents"].drop(["total", "no area"], errors="ignore")
        assert ours.to_dict() == sums.groupby(level=0).sum().to_dict()

    def test_residents_by_decile_inside_each_district(
        self, study: Path, small: pd.DataFrame, hinterland: Callable[..., Any]
    ) -> None:
        found = hinterland(
            *("coverage", study, "--by", "IMD19", "--within", "Mansfield"),
            *("--theme", "governance", "--format", "csv"),
        )
        ours = {row["IMD19CD"]: float(row["residents"]) for row in found.table() if row["IMD19CD"] != "total"}
        mansfield = small[small["LAD19"] == "E07000174"]
        assert ours == mansfield.groupby("IMD19")["residents"].sum().to_dict()


class TestBesideTheBuiltInDistricts:
    """Blocks of another size say the same of whole districts: two ways that share no boundary file."""

    LAND = 0.01  # of an area: the two measure land on outlines of different generalisation

    @pytest.fixture
    def both(
        self, request: pytest.FixtureRequest, output: Path, hinterland: Callable[..., Any]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        found = hinterland(request.param, "--by", "LAD19", "--within", "D2N2", "--format", "csv")
        assert found.code == 0
        return pd.read_csv(io.StringIO(found.out)), written(output, request.param, "LAD19")

    @pytest.mark.parametrize("both", ["coverage", "gaps", "organisations", "overlap"], indirect=True)
    def test_figures_and_words_are_the_same(self, both: tuple[pd.DataFrame, pd.DataFrame]) -> None:
        built_in, ours = both
        land = [column for column in ours.columns if column.startswith("land_")]
        assert len(ours) > 100
        pd.testing.assert_frame_equal(
            ours.drop(columns=land), built_in.drop(columns=land), rtol=0, atol=1e-6, check_dtype=False
        )
        in_districts = ours["LAD19CD"] != "total"
        pd.testing.assert_frame_equal(
            ours.loc[in_districts, land],
            built_in.loc[in_districts, land],
            rtol=0,
            atol=1e-6,
            check_dtype=False,
        )
        pd.testing.assert_frame_equal(ours[land], built_in[land], rtol=0, atol=self.LAND, check_dtype=False)

    @pytest.mark.parametrize("both", ["density"], indirect=True)
    def test_density_is_the_same_for_organisations_that_stay_inside(
        self, both: tuple[pd.DataFrame, pd.DataFrame]
    ) -> None:
        built_in, ours = both
        by_land = ["area_km2", "per_100_km2"]
        stay = ~ours["theme"].isin(["BME communities", "voice and representation"])
        assert stay.sum() == 18 * 19 * 3
        built_in, ours = built_in[stay], ours[stay]
        pd.testing.assert_frame_equal(
            ours[by_land], built_in[by_land], rtol=self.LAND, atol=0, check_dtype=False
        )
        pd.testing.assert_frame_equal(
            ours.drop(columns=by_land), built_in.drop(columns=by_land), rtol=0, atol=1e-6, check_dtype=False
        )

    @pytest.mark.parametrize("both", ["density"], indirect=True)
    def test_organisations_that_reach_beyond_the_blocks_count_outside(
        self, both: tuple[pd.DataFrame, pd.DataFrame]
    ) -> None:
        built_in, ours = (
            table[(table["LAD19CD"] == "outside") & (table["allocation"] == "whole")] for table in both
        )
        served = built_in.set_index("theme")["organisations"].dropna()
        assert served[served > 0].to_dict() == {"BME communities": 1, "voice and representation": 1}
        assert ours.set_index("theme")["organisations"].dropna().to_dict() == served.to_dict()


browser_type_launch_args, visit = conftest_of_maps.browser_type_launch_args, conftest_of_maps.visit


@pytest.mark.browser
def test_the_page_opens_offline_with_every_geography(output: Path, visit: Callable[..., Page]) -> None:
    page = visit(output / "map.html")
    expect(page.locator("h1")).to_have_text("D2N2 by small areas")
    expect(page.locator("path.area[role=button]:visible")).to_have_count(17)
    chooser = page.get_by_label("Geography", exact=True)
    assert len(chooser.locator("option").all()) == len(GEOGRAPHIES)
    chooser.select_option(label="Local Enterprise Partnerships, 2014")
    shared = page.locator("path.area[aria-label^='Shared'][aria-label*='Sheffield']:visible")
    expect(shared.first).to_be_visible()
    expect(page.locator("body")).to_contain_text("Source: Office for National Statistics")


def test_the_tables_hold_no_infinite_figure_and_no_share_outside_0_to_1(output: Path) -> None:
    for geography in GEOGRAPHIES:
        table = written(output, "coverage", geography)
        numbers = table.select_dtypes("number")
        assert not np.isinf(numbers.to_numpy(dtype=float)).any()
        shares = table.filter(regex=r"^(coverage|land|surveyed_share|depth_(unknown|\d|3plus))")
        assert ((shares >= 0) & (shares <= 1) | shares.isna()).all().all()
