"""The schedulers that another one is made of: a list that one adds to, each with its own parameters."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from netbuilder.blocks import Value
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.graph.records import Stage, Training
from netbuilder.graph.training import BEGINS, can_be_stage, recipe_params
from netbuilder.ui.icons import icon
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.parts import ElidedLabel, IconButton, tip
from netbuilder.ui.text import translate

INSIDE = 10
LATER = 5  # epochs or steps after the last, where one is added


class StageCard(QFrame):
    """One scheduler of several. The first begins at 0, and those that work at the same time begin at once."""

    removed = Signal()

    def __init__(self, stage: Stage, begins: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        recipe = SCHEDULERS[stage.scheduler]
        self.remove = IconButton("close", self.tr("Remove {0}").format(recipe.name), QSize(22, 24), self)
        self.remove.clicked.connect(self.removed)
        name = ElidedLabel(recipe.name, "strong", 40)
        name.setToolTip(tip(translate(recipe.help), translate(recipe.use)))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, INSIDE - 4, 0)
        head.setSpacing(6)
        head.addWidget(name, 1)
        head.addWidget(self.remove)
        params = [*([BEGINS] if begins else []), *recipe_params(recipe).values()]
        self.form = Form(params, _values(stage))
        column = QVBoxLayout(self)
        column.setContentsMargins(INSIDE, 6, 0, 9)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self.form)


class StagesBox(QWidget):
    """All of them. `changed` gives the list that is wanted, what was changed, and which strokes belong together."""

    changed = Signal(object, str, object)

    def __init__(self) -> None:
        super().__init__()
        self._stages: tuple[Stage, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._sequential = True
        self.cards: list[StageCard] = []
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
        column.addLayout(self._cards)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_training(self, training: Training) -> None:
        """Take over the schedulers as they are now."""
        self._stages, self._sequential = training.stages, training.scheduler == "SequentialLR"
        shown = (self._sequential, *(stage.scheduler for stage in self._stages))
        if shown != self._shown:
            self._shown = shown
            self._lay()
        for card, stage in zip(self.cards, self._stages, strict=True):
            card.form.set_values(_values(stage))

    def menu(self) -> QMenu:
        """The schedulers that can be added: those that move with what the others move with."""
        every = {SCHEDULERS[stage.scheduler].every for stage in self._stages}
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for recipe in SCHEDULERS.values():
            if can_be_stage(recipe) and every <= {recipe.every}:
                action = menu.addAction(recipe.name, partial(self._add, recipe.name))
                action.setToolTip(tip(translate(recipe.help), translate(recipe.use)))
        return menu

    def _offer(self) -> None:
        self.menu().popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def _lay(self) -> None:
        for old in self.cards:
            old.hide()
            old.deleteLater()
        self.cards = []
        for i, stage in enumerate(self._stages):
            card = StageCard(stage, self._sequential and i > 0)
            card.removed.connect(partial(self._remove, i))
            card.form.changed.connect(partial(self._change, i))
            self._cards.addWidget(card)
            self.cards.append(card)
            card.show()

    def _add(self, name: str) -> None:
        begins = self._stages[-1].begins + LATER if self._stages else 0
        self.changed.emit((*self._stages, Stage(name, begins=begins)), self.tr("the schedulers"), None)

    def _remove(self, i: int) -> None:
        left = self._stages[:i] + self._stages[i + 1 :]
        if left and i == 0:
            left = (msgspec.structs.replace(left[0], begins=0), *left[1:])
        self.changed.emit(left, self.tr("the schedulers"), None)

    def _change(self, i: int, name: str, value: object) -> None:
        stages = list(self._stages)
        stage = stages[i]
        if name == BEGINS.name:
            stages[i] = msgspec.structs.replace(stage, begins=value)
        else:
            known = recipe_params(SCHEDULERS[stage.scheduler])
            values = {**stage.params, name: value}
            kept = {key: values[key] for key, param in known.items() if key in values and values[key] != param.default}
            stages[i] = msgspec.structs.replace(stage, params=kept)
        stroke = self.cards[i].form.stroke
        self.changed.emit(tuple(stages), stage.scheduler, stroke and f"stage {i} {stroke}")


def _values(stage: Stage) -> dict[str, Value]:
    known = recipe_params(SCHEDULERS[stage.scheduler])
    return {BEGINS.name: stage.begins, **{name: stage.params.get(name, p.default) for name, p in known.items()}}
