"""The check before a run and the short runs that tell something, in the real window with real children."""

from __future__ import annotations

import os
import signal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from netbuilder.graph import commands
from netbuilder.ui.window import Window
from tests.drawings import CLASSIFIER, draw
from tests.ui.control.control_help import PATIENCE, press, ready, rows, settings, stop

SIDE = CLASSIFIER + "\n    side Linear out_features=10\n    aside Accuracy\n    flatten > side > aside\n"
SIDE += "    digits.label > aside.target\n"
F5, F9 = Qt.Key.Key_F5, Qt.Key.Key_F9


def said(window: Window) -> str:
    """What the card of the check says."""
    return "\n".join(one.text() for one in window.control.checking.card.findChildren(QLabel) if one.isVisible())


def checked(qtbot: QtBot, window: Window) -> None:
    """Wait until the check under way has ended."""
    assert window.control.checking.going
    qtbot.waitUntil(lambda: not window.control.checking.going, timeout=PATIENCE)


def checking_pid(window: Window) -> int:
    """The process that is at the check."""
    found = window.engine._checking
    assert found is not None
    return found[0].pid


def problems(window: Window, node: str) -> list[str]:
    """What the cards on the drawing say is wrong with a node, by its name."""
    graph = window.project.document.graph
    key = next(key for key, one in graph.nodes.items() if one.name == node)
    report = window.findings.with_tried(key)
    return [str(problem.sentence) for problem in report.problems] if report is not None else []


def test_what_the_check_finds_is_said_and_marked_until_the_drawing_changes(window: Window, qtbot: QtBot) -> None:
    window.project.show(draw(SIDE, steps=100), None)
    ready(qtbot, window)
    card, before = window.control.checking.card, len(window._problems())
    QTest.keyClick(window, F9)
    assert card.isVisible() and card.bar.isVisible() and "Trying one batch on" in said(window)
    checked(qtbot, window)
    assert "No gradient reaches side" in said(window) and "guessing alone gives 2.3" in said(window)
    assert any("No gradient" in text for text in problems(window, "side"))
    assert not problems(window, "fc1")
    assert window.tabs.tabText(window.tabs.indexOf(window.problems)).endswith(f" {before + 1}")
    show = next(one for one in card.findChildren(QPushButton) if one.text() == "Show side")
    press(show)
    chosen = [window.project.document.graph.nodes[key].name for key in window.canvas.selected()]
    assert chosen == ["side"]
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert "side" not in {node.name for node in window.project.document.graph.nodes.values()}
    assert "The drawing has changed since." in said(window)
    assert not window.findings.tried
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_a_way_to_calculate_is_timed_and_taken(window: Window, qtbot: QtBot) -> None:
    settings(window, speed="fast", epochs=2)
    ready(qtbot, window)
    window.actions_by_id["check"].trigger()
    checked(qtbot, window)
    card = window.control.checking.card
    found = next(iter(card.found.values()))
    assert found.timings and "exactly as written" in said(window) and "fused optimizer" in said(window)
    use = [one for one in card.findChildren(QPushButton) if one.text() == "Use This" and one.isVisible()][-1]
    press(use)
    assert window.project.document.graph.training.variant == found.timings[-1].names
    assert said(window).count("in use") == 1
    window.actions_by_id["undo"].trigger()
    assert window.project.document.graph.training.variant == ()


def test_a_check_is_given_up_and_one_that_dies_is_said(window: Window, qtbot: QtBot) -> None:
    card = window.control.checking.card
    window.actions_by_id["check"].trigger()
    pid = checking_pid(window)
    os.kill(pid, signal.SIGSTOP)  # it shall not be done before it is given up
    press(card.cancel_button)
    assert "given up" in said(window) and not card.bar.isVisible() and not card.found
    press(card.again_button)
    other = checking_pid(window)
    assert other != pid and "Trying one batch" in said(window)
    os.kill(other, signal.SIGKILL)
    checked(qtbot, window)
    assert "The check ended" in said(window) and not card.bar.isVisible()
    press(card.again_button)
    checked(qtbot, window)
    assert "Every parameter gets a gradient." in said(window)


def test_a_changed_drawing_is_checked_by_itself_and_then_trained(window: Window, qtbot: QtBot) -> None:
    control, card = window.control, window.control.checking.card
    settings(window, steps=100_000)
    ready(qtbot, window)
    window.actions_by_id["check"].trigger()
    press(card.cancel_button)
    card.always.click()
    assert control.checking.automatic
    QTest.keyClick(window, F5)
    assert control.checking.going and window.runs.state == "idle" and card.isVisible()
    qtbot.waitUntil(lambda: window.runs.state == "running" and rows(window) > 0, timeout=PATIENCE)
    assert not card.isVisible()
    stop(qtbot, window)
    settings(window, seed=7)  # what was found holds for another seed as well
    ready(qtbot, window)
    QTest.keyClick(window, F5)
    assert not control.checking.going and window.runs.state == "starting"
    stop(qtbot, window)
    settings(window, batch_size=32)  # but not for another size of batches
    ready(qtbot, window)
    QTest.keyClick(window, F5)
    os.kill(checking_pid(window), signal.SIGKILL)
    checked(qtbot, window)
    assert card.isVisible() and "The check ended" in said(window) and window.runs.state == "idle"


def test_train_does_not_wait_for_a_check(window: Window, qtbot: QtBot) -> None:
    card = window.control.checking.card
    window.actions_by_id["check"].trigger()
    pid = checking_pid(window)
    os.kill(pid, signal.SIGSTOP)  # who waited for it would wait for ever
    QTest.keyClick(window, F5)
    assert window.runs.state == "starting" and window.engine.training_pid != pid
    assert not window.control.checking.going and not card.isVisible()
    qtbot.waitUntil(lambda: rows(window) > 0, timeout=PATIENCE)
    stop(qtbot, window)
    window.actions_by_id["check"].trigger()
    checked(qtbot, window)
    assert card.found


def test_the_rate_that_is_found_becomes_the_drawing_s(window: Window, qtbot: QtBot) -> None:
    window.project.show(draw(CLASSIFIER, learning_rate=1e-5), None)
    ready(qtbot, window)
    card = window.control.rate_card
    QTest.keyClick(window, F9, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(card.isVisible, timeout=PATIENCE)
    assert card.rate is not None and 1e-4 < card.rate < 1
    assert not window.notice.isVisible()  # the card says it
    assert window.top.progress_text.startswith("Step "), "rates are tried in steps, not in epochs"
    assert not window.actions_by_id["continue_run"].isEnabled()
    press(card.use_button)
    assert window.project.document.graph.training.learning_rate == card.rate and not card.isVisible()
    assert f"{card.rate:g}" in window.top.settings_button.text()
    window.actions_by_id["undo"].trigger()
    assert window.project.document.graph.training.learning_rate == 1e-5
    over = window.control.overfit_card
    QTest.keyClick(window, F9, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(over.isVisible, timeout=PATIENCE)
    assert "one batch" in over.text.text()
    document = window.project.document
    document.commit(commands.set_training(document.graph, learning_rate=0.01), "Settings")
    ready(qtbot, window)
    QTest.keyClick(window, F9, Qt.KeyboardModifier.ShiftModifier)
    assert not over.isVisible()
    qtbot.waitUntil(over.isVisible, timeout=PATIENCE)
    assert over._verdict is not None and over._verdict.learned
    press(over.cross)
    assert not over.isVisible() and window.canvas.hasFocus()
