"""Gradient norms over steps, one curve for each layer: where they part by decades, a gradient vanishes or explodes."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.axes import ValueAxis
from netbuilder.ui.plots.colours import curve_style, mix
from netbuilder.ui.plots.legend import Item
from netbuilder.ui.plots.plot import Plot
from netbuilder.ui.plots.readout import Line
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Envelope, Floats, Sums
from netbuilder.ui.theme import Theme

MOST = 20
"""More layers than this cannot be told apart as curves."""
_DECADES = 12
_SMOOTH_POINTS = 200
_WINDOW = 1 / 70
_FEW = 8


class GradientPlot(Plot):
    """The norm of each layer's gradient, on a logarithmic scale. A norm of zero lies on the floor."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Build it without a run."""
        axis = ValueAxis()
        axis.logarithmic = True
        super().__init__(theme, "", axis, parent)
        self._title.setText(self.tr("Gradient norms"))
        self.graphics.setAccessibleName(self.tr("Gradient norms"))
        self.curves: list[pg.PlotCurveItem] = []
        self.smooth: list[pg.PlotCurveItem] = []
        self._pointed = ""
        self.legend.pointed.connect(self.point_out)
        self._dress()

    def point_out(self, key: str) -> None:
        """Bring one layer's curve forward; an empty key brings all back."""
        self._pointed = key
        self._paint_curves()

    def _build(self) -> None:
        for curve in (*self.curves, *self.smooth):
            self.graphics.removeItem(curve)
        self.curves, self.smooth, self._pointed = [], [], ""
        names = self.run.names if self.run is not None and len(self.run.names) <= MOST else ()
        items = []
        for index, name in enumerate(names):
            colour, style = curve_style(self.theme, index)
            items.append(Item(str(index), name, colour, style))
            self.curves.append(pg.PlotCurveItem(connect="finite"))
            self.smooth.append(pg.PlotCurveItem(connect="finite", antialias=True))
            for curve in (self.curves[-1], self.smooth[-1]):
                self.graphics.addItem(curve, ignoreBounds=True)
        self.legend.set_items(items, self.theme)
        self._paint_curves()

    def _paint_curves(self) -> None:
        count = len(self.curves)
        for index, (curve, smooth) in enumerate(zip(self.curves, self.smooth, strict=True)):
            colour, _ = curve_style(self.theme, index)
            pointed = self._pointed == str(index)
            faint = 0.12 if self._pointed and not pointed else 0.6 if pointed else 0.34 if count <= _FEW else 0.2
            strong = 0.3 if self._pointed and not pointed else 1.0
            curve.setPen(pg.mkPen(mix(self.theme.panel, colour, faint), width=1))
            smooth.setPen(pg.mkPen(mix(self.theme.panel, colour, strong), width=2.5 if pointed else 1.75))
            curve.setZValue(count if pointed else count - index - 1)
            smooth.setZValue((3 if pointed else 2) * count - index)

    def _draw(self, run: RunData, first: float, last: float, pixels: int) -> None:
        if not self.curves:
            return
        envelope = run.layers.envelope(pixels, first, last)
        shown = [index for index in range(len(self.curves)) if self.legend.shown(str(index))]
        floor = self._fit(envelope, shown)
        middle = np.maximum(envelope.middles(), floor)
        for index, (curve, smooth) in enumerate(zip(self.curves, self.smooth, strict=True)):
            curve.setVisible(index in shown)
            smooth.setVisible(index in shown)
            if index in shown:
                x, y = envelope.curve(index)
                curve.setData(x, exponents(y, floor))
                x, y = smoothed(envelope, middle[index], last - first)
                smooth.setData(x, self._broken(y, index))

    def _fit(self, envelope: Envelope, shown: list[int]) -> float:
        """Choose half decades that hold what is shown; the exponent of the lowest."""
        lows, highs = envelope.low[shown].astype(np.float64), envelope.high[shown].astype(np.float64)
        lows, highs = lows[lows > 0], highs[highs > 0]
        if not len(highs):
            self._set_values(-3.0, 1.0)
            return -3.0
        if not len(lows):
            lows = highs
        top = float(np.ceil(2 * np.log10(highs.max()) + 0.1)) / 2
        bottom = max(float(np.floor(2 * np.log10(lows.min()) - 0.1)) / 2, top - _DECADES)
        if top - bottom < 1:
            bottom = top - 1
        self._set_values(bottom, top)
        return bottom

    def _broken(self, values: Floats, index: int) -> Floats:
        """Leave gaps in the line of a curve whose colour is another's too; the style says how long."""
        _, (drawn, out) = curve_style(self.theme, index)
        if out == 0:
            return values
        place = np.arange(len(values)) % (drawn + out)
        return np.where(place < drawn, values, np.nan)

    def _lines(self, run: RunData, step: float, value: float) -> tuple[float, list[Line]]:
        if not len(run.layers):
            return float(round(step)), []
        row = run.layers.index(step + 0.5)
        lines = []
        for index, norm in enumerate(run.layers.row(row)[: len(self.curves)]):
            if self.legend.shown(str(index)):
                colour, _ = curve_style(self.theme, index)
                with np.errstate(divide="ignore", invalid="ignore"):
                    away = abs(float(np.log10(np.float64(norm))) - value)
                near = away if np.isfinite(away) else 1e9
                lines.append((float(norm), Line(colour, run.names[index], ticks.number(float(norm)), near)))
        lines.sort(key=lambda pair: -pair[0] if np.isfinite(pair[0]) else -np.inf)
        return float(run.layers.steps[row]), [line for _, line in lines]

    def _table(self, run: RunData) -> tuple[list[str], Floats]:
        return ["step", *run.names], np.column_stack([run.layers.steps, run.layers.rows()])


def smoothed(envelope: Envelope, values: Floats, span: float) -> tuple[Floats, Floats]:
    """Means of bins over a window that is a part of the `span` of steps in view, at no more than 200 places."""
    if not len(values):
        return np.empty(0), np.empty(0)
    centres = (envelope.first + envelope.last) / 2
    width = (envelope.last[-1] - envelope.first[0] + 1) / len(values)
    stride = max(-(-int(span / width) // (_SMOOTH_POINTS - 4)), 1)
    rows = np.arange(0, len(values), stride, dtype=np.int64)
    if rows[-1] != len(values) - 1:
        rows = np.append(rows, len(values) - 1)
    sums = Sums()
    sums.append(values)
    return centres[rows], sums.smooth(rows, max(int(span / width * _WINDOW), 1))


def exponents(values: Floats, floor: float) -> Floats:
    """log10, with what is zero or lower than the floor on the floor; nan stays nan."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(np.log10(values), floor)
