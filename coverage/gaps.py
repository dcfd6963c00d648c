"""The gap table: areas and themes whose provision class is worse than local."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .analysis import Analysis
from .classes import CLASSES, FLAGS, LOCAL, NOT_SURVEYED, OUT_OF_SCOPE, Classes
from .measures import METHOD, coverage_table, key_columns
from .words import flag_text, names_on_record, reasons

COVER = ("surveyed_share", "coverage_low", "coverage_high", "residents_covered_low", "residents_covered_high")


def class_table(analysis: Analysis, classes: Classes) -> pd.DataFrame:
    """Class, flags and reason of every area and theme.

    Parameters
    ----------
    analysis, classes
        A question's figures and their classes.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and area, without closing rows. `class_stated` is the class on
        stated evidence only, `class_claimed` on everything claimed; `flags` names each flag with
        the share of residents affected; `on_record` names the organisations; `reason` says why.
    """
    rows = analysis.areas.rows.iloc[: analysis.areas.area_count]
    names = np.array(CLASSES, dtype=object)
    frame = key_columns(analysis, rows)
    frame["class"] = names[classes.codes].ravel()
    frame["class_stated"] = names[classes.stated].ravel()
    frame["class_claimed"] = names[classes.claimed].ravel()
    cover = coverage_table(analysis, classes.codes)
    cover = cover[cover["class"] != ""].reset_index(drop=True)
    for column in COVER:
        frame[column] = cover[column]
    local = analysis.provision.local / analysis.areas.of("residents")[: len(rows)]
    frame["local_share"] = np.where(rows["in_study"], local, np.nan).ravel()
    raised = {flag: classes.flags[flag].ravel() for flag in FLAGS}
    frame["flags"] = [
        "; ".join(flag_text(flag, shares[i]) for flag, shares in raised.items() if np.isfinite(shares[i]))
        for i in range(len(frame))
    ]
    on_record = names_on_record(analysis)
    frame["on_record"] = ["; ".join(texts) for theme in on_record for texts in theme]
    frame["reason"] = [text for theme in reasons(analysis, classes) for text in theme]
    frame["method"] = METHOD
    return frame


def gap_table(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows whose class is worse than `local`; what is out of scope is left out.

    Parameters
    ----------
    table
        What `class_table` returns.
    """
    return table[~table["class"].isin([LOCAL, OUT_OF_SCOPE])].reset_index(drop=True)


def gap_summary(gaps: pd.DataFrame) -> pd.DataFrame:
    """Put a gap table in few lines: for each theme and class, which areas.

    Parameters
    ----------
    gaps
        What `gap_table` returns; rows that were not surveyed are left out.

    Returns
    -------
    pandas.DataFrame
        Columns `theme`, `class`, `areas` (how many) and `names`, the gravest class first within
        a theme.
    """
    surveyed = gaps[gaps["class"] != NOT_SURVEYED]
    name = next(column for column in gaps.columns if column.endswith("NM"))
    grouped = surveyed.groupby(["theme", "class"], sort=False)[name]
    rows = [(theme, kind, len(names), ", ".join(names)) for (theme, kind), names in grouped]
    frame = pd.DataFrame(rows, columns=["theme", "class", "areas", "names"])
    themes = {theme: i for i, theme in enumerate(gaps["theme"].unique())}
    order = frame["theme"].map(themes) * len(CLASSES) + frame["class"].map(CLASSES.index)
    return frame.iloc[order.argsort(kind="stable")].reset_index(drop=True)
