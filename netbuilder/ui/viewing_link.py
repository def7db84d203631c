"""The window's end of the child that reads samples: started when it is first needed, replaced when it is stuck."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from netbuilder.blocks.sentence import say
from netbuilder.bridge.child import Child, death
from netbuilder.bridge.messages import FromChild
from netbuilder.bridge.viewing import FromViewer, ToViewer, Viewing


class ViewingLink(QObject):
    """Asks one question at a time: only the newest is answered.

    `answered` gives what the child says to it; `died` the sentence when the child is gone before that was all.
    """

    answered = Signal(object)
    died = Signal(object)
    complained = Signal(str)
    _heard = Signal(object, object)
    _ended = Signal(object, int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._child: Child | None = None
        self._asked = 0
        self._key: object = None
        self._loading = False
        self._heard.connect(self._hear)
        self._ended.connect(self._bury)

    @property
    def pid(self) -> int | None:
        """The child's process, while there is one."""
        return None if self._child is None else self._child.pid

    def ask(self, make: Callable[[int], ToViewer], key: object) -> None:
        """Ask what `make` makes with a number. A child that still loads something with another `key` is replaced."""
        if self._loading and key != self._key:
            self.stop()
        self._asked += 1
        self._key, self._loading = key, True
        if self._child is None:
            self._child = Child("viewing", self._heard.emit, self._ended.emit)
        self._child.send(make(self._asked))

    def stop(self) -> None:
        """End the child, whatever it does; nothing is said of that. What it had loaded is gone."""
        child, self._child, self._loading = self._child, None, False
        self._asked += 1
        if child is not None:
            child.close(0.0)

    def _hear(self, child: Child, message: FromChild) -> None:
        if child is self._child and isinstance(message, FromViewer) and message.ask == self._asked:
            if not isinstance(message, Viewing):
                self._loading = False
            self.answered.emit(message)

    def _bury(self, child: Child, code: int, complaint: str) -> None:
        if child is not self._child:
            return
        self._child, self._loading = None, False
        if complaint.strip():
            self.complained.emit(complaint.strip())
        text = "The process that reads the samples {death}. Perhaps they do not fit into memory."
        self.died.emit(say(text, death=death(code)))
