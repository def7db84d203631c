"""What the keys do that the canvas hears itself; the others are the window's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from netbuilder.ui.canvas.gestures import Idle

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def press(canvas: Canvas, event: QKeyEvent) -> bool:
    """Do what the key means here. Whether it means anything."""
    key = Qt.Key(event.key())
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key == Qt.Key.Key_Escape:
        if not canvas.cancel():
            canvas.select([])
        return True
    if not isinstance(canvas.gesture, Idle):
        return False
    if modifiers == Qt.KeyboardModifier.ControlModifier and key in ARROWS:
        step_to(canvas, *ARROWS[key])
        return True
    if modifiers != Qt.KeyboardModifier.NoModifier:
        return False
    if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        canvas.delete_selection()
    elif key in ARROWS:
        canvas.nudge(*ARROWS[key])
    elif key == Qt.Key.Key_F:
        canvas.frame_selection()
    elif key == Qt.Key.Key_Home:
        canvas.frame_all()
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        nodes = [chosen for chosen in canvas.selected() if chosen in canvas.items_scene.nodes]
        if len(nodes) == 1:
            canvas.activated.emit(nodes[0])
    else:
        return False
    return True


def step_to(canvas: Canvas, dx: int, dy: int) -> None:
    """Select the nearest card in a direction; from nothing, the first of the drawing."""
    nodes = canvas.items_scene.nodes
    start = next((nodes[key] for key in canvas.selected() if key in nodes), None)
    best, least = "", float("inf")
    for key, item in nodes.items():
        if start is None:
            distance = item.box[1] * 1e3 + item.box[0]
        else:
            way = item.card.center() - start.card.center()
            along, aside = way.x() * dx + way.y() * dy, abs(way.x() * dy) + abs(way.y() * dx)
            distance = along + 2 * aside if along > 0 and aside <= 3 * along else float("inf")
        if distance < least:
            best, least = key, distance
    if best:
        canvas.select([best])
        canvas.reveal(best)
