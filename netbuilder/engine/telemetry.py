"""Loss and gradient norms of every step, at a few percent of its cost: computed at once, read back late."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass

import torch
from torch import Tensor, nn

INTERVAL = 0.1  # seconds between two readings


@dataclass(frozen=True)
class Reading:
    """Rows of doubles (loss, then one norm a tensor), and where the first bad one is: its row and tensor.

    `bad_tensor` is None when a loss is not finite while every gradient is.
    """

    rows: bytes
    count: int
    last_loss: float
    bad_row: int | None = None
    bad_tensor: int | None = None


class Telemetry:
    """Collects numbers step by step. `read` waits for the device, so it is called seldom.

    On the processor there is nothing to wait for: numbers are taken at once, since hundreds of small tensors kept alive
    would cost more and push the gradients around in memory.
    """

    def __init__(self, model: nn.Module) -> None:
        self._parameters = list(model.parameters())
        first = self._parameters[0] if self._parameters else None
        self._zero = torch.zeros((), device=first.device if first is not None else "cpu")
        self._at_once = self._zero.device.type == "cpu"
        self._numbers = array("d")
        self._pending: list[Tensor] = []
        self._read_at = time.perf_counter()

    def record(self, loss: Tensor) -> None:
        """Remember this step, whose gradients are still there."""
        gradients = [_numbers_of(p.grad) for p in self._parameters if p.grad is not None]
        norms = list(torch._foreach_norm(gradients)) if gradients else []
        if len(norms) < len(self._parameters):
            found = iter(norms)
            norms = [next(found) if p.grad is not None else self._zero for p in self._parameters]
        if self._at_once:
            self._numbers.append(loss.item())
            self._numbers.extend([norm.item() for norm in norms])
        else:
            self._pending.append(loss.detach())
            self._pending += norms

    def due(self, now: float) -> bool:
        """Whether it is time to read."""
        return now - self._read_at >= INTERVAL

    def read(self) -> Reading | None:
        """What was recorded since the last reading; None when that is nothing."""
        self._read_at = time.perf_counter()
        if self._at_once:
            numbers, self._numbers = self._numbers, array("d")
            rows = torch.tensor(numbers, dtype=torch.float64)
        else:
            pending, self._pending = self._pending, []
            rows = torch.stack([t.float() for t in pending]).cpu().double() if pending else torch.empty(0)
        if not len(rows):
            return None
        rows = rows.view(-1, 1 + len(self._parameters))
        finite = torch.isfinite(rows)
        bad_row = bad_tensor = None
        if not bool(finite.all()):
            bad_row = int((~finite.all(1)).nonzero()[0])
            tensors = (~finite[bad_row, 1:]).nonzero().flatten()
            # Gradients are computed from the loss backwards: the last tensor is the first to go bad.
            bad_tensor = int(tensors[-1]) if len(tensors) else None
        return Reading(rows.numpy().tobytes(), len(rows), float(rows[-1, 0]), bad_row, bad_tensor)


def _numbers_of(gradient: Tensor) -> Tensor:
    """The gradient, or the rows that a sparse one has."""
    return gradient.coalesce().values() if gradient.is_sparse else gradient
