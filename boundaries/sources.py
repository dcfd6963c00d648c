"""The one door to tables and layers: the user's files, and layers of the Open Geography Portal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import geopandas as gpd
import pandas as pd

from .description import Origin
from .errors import Fault
from .layers import Layer, read_layers
from .ons import fetch, read_copy
from .spelling import match_key, near
from .store import Copy, Store
from .tables import read_table
from .vector_files import read_vector

GENERALISATION: Final = re.compile(r"(?<![a-z])(bfc|bfe|bgc|bsc|buc)(?![a-z])", re.IGNORECASE)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Sources:
    """Reads what a study's boundaries are made of.

    Parameters
    ----------
    offline
        Whether downloaded layers are taken from the cache alone.
    progress
        Told what is being read, in a few words.

    Attributes
    ----------
    used
        Which layers were downloaded, and when: to be printed with the figures.
    attribution
        What their licences ask to be printed.
    """

    offline: bool = False
    progress: Progress = lambda _: None
    layers: dict[str, Layer] = field(default_factory=read_layers)
    used: list[str] = field(default_factory=list)
    attribution: list[str] = field(default_factory=list)

    def table(
        self, origin: Origin, columns: Sequence[str], optional: Sequence[str], faults: list[Fault]
    ) -> pd.DataFrame | None:
        """Read some columns of a table, every cell as text.

        Parameters
        ----------
        origin
            A CSV file, or a layer.
        columns, optional
            Which columns; upper and lower case make no difference.
        faults
            What is wrong is added to it.

        Returns
        -------
        pandas.DataFrame or None
            Index `row`: where it stands in the file (the header is row 1). None where it cannot
            be used.
        """
        if origin.file is None:
            frame = self._layer(origin, faults)
            return None if frame is None else _columns(frame, origin, columns, optional, faults)
        self.progress(f"reading {origin.name}")
        found = read_table(origin.file, required=columns, optional=optional, others="ignored", faults=faults)
        if found is None:
            return None
        rows = {row.number: row.cells for row in found.rows}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(found.columns), dtype=str)
        return frame.rename_axis("row")

    def outlines(
        self, origin: Origin, faults: list[Fault], *, repair: bool = False
    ) -> gpd.GeoDataFrame | None:
        """Read a layer of outlines or points.

        Parameters
        ----------
        origin
            A file, or a layer.
        faults
            What is wrong is added to it.
        repair
            Whether rings that are not closed are closed, and reported.

        Returns
        -------
        geopandas.GeoDataFrame or None
            In EPSG:27700. Index: the number of the feature, from 1. None where it cannot be used.
        """
        if origin.file is None:
            frame = self._layer(origin, faults)
            if frame is not None and not isinstance(frame, gpd.GeoDataFrame):
                reason, remedy = "this layer is a table without outlines", "choose a layer of outlines"
                faults.append(Fault(kind="stopped", file=origin.name, reason=reason, remedy=remedy))
                return None
            return None if frame is None else frame.set_axis(pd.RangeIndex(1, len(frame) + 1))
        self.progress(f"reading {origin.name}")
        return read_vector(origin.file, layer=origin.layer, crs=origin.crs, repair=repair, faults=faults)

    def generalisation(self, origin: Origin) -> str:
        """How far outlines are generalised, BFC to BUC: as the layer, or its name, says; may be empty."""
        if origin.ons in self.layers:
            return self.layers[origin.ons].generalisation
        found = GENERALISATION.search(origin.name)
        return found[1].upper() if found else ""

    def _layer(self, origin: Origin, faults: list[Fault]) -> pd.DataFrame | None:
        layer = self.layers.get(origin.ons)
        if layer is None:
            nearest = near(origin.ons, self.layers)
            remedy = f"did you mean {' or '.join(nearest)}? " if nearest else ""
            remedy += "hinterland boundaries list shows them all"
            reason = "no layer of the Open Geography Portal has this id"
            faults.append(
                Fault(
                    kind="asked",
                    file="study.toml",
                    column="ons",
                    value=origin.ons,
                    reason=reason,
                    remedy=remedy,
                )
            )
            return None
        copy = self.copy(layer, pinned=origin.sha256)
        self.used.append(f"{layer.label}: {copy.note or copy.of_date}.")
        if layer.attribution not in self.attribution:
            self.attribution.append(layer.attribution)
        return read_copy(copy, layer)

    def copy(self, layer: Layer, *, pinned: str = "") -> Copy:
        """Give the newest copy of a layer that is kept; download it where none is."""
        store = Store()
        kept = store.newest(layer.id, url=layer.url, sha256=pinned)
        if kept is not None:
            return kept

        def tell(received: int, promised: int) -> None:
            self.progress(f"downloading {layer.id}: {received:,} of {promised:,} rows")

        self.progress(f"downloading {layer.id}")
        return fetch(layer, store, offline=self.offline, pinned=pinned, progress=tell)


def _columns(
    frame: pd.DataFrame, origin: Origin, columns: Sequence[str], optional: Sequence[str], faults: list[Fault]
) -> pd.DataFrame | None:
    report = partial(Fault, kind="asked", file=origin.name)
    known = {match_key(column): column for column in frame.columns}
    missing = [column for column in columns if match_key(column) not in known]
    for column in missing:
        nearest = near(column, frame.columns, 1)
        remedy = f"is it {nearest[0]}? " if nearest else ""
        remedy += f"The layer has: {', '.join(frame.columns)}"
        faults.append(report(column=column, reason="this column is missing", remedy=remedy))
    if missing:
        return None
    taken = {
        column: known[match_key(column)] for column in (*columns, *optional) if match_key(column) in known
    }
    texts = {column: frame[name].astype("string").fillna("").astype(str) for column, name in taken.items()}
    return pd.DataFrame(texts).set_axis(range(2, len(frame) + 2)).rename_axis("row")
