"""The one door to tables and layers: the user's files, and layers of the Open Geography Portal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from .description import Origin
from .errors import Fault, HinterlandError
from .layers import Layer, read_layers
from .ons import fetch, read_copy
from .spelling import match_key, near
from .store import Copy, Store
from .tables import read_table
from .vector_files import read_vector

GENERALISATION: Final = re.compile(r"(?<![a-z])(bfc|bfe|bgc|bsc|buc)(?![a-z])", re.IGNORECASE)

WHOLE_BELOW: Final = 2.0**53  # above it, not every whole number is told apart

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
            In the order asked for. Index `row`: where it stands in the file (the header is
            row 1). None where it cannot be used.
        """
        if origin.file is None:
            frame = self._layer(origin, faults)
            if frame is None:
                return None
            known = {match_key(column) for column in frame.columns}
            given = [column for column in optional if match_key(column) in known]
            return as_texts(frame, [*columns, *given], origin.name, faults)
        self.progress(f"reading {origin.name}")
        found = read_table(origin.file, required=columns, optional=optional, others="ignored", faults=faults)
        if found is None:
            return None
        taken = [column for column in dict.fromkeys((*columns, *optional)) if column in found.columns]
        texts = {column: [row.cells[column] for row in found.rows] for column in taken}
        numbers = pd.Index([row.number for row in found.rows], name="row", dtype="int64")
        return pd.DataFrame(texts, index=numbers, dtype=object)

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
            return frame
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
        try:
            copy = self.copy(layer, pinned=origin.sha256)
            frame = read_copy(copy, layer)
        except HinterlandError as error:
            faults.append(Fault(kind="stopped", file=origin.name, reason=str(error)))
            return None
        used = f"{layer.label}: {copy.note or copy.of_date}."
        if used not in self.used:
            self.used.append(used)
        if layer.attribution not in self.attribution:
            self.attribution.append(layer.attribution)
        return frame.set_axis(pd.RangeIndex(1, len(frame) + 1))

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


def as_texts(
    frame: pd.DataFrame, columns: Sequence[str], file: str, faults: list[Fault]
) -> pd.DataFrame | None:
    """Take some columns of a layer, every cell as text.

    Parameters
    ----------
    frame
        As read. Index: the number of the feature, from 1.
    columns
        Which; case, spaces, hyphens and underscores make no difference.
    file
        What a missing column is reported of.
    faults
        What is wrong is added to it.

    Returns
    -------
    pandas.DataFrame or None
        The columns by the names given, on the same index; whole numbers without a decimal point,
        and nothing as an empty text. None where a column is missing.

    Examples
    --------
    >>> layer = pd.DataFrame({"Rank": [2.0, None], "Km": [0.5, 1]})
    >>> as_texts(layer, ["rank", "km"], "a.gpkg", []).values.tolist()
    [['2', '0.5'], ['', '1.0']]
    """
    titles = [str(title) for title in frame.columns if title != "geometry"]
    taken: dict[str, str] = {}
    for column in dict.fromkeys(columns):
        alike = [title for title in titles if match_key(title) == match_key(column)]
        if column in alike or len(alike) == 1:
            taken[column] = column if column in alike else alike[0]
            continue
        if alike:
            reason, remedy = "several columns have this name", f"write it just so: {', '.join(alike)}"
        else:
            nearest = near(column, titles, 1)
            reason, remedy = "this column is missing", f"is it {nearest[0]}? " if nearest else ""
            remedy += f"The layer has: {', '.join(titles)}"
        faults.append(Fault(kind="asked", file=file, column=column, reason=reason, remedy=remedy))
    if len(taken) < len(set(columns)):
        return None
    return pd.DataFrame({column: _spelt(frame[title]) for column, title in taken.items()}, index=frame.index)


def _spelt(values: pd.Series[Any]) -> pd.Series[str]:
    if pd.api.types.is_float_dtype(values):
        known = values.dropna()
        if (known == known.round()).all() and (known.abs() < WHOLE_BELOW).all():
            values = values.astype("Int64")
    return values.astype("string").fillna("").astype(object)
