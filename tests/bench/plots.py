"""How long the plots of a run take: to open it, to pan and zoom it, beside a plain pyqtgraph curve of the same rows.

Run it by hand: `python -m tests.bench.plots [STEPS SERIES]`; without numbers it is an hour of metrics, a million steps
of 60 series. A frame is everything from a step of the mouse to the picture of all plots, in milliseconds of work of the
window's thread, which others on the computer do not lengthen. Memory is what this process has more of than before.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from netbuilder.bridge.about import About
from netbuilder.bridge.run_folder import RunWriter
from netbuilder.bridge.summary import SUMMARY
from netbuilder.ui.plots.training_panel import TrainingPanel
from netbuilder.ui.theme import DARK

SIZE = (1720, 280)
FRAMES = 120
NEWS = 20
MEBI = 1 << 20


def milliseconds(action: Callable[[], object]) -> float:
    """How long this thread works on something."""
    start = time.thread_time()
    action()
    return 1e3 * (time.thread_time() - start)


def spread(times: list[float]) -> str:
    """Median, 99th percentile and greatest."""
    return f"median {statistics.median(times):6.1f}  99 % {np.percentile(times, 99):6.1f}  most {max(times):6.1f} ms"


def memory() -> float:
    """MiB that this process has to itself."""
    return float(psutil.Process().memory_full_info().uss) / MEBI


def write(folder: Path, steps: int, series: int) -> RunWriter:
    """A run of `series` tensors, two a layer; the seconds a writer takes for its rows are printed."""
    tensors = tuple(f"layer{index // 2}.{('weight', 'bias')[index % 2]}" for index in range(series))
    owners = tuple(name.partition(".")[0] for name in tensors)
    writer, generator, taken = RunWriter(folder), np.random.default_rng(0), 0.0
    writer.about(About("bench", "", "cpu", "CPU", "", 1, 0, steps, 1, tensors, owners, ()))
    for start in range(0, steps, 10_000):
        count = min(10_000, steps - start)
        table = np.empty((count, series + 1))
        table[:, 0] = 2.3 * np.exp(-np.arange(start, start + count) / (steps / 4)) + generator.normal(0, 0.1, count)
        table[:, 1:] = generator.lognormal(-2, 1, (count, series))
        rows = table.tobytes()
        taken += milliseconds(partial(writer.steps, rows))
    size, beside = ((folder / name).stat().st_size / MEBI for name in ("steps.bin", SUMMARY))
    print(f"written: {size:.0f} MiB of steps and {beside:.0f} MiB beside them, {1e3 * taken / steps:.2f} µs a row")
    return writer


def settle(application: QApplication, done: Callable[[], bool], seconds: float = 30) -> float:
    """Let the window work until something is so; milliseconds of the longest time it did not answer."""
    until, longest = time.perf_counter() + seconds, 0.0
    while not done() and time.perf_counter() < until:
        longest = max(longest, milliseconds(application.processEvents))
        time.sleep(0.001)
    return longest


def opened(application: QApplication, panel: TrainingPanel, folder: Path, steps: int) -> None:
    """Open the run: how long until it is all shown, and for how long the window did not answer."""
    before = memory()
    start = time.perf_counter()
    first = milliseconds(lambda: panel.show_run(folder))
    longest = settle(application, lambda: panel.run is not None and panel.run.step == steps)
    panel.grab()
    taken = time.perf_counter() - start
    print(
        f"opened and drawn in {1e3 * taken:.0f} ms by the clock; the longest piece of work in the window's thread "
        f"{max(first, longest):.0f} ms; {memory() - before:.0f} MiB more"
    )


def panned(application: QApplication, panel: TrainingPanel, steps: int, width: float) -> None:
    """Move through the run with so many steps in view, a fiftieth of them a frame."""
    times, before = [], memory()
    for frame in range(FRAMES):
        first = (0.2 * steps + frame * width / 50) % (steps - width)

        def move(first: float = first) -> None:
            for plot in panel.plots:
                plot.show_steps(first, first + width)
            application.processEvents()  # which paints

        times.append(milliseconds(move))
    print(f"  {width:>9,.0f} steps in view: {spread(times)}   {memory() - before:+.0f} MiB")


def refreshed(panel: TrainingPanel, writer: RunWriter, series: int) -> None:
    """Take 20 new rows and draw them."""
    panel.show_all()
    times, generator = [], np.random.default_rng(1)
    for _ in range(30):
        writer.steps(generator.lognormal(-2, 1, (NEWS, series + 1)).tobytes())
        times.append(milliseconds(panel.refresh) + milliseconds(panel.grab))
    print(f"20 new rows read and drawn: {spread(times)}")


def plain(folder: Path, series: int) -> None:
    """One pyqtgraph curve that is given every row of the loss, for comparison."""
    loss = np.fromfile(folder / "steps.bin").reshape(-1, series + 1)[:, 0].copy()
    widget = pg.PlotWidget()
    widget.resize(SIZE[0] // 3, SIZE[1])
    widget.show()
    curve = pg.PlotCurveItem(pen="w")
    widget.addItem(curve)
    steps = np.arange(len(loss), dtype=float)

    def redraw() -> None:
        curve.setData(steps, loss)
        widget.grab()

    print(f"a plain curve of the loss alone: {spread([milliseconds(redraw) for _ in range(3)])}")
    widget.close()


def main() -> None:
    """Print what there is to know."""
    application = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(application, QApplication)
    steps, series = (int(number) for number in sys.argv[1:3]) if len(sys.argv) > 2 else (1_000_000, 60)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{steps:,} steps, {series} series")
        writer = write(folder, steps, series)
        panel = TrainingPanel(DARK)
        panel.resize(*SIZE)
        panel.show()
        panel.warm_up()
        panel.grab()
        opened(application, panel, folder, steps)
        print("panned, all plots:")
        for width in (steps / 2, steps / 20, steps / 100, steps / 1000):
            panned(application, panel, steps, width)
        refreshed(panel, writer, series)
        plain(folder, series)
        (folder / SUMMARY).unlink()
        print("without what lies beside the steps:")
        opened(application, panel, folder, len(panel.run.steps) if panel.run is not None else steps)
        panel.close_files()
        panel.close()


if __name__ == "__main__":
    main()
