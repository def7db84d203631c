"""Runs that wait for their turn and what runs leave to the next, in the real window with real children."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.bridge.run_folder import read_about, standing
from netbuilder.graph import commands
from netbuilder.graph.files import save
from netbuilder.ui.window import Window
from tests.drawings import CLASSIFIER, draw
from tests.ui.control.control_help import PATIENCE, destroy, press, ready, settings, stop, train

ADD = (Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)


def change(qtbot: QtBot, window: Window, name: str, **params: object) -> None:
    """Change a layer."""
    document = window.project.document
    key = next(key for key, node in document.graph.nodes.items() if node.name == name)
    document.commit(commands.set_params(document.graph, key, params), "Change")
    ready(qtbot, window)


def test_runs_follow_each_other_as_they_were_drawn_and_one_may_fail(window: Window, qtbot: QtBot) -> None:
    queue, card = window.control.queue, window.control.queue_card
    folders: list[Path] = []
    window.runs.began.connect(folders.append)
    train(qtbot, window)
    for seed, steps in ((11, 3), (12, 3), (13, 3)):
        settings(window, seed=seed, steps=steps)
        ready(qtbot, window)
        QTest.keyClick(window, *ADD)
    settings(window, seed=99, steps=0)
    ready(qtbot, window)
    assert len(queue.jobs) == 3 and window.top.queue_button.text() == "3 queued"
    press(window.top.queue_button)
    assert card.isVisible() and card.list.count() == 3
    QTest.keyClick(card.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)  # 12, 11, 13
    assert [job.graph.training.seed for job in queue.jobs] == [12, 11, 13]
    queue.jobs[1] = replace(queue.jobs[1], device="nowhere")
    stop(qtbot, window)
    assert queue.held and "3 runs wait" in window.notice.text and card.start.isVisible()
    press(window.notice.offer_button)
    assert not window.notice.isVisible()
    with qtbot.waitSignals([window.runs.ended] * 3, timeout=PATIENCE):
        pass
    qtbot.waitUntil(lambda: not queue.jobs and window.runs.state == "idle", timeout=PATIENCE)
    states = [(standing(folder) or read_about(folder)).state for folder in folders]  # type: ignore[union-attr]
    assert states == ["stopped", "finished", "failed", "finished"]
    abouts = [read_about(folder) for folder in (folders[1], folders[3])]
    assert [about.seed for about in abouts if about is not None] == [12, 13]
    assert not window.top.queue_button.isVisible() and "Nothing waits" in card._text.text()


def test_weights_that_fit_are_kept_and_offered_after_a_restart_too(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.netb"
    save(draw(CLASSIFIER, epochs=100_000), path)
    window.project.open(path)
    ready(qtbot, window)
    keep = window.top.keep
    train(qtbot, window)
    change(qtbot, window, "fc2", bias=False)
    assert window.top._earlier.isVisible() and not keep.isVisible()
    stop(qtbot, window)
    assert keep.isVisible() and "1 of 2" in keep.text() and not keep.isChecked()
    assert not window.top._earlier.isVisible()
    window.actions_by_id["undo"].trigger()
    ready(qtbot, window)
    assert not keep.isVisible()  # nothing has changed since: Continue is for that
    change(qtbot, window, "fc1", out_features=48)  # and with it the size of fc2, which follows from the wire
    assert not keep.isVisible()
    change(qtbot, window, "fc1", out_features=32)
    change(qtbot, window, "fc2", bias=False)
    assert keep.isVisible()
    window.project.save()
    window.close()
    other = Window()
    try:
        other.project.open(path)
        other.show()
        ready(qtbot, other)
        keep = other.top.keep
        qtbot.waitUntil(lambda: keep.isVisible() and "1 of 2" in keep.text(), timeout=PATIENCE)
        keep.click()
        train(qtbot, other)
        assert other.runs.folder is not None and not keep.isVisible()
        about = read_about(other.runs.folder)
        assert about is not None and about.parent
        stop(qtbot, other)
        # The matrix of fc2 is the same one, but it is another layer without what it adds: not said, and kept.
        assert "begins with 3 tensors" in (other.runs.folder / "log.txt").read_text()
        other.project.show(draw(CLASSIFIER), None)
        ready(qtbot, other)
        assert not keep.isVisible() and other.top._middle.currentIndex() == 0
    finally:
        destroy(other)
