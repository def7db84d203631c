"""The code view made one to write in: indents, colours what is typed, marks the line that is wrong."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit

from netbuilder.ui.code_view import CodeView
from netbuilder.ui.theme import Theme

STEP = 4
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CodeEditor(CodeView):
    """Python code that can be changed. `applied` when Ctrl+Enter says that it is to be taken."""

    applied = Signal()

    def __init__(self, theme: Theme) -> None:
        self._error = 0
        super().__init__(theme)
        self.setReadOnly(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setUndoRedoEnabled(True)
        self.setTabStopDistance(STEP * self.fontMetrics().horizontalAdvance(" "))
        self._coloured = ""
        self.textChanged.connect(self._colour)

    @property
    def code(self) -> str:
        """What stands there."""
        return self.toPlainText()

    def set_code(self, code: str) -> None:
        """Show another text, which undoing does not go behind."""
        if code != self.code:
            self.setPlainText(code)

    def replace_code(self, code: str) -> None:
        """Put another text in the place of all that stands there, as if it had been typed."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(code)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        super().set_theme(theme)
        self.mark_error(self._error)

    def mark_error(self, line: int) -> None:
        """Mark the line (from 1) that is wrong; 0 for none."""
        self._error = line
        self.mark([line] if line else [])
        marks = self.extraSelections()
        for mark in marks:
            shade = QColor(self.theme.error)
            shade.setAlpha(38)
            mark.format.setBackground(shade)
            wave = QTextEdit.ExtraSelection()
            wave.cursor = QTextCursor(mark.cursor)
            wave.cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            wave.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wave.format.setUnderlineColor(QColor(self.theme.error))
            wave.format.setProperty(QTextFormat.Property.FullWidthSelection, False)
            marks = [*marks, wave]
        self.setExtraSelections(marks)

    def event(self, event: QEvent) -> bool:
        """Claim Tab and Ctrl+Enter; leave Undo and Redo to the window where there is nothing of them here."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            document, keys = self.document(), QKeySequence.StandardKey
            if (event.matches(keys.Undo) and not document.isUndoAvailable()) or (
                event.matches(keys.Redo) and not document.isRedoAvailable()
            ):
                event.ignore()
                return True
            control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            tab = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and not control
            if tab or (event.key() in _ENTER and control):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab indents and Shift+Tab takes back, Enter goes on as deep as the line is, Ctrl+Enter applies."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in _ENTER and control:
            self.applied.emit()
        elif key in _ENTER:
            self.textCursor().insertText("\n" + self._depth())
            self.ensureCursorVisible()
        elif key == Qt.Key.Key_Tab and not self.textCursor().hasSelection():
            cursor = self.textCursor()
            cursor.insertText(" " * (STEP - cursor.positionInBlock() % STEP))
        elif key == Qt.Key.Key_Tab:
            self._shift(True)
        elif key == Qt.Key.Key_Backtab:
            self._shift(False)
        elif key == Qt.Key.Key_Backspace and self._between_steps():
            self._back()
        elif key == Qt.Key.Key_Escape:
            event.ignore()  # whoever is around goes back to the drawing
        else:
            super().keyPressEvent(event)

    def _before(self) -> str:
        """The line up to the cursor."""
        cursor = self.textCursor()
        return cursor.block().text()[: cursor.positionInBlock()]

    def _depth(self) -> str:
        """The spaces that a line after this one starts with."""
        line = self._before()
        spaces = line[: len(line) - len(line.lstrip(" "))]
        return spaces + " " * STEP if line.rstrip().endswith(":") else spaces

    def _between_steps(self) -> bool:
        line = self._before()
        return bool(line) and not line.strip(" ") and not self.textCursor().hasSelection()

    def _back(self) -> None:
        """Take spaces away down to the next step."""
        cursor = self.textCursor()
        gone = cursor.positionInBlock() % STEP or STEP
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, gone)
        cursor.removeSelectedText()

    def _shift(self, deeper: bool) -> None:
        """Move the lines of the selection a step to the right or to the left."""
        cursor = self.textCursor()
        first = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1)).blockNumber()
        cursor.beginEditBlock()
        block = first
        while block.isValid() and block.blockNumber() <= last:
            line = QTextCursor(block)
            if deeper and block.text():
                line.insertText(" " * STEP)
            elif not deeper:
                spaces = len(block.text()) - len(block.text().lstrip(" "))
                move = QTextCursor.MoveOperation.Right
                line.movePosition(move, QTextCursor.MoveMode.KeepAnchor, min(STEP, spaces))
                line.removeSelectedText()
            block = block.next()
        cursor.endEditBlock()

    def _colour(self) -> None:
        text = self.code
        if text != self._coloured:
            self._coloured = text
            self.highlighter.prepare(text)
            self.highlighter.rehighlight()
