"""Real spellings of places, against answers that were worked out without this program.

The names of councils are from mySociety's list of local authorities (CC BY 4.0).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from hinterland.boundaries.builtin import load
from hinterland.boundaries.errors import PlaceError
from hinterland.boundaries.names import Gazetteer
from hinterland.boundaries.places import Place

with open(Path(__file__).with_name("golden_names.csv"), encoding="utf-8", newline="") as _file:
    GOLDEN = list(csv.DictReader(_file))


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(load())


def test_the_list_is_long_enough() -> None:
    assert len({row["text"] for row in GOLDEN}) >= 150


@pytest.mark.parametrize("row", GOLDEN, ids=[f"{row['text']}@{row['on']}" for row in GOLDEN])
def test_it_is_answered_right_or_asked_about(row: dict[str, str], gazetteer: Gazetteer) -> None:
    allowed = row["expect"].split("|")
    answer = answered(row, gazetteer)
    if isinstance(answer, PlaceError):
        assert answer.kind in allowed, str(answer)
        assert answer.remedy
    else:
        assert "area" in allowed, f"read as {answer.area} {answer.name}: {row['why']}"
        assert answer.area in row["area"].split("|"), row["why"]
        assert answer.part == (row["part"] == "part"), row["why"]


def answered(row: dict[str, str], gazetteer: Gazetteer) -> Place | PlaceError:
    try:
        return gazetteer.resolve(row["text"], pd.Timestamp(row["on"]))
    except PlaceError as error:
        return error
