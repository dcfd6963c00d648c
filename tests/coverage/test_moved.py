"""A register in the names of 2007 and the codes of 2009 to 2019, on the districts of 2024."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hinterland.boundaries.builtin import load

from ..conftest import Hinterland

SEVEN = {
    "Corby": "E06000061",
    "E07000151": "E06000062",  # Daventry
    "East Northamptonshire District Council": "E06000061",
    "Kettering Borough": "E06000061",
    "E07000154": "E06000062",  # Northampton
    "South Northamptonshire": "E06000062",
    "Wellingborough": "E06000061",
}
OLD = ["Suffolk Coastal", "E07000206", "E07000100", "Shepway", "Bournemouth; Poole; Christchurch"]

STUDY = """
[study]
title = "Old names"
snapshot = "2006-06/2007-07"
area = ["England"]
geographies = ["LAD24", "LAD19"]

[tables]
scope = "scope.csv"
"""


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moved")
    areas = [name.removesuffix(" Borough") for name in SEVEN] + OLD
    organisations = ["organisation_id,name,remit"]
    services = ["organisation_id,theme,areas,area_evidence,theme_evidence"]
    for i, area in enumerate(areas):
        organisations.append(f"o{i},Voluntary Action {i},district")
        services.append(f"o{i},governance,{area},stated,stated")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "organisations.csv").write_text("\n".join(organisations), encoding="utf-8")
    (folder / "services.csv").write_text("\n".join(services), encoding="utf-8")
    scope = "source,themes,areas,from,to\nAll of it,governance,England,2006-06,2007-07\n"
    (folder / "scope.csv").write_text(scope, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def output(study: Path) -> Path:
    """What `hinterland run` writes, in a process of its own."""
    command = [sys.executable, "-m", "hinterland", "run", str(study)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return study / "output"


def test_it_runs_and_the_audit_says_what_moved(output: Path) -> None:
    audit = {row["code"]: row for row in rows(output / "tables" / "moved_LAD24.csv")}
    relations = {code: (row["relation"], row["new_code"], row["ended"]) for code, row in audit.items()}
    assert relations["E07000150"] == ("merged", "E06000061", "2021-03-31")
    assert relations["E07000154"] == ("merged", "E06000062", "2021-03-31")
    assert relations["E07000205"] == ("merged", "E07000244", "2019-03-31")
    assert relations["E07000206"] == ("merged", "E07000244", "2019-03-31")
    assert relations["E07000100"] == ("recoded", "E07000240", "2012-03-31")
    assert relations["E07000112"] == ("unchanged", "E07000112", "")
    assert relations["E06000028"] == ("merged", "E06000058", "2019-03-31")
    assert audit["E07000150"]["services"] == "1"


def test_the_seven_districts_of_northamptonshire_arrive_in_two_unitaries_and_residents_add_up(
    output: Path,
) -> None:
    audit = rows(output / "tables" / "moved_LAD24.csv")
    seven = [row for row in audit if row["new_code"] in ("E06000061", "E06000062")]
    assert len(seven) == 7
    new = {row["new_code"]: int(row["residents_new"]) for row in seven}
    for code, people in new.items():
        assert sum(int(row["residents"]) for row in seven if row["new_code"] == code) == people
    atlas = load()
    county = atlas.residents[atlas.geographies["CTY19"].blocks_of("E10000021")].sum()
    assert sum(new.values()) == county == 753_278
    covered = rows(output / "tables" / "coverage_LAD24.csv")
    shares = {row["LAD24CD"]: row["coverage_low"] for row in covered if row["theme"] == "governance"}
    assert (shares["E06000061"], shares["E06000062"]) == ("1", "1")


def test_all_that_merged_is_the_whole_and_some_of_it_a_part(study: Path, hinterland: Hinterland) -> None:
    found = hinterland("coverage", study, "--by", "LAD19", "--theme", "governance", "--format", "csv").table()
    low = {row["LAD19CD"]: row["coverage_low"] for row in found}
    high = {row["LAD19CD"]: row["coverage_high"] for row in found}
    assert (low["E06000058"], high["E06000058"]) == ("1", "1")  # all three of its districts are named
    assert (low["E07000244"], high["E07000244"]) == ("0", "1")  # one of its districts, twice


def test_where_nothing_moved_there_is_no_audit(study: Path, tmp_path: Path, hinterland: Hinterland) -> None:
    unmoved = shutil.copytree(study, tmp_path / "unmoved", ignore=shutil.ignore_patterns("output"))
    toml = (unmoved / "study.toml").read_text(encoding="utf-8").replace('"LAD24", ', "")
    toml = toml.replace('area = ["England"]', 'area = ["Northamptonshire"]')
    (unmoved / "study.toml").write_text(toml, encoding="utf-8")
    lines = (unmoved / "services.csv").read_text(encoding="utf-8").splitlines()
    (unmoved / "services.csv").write_text("\n".join(lines[:2]), encoding="utf-8")
    assert hinterland("run", unmoved).code == 0
    assert (unmoved / "output" / "tables" / "coverage_LAD19.csv").is_file()
    assert not list((unmoved / "output" / "tables").glob("moved*"))


class TestMoveCommand:
    """`hinterland boundaries move`: a table of results."""

    def test_counts_of_districts_that_merged_are_added_up(
        self, tmp_path: Path, hinterland: Hinterland
    ) -> None:
        table = tmp_path / "groups.csv"
        table.write_text(
            'LAD19CD,groups\nE07000150,"1,200"\ne07000152,30\nE07000153,4\nE07000156,5\nE07000175,7\n',
            encoding="utf-8",
        )
        answer = hinterland("boundaries", "move", table, "--to", "LAD24", "--sum", "groups")
        assert answer.code == 0
        assert answer.table() == [
            {
                "LAD24CD": "E06000061",
                "LAD24NM": "North Northamptonshire",
                "extent": "whole",
                "groups": "1239",
            },
            {
                "LAD24CD": "E07000175",
                "LAD24NM": "Newark and Sherwood",
                "extent": "whole",
                "groups": "7",
            },
        ]
        assert answer.err.splitlines()[-1] == "4 merged, 1 unchanged"

    def test_what_cannot_be_carried_keeps_its_row_and_is_told(
        self, tmp_path: Path, hinterland: Hinterland
    ) -> None:
        table, audit = tmp_path / "groups.csv", tmp_path / "audit.csv"
        table.write_text(
            "area,CTYCD,n\nNorthants,E10000021,1\nLeics,E10000018,2\n?,E99999999,3\n", encoding="utf-8"
        )
        answer = hinterland("boundaries", "move", table, "--to", "LAD24", "--audit", audit)
        assert answer.code == 1
        assert [row["LAD24CD"] for row in answer.table()] == ["", "E10000018", ""]
        assert [row["n"] for row in answer.table()] == ["1", "2", "3"]
        assert [row["relation"] for row in rows(audit)] == ["split", "unchanged", "unknown"]

    def test_a_column_that_is_not_clear_is_asked_about(self, tmp_path: Path, hinterland: Hinterland) -> None:
        table = tmp_path / "groups.csv"
        table.write_text("LAD19CD,LAD21CD\nE07000150,E06000061\n", encoding="utf-8")
        answer = hinterland("boundaries", "move", table, "--to", "LAD24")
        assert answer.code == 1
        assert "which column holds the codes is not clear → name one of LAD19CD, LAD21CD" in answer.err
        answer = hinterland("boundaries", "move", table, "--to", "NEXT")
        assert "this names no year to carry codes to → write LAD24" in answer.err
