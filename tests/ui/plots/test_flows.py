"""What flows through the wires: said once a second at most, on the wires of the canvas, and only where wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from netbuilder.bridge.about import ACTIVATIONS
from netbuilder.graph.commands import add_node, connect
from netbuilder.graph.document import Document
from netbuilder.ui.canvas import Canvas
from netbuilder.ui.plots import flows
from netbuilder.ui.plots.flows import Flows
from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.theme import DARK
from tests import made_runs
from tests.made_runs import Made


@pytest.fixture
def parent() -> QObject:
    return QObject()


def test_mean_spread_and_dead_units_are_told(parent: QObject, tmp_path: Path) -> None:
    follower = Follower(parent)
    told: list[object] = []
    watching = Flows(follower, parent)
    watching.changed.connect(told.append)
    made_runs.write(tmp_path, Made(dead=0.25, saturated=0.0))
    follower.show(tmp_path)
    assert told[-1] is None
    watching.set_wanted(True)
    assert told[-1] == {f"layer{index}.output": "0.400 ± 2.00 · 25 % dead" for index in range(1, 5)}
    watching.set_wanted(False)
    assert told[-1] is None


def test_not_more_often_than_one_can_read(parent: QObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower(parent)
    watching = Flows(follower, parent)
    watching.set_wanted(True)
    made_runs.write(tmp_path, Made())
    follower.show(tmp_path)
    told: list[object] = []
    watching.changed.connect(told.append)
    table = tmp_path / ACTIVATIONS
    row = table.read_bytes()[-table.stat().st_size // 60 :]
    for wait, expected in ((10**6, 0), (0, 1)):
        monkeypatch.setattr(flows, "_BETWEEN", wait)
        with table.open("ab") as file:
            file.write(row)
        follower.refresh()
        assert len(told) == expected


def test_the_wires_show_it(qtbot: QtBot) -> None:
    document = Document()
    for place, block in enumerate(("Linear", "ReLU")):
        document.commit(add_node(document.graph, block, 0, 100 * place), "")
    source, target = document.graph.nodes
    document.commit(connect(document.graph, source, "output", target, "input"), "")
    canvas = Canvas(document, DARK)
    qtbot.addWidget(canvas)
    canvas.show_flows({f"{source}.output": "0.4 ± 1"})
    [wire] = canvas.items_scene.wires.values()
    assert wire.labelled
    assert wire.label == "0.4 ± 1"
    canvas.show_flows(None)
    assert not wire.labelled
