"""Loss and gradient norms of every step, at a few percent of its cost: computed at once, read back late."""

from __future__ import annotations

import math
import time
from array import array
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

INTERVAL = 0.2  # seconds between two readings
_ROW = (1,)  # how far it is from number to number
_EXACT = (torch.float32, torch.float64)  # in others a sum of squares would be too coarse
_ROWS = 256  # kept on a GPU in one piece


class NotFinite(Exception):
    """A loss or a gradient became NaN or infinite: at which step and, counted back from the loss, at which node."""

    def __init__(self, step: int, node: str | None) -> None:
        self.step, self.node = step, node
        super().__init__(f"not finite at step {step}")


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
    would cost more and push the gradients around in memory. A gradient's product with itself is what a processor
    calculates quickest of it; roots are taken when the numbers are read.
    """

    def __init__(self, model: nn.Module, norms: bool = True) -> None:
        """Without `norms` the loss alone is recorded, and the columns of norms are NaN."""
        self._parameters = list(model.parameters()) if norms else []
        self._width = 1 + len(self._parameters)
        self._missing = 0 if norms else sum(1 for _ in model.parameters())
        first = next(model.parameters(), None)
        self._zero = torch.zeros((), device=first.device if first is not None else "cpu")
        self._at_once = self._zero.device.type == "cpu"
        # Gradients lie in memory as their weights do: without gaps, so that they can be read as one row.
        self._places: list[tuple[Any, tuple[int] | None]] = [
            (p, None if p.dim() == 1 else (p.numel(),)) for p in self._parameters if _is_dense(p) and p.dtype in _EXACT
        ]
        self._quick = len(self._places) == len(self._parameters)
        self._numbers = array("d")  # losses and squares of norms
        self._full: list[Tensor] = []
        self._free: list[Tensor] = []
        self._read_at = time.perf_counter()
        self._seconds = 0.0  # between the last two readings

    def record(self, loss: Tensor) -> None:
        """Remember this step, whose gradients are still there."""
        if not self._at_once:
            self._keep(loss)
            return
        self._numbers.append(loss.item())
        if not self._parameters:
            return
        if not self._quick:
            self._numbers.extend(self._squares())
            return
        try:
            rows: list[Any] = [p.grad if n is None else p.grad.as_strided(n, _ROW) for p, n in self._places]
            squares = [row.dot(row).item() for row in rows]
            total = sum(squares)
        except (AttributeError, RuntimeError):  # no gradient, a sparse one, other numbers
            total = math.nan
        # Squares of great numbers may be too great, and a gradient that is not finite is looked at closely too.
        self._numbers.extend(squares if total - total == 0.0 else self._squares())

    def due(self, now: float) -> bool:
        """Whether it is time to read."""
        return now - self._read_at >= INTERVAL

    def read(self) -> Reading | None:
        """What was recorded since the last reading; None when that is nothing."""
        now = time.perf_counter()
        self._seconds, self._read_at = now - self._read_at, now
        rows = self._together(self._taken() if self._at_once else self._fetched())
        if not len(rows):
            return None
        finite = torch.isfinite(rows)
        bad_row = bad_tensor = None
        if not bool(finite.all()):
            bad_row = int((~finite.all(1)).nonzero()[0])
            tensors = (~finite[bad_row, 1:]).nonzero().flatten()
            # Gradients are computed from the loss backwards: the last tensor is the first to go bad.
            bad_tensor = int(tensors[-1]) if len(tensors) else None
        if self._missing:
            rows = nn.functional.pad(rows, (0, self._missing), value=math.nan)
        return Reading(rows.numpy().tobytes(), len(rows), float(rows[-1, 0]), bad_row, bad_tensor)

    def _together(self, rows: Tensor) -> Tensor:
        """The rows with what only all processes together know."""
        return rows

    def _squares(self) -> list[float]:
        """The squares of the norms, whatever the gradients are; 0 where there is none."""
        found = []
        for parameter in self._parameters:
            gradient = parameter.grad
            norm = 0.0 if gradient is None else torch.linalg.vector_norm(_numbers_of(gradient), dtype=_wide(gradient))
            found.append(float(norm) ** 2)
        return found

    def _taken(self) -> Tensor:
        """The rows recorded on the processor."""
        numbers, self._numbers = self._numbers, array("d")
        if not numbers:
            return torch.empty(0)
        rows = torch.frombuffer(numbers, dtype=torch.float64).view(-1, self._width)
        rows[:, 1:].sqrt_()
        return rows

    def _keep(self, loss: Tensor) -> None:
        """Record on a GPU, in few calls and without waiting for it.

        Numbers are copied at once: with CUDA graphs the next step is calculated into the same memory.
        """
        gradients = [_numbers_of(p.grad) for p in self._parameters if p.grad is not None]
        norms = list(torch._foreach_norm(gradients)) if gradients else []
        if len(norms) < len(self._parameters):
            found = iter(norms)
            norms = [self._zero if p.grad is None else next(found) for p in self._parameters]
        if not self._free:
            self._full.append(torch.empty(_ROWS, self._width, device=self._zero.device))
            self._free = list(self._full[-1].unbind())[::-1]
        torch.stack([loss.detach(), *norms], out=self._free.pop())

    def _fetched(self) -> Tensor:
        """The rows recorded on a GPU."""
        if not self._full:
            return torch.empty(0)
        rows = torch.cat(self._full)
        rows = rows[: len(rows) - len(self._free)].cpu().double()
        self._full, self._free = [], []
        return rows


def _numbers_of(gradient: Tensor) -> Tensor:
    """The gradient, or the rows that a sparse one has."""
    return gradient.coalesce().values() if gradient.is_sparse else gradient


def _wide(gradient: Tensor) -> torch.dtype:
    """What sums of its squares fit into."""
    return torch.complex128 if gradient.is_complex() else torch.float64


def _is_dense(tensor: Tensor) -> bool:
    """Whether its numbers lie side by side, in whatever order."""
    ends = (max(0, size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True))
    return tensor.layout is torch.strided and sum(ends) + 1 == tensor.numel()
