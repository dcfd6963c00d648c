"""Geographies by lookup: who holds which block, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from hinterland.boundaries.atlas import Geography, Held, grouping
from hinterland.boundaries.by_lookup import by_changes, by_lookup
from hinterland.boundaries.description import LookupFrom, Origin, Words
from hinterland.boundaries.errors import Fault

CORBY, EAST, KETTERING, WELLINGBOROUGH = "E07000150", "E07000152", "E07000153", "E07000156"
NORTH = [CORBY, EAST, KETTERING, WELLINGBOROUGH]
ASHFIELD, DERBY = "E07000170", "E06000015"


def geography(key: str, areas: dict[str, list[str]], level: str = "neighbourhood") -> Geography:
    """Areas, named after their codes, that hold blocks."""
    blocks = sorted({block for held in areas.values() for block in held})
    triples = [(block, code, f"Name of {code}") for code, held in areas.items() for block in held]
    names, membership = grouping(blocks, triples)
    return Geography(key, key, level, names, membership, "", ("block", "blocks"))


BLOCKS = geography("LSOA11", {"b1": ["b1"], "b2": ["b2"], "b3": ["b3"]})


def look_up(
    *rows: Sequence[str],
    of: Geography = BLOCKS,
    keys: dict[str, list[str]] | None = None,
    codes: tuple[str, ...] = ("LEP14CD",),
    names: tuple[str, ...] = (),
) -> tuple[Held | None, list[str]]:
    """Look blocks of 10 residents each up in rows that stand in a file from row 2."""
    origin = Origin(ons="L")
    lookup = LookupFrom(words=Words(id="LEP14"), origin=origin, of=of.id, key="KEY", codes=codes, names=names)
    table = pd.DataFrame(rows, columns=["KEY", *codes, *names], index=range(2, len(rows) + 2), dtype=str)
    keys = keys or {code: [code] for code in of.names.index}
    residents = pd.Series(10.0, index=[block for held in keys.values() for block in held])
    faults: list[Fault] = []
    held = by_lookup(lookup, "l.csv", table, of, keys, residents, faults)
    return held, [f"{fault.kind} {fault}" for fault in faults]


def pairs(held: Held | None) -> list[tuple[str, str]]:
    assert held is not None
    return sorted((block, code) for block, code, _ in held.triples)


def test_each_block_lies_where_its_row_says() -> None:
    held, said = look_up(("b1", "A"), ("b2", "A"), ("b3", "B"))
    assert pairs(held) == [("b1", "A"), ("b2", "A"), ("b3", "B")]
    assert said == []


def test_missed_blocks_are_counted_and_named_with_their_residents() -> None:
    held, said = look_up(("b2", "A"))
    assert pairs(held) == [("b2", "A")]
    assert said == [
        "noted l.csv, column KEY: 2 blocks of LSOA11 are not in it, with 20 residents: "
        "b1 Name of b1, b3 Name of b3 → they lie in no area of LEP14; is it of the same year as LSOA11?"
    ]


def test_a_blank_code_is_no_area() -> None:
    held, said = look_up(("b1", "A"), ("b2", ""), ("b3", ""))
    assert pairs(held) == [("b1", "A")]
    assert said == []


def test_a_lookup_that_gives_no_block_an_area_is_stopped() -> None:
    held, said = look_up(("b1", ""), ("b2", ""), ("far", "A"))
    assert held is None
    assert said == [
        "stopped l.csv, column LEP14CD: none of its rows gives a block an area "
        "→ name the columns that hold codes"
    ]


def test_two_columns_of_codes_put_a_block_into_both_areas_which_is_said() -> None:
    held, said = look_up(("b1", "A", "B"), ("b2", "A", ""), ("b3", "B", "B"), codes=("CD1", "CD2"))
    assert pairs(held) == [("b1", "A"), ("b1", "B"), ("b2", "A"), ("b3", "B")]
    assert said == ["noted l.csv: 1 blocks with 10 residents lie in several areas of LEP14: b1"]


def test_rows_that_say_the_same_count_once_and_others_put_a_block_into_several_areas() -> None:
    held, said = look_up(("b1", "A"), ("b1", "A"), ("b2", "A"), ("b2", "B"), ("b3", "B"))
    assert pairs(held) == [("b1", "A"), ("b2", "A"), ("b2", "B"), ("b3", "B")]
    assert said == ["noted l.csv: 1 blocks with 10 residents lie in several areas of LEP14: b2"]


def test_an_area_that_rows_of_other_blocks_name_too_reaches_beyond_the_blocks() -> None:
    held, _ = look_up(("b1", "A"), ("b2", "B"), ("b3", "B"), ("far", "B"), ("far", "C"))
    assert held is not None
    assert held.beyond == {"B"}
    assert {code for _, code, _ in held.triples} == {"A", "B"}


def test_areas_of_a_cut_off_area_reach_beyond_the_blocks() -> None:
    districts = replace(geography("LAD19", {"X": ["b1"], "Y": ["b2"]}, "district"), beyond=frozenset({"X"}))
    keys = {"X": ["b1"], "Y": ["b2"]}
    held, _ = look_up(("X", "East"), ("Y", "West"), of=districts, keys=keys)
    assert pairs(held) == [("b1", "East"), ("b2", "West")]
    assert held is not None
    assert held.beyond == {"East"}


def test_a_lookup_of_a_geography_reaches_all_blocks_of_its_areas() -> None:
    districts = geography("LAD19", {"X": ["b1", "b2"], "Y": ["b3"]}, "district")
    held, said = look_up(("X", "East"), of=districts, keys={"X": ["b1", "b2"], "Y": ["b3"]})
    assert pairs(held) == [("b1", "East"), ("b2", "East")]
    assert said == [
        "noted l.csv, column KEY: 1 block of LAD19 is not in it, with 10 residents: Y Name of Y "
        "→ they lie in no area of LEP14; is it of the same year as LAD19?"
    ]


def test_pieces_of_a_block_lie_where_the_block_does() -> None:
    keys = {"b1": ["b1a", "b1b"], "b2": ["b2"], "b3": ["b3"]}
    held, _ = look_up(("b1", "A"), ("b2", "B"), ("b3", "B"), keys=keys)
    assert pairs(held) == [("b1a", "A"), ("b1b", "A"), ("b2", "B"), ("b3", "B")]


def test_two_names_of_one_code_are_refused_once_however_many_rows_have_them() -> None:
    rows = [("b1", "A", "Derby"), ("b2", "A", "Leeds"), ("b3", "A", "Leeds")]
    _, said = look_up(*rows, names=("NM",))
    assert said == [
        "refused l.csv, row 3, column NM: 'Leeds': A is called Derby in row 2 → correct one of the two"
    ]


def test_spelling_is_no_other_name_and_a_blank_name_gives_way() -> None:
    rows = [("b1", "A", ""), ("b2", "A", "Tyne & Wear"), ("b3", "A", "TYNE AND WEAR"), ("b1", "B", "")]
    held, said = look_up(*rows, names=("NM",))
    assert held is not None
    assert {code: name for _, code, name in held.triples} == {"A": "Tyne & Wear", "B": "B"}
    assert [text for text in said if text.startswith("refused")] == []


def test_the_name_of_another_district_is_refused_and_any_other_spelling_taken() -> None:
    rows = [("b1", ASHFIELD, "Bassetlaw"), ("b2", DERBY, "Derby UA"), ("b3", "E06000023", "Bristol")]
    held, said = look_up(*rows, names=("NM",))
    assert said == [
        "refused l.csv, row 2, column NM: 'Bassetlaw': E07000170 is Ashfield → correct the code or the name"
    ]
    assert held is not None
    assert {name for _, _, name in held.triples} >= {"Derby UA", "Bristol"}


@pytest.mark.parametrize(("code", "name"), [("E07000112", "Shepway"), ("E06000060", "Buckinghamshire")])
def test_an_earlier_name_and_one_that_a_county_had_are_taken(code: str, name: str) -> None:
    _, said = look_up(("b1", code, name), ("b2", code, name), ("b3", code, name), names=("NM",))
    assert said == []


def test_codes_with_letters_for_digits_are_asked_about() -> None:
    small = geography("LSOA11", {"E01000001": ["E01000001"], "E01000002": ["E01000002"]})
    _, said = look_up(("E0100000I", ASHFIELD), ("E01000002", "E07OOO17O"), of=small)
    reason = "this is no code: a code is a letter and eight digits"
    assert said == [
        f"asked l.csv, row 2, column KEY: 'E0100000I': {reason} → did you mean E01000001?",
        f"asked l.csv, row 3, column LEP14CD: 'E07OOO17O': {reason} → did you mean E07000170?",
    ]


def test_blocks_are_not_put_into_another_nation() -> None:
    _, said = look_up(("b1", "W06000006"), ("b2", "W06000006"), ("b3", "S12000033"))
    assert [text.partition(" → ")[0] for text in said] == [
        "refused l.csv, row 2, column LEP14CD: 'W06000006': outside England: Wales (Wrexham)",
        "refused l.csv, row 4, column LEP14CD: 'S12000033': outside England: Scotland (Aberdeen City)",
    ]


def test_deciles_get_one_width_over_all_columns() -> None:
    held, _ = look_up(("b1", "9.0", ""), ("b2", "10.0", ""), ("b3", "", "9"), codes=("D1", "D2"))
    assert pairs(held) == [("b1", "09"), ("b2", "10"), ("b3", "09")]


def test_codes_that_are_not_all_numbers_are_left_as_they_are() -> None:
    held, _ = look_up(("b1", "9"), ("b2", "10"), ("b3", "A1"))
    assert [code for _, code in pairs(held)] == ["9", "10", "A1"]


def test_official_codes_of_areas_are_found_in_small_letters_and_with_blanks() -> None:
    held, _ = look_up(("b1", " e37000008 "), ("b2", "E37000008"), ("b3", "E37000008"))
    assert {code for _, code in pairs(held)} == {"E37000008"}


def test_a_lookup_of_nothing_that_is_loaded_is_stopped_showing_both() -> None:
    held, said = look_up(("x1", "A"), ("x2", "A"))
    assert held is None
    assert said == [
        "stopped l.csv, column KEY: none of its rows is LSOA11: it has x1, x2; LSOA11 has b1, b2, b3 "
        "→ is KEY the right column, and the lookup of the same vintage as LSOA11?"
    ]


def test_a_lookup_of_a_later_year_is_stopped_with_the_way_to_bridge_it() -> None:
    districts = geography("LAD19", {ASHFIELD: ["b1"], CORBY: ["b2"]}, "district")
    rows = [(ASHFIELD, "E47000013"), ("E06000061", "E47000099")]
    _, said = look_up(*rows, of=districts, keys={ASHFIELD: ["b1"], CORBY: ["b2"]})
    assert said[-1] == (
        "stopped l.csv, column KEY: E07000150 Corby is not in it, but E06000061, which it became: "
        "the lookup is of a later year than LAD19 → add before it [[boundaries.lookup]] with "
        'id = "LAD21" and of = "LAD19", and write of = "LAD21" here'
    )


def test_a_lookup_of_an_earlier_year_is_stopped() -> None:
    districts = geography("LAD24", {ASHFIELD: ["b1"], "E06000061": ["b2"]}, "district")
    keys = {ASHFIELD: ["b1"], "E06000061": ["b2"]}
    _, said = look_up((ASHFIELD, "A"), (KETTERING, "A"), of=districts, keys=keys)
    assert said[-1].startswith(
        "stopped l.csv, column KEY: E06000061 North Northamptonshire is not in it, but E07000153, which "
        "became it: the lookup is of an earlier year than LAD24"
    )


def test_districts_that_a_lookup_leaves_out_are_no_sign_of_another_year() -> None:
    districts = geography("LAD24", {ASHFIELD: ["b1"], DERBY: ["b2"]}, "district")
    held, said = look_up((ASHFIELD, "A"), of=districts, keys={ASHFIELD: ["b1"], DERBY: ["b2"]})
    assert pairs(held) == [("b1", "A")]
    assert [text.split()[0] for text in said] == ["noted"]


def carry(of: Geography, to: str) -> tuple[Held | None, list[str]]:
    lookup = LookupFrom(words=Words(id=to), origin=None, of=of.id, key="")
    keys = {code: [f"block of {code}"] for code in of.names.index}
    faults: list[Fault] = []
    held = by_changes(lookup, of, keys, faults)
    return held, [f"{fault.kind} {fault.reason}" for fault in faults]


def districts_of(key: str, *codes: str) -> Geography:
    level = "county" if key.startswith("CTY") else "district"
    return geography(key, {code: [f"block of {code}"] for code in codes}, level)


def test_districts_are_carried_to_a_later_year() -> None:
    held, said = carry(districts_of("LAD19", *NORTH, ASHFIELD), "LAD24")
    assert held is not None
    assert sorted(held.triples) == [
        *((f"block of {code}", "E06000061", "North Northamptonshire") for code in NORTH),
        (f"block of {ASHFIELD}", ASHFIELD, "Ashfield"),
    ]
    assert held.beyond == frozenset()
    told = "noted LAD24 was carried from LAD19 through the table of code changes: "
    assert said == [f"{told}1 unchanged, 0 recoded, 4 merged."]


def test_a_successor_of_which_only_some_districts_are_loaded_reaches_beyond_them() -> None:
    held, _ = carry(districts_of("LAD19", CORBY, EAST, KETTERING), "LAD24")
    assert held is not None
    assert held.beyond == {"E06000061"}


def test_districts_that_were_merged_cannot_be_carried_back() -> None:
    _, said = carry(districts_of("LAD24", "E06000061", ASHFIELD), "LAD19")
    parts = "E07000150 Corby, E07000152 East Northamptonshire, E07000153 Kettering, E07000156 Wellingborough"
    assert said[0] == f"stopped E06000061 Name of E06000061 is newer: {parts}"


def test_a_code_that_no_table_knows_stops_the_study() -> None:
    _, said = carry(districts_of("LAD19", "E07999999"), "LAD24")
    assert said[0] == "stopped E07999999 Name of E07999999 is unknown"


@pytest.mark.parametrize(("one", "other"), [("LAD19", "CTY24"), ("MY_AREAS", "LAD24"), ("LAD19", "NEW")])
def test_only_two_years_of_one_kind_are_carried(one: str, other: str) -> None:
    held, said = carry(districts_of(one, ASHFIELD), other)
    assert held is None
    assert said == [f"stopped {one} cannot be carried to {other} through the table of code changes"]


def test_counties_that_are_no_counties_any_more_leave_their_blocks_in_none() -> None:
    northamptonshire, north_yorkshire, nottinghamshire = "E10000021", "E10000023", "E10000024"
    held, said = carry(districts_of("CTY19", northamptonshire, north_yorkshire, nottinghamshire), "CTY24")
    assert held is not None
    assert [code for _, code, _ in held.triples] == [nottinghamshire]
    assert said[-1].endswith(
        "No longer counties, and so in no area: E10000021 Name of E10000021, E10000023 Name of E10000023."
    )
