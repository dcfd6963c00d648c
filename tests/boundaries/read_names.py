"""The built-in names, and texts that are read as one area."""

from __future__ import annotations

import pandas as pd

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


def blocks(area: str) -> tuple[int, ...]:
    geography, code = area.split(":")
    return tuple(GAZETTEER.atlas.geographies[geography].blocks_of(code).tolist())


def answered(text: str, on: pd.Timestamp | None = None) -> Place | PlaceError:
    try:
        return GAZETTEER.resolve(text, on)
    except PlaceError as error:
        return error
