"""What the frames of the canvas are compared with, behind one set of handles, and the drawing that all show."""

from __future__ import annotations

from typing import Protocol

from child_item_canvas import ChildItemView, Move
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Record, Wire
from netbuilder.ui.canvas import Canvas
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from netbuilder.ui.theme import DARK

ROWS, ACROSS, DOWN = 40, 216, 72
BLOCKS = ("Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", "Linear")
HUB_WIRES = 49
SIZE = (1400, 900)
HUB = "hub"


def drawing(count: int) -> Graph:
    """So many nodes in columns of chains, a skip over every four of them, and one in the middle with 50 wires."""
    columns = count // ROWS
    records: dict[str, Record] = dict(Graph().records)
    middle = columns // 2
    for column in range(columns):
        for row in range(ROWS):
            key = HUB if (column, row) == (middle, ROWS // 2 - 1) else f"n{column}_{row}"
            block = BLOCKS[row % len(BLOCKS)] if row % 8 else "Add"
            records[key] = Node(key, block, key, column * ACROSS, row * DOWN)
            if row:
                above = HUB if (column, row - 1) == (middle, ROWS // 2 - 1) else f"n{column}_{row - 1}"
                wire = Wire(above, "output", key, "input1" if block == "Add" else "input")
                records[wire.id] = wire
            if row and block == "Add":
                skip = Wire(f"n{column}_{row - 4}", "output", key, "input2")
                records[skip.id] = skip
    others = [
        r for r in records.values() if isinstance(r, Node) and r.block == "Add" and r.y and r.x != middle * ACROSS
    ]
    others.sort(key=lambda node: (abs(node.x - middle * ACROSS) // (8 * ACROSS), node.y, node.x))
    for node in others[:HUB_WIRES]:
        wire = Wire(HUB, "output", node.id, "input2")
        records[wire.id] = wire
    return Graph(records)


def half_thousand(graph: Graph) -> list[str]:
    """The 500 nodes nearest to the hub, itself among them."""
    hub = graph.nodes[HUB]
    near = sorted(graph.nodes.values(), key=lambda node: abs(node.x - hub.x) / ACROSS + abs(node.y - hub.y) / DOWN)
    return [node.id for node in near[:500]]


class Contender(Protocol):
    """A canvas that can be measured."""

    def load(self, graph: Graph) -> None:
        """Make everything, ready to be shown."""

    @property
    def window(self) -> QWidget:
        """What is shown."""

    @property
    def surface(self) -> QWidget:
        """What gets the events of the mouse."""

    def look_at(self, center: QPointF, scale: float) -> None:
        """Show that point in the middle, at that scale."""

    def pixel(self, point: QPointF) -> QPoint:
        """Where on the surface a point of the drawing is."""

    def select(self, keys: list[str]) -> None:
        """Select exactly these nodes."""

    def move(self, keys: list[str], dx: int, dy: int) -> None:
        """Move these nodes, so that it can be undone."""

    def undo(self, again: bool) -> None:
        """Undo, or redo."""


class Ours:
    """The canvas of Netbuilder."""

    def load(self, graph: Graph) -> None:
        self.document = Document(graph)
        self.canvas = Canvas(self.document, DARK)
        self.window: QWidget = self.canvas
        self.surface = self.canvas.viewport()

    def look_at(self, center: QPointF, scale: float) -> None:
        self.canvas.camera.go(center, scale, at_once=True)

    def pixel(self, point: QPointF) -> QPoint:
        return self.canvas.mapFromScene(point)

    def select(self, keys: list[str]) -> None:
        self.canvas.select(keys)

    def move(self, keys: list[str], dx: int, dy: int) -> None:
        self.document.commit(commands.shift(self.document.graph, keys, dx, dy), "")

    def undo(self, again: bool) -> None:
        if again:
            self.document.redo()
        else:
            self.document.undo()


class ChildItems:
    """The usual way."""

    def load(self, graph: Graph) -> None:
        self.view = ChildItemView()
        self.view.load(graph)
        self.window: QWidget = self.view
        self.surface = self.view.viewport()

    def look_at(self, center: QPointF, scale: float) -> None:
        self.view.resetTransform()
        self.view.scale(scale, scale)
        self.view.centerOn(center)

    def pixel(self, point: QPointF) -> QPoint:
        return self.view.mapFromScene(point)

    def select(self, keys: list[str]) -> None:
        self.view.scene().clearSelection()
        for key in keys:
            self.view.items_by_id[key].setSelected(True)

    def move(self, keys: list[str], dx: int, dy: int) -> None:
        self.view.undo_stack.push(Move([self.view.items_by_id[key] for key in keys], QPointF(dx, dy)))

    def undo(self, again: bool) -> None:
        if again:
            self.view.undo_stack.redo()
        else:
            self.view.undo_stack.undo()


class Rectangles(QWidget):
    """As many rectangles as there are nodes, and nothing else; those that are selected follow the mouse."""

    def __init__(self, boxes: dict[str, QRectF]) -> None:
        super().__init__()
        self.boxes, self.chosen = boxes, set[str]()
        self.center, self.scale = QPointF(), 1.0
        self._held: QPointF | None = None
        self._button = Qt.MouseButton.NoButton

    def origin(self) -> QPointF:
        return QPointF(self.rect().center()) - self.center * self.scale

    def move_chosen(self, way: QPointF) -> None:
        for key in self.chosen:
            self.boxes[key].translate(way)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#121418"))
        painter.translate(self.origin())
        painter.scale(self.scale, self.scale)
        painter.setBrush(QColor("#5b8def"))
        painter.drawRects(list(self.boxes.values()))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.scale *= 1.0015 ** event.angleDelta().y()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held, self._button = event.position(), event.button()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            return
        step, self._held = (event.position() - self._held) / self.scale, event.position()
        if self._button == Qt.MouseButton.MiddleButton:
            self.center -= step
            self.update()
        else:
            self.move_chosen(step)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None


class Bare:
    """The least that can be painted."""

    def load(self, graph: Graph) -> None:
        boxes = {key: QRectF(node.x, node.y, CARD_WIDTH, CARD_HEIGHT) for key, node in graph.nodes.items()}
        self.widget = Rectangles(boxes)
        self.window = self.surface = self.widget
        self._way = QPointF()

    def look_at(self, center: QPointF, scale: float) -> None:
        self.widget.center, self.widget.scale = QPointF(center), scale
        self.widget.update()

    def pixel(self, point: QPointF) -> QPoint:
        return (self.widget.origin() + point * self.widget.scale).toPoint()

    def select(self, keys: list[str]) -> None:
        self.widget.chosen = set(keys)

    def move(self, keys: list[str], dx: int, dy: int) -> None:
        self.widget.chosen, self._way = set(keys), QPointF(dx, dy)
        self.widget.move_chosen(self._way)

    def undo(self, again: bool) -> None:
        self.widget.move_chosen(self._way if again else -self._way)


CONTENDERS: dict[str, type[Ours] | type[ChildItems] | type[Bare]] = {"ours": Ours, "child": ChildItems, "bare": Bare}
