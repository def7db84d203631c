"""The palette: every block that can be placed, by category, found by typing, placed by dragging or Enter."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from netbuilder.ui.icons import icon
from netbuilder.ui.palette.block_tree import BlockTree
from netbuilder.ui.parts import label
from netbuilder.ui.theme import Theme
from netbuilder.ui.usage import Usage

__all__ = ["Palette", "SearchField"]


class SearchField(QLineEdit):
    """Where one types what is looked for; while it is empty it shows the key that leads here."""

    moved = Signal(int)
    starred = Signal()
    entered = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._key: QLabel = label("", "faint")
        self._key.setParent(self)
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._action = self.addAction(icon("search", "#8791a0"), QLineEdit.ActionPosition.LeadingPosition)
        self.textChanged.connect(lambda text: self._key.setVisible(not text))

    def show_key(self, key: QKeySequence) -> None:
        """Show this key."""
        self._key.setText(key.toString(QKeySequence.SequenceFormat.NativeText))
        self._place_key()

    def set_theme(self, theme: Theme) -> None:
        """Tint the icon."""
        self._action.setIcon(icon("search", theme.text_faint))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the key at the right end."""
        super().resizeEvent(event)
        self._place_key()

    def _place_key(self) -> None:
        size = self._key.sizeHint()
        self._key.setGeometry(self.width() - size.width() - 10, 0, size.width(), self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move in the list below, Enter places, * gives a star, Esc clears and then leaves."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.text() == "*":
            self.starred.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.setText("")
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Palette(QWidget):
    """Search field and blocks. `chosen` names the block to be placed, `help_wanted` one to be explained."""

    chosen = Signal(str)
    help_wanted = Signal(str)

    def __init__(self, theme: Theme, usage: Usage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField()
        self.search.setPlaceholderText(self.tr("Search blocks"))
        self.search.setAccessibleName(self.tr("Search blocks"))
        self.search.setFixedHeight(32)
        self.tree = BlockTree(theme, usage)
        self._nothing = label(self.tr("No block fits."), "faint")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(12, 0, 12, 0)
        top.addWidget(self.search)
        column.addLayout(top)
        column.addWidget(self._nothing)
        column.addWidget(self.tree, 1)
        self.search.textChanged.connect(self._search)
        self.search.moved.connect(self.tree.go)
        self.search.entered.connect(self._enter)
        self.search.starred.connect(self.tree.turn_star)
        self.tree.chosen.connect(self.chosen)
        self.tree.help_wanted.connect(self.help_wanted)
        self.tree.typed.connect(self._typed)
        self.set_theme(theme)
        self.tree.show_blocks("")

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self.tree.rows.theme = theme
        self.search.set_theme(theme)
        self.tree.viewport().update()

    def focus_search(self) -> None:
        """Go to the search field, ready to type."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def sizeHint(self) -> QSize:
        """As wide as in the drawing."""
        return QSize(232, 640)

    def _search(self, text: str) -> None:
        hits = self.tree.show_blocks(text)
        self._nothing.setVisible(not hits)

    def _enter(self) -> None:
        name = self.tree.current_block()
        if name is not None:
            self.search.setText("")
            self.chosen.emit(name)

    def _typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)
