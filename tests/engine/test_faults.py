"""What goes wrong while training becomes a sentence at its node; what was measured stays."""

from __future__ import annotations

import errno
import gzip
import math
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch

from netbuilder.bridge import run_folder
from netbuilder.bridge.run_folder import RunReader
from netbuilder.engine import run as run_module
from netbuilder.engine import telemetry
from netbuilder.engine.analysis import analyse
from netbuilder.engine.control import Control
from netbuilder.engine.trainer import Trainer
from netbuilder.graph import commands
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from tests.drawings import CLASSIFIER, draw, idx, write_pictures
from tests.engine.runs import DIGITS, Done, train


def _failed(graph: Graph, folder: Path, base: Path = Path()) -> Done:
    """Train what must fail, in words."""
    done = train(graph, folder, base)
    assert done.ended.state == "failed"
    assert "Traceback" not in done.sentence and "\n" not in done.sentence
    assert RunReader(folder).state() == ("failed", done.sentence)
    return done


def test_a_loss_that_is_not_a_number_ends_the_run_and_names_layer_and_step(tmp_path: Path) -> None:
    graph = DIGITS.apply(commands.set_training(DIGITS, optimizer="SGD", learning_rate=1000.0, epochs=50))
    done = _failed(graph, tmp_path / "run")
    bad = next(i for i, row in enumerate(done.steps) if not all(map(math.isfinite, row)))
    norms = done.steps[bad][1:]
    last = max(i for i, norm in enumerate(norms) if not math.isfinite(norm))
    assert done.about is not None
    assert done.ended.node == done.about.nodes[last]
    assert done.sentence == (
        f"Not a number: at step {bad + 1} the gradient of {done.ended.node} was not finite, the first such layer "
        "counted back from the loss. The run ended. A smaller learning rate often helps."
    )
    assert done.checkpoints == []


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "pictures")


def _classifier(folder: str) -> Graph:
    return draw(CLASSIFIER.replace("Digits", f"MNIST folder={folder}"), epochs=1)


def test_pictures_in_a_folder_beside_the_project_train(pictures: Path, tmp_path: Path) -> None:
    done = train(_classifier("pictures"), tmp_path / "run", base=tmp_path)
    assert done.sentence == "Finished after 1 steps."


def test_the_drawing_in_a_runs_folder_finds_its_pictures(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    train(_classifier("pictures"), tmp_path / "run")
    kept = load(tmp_path / "run" / "project.netb")
    assert kept.values(kept.nodes["digits"])["folder"] == str(pictures)
    assert analyse(kept, tmp_path / "run").all_problems == []


def test_a_folder_no_project_can_hold_is_left_as_it_was_drawn(tmp_path: Path) -> None:
    graph = _classifier("pictures")
    done = _failed(graph, tmp_path / "run", tmp_path / "odd\ud800")
    assert load(done.folder / "project.netb") == graph


def test_weights_that_are_no_numbers_are_never_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "CHECKPOINT_EVERY", -1.0)
    monkeypatch.setattr(telemetry, "INTERVAL", 1e9)
    graph = draw(
        "r RandomTensors\nfc Linear\nloss MSELoss\nr.x > fc > loss\nr.y > loss.target",
        optimizer="SGD",
        learning_rate=1000.0,
        epochs=200,
    )
    done = _failed(graph, tmp_path / "run")
    assert "not a finite number" in done.sentence
    assert done.checkpoints
    assert all(bool(torch.isfinite(tensor).all()) for tensor in done.weights().values())


def _no_folder(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


LABELS, PICTURES = "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte"
BREAKS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no folder": (_no_folder, "There is no train-images-idx3-ubyte or train-images-idx3-ubyte.gz in {folder}"),
    "one file missing": (
        lambda folder: (folder / LABELS).unlink(),
        "There is no train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz in {folder}",
    ),
    "truncated gzip": (
        lambda folder: (folder / LABELS).write_bytes((folder / LABELS).read_bytes()[:-12]),
        "{folder}/train-labels-idx1-ubyte.gz is damaged: "
        "Compressed file ended before the end-of-stream marker was reached",
    ),
    "no gzip": (
        lambda folder: (folder / LABELS).write_bytes(b"<html>404 not found</html>"),
        "{folder}/train-labels-idx1-ubyte.gz is damaged: Not a gzipped file (b'<h')",
    ),
    "wrong magic": (
        lambda folder: (folder / PICTURES).write_bytes(idx(bytes(8 * 784), 8, 28, 28, kind=13)),
        "{folder}/t10k-images-idx3-ubyte is not an IDX file of 3 dimensions",
    ),
    "too short": (
        lambda folder: (folder / PICTURES).write_bytes(idx(bytes(100), 8, 28, 28)),
        "{folder}/t10k-images-idx3-ubyte is damaged: it does not hold as much as it says",
    ),
    "sizes that disagree": (
        lambda folder: (folder / LABELS).write_bytes(gzip.compress(idx(bytes(23), 23))),
        "The train files in {folder} do not fit together",
    ),
    "other sizes": (
        lambda folder: (folder / PICTURES).write_bytes(idx(bytes(8 * 49), 8, 7, 7)),
        "The t10k files in {folder} do not fit together",
    ),
    "a label of ten": (
        lambda folder: (folder / LABELS).write_bytes(gzip.compress(idx(bytes([10] * 24), 24))),
        "The train files in {folder} do not fit together",
    ),
    "an empty file": (
        lambda folder: (folder / PICTURES).write_bytes(b""),
        "{folder}/t10k-images-idx3-ubyte is not an IDX file of 3 dimensions",
    ),
    "an empty gzip": (
        lambda folder: (folder / LABELS).write_bytes(b""),
        "{folder}/train-labels-idx1-ubyte.gz is not an IDX file of 1 dimensions",
    ),
    "no samples": (
        lambda folder: (folder / PICTURES).write_bytes(idx(b"", 0, 28, 28)),
        "{folder}/t10k-images-idx3-ubyte is damaged: it does not hold as much as it says",
    ),
    "sizes beyond belief": (
        lambda folder: (folder / PICTURES).write_bytes(idx(b"", 2**32 - 1, 2**32 - 1, 2**32 - 1)),
        "{folder}/t10k-images-idx3-ubyte is damaged: it does not hold as much as it says",
    ),
    "blank pictures": (
        lambda folder: (folder / "train-images-idx3-ubyte").write_bytes(idx(bytes(24 * 784), 24, 28, 28)),
        "All pictures in {folder} are blank",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_data_is_said_at_the_data(name: str, pictures: Path, tmp_path: Path) -> None:
    spoil, reason = BREAKS[name]
    spoil(pictures)
    done = _failed(_classifier("pictures"), tmp_path / "run", tmp_path)
    assert done.ended.node == "digits"
    assert done.sentence == f"digits cannot be loaded: {reason.format(folder=pictures)}."


def test_data_that_is_mended_is_loaded_by_the_same_trainer(pictures: Path, tmp_path: Path) -> None:
    whole = (pictures / PICTURES).read_bytes()
    (pictures / PICTURES).write_bytes(b"")
    trainer, graph = Trainer(), _classifier("pictures")
    trainer.prepare(graph, tmp_path)
    (pictures / PICTURES).write_bytes(whole)
    (tmp_path / "run").mkdir()
    ended = trainer.run(graph, tmp_path, tmp_path / "run", "cpu", Control(), lambda progress: None)
    assert ended.state == "finished"


def test_samples_beyond_all_memory_are_said_at_the_data(tmp_path: Path) -> None:
    shape = 10**9
    graph = draw(
        f"r RandomTensors samples={10**7} input_shape={shape}\nfc Linear\nloss MSELoss\n"
        "r.x > fc > loss\nr.y > loss.target"
    )
    Trainer().prepare(graph, tmp_path)  # says nothing and ends nothing
    done = _failed(graph, tmp_path / "run")
    assert done.ended.node == "r"
    assert done.sentence == "r cannot be loaded: the samples do not fit into memory."


def test_a_layer_beyond_all_memory_is_said(tmp_path: Path) -> None:
    graph = draw(
        f"r RandomTensors input_shape=1\na Linear out_features={10**6}\nb Linear out_features={10**9}\nc Linear\n"
        "loss MSELoss\nr.x > a > b > c > loss\nr.y > loss.target"
    )
    done = _failed(graph, tmp_path / "run")
    assert done.sentence == "cpu ran out of memory: a smaller batch or a smaller network needs less."
    assert done.ended.node == "b"


def test_an_accelerator_out_of_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    relu = torch.nn.functional.relu

    def full(tensor: torch.Tensor, inplace: bool = False) -> torch.Tensor:
        if tensor.device.type == "meta":
            return relu(tensor, inplace)
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore lines")

    monkeypatch.setattr(torch.nn.functional, "relu", full)
    graph = DIGITS.apply(commands.set_written(DIGITS, "relu", "function"))
    done = _failed(graph, tmp_path / "run")
    assert done.sentence == "cpu ran out of memory: a smaller batch or a smaller network needs less."
    assert done.ended.node == "relu"


def test_an_error_in_forward_is_marked_at_its_node(tmp_path: Path) -> None:
    graph = draw(
        "digits Digits\nconv Conv2d kernel_size=8\nnorm BatchNorm2d\nflatten Flatten\nfc Linear\n"
        "loss CrossEntropyLoss\ndigits.image > conv > norm > flatten > fc > loss\ndigits.label > loss.target",
        batch_size=1437,  # the last of the 1438 samples makes a batch of its own
    )
    done = _failed(graph.apply(commands.rename(graph, "norm", "my norm")), tmp_path / "run")
    assert done.ended.node == "norm"
    assert done.sentence.startswith("my norm failed: Expected more than 1 value per channel when training")
    log = (done.folder / "log.txt").read_text("utf-8")
    assert "x = self.my_norm(x)" in log  # the traceback shows the drawing's own line


def test_a_drawing_with_problems_is_refused(tmp_path: Path) -> None:
    assert _failed(draw("relu ReLU"), tmp_path / "run").sentence == "relu: the input “input” has no wire."
    graph = draw("in0 Input shape=3\nfc Linear\nin0 > fc")
    assert _failed(graph, tmp_path / "other").sentence.startswith("There is no data")


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on a disk of 200 KB; where none can be made, writing fails after as much."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = os.name == "posix" and os.geteuid() == 0
    if made:
        command = ["mount", "-t", "tmpfs", "-o", "size=200k", "netbuilder", str(folder)]
        made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if made:
        (folder / "ballast").write_bytes(bytes(140_000))
    else:
        left = [60_000]

        def write_whole(file: Any, data: bytes) -> None:
            left[0] -= len(data)
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            file.write(data)

        monkeypatch.setattr(run_folder, "_write_whole", write_whole)
    yield folder
    if made:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_the_run_in_words(small_disk: Path) -> None:
    graph = DIGITS.apply(commands.set_training(DIGITS, epochs=10**6, telemetry="gradients"))
    done = train(graph, small_disk)
    assert done.ended.state == "failed"
    left = "Its last checkpoint is whole." if done.checkpoints else "It left no checkpoint."
    assert done.sentence == f"The disk is full, so the run ended. {left}"
    assert len(done.steps) > 50
    for checkpoint in done.checkpoints:
        assert sorted(path.name for path in checkpoint.iterdir()) == ["model.safetensors", "training.pt"]


def test_a_disk_that_takes_nothing_more_ends_the_run_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close = run_folder.RunWriter.close

    def full(writer: run_folder.RunWriter, line: str = "") -> NoReturn:
        if not line:  # what could not be written before fails again when the file is closed
            close(writer)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_folder.RunWriter, "log", full)
    monkeypatch.setattr(run_folder.RunWriter, "close", full)
    done = train(DIGITS, tmp_path / "run")
    assert done.ended.state == "failed"
    assert done.sentence == "The disk is full, so the run ended. It left no checkpoint."
    (done.folder / "checkpoints" / "step-00000001").mkdir(parents=True)
    assert train(DIGITS, tmp_path / "run").sentence.endswith(" Its last checkpoint is whole.")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    ended = Trainer().run(DIGITS, tmp_path, tmp_path / "none", "cpu", Control(), lambda progress: None)
    assert ended.state == "failed"
    assert "No such file or directory" in str(ended.sentence)
