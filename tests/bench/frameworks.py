"""How fast the engine trains beside the usual frameworks: the same networks, samples, batches, optimizer and seed.

Each does some steps at a time, one after the other and then backwards, so that what else the machine does meets all;
figures are medians over such rounds, of steps a second of this process's work. The first steps of each turn, in which
frameworks set themselves up, do not count. Loggers, progress bars and checkpoints of the frameworks are off, and they
get ready batches instead of a DataLoader wherever they take such; the engine records loss and all gradient norms at
every step, and writes its run folder. What is not installed is left out, and said.

Run it as `python tests/bench/frameworks.py [--quick] [--rounds N] [--only PROJECT]`.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ["KERAS_BACKEND"] = "torch"

from cases import CASES, Case, machine  # sets the environment before torch is imported

# isort: split
import torch
from torch import Tensor, nn

SKIPPED = 5  # steps of each turn
STEPS = {"mnist_convnet": 60, "two_layer_net": 600, "resnet18": 10}


class Meter:
    """Told of each step, it knows the seconds of processor time of all but the first ones."""

    def __init__(self) -> None:
        self.count, self._start, self._end = 0, 0.0, 0.0

    def step(self) -> None:
        """A step begins."""
        self.count += 1
        self._end = time.process_time()
        if self.count == SKIPPED + 1:
            self._start = self._end

    def seconds(self) -> float:
        """Seconds a step."""
        return (self._end - self._start) / (self.count - SKIPPED - 1)


Turn = Callable[[int, Meter], None]


def batches(case: Case, steps: int, meter: Meter) -> Iterator[tuple[Tensor, Tensor]]:
    """So many batches, each of which begins a step."""
    inputs, targets = case.samples
    for indices, _ in zip(case.batches(), range(steps), strict=False):
        meter.step()
        yield inputs.index_select(0, indices), targets.index_select(0, indices)


def loop(case: Case) -> Turn:
    """The tightest loop by hand."""
    model, optimizer = case.made()

    def turn(steps: int, meter: Meter) -> None:
        for inputs, targets in batches(case, steps, meter):
            loss = case.loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    return turn


def engine(case: Case, fast: bool = False) -> Turn:
    """This program, recording everything."""
    graph = case.quickest() if fast else case.graph

    def turn(steps: int, meter: Meter) -> None:
        program = case.program(graph)
        predict = program.names["predict"]

        def counted(*given: Any) -> Any:
            meter.step()
            return predict(*given)

        program.names["predict"] = counted
        with tempfile.TemporaryDirectory() as folder:
            case.run(graph, Path(folder) / "run", program=program, steps=steps).go()

    return turn


def lightning(case: Case) -> Turn:
    """Lightning's Trainer."""
    from lightning.pytorch import LightningModule, Trainer  # type: ignore[import-not-found]

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    made, optimizer = case.made()

    class Module(LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.made = made

        def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
            return case.loss(self.made(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return optimizer

    def turn(steps: int, meter: Meter) -> None:
        trainer = Trainer(
            accelerator="cpu", devices=1, max_steps=steps, logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, barebones=False,
        )  # fmt: skip
        trainer.fit(Module(), list_of(batches(case, steps, meter), steps))

    return turn


class list_of:  # noqa: N801 - a small adapter
    """Batches that are made when they are asked for, with a known number."""

    def __init__(self, made: Iterator[tuple[Tensor, Tensor]], count: int) -> None:
        self._made, self._count = made, count

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return self._made

    def __len__(self) -> int:
        return self._count


def ignite(case: Case) -> Turn:
    """Ignite's engine."""
    from ignite.engine import create_supervised_trainer  # type: ignore[import-not-found]

    model, optimizer = case.made()

    def turn(steps: int, meter: Meter) -> None:
        trainer = create_supervised_trainer(model, optimizer, case.loss, device="cpu")
        trainer.run(batches(case, steps, meter), max_epochs=1, epoch_length=steps)

    return turn


def skorch(case: Case) -> Turn:
    """skorch's NeuralNet."""
    from skorch import NeuralNet  # type: ignore[import-not-found]

    class Criterion(nn.Module):
        def forward(self, output: Tensor, target: Tensor) -> Tensor:
            return case.loss(output, target)

    model, optimizer = case.made()
    settings = {name: value for name, value in optimizer.defaults.items() if name in ("lr", "momentum")}

    def turn(steps: int, meter: Meter) -> None:
        net = NeuralNet(
            model, criterion=Criterion, optimizer=type(optimizer), max_epochs=1, train_split=None, verbose=0,
            callbacks="disable", iterator_train=lambda *_, **__: batches(case, steps, meter),
            **{f"optimizer__{name}": value for name, value in settings.items()},
        )  # fmt: skip
        net.fit(case.samples[0], case.samples[1])

    return turn


def keras(case: Case) -> Turn:
    """Keras on torch, with the network wrapped as its layer."""
    import keras as library  # type: ignore[import-not-found]

    made, optimizer = case.made()

    class Count(library.callbacks.Callback):  # type: ignore[misc]
        meter = Meter()

        def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
            Count.meter.step()

    class Model(library.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.made = library.layers.TorchModuleWrapper(made)

        def call(self, inputs: Tensor) -> Any:
            return self.made(inputs)

    def loss(targets: Tensor, output: Tensor) -> Tensor:
        return case.loss(output, targets.to(case.samples[1].dtype))  # Keras makes numbers with fractions of classes

    model = Model()
    rate = optimizer.defaults["lr"]
    if isinstance(optimizer, torch.optim.Adam):
        moving = library.optimizers.Adam(rate)
    else:
        moving = library.optimizers.SGD(rate, momentum=float(optimizer.defaults["momentum"]))
    model.compile(moving, loss=loss, jit_compile=False)

    def turn(steps: int, meter: Meter) -> None:
        Count.meter = meter
        made = ((x, y) for x, y in batches(case, steps, Meter()))
        model.fit(made, epochs=1, steps_per_epoch=steps, verbose=0, callbacks=[Count()])

    return turn


MAKERS: dict[str, Callable[[Case], Turn]] = {
    "loop": loop,
    "engine exact": engine,
    "engine fast": lambda case: engine(case, fast=True),
    "Lightning": lightning,
    "Ignite": ignite,
    "skorch": skorch,
    "Keras (torch)": keras,
}


def compare(case: Case, rounds: int, shorter: int) -> None:
    """Print the lines of an example."""
    print(f"{case.graph.main.name}: batch {case.graph.training.batch_size}")
    turns: dict[str, Turn] = {}
    for name, make in MAKERS.items():
        try:
            turns[name] = make(case)
        except ImportError as error:
            print(f"  {name:<16} not installed ({error.name})")
    steps = max(SKIPPED + 3, STEPS[case.project] // shorter)
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    for i in range(rounds):
        for name in turns if i % 2 == 0 else reversed(turns):
            meter = Meter()
            turns[name](steps, meter)
            seconds[name].append(meter.seconds())
    for name, found in seconds.items():
        ratios = [ours / theirs for ours, theirs in zip(seconds["loop"], found, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        micro = statistics.median(found) * 1e6
        print(
            f"  {name:<16} {micro:10.1f} µs of processor a step   of the loop {middle:6.3f}  ({low:.3f} to {high:.3f})"
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short turns, few of them")
    parser.add_argument("--rounds", type=int, help="how many turns each has (10)")
    parser.add_argument("--only", choices=[case.project for case in CASES], help="one example alone")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(machine())
    for case in CASES:
        if options.only in (None, case.project):
            compare(case, options.rounds or (4 if options.quick else 10), 3 if options.quick else 1)


if __name__ == "__main__":
    main()
