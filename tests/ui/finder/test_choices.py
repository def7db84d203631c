"""What can be chosen, and what comes first."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication

from netbuilder.blocks import CATALOG, Category
from netbuilder.bridge.reports import NodeReport, TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.notes import add_frame, add_note
from netbuilder.ui.finder.choices import Choice, find, of_actions, of_blocks, of_nodes
from netbuilder.ui.usage import Usage


@pytest.fixture
def usage(tmp_path: Path) -> Usage:
    return Usage(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


def keys(choices: list[Choice], wanted: str) -> list[str]:
    return [choice.key for choice, _ in find(choices, wanted)]


def test_without_text_all_by_rank_then_as_given() -> None:
    choices = [Choice("a", "A", rank=(1,)), Choice("b", "B"), Choice("c", "C", rank=(0,)), Choice("d", "D", rank=(1,))]
    assert keys(choices, "") == ["b", "c", "a", "d"]


def test_quality_comes_before_rank_and_rank_before_the_rest() -> None:
    choices = [
        Choice("exact", "Pool", rank=(9,)),
        Choice("long", "PoolingAndMore", rank=(0,)),
        Choice("short", "Pooled", rank=(1,)),
        Choice("inside", "Carpool", rank=(0,)),
        Choice("help", "Else", help="A pool.", rank=(0,)),
        Choice("group", "Other", group="Pooling", rank=(0,)),
    ]
    assert keys(choices, "pool") == ["exact", "long", "short", "inside", "group", "help"]


def test_what_does_not_fit_comes_last_however_well_it_is_met() -> None:
    choices = [Choice("no", "Pool", fits=False), Choice("yes", "Carpool")]
    assert keys(choices, "pool") == ["yes", "no"]
    assert keys(choices, "") == ["yes", "no"]


def test_every_word_must_be_met_somewhere() -> None:
    choices = of_blocks_of()
    assert "MaxPool2d" in keys(choices, "max pooling")
    assert keys(choices, "max zebra") == []
    ((_, at),) = [(choice, at) for choice, at in find(choices, "2d max") if choice.key == "MaxPool2d"]
    assert "".join("MaxPool2d"[place] for place in at) == "Max2d"


def of_blocks_of() -> list[Choice]:
    return [Choice(b.name, b.name, b.help, b.category.value, category=b.category) for b in CATALOG.values()]


@pytest.mark.parametrize(
    ("wanted", "best"), [("relu", "ReLU"), ("conv", "Conv2d"), ("mp2", "MaxPool2d"), ("surprised", "CrossEntropyLoss")]
)
def test_the_best_block_is_first(usage: Usage, wanted: str, best: str) -> None:
    assert keys(of_blocks(CATALOG.values(), usage), wanted)[0] == best


def test_a_category_finds_its_blocks(usage: Usage) -> None:
    assert {"ReLU", "Sigmoid", "Tanh", "Clamp"} <= set(keys(of_blocks(CATALOG.values(), usage), "activ"))


def test_blocks_that_fit_then_those_used_last(usage: Usage) -> None:
    usage.note("Tanh")
    usage.note("Linear")
    usage.note("Conv2d")
    choices = of_blocks(CATALOG.values(), usage, lambda block: block.name != "Linear")
    found = keys(choices, "")
    assert found[:2] == ["Conv2d", "Tanh"]
    assert found[-1] == "Linear"
    assert len(found) == len(CATALOG)
    assert keys(choices, "linear")[-1] == "Linear"


def test_blocks_say_the_shapes_that_they_declare(usage: Usage) -> None:
    right = {choice.key: choice.right for choice in of_blocks(CATALOG.values(), usage)}
    assert right["Conv2d"].startswith("N×C×H×W")
    assert right["Digits"] == "→ N×1×8×8"
    assert right["ReLU"] == ""


def test_actions(qapp: QApplication) -> None:
    save, undo, hidden = QAction("Save &As…"), QAction("&Undo R&&D"), QAction("Secret")
    save.setShortcut(QKeySequence("Ctrl+Shift+S"))
    undo.setEnabled(False)
    hidden.setVisible(False)
    choices = of_actions({"undo": undo, "save_as": save, "hidden": hidden}, {"undo": "&Edit"})
    by_key = {choice.key: choice for choice in choices}
    assert set(by_key) == {"undo", "save_as"}
    assert by_key["undo"].title == "Undo R&D"
    assert (by_key["undo"].group, by_key["undo"].enabled) == ("Edit", False)
    assert by_key["save_as"].title == "Save As"
    assert by_key["save_as"].right == save.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    assert keys(choices, "") == ["save_as", "undo"]
    assert keys(choices, "undo") == ["undo"]


@pytest.fixture
def drawing() -> tuple[list[Choice], dict[str, str]]:
    """Choices of a small drawing, and the ids by name."""
    graph = Graph()
    for block in ("Digits", "Conv2d", "ReLU"):
        graph = graph.apply(commands.add_node(graph, block, 0, 100 * len(graph.nodes)))
    ids = {node.name: key for key, node in graph.nodes.items()}
    graph = graph.apply(commands.set_params(graph, ids["conv1"], {"kernel_size": (3, 5), "out_channels": 20}))
    graph = graph.apply(add_note(graph, "# Why so small\n\n- because the **digits** are", 0, 0))
    graph = graph.apply(add_frame(graph, "Features", (0, 0, 300, 300)))
    spec = TensorSpec(("N", 20, 8, 8))
    values = {**graph.values(graph.nodes[ids["conv1"]]), "in_channels": 1}
    report = NodeReport({"input": TensorSpec(("N", 1, 8, 8))}, {"output": spec}, values)
    return of_nodes(graph, {ids["conv1"]: report}), {key: name for name, key in ids.items()}


@pytest.mark.parametrize(
    ("wanted", "first", "said"),
    [
        ("conv1", "conv1", None),
        ("out_channels=20", "conv1", "out_channels=20"),
        ("channels=1", "conv1", "in_channels=1"),
        ("kernel_size=3x5", "conv1", "kernel_size=3×5"),
        ("20x8x8", "conv1", "N×20×8×8"),
        ("N×20×8×8", "conv1", "N×20×8×8"),
        ("kernel out_channels", "conv1", "kernel_size=3×5 · out_channels=20"),
        ("activation", "relu1", "Activation"),
        ("because", "Why so small", "because the **digits** are"),
        ("small", "Why so small", None),
        ("feat", "Features", None),
        ("frame", "Features", None),
    ],
)
def test_find_says_what_was_met(
    drawing: tuple[list[Choice], dict[str, str]], wanted: str, first: str, said: str | None
) -> None:
    choices, _ = drawing
    choice, at = find(choices, wanted)[0]
    assert choice.title == first
    if said is not None:
        assert choice.help == said
        assert at == ()


def test_what_is_found_is_what_the_drawing_holds(drawing: tuple[list[Choice], dict[str, str]]) -> None:
    choices, names = drawing
    nodes = [choice for choice in choices if choice.category is not None]
    assert {choice.key: choice.title for choice in nodes} == names
    conv = next(choice for choice in nodes if choice.title == "conv1")
    assert (conv.group, conv.right, conv.category) == ("Conv2d", "N×20×8×8", Category.CONVOLUTION)
    assert len(choices) == 5
