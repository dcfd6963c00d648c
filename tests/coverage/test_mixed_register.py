"""Service areas of every kind on the small areas of D2N2: every table beside an oracle that has no engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pytest
import shapely

from hinterland.boundaries.atlas import LEVELS
from hinterland.coverage.analysis import analyse
from hinterland.coverage.block_figures import blocks_table
from hinterland.coverage.classes import classify
from hinterland.coverage.gaps import class_table, gap_table
from hinterland.coverage.measures import coverage_table, density_table, overlap_table
from hinterland.coverage.question import Question, ask
from hinterland.coverage.reliance import reliance_by_organisation, reliance_table
from hinterland.coverage.study import Study, read_study

from . import oracle
from .mixed_oracle import Ground, Mixed
from .mixed_register import (
    COMMUNITIES,
    REPORTED,
    SCOPE,
    STUDY,
    THEMES,
    read_land,
    travel_times,
    write_csv,
    write_register,
    write_shapes,
)
from .test_oracle import judged_records, pair_records, records

TOLERANCE = 0.001  # of a block: what the project promises where shapes meet
WITHIN = 1e-7  # of a figure: how well the oracle knows it


@dataclass(frozen=True)
class Mix:
    """The study that was read from files, and what the oracle knows of the same."""

    study: Study
    world: oracle.World
    grounds: dict[str, Ground]
    order: list[int]  # position in the atlas of each block of the oracle


@pytest.fixture(scope="module")
def mix(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Mix:
    folder = tmp_path_factory.mktemp("mixed")
    land = read_land(reference)
    gpd.GeoDataFrame(
        {
            "LSOA11CD": land.codes,
            "LSOA11NM": [f"Small area {code}" for code in land.codes],
            "x": land.points[:, 0],
            "y": land.points[:, 1],
        },
        geometry=list(land.degrees),
        crs=4326,
    ).to_file(folder / "blocks.gpkg")
    shapes = write_shapes(folder, land, reference)
    times = travel_times(land)
    times.to_csv(folder / "times.csv", index=False)
    register = write_register(land, times, shapes)
    write_csv(folder / "organisations.csv", register.organisations)
    write_csv(folder / "services.csv", register.services)
    write_csv(
        folder / "scope.csv",
        [
            {"source": source, "themes": themes, "areas": areas, "from": "2026-01-01", "to": "2027-12-31"}
            for source, themes, areas in SCOPE
        ],
    )
    write_csv(
        folder / "reported.csv",
        [{"source": "a report", "theme": theme, "areas": areas, "note": ""} for theme, areas in REPORTED],
    )
    (folder / "study.toml").write_text(STUDY.format(data=reference.resolve().as_posix()), encoding="utf-8")
    study = read_study(folder)

    def blocks_of(areas: str) -> tuple[oracle.Place, ...]:
        return tuple(register.place(text.strip()) for text in areas.split(";"))

    described = blocks_of("CTY19:Derbyshire; CTY19:Nottinghamshire; LAD19:Nottingham")
    world = oracle.World(
        residents=tuple(land.residents.tolist()),
        area_km2=tuple((shapely.area(land.outlines) / 1e6).tolist()),
        geographies=land.geographies,
        study=frozenset().union(*(place.blocks for place in described)),
        kinds=dict.fromkeys(THEMES, "function") | dict.fromkeys(COMMUNITIES, "community"),
        organisations={
            row["organisation_id"]: oracle.Organisation(
                row["sector"],
                LEVELS.index(row["remit"]),
                tuple(filter(None, row["member_of"].split("; "))),
            )
            for row in register.organisations
        },
        services=tuple(register.taken),
        surveys=tuple(
            oracle.Survey(tuple(themes.split("; ")), blocks_of(areas), date(2026, 1, 1), date(2027, 12, 31))
            for _, themes, areas in SCOPE
        ),
        reported=tuple(
            (theme, frozenset().union(*(place.blocks for place in blocks_of(areas))))
            for theme, areas in REPORTED
        ),
        evidence=("stated", "named"),
        community_focus=("own purpose", "targeted"),
        sectors=("voluntary",),
        theta=0.99,
    )
    methods: tuple[Literal["area", "centroid"], ...] = ("area", "centroid")
    grounds = {method: Ground(land.outlines, land.points, shapes, method) for method in methods}
    return Mix(study, world, grounds, [study.atlas.blocks.index.get_loc(code) for code in land.codes])


def disagreements(mix: Mix, question: Question, within: frozenset[int]) -> list[str]:
    """One text for each published figure that is neither the oracle's nor within what is promised."""
    asked = oracle.Ask(
        question.geography.id,
        within,
        question.themes,
        question.when.first,
        question.when.last,
        question.grades,
    )
    ground = mix.grounds[question.method]
    exact = oracle.answer(mix.world, asked, Mixed(ground).measure)
    loose = oracle.answer(mix.world, asked, Mixed(ground, TOLERANCE).measure)
    analysis = analyse(mix.study, question)
    classes = classify(analysis)
    code = question.geography.code_column
    judged = class_table(analysis, classes)
    blocks = records(blocks_table(analysis))
    numbers = {mix.study.atlas.blocks.index[at]: str(number) for number, at in enumerate(mix.order)}
    for record in blocks:
        record["number"] = numbers[record["block"]]
    texts = []
    for name, found, keys in (
        ("coverage", records(coverage_table(analysis, classes)), (code, "theme")),
        ("overlap", records(overlap_table(analysis)), (code, "theme")),
        ("density", records(density_table(analysis)), (code, "theme", "allocation")),
        ("classes", judged_records(analysis, classes, judged), (code, "theme")),
        ("pairs", pair_records(analysis), ("theme", "one", "other_one")),
        ("reliance", records(reliance_table(analysis)), (code, "theme")),
        ("by_organisation", records(reliance_by_organisation(analysis)), (code, "theme", "organisation_id")),
        ("blocks", blocks, ("number", "theme")),
    ):
        expected = getattr(exact, name)
        texts += [
            f"{name} {text}"
            for text in oracle.differences(expected, found, keys, loose=getattr(loose, name), within=WITHIN)
        ]
    worse = {key for key, line in exact.classes.items() if line["class"] not in ("out of scope", "local")}
    gaps = gap_table(judged)
    if worse != set(zip(gaps[code], gaps["theme"], strict=True)):
        texts.append("gaps: not the areas and themes that are worse than local")
    return texts


def put(
    mix: Mix, by: str, *, within: str | None = None, on: str | None = None, evidence: str, method: str
) -> list[str]:
    question = ask(
        mix.study,
        by=by,
        within=within,
        themes=(*THEMES, *COMMUNITIES),
        on=on,
        evidence=evidence,
        method=method,
    )
    blocks = frozenset(number for number, at in enumerate(mix.order) if question.within[at])
    return disagreements(mix, question, blocks)


@pytest.mark.parametrize(
    ("by", "evidence", "method"),
    [
        ("LAD19", "headline", "area"),
        ("CTY19", "all", "area"),
        ("LEP14", "stated", "area"),
        ("LAD19", "all", "centroid"),
    ],
)
def test_every_figure_of_a_mixed_register_is_the_oracles(
    mix: Mix, by: str, evidence: str, method: str
) -> None:
    assert put(mix, by, evidence=evidence, method=method) == []


@pytest.mark.parametrize(
    ("by", "within", "method"),
    [
        ("LEP14", "CTY19:Derbyshire", "area"),
        ("CTY19", "LAD19:Bassetlaw; LAD19:Bolsover; LAD19:Mansfield", "area"),
        ("LAD19", "LEP14:Sheffield City Region", "area"),
        ("LEP14", "CTY19:Derbyshire", "centroid"),
    ],
)
def test_every_figure_of_a_part_and_of_another_day_is_the_oracles(
    mix: Mix, by: str, within: str, method: str
) -> None:
    assert put(mix, by, within=within, on="2026-12-31", evidence="headline", method=method) == []


def test_the_oracle_is_sure_of_what_a_shape_touches(mix: Mix) -> None:
    """No share is so near nothing, or near all of a block, that corners on a circle could decide it."""
    assert mix.grounds["area"].doubtful == []


def test_the_register_mixes_every_kind(mix: Mix) -> None:
    services = mix.world.services
    assert (len(mix.world.organisations), len(services)) == (40, 73)
    kinds = [{name.partition(":")[0] for name in service.shapes} for service in services]
    kinds = [
        kind | {"declared" for place in service.places} for kind, service in zip(kinds, services, strict=True)
    ]
    assert sum(len(kind) > 1 for kind in kinds) > 20
    assert set().union(*kinds) == {"catchment", "polygon", "travel", "declared"}
    assert {service.area_evidence for service in services} == {"stated", "named", "listed", "assumed"}
