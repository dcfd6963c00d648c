"""What one would use instead of hinterland to measure shapes on blocks, on the same synthetic England.

Every peer is a function that prepares its input (frames, indexes of the blocks, circles as polygons),
which is not timed, and gives the work, which is, with a way of reading what the work gave.

exactextract is left out: it measures polygons on a raster, on which blocks are cut along cells (of 100 m:
one share in ten is wrong by 0.1 or more), so it cannot give the same shares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse
from scipy.spatial import cKDTree

from hinterland.boundaries.atlas import CRS
from hinterland.coverage.drawn import DrawnAreas

from .england import England

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Cells = tuple[Ints, Ints, Floats]
"""Shape, block (its position) and the share of the block inside, of every pair that meets."""
Ready = tuple[Callable[[], Any], Callable[[Any], Any]]
"""The work, and how to read its result."""

SIDES: Final = 64
"""Of the polygon that stands for a circle: what `buffer` makes unless told otherwise."""
MANY_SIDES: Final = 256


@dataclass(frozen=True)
class Peer:
    """One way of doing some work.

    Attributes
    ----------
    prepare
        Gives the work and how to read its result.
    needs
        The packages that have to be installed.
    sides
        Of the polygons that it takes for circles; 0 where circles are circles.
    """

    prepare: Callable[..., Ready]
    needs: tuple[str, ...] = ("shapely",)
    sides: int = 0

    @property
    def installed(self) -> bool:
        return all(find_spec(package) for package in self.needs)


def as_polygons(drawn: DrawnAreas, sides: int = SIDES) -> npt.NDArray[np.object_]:
    """The shapes as polygons: for a circle the regular polygon with its corners on it."""
    shapes = drawn.polygons.copy()
    round_ones = drawn.is_circle
    x, y, radius = drawn.circles[round_ones].T
    shapes[round_ones] = shapely.buffer(shapely.points(x, y), radius, quad_segs=sides // 4)
    return shapes


def tobler_tables(england: England, drawn: DrawnAreas) -> Ready:
    """The table that tobler's `area_interpolate` begins with, on one thread."""
    from tobler.area_weighted.area_interpolate import _area_tables_binning

    blocks, shapes = _frame(england.outlines), _frame(as_polygons(drawn))

    def read(table: sparse.csr_matrix) -> Cells:
        cells = table.tocoo()
        return cells.col, cells.row, cells.data / shapely.area(england.outlines)[cells.row]

    return lambda: _area_tables_binning(blocks, shapes, "auto"), read


def overlay(england: England, drawn: DrawnAreas) -> Ready:
    """geopandas.overlay, and the area of each piece."""
    blocks, shapes = _frame(england.outlines), _frame(as_polygons(drawn))
    blocks["area"] = blocks.area

    def work() -> pd.DataFrame:
        pieces = gpd.overlay(blocks, shapes, how="intersection", keep_geom_type=True)
        return pieces.assign(share=pieces.area / pieces["area"])

    return work, lambda pieces: (
        pieces["number_2"].to_numpy(),
        pieces["number_1"].to_numpy(),
        pieces["share"].to_numpy(),
    )


def tree(england: England, drawn: DrawnAreas, sides: int = SIDES) -> Ready:
    """shapely, as well as it can be done: a tree, prepared shapes, intersections only on the edge."""
    shapes = as_polygons(drawn, sides)
    found = shapely.STRtree(england.outlines)
    area = shapely.area(england.outlines)

    def work() -> Cells:
        shapely.prepare(shapes)
        shape, block = found.query(shapes, predicate="intersects")
        share = np.ones(len(shape))
        edge = ~shapely.covers(shapes[shape], england.outlines[block])
        pieces = shapely.intersection(shapes[shape[edge]], england.outlines[block[edge]])
        share[edge] = shapely.area(pieces) / area[block[edge]]
        return shape, block, share

    return work, lambda cells: cells


def tree_of_many_sides(england: England, drawn: DrawnAreas) -> Ready:
    """The same with circles of more sides."""
    return tree(england, drawn, MANY_SIDES)


SHARES_SQL: Final = """
SELECT s.number AS shape, b.number AS block, ST_Area(ST_Intersection(b.geometry, s.geometry)) AS area
FROM blocks b JOIN shapes s ON ST_Intersects(b.geometry, s.geometry)
"""


def duckdb_spatial(england: England, drawn: DrawnAreas) -> Ready:
    """DuckDB's spatial join, on one thread."""
    import duckdb
    import duckdb_extension_spatial

    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    database = duckdb.connect(config={"threads": 1})
    database.execute(f"LOAD '{folder / 'spatial.duckdb_extension'}'")
    for name, shapes in (("blocks", england.outlines), ("shapes", as_polygons(drawn))):
        database.register("raw", pd.DataFrame({"number": range(len(shapes)), "wkb": shapely.to_wkb(shapes)}))
        database.execute(
            f"CREATE TABLE {name} AS SELECT number, ST_GeomFromWKB(wkb::BLOB) AS geometry FROM raw"
        )
    return lambda: database.execute(SHARES_SQL).df(), lambda frame: _by_area(frame, england)


def sedona(england: England, drawn: DrawnAreas) -> Ready:
    """SedonaDB's spatial join."""
    import sedonadb

    database = sedonadb.connect()
    for name, shapes in (("blocks", england.outlines), ("shapes", as_polygons(drawn))):
        database.create_data_frame(_frame(shapes)).to_view(name)
    return lambda: database.sql(SHARES_SQL).to_pandas(), lambda frame: _by_area(frame, england)


def sjoin(england: England, drawn: DrawnAreas) -> Ready:
    """geopandas.sjoin of the blocks' points."""
    points = _frame(shapely.points(england.points))
    shapes = _frame(as_polygons(drawn))
    work = lambda: gpd.sjoin(points, shapes, predicate="within")  # noqa: E731
    return work, lambda found: _whole(found["number_right"].to_numpy(), found["number_left"].to_numpy())


def kd_tree(england: England, drawn: DrawnAreas) -> Ready:
    """scipy's cKDTree: the points within each radius."""
    points = cKDTree(england.points)
    circles = drawn.circles

    def read(found: npt.NDArray[np.object_]) -> Cells:
        shape = np.repeat(np.arange(len(found)), [len(each) for each in found])
        return _whole(shape, np.concatenate(found).astype(np.int64))

    return lambda: points.query_ball_point(circles[:, :2], circles[:, 2]), read


def dwithin(england: England, drawn: DrawnAreas) -> Ready:
    """shapely's tree of the points, `dwithin` the radius."""
    points = shapely.STRtree(shapely.points(england.points))
    centres = shapely.points(drawn.circles[:, :2])
    radii = drawn.circles[:, 2]
    return lambda: points.query(centres, "dwithin", radii), lambda found: _whole(*found)


EXACT_CIRCLES: Final = {
    "tobler": Peer(tobler_tables, ("tobler",), SIDES),
    "geopandas overlay": Peer(overlay, ("geopandas",), SIDES),
    "STRtree + intersection": Peer(tree, sides=SIDES),
    "STRtree, 256 sides": Peer(tree_of_many_sides, sides=MANY_SIDES),
    "DuckDB spatial": Peer(duckdb_spatial, ("duckdb", "duckdb_extension_spatial"), SIDES),
    "SedonaDB": Peer(sedona, ("sedonadb", "geoarrow"), SIDES),
}
EXACT_POLYGONS: Final = {name: peer for name, peer in EXACT_CIRCLES.items() if peer.sides == SIDES}
CENTROID_CIRCLES: Final = {
    "geopandas sjoin": Peer(sjoin, ("geopandas",), SIDES),
    "scipy cKDTree": Peer(kd_tree, ("scipy",)),
    "STRtree dwithin": Peer(dwithin),
}


def _frame(shapes: npt.NDArray[np.object_]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"number": np.arange(len(shapes))}, geometry=shapes, crs=CRS)


def _whole(shape: Ints, block: Ints) -> Cells:
    return shape, block, np.ones(len(shape))


def _by_area(frame: pd.DataFrame, england: England) -> Cells:
    block = frame["block"].to_numpy()
    return frame["shape"].to_numpy(), block, frame["area"].to_numpy() / shapely.area(england.outlines)[block]
