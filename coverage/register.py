"""The register: organisations, and the services that they offer somewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ..boundaries.atlas import LEVELS
from ..boundaries.errors import Fault
from ..boundaries.names import Gazetteer
from ..boundaries.spelling import near
from ..boundaries.tables import Table, read_table
from .area_cells import AreaCells
from .cells import CellError, check_period, parse_amount, parse_choice, parse_day, website
from .identities import check_rows
from .references import CONTACT_FOUND
from .register_checks import all_members, ask_city_or_county, check_organisations
from .rows import CONTACT, RowReader
from .scope import read_bases
from .service_areas import ServiceAreas
from .vocabulary import COMMUNITY, FOCUSES, GRADES, SECTORS, Taxonomy

RESOURCES: Final = ("bases", "annual_cost", "staff", "funder")
"""Optional: where it has a base or outreach, pounds a year, full-time equivalents, who pays most of it."""
ORGANISATION_COLUMNS: Final = (
    "organisation_id",
    "name",
    "category",
    "sector",
    "remit",
    "member_of",
    "identifiers",
    "website",
    "source",
    "note",
    *RESOURCES,
)
SERVICE_COLUMNS: Final = (
    "organisation_id",
    "theme",
    "focus",
    "communities",
    "for_stage",
    "charge",
    "areas",
    "first_seen",
    "last_seen",
    "until",
    "funded_until",
    "area_evidence",
    "theme_evidence",
    "note",
)
DATES: Final = ("first_seen", "last_seen", "until", "funded_until")
NO_CONTACT_IN: Final = (
    *("organisation_id", "identifiers", "areas", "website", "bases", "annual_cost", "staff"),
    *DATES,
)
FAR_FUTURE_YEARS: Final = 30  # from the snapshot; a start beyond it is noted


@dataclass(frozen=True)
class Register:
    """Who offers what where.

    Attributes
    ----------
    organisations
        Index: `organisation_id`. Columns: the other `ORGANISATION_COLUMNS` (`member_of` and
        `identifiers` are tuples, `bases` tuples of `Place`; `annual_cost` and `staff` are NaN where
        nothing is written) and `row` (in the file).
    services
        One row a service, in the order of the file. Columns: `SERVICE_COLUMNS`, `places` (a tuple
        of `Place`), `drawn` (a tuple of positions in `ServiceAreas.drawn`) and `row` (in the file); one
        of the two tuples may be empty. `area_evidence` is `assumed` where a catchment is known by an
        outward postcode. Dates are timestamps or `NaT`: `first_seen` the first
        day of what was written, the others the last; `first_seen_written` and so on keep the text
        as the file has it. `theme` is blank where the source states
        none: such a service is listed and counted in no measure.
    rows_read, rows_refused, rows_blank
        How many rows of both tables were read, refused and blank.
    """

    organisations: pd.DataFrame
    services: pd.DataFrame
    rows_read: int = 0
    rows_refused: int = 0
    rows_blank: int = 0

    @property
    def members(self) -> dict[str, frozenset[str]]:
        """Network → every organisation that belongs to it, directly or through another."""
        return all_members(self.organisations["member_of"])


def read_register(
    organisations: Path,
    services: Path,
    *,
    gazetteer: Gazetteer,
    taxonomy: Taxonomy,
    snapshot: tuple[date, date],
    faults: list[Fault],
    service_areas: ServiceAreas | None = None,
) -> Register:
    """Read the two tables of a register and hold them against each other.

    Parameters
    ----------
    organisations, services
        CSV files with `ORGANISATION_COLUMNS` and `SERVICE_COLUMNS`. Required are
        `organisation_id`, `name`, `remit`, and `organisation_id`, `theme`, `areas`,
        `area_evidence`, `theme_evidence`; a blank `sector` is `voluntary`, a blank `focus`
        is `general`.
    gazetteer, taxonomy
        What area and theme names are read with.
    snapshot
        First and last day that the register describes: names of areas are read as of then, or
        as of `first_seen` where that is later.
    faults
        What is wrong is added to it, for both files.
    service_areas
        The shapes that services may refer to.

    Returns
    -------
    Register
        The rows without a fault.
    """
    about = read_table(
        organisations,
        required=["organisation_id", "name", "remit"],
        optional=[c for c in ORGANISATION_COLUMNS if c not in ("organisation_id", "name", "remit")],
        what="organisations",
        faults=faults,
    )
    required = ["organisation_id", "theme", "areas", "area_evidence", "theme_evidence"]
    offers = read_table(
        services,
        required=required,
        optional=[c for c in SERVICE_COLUMNS if c not in required],
        what="services",
        faults=faults,
    )
    ids, tally = _Ids(), _Tally()
    bodies = _organisations(organisations.name, about, ids, tally, gazetteer, snapshot, faults)
    areas = AreaCells(gazetteer, service_areas or ServiceAreas(), faults)
    rows = _services(services.name, offers, ids if about else None, tally, areas, taxonomy, snapshot, faults)
    written = [f"{column}_written" for column in DATES]
    frame = pd.DataFrame(rows, columns=[*SERVICE_COLUMNS, *written, "places", "drawn", "row"])
    for column in DATES:
        frame[column] = pd.to_datetime(frame[column])
    check_organisations(bodies, organisations.name, gazetteer, faults)
    if about:
        ask_city_or_county(bodies, frame, services.name, gazetteer, faults)
    tables = [table for table in (about, offers) if table]
    read, blank = sum(table.read for table in tables), sum(table.blank for table in tables)
    refused = tally.refused + sum(len(table.refused) for table in tables)
    check_rows(read, tally.accepted, refused, blank)
    return Register(bodies, frame, read, refused, blank)


@dataclass
class _Tally:
    """How many rows could be used and how many not; a row that only repeats another could."""

    accepted: int = 0
    refused: int = 0

    def count(self, reader: RowReader) -> None:
        if reader.usable:
            self.accepted += 1
        else:
            self.refused += 1


@dataclass
class _Ids:
    """Ids of organisations: those that can be used, and those whose row was refused, with that row."""

    usable: set[str] = field(default_factory=set)
    spoilt: dict[str, int] = field(default_factory=dict)


def _organisations(
    file: str,
    table: Table | None,
    ids: _Ids,
    tally: _Tally,
    gazetteer: Gazetteer,
    snapshot: tuple[date, date],
    faults: list[Fault],
) -> pd.DataFrame:
    first: dict[str, dict[str, Any]] = {}
    rows, refused = (table.rows, table.refused) if table else ((), ())
    for row in rows:
        reader = RowReader(file, row, faults)
        values: dict[str, Any] = {column: reader.text(column) for column in ORGANISATION_COLUMNS}
        _refuse_contacts(reader, ORGANISATION_COLUMNS)
        key = reader.require("organisation_id", "give it an id of its own")
        reader.require("name", "write the organisation's name")
        reader.require("remit", f"write one of {', '.join(LEVELS)}")
        values["remit"] = reader.read("remit", lambda t: parse_choice(t, LEVELS, what="remit"), "")
        values["sector"] = reader.read(
            "sector", lambda t: parse_choice(t, SECTORS, what="sector"), "voluntary"
        )
        values["member_of"] = _listed(reader.text("member_of"))
        values["identifiers"] = _listed(reader.text("identifiers"))
        values["bases"] = read_bases(reader, gazetteer, snapshot[0])
        for column in ("annual_cost", "staff"):
            values[column] = reader.read(column, parse_amount, float("nan"))
        values["website"], note = website(reader.text("website"))
        if note:
            reader.report("website", note, "write a full address", "noted")
        if key in first and reader.usable:
            _same_id(reader, first[key], values)
        elif key and (key in first or key in ids.spoilt):
            other = first[key]["row"] if key in first else ids.spoilt[key]
            remedy = f"row {other} has it too: give one of them another id"
            reader.report("organisation_id", "two organisations have this id", remedy, "refused")
        elif reader.usable:
            first[key] = values | {"row": row.number}
        if not reader.usable:
            ids.spoilt.setdefault(key, row.number)
        tally.count(reader)
    ids.usable.update(first)
    for row in refused:
        ids.spoilt[row.cells.get("organisation_id", "")] = row.number
    columns = [*ORGANISATION_COLUMNS, "row"]
    return pd.DataFrame(list(first.values()), columns=columns).set_index("organisation_id")


def _same_id(reader: RowReader, earlier: dict[str, Any], values: dict[str, Any]) -> None:
    if all(str(earlier[column]) == str(value) for column, value in values.items()):
        reason = f"the same as row {earlier['row']}: merged with it"
        reader.report("organisation_id", reason, "delete one of the rows", "noted")
    else:
        remedy = f"row {earlier['row']} has it too, with other details: give one of them another id"
        reader.report("organisation_id", "two organisations have this id", remedy, "refused")


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in cell.split(";"))))


def _services(
    file: str,
    table: Table | None,
    ids: _Ids | None,
    tally: _Tally,
    areas: AreaCells,
    taxonomy: Taxonomy,
    snapshot: tuple[date, date],
    faults: list[Fault],
) -> list[dict[str, Any]]:
    """The usable rows; without `ids` (the organisations cannot be read) ids are not looked up."""
    kinds = {theme.id: theme.kind for theme in taxonomy.themes}
    rows: list[dict[str, Any]] = []
    seen: dict[tuple[object, ...], int] = {}
    for row in table.rows if table else ():
        reader = RowReader(file, row, faults)
        values: dict[str, Any] = {column: reader.text(column) for column in SERVICE_COLUMNS}
        _refuse_contacts(reader, SERVICE_COLUMNS)
        body = reader.require("organisation_id", "write the id of one of the organisations")
        if ids and body and body not in ids.usable:
            _report_unknown(reader, body, ids)
        theme = reader.read("theme", lambda t: taxonomy.find(t).id, "")
        values["theme"] = theme
        values["focus"] = reader.read("focus", lambda t: parse_choice(t, FOCUSES, what="focus"), "general")
        if kinds.get(theme) == COMMUNITY and not reader.text("focus"):
            remedy = f"write one of {', '.join(FOCUSES)}"
            reader.report("focus", "a community theme needs a focus", remedy, "refused", value="")
        for column in ("communities", "for_stage", "charge"):
            values[column] = reader.plain(column)
        for column in ("area_evidence", "theme_evidence"):
            if column == "theme_evidence" and not theme and not reader.text(column):
                continue
            reader.require(column, f"write one of {', '.join(GRADES)}")
            values[column] = reader.read(column, lambda t: parse_choice(t, GRADES, what="grade"), "")
        values |= {f"{column}_written": reader.text(column) for column in DATES} | _dates(reader, snapshot)
        reader.require("areas", "list the areas served, separated by ;")
        values |= areas.read(reader, max(values["first_seen"] or snapshot[0], snapshot[0]))
        values["row"] = row.number
        tally.count(reader)
        if not reader.usable:
            continue
        key = tuple(str(values[column]) for column in SERVICE_COLUMNS)
        if key in seen:
            reader.report(
                "", f"the same as row {seen[key]}: merged with it", "delete one of the rows", "noted"
            )
            continue
        seen[key] = row.number
        rows.append(values)
    areas.report_assumed(rows, file)
    return rows


def _report_unknown(reader: RowReader, body: str, ids: _Ids) -> None:
    if body in ids.spoilt:
        reason = f"the organisation in row {ids.spoilt[body]} was refused"
        reader.report("organisation_id", reason, "mend that row", "refused")
        return
    padded = [known for known in ids.usable if known.lstrip("0") == body.lstrip("0")]
    meant = padded or near(body, sorted(ids.usable))
    remedy = f"did you mean {' or '.join(meant)}?" if meant else "add it to the organisations"
    reader.report("organisation_id", "no organisation has this id", remedy, "asked")


def _refuse_contacts(reader: RowReader, columns: tuple[str, ...]) -> None:
    for column in columns:
        if column not in NO_CONTACT_IN and CONTACT.search(reader.text(column)):
            reader.report(column, CONTACT_FOUND, "take it out: contacts are never published", "refused")


def _dates(reader: RowReader, snapshot: tuple[date, date]) -> dict[str, Any]:
    found = {column: _day(reader, column) for column in DATES}
    known_until = date(snapshot[1].year + FAR_FUTURE_YEARS, 12, 31)
    for column in ("last_seen", "until"):
        try:
            note = check_period(found["first_seen"], found[column], known_until=known_until)
        except CellError as error:
            reader.report(column, error.reason, error.remedy, error.kind)
        else:
            if note and column == "until":
                reader.report("first_seen", note, "check the year", "noted")
    return found


def _day(reader: RowReader, column: str) -> date | None:
    def parse(text: str) -> date | None:
        day, note = parse_day(text, end=column != "first_seen")
        if note:
            reader.report(column, note, "write dates as 2019-03-14", "noted")
        return day

    return reader.read(column, parse, None)
