"""How long the plots of a run take, beside a plain pyqtgraph curve of the same rows in the same run.

Run it by hand: `python -m tests.bench.plots`. Refresh is everything between new rows and the next paint; redraw is that
paint, into a picture. Numbers are milliseconds, the middle of several, and ratios to the plain curve's.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from array import array
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.bridge.run_folder import About
from netbuilder.ui.plots.gradient_plot import GradientPlot
from netbuilder.ui.plots.heat_map import HeatMap
from netbuilder.ui.plots.loss_plot import LossPlot
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.theme import DARK

SIZE = (560, 280)
NEWS = 20


def middle(action: Callable[[], object], times: int) -> float:
    """Milliseconds, the middle of several."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(taken)


def filled(steps: int, series: int) -> tuple[RunData, float]:
    """A run of `series` tensors, two a layer, and the seconds it took to take its rows in."""
    tensors = tuple(f"layer{index // 2}.{('weight', 'bias')[index % 2]}" for index in range(series))
    about = About(
        "bench", "", "cpu", "CPU", "", 1, 0, steps, 1, tensors, tuple(name.partition(".")[0] for name in tensors), ()
    )
    run, generator = RunData(about), np.random.default_rng(0)
    taken = 0.0
    for start in range(0, steps, 10_000):
        count = min(10_000, steps - start)
        table = np.empty((count, series + 1))
        table[:, 0] = 2.3 * np.exp(-np.arange(start, start + count) / (steps / 4)) + generator.normal(0, 0.1, count)
        table[:, 1:] = generator.lognormal(-2, 1, (count, series))
        rows = [array("d", row.tobytes()) for row in table]
        begin = time.perf_counter()
        run.add(rows, [])
        taken += time.perf_counter() - begin
    return run, taken


def plain(run: RunData) -> tuple[float, float]:
    """Refresh and redraw of one pyqtgraph curve that is given every row of the loss."""
    widget = pg.PlotWidget()
    widget.resize(*SIZE)
    widget.show()
    QApplication.processEvents()
    curve = pg.PlotCurveItem(pen="w")
    widget.addItem(curve)
    x, y = run.loss.steps.copy(), run.loss.rows()[:, 0].astype(float)
    times = 3 if len(x) > 200_000 else 7
    refresh = middle(lambda: curve.setData(x, y), times)

    def redraw() -> None:
        curve.setData(x, y)
        widget.grab()

    redrawn = middle(redraw, times) - refresh
    widget.close()
    return refresh, redrawn


def ours(run: RunData) -> dict[str, tuple[float, float]]:
    """Refresh (with 20 new rows taken in) and redraw of each plot."""
    found = {}
    width = len(run.about.step_columns)
    generator = np.random.default_rng(1)
    news = [array("d", generator.lognormal(-2, 1, width).tobytes()) for _ in range(NEWS)]
    for kind in (LossPlot, GradientPlot, HeatMap):
        holder = QWidget()
        holder.resize(*SIZE)
        plot = kind(DARK, holder)
        plot.resize(*SIZE)
        holder.show()
        QApplication.processEvents()
        plot.set_run(run)

        def refresh(plot: LossPlot | GradientPlot | HeatMap = plot) -> None:
            run.add(news, [])
            plot.refresh()

        def redraw(plot: LossPlot | GradientPlot | HeatMap = plot) -> None:
            plot.refresh()
            plot.graphics.grab()

        found[kind.__name__] = (middle(refresh, 15), middle(redraw, 15) - middle(plot.refresh, 15))
        holder.close()
    return found


def main() -> None:
    """Print a table."""
    application = QApplication.instance() or QApplication(sys.argv)
    print("     steps series  plot            refresh ms  redraw ms   of plain curve   rows taken in")
    for steps in (10_000, 100_000, 1_000_000):
        for series in (8, 60):
            run, seconds = filled(steps, series)
            base = sum(plain(run))
            print(
                f"{steps:>10,} {series:>6}  plain curve     {'':>10} {base:>10.1f}   {1:>12.3f} x   {seconds:>10.2f} s"
            )
            for name, (refresh, redraw) in ours(run).items():
                ratio = (refresh + redraw) / base
                print(f"{'':>10} {'':>6}  {name:<15} {refresh:>10.2f} {redraw:>10.2f}   {ratio:>12.3f} x")
            del run
    application.processEvents()


if __name__ == "__main__":
    main()
