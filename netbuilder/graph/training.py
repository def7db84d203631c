"""How the network is trained: which settings there are, and what each may be."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

import msgspec

from netbuilder.blocks import Param
from netbuilder.blocks.optimizers import OPTIMIZERS, Recipe
from netbuilder.blocks.schedulers import COMPOSED, SCHEDULERS
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check, parse
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import (
    Clip,
    Edit,
    Every,
    ParameterGroup,
    Plain,
    Precision,
    Speed,
    Stage,
    Telemetry,
    Training,
)

_RATE = "How far the weights move along the gradient."
TRAINING_LIMITS: dict[str, Param] = {
    "optimizer": Param(
        "optimizer", "choice", "Adam", "How the weights follow the gradient.", choices=tuple(OPTIMIZERS)
    ),
    "learning_rate": Param("learning_rate", "float", 1e-3, _RATE, low=0, high=1e3),
    "scheduler": Param(
        "scheduler", "choice", "", "How the learning rate changes in the course of the run.", choices=("", *SCHEDULERS)
    ),
    "batch_size": Param("batch_size", "int", 64, "Samples per step.", low=1, high=10**6),
    "epochs": Param("epochs", "int", 5, "How often all samples are gone through.", low=1, high=10**6),
    "steps": Param("steps", "int", 0, "End after this many steps; 0 leaves it to the epochs.", low=0, high=10**9),
    "minutes": Param("minutes", "float", 0.0, "End after this many minutes; 0 is no limit.", low=0, high=10**6),
    "seed": Param("seed", "int", 0, "Another seed gives other weights at the start.", low=0, high=2**31 - 1),
    "deterministic": Param(
        "deterministic",
        "bool",
        False,
        "Allow only operations that give the same numbers every time, on a GPU too; some are slower, a few refuse.",
    ),
    "accumulate": Param(
        "accumulate", "int", 1, "Batches whose gradients are added up before the weights move.", low=1, high=10**6
    ),
    "clip": Param(
        "clip",
        "choice",
        "off",
        "Keep gradients from becoming too large: their common norm, or each number.",
        choices=get_args(Clip),
    ),
    "clip_at": Param("clip_at", "float", 1.0, "The largest norm, or the largest number, that is let through.", low=0),
    "precision": Param(
        "precision",
        "choice",
        "fp32",
        "The numbers that are calculated with: fewer bits are faster where the device has them.",
        choices=get_args(Precision),
    ),
    "compile": Param(
        "compile",
        "bool",
        False,
        "Have torch.compile write code for this network first: that takes from seconds to minutes, then steps are "
        "mostly faster, though not those of tiny networks.",
    ),
    "speed": Param(
        "speed",
        "choice",
        "exact",
        "Exact: as it is written. Fast: try other ways of the same arithmetic first and take the quickest. "
        "Fastest: fewer bits too, where that pays.",
        choices=get_args(Speed),
    ),
    "validate_every": Param("validate_every", "int", 1, "How often the samples kept aside are measured.", low=1),
    "validate_unit": Param(
        "validate_unit", "choice", "epochs", "What that counts.", choices=get_args(Every), title="Validation unit"
    ),
    "watch": Param("watch", "text", "", "The metric by which weights are better; empty is the validation loss."),
    "patience": Param(
        "patience", "int", 0, "Stop after so many measurements without a better one; 0 never does.", low=0, high=10**6
    ),
    "keep_best": Param("keep_best", "bool", False, "Keep the best weights beside the newest."),
    "checkpoint_every": Param(
        "checkpoint_every", "int", 0, "How often the run is saved; 0 is every few seconds.", low=0, high=10**9
    ),
    "checkpoint_unit": Param("checkpoint_unit", "choice", "epochs", "What that counts.", choices=get_args(Every)),
    "keep_checkpoints": Param("keep_checkpoints", "int", 2, "How many of the newest are kept.", low=1, high=10**4),
    "telemetry": Param(
        "telemetry",
        "choice",
        "all",
        "What is measured beside the loss: all, also histograms and activations now and then; gradients; or nothing.",
        choices=get_args(Telemetry),
    ),
    "outlive": Param(
        "outlive",
        "bool",
        False,
        "Let a run go on when its window dies, instead of ending it.",
        title="Outlive the window",
    ),
}
# The settings that hold the parameters of what another setting names.
RECIPES: dict[str, tuple[str, Mapping[str, Recipe]]] = {
    "optimizer_params": ("optimizer", OPTIMIZERS),
    "scheduler_params": ("scheduler", SCHEDULERS),
}
# Settings that are made of parts, each of which is checked by itself.
STRUCTURES = ("stages", "groups", "variant")
_OTHERS = "as the others"
# What a block or a network can have of its own.
GROUP_LIMITS: dict[str, Param] = {
    "learning_rate": Param(
        "learning_rate", "float", None, "How far these weights move along the gradient.", low=0, high=1e3, none=_OTHERS
    ),
    "weight_decay": Param(
        "weight_decay", "float", None, "Pull of these weights towards zero.", low=0, high=1e3, none=_OTHERS
    ),
    "frozen": Param("frozen", "bool", False, "Leave these weights as they are: they get no gradient."),
}
BEGINS = Param(
    "begins",
    "int",
    0,
    "The epoch from which on it takes over; the step, where it moves with the steps.",
    low=0,
)
_EMPTY: Mapping[str, object] = {}
_SWITCHED = {"on": "True", "off": "False", "true": "True", "false": "False"}


def recipe_params(recipe: Recipe) -> dict[str, Param]:
    """The parameters of an optimizer or a scheduler by name; the learning rate is a setting of its own."""
    return {param.name: param for param in recipe.params if param.name != "lr"}


def check_training(settings: Mapping[str, object]) -> Training:
    """Return the settings as a record; Refused where one does not suit."""
    checked = dict(settings)
    for name, value in settings.items():
        if name in TRAINING_LIMITS:
            check(TRAINING_LIMITS[name], value)
        elif name not in RECIPES and name not in STRUCTURES:
            raise Refused("Training has no setting {param}.", param=name)
    for name, (chosen, recipes) in RECIPES.items():
        given = checked.get(name, _EMPTY)
        assert isinstance(given, Mapping)
        recipe = recipes.get(str(checked.get(chosen, TRAINING_LIMITS[chosen].default)))
        checked[name] = _suitable(recipe, given)
    training = msgspec.convert(checked, Training)
    _check_stages(training)
    for group in training.groups:
        _check_group(group)
    if len({group.target for group in training.groups}) < len(training.groups):
        raise Refused("A block or a network has one group of settings of its own, not two.")
    if training.clip != "off" and training.clip_at == 0:
        raise Refused("Gradients that are kept below 0 would move nothing.")
    rate = next(param for param in OPTIMIZERS[training.optimizer].params if param.name == "lr")
    check(replace(rate, name="learning_rate"), training.learning_rate)
    return training


def set_training(graph: Graph, **settings: object) -> Edit:
    """Change settings of the training; `optimizer_params` and `scheduler_params` change those that they name.

    Another optimizer or scheduler keeps the parameters that it has too, if their values suit it.
    """
    before = graph.training
    kept_settings = msgspec.structs.asdict(before)
    del kept_settings["id"]
    wanted = {**kept_settings, **settings}
    for name, (chosen, recipes) in RECIPES.items():
        kept: Mapping[str, Plain] = getattr(before, name)
        if wanted[chosen] != getattr(before, chosen):
            recipe = recipes.get(str(wanted[chosen]))
            kept = {key: value for key, value in kept.items() if recipe is not None and _suits(recipe, key, value)}
        given = settings.get(name, _EMPTY)
        if not isinstance(given, Mapping):
            raise Refused("Training has no setting {param}.", param=name)
        wanted[name] = {**kept, **given}
    if "stages" not in settings and wanted["scheduler"] != before.scheduler:
        wanted["stages"] = _stages_of(str(wanted["scheduler"]), before)
    after = check_training(wanted)
    return {} if after == before else {after.id: (before, after)}


def set_as_typed(graph: Graph, texts: Sequence[str]) -> Edit:
    """Change settings as they are typed in a terminal: `clip=norm`, `optimizer.momentum=0.9`, one after the other."""
    edit: Edit = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise Refused("{text} is not of the form name=value.", text=text[:60])
        after = graph.apply(edit)
        edit = compose(edit, set_training(after, **_typed(after.training, name.strip(), value.strip())))
    return edit


def _typed(training: Training, name: str, text: str) -> dict[str, object]:
    """A setting, or one of the parameters of the optimizer or the scheduler."""
    if name in TRAINING_LIMITS:
        return {name: _read(TRAINING_LIMITS[name], text)}
    of, _, param = name.partition(".")
    for setting, (chosen, recipes) in RECIPES.items():
        recipe = recipes.get(getattr(training, chosen))
        known = {} if recipe is None else recipe_params(recipe)
        if of == chosen and param in known:
            return {setting: {param: _read(known[param], text)}}
    raise Refused("Training has no setting {param}.", param=name[:60])


def _read(param: Param, text: str) -> Plain:
    return parse(param, _SWITCHED.get(text, text) if param.kind == "bool" else text)


def _stages_of(scheduler: str, before: Training) -> tuple[Stage, ...]:
    """The schedulers that another one is made of at first: a gentle start and a long fall, or those there were."""
    if scheduler not in COMPOSED:
        return ()
    return before.stages or (Stage("LinearLR"), Stage("CosineAnnealingLR", begins=5))


def _check_stages(training: Training) -> None:
    """Refused where the schedulers that the chosen one is made of do not go together."""
    if not training.stages:
        return
    if training.scheduler not in COMPOSED:
        raise Refused("{scheduler} is not made of other schedulers.", scheduler=training.scheduler or "None")
    every = {_check_stage(stage).every for stage in training.stages}
    if len(every) > 1:
        raise Refused("Schedulers that move with the epochs do not go together with those that move with the steps.")
    begins = [stage.begins for stage in training.stages]
    rising = begins[0] == 0 and all(one < two for one, two in itertools.pairwise(begins))
    if training.scheduler == "SequentialLR" and not rising:
        raise Refused("The first scheduler begins at 0, and each of the others later than the one before it.")


def _check_stage(stage: Stage) -> Recipe:
    recipe = SCHEDULERS.get(stage.scheduler)
    if recipe is None:
        raise Refused("There is no scheduler {name}.", name=stage.scheduler[:40])
    if not can_be_stage(recipe):
        raise Refused("{scheduler} cannot be one of several schedulers.", scheduler=recipe.name)
    _suitable(recipe, stage.params)
    check(BEGINS, stage.begins)
    return recipe


def can_be_stage(recipe: Recipe) -> bool:
    """Whether other schedulers can be made of it: torch has it neither for those that watch nor for the made ones."""
    return recipe.name not in COMPOSED and not recipe.watches_validation


def _check_group(group: ParameterGroup) -> None:
    for name, param in GROUP_LIMITS.items():
        check(param, getattr(group, name))


def _suitable(recipe: Recipe | None, given: Mapping[str, object]) -> dict[str, Plain]:
    """The parameters that differ from the recipe's defaults, in its order; Refused where one does not suit."""
    known = {} if recipe is None else recipe_params(recipe)
    for name in given:
        if name not in known:
            if recipe is None:
                raise Refused("There is no scheduler that has the parameter {param}.", param=name[:40])
            raise Refused("{block} has no parameter {param}.", block=recipe.name, param=name[:40])
    found: dict[str, Plain] = {name: check(param, given[name]) for name, param in known.items() if name in given}
    return {name: value for name, value in found.items() if value != known[name].default}


def _suits(recipe: Recipe, name: str, value: object) -> bool:
    try:
        return bool(_suitable(recipe, {name: value}))
    except Refused:
        return False
