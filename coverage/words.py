"""What figures say, in sentences: flags, headlines, changes, methods and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from .analysis import Analysis
from .classes import (
    CLASSES,
    FLAGS,
    FUNDING_AT_RISK,
    LOCAL,
    NONE,
    NOT_SURVEYED,
    ONE_ORGANISATION,
    PART,
    REPORTED_GAP,
    WEAK_EVIDENCE,
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


def flags_in_words(analysis: Analysis, classes: Classes) -> list[list[list[str]]]:
    """For each theme and area, its flags, each with the share of residents affected.

    Parameters
    ----------
    analysis, classes
        A question's figures and their classes.

    Returns
    -------
    list
        Themes × areas × texts such as `one organisation (100% of residents have no second one for
        sure)`; `funding at risk` says which class would be left, `weak evidence` which it is on less
        and on more, `reported gap` who reports what.
    """

    def text(flag: str, t: int, a: int) -> str:
        said = [f"{percent(classes.flags[flag][t, a])} of residents"]
        if flag == ONE_ORGANISATION:
            said[0] += " have no second one for sure"
        if flag == WEAK_EVIDENCE:
            stated, claimed = CLASSES[classes.stated[t, a]], CLASSES[classes.claimed[t, a]]
            said.append(f"{stated} on stated evidence alone, {claimed} on everything claimed")
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
    rows = analysis.provision.presence
    here = set(rows.loc[rows["theme"] == t, "area"]) & set(
        np.flatnonzero(codes == CLASSES.index(NOT_SURVEYED))
    )
    if here:
        which = "all" if len(here) == count[NOT_SURVEYED] else f"{len(here)} of them"
        unsurveyed += f", {which} with somebody on record all the same"
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
    text = f"Of the {surveyed} {many} surveyed for {label}, {joined(said)}"
    if surveyed == 1:
        text = f"Of the one {one} surveyed for {label}, {joined(said)}"
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
    labels = {theme.id: inside(theme.label) for theme in study.taxonomy.themes}
    said = []
    for what, when, index in (
        ("First on record", "first seen", change.begins),
        ("No longer on record", "until", change.ends),
    ):
        column = f"{when.replace(' ', '_')}_written"
        for body, own in services.loc[list(index)].groupby("organisation_id", sort=False):
            themes = joined(list(dict.fromkeys(labels[theme] for theme in own["theme"])))
            days = joined(list(dict.fromkeys(own[column])))
            said.append(f"{what}: {bodies.at[body, 'name']}, for {themes} ({when} {days}).")
    for what, positions in (("First looked into", change.looks), ("No longer looked into", change.looked)):
        for survey in (study.surveys[i] for i in positions):
            themes = joined([labels[theme] for theme in survey.themes if theme in labels][:MAX_NAMES])
            more = len(survey.themes) - MAX_NAMES
            said.append(
                f"{what}: {themes}{f' and {more} more themes' if more > 0 else ''}, by {survey.source} "
                f"({survey.first} to {survey.last})."
            )
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
        f"{gap.source} reports a gap in {inside(labels[gap.theme])} in "
        f"{joined([place.name for place in gap.places])}, which is not computed here"
        f"{f': {gap.note}' if gap.note else ''}."
        for gap in study.reported
        if gap.theme in labels
    ]


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


def _label(analysis: Analysis, theme: str) -> str:
    return inside(next(t.label for t in analysis.study.taxonomy.themes if t.id == theme))


def inside(label: str) -> str:
    """A label as it stands inside a sentence: `Funding advice` is not a name, `ICT` is."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def joined(parts: Sequence[str]) -> str:
    """Words one after another.

    Examples
    --------
    >>> joined(["one"]), joined(["one", "two", "three"])
    ('one', 'one, two and three')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = list(names[:MAX_NAMES])
    more = len(names) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")
