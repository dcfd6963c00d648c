"""Names of councils, and which areas they govern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .spelling import name_key

DISTRICT: Final = ("E06", "E07", "E08", "E09")
KIND: Final = r"(?:(?:and|borough|city|county|district|london borough|metropolitan|royal|unitary) )*"
AFTER: Final = re.compile(rf"(.+?) ({KIND}(?:council|corporation)|(?:city|county) of)")
BEFORE: Final = re.compile(rf"(?:the )?({KIND}(?:council )?)of (?:the )?(.+)")
COUNTY_UNITARIES: Final = frozenset(
    {
        "E06000017",  # Rutland
        "E06000019",  # Herefordshire
        "E06000046",  # Isle of Wight
        "E06000047",  # County Durham
        "E06000048",  # Northumberland until 2013
        "E06000051",  # Shropshire
        "E06000052",  # Cornwall
        "E06000054",  # Wiltshire
        "E06000057",  # Northumberland
        "E06000060",  # Buckinghamshire
        "E06000065",  # North Yorkshire
        "E06000066",  # Somerset
    }
)
"""Unitary authorities on the land of a county, which people still call its county council."""


@dataclass(frozen=True)
class Council:
    """A council's name taken apart.

    Attributes
    ----------
    names
        What its area may be called, as `name_key` writes it.
    kind
        `county`, `district`, or empty where the name does not say.
    """

    names: tuple[str, ...]
    kind: str

    def governs(self, code: str) -> bool:
        """Whether an authority with this code can be the one; of other nations any can."""
        if not code.startswith("E"):
            return True
        if self.kind == "county":
            return code.startswith("E10") or code in COUNTY_UNITARIES
        if self.kind == "district":
            return code.startswith(DISTRICT)
        return code.startswith((*DISTRICT, "E10"))


def council(text: str) -> Council | None:
    """Take the name of a council apart; None for any other text.

    Examples
    --------
    >>> council("Bassetlaw District Council")
    Council(names=('bassetlaw', 'bassetlaw city of', 'city of bassetlaw', 'bassetlaw city'), kind='district')
    >>> council("Durham County Council").kind, council("Bassetlaw CVS")
    ('county', None)
    """
    key = name_key(text)
    kinds: list[str] = []
    if after := AFTER.fullmatch(key):
        kinds += after[2].split()
        key = after[1]
    if before := BEFORE.fullmatch(key):
        kinds += before[1].split() or ["council"]
        key = before[2]
    if not kinds:
        return None
    county = "county" in kinds and "city" not in kinds
    told = set(kinds) - {"and", "corporation", "council", "county", "of"}
    names = (key, f"county {key}", f"{key} county of") if county or not told else (key,)
    cities = (f"{key} city of", f"city of {key}", f"{key} city") if key != "london" or "city" in kinds else ()
    return Council((*names, *cities), "county" if county else "district" if told else "")
