"""Coverage, depth, density and overlap of one question, as the tables that are published."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from . import identities
from .analysis import Analysis
from .areas import OUTSIDE, OUTSIDE_NAME, TOTAL, TOTAL_NAME, Values
from .classes import CLASSES, Classes, Codes
from .overlaps import pair_counts
from .spans import served, spans_of
from .words import method

DEPTHS: Final = ("unknown", "0", "1", "2", "3plus")
RULES: Final = ("whole", "equal", "population")


def key_columns(analysis: Analysis, rows: pd.DataFrame) -> pd.DataFrame:
    """Begin a table: one row for each theme and area, themes first, with what every table says of them.

    Parameters
    ----------
    analysis
        The question.
    rows
        Some of the rows of `analysis.areas`.

    Returns
    -------
    pandas.DataFrame
        Columns such as `LAD19CD`, `LAD19NM`, then `theme`, `as_of`, `evidence`, `extent`,
        `residents`, `residents_full`, `residents_year`. `residents` describes the part of the
        area that is inside the question, `residents_full` all of it.
    """
    question, n = analysis.question, len(rows)
    repeat = len(question.themes)
    return pd.DataFrame(
        {
            question.geography.code_column: list(rows.index) * repeat,
            question.geography.name_column: list(rows["name"]) * repeat,
            "theme": np.repeat(np.array(question.themes, dtype=object), n),
            "as_of": question.when.label,
            "evidence": "+".join(question.grades),
            "extent": list(rows["extent"]) * repeat,
            "residents": list(rows["residents"]) * repeat,
            "residents_full": list(rows["residents_full"]) * repeat,
            "residents_year": analysis.study.atlas.residents_year,
        }
    )


def coverage_table(analysis: Analysis, classes: Classes) -> pd.DataFrame:
    """Coverage and depth: who is reached, and by how many.

    Parameters
    ----------
    analysis
        A question's figures.
    classes
        Their provision classes, and what other evidence amounts to.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and row of the areas, closed by `no area` and `total`, which have
        no class. Shares are 0 to 1, of residents (`coverage_`, `depth_`) or of land (`land_`);
        they are missing for areas out of scope, where nobody lives, and where they would be 0 and
        less than θ of the residents was surveyed. `residents_none_` counts those who live where a source
        looked and whom nobody on record serves. `depth_n_low` counts the organisations that serve
        the whole of a block, `depth_n_high` all that touch it; residents without any are at
        `depth_0` in blocks that were surveyed and `depth_unknown` elsewhere. `_stated` is the low
        figure on stated evidence only, `_claimed` the high one on everything claimed. Each further count of
        the atlas has a column, and its own `_covered_` and `coverage_` figures.
    """
    atlas, areas, provision = analysis.study.atlas, analysis.areas, analysis.provision
    people, land = atlas.residents, atlas.area_km2
    rows = areas.rows
    residents, area_km2 = areas.of("residents"), areas.of("area_km2")
    columns: dict[str, Values] = {}
    ends = {
        "low": (provision.union_low, provision.depth_low),
        "high": (provision.union_high, provision.depth_high),
    }
    for end, (union, _) in ends.items():
        columns[f"residents_covered_{end}"] = areas.sum(union * people)
    looked_at = analysis.looked * people
    for end, union in (("low", provision.union_high), ("high", provision.union_low)):
        columns[f"residents_none_{end}"] = areas.sum(looked_at * (1 - union))
    for end, (union, _) in ends.items():
        columns[f"coverage_{end}"] = areas.sum(union * people) / residents
    for end, (union, _) in ends.items():
        columns[f"land_{end}"] = areas.sum(union * land) / area_km2
    looked = analysis.looked
    for end, (_, depth) in ends.items():
        at = [(depth == 0) & ~looked, (depth == 0) & looked, depth == 1, depth == 2, depth >= 3]
        shares = np.stack([areas.sum(here * people) / residents for here in at], axis=-1)
        identities.check_depth_shares(shares)
        columns |= {f"depth_{name}_{end}": shares[..., i] for i, name in enumerate(DEPTHS)}
    for end, (_, depth) in ends.items():
        columns[f"depth_mean_{end}"] = areas.sum(depth * people) / residents
    stated, claimed = classes.statements, classes.claims
    identities.check_evidence(provision.union_low, claimed.union_high)
    if "stated" in analysis.question.grades:
        identities.check_evidence(stated.union_low, provision.union_high)
    # Bounds within the tolerance are not measured, and those of more services may be the closer ones.
    most = np.maximum(claimed.union_high, provision.union_high)
    least = np.minimum(stated.union_low, provision.union_low if "stated" in analysis.question.grades else 1)
    columns["coverage_stated"] = areas.sum(least * people) / residents
    columns["coverage_claimed"] = areas.sum(most * people) / residents
    columns["depth_mean_stated"] = areas.sum(stated.depth_low * people) / residents
    columns["depth_mean_claimed"] = areas.sum(claimed.depth_high * people) / residents
    for count in atlas.counts:
        numbers = atlas.blocks[count].to_numpy(dtype=np.float64)
        total = areas.sum(np.broadcast_to(numbers, provision.union_low.shape))
        columns[count] = total
        for end, (union, _) in ends.items():
            columns[f"{count}_covered_{end}"] = areas.sum(union * numbers)
        for end in ends:
            share = columns[f"{count}_covered_{end}"] / np.where(total > 0, total, np.nan)
            columns[f"coverage_{count}_{end}"] = share
    frame = key_columns(analysis, rows)
    frame["residents_exclusive"] = list(rows["residents_exclusive"]) * len(analysis.question.themes)
    frame["residents_shared"] = list(rows["residents_shared"]) * len(analysis.question.themes)
    frame["class"] = _with_closing_rows(classes.codes, len(rows)).ravel()
    frame["surveyed_share"] = surveyed_share(analysis)
    for name, values in columns.items():
        frame[name] = (values if name in atlas.counts else known(analysis, values)).ravel()
    frame["method"] = method(analysis.study, analysis.question.method)
    return frame


def surveyed_share(analysis: Analysis) -> Values:
    """The share of residents in blocks where a source looked: one row for each theme and row of the areas.

    Parameters
    ----------
    analysis
        A question's figures.
    """
    share = analysis.surveyed / analysis.areas.of("residents")
    return np.where(analysis.areas.rows["in_study"], share, np.nan).ravel()


def known(analysis: Analysis, values: Values) -> Values:
    """Take out what is not known: areas out of scope, and 0 where a source looked at less than θ.

    Where nobody lives, 0 is known if a source looked at every block.

    Parameters
    ----------
    analysis
        The question.
    values
        Themes × the first rows of its areas.

    Returns
    -------
    numpy.ndarray
        The same, with NaN for what is not known.
    """
    n = values.shape[1]
    rows = analysis.areas.rows.iloc[:n]
    people = rows["residents"].to_numpy(dtype=np.float64)
    little = analysis.surveyed[:, :n] < analysis.study.rules.covered_from * people
    looked_at = analysis.areas.sum(analysis.looked.astype(np.float64))[:, :n]
    somewhere_not = looked_at < np.asarray(analysis.areas.matrix.sum(axis=1)).ravel()[:n]
    unknown = (values == 0) & np.where(people > 0, little, somewhere_not)
    return np.where(unknown | ~rows["in_study"].to_numpy(dtype=bool), np.nan, values)


def overlap_table(analysis: Analysis) -> pd.DataFrame:
    """Overlap: residents served by two organisations or more, and how many pairs of them meet.

    Some overlap is necessary and wanted.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme and row of the areas. `surveyed_share`; `residents_overlap_`, `overlap_`
        (share of residents) and `pairs_` (pairs of organisations with a block of the row in common), each
        low and high.
    """
    areas, people = analysis.areas, analysis.study.atlas.residents
    rows = areas.rows
    residents = areas.of("residents")
    frame = key_columns(analysis, rows)
    frame["surveyed_share"] = surveyed_share(analysis)
    more = analysis.provision.one_or_more
    twice = {"low": areas.sum(more.more_low * people), "high": areas.sum(more.more_high * people)}
    columns = {f"residents_overlap_{end}": values for end, values in twice.items()}
    columns |= {f"overlap_{end}": values / residents for end, values in twice.items()}
    columns |= {f"pairs_{end}": counts for end, counts in zip(twice, pair_counts(analysis), strict=True)}
    for name, values in columns.items():
        frame[name] = known(analysis, values).ravel()
    frame["method"] = method(analysis.study, analysis.question.method)
    return frame


def density_table(analysis: Analysis) -> pd.DataFrame:
    """Organisations per 100,000 residents and per 100 km², under each allocation rule.

    `whole` counts an organisation once in each area that it serves, and once `outside` where it
    serves land that is in no area shown, that of England beyond the blocks included (see
    `boundaries.wider.land_beyond`); `equal` divides it equally among them. An area of which it serves
    less than 1 - θ of the residents, and less than 1 - θ of those whom it serves where it serves most, is
    none of them: shapes that follow a border run over it. `population` divides it by
    the residents that it serves there (high figure; what lies beyond the blocks of the atlas has no
    known residents, so none of it goes `outside` then). A network counts only where no member does.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    pandas.DataFrame
        One row for each theme, area and `allocation`, closed by `outside` and by `total`: the
        organisations on record anywhere in what is described. `equal` and `population` sum to it.
        A density is missing where an area has no residents or no land.
    """
    areas = analysis.areas
    closing = pd.DataFrame(
        {
            "name": [OUTSIDE_NAME, TOTAL_NAME],
            "extent": "",
            "in_study": True,
            "residents": [np.nan, areas.rows.at[TOTAL, "residents"]],
            "residents_full": [np.nan, areas.rows.at[TOTAL, "residents"]],
            "area_km2": [np.nan, areas.rows.at[TOTAL, "area_km2"]],
        },
        index=[OUTSIDE, TOTAL],
    )
    rows = pd.concat([areas.rows.iloc[: areas.area_count][list(closing.columns)], closing])
    allocated = allocate(analysis)
    total = allocated["equal"].sum(axis=1).round()
    tables = []
    for rule in RULES:
        frame = key_columns(analysis, rows)
        frame["area_km2"] = list(rows["area_km2"]) * len(analysis.question.themes)
        frame["allocation"] = rule
        frame["organisations"] = _with_total(analysis, allocated[rule], total).ravel()
        tables.append(frame)
    result = pd.concat(tables, ignore_index=True)
    counts = result["organisations"]
    result["per_100k_residents"] = counts / result["residents"].where(result["residents"] > 0) * 100_000
    result["per_100_km2"] = counts / result["area_km2"].where(result["area_km2"] > 0) * 100
    for count in analysis.study.atlas.counts:
        numbers = analysis.study.atlas.blocks[count].to_numpy(dtype=np.float64)
        total = areas.matrix @ numbers
        per_row = [*total[: areas.area_count], np.nan, total[areas.rows.index.get_loc(TOTAL)]]
        held = pd.Series(per_row * len(analysis.question.themes) * len(RULES))
        result[f"per_1000_{count}"] = counts / held.where(held > 0) * 1000
    result["method"] = method(analysis.study, analysis.question.method)
    return result


def allocate(analysis: Analysis) -> dict[str, Values]:
    """Divide each organisation among the areas that it serves, by each rule.

    Parameters
    ----------
    analysis
        A question's figures.

    Returns
    -------
    dict
        Rule → themes × (areas and `outside`): organisations. An organisation that serves nothing
        of what is described is not counted.
    """
    areas, incidence = analysis.areas, analysis.provision.incidence
    n, index = areas.area_count, incidence.pieces.index
    shown = areas.shown
    total = areas.matrix[[areas.rows.index.get_loc(TOTAL)]]
    nowhere = sparse.csr_array((np.asarray(shown.sum(axis=0)).ravel() == 0)[None, :].astype(np.float64))
    spans = spans_of(sparse.csr_array(sparse.vstack([shown, nowhere, total])), index.rank)
    rows = served(incidence.footprints, spans, analysis.study.atlas.residents[index.order])
    in_total = rows.footprint[rows.area == n + 1]
    alike = pd.DataFrame(
        {"theme": incidence.theme, "footprint": incidence.counted, "beyond": incidence.pairs["beyond"]}
    )
    alike = alike[alike["footprint"].isin(in_total)].groupby(list(alike.columns)).size()
    entries = alike.index.to_frame(index=False).assign(count=alike.to_numpy(), entry=range(len(alike)))
    parts = pd.DataFrame({"footprint": rows.footprint, "area": rows.area, "weight": rows.residents_high})
    parts = parts[parts["area"] <= n].assign(matters=lambda each: _matters(analysis, each))
    joined = entries.merge(parts, on="footprint")
    far = entries[entries["beyond"]].assign(area=n, weight=0.0, matters=True)
    given = pd.concat([joined, far]).groupby(["entry", "theme", "count", "area"], as_index=False)
    given = given.agg({"weight": "sum", "matters": "any"})
    sums = given.groupby("entry")["weight"].transform("sum")
    once = given["matters"].astype(np.float64)
    equal = once / once.groupby(given["entry"]).transform("sum")
    by_weight = np.where(sums > 0, given["weight"] / sums.where(sums > 0, 1.0), equal)
    shares = {"whole": once, "equal": equal, "population": by_weight}
    counted = np.zeros(len(incidence.themes))
    np.add.at(counted, entries["theme"], entries["count"])
    result = {}
    for rule in RULES:
        values = np.zeros((len(incidence.themes), n + 1))
        np.add.at(values, (given["theme"], given["area"]), shares[rule] * given["count"])
        if rule != "whole":
            identities.check_allocation(rule, values.sum(axis=1), counted)
        result[rule] = values
    return result


def _matters(analysis: Analysis, parts: pd.DataFrame) -> pd.Series:
    """Whether footprints serve enough of areas to be counted there."""
    little = (1 - analysis.study.rules.covered_from) * (1 - identities.RELATIVE)
    enough = little * analysis.areas.rows["residents"].to_numpy()[: analysis.areas.area_count]
    of_area = parts["weight"] >= np.append(enough, np.inf)[parts["area"]]
    return of_area | (parts["weight"] >= little * parts.groupby("footprint")["weight"].transform("max"))


def _with_total(analysis: Analysis, allocated: Values, total: Values) -> Values:
    """Themes × (areas, `outside`, `total`): what is allocated, without what is not known."""
    n = analysis.areas.area_count
    values = np.zeros((len(total), len(analysis.areas.rows)))
    values[:, :n], values[:, -1] = allocated[:, :n], total
    shown = known(analysis, values)
    outside = np.where(np.isnan(shown[:, -1]), np.nan, allocated[:, n])
    return np.column_stack([shown[:, :n], outside, shown[:, -1]])


def _with_closing_rows(codes: Codes, row_count: int) -> npt.NDArray[np.object_]:
    names = np.full((len(codes), row_count), "", dtype=object)
    names[:, : codes.shape[1]] = np.array(CLASSES, dtype=object)[codes]
    return names
