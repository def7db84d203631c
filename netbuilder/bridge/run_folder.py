"""The folder of one training run: written as it goes, read the same way while it lives and years later.

run.json       what was trained: name, device, settings, the columns of the two tables
project.netb   the drawing; model.py and train.py the text written from it
steps.bin      one row a step: loss, then the gradient norm of every parameter tensor (little-endian doubles)
summary.bin    what every 64 rows of it come to; see summary.py
epochs.bin     one row a validation: step, validation loss, metrics
pulse.bin      one row a second or so: step, seconds, learning rates, speed, time by phase, processor, memory
layers.bin     now and then: step, then of every parameter tensor its norm and how far the last update moved it
weights.bin    seldom: step, then of every parameter tensor a histogram of its numbers and one of its gradient's
activations.bin  seldom: step, then of every watched output mean, spread, dead and saturated parts, and a histogram
confusion.bin  one row a validation: step, then the counts of each confusion matrix, row by row (row: true class)
predictions.bin  one row a validation: step, outputs for some samples, the numbers and losses of the worst and the best
state.json     running, paused, finished, stopped, failed or interrupted, the sentence that goes with it, whose it is
orders.json    what another window wants of the run; gone as soon as the run has seen it
notes.json     what a person thinks of the run: a star, a note
log.txt        what happened, line by line
checkpoints/   step-N/model.safetensors and step-N/training.pt
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import re
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, get_args

import msgspec
import platformdirs

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.about import EPOCHS, STEPS, TABLES, About
from netbuilder.bridge.messages import RunState
from netbuilder.bridge.process import Identity, identity
from netbuilder.graph.files import write

if TYPE_CHECKING:
    from netbuilder.bridge.summary import Series

STATE, ABOUT, LOG = "state.json", "run.json", "log.txt"
ORDERS, PROJECT, CHECKPOINTS = "orders.json", "project.netb", "checkpoints"


def now() -> str:
    """The local time, to the second."""
    return datetime.datetime.now().isoformat(" ", "seconds")


class Standing(msgspec.Struct, frozen=True):
    """How a run stands, which process does it, and which one had started that: the window, a terminal."""

    state: RunState
    sentence: str
    process: Identity | None = None
    parent: Identity | None = None


def data_folder() -> Path:
    """Where the program keeps what is the person's."""
    return Path(platformdirs.user_data_dir("netbuilder", appauthor=False))


def runs_folder() -> Path:
    """Where runs lie unless another place is named."""
    return data_folder() / "runs"


def new_folder(name: str, parent: Path | None = None) -> Path:
    """Make a folder that did not exist, named by time and project. OSError when that cannot be done."""
    parent = parent or runs_folder()
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:40] or "run"
    for number in range(1, 1000):
        folder = parent / (f"{stamp}-{plain}" + (f"-{number}" if number > 1 else ""))
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"no free name for a run in {parent}")


class RunWriter:
    """Writes a run's folder. OSError (a full disk, say) is for the caller to put in words."""

    def __init__(self, folder: Path) -> None:
        """Take an existing folder."""
        self.folder = folder
        self._tables: dict[str, IO[bytes]] = {name: (folder / name).open("ab", buffering=0) for name in TABLES[:2]}
        self._log = (folder / LOG).open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        self._series: Series | None = None
        self._blocks = 0
        # Now, because the window may be gone later.
        self._process, self._parent = identity(), identity(os.getppid())

    def about(self, about: About) -> None:
        """Say what is trained."""
        data = {**msgspec.to_builtins(about), "columns": about.step_columns, "epoch_columns": about.epoch_columns}
        write(json.dumps(data, indent=1, ensure_ascii=False) + "\n", self.folder / ABOUT)
        self._describe(about)

    def _describe(self, about: About) -> None:
        from netbuilder.bridge.summary import SUMMARY, Series  # numpy: not before there is something to sum up

        self._series = Series(about.nodes)
        path = self.folder / SUMMARY
        self._blocks = path.stat().st_size // self._series.block if path.exists() else 0

    def append(self, table: str, rows: bytes) -> None:
        """Append rows of doubles to one of TABLES, whose columns `About.columns` names."""
        if table not in self._tables:
            self._tables[table] = (self.folder / table).open("ab", buffering=0)
        _write_whole(self._tables[table], rows)

    def steps(self, rows: bytes) -> None:
        """Append rows of doubles to the table of steps."""
        self.append(STEPS, rows)
        self._sum_up()

    def _sum_up(self) -> None:
        """Add to summary.bin what it lacks, the rows of earlier times too."""
        if self._series is None and (about := read_about(self.folder)) is not None:
            self._describe(about)
        if self._series is None:
            return
        from netbuilder.bridge.summary import ROWS, SUMMARY, missing

        whole = os.fstat(self._tables[STEPS].fileno()).st_size // (ROWS * self._series.row)
        if whole <= self._blocks:
            return
        if SUMMARY not in self._tables:
            self._tables[SUMMARY] = (self.folder / SUMMARY).open("ab", buffering=0)
        file = self._tables[SUMMARY]
        file.truncate(self._blocks * self._series.block)  # a part of a block, where another process was killed
        for blocks in missing(self.folder / STEPS, self._series, self._blocks, whole):
            _write_whole(file, blocks.tobytes())
            self._blocks += len(blocks)

    def truncate(self, step: int) -> None:
        """Forget what was measured after a step: a run goes on from there. Refused where it never came so far."""
        about = read_about(self.folder)
        if about is None:
            raise Refused("{folder} does not say what was trained there.", folder=str(self.folder))
        for table in TABLES:
            path, size = self.folder / table, 8 * len(about.columns(table))
            if not path.exists():
                continue
            rows = path.stat().st_size // size
            if table == STEPS and rows < step:
                text = "What was measured in {folder} ends at step {rows}, before step {step}."
                raise Refused(text, folder=str(self.folder), rows=rows, step=step)
            os.truncate(path, size * (step if table == STEPS else _rows_until(path, size, rows, step)))
        self._describe(about)
        if self._series is not None and self._blocks:
            from netbuilder.bridge.summary import ROWS, SUMMARY

            self._blocks = min(self._blocks, step // ROWS)
            os.truncate(self.folder / SUMMARY, self._blocks * self._series.block)

    def epoch(self, step: int, values: Sequence[float]) -> None:
        """Append a row to the table of epochs."""
        self.append(EPOCHS, array("d", [step, *values]).tobytes())

    def state(self, state: RunState, sentence: str = "") -> None:
        """Say how the run stands."""
        standing = msgspec.to_builtins(Standing(state, sentence, self._process, self._parent))
        text = json.dumps({**standing, "pid": self._process.pid}, ensure_ascii=False)
        write(text + "\n", self.folder / STATE)

    def log(self, line: str) -> None:
        """Append a line with the time before it."""
        self._log.write(f"{now()}  {line}\n")

    def close(self) -> None:
        """Close the files."""
        for file in self._tables.values():
            file.close()
        self._log.close()


def read_about(folder: Path) -> About | None:
    """What was trained into a folder; None while that is not written."""
    try:
        return msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    except (OSError, ValueError, RecursionError):  # msgspec's errors and bad UTF-8 are ValueErrors
        return None


def _rows_until(path: Path, size: int, rows: int, step: int) -> int:
    """How many rows of a table, whose first column is the step, are not after a step."""
    with path.open("rb") as file:
        low, high = 0, rows
        while low < high:
            middle = (low + high) // 2
            file.seek(middle * size)
            if array("d", file.read(8))[0] <= step:
                low = middle + 1
            else:
                high = middle
    return low


def _write_whole(file: Any, data: bytes) -> None:
    """Append all of it or nothing: a part of a row would shift every row after it."""
    written = file.write(data)
    if written != len(data):
        file.truncate(os.fstat(file.fileno()).st_size - (written or 0))
        raise OSError(errno.ENOSPC, "the disk took only a part of the metrics")


class RunReader:
    """Reads a run's folder, whether the run is over or goes on. `news` gives what came since it was last asked.

    Where a run went back to an earlier step, what was read of it is no longer so: see `rewound`.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder; nothing is read yet."""
        self.folder = folder
        self._about: About | None = None
        self._described: tuple[int, int] = (0, 0)
        self._at = dict.fromkeys(TABLES, 0)

    def rewound(self) -> bool:
        """Whether the run was described anew or lost rows since it was read; then all of it is to be read again."""
        if self._about is None:
            return False
        try:
            shorter = any(at and (self.folder / name).stat().st_size < at for name, at in self._at.items())
            anew = _identity(self.folder / ABOUT) != self._described
        except OSError:
            return False
        if shorter or anew:
            self._about, self._at = None, dict.fromkeys(TABLES, 0)
        return shorter or anew

    @property
    def about(self) -> About | None:
        """What is trained; None while that is not written."""
        if self._about is None:
            try:
                self._described = _identity(self.folder / ABOUT)
            except OSError:
                return None
            self._about = read_about(self.folder)
        return self._about

    def news(self) -> tuple[list[array[float]], list[array[float]]]:
        """The new rows of steps and of epochs, each an array of doubles; ([], []) while there are none."""
        if self.about is None:
            return [], []
        return self.rows(STEPS), self.rows(EPOCHS)

    def rows(self, table: str) -> list[array[float]]:
        """The new rows of one of TABLES; [] while there are none."""
        if self.about is None:
            return []
        size = 8 * len(self.about.columns(table))
        data = self.read(table)
        return [array("d", data[i : i + size]) for i in range(0, len(data), size)]

    def waiting(self, table: str) -> int:
        """How many bytes of a table were not read yet."""
        try:
            return max((self.folder / table).stat().st_size - self._at[table], 0)
        except OSError:
            return 0

    def skip(self, table: str, rows: int) -> None:
        """Go on reading a table behind its first so many rows."""
        if self.about is not None:
            self._at[table] = 8 * len(self.about.columns(table)) * rows

    def read(self, table: str, most: int = -1) -> bytes:
        """The new rows of one of TABLES as they lie there, whole ones; with `most` no more than so many bytes."""
        if self.about is None:
            return b""
        size = 8 * len(self.about.columns(table))
        try:
            with (self.folder / table).open("rb") as file:
                file.seek(self._at[table])
                data = file.read(max(most, size) if most >= 0 else -1)
        except OSError:
            return b""
        whole = len(data) - len(data) % size
        self._at[table] += whole
        return data[:whole]

    def state(self) -> tuple[RunState, str] | None:
        """How the run stands and the sentence with it; None while nothing is written."""
        found = standing(self.folder)
        return None if found is None else (found.state, found.sentence)


def _identity(path: Path) -> tuple[int, int]:
    """What changes when a file is written anew."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def standing(folder: Path) -> Standing | None:
    """How a run stands by what is written; None while nothing is."""
    try:
        return msgspec.json.decode((folder / STATE).read_bytes(), type=Standing)
    except (OSError, ValueError, RecursionError):  # msgspec's errors and bad UTF-8 are ValueErrors
        return None


Wish = Literal["pause", "resume", "stop"]


def ask(folder: Path, what: Wish) -> None:
    """Ask something of a run that is not this window's own. Refused when the folder cannot be written in.

    The run looks now and then, with `asked`. Only the latest wish counts, but who asked to stop has asked to stop.
    """
    if what == "stop" or _wish(folder / ORDERS) != "stop":
        write(json.dumps({"what": what}) + "\n", folder / ORDERS)


def asked(folder: Path) -> Wish | None:
    """What was asked of the run in this folder since it was last looked; costs next to nothing while that is nothing.

    A run calls it a few times a second, while it is paused too, and once before it starts, to be rid of old wishes.
    """
    taken = folder / f".{ORDERS}"
    try:
        os.replace(folder / ORDERS, taken)  # first, so that what is asked meanwhile is found the next time
    except OSError:
        return None
    found = _wish(taken)
    with contextlib.suppress(OSError):
        taken.unlink()
    return found


def _wish(path: Path) -> Wish | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    what = found.get("what") if isinstance(found, dict) else None
    return what if what in get_args(Wish) else None


def mark_ended(folder: Path, state: RunState, sentence: str) -> None:
    """Say how a run ended whose own process can no longer say it. What cannot be written is left."""
    try:
        writer = RunWriter(folder)
        writer.log(sentence)
        writer.state(state, sentence)
        writer.close()
    except (OSError, Refused):
        return
