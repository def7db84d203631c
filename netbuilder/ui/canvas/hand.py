"""The person's hand on the canvas: which gesture a press begins, and mouse and keys on their way to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from netbuilder.ui.canvas.cutting import CutWires
from netbuilder.ui.canvas.edges import EdgeScroll
from netbuilder.ui.canvas.gestures import Gesture, Idle, Pan, Pointer, RubberBand
from netbuilder.ui.canvas.moving import CopyThings, MoveThings, ResizePaper
from netbuilder.ui.canvas.wiring import PullWire, grip

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

ALT = Qt.KeyboardModifier.AltModifier
GRIP = 6.0


class Hand:
    """Holds one gesture at a time; Space makes the next drag pan, the knife makes it cut."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.gesture: Gesture = Idle(canvas)
        self._pointer: Pointer | None = None
        self._button = Qt.MouseButton.NoButton
        self._space = self._knife = False
        self._edges = EdgeScroll(canvas.viewport(), self._drag_on)

    @property
    def idle(self) -> bool:
        """Whether it holds nothing."""
        return isinstance(self.gesture, Idle)

    @property
    def pointed(self) -> QPointF | None:
        """Where the mouse is in the scene; None while it is elsewhere."""
        return None if self._pointer is None else self._canvas.mapToScene(self._pointer.view)

    def show_cursor(self, cursor: Qt.CursorShape | None) -> None:
        """Show a cursor over the drawing; None the usual one."""
        usual = Qt.CursorShape.ArrowCursor
        if self._space or self._knife:
            usual = Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.CrossCursor
        wanted, viewport = usual if cursor is None else cursor, self._canvas.viewport()
        if viewport.cursor().shape() != wanted:
            viewport.setCursor(wanted)

    def take_knife(self) -> None:
        """Have the next drag cut wires."""
        self._knife = True
        self.show_cursor(None)

    def _begin(self, gesture: Gesture) -> None:
        self.gesture = gesture
        self._edges.follow(None)
        self.show_cursor(None if gesture.cursor == Qt.CursorShape.ArrowCursor else gesture.cursor)

    def go_on(self, gesture: Gesture, pointer: Pointer) -> None:
        """Go on with another gesture, which the first one turned out to be."""
        self._begin(gesture)
        gesture.move(pointer)

    def cancel(self) -> bool:
        """End what it is doing, without a trace. Whether it was doing anything."""
        gesture, knife = self.gesture, self._knife
        self._knife = False
        if isinstance(gesture, Idle):
            self.show_cursor(None)
            return knife
        self._begin(Idle(self._canvas))
        gesture.cancel()
        return True

    def interrupt(self) -> None:
        """The drawing changed underneath: a gesture that began in the other one is called off."""
        if not isinstance(self.gesture, Idle | Pan):
            self.cancel()

    def _point(self, event: QMouseEvent) -> Pointer:
        inverse, _ = self._canvas.viewportTransform().inverted()
        place = event.position()
        self._pointer = Pointer(inverse.map(place), place.toPoint(), event.modifiers())
        return self._pointer

    # The mouse.

    def press(self, event: QMouseEvent) -> None:
        """Begin the gesture that this place and button mean."""
        pointer, canvas = self._point(event), self._canvas
        if not self.idle:
            return
        button = self._button = event.button()
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._space):
            self._begin(Pan(canvas, pointer))
        elif button == Qt.MouseButton.LeftButton:
            self._begin(self._gesture_at(pointer))
        elif button == Qt.MouseButton.RightButton:
            under = canvas.thing_under(pointer.scene)
            if under not in canvas.items_scene.selected:
                canvas.select([under] if under else [])

    def _gesture_at(self, pointer: Pointer) -> Gesture:
        canvas, scene = self._canvas, self._canvas.items_scene
        if self._knife:
            self._knife = False
            return CutWires(canvas, pointer)
        under, node = canvas.thing_under(pointer.scene), scene.node_at(pointer.scene)
        if pointer.modifiers & ALT:
            return self._with_alt(pointer, under)
        port = canvas.port_under(pointer.scene)
        if port is not None and under not in scene.dots:
            return grip(canvas, pointer, port)
        paper, edge = scene.papers.grip_at(pointer.scene, canvas.reach(GRIP))
        if edge and not node:
            return ResizePaper(canvas, pointer, paper, edge)
        if not under:
            return RubberBand(canvas, pointer)
        if under in scene.wires:
            canvas.select(scene.selected ^ {under} if pointer.adding else [under])
            return PullWire(canvas, pointer, under)
        gesture = MoveThings(canvas, pointer, under)  # first, for it notes what was selected before
        if under not in scene.selected:
            canvas.select(scene.selected | {under} if pointer.adding else [under])
        return gesture

    def _with_alt(self, pointer: Pointer, under: str) -> Gesture:
        """Alt drags copies of things; beside them it cuts wires."""
        canvas, scene = self._canvas, self._canvas.items_scene
        if not under or under in scene.wires or under in scene.dots:
            return CutWires(canvas, pointer)
        if under not in scene.selected:
            canvas.select([under])
        return CopyThings(canvas, pointer, under)

    def move(self, event: QMouseEvent) -> None:
        """Go on with the gesture."""
        pointer = self._point(event)
        self.gesture.move(pointer)
        self._edges.follow(pointer.view if self.gesture.dragging else None)

    def _drag_on(self, dx: int, dy: int) -> None:
        """Scroll under the mouse that drags something at the edge."""
        if self._pointer is not None and self.gesture.dragging:
            self._canvas.pan(dx, dy)
            self._pointer = replace(self._pointer, scene=self._canvas.mapToScene(self._pointer.view))
            self.gesture.move(self._pointer)

    def release(self, event: QMouseEvent) -> None:
        """End the gesture."""
        pointer = self._point(event)
        if self.idle or event.button() != self._button:
            return
        self.gesture.move(pointer)
        gesture = self.gesture
        self._begin(Idle(self._canvas))
        gesture.release(pointer)
        self.gesture.move(pointer)

    def leave(self) -> None:
        """The mouse went elsewhere."""
        self._pointer = None
        self._canvas.items_scene.hover("")

    # Keys.

    def key(self, event: QKeyEvent) -> bool:
        """Space takes hold of the drawing, Esc lets go of everything. Whether it was one of them."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.hold_space(True)
        elif event.key() == Qt.Key.Key_Escape:
            if not self.cancel():
                self._canvas.select([])
        else:
            return False
        return True

    def hold_space(self, held: bool) -> None:
        """Space is held, or let go."""
        self._space = held
        if self.idle:
            self.show_cursor(None)
