"""Thousands of steps of mouse and keys on a real canvas: items stay equal to records, and undo leads to the start."""

from __future__ import annotations

import os
import sys
from types import TracebackType

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.graph import chains, commands, notes
from netbuilder.graph.graph import Graph
from netbuilder.ui.canvas.editing import Where
from netbuilder.ui.canvas.wiring import fitting
from netbuilder.ui.theme import DARK, LIGHT
from tests.graph.helpers import check_graph
from tests.ui.canvas.canvas_help import Hands, check, small

Keys = Qt.KeyboardModifier
Key = Qt.Key
PLAIN, SHIFT, CONTROL, ALT = Keys.NoModifier, Keys.ShiftModifier, Keys.ControlModifier, Keys.AltModifier
ALT_SHIFT, CONTROL_SHIFT = ALT | SHIFT, CONTROL | SHIFT

BLOCKS = ["ReLU", "Conv2d", "Linear", "Add", "Concat", "MSELoss", "CrossEntropyLoss", "Digits", "BatchNorm2d"]
SHAPES = [("N", 16, 6, 6), ("N", 64), ("N",), ()]
PRESSED = [
    (Key.Key_Delete, PLAIN), (Key.Key_Backspace, PLAIN), (Key.Key_Delete, SHIFT), (Key.Key_Escape, PLAIN),
    (Key.Key_X, CONTROL), (Key.Key_C, CONTROL), (Key.Key_V, CONTROL), (Key.Key_D, CONTROL),
    (Key.Key_A, CONTROL), (Key.Key_I, CONTROL), (Key.Key_A, CONTROL_SHIFT), (Key.Key_Up, CONTROL_SHIFT),
    (Key.Key_Down, CONTROL_SHIFT), (Key.Key_L, CONTROL), (Key.Key_Up, PLAIN), (Key.Key_Down, PLAIN),
    (Key.Key_Left, PLAIN), (Key.Key_Right, PLAIN), (Key.Key_Down, SHIFT), (Key.Key_Right, SHIFT),
    (Key.Key_L, SHIFT), (Key.Key_I, PLAIN), (Key.Key_K, SHIFT), (Key.Key_Period, PLAIN),
    (Key.Key_M, PLAIN), (Key.Key_T, PLAIN), (Key.Key_Left, ALT_SHIFT), (Key.Key_C, ALT_SHIFT),
    (Key.Key_Right, ALT_SHIFT), (Key.Key_Up, ALT_SHIFT), (Key.Key_M, ALT_SHIFT), (Key.Key_Down, ALT_SHIFT),
    (Key.Key_H, ALT_SHIFT), (Key.Key_V, ALT_SHIFT), (Key.Key_Left, CONTROL), (Key.Key_Right, CONTROL),
    (Key.Key_Up, CONTROL), (Key.Key_Down, CONTROL), (Key.Key_S, SHIFT), (Key.Key_Home, PLAIN),
    (Key.Key_F, PLAIN), (Key.Key_F, SHIFT), (Key.Key_Plus, PLAIN), (Key.Key_Minus, PLAIN), (Key.Key_0, PLAIN),
    (Key.Key_Return, PLAIN),
]  # fmt: skip

numbers = st.integers(0, 40)
places = st.builds(QPoint, st.integers(0, 112).map(lambda x: x * 8), st.integers(0, 87).map(lambda y: y * 8))
kinds = ["card", "card", "port", "port", "wire", "wire end", "wire start", "dot", "note", "title", "edge", "empty"]
spots = st.tuples(st.sampled_from(kinds), numbers, places)
modifiers = st.sampled_from([PLAIN, PLAIN, PLAIN, SHIFT, CONTROL, ALT])
Spot = tuple[str, int, QPoint]


def start() -> Graph:
    """A chain with a branch, a wire with dots, notes and frames one in the other."""
    graph = small()
    graph = graph.apply(commands.connect(graph, "relu1", "output", "fc1", "input"))
    for block, x, y in (("Add", 240, 96), ("Tanh", 440, 96)):
        graph = graph.apply(commands.add_node(graph, block, x, y))
    for wire in (("relu1", "output", "add1", "input1"), ("add1", "output", "tanh1", "input")):
        graph = graph.apply(commands.connect(graph, *wire))
    graph = graph.apply(commands.add_dot(graph, "add1:input1", 0, 208, 240))
    graph = graph.apply(notes.add_note(graph, "# Why\n- *because*", 440, 192))
    graph = graph.apply(notes.add_frame(graph, "outer", (-32, 56, 432, 256)))
    return graph.apply(notes.add_frame(graph, "", (-16, 80, 192, 160)))


class Person(RuleBasedStateMachine):
    """Hands on a canvas. Every rule is what a person can do; what the window would answer is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.raised: list[BaseException] = []
        self._hook = sys.excepthook
        sys.excepthook = self._catch
        QGuiApplication.clipboard().clear()
        self.asked: list[Where] = []
        self.swaps: list[str] = []
        self.connections: list[str] = []

    def _catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.raised.append(error)

    @initialize(empty=st.integers(0, 5), snapping=st.booleans())
    def begin(self, empty: int, snapping: bool) -> None:
        self.first = Graph() if empty == 0 else start()
        self.hands = Hands(self.first)
        self.canvas, self.scene = self.hands.canvas, self.hands.canvas.items_scene
        self.canvas.search_asked.connect(self.asked.append)
        self.canvas.swap_asked.connect(self.swaps.append)
        self.canvas.connect_asked.connect(self.connections.append)
        if not snapping:
            self.canvas.toggle_snapping()

    @property
    def graph(self) -> Graph:
        return self.hands.document.graph

    def at(self, spot: Spot) -> QPoint:
        """The pixel that is meant; the spot's own place where there is no such thing, or it is not in view."""
        kind, number, place = spot
        found = self._point(kind, number)
        pixel = place if found is None else self.canvas.mapFromScene(found)
        return pixel if self.canvas.viewport().rect().contains(pixel) else place

    def _point(self, kind: str, number: int) -> QPointF | None:
        scene, graph = self.scene, self.graph
        things: dict[str, list[str]] = {
            "card": list(graph.nodes),
            "port": list(graph.nodes),
            "wire": list(graph.wires),
            "wire end": list(graph.wires),
            "wire start": list(graph.wires),
            "dot": list(scene.dots),
            "note": list(graph.notes),
            "title": list(graph.frames),
            "edge": [*graph.notes, *graph.frames],
        }
        if not things.get(kind):
            return None
        key = things[kind][number % len(things[kind])]
        if kind in ("card", "port"):
            item, refs = scene.nodes[key], scene.nodes[key].port_refs()
            if kind == "port" and refs:
                return refs[number % len(refs)][1]
            return item.card.center() + QPointF(number - 20, number % 7)
        if kind.startswith("wire"):
            path, part = scene.wires[key].path(), {"wire": 0.5, "wire end": 0.86, "wire start": 0.14}[kind]
            return path.pointAtPercent(part) + scene.wires[key].pos()
        if kind == "dot":
            return scene.dots[key].scenePos()
        left, top, right, bottom = scene.papers.items[key].box
        if kind == "note":
            return QPointF((left + right) / 2, (top + bottom) / 2)
        if kind == "title":
            return QPointF(left + 14, top + 12)
        return [QPointF(right, (top + bottom) / 2), QPointF(left, bottom), QPointF(left + 40, top)][number % 3]

    # Mouse.

    @rule(start=spots, end=spots, keys=modifiers, block=st.sampled_from([*BLOCKS, "", ""]))
    def drag(self, start: Spot, end: Spot, keys: Qt.KeyboardModifier, block: str) -> None:
        self.hands.drag(self.at(start), self.at(end), keys)
        self._answer(block)

    @rule(start=spots, dx=st.integers(-60, 60), dy=st.integers(-60, 60), keys=modifiers)
    def drag_a_little(self, start: Spot, dx: int, dy: int, keys: Qt.KeyboardModifier) -> None:
        at = self.at(start)
        self.hands.drag(at, at + QPoint(dx, dy), keys)

    @rule(
        start=spots,
        way=st.lists(spots, min_size=1, max_size=3),
        keys=modifiers,
        what=st.sampled_from(["escape", "undo", "redo", "delete", "move", "key", "wheel", "theme", "menu", "leave"]),
        number=numbers,
    )
    def drag_disturbed(self, start: Spot, way: list[Spot], keys: Qt.KeyboardModifier, what: str, number: int) -> None:
        """Something happens in the middle of a gesture; its end comes afterwards all the same."""
        hands = self.hands
        end = [self.at(spot) for spot in way]
        hands.press(self.at(start), keys)
        for place in end:
            hands.move(place)
        self._happen(what, number, end[-1])
        QApplication.processEvents()
        if self.canvas.hand.idle:
            check(self.canvas)
        hands.move(end[0])
        hands.release(end[0], keys)

    def _happen(self, what: str, number: int, place: QPoint) -> None:
        hands, graph = self.hands, self.graph
        nodes = list(graph.nodes)
        if what == "escape":
            hands.key(Key.Key_Escape)
            assert hands.canvas.hand.idle
        elif what == "undo":
            hands.document.undo()
        elif what == "redo":
            hands.document.redo()
        elif what == "delete" and nodes:
            hands.document.commit(commands.delete(graph, [nodes[number % len(nodes)]]), "Elsewhere")
        elif what == "move" and nodes:
            hands.document.commit(commands.shift(graph, [nodes[number % len(nodes)]], 8, -16), "Elsewhere")
        elif what == "key":
            hands.key(*PRESSED[number % len(PRESSED)])
        elif what == "wheel":
            hands.wheel(place, 120 if number % 2 else -120)
        elif what == "theme":
            self.canvas.set_theme(LIGHT if number % 2 else DARK)
        elif what == "menu":
            hands.press(place, PLAIN, Qt.MouseButton.RightButton)
            hands.release(place, PLAIN, Qt.MouseButton.RightButton)
        elif what == "leave":
            self.canvas.hand.leave()

    @rule(at=spots, keys=modifiers, button=st.sampled_from([Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton]))
    def click(self, at: Spot, keys: Qt.KeyboardModifier, button: Qt.MouseButton) -> None:
        place = self.at(at)
        self.hands.press(place, keys, button)
        self.hands.release(place, keys, button)

    @rule(at=spots, block=st.sampled_from(BLOCKS))
    def double_click(self, at: Spot, block: str) -> None:
        self.hands.double_click(self.at(at))
        self._answer(block)

    @rule(at=spots, block=st.sampled_from([*BLOCKS, "no"]))
    def drag_in(self, at: Spot, block: str) -> None:
        self.hands.drop(block, self.at(at))

    @rule(at=spots)
    def hover(self, at: Spot) -> None:
        self.hands.move(self.at(at))

    @rule(start=spots, end=spots)
    def pan(self, start: Spot, end: Spot) -> None:
        self.hands.drag(self.at(start), self.at(end), button=Qt.MouseButton.MiddleButton)

    @rule(start=spots, end=spots, let_go=st.booleans())
    def pan_with_space(self, start: Spot, end: Spot, let_go: bool) -> None:
        if not self.canvas.hasFocus():
            return  # a note is written
        before = self.graph
        QTest.keyPress(self.canvas, Key.Key_Space)
        self.hands.press(self.at(start))
        self.hands.move(self.at(end))
        if let_go:
            QTest.keyRelease(self.canvas, Key.Key_Space)
        self.hands.release(self.at(end))
        QTest.keyRelease(self.canvas, Key.Key_Space)
        assert self.graph == before

    @rule(at=places, turn=st.sampled_from([120, -120, -480, 480]), keys=st.sampled_from([PLAIN, SHIFT, CONTROL]))
    def wheel(self, at: QPoint, turn: int, keys: Qt.KeyboardModifier) -> None:
        self.hands.wheel(at, turn, keys)

    @rule(start=spots, end=spots)
    def knife(self, start: Spot, end: Spot) -> None:
        self.hands.key(Key.Key_K)
        self.hands.drag(self.at(start), self.at(end))

    # Keys.

    @rule(key=st.sampled_from(PRESSED))
    def press(self, key: tuple[Qt.Key, Qt.KeyboardModifier]) -> None:
        self.hands.key(*key)

    @rule(keys=st.lists(st.sampled_from(PRESSED), min_size=2, max_size=4))
    def press_several(self, keys: list[tuple[Qt.Key, Qt.KeyboardModifier]]) -> None:
        for key in keys:
            self.hands.key(*key)

    @rule(key=st.sampled_from([Key.Key_Tab, Key.Key_Slash]), block=st.sampled_from([*BLOCKS, "", ""]))
    def add(self, key: Qt.Key, block: str) -> None:
        self.hands.key(key)
        self._answer(block)

    def _answer(self, block: str) -> None:
        """What the window does when a block was asked for; nothing when the question was left."""
        asked, self.asked[:] = list(self.asked), []
        for where in asked[:1]:
            if block:
                self.canvas.edits.add(block, where)

    @rule(number=numbers)
    def swap(self, number: int) -> None:
        self.hands.key(Key.Key_S)
        for node in self.swaps[:1]:
            found = chains.swaps(self.graph, self.graph.nodes[node])
            if found:
                self.canvas.edits.swap(node, found[number % len(found)].name)
        self.swaps.clear()

    @rule(number=numbers)
    def connect_to(self, number: int) -> None:
        self.hands.key(Key.Key_L)
        for node in self.connections[:1]:
            pairs = [
                (mine, other) if mine.output else (other, mine)
                for mine, _ in self.scene.nodes[node].port_refs()
                for refs in fitting(self.scene, self.graph, mine).values()
                for other in sorted(refs)
            ]
            if pairs:
                self.canvas.edits.connect(*pairs[number % len(pairs)])
        self.connections.clear()

    @rule(
        text=st.sampled_from(["", "a b", "# Title\n- one", "x" * 70]), end=st.sampled_from(["escape", "click", "enter"])
    )
    def write_note(self, text: str, end: str) -> None:
        self.hands.key(Key.Key_N)
        self._write(text, end)

    @rule(text=st.sampled_from(["", "Block", "y" * 70]), end=st.sampled_from(["escape", "click", "enter"]))
    def write_frame(self, text: str, end: str) -> None:
        self.hands.key(Key.Key_N, SHIFT)
        self._write(text, end)

    def _write(self, text: str, end: str) -> None:
        if self.canvas.writing.note.record is None and self.canvas.writing.title.record is None:
            return
        self.hands.type(text)
        if end == "escape":
            self.hands.key(Key.Key_Escape)
        elif end == "enter":
            self.hands.key(Key.Key_Return, CONTROL)
        else:
            self.hands.click(QPoint(890, 4))

    @rule(color=st.sampled_from(notes.COLORS))
    def colour(self, color: str) -> None:
        action = self.canvas.actions_by_id[f"color_{color}"]
        if action.isEnabled():
            action.trigger()

    # The window and the engine.

    @rule(times=st.integers(1, 3))
    def undo(self, times: int) -> None:
        for _ in range(times):
            self.hands.document.undo()

    @rule(times=st.integers(1, 3))
    def redo(self, times: int) -> None:
        for _ in range(times):
            self.hands.document.redo()

    @rule(number=numbers, shape=st.sampled_from(SHAPES), wrong=st.booleans())
    def engine_reports(self, number: int, shape: tuple[int | str, ...], wrong: bool) -> None:
        nodes = list(self.graph.nodes)
        if nodes:
            key = nodes[number % len(nodes)]
            node = self.graph.nodes[key]
            problems = (Problem(key, say("{node} cannot be.", node=key)),) if wrong else ()
            outputs = {port.name: TensorSpec(shape) for port in self.graph.outputs(node)}
            self.canvas.show_reports({key: NodeReport({}, outputs, self.graph.values(node), problems=problems)}, [])
            self.canvas.show_running([key])
            self.canvas.show_gradients({key: 0.5})

    @rule()
    def forget_reports(self) -> None:
        self.canvas.show_reports({}, list(self.graph.nodes))
        self.canvas.show_gradients(None)

    @rule(light=st.booleans())
    def change_theme(self, light: bool) -> None:
        self.canvas.set_theme(LIGHT if light else DARK)

    @rule(wait=st.sampled_from([20, 20, 90]))
    def rest(self, wait: int) -> None:
        QTest.qWait(wait)

    # What always holds.

    @invariant()
    def items_are_records(self) -> None:
        if hasattr(self, "canvas"):
            QApplication.processEvents()
            self._no_error()
            for questions in (self.asked, self.swaps, self.connections):
                questions.clear()  # what was not answered was left
            assert self.canvas.hand.idle
            check(self.canvas)
            check_graph(self.graph)

    def _no_error(self) -> None:
        if self.raised:
            raise self.raised[0]

    def teardown(self) -> None:
        try:
            if hasattr(self, "canvas"):
                self._end()
        finally:
            sys.excepthook = self._hook
            if hasattr(self, "hands"):
                self.hands.end()

    def _end(self) -> None:
        document, canvas = self.hands.document, self.canvas
        self.hands.key(Key.Key_Escape)
        canvas.arranging.glide.end()
        last, steps = document.graph, 0
        while document.undo() is not None:
            steps += 1
            check(canvas)
        assert document.graph == self.first
        for _ in range(steps):
            document.redo()
            check(canvas)
        assert document.graph == last
        self._no_error()


def test_whatever_hands_do_the_canvas_shows_the_records(qtbot: QtBot) -> None:
    chosen = settings(suppress_health_check=list(HealthCheck), report_multiple_bugs=False)
    if os.environ.get("NETBUILDER_HYPOTHESIS") != "wild":  # where a failure may also take minutes to make small
        chosen = settings(chosen, max_examples=40, stateful_step_count=50, phases=[Phase.generate])
    run_state_machine_as_test(Person, settings=chosen)
