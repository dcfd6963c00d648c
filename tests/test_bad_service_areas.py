"""Every row of bad points, polygons and radii, answered by the command line; and faults of their settings.

A folder of `fixtures/bad_service_areas` holds what is wrong: its files stand in place of those of `base`
there, and those in place of the files of `bad_boundaries/blocks/base`. `said.txt` is all that `check`
says. Its number is the row's in the list of bad input that hinterland promises to answer.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

import geopandas as gpd
import pytest

from .conftest import Hinterland, Result

FIXTURES: Final = Path(__file__).parent / "fixtures"
CASES: Final = FIXTURES / "bad_service_areas"
SAID: Final = "said.txt"
NAMES: Final = sorted(folder.name for folder in CASES.iterdir())
WRONG: Final = ("STOPPED", "REFUSED", "ASKED")


def study_of(folder: Path, name: str = "base") -> Path:
    """Put together the study of a fixture."""
    study = folder / "study"
    for part in (FIXTURES / "bad_boundaries" / "blocks" / "base", CASES / "base", CASES / name):
        shutil.copytree(part, study, dirs_exist_ok=True, ignore=shutil.ignore_patterns(SAID))
    return study


def change(study: Path, file: str, old: str, new: str) -> Path:
    """Change one text of a file for another."""
    text = (study / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (study / file).write_text(text.replace(old, new), encoding="utf-8")
    return study


def told(answer: Result) -> list[str]:
    """What is to be mended, each with its kind."""
    lines = [" ".join(line.split(maxsplit=1)) for line in (answer.out + answer.err).splitlines()]
    return [line for line in lines if line.startswith(WRONG)]


def test_every_row_of_service_areas_has_a_fixture() -> None:
    assert {int(name[:2]) for name in NAMES if name[:2].isdigit()} >= {*range(55, 69), 77}


@pytest.mark.parametrize("name", NAMES)
def test_row(name: str, tmp_path: Path, hinterland: Hinterland) -> None:
    answer = hinterland("check", study_of(tmp_path, name))
    assert answer.out == (CASES / name / SAID).read_text(encoding="utf-8")
    assert (answer.code, answer.err) == (1 if told(answer) else 0, "")


@pytest.mark.parametrize("contact", ["ask" + "@" + "hall.example", "0115 " + "496 0000"])
def test_row_88_an_id_that_reads_like_a_contact_is_refused(
    tmp_path: Path, hinterland: Hinterland, contact: str
) -> None:
    study = change(study_of(tmp_path), "sites.csv", "Hall,", f"{contact},")
    assert (
        f"REFUSED sites.csv, row 3, column site: {contact!r}: it reads like a telephone number or an e-mail "
        "address → choose another id: contacts are never published"
    ) in told(hinterland("check", study))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "name"\nwkt = "wkt"', 'id = "WKT"\nwkt = "wkt"', "'wkt': id and wkt are one column"),
        (
            'file = "drawn.geojson"',
            'file = "drawn.geojson"\nlayer = "q"',
            "'q': only a GeoPackage has layers",
        ),
        (
            'x = "easting"\ny = "northing"\ncrs = "EPSG:27700"\n\n[[service_areas.catchments]]',
            'x = "easting"\ny = "Easting"\ncrs = "EPSG:27700"\n\n[[service_areas.catchments]]',
            "'Easting': x and y are one column",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_told(
    tmp_path: Path, hinterland: Hinterland, old: str, new: str, said: str
) -> None:
    answer = hinterland("check", change(study_of(tmp_path), "study.toml", old, new))
    assert (answer.code, len(told(answer))) == (1, 1)
    assert said in told(answer)[0]


def test_what_is_wrong_stops_a_run(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path, "faults_in_several_files")
    before = sorted(study.rglob("*"))
    ran = hinterland("run", study)
    assert (ran.code, ran.out, told(ran)) == (1, "", told(hinterland("check", study)))
    assert sorted(study.rglob("*")) == before


def test_a_shape_that_was_refused_is_not_said_to_be_unknown(tmp_path: Path, hinterland: Hinterland) -> None:
    study = change(study_of(tmp_path), "sites.csv", "800 m", "800")
    change(study, "drawn.geojson", '"Parishes"', '" "')
    change(study, "times.csv", "Depot,E01019401,4\nDepot,E01019402,12.5\n", "Depot,E01019401,\n")
    change(study, "times.csv", "Depot,E01019403,40", "Other,E01019403,40")
    faults = told(hinterland("check", study))
    assert [fault.split(",")[0] for fault in faults] == [
        "REFUSED sites.csv",
        "REFUSED drawn.geojson",
        "REFUSED times.csv",
    ]


def test_twenty_rows_are_told_and_the_others_counted(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path)
    with (study / "sites.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"site {i},433500,345500,5000\n" for i in range(25))
    faults = told(hinterland("check", study))
    assert len(faults) == 21
    assert faults[-1] == ("REFUSED sites.csv, column radius: 5 more rows: their radii cannot be used")


def test_row_58_a_shapefile_without_prj_is_stopped_unless_declared(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = change(study_of(tmp_path), "study.toml", 'file = "drawn.geojson"', 'file = "drawn.shp"')
    gpd.read_file(study / "drawn.geojson").to_file(study / "drawn.shp")
    (study / "drawn.prj").unlink()
    (fault,) = told(hinterland("check", study))
    assert fault.startswith("STOPPED drawn.shp: there is no .prj beside it")
    change(study, "study.toml", 'file = "drawn.shp"', 'file = "drawn.shp"\ncrs = "EPSG:27700"')
    assert hinterland("check", study).out.endswith("\nNothing to report.\n")


def test_a_geopackage_of_several_layers_is_asked_about(tmp_path: Path, hinterland: Hinterland) -> None:
    study = change(study_of(tmp_path), "study.toml", 'file = "drawn.geojson"', 'file = "drawn.gpkg"')
    for layer in ("parishes", "wards"):
        gpd.read_file(study / "drawn.geojson").to_file(study / "drawn.gpkg", layer=layer)
    assert told(hinterland("check", study)) == [
        "ASKED drawn.gpkg: it has 2 layers → name one: parishes, wards"
    ]
    change(study, "study.toml", 'file = "drawn.gpkg"', 'file = "drawn.gpkg"\nlayer = "parishes"')
    assert hinterland("check", study).out.endswith("\nNothing to report.\n")


def test_an_outline_too_long_for_a_cell_is_sent_to_a_geopackage(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path)
    corners = ", ".join(f"{434_000 + i} {345_000 + i % 2}" for i in range(1_000))
    with (study / "written.csv").open("a", encoding="utf-8") as file:
        file.write(f'Long,"POLYGON (({corners}, 434000 345000))"\n')
    (fault,) = told(hinterland("check", study))
    assert re.search(r"row 4, column wkt.* 10,000 are the limit → save the outlines as a GeoPackage$", fault)


def test_blocks_without_outlines_need_the_method_centroid(tmp_path: Path, hinterland: Hinterland) -> None:
    study = study_of(tmp_path)
    shutil.copy(FIXTURES / "bad_boundaries" / "points" / "base" / "points.csv", study)
    points = 'file = "points.csv"\ncrs = "EPSG:4326"\nx = "x"\ny = "y"'
    change(study, "study.toml", 'file = "blocks.geojson"', points)
    assert told(hinterland("check", study)) == [
        "STOPPED study.toml, key method: the blocks are known by their centroids alone: no share of their "
        'land can be measured → write method = "centroid"'
    ]
    with (study / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[service_areas]\nmethod = "centroid"\n')
    assert hinterland("check", study).out.endswith("\nNothing to report.\n")


def test_a_broken_block_layer_does_not_hide_what_is_wrong_with_shapes(
    tmp_path: Path, hinterland: Hinterland
) -> None:
    study = study_of(tmp_path, "77_radii")
    (study / "blocks.geojson").unlink()
    faults = told(hinterland("check", study))
    assert faults[0] == "STOPPED blocks.geojson: no such file → check its name and folder"
    assert sum(fault.startswith(("REFUSED sites.csv", "ASKED sites.csv")) for fault in faults) == 13
    assert len(faults) == 14
