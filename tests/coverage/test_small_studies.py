"""Studies of a few rows whose answer can be told by heart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from hinterland.coverage.answer import Answer, answer
from hinterland.coverage.describe import caveats
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study
from hinterland.coverage.words import headline

TOML = """
[study]
title = "Small"
snapshot = "2026-01/2026-06"
area = ["Leicestershire", "LAD19:Leicester", "Rutland"]
geographies = ["LAD19", "CTYUA19"]
[tables]
reported = "reported.csv"
"""
Make = Callable[..., Study]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write and read a study; each row is one text of comma-separated cells."""

    def study(
        *,
        organisations: list[str],
        services: list[str],
        scope: str = "survey,governance,Leicestershire; LAD19:Leicester; Rutland,2026,2027,",
        reported: str = "somebody,governance,Rutland,too few",
    ) -> Study:
        tables = {
            "organisations": ["organisation_id,name,remit,member_of", *organisations],
            "services": [
                "organisation_id,theme,areas,until,funded_until,area_evidence,theme_evidence",
                *services,
            ],
            "scope": ["source,themes,areas,from,to,completeness", scope],
            "reported": ["source,theme,areas,note", reported],
        }
        for name, rows in tables.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        (tmp_path / "study.toml").write_text(TOML, encoding="utf-8")
        return read_study(tmp_path)

    return study


def row(found: Answer, name: str, table: str = "coverage") -> pd.Series:
    rows = found.table(table)
    return rows[rows[found.analysis.question.geography.name_column] == name].iloc[0]


def governance(study: Study, **words: str) -> Answer:
    return answer(study, ask(study, themes=["governance"], **words))


def test_a_body_that_serves_two_districts_in_two_rows_is_wider_in_both_everywhere(make: Make) -> None:
    study = make(
        organisations=["a,A body,county,"],
        services=["a,governance,Blaby,,,stated,stated", "a,governance,Harborough,,,stated,stated"],
    )
    found = governance(study)
    listed = found.table("organisations")
    assert set(listed["presence"]) == {"wider"}
    assert row(found, "Blaby")["class"] == "wider-area only"
    assert row(governance(study, by="CTYUA19"), "Leicestershire", "organisations")["presence"] == "local"


def test_more_evidence_never_makes_a_class_worse(make: Make) -> None:
    study = make(
        organisations=["a,A body,part county,"],
        services=[
            "a,governance,LAD19:Leicester,,,stated,stated",
            "a,governance,part of Leicestershire,,,listed,stated",
        ],
    )
    for evidence in ("headline", "all"):
        assert row(governance(study, evidence=evidence), "Leicester")["class"] == "wider-area only"


def test_a_network_is_listed_and_not_counted_beside_its_member(make: Make) -> None:
    study = make(
        organisations=["net,A network,district,", "member,A member,district,net"],
        services=["net,governance,Rutland,,,stated,stated", "member,governance,Rutland,,,stated,stated"],
    )
    found = governance(study)
    counted = found.table("organisations").set_index("organisation_id")["counted"]
    assert counted.to_dict() == {"member": "yes", "net": "no: members of it are counted here"}
    assert row(found, "Rutland")["depth_1_high"] == 1
    assert row(found, "Rutland", "density")["organisations"] == 1


def test_money_that_ends_within_a_year_is_flagged_with_the_class_that_is_left(make: Make) -> None:
    study = make(
        organisations=["a,A body,district,"], services=["a,governance,Rutland,,2027-03,stated,stated"]
    )
    flags = row(governance(study), "Rutland")["flags"].split("; ")
    assert "funding at risk (100% of residents" in flags
    assert "none on record if it is not renewed)" in flags
    assert "reported gap (100% of residents" in flags
    assert "somebody: too few)" in flags


def test_a_closure_shows_after_the_snapshot_where_the_survey_still_holds(make: Make) -> None:
    study = make(
        organisations=["a,A body,district,"], services=["a,governance,Rutland,2026-03,,stated,stated"]
    )
    assert row(governance(study), "Rutland")["class"] == "local"
    after = governance(study, on="2026-09")
    assert row(after, "Rutland")["class"] == "none on record"
    assert any("describes 2026-01/2026-06, not 2026-09-30" in text for text in caveats(after))


def test_a_day_inside_the_snapshot_is_answered_for_all_of_it_and_says_so(make: Make) -> None:
    study = make(
        organisations=["a,A body,district,"], services=["a,governance,Rutland,2026-03,,stated,stated"]
    )
    found = governance(study, on="2026-04-15")
    assert row(found, "Rutland")["class"] == "local"
    said = [text for text in caveats(found) if "lies inside the snapshot" in text]
    assert "although they had ended by then: 1." in said[0]


def test_an_area_that_was_surveyed_in_part_is_not_surveyed_and_the_headline_says_so(make: Make) -> None:
    study = make(
        organisations=["a,A body,district,"],
        services=["a,governance,Blaby,,,stated,stated"],
        scope="survey,governance,Blaby; Rutland,2026,2026,",
    )
    found = governance(study, by="CTYUA19")
    assert row(found, "Leicestershire")["class"] == "not surveyed"
    assert row(found, "Leicestershire")["coverage_low"] > 0
    assert headline(found.analysis, found.classes, "governance") == (
        "Of the one county or unitary surveyed for governance, 1 has nobody on record; "
        "2 were not surveyed, or only in part (1), 1 of them with somebody on record all the same."
    )


def test_none_on_record_says_what_weaker_evidence_names(make: Make) -> None:
    study = make(organisations=["a,A body,district,"], services=["a,governance,Rutland,,,assumed,stated"])
    found = governance(study)
    assert row(found, "Rutland", "gaps")["class"] == "none on record"
    reason = found.class_table.set_index("LAD19NM").loc["Rutland", "reason"]
    assert (
        reason
        == "survey looked here and names nobody on the evidence that is counted. On weaker evidence: A body."
    )
    assert "(1 of them somebody on weaker evidence)" in headline(found.analysis, found.classes, "governance")


def test_a_study_without_a_service_has_nobody_on_record_and_no_row_is_lost(make: Make) -> None:
    study = make(organisations=["a,A body,district,"], services=["a,,Rutland,,,stated,"])
    found = governance(study)
    assert set(found.class_table["class"]) == {"none on record"}
    assert len(found.class_table) == 9
    assert found.table("organisations")["counted"].tolist() == ["no: theme not stated"]


def test_a_source_in_two_rows_of_the_scope_is_named_once(make: Make) -> None:
    study = make(
        organisations=["a,A body,district,"],
        services=["a,governance,Blaby,,,stated,stated"],
        scope="survey,governance,Rutland,2026,2027,\nsurvey,governance,Rutland,2026,2026,",
    )
    reason = governance(study).class_table.set_index("LAD19NM").loc["Rutland", "reason"]
    assert reason == "survey looked here and names nobody."
