"""The shapes that services refer to: catchments, polygons and travel-time areas of a study."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ..boundaries.atlas import Atlas
from ..boundaries.errors import PlaceError
from ..boundaries.figures import some
from ..boundaries.places import Place
from ..boundaries.spelling import near, tidy
from .drawn import NOTHING, DrawnAreas, Method
from .references import (
    CATCHMENT,
    POLYGON,
    PREFIXES,
    REFERENCE,
    TRAVEL,
    reference_key,
)
from .service_area_settings import TOLERANCE
from .travel_times import TravelTimes, travel_id

PART: Final = {CATCHMENT: "catchments", POLYGON: "polygons", TRAVEL: "isochrones"}
HOW_LONG: Final = re.compile(r"(.+?)[\s,]+(\d+(?:\.\d+)?)\s*(?:minutes?|mins?)\.?", re.ASCII | re.IGNORECASE)
SEVERAL: Final = re.compile(rf"\s*,\s*(?=(?:{'|'.join(PREFIXES)})\s*:)", re.IGNORECASE)
COARSE: Final = 20_000  # residents of a block in the middle: within it nobody knows where they live
COMPARED: Final = 2_000  # ids that a misspelt one is held against


@dataclass(frozen=True)
class Reference:
    """What a reference to a shape was read as.

    Attributes
    ----------
    drawn
        Its position in `ServiceAreas.drawn`.
    place
        The blocks that can be reached, where travel times say so.
    note
        What is worth reporting of it; may be empty.
    """

    drawn: int | None = None
    place: Place | None = None
    note: str = ""


@dataclass(frozen=True)
class ServiceAreas:
    """The shapes of a study.

    Attributes
    ----------
    drawn
        Catchments first, then polygons, then areas of travel time; named as services refer to them.
    method
        How much of a block a shape serves.
    tolerance
        Share of a block: where the low and the high share served differ by more, shapes are united
        geometrically.
    positions
        Key of each catchment and polygon, such as `catchment:retford` → its position in `drawn`.
    isochrones
        Key of each origin → minutes → position in `drawn`.
    travel_times
        Key of each origin → its travel times.
    origins
        Names of all origins.
    by_postcode
        Positions of the catchments that lie where an outward postcode does.
    lost
        Keys of shapes that were refused.
    unread
        Prefixes of which not every shape is known, since a file could not be read in full.

    Examples
    --------
    >>> circle = np.array([[470_000.0, 381_000.0, 5_000.0]])
    >>> areas = ServiceAreas(DrawnAreas.of_circles(circle), positions={"catchment:retford": 0})
    >>> areas.find("Catchment: RETFORD").drawn
    0
    """

    drawn: DrawnAreas = NOTHING
    method: Method = "area"
    tolerance: float = TOLERANCE
    positions: Mapping[str, int] = field(default_factory=dict)
    isochrones: Mapping[str, Mapping[float, int]] = field(default_factory=dict)
    travel_times: Mapping[str, TravelTimes] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    by_postcode: frozenset[int] = frozenset()
    lost: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    _read: dict[str, Reference] = field(default_factory=dict, repr=False, compare=False)

    def find(self, text: str) -> Reference | None:
        """Read a reference to a shape.

        Parameters
        ----------
        text
            `catchment:ID`, `polygon:ID` or `travel:ORIGIN 30 minutes`; case, blanks, hyphens and
            underscores make no difference.

        Returns
        -------
        Reference or None
            None where the text is no reference. Empty where the shape was refused, which is told
            already.

        Raises
        ------
        PlaceError
            Where no shape is called so, with those that are called nearly so; and for a part of one.
        """
        if text not in self._read:
            found = REFERENCE.fullmatch(tidy(text))
            if found is None:
                return None
            if found["part"]:
                reason, remedy = "a part of a shape is not known", "draw the part, and refer to that"
                raise PlaceError(reason, remedy, "refused")
            prefix, name = found["prefix"].casefold(), found["id"].strip()
            self._read[text] = self._travel(name) if prefix == TRAVEL else self._shape(prefix, name)
        return self._read[text]

    def _shape(self, prefix: str, name: str) -> Reference:
        key = f"{prefix}:{reference_key(name)}"
        position = self.positions.get(key)
        if position is None:
            if key in self.lost or prefix in self.unread:
                return Reference()
            begin = f"{prefix}:"
            names = [name.removeprefix(begin) for name in self.drawn.names if name.startswith(begin)]
            raise _unknown(prefix, name, names)
        return Reference(position)

    def _travel(self, text: str) -> Reference:
        found = HOW_LONG.fullmatch(text)
        if found is None:
            raise PlaceError("it gives no reach in minutes", "write travel:ORIGIN 30 minutes")
        name, minutes = found[1], float(found[2])
        key, known = reference_key(name), self.isochrones.get(reference_key(name), {})
        if key in self.travel_times:
            return _reached(self.travel_times[key], minutes)
        if minutes in known:
            return Reference(known[minutes])
        lost = {f"{TRAVEL}:{key}", f"{TRAVEL}:{reference_key(travel_id(name, minutes))}"}
        if lost & self.lost or TRAVEL in self.unread:
            return Reference()
        if known:
            listed = ", ".join(f"{number:.10g}" for number in sorted(known))
            reason = f"no area of {minutes:.10g} minutes is drawn round this origin"
            raise PlaceError(reason, f"there {'are' if len(known) > 1 else 'is'} {listed} minutes")
        raise _unknown(TRAVEL, name, self.origins)


def _unknown(prefix: str, name: str, names: Sequence[str]) -> PlaceError:
    if SEVERAL.search(name):
        return PlaceError("shapes are separated by ;", f"write {prefix}:{SEVERAL.sub('; ', name)}")
    noun = "origin" if prefix == TRAVEL else prefix
    if not names:
        parts = f"[[service_areas.{PART[prefix]}]]"
        if prefix == TRAVEL:
            parts += " or [[service_areas.travel_times]]"
        return PlaceError(f"study.toml describes no {noun}s", f"add {parts}")
    if len(names) > COMPARED:
        names = [one for one in names if one[:2].casefold() == name[:2].casefold()][:COMPARED]
    meant = [f"{prefix}:{one}" for one in near(name, names)]
    remedy = f"did you mean {' or '.join(meant)}?" if meant else f"known are {some(names)}"
    return PlaceError(f"no {noun} is called so", remedy if names else "check it")


def _reached(times: TravelTimes, minutes: float) -> Reference:
    blocks = times.within(minutes)
    name = travel_id(times.name, minutes)
    place = Place(
        area=f"{TRAVEL}:{name}",
        name=f"{minutes:.10g} minutes from {times.name}",
        blocks=tuple(blocks.tolist()),
        beyond=minutes >= times.beyond,
    )
    note = ""
    if not len(blocks):
        note = "no block of the study is so near to it: counted nowhere"
    elif minutes > times.greatest:
        note = (
            f"the table ends at {times.greatest:.10g} minutes for this origin: "
            "blocks further away may be missing"
        )
    return Reference(place=place, note=note)


def notes_on(areas: ServiceAreas, used: bool, atlas: Atlas) -> list[str]:
    """What has to be said of figures that rest on shapes.

    Parameters
    ----------
    areas
        Of a study.
    used
        Whether a service refers to a catchment or a polygon.
    atlas
        Whose blocks they serve.
    """
    one, many = atlas.block_nouns
    if used and areas.method == "area" and np.median(atlas.residents) > COARSE:
        return [
            f"Catchments and drawn areas are measured on {many}: within a {one} people are taken as spread "
            f"evenly over its land, which is coarse. Smaller blocks make it finer."
        ]
    if used and areas.method == "centroid" and not atlas.weighted:
        return [
            f"A catchment or drawn area serves a {one} if it holds a point inside its outline, which stands "
            "for the centroid of its people: that is not known."
        ]
    return []
