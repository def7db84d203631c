"""Windows, canvases and documents that come and go two hundred times leave nothing behind."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.places import examples
from netbuilder.ui.canvas import Canvas
from netbuilder.ui.theme import DARK
from netbuilder.ui.window import Window

TIMES, SETTLED = 100, 20
WINDOWS = 40
PATIENCE = 60_000


def drawing(count: int) -> Graph:
    """A chain of that many blocks with a branch at every tenth."""
    graph = Graph()
    for i in range(count):
        graph = graph.apply(commands.add_node(graph, "Add" if i % 10 == 9 else "ReLU", 0, 80 * i))
    nodes = sorted(graph.nodes.values(), key=lambda node: node.y)
    for i, (before, after) in enumerate(itertools.pairwise(nodes)):
        port = "input1" if after.block == "Add" else "input"
        graph = graph.apply(commands.connect(graph, before.id, "output", after.id, port))
        if after.block == "Add":
            graph = graph.apply(commands.connect(graph, nodes[i - 4].id, "output", after.id, "input2"))
    return graph


def held() -> Counter[str]:
    """What there is now: our Python objects and Qt's by class, top-level widgets, threads, processes and open files."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    gc.collect()
    found: Counter[str] = Counter()
    for thing in gc.get_objects():
        kind = type(thing)
        if str(kind.__module__).startswith("netbuilder.") or issubclass(kind, QObject | QGraphicsItem):
            found[f"{kind.__module__}.{kind.__qualname__}"] += 1
    found["widgets"] = len(QApplication.allWidgets())
    found["top-level widgets"] = len(QApplication.topLevelWidgets())
    found["windows"] = len(QGuiApplication.allWindows())
    found["threads"] = threading.active_count()
    found["processes"] = len(multiprocessing.active_children())
    if sys.platform.startswith("linux"):
        found["open files"] = len(os.listdir("/proc/self/fd"))
        found["children"] = sum(
            len((task / "children").read_text().split()) for task in Path("/proc/self/task").iterdir()
        )
    return found


def check_steady(act: Callable[[int], None], times: int = TIMES, settled: int = SETTLED) -> None:
    """Fail where something is more after many times than after some."""
    for number in range(settled):
        act(number)
    before = held()
    for number in range(settled, times):
        act(number)
    after = held()
    more = {name: (before[name], after[name]) for name in after if after[name] > before[name]}
    assert not more, f"left behind: {more}"


def end(widget: Window | Canvas) -> None:
    """Close and delete it now."""
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # its pages too: they slow the next one down


def test_windows_opened_and_closed_leave_nothing(qtbot: QtBot) -> None:
    QSettings("netbuilder", "netbuilder").clear()
    project = examples() / "digits.netb"

    def open_and_close(number: int) -> None:
        window = Window()
        window.show()
        if number % 4 == 1:
            window.project.open_example(project)
        if number % 40 == 10:  # after its children were started; the other ones before
            qtbot.waitSignal(window.engine.ready, timeout=PATIENCE).wait()
        else:
            QApplication.processEvents()
        window.project.document.mark_saved()
        end(window)

    check_steady(open_and_close, WINDOWS)


def test_canvases_opened_and_closed_leave_nothing(qtbot: QtBot) -> None:
    document = Document(drawing(200))

    def open_and_close(number: int) -> None:
        canvas = Canvas(document, DARK)
        canvas.resize(900, 700)
        canvas.show()
        if number % 10 == 0:
            canvas.grab()
            canvas.select_all()
        end(canvas)

    check_steady(open_and_close)
    assert not document._watchers, "nobody watches any more"


@pytest.mark.parametrize("same", [True, False])
def test_a_canvas_shown_many_documents_keeps_the_last_alone(qtbot: QtBot, same: bool) -> None:
    graphs = [drawing(200), drawing(200) if same else drawing(20)]
    canvas = Canvas(Document(graphs[0]), DARK)
    canvas.resize(900, 700)
    canvas.show()
    try:
        check_steady(lambda number: canvas.set_document(Document(graphs[number % 2])))
    finally:
        end(canvas)
