"""Reading blocks: outlines, points of a table and of a layer, and what is refused of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hinterland.boundaries.blocks import Blocks, read_blocks
from hinterland.boundaries.builtin import load
from hinterland.boundaries.description import BlocksFrom, CountFrom, Described, LookupFrom, Origin, Words
from hinterland.boundaries.errors import Fault
from hinterland.boundaries.sources import Sources

EAST, NORTH = 450_000, 340_000  # a place west of Nottingham, the corner of every map here
CODES = ["E01000001", "E01000002", "E01000003"]


def square(x: float, y: float, side: float = 1) -> shapely.Geometry:
    """A square on the map; its lower left corner and side in km."""
    left, low = EAST + 1000 * x, NORTH + 1000 * y
    return shapely.box(left, low, left + 1000 * side, low + 1000 * side)


def point(x: float, y: float) -> shapely.Geometry:
    return shapely.Point(EAST + 1000 * x, NORTH + 1000 * y)


SQUARES = [square(0, 0), square(1, 0), square(2, 0)]
POINTS = [point(0.5, 0.5), point(1.5, 0.5), point(2.5, 0.5)]


def layer(folder: Path, shapes: list[Any], name: str = "b.gpkg", **columns: list[Any]) -> Origin:
    given = {"CODE": CODES[: len(shapes)], **columns}
    gpd.GeoDataFrame(given, geometry=shapes, crs=27700).to_file(folder / name)
    return Origin(file=folder / name)


def table(folder: Path, text: str, crs: str = "EPSG:27700") -> Origin:
    (folder / "b.csv").write_text(text, encoding="utf-8")
    return Origin(file=folder / "b.csv", crs=crs)


def read(
    origin: Origin, *, name: str = "", x: str = "", y: str = "", **described: Any
) -> tuple[Blocks | None, list[str]]:
    wanted = BlocksFrom(words=Words(id="LSOA11"), origin=origin, code="CODE", name=name, x=x, y=y)
    faults: list[Fault] = []
    blocks = read_blocks(Described(blocks=wanted, **described), Sources(), faults)
    return blocks, [f"{fault.kind} {fault}" for fault in faults]


class TestOutlines:
    def test_blocks_are_sorted_and_measured_with_a_point_inside(self, tmp_path: Path) -> None:
        origin = layer(tmp_path, [square(0, 0, 2), square(2, 0)], CODE=["e01000002", " E01000001"])
        blocks, said = read(origin)
        assert said == []
        assert blocks is not None
        assert blocks.frame.index.tolist() == ["E01000001", "E01000002"]
        assert blocks.frame["name"].tolist() == ["E01000001", "E01000002"]
        assert blocks.frame["area_km2"].tolist() == [1, 4]
        assert shapely.contains_xy(
            blocks.frame.geometry.to_numpy(), blocks.frame["x"], blocks.frame["y"]
        ).all()
        assert (blocks.centroid, blocks.outlined) == ("a point inside its outline", True)

    def test_columns_of_their_own_file_are_found_in_any_case_with_the_feature_they_stand_in(
        self, tmp_path: Path
    ) -> None:
        origin = layer(tmp_path, SQUARES, CODE=CODES[::-1], Pop=[3.0, 2, None], Name=["c", "b", "a"])
        residents = CountFrom(id="residents", label="", origin=None, key="", column="POP", year=2011)
        blocks, _ = read(origin, name="NAME", residents=residents)
        assert blocks is not None
        assert blocks.own.columns.tolist() == ["CODE", "NAME", "POP"]
        assert blocks.own["POP"].to_dict() == {1: "3", 2: "2", 3: ""}
        assert blocks.frame["name"].to_dict() == dict(zip(CODES, "abc", strict=True))

    def test_a_missing_column_is_asked_about_once(self, tmp_path: Path) -> None:
        lookup = LookupFrom(words=Words(id="A"), origin=None, of="LSOA11", key="", codes=("LEPCD",))
        blocks, said = read(layer(tmp_path, SQUARES, LEP_CD=["A", "B", "C"]), lookups=(lookup,))
        assert blocks is None
        assert said == [
            "asked b.gpkg, column LEPCD: this column is missing → is it LEP_CD? The layer has: CODE, LEP_CD"
        ]

    def test_weighted_centroids_stand_in_columns_beside_the_outlines(self, tmp_path: Path) -> None:
        origin = layer(
            tmp_path, SQUARES, CODE=CODES[::-1], X=[EAST + d for d in (100, 1100, 2100)], Y=[NORTH + 7] * 3
        )
        blocks, said = read(origin, x="X", y="Y")
        assert said == []
        assert blocks is not None
        assert blocks.frame["x"].tolist() == [EAST + 2100, EAST + 1100, EAST + 100]
        assert blocks.frame["y"].tolist() == [NORTH + 7] * 3
        assert blocks.centroid == "its population-weighted centroid"

    def test_a_weighted_centroid_that_is_wrong_is_refused_with_its_feature(self, tmp_path: Path) -> None:
        xs = [EAST + 100, EAST + 50_000, None]
        origin = layer(tmp_path, SQUARES, CODE=CODES[::-1], X=xs, Y=[NORTH + 7] * 3)
        _, said = read(origin, x="X", y="Y")
        assert [text.split(":")[0] for text in said] == [
            "refused b.gpkg, feature 3, column X",
            "refused b.gpkg, feature 2, column X, Y",
        ]

    def test_blocks_of_other_nations_are_left_out_and_counted(self, tmp_path: Path) -> None:
        blocks, said = read(layer(tmp_path, SQUARES, CODE=["W01000001", "E01000001", "W01000002"]))
        assert said == ["noted b.gpkg: 2 blocks are outside England (Wales): left out"]
        assert blocks is not None
        assert blocks.frame.index.tolist() == ["E01000001"]
        assert blocks.own["CODE"].tolist() == ["E01000001"]

    def test_a_code_of_the_users_own_that_begins_like_another_nations_is_kept(self, tmp_path: Path) -> None:
        blocks, said = read(layer(tmp_path, SQUARES, CODE=["W1", "Woodside", "S"]))
        assert said == []
        assert blocks is not None
        assert len(blocks.frame) == 3

    @pytest.mark.parametrize("shapes", [SQUARES, POINTS])
    def test_blocks_outside_england_alone_are_stopped(self, tmp_path: Path, shapes: list[Any]) -> None:
        blocks, said = read(layer(tmp_path, shapes, CODE=["S01000001", "W01000001", "N20000001"]))
        assert blocks is None
        assert (
            said[-1]
            == "stopped b.gpkg: no block of England is left in it → check that it is the file you mean"
        )
        assert len(said) == 4

    def test_blocks_that_overlap_are_stopped(self, tmp_path: Path) -> None:
        _, said = read(layer(tmp_path, [square(0, 0), square(0.5, 0)]))
        assert said[0].startswith("stopped b.gpkg: E01000001 with E01000002: 0.5 km² lie in both")

    def test_the_generalisation_is_read_from_the_name_of_the_file(self, tmp_path: Path) -> None:
        blocks, _ = read(layer(tmp_path, SQUARES, "lsoa11_ew_bsc.gpkg"))
        assert blocks is not None
        assert blocks.generalisation == "BSC"


class TestPoints:
    TEXT = (
        "code,Name,X,Y,LEP\n"
        f"e01000002 ,Two,{EAST + 1500},{NORTH},A\n"
        f"E01000001,,{EAST + 500},{NORTH},B\n"
        f"W01000001,Wales,{EAST},{NORTH},C\n"
    )
    LOOKUP = LookupFrom(words=Words(id="A"), origin=None, of="LSOA11", key="", codes=("LEP",))

    def test_a_table_of_centroids_makes_blocks_whose_land_is_not_measured(self, tmp_path: Path) -> None:
        blocks, said = read(table(tmp_path, self.TEXT), name="NAME", x="x", y="y", lookups=(self.LOOKUP,))
        assert said == ["noted b.csv: 1 blocks are outside England (Wales): left out"]
        assert blocks is not None
        assert blocks.frame["name"].to_dict() == {"E01000001": "E01000001", "E01000002": "Two"}
        assert blocks.frame["area_km2"].isna().all()
        assert blocks.frame["x"].tolist() == [EAST + 500, EAST + 1500]
        assert blocks.own["LEP"].to_dict() == {2: "A", 3: "B"}
        assert (blocks.centroid, blocks.outlined) == ("its population-weighted centroid", False)

    def test_a_table_in_degrees_lies_where_it_should(self, tmp_path: Path) -> None:
        place = gpd.GeoSeries([point(0, 0)], crs=27700).to_crs(4326).iloc[0]
        blocks, _ = read(table(tmp_path, f"CODE,X,Y\nb,{place.x},{place.y}\n", "EPSG:4326"), x="X", y="Y")
        assert blocks is not None
        assert blocks.frame["x"].iloc[0] == pytest.approx(EAST, abs=5)
        assert blocks.frame["y"].iloc[0] == pytest.approx(NORTH, abs=5)

    def test_a_layer_of_points_is_read_as_a_table_of_them(self, tmp_path: Path) -> None:
        blocks, said = read(layer(tmp_path, POINTS, LEP=["A", "B", "C"]), lookups=(self.LOOKUP,))
        assert said == []
        assert blocks is not None
        assert blocks.frame["x"].tolist() == [EAST + 500, EAST + 1500, EAST + 2500]
        assert blocks.own["LEP"].tolist() == ["A", "B", "C"]
        assert not blocks.outlined

    def test_a_feature_without_a_point_is_refused(self, tmp_path: Path) -> None:
        blocks, said = read(layer(tmp_path, [POINTS[0], None, POINTS[2]]))
        assert said == ["refused b.gpkg, feature 2: it has no point → add it, or delete the feature"]
        assert blocks is not None
        assert blocks.frame.index.tolist() == [CODES[0], CODES[2]]

    def test_rows_that_cannot_be_used_are_refused_with_their_place(self, tmp_path: Path) -> None:
        text = f"CODE,X,Y\nb1,{EAST},{NORTH}\nb1,{EAST},{NORTH}\n,{EAST},{NORTH}\nb2,1.5,{NORTH}\nb3,,\n"
        blocks, said = read(table(tmp_path, text), x="X", y="Y")
        assert [text.split(":")[0] for text in said] == [
            "refused b.csv, row 4, column CODE",
            "refused b.csv, row 3, column CODE",
            "refused b.csv, row 6, column X, Y",
            "refused b.csv, row 5, column X, Y",
        ]
        assert said[1].endswith("'b1': row 2 has this code too → codes have to be unique: keep one")
        assert blocks is not None
        assert blocks.frame.index.tolist() == ["b1"]

    def test_a_point_at_sea_is_refused(self, tmp_path: Path) -> None:
        text = f"CODE,X,Y\nb1,{EAST},{NORTH}\nb2,625000,380000\n"
        _, said = read(table(tmp_path, text), x="X", y="Y")
        assert said[0].startswith("refused b.csv, row 3, column X, Y: '625000, 380000': it lies in no area")

    @pytest.mark.parametrize(
        "places",
        [[(0, 0)], [(0, 0), (1, 1)], [(0, 0), (1, 0), (2, 0)], [(0, 0)] * 3, [(0, 0), (0, 0), (0.001, 0)]],
    )
    def test_few_points_in_line_or_in_one_place_have_cells(
        self, tmp_path: Path, places: list[tuple[float, float]]
    ) -> None:
        blocks, said = read(layer(tmp_path, [point(*place) for place in places]))
        assert said == []
        assert blocks is not None
        check_cells(blocks)

    @given(st.lists(st.tuples(*[st.integers(-60, 60)] * 2), min_size=1, max_size=30))
    @settings(max_examples=15)
    def test_cells_are_valid_fit_together_and_lie_in_england(self, places: list[tuple[int, int]]) -> None:
        rows = [
            {"CODE": f"b{i:02}", "X": str(EAST + 500 * x), "Y": str(NORTH + 500 * y)}
            for i, (x, y) in enumerate(places)
        ]
        check_cells(from_rows(rows))

    def test_cells_end_at_the_coast(self) -> None:
        cromer, lundy = ("622000", "342000"), ("213500", "145500")
        rows = [{"CODE": f"b{i}", "X": x, "Y": y} for i, (x, y) in enumerate([cromer, lundy])]
        blocks = from_rows(rows)
        check_cells(blocks)
        assert not blocks.frame.contains(shapely.Point(622000, 347000)).any()

    def test_a_point_just_off_the_coast_keeps_a_spot(self) -> None:
        england = shapely.coverage_union_all(load().blocks.geometry.to_numpy())
        shore = {x: _northmost(england, x) for x in range(616_000, 628_250, 250)}
        places = [(622_000, shore[622_000] + 800), *((x, y - 1) for x, y in shore.items())]
        rows = [{"CODE": f"b{i:02}", "X": str(x), "Y": str(y)} for i, (x, y) in enumerate(places)]
        cells = from_rows(rows).frame.geometry.to_numpy()
        assert not shapely.is_empty(cells).any()
        assert shapely.coverage_is_valid(cells)
        assert shapely.area(cells[0]) == pytest.approx(31_400, rel=0.01)

    def test_each_point_lies_in_its_own_cell(self) -> None:
        rows = [{"CODE": f"b{i}", "X": str(EAST + 700 * i), "Y": str(NORTH + 300 * i * i)} for i in range(9)]
        frame = from_rows(rows).frame
        assert shapely.contains_xy(frame.geometry.to_numpy(), frame["x"], frame["y"]).all()


def from_rows(rows: list[dict[str, str]]) -> Blocks:
    """Blocks of a table that no file holds."""

    class Rows(Sources):
        def table(self, *_: object) -> Any:
            return pd.DataFrame(rows, index=range(2, len(rows) + 2))

    wanted = BlocksFrom(words=Words(id="OA11"), origin=Origin(file=Path("b.csv")), code="CODE", x="X", y="Y")
    faults: list[Fault] = []
    blocks = read_blocks(Described(blocks=wanted), Rows(), faults)
    assert blocks is not None
    assert faults == []
    return blocks


def _northmost(england: shapely.Geometry, x: int) -> float:
    """Where a line from south to north leaves England for the sea off Norfolk."""
    line = shapely.LineString([(x, 330_000), (x, 360_000)])
    return float(shapely.intersection(england, line).bounds[3])


def check_cells(blocks: Blocks) -> None:
    cells = blocks.frame.geometry.to_numpy()
    points = shapely.multipoints(cells_points(blocks))
    districts = load().blocks.geometry
    here = districts[districts.intersects(points)]
    england = shapely.union_all((here if len(here) else districts).to_numpy())
    assert {shape.geom_type for shape in cells} <= {"Polygon", "MultiPolygon"}
    assert shapely.is_valid(cells).all()
    assert not shapely.is_empty(cells).any()
    assert shapely.coverage_is_valid(cells)
    assert np.all(shapely.area(shapely.difference(cells, england)) < 1)
    reach = shapely.buffer(shapely.envelope(points), 5000)
    expected = shapely.area(shapely.intersection(england, reach))
    assert shapely.area(cells).sum() == pytest.approx(expected, rel=1e-3)


def cells_points(blocks: Blocks) -> Any:
    return shapely.points(blocks.frame["x"], blocks.frame["y"])
