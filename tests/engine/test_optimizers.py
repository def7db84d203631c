"""Every optimizer and scheduler in a real run: the window's run and the exported program end alike, to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from netbuilder.blocks.optimizers import OPTIMIZERS, recipe_call
from netbuilder.blocks.schedulers import COMPOSED, SCHEDULERS
from netbuilder.engine import run as run_module
from netbuilder.engine.analysis import analyse
from netbuilder.engine.recipes import TAKE_SPARSE
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.drawings import draw
from tests.engine.runs import assert_as_exported, train

FITTED = """
    random RandomTensors input_shape=6 target_shape=3 samples=40
    fc1 Linear out_features=8{no_bias}
    tanh Tanh
    fc2 Linear out_features=3{no_bias}
    loss MSELoss
    random.x > fc1 > tanh > fc2 > loss
    random.y > loss.target
"""
MEASURED = """
    digits Digits
    flatten Flatten
    fc Linear
    loss CrossEntropyLoss
    digits.image > flatten > fc > loss
    digits.label > loss.target
"""
LOOKED_UP = """
    random RandomTensors input=indices indices=20 input_shape=5 samples=40 target_shape=15
    embedding Embedding embedding_dim=3 sparse=True
    flatten Flatten
    loss MSELoss
    random.x > embedding > flatten > loss
    random.y > loss.target
"""


def _drawing(optimizer: str, **training: Any) -> Graph:
    text = LOOKED_UP if optimizer == "SparseAdam" else FITTED
    text = text.format(no_bias=" bias=False" if optimizer == "Muon" else "")
    return draw(text, optimizer=optimizer, **{"learning_rate": 0.01, "epochs": 3, "batch_size": 16, **training})


def _with(graph: Graph, **settings: object) -> Graph:
    return graph.apply(commands.set_training(graph, **settings))


def _obstacles(graph: Graph) -> list[str]:
    analyst = analyse(graph, Path())
    assert not analyst.all_problems
    assert analyst.script.complete == (not analyst.obstacles)
    return [str(sentence) for sentence in analyst.obstacles]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_with_any_optimizer_is_the_exported_program(optimizer: str, tmp_path: Path) -> None:
    graph = _drawing(optimizer)
    assert _obstacles(graph) == []
    done = train(graph, tmp_path)
    assert_as_exported(done)
    assert len(done.steps) == 9  # one row a step, however often the loss was worked out
    assert all(norm > 0 for row in done.steps for norm in row[1:])
    rest = torch.load(done.checkpoints[-1] / "training.pt", weights_only=True)
    assert rest["scheduler"] is None and rest["optimizer"]["param_groups"][0]["lr"] == 0.01


@pytest.mark.parametrize(("length", "epochs"), [({"epochs": 3}, 3), ({"steps": 7}, 2)])
@pytest.mark.parametrize("scheduler", [name for name in SCHEDULERS if name not in COMPOSED])
def test_a_run_with_any_scheduler_is_the_exported_program(
    scheduler: str, length: dict[str, int], epochs: int, tmp_path: Path
) -> None:
    own = {
        "StepLR": {"step_size": 1},
        "MultiStepLR": {"milestones": (1,)},
        "ReduceLROnPlateau": {"patience": 0, "threshold": 0.9},
    }
    graph = draw(MEASURED, optimizer="SGD", batch_size=500, learning_rate=30.0, **length)
    graph = _with(graph, scheduler=scheduler, scheduler_params=own.get(scheduler, {}))
    assert _obstacles(graph) == []
    done = train(graph, tmp_path)
    assert_as_exported(done)
    rest = torch.load(done.checkpoints[-1] / "training.pt", weights_only=True)
    recipe = SCHEDULERS[scheduler]
    moved = {"epoch": len(done.epochs) if recipe.watches_validation else epochs, "step": len(done.steps)}
    assert rest["scheduler"]["last_epoch"] == moved[recipe.every]
    assert rest["scheduler"]["_last_lr"] == [rest["optimizer"]["param_groups"][0]["lr"]] != [30.0]


@pytest.mark.parametrize("scheduler", COMPOSED)
def test_a_run_with_schedulers_made_of_others_is_the_exported_program(scheduler: str, tmp_path: Path) -> None:
    graph = draw(MEASURED, optimizer="SGD", batch_size=500, learning_rate=0.1, epochs=7)
    graph = _with(graph, scheduler=scheduler)
    assert _obstacles(graph) == []
    done = train(graph, tmp_path)
    assert_as_exported(done)
    rest = torch.load(done.checkpoints[-1] / "training.pt", weights_only=True)
    assert rest["optimizer"]["param_groups"][0]["lr"] != 0.1
    assert _obstacles(_with(graph, stages=())) == [f"{scheduler} is made of other schedulers: add one."]


def test_settings_are_written_as_a_person_does() -> None:
    graph = _drawing("SGD", optimizer_params={"momentum": 0.9, "nesterov": True}, steps=5)
    text = analyse(_with(graph, scheduler="OneCycleLR"), Path()).script.text
    assert "    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True)\n" in text
    assert "    scheduler = make_scheduler(optimizer, steps)\n" in text
    assert "        optimizer.step()\n        scheduler.step()\n" in text
    text = analyse(_with(graph, scheduler="CosineAnnealingLR"), Path()).script.text
    assert "    scheduler = make_scheduler(optimizer, math.ceil(steps / steps_per_epoch))\n" in text
    text = analyse(_with(graph, scheduler="CosineAnnealingLR", steps=0), Path()).script.text
    assert "    scheduler = make_scheduler(optimizer, EPOCHS)\n" in text
    assert "        if (step + 1) % steps_per_epoch == 0:\n            scheduler.step()\n" in text
    text = analyse(_with(graph, scheduler="StepLR"), Path()).script.text
    assert "    scheduler = make_scheduler(optimizer)\n" in text
    assert "scheduler" not in analyse(graph, Path()).script.text


def test_the_learning_rate_of_the_next_step_is_the_one_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "CHECKPOINT_EVERY", -1.0)
    graph = _drawing("SGD", learning_rate=0.8, scheduler="StepLR", scheduler_params={"step_size": 1, "gamma": 0.5})
    done = train(graph, tmp_path)
    rates = [
        torch.load(folder / "training.pt", weights_only=True)["scheduler"]["_last_lr"] for folder in done.checkpoints
    ]
    assert rates == [[0.2], [0.1]]


def test_what_cannot_be_is_said_before() -> None:
    plain, looked_up = _drawing("Adam"), _drawing("SparseAdam")
    assert _obstacles(_with(plain, optimizer="Muon")) == [
        "Muon moves matrices only, and fc1 has other weights too (a bias is one)."
    ]
    assert _obstacles(_with(plain, optimizer="SparseAdam")) == [
        "SparseAdam needs sparse gradients, and fc1 has others: only embeddings can have them."
    ]
    (sentence,) = _obstacles(_with(looked_up, optimizer="Adam"))
    assert sentence.startswith(
        "embedding has sparse gradients, which Adam cannot take: switch sparse off, or use SGD, "
    )
    assert _obstacles(_with(plain, optimizer="SGD", optimizer_params={"nesterov": True})) == [
        "SGD with nesterov needs a momentum and no dampening."
    ]
    assert _obstacles(_with(plain, scheduler="ReduceLROnPlateau")) == [
        "ReduceLROnPlateau watches the loss on samples kept aside, and random keeps none."
    ]
    cyclic = _with(plain, optimizer="Adagrad", scheduler="CyclicLR")
    assert _obstacles(cyclic) == ["CyclicLR changes the momentum, which Adagrad has not: switch cycle_momentum off."]
    assert _obstacles(_with(cyclic, scheduler_params={"cycle_momentum": False})) == []


def test_a_plan_that_is_too_short_for_the_run_ends_it_before_it_begins(tmp_path: Path) -> None:
    graph = _drawing("SGD", scheduler="OneCycleLR", scheduler_params={"total_steps": 8})
    done = train(graph, tmp_path)
    assert done.sentence == "OneCycleLR is planned for 8 steps, and the run has 9."
    assert (done.ended.state, done.steps) == ("failed", [])


@pytest.mark.filterwarnings("ignore:Sparse invariant checks")
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_only_these_take_sparse_gradients(name: str) -> None:
    recipe, embedding = OPTIMIZERS[name], nn.Embedding(5, 3, sparse=True)
    optimizer = eval(
        f"torch.{recipe.module}(p, {recipe_call(recipe, {})})", {"torch": torch, "p": embedding.parameters()}
    )
    embedding(torch.tensor([1, 2])).sum().backward()
    try:
        optimizer.step(lambda: torch.tensor(1.0))
    except RuntimeError:
        assert name not in TAKE_SPARSE
    else:
        assert name in TAKE_SPARSE
