"""What became of each local authority code, told against the atlas, official files and known counts."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from hinterland.boundaries import builtin
from hinterland.boundaries.changes import Authority, Change, Changes, Move, audit, load, vintage_day
from hinterland.boundaries.spelling import normal

LAST_DAY = date(2024, 12, 31)
ENDS_OF_YEARS = [date(2009, 1, 31), *(date(year, 12, 31) for year in range(2009, 2025))]
DISTRICT = ("E06", "E07", "E08", "E09")


@pytest.fixture(scope="module")
def changes() -> Changes:
    return load()


def standing(changes: Changes, on: date, *prefixes: str) -> set[str]:
    return {one.code for one in changes.authorities if one.code.startswith(prefixes) and one.stands(on)}


def moved(code: str, year: int) -> Move:
    (move,) = load().move([code], to=date(year, 12, 31))
    return move


def ended(changes: Changes) -> list[Authority]:
    return [one for one in changes.authorities if one.until and one.nation == "England"]


@pytest.mark.parametrize(
    ("on", "districts", "counties"),
    [
        (date(2009, 3, 31), 354, 34),
        (date(2009, 4, 1), 326, 27),
        (date(2011, 12, 31), 326, 27),
        (date(2013, 3, 31), 326, 27),
        (date(2019, 3, 31), 326, 27),
        (date(2019, 12, 31), 317, 26),
        (date(2020, 12, 31), 314, 25),
        (date(2021, 12, 31), 309, 24),
        (date(2022, 12, 31), 309, 24),
        (date(2023, 12, 31), 296, 21),
        (date(2024, 12, 31), 296, 21),
    ],
)
def test_as_many_authorities_stand_as_england_had(
    changes: Changes, on: date, districts: int, counties: int
) -> None:
    assert len(standing(changes, on, *DISTRICT)) == districts
    assert len(standing(changes, on, "E10")) == counties


@pytest.mark.parametrize(("prefix", "count"), [("S12", 32), ("W06", 22), ("N09", 11)])
def test_the_other_nations_are_told_apart_on_every_day_since_2015(
    changes: Changes, prefix: str, count: int
) -> None:
    for year in range(2015, 2025):
        assert len(standing(changes, date(year, 12, 31), prefix)) == count
    nations = {one.nation for one in changes.authorities if one.code.startswith(prefix)}
    assert nations <= {"Scotland", "Wales", "Northern Ireland"}


@pytest.mark.parametrize(
    ("file", "column", "on"),
    [
        ("lad19_en_wa_buc", "ltla19", date(2019, 12, 31)),
        ("lad21_uk_buc", "ltla21", date(2021, 12, 31)),
        ("lad24_uk_buc", "ltla24", date(2024, 5, 31)),
    ],
)
def test_the_codes_and_names_that_stand_are_those_of_the_official_outlines(
    changes: Changes, reference: Path, file: str, column: str, on: date
) -> None:
    frame = gpd.read_file(reference / f"boundaries/{file}.gpkg", ignore_geometry=True)
    official = dict(zip(frame[f"{column}_code"], frame[f"{column}_name"], strict=True))
    level = {one.code: one.name for one in changes.authorities if one.level == "district" and one.stands(on)}
    assert level == official


def test_the_counties_that_stand_are_those_of_the_official_lookup(changes: Changes, reference: Path) -> None:
    frame = pd.read_csv(reference / "lookups/lad19_county_en.csv", dtype=str, encoding="utf-8-sig")
    official = {code for code in frame["CTY19CD"] if code.startswith("E10")}
    assert standing(changes, date(2019, 12, 31), "E10") == official


@pytest.mark.parametrize(("geography", "year"), [("LAD21", 2021), ("LAD23", 2023), ("LAD24", 2024)])
def test_residents_moved_by_the_table_are_those_of_the_atlas(
    changes: Changes, geography: str, year: int
) -> None:
    atlas = builtin.load()
    totals: dict[str, dict[str, int]] = {}
    for name in ("LAD19", geography):
        areas = atlas.geographies[name]
        totals[name] = {code: int(atlas.residents[areas.blocks_of(code)].sum()) for code in areas.names.index}
    carried: Counter[str] = Counter()
    for move in changes.move(totals["LAD19"], to=date(year, 12, 31)):
        ((new_code, _),) = move.successors
        carried[new_code] += totals["LAD19"][move.code]
    assert carried == totals[geography]
    assert sum(carried.values()) == 56_286_961


def test_every_code_that_ended_leads_to_codes_that_stand(changes: Changes) -> None:
    for one in ended(changes):
        after = changes.successors(one.code, LAST_DAY)
        assert after, one.code
        assert set(after) <= standing(changes, LAST_DAY, "E"), one.code


def test_every_change_runs_from_a_last_day_to_the_first_day_after_it(changes: Changes) -> None:
    by_code = {one.code: one for one in changes.authorities}
    assert {change.code for change in changes.changes} == {one.code for one in ended(changes)}
    for change in changes.changes:
        until = by_code[change.code].until
        assert until is not None
        assert by_code[change.new_code].since == change.day == until + timedelta(days=1)


def test_codes_that_begin_after_the_first_day_have_predecessors(changes: Changes) -> None:
    begun = {one.code for one in changes.authorities if one.nation == "England" and one.since}
    assert begun == {change.new_code for change in changes.changes}


def test_a_move_by_way_of_any_day_between_ends_at_the_same_codes(changes: Changes) -> None:
    for one in ended(changes):
        straight = set(changes.successors(one.code, LAST_DAY))
        for between in (day for day in ENDS_OF_YEARS if one.until and day > one.until):
            steps = changes.successors(one.code, between)
            assert {end for code in steps for end in changes.successors(code, LAST_DAY)} == straight


def test_land_is_neither_lost_nor_held_twice_going_back(changes: Changes) -> None:
    for early in ENDS_OF_YEARS:
        for late in (day for day in ENDS_OF_YEARS if day >= early):
            found = Counter(
                code
                for one in standing(changes, late, *DISTRICT)
                for code in changes.predecessors(one, early)
            )
            assert set(found.values()) == {1}
            assert set(found) == standing(changes, early, *DISTRICT)


def test_no_district_was_divided_and_only_counties_were_split(changes: Changes) -> None:
    split = {change.code for change in changes.changes if change.change == "split"}
    assert split == {
        "E10000001",
        "E10000004",
        "E10000005",
        "E10000006",
        "E10000009",
        "E10000021",
    }


def test_the_change_of_one_step_is_the_relation_of_the_move_over_it(changes: Changes) -> None:
    for change in changes.changes:
        (move,) = changes.move([change.code], to=change.day)
        assert move.relation == change.change
        assert move.since == change.day
        assert change.note in move.note


def test_a_merged_code_and_those_that_complete_it_are_the_whole_successor(changes: Changes) -> None:
    moves = changes.move((one.code for one in ended(changes)), to=LAST_DAY)
    merged = [move for move in moves if move.relation == "merged"]
    assert {move.code for move in moves if move.complete_with} == {move.code for move in merged}
    assert len(merged) == 36 + 42
    for move in merged:
        ((new_code, _),) = move.successors
        assert move.until is not None
        assert sorted([*move.complete_with, move.code]) == list(changes.predecessors(new_code, move.until))


def test_corby_was_merged_with_three_others() -> None:
    assert moved("E07000150", 2024) == Move(
        code="E07000150",
        name="Corby",
        until=date(2021, 3, 31),
        relation="merged",
        successors=(("E06000061", "North Northamptonshire"),),
        since=date(2021, 4, 1),
        note="Northamptonshire (Structural Changes) Order 2020",
        complete_with=("E07000152", "E07000153", "E07000156"),
    )


def test_christchurch_went_to_bournemouth_and_the_rest_of_dorset_did_not() -> None:
    christchurch, county = moved("E07000048", 2019), moved("E10000009", 2019)
    assert christchurch.successors == (("E06000058", "Bournemouth, Christchurch and Poole"),)
    assert christchurch.complete_with == ("E06000028", "E06000029")
    assert county.relation == "split"
    assert [code for code, _ in county.successors] == ["E06000058", "E06000059"]


@pytest.mark.parametrize(
    ("code", "new_code"),
    [
        ("E10000002", "E06000060"),
        ("E10000010", "E06000047"),
        ("E10000022", "E06000057"),
        ("E10000023", "E06000065"),
        ("E10000027", "E06000066"),
    ],
)
def test_a_county_that_became_one_unitary_is_recoded_though_its_districts_merged(
    code: str, new_code: str
) -> None:
    move = moved(code, 2024)
    assert (move.relation, move.complete_with) == ("recoded", ())
    assert [new for new, _ in move.successors] == [new_code]


def test_a_chain_is_followed_as_far_as_the_day_and_no_further(changes: Changes) -> None:
    assert changes.successors("E07000157", date(2012, 12, 31)) == ("E06000048",)
    assert changes.successors("E07000157", date(2013, 12, 31)) == ("E06000057",)
    assert changes.successors("E07000191", date(2022, 12, 31)) == ("E07000246",)
    assert changes.successors("E07000191", date(2023, 12, 31)) == ("E06000066",)
    assert changes.predecessors("E06000066", date(2018, 12, 31)) == (
        "E07000187",
        "E07000188",
        "E07000189",
        "E07000190",
        "E07000191",
    )


def test_the_last_of_several_mergers_is_dated_and_completed_as_of_the_codes_own_end() -> None:
    move = moved("E07000190", 2024)
    assert (move.until, move.since) == (date(2019, 3, 31), date(2023, 4, 1))
    assert move.complete_with == ("E07000187", "E07000188", "E07000189", "E07000191")


def test_a_code_that_begins_later_is_newer_and_made_of_what_stood() -> None:
    north, gateshead = moved("E06000061", 2019), moved("E08000037", 2012)
    assert (north.relation, north.since) == ("newer", date(2021, 4, 1))
    assert [name for _, name in north.successors] == [
        "Corby",
        "East Northamptonshire",
        "Kettering",
        "Wellingborough",
    ]
    assert (gateshead.relation, gateshead.successors) == ("newer", (("E08000020", "Gateshead"),))
    assert "one house" in gateshead.note


@pytest.mark.parametrize(
    ("code", "relation", "name", "note"),
    [
        ("E07000175", "unchanged", "Newark and Sherwood", ""),
        ("W06000015", "outside England", "Cardiff", "Wales"),
        ("S12000015", "outside England", "Fife", "Scotland"),
        ("N09000003", "outside England", "Belfast", "Northern Ireland"),
        ("S12000099", "unknown", "", ""),
        ("E07000247", "unknown", "", ""),
        ("Corby", "unknown", "", ""),
    ],
)
def test_codes_that_have_not_moved_or_cannot(code: str, relation: str, name: str, note: str) -> None:
    move = moved(code, 2024)
    assert (move.relation, move.name, move.note) == (relation, name, note)


def test_an_authority_that_ended_with_no_change_in_the_table_is_lost() -> None:
    gone = Authority("E07000999", "Nowhere", "England", "district", None, date(2015, 3, 31))
    (move,) = Changes((gone,), (), ()).move(["E07000999"], to=LAST_DAY)
    assert (move.relation, move.successors, move.until) == ("lost", (), date(2015, 3, 31))


def test_a_split_is_dated_by_the_latest_of_the_successors() -> None:
    first, second = date(2010, 4, 1), date(2015, 4, 1)
    day = timedelta(days=1)
    names = {
        "E1": (None, first - day),
        "E2": (first, None),
        "E3": (first, second - day),
        "E4": (second, None),
    }
    authorities = (Authority(code, code, "England", "district", *days) for code, days in names.items())
    steps = (
        Change(first, "E1", "E2", "split", ""),
        Change(first, "E1", "E3", "split", ""),
        Change(second, "E3", "E4", "recoded", ""),
    )
    (move,) = Changes(tuple(authorities), steps, ()).move(["E1"], to=LAST_DAY)
    assert (move.successors, move.since) == ((("E2", "E2"), ("E4", "E4")), second)


def test_moves_keep_the_order_and_the_repeats_of_the_codes(changes: Changes) -> None:
    codes = ["E07000205", "E06000001", "E07000205"]
    assert [move.code for move in changes.move(codes, to=LAST_DAY)] == codes


def test_a_name_finds_every_code_that_bore_it_the_latest_first(changes: Changes) -> None:
    found = changes.by_name[normal("Northumberland")]
    assert [one.code for one in found] == ["E06000057", "E06000048", "E10000022"]
    assert [one.code for one in changes.by_name[normal("SHEPWAY")]] == ["E07000112"]
    assert [one.code for one in changes.by_name[normal("Corby")]] == ["E07000150"]


def test_former_names_are_of_no_authority_that_stood_later(changes: Changes) -> None:
    later = {
        normal(name)
        for one in changes.authorities
        if one.stands(date(2009, 4, 1)) or one.since
        for name in (one.name, *one.other_names)
    }
    assert not {normal(former.name) for former in changes.former} & later
    assert changes.former_name("Shropshire") is None
    assert changes.former_name("Corby") is None


def test_every_former_name_is_found_once_and_leads_to_codes_of_2009(changes: Changes) -> None:
    on = standing(changes, date(2009, 4, 1), "E")
    for former in changes.former:
        assert changes.former_name(former.name.upper()) == former
        assert set(former.successors) <= on, former.name
        assert former.successors
        assert former.until or " in 19" in former.note


def test_the_districts_abolished_in_2009_are_former_names_but_for_bedford(changes: Changes) -> None:
    last = date(2009, 3, 31)
    districts = [one for one in ended(changes) if one.until == last and one.level == "district"]
    unnamed = {one.name for one in districts if not changes.former_name(one.name)}
    assert len(districts) == 38  # 37 abolished, and the Isles of Scilly given another code
    assert unnamed == {"Bedford", "Isles of Scilly"}


@pytest.mark.parametrize(
    ("name", "successors"),
    [
        ("Humberside", ("E06000010", "E06000011", "E06000012", "E06000013")),
        ("Boothferry", ("E06000011", "E06000013")),
        ("hereford & worcester", ("E06000019", "E10000034")),
        ("Mid Bedfordshire", ("E06000056",)),
        ("Cheshire", ("E06000049", "E06000050")),
        ("West Derbyshire", ("E07000035",)),
    ],
)
def test_what_took_the_land_of_a_former_name(
    changes: Changes, name: str, successors: tuple[str, ...]
) -> None:
    former = changes.former_name(name)
    assert former is not None
    assert former.successors == successors


def test_the_audit_has_a_row_a_code_all_of_it_text(changes: Changes) -> None:
    table = audit(changes.move(["E10000021", "E07000175", "W06000015", "X1"], to=LAST_DAY))
    assert table.to_dict("split", index=False)["data"] == [
        [
            "E10000021",
            "Northamptonshire",
            "2021-03-31",
            "split",
            "E06000061;E06000062",
            "North Northamptonshire;West Northamptonshire",
            "2021-04-01",
            "Northamptonshire (Structural Changes) Order 2020",
        ],
        ["E07000175", "Newark and Sherwood", "", "unchanged", "E07000175", "Newark and Sherwood", "", ""],
        ["W06000015", "Cardiff", "", "outside England", "", "", "", "Wales"],
        ["X1", "", "", "unknown", "", "", "", ""],
    ]
    assert list(audit([]).columns) == list(table.columns)


@pytest.mark.parametrize(
    ("geography", "year"),
    [("LAD19", 2019), ("LAD24", 2024), ("CTYUA19", 2019), ("lad2021", 2021), ("LEP14", 2014)],
)
def test_the_year_that_ends_an_id_is_its_vintage(geography: str, year: int) -> None:
    assert vintage_day(geography) == date(year, 12, 31)


@pytest.mark.parametrize("geography", ["CTRY", "patch 3", "19", "", "LAD19x", "area12345"])
def test_an_id_without_a_year_at_its_end_has_no_vintage(geography: str) -> None:
    assert vintage_day(geography) is None
