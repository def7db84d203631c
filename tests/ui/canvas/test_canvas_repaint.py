"""What is on the screen after any change is what a fresh painting of everything gives: no trace of what was there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.graph import commands, notes
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.places import examples
from tests.ui.canvas.canvas_help import Hands

Make = Callable[[Graph | None], Hands]


def shown(h: Hands) -> QImage:
    """What the window system has."""
    return QGuiApplication.primaryScreen().grabWindow(h.canvas.winId()).toImage()


def check_painted(h: Hands) -> None:
    """Fail where what was painted bit by bit differs from painting all of it."""
    QTest.qWait(250)  # what is routed and painted later
    there, fresh = shown(h), h.canvas.grab().toImage().convertToFormat(shown(h).format())
    assert there.size() == fresh.size()
    assert there == fresh


def test_nothing_of_an_old_route_stays(hands: Make, qtbot: QtBot) -> None:
    graph = load(Path(examples() / "digits.netb"))
    graph = graph.apply(commands.add_node(graph, "Tanh", 400, 300))
    h = hands(graph.apply(notes.add_note(graph, "a note", -260, 40)))
    h.canvas.camera.go(h.canvas.items_scene.nodes["pool1"].card.center(), 0.8, at_once=True)
    check_painted(h)
    start = h.middle("tanh1")
    for step in (QPoint(-150, 0), QPoint(-60, 90), QPoint(-180, -120)):
        h.press(start)
        for part in range(1, 6):
            h.move(start + step * part / 5)
        h.release(start + step)
        check_painted(h)
        h.document.undo()
        check_painted(h)
    h.canvas.select(["note1", "conv1", "relu2"])
    h.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    check_painted(h)
    h.document.undo()
    check_painted(h)
    h.canvas.select(["conv2"])
    h.key(Qt.Key.Key_Delete)
    check_painted(h)
    h.document.undo()
    check_painted(h)
