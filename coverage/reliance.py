"""Leave one out: who would be left without anybody if one organisation closed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .analysis import Analysis
from .footprints import gathered
from .measures import key_columns, known, surveyed_share
from .words import method


def reliance_table(analysis: Analysis) -> pd.DataFrame:
    """Reliance: residents whom one organisation alone serves.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and row of the areas: `surveyed_share`, `residents_relying_low`,
        `residents_relying_high`, and `relying_low`, `relying_high` (shares of residents). The low
        figures are of blocks where a source looked: elsewhere others may serve whom no source names.
    """
    areas, people = analysis.areas, analysis.study.atlas.residents
    alone = analysis.provision.one_or_more
    frame = key_columns(analysis, areas.rows)
    frame["surveyed_share"] = surveyed_share(analysis)
    looked_at = people * analysis.looked
    sums = {"low": areas.sum(alone.one_low * looked_at), "high": areas.sum(alone.one_high * people)}
    columns = {f"residents_relying_{end}": values for end, values in sums.items()}
    columns |= {f"relying_{end}": values / areas.of("residents") for end, values in sums.items()}
    for name, values in columns.items():
        frame[name] = known(analysis, values).ravel()
    frame["method"] = method(analysis.study, analysis.question.method)
    return frame


def reliance_by_organisation(analysis: Analysis) -> pd.DataFrame:
    """Reliance on each organisation by name: internal, never published.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme, organisation and row of the areas in which anybody relies on it
        alone, closed by its `total`; by theme, those on whom most rely first. Columns as
        `reliance_table` without `surveyed_share`, and `organisation_id`, `organisation`.
    """
    areas, incidence = analysis.areas, analysis.provision.incidence
    found = _relied_on(analysis)
    keys = key_columns(analysis, areas.rows)
    at = incidence.theme[found["pair"]] * len(areas.rows) + found["row"].to_numpy()
    frame = keys.iloc[at].reset_index(drop=True)
    ids = incidence.pairs["organisation_id"].to_numpy()[found["pair"]]
    frame["organisation_id"] = ids
    frame["organisation"] = analysis.study.register.organisations["name"].loc[ids].to_numpy()
    nobody = known(analysis, np.zeros((len(incidence.themes), len(areas.rows))))
    nobody = nobody[incidence.theme[found["pair"]], found["row"]]
    numbers = {
        end: found[f"residents_{end}"].where(found[f"residents_{end}"] > 0, nobody) for end in ("low", "high")
    }
    for end, residents in numbers.items():
        frame[f"residents_relying_{end}"] = residents
    for end, residents in numbers.items():
        frame[f"relying_{end}"] = residents / areas.of("residents")[found["row"]]
    frame["method"] = method(analysis.study, analysis.question.method)
    total = found[found["row"] == len(areas.rows) - 1].set_index("pair")["residents_high"]
    most = -found["pair"].map(total).fillna(0.0)
    order = pd.DataFrame(
        {"theme": incidence.theme[found["pair"]], "most": most, "organisation": ids, "row": found["row"]}
    )
    return frame.loc[order.sort_values(list(order.columns)).index].reset_index(drop=True)


def _relied_on(analysis: Analysis) -> pd.DataFrame:
    """Sum, for each organisation and area, the residents whom it serves alone.

    Columns `pair`, `row` (of the areas, the closing ones too), `residents_low`, `residents_high`; pairs
    and rows where nobody relies on one organisation are left out, and areas outside the study.
    """
    found = analysis.provision.losses
    looked = analysis.looked[analysis.provision.incidence.theme[found.pair], found.block]
    people = analysis.study.atlas.residents[found.block]
    by_block = analysis.areas.matrix.tocsc()
    rows, ptr = gathered(by_block.indptr.astype(np.int64), found.block)
    cell = np.repeat(np.arange(len(found.block)), np.diff(ptr))
    table = pd.DataFrame(
        {
            "pair": found.pair[cell],
            "row": by_block.indices[rows],
            "residents_low": (found.low * looked * people)[cell],
            "residents_high": (found.high * people)[cell],
        }
    )
    table = table.groupby(["pair", "row"], as_index=False).sum()
    inside = analysis.areas.rows["in_study"].to_numpy(dtype=bool)[table["row"]]
    return table[inside & (table["residents_high"] > 0)].reset_index(drop=True)
