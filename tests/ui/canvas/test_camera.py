"""Where the view looks: what is framed is seen whole, beside what stands over the drawing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.view import View
from netbuilder.ui.theme import DARK


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[View]:
    made = View(Scene(Look(DARK)))
    made.items_scene.apply({"a": (None, Node("a", "ReLU", "a"))}, Graph())
    made.resize(900, 700)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()
    QApplication.processEvents()


@pytest.mark.parametrize("size", [(400.0, 300.0), (300.0, 2000.0), (3000.0, 200.0)])
def test_nothing_that_is_framed_lies_below_what_stands_above(view: View, size: tuple[float, float]) -> None:
    area = QRectF(-100, -50, *size)
    view.camera.frame(area, at_once=True)
    shown = QRectF(view.mapFromScene(area.topLeft()), view.mapFromScene(area.bottomRight()))
    room = QRectF(view.viewport().rect()).adjusted(32, 60, -32, -32)
    assert room.adjusted(-2, -2, 2, 2).contains(shown)
    assert abs(shown.center().x() - room.center().x()) <= 2 and abs(shown.center().y() - room.center().y()) <= 2


def test_a_long_drawing_begins_below_what_stands_above(view: View) -> None:
    view.camera.frame_legibly(QRectF(0, -50, 200, 9000))
    assert abs(view.mapFromScene(QPointF(100, -50)).y() - 60) <= 1
