"""What a run begins with: nothing, a checkpoint to go on from, or the weights that still fit; and what it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.messages import Task
from netbuilder.bridge.rate_search import STEPS
from netbuilder.bridge.run_folder import RunReader, RunWriter
from netbuilder.codegen import Plan
from netbuilder.engine.checkpoints import load_fitting
from netbuilder.engine.data import Samples
from netbuilder.engine.run import Wish
from netbuilder.graph.graph import Graph
from netbuilder.graph.training import set_training

OVERFIT_STEPS = 300


@dataclass(frozen=True)
class Asked:
    """What was asked for: a task, a checkpoint to resume, or one whose weights are taken where they fit."""

    task: Task = "train"
    resume: Path | None = None
    weights: Path | None = None


PLAIN = Asked()


def adapted(graph: Graph, task: Task) -> Graph:
    """The drawing with the settings that a task needs: one that is no training is short and measures nothing else."""
    if task == "train":
        return graph
    steps = OVERFIT_STEPS if task == "overfit" else STEPS
    settings: dict[str, object] = {"steps": steps, "minutes": 0.0, "patience": 0, "keep_best": False}
    if graph.training.scheduler:
        settings["scheduler"] = ""
    settings |= {"stages": (), "validate_every": 1, "validate_unit": "epochs"}
    return graph.apply(set_training(graph, **settings))


def narrowed(samples: tuple[Samples, Samples | None], plan: Plan, task: Task) -> tuple[Samples, Samples | None]:
    """The samples that a task trains on: to learn one batch by heart, those of the first batch."""
    if task != "overfit":
        return samples
    train, _ = samples
    settings = plan.graph.training
    shuffle = torch.Generator().manual_seed(settings.seed)
    first = torch.randperm(len(train[0]), generator=shuffle)[: settings.batch_size * settings.accumulate]
    return tuple(_rows(column, first) for column in train), None


def _rows(column: Tensor, indices: Tensor) -> Tensor:
    return column[indices]


def make_wish(asked: Asked, plan: Plan, writer: RunWriter) -> Wish:
    """What the run is told. A run that goes on from another one's checkpoint gets what that one had measured."""
    if asked.resume is not None:
        parent = asked.resume.parent.parent
        if parent.resolve() == writer.folder.resolve():
            return Wish(asked.task, asked.resume)
        return Wish(asked.task, asked.resume, parent=parent, parent_step=_step_of(asked.resume))
    if asked.weights is not None:
        return Wish(asked.task, begin=_fitting(asked.weights, plan), parent=asked.weights.parent.parent)
    return Wish(asked.task)


def _step_of(checkpoint: Path) -> int:
    digits = checkpoint.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _fitting(checkpoint: Path, plan: Plan) -> Callable[[nn.Module], str]:
    """Gives a model the weights of the same nodes, whatever those are called now."""
    about = RunReader(checkpoint.parent.parent).about
    if about is None:
        raise Refused("The run of the checkpoint {path} cannot be read.", path=str(checkpoint))
    before = dict(zip(about.nodes, (name.partition(".")[0] for name in about.tensors), strict=True))
    renamed = {name: before.get(key, name) for key, name in plan.names.items() if key in before or not before}

    def begin(model: nn.Module) -> str:
        kept, new = load_fitting(checkpoint, model, renamed)
        text = f"begins with {len(kept)} tensors of {checkpoint.parent.parent.name}"
        return f"{text}; new: {', '.join(new)}" if new else text

    return begin
