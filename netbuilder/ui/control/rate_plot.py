"""Losses over learning rates on a logarithmic scale: as they were, smoothed, and where one would begin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.axes import StepAxis, ValueAxis
from netbuilder.ui.plots.plot import small_font
from netbuilder.ui.theme import Theme

_HEIGHT = 190


class RateAxis(StepAxis):
    """Learning rates, whose exponents of ten are the values."""

    def _ticks(self, low: float, high: float, pixels: float) -> list[tuple[float, str]]:
        return [(tick, ticks.log_label(tick)) for tick in ticks.log_ticks(low, high, max(int(pixels / 62), 2))]


class RatePlot(QWidget):
    """One curve that only the eyes go over."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[Sequence[float], Sequence[float], Sequence[float], float | None] = ([], [], [], None)
        self._rates, self._losses = RateAxis(), ValueAxis()
        self.graphics = pg.PlotWidget(axisItems={"left": self._losses, "bottom": self._rates})
        self.graphics.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.graphics.setAccessibleName(self.tr("Loss over learning rate"))
        self.graphics.hideButtons()
        self.graphics.plotItem.setMenuEnabled(False)
        self.graphics.plotItem.setMouseEnabled(False, False)
        self.graphics.plotItem.layout.setContentsMargins(0, 7, 18, 0)
        self._losses.setZValue(-10)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.graphics)
        self.setFixedHeight(_HEIGHT)
        self.set_theme(theme)

    def show_losses(
        self, rates: Sequence[float], losses: Sequence[float], smooth: Sequence[float], suggested: float | None
    ) -> None:
        """Show the losses that such rates gave."""
        self._shown = (rates, losses, smooth, suggested)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.graphics.setBackground(theme.card)
        font = small_font(self)
        for axis in (self._rates, self._losses):
            axis.dress(theme, font)
        self._draw()

    def _draw(self) -> None:
        rates, losses, smooth, suggested = self._shown
        self.graphics.clear()
        if not rates:
            return
        theme, x = self._theme, np.log10(np.asarray(rates))
        low, high = min(losses), max(smooth[: max(1, int(np.argmin(smooth)) + 1)])
        room = 0.12 * ((high - low) or 1.0)
        self.graphics.setXRange(float(x[0]), float(x[-1]), padding=0)
        self.graphics.setYRange(low - room, high + room, padding=0)
        self.graphics.plot(x, np.asarray(losses), pen=pg.mkPen(theme.text_faint, width=1), antialias=True)
        self.graphics.plot(x, np.asarray(smooth), pen=pg.mkPen(theme.curves[0], width=2), antialias=True)
        if suggested is not None:
            at = float(np.log10(suggested))
            value = float(np.interp(at, x, np.asarray(smooth)))
            line = pg.InfiniteLine(at, angle=90, movable=False, pen=pg.mkPen(theme.accent, width=1))
            self.graphics.addItem(line, ignoreBounds=True)
            point = pg.ScatterPlotItem([at], [value], size=10, brush=theme.accent, pen=pg.mkPen(theme.card, width=2))
            self.graphics.addItem(point)
