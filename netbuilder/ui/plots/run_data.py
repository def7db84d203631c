"""What the plots know of one run: the rows of its folder, kept so that any zoom of them is cheap. No Qt here."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from netbuilder.bridge.run_folder import About
from netbuilder.ui.plots.series import Floats, Growing, Sums, Table

_BATCH = 8192


class RunData:
    """The tables of a run. Steps count from 1: the first row of steps.bin is step 1."""

    def __init__(self, about: About) -> None:
        """Start without rows."""
        self.about = about
        self.nodes = tuple(dict.fromkeys(about.nodes))
        self.names = tuple(
            _layer_name([t for t, n in zip(about.tensors, about.nodes, strict=True) if n == node])
            for node in self.nodes
        )
        self.loss, self.sums = Table(1), Sums()
        self.tensors, self.layers = Table(len(about.tensors)), Table(len(self.nodes))
        self.epoch_steps = Growing()
        self.epochs = [Growing() for _ in about.epoch_columns[1:]]
        self.first_bad: int | None = None
        self.last_loss = float("nan")
        self.gradients: dict[str, float] = {}
        members = [[i for i, owner in enumerate(about.nodes) if owner == node] for node in self.nodes]
        self._members = [np.array(indices) for indices in members]

    @property
    def step(self) -> int:
        """The latest step; 0 before the first."""
        return len(self.loss)

    @property
    def end(self) -> int:
        """The step the plots reach to: the planned last one, or the latest where the plan was short."""
        return max(self.about.steps, self.step, 1)

    def add(self, steps: Sequence[array[float]], epochs: Sequence[array[float]]) -> bool:
        """Take the rows that a RunReader gave. True when gradient norms were among them."""
        measured = False
        width = len(self.about.step_columns)
        for at in range(0, len(steps), _BATCH):
            rows = np.frombuffer(b"".join(steps[at : at + _BATCH])).reshape(-1, width)
            measured |= self._add_steps(rows)
        for row in epochs:
            self.epoch_steps.append(np.array(row[:1]))
            for column, value in zip(self.epochs, row[1:], strict=True):
                column.append(np.array([value]))
        return measured

    def _add_steps(self, rows: Floats) -> bool:
        numbers = np.arange(self.step + 1, self.step + 1 + len(rows), dtype=np.float64)
        loss, norms = rows[:, 0], rows[:, 1:]
        bad = np.flatnonzero(~np.isfinite(loss))
        if self.first_bad is None and len(bad):
            self.first_bad = int(numbers[bad[0]])
        self.loss.append(numbers, rows[:, :1])
        self.sums.append(loss)
        self.last_loss = float(loss[-1])
        if not norms.shape[1]:
            return False
        # A step at which no norm was taken has nan in all of them, and a loss that is a number.
        taken = ~(np.isnan(norms).all(axis=1) & np.isfinite(loss))
        if not taken.any():
            return False
        norms, numbers = norms[taken], numbers[taken]
        with np.errstate(over="ignore", invalid="ignore"):
            squares = norms * norms
            layers = np.sqrt(np.stack([squares[:, indices].sum(axis=1) for indices in self._members], axis=1))
        self.tensors.append(numbers, norms)
        self.layers.append(numbers, layers)
        self.gradients = {node: float(norm) for node, norm in zip(self.nodes, layers[-1], strict=True)}
        return True


def _layer_name(tensors: Sequence[str]) -> str:
    """What the tensors of one node have in common: `conv1` for conv1.weight and conv1.bias."""
    paths = [name.split(".")[:-1] or [name] for name in tensors]
    common = paths[0]
    for path in paths[1:]:
        same = [a == b for a, b in zip(common, path, strict=False)]
        common = common[: same.index(False) if False in same else len(same)]
    return ".".join(common or paths[0])
