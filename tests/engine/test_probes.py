"""Probes measure what is there, change nothing, and keep to their share of the time."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.bridge.about import ACTIVATIONS, BINS, LAYERS, PHASES, PULSE, WEIGHTS, About
from netbuilder.bridge.run_folder import RunReader, RunWriter
from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import analyse
from netbuilder.engine.execute import execute
from netbuilder.engine.governor import Governor, share_of
from netbuilder.engine.probes import Probes, watched
from netbuilder.engine.sampling import PART, sample, summarise
from netbuilder.engine.watching import Mode, Watched, watched_nodes
from netbuilder.graph.graph import Graph
from tests.drawings import draw

STEPS = 8
SMALL = """
    digits Digits
    conv Conv2d out_channels=4
    relu ReLU
    pool MaxPool2d kernel_size=2
    flatten Flatten
    dropout Dropout p=0.2
    fc Linear out_features=12
    tanh Tanh
    out Linear out_features=10
    loss CrossEntropyLoss
    digits.image > conv > relu > pool > flatten > dropout > fc > tanh > out > loss
    digits.label > loss.target
"""
NESTED = """
    network Block size=6!
    in Input
    fc Linear out_features=$size
    act ReLU
    end Output
    in > fc > act > end
    main
    x RandomTensors samples=256 input_shape=5 target_shape=6
    first Network of=Block size=6
    again Network of=Block size=6
    shared Linear out_features=6
    twice Linear layer=shared
    loss MSELoss
    x.x > first > again > shared > twice > loss
    x.y > loss.target
"""
SEQUENCES = """
    x RandomTensors samples=256 input_shape=7,5 target_shape=7,6
    lstm LSTM hidden_size=6 batch_first=True
    loss MSELoss
    x.x > lstm
    lstm.output > loss
    x.y > loss.target
"""


@dataclass
class Trained:
    """What a short training left."""

    losses: list[float]
    weights: list[Tensor]
    drawn: Tensor
    rows: dict[str, list[array[float]]]
    about: About
    model: nn.Module

    def values(self, table: str, row: int = -1) -> dict[str, float]:
        """A row by its columns."""
        return dict(zip(self.about.columns(table), self.rows[table][row], strict=True))


def train(
    graph: Graph,
    folder: Path,
    probed: bool = True,
    batches: int = 1,
    spoil: Callable[[nn.Module], object] = lambda _: None,
) -> Trained:
    """Train some steps by hand, every one of them probed in full."""
    program, plan = execute(analyse(graph, Path()).script), make_plan(graph)
    names: dict[str, Any] = program.names
    torch.manual_seed(1)
    random.seed(1)
    model = names[plan.class_name]()
    spoil(model)
    optimizer = names["make_optimizer"](model)
    samples, _ = names["load_data"]()
    folder.mkdir()
    writer = RunWriter(folder)
    probes = Probes(model, program, plan, optimizer, writer, "cpu")
    losses = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        if probed:
            probes.begin()
        for part in range(batches):
            first = 8 * (step * batches + part)
            batch = [tensor[first : first + 8] for tensor in samples]
            if not probed:
                loss = names["objective"](*names["predict"](model, batch))
                loss.backward()
                continue
            probes.phase("data")
            with probes.watching():
                loss = names["objective"](*names["predict"](model, batch))
            probes.phase("forward")
            loss.backward()
            probes.phase("backward")
        if probed:
            probes.before_update()
        optimizer.step()
        if probed:
            probes.phase("update")
            probes.end(step, 8)
        losses.append(loss.item())
    tensors = tuple(name for name, _ in model.named_parameters())
    groups = ("",) * len(optimizer.param_groups)
    about = About(
        name="", created="", device="cpu", device_name="", torch="", threads=1, seed=1, steps=STEPS, epochs=1,
        tensors=tensors, nodes=tensors, metrics=(), groups=groups, watched=watched(program, plan),
    )  # fmt: skip
    writer.about(about)
    writer.close()
    reader = RunReader(folder)
    rows = {table: reader.rows(table) for table in (PULSE, LAYERS, WEIGHTS, ACTIVATIONS)}
    return Trained(losses, [p.detach() for p in model.parameters()], torch.rand(3), rows, about, model)


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is measured at every step."""
    monkeypatch.setattr(Governor, "due", lambda self, step: frozenset(self._probes))


@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize("text", [SMALL, NESTED, SEQUENCES])
def test_nothing_changes(text: str, tmp_path: Path) -> None:
    graph = draw(text)
    seen, bare = train(graph, tmp_path / "seen"), train(graph, tmp_path / "bare", probed=False)
    assert seen.losses == bare.losses
    assert all(torch.equal(one, other) for one, other in zip(seen.weights, bare.weights, strict=True))
    assert torch.equal(seen.drawn, bare.drawn)
    assert [len(rows) for rows in seen.rows.values()] == [STEPS] * 4
    assert not any(bare.rows.values())


@pytest.mark.usefixtures("every_step")
def test_several_batches_a_step(tmp_path: Path) -> None:
    graph = draw(SMALL)
    seen, bare = train(graph, tmp_path / "seen", batches=3), train(graph, tmp_path / "bare", False, 3)
    assert seen.losses == bare.losses
    assert len(seen.rows[ACTIVATIONS]) == STEPS


@pytest.mark.usefixtures("every_step")
def test_updates_and_norms(tmp_path: Path) -> None:
    graph = draw(SMALL, optimizer="SGD", learning_rate=0.5)
    done = train(graph, tmp_path / "run")
    before, after = done.values(LAYERS, -2), done.values(LAYERS)
    for name, weight in zip(done.about.tensors, done.weights, strict=True):
        assert after[f"{name} norm"] == pytest.approx(weight.norm().item(), rel=1e-5)
        # The norm moves by no more than the weights do.
        moved = after[f"{name} update"] * before[f"{name} norm"]
        assert 0 < moved >= abs(after[f"{name} norm"] - before[f"{name} norm"]) * (1 - 1e-4)


@pytest.mark.usefixtures("every_step")
def test_update_is_what_the_step_added(tmp_path: Path) -> None:
    done = train(draw(SMALL, optimizer="SGD", learning_rate=0.0), tmp_path / "run")
    values = done.values(LAYERS)
    assert all(values[f"{name} update"] == 0 for name in done.about.tensors)


@pytest.mark.usefixtures("every_step")
def test_histograms_of_weights_and_gradients(tmp_path: Path) -> None:
    done = train(draw(SMALL), tmp_path / "run")
    values = done.values(WEIGHTS)
    for name, weight in zip(done.about.tensors, done.weights, strict=True):
        assert values[f"{name} weight low"] == weight.min().item()
        assert values[f"{name} weight high"] == weight.max().item()
        for kind in ("weight", "gradient"):
            assert sum(values[f"{name} {kind} bin{i}"] for i in range(BINS)) == weight.numel()


@pytest.mark.usefixtures("every_step")
def test_activations_are_those_of_the_nodes(tmp_path: Path) -> None:
    graph = draw(SMALL)
    done = train(graph, tmp_path / "run")
    assert [name.partition(".")[0] for name in done.about.watched] == [
        "conv", "relu", "pool", "flatten", "dropout", "fc", "tanh", "out",
    ]  # fmt: skip
    values = done.values(ACTIVATIONS)
    assert values["relu.output low"] == 0 <= values["relu.output mean"]
    assert values["conv.output low"] < 0
    assert values["relu.output high"] == values["conv.output high"]
    assert values["pool.output mean"] == pytest.approx(values["flatten.output mean"])
    assert -1 < values["tanh.output low"] < values["tanh.output high"] < 1
    assert sum(values[f"out.output bin{i}"] for i in range(BINS)) == 80
    assert math.isnan(values["conv.output dead"]) and 0 <= values["relu.output dead"] <= 1
    assert math.isnan(values["relu.output saturated"]) and 0 <= values["tanh.output saturated"] <= 1


@pytest.mark.usefixtures("every_step")
def test_activations_in_networks_and_of_several_outputs(tmp_path: Path) -> None:
    nested = train(draw(NESTED), tmp_path / "nested")
    assert set(nested.about.watched) == {
        "first.net_block_end", "again.net_block_end", "shared.output", "twice.output",
        "net_block_fc.output", "net_block_act.output",
    }  # fmt: skip
    values = nested.values(ACTIVATIONS)
    assert not any(math.isnan(values[f"{name} mean"]) for name in nested.about.watched)
    # What is placed twice shows the last time.
    assert (
        values["net_block_act.output mean"] == values["again.net_block_end mean"] != values["first.net_block_end mean"]
    )
    assert values["shared.output mean"] != values["twice.output mean"]
    sequences = train(draw(SEQUENCES), tmp_path / "sequences")
    assert set(sequences.about.watched) == {"lstm.output", "lstm.h_n", "lstm.c_n"}
    found = sequences.values(ACTIVATIONS)
    assert sum(found[f"lstm.output bin{i}"] for i in range(BINS)) == 8 * 7 * 6
    assert sum(found[f"lstm.h_n bin{i}"] for i in range(BINS)) == 8 * 6


PROGRAM = """
class Net:
    def forward(self, x):
        x = x - 1
        y = x.clone()
        y += 100
        y = torch.relu_(y)
        return y
"""


def test_what_is_overwritten_is_seen_as_it_was() -> None:
    nodes = {name: (Watched(f"{name}.output"),) for name in ("first", "second", "third")}
    names: dict[str, Any] = {"torch": torch}
    exec(compile(PROGRAM, "<net>", "exec"), names)
    mode = Mode("<net>", {4: "first", 5: "second", 6: "third", 7: "third"}, nodes)
    with mode:
        names["Net"]().forward(torch.zeros(3))
    found = {name: look.numbers.tolist() for name, look in mode.looks().items()}
    assert found == {"first.output": [-1.0] * 3, "second.output": [-1.0] * 3, "third.output": [99.0] * 3}


@pytest.mark.usefixtures("every_step")
def test_dead_and_saturated(tmp_path: Path) -> None:
    def spoil(model: nn.Module) -> None:
        with torch.no_grad():
            for layer in model.modules():
                if isinstance(layer, nn.Conv2d):
                    layer.get_parameter("bias")[:3] = -1000.0
                if isinstance(layer, nn.Linear) and layer.out_features == 12:
                    layer.weight[:] = 0.0
                    layer.bias[:] = torch.tensor([50.0, -50.0, 50.0] + [0.0] * 9)

    values = train(draw(SMALL, optimizer="SGD", learning_rate=0.0), tmp_path / "run", spoil=spoil).values(ACTIVATIONS)
    assert values["relu.output dead"] == 0.75
    assert values["tanh.output saturated"] == 0.25


@pytest.mark.parametrize(
    ("layer", "target", "units"),
    [("Conv1d kernel_size=1 out_channels=6", "6,5", 1), ("Linear out_features=6", "4,6", -1)],
)
def test_units_lie_where_the_layer_before_says(layer: str, target: str, units: int) -> None:
    graph = draw(
        f"""
        x RandomTensors input_shape=4,5 target_shape={target}
        layer {layer}
        drop Dropout
        relu ReLU
        loss MSELoss
        x.x > layer > drop > relu > loss
        x.y > loss.target
        """
    )
    (relu,) = watched_nodes(execute(analyse(graph, Path()).script), make_plan(graph))["relu"]
    assert relu.units == units


@pytest.mark.parametrize(("telemetry", "tables"), [("all", 4), ("gradients", 1), ("loss", 1)])
@pytest.mark.usefixtures("every_step")
def test_telemetry_says_what_is_measured(telemetry: str, tables: int, tmp_path: Path) -> None:
    done = train(draw(SMALL, telemetry=telemetry), tmp_path / "run")
    assert sum(bool(rows) for rows in done.rows.values()) == tables
    assert done.rows[PULSE]


@pytest.mark.usefixtures("every_step")
def test_pulse(tmp_path: Path) -> None:
    done = train(draw(SMALL, telemetry="gradients", learning_rate=0.25), tmp_path / "run")
    values = done.values(PULSE)
    assert values["step"] == STEPS and values["learning_rate"] == 0.25
    assert values["samples_per_second"] > 0 and values["memory"] > 10 and values["cpu_percent"] >= 0
    phases = [values[f"{phase}_seconds"] for phase in PHASES]
    assert all(seconds >= 0 for seconds in phases) and 0 < sum(phases) <= values["seconds"]
    assert math.isnan(values["gpu_percent"]) == (not torch.cuda.is_available())


def test_nothing_is_watched_in_compiled_networks() -> None:
    graph = draw(SMALL, compile=True)
    assert watched(execute(analyse(graph, Path()).script), make_plan(graph)) == ()


@pytest.mark.usefixtures("every_step")
def test_frozen_parameters_have_no_gradient(tmp_path: Path) -> None:
    done = train(draw(SMALL), tmp_path / "run", spoil=lambda model: next(model.parameters()).requires_grad_(False))
    values, name = done.values(WEIGHTS), done.about.tensors[0]
    assert math.isnan(values[f"{name} gradient low"]) and not math.isnan(values[f"{name} weight low"])
    assert done.values(LAYERS)[f"{name} update"] == 0


def test_histograms() -> None:
    values = torch.randn(3000, generator=torch.Generator().manual_seed(0))
    odd = [torch.full((5,), 3.0), torch.tensor([1.0, math.nan]), torch.empty(0), torch.tensor([0.0, math.inf])]
    found = summarise([values, *odd])
    counts = torch.from_numpy(found.histograms[0, 2:])
    wanted = torch.histc(values, BINS)
    assert found.histograms[0, :2].tolist() == [values.min().item(), values.max().item()]
    assert counts.sum() == 3000 and (counts - wanted).abs().sum() <= 4  # rounding at the edges of bins
    assert found.means[0] == pytest.approx(values.mean().item(), abs=1e-6)
    assert found.spreads[0] == pytest.approx(values.std(correction=0).item(), rel=1e-5)
    assert found.histograms[1].tolist() == [3.0, 3.0, 5.0] + [0.0] * (BINS - 1)
    for row in found.histograms[2:]:
        assert all(math.isnan(value) for value in row[:2]) and not row[2:].any()


def test_samples_are_spread_evenly() -> None:
    places = torch.arange(64 * 32 * 28 * 28, dtype=torch.float64).view(64, 32, 28, 28)
    for tensor in (places, places.contiguous(memory_format=torch.channels_last)):
        seen = sample(tensor).long()
        assert PART / 2 <= len(seen) <= PART * 1.1 and len(seen.unique()) == len(seen)
        for size, step in ((64, 32 * 784), (32, 784), (28, 28), (28, 1)):  # every sample, channel, row and column
            parts = torch.bincount(seen // step % size, minlength=size)
            assert parts.min() > 0.3 * len(seen) / size
    assert torch.equal(sample(torch.arange(50.0)), torch.arange(50.0))


@pytest.mark.parametrize("lasts", [2e-4, 1e-3, 7e-3, 0.3])
def test_governor_keeps_to_the_share(lasts: float) -> None:
    record = lasts * share_of(lasts) / 2
    prices = {"cheap": 5e-4, "dear": 2e-2}
    governor = Governor({"pulse": (0.0, 1.0), "cheap": (0.5, 0.0), "dear": (0.5, 0.0)}, 0)
    counts = dict.fromkeys(("pulse", "cheap", "dear"), 0)
    step = 0
    while step * lasts < 500:
        step = governor.next_step
        due = governor.due(step)
        assert due
        for name in due:
            counts[name] += 1
        governor.plan(step, due, {name: prices.get(name, 0.0) for name in due}, lasts, record, lasts)
    spent = step * record + sum(counts[name] * price for name, price in prices.items())
    assert spent <= 1.05 * share_of(lasts) * step * lasts
    assert spent >= 0.7 * share_of(lasts) * step * lasts  # and uses what it may
    assert counts["pulse"] == pytest.approx(500, rel=0.3)


def test_governor_begins_soon_and_knows_where() -> None:
    governor = Governor({"a": (0.5, 1.0), "b": (0.5, 1.0)}, 1000)
    assert governor.next_step == 1002 and governor.due(1002) == {"a"} and governor.due(1003) == {"a", "b"}
    assert share_of(1e-4) == 0.05 and share_of(1.0) == 0.02 and share_of(0.0) == 0.02
