"""Loss over steps: every step's as a thin line, a smoothed one over it, validation with a dot an epoch."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.axes import ValueAxis
from netbuilder.ui.plots.colours import mix
from netbuilder.ui.plots.legend import Item
from netbuilder.ui.plots.plot import Plot
from netbuilder.ui.plots.readout import Line
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Floats
from netbuilder.ui.theme import Theme

TRAIN, VALIDATION, METRIC = "train", "validation", "metric "
_SMOOTH_POINTS = 200
_WINDOW = 1 / 70


def metric_text(name: str, value: float) -> str:
    """An accuracy as a percentage, anything else as a number."""
    if "acc" in name.lower() and 0 <= value <= 1:
        return f"{100 * value:.1f} %"
    return ticks.number(value)


class LossPlot(Plot):
    """The loss of a run, with its validation loss and, in the legend, its metrics."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Build it without a run."""
        self._axis = ValueAxis()
        super().__init__(theme, "", self._axis, parent)
        self._title.setText(self.tr("Loss"))
        self.graphics.setAccessibleName(self.tr("Loss"))
        self.raw = pg.PlotCurveItem(connect="finite")
        self.validation = pg.PlotCurveItem(connect="finite", antialias=True)
        self.smooth = pg.PlotCurveItem(connect="finite", antialias=True)
        self.dots = pg.ScatterPlotItem(size=5, pen=None, antialias=True)
        self.bad = pg.ScatterPlotItem(size=9, symbol="x")
        self.bad_line = pg.InfiniteLine(angle=90, movable=False)
        for item in (self.raw, self.bad_line, self.smooth, self.validation, self.dots, self.bad):
            self.graphics.addItem(item, ignoreBounds=True)
        self.log_button = QToolButton(self)
        self.log_button.setText(self.tr("log"))
        self.log_button.setCheckable(True)
        self.log_button.setToolTip(self.tr("Logarithmic scale"))
        self.log_button.toggled.connect(self.set_logarithmic)
        self.header.insertWidget(1, self.log_button)
        self._dress()

    def set_logarithmic(self, on: bool) -> None:
        """Switch between a linear and a logarithmic scale."""
        self.log_button.setChecked(on)
        self._axis.logarithmic = on
        self._axis.picture = None
        self._values_fixed = False
        self.zoom_changed.emit()
        self.redraw()

    def _dress(self) -> None:
        super()._dress()
        theme = self.theme
        train, other = theme.curves[0], theme.curves[1]
        self.raw.setPen(pg.mkPen(mix(theme.panel, train, 0.42), width=1))
        self.smooth.setPen(pg.mkPen(train, width=2))
        self.validation.setPen(pg.mkPen(other, width=2))
        self.dots.setBrush(pg.mkBrush(other))
        self.bad.setPen(pg.mkPen(theme.error, width=2))
        self.bad_line.setPen(pg.mkPen(mix(theme.panel, theme.error, 0.6), width=1))
        self.bad_line.hide()

    def _build(self) -> None:
        if self.run is None:
            for item in (self.raw, self.smooth, self.validation, self.dots, self.bad):
                item.setData([], [])
            self.bad_line.hide()
            self.note.hide()
        items = [Item(TRAIN, self.tr("train"), self.theme.curves[0])]
        if self.run is not None and len(self.run.epoch_steps.view()):
            items.append(Item(VALIDATION, self.tr("validation"), self.theme.curves[1]))
            items += [Item(METRIC + name, name, None) for name in self.run.about.metrics]
        self.legend.set_items(items, self.theme)

    def _draw(self, run: RunData, first: float, last: float, pixels: int) -> None:
        if len(run.epoch_steps.view()) and VALIDATION not in self.legend.entries:
            self._build()
        envelope = run.loss.envelope(pixels, first, last)
        x, y = envelope.curve(0)
        self.raw.setData(x, self._scaled(y))
        steps, means = self._smoothed(run, first, last)
        self.smooth.setData(steps, self._scaled(means))
        epochs = run.epoch_steps.view()
        validation = run.epochs[0].view() if len(epochs) else np.empty(0)
        self._draw_validation(epochs, self._scaled(validation))
        for item in (self.raw, self.smooth):
            item.setVisible(self.legend.shown(TRAIN))
        seen = validation[(epochs >= first) & (epochs <= last)]
        self._fit(y, means, seen)
        self._draw_bad(run)
        self._say_latest(run)

    def _smoothed(self, run: RunData, first: float, last: float) -> tuple[Floats, Floats]:
        begin, end = max(int(first) - 1, 0), min(int(np.ceil(last)), run.step)
        if end <= begin:
            return np.empty(0), np.empty(0)
        half = max(int((last - first) * _WINDOW), 1)
        # Points at whole multiples of a stride, and the latest: they stand still while rows come.
        stride = max(-(-int(last - first) // (_SMOOTH_POINTS - 4)), 1)
        rows = np.arange(begin // stride * stride, end, stride, dtype=np.int64)
        if rows[-1] != end - 1:
            rows = np.append(rows, end - 1)
        return run.loss.steps[rows], run.sums.smooth(rows, half)

    def _draw_validation(self, steps: Floats, values: Floats) -> None:
        few = len(steps) <= _SMOOTH_POINTS
        self.validation.setData(steps, values, antialias=few)
        self.validation.setPen(pg.mkPen(self.theme.curves[1], width=2 if few else 1))
        finite = np.isfinite(values)
        self.dots.setData(steps[finite], values[finite]) if few else self.dots.setData([], [])
        for item in (self.validation, self.dots):
            item.setVisible(self.legend.shown(VALIDATION))

    def _draw_bad(self, run: RunData) -> None:
        step = run.first_bad
        self.note.setVisible(step is not None)
        self.bad_line.setVisible(step is not None)
        self.bad.setVisible(step is not None)
        if step is None:
            return
        self.note.setText(self.tr("not a number at step {0}").format(f"{step:,}"))
        self.bad_line.setPos(step)
        before = np.empty(0)
        if step > 1:
            before = self._scaled(run.sums.smooth(np.array([step - 2], dtype=np.int64), 8))
        self.bad.setData([step], before if len(before) and np.isfinite(before[0]) else [self._auto_values[0]])

    def _say_latest(self, run: RunData) -> None:
        self.legend.set_value(TRAIN, ticks.number(run.last_loss) if run.step else "")
        if len(run.epoch_steps.view()):
            self.legend.set_value(VALIDATION, ticks.number(float(run.epochs[0].view()[-1])))
            for name, column in zip(run.about.metrics, run.epochs[1:], strict=True):
                self.legend.set_value(METRIC + name, metric_text(name, float(column.view()[-1])))

    def _scaled(self, values: Floats) -> Floats:
        if not self._axis.logarithmic:
            return values
        return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)

    def _fit(self, raw: Floats, smooth: Floats, validation: Floats) -> None:
        """Choose the values in view: all the smooth ones and all but the wildest of the raw."""
        raw, lines = self._scaled(raw), self._scaled(np.concatenate([smooth, validation]))
        raw, lines = raw[np.isfinite(raw)], lines[np.isfinite(lines)]
        if not len(raw) and not len(lines):
            self._set_values(-3.0 if self._axis.logarithmic else 0.0, 1.0)
            return
        ends = np.concatenate([np.percentile(raw, [1, 99]) if len(raw) else raw, lines])
        low, high = float(ends.min()), float(ends.max())
        if self._axis.logarithmic:
            margin = max(0.06 * (high - low), 0.04)
            self._set_values(low - margin, high + margin)
            return
        if 0 <= low < 0.5 * high:
            low = 0.0
        step = ticks.nice_step((high - low) or abs(high) or 1.0, 4)
        self._set_values(step * np.floor(low / step + 1e-9), step * np.ceil(high / step - 1e-9) or step)

    def _lines(self, run: RunData, step: float, value: float) -> tuple[float, list[Line]]:
        row = run.loss.index(step + 0.5)
        step = float(run.loss.steps[row])
        colours = self.theme.curves
        lines = [Line(colours[0], self.tr("train"), ticks.number(float(run.loss.row(row)[0])))]
        smoothed = float(run.sums.smooth(np.array([row], dtype=np.int64), max(int(run.end * _WINDOW), 1))[0])
        lines.append(Line(mix(self.theme.panel, colours[0], 0.6), self.tr("smoothed"), ticks.number(smoothed)))
        epochs = run.epoch_steps.view()
        if len(epochs):
            at = max(int(np.searchsorted(epochs, step, side="right")) - 1, 0)
            lines.append(Line(colours[1], self.tr("validation"), ticks.number(float(run.epochs[0].view()[at]))))
            for name, column in zip(run.about.metrics, run.epochs[1:], strict=True):
                lines.append(Line(self.theme.text_faint, name, metric_text(name, float(column.view()[at]))))
        return step, lines

    def _table(self, run: RunData) -> tuple[list[str], Floats]:
        names = ["step", "loss", *run.about.epoch_columns[1:]]
        rows = np.full((run.step, len(names)), np.nan)
        rows[:, 0], rows[:, 1] = run.loss.steps, run.loss.rows()[:, 0]
        at = run.epoch_steps.view().astype(np.int64) - 1
        inside = (at >= 0) & (at < run.step)
        for index, column in enumerate(run.epochs, start=2):
            rows[at[inside], index] = column.view()[inside]
        return names, rows

    def _more_actions(self, menu: QMenu) -> None:
        action = menu.addAction(self.tr("Logarithmic scale"))
        action.setCheckable(True)
        action.setChecked(self._axis.logarithmic)
        action.toggled.connect(self.set_logarithmic)
