"""The Data panel with its real child: samples, parts, pages, augmentation, what is wrong, and a child that dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from netbuilder.graph import commands
from netbuilder.graph.augmenting import set_augmentations
from netbuilder.graph.records import Augmentation
from netbuilder.ui.data_panel import DataPanel
from netbuilder.ui.theme import DARK, LIGHT
from tests.data_files import write_table
from tests.drawings import CLASSIFIER, draw, write_pictures

PATIENCE = 60_000
DIGITS = draw(CLASSIFIER)
AUGMENTED = DIGITS.apply(set_augmentations(DIGITS, "digits", [Augmentation("Crop"), Augmentation("Mixup")]))


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[DataPanel]:
    made = DataPanel(DARK)
    qtbot.addWidget(made)
    made.resize(1200, 400)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close_link()


def wait_for_page(qtbot: QtBot, panel: DataPanel) -> None:
    qtbot.waitUntil(lambda: panel.page is not None and panel.survey._survey is not None, timeout=PATIENCE)


def click(widget: QWidget, place: QPoint | None = None) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or widget.rect().center())


def test_pictures_and_what_can_be_done_with_them(qtbot: QtBot, panel: DataPanel) -> None:
    assert "no data yet" in panel.notice.text.text() and panel.link.pid is None
    panel.show_drawing(AUGMENTED, Path())
    wait_for_page(qtbot, panel)
    page, bar, grid = panel.page, panel.bar, panel.grid
    assert page is not None and grid.isVisible() and grid.count == page.count == 60
    assert (bar.training.text(), bar.validation.text()) == ("Training  1,438", "Validation  359")
    assert bar.where.text() == "0–59 of 1,438"
    assert len(panel.survey.charts) == 2 and not panel.survey.boxes
    assert grid.text(0) in "0123456789"

    click(grid.viewport(), grid.tile(3).center())
    assert grid.current == 3
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current == 4 + grid.columns

    before = page.columns[0].data
    click(bar.augmented)
    qtbot.waitUntil(lambda: panel.page is not None and panel.page.augmented, timeout=PATIENCE)
    assert panel.page is not None and bar.redo.isVisible()
    changed = panel.page.columns[0].data
    assert changed != before and panel.page.columns[1].kind == "chances"
    click(bar.redo)
    qtbot.waitUntil(lambda: panel.page is not None and panel.page.columns[0].data != changed, timeout=PATIENCE)

    click(bar.next)
    qtbot.waitUntil(lambda: panel.page is not None and panel.page.first == 60, timeout=PATIENCE)
    click(bar.validation)
    qtbot.waitUntil(lambda: panel.page is not None and panel.page.part == "validation", timeout=PATIENCE)
    assert bar.where.text() == "0–59 of 359" and not bar.augmented.isEnabled() and bar.plain.isChecked()
    columns = grid.columns
    bar.size_slider.setValue(180)
    assert grid.columns < columns
    panel.set_theme(LIGHT)
    assert not panel.grab().isNull()


def test_tables(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show_drawing(draw("random RandomTensors samples=150 input_shape=4 target=classes classes=3"), Path())
    wait_for_page(qtbot, panel)
    rows = panel.table.rows
    assert panel.table.isVisible() and (rows.rowCount(), rows.columnCount()) == (100, 5)
    heads = [rows.headerData(i, Qt.Orientation.Horizontal) for i in range(5)]
    assert heads == ["x 0", "x 1", "x 2", "x 3", "y"]
    assert all("." in rows.data(rows.index(0, i)) for i in range(4)) and rows.data(rows.index(0, 4)) in "012"
    assert len(panel.survey.charts) == 2 + 4
    panel.table.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_PageDown)
    panel.turn(1)
    qtbot.waitUntil(lambda: panel.page is not None and panel.page.first == 100, timeout=PATIENCE)
    assert rows.headerData(0, Qt.Orientation.Vertical) == "100"
    assert not panel.bar.validation.isEnabled() and not panel.bar.size_slider.isVisible()


def test_the_columns_of_a_table_have_their_names_everywhere(qtbot: QtBot, panel: DataPanel, tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv")
    panel.show_drawing(draw("table CSVTable file=t.csv"), tmp_path)
    wait_for_page(qtbot, panel)
    names = ["length", "width", "color = red", "color = white"]
    rows = panel.table.rows
    heads = [rows.headerData(i, Qt.Orientation.Horizontal) for i in range(rows.columnCount())]
    assert heads == [*names, "target"]
    charts = [chart.accessibleName() for chart in panel.survey.charts]
    assert all(name in charts for name in names)


def test_an_edit_of_the_data_is_followed_and_of_the_network_is_not(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show_drawing(DIGITS, Path())
    wait_for_page(qtbot, panel)
    asked = panel.link._asked
    panel.show_drawing(DIGITS.apply(commands.set_params(DIGITS, "fc1", {"out_features": 7})), Path())
    qtbot.waitUntil(lambda: not panel._settling.isActive())
    assert panel.link._asked == asked
    panel.show_drawing(DIGITS.apply(commands.set_params(DIGITS, "digits", {"validation": 0.5})), Path())
    qtbot.waitUntil(lambda: panel.page is not None and panel.page.totals["validation"] == 898, timeout=PATIENCE)
    panel.show_drawing(draw("fc Linear"), Path())
    qtbot.waitUntil(lambda: panel.page is None)
    assert "no data yet" in panel.notice.text.text() and panel.link.pid is None


def test_what_cannot_be_loaded_is_said_and_tried_again(qtbot: QtBot, panel: DataPanel, tmp_path: Path) -> None:
    panel.show_drawing(draw("mnist MNIST folder=pictures"), tmp_path)
    qtbot.waitUntil(lambda: panel.notice.retry.isVisible(), timeout=PATIENCE)
    assert panel.notice.text.text().startswith("mnist cannot be loaded: There is no train-images")
    with qtbot.waitSignal(panel.node_wanted) as wanted:
        click(panel.notice.show_block)
    assert wanted.args == ["mnist"]
    write_pictures(tmp_path / "pictures")
    click(panel.notice.retry)
    wait_for_page(qtbot, panel)
    assert panel.grid.count == 24


def test_stop_and_death_leave_a_way_back(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show_drawing(DIGITS, Path())
    qtbot.waitUntil(lambda: panel.link.pid is not None)
    assert panel.notice.stop.isVisible()
    click(panel.notice.stop)
    assert panel.link.pid is None and panel.notice.text.text() == "Stopped."
    click(panel.notice.retry)
    qtbot.waitUntil(lambda: panel.link.pid is not None)
    assert panel.link.pid is not None
    os.kill(panel.link.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: panel.notice.retry.isVisible(), timeout=PATIENCE)
    assert "was killed (SIGKILL)" in panel.notice.text.text()
    click(panel.notice.retry)
    wait_for_page(qtbot, panel)


def test_nothing_is_loaded_while_nobody_looks(qtbot: QtBot, panel: DataPanel) -> None:
    panel.hide()
    panel.show_drawing(DIGITS, Path())
    qtbot.wait(500)
    assert panel.link.pid is None
    panel.show()
    wait_for_page(qtbot, panel)


def test_a_trouble_leads_to_its_block(qtbot: QtBot, panel: DataPanel) -> None:
    panel.show_drawing(draw("random RandomTensors samples=1 input_shape=4 target=classes classes=3"), Path())
    wait_for_page(qtbot, panel)
    (box,) = panel.survey.boxes
    with qtbot.waitSignal(panel.node_wanted) as wanted:
        click(box.button)
    assert wanted.args == ["random"]
