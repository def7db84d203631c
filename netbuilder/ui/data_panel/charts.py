"""Small painted charts: how often each class is there, and how numbers are spread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.ui.data_panel.cells import number_text
from netbuilder.ui.parts import count as in_full
from netbuilder.ui.theme import Theme

NAMED = 20  # classes that have a bar with a name each
ROW = 20
DENSE = 90
FONT = 11


class Chart(QWidget):
    """A chart in the theme's colours."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self.theme = theme
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self.update()

    def small(self) -> QFont:
        """The window's type, small, with figures that are all equally wide."""
        font = QFont(self.font())
        font.setPixelSize(FONT)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font


class ClassBars(Chart):
    """How many samples each class has: a bar with its name for each, or thin bars side by side where they are many."""

    def __init__(self, theme: Theme, title: str, counts: Sequence[int], names: Sequence[str]) -> None:
        super().__init__(theme, title)
        self.counts, self.names = tuple(counts), tuple(names)
        whole = sum(counts)
        lines = [f"{self.name(i)}: {in_full(n)} ({n / whole:.1%})" for i, n in enumerate(counts)] if whole else []
        self.setAccessibleDescription(", ".join(lines[:NAMED]))
        if len(counts) > NAMED:
            self.setToolTip("")

    def name(self, index: int) -> str:
        """What a class is called."""
        return self.names[index] if index < len(self.names) else str(index)

    def sizeHint(self) -> QSize:
        """A row for each class, as long as they are few."""
        few = len(self.counts) <= NAMED
        return QSize(200, ROW * len(self.counts) if few else DENSE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small())
        if len(self.counts) <= NAMED:
            self._paint_named(painter)
        else:
            self._paint_dense(painter)
        painter.end()

    def _paint_named(self, painter: QPainter) -> None:
        theme, metrics = self.theme, QFontMetricsF(painter.font())
        most, whole = max(self.counts, default=0), sum(self.counts)
        names = [self.name(i) for i in range(len(self.counts))]
        left = min(max((metrics.horizontalAdvance(name) for name in names), default=0.0) + 8, self.width() * 0.42)
        figures = [f"{in_full(n)}  {n / whole:.0%}" if whole else "0" for n in self.counts]
        right = max((metrics.horizontalAdvance(text) for text in figures), default=0.0) + 8
        room = max(10.0, self.width() - left - right)
        for i, number in enumerate(self.counts):
            row = QRectF(0, i * ROW, self.width(), ROW)
            painter.setPen(QColor(theme.text))
            name = metrics.elidedText(names[i], Qt.TextElideMode.ElideRight, left - 8)
            painter.drawText(row.adjusted(0, 0, left - self.width(), 0), Qt.AlignmentFlag.AlignVCenter, name)
            track = QRectF(left, row.center().y() - 4, room, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(track, 4, 4)
            if number:
                track.setWidth(max(4.0, room * number / most))
                painter.setBrush(QColor(theme.curves[i % len(theme.curves)]))
                painter.drawRoundedRect(track, 4, 4)
            painter.setPen(QColor(theme.text_soft if number else theme.warning))
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figures[i])

    def _paint_dense(self, painter: QPainter) -> None:
        theme, most = self.theme, max(self.counts)
        base, each = self.height() - 16.0, self.width() / len(self.counts)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for i, number in enumerate(self.counts):
            high = (base - 2) * number / most if most else 0
            painter.fillRect(QRectF(i * each, base - high, max(1.0, each - 1), high), QColor(theme.curves[0]))
        painter.setPen(QColor(theme.text_faint))
        foot = QRectF(0, base, self.width(), 16)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self.name(0))
        last = self.name(len(self.counts) - 1)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, last)


class Histogram(Chart):
    """How numbers are spread between the least and the greatest."""

    def __init__(
        self, theme: Theme, title: str, bins: Sequence[int], low: float, high: float, height: int = 76
    ) -> None:
        super().__init__(theme, title)
        self.bins, self.low, self.high = tuple(bins), low, high
        self._height = height
        self.setAccessibleDescription(f"{number_text(low)} – {number_text(high)}")

    def sizeHint(self) -> QSize:
        """As high as asked for."""
        return QSize(200, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars, and below them the limits where there is room."""
        painter = QPainter(self)
        theme, written = self.theme, self._height > 40
        base = self.height() - (16.0 if written else 1.0)
        each, most = self.width() / len(self.bins), max(self.bins, default=0)
        for i, number in enumerate(self.bins):
            high = max(1.0, (base - 2) * number / most) if number else 0.0
            left = round(i * each)
            painter.fillRect(
                QRectF(left, base - high, max(1, round((i + 1) * each) - left - 1), high), QColor(theme.curves[0])
            )
        painter.setPen(QColor(theme.line))
        painter.drawLine(QPointF(0, base), QPointF(self.width(), base))
        if written:
            painter.setFont(self.small())
            painter.setPen(QColor(theme.text_faint))
            foot = QRectF(0, base, self.width(), 16)
            for side, value in ((Qt.AlignmentFlag.AlignLeft, self.low), (Qt.AlignmentFlag.AlignRight, self.high)):
                painter.drawText(foot, side | Qt.AlignmentFlag.AlignBottom, number_text(value))
        painter.end()
