"""Schedules that span a run, where the run becomes longer than they were planned for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from netbuilder.bridge.messages import Adjust, Progress
from netbuilder.engine import telemetry
from netbuilder.engine.beginning import Asked
from netbuilder.engine.checkpoints import checkpoints
from netbuilder.engine.control import Control
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Stage
from tests.engine.runs import DIGITS, Done, stopped_at, train

SPANNING: dict[str, dict[str, Any]] = {
    "by steps": {"scheduler": "OneCycleLR"},
    "by epochs": {"scheduler": "CosineAnnealingLR"},
    "in parts": {
        "scheduler": "SequentialLR",
        "stages": (Stage("LinearLR", {"total_iters": 1}), Stage("CosineAnnealingLR", {}, begins=1)),
    },
}


def _spanning(name: str, epochs: int) -> Graph:
    settings = {"optimizer": "SGD", "learning_rate": 0.05, "checkpoint_every": 1, "epochs": epochs, **SPANNING[name]}
    return DIGITS.apply(commands.set_training(DIGITS, **settings))


def _rate(done: Done) -> float:
    """What the optimizer would take its next step with."""
    state = torch.load(done.checkpoints[-1] / "training.pt", weights_only=True)
    rate: float = state["optimizer"]["param_groups"][0]["lr"]
    return rate


@pytest.mark.parametrize("name", SPANNING)
def test_more_epochs_begin_the_schedule_anew(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = train(_spanning(name, 2), tmp_path / "whole")
    at_end = _rate(first)
    longer = train(_spanning(name, 4), tmp_path / "whole", asked=Asked(resume=first.checkpoints[-1]))
    assert longer.ended.state == "finished", longer.sentence
    log = (tmp_path / "whole" / "log.txt").read_text("utf-8")
    assert "the schedule of the learning rate begins anew, for the steps 47 to 92" in log
    assert _rate(longer) == pytest.approx(at_end)  # down at the end again, as after the first two epochs

    # One that is stopped in what was added goes on from there, without beginning anew once more.
    train(_spanning(name, 2), tmp_path / "stopped")
    newest = checkpoints(tmp_path / "stopped" / "checkpoints")[-1]
    part = stopped_at(_spanning(name, 4), tmp_path / "stopped", 71, monkeypatch, asked=Asked(resume=newest))
    assert part.ended.state == "stopped"
    monkeypatch.undo()
    last = train(_spanning(name, 4), tmp_path / "stopped", asked=Asked(resume=part.checkpoints[-1]))
    assert last.steps == longer.steps
    assert (tmp_path / "stopped" / "log.txt").read_text("utf-8").count("begins anew") == 1


def _with_smaller_batches(graph: Graph, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Done:
    """Pause after five steps and go on with batches of 16 instead of 64."""
    monkeypatch.setattr(telemetry, "INTERVAL", -1.0)
    monkeypatch.setattr("netbuilder.engine.run.TELL_EVERY", -1.0)
    control = Control()

    def follow(progress: Progress) -> None:
        if progress.state == "running" and progress.step == 5:
            control.order("pause")
        if progress.state == "paused":
            control.adjust(Adjust(batch_size=16))
            control.order("resume")

    return train(graph, folder, control=control, tell=follow)


def test_smaller_batches_begin_one_by_steps_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = _with_smaller_batches(_spanning("by steps", 2), tmp_path, monkeypatch)
    assert done.ended.state == "finished", done.sentence
    assert len(done.steps) > 150
    assert "begins anew, for the steps 6 to" in (tmp_path / "log.txt").read_text("utf-8")


def test_a_plan_of_the_persons_own_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = _spanning("by steps", 2)
    graph = graph.apply(commands.set_training(graph, scheduler_params={"total_steps": 50}))
    done = _with_smaller_batches(graph, tmp_path, monkeypatch)
    assert done.ended.state == "finished", done.sentence
    assert len(done.steps) == 46
    log = (tmp_path / "log.txt").read_text("utf-8")
    assert "keeps its batch size: OneCycleLR is planned for 50 steps, and the run has" in log
