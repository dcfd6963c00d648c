"""Districts and counties that ended, on an atlas of another year."""

from __future__ import annotations

import pytest

from hinterland.boundaries.atlas import Atlas
from hinterland.boundaries.builtin import load
from hinterland.boundaries.errors import PlaceError
from hinterland.boundaries.names import Gazetteer

NORTH = "E06000061"
MERGED = ("Corby", "East Northamptonshire", "Kettering", "Wellingborough")


def on(geography: str) -> Gazetteer:
    """Names of the built-in atlas as if it had one geography only."""
    built_in = load()
    return Gazetteer(Atlas(built_in.blocks, {geography: built_in.geographies[geography]}, 2019, ()))


LATER = on("LAD24")


def test_a_district_that_was_merged_is_a_part_of_its_successor() -> None:
    place = LATER.resolve("Corby")
    assert (place.area, place.part) == (f"LAD24:{NORTH}", True)
    ended = "Corby ended on 31 March 2021 and was merged into"
    assert place.note == f"{ended} LAD24:{NORTH} North Northamptonshire: read as a part of it"
    assert place.move is not None
    assert place.move.code == "E07000150"


@pytest.mark.parametrize(
    "cell",
    [
        "; ".join(MERGED),
        "; ".join(reversed(MERGED)),
        "E07000150; E07000152; E07000153; E07000156",
        "Corby; Kettering; Corby; Wellingborough; East Northamptonshire",
    ],
)
def test_all_that_was_merged_is_the_whole(cell: str) -> None:
    places, problems = LATER.resolve_list(cell)
    assert problems == []
    assert {(place.area, place.part) for place in places} == {(f"LAD24:{NORTH}", False)}
    assert set(places[0].blocks) == {
        block for name in MERGED for block in Gazetteer(load()).resolve(f"LAD19:{name}").blocks
    }


@pytest.mark.parametrize(
    "cell",
    [
        "Corby; Kettering; Wellingborough",
        "part of Corby; Kettering; Wellingborough; East Northamptonshire",
        "Corby; Kettering; Wellingborough; Daventry",
    ],
)
def test_less_than_all_that_was_merged_stays_a_part(cell: str) -> None:
    places, _ = LATER.resolve_list(cell)
    assert all(place.part for place in places)


def test_a_whole_beside_its_parts_stays_whole() -> None:
    places, _ = LATER.resolve_list("Corby; North Northamptonshire")
    assert [(place.area, place.part) for place in places] == [
        (f"LAD24:{NORTH}", True),
        (f"LAD24:{NORTH}", False),
    ]


def test_a_district_under_a_new_code_is_its_successor() -> None:
    place = on("LAD19").resolve("E07000100")
    assert (place.area, place.part) == ("LAD19:E07000240", False)
    assert place.note.startswith("E07000100 St Albans ended on")
    assert "read as its successor LAD19:E07000240 St Albans" in place.note


def test_a_county_that_was_split_is_asked_with_what_it_became() -> None:
    with pytest.raises(PlaceError) as found:
        LATER.resolve("Northamptonshire")
    assert found.value.kind == "asked"
    assert "was split between E06000061 North Northamptonshire and E06000062 West Northamptonshire" in str(
        found.value
    )


def test_a_district_that_is_newer_than_what_is_loaded_is_asked_with_what_it_is_made_of() -> None:
    with pytest.raises(PlaceError) as found:
        on("LAD19").resolve("North Northamptonshire")
    assert "began on 1 April 2021, after the loaded areas of 2019" in found.value.reason
    assert found.value.remedy == (
        "load areas of 2021 or later, or write E07000150; E07000152; E07000153; E07000156"
    )


def test_without_districts_of_a_year_a_former_code_is_asked() -> None:
    with pytest.raises(PlaceError) as found:
        on("RGN19").resolve("E07000150")
    assert "E07000150 Corby is in no loaded geography" in found.value.reason
