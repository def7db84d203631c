"""How the network is trained: which settings there are, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from netbuilder.blocks import Param
from netbuilder.blocks.optimizers import OPTIMIZERS, Recipe
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Plain, Training

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
    "seed": Param("seed", "int", 0, "Another seed gives other weights at the start.", low=0, high=2**31 - 1),
}
# The settings that hold the parameters of what another setting names.
RECIPES: dict[str, tuple[str, Mapping[str, Recipe]]] = {
    "optimizer_params": ("optimizer", OPTIMIZERS),
    "scheduler_params": ("scheduler", SCHEDULERS),
}
_EMPTY: Mapping[str, object] = {}


def recipe_params(recipe: Recipe) -> dict[str, Param]:
    """The parameters of an optimizer or a scheduler by name; the learning rate is a setting of its own."""
    return {param.name: param for param in recipe.params if param.name != "lr"}


def check_training(settings: Mapping[str, object]) -> Training:
    """Return the settings as a record; Refused where one does not suit."""
    checked = dict(settings)
    for name, value in settings.items():
        if name in TRAINING_LIMITS:
            check(TRAINING_LIMITS[name], value)
        elif name not in RECIPES:
            raise Refused("Training has no setting {param}.", param=name)
    for name, (chosen, recipes) in RECIPES.items():
        given = checked.get(name, _EMPTY)
        assert isinstance(given, Mapping)
        recipe = recipes.get(str(checked.get(chosen, TRAINING_LIMITS[chosen].default)))
        checked[name] = _suitable(recipe, given)
    training = msgspec.convert(checked, Training)
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
    after = check_training(wanted)
    return {} if after == before else {after.id: (before, after)}


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
