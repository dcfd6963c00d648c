"""A user's own geography: what its members are read as, and what is asked instead of guessed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from hinterland.boundaries.atlas import Atlas, Geography, grouping
from hinterland.boundaries.builtin import load
from hinterland.boundaries.by_grouping import by_grouping
from hinterland.boundaries.description import GroupingFrom, Words
from hinterland.boundaries.errors import Fault

ASHFIELD, BASSETLAW, DERBY, NOTTINGHAM = "E07000170", "E07000171", "E06000015", "E06000018"
CORBY, EAST, KETTERING, WELLINGBOROUGH = "E07000150", "E07000152", "E07000153", "E07000156"
WORDS = Words(id="OWN", label="Own areas", level="sub-region", one="zone", many="zones", source="us")


def atlas_of(**districts: str) -> Atlas:
    """An atlas of square blocks of 10 residents: each a district of 2019, code → name."""
    codes = [*districts]
    squares = [shapely.box(1000 * i, 0, 1000 * i + 1000, 1000) for i in range(len(codes))]
    columns = {"name": [*districts.values()], "residents": 10.0, "area_km2": 1.0}
    blocks = gpd.GeoDataFrame(columns, geometry=squares, index=codes, crs=27700)
    names, membership = grouping(codes, [(code, code, name) for code, name in districts.items()])
    lad = Geography("LAD19", "Districts", "district", names, membership, "")
    return Atlas(blocks, {"LAD19": lad}, 2019, ())


FOUR = atlas_of(E07000170="Ashfield", E07000171="Bassetlaw", E06000015="Derby", E06000018="Nottingham")


def made(
    areas: dict[str, list[str]] | None = None, atlas: Atlas = FOUR, file: Path | None = None
) -> tuple[dict[str, list[str]] | None, list[str], Geography | None]:
    """Area → its blocks, what is said, and the geography."""
    given = {area: tuple(texts) for area, texts in (areas or {}).items()}
    faults: list[Fault] = []
    found = by_grouping(GroupingFrom(words=WORDS, areas=given, file=file), atlas, faults)
    said = [f"{fault.kind} {fault}" for fault in faults]
    if found is None:
        return None, said, None
    held = {name: [*atlas.blocks.index[found.blocks_of(code)]] for code, name in found.names.items()}
    return held, said, found


def in_file(folder: Path, text: str) -> Path:
    (folder / "areas.csv").write_text(text, encoding="utf-8")
    return folder / "areas.csv"


def test_areas_are_made_of_names_and_codes() -> None:
    held, _, found = made({"North": ["Ashfield", "e07000171"], "South": ["Derby; LAD19:Nottingham"]})
    assert held == {"North": [ASHFIELD, BASSETLAW], "South": [DERBY, NOTTINGHAM]}
    assert found is not None
    assert [*found.names.index] == ["OWN_01", "OWN_02"]
    assert (found.level, found.nouns, found.source) == ("sub-region", ("zone", "zones"), "us")


def test_areas_that_overlap_and_blocks_in_none_are_counted_and_named() -> None:
    held, said, found = made({"A": ["Ashfield", "Bassetlaw"], "B": ["Bassetlaw"]})
    assert held == {"A": [ASHFIELD, BASSETLAW], "B": [BASSETLAW]}
    assert found is not None
    assert found.overlapping
    assert said == [
        "noted study.toml: OWN: 1 blocks with 10 residents lie in several of its areas: Bassetlaw",
        "noted study.toml: OWN: 2 blocks with 20 residents lie in none of its areas: Derby, Nottingham",
    ]


def test_a_name_of_no_area_is_asked_and_nothing_made() -> None:
    held, said, _ = made({"North": ["Ashfeld"], "South": ["Derby"]})
    assert held is None
    assert said[0].startswith("asked study.toml, key North: 'Ashfeld': no area has exactly this name")
    assert "LAD19:E07000170 Ashfield" in said[0]


def test_a_name_of_several_areas_is_asked() -> None:
    held, said, _ = made({"Middle": ["East Midlands"]}, atlas=load())
    assert held is None
    assert said[0].startswith("asked study.toml, key Middle: 'East Midlands': several areas have this name")


def test_a_part_of_an_area_is_asked() -> None:
    held, said, _ = made({"North": ["part of Ashfield", "Derby"]})
    assert held is None
    assert said == [
        "asked study.toml, key North: 'part of Ashfield': which part of it is not known → name whole areas"
    ]


def test_an_area_outside_the_blocks_is_left_out_and_one_that_reaches_out_is_known_to() -> None:
    held, said, found = made({"Far": ["Leicestershire"], "Both": ["Derby", "Leicester"]})
    assert held == {"Both": [DERBY]}
    assert found is not None
    assert found.beyond == {"OWN_02"}
    assert "noted study.toml: OWN: 1 of its areas hold no block and are left out: Far" in said


def test_a_grouping_that_holds_no_block_at_all_is_stopped() -> None:
    held, said, _ = made({"Far": ["Leicestershire"], "Off": ["Kent"]})
    assert held is None
    assert said[-1] == "stopped study.toml: OWN: 2 of its areas hold no block and are left out: Far, Off"


def test_an_area_without_members_is_stopped() -> None:
    _, said, _ = made({"North": ["Ashfield"], "Empty": []})
    assert said[0] == (
        "stopped study.toml, key Empty: this area has no members → name at least one, or take it out"
    )


def later() -> Atlas:
    built_in = load()
    return Atlas(built_in.blocks, {"LAD24": built_in.geographies["LAD24"]}, 2019, ())


def test_all_that_was_merged_into_an_area_is_the_whole_of_it() -> None:
    members = ["Corby", "Kettering", "Wellingborough", "East Northamptonshire"]
    held, said, _ = made({"NN": members}, atlas=later())
    assert held == {"NN": sorted([CORBY, EAST, KETTERING, WELLINGBOROUGH])}
    assert sum("all of it is named" in text for text in said) == 4


def test_some_of_what_was_merged_into_an_area_is_asked() -> None:
    held, said, _ = made({"NN": ["Corby", "Kettering", "Wellingborough"]}, atlas=later())
    assert held is None
    assert [text.split(":")[0] for text in said] == ["asked study.toml, key NN"] * 3
    assert "merged into LAD24:E06000061 North Northamptonshire" in said[0]


def test_part_of_what_was_merged_does_not_make_the_whole() -> None:
    members = ["part of Corby", "Kettering", "Wellingborough", "East Northamptonshire"]
    assert made({"NN": members}, atlas=later())[0] is None


def test_a_file_gives_areas_members_and_codes(tmp_path: Path) -> None:
    text = "area,member,code\nNorth,Ashfield,N1\nNorth,Bassetlaw,\nSouth,Derby;Nottingham,\n"
    held, _, found = made(file=in_file(tmp_path, text))
    assert held == {"North": [ASHFIELD, BASSETLAW], "South": [DERBY, NOTTINGHAM]}
    assert found is not None
    assert found.names.to_dict() == {"N1": "North", "OWN_02": "South"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "North,Ashfield,N1\nSouth,Derby,N1\n",
            "refused areas.csv, row 3, column code: 'N1': North has the code N1 too "
            "→ give each area a code of its own",
        ),
        (
            "North,Ashfield,N1\nNorth,Derby,N2\n",
            "refused areas.csv, row 3, column code: 'N2': North has the code N1 above → write one of the two",
        ),
        (
            "North,,\nNorth,Derby,\n",
            "refused areas.csv, row 2: the member is blank "
            "→ write an area, and a name or code that belongs to it",
        ),
        (
            ",Ashfield,\nNorth,Derby,\n",
            "refused areas.csv, row 2: the area is blank "
            "→ write an area, and a name or code that belongs to it",
        ),
        (
            "North,Nowhere,\n",
            "asked areas.csv, row 2, column member: 'Nowhere': no area has exactly this name",
        ),
    ],
)
def test_a_row_that_is_not_clear_is_told_with_its_place(tmp_path: Path, rows: str, said: str) -> None:
    assert made(file=in_file(tmp_path, f"area,member,code\n{rows}"))[1][0].startswith(said)


def test_a_file_without_its_columns_makes_nothing(tmp_path: Path) -> None:
    held, said, _ = made(file=in_file(tmp_path, "zone,place\nNorth,Derby\n"))
    assert held is None
    assert [text for text in said if text.startswith("asked areas.csv, row 1, column")] == said[-2:]
