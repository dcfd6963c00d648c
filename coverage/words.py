"""What figures say, in sentences: why a class is what it is, and the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .analysis import Analysis, Provision
from .classes import (
    CLASSES,
    FLAGS,
    FUNDING_AT_RISK,
    LOCAL,
    NONE,
    NOT_SURVEYED,
    OUT_OF_SCOPE,
    PART,
    REPORTED_GAP,
    WIDER,
    Classes,
)
from .counting import YES, against_the_rules
from .dates import warning
from .drawn import Method
from .study import Study, blocks_of
from .timeline import Change
from .vocabulary import REPORTED

MAX_NAMES: Final = 6
CAVEATS: Final = (
    "Covered does not mean adequate: it says that a service area takes a place in, not how much is offered.",
    "Absence of a record is not absence of support.",
)


def percent(share: float) -> str:
    """A share in words; what is not quite nothing or everything is never rounded to it.

    A share of nobody (NaN) is `an unknown share`.

    Examples
    --------
    >>> percent(0.4567), percent(0.0001), percent(0.9999), percent(1.0)
    ('46%', 'under 1%', 'over 99%', '100%')
    """
    if share != share:
        return "an unknown share"
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{share:.0%}"


def method(study: Study, measured: Method | None = None) -> str:
    """How service areas become shares of blocks, in words.

    Parameters
    ----------
    study
        Its services and blocks.
    measured
        How drawn service areas are; as the study says without it.
    """
    said = ["declared areas; a block inside counts whole; part of X counts as 0 to 1"]
    if len(study.service_areas.drawn):
        if (measured or study.service_areas.method) == "area":
            how = (
                "the exact share of each block's land inside, people spread evenly over it; where several "
                f"meet, measured together if bounds lie over {study.service_areas.tolerance:g} apart"
            )
        else:
            where = (
                "its population-weighted centroid" if study.atlas.weighted else "a point inside its outline"
            )
            how = f"all of a block or nothing, by {where}"
        said.append(f"catchments and drawn areas: {how}")
    if study.service_areas.travel_times:
        said.append("tables of travel times: a block counts whole if its minutes there are not more")
    return "; ".join(said)


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


def flags_in_words(analysis: Analysis, classes: Classes) -> list[list[list[str]]]:
    """For each theme and area, its flags, each with the share of residents affected.

    Parameters
    ----------
    analysis, classes
        A question's figures and their classes.

    Returns
    -------
    list
        Themes × areas × texts such as `one organisation (100% of residents)`; `funding at risk`
        says which class would be left, `reported gap` who reports what.
    """

    def text(flag: str, t: int, a: int) -> str:
        said = [f"{percent(classes.flags[flag][t, a])} of residents"]
        if flag == FUNDING_AT_RISK:
            said.append(f"{CLASSES[classes.unfunded[t, a]]} if it is not renewed")
        if flag == REPORTED_GAP:
            said += reports[t][a]
        return f"{flag} ({'; '.join(said)})"

    reports = _reports(analysis)
    areas = range(analysis.areas.area_count)
    return [
        [[text(flag, t, a) for flag in FLAGS if np.isfinite(classes.flags[flag][t, a])] for a in areas]
        for t in range(len(analysis.question.themes))
    ]


def date_warning(analysis: Analysis) -> str:
    """What a date outside the snapshot rests on, for the themes and evidence asked about; else empty."""
    study, question = analysis.study, analysis.question
    services = study.register.services
    counts = against_the_rules(study, question.grades, services) == YES
    asked = services[counts & services["theme"].isin(question.themes)]
    return warning(asked, question.when, study.snapshot_label)


def headline(analysis: Analysis, classes: Classes, theme: str) -> str:
    """Say in one sentence what is on record for a theme.

    Parameters
    ----------
    analysis, classes
        A question's figures and their classes.
    theme
        One of the question's themes.

    Returns
    -------
    str
        Such as "Of the 8 districts surveyed for funding advice, 2 have …".
    """
    t = analysis.question.themes.index(theme)
    codes, claimed = classes.codes[t], classes.claimed[t]
    count = {name: int((codes == CLASSES.index(name)).sum()) for name in CLASSES}
    label, (one, many) = _label(analysis, theme), analysis.question.geography.nouns
    partly = int(((analysis.surveyed[t, : len(codes)] > 0) & (codes == CLASSES.index(NOT_SURVEYED))).sum())
    surveyed = sum(count[name] for name in (NONE, PART, WIDER, LOCAL))
    unsurveyed = f"{count[NOT_SURVEYED]} {'was' if count[NOT_SURVEYED] == 1 else 'were'} not surveyed"
    if partly:
        unsurveyed += f", or only in part ({partly})"
    if not surveyed:
        return f"No {one} was surveyed for {label}: {unsurveyed}. Nothing is said to be missing."
    weaker = int(((codes == CLASSES.index(NONE)) & (claimed > CLASSES.index(NONE))).sum())
    parts = [
        (LOCAL, "a local organisation on record"),
        (WIDER, "organisations of a wider area only"),
        (PART, "somebody on record for part of the area"),
        (NONE, "nobody on record" + (f" ({weaker} of them somebody on weaker evidence)" if weaker else "")),
    ]
    said = [f"{count[c]} {'has' if count[c] == 1 else 'have'} {what}" for c, what in parts if count[c]]
    text = f"Of the {surveyed} {many} surveyed for {label}, {_and(said)}"
    if surveyed == 1:
        text = f"Of the one {one} surveyed for {label}, {_and(said)}"
    return f"{text}; {unsurveyed}." if count[NOT_SURVEYED] else f"{text}."


def changes_in_words(study: Study, change: Change) -> list[str]:
    """Say what begins and what ends on a day, a sentence for each organisation.

    Parameters
    ----------
    study
        Whose register it is about.
    change
        One of its changes.

    Returns
    -------
    list of str
        Such as "No longer on record: X, for governance and volunteering (until 2015-12-31)."
    """
    services, bodies = study.register.services, study.register.organisations
    labels = {theme.id: _inside(theme.label) for theme in study.taxonomy.themes}
    said = []
    for what, when, index in (
        ("First on record", "first seen", change.begins),
        ("No longer on record", "until", change.ends),
    ):
        column = f"{when.replace(' ', '_')}_written"
        for body, own in services.loc[list(index)].groupby("organisation_id", sort=False):
            themes = _and(list(dict.fromkeys(labels[theme] for theme in own["theme"])))
            days = _and(list(dict.fromkeys(own[column])))
            said.append(f"{what}: {bodies.at[body, 'name']}, for {themes} ({when} {days}).")
    return said


def reported_only(study: Study) -> list[str]:
    """Say what sources report of themes that are never computed, a sentence for each.

    Parameters
    ----------
    study
        Whose taxonomy and reported gaps are read.
    """
    labels = {theme.id: theme.label for theme in study.taxonomy.themes if theme.kind == REPORTED}
    return [
        f"{gap.source} reports a gap in {_inside(labels[gap.theme])} in "
        f"{_and([place.name for place in gap.places])}, which is not computed here"
        f"{f': {gap.note}' if gap.note else ''}."
        for gap in study.reported
        if gap.theme in labels
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
        return f": {_list(names)}" if named else ""

    said: list[str] = []
    everybody = [*facts.local, *facts.others]
    if name == OUT_OF_SCOPE:
        return ["Outside the area of this study."]
    if name == NOT_SURVEYED and facts.surveyed > 0:
        said.append(f"Sources looked only where {percent(facts.surveyed)} of residents live.")
    elif name == NOT_SURVEYED:
        said.append("No source looked for this here.")
    if name == NOT_SURVEYED and everybody:
        anyway = _list(everybody) if named else _organisations(len(everybody))
        said.append(f"On record all the same: {anyway}.")
    if name == NONE:
        verb = "looked here and name" if len(facts.sources) > 1 else "looked here and names"
        counted_evidence = " on the evidence that is counted" if facts.weaker else ""
        said.append(f"{_and(facts.sources)} {verb} nobody{counted_evidence}.")
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
        said.append(f"Also on record: {_list(facts.others)}.")
    if facts.weaker:
        weaker = f": {_list(facts.weaker)}" if named else f", {_organisations(len(facts.weaker))} more"
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


def _reports(analysis: Analysis) -> list[list[list[str]]]:
    """For each theme and area, who reports which gap there."""
    matrix = analysis.areas.matrix[: analysis.areas.area_count]
    found: list[list[list[str]]] = [
        [[] for _ in range(analysis.areas.area_count)] for _ in analysis.question.themes
    ]
    for gap in analysis.study.reported:
        if gap.theme in analysis.question.themes:
            blocks = blocks_of(gap.places, matrix.shape[1]).astype(np.float64)
            for area in np.flatnonzero(matrix @ blocks):
                text = f"{gap.source}: {gap.note}" if gap.note else gap.source
                found[analysis.question.themes.index(gap.theme)][area].append(text)
    return found


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


def _label(analysis: Analysis, theme: str) -> str:
    return _inside(next(t.label for t in analysis.study.taxonomy.themes if t.id == theme))


def _inside(label: str) -> str:
    """A label as it stands inside a sentence: `Funding advice` is not a name, `ICT` is."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _organisations(count: int) -> str:
    return "one organisation" if count == 1 else f"{count} organisations"


def _list(names: Sequence[str]) -> str:
    shown = list(names[:MAX_NAMES])
    more = len(names) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
