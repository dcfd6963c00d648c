"""A wrong command line or a wrong study: one clear message, the right exit code, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hinterland.cli import cli

from .conftest import Hinterland

BASE = Path(__file__).parent / "fixtures" / "bad_input" / "base"
TABLES = ("gaps", "coverage", "density", "overlap", "organisations")
DONE, WRONG_INPUT, WRONG_COMMAND = 0, 1, 2


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study without a fault."""
    folder = tmp_path / "study"
    shutil.copytree(BASE, folder)
    return folder


def change(file: Path, old: str, new: str) -> None:
    """Write something else into a file."""
    text = file.read_bytes()
    assert old.encode() in text
    file.write_bytes(text.replace(old.encode(), new.encode(), 1))


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["--theme", "fundig advice"], ["--theme", "'fundig advice'", "did you mean funding advice?"]),
        (["--theme", "x"], ["--theme", "'x'", "unknown theme", "Write one of: funding advice, "]),
        (["--theme", "signposting"], ["signposting is reported only", "name another theme"]),
        (["--by", "LEP15"], ["no geography is called 'LEP15'", "choose one of LAD19, ", "LEP14"]),
        (["--by", ""], ["--by", "no geography is called ''"]),
        (["--within", "Barnsly"], ["'Barnsly'", "did you mean LAD19:E08000016 Barnsley?"]),
        (
            ["--within", "Newcastle"],
            ["LAD19:E07000195 Newcastle-under-Lyme or LAD19:E08000021 Newcastle upon"],
        ),
        (["--within", "W06000015"], ["'W06000015'", "outside England: Wales"]),
        (["--within", ""], ["it names no whole area", "name an area, such as D2N2 or CTY19:Derbyshire"]),
        (["--within", "part of Derbyshire"], ["it names no whole area"]),
        (["--as-of", "Spring 2015"], ["--as-of", "'Spring 2015'", "write it as 2019, 2019-03 or 2019-03-14"]),
        (["--as-of", "2015-02-30"], ["--as-of", "'2015-02-30'", "no such day"]),
        (["--as-of", "44256"], ["--as-of", "'44256'", "a spreadsheet's day number: 1 March 2021?"]),
        (["--evidence", "statd"], ["--evidence", "'statd'", "did you mean stated?"]),
        (
            ["--evidence", "stated,,named"],
            ["--evidence", "no grade is given", "Write one of: headline, all, "],
        ),
        (["--format", "xlsx"], ["'--format'", "'xlsx' is not one of 'table', 'csv', 'json'"]),
        (["--wihtin", "D2N2"], ["No such option", "--wihtin"]),
        (["another", "one"], ["Got unexpected extra argument"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and value[0].startswith("-") else None,
)
def test_a_wrong_option_is_a_wrong_command_line(
    words: list[str], messages: list[str], study: Path, hinterland: Hinterland
) -> None:
    asked = hinterland("gaps", study, *words)
    assert (asked.code, asked.out) == (WRONG_COMMAND, "")
    assert asked.err.count("Error: ") == 1
    for message in messages:
        assert message in asked.err


@pytest.mark.parametrize("words", [["gpas"], ["run"], ["new"], ["check", "a", "b"], ["demo", "a"]])
def test_a_wrong_command_is_a_wrong_command_line(words: list[str], hinterland: Hinterland) -> None:
    asked = hinterland(*words)
    assert (asked.code, asked.out) == (WRONG_COMMAND, "")
    assert asked.err.count("Error: ") == 1
    assert "--help' for help." in asked.err


def test_no_command_shows_the_help(hinterland: Hinterland) -> None:
    asked = hinterland()
    assert asked.code == WRONG_COMMAND
    assert "hinterland demo" in asked.out + asked.err


@pytest.mark.parametrize("command", ["run", "check", *TABLES])
def test_a_study_that_is_not_there_is_wrong_input(
    command: str, tmp_path: Path, hinterland: Hinterland
) -> None:
    (tmp_path / "empty").mkdir()
    for path, named in (("nowhere", "nowhere"), ("empty", "empty/study.toml")):
        asked = hinterland(command, tmp_path / path)
        assert asked.code == WRONG_INPUT
        report, other = (asked.out, asked.err) if command == "check" else (asked.err, asked.out)
        assert other == ""
        assert (
            f"STOPPED  {tmp_path / named}: there is no such file → name a folder with a study.toml" in report
        )
        assert "hinterland new DIR" in report
    assert list((tmp_path / "empty").iterdir()) == []


TOML_FAULTS: dict[str, tuple[str, str, list[str]]] = {
    "broken": (
        'title = "',
        "title = ",
        ["study.toml: it is no TOML that can be read: ", "at line 2, column 9"],
    ),
    "unknown key": ("title", "titel", ["study.toml, line 2, key", "'titel'", "did you mean title?"]),
    "unknown section": (
        "[tables]",
        "[tabels]",
        ["study.toml, line 7, key", "'tabels'", "did you mean [tables]?"],
    ),
    "area as a text": (
        '["CTY19:Derbyshire", "LAD19:Derby"]',
        '"Derby"',
        ["study.toml, line 4, key", "it has to be a list of texts"],
    ),
    "area of numbers": (
        '["CTY19:Derbyshire", "LAD19:Derby"]',
        "[1, 2]",
        ["study.toml, line 4, key", "it has to be a list of texts"],
    ),
    "no area": (
        '["CTY19:Derbyshire", "LAD19:Derby"]',
        "[]",
        ["study.toml, line 4, key area: '[]': it is empty → write at least one value"],
    ),
    "unknown area": (
        "LAD19:Derby",
        "Barnsly",
        ["study.toml, line 4, key", "'Barnsly'", "did you mean LAD19:E08000016 Barnsley?"],
    ),
    "part of an area": (
        "CTY19:Derbyshire",
        "part of CTY19:Derbyshire",
        ["study.toml, line 4, key", "'part of CTY19:Derbyshire'"],
    ),
    "snapshot as a number": (
        '"2026-01/2026-06"',
        "2006",
        ["study.toml, line 3, key", "'2006'", "it has to be a text in quo"],
    ),
    "snapshot as a date": (
        '"2026-01/2026-06"',
        "2026-01-01",
        ["study.toml, line 3, key", "it has to be a text in quo"],
    ),
    "snapshot reversed": (
        "2026-01/2026-06",
        "2026/2025",
        ["study.toml, line 3, key", "'2026/2025'", "it ends before it begins"],
    ),
    "snapshot in words": (
        "2026-01/2026-06",
        "soon",
        ["study.toml, line 3, key", "'soon'", "not one certain day, month or year"],
    ),
    "no geographies": ('["LAD19"]', "[]", ["study.toml, line 5, key geographies: '[]': it is empty"]),
    "unknown geography": (
        '["LAD19"]',
        '["LAD18"]',
        ["study.toml, line 5, key", "no geography is called 'LAD18'", "choose one of"],
    ),
    "no title": ('title = "Bad input"', "", ["study.toml: [study] has no title → add a line: title = …"]),
    "escape in the title": (
        "Bad input",
        r"Bad \u001b[31minput",
        ["study.toml, line 2, key", "key title: it holds control or direction characters → retype it"],
    ),
    "no evidence": (
        "[tables]",
        "[rules]\nevidence = []\n[tables]",
        ["study.toml, line 8, key", "evidence", "'[]'"],
    ),
    "no sectors": (
        "[tables]",
        "[rules]\nsectors = []\n[tables]",
        ["study.toml, line 8, key", "sectors", "'[]'"],
    ),
    "unknown evidence": (
        "[tables]",
        '[rules]\nevidence = ["sure"]\n[tables]',
        ["study.toml, line 8, key", "'sure'", "write any of stated, listed, named, assumed"],
    ),
    **{
        f"covered from {value}": (
            "[tables]",
            f"[rules]\ncovered_from = {value}\n[tables]",
            ["study.toml, line 8, key", "covered_from", reason],
        )
        for value, reason in (
            ("true", "it has to be a number"),
            ('"0.99"', "it has to be a number"),
            ("nan", "a share has to lie between 0 and 1 → write 0.99"),
            ("0", "a share has to lie between 0 and 1 → write 0.99"),
            ("99", "a share has to lie between 0 and 1 → write 0.99"),
        )
    },
    "missing table": ('"scope.csv"', '"socpe.csv"', ["socpe.csv: no such file → check its name and folder"]),
    "missing themes": (
        "[tables]",
        '[tables]\nthemes = "themes.csv"',
        ["themes.csv: no such file → check its name and folder"],
    ),
    "a published count without its list": (
        "[tables]",
        '[tables]\npublished = "published.csv"',
        ["published"],
    ),
    "a digit too many": ('"2026-01/2026-06"', "9" * 5000, ["study.toml: it is no TOML that can be read: "]),
    "too deep": ('"2026-01/2026-06"', "[" * 50_000, ["study.toml: it is no TOML that can be read: "]),
    "a long page name": (
        "[tables]",
        f'[output]\npage = "{"x" * 300}.html"\n[tables]',
        ["study.toml, line 8, key", "page"],
    ),
}


@pytest.mark.parametrize("name", TOML_FAULTS)
def test_a_fault_of_study_toml_is_named_with_its_line(name: str, study: Path, hinterland: Hinterland) -> None:
    old, new, messages = TOML_FAULTS[name]
    change(study / "study.toml", old, new)
    checked = hinterland("check", study)
    assert (checked.code, checked.err) == (WRONG_INPUT, "")
    for message in messages:
        assert message in checked.out
    ran = hinterland("run", study)
    assert (ran.code, ran.out) == (WRONG_INPUT, "")
    for message in messages:
        assert message in ran.err
    assert not (study / "output").exists()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_study_toml_that_is_no_utf_8_is_told_so(encoding: str, study: Path, hinterland: Hinterland) -> None:
    file = study / "study.toml"
    file.write_bytes(file.read_text().replace("Bad input", "Café").encode(encoding))
    checked = hinterland("check", study)
    assert checked.code == WRONG_INPUT
    assert "STOPPED  study.toml: it is no UTF-8 text → save it as UTF-8" in checked.out


def test_one_fault_of_a_key_is_said_once(study: Path, hinterland: Hinterland) -> None:
    change(study / "study.toml", '["CTY19:Derbyshire", "LAD19:Derby"]', '"Derby"')
    assert hinterland("check", study).out.count("STOPPED") == 1


TABLE_FAULTS: dict[str, tuple[str, str, str, list[str]]] = {
    "unknown theme in services": (
        "services.csv",
        "governance",
        "governence",
        ["services.csv, row 2, column theme: 'governence': unknown theme → did you mean governance?"],
    ),
    "unknown theme in scope": (
        "scope.csv",
        "governance",
        "governence",
        ["scope.csv, row 2, column themes: ", "unknown theme → did you mean governance?"],
    ),
    "reported theme in services": (
        "services.csv",
        "governance",
        "governance;volunteering",
        ["services.csv, row 2, column theme: 'governance;volunteering': unknown theme"],
    ),
    "date nonsense": (
        "services.csv",
        "2025-04",
        "yesterday",
        ["services.csv, row 2, column first_seen: 'yesterday': this is not one certain day, month or year"],
    ),
    "misspelt column": (
        "services.csv",
        "communities",
        "comunities",
        ["services.csv, row 1, cell D1: 'comunities': is this 'communities'? → write it so"],
    ),
    "unknown remit": (
        "organisations.csv",
        "district",
        "distrit",
        ["organisations.csv, row 2, column remit: 'distrit': unknown remit → did you mean district"],
    ),
    "unknown network": (
        "organisations.csv",
        "Derby Hub,district,,,",
        "Derby Hub,district,,,01",
        ["organisations.csv, row 3, column member_of: '01': no organisation has this id → did you mean 001"],
    ),
    "no area between semicolons": (
        "services.csv",
        "Amber Valley",
        ";;",
        ["services.csv, row 2, column areas: ';;': it names no area → list areas, separated by ;"],
    ),
    "no theme between semicolons": (
        "scope.csv",
        "funding advice; governance; volunteering",
        "; ;",
        ["scope.csv, row 2, column themes: '; ;': "],
    ),
    "telephone number": (
        "organisations.csv",
        "Derby Hub",
        "Derby Hub 01632 960 001",
        ["row 3, column name: ", "reads like a telephone number or an e-mail address → take it out"],
    ),
}


@pytest.mark.parametrize("name", TABLE_FAULTS)
def test_a_fault_of_a_table_is_named_with_its_row(name: str, study: Path, hinterland: Hinterland) -> None:
    file, old, new, messages = TABLE_FAULTS[name]
    change(study / file, old, new)
    checked = hinterland("check", study)
    assert (checked.code, checked.err) == (WRONG_INPUT, "")
    for message in messages:
        assert message in checked.out
    asked = hinterland("coverage", study)
    assert (asked.code, asked.out) == (WRONG_INPUT, "")
    for message in messages:
        assert message in asked.err


@pytest.mark.parametrize("file", ["organisations.csv", "services.csv", "scope.csv"])
@pytest.mark.parametrize("rows", ["none", "header only", "blank only"])
def test_a_table_without_rows_is_never_an_all_gaps_map(
    file: str, rows: str, study: Path, hinterland: Hinterland
) -> None:
    header = (study / file).read_bytes().splitlines(keepends=True)[0]
    (study / file).write_bytes({"none": b"", "header only": header, "blank only": header + b",,\n\n"}[rows])
    checked = hinterland("check", study)
    assert checked.code == WRONG_INPUT
    assert f"STOPPED  {file}" in checked.out
    assert hinterland("run", study).code == WRONG_INPUT
    assert not (study / "output").exists()


def test_an_unknown_column_is_noted_and_not_read(study: Path, hinterland: Hinterland) -> None:
    change(study / "services.csv", "communities", "colour")
    checked = hinterland("check", study)
    assert checked.code == DONE
    assert "NOTED    services.csv, row 1, cell D1: 'colour': an unknown column: not read" in checked.out


def test_a_circle_of_members_is_named(study: Path, hinterland: Hinterland) -> None:
    change(study / "organisations.csv", "Amber Valley Link,district,,,", "Amber Valley Link,district,,,002")
    change(study / "organisations.csv", "Derby Hub,district,,,", "Derby Hub,district,,,001")
    checked = hinterland("check", study)
    assert checked.code == WRONG_INPUT
    for row, other in ((2, "002"), (3, "001")):
        message = f"organisations.csv, row {row}, column member_of: '{other}': it belongs to itself"
        assert message in checked.out


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("services.csv", "Amber Valley", "Leeds", "outside the area of the study"),
        ("scope.csv", "CTY19:Derbyshire; LAD19:Derby", "CTY19:Kent", "outside the area of the study"),
        ("scope.csv", "2026-01,2026-06", "1999,2000", "outside the snapshot"),
    ],
)
def test_what_lies_outside_the_study_is_noted(
    file: str, old: str, new: str, message: str, study: Path, hinterland: Hinterland
) -> None:
    change(study / file, old, new)
    checked = hinterland("check", study)
    assert checked.code == DONE
    noted = [line for line in checked.out.splitlines() if line.startswith(f"NOTED    {file}")]
    assert any(message in line for line in noted), checked.out


@pytest.mark.parametrize("words", [["gaps"], ["organisations"], ["coverage", "--by", "CTY19"]])
def test_a_place_outside_the_study_is_said_to_be_outside(
    words: list[str], study: Path, hinterland: Hinterland
) -> None:
    asked = hinterland(words[0], study, *words[1:], "--within", "LAD19:Nottingham")
    assert "out of scope" in asked.out + asked.err or "outside the study" in asked.out + asked.err


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_an_output_that_cannot_be_written_is_named(
    form: str, study: Path, tmp_path: Path, hinterland: Hinterland
) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    missing = tmp_path / "none" / "gaps.csv"
    for path, reason in ((folder, "Is a directory"), (missing, "No such file or directory")):
        asked = hinterland("gaps", study, "--format", form, "--output", path)
        assert (asked.code, asked.out) == (WRONG_INPUT, "")
        assert f"cannot write to {path}: {reason}" in asked.err
        assert "→ check its permissions and the free space, or name another place" in asked.err
    assert list(folder.iterdir()) == []


def test_a_table_in_a_file_leaves_standard_output_empty(
    study: Path, tmp_path: Path, hinterland: Hinterland
) -> None:
    asked = hinterland("gaps", study, "--output", tmp_path / "gaps.csv")
    assert (asked.code, asked.out) == (DONE, "")
    assert f"rows written to {tmp_path / 'gaps.csv'}" in asked.err
    assert {path.name for path in tmp_path.glob("gaps*")} == {"gaps.csv", "gaps.csv-metadata.json"}


def test_a_device_is_not_described_beside_it(study: Path, hinterland: Hinterland) -> None:
    before = {path.name for path in Path("/dev").iterdir()}
    try:
        asked = hinterland("gaps", study, "--format", "csv", "--output", os.devnull)
        assert asked.code == DONE
        assert {path.name for path in Path("/dev").iterdir()} == before
    finally:
        Path("/dev/null-metadata.json").unlink(missing_ok=True)


def test_caveats_of_csv_go_to_standard_error_and_the_table_is_all_of_standard_output(
    study: Path, hinterland: Hinterland
) -> None:
    asked = hinterland("coverage", study, "--format", "csv")
    assert asked.code == DONE
    lines = asked.out.splitlines()
    assert lines[0].startswith("LAD19CD,LAD19NM,theme,")
    assert lines[-1].startswith("total,")
    assert "Absence of a record is not absence of support." in asked.err


def test_a_new_study_is_not_made_over_another(study: Path, hinterland: Hinterland) -> None:
    before = {path.name: path.read_bytes() for path in study.iterdir()}
    for path, reason in ((study, "is not empty"), (study / "study.toml", "is a file")):
        made = hinterland("new", path)
        assert (made.code, made.out) == (WRONG_INPUT, "")
        assert f"{path} {reason} → name a" in made.err
    assert {path.name: path.read_bytes() for path in study.iterdir()} == before


@pytest.mark.parametrize("command", [None, *sorted(cli.commands)])
def test_help_has_an_example(command: str | None, hinterland: Hinterland) -> None:
    for option in ("--help", "-h"):
        helped = hinterland(*([command] if command else []), option)
        assert (helped.code, helped.err) == (DONE, "")
        assert "Example" in helped.out
        assert f"hinterland {command or 'demo'}" in helped.out


def test_version(hinterland: Hinterland) -> None:
    asked = hinterland("--version")
    assert (asked.code, asked.err) == (DONE, "")
    assert "hinterland" in asked.out


def shell(line: str, study: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash, in which `h` is the command line; its exit code is that of `h`."""
    env = os.environ | {"PYTHON": sys.executable}
    script = f'set -o pipefail; h() {{ "$PYTHON" -m hinterland "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, check=False, cwd=study.parent, env=env, timeout=60
    )


@pytest.mark.parametrize("words", ["gaps study", "coverage study --format csv", "check study", "--help"])
def test_a_broken_pipe_is_silent(words: str, study: Path) -> None:
    done = shell(f"h {words} 2>err | true", study)
    said = (study.parent / "err").read_text()
    assert done.returncode == DONE
    assert "Traceback" not in said
    assert "Broken" not in said


def test_a_broken_pipe_after_one_line_is_silent(study: Path) -> None:
    done = shell("h organisations --format json 2>&1 | head -1", study)
    assert (done.returncode, done.stdout, done.stderr) == (DONE, b"{\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", ["gaps study", "gaps study --format csv", "check study"])
def test_a_standard_output_that_is_full_is_told_so(words: str, study: Path) -> None:
    done = shell(f"h {words} > /dev/full", study)
    assert done.returncode == WRONG_INPUT
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert "No space left on device" in said


def test_a_standard_output_that_is_closed_is_no_crash(study: Path) -> None:
    for words, code in (("gaps study", DONE), ("check study", DONE), ("run nowhere", WRONG_INPUT)):
        done = shell(f"h {words} >&-", study)
        assert done.returncode == code
        assert "Traceback" not in done.stderr.decode()


def test_a_terminal_that_lacks_a_sign_is_no_reason_to_fail(study: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hinterland", "gaps", study, "--theme", "governance"],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (DONE, b"")
    assert b"Derbyshire" in done.stdout


def test_an_id_that_stands_twice_is_reported_though_one_of_the_rows_has_another_fault(
    study: Path, hinterland: Hinterland
) -> None:
    table = study / "organisations.csv"
    header, first, *_ = table.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    second = ",".join((cells | {"name": "Another body", "remit": "galaxy"}).values())
    table.write_text("\n".join([header, first, second]) + "\n", encoding="utf-8")
    checked = hinterland("check", study)
    assert checked.code == WRONG_INPUT
    assert "row 3, column remit: 'galaxy': unknown remit" in checked.out
    assert "two organisations have this id → row 2 has it too" in checked.out


def test_an_output_of_an_unknown_kind_is_refused(study: Path, hinterland: Hinterland) -> None:
    asked = hinterland("gaps", study, "--output", study / "gaps.xlsx")
    assert asked.code == 2
    assert "files of this kind are not written → end it with .csv, .json or .txt" in asked.err
    assert not (study / "gaps.xlsx").exists()


@pytest.mark.parametrize("columns", ["80", "120", "200"])
@pytest.mark.parametrize("name", [*TABLES, "pairs", "blocks", "reliance", "reliance --internal"])
def test_a_terminal_breaks_no_word_and_cuts_no_column(
    name: str, columns: str, study: Path, hinterland: Hinterland, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    unlimited = set(hinterland(*name.split(), study).out.replace("_", " ").split())
    monkeypatch.setenv("COLUMNS", columns)
    out = hinterland(*name.split(), study).out
    table = out.split("Evidence counted")[0]
    assert max(map(len, out.splitlines())) <= int(columns)
    assert {word for word in table.split() if "─" not in word} <= unlimited
    assert ("low" in table.split()) == ("high" in table.split())
    assert "Method: declared areas" in " ".join(out.split())


def test_columns_for_which_there_is_no_room_are_named(
    study: Path, hinterland: Hinterland, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert "Left out for want of room: LAD" in hinterland("coverage", study).out
    monkeypatch.setenv("COLUMNS", "200")
    assert "Left out" not in hinterland("coverage", study).out
