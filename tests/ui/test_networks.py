"""Networks as blocks in the window: making, entering, leaving, placing, naming, and ways into them from every panel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.sentence import say
from netbuilder.bridge.messages import Analysis
from netbuilder.bridge.reports import Fix, NodeReport, Problem, TensorSpec
from netbuilder.codegen.writer import Source
from netbuilder.graph import commands, notes
from netbuilder.graph.graph import Graph
from netbuilder.ui.canvas.editing import Where
from netbuilder.ui.palette.block_rows import BLOCK
from netbuilder.ui.palette.block_tree import NEW
from netbuilder.ui.picture.picture import Stage
from netbuilder.ui.theme import LIGHT
from tests.drawings import draw
from tests.ui.test_asking import CONTROL, PLAIN, SHIFT, Desk, Key

ALT = Qt.KeyboardModifier.AltModifier
NESTED = """
network Cell
  input Input shape=8
  fc Linear out_features=8
  relu ReLU
  output Output
  input > fc > relu > output
network Block
  input Input shape=8
  cell Network of=Cell
  norm LayerNorm normalized_shape=8
  output Output
  input > cell > norm > output
network Spare
  input Input shape=8
  tanh Tanh
  output Output
  input > tanh > output
main
  image Input shape=8
  layer1 Repeat of=Block repeats=4
  fc1 Linear out_features=8
  fc2 Linear out_features=8
  image > layer1 > fc1 > fc2
"""


@pytest.fixture(scope="module")
def one_desk(qapp: QApplication) -> Iterator[Desk]:
    """One window for all: it takes longer to make than most of what is tried in it."""
    QSettings("netbuilder", "netbuilder").clear()
    made = Desk(draw(NESTED))
    yield made
    made.end()


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    one_desk.document.mark_saved()
    one_desk.window.project.show(draw(NESTED), None)
    one_desk.window.notice.hide()
    QApplication.processEvents()
    one_desk.canvas.camera.go(QPointF(200, 200), 1.0, at_once=True)
    one_desk.canvas.setFocus()
    return one_desk


def double_click(desk: Desk, node: str) -> None:
    """Double-click on a card."""
    desk.canvas.camera.stop()
    place = desk.canvas.mapFromScene(desk.canvas.items_scene.nodes[node].card.center())
    viewport = desk.canvas.viewport()
    QTest.mouseMove(viewport, place)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, PLAIN, place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, PLAIN, place)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, PLAIN, place)


def crumbs(desk: Desk) -> list[str]:
    return [crumb.name for crumb in desk.window.crumbs.crumbs]


def row(desk: Desk, name: str) -> None:
    """Stand on a row of the list of blocks."""
    tree = desk.window.palette_panel.tree
    for i in range(tree.topLevelItemCount()):
        heading = tree.topLevelItem(i)
        for item in [heading.child(j) for j in range(heading.childCount())] if heading else []:
            if heading and item and item.data(0, BLOCK) == name:
                heading.setExpanded(True)
                tree.setCurrentItem(item)
                tree.setFocus()
                return
    raise AssertionError(name)


# Going in and out.


def test_one_enters_by_double_click_or_enter_and_leaves_by_backspace_or_path(desk: Desk) -> None:
    canvas = desk.canvas
    double_click(desk, "layer1")
    assert canvas.shown == "net_block" and set(canvas.items_scene.nodes) == {n.id for n in canvas.drawing.order}
    assert crumbs(desk) == ["Net", "layer1", "Block"] and not canvas.selected()
    assert desk.window.inspector.shown == "net_block"
    canvas.select(["net_block_cell"])
    desk.key(Key.Key_Return)
    assert crumbs(desk) == ["Net", "layer1", "Block", "cell", "Cell"]
    desk.key(Key.Key_Backspace)
    assert canvas.shown == "net_block" and canvas.selected() == ["net_block_cell"]
    desk.key(Key.Key_Up, ALT)
    assert canvas.shown == "main" and canvas.selected() == ["layer1"]
    canvas.nesting.turn_to("net_cell")
    QTest.mouseClick(desk.window.crumbs.crumbs[3], Qt.MouseButton.LeftButton)
    assert canvas.shown == "net_block" and canvas.selected() == ["net_block_cell"]
    QTest.mouseClick(desk.window.crumbs.crumbs[0], Qt.MouseButton.LeftButton)
    assert canvas.shown == "main" and not desk.graph.nodes.keys() ^ draw(NESTED).nodes.keys()


def test_every_network_is_seen_as_it_was_left(desk: Desk) -> None:
    camera = desk.canvas.camera
    camera.go(camera.center, 0.8, at_once=True)
    center = camera.center
    desk.canvas.nesting.turn_to("net_block")
    camera.go(camera.center, 1.5, at_once=True)
    desk.canvas.nesting.turn_to("main")
    assert camera.scale == pytest.approx(0.8)
    assert abs(camera.center.x() - center.x()) < 2 and abs(camera.center.y() - center.y()) < 2
    desk.canvas.nesting.turn_to("net_block")
    assert camera.scale == pytest.approx(1.5)


def test_undo_goes_where_it_was_and_a_network_that_is_gone_is_left(desk: Desk) -> None:
    canvas = desk.canvas
    canvas.nesting.turn_to("net_cell")
    canvas.select(["net_cell_relu"])
    desk.key(Key.Key_Delete)
    assert "net_cell_relu" not in desk.graph.nodes
    canvas.nesting.turn_to("main")
    desk.key(Key.Key_Z, CONTROL)
    assert canvas.shown == "net_cell" and "net_cell_relu" in canvas.items_scene.nodes
    canvas.nesting.turn_to("main")
    canvas.select(["fc1", "fc2"])
    desk.key(Key.Key_G, CONTROL)
    desk.key(Key.Key_Return)
    double_click(desk, canvas.selected()[0])
    assert crumbs(desk)[-1] == "Block2"
    desk.key(Key.Key_Z, CONTROL)
    assert canvas.shown == "main" and crumbs(desk) == ["Net"] and "fc1" in canvas.items_scene.nodes


def test_a_kept_view_is_of_its_network(desk: Desk) -> None:
    desk.canvas.nesting.turn_to("net_block")
    desk.canvas.camera.go(desk.canvas.camera.center, 1.25, at_once=True)
    desk.key(Key.Key_3, CONTROL)
    desk.canvas.nesting.turn_to("main")
    desk.key(Key.Key_3)
    assert desk.canvas.shown == "net_block" and desk.canvas.camera.scale == pytest.approx(1.25)


# Making.


def test_blocks_are_grouped_under_a_name_and_taken_apart_again(desk: Desk) -> None:
    desk.report(layer1=NodeReport({}, {"net_block_output": TensorSpec(("N", 5, 8))}, {}))
    before = desk.graph
    desk.canvas.select(["fc1", "fc2"])
    desk.key(Key.Key_G, CONTROL)
    assert desk.finder.isVisible() and desk.finder.field.text() == "Block"
    desk.type("Head")
    desk.key(Key.Key_Return)
    (made,) = desk.canvas.selected()
    node = desk.graph.nodes[made]
    assert desk.graph.networks[node.of].name == "Head" and desk.document.undo_label == "Group as Head"
    item = desk.canvas.items_scene.nodes[made]
    assert item.title == "Head" and len(item.context.cells) == 2
    (end,) = desk.graph.part(node.of).ends("input")
    assert end.params["shape"] == (5, 8), "the new Input knows what comes in"
    desk.key(Key.Key_G, CONTROL | SHIFT)
    assert {n.name for n in desk.canvas.drawing.nodes.values()} == {"image", "layer1", "fc1", "fc2"}
    desk.key(Key.Key_Z, CONTROL)
    desk.key(Key.Key_Z, CONTROL)
    assert desk.graph == before
    desk.canvas.select(["image"])
    assert not desk.window.actions_by_id["group"].isEnabled()


def test_an_edit_inside_is_seen_outside_and_in_it(desk: Desk) -> None:
    canvas = desk.canvas
    canvas.nesting.turn_to("net_block")
    canvas.select(["net_block_norm"])
    canvas.edits.add("GELU", Where(behind=("net_block_norm",)))
    made = canvas.selected()[0]
    assert desk.graph.nodes[made].network == "net_block" and f"{made}:input" in canvas.items_scene.wires
    canvas.nesting.leave()
    assert len(canvas.items_scene.nodes["layer1"].context.cells) == 3
    assert "4 × " in canvas.items_scene.nodes["layer1"].summary()


# Placing.


def test_a_network_is_placed_from_list_and_finder_and_by_dropping_into_a_wire(desk: Desk) -> None:
    desk.canvas.select(["fc2"])
    row(desk, "Network:net_spare")
    desk.key(Key.Key_Return)
    assert [n.of for n in desk.graph.placed("net_spare")] == ["net_spare"]
    assert desk.graph.wires_out_of("fc2")[0].target == desk.canvas.selected()[0]
    desk.canvas.setFocus()
    desk.canvas.select([])
    desk.key(Key.Key_Slash)
    desk.type("spare")
    assert desk.listed()[0] == "Spare"
    desk.key(Key.Key_Return)
    assert len(desk.graph.placed("net_spare")) == 2
    wire = desk.canvas.items_scene.wires["fc2:input"].middle()
    desk.canvas.edits.place("Network:net_spare", round(wire.x()) - 88, round(wire.y()) - 24)
    assert desk.graph.placed("net_spare")[-1].id == desk.graph.wires["fc2:input"].source


def test_a_network_that_would_hold_itself_is_refused_in_words(desk: Desk) -> None:
    desk.canvas.nesting.turn_to("net_cell")
    before = desk.graph
    row(desk, "Network:net_block")
    desk.key(Key.Key_Return)
    assert desk.graph is before and "Block has Cell inside" in desk.window.notice.text
    row(desk, "Network:net_cell")
    desk.key(Key.Key_Return)
    assert "cannot be placed inside itself" in desk.window.notice.text


def test_repeat_asks_which_network_or_makes_one(desk: Desk) -> None:
    desk.canvas.select([])
    row(desk, "Repeat")
    desk.key(Key.Key_Return)
    assert desk.listed() == ["Block", "Cell", "Spare", "New network…"]
    desk.type("spare")
    desk.key(Key.Key_Return)
    assert desk.graph.nodes[desk.canvas.selected()[0]].block == "Repeat"
    desk.window.project.document.mark_saved()
    desk.window.project.show(Graph(), None)
    row(desk, "Recurrent")
    desk.key(Key.Key_Return)
    desk.type("Step")
    desk.key(Key.Key_Return)
    (node,) = desk.canvas.drawing.nodes.values()
    assert node.block == "Recurrent" and desk.graph.networks[node.of].name == "Step"


def test_networks_are_made_renamed_and_deleted_in_the_list(desk: Desk) -> None:
    row(desk, NEW)
    desk.key(Key.Key_Return)
    desk.type("Stem")
    desk.key(Key.Key_Return)
    key = desk.canvas.shown
    assert crumbs(desk) == ["Net", "Stem"] and len(desk.canvas.items_scene.nodes) == 2
    row(desk, f"Network:{key}")
    desk.key(Key.Key_F2)
    assert desk.finder.field.text() == "Stem"
    desk.type("Trunk")
    desk.key(Key.Key_Return)
    assert crumbs(desk) == ["Net", "Trunk"]
    row(desk, f"Network:{key}")
    desk.key(Key.Key_Delete)
    assert key not in desk.graph.networks and desk.canvas.shown == "main"
    row(desk, "Network:net_block")
    desk.key(Key.Key_Delete)
    assert "is used by layer1" in desk.window.notice.text and "net_block" in desk.graph.networks


# Ways in.


def problem(node: str, text: str = "It does not suit.", fix: Fix | None = None) -> NodeReport:
    return NodeReport({}, {}, {}, problems=(Problem(node, say(text), fix=fix),))


def test_find_goes_into_networks_and_back_where_one_thinks_better_of_it(desk: Desk) -> None:
    desk.key(Key.Key_F, CONTROL)
    desk.type("tanh")
    assert desk.canvas.shown == "net_spare" and desk.canvas.selected() == ["net_spare_tanh"]
    desk.key(Key.Key_Escape)
    assert desk.canvas.shown == "main"
    desk.key(Key.Key_F, CONTROL)
    desk.type("norm")
    desk.key(Key.Key_Return)
    assert desk.canvas.shown == "net_block" and desk.canvas.selected() == ["net_block_norm"]


def test_problems_of_all_networks_are_listed_and_gone_through(desk: Desk) -> None:
    desk.report(fc2=problem("fc2"), net_cell_fc=problem("net_cell_fc"), net_spare_tanh=problem("net_spare_tanh"))
    seen = []
    for _ in range(4):
        desk.key(Key.Key_F8)
        seen.append((desk.canvas.shown, *desk.canvas.selected()))
    cell, main, spare = ("net_cell", "net_cell_fc"), ("main", "fc2"), ("net_spare", "net_spare_tanh")
    assert seen == [cell, main, spare, cell]
    assert desk.window.problems.count == 3 and len(desk.window.errors()) == 2, "what is placed nowhere harms nobody"
    desk.window.problems.chosen.emit("fc2")
    assert desk.canvas.shown == "main"
    source = Source("a\nb\n", {1: "net_cell_relu"})
    desk.window.engine_show.take(Analysis(2, {}, (), (), (), source, None, True))
    desk.window.code.node_chosen.emit("net_cell_relu")
    assert desk.canvas.shown == "net_cell" and desk.canvas.selected() == ["net_cell_relu"]


def test_what_is_known_and_measured_is_shown_on_coming_in(desk: Desk) -> None:
    desk.report(net_cell_fc=NodeReport({}, {"output": TensorSpec(("N", 8))}, {}, parameters=72))
    desk.canvas.show_gradients({"net_cell_fc": 0.5})
    desk.canvas.nesting.turn_to("net_cell")
    item = desk.canvas.items_scene.nodes["net_cell_fc"]
    assert item.shape_text() == "N×8" and item.norm == 0.5
    assert "4 blocks" in desk.window.status.findChildren(type(desk.window.status._size))[0].text()
    assert "72 parameters" in desk.window.status._size.text()


# What one click mends.


@pytest.mark.parametrize("where", ["main", "net_spare"])
def test_fixes_are_single_steps_in_their_network(desk: Desk, where: str) -> None:
    window, canvas = desk.window, desk.canvas
    canvas.nesting.turn_to(where)
    before = desk.graph
    window.fix(Fix(say("Flatten it"), "net_cell_fc", {"start_dim": 2}, "before", "Flatten", "input"))
    assert canvas.shown == "net_cell"
    made = desk.graph.wires["net_cell_fc:input"].source
    flatten = desk.graph.nodes[made]
    assert (flatten.block, flatten.params) == ("Flatten", {"start_dim": 2})
    assert desk.graph.nodes["net_cell_input"].y < flatten.y < desk.graph.nodes["net_cell_fc"].y
    assert desk.graph.wires[f"{made}:input"].source == "net_cell_input"
    desk.key(Key.Key_Z, CONTROL)
    assert desk.graph == before
    window.fix(Fix(say("Use LeakyReLU"), "net_cell_relu", {"negative_slope": 0.2}, "swap", "LeakyReLU"))
    assert desk.graph.nodes["net_cell_relu"].block == "LeakyReLU"
    assert desk.graph.nodes["net_cell_relu"].params == {"negative_slope": 0.2}
    desk.key(Key.Key_Z, CONTROL)
    window.fix(Fix(say("Take it out"), "net_cell_relu", {}, "remove"))
    assert desk.graph.wires["net_cell_output:input"].source == "net_cell_fc"
    desk.key(Key.Key_Z, CONTROL)
    window.fix(Fix(say("Use 4"), "net_cell_fc", {"out_features": 4}))
    assert desk.graph.nodes["net_cell_fc"].params == {"out_features": 4}
    desk.key(Key.Key_Z, CONTROL)
    assert desk.graph == before
    window.fix(Fix(say("Too late"), "gone", {}))
    assert desk.graph == before


# Shared layers.


def test_a_layer_is_shared_and_owned_again(desk: Desk) -> None:
    canvas, scene = desk.canvas, desk.canvas.items_scene
    canvas.select(["fc2"])
    desk.window.actions_by_id["use_layer"].trigger()
    assert desk.listed() == ["fc1"]
    desk.key(Key.Key_Return)
    assert desk.graph.nodes["fc2"].layer == "fc1" and scene.nodes["fc2"].summary() == "= fc1"
    assert scene.nodes["fc1"].linked and scene.links.pairs == [("fc1", "fc2")] and not scene.links.path().isEmpty()
    canvas.select([])
    assert scene.links.path().isEmpty()
    scene.hover("fc1")
    assert scene.links.pairs == [("fc1", "fc2")]
    desk.document.commit(commands.rename(canvas.drawing, "fc1", "head"), "Rename")
    assert scene.nodes["fc2"].summary() == "= head"
    canvas.select(["fc2"])
    desk.window.actions_by_id["own_layer"].trigger()
    assert not desk.graph.nodes["fc2"].layer and not any(item.linked for item in scene.nodes.values())
    canvas.select(["image"])
    desk.window.actions_by_id["use_layer"].trigger()
    assert desk.listed() == [] and desk.finder.isVisible()


def test_what_is_no_network_is_not_entered_and_main_is_not_left(desk: Desk) -> None:
    double_click(desk, "fc1")
    assert desk.canvas.shown == "main"
    desk.canvas.select([])
    desk.key(Key.Key_Backspace)
    desk.key(Key.Key_Up, ALT)
    assert desk.canvas.shown == "main" and desk.graph == draw(NESTED)


def test_notes_copies_and_pastes_stay_in_the_network_shown(desk: Desk) -> None:
    canvas = desk.canvas
    canvas.nesting.turn_to("net_block")
    canvas.select(["net_block_cell"])
    canvas.edits.duplicate()
    (copy,) = canvas.selected()
    assert desk.graph.nodes[copy].network == "net_block" and desk.graph.nodes[copy].of == "net_cell"
    assert len(desk.graph.networks) == 4, "the network itself is the same"
    desk.document.commit(notes.add_note(canvas.drawing, "here", 0, 0), "Note")
    assert len(canvas.items_scene.papers.items) == 1
    canvas.nesting.turn_to("main")
    assert not canvas.items_scene.papers.items and copy not in canvas.items_scene.nodes
    canvas.select(["layer1"])
    canvas.edits.copy()
    canvas.nesting.turn_to("net_cell")
    before = desk.graph
    canvas.edits.paste()
    assert desk.graph is before and "inside" in desk.window.notice.text, "the Block of layer1 holds Cell"


def test_pictures_show_the_network_that_is_shown(desk: Desk) -> None:
    desk.canvas.nesting.turn_to("net_cell")
    stage = Stage(desk.canvas.drawing, {}, LIGHT)
    assert list(stage.build())
    assert set(stage._scene.nodes) == set(desk.canvas.drawing.nodes)
    stage = Stage(desk.graph, {}, LIGHT)
    assert list(stage.build())
    assert set(stage._scene.nodes) == set(desk.graph.part("main").nodes)
