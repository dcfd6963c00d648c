"""Studies of a few services and shapes whose figures are known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from hinterland.boundaries.builtin import load
from hinterland.coverage.answer import Answer, answer
from hinterland.coverage.areas import TOTAL_NAME
from hinterland.coverage.question import ask
from hinterland.coverage.study import read_study

STUDY = """
[study]
title = "Known answers"
snapshot = "2026-01/2026-06"
area = ["Nottinghamshire", "LAD19:Nottingham"]
geographies = ["LAD19", "RGN19"]

[[service_areas.polygons]]
file = "drawn.csv"
id = "id"
wkt = "wkt"
crs = "EPSG:27700"
"""
PLACE = "Bassetlaw"
Figures = Callable[..., Answer]


def outline(name: str = PLACE) -> shapely.Geometry:
    blocks = load().blocks
    return blocks.loc[blocks["name"] == name].geometry.iloc[0]


def piece(first: float, last: float) -> shapely.Geometry:
    """What lies between two shares of the width of Bassetlaw, counted from the west."""
    west, south, east, north = outline().bounds
    return shapely.box(west + first * (east - west), south, west + last * (east - west), north)


def share(*shapes: shapely.Geometry) -> float:
    """Of Bassetlaw's land, inside any of the shapes."""
    return float(shapely.area(shapely.union_all(shapes) & outline()) / outline().area)


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    """Answer a question about governance: services are organisations with areas, networks by member."""

    def answered(
        services: list[tuple[str, str]],
        shapes: dict[str, shapely.Geometry] | None = None,
        networks: dict[str, str] | None = None,
        *,
        remit: str = "county",
        looked: str = "Nottinghamshire",
        **asked: Any,
    ) -> Answer:
        bodies = sorted({body for body, _ in services})
        tables = {
            "organisations": pd.DataFrame(
                {
                    "organisation_id": bodies,
                    "name": [f"Body {body}" for body in bodies],
                    "remit": remit,
                    "member_of": [(networks or {}).get(body, "") for body in bodies],
                }
            ),
            "services": pd.DataFrame(services, columns=["organisation_id", "areas"]).assign(
                theme="governance", area_evidence="stated", theme_evidence="stated"
            ),
            "scope": pd.DataFrame(
                [["survey", "governance", looked, 2026, 2026]],
                columns=["source", "themes", "areas", "from", "to"],
            ),
            "drawn": pd.DataFrame(
                [(name, shape.wkt) for name, shape in (shapes or {}).items()], columns=["id", "wkt"]
            ),
        }
        for name, table in tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        text = STUDY if shapes else STUDY.partition("[[")[0]
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        study = read_study(tmp_path)
        return answer(study, ask(study, **{"within": PLACE, "themes": ["governance"], **asked}))

    return answered


def of(found: Answer, table: str, *columns: str, place: str = PLACE) -> list[Any]:
    rows = found.table(table)
    return rows.loc[rows["LAD19NM"] == place, list(columns)].iloc[0].tolist()


def by_name(found: Answer) -> dict[str, float]:
    """Organisation → the share that relies on it, at least and at most."""
    rows = found.table("reliance_by_organisation")
    rows = rows[rows["LAD19NM"] == PLACE].set_index("organisation_id")
    ends = {"at least": rows["relying_low"], "at most": rows["relying_high"]}
    return {f"{name} {end}": value for end, values in ends.items() for name, value in values.items()}


RELYING = ("relying_low", "relying_high")
OVERLAP = ("overlap_low", "overlap_high")


class TestANetworkBesideItsMembers:
    WEST = piece(0, 0.3)

    def test_where_a_member_serves_a_piece_all_rely_on_one(self, figures: Figures) -> None:
        found = figures([("net", PLACE), ("mem", "polygon:West")], {"West": self.WEST}, {"mem": "net"})
        assert of(found, "reliance", *RELYING) == pytest.approx([1, 1])
        assert of(found, "overlap", *OVERLAP, "pairs_low", "pairs_high") == [0, 0, 0, 0]
        rest, west = 1 - share(self.WEST), share(self.WEST)
        assert by_name(found) == pytest.approx(
            {"net at least": rest, "net at most": rest, "mem at least": west, "mem at most": west}
        )

    def test_where_it_is_unknown_which_piece_all_rely_on_one_all_the_same(self, figures: Figures) -> None:
        found = figures([("net", PLACE), ("mem", f"part of {PLACE}")], networks={"mem": "net"})
        assert of(found, "reliance", *RELYING) == [1, 1]
        assert of(found, "overlap", *OVERLAP) == [0, 0]
        assert by_name(found) == {
            "net at least": 0,
            "net at most": 1,
            "mem at least": 0,
            "mem at most": 1,
        }

    def test_a_third_relies_on_nobody_else_only_where_neither_is(self, figures: Figures) -> None:
        half = piece(0.2, 0.8)
        shapes = {"West": self.WEST, "Half": half}
        services = [("net", "polygon:Half"), ("mem", "polygon:West"), ("oth", PLACE)]
        found = figures(services, shapes, {"mem": "net"})
        alone = 1 - share(self.WEST, half)
        assert of(found, "reliance", *RELYING) == pytest.approx([alone, alone])
        assert of(found, "overlap", *OVERLAP) == pytest.approx([1 - alone, 1 - alone])
        assert by_name(found) == pytest.approx({"oth at least": alone, "oth at most": alone})

    def test_two_networks_of_one_member_meet_where_it_is_not(self, figures: Figures) -> None:
        services = [("net", PLACE), ("alliance", PLACE), ("mem", "polygon:West")]
        found = figures(services, {"West": self.WEST}, {"mem": "net; alliance"})
        west = share(self.WEST)
        assert of(found, "reliance", *RELYING) == pytest.approx([west, west])
        assert of(found, "overlap", *OVERLAP) == pytest.approx([1 - west, 1 - west])

    def test_a_member_of_a_member_counts_as_one_of_the_network(self, figures: Figures) -> None:
        services = [("net", PLACE), ("branch", "polygon:Half"), ("mem", "polygon:West")]
        shapes = {"West": self.WEST, "Half": piece(0.2, 0.8)}
        found = figures(services, shapes, {"mem": "branch", "branch": "net"})
        assert of(found, "reliance", *RELYING) == pytest.approx([1, 1])
        assert of(found, "overlap", *OVERLAP) == pytest.approx([0, 0], abs=1e-9)


def test_nobody_surely_relies_on_one_where_no_source_looked(figures: Figures) -> None:
    served = [("a", PLACE), ("b", "polygon:West")]
    west = piece(0, 0.3)
    found = figures(served, {"West": west}, looked="LAD19:Nottingham")
    low, high, surveyed = of(found, "reliance", *RELYING, "surveyed_share")
    assert pd.isna(low)
    assert (high, surveyed) == (pytest.approx(1 - share(west)), 0)
    low, high, surveyed = of(figures(served, {"West": west}), "reliance", *RELYING, "surveyed_share")
    assert (low, high, surveyed) == (pytest.approx(high), pytest.approx(1 - share(west)), 1)


def test_two_halves_leave_nobody_at_depth_0(figures: Figures) -> None:
    found = figures(
        [("a", "polygon:West"), ("b", "polygon:East")], {"West": piece(0, 0.5), "East": piece(0.5, 1)}
    )
    columns = ("coverage_low", "depth_0_low", "depth_1_low", "depth_mean_low", "depth_2_high")
    assert of(found, "coverage", *columns) == [1, 0, 1, 1, 1]


class TestAnOutlineAlongABorder:
    """Drawn 15 m too wide: a sliver of each neighbour."""

    AROUND = outline().buffer(15, join_style="mitre")

    def test_its_organisation_is_local(self, figures: Figures) -> None:
        found = figures([("a", "polygon:Around")], {"Around": self.AROUND}, remit="region")
        assert of(found, "coverage", "class") == ["local"]

    def test_which_it_is_not_if_it_reaches_further(self, figures: Figures) -> None:
        found = figures(
            [("a", "polygon:Around")], {"Around": outline().buffer(5000, quad_segs=1)}, remit="region"
        )
        assert of(found, "coverage", "class") == ["wider-area only"]

    def test_it_is_counted_in_one_area(self, figures: Figures) -> None:
        found = figures([("a", "polygon:Around")], {"Around": self.AROUND}, within="Nottinghamshire")
        rows = found.table("density").pivot(index="LAD19NM", columns="allocation", values="organisations")
        assert rows["whole"].to_dict() == rows["equal"].to_dict()
        assert {name for name, counted in rows["equal"].items() if counted} == {PLACE, TOTAL_NAME}
        assert 0 < rows.at["Mansfield", "population"] < 0.01

    def test_coverage_and_class_show_the_slivers(self, figures: Figures) -> None:
        found = figures([("a", "polygon:Around")], {"Around": self.AROUND}, within="Nottinghamshire")
        (name, covered) = of(found, "coverage", "class", "coverage_high", place="Mansfield")
        assert name == "part of the area"
        assert 0 < covered < 0.01


def test_less_evidence_never_says_more(figures: Figures, tmp_path: Path) -> None:
    """Three slices a tolerance wide: two are bounded, three are measured, and the measured is less."""
    shapes = {f"S{i}": piece(0.4 + i * 1e-5, 0.4008 + i * 1e-5) for i in range(3)}
    services = [(f"b{i}", f"polygon:S{i}") for i in range(3)]
    found = figures(services, shapes)
    table = pd.read_csv(tmp_path / "services.csv", dtype=str)
    table.loc[2, "area_evidence"] = "assumed"
    table.to_csv(tmp_path / "services.csv", index=False)
    study = read_study(tmp_path)
    found = answer(study, ask(study, within=PLACE, themes=["governance"]))
    stated, low, high, claimed = of(
        found, "coverage", "coverage_stated", "coverage_low", "coverage_high", "coverage_claimed"
    )
    assert stated <= low < high <= claimed


def test_nobody_is_said_to_rely_on_a_body_outside_the_study(figures: Figures) -> None:
    found = figures([("a", PLACE)], within="LEP14:Sheffield City Region")
    rows = found.table("reliance_by_organisation")
    assert list(rows["LAD19NM"]) == [PLACE, TOTAL_NAME]
    found = figures([("a", f"{PLACE}; Bolsover")], within="Bolsover")
    assert found.table("reliance_by_organisation").empty
