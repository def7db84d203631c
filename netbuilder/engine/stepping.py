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
            and self._dtype is None
            and "augment" not in self.names
            and "take_share" not in self.names
            and not OPTIMIZERS[self.training.optimizer].closure
            and all(isinstance(column, Tensor) for column in self.train)
        )
        return self._plain() if plain else self.watched(_Nobody())

    @property
    def _dtype(self) -> torch.dtype | None:
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
        predict, objective, augment = (self.names.get(name) for name in ("predict", "objective", "augment"))
        assert predict is not None and objective is not None
        share: Callable[[Tensor], tuple[Tensor, float]] | None = self.names.get("take_share")
        training, model, optimizer, scaler = self.training, self.trained, self.optimizer, self.scaler
        train, device, dtype = self.train, self.device, self._dtype
        kind = torch.device(device).type
        parameters = list(self.model.parameters())
        forget, update = forgetting_of(optimizer), update_of(optimizer)
        clip = {"off": None, "norm": nn.utils.clip_grad_norm_, "value": nn.utils.clip_grad_value_}[training.clip]

        def fetch(indices: Tensor) -> list[Tensor]:
            batch = [_rows(column, indices).to(device) for column in train]
            return list(augment(*batch)) if augment is not None else batch

        def backward(indices: Tensor, batch: list[Tensor] | None = None) -> Tensor:
            """Gradients of one batch or of several, and the loss."""
            parts = torch.split(indices, training.batch_size) if training.accumulate > 1 else (indices,)
            total: Tensor | None = None
            for part in parts:
                weight = 1.0
                if share is not None:
                    part, weight = share(part)
                batch = fetch(part) if batch is None or len(parts) > 1 else batch
                watcher.phase("data")
                lower = torch.autocast(kind, dtype) if dtype is not None else contextlib.nullcontext()
                with lower, watcher.watching():
                    loss: Tensor = objective(*predict(model, batch))
                if share is not None:
                    loss = weight * loss
                if len(parts) > 1:
                    loss = loss / len(parts)
                watcher.phase("forward")
                (loss if scaler is None else scaler.scale(loss)).backward()  # type: ignore[no-untyped-call]
                watcher.phase("backward")
                total = loss.detach() if total is None else total + loss.detach()
            assert total is not None
            return total

        def clipped() -> None:
            if clip is not None:
                clip(parameters, training.clip_at)

        def step(indices: Tensor) -> None:
            forget()
            loss = backward(indices)
            if scaler is not None:
                scaler.unscale_(optimizer)
            self.telemetry.record(loss)
            watcher.phase("telemetry")
            watcher.before_update()
            clipped()
            if scaler is None:
                update()
            else:
                scaler.step(optimizer)
                scaler.update()
            watcher.phase("update")

        def step_with_closure(indices: Tensor) -> None:
            batch = fetch(indices) if training.accumulate == 1 else None
            recorded = False

            def closure() -> Tensor:
                nonlocal recorded
                optimizer.zero_grad()
                loss = backward(indices, batch)
                if not recorded:  # what comes later within the step is where the optimizer only looked
                    self.telemetry.record(loss)
                    watcher.before_update()
                recorded = True
                clipped()
                return loss

            optimizer.step(closure)  # type: ignore[arg-type]
            watcher.phase("update")

        return step_with_closure if OPTIMIZERS[training.optimizer].closure else step


def _rows(column: Any, indices: Tensor) -> Tensor:
    if isinstance(column, Tensor):
        return column.index_select(0, indices.to(column.device))
    found: Tensor = column[indices]
    return found
