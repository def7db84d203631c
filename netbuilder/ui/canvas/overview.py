"""All nodes and wires as one item, for the view from afar where cards could not be read."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.blocks import Category
from netbuilder.ui.canvas.geometry import CARD_HEIGHT
from netbuilder.ui.canvas.look import NO_PEN
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.node_paint import set_line
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.canvas.wire_item import WireItem

NEAR = 0.45
FAR = 0.3


class Overview(QGraphicsRectItem):
    """Rectangles by colour; names on them down to a scale of 0.3, wires as thin lines below that."""

    def __init__(self, area: QRectF, nodes: Mapping[str, NodeItem], wires: Mapping[str, WireItem], shared: Shared):
        super().__init__(area)
        self.setPen(NO_PEN)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._nodes, self._wires, self._shared = nodes, wires, shared
        self._boxes: dict[Category, list[QRectF]] | None = None
        self._selected: list[QRectF] = []
        self._levels: dict[str, list[QRectF]] = {}
        self._lines: dict[str, list[QLineF]] | None = None

    def renew(self, area: QRectF | None = None) -> None:
        """Look at nodes and wires again when next painted."""
        self._boxes = self._lines = None
        if self.isVisible():
            self.update(area) if area is not None else self.update()

    def _gather(self) -> None:
        self._boxes, self._selected, self._levels = {}, [], {}
        for item in self._nodes.values():
            card = item.card
            self._boxes.setdefault(item.category, []).append(card)
            if item.selected:
                self._selected.append(card.adjusted(-8, -8, 8, 8))
            if item.level:
                self._levels.setdefault(item.level, []).append(card)

    def _gather_lines(self) -> None:
        self._lines = {}
        for item in self._wires.values():
            key = "wrong" if item.wrong else "selected" if item.selected else item.category.name
            self._lines.setdefault(key, []).extend(item.lines)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint everything that the exposed part shows."""
        scale = painter.worldTransform().m11()
        look = self._shared.look
        if self._boxes is None:
            self._gather()
        assert self._boxes is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if scale < FAR:
            self._paint_lines(painter)
        painter.setPen(NO_PEN)
        for category, boxes in self._boxes.items():
            painter.setBrush(look.far[category] if scale >= FAR else look.category[category])
            painter.drawRects(boxes)
        if scale >= FAR:
            self._paint_names(painter, option.exposedRect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, marked in (
            (look.warning, self._levels.get("warning")),
            (look.error, self._levels.get("error")),
            (look.accent, self._selected),
        ):
            if marked:
                pen = QPen(color, 2)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawRects(marked)

    def _paint_lines(self, painter: QPainter) -> None:
        if self._lines is None:
            self._gather_lines()
        assert self._lines is not None
        look = self._shared.look
        for key, lines in self._lines.items():
            color = look.error if key == "wrong" else look.accent if key == "selected" else look.wire[Category[key]]
            pen = QPen(color, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)

    def _paint_names(self, painter: QPainter, exposed: QRectF) -> None:
        look = self._shared.look
        painter.setFont(look.far_font)
        painter.setPen(look.text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in self._nodes.values():
            card = item.card
            if not card.intersects(exposed):
                continue
            if item.far_name is None:
                room = item.width - 20
                item.far_name = set_line(item.node.name, look.far_font, look.far_metrics, room, 10, CARD_HEIGHT / 2)
            line = item.far_name
            painter.drawStaticText(
                QPointF(card.x() + (item.width - line.width) / 2, card.y() + line.place.y()), line.text
            )
