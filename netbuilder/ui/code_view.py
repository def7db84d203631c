"""The text view of generated code: coloured by pygments, with line numbers, never edited here."""

from __future__ import annotations

from collections.abc import Iterable

from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import string_to_tokentype  # type: ignore[import-untyped]
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from netbuilder.ui.style import code_font
from netbuilder.ui.theme import Theme

Span = tuple[int, int, object]


def spans(text: str) -> list[list[Span]]:
    """For each line its coloured pieces: start, length (both as Qt counts, in UTF-16) and kind of token."""
    lines: list[list[Span]] = [[]]
    column = 0
    for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        for index, piece in enumerate(value.split("\n")):
            if index:
                lines.append([])
                column = 0
            length = len(piece.encode("utf-16-le")) // 2
            if piece.strip():
                lines[-1].append((column, length, kind))
            column += length
    return lines


def difference(old: list[str], new: list[str]) -> tuple[int, int, int]:
    """Where two texts differ: first line, and how many lines of the old and the new, never none."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    start = max(0, start - 1)
    end = 0
    while end < most - start - 1 and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, len(old) - start - end, len(new) - start - end


def alone(before: list[str], changed: list[str]) -> bool:
    """Whether lines can be coloured without the rest: they neither begin, end nor lie in a string of many lines."""
    quotes = ('"""', "'''")
    inside = any(sum(line.count(quote) for line in before) % 2 for quote in quotes)
    return not inside and not any(quote in line for line in changed for quote in quotes)


class Highlighter(QSyntaxHighlighter):
    """Colours each line as `spans` found it in the whole text, so that strings over several lines are right."""

    def __init__(self, view: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(view.document())
        self._lines: list[list[Span]] = []
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._formats: dict[object, QTextCharFormat] = {}
        for name, colour in theme.syntax.items():
            made = QTextCharFormat()
            made.setForeground(QColor(colour))
            self._formats[string_to_tokentype(name)] = made
        self.rehighlight()

    def prepare(self, text: str) -> None:
        """Read the text that is about to be shown."""
        self._lines = spans(text)

    def splice(self, start: int, number: int, text: str) -> None:
        """Read the text that is about to take the place of `number` lines from `start`."""
        self._lines[start : start + number] = spans(text)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        number = self.currentBlock().blockNumber()
        if number >= len(self._lines):
            return
        for start, length, kind in self._lines[number]:
            form = self._format(kind)
            if form is not None:
                self.setFormat(start, length, form)

    def _format(self, kind: object) -> QTextCharFormat | None:
        while kind is not None:
            if kind in self._formats:
                return self._formats[kind]
            kind = getattr(kind, "parent", None)
        return None


class _Numbers(QWidget):
    """The strip of line numbers."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        """As wide as the largest number needs."""
        return QSize(self._view.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines in sight."""
        self._view.paint_numbers(self, event.rect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a number is a click on its line."""
        self._view.pick(self._view.cursorForPosition(event.position().toPoint()).block())


class CodeView(QPlainTextEdit):
    """Read-only code. `line_chosen` gives the number (from 1) of a line that the person went to."""

    line_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._text = ""
        self._marked: list[int] = []
        self.setProperty("role", "code")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(code_font())
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(8)
        self.setAccessibleName(self.tr("Code"))
        self._numbers = _Numbers(self)
        self.highlighter = Highlighter(self, theme)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self._make_room()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self.theme = theme
        self.highlighter.set_theme(theme)
        self.mark(self._marked)
        self._numbers.update()

    def show_text(self, text: str) -> None:
        """Show another text, scrolled as before, the cursor in the same line."""
        old, new = self._text.split("\n"), text.split("\n")
        if old == new:
            return
        self._text, self._marked = text, []
        start, gone, come = difference(old, new)
        if alone(old[:start], old[start : start + gone] + new[start : start + come]):
            self._put(start, gone, "\n".join(new[start : start + come]))
            return
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        line = self.textCursor().blockNumber()
        self.highlighter.prepare(text)
        self.setPlainText(text)
        block = self.document().findBlockByNumber(min(line, self.blockCount() - 1))
        self.setTextCursor(QTextCursor(block))
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)

    def _put(self, start: int, gone: int, fresh: str) -> None:
        """Put text in the place of `gone` lines from `start`; the rest is left as it is."""
        down = self.verticalScrollBar().value()
        document = self.document()
        last = document.findBlockByNumber(start + gone - 1)
        self.highlighter.splice(start, gone, fresh)
        cursor = QTextCursor(document.findBlockByNumber(start))
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(fresh)
        self.verticalScrollBar().setValue(down)

    def mark(self, lines: Iterable[int]) -> None:
        """Tint these lines (numbers from 1)."""
        self._marked = [line for line in lines if 1 <= line <= self.blockCount()]
        found: list[QTextEdit.ExtraSelection] = []
        for line in self._marked:
            tinted = QTextEdit.ExtraSelection()
            tinted.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            tinted.format.setBackground(QColor(self.theme.tint))
            tinted.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            found.append(tinted)
        self.setExtraSelections(found)
        self._numbers.update()

    def visible(self, line: int) -> bool:
        """Whether the line (from 1) is in sight."""
        first = self.firstVisibleBlock().blockNumber() + 1
        room = self.viewport().height() // max(1, self.fontMetrics().lineSpacing())
        return first <= line <= first + max(0, room - 2)

    def reveal(self, line: int) -> None:
        """Scroll the line (from 1) to the upper third."""
        room = self.viewport().height() // max(1, self.fontMetrics().lineSpacing())
        self.verticalScrollBar().setValue(max(0, line - 1 - room // 3))

    def pick(self, block: QTextBlock) -> None:
        """Go to a line."""
        self.setTextCursor(QTextCursor(block))
        self.line_chosen.emit(block.blockNumber() + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click goes to its line."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.line_chosen.emit(self.textCursor().blockNumber() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys go from line to line."""
        before = self.textCursor().blockNumber()
        super().keyPressEvent(event)
        after = self.textCursor().blockNumber()
        if after != before:
            self.line_chosen.emit(after + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the numbers beside the text."""
        super().resizeEvent(event)
        rect = self.contentsRect()
        self._numbers.setGeometry(QRect(rect.left(), rect.top(), self.numbers_width(), rect.height()))

    def numbers_width(self) -> int:
        """Room for the numbers."""
        digits = max(2, len(str(self.blockCount())))
        return 22 + self.fontMetrics().horizontalAdvance("9") * digits

    def paint_numbers(self, strip: QWidget, area: QRect) -> None:
        """Draw the line numbers within `area`."""
        painter = QPainter(strip)
        painter.fillRect(area, QColor(self.theme.panel))
        painter.setFont(self.font())
        marked = set(self._marked)
        block, height = self.firstVisibleBlock(), self.fontMetrics().height()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= area.bottom():
            number = block.blockNumber() + 1
            painter.setPen(QColor(self.theme.accent if number in marked else self.theme.text_faint))
            where = QRect(0, round(top), strip.width() - 12, height)
            painter.drawText(where, Qt.AlignmentFlag.AlignRight, str(number))
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()

    def _make_room(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)

    def _scrolled(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())
