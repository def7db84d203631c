"""Runs that wait for their turn: each with the drawing as it was when it was put there."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.bridge.messages import Ended
from netbuilder.ui.control.job import Job
from netbuilder.ui.run_control import RunControl


class Queue(QObject):
    """Starts the next run when one ends, however it ended. A run that was stopped by hand holds it.

    `begun` says that the first one was started.
    """

    changed = Signal()

    def __init__(self, runs: RunControl, parent: QObject) -> None:
        super().__init__(parent)
        self._runs = runs
        self.jobs: list[Job] = []
        self.held = False
        runs.ended.connect(self._ended)

    def add(self, job: Job) -> None:
        """Put a run at the end; it starts at once where nothing stands before it."""
        self.jobs.append(job)
        self.changed.emit()
        self._go_on()

    def move(self, at: int, by: int) -> None:
        """Let one change places with another."""
        to = at + by
        if 0 <= at < len(self.jobs) and 0 <= to < len(self.jobs):
            self.jobs[at], self.jobs[to] = self.jobs[to], self.jobs[at]
            self.changed.emit()

    def remove(self, at: int) -> None:
        """Take one out."""
        del self.jobs[at]
        self._settle()

    def clear(self) -> None:
        """Take all out."""
        self.jobs.clear()
        self._settle()

    def start(self) -> None:
        """Let it go on after it was held."""
        self.held = False
        self.changed.emit()
        self._go_on()

    def _settle(self) -> None:
        self.held = self.held and bool(self.jobs)
        self.changed.emit()

    def _ended(self, _ended: Ended) -> None:
        if not self.jobs:
            return
        if self._runs.stopped_by_hand:
            self.held = True
            self.changed.emit()
        else:
            QTimer.singleShot(0, self, self._go_on)  # once everybody has heard of the end

    def _go_on(self) -> None:
        if self.held or not self.jobs or self._runs.state != "idle":
            return
        job = self.jobs.pop(0)
        self.changed.emit()
        if not self._runs.train(job):  # no folder could be made for it, which was said
            self.held = bool(self.jobs)
            self.changed.emit()
