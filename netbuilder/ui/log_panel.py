"""What happened, line by line: the run's log and what the children complained of."""

from __future__ import annotations

import datetime

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from netbuilder.ui.style import code_font

_LINES = 5000


class LogPanel(QPlainTextEdit):
    """Plain text, newest last; it follows the end unless the person scrolled away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setMaximumBlockCount(_LINES)
        self.setFont(code_font())
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setPlaceholderText(self.tr("Nothing has happened yet."))
        self.setAccessibleName(self.tr("Log"))

    def add(self, text: str) -> None:
        """Add a text, with the time before its first line."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        stamp = datetime.datetime.now().strftime("%H:%M:%S")
        self.appendPlainText(f"{stamp}  " + text.rstrip().replace("\n", "\n          "))
        if at_end:
            self.moveCursor(QTextCursor.MoveOperation.End)
            self.horizontalScrollBar().setValue(0)
