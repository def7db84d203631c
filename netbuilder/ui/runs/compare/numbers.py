"""The curves of a run as arrays, read without loading more of a long run than can be seen. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netbuilder.bridge.about import EPOCHS, STEPS, About
from netbuilder.bridge.summary import MEAN, ROWS, SUMMARY, Series

Floats = NDArray[np.float64]
MOST = 40_000
"""Rows of steps.bin up to which all of them are read."""
POINTS = 300
_WINDOW = 1 / 70
LOSS = "loss"


@dataclass(frozen=True)
class Curve:
    """Values over steps, both of shape (n,), parts of all if it is a `share`.

    A `fine` one is drawn as it is, the others have dots.
    """

    steps: Floats
    values: Floats
    fine: bool = False
    share: bool = False


def curves(folder: Path, about: About) -> dict[str, Curve]:
    """The curves of a run by name: the loss, smoothed, and everything that is measured on samples kept aside."""
    found = {LOSS: _loss(folder, about)}
    rows = _table(folder / EPOCHS, len(about.epoch_columns))
    for at, name in enumerate(about.epoch_columns[1:], start=1):
        if len(rows):
            found[name] = Curve(np.array(rows[:, 0]), np.array(rows[:, at]), share=name in about.shares)
    return found


def _table(path: Path, width: int) -> Floats:
    """A table of doubles, mapped, not read; shape (rows, width)."""
    try:
        rows = path.stat().st_size // (8 * width)
        mapped: Floats = np.memmap(path, "<f8", "r", shape=(rows, width)) if rows else np.empty((0, width))
    except (OSError, ValueError):
        return np.empty((0, width))
    return mapped


def _loss(folder: Path, about: About) -> Curve:
    rows = _table(folder / STEPS, len(about.step_columns))
    if len(rows) <= MOST:
        return smooth(np.arange(1.0, len(rows) + 1), np.array(rows[:, 0]))
    series = Series(about.nodes)
    try:
        count = (folder / SUMMARY).stat().st_size // series.block
        blocks = np.memmap(folder / SUMMARY, "<f4", "r", shape=(count, 4, len(series)))
        means = blocks[:, MEAN, 0].astype(np.float64)
    except (OSError, ValueError):
        apart = -(-len(rows) // MOST)
        return smooth(np.arange(1.0, len(rows) + 1, apart), np.array(rows[::apart, 0]))
    return smooth(np.arange(count, dtype=np.float64) * ROWS + ROWS / 2, means)


def smooth(steps: Floats, values: Floats) -> Curve:
    """Means around a few hundred points; what is no finite number is left out."""
    finite = np.isfinite(values)
    steps, values = steps[finite], values[finite]
    if len(values) < 3:
        return Curve(steps, values, fine=True)
    half = max(int(len(values) * _WINDOW), 1)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.unique(np.linspace(0, len(values) - 1, min(POINTS, len(values))).astype(np.int64))
    reach = np.minimum(half, at)  # at its start the window stays symmetric, so that the first fall is not blunted
    low, high = at - reach, np.minimum(at + reach + 1, len(values))
    return Curve(steps[at], (sums[high] - sums[low]) / (high - low), fine=True)
