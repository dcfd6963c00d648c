"""The organisations on record in each area, counted or not, each with its evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .analysis import Analysis
from .counting import YES, why_not_counted
from .incidence import build
from .measures import key_columns
from .presence import presence
from .register import DATES, SERVICE_COLUMNS

SERVICE = tuple(column for column in SERVICE_COLUMNS if column not in ("organisation_id", "note"))
ORGANISATION = ("category", "sector", "remit", "website", "source")


def organisations_table(analysis: Analysis) -> pd.DataFrame:
    """List every service on record in every area, and say whether it is counted.

    Parameters
    ----------
    analysis
        The question. Services of its themes are listed, and those whose theme no source states.

    Returns
    -------
    pandas.DataFrame
        One row for each area and service, by area and organisation. `presence` is `local` or
        `wider`, for the organisation and theme; `served` is the `whole` or a `part` of what is
        described of the area, by this service alone; `counted` is `yes`, or `no` and why. A
        service that serves two areas stands in both.
    """
    study, areas = analysis.study, analysis.areas
    services = study.register.services
    listed = services[services["theme"].isin([*analysis.question.themes, ""])]
    found = service_presence(analysis, listed)
    keys = key_columns(analysis, areas.rows.iloc[: areas.area_count]).drop(columns=["theme", "evidence"])
    frame = keys.iloc[found["area"]].reset_index(drop=True)
    service = listed.loc[found["service"]].reset_index(drop=True)
    body = study.register.organisations.loc[service["organisation_id"]].reset_index(drop=True)
    frame["organisation_id"], frame["organisation"] = service["organisation_id"], body["name"]
    frame = frame.join(body[list(ORGANISATION)])
    for column in SERVICE:
        frame[column] = service[f"{column}_written" if column in DATES else column]
    frame["presence"] = np.where(found["local"], "local", "wider")
    frame["served"] = np.where(found["whole"], "whole", "part")
    frame["counted"] = _counted_here(analysis, listed, found)
    order = [analysis.question.geography.code_column, "organisation", "theme"]
    return frame.sort_values(order, kind="stable").reset_index(drop=True)


def service_presence(analysis: Analysis, services: pd.DataFrame) -> pd.DataFrame:
    """List which single service touches which area, counted or not.

    Parameters
    ----------
    analysis
        The question.
    services
        Rows of `Register.services`.

    Returns
    -------
    pandas.DataFrame
        Columns `service` (index in `services`), `area` (row of the areas), `whole` (what this
        service alone serves), `local` (whether its organisation is, for its theme).
    """
    study = analysis.study
    single = services.assign(organisation_id=services.index.astype(str), theme="")
    incidence = build(single, {}, ("",), study.pieces(analysis.question.method))
    rows = incidence.pairs["organisation_id"].astype(np.int64)
    bodies = services["organisation_id"].loc[rows]
    found, _ = presence(
        incidence,
        analysis.areas,
        analysis.question.geography.level,
        remits=bodies.map(study.register.organisations["remit"]).reset_index(drop=True),
        bases=bodies.map(study.register.organisations["bases"]).reset_index(drop=True),
        reaches=analysis.reach.of.loc[rows].reset_index(drop=True),
        reach=analysis.reach,
        residents=study.atlas.residents,
        nearly_all=study.rules.covered_from,
    )
    return found.assign(service=found["pair"].map(rows))[["service", "area", "whole", "local"]]


def beside_members(analysis: Analysis) -> set[tuple[str, str, int]]:
    """Organisation, theme and area (its row) of networks that are not counted there: members of them are."""
    provision = analysis.provision
    pairs = provision.incidence.pairs.loc[provision.presence["pair"]]
    keys = zip(pairs["organisation_id"], pairs["theme"], provision.presence["area"], strict=True)
    return {key for key, counts in zip(keys, provision.presence["counted"], strict=True) if not counts}


def _counted_here(analysis: Analysis, services: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """For each service and area, `yes` or why not: a network is not counted beside its members."""
    question = analysis.question
    why = why_not_counted(analysis.study, question.when, question.grades, services)
    beside = beside_members(analysis)
    said, here = why.loc[found["service"]], services.loc[found["service"], ["organisation_id", "theme"]]
    rows = zip(said, here["organisation_id"], here["theme"], found["area"], strict=True)
    return [
        "no: members of it are counted here" if why_not == YES and tuple(key) in beside else why_not
        for why_not, *key in rows
    ]
