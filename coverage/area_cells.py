"""The cell `areas` of a service: whole areas, parts of them, and shapes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from ..boundaries.errors import Fault, PlaceError
from ..boundaries.names import Gazetteer
from ..boundaries.places import Place
from .references import ASSUMED, report_rows, take_references
from .rows import RowReader
from .scope import read_names
from .service_areas import ServiceAreas


class AreaCells:
    """Reads the cell `areas` of services: names of areas, and references to shapes.

    Parameters
    ----------
    gazetteer, service_areas
        What names, and references such as `catchment:Retford`, are read with.
    faults
        What is noted of several rows together is added to it.
    """

    def __init__(self, gazetteer: Gazetteer, service_areas: ServiceAreas, faults: list[Fault]) -> None:
        self.gazetteer, self.service_areas, self.faults = gazetteer, service_areas, faults
        self.told: set[str] = set()

    def read(self, reader: RowReader, on: date) -> dict[str, Any]:
        """Give `places` and `drawn`; a note on a shape is made where it is first referred to."""
        references, names = take_references(reader.plain("areas"))
        places = read_names(reader, names, self.gazetteer, on, blank_allowed=bool(references))
        drawn: dict[int, None] = {}
        reached: dict[str, Place] = {}
        for text in references:
            try:
                found = self.service_areas.find(text)
            except PlaceError as error:
                reader.report("areas", error.reason, error.remedy, error.kind, value=text)
                continue
            if found is None:
                continue
            if found.drawn is not None:
                drawn[found.drawn] = None
            if found.place is None:
                continue
            reached[found.place.area] = replace(found.place, text=text)
            if found.note and found.place.area not in self.told:
                self.told.add(found.place.area)
                reader.report("areas", found.note, "", "noted", value=text)
        return {"places": (*places, *reached.values()), "drawn": tuple(drawn)}

    def report_assumed(self, rows: list[dict[str, Any]], file: str) -> None:
        """Grade the rows that rest on an outward postcode, and say so."""
        graded = {}
        for values in rows:
            given = values["area_evidence"]
            if given != ASSUMED and self.service_areas.by_postcode & set(values["drawn"]):
                values["area_evidence"] = ASSUMED
                graded[values["row"]] = given

        def note(row: int) -> Fault:
            reason = (
                "a catchment in this row lies by an outward postcode, several km wide: counted as assumed"
            )
            remedy = "give its other areas a row of their own, or the catchment coordinates"
            at = partial(Fault, kind="noted", file=file, column="area_evidence")
            return at(row=row, value=graded[row], reason=reason, remedy=remedy)

        report_rows(pd.Index(graded), note, self.faults)
