"""Writing in place: the text of a note and the title of a frame, in a field over the drawing.

The fields are children of the viewport, so that they go along when the view is scrolled. A text that is
too long is never cut: the reason is said below the field, which stays open until the text fits.
"""

from __future__ import annotations

from math import ceil
from typing import Final

import msgspec
from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QKeyEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from netbuilder.blocks.sentence import Refused, Sentence
from netbuilder.graph.notes import check_note
from netbuilder.graph.records import Frame, Note
from netbuilder.ui.canvas.note_item import PADDING, TEXT_SIZE
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.canvas.sheet import lettering, sheet_color
from netbuilder.ui.text import words

READABLE: Final = 12
LEAST_WIDTH, LEAST_HEIGHT, TITLE_WIDTH, TITLE_HEIGHT = 200, 72, 180, 26
EDGE, APART = 2, 8
PASSING = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _wrong(record: Note | Frame) -> Sentence | None:
    """Why a note or frame cannot be like this."""
    try:
        check_note(record)
    except Refused as refused:
        return refused.sentence
    return None


def _inside(wanted: QRect, room: QRect) -> QRect:
    """The rectangle, moved and made smaller as far as it takes to lie in the room."""
    width, height = min(wanted.width(), room.width()), min(wanted.height(), room.height())
    left = min(max(wanted.left(), room.left()), room.right() + 1 - width)
    top = min(max(wanted.top(), room.top()), room.bottom() + 1 - height)
    return QRect(left, top, width, height)


class _Reason(QLabel):
    """Why what is typed cannot stay, below the field."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self.setObjectName("reason")
        self._viewport = viewport
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.hide()

    def say(self, sentence: Sentence | None, field: QWidget, shared: Shared) -> None:
        """Say it; None says nothing."""
        self.setVisible(sentence is not None)
        if sentence is None:
            return
        look, room = shared.look, self._viewport.rect()
        self.setStyleSheet(
            f"#reason {{ background: {look.card.name()}; color: {look.error.name()}; border-radius: 5px;"
            f" border: 1px solid {look.error.name()}; padding: 4px 8px; }}"
        )
        self.setText(words(sentence))
        width = min(max(field.width(), LEAST_WIDTH), self.sizeHint().width() + 4)
        height = self.heightForWidth(width)
        below = field.y() + field.height() + 4
        top = below if below + height <= room.height() else max(0, field.y() - height - 4)
        self.setGeometry(field.x(), top, width, height)
        self.raise_()


class NoteEditor(QPlainTextEdit):
    """The text of a note. Ctrl+Enter, Esc and a click elsewhere take it; `done` gives the note's id and the text."""

    done = Signal(str, str)
    dropped = Signal()

    def __init__(self, shared: Shared, viewport: QWidget) -> None:
        super().__init__(viewport)
        self.setObjectName("noteEditor")
        self.setAccessibleName(self.tr("Text of the note"))
        self.setPlaceholderText(self.tr("Write here: # heading, **bold**, *italic*, `code`, - list, > quote"))
        self.setWordWrapMode(self.wordWrapMode().WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shared, self._viewport = shared, viewport
        self._reason = _Reason(viewport)
        self._record: Note | None = None
        self._rect = QRect()
        self.textChanged.connect(self._fit)
        self.hide()

    @property
    def record(self) -> Note | None:
        """The note that is written in, if one is."""
        return self._record

    def begin(self, record: Note, rect: QRect, scale: float) -> None:
        """Write in a note that is shown at `rect` of the viewport, at that scale."""
        self._record = None
        self.setPlainText(record.text)
        self._record = record
        self.show()  # first, for a field that is not shown does not break its lines
        self.place(rect, scale)
        self.raise_()
        self.moveCursor(QTextCursor.MoveOperation.End)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self, rect: QRect, scale: float) -> None:
        """Stand where the note is now, with letters as large as its own and never too small to read."""
        self._rect = rect
        font = QFont(lettering(TEXT_SIZE)[0])
        font.setPixelSize(max(READABLE, round(TEXT_SIZE * scale)))
        self.setFont(font)
        self.document().setDocumentMargin(max(6.0, PADDING * scale - EDGE))
        self._fit()

    def drop(self) -> None:
        """Close without taking the text."""
        if self._record is not None:
            self._close()
            self.dropped.emit()

    def commit(self) -> None:
        """Take the text and close; with a text that cannot be taken, stay."""
        record, text = self._record, self.toPlainText()
        if record is not None and self._complaint() is None:
            self._close()
            self.done.emit(record.id, text)

    def _close(self) -> None:
        focused, self._record = self.hasFocus(), None
        self._reason.hide()
        self.hide()
        if focused:
            self._viewport.setFocus(Qt.FocusReason.OtherFocusReason)

    def _complaint(self) -> Sentence | None:
        record = self._record
        return None if record is None else _wrong(msgspec.structs.replace(record, text=self.toPlainText()))

    def _fit(self) -> None:
        """Be as large as the note, and as high as the text takes; say what is wrong with it."""
        record = self._record
        if record is None:
            return
        complaint = self._complaint()
        look = self._shared.look
        edge = look.error if complaint is not None else look.accent
        sheet = (
            f"#noteEditor {{ background: {sheet_color(look, record.color).name()}; color: {look.text.name()};"
            f" border: {EDGE}px solid {edge.name()}; border-radius: 5px; padding: 0; }}"
        )
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
        room = self._viewport.rect().adjusted(APART, APART, -APART, -APART)
        around = 2 * (round(self.document().documentMargin()) + EDGE)
        self.resize(min(room.width(), max(self._rect.width(), LEAST_WIDTH)), self.height())
        line = ceil(QFontMetricsF(self.font()).lineSpacing())
        text = round(self.document().size().height()) * line + around + 2
        height = max(self._rect.height(), LEAST_HEIGHT, text)
        self.setGeometry(_inside(QRect(self._rect.left(), self._rect.top(), self.width(), height), room))
        self._reason.say(complaint, self, self._shared)

    def event(self, event: QEvent) -> bool:
        """The keys that end the writing are no shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _ends(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Write; no key gets through to the canvas."""
        if _ends(event):
            self.commit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll a long text; the drawing does not zoom under the field."""
        super().wheelEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Who goes elsewhere has written what they wanted."""
        super().focusOutEvent(event)
        if event.reason() not in PASSING:
            self.commit()


class TitleEditor(QLineEdit):
    """The title of a frame. Enter and a click elsewhere take it, Esc does not."""

    done = Signal(str, str)
    dropped = Signal()

    def __init__(self, shared: Shared, viewport: QWidget) -> None:
        super().__init__(viewport)
        self.setObjectName("titleEditor")
        self.setAccessibleName(self.tr("Title of the frame"))
        self.setPlaceholderText(self.tr("Title"))
        self._shared, self._viewport = shared, viewport
        self._reason = _Reason(viewport)
        self._record: Frame | None = None
        self.textChanged.connect(self._judge)
        self.hide()

    @property
    def record(self) -> Frame | None:
        """The frame whose title is written, if one is."""
        return self._record

    def begin(self, record: Frame, rect: QRect, scale: float) -> None:
        """Write the title that is shown at `rect` of the viewport, at that scale."""
        self._record = None
        self.setText(record.title)
        self._record = record
        self.place(rect, scale)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self, rect: QRect, scale: float) -> None:
        """Stand where the title is now."""
        font = QFont(lettering(READABLE, QFont.Weight.DemiBold)[0])
        font.setPixelSize(max(READABLE, round(READABLE * scale)))
        self.setFont(font)
        height = max(rect.height(), TITLE_HEIGHT, self.fontMetrics().height() + 8)
        wanted = QRect(rect.left(), rect.center().y() - height // 2, max(rect.width(), TITLE_WIDTH), height)
        self.setGeometry(_inside(wanted, self._viewport.rect().adjusted(APART, APART, -APART, -APART)))
        self._judge()

    def drop(self) -> None:
        """Close without taking the title."""
        if self._record is not None:
            self._close()
            self.dropped.emit()

    def commit(self) -> None:
        """Take the title and close; with a title that cannot be taken, stay."""
        record, text = self._record, self.text().strip()
        if record is not None and self._complaint() is None:
            self._close()
            self.done.emit(record.id, text)

    def _close(self) -> None:
        focused, self._record = self.hasFocus(), None
        self._reason.hide()
        self.hide()
        if focused:
            self._viewport.setFocus(Qt.FocusReason.OtherFocusReason)

    def _complaint(self) -> Sentence | None:
        record = self._record
        return None if record is None else _wrong(msgspec.structs.replace(record, title=self.text().strip()))

    def _judge(self) -> None:
        record = self._record
        if record is None:
            return
        complaint, look = self._complaint(), self._shared.look
        edge = look.error if complaint is not None else look.accent
        sheet = (
            f"#titleEditor {{ background: {look.card.name()}; color: {look.text.name()};"
            f" border: 1px solid {edge.name()}; border-radius: 5px; padding: 0 4px; min-height: 0; }}"
        )
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
        self._reason.say(complaint, self, self._shared)

    def event(self, event: QEvent) -> bool:
        """The keys that end the writing are no shortcuts of the window."""
        ends = (*ENTER, Qt.Key.Key_Escape)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ends:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Write; no key gets through to the canvas."""
        if event.key() in ENTER:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.drop()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Who goes elsewhere has written what they wanted."""
        super().focusOutEvent(event)
        if event.reason() not in PASSING:
            self.commit()


def _ends(event: QKeyEvent) -> bool:
    """Whether a key ends the writing of a note: Esc, or Ctrl+Enter."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_Escape or (event.key() in ENTER and control)
