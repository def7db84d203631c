"""The canvas: a document's drawing, and what hands and keys do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QWidget

from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Edit, Node, Record, Wire
from netbuilder.ui import actions
from netbuilder.ui.canvas.annotating import Annotating
from netbuilder.ui.canvas.arranging import Arranging
from netbuilder.ui.canvas.deeds import deeds, selected
from netbuilder.ui.canvas.drops import Drops
from netbuilder.ui.canvas.editing import Editing, Where
from netbuilder.ui.canvas.geometry import GAP
from netbuilder.ui.canvas.hand import Hand
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.nesting import Nesting
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.shared import PortRef
from netbuilder.ui.canvas.view import View
from netbuilder.ui.canvas.writing import Writing
from netbuilder.ui.theme import Theme


def _end(watching: list[Callable[[], None]]) -> None:
    while watching:
        watching.pop()()


def _drawn(record: Record | None) -> Record | None:
    """What of a record makes a difference to the program: all but where it is."""
    if isinstance(record, Node):
        return msgspec.structs.replace(record, x=0, y=0)
    return msgspec.structs.replace(record, via=()) if isinstance(record, Wire) else record


class Canvas(View):
    """Draws a document and edits it. Every item mirrors a record; every change is a commit.

    `search_asked` gives a Where; `connect_asked`, `swap_asked` and `layer_asked` a node's id, `splice_asked` those of
    several, `network_asked` a block that needs a network and what to do with its whole name, `view_asked` and
    `view_kept` a digit, `files_dropped` the paths and the place in the scene, `menu_asked` a place on the screen.
    """

    selection_changed = Signal(list)
    refused = Signal(object)
    activated = Signal(str)
    block_added = Signal(str)
    search_asked = Signal(object)
    connect_asked = Signal(str)
    swap_asked = Signal(str)
    splice_asked = Signal(list)
    layer_asked = Signal(str)
    group_asked = Signal()
    network_asked = Signal(str, object)
    network_shown = Signal(str)
    view_asked = Signal(str)
    view_kept = Signal(str)
    files_dropped = Signal(list, QPointF)
    menu_asked = Signal(QPoint)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        scene = Scene(Look(theme))
        super().__init__(scene, parent)
        scene.setParent(self)
        self.document = document
        self.edits, self.arranging, self.annotating = Editing(self), Arranging(self), Annotating(self)
        self.hand, self.writing = Hand(self), Writing(self)
        self.nesting = Nesting(self)
        self.shown = MAIN
        self._reports: dict[str, NodeReport] = {}
        self._norms: dict[str, float] | None = None
        self._flows: dict[str, str] | None = None
        self.snapping = True
        self._opening = ""
        self.last_walked = ""
        self._running: set[str] = set()
        self._drops = Drops(self)
        self._watching: list[Callable[[], None]] = []
        self.actions_by_id = actions.make(self, True, deeds(self))
        self.actions_by_id["snapping"].setCheckable(True)
        self.actions_by_id["snapping"].setChecked(True)
        self.selection_changed.connect(self._enable_actions)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drawing of the network"))
        self.set_document(document)
        self._enable_actions()
        watching = self._watching
        self.destroyed.connect(lambda: _end(watching))

    # The document.

    @property
    def drawing(self) -> Graph:
        """What is drawn in the network that is shown."""
        return self.document.graph.part(self.shown)

    def set_document(self, document: Document) -> None:
        """Show another document, all of it."""
        self.hand.cancel()
        _end(self._watching)
        self.document = document
        self._watching.append(document.watch(self._follow))
        self._reports, self._norms, self._flows = {}, None, None
        self.nesting.forget()
        self.show_network(MAIN)

    def show_network(self, network: str, view: tuple[QPointF, float] | None = None) -> None:
        """Show what is drawn in a network, of which nothing is selected: from such a view, else all of it."""
        self.hand.cancel()
        self.writing.drop()
        self.shown = network
        scene, had = self.items_scene, bool(self.items_scene.selected)
        scene.select(())
        scene.reset(self.drawing)
        scene.set_reports({key: self._reports[key] for key in scene.nodes.keys() & self._reports.keys()}, ())
        scene.set_norms(self._norms)
        scene.set_flows(self._flows)
        scene.set_running(self._running)
        if had:
            self.selection_changed.emit([])
        if view is not None:
            self.camera.go(*view, at_once=True)
        elif network == MAIN:
            self.frame_all()
        else:
            self.frame_start()
        self.viewport().update()
        self._enable_actions()
        self.network_shown.emit(network)

    def _follow(self, edit: Edit) -> None:
        """Show what an edit changed. A gesture that is going on is called off: it began in another drawing."""
        self.arranging.glide.end()
        self.hand.interrupt()
        if self.shown not in self.document.graph.networks:
            self.nesting.turn_to(MAIN)
            return
        empty = self.items_scene.empty
        gone = self.items_scene.apply(edit, self.drawing)
        self.writing.end()
        if empty != self.items_scene.empty:
            self.viewport().update()
        if gone:
            self.selection_changed.emit(self.selected())
        else:
            self._enable_actions()
        if self._running:
            self._show_changed(edit)

    def _show_changed(self, edit: Edit) -> None:
        """Take the mark of what is trained from nodes that are drawn otherwise now."""
        changed = set()
        for key, (before, after) in edit.items():
            if _drawn(before) != _drawn(after):
                changed |= {key} | {record.target for record in (before, after) if isinstance(record, Wire)}
        self.show_running(self._running - changed)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.items_scene.set_look(Look(theme))
        self.writing.restyle()
        self.viewport().update()

    # Selection.

    def selected(self) -> list[str]:
        """The ids of what is selected, in the order of the drawing: frames and notes, nodes, wires, dots."""
        chosen = self.items_scene.selected
        return [key for key in self.items_scene.everything() if key in chosen] if chosen else []

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these; ids that are not in the drawing are passed over."""
        if self.items_scene.select(ids):
            self.selection_changed.emit(self.selected())

    def select_all(self) -> None:
        """Select everything."""
        self.select(self.items_scene.everything())

    def select_inverse(self) -> None:
        """Select the blocks, notes and frames that are not selected, and nothing else."""
        scene = self.items_scene
        self.select([key for key in (*scene.papers.items, *scene.nodes) if key not in scene.selected])

    def kinds(self) -> tuple[bool, bool, bool]:
        """Whether blocks, notes or frames, and wires or their dots are among what is selected."""
        scene, chosen = self.items_scene, self.items_scene.selected
        bent = chosen & (scene.wires.keys() | scene.dots.keys())
        return bool(chosen & scene.nodes.keys()), bool(chosen & scene.papers.items.keys()), bool(bent)

    def _enable_actions(self) -> None:
        actions.enable(self.actions_by_id, selected(self))

    def show_node(self, key: str) -> None:
        """Select a node and bring it to the middle, in whichever network it is."""
        item = self.items_scene.nodes.get(key) if self.nesting.reach(key) else None
        if item is not None:
            self.select([key])
            self.camera.go(item.card.center(), max(self.camera.scale, 0.6))

    def show_thing(self, key: str) -> None:
        """Select anything and bring it to the middle."""
        self.nesting.reach(key)
        if key in self.items_scene.nodes:
            self.show_node(key)
        elif self.items_scene.thing(key) is not None:
            self.select([key])
            self.camera.frame(self.items_scene.extent([key]))

    def reveal(self, key: str) -> None:
        """Bring a thing into view if it is not, by as little as it takes."""
        area = self.items_scene.extent([key]).adjusted(-GAP, -GAP, GAP, GAP)
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        if not seen.contains(area):
            across = min(0.0, area.left() - seen.left()) or max(0.0, area.right() - seen.right())
            down = min(0.0, area.top() - seen.top()) or max(0.0, area.bottom() - seen.bottom())
            self.camera.go(self.camera.center + QPointF(across, down), self.camera.scale)

    # Asking for what others show.

    def ask_block(self) -> None:
        """Ask for a block, to go behind the selected ones, else where the mouse is."""
        chosen = self.edits.nodes()
        behind = tuple(key for key in chosen if self.items_scene.nodes[key].outputs)
        at = self.hand.pointed
        if chosen and not behind:  # nothing goes on from a loss: beside it is as good a place as any
            card = self.items_scene.nodes[chosen[-1]].card
            at = QPointF(card.right() + GAP + card.width() / 2, card.center().y())
        self.search_asked.emit(Where(None if behind else at, None, behind))

    def ask(self, port: PortRef, point: QPointF) -> None:
        """Ask for a block at the end of a wire drawn from a port into the empty."""
        self.search_asked.emit(Where(point, port))

    def open_selected(self) -> None:
        """Go to the fields of the selected block, or write the selected note."""
        chosen = self.selected()
        papers = [key for key in chosen if key in self.items_scene.papers.items]
        if self.edits.nodes():
            self.activated.emit(self.edits.nodes()[0])
        elif papers:
            self.writing.begin(papers[0])

    def splice(self) -> None:
        """Insert the selected blocks into the selected wire; where no one wire is selected, ask for it."""
        wires = [key for key in self.selected() if key in self.items_scene.wires]
        if len(wires) == 1:
            self.edits.splice(wires[0])
        else:
            self.splice_asked.emit(self.edits.nodes())

    def toggle_snapping(self) -> None:
        """Snap to neighbours when things are moved, or not."""
        self.snapping = not self.snapping
        self.actions_by_id["snapping"].setChecked(self.snapping)

    def go_to_view(self, digit: str) -> None:
        """Look where the view of that digit was kept."""
        self.view_asked.emit(digit)

    def keep_view(self, digit: str) -> None:
        """Keep this view under that digit."""
        self.view_kept.emit(digit)

    # What the engine says.

    def show_reports(self, changed: dict[str, NodeReport], removed: Iterable[str]) -> None:
        """Show shapes, sizes and problems of these nodes."""
        for key in removed:
            self._reports.pop(key, None)
        self._reports.update(changed)
        self.items_scene.set_reports(changed, removed)

    def show_gradients(self, norms: dict[str, float] | None) -> None:
        """Show each node's gradient norm as a bar; None takes the bars away."""
        self._norms = norms
        self.items_scene.set_norms(norms)

    def show_flows(self, flows: dict[str, str] | None) -> None:
        """Write at the wires what flows through them, by `node.port`; None takes it away."""
        self._flows = flows
        self.items_scene.set_flows(flows)

    def show_running(self, keys: Iterable[str]) -> None:
        """Mark the nodes that are trained as they are drawn; a changed one loses its mark."""
        self._running = set(keys)
        self.items_scene.set_running(self._running)

    # Hands.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the gesture that this place and button mean."""
        self._opening = ""
        self.camera.stop()
        self.arranging.glide.end()
        self.hand.press(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture."""
        self.hand.move(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture; a second click that dragged nothing opens."""
        opening, self._opening = self._opening, ""
        dragged = self.hand.gesture.dragging
        self.hand.release(event)
        event.accept()
        if opening in self.items_scene.nodes and not dragged:
            if self.items_scene.nodes[opening].node.of:
                self.nesting.enter(opening)
            else:
                self.activated.emit(opening)
        elif opening in self.items_scene.papers.items and not dragged:
            self.writing.begin(opening)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a node or enter it, write a note, bend a wire; in the empty, ask for a block to add there."""
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = self.mapToScene(event.position().toPoint())
        under = self.thing_under(point)
        if under in self.items_scene.nodes or under in self.items_scene.papers.items:
            self.hand.press(event)
            self._opening = under
        elif under in self.items_scene.wires:
            self.edits.add_dot_at(under, point)
        elif not under:
            self.search_asked.emit(Where(point))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is selected: by the right button, or by the menu key."""
        self.hand.cancel()
        self.menu_asked.emit(event.globalPos())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self.hand.leave()
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A Space that is let go elsewhere is not heard of."""
        self.hand.hold_space(False)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The hand's own keys; the other ones are the actions'."""
        if not self.hand.key(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The drawing is let go with Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hand.hold_space(False)
        else:
            super().keyReleaseEvent(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab asks for a block; Shift+Tab leaves the canvas as everywhere."""
        if not following:
            return super().focusNextPrevChild(following)
        if self.hand.idle:
            self.ask_block()
        return True

    # Things dragged in.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take blocks and files, and nothing else."""
        self._drops.over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the block would be placed."""
        self._drops.over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The block went elsewhere."""
        self._drops.end()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Place the block, or say which files were dropped."""
        self._drops.drop(event)
