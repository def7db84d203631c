"""LeNet is built and trained with keys alone, in the real window: what a hand that cannot hold a mouse can do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.graph.graph import Graph
from netbuilder.ui.window import Window

PATIENCE = 60_000
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key
LENET: list[tuple[str, dict[str, str]]] = [
    ("digits", {}),
    ("conv2d", {"out_channels": "6", "kernel_size": "5", "padding": "2"}),
    ("relu", {}),
    ("maxpool2d", {}),
    ("conv2d", {"out_channels": "16", "kernel_size": "5", "padding": "2"}),
    ("relu", {}),
    ("maxpool2d", {}),
    ("flatten", {}),
    ("linear", {"out_features": "120"}),
    ("relu", {}),
    ("linear", {"out_features": "84"}),
    ("relu", {}),
    ("linear", {}),
    ("crossentropyloss", {}),
]


class Keyboard:
    """Presses keys; where they go is the window's affair."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._window.windowHandle(), key, keys)

    def type(self, text: str) -> None:
        for sign in text:
            QTest.keyClick(self._window.windowHandle(), sign)

    def go_to(self, name: str) -> None:
        """Press Tab until the field of that name has the focus."""
        for _ in range(60):
            focus = QApplication.focusWidget()
            if focus is not None and focus.objectName() == name:
                return
            self.press(Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {name}")

    def fill(self, fields: dict[str, str]) -> None:
        for name, value in fields.items():
            self.go_to(name)
            self.press(Key.Key_A, CONTROL)
            self.type(value)
            self.press(Key.Key_Return)
        self.press(Key.Key_Escape)
        assert self._window.canvas.hasFocus(), "Esc leads back to the drawing"


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    """A window on the screen whose engine is ready."""
    QSettings("netbuilder", "netbuilder").clear()
    made = Window()
    made.resize(1400, 900)
    with qtbot.waitSignal(made.engine.ready, timeout=PATIENCE):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.project.document.mark_saved()
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_lenet_is_built_and_trained_with_no_mouse(window: Window, qtbot: QtBot) -> None:
    keys, canvas = Keyboard(window), window.canvas
    window.project.show(Graph(), None)
    keys.press(Key.Key_Return, CONTROL)
    assert canvas.hasFocus(), "Ctrl+Enter leads to the drawing"
    for block, fields in LENET:
        keys.press(Key.Key_Tab)
        assert window.finder.field.hasFocus()
        keys.type(block)
        keys.press(Key.Key_Return)
        assert canvas.hasFocus() and len(canvas.selected()) == 1
        if fields:
            keys.press(Key.Key_Return)
            assert window.inspector.isAncestorOf(QApplication.focusWidget())
            keys.fill(fields)
    keys.press(Key.Key_Up)
    keys.press(Key.Key_Tab)
    keys.type("accuracy")
    keys.press(Key.Key_Return)
    document = window.project.document
    graph = document.graph
    order = [node.block.lower() for node in graph.order if node.block not in ("CrossEntropyLoss", "Accuracy")]
    assert order == [block for block, _ in LENET[:-1]]
    assert len(graph.wires) == 13 + 1 + 2, "all in one row, the labels with it"
    assert graph.nodes["conv1"].params == {"out_channels": 6, "kernel_size": 5, "padding": 2}
    cards = [item.card for item in canvas.items_scene.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(cards) for b in cards[:i])
    qtbot.waitUntil(lambda: window.engine.current and not window.findings.problems(document.graph), timeout=PATIENCE)
    assert window.findings.script is not None and window.findings.script.complete
    # The training's settings, then Train.
    keys.press(Key.Key_Comma, CONTROL)
    focus = QApplication.focusWidget()
    assert focus is not None and window.inspector.isAncestorOf(focus), "Ctrl+, leads into the settings"
    keys.fill({"steps": "8", "batch_size": "100"})
    assert (document.graph.training.steps, document.graph.training.batch_size) == (8, 100)
    with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE) as ended:
        keys.press(Key.Key_F5)
    assert ended.args is not None and ended.args[0].state == "finished"
    # And all of it back again.
    keys.press(Key.Key_Return, CONTROL)
    while document.undo_label is not None:
        keys.press(Key.Key_Z, CONTROL)
    assert not document.graph.nodes
