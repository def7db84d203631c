"""The three networks that training is measured with: a small convolutional one, a tiny one, and a ResNet-18's shape."""

from __future__ import annotations

import dataclasses
import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder.bridge.child import environment

os.environ.update(environment("training"))  # read by torch when it is imported

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor, nn

from netbuilder.bridge.messages import Progress
from netbuilder.bridge.run_folder import RunWriter
from netbuilder.codegen import make_plan
from netbuilder.engine import run as engine_run
from netbuilder.engine.analysis import analyse
from netbuilder.engine.control import Control
from netbuilder.engine.data import Samples
from netbuilder.engine.devices import check_device
from netbuilder.engine.execute import Program, execute
from netbuilder.engine.run import Run
from netbuilder.engine.variants import best, time_variants
from netbuilder.graph.commands import set_params, set_training
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph

ROOT = Path(__file__).resolve().parents[2]
FASHION = Path("/usr/share/datasets/fashion-mnist")

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclasses.dataclass(frozen=True)
class Case:
    """An example to train: its loss by hand, and the shares of the loop's speed that are aimed at.

    `goal` is for training exactly as written, `fast` for the quickest way; `most` is the part of a step's time that
    telemetry may take.
    """

    project: str
    loss: Loss
    goal: float
    fast: float
    most: float

    @functools.cached_property
    def graph(self) -> Graph:
        """The drawing."""
        found = load(ROOT / "examples" / f"{self.project}.netb")
        if self.project != "resnet18":
            return found
        small = {"samples": 1024, "input_shape": (3, 32, 32), "classes": 10}
        found = found.apply(set_params(found, "random", small))
        found = found.apply(set_params(found, "fc", {"out_features": 10}))
        return found.apply(set_training(found, batch_size=32, learning_rate=0.001))

    def program(self, graph: Graph | None = None) -> Program:
        """Its program, run anew."""
        return execute(analyse(graph or self.graph, ROOT / "examples").script)

    @functools.cached_property
    def samples(self) -> Samples:
        """What is trained on."""
        if self.project == "mnist_convnet" and not FASHION.is_dir():
            random = torch.Generator().manual_seed(0)
            images = torch.randn(60_000, 1, 28, 28, generator=random)
            return (images, torch.randint(10, (60_000,), generator=random))
        train: Samples = self.program().names["load_data"]()[0]
        return train

    def made(self) -> tuple[nn.Module, torch.optim.Optimizer]:
        """The network as it begins, and what moves its weights."""
        names = self.program().names
        torch.manual_seed(self.graph.training.seed)
        model: nn.Module = names[make_plan(self.graph).class_name]()
        model.train()
        return model, names["make_optimizer"](model)

    def batches(self) -> Iterator[Tensor]:
        """The indices of batch after batch, without end."""
        settings = self.graph.training
        shuffle = torch.Generator().manual_seed(settings.seed)
        while True:
            yield from torch.split(torch.randperm(len(self.samples[0]), generator=shuffle), settings.batch_size)

    def quickest(self) -> Graph:
        """The drawing with the quickest way chosen, of those that stay with float32."""
        graph = self.graph.apply(set_training(self.graph, speed="fast"))
        timings = time_variants(self.program(graph), make_plan(graph), self.samples, "cpu")
        return graph.apply(set_training(graph, variant=best(timings, 10_000).names))

    def run(
        self,
        graph: Graph,
        folder: Path,
        control: Control | None = None,
        tell: Callable[[Progress], None] = lambda _: None,
        program: Program | None = None,
        **limits: Any,
    ) -> Run:
        """The engine's run, without validation and checkpoints."""
        engine_run.CHECKPOINT_EVERY = engine_run.WITHIN_EPOCH_EVERY = float("inf")
        graph = graph.apply(set_training(graph, **limits)) if limits else graph
        folder.mkdir()
        writer = RunWriter(folder)
        program = program or self.program(graph)
        plan = make_plan(graph)
        return Run(program, plan, (self.samples, None), check_device("cpu"), writer, control or Control(), tell)


CASES = (
    Case("mnist_convnet", F.cross_entropy, 0.98, 1.3, 0.02),
    Case("two_layer_net", functools.partial(F.mse_loss, reduction="sum"), 0.95, 0.97, 0.05),
    Case("resnet18", F.cross_entropy, 0.98, 1.15, 0.02),
)


def machine() -> str:
    """What it runs on, and how busy that is."""
    load_now = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load_now}; {torch.get_num_threads()} threads, torch {torch.__version__}"
