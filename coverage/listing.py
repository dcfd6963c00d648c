"""The organisations on record in each area, counted or not, each with its evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .analysis import Analysis
from .dates import serving
from .incidence import build
from .measures import key_columns
from .presence import presence
from .register import DATES, SERVICE_COLUMNS
from .vocabulary import COMMUNITY, REPORTED

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
        `wider`; `served` is `whole` or `part` of what is described of the area; `counted` is
        `yes`, or `no` and why. A service that serves two areas stands in both.
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
    frame["counted"] = why_not_counted(analysis, listed).loc[found["service"]].to_list()
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
        Columns `service` (index in `services`), `area` (row of the areas), `whole`, `local`.
    """
    study = analysis.study
    keys = services.index.astype(str)
    single = services.assign(organisation_id=keys, theme="")
    incidence = build(single, {}, ("",), len(study.atlas.blocks))
    remits = services["organisation_id"].map(study.register.organisations["remit"]).set_axis(keys)
    level = analysis.question.geography.level
    found, _ = presence(incidence, analysis.areas, level, remits, study.atlas.residents)
    service = found["pair"].map(incidence.pairs["organisation_id"]).astype(np.int64)
    return found.assign(service=service)[["service", "area", "whole", "local"]]


def why_not_counted(analysis: Analysis, services: pd.DataFrame) -> pd.Series:
    """For each service, `yes`, or `no` and the first reason why it counts in no figure.

    Parameters
    ----------
    analysis
        The question, for its date, its grades of evidence and the study's rules.
    services
        Rows of `Register.services`.
    """
    study, grades = analysis.study, analysis.question.grades
    rules = study.rules
    kinds = {theme.id: theme.kind for theme in study.taxonomy.themes}
    kind = services["theme"].map(kinds)
    sector = services["organisation_id"].map(study.register.organisations["sector"])
    weak_area = ~services["area_evidence"].isin(grades)
    weak_theme = ~services["theme_evidence"].isin(grades)
    off_purpose = (kind == COMMUNITY) & ~services["focus"].isin(rules.community_focus)
    why = pd.Series("yes", index=services.index)
    why = why.mask(weak_theme, "no: theme only " + services["theme_evidence"])
    why = why.mask(weak_area, "no: area only " + services["area_evidence"])
    why = why.mask(off_purpose, "no: focus " + services["focus"])
    why = why.mask(kind == REPORTED, "no: this theme is reported only")
    why = why.mask(
        ~serving(services, analysis.question.when), f"no: not on record for {analysis.question.when.label}"
    )
    why = why.mask(services["theme"] == "", "no: theme not stated")
    return why.mask(~sector.isin(rules.sectors), "no: sector " + sector)
