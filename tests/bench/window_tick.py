"""How late the window's own timer is while a real training child has both cores: a tick under 50 ms is not felt.

Run it by hand: `python -m tests.bench.window_tick [SECONDS]`. The window is a real one, offscreen, at 1680 × 1050, with
each of its panels with plots in turn; the child trains the digits with as many threads as there are cores. Lateness is
what a timer of 5 ms comes later than it should, in milliseconds; beside it, the same window while nothing trains.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.graph.commands import set_training
from netbuilder.places import examples
from netbuilder.ui.garbage import collect_here
from netbuilder.ui.window import Window

TICK = 5.0


class Lateness:
    """How late each tick of a timer came."""

    def __init__(self, parent: QWidget) -> None:
        """Start to measure."""
        self.late: list[float] = []
        self._at = time.perf_counter()
        self._timer = QTimer(parent, interval=int(TICK))
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(1e3 * (now - self._at) - TICK, 0.0))
        self._at = now

    def say(self, what: str) -> None:
        """Print what was measured, and begin anew."""
        late, self.late = np.array(self.late or [0.0]), []
        middle, most = np.percentile(late, [50, 99])
        print(f"{what:<28} {len(late):>6} ticks   median {middle:5.1f}   99 % {most:6.1f}   most {late.max():6.1f} ms")


def work(application: QApplication, seconds: float) -> None:
    """Let the window work for so long."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        application.processEvents()
        time.sleep(0.0005)


def prepare(home: str) -> None:
    """Touch nothing of the person's, and have the child use all cores."""
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.environ[variable] = home
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # what is said here, the children keep to
        os.environ[variable] = str(os.cpu_count() or 1)


def main() -> None:
    """Print a line for each panel."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        prepare(home)
        measure()


def measure() -> None:
    """Open a window, train in it, and print."""
    application = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(application, QApplication)
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    window = Window()
    window.resize(1680, 1050)
    window.show()
    window.project.open_example(examples() / "digits.netb")
    document = window.project.document
    document.commit(set_training(document.graph, epochs=10_000), "")
    collect_here(application)  # as the program does
    work(application, 8)
    lateness = Lateness(window)
    work(application, seconds / 2)
    lateness.say("nothing trains")
    window.train()
    until = time.perf_counter() + 120
    while (window.training.run is None or window.training.run.step < 20) and time.perf_counter() < until:
        work(application, 0.2)
    for title, panel in (("Training", window.training), ("Gradients", window.gradients), ("Speed", window.speed)):
        window.show_tab(panel)
        work(application, 1)
        lateness.late = []
        work(application, seconds)
        lateness.say(f"training, {title} in view")
    run = window.training.run
    print(f"steps trained meanwhile: {run.step if run is not None else 0:,}")
    window.runs.stop()
    work(application, 3)
    document.mark_saved()
    window.training.close_files()
    window.engine.close()
    window.deleteLater()


if __name__ == "__main__":
    main()
