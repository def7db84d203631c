"""Lists that one adds to, a card for each entry: what those of the inspector share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from netbuilder.ui.icons import icon
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.parts import IconButton, label

INSIDE = 10


class EntryCard(QFrame):
    """An entry: a head with its name and a button that removes it, and the form of its values."""

    removed = Signal()

    def __init__(self, name: QWidget, form: Form, removing: str) -> None:
        """`name` has the room of the head that is left; `removing` says what the button does."""
        super().__init__()
        self.setProperty("role", "card")
        self.form = form
        self.remove = self.button("close", removing)
        self.remove.clicked.connect(self.removed)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(0, 0, INSIDE - 4, 0)
        self.head.setSpacing(0)
        self.head.addWidget(name, 1)
        self.head.addWidget(self.remove)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(INSIDE, 6, 0, 9)
        self.column.setSpacing(5)
        self.column.addLayout(self.head)
        self.column.addWidget(form)

    def button(self, name: str, title: str) -> IconButton:
        """A button for the head."""
        return IconButton(name, title, QSize(22, 24), self)


class CardList(QWidget):
    """All entries, and a button that offers more of them.

    `changed` gives the list as the person wants it, what was done in words, and which strokes belong together.
    """

    changed = Signal(object, str, object)

    def __init__(self, none: str = "") -> None:
        """Without cards it says `none`."""
        super().__init__()
        self.cards: list[Any] = []
        self.none = label(none, "help", wrap=True)
        self.none.setContentsMargins(0, 0, GUTTER, 0)
        self.add = QPushButton(self.tr("Add"))
        self.add.setProperty("size", "small")
        self.add.setIcon(icon("plus", "#8791a0"))
        self.add.clicked.connect(lambda: self.menu().popup(self.add.mapToGlobal(self.add.rect().bottomLeft())))
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, GUTTER, 0)
        self._cards.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.none)
        self.none.setVisible(bool(none))
        column.addLayout(self._cards)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def menu(self) -> QMenu:
        """What can be added; each kind of list fills it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        return menu

    def lay(self, cards: Iterable[EntryCard]) -> None:
        """Show these cards in place of the old ones."""
        for old in self.cards:
            old.hide()
            old.deleteLater()
        self.cards = list(cards)
        for i, card in enumerate(self.cards):
            card.removed.connect(partial(self._remove, i))
            card.form.changed.connect(partial(self._change, i))
            self._cards.addWidget(card)
            card.show()
        self.none.setVisible(bool(self.none.text()) and not self.cards)

    def _remove(self, i: int) -> None:
        """Ask for the list without an entry."""

    def _change(self, i: int, name: str, value: object) -> None:
        """Ask for the list with another value."""
