"""The columns of the published tables, frozen: to change one is a breaking change."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hinterland.coverage.answer import ON_REQUEST, TABLES, Answer, answer
from hinterland.coverage.question import ask
from hinterland.coverage.study import read_study
from hinterland.coverage.writing import csvw, records

KEYS = ["LEP14CD", "LEP14NM", "theme", "as_of", "evidence", "extent"]
RESIDENTS = ["residents", "residents_full", "residents_year"]
DEPTHS = ["unknown", "0", "1", "2", "3plus"]
COLUMNS = {
    "gaps": [
        *KEYS,
        *RESIDENTS,
        *["class", "class_stated", "class_claimed", "surveyed_share", "coverage_low", "coverage_high"],
        *["residents_covered_low", "residents_covered_high", "local_share", "flags", "on_record"],
        *["reason", "method"],
    ],
    "coverage": [
        *KEYS,
        *RESIDENTS,
        *["residents_exclusive", "residents_shared", "class", "class_stated", "class_claimed", "flags"],
        "surveyed_share",
        *["residents_covered_low", "residents_covered_high", "residents_none_low", "residents_none_high"],
        *["coverage_low", "coverage_high"],
        *["land_low", "land_high"],
        *[f"depth_{depth}_low" for depth in DEPTHS],
        *[f"depth_{depth}_high" for depth in DEPTHS],
        *["depth_mean_low", "depth_mean_high", "coverage_stated", "coverage_claimed"],
        *["depth_mean_stated", "depth_mean_claimed", "method"],
    ],
    "density": [
        *KEYS,
        *RESIDENTS,
        *["area_km2", "allocation", "organisations", "per_100k_residents", "per_100_km2", "method"],
    ],
    "overlap": [
        *KEYS,
        *RESIDENTS,
        *["surveyed_share", "residents_overlap_low", "residents_overlap_high", "overlap_low", "overlap_high"],
        *["pairs_low", "pairs_high", "method"],
    ],
    "pairs": [
        *["theme", "as_of", "evidence", "organisation_id", "organisation", "other_id", "other"],
        *["residents_low", "residents_high", "residents_year", "method"],
    ],
    "reliance": [
        *KEYS,
        *RESIDENTS,
        *["surveyed_share", "residents_relying_low", "residents_relying_high"],
        *["relying_low", "relying_high", "method"],
    ],
    "reliance_by_organisation": [
        *KEYS,
        *RESIDENTS,
        *["organisation_id", "organisation", "residents_relying_low", "residents_relying_high"],
        *["relying_low", "relying_high", "method"],
    ],
    "blocks": [
        *["block", "block_name", "theme", "as_of", "evidence", "residents", "residents_year", "surveyed"],
        *["coverage_low", "coverage_high", "depth_low", "depth_high", "method"],
    ],
    "organisations": [
        *["LEP14CD", "LEP14NM", "as_of", "extent"],
        *RESIDENTS,
        *["organisation_id", "organisation", "category", "sector", "remit", "website", "source"],
        *["theme", "focus", "communities", "for_stage", "charge", "areas"],
        *["first_seen", "last_seen", "until", "funded_until", "area_evidence", "theme_evidence"],
        *["presence", "served", "counted"],
    ],
}


@pytest.fixture(scope="module")
def found() -> Answer:
    study = read_study()
    return answer(study, ask(study, by="LEP14", within="D2N2"))


def test_the_tables_are_those_that_are_frozen_here() -> None:
    assert {*TABLES, *ON_REQUEST} == set(COLUMNS)


@pytest.mark.parametrize("name", list(COLUMNS))
def test_the_columns_are_frozen_and_documented(found: Answer, name: str) -> None:
    table = found.table(name)
    assert list(table.columns) == COLUMNS[name]
    assert json.loads(csvw(table, "x.csv", {}))["tableSchema"]["columns"]


@pytest.mark.parametrize("name", list(COLUMNS))
def test_every_row_is_json_without_nan(found: Answer, name: str) -> None:
    json.dumps(records(found.table(name)), allow_nan=False)


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        *[("coverage", m) for m in ("residents_covered", "coverage", "land", "depth_mean")],
        *[("overlap", m) for m in ("residents_overlap", "overlap", "pairs")],
        *[("reliance", m) for m in ("residents_relying", "relying")],
        *[("pairs", "residents"), ("blocks", "coverage"), ("blocks", "depth")],
    ],
)
def test_low_never_exceeds_high(found: Answer, name: str, measure: str) -> None:
    table = found.table(name)[[f"{measure}_low", f"{measure}_high"]].dropna()
    assert len(table) > 5
    assert (table[f"{measure}_low"] <= table[f"{measure}_high"] + 1e-12).all()


def test_shared_residents_are_counted_once_in_the_total(found: Answer) -> None:
    table = found.table("coverage")
    one = table[table["theme"] == "governance"].set_index("LEP14CD")
    areas = one.drop(["total"])
    shared_once = one.loc["total", "residents_shared"]
    assert areas["residents_exclusive"].sum() + shared_once == one.loc["total", "residents"] == 2_221_120
    assert areas["residents"].sum() > one.loc["total", "residents"]


def test_allocations_sum_to_the_organisations_on_record(found: Answer) -> None:
    table = found.table("density")
    for rule in ("equal", "population"):
        rows = table[table["allocation"] == rule]
        parts = rows[rows["LEP14CD"] != "total"].groupby("theme")["organisations"].sum()
        total = rows[rows["LEP14CD"] == "total"].set_index("theme")["organisations"].fillna(0)
        np.testing.assert_allclose(parts.loc[total.index], total)


def test_a_date_outside_the_snapshot_says_so_on_every_output() -> None:
    from hinterland.coverage.describe import caveats, describe

    study = read_study()
    later = answer(study, ask(study, on="2009-06-30", themes=["governance"]))
    warned = [text for text in caveats(later) if "The register describes 2006-06/2007-07" in text]
    assert warned
    assert warned[0] in describe(later, "gaps")["rdfs:comment"]
