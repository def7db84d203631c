"""What a person's hand is doing on the canvas: small named states, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QApplication, QGraphicsRectItem

from netbuilder.graph import commands
from netbuilder.ui.canvas.geometry import snap

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

PORT_REACH = 12.0
WIRE_REACH = 12.0
ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


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
        canvas, scene = self.canvas, self.scene
        if canvas.port_under(pointer.scene) is not None:
            canvas.show_cursor(Qt.CursorShape.CrossCursor)
        else:
            canvas.show_cursor(None)
        scene.hover(scene.node_at(pointer.scene) or canvas.wire_under(pointer.scene))


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


class MoveNodes(Gesture):
    """Cards follow the mouse on the grid; the records follow once, at the end."""

    def __init__(self, canvas: Canvas, start: Pointer, node: str) -> None:
        super().__init__(canvas)
        self._start = start
        self._node = node
        self._moving: set[str] = set()
        self._places: dict[str, tuple[float, float]] = {}
        self._step = (0, 0)

    @property
    def dragging(self) -> bool:
        """Whether cards have left their places."""
        return bool(self._moving)

    def move(self, pointer: Pointer) -> None:
        """Show the selected cards at their new places."""
        if not self._moving:
            if not pointer.far_from(self._start):
                return
            self._moving = {key for key in self.scene.selected if key in self.scene.nodes}
            self.canvas.show_cursor(Qt.CursorShape.SizeAllCursor)
        if self._node not in self._moving:
            return
        node = self.scene.nodes[self._node].node
        way = pointer.scene - self._start.scene
        step = snap(node.x + way.x()) - node.x, snap(node.y + way.y()) - node.y
        if step != self._step:
            self._step = step
            self.scene.preview(self._moving, *step)

    def release(self, pointer: Pointer) -> None:
        """Move the records; without a move it was a click, which selects the one card."""
        canvas, (dx, dy) = self.canvas, self._step
        if not self._moving:
            if not self._start.adding:
                canvas.select([self._node])
            return
        graph = canvas.document.graph
        places = {key: (graph.nodes[key].x + dx, graph.nodes[key].y + dy) for key in self._moving}
        canvas.commit(lambda: commands.move(graph, places), canvas.name_edit("move", self._moving))

    def cancel(self) -> None:
        """Put the cards back."""
        if self._moving:
            self.scene.settle(self._moving)


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
        """The cards that the area touches; where there are none, the wires."""
        box = (area.left(), area.top(), area.right(), area.bottom())
        cards = {key for key, _ in self.scene.rows.touching(box)}
        if cards:
            return cards
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
