"""The oracles themselves: small worlds whose answers are mental arithmetic, and bounds that hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest
import shapely

from . import oracle
from .mixed_oracle import Ground, Mixed
from .oracle_served import Measure, Meetings, Served, Share, whole_areas
from .oracle_world import no_more

DAY = date(2026, 1, 1)
TOLERANCE = 0.001
LOCAL, WIDE = 1, 4  # remits; areas are of level 1

Claim = tuple[str, str]  # organisation and what it serves: "whole", "part" or a shape


def world_of(
    claims: Iterable[Claim],
    member_of: Mapping[str, tuple[str, ...]],
    residents: tuple[float, ...] = (100,),
    served: frozenset[int] | None = None,
    surveyed: frozenset[int] | None = None,
) -> oracle.World:
    """Areas of one block each, `a0`, `a1` and so on; what is no shape is served in all blocks, or some."""
    everywhere = frozenset(range(len(residents)))
    claims = list(claims)

    def service(organisation: str, what: str) -> oracle.Service:
        place = oracle.Place(what == "part", everywhere if served is None else served)
        declared = what in ("whole", "part")
        return oracle.Service(
            organisation,
            "advice",
            "general",
            None,
            None,
            None,
            "stated",
            "stated",
            places=(place,) if declared else (),
            shapes=() if declared else (what,),
        )

    return oracle.World(
        residents=residents,
        area_km2=tuple(1.0 for _ in residents),
        geographies={"G": oracle.Geography(1, {f"a{block}": frozenset({block}) for block in everywhere})},
        study=everywhere,
        kinds={"advice": "function"},
        organisations={
            name: oracle.Organisation("voluntary", WIDE, member_of.get(name, ()))
            for name in [*member_of, *(name for name, _ in claims)]
        },
        services=tuple(service(*claim) for claim in claims),
        surveys=(
            oracle.Survey(
                ("advice",),
                (oracle.Place(False, everywhere if surveyed is None else surveyed),),
                DAY,
                DAY,
            ),
        ),
        reported=(),
        evidence=("stated",),
        community_focus=("own purpose",),
        sectors=("voluntary",),
        theta=0.99,
    )


def answer(world: oracle.World, measure: Measure | None = None) -> oracle.Answer:
    everywhere = frozenset(range(len(world.residents)))
    return oracle.answer(world, oracle.Ask("G", everywhere, ("advice",), DAY, DAY, ("stated",)), measure)


def bounds(line: Mapping[str, Any], name: str) -> tuple[Any, Any]:
    return line[f"{name}_low"], line[f"{name}_high"]


def ground(**boxes: tuple[float, float]) -> Ground:
    """One square block, and strips across it from one percent of its width to another."""
    return Ground(
        np.array([shapely.box(0, 0, 100, 100)]),
        np.array([[50.0, 50.0]]),
        {name: shapely.box(left, 0, right, 100) for name, (left, right) in boxes.items()},
        "area",
    )


def alone(found: oracle.Answer) -> dict[str, tuple[Any, Any]]:
    return {key[2]: bounds(line, "relying") for key, line in found.by_organisation.items() if key[0] == "a0"}


NETWORK = {"member": ("network",)}
OF_TWO = {"member": ("one", "two")}

BY_HAND: list[tuple[str, list[Claim], dict[str, tuple[str, ...]], Share, Share, dict[str, Share]]] = [
    (
        "a network beside a member that serves a part: one of the two counts everywhere",
        [("network", "whole"), ("member", "part")],
        NETWORK,
        (1.0, 1.0),
        (0.0, 0.0),
        {"network": (0.0, 1.0), "member": (0.0, 1.0)},
    ),
    (
        "a network beside a member that serves all: the member",
        [("network", "whole"), ("member", "whole")],
        NETWORK,
        (1.0, 1.0),
        (0.0, 0.0),
        {"member": (1.0, 1.0)},
    ),
    (
        "both in part: as far as anything is served",
        [("network", "part"), ("member", "part")],
        NETWORK,
        (0.0, 1.0),
        (0.0, 0.0),
        {"network": (0.0, 1.0), "member": (0.0, 1.0)},
    ),
    (
        "a third who serves a part never counts alone: the network or its member is everywhere",
        [("network", "whole"), ("member", "part"), ("third", "part")],
        NETWORK,
        (0.0, 1.0),
        (0.0, 1.0),
        {"network": (0.0, 1.0), "member": (0.0, 1.0)},
    ),
    (
        "a third who serves all meets the network or its member everywhere",
        [("network", "whole"), ("member", "part"), ("third", "whole")],
        NETWORK,
        (0.0, 0.0),
        (1.0, 1.0),
        {},
    ),
    (
        "two networks meet wherever the member of both is not",
        [("one", "whole"), ("two", "whole"), ("member", "part")],
        OF_TWO,
        (0.0, 1.0),
        (0.0, 1.0),
        {"member": (0.0, 1.0)},
    ),
    (
        "a network and a stranger who serves a part",
        [("network", "whole"), ("stranger", "part")],
        NETWORK,
        (0.0, 1.0),
        (0.0, 1.0),
        {"network": (0.0, 1.0)},
    ),
]


@pytest.mark.parametrize("measure", ["bounds", "ground"])
@pytest.mark.parametrize(
    ("claims", "member_of", "relying", "shared", "relied_on"),
    [case[1:] for case in BY_HAND],
    ids=[case[0] for case in BY_HAND],
)
def test_whole_areas_and_parts_beside_networks(
    claims: list[Claim],
    member_of: dict[str, tuple[str, ...]],
    relying: Share,
    shared: Share,
    relied_on: dict[str, Share],
    measure: str,
) -> None:
    found = answer(world_of(claims, member_of), Mixed(ground()).measure if measure == "ground" else None)
    assert bounds(found.reliance["a0", "advice"], "relying") == relying
    assert bounds(found.overlap["a0", "advice"], "overlap") == shared
    assert alone(found) == relied_on


@pytest.mark.parametrize("tolerance", [None, TOLERANCE])
def test_a_network_stands_back_only_where_its_member_is(tolerance: float | None) -> None:
    """network: 0 to 60, its member: 40 to 80."""
    measure = Mixed(ground(left=(0, 60), middle=(40, 80)), tolerance).measure
    found = answer(world_of([("network", "left"), ("member", "middle")], NETWORK), measure)
    assert bounds(found.reliance["a0", "advice"], "relying") == pytest.approx((0.8, 0.8))
    assert bounds(found.overlap["a0", "advice"], "overlap") == pytest.approx((0, 0), abs=1e-12)
    assert alone(found) == {"network": pytest.approx((0.4, 0.4)), "member": pytest.approx((0.4, 0.4))}
    line = found.coverage["a0", "advice"]
    assert (bounds(line, "depth_mean"), bounds(line, "coverage")) == ((0, 1), pytest.approx((0.8, 0.8)))


@pytest.mark.parametrize("tolerance", [None, TOLERANCE])
def test_a_third_meets_the_network_and_its_member_by_turns(tolerance: float | None) -> None:
    """network: 0 to 60, its member: 40 to 80, and a third from 0 to 50."""
    measure = Mixed(ground(left=(0, 60), middle=(40, 80), half=(0, 50)), tolerance).measure
    claims = [("network", "left"), ("member", "middle"), ("third", "half")]
    found = answer(world_of(claims, NETWORK), measure)
    assert bounds(found.reliance["a0", "advice"], "relying") == pytest.approx((0.3, 0.3))
    assert bounds(found.overlap["a0", "advice"], "overlap") == pytest.approx((0.5, 0.5))
    assert alone(found) == {"member": pytest.approx((0.3, 0.3))}
    assert found.pairs == {  # by the block: the network has a member there
        ("advice", "member", "third"): {
            "residents_low": pytest.approx(10),
            "residents_high": pytest.approx(10),
        }
    }


def test_nobody_is_relied_on_for_more_than_is_served() -> None:
    """Where unions are not measured."""
    measure = Mixed(ground(west=(0, 50), middle=(25, 75), strip=(70, 80)), 1.0).measure
    found = answer(world_of([("one", "west"), ("other", "middle"), ("third", "strip")], {}), measure)
    assert alone(found)["third"] == pytest.approx((0, 0.1))


def test_two_halves_make_a_depth_of_one() -> None:
    measure = Mixed(ground(west=(0, 50), east=(50, 100))).measure
    found = answer(world_of([("one", "west"), ("other", "east")], {}), measure)
    line = found.coverage["a0", "advice"]
    assert (bounds(line, "depth_mean"), bounds(line, "coverage")) == ((1, 2), (1, 1))


def test_reliance_is_at_least_what_was_looked_into() -> None:
    found = answer(world_of([("one", "whole")], {}, residents=(100, 300), surveyed=frozenset({1})))
    assert bounds(found.reliance["a0", "advice"], "relying") == (None, 1)
    assert bounds(found.reliance["total", "advice"], "relying") == (0.75, 1)
    assert bounds(found.by_organisation["a0", "advice", "one"], "relying") == (None, 1)
    for table in (found.reliance, found.overlap):
        assert [table[row, "advice"]["surveyed_share"] for row in ("a0", "a1", "total")] == [0, 1, 0.75]


@pytest.mark.parametrize(
    ("residents", "judged"),
    [((9900, 100), "local"), ((9901, 99), "local"), ((9899, 101), "wider-area only")],
)
def test_local_allows_a_hundredth_outside(residents: tuple[float, ...], judged: str) -> None:
    found = answer(world_of([("one", "whole")], {}, residents))
    assert found.classes["a0", "advice"]["class"] == judged
    # An area of which everybody is served is no sliver.
    assert sum(found.density[f"a{n}", "advice", "whole"]["organisations"] for n in (0, 1)) == 2


@pytest.mark.parametrize(
    ("areas", "whole", "population"),
    [
        (("a0", "a1"), [1, 0, 0, 1], [1 / 1.009, 0.009 / 1.009, 0, 1]),
        (("a0",), [1, 0, 1], [1 / 1.009, 0.009 / 1.009, 1]),
        (("a1",), [0, 1, 1], [0.009 / 1.009, 1 / 1.009, 1]),
    ],
)
def test_a_sliver_of_an_area_is_not_counted_in_but_by_population(
    areas: tuple[str, ...], whole: list[float], population: list[float]
) -> None:
    """All of one block, and 0.9% of the next: slivers of an area, or outside of all."""
    blocks = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    land = Ground(blocks, np.zeros((2, 2)), {"over": shapely.box(0, 0, 100.9, 100)}, "area")
    world = world_of([("one", "over")], {}, (100, 100))
    kept = {code: blocks for code, blocks in world.geographies["G"].areas.items() if code in areas}
    found = answer(world._replace(geographies={"G": oracle.Geography(1, kept)}), Mixed(land).measure).density
    given = {
        rule: [found[area, "advice", rule]["organisations"] for area in (*areas, "outside", "total")]
        for rule in ("whole", "equal", "population")
    }
    assert given["whole"] == given["equal"] == whole
    assert given["population"] == pytest.approx(population)


def test_the_area_where_an_organisation_serves_most_is_no_sliver() -> None:
    found = answer(world_of([("one", "edge")], {}), Mixed(ground(edge=(0, 0.9))).measure).density
    assert found["a0", "advice", "whole"]["organisations"] == 1


@pytest.mark.parametrize(("right", "outside"), [(100.4, 0), (100.6, 1)])
def test_a_shape_reaches_beyond_the_blocks_with_a_hundredth_of_itself(right: float, outside: int) -> None:
    found = answer(world_of([("one", "over")], {}), Mixed(ground(over=(50, right))).measure)
    assert found.density["outside", "advice", "whole"]["organisations"] == outside
    assert found.density["a0", "advice", "whole"]["organisations"] == 1
    judged = found.classes["a0", "advice"]["local_share"]
    assert judged == (0 if outside else pytest.approx(0.5))


@pytest.mark.parametrize(
    ("more", "grades", "column", "share"),
    [
        ({"c": "listed"}, ("stated",), "claimed", 0.9),  # the union of a, b and c, once measured, is 0.8
        ({"c": "stated", "d": "named"}, ("stated", "named"), "stated", 0.75),  # on stated alone: 0.8
        ({"c": "stated", "d": "named"}, ("named",), "stated", 0.8),  # which was not asked for
    ],
)
def test_bounds_by_evidence_hold_those_of_what_was_asked(
    more: dict[str, str], grades: tuple[str, ...], column: str, share: float
) -> None:
    land = ground(a=(0, 60), b=(50, 80), c=(10, 20), d=(0, 75))
    world = world_of([(name, name) for name in ("a", "b", *more)], {})
    graded = [
        service._replace(area_evidence=more.get(service.organisation, "stated")) for service in world.services
    ]
    ask = oracle.Ask("G", frozenset({0}), ("advice",), DAY, DAY, grades)
    found = oracle.answer(world._replace(services=tuple(graded)), ask, Mixed(land, 0.3 + 1e-9).measure)
    assert found.coverage["a0", "advice"][f"coverage_{column}"] == pytest.approx(share)


def test_who_serves_only_where_nobody_lives_is_on_record() -> None:
    """The area has two blocks, and nobody lives in the one that is served."""
    world = world_of([("one", "whole")], {}, (0, 100), served=frozenset({0}))
    one_area = {"G": oracle.Geography(1, {"a": frozenset({0, 1})})}
    found = answer(world._replace(geographies=one_area))
    assert found.classes["a", "advice"]["class"] == "part of the area"
    assert found.coverage["a", "advice"]["coverage_high"] == 0


def test_no_more_forgives_rounding_alone() -> None:
    assert no_more(3.0, 1 - 0.99, 300.0)
    assert not no_more(3.000001, 1 - 0.99, 300.0)


def random_claims(random: Random, kinds: list[str]) -> tuple[list[Claim], dict[str, tuple[str, ...]]]:
    names = [f"o{number}" for number in range(random.randint(1, 5))]
    member_of = {
        name: tuple(other for other in names[:number] if random.random() < 0.4)
        for number, name in enumerate(names)
    }
    return [(name, random.choice(kinds)) for name in names for _ in range(random.randint(1, 2))], member_of


def figures(served: Served, meetings: Meetings) -> Iterator[tuple[str, Share]]:
    """Every figure of the only block."""
    yield "union", served.union[0]
    yield "relying", meetings.relying[0]
    yield "shared", meetings.shared[0]
    yield from ((f"alone {name}", shares[0]) for name, shares in meetings.alone.items())
    yield from ((f"both {pair}", shares[0]) for pair, shares in meetings.both.items())


def assert_bounds_hold(world: oracle.World, truth: Measure, told: Measure) -> None:
    sharp, loose = (measure.provide(world, list(world.services)) for measure in (truth, told))
    meetings = sharp.meet()
    wider = dict(figures(loose, loose.meet()))
    for name, (low, high) in figures(sharp, meetings):
        assert wider[name][0] - 1e-9 <= low <= high + 1e-9 <= wider[name][1] + 2e-9, (name, world.services)
    for which in (0, 1):
        if sharp.union[0][0] == sharp.union[0][1] and meetings.shared[0][0] == meetings.shared[0][1]:
            made_up = meetings.relying[0][which] + meetings.shared[0][which]
            assert made_up == pytest.approx(sharp.union[0][which], abs=1e-9)


def test_bounds_hold_whatever_part_is_served() -> None:
    random = Random(1)
    for _ in range(300):
        world = world_of(*random_claims(random, ["whole", "part", "part"]))
        assert_bounds_hold(world, Mixed(ground()).measure, whole_areas())


@pytest.mark.parametrize("tolerance", [0.0, TOLERANCE, 0.3, 2.0])
def test_bounds_hold_wherever_shapes_lie(tolerance: float) -> None:
    random = Random(2)
    for _ in range(60):
        assert_shapes_hold(random, tolerance)


def assert_shapes_hold(random: Random, tolerance: float) -> None:
    strips = {f"s{n}": tuple(sorted(random.sample(range(-10, 111, 5), 2))) for n in range(4)}
    kinds = [name for name, (left, right) in strips.items() if right > 0 and left < 100]
    claims, member_of = random_claims(random, [*kinds * 3, "part", "part", "whole"])
    land = ground(**strips)
    assert_bounds_hold(world_of(claims, member_of), Mixed(land).measure, Mixed(land, tolerance).measure)
