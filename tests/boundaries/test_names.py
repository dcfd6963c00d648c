"""What a name or a code is read as, and what is asked instead of guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from hinterland.boundaries.errors import PlaceError

from .read_names import AFTER, BEFORE, BRISTOL, D2N2, GAZETTEER, NEWARK, READ, blocks

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
