"""Dashed curves between the cards that share one layer, while one of them is selected or under the mouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.node_item import NodeItem

LEAST, MOST = 36.0, 160.0


class Links(QGraphicsPathItem):
    """Lies among the wires."""

    def __init__(self, layer: QGraphicsItem) -> None:
        super().__init__(layer)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(2)
        self.pairs: list[tuple[str, str]] = []

    def show_of(self, keys: Iterable[str], nodes: Mapping[str, NodeItem], look: Look) -> None:
        """Join the cards that share a layer with one of these."""
        groups = {nodes[key].node.layer or key for key in keys if key in nodes and nodes[key].linked}
        pairs = [(item.node.layer, key) for key, item in nodes.items() if groups and item.node.layer in groups]
        if not pairs and not self.pairs:
            return
        self.pairs = pairs
        path = QPainterPath()
        for owner, user in pairs:
            if owner in nodes:
                _join(path, nodes[owner], nodes[user])
        self.setPen(QPen(look.accent, 1.6, Qt.PenStyle.DashLine, c=Qt.PenCapStyle.RoundCap))
        self.setPath(path)


def _join(path: QPainterPath, first: NodeItem, second: NodeItem) -> None:
    """A bow at the right of two cards that stand one above the other; else between the sides that face each other."""
    one, two = first.card, second.card
    if two.left() > one.right() or one.left() > two.right():
        left, right = (one, two) if one.left() < two.left() else (two, one)
        start, end = QPointF(left.right(), left.center().y()), QPointF(right.left(), right.center().y())
        bend = max(LEAST, (end.x() - start.x()) / 2)
        path.moveTo(start)
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
        return
    start, end = QPointF(one.right(), one.center().y()), QPointF(two.right(), two.center().y())
    out = max(start.x(), end.x()) + min(MOST, max(LEAST, abs(end.y() - start.y()) * 0.3))
    path.moveTo(start)
    path.cubicTo(QPointF(out, start.y()), QPointF(out, end.y()), end)
