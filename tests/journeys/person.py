"""A person at the real window under an X server: moves the pointer, presses keys, and keeps pictures of the screen.

A journey is a file beside this one with `journey(person, folder)`; tests/ui/test_journeys.py runs each under xvfb-run.
By hand: `xvfb-run -a python -m tests.journeys.NAME FOLDER [light|dark]`. Any step that does not lead where it should
ends it with exit code 1.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.graph.graph import Graph
from netbuilder.ui.window import Window

PATIENCE = 90.0


class Person:
    """Moves the real pointer and presses real keys; looks at the window only to see where things are."""

    def __init__(self, window: Window, pictures: Path) -> None:
        self.window, self.pictures = window, pictures
        self._shots = 0

    @property
    def graph(self) -> Graph:
        """The drawing as it is now."""
        return self.window.project.document.graph

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the window live until something is so."""
        end = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > end:
                self.look("gave_up")
                raise SystemExit(f"waited in vain: {what}")
            QTest.qWait(20)

    def look(self, name: str) -> None:
        """Keep a picture of the screen."""
        QTest.qWait(250)
        self._shots += 1
        screen = QApplication.primaryScreen().grabWindow(0)
        screen.save(str(self.pictures / f"{self._shots:02}_{name}.png"))

    def _do(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True)
        QTest.qWait(60)

    def go(self, at: QPoint) -> None:
        """Move the pointer there."""
        self._do("mousemove", at.x(), at.y())

    def click(self, at: QPoint, times: int = 1) -> None:
        """Click there."""
        self.go(at)
        self._do("click", "--repeat", times, "--delay", 80, 1)

    def click_on(self, widget: QWidget) -> None:
        """Click on the middle of a widget."""
        self.click(widget.mapToGlobal(widget.rect().center()))

    def wheel(self, at: QPoint, turns: int) -> None:
        """Turn the wheel there: up for more than zero."""
        self.go(at)
        self._do("click", "--repeat", abs(turns), "--delay", 40, 4 if turns > 0 else 5)

    def drag(self, start: QPoint, end: QPoint, meanwhile: str = "", key: str = "") -> None:
        """Press, move and release, maybe with a key held; a picture may be taken before the release."""
        words: list[object] = ["mousemove", start.x(), start.y(), "sleep", 0.05]
        words += ["keydown", key] if key else []
        words += ["mousedown", 1]
        for part in (0.1, 0.3, 0.6, 0.9, 1.0):
            at = start + (end - start) * part
            words += ["sleep", 0.05, "mousemove", at.x(), at.y()]
        words += ["sleep", 1.2 if meanwhile else 0.1, "mouseup", 1]
        words += ["keyup", key] if key else []
        # Dragging out of the palette runs an event loop of its own, so the hand must not wait for the window.
        hand = subprocess.Popen(["xdotool", *map(str, words)])
        if meanwhile:
            QTimer.singleShot(800, lambda: self.look(meanwhile))
        while hand.poll() is None:
            QTest.qWait(20)
        QTest.qWait(150)

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self._do("type", "--delay", 20, text)

    def key(self, *names: str) -> None:
        """Press keys one after the other."""
        self._do("key", "--delay", 20, *names)

    # Where things are.

    def in_palette(self, block: str) -> QPoint:
        """A block's entry."""
        tree = self.window.palette_panel.tree
        for i in range(tree.topLevelItemCount()):
            group = tree.topLevelItem(i)
            for j in range(group.childCount()):
                if group.child(j).data(0, Qt.ItemDataRole.UserRole) == block:
                    tree.scrollToItem(group.child(j))
                    QTest.qWait(50)
                    return tree.viewport().mapToGlobal(tree.visualItemRect(group.child(j)).center())
        raise SystemExit(f"{block} is not in the palette")

    def on_canvas(self, x: float, y: float) -> QPoint:
        """A point of the drawing."""
        canvas = self.window.canvas
        return canvas.viewport().mapToGlobal(canvas.mapFromScene(QPointF(x, y)))

    def card(self, node: str) -> QPoint:
        """A place on a node's card, beside its middle."""
        center = self.window.canvas.items_scene.nodes[node].card.center()
        return self.on_canvas(center.x() + 20, center.y())

    def middle_of(self, wire: str) -> QPoint:
        """The middle of a wire."""
        middle = self.window.canvas.items_scene.wires[wire].middle()
        return self.on_canvas(middle.x(), middle.y())

    def port(self, node: str, name: str, output: bool) -> QPoint:
        """A port of a node."""
        item = self.window.canvas.items_scene.nodes[node]
        return self.on_canvas(*item.anchor(output, name))


def run(journey: Callable[[Person, Path], None]) -> None:
    """Do the journey in a window that fills the screen; what it keeps is left in the folder of the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    if len(sys.argv) > 2:
        QSettings("netbuilder", "netbuilder").setValue("theme", sys.argv[2])
    window = Window()
    screen = application.primaryScreen().size()
    window.resize(screen)
    window.move(0, 0)
    window.show()
    person = Person(window, folder)
    try:
        window.activateWindow()  # the X server is bare: there is no window manager that would do it
        person.wait(lambda: window.isActiveWindow() and window.findings.known, "the window and its engine")
        journey(person, folder)
    finally:
        window.project.document.mark_saved()
        window.close()
        application.processEvents()
