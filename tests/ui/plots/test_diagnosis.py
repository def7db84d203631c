"""Every sickness is found where it is, is not seen in a healthy run, and is mended by what is offered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netbuilder.bridge.run_folder import RunReader
from netbuilder.graph import fixes
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from netbuilder.graph.training import set_training
from netbuilder.ui.plots.diagnosis import Finding, diagnose
from netbuilder.ui.plots.run_data import READ, RunData
from tests import made_runs
from tests.made_runs import HEALTHY, SICK, Made


def read(folder: Path) -> RunData:
    """All of a run."""
    reader = RunReader(folder)
    assert reader.about is not None
    run = RunData(reader.about, folder)
    for table in READ:
        run.take(table, reader.read(table))
    return run


def drawing(block: str = "Linear", **settings: object) -> Graph:
    """A drawing with the nodes of a made run."""
    graph = Graph()
    for index in range(8):
        node = Node(f"layer{index + 1}", block, f"name{index + 1}")
        graph = graph.apply({node.id: (None, node)})
    return graph.apply(set_training(graph, **settings)) if settings else graph


def findings(folder: Path, made: Made, graph: Graph | None = None) -> dict[str, Finding]:
    return {one.kind: one for one in diagnose(read(made_runs.write(folder, made)), graph or drawing())}


HEALTHY_ONES = [
    HEALTHY, replace(HEALTHY, layers=1), replace(HEALTHY, layers=40), replace(HEALTHY, factor=1.5),
    replace(HEALTHY, steps=50_000), replace(HEALTHY, dead=0.4), replace(HEALTHY, loss=5000, end=1e-3),
    Made(steps=0, epochs=0), Made(steps=5, epochs=1), Made(steps=150, epochs=1), Made(layers=0),
]  # fmt: skip


@pytest.mark.parametrize("made", HEALTHY_ONES, ids=str)
def test_a_healthy_run_has_nothing(tmp_path: Path, made: Made) -> None:
    assert findings(tmp_path, made) == {}


WHERE = {
    "vanishing": "layer1", "exploding": "layer1", "overfitting": "layer1", "not a number": "layer4",
    "dead": "layer1", "saturated": "layer1",
}  # fmt: skip


@pytest.mark.parametrize("kind", SICK)
def test_a_sickness_is_found_alone_and_names_its_layer(tmp_path: Path, kind: str) -> None:
    found = findings(tmp_path, SICK[kind])
    assert list(found) == [kind]
    one = found[kind]
    assert one.node is not None
    if kind in WHERE:
        assert one.node == WHERE[kind]
    assert one.node.replace("layer", "name") in str(one.sentence)
    assert "{" not in str(one.sentence)


@pytest.mark.parametrize("kind", SICK)
def test_what_is_offered_can_be_done_once(tmp_path: Path, kind: str) -> None:
    graph = drawing(optimizer="SGD")
    one = findings(tmp_path, SICK[kind], graph)[kind]
    assert one.label is not None
    assert "{" not in str(one.label)
    after = graph.apply(set_training(graph, **one.settings))
    assert after.training != graph.training
    [again] = [other for other in diagnose(read(tmp_path), after) if other.kind == kind]
    assert again.settings != one.settings or again.label is None


@pytest.mark.parametrize(
    ("kind", "block", "instead"),
    [("dead", "ReLU", "LeakyReLU"), ("saturated", "Tanh", "ReLU"), ("vanishing", "Sigmoid", "ReLU")],
)
def test_a_block_that_is_to_blame_is_swapped(tmp_path: Path, kind: str, block: str, instead: str) -> None:
    graph = drawing(block)
    one = findings(tmp_path, SICK[kind], graph)[kind]
    assert one.fix is not None
    after = graph.apply(fixes.apply(graph, one.fix))
    assert after.nodes[one.fix.node].block == instead


def test_a_gradient_that_grows_in_time_explodes(tmp_path: Path) -> None:
    made_runs.write(tmp_path, HEALTHY)
    table = np.fromfile(tmp_path / "steps.bin").reshape(-1, 9)
    table[:, 5:7] *= np.linspace(0, 4, len(table))[:, None] ** 10
    table.tofile(tmp_path / "steps.bin")
    [one] = diagnose(read(tmp_path), drawing())
    assert (one.kind, one.node) == ("exploding", "layer3")
    assert one.settings == {"clip": "norm", "clip_at": 1.0}


def test_a_network_that_gets_no_gradient_is_cut_off(tmp_path: Path) -> None:
    made_runs.write(tmp_path, SICK["not learning"])
    table = np.fromfile(tmp_path / "steps.bin").reshape(-1, 9)
    table[300:, 1:] = 0
    table.tofile(tmp_path / "steps.bin")
    assert [one.kind for one in diagnose(read(tmp_path), drawing())] == ["cut off"]
