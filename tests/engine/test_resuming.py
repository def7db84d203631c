"""Runs that are stopped go on exactly where they were; those that begin with others' weights take what fits."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
import torch

from netbuilder.bridge.messages import Adjust, Progress
from netbuilder.bridge.run_folder import RunReader
from netbuilder.engine import telemetry
from netbuilder.engine.beginning import Asked
from netbuilder.engine.checkpoints import checkpoints
from netbuilder.engine.control import Control
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import ParameterGroup, Stage
from tests.engine.runs import DIGITS, Done, assert_as_exported, stopped_at, train


def _with(graph: Graph, **settings: object) -> Graph:
    return graph.apply(commands.set_training(graph, **settings))


STOPS = 10 if os.environ.get("NETBUILDER_LONG_TESTS") == "1" else 2
# What a run may depend on: momentum, schedules by step, sums of gradients, limits, groups, measurements in between.
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {"optimizer": "Adam"},
    "momentum and steps of the schedule": {
        "optimizer": "SGD",
        "optimizer_params": {"momentum": 0.9},
        "scheduler": "CosineAnnealingLR",
    },
    "sums of gradients, kept small": {"accumulate": 3, "clip": "norm", "clip_at": 0.5, "batch_size": 20},
    "each number kept small": {"clip": "value", "clip_at": 0.01},
    "groups": {
        "groups": (ParameterGroup("conv1", learning_rate=0.0001), ParameterGroup("fc", weight_decay=0.1)),
        "optimizer": "AdamW",
    },
    "frozen": {"groups": (ParameterGroup("conv1", frozen=True),)},
    "stops early": {"patience": 2, "keep_best": True, "watch": "accuracy", "epochs": 4, "learning_rate": 0.05},
    "measured within epochs": {"validate_every": 7, "validate_unit": "steps", "patience": 50},
    "half as many bits": {"precision": "bf16"},
    "only what is the same every time": {"deterministic": True},
    "closures": {"optimizer": "LBFGS", "learning_rate": 0.1, "epochs": 1, "batch_size": 200},
    "closures with sums": {"optimizer": "LBFGS", "learning_rate": 0.1, "epochs": 1, "batch_size": 100, "accumulate": 2},
}


@pytest.fixture(scope="module", params=SETTINGS)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, Done]:
    graph = _with(DIGITS, **SETTINGS[request.param])
    done = train(graph, tmp_path_factory.mktemp("whole"))
    assert done.ended.state == "finished", done.sentence
    return graph, done


def test_the_exported_program_ends_with_the_same_weights(whole: tuple[Graph, Done]) -> None:
    assert_as_exported(whole[1])


def test_a_run_stopped_anywhere_goes_on_as_if_it_had_not_been(
    whole: tuple[Graph, Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, done = whole
    steps = len(done.steps)
    at = sorted(random.Random(steps).sample(range(1, steps), min(STOPS, steps - 1)))
    part = stopped_at(graph, tmp_path, at[0], monkeypatch)
    for step in at[1:]:
        part = stopped_at(graph, tmp_path, step, monkeypatch, asked=Asked(resume=part.checkpoints[-1]))
    monkeypatch.undo()
    last = train(graph, tmp_path, asked=Asked(resume=checkpoints(tmp_path / "checkpoints")[-1]))
    assert last.ended.state == "finished", last.sentence
    assert last.sentence == done.sentence
    assert last.steps == done.steps
    assert last.epochs == done.epochs
    kept, wanted = last.weights(), done.weights()
    assert all(torch.equal(kept[name], wanted[name]) for name in wanted)


@pytest.mark.parametrize("step", [23, 46])
def test_a_run_goes_on_from_behind_the_last_step_of_an_epoch(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = _with(DIGITS, checkpoint_every=23, checkpoint_unit="steps")
    whole = train(graph, tmp_path / "whole")
    validations = step // 23

    def full(*_: object) -> None:
        nonlocal validations
        validations -= 1
        if not validations:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("netbuilder.engine.validating.Validation.measure", full)
        assert train(graph, tmp_path / "run").ended.state == "failed"
    (kept,) = checkpoints(tmp_path / "run" / "checkpoints")[-1:]
    assert kept.name.endswith(f"{step}")
    last = train(graph, tmp_path / "run", asked=Asked(resume=kept))
    assert last.ended.state == "finished" and last.steps == whole.steps
    assert last.epochs[-1] == whole.epochs[-1]
    assert all(torch.equal(tensor, whole.weights()[name]) for name, tensor in last.weights().items())


def test_restoring_an_earlier_checkpoint_branches_into_a_run_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = _with(DIGITS, checkpoint_every=1, keep_checkpoints=9)
    first = train(graph, tmp_path / "first")
    assert [path.name for path in first.checkpoints] == ["step-00000023", "step-00000046"]
    branch = train(graph, tmp_path / "branch", asked=Asked(resume=first.checkpoints[0]))
    assert branch.about is not None and (branch.about.parent, branch.about.parent_step) == ("first", 23)
    assert branch.steps == first.steps
    assert len(RunReader(tmp_path / "first").news()[0]) == 46


def test_more_epochs_go_on_from_the_end(tmp_path: Path) -> None:
    train(DIGITS, tmp_path)
    more = train(_with(DIGITS, epochs=3), tmp_path, asked=Asked(resume=checkpoints(tmp_path / "checkpoints")[-1]))
    longer = train(_with(DIGITS, epochs=3), tmp_path / "at once")
    assert more.steps == longer.steps


def test_weights_of_what_did_not_change_are_kept(tmp_path: Path) -> None:
    first = train(DIGITS, tmp_path / "first")
    conv = DIGITS.nodes["conv1"]
    renamed = DIGITS.apply(commands.rename(DIGITS, conv.id, "edges"))
    wider = renamed.apply(commands.set_params(renamed, "fc", {"bias": False}))
    graph = _with(wider, epochs=1, learning_rate=0.0)
    again = train(graph, tmp_path / "again", asked=Asked(weights=first.checkpoints[-1]))
    assert again.ended.state == "finished", again.sentence
    kept, before = again.weights(), first.weights()
    assert torch.equal(kept["edges.weight"], before["conv1.weight"])
    assert torch.equal(kept["fc.weight"], before["fc.weight"])
    assert "begins with 3 tensors of first" in (tmp_path / "again" / "log.txt").read_text("utf-8")


def test_a_paused_run_goes_on_with_other_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "INTERVAL", -1.0)
    monkeypatch.setattr("netbuilder.engine.run.TELL_EVERY", -1.0)
    control = Control()

    def follow(progress: Progress) -> None:
        if progress.state == "running" and progress.step == 5:
            control.order("pause")
        if progress.state == "paused":
            control.adjust(Adjust(learning_rate=0.001, batch_size=16))
            control.order("resume")

    done = train(DIGITS, tmp_path, control=control, tell=follow)
    assert done.ended.state == "finished", done.sentence
    # 5 steps of 64 in the first epoch, the rest of it and the second in steps of 16.
    assert len(done.steps) == 5 + -(-(1438 - 5 * 64) // 16) + -(-1438 // 16)
    assert done.about is not None and done.about.steps == len(done.steps)
    kept = torch.load(done.checkpoints[-1] / "training.pt", weights_only=True)
    assert kept["optimizer"]["param_groups"][0]["lr"] == pytest.approx(0.001)
    assert kept["batch_size"] == 16


def test_single_steps_while_paused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "INTERVAL", -1.0)
    monkeypatch.setattr("netbuilder.engine.run.TELL_EVERY", -1.0)
    control, paused = Control(), []

    def follow(progress: Progress) -> None:
        if progress.state == "running" and progress.step == 3 and not paused:
            control.order("pause")
        if progress.state == "paused":
            paused.append(progress.step)
            control.order("step" if len(paused) < 4 else "stop")

    done = train(DIGITS, tmp_path, control=control, tell=follow)
    assert done.ended.state == "stopped"
    assert paused == [paused[0] + i for i in range(4)]


CURVES: dict[str, dict[str, Any]] = {
    "one after the other": {
        "scheduler": "SequentialLR",
        "stages": (Stage("LinearLR", {"total_iters": 2}), Stage("ExponentialLR", {"gamma": 0.5}, begins=2)),
    },
    "all at once": {
        "scheduler": "ChainedScheduler",
        "stages": (Stage("ConstantLR", {"total_iters": 3}), Stage("ExponentialLR", {"gamma": 0.9})),
    },
    "a formula": {"scheduler": "LambdaLR", "scheduler_params": {"lr_lambda": "0.9 ** epoch"}},
    "a factor": {"scheduler": "MultiplicativeLR", "scheduler_params": {"lr_lambda": "0.8"}},
}


@pytest.mark.parametrize("name", CURVES)
def test_schedulers_of_parts_and_formulas_train_as_exported_and_go_on(name: str, tmp_path: Path) -> None:
    graph = _with(DIGITS, epochs=4, optimizer="SGD", checkpoint_every=1, keep_checkpoints=9, **CURVES[name])
    done = train(graph, tmp_path / "whole")
    assert_as_exported(done)
    again = train(graph, tmp_path / "again", asked=Asked(resume=done.checkpoints[1]))
    assert again.steps == done.steps


def test_learning_one_batch_by_heart(tmp_path: Path) -> None:
    done = train(DIGITS, tmp_path, asked=Asked("overfit"))
    assert done.ended.state == "finished", done.sentence
    assert len(done.steps) == 300 and done.steps[-1][0] < 0.1 * done.steps[0][0]


def test_finding_a_learning_rate(tmp_path: Path) -> None:
    done = train(DIGITS, tmp_path, asked=Asked("find_rate"))
    assert done.ended.state == "finished"
    rate = done.ended.sentence.values["rate"]
    assert isinstance(rate, float) and 1e-4 <= rate <= 1.0
    assert done.about is not None and done.about.task == "find_rate"


@pytest.mark.parametrize("spoil", ["gone", "cut", "another network"])
def test_a_checkpoint_that_cannot_be_used_is_a_sentence(spoil: str, tmp_path: Path) -> None:
    first = train(DIGITS, tmp_path / "first")
    checkpoint, graph = first.checkpoints[-1], DIGITS
    if spoil == "gone":
        (checkpoint / "model.safetensors").unlink()
    elif spoil == "cut":
        data = (checkpoint / "training.pt").read_bytes()
        (checkpoint / "training.pt").write_bytes(data[: len(data) // 2])
    else:
        graph = DIGITS.apply(commands.set_params(DIGITS, "conv1", {"out_channels": 5}))
    done = train(graph, tmp_path / "again", asked=Asked(resume=checkpoint))
    assert done.ended.state == "failed"
    assert done.sentence.startswith(f"The checkpoint {checkpoint} ")
