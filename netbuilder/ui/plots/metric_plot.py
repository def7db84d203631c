"""Metrics over steps: those that go from 0 to 1 on one pair of axes, every other on its own, and the learning rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.curves_plot import CurvesPlot, exponents
from netbuilder.ui.plots.legend import Item
from netbuilder.ui.plots.loss_plot import OVER, over_name, over_style
from netbuilder.ui.plots.quantities import Quantity, Scale, percent, rates
from netbuilder.ui.plots.readout import Line
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Floats, Source
from netbuilder.ui.theme import Theme


def parts(run: RunData) -> tuple[str, ...]:
    """The metrics that went nowhere beyond 0 and 1 so far; a run without measurements has none."""
    found = []
    for name, column in zip(run.about.metrics, run.epochs[1:], strict=True):
        values = column.view()[np.isfinite(column.view())]
        if len(values) and values.min() >= 0 and values.max() <= 1:
            found.append(name)
    return tuple(found)


def of_run(run: RunData | None) -> tuple[Quantity, ...]:
    """What the plot can show of a run: the metrics that are parts, each other one, and the learning rate."""
    if run is None:
        return (rates(),)
    together, names = parts(run), run.about.metrics
    found = []
    if together:
        title = together[0] if len(together) == 1 else _translate("Metrics")
        found.append(_metrics(title, together, "part"))
    found += [_metrics(name, (name,), "linear") for name in names if name not in together and len(run.measured)]
    return (*found, rates())


def _translate(text: str) -> str:
    return QCoreApplication.translate("Plots", text)


def _metrics(title: str, names: tuple[str, ...], scale: Scale) -> Quantity:
    def source(run: RunData) -> Source:
        return run.measured.some([run.about.metrics.index(name) for name in names])

    text = percent if scale == "part" else ticks.number
    axis = percent if scale == "part" else None
    return Quantity(title, source, lambda run: names, scale, smooth=False, text=text, axis=axis)


class MetricPlot(CurvesPlot):
    """The metrics of a run, with those of other runs laid over them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Build it without a run."""
        self.over: tuple[RunData, ...] = ()
        self.others: list[pg.PlotCurveItem] = []
        super().__init__(theme, of_run(None), parent)

    def set_over(self, runs: Sequence[RunData]) -> None:
        """Lay other runs over this one."""
        self.over = tuple(runs)
        self._build()
        self.refresh()

    def _end(self, run: RunData) -> float:
        return float(max(run.end, *(other.step for other in self.over), 1))

    def set_run(self, run: RunData | None) -> None:
        """Show another run, its metrics first."""
        self._offer(run)
        super().set_run(run)

    def refresh(self) -> None:
        """Show what came; the first measurements say what there is to show."""
        if self.run is not None:
            self._offer(self.run)
        super().refresh()

    def _offer(self, run: RunData | None) -> None:
        offered = of_run(run)
        titles = [quantity.title for quantity in offered]
        before = [quantity.title for quantity in self.quantities]
        if titles == before:
            return
        chosen = self.quantity.title if len(before) > 1 and self.quantity.title in titles else titles[0]
        self.quantities = offered
        self.choose(titles.index(chosen))

    def _build(self) -> None:
        super()._build()
        for item in self.others:
            self.graphics.removeItem(item)
        self.others = []
        if self.run is None or not self.over:
            return
        items = [entry.item for entry in self.legend.entries.values()]
        for index, run in enumerate(self.over):
            colour, style = over_style(self.theme, index)
            items.append(Item(f"{OVER}{index}", over_name(run), colour, style))
            for at, _ in enumerate(self.quantity.names(self.run)):
                line = Qt.PenStyle.SolidLine if at == 0 else Qt.PenStyle.DashLine
                self.others.append(pg.PlotCurveItem(connect="finite", pen=pg.mkPen(colour, width=1.5, style=line)))
                self.graphics.addItem(self.others[-1], ignoreBounds=True)
        self.legend.set_items(items, self.theme)

    def _draw_more(self, first: float, last: float) -> Floats:
        if self.run is None or not self.others:
            return np.empty(0)
        names, curves, seen = self.quantity.names(self.run), iter(self.others), []
        for index, run in enumerate(self.over):
            shown = self.legend.shown(f"{OVER}{index}")
            for name in names:
                curve = next(curves)
                x, y = _series(run, name)
                curve.setVisible(shown)
                log = self.quantity.scale == "log"
                curve.setData(self._xs(x), exponents(y, -30.0) if log else y)
                seen.append(y[(x >= first) & (x <= last)] if shown else np.empty(0))
        return np.concatenate(seen)

    def _lines(self, run: RunData, step: float, value: float) -> tuple[float, list[Line]]:
        step, lines = super()._lines(run, step, value)
        names = self.quantity.names(run)
        for index, other in enumerate(self.over):
            for name in names if self.legend.shown(f"{OVER}{index}") else ():
                x, y = _series(other, name)
                if len(x):
                    number = float(y[max(int(np.searchsorted(x, step, side="right")) - 1, 0)])
                    label = f"{over_name(other)} {name}" if len(names) > 1 else over_name(other)
                    lines.append(Line(over_style(self.theme, index)[0], label, self.quantity.text(number)))
        return step, lines


def _series(run: RunData, name: str) -> tuple[Floats, Floats]:
    """Steps and values of a metric or of the learning rate; empty where the run has no such."""
    if name in run.about.metrics:
        return run.epoch_steps.view(), run.epochs[1 + run.about.metrics.index(name)].view()
    quantity = rates()
    if name in quantity.names(run):
        return run.pulse.steps, run.pulse.column(1 + quantity.names(run).index(name)).astype(np.float64)
    return np.empty(0), np.empty(0)
