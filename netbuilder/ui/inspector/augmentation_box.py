"""How a data block's samples are changed at random before they are trained on: a list that one adds to and reorders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.graph.augmenting import MOST, augmentation_values, with_param
from netbuilder.graph.records import Augmentation
from netbuilder.ui.inspector.card_list import INSIDE, CardList, EntryCard
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.parts import ElidedLabel, label, tip
from netbuilder.ui.text import translate


class AugmentationCard(EntryCard):
    """One change: what it does, its parameters, and the buttons that move and remove it."""

    moved = Signal(int)

    def __init__(self, augmentation: Augmentation) -> None:
        augmenter = AUGMENTATIONS[augmentation.name]
        detail = " ".join(map(translate, [augmenter.help, augmenter.more, augmenter.use]))
        name = ElidedLabel(augmenter.name, "strong", 40, detail)
        form = Form(augmenter.params, augmentation_values(augmentation))
        super().__init__(name, form, self.tr("Remove {0}").format(augmenter.name))
        self.up = self.button("chevron-up", self.tr("Do {0} earlier").format(augmenter.name))
        self.down = self.button("chevron-down", self.tr("Do {0} later").format(augmenter.name))
        self.up.clicked.connect(partial(self.moved.emit, -1))
        self.down.clicked.connect(partial(self.moved.emit, 1))
        for at, button in enumerate((self.up, self.down), start=1):
            self.head.insertWidget(at, button)
        help = label(translate(augmenter.help), "help", wrap=True)
        help.setContentsMargins(0, 0, INSIDE, 0)
        help.setToolTip(tip(detail))
        self.column.insertWidget(1, help)
        form.setHidden(not form.names)

    def show_augmentation(self, augmentation: Augmentation, first: bool, last: bool) -> None:
        """Take over the values as they are now."""
        self.form.set_values(augmentation_values(augmentation))
        self.up.setVisible(not first)
        self.down.setVisible(not last)


class AugmentationBox(CardList):
    """All changes of one data block, in order; `changed` says what was done as a template for the block's name."""

    def __init__(self) -> None:
        super().__init__(
            self.tr("None: the samples are trained on as they are. What is added changes each of them at random.")
        )
        self._shown: tuple[Augmentation, ...] = ()

    def show_augmentations(self, augmentations: Sequence[Augmentation]) -> None:
        """Take over the list as it is now."""
        if [one.name for one in augmentations] != [one.name for one in self._shown]:
            cards = [AugmentationCard(augmentation) for augmentation in augmentations]
            for i, card in enumerate(cards):
                card.moved.connect(partial(self._move, i))
            self.lay(cards)
        self._shown = tuple(augmentations)
        last = len(self.cards) - 1
        for i, (card, augmentation) in enumerate(zip(self.cards, augmentations, strict=True)):
            card.show_augmentation(augmentation, i == 0, i == last)
        self.add.setEnabled(len(self.cards) < MOST)

    def menu(self) -> QMenu:
        """What can be added, the torchvision ones apart."""
        menu = super().menu()
        for own in (True, False):
            for augmenter in AUGMENTATIONS.values():
                if own == (not augmenter.library):
                    action = menu.addAction(augmenter.name, partial(self._add, augmenter.name))
                    action.setToolTip(tip(translate(augmenter.help), translate(augmenter.use)))
            if own:
                menu.addSection(self.tr("From torchvision"))
        return menu

    def _add(self, name: str) -> None:
        self.changed.emit((*self._shown, Augmentation(name)), self.tr("Augment {0}"), None)

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
