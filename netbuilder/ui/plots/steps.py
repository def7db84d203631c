"""The steps of a run at any zoom, however many they are: only what is looked at closely is in memory row by row.

Of every 64 rows, and of 512, 4096 …, the least and the greatest number are kept, as summary.bin has them. The rows
themselves lie in tiles: those that came last and those that were looked at last. Where a tile that a zoom needs is not
there, blocks of 64 stand in for it, and it is `wanted`: whoever can read it gives it. No Qt here.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from netbuilder.bridge import summary
from netbuilder.bridge.summary import BAD, HIGH, LOW, LOW_FIRST, MARK, MEAN, ROWS, Series
from netbuilder.ui.plots.series import (
    FAN,
    HALVINGS,
    Blocks,
    Bools,
    Envelope,
    Floats,
    Growing,
    Ints,
    Level,
    Singles,
    halve,
    halve_to_one,
    joined,
    of_values,
    window_means,
)

TILE = 16 * ROWS
"""Rows of a tile."""
_KEPT_BYTES = 48 << 20
_SAVED_ROWS = 1 << 14


class Tile:
    """Consecutive rows of all series, (series, rows), of which some are filled."""

    def __init__(self, series: int) -> None:
        """Start without rows."""
        self.values: Singles = np.empty((series, TILE), np.float32)
        self.taken: Bools = np.zeros(TILE, np.bool_)
        self.sums: Floats = np.zeros(TILE + 1)
        self.counts: Floats = np.zeros(TILE + 1)
        self.length = 0
        self._eights: Blocks | None = None

    def append(self, values: Singles, taken: Bools) -> None:
        """Add rows, no more than there is room for."""
        at, end = self.length, self.length + values.shape[1]
        self.values[:, at:end], self.taken[at:end] = values, taken
        loss = values[0].astype(np.float64)
        finite = np.isfinite(loss)
        self.sums[at + 1 : end + 1] = self.sums[at] + np.cumsum(np.where(finite, loss, 0.0))
        self.counts[at + 1 : end + 1] = self.counts[at] + np.cumsum(finite)
        self.length = end

    def bins(self, columns: slice, size: int, start: int, stop: int) -> Blocks:
        """The rows from `start` to `stop`, whole multiples of `size` except at the tile's end."""
        stop = min(stop, self.length)
        whole = stop // size * size
        if size >= FAN and self.length == TILE:
            if self._eights is None:
                self._eights = self._halved(self._raw(slice(None), 0, TILE), HALVINGS)
            here = columns, slice(start // FAN, whole // FAN)
            low, high, low_first, bad = self._eights
            return self._halved(
                Blocks(low[here], high[here], low_first[here], bad[here]), (size // FAN).bit_length() - 1
            )
        found = self._halved(self._raw(columns, start, whole), size.bit_length() - 1)
        return found if whole == stop else joined([found, halve_to_one(self._raw(columns, whole, stop))])

    def _raw(self, columns: slice, start: int, stop: int) -> Blocks:
        known = np.broadcast_to(self.taken[start:stop], (len(self.values), stop - start)).copy()
        known[0] = True
        return of_values(self.values[columns, start:stop], known[columns])

    @staticmethod
    def _halved(blocks: Blocks, times: int) -> Blocks:
        for _ in range(times):
            blocks = halve(blocks)
        return blocks


class Steps:
    """The rows of steps.bin, of which row 0 is step 1."""

    def __init__(self, series: Series, table: Path) -> None:
        """Start without rows; `table` is where they lie."""
        self.series, self.table = series, table
        self.wanted: set[int] = set()
        self.measured = False
        self.bad_block: int | None = None
        self._length = 0
        self._levels: list[Level] = [Level(len(series))]
        self._tiles: OrderedDict[int, Tile] = OrderedDict()
        self._sums, self._counts = Growing(), Growing()
        self._sums.append(np.zeros(1))
        self._counts.append(np.zeros(1))
        bytes_of_tile = TILE * (5 * len(series) + 17)
        self._most = max(_KEPT_BYTES // bytes_of_tile, 8)

    def __len__(self) -> int:
        return self._length

    # what comes in

    def append(self, values: Singles, taken: Bools) -> None:
        """Add rows as `Series.values` gives them."""
        self.measured |= bool(taken.any())
        at, count = 0, values.shape[1]
        while at < count:
            number, inside = divmod(self._length, TILE)
            tile = self._tiles.get(number)
            if tile is None:
                tile = self._keep(number, Tile(len(self.series)))
            some = min(TILE - inside, count - at)
            tile.append(values[:, at : at + some], taken[at : at + some])
            self._length += some
            at += some
            done, whole = self._levels[0].length * ROWS - number * TILE, tile.length // ROWS * ROWS
            if whole > done:
                self._add(summary.blocks(tile.values[:, done:whole], tile.taken[done:whole]))

    def load(self, blocks: Singles) -> None:
        """Add blocks of 64 rows as summary.bin has them, as many as make whole tiles."""
        self.measured |= bool(np.isfinite(blocks[:, LOW, 1:]).any())
        self._length += len(blocks) * ROWS
        self._add(blocks)

    def give(self, number: int, values: Singles, taken: Bools) -> None:
        """Take a tile that was wanted."""
        self.wanted.discard(number)
        if number in self._tiles or (number + 1) * TILE > self._length or values.shape[1] < TILE:
            return
        self._keep(number, Tile(len(self.series))).append(values, taken)

    def read(self, number: int) -> tuple[Singles, Bools]:
        """The rows of a tile, from the disk: not for the window's thread. OSError where they cannot be read."""
        with self.table.open("rb") as file:
            file.seek(number * TILE * self.series.row)
            data = file.read(TILE * self.series.row)
        return self.series.values(data[: len(data) // self.series.row * self.series.row])

    def _keep(self, number: int, tile: Tile) -> Tile:
        self._tiles[number] = tile
        last = self._length // TILE
        while len(self._tiles) > self._most:
            oldest = next(key for key in self._tiles if key not in (number, last))
            del self._tiles[oldest]
        return tile

    def _add(self, blocks: Singles) -> None:
        marks = blocks[:, MARK].astype(np.int8).T
        bad = (marks & BAD) != 0
        if self.bad_block is None and bad[0].any():
            self.bad_block = self._levels[0].length + int(np.flatnonzero(bad[0])[0])
        found = Blocks(blocks[:, LOW].T, blocks[:, HIGH].T, (marks & LOW_FIRST) != 0, bad)
        self._levels[0].append(found)
        means = blocks[:, MEAN, 0].astype(np.float64)
        finite = np.isfinite(means)
        self._sums.append(np.cumsum(np.where(finite, means, 0.0) * ROWS) + self._sums.view()[-1])
        self._counts.append(np.cumsum(finite * float(ROWS)) + self._counts.view()[-1])
        self._grow(1)

    def _grow(self, number: int) -> None:
        below = self._levels[number - 1].length
        if number == len(self._levels):
            if below < FAN:
                return
            self._levels.append(Level(len(self.series)))
        level = self._levels[number]
        if below // FAN == level.length:
            return
        blocks = self._levels[number - 1].read(level.length * FAN, below // FAN * FAN)
        for _ in range(HALVINGS):
            blocks = halve(blocks)
        level.append(blocks)
        self._grow(number + 1)

    # what is drawn

    def envelope(self, columns: slice, bins: int, first: float, last: float) -> Envelope:
        """Bins of some series, as a `Table` has them; those in which no norm was taken are left out."""
        start = max(math.ceil(min(max(first, 0), self._length)) - 2, 0)
        stop = min(max(math.floor(min(last, self._length)), 0) + 1, self._length)
        size = 1
        while stop > start and stop - start > size * max(bins, 1):
            size *= 2
        blocks = self._close(columns, size, start, stop) if size < ROWS else None
        if blocks is None:
            size = max(size, ROWS)
            blocks = self._far(columns, size, start // size, -(-stop // size))
        at = np.arange(start // size, -(-stop // size), dtype=np.float64) * size
        found = Envelope.of(size, at + 1, np.minimum(at + size, self._length), blocks)
        return found if columns.start == 0 else _measured(found)

    def _close(self, columns: slice, size: int, start: int, stop: int) -> Blocks | None:
        """From tiles; None where one is missing."""
        begin, end = start // size * size, -(-stop // size) * size
        numbers = range(begin // TILE, -(-end // TILE))
        lacking = [number for number in numbers if number not in self._tiles and number * TILE < self._length]
        if lacking:
            self.wanted.update(lacking[: self._most])
            return None
        parts = []
        for number in numbers:
            tile = self._tiles[number]
            self._tiles.move_to_end(number)
            parts.append(tile.bins(columns, size, max(begin - number * TILE, 0), min(end - number * TILE, TILE)))
        return joined(parts) if parts else self._levels[0].read(0, 0, columns)

    def _far(self, columns: slice, size: int, begin: int, end: int) -> Blocks:
        """From blocks of 64 and more; what lies behind the last whole one, from rows."""
        power = (size // ROWS).bit_length() - 1
        number = min(power // HALVINGS, len(self._levels) - 1)
        per_bin = size // (ROWS * FAN**number)
        whole = min(end, self._length // size, self._levels[number].length // per_bin)
        blocks = self._levels[number].read(begin * per_bin, whole * per_bin, columns)
        for _ in range(per_bin.bit_length() - 1):
            blocks = halve(blocks)
        if whole >= end:
            return blocks
        return joined([blocks, halve_to_one(self._tail(columns, number, max(whole, begin) * size))])

    def _tail(self, columns: slice, number: int, start: int) -> Blocks:
        parts, at = [], start
        for level in range(number, -1, -1):
            size = ROWS * FAN**level
            stop = self._levels[level].length
            parts.append(self._levels[level].read(at // size, stop, columns))
            at = max(at, stop * size)
        last = self._tiles.get(at // TILE)
        if last is not None and at < self._length:
            parts.append(last.bins(columns, 1, at % TILE, TILE))
        return joined(parts)

    def smooth(self, rows: Ints, half: int) -> Floats:
        """Means of the loss over windows, as `Sums.smooth` says; between whole blocks they are estimated."""
        return window_means(self._upto, rows, half, self._length)

    def _upto(self, rows: Ints) -> tuple[Floats, Floats]:
        sums, counts = self._sums.view(), self._counts.view()
        block = np.minimum(rows // ROWS, len(sums) - 1)
        after = np.minimum(block + 1, len(sums) - 1)
        part = (rows - block * ROWS) / ROWS
        found = sums[block] + part * (sums[after] - sums[block])
        count = counts[block] + part * (counts[after] - counts[block])
        numbers = rows // TILE
        for number in np.unique(numbers):
            tile, here = self._tiles.get(int(number)), numbers == number
            if tile is not None:
                start, inside = int(number) * TILE // ROWS, rows[here] - number * TILE
                found[here], count[here] = sums[start] + tile.sums[inside], counts[start] + tile.counts[inside]
        return found, count

    def at(self, columns: slice, step: float) -> tuple[float, Floats] | None:
        """The last step not after `step` (else the first) at which some series were measured, and their numbers there.

        Where its rows are not in memory, those of the block: its first step, and the middle of what it holds.
        """
        row = min(max(int(step) - 1, 0), self._length - 1)
        if row < 0:
            return None
        tile = self._tiles.get(row // TILE)
        if tile is not None:
            known = tile.taken[: tile.length].copy()
            if columns.start == 0:
                known[:] = True
            places = np.flatnonzero(known)
            if len(places):
                place = int(places[max(int(np.searchsorted(places, row % TILE, side="right")) - 1, 0)])
                found = tile.values[columns, place].astype(np.float64)
                return float(row // TILE * TILE + place + 1), found
        block = min(row // ROWS, self._levels[0].length - 1)
        if block < 0:
            return None
        low, high, *_ = self._levels[0].read(block, block + 1, columns)
        middle = (low[:, 0].astype(np.float64) + high[:, 0]) / 2
        return (float(block * ROWS + 1), middle) if np.isfinite(middle).any() else None

    def rows(self, columns: slice) -> Iterator[Floats]:
        """Step and numbers of every row at which these series were measured, some rows at a time, to be saved."""
        step = 1
        with self.table.open("rb") as file:
            while data := file.read(_SAVED_ROWS * self.series.row):
                whole = len(data) // self.series.row * self.series.row
                values, taken = self.series.values(data[:whole])
                steps = np.arange(step, step + values.shape[1], dtype=np.float64)
                table = np.column_stack([steps, values[columns].T])
                yield table if columns.start == 0 else table[taken]
                step += values.shape[1]


def _measured(envelope: Envelope) -> Envelope:
    kept = np.isfinite(envelope.low).any(axis=0) | envelope.bad.any(axis=0)
    if kept.all():
        return envelope
    return Envelope(
        envelope.size,
        envelope.first[kept],
        envelope.last[kept],
        envelope.low[:, kept],
        envelope.high[:, kept],
        envelope.low_first[:, kept],
        envelope.bad[:, kept],
    )
