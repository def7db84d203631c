"""A person's first minutes, in a real window on an X server, with real mouse and key events."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from tests.journeys.person import Person, run


def journey(person: Person, folder: Path) -> None:
    """Draw, wire, make a mistake, mend it, train, watch, stop, export, run what was exported."""
    window = person.window
    person.look("empty")
    middle = window.canvas.mapToScene(window.canvas.viewport().rect().center()).toPoint()
    top = middle - QPoint(0, 180)
    for i, block in enumerate(("Digits", "Conv2d", "ReLU", "Flatten", "Linear", "CrossEntropyLoss")):
        place = person.on_canvas(top.x(), top.y() + 72 * i)
        person.drag(person.in_palette(block), place, "dragging_in" if i == 1 else "")
    person.wait(lambda: len(person.graph.nodes) == 6, "six blocks on the canvas")
    chain = ["digits", "conv1", "relu1", "flatten1", "fc1", "loss"]
    for i, (source, target) in enumerate(itertools.pairwise(chain)):
        output = "image" if source == "digits" else "output"
        start, end = person.port(source, output, True), person.port(target, "input", False)
        person.drag(start, end, "wiring" if i == 0 else "")
    person.drag(person.port("digits", "label", True), person.port("loss", "target", False))
    person.wait(lambda: len(person.graph.wires) == 6, "six wires")
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


if __name__ == "__main__":
    run(journey)
