"""Run folders for tests, written as a run writes them but without training anything."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import msgspec

from netbuilder.bridge.about import About
from netbuilder.bridge.messages import RunState
from netbuilder.bridge.run_folder import RunWriter
from netbuilder.graph.files import save
from netbuilder.graph.graph import Graph
from tests.drawings import CLASSIFIER, draw

ABOUT = About(
    name="Net",
    created="2026-03-01 10:00:00",
    device="cpu",
    device_name="CPU · 2 cores",
    torch="2.13",
    threads=1,
    seed=0,
    steps=40,
    epochs=2,
    tensors=("fc1.weight", "fc1.bias"),
    nodes=("fc1", "fc1"),
    metrics=("accuracy",),
    shares=("accuracy",),
)


def write_run(
    folder: Path,
    state: RunState | None = "finished",
    steps: int = 40,
    graph: Graph | None = None,
    sentence: str = "",
    **about: object,
) -> Path:
    """A run with a falling loss and two measurements: of accuracies 0.5 and 0.75, and losses 1 and 2."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = RunWriter(folder)
    save(graph or draw(CLASSIFIER), folder / "project.netb")
    (folder / "train.py").write_text("print('train')\n", "utf-8")
    (folder / "model.py").write_text("print('model')\n", "utf-8")
    writer.about(msgspec.structs.replace(ABOUT, **about))
    writer.steps(array("d", [x for step in range(steps) for x in (2 * math.exp(-step / 20), 0.1, 0.2)]).tobytes())
    for step, values in ((steps // 2, [1.0, 0.5]), (steps, [2.0, 0.75])):
        if step:
            writer.epoch(step, values)
    if state is not None:
        writer.state(state, sentence)
    writer.close()
    return folder
