"""The folder of one training run: written as it goes, read the same way while it lives and years later.

run.json       what was trained: name, device, settings, the columns of the two tables
project.netb   the drawing; model.py and train.py the text written from it
steps.bin      one row a step: loss, then the gradient norm of every parameter tensor (little-endian doubles)
epochs.bin     one row an epoch: step, validation loss, metrics
state.json     running, paused, finished, stopped or failed, and the sentence that goes with it
log.txt        what happened, line by line
checkpoints/   step-N/model.safetensors and step-N/training.pt
"""

from __future__ import annotations

import datetime
import errno
import json
import os
import re
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.messages import RunState
from netbuilder.graph.files import write

STEPS, EPOCHS, STATE, ABOUT, LOG = "steps.bin", "epochs.bin", "state.json", "run.json", "log.txt"


class About(msgspec.Struct, frozen=True):
    """What was trained. `tensors` are the parameters' names in state_dict; `nodes` the node of each."""

    name: str
    created: str
    device: str
    device_name: str
    torch: str
    threads: int
    seed: int
    steps: int
    epochs: int
    tensors: tuple[str, ...]
    nodes: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def step_columns(self) -> tuple[str, ...]:
        """The columns of steps.bin."""
        return ("loss", *self.tensors)

    @property
    def epoch_columns(self) -> tuple[str, ...]:
        """The columns of epochs.bin."""
        return ("step", "validation_loss", *self.metrics)


def now() -> str:
    """The local time, to the second."""
    return datetime.datetime.now().isoformat(" ", "seconds")


class _State(msgspec.Struct, frozen=True):
    """How a run stands, as it is written."""

    state: RunState
    sentence: str


def new_folder(name: str, parent: Path | None = None) -> Path:
    """Make a folder that did not exist, named by time and project. OSError when that cannot be done."""
    parent = parent or Path(platformdirs.user_data_dir("netbuilder", appauthor=False)) / "runs"
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
        self._steps = (folder / STEPS).open("ab", buffering=0)
        self._epochs = (folder / EPOCHS).open("ab", buffering=0)
        self._log = (folder / LOG).open("a", encoding="utf-8", errors="backslashreplace", buffering=1)

    def about(self, about: About) -> None:
        """Say what is trained."""
        data = {**msgspec.to_builtins(about), "columns": about.step_columns, "epoch_columns": about.epoch_columns}
        write(json.dumps(data, indent=1, ensure_ascii=False) + "\n", self.folder / ABOUT)

    def steps(self, rows: bytes) -> None:
        """Append rows of doubles to the table of steps."""
        _write_whole(self._steps, rows)

    def epoch(self, step: int, values: Sequence[float]) -> None:
        """Append a row to the table of epochs."""
        _write_whole(self._epochs, array("d", [step, *values]).tobytes())

    def state(self, state: RunState, sentence: str = "") -> None:
        """Say how the run stands."""
        text = json.dumps({"state": state, "sentence": sentence, "pid": os.getpid()}, ensure_ascii=False)
        write(text + "\n", self.folder / STATE)

    def log(self, line: str) -> None:
        """Append a line with the time before it."""
        self._log.write(f"{now()}  {line}\n")

    def close(self) -> None:
        """Close the files."""
        for file in (self._steps, self._epochs, self._log):
            file.close()


def _write_whole(file: Any, data: bytes) -> None:
    """Append all of it or nothing: a part of a row would shift every row after it."""
    written = file.write(data)
    if written != len(data):
        file.truncate(os.fstat(file.fileno()).st_size - (written or 0))
        raise OSError(errno.ENOSPC, "the disk took only a part of the metrics")


class RunReader:
    """Reads a run's folder, whether the run is over or goes on. `news` gives what came since it was last asked."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; nothing is read yet."""
        self.folder = folder
        self._about: About | None = None
        self._at = {STEPS: 0, EPOCHS: 0}

    @property
    def about(self) -> About | None:
        """What is trained; None while that is not written."""
        if self._about is None:
            try:
                self._about = msgspec.json.decode((self.folder / ABOUT).read_bytes(), type=About)
            except (OSError, ValueError, RecursionError):
                return None
        return self._about

    def news(self) -> tuple[list[array[float]], list[array[float]]]:
        """The new rows of steps and of epochs, each an array of doubles; ([], []) while there are none."""
        if self.about is None:
            return [], []
        columns = self.about.step_columns, self.about.epoch_columns
        return self._rows(STEPS, len(columns[0])), self._rows(EPOCHS, len(columns[1]))

    def state(self) -> tuple[RunState, str] | None:
        """How the run stands and the sentence with it; None while nothing is written."""
        try:
            found = msgspec.json.decode((self.folder / STATE).read_bytes(), type=_State)
        except (OSError, ValueError, RecursionError):  # msgspec's errors and bad UTF-8 are ValueErrors
            return None
        return found.state, found.sentence

    def _rows(self, name: str, width: int) -> list[array[float]]:
        try:
            with (self.folder / name).open("rb") as file:
                file.seek(self._at[name])
                data = file.read()
        except OSError:
            return []
        size = 8 * width
        whole = len(data) - len(data) % size
        self._at[name] += whole
        return [array("d", data[i : i + size]) for i in range(0, whole, size)]


def mark_ended(folder: Path, state: RunState, sentence: str) -> None:
    """Say how a run ended whose own process can no longer say it. What cannot be written is left."""
    try:
        writer = RunWriter(folder)
        writer.log(sentence)
        writer.state(state, sentence)
        writer.close()
    except (OSError, Refused):
        return
