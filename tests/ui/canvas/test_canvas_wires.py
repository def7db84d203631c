"""Wires drawn, refused, taken to another port and taken away, by real mouse events."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Wire
from netbuilder.ui.canvas.shared import PortRef
from netbuilder.ui.canvas.wiring import fitting
from tests.ui.canvas.canvas_help import Hands, check, drawing, report, small

Make = Callable[[Graph | None], Hands]
RELU_TO_FC = Wire("relu1", "output", "fc1", "input")


@pytest.mark.parametrize("way", ["down", "up"])
def test_a_wire_is_drawn_both_ways(hands: Make, way: str) -> None:
    h = hands(small())
    ends = [h.port("relu1", "output", True), h.port("fc1", "input", False)]
    h.drag(*(ends if way == "down" else reversed(ends)))
    assert h.document.graph.wires["fc1:input"] == RELU_TO_FC
    assert h.document.undo_label == "Connect relu1 to fc1"
    check(h.canvas)
    h.document.undo()
    assert h.document.graph == small()


def test_a_wire_snaps_to_a_port_nearby_and_to_the_only_one_of_a_card(hands: Make) -> None:
    h = hands(small())
    h.drag(h.port("relu1", "output", True), h.port("fc1", "input", False) + QPoint(11, -12))
    assert h.document.graph.wires["fc1:input"] == RELU_TO_FC
    h.document.undo()
    h.drag(h.port("relu1", "output", True), h.middle("fc1") + QPoint(20, 10))
    assert h.document.graph.wires["fc1:input"] == RELU_TO_FC


def test_escape_and_the_empty_leave_no_wire(hands: Make) -> None:
    h = hands(small())
    start = h.port("relu1", "output", True)
    h.drag(start, h.pixel(500, 100))
    assert h.document.graph == small() and not h.refused
    h.press(start)
    h.move(h.port("fc1", "input", False))
    assert h.canvas.items_scene.shared.snapped == PortRef("fc1", False, "input")
    h.key(Qt.Key.Key_Escape)
    check(h.canvas)
    h.release(h.port("fc1", "input", False))
    assert h.document.graph == small()


def test_what_closes_a_circle_is_not_lit_and_refused(hands: Make) -> None:
    h = hands(small())
    h.press(h.port("relu1", "output", True))
    h.move(h.port("conv1", "input", False))
    offer = h.canvas.items_scene.shared.offer
    assert offer is not None and offer.keys() == {"fc1", "loss"}
    h.release(h.port("conv1", "input", False))
    assert [str(s) for s in h.refused] == ["relu1 is computed from conv1: this wire would close a circle."]
    assert h.document.graph == small()


def test_what_does_not_fit_is_not_lit_and_refused(hands: Make) -> None:
    h = hands(small())
    h.canvas.show_reports({"relu1": report(small(), "relu1", output=TensorSpec(("N",)))}, [])
    h.press(h.port("relu1", "output", True))
    h.move(h.port("loss", "input", False))
    assert h.canvas.items_scene.shared.offer == {"fc1": {PortRef("fc1", False, "input")}}
    h.release(h.port("loss", "input", False))
    assert [str(s) for s in h.refused] == ["loss does not take N float32 at input."]
    h.drag(h.port("relu1", "output", True), h.middle("digits"))
    assert str(h.refused[-1]) == "digits has no input."
    assert h.document.graph == small()


def test_a_wire_is_taken_to_another_port(hands: Make) -> None:
    h = hands(small())
    h.drag(h.port("relu1", "input", False), h.port("fc1", "input", False))
    assert set(h.document.graph.wires) == {"conv1:input", "fc1:input"}
    check(h.canvas)
    h.document.undo()
    assert h.document.graph == small()


def test_a_wire_dropped_in_the_empty_goes_away(hands: Make) -> None:
    h = hands(small())
    end = h.port("relu1", "input", False)
    h.click(end)
    h.drag(end, end)
    h.press(end)
    h.move(end + QPoint(200, 0))
    h.move(end)
    h.release(end)
    assert h.document.graph == small(), "put back where it was"
    h.press(end)
    h.move(end + QPoint(200, 0))
    h.key(Qt.Key.Key_Escape)
    h.release(end + QPoint(200, 0))
    assert h.document.graph == small()
    h.drag(end, end + QPoint(300, 0))
    assert set(h.document.graph.wires) == {"conv1:input"}
    assert h.document.undo_label == "Remove wire"


def test_lit_ports_are_what_the_command_allows(hands: Make) -> None:
    blocks = [("ReLU", 0, 96 * i) for i in range(6)] + [("Add", 240, 0), ("Digits", 240, 200), ("MSELoss", 480, 0)]
    wires = [(f"relu{i}", "output", f"relu{i + 1}", "input") for i in (1, 2, 4)]
    graph = drawing(blocks, [*wires, ("relu3", "output", "add1", "input1"), ("digits", "label", "loss", "target")])
    scene = hands(graph).canvas.items_scene
    refs = [ref for item in scene.nodes.values() for ref, _ in item.port_refs()]
    for origin in refs:
        lit = fitting(scene, graph, origin)
        for ref in refs:
            start, end = (origin, ref) if origin.output else (ref, origin)
            allowed = start.output and not end.output
            if allowed:
                try:
                    commands.connect(graph, start.node, start.name, end.node, end.name)
                except Refused:
                    allowed = False
            assert (ref in lit.get(ref.node, ())) == allowed


def test_a_wire_goes_round_the_cards_in_its_way(hands: Make) -> None:
    h = hands(small())
    h.document.commit(commands.connect(h.document.graph, "digits", "label", "fc1", "input"), "")
    h.document.commit(commands.connect(h.document.graph, "digits", "label", "loss", "target"), "")
    check(h.canvas)
    round_it, aside = (h.canvas.items_scene.wires[key] for key in ("fc1:input", "loss:target"))
    assert round_it.lane is not None
    for key in ("conv1", "relu1"):
        card = h.canvas.items_scene.nodes[key].card
        for wire in (round_it, aside):
            assert not any(card.contains(wire.path().pointAtPercent(i / 400)) for i in range(401))
    h.canvas.select(["conv1", "relu1"])
    h.drag(h.middle("conv1"), h.middle("conv1") + QPoint(-320, 0))
    assert round_it.lane is None, "the way is free"
    h.document.undo()
    assert round_it.lane is not None
