"""How long the canvas takes for a frame with 1000 nodes, beside painting as many bare rectangles.

Run it as `python tests/bench/canvas_frames.py [repetitions]`, offscreen or on a display.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.bridge.reports import NodeReport, TensorSpec
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Record, Wire
from netbuilder.ui.canvas import Canvas
from netbuilder.ui.theme import DARK

COLUMNS, ROWS = 25, 40
BLOCKS = ("Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", "Linear")
LIMIT = 16.0


class Rectangles(QWidget):
    """As many rectangles as there are nodes, and nothing else."""

    def __init__(self, boxes: list[QRectF]) -> None:
        super().__init__()
        self.resize(1400, 900)
        self._boxes = boxes

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setBrush(QColor("#5b8def"))
        for box in self._boxes:
            painter.drawRect(box)
        painter.end()


def thousand() -> Graph:
    """A thousand nodes in columns of chains, with a skip over every four of them."""
    records: dict[str, Record] = dict(Graph().records)
    for column in range(COLUMNS):
        for row in range(ROWS):
            key = f"n{column}_{row}"
            block = BLOCKS[row % len(BLOCKS)] if row % 8 else "Add"
            records[key] = Node(key, block, key, column * 216, row * 72)
            if row:
                wire = Wire(f"n{column}_{row - 1}", "output", key, "input1" if block == "Add" else "input")
                records[wire.id] = wire
            if row and block == "Add":
                skip = Wire(f"n{column}_{row - 4}", "output", key, "input2")
                records[skip.id] = skip
    return Graph(records)


def timed(step: Callable[[int], None], times: int) -> tuple[float, float]:
    """The median and the 99th percentile of one step, in milliseconds."""
    found = []
    for i in range(times):
        start = time.perf_counter()
        step(i)
        found.append((time.perf_counter() - start) * 1e3)
    return statistics.median(found), sorted(found)[int(len(found) * 0.99)]


def swing(i: int) -> int:
    """Now there, now back, so that the view stays about where it is."""
    return 12 if i // 10 % 2 else -12


def steps(canvas: Canvas, some: set[str]) -> dict[str, Callable[[int], None]]:
    """What is measured, by name; each ends with everything painted that has to be."""
    app = QApplication.instance()
    assert app is not None
    size = canvas.viewport().size()
    middle = QPointF(size.width() / 2, size.height() / 2)
    scene = canvas.items_scene

    def pan(i: int) -> None:
        canvas.pan(swing(i), swing(i))
        app.processEvents()

    def full(i: int) -> None:
        canvas.viewport().repaint()

    def zoom(i: int) -> None:
        canvas.camera.zoom_at(middle, canvas.camera.scale * (1.02 if i // 10 % 2 else 1 / 1.02))
        canvas.viewport().repaint()

    def drag(keys: set[str]) -> Callable[[int], None]:
        def move(i: int) -> None:
            scene.preview(keys, 8.0 * (i % 20 + 1), 8.0 * (i % 7))
            app.processEvents()

        return move

    return {
        "full repaint": full,
        "pan": pan,
        "zoom": zoom,
        "drag one": drag({next(iter(some))}),
        "drag 500": drag(set(list(scene.nodes)[:500])),
    }


def measure(canvas: Canvas, name: str, scale: float | None, times: int, bare: float) -> list[float]:
    """Print a block of figures; the medians."""
    if scale is None:
        canvas.frame_all()
        QTest.qWait(400)
    else:
        canvas.camera.go(canvas.items_scene.extent(canvas.items_scene.nodes).center(), scale, at_once=True)
    QApplication.processEvents()
    shown = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    inside = {key for key, item in canvas.items_scene.nodes.items() if item.card.intersects(shown)}
    print(f"{name}: {len(inside)} in view at {canvas.camera.scale:.2f}")
    medians = []
    for what, step in steps(canvas, inside).items():
        for i in range(5):
            step(i)
        median, worst = timed(step, times)
        medians.append(median)
        print(f"  {what:14} median {median:6.2f} ms   99 % {worst:6.2f} ms   {median / bare:6.1f} × bare rectangles")
        canvas.items_scene.settle(set(canvas.items_scene.nodes))
        QApplication.processEvents()
    return medians


def main() -> int:
    """Print the figures; 1 where a median is over a frame of 16 ms."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    app = QApplication(sys.argv[:1])
    graph = thousand()
    print(f"{app.platformName()}, {os.cpu_count()} cores, {len(graph.nodes)} nodes, {len(graph.wires)} wires")
    gc.collect()
    start = time.perf_counter()
    canvas = Canvas(Document(graph), DARK)
    canvas.resize(1400, 900)
    canvas.show()
    app.processEvents()
    canvas.viewport().repaint()
    print(f"opening: {(time.perf_counter() - start) * 1e3:.0f} ms")
    spec = TensorSpec(("N", 64, 28, 28))
    reports = {key: NodeReport({}, {"output": spec}, dict(node.values)) for key, node in graph.nodes.items()}
    start = time.perf_counter()
    canvas.show_reports(reports, [])
    app.processEvents()
    print(f"1000 reports: {(time.perf_counter() - start) * 1e3:.0f} ms")
    bare = Rectangles([QRectF(i % 40 * 34, i // 40 * 35, 30, 20) for i in range(1000)])
    bare.show()
    QTest.qWaitForWindowExposed(bare)
    app.processEvents()
    rectangles, _ = timed(lambda i: bare.repaint(), times)
    print(f"1000 bare rectangles: {rectangles:.2f} ms")
    bare.close()
    medians = measure(canvas, "all", None, times, rectangles)
    medians += measure(canvas, "names", 0.36, times, rectangles)
    medians += measure(canvas, "half size", 0.5, times, rectangles)
    medians += measure(canvas, "fifty", 1.4, times, rectangles)
    canvas.close()
    return int(max(medians) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
