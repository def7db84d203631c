"""What a person wants of a run: set on one thread, or from another process, and followed by the run on its own."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from netbuilder.bridge.messages import Adjust


class Control:
    """Orders for one run."""

    def __init__(self) -> None:
        self.stop = False
        self.adjustments: SimpleQueue[Adjust] = SimpleQueue()
        self._going = threading.Event()
        self._going.set()
        self._single = False

    @property
    def paused(self) -> bool:
        """Whether the run is to wait."""
        return not self._going.is_set()

    def order(self, what: str) -> None:
        """Follow a `pause`, a `resume`, a `stop`, or a `step`, which is a single one before the next pause."""
        self.stop = self.stop or what == "stop"
        self._single = what == "step" and not self.stop
        if what == "pause" and not self.stop:
            self._going.clear()
        else:
            self._going.set()

    def adjust(self, changes: Adjust) -> None:
        """Go on with other settings as soon as a paused run goes on."""
        self.adjustments.put(changes)

    def wait(self, seconds: float) -> bool:
        """Wait so long at the most until the run may go on, be it for one step. Returns whether it may."""
        may = self._going.wait(seconds)
        if may and self._single:
            self._single = False
            self._going.clear()
        return may
