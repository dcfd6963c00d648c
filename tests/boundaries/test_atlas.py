"""Atlases small enough for mental arithmetic."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from hinterland.boundaries.atlas import CRS, LEVELS, Atlas, Geography, grouping
from hinterland.boundaries.errors import GeometryError, PlaceError

SQUARES = ["b1", "b2", "b3", "b4"]


def squares(**changes: object) -> gpd.GeoDataFrame:
    """Four squares of 1 km side in a row, with 10, 20, 30 and 40 residents."""
    columns = {"name": list("pqrs"), "residents": [10, 20, 30, 40], "area_km2": [1.0] * 4}
    shapes = [shapely.box(i * 1000, 0, (i + 1) * 1000, 1000) for i in range(4)]
    return gpd.GeoDataFrame({**columns, **changes}, geometry=shapes, index=SQUARES, crs=CRS)


def geography(*pairs: tuple[str, str, str], id: str = "TOWN") -> Geography:
    names, membership = grouping(SQUARES, pairs)
    return Geography(id, "Towns", "district", names, membership, "made up")


def atlas(blocks: gpd.GeoDataFrame, *geographies: Geography) -> Atlas:
    return Atlas(blocks, {each.id: each for each in geographies}, 2019, ("made up",))


OVERLAPPING = geography(
    ("b2", "T2", "West"), ("b1", "T2", "West"), ("b2", "T1", "East"), ("b3", "T1", "East")
)
"""West holds the first two squares, East the middle two; the fourth lies in none."""


class TestGeography:
    def test_names_are_sorted_by_code(self) -> None:
        assert OVERLAPPING.names.to_dict() == {"T1": "East", "T2": "West"}
        assert list(OVERLAPPING.names.index) == ["T1", "T2"]

    def test_key_columns_are_named_after_it(self) -> None:
        assert (OVERLAPPING.code_column, OVERLAPPING.name_column) == ("TOWNCD", "TOWNNM")

    def test_blocks_of_an_area_are_ascending(self) -> None:
        assert OVERLAPPING.blocks_of("T2").tolist() == [0, 1]
        assert OVERLAPPING.blocks_of("T1").tolist() == [1, 2]

    def test_blocks_of_an_area_are_ascending_whatever_order_the_membership_is_stored_in(self) -> None:
        stored = sparse.csr_array(
            (np.ones(3, dtype=np.int8), np.array([3, 0, 2]), np.array([0, 3])), shape=(1, 4)
        )
        town = Geography("TOWN", "Towns", "district", pd.Series({"T1": "One"}), stored, "made up")
        assert town.blocks_of("T1").tolist() == [0, 2, 3]

    def test_a_code_that_it_has_not_is_a_key_error(self) -> None:
        with pytest.raises(KeyError, match="T9"):
            OVERLAPPING.blocks_of("T9")

    def test_times_held_counts_overlaps_and_land_in_none(self) -> None:
        assert OVERLAPPING.times_held.tolist() == [1, 2, 1, 0]
        assert OVERLAPPING.overlapping

    def test_areas_that_share_no_block_do_not_overlap(self) -> None:
        apart = geography(("b1", "T1", "One"), ("b4", "T4", "Four"))
        assert apart.times_held.tolist() == [1, 0, 0, 1]
        assert not apart.overlapping

    def test_a_block_held_by_more_than_127_areas_is_counted(self) -> None:
        many = geography(*(("b1", f"T{i:03}", f"Town {i}") for i in range(300)))
        assert many.times_held.tolist() == [300, 0, 0, 0]

    def test_residents_of_overlapping_areas_add_up_to_more_than_there_are(self) -> None:
        people = OVERLAPPING.membership @ atlas(squares(), OVERLAPPING).residents
        assert dict(zip(OVERLAPPING.names, people, strict=True)) == {"West": 30, "East": 50}


class TestGrouping:
    def test_a_triple_given_twice_counts_once(self) -> None:
        _, membership = grouping(["b1"], [("b1", "A", "One"), ("b1", "A", "One")])
        assert membership.toarray().tolist() == [[1]]

    def test_no_triples_make_a_geography_without_areas(self) -> None:
        names, membership = grouping(SQUARES, [])
        assert (len(names), membership.shape) == (0, (0, 4))

    def test_order_of_the_triples_makes_no_difference(self) -> None:
        triples = [("b1", "B", "Two"), ("b2", "A", "One"), ("b1", "A", "One")]
        names, membership = grouping(SQUARES, triples)
        names_reversed, membership_reversed = grouping(SQUARES, triples[::-1])
        assert names.equals(names_reversed)
        assert (membership.toarray() == membership_reversed.toarray()).all()

    def test_a_block_that_is_none_is_refused(self) -> None:
        with pytest.raises(KeyError, match="b9"):
            grouping(SQUARES, [("b9", "A", "One")])


class TestAtlas:
    def test_residents_and_land_are_those_of_the_blocks(self) -> None:
        made = atlas(squares())
        assert made.residents.tolist() == [10, 20, 30, 40]
        assert made.area_km2.tolist() == [1, 1, 1, 1]
        assert (made.residents.dtype, made.area_km2.dtype) == (np.float64, np.float64)

    @pytest.mark.parametrize("text", ["TOWN", "town", " Town "])
    def test_a_geography_is_found_in_any_case(self, text: str) -> None:
        assert atlas(squares(), OVERLAPPING).geography(text) is OVERLAPPING

    def test_an_unknown_geography_is_answered_with_those_that_there_are(self) -> None:
        made = atlas(squares(), OVERLAPPING, geography(id="PARISH"))
        with pytest.raises(PlaceError, match="no geography is called 'CITY' → choose one of TOWN, PARISH"):
            made.geography("CITY")

    def test_levels_go_from_neighbourhood_to_nation(self) -> None:
        assert (LEVELS[0], LEVELS[-1]) == ("neighbourhood", "national")
        assert LEVELS.index("district") < LEVELS.index("county") < LEVELS.index("region")


class TestRefused:
    def test_outlines_without_a_crs(self) -> None:
        with pytest.raises(GeometryError, match="blocks are in None; they must be in EPSG:27700"):
            atlas(squares().set_crs(None, allow_override=True))

    def test_outlines_in_degrees(self) -> None:
        with pytest.raises(GeometryError, match="blocks are in EPSG:4326; they must be in EPSG:27700"):
            atlas(squares().set_crs(4326, allow_override=True))

    def test_a_block_code_that_stands_twice(self) -> None:
        blocks = squares()
        blocks.index = ["b1", "b2", "b2", "b4"]
        with pytest.raises(GeometryError, match=r"1 block.* stand twice: b2$"):
            atlas(blocks)

    @pytest.mark.parametrize(
        ("column", "values"),
        [
            ("residents", [10, -1, 30, 40]),
            ("residents", [10, float("nan"), 30, 40]),
            ("area_km2", [1, -0.1, 1, 1]),
            ("area_km2", [1, float("inf"), 1, 1]),
            ("residents", [10, float("inf"), 30, 40]),
        ],
    )
    def test_residents_or_land_that_are_negative_missing_or_infinite(
        self, column: str, values: list[float]
    ) -> None:
        with pytest.raises(GeometryError, match=f"1 block.* {column}.*: b2$"):
            atlas(squares(**{column: values}))

    def test_a_block_without_an_outline(self) -> None:
        blocks = squares()
        blocks.loc[blocks.index[1], "geometry"] = None
        with pytest.raises(GeometryError, match=r"1 blocks have no outline: b2$"):
            atlas(blocks)

    def test_a_geography_of_other_blocks(self) -> None:
        with pytest.raises(GeometryError, match=r"TOWN groups \(1, 4\), not \(1, 3\)$"):
            atlas(squares().iloc[:3], geography(("b1", "T", "Town")))

    def test_land_that_is_not_measured_is_no_fault(self) -> None:
        assert np.isnan(atlas(squares(area_km2=[float("nan")] * 4)).area_km2).all()

    def test_more_than_five_bad_blocks_are_counted_and_the_first_five_named(self) -> None:
        blocks = gpd.GeoDataFrame(
            {"name": "x", "residents": -1, "area_km2": 1.0},
            geometry=[shapely.box(i, 0, i + 1, 1) for i in range(7)],
            index=[f"b{i}" for i in range(7)],
            crs=CRS,
        )
        with pytest.raises(GeometryError, match=r"7 blocks .*: b0, b1, b2, b3, b4…$"):
            atlas(blocks)

    @pytest.mark.parametrize("column", ["name", "residents", "area_km2"])
    def test_a_column_that_is_not_there(self, column: str) -> None:
        with pytest.raises(GeometryError, match=column):
            atlas(squares().drop(columns=column))

    def test_a_block_that_nobody_lives_in_is_accepted(self) -> None:
        assert atlas(squares(residents=[0, 0, 0, 0])).residents.sum() == 0


class TestPieces:
    def test_pieces_of_overlapping_areas_and_of_land_in_none(self) -> None:
        pieces = atlas(squares(), OVERLAPPING).pieces(OVERLAPPING, np.ones(4, dtype=bool))
        drawn = {row.areas: row.geometry.bounds for row in pieces.itertuples()}
        east, west = 0, 1
        assert drawn == {
            (): (3000, 0, 4000, 1000),
            (east,): (2000, 0, 3000, 1000),
            (east, west): (1000, 0, 2000, 1000),
            (west,): (0, 0, 1000, 1000),
        }
        assert pieces.crs.to_epsg() == 27700

    def test_only_what_is_within_is_drawn(self) -> None:
        within = np.array([True, False, False, False])
        pieces = atlas(squares(), OVERLAPPING).pieces(OVERLAPPING, within)
        assert pieces["areas"].tolist() == [(1,)]
        assert pieces.area.tolist() == [1e6]

    def test_blocks_apart_that_the_same_area_holds_are_one_piece(self) -> None:
        towns = geography(("b1", "T1", "One"), ("b4", "T1", "One"), ("b2", "T2", "Two"))
        pieces = atlas(squares(), towns).pieces(towns, np.array([True, True, False, True]))
        assert pieces["areas"].tolist() == [(0,), (1,)]
        assert shapely.get_num_geometries(pieces.geometry.to_numpy()).tolist() == [2, 1]

    def test_nothing_within_is_no_piece(self) -> None:
        assert len(atlas(squares(), OVERLAPPING).pieces(OVERLAPPING, np.zeros(4, dtype=bool))) == 0

    @given(
        st.lists(st.tuples(st.sampled_from(SQUARES), st.sampled_from("ABC")), max_size=10),
        st.lists(st.booleans(), min_size=4, max_size=4),
    )
    def test_pieces_are_disjoint_and_make_what_is_within(
        self, held: list[tuple[str, str]], within: list[bool]
    ) -> None:
        towns = geography(*((block, code, code) for block, code in held))
        made = atlas(squares(), towns)
        pieces = made.pieces(towns, np.array(within))
        assert pieces["areas"].is_unique
        assert pieces["areas"].tolist() == sorted(pieces["areas"])
        union = shapely.union_all(pieces.geometry.to_numpy())
        assert union.area == pieces.area.sum() == 1e6 * sum(within)
        assert union.equals(shapely.union_all(made.blocks.geometry.to_numpy()[np.array(within)]))
        for row, town in enumerate(towns.names.index):
            drawn = [piece.geometry for piece in pieces.itertuples() if row in piece.areas]
            own = [made.blocks.geometry.iloc[b] for b in towns.blocks_of(town) if within[b]]
            assert shapely.union_all(drawn).equals(shapely.union_all(own))
