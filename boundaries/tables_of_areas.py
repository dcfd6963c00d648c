"""What is known of layers, areas and names, as tables to be read or piped on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from .atlas import NO_AREA, Atlas, Geography
from .errors import PlaceError
from .layers import Layer
from .names import Gazetteer
from .store import Store


def layer_table(layers: Mapping[str, Layer], store: Store) -> pd.DataFrame:
    """List the layers that can be downloaded, and what is kept of each.

    Parameters
    ----------
    layers
        By id.
    store
        Where copies are kept.

    Returns
    -------
    pandas.DataFrame
        Columns `layer`, `label`, `kind`, `vintage`, `expected` (rows; missing where not known),
        `kept` (rows of the newest copy), `kept_of` (its day) and `sha256`.
    """
    rows = []
    for layer in layers.values():
        kept = next((copy for copy in store.copies(layer.id) if copy.url == layer.url), None)
        rows.append(
            {
                "layer": layer.id,
                "label": layer.label,
                "kind": layer.kind,
                "vintage": layer.vintage,
                "expected": np.nan if layer.expected is None else layer.expected,
                "kept": np.nan if kept is None else kept.count,
                "kept_of": "" if kept is None else kept.when.date().isoformat(),
                "sha256": "" if kept is None else kept.sha256,
            }
        )
    return pd.DataFrame(rows)


def geography_table(atlas: Atlas) -> pd.DataFrame:
    """List the geographies of an atlas.

    Parameters
    ----------
    atlas
        Whose they are.

    Returns
    -------
    pandas.DataFrame
        Columns `geography`, `label`, `level`, `areas` (how many), `residents` (in any of them, each
        counted once), `overlap` (`yes` where areas share blocks) and `source`.
    """
    rows = [
        {
            "geography": geography.id,
            "label": geography.label,
            "level": geography.level,
            "areas": len(geography.names),
            "residents": atlas.residents[geography.times_held > 0].sum(),
            "overlap": "yes" if geography.overlapping else "no",
            "source": geography.source,
        }
        for geography in atlas.geographies.values()
    ]
    return pd.DataFrame(rows)


def area_table(atlas: Atlas, geography: Geography) -> pd.DataFrame:
    """List the areas of a geography.

    Parameters
    ----------
    atlas
        Where its blocks come from.
    geography
        One of the atlas.

    Returns
    -------
    pandas.DataFrame
        Columns such as `LAD19CD` and `LAD19NM`, then `blocks`, `residents`, `residents_shared` (that
        another area of the geography holds too), `area_km2`, `extent` (`part` where it reaches beyond
        the blocks of the atlas) and `ended` (its last day); then the ids of further counts. A row
        `no area` closes the total where any land is in none, and `total` counts everybody once.
    """
    held = geography.membership.astype(np.float64)
    people, land = atlas.residents, atlas.area_km2
    times = geography.times_held
    last = [atlas.ended.get(f"{geography.id}:{code}") for code in geography.names.index]
    table = pd.DataFrame(
        {
            geography.code_column: geography.names.index,
            geography.name_column: geography.names.to_numpy(),
            "blocks": held.sum(axis=1).astype(int),
            "residents": held @ people,
            "residents_shared": held @ (people * (times > 1)),
            "area_km2": held @ land,
            "extent": np.where(geography.names.index.isin(list(geography.beyond)), "part", "whole"),
            "ended": [day.date().isoformat() if day is not None else "" for day in last],
            **{count: held @ atlas.blocks[count].to_numpy(dtype=float) for count in atlas.counts},
        }
    )
    for code, inside in ((NO_AREA, times == 0), ("total", np.ones(len(times), dtype=bool))):
        if inside.any():
            sums = {count: atlas.blocks.loc[inside, count].sum(skipna=False) for count in atlas.counts}
            shared = people[inside & (times > 1)].sum()
            figures = [int(inside.sum()), people[inside].sum(), shared, land[inside].sum(), "whole", ""]
            table.loc[len(table)] = [code, "", *figures, *sums.values()]
    return table


def name_table(gazetteer: Gazetteer, texts: Iterable[str], on: pd.Timestamp | None) -> pd.DataFrame:
    """Read names and codes, and say what each stands for or what has to be asked.

    Parameters
    ----------
    gazetteer
        What they are read with.
    texts
        Each as a register may write it: one area, or several separated by `;`.
    on
        The day that is spoken of.

    Returns
    -------
    pandas.DataFrame
        Columns `text`, `answer` (`area`, `part`, `asked` or `refused`), `code`, `name`, `geography`
        and `note`: how it was read, or why not and what to write instead.
    """
    rows = []
    for text in texts:
        places, problems = gazetteer.resolve_list(text, on)
        for place in places:
            geography, _, code = place.area.partition(":")
            rows.append(
                [place.text, "part" if place.part else "area", code, place.name, geography, place.note]
            )
        rows += [_asked(problem, text) for problem in problems]
        if not places and not problems:
            rows.append([text, "asked", "", "", "", "it is blank → write a name or a code"])
    return pd.DataFrame(rows, columns=["text", "answer", "code", "name", "geography", "note"])


def _asked(problem: PlaceError, text: str) -> list[str]:
    return [problem.text or text, problem.kind, "", "", "", f"{problem.reason} → {problem.remedy}"]
