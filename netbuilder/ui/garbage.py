"""Garbage is collected on the window's thread alone.

Python collects cycles on whichever thread happens to allocate. Widgets are often parts of cycles, and Qt's objects may
die only on the thread they belong to: freed by a thread that reads, they can crash the program or hold it up for ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 250  # milliseconds


def collect_here(parent: QObject) -> None:
    """From now on collect garbage on this thread alone, whenever its event loop has time; until `parent` is gone."""
    gc.disable()
    timer = QTimer(parent, interval=EVERY)
    timer.timeout.connect(collect_due)
    timer.start()


def collect_due() -> None:
    """Collect the oldest generation that Python would have collected by now, if any."""
    for generation, (count, most) in reversed(list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))):
        if count > most:
            gc.collect(generation)
            return
