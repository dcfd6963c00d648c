"""What a page shows is what the tables beside it say: every geography, theme, measure and date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mapclassify
import numpy as np
import pandas as pd
import pytest

from hinterland.coverage.answer import Answer, answer
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study
from hinterland.coverage.words import headline
from hinterland.maps.columns import summed
from hinterland.maps.measures import MEASURES, breaks_of
from hinterland.maps.publish import MOST_DATES, publish, view_of
from hinterland.maps.reading import Reading
from hinterland.maps.texts import text_of
from hinterland.maps.view import View

PUBLISHED = {
    "coverage_low": ("coverage", "coverage_low"),
    "coverage_high": ("coverage", "coverage_high"),
    "residents_none": ("coverage", "residents_none_low"),
    "relying_low": ("reliance", "relying_low"),
    "overlap_low": ("overlap", "overlap_low"),
    "depth_mean_low": ("coverage", "depth_mean_low"),
    "depth_mean_high": ("coverage", "depth_mean_high"),
    "density_100k": ("density", "per_100k_residents"),
    "surveyed_share": ("coverage", "surveyed_share"),
}

STUDY = """
[study]
title = "Three regions' worth of everything"
snapshot = "2024-01/2024-12"
area = ["RGN19:East Midlands"]
geographies = ["LAD19", "CTYUA19", "LEP14", "RGN19"]

[tables]
organisations = "organisations.csv"
services = "services.csv"
scope = "scope.csv"
"""
ORGANISATIONS = """organisation_id,name,category,sector,remit,member_of,source
a,A body,cvs,voluntary,district,,One source
b,B body,cvs,voluntary,county,,One source
n,A network,network,voluntary,region,,One source
m,Member of it,cvs,voluntary,district,n,One source
c,C body,cvs,voluntary,sub-region,,One source
"""
SERVICES = """organisation_id,theme,focus,areas,first_seen,until,funded_until,area_evidence,theme_evidence
a,governance,,Mansfield; Ashfield,2024,2026-03-31,,stated,stated
a,funding advice,,part of Mansfield,2024,,2025-03-31,stated,named
b,governance,,CTY19:Derbyshire,2024,,,stated,stated
b,governance,,Derby,2024,2027-06-30,,stated,stated
n,governance,,RGN19:East Midlands,2024,,,stated,stated
m,governance,,Lincoln,2024,2026-03-31,,stated,stated
c,volunteering,,LEP14:Sheffield City Region,2025-05,,,named,stated
c,BME communities,own purpose,Bassetlaw,2024,,,assumed,stated
"""
SCOPE = """source,themes,areas,from,to,completeness
One survey,governance; funding advice; volunteering,RGN19:East Midlands,2024-01,2026-12,all asked
Two survey,BME communities,Nottinghamshire,2027-01,2028-12,all asked
"""


@pytest.fixture(scope="module", params=["the built-in study", "a study that changes"])
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    if request.param == "the built-in study":
        return read_study()
    return changing(tmp_path_factory.mktemp("changing"))


def changing(folder: Path) -> Study:
    for name, text in (
        ("study.toml", STUDY),
        ("organisations.csv", ORGANISATIONS),
        ("services.csv", SERVICES),
        ("scope.csv", SCOPE),
    ):
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    return read_study(folder / "study.toml")


@pytest.fixture(scope="module")
def view(study: Study) -> View:
    return view_of(study, [answer(study, ask(study, by=name)) for name in study.geographies])


def days(view: View) -> list[tuple[int, str | None]]:
    """The snapshot, the last date, and one between them."""
    every = [(place, date["id"] or None) for place, date in enumerate(view.dates)]
    assert len(every) > 3
    return [every[0], every[len(every) // 2], every[-1]]


def tables_of(found: Answer) -> dict[str, pd.DataFrame]:
    tables = {name: found.table(name) for name in ("coverage", "reliance", "overlap", "density")}
    tables["density"] = tables["density"][tables["density"]["allocation"] == "equal"]
    return tables


def test_every_figure_class_flag_and_headline_is_that_of_the_tables(study: Study, view: View) -> None:
    compared = 0
    for place, day in days(view):
        for geography in view.geographies:
            found = answer(study, ask(study, by=geography["id"], on=day))
            codes, names = geography["areas"]["code"], [row["name"] for row in geography["closing"]]
            classes, tables = found.table("gaps"), tables_of(found)
            for theme in (each["id"] for each in view.themes):
                reading = Reading(view, geography["id"], theme, place)
                assert reading.headline == headline(found.analysis, found.classes, theme)
                judged = found.class_table[found.class_table["theme"] == theme].set_index(
                    geography["code_column"]
                )
                labels = [view.classes[each]["id"] for each in reading.classes]
                assert labels == list(judged.loc[codes, "class"])
                said = [
                    "; ".join(text_of(view.texts, text) for text in view.sets[each or 0])
                    for each in reading.column("flags")
                ]
                assert said == list(judged.loc[codes, "flags"])
                assert set(classes.loc[classes["theme"] == theme, "class"]) <= set(labels)
                for measure in view.measures[1:]:
                    table, column = PUBLISHED[measure["id"]]
                    rows = tables[table][tables[table]["theme"] == theme]
                    of_areas = rows[rows[geography["code_column"]].isin(codes)]
                    shown = reading.figures(measure)
                    expected = [
                        *of_areas.set_index(geography["code_column"])[column].loc[codes],
                        *(
                            rows.loc[rows[geography["name_column"]] == name, column].iloc[0]
                            if (rows[geography["name_column"]] == name).any()
                            else np.nan
                            for name in names
                        ),
                    ]
                    for figure, true in zip(shown, expected, strict=True):
                        compared += 1
                        if figure is None:
                            assert np.isnan(true)
                        else:
                            assert abs(figure - true) <= 1 / measure["scale"]
                            assert (figure == 0) == (true == 0)
                            if measure["kind"] == "share":
                                assert (figure == 1) == (true == 1)
    assert compared > 5_000


def test_who_is_on_record_where_is_what_the_table_of_organisations_says(study: Study, view: View) -> None:
    compared = 0
    records = {name: summed(text) for name, text in view.records.items()}
    for place, day in days(view):
        date = view.dates[place]
        moved, ended = dict(map(tuple, date["reaches"])), set(summed(date["ended"]))
        for geography in view.geographies:
            answered = answer(study, ask(study, by=geography["id"], on=day))
            found, label = answered.table("organisations"), answered.analysis.question.when.label
            expected = sorted(
                (
                    row["organisation_id"],
                    row["theme"],
                    row[geography["code_column"]],
                    row["presence"],
                    row["served"],
                    row["counted"].removeprefix("no: "),
                )
                for row in found.to_dict("records")
                if row["theme"]
            )
            shown = []
            for record, owner in enumerate(records["organisation"]):
                theme = records["theme"][record]
                if theme < 0:
                    continue
                detail = view.details[records["detail"][record]]
                reach = view.reaches[moved.get(record, records["reach"][record])]
                flat = reach.get(geography["id"], [])
                for area, code in zip(flat[::2], flat[1::2], strict=True):
                    why = text_of(view.texts, detail[5])
                    shown.append(
                        (
                            view.organisations["id"][owner],
                            view.themes[theme]["id"],
                            geography["areas"]["code"][area],
                            "local" if code & 2 else "wider",
                            "whole" if code & 1 else "part",
                            why
                            or (f"not on record for {label}" if record in ended else "")
                            or ("members of it are counted here" if code & 4 else "yes"),
                        )
                    )
            assert sorted(shown) == expected
            compared += len(shown)
    assert compared > 250


def test_no_more_dates_than_a_page_bears_and_a_note_says_so(tmp_path: Path) -> None:
    services = SERVICES + "".join(
        f"a,governance,,Gedling,2024,{2030 + i}-06-30,,stated,stated\n" for i in range(MOST_DATES + 3)
    )
    study = changing(tmp_path)
    (tmp_path / "services.csv").write_text(services, encoding="utf-8")
    study = read_study(tmp_path / "study.toml")
    view = view_of(study, [answer(study, ask(study, by="RGN19"))])
    assert len(view.dates) == 1 + MOST_DATES
    assert any(f"the first {MOST_DATES} are on this page" in note for note in view.notes)


def test_breaks_of_numbers_are_those_of_mapclassify() -> None:
    number = next(each for each in MEASURES if each.kind == "number")
    for seed in range(20):
        figures = np.random.default_rng(seed).lognormal(3, 2, (4, 50))
        figures[0, :5], figures[1, 0] = 0, np.nan
        positive = np.unique(figures[figures > 0])
        theirs = mapclassify.Quantiles(positive, k=5).bins[:-1]
        assert breaks_of(number, [figures[:2], figures[2:]]) == sorted({float(f"{x:.2g}") for x in theirs})


def test_breaks_of_shares_are_the_same_on_every_map(view: View) -> None:
    fixed = {
        json.dumps(breaks)
        for measure in view.measures
        if measure["kind"] == "share"
        for breaks in measure["breaks"].values()
    }
    assert fixed == {"[0.25, 0.5, 0.75, 0.99]"}


def test_an_extra_column_with_addresses_reaches_no_output(tmp_path: Path) -> None:
    changing(tmp_path)
    head, *rows = ORGANISATIONS.splitlines()
    with_contact = [f"{head},contact,email,phone", *(f"{row},Jo Bloggs,jo@example.org,0115" for row in rows)]
    (tmp_path / "organisations.csv").write_text("\n".join(with_contact) + "\n", encoding="utf-8")
    publish(read_study(tmp_path / "study.toml"), tmp_path / "out")
    files = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert len(files) > 20
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "Bloggs" not in text
        assert "jo@example" not in text


def holders(study: Study, found: dict[str, Answer], geography: str, area: int) -> dict[str, Any]:
    """By sets of blocks, without matrices."""
    result = {}
    people = study.atlas.residents
    own = blocks(found[geography], area)
    for other, theirs in found.items():
        if other == geography:
            continue
        count = theirs.analysis.areas.area_count
        sets = [blocks(theirs, i) for i in range(count)]
        whole = [i for i in range(count) if own <= sets[i]]
        part = [
            i
            for i in range(count)
            if own & sets[i]
            and not sets[i] <= own
            and sum(people[b] for b in own & sets[i]) >= 0.01 * sum(people[b] for b in own)
        ]
        result[other] = [(i, 1) for i in whole] or [(i, 0) for i in part]
    return result


def blocks(found: Answer, area: int) -> set[int]:
    matrix = found.analysis.areas.matrix[: found.analysis.areas.area_count].toarray()
    return set(np.flatnonzero(matrix[area]).tolist())


def test_where_an_area_lies_is_what_sets_of_blocks_say(study: Study, view: View) -> None:
    found = {name: answer(study, ask(study, by=name)) for name in study.geographies}
    for geography in view.geographies:
        for area, listed in enumerate(geography["areas"]["lies_in"]):
            expected = holders(study, found, geography["id"], area)
            shown: dict[str, list[tuple[int, int]]] = {name: [] for name in expected}
            for other, holder, whole in listed:
                shown[view.geographies[other]["id"]].append((holder, whole))
            assert shown == expected
