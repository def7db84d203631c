"""Blocks placed, copied, cut, pasted and shown, and what the engine says about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from netbuilder.ui.canvas.card_text import card_lines
from netbuilder.ui.theme import LIGHT
from tests.graph.helpers import PLACEABLE
from tests.ui.canvas.canvas_help import Hands, check, drawing, report, small

Make = Callable[[Graph | None], Hands]


def test_every_block_can_be_dropped(hands: Make) -> None:
    h = hands(None)
    for block in PLACEABLE:
        assert h.drop(block, QPoint(300, 301))
        check(h.canvas)
        (node,) = h.document.graph.nodes.values()
        assert node.block == block and node.x % 8 == node.y % 8 == 0
        assert abs(h.middle(node.id).y() - 301) <= 4, block
        assert h.canvas.selected() == [node.id]
        h.canvas.viewport().repaint()
        h.document.undo()


def test_nothing_else_can_be_dropped(hands: Make) -> None:
    h = hands(None)
    assert not h.drop("Nonsense", QPoint(300, 300))
    assert not h.drop("ReLU", QPoint(300, 300), "text/plain")
    assert not h.document.graph.nodes


def test_added_blocks_do_not_cover_each_other(hands: Make) -> None:
    h = hands(None)
    for _ in range(12):
        h.canvas.edits.add("ReLU")
        check(h.canvas)
    cards = [item.card for item in h.canvas.items_scene.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(cards) for b in cards[:i])
    h.canvas.edits.add("Conv2d", params={"kernel_size": 5})
    assert h.document.graph.nodes["conv1"].params == {"kernel_size": 5}
    h.canvas.edits.add("Conv2d", params={"kernel_size": 0})
    h.canvas.edits.add("Nonsense")
    assert len(h.refused) == 2


def test_copy_and_paste(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1", "relu1"])
    h.canvas.edits.copy()
    h.move(h.pixel(400, 100))
    h.canvas.edits.paste()
    check(h.canvas)
    assert h.canvas.selected() == ["conv2", "relu2"]
    assert (h.document.graph.nodes["conv2"].x, h.document.graph.nodes["conv2"].y) == (400, 104)
    assert "relu2:input" in h.document.graph.wires
    assert h.document.undo_label == "Paste 2 blocks"
    h.canvas.edits.paste()
    assert h.document.graph.nodes["conv3"].x == 432, "not exactly onto the first"
    h.document.undo()
    h.document.undo()
    assert h.document.graph == small()


def test_cut_and_duplicate(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["relu1"])
    h.canvas.edits.duplicate()
    assert (h.document.graph.nodes["relu2"].x, h.document.graph.nodes["relu2"].y) == (32, 224)
    assert h.document.undo_label == "Duplicate relu2"
    h.canvas.edits.cut()
    check(h.canvas)
    assert h.document.graph == small() and h.document.undo_label == "Cut relu2"
    h.canvas.edits.paste()
    assert "relu2" in h.document.graph.nodes


@pytest.mark.parametrize("end", [commands.FAR, -commands.FAR])
def test_copies_at_the_canvas_border_stay_where_a_file_may_hold_them(hands: Make, end: int) -> None:
    h = hands(drawing([("ReLU", end, end)]))
    for _ in range(4):
        h.canvas.select(["relu1"])
        h.canvas.edits.duplicate()
    places = {(node.x, node.y) for node in h.document.graph.nodes.values()}
    assert len(places) == 5
    assert from_text(to_text(h.document.graph)) == h.document.graph


def test_what_cannot_be_pasted_is_said(hands: Make) -> None:
    h = hands(small())
    for text in ("hello", "", "<b>{}</b>", "{"):
        QGuiApplication.clipboard().setText(text)
        h.canvas.edits.paste()
    assert len(h.refused) == 4 and h.document.graph == small()


def test_ports_follow_the_parameters(hands: Make) -> None:
    h = hands(drawing([("ReLU", 0, 0), ("Add", 0, 96)], [("relu1", "output", "add1", "input2")]))
    h.document.commit(commands.set_params(h.document.graph, "add1", {"inputs": 16}), "")
    check(h.canvas)
    assert h.canvas.items_scene.nodes["add1"].width > 200
    h.document.undo()
    check(h.canvas)


def test_reports_show_on_cards_and_wires(hands: Make) -> None:
    h = hands(small())
    scene = h.canvas.items_scene
    wrong = Problem("relu1", say("{node} cannot be.", node="<b>relu1</b>"), inputs=("input",))
    values = {**small().values(small().nodes["conv1"]), "in_channels": 1}
    h.canvas.show_reports(
        {
            "conv1": NodeReport({}, {"output": TensorSpec(("N", 16, 6, 6))}, values),
            "relu1": NodeReport({}, {}, {}, problems=(wrong,)),
        },
        [],
    )
    h.canvas.viewport().repaint()
    assert scene.nodes["conv1"].summary() == "1→16 · 3×3"
    assert scene.nodes["conv1"].shape_text() == "N×16×6×6"
    assert scene.nodes["relu1"].level == "error"
    assert h.canvas.tip(scene.nodes["relu1"].badge().center()) == "<b>relu1</b> cannot be."
    wire = scene.wires["relu1:input"]
    assert wire.wrong and wire.labelled and wire.text == "N×16×6×6"
    h.canvas.show_reports({"nobody": report(small(), "relu1")}, ["relu1", "conv1"])
    assert not wire.wrong and not wire.labelled and not scene.nodes["relu1"].problems
    assert scene.nodes["conv1"].summary() == "?→16 · 3×3"


def test_gradients_show_beside_cards(hands: Make) -> None:
    h = hands(small())
    h.canvas.show_gradients({"conv1": 0.1, "fc1": float("nan"), "relu1": 0.0, "loss": float("inf"), "nobody": 1})
    h.canvas.viewport().repaint()
    assert h.canvas.items_scene.nodes["conv1"].norm == 0.1
    h.canvas.show_gradients(None)
    assert all(item.norm is None for item in h.canvas.items_scene.nodes.values())


@pytest.mark.parametrize("scale", [0.05, 0.2, 0.35, 0.6, 1.0, 3.0])
def test_every_scale_and_both_themes_paint(hands: Make, scale: float) -> None:
    h = hands(small())
    h.canvas.select(["conv1", "relu1:input"])
    h.canvas.camera.go(QPointF(100, 200), scale, at_once=True)
    dark = h.canvas.grab().toImage()
    h.canvas.set_theme(LIGHT)
    light = h.canvas.grab().toImage()
    assert dark.size() == light.size() and dark != light


def test_another_document(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1"])
    other = Document(drawing([("Tanh", 8, 8)]))
    first = h.document
    h.canvas.set_document(other)
    check(h.canvas)
    assert h.canvas.selected() == []
    first.commit(commands.delete(first.graph, ["conv1"]), "")
    check(h.canvas)
    other.commit(commands.delete(other.graph, ["tanh1"]), "")
    check(h.canvas)
    QTest.qWait(1)


@pytest.mark.parametrize("name", ["W" * 60, "x", "<b>bold</b>", "名前" * 20, "a\u0301" * 30])
@pytest.mark.parametrize("block", ["CrossEntropyLoss", "FashionMNIST", "Conv2d", "Add"])
def test_texts_stay_apart_and_inside(hands: Make, name: str, block: str) -> None:
    graph = drawing([(block, 0, 0)])
    (node,) = graph.nodes.values()
    h = hands(Graph({**graph.records, node.id: Node(node.id, block, name)}))
    item = h.canvas.items_scene.nodes[node.id]
    outputs = {port.name: TensorSpec(("N", 1024, 1024, 1024, 1024)) for port in item.outputs}
    h.canvas.show_reports({node.id: NodeReport({}, outputs, h.graph.values(node))}, [])
    h.canvas.viewport().repaint()
    name_line, block_line, summary, shape = card_lines(item, h.canvas.items_scene.shared.look)
    for left, right in ((name_line, block_line), (summary, shape)):
        assert left.place.x() >= 8 and right.place.x() + right.width <= item.width
        assert not right.width or left.place.x() + left.width <= right.place.x()
