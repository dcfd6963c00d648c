"""Why each class is what it is: who looked, and who is on record there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .analysis import Analysis, Provision
from .classes import CLASSES, LOCAL, NONE, NOT_SURVEYED, OUT_OF_SCOPE, PART, WIDER, Classes
from .words import joined, listed, percent


def reasons(analysis: Analysis, classes: Classes, *, named: bool = True) -> list[list[list[str]]]:
    """Say why each class is what it is, with the sources that looked and the organisations behind it.

    Parameters
    ----------
    analysis, classes
        A question's figures and their classes.
    named
        Whether the organisations are named, or only counted where they are not listed beside it.

    Returns
    -------
    list
        Themes × areas × sentences.
    """
    study, question, areas = analysis.study, analysis.question, analysis.areas
    here = _names(analysis, analysis.provision)
    weaker = _names(analysis, classes.claims)
    residents = areas.of("residents")
    people = study.atlas.residents
    low = areas.sum(analysis.provision.union_low * people) / residents
    high = areas.sum(analysis.provision.union_high * people) / residents
    looked = _sources(analysis)
    result = []
    for t in range(len(question.themes)):
        texts = []
        for a in range(areas.area_count):
            counted = {name for name, *_ in here[t][a]}
            facts = Facts(
                surveyed=analysis.surveyed[t, a] / residents[a],
                low=low[t, a],
                high=high[t, a],
                local_share=analysis.provision.local[t, a] / residents[a],
                local=[text for _, text, local in here[t][a] if local],
                others=[text for _, text, local in here[t][a] if not local],
                weaker=[text for name, text, _ in weaker[t][a] if name not in counted],
                sources=list(dict.fromkeys(source for source, found in looked[t] if a in found)),
            )
            texts.append(_reason(CLASSES[classes.codes[t, a]], facts, named))
        result.append(texts)
    return result


def on_record(analysis: Analysis) -> list[list[str]]:
    """For each theme and area, the organisations that are counted there, local ones first.

    Parameters
    ----------
    analysis
        A question's figures.
    """
    return [
        ["; ".join(f"{text} (local)" if local else text for _, text, local in found) for found in theme]
        for theme in _names(analysis, analysis.provision)
    ]


@dataclass(frozen=True)
class Facts:
    """What a reason is made from: shares of residents, 0 to 1, and names."""

    surveyed: float
    low: float
    high: float
    local_share: float
    local: Sequence[str]
    others: Sequence[str]
    weaker: Sequence[str]
    sources: Sequence[str]


def _reason(name: str, facts: Facts, named: bool) -> list[str]:
    def who(names: Sequence[str]) -> str:
        return f": {listed(names)}" if named else ""

    said: list[str] = []
    everybody = [*facts.local, *facts.others]
    if name == OUT_OF_SCOPE:
        return ["Outside the area of this study."]
    if name == NOT_SURVEYED and facts.surveyed > 0:
        said.append(f"Sources looked only where {percent(facts.surveyed)} of residents live.")
    elif name == NOT_SURVEYED:
        said.append("No source looked for this here.")
    if name == NOT_SURVEYED and everybody:
        anyway = listed(everybody) if named else _organisations(len(everybody))
        said.append(f"On record all the same: {anyway}.")
    if name == NONE:
        verb = "looked here and name" if len(facts.sources) > 1 else "looked here and names"
        counted_evidence = " on the evidence that is counted" if facts.weaker else ""
        said.append(f"{joined(facts.sources)} {verb} nobody{counted_evidence}.")
    if name == PART:
        served = percent(facts.high)
        if percent(facts.low) != served:
            served = f"between {percent(facts.low)} and {served}"
        said.append(f"On record for {served} of residents{who(everybody)}.")
    if name == WIDER:
        said.append(f"Covered by organisations of a wider area{who(facts.others)}.")
    if name == WIDER and not facts.local:
        said.append("No local organisation is on record.")
    elif name in (WIDER, LOCAL):
        covered = percent(facts.local_share)
        said.append(f"Local organisations cover {covered} of residents{who(facts.local)}.")
    if name == LOCAL and facts.others and named:
        said.append(f"Also on record: {listed(facts.others)}.")
    if facts.weaker:
        weaker = f": {listed(facts.weaker)}" if named else f", {_organisations(len(facts.weaker))} more"
        said.append(f"On weaker evidence{weaker}.")
    return said


def _names(analysis: Analysis, provision: Provision) -> list[list[list[tuple[str, str, bool]]]]:
    """For each theme and area: name, name with how it serves, and whether it is local; local ones first."""
    bodies, rows = analysis.study.register.organisations, provision.presence
    serving = bodies.loc[provision.incidence.pairs["organisation_id"].iloc[rows["pair"]], ["name", "remit"]]
    found: list[list[list[tuple[str, str, bool]]]] = [
        [[] for _ in range(analysis.areas.area_count)] for _ in analysis.question.themes
    ]
    columns = [
        serving["name"],
        serving["remit"],
        *(rows[name] for name in ("theme", "area", "local", "whole")),
    ]
    for name, remit, theme, area, local, whole in zip(*(each.tolist() for each in columns), strict=True):
        how = [] if local else [f"remit {remit}"]
        how += [] if whole else ["part of the area"]
        text = f"{name} ({', '.join(how)})" if how else name
        found[theme][area].append((name, text, local))
    return [[sorted(texts, key=lambda one: (not one[2], one[1])) for texts in theme] for theme in found]


def _sources(analysis: Analysis) -> list[list[tuple[str, set[int]]]]:
    """For each theme, the surveys that looked for it, with the areas that they looked into."""
    when = analysis.question.when
    matrix = analysis.areas.matrix[: analysis.areas.area_count]
    result = []
    for theme in analysis.question.themes:
        found = []
        for survey in analysis.study.surveys:
            if survey.looked_for(theme, when):
                blocks = np.zeros(matrix.shape[1])
                blocks[survey.blocks] = 1
                found.append((survey.source, set(np.flatnonzero(matrix @ blocks).tolist())))
        result.append(found)
    return result


def _organisations(count: int) -> str:
    return "one organisation" if count == 1 else f"{count} organisations"
