"""A person's first minutes, in a real window on an X server, with real mouse and key events.

Run by tests/ui/test_journeys.py under xvfb-run; by hand: `xvfb-run -a python tests/journeys/first_use.py FOLDER`.
Pictures of every stage are left in FOLDER. Any step that does not lead where it should ends it with exit code 1.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from netbuilder.ui.window import Window

PATIENCE = 90.0


class Person:
    """Moves the real pointer and presses real keys; looks at the window only to see where things are."""

    def __init__(self, window: Window, pictures: Path) -> None:
        self.window, self.pictures = window, pictures
        self._shots = 0

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

    def click(self, at: QPoint, times: int = 1) -> None:
        """Click there."""
        self._do("mousemove", at.x(), at.y())
        self._do("click", "--repeat", times, "--delay", 80, 1)

    def click_on(self, widget: QWidget) -> None:
        """Click on the middle of a widget."""
        self.click(widget.mapToGlobal(widget.rect().center()))

    def drag(self, start: QPoint, end: QPoint, meanwhile: str = "") -> None:
        """Press, move and release; a picture may be taken before the release."""
        words: list[object] = ["mousemove", start.x(), start.y(), "sleep", 0.05, "mousedown", 1]
        for part in (0.1, 0.3, 0.6, 0.9, 1.0):
            at = start + (end - start) * part
            words += ["sleep", 0.05, "mousemove", at.x(), at.y()]
        words += ["sleep", 1.2 if meanwhile else 0.1, "mouseup", 1]
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

    def key(self, name: str) -> None:
        """Press a key."""
        self._do("key", name)

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
        return canvas.viewport().mapToGlobal(canvas.mapFromScene(x, y))

    def port(self, node: str, name: str, output: bool) -> QPoint:
        """A port of a node."""
        item = self.window.canvas.items_scene.nodes[node]
        at = item.mapToScene(item.port_point(output, name))
        return self.on_canvas(at.x(), at.y())


def journey(person: Person, folder: Path) -> None:
    """Draw, wire, make a mistake, mend it, train, watch, stop, export, run what was exported."""
    window = person.window
    graph = lambda: window.project.document.graph  # noqa: E731 - it changes
    person.wait(lambda: window.findings.known, "the engine")
    person.look("empty")
    middle = window.canvas.mapToScene(window.canvas.viewport().rect().center()).toPoint()
    top = middle - QPoint(0, 180)
    for i, block in enumerate(("Digits", "Conv2d", "ReLU", "Flatten", "Linear", "CrossEntropyLoss")):
        place = person.on_canvas(top.x(), top.y() + 72 * i)
        person.drag(person.in_palette(block), place, "dragging_in" if i == 1 else "")
    person.wait(lambda: len(graph().nodes) == 6, "six blocks on the canvas")
    chain = ["digits", "conv1", "relu1", "flatten1", "fc1", "loss"]
    for i, (source, target) in enumerate(itertools.pairwise(chain)):
        output = "image" if source == "digits" else "output"
        start, end = person.port(source, output, True), person.port(target, "input", False)
        person.drag(start, end, "wiring" if i == 0 else "")
    person.drag(person.port("digits", "label", True), person.port("loss", "target", False))
    person.wait(lambda: len(graph().wires) == 6, "six wires")
    person.wait(lambda: window.problems.count == 0 and "fc1" in window.findings.reports, "no problems")
    person.look("wired")
    # A mistake: a pinned size that contradicts the wire. One click mends it.
    card = window.canvas.items_scene.nodes["fc1"].card.center()
    person.click(person.on_canvas(card.x(), card.y()))
    person.wait(lambda: window.canvas.selected() == ["fc1"], "fc1 is selected")
    field = window.inspector.findChild(QWidget, "in_features")
    if field is None:
        raise SystemExit("the inspector shows no field for in_features")
    person.click_on(field)
    person.type("1280")
    person.key("Return")
    person.wait(lambda: window.problems.count == 1, "the problem")
    person.look("a_mistake")
    window.tabs.setCurrentWidget(window.problems)
    QTest.qWait(100)
    fixes = [b for b in window.problems.findChildren(QWidget, "fix") if b.isVisible()]
    if not fixes:
        raise SystemExit("there is no button that mends it")
    person.click_on(fixes[0])
    person.wait(lambda: window.problems.count == 0, "the problem is gone")
    # Train, watch, stop.
    window.top.epochs.setValue(4000)
    person.click_on(window.top.train_button)
    person.wait(lambda: window.training.run is not None and window.runs.state == "running", "training")
    started = time.monotonic()
    person.wait(lambda: time.monotonic() - started > 2.5 or window.runs.state == "idle", "some steps")
    person.look("training")
    if window.runs.state != "idle":
        person.click_on(window.top.stop_button)
    person.wait(lambda: window.runs.state == "idle", "the end of the run")
    person.look("stopped")
    # Export, and run what was exported.
    target = folder / "train_net.py"
    QFileDialog.getSaveFileName = lambda *_: (str(target), "")  # type: ignore[method-assign,assignment]
    window.top.epochs.setValue(1)
    person.wait(lambda: "EPOCHS = 1\n" in (window.findings.script.text if window.findings.script else ""), "the code")
    window.activateWindow()
    person.click(person.on_canvas(top.x() + 300, top.y()))
    person.key("ctrl+shift+e")
    person.wait(target.exists, "the exported script")
    window.tabs.setCurrentWidget(window.code)
    person.look("code")
    done = subprocess.run([sys.executable, "-I", str(target)], capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode or "validation loss" not in done.stdout:
        raise SystemExit(f"the exported script failed: {done.stdout}{done.stderr}")


def main() -> None:
    """Do the journey; pictures and the exported script are left in the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    window = Window()
    window.resize(1280, 800)
    window.move(0, 0)
    window.show()
    try:
        journey(Person(window, folder), folder)
    finally:
        window.project.document.mark_saved()
        window.close()
        application.processEvents()


if __name__ == "__main__":
    main()
