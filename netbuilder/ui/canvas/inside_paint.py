"""The marks of cards that stand for more than one layer: what is inside, how often it runs, and shared layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from netbuilder.ui.canvas.geometry import CARD_HEIGHT, MAP_HEIGHT, MAP_LEFT, MAP_WIDTH
from netbuilder.ui.canvas.look import NO_PEN, RADIUS, STRIP, Look, mix

if TYPE_CHECKING:
    from netbuilder.ui.canvas.node_item import NodeItem

SHEET, SHEETS = 3.0, 2  # how far a card behind another one looks out, and how many do
ROUND = 1.2
LOOP_RADIUS = 6.5


def stacked(item: NodeItem) -> bool:
    """Whether the card is shown as one of several."""
    return item.node.block == "Repeat"


def reach(item: NodeItem) -> float:
    """How far cards behind it look out at its right."""
    return SHEET * SHEETS if stacked(item) else 0.0


def paint_sheets(painter: QPainter, item: NodeItem, look: Look) -> None:
    """The cards behind a card that stands for several."""
    if not stacked(item):
        return
    painter.setPen(QPen(look.faint if item.hovered else look.edge_hover, 1.0))
    for behind in range(SHEETS, 0, -1):
        painter.setBrush(mix(look.card, look.canvas, 0.75 - 0.25 * behind))
        box = QRectF(0.5, 0.5, item.width - 1, CARD_HEIGHT - 1)
        box.adjust(RADIUS, 2.5 * behind, SHEET * behind, -2.5 * behind)
        painter.drawRoundedRect(box, RADIUS, RADIUS)


def paint_inside(painter: QPainter, item: NodeItem, look: Look) -> None:
    """The layers of a placed network as coloured cells on a darker ground, as they are drawn there."""
    if not item.node.of:
        return
    ground = QRectF(STRIP + 0.5, 1.5, MAP_LEFT + MAP_WIDTH + 1 - STRIP, CARD_HEIGHT - 3)
    painter.setPen(NO_PEN)
    painter.setBrush(mix(look.canvas, look.card, 0.55))
    painter.drawRect(ground)
    for cell in item.context.cells:
        color = look.category[cell.category]
        painter.setBrush(mix(color, look.canvas, 0.45) if item.node.muted else color)
        place = QRectF(cell.left + MAP_LEFT, cell.top + (CARD_HEIGHT - MAP_HEIGHT) / 2, cell.width, cell.height)
        painter.drawRoundedRect(place, ROUND, ROUND)
    if item.node.block == "Recurrent":
        _loop(painter, QPointF(ground.right() - 5, ground.bottom() - 8), look)


def _loop(painter: QPainter, middle: QPointF, look: Look) -> None:
    """An arrow that comes back to where it began, on a disc."""
    painter.setPen(QPen(look.edge_hover, 1.0))
    painter.setBrush(look.card)
    painter.drawEllipse(middle, LOOP_RADIUS, LOOP_RADIUS)
    painter.setPen(QPen(look.text, 1.3, c=Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = LOOP_RADIUS - 3.2
    box = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    painter.drawArc(box, 60 * 16, 285 * 16)
    painter.setPen(NO_PEN)
    painter.setBrush(look.text)
    tip = middle + QPointF(radius, -0.2)
    painter.drawPolygon(QPolygonF([tip + QPointF(-2.3, -1.6), tip + QPointF(2.1, -1.6), tip + QPointF(0, 1.9)]))


def paint_link(painter: QPainter, item: NodeItem, look: Look, middle: float) -> None:
    """Two links of a chain, at the start of the second line."""
    painter.setPen(QPen(look.faint if item.node.muted else look.accent, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for aside in (0.0, 4.5):
        painter.drawRoundedRect(QRectF(item.left + aside + 0.5, middle - 2.4, 6.8, 4.8), 2.4, 2.4)
