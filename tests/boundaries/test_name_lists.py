"""What a list of names or codes in one cell is read as."""

from __future__ import annotations

import pytest

from .read_names import AFTER, BRISTOL, D2N2, GAZETTEER, HEREFORDSHIRE, HULL, NEWARK


def read_list(cell: str) -> tuple[list[str], list[str]]:
    places, problems = GAZETTEER.resolve_list(cell)
    return [("part of " if place.part else "") + place.area for place in places], [e.text for e in problems]


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
