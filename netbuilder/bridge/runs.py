"""All runs there are: an index of their folders that is read bit by bit, and never trusts what it reads.

Of each run only a bounded part is read: what is small, and samples of its tables. One that is over is not read again
until its state or its notes change.
"""

from __future__ import annotations

import contextlib
import datetime
import math
import os
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Literal

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.about import EPOCHS, PULSE, STEPS, About
from netbuilder.bridge.process import alive
from netbuilder.bridge.run_folder import (
    ABOUT,
    CHECKPOINTS,
    STATE,
    Standing,
    mark_ended,
    read_about,
    runs_folder,
    standing,
)
from netbuilder.bridge.run_notes import NOTES, Notes, elsewhere, read_notes
from netbuilder.bridge.run_settings import WIRES, Key, Settings, read_settings, value_text

State = Literal["starting", "running", "paused", "finished", "stopped", "failed", "interrupted", "broken"]
LIVE: tuple[State, ...] = ("starting", "running", "paused")
POINTS = 40  # of a sparkline
TOGETHER = 8  # rows that one point of it is the mean of
SLICE, LARGEST_SLICE = 25, 100  # runs that are told of at once: few at first, so that the newest are there soon
_AT_ONCE = 1 << 20  # bytes of epochs.bin that are read each time
_STARTING = 120.0  # seconds for which a folder without anything in it may be a run that starts


@dataclass(frozen=True)
class Best:
    """The best value that a metric had, and the step."""

    value: float
    step: int


@dataclass(frozen=True)
class Run:
    """What is known of one run. `loss` is the mean of the last few steps, `seconds` how long it has taken.

    `losses` are means of a few steps each, evenly over the run. `best` are the metrics, the validation loss among them.
    `outlived` says that it lives and who had started it does not.
    """

    folder: Path
    name: str
    created: datetime.datetime
    state: State
    sentence: Sentence | None = None
    about: About | None = None
    steps: int = 0
    seconds: float = 0.0
    loss: float = math.nan
    losses: tuple[float, ...] = ()
    best: dict[str, Best] = field(default_factory=dict)
    settings: Settings | None = None
    notes: Notes = field(default_factory=Notes)
    outlived: bool = False

    @property
    def live(self) -> bool:
        """Whether a process is at it now, as far as can be known."""
        return self.state in LIVE

    @cached_property
    def words(self) -> str:
        """Everything about it that can be looked for, in small letters."""
        about = (self.about.device, self.about.device_name, self.about.torch) if self.about is not None else ()
        given = self.settings.given.items() if self.settings is not None else ()
        parts = [self.name, self.state, self.notes.note, self.folder.name, f"{self.created:%Y-%m-%d}", *about]
        parts += [f"{key} {value_text(value)}" for key, value in given if key != WIRES]
        return "\n".join(parts).lower()

    @property
    def checkpoints(self) -> list[Path]:
        """The folders of its checkpoints, the newest last."""
        with contextlib.suppress(OSError):
            found = [path for path in (self.folder / CHECKPOINTS).iterdir() if not path.name.startswith(".")]
            return sorted(path for path in found if path.is_dir())
        return []


@dataclass(frozen=True)
class News:
    """What changed among the runs."""

    changed: tuple[Run, ...] = ()
    gone: frozenset[Path] = frozenset()


class Index:
    """All runs in a folder, and those that lie elsewhere. `look` gives what changed since it was last asked."""

    def __init__(self, home: Path | None = None, others: Callable[[], list[Path]] = elsewhere) -> None:
        """Look at the runs in `home`, the person's own where none is named, and at these `others`."""
        self._home, self._others = home or runs_folder(), others
        self._known: dict[Path, _Reading] = {}

    def look(self) -> Iterator[News]:
        """Read what is new, the newest runs first, some at a time."""
        there = self._folders()
        gone = self._known.keys() - there.keys()
        for folder in gone:
            del self._known[folder]
        if gone:
            yield News(gone=frozenset(gone))
        changed: list[Run] = []
        most = SLICE
        for folder in there:
            reading = self._known.setdefault(folder, _Reading(folder))
            run = reading.look()
            if run is not None:
                changed.append(run)
            if len(changed) == most:
                yield News(tuple(changed))
                changed, most = [], min(2 * most, LARGEST_SLICE)
        if changed:
            yield News(tuple(changed))

    def runs(self) -> list[Run]:
        """All runs as they are now, the newest first."""
        for _ in self.look():
            pass
        found = [reading.run for reading in self._known.values() if reading.run is not None]
        return sorted(found, key=lambda run: run.created, reverse=True)

    def _folders(self) -> dict[Path, None]:
        """The folders that runs are in; what lies among them and is no folder is passed over."""
        found: list[Path] = []
        with contextlib.suppress(OSError), os.scandir(self._home) as entries:
            names = sorted((entry.name for entry in entries if _is_folder(entry)), reverse=True)
            found = [self._home / name for name in names]
        return dict.fromkeys([*found, *self._others()])


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        return not entry.name.startswith(".") and entry.is_dir()
    return False


class _Reading:
    """What was read of one run, so that the next look reads only what came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run: Run | None = None
        self._stamp: tuple[int, ...] = ()
        self._described: tuple[int, ...] = ()
        self._about: About | None = None
        self._settings: Settings | None = None
        self._best: dict[str, Best] = {}
        self._epochs_at = 0
        self._more = False

    def look(self) -> Run | None:
        """The run, where something about it changed."""
        stamp = _stamp(self.folder, STATE, NOTES)
        settled = self.run is not None and not self.run.live and not self._more
        if settled and stamp == self._stamp:
            return None
        self._stamp = stamp
        run = self._read()
        if run == self.run:
            return None
        self.run = run
        return run

    def _read(self) -> Run:
        described = _stamp(self.folder, ABOUT)
        if self._about is None or described != self._described or self._behind() < 0:
            self._described, self._about = described, read_about(self.folder)
            self._settings = read_settings(self.folder) if self._about is not None else None
            self._best, self._epochs_at = {}, 0
        about, found = self._about, standing(self.folder)
        created = _moment(about.created if about is not None else "", self.folder)
        name = about.name if about is not None else _name(self.folder)
        state, sentence, outlived = _state(self.folder, about, found, self._settings)
        base = Run(self.folder, name, created, state, sentence, notes=read_notes(self.folder))
        if about is None:
            return base
        self._read_epochs(about)
        losses, last = _losses(self.folder, about)
        return Run(
            self.folder,
            name,
            created,
            state,
            sentence,
            about,
            _rows(self.folder / STEPS, len(about.step_columns)),
            _seconds(self.folder, about, created, base.live),
            last,
            losses,
            dict(self._best),
            self._settings,
            base.notes,
            outlived,
        )

    def _behind(self) -> int:
        """How many bytes of epochs.bin were not read yet; less than 0 where the run went back to an earlier step."""
        if self._about is None:
            return 0
        size = _size(self.folder / EPOCHS)
        return size - size % (8 * len(self._about.epoch_columns)) - self._epochs_at

    def _read_epochs(self, about: About) -> None:
        """Follow the best of every metric, a bounded part at a time."""
        width = len(about.epoch_columns)
        try:
            with (self.folder / EPOCHS).open("rb") as file:
                file.seek(self._epochs_at)
                data = file.read(_AT_ONCE // (8 * width) * 8 * width)
        except OSError:
            return
        rows = array("d", data[: len(data) // (8 * width) * 8 * width])
        self._epochs_at += 8 * len(rows)
        self._more = self._behind() > 0
        lower = self._settings.lower if self._settings is not None else frozenset()
        steps = rows[::width]
        for at, name in enumerate(about.epoch_columns[1:], start=1):
            found = _best(steps, rows[at::width], at == 1 or name in lower)
            before = self._best.get(name)
            if found is None or (before is not None and not _better(found, before, at == 1 or name in lower)):
                continue
            self._best[name] = found


def _best(steps: Sequence[float], values: Sequence[float], less: bool) -> Best | None:
    finite = [(value, step) for value, step in zip(values, steps, strict=True) if math.isfinite(value + step)]
    if not finite:
        return None
    value, step = (min if less else max)(finite, key=lambda pair: pair[0])
    return Best(value, int(step))


def _better(one: Best, other: Best, less: bool) -> bool:
    return one.value < other.value if less else one.value > other.value


def _state(
    folder: Path, about: About | None, found: Standing | None, settings: Settings | None
) -> tuple[State, Sentence | None, bool]:
    """How a run stands in truth, why, and whether it outlived who had started it."""
    if found is None:
        if time.time() - _changed(folder) < _STARTING:
            return "starting", None, False
        if about is None and not (folder / STEPS).exists():
            return "broken", say("There is no run in this folder."), False
        if about is None:
            return "broken", say("It says neither what was trained nor how that ended."), False
        return "broken", say("It does not say how it stands."), False
    sentence = say("{said}", said=found.sentence) if found.sentence else None
    if about is None and found.state not in ("failed", "stopped", "interrupted"):
        return "broken", say("It does not say what was trained."), False
    if found.state not in ("running", "paused"):
        return found.state, sentence, False
    if not goes_on(found):
        return "interrupted", say("The process that trained it is gone."), False
    alone = found.parent is not None and alive(found.parent) is False
    outlive = settings is not None and settings.value(Key("", "outlive")) is True
    return found.state, sentence, alone and outlive


def goes_on(found: Standing) -> bool:
    """Whether a run is under way by what is written, and its process, as far as can be known, is there."""
    return found.state in ("running", "paused") and (found.process is None or alive(found.process) is not False)


def _losses(folder: Path, about: About) -> tuple[tuple[float, ...], float]:
    """The loss, sampled evenly over the run, and the mean of its last steps; nan where it is not a number."""
    width = len(about.step_columns)
    rows = _rows(folder / STEPS, width)
    if not rows:
        return (), math.nan
    count = min(POINTS, rows)
    try:
        with (folder / STEPS).open("rb") as file:
            together = min(TOGETHER, max(1, rows // count))
            starts = [(rows - together) * at // max(1, count - 1) for at in range(count)]
            found = tuple(_mean(file, start, together, width) for start in starts)
    except OSError:
        return (), math.nan
    return found, found[-1]


def _mean(file: BinaryIO, start: int, rows: int, width: int) -> float:
    """The mean loss of some rows, one after the other."""
    file.seek(8 * width * start)
    data = file.read(8 * width * rows)
    losses = array("d", data[: len(data) // 8 * 8])[::width]
    return sum(losses) / len(losses) if losses else math.nan


def _seconds(folder: Path, about: About, created: datetime.datetime, live: bool) -> float:
    """How long a run has taken: as it says itself, pauses apart, else by the clock."""
    width = len(about.pulse_columns)
    rows = _rows(folder / PULSE, width)
    if rows:
        with contextlib.suppress(OSError), (folder / PULSE).open("rb") as file:
            file.seek(8 * width * (rows - 1))
            row = array("d", file.read(16))
            if len(row) == 2 and math.isfinite(row[1]):
                return row[1]
    end = time.time() if live else max(_changed(folder / STATE), _changed(folder / STEPS))
    return max(0.0, end - created.timestamp())


def _moment(created: str, folder: Path) -> datetime.datetime:
    """When a run began: as it says, or as the folder's name or the folder does."""
    with contextlib.suppress(ValueError, OverflowError):
        return datetime.datetime.fromisoformat(created).replace(tzinfo=None)
    with contextlib.suppress(ValueError):
        return datetime.datetime.strptime(folder.name[:15], "%Y%m%d-%H%M%S")
    return datetime.datetime.fromtimestamp(_changed(folder))


def _name(folder: Path) -> str:
    """What a run is called that does not say it: its folder's name without the time."""
    first, _, rest = folder.name.partition("-")
    return rest.partition("-")[2] or folder.name if first.isdecimal() else folder.name


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def _rows(path: Path, width: int) -> int:
    """How many rows of doubles a table has."""
    return _size(path) // (8 * width)


def _changed(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _stamp(folder: Path, *names: str) -> tuple[int, ...]:
    """What tells whether files changed: their times and sizes."""
    found: list[int] = []
    for name in names:
        try:
            about = (folder / name).stat()
            found += [about.st_mtime_ns, about.st_size]
        except OSError:
            found += [0, 0]
    return tuple(found)


def settle_interrupted(runs: Sequence[Run]) -> list[Run]:
    """Write into the folders of interrupted runs that they are; those of which that was not known before."""
    found = []
    for run in runs:
        before = standing(run.folder) if run.state == "interrupted" else None
        if before is not None and before.state in ("running", "paused"):
            sentence = say("Interrupted at step {step}: the process that trained it is gone.", step=run.steps)
            mark_ended(run.folder, "interrupted", str(sentence))
            found.append(run)
    return found
