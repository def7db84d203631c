"""A run that another process does, seen through its folder: how far it is, and how it ends."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.blocks.sentence import Refused, say
from netbuilder.bridge.about import STEPS
from netbuilder.bridge.messages import Ended, Progress
from netbuilder.bridge.process import alive
from netbuilder.bridge.run_folder import Wish, ask, mark_ended, read_about, standing

EVERY = 500  # milliseconds between two looks
_FORGETS = 0.8


class Followed(QObject):
    """Looks at one run now and then. What is asked of it, it does once it has looked into its folder."""

    progressed = Signal(object)
    ended = Signal(object)
    refused = Signal(object)

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.folder = folder
        self._step, self._rate, self._seen_at = 0, 0.0, 0.0
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def order(self, what: Wish) -> None:
        """Ask the run to pause, to go on or to stop."""
        try:
            ask(self.folder, what)
        except Refused as refused:
            self.refused.emit(refused.sentence)

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()
        self.deleteLater()

    def look(self) -> None:
        """Look once, and tell."""
        found, about = standing(self.folder), read_about(self.folder)
        if found is None or about is None:
            return
        going = found.state in ("running", "paused")
        if going and found.process is not None and alive(found.process) is False:
            sentence = say("Interrupted at step {step}: the process that trained it is gone.", step=self._step)
            mark_ended(self.folder, "interrupted", str(sentence))
            self.ended.emit(Ended("interrupted", sentence))
            return
        try:
            step = (self.folder / STEPS).stat().st_size // (8 * len(about.step_columns))
        except OSError:
            step = self._step
        self._measure(step)
        left = max(0, about.steps - step) / self._rate if self._rate else 0.0
        epoch = min(about.epochs, 1 + step * about.epochs // max(1, about.steps))
        self.progressed.emit(Progress(found.state, step, about.steps, epoch, about.epochs, self._rate, left))
        if not going:
            self.ended.emit(Ended(found.state, say("{said}", said=found.sentence)))

    def _measure(self, step: int) -> None:
        now = time.monotonic()
        if self._seen_at and step > self._step:
            rate = (step - self._step) / (now - self._seen_at)
            self._rate = _FORGETS * self._rate + (1 - _FORGETS) * rate if self._rate else rate
        self._step, self._seen_at = step, now
