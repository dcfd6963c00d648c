"""What a name or a code is read as, and what is asked instead of guessed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinterland.boundaries.builtin import load
from hinterland.boundaries.errors import PlaceError
from hinterland.boundaries.names import Gazetteer, Place

GAZETTEER = Gazetteer(load())
D2N2 = "Derby, Derbyshire, Nottingham and Nottinghamshire"
NEWARK = "LAD19:E07000175"
LYNN = "LAD19:E07000146"
HULL = "LAD19:E06000010"
BRISTOL = "LAD19:E06000023"
HEREFORDSHIRE = "LAD19:E06000019"
STOKE = "LAD19:E06000021"
BEFORE, AFTER = pd.Timestamp("2021-03-31"), pd.Timestamp("2021-04-01")

READ = {
    # codes, as people leave them in cells
    "E07000175": NEWARK,
    "e07000175": NEWARK,
    "  E07000175 ": NEWARK,
    "E07000175\u00a0": NEWARK,
    "E070\u200b00175": NEWARK,
    "\ufeffE07000175": NEWARK,
    "Ｅ０７０００１７５": NEWARK,
    "E12000004": "RGN19:E12000004",
    "E10000024": "CTY19:E10000024",
    "E37000008": "LEP14:E37000008",
    "E37000045": "LEP21:E37000045",
    "E47000013": "CAUTH24:E47000013",
    "E92000001": "CTRY:E92000001",
    # codes newer than 2019, which later districts know
    "E06000060": "LAD21:E06000060",
    "E06000061": "LAD21:E06000061",
    "E06000062": "LAD21:E06000062",
    "E06000063": "LAD23:E06000063",
    "E06000065": "LAD23:E06000065",
    # codes that have ended since, which 2019 knows
    "E07000150": "LAD19:E07000150",
    "E07000154": "LAD19:E07000154",
    "E10000021": "CTY19:E10000021",
    # spellings of one name
    "Newark and Sherwood": NEWARK,
    "NEWARK AND SHERWOOD": NEWARK,
    "Newark & Sherwood": NEWARK,
    "Newark&Sherwood": NEWARK,
    "newark  and\tsherwood": NEWARK,
    "Newark and Sherwood\u00a0": NEWARK,
    "New\u200bark and Sherwood": NEWARK,
    "Newark and Sher\u00adwood": NEWARK,
    "King's Lynn and West Norfolk": LYNN,
    "King’s Lynn & West Norfolk": LYNN,
    "King‘s Lynn and West Norfolk": LYNN,
    "Kings Lynn and West Norfolk": LYNN,
    "Stoke-on-Trent": STOKE,
    "Stoke on Trent": STOKE,
    "Stoke‑on–Trent": STOKE,
    "Dérby": "LAD19:E06000015",
    "St. Helens": "LAD19:E08000013",
    "Newcastle upon Tyne": "LAD19:E08000021",
    "Newcastle under Lyme": "LAD19:E07000195",
    "County Durham": "LAD19:E06000047",
    "Yorkshire and the Humber": "RGN19:E12000003",
    # names that hold a comma, and curated aliases
    "Bristol, City of": BRISTOL,
    "Bristol": BRISTOL,
    "City of Bristol": BRISTOL,
    "Kingston upon Hull, City of": HULL,
    "Kingston-upon-Hull": HULL,
    "City of Kingston upon Hull": HULL,
    "Hull": HULL,
    "Hull City": HULL,
    "Herefordshire, County of": HEREFORDSHIRE,
    "Herefordshire": HEREFORDSHIRE,
    "City of Derby": "LAD19:E06000015",
    "Derby City": "LAD19:E06000015",
    "City of London": "LAD19:E09000001",
    "City of Nottingham": "LAD19:E06000018",
    "City of Hull": HULL,
    # councils
    "Nottinghamshire County Council": "CTY19:E10000024",
    "Bassetlaw District Council": "LAD19:E07000171",
    "City of Westminster": "LAD19:E09000033",
    # codes and names that ended, and became one area
    "E07000100": "LAD19:E07000240",
    "Shepway": "LAD19:E07000112",
    "Notts": "CTY19:E10000024",
    "Lincs": "CTY19:E10000019",
    "D2N2": "LEP14:E37000008",
    "d2n2": "LEP14:E37000008",
    "SCR": "LEP14:E37000040",
    D2N2: "LEP14:E37000008",
    # a name of several areas that hold the same land
    "Rutland": "LAD19:E06000017",
    "London": "RGN19:E12000007",
    "Cumbria": "CTY19:E10000006",
    "Northamptonshire": "CTY19:E10000021",
    "Greater Manchester": "LEP14:E37000015",
    # a city whose county has a longer name
    "Derby": "LAD19:E06000015",
    "Derbyshire": "CTY19:E10000007",
    "Nottingham": "LAD19:E06000018",
    "Nottinghamshire": "CTY19:E10000024",
    "Northampton": "LAD19:E07000154",
    "England": "CTRY:E92000001",
    # names of later years
    "West Northamptonshire": "LAD21:E06000062",
    "Westmorland and Furness": "LAD23:E06000064",
    # qualified by the geography
    "RGN19:East Midlands": "RGN19:E12000004",
    "rgn19: east midlands": "RGN19:E12000004",
    "RGN19 :East Midlands": "RGN19:E12000004",
    "RGN19:E12000004": "RGN19:E12000004",
    "CAUTH24:East Midlands": "CAUTH24:E47000013",
    "LEP14:D2N2": "LEP14:E37000008",
    "LEP21:D2N2": "LEP21:E37000045",
    "CAUTH24:D2N2": "CAUTH24:E47000013",
    "CTYUA19:Rutland": "CTYUA19:E06000017",
    "CTYUA19:Notts": "CTYUA19:E10000024",
    "LAD19:Dorset": "LAD19:E06000059",
    "LEP14:North East": "LEP14:E37000025",
    "LAD19:Northampton": "LAD19:E07000154",
    # a code with its name
    "E07000175 Newark and Sherwood": NEWARK,
    "E07000175 Newark & Sherwood": NEWARK,
    "E07000175: Newark and Sherwood": NEWARK,
    "E07000175 (Newark and Sherwood)": NEWARK,
    "e07000175 - newark and sherwood": NEWARK,
    "Newark and Sherwood (E07000175)": NEWARK,
    "E06000023 Bristol, City of": BRISTOL,
    "E06000023 Bristol": BRISTOL,
    "E06000010 Hull": HULL,
    "E37000008 D2N2": "LEP14:E37000008",
    "LAD19:E07000175 Newark and Sherwood": NEWARK,
    "E12000004 East Midlands": "RGN19:E12000004",
    "E47000013 East Midlands": "CAUTH24:E47000013",
}

IN_PART = {
    "part of Derbyshire": "CTY19:E10000007",
    "Part of the Forest of Dean": "LAD19:E07000080",
    "PART OF D2N2": "LEP14:E37000008",
    "part of the City of Derby": "LAD19:E06000015",
    "part of Bristol, City of": BRISTOL,
    "part of E07000175": NEWARK,
    "part of RGN19:East Midlands": "RGN19:E12000004",
    "part of part of Derby": "LAD19:E06000015",
    # merged in 2019 with others
    "Poole": "LAD19:E06000058",
    "E07000205": "LAD19:E07000244",
    "part of " * 1_250 + "Derby": "LAD19:E06000015",
}

ASKED = {
    # look-alikes
    "EO7000175": "did you mean LAD19:E07000175 Newark and Sherwood",
    "E0700O175": "did you mean LAD19:E07000175 Newark and Sherwood",
    "E0700017S": "did you mean LAD19:E07000175 Newark and Sherwood",
    "eo7oooi75": "did you mean LAD19:E07000175 Newark and Sherwood",
    # codes that no loaded geography has
    "E07999999": "the loaded geographies are LAD19, CTY19",
    "K02000001": "the loaded geographies are LAD19, CTY19",
    "E01000001": "no loaded geography has this code",
    "RGN19:E12000099": "RGN19 has no area 'E12000099'",
    # several areas of one name
    "Newcastel": "did you mean LAD19:E07000195 Newcastle-under-Lyme or LAD19:E08000021 Newcastle upon Tyne",
    "East Midlands": "write one of RGN19:E12000004 East Midlands, CAUTH24:E47000013 East Midlands",
    "West Midlands": "write one of RGN19:E12000005 West Midlands, CAUTH24:E47000007 West Midlands",
    "Dorset": "write one of LAD19:E06000059 Dorset, LEP14:E37000009 Dorset",
    "North East": "write one of RGN19:E12000001 North East, LEP14:E37000025 North East",
    "Sheffield City Region": "several areas have this name",
    "part of the East Midlands": "several areas have this name",
    # names that are nearly one
    "Burnsley": "did you mean LAD19:E07000117 Burnley or LAD19:E08000016 Barnsley",
    "Barnsly": "did you mean LAD19:E08000016 Barnsley",
    "Rutland Water": "did you mean LAD19:E06000017 Rutland?",
    "Newcastle": "LAD19:E07000195 Newcastle-under-Lyme or LAD19:E08000021 Newcastle upon Tyne",
    "Nottingham County": "LAD19:E06000018 Nottingham or CTY19:E10000024 Nottinghamshire",
    "Brighton": "did you mean LAD19:E06000043 Brighton and Hove",
    "Peak District": "no area has exactly this name",
    "CTY19:Rutland": "CTY19 has no area 'Rutland'",
    "RGN19:Derby": "RGN19 has no area 'Derby'",
    "RGN19:": "RGN19 has no area ''",
    "RGN25:East Midlands": "RGN19:E12000004 East Midlands",
    # words that say no areas
    "All": "write England, or list the areas",
    "Nationwide": "write England, or list the areas",
    "UK-wide": "write England, or list the areas",
    "various": "write England, or list the areas",
    # two at once
    "East Midlands + Derby": "areas are separated by ; → write East Midlands; Derby",
    "Derby and Nottingham": "LAD19:E06000015 Derby or LAD19:E06000018 Nottingham",
    "Derby/Nottingham": "no area has exactly this name",
    "Derby, Derbyshire": "no area has exactly this name",
    # no names at all
    "": "write a code (E07000175), an official name, or GEOGRAPHY:name",
    " \u200b\u00a0": "no area has exactly this name",
    "part of": "no area has exactly this name",
    "...": "no area has exactly this name",
    "-": "no area has exactly this name",
    "&": "no area has exactly this name",
    ":": "no area has exactly this name",
    ".*": "no area has exactly this name",
    "Derby.+": "areas are separated by ;",
    "(?i)derby": "no area has exactly this name",
    "^Derby$": "no area has exactly this name",
    "[": "no area has exactly this name",
    "Derby\\": "no area has exactly this name",
    "😀": "no area has exactly this name",
    "Derby 😀": "did you mean LAD19:E06000015 Derby",
    "Der\x00by": "no area has exactly this name",
    "NA": "no area has exactly this name",
    "None": "no area has exactly this name",
    "x" * 100_000: "no area has exactly this name",
    "derby " * 2_000: "no area has exactly this name",
    "-" * 10_000: "no area has exactly this name",
}

REFUSED = {
    "S12000033": "outside England: Scotland",
    "s12000033": "outside England: Scotland",
    "W06000015": "outside England: Wales",
    "N09000003": "outside England: Northern Ireland",
    "part of W06000015": "outside England: Wales",
    "S12000033 Aberdeen City": "outside England: Scotland",
    "Scotland": "outside England: Scotland",
    "Wales": "outside England: Wales",
    "E07000175 Ashfield": "the code is Newark and Sherwood, the name says Ashfield",
    "E07000175 - Mansfield": "the code is Newark and Sherwood, the name says Mansfield",
    "E06000015 Derbyshire": "the code is Derby, the name says Derbyshire",
    "E12000004 East Midland": "the code is East Midlands, the name says East Midland",
    "LAD19:E07000175 Ashfield": "the code is Newark and Sherwood, the name says Ashfield",
}


def shown(text: str) -> str:
    return ascii(text[:40])


def blocks(area: str) -> tuple[int, ...]:
    geography, code = area.split(":")
    return tuple(GAZETTEER.atlas.geographies[geography].blocks_of(code).tolist())


def answered(text: str, on: pd.Timestamp | None = None) -> Place | PlaceError:
    try:
        return GAZETTEER.resolve(text, on)
    except PlaceError as error:
        return error


def read_list(cell: str) -> tuple[list[str], list[str]]:
    places, problems = GAZETTEER.resolve_list(cell)
    return [("part of " if place.part else "") + place.area for place in places], [e.text for e in problems]


class TestOneText:
    @pytest.mark.parametrize(("text", "area"), READ.items(), ids=map(shown, READ))
    def test_read_as_one_area(self, text: str, area: str) -> None:
        place = GAZETTEER.resolve(text)
        assert (place.area, place.part, place.blocks) == (area, False, blocks(area))
        geography, code = area.split(":")
        assert place.name == GAZETTEER.atlas.geographies[geography].names[code]

    @pytest.mark.parametrize(("text", "area"), IN_PART.items(), ids=map(shown, IN_PART))
    def test_read_as_an_unknown_part_of_an_area(self, text: str, area: str) -> None:
        place = GAZETTEER.resolve(text)
        assert (place.area, place.part, place.blocks) == (area, True, blocks(area))

    @pytest.mark.parametrize(("text", "answer"), ASKED.items(), ids=map(shown, ASKED))
    def test_asked(self, text: str, answer: str) -> None:
        with pytest.raises(PlaceError) as caught:
            GAZETTEER.resolve(text)
        assert answer in str(caught.value)
        assert caught.value.kind == "asked"
        assert caught.value.remedy

    @pytest.mark.parametrize(("text", "answer"), REFUSED.items(), ids=map(shown, REFUSED))
    def test_refused(self, text: str, answer: str) -> None:
        with pytest.raises(PlaceError) as caught:
            GAZETTEER.resolve(text)
        assert answer in str(caught.value)
        assert caught.value.kind == "refused"
        assert caught.value.remedy

    @pytest.mark.parametrize("text", ["Rutland Water", "Burnsley", "Newcastle", "East Midlands", "Chester"])
    def test_every_suggestion_can_be_pasted_back(self, text: str) -> None:
        suggestions = GAZETTEER.suggest(text)
        assert suggestions
        for suggestion in suggestions:
            assert suggestion.startswith(GAZETTEER.resolve(suggestion).area + " ")

    def test_nothing_like_a_nation_is_suggested_for_another(self) -> None:
        with pytest.raises(PlaceError) as caught:
            GAZETTEER.resolve("Wales")
        assert "Swale" not in str(caught.value)

    def test_at_most_five_suggestions(self) -> None:
        assert len(GAZETTEER.suggest("Derby Nottingham Leicester Lincoln Northampton")) <= 5


class TestNotes:
    @pytest.mark.parametrize(
        ("text", "note"),
        [
            (
                "Nottingham",
                "read as the district LAD19:E06000018, not the county CTY19:E10000024 Nottinghamshire",
            ),
            ("London", "read as RGN19:E12000007, the same land as LEP14:E37000023, LEP21:E37000051"),
            ("D2N2", f"read as LEP14:E37000008 {D2N2}"),
            ("Hull", "read as LAD19:E06000010 Kingston upon Hull, City of"),
            ("part of Hull", "read as LAD19:E06000010 Kingston upon Hull, City of"),
        ],
    )
    def test_how_a_text_was_read_is_reported(self, text: str, note: str) -> None:
        assert GAZETTEER.resolve(text).note == note

    @pytest.mark.parametrize("text", ["E07000175", "Newark and Sherwood", "Rutland", "RGN19:East Midlands"])
    def test_what_is_plain_is_not(self, text: str) -> None:
        assert GAZETTEER.resolve(text).note == ""

    @pytest.mark.parametrize(
        ("text", "county"),
        [
            ("Nottingham", "CTY19:E10000024 Nottinghamshire"),
            ("Rutland", ""),
            ("Derbyshire", ""),
            ("Bassetlaw", ""),
        ],
    )
    def test_the_county_that_a_district_could_be_taken_for(self, text: str, county: str) -> None:
        assert GAZETTEER.county_like(GAZETTEER.resolve(text)) == county


class TestDays:
    def test_a_district_is_read_until_its_last_day(self) -> None:
        assert GAZETTEER.resolve("Northampton", BEFORE).area == "LAD19:E07000154"

    @pytest.mark.parametrize("text", ["Northampton", "part of Northampton"])
    def test_after_it_the_former_district_and_its_successor_are_offered(self, text: str) -> None:
        with pytest.raises(PlaceError) as caught:
            GAZETTEER.resolve(text, AFTER)
        assert caught.value.kind == "asked"
        assert caught.value.reason == "this district ended on 31 March 2021"
        assert "LAD19:E07000154" in caught.value.remedy
        assert "E06000062 West Northamptonshire" in caught.value.remedy

    @pytest.mark.parametrize("text", ["E07000154", "LAD19:Northampton", "LAD19:E07000154"])
    def test_a_code_or_a_qualified_name_says_which_is_meant(self, text: str) -> None:
        assert GAZETTEER.resolve(text, AFTER).area == "LAD19:E07000154"

    @pytest.mark.parametrize("text", ["Derby", "Barnsley", "Newark and Sherwood", "Northamptonshire"])
    def test_what_has_not_ended_is_read_on_any_day(self, text: str) -> None:
        assert GAZETTEER.resolve(text, pd.Timestamp("2024-12-31")) == GAZETTEER.resolve(text)

    def test_a_district_that_ended_in_2020_or_2023(self) -> None:
        with pytest.raises(PlaceError, match="this district ended on 31 March 2020"):
            GAZETTEER.resolve("Aylesbury Vale", AFTER)
        assert GAZETTEER.resolve("Carlisle", AFTER).area == "LAD19:E07000028"
        with pytest.raises(PlaceError, match=r"31 March 2023 → .*E06000063 Cumberland"):
            GAZETTEER.resolve("Carlisle", pd.Timestamp("2023-04-01"))


class TestLists:
    @pytest.mark.parametrize(
        ("cell", "areas"),
        [
            ("", []),
            (" ; ;", []),
            ("Derby", ["LAD19:E06000015"]),
            ("Derby;Nottingham", ["LAD19:E06000015", "LAD19:E06000018"]),
            ("Derby; derby ; E06000015", ["LAD19:E06000015"]),
            ("Derby; part of Derby", ["LAD19:E06000015", "part of LAD19:E06000015"]),
            ("Bristol, City of; Kingston upon Hull, City of", [BRISTOL, HULL]),
            ("Bristol, City of, Kingston upon Hull, City of", [BRISTOL, HULL]),
            ("Herefordshire, County of, Derby", [HEREFORDSHIRE, "LAD19:E06000015"]),
            (D2N2, ["LEP14:E37000008"]),
            (f"{D2N2}, Leicester", ["LEP14:E37000008", "LAD19:E06000016"]),
            ("Derby, Derbyshire", ["LAD19:E06000015", "CTY19:E10000007"]),
            (
                "Derby, Derbyshire, Nottingham, Nottinghamshire",
                ["LAD19:E06000015", "CTY19:E10000007", "LAD19:E06000018", "CTY19:E10000024"],
            ),
            ("Bournemouth, Christchurch and Poole, Derby", ["LAD19:E06000058", "LAD19:E06000015"]),
            ("E07000175, E07000170", [NEWARK, "LAD19:E07000170"]),
            ("E07000175, Newark and Sherwood", [NEWARK]),
            ("E06000023, Bristol, City of", [BRISTOL]),
            ("LEP14:D2N2; RGN19:East Midlands", ["LEP14:E37000008", "RGN19:E12000004"]),
            ("LAD19:Derby, Nottingham", ["LAD19:E06000015", "LAD19:E06000018"]),
            ("LAD19:Bristol, City of, Derby", [BRISTOL, "LAD19:E06000015"]),
            ("part of Bristol, City of, Derby", [f"part of {BRISTOL}", "LAD19:E06000015"]),
        ],
    )
    def test_read_whole(self, cell: str, areas: list[str]) -> None:
        assert read_list(cell) == (areas, [])

    @pytest.mark.parametrize(
        ("cell", "areas", "texts"),
        [
            ("Derby; Nowhere; Nottingham", ["LAD19:E06000015", "LAD19:E06000018"], ["Nowhere"]),
            ("Derby, Nowhere, Nottingham", ["LAD19:E06000015", "LAD19:E06000018"], ["Nowhere"]),
            ("Newcastle; East Midlands; Derby", ["LAD19:E06000015"], ["Newcastle", "East Midlands"]),
            ("Derby; S12000033", ["LAD19:E06000015"], ["S12000033"]),
            ("East Midlands + Derby", [], ["East Midlands + Derby"]),
            ("E07000175, Ashfield", [], ["E07000175, Ashfield"]),
            ("All", [], ["All"]),
        ],
    )
    def test_every_text_that_is_no_area_is_named(self, cell: str, areas: list[str], texts: list[str]) -> None:
        assert read_list(cell) == (areas, texts)

    def test_a_list_with_commas_is_read_and_reported(self) -> None:
        places, _ = GAZETTEER.resolve_list("Ashfield, Bassetlaw")
        assert [place.area for place in places] == ["LAD19:E07000170", "LAD19:E07000171"]
        assert all("separate" in place.note for place in places)

    def test_one_name_with_a_comma_after_it_is_not_reported_as_several(self) -> None:
        places, problems = GAZETTEER.resolve_list("Bassetlaw,")
        assert ([place.note for place in places], problems) == ([""], [])

    def test_all_317_districts_in_one_cell_with_commas(self) -> None:
        names = list(GAZETTEER.atlas.geographies["LAD19"].names)
        places, problems = GAZETTEER.resolve_list(", ".join(name for name in names if name != "Dorset"))
        assert len(places) == 316
        assert problems == []

    def test_a_day_is_asked_of_every_area_in_a_list(self) -> None:
        places, problems = GAZETTEER.resolve_list("Corby; Derby, Kettering", AFTER)
        assert [place.name for place in places] == ["Derby"]
        assert [problem.text for problem in problems] == ["Corby", "Kettering"]


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
