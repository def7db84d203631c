"""Axes and the area between them: few round ticks, horizontal lines only, and a mouse that zooms along the steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from netbuilder.ui.plots import ticks
from netbuilder.ui.theme import Theme

_GAP = 6.0
_BOTTOM = 20
_APART = 8.0
_ENDS = 12.0


class _Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis that draws what `_ticks` says."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, pen=None)
        self._font = QFont()
        self._line: Any = None
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, autoExpandTextSpace=False, autoReduceTextSpace=False, hideOverlappingLabels=False)

    def dress(self, theme: Theme, font: QFont) -> None:
        """Take colours and type."""
        self._font = font
        self._line = pg.mkPen(theme.line, width=1)
        self.setStyle(tickFont=font)
        self.setTextPen(theme.text_soft)
        self.setTickPen(self._line)
        self.picture = None
        self.update()

    def boundingRect(self) -> QRectF:
        """Room for labels at the very ends, half of which lie beyond them."""
        return QRectF(super().boundingRect()).adjusted(-_ENDS, -_ENDS, _ENDS, _ENDS)

    def drawPicture(self, painter: QPainter, foot: Any, lines: Any, labels: Any) -> None:
        """The axis's own line if it has one, the lines across, the labels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for pen, start, end in [foot, *lines] if foot is not None else lines:
            painter.setPen(pen)
            painter.drawLine(start, end)
        painter.setFont(self._font)
        painter.setPen(self.textPen())
        for box, flags, text in labels:
            painter.drawText(box, flags, text)

    def _ticks(self, low: float, high: float, pixels: float) -> list[tuple[float, str]]:
        """Places and labels; each kind of axis has its own."""
        return []

    def _place(self, length: float, value: float) -> float:
        """Where a value is, in pixels from the axis's start."""
        low, high = self.range
        return length * (value - float(low)) / (float(high - low) or 1.0)


class StepAxis(_Axis):
    """Steps, below a plot. A logarithmic one has exponents of ten as values."""

    def __init__(self) -> None:
        """Make it of a fixed height, so that the plots of a row end on one line."""
        super().__init__("bottom")
        self.logarithmic = False
        self.setHeight(_BOTTOM)

    def generateDrawSpecs(self, painter: QPainter) -> Any:
        """A line at the foot and the labels under it, none over another."""
        area = self.mapRectFromParent(self.geometry())
        metrics = QFontMetricsF(self._font)
        labels, edge = [], -1e9
        for value, text in self._ticks(self.range[0], self.range[1], area.width()):
            width = metrics.horizontalAdvance(text) + 2
            x = area.left() + self._place(area.width(), value)
            if x - width / 2 < edge + _APART:
                continue
            edge = x + width / 2
            box = QRectF(x - width / 2, area.top() + _GAP - 1, width, metrics.height())
            labels.append((box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text))
        foot = (self._line or QPen(Qt.PenStyle.NoPen), area.topLeft(), area.topRight())
        return foot, [], labels

    def _ticks(self, low: float, high: float, pixels: float) -> list[tuple[float, str]]:
        count = max(int(pixels / 62), 2)
        if self.logarithmic:
            places = [tick for tick in ticks.log_ticks(low, high, count) if tick >= 0]
            return [(tick, ticks.step_label(round(10**tick), 10**high)) for tick in places]
        return [
            (tick, ticks.step_label(tick, high)) for tick in ticks.linear_ticks(low, high, count) if tick == int(tick)
        ]


class ValueAxis(_Axis):
    """Values, left of a plot, with a faint line across it at each. A logarithmic one has exponents of ten as values.

    With `text`, that is how a value is written.
    """

    def __init__(self, width: int = 44) -> None:
        """Make it of a fixed width, so that plots above each other begin at one line."""
        super().__init__("left")
        self.logarithmic = False
        self.text: Callable[[float], str] | None = None
        self.setWidth(width)
        self.setGrid(255)

    def generateDrawSpecs(self, painter: QPainter) -> Any:
        """The lines across and the labels, right-aligned."""
        area = self.mapRectFromParent(self.geometry())
        view = self.linkedView()
        right = view.mapRectToItem(self, view.boundingRect()).right() if view is not None else area.right()
        metrics = QFontMetricsF(self._font)
        lines, labels = [], []
        for value, text in self._ticks(self.range[0], self.range[1], area.height()):
            y = area.bottom() - self._place(area.height(), value)
            if self._line is not None:
                lines.append((self._line, QPointF(area.right(), y), QPointF(right, y)))
            box = QRectF(area.left(), y - metrics.height() / 2, area.width() - _GAP, metrics.height())
            labels.append((box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text))
        return None, lines, labels

    def _ticks(self, low: float, high: float, pixels: float) -> list[tuple[float, str]]:
        count = max(int(pixels / 34), 2)
        if not self.logarithmic:
            plain = ticks.linear_ticks(low, high, count)
            if self.text is not None:
                return [(tick, self.text(tick)) for tick in plain]
            return list(zip(plain, ticks.linear_labels(plain), strict=True))
        return [(tick, ticks.log_label(tick)) for tick in ticks.log_ticks(low, high, count)]


class RowAxis(_Axis):
    """Names of rows, left of a heat map; row 0 is on top. Where rows are too thin only their groups are named."""

    def __init__(self) -> None:
        """Start without rows."""
        super().__init__("left")
        self._names: tuple[str, ...] = ()
        self._groups: list[tuple[float, str]] = []
        self.setWidth(44)

    def set_names(self, names: tuple[str, ...], groups: list[tuple[float, str]], widest: int) -> None:
        """Take each row's name, and names of groups with the row in their middle; at most `widest` pixels wide."""
        self._names, self._groups = names, groups
        metrics = QFontMetricsF(self._font)
        longest = max((metrics.horizontalAdvance(name) for name in names), default=30.0)
        self.setWidth(int(min(longest + _GAP + 3, widest)))
        self.picture = None
        self.update()

    def generateDrawSpecs(self, painter: QPainter) -> Any:
        """The names, right-aligned, none over another."""
        area = self.mapRectFromParent(self.geometry())
        metrics = QFontMetricsF(self._font)
        labels, edge = [], -1e9
        for value, text in self._ticks(self.range[0], self.range[1], area.height()):
            y = area.bottom() - self._place(area.height(), value)
            if y - metrics.height() * 0.45 < edge:
                continue
            edge = y + metrics.height() * 0.45
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, area.width() - _GAP)
            box = QRectF(area.left(), y - metrics.height() / 2, area.width() - _GAP, metrics.height())
            labels.append((box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown))
        return None, [], labels

    def _ticks(self, low: float, high: float, pixels: float) -> list[tuple[float, str]]:
        if pixels >= 0.9 * QFontMetricsF(self._font).height() * len(self._names):
            return [(index + 0.5, name) for index, name in enumerate(self._names)]
        return self._groups


class View(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """The area of a plot. The wheel zooms steps, with Ctrl values; dragging moves; a double click shows all again."""

    reset_asked = Signal()
    menu_asked = Signal(object)

    def __init__(self) -> None:
        """Make it without pyqtgraph's own menu, which speaks only English."""
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Zoom along one axis."""
        if axis is None:
            axis = 1 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 0
        super().wheelEvent(event, axis)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Move; the right button is for the menu."""
        if event.button() == Qt.MouseButton.RightButton:
            event.ignore()
        else:
            super().mouseDragEvent(event, axis)

    def mouseClickEvent(self, event: Any) -> None:
        """Show all at a double click, the menu at a right one."""
        if event.button() == Qt.MouseButton.RightButton:
            event.accept()
            self.menu_asked.emit(event.screenPos().toPoint())
        elif event.double():
            event.accept()
            self.reset_asked.emit()

    def keyPressEvent(self, event: Any) -> None:
        """Leave the keys to the window."""
        event.ignore()
