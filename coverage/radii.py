"""Radii of catchments as texts: a number and its unit."""

from __future__ import annotations

import re
from typing import Final

from ..boundaries.spelling import tidy
from .cells import CellError

METRES_PER_MILE: Final = 1609.344
MAX_RADIUS_M: Final = 200_000  # further than that, a service area is a list of regions
MIN_RADIUS_M: Final = 100  # under it "10 m" may be meant for ten miles
UNITS: Final = {
    "metres": ("m", "metre", "metres", "meter", "meters"),
    "kilometres": ("km", "kms", "kilometre", "kilometres", "kilometer", "kilometers"),
    "miles": ("mi", "mile", "miles"),
}
METRES_PER: Final = {"metres": 1.0, "kilometres": 1000.0, "miles": METRES_PER_MILE}
UNIT_OF: Final = {word: unit for unit, words in UNITS.items() for word in words}
DISTANCE: Final = re.compile(r"([+-]?)\s*(\d[\d,.]*|\.\d+)\s*([^\W\d_]*)\.?", re.ASCII)
THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
HOW_TO_WRITE: Final = "write a number and its unit: 800 m, 5 km or 10 miles"


def parse_radius(text: str) -> tuple[float, str]:
    """Read the radius of a catchment.

    Parameters
    ----------
    text
        Such as `10 miles`, `800 m` or `5 km`.

    Returns
    -------
    radius_m
        Metres.
    unit
        `metres`, `kilometres` or `miles`.

    Raises
    ------
    CellError
        `refused` for anything else, `asked` for what is larger or smaller than a catchment.

    Examples
    --------
    >>> parse_radius("10 miles")
    (16093.44, 'miles')
    """
    clean = tidy(text).replace("−", "-")
    found = DISTANCE.fullmatch(clean)
    if not clean:
        raise CellError("the radius is blank", HOW_TO_WRITE, "refused")
    if found is None:
        raise CellError("this is no distance", HOW_TO_WRITE, "refused")
    sign, digits, word = found.groups()
    if THOUSANDS.fullmatch(digits):
        meant = f"{digits.replace(',', '')} {word}".strip()
        raise CellError("the radius has a comma between thousands", f"write {meant}", "refused")
    if re.fullmatch(r"\d+,\d+", digits):
        meant = f"{digits.replace(',', '.')} {word}".strip()
        raise CellError("the radius has a decimal comma", f"write {meant}", "refused")
    if re.fullmatch(r"\d+\.?\d*|\.\d+", digits) is None:
        raise CellError("this is no distance", HOW_TO_WRITE, "refused")
    number = float(digits)
    if sign == "-" or number == 0:
        raise CellError("a radius is more than 0", "correct it, or delete the row", "refused")
    unit = UNIT_OF.get(word.casefold())
    if not word:
        meant = f"{number:.15g} m or {number / 1000:.15g} km"
        if number < MIN_RADIUS_M:
            meant = f"{number:.15g} miles or {number:.15g} km"
        raise CellError("the radius has no unit", f"write {meant}", "refused")
    if unit is None:
        raise CellError(f"a unit that is not known: {word}", HOW_TO_WRITE, "refused")
    radius_m = number * METRES_PER[unit]
    if not radius_m <= MAX_RADIUS_M:
        reason = f"that is {radius_m / 1000:,.6g} km, where {MAX_RADIUS_M // 1000} km are the limit"
        raise CellError(reason, "check its number and unit; of a wider service, name the areas", "asked")
    if radius_m < MIN_RADIUS_M:
        reason = f"a catchment of {radius_m:.6g} metres: are miles or kilometres meant?"
        raise CellError(reason, f"write {number:.15g} miles, or at least {MIN_RADIUS_M} m", "asked")
    return radius_m, unit


def conversions(units: dict[str, int]) -> str:
    """Say how many radii were converted to metres; empty where none was.

    Examples
    --------
    >>> conversions({"metres": 3, "miles": 12})
    '12 radii in miles were converted: 1 mile = 1,609.344 m'
    """
    counts = {unit: units[unit] for unit in ("miles", "kilometres") if units.get(unit)}
    told = [f"{n:,} radi{'us' if n == 1 else 'i'} in {unit}" for unit, n in counts.items()]
    verb = "was" if sum(counts.values()) == 1 else "were"
    rate = f"1 mile = {METRES_PER_MILE:,} m" if "miles" in counts else "1 km = 1,000 m"
    return f"{' and '.join(told)} {verb} converted: {rate}" if told else ""
