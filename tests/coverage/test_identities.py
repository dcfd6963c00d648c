"""What is true of every study: random small ones against the oracle and against themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from random import Random

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hinterland.boundaries.atlas import LEVELS
from hinterland.coverage.analysis import analyse
from hinterland.coverage.areas import area_rows
from hinterland.coverage.classes import CLASSES, classify
from hinterland.coverage.measures import coverage_table, density_table, overlap_table

from . import oracle
from .random_studies import KINDS, SNAPSHOT, Case, cases, question_of, study_of
from .test_oracle import disagreements

FAST = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # the worlds are small, and shrinking one takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
FASTER = settings(FAST, max_examples=25)  # two answers each

BY_DEPTH = ("depth_unknown_", "depth_0_", "depth_1_", "depth_2_", "depth_3plus_")
ADDITIVE = ("residents_covered_", "residents_overlap_")


def small_world(
    member_of: Mapping[str, tuple[str, ...]], served: Iterable[tuple[str, oracle.Place]]
) -> oracle.World:
    """One area of one block, served with advice, and looked into."""
    return oracle.World(
        residents=(100,),
        area_km2=(1.0,),
        geographies={"G1": oracle.Geography(1, {"a": frozenset({0})})},
        study=frozenset({0}),
        kinds=KINDS,
        organisations={name: oracle.Organisation("voluntary", 1, of) for name, of in member_of.items()},
        services=tuple(
            oracle.Service(name, "advice", "general", None, None, None, "stated", "stated", (place,))
            for name, place in served
        ),
        surveys=(oracle.Survey(("advice",), (oracle.Place(False, frozenset({0})),), *SNAPSHOT),),
        reported=(),
        evidence=("stated",),
        community_focus=("own purpose",),
        sectors=("voluntary",),
        theta=0.99,
    )


WHOLE = oracle.Ask("G1", frozenset({0}), ("advice",), *SNAPSHOT, ("stated",))


class Tables:
    """The published tables by area and theme, each made when it is asked for."""

    def __init__(self, world: oracle.World, ask: oracle.Ask) -> None:
        study = study_of(world)
        self.analysis = analyse(study, question_of(study, ask))
        self.keys = [f"{ask.geography}CD", "theme"]

    @cached_property
    def judged(self) -> pd.DataFrame:
        return self._sorted(coverage_table(self.analysis, classify(self.analysis)))

    @property
    def coverage(self) -> pd.DataFrame:
        return self.judged.drop(columns="class")

    @property
    def overlap(self) -> pd.DataFrame:
        return self._sorted(overlap_table(self.analysis))

    @property
    def density(self) -> pd.DataFrame:
        return self._sorted(density_table(self.analysis), "allocation")

    @property
    def classes(self) -> pd.DataFrame:
        return self.judged[["class"]]

    @property
    def in_study(self) -> list[tuple[str, str]]:
        """Areas and themes that are not out of scope, `no area` and `total` left out."""
        rows = self.analysis.areas.rows
        areas = rows.index[rows["in_study"]].drop(["no area", "total"], errors="ignore")
        return [(area, theme) for area in areas for theme in self.analysis.question.themes]

    def _sorted(self, table: pd.DataFrame, *more: str) -> pd.DataFrame:
        return table.set_index([*self.keys, *more]).sort_index()


@FAST
@given(cases())
def test_every_figure_of_a_random_study_is_the_oracles(case: Case) -> None:
    world, ask = case
    study = study_of(world)
    assert disagreements(study, world, question_of(study, ask)) == []


@FAST
@given(cases())
def test_figures_of_a_random_study_agree_with_each_other(case: Case) -> None:
    found = Tables(*case)
    coverage, overlap, density = found.coverage, found.overlap, found.density
    for table in (coverage, overlap):
        for low in table.filter(regex="_low$"):
            high = low.removesuffix("low") + "high"
            if not low.startswith(BY_DEPTH):
                assert (table[low].fillna(0) <= table[high].fillna(0) * (1 + 1e-9)).all(), low
    shares = coverage.filter(regex="^(coverage|land|surveyed_share|depth_(unknown|0|1|2|3plus))").to_numpy()
    assert (np.isnan(shares) | ((shares >= 0) & (shares <= 1 + 1e-9))).all()
    looked_into = coverage[coverage["surveyed_share"] == 1]
    for bound in ("low", "high"):
        by_depth = looked_into[[f"{start}{bound}" for start in BY_DEPTH]]
        assert np.allclose(by_depth.sum(axis=1), 1, rtol=0, atol=1e-9)
    for rule in ("equal", "population"):
        given_out = density["organisations"].fillna(0).xs(rule, level="allocation").unstack(0)
        assert np.allclose(given_out.drop(columns="total").sum(axis=1), given_out["total"]), rule


@FAST
@given(cases())
def test_residents_of_the_rows_make_up_the_total(case: Case) -> None:
    world, ask = case
    described = ask.within & world.study
    study = study_of(world)
    within = question_of(study, ask).within
    rows = area_rows(study.atlas, study.atlas.geographies["G1"], study=study.blocks, within=within).rows
    rows = rows[rows["in_study"]]
    held = [block for blocks in world.geographies["G1"].areas.values() for block in blocks]
    shared_once = sum(world.residents[block] for block in described if held.count(block) > 1)
    alone = rows["residents_exclusive"].drop(["total", "no area"], errors="ignore").sum()
    nowhere = rows["residents"].get("no area", 0)
    assert alone + shared_once + nowhere == sum(world.residents[block] for block in described)


@FASTER
@given(cases(), st.frozensets(st.integers(0, 11)))
def test_splitting_areas_and_summing_gives_the_whole(case: Case, half: oracle.Blocks) -> None:
    world, ask = case
    whole = world.geographies["G1"]
    pieces = {f"{code}1": blocks & half for code, blocks in whole.areas.items()}
    pieces |= {f"{code}2": blocks - half for code, blocks in whole.areas.items()}
    split = oracle.Geography(whole.level, {code: blocks for code, blocks in pieces.items() if blocks})
    before, after = Tables(world, ask), Tables(world._replace(geographies={"G1": split}), ask)
    for wanted, parts in ((before.coverage, after.coverage), (before.overlap, after.overlap)):
        columns = [column for column in wanted if column.startswith(ADDITIVE)]
        sums = Counter[tuple[str, str, str]]()
        for (code, theme), line in parts.loc[after.in_study, columns].fillna(0).iterrows():
            for column in columns:
                sums[code.rstrip("12"), theme, column] += line[column]
        for (code, theme), line in wanted.loc[before.in_study, columns].fillna(0).iterrows():
            for column in columns:
                assert sums[code, theme, column] == line[column]


@FASTER
@given(cases())
def test_an_area_is_covered_exactly_where_all_its_inhabited_blocks_are(case: Case) -> None:
    world, ask = case
    described = ask.within & world.study
    single = oracle.Geography(0, {f"{block:02}": frozenset({block}) for block in range(len(world.residents))})
    areas = Tables(world, ask)
    blocks = Tables(world._replace(geographies={"G1": single}), ask).coverage
    coverage = areas.coverage
    for code, theme in areas.in_study:
        inside = world.geographies["G1"].areas[code] & described
        for column in ("coverage_low", "coverage_high"):
            shares = [blocks[column][f"{block:02}", theme] for block in inside if world.residents[block]]
            covered = bool(shares) and all(share == 1 for share in shares)
            assert (coverage[column][code, theme] == 1) == covered, (code, theme, column)


@FASTER
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(case: Case, random: Random) -> None:
    world, ask = case
    new = list(range(len(world.residents)))
    random.shuffle(new)  # block i becomes block new[i]
    old = sorted(new, key=new.__getitem__)
    moved = world._replace(
        residents=tuple(world.residents[block] for block in old),
        area_km2=tuple(world.area_km2[block] for block in old),
        geographies={
            name: kept._replace(areas={code: _move(blocks, new) for code, blocks in kept.areas.items()})
            for name, kept in world.geographies.items()
        },
        study=_move(world.study, new),
        organisations=dict(random.sample(list(world.organisations.items()), len(world.organisations))),
        services=tuple(
            service._replace(places=_move_places(service.places, new))
            for service in random.sample(world.services, len(world.services))
        ),
        surveys=tuple(survey._replace(places=_move_places(survey.places, new)) for survey in world.surveys),
        reported=tuple((theme, _move(blocks, new)) for theme, blocks in world.reported),
    )
    before, after = Tables(world, ask), Tables(moved, ask._replace(within=_move(ask.within, new)))
    for name in ("coverage", "overlap", "density", "classes"):
        pd.testing.assert_frame_equal(getattr(after, name), getattr(before, name), rtol=1e-9, atol=1e-9)


def _move(blocks: oracle.Blocks, new: list[int]) -> oracle.Blocks:
    return frozenset(new[block] for block in blocks)


def _move_places(places: tuple[oracle.Place, ...], new: list[int]) -> tuple[oracle.Place, ...]:
    return tuple(place._replace(blocks=_move(place.blocks, new)) for place in places)


@FASTER
@given(cases(), st.integers(0, 5))
def test_removing_an_organisation_raises_neither_coverage_nor_class(case: Case, which: int) -> None:
    world, ask = case
    gone = f"o{which % len(world.organisations)}"
    less = world._replace(
        organisations={
            name: kept._replace(member_of=tuple(network for network in kept.member_of if network != gone))
            for name, kept in world.organisations.items()
            if name != gone
        },
        services=tuple(service for service in world.services if service.organisation != gone),
    )
    before, after = Tables(world, ask), Tables(less, ask)
    ranks = ["", *CLASSES]
    assert (after.classes["class"].map(ranks.index) <= before.classes["class"].map(ranks.index)).all()
    more, fewer = before.coverage, after.coverage
    for column in more.filter(regex="^(coverage|land|residents_covered)_"):
        assert (fewer[column].fillna(0) <= more[column].fillna(0) + 1e-9).all(), column


def test_a_member_of_two_networks_that_serves_a_part_is_answered() -> None:
    """Both networks serve the whole block, and the member an unknown part of it."""
    everywhere = oracle.Place(False, frozenset({0}))
    world = small_world(
        {"one": (), "two": (), "member": ("one", "two")},
        [("one", everywhere), ("two", everywhere), ("member", everywhere._replace(part=True))],
    )
    depth = Tables(world, WHOLE).coverage.loc[("a", "advice")]
    assert depth["depth_mean_low"] <= depth["depth_mean_high"]


def test_a_local_organisation_beside_the_part_described_does_not_make_it_local() -> None:
    """Cut to block 0, the area has a national organisation; the district's own serves block 1 only."""
    both, beside = (oracle.Place(False, frozenset(blocks)) for blocks in ({0, 1, 2}, {1}))
    world = small_world({"national": (), "own": ()}, [("national", both), ("own", beside)])._replace(
        residents=(100, 100, 100),
        area_km2=(1.0, 1.0, 1.0),
        geographies={"G1": oracle.Geography(1, {"a": frozenset({0, 1})})},
        study=both.blocks,
        organisations={
            "national": oracle.Organisation("voluntary", LEVELS.index("national"), ()),
            "own": oracle.Organisation("voluntary", LEVELS.index("district"), ()),
        },
        surveys=(oracle.Survey(("advice",), (both,), *SNAPSHOT),),
    )
    assert Tables(world, WHOLE).classes.loc[("a", "advice"), "class"] == "wider-area only"
