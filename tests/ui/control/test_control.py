"""What can be done with runs, in the real window with real children."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.bridge.run_folder import read_about, standing
from netbuilder.graph.files import load
from netbuilder.ui import engine_link
from netbuilder.ui.control.job import resumable
from netbuilder.ui.window import Window
from tests.bridge.run_folders import write_run
from tests.ui.control.control_help import LEFT, PATIENCE, destroy, enabled, ready, rows, settings, stop, train


def test_paused_it_steps_and_takes_other_settings_and_then_goes_on(window: Window, qtbot: QtBot) -> None:
    assert enabled(window, "train", "step", "adjust", "continue_run", "restore") == [True, False, False, False, False]
    assert not window.top.step_button.isVisible()
    folder = train(qtbot, window)
    assert enabled(window, "train", "step", "adjust", "find_rate") == [False, False, False, False]
    window.actions_by_id["pause"].trigger()
    qtbot.waitUntil(lambda: window.runs.state == "paused", timeout=PATIENCE)
    card, held = window.control.adjust_card, rows(window)
    assert card.isVisible() and window.top.step_button.isVisible()
    QTest.mouseClick(window.top.step_button, LEFT)
    qtbot.waitUntil(lambda: rows(window) == held + 1 and window.runs.state == "paused", timeout=PATIENCE)
    QTest.keyClick(window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: rows(window) == held + 2 and window.runs.state == "paused", timeout=PATIENCE)
    QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert card.isAncestorOf(QApplication.focusWidget())
    for name, value in (("learning_rate", 0.01), ("batch_size", 32)):
        card.form.field(name).take(value)
    QTest.mouseClick(card.resume_button, LEFT)
    qtbot.waitUntil(lambda: rows(window) > held + 2, timeout=PATIENCE)
    assert not card.isVisible() and not window.top.step_button.isVisible()
    about = read_about(folder)
    assert about is not None and about.steps > 100_000 * 40  # 45 batches of 32 an epoch, 23 of 64
    stop(qtbot, window)
    log = (folder / "log.txt").read_text()
    assert "goes on with learning rate 0.01" in log and "goes on with batch size 32" in log
    assert window.project.document.graph.training.batch_size == 64


def test_a_stopped_run_goes_on_in_its_folder_and_a_checkpoint_begins_another(window: Window, qtbot: QtBot) -> None:
    folder = train(qtbot, window)
    stop(qtbot, window)
    held = rows(window)
    assert enabled(window, "train", "continue_run", "restore") == [True, True, True]
    QTest.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.runs.state == "running" and rows(window) > held, timeout=PATIENCE)
    assert window.runs.folder == folder
    stop(qtbot, window)
    assert f"goes on from step {held}" in (folder / "log.txt").read_text()
    window.actions_by_id["restore"].trigger()
    assert window.finder.isVisible()
    QTest.keyClick(window.finder.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.runs.state == "running" and window.runs.folder != folder, timeout=PATIENCE)
    stop(qtbot, window)
    assert window.runs.folder is not None
    about = read_about(window.runs.folder)
    assert about is not None and about.parent == folder.name and about.parent_step > 0


def test_a_finished_run_goes_on_for_as_many_epochs_as_are_asked_for(window: Window, qtbot: QtBot) -> None:
    settings(window, epochs=1)
    ready(qtbot, window)
    with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE):
        window.actions_by_id["train"].trigger()
    folder = window.runs.folder
    assert folder is not None and rows(window) == 23
    window.actions_by_id["continue_run"].trigger()
    card = window.control.more_card
    assert card.isVisible() and window.runs.state == "idle"
    QTest.keyClicks(card.number, "2")
    with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE):
        QTest.keyClick(card.number, Qt.Key.Key_Return)
    assert window.runs.folder == folder and rows(window) == 3 * 23
    assert load(folder / "project.netb").training.epochs == 3
    assert window.project.document.graph.training.epochs == 1


def test_each_run_with_a_new_seed_has_another(window: Window, qtbot: QtBot) -> None:
    settings(window, steps=2, seed=4)
    ready(qtbot, window)
    seeds = []
    for _ in range(2):
        with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE):
            window.actions_by_id["new_seed"].trigger()
        assert window.runs.folder is not None
        about = read_about(window.runs.folder)
        assert about is not None
        seeds.append(about.seed)
    assert seeds == [5, 6]
    assert window.project.document.graph.training.seed == 4


def test_a_training_that_hangs_is_said_and_stopping_it_is_not_waited_for(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = train(qtbot, window, 200)
    monkeypatch.setattr(engine_link, "SILENCE", 0.5)
    monkeypatch.setattr(engine_link, "STOPPING", 0.5)
    pid = window.engine.training_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    qtbot.waitUntil(lambda: "may hang" in window.notice.text, timeout=PATIENCE)
    QTest.mouseClick(window.notice.other_button, LEFT)  # Wait: twice as long
    assert not window.notice.isVisible()
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE)
    with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE):
        QTest.mouseClick(window.notice.offer_button, LEFT)
    qtbot.waitUntil(lambda: (standing(folder) or pytest.fail("it says nothing")).state == "stopped", timeout=PATIENCE)
    assert "Stopped at once" in window.notice.text


def test_a_run_may_outlive_its_window_and_is_held_and_stopped_from_another(window: Window, qtbot: QtBot) -> None:
    settings(window, outlive=True)
    ready(qtbot, window)
    folder = train(qtbot, window)
    pid, held = window.engine.training_pid, rows(window)
    assert pid is not None
    window.project.document.mark_saved()
    window.close()
    other = Window()
    try:
        other.runs_link.follow_asked.emit(folder)
        qtbot.waitUntil(lambda: other.runs.state == "running" and rows(other) > held, timeout=PATIENCE)
        assert not other.actions_by_id["train"].isEnabled()
        other.actions_by_id["pause"].trigger()
        qtbot.waitUntil(lambda: other.runs.state == "paused", timeout=PATIENCE)
        assert enabled(other, "step", "adjust") == [False, False]
        other.actions_by_id["pause"].trigger()
        qtbot.waitUntil(lambda: other.runs.state == "running", timeout=PATIENCE)
        stop(qtbot, other)
        assert (standing(folder) or pytest.fail("it says nothing")).state == "stopped"
        assert other.actions_by_id["train"].isEnabled()
        assert resumable(folder)
    finally:
        destroy(other)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_followed_run_whose_process_is_gone_is_over(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", "running")
    plain = json.loads((folder / "state.json").read_text())
    plain["process"]["started"] -= 5000
    (folder / "state.json").write_text(json.dumps(plain))
    window.runs.follow(folder)
    assert window.runs.state == "idle"
    assert "is gone" in window.notice.text
    assert (standing(folder) or pytest.fail("it says nothing")).state == "interrupted"
