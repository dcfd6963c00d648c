"""Make the tables of local authority codes and names that `changes` reads.

    python -m hinterland.boundaries.make_changes REFERENCE_FOLDER

writes `boundaries/data/authorities.csv`, `changes.csv` and `former_names.csv`. REFERENCE_FOLDER
holds `lookups/ltla_changes_2016_2024.csv` (districts) and
`names/mysociety_uk_local_authorities_current.csv` (counties, their districts and their ends).

What those files do not hold stands below as literals. Codes, names and days from 2009 to 2016,
and those of Scotland, Wales and Northern Ireland, are of the Code History Database (Office for
National Statistics, July 2024), whose codes begin on 1 January 2009. The authorities abolished
on 1 April 2009 therefore had codes for three months. The orders are statutory instruments under
the Local Government and Public Involvement in Health Act 2007. What ended earlier follows the
structural change orders made under the Local Government Act 1992 and in force from 1995 to 1998,
and lists of the districts of 1974.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from .builtin import DATA
from .spelling import normal

YEARS: Final = range(16, 25)
COUNCIL: Final = " County Council"
NATIONS: Final = {"E": "England", "N": "Northern Ireland", "S": "Scotland", "W": "Wales"}
NORTHERN_IRELAND_BEGAN: Final = "2015-04-01"

ENDED_2009: Final = {  # county: its districts, and the authority that took each
    "E10000001 Bedfordshire": {
        "E06000055": "E07000002 Bedford",
        "E06000056": "E07000001 Mid Bedfordshire; E07000003 South Bedfordshire",
    },
    "E10000004 Cheshire": {
        "E06000049": "E07000014 Congleton; E07000015 Crewe and Nantwich; E07000017 Macclesfield",
        "E06000050": "E07000013 Chester; E07000016 Ellesmere Port and Neston; E07000018 Vale Royal",
    },
    "E10000005 Cornwall and Isles of Scilly": {
        "E06000052": "E07000019 Caradon; E07000020 Carrick; E07000021 Kerrier; E07000022 North Cornwall; "
        "E07000023 Penwith; E07000024 Restormel",
        "E06000053": "E07000025 Isles of Scilly",
    },
    "E10000010 Durham": {
        "E06000047": "E07000054 Chester-le-Street; E07000055 Derwentside; E07000056 Durham; "
        "E07000057 Easington; E07000058 Sedgefield; E07000059 Teesdale; E07000060 Wear Valley",
    },
    "E10000022 Northumberland": {
        "E06000048": "E07000157 Alnwick; E07000158 Berwick-upon-Tweed; E07000159 Blyth Valley; "
        "E07000160 Castle Morpeth; E07000161 Tynedale; E07000162 Wansbeck",
    },
    "E10000026 Shropshire": {
        "E06000051": "E07000182 Bridgnorth; E07000183 North Shropshire; E07000184 Oswestry; "
        "E07000185 Shrewsbury and Atcham; E07000186 South Shropshire",
    },
    "E10000033 Wiltshire": {
        "E06000054": "E07000230 Kennet; E07000231 North Wiltshire; E07000232 Salisbury; "
        "E07000233 West Wiltshire",
    },
}
RECODED: Final = {  # first day: old and new codes; the other nations' are used for their days only
    "2009-06-01": "W06000007 W06000023, W06000017 W06000024",
    "2010-04-01": "S12000003 S12000041, S12000007 S12000042, S12000022 S12000044, S12000037 S12000043",
    "2011-04-01": "S12000009 S12000045, S12000043 S12000046",
    "2012-04-01": "E07000100 E07000240, E07000104 E07000241",
    "2013-04-01": "E06000048 E06000057, E08000020 E08000037, E07000097 E07000242, E07000101 E07000243",
    "2018-02-02": "S12000015 S12000047, S12000024 S12000048",
    "2019-04-01": "S12000044 S12000050, S12000046 S12000049",
}
EARLIER_NAMES: Final = {
    "N09000002": "Armagh, Banbridge and Craigavon",
    "N09000005": "Derry and Strabane",
    "N09000011": "North Down and Ards",
    "S12000013": "Eilean Siar;Comhairle nan Eilean Siar",
    "W06000014": "The Vale of Glamorgan",
    "W06000016": "Rhondda, Cynon, Taff",
}
ORDERS: Final = {  # of each new code
    "E06000053": "Isles of Scilly: the same council, coded as a unitary authority",
    "E06000055 E06000056": "Bedfordshire (Structural Changes) Order 2008",
    "E06000049 E06000050": "Cheshire (Structural Changes) Order 2008",
    "E06000052": "Cornwall (Structural Change) Order 2008",
    "E06000047": "County Durham (Structural Change) Order 2008",
    "E06000048": "Northumberland (Structural Change) Order 2008",
    "E06000051": "Shropshire (Structural Change) Order 2008",
    "E06000054": "Wiltshire (Structural Change) Order 2008",
    "E07000240 E07000241": "a few houses moved from Welwyn Hatfield to St Albans: "
    "St Albans and Welwyn Hatfield (Boundary Change) Order 2012",
    "E07000242 E07000243": "a few houses moved between East Hertfordshire and Stevenage: "
    "East Hertfordshire and Stevenage (Boundary Change) Order 2013",
    "E06000057 E08000037": "one house moved from Gateshead to Northumberland: "
    "Gateshead and Northumberland (Boundary Change) Order 2013",
    "E06000058 E06000059": "Bournemouth, Dorset and Poole (Structural Changes) Order 2018",
    "E07000244": "East Suffolk (Local Government Changes) Order 2018",
    "E07000245": "West Suffolk (Local Government Changes) Order 2018",
    "E07000246": "Somerset West and Taunton (Local Government Changes) Order 2018",
    "E06000060": "Buckinghamshire (Structural Changes) Order 2019",
    "E06000061 E06000062": "Northamptonshire (Structural Changes) Order 2020",
    "E06000063 E06000064": "Cumbria (Structural Changes) Order 2022",
    "E06000065": "North Yorkshire (Structural Changes) Order 2022",
    "E06000066": "Somerset (Structural Changes) Order 2022",
}
DIVIDED: Final = "divided between the two"
ENDED_EARLIER: Final = (  # name, level, last day, who took its land, note
    ("Avon", "county", "1996-03-31", "E06000022;E06000023;E06000024;E06000025", ""),
    ("Cleveland", "county", "1996-03-31", "E06000001;E06000002;E06000003;E06000004", ""),
    ("Humberside", "county", "1996-03-31", "E06000010;E06000011;E06000012;E06000013", ""),
    (
        "Berkshire",
        "county",
        "1998-03-31",
        "E06000036;E06000037;E06000038;E06000039;E06000040;E06000041",
        "its council was abolished; the county keeps its name for ceremony",
    ),
    ("Hereford and Worcester", "county", "1998-03-31", "E06000019;E10000034", ""),
    ("Medina", "district", "1995-03-31", "E06000046", ""),
    ("South Wight", "district", "1995-03-31", "E06000046", ""),
    ("Bath", "district", "1996-03-31", "E06000022", ""),
    ("Wansdyke", "district", "1996-03-31", "E06000022", ""),
    ("Kingswood", "district", "1996-03-31", "E06000025", ""),
    ("Northavon", "district", "1996-03-31", "E06000025", ""),
    ("Woodspring", "district", "1996-03-31", "E06000024", "the same land as North Somerset"),
    ("Langbaurgh-on-Tees", "district", "1996-03-31", "E06000003", "the same land as Redcar and Cleveland"),
    ("Langbaurgh", "district", "", "E06000003", "renamed Langbaurgh-on-Tees in 1988"),
    ("Beverley", "district", "1996-03-31", "E06000011", "in full East Yorkshire Borough of Beverley"),
    ("East Yorkshire", "district", "1996-03-31", "E06000011", ""),
    ("Holderness", "district", "1996-03-31", "E06000011", ""),
    ("Boothferry", "district", "1996-03-31", "E06000011;E06000013", DIVIDED),
    ("Glanford", "district", "1996-03-31", "E06000013", ""),
    ("Scunthorpe", "district", "1996-03-31", "E06000013", ""),
    ("Cleethorpes", "district", "1996-03-31", "E06000012", ""),
    ("Great Grimsby", "district", "1996-03-31", "E06000012", ""),
    ("Brighton", "district", "1997-03-31", "E06000043", ""),
    ("Hove", "district", "1997-03-31", "E06000043", ""),
    ("Thamesdown", "district", "1997-03-31", "E06000030", "renamed Swindon"),
    ("Gillingham", "district", "1998-03-31", "E06000035", ""),
    ("Rochester upon Medway", "district", "1998-03-31", "E06000035", ""),
    ("Hereford", "district", "1998-03-31", "E06000019", ""),
    ("South Herefordshire", "district", "1998-03-31", "E06000019", ""),
    ("Leominster", "district", "1998-03-31", "E06000019;E07000235", DIVIDED),
    ("Newbury", "district", "1998-03-31", "E06000037", "renamed West Berkshire"),
    ("The Wrekin", "district", "1998-03-31", "E06000020", "renamed Telford and Wrekin"),
    ("Blackburn", "district", "", "E06000008", "renamed Blackburn with Darwen in 1997"),
    ("North Bedfordshire", "district", "", "E06000055", "renamed Bedford in 1992"),
    ("West Derbyshire", "district", "1986-12-31", "E07000035", "renamed Derbyshire Dales"),
)


class Step(NamedTuple):
    """One code that gave land to another, from the new code's first day."""

    day: str
    code: str
    new_code: str


def make_tables(reference: Path) -> dict[str, pd.DataFrame]:
    """Make the three tables.

    Parameters
    ----------
    reference
        The folder that the module's docstring describes.

    Returns
    -------
    dict
        `authorities`: code, name, nation, level, from, until, other_names. `changes`: date, code,
        new_code, change, note, of England only. `former_names`: name, level, until, successors,
        note. All text; days as `2021-03-31`; several names or codes joined by `;`.
    """
    chain = _text(reference / "lookups/ltla_changes_2016_2024.csv")
    register = _text(reference / "names/mysociety_uk_local_authorities_current.csv")
    names = _district_names(chain)
    steps = _steps_2009(names) | _recodings(names) | _chained(chain)
    steps |= _county_steps(register, names, steps)
    authorities = _authorities(names, steps)
    changes = _changes(steps)
    return {
        "authorities": authorities,
        "changes": changes,
        "former_names": _former_names(authorities, changes),
    }


def write(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write each table into a folder as `NAME.csv`."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def _text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _district_names(chain: pd.DataFrame) -> dict[str, list[str]]:
    """Names of each code of 2016 to 2024, the latest first."""
    names: dict[str, list[str]] = defaultdict(list)
    for year in reversed(YEARS):
        for code, name in zip(chain[f"ltla{year}_code"], chain[f"ltla{year}_name"], strict=True):
            if name not in names[code]:
                names[code].append(name)
    for code, earlier in EARLIER_NAMES.items():
        names[code] += earlier.split(";")
    return dict(names)


def _steps_2009(names: dict[str, list[str]]) -> set[Step]:
    steps = set()
    for county, parts in ENDED_2009.items():
        for new_code, districts in parts.items():
            for ended in (county, *districts.split("; ")):
                code, name = ended.split(" ", 1)
                names[code] = [name]
                steps.add(Step("2009-04-01", code, new_code))
    return steps


def _recodings(names: dict[str, list[str]]) -> set[Step]:
    steps = set()
    for day, pairs in sorted(RECODED.items(), reverse=True):
        for pair in pairs.split(", "):
            code, new_code = pair.split()
            names.setdefault(code, names[new_code])
            steps.add(Step(day, code, new_code))
    return steps


def _chained(chain: pd.DataFrame) -> set[Step]:
    steps = set()
    england = chain[chain["ltla24_code"].str.startswith("E")]
    for year in YEARS[1:]:
        before, after = england[f"ltla{year - 1}_code"], england[f"ltla{year}_code"]
        pairs = zip(before[before != after], after[before != after], strict=True)
        steps |= {Step(f"20{year}-04-01", code, new_code) for code, new_code in pairs}
    return steps


def _county_steps(register: pd.DataFrame, names: dict[str, list[str]], steps: set[Step]) -> set[Step]:
    """What counties with a council became: the successors of their districts.

    The register gives the last day of some and the day after of others; all ended on 31 March.
    """
    found = set()
    for county in register[register["local-authority-type"] == "CTY"].to_dict("records"):
        names[county["gss-code"]] = [county["official-name"].removesuffix(COUNCIL)]
        districts = set(register.loc[register["county-la"] == county["local-authority-code"], "gss-code"])
        day = f"{county['end-date'][:4]}-04-01"
        taken = {step.new_code for step in steps if step.day == day and step.code in districts}
        if county["end-date"]:
            found |= {Step(day, county["gss-code"], new_code) for new_code in taken}
    return found


def _authorities(names: dict[str, list[str]], steps: set[Step]) -> pd.DataFrame:
    began = {step.new_code: step.day for step in steps}
    ended = {step.code: _day_before(step.day) for step in steps}
    rows = [
        {
            "code": code,
            "name": name,
            "nation": NATIONS[code[0]],
            "level": _level(code),
            "from": NORTHERN_IRELAND_BEGAN if code.startswith("N") else began.get(code, ""),
            "until": ended.get(code, ""),
            "other_names": ";".join(earlier),
        }
        for code, (name, *earlier) in sorted(names.items())
    ]
    return pd.DataFrame(rows)


def _changes(steps: set[Step]) -> pd.DataFrame:
    orders = {code: order for codes, order in ORDERS.items() for code in codes.split()}
    england = sorted(step for step in steps if step.code.startswith("E"))
    parts = Counter(step.code for step in england)
    sources = Counter((step.new_code, _level(step.code)) for step in england)
    rows = []
    for day, code, new_code in england:
        one_to_one = "merged" if sources[new_code, _level(code)] > 1 else "recoded"
        change = "split" if parts[code] > 1 else one_to_one
        row = {"date": day, "code": code, "new_code": new_code, "change": change, "note": orders[new_code]}
        rows.append(row)
    return pd.DataFrame(rows)


def _former_names(authorities: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Names that ended with March 2009, but for those that the successor bears, and earlier ones."""
    standing = set(authorities.loc[authorities["until"] == "", "name"].map(normal))
    ended = authorities[
        authorities["until"].eq("2009-03-31") & ~authorities["name"].map(normal).isin(standing)
    ]
    rows = list(ENDED_EARLIER)
    for one in ended.drop_duplicates("name").itertuples():
        successors = ";".join(changes.loc[changes["code"] == one.code, "new_code"])
        rows.append((one.name, one.level, one.until, successors, f"its code was {one.code}"))
    table = pd.DataFrame(rows, columns=["name", "level", "until", "successors", "note"])
    return table.sort_values("name", ignore_index=True)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _level(code: str) -> str:
    return "county" if code.startswith("E10") else "district"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m hinterland.boundaries.make_changes REFERENCE_FOLDER")
    tables = make_tables(Path(sys.argv[1]))
    write(DATA, tables)
    print("\n".join(f"{len(table)} rows of {name} written to {DATA}" for name, table in tables.items()))


if __name__ == "__main__":
    main()
