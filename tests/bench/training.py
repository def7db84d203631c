"""How fast the engine trains, beside the tightest loop one would write by hand, in one process and one run.

The engine is its own `Run` with everything on: telemetry at every step, its run folder written, progress told. The
loop is the exported class, the same samples, batches and optimizer, and nothing else. They take turns of some seconds
in the order A B B A, so that what else the machine does meets both; a ratio is one of a pair of neighbouring turns.
Validation and checkpoints belong to neither. Threads are those of a training child.

`of wall` compares steps a second, `of work` steps a second of processor time: on a busy machine the second is the
steadier. `loop of itself` is the loop beside itself, that is, what of the spread is noise. Before all that, the losses
of some steps are compared bit by bit.

Run it as `python tests/bench/training.py [--quick] [--seconds S] [--turns N]`.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder.bridge.child import environment

os.environ.update(environment("training"))  # read by torch when it is imported

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor, nn

import netbuilder.engine.run
from netbuilder.bridge.messages import Progress
from netbuilder.bridge.run_folder import RunReader, RunWriter
from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import analyse
from netbuilder.engine.data import Samples
from netbuilder.engine.devices import check_device
from netbuilder.engine.execute import execute
from netbuilder.engine.run import Control, Run
from netbuilder.graph.commands import set_training
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph

ROOT = Path(__file__).resolve().parents[2]
FASHION = Path("/usr/share/datasets/fashion-mnist")
COMPARED = 300  # steps whose losses are compared

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclasses.dataclass(frozen=True)
class Case:
    """An example to train: its loss by hand and the share of the loop's speed that is aimed at."""

    project: str
    loss: Loss
    goal: float


CASES = (
    Case("mnist_convnet", F.cross_entropy, 0.97),
    Case("two_layer_net", functools.partial(F.mse_loss, reduction="sum"), 0.92),
)


@dataclasses.dataclass(frozen=True)
class Turn:
    """Some seconds of one of the two."""

    steps: int
    wall: float
    work: float


def samples_of(case: Case, graph: Graph) -> tuple[Samples, str]:
    """What is trained on, and a word for it."""
    if case.project == "mnist_convnet" and not FASHION.is_dir():
        random = torch.Generator().manual_seed(0)
        images = torch.randn(60_000, 1, 28, 28, generator=random)
        return (images, torch.randint(10, (60_000,), generator=random)), "random tensors"
    train, _ = execute(analyse(graph, ROOT / "examples").script).names["load_data"]()
    return train, "the project's samples"


class Loop:
    """The tightest loop: the exported class trained by hand."""

    def __init__(self, graph: Graph, samples: Samples, loss: Loss) -> None:
        names = execute(analyse(graph, ROOT / "examples").script).names
        settings = graph.training
        torch.manual_seed(settings.seed)
        self._model: nn.Module = names[make_plan(graph).class_name]()
        self._optimizer: torch.optim.Optimizer = names["make_optimizer"](self._model)
        self._samples, self._loss = samples, loss
        self._batches = self._shuffled(settings.seed, settings.batch_size)
        self._model.train()

    def _shuffled(self, seed: int, size: int) -> Iterator[Tensor]:
        shuffle = torch.Generator().manual_seed(seed)
        while True:
            yield from torch.split(torch.randperm(len(self._samples[0]), generator=shuffle), size)

    def turn(self, seconds: float) -> Turn:
        """Train for about so long."""
        model, optimizer, measure_loss = self._model, self._optimizer, self._loss
        inputs, targets = self._samples
        steps, start, work = 0, time.perf_counter(), time.process_time()
        end = start + seconds
        for indices in self._batches:
            loss = measure_loss(model(inputs.index_select(0, indices)), targets.index_select(0, indices))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            steps += 1
            if time.perf_counter() >= end:
                break
        return Turn(steps, time.perf_counter() - start, time.process_time() - work)

    def losses(self, steps: int) -> list[float]:
        """The losses of so many steps, trained as the exported script does it."""
        found = []
        for indices, _ in zip(self._batches, range(steps), strict=False):
            inputs, targets = (tensor[indices] for tensor in self._samples)
            loss = self._loss(self._model(inputs), targets)
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            found.append(loss.item())
        return found


def engine(graph: Graph, samples: Samples, folder: Path, control: Control, tell: Callable[[Progress], None]) -> Run:
    """The engine's run of the drawing, without validation."""
    program = execute(analyse(graph, ROOT / "examples").script)
    folder.mkdir()
    return Run(program, make_plan(graph), (samples, None), check_device("cpu"), RunWriter(folder), control, tell)


def same_losses(graph: Graph, samples: Samples, loss: Loss, folder: Path) -> bool:
    """Whether the engine's losses are those of the exported script, bit by bit."""
    short = graph.apply(set_training(graph, steps=COMPARED))
    engine(short, samples, folder, Control(), lambda _: None).go()
    rows, _ = RunReader(folder).news()
    return [row[0] for row in rows] == Loop(graph, samples, loss).losses(COMPARED)


def take_turns(
    graph: Graph, loop: Loop, samples: Samples, folder: Path, seconds: float, turns: int
) -> list[list[Turn]]:
    """Turns of the engine and of the loop, neighbours with the same index.

    The engine trains on this thread and tells of its progress now and then: there the loop gets its turn.
    """
    long = graph.apply(set_training(graph, steps=10**9))
    control = Control()
    ours: list[Turn] = []
    bare: list[Turn] = []
    step, start, work = 0, math.inf, 0.0

    def tell(progress: Progress) -> None:
        nonlocal step, start, work
        now, used = time.perf_counter(), time.process_time()
        if start == math.inf:
            if progress.step < 10:  # the first steps of all are slow
                return
            loop.turn(seconds / 4)
        elif now - start < seconds:
            return
        else:
            ours.append(Turn(progress.step - step, now - start, used - work))
            if len(ours) >= turns:
                if len(bare) < len(ours):
                    bare.append(loop.turn(seconds))
                control.order("stop")
                return
            if len(ours) % 2:  # A B B A: two turns of the loop, then two of the engine
                bare.extend(loop.turn(seconds) for _ in range(2))
        step, start, work = progress.step, time.perf_counter(), time.process_time()

    engine(long, samples, folder, control, tell).go()
    return [ours, bare[: len(ours)]]


def spread(ratios: list[float]) -> str:
    """The median and the middle half."""
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:6.3f}  ({low:.3f} to {high:.3f})"


def compare(case: Case, seconds: float, turns: int) -> None:
    """Print the lines of an example."""
    graph = load(ROOT / "examples" / f"{case.project}.netb")
    samples, what = samples_of(case, graph)
    with tempfile.TemporaryDirectory() as folder:
        same = same_losses(graph, samples, case.loss, Path(folder) / "same")
        loop = Loop(graph, samples, case.loss)
        ours, bare = take_turns(graph, loop, samples, Path(folder) / "run", seconds, turns)
    name = graph.main.name
    print(f"{name}: batch {graph.training.batch_size}, {what}, losses {'the same' if same else 'DIFFERENT'} bit by bit")
    for who, found in (("engine", ours), ("loop", bare)):
        rate = statistics.median(turn.steps / turn.wall for turn in found)
        micro = statistics.median(turn.work / turn.steps for turn in found) * 1e6
        print(f"  {who:<16} {rate:9.1f} steps/s   {micro:9.1f} µs of processor a step")
    pairs = list(zip(ours, bare, strict=True))
    wall = [(a.steps / a.wall) / (b.steps / b.wall) for a, b in pairs]
    work = [(a.steps / a.work) / (b.steps / b.work) for a, b in pairs]
    print(f"  {'of wall':<16} {spread(wall)}   goal {case.goal}")
    print(f"  {'of work':<16} {spread(work)}")
    itself = [(a.steps / a.work) / (b.steps / b.work) for a, b in zip(bare[::2], bare[1::2], strict=False)]
    if len(itself) > 1:
        print(f"  {'loop of itself':<16} {spread(itself)}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short turns, few of them")
    parser.add_argument("--seconds", type=float, help="how long a turn takes (2)")
    parser.add_argument("--turns", type=int, help="how many turns each has (12)")
    parser.add_argument("--only", choices=[case.project for case in CASES], help="one example alone")
    options = parser.parse_args()
    seconds = options.seconds or (0.5 if options.quick else 2.0)
    turns = max(4, options.turns or (6 if options.quick else 12))
    netbuilder.engine.run.CHECKPOINT_EVERY = math.inf
    load_now = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load_now}; {torch.get_num_threads()} threads, torch {torch.__version__}")
    for case in CASES:
        if options.only in (None, case.project):
            compare(case, seconds, turns)


if __name__ == "__main__":
    main()
