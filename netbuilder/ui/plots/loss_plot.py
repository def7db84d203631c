"""Loss over steps: every step's as a thin line, a smoothed one over it, validation with a dot an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from netbuilder.bridge.about import About
from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.axes import ValueAxis
from netbuilder.ui.plots.colours import curve_style, mix
from netbuilder.ui.plots.legend import Item
from netbuilder.ui.plots.plot import SMOOTH, Plot
from netbuilder.ui.plots.readout import Line
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Floats
from netbuilder.ui.text import percent
from netbuilder.ui.theme import Theme

TRAIN, VALIDATION, OVER = "train", "validation", "over "
_SMOOTH_POINTS = 200


def metric_text(about: About, name: str, value: float) -> str:
    """What is a part of all as a percentage, anything else as a number."""
    return percent(value) if name in about.shares and value == value else ticks.number(value)


def over_style(theme: Theme, index: int) -> tuple[str, tuple[int, int]]:
    """The colour of the index-th run that is laid over: those of the run itself are left out."""
    return curve_style(theme, index + 2)


def over_name(run: RunData) -> str:
    """What a run that is laid over is called: its network, and when it was made or how it differs."""
    return f"{run.about.name} · {run.about.created.partition(' ')[2] or run.about.created}"


class LossPlot(Plot):
    """The loss of a run with its validation loss, and those of other runs laid over it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Build it without a run."""
        self._axis = ValueAxis()
        super().__init__(theme, "", self._axis, parent)
        self._title.setText(self.tr("Loss"))
        self.graphics.setAccessibleName(self.tr("Loss"))
        self.over: tuple[RunData, ...] = ()
        self.others: list[pg.PlotCurveItem] = []
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
        self.smooth.setPen(pg.mkPen(train, width=2))
        self.validation.setPen(pg.mkPen(other, width=2))
        self.dots.setBrush(pg.mkBrush(other))
        self.bad.setPen(pg.mkPen(theme.error, width=2))
        self.bad_line.setPen(pg.mkPen(mix(theme.panel, theme.error, 0.6), width=1))
        self.bad_line.hide()

    def set_over(self, runs: Sequence[RunData]) -> None:
        """Lay other runs over this one: the smoothed loss of each, and its validation loss dashed."""
        self.over = tuple(runs)
        self._build()
        self.refresh()

    def _end(self, run: RunData) -> float:
        return float(max(run.end, *(other.step for other in self.over), 1))

    def _build(self) -> None:
        for item in self.others:
            self.graphics.removeItem(item)
        self.others = []
        if self.run is None:
            for item in (self.raw, self.smooth, self.validation, self.dots, self.bad):
                item.setData([], [])
            self.bad_line.hide()
            self.note.hide()
        items = [Item(TRAIN, self.tr("train"), self.theme.curves[0])]
        if self.run is not None and len(self.run.epoch_steps.view()):
            items.append(Item(VALIDATION, self.tr("validation"), self.theme.curves[1]))
        for index, run in enumerate(self.over):
            colour, style = over_style(self.theme, index)
            items.append(Item(f"{OVER}{index}", over_name(run), colour, style))
            for pen in (pg.mkPen(colour, width=2), pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine)):
                curve = pg.PlotCurveItem(connect="finite", antialias=True, pen=pen)
                self.others.append(curve)
                self.graphics.addItem(curve, ignoreBounds=True)
        self.legend.set_items(items, self.theme)

    def _draw(self, run: RunData, first: float, last: float, pixels: int) -> None:
        if len(run.epoch_steps.view()) and VALIDATION not in self.legend.entries:
            self._build()
        self.raw.setPen(pg.mkPen(mix(self.theme.panel, self.theme.curves[0], 0.42 if self.smoothing else 1), width=1))
        envelope = self._envelope(run.loss, first, last, pixels)
        x, y = envelope.curve(0)
        self.raw.setData(self._xs(x), self._scaled(y))
        steps, means = self._smoothed(run, first, last)
        self.smooth.setData(self._xs(steps), self._scaled(means))
        epochs = run.epoch_steps.view()
        validation = run.epochs[0].view() if len(epochs) else np.empty(0)
        self._draw_validation(self._xs(epochs), self._scaled(validation))
        self.raw.setVisible(self.legend.shown(TRAIN))
        self.smooth.setVisible(self.legend.shown(TRAIN) and self.smoothing > 0)
        seen = [means, validation[(epochs >= first) & (epochs <= last)], *self._draw_over(first, last)]
        self._fit(y, np.concatenate(seen))
        self._draw_bad(run)
        self._say_latest(run)

    def _draw_over(self, first: float, last: float) -> list[Floats]:
        """Draw the runs that are laid over; what of them is in view."""
        seen = []
        for index, run in enumerate(self.over):
            shown = self.legend.shown(f"{OVER}{index}")
            curve, dashed = self.others[2 * index : 2 * index + 2]
            curve.setVisible(shown)
            dashed.setVisible(shown)
            if not shown:
                continue
            steps, means = self._smoothed(run, first, last, self.smoothing or SMOOTH / 8)
            curve.setData(self._xs(steps), self._scaled(means))
            epochs = run.epoch_steps.view()
            values = run.epochs[0].view() if len(epochs) else np.empty(0)
            dashed.setData(self._xs(epochs), self._scaled(values))
            seen += [means, values[(epochs >= first) & (epochs <= last)]]
        return seen

    def _smoothed(self, run: RunData, first: float, last: float, part: float | None = None) -> tuple[Floats, Floats]:
        steps = self._smooth_steps(max(first - 1, 0), min(last, run.step), _SMOOTH_POINTS - 4)
        steps = np.unique(np.append(steps[steps <= run.step], run.step if run.step <= last else []))
        steps = steps[steps >= 1]
        if not len(steps):
            return np.empty(0), np.empty(0)
        half = max(int((last - first) * (self.smoothing if part is None else part)), 1)
        return steps, run.steps.smooth(steps.astype(np.int64) - 1, half)

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
        self.bad_line.setPos(self._x(step))
        before = np.empty(0)
        if step > 1:
            before = self._scaled(run.steps.smooth(np.array([step - 2], dtype=np.int64), 8))
        self.bad.setData([self._x(step)], before if len(before) and np.isfinite(before[0]) else [self._auto_values[0]])

    def _say_latest(self, run: RunData) -> None:
        self.legend.set_value(TRAIN, ticks.number(run.last_loss) if run.step else "")
        if len(run.epoch_steps.view()):
            self.legend.set_value(VALIDATION, ticks.number(float(run.epochs[0].view()[-1])))

    def _scaled(self, values: Floats) -> Floats:
        if not self._axis.logarithmic:
            return values
        return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)

    def _fit(self, raw: Floats, lines: Floats) -> None:
        """Choose the values in view: all the smooth ones and all but the wildest of the raw."""
        raw, lines = self._scaled(raw), self._scaled(lines)
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
        found = run.loss.at(step + 0.5)
        if found is None:
            return float(round(step)), []
        step, (loss,) = found
        colours = self.theme.curves
        lines = [Line(colours[0], self.tr("train"), ticks.number(float(loss)))]
        half = max(int(self._end(run) * (self.smoothing or SMOOTH)), 1)
        smoothed = float(run.steps.smooth(np.array([int(step) - 1]), half)[0])
        if self.smoothing:
            lines.append(Line(mix(self.theme.panel, colours[0], 0.6), self.tr("smoothed"), ticks.number(smoothed)))
        epochs = run.epoch_steps.view()
        if len(epochs):
            at = max(int(np.searchsorted(epochs, step, side="right")) - 1, 0)
            lines.append(Line(colours[1], self.tr("validation"), ticks.number(float(run.epochs[0].view()[at]))))
            for name, column in zip(run.about.metrics, run.epochs[1:], strict=True):
                lines.append(Line(self.theme.text_faint, name, metric_text(run.about, name, float(column.view()[at]))))
        for index, other in enumerate(self.over):
            if other.step >= step and self.legend.shown(f"{OVER}{index}"):
                mean = float(other.steps.smooth(np.array([int(step) - 1]), half)[0])
                lines.append(Line(over_style(self.theme, index)[0], over_name(other), ticks.number(mean)))
        return step, lines

    def _table(self, run: RunData) -> tuple[list[str], Iterator[Floats]]:
        return ["step", "loss", *run.about.epoch_columns[1:]], self._rows(run)

    def _rows(self, run: RunData) -> Iterator[Floats]:
        """Step and loss, and beside them what was measured at that step, if anything was."""
        epochs = run.epoch_steps.view()
        for part in run.loss.rows():
            rows = np.full((len(part), 2 + len(run.epochs)), np.nan)
            rows[:, :2] = part
            places = np.searchsorted(part[:, 0], epochs)
            inside = (epochs >= part[0, 0]) & (epochs <= part[-1, 0])
            for index, column in enumerate(run.epochs, start=2):
                rows[places[inside], index] = column.view()[inside]
            yield rows

    def _more_actions(self, menu: QMenu) -> None:
        action = menu.addAction(self.tr("Logarithmic scale"))
        action.setCheckable(True)
        action.setChecked(self._axis.logarithmic)
        action.toggled.connect(self.set_logarithmic)
