"""The field for what is typed. It holds a value that suits, and says what is wrong with a text that does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame

from netbuilder.blocks import Value
from netbuilder.blocks.sentence import Refused, Sentence
from netbuilder.blocks.values import show
from netbuilder.ui.parts import restyle

# What may still become a value: nothing yet, a sign, a comma or an exponent that waits for its number.
_UNFINISHED = re.compile(r"\s*[+\-(]*\.?|.*[,×]\s*|.*\d[eE][+-]?")


class Mixed(Enum):
    """What a field holds that stands for several values which are not the same."""

    MIXED = "mixed"


MIXED = Mixed.MIXED
Shown = Value | Mixed


def text_of(value: Shown) -> str:
    """The text that stands for a value."""
    return "" if isinstance(value, Mixed) else show(value)


class TextField(QLineEdit):
    """A value as text. `read` makes a value of it or raises Refused; until it does, the old one stands.

    `committed` gives the new value; `judged` the sentence that says what is wrong, or None.
    """

    committed = Signal(object)
    judged = Signal(object)
    stepping = False
    stroke = 0
    elide = Qt.TextElideMode.ElideRight

    def __init__(self, read: Callable[[str], Value], value: Shown = None) -> None:
        super().__init__()
        self.read = read
        self.value = value
        self.words: tuple[str, ...] = ()  # what may be typed in place of a number
        self._hint = ""
        self._follows = False
        self._sentence: Sentence | None = None
        self.setText(text_of(value))
        self.textEdited.connect(self._edited)
        self.textChanged.connect(self._show_hint)
        self.editingFinished.connect(self._finish)
        self._show_hint()

    @property
    def edited(self) -> bool:
        """Whether the text is not (yet) the value."""
        return self.text() != text_of(self.value)

    def set_value(self, value: Shown) -> None:
        """Show another value; what is being typed stays when the value stays."""
        if value == self.value and self.edited:
            return
        self.value = value
        self.restore()
        self._show_hint()

    def set_hint(self, text: str, follows: bool) -> None:
        """Say what holds where nothing is typed; `follows` when that is read off the wire."""
        self._hint, self._follows = text, follows
        self._show_hint()

    def take(self, value: Value) -> None:
        """Hold this value, as if it had been typed."""
        changed = value != self.value
        self.value = value
        # Setting the text ends the field's own undo: from here on, undoing is the document's.
        self.setText(text_of(value))
        self._show_hint()
        self.judge(None)
        if changed:
            self.committed.emit(value)

    def restore(self) -> None:
        """Go back to the value."""
        if self.edited:
            self.setText(text_of(self.value))
            self.setCursorPosition(0)
        self.judge(None)

    def judge(self, sentence: Sentence | None) -> None:
        """Mark the field, or with None take the mark away."""
        restyle(self, "invalid", sentence is not None)
        if sentence != self._sentence:
            self._sentence = sentence
            self.judged.emit(sentence)

    def _show_hint(self) -> None:
        mixed = self.value is MIXED
        self.setPlaceholderText(self.tr("mixed") if mixed else self._hint)
        restyle(self, "unpinned", self._follows and not self.text() and not mixed)

    def _edited(self) -> None:
        beginning = any(word.startswith(self.text().strip()) for word in self.words)
        self.judge(None if beginning or _UNFINISHED.fullmatch(self.text()) else self._fault())

    def _fault(self) -> Sentence | None:
        try:
            self.read(self.text())
        except Refused as refusal:
            return refusal.sentence
        return None

    def _finish(self) -> None:
        fault = self._fault() if self.edited else None
        self.judge(fault)
        if self.edited and fault is None:
            self.take(self.read(self.text()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shorten a text that is too long with an …, as long as nobody types in it."""
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self).adjusted(2, 0, -2, 0)
        if self.hasFocus() or self.fontMetrics().horizontalAdvance(self.text()) <= room.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        text = self.fontMetrics().elidedText(self.text(), self.elide, room.width())
        painter.drawText(room, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Claim Esc while there is something to restore, and leave Undo to the window while there is not."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape and self.edited:
                event.accept()
                return True
            if (event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()) or (
                event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            ):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc restores."""
        if event.key() == Qt.Key.Key_Escape and self.edited:
            self.restore()
            self.selectAll()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all when reached by the Tab key."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()
