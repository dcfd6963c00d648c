"""The built-in study reports what its sources report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hinterland.coverage import make_register
from hinterland.coverage.answer import Answer, answer
from hinterland.coverage.question import ask
from hinterland.coverage.reconciliation import NOT_NAMED
from hinterland.coverage.study import BUILTIN_STUDY, Study, check_study, read_study

NORTH = ["Ashfield", "Bassetlaw", "Mansfield", "Newark and Sherwood"]
D2N2_IN_SHEFFIELD = ["Bassetlaw", "Bolsover", "Chesterfield", "Derbyshire Dales", "North East Derbyshire"]


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study()


@pytest.fixture(scope="module")
def districts(study: Study) -> Answer:
    return answer(study, ask(study))


def classes(found: Answer, theme: str) -> dict[str, str]:
    table = found.class_table
    name = found.analysis.question.geography.name_column
    rows = table[table["theme"] == theme]
    return dict(zip(rows[name], rows["class"], strict=True))


def test_it_reads_with_one_note_that_a_source_is_of_later_years() -> None:
    _, faults = check_study(BUILTIN_STUDY)
    assert [(fault.kind, fault.value) for fault in faults] == [("noted", "Impact and Legacy 2015")]
    assert "outside the snapshot" in faults[0].reason


def test_67_bodies_each_once_and_the_public_ones_told_apart(study: Study) -> None:
    bodies = study.register.organisations
    assert len(bodies) == 67
    assert bodies["name"].is_unique
    public = bodies.loc[bodies["sector"] == "public", "name"]
    assert sorted(public) == ["Derby City Council", "NDC", "Rosehill Surestart"]


def test_the_tables_are_those_that_the_readings_make(reference: Path, tmp_path: Path) -> None:
    make_register.write(reference / "organisations", tmp_path)
    for made in sorted(tmp_path.iterdir()):
        assert made.read_bytes() == (BUILTIN_STUDY / made.name).read_bytes(), made.name


def test_no_body_of_the_readings_is_lost(reference: Path, study: Study) -> None:
    readings = pd.read_csv(reference / "organisations/register_2006_07.csv", dtype=str)
    assert sorted(readings["name"]) == sorted(study.register.organisations["name"])
    assert set(study.register.services["organisation_id"]) == set(study.register.organisations.index)


def test_a_public_body_and_one_without_a_theme_are_listed_and_counted_nowhere(districts: Answer) -> None:
    table = districts.table("organisations")
    why = dict(zip(table["organisation"], table["counted"], strict=True))
    assert why["Derby City Council"] == "no: sector public"
    assert why["Ashfield Links Forum"] == "no: theme not stated"
    counted = " ".join(districts.class_table["on_record"])
    assert "Derby City Council" not in counted
    assert "Ashfield Links Forum" not in counted


def test_d2n2_is_17_districts_with_2221120_residents(study: Study) -> None:
    for geography in ("LEP14", "LEP21"):
        found = answer(study, ask(study, by=geography, within="D2N2", themes=["governance"]))
        rows = found.analysis.areas.rows
        d2n2 = rows[rows["name"].str.startswith("Derby, ")].iloc[0]
        assert d2n2["residents"] == 2_221_120
        assert rows.loc["total", "residents"] == 2_221_120
    assert len(study.atlas.geographies["LEP14"].blocks_of("E37000008")) == 17
    assert len(study.atlas.geographies["LEP21"].blocks_of("E37000045")) == 17


def test_five_of_them_were_in_sheffield_city_region_too_until_2020(study: Study) -> None:
    names = study.atlas.blocks["name"]
    lep14, lep21 = study.atlas.geographies["LEP14"], study.atlas.geographies["LEP21"]
    both = set(lep14.blocks_of("E37000008")) & set(lep14.blocks_of("E37000040"))
    assert sorted(names.iloc[list(both)]) == D2N2_IN_SHEFFIELD
    assert not set(lep21.blocks_of("E37000045")) & set(lep21.blocks_of("E37000054"))
    found = answer(study, ask(study, by="LEP14", within="D2N2", themes=["governance"]))
    rows = found.analysis.areas.rows
    assert rows.loc["E37000008", "residents_shared"] == rows.loc["E37000040", "residents"] == 476_708
    assert rows.loc["E37000008", "extent"] == "whole"
    assert rows.loc["E37000040", "extent"] == "part"


@pytest.mark.parametrize("area", [*NORTH, "Rutland"])
def test_bme_communities_have_no_local_body_in_north_nottinghamshire_and_rutland(
    districts: Answer, area: str
) -> None:
    assert classes(districts, "BME communities")[area] in ("none on record", "wider-area only")


def test_the_reported_gap_in_north_nottinghamshire_stands_beside_the_class(districts: Answer) -> None:
    table = districts.class_table
    bme = table[(table["theme"] == "BME communities") & table["flags"].str.contains("reported gap")]
    assert sorted(bme["LAD19NM"]) == NORTH


def test_funding_advice_is_on_record_in_nottingham_and_newark_and_sherwood_only(study: Study) -> None:
    found = answer(study, ask(study, within="LAD19:Nottingham; Nottinghamshire"))
    by_area = classes(found, "funding advice")
    assert len(by_area) == 8
    on_record = {area for area, name in by_area.items() if name == "local"}
    assert on_record == {"Nottingham", "Newark and Sherwood"}
    assert {name for area, name in by_area.items() if area not in on_record} == {"none on record"}


def test_funding_advice_was_not_surveyed_in_derbyshire_and_is_never_shown_as_0(study: Study) -> None:
    found = answer(study, ask(study, within="Derbyshire", themes=["funding advice"]))
    assert set(classes(found, "funding advice").values()) == {"not surveyed"}
    coverage = found.table("coverage")
    assert coverage["coverage_high"].isna().all()
    assert coverage["depth_0_low"].isna().all()
    assert (coverage["depth_unknown_low"] == 1).all()
    assert found.table("density")["per_100k_residents"].dropna().empty


def test_one_east_midlands_is_not_on_record_in_2006_07_and_is_in_2015(study: Study) -> None:
    for date, seen in ((None, False), ("2015-06", True), ("2016-01-01", False)):
        found = answer(study, ask(study, by="RGN19", themes=["information"], on=date))
        assert ("One East Midlands" in found.class_table["on_record"].iloc[0]) is seen


def test_the_regional_network_is_not_counted_beside_the_body_it_is_reached_through(
    study: Study,
) -> None:
    members = study.register.members
    assert members == {"regional-bme-network": frozenset({"one-east-midlands"})}


def test_table_2_of_the_mapping_is_reconciled_area_by_area(study: Study) -> None:
    assert study.reconciliation is not None
    table = study.reconciliation.set_index("area")
    assert table["published"].sum() == 54
    assert table["listed"].sum() == 45
    assert table["printed_not_counted"].sum() == 3
    differences = {"Derby": 2, "Nottingham": 2, "Lincolnshire": 3, "Regional": 1, "National": 1}
    assert table["difference"][table["difference"] != 0].to_dict() == differences
    for area, n in differences.items():
        assert f"{n} {NOT_NAMED}" in table.loc[area, "explanation"]
    swapped = "Lincolnshire REC is counted under Leicestershire, where the rule gives Lincolnshire"
    assert swapped in table.loc["Lincolnshire", "explanation"]
    assert swapped in table.loc["Leicestershire", "explanation"]
    assert "Melton Voluntary Action Centre" in table.loc["Leicestershire", "explanation"]
    assert set(table.index[table["explanation"] == "agrees"]) == {
        "Derbyshire",
        "Nottinghamshire",
        "Northamptonshire",
        "Leicester",
    }


def test_no_contact_and_no_blank_name_is_in_the_tables_that_ship() -> None:
    for path in BUILTIN_STUDY.parent.rglob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert "@" not in text, path
        assert not pd.Series([text]).str.contains(r"(?<!\d)0\d{3,4}[ -]?\d{3}[ -]?\d{3,4}(?!\d)").any(), path


def test_residents_with_nobody_on_record_add_up_from_districts(study: Study) -> None:
    tables = {
        name: answer(study, ask(study, by=name)).table("coverage") for name in ("LAD19", "CTYUA19", "RGN19")
    }
    for theme, districts in tables["LAD19"].groupby("theme"):
        for column, cover in (
            ("residents_none_low", "coverage_high"),
            ("residents_none_high", "coverage_low"),
        ):
            areas = districts[districts["class"] != ""]
            nobody = areas["residents"] * areas["surveyed_share"] * (1 - areas[cover].fillna(0))
            assert np.allclose(areas[column].fillna(0), nobody)
            for other in ("CTYUA19", "RGN19"):
                rows = tables[other]
                rows = rows[(rows["theme"] == theme) & (rows["class"] != "")]
                assert np.isclose(rows[column].sum(), nobody.sum())
