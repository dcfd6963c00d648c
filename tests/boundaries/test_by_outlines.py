"""Geographies by outlines: best fit by centroid, exact fit by a cut, beside geopandas as the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hinterland.boundaries.atlas import Held
from hinterland.boundaries.builtin import load
from hinterland.boundaries.by_outlines import Cut, by_centroid, by_cut
from hinterland.boundaries.description import Origin, OutlinesFrom, Words
from hinterland.boundaries.errors import Fault

EAST, NORTH = 450_000, 340_000  # inside England, the corner of every map here
WANTED = OutlinesFrom(words=Words(id="LEP21"), origin=Origin(ons="L"), code="CD")

Box = tuple[float, float, float, float]
BOXES = st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 8), st.integers(1, 8)).map(
    lambda at: (at[0], at[1], min(12, at[0] + at[2]), min(12, at[1] + at[3]))
)


def km(*corners: float) -> shapely.Geometry:
    """A rectangle; corners in km from the corner of the map."""
    x0, y0, x1, y1 = (1000 * corner for corner in corners)
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def blocks_of(
    shapes: dict[str, shapely.Geometry], residents: Sequence[float], **counts: Any
) -> gpd.GeoDataFrame:
    geometry = gpd.GeoSeries(shapes, crs=27700)
    inside = geometry.representative_point()
    columns = {"name": [*shapes], "residents": residents, "area_km2": geometry.area / 1e6}
    return gpd.GeoDataFrame({**columns, "x": inside.x, "y": inside.y, **counts}, geometry=geometry)


def areas_of(shapes: dict[str, shapely.Geometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": [*shapes]}, geometry=[*shapes.values()], index=[*shapes], crs=27700)


def cut(blocks: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> tuple[Cut, list[str]]:
    faults: list[Fault] = []
    return by_cut(WANTED, areas, blocks, faults), [fault.reason for fault in faults]


def best_fit(blocks: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> tuple[Held, list[str]]:
    faults: list[Fault] = []
    return by_centroid(WANTED, areas, blocks, faults), [fault.reason for fault in faults]


def holders(held: Held) -> dict[str, list[str]]:
    """Block → the areas that hold it."""
    found: dict[str, list[str]] = {}
    for block, code, _ in held.triples:
        found.setdefault(block, []).append(code)
    return {block: sorted(codes) for block, codes in found.items()}


WEST_EAST = areas_of({"W": km(0, 0, 1, 1), "X": km(1, 0, 3, 1)})
STRIP = blocks_of({"b": km(0, 0, 3, 1)}, [100])


class TestCut:
    def test_a_block_in_two_areas_is_cut_and_its_residents_shared_out_in_whole_persons(self) -> None:
        found, said = cut(STRIP, WEST_EAST)
        assert found.blocks["residents"].to_dict() == {"ba": 33, "bb": 67}
        assert found.blocks["area_km2"].tolist() == [1, 2]
        assert found.parents.tolist() == [0, 0]
        assert holders(found.held) == {"ba": ["W"], "bb": ["X"]}
        assert said == ["1 of 1 blocks were cut along LEP21, their residents shared out by land"]

    def test_pieces_have_points_of_their_own_inside_them(self) -> None:
        frame = cut(STRIP, WEST_EAST)[0].blocks
        assert shapely.contains_xy(frame.geometry.to_numpy(), frame["x"], frame["y"]).all()

    def test_a_block_that_is_not_cut_keeps_its_code_and_centroid(self) -> None:
        blocks = blocks_of({"b": km(0, 0, 1, 1)}, [5]).assign(x=123.0, y=456.0)
        frame = cut(blocks, WEST_EAST)[0].blocks
        assert frame.index.tolist() == ["b"]
        assert frame.loc["b", ["x", "y", "residents"]].tolist() == [123, 456, 5]

    def test_areas_that_overlap_both_hold_the_land_between_them(self) -> None:
        areas = areas_of({"W": km(0, 0, 2, 1), "X": km(1, 0, 3, 1)})
        found, _ = cut(blocks_of({"b": km(0, 0, 3, 1)}, [9]), areas)
        land = {tuple(codes): found.blocks.loc[piece] for piece, codes in holders(found.held).items()}
        assert {codes: piece["residents"] for codes, piece in land.items()} == {
            ("W",): 3,
            ("W", "X"): 3,
            ("X",): 3,
        }
        assert land["W", "X"].geometry.equals(km(1, 0, 2, 1))

    def test_a_block_may_lie_in_three_areas_and_in_none(self) -> None:
        areas = areas_of({"A": km(0, 0, 1, 1), "B": km(1, 0, 2, 1), "C": km(2, 0, 3, 1)})
        blocks = blocks_of({"b": km(0, 0, 4, 1), "far": km(0, 5, 1, 6)}, [40, 7])
        found, said = cut(blocks, areas)
        assert found.blocks["residents"].tolist() == [10, 10, 10, 10, 7]
        assert sorted(holders(found.held).values()) == [["A"], ["B"], ["C"]]
        assert said[1].startswith("2 blocks lie in no area of LEP21, with 17 residents: ")
        assert "far" in said[1]

    def test_land_in_several_parts_is_one_piece_for_each_area(self) -> None:
        islands = shapely.union(km(0, 0, 1, 1), km(2, 0, 3, 1))
        crossing = areas_of({"N": km(-1, 0.5, 4, 1), "S": km(-1, 0, 4, 0.5)})
        found, _ = cut(blocks_of({"b": islands}, [10]), crossing)
        assert found.blocks.geometry.geom_type.tolist() == ["MultiPolygon", "MultiPolygon"]
        assert found.blocks["residents"].tolist() == [5, 5]

    def test_rounding_along_a_border_makes_no_piece(self) -> None:
        blocks = blocks_of({"a": km(0, 0, 1, 1), "b": km(1, 0, 3, 1)}, [1, 2])
        shifted = areas_of({"W": km(0, 0, 1.0003, 1), "X": km(1.0003, 0, 3, 1)})
        found, said = cut(blocks, shifted)
        assert found.blocks.index.tolist() == ["a", "b"]
        assert holders(found.held) == {"a": ["W"], "b": ["X"]}
        assert said[0] == "0 of 2 blocks were cut along LEP21, their residents shared out by land"
        assert found.blocks.area.tolist() == [1e6, 2e6]

    def test_many_slim_cuts_are_a_sign_of_another_drawing(self) -> None:
        faults: list[Fault] = []
        areas = areas_of({"W": km(0, 0, 1.02, 1), "X": km(1.02, 0, 3, 1)})
        by_cut(WANTED, areas, blocks_of({"a": km(0, 0, 1, 1), "b": km(1, 0, 3, 1)}, [1, 2]), faults)
        assert faults[0].reason.startswith("1 of 2 blocks were cut")
        assert "differently generalised" in faults[0].remedy

    def test_areas_that_hold_no_block_or_reach_beyond_all_are_named(self) -> None:
        areas = areas_of({"W": km(0, 0, 1, 1), "X": km(1, 0, 30, 1), "Z": km(50, 0, 51, 1)})
        found, said = cut(STRIP, areas)
        assert found.held.beyond == {"X"}
        assert said[1] == "1 of its areas hold no block: Z Z"
        assert said[2] == "1 of the 2 areas that hold blocks reach beyond them: X X (27 km²)"

    def test_a_hundredth_of_an_area_outside_all_blocks_is_no_reach_beyond_them(self) -> None:
        found, _ = cut(STRIP, areas_of({"W": km(0, 0, 3.02, 1)}))
        assert found.held.beyond == frozenset()

    def test_pieces_never_take_the_code_of_another_block(self) -> None:
        blocks = blocks_of({"1": km(0, 0, 3, 1), "1a": km(0, 1, 3, 2)}, [10, 10])
        found, _ = cut(blocks, areas_of({"W": km(0, 0, 1, 2), "X": km(1, 0, 3, 2)}))
        assert found.blocks.index.tolist() == ["1b", "1c", "1aa", "1ab"]
        assert found.parents.tolist() == [0, 0, 1, 1]

    def test_counts_are_shared_out_by_land_and_the_unknown_stays_unknown(self) -> None:
        blocks = blocks_of(
            {"b": km(0, 0, 3, 1), "c": km(0, 1, 3, 2)}, [10, 10], groups=[1.5, np.nan], posts=[3, 6]
        )
        found, _ = cut(blocks, areas_of({"W": km(0, 0, 1, 2), "X": km(1, 0, 3, 2)}))
        assert found.blocks["groups"].round(9).tolist()[:2] == [0.5, 1.0]
        assert found.blocks["groups"].isna().tolist() == [False, False, True, True]
        assert found.blocks["posts"].round(9).tolist() == [1, 2, 2, 4]

    def test_the_order_of_the_areas_changes_no_piece(self) -> None:
        areas = areas_of({"W": km(0, 0, 2, 1), "X": km(1, 0, 3, 1)})
        one, other = (cut(STRIP, given)[0] for given in (areas, areas.iloc[::-1].sort_index()))
        assert one.blocks["residents"].equals(other.blocks["residents"])
        assert holders(one.held) == holders(other.held)

    def test_residents_that_are_estimates_keep_their_sum(self) -> None:
        blocks = blocks_of({"b": km(0, 0, 3, 1), "whole": km(0, 1, 1, 2)}, [10.5, 1234.5])
        frame = cut(blocks, areas_of({"W": km(0, 0, 1, 2), "X": km(1, 0, 3, 2)}))[0].blocks
        assert frame["residents"].tolist() == [3.5, 7, 1234.5]

    @given(residents=st.integers(0, 50), cuts=st.lists(st.integers(1, 99), max_size=6, unique=True))
    @settings(max_examples=40)
    def test_whole_persons_go_to_the_largest_remainders(self, residents: int, cuts: list[int]) -> None:
        ends = [0, *sorted(cuts), 100]
        widths = np.diff(ends)
        areas = areas_of({f"A{i}": km(ends[i], 0, ends[i + 1], 1) for i in range(len(widths))})
        frame = cut(blocks_of({"b": km(0, 0, 100, 1)}, [residents]), areas)[0].blocks
        exact = {i: divmod(residents * int(width), 100) for i, width in enumerate(widths)}
        left = residents - sum(whole for whole, _ in exact.values())
        order = sorted(exact, key=lambda i: -exact[i][1])
        least = exact[order[left - 1]][1] if left else 101
        found = frame["residents"].to_numpy()
        assert found.sum() == residents
        for i, (whole, rest) in exact.items():
            assert found[i] in (
                (whole + 1,) if rest > least else (whole,) if rest < least else (whole, whole + 1)
            )

    @given(st.lists(BOXES, min_size=1, max_size=4))
    @settings(max_examples=25)
    def test_pieces_are_those_of_an_overlay(self, boxes: list[Box]) -> None:
        grid = {f"b{x}{y}": km(4 * x, 4 * y, 4 * x + 4, 4 * y + 4) for x in range(3) for y in range(3)}
        blocks = blocks_of(grid, [17] * 9)
        areas = areas_of({f"A{i}": km(*box) for i, box in enumerate(boxes)})
        found, _ = cut(blocks, areas)
        frame = found.blocks
        land = pd.Series(frame.area.to_numpy() / 1e6, index=frame.index)
        held = pd.Series([(frame.index.get_loc(b), c) for b, c, _ in found.held.triples], dtype=object)
        by_area: dict[tuple[str, str], float] = {}
        for piece, code in held:
            key = (blocks.index[found.parents[piece]], code)
            by_area[key] = by_area.get(key, 0) + land.iloc[piece]
        sides = blocks[["geometry"]].rename_axis("b"), areas[["geometry"]].rename_axis("a")
        oracle = gpd.overlay(*(side.reset_index() for side in sides), keep_geom_type=False)
        shared = oracle.set_index(["b", "a"]).area / 1e6
        expected = shared[shared > 0].to_dict()
        assert by_area.keys() == expected.keys()
        assert all(by_area[key] == pytest.approx(expected[key]) for key in expected)
        parents = blocks.index[found.parents]
        assert frame["residents"].groupby(parents).sum().eq(17).all()
        assert land.groupby(parents).sum().round(9).eq(16).all()
        assert frame["area_km2"].sum() == pytest.approx(144)
        assert frame.geometry.is_valid.all()
        assert sum(shapely.area(shapely.intersection(a, b)) for a, b in _pairs(frame)) < 1e-3


def _pairs(frame: gpd.GeoDataFrame) -> list[tuple[shapely.Geometry, shapely.Geometry]]:
    shapes = frame.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    return [(shapes[i], shapes[j]) for i, j in zip(one, other, strict=True) if i < j]


class TestCentroid:
    def test_a_block_belongs_where_its_centroid_lies(self) -> None:
        blocks = blocks_of({"b": km(0, 0, 3, 1)}, [5]).assign(x=EAST + 900, y=NORTH + 500)
        held, said = best_fit(blocks, WEST_EAST)
        assert holders(held) == {"b": ["W"]}
        assert said == ["1 of its areas hold no block: X X"]

    def test_outlines_that_hold_no_block_at_all_are_stopped(self) -> None:
        for method in (by_centroid, by_cut):
            faults: list[Fault] = []
            method(WANTED, areas_of({"Z": km(50, 0, 51, 1)}), STRIP, faults)
            assert [(f.kind, f.reason) for f in faults if f.kind != "noted"] == [
                ("stopped", "1 of its areas hold no block: Z Z")
            ]

    def test_a_centroid_on_a_border_lies_in_the_first_area_by_code(self) -> None:
        blocks = blocks_of({"b": km(0, 0, 2, 1)}, [5]).assign(x=EAST + 1000, y=NORTH + 500)
        assert holders(best_fit(blocks, WEST_EAST)[0]) == {"b": ["W"]}
        quarters = areas_of(
            {"A": km(1, 1, 2, 2), "B": km(0, 0, 1, 1), "C": km(0, 1, 1, 2), "D": km(1, 0, 2, 1)}
        )
        corner = blocks_of({"b": km(0, 0, 2, 2)}, [5]).assign(x=EAST + 1000, y=NORTH + 1000)
        assert holders(best_fit(corner, quarters)[0]) == {"b": ["A"]}

    def test_a_centroid_inside_one_area_and_on_the_border_of_another_is_in_the_one_it_is_inside(self) -> None:
        blocks = blocks_of({"b": km(0, 0, 2, 1)}, [5]).assign(x=EAST + 1000, y=NORTH + 500)
        areas = areas_of({"A": km(0, 0, 1, 1), "Z": km(0, 0, 2, 1)})
        assert holders(best_fit(blocks, areas)[0]) == {"b": ["Z"]}

    def test_areas_that_overlap_both_hold_a_block(self) -> None:
        areas = areas_of({"A": km(0, 0, 2, 1), "B": km(1, 0, 3, 1)})
        blocks = blocks_of({"b": km(0, 0, 3, 1)}, [5])
        assert holders(best_fit(blocks, areas)[0]) == {"b": ["A", "B"]}

    def test_what_lies_outside_is_counted_and_named_with_its_residents(self) -> None:
        blocks = blocks_of({"b": km(0, 0, 1, 1), "far": km(8, 0, 9, 1), "off": km(9, 0, 10, 1)}, [1, 20, 3])
        held, said = best_fit(blocks, areas_of({"W": km(0, 0, 1, 1)}))
        assert holders(held) == {"b": ["W"]}
        assert said == ["2 blocks lie in no area of LEP21, with 23 residents: far, off"]

    def test_an_area_that_reaches_beyond_all_blocks_is_known_to(self) -> None:
        held, said = best_fit(STRIP, areas_of({"W": km(0, 0, 6, 1)}))
        assert held.beyond == {"W"}
        assert said == ["1 of the 1 areas that hold blocks reach beyond them: W W (3 km²)"]

    def test_water_inside_an_outline_is_no_land_beyond_the_blocks(self) -> None:
        strand = shapely.box(545_000, 380_000, 560_000, 381_000)
        land = shapely.intersection(strand, shapely.coverage_union_all(load().blocks.geometry.to_numpy()))
        assert 0 < land.area < 0.9 * strand.area
        held, said = best_fit(blocks_of({"b": land}, [5]), areas_of({"W": strand}))
        assert (holders(held), held.beyond, said) == ({"b": ["W"]}, frozenset(), [])

    @given(
        points=st.lists(st.tuples(*[st.integers(0, 24)] * 2), min_size=1, max_size=12),
        boxes=st.lists(BOXES, min_size=1, max_size=5),
    )
    @settings(max_examples=40)
    def test_it_agrees_with_a_spatial_join(self, points: list[tuple[int, int]], boxes: list[Box]) -> None:
        x, y = (np.array(axis) * 500.0 for axis in zip(*points, strict=True))
        x, y = x + EAST, y + NORTH
        names = [f"b{i:02}" for i in range(len(x))]
        blocks = blocks_of(dict.fromkeys(names, km(0, 0, 12, 12)), [1] * len(x)).assign(x=x, y=y)
        areas = areas_of({f"A{i}": km(*box) for i, box in enumerate(boxes)})
        spots = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), index=names, crs=27700)
        within = spots.sjoin(areas, predicate="within")
        inside = within.groupby(level=0)["index_right"].apply(sorted).to_dict()
        touch = spots.drop([*inside]).sjoin(areas, predicate="intersects")
        on_border = {name: [min(found)] for name, found in touch.groupby(level=0)["index_right"]}
        assert holders(best_fit(blocks, areas)[0]) == inside | on_border
