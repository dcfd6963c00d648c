"""A published count of organisations by area, held against the source's own list of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ..boundaries.atlas import Atlas
from ..boundaries.errors import Fault
from ..boundaries.tables import read_table
from .cells import CellError
from .register import Register
from .rows import RowReader

LISTED_COLUMNS: Final = ("printed_as", "organisation_id", "listed_under", "counted", "note")
PUBLISHED_COLUMNS: Final = ("source", "area", "published", "note")
UPPER_TIER: Final = "CTYUA19"
WIDE: Final = {"region": "Regional", "national": "National"}
NOT_NAMED: Final = "not named in the source"


def reconcile(
    register: Register, atlas: Atlas, listed: Path, published: Path, faults: list[Fault]
) -> pd.DataFrame:
    """Explain a published count by area from the source's own list.

    An organisation is counted under a city if it works in the city only, and under a county if
    it works in all or any part of the county (the rule of the BME mapping of 2007).

    Parameters
    ----------
    register, atlas
        Which say where the listed organisations work.
    listed
        CSV: `printed_as, organisation_id, listed_under, counted, note`; `counted` is `yes`, or
        `no` for an entry that the source prints but does not count.
    published
        CSV: `source, area, published, note`.
    faults
        What is wrong with the files is added to it.

    Returns
    -------
    pandas.DataFrame
        One row for each published area: `area`, `published`, `listed` (entries counted under that
        heading), `printed_not_counted`, `by_rule` (the counted entries that the rule puts there,
        going by the register), `difference` (published less listed) and `explanation`.
    """
    entries = read_table(listed, required=LISTED_COLUMNS[:4], optional=LISTED_COLUMNS[4:], faults=faults)
    figures = read_table(
        published, required=PUBLISHED_COLUMNS[:3], optional=PUBLISHED_COLUMNS[3:], faults=faults
    )
    rows = [dict(row.cells) for row in entries.rows] if entries else []
    frame = pd.DataFrame(rows, columns=list(LISTED_COLUMNS)).fillna("")
    frame["by_rule"] = [_area_by_rule(register, atlas, body) for body in frame["organisation_id"]]
    counted = frame["counted"] == "yes"
    result = []
    for row in figures.rows if figures else ():
        reader = RowReader(published.name, row, faults)
        area, value = reader.text("area"), reader.read("published", _whole_number, 0)
        here = frame["listed_under"] == area
        conflicts = frame[
            counted & (here != (frame["by_rule"] == area)) & (here | (frame["by_rule"] == area))
        ]
        n = int((here & counted).sum())
        result.append(
            {
                "source": reader.text("source"),
                "area": area,
                "published": value,
                "listed": n,
                "printed_not_counted": int((here & ~counted).sum()),
                "by_rule": int((counted & (frame["by_rule"] == area)).sum()),
                "difference": value - n,
                "explanation": _explanation(value - n, frame[here & ~counted], conflicts),
            }
        )
    return pd.DataFrame(result)


def _whole_number(text: str) -> int:
    if not text.isdecimal():
        raise CellError("it is no whole number", "write digits only", "refused")
    return int(text)


def _area_by_rule(register: Register, atlas: Atlas, organisation: str) -> str:
    remit = register.organisations["remit"].get(organisation, "")
    if remit in WIDE:
        return WIDE[remit]
    services = register.services
    places = services.loc[services["organisation_id"] == organisation, "places"]
    blocks = np.unique([block for row in places for place in row for block in place.blocks])
    geography = atlas.geographies[UPPER_TIER]
    touched = geography.names[np.asarray(geography.membership[:, blocks].sum(axis=1)).ravel() > 0]
    counties = touched[touched.index.str.startswith("E10")]
    one = counties if len(counties) else touched
    return str(one.iloc[0]) if len(one) == 1 else "several"


def _explanation(difference: int, left_out: pd.DataFrame, conflicts: pd.DataFrame) -> str:
    parts = []
    if difference:
        parts.append(f"{difference} {NOT_NAMED}")
    parts += [
        f"{e.printed_as} is printed and taken as not counted ({e.note}: our reading)"
        for e in left_out.itertuples()
    ]
    parts += [
        f"{e.printed_as} is counted under {e.listed_under}, where the rule gives {e.by_rule}"
        for e in conflicts.itertuples()
    ]
    return "; ".join(parts) or "agrees"
