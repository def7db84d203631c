"""Kept views: by project, from one start to the next, whatever the settings hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSettings

from netbuilder.ui.canvas.bookmarks import GROUP, Bookmarks, Kept, _read

HERE, THERE = Path("/a b/ü%/..x/n.netb"), Path("/other.netb")


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "views.ini"), QSettings.Format.IniFormat)


def test_views_are_kept_by_project(settings: QSettings) -> None:
    kept = Bookmarks(settings)
    kept.open(HERE)
    kept.keep(1, QPointF(1.25, -2), 0.5)
    kept.keep(9, QPointF(3, 4), 2.0)
    kept.open(THERE)
    assert kept.get(1) is None
    kept.keep(1, QPointF(7, 7), 1.0)
    settings.sync()
    again = Bookmarks(QSettings(settings.fileName(), QSettings.Format.IniFormat))
    again.open(HERE)
    assert again.get(1) == Kept(QPointF(1.25, -2), 0.5) and again.get(9) == Kept(QPointF(3, 4), 2.0)
    assert again.get(2) is None and again.get(0) is None and again.get(10) is None


def test_views_of_a_project_without_a_file_go_along_when_it_gets_one(settings: QSettings) -> None:
    kept = Bookmarks(settings)
    kept.open(None)
    kept.keep(3, QPointF(1, 2), 1.0)
    assert settings.allKeys() == []
    kept.move(HERE)
    assert kept.get(3) == Kept(QPointF(1, 2), 1.0)
    kept.open(None)
    assert kept.get(3) is None
    kept.open(HERE)
    assert kept.get(3) == Kept(QPointF(1, 2), 1.0)


def test_saved_under_another_name_the_old_file_keeps_its_views(settings: QSettings) -> None:
    kept = Bookmarks(settings)
    kept.open(THERE)
    kept.keep(5, QPointF(5, 5), 1.0)
    kept.open(HERE)
    kept.keep(1, QPointF(1, 1), 1.0)
    kept.move(THERE)
    assert kept.get(1) is not None and kept.get(5) is None
    for path in (HERE, THERE):
        kept.open(path)
        assert kept.get(1) is not None and kept.get(5) is None
    kept.move(THERE)
    assert kept.get(1) is not None, "saving again changes nothing"


def test_no_part_of_a_path_is_in_the_settings(settings: QSettings) -> None:
    kept = Bookmarks(settings)
    for path in (HERE, Path("/x/\udcff/broken.netb")):
        kept.open(path)
        kept.keep(1, QPointF(), 1.0)
    assert len(settings.allKeys()) == 2
    for key in settings.allKeys():
        group, name, digit = key.split("/")
        assert group == GROUP and len(name) == 24 and name.isalnum() and digit == "1"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "1 2",
        "1 2 3 4",
        "nan 0 1",
        "0 inf 1",
        "0 0 0",
        "0 0 -1",
        "0 0 99",
        "1e9 0 1",
        None,
        [1, 2],
        3,
        b"1 2 1",
    ],
)
def test_garbage_is_no_view(settings: QSettings, value: object) -> None:
    kept = Bookmarks(settings)
    kept.open(HERE)
    kept.keep(1, QPointF(), 1.0)
    settings.setValue(settings.allKeys()[0], value)
    kept.open(HERE)
    assert kept.get(1) is None


@given(st.one_of(st.text(max_size=40), st.none(), st.integers(), st.binary(max_size=20), st.lists(st.floats())))
def test_nothing_in_the_settings_can_break_it(value: object) -> None:
    found = _read(value)
    assert found is None or 0.05 <= found.scale <= 3.0


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0.05, 3.0))
def test_a_view_is_read_as_it_was_written(x: float, y: float, scale: float) -> None:
    assert _read(f"{x!r} {y!r} {scale!r}") == Kept(QPointF(x, y), scale)


@pytest.mark.parametrize("digit", [0, 10, -1])
def test_only_nine_are_kept(settings: QSettings, digit: int) -> None:
    with pytest.raises(ValueError, match="1 to 9"):
        Bookmarks(settings).keep(digit, QPointF(), 1.0)
