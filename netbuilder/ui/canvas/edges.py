"""Scrolling while something is dragged to the edge of the view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QWidget

EDGE = 28
TICK = 16
FASTEST = 24


class EdgeScroll(QObject):
    """Calls `scroll` with a step, again and again, for as long as the mouse stays at an edge."""

    def __init__(self, viewport: QWidget, scroll: Callable[[int, int], None]) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self._scroll = scroll
        self._step = (0, 0)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)

    def follow(self, place: QPoint | None) -> None:
        """Note where the mouse drags; None ends it."""
        self._step = (0, 0)
        if place is not None:
            self._step = _pull(place.x(), self._viewport.width()), _pull(place.y(), self._viewport.height())
        if self._step == (0, 0):
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _tick(self) -> None:
        self._scroll(*self._step)


def _pull(place: int, size: int) -> int:
    """How many pixels to scroll for a mouse at that place along a side."""
    if place < EDGE:
        return -min(FASTEST, (EDGE - place) // 3 + 2)
    if place > size - EDGE:
        return min(FASTEST, (place - size + EDGE) // 3 + 2)
    return 0
