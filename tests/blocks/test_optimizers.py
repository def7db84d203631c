"""Every optimizer and scheduler of the catalog against torch itself: text, defaults, and whether it does its work."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.blocks.block import PAGES
from netbuilder.blocks.optimizers import OPTIMIZERS, WHOLE_RUN, Recipe, recipe_call
from netbuilder.blocks.schedulers import COMPOSED, SCHEDULERS
from netbuilder.blocks.torch_params import signature
from netbuilder.blocks.values import check, parse, show

RECIPES = {**OPTIMIZERS, **SCHEDULERS}
SINGLE = [name for name in SCHEDULERS if name not in COMPOSED]
TYPED = ("LambdaLR", "MultiplicativeLR")  # of these, a signature says nothing
STEPS = 12


def made(recipe: Recipe, first: Any, text: str) -> Any:
    """What the recipe's text makes, behind its first argument."""
    return eval(f"torch.{recipe.module}(first, {text})", {"torch": torch, "first": first, "steps": STEPS, "epochs": 9})


def losses(optimizer: torch.optim.Optimizer, model: nn.Module, samples: Tensor, steps: int) -> list[float]:
    """The loss before each step and after the last, of a bowl whose lowest point is at a matrix of ones."""

    def loss() -> Tensor:
        optimizer.zero_grad()
        found = ((model(samples) - 1) ** 2).mean()
        found.backward()
        return found

    found = [loss().item()]
    for _ in range(steps):
        loss()
        optimizer.step(loss)  # type: ignore[arg-type]
        found.append(loss().item())
    return found


def model_for(name: str) -> tuple[nn.Module, Tensor]:
    """A model that the optimizer can move, and samples for it."""
    torch.manual_seed(0)
    if name == "SparseAdam":
        return nn.Embedding(5, 3, sparse=True), torch.arange(5)
    return nn.Linear(4, 3, bias=name != "Muon"), torch.randn(20, 4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_makes_a_loss_fall(name: str) -> None:
    recipe = OPTIMIZERS[name]
    assert recipe.params[0].name == "lr" and recipe_call(recipe, {}).startswith("lr=")
    model, samples = model_for(name)
    found = losses(made(recipe, model.parameters(), recipe_call(recipe, {})), model, samples, 2)
    assert found[0] > found[1] >= found[2]  # LBFGS is there after one
    plain, samples = model_for(name)
    assert found == losses(getattr(torch.optim, name)(plain.parameters()), plain, samples, 2)


@pytest.mark.parametrize("name", ["SGD", "Adam", "SparseAdam", "Muon", "LBFGS"])
def test_only_those_with_needs_refuse_a_plain_network(name: str) -> None:
    network = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
    try:
        optimizer = made(OPTIMIZERS[name], network.parameters(), "lr=0.1")
        network(torch.randn(2, 4)).sum().backward()
        optimizer.step()
    except (ValueError, RuntimeError, TypeError):
        assert OPTIMIZERS[name].needs
    else:
        assert not OPTIMIZERS[name].needs


@pytest.mark.parametrize("name", SINGLE)
def test_a_scheduler_changes_the_learning_rate(name: str) -> None:
    recipe = SCHEDULERS[name]
    optimizer = torch.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1, momentum=0.9)
    values = {"StepLR": {"step_size": 2}, "MultiStepLR": {"milestones": (1, 3)}, "ReduceLROnPlateau": {"patience": 2}}
    scheduler = made(recipe, optimizer, recipe_call(recipe, values.get(name, {})))
    rates = []
    for _ in range(STEPS - 1):
        optimizer.step()
        scheduler.step(*([1.0] if recipe.watches_validation else []))
        rates.append(optimizer.param_groups[0]["lr"])
    assert len(set(rates)) > 1
    assert recipe.every == ("step" if name in ("OneCycleLR", "CyclicLR") else "epoch")
    assert recipe.watches_validation == (name == "ReduceLROnPlateau")


@pytest.mark.parametrize("name", SINGLE)
def test_a_scheduler_that_needs_a_momentum_says_so(name: str) -> None:
    recipe = SCHEDULERS[name]
    optimizer = torch.optim.Adagrad(nn.Linear(2, 1).parameters())
    try:
        made(recipe, optimizer, recipe_call(recipe, {}))
    except ValueError:
        assert "momentum" in recipe.needs
        made(recipe, optimizer, recipe_call(recipe, {"cycle_momentum": False}))
    else:
        assert "momentum" not in recipe.needs


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in (*COMPOSED, *TYPED)])
def test_parameters_are_torchs_own(name: str) -> None:
    recipe = RECIPES[name]
    known = signature(recipe.module.removeprefix("optim.") if name in SCHEDULERS else recipe.module)
    assert [p.name for p in recipe.params] == [
        argument for argument in known if argument in {p.name for p in recipe.params}
    ]
    for param in recipe.params:
        about = known[param.name]
        assert param.required == ("default" not in about)
        if not param.required:
            default = about["default"]
            assert param.default == (tuple(default) if isinstance(default, list) else default)
        assert check(param, param.default) == param.default
        if param.kind != "choice":  # a form gives it as it is
            assert parse(param, show(param.default)) == param.default
        assert param.label and re.fullmatch(r"[A-Z].*[^\s.]\.", param.help)


@pytest.mark.parametrize("name", RECIPES)
def test_every_value_at_the_ends_of_its_range_is_taken(name: str) -> None:
    recipe = RECIPES[name]
    for param in recipe.params:
        ends = [end for end in (param.low, param.high) if end is not None]
        if param.kind not in ("int", "float"):
            ends = list(param.choices) or ([True, False] if param.kind == "bool" else [])
        for value in ends:
            more = {"momentum": 0.9} if param.name == "nesterov" else {}
            text = recipe_call(recipe, {param.name: check(param, value), **more})
            assert f"{param.name}=" in text or value == param.default
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if name in OPTIMIZERS:
                    made(recipe, model_for(name)[0].parameters(), text)
                else:
                    made(recipe, torch.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1), text)


def test_a_call_is_written_as_a_person_does() -> None:
    assert recipe_call(OPTIMIZERS["SGD"], {"lr": 0.01, "momentum": 0.9, "weight_decay": 0}) == "lr=0.01, momentum=0.9"
    assert recipe_call(OPTIMIZERS["Adam"], {"betas": (0.8, 0.999)}) == "lr=0.001, betas=(0.8, 0.999)"
    assert recipe_call(OPTIMIZERS["LBFGS"], {"line_search_fn": "strong_wolfe"}) == 'lr=1, line_search_fn="strong_wolfe"'
    assert recipe_call(SCHEDULERS["MultiStepLR"], {"milestones": (5,)}) == "milestones=(5,)"
    assert recipe_call(SCHEDULERS["StepLR"], {"gamma": 0.5}) == "step_size=10, gamma=0.5"
    assert recipe_call(SCHEDULERS["LinearLR"], {}) == ""
    given = {"lr_lambda": "0.9**epoch"}
    assert recipe_call(SCHEDULERS["LambdaLR"], given) == "lr_lambda=lambda epoch: 0.9**epoch"
    assert recipe_call(SCHEDULERS["SequentialLR"], {}) == ""


def test_what_spans_the_whole_run_is_filled_in() -> None:
    assert recipe_call(SCHEDULERS["CosineAnnealingLR"], {}) == "T_max=epochs"
    assert recipe_call(SCHEDULERS["CosineAnnealingLR"], {"T_max": 7}) == "T_max=7"
    assert recipe_call(SCHEDULERS["OneCycleLR"], {}, "EPOCHS * n") == "max_lr=0.01, total_steps=EPOCHS * n"
    assert recipe_call(SCHEDULERS["PolynomialLR"], {"total_iters": None}, "EPOCHS") == "total_iters=EPOCHS"
    spanning = {name for name, recipe in RECIPES.items() if any(p.none == WHOLE_RUN for p in recipe.params)}
    assert spanning == {"CosineAnnealingLR", "LinearLR", "PolynomialLR", "OneCycleLR"}


def test_all_of_torch_is_there() -> None:
    from netbuilder.engine.signatures import optimizer_names, scheduler_names

    assert set(OPTIMIZERS) == set(optimizer_names())
    assert set(SCHEDULERS) == {*scheduler_names(), *TYPED, *COMPOSED}


@pytest.mark.parametrize("name", RECIPES)
def test_texts_are_as_those_of_blocks(name: str) -> None:
    recipe = RECIPES[name]
    texts = [recipe.help, recipe.more, recipe.use, *([recipe.needs] if recipe.needs else [])]
    assert all(re.fullmatch(r"[A-Z0-9].*[^\s.]\.", text) and "\n" not in text and "  " not in text for text in texts)
    for text in (*texts, recipe.formula):
        assert 10 <= len(text) <= 240
        assert "<" not in text
    assert 1 <= recipe.formula.count("\n") + 1 <= 4
    assert all(line == line.strip() for line in recipe.formula.split("\n"))
    assert max(len(word) for word in recipe.formula.split()) <= 22
    named = set(re.findall(r"\b[a-z]+_[a-z_]+\b", recipe.formula + recipe.more + recipe.needs))
    assert named <= {param.name for param in recipe.params}
    found: Any = torch
    for part in recipe.link.removeprefix(f"{PAGES}torch.").removesuffix(".html").split("."):
        found = getattr(found, part)
    assert found.__name__ == name
