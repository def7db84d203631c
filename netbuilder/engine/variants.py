"""Which way of doing the same arithmetic is quickest here: a few are tried on real batches, against one another.

One part after the other is added to what was quickest so far and stays if that is quicker still. The two take turns, so
that what else the computer does meets both. Everything is tried on copies that are thrown away, and every random state
is as before.
"""

from __future__ import annotations

import copy
import gc
import inspect
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import torch
from torch import Tensor, nn

from netbuilder.bridge.reports import Preflight, Timing
from netbuilder.codegen import Plan
from netbuilder.engine.data import Samples, on_device
from netbuilder.engine.execute import Program
from netbuilder.engine.quick.convolution import QuickConv2d
from netbuilder.engine.stepping import Stepper, rows_of
from netbuilder.engine.telemetry import Telemetry
from netbuilder.graph.records import Training

PARTS = ("matmul", "channels_last", "fused", "bf16", "compile", "graphs")
GAIN = 0.97  # of the time: what saves less is not worth being different
_TURN = 0.05  # seconds that a turn takes at least
_DUEL = 4.0  # seconds that two ways are compared for, about
_ROUNDS = 8  # turns that each has at most
_COMPILING = 240.0  # seconds of training below which it is not even tried to compile


def planned_steps(training: Training, samples: int) -> int:
    """How many steps the run will have, unless it ends early."""
    return training.steps or training.epochs * math.ceil(samples / (training.batch_size * training.accumulate))


def best(timings: Sequence[Timing], steps: int) -> Timing:
    """The way in which so many steps are done soonest, what it costs at first included; the plainer one if in doubt.

    ValueError when there is none.
    """
    done = [timing for timing in timings if not timing.refused]
    if not done:
        raise ValueError("nothing was timed")
    chosen = done[0]
    for timing in done[1:]:
        if timing.prepare + steps * timing.step < GAIN * (chosen.prepare + steps * chosen.step):
            chosen = timing
    return chosen


def time_variants(program: Program, plan: Plan, samples: Samples, device: str) -> tuple[Timing, ...]:
    """How long a step takes as it is written, then in each of the ways that were tried, in that order.

    Errors of the network come out of it as they are; a way that torch refuses says so.
    """
    training = plan.graph.whole.training
    steps = planned_steps(training, len(samples[0]))
    with _untouched(device):
        bench = _Bench(program, plan, on_device(samples, device), device)
        found = [bench.alone()]
        for part in bench.parts(found[0].step * steps):
            found.append(bench.duel(best(found, steps), part))
    return tuple(found)


def with_timings(found: Preflight, timings: tuple[Timing, ...], training: Training, samples: Samples) -> Preflight:
    """What a pre-flight found, with the ways that were tried: times are those of the one that is best."""
    steps = planned_steps(training, len(samples[0]))
    chosen = best(timings, steps)
    epoch = chosen.step * math.ceil(len(samples[0]) / (training.batch_size * training.accumulate))
    return msgspec.structs.replace(found, step=chosen.step, epoch=epoch, timings=timings, chosen=chosen.names)


def timing_line(timing: Timing) -> str:
    """A line for the log."""
    name = " + ".join(timing.names) or "as written"
    if timing.refused:
        return f"tried {name}: {timing.refused}"
    first = f", {timing.prepare:.3g} s at first" if timing.prepare else ""
    return f"tried {name}: {1000 * timing.step:.3g} ms a step{first}"


@contextmanager
def _untouched(device: str) -> Iterator[None]:
    """Random states stay as they are, and nothing of what is made inside is kept."""
    before = random.getstate()
    with torch.random.fork_rng([torch.device(device)] if device.startswith("cuda") else []):
        yield
    random.setstate(before)
    torch.compiler.reset()
    gc.collect()


class _Bench:
    """Makes ways to train and times them."""

    def __init__(self, program: Program, plan: Plan, samples: Samples, device: str) -> None:
        self._names, self._class, self._samples, self._device = program.names, plan.class_name, samples, device
        self._training = plan.graph.whole.training
        self._names["DEVICE"] = device
        torch.manual_seed(self._training.seed)
        self._made: nn.Module = self._names[self._class]().to(device)
        if "freeze" in self._names:
            self._names["freeze"](self._made)
        size = self._training.batch_size * self._training.accumulate
        self._batches = torch.split(torch.randperm(len(samples[0])), size)[:8]

    def parts(self, lasts: float) -> list[str]:
        """What is worth trying for a run of so many seconds, in the order in which it is tried."""
        found = []
        cuda = self._device.startswith("cuda")
        sizes = [tensor.dim() for tensor in (*self._made.parameters(), *self._made.buffers())]
        if self._device == "cpu" and self._has_small_maps():  # on a GPU, cuDNN knows better
            found.append("matmul")
        if 4 in sizes and 5 not in sizes and (cuda or self._device == "cpu"):  # torch has no such order for both
            found.append("channels_last")
        if "fused" in inspect.signature(type(self._optimizer(self._made))).parameters:
            found.append("fused")
        if self._training.speed == "fastest" and self._training.precision == "fp32":
            found.append("bf16")
        if lasts >= _COMPILING and not self._training.compile:
            found.append("graphs" if cuda else "compile")
        return found

    def _has_small_maps(self) -> bool:
        """Whether anything would be done in another way by quick convolutions."""
        model, found = copy.deepcopy(self._made), False

        def look(layer: nn.Module, _: Any, result: Tensor) -> None:
            nonlocal found
            found |= math.prod(result.shape[2:]) <= QuickConv2d.most_places

        for layer in _replaceable(model):
            layer.register_forward_hook(look)
        with torch.no_grad():
            batch = [rows_of(column, self._batches[0]) for column in self._samples]
            self._names["predict"](model, batch)
        return found

    def alone(self) -> Timing:
        """The time of the way that is written."""
        step, _ = self._prepared(())
        turn = self._turn(step)
        return Timing((), statistics.median(self._seconds(step, turn) for _ in range(3)))

    def duel(self, against: Timing, part: str) -> Timing:
        """Time the way that has one part more, beside the one that has not."""
        names = (*against.names, part)
        try:
            challenger, prepare = self._prepared(names)
        except Exception as error:  # torch's compilers fail in ways of their own, and a run can do without
            return Timing(names, 0.0, 0.0, str(error).strip().split("\n")[0][:200] or type(error).__name__)
        step, _ = self._prepared(against.names)
        turn = self._turn(step)
        rounds = max(3, min(_ROUNDS, round(_DUEL / (2 * turn * against.step))))
        ratios = []
        for i in range(rounds):
            both = (step, challenger) if i % 2 else (challenger, step)
            seconds = {one: self._seconds(one, turn) for one in both}
            ratios.append(seconds[challenger] / seconds[step])
        compiled = {"compile", "graphs"} & set(names)
        return Timing(names, against.step * statistics.median(ratios), prepare if compiled else 0.0)

    def _optimizer(self, model: nn.Module, fused: bool = False) -> torch.optim.Optimizer:
        made: torch.optim.Optimizer = self._names["make_optimizer"](model)
        for group in made.param_groups:
            if fused:  # as if it had been asked for when the optimizer was made: it has no state yet
                group |= {"fused": True, "foreach": False}
        return made

    def _prepared(self, names: tuple[str, ...]) -> tuple[Callable[[int], None], float]:
        """A function that does so many steps, and the seconds that the very first ones took."""
        model = copy.deepcopy(self._made)
        layout: dict[str, Any] = {"memory_format": torch.channels_last} if "channels_last" in names else {}
        model = model.to(self._device, **layout)
        if "matmul" in names:
            for conv in _replaceable(model):
                conv.__class__ = QuickConv2d
        model.train()
        trained: Callable[..., Any] = model
        if "graphs" in names:
            trained = torch.compile(model, mode="reduce-overhead")
        elif "compile" in names or self._training.compile:
            trained = torch.compile(model)
        training = msgspec.structs.replace(self._training, speed="fastest", variant=names)
        optimizer = self._optimizer(model, "fused" in names)
        kind = torch.device(self._device).type
        scaler = torch.amp.GradScaler(kind) if training.precision == "fp16" else None
        telemetry = Telemetry(model)
        stepper = Stepper(
            self._names, training, model, trained, optimizer, telemetry, self._samples, self._device, scaler
        )
        step = stepper.make()
        batches = [batch.to(self._samples[0].device) for batch in self._batches]

        def steps(count: int) -> None:
            for i in range(count):
                step(batches[i % len(batches)])
            telemetry.read()  # on a GPU, this waits for it

        start = time.perf_counter()
        for _ in range(3):  # CUDA graphs are recorded at the third
            steps(1)
        return steps, time.perf_counter() - start

    def _turn(self, steps: Callable[[int], None]) -> int:
        """How many steps make a turn."""
        return max(1, round(_TURN / max(1e-6, self._seconds(steps, 1))))

    def _seconds(self, steps: Callable[[int], None], count: int) -> float:
        start = time.perf_counter()
        steps(count)
        return (time.perf_counter() - start) / count


def _replaceable(model: nn.Module) -> list[nn.Conv2d]:
    """The convolutions that the program would write as quick ones."""
    return [
        layer
        for layer in model.modules()
        if type(layer) is nn.Conv2d
        and layer.groups == 1
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
        and layer.kernel_size != (1, 1)
    ]
