"""The whole window with real children: from an empty drawing to code, and through what goes wrong on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.bridge.run_folder import RunReader
from netbuilder.graph import commands
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Frame, Node, Note
from netbuilder.places import examples
from netbuilder.ui.canvas import BLOCK_MIME
from netbuilder.ui.canvas.geometry import CARD_HEIGHT
from netbuilder.ui.dropped import PARTS
from netbuilder.ui.inspector.help_page import HelpPage
from netbuilder.ui.start import end
from netbuilder.ui.window import Window
from tests.data_files import write_image_folder, write_table

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
    window.actions_by_id["export_torchrun"].trigger()
    qtbot.waitUntil(lambda: "DistributedDataParallel" in target.read_text("utf-8"), timeout=PATIENCE)


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


def type_features(window: Window, qtbot: QtBot) -> QLineEdit:
    """Type 77 into fc1's out_features, without leaving the field."""
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.select(["fc1"])
    field = window.inspector.findChild(QLineEdit, "out_features")
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "77")
    return field


def test_what_is_still_being_typed_counts(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    small_net(window)
    window.project.save_to(tmp_path / "mine.netb")
    type_features(window, qtbot)
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
    field = type_features(window, qtbot)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.project.document.graph.values(window.project.document.graph.nodes["fc1"])["out_features"] == 77
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.project.document.graph.values(window.project.document.graph.nodes["fc1"])["out_features"] == 10


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
    keys = [
        a.shortcut().toString() for a in window.actions_by_id.values() if a.isEnabled() and not a.shortcut().isEmpty()
    ]
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


# What is being typed or written when something else is done.


@pytest.fixture
def active(window: Window, qtbot: QtBot) -> Window:
    """A window that has the keyboard, on a drawing with a note; its engine is not awaited."""
    window.engine.start = lambda: None  # type: ignore[method-assign]
    graph = Graph()
    for i, block in enumerate(("Conv2d", "ReLU", "Linear")):
        graph = graph.apply(commands.add_node(graph, block, 0, 128 * i))
    graph = graph.apply(commands.connect(graph, "conv1", "output", "relu1", "input"))
    graph = graph.apply({"note1": (None, Note("note1", "one", x=400))})
    window.project.show(graph.apply({"frame1": (None, Frame("frame1", "old", 400, 200, 200, 200))}), None)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    return window


def press(window: Window, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key; it goes where the focus is."""
    QTest.keyClick(window.windowHandle(), key, keys)


CONTROL = Qt.KeyboardModifier.ControlModifier


def test_saving_takes_the_note_that_is_being_written(active: Window, tmp_path: Path) -> None:
    window, path = active, tmp_path / "mine.netb"
    window.project.save_to(path)
    window.canvas.writing.begin("note1")
    QTest.keyClicks(window.canvas.writing.note, " two")
    press(window, Qt.Key.Key_S, CONTROL)
    assert load(path).notes["note1"].text == "one two"
    assert not window.isWindowModified() and window.canvas.hasFocus()


def test_closing_asks_about_the_note_that_is_being_written(active: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window = active
    window.canvas.writing.begin("note1")
    QTest.keyClicks(window.canvas.writing.note, " two")
    asked = answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    assert not window.close() and len(asked) == 1
    assert window.project.document.graph.notes["note1"].text == "one two"


def test_a_note_that_is_too_long_is_neither_saved_nor_lost(
    active: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, path = active, tmp_path / "mine.netb"
    window.project.save_to(path)
    before = path.read_bytes()
    window.canvas.writing.begin("note1")
    note = window.canvas.writing.note
    note.setPlainText("x" * 20_001)
    offered: list[int] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (offered.append(1), ("", ""))[1])
    for name in ("save", "save_as"):
        window.notice.hide()
        window.actions_by_id[name].trigger()
        assert "at most 20000" in window.notice.text and window.notice.isVisible()
        assert path.read_bytes() == before and note.isVisible() and note.hasFocus() and not offered
    window.actions_by_id["undo"].trigger()
    assert len(note.toPlainText()) == 20_001
    for button in (QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Save):
        asked = answer(monkeypatch, button)
        assert not window.close() and len(asked) == 1 and note.isVisible()
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    window.actions_by_id["new"].trigger()
    assert not note.isVisible() and not window.project.document.graph.notes


def test_undo_takes_back_the_note_that_is_being_written(active: Window) -> None:
    window = active
    document = window.project.document
    window.canvas.writing.begin("note1")
    QTest.keyClicks(window.canvas.writing.note, " two")
    document.commit(commands.rename(document.graph, "fc1", "head"), "Rename")
    window.actions_by_id["undo"].trigger()
    assert document.graph.notes["note1"].text == "one" and document.graph.nodes["fc1"].name == "head"
    window.actions_by_id["redo"].trigger()
    assert document.graph.notes["note1"].text == "one two"
    window.canvas.annotating.add_note()
    window.actions_by_id["undo"].trigger()
    assert document.graph.notes["note1"].text == "one two" and len(document.graph.notes) == 1


@pytest.mark.parametrize(
    ("key", "keys"),
    [(Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_S, CONTROL), (Qt.Key.Key_E, CONTROL)],
)
def test_after_an_action_the_search_box_has_not_kept_the_keyboard(
    active: Window, tmp_path: Path, key: Qt.Key, keys: Qt.KeyboardModifier
) -> None:
    window = active
    window.project.save_to(tmp_path / "mine.netb")
    press(window, Qt.Key.Key_Slash)
    assert window.finder.field.hasFocus()
    press(window, key, keys)
    assert not window.finder.isVisible() and window.canvas.hasFocus()


@pytest.mark.parametrize(
    ("name", "done"),
    [
        ("find", lambda window: window.finder.isVisible()),
        ("palette", lambda window: window.finder.isVisible()),
        ("next_problem", lambda window: window.notice.isVisible()),
        ("help_block", lambda window: isinstance(window.inspector.widget(), HelpPage)),
        ("find_block", lambda window: window.palette_panel.search.hasFocus()),
        ("undo", lambda window: window.project.document.undo_label == "Rename"),
        ("redo", lambda window: window.project.document.undo_label == "Rename"),
    ],
)
def test_an_action_in_the_middle_of_a_drag_ends_the_drag(
    active: Window, name: str, done: Callable[[Window], bool]
) -> None:
    window, document = active, active.project.document
    for new in ("head", "tail"):
        document.commit(commands.rename(document.graph, "fc1", new), "Rename")
    document.undo()
    graph, viewport, left = document.graph, window.canvas.viewport(), Qt.MouseButton.LeftButton
    card = window.canvas.items_scene.nodes["conv1"].card
    at = window.canvas.mapFromScene(card.center())
    QTest.mousePress(viewport, left, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseMove(viewport, at + QPoint(60, 0))
    assert window.canvas.items_scene.nodes["conv1"].card != card, "the drag has begun"
    window.actions_by_id[name].trigger()
    assert window.canvas.hand.idle and done(window)
    assert window.canvas.items_scene.nodes["conv1"].card == card
    QTest.mouseMove(viewport, at + QPoint(120, 0))
    QTest.mouseRelease(viewport, left, Qt.KeyboardModifier.NoModifier, at + QPoint(120, 0))
    assert document.graph == graph and window.canvas.items_scene.nodes["conv1"].card == card


def test_enter_shows_the_inspector_where_it_was_closed(active: Window) -> None:
    window = active
    window.docks["inspector"].hide()
    window.canvas.select(["fc1"])
    press(window, Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    assert field is not None and field.objectName() == "in_features" and field.isVisible()


def test_f2_renames_the_one_thing_that_is_selected(active: Window) -> None:
    window, document = active, active.project.document
    window.docks["inspector"].hide()
    for chosen, typed in ((["fc1"], "head"), (["note1"], " two"), (["frame1"], "new"), ([], "Mine")):
        window.canvas.select(chosen)
        press(window, Qt.Key.Key_F2)
        field = QApplication.focusWidget()
        assert field is not None and field.isVisible()
        QTest.keyClicks(field, typed)
        press(window, Qt.Key.Key_Return, CONTROL if chosen == ["note1"] else Qt.KeyboardModifier.NoModifier)
        window.canvas.setFocus()
    graph = document.graph
    assert (graph.nodes["fc1"].name, graph.main.name) == ("head", "Mine")
    assert (graph.notes["note1"].text, graph.frames["frame1"].title) == ("one two", "new")
    for chosen in (["conv1", "relu1"], ["relu1:input"], ["note1", "frame1"], ["fc1", "note1"]):
        window.notice.hide()
        window.canvas.select(chosen)
        press(window, Qt.Key.Key_F2)
        assert window.notice.text == "Select one block to rename it." and window.notice.isVisible()
        assert window.canvas.hasFocus()
    assert document.graph == graph


def test_the_list_of_blocks_shows_the_key_that_leads_there(active: Window) -> None:
    window = active
    shown = [part.text() for part in window.palette_panel.search.findChildren(QLabel) if part.isVisible()]
    assert shown == ["Ctrl+B"]
    press(window, Qt.Key.Key_B, CONTROL)
    assert window.palette_panel.search.hasFocus()


def test_ctrl_enter_leads_to_the_drawing_from_everywhere_and_esc_from_every_panel(active: Window) -> None:
    window = active
    window.canvas.select(["fc1"])
    window.choose_theme("dark")
    reached = [
        widget
        for panel in (window.palette_panel, window.inspector, window.tabs, window.top)
        for widget in panel.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()
    ]
    assert len(reached) > 10
    for widget in reached:
        for tab in (window.training, window.code, window.problems, window.log):
            if tab.isAncestorOf(widget):
                window.tabs.setCurrentWidget(tab)
        if not widget.isVisible():
            continue
        for key, keys in ((Qt.Key.Key_Return, CONTROL), (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)):
            widget.setFocus()
            press(window, key, keys)
            assert window.canvas.hasFocus(), (widget, key)


def test_enter_in_an_empty_drawing_is_nothing_and_tab_begins_it(active: Window) -> None:
    window = active
    window.project.show(Graph(), None)
    window.canvas.setFocus()
    press(window, Qt.Key.Key_Return)
    assert window.canvas.hasFocus() and not window.finder.isVisible() and not window.isWindowModified()
    press(window, Qt.Key.Key_Tab)
    QTest.keyClicks(window.finder.field, "digits")
    press(window, Qt.Key.Key_Return)
    assert "digits" in window.project.document.graph.nodes


def test_another_theme_leaves_alone_what_is_being_typed(active: Window) -> None:
    window = active
    window.choose_theme("dark")
    window.canvas.select(["fc1"])
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_7)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit) and field.text() == "7"
    window.choose_theme("light")
    assert QApplication.focusWidget() is field and field.text() == "7"
    assert window.project.document.undo_label is None
    press(window, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_a_signal_leaves_the_dialogs_and_closes(active: Window) -> None:
    window, document, asked = active, active.project.document, list[str]()
    document.commit(commands.rename(document.graph, "fc1", "head"), "Rename")

    def go_on() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            if len(asked) == 1:
                end(window)
            else:
                box.button(QMessageBox.StandardButton.Discard).click()

    clock = QTimer()
    clock.timeout.connect(go_on)
    clock.start(20)
    assert not window.project.may_leave(), "the question that was open is answered with no"
    for _ in range(200):
        if not window.isVisible():
            break
        QTest.qWait(10)
    clock.stop()
    assert asked == ["Save the changes to “untitled”?"] * 2 and not window.isVisible()


def test_what_was_dropped_on_another_drawing_is_not_put_into_this_one(
    active: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    window = active
    for part in PARTS:
        (tmp_path / part).touch()
    for document in (window.project.document, None):
        window.canvas.files_dropped.emit([tmp_path], QPointF(0, 0))
        window.canvas.files_dropped.emit([tmp_path / "nothing"], QPointF(0, 0))
        if document is not None:
            window.project.show(Graph(), None)
            qtbot.wait(200)
            assert not window.project.document.graph.nodes and not window.notice.isVisible()
    qtbot.waitUntil(lambda: len(window.project.document.graph.nodes) == 1 and window.notice.isVisible())


def test_tables_and_pictures_dropped_on_the_canvas_become_data(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    window.engine.start = lambda: None  # type: ignore[method-assign]
    window.project.show(Graph(), None)
    assert window.project.save_to(tmp_path / "net.netb")
    window.show()
    table, pictures = write_table(tmp_path / "flowers.csv"), write_image_folder(tmp_path / "pictures")
    for path, block, params in (
        (table, "CSVTable", {"file": "flowers.csv"}),
        (pictures, "ImageFolder", {"folder": "pictures"}),
    ):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        middle = window.canvas.viewport().rect().center()
        keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        enter = QDragEnterEvent(middle, Qt.DropAction.CopyAction, data, *keys)
        QApplication.sendEvent(window.canvas.viewport(), enter)
        assert enter.isAccepted()
        before = set(window.project.document.graph.nodes)
        drop = QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, data, *keys)
        QApplication.sendEvent(window.canvas.viewport(), drop)
        qtbot.waitUntil(lambda before=before: set(window.project.document.graph.nodes) != before)
        (new,) = set(window.project.document.graph.nodes) - before
        node = window.project.document.graph.nodes[new]
        assert node.block == block and dict(node.params) == params
        window.project.document.undo()
        assert set(window.project.document.graph.nodes) == before
        window.project.document.redo()
    window.project.document.mark_saved()
