"""The search box in the window: blocks to add, ports, swaps, commands, what the drawing holds; views and problems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import say
from netbuilder.bridge.messages import Analysis, Tried
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.graph import commands, notes
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Wire
from netbuilder.ui import actions
from netbuilder.ui.canvas.canvas import Canvas
from netbuilder.ui.window import Window

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
Key = Qt.Key


def line() -> Graph:
    """digits → conv1 → relu1, and fc1 by itself."""
    graph = Graph()
    for i, block in enumerate(("Digits", "Conv2d", "ReLU", "Linear")):
        graph = graph.apply(commands.add_node(graph, block, 0, 128 * i))
    graph = graph.apply(commands.connect(graph, "digits", "image", "conv1", "input"))
    return graph.apply(commands.connect(graph, "conv1", "output", "relu1", "input"))


class Desk:
    """A shown window whose engine is not awaited, and hands on it."""

    def __init__(self, graph: Graph) -> None:
        self.window = Window()
        self.window.engine.start = lambda: None  # type: ignore[method-assign]
        self.window.resize(1500, 1000)
        self.window.project.show(graph, None)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        QApplication.processEvents()
        self.canvas, self.finder = self.window.canvas, self.window.finder
        self.canvas.camera.go(QPointF(200, 200), 1.0, at_once=True)
        self.canvas.setFocus()

    @property
    def document(self) -> Document:
        return self.window.project.document

    @property
    def graph(self) -> Graph:
        return self.document.graph

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key; it goes where the focus is."""
        QTest.keyClick(self.window.windowHandle(), key, keys)

    def type(self, text: str) -> None:
        for sign in text:
            QTest.keyClick(self.window.windowHandle(), sign)

    def listed(self) -> list[str]:
        return [choice.title for choice, _ in self.finder.list.hits.hits]

    def pixel(self, x: float, y: float) -> QPoint:
        return self.canvas.mapFromScene(QPointF(x, y))

    def port(self, node: str, output: bool, name: str) -> QPoint:
        return self.pixel(*self.canvas.items_scene.nodes[node].anchor(output, name))

    def drag(self, start: QPoint, end: QPoint) -> None:
        viewport = self.canvas.viewport()
        QTest.mouseMove(viewport, start)
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, PLAIN, start)
        QTest.mouseMove(viewport, (start + end) / 2)
        QTest.mouseMove(viewport, end)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, PLAIN, end)

    def report(self, **reports: NodeReport) -> None:
        self.window.engine_show.take(Analysis(1, reports, (), (), (), None, None))

    def end(self) -> None:
        self.document.mark_saved()
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    QSettings("netbuilder", "netbuilder").clear()
    made = Desk(line())
    yield made
    made.end()


def shaped(*shape: int | str) -> dict[str, TensorSpec]:
    return {"output": TensorSpec(shape)}


# Blocks.


def test_a_block_is_found_fuzzily_and_placed_behind_the_selected(desk: Desk) -> None:
    desk.canvas.select(["fc1"])
    desk.key(Key.Key_Tab)
    assert desk.finder.isVisible() and desk.finder.field.placeholderText() == "Add behind fc1"
    desk.type("bn2")
    assert desk.listed()[0] == "BatchNorm2d"
    desk.key(Key.Key_Backspace)
    desk.key(Key.Key_A, CONTROL)
    desk.type("relu")
    desk.key(Key.Key_Return)
    assert desk.graph.wires["relu2:input"].source == "fc1" and desk.document.undo_label == "Add ReLU"
    assert desk.canvas.hasFocus() and not desk.finder.isVisible()
    desk.key(Key.Key_Z, CONTROL)
    assert desk.graph == line()


@pytest.mark.parametrize("way", ["escape", "click", "nothing"])
def test_leaving_the_question_changes_nothing(desk: Desk, way: str) -> None:
    desk.key(Key.Key_Slash)
    if way == "escape":
        desk.key(Key.Key_Escape)
    elif way == "click":
        QTest.mouseClick(desk.canvas.viewport(), Qt.MouseButton.LeftButton, PLAIN, desk.pixel(600, 500))
    else:
        desk.type("zzzzqq")
        desk.key(Key.Key_Return)
        assert desk.finder.isVisible(), "there is nothing to choose"
        desk.key(Key.Key_Escape)
    assert not desk.finder.isVisible() and desk.graph == line() and desk.canvas.hasFocus()


def test_a_wire_dragged_into_the_empty_offers_what_fits_and_wires_it(desk: Desk) -> None:
    desk.report(relu1=NodeReport({}, shaped("N", 16, 6, 6), line().values(line().nodes["relu1"])))
    desk.drag(desk.port("relu1", True, "output"), desk.pixel(320, 330))
    assert desk.finder.isVisible() and desk.finder.field.placeholderText() == "Add behind relu1"
    listed = desk.listed()
    assert "MaxPool2d" in listed and "Digits" not in listed
    desk.type("maxpool")
    desk.key(Key.Key_Return)
    assert Wire("relu1", "output", "pool1", "input") in desk.graph.wires.values()
    assert desk.document.undo_label == "Add MaxPool2d"
    desk.key(Key.Key_Z, CONTROL)
    desk.drag(desk.port("fc1", False, "input"), desk.pixel(320, 300))
    assert desk.finder.field.placeholderText() == "Add before fc1"
    desk.type("flatten")
    desk.key(Key.Key_Return)
    assert Wire("flatten1", "output", "fc1", "input") in desk.graph.wires.values()


def test_what_the_engine_tried_is_shown_and_what_fails_comes_last(desk: Desk) -> None:
    desk.canvas.select(["relu1"])
    asked: list[int] = []
    desk.window.engine.try_blocks = lambda spec, blocks: asked.append(7) or 7  # type: ignore[method-assign,func-returns-value]
    desk.key(Key.Key_Tab)
    first = desk.listed()[0]
    desk.window.engine.tried.emit(Tried(7, {"Tanh": TensorSpec(("N", 16, 4, 4)), first: None}))
    assert asked == [7] and desk.listed().index(first) > desk.listed().index("Tanh")
    shown = {choice.title: choice.right for choice, _ in desk.finder.list.hits.hits}
    assert shown["Tanh"] == "N×16×4×4"
    listed = desk.listed()
    desk.window.engine.tried.emit(Tried(6, {"Tanh": None}))
    assert desk.listed() == listed, "an answer to another question is passed over"


@pytest.mark.parametrize("key", [Key.Key_Tab, Key.Key_L, Key.Key_S])
def test_what_was_asked_of_a_drawing_is_not_done_in_another(desk: Desk, key: Qt.Key) -> None:
    desk.canvas.select(["relu1"])
    desk.key(key)
    desk.key(Key.Key_N, CONTROL)
    assert not desk.graph.nodes
    desk.key(Key.Key_Return)
    assert not desk.graph.nodes and not desk.finder.isVisible()


@pytest.mark.parametrize("key", [Key.Key_Tab, Key.Key_L, Key.Key_S])
def test_an_edit_leaves_the_question(desk: Desk, key: Qt.Key) -> None:
    desk.document.commit(commands.add_node(desk.graph, "Tanh", 0, 512), "Add Tanh")
    desk.canvas.select(["tanh1"])
    desk.key(key)
    assert desk.finder.isVisible()
    desk.window.actions_by_id["undo"].trigger()
    assert not desk.finder.isVisible() and desk.canvas.hasFocus() and desk.graph == line()
    desk.key(Key.Key_Return)
    assert desk.graph == line() and not desk.document.undo_label


def test_another_drawing_is_not_moved_to_where_the_search_began(desk: Desk) -> None:
    desk.window.project.show(line(), None)
    QTest.qWait(350)
    place = desk.canvas.camera.center, desk.canvas.camera.scale
    desk.canvas.camera.go(QPointF(900, 900), 1.4, at_once=True)
    desk.key(Key.Key_F, CONTROL)
    desk.type("fc1")
    desk.window.project.show(line(), None)
    assert not desk.finder.isVisible() and desk.canvas.selected() == []
    QTest.qWait(350)
    assert (desk.canvas.camera.center - place[0]).manhattanLength() < 3 and desk.canvas.camera.scale == place[1]


def test_the_search_box_opens_at_the_card_it_is_about_else_at_the_mouse(desk: Desk) -> None:
    mouse = QPoint(desk.canvas.width() // 2, 30)
    QTest.mouseMove(desk.canvas.viewport(), mouse)
    for node, low in (("digits", False), ("fc1", True)):
        for key in (Key.Key_Tab, Key.Key_S, Key.Key_L):
            desk.canvas.select([node])
            desk.key(key)
            card, box = desk.canvas.items_scene.nodes[node].card, desk.finder.geometry().adjusted(12, 12, -12, -12)
            corner = desk.canvas.mapFromScene(card.topRight() if low else card.bottomLeft())
            if low:
                assert 4 < box.left() - corner.x() < 24 and box.top() <= corner.y() + 1 < box.bottom()
            else:
                assert abs(box.left() - corner.x()) <= 1 and 4 < box.top() - corner.y() < 24
            desk.key(Key.Key_Escape)
    desk.canvas.select([])
    desk.key(Key.Key_Tab)
    assert desk.finder.geometry().contains(mouse)


# Wires and swaps.


def test_l_offers_ports_and_wires_to_the_one_chosen(desk: Desk) -> None:
    desk.canvas.select(["relu1"])
    desk.key(Key.Key_L)
    assert any("fc1" in title for title in desk.listed())
    desk.type("fc1")
    assert desk.canvas.items_scene.hovered == "fc1", "the other end lights up"
    desk.key(Key.Key_Return)
    assert desk.graph.wires["fc1:input"].source == "relu1" and desk.document.undo_label == "Connect relu1 to fc1"
    assert desk.canvas.items_scene.hovered == ""


def test_s_offers_swaps_and_keeps_the_wires(desk: Desk) -> None:
    desk.canvas.select(["relu1"])
    desk.key(Key.Key_S)
    assert "Tanh" in desk.listed() and "Add" not in desk.listed()
    desk.type("tanh")
    desk.key(Key.Key_Return)
    assert desk.graph.nodes["relu1"].block == "Tanh" and desk.graph.wires["relu1:input"].source == "conv1"
    assert desk.document.undo_label == "Swap relu1 for Tanh"


# Commands.


@pytest.mark.parametrize("key", [(Key.Key_P, CONTROL | SHIFT), (Key.Key_K, CONTROL)])
def test_every_action_is_offered_with_its_key(desk: Desk, key: tuple[Qt.Key, Qt.KeyboardModifier]) -> None:
    desk.canvas.select(["relu1"])
    desk.key(*key)
    offered = {choice.key: choice for choice, _ in desk.finder.list.hits.hits}
    entries = {entry.id: entry for group in actions.table().values() for entry in actions.flat(group)}
    assert offered.keys() == entries.keys() - {"palette"}
    for name, entry in entries.items():
        if name == "palette":
            continue
        assert bool(offered[name].right) == bool(entry.key), name
        assert offered[name].enabled == desk.window.actions_by_id[name].isEnabled()
        assert offered[name].title and "&" not in offered[name].title
    titles = [choice.title for choice in offered.values()]
    assert len(titles) == len(set(titles)), sorted(title for title in titles if titles.count(title) > 1)


def test_a_command_is_done_as_if_by_its_key(desk: Desk) -> None:
    desk.canvas.select(["relu1"])
    desk.key(Key.Key_K, CONTROL)
    desk.type("bypass")
    desk.key(Key.Key_Return)
    assert desk.graph.nodes["relu1"].muted and desk.canvas.hasFocus()
    desk.key(Key.Key_K, CONTROL)
    desk.type("undo")
    desk.key(Key.Key_Return)
    assert desk.graph == line()
    desk.key(Key.Key_K, CONTROL)
    desk.type("add a note")
    desk.key(Key.Key_Return)
    desk.type("hello")
    desk.key(Key.Key_Escape)
    assert desk.graph.notes["note1"].text == "hello"


def test_a_command_that_cannot_act_is_not_done(desk: Desk) -> None:
    desk.key(Key.Key_K, CONTROL)
    desk.type("bypass")
    assert desk.listed()[0] == "Bypass"
    desk.key(Key.Key_Return)
    assert desk.finder.isVisible() and desk.graph == line()
    desk.key(Key.Key_Escape)


def test_keys_are_given_once_in_the_whole_window(desk: Desk) -> None:
    for chosen in ([], ["conv1"], ["conv1", "relu1"]):
        desk.canvas.select(chosen)
        enabled = [action for action in desk.window.actions_by_id.values() if action.isEnabled()]
        keys = [key.toString() for action in enabled for key in action.shortcuts()]
        assert len(keys) == len(set(keys)), sorted(key for key in set(keys) if keys.count(key) > 1)


# Finding.


@pytest.mark.parametrize(
    ("typed", "found"),
    [("fc1", "fc1"), ("conv2d", "conv1"), ("out_features=10", "fc1"), ("16x6x6", "relu1"), ("remember", "Remember me")],
)
def test_things_are_found_by_name_block_value_shape_and_text(desk: Desk, typed: str, found: str) -> None:
    desk.document.commit(notes.add_note(desk.graph, "# Remember me", 600, 0), "Note")
    desk.report(relu1=NodeReport({}, shaped("N", 16, 6, 6), line().values(line().nodes["relu1"])))
    desk.canvas.select(["digits"])
    desk.key(Key.Key_F, CONTROL)
    desk.type(typed)
    assert desk.listed()[0] == found
    (key,) = desk.canvas.selected()
    assert key in (found, "note1"), "each hit is shown while one types"
    desk.key(Key.Key_Return)
    assert desk.canvas.selected() == [key] and desk.canvas.hasFocus()


def test_leaving_the_search_goes_back_to_where_one_was(desk: Desk) -> None:
    desk.canvas.select(["digits", "conv1:input"])
    before = desk.canvas.camera.center, desk.canvas.camera.scale, desk.canvas.selected()
    desk.key(Key.Key_F, CONTROL)
    desk.type("fc1")
    assert desk.canvas.selected() == ["fc1"]
    desk.key(Key.Key_Escape)
    QTest.qWait(350)
    assert (desk.canvas.camera.center - before[0]).manhattanLength() < 3
    assert (desk.canvas.camera.scale, desk.canvas.selected()) == before[1:]


# Ways through the drawing.


def test_views_are_kept_and_gone_back_to(desk: Desk, qtbot: QtBot) -> None:
    desk.canvas.camera.go(QPointF(100, 50), 0.8, at_once=True)
    before = desk.canvas.camera.center
    desk.key(Key.Key_4, CONTROL)
    assert "View 4 is kept" in desk.window.notice.text
    desk.canvas.camera.go(QPointF(900, 900), 1.4, at_once=True)
    desk.key(Key.Key_4)
    qtbot.waitUntil(lambda: desk.canvas.camera.scale == 0.8)
    assert (desk.canvas.camera.center - before).manhattanLength() < 3
    desk.key(Key.Key_7)
    assert "No view is kept as 7" in desk.window.notice.text


def test_f8_goes_from_problem_to_problem_and_around(desk: Desk) -> None:
    desk.key(Key.Key_F8)
    assert "no problem" in desk.window.notice.text
    wrong = {
        key: NodeReport({}, {}, {}, problems=(Problem(key, say("{node} is wrong.", node=key)),))
        for key in ("conv1", "fc1")
    }
    desk.report(**wrong)
    seen = []
    for keys in (PLAIN, PLAIN, PLAIN, SHIFT, SHIFT):
        desk.key(Key.Key_F8, keys)
        seen += desk.canvas.selected()
    assert sorted(seen[:2]) == ["conv1", "fc1"] and seen[2] == seen[0] and seen[3] == seen[1] and seen[4] == seen[0]


def test_enter_leads_to_the_first_field_and_escape_back(desk: Desk) -> None:
    desk.canvas.select(["fc1"])
    desk.key(Key.Key_Return)
    focus = QApplication.focusWidget()
    assert focus is not None and focus.objectName() == "in_features"
    desk.key(Key.Key_Escape)
    assert desk.canvas.hasFocus() and desk.canvas.selected() == ["fc1"]
    desk.canvas.select(["relu1"])
    desk.key(Key.Key_Return)
    assert desk.window.inspector.isAncestorOf(QApplication.focusWidget())


def test_two_windows_paste_into_each_other(desk: Desk) -> None:
    other = Desk(Graph())
    try:
        desk.canvas.select(["conv1", "relu1"])
        desk.canvas.actions_by_id["copy"].trigger()
        other.key(Key.Key_V, CONTROL)
        assert set(other.graph.wires) == {"relu1:input"} and other.document.undo_label == "Paste 2 blocks"
    finally:
        other.end()


@pytest.mark.qt_log_ignore(r"raise\(\)|grabbing the keyboard", extend=True)  # the offscreen platform of popups
def test_the_menu_at_the_mouse_offers_what_can_be_done(desk: Desk) -> None:
    assert isinstance(desk.canvas, Canvas)
    for chosen, inside in ((["relu1"], "Bypass"), (["relu1:input"], "Add a Reroute Dot"), ([], "Paste")):
        desk.canvas.select(chosen)
        desk.window._show_menu(desk.canvas.mapToGlobal(QPoint(30, 30)))
        menu = QApplication.activePopupWidget()
        assert menu is not None
        texts = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
        assert inside in texts and all(action.isEnabled() for action in menu.actions() if not action.isSeparator())
        QTest.keyClick(menu, Key.Key_Escape)
