"""One step of the exported program, with telemetry between the gradients and the update: the same numbers, to the bit.

Every step of a run goes through here, so the common case is a function that does nothing but the step.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.codegen.loop import ways
from netbuilder.engine.data import Samples
from netbuilder.engine.telemetry import Telemetry
from netbuilder.engine.updating import forgetting_of, update_of
from netbuilder.graph.records import Training

_BITS = {"bf16": torch.bfloat16, "fp16": torch.float16}
Step = Callable[[Tensor], None]


class Watcher(Protocol):
    """What looks closely at a step that is looked at closely."""

    def phase(self, name: str) -> None:
        """A phase of the step is over."""

    def watching(self) -> AbstractContextManager[object]:
        """While the forward pass runs."""

    def before_update(self) -> None:
        """The gradients are there, the weights have not moved."""


class _Nobody:
    """Looks at nothing."""

    def phase(self, name: str) -> None:
        """Note nothing."""

    def watching(self) -> AbstractContextManager[object]:
        """Change nothing."""
        return contextlib.nullcontext()

    def before_update(self) -> None:
        """Note nothing."""


@dataclass(frozen=True)
class Stepper:
    """What a step needs. `trained` is the model as the loop calls it: itself, or what torch.compile made of it."""

    names: Mapping[str, Any]
    training: Training
    model: nn.Module
    trained: Callable[..., Any]
    optimizer: torch.optim.Optimizer
    telemetry: Telemetry
    train: Samples
    device: str
    scaler: torch.amp.GradScaler | None

    def make(self) -> Step:
        """The step for a batch of samples, given by their indices."""
        plain = (
            self.training.accumulate == 1
            and self.training.clip == "off"
            and self.scaler is None
            and self.dtype is None
            and "augment" not in self.names
            and "take_share" not in self.names
            and not OPTIMIZERS[self.training.optimizer].closure
            and all(isinstance(column, Tensor) for column in self.train)
        )
        return self._plain() if plain else self.watched(_Nobody())

    @property
    def dtype(self) -> torch.dtype | None:
        """What the forward pass is calculated in, where that is not what the weights are."""
        found = ways(self.training)
        return next((bits for name, bits in _BITS.items() if name in found), None)

    def _plain(self) -> Step:
        predict, objective = self.names["predict"], self.names["objective"]
        model, record = self.trained, self.telemetry.record
        forget, update = forgetting_of(self.optimizer), update_of(self.optimizer)
        train, device = self.train, self.device
        there = train[0].device == torch.empty(0, device=device).device

        def step(indices: Tensor) -> None:
            # The same rows as tensor[indices], several times as fast.
            batch = [tensor.index_select(0, indices) for tensor in train]
            if not there:
                batch = [tensor.to(device) for tensor in batch]
            loss: Tensor = objective(*predict(model, batch))
            forget()
            loss.backward()  # type: ignore[no-untyped-call]
            record(loss)
            update()

        return step

    def watched(self, watcher: Watcher) -> Step:
        """The same step, whatever the settings, with somebody looking."""
        careful = _Careful(self, watcher)
        return careful.with_closure if OPTIMIZERS[self.training.optimizer].closure else careful.step


class _Careful:
    """A step in all its parts, each of which the watcher is told of."""

    def __init__(self, stepper: Stepper, watcher: Watcher) -> None:
        self._watcher, self._stepper = watcher, stepper
        self._training, self._model = stepper.training, stepper.trained
        self._optimizer, self._scaler = stepper.optimizer, stepper.scaler
        self._predict, self._objective = stepper.names["predict"], stepper.names["objective"]
        self._augment = stepper.names.get("augment")
        self._share: Callable[[Tensor], tuple[Tensor, float]] | None = stepper.names.get("take_share")
        self._kind, self._dtype = torch.device(stepper.device).type, stepper.dtype
        self._parameters = list(stepper.model.parameters())
        self._forget, self._update = forgetting_of(self._optimizer), update_of(self._optimizer)
        limits = {"off": None, "norm": nn.utils.clip_grad_norm_, "value": nn.utils.clip_grad_value_}
        self._limit = limits[self._training.clip]
        # Several processes tell each other their gradients once a step, not after each of its batches.
        self._apart: Callable[[], AbstractContextManager[object]] = getattr(
            stepper.trained, "no_sync", contextlib.nullcontext
        )

    def step(self, indices: Tensor) -> None:
        """The step of most optimizers."""
        self._forget()
        loss = self._backward(indices)
        if self._scaler is not None:
            self._scaler.unscale_(self._optimizer)
        self._stepper.telemetry.record(loss)
        self._watcher.phase("telemetry")
        self._watcher.before_update()
        self._clip()
        if self._scaler is None:
            self._update()
        else:
            self._scaler.step(self._optimizer)
            self._scaler.update()
        self._watcher.phase("update")

    def with_closure(self, indices: Tensor) -> None:
        """The step of an optimizer that asks for the loss itself, as often as it likes."""
        batch = self._fetch(indices) if self._training.accumulate == 1 else None
        recorded = False

        def closure() -> Tensor:
            nonlocal recorded
            self._optimizer.zero_grad()
            loss = self._backward(indices, batch)
            if not recorded:  # what comes later within the step is where the optimizer only looked
                self._stepper.telemetry.record(loss)
                self._watcher.before_update()
            recorded = True
            self._clip()
            return loss

        self._optimizer.step(closure)  # type: ignore[arg-type]
        self._watcher.phase("update")

    def _fetch(self, indices: Tensor) -> list[Tensor]:
        batch = [rows_of(column, indices).to(self._stepper.device) for column in self._stepper.train]
        return list(self._augment(*batch)) if self._augment is not None else batch

    def _backward(self, indices: Tensor, batch: list[Tensor] | None = None) -> Tensor:
        """Gradients of one batch or of several, and the loss."""
        several = self._training.accumulate > 1
        parts = torch.split(indices, self._training.batch_size) if several else (indices,)
        total: Tensor | None = None
        for number, part in enumerate(parts, 1):
            weight = 1.0
            if self._share is not None:
                part, weight = self._share(part)
            batch = self._fetch(part) if batch is None or len(parts) > 1 else batch
            self._watcher.phase("data")
            lower = torch.autocast(self._kind, self._dtype) if self._dtype is not None else contextlib.nullcontext()
            with self._apart() if number < len(parts) else contextlib.nullcontext():
                with lower, self._watcher.watching():
                    loss: Tensor = self._objective(*self._predict(self._model, batch))
                if self._share is not None:
                    loss = weight * loss
                if len(parts) > 1:
                    loss = loss / len(parts)
                self._watcher.phase("forward")
                (loss if self._scaler is None else self._scaler.scale(loss)).backward()  # type: ignore[no-untyped-call]
            self._watcher.phase("backward")
            total = loss.detach() if total is None else total + loss.detach()
        assert total is not None
        return total

    def _clip(self) -> None:
        if self._limit is not None:
            self._limit(self._parameters, self._training.clip_at)


def rows_of(column: Any, indices: Tensor) -> Tensor:
    """These samples of a column, which is a tensor or read from files."""
    if isinstance(column, Tensor):
        return column.index_select(0, indices.to(column.device))
    found: Tensor = column[indices]
    return found
