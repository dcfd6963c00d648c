"""The coordinate system that a file says, does not say, or contradicts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from .written_vectors import (
    DEGREES,
    METRES,
    geojson,
    layer,
    read,
    stopped,
)


def test_a_geopackage_on_a_plane_of_its_own_is_stopped_as_undeclared(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        layer().set_crs(None, allow_override=True).to_file(tmp_path / "a.gpkg")
    assert stopped(tmp_path / "a.gpkg").endswith(
        'look like metres of the National Grid → declare crs = "EPSG:27700"'
    )


def test_row_58_a_file_that_does_not_say_its_system_is_stopped_unless_it_is_declared(tmp_path: Path) -> None:
    file = tmp_path / "a.shp"
    layer().to_file(file)
    (tmp_path / "a.prj").unlink()
    assert stopped(file) == (
        "stopped FILE: there is no .prj beside it, so it is unknown which coordinate reference system "
        "its numbers are in; x 430,000 to 432,000, y 330,000 to 331,000 look like metres of the "
        'National Grid → declare crs = "EPSG:27700"'
    )
    frame, faults = read(file, crs="EPSG:27700")
    assert frame is not None
    assert (faults, len(frame)) == ([], 2)


def test_row_58_numbers_that_look_like_nothing_get_no_suggestion_but_an_example(tmp_path: Path) -> None:
    file = geojson(tmp_path, [[5000, 9e8], [6000, 9e8], [6000, 9.1e8], [5000, 9e8]], crs=None)
    assert stopped(file) == (
        "stopped FILE: the file does not say, so it is unknown which coordinate reference system "
        "its numbers are in: x 5,000 to 6,000, y 9e+08 to 9.094e+08 "
        '→ declare it, such as crs = "EPSG:27700"'
    )


def test_row_59_a_declaration_that_the_file_contradicts_is_stopped_with_both(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.gpkg")
    assert stopped(tmp_path / "a.gpkg", crs="EPSG:4326") == (
        "stopped FILE: it is declared as EPSG:4326 (WGS 84), but the file says "
        "EPSG:27700 (OSGB36 / British National Grid) → take the declaration out, or correct the file"
    )
    for unknown in ("EPSG:27x", "EPSG:5701", "IAU_2015:30100"):  # a typing error, heights, the Moon
        assert stopped(tmp_path / "a.gpkg", crs=unknown) == (
            f"stopped FILE: '{unknown}': crs names no known coordinate reference system "
            '→ write crs = "EPSG:27700", or another EPSG code'
        )


def test_row_59_degrees_labelled_as_the_national_grid_are_stopped(tmp_path: Path) -> None:
    layer().to_crs(4326).set_crs(27700, allow_override=True).to_file(tmp_path / "a.gpkg")
    message = stopped(tmp_path / "a.gpkg")
    assert message.startswith("stopped FILE: x -1.55")
    assert message.endswith(
        "look like degrees of longitude and latitude, not EPSG:27700 (OSGB36 / British National Grid) "
        "→ assign EPSG:4326 to the file, without converting its numbers"
    )


@pytest.mark.parametrize(
    ("right", "label", "said"),
    [
        (27700, 4326, "metres of the National Grid, not EPSG:4326 (WGS 84) → assign EPSG:27700"),
        (27700, 3857, "metres of the National Grid, not EPSG:3857 (WGS 84 / Pseudo-Mercator) → assign EP"),
        (3857, 27700, "metres of Web Mercator, not EPSG:27700 (OSGB36 / British National Grid) → assign"),
        (3857, 4326, "metres of Web Mercator, not EPSG:4326 (WGS 84) → assign EPSG:3857"),
        (3035, 27700, "metres of the European grid (ETRS89-LAEA), not EPSG:27700"),
    ],
)
def test_row_59_metres_with_a_wrong_label_are_stopped(
    right: int, label: int, said: str, tmp_path: Path
) -> None:
    layer().to_crs(right).set_crs(label, allow_override=True).to_file(tmp_path / "a.gpkg")
    assert f"look like {said}" in stopped(tmp_path / "a.gpkg")


def test_row_59_national_grid_numbers_in_geojson_are_stopped_unless_declared(tmp_path: Path) -> None:
    file = geojson(tmp_path, METRES)
    assert stopped(file) == (
        "stopped FILE: x 430,000 to 431,000, y 330,000 to 330,940 look like metres of the National Grid, "
        'not OGC:CRS84 (WGS 84 (CRS84)) → declare crs = "EPSG:27700"'
    )
    frame, faults = read(file, crs="EPSG:27700")
    assert frame is not None
    assert frame.area.tolist() == [500_000]
    assert faults == [
        "noted a.geojson: its format says OGC:CRS84 (WGS 84 (CRS84)) where the file is silent; "
        "read as declared, EPSG:27700 (OSGB36 / British National Grid)"
    ]


def test_row_59_geojson_may_name_its_system(tmp_path: Path) -> None:
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    frame, faults = read(geojson(tmp_path, METRES, crs=named))
    assert frame is not None
    assert (faults, frame.area.tolist()) == ([], [500_000])


def test_row_59_a_wrong_declaration_is_to_be_replaced_by_the_likely_one(tmp_path: Path) -> None:
    message = stopped(geojson(tmp_path, DEGREES, crs=None), crs="EPSG:27700")
    assert message.endswith('not EPSG:27700 (OSGB36 / British National Grid) → declare crs = "EPSG:4326"')


def test_row_59_an_old_prj_of_esri_is_the_national_grid(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").write_text(
        'PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",'
        'SPHEROID["Airy_1830",6377563.396,299.3249646]],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],'
        'PARAMETER["Central_Meridian",-2.0],PARAMETER["Scale_Factor",0.9996012717],'
        'PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]'
    )
    frame, faults = read(tmp_path / "a.shp", crs="EPSG:27700")
    assert frame is not None
    assert faults == []
    assert frame.total_bounds.tolist() == [430_000, 330_000, 432_000, 331_000]


def test_row_55_latitude_before_longitude_is_asked_about(tmp_path: Path) -> None:
    file = geojson(tmp_path, [[y, x] for x, y in DEGREES])
    assert stopped(file) == (
        "asked FILE: latitude looks to stand before longitude: x 52.9 to 52.994, y -1.5 to -1.4 "
        "→ save it with longitude first"
    )


def test_row_59_one_feature_elsewhere_is_refused_alone(tmp_path: Path) -> None:
    paris = [[2.3, 48.8], [2.4, 48.8], [2.4, 48.9], [2.3, 48.8]]
    frame, faults = read(geojson(tmp_path, DEGREES, paris, DEGREES))
    assert frame is not None
    assert frame.index.tolist() == [1, 3]
    assert faults == [
        "refused a.geojson, feature 2: it reaches outside the United Kingdom, to x 2.3, y 48.8 "
        "→ mend or delete the feature"
    ]


def test_a_large_layer_comes_onto_the_grid_within_the_country(reference: Path) -> None:
    frame, faults = read(reference / "blocks" / "lsoa11_ew_bsc.gpkg")
    assert frame is not None
    assert (len(frame), faults) == (34_753, [])
    assert frame["lsoa11_code"].str.fullmatch(r"[EW]\d{8}").all()
    assert np.round(frame.total_bounds, -3).tolist() == [86_000, 7_000, 656_000, 658_000]
    assert frame.area.sum() / 1e6 == pytest.approx(151_000, rel=0.005)
