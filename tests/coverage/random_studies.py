"""Small random studies: as the oracle takes them, and as hinterland holds them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import strategies as st
from shapely import box

from hinterland.boundaries.atlas import CRS, LEVELS, Atlas, Geography, grouping
from hinterland.boundaries.places import Place
from hinterland.coverage.dates import AsOf
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

SNAPSHOT = date(2006, 6, 1), date(2007, 7, 31)
DAYS = [date(2005, 1, 1), date(2006, 6, 1), date(2007, 7, 31), date(2008, 2, 29), date(2009, 3, 1)]

KINDS = {"advice": FUNCTION, "elders": COMMUNITY, "signposting": REPORTED}
COMPUTED = ("advice", "elders")
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
                "bases": (),
                "annual_cost": float("nan"),
                "staff": float("nan"),
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
