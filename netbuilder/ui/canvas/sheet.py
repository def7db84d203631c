"""What notes and frames have in common: a place, a size, edges that can be taken hold of, and crisp outlines."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from netbuilder.graph.records import Color, Frame, Note
from netbuilder.ui import style
from netbuilder.ui.canvas.geometry import Box
from netbuilder.ui.canvas.look import NO_PEN, Look, mix
from netbuilder.ui.canvas.shared import Shared

MARGIN = 16.0
HANDLE = 7.0
HANDLES_FROM = 0.3


def grip_of(box: Box, point: QPointF, reach: float) -> str:
    """The edge or corner of a box at a point, as on a compass; nothing where none is within reach."""
    left, top, right, bottom = box
    x, y = point.x(), point.y()
    if not (left - reach <= x <= right + reach and top - reach <= y <= bottom + reach):
        return ""
    down = "n" if abs(y - top) <= min(reach, (bottom - top) / 3) or y < top else ""
    down = down or ("s" if abs(y - bottom) <= min(reach, (bottom - top) / 3) or y > bottom else "")
    across = "w" if abs(x - left) <= min(reach, (right - left) / 3) or x < left else ""
    across = across or ("e" if abs(x - right) <= min(reach, (right - left) / 3) or x > right else "")
    return down + across


@cache
def lettering(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> tuple[QFont, QFontMetricsF]:
    """The font of that size in pixels, and its measures."""
    font = style.text_font()
    font.setPixelSize(size)
    font.setWeight(weight)
    return font, QFontMetricsF(font)


def paper(look: Look, color: Color) -> QColor:
    """The colour of that name."""
    return QColor(look.theme.papers[color])


def sheet_color(look: Look, color: Color) -> QColor:
    """What a note of that colour is filled with."""
    ink = paper(look, color)
    if look.theme.name == "dark":
        return mix(ink, look.card, 0.16)
    # What can be read on a light sheet is too dull to tint it with.
    return mix(QColor.fromHslF(ink.hslHueF(), min(1.0, ink.hslSaturationF() * 1.15), 0.6), look.card, 0.2)


def edge_color(look: Look, color: Color, hovered: bool) -> QColor:
    """The line around a note or frame of that colour."""
    return mix(paper(look, color), look.canvas, 0.85 if hovered else 0.42)


class Sheet(QGraphicsRectItem):
    """An area on the canvas. `selected` and `hovered` are set from outside, followed by `update`."""

    ABOVE = MARGIN

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.setPen(NO_PEN)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.shared = shared
        self.selected = False
        self.hovered = False
        self.box: Box = (0, 0, 0, 0)

    def stretch(self, box: Box) -> None:
        """Show it with another place and size; the record stays."""
        left, top, right, bottom = self.box = box
        self.setRect(-MARGIN, -self.ABOVE, right - left + 2 * MARGIN, bottom - top + self.ABOVE + MARGIN)
        self.setPos(left, top)
        self.update()

    def put(self, x: float, y: float) -> None:
        """Stand with the top left corner there; the record stays."""
        self.box = (x, y, x + self.area.width(), y + self.area.height())
        self.setPos(x, y)

    @property
    def area(self) -> QRectF:
        """The size as a rectangle at (0, 0)."""
        return QRectF(0, 0, self.box[2] - self.box[0], self.box[3] - self.box[1])

    def grip_at(self, point: QPointF, reach: float) -> str:
        """Which edge or corner would be moved from a point of the scene: "n", "ne" …, or nothing."""
        return grip_of(self.box, point, reach)

    def paint_handles(self, painter: QPainter, scale: float) -> None:
        """Paint a square at each corner, as large on the screen at every scale."""
        if not self.selected or scale < HANDLES_FROM or self.shared.vector:
            return
        look, size = self.shared.look, HANDLE / scale
        painter.setPen(QPen(look.accent, 1.5 / scale))
        painter.setBrush(look.card)
        area = self.area
        for corner in (area.topLeft(), area.topRight(), area.bottomLeft(), area.bottomRight()):
            painter.drawRect(QRectF(corner.x() - size / 2, corner.y() - size / 2, size, size))


def home(record: Note | Frame) -> Box:
    """Where the record has it, wherever a drag shows it now."""
    return record.x, record.y, record.x + record.width, record.y + record.height


def crisp(painter: QPainter, area: QRectF, ratio: float) -> QRectF:
    """The area with its edges in the middle of a line of one pixel, on a screen of that pixel ratio."""
    world = painter.worldTransform()
    scale, half = world.m11(), 0.5 / world.m11()

    def fit(value: float, offset: float) -> float:
        return (round((value * scale + offset) * ratio) / ratio - offset) / scale

    left, top = fit(area.left(), world.dx()) + half, fit(area.top(), world.dy()) + half
    right, bottom = fit(area.right(), world.dx()) - half, fit(area.bottom(), world.dy()) - half
    return QRectF(left, top, max(half, right - left), max(half, bottom - top))
