"""How far the loading of samples is, in numbers, told while a drawing's program loads them.

The program's own text knows nothing of this: for as long as it loads, the few of its functions that go through rows,
bytes or samples are replaced by ones that count.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from torch import Tensor

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.amounts import size_text
from netbuilder.engine.execute import Program
from netbuilder.engine.loaders.streaming import MOST_MEASURED

EVERY = 0.25  # seconds between two messages
_LOOK = 512  # lines between two looks at the clock
_IDX_FILES = 4

Tell = Callable[[Sentence, float | None], None]


def tell_nobody(doing: Sentence, share: float | None) -> None:
    """Nobody wants to know."""


class Watch:
    """Counts what is loaded, and tells it a few times a second; `tell` may raise to end the loading."""

    def __init__(self, what: str, tell: Tell) -> None:
        """`what` is loaded, where it is no single file that is."""
        self._what, self._tell = what, tell
        self._said_at = time.monotonic()
        self._begun: dict[str, int] = {}
        self._measured = self._to_measure = 0

    def begin(self, file: str) -> int:
        """The how manieth time it is that this file is gone through."""
        self._begun[file] = self._begun.get(file, 0) + 1
        return self._begun[file]

    def _say(self, make: Callable[[], Sentence], share: float | None) -> None:
        now = time.monotonic()
        if now - self._said_at >= EVERY:
            self._said_at = now
            self._tell(make(), share)

    def lines(self, file: str, count: int, done: int, total: int, time_: int) -> None:
        """So many lines of a text are read, which are so many of its bytes."""
        text = "Loading {file}: {count} lines, {done} of {total}"
        if time_ > 1:
            text = "Reading {file} once more: {count} lines, {done} of {total}"
        name = os.path.basename(file)
        self._say(
            lambda: say(text, file=name, count=f"{count:,}", done=size_text(done), total=size_text(total)),
            min(1.0, done / total) if total else None,
        )

    def rows(self, file: str, done: int, total: int, time_: int) -> None:
        """So many rows of a table are read."""
        text = "Loading {file}: {done} of {total} rows"
        if time_ > 1:
            text = "Reading {file} once more: {done} of {total} rows"
        name = os.path.basename(file)
        self._say(
            lambda: say(text, file=name, done=f"{done:,}", total=f"{total:,}"),
            min(1.0, done / total) if total else None,
        )

    def unpacked(self, done: int) -> None:
        """So many bytes are unpacked; how many there will be is not always known."""
        text = "Unpacking {what}: {done}"
        self._say(lambda: say(text, what=self._what, done=size_text(done)), None)

    def sample(self, done: int, total: int) -> None:
        """One more sample is read, or looked at for mean and spread."""
        text = "Loading {what}: {done} of {total} samples"
        if self._to_measure:
            self._measured += 1
            text, done, total = "Measuring {what}: {done} of {total} samples", self._measured, self._to_measure
        self._say(lambda: say(text, what=self._what, done=f"{done:,}", total=f"{total:,}"), min(1.0, done / total))

    def file(self, folder: str) -> None:
        """The next of a folder's four files is read."""
        before = (self.begin(folder) - 1) % _IDX_FILES
        self._say(
            lambda: say(
                "Loading {what}: file {number} of {count}", what=self._what, number=before + 1, count=_IDX_FILES
            ),
            before / _IDX_FILES,
        )

    def tensor(self) -> None:
        """One more sample was made a tensor; how many there will be is not known."""
        done = self.begin("")
        self._say(lambda: say("Loading {what}: {done} samples", what=self._what, done=f"{done:,}"), None)

    def measure(self, count: int) -> None:
        """From now on samples are looked at for mean and spread, of so many a part; 0 ends that."""
        self._measured = 0
        self._to_measure = math.ceil(count / math.ceil(count / MOST_MEASURED)) if count else 0


@contextmanager
def watched(program: Program, what: str, tell: Tell) -> Iterator[None]:
    """Within, the program tells how far its loading is."""
    if tell is tell_nobody:
        yield
        return
    watch, names = Watch(what, tell), program.names
    made = {"text_lines": _lines, "parquet_rows": _rows, "read_parts": _parts, "standardise_channels": _measured}
    made |= {"read_idx": _files, "hub_tensor": _tensors}
    before = {name: names[name] for name in made if name in names}
    names.update({name: made[name](watch, real) for name, real in before.items()})
    streams = [names["Streamed"]] if "Streamed" in names else []
    reads = [stream.__getitem__ for stream in streams]
    try:
        for stream, read in zip(streams, reads, strict=True):
            stream.__getitem__ = _samples(watch, read)
        yield
    finally:
        names.update(before)
        for stream, read in zip(streams, reads, strict=True):
            stream.__getitem__ = read


def _size(file: str) -> int:
    try:
        return os.path.getsize(file)
    except OSError:  # which the program's own function is to say
        return 0


def _lines(watch: Watch, real: Callable[..., Iterable[str]]) -> Callable[..., Iterator[str]]:
    def lines(file: Any, most: int | None = None) -> Iterator[str]:
        name, done = str(file), 0
        total, time_ = _size(name), watch.begin(name)
        for number, line in enumerate(real(file, most), 1):
            done += len(line) if line.isascii() else len(line.encode())
            if not number % _LOOK:
                watch.lines(name, number, done, total, time_)
            yield line

    return lines


def _rows(watch: Watch, real: Callable[..., Iterable[Any]]) -> Callable[..., Iterator[Any]]:
    def rows(file: Any, most: int | None = None) -> Iterator[Any]:
        name = str(file)
        total, time_ = _row_count(name), watch.begin(name)
        for number, row in enumerate(real(file, most), 1):
            if not number % _LOOK:
                watch.rows(name, number, total, time_)
            yield row

    return rows


def _row_count(file: str) -> int:
    """How many rows a Parquet file has; 0 where it cannot be read, which the program's own function is to say."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        return 0
    try:
        return int(parquet.read_metadata(file).num_rows)
    except (ArrowException, OSError):
        return 0


def _parts(watch: Watch, real: Callable[..., Iterable[bytes]]) -> Callable[..., Iterator[bytes]]:
    def parts(source: Any, most: int | None = None) -> Iterator[bytes]:
        done = 0
        for part in real(source, most):
            done += len(part)
            watch.unpacked(done)
            yield part

    return parts


def _samples(watch: Watch, real: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A stream's own reading of several samples, which tells of each."""

    def several(stream: Any, indices: Tensor) -> Tensor:
        done = 0

        def read(item: object) -> Tensor:
            nonlocal done
            done += 1
            watch.sample(done, len(indices))
            found: Tensor = stream.read(item)
            return found

        return real(SimpleNamespace(items=stream.items, read=read), indices)

    return several


def _measured(watch: Watch, real: Callable[..., Any]) -> Callable[..., Any]:
    def measured(train: Any, kept: Any) -> Any:
        watch.measure(len(train))
        try:
            return real(train, kept)
        finally:
            watch.measure(0)

    return measured


def _files(watch: Watch, real: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def read(folder: Any, *asked: Any) -> Tensor:
        watch.file(str(folder))
        return real(folder, *asked)

    return read


def _tensors(watch: Watch, real: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def made(*asked: Any) -> Tensor:
        watch.tensor()
        return real(*asked)

    return made
