"""Parts of a whole over steps, one on top of the other: the time of a step by what it is spent on."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.colours import mix
from netbuilder.ui.plots.curves_plot import CurvesPlot
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Envelope


class AreasPlot(CurvesPlot):
    """A quantity whose curves add up to something; each fills what lies between it and those below."""

    def _build(self) -> None:
        for area in getattr(self, "areas", []):
            self.graphics.removeItem(area)
        super()._build()
        self.areas: list[pg.FillBetweenItem] = []
        self._ground = pg.PlotCurveItem([], [])
        below = self._ground
        for curve in self.curves:
            area = pg.FillBetweenItem(curve, below)
            area.setZValue(-5)
            self.areas.append(area)
            self.graphics.addItem(area, ignoreBounds=True)
            below = curve
        self._paint_curves()

    def _paint_curves(self) -> None:
        super()._paint_curves()
        for index, area in enumerate(getattr(self, "areas", [])):
            colour = self.theme.curves[index % len(self.theme.curves)]
            faint = 0.25 if self._pointed not in ("", str(index)) else 0.55
            area.setBrush(pg.mkBrush(mix(self.theme.panel, colour, faint)))

    def _draw(self, run: RunData, first: float, last: float, pixels: int) -> None:
        source = self.quantity.source(run)
        if not self.curves or not source:
            super()._draw(run, first, last, pixels)
            return
        envelope = self._envelope(source, first, last, pixels)
        middle = np.nan_to_num((envelope.low.astype(np.float64) + envelope.high) / 2)
        xs, top = self._xs((envelope.first + envelope.last) / 2), np.zeros(len(envelope.first))
        self._ground.setData(xs, top)
        for index, (curve, area) in enumerate(zip(self.curves, self.areas, strict=True)):
            shown = self.legend.shown(str(index))
            if shown:
                top = top + middle[index]
            curve.setData(xs, top)
            curve.setVisible(shown)
            area.setVisible(shown)
        self.dots.setData([], [])
        most = float(np.percentile(top, 99)) if len(top) else 1.0
        step = ticks.nice_step(most or 1.0, 4)
        self._set_values(0.0, float(step * np.ceil(1.05 * most / step)) or step)
        self._say_latest(envelope)

    def _say_latest(self, envelope: Envelope) -> None:
        """Five numbers that change all the time would only make the legend restless."""
