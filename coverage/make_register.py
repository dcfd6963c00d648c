"""Make the tables of the built-in study from our reading of the East Midlands reports.

    python -m hinterland.coverage.make_register REFERENCE_FOLDER

writes `organisations.csv`, `services.csv`, `scope.csv`, `reported.csv`, `listed.csv` and
`published.csv` of the built-in study. REFERENCE_FOLDER holds `register_2006_07.csv`, `survey_scope.csv`,
`published_figures.csv` and `mapping_2007_listed.csv`: facts restated from published reports.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Final

import pandas as pd

from ..boundaries import builtin
from ..boundaries.names import Gazetteer
from .reconciliation import LISTED_COLUMNS, PUBLISHED_COLUMNS
from .register import ORGANISATION_COLUMNS, RESOURCES, SERVICE_COLUMNS
from .register_checks import plain_name
from .scope import REPORTED_COLUMNS, SCOPE_COLUMNS
from .study import BUILTIN_STUDY
from .vocabulary import BUILTIN_THEMES, COMMUNITY

GRADE: Final = {"s": "stated", "l": "listed", "n": "named", "a": "assumed"}
TARGETED: Final = "works with BME groups"
BME: Final = "BME communities"
WORKING_SMARTER: Final = "Working Smarter 2007"
MAPPING: Final = "BME mapping 2007"
LEGACY: Final = "Impact and Legacy 2015"
PUBLIC: Final = ("Rosehill Surestart", "Derby City Council", "NDC")
REPORTED_THEMES: Final = {
    "ICT support for small groups": "ICT and data",
    "Group development and training": "group development",
    "Health and safety": "health and safety",
    "Governance": "governance",
    "HR and employment advice": "HR and employment",
    "Funding advice": "funding advice",
    "Workforce development": "workforce development",
    "BME engagement in North Nottinghamshire": BME,
    "Consistent entry and signposting": "signposting",
}
NORTH_NOTTINGHAMSHIRE: Final = "Bassetlaw; Mansfield; Ashfield; Newark and Sherwood"
CONSORTIUM: Final = "LAD19:Nottingham; Nottinghamshire"
PRINTED: Final = {
    "Nottinghamshire Rural Community": "Nottinghamshire Rural Community Council",
    "Nottingham Council for Voluntary": "Nottingham Council for Voluntary Service",
    "NAVO": "Networking Action with Voluntary Organisations",
}
Rows = list[dict[str, str]]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m hinterland.coverage.make_register REFERENCE_FOLDER")
    write(Path(sys.argv[1]), BUILTIN_STUDY)


def write(reference: Path, folder: Path) -> None:
    """Write the six tables of the built-in study into a folder.

    Parameters
    ----------
    reference
        The folder of source tables that the module's docstring lists.
    folder
        Where the CSV files are written (UTF-8, one line a row).
    """
    readings = _read(reference / "register_2006_07.csv")
    listed = _read(reference / "mapping_2007_listed.csv")
    figures = _read(reference / "published_figures.csv")
    organisations = make_organisations(readings, listed)
    ids = {row["name"]: row["organisation_id"] for row in organisations}
    known = [column for column in ORGANISATION_COLUMNS if column not in RESOURCES]
    _write(folder / "organisations.csv", tuple(known), organisations)
    _write(folder / "services.csv", SERVICE_COLUMNS, make_services(readings, ids))
    _write(folder / "scope.csv", SCOPE_COLUMNS, make_scope(_read(reference / "survey_scope.csv")))
    _write(folder / "reported.csv", REPORTED_COLUMNS, make_reported(figures))
    _write(folder / "listed.csv", LISTED_COLUMNS, make_listed(listed, ids))
    _write(folder / "published.csv", PUBLISHED_COLUMNS, make_published(figures))


def make_organisations(readings: Rows, listed: Rows) -> Rows:
    """Make the organisations: each body once, with the sources that name it.

    Parameters
    ----------
    readings
        Rows of `register_2006_07.csv`.
    listed
        Rows of `mapping_2007_listed.csv`.
    """
    in_mapping = {_registered(row["name"], readings) for row in listed}
    rows = []
    for reading in readings:
        name = reading["name"]
        rows.append(
            {
                "organisation_id": _id(name),
                "name": name,
                "category": reading["category"],
                "sector": "public" if name in PUBLIC else "voluntary",
                "remit": reading["remit"],
                "member_of": _id("Regional BME Network") if name == "One East Midlands" else "",
                "source": "; ".join(_sources(reading, in_mapping)),
                "note": reading["reason"],
            }
        )
    return rows


def make_services(readings: Rows, ids: dict[str, str]) -> Rows:
    """Make the services: one row for each theme and grade of area; bodies without a theme too.

    Parameters
    ----------
    readings
        Rows of `register_2006_07.csv`.
    ids
        Name → `organisation_id`.
    """
    with open(BUILTIN_THEMES, encoding="utf-8") as file:
        kinds = {row["theme"]: row["kind"] for row in csv.DictReader(file)}
    gazetteer = Gazetteer(builtin.load())
    rows = []
    for reading in readings:
        areas: dict[str, list[str]] = {}
        for area, grade in _graded(reading["areas"]):
            areas.setdefault(GRADE[grade], []).append(_clear(area, gazetteer))
        for theme, grade in _graded(reading["themes"]) or [("", "")]:
            targeted = theme == TARGETED
            own = kinds.get(theme) == COMMUNITY
            last_seen = re.search(r"last seen (\d{4}-\d\d)", reading["reason"])
            for area_grade, names in areas.items():
                rows.append(
                    {
                        "organisation_id": ids[reading["name"]],
                        "theme": BME if targeted else theme,
                        "focus": "targeted" if targeted else "own purpose" if own else "general",
                        "areas": "; ".join(names),
                        "first_seen": reading["first_seen"],
                        "last_seen": last_seen[1] if last_seen else "",
                        "until": reading["until"],
                        "area_evidence": area_grade,
                        "theme_evidence": GRADE.get(grade, ""),
                    }
                )
    return rows


def make_scope(surveys: Rows) -> Rows:
    """Make the table of what was surveyed, from the rows of `survey_scope.csv`."""
    gazetteer = Gazetteer(builtin.load())
    return [
        {
            "source": row["source"],
            "themes": row["themes"],
            "areas": "; ".join(_clear(area, gazetteer) for area in row["areas"].split(";")),
            "from": row["period_from"],
            "to": row["period_to"],
            "completeness": row["completeness"],
        }
        for row in surveys
    ]


def make_reported(figures: Rows) -> Rows:
    """Make the table of reported gaps, from the rows of `published_figures.csv`."""
    return [
        {
            "source": row["source"],
            "theme": REPORTED_THEMES[row["item"]],
            "areas": NORTH_NOTTINGHAMSHIRE if "North Nottinghamshire" in row["item"] else CONSORTIUM,
            "note": f"{row['item']}: {row['note']}" if row["note"] else row["item"],
        }
        for row in figures
        if row["table"] == "reported gap"
    ]


def make_listed(listed: Rows, ids: dict[str, str]) -> Rows:
    """Make the mapping's own list: who is printed where, and whether the report counts the entry."""
    readings = [{"name": name} for name in ids]
    return [
        {
            "printed_as": row["name"],
            "organisation_id": ids[_registered(row["name"], readings)],
            "listed_under": row["listed_under"],
            "counted": "no" if "out of alphabetical order" in row["note"] else "yes",
            "note": row["note"],
        }
        for row in listed
    ]


def make_published(figures: Rows) -> Rows:
    """Make the published count by area: table 2 of the mapping, from `published_figures.csv`."""
    return [
        {"source": row["source"], "area": row["item"], "published": row["value"], "note": row["note"]}
        for row in figures
        if row["table"].startswith("table 2") and row["item"] != "Total"
    ]


def _registered(printed: str, readings: Rows) -> str:
    """The register's name for an entry of the mapping, which prints some names short."""
    name = PRINTED.get(printed, printed)
    plain = {plain_name(row["name"], {}): row["name"] for row in readings}
    return plain[plain_name(name, {})]


def _sources(reading: dict[str, str], in_mapping: set[str]) -> list[str]:
    first = reading["first_seen"]
    sources = []
    if first <= "2007-02":
        sources.append(WORKING_SMARTER)
    if first == "2007-07" or reading["name"] in in_mapping:
        sources.append(MAPPING)
    if reading["name"] == "One East Midlands":
        sources.append(LEGACY)
    return sources or [f"a later source, {first}"]


def _graded(cell: str) -> list[tuple[str, str]]:
    parts = [part.rpartition(":") for part in cell.split(";") if part]
    return [(text.strip(), grade) for text, _, grade in parts]


def _clear(area: str, gazetteer: Gazetteer) -> str:
    """An area's name, qualified by its geography where the name alone could be misread."""
    part, name = ("part of ", area[8:]) if area.startswith("part of ") else ("", area)
    if name == "East Midlands":
        return f"{part}RGN19:{name}"
    place = gazetteer.resolve(name)
    return f"{part}{place.area.split(':')[0]}:{name}" if place.note else area


def _id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _read(path: Path) -> Rows:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def _write(path: Path, columns: tuple[str, ...], rows: Rows) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
