"""What a tally of blocks amounts to in areas; and the same once some organisations go and others come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import sparse

from .areas import Values
from .footprints import Ints
from .incidence import Incidence
from .spans import Spans, part_meetings, spans_of, whole_meetings
from .tallies import FIGURES, Revision, Tally

DECIMALS: Final = 6
"""Of the sums: a millionth of a person, so that nothing is left where all that was added is taken away."""


@dataclass(frozen=True)
class AreaTally:
    """Who serves the areas of one geography, and how many residents.

    Attributes
    ----------
    residents
        Blocks by rank × areas: persons who live in the block, where the area holds it. Areas may overlap.
    spans
        The areas along the order of the blocks.
    organisations
        Themes × areas: organisations that serve any of the area, as they count.
    sums
        One of `tallies.FIGURES` → themes × areas: its sum over the residents. Of shares that is residents
        covered, and of organisations those that serve each resident, added up.
    """

    residents: sparse.csr_array
    spans: Spans
    organisations: Ints
    sums: Mapping[str, Values]

    def revised(self, revision: Revision) -> AreaTally:
        """The same after a revision, of which only what differs is summed.

        Parameters
        ----------
        revision
            Of the tally that this one was made from.
        """
        changes = (
            (revision.changes @ self.residents).toarray().reshape(len(FIGURES), *self.organisations.shape)
        )
        sums = {
            name: (self.sums[name] + change).round(DECIMALS)
            for name, change in zip(FIGURES, changes, strict=True)
        }
        organisations = self.organisations - _organisations(
            revision.before.incidence, self.spans, revision.gone
        )
        organisations += _organisations(revision.after.incidence, self.spans, revision.come)
        return replace(self, organisations=organisations, sums=sums)


def area_tally(tally: Tally, rows: sparse.csr_array, residents: Values) -> AreaTally:
    """Count organisations and residents area by area.

    Parameters
    ----------
    tally
        Of the blocks.
    rows
        Areas × blocks, 1 where the area holds the block.
    residents
        Of each block, persons.
    """
    incidence, index = tally.incidence, tally.incidence.pieces.index
    held = sparse.csr_array((rows @ sparse.diags_array(residents))[:, index.order].T)
    spans = spans_of(rows, index.rank)
    organisations = _organisations(incidence, spans, np.arange(len(incidence.pairs)))
    everywhere = np.arange(len(incidence.themes))[:, None], np.arange(len(residents))
    figures = zip(FIGURES, tally.figures(*everywhere), strict=True)
    sums = {name: np.asarray(values @ held).round(DECIMALS) for name, values in figures}
    return AreaTally(held, spans, organisations, sums)


def _organisations(incidence: Incidence, spans: Spans, pairs: Ints) -> Ints:
    """Themes × areas: how many of the pairs serve any of it, as they count."""
    used, which = np.unique(incidence.counted[pairs], return_inverse=True)
    shape = len(incidence.themes), len(used)
    times = np.bincount(incidence.theme[pairs] * shape[1] + which, minlength=shape[0] * shape[1])
    some = incidence.footprints.take(used)
    whole, (partly, _) = whole_meetings(some, spans), part_meetings(some, spans)
    met = [each.footprint * spans.count + each.area for each in (whole, partly)]
    footprint, area = np.divmod(np.unique(np.concatenate(met)), spans.count)
    touched = sparse.csr_array(
        (np.ones(len(area), dtype=np.int64), (footprint, area)), shape=(len(used), spans.count)
    )
    return np.asarray(times.reshape(shape) @ touched, dtype=np.int64)
