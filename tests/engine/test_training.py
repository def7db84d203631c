"""Training: what a run leaves, that the exported program does the same, and that the examples learn."""

from __future__ import annotations

import json
import re
import threading
import time
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import nn

from netbuilder.bridge.messages import Progress
from netbuilder.bridge.run_folder import RunReader, RunWriter
from netbuilder.engine import run as run_module
from netbuilder.engine.clock import Clock
from netbuilder.engine.control import Control
from netbuilder.engine.trainer import Trainer
from netbuilder.graph import commands
from netbuilder.graph.chains import delete_joined
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from tests.drawings import example, run_alone
from tests.engine.runs import DIGITS, Done, train
from tests.long import LONG

STEPS_PER_EPOCH = 23  # 1438 samples to train on, 64 a batch


def _with(graph: Graph, **settings: object) -> Graph:
    return graph.apply(commands.set_training(graph, **settings))


def test_a_run_leaves_everything(digits_run: Done) -> None:
    assert digits_run.ended.state == "finished"
    assert digits_run.sentence == "Finished after 46 steps."
    names = {path.name for path in digits_run.folder.iterdir()}
    assert names == {
        "run.json", "project.netb", "model.py", "train.py", "steps.bin", "epochs.bin", "state.json", "log.txt",
        "checkpoints", "pulse.bin", "layers.bin", "weights.bin", "activations.bin",
        "predictions.bin",
    }  # fmt: skip
    about = digits_run.about
    assert about is not None
    assert (about.name, about.device, about.seed, about.steps, about.epochs) == ("Net", "cpu", 5, 46, 2)
    assert about.tensors == ("conv1.weight", "conv1.bias", "fc.weight", "fc.bias")
    assert about.nodes == ("conv1", "conv1", "fc", "fc")
    assert about.metrics == ("accuracy",)
    assert load(digits_run.folder / "project.netb") == DIGITS
    state = json.loads((digits_run.folder / "state.json").read_text("utf-8"))
    assert (state["state"], state["sentence"]) == ("finished", digits_run.sentence)
    log = (digits_run.folder / "log.txt").read_text("utf-8")
    assert "Net: 46 steps in 2 epochs" in log and "step 46: validation loss" in log and digits_run.sentence in log


def test_a_run_skips_what_is_bypassed_and_keeps_the_drawing_as_it_is(tmp_path: Path) -> None:
    muted = DIGITS.apply(commands.set_muted(DIGITS, ["dropout", "relu", "accuracy"], True))
    done = train(_with(muted, epochs=1), tmp_path / "muted")
    without = DIGITS.apply(delete_joined(DIGITS, ["dropout", "relu", "accuracy"]))
    same = train(_with(without, epochs=1), tmp_path / "without")
    assert done.ended.state == same.ended.state == "finished"
    assert done.steps and done.steps == same.steps
    assert done.about is not None and done.about.metrics == ()
    assert load(done.folder / "project.netb") == _with(muted, epochs=1)
    texts = [(run.folder / "train.py").read_text("utf-8") for run in (done, same)]
    assert texts[0] == texts[1]
    assert "Dropout" not in texts[0] and "ReLU" not in texts[0]


def test_rows_are_steps_and_epochs(digits_run: Done) -> None:
    data = array("d", (digits_run.folder / "steps.bin").read_bytes())  # as the README says, in a line
    assert len(data) == 46 * 5
    assert [list(row) for row in digits_run.steps] == [list(data[i : i + 5]) for i in range(0, len(data), 5)]
    assert [row[0] for row in digits_run.epochs] == [STEPS_PER_EPOCH, 2 * STEPS_PER_EPOCH]
    assert all(0 <= row[2] <= 1 for row in digits_run.epochs)
    assert digits_run.steps[-1][0] < digits_run.steps[0][0]


def test_progress_begins_and_ends(digits_run: Done) -> None:
    first, last = digits_run.told[0], digits_run.told[-1]
    assert (first.state, first.step, first.steps, first.epoch, first.epochs) == ("running", 0, 46, 1, 2)
    assert (last.state, last.step, last.epoch, last.seconds_left) == ("finished", 46, 2, 0.0)


def test_time_left_counts_validation_and_an_epoch_lasts_until_its_last_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "TELL_EVERY", 0.0)
    epoch = RunWriter.epoch

    def slow(writer: RunWriter, step: int, values: Sequence[float]) -> None:
        time.sleep(0.5)
        epoch(writer, step, values)

    monkeypatch.setattr(RunWriter, "epoch", slow)
    done = train(DIGITS, tmp_path / "run")
    after = [p for p in done.told if p.step == STEPS_PER_EPOCH][-1]
    assert (after.epoch, after.epochs) == (1, 2)
    assert after.seconds_left > 0.45 and after.rate < STEPS_PER_EPOCH / 0.45
    assert done.told[-1].rate < 2 * STEPS_PER_EPOCH / 0.9


def test_the_clock_counts_time_without_steps_but_no_pauses() -> None:
    clock = Clock(_at=0.0)
    clock.tick(10, 1.0)
    assert clock.rate == 10
    clock.tick(10, 3.0)
    clock.tick(20, 4.0)
    assert clock.rate == pytest.approx(5, rel=0.02)
    clock.restart(20, 1000.0)
    clock.tick(25, 1001.0)
    assert clock.rate == pytest.approx(5, rel=0.02)


def test_losses_and_norms_are_those_of_a_loop_written_by_hand(digits_run: Done) -> None:
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    images = (torch.tensor(pixels, dtype=torch.float32).view(-1, 1, 8, 8) - 8) / 8
    order = torch.randperm(1797, generator=torch.Generator().manual_seed(0))[359:]
    images, targets = images[order], torch.tensor(labels)[order]
    torch.manual_seed(5)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1), nn.Linear(144, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    shuffle, criterion = torch.Generator().manual_seed(5), nn.CrossEntropyLoss()
    rows: list[list[float]] = []
    for _ in range(2):
        for batch in torch.randperm(1438, generator=shuffle).split(64):
            loss = criterion(model(images[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            rows.append([loss.item(), *(float(p.grad.norm()) for p in model.parameters() if p.grad is not None)])
            optimizer.step()
    assert [row[0] for row in digits_run.steps] == [row[0] for row in rows]
    for row, wanted in zip(digits_run.steps, rows, strict=True):
        assert list(row) == pytest.approx(wanted, rel=1e-5)
    weights = digits_run.weights()
    assert torch.equal(weights["fc.weight"], model[4].weight)
    assert torch.equal(weights["conv1.bias"], model[0].bias)


def _last_values(printed: str) -> dict[str, str]:
    text = printed.strip().splitlines()[-1].partition(": ")[2]
    return dict(re.fullmatch(r"(.+) (\S+)", part).groups() for part in text.split(", "))  # type: ignore[union-attr, misc]


def test_the_exported_program_alone_says_what_the_run_measured(digits_run: Done, tmp_path: Path) -> None:
    printed = run_alone(digits_run.folder / "train.py", tmp_path / "empty")
    assert _last_values(printed) == {
        "loss": f"{digits_run.steps[-1][0]:.4g}",
        "validation loss": f"{digits_run.epochs[-1][1]:.4g}",
        "validation accuracy": f"{digits_run.epochs[-1][2]:.4g}",
    }
    assert list((tmp_path / "empty").iterdir()) == []


def test_the_same_seed_gives_the_same_weights_and_another_does_not(digits_run: Done, tmp_path: Path) -> None:
    again = train(DIGITS, tmp_path / "again")
    assert (again.folder / "steps.bin").read_bytes() == (digits_run.folder / "steps.bin").read_bytes()
    first, second = digits_run.weights(), again.weights()
    assert list(first) == list(second) and all(torch.equal(first[key], second[key]) for key in first)
    other = train(_with(DIGITS, seed=6), tmp_path / "other").weights()
    assert all(not torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize(
    ("settings", "rows", "measured"),
    [
        ({"steps": 5}, 5, [5]),
        ({"steps": 25, "epochs": 1}, 25, [23, 25]),
        ({"epochs": 1}, 23, [23]),
        ({"epochs": 1, "batch_size": 2000}, 1, [1]),
    ],
)
def test_a_run_ends_after_its_steps_or_its_epochs(
    settings: dict[str, int], rows: int, measured: list[int], tmp_path: Path
) -> None:
    done = train(_with(DIGITS, **settings), tmp_path / "run")
    assert done.sentence == f"Finished after {rows} steps."
    assert len(done.steps) == rows
    assert [row[0] for row in done.epochs] == measured
    assert done.checkpoints[-1].name == f"step-{rows:08d}"


def test_checkpoints_are_whole_readable_and_the_newest_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "CHECKPOINT_EVERY", -1.0)
    done = train(_with(DIGITS, epochs=4), tmp_path / "run")
    assert [path.name for path in done.checkpoints] == ["step-00000069", "step-00000092"]
    weights = done.weights()
    assert {name: tuple(tensor.shape) for name, tensor in weights.items()} == {
        "conv1.weight": (4, 1, 3, 3),
        "conv1.bias": (4,),
        "fc.weight": (10, 144),
        "fc.bias": (10,),
    }
    rest = torch.load(done.checkpoints[-1] / "training.pt", weights_only=True)
    assert rest["step"] == 92
    assert sorted(rest["order"].tolist()) == list(range(1438))
    assert set(rest) == {
        "step", "optimizer", "scheduler", "scaler", "epoch", "order", "position", "best", "waiting", "measured",
        "shuffle", "planned", "seconds", "batch_size", "others", "random", "python_random", "cuda_random",
    }  # fmt: skip
    assert all(state["step"] == 92 for state in rest["optimizer"]["state"].values())


def _when_paused(folder: Path, then: list[str], control: Control) -> None:
    until = time.monotonic() + 30
    while (RunReader(folder).state() or ("",))[0] != "paused" and time.monotonic() < until:
        time.sleep(0.01)
    for what in then:
        control.order(what)


def test_a_paused_run_waits_and_goes_on_as_if_it_had_not(digits_run: Done, tmp_path: Path) -> None:
    control, folder = Control(), tmp_path / "run"
    thread = threading.Thread(target=_when_paused, args=(folder, ["resume"], control))
    thread.start()

    def pause(progress: Progress) -> None:
        if progress.step == 0:
            control.order("pause")

    done = train(DIGITS, folder, control=control, tell=pause)
    thread.join()
    assert [p.state for p in done.told if p.step == 1] == ["paused", "running"]
    assert done.ended.state == "finished"
    assert (folder / "steps.bin").read_bytes() == (digits_run.folder / "steps.bin").read_bytes()
    log = (folder / "log.txt").read_text("utf-8")
    assert "paused at step 1" in log and "resumed" in log


@pytest.mark.parametrize("orders", [["stop"], ["resume", "stop"], ["stop", "pause"]])
def test_a_paused_run_can_be_stopped(orders: list[str], tmp_path: Path) -> None:
    control, folder = Control(), tmp_path / "run"
    thread = threading.Thread(target=_when_paused, args=(folder, orders, control))
    thread.start()
    control.order("pause")
    done = train(_with(DIGITS, epochs=10**6), folder, control=control)
    thread.join()
    assert done.ended.state == "stopped"
    assert re.fullmatch(r"Stopped at step \d+ of 23000000\.", done.sentence)
    assert len(done.steps) == int(done.sentence.split()[3])
    assert done.checkpoints[-1].name == f"step-{len(done.steps):08d}"
    assert RunReader(folder).state() == ("stopped", done.sentence)


@pytest.mark.parametrize("device", ["cuda:99", "mps:3", "quantum"])
def test_a_device_that_is_not_there_is_a_sentence(device: str, tmp_path: Path) -> None:
    done = train(DIGITS, tmp_path / "run", device=device)
    assert done.ended.state == "failed" and done.ended.node is None
    assert done.sentence.startswith(f"The device {device} is not available here: choose one of cpu")
    assert RunReader(tmp_path / "run").state() == ("failed", done.sentence)


def test_without_validation_there_are_no_epochs_to_measure(tmp_path: Path) -> None:
    done = train(_with(example("two_layer_net"), steps=60), tmp_path / "run")
    assert done.about is not None and done.about.metrics == ()
    assert (len(done.steps), done.epochs) == (60, [])
    assert done.steps[-1][0] < done.steps[0][0] / 2
    printed = run_alone(done.folder / "train.py", tmp_path / "empty")
    assert _last_values(printed) == {"loss": f"{done.steps[-1][0]:.4g}"}


@LONG
@pytest.mark.needs_fashion
@pytest.mark.parametrize(("name", "wanted"), [("mnist_convnet", 0.85), ("lenet_5x5", 0.85)])
def test_the_tutorials_networks_learn_fashion_mnist_in_two_epochs(name: str, wanted: float, tmp_path: Path) -> None:
    done = train(example(name), tmp_path / "run")
    assert done.sentence == "Finished after 1876 steps."
    assert done.epochs[-1][2] >= wanted


@pytest.mark.needs_fashion
def test_the_other_lenet_learns_from_its_first_steps(tmp_path: Path) -> None:
    done = train(_with(example("lenet_3x3"), steps=100), tmp_path / "run")
    assert done.sentence == "Finished after 100 steps."
    assert sum(row[0] for row in done.steps[-10:]) < sum(row[0] for row in done.steps[:10]) / 2
    assert done.epochs[-1][2] > 0.6


def test_what_comes_before_the_first_step_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    ended = Trainer().run(
        DIGITS, tmp_path, tmp_path, "cpu", Control(), lambda _: None, starting=lambda message: told.append(message.what)
    )
    assert ended.state == "finished" and told == ["data", "speed"]
