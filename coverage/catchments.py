"""Catchments: points with radii, read from tables."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Final

import geopandas as gpd
import pandas as pd

from ..boundaries import builtin
from ..boundaries.coordinates import check_points
from ..boundaries.description import Origin
from ..boundaries.errors import Fault
from ..boundaries.figures import report_first
from ..boundaries.sources import Sources
from ..boundaries.spelling import near, tidy
from .cells import CellError
from .radii import conversions, parse_radius
from .references import Found, is_whole, reference_key, refuse_doubles, report_rows, usable_ids
from .service_area_settings import CatchmentsFrom, PointsFrom, PostcodesFrom

OUTWARD: Final = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})?", re.ASCII)


class Postcodes:
    """Where outward postcodes lie, by a table that the user gives.

    Parameters
    ----------
    wanted
        Where it stands; None where the study has none, or its description is wrong.
    sources
        What it is read with.
    faults
        What is wrong is added to it, here and later.
    """

    def __init__(self, wanted: PostcodesFrom | None, sources: Sources, faults: list[Fault]) -> None:
        self.wanted, self.faults = wanted, faults
        self.table: pd.DataFrame | None = None
        self.placed = gpd.GeoSeries(dtype="geometry", crs="EPSG:27700")
        self.looked_up: set[str] = set()
        if wanted is not None:
            columns = [wanted.key, wanted.points.x, wanted.points.y]
            self.table = sources.table(Origin(file=wanted.file), columns, [], faults)
        if wanted is not None and self.table is not None:
            self.outward = self.table[wanted.key].map(lambda text: outward_of(text)[0])

    def points(self, outward: pd.Series[str], file: str) -> gpd.GeoSeries:
        """Place outward postcodes; what the table lacks is asked about.

        Parameters
        ----------
        outward
            Named as their column is. Index: rows, as messages number them.
        file
            The file that they stand in.

        Returns
        -------
        geopandas.GeoSeries
            On the index of `outward`, as far as they have a place; EPSG:27700.
        """
        if self.wanted is None or self.table is None:
            return self.placed
        self._look_up(self.wanted, self.table, set(outward) - self.looked_up)
        known = set(self.outward)
        ask = partial(Fault, kind="asked", file=file, column=str(outward.name))
        reason = f"{self.wanted.file.name} has no such postcode"
        lost = outward[~outward.isin(known)]
        meant = {text: " or ".join(near(text, sorted(known))) for text in lost.unique()}
        remedies = {text: f"did you mean {meant[text]}?" if meant[text] else "add it" for text in meant}
        report_rows(
            lost.index,
            lambda row: ask(row=row, value=lost[row], reason=reason, remedy=remedies[lost[row]]),
            self.faults,
        )
        here = outward[outward.isin(self.placed.index)]
        return self.placed[here].set_axis(here.index)

    def _look_up(self, wanted: PostcodesFrom, table: pd.DataFrame, outward: set[str]) -> None:
        self.looked_up |= outward
        rows = self.outward[self.outward.isin(outward)]
        at = table.loc[rows.index, [wanted.points.x, wanted.points.y]]
        texts = at.assign(outward=rows).drop_duplicates()
        again = texts["outward"].duplicated(keep="first")
        first = {text: row for row, text in texts.loc[~again, "outward"].items()}

        def refuse(row: int) -> Fault:
            text = texts.at[row, "outward"]
            reason = f"row {first[text]} has it too, at another place"
            at = partial(Fault, kind="refused", file=wanted.file.name, column=wanted.key)
            return at(row=row, value=text, reason=reason, remedy="keep one of them")

        report_rows(texts.index[again], refuse, self.faults)
        points = _points(at.loc[texts.index[~again]], wanted.points, wanted.file.name, self.faults)
        self.placed = pd.concat([self.placed, points.set_axis(rows[points.index])])


def outward_of(text: str) -> tuple[str, bool]:
    """The outward half of a postcode, and whether more than that was written; else an empty text.

    Examples
    --------
    >>> outward_of("ng22 8lx"), outward_of("NG22"), outward_of("Retford")
    (('NG22', True), ('NG22', False), ('', False))
    """
    found = OUTWARD.fullmatch(tidy(text).replace(" ", "").upper())
    return (found[1], found[2] is not None) if found else ("", False)


def read_catchments(
    wanted: CatchmentsFrom,
    postcodes: Postcodes,
    seen: dict[str, tuple[str, int]],
    sources: Sources,
    faults: list[Fault],
) -> Found:
    """Read a table of points with radii.

    Parameters
    ----------
    wanted
        Where it stands, and what its columns are.
    postcodes
        Where outward postcodes lie.
    seen
        As for `refuse_doubles`.
    sources
        What it is read with.
    faults
        What is wrong is added to it.

    Returns
    -------
    Found
        Columns of its frame: `id`, `x`, `y` and `radius_m` (metres, EPSG:27700), and `by_postcode`
        (whether the point is that of an outward postcode).
    """
    file = wanted.file.name
    by = [wanted.points.x, wanted.points.y] if wanted.points else [wanted.postcode]
    columns = list(dict.fromkeys(filter(None, [wanted.id, *by, wanted.radius])))
    found: list[Fault] = []
    table = sources.table(Origin(file=wanted.file), columns, [], found)
    faults += found
    if table is None:
        return Found(file, whole=False)
    ids = table[wanted.id]
    usable = usable_ids(ids, file, faults)
    usable[usable] = refuse_doubles(ids[usable], file, seen, faults)
    radii = pd.Series(wanted.radius_m, index=table.index)
    if wanted.radius:
        radii = _radii(table[wanted.radius], file, faults)
    if wanted.points:
        points = _points(table[by], wanted.points, file, faults)
    else:
        points = postcodes.points(_outward(table[wanted.postcode], file, faults), file)
    usable &= radii.notna() & table.index.isin(points.index)
    kept = table.index[usable]
    frame = pd.DataFrame(
        {
            "id": ids[kept].map(tidy),
            "x": points.x[kept],
            "y": points.y[kept],
            "radius_m": radii[kept],
            "by_postcode": not wanted.points,
        },
        index=kept,
    )
    spoilt = frozenset(map(reference_key, ids[~usable]))
    return Found(file, frame, spoilt, is_whole(found) and "" not in spoilt)


def _radii(texts: pd.Series[str], file: str, faults: list[Fault]) -> pd.Series[float]:
    """Metres; NaN for what is refused."""
    read: dict[str, float] = {}
    units: dict[str, str] = {}
    wrong: dict[str, CellError] = {}
    for text in texts.unique():
        try:
            read[text], units[text] = parse_radius(text)
        except CellError as error:
            wrong[text] = error
    report = partial(Fault, file=file, column=str(texts.name))

    def refuse(row: int) -> Fault:
        error = wrong[texts[row]]
        return report(
            kind=error.kind, row=row, value=texts[row] or None, reason=error.reason, remedy=error.remedy
        )

    report_rows(texts.index[texts.isin(wrong)], refuse, faults, others="their radii cannot be used")
    converted = conversions(Counter(texts.map(units).dropna()))
    if converted:
        faults.append(report(kind="noted", reason=converted))
    return texts.map(read)


def _outward(texts: pd.Series[str], file: str, faults: list[Fault]) -> pd.Series[str]:
    """The outward halves of postcodes; what is none is refused, and left out."""
    read = {text: outward_of(text) for text in texts.unique()}
    report = partial(Fault, file=file, column=str(texts.name))
    outward = texts.map({text: half for text, (half, _) in read.items()})
    remedy = "write the outward half, such as NG22"
    refuse = partial(report, kind="refused", reason="this is no postcode", remedy=remedy)
    report_rows(outward.index[outward == ""], lambda row: refuse(row=row, value=texts[row] or None), faults)
    count = sum(read[text][1] for text in texts)
    if count:
        reason = f"of {count:,} full postcode{'s' * (count != 1)} the outward half was used"
        faults.append(report(kind="noted", reason=reason))
    return outward[outward != ""]


def _points(at: pd.DataFrame, wanted: PointsFrom, file: str, faults: list[Fault]) -> gpd.GeoSeries:
    """Points in England; what most of them have wrong is said once."""
    found: list[Fault] = []
    land = builtin.load().blocks.geometry
    points = check_points(at[wanted.x], at[wanted.y], crs=wanted.crs, file=file, land=land, faults=found)
    alike = Counter(map(_without_numbers, found))
    reason, count = alike.most_common(1)[0] if alike else ("", 0)
    if count > 1 and 2 * count > len(at):
        first = next(fault for fault in found if _without_numbers(fault) == reason)
        faults.append(replace(first, reason=f"{first.reason}; so it is in {count:,} of {len(at):,} rows"))
        found = [fault for fault in found if _without_numbers(fault) != reason]
    report_first(found, faults)
    return points


def _without_numbers(fault: Fault) -> str:
    """What is wrong, whatever the place."""
    return re.sub(r"\([^)]*\)|[\d.,]+", "", fault.reason)
