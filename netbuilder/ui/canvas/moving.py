"""Gestures that move things: cards with guide lines and into wires, copies of them, and edges of notes and frames."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem

from netbuilder.graph import arrange, clipboard, commands, notes
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Edit, Frame, Note, dot_of
from netbuilder.ui.canvas import copying
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, GRID, Box, card_box, snap
from netbuilder.ui.canvas.gestures import CURSORS, Gesture, Pointer
from netbuilder.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

SNAP = 6.0
FEW = 24
MOST_NEIGHBOURS = 300
FREE = Qt.KeyboardModifier.ControlModifier


class MoveThings(Gesture):
    """What is selected follows the mouse on the grid and along its neighbours; the records follow once, at the end."""

    def __init__(self, canvas: Canvas, start: Pointer, key: str) -> None:
        super().__init__(canvas)
        self._start = start
        self._key = key
        self._chosen = key in canvas.items_scene.selected
        self.moving: set[str] = set()
        self.step = (0, 0)
        self._area: arrange.Box | None = None
        self._others: list[arrange.Box] = []
        self._guides: QGraphicsPathItem | None = None
        self._wire = ""

    @property
    def dragging(self) -> bool:
        """Whether things have left their places."""
        return bool(self.moving)

    def move(self, pointer: Pointer) -> None:
        """Show the things at their new places."""
        if not self.moving:
            if not pointer.far_from(self._start):
                return
            self._begin()
        way = pointer.scene - self._start.scene
        step = self._snapped(way.x(), way.y(), pointer)
        if step != self.step:
            self.step = step
            self._show()
            self._aim(pointer.scene)

    def _begin(self) -> None:
        graph = self.canvas.drawing
        self.moving = carried(self.canvas.drawing, self.scene.selected | {self._key})
        self.canvas.hand.show_cursor(Qt.CursorShape.SizeAllCursor)
        boxes = [card_box(graph, graph.nodes[key]) for key in self.moving if key in graph.nodes]
        papers = [graph.notes.get(key) or graph.frames.get(key) for key in self.moving]
        boxes += [(p.x, p.y, p.x + p.width, p.y + p.height) for p in papers if p is not None]
        if boxes and self.canvas.snapping:
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            self._area = min(lefts), min(tops), max(rights), max(bottoms)
            self._others = self._neighbours()

    def _neighbours(self) -> list[arrange.Box]:
        """The cards in view that stay where they are."""
        view = self.canvas.mapToScene(self.canvas.viewport().rect()).boundingRect()
        shown = self.scene.rows.touching((view.left(), view.top(), view.right(), view.bottom()))
        found = [(round(a), round(b), round(c), round(d)) for key, (a, b, c, d) in shown if key not in self.moving]
        return found if len(found) <= MOST_NEIGHBOURS else []

    def _snapped(self, dx: float, dy: float, pointer: Pointer) -> tuple[int, int]:
        """How far things move: to the grid, or in line with a neighbour that is near; with Ctrl freely."""
        self._draw_guides(())
        if pointer.modifiers & FREE:
            return round(dx), round(dy)
        x, y = self._home()
        step = snap(x + dx) - x, snap(y + dy) - y
        if self._area is None:
            return step
        left, top, right, bottom = self._area
        moved = (left + round(dx), top + round(dy), right + round(dx), bottom + round(dy))
        found = arrange.snap_lines(moved, self._others, SNAP / self.canvas.camera.scale)
        self._draw_guides(found.lines)
        return (
            step[0] if found.dx is None else round(dx) + round(found.dx),
            step[1] if found.dy is None else round(dy) + round(found.dy),
        )

    def _home(self) -> tuple[int, int]:
        """Where the thing under the mouse has its corner, which comes to lie on the grid."""
        graph = self.canvas.drawing
        record = graph.nodes.get(self._key) or graph.notes.get(self._key) or graph.frames.get(self._key)
        if record is not None:
            return record.x, record.y
        dot = dot_of(self._key)
        assert dot is not None
        return graph.wires[dot[0]].via[dot[1]]

    def _draw_guides(self, lines: tuple[tuple[tuple[float, float], tuple[float, float]], ...]) -> None:
        if self._guides is None:
            if not lines:
                return
            self._guides = QGraphicsPathItem()
            pen = QPen(self.scene.shared.look.accent, 1, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            self._guides.setPen(pen)
            self._guides.setZValue(8)
            self.scene.addItem(self._guides)
        path = QPainterPath()
        for start, end in lines:
            path.moveTo(*start)
            path.lineTo(*end)
        self._guides.setPath(path)

    def _show(self) -> None:
        self.scene.preview(self.moving, *self.step)

    def _nodes(self) -> set[str]:
        return self.moving & self.scene.nodes.keys()

    def _aim(self, mouse: QPointF) -> None:
        """Light up the wire, below the card's middle or the mouse, into which the cards would be inserted."""
        nodes, wire = self._nodes(), ""
        if 0 < len(nodes) <= FEW and self._key in nodes:
            below = self.canvas.edits.wire_below
            wire = below(self.scene.nodes[self._key].card.center(), nodes) or below(mouse, nodes)
        if wire != self._wire:
            self._wire = wire if wire and self.canvas.edits.spliced(self.canvas.drawing, wire, nodes) else ""
            self.scene.hover(self._wire)

    def release(self, pointer: Pointer) -> None:
        """Move the records; without a move it was a click, which selects the one thing."""
        canvas = self.canvas
        self._tidy_up()
        if not self.moving:
            if not self._start.adding:
                canvas.select([self._key])
            elif self._chosen:
                canvas.select(self.scene.selected - {self._key})
            return
        graph, nodes, wire = canvas.drawing, self._nodes(), self._wire

        def make() -> Edit:
            edit = commands.shift(graph, self.moving, *self.step)
            return compose(edit, canvas.edits.spliced(graph.apply(edit), wire, nodes)) if wire else edit

        label = canvas.tr("Insert into wire") if wire else canvas.edits.label("move", self.scene.selected)
        if not canvas.edits.do(make, label):
            self.scene.settle(self.moving)

    def cancel(self) -> None:
        """Put everything back."""
        self._tidy_up()
        if self.moving:
            self.scene.settle(self.moving)

    def _tidy_up(self) -> None:
        self.scene.hover("")
        if self._guides is not None:
            self.scene.removeItem(self._guides)
            self._guides = None


class CopyThings(MoveThings):
    """Copies of what is selected follow the mouse; what was selected stays."""

    def __init__(self, canvas: Canvas, start: Pointer, key: str) -> None:
        super().__init__(canvas, start, key)
        self._ghosts: QGraphicsRectItem | None = None
        self._text = ""

    def _begin(self) -> None:
        super()._begin()
        graph = self.canvas.drawing
        self._text = clipboard.copy(graph, self.moving)
        self._ghosts = QGraphicsRectItem()
        self._ghosts.setFlag(QGraphicsRectItem.GraphicsItemFlag.ItemHasNoContents)
        self._ghosts.setOpacity(0.6)
        self._ghosts.setZValue(8)
        for key in self._nodes():
            NodeItem(graph.nodes[key], graph.type(graph.nodes[key]), self.scene.shared).setParentItem(self._ghosts)
        self.scene.addItem(self._ghosts)

    def _show(self) -> None:
        if self._ghosts is not None:
            self._ghosts.setPos(*self.step)

    def _aim(self, mouse: QPointF) -> None:
        """Copies are not inserted."""

    def release(self, pointer: Pointer) -> None:
        """Put the copies in."""
        self._tidy_up()
        if self.moving:
            self._drop_ghosts()
            copying.insert_moved(self.canvas, self._text, *self.step)

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._tidy_up()
        self._drop_ghosts()

    def _drop_ghosts(self) -> None:
        if self._ghosts is not None:
            self.scene.removeItem(self._ghosts)
            self._ghosts = None


def carried(graph: Graph, keys: Collection[str]) -> set[str]:
    """The things that move when these are moved: those that can, and what lies in frames among them."""
    found = {key for key in keys if key not in graph.wires}
    frames = [graph.frames[key] for key in keys if key in graph.frames]
    if frames:
        boxes: dict[str, Box] = {key: card_box(graph, node) for key, node in graph.nodes.items()}
        for frame in frames:
            found |= notes.held(graph, frame, boxes)
    return found


class ResizePaper(Gesture):
    """An edge or a corner of a note or a frame follows the mouse."""

    def __init__(self, canvas: Canvas, start: Pointer, key: str, grip: str) -> None:
        super().__init__(canvas)
        self.cursor = CURSORS[grip]
        self._start, self._key, self._grip = start, key, grip
        self._area: tuple[int, int, int, int] | None = None

    @property
    def dragging(self) -> bool:
        """Whether the edge has left its place."""
        return self._area is not None

    def move(self, pointer: Pointer) -> None:
        """Show the note or frame in its new size."""
        if self._area is None and not pointer.far_from(self._start):
            return
        record = self._record()
        left, top, right, bottom = record.x, record.y, record.x + record.width, record.y + record.height
        dx, dy = (snap(value) for value in (pointer.scene - self._start.scene).toTuple())
        least = CARD_HEIGHT + 2 * GRID if isinstance(record, Frame) else CARD_HEIGHT
        if "w" in self._grip:
            left = min(left + dx, right - least)
        if "e" in self._grip:
            right = max(right + dx, left + least)
        if "n" in self._grip:
            top = min(top + dy, bottom - least)
        if "s" in self._grip:
            bottom = max(bottom + dy, top + least)
        self._area = (left, top, right, bottom)
        self.scene.papers.show_area(self._key, left, top, right, bottom)

    def release(self, pointer: Pointer) -> None:
        """Set the record's size."""
        if self._area is not None:
            self._restore()
            self.canvas.annotating.resize(self._key, self._area)

    def cancel(self) -> None:
        """Have the old size."""
        if self._area is not None:
            self._restore()

    def _record(self) -> Note | Frame:
        record = self.canvas.drawing.records[self._key]
        assert isinstance(record, Note | Frame)
        return record

    def _restore(self) -> None:
        record = self._record()
        self.scene.papers.apply({self._key: (record, record)})
