"""LEPs and combined authorities drawn to 500 m, on the finely drawn small areas of D2N2."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from .d2n2 import CAUTH24, LEP21, RESIDENTS, small_areas, write_study


@pytest.fixture(scope="module")
def small(reference: Path) -> pd.DataFrame:
    return small_areas(reference)


class TestOutlinesOfAnotherGeneralisation:
    """LEPs and combined authorities drawn to 500 m, on small areas that are drawn finely."""

    def check(
        self,
        hinterland: Callable[..., Any],
        folder: Path,
        reference: Path,
        parts: str,
        blocks: Path | None = None,
    ) -> tuple[int, list[str], list[str]]:
        made = write_study(folder, reference, parts, geographies=("LAD19",), blocks=blocks)
        found = hinterland("check", made)
        about = re.compile(r"(lep21|cauth23)_en_buc\.geojson")
        return (
            found.code,
            [line for line in found.lines("NOTED") if about.match(line)],
            [line for line in found.lines("STOPPED") if about.match(line)],
        )

    def test_by_centroid_nothing_falls_outside_and_areas_without_blocks_are_counted(
        self, hinterland: Callable[..., Any], tmp_path: Path, reference: Path
    ) -> None:
        code, noted, stopped = self.check(hinterland, tmp_path, reference, LEP21 + CAUTH24)
        assert (code, stopped) == (0, [])
        assert not any("lie in no area" in line or "reach beyond" in line for line in noted)
        assert any("37 of its areas hold no block" in line for line in noted)
        assert any("10 of its areas hold no block" in line for line in noted)

    def test_cut_blocks_keep_their_people_and_share_them_as_a_plain_overlay_does(
        self, hinterland: Callable[..., Any], tmp_path: Path, reference: Path, small: pd.DataFrame
    ) -> None:
        code, noted, stopped = self.check(hinterland, tmp_path, reference, LEP21 + 'method = "cut"\n')
        assert (code, stopped) == (0, [])
        (cut,) = (line for line in noted if "were cut along LEP21" in line)
        assert "of 1,321 blocks were cut" in cut
        assert "the two layers look differently generalised" in cut
        found = hinterland("boundaries", "show", "LEP21", "--study", tmp_path, "--format", "csv")
        ours = {row["LEP21CD"]: float(row["residents"]) for row in found.table()}
        assert ours.pop("total") == RESIDENTS
        assert all(residents.is_integer() for residents in ours.values())
        blocks = gpd.read_file(reference / "blocks/lsoa11_d2n2.gpkg").to_crs(27700)
        blocks = blocks.assign(land=blocks.area).join(small["residents"], on="LSOA11CD")
        leps = gpd.read_file(reference / "boundaries/lep21_en_buc.geojson").to_crs(27700)
        pieces = gpd.overlay(blocks, leps[["LEP21CD", "geometry"]], how="intersection", keep_geom_type=True)
        shared = pieces["residents"] * pieces.area / pieces["land"]
        for lep, expected in shared.groupby(pieces["LEP21CD"]).sum().items():
            assert ours.get(lep, 0) == pytest.approx(expected, abs=len(pieces) - len(blocks)), lep

    def test_what_falls_between_fine_blocks_and_coarse_outlines_is_told_with_its_residents(
        self, hinterland: Callable[..., Any], tmp_path: Path, reference: Path
    ) -> None:
        code, noted, _ = self.check(hinterland, tmp_path, reference, CAUTH24 + 'method = "cut"\n')
        assert code == 0
        told = (re.search(r"lie in no area of CAUTH24, with ([\d,]+) residents", line) for line in noted)
        (outside,) = filter(None, told)
        found = hinterland(
            "coverage", tmp_path, "--by", "CAUTH24", "--theme", "governance", "--format", "csv"
        )
        residents = {row["CAUTH24CD"]: float(row["residents"]) for row in found.table()}
        assert residents["no area"] == float(outside[1].replace(",", "")) > 0
        assert sum(residents.values()) - residents["total"] == residents["total"] == RESIDENTS

    def test_cutting_is_refused_where_the_two_are_known_to_differ(
        self, hinterland: Callable[..., Any], tmp_path: Path, reference: Path
    ) -> None:
        fine = tmp_path / "lsoa11_d2n2_bfc.gpkg"
        shutil.copyfile(reference / "blocks/lsoa11_d2n2.gpkg", fine)
        parts = LEP21 + 'method = "cut"\n'
        code, _, stopped = self.check(hinterland, tmp_path, reference, parts, blocks=fine)
        assert code == 1
        assert len(stopped) == 1
        assert "blocks are drawn as BFC, these outlines as BUC" in stopped[0]
        assert 'write method = "centroid"' in stopped[0]
