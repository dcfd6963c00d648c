"""The gap table: areas and themes whose provision class is worse than local."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .analysis import Analysis
from .classes import CLASSES, LOCAL, NONE, NOT_SURVEYED, OUT_OF_SCOPE, PART, WIDER, Classes
from .measures import coverage_table, key_columns, known
from .reasons import on_record, reasons
from .words import flags_in_words, method

COVER = ("surveyed_share", "coverage_low", "coverage_high", "residents_covered_low", "residents_covered_high")
GRAVEST_FIRST = (NONE, PART, WIDER, NOT_SURVEYED)


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
    cover = coverage_table(analysis, classes)
    cover = cover[cover["class"] != ""].reset_index(drop=True)
    for column in COVER:
        frame[column] = cover[column]
    local = analysis.provision.local / analysis.areas.of("residents")[: len(rows)]
    frame["local_share"] = known(analysis, local).ravel()
    frame["flags"] = ["; ".join(texts) for theme in flags_in_words(analysis, classes) for texts in theme]
    frame["on_record"] = [text for theme in on_record(analysis) for text in theme]
    frame["reason"] = [" ".join(said) for theme in reasons(analysis, classes) for said in theme]
    frame["method"] = method(analysis.study, analysis.question.method)
    return frame


def gap_table(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows whose class is worse than `local`; what is out of scope is left out.

    Parameters
    ----------
    table
        What `class_table` returns.

    Returns
    -------
    pandas.DataFrame
        By theme; within one, `none on record` first and `not surveyed` last.
    """
    gaps = table[~table["class"].isin([LOCAL, OUT_OF_SCOPE])]
    themes = {theme: i for i, theme in enumerate(table["theme"].unique())}
    order = gaps["theme"].map(themes) * len(CLASSES) + gaps["class"].map(GRAVEST_FIRST.index)
    return gaps.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def gap_summary(gaps: pd.DataFrame) -> pd.DataFrame:
    """Put a gap table in few lines: for each theme and class, which areas.

    Parameters
    ----------
    gaps
        What `gap_table` returns; rows that were not surveyed are left out.

    Returns
    -------
    pandas.DataFrame
        Columns `theme`, `class`, `areas` (how many) and `names`, in the order of the gaps.
    """
    surveyed = gaps[gaps["class"] != NOT_SURVEYED]
    name = next(column for column in gaps.columns if column.endswith("NM"))
    grouped = surveyed.groupby(["theme", "class"], sort=False)[name]
    rows = [(theme, kind, len(names), ", ".join(names)) for (theme, kind), names in grouped]
    return pd.DataFrame(rows, columns=["theme", "class", "areas", "names"])
