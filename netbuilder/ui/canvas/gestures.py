"""What a person's hand is doing on the canvas: small named states, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QApplication, QGraphicsRectItem

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

PORT_REACH = 12.0
WIRE_REACH = 12.0
ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier

CURSORS = {
    "n": Qt.CursorShape.SizeVerCursor,
    "s": Qt.CursorShape.SizeVerCursor,
    "e": Qt.CursorShape.SizeHorCursor,
    "w": Qt.CursorShape.SizeHorCursor,
    "nw": Qt.CursorShape.SizeFDiagCursor,
    "se": Qt.CursorShape.SizeFDiagCursor,
    "ne": Qt.CursorShape.SizeBDiagCursor,
    "sw": Qt.CursorShape.SizeBDiagCursor,
}


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is, in the scene and in the viewport, and which keys are held."""

    scene: QPointF
    view: QPoint
    modifiers: Qt.KeyboardModifier

    @property
    def adding(self) -> bool:
        """Whether what is hit joins the selection."""
        return bool(self.modifiers & ADDING)

    def far_from(self, other: Pointer) -> bool:
        """Whether the mouse has moved enough for a drag."""
        return (self.view - other.view).manhattanLength() >= min(6, QApplication.startDragDistance())


class Gesture:
    """One state. It ends with `release` or `cancel`; the canvas then goes back to Idle."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.scene = canvas.items_scene

    @property
    def dragging(self) -> bool:
        """Whether something follows the mouse, so that the view scrolls at its edges."""
        return False

    def move(self, pointer: Pointer) -> None:
        """The mouse moved."""

    def release(self, pointer: Pointer) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Escape, or the drawing changed underneath: leave everything as it was."""


class Idle(Gesture):
    """Nothing is held; what is under the mouse lights up."""

    def move(self, pointer: Pointer) -> None:
        """Light up what is under the mouse."""
        canvas = self.canvas
        canvas.hand.show_cursor(canvas.cursor_at(pointer.scene))
        self.scene.hover(canvas.thing_under(pointer.scene))


class Pan(Gesture):
    """The drawing follows the hand."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        super().__init__(canvas)
        self._last = start.view

    def move(self, pointer: Pointer) -> None:
        """Scroll by as much as the mouse moved."""
        step = pointer.view - self._last
        self._last = pointer.view
        self.canvas.pan(-step.x(), -step.y())


class RubberBand(Gesture):
    """A rectangle selects what it touches."""

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        super().__init__(canvas)
        self._start = start
        self._before = set(self.scene.selected)
        self._kept = set(self._before) if start.adding else set()
        self._band: QGraphicsRectItem | None = None

    @property
    def dragging(self) -> bool:
        """Whether there is a rectangle."""
        return self._band is not None

    def move(self, pointer: Pointer) -> None:
        """Stretch the rectangle and select what it touches."""
        if self._band is None:
            if not pointer.far_from(self._start):
                return
            look = self.scene.shared.look
            self._band = QGraphicsRectItem()
            pen = QPen(look.accent, 1)
            pen.setCosmetic(True)
            self._band.setPen(pen)
            self._band.setBrush(look.band)
            self._band.setZValue(9)
            self.scene.addItem(self._band)
        area = QRectF(self._start.scene, pointer.scene).normalized()
        self._band.setRect(area)
        self.canvas.select(self._kept | self._inside(area))

    def _inside(self, area: QRectF) -> set[str]:
        """The cards, dots and notes that the area touches and the frames in it; where there are none, the wires."""
        box = (area.left(), area.top(), area.right(), area.bottom())
        found = {key for key, _ in self.scene.rows.touching(box)}
        found |= {key for key, dot in self.scene.dots.items() if area.contains(dot.pos())}
        found |= self.scene.papers.in_area(area)
        if found:
            return found
        wires = self.scene.wires.items()
        return {key for key, item in wires if item.sceneBoundingRect().intersects(area) and item.crosses(area)}

    def release(self, pointer: Pointer) -> None:
        """Keep the selection; a click into the empty clears it."""
        if self._band is None:
            self.canvas.select(self._kept)
        self._drop()

    def cancel(self) -> None:
        """Select again what was selected before."""
        self._drop()
        self.canvas.select(self._before)

    def _drop(self) -> None:
        if self._band is not None:
            self.scene.removeItem(self._band)
            self._band = None
