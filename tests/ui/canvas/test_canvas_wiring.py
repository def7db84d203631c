"""Blocks and wires by mouse and by keys: added where they are wanted, inserted, joined, cut, rerouted and swapped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.blocks import CATALOG
from netbuilder.bridge.reports import TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Wire
from netbuilder.ui.canvas.editing import Where
from netbuilder.ui.canvas.shared import PortRef
from tests.ui.canvas.canvas_help import Hands, check, drawing, report, small

Make = Callable[[Graph | None], Hands]
Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def line() -> Graph:
    """digits → conv1 → relu1 → fc1, well apart."""
    return drawing(
        [("Digits", 0, 0), ("Conv2d", 0, 128), ("ReLU", 0, 256), ("Linear", 0, 384)],
        [
            ("digits", "image", "conv1", "input"),
            ("conv1", "output", "relu1", "input"),
            ("relu1", "output", "fc1", "input"),
        ],
    )


def asked(h: Hands) -> list[Where]:
    found: list[Where] = []
    h.canvas.search_asked.connect(found.append)
    return found


# Adding.


def test_a_double_click_tab_and_slash_ask_for_a_block(hands: Make) -> None:
    h = hands(small())
    found = asked(h)
    h.double_click(h.pixel(500, 40))
    assert (found[-1].at - QPointF(500, 40)).manhattanLength() <= 2 and not found[-1].behind
    for key in (Key.Key_Tab, Key.Key_Slash):
        h.move(h.pixel(480, 48))
        h.key(key)
        assert found[-1] == Where(QPointF(480, 48), None, ())
    h.canvas.select(["relu1"])
    for key in (Key.Key_Tab, Key.Key_Slash):
        h.key(key)
        assert found[-1] == Where(None, None, ("relu1",))
    assert len(found) == 5 and h.document.undo_label is None


def test_shift_tab_leaves_the_canvas(hands: Make) -> None:
    h = hands(small())
    found = asked(h)
    QTest.keyClick(h.canvas, Key.Key_Backtab, SHIFT)
    assert not found


@pytest.mark.parametrize("way", ["down", "up"])
def test_a_wire_dragged_into_the_empty_asks_and_what_is_chosen_is_wired(hands: Make, way: str) -> None:
    h = hands(small())
    found = asked(h)
    start = h.port("relu1", "output", True) if way == "down" else h.port("loss", "input", False)
    h.drag(start, h.pixel(480, 220))
    (where,) = found
    assert where.port == (PortRef("relu1", True, "output") if way == "down" else PortRef("loss", False, "input"))
    assert h.document.undo_label is None
    with h.step("Add Tanh"):
        h.canvas.edits.add("Tanh", where)
        wire = Wire("relu1", "output", "tanh1", "input") if way == "down" else Wire("tanh1", "output", "loss", "input")
        assert wire in h.graph.wires.values()
        assert h.canvas.selected() == ["tanh1"]
        x, y = h.canvas.items_scene.nodes["tanh1"].anchor(way == "up", "output" if way == "up" else "input")
        assert abs(x - 480) <= 8 and abs(y - 220) <= 8, "the port is where the wire was dropped"


def test_only_what_fits_a_wires_end_is_taken(hands: Make) -> None:
    h = hands(small())
    h.canvas.show_reports({"relu1": report(small(), "relu1", output=TensorSpec(("N", 16, 6, 6)))}, [])
    found = asked(h)
    h.drag(h.port("relu1", "output", True), h.pixel(480, 220))
    edits = h.canvas.edits
    assert edits.fits_there(CATALOG["MaxPool2d"], found[0]) and not edits.fits_there(CATALOG["Digits"], found[0])
    h.drag(h.port("digits", "label", True), h.pixel(480, 20))
    assert edits.fits_there(CATALOG["CrossEntropyLoss"], found[1]) and not edits.fits_there(CATALOG["ReLU"], found[1])


def test_tab_appends_behind_the_last_and_goes_between_two(hands: Make) -> None:
    h = hands(line())
    found = asked(h)
    h.canvas.select(["fc1"])
    h.key(Key.Key_Tab)
    with h.step("Add ReLU"):
        h.canvas.edits.add("ReLU", found[-1])
        node = h.graph.nodes["relu2"]
        assert h.graph.wires["relu2:input"].source == "fc1" and (node.x, node.y) == (0, 448)
    h.canvas.select(["conv1"])
    h.key(Key.Key_Tab)
    with h.step("Add BatchNorm2d"):
        h.canvas.edits.add("BatchNorm2d", found[-1])
        (made,) = h.canvas.selected()
        assert h.graph.wires[f"{made}:input"].source == "conv1" and h.graph.wires["relu1:input"].source == made
        cards = [item.card for item in h.canvas.items_scene.nodes.values()]
        assert not any(a.intersects(b) for i, a in enumerate(cards) for b in cards[:i])
        ys = [h.graph.nodes[key].y for key in ("digits", "conv1", made, "relu1", "fc1", "relu2")]
        assert ys == sorted(ys)


def test_tab_behind_two_joins_them(hands: Make) -> None:
    h = hands(drawing([("ReLU", 0, 0), ("ReLU", 200, 0)]))
    found = asked(h)
    h.canvas.select(["relu1", "relu2"])
    h.key(Key.Key_Tab)
    with h.step("Add Add"):
        h.canvas.edits.add("Add", found[0])
        assert {wire.source for wire in h.graph.wires_into("add1").values()} == {"relu1", "relu2"}


# Inserting.


def test_a_block_from_outside_goes_into_the_wire_below(hands: Make) -> None:
    h = hands(line())
    with h.step("Add Tanh"):
        assert h.drop("Tanh", h.pixel(88, 216))
        assert h.graph.wires["tanh1:input"].source == "conv1" and h.graph.wires["relu1:input"].source == "tanh1"


def test_a_block_dragged_onto_a_wire_goes_into_it(hands: Make) -> None:
    graph = line().apply(commands.add_node(line(), "Tanh", 320, 0))
    h = hands(graph)
    start = h.middle("tanh1")
    h.press(start)
    goal = start + QPoint(88 - 408, 216 - 24)
    for part in (0.3, 0.7, 1):
        h.move(start + (goal - start) * part)
    assert h.canvas.items_scene.hovered == "relu1:input", "the wire lights up"
    with h.step("Insert into wire"):
        h.release(goal)
        assert h.graph.wires["tanh1:input"].source == "conv1" and h.graph.wires["relu1:input"].source == "tanh1"
        tanh, relu = h.graph.nodes["tanh1"], h.graph.nodes["relu1"]
        assert tanh.x == 0 and tanh.y + 48 < relu.y
    h.document.undo()
    h.press(start)
    h.move(goal)
    h.key(Key.Key_Escape)
    h.release(goal)
    assert h.graph == graph


def test_several_dragged_onto_a_wire_go_into_it_as_a_chain(hands: Make) -> None:
    graph = drawing(
        [("Digits", 0, 0), ("Linear", 0, 256), ("ReLU", 320, 0), ("Tanh", 320, 96)],
        [("digits", "image", "fc1", "input"), ("relu1", "output", "tanh1", "input")],
    )
    h = hands(graph)
    h.canvas.select(["relu1", "tanh1"])
    with h.step("Insert into wire"):
        h.drag(h.middle("relu1"), h.middle("relu1") + QPoint(72 - 408, 152 - 24))
        assert h.graph.wires["relu1:input"].source == "digits" and h.graph.wires["fc1:input"].source == "tanh1"


def test_i_inserts_the_selected_into_the_selected_wire(hands: Make) -> None:
    graph = line().apply(commands.add_node(line(), "Tanh", 320, 0))
    h = hands(graph)
    h.canvas.select(["tanh1", "relu1:input"])
    with h.step("Insert into wire"):
        h.key(Key.Key_I)
        assert h.graph.wires["tanh1:input"].source == "conv1"
    h.document.undo()
    h.canvas.select(["relu1", "relu1:input"])
    h.key(Key.Key_I)
    assert [str(s) for s in h.refused] == ["A block cannot be inserted into its own wire."]


def test_a_block_that_is_wired_already_or_does_not_suit_is_only_moved(hands: Make) -> None:
    h = hands(line())
    with h.step("Move digits"):
        h.drag(h.middle("digits"), h.middle("digits") + QPoint(0, 344 - 24))
    assert h.graph.wires["fc1:input"].source == "relu1"


# Taking away.


def test_delete_joins_the_neighbours_and_shift_delete_does_not(hands: Make) -> None:
    h = hands(line())
    h.canvas.select(["relu1"])
    with h.step("Delete relu1"):
        h.key(Key.Key_Delete)
        assert h.graph.wires["fc1:input"].source == "conv1"
    h.document.undo()
    h.canvas.select(["conv1", "relu1"])
    with h.step("Delete 2 blocks"):
        h.key(Key.Key_Backspace)
        assert h.graph.wires["fc1:input"].source == "digits"
    h.document.undo()
    h.canvas.select(["relu1"])
    with h.step("Delete relu1"):
        h.key(Key.Key_Delete, SHIFT)
        assert "fc1:input" not in h.graph.wires and set(h.graph.wires) == {"conv1:input"}


def test_delete_does_not_join_what_does_not_suit(hands: Make) -> None:
    graph = drawing(
        [("Digits", 0, 0), ("Flatten", 0, 96), ("CrossEntropyLoss", 0, 192)],
        [("digits", "image", "flatten1", "input"), ("flatten1", "output", "loss", "input")],
    )
    h = hands(graph)
    h.canvas.show_reports({"digits": report(graph, "digits", image=TensorSpec(("N",)))}, [])
    h.canvas.select(["flatten1"])
    h.key(Key.Key_Delete)
    assert not h.graph.wires


@pytest.mark.parametrize("way", ["alt", "knife"])
def test_wires_are_cut_by_a_line_across_them(hands: Make, way: str) -> None:
    h = hands(line())
    keys = ALT
    if way == "knife":
        keys = Qt.KeyboardModifier.NoModifier
        h.key(Key.Key_K)
        assert h.canvas.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    with h.step("Remove wire"):
        h.drag(h.pixel(220, 60), h.pixel(20, 100), keys)
        assert set(h.graph.wires) == {"relu1:input", "fc1:input"}
    if way == "knife":
        h.key(Key.Key_K)
    h.press(h.pixel(220, 200), keys)
    h.move(h.pixel(20, 216))
    assert h.canvas.items_scene.wires["relu1:input"].hovered
    (knife,) = [item for item in h.canvas.items_scene.items() if item.zValue() == 9]
    assert isinstance(knife, QGraphicsPathItem)
    assert knife.path().elementAt(0).y == 200, "the line begins where the button was pressed"
    h.key(Key.Key_Escape)
    h.release(h.pixel(20, 216), keys)
    check(h.canvas)
    assert set(h.graph.wires) == {"relu1:input", "fc1:input"}
    with h.step("Remove wires"):
        h.press(h.pixel(230, 200), ALT)
        h.move(h.pixel(40, 216))
        h.move(h.pixel(230, 330))
        h.move(h.pixel(20, 350))
        h.release(h.pixel(20, 350), ALT)
        assert not h.graph.wires


def test_the_knife_is_put_down_by_escape(hands: Make) -> None:
    h = hands(line())
    h.canvas.select(["conv1"])
    h.key(Key.Key_K)
    h.key(Key.Key_Escape)
    h.drag(h.pixel(220, 60), h.pixel(20, 100))
    assert h.graph == line() and h.canvas.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


def test_shift_k_takes_the_wires_of_a_block_away(hands: Make) -> None:
    h = hands(line())
    h.canvas.select(["relu1"])
    with h.step("Remove wires"):
        h.key(Key.Key_K, SHIFT)
        assert set(h.graph.wires) == {"conv1:input"}


# Taking a wire elsewhere.


def test_both_ends_of_a_wire_are_dragged_to_other_ports(hands: Make) -> None:
    h = hands(line().apply(commands.add_node(line(), "Tanh", 320, 128)))
    item = h.canvas.items_scene.wires["fc1:input"]
    near_end = item.path().pointAtPercent(0.8) + item.pos()
    with h.step("Connect relu1 to tanh1"):
        h.drag(h.pixel(near_end.x(), near_end.y()), h.port("tanh1", "input", False))
        assert h.graph.wires["tanh1:input"].source == "relu1" and "fc1:input" not in h.graph.wires
    h.document.undo()
    item = h.canvas.items_scene.wires["fc1:input"]
    near_start = item.path().pointAtPercent(0.2) + item.pos()
    with h.step("Connect tanh1 to fc1"):
        h.drag(h.pixel(near_start.x(), near_start.y()), h.port("tanh1", "output", True))
        assert h.graph.wires["fc1:input"].source == "tanh1"


def test_l_asks_for_a_port_and_shift_l_wires_in_a_row(hands: Make) -> None:
    h = hands(small())
    wanted: list[str] = []
    h.canvas.connect_asked.connect(wanted.append)
    h.canvas.select(["relu1"])
    h.key(Key.Key_L)
    assert wanted == ["relu1"]
    with h.step("Connect relu1 to fc1"):
        h.canvas.edits.connect(PortRef("relu1", True, "output"), PortRef("fc1", False, "input"))
    h.document.undo()
    h.canvas.select(["relu1", "fc1", "loss"])
    with h.step("Connect in a row"):
        h.key(Key.Key_L, SHIFT)
        assert h.graph.wires["fc1:input"].source == "relu1" and h.graph.wires["loss:input"].source == "fc1"
        assert h.graph.wires["loss:target"].source == "digits", "the target comes along"


def test_reroute_dots_are_added_moved_and_deleted(hands: Make) -> None:
    h = hands(line())
    middle = h.canvas.items_scene.wires["relu1:input"].middle()
    at = h.pixel(middle.x(), middle.y())
    h.canvas.select(["relu1:input"])
    with h.step("Add reroute dot"):
        h.key(Key.Key_Period)
        assert len(h.graph.wires["relu1:input"].via) == 1
    h.document.undo()
    with h.step("Add reroute dot"):
        h.double_click(at)
        assert len(h.graph.wires["relu1:input"].via) == 1
    h.document.undo()
    with h.step("Add reroute dot"):
        h.drag(at, at + QPoint(120, 0))
        ((x, y),) = h.graph.wires["relu1:input"].via
        assert abs(x - 208) <= 8 and abs(y - middle.y()) <= 8 and x % 8 == y % 8 == 0
        (dot,) = h.canvas.items_scene.dots
        assert h.canvas.selected() == [dot]
    with h.step("Move reroute dot"):
        h.drag(h.pixel(x, y), h.pixel(x + 40, y + 16))
        assert h.graph.wires["relu1:input"].via == ((x + 40, y + 16),)
    with h.step("Move reroute dot"):
        h.canvas.select([dot])
        h.key(Key.Key_Left, CONTROL)
    h.canvas.select([dot])
    with h.step("Delete reroute dot"):
        h.key(Key.Key_Delete)
        assert h.graph.wires["relu1:input"].via == ()


def test_a_wire_with_dots_still_gives_its_ends(hands: Make) -> None:
    graph = line().apply(commands.add_node(line(), "Tanh", 320, 384))
    graph = graph.apply(commands.add_dot(graph, "fc1:input", 0, 240, 320))
    h = hands(graph)
    h.drag(h.port("fc1", "input", False), h.port("tanh1", "input", False))
    assert h.graph.wires["tanh1:input"].source == "relu1"


# Bypassing and swapping.


def test_m_bypasses_and_takes_back(hands: Make) -> None:
    h = hands(line())
    h.canvas.select(["relu1"])
    with h.step("Bypass relu1"):
        h.key(Key.Key_M)
        assert h.graph.nodes["relu1"].muted and set(h.graph.live.nodes) == {"digits", "conv1", "fc1"}
    h.canvas.viewport().repaint()
    with h.step("Use relu1 again"):
        h.key(Key.Key_M)
        assert not h.graph.nodes["relu1"].muted
    h.canvas.select(["digits", "conv1", "relu1"])
    with h.step("Bypass 2 blocks"):
        h.key(Key.Key_M)
        assert not h.graph.nodes["digits"].muted, "the data cannot be bypassed"
    h.canvas.select(["digits"])
    assert not h.canvas.actions_by_id["mute"].isEnabled()


def test_s_asks_for_another_block_which_keeps_wires_and_parameters(hands: Make) -> None:
    graph = drawing(
        [("Digits", 0, 0), ("MaxPool2d", 0, 128), ("ReLU", 0, 256)],
        [("digits", "image", "pool1", "input"), ("pool1", "output", "relu1", "input")],
    )
    graph = graph.apply(commands.set_params(graph, "pool1", {"kernel_size": 3, "stride": 1}))
    h = hands(graph)
    wanted: list[str] = []
    h.canvas.swap_asked.connect(wanted.append)
    h.canvas.select(["pool1"])
    h.key(Key.Key_S)
    assert wanted == ["pool1"]
    with h.step("Swap pool1 for AvgPool2d"):
        h.canvas.edits.swap("pool1", "AvgPool2d")
        node = h.graph.nodes["pool1"]
        assert node.block == "AvgPool2d" and node.params == {"kernel_size": 3, "stride": 1}
        assert h.graph.wires["relu1:input"].source == "pool1" and h.graph.wires["pool1:input"].source == "digits"
    h.canvas.edits.swap("pool1", "Add")
    assert "other inputs or outputs" in str(h.refused[-1])


def test_a_click_on_a_port_selects_its_wires(hands: Make) -> None:
    h = hands(line())
    h.click(h.port("relu1", "input", output=False))
    assert h.canvas.selected() == ["relu1:input"]
    h.click(h.port("conv1", "output", output=True))
    assert h.canvas.selected() == ["relu1:input"]
    h.click(h.port("digits", "image", output=True), SHIFT)
    assert set(h.canvas.selected()) == {"relu1:input", "conv1:input"}
