"""Drawing a wire: which ports it may go to, and the gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Edit, Wire, dot_id
from netbuilder.ui.canvas.geometry import snap, wire_path
from netbuilder.ui.canvas.gestures import Gesture, Pointer
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.shared import PortRef

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

SNAP_REACH = 22.0
ENDS = 0.3


def known_spec(scene: Scene, output: PortRef) -> TensorSpec | None:
    """What is known to come out of that port."""
    report = scene.nodes[output.node].report
    return report.outputs.get(output.name) if report else None


def takes(scene: Scene, output: PortRef, target: PortRef) -> bool:
    """Whether what comes out of one port, as far as known, suits the other."""
    spec, port = known_spec(scene, output), scene.nodes[target.node].port(target)
    return port is not None and (spec is None or port.takes(len(spec.shape), spec.dtype))


def fitting(scene: Scene, graph: Graph, origin: PortRef) -> dict[str, set[PortRef]]:
    """The ports, by node, to which a wire from `origin` may go.

    `commands.connect` refuses circles only, where both ports exist; that is asked here once
    for all ports instead of once for each.
    """
    closed = graph.upstream([origin.node]) if origin.output else graph.downstream([origin.node])
    found: dict[str, set[PortRef]] = {}
    for key, item in scene.nodes.items():
        if key in closed or item.node.network != scene.nodes[origin.node].node.network:
            continue
        refs = {ref for ref, _ in item.port_refs() if ref.output != origin.output}
        fits = {ref for ref in refs if takes(scene, *((origin, ref) if origin.output else (ref, origin)))}
        if fits:
            found[key] = fits
    return found


def grip(canvas: Canvas, start: Pointer, port: PortRef) -> DrawWire:
    """The gesture that begins at a port: from an input that has a wire, its end is taken off."""
    wire = None if port.output else canvas.drawing.wires_into(port.node).get(port.name)
    return DrawWire(canvas, start, port if wire is None else PortRef(wire.source, True, wire.output), wire)


class DrawWire(Gesture):
    """A loose end follows the mouse and catches at ports that fit. `held` is a wire whose one end was taken off."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas, start: Pointer, origin: PortRef, held: Wire | None = None) -> None:
        super().__init__(canvas)
        self._start = start
        self.held = held
        self.origin = origin
        self._moved = False
        self._line: QGraphicsPathItem | None = None

    @property
    def dragging(self) -> bool:
        """Whether there is a loose end."""
        return self._moved

    def move(self, pointer: Pointer) -> None:
        """Draw the loose end, at a port that fits if one is near."""
        if not self._moved:
            if not pointer.far_from(self._start):
                return
            self._begin()
        shared = self.scene.shared
        offer = shared.offer or {}
        snapped = self._target(pointer.scene)
        if snapped != shared.snapped:
            changed = {ref.node for ref in (snapped, shared.snapped) if ref is not None}
            shared.snapped = snapped
            for key in changed & offer.keys():
                self.scene.nodes[key].refresh()
        loose = pointer.scene
        if snapped is not None:
            loose = QPointF(*self.scene.nodes[snapped.node].anchor(snapped.output, snapped.name))
        fixed = self.scene.nodes[self.origin.node].anchor(self.origin.output, self.origin.name)
        ends = (fixed, loose.toTuple()) if self.origin.output else (loose.toTuple(), fixed)
        if self._line is not None:
            self._line.setPath(wire_path(*ends))

    def _begin(self) -> None:
        self._moved = True
        shared = self.scene.shared
        graph = self.canvas.drawing
        if self.held is not None:
            graph = graph.apply(commands.disconnect(graph, [self.held.id]))
            self.scene.wires[self.held.id].setVisible(False)
        shared.origin = self.origin
        shared.offer = fitting(self.scene, graph, self.origin)
        self.scene.hover("")
        self._line = QGraphicsPathItem()
        self._line.setPen(QPen(shared.look.accent, 2.2, c=Qt.PenCapStyle.RoundCap))
        self._line.setZValue(4)
        self.scene.addItem(self._line)
        self.canvas.viewport().update()

    def _target(self, point: QPointF) -> PortRef | None:
        """The port where the wire would end: one that fits nearby, or the only one free of the card below."""
        offer = self.scene.shared.offer or {}
        near = self.scene.port_at(point, SNAP_REACH, lambda ref: ref in offer.get(ref.node, ()))
        if near is not None:
            return near
        fits = offer.get(self.scene.node_at(point), set())
        graph = self.canvas.drawing
        free = [ref for ref in fits if ref.output or not self._taken(graph, ref)]
        return free[0] if len(free) == 1 else None

    def _taken(self, graph: Graph, ref: PortRef) -> bool:
        held = self.held is not None and (self.held.target, self.held.input) == (ref.node, ref.name)
        return commands.occupied(graph, ref.node, ref.name) and not held

    def release(self, pointer: Pointer) -> None:
        """Connect; in the empty, take the held wire away; at a port that does not fit, say why.

        A click selects the wires at the port: between neighbours there is no other place to hit them.
        """
        if not self._moved:
            self._select_wires()
            return
        snapped = self._target(pointer.scene)
        self._end()
        canvas, graph = self.canvas, self.canvas.drawing
        if snapped is not None:
            canvas.edits.do(lambda: self._connected(graph, snapped), self._label(snapped))
            return
        missed = self._missed(pointer.scene)
        if missed is not None:
            canvas.refused.emit(missed.sentence)
        elif self.scene.node_at(pointer.scene):
            return
        elif self.held is not None:
            canvas.edits.remove_wires([self.held.id])
        else:
            canvas.ask(self.origin, pointer.scene)

    def _select_wires(self) -> None:
        canvas, chosen = self.canvas, self.scene.selected
        if self.held is not None:
            wires = {self.held.id}
        else:
            on = canvas.drawing.wires_out_of(self.origin.node) if self.origin.output else []
            wires = {wire.id for wire in on if wire.output == self.origin.name}
        if wires:
            canvas.select(chosen | wires if self._start.adding else wires)

    def _connected(self, graph: Graph, to: PortRef) -> Edit:
        start, end = (self.origin, to) if self.origin.output else (to, self.origin)
        if self.held is None:
            return commands.connect(graph, start.node, start.name, end.node, end.name)
        held = self.held
        if (held.source, held.output, held.target, held.input) == (start.node, start.name, end.node, end.name):
            return {}
        off = commands.disconnect(graph, [held.id])
        return compose(off, commands.connect(graph.apply(off), start.node, start.name, end.node, end.name))

    def _label(self, to: PortRef) -> str:
        names = [self.scene.nodes[ref.node].node.name for ref in (self.origin, to)]
        source, target = names if self.origin.output else reversed(names)
        return self.canvas.tr("Connect {source} to {target}").format(source=source, target=target)

    def _missed(self, point: QPointF) -> Refused | None:
        """Why the wire cannot end where it was dropped; None in the empty, or where any end is as good as another."""
        to = self.scene.port_at(point, SNAP_REACH, lambda ref: ref.node != self.origin.node)
        key = to.node if to is not None else self.scene.node_at(point)
        if not key or key == self.origin.node:
            return None
        item = self.scene.nodes[key]
        if to is None or to.output == self.origin.output:
            refs = [ref for ref, _ in item.port_refs() if ref.output != self.origin.output]
            if not refs:
                text = "{node} has no input." if self.origin.output else "{node} has no output."
                return Refused(text, node=item.node.name)
            to = refs[0]
            if len(refs) > 1 and any(self._reason(ref) is None for ref in refs):
                return Refused("{node} has several ports: drop the wire on one of them.", node=item.node.name)
        return self._reason(to)

    def _reason(self, to: PortRef) -> Refused | None:
        graph = self.canvas.drawing
        try:
            self._connected(graph, to)
        except Refused as refused:
            return refused
        start, end = (self.origin, to) if self.origin.output else (to, self.origin)
        if takes(self.scene, start, end):
            return None
        return Refused(
            "{node} does not take {shape} {dtype} at {port}.",
            node=self.scene.nodes[end.node].node.name,
            shape=str(known_spec(self.scene, start)),
            dtype=spec.dtype if (spec := known_spec(self.scene, start)) else "",
            port=end.name,
        )

    def cancel(self) -> None:
        """Leave all wires as they were."""
        if self._moved:
            self._end()

    def _end(self) -> None:
        shared = self.scene.shared
        shared.origin = shared.offer = shared.snapped = None
        if self._line is not None:
            self.scene.removeItem(self._line)
            self._line = None
        if self.held is not None and self.held.id in self.scene.wires:
            self.scene.wires[self.held.id].setVisible(True)
        self.canvas.viewport().update()


class PullWire(Gesture):
    """A wire is pulled: near one of its ends that end comes off, in between the wire bends around a new dot."""

    def __init__(self, canvas: Canvas, start: Pointer, wire: str) -> None:
        super().__init__(canvas)
        self._start, self._wire = start, wire

    def move(self, pointer: Pointer) -> None:
        """Once it is a drag, go on as the gesture that is meant."""
        if not pointer.far_from(self._start):
            return
        canvas, item = self.canvas, self.scene.wires[self._wire]
        along, index = item.nearest(self._start.scene)
        wire = item.wire
        if ENDS < along < 1 - ENDS:
            canvas.hand.go_on(BendWire(canvas, self._start, wire, index), pointer)
        else:
            ends = PortRef(wire.source, True, wire.output), PortRef(wire.target, False, wire.input)
            canvas.hand.go_on(DrawWire(canvas, self._start, ends[along <= ENDS], wire), pointer)


class BendWire(Gesture):
    """A new reroute dot follows the mouse."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, canvas: Canvas, start: Pointer, wire: Wire, index: int) -> None:
        super().__init__(canvas)
        self._wire, self._index = wire, index
        self._place: tuple[int, int] | None = None

    @property
    def dragging(self) -> bool:
        """Whether the wire is bent."""
        return self._place is not None

    def move(self, pointer: Pointer) -> None:
        """Show the wire led through where the mouse is."""
        self._place = snap(pointer.scene.x()), snap(pointer.scene.y())
        via = [*self._wire.via[: self._index], self._place, *self._wire.via[self._index :]]
        self.scene.wires[self._wire.id].lay(*self.scene.wires[self._wire.id].ends, None, tuple(via))

    def release(self, pointer: Pointer) -> None:
        """Keep the dot."""
        place, canvas = self._place, self.canvas
        if place is not None:
            graph, wire = canvas.drawing, self._wire.id
            label = canvas.tr("Add reroute dot")
            if canvas.edits.do(lambda: commands.add_dot(graph, wire, self._index, *place), label):
                canvas.select([dot_id(wire, self._index)])

    def cancel(self) -> None:
        """Have the wire as it was."""
        self.scene.lay_again(self._wire.id)
