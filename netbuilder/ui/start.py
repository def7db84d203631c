"""Opens the window. Nothing here, or anything it imports, imports torch: that is the children's business."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

from netbuilder.ui.garbage import collect_here
from netbuilder.ui.window import Window


def start(project: Path | None = None, demo: bool = False) -> int:
    """Show the window on a project, or an empty drawing, and run until it is closed."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("netbuilder")
    application.setApplicationDisplayName("Netbuilder")
    application.setDesktopFileName("netbuilder")
    window = Window()
    if project is not None:
        (window.project.open_example if demo else window.project.open)(project)
    if demo:
        window.train_when_ready()
    window.show()
    collect_here(application)
    gc.freeze()  # what is there now stays: to look through it again and again for garbage would be felt as a pause
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end(window))
    # Python handles signals only when it runs: let it, now and then.
    heartbeat = QTimer()
    heartbeat.start(300)
    heartbeat.timeout.connect(lambda: None)
    return application.exec()


def end(window: Window) -> None:
    """Close the window; first, one by one, leave the dialogs that wait for an answer: none is closed under them."""
    asking = QApplication.activeModalWidget()
    if isinstance(asking, QDialog):
        asking.reject()
        QTimer.singleShot(0, window, lambda: end(window))  # once the dialog has returned to who asked
    else:
        window.close()
