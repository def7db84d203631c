"""Before a run: one batch forward and backward on a device, which tells in seconds what a run would tell in hours."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Device, Preflight, Problem
from netbuilder.codegen import Plan
from netbuilder.codegen.loop import ways
from netbuilder.engine.data import Samples
from netbuilder.engine.execute import Program
from netbuilder.engine.stepping import Stepper
from netbuilder.engine.telemetry import Telemetry

STEPS = 4  # that are timed, after one that is not
_FAR = 1.5  # times chance: a loss that begins beyond it begins with confident mistakes


def preflight(program: Program, plan: Plan, samples: Samples, device: Device) -> Preflight:
    """Try a batch. Errors of the network come out as they are; random states are as before.

    `memory` is, on a GPU, what was in use at most; on a processor the weights, gradients and what the optimizer keeps,
    and what the forward pass keeps for the backward one. `epoch` leaves validation out.
    """
    numbers = [torch.cuda.current_device()] if device.id.startswith("cuda") else []
    with torch.random.fork_rng(numbers):
        torch.manual_seed(plan.graph.training.seed)
        return _Trial(program, plan, samples, device).report()


class _Trial:
    def __init__(self, program: Program, plan: Plan, samples: Samples, device: Device) -> None:
        self._program, self._plan, self._samples, self._device = program, plan, samples, device
        names = program.names
        names["DEVICE"] = device.id
        self._training = plan.graph.training
        if device.id.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats(device.id)
        layout = {"memory_format": torch.channels_last} if "channels_last" in ways(self._training) else {}
        self._model: nn.Module = names[plan.class_name]().to(device.id, **layout)
        if "freeze" in names:
            names["freeze"](self._model)
        self._optimizer: torch.optim.Optimizer = names["make_optimizer"](self._model)
        self._telemetry = Telemetry(self._model)
        scaler = torch.amp.GradScaler(torch.device(device.id).type) if "fp16" in ways(self._training) else None
        self._stepper = Stepper(
            names,
            self._training,
            self._model,
            self._model,
            self._optimizer,
            self._telemetry,
            samples,
            device.id,
            scaler,
        )
        self._size = self._training.batch_size * self._training.accumulate
        self._kept = 0

    def report(self) -> Preflight:
        count = len(self._samples[0])
        indices = torch.arange(min(count, self._size))
        self._model.train()
        with self._counting():
            self._stepper.make()(indices)
        loss = self._read()
        problems = [*self._without_gradient(), *self._unlikely(loss)]
        step = self._time(indices)
        per_epoch = math.ceil(count / self._size)
        return Preflight(
            self._device.id,
            self._memory(),
            step,
            step * per_epoch,
            loss,
            self._chance(),
            tuple(problems),
        )

    def _read(self) -> float:
        reading = self._telemetry.read()
        assert reading is not None
        return reading.last_loss

    def _time(self, indices: Tensor) -> float:
        """Seconds a step, the quickest of some: what else the computer does only makes it longer."""
        step_once = self._stepper.make()
        found = []
        for _ in range(STEPS):
            start = time.perf_counter()
            step_once(indices)
            if self._device.id.startswith("cuda"):
                torch.cuda.synchronize(self._device.id)
            found.append(time.perf_counter() - start)
        self._telemetry.read()
        return min(found)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        """Add up what the forward pass keeps, each piece of memory once."""
        seen: set[int] = set()

        def keep(tensor: Tensor) -> Tensor:
            place = tensor.untyped_storage()
            if place.data_ptr() not in seen:
                seen.add(place.data_ptr())
                self._kept += place.nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            yield

    def _memory(self) -> int:
        if self._device.id.startswith("cuda"):
            return torch.cuda.max_memory_allocated(self._device.id)
        tensors = [*self._model.parameters(), *self._model.buffers()]
        tensors += [p.grad for p in self._model.parameters() if p.grad is not None]
        for state in self._optimizer.state.values():
            tensors += [value for value in state.values() if isinstance(value, Tensor)]
        weights = {place.data_ptr(): place.nbytes() for place in (t.untyped_storage() for t in tensors)}
        return self._kept + sum(weights.values())

    def _without_gradient(self) -> Iterator[Problem]:
        """The nodes with weights that no gradient reaches, those apart that are meant to stay."""
        plan, said = self._plan, set()
        by_attribute = {name: key.partition("/")[0] for key, name in plan.names.items()}
        for name, parameter in self._model.named_parameters():
            node = by_attribute.get(name.partition(".")[0])
            if parameter.grad is None and parameter.requires_grad and node is not None and node not in said:
                said.add(node)
                text = "No gradient reaches {node}: no loss depends on it, so it will not learn."
                yield Problem(node, say(text, node=plan.graph.nodes[node].name), "warning")

    def _chance(self) -> float | None:
        """The loss of guesses, where a single cross entropy says how many classes there are: ln C."""
        losses = self._plan.losses
        if len(losses) != 1 or losses[0].block not in ("CrossEntropyLoss", "NLLLoss"):
            return None
        values = self._plan.graph.values(losses[0])
        if values.get("reduction", "mean") != "mean" or values.get("class_weight") is not None:
            return None
        classes = self._classes()
        factor = values.get("weight", 1)  # of the loss among others
        return math.log(classes) * factor if classes and isinstance(factor, int | float) else None

    def _classes(self) -> int | None:
        """How many scores a sample gets, from the network's own output."""
        names = self._program.names
        with torch.no_grad():
            batch = [column[torch.arange(min(2, len(column)))].to(self._device.id) for column in self._samples]
            self._model.eval()
            scores = names["predict"](self._model, batch)[0]
        return int(scores.shape[1]) if isinstance(scores, Tensor) and scores.dim() >= 2 else None

    def _unlikely(self, loss: float) -> Iterator[Problem]:
        node = self._plan.losses[0].id if self._plan.losses else None
        chance = self._chance()
        if not math.isfinite(loss):
            yield Problem(node, say("The loss of the very first batch is not a finite number."))
        elif chance is not None and loss > _FAR * chance + 0.1:
            text = (
                "The loss starts at {loss}, and guessing alone gives {chance}: the scores are too large at the start. "
                "Normalise the input, or the last layers."
            )
            yield Problem(node, say(text, loss=f"{loss:.3g}", chance=f"{chance:.3g}"), "warning")
