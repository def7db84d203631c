"""What the Runs panel asks of the window: curves, drawings, a notice about what happened while it was away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from netbuilder.bridge.process import identity
from netbuilder.bridge.run_folder import asked
from netbuilder.bridge.runs import Index
from netbuilder.graph import commands
from netbuilder.ui.runs.compare.dialog import CompareDialog
from netbuilder.ui.runs.watch import Watch
from netbuilder.ui.window import Window
from tests.bridge.run_folders import write_run
from tests.drawings import CLASSIFIER, draw

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
PATIENCE = 20_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "runs"
    write_run(home / "1", created="2026-01-01 10:00:00", graph=draw(CLASSIFIER, seed=7))
    write_run(home / "2", created="2026-01-02 10:00:00")
    return home


@pytest.fixture
def window(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """A window without children that looks at these runs only."""
    QSettings("netbuilder", "netbuilder").clear()
    monkeypatch.setattr("netbuilder.ui.engine_link.EngineLink.start", lambda self: None)
    made = Window()
    made.all_runs.watch._make_index = lambda: Index(home, list)
    made.resize(1400, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.project.document.mark_saved()
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


def look(qtbot: QtBot, window: Window) -> None:
    with qtbot.waitSignal(window.all_runs.watch.looked, timeout=PATIENCE):
        window.all_runs.watch.look()


def go(qtbot: QtBot, window: Window, newest: str = "2") -> None:
    """Go to the panel by its key and choose the newest run."""
    look(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    table = window.all_runs.table
    assert table.isVisible() and table.hasFocus()
    assert [run.folder.name for run in table.chosen()] == [newest]


def test_the_window_looks_at_its_start(qtbot: QtBot, window: Window) -> None:
    with qtbot.waitSignal(window.all_runs.watch.looked, timeout=PATIENCE):
        pass
    assert len(window.all_runs.model.runs) == 2
    assert not window.notice.isVisible()


def test_enter_shows_the_curves_of_a_run(qtbot: QtBot, window: Window, home: Path) -> None:
    go(qtbot, window)
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_Return)
    assert window.training.isVisible()
    assert window.training.run is not None and window.training.run.step == 40
    assert not window.training.live


def test_curves_are_laid_over_those_that_are_shown(qtbot: QtBot, window: Window, home: Path) -> None:
    go(qtbot, window)
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_L)
    training = window.training
    assert training.isVisible()
    qtbot.waitUntil(lambda: training.run is not None and training.run.step == 40)
    assert training.follower.folder == home / "2"
    assert [follower.folder for follower in training.over] == [home / "1"]


def test_the_drawing_is_opened_as_it_was_after_a_question(
    qtbot: QtBot, window: Window, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = window.project.document
    document.commit(commands.add_node(document.graph, "ReLU", 0, 0), "Add")
    asked_for: list[str] = []
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked_for.append(box.text()) or answers.pop(0))
    go(qtbot, window)
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_Down)
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_O)
    assert window.project.document is document and len(asked_for) == 1
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_O)
    assert window.project.path is None and window.project.title == "Net"
    assert window.project.document.graph.training.seed == 7
    assert not window.project.document.edited


def test_runs_are_compared_in_a_window_of_their_own(qtbot: QtBot, window: Window) -> None:
    go(qtbot, window)
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_C)
    dialog = window.findChild(CompareDialog)
    assert dialog is not None and dialog.isVisible() and len(dialog.runs) == 2
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_interrupted_run_can_be_gone_on_with(qtbot: QtBot, window: Window, home: Path) -> None:
    folder = write_run(home / "3", "running", steps=1234, created="2026-01-03 10:00:00")
    plain = json.loads((folder / "state.json").read_text())
    plain["process"]["started"] -= 5000
    (folder / "state.json").write_text(json.dumps(plain))
    checkpoint = folder / "checkpoints" / "step-00001200"
    checkpoint.mkdir(parents=True)
    look(qtbot, window)
    assert window.notice.text == "The run of Net was interrupted at step 1,234."
    assert window.notice.offer_button.isVisible()
    with qtbot.waitSignal(window.runs_link.resume_asked) as caught:
        QTest.mouseClick(window.notice.offer_button, LEFT)
    assert caught.args == [folder, checkpoint]
    assert not window.notice.isVisible()


def test_a_run_that_outlived_its_window_is_followed_and_can_be_stopped(
    qtbot: QtBot, window: Window, home: Path
) -> None:
    folder = write_run(home / "3", "running", graph=draw(CLASSIFIER, outlive=True), created="2026-01-03 10:00:00")
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    plain = json.loads((folder / "state.json").read_text())
    plain["parent"] = {**plain["parent"], "pid": child.pid, "started": 5.0, "booted": 1.0}
    assert plain["process"]["pid"] == identity().pid
    (folder / "state.json").write_text(json.dumps(plain))
    with qtbot.waitSignal(window.runs_link.follow_asked) as caught:
        look(qtbot, window)
    assert caught.args == [folder]
    assert window.training.isVisible() and window.training.live
    QTest.mouseClick(window.notice.offer_button, LEFT)
    assert asked(folder) == "stop"
    look(qtbot, window)  # it is told once
    assert not window.notice.isVisible()


def test_a_run_of_somebody_elses_is_followed_until_it_ends(qtbot: QtBot, window: Window, home: Path) -> None:
    folder = write_run(home / "3", "running", created="2026-01-03 10:00:00", steps=10)
    go(qtbot, window, "3")
    QTest.keyClick(window.all_runs.table, Qt.Key.Key_Return)
    assert window.training.live
    write_run(folder, "finished", steps=30, sentence="Finished after 40 steps.")
    qtbot.waitUntil(lambda: not window.training.live, timeout=PATIENCE)
    assert window.training.run is not None and window.training.run.step == 40
    assert window.notice.text == "Finished after 40 steps."


def test_what_is_said_of_runs_is_said_in_the_notice(qtbot: QtBot, window: Window) -> None:
    go(qtbot, window)
    with qtbot.waitSignal(window.all_runs.deeds.said, timeout=PATIENCE):
        window.all_runs.deeds.actions["events"].trigger()
    assert "TensorBoard" in window.notice.text
    assert not window.notice.offer_button.isVisible()


def test_a_window_that_closes_waits_for_its_look(qtbot: QtBot, home: Path) -> None:
    for number in range(60):
        write_run(home / f"x{number}", steps=2)
    watch = Watch(QApplication.instance() or pytest.fail("no application"), lambda: Index(home, list))
    watch.look()
    watch.close()
    assert watch._thread is not None and not watch._thread.is_alive()
    watch.look()
    watch.follow(True)
    assert not watch._thread.is_alive()
    watch.deleteLater()
