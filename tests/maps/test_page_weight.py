"""What a page of all England weighs: bytes alone, since times are the benchmarks'."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hinterland.coverage.answer import Answer, answer
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study
from hinterland.coverage.timeline import changes
from hinterland.maps.build_view import build_view
from hinterland.maps.figures import Dated
from hinterland.maps.page import render
from hinterland.maps.view import View

from .national_register import GEOGRAPHIES, THEMES, write_study

MOST = 1_000_000
MOST_COMPRESSED = 250_000
MOST_OF_A_DATE = 60_000


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return read_study(write_study(tmp_path_factory.mktemp("national")))


@pytest.fixture(scope="module")
def snapshot(study: Study) -> tuple[Answer, ...]:
    return answers_of(study)


@pytest.fixture(scope="module")
def view(study: Study, snapshot: tuple[Answer, ...]) -> View:
    return build_view(study, [Dated(snapshot)])


def answers_of(study: Study, on: str | None = None) -> tuple[Answer, ...]:
    return tuple(answer(study, ask(study, by=name, on=on)) for name in study.geographies)


def weight(view: View) -> tuple[int, int]:
    """Bytes of the page, raw and compressed."""
    page = render(view).encode()
    return len(page), len(gzip.compress(page, mtime=0))


def test_all_england_is_one_page_below_a_megabyte(view: View) -> None:
    assert [geography["id"] for geography in view.geographies] == list(GEOGRAPHIES)
    assert len(view.geographies[0]["areas"]["code"]) == 317
    assert len(view.themes) == len(THEMES) == 20
    assert len(view.measures) >= 6
    raw, compressed = weight(view)
    assert raw < MOST
    assert compressed <= MOST_COMPRESSED


@pytest.mark.parametrize(
    "day",
    [
        pytest.param("2026-10-01", id="services end"),
        pytest.param("2027-01-01", id="the surveys of two regions end too"),
    ],
)
def test_a_further_date_adds_little(study: Study, snapshot: tuple[Answer, ...], view: View, day: str) -> None:
    question = snapshot[0].analysis.question
    change = next(c for c in changes(study, question.themes, question.grades) if str(c.day) == day)
    both = build_view(study, [Dated(snapshot), Dated(answers_of(study, day), change)])
    assert [date["id"] for date in both.dates] == ["", day]
    further = weight(both)[0] - weight(view)[0]
    assert 0 < further <= MOST_OF_A_DATE


def test_the_register_is_the_same_every_time(tmp_path: Path) -> None:
    files = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_study(tmp_path / name, catchments=True)
        files.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert files[0] == files[1]
