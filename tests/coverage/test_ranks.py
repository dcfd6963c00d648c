"""Ranks of areas by density: as sorted by hand, and only where a scenario moves them."""

from __future__ import annotations

import numpy as np

from hinterland.coverage.comparison import compare
from hinterland.coverage.measures import RULES
from hinterland.coverage.ranks import ranks_table
from hinterland.coverage.scenario_file import read_own
from hinterland.coverage.study import read_study


def test_ranks_are_those_of_the_table_of_density_sorted_by_hand() -> None:
    study = read_study()
    scenarios = read_own(study)
    assert scenarios is not None
    (found,) = compare(study, [scenarios.scenarios[3]], themes=["funding advice", "governance"])
    table = ranks_table(found).set_index(["theme", "LAD19CD"])
    moved = set(table.index)
    for state, each in (("baseline", found.baseline), ("scenario", found.then)):
        density = each.table("density")
        for theme in ("funding advice", "governance"):
            for rule in RULES:
                rows = density[(density["theme"] == theme) & (density["allocation"] == rule)]
                own = rows[rows["LAD19CD"].str.startswith("E")].set_index("LAD19CD")["per_100k_residents"]
                for code, value in own.items():
                    if (theme, code) not in moved:
                        continue
                    shown = table.at[(theme, code), f"rank_{rule}_{state}"]
                    if np.isnan(value) or value == 0:
                        assert np.isnan(shown)
                    else:
                        assert shown == 1 + (own > value).sum()
    assert len(moved) >= 8
