"""What the rows of steps.bin come to, 64 at a time, kept beside them: hours of a run are shown before they are read.

summary.bin is one block for every 64 rows: for each series its least, its greatest and its mean number, and marks, all
as little-endian singles. The series are the loss, the norm of each tensor's gradient, and that of each node's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]

SUMMARY = "summary.bin"
ROWS = 64
LOW, HIGH, MEAN, MARK = range(4)
BAD, LOW_FIRST = 1, 2
"""Marks: a number is not finite; the least came before the greatest."""
_CHUNK = ROWS << 8


class Series:
    """Which series a run has: how many, and how those of the nodes follow from those of the tensors."""

    def __init__(self, nodes: Sequence[str]) -> None:
        """Take the node of every tensor."""
        self.nodes = tuple(dict.fromkeys(nodes))
        self.tensors = len(nodes)
        self.members = [np.array([i for i, owner in enumerate(nodes) if owner == node]) for node in self.nodes]
        self.row = 8 * (1 + self.tensors)
        """Bytes of a row of steps.bin."""

    def __len__(self) -> int:
        return 1 + self.tensors + len(self.nodes)

    @property
    def block(self) -> int:
        """Bytes of a block of summary.bin."""
        return 4 * 4 * len(self)

    def values(self, data: bytes | memoryview) -> tuple[Singles, Bools]:
        """The series of whole rows, shape (series, n), and at which of them the norms were taken, shape (n,).

        A row without norms has nan in all of them, and a loss that is a number.
        """
        rows = np.frombuffer(data, "<f8").reshape(-1, 1 + self.tensors)
        loss, norms = rows[:, 0], rows[:, 1:]
        with np.errstate(over="ignore", invalid="ignore"):
            found = np.empty((len(self), len(rows)), np.float32)
            found[: 1 + self.tensors] = rows.T
            squares = norms * norms
            for at, members in enumerate(self.members, start=1 + self.tensors):
                found[at] = np.sqrt(squares[:, members].sum(axis=1))
        taken = ~(np.isnan(norms).all(axis=1) & np.isfinite(loss)) if self.tensors else np.zeros(len(rows), np.bool_)
        return found, taken


def blocks(values: Singles, taken: Bools) -> Singles:
    """What `Series.values` gave, a multiple of 64 rows of it, as blocks: shape (blocks, 4, series)."""
    known = np.broadcast_to(taken, values.shape).copy()
    known[0] = True
    finite = np.isfinite(values)
    count = values.shape[1] // ROWS

    def cut(array: NDArray[Any]) -> NDArray[Any]:
        return array.reshape(len(array), count, ROWS)

    lows = cut(np.where(finite, values, np.float32(np.inf)))
    highs = cut(np.where(finite, values, np.float32(-np.inf)))
    counted = cut(finite).sum(axis=2)
    total = cut(np.where(finite, values, np.float32(0))).sum(axis=2, dtype=np.float64)
    found = np.empty((count, 4, len(values)), "<f4")
    found[:, LOW], found[:, HIGH] = lows.min(axis=2).T, highs.max(axis=2).T
    with np.errstate(invalid="ignore"):
        found[:, MEAN] = np.where(counted > 0, total / np.maximum(counted, 1), np.nan).T
    first = lows.argmin(axis=2) <= highs.argmax(axis=2)
    found[:, MARK] = (BAD * cut(~finite & known).any(axis=2) + LOW_FIRST * first).T
    return found


def missing(table: Path, series: Series, start: int, stop: int) -> Iterator[Singles]:
    """The blocks from `start` to `stop`, made from the rows themselves, some at a time."""
    with table.open("rb") as file:
        file.seek(start * ROWS * series.row)
        for at in range(start * ROWS, stop * ROWS, _CHUNK):
            data = file.read(min(_CHUNK, stop * ROWS - at) * series.row)
            yield blocks(*series.values(data[: len(data) // (ROWS * series.row) * (ROWS * series.row)]))


def kept(folder: Path, series: Series, start: int = 0) -> Singles:
    """The blocks that lie in summary.bin, from `start` on."""
    path = folder / SUMMARY
    try:
        count = max(path.stat().st_size // series.block - start, 0)
        found = np.fromfile(path, "<f4", count * 4 * len(series), offset=start * series.block)
    except OSError:
        return np.empty((0, 4, len(series)), np.float32)
    return found[: len(found) // (4 * len(series)) * (4 * len(series))].reshape(-1, 4, len(series))
