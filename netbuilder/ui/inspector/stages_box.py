"""The schedulers that another one is made of: a list that one adds to, each with its own parameters."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtWidgets import QMenu

from netbuilder.blocks import Value
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.graph.records import Stage, Training
from netbuilder.graph.training import BEGINS, can_be_stage, recipe_params
from netbuilder.ui.inspector.card_list import CardList, EntryCard
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.parts import ElidedLabel, tip
from netbuilder.ui.text import translate

LATER = 5  # epochs or steps after the last, where one is added


class StageCard(EntryCard):
    """One scheduler of several. The first begins at 0, and those that work at the same time begin at once."""

    def __init__(self, stage: Stage, begins: bool) -> None:
        recipe = SCHEDULERS[stage.scheduler]
        name = ElidedLabel(recipe.name, "strong", 40)
        name.setToolTip(tip(translate(recipe.help), translate(recipe.use)))
        form = Form([*([BEGINS] if begins else []), *recipe_params(recipe).values()], _values(stage))
        super().__init__(name, form, self.tr("Remove {0}").format(recipe.name))


class StagesBox(CardList):
    """All of them; `changed` says what was changed."""

    def __init__(self) -> None:
        super().__init__()
        self._stages: tuple[Stage, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._sequential = True

    def show_training(self, training: Training) -> None:
        """Take over the schedulers as they are now."""
        self._stages, self._sequential = training.stages, training.scheduler == "SequentialLR"
        shown = (self._sequential, *(stage.scheduler for stage in self._stages))
        if shown != self._shown:
            self._shown = shown
            self.lay(StageCard(stage, self._sequential and i > 0) for i, stage in enumerate(self._stages))
        for card, stage in zip(self.cards, self._stages, strict=True):
            card.form.set_values(_values(stage))

    def menu(self) -> QMenu:
        """The schedulers that can be added: those that move with what the others move with."""
        every = {SCHEDULERS[stage.scheduler].every for stage in self._stages}
        menu = super().menu()
        for recipe in SCHEDULERS.values():
            if can_be_stage(recipe) and every <= {recipe.every}:
                action = menu.addAction(recipe.name, partial(self._add, recipe.name))
                action.setToolTip(tip(translate(recipe.help), translate(recipe.use)))
        return menu

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
