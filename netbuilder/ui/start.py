"""Opens the window. Nothing here, or anything it imports, imports torch: that is the children's business."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

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
    signal.signal(signal.SIGINT, lambda *_: window.close())
    signal.signal(signal.SIGTERM, lambda *_: window.close())
    # Python handles signals only when it runs: let it, now and then.
    heartbeat = QTimer()
    heartbeat.start(300)
    heartbeat.timeout.connect(lambda: None)
    return application.exec()
