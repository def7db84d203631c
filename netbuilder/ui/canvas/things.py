"""The items of a drawing by their ids, and which of them is where."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsScene

from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.geometry import Rows
from netbuilder.ui.canvas.look import NO_PEN, Look
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.note_item import NoteItem
from netbuilder.ui.canvas.papers import Papers
from netbuilder.ui.canvas.shared import PortRef, Shared
from netbuilder.ui.canvas.wire_item import DotItem, WireItem

Thing = NodeItem | WireItem | DotItem | NoteItem | FrameItem

EVERYWHERE = QRectF(-1.5e6, -1.5e6, 3e6, 3e6)


class Things(QGraphicsScene):
    """A scene of cards, wires, reroute dots, notes and frames that can be asked what is at a place."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(EVERYWHERE, parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.shared = Shared(look)
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[str, WireItem] = {}
        self.dots: dict[str, DotItem] = {}
        self.papers = Papers(self._layer(0), self._layer(1.5), self.shared)
        self.rows = Rows()
        self._at: dict[str, set[str]] = {}

    def _layer(self, z: float) -> QGraphicsRectItem:
        layer = QGraphicsRectItem()
        layer.setPen(NO_PEN)
        layer.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        layer.setZValue(z)
        self.addItem(layer)
        return layer

    def thing(self, key: str) -> Thing | None:
        """The item of a node, a wire, a reroute dot, a note or a frame."""
        return self.nodes.get(key) or self.wires.get(key) or self.dots.get(key) or self.papers.items.get(key)

    def node_at(self, point: QPointF) -> str:
        """The id of the topmost card at a point, or nothing."""
        x, y = point.x(), point.y()
        found = [self.nodes[key] for key, _ in self.rows.touching((x, y, x + 0.1, y + 0.1))]
        return max(found, key=lambda item: (item.selected, item.serial)).node.id if found else ""

    def wire_at(self, point: QPointF, reach: float) -> str:
        """The id of the wire at a point, or nothing."""
        area = QRectF(point.x() - reach / 2, point.y() - reach / 2, reach, reach)
        for item in self.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, WireItem) and item.near(point, reach):
                return item.wire.id
        return ""

    def dot_at(self, point: QPointF, reach: float) -> str:
        """The id of the reroute dot nearest to a point, or nothing."""
        near = [(QLineF(point, dot.pos()).length(), key) for key, dot in self.dots.items()]
        distance, key = min(near, default=(reach + 1, ""))
        return key if distance <= reach else ""

    def port_at(
        self, point: QPointF, radius: float, fits: Callable[[PortRef], bool] = lambda ref: True
    ) -> PortRef | None:
        """The nearest port within `radius` that fits."""
        best, least = None, radius
        x, y = point.x(), point.y()
        for key, _ in self.rows.touching((x - radius, y - radius, x + radius, y + radius)):
            for ref, place in self.nodes[key].port_refs():
                distance = ((place.x() - x) ** 2 + (place.y() - y) ** 2) ** 0.5
                if distance <= least and fits(ref):
                    best, least = ref, distance
        return best

    def wires_at(self, node: str) -> set[str]:
        """The ids of the wires at a node."""
        return set(self._at.get(node, ()))

    def wires_among(self, nodes: Iterable[str]) -> set[str]:
        """The ids of the wires at any of these nodes."""
        return set().union(*[self._at[node] for node in nodes])

    def extent(self, keys: Iterable[str]) -> QRectF:
        """The rectangle around these things."""
        whole = QRectF()
        for key in keys:
            item = self.thing(key)
            if isinstance(item, NodeItem):
                whole = whole.united(item.card)
            elif isinstance(item, NoteItem | FrameItem):
                whole = whole.united(item.area.translated(item.pos()))
            elif item is not None:
                whole = whole.united(item.sceneBoundingRect())
        return whole

    @property
    def empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self.nodes and not self.papers.items

    def everything(self) -> list[str]:
        """The ids of all that is drawn: frames and notes, nodes, wires and their dots."""
        return [*self.papers.items, *self.nodes, *self.wires, *self.dots]
