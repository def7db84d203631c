"""A canvas to test, hands to work it with, and the check that what it shows is what the records say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from PySide6.QtCore import QAbstractAnimation, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.reports import NodeReport, TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import dot_id
from netbuilder.ui.canvas import BLOCK_MIME, Canvas
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.shared import PortRef
from netbuilder.ui.theme import DARK

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


def drawing(blocks: Sequence[tuple[str, int, int]], wires: Sequence[tuple[str, str, str, str]] = ()) -> Graph:
    """A graph of blocks at places, and wires between their ports."""
    graph = Graph()
    for block, x, y in blocks:
        graph = graph.apply(commands.add_node(graph, block, x, y))
    for wire in wires:
        graph = graph.apply(commands.connect(graph, *wire))
    return graph


def small() -> Graph:
    """digits → conv1 → relu1, fc1 and loss by themselves."""
    return drawing(
        [("Digits", 0, 0), ("Conv2d", 0, 96), ("ReLU", 0, 192), ("Linear", 0, 288), ("CrossEntropyLoss", 240, 288)],
        [("digits", "image", "conv1", "input"), ("conv1", "output", "relu1", "input")],
    )


def report(graph: Graph, key: str, **outputs: TensorSpec) -> NodeReport:
    """What the engine would say of a node with these outputs."""
    return NodeReport({}, outputs, graph.values(graph.nodes[key]))


class Hands:
    """A shown canvas at 100 %, and what it said."""

    def __init__(self, graph: Graph | None = None) -> None:
        self.document = Document(graph)
        self.canvas = Canvas(self.document, DARK)
        self.canvas.resize(900, 700)
        self.canvas.show()
        QTest.qWaitForWindowExposed(self.canvas)
        QTest.qWaitForWindowActive(self.canvas)
        self.canvas.camera.go(QPointF(200, 200), 1.0, at_once=True)
        self.refused: list[Sentence] = []
        self.canvas.refused.connect(self.refused.append)

    @property
    def graph(self) -> Graph:
        return self.document.graph

    def end(self) -> None:
        self.canvas.close()
        self.canvas.deleteLater()
        QApplication.processEvents()

    def pixel(self, x: float, y: float) -> QPoint:
        """Where in the viewport a point of the scene is."""
        return self.canvas.mapFromScene(QPointF(x, y))

    def port(self, node: str, name: str, output: bool) -> QPoint:
        return self.pixel(*self.canvas.items_scene.nodes[node].anchor(output, name))

    def middle(self, node: str) -> QPoint:
        card = self.canvas.items_scene.nodes[node].card
        return self.pixel(card.center().x() + 30, card.center().y())

    def press(self, at: QPoint, keys: Qt.KeyboardModifier = PLAIN, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseMove(self.canvas.viewport(), at)
        QTest.mousePress(self.canvas.viewport(), button, keys, at)

    def move(self, at: QPoint) -> None:
        QTest.mouseMove(self.canvas.viewport(), at)

    def release(self, at: QPoint, keys: Qt.KeyboardModifier = PLAIN, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self.canvas.viewport(), button, keys, at)

    def drag(
        self, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = PLAIN, button: Qt.MouseButton = LEFT
    ) -> None:
        self.press(start, keys, button)
        self.move((start + end) / 2)
        self.move(end)
        self.release(end, keys, button)

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Fail unless what is done meanwhile is one undo step of that name."""
        document, before, behind = self.document, self.document.graph, self.document.undo_label
        yield
        check(self.canvas)
        after = document.graph
        assert after != before and document.undo_label == label
        document.undo()
        check(self.canvas)
        assert document.graph == before and document.undo_label == behind
        document.redo()
        check(self.canvas)
        assert document.graph == after

    def click(self, at: QPoint, keys: Qt.KeyboardModifier = PLAIN) -> None:
        self.press(at, keys)
        self.release(at, keys)

    def double_click(self, at: QPoint) -> None:
        self.click(at)
        QTest.mouseDClick(self.canvas.viewport(), LEFT, PLAIN, at)
        self.release(at)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key where the focus is: on the canvas, or in the note that is written."""
        focus = QApplication.focusWidget()
        inside = focus is not None and self.canvas.isAncestorOf(focus)
        QTest.keyClick(focus if inside else self.canvas, key, keys)

    def type(self, text: str) -> None:
        """Type into what has the focus, line by line."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.key(Qt.Key.Key_Return)
            QTest.keyClicks(QApplication.focusWidget() or self.canvas, line)

    def wheel(self, at: QPoint, turn: int, keys: Qt.KeyboardModifier = PLAIN, pixels: QPoint | None = None) -> None:
        phase = Qt.ScrollPhase.NoScrollPhase if pixels is None else Qt.ScrollPhase.ScrollUpdate
        event = QWheelEvent(
            QPointF(at),
            QPointF(self.canvas.viewport().mapToGlobal(at)),
            pixels or QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            keys,
            phase,
            False,
        )
        QApplication.sendEvent(self.canvas.viewport(), event)

    def drop(self, block: str, at: QPoint, mime: str = BLOCK_MIME) -> bool:
        """Drag a block in from outside; whether it was taken."""
        data = QMimeData()
        data.setData(mime, block.encode())
        copy, viewport = Qt.DropAction.CopyAction, self.canvas.viewport()
        enter = QDragEnterEvent(at, copy, data, LEFT, PLAIN)
        QApplication.sendEvent(viewport, enter)
        if not enter.isAccepted():
            return False
        event = QDropEvent(QPointF(at), copy, data, LEFT, PLAIN)
        QApplication.sendEvent(viewport, event)
        return event.isAccepted()


@cache
def _bare() -> int:
    """How many items a scene without a drawing has."""
    return len(Scene(Look(DARK)).items())


def check(canvas: Canvas) -> None:
    """Fail unless every item mirrors its record, and there is no item more or less.

    While cards glide to new places they need not be there yet.
    """
    scene, graph = canvas.items_scene, canvas.document.graph
    gliding = canvas.arranging.glide.state() == QAbstractAnimation.State.Running
    assert scene.nodes.keys() == graph.nodes.keys()
    assert scene.wires.keys() == graph.wires.keys()
    for key, node in graph.nodes.items():
        item = scene.nodes[key]
        assert item.node == node and item.scene() is scene
        assert {ref for ref, _ in item.port_refs()} == {
            *(PortRef(key, False, port.name) for port in graph.inputs(node)),
            *(PortRef(key, True, port.name) for port in graph.outputs(node)),
        }
        assert item.selected == (key in scene.selected) and item.hovered == (key == scene.hovered)
        assert scene.wires_at(key) == {wire.id for wire in graph.wires.values() if key in (wire.source, wire.target)}
        if not gliding:
            assert (item.scenePos().x(), item.scenePos().y()) == (node.x, node.y)
            assert item.box == (node.x, node.y, node.x + item.width, node.y + 48)
            assert [found for found, _ in scene.rows.touching(item.box) if found == key] == [key]
    for key, wire in graph.wires.items():
        item = scene.wires[key]
        assert item.wire == wire and item.scene() is scene and item.isVisible() == (canvas.camera.scale >= 0.3)
        assert item.selected == (key in scene.selected) and item.hovered == (key == scene.hovered)
        if gliding:
            continue
        path = item.path().translated(item.pos())
        start, end = path.elementAt(0), path.currentPosition()
        assert (start.x, start.y) == scene.nodes[wire.source].anchor(True, wire.output)
        assert end.toTuple() == scene.nodes[wire.target].anchor(False, wire.input)
        for i, place in enumerate(wire.via):
            dot = scene.dots[dot_id(key, i)]
            assert dot.scenePos().toTuple() == place and dot.scene() is scene
            assert dot.selected == (dot_id(key, i) in scene.selected)
            assert dot.hovered == (dot_id(key, i) == scene.hovered)
    assert len(scene.dots) == sum(len(wire.via) for wire in graph.wires.values())
    papers = {**graph.notes, **graph.frames}
    assert scene.papers.items.keys() == papers.keys()
    for key, record in papers.items():
        paper = scene.papers.items[key]
        assert paper.record == record and paper.scene() is scene and paper.selected == (key in scene.selected)
        assert paper.hovered == (key == scene.hovered)
        assert paper.box == (record.x, record.y, record.x + record.width, record.y + record.height)
    assert scene.selected <= set(scene.everything())
    assert not scene.hovered or scene.hovered in scene.everything()
    if canvas.hand.idle:
        check_nothing_left(canvas)


def check_nothing_left(canvas: Canvas) -> None:
    """Fail where something that a gesture shows is still there without one."""
    scene = canvas.items_scene
    assert scene.shared.offer is None and scene.shared.origin is None and scene.shared.snapped is None
    pills = sum(key in scene.pills for key in scene.wires)
    drawn = len(scene.nodes) + len(scene.wires) + len(scene.dots) + len(scene.papers.items) + pills
    assert len(scene.items()) == _bare() + drawn, "something is left over in the scene"
