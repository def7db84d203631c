"""The small card beside the cursor that says what the curves are worth there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from netbuilder.ui.theme import Theme

_PAD, _DOT, _GAP, _AWAY = 8, 8, 12, 14


@dataclass(frozen=True)
class Line:
    """One value: the curve's colour, its name, the number; `height` says how near the cursor it is."""

    colour: str
    name: str
    text: str
    height: float = 0.0


class Readout(QWidget):
    """Floats over a plot, lets the mouse through and keeps inside its parent."""

    def __init__(self, theme: Theme, font: QFont, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self._over = parent
        self._theme = theme
        self._title = ""
        self.lines: Sequence[Line] = ()
        self.setFont(font)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def title(self) -> str:
        """What is above the lines."""
        return self._title

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def show_at(self, point: QPoint, title: str, lines: Sequence[Line]) -> None:
        """Show lines beside a point of the parent: as many as it has room for, those nearest the cursor."""
        metrics = QFontMetricsF(self.font())
        room = int((self._over.height() - 2 * _PAD) / metrics.height()) - 2
        if len(lines) > max(room, 1):
            nearest = sorted(lines, key=lambda line: line.height)[: max(room, 1)]
            lines = [line for line in lines if line in nearest]
        self._title, self.lines = title, lines
        widths = [metrics.horizontalAdvance(line.name) + metrics.horizontalAdvance(line.text) for line in lines]
        inner = max([width + _DOT + _GAP + 6 for width in widths] + [metrics.horizontalAdvance(title)])
        self.resize(int(inner) + 2 * _PAD + 2, int(metrics.height() * (len(lines) + 1)) + 2 * _PAD - 2)
        area = self._over.rect()
        x = point.x() + _AWAY
        if x + self.width() > area.right():
            x = point.x() - _AWAY - self.width()
        y = min(max(point.y() - self.height() // 2, 0), area.height() - self.height())
        self.move(max(x, 0), max(y, 0))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A card with a dot, a name and a number a line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.card_edge))
        painter.setBrush(QColor(self._theme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        height = QFontMetricsF(self.font()).height()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.text_faint))
        painter.drawText(QRectF(_PAD, _PAD - 1, self.width(), height), middle, self._title)
        for index, line in enumerate(self.lines):
            row = QRectF(_PAD, _PAD - 1 + height * (index + 1), self.width() - 2 * _PAD, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(line.colour))
            painter.drawRoundedRect(QRectF(row.left(), row.center().y() - _DOT / 2, _DOT, _DOT), 2, 2)
            painter.setPen(QColor(self._theme.text_soft))
            painter.drawText(row.adjusted(_DOT + 6, 0, 0, 0), middle, line.name)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, line.text)
