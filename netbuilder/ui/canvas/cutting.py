"""The knife: a line drawn across wires cuts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.ui.canvas.gestures import Gesture, Pointer

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas


class CutWires(Gesture):
    """A line follows the mouse; the wires that it crosses light up, and go when it ends."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        super().__init__(canvas)
        self._start = self._last = start
        self._line: QGraphicsPathItem | None = None
        self._path = QPainterPath(start.scene)
        self._cut: set[str] = set()

    @property
    def dragging(self) -> bool:
        """Whether there is a line."""
        return self._line is not None

    def move(self, pointer: Pointer) -> None:
        """Draw the line on, and see what this part of it crosses."""
        if self._line is None:
            if not pointer.far_from(self._start):
                return
            self.scene.hover("")
            self._line = QGraphicsPathItem()
            pen = QPen(self.scene.shared.look.error, 1.6, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            self._line.setPen(pen)
            self._line.setZValue(9)
            self.scene.addItem(self._line)
        part = QPainterPath(self._last.scene)
        part.lineTo(pointer.scene)
        self._last = pointer
        self._path.lineTo(pointer.scene)
        self._line.setPath(self._path)
        area = part.boundingRect().adjusted(-1, -1, 1, 1)
        for key, wire in self.scene.wires.items():
            if key not in self._cut and wire.sceneBoundingRect().intersects(area) and wire.cut_by(part):
                self._cut.add(key)
                self.scene.light(key, True)

    def release(self, pointer: Pointer) -> None:
        """Remove the wires that were crossed."""
        self._end()
        if self._cut:
            self.canvas.edits.remove_wires(self._cut)

    def cancel(self) -> None:
        """Leave all wires."""
        self._end()

    def _end(self) -> None:
        for key in self._cut:
            self.scene.light(key, False)
        if self._line is not None:
            self.scene.removeItem(self._line)
            self._line = None
