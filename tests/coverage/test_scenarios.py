"""Scenarios on random worlds: there and back, in any order, down to nobody, and as an oracle has them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinterland.boundaries.atlas import LEVELS, Count
from hinterland.boundaries.errors import InputError
from hinterland.coverage.answer import answer
from hinterland.coverage.applying import applied, apply, delta_of
from hinterland.coverage.comparison import Comparison, compare, compared
from hinterland.coverage.question import ask
from hinterland.coverage.scenario_file import check_own, read_scenarios
from hinterland.coverage.scenarios import KINDS, Change, Scenario, Where
from hinterland.coverage.starter import write_starter
from hinterland.coverage.study import BUILTIN_STUDY, Study, read_study
from hinterland.coverage.writing import csvw
from hinterland.maps.publish import publish

from . import oracle
from .random_studies import DAYS, cases, question_of, study_of

BODY = {
    "category": "",
    "sector": "voluntary",
    "remit": "county",
    "annual_cost": 5.0,
    "staff": 1.0,
    "bases": (),
}


@st.composite
def changes(draw: st.DrawFn, study: Study) -> tuple[Change, ...]:
    """A few changes to a random study, at most one of each organisation."""
    bodies = list(study.register.organisations.index)
    drawn = []
    for line, body in enumerate(draw(st.lists(st.sampled_from(bodies), unique=True, max_size=4)), start=1):
        kind = draw(st.sampled_from(KINDS))
        places = study.register.services["places"]
        where = Where(draw(st.sampled_from(list(places))), (), "there") if len(places) else None
        on = draw(st.sampled_from([None, None, *DAYS]))
        themes = draw(st.sampled_from([(), ("advice",), ("elders",)]))
        if where is None and kind in ("open", "extend", "move"):
            continue
        if kind == "open":
            new = {**BODY, "id": f"new{line}", "name": f"New {line}"}
            drawn.append(
                Change(
                    kind,
                    line,
                    (f"new{line}",),
                    themes or ("advice",),
                    on,
                    areas=where,
                    body=new,
                    focus="own purpose",
                )
            )
        elif kind == "merge":
            merged = {**BODY, "id": f"joint{line}", "name": f"Joint {line}"}
            drawn.append(
                Change(kind, line, (body,), on=on, areas=draw(st.sampled_from([None, where])), body=merged)
            )
        else:
            until = draw(st.sampled_from(DAYS))
            drawn.append(Change(kind, line, (body,), themes, on, until, where, where))
    return tuple(sorted(drawn, key=lambda each: (KINDS.index(each.kind), each.line)))


def scenario_of(made: tuple[Change, ...]) -> Scenario:
    return Scenario("x", "X", "", None, made)


@given(st.data())
def test_there_and_back_is_the_register_as_it_was(data: st.DataObject) -> None:
    study = study_of(data.draw(cases())[0])
    delta = delta_of(study, data.draw(changes(study)))
    then = delta(study.register)
    back = delta.inverse(study.register)(then)
    pd.testing.assert_frame_equal(back.services, study.register.services)
    pd.testing.assert_frame_equal(back.organisations, study.register.organisations)
    again = delta(back)
    pd.testing.assert_frame_equal(again.services, then.services)
    pd.testing.assert_frame_equal(again.organisations, then.organisations)


@settings(max_examples=30)
@given(st.data())
def test_the_order_of_independent_changes_makes_no_difference(data: st.DataObject) -> None:
    world, asked = data.draw(cases())
    study = study_of(world)
    made = data.draw(changes(study))
    other = list(made)
    random.Random(data.draw(st.integers(0, 99))).shuffle(other)
    question = question_of(study, asked)
    one, two = (answer(apply(study, scenario_of(tuple(each))), question) for each in (made, other))
    for table in ("coverage", "overlap", "reliance"):
        pd.testing.assert_frame_equal(one.table(table), two.table(table), check_exact=False, rtol=1e-9)


@settings(max_examples=30)
@given(cases())
def test_closing_everything_leaves_nobody_wherever_it_was_surveyed_and_loses_no_row(
    case: tuple[oracle.World, oracle.Ask],
) -> None:
    world, asked = case
    study = study_of(world)
    question = question_of(study, asked)
    everybody = tuple(study.register.organisations.index)
    closed = scenario_of((Change("close", 1, everybody),))
    then = apply(study, closed)
    before, after = answer(study, question), answer(then, question)
    assert not len(then.register.services)
    assert len(after.class_table) == len(before.class_table)
    known = {"out of scope", "not surveyed"}
    for was, now in zip(before.class_table["class"], after.class_table["class"], strict=True):
        assert now == (was if was in known else "none on record")
    found = compared(before, closed)
    assert (found.shifts.gained_high == 0).all()
    table = found.table
    covered = before.table("coverage")
    assert np.allclose(table["residents_lost_low"].fillna(0), covered["residents_covered_low"].fillna(0))
    assert np.allclose(table["residents_lost_high"].fillna(0), covered["residents_covered_high"].fillna(0))


def without(service: oracle.Service, on: date | None) -> list[oracle.Service]:
    """A service that is closed, as somebody would write it who rewrites the register by hand."""
    if on is None or (service.first_seen is not None and service.first_seen >= on):
        return []
    if service.until is not None and service.until < on:
        return [service]
    return [service._replace(until=on - timedelta(days=1))]


@settings(max_examples=30)
@given(st.data())
def test_a_closure_and_a_new_body_are_as_a_register_that_says_so_itself(data: st.DataObject) -> None:
    world, asked = data.draw(cases())
    study = study_of(world)
    body = data.draw(st.sampled_from(sorted(world.organisations)))
    on = data.draw(st.sampled_from([None, *DAYS]))
    closed = tuple(
        kept
        for service in world.services
        for kept in (without(service, on) if service.organisation == body else [service])
    )
    place = oracle.Place(False, frozenset({0}), frozenset())
    hub = oracle.Organisation("voluntary", world.organisations[body].remit, ())
    new = oracle.Service("zz", "advice", "general", on, None, None, "stated", "stated", (place,))
    by_hand = replace_world(world, (*closed, new), hub)
    about = {**BODY, "id": "zz", "name": "Organisation zz", "remit": LEVELS[hub.remit]}
    where = Where(study_of(by_hand).register.services["places"].iloc[-1], (), "")
    made = (
        Change("open", 1, ("zz",), ("advice",), on, areas=where, body=about),
        Change("close", 2, (body,), on=on),
    )
    question = question_of(study, asked)
    ours, theirs = answer(apply(study, scenario_of(made)), question), answer(study_of(by_hand), question)
    for table in ("coverage", "density", "overlap", "reliance"):
        pd.testing.assert_frame_equal(ours.table(table), theirs.table(table), check_exact=False, rtol=1e-9)


def replace_world(
    world: oracle.World, services: tuple[oracle.Service, ...], hub: oracle.Organisation
) -> oracle.World:
    return world._replace(services=services, organisations={**world.organisations, "zz": hub})


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study()


@pytest.fixture(scope="module")
def worked(study: Study) -> dict[str, Comparison]:
    scenarios = read_scenarios(BUILTIN_STUDY / "scenarios.toml", study)
    return {each.scenario.id: each for each in compare(study, scenarios.scenarios, by="LAD19")}


def test_residents_gained_and_lost_are_those_of_whole_districts(worked: dict[str, Comparison]) -> None:
    """Districts are single blocks of the built-in atlas: what a district gains is its residents, or none."""
    for found in worked.values():
        table = found.table[found.table["class_baseline"] != ""]
        for end in ("gained_low", "gained_high", "lost_low", "lost_high"):
            some = table[table[f"residents_{end}"] > 0]
            assert (some[f"residents_{end}"] == some["residents"]).all()
        certain = table[(table["coverage_low_scenario"] == 1) & (table["class_baseline"] == "none on record")]
        assert (certain["residents_gained_low"] == certain["residents"]).all()
        for state in ("baseline", "scenario"):
            exact = table[f"coverage_low_{state}"].fillna(0) == table[f"coverage_high_{state}"].fillna(0)
            table = table[exact]
        before, after = (table[f"coverage_low_{state}"].fillna(0) for state in ("baseline", "scenario"))
        assert np.allclose(
            (after - before) * table["residents"],
            table["residents_gained_low"] - table["residents_lost_low"],
        )


def test_the_worked_scenarios_say_what_they_show(worked: dict[str, Comparison]) -> None:
    closes = worked["regional-body-closes"].table
    assert set(closes["as_of"]) == {"2015-11-30"}
    information = closes[(closes["theme"] == "information") & (closes["class_baseline"] != "")]
    assert set(information["change"]) == {"worse"}
    assert set(information["class_scenario"]) == {"none on record"}
    county = worked["county-funding-not-replaced"].table
    differ = county[(county["change"] != "same") & (county["class_baseline"] != "")]
    assert set(differ["change"]) == {"left relying on one"}
    assert len(differ) == 7
    shared = worked["three-districts-share"].table
    advice = shared[shared["theme"] == "funding advice"].set_index("LAD19NM")
    assert advice.at["Mansfield", "class_scenario"] == "local"
    assert advice.at["Newark and Sherwood", "change"] == "worse"
    hubs = worked["hub-and-spoke"].table
    assert not (hubs["change"] == "worse").any()


def test_a_scenario_and_its_inverse_leave_the_study_as_it_was(study: Study) -> None:
    for scenario in read_scenarios(BUILTIN_STUDY / "scenarios.toml", study).scenarios:
        delta = delta_of(study, scenario.changes)
        then = applied(study, scenario, delta)
        back = delta.inverse(study.register)(then.register)
        pd.testing.assert_frame_equal(back.services, study.register.services)
        pd.testing.assert_frame_equal(back.organisations, study.register.organisations)


def test_a_closure_from_a_day_on_is_a_gap_on_that_day_alone(study: Study) -> None:
    closed = Scenario("x", "X", "", None, (Change("close", 1, ("one-east-midlands",), on=date(2015, 7, 1)),))
    days = {
        day: answer(apply(study, closed), ask(study, by="RGN19", on=day, themes=["information"]))
        for day in ("2015-06-30", "2015-07-01")
    }
    assert [found.class_table["class"].item() for found in days.values()] == ["local", "none on record"]


def test_money_that_ends_ends_the_service_and_renewal_undoes_it(study: Study) -> None:
    def rows(made: Change) -> pd.DataFrame:
        services = apply(study, Scenario("x", "X", "", None, (made,))).register.services
        return services[services["organisation_id"] == "enable"]

    ends = rows(Change("fund_until", 1, ("enable",), until=date(2008, 3, 31)))
    assert list(ends["until"]) == [pd.Timestamp("2008-03-31")] * len(ends)
    assert list(ends["funded_until"]) == list(ends["until"])
    assert len(rows(Change("renew", 1, ("enable",), until=date(2009, 3, 31)))) == len(ends)


def test_moved_and_withdrawn_services_keep_what_is_left(study: Study) -> None:
    county = study.gazetteer.resolve("CTY19:Nottinghamshire", None)
    mansfield = study.gazetteer.resolve("Mansfield", None)
    lincoln = study.gazetteer.resolve("Lincoln", None)
    body = "nottinghamshire-rec"
    taken = Where((mansfield,), (), "Mansfield")
    for kind in ("withdraw", "move"):
        made = Change(kind, 1, (body,), areas=taken, to=Where((lincoln,), (), "Lincoln"))
        then = apply(study, Scenario("x", "X", "", None, (made,))).register.services
        served = {
            block
            for places in then.loc[then["organisation_id"] == body, "places"]
            for place in places
            for block in place.blocks
        }
        expected = set(county.blocks) - set(mansfield.blocks) | (
            set(lincoln.blocks) if kind == "move" else set()
        )
        assert served == expected


def test_a_network_that_is_merged_keeps_its_members(study: Study) -> None:
    members = study.register.members["regional-bme-network"]
    body = {**BODY, "id": "joint", "name": "Joint", "remit": "region"}
    made = Change("merge", 1, ("regional-bme-network", "seem"), body=body)
    then = apply(study, Scenario("x", "X", "", None, (made,)))
    assert then.register.members["joint"] == members
    assert "regional-bme-network" not in then.register.members


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (None, [("Lincoln", "2008-11-01", "2015-12-31")]),
        (date(2008, 1, 1), [("Lincoln", "2008-11-01", "2015-12-31")]),
        (
            date(2010, 1, 1),
            [("East Midlands", "2008-11-01", "2009-12-31"), ("Lincoln", "2010-01-01", "2015-12-31")],
        ),
        (date(2016, 6, 1), [("East Midlands", "2008-11-01", "2015-12-31")]),
    ],
    ids=["throughout", "before it began", "while it served", "after it ended"],
)
def test_a_move_holds_from_its_day_and_never_lengthens_a_service(
    study: Study, on: date | None, expected: list[tuple[str, str, str]]
) -> None:
    whole, there = (study.gazetteer.resolve(name, None) for name in ("RGN19:East Midlands", "Lincoln"))
    here, to = Where((whole,), (), ""), Where((there,), (), "Lincoln")
    made = Change("move", 1, ("one-east-midlands",), ("information",), on, areas=here, to=to)
    services = apply(study, scenario_of((made,))).register.services
    rows = services[
        (services["organisation_id"] == "one-east-midlands") & (services["theme"] == "information")
    ]
    found = [
        (row.places[0].name, str(row.first_seen.date()), str(row.until.date())) for row in rows.itertuples()
    ]
    assert sorted(found) == sorted(expected)


def test_what_else_the_blocks_count_is_counted_before_and_after() -> None:
    study = read_study()
    blocks = study.atlas.blocks.assign(groups=np.round(study.atlas.blocks["residents"] / 10))
    count = Count("groups", "voluntary groups", 2019, "made up")
    counting = replace(study, atlas=replace(study.atlas, blocks=blocks, counts={"groups": count}))
    closed = scenario_of((Change("close", 1, ("one-east-midlands",)),))
    (found,) = compare(counting, [closed], themes=["information"], on="2015-11-30")
    table = found.table[found.table["class_baseline"] != ""]
    held = blocks.groupby(blocks.index.str[:9])["groups"].sum()
    expected = held.reindex(table["LAD19CD"]).to_numpy()
    assert table["groups_covered_low_baseline"].tolist() == expected.tolist()
    assert (table["groups_covered_low_scenario"] == 0).all()
    described = csvw(found.table, "comparison.csv", {}, counting.atlas.counts)
    assert b"voluntary groups (2019, made up) inside at least one service area" in described


def test_a_study_whose_scenarios_are_wrong_is_told_by_check_and_not_written(
    tmp_path: Path,
) -> None:
    write_starter(tmp_path / "study")
    file = tmp_path / "study" / "scenarios.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[[scenario.close]]\norganisations = ["nobody"]\n')
    with pytest.raises(InputError, match="nobody"):
        publish(read_study(tmp_path / "study"), tmp_path / "output")
    assert not (tmp_path / "output" / "map.html").exists()
    assert any(fault.value == "nobody" for fault in check_own(read_study(tmp_path / "study")))
