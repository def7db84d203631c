"""One plot with the same curve of several runs, laid over each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from netbuilder.ui.parts import label
from netbuilder.ui.plots.axes import StepAxis, ValueAxis, View
from netbuilder.ui.plots.plot import small_font
from netbuilder.ui.plots.readout import Line, Readout
from netbuilder.ui.runs.columns import number
from netbuilder.ui.runs.compare.look import run_colour
from netbuilder.ui.runs.compare.numbers import Curve, Floats
from netbuilder.ui.text import percent
from netbuilder.ui.theme import Theme

_FEW = 60


class Overlay(QWidget):
    """The curves of one name, each in the colour of its run; a run that has none has None."""

    def __init__(
        self, theme: Theme, name: str, title: str, curves: Sequence[Curve | None], runs: Sequence[str]
    ) -> None:
        super().__init__()
        self.name, self._theme, self._runs = name, theme, runs
        self.curves = list(curves)
        self._hidden: set[int] = set()
        font = small_font(self)
        self._values, steps, self.view = ValueAxis(), StepAxis(), View()
        self.graphics = pg.PlotWidget(viewBox=self.view, axisItems={"left": self._values, "bottom": steps})
        self.graphics.hideButtons()
        self.graphics.plotItem.setMenuEnabled(False)
        self.graphics.plotItem.layout.setContentsMargins(0, 7, 14, 0)
        self.graphics.setBackground(theme.panel)
        self.graphics.setAccessibleName(title)
        self.graphics.setMinimumHeight(150)
        self._values.setZValue(-10)
        for axis in (self._values, steps):
            axis.dress(theme, font)
        self.lines = [self._line(index) for index in range(len(self.curves))]
        self._cursor = pg.InfiniteLine(angle=90, movable=False, pen=pg.mkPen(theme.text_faint, width=1))
        self._cursor.hide()
        self.graphics.addItem(self._cursor, ignoreBounds=True)
        self._readout = Readout(theme, font, self.graphics.viewport())
        self._lay_out(title)
        self.view.reset_asked.connect(self.show_all)
        self.graphics.scene().sigMouseMoved.connect(self._hover)
        self.graphics.viewport().installEventFilter(self)
        self._draw()

    def _lay_out(self, title: str) -> None:
        self.log = QToolButton()
        self.log.setText(self.tr("log"))
        self.log.setCheckable(True)
        self.log.setToolTip(self.tr("Logarithmic scale"))
        self.log.toggled.connect(self._set_logarithmic)
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 14, 0)
        header.addWidget(label(title, "strong"))
        header.addStretch(1)
        header.addWidget(self.log)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.graphics, 1)

    def _line(self, index: int) -> pg.PlotDataItem:
        colour = run_colour(self._theme, index)
        curve = self.curves[index]
        dots = curve is not None and not curve.fine and len(curve.steps) <= _FEW
        line = pg.PlotDataItem(
            pen=pg.mkPen(colour, width=2),
            antialias=True,
            connect="finite",
            symbol="o" if dots else None,
            symbolSize=5,
            symbolPen=None,
            symbolBrush=colour,
        )
        self.graphics.addItem(line, ignoreBounds=True)
        return line

    def show_runs(self, hidden: set[int]) -> None:
        """Leave out some of the runs."""
        self._hidden = set(hidden)
        self._draw()

    def show_all(self) -> None:
        """Show everything there is."""
        steps = [curve.steps for _, curve in self._seen()]
        values = [scaled[np.isfinite(scaled)] for _, curve in self._seen() for scaled in [self._scaled(curve.values)]]
        values = [found for found in values if len(found)]
        if not values:
            return
        end = max(float(found[-1]) for found in steps if len(found))
        low, high = min(float(found.min()) for found in values), max(map(_usual_top, values))
        margin = 0.06 * (high - low) or 0.05 * abs(high) or 0.5
        floor = 0.0 if not self._values.logarithmic and 0 <= low < 0.35 * high else low - margin
        self.view.setLimits(xMin=0.0, xMax=end, minXRange=min(8.0, end))
        self.view.setXRange(0.0, end, padding=0)
        self.view.setYRange(floor, high + margin, padding=0)

    def _seen(self) -> list[tuple[int, Curve]]:
        return [
            (index, curve)
            for index, curve in enumerate(self.curves)
            if curve is not None and index not in self._hidden and len(curve.steps)
        ]

    def _draw(self) -> None:
        for index, line in enumerate(self.lines):
            curve = self.curves[index]
            if curve is None or index in self._hidden:
                line.setData([], [])
            else:
                line.setData(np.array(curve.steps), self._scaled(curve.values))
        self.show_all()

    def _scaled(self, values: Floats) -> Floats:
        values = np.array(values)
        if not self._values.logarithmic:
            return values
        return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)

    def _set_logarithmic(self, on: bool) -> None:
        self._values.logarithmic = on
        self._values.picture = None
        self._draw()

    def _hover(self, place: QPointF) -> None:
        seen = self._seen()
        if not seen or not self.view.sceneBoundingRect().contains(place):
            self._leave()
            return
        step = self.view.mapSceneToView(place).x()
        lines = []
        for index, curve in seen:
            at = int(np.abs(np.asarray(curve.steps) - step).argmin())
            value = (percent if curve.share else number)(float(curve.values[at]))
            lines.append(Line(run_colour(self._theme, index), self._runs[index], value))
        self._cursor.setPos(step)
        self._cursor.show()
        title = self.tr("step {0}").format(f"{round(step):,}")
        self._readout.show_at(self.graphics.mapFromScene(place), title, lines)

    def _leave(self) -> None:
        self._readout.hide()
        self._cursor.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the mouse leave."""
        if event.type() == QEvent.Type.Leave:
            self._leave()
        return super().eventFilter(watched, event)


def _usual_top(values: Floats) -> float:
    """The highest of some values, unless the highest stand out far: a run that failed does not hide the others."""
    usual = max(float(np.percentile(values, 85)), float(values[0]))
    highest, lowest = float(values.max()), float(values.min())
    return usual if highest - lowest > 3 * (usual - lowest) > 0 else highest
