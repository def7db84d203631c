"""Writing in place: the text of a note and the title of a frame, in a field over the drawing.

The fields are children of the viewport, so that they go along when the view is scrolled. A text that is
too long is never cut: the reason is said below the field, which stays open until the text fits or is given up.
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

    def say(self, sentence: Sentence | None, field: QWidget, shared: Shared, last: bool) -> None:
        """Say it, and on the `last` occasion how to give the text up; None says nothing."""
        self.setVisible(sentence is not None)
        if sentence is None:
            return
        look, room = shared.look, self._viewport.rect()
        self.setStyleSheet(
            f"#reason {{ background: {look.card.name()}; color: {look.error.name()}; border-radius: 5px;"
            f" border: 1px solid {look.error.name()}; padding: 4px 8px; }}"
        )
        self.setText(f"{words(sentence)} {self.tr('Esc again gives the text up.')}" if last else words(sentence))
        width = min(max(field.width(), LEAST_WIDTH), self.sizeHint().width() + 4)
        height = self.heightForWidth(width)
        below = field.y() + field.height() + 4
        top = below if below + height <= room.height() else max(0, field.y() - height - 4)
        self.setGeometry(field.x(), top, width, height)
        self.raise_()


class _Entry:
    """What is written in at the moment, and what its field and the reason below have in common for both kinds."""

    def __init__(self, field: QWidget, shared: Shared, viewport: QWidget) -> None:
        self._field, self._viewport = field, viewport
        self._reason = _Reason(viewport)
        self.shared = shared
        self.record: Note | Frame | None = None
        self.giving_up = False

    @property
    def room(self) -> QRect:
        """Where in the viewport the field may be."""
        return self._viewport.rect().adjusted(APART, APART, -APART, -APART)

    def show(self) -> None:
        """Show the field, ready to type."""
        self._field.show()
        self._field.raise_()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def judge(self, text: str, sheet: str) -> None:
        """Say below the field what is wrong with the text; `sheet` is its style with a place for the edge's colour."""
        complaint, look = self.complaint(text), self.shared.look
        style = sheet.replace("EDGE", (look.accent if complaint is None else look.error).name())
        if style != self._field.styleSheet():
            self._field.setStyleSheet(style)
        self._reason.say(complaint, self._field, self.shared, self.giving_up)

    def take(self, text: str) -> str:
        """Close if the text can be taken; the id of what it is for, or nothing."""
        record = self.record
        return record.id if record is not None and self.complaint(text) is None and self.close() else ""

    def close(self) -> bool:
        """Close, and give the focus back; whether anything was written in."""
        if self.record is None:
            return False
        focused, self.record, self.giving_up = self._field.hasFocus(), None, False
        self._reason.hide()
        self._field.hide()
        if focused:
            self._viewport.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def complaint(self, text: str) -> Sentence | None:
        """What is wrong with the text, if anything is."""
        record = self.record
        if record is None:
            return None
        changes = {"text": text} if isinstance(record, Note) else {"title": text}
        try:
            check_note(msgspec.structs.replace(record, **changes))
        except Refused as refused:
            return refused.sentence
        return None


class NoteEditor(QPlainTextEdit):
    """The text of a note. Ctrl+Enter, Esc and a click elsewhere take it; `done` gives the note's id and the text.

    A text that cannot be taken is given up with a second Esc.
    """

    done = Signal(str, str)
    dropped = Signal()

    def __init__(self, shared: Shared, viewport: QWidget) -> None:
        super().__init__(viewport)
        self.setObjectName("noteEditor")
        self.setAccessibleName(self.tr("Text of the note"))
        self.setPlaceholderText(self.tr("Write here: # heading, **bold**, *italic*, `code`, - list, > quote"))
        self.setWordWrapMode(self.wordWrapMode().WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._entry = _Entry(self, shared, viewport)
        self._rect, self._letters = QRect(), READABLE
        self.textChanged.connect(self._change)
        self.hide()

    @property
    def record(self) -> Note | Frame | None:
        """The note that is written in, if one is."""
        return self._entry.record

    def begin(self, record: Note, rect: QRect, scale: float) -> None:
        """Write in a note that is shown at `rect` of the viewport, at that scale."""
        self._entry.record = None
        self.setPlainText(record.text)
        self._entry.record = record
        self.show()  # first, for a field that is not shown does not break its lines
        self.place(rect, scale)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._entry.show()

    def place(self, rect: QRect, scale: float) -> None:
        """Stand where the note is now, with letters as large as its own and never too small to read."""
        self._rect = rect
        self._letters = max(READABLE, round(TEXT_SIZE * scale))
        font = QFont(lettering(TEXT_SIZE)[0])
        font.setPixelSize(self._letters)
        self.setFont(font)
        self.document().setDocumentMargin(max(6.0, PADDING * scale - EDGE))
        self._fit()

    def drop(self) -> None:
        """Close without taking the text."""
        if self._entry.close():
            self.dropped.emit()

    @property
    def complaint(self) -> Sentence | None:
        """Why the text cannot be taken, where it cannot."""
        return self._entry.complaint(self.toPlainText())

    @property
    def changed(self) -> bool:
        """Whether another text than the note's stands there."""
        return isinstance(self.record, Note) and self.toPlainText() != self.record.text

    def commit(self) -> None:
        """Take the text and close; with a text that cannot be taken, stay."""
        text = self.toPlainText()
        key = self._entry.take(text)
        if key:
            self.done.emit(key, text)

    def _escape(self) -> None:
        """Take the text; where it cannot be taken, the second time give it up."""
        if self._entry.giving_up:
            self.drop()
            return
        self.commit()
        self._entry.giving_up = self.record is not None
        self._fit()

    def _change(self) -> None:
        self._entry.giving_up = False
        self._fit()

    def _fit(self) -> None:
        """Be as large as the note, and as high as the text takes; say what is wrong with it."""
        if self._entry.record is None:
            return
        self._judge()  # first, for the letters of the sheet say how many lines there are
        room = self._entry.room
        around = 2 * (round(self.document().documentMargin()) + EDGE)
        self.resize(min(room.width(), max(self._rect.width(), LEAST_WIDTH)), self.height())
        line = ceil(QFontMetricsF(self.font()).lineSpacing())
        text = round(self.document().size().height()) * line + around + 2
        height = max(self._rect.height(), LEAST_HEIGHT, text)
        self.setGeometry(_inside(QRect(self._rect.left(), self._rect.top(), self.width(), height), room))
        self._judge()

    def _judge(self) -> None:
        record, look = self._entry.record, self._entry.shared.look
        if record is not None:
            self._entry.judge(
                self.toPlainText(),
                f"#noteEditor {{ background: {sheet_color(look, record.color).name()}; color: {look.text.name()};"
                f" font-size: {self._letters}px; border: {EDGE}px solid EDGE; border-radius: 5px; padding: 0; }}",
            )

    def event(self, event: QEvent) -> bool:
        """The keys that end the writing are no shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _ends(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Write; no key gets through to the canvas."""
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif _ends(event):
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
        self._entry = _Entry(self, shared, viewport)
        self._letters = READABLE
        self.textChanged.connect(self._judge)
        self.hide()

    @property
    def record(self) -> Note | Frame | None:
        """The frame whose title is written, if one is."""
        return self._entry.record

    def begin(self, record: Frame, rect: QRect, scale: float) -> None:
        """Write the title that is shown at `rect` of the viewport, at that scale."""
        self._entry.record = None
        self.setText(record.title)
        self._entry.record = record
        self.place(rect, scale)
        self.selectAll()
        self._entry.show()

    def place(self, rect: QRect, scale: float) -> None:
        """Stand where the title is now."""
        font = QFont(lettering(READABLE, QFont.Weight.DemiBold)[0])
        self._letters = max(READABLE, round(READABLE * scale))
        font.setPixelSize(self._letters)
        self.setFont(font)
        self._judge()
        height = max(rect.height(), TITLE_HEIGHT, self.fontMetrics().height() + 8)
        wanted = QRect(rect.left(), rect.center().y() - height // 2, max(rect.width(), TITLE_WIDTH), height)
        self.setGeometry(_inside(wanted, self._entry.room))
        self._judge()

    def drop(self) -> None:
        """Close without taking the title."""
        if self._entry.close():
            self.dropped.emit()

    @property
    def complaint(self) -> Sentence | None:
        """Why the title cannot be taken, where it cannot."""
        return self._entry.complaint(self.text().strip())

    @property
    def changed(self) -> bool:
        """Whether another title than the frame's stands there."""
        return isinstance(self.record, Frame) and self.text().strip() != self.record.title

    def commit(self) -> None:
        """Take the title and close; with a title that cannot be taken, stay."""
        text = self.text().strip()
        key = self._entry.take(text)
        if key:
            self.done.emit(key, text)

    def _judge(self) -> None:
        look = self._entry.shared.look
        self._entry.judge(
            self.text().strip(),
            f"#titleEditor {{ background: {look.card.name()}; color: {look.text.name()};"
            f" font-size: {self._letters}px; font-weight: 600;"
            " border: 1px solid EDGE; border-radius: 5px; padding: 0 4px; min-height: 0; }",
        )

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
