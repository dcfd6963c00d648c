"""Service areas that are shapes, as a view shows them: in words, and outlined in degrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from ..coverage.drawn import DrawnAreas
from .outlines import in_steps
from .view import Item

DEGREES: Final = 1e-5  # about 1 m on the ground
DETAIL_M: Final = 10.0  # an outline may be off by that much
DETAILS: Final = 2_000  # or by its greater side divided by this
LONGEST_M: Final = 10_000.0  # a straight line on the National Grid is bent on a web map
MILE_M: Final = 1_609.344
FEWEST, MOST = 36, 128  # corners of a circle


def describe_shapes(drawn: DrawnAreas, positions: Sequence[int]) -> list[Item]:
    """Describe those service areas that records refer to.

    Parameters
    ----------
    drawn
        The drawn areas of a study.
    positions
        Of those wanted, in the order wanted.

    Returns
    -------
    list of dict
        The field `shapes` of `View`.

    Examples
    --------
    >>> retford = DrawnAreas(
    ...     ("catchment:retford",), np.array([[470_500.0, 381_000.0, 16_093.44]]), np.array([None])
    ... )
    >>> shape = describe_shapes(retford, [0])[0]
    >>> shape["kind"], shape["about"]
    ('catchment', '16.1 km round a point (10 miles)')
    """
    parts = [shapely.get_parts(_outline(drawn, i)) for i in positions]
    rings = [
        shapely.get_coordinates(ring)[:-1]
        for polygons in parts
        for polygon in polygons
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    written = iter(in_steps(rings, DEGREES))
    return [
        {
            "name": drawn.names[i],
            **_in_words(drawn, i),
            "polygons": [[next(written) for _ in range(1 + len(each.interiors))] for each in polygons],
        }
        for i, polygons in zip(positions, parts, strict=True)
    ]


def _outline(drawn: DrawnAreas, position: int) -> shapely.Geometry:
    """A shape with as many corners as can be told apart on a page."""
    if drawn.is_circle[position]:
        x, y, radius_m = drawn.circles[position]
        corners = np.pi / np.arccos(max(1 - DETAIL_M / radius_m, -1))
        turn = np.linspace(0, 2 * np.pi, int(np.clip(np.ceil(corners), FEWEST, MOST)), endpoint=False)
        return shapely.polygons(np.column_stack([x + radius_m * np.cos(turn), y + radius_m * np.sin(turn)]))
    outline = drawn.polygons[position]
    west, south, east, north = outline.bounds
    coarse = outline.simplify(max(DETAIL_M, (east - west) / DETAILS, (north - south) / DETAILS))
    return shapely.segmentize(coarse, LONGEST_M)


def _in_words(drawn: DrawnAreas, position: int) -> dict[str, str]:
    name = drawn.names[position]
    if not drawn.is_circle[position]:
        area = f"{_rounded(drawn.polygons[position].area / 1e6)} km²"
        if name.startswith("travel:"):
            return {"kind": "isochrone", "about": f"a travel-time area of {area}"}
        return {"kind": "polygon", "about": f"a drawn area of {area}"}
    radius_m = drawn.circles[position, 2]
    radius = f"{_rounded(radius_m / 1e3)} km" if radius_m >= 1e3 else f"{_rounded(radius_m)} m"
    quarters = radius_m / MILE_M * 4
    in_miles = ""
    if round(quarters) and abs(quarters - round(quarters)) < 1e-6:
        in_miles = f" ({quarters / 4:g} mile{'s' * (round(quarters) != 4)})"
    return {"kind": "catchment", "about": f"{radius} round a point{in_miles}"}


def _rounded(value: float) -> str:
    """Three figures, and never fewer than the whole number.

    Examples
    --------
    >>> _rounded(16.09344), _rounded(5.0), _rounded(1234.5)
    ('16.1', '5', '1,234')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
