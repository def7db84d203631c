"""What is to be trained: a drawing as it was at one moment, where and on what, and what it begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from netbuilder.bridge.messages import Start, Task, path_text
from netbuilder.bridge.run_folder import CHECKPOINTS
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Record
from netbuilder.graph.training import set_training


@dataclass(frozen=True)
class Job:
    """One run to come. `folder` is where the drawing's paths start.

    With `resume` it goes on from that checkpoint: in its run's own folder, where that is `run`. With `weights` it
    begins with those that still fit.
    """

    graph: Graph
    folder: Path
    device: str
    trusted: bool = False
    task: Task = "train"
    resume: Path | None = None
    weights: Path | None = None
    run: Path | None = None

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.graph.main.name

    def start(self, run: Path) -> Start:
        """The message that starts it, into this folder."""
        resume, weights = (path_text(path) if path is not None else "" for path in (self.resume, self.weights))
        records = list(self.graph.records.values())
        return Start(
            records, path_text(self.folder), path_text(run), self.device, self.trusted, resume, weights, self.task
        )

    def with_settings(self, **settings: object) -> Job:
        """The same with other settings of the training. Refused where one does not suit."""
        return replace(self, graph=self.graph.apply(set_training(self.graph, **settings)))

    def longer(self, more: int) -> Job:
        """The same with so many more epochs, or more steps where those are what ends it."""
        training = self.graph.training
        if training.steps:
            return self.with_settings(steps=training.steps + more)
        return self.with_settings(epochs=training.epochs + more)


def resumable(folder: Path) -> list[Path]:
    """The checkpoints of a run that it can go on from, the newest last."""
    return sorted(path for path in (folder / CHECKPOINTS).glob("step-*") if (path / "training.pt").is_file())


def step_of(checkpoint: Path) -> int:
    """The step of a checkpoint; 0 for the best weights, whose name does not say it."""
    digits = checkpoint.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def same_network(one: Graph, other: Graph) -> bool:
    """Whether two drawings make the same program but for how it is trained: places and notes do not count."""
    return one is other or _made(one) == _made(other)


def _made(graph: Graph) -> dict[str, Record]:
    return {**{key: _anywhere(node) for key, node in graph.nodes.items()}, **_straight(graph), **graph.networks}


def _anywhere(node: Node) -> Node:
    return msgspec.structs.replace(node, x=0, y=0)


def _straight(graph: Graph) -> dict[str, Record]:
    return {key: msgspec.structs.replace(wire, via=()) for key, wire in graph.wires.items()}
