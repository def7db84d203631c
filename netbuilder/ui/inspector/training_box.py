"""The part of the project's page that says how the network is trained: optimizer, scheduler, and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.blocks import Param, Value
from netbuilder.blocks.optimizers import Recipe
from netbuilder.graph.records import Training
from netbuilder.graph.training import RECIPES, TRAINING_LIMITS, recipe_params
from netbuilder.ui.inspector.address import Address
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.parts import label
from netbuilder.ui.text import translate

RUN = ("batch_size", "epochs", "steps", "seed")


class RecipeBox(QWidget):
    """The choice of an optimizer or a scheduler, what the chosen one does and needs, and its parameters.

    `changed` gives settings of the training, the name of what was changed, and which strokes belong together.
    """

    changed = Signal(dict, str, object)

    def __init__(self, setting: str, training: Training) -> None:
        super().__init__()
        self._setting = setting  # the settings that hold its parameters; the one that names it comes from RECIPES
        self._choice, self._recipes = RECIPES[setting]
        self._shown: str | None = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        param = TRAINING_LIMITS[self._choice]
        self.chooser = Form((param,), {self._choice: getattr(training, self._choice)})
        self.chooser.changed.connect(self._choose)
        self._help = label("", "help", wrap=True)
        self._needs = label("", "help", wrap=True)
        self._address = Address()
        self.form = Form((), {})
        for widget in (self.chooser, self._help, self._needs, self._address, self.form):
            column.addWidget(widget)
        for text in (self._help, self._needs, self._address):
            text.setContentsMargins(0, 0, GUTTER, 0)
        self.show_training(training)

    @property
    def recipe(self) -> Recipe | None:
        """The one that is shown, None where there is no scheduler."""
        return self._recipes.get(self._shown or "")

    def show_training(self, training: Training) -> None:
        """Take over the settings as they are now."""
        self._training = training
        name = str(getattr(training, self._choice))
        self.chooser.set_values({self._choice: name})
        if name != self._shown:
            self._shown = name
            self._lay()
        self.form.set_values(self._values())

    def _values(self) -> dict[str, Value]:
        own: Mapping[str, Value] = getattr(self._training, self._setting)
        known = {} if self.recipe is None else recipe_params(self.recipe)
        values = {name: own.get(name, param.default) for name, param in known.items()}
        return {"learning_rate": self._training.learning_rate, **values}

    def _lay(self) -> None:
        """Make the form of another recipe."""
        recipe = self.recipe
        self._help.setText("" if recipe is None else f"{translate(recipe.help)} {translate(recipe.use)}")
        self._help.setHidden(recipe is None)
        self._needs.setText("" if recipe is None else translate(recipe.needs))
        self._needs.setHidden(not self._needs.text())
        self._address.show_address("" if recipe is None else recipe.link)
        old, self.form = self.form, Form(_params(self._choice, recipe), self._values())
        self._column.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()
        self.form.setHidden(not self.form.names)
        self.form.changed.connect(self._change)

    def _choose(self, name: str, value: object) -> None:
        settings: dict[str, object] = {name: value}
        before, after = self.recipe, self._recipes.get(str(value))
        if self._choice == "optimizer" and before and after and self._training.learning_rate == _rate(before).default:
            settings["learning_rate"] = _rate(after).default  # nobody chose one: as the optimizer has it
        self.changed.emit(settings, TRAINING_LIMITS[name].label, None)

    def _change(self, name: str, value: object) -> None:
        setting = {name: value} if name in TRAINING_LIMITS else {self._setting: {name: value}}
        self.changed.emit(setting, Param(name, "int", 0, "").label, self.form.stroke)


class TrainingBox(QWidget):
    """Every setting of the training. `changed` is as a RecipeBox's."""

    changed = Signal(dict, str, object)

    def __init__(self, training: Training) -> None:
        super().__init__()
        self.optimizer = RecipeBox("optimizer_params", training)
        self.scheduler = RecipeBox("scheduler_params", training)
        self.run = Form([TRAINING_LIMITS[name] for name in RUN], _run_values(training))
        self.optimizer.changed.connect(self.changed)
        self.scheduler.changed.connect(self.changed)
        self.run.changed.connect(self._change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        for part in (self.optimizer, self.scheduler, self.run):
            column.addWidget(part)

    def show_training(self, training: Training) -> None:
        """Take over the settings as they are now."""
        self.optimizer.show_training(training)
        self.scheduler.show_training(training)
        self.run.set_values(_run_values(training))

    def _change(self, name: str, value: object) -> None:
        self.changed.emit({name: value}, TRAINING_LIMITS[name].label, self.run.stroke)


def _run_values(training: Training) -> dict[str, Value]:
    values = msgspec.structs.asdict(training)
    return {name: values[name] for name in RUN}


def _rate(recipe: Recipe) -> Param:
    """The learning rate as this optimizer has it, under the name of the setting."""
    found = next(param for param in recipe.params if param.name == "lr")
    return replace(found, name="learning_rate", help=found.help or TRAINING_LIMITS["learning_rate"].help)


def _params(choice: str, recipe: Recipe | None) -> list[Param]:
    if recipe is None:
        return []
    rate = [_rate(recipe)] if choice == "optimizer" else []
    return [*rate, *recipe_params(recipe).values()]
