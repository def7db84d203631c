"""The list of problems."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Fix, Problem
from netbuilder.ui.problems import MOST_SHOWN, Problems
from netbuilder.ui.theme import LIGHT

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

FIX = Fix(say("Use {n}", n=320), "fc1", {"in_features": None})
WRONG = Problem("fc1", say("{node} expects {a} features.", node="<b>fc1", a=1280), fix=FIX, detail="mat1 <i>")
ODD = Problem("conv1", say("{node} learns nothing.", node="conv1"), level="warning")
WHOLE = Problem(None, say("There is no loss."))
NAMES = {"fc1": "<b>fc1", "conv1": "conv1", "other": "other"}


@pytest.fixture
def panel(qtbot: QtBot) -> Problems:
    made = Problems()
    qtbot.addWidget(made)
    made.resize(700, 240)
    with qtbot.waitExposed(made):
        made.show()
    return made


def texts(panel: Problems, row: int) -> list[str]:
    widget = panel.list.itemWidget(panel.list.item(row))
    assert widget is not None
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def test_nothing_wrong_is_said_calmly(panel: Problems) -> None:
    assert panel.count == 0
    assert not panel.list.isVisible()
    assert any(label.text() == "No problems" and label.isVisible() for label in panel.findChildren(QLabel))


def test_errors_come_first(panel: Problems) -> None:
    panel.show_problems([ODD, WRONG, WHOLE], NAMES)
    assert panel.count == 3
    assert texts(panel, 0) == ["<b>fc1", "<b>fc1 expects 1280 features."]
    assert texts(panel, 1) == ["Drawing", "There is no loss."]
    assert texts(panel, 2) == ["conv1", "conv1 learns nothing."]


def test_a_click_chooses_the_node(qtbot: QtBot, panel: Problems) -> None:
    panel.show_problems([WHOLE, ODD], NAMES)
    view = panel.list.viewport()
    with qtbot.waitSignal(panel.chosen) as caught:
        where = panel.list.visualItemRect(panel.list.item(1)).center()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert caught.args == ["conv1"]
    with qtbot.waitSignal(panel.chosen):
        QTest.keyClick(panel.list, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(panel.chosen):
        where = panel.list.visualItemRect(panel.list.item(0)).center()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)


def test_fix_gives_the_fix_and_may_empty_the_list(qtbot: QtBot, panel: Problems) -> None:
    panel.show_problems([WRONG, ODD], NAMES)
    panel.fixed.connect(lambda _fix: panel.show_problems([], NAMES))
    button = panel.list.findChildren(QPushButton)[0]
    assert button.text() == "Use 320"
    with qtbot.waitSignal(panel.fixed) as caught:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert caught.args == [FIX]
    assert panel.count == 0


def test_user_text_is_plain(panel: Problems) -> None:
    panel.show_problems([WRONG], NAMES)
    widget = panel.list.itemWidget(panel.list.item(0))
    assert widget is not None
    assert "<b>" not in widget.toolTip()
    assert "mat1 &lt;i&gt;" in widget.toolTip()
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in widget.findChildren(QLabel) if label.text())


def test_the_same_problems_are_not_laid_out_again(panel: Problems) -> None:
    panel.show_problems([ODD], NAMES)
    before = panel.list.itemWidget(panel.list.item(0))
    panel.show_problems([ODD], {**NAMES, "other": "renamed"})
    assert panel.list.itemWidget(panel.list.item(0)) is before
    panel.show_problems([ODD], {**NAMES, "conv1": "renamed"})
    assert texts(panel, 0)[0] == "renamed"


def test_many_are_counted(panel: Problems) -> None:
    panel.show_problems([WHOLE] * (MOST_SHOWN + 7), {})
    assert panel.list.count() == MOST_SHOWN
    assert panel._more.text() == "and 7 more"
    assert panel._more.isVisible()
    panel.set_theme(LIGHT)
    assert panel.count == MOST_SHOWN + 7
