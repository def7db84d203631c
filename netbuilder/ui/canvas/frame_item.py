"""A frame: a coloured area under the cards with a title, that moves what lies in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from netbuilder.graph.records import Frame
from netbuilder.ui.canvas.geometry import Box
from netbuilder.ui.canvas.look import NO_PEN, mix
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.canvas.sheet import MARGIN, Sheet, crisp, edge_color, home, lettering, paper

RADIUS = 10.0
TITLE_HEIGHT = 18.0
TITLE_BOTTOM = 22.0
TITLE_LEFT = 6.0
SMALLEST_TITLE = 0.3
HIDDEN_TITLE = 0.16
TITLE_TYPE = (11, QFont.Weight.DemiBold)
TITLE_FLAGS = Qt.AlignmentFlag.AlignLeft.value | Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value
REACH = 8.0


class FrameItem(Sheet):
    """One frame; its `record` is what it mirrors.

    The title is as large on the screen at 30 % as at 100 %: it keeps its foot inside the frame and grows upwards.
    """

    ABOVE = TITLE_HEIGHT / SMALLEST_TITLE - TITLE_BOTTOM + MARGIN

    def __init__(self, record: Frame, shared: Shared) -> None:
        super().__init__(shared)
        self.set_record(record)

    def set_record(self, record: Frame) -> None:
        """Mirror another record of the same frame."""
        self.record = record
        self.stretch(home(record))

    def stretch(self, box: Box) -> None:
        """Show it with another place and size; smaller frames lie over larger ones."""
        super().stretch(box)
        self.setZValue(-self.area.width() * self.area.height() / 1e11)

    @property
    def title(self) -> str:
        """What stands at the top: nothing where there is no title, unless the frame is selected."""
        unnamed = QCoreApplication.translate("Canvas", "Frame") if self.selected and not self.shared.vector else ""
        return self.record.title or unnamed

    def _scale(self) -> float:
        """How large the frame is shown."""
        views = self.scene().views() if self.scene() is not None else []
        return views[0].transform().m11() if views else 1.0

    def title_area(self, scale: float) -> QRectF:
        """Where the title is at a scale, from the frame's corner."""
        grown = 1 / min(1.0, max(SMALLEST_TITLE, scale))
        metrics = lettering(*TITLE_TYPE)[1]
        room = self.area.width() - 2 * TITLE_LEFT
        width = min(room, (metrics.horizontalAdvance(self.title) + 12) * grown)
        return QRectF(TITLE_LEFT, TITLE_BOTTOM - TITLE_HEIGHT * grown, width, TITLE_HEIGHT * grown)

    def hits(self, point: QPointF) -> bool:
        """Whether the mouse takes hold of the frame at a point of the scene: at its edge, or beside or on its title."""
        left, top, right, bottom = self.box
        scale = self._scale()
        reach = REACH / scale
        x, y = point.x(), point.y()
        if self.title and scale >= HIDDEN_TITLE and self.title_area(scale).contains(point - self.pos()):
            return True
        if not (left - reach <= x <= right + reach and top - reach <= y <= bottom + reach):
            return False
        return y <= top + max(reach, TITLE_BOTTOM) or min(x - left, right - x, bottom - y) <= reach

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the area, its edge and its title."""
        look, vector = self.shared.look, self.shared.vector
        scale = 1.0 if vector else painter.worldTransform().m11()
        ratio = 1.0 if widget is None else widget.devicePixelRatioF()
        area = self.area if vector else crisp(painter, self.area, ratio)
        color = paper(look, self.record.color)
        fill = QColor(color)
        dark = look.theme.name == "dark"
        fill.setAlpha((30 if self.hovered else 22) if dark else (26 if self.hovered else 18))
        edge, width = edge_color(look, self.record.color, self.hovered), 1.5 if self.hovered else 1.0
        if self.selected:
            edge, width = look.accent, 2.0
        radius = min(RADIUS, area.width() / 2, area.height() / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, width / scale))
        painter.setBrush(fill)
        painter.drawRoundedRect(area, radius, radius)
        if self.title and scale >= HIDDEN_TITLE:
            self._paint_title(painter, scale, color)
        self.paint_handles(painter, scale)

    def _paint_title(self, painter: QPainter, scale: float, color: QColor) -> None:
        look, place = self.shared.look, self.title_area(scale)
        grown = place.height() / TITLE_HEIGHT
        if place.top() < 0:  # it lies on the edge, which must not be seen through it
            painter.setPen(QPen(edge_color(look, self.record.color, self.hovered), 1 / scale))
            painter.setBrush(mix(color, look.canvas, 0.14))
            painter.drawRoundedRect(place, 4 * grown, 4 * grown)
        painter.save()
        painter.translate(place.topLeft())
        painter.scale(grown, grown)
        font, metrics = lettering(*TITLE_TYPE)
        painter.setFont(font)
        painter.setPen(color if self.record.title else look.faint)
        room = place.width() / grown - 12
        text = metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(QRectF(6, 0, room + 4, TITLE_HEIGHT), TITLE_FLAGS, text)
        painter.restore()
        painter.setPen(NO_PEN)
