"""What is true of every study: random small ones against the oracle and against themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely import box

from hinterland.boundaries.atlas import CRS, LEVELS, Atlas, Geography, grouping
from hinterland.boundaries.builtin import load
from hinterland.boundaries.errors import IdentityError
from hinterland.boundaries.places import Place
from hinterland.coverage.analysis import analyse
from hinterland.coverage.areas import AreaRows, area_rows
from hinterland.coverage.classes import CLASSES, classify
from hinterland.coverage.dates import AsOf
from hinterland.coverage.identities import (
    check_allocation,
    check_areas,
    check_blocks,
    check_depth_shares,
)
from hinterland.coverage.measures import coverage_table, density_table, overlap_table
from hinterland.coverage.question import Question
from hinterland.coverage.register import ORGANISATION_COLUMNS, SERVICE_COLUMNS, Register
from hinterland.coverage.scope import Reported, Survey
from hinterland.coverage.study import Rules, Study
from hinterland.coverage.vocabulary import (
    COMMUNITY,
    FOCUSES,
    FUNCTION,
    GRADES,
    REPORTED,
    SECTORS,
    Taxonomy,
    Theme,
)

from . import oracle
from .test_oracle import disagreements

FAST = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # the worlds are small, and shrinking one takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
SNAPSHOT = date(2006, 6, 1), date(2007, 7, 31)
DAYS = [date(2005, 1, 1), date(2006, 6, 1), date(2007, 7, 31), date(2008, 2, 29), date(2009, 3, 1)]
FASTER = settings(FAST, max_examples=25)  # two answers each

KINDS = {"advice": FUNCTION, "elders": COMMUNITY, "signposting": REPORTED}
COMPUTED = ("advice", "elders")

BY_DEPTH = ("depth_unknown_", "depth_0_", "depth_1_", "depth_2_", "depth_3plus_")
ADDITIVE = ("residents_covered_", "residents_overlap_")

Rows = tuple[Atlas, npt.NDArray[np.bool_], AreaRows]
Case = tuple[oracle.World, oracle.Ask]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A small world, and a question about it."""
    size = draw(st.integers(3, 12))
    some = st.frozensets(st.integers(0, size - 1), min_size=1)
    mostly_all = st.one_of(st.just(frozenset(range(size))), some)
    days = st.sampled_from([None] * 5 + DAYS)
    part = st.sampled_from([False, False, False, True])
    place = st.builds(oracle.Place, part, mostly_all, st.just(frozenset()))
    places = st.lists(place, min_size=1, max_size=2).map(tuple)
    geographies = {
        name: oracle.Geography(
            draw(st.integers(0, len(LEVELS) - 1)),
            dict(zip("abcd", draw(st.lists(some, min_size=1, max_size=4)), strict=False)),
        )
        for name in draw(st.sampled_from([("G1",), ("G1", "G2")]))
    }
    organisations = {
        f"o{number}": oracle.Organisation(
            draw(st.sampled_from(["voluntary"] * 5 + list(SECTORS))),
            draw(st.integers(0, len(LEVELS) - 1)),
            # a network comes before its members: no circles
            tuple(f"o{network}" for network in draw(st.sets(st.integers(0, number - 1), max_size=2)))
            if number and draw(st.sampled_from([False, False, True]))
            else (),
        )
        for number in range(draw(st.sampled_from([6, 5, 4, 3, 2, 1])))
    }
    services = []
    for _ in range(draw(st.sampled_from([9, 12, 6, 4, 2, 0]))):
        first, until = draw(days), draw(days)
        if first and until:
            first, until = min(first, until), max(first, until)
        services.append(
            oracle.Service(
                draw(st.sampled_from(sorted(organisations))),
                draw(st.sampled_from([*COMPUTED * 4, *KINDS, ""])),
                draw(st.sampled_from(["own purpose", *FOCUSES])),
                first,
                until,
                draw(st.sampled_from([None, *DAYS])),
                draw(st.sampled_from(["stated"] * 5 + list(GRADES))),
                draw(st.sampled_from(["stated"] * 5 + list(GRADES))),
                draw(places),
            )
        )
    surveys = st.builds(
        oracle.Survey,
        st.sampled_from([COMPUTED, COMPUTED, ("advice",), ("elders",)]),
        places,
        st.sampled_from([DAYS[0], SNAPSHOT[0]]),
        st.sampled_from([DAYS[-1], SNAPSHOT[1]]),
    )
    world = oracle.World(
        residents=tuple(draw(st.lists(people, min_size=size, max_size=size))),
        area_km2=tuple(draw(st.lists(st.sampled_from([0.5, 1.0, 7.25]), min_size=size, max_size=size))),
        geographies=geographies,
        study=draw(mostly_all),
        kinds=KINDS,
        organisations=organisations,
        services=tuple(services),
        surveys=tuple(draw(st.lists(surveys, min_size=draw(st.sampled_from([2, 1, 0])), max_size=3))),
        reported=tuple(draw(st.lists(st.tuples(st.sampled_from(list(KINDS)), some), max_size=2))),
        evidence=draw(st.sampled_from([("stated", "named"), GRADES])),
        community_focus=draw(st.sampled_from([("own purpose",), ("own purpose", "targeted")])),
        sectors=draw(st.sampled_from([("voluntary",), SECTORS])),
        theta=draw(st.sampled_from([0.99, 0.5, 1.0])),
    )
    first, last = draw(st.sampled_from([SNAPSHOT, *((day, day) for day in DAYS)]))
    grades = draw(st.sampled_from([world.evidence, GRADES, ("stated",)]))
    return world, oracle.Ask("G1", draw(mostly_all), COMPUTED, first, last, grades)


people = st.one_of(st.just(0), st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 5000))


def study_of(world: oracle.World) -> Study:
    """The same world as hinterland holds it."""
    size = len(world.residents)
    codes = [f"B{number:02}" for number in range(size)]
    atlas = Atlas(
        blocks=gpd.GeoDataFrame(
            {"residents": world.residents, "area_km2": world.area_km2, "name": codes},
            index=pd.Index(codes),
            geometry=[box(1000 * east, 0, 1000 * east + 1000, 1000) for east in range(size)],
            crs=CRS,
        ),
        geographies={name: _geography(name, codes, kept) for name, kept in world.geographies.items()},
        residents_year=2019,
        attribution=("made up",),
    )
    organisations = pd.DataFrame.from_dict(
        {
            name: {
                **dict.fromkeys(ORGANISATION_COLUMNS[1:], ""),
                "name": f"Organisation {name}",
                "sector": kept.sector,
                "remit": LEVELS[kept.remit],
                "member_of": kept.member_of,
                "identifiers": (),
                "row": row,
            }
            for row, (name, kept) in enumerate(world.organisations.items(), start=2)
        },
        orient="index",
        columns=[*ORGANISATION_COLUMNS[1:], "row"],
    ).rename_axis("organisation_id")
    services = pd.DataFrame(
        [
            {
                **dict.fromkeys(SERVICE_COLUMNS, ""),
                **{key: value for key, value in service._asdict().items() if key != "organisation"},
                "organisation_id": service.organisation,
                "last_seen": None,
                "places": _places(service.places),
                "drawn": (),
                "row": row,
            }
            for row, service in enumerate(world.services, start=2)
        ],
        columns=[*SERVICE_COLUMNS, "places", "drawn", "row"],
    )
    for column in ("first_seen", "last_seen", "until", "funded_until"):
        services[column] = pd.to_datetime(services[column])
    return Study(
        folder=Path(),
        title="made up",
        snapshot=SNAPSHOT,
        snapshot_label="2006-06/2007-07",
        area=_places((oracle.Place(False, world.study),)),
        geographies=tuple(world.geographies),
        register=Register(organisations, services),
        taxonomy=Taxonomy(tuple(Theme(theme, kind, theme, "") for theme, kind in world.kinds.items())),
        surveys=tuple(
            Survey("source", survey.themes, _places(survey.places), survey.first, survey.last, "")
            for survey in world.surveys
        ),
        atlas=atlas,
        reported=tuple(
            Reported("source", theme, _places((oracle.Place(False, blocks),)), "")
            for theme, blocks in world.reported
        ),
        rules=Rules(world.evidence, world.community_focus, world.sectors, world.theta),
    )


def _geography(name: str, codes: list[str], kept: oracle.Geography) -> Geography:
    pairs = [(codes[block], code, f"Area {code}") for code, blocks in kept.areas.items() for block in blocks]
    names, membership = grouping(codes, pairs)
    return Geography(name, name, LEVELS[kept.level], names, membership, "made up")


def _places(places: tuple[oracle.Place, ...]) -> tuple[Place, ...]:
    return tuple(Place("G:X", "X", tuple(sorted(place.blocks)), part=place.part) for place in places)


def question_of(study: Study, ask: oracle.Ask) -> Question:
    within = np.zeros(len(study.atlas.blocks), dtype=bool)
    within[list(ask.within)] = True
    when = AsOf(ask.first, ask.last, f"{ask.first}/{ask.last}", (ask.first, ask.last) == SNAPSHOT)
    return Question(study.atlas.geographies[ask.geography], within, ask.themes, when, ask.grades, "area")


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

    @property
    def coverage(self) -> pd.DataFrame:
        return self._sorted(coverage_table(self.analysis, classify(self.analysis))).drop(columns="class")

    @property
    def overlap(self) -> pd.DataFrame:
        return self._sorted(overlap_table(self.analysis))

    @property
    def density(self) -> pd.DataFrame:
        return self._sorted(density_table(self.analysis), "allocation")

    @property
    def classes(self) -> pd.DataFrame:
        return self._sorted(coverage_table(self.analysis, classify(self.analysis)))[["class"]]

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


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"union_high": 1.1}, "a share of a block lies outside 0 to 1"),
        ({"union_low": -0.1}, "a share of a block lies outside 0 to 1"),
        ({"union_low": 0.6, "union_high": 0.5}, "a low share exceeds the high one"),
        ({"depth_low": 3}, "a low depth exceeds the high one"),
        ({"depth_low": 0, "depth_high": 0}, "depth and coverage disagree on who is served"),
        ({"union_low": 0.0, "union_high": 0.0}, "depth and coverage disagree on who is served"),
    ],
)
def test_broken_blocks_are_refused(broken: dict[str, float], says: str) -> None:
    good: dict[str, float] = {"union_low": 0.5, "union_high": 1.0, "depth_low": 1, "depth_high": 2}
    check_blocks(**{name: np.array([[value]]) for name, value in good.items()})
    with pytest.raises(IdentityError, match=f"^{says}. Nothing was written"):
        check_blocks(**{name: np.array([[value]]) for name, value in (good | broken).items()})


def test_broken_shares_by_depth_are_refused() -> None:
    nobody_lives_here = [np.nan, np.nan, np.nan]
    check_depth_shares(np.array([[0.2, 0.3, 0.5], nobody_lives_here]))
    with pytest.raises(IdentityError, match=r"^shares by depth do not sum to 1\. Nothing was written"):
        check_depth_shares(np.array([[0.2, 0.3, 0.5 + 1e-6], nobody_lives_here]))


def test_a_broken_allocation_is_refused() -> None:
    check_allocation("equal", np.array([3.0, 0.0]), np.array([3.0, 0.0]))
    with pytest.raises(IdentityError, match=r"^the allocation 'equal' does not sum to the organisations"):
        check_allocation("equal", np.array([3.0, 0.001]), np.array([3.0, 0.0]))


@pytest.fixture(scope="module")
def counties() -> Rows:
    """Counties of England, and the land in none of them."""
    atlas = load()
    everywhere = np.ones(len(atlas.blocks), dtype=bool)
    return (
        atlas,
        everywhere,
        area_rows(atlas, atlas.geographies["CTY19"], study=everywhere, within=everywhere),
    )


@pytest.mark.parametrize("row", ["E10000024", "no area"])
def test_rows_that_lose_a_resident_are_refused(counties: Rows, row: str) -> None:
    atlas, everywhere, good = counties
    check_areas(good, atlas, everywhere)
    rows = good.rows.copy()
    rows.loc[row, ["residents", "residents_exclusive"]] -= 1
    figures = r"^CTY19: [\d,]+ residents in one area, 0 in several and [\d,]+ in none do not make [\d,]+\. "
    with pytest.raises(IdentityError, match=figures):
        check_areas(replace(good, rows=rows), atlas, everywhere)


def test_a_part_with_more_residents_than_the_whole_is_refused(counties: Rows) -> None:
    atlas, everywhere, good = counties
    rows = good.rows.copy()
    rows.loc["E10000024", "residents_full"] -= 1
    with pytest.raises(
        IdentityError, match=r"^CTY19: a part of an area has more residents than the whole\. "
    ):
        check_areas(replace(good, rows=rows), atlas, everywhere)
