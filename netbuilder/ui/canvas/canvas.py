"""The canvas: a document's drawing, and what hands and keys do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QWidget

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph import clipboard, commands
from netbuilder.graph.document import Document
from netbuilder.graph.records import Edit
from netbuilder.ui.canvas import copying, keys
from netbuilder.ui.canvas.drops import BlockDrops
from netbuilder.ui.canvas.edges import EdgeScroll
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, GAP, GRID, snap
from netbuilder.ui.canvas.gestures import Gesture, Idle, MoveNodes, Pan, Pointer, RubberBand
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.view import View
from netbuilder.ui.canvas.wiring import DrawWire
from netbuilder.ui.theme import Theme

PAN_STEP = 48


def _end(watching: list[Callable[[], None]]) -> None:
    while watching:
        watching.pop()()


class Canvas(View):
    """Draws a document and edits it. Every item mirrors a record; every change is a commit."""

    selection_changed = Signal(list)
    refused = Signal(object)
    activated = Signal(str)
    search_asked = Signal(object)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        scene = Scene(Look(theme))
        super().__init__(scene, parent)
        scene.setParent(self)
        self.document = document
        self.gesture: Gesture = Idle(self)
        self._pointer: Pointer | None = None
        self._button = Qt.MouseButton.NoButton
        self._space = False
        self._drops = BlockDrops(self)
        self._edges = EdgeScroll(self.viewport(), self._drag_on)
        self._watching: list[Callable[[], None]] = []
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drawing of the network"))
        self.set_document(document)
        watching = self._watching
        self.destroyed.connect(lambda: _end(watching))

    # The document.

    def set_document(self, document: Document) -> None:
        """Show another document, all of it."""
        self.cancel()
        _end(self._watching)
        self.document = document
        self._watching.append(document.watch(self._follow))
        had = bool(self.items_scene.selected)
        self.items_scene.select(())
        self.items_scene.reset(document.graph)
        if had:
            self.selection_changed.emit([])
        self.frame_all()
        self.viewport().update()

    def _follow(self, edit: Edit) -> None:
        """Show what an edit changed. A gesture that is going on is called off: it began in another drawing."""
        if not isinstance(self.gesture, Idle | Pan):
            self.cancel()
        empty = not self.items_scene.nodes
        gone = self.items_scene.apply(edit)
        if empty != (not self.items_scene.nodes):
            self.viewport().update()
        if gone:
            self.selection_changed.emit(self.selected())

    def commit(self, make: Callable[[], Edit], label: str, merge: str | None = None) -> Edit:
        """Do what a command says; where it refuses, say so. Returns what was done."""
        try:
            edit = make()
        except Refused as refused:
            self.refused.emit(refused.sentence)
            return {}
        self.document.commit(edit, label, merge)
        return edit

    def name_edit(self, what: str, keys: Iterable[str]) -> str:
        """What an edit of these nodes is called in the undo list."""
        chosen = list(keys)
        nodes = self.document.graph.nodes
        names = [nodes[key].name for key in chosen if key in nodes]
        one, many = {
            "move": (self.tr("Move {name}"), self.tr("Move {count} blocks")),
            "delete": (self.tr("Delete {name}"), self.tr("Delete {count} blocks")),
            "cut": (self.tr("Cut {name}"), self.tr("Cut {count} blocks")),
        }[what]
        if not names:
            return self.tr("Remove wire") if len(chosen) == 1 else self.tr("Remove wires")
        return one.format(name=names[0]) if len(names) == 1 else many.format(count=len(names))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.items_scene.set_look(Look(theme))
        self.viewport().update()

    # Selection.

    def selected(self) -> list[str]:
        """The ids of the selected nodes and wires, in the order of the drawing."""
        scene = self.items_scene
        return [key for key in (*scene.nodes, *scene.wires) if key in scene.selected]

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these; ids that are not in the drawing are passed over."""
        if self.items_scene.select(ids):
            self.selection_changed.emit(self.selected())

    def select_all(self) -> None:
        """Select all nodes and wires."""
        self.select([*self.items_scene.nodes, *self.items_scene.wires])

    def show_node(self, key: str) -> None:
        """Select a node and bring it to the middle."""
        item = self.items_scene.nodes.get(key)
        if item is not None:
            self.select([key])
            self.camera.go(item.card.center(), max(self.camera.scale, 0.6))

    def reveal(self, key: str) -> None:
        """Bring a node into view if it is not."""
        card = self.items_scene.nodes[key].card
        if not self.mapToScene(self.viewport().rect()).boundingRect().contains(card):
            self.camera.go(card.center(), self.camera.scale)

    # Editing.

    def delete_selection(self) -> None:
        """Delete what is selected, with the wires at it."""
        chosen = self.selected()
        graph = self.document.graph
        self.commit(lambda: commands.delete(graph, chosen), self.name_edit("delete", chosen))

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as text."""
        nodes = [key for key in self.selected() if key in self.items_scene.nodes]
        if nodes:
            QGuiApplication.clipboard().setText(clipboard.copy(self.document.graph, nodes))

    def cut(self) -> None:
        """Copy the selected nodes, then delete them."""
        nodes = [key for key in self.selected() if key in self.items_scene.nodes]
        if nodes:
            self.copy()
            graph = self.document.graph
            self.commit(lambda: commands.delete(graph, nodes), self.name_edit("cut", nodes))

    def paste(self) -> None:
        """Put in what the clipboard holds: at the mouse, or beside where it was copied."""
        text = QGuiApplication.clipboard().text()
        place = None
        if self._pointer is not None:
            place = snap(self._pointer.scene.x()), snap(self._pointer.scene.y())
        copying.insert(self, text, place, "paste")

    def duplicate(self) -> None:
        """Put in a copy of the selected nodes beside them."""
        nodes = [key for key in self.selected() if key in self.items_scene.nodes]
        if nodes:
            copying.insert(self, clipboard.copy(self.document.graph, nodes), None, "duplicate")

    def add_block(self, block_name: str, params: Mapping[str, object] | None = None, at: QPointF | None = None) -> None:
        """Place a block below the selected one, else in the middle of the view, or of `at`, and select it."""
        if block_name not in CATALOG:
            self.refused.emit(Refused("This version has no block {block}.", block=block_name).sentence)
            return
        middle = self.camera.center if at is None else at
        x, y = middle.x() - CARD_WIDTH / 2, middle.y() - CARD_HEIGHT / 2
        chosen = [self.document.graph.nodes[key] for key in self.selected() if key in self.document.graph.nodes]
        if at is None and len(chosen) == 1:
            x, y = chosen[0].x, chosen[0].y + CARD_HEIGHT + GAP
        self.place(block_name, *self.items_scene.rows.free_place(x, y), params)
        self.reveal(self.selected()[0])

    def place(self, block: str, x: int, y: int, params: Mapping[str, object] | None = None) -> None:
        """Place a block with its top left corner there, and select it."""
        graph = self.document.graph
        label = self.tr("Add {block}").format(block=block)
        edit = self.commit(lambda: commands.add_node(graph, block, x, y, params), label)
        if edit:
            self.select(edit)

    def nudge(self, dx: int, dy: int) -> None:
        """Move the selected nodes by one line of the grid; steps in a row are one undo step."""
        graph = self.document.graph
        nodes = sorted(key for key in self.items_scene.selected if key in graph.nodes)
        if not nodes:
            self.pan(dx * PAN_STEP, dy * PAN_STEP)
            return
        places = {key: (graph.nodes[key].x + dx * GRID, graph.nodes[key].y + dy * GRID) for key in nodes}
        merge = "nudge " + " ".join(nodes)
        self.commit(lambda: commands.move(graph, places), self.name_edit("move", nodes), merge)

    # What the engine says.

    def show_reports(self, changed: dict[str, NodeReport], removed: Iterable[str]) -> None:
        """Show shapes, sizes and problems of these nodes."""
        self.items_scene.set_reports(changed, removed)

    def show_gradients(self, norms: dict[str, float] | None) -> None:
        """Show each node's gradient norm as a bar; None takes the bars away."""
        self.items_scene.set_norms(norms)

    # Hands.

    def show_cursor(self, cursor: Qt.CursorShape | None) -> None:
        """Show a cursor over the drawing; None the usual one."""
        usual = Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.ArrowCursor
        wanted = usual if cursor is None else cursor
        if self.viewport().cursor().shape() != wanted:
            self.viewport().setCursor(wanted)

    def _begin(self, gesture: Gesture) -> None:
        self.gesture = gesture
        self._edges.follow(None)
        self.show_cursor(None if gesture.cursor == Qt.CursorShape.ArrowCursor else gesture.cursor)

    def cancel(self) -> bool:
        """End what the hand is doing, without a trace. Whether it was doing anything."""
        gesture = self.gesture
        if isinstance(gesture, Idle):
            return False
        self._begin(Idle(self))
        gesture.cancel()
        return True

    def _point(self, event: QMouseEvent) -> Pointer:
        inverse, _ = self.viewportTransform().inverted()
        place = event.position()
        self._pointer = Pointer(inverse.map(place), place.toPoint(), event.modifiers())
        return self._pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the gesture that this place and button mean."""
        pointer = self._point(event)
        event.accept()
        if not isinstance(self.gesture, Idle):
            return
        self.camera.stop()
        button = self._button = event.button()
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._space):
            self._begin(Pan(self, pointer))
        elif button == Qt.MouseButton.LeftButton:
            self._begin(self._gesture_at(pointer))
        elif button == Qt.MouseButton.RightButton:
            under = self.items_scene.node_at(pointer.scene) or self.wire_under(pointer.scene)
            if under not in self.items_scene.selected:
                self.select([under] if under else [])

    def _gesture_at(self, pointer: Pointer) -> Gesture:
        port = self.port_under(pointer.scene)
        if port is not None:
            return DrawWire(self, pointer, port)
        node = self.items_scene.node_at(pointer.scene)
        under = node or self.wire_under(pointer.scene)
        if not under:
            return RubberBand(self, pointer)
        if pointer.adding:
            self.select(self.items_scene.selected ^ {under})
        elif under not in self.items_scene.selected or not node:
            self.select([under])
        return MoveNodes(self, pointer, node) if node else Idle(self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture."""
        pointer = self._point(event)
        self.gesture.move(pointer)
        self._edges.follow(pointer.view if self.gesture.dragging else None)
        event.accept()

    def _drag_on(self, dx: int, dy: int) -> None:
        """Scroll under the mouse that drags something at the edge."""
        if self._pointer is not None and self.gesture.dragging:
            self.pan(dx, dy)
            self._pointer = replace(self._pointer, scene=self.mapToScene(self._pointer.view))
            self.gesture.move(self._pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        pointer = self._point(event)
        gesture = self.gesture
        if not isinstance(gesture, Idle) and event.button() == self._button:
            gesture.move(pointer)
            self._begin(Idle(self))
            gesture.release(pointer)
            self.gesture.move(pointer)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a node; in the empty, ask for a block to add there."""
        pointer = self._point(event)
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        node = self.items_scene.node_at(pointer.scene)
        if node:
            self.activated.emit(node)
        elif not self.wire_under(pointer.scene):
            self.search_asked.emit(pointer.scene)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self._pointer = None
        self.items_scene.hover("")
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A Space that is let go elsewhere is not heard of."""
        self._space = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The canvas's own keys; what it does not know is for the window."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self._space = True
            if isinstance(self.gesture, Idle):
                self.show_cursor(None)
        elif not keys.press(self, event):
            event.ignore()

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab asks for a block, to be placed under the mouse; Shift+Tab leaves the canvas as everywhere."""
        if not following:
            return super().focusNextPrevChild(following)
        self.search_asked.emit(self._pointer.scene if self._pointer is not None else None)
        return True

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The drawing is let go with Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            if isinstance(self.gesture, Idle):
                self.show_cursor(None)
        else:
            super().keyReleaseEvent(event)

    # Blocks dragged in.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take blocks, and nothing else."""
        self._drops.over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the block would be placed."""
        self._drops.over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The block went elsewhere."""
        self._drops.end()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Place the block."""
        self._drops.drop(event)
