"""The whole window with real children: from an empty drawing to code, and through what goes wrong on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, QSettings, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from netbuilder.bridge.run_folder import RunReader
from netbuilder.graph import commands
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from netbuilder.places import examples
from netbuilder.ui.canvas import BLOCK_MIME
from netbuilder.ui.canvas.geometry import CARD_HEIGHT
from netbuilder.ui.window import Window

PATIENCE = 60_000


def destroy(window: Window) -> None:
    """Close a window and free it now: every widget alive makes the next change of colours slower."""
    window.project.document.mark_saved()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    """A window that was not shown: without children."""
    QSettings("netbuilder", "netbuilder").clear()
    made = Window()
    made.resize(1400, 900)
    yield made
    destroy(made)


@pytest.fixture
def shown(window: Window, qtbot: QtBot) -> Window:
    """A window on the screen whose engine is ready."""
    with qtbot.waitSignal(window.engine.ready, timeout=PATIENCE):
        window.show()
    return window


def drop(window: Window, block: str, x: int, y: int) -> str:
    """Drop a block from the palette there; the new node's id."""
    data = QMimeData()
    data.setData(BLOCK_MIME, block.encode())
    before = set(window.project.document.graph.nodes)
    place = QPointF(window.canvas.mapFromScene(QPointF(x, y)))
    event = QDropEvent(place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window.canvas.dropEvent(event)
    (new,) = set(window.project.document.graph.nodes) - before
    return new


def small_net(window: Window) -> None:
    """Commit the drawing digits → flatten → fc → loss, but for the flatten."""
    document = window.project.document
    for block, x, y in (("Digits", 0, 0), ("Flatten", 0, 80), ("Linear", 0, 160), ("CrossEntropyLoss", 0, 240)):
        document.commit(commands.add_node(document.graph, block, x, y), f"Add {block}")
    for wire in (
        ("digits", "image", "flatten1", "input"),
        ("flatten1", "output", "fc1", "input"),
        ("fc1", "output", "loss", "input"),
        ("digits", "label", "loss", "target"),
    ):
        document.commit(commands.connect(document.graph, *wire), "Wire")


def rows(window: Window) -> int:
    """How many steps the run's folder holds."""
    assert window.runs.folder is not None
    return len(RunReader(window.runs.folder).news()[0])


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    """Answer every question with this button; the questions asked."""
    asked: list[str] = []

    def press(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return button

    monkeypatch.setattr(QMessageBox, "exec", press)
    return asked


def test_the_window_is_built_without_torch_numpy_or_pyqtgraph() -> None:
    text = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from netbuilder.ui.window import Window; w = Window();"
        "print([m for m in ('torch', 'numpy', 'pyqtgraph', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_from_an_empty_drawing_to_a_trained_network_and_its_code(
    shown: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = shown
    window.project.show(Graph(), None)
    drop(window, "Digits", 0, 0)
    drop(window, "Linear", 0, 120)
    drop(window, "CrossEntropyLoss", 0, 240)
    document = window.project.document
    for wire in (
        ("digits", "image", "fc1", "input"),
        ("fc1", "output", "loss", "input"),
        ("digits", "label", "loss", "target"),
    ):
        document.commit(commands.connect(document.graph, *wire), "Wire")
    # Something is wrong: it is said on the node and in the list, and Train does not start.

    def said() -> bool:
        return any("Flatten" in str(problem.sentence) for problem in window.findings.problems(document.graph))

    qtbot.waitUntil(said, timeout=PATIENCE)
    assert window.problems.count > 0
    QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)
    assert window.runs.state == "idle"
    qtbot.waitUntil(lambda: "Flatten" in window.notice.text, timeout=PATIENCE)
    # Put right, it trains.
    drop(window, "Flatten", 240, 0)
    for wire in (("digits", "image", "flatten1", "input"), ("flatten1", "output", "fc1", "input")):
        document.commit(commands.connect(document.graph, *wire), "Wire")
    qtbot.waitUntil(lambda: window.problems.count == 0, timeout=PATIENCE)
    assert "nn.Linear(64, 10)" in window.code.source.text if window.code.source else False
    window.top.epochs.setValue(2000)
    assert document.graph.training.epochs == 2000
    QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.runs.state == "running" and rows(window) > 5, timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: window.training.run is not None and "loss" in window.training.headline.text, timeout=PATIENCE
    )
    # Pause holds it, resume lets it go on, stop ends it.
    QTest.mouseClick(window.top.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.runs.state == "paused", timeout=PATIENCE)
    held = rows(window)
    qtbot.wait(300)
    assert rows(window) == held
    QTest.mouseClick(window.top.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows(window) > held, timeout=PATIENCE)
    with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE) as ended:
        QTest.mouseClick(window.top.stop_button, Qt.MouseButton.LeftButton)
    assert ended.args is not None
    assert ended.args[0].state == "stopped"
    assert window.top.train_button.isEnabled()
    # Export, and run what was exported by itself.
    target = tmp_path / "train.py"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    document.commit(commands.set_training(document.graph, steps=3), "Three steps")
    qtbot.waitUntil(
        lambda: "STEPS = 3" in (window.findings.script.text if window.findings.script else ""), timeout=PATIENCE
    )
    window.actions_by_id["export_script"].trigger()
    done = subprocess.run([sys.executable, "-I", str(target)], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "step 3 of 3" in done.stdout


def test_a_killed_training_is_said_and_the_next_one_works_and_closing_ends_it(shown: Window, qtbot: QtBot) -> None:
    window = shown
    window.project.show(Graph(), None)
    small_net(window)
    document = window.project.document
    document.commit(commands.set_training(document.graph, epochs=100_000), "Long")
    qtbot.waitUntil(lambda: window.findings.script is not None and window.findings.script.complete, timeout=PATIENCE)
    window.train()
    qtbot.waitUntil(lambda: window.runs.state == "running" and rows(window) > 2, timeout=PATIENCE)
    first, pid = window.runs.folder, window.engine.training_pid
    assert first is not None
    assert pid is not None
    # On a free machine it is said within a second; here other tests want the cores too.
    with qtbot.waitSignal(window.runs.ended, timeout=5000):
        os.kill(pid, signal.SIGKILL)
    assert "SIGKILL" in window.notice.text
    assert window.notice.isVisible()
    qtbot.waitUntil(lambda: (RunReader(first).state() or ("", ""))[0] == "failed", timeout=PATIENCE)
    window.train()
    qtbot.waitUntil(lambda: window.runs.state == "running" and rows(window) > 2, timeout=PATIENCE)
    second, pid = window.runs.folder, window.engine.training_pid
    assert second not in (None, first)
    assert pid is not None
    document.mark_saved()
    window.close()
    assert not Path(f"/proc/{pid}").exists()
    assert second is not None
    assert RunReader(second).state() == ("stopped", f"Stopped at step {rows(window)} of 2300000.")


def test_an_engine_that_dies_is_started_again_and_knows_the_drawing(shown: Window, qtbot: QtBot) -> None:
    window = shown
    window.project.show(Graph(), None)
    small_net(window)
    qtbot.waitUntil(lambda: "fc1" in window.findings.reports, timeout=PATIENCE)
    analysis = window.engine._analysis
    assert analysis is not None
    with qtbot.waitSignal(window.engine.ready, timeout=PATIENCE):
        os.kill(analysis.pid, signal.SIGKILL)
    assert "SIGKILL" in window.notice.text
    document = window.project.document
    document.commit(commands.set_params(document.graph, "fc1", {"out_features": 12}), "Wider")
    qtbot.waitUntil(lambda: window.findings.reports["fc1"].parameters == 65 * 12, timeout=PATIENCE)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99, "records": []}'])
def test_a_broken_file_is_said_and_changes_nothing(window: Window, tmp_path: Path, text: str) -> None:
    broken = tmp_path / "broken.netb"
    broken.write_text(text)
    before = window.project.document
    window.project.open(broken)
    assert window.project.document is before
    assert "broken.netb" in window.notice.text
    assert broken.read_text() == text


def test_saving_and_opening_keeps_the_drawing_and_lists_the_file(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_net(window)
    assert window.isWindowModified()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    window.actions_by_id["save"].trigger()
    assert not window.isWindowModified()
    assert load(tmp_path / "mine.netb") == window.project.document.graph
    window.actions_by_id["undo"].trigger()
    assert window.isWindowModified()
    window.actions_by_id["redo"].trigger()
    assert not window.isWindowModified()
    assert window.project.recent() == [tmp_path / "mine.netb"]


def test_a_file_that_cannot_be_written_is_said_and_the_work_is_kept(window: Window, tmp_path: Path) -> None:
    small_net(window)
    assert not window.project.save_to(tmp_path / "missing" / "mine.netb")
    assert "cannot be written" in window.notice.text
    assert window.isWindowModified()


def test_closing_with_unsaved_work_asks(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    small_net(window)
    asked = answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert asked == ["Save the changes to “untitled”?"]
    window.actions_by_id["new"].trigger()
    assert len(asked) == 2
    assert window.project.document.graph.nodes
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    assert window.close()


def test_what_is_still_being_typed_counts(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    small_net(window)
    window.project.save_to(tmp_path / "mine.netb")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.select(["fc1"])
    field = window.inspector.findChild(QLineEdit, "out_features")
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "77")
    assert not window.isWindowModified()
    window.actions_by_id["save"].trigger()
    assert load(tmp_path / "mine.netb").nodes["fc1"].params == {"out_features": 77}


def test_saving_asks_before_another_file_or_another_programs_change_is_lost(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_net(window)
    other = tmp_path / "mine.netb"
    other.write_text("precious")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    asked = answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    assert not window.project.save()
    assert other.read_text() == "precious"
    assert window.project.save_to(other)
    other.write_text("changed by hand")
    assert not window.project.save()
    assert other.read_text() == "changed by hand"
    assert asked == ["Replace “mine.netb”?", "“mine.netb” was changed by another program. Replace it?"]
    answer(monkeypatch, QMessageBox.StandardButton.Yes)
    assert window.project.save()
    assert load(other) == window.project.document.graph


def test_a_training_asked_for_does_not_outlive_its_document(window: Window) -> None:
    small_net(window)
    window.train()
    assert window._wanted is not None
    window.project.show(Graph(), None)
    assert window._wanted is None


def test_an_engine_that_always_dies_is_given_up_with_a_sentence(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    window.show()
    qtbot.waitUntil(lambda: window.engine.lost, timeout=PATIENCE)
    assert "again and again" in window.notice.text
    window.train()
    assert "start Netbuilder again" in window.notice.text


def test_a_run_that_hangs_before_its_first_step_can_be_stopped(shown: Window, qtbot: QtBot, tmp_path: Path) -> None:
    window = shown
    os.mkfifo(tmp_path / "train-images-idx3-ubyte")
    window.project.show(Graph(), None)
    small_net(window)
    document = window.project.document
    fashion = Node("hangs", "FashionMNIST", "hangs", params={"folder": str(tmp_path)})
    document.commit({"hangs": (None, fashion)}, "Add")
    for wire in (("hangs", "image", "flatten1", "input"), ("hangs", "label", "loss", "target")):
        document.commit(commands.connect(document.graph, *wire), "Wire")
    document.commit(commands.delete(document.graph, ["digits"]), "Delete")
    qtbot.waitUntil(lambda: window.engine.current and window.problems.count == 0, timeout=PATIENCE)
    window.train()
    qtbot.waitUntil(lambda: window.runs.state == "starting", timeout=PATIENCE)
    with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE) as ended:
        window.runs.stop()
    assert ended.args is not None
    assert ended.args[0].state == "stopped"
    folder = window.runs.folder
    assert folder is not None
    qtbot.waitUntil(lambda: (RunReader(folder).state() or ("", ""))[0] == "stopped", timeout=PATIENCE)


def test_a_project_in_a_folder_whose_name_is_no_text_is_analysed(shown: Window, qtbot: QtBot, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    small_net(shown)
    assert shown.project.save_to(folder / "mine.netb")
    qtbot.waitUntil(lambda: shown.engine.current and "fc1" in shown.findings.reports, timeout=PATIENCE)


def test_after_typing_and_enter_undo_is_the_drawings(window: Window, qtbot: QtBot) -> None:
    small_net(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.select(["fc1"])
    field = window.inspector.findChild(QLineEdit, "out_features")
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "77")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.project.document.graph.nodes["fc1"].values["out_features"] == 77
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.project.document.graph.nodes["fc1"].values["out_features"] == 10


def test_after_searching_for_a_block_undo_takes_it_back(window: Window, qtbot: QtBot) -> None:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.actions_by_id["find_block"].trigger()
    QTest.keyClicks(window.palette_panel.search, "tanh")
    QTest.keyClick(window.palette_panel.search, Qt.Key.Key_Return)
    assert window.project.document.graph.nodes
    assert window.canvas.hasFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.project.document.graph.nodes


def test_enter_and_f2_lead_into_the_inspector(window: Window, qtbot: QtBot) -> None:
    small_net(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.select(["fc1"])
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    assert window.focusWidget() is window.inspector.findChild(QLineEdit, "in_features")
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F2)
    QTest.keyClicks(window.focusWidget(), "head")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.project.document.graph.nodes["fc1"].name == "head"


def test_what_keeps_a_drawing_from_training_is_in_the_status_bar(shown: Window, qtbot: QtBot) -> None:
    shown.project.show(Graph(), None)
    qtbot.waitUntil(lambda: shown.status.problems.text() == "Not ready to train", timeout=PATIENCE)
    assert "no data" in shown.status.problems.toolTip()


def test_code_is_exported_beside_the_project_or_at_home_never_into_the_program(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *words: (offered.append(words[2]), ("", ""))[1])
    window.project.open_example(examples() / "digits.netb")
    window.project.export("x = 1", "module")
    assert offered == [str(Path.home() / "digitsnet.py")]


def test_an_example_opens_as_a_copy(window: Window) -> None:
    window.project.open_example(examples() / "digits.netb")
    assert window.project.path is None
    assert window.project.title == "digits"
    assert not window.project.document.edited


def test_a_block_from_the_palette_goes_below_the_selected_one(window: Window) -> None:
    window.palette_panel.chosen.emit("Conv2d")
    window.palette_panel.chosen.emit("ReLU")
    conv, relu = window.project.document.graph.order
    assert (relu.block, relu.x) == ("ReLU", conv.x)
    assert conv.y + CARD_HEIGHT < relu.y < conv.y + 2 * CARD_HEIGHT
    assert window.canvas.selected() == [relu.id]


def test_tab_asks_for_a_block_and_enter_places_it(window: Window) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    QTest.keyClicks(window.finder.field, "batch")
    QTest.keyClick(window.finder.field, Qt.Key.Key_Return)
    assert [node.block for node in window.project.document.graph.order] == ["BatchNorm2d"]


def test_a_double_click_on_the_empty_says_where_the_next_block_goes(window: Window) -> None:
    at = window.canvas.mapFromScene(QPointF(400, 240))
    QTest.mouseDClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    QTest.keyClicks(window.finder.field, "relu")
    QTest.keyClick(window.finder.field, Qt.Key.Key_Return)
    (node,) = window.project.document.graph.order
    assert abs(node.x + 88 - 400) <= 8
    assert abs(node.y + 24 - 240) <= 8


def test_undo_says_what_it_takes_back(window: Window) -> None:
    drop(window, "Conv2d", 0, 0)
    assert "conv" in window.actions_by_id["undo"].text().lower()
    window.actions_by_id["undo"].trigger()
    assert not window.project.document.graph.nodes
    assert not window.actions_by_id["undo"].isEnabled()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_theme_is_kept(window: Window, name: str, qtbot: QtBot) -> None:
    window.choose_theme(name)
    assert window.theme.name == name
    other = Window()
    assert other.theme.name == name
    destroy(other)


def test_the_window_comes_back_as_it_was_left(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.docks["blocks"].hide()
    window.tabs.setCurrentWidget(window.code)
    window.project.document.mark_saved()
    window.close()
    other = Window()
    assert other.docks["blocks"].isHidden()
    assert other.tabs.currentWidget() is other.code
    destroy(other)


def test_every_action_has_a_text_and_no_two_share_a_key(window: Window) -> None:
    keys = [a.shortcut().toString() for a in window.actions_by_id.values() if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    assert all(action.text().strip() for action in window.actions_by_id.values())


def test_choosing_code_chooses_its_node_and_the_other_way_round(shown: Window, qtbot: QtBot) -> None:
    window = shown
    window.project.show(Graph(), None)
    small_net(window)

    def has_code() -> bool:
        return window.code.source is not None and "self.fc1" in window.code.source.text

    qtbot.waitUntil(has_code, timeout=PATIENCE)
    window.code.node_chosen.emit("fc1")
    assert window.canvas.selected() == ["fc1"]
    window.canvas.select(["flatten1"])
    assert window.inspector.isVisible()
