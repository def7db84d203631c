"""A canvas made the usual way, to compare with: nodes out of child items, each cached in device coordinates.

Written for the comparison, after how ready-made node editors for Qt are put together: a node is an item with child
items for its title, icon, ports and their labels; wires are items that follow their ports; dragging, selecting and
the rubber band are QGraphicsView's own.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QUndoCommand,
    QUndoStack,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsTextItem,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node

WIDTH, HEIGHT, RADIUS = 176.0, 48.0, 4.5
CACHE = QGraphicsItem.CacheMode.DeviceCoordinateCache


class PortItem(QGraphicsItem):
    """A port, with its label as a child."""

    def __init__(self, parent: QGraphicsItem, name: str, x: float, output: bool) -> None:
        super().__init__(parent)
        self.wires: list[WireItem] = []
        self.setPos(x, HEIGHT if output else 0)
        self.setCacheMode(CACHE)
        label = QGraphicsTextItem(name, self)
        label.setDefaultTextColor(QColor("#a7b0bd"))
        label.setPos(6, -4 if output else -18)
        label.setCacheMode(CACHE)

    def boundingRect(self) -> QRectF:
        return QRectF(-RADIUS - 1, -RADIUS - 1, 2 * RADIUS + 2, 2 * RADIUS + 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(QPen(QColor("#5b8def"), 1.5))
        painter.setBrush(QColor("#121418"))
        painter.drawEllipse(QPointF(), RADIUS, RADIUS)


class NodeItem(QGraphicsItem):
    """A node: its background; everything on it is a child."""

    def __init__(self, node: Node, icon: QPixmap) -> None:
        super().__init__()
        self.ports: dict[tuple[bool, str], PortItem] = {}
        flags = QGraphicsItem.GraphicsItemFlag
        self.setFlags(flags.ItemIsMovable | flags.ItemIsSelectable | flags.ItemSendsScenePositionChanges)
        self.setCacheMode(CACHE)
        picture = QGraphicsPixmapItem(icon, self)
        picture.setPos(8, 6)
        picture.setCacheMode(CACHE)
        for text, x, y in ((node.name, 26, 2), (node.block, 96, 2), (node.type.summary, 8, 22)):
            item = QGraphicsTextItem(text, self)
            item.setDefaultTextColor(QColor("#e8ebf0"))
            item.setPos(x, y)
            item.setCacheMode(CACHE)
        for output, ports in ((False, node.type.input_ports(node.params)), (True, node.type.outputs)):
            for i, port in enumerate(ports):
                x = WIDTH * (i + 1) / (len(ports) + 1)
                self.ports[output, port.name] = PortItem(self, port.name, x, output)
        self.setPos(node.x, node.y)

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, WIDTH + 4, HEIGHT + 4)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(QPen(QColor("#4f94ff" if self.isSelected() else "#343a45"), 2 if self.isSelected() else 1))
        painter.setBrush(QColor("#22262e"))
        painter.drawRoundedRect(QRectF(0, 0, WIDTH, HEIGHT), 7, 7)

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        if change == QGraphicsItem.GraphicsItemChange.ItemScenePositionHasChanged:
            for port in self.ports.values():
                for wire in port.wires:
                    wire.follow()
        return super().itemChange(change, value)


class WireItem(QGraphicsPathItem):
    """A wire that paints itself, and is drawn anew whenever one of its ports has moved."""

    def __init__(self, start: PortItem, end: PortItem) -> None:
        super().__init__()
        self.start, self.end = start, end
        self.setPen(QPen(QColor("#5b8def"), 1.6))
        self.setZValue(-1)
        self.setCacheMode(CACHE)
        start.wires.append(self)
        end.wires.append(self)
        self.follow()

    def follow(self) -> None:
        start, end = self.start.scenePos(), self.end.scenePos()
        reach = max(24.0, abs(end.y() - start.y()) / 2)
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(0, reach), end - QPointF(0, reach), end)
        self.setPath(path)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(self.pen())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path())


class Move(QUndoCommand):
    """Nodes moved by so much."""

    def __init__(self, items: list[NodeItem], way: QPointF) -> None:
        super().__init__()
        self._items, self._way = items, way

    def redo(self) -> None:
        for item in self._items:
            item.setPos(item.pos() + self._way)

    def undo(self) -> None:
        for item in self._items:
            item.setPos(item.pos() - self._way)


class ChildItemView(QGraphicsView):
    """The view: the wheel zooms at the mouse, the middle button pans, the left one drags and selects."""

    def __init__(self) -> None:
        super().__init__()
        self.setScene(QGraphicsScene(self))
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.RubberBandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setBackgroundBrush(QColor("#121418"))
        for off in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            off(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.items_by_id: dict[str, NodeItem] = {}
        self.undo_stack = QUndoStack(self)
        self._held: QPointF | None = None

    def load(self, graph: Graph) -> None:
        icon = QPixmap(16, 16)
        icon.fill(QColor("#5b8def"))
        for key, node in graph.nodes.items():
            self.items_by_id[key] = NodeItem(node, icon)
            self.scene().addItem(self.items_by_id[key])
        for wire in graph.wires.values():
            start = self.items_by_id[wire.source].ports[True, wire.output]
            end = self.items_by_id[wire.target].ports[False, wire.input]
            self.scene().addItem(WireItem(start, end))
        self.setSceneRect(QRectF(-2e5, -2e5, 4e5, 4e5))

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = 1.0015 ** event.angleDelta().y()
        at = event.position().toPoint()
        before = self.mapToScene(at)
        self.scale(factor, factor)
        moved = self.mapToScene(at) - before
        self.translate(moved.x(), moved.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._held = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            super().mouseMoveEvent(event)
            return
        step, self._held = event.position() - self._held, event.position()
        for bar, by in ((self.horizontalScrollBar(), step.x()), (self.verticalScrollBar(), step.y())):
            bar.setValue(bar.value() - round(by))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        super().mouseReleaseEvent(event)
