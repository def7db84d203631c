"""What the plots know of one run: the rows of its folder, kept so that any zoom of them is cheap. No Qt here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from netbuilder.bridge.about import ACTIVATIONS, CONFUSION, EPOCHS, LAYERS, PHASES, PULSE, STEPS, WEIGHTS, About
from netbuilder.bridge.summary import ROWS, Bools, Series, Singles
from netbuilder.ui.plots.series import Envelope, Floats, Growing, Ints, Table
from netbuilder.ui.plots.steps import TILE, Steps

READ = (STEPS, EPOCHS, PULSE, LAYERS, ACTIVATIONS)
"""The tables of which every row is taken; of the others only what is looked at."""
STATISTICS = ("mean", "spread", "dead", "saturated")


class Part:
    """Some of the series of the steps: the loss, the tensors' norms or the nodes'."""

    def __init__(self, steps: Steps, start: int, count: int) -> None:
        """Take so many from the `start`-th on."""
        self._steps, self._columns, self.columns = steps, slice(start, start + count), count

    def __bool__(self) -> bool:
        """Whether there is anything of it."""
        return bool(self.columns and len(self._steps) and (self._columns.start == 0 or self._steps.measured))

    def envelope(self, bins: int, first: float, last: float) -> Envelope:
        """As `Steps.envelope` says."""
        return self._steps.envelope(self._columns, bins, first, last)

    def at(self, step: float) -> tuple[float, Floats] | None:
        """As `Steps.at` says."""
        return self._steps.at(self._columns, step)

    def rows(self) -> Iterator[Floats]:
        """As `Steps.rows` says."""
        return self._steps.rows(self._columns)


class History:
    """A table of few, long rows, which are read when they are looked at."""

    def __init__(self, path: Path, width: int) -> None:
        """Take the table's file and how many columns it has."""
        self._path, self._width = path, width

    def __len__(self) -> int:
        try:
            return self._path.stat().st_size // (8 * self._width)
        except OSError:
            return 0

    def read(self, rows: Ints | slice, columns: slice) -> Floats:
        """Some columns of some rows; none where the file is gone."""
        count = len(self)
        if not count:
            return np.empty((0, 0))
        try:  # opened for a moment only: a run that goes back to an earlier step cuts the file
            table = np.memmap(self._path, "<f8", "r", shape=(count, self._width))
        except (OSError, ValueError):
            return np.empty((0, 0))
        return np.array(table[rows, columns])

    def steps(self) -> Floats:
        """The step of every row."""
        return self.read(slice(None), slice(0, 1)).reshape(-1)


class RunData:
    """The tables of a run. Steps count from 1: the first row of steps.bin is step 1."""

    def __init__(self, about: About, folder: Path) -> None:
        """Start without rows."""
        self.about, self.folder = about, folder
        series = Series(about.nodes)
        self.nodes = series.nodes
        self.names = tuple(
            _layer_name([t for t, n in zip(about.tensors, about.nodes, strict=True) if n == node])
            for node in self.nodes
        )
        self.steps = Steps(series, folder / STEPS)
        self.loss = Part(self.steps, 0, 1)
        self.tensors = Part(self.steps, 1, series.tensors)
        self.layers = Part(self.steps, 1 + series.tensors, len(series.nodes))
        self.epoch_steps = Growing()
        self.epochs = [Growing() for _ in about.epoch_columns[1:]]
        self.measured = Table(len(about.metrics))
        self.pulse = Table(len(about.pulse_columns) - 1)
        self.moves = Table(2 * len(series.nodes))
        self.activity = Table(len(STATISTICS) * len(about.watched))
        self.weights = History(folder / WEIGHTS, len(about.weight_columns))
        self.activations = History(folder / ACTIVATIONS, len(about.activation_columns))
        self.confusion = History(folder / CONFUSION, len(about.confusion_columns))
        self.first_bad: int | None = None
        self.last_loss = float("nan")
        self.gradients: dict[str, float] = {}

    @property
    def step(self) -> int:
        """The latest step; 0 before the first."""
        return len(self.steps)

    @property
    def end(self) -> int:
        """The step the plots reach to: the planned last one, or the latest where the plan was short."""
        return max(self.about.steps, self.step, 1)

    @property
    def pulse_names(self) -> tuple[str, ...]:
        """The columns of `pulse`."""
        return self.about.pulse_columns[1:]

    def take(self, table: str, data: bytes) -> bool:
        """Take whole rows of one of READ. True when gradient norms were among them."""
        if not data:
            return False
        if table == STEPS:
            return self._take_steps(*self.steps.series.values(data))
        rows = np.frombuffer(data, "<f8").reshape(-1, len(self.about.columns(table)))
        if table == EPOCHS:
            self.epoch_steps.append(rows[:, 0])
            for column, values in zip(self.epochs, rows.T[1:], strict=True):
                column.append(values)
            self.measured.append(rows[:, 0], rows[:, 2:])
        elif table == PULSE:
            self.pulse.append(rows[:, 0], rows[:, 1:])
        elif table == LAYERS:
            self.moves.append(rows[:, 0], self._by_node(rows[:, 1::2], rows[:, 2::2]))
        elif self.about.watched:
            parts = rows[:, 1:].reshape(len(rows), len(self.about.watched), -1)[:, :, : len(STATISTICS)]
            self.activity.append(rows[:, 0], parts.reshape(len(rows), -1))
        return False

    def _by_node(self, norms: Floats, updates: Floats) -> Floats:
        """Norms and updates of tensors as those of their nodes: all the tensors of one taken as one vector."""
        found = []
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for rows in (norms, norms * updates):
                found += [np.sqrt((rows[:, members] ** 2).sum(axis=1)) for members in self.steps.series.members]
            count = len(self.nodes)
            found[count:] = [move / norm for norm, move in zip(found[:count], found[count:], strict=True)]
        return np.stack(found, axis=1) if found else np.empty((len(norms), 0))

    def load(self, blocks: Singles) -> None:
        """Take what blocks of 64 rows of steps come to, as many as make whole tiles."""
        self.steps.load(blocks)
        self._find_bad()

    def _take_steps(self, values: Singles, taken: Bools) -> bool:
        begin = self.step
        bad = np.flatnonzero(~np.isfinite(values[0]))
        if self.first_bad is None and len(bad):
            self.first_bad = begin + int(bad[0]) + 1
        self.steps.append(values, taken)
        self.last_loss = float(values[0, -1])
        places = np.flatnonzero(taken)
        if len(places):
            norms = values[1 + self.steps.series.tensors :, places[-1]]
            self.gradients = {node: float(norm) for node, norm in zip(self.nodes, norms, strict=True)}
        return bool(len(places))

    def _find_bad(self) -> None:
        """Look up the step at which the loss was no number, in the one block of rows that has it."""
        block = self.steps.bad_block
        if block is None or self.first_bad is not None:
            return
        try:
            values, _ = self.steps.read(block * ROWS // TILE)
        except OSError:
            return
        bad = np.flatnonzero(~np.isfinite(values[0]))
        self.first_bad = block * ROWS // TILE * TILE + int(bad[0]) + 1 if len(bad) else block * ROWS + 1

    # what is measured seldom

    def phases(self) -> slice:
        """The columns of `pulse` that say how long each of PHASES took."""
        at = self.pulse_names.index(f"{PHASES[0]}_seconds")
        return slice(at, at + len(PHASES))

    def watched_nodes(self) -> tuple[str, ...]:
        """The node of each watched output."""
        return tuple(name.rpartition(".")[0] or name for name in self.about.watched)

    def watched_names(self) -> tuple[str, ...]:
        """What each watched output is called: by its layer where that has weights."""
        names = dict(zip(self.nodes, self.names, strict=True))
        return tuple(names.get(node, node) for node in self.watched_nodes())


def _layer_name(tensors: Sequence[str]) -> str:
    """What the tensors of one node have in common: `conv1` for conv1.weight and conv1.bias."""
    paths = [name.split(".")[:-1] or [name] for name in tensors]
    common = paths[0]
    for path in paths[1:]:
        same = [a == b for a, b in zip(common, path, strict=False)]
        common = common[: same.index(False) if False in same else len(same)]
    return ".".join(common or paths[0])
