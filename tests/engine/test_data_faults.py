"""Pictures that vanish in the middle of an epoch and a disk that gets full, each at many moments of a run.

Each time one sentence says it, all that was measured and saved is whole, and once the pictures or the room are there
again the run goes on and ends as one to which nothing happened, to the bit.
With NETBUILDER_LONG_TESTS=1 every fault is tried twenty times, each at another moment.
"""

from __future__ import annotations

import errno
import functools
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from netbuilder.bridge import run_folder
from netbuilder.engine import checkpoints, data
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.data_files import write_image_folder
from tests.drawings import draw
from tests.engine.runs import DIGITS, Done, assert_goes_on, train

TIMES = 20 if os.environ.get("NETBUILDER_LONG_TESTS") == "1" else 1
OFTEN = {"checkpoint_every": 3, "checkpoint_unit": "steps"}
ROOM = 10**6  # bytes of the disk that gets full


def _pictures(folder: Path) -> Graph:
    """Some that are read anew for every batch, turned by chance, so that random states matter."""
    text = f"""
        images ImageFolder folder={folder} size=120 memory=1
        pool AdaptiveAvgPool2d output_size=4
        flatten Flatten
        dropout Dropout
        fc Linear out_features=3
        loss CrossEntropyLoss
        images.image > pool > flatten > dropout > fc > loss
        images.label > loss.target
    """
    return draw(text, batch_size=4, epochs=6, **OFTEN)


def _assert_whole(done: Done, whole: Done) -> None:
    """What a run left is the beginning of what another one did, and its checkpoints can be read."""
    assert done.ended.state == "failed" and "\n" not in done.sentence and "Traceback" not in done.sentence
    assert done.steps == whole.steps[: len(done.steps)]
    assert done.epochs == whole.epochs[: len(done.epochs)]
    kept = done.folder / "checkpoints"
    for path in kept.iterdir() if kept.exists() else ():
        assert path.name.startswith("step-")
        assert sorted(one.name for one in path.iterdir()) == ["model.safetensors", "training.pt"]
        assert all(bool(tensor.isfinite().all()) for tensor in load_file(path / "model.safetensors").values())
        assert torch.load(path / "training.pt", weights_only=True)


class Reads:
    """Counts the batches that runs read from the disk, and does something before one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, self.at, self.deed = 0, 0, lambda: None
        real = data.Data.load

        def load(asked: data.Data, *arguments: Any) -> Any:
            loaded = real(asked, *arguments)
            for stream in {type(column) for column in (*loaded[0], *(loaded[1] or ())) if hasattr(column, "read")}:
                monkeypatch.setattr(stream, "__getitem__", self._counted(stream.__getitem__))
            return loaded

        monkeypatch.setattr(data.Data, "load", load)

    def _counted(self, real: Callable[[Any, torch.Tensor], torch.Tensor]) -> Callable[..., torch.Tensor]:
        def read(stream: Any, indices: torch.Tensor) -> torch.Tensor:
            self.count += 1
            if self.count == self.at:
                self.deed()
            return real(stream, indices)

        return read


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


@pytest.mark.parametrize("time_", range(TIMES))
def test_pictures_that_vanish(time_: int, reads: Reads, tmp_path: Path) -> None:
    folder, away = write_image_folder(tmp_path / "pictures"), tmp_path / "away"
    graph = _pictures(folder)
    whole = train(graph, tmp_path / "whole")
    assert whole.ended.state == "finished", whole.sentence
    total, reads.count = reads.count, 0
    reads.at, reads.deed = random.Random(time_).randint(1, total), lambda: folder.rename(away)
    done = train(graph, tmp_path / "run")
    _assert_whole(done, whole)
    assert done.sentence.endswith(" is not there any more.") and done.sentence.count(str(folder)) == 1
    away.rename(folder)
    assert_goes_on(graph, done.folder, whole)


class Disk:
    """A disk that gets full: a small one of its own, or where none can be made, writing that fails."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        self.folder, self.count, self.at, self.left, self.full = folder, 0, 0, 0, False
        self.real = os.name == "posix" and os.geteuid() == 0
        if self.real:
            command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "netbuilder", str(folder)]
            self.real = subprocess.run(command, capture_output=True, check=False).returncode == 0
        for module, name in ((run_folder, "_write_whole"), (checkpoints, "_write")):
            monkeypatch.setattr(module, name, self._limited(getattr(module, name), module is run_folder))

    def _limited(self, real: Callable[[Any, bytes], None], counted: bool) -> Callable[[Any, bytes], None]:
        def write(file: Any, content: bytes) -> None:
            self.count += counted
            if counted and self.count == self.at:
                self.fill()
            if self.full and not self.real:
                self.left -= len(content)
                if self.left < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
            real(file, content)

        return write

    def fill(self) -> None:
        """Leave so many bytes and no more."""
        self.full = True
        if self.real:
            about = os.statvfs(self.folder)
            (self.folder / "ballast").write_bytes(bytes(max(0, about.f_bavail * about.f_frsize - self.left)))

    def empty(self) -> None:
        """Let there be room again."""
        self.full, self.at = False, 0
        (self.folder / "ballast").unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk(tmp_path / "disk", monkeypatch)
    yield made
    if made.real:
        subprocess.run(["umount", str(made.folder)], check=True)


@functools.cache
def _digits() -> Graph:
    return DIGITS.apply(commands.set_training(DIGITS, epochs=3, **OFTEN))


@pytest.mark.parametrize("time_", range(TIMES))
def test_a_disk_that_gets_full(time_: int, disk: Disk, tmp_path: Path) -> None:
    graph = _digits()
    whole = train(graph, tmp_path / "whole")
    assert whole.ended.state == "finished", whole.sentence
    chance = random.Random(time_)
    most = disk.count * 9 // 10  # later what is left may do
    disk.at, disk.count, disk.left = chance.randint(1, most), 0, chance.choice((0, 5000, 20_000, 40_000))
    done = train(graph, disk.folder / "run")
    left = "Its last checkpoint is whole." if done.checkpoints else "It left no checkpoint."
    assert done.sentence == f"The disk is full, so the run ended. {left}"
    _assert_whole(done, whole)
    disk.empty()
    assert_goes_on(graph, done.folder, whole)
