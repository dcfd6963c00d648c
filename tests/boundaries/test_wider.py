"""Names of built-in areas, read on an atlas that has other blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from hinterland.boundaries.atlas import Atlas
from hinterland.boundaries.builtin import load
from hinterland.boundaries.errors import PlaceError
from hinterland.boundaries.names import gazetteer_of
from hinterland.boundaries.places import Place


def part_of_england(area: str, *geographies: str, beyond: dict[str, set[str]] | None = None) -> Atlas:
    """The built-in blocks of one area, with some geographies alone."""
    whole = load()
    key, code = area.split(":")
    kept = whole.geographies[key].blocks_of(code)
    made = {}
    for name in geographies:
        given = whole.geographies[name]
        membership = sparse.csr_array(given.membership.tocsc()[:, kept])
        held = np.flatnonzero(membership.sum(axis=1) > 0)
        far = frozenset((beyond or {}).get(name, ()))
        names = given.names.iloc[held]
        made[name] = replace(given, names=names, membership=membership[held], beyond=far)
    return Atlas(whole.blocks.iloc[kept], made, 2019, ())


D2N2 = part_of_england("LEP14:E37000008", "LAD19")


def read(text: str, atlas: Atlas = D2N2) -> Place:
    return gazetteer_of(atlas).resolve(text)


def districts(place: Place, atlas: Atlas = D2N2) -> set[str]:
    return set(atlas.blocks["name"].iloc[[*place.blocks]])


def test_a_county_all_of_whose_districts_are_loaded_is_read_as_them() -> None:
    place = read("Nottinghamshire")
    assert districts(place) == {
        "Ashfield",
        "Bassetlaw",
        "Broxtowe",
        "Gedling",
        "Mansfield",
        "Newark and Sherwood",
        "Rushcliffe",
    }
    assert (place.area, place.beyond) == ("CTY19:E10000024", False)


@pytest.mark.parametrize("text", ["Leicestershire", "E10000018", "CTY19:Leicestershire", "Leicester", "Kent"])
def test_an_area_elsewhere_holds_no_block_and_is_said_to_lie_outside(text: str) -> None:
    place = read(text)
    assert place.blocks == ()
    assert place.beyond
    assert place.note.endswith("which lies outside the blocks of the study")


@pytest.mark.parametrize(
    "text", ["RGN19:East Midlands", "E12000004", "England", "East of England; E92000001"]
)
def test_a_wider_area_is_read_as_far_as_it_lies_in_the_study(text: str) -> None:
    place = gazetteer_of(D2N2).resolve_list(text)[0][-1]
    assert len(place.blocks) == 17
    assert place.beyond
    assert place.note.endswith("which reaches beyond the blocks of the study")


def test_a_part_of_an_area_stays_a_part() -> None:
    assert read("part of Leicestershire").part
    assert read("part of Derbyshire").part


def test_two_wider_areas_of_one_name_are_asked() -> None:
    with pytest.raises(PlaceError):
        read("East Midlands")


def test_a_loaded_area_that_is_cut_off_makes_what_holds_it_reach_beyond() -> None:
    atlas = part_of_england("LEP14:E37000008", "LAD19", beyond={"LAD19": {"E07000170"}})
    assert read("Nottinghamshire", atlas).beyond
    assert not read("Derbyshire", atlas).beyond


def test_an_area_that_divides_a_loaded_district_is_not_guessed() -> None:
    hampshire = part_of_england("CTY19:E10000014", "LAD19")
    with pytest.raises(PlaceError):
        read("LEP14:Enterprise M3", hampshire)


def test_an_area_that_divides_a_district_elsewhere_lies_outside() -> None:
    place = read("LEP14:Enterprise M3")
    assert place.blocks == ()
    assert place.beyond


def test_districts_of_2019_are_found_again_among_their_successors() -> None:
    atlas = part_of_england("CTRY:E92000001", "LAD24")
    county, region = read("Northamptonshire", atlas), read("RGN19:East Midlands", atlas)
    whole = load()
    assert county.blocks == tuple(whole.geographies["CTY19"].blocks_of("E10000021"))
    assert region.blocks == tuple(whole.geographies["RGN19"].blocks_of("E12000004"))
    assert not county.beyond


def test_an_area_that_holds_some_of_a_successor_is_not_guessed() -> None:
    atlas = part_of_england("CTRY:E92000001", "LAD24")
    with pytest.raises(PlaceError):
        read("LEP14:South East Midlands", atlas)


def test_without_districts_nothing_wider_is_found() -> None:
    with pytest.raises(PlaceError):
        read("Leicestershire", part_of_england("LEP14:E37000008", "RGN19"))


def test_everything_the_built_in_atlas_names_is_read_or_refused_on_d2n2() -> None:
    gazetteer, whole = gazetteer_of(D2N2), load()
    inside = set(whole.geographies["LEP14"].blocks_of("E37000008"))
    codes = [*D2N2.blocks.index]
    for key in ("CTY19", "RGN19", "LEP14", "LEP21", "CAUTH24", "LAD19"):
        geography = whole.geographies[key]
        for code, name in geography.names.items():
            held = set(geography.blocks_of(code))
            place = gazetteer.resolve(f"{key}:{name}")
            assert {codes[b] for b in place.blocks} == {whole.blocks.index[b] for b in held & inside}
            assert place.beyond == (not held <= inside)
