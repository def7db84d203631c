"""How a data block's samples are changed at random before they are trained on: a list that one adds to and reorders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.graph.augmenting import MOST, augmentation_values, with_param
from netbuilder.graph.records import Augmentation
from netbuilder.ui.icons import icon
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.parts import ElidedLabel, IconButton, label, tip
from netbuilder.ui.text import translate

INSIDE = 10


class AugmentationCard(QFrame):
    """One change: what it does, its parameters, and the buttons that move and remove it."""

    moved = Signal(int)
    removed = Signal()
    changed = Signal(str, object)

    def __init__(self, augmentation: Augmentation) -> None:
        super().__init__()
        self.setProperty("role", "card")
        augmenter = AUGMENTATIONS[augmentation.name]
        words = [augmenter.help, augmenter.more, augmenter.use]
        detail = " ".join(map(translate, words))
        name = ElidedLabel(augmenter.name, "strong", 40, detail)
        self.up = self._button("chevron-up", self.tr("Do {0} earlier").format(augmenter.name))
        self.down = self._button("chevron-down", self.tr("Do {0} later").format(augmenter.name))
        self.remove = self._button("close", self.tr("Remove {0}").format(augmenter.name))
        self.up.clicked.connect(partial(self.moved.emit, -1))
        self.down.clicked.connect(partial(self.moved.emit, 1))
        self.remove.clicked.connect(self.removed)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, INSIDE - 4, 0)
        head.setSpacing(0)
        head.addWidget(name, 1)
        for button in (self.up, self.down, self.remove):
            head.addWidget(button)
        help = label(translate(augmenter.help), "help", wrap=True)
        help.setContentsMargins(0, 0, INSIDE, 0)
        help.setToolTip(tip(detail))
        self.form = Form(augmenter.params, augmentation_values(augmentation))
        self.form.changed.connect(self.changed)
        self.form.setHidden(not self.form.names)
        column = QVBoxLayout(self)
        column.setContentsMargins(INSIDE, 6, 0, 9)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(help)
        column.addWidget(self.form)

    def _button(self, name: str, title: str) -> IconButton:
        return IconButton(name, title, QSize(22, 24), self)

    def show_augmentation(self, augmentation: Augmentation, first: bool, last: bool) -> None:
        """Take over the values as they are now."""
        self.form.set_values(augmentation_values(augmentation))
        self.up.setVisible(not first)
        self.down.setVisible(not last)


class AugmentationBox(QWidget):
    """All changes of one data block, in order.

    `changed` gives the list as the person wants it, what was done (a template for the block's name), and which strokes
    belong together.
    """

    changed = Signal(object, str, object)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Augmentation, ...] = ()
        self.cards: list[AugmentationCard] = []
        none = self.tr("None: the samples are trained on as they are. What is added changes each of them at random.")
        self._none = label(none, "help", wrap=True)
        self._none.setContentsMargins(0, 0, GUTTER, 0)
        self.add = QPushButton(self.tr("Add"))
        self.add.setProperty("size", "small")
        self.add.setIcon(icon("plus", "#8791a0"))
        self.add.clicked.connect(self._offer)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, GUTTER, 0)
        self._cards.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._none)
        column.addLayout(self._cards)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_augmentations(self, augmentations: Sequence[Augmentation]) -> None:
        """Take over the list as it is now."""
        if [one.name for one in augmentations] != [one.name for one in self._shown]:
            self._lay(augmentations)
        self._shown = tuple(augmentations)
        last = len(self.cards) - 1
        for i, (card, augmentation) in enumerate(zip(self.cards, augmentations, strict=True)):
            card.show_augmentation(augmentation, i == 0, i == last)
        self._none.setVisible(not self.cards)
        self.add.setEnabled(len(self.cards) < MOST)

    def menu(self) -> QMenu:
        """What can be added, the torchvision ones apart."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for own in (True, False):
            for augmenter in AUGMENTATIONS.values():
                if own == (not augmenter.library):
                    action = menu.addAction(augmenter.name, partial(self._add, augmenter.name))
                    action.setToolTip(tip(translate(augmenter.help), translate(augmenter.use)))
            if own:
                menu.addSection(self.tr("From torchvision"))
        return menu

    def _offer(self) -> None:
        self.menu().popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def _add(self, name: str) -> None:
        self.changed.emit((*self._shown, Augmentation(name)), self.tr("Augment {0}"), None)

    def _lay(self, augmentations: Sequence[Augmentation]) -> None:
        for old in self.cards:
            old.hide()
            old.deleteLater()
        self.cards = []
        for i, augmentation in enumerate(augmentations):
            card = AugmentationCard(augmentation)
            card.moved.connect(partial(self._move, i))
            card.removed.connect(partial(self._remove, i))
            card.changed.connect(partial(self._change, i))
            self._cards.addWidget(card)
            self.cards.append(card)
            card.show()

    def _move(self, i: int, by: int) -> None:
        wanted = list(self._shown)
        wanted[i], wanted[i + by] = wanted[i + by], wanted[i]
        self.changed.emit(tuple(wanted), self.tr("Reorder the augmentations of {0}"), None)

    def _remove(self, i: int) -> None:
        self.changed.emit(self._shown[:i] + self._shown[i + 1 :], self.tr("Augment {0} less"), None)

    def _change(self, i: int, name: str, value: object) -> None:
        wanted = list(self._shown)
        wanted[i] = with_param(wanted[i], {name: value})  # type: ignore[dict-item]
        stroke = self.cards[i].form.stroke
        self.changed.emit(tuple(wanted), self.tr("Change how {0} is augmented"), stroke and f"{i} {stroke}")
