"""What the tests of runs do with a real window: wait for its engine, train, stop, press."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.bridge.run_folder import RunReader
from netbuilder.graph import commands
from netbuilder.ui.window import Window

PATIENCE = 60_000
LEFT = Qt.MouseButton.LeftButton


def destroy(window: Window) -> None:
    window.project.document.mark_saved()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def ready(qtbot: QtBot, window: Window) -> None:
    """Wait until the drawing as it is now can be trained."""
    qtbot.waitUntil(
        lambda: window.engine.current and bool(window.findings.script and window.findings.script.complete),
        timeout=PATIENCE,
    )


def rows(window: Window) -> int:
    """How many steps the run's folder holds."""
    assert window.runs.folder is not None
    return len(RunReader(window.runs.folder).news()[0])


def settings(window: Window, **given: object) -> None:
    document = window.project.document
    document.commit(commands.set_training(document.graph, **given), "Settings")


def train(qtbot: QtBot, window: Window, steps: int = 3) -> Path:
    window.actions_by_id["train"].trigger()
    qtbot.waitUntil(lambda: window.runs.state == "running" and rows(window) >= steps, timeout=PATIENCE)
    assert window.runs.folder is not None
    return window.runs.folder


def stop(qtbot: QtBot, window: Window) -> None:
    with qtbot.waitSignal(window.runs.ended, timeout=PATIENCE):
        window.actions_by_id["stop"].trigger()


def enabled(window: Window, *names: str) -> list[bool]:
    return [window.actions_by_id[name].isEnabled() for name in names]


def press(widget: QWidget) -> None:
    """Click what can be clicked, in its middle."""
    assert widget.isVisible() and widget.isEnabled(), widget
    QTest.mouseClick(widget, LEFT)
