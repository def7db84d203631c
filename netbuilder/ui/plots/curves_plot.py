"""Curves over steps, one for each layer or whatever else there are several of, on a linear or a logarithmic scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.axes import ValueAxis
from netbuilder.ui.plots.colours import curve_style, mix
from netbuilder.ui.plots.legend import Item
from netbuilder.ui.plots.plot import Plot
from netbuilder.ui.plots.quantities import Quantity
from netbuilder.ui.plots.readout import Line
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Envelope, Floats, Sums
from netbuilder.ui.theme import Theme

MOST = 20
"""More layers than this cannot be told apart as curves."""
_DECADES = 12
_SMOOTH_POINTS = 200
_FEW = 8
_FEW_POINTS = 60
_DOTS = 24
_VALUES = 2


class Chooser(QToolButton):
    """The title of a plot that can show several things: pressed, it offers them."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Offer nothing yet."""
        super().__init__(parent)
        self.setObjectName("chooser")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.choices = QMenu(self)
        self.setMenu(self.choices)
        self.choices.setToolTipsVisible(True)
        self._group = QActionGroup(self)

    def show_choice(self, quantities: Sequence[Quantity], index: int) -> None:
        """Have the index-th of these as the title, and offer all."""
        if [action.text() for action in self.choices.actions()] != [quantity.title for quantity in quantities]:
            self.choices.clear()
            for at, quantity in enumerate(quantities):
                action = self.choices.addAction(quantity.title, partial(self.chosen.emit, at))
                action.setToolTip(quantity.help)
                action.setCheckable(True)
                self._group.addAction(action)
        self.choices.actions()[index].setChecked(True)
        self.setText(f"{quantities[index].title} ▾")
        self.setToolTip(quantities[index].help)
        self.setVisible(len(quantities) > 1)


class CurvesPlot(Plot):
    """One of several quantities. On a logarithmic scale a value of zero lies on the floor."""

    def __init__(self, theme: Theme, quantities: Sequence[Quantity], parent: QWidget | None = None) -> None:
        """Build it without a run; it shows the first."""
        self._axis = ValueAxis()
        super().__init__(theme, "", self._axis, parent)
        self.quantities = tuple(quantities)
        self.quantity = self.quantities[0]
        self.curves: list[pg.PlotCurveItem] = []
        self.smooth: list[pg.PlotCurveItem] = []
        self.band = pg.LinearRegionItem(orientation="horizontal", movable=False)
        self.band.setZValue(-20)
        self.dots = pg.ScatterPlotItem(size=5, pen=None, antialias=True)
        self.dots.setZValue(1000)
        for item in (self.band, self.dots):
            self.graphics.addItem(item, ignoreBounds=True)
        self.chooser = Chooser(self)
        self.chooser.chosen.connect(self.choose)
        self.header.insertWidget(0, self.chooser)
        self._pointed = ""
        self.legend.pointed.connect(self.point_out)
        self._dress()
        self.choose(0)

    def choose(self, index: int, *_: object) -> None:
        """Show another quantity."""
        self.quantity = self.quantities[index]
        self._title.setText(self.quantity.title)
        self._title.setVisible(len(self.quantities) == 1)
        self._title.setToolTip(self.quantity.help)
        self.graphics.setAccessibleName(self.quantity.title)
        self.chooser.show_choice(self.quantities, index)
        self._axis.logarithmic = self.quantity.scale == "log"
        self._axis.text = self.quantity.axis
        self._axis.picture = None
        self._values_fixed = False
        self.legend.set_items([], self.theme)  # what was hidden was of another kind
        self._build()
        self.redraw()

    def point_out(self, key: str) -> None:
        """Bring one layer's curve forward; an empty key brings all back."""
        self._pointed = key
        self._paint_curves()

    @property
    def too_many(self) -> bool:
        """Whether there are more curves than can be told apart."""
        return self.run is not None and len(self.quantity.names(self.run)) > MOST

    def _build(self) -> None:
        for curve in (*self.curves, *self.smooth):
            self.graphics.removeItem(curve)
        self.curves, self.smooth, self._pointed = [], [], ""
        names = self.quantity.names(self.run) if self.run is not None else ()
        items = []
        for index, name in enumerate(names):
            colour, style = curve_style(self.theme, index)
            items.append(Item(str(index), name, colour, style))
            self.curves.append(pg.PlotCurveItem(connect="finite"))
            self.smooth.append(pg.PlotCurveItem(connect="finite", antialias=True))
            for curve in (self.curves[-1], self.smooth[-1]):
                self.graphics.addItem(curve, ignoreBounds=True)
        self.legend.set_items(items, self.theme)
        self.band.setVisible(bool(self.quantity.band and self.run is not None))
        if self.quantity.band:
            self.band.setRegion(np.log10(self.quantity.band))
        self._paint_curves()

    def _dress(self) -> None:
        super()._dress()
        self.band.setBrush(pg.mkBrush(mix(self.theme.panel, self.theme.good, 0.14)))
        for line in self.band.lines:
            line.setPen(pg.mkPen(None))

    def _paint_curves(self) -> None:
        count = len(self.curves)
        for index, (curve, smooth) in enumerate(zip(self.curves, self.smooth, strict=True)):
            colour, _ = curve_style(self.theme, index)
            pointed = self._pointed == str(index)
            faint = 0.12 if self._pointed and not pointed else 0.6 if pointed else 0.34 if count <= _FEW else 0.2
            if not (self.quantity.smooth and self.smoothing):
                faint = 0.3 if self._pointed and not pointed else 1.0
            strong = 0.3 if self._pointed and not pointed else 1.0
            alone = not self.quantity.smooth and count <= _FEW // 2
            curve.setPen(pg.mkPen(mix(self.theme.panel, colour, faint), width=1.5 if alone else 1))
            smooth.setPen(pg.mkPen(mix(self.theme.panel, colour, strong), width=2.5 if pointed else 1.75))
            curve.setZValue(count if pointed else count - index - 1)
            smooth.setZValue((3 if pointed else 2) * count - index)

    def _draw(self, run: RunData, first: float, last: float, pixels: int) -> None:
        source = self.quantity.source(run)
        if not self.curves or not source:
            for curve in (*self.curves, *self.smooth, self.dots):
                curve.setData([], [])
            self._fit_nothing()
            return
        envelope = self._envelope(source, first, last, pixels)
        shown = [index for index in range(len(self.curves)) if self.legend.shown(str(index))]
        floor = self._fit(envelope, shown, self._draw_more(first, last))
        log = self.quantity.scale == "log"
        middle = np.maximum(envelope.middles(), floor) if log else (envelope.low + envelope.high) / 2
        few = len(envelope.first) <= _FEW_POINTS
        for index, (curve, smooth) in enumerate(zip(self.curves, self.smooth, strict=True)):
            smoothing = self.quantity.smooth and self.smoothing > 0
            curve.setVisible(index in shown)
            smooth.setVisible(index in shown and smoothing)
            if index not in shown:
                continue
            x, y = envelope.curve(index)
            y = exponents(y, floor) if log else y
            curve.setData(self._xs(x), y if smoothing else self._broken(y, index), antialias=few)
            if smoothing:
                x, y = smoothed(envelope, middle[index].astype(np.float64), last - first, self.smoothing)
                smooth.setData(self._xs(x), self._broken(y, index))
        self._draw_dots(envelope, shown, floor)
        self._say_latest(envelope)

    def _draw_more(self, first: float, last: float) -> Floats:
        """Draw what a kind of plot has beside its own curves; the values of it that are to be in view."""
        return np.empty(0)

    def _draw_dots(self, envelope: Envelope, shown: list[int], floor: float) -> None:
        """A dot at every point, where they are few: a single one makes no line."""
        if self.quantity.smooth or len(envelope.first) > _DOTS or len(shown) > _FEW:
            self.dots.setData([], [])
            return
        xs, ys, brushes = [], [], []
        for index in shown:
            x, y = envelope.curve(index)
            y = exponents(y, floor) if self.quantity.scale == "log" else y
            finite = np.isfinite(y)
            xs.append(self._xs(x)[finite])
            ys.append(y[finite])
            brushes += [pg.mkBrush(curve_style(self.theme, index)[0])] * int(finite.sum())
        self.dots.setData(np.concatenate([np.empty(0), *xs]), np.concatenate([np.empty(0), *ys]), brush=brushes or None)

    def _say_latest(self, envelope: Envelope) -> None:
        """Where curves are few, each has its latest value in the legend."""
        if len(self.curves) > _VALUES or self._steps_fixed:
            return
        for index in range(len(self.curves)):
            values = envelope.high[index][np.isfinite(envelope.high[index])]
            self.legend.set_value(str(index), self.quantity.text(float(values[-1])) if len(values) else "")

    def _fit_nothing(self) -> None:
        self._set_values(*{"log": (-4.0, 0.0), "part": (0.0, 1.0), "linear": (0.0, 1.0)}[self.quantity.scale])

    def _fit(self, envelope: Envelope, shown: list[int], more: Floats) -> float:
        """Choose what values are in view; on a logarithmic scale half decades, and the exponent of the lowest."""
        lows = np.append(envelope.low[shown].astype(np.float64), more)
        highs = np.append(envelope.high[shown].astype(np.float64), more)
        if self.quantity.scale != "log":
            self._fit_linear(lows[np.isfinite(lows)], highs[np.isfinite(highs)])
            return 0.0
        lows, highs = lows[lows > 0], highs[highs > 0]
        if not len(highs):
            self._set_values(-3.0, 1.0)
            return -3.0
        if not len(lows):
            lows = highs
        least, most = lows.min(), highs.max()
        if self.quantity.band:
            least, most = min(least, self.quantity.band[0]), max(most, self.quantity.band[1])
        top = float(np.ceil(2 * np.log10(most) + 0.1)) / 2
        bottom = max(float(np.floor(2 * np.log10(least) - 0.1)) / 2, top - _DECADES)
        if top - bottom < 1:
            bottom = top - 1
        self._set_values(bottom, top)
        return bottom

    def _fit_linear(self, lows: Floats, highs: Floats) -> None:
        if not len(lows) or self.quantity.scale == "part":
            high_up = len(lows) and lows.min() > 0.5
            self._set_values(float(np.floor(9.99 * lows.min())) / 10 if high_up else 0.0, 1.0)
            return
        low, high = float(lows.min()), float(highs.max())
        if low >= 0:
            low = 0.0
        step = ticks.nice_step((high - low) or abs(high) or 1.0, 4)
        self._set_values(step * np.floor(low / step + 1e-9), step * np.ceil(high / step - 1e-9) or step)

    def _broken(self, values: Floats, index: int) -> Floats:
        """Leave gaps in the line of a curve whose colour is another's too; the style says how long."""
        _, (drawn, out) = curve_style(self.theme, index)
        if out == 0:
            return values
        place = np.arange(len(values)) % (drawn + out)
        return np.where(place < drawn, values, np.nan)

    def _lines(self, run: RunData, step: float, value: float) -> tuple[float, list[Line]]:
        found = self.quantity.source(run).at(step + 0.5)
        if found is None:
            return float(round(step)), []
        step, values = found
        names, lines = self.quantity.names(run), []
        for index, number in enumerate(values[: len(self.curves)]):
            if self.legend.shown(str(index)):
                colour, _ = curve_style(self.theme, index)
                place = exponents(np.array([number]), -1e9)[0] if self.quantity.scale == "log" else number
                near = abs(float(place) - value) if np.isfinite(place) else 1e9
                lines.append((float(number), Line(colour, names[index], self.quantity.text(float(number)), near)))
        lines.sort(key=lambda pair: -pair[0] if np.isfinite(pair[0]) else -np.inf)
        return step, [line for _, line in lines]

    def _table(self, run: RunData) -> tuple[list[str], Iterator[Floats]]:
        return ["step", *self.quantity.names(run)], self.quantity.source(run).rows()


def smoothed(envelope: Envelope, values: Floats, span: float, part: float) -> tuple[Floats, Floats]:
    """Means of bins over a window that is such a `part` of the `span` of steps in view, at no more than 200 places."""
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
    return centres[rows], sums.smooth(rows, max(int(span / width * part), 1))


def exponents(values: Floats, floor: float) -> Floats:
    """log10, with what is zero or lower than the floor on the floor; nan stays nan."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(np.log10(values), floor)
