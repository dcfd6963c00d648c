"""The organisations on record in each area, counted or not, each with its evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .analysis import Analysis
from .dates import serving
from .incidence import build
from .measures import key_columns
from .presence import presence
from .study import Study
from .vocabulary import COMMUNITY, REPORTED

EVERY = ("",)  # one theme for all, so that each service is a pair of its own
SERVICE = (
    "theme",
    "focus",
    "communities",
    "for_stage",
    "charge",
    "areas",
    "first_seen",
    "last_seen",
    "until",
    "funded_until",
    "area_evidence",
    "theme_evidence",
)
ORGANISATION = ("category", "sector", "remit", "website", "source")


def organisations_table(analysis: Analysis, themes: tuple[str, ...]) -> pd.DataFrame:
    """List every service on record in every area, and say whether it is counted.

    Parameters
    ----------
    analysis
        The question; its themes do not limit the table.
    themes
        Ids of the themes to list; services whose theme no source states are listed with all.

    Returns
    -------
    pandas.DataFrame
        One row for each area and service, by area and organisation. `presence` is `local` or
        `wider`; `served` is `whole` or `part` of what is described of the area; `counted` is
        `yes`, or `no` and why. A service that serves two areas stands in both.
    """
    study, areas = analysis.study, analysis.areas
    services = study.register.services
    listed = services[services["theme"].isin([*themes, ""])]
    single = listed.assign(organisation_id=listed.index.astype(str), theme="")
    incidence = build(single, {}, EVERY, len(study.atlas.blocks))
    bodies = study.register.organisations
    remits = listed.set_axis(listed.index.astype(str))["organisation_id"].map(bodies["remit"])
    found, _ = presence(incidence, areas, analysis.question.geography.level, remits, study.atlas.residents)
    keys = key_columns(analysis, areas.rows.iloc[: areas.area_count]).iloc[: areas.area_count]
    service = listed.loc[incidence.pairs.loc[found["pair"], "organisation_id"].astype(np.int64)]
    frame = keys.iloc[found["area"]].drop(columns=["theme", "evidence"]).reset_index(drop=True)
    service = service.reset_index(drop=True)
    body = bodies.loc[service["organisation_id"]].reset_index(drop=True)
    frame["organisation_id"] = service["organisation_id"]
    frame["organisation"] = body["name"]
    for column in ORGANISATION:
        frame[column] = body[column]
    for column in SERVICE:
        frame[column] = service[column]
    frame["presence"] = np.where(found["local"], "local", "wider")
    frame["served"] = np.where(found["whole"], "whole", "part")
    frame["counted"] = (
        why_not_counted(study, analysis, listed)
        .loc[listed.loc[incidence.pairs.loc[found["pair"], "organisation_id"].astype(np.int64)].index]
        .to_list()
    )
    order = [analysis.question.geography.code_column, "organisation", "theme"]
    return frame.sort_values(order, kind="stable").reset_index(drop=True)


def why_not_counted(study: Study, analysis: Analysis, services: pd.DataFrame) -> pd.Series:
    """For each service, `yes`, or `no` and the first reason why it counts in no figure.

    Parameters
    ----------
    study
        Whose rules apply.
    analysis
        The question, for its date and grades of evidence.
    services
        Rows of `Register.services`.
    """
    rules, grades = study.rules, analysis.question.grades
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
