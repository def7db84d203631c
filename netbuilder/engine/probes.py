"""What is dear to measure, measured on chosen steps: time by phase, weights, their updates, gradients, activations.

Which steps these are is the governor's to say, by what measuring was seen to cost. On a probed step the run tells where
it is; nothing of what it calculates is changed by that, and no random number is drawn. Of tensors with more than a few
thousand numbers, histograms and updates are those of an evenly spread part.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.bridge.about import ACTIVATIONS, LAYERS, PHASES, PULSE, WEIGHTS
from netbuilder.bridge.run_folder import RunWriter
from netbuilder.codegen import Plan
from netbuilder.engine.execute import Program
from netbuilder.engine.governor import Governor
from netbuilder.engine.machine import Machine
from netbuilder.engine.sampling import Doubles, flat, sample, summarise, together
from netbuilder.engine.watching import Watch, watched

_UPDATED = 2**14  # numbers of a tensor by which its update is measured

_TIMING = 5e-5  # seconds that a step takes longer when its phases are timed

# Of each probe, the part of what telemetry may still cost, and the seconds between two at least.
_PULSE = {"phases": (0.1, 0.1), "pulse": (0.0, 1.0)}
_DEAR = {"layers": (0.3, 1.0), "weights": (0.3, 1.0), "activations": (0.3, 1.0)}


class Probes:
    """Measures on the step `next_step`, counted from 1, and on no other one.

    On that step the run calls `begin`, `phase(name)` after each phase, `before_update` before the optimizer's step, and
    `end`; the forward pass runs within `watching`.
    """

    def __init__(
        self,
        model: nn.Module,
        program: Program,
        plan: Plan,
        optimizer: torch.optim.Optimizer,
        writer: RunWriter,
        device: str,
        step: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """Begin after `step`, when the run has trained for so many seconds already."""
        settings = plan.graph.whole.training
        self._optimizer, self._writer = optimizer, writer
        self._parameters = list(model.parameters())
        self._machine = Machine(device)
        self._cuda = torch.device(device) if device.startswith("cuda") else None
        # What others do meanwhile on this processor is no cost; a GPU's work shows only in the time that passes.
        self._clock = time.perf_counter if self._cuda is not None else time.thread_time
        self._watch = Watch(program, plan, self._wait, self._clock)
        probes = dict(_PULSE)
        if settings.telemetry == "all":
            probes |= _DEAR
            if not self._watch or OPTIMIZERS[settings.optimizer].closure:  # a closure may run any number of times
                del probes["activations"]
        self._governor = Governor(probes, step)
        self._due: frozenset[str] = frozenset()
        self._spent = dict.fromkeys(PHASES, 0.0)  # seconds of this step
        self._timed: list[dict[str, float]] = []  # the steps timed since the last pulse
        self._took: dict[str, float] = {}
        self._worked = dict.fromkeys(PHASES, 0.0)  # the same by the governor's clock
        self._usual = dict.fromkeys((*PHASES, "passes"), math.nan)  # of late, by the governor's clock
        self._dear = 0.0  # seconds for probes since the last pulse
        self._row: list[float] | None = None
        self._gradients: Doubles = np.empty(0)
        self._before = np.empty(0, np.float32)
        self._mark = self._pulse_at = time.perf_counter()
        self._work_mark = self._clock()
        self._pulse_step = step
        self._start = self._mark - seconds

    @property
    def next_step(self) -> int:
        """The step to be measured next."""
        return self._governor.next_step

    def rested(self, seconds: float) -> None:
        """Say that the run was paused for so long: that is no time of training."""
        self._start += seconds
        self._pulse_at += seconds

    def begin(self) -> None:
        """Say that the step to be measured begins."""
        self._due = self._governor.due(self.next_step)
        self._spent, self._worked = dict.fromkeys(PHASES, 0.0), dict.fromkeys(PHASES, 0.0)
        self._took, self._row = {}, None
        self._wait()
        self._mark, self._work_mark = time.perf_counter(), self._clock()

    def phase(self, name: str) -> None:
        """Say that what came since the last call was this phase, one of PHASES. A step may have several of a kind."""
        self._wait()
        now, work = time.perf_counter(), self._clock()
        self._spent[name] += now - self._mark
        self._worked[name] += work - self._work_mark
        self._mark, self._work_mark = now, work

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at what the nodes give meanwhile, if that is due; of several batches in a step, at the first."""
        if "activations" not in self._due or self._row is not None:
            yield
            return
        with self._watch() as self._row:
            yield

    def before_update(self) -> None:
        """Say that the gradients are there and the weights are about to move."""
        if "weights" in self._due:
            with self._taking("weights"), torch.no_grad():
                gradients = (p.grad for p in self._parameters)
                self._gradients = summarise([torch.empty(0) if g is None else sample(g) for g in gradients]).histograms
        if "layers" in self._due:
            with self._taking("layers"):
                self._before = together([sample(p, _UPDATED) for p in self._parameters])
        self._mark, self._work_mark = time.perf_counter(), self._clock()

    def end(self, step: int, samples: int) -> None:
        """Say that the step is over, which took so many samples; write what is due. OSError when the disk is full."""
        if "activations" in self._due and self._row is not None:
            self._took["activations"] = self._watch.seconds
            for found in (self._spent, self._worked):
                found["forward"] = max(0.0, found["forward"] - self._watch.seconds)
            with self._taking("activations"):
                self._write(ACTIVATIONS, [step, *self._row])
        if "weights" in self._due:
            with self._taking("weights"), torch.no_grad():
                weights = summarise([sample(p) for p in self._parameters]).histograms
                self._write(WEIGHTS, [step, *np.stack([weights, self._gradients], 1).ravel()])
        if "layers" in self._due:
            with self._taking("layers"), torch.no_grad():
                self._write(LAYERS, [step, *self._layers().ravel()])
        self._dear += sum(self._took.values())
        self._timed.append(self._spent)
        for name, seconds in {**self._worked, "passes": sum(self._spent.values())}.items():
            before = self._usual[name]
            self._usual[name] = seconds if math.isnan(before) else 0.8 * before + 0.2 * seconds
        if "pulse" in self._due:
            self._pulse(step, samples)
        usual = self._usual
        lasts = sum(usual[name] for name in PHASES)
        took = {"phases": _TIMING, **self._took}
        self._governor.plan(step, self._due, took, lasts, usual["telemetry"], usual["passes"])

    def _layers(self) -> Doubles:
        """Of each tensor the norm and the size of the update beside it; NaN where the weights are all zero."""
        after = [sample(p, _UPDATED) for p in self._parameters]
        sizes = np.array([one.numel() for one in after], np.int64)
        norms = [float(torch.linalg.vector_norm(flat(p), dtype=torch.float64)) for p in self._parameters]
        numbers, there = together(after), sizes > 0
        found = np.full((len(sizes), 2), math.nan)
        found[:, 0] = norms
        if there.any():
            starts = (np.cumsum(sizes) - sizes)[there]
            with np.errstate(all="ignore"):
                moved = np.add.reduceat((numbers - self._before) ** 2, starts, dtype=np.float64)
                there_before = np.add.reduceat(self._before**2, starts, dtype=np.float64)
                found[there, 1] = np.sqrt(moved / there_before)
        found[~np.isfinite(found)] = math.nan
        return found

    def _pulse(self, step: int, samples: int) -> None:
        now = time.perf_counter()
        elapsed, steps = now - self._pulse_at, step - self._pulse_step
        phases = {name: sum(one[name] for one in self._timed) / len(self._timed) for name in PHASES}
        phases["telemetry"] += self._dear / max(1, steps)
        rates = [float(group["lr"]) for group in self._optimizer.param_groups]
        speed = steps * samples / elapsed if elapsed > 0 else math.nan
        seconds = now - self._start
        self._write(PULSE, [step, seconds, *rates, speed, *phases.values(), *self._machine.used()])
        self._timed, self._dear = [], 0.0
        self._pulse_at, self._pulse_step = now, step

    def _write(self, table: str, row: list[float]) -> None:
        self._writer.append(table, array("d", row).tobytes())

    @contextmanager
    def _taking(self, name: str) -> Iterator[None]:
        start = self._clock()
        yield
        self._took[name] = self._took.get(name, 0.0) + self._clock() - start

    def _wait(self) -> None:
        """Let the GPU come to where the program is: what it still has to do belongs to the phase before."""
        if self._cuda is not None:
            torch.cuda.synchronize(self._cuda)


__all__ = ["Probes", "watched"]
