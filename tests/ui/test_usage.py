"""What is remembered of a person's work, and that no settings file can break it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG
from netbuilder.ui.usage import Usage

NAMES = list(CATALOG)


def settings_in(file: Path) -> QSettings:
    return QSettings(str(file), QSettings.Format.IniFormat)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def test_the_last_used_comes_first_and_only_once(file: Path) -> None:
    usage = Usage(settings_in(file))
    for name in ("Conv2d", "ReLU", "Conv2d"):
        usage.note(name)
    assert usage.recent() == ["Conv2d", "ReLU"]
    for name in NAMES:
        usage.note(name)
    assert usage.recent() == NAMES[::-1][:12]


def test_it_is_there_after_the_next_start(file: Path) -> None:
    first = settings_in(file)
    usage = Usage(first)
    usage.note("Conv2d")
    usage.set_favourite("ReLU", True)
    usage.set_favourite("Tanh", True)
    usage.set_favourite("ReLU", False)
    usage.set_folded("LOSS", True)
    usage.set_folded("DATA", True)
    usage.set_folded("DATA", False)
    first.sync()
    again = Usage(settings_in(file))
    assert (again.recent(), again.favourites(), again.folded()) == (["Conv2d"], ["Tanh"], {"LOSS"})


def test_a_change_is_told_and_no_change_is_not(qtbot: QtBot, file: Path) -> None:
    usage = Usage(settings_in(file))
    with qtbot.waitSignal(usage.changed):
        usage.set_favourite("ReLU", True)
    with qtbot.assertNotEmitted(usage.changed):
        usage.set_favourite("ReLU", True)
        usage.set_folded("LOSS", False)


def test_blocks_that_are_no_more_are_dropped(file: Path) -> None:
    settings = settings_in(file)
    settings.setValue("usage/recent", ["Gone", "ReLU", "ReLU", ""])
    settings.setValue("usage/favourites", "Tanh")
    usage = Usage(settings)
    assert (usage.recent(), usage.favourites()) == (["ReLU"], ["Tanh"])


@given(st.binary(max_size=60), st.sampled_from(["recent", "favourites", "folded"]))
def test_garbage_in_the_file_is_nothing(tmp_path_factory: pytest.TempPathFactory, garbage: bytes, key: str) -> None:
    file = tmp_path_factory.mktemp("garbage") / "settings.ini"
    file.write_bytes(b"[usage]\n" + key.encode() + b"=" + garbage + b"\n")
    usage = Usage(settings_in(file))
    assert set(usage.recent()) | set(usage.favourites()) <= set(CATALOG)
    assert all(isinstance(name, str) for name in usage.folded())
    usage.note("ReLU")
    assert usage.recent()[0] == "ReLU"


@pytest.mark.parametrize("value", [7, 2.5, True, None, b"\xff\x00", {"a": 1}, [1, None, "ReLU", [2]], [[]]])
def test_values_of_other_types_are_nothing(file: Path, value: object) -> None:
    settings = settings_in(file)
    settings.setValue("usage/recent", value)
    assert set(Usage(settings).recent()) <= {"ReLU"}
