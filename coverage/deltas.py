"""Rows of a register that go and rows that come, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from .register import Register


@dataclass(frozen=True)
class Exchange:
    """Rows of a table that go, and rows that come.

    Attributes
    ----------
    gone
        Positions in the table as it was, rising.
    come
        The rows. Index: their positions in the table as it is then.
    """

    gone: tuple[int, ...]
    come: pd.DataFrame

    def __call__(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table that stands then. Index: 0 … n-1."""
        kept = table.drop(index=list(self.gone))
        places = np.arange(len(kept) + len(self.come))
        kept.index = pd.Index(np.setdiff1d(places, self.come.index, assume_unique=True))
        if not len(self.come):
            return kept
        return pd.concat([kept, self.come]).sort_index() if len(kept) else self.come.copy()

    def inverse(self, table: pd.DataFrame) -> Exchange:
        """What leads back to a table from the one that this makes of it."""
        return Exchange(tuple(map(int, self.come.index)), table.loc[list(self.gone)])


@dataclass(frozen=True)
class Delta:
    """What a scenario changes in a register.

    Attributes
    ----------
    organisations, services
        Rows that go and come; of the organisations with their ids as a column.
    """

    organisations: Exchange
    services: Exchange

    def __call__(self, register: Register) -> Register:
        """The register that stands then."""
        bodies = self.organisations(register.organisations.reset_index())
        return replace(
            register,
            organisations=bodies.set_index("organisation_id"),
            services=self.services(register.services),
        )

    def bodies(self, register: Register) -> set[str]:
        """Every organisation of which anything differs."""
        changed = [self.organisations.come, self.services.come]
        changed += [register.organisations.reset_index().loc[list(self.organisations.gone)]]
        changed += [register.services.loc[list(self.services.gone)]]
        return {str(name) for table in changed for name in table["organisation_id"]}

    def inverse(self, register: Register) -> Delta:
        """What leads back to a register from the one that this makes of it."""
        return Delta(
            self.organisations.inverse(register.organisations.reset_index()),
            self.services.inverse(register.services),
        )


def exchange_of(table: pd.DataFrame, gone: Collection[int], come: Sequence[Mapping[str, Any]]) -> Exchange:
    """Rows that go, and rows that come after those that stay.

    Parameters
    ----------
    table
        The table as it was. Index: 0 … n-1.
    gone
        Positions in it.
    come
        Rows with its columns.
    """
    first = len(table) - len(gone)
    index = pd.RangeIndex(first, first + len(come))
    frame = pd.DataFrame(list(come), columns=table.columns, index=index).astype(table.dtypes.to_dict())
    return Exchange(tuple(sorted(gone)), frame)
