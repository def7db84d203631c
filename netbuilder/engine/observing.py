"""What becomes of the same few samples in the course of a run, and which samples are hardest and easiest.

It is written at each validation, from a bounded number of the samples kept aside.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.bridge.about import EXTREMES, OBSERVED, OUTPUTS, PREDICTIONS
from netbuilder.bridge.run_folder import RunWriter

LOOKED = 512  # samples among which the hardest and the easiest are looked for
BATCH = 64


def chosen(samples: Sequence[Any] | None, most: int) -> tuple[int, ...]:
    """The numbers of so many samples, from all over; none where none are kept aside."""
    total = 0 if samples is None else len(samples[0])
    number = min(most, total)
    return tuple(i * total // number for i in range(number))


class Observer:
    """Watches the samples kept aside. `names` are those of the run's program."""

    def __init__(self, names: Mapping[str, Any], samples: Sequence[Any] | None, writer: RunWriter) -> None:
        self._names, self._samples, self._writer = names, samples, writer
        self.observed = chosen(samples, OBSERVED)
        self._looked = torch.tensor(chosen(samples, LOOKED), dtype=torch.int64)

    def observe(self, step: int, model: nn.Module) -> None:
        """Write what the model, which is in its evaluating mode, makes of them now. It draws no random numbers."""
        if not self.observed:
            return
        device = str(self._names["DEVICE"])
        before = random.getstate()
        with torch.random.fork_rng([device] if device.startswith("cuda") else []), torch.no_grad():
            outputs = self._outputs(model)
            losses = self._losses(model)
        random.setstate(before)
        row = [float(step), *outputs, *self._extremes(losses, True), *self._extremes(losses, False)]
        self._writer.append(PREDICTIONS, array("d", row).tobytes())

    def _outputs(self, model: nn.Module) -> list[float]:
        """The first numbers of the first output for each observed sample; NaN for what there is not."""
        indices = torch.tensor(self.observed, dtype=torch.int64)
        found = results_of(self._names, model, self._samples or (), indices)[0]
        table = torch.full((len(indices), OUTPUTS), math.nan, dtype=torch.float64)
        if found.dim() and len(found) == len(indices):
            numbers = found.reshape(len(indices), -1)[:, :OUTPUTS]
            table[:, : numbers.shape[1]] = numbers
        return table.flatten().tolist()

    def _losses(self, model: nn.Module) -> Tensor:
        found = []
        for indices in torch.split(self._looked, BATCH):
            results = results_of(self._names, model, self._samples or (), indices)
            found.append(sample_losses(self._names["objective"], results, len(indices)))
        return torch.cat(found)

    def _extremes(self, losses: Tensor, worst: bool) -> list[float]:
        """The numbers of samples, the most extreme first, then their losses."""
        finite = losses.isfinite()
        there, kept = self._looked[finite], losses[finite]
        order = kept.argsort(descending=worst, stable=True)[:EXTREMES]
        lacking = [math.nan] * (EXTREMES - len(order))
        return [*there[order].tolist(), *lacking, *kept[order].tolist(), *lacking]


def results_of(names: Mapping[str, Any], model: nn.Module, samples: Sequence[Any], indices: Tensor) -> list[Tensor]:
    """What objective and metrics take, for these samples."""
    batch = [column[indices].to(names["DEVICE"]) for column in samples]
    found = names["predict"](model, batch)
    return list(found) if isinstance(found, tuple) else [found]


def sample_losses(objective: Callable[..., Tensor], results: Sequence[Tensor], count: int) -> Tensor:
    """The loss of each sample by itself; NaN where the results are not one for each sample."""
    if not all(one.dim() and len(one) == count for one in results):
        return torch.full((count,), math.nan)

    def alone(*parts: Tensor) -> Tensor:
        return objective(*(part.unsqueeze(0) for part in parts))

    try:
        losses: Tensor = torch.vmap(alone, randomness="same")(*results)
    except (RuntimeError, ValueError):  # not every loss can be done for many samples at once
        losses = torch.stack([objective(*(one[i : i + 1] for one in results)) for i in range(count)])
    return losses.detach().double().cpu().reshape(count)
