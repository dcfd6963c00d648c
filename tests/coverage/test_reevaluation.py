"""A scenario worked out from the tally of the record is what a rebuild gives, count for count."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinterland.coverage.analysis import Analysis, analyse, reanalyse
from hinterland.coverage.applying import applied, delta_of
from hinterland.coverage.area_tallies import AreaTally, area_tally
from hinterland.coverage.comparison import BOTH, compare
from hinterland.coverage.question import Question, ask
from hinterland.coverage.scenarios import KINDS, OPEN, Change, Where
from hinterland.coverage.study import Study, read_study

from ..maps.national_register import write_study
from . import oracle
from .random_studies import cases, question_of, study_of
from .test_oracle import world_of
from .test_scenarios import BODY, changes, scenario_of

COUNTS = ("whole", "part", "counted_whole", "counted_part")
LEVELS = ("LAD19", "CTYUA19", "LEP14", "RGN19")
D2N2_LEVELS = ("LAD19", "CTYUA19", "LEP14", "CAUTH24")


def both_ways(study: Study, question: Question, made: tuple[Change, ...]) -> tuple[Analysis, Analysis]:
    """From the record's tally, and anew from the register, its shapes measured again."""
    delta, before = delta_of(study, made), analyse(study, question)
    then = applied(study, scenario_of(made), delta)
    after, revision = reanalyse(before, then, delta.bodies(study.register))
    anew = analyse(replace(then, baseline=None), question)
    people, rows = study.atlas.residents, before.areas.matrix
    require_same(
        area_tally(revision.before, rows, people).revised(revision),
        area_tally(anew.provision.tally, rows, people),
    )
    return after, anew


def require_same(one: AreaTally, other: AreaTally) -> None:
    assert np.array_equal(one.organisations, other.organisations)
    for name, values in one.sums.items():
        if name.startswith("depth"):
            assert np.array_equal(values, other.sums[name])
        np.testing.assert_allclose(values, other.sums[name], rtol=1e-9, atol=2e-6)


def require_equal(after: Analysis, anew: Analysis) -> None:
    for name in COUNTS:
        assert np.array_equal(getattr(after.provision.tally, name), getattr(anew.provision.tally, name)), name
    for end in ("union_low", "union_high", "local"):
        np.testing.assert_allclose(getattr(after.provision, end), getattr(anew.provision, end), rtol=1e-9)
    pd.testing.assert_frame_equal(on_record(after), on_record(anew))
    alone, alone_anew = after.provision.one_or_more, anew.provision.one_or_more
    for name in ("one_low", "one_high", "more_low", "more_high"):
        np.testing.assert_allclose(getattr(alone, name), getattr(alone_anew, name), atol=1e-9)


def on_record(analysis: Analysis) -> pd.DataFrame:
    """Who is present where, whatever the order of the pairs."""
    found = analysis.provision.presence
    pairs = analysis.provision.incidence.pairs.iloc[found["pair"]].reset_index(drop=True)
    table = pd.concat([pairs, found[["area", "counted", "whole", "local"]]], axis=1)
    keys = ["organisation_id", "theme", "area"]
    return table.astype({"organisation_id": object, "theme": object}).sort_values(keys, ignore_index=True)


@settings(max_examples=40)
@given(st.data())
def test_a_few_changes_to_a_random_study(data: st.DataObject) -> None:
    world, asked = data.draw(cases())
    study = study_of(world)
    require_equal(*both_ways(study, question_of(study, asked), data.draw(changes(study))))


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Some 600 organisations on England's districts, a third of them with catchments."""
    return read_study(write_study(tmp_path_factory.mktemp("national"), catchments=True))


def hundred_changes(study: Study, seed: int) -> tuple[Change, ...]:
    """A hundred, one each to as many organisations as there are, of every kind, and others opened.

    Areas and shapes are those of other organisations.
    """
    random = Random(seed)
    services, bodies = study.register.services, list(study.register.organisations.index)
    themes = [theme.id for theme in study.taxonomy.computed]
    made = []
    chosen = random.sample(bodies, min(100, len(bodies)))
    for line, body in enumerate([*chosen, *[""] * (100 - len(chosen))], start=1):
        kind = KINDS[line % len(KINDS)] if body else OPEN
        row, own = services.iloc[random.randrange(len(services))], services["organisation_id"] == body
        where = Where(row["places"], row["drawn"], "there")
        offered = tuple(services.loc[own, "theme"][:1])
        name = f"new-{line}" if kind == OPEN else body
        made.append(
            Change(
                kind,
                line,
                (name,),
                offered if kind in ("withdraw", "close") else tuple(random.sample(themes, 3)),
                until=study.snapshot[1],
                areas=where,
                to=where,
                body={**BODY, "id": f"new-{line}", "name": f"New {line}", "remit": "district"},
                focus="own purpose",
            )
        )
    return tuple(sorted(made, key=lambda each: (KINDS.index(each.kind), each.line)))


@pytest.mark.parametrize("level", LEVELS)
def test_a_hundred_changes_to_a_national_register(national: Study, level: str) -> None:
    made = hundred_changes(national, seed=LEVELS.index(level))
    before = analyse(national, ask(national, by=level)).provision.tally
    after, anew = both_ways(national, ask(national, by=level), made)
    require_equal(after, anew)
    assert (after.provision.tally.whole != before.whole).sum() > 300


@pytest.mark.parametrize("level", D2N2_LEVELS)
def test_a_hundred_changes_to_the_record_are_as_the_oracle_has_them_on_d2n2(level: str) -> None:
    study = read_study()
    scenario = scenario_of(hundred_changes(study, seed=7))
    assert len(scenario.changes) == 100
    (found,) = compare(study, [scenario], by=level, within="D2N2")
    question = found.baseline.analysis.question
    answer = oracle.answer(
        world_of(found.then.analysis.study),
        oracle.Ask(
            level,
            frozenset(np.flatnonzero(question.within).tolist()),
            question.themes,
            question.when.first,
            question.when.last,
            question.grades,
        ),
    )
    keys = question.geography.code_column, "theme"
    names = {"class_scenario": "class"} | {f"{name}_scenario": name for name in BOTH}
    table = found.table[[*keys, *names]].rename(columns=names).to_dict("records")
    for expected, columns in (
        (answer.coverage, ("class", "coverage_low", "coverage_high", "depth_mean_low", "depth_mean_high")),
        (answer.reliance, ("relying_low", "relying_high")),
        (answer.overlap, ("overlap_low", "overlap_high")),
    ):
        wanted = {key: {name: line[name] for name in columns} for key, line in expected.items()}
        assert oracle.differences(wanted, table, keys) == []
    assert (found.table["change"] != "same").sum() > 30


def test_shapes_are_measured_once_for_a_study_and_all_its_scenarios(national: Study) -> None:
    known = national.pieces()
    there = applied(national, scenario_of(()), delta_of(national, hundred_changes(national, 1))).pieces()
    assert len(there.unions.drawn) == len(known.unions.drawn) > 100
    assert len(there.footprints) < len(known.footprints) + 100
