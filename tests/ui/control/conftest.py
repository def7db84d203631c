"""A real window for the tests of runs, destroyed afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from netbuilder.ui.window import Window
from tests.drawings import CLASSIFIER, draw
from tests.ui.control.control_help import destroy, ready


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    """A window on the screen whose engine has looked at a classifier of digits."""
    QSettings("netbuilder", "netbuilder").clear()
    made = Window()
    made.resize(1400, 900)
    made.project.show(draw(CLASSIFIER, epochs=100_000), None)
    made.show()
    ready(qtbot, made)
    yield made
    destroy(made)
