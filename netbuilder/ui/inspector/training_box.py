"""The part of the project's page that says how the network is trained: every setting, under headings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import get_args

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from netbuilder.blocks import Param, Value
from netbuilder.blocks.optimizers import Recipe
from netbuilder.blocks.schedulers import COMPOSED
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Precision, Training
from netbuilder.graph.training import RECIPES, TRAINING_LIMITS, recipe_params
from netbuilder.ui.inspector.address import Address
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.inspector.groups_box import GroupsBox
from netbuilder.ui.inspector.stages_box import StagesBox
from netbuilder.ui.parts import label
from netbuilder.ui.text import translate

PRECISIONS = get_args(Precision)


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
    """Every setting of the training, under headings. `changed` is as a RecipeBox's."""

    changed = Signal(dict, str, object)

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        training = graph.training
        self._device = "cpu"
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.optimizer = RecipeBox("optimizer_params", training)
        self.scheduler = RecipeBox("scheduler_params", training)
        self.stages = StagesBox()
        self.groups = GroupsBox(graph)
        self.forms: dict[str, Form] = {}
        self._notes: dict[str, QLabel] = {}
        self._under(self.tr("Optimizer"), self.optimizer)
        self._under(self.tr("Learning rate over time"), self.scheduler, self.stages)
        self._under(self.tr("Single blocks and networks"), self.groups)
        for title, names in self._parts():
            fields = {"watch": ChoiceField((), "")} if "watch" in names else {}
            form = Form([TRAINING_LIMITS[name] for name in names], _values_of(training, names), fields=fields)
            form.changed.connect(partial(self._change, form))
            self.forms |= dict.fromkeys(names, form)
            self._under(title, form, *self._noted(names))
        self.optimizer.changed.connect(self.changed)
        self.scheduler.changed.connect(self.changed)
        self.stages.changed.connect(lambda stages, name, stroke: self.changed.emit({"stages": stages}, name, stroke))
        self.groups.changed.connect(lambda groups, name, stroke: self.changed.emit({"groups": groups}, name, stroke))
        self.show_graph(graph)

    def _parts(self) -> list[tuple[str, tuple[str, ...]]]:
        """What stands under which heading."""
        return [
            (self.tr("Length"), ("epochs", "steps", "minutes")),
            (self.tr("Batches and gradients"), ("batch_size", "accumulate", "clip", "clip_at")),
            (self.tr("Precision and speed"), ("precision", "compile", "speed")),
            (
                self.tr("Validation and early stopping"),
                ("validate_every", "validate_unit", "patience", "keep_best", "watch"),
            ),
            (self.tr("Checkpoints"), ("checkpoint_every", "checkpoint_unit", "keep_checkpoints")),
            (self.tr("Reproducibility"), ("seed", "deterministic")),
            (self.tr("Telemetry and window"), ("telemetry", "outlive")),
        ]

    def _under(self, title: str, *widgets: QWidget) -> None:
        """Add these under a heading."""
        heading = label(title, "strong", wrap=True)
        heading.setContentsMargins(0, 12 if self._column.count() else 0, GUTTER, 2)
        self._column.addWidget(heading)
        for widget in widgets:
            self._column.addWidget(widget)

    def _noted(self, names: Collection[str]) -> list[QLabel]:
        """What is said below a form while one of its settings is on."""
        texts = {
            "compile": self.tr(
                "torch.compile first writes code for this network, which takes from seconds to minutes, and once more "
                "for a smaller last batch. Only then are steps faster; those of tiny networks mostly get slower."
            ),
            "speed": self.tr("A few ways are timed on real batches before the run. The one taken stands in the code."),
            "precision": "",
            "steps": self.tr("Steps end the run, whatever the epochs say."),
        }
        found = []
        for name in names:
            if name in texts:
                note = self._notes[name] = label(texts[name], "help", wrap=True)
                note.setContentsMargins(0, 0, GUTTER, 0)
                found.append(note)
        return found

    def show_device(self, device: str) -> None:
        """Say what the device that is chosen lacks."""
        self._device = device
        field = self.forms["precision"].field("precision")
        assert isinstance(field, ChoiceField)
        lacking = self.tr("{0} · not on this device")
        field.set_options([(name, name if suits(name, device) else lacking.format(name)) for name in PRECISIONS])
        self._show_notes()

    def show_graph(self, graph: Graph) -> None:
        """Take over the settings as they are now."""
        self._training = training = graph.training
        self.optimizer.show_training(training)
        self.scheduler.show_training(training)
        self.stages.show_training(training)
        self.stages.setVisible(training.scheduler in COMPOSED)
        self.groups.show_graph(graph)
        watch = self.forms["watch"].field("watch")
        assert isinstance(watch, ChoiceField)
        numbers = [node for node in graph.order if node.entry.role == "metric" and not node.entry.table]
        watch.set_options([("", self.tr("Validation loss")), *((node.id, node.name) for node in numbers)])
        for form in dict.fromkeys(self.forms.values()):
            form.set_values(_values_of(training, form.names))
        watch.set_value(next((node.id for node in numbers if training.watch in (node.id, node.name)), training.watch))
        for form in dict.fromkeys(self.forms.values()):
            form.set_idle(idle(training))
        self.forms["epochs"].set_enabled("epochs", not training.steps)
        self.show_device(self._device)

    def _show_notes(self) -> None:
        training = self._training
        on = {
            "compile": training.compile,
            "speed": training.speed != "exact",
            "precision": not suits(training.precision, self._device),
            "steps": training.steps > 0,
        }
        for name, note in self._notes.items():
            note.setVisible(on[name])
        self._notes["precision"].setText(
            self.tr("The chosen device has no {0}: a run on it would be refused or slower.").format(training.precision)
        )

    def _change(self, form: Form, name: str, value: object) -> None:
        self.changed.emit({name: value}, TRAINING_LIMITS[name].label, form.stroke)


def idle(training: Training) -> set[str]:
    """The settings that make no difference as the others are."""
    found = set()
    if training.clip == "off":
        found.add("clip_at")
    if not (training.patience or training.keep_best):
        found.add("watch")
    if not training.checkpoint_every:
        found.add("checkpoint_unit")
    return found


def suits(precision: str, device: str) -> bool:
    """Whether a kind of device works with such numbers: TF32 and fp16 are for GPUs."""
    kind = device.partition(":")[0]
    return {"tf32": kind == "cuda", "fp16": kind != "cpu", "bf16": True}.get(precision, True)


def _values_of(training: Training, names: Iterable[str]) -> dict[str, Value]:
    values = msgspec.structs.asdict(training)
    return {name: values[name] for name in names}


def _rate(recipe: Recipe) -> Param:
    """The learning rate as this optimizer has it, under the name of the setting."""
    found = next(param for param in recipe.params if param.name == "lr")
    return replace(found, name="learning_rate", help=found.help or TRAINING_LIMITS["learning_rate"].help)


def _params(choice: str, recipe: Recipe | None) -> list[Param]:
    if recipe is None:
        return []
    rate = [_rate(recipe)] if choice == "optimizer" else []
    return [*rate, *recipe_params(recipe).values()]
