"""The days after the snapshot on which something changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from hinterland.coverage.answer import answer
from hinterland.coverage.over_time import timeline_table
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study
from hinterland.coverage.timeline import changes
from hinterland.coverage.words import changes_in_words

THEMES = ["governance", "volunteering"]
Make = Callable[..., Study]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def study(
        services: str, scope: str = "Survey,governance,Blaby,2026,2026,all", funded: bool = False
    ) -> Study:
        head = "organisation_id,theme,areas,first_seen,until,area_evidence,theme_evidence"
        head += ",funded_until\n" if funded else "\n"
        for name, text in (
            (
                "study.toml",
                '[study]\ntitle = "Days"\nsnapshot = "2026"\narea = ["Leicestershire"]\n'
                'geographies = ["LAD19"]\n[tables]\norganisations = "organisations.csv"\n'
                'services = "services.csv"\nscope = "scope.csv"\n',
            ),
            (
                "organisations.csv",
                "organisation_id,name,remit,source\na,A body,district,S\nb,B body,county,S\n",
            ),
            (
                "services.csv",
                head + services,
            ),
            ("scope.csv", f"source,themes,areas,from,to,completeness\n{scope}\n"),
        ):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return read_study(tmp_path / "study.toml")

    return study


def days(study: Study) -> list[str]:
    return [str(each.day) for each in changes(study, THEMES, ["stated"])]


def test_a_service_is_missed_on_the_day_after_its_last(make: Make) -> None:
    study = make(
        "a,governance,Blaby,2026,2027-03-31,stated,stated\nb,volunteering,Blaby,2027-05,,stated,stated\n"
    )
    first, second = changes(study, THEMES, ["stated"])
    assert (first.day, len(first.ends), first.begins) == (date(2027, 4, 1), 1, ())
    assert (second.day, len(second.begins), second.ends) == (date(2027, 5, 1), 1, ())
    assert changes_in_words(study, first) == [
        "No longer on record: A body, for governance (until 2027-03-31)."
    ]
    assert changes_in_words(study, second) == [
        "First on record: B body, for volunteering (first seen 2027-05)."
    ]


@pytest.mark.parametrize(
    "service",
    [
        "a,governance,Blaby,2026,2026-06-30,stated,stated",
        "a,governance,Blaby,2026,,stated,stated",
        "a,governance,Blaby,2026,2027-03-31,assumed,stated",
        "a,information,Blaby,2026,2027-03-31,stated,stated",
    ],
    ids=["inside the snapshot", "no end", "on evidence that does not count", "of another theme"],
)
def test_what_is_no_change(make: Make, service: str) -> None:
    assert days(make(f"{service}\n")) == []


def test_a_survey_begins_and_is_over(make: Make) -> None:
    study = make(
        "a,governance,Blaby,2026,,stated,stated\n",
        "Old,governance,Blaby,2026,2026,all\nNew,volunteering,Blaby,2027-02,2027-11,all\n"
        "Other,information,Blaby,2028-02,2028-03,all",
    )
    assert days(study) == ["2027-02-01", "2027-12-01"]
    first, second = changes(study, THEMES, ["stated"])
    assert changes_in_words(study, first) == [
        "First looked into: volunteering, by New (2027-02-01 to 2027-11-30)."
    ]
    assert changes_in_words(study, second)[0].startswith("No longer looked into: volunteering, by New")
    classes = {
        day: answer(study, ask(study, by="LAD19", on=day, themes=["volunteering"])).class_table
        for day in ("2027-01-31", "2027-02-01", "2027-11-30", "2027-12-01")
    }
    blaby = {day: table.loc[table["LAD19NM"] == "Blaby", "class"].item() for day, table in classes.items()}
    assert list(blaby.values()) == ["not surveyed", "none on record", "none on record", "not surveyed"]


def test_nothing_changes_between_the_days(make: Make) -> None:
    study = make(
        "a,governance,Blaby,2026,2027-03-31,stated,stated\nb,governance,Rutland,2026-12,2027-08-10,stated,stated\n",
        "Long,governance,Blaby,2026,2027-06,all",
    )
    assert days(study) == ["2027-04-01", "2027-07-01", "2027-08-11"]
    shown = []
    for day in ("2027-01-01", "2027-03-31", "2027-04-01", "2027-06-30", "2027-07-01", "2027-08-10"):
        table = answer(study, ask(study, by="LAD19", on=day, themes=["governance"])).class_table
        shown.append(tuple(table["class"]))
    assert shown[0] == shown[1] != shown[2] == shown[3] != shown[4] == shown[5]


def test_each_day_says_who_is_lost_and_gained_and_what_is_left(make: Make) -> None:
    study = make(
        "a,governance,Blaby,2026,2027-03-31,stated,stated,\n"
        "b,governance,Blaby; Charnwood,2026,,stated,stated,2027-09-30\n"
        "b,governance,part of Melton,2027-05,,stated,stated,\n",
        "Long,governance,CTY19:Leicestershire,2026,2028,all",
        funded=True,
    )
    people = study.atlas.blocks.groupby("name")["residents"].sum()
    table = timeline_table(study, ask(study, themes=["governance"]))
    assert list(zip(table["day"], table["kind"], strict=True)) == [
        ("2027-04-01", "on record"),
        ("2027-05-01", "on record"),
        ("2027-10-01", "money ends"),
    ]
    closed, begun, money = table.to_dict("records")
    assert (closed["residents_lost_high"], closed["residents_left_relying_low"]) == (0, people["Blaby"])
    assert closed["areas_affected"] == "Blaby"
    assert (begun["residents_gained_low"], begun["residents_gained_high"]) == (0, people["Melton"])
    both = people["Blaby"] + people["Charnwood"]
    assert (money["residents_lost_low"], money["residents_lost_high"]) == (both, both)
    assert money["residents_covered_low"] == 0
    assert "Relies on funding to 2027-09-30, unless renewed: B body, for governance." in money["what"]
    assert money["areas_affected"] == "Charnwood; Blaby"


def test_without_changes_there_is_no_row(make: Make) -> None:
    study = make("a,governance,Blaby,2026,,stated,stated\n")
    table = timeline_table(study, ask(study, themes=["governance"]))
    assert not len(table)
    assert {"day", "kind", "residents_lost_low", "what"} <= set(table.columns)
