"""The list of layers: the built-in one, and what may be wrong with one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from hinterland.boundaries.errors import Fault, InputError
from hinterland.boundaries.layers import KINDS, read_layers

HEADER = "layer,label,kind,url,vintage,code,name,expected\n"
URL = "https://example.org/rest/services/Areas/FeatureServer/0"


def read(folder: Path, *rows: str, header: str = HEADER) -> list[Fault]:
    """The faults of a list with these rows."""
    path = folder / "layers.csv"
    path.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_layers(path)
    return list(error.value.faults)


def test_the_built_in_list_is_sound() -> None:
    layers = read_layers()
    assert {layer.kind for layer in layers.values()} == set(KINDS)
    assert len({layer.url for layer in layers.values()}) == len(layers) == 15
    for layer in layers.values():
        assert layer.url.startswith("https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services/")
        assert layer.licence == "Open Government Licence v3.0"
        assert "Office for National Statistics" in layer.attribution
        assert ("Crown copyright" in layer.attribution) == (layer.kind != "lookup")


def test_counts_are_stated_only_where_they_are_known() -> None:
    expected = {id: layer.expected for id, layer in read_layers().items() if layer.expected}
    elsewhere = 22 + 32 + 11  # Wales, Scotland, Northern Ireland
    districts = {"LAD21_BGC": 309 + elsewhere, "LAD23_BGC": 296 + elsewhere}
    assert expected == {**districts, "LEP21_BFC": 38, "OA21_LEP22": 178_605}


def test_a_list_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "Layer,Label,Kind,URL,Vintage,Code,Name,Expected\n"
        "MINE_1,My areas,lookup,http://localhost:8000/FeatureServer/3,,A B,,12\n",
        encoding="utf-8",
    )
    layer = read_layers(path)["MINE_1"]
    assert (layer.kind, layer.codes, layer.names, layer.expected) == ("lookup", ("A", "B"), (), 12)
    assert (layer.vintage, layer.licence) == ("", "")


def test_remarks_are_handed_over(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    row = f"MINE,Areas,lookup,{URL},,A,,"
    path.write_text(HEADER.replace(",", ";") + row.replace(",", ";") + "\n", encoding="utf-8")
    noted: list[Fault] = []
    assert list(read_layers(path, noted=noted)) == ["MINE"]
    assert [(fault.kind, fault.reason) for fault in noted] == [("noted", "read as separated by semicolons")]


WRONG = [
    ("../x,l,lookup,{url},,A,,", "layer", "this is no id of a layer"),
    (",l,lookup,{url},,A,,", "layer", "this is no id of a layer"),
    ("A,l,outline,{url},,A,,", "kind", "this is no kind of layer"),
    ("A,l,,{url},,A,,", "kind", "this is no kind of layer"),
    ("A,l,lookup,,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,http://example.org/FeatureServer/0,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,ftp://localhost/FeatureServer/0,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,file:///etc/FeatureServer/0,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,https:///FeatureServer/0,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,https://[bad/FeatureServer/0,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,https://example.org/FeatureServer,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,{url}/query?where=1,,A,,", "url", "this cannot be the address of a layer"),
    ("A,l,lookup,{url},2023-13,A,,", "vintage", "this is no month"),
    ("A,l,outlines,{url},,,,", "code", "outlines and centroids need one column of codes"),
    ("A,l,centroids,{url},,A B,,", "code", "outlines and centroids need one column of codes"),
    ("A,l,lookup,{url},,A,,many", "expected", "this is no whole number"),
    ("A,l,lookup,{url},,A,,-1", "expected", "this is no whole number"),
    ("A,l,lookup,{url},,A,,38.0", "expected", "this is no whole number"),
]


@pytest.mark.parametrize(("row", "column", "reason"), WRONG)
def test_a_wrong_cell_is_refused_with_its_place(row: str, column: str, reason: str, tmp_path: Path) -> None:
    (fault,) = read(tmp_path, f"OTHER,l,lookup,{URL},,A,,", row.format(url=URL))
    assert (fault.file, fault.row, fault.column, fault.reason) == ("layers.csv", 3, column, reason)
    assert fault.remedy


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    faults = read(tmp_path, f"A,l,outline,{URL},,X,,", f"a,l,lookup,{URL},,X,,x", "B,l,lookup,,,X,,")
    assert [(fault.row, fault.column) for fault in faults] == [
        (2, "kind"),
        (3, "layer"),
        (3, "expected"),
        (4, "url"),
    ]
    assert faults[0].remedy.startswith("is it outlines?")
    assert faults[1].reason == "this id stands on row 2 too"


def test_missing_columns_are_named(tmp_path: Path) -> None:
    faults = read(tmp_path, f"A,l,lookup,{URL}", header="layer,label,kind,url\n")
    assert [fault.column for fault in faults] == ["vintage", "code", "expected"]


def test_an_unknown_generalisation_is_refused(tmp_path: Path) -> None:
    header = HEADER.replace("expected\n", "expected,generalisation\n")
    (fault,) = read(tmp_path, f"A,l,lookup,{URL},,A,,,BXC", header=header)
    assert (fault.column, fault.value) == ("generalisation", "BXC")
