"""In which areas of the other geographies each area lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import sparse

from ..coverage.answer import Answer

SLIVER: Final = 0.01
"""Where no area holds another whole, those are named that hold at least this share of its residents."""


def lies_in(answers: Sequence[Answer], position: int) -> list[list[list[int]]]:
    """List for each area of a geography the areas of the others that hold it, or some of it.

    Parameters
    ----------
    answers
        One for each geography, of the same blocks.
    position
        Of the geography whose areas are asked about.

    Returns
    -------
    list of list of list of int
        For each area `[geography, area, 1 or 0]`: places, and whether it lies there whole. Areas that
        lie in it themselves are left out.
    """
    areas = answers[position].analysis.areas
    here = sparse.csr_array(areas.matrix[: areas.area_count])
    people = answers[position].analysis.study.atlas.residents
    blocks = np.asarray(here.sum(axis=1)).ravel()
    residents = here @ people
    found: list[list[list[int]]] = [[] for _ in range(areas.area_count)]
    for other, answer in enumerate(answers):
        if other == position:
            continue
        theirs = sparse.csr_array(answer.analysis.areas.matrix[: answer.analysis.areas.area_count])
        size = np.asarray(theirs.sum(axis=1)).ravel()
        both = sparse.coo_array(here @ theirs.T)
        shared = sparse.csr_array(sparse.csr_array(here * people) @ theirs.T)
        holders: list[list[tuple[int, bool]]] = [[] for _ in range(areas.area_count)]
        for area, holder, count in zip(*both.coords, both.data, strict=True):
            if count == blocks[area]:
                holders[area].append((int(holder), True))
            elif count < size[holder] and shared[area, holder] >= SLIVER * residents[area]:
                holders[area].append((int(holder), False))
        for area, listed in enumerate(holders):
            whole = any(entire for _, entire in listed)
            found[area] += [
                [other, holder, int(entire)] for holder, entire in sorted(listed) if entire or not whole
            ]
    return found
