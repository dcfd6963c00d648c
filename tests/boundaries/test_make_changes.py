"""The tables of codes can be made again, byte for byte, and agree with files they were not made from."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from hinterland.boundaries.builtin import DATA
from hinterland.boundaries.changes import load
from hinterland.boundaries.make_changes import make_tables, write

LAST_DAY = date(2024, 12, 31)


@pytest.fixture(scope="module")
def register(reference: Path) -> pd.DataFrame:
    path = reference / "names/mysociety_uk_local_authorities_current.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    types = ["CC", "CTY", "LBO", "MD", "NMD", "UA"]
    return frame[frame["local-authority-type"].isin(types)].set_index("gss-code")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write(folder, make_tables(reference))
    return folder


@pytest.mark.parametrize("table", ["authorities.csv", "changes.csv", "former_names.csv"])
def test_the_table_that_ships_is_rebuilt_byte_for_byte(folder: Path, table: str) -> None:
    assert (folder / table).read_bytes() == (DATA / table).read_bytes()


def test_every_code_of_the_register_is_known_and_ended_when_it_says(register: pd.DataFrame) -> None:
    changes = load()
    for code, end in register["end-date"].items():
        authority = changes.authority(str(code))
        assert authority is not None, code
        if end:
            assert authority.until is not None
            said = date.fromisoformat(end)  # the register gives the last day or the day after it
            assert said in (authority.until, authority.until + timedelta(days=1)), code
        else:
            assert authority.until is None, code


def test_the_former_codes_of_the_register_were_recoded_to_what_it_has_now(register: pd.DataFrame) -> None:
    former = register.loc[register["former-gss-codes"] != "", "former-gss-codes"]
    assert len(former) == 6
    for new_code, code in former.items():
        (move,) = load().move([code], to=LAST_DAY)
        assert move.relation == "recoded"
        assert [new for new, _ in move.successors] == [new_code]


def test_the_successors_of_the_register_are_those_of_the_table_but_for_christchurch(
    register: pd.DataFrame,
) -> None:
    codes = dict(zip(register["local-authority-code"], register.index, strict=True))
    ended = register[register["replaced-by"] != ""]
    assert len(ended) == 48
    for code, replaced_by in ended["replaced-by"].items():
        authority = load().authority(str(code))
        assert authority is not None
        assert authority.until is not None
        said = {codes[short] for short in replaced_by.split(",")}
        found = set(load().successors(str(code), authority.until + timedelta(days=1)))
        if code == "E10000009":  # the register forgets Christchurch, which left Dorset for Bournemouth
            said.add("E06000058")
        assert found == said, code
