"""Every row of bad boundaries that a study can hold, answered by the command line.

A folder of `fixtures/bad_boundaries` holds a study that is right, `base`, and beside it studies that
are wrong: the files of that `base`, with their own in their place. `said.txt` is all that `check` says
of one. Its number is the row's in the list of bad input that hinterland promises to answer.
`blocks/base` stands below every other `base`, and `mistakes.toml` changes a text of its study.toml.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import struct
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import geopandas as gpd
import pytest

from .conftest import Hinterland, Result

FIXTURES: Final = Path(__file__).parent / "fixtures" / "bad_boundaries"
SAID: Final = "said.txt"
FOLDERS: Final = sorted(said.parent.relative_to(FIXTURES).as_posix() for said in FIXTURES.glob(f"*/*/{SAID}"))
MISTAKES: Final = tomllib.loads((FIXTURES / "mistakes.toml").read_text(encoding="utf-8"))
WRONG: Final = ("STOPPED", "REFUSED", "ASKED")
ZONES: Final = "zones.geojson"


def study_of(folder: Path, name: str = "blocks/base") -> Path:
    """Put together the study of a fixture."""
    study = folder / "study"
    for part in ("blocks/base", f"{name.partition('/')[0]}/base", name):
        shutil.copytree(FIXTURES / part, study, dirs_exist_ok=True, ignore=shutil.ignore_patterns(SAID))
    return study


def change(study: Path, old: str, new: str) -> Path:
    """Change one text of a study.toml for another."""
    toml = study / "study.toml"
    text = toml.read_text(encoding="utf-8")
    assert text.count(old) == 1
    toml.write_text(text.replace(old, new), encoding="utf-8")
    return study


def mistaken(folder: Path, name: str) -> Path:
    """Put together the study of a mistake in the settings."""
    return change(study_of(folder), MISTAKES[name]["old"], MISTAKES[name]["new"])


def told(answer: Result) -> list[str]:
    """What is to be mended, each with its kind."""
    lines = [" ".join(line.split(maxsplit=1)) for line in (answer.out + answer.err).splitlines()]
    return [line for line in lines if line.startswith(WRONG)]


def checked(study: Path, hinterland: Hinterland) -> Result:
    """Check a study, which changes nothing; `run` says the same of one that is wrong, and changes nothing."""
    before = sorted(study.rglob("*"))
    answer = hinterland("check", study)
    faults = told(answer)
    assert (answer.code, answer.err) == (1 if faults else 0, "")
    closing = (
        rf"{len(faults)} to mend, \d+ noted\."
        if faults
        else r"0 to mend, [1-9]\d* noted\.|Nothing to report\."
    )
    assert re.fullmatch(closing, answer.out.splitlines()[-1])
    if faults:
        ran = hinterland("run", study)
        assert (ran.code, ran.out, told(ran)) == (1, "", faults)
        assert ran.err.endswith(f"{len(faults)} to mend; nothing was written.\n")
    assert sorted(study.rglob("*")) == before
    return answer


def test_every_row_of_boundaries_has_a_fixture() -> None:
    names = [folder.name for folder in FIXTURES.glob("*/*")] + list(MISTAKES)
    assert {int(name[:2]) for name in names if name[:2].isdigit()} >= {*range(45, 75)}
    silent = {folder.name for folder in FIXTURES.glob("*/*") if not (folder / SAID).exists()}
    assert silent == {"faults_in_seven_files"}


@pytest.mark.parametrize("name", FOLDERS)
def test_row(name: str, tmp_path: Path, hinterland: Hinterland) -> None:
    said = (FIXTURES / name / SAID).read_text(encoding="utf-8")
    assert checked(study_of(tmp_path, name), hinterland).out == said


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_in_the_settings(name: str, tmp_path: Path, hinterland: Hinterland) -> None:
    assert checked(mistaken(tmp_path, name), hinterland).out == MISTAKES[name]["said"]


# Formats that no text editor writes.


def zones() -> gpd.GeoDataFrame:
    """The zones of the base as a frame."""
    return gpd.read_file(FIXTURES / "blocks" / "base" / ZONES)


def from_file(tmp_path: Path, name: str, *settings: str) -> Path:
    """The base with its zones in another file, of which its study.toml says something more."""
    study = study_of(tmp_path)
    (study / ZONES).unlink()
    return change(study, f'file = "{ZONES}"', "\n".join([f'file = "{name}"', *settings]))


def test_layers_of_other_formats_are_read_like_the_geojson(tmp_path: Path, hinterland: Hinterland) -> None:
    for number, name in enumerate(("zones.gpkg", "zones.shp")):
        study = from_file(tmp_path / str(number), name)
        zones().to_file(study / name)
        assert checked(study, hinterland).out.endswith("\nNothing to report.\n")


def test_row_58_a_shapefile_without_prj_is_stopped_unless_declared(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = from_file(tmp_path, "zones.shp")
    zones().to_file(study / "zones.shp")
    (study / "zones.prj").unlink()
    assert told(checked(study, hinterland)) == [
        "STOPPED zones.shp: there is no .prj beside it, so it is unknown which coordinate reference system "
        "its numbers are in; x 432,000 to 435,000, y 345,000 to 347,000 look like metres of the National "
        'Grid → declare crs = "EPSG:27700"'
    ]
    change(study, 'file = "zones.shp"', 'file = "zones.shp"\ncrs = "EPSG:27700"')
    assert checked(study, hinterland).out.endswith("\nNothing to report.\n")


def test_row_59_a_geopackage_with_the_wrong_label_is_stopped(tmp_path: Path, hinterland: Hinterland) -> None:
    study = from_file(tmp_path, "zones.gpkg")
    zones().to_crs(4326).set_crs(27700, allow_override=True).to_file(study / "zones.gpkg")
    (fault,) = told(checked(study, hinterland))
    assert re.fullmatch(
        r"STOPPED zones\.gpkg: x -1\.52\d* to -1\.4\d*, y 53\.0\d* to 53\.0\d* look like degrees of "
        r"longitude and latitude, not EPSG:27700 \(OSGB36 / British National Grid\) "
        r"→ assign EPSG:4326 to the file, without converting its numbers",
        fault,
    )


def test_row_68_curves_and_m_values_of_a_geopackage_are_noted(tmp_path: Path, hinterland: Hinterland) -> None:
    study = from_file(tmp_path, "zones.gpkg")
    file = study / "zones.gpkg"
    zones().iloc[:0].to_file(file, layer="zones")
    corners = [
        (432_000, 345_000),
        (435_000, 345_000),
        (435_000, 346_000),
        (432_000, 346_000),
        (432_000, 345_000),
    ]
    with_m = struct.pack("<BIII", 1, 2003, 1, 5) + b"".join(struct.pack("<3d", *at, 7) for at in corners)
    # The northern zone: a half circle above the whole of its southern side.
    line = struct.pack("<BII2d2d", 1, 2, 2, 432_000, 346_000, 435_000, 346_000)
    arc = struct.pack("<BII2d2d2d", 1, 8, 3, 435_000, 346_000, 433_500, 347_500, 432_000, 346_000)
    curved = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 9, 2) + line + arc
    with sqlite3.connect(file) as base:
        for (trigger,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{trigger}"')
        for code, name, outline in (("Z1", "South", with_m), ("Z2", "North", curved)):
            blob = b"GP\0\x01" + struct.pack("<i", 27700) + outline
            base.execute("INSERT INTO zones (ZONE21CD, ZONE21NM, geom) VALUES (?, ?, ?)", [code, name, blob])
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = 2")
    base.close()
    answer = checked(study, hinterland)
    assert answer.lines("NOTED")[:2] == [
        "zones.gpkg: curves of 1 feature were made straight: "
        "a chord for every 4° of arc, so at most 0.06% of its radius off it",
        "zones.gpkg: M values of 1 feature were dropped",
    ]
    assert answer.code == 0


def test_a_geopackage_of_several_layers_is_asked_about(tmp_path: Path, hinterland: Hinterland) -> None:
    study = from_file(tmp_path, "zones.gpkg")
    for layer in ("zones", "wards"):
        zones().to_file(study / "zones.gpkg", layer=layer)
    assert told(checked(study, hinterland)) == ["ASKED zones.gpkg: it has 2 layers → name one: zones, wards"]
    change(study, 'file = "zones.gpkg"', 'file = "zones.gpkg"\nlayer = "zone"')
    assert told(checked(study, hinterland)) == [
        "ASKED zones.gpkg: 'zone': it has no layer of this name "
        "→ did you mean zones? Its layers: zones, wards"
    ]


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("zones.gpkg", cut_off, "zones.gpkg: the GeoPackage is damaged → fetch or save it again"),
        ("zones.shp", cut_off, "zones.shp: the file is shorter than it says: 372 bytes → fetch or save it"),
        (
            "zones.shp",
            lambda file: file.with_suffix(".dbf").unlink(),
            "zones.shp: beside it is missing: zones.dbf (names and codes) → copy every file of the shapefile",
        ),
        (
            "zones.gpkg",
            lambda file: file.write_text("<html></html>"),
            "zones.gpkg: its name says GeoPackage, its content is a web page or XML → rename or unpack it",
        ),
    ],
)
def test_a_damaged_layer_is_stopped(
    name: str, damage: Callable[[Path], None], reason: str, tmp_path: Path, hinterland: Hinterland
) -> None:
    study = from_file(tmp_path, name)
    zones().to_file(study / name)
    damage(study / name)
    (fault,) = told(checked(study, hinterland))
    assert fault.startswith(f"STOPPED {reason}")


# What is only noted reaches the outputs.


def rows_of(hinterland: Hinterland, table: str, study: Path, **where: str) -> list[dict[str, str]]:
    """Rows of a table by district."""
    answer = hinterland(table, study, "--by", "LAD19", "--format", "csv")
    assert answer.code == 0
    return [row for row in answer.table() if all(row[key] == value for key, value in where.items())]


def test_row_52_an_area_in_two_leps_is_in_both_and_the_total_counts_it_once(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "blocks/52_two_leps")
    asked = hinterland("coverage", study, "--by", "LEP14", "--theme", "governance", "--format", "csv")
    found = {
        row["LEP14CD"]: (row["residents"], row["residents_exclusive"], row["residents_shared"])
        for row in asked.table()
    }
    assert found == {
        "E37000008": ("2100", "1400", "700"),
        "E37000040": ("700", "0", "700"),
        "total": ("2100", "1400", "700"),
    }


def test_row_71_an_unknown_count_is_a_blank_and_never_0(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "blocks/71_unknown_count")
    dense = rows_of(hinterland, "density", study, theme="governance", allocation="whole")
    rates = {row["LAD19NM"]: (row["organisations"], row["per_1000_voluntary_groups"]) for row in dense}
    assert {name: rates[name] for name in ("Amber Valley", "Bolsover", "Derby")} == {
        "Amber Valley": ("1", "333.333333"),  # one organisation for 1 + 2 groups
        "Bolsover": ("0", ""),
        "Derby": ("0", ""),
    }


def test_row_72_where_nobody_lives_shares_and_rates_are_blank(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "blocks/72_zero")
    derby = {"LAD19NM": "Derby", "theme": "funding advice"}
    (dense,) = rows_of(hinterland, "density", study, **derby, allocation="whole")
    assert (dense["residents"], dense["organisations"], dense["per_100k_residents"]) == ("0", "1", "")
    (reached,) = rows_of(hinterland, "coverage", study, **derby)
    assert (reached["coverage_low"], reached["coverage_high"], reached["land_low"]) == ("", "", "1")


def test_row_72_a_study_where_nobody_lives_at_all_is_published(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "blocks/72_zero_everywhere")
    assert hinterland("run", study).code == 0
    assert (study / "output" / "map.html").exists()
    rates = {row["per_100k_residents"] for row in rows_of(hinterland, "density", study)}
    assert rates == {""}


def test_row_74_residents_of_another_year_are_said_on_every_output(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = mistaken(tmp_path, "74_residents_of_another_year")
    ran = hinterland("run", study)
    both = "Residents are of 2019, the boundaries of the LSOAs of 2011."
    assert ran.code == 0
    assert both in ran.out.splitlines()
    assert both in (study / "output" / "map.html").read_text(encoding="utf-8")
    described = sorted((study / "output" / "tables").glob("*-metadata.json"))
    assert len(described) == 19
    for path in described:
        assert both in json.loads(path.read_text(encoding="utf-8"))["rdfs:comment"]
    assert {row["residents_year"] for row in rows_of(hinterland, "coverage", study)} == {"2019"}
    assert both in hinterland("boundaries", "show", "LAD19", "--study", study).out.splitlines()


def test_of_points_it_is_said_that_land_is_not_measured(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "points/base")
    listed = hinterland("boundaries", "show", "LAD19", "--study", study)
    assert "Blocks are known by their centroids alone: land is not measured" in listed.out
    assert {row["area_km2"] for row in rows_of(hinterland, "density", study)} == {""}


def test_row_74_residents_of_another_year_are_said_under_a_single_table(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    asked = hinterland("coverage", mistaken(tmp_path, "74_residents_of_another_year"), "--by", "LAD19")
    assert asked.code == 0
    assert "Residents are of 2019, the boundaries of the LSOAs of 2011." in asked.out.splitlines()


def test_row_72_what_was_not_surveyed_is_blank_where_nobody_lives(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "blocks/72_zero")
    rows = rows_of(hinterland, "density", study, theme="homelessness", allocation="whole")
    assert {row["organisations"] for row in rows} == {""}


def test_faults_in_seven_files_are_told_in_one_go(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "blocks/faults_in_seven_files")
    assert [fault.partition(": ")[0] for fault in told(checked(study, hinterland))] == [
        "REFUSED residents.csv, row 4, column residents",
        "REFUSED groups.csv, row 5, column groups",
        "REFUSED zones.geojson, feature 2",
        "REFUSED districts.csv, row 3, column LAD19NM",
        "ASKED study.toml, line 53, key Country",
        "REFUSED services.csv, row 2, column first_seen",
        "ASKED scope.csv, row 2, column from",
    ]


def test_the_end_of_a_survey_that_is_no_day_is_told_of_the_end(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path)
    scope = study / "scope.csv"
    scope.write_text(scope.read_text(encoding="utf-8").replace("2019-12", "soon"), encoding="utf-8")
    (fault,) = told(hinterland("check", study))
    assert fault.startswith("ASKED scope.csv, row 2, column to: 'soon': ")
