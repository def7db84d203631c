"""Finding a learning rate: it rises from step to step by the same factor, and the loss tells where it is best.

After Leslie Smith, "Cyclical Learning Rates for Training Neural Networks" (2017).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

LOWEST, HIGHEST = 1e-7, 10.0
STEPS = 150
_FORGETS = 0.9  # of the running mean of losses
_HOPELESS = 4.0  # times the least loss: from there on it only gets worse


def rate_at(step: int, steps: int = STEPS) -> float:
    """The learning rate of a step, counted from 1."""
    return float(LOWEST * (HIGHEST / LOWEST) ** ((step - 1) / max(1, steps - 1)))


def smoothed(losses: Sequence[float]) -> list[float]:
    """The running mean of losses, freed of its start at nothing."""
    found: list[float] = []
    mean = 0.0
    for number, loss in enumerate(losses, 1):
        mean = _FORGETS * mean + (1 - _FORGETS) * loss
        found.append(mean / (1 - _FORGETS**number))
    return found


def hopeless(losses: Sequence[float]) -> bool:
    """Whether the search can end: the loss has left its best far behind, or is no number."""
    if not losses:
        return False
    means = smoothed(losses)
    return not math.isfinite(losses[-1]) or (len(means) > 20 and means[-1] > _HOPELESS * min(means))


def suggest(losses: Sequence[float], steps: int = STEPS) -> float | None:
    """The rate at which the smoothed loss falls fastest; None where it never falls by more than its noise."""
    finite = [loss for loss in losses if math.isfinite(loss)]
    means = smoothed(finite)
    if len(means) < 20:
        return None
    least = min(range(10, len(means)), key=means.__getitem__)
    if means[least] >= 0.98 * max(means[: least + 1]):
        return None
    # The slope over a few steps, on a log scale of rates, up to the least loss.
    slopes = {i: means[i + 3] - means[i - 3] for i in range(6, max(7, min(least, len(means) - 3)))}
    steepest = min(slopes, key=slopes.__getitem__)
    return rate_at(steepest + 1, steps)
