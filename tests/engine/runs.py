"""Trainings for tests, done in this process, and what they left."""

from __future__ import annotations

import contextlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from netbuilder.bridge.about import About
from netbuilder.bridge.messages import Ended, Progress
from netbuilder.bridge.run_folder import RunReader
from netbuilder.engine import telemetry
from netbuilder.engine.beginning import PLAIN, Asked
from netbuilder.engine.checkpoints import checkpoints
from netbuilder.engine.control import Control
from netbuilder.engine.trainer import Trainer
from netbuilder.graph.graph import Graph
from tests.drawings import draw

DIGITS = draw(
    """
    digits Digits
    conv1 Conv2d out_channels=4
    relu ReLU
    flatten Flatten
    dropout Dropout p=0.1
    fc Linear
    loss CrossEntropyLoss
    accuracy Accuracy
    digits.image > conv1 > relu > flatten > dropout > fc > loss
    fc > accuracy
    digits.label > loss.target
    digits.label > accuracy.target
    """,
    epochs=2,
    seed=5,
    learning_rate=0.01,
)


@dataclass(frozen=True)
class Done:
    """A run that is over."""

    folder: Path
    ended: Ended
    told: list[Progress]
    about: About | None
    steps: list[array[float]]
    epochs: list[array[float]]

    @property
    def sentence(self) -> str:
        return str(self.ended.sentence)

    @property
    def checkpoints(self) -> list[Path]:
        return sorted((self.folder / "checkpoints").glob("*"))

    def weights(self) -> dict[str, Tensor]:
        """The weights of the newest checkpoint."""
        return safetensors.torch.load_file(self.checkpoints[-1] / "model.safetensors")


def train(
    graph: Graph,
    folder: Path,
    base: Path = Path(),
    device: str = "cpu",
    control: Control | None = None,
    tell: Callable[[Progress], None] | None = None,
    trusted: bool = False,
    asked: Asked = PLAIN,
) -> Done:
    """Train a drawing; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    told: list[Progress] = []

    def hear(progress: Progress) -> None:
        told.append(progress)
        if tell is not None:
            tell(progress)

    ended = Trainer().run(graph, base, folder, device, control or Control(), hear, trusted, asked)
    reader = RunReader(folder)
    steps, epochs = reader.news()
    return Done(folder, ended, told, reader.about, steps, epochs)


def stopped_at(graph: Graph, folder: Path, step: int, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Done:
    """Train until a step; progress is told after every one."""
    monkeypatch.setattr(telemetry, "INTERVAL", -1.0)
    monkeypatch.setattr("netbuilder.engine.run.TELL_EVERY", -1.0)
    control = Control()

    def stop(progress: Progress) -> None:
        if progress.step >= step:
            control.order("stop")

    return train(graph, folder, control=control, tell=stop, **more)


def exported(done: Done) -> dict[str, Tensor]:
    """The weights with which the program that the run left ends, run in this process."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile((done.folder / "train.py").read_text("utf-8"), "train.py", "exec"), names)
    make, models = names["make_optimizer"], []

    def remember(model: nn.Module) -> object:
        models.append(model)
        return make(model)

    names["make_optimizer"] = remember
    with contextlib.chdir(done.folder):  # it may keep its best weights
        names["main"]()
    (model,) = models
    return dict(model.state_dict())


def assert_as_exported(done: Done) -> None:
    """Fail unless the exported program ends with the same weights, to the bit."""
    assert done.ended.state == "finished", done.sentence
    kept, found = done.weights(), exported(done)
    assert list(kept) == sorted(found)
    assert all(torch.equal(kept[name], found[name]) for name in kept)


def assert_goes_on(graph: Graph, folder: Path, whole: Done) -> None:
    """Resume a run that was interrupted, and fail unless it ends as the one that was not, to the bit."""
    kept = checkpoints(folder / "checkpoints")
    last = train(graph, folder, trusted=True, asked=Asked(resume=kept[-1]) if kept else PLAIN)
    assert last.ended.state == "finished", last.sentence
    assert last.steps[-len(whole.steps) :] == whole.steps
    found, wanted = last.weights(), whole.weights()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
