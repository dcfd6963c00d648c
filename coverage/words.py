"""What figures say, in sentences: why a class is what it is, and the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .analysis import Analysis, Provision, counted, provide
from .classes import CLASSES, LOCAL, NONE, NOT_SURVEYED, OUT_OF_SCOPE, PART, WIDER, Classes
from .study import Study
from .vocabulary import GRADES, REPORTED

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


def reasons(analysis: Analysis, classes: Classes) -> list[list[str]]:
    """Say why each class is what it is, with the sources that looked and the organisations behind it.

    Parameters
    ----------
    analysis, classes
        A question's figures and their classes.

    Returns
    -------
    list of list of str
        Themes × areas.
    """
    study, question, areas = analysis.study, analysis.question, analysis.areas
    claims = provide(study, question.geography, areas, question.themes, counted(study, question.when, GRADES))
    here = names_on_record(analysis)
    weaker = _names(analysis, claims)
    residents = areas.of("residents")
    people = study.atlas.residents
    low = areas.sum(analysis.provision.union_low * people) / residents
    high = areas.sum(analysis.provision.union_high * people) / residents
    looked = _sources(analysis)
    result = []
    for t in range(len(question.themes)):
        texts = []
        for a in range(areas.area_count):
            others = [name for name in weaker[t][a] if name not in here[t][a]]
            facts = Facts(
                surveyed=analysis.surveyed[t, a] / residents[a],
                low=low[t, a],
                high=high[t, a],
                local=analysis.provision.local[t, a] / residents[a],
                names=here[t][a],
                weaker=others,
                sources=[source for source, found in looked[t] if a in found],
            )
            texts.append(_reason(CLASSES[classes.codes[t, a]], facts))
        result.append(texts)
    return result


def names_on_record(analysis: Analysis) -> list[list[list[str]]]:
    """For each theme and area, the organisations that are counted there, local ones first.

    Parameters
    ----------
    analysis
        A question's figures.
    """
    return _names(analysis, analysis.provision)


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
    codes = classes.codes[analysis.question.themes.index(theme)]
    count = {name: int((codes == CLASSES.index(name)).sum()) for name in CLASSES}
    label = _label(analysis, theme)
    areas = (
        analysis.question.geography.label.split(",")[0]
        .lower()
        .replace("local enterprise partnerships", "LEPs")
    )
    surveyed = sum(count[name] for name in (NONE, PART, WIDER, LOCAL))
    if not surveyed:
        return f"No source surveyed {label} here at that time: nothing is said about where it is missing."
    parts = [
        (LOCAL, "{} a local organisation on record"),
        (WIDER, "{} organisations of a wider area only"),
        (PART, "{} somebody on record for part of the area"),
        (NONE, "{} nobody on record"),
    ]
    said = [f"{count[c]} {form.format('has' if count[c] == 1 else 'have')}" for c, form in parts if count[c]]
    text = f"Of the {surveyed} {areas} surveyed for {label}, {_and(said)}"
    if count[NOT_SURVEYED]:
        text += f"; {count[NOT_SURVEYED]} {'was' if count[NOT_SURVEYED] == 1 else 'were'} not surveyed"
    return text + "."


def reported_only(study: Study) -> list[str]:
    """Say what sources report of themes that are never computed, a sentence for each.

    Parameters
    ----------
    study
        Whose taxonomy and reported gaps are read.
    """
    labels = {theme.id: theme.label for theme in study.taxonomy.themes if theme.kind == REPORTED}
    return [
        f"{gap.source} reports a gap in {labels[gap.theme].lower()} in {_and([p.name for p in gap.places])}, "
        f"which is not computed here. {gap.note}."
        for gap in study.reported
        if gap.theme in labels
    ]


def flag_text(flag: str, share: float) -> str:
    """A flag with the share of residents affected: `one organisation (100% of residents)`."""
    return f"{flag} ({percent(share)} of residents)"


@dataclass(frozen=True)
class Facts:
    """What a reason is made from: shares of residents, 0 to 1, and names."""

    surveyed: float
    low: float
    high: float
    local: float
    names: Sequence[str]
    weaker: Sequence[str]
    sources: Sequence[str]


def _reason(name: str, facts: Facts) -> str:
    on_record = _list(facts.names)
    weaker = f" On weaker evidence: {_list(facts.weaker)}." if facts.weaker else ""
    if name == OUT_OF_SCOPE:
        return "Outside the area of this study."
    if name == NOT_SURVEYED:
        looked = (
            f"Sources looked only where {percent(facts.surveyed)} of residents live, and name nobody there."
        )
        text = looked if facts.surveyed > 0 else "No source looked for this here."
        return text + (f" On record all the same: {on_record}." if facts.names else "") + weaker
    if name == NONE:
        verb = "looked here and name" if len(facts.sources) > 1 else "looked here and names"
        return f"{_and(facts.sources)} {verb} nobody.{weaker}"
    if name == PART:
        served = percent(facts.high)
        if facts.low < facts.high:
            served = f"between {percent(facts.low)} and {served}"
        return f"On record for {served} of residents: {on_record}.{weaker}"
    covered = (
        "Covered by organisations of a wider area; local ones" if name == WIDER else "Local organisations"
    )
    return f"{covered} cover {percent(facts.local)} of residents: {on_record}.{weaker}"


def _names(analysis: Analysis, provision: Provision) -> list[list[list[str]]]:
    bodies, pairs = analysis.study.register.organisations, provision.incidence.pairs
    found: list[list[list[tuple[bool, str]]]] = [
        [[] for _ in range(analysis.areas.area_count)] for _ in analysis.question.themes
    ]
    for row in provision.presence.itertuples():
        body = bodies.loc[pairs.at[row.pair, "organisation_id"]]
        how = "local" if row.local else f"remit {body['remit']}"
        extent = "" if row.whole else ", part of the area"
        found[row.theme][row.area].append((not row.local, f"{body['name']} ({how}{extent})"))
    return [[[text for _, text in sorted(texts)] for texts in theme] for theme in found]


def _sources(analysis: Analysis) -> list[list[tuple[str, set[int]]]]:
    """For each theme, the surveys that looked for it, with the areas that they looked into."""
    when = analysis.question.when
    matrix = analysis.areas.matrix[: analysis.areas.area_count]
    result = []
    for theme in analysis.question.themes:
        found = []
        for survey in analysis.study.surveys:
            if theme in survey.themes and survey.first <= when.last and survey.last >= when.first:
                blocks = np.zeros(matrix.shape[1])
                blocks[[b for place in survey.places if not place.part for b in place.blocks]] = 1
                found.append((survey.source, set(np.flatnonzero(matrix @ blocks).tolist())))
        result.append(found)
    return result


def _label(analysis: Analysis, theme: str) -> str:
    label = next(t.label for t in analysis.study.taxonomy.themes if t.id == theme)
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def _list(names: Sequence[str]) -> str:
    shown = list(names[:MAX_NAMES])
    more = len(names) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
