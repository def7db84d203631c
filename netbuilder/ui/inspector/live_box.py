"""This layer, live: the norms of a node's gradient and weights while it trains, small, at the foot of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.run_data import RunData
    from netbuilder.ui.plots.series import Floats

_HEIGHT, _FOOT, _HEAD, _SIDE, _RIGHT = 148, 18, 24, 38, 8
_DECADES = 8.0


class LiveBox(QWidget):
    """Two curves on a logarithmic scale over the steps of the run. Hidden where the run knows nothing of the node."""

    def __init__(self, theme: Theme, follower: Follower, node: str) -> None:
        """Follow a run, for one node."""
        super().__init__()
        self.theme, self.node = theme, node
        self._follower = follower
        self.curves: tuple[tuple[Floats, Floats], ...] = ()
        self._end = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setPixelSize(11)
        self.setFont(font)
        self.setAccessibleName(self.tr("This layer, live"))
        follower.began.connect(self.refresh)
        follower.came.connect(self.refresh)
        self.refresh()

    @property
    def known(self) -> bool:
        """Whether the run measures the node."""
        run = self._follower.run
        return run is not None and self.node in run.nodes and bool(run.layers)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As high as in the drawing of the window."""
        return QSize(200, _HEIGHT)

    def refresh(self, *_: object) -> None:
        """Show what came."""
        run = self._follower.run
        if run is None or not self.known:
            self.curves = ()
        else:
            self._end = float(run.end)
            self.curves = (self._gradient(run), self._weights(run))
        self.update()

    def _gradient(self, run: RunData) -> tuple[Floats, Floats]:
        envelope = run.layers.envelope(max(self.width() // 2, 60), 0, run.end)
        return envelope.last, envelope.middles()[run.nodes.index(self.node)]

    def _weights(self, run: RunData) -> tuple[Floats, Floats]:
        norms = run.moves.column(run.nodes.index(self.node)).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            return run.moves.steps, np.log10(norms)

    def _bounds(self) -> tuple[float, float]:
        """The exponents at the ends of the scale: whole ones around all that is drawn."""
        values = np.concatenate([values for _, values in self.curves])
        values = values[np.isfinite(values)]
        if not len(values):
            return -3.0, 0.0
        top = float(np.ceil(values.max() + 0.05))
        bottom = max(float(np.floor(values.min() - 0.05)), top - _DECADES)
        return min(bottom, top - 1), top

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the legend, the lines across, the steps, and both curves."""
        if not self.curves:
            return
        painter, metrics = QPainter(self), QFontMetricsF(self.font())
        area = QRectF(self.rect()).adjusted(_SIDE, _HEAD, -_RIGHT, -_FOOT)
        low, high = self._bounds()
        self._paint_frame(painter, metrics, area, low, high)
        colours = (self.theme.curves[0], self.theme.curves[2])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area.adjusted(0, -1, 1, 1))
        for (steps, values), colour in zip(self.curves, colours, strict=True):
            painter.setPen(QPen(QColor(colour), 1.5))
            xs = area.left() + area.width() * steps / self._end
            ys = area.bottom() - area.height() * (np.maximum(values, low) - low) / (high - low)
            line: list[QPointF] = []
            for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
                if y == y:
                    line.append(QPointF(x, y))
                elif line:
                    painter.drawPolyline(QPolygonF(line))
                    line = []
            if len(line) == 1:
                painter.drawEllipse(line[0], 1.5, 1.5)
            elif line:
                painter.drawPolyline(QPolygonF(line))
        painter.setClipping(False)
        self._paint_legend(painter, metrics, colours)

    def _paint_legend(self, painter: QPainter, metrics: QFontMetricsF, colours: tuple[str, str]) -> None:
        x = float(self.width() - _RIGHT)
        for name, colour in reversed(list(zip((self.tr("gradient"), self.tr("weight")), colours, strict=True))):
            x -= metrics.horizontalAdvance(name)
            painter.setPen(QColor(self.theme.text_soft))
            painter.drawText(QPointF(x, metrics.ascent() + 2), name)
            x -= 18
            painter.fillRect(QRectF(x, metrics.height() / 2 + 1, 12, 2.5), QColor(colour))
            x -= 12

    def _paint_frame(self, painter: QPainter, metrics: QFontMetricsF, area: QRectF, low: float, high: float) -> None:
        for tick in ticks.log_ticks(low, high, 3):
            y = area.bottom() - area.height() * (tick - low) / (high - low)
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(area.left(), round(y) + 0.5), QPointF(area.right(), round(y) + 0.5))
            painter.setPen(QColor(self.theme.text_soft))
            box = QRectF(0, y - metrics.height() / 2, _SIDE - 6, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, ticks.log_label(tick))
        edge = -1e9
        for tick in ticks.linear_ticks(0, self._end, max(int(area.width() / 52), 2)):
            text = ticks.step_label(tick, self._end)
            width = metrics.horizontalAdvance(text)
            x = min(area.left() + area.width() * tick / self._end - width / 2, self.width() - width)
            if x < edge + 8:
                continue
            edge = x + width
            painter.drawText(QPointF(x, self.height() - 4), text)
