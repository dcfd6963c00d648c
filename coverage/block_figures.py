"""Coverage and depth of each building block: what the figures of areas are summed from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .analysis import Analysis
from .areas import TOTAL
from .words import method


def blocks_table(analysis: Analysis) -> pd.DataFrame:
    """Coverage and depth of every block inside what is described.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and block: `block`, `block_name`, `theme`, `as_of`, `evidence`,
        `residents`, `residents_year`, `surveyed` (`yes` or `no`), `coverage_low`, `coverage_high`
        (share of the block inside at least one service area), `depth_low` and `depth_high`
        (organisations that serve all of it, and that touch it), `method`. Where nobody looked, 0
        is missing.
    """
    question, provision, blocks = analysis.question, analysis.provision, analysis.study.atlas.blocks
    described = analysis.areas.matrix[[analysis.areas.rows.index.get_loc(TOTAL)]].indices
    at = np.sort(described)
    repeat = len(question.themes)
    looked = analysis.looked[:, at].ravel()
    frame = pd.DataFrame(
        {
            "block": list(blocks.index[at]) * repeat,
            "block_name": list(blocks["name"].iloc[at]) * repeat,
            "theme": np.repeat(np.array(question.themes, dtype=object), len(at)),
            "as_of": question.when.label,
            "evidence": "+".join(question.grades),
            "residents": list(blocks["residents"].iloc[at]) * repeat,
            "residents_year": analysis.study.atlas.residents_year,
            "surveyed": np.where(looked, "yes", "no"),
        }
    )
    figures: dict[str, npt.NDArray[Any]] = {
        "coverage_low": provision.union_low,
        "coverage_high": provision.union_high,
        "depth_low": provision.depth_low,
        "depth_high": provision.depth_high,
    }
    for name, values in figures.items():
        found = values[:, at].ravel().astype(np.float64)
        frame[name] = np.where((found == 0) & ~looked, np.nan, found)
    frame["method"] = method(analysis.study, question.method)
    return frame
