"""What hands do on the canvas, by real mouse and key events: move, select, pan, zoom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph.graph import Graph
from tests.ui.canvas.canvas_help import Hands, check, drawing, small

Make = Callable[[Graph | None], Hands]
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_a_card_moves_on_the_grid_in_one_step(hands: Make) -> None:
    h = hands(small())
    start = h.middle("relu1")
    h.press(start)
    for step in range(1, 12):
        h.move(start + QPoint(step * 5, step * 3))
        assert h.document.graph.nodes["relu1"].x == 0, "records wait for the release"
    h.release(start + QPoint(55, 33))
    node = h.document.graph.nodes["relu1"]
    assert (node.x, node.y) == (56, 224)
    check(h.canvas)
    assert h.document.undo_label == "Move relu1"
    h.document.undo()
    assert h.document.graph == small()
    assert h.document.undo() is None
    check(h.canvas)
    h.document.redo()
    assert h.document.graph.nodes["relu1"].x == 56


def test_escape_puts_cards_back(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1", "relu1"])
    start = h.middle("relu1")
    h.press(start)
    h.move(start + QPoint(80, 40))
    assert h.canvas.items_scene.nodes["conv1"].pos() == QPointF(80, 136)
    h.key(Qt.Key.Key_Escape)
    check(h.canvas)
    h.move(start + QPoint(160, 80))
    h.release(start + QPoint(160, 80))
    assert h.document.graph == small() and h.document.undo_label is None


def test_selected_cards_move_together(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["digits", "conv1", "relu1"])
    h.drag(h.middle("conv1"), h.middle("conv1") + QPoint(64, -16))
    nodes = h.document.graph.nodes
    assert [(nodes[key].x, nodes[key].y) for key in ("digits", "conv1", "relu1")] == [(64, -16), (64, 80), (64, 176)]
    assert h.document.undo_label == "Move 3 blocks"
    assert set(h.canvas.selected()) == {"digits", "conv1", "relu1"}


def test_an_edit_from_elsewhere_ends_a_drag(hands: Make) -> None:
    h = hands(small())
    h.drag(h.middle("fc1"), h.middle("fc1") + QPoint(40, 0))
    start = h.middle("relu1")
    h.press(start)
    h.move(start + QPoint(80, 40))
    h.document.undo()
    check(h.canvas)
    h.release(start + QPoint(80, 40))
    assert h.document.graph == small()


def test_clicks_select(hands: Make) -> None:
    h = hands(small())
    said: list[list[str]] = []
    h.canvas.selection_changed.connect(said.append)
    h.click(h.middle("conv1"))
    assert h.canvas.selected() == ["conv1"]
    h.click(h.middle("relu1"), CONTROL)
    assert h.canvas.selected() == ["conv1", "relu1"]
    h.click(h.middle("conv1"), SHIFT)
    assert h.canvas.selected() == ["relu1"]
    wire = h.canvas.items_scene.wires["relu1:input"].middle()
    h.click(h.pixel(wire.x() + 4, wire.y()))
    assert h.canvas.selected() == ["relu1:input"]
    h.click(h.pixel(500, 20))
    assert h.canvas.selected() == []
    assert said == [["conv1"], ["conv1", "relu1"], ["relu1"], ["relu1:input"], []]
    assert h.document.undo_label is None


def test_a_rubber_band_selects_and_shift_adds(hands: Make) -> None:
    h = hands(small())
    h.drag(h.pixel(-40, 80), h.pixel(20, 200))
    assert h.canvas.selected() == ["conv1", "relu1"]
    h.drag(h.pixel(230, 270), h.pixel(300, 360), SHIFT)
    assert h.canvas.selected() == ["conv1", "relu1", "loss"]
    h.drag(h.pixel(60, 155), h.pixel(120, 180))
    assert h.canvas.selected() == ["relu1:input"], "where there are no cards, wires"
    h.press(h.pixel(-40, 80))
    h.move(h.pixel(20, 200))
    h.key(Qt.Key.Key_Escape)
    h.release(h.pixel(20, 200))
    assert h.canvas.selected() == ["relu1:input"]


def test_keys_delete_and_select(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1"])
    h.key(Qt.Key.Key_Delete)
    assert "conv1" not in h.document.graph.nodes
    assert list(h.document.graph.wires) == ["relu1:input"] and h.document.graph.wires["relu1:input"].source == "digits"
    assert h.document.undo_label == "Delete conv1" and h.canvas.selected() == []
    check(h.canvas)
    h.document.undo()
    h.canvas.select(["relu1:input", "conv1:input"])
    h.key(Qt.Key.Key_Backspace)
    assert not h.document.graph.wires and h.document.undo_label == "Remove wires"
    h.canvas.select_all()
    assert h.canvas.selected() == list(h.document.graph.nodes)
    h.key(Qt.Key.Key_Escape)
    assert h.canvas.selected() == []
    h.key(Qt.Key.Key_Delete)
    assert len(h.document.graph.nodes) == 5


def test_arrows_move_in_one_undo_step(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["fc1"])
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        h.key(key, CONTROL)
        check(h.canvas)
    assert (h.document.graph.nodes["fc1"].x, h.document.graph.nodes["fc1"].y) == (16, 280)
    h.document.undo()
    assert h.document.graph == small()


def test_enter_and_double_click_open(hands: Make) -> None:
    h = hands(small())
    opened: list[str] = []
    h.canvas.activated.connect(opened.append)
    h.double_click(h.middle("fc1"))
    h.canvas.select(["relu1"])
    h.key(Qt.Key.Key_Return)
    assert opened == ["fc1", "relu1"]


@pytest.mark.parametrize("turn", [120, -120, 15, -480])
def test_the_wheel_zooms_at_the_mouse(hands: Make, turn: int) -> None:
    h = hands(small())
    at = QPoint(700, 130)
    zooms: list[float] = []
    h.canvas.zoom_changed.connect(zooms.append)
    for _ in range(3):
        before = h.canvas.mapToScene(at)
        h.wheel(at, turn)
        shift = QPointF(h.canvas.mapFromScene(before)) - QPointF(at)
        assert shift.manhattanLength() <= 2
        check(h.canvas)
    assert zooms == sorted(zooms, reverse=turn < 0) and len(zooms) == 3


def test_zoom_has_limits(hands: Make) -> None:
    h = hands(small())
    for turn, limit in ((1200, 3.0), (-1200, 0.05)):
        for _ in range(12):
            h.wheel(QPoint(300, 300), turn)
        assert h.canvas.camera.scale == limit
        check(h.canvas)


def test_shift_wheel_and_touchpad_pan(hands: Make) -> None:
    h = hands(small())
    before = h.canvas.mapToScene(QPoint(0, 0))
    h.wheel(QPoint(300, 300), 120, SHIFT)
    assert h.canvas.mapToScene(QPoint(0, 0)) == before + QPointF(-120, 0)
    h.wheel(QPoint(300, 300), 0, pixels=QPoint(7, -30))
    assert h.canvas.mapToScene(QPoint(0, 0)) == before + QPointF(-127, 30)
    h.wheel(QPoint(300, 300), 0, CONTROL, pixels=QPoint(0, 30))
    assert h.canvas.camera.scale > 1


def test_space_and_the_middle_button_pan(hands: Make) -> None:
    h = hands(small())
    before = h.canvas.mapToScene(QPoint(0, 0))
    QTest.keyPress(h.canvas, Qt.Key.Key_Space)
    h.drag(h.middle("conv1"), h.middle("conv1") + QPoint(50, 20))
    QTest.keyRelease(h.canvas, Qt.Key.Key_Space)
    assert h.canvas.mapToScene(QPoint(0, 0)) == before - QPointF(50, 20)
    h.drag(QPoint(400, 400), QPoint(300, 350), button=Qt.MouseButton.MiddleButton)
    assert h.canvas.mapToScene(QPoint(0, 0)) == before + QPointF(50, 30)
    assert h.document.graph == small() and h.canvas.selected() == []


def test_framing(hands: Make) -> None:
    h = hands(drawing([("ReLU", 0, 0), ("ReLU", 3000, 2000)]))
    h.key(Qt.Key.Key_Home)
    QTest.qWait(400)
    shown = h.canvas.mapToScene(h.canvas.viewport().rect()).boundingRect()
    assert all(shown.contains(item.card) for item in h.canvas.items_scene.nodes.values())
    h.canvas.show_node("relu2")
    QTest.qWait(400)
    assert h.canvas.selected() == ["relu2"]
    middle = h.canvas.camera.center - h.canvas.items_scene.nodes["relu2"].card.center()
    assert middle.manhattanLength() < 4
    h.key(Qt.Key.Key_F)
    h.canvas.zoom_in()
    h.canvas.zoom_out()
    h.canvas.zoom_reset()
    QTest.qWait(400)
    assert h.canvas.camera.scale == 1


def test_arrows_walk_along_wires_and_from_card_to_card(hands: Make) -> None:
    h = hands(small())
    walked = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        h.key(key)
        walked += h.canvas.selected()
    assert walked == ["digits", "conv1", "relu1", "fc1", "loss", "relu1"]
    assert h.document.undo_label is None


def test_dragging_to_the_edge_scrolls(hands: Make) -> None:
    h = hands(small())
    start, edge = h.middle("fc1"), QPoint(894, 350)
    h.press(start)
    h.move(edge)
    QTest.qWait(120)
    assert h.canvas.items_scene.nodes["fc1"].pos().x() > edge.x() - start.x() + 16
    h.key(Qt.Key.Key_Escape)
    before = h.canvas.camera.center
    QTest.qWait(60)
    assert h.canvas.camera.center == before
    h.release(edge)
    assert h.document.graph == small()


def test_two_fingers_pinch_at_their_place(hands: Make) -> None:
    h = hands(small())
    at = QPointF(300, 200)
    before = h.canvas.mapToScene(at.toPoint())
    pad = QPointingDevice.primaryPointingDevice()
    kind = Qt.NativeGestureType.ZoomNativeGesture
    event = QNativeGestureEvent(kind, pad, 2, at, at, h.canvas.viewport().mapToGlobal(at), 0.25, QPointF())
    QApplication.sendEvent(h.canvas.viewport(), event)
    assert h.canvas.camera.scale == pytest.approx(1.25)
    assert (h.canvas.mapToScene(at.toPoint()) - before).manhattanLength() < 2


def test_a_second_click_can_begin_a_drag(hands: Make) -> None:
    h = hands(small())
    opened: list[str] = []
    h.canvas.activated.connect(opened.append)
    start = h.middle("fc1")
    h.click(start)
    QTest.mouseDClick(h.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    h.move(start + QPoint(40, 64))
    h.release(start + QPoint(40, 64))
    assert h.document.graph.nodes["fc1"].y == 288 + 64 and not opened


def test_shift_drag_of_selected_cards_keeps_them_selected(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["fc1", "relu1"])
    h.drag(h.middle("fc1"), h.middle("fc1") + QPoint(48, 80), SHIFT)
    assert set(h.canvas.selected()) == {"fc1", "relu1"} and h.document.undo_label == "Move 2 blocks"
    h.click(h.middle("fc1"), SHIFT)
    assert h.canvas.selected() == ["relu1"]


def test_keys_reach_wires_and_their_dots(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1"])
    seen = []
    for _ in range(3):
        h.key(Qt.Key.Key_W)
        seen += h.canvas.selected()
    assert seen == ["conv1:input", "relu1:input", "conv1:input"]
    h.key(Qt.Key.Key_Period)
    assert h.canvas.selected() == ["conv1:input#0"] and h.document.undo_label == "Add reroute dot"
    before = h.document.graph.wires["conv1:input"].via[0]
    h.key(Qt.Key.Key_Right, CONTROL)
    assert h.document.graph.wires["conv1:input"].via == ((before[0] + 8, before[1]),)
    h.key(Qt.Key.Key_Down)
    assert h.canvas.selected() == ["conv1"]
    h.key(Qt.Key.Key_W)
    h.key(Qt.Key.Key_Delete)
    assert "conv1:input" not in h.document.graph.wires


def test_tab_does_nothing_in_the_middle_of_a_drag(hands: Make) -> None:
    h = hands(small())
    asked: list[object] = []
    h.canvas.search_asked.connect(asked.append)
    h.press(h.middle("fc1"))
    h.move(h.middle("fc1") + QPoint(40, 40))
    h.key(Qt.Key.Key_Tab)
    assert not asked and not h.canvas.hand.idle
    h.key(Qt.Key.Key_Escape)
    h.release(h.middle("fc1"))
