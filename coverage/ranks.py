"""Areas by organisations per 100,000 residents, ranked under each allocation rule, before and after."""

from __future__ import annotations

import pandas as pd

from .analysis import Analysis
from .comparison import Comparison
from .measures import RULES, density_table


def ranks_table(found: Comparison) -> pd.DataFrame:
    """Rank areas under each rule, and keep those whose rank a scenario changes under any of them.

    Parameters
    ----------
    found
        The scenario and both answers.

    Returns
    -------
    pandas.DataFrame
        One row for each such theme and area: `scenario`, the area's code and name, `theme`, and for each
        rule `rank_…_baseline` and `rank_…_scenario`: 1 where organisations are densest, areas alike sharing
        the better rank; missing where nobody is on record, or it is not known.
    """
    question = found.baseline.analysis.question
    keys = ["theme", question.geography.code_column, question.geography.name_column]
    states = {"baseline": found.baseline.analysis, "scenario": found.then.analysis}
    ranked = pd.concat([_ranks(each, keys, state) for state, each in states.items()], axis=1)
    moved = pd.Series(False, index=ranked.index)
    for rule in RULES:
        before, after = (ranked[f"rank_{rule}_{state}"] for state in states)
        moved |= ~((before == after) | (before.isna() & after.isna()))
    order = [f"rank_{rule}_{state}" for rule in RULES for state in states]
    table = ranked.loc[moved, order].reset_index()
    table.insert(0, "scenario", found.scenario.id)
    return table


def _ranks(analysis: Analysis, keys: list[str], state: str) -> pd.DataFrame:
    table = density_table(analysis)
    areas = analysis.areas.rows.index[: analysis.areas.area_count]
    table = table[table[keys[1]].isin(areas)]
    density = table["per_100k_residents"].where(table["per_100k_residents"] > 0)
    by_rule = density.groupby([table[keys[0]], table["allocation"]])
    table = table.assign(rank=by_rule.rank(ascending=False, method="min"))
    wide = table.pivot_table(index=keys, columns="allocation", values="rank", sort=False, dropna=False)
    wide = wide.reindex(columns=list(RULES))
    wide.columns = pd.Index([f"rank_{rule}_{state}" for rule in RULES])
    return wide
