"""Every official name, and any text at all, gets an answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hinterland.boundaries.errors import PlaceError

from .read_names import AFTER, GAZETTEER, READ, answered, blocks


class TestEveryOfficialName:
    def test_qualified_by_its_geography_it_is_read_as_exactly_its_blocks(self) -> None:
        for geography in GAZETTEER.atlas.geographies.values():
            for code, name in geography.names.items():
                for text in (
                    f"{geography.id}:{name}",
                    f"{geography.id}:{code}",
                    f"part of {geography.id}:{name}",
                ):
                    place = GAZETTEER.resolve(text)
                    assert (place.area, place.name) == (f"{geography.id}:{code}", name)
                    assert place.blocks == tuple(geography.blocks_of(code))

    def test_its_code_alone_is_read_as_exactly_its_blocks(self) -> None:
        for geography in GAZETTEER.atlas.geographies.values():
            for code in geography.names.index:
                assert GAZETTEER.resolve(code).blocks == tuple(geography.blocks_of(code))

    def test_unqualified_it_is_read_as_an_area_of_that_name_or_asked_about(self) -> None:
        read, asked = set(), set()
        for geography in GAZETTEER.atlas.geographies.values():
            for code, name in geography.names.items():
                answer = answered(name)
                if isinstance(answer, PlaceError):
                    assert answer.reason == "several areas have this name"
                    assert name in answer.remedy
                    asked.add(name)
                else:
                    assert answer.name == name
                    assert answer.blocks == tuple(geography.blocks_of(code))
                    read.add(name)
        assert read.isdisjoint(asked)
        assert {"East Midlands", "West Midlands", "Dorset", "North East"} < asked
        assert len(asked) == 15

    def test_every_alias_is_read_as_the_area_that_it_was_curated_for(self) -> None:
        for alias, area in GAZETTEER.atlas.aliases.items():
            assert GAZETTEER.resolve(alias).area == area


WORDS = st.sampled_from(
    [
        *("Derby", "Bristol", "City of", "East Midlands", "D2N2", "E07000175", "S12000033"),
        *("part of ", "the ", "LAD19:", "RGN19:", ":", ";", ",", " ", "&", "(", ")", "-", "+", "’"),
        *("\u200b", "\u0301", "İ", "ß", "٣", "\x00"),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map("".join))


class TestAnyText:
    """Whatever is written, the answer is a place or a PlaceError: anything else fails the test."""

    @given(TEXTS)
    def test_one_text(self, text: str) -> None:
        answer = answered(text, AFTER)
        if isinstance(answer, PlaceError):
            assert answer.reason
            assert answer.remedy
        else:
            assert answer.blocks == blocks(answer.area)

    @given(TEXTS)
    def test_a_list(self, cell: str) -> None:
        places, problems = GAZETTEER.resolve_list(cell, AFTER)
        assert len({(place.area, place.part) for place in places}) == len(places)
        assert all(place.blocks == blocks(place.area) for place in places)
        assert all(problem.reason for problem in problems)
        if any(character.isalnum() for character in cell):
            assert places or problems

    @given(st.sampled_from(sorted(READ)), st.sampled_from(["", " ", "\u00a0", "\u200b", "\ufeff"]))
    def test_invisible_characters_around_a_text_make_no_difference(self, text: str, around: str) -> None:
        assert GAZETTEER.resolve(f"{around}{text}{around}").area == READ[text]
