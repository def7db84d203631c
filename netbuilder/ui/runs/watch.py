"""Looks after the runs' folders beside the window's own work: a thread reads, and what it finds comes in slices."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.bridge.runs import Index, Run, settle_interrupted

EVERY = 1500  # milliseconds between two looks
_PATIENCE = 2.0
_BREATH = 30  # milliseconds


class Watch(QObject):
    """Tells of `news` whenever some were read, and that it has `looked` when a look is over.

    The first look also says which runs were found `interrupted`, of which nobody knew before, and writes that down.
    """

    news = Signal(object)
    looked = Signal()
    _told = Signal()
    interrupted = Signal(object)

    def __init__(self, parent: QObject, index: Callable[[], Index] = Index) -> None:
        super().__init__(parent)
        self._make_index = index
        self._index: Index | None = None
        self._thread: threading.Thread | None = None
        self._closing, self._taken = threading.Event(), threading.Event()
        self._told.connect(self._take)
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.look)

    def follow(self, on: bool) -> None:
        """Look now and from now on, or no longer."""
        if on and not self._closing.is_set():
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    def look(self) -> None:
        """Look once, unless a look is under way."""
        if not self._closing.is_set() and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._read, name="netbuilder-runs", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Look no more; a look that is under way ends soon."""
        self._closing.set()
        self._taken.set()
        self._timer.stop()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _take(self) -> None:
        """Everybody has the news that came before this; what they change is painted next."""
        QTimer.singleShot(_BREATH, self, self._taken.set)

    def _read(self) -> None:
        """On the thread: one look. It waits until its news are taken: two at work at once would hold up the window."""
        first = self._index is None
        if self._index is None:
            self._index = self._make_index()
        found: list[Run] = []
        with contextlib.suppress(RuntimeError):  # the window may be gone before the thread is
            for news in self._index.look():
                if self._closing.is_set():
                    return
                for run in news.changed:
                    _ = run.words  # made here, once, not when they are looked for
                self._taken.clear()
                self.news.emit(news)
                self._told.emit()
                self._taken.wait(_PATIENCE)
                found += news.changed if first else ()
            if first and (interrupted := settle_interrupted(found)):
                self.interrupted.emit(interrupted)
            self.looked.emit()
