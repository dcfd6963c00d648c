"""Where an organisation has a base or outreach, and what it costs: optional columns of the register."""

from __future__ import annotations

from pathlib import Path

import pytest

from hinterland.boundaries.errors import InputError
from hinterland.coverage.answer import answer
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study

STUDY = """
[study]
title = "Bases"
snapshot = "2026"
area = ["Nottinghamshire", "Nottingham"]
geographies = ["LAD19", "CTYUA19"]
"""
SCOPE = (
    "source,themes,areas,from,to,completeness\nS,governance,Nottinghamshire; LAD19:Nottingham,2026,2026,all\n"
)


def make(folder: Path, row: str) -> Study:
    for name, text in (
        ("study.toml", STUDY),
        ("organisations.csv", f"organisation_id,name,remit,source,bases,annual_cost,staff,funder\n{row}\n"),
        (
            "services.csv",
            "organisation_id,theme,areas,area_evidence,theme_evidence\n"
            "hub,governance,Nottinghamshire; LAD19:Nottingham,stated,stated\n",
        ),
        ("scope.csv", SCOPE),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return read_study(folder / "study.toml")


def classes(study: Study, by: str) -> dict[str, str]:
    table = answer(study, ask(study, by=by, themes=["governance"])).class_table
    return dict(zip(table[f"{by}NM"], table["class"], strict=True))


def test_a_base_makes_local_the_areas_that_hold_it_and_no_others(tmp_path: Path) -> None:
    study = make(tmp_path, "hub,A hub,region,S,Mansfield; Ashfield,,,")
    found = classes(study, "LAD19")
    local = {name for name, kind in found.items() if kind == "local"}
    assert local == {"Mansfield", "Ashfield"}
    assert set(found.values()) == {"local", "wider-area only"}
    assert classes(study, "CTYUA19") == {"Nottingham": "wider-area only", "Nottinghamshire": "local"}


def test_a_base_somewhere_in_a_county_makes_no_district_local(tmp_path: Path) -> None:
    study = make(tmp_path, "hub,A hub,region,S,CTY19:Nottinghamshire,,,")
    assert set(classes(study, "LAD19").values()) == {"wider-area only"}
    assert classes(study, "CTYUA19")["Nottinghamshire"] == "local"


def test_costs_and_staff_are_numbers_and_unknown_is_not_nought(tmp_path: Path) -> None:
    hub = make(tmp_path, 'hub,A hub,region,S,,"£120,000",2.5,County council').register.organisations.loc[
        "hub"
    ]
    assert (hub["annual_cost"], hub["staff"], hub["funder"]) == (120_000, 2.5, "County council")
    hub = make(tmp_path, "hub,A hub,region,S,,,,").register.organisations.loc["hub"]
    assert hub["annual_cost"] != hub["annual_cost"]


@pytest.mark.parametrize("cost", ["-5", "lots", "12,00", "1e5", "£"])
def test_a_cost_that_is_no_number_is_refused(tmp_path: Path, cost: str) -> None:
    with pytest.raises(InputError) as refused:
        make(tmp_path, f'hub,A hub,region,S,,"{cost}",,')
    fault = refused.value.faults[0]
    assert (fault.column, fault.row, fault.value) == ("annual_cost", 2, cost)
    assert "write digits alone" in fault.remedy


def test_a_base_that_is_no_area_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(InputError) as asked:
        make(tmp_path, "hub,A hub,region,S,Mansfeld,,,")
    fault = asked.value.faults[0]
    assert (fault.kind, fault.column, fault.value) == ("asked", "bases", "Mansfeld")
    assert "Mansfield" in fault.remedy
