"""Garbage with Qt's objects in it is collected on the window's thread, whichever thread allocates."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from netbuilder.ui.garbage import collect_due, collect_here


def cycle(freed: list[threading.Thread]) -> weakref.ref[QObject]:
    """A Qt object that only garbage collection can free, and that says on which thread it was."""
    thing = QObject()
    thing.itself = thing  # type: ignore[attr-defined]
    weakref.finalize(thing, lambda: freed.append(threading.current_thread()))
    return weakref.ref(thing)


def allocate(kept: list[list[int]]) -> None:
    kept += [[i] for i in range(2 * gc.get_threshold()[0])]


def test_what_a_thread_allocates_frees_nothing_of_qts(qtbot: QtBot) -> None:
    for here in (False, True):
        freed: list[threading.Thread] = []
        kept: list[list[int]] = []
        parent = QObject()
        gc.collect()
        gc.enable()
        if here:
            collect_here(parent)
        thing = cycle(freed)
        thread = threading.Thread(target=allocate, args=(kept,))
        thread.start()
        thread.join()
        gc.disable()
        assert freed == ([] if here else [thread]), "otherwise this test could not fail"
        if here:
            qtbot.waitUntil(lambda thing=thing: thing() is None)
            assert freed == [threading.main_thread()]


def test_old_garbage_is_collected_too() -> None:
    freed: list[threading.Thread] = []
    kept: list[list[int]] = []
    thing = cycle(freed)
    held = thing()
    gc.collect()
    del held
    allocate(kept)
    collect_due()
    assert thing() is not None, "it is of the oldest generation now"
    _, older, oldest = gc.get_threshold()
    for _ in range((older + 2) * (oldest + 2)):
        allocate(kept)
        collect_due()
    assert thing() is None
