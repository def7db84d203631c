"""Samples as tiles, as many in a row as fit: a picture or a curve each, with its label below."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from netbuilder.ui.data_panel.cells import Cells
from netbuilder.ui.parts import tip
from netbuilder.ui.theme import Theme

GAP = 8
EDGE = 12
INSIDE = 5
CAPTION = 22
CURVE_WIDTH = 220
DOT = 7
AHEAD = DOT + 7  # of a caption


class SampleGrid(QAbstractScrollArea):
    """The samples of one page. `chosen` gives the place of the one that is clicked or gone to."""

    chosen = Signal(int)
    left_by = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._main: Cells | None = None
        self._targets: list[Cells] = []
        self._names: list[str] = []
        self._notes: dict[int, str] = {}
        self._count = 0
        self._pictures: dict[int, QPixmap] = {}
        self._hovered = -1
        self.current = -1
        self.side = self._wide = 80
        self._whole = False
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Samples"))

    def show_samples(self, main: Cells, targets: Sequence[Cells], names: Sequence[str]) -> None:
        """Show other samples: `main` as tiles, `targets` and then `notes` below, `names` in the tooltips."""
        same = self._main is not None and self._main.column.kind == main.column.kind
        self._main, self._targets, self._names = main, list(targets), list(names)
        self._count = len(names)
        self._pictures.clear()
        self.current = min(self.current, self._count - 1)
        self._measure()
        if not same:
            self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def show_whole(self) -> None:
        """Be as high as the tiles need, where something else scrolls."""
        self._whole = True
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._measure()

    def set_side(self, side: int, wide: int = 0) -> None:
        """Show the pictures in another size; `wide` is the least width of a tile, for what stands below."""
        self.side, self._wide = side, max(side, wide)
        self._measure()
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.viewport().update()

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return self._count

    def text(self, index: int) -> str:
        """What stands below a tile."""
        return " · ".join(cells.short(index) for cells in self._targets)

    def widest_text(self) -> int:
        """How wide the picture of a tile is below which every text has room."""
        metrics = QFontMetricsF(self._caption_font())
        return math.ceil(max((metrics.horizontalAdvance(self.text(i)) for i in range(self._count)), default=0)) + AHEAD

    def _caption_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(12)
        return font

    def _detail(self, index: int) -> str:
        return "\n".join(f"{cells.column.title}: {cells.text(index)}" for cells in self._targets)

    # Where the tiles are.

    def _room(self) -> QSize:
        """What a tile shows, without its edge and caption."""
        if self._main is not None and self._main.column.kind == "curve":
            return QSize(max(CURVE_WIDTH, round(self.side * 2.4)), self.side)
        return QSize(self._wide, self.side)

    def _tile(self) -> QSize:
        room = self._room()
        caption = CAPTION if self._targets else 0
        return QSize(room.width() + 2 * INSIDE, room.height() + 2 * INSIDE + caption)

    @property
    def around(self) -> int:
        """How much higher than its pictures a single row is."""
        return 2 * EDGE + self._tile().height() - self.side

    @property
    def columns(self) -> int:
        """How many tiles stand side by side."""
        return max(1, (self.viewport().width() - 2 * EDGE + GAP) // (self._tile().width() + GAP))

    def tile(self, index: int) -> QRect:
        """Where a tile is, in the viewport."""
        size, row, place = self._tile(), index // self.columns, index % self.columns
        x = EDGE + place * (size.width() + GAP)
        y = EDGE + row * (size.height() + GAP) - self.verticalScrollBar().value()
        return QRect(QPoint(x, y), size)

    def at(self, place: QPoint) -> int:
        """The tile there; −1 where there is none."""
        return next((i for i in range(self._count) if self.tile(i).contains(place)), -1)

    def _measure(self) -> None:
        rows = -(-self._count // self.columns)
        high = 2 * EDGE + rows * (self._tile().height() + GAP) - GAP
        if self._whole:
            self.setFixedHeight(max(1, high))
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._tile().height() // 3)
        bar.setRange(0, max(0, high - self.viewport().height()))

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles that are in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        for index in range(self._count):
            tile = self.tile(index)
            if tile.intersects(event.rect()):
                self._paint_tile(painter, index, tile)
        painter.end()

    def _paint_tile(self, painter: QPainter, index: int, tile: QRect) -> None:
        theme, main = self._theme, self._main
        assert main is not None
        near = index == self._hovered
        ring = theme.accent if index == self.current else theme.card_edge if near else theme.line
        painter.setPen(QPen(QColor(ring), 1.6 if index == self.current else 1))
        painter.setBrush(QColor(theme.hover if near else theme.card))
        painter.drawRoundedRect(QRectF(tile).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        room = QRectF(QPointF(tile.topLeft()) + QPointF(INSIDE, INSIDE), self._room())
        if main.column.kind == "curve":
            self._paint_curve(painter, index, room)
        else:
            self._paint_picture(painter, index, room)
        if self._targets:
            box = QRectF(room.left(), room.bottom() + 2, room.width(), CAPTION - 2)
            self._paint_caption(painter, index, box)

    def _paint_picture(self, painter: QPainter, index: int, room: QRectF) -> None:
        assert self._main is not None
        if index not in self._pictures:
            self._pictures[index] = QPixmap.fromImage(self._main.picture(index))
        picture = self._pictures[index]
        size = picture.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        there = QRectF(QPointF(), size)
        there.moveCenter(room.center())
        # Few pixels are shown as they are, many are smoothed.
        smooth = picture.width() * 2 > size.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawPixmap(there.toRect(), picture)

    def _paint_curve(self, painter: QPainter, index: int, room: QRectF) -> None:
        assert self._main is not None
        column, theme = self._main.column, self._theme
        painter.setPen(QPen(QColor(theme.line), 1))
        if column.low < 0 < column.high:
            y = room.bottom() - room.height() * (0 - column.low) / (column.high - column.low)
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        for number, line in enumerate(self._main.lines(index)):
            painter.setPen(QPen(QColor(theme.curves[number % len(theme.curves)]), 1.3))
            painter.drawPolyline(_points(line, room, column.low, column.high))

    def _paint_caption(self, painter: QPainter, index: int, box: QRectF) -> None:
        theme, font = self._theme, self._caption_font()
        painter.setFont(font)
        label = self._targets[0].label(index)
        left = box.left() + 1
        if label is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.curves[label % len(theme.curves)]))
            painter.drawEllipse(QRectF(left, box.center().y() - DOT / 2, DOT, DOT))
            left += AHEAD - 2
        painter.setPen(QColor(theme.text))
        there = QRectF(left, box.top(), box.right() - left, box.height())
        text = self.text(index)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, there.width())
        painter.drawText(there, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    # The hand.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles anew."""
        super().resizeEvent(event)
        self._measure()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the tile under the mouse."""
        self._hover(self.at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark none."""
        super().leaveEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the tile under the mouse."""
        index = self.at(event.position().toPoint())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from tile to tile by the arrows, and beyond the page."""
        by = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
        }.get(Qt.Key(event.key()))
        if by is None or not self._count:
            super().keyPressEvent(event)
            return
        wanted = 0 if self.current < 0 else self.current + by
        if 0 <= wanted < self._count:
            self._choose(wanted)
        else:
            self.left_by.emit(1 if wanted > 0 else -1)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say in a tooltip which sample a tile is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.at(event.pos())
            if index >= 0:
                QToolTip.showText(event.globalPos(), tip(self._names[index], self._detail(index)), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()

    def _choose(self, index: int) -> None:
        self.current = index
        tile, bar = self.tile(index), self.verticalScrollBar()
        if tile.top() < 0:
            bar.setValue(bar.value() + tile.top() - EDGE)
        elif tile.bottom() > self.viewport().height():
            bar.setValue(bar.value() + tile.bottom() - self.viewport().height() + EDGE)
        self.viewport().update()
        self.chosen.emit(index)


def _points(line: Sequence[float], room: QRectF, low: float, high: float) -> QPolygonF:
    """A line from left to right; what is not finite is left out."""
    step = room.width() / max(1, len(line) - 1)
    scale = room.height() / (high - low)
    return QPolygonF(
        [
            QPointF(room.left() + i * step, room.bottom() - (min(max(y, low), high) - low) * scale)
            for i, y in enumerate(line)
            if y == y
        ]
    )
