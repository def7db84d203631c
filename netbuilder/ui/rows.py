"""What rows of lists paint alike: icons in their colours, stars, names with the found letters marked."""

from __future__ import annotations

import math
from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
    QTextCharFormat,
    QTextLayout,
)

from netbuilder.blocks import Category
from netbuilder.ui.icons import pixmap
from netbuilder.ui.theme import Theme


def category_icon(category: Category) -> str:
    """The name of a category's icon."""
    return f"category-{category.name.lower()}"


def sized(font: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The same font in another size and weight."""
    made = QFont(font)
    made.setPixelSize(pixels)
    made.setWeight(weight)
    return made


class Tints:
    """Icons in colours, each made once for a density of the screen."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, int, float], QPixmap] = {}

    def draw(self, painter: QPainter, icon: str, colour: str, middle: QPointF, side: int) -> None:
        """Draw an icon around a point."""
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        key = (icon, colour, side, ratio)
        if key not in self._made:
            self._made[key] = pixmap(icon, colour, side, ratio)
        painter.drawPixmap(QPointF(middle.x() - side / 2, middle.y() - side / 2), self._made[key])


def draw_star(painter: QPainter, middle: QPointF, theme: Theme, filled: bool, lit: bool) -> None:
    """Draw a star around a point: gold where it is filled or `lit`, an outline where a click would fill it."""
    corners = [
        middle + QPointF(math.sin(i * math.pi / 5), -math.cos(i * math.pi / 5)) * (2.7 if i % 2 else 6.0)
        for i in range(10)
    ]
    colour = QColor(theme.marks[Category.ACTIVATION] if filled or lit else theme.text_faint)
    painter.setPen(QPen(colour, 1.2, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF(corners))


def draw_marked(
    painter: QPainter, room: QRectF, text: str, at: Collection[int], colour: QColor, mark: QColor, underline: bool
) -> float:
    """Draw a name in the middle of `room`, the letters `at` bold and in another colour; its width.

    Where there is no room it ends in ….
    """
    font = painter.font()
    if not at:
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(colour)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
        return QFontMetricsF(font).horizontalAdvance(shown)
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    shown = QFontMetricsF(bold).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    layout = QTextLayout(shown, font)
    kept = len(shown) if shown == text else len(shown) - 1
    layout.setFormats([_marked(place, bold, mark, underline) for place in at if place < kept])
    layout.setCacheEnabled(False)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(room.width() + 2)
    layout.endLayout()
    painter.setPen(colour)
    layout.draw(painter, QPointF(room.left(), room.center().y() - line.height() / 2))
    return line.naturalTextWidth()


def _marked(place: int, font: QFont, colour: QColor, underline: bool) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = place, 1
    form = QTextCharFormat()
    form.setFontWeight(font.weight())
    form.setForeground(QBrush(colour))
    form.setFontUnderline(underline)
    made.format = form
    return made
