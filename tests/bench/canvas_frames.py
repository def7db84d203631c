"""How long a frame of the canvas takes, beside a canvas of child items and beside painting the same rectangles.

Run it as `python tests/bench/canvas_frames.py`, offscreen or under xvfb-run. Each contender runs in a process of its
own. A step is an event of the mouse, or an undo, and everything painted because of it; times are in milliseconds.
Memory is what the process holds more than before once the canvas is shown, and once all views were worked through.

What misses the goals is listed below each table; only `--strict` makes that a failure. On a machine that does other
things as well the last percent is mostly theirs: the load before and after is printed.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from canvas_contenders import ACROSS, CONTENDERS, DOWN, HUB, SIZE, Contender, drawing, half_thousand
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph.graph import Graph
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH

VIEWS: dict[str, float | None] = {"all in view": None, "names": 0.36, "half size": 0.5, "fifty cards": 1.4}
MEMORY = ("memory, MiB", "memory at the end, MiB")
# What is to be reached, in milliseconds, by number of nodes: opening, median and 99th percentile of a frame.
GOALS: dict[int, tuple[float, float, float]] = {1000: (300, 8, 16), 5000: (float("inf"), 16, float("inf"))}
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
Figures = dict[str, tuple[float, float]]


def resident() -> float:
    """The memory that this process holds, in MiB; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Bench:
    """One contender, and the hand that works it."""

    def __init__(self, contender: Contender, graph: Graph, times: int) -> None:
        self.it, self.graph, self.times = contender, graph, times
        self.found: dict[str, Figures] = {}

    def mouse(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        place = QPointF(at)
        whole = self.it.surface.mapToGlobal(place)
        event = QMouseEvent(kind, place, whole, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.it.surface, event)

    def press(self, at: QPoint, button: Qt.MouseButton = LEFT) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, button, button)

    def drag_to(self, at: QPoint, button: Qt.MouseButton = LEFT) -> None:
        self.mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, button)

    def release(self, at: QPoint, button: Qt.MouseButton = LEFT) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, button, Qt.MouseButton.NoButton)

    def wheel(self, at: QPoint, turn: int) -> None:
        place, none = QPointF(at), Qt.MouseButton.NoButton
        whole, keys, phase = self.it.surface.mapToGlobal(place), Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase
        event = QWheelEvent(place, whole, QPoint(), QPoint(0, turn), none, keys, phase.NoScrollPhase, False)
        QApplication.sendEvent(self.it.surface, event)

    def timed(self, view: str, what: str, step: Callable[[int], None], warm: int = 3) -> None:
        """Note the median and the 99th percentile of a step with what it has painted."""
        spent = []
        for i in range(self.times + warm):
            start = time.perf_counter()
            step(i)
            QApplication.processEvents()
            # What is to be painted may wait for a timer of the platform's; paint it now.
            QApplication.sendEvent(self.it.window, QEvent(QEvent.Type.UpdateRequest))
            spent.append((time.perf_counter() - start) * 1e3)
        spent = sorted(spent[warm:])
        self.found.setdefault(view, {})[what] = statistics.median(spent), spent[math.ceil(len(spent) * 0.99) - 1]

    def open(self) -> None:
        """Make and show the canvas."""
        gc.collect()
        before = resident()
        start = time.perf_counter()
        self.it.load(self.graph)
        made = time.perf_counter()
        self.it.window.resize(*SIZE)
        self.it.window.show()
        QApplication.processEvents()
        self.it.surface.repaint()
        shown = time.perf_counter()
        QTest.qWait(500)
        self.found["opening"] = {
            "open": ((made - start) * 1e3,) * 2,
            "first frame": ((shown - made) * 1e3,) * 2,
            MEMORY[0]: (resident() - before,) * 2,
        }
        self.before = before

    def look(self, view: str) -> None:
        """Look at the hub; at all of the drawing where the view has no scale of its own."""
        hub, nodes = self.graph.nodes[HUB], self.graph.nodes.values()
        wide, high = max(n.x for n in nodes) + CARD_WIDTH, max(n.y for n in nodes) + CARD_HEIGHT
        scale = VIEWS[view]
        if scale is None:
            self.it.look_at(QPointF(wide / 2, high / 2), min((SIZE[0] - 64) / wide, (SIZE[1] - 64) / high))
        else:
            self.it.look_at(QPointF(hub.x + CARD_WIDTH / 2, hub.y + CARD_HEIGHT / 2), scale)
        QTest.qWait(300)

    def measure(self, view: str) -> None:
        """Take all steps in one view."""
        self.look(view)
        middle = self.it.surface.rect().center()
        self.press(middle, MIDDLE)
        self.timed(view, "pan", lambda i: self.drag_to(middle + QPoint(12, 9) * abs(i % 20 - 10), MIDDLE))
        self.release(middle, MIDDLE)
        self.look(view)
        self.timed(view, "zoom", lambda i: self._zoom(middle, 15 if i // 10 % 2 else -15))
        for what, keys in (("drag 1 of 50 wires", [HUB]), ("drag 500", half_thousand(self.graph))):
            self.look(view)
            self.it.select(keys)
            QApplication.processEvents()
            self._drag(view, what)
        self.it.select([])
        self._band(view)
        self.it.move(half_thousand(self.graph), 800, 160)
        QTest.qWait(500)
        self.timed(view, "undo 500", lambda i: self.it.undo(again=bool(i % 2)))
        if (self.times + 3) % 2 == 0:
            self.it.undo(again=False)
        QTest.qWait(500)

    def _zoom(self, at: QPoint, turn: int) -> None:
        """A turn of the wheel; all of the view changes, so all of it is painted."""
        self.wheel(at, turn)
        self.it.surface.update()

    def _drag(self, view: str, what: str) -> None:
        hub = self.graph.nodes[HUB]
        at = self.it.pixel(QPointF(hub.x + 0.8 * CARD_WIDTH, hub.y + 0.5 * CARD_HEIGHT))
        self.press(at)
        self.timed(view, what, lambda i: self.drag_to(at + QPoint(20, 0) + QPoint(9, 5) * abs(i % 20 - 10)))
        self.drag_to(at)
        self.release(at)
        QTest.qWait(300)

    def _band(self, view: str) -> None:
        """From the empty beside the hub's column to the lower right."""
        self.look(view)
        hub, size = self.graph.nodes[HUB], self.it.surface.size()
        at = self.it.pixel(QPointF(hub.x - 4 * ACROSS, hub.y - 3 * DOWN - 12))
        at = QPoint(max(3, at.x()), max(3, at.y()))
        across, down = (size.width() - 20 - at.x()) / 20, (size.height() - 20 - at.y()) / 20
        self.press(at)
        self.timed(
            view, "rubber band", lambda i: self.drag_to(at + QPoint(round(across * part(i)), round(down * part(i))))
        )
        self.release(at)
        self.it.select([])
        QApplication.processEvents()


def part(i: int) -> int:
    """To and fro between 1 and 20."""
    return 1 + abs((i + 19) % 38 - 19)


def run_one(name: str, nodes: int, times: int) -> dict[str, Figures]:
    """Measure one contender, in this process."""
    app = QApplication(sys.argv[:1])
    bench = Bench(CONTENDERS[name](), drawing(nodes), times)
    bench.open()
    for view in VIEWS:
        bench.measure(view)
    bench.found["opening"][MEMORY[1]] = (resident() - bench.before,) * 2
    bench.it.window.close()
    app.processEvents()
    return bench.found


def table(found: dict[str, dict[str, Figures]]) -> None:
    """Print what was measured, ours beside the others."""
    heads = "".join(f"{name:>{width}}{'99 %':>8}" for name, width in (("ours", 8), ("child", 9), ("bare", 9)))
    print(f"{'':36}{heads}{'to child':>10}{'to bare':>9}")
    for view, rows in found["ours"].items():
        for what, ours in rows.items():
            child, bare = found["child"][view][what], found["bare"][view][what]
            ratios = (ours[0] / other[0] if other[0] > 0 else float("nan") for other in (child, bare))
            cells = "".join(f"{a:>{w}.1f}{b:>8.1f}" for w, (a, b) in zip((8, 9, 9), (ours, child, bare), strict=True))
            print(f"{view:14}{what:22}{cells}{next(ratios):>9.2f}×{next(ratios):>8.1f}×")


def missed(nodes: int, ours: dict[str, Figures]) -> list[str]:
    """The goals for that many nodes that were not reached, in words."""
    if nodes not in GOALS:
        return []
    opening, middle, most = GOALS[nodes]
    found = []
    whole = sum(figures[0] for what, figures in ours["opening"].items() if what not in MEMORY)
    if whole > opening:
        found.append(f"opening and first frame: {whole:.0f} ms, to be below {opening:.0f}")
    for view, rows in ours.items():
        for what, (median, worst) in rows.items():
            if view != "opening" and median > middle:
                found.append(f"{view}, {what}: median {median:.1f} ms, to be below {middle:.0f}")
            if view != "opening" and worst > most:
                found.append(f"{view}, {what}: 99 % {worst:.1f} ms, to be below {most:.0f}")
    return found


def load_now() -> str:
    """How busy the machine is, over 1, 5 and 15 minutes."""
    return ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def measured(nodes: int, times: int) -> dict[str, dict[str, Figures]]:
    """The figures of all contenders, each from a process of its own."""
    found = {}
    for name in CONTENDERS:
        command = [sys.executable, __file__, "--only", name, "--nodes", str(nodes), "--times", str(times)]
        found[name] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return found


def main() -> int:
    """Measure all contenders and print or write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--times", type=int, default=100, help="steps of each kind")
    parser.add_argument("--json", type=Path, help="write the figures into this file too")
    parser.add_argument("--strict", action="store_true", help="fail where a goal is missed")
    parser.add_argument("--only", choices=CONTENDERS, help="measure one contender and print its figures as JSON")
    options = parser.parse_args()
    if options.only:
        print(json.dumps(run_one(options.only, options.nodes[0], options.times)))
        return 0
    everything, failed = {}, False
    for nodes in options.nodes:
        before = load_now()
        found = everything[nodes] = measured(nodes, options.times)
        platform = os.environ.get("QT_QPA_PLATFORM", "a display")
        print(f"\n{nodes} nodes, {os.cpu_count()} cores, {platform}, load {before} before and {load_now()} after")
        table(found)
        misses = missed(nodes, found["ours"])
        failed |= bool(misses)
        print("\n".join(["", "Missed:", *(f"  {miss}" for miss in misses)] if misses else ["", "All goals reached."]))
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1))
    return 1 if failed and options.strict else 0


if __name__ == "__main__":
    sys.exit(main())
