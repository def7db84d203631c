"""Tables that grow while a training runs and are drawn at any zoom in a few milliseconds.

A table keeps its rows as float32 and, beside them, the least and greatest value of every 8, 64, 512 … rows. Whatever
part of it is looked at, in however few pixels, then costs as much as there are pixels, not as there are rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

FAN = 8
HALVINGS = 3
EVERY = slice(None)
_CHUNK = 1 << 14


class Growing:
    """A list of float64 that grows at its end."""

    def __init__(self) -> None:
        """Start empty."""
        self._array: Floats = np.empty(1024)
        self._length = 0

    def append(self, values: Floats) -> None:
        """Add values, shape (n,)."""
        needed = self._length + len(values)
        if needed > len(self._array):
            larger = np.empty(max(needed, 2 * len(self._array)))
            larger[: self._length] = self._array[: self._length]
            self._array = larger
        self._array[self._length : needed] = values
        self._length = needed

    def view(self) -> Floats:
        """All of them, shape (n,), without a copy."""
        return self._array[: self._length]


class Wide:
    """A matrix of few rows that grows to the right, in chunks, so that it is never copied whole."""

    def __init__(self, rows: int, dtype: Any) -> None:
        """Start empty."""
        self._rows, self._dtype = rows, dtype
        self._chunks: list[NDArray[Any]] = []
        self.length = 0

    def append(self, block: NDArray[Any]) -> None:
        """Add columns."""
        at, count = 0, block.shape[1]
        while at < count:
            inside = self.length % _CHUNK
            if inside == 0:
                self._chunks.append(np.empty((self._rows, _CHUNK), self._dtype))
            taken = min(_CHUNK - inside, count - at)
            self._chunks[-1][:, inside : inside + taken] = block[:, at : at + taken]
            self.length += taken
            at += taken

    def read(self, start: int, stop: int, rows: slice = EVERY) -> NDArray[Any]:
        """The columns from `start` to `stop`, of some of the rows."""
        if stop <= start:
            return np.empty((len(range(*rows.indices(self._rows))), 0), self._dtype)
        parts = []
        for number in range(start // _CHUNK, (stop - 1) // _CHUNK + 1):
            base = number * _CHUNK
            parts.append(self._chunks[number][rows, max(start - base, 0) : min(stop - base, _CHUNK)])
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


class Blocks(NamedTuple):
    """What is known of rows taken together, each (columns, n): +inf and -inf where none of them is finite."""

    low: Singles
    high: Singles
    low_first: Bools
    bad: Bools


def joined(parts: list[Blocks]) -> Blocks:
    """Parts that follow each other, as one."""
    return Blocks(
        np.concatenate([part.low for part in parts], axis=1),
        np.concatenate([part.high for part in parts], axis=1),
        np.concatenate([part.low_first for part in parts], axis=1),
        np.concatenate([part.bad for part in parts], axis=1),
    )


def of_values(values: Singles, known: Bools | None = None) -> Blocks:
    """Each number as a block of its own. What is not `known` was never measured, and so is not bad either."""
    finite = np.isfinite(values)
    low = np.where(finite, values, np.float32(np.inf))
    high = np.where(finite, values, np.float32(-np.inf))
    return Blocks(low, high, np.ones_like(finite), ~finite if known is None else ~finite & known)


def halve(blocks: Blocks) -> Blocks:
    """Take blocks together two by two; their number must be even."""
    low, high, first, bad = blocks
    a = Blocks(low[:, 0::2], high[:, 0::2], first[:, 0::2], bad[:, 0::2])
    z = Blocks(low[:, 1::2], high[:, 1::2], first[:, 1::2], bad[:, 1::2])
    low_in_a, high_in_a = a.low <= z.low, a.high >= z.high
    earlier = (low_in_a & a.low_first) | (~low_in_a & z.low_first)  # where both ends lie in the same half
    low_first = ((low_in_a == high_in_a) & earlier) | (low_in_a & ~high_in_a)
    return Blocks(np.minimum(a.low, z.low), np.maximum(a.high, z.high), low_first, a.bad | z.bad)


def halve_to_one(blocks: Blocks) -> Blocks:
    """Take all of them together."""
    count = blocks.low.shape[1]
    missing = (1 << (count - 1).bit_length()) - count
    shape = (blocks.low.shape[0], missing)
    padded = joined([blocks, of_values(np.full(shape, np.nan, np.float32))._replace(bad=np.zeros(shape, np.bool_))])
    while padded.low.shape[1] > 1:
        padded = halve(padded)
    return padded


class Level:
    """The blocks of one size, stored."""

    def __init__(self, columns: int) -> None:
        """Start empty."""
        self._parts = tuple(Wide(columns, dtype) for dtype in (np.float32, np.float32, np.bool_, np.bool_))

    @property
    def length(self) -> int:
        """How many there are."""
        return self._parts[0].length

    def append(self, blocks: Blocks) -> None:
        """Add some."""
        for part, block in zip(self._parts, blocks, strict=True):
            part.append(block)

    def read(self, start: int, stop: int, columns: slice = EVERY) -> Blocks:
        """Those from `start` to `stop`, of some columns."""
        return Blocks(*(part.read(start, stop, columns) for part in self._parts))


def together(parts: list[Envelope]) -> Envelope:
    """Envelopes of steps that follow each other and may overlap, as one; `size` is that of the coarsest."""
    kept, edge = [], -np.inf
    for part in parts:
        new = part.last > edge
        blocks = Blocks(part.low[:, new], part.high[:, new], part.low_first[:, new], part.bad[:, new])
        kept.append((np.maximum(part.first[new], edge), part.last[new], blocks))
        edge = max(edge, part.last.max(initial=edge))
    first, last = (np.concatenate([part[at] for part in kept]) for at in (0, 1))
    return Envelope(max(part.size for part in parts), first, last, *joined([part[2] for part in kept]))


@dataclass(frozen=True)
class Envelope:
    """Bins of consecutive rows: where each begins and ends, shape (bins,), and what is in it, (columns, bins).

    `low` and `high` are the least and greatest finite value, nan where there is none; `bad` says that one is not.
    """

    size: int
    first: Floats
    last: Floats
    low: Singles
    high: Singles
    low_first: Bools
    bad: Bools

    @classmethod
    def of(cls, size: int, first: Floats, last: Floats, blocks: Blocks) -> Envelope:
        """Blocks of these rows."""
        with np.errstate(invalid="ignore"):
            low = np.where(np.isfinite(blocks.low), blocks.low, np.float32(np.nan))
            high = np.where(np.isfinite(blocks.high), blocks.high, np.float32(np.nan))
        return cls(size, first, last, low, high, blocks.low_first, blocks.bad)

    def curve(self, column: int) -> tuple[Floats, Floats]:
        """The points of a line through a column: two for each bin, least and greatest in the order they came."""
        low, high = self.low[column].astype(np.float64), self.high[column].astype(np.float64)
        if self.size == 1:
            return self.first, low
        x, y = np.empty(2 * len(low)), np.empty(2 * len(low))
        x[0::2], x[1::2] = self.first, self.last
        order = self.low_first[column]
        y[0::2], y[1::2] = np.where(order, low, high), np.where(order, high, low)
        return x, y

    def middles(self) -> Floats:
        """log10 of the geometric middle of each bin; -inf where all is zero, nan where nothing is finite."""
        with np.errstate(divide="ignore", invalid="ignore"):
            # The natural logarithm of short numbers is several times as fast as log10 of long ones.
            low, high = np.log(self.low), np.log(self.high)
            middles = np.where(np.isneginf(low), high, (low + high) / 2)
        return middles / math.log(10)


class Table:
    """Columns over growing steps."""

    def __init__(self, columns: int) -> None:
        """Start without rows."""
        self.columns = columns
        self._steps = Growing()
        self._raw = Wide(columns, np.float32)
        self._levels: list[Level] = []

    def __len__(self) -> int:
        return self._raw.length

    @property
    def steps(self) -> Floats:
        """The step of each row, shape (rows,), ascending."""
        return self._steps.view()

    def append(self, steps: Floats, rows: Floats) -> None:
        """Add rows, shape (n, columns), of these steps, shape (n,)."""
        for at in range(0, len(steps), _CHUNK):
            self._steps.append(steps[at : at + _CHUNK])
            with np.errstate(over="ignore", invalid="ignore"):
                self._raw.append(rows[at : at + _CHUNK].T.astype(np.float32))
            self._grow(0)

    def __bool__(self) -> bool:
        return bool(self.columns and len(self))

    def at(self, step: float) -> tuple[float, Floats] | None:
        """The last row whose step is not after `step`, the first where all are: its step and its numbers."""
        if not len(self):
            return None
        row = self.index(step)
        return float(self.steps[row]), self._raw.read(row, row + 1)[:, 0].astype(np.float64)

    def rows(self) -> Iterator[Floats]:
        """Step and numbers of every row, to be saved."""
        yield np.column_stack([self.steps, self._raw.read(0, len(self)).T])

    def column(self, index: int) -> Singles:
        """All numbers of one column."""
        found: Singles = self._raw.read(0, len(self), slice(index, index + 1))[0]
        return found

    def some(self, columns: slice | list[int]) -> Some:
        """Some of the columns, as a table of their own."""
        return Some(self, columns)

    def index(self, step: float) -> int:
        """The last row whose step is not after `step`; the first where all are."""
        return max(int(np.searchsorted(self.steps, step, side="right")) - 1, 0)

    def envelope(self, bins: int, first: float = -np.inf, last: float = np.inf) -> Envelope:
        """At most `bins` bins (and one more) that cover the steps from `first` to `last` and the row on either side.

        The bins are whole multiples of a power of two of rows, counted from the table's start: they do not flicker
        while rows come.
        """
        start = max(int(np.searchsorted(self.steps, first, side="left")) - 1, 0)
        stop = min(int(np.searchsorted(self.steps, last, side="right")) + 1, len(self))
        size = 1
        while stop > start and (stop - start) > size * max(bins, 1):
            size *= 2
        begin, end = start // size, -(-stop // size)
        blocks = self._bins(size, begin, end)
        at = np.arange(begin, end, dtype=np.int64) * size
        ends = np.minimum(at + size, len(self)) - 1
        return Envelope.of(size, self.steps[at], self.steps[ends], blocks)

    def _grow(self, number: int) -> None:
        below = self._raw.length if number == 0 else self._levels[number - 1].length
        if number == len(self._levels):
            if below < FAN:
                return
            self._levels.append(Level(self.columns))
        level = self._levels[number]
        if below // FAN == level.length:
            return
        blocks = self._read(number, level.length * FAN, below // FAN * FAN)
        for _ in range(HALVINGS):
            blocks = halve(blocks)
        level.append(blocks)
        self._grow(number + 1)

    def _read(self, number: int, start: int, stop: int) -> Blocks:
        if number == 0:
            return of_values(self._raw.read(start, stop))
        return self._levels[number - 1].read(start, stop)

    def _bins(self, size: int, begin: int, end: int) -> Blocks:
        power = size.bit_length() - 1
        number = min(power // HALVINGS, len(self._levels))
        per_bin = size // FAN**number
        whole = min(end, len(self) // size)
        blocks = self._read(number, begin * per_bin, whole * per_bin)
        for _ in range(per_bin.bit_length() - 1):
            blocks = halve(blocks)
        if whole == end:
            return blocks
        rest = halve_to_one(self._tail(number, max(whole, begin) * size))
        return joined([blocks, rest])

    def _tail(self, number: int, start: int) -> Blocks:
        """All rows from `start`, in blocks as large as there are."""
        parts, at = [], start
        for level in range(number, -1, -1):
            size = FAN**level
            stop = len(self) // size
            parts.append(self._read(level, at // size, stop))
            at = stop * size
        return joined(parts)


class Some:
    """Some columns of a table."""

    def __init__(self, table: Table, columns: slice | list[int]) -> None:
        """Take them; they follow the table as it grows."""
        self._table, self._chosen = table, columns
        self.columns = len(columns if isinstance(columns, list) else range(*columns.indices(table.columns)))

    def __bool__(self) -> bool:
        return bool(self.columns and len(self._table))

    def envelope(self, bins: int, first: float, last: float) -> Envelope:
        """As the table's."""
        found = self._table.envelope(bins, first, last)
        at = self._chosen
        return Envelope(
            found.size, found.first, found.last, found.low[at], found.high[at], found.low_first[at], found.bad[at]
        )

    def at(self, step: float) -> tuple[float, Floats] | None:
        """As the table's."""
        found = self._table.at(step)
        return None if found is None else (found[0], found[1][self._chosen])

    def rows(self) -> Iterator[Floats]:
        """As the table's."""
        for rows in self._table.rows():
            yield np.column_stack([rows[:, :1], rows[:, 1:][:, self._chosen]])


class Source(Protocol):
    """Columns over steps, which can be drawn at any zoom: a Table, a part of one, or of the steps themselves."""

    columns: int

    def __bool__(self) -> bool: ...

    def envelope(self, bins: int, first: float, last: float) -> Envelope:
        """As `Table.envelope` says."""

    def at(self, step: float) -> tuple[float, Floats] | None:
        """As `Table.at` says."""

    def rows(self) -> Iterator[Floats]:
        """As `Table.rows` says."""


class Sums:
    """Running sums of a column, so that a mean over any window costs nothing. What is not finite is left out."""

    def __init__(self) -> None:
        """Start empty."""
        self._sums, self._counts = Growing(), Growing()
        self._sums.append(np.zeros(1))
        self._counts.append(np.zeros(1))

    def append(self, values: Floats) -> None:
        """Add values, shape (n,)."""
        finite = np.isfinite(values)
        for sums, new in ((self._sums, np.where(finite, values, 0.0)), (self._counts, finite.astype(np.float64))):
            with np.errstate(over="ignore"):
                sums.append(np.cumsum(new) + sums.view()[-1])

    def smooth(self, rows: Ints, half: int) -> Floats:
        """Means over `half` rows on either side, fewer where the column begins or ends; nan where none is finite.

        At its start the window stays symmetric, so that the first steep fall is not blunted. Means are
        then averaged with their neighbours, 1:2:1.
        """
        sums, counts = self._sums.view(), self._counts.view()
        return window_means(lambda at: (sums[at], counts[at]), rows, half, len(sums) - 1)


def window_means(upto: Callable[[Ints], tuple[Floats, Floats]], rows: Ints, half: int, length: int) -> Floats:
    """What `Sums.smooth` says, where `upto` gives sum and number of what lies before each of some rows."""
    reach = np.minimum(half, rows)
    low, high = rows - reach, np.minimum(rows + reach + 1, length)
    (low_sums, low_counts), (high_sums, high_counts) = upto(low), upto(high)
    count = high_counts - low_counts
    means = np.where(count > 0, (high_sums - low_sums) / np.maximum(count, 1e-9), np.nan)
    if len(means) > 2:
        means[1:-1] = (means[:-2] + 2 * means[1:-1] + means[2:]) / 4
    return np.where(count > 0, means, np.nan)
