"""Runs side by side: their curves, settings and drawings."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from netbuilder.bridge.run_folder import RunWriter
from netbuilder.bridge.runs import Index
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.ui.runs.compare.dialog import CompareDialog
from netbuilder.ui.runs.compare.numbers import MOST, curves
from netbuilder.ui.theme import DARK, LIGHT
from tests.bridge.run_folders import ABOUT, write_run
from tests.drawings import CLASSIFIER, draw

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
LEFT = Qt.MouseButton.LeftButton


def graphs() -> tuple[Graph, Graph]:
    """Two drawings: in the second, one layer is larger, one block is gone and another is new."""
    first = draw(CLASSIFIER)
    second = draw(CLASSIFIER.replace("out_features=32", "out_features=64"), batch_size=8, optimizer="SGD")
    second = second.apply(commands.delete(second, ["accuracy"]))
    return first, second.apply(commands.add_node(second, "Dropout", 300, 300))


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> CompareDialog:
    for number, graph in enumerate(graphs(), start=1):
        write_run(tmp_path / str(number), graph=graph, created=f"2026-01-0{number} 10:00:00", steps=40 * number)
    runs = Index(tmp_path, list).runs()[::-1]
    made = CompareDialog(runs, DARK)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def cells(dialog: CompareDialog) -> dict[str, list[str]]:
    table = dialog.settings.table
    rows = {}
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(table.columnCount())]
        rows[items[0].text() if items[0] else ""] = [item.text() for item in items[1:] if item]
    return rows


def test_curves_are_laid_over_each_other(dialog: CompareDialog) -> None:
    assert [plot.name for plot in dialog.plots] == ["loss", "validation_loss", "accuracy"]
    loss = dialog.plots[0]
    lengths = [line.xData[-1] for line in loss.lines]
    assert lengths == [40, 80]
    assert loss.view.viewRange()[0] == pytest.approx([0, 80])
    colours = {line.opts["pen"].color().name() for line in loss.lines}
    assert len(colours) == 2


def test_a_run_can_be_left_out(dialog: CompareDialog) -> None:
    chip = dialog.findChildren(QCheckBox)[1]
    QTest.mouseClick(chip, LEFT, pos=QPoint(8, chip.height() // 2))
    assert not chip.isChecked()
    loss = dialog.plots[0]
    assert loss.lines[1].xData is None or len(loss.lines[1].xData) == 0
    assert loss.view.viewRange()[0] == pytest.approx([0, 40])


def test_a_logarithmic_scale(dialog: CompareDialog) -> None:
    loss = dialog.plots[0]
    before = np.array(loss.lines[0].yData)
    QTest.mouseClick(loss.log, LEFT)
    np.testing.assert_allclose(loss.lines[0].yData, np.log10(before))


def test_the_cursor_reads_all_runs(qtbot: QtBot, dialog: CompareDialog) -> None:
    loss = dialog.plots[0]
    place = loss.view.mapViewToScene(QPointF(20, 1))
    loss._hover(place)
    assert loss._readout.isVisible()
    loss._leave()
    assert loss._readout.isHidden()


def test_settings_that_differ_are_shown_and_all_on_request(dialog: CompareDialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert dialog.settings.isVisible()
    rows = cells(dialog)
    assert rows["batch size"] == ["64", "8"]
    assert rows["optimizer"] == ["Adam", "SGD"]
    assert rows["fc1 · out features"] == ["32", "64"]
    assert rows["accuracy"] == ["Accuracy", "—"]
    assert "learning rate" not in rows
    QTest.mouseClick(dialog.settings.only, LEFT)
    assert cells(dialog)["learning rate"] == ["0.001", "0.001"]
    assert dialog.settings.table.item(0, 0) is not None


def test_drawings_are_marked_and_the_changes_said(dialog: CompareDialog) -> None:
    QTest.mouseClick(dialog.tabs[2], LEFT)
    page = dialog.drawings
    assert page.isVisible()
    first, second = page.views
    assert first._changes["accuracy"] == "removed" and "accuracy" not in second._changes
    assert first._changes["fc1"] == second._changes["fc1"] == "changed"
    assert second._changes["dropout1"] == "added"
    said = [page.list.item(row).text() for row in range(page.list.count())]
    assert any("out features 32 → 64" in line for line in said)
    assert f"accuracy: only in {dialog.names[0]}" in said
    assert f"dropout1: only in {dialog.names[1]}" in said
    row = next(row for row, one in enumerate(page.found) if one.key == "dropout1")
    page.list.setCurrentRow(row)
    middle = second.drawing.nodes["dropout1"].card.center()
    assert (second.camera.center - middle).manhattanLength() < 8


def test_one_drawing_follows_the_other(dialog: CompareDialog) -> None:
    dialog.show_page(2)
    first, second = dialog.drawings.views
    middle = first.viewport().rect().center()
    start = first.camera.center
    QTest.mousePress(first.viewport(), LEFT, pos=middle)
    QTest.mouseMove(first.viewport(), middle + QPoint(60, 30))
    QTest.mouseRelease(first.viewport(), LEFT, pos=middle)
    assert (first.camera.center - start).manhattanLength() > 20
    assert (second.camera.center - first.camera.center).manhattanLength() < 4
    assert second.camera.scale == first.camera.scale


def test_a_drawing_that_cannot_be_read_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    for number in (1, 2):
        write_run(tmp_path / str(number), graph=draw(CLASSIFIER))
    (tmp_path / "2" / "project.netb").write_text("{")
    dialog = CompareDialog(Index(tmp_path, list).runs(), LIGHT)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.show_page(2)
    assert sorted(view.isVisible() for view in dialog.drawings.views) == [False, True]
    assert any("cannot be opened" in refusal for refusal in dialog.drawings.refusals)
    dialog.grab()


def test_a_long_run_is_read_from_its_summary(tmp_path: Path) -> None:
    count = MOST + 1000
    folder = write_run(tmp_path / "a", steps=0)
    writer = RunWriter(folder)
    rows = np.zeros((count, 3))
    rows[:, 0] = np.linspace(2, 1, count)
    writer.steps(rows.tobytes())
    writer.close()
    found = curves(folder, ABOUT)["loss"]
    assert len(found.steps) <= 300
    assert found.steps[-1] == pytest.approx(count, rel=0.01)
    np.testing.assert_allclose(found.values, 2 - found.steps / count, atol=0.02)
    (folder / "summary.bin").unlink()
    again = curves(folder, ABOUT)["loss"]
    np.testing.assert_allclose(again.values, 2 - again.steps / count, atol=0.02)


def test_no_rows_and_numbers_that_are_none(qtbot: QtBot, tmp_path: Path) -> None:
    write_run(tmp_path / "1", steps=0)
    folder = write_run(tmp_path / "2", steps=0)
    writer = RunWriter(folder)
    writer.steps(array("d", [float("nan"), 0, 0] * 9).tobytes())
    writer.close()
    dialog = CompareDialog(Index(tmp_path, list).runs(), LIGHT)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert all(len(curve.steps) == 0 for curve in dialog.plots[0].curves if curve is not None)
