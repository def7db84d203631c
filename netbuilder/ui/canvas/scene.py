"""The items of the canvas: one for each node and wire of the graph, changed edit by edit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsScene, QGraphicsView

from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node, Wire, dot_id
from netbuilder.ui.canvas.courses import Courses
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.geometry import Box, Point, Rows
from netbuilder.ui.canvas.layers import CardLayer, WireLayer
from netbuilder.ui.canvas.look import NO_PEN, Look
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.note_item import NoteItem
from netbuilder.ui.canvas.overview import FAR, NEAR, Overview
from netbuilder.ui.canvas.papers import Papers
from netbuilder.ui.canvas.pills import Pills
from netbuilder.ui.canvas.shared import PortRef, Shared
from netbuilder.ui.canvas.wire_item import DotItem, WireItem

Thing = NodeItem | WireItem | DotItem | NoteItem | FrameItem

EVERYWHERE = QRectF(-1.5e6, -1.5e6, 3e6, 3e6)
MANY_PILLS = 24
THIN = 0.6
MANY = 100


class Scene(QGraphicsScene):
    """Mirrors a graph. It knows what is selected and what is under the mouse, and nothing of gestures."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(EVERYWHERE, parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.shared = Shared(look)
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[str, WireItem] = {}
        self.dots: dict[str, DotItem] = {}
        self.rows = Rows()
        self.selected: set[str] = set()
        self.hovered = ""
        self._at: dict[str, set[str]] = {}
        self._serial = 0
        self.papers = Papers(self._layer(0), self._layer(1.5), self.shared)
        self._wire_layer = WireLayer(EVERYWHERE, self.shared)
        self._node_layer = CardLayer(EVERYWHERE, self.nodes, self.shared)
        for z, layer in enumerate((self._wire_layer, self._node_layer), 1):
            layer.setZValue(z)
            self.addItem(layer)
        self.pills = Pills(self._node_layer, self.rows, self.nodes, self.shared)
        self.courses = Courses(self, self._wire_layer, self._node_layer)
        self.overview = Overview(EVERYWHERE, self.nodes, self.wires, self.shared)
        self.overview.setZValue(2)
        self.overview.setVisible(False)
        self.addItem(self.overview)

    def _layer(self, z: float) -> QGraphicsRectItem:
        layer = QGraphicsRectItem()
        layer.setPen(NO_PEN)
        layer.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        layer.setZValue(z)
        self.addItem(layer)
        return layer

    # What follows the graph.

    def reset(self, graph: Graph) -> None:
        """Show another graph."""
        old: Edit = {key: (item.node, None) for key, item in self.nodes.items()}
        self.apply(old | {key: (item.record, None) for key, item in self.papers.items.items()})
        self.apply({key: (None, record) for key, record in graph.records.items()})

    def apply(self, edit: Edit) -> set[str]:
        """Follow an edit. Returns the ids that are gone."""
        areas: list[Box] = []
        touched: set[str] = set()
        moved: dict[str, Point] = {}
        few = len(edit) <= MANY
        self.courses.begin()
        self.expect_change(len(edit))
        self.papers.apply(edit)
        for key, (before, after) in edit.items():
            if isinstance(before, Wire) and key in self.wires:
                touched.add(before.target)
                self._drop_wire(key)
            if isinstance(before, Node) and after is None:
                areas.append(self._drop_node(key))
        for key, (_, after) in edit.items():
            if isinstance(after, Node):
                if few and key in self.nodes:
                    areas.append(self.nodes[key].home)
                way = self._put_node(after)
                if way is None:
                    touched.add(key)
                else:
                    moved[key] = way
                if few:
                    areas.append(self.nodes[key].home)
        fresh: set[str] = set()
        for key, (_, after) in edit.items():
            if isinstance(after, Wire):
                self._add_wire(after)
                fresh.add(key)
                touched.add(after.target)
        touched &= self.nodes.keys()
        self.courses.follow(fresh.union(*(self._at[node] for node in touched)), moved, areas)
        for node in touched:
            self._mark_wrong(node)
        self.pills.arrange()
        gone = {key for key in self.selected if self.thing(key) is None}
        self.selected -= gone
        if self.thing(self.hovered) is None:
            self.hovered = ""
        self.overview.renew()
        return gone

    def _put_node(self, node: Node) -> Point | None:
        """Add or change a node's item. How far it moved, if it only moved."""
        item, way = self.nodes.get(node.id), None
        if item is None:
            item = NodeItem(node, self.shared)
            self._serial += 1
            item.serial = self._serial
            self._node_layer.add(item)
            self.nodes[node.id] = item
            self._at.setdefault(node.id, set())
        else:
            way = item.set_node(node)
        self.rows.put(node.id, item.box)
        return way

    def _drop_node(self, key: str) -> Box:
        item = self.nodes.pop(key)
        for wire in tuple(self._at.pop(key, ())):
            self._drop_wire(wire)
        item.refresh()
        self.removeItem(item)
        self.shared.look.pictures.drop(item)
        self.rows.drop(key)
        return item.box

    def _add_wire(self, wire: Wire) -> None:
        item = WireItem(wire, self.nodes[wire.source].category, self.shared)
        item.selected, item.hovered = wire.id in self.selected, wire.id == self.hovered
        item.setParentItem(self._wire_layer)
        self.wires[wire.id] = item
        self._at[wire.source].add(wire.id)
        self._at[wire.target].add(wire.id)
        for i in range(len(wire.via)):
            dot = DotItem(item, i)
            key = dot_id(wire.id, i)
            dot.selected, dot.hovered = key in self.selected, key == self.hovered
            dot.setParentItem(self._wire_layer)
            dot.restyle()
            self.dots[key] = dot
        self._read_shape(item)
        item.restyle()

    def _drop_wire(self, key: str) -> None:
        item = self.wires.pop(key, None)
        if item is None:
            return
        for node in (item.wire.source, item.wire.target):
            self._at.get(node, set()).discard(key)
        self.removeItem(item)
        for i in range(len(item.wire.via)):
            self.removeItem(self.dots.pop(dot_id(key, i)))
        self._refresh_pill(key)

    # The courses of wires.

    def lay_again(self, wire: str) -> None:
        """Set a wire's course by its record."""
        self.courses.lay([wire])
        self.pills.arrange()

    def preview(self, keys: set[str], dx: float, dy: float) -> None:
        """Show things moved by (dx, dy) from where their records have them; the records stay."""
        self.expect_change(len(keys))
        self.papers.move(keys & self.papers.items.keys(), dx, dy)
        self.courses.preview(keys, dx, dy)
        self.pills.arrange()

    def put(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Show cards elsewhere than their records have them, until they settle."""
        nodes = places.keys() & self.nodes.keys()
        for key in nodes:
            self.nodes[key].put(*places[key])
        self.courses.put(nodes)
        self.pills.arrange()

    def settle(self, keys: set[str]) -> None:
        """Have things stand where their records have them, after a preview that came to nothing."""
        self.papers.move(keys & self.papers.items.keys(), 0, 0)
        self.courses.settle(keys)
        self.pills.arrange()

    # What the engine says.

    def set_reports(self, changed: dict[str, NodeReport], removed: Iterable[str]) -> None:
        """Show shapes, sizes and problems."""
        reports: dict[str, NodeReport | None] = {**dict.fromkeys(removed), **changed}
        marked: set[str] = set()
        for key, report in reports.items():
            item = self.nodes.get(key)
            if item is None:
                continue
            item.set_report(report)
            marked.add(key)
            for wire in self._at[key]:
                if self.wires[wire].wire.source == key:
                    self._read_shape(self.wires[wire])
                    marked.add(self.wires[wire].wire.target)
        for key in marked:
            self._mark_wrong(key)
        self.pills.arrange()
        self.overview.renew()

    def set_norms(self, norms: dict[str, float] | None) -> None:
        """Show gradient norms at the cards; None takes them away."""
        for key, item in self.nodes.items():
            item.set_norm(None if norms is None else norms.get(key))

    def set_running(self, keys: Collection[str]) -> None:
        """Mark the nodes that are at work now, and no others."""
        for key, item in self.nodes.items():
            item.set_running(key in keys)

    def expect_change(self, things: int) -> None:
        """Have the views paint all of themselves once where many things change: adding up their areas takes longer."""
        if things > MANY:
            self._node_layer.renew()
            for view in self.views():
                view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)

    def set_vector(self, vector: bool) -> None:
        """Have everything painted in full and as vectors, for files and printers, whatever the view's scale."""
        self.shared.vector = vector
        self.set_scale(1.0)

    def _read_shape(self, item: WireItem) -> None:
        report = self.nodes[item.wire.source].report
        spec = report.outputs.get(item.wire.output) if report else None
        item.text = str(spec) if spec else ""
        self._refresh_pill(item.wire.id)

    def _mark_wrong(self, node: str) -> None:
        """Mark the wires into a node that its problems are about."""
        wrong = {port for problem in self.nodes[node].problems if problem.level == "error" for port in problem.inputs}
        for key in self._at[node]:
            item = self.wires[key]
            if item.wire.target == node and item.wrong != (item.wire.input in wrong):
                item.wrong = not item.wrong
                self._restyle_wire(key)

    # Selection and hover.

    def thing(self, key: str) -> Thing | None:
        """The item of a node, a wire, a reroute dot, a note or a frame."""
        return self.nodes.get(key) or self.wires.get(key) or self.dots.get(key) or self.papers.items.get(key)

    def select(self, keys: Iterable[str]) -> bool:
        """Select exactly these things. Whether that changed anything."""
        wanted = {key for key in keys if self.thing(key) is not None}
        changed = wanted ^ self.selected
        self.selected = wanted
        for key in changed:
            item = self.thing(key)
            if item is None:
                continue
            item.selected = key in wanted
            self._show_state(key, item)
        if changed:
            self.pills.arrange()
            self.overview.renew()
        return bool(changed)

    def hover(self, key: str) -> None:
        """Show what is under the mouse."""
        if key == self.hovered:
            return
        before, self.hovered = self.hovered, key
        for changed in (before, key):
            item = self.thing(changed)
            if item is not None:
                item.hovered = changed == key
                self._show_state(changed, item)
        self.pills.arrange()

    def light(self, wire: str, on: bool) -> None:
        """Show a wire as if the mouse was over it."""
        if wire in self.wires:
            self.wires[wire].hovered = on
            self._restyle_wire(wire)
            self.pills.arrange()

    def _show_state(self, key: str, item: Thing) -> None:
        if isinstance(item, WireItem):
            self._restyle_wire(key)
        elif isinstance(item, DotItem):
            item.restyle()
        elif isinstance(item, NodeItem):
            item.refresh()
        else:
            item.update()

    def _restyle_wire(self, key: str) -> None:
        self.wires[key].restyle()
        self._refresh_pill(key)

    def _refresh_pill(self, key: str) -> None:
        """Show or hide the shape at a wire's middle."""
        wire = self.wires.get(key)
        crowd = len(self.selected) > MANY_PILLS and wire is not None and wire.state == "selected"
        if wire is None or not wire.labelled or crowd:
            self.pills.drop(key)
        else:
            self.pills.show(wire)

    def set_look(self, look: Look) -> None:
        """Paint everything in other colours."""
        self.shared.look = look
        for wire in self.wires.values():
            wire.restyle()
        for dot in self.dots.values():
            dot.restyle()
        for paper in self.papers.items.values():
            paper.update()
        self.pills.move()
        self.pills.arrange()
        self.overview.renew()
        self.update()

    def set_scale(self, scale: float) -> None:
        """Show as much as can be seen at this scale."""
        far = scale < THIN
        if far != self.shared.far:
            self.shared.far = far
            for wire in self.wires.values():
                if not wire.state:
                    wire.restyle()
        for layer in (self._node_layer, self._wire_layer):
            layer.setVisible(scale >= FAR)
        self.pills.set_visible(scale >= NEAR)
        self.overview.setVisible(scale < FAR)

    # What is where.

    def node_at(self, point: QPointF) -> str:
        """The id of the topmost card at a point, or nothing."""
        x, y = point.x(), point.y()
        found = [self.nodes[key] for key, _ in self.rows.touching((x, y, x + 0.1, y + 0.1))]
        return max(found, key=lambda item: (item.selected, item.serial)).node.id if found else ""

    def wire_at(self, point: QPointF, reach: float) -> str:
        """The id of the wire at a point, or nothing."""
        area = QRectF(point.x() - reach / 2, point.y() - reach / 2, reach, reach)
        for item in self.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, WireItem) and item.near(point, reach):
                return item.wire.id
        return ""

    def dot_at(self, point: QPointF, reach: float) -> str:
        """The id of the reroute dot nearest to a point, or nothing."""
        near = [(QLineF(point, dot.pos()).length(), key) for key, dot in self.dots.items()]
        distance, key = min(near, default=(reach + 1, ""))
        return key if distance <= reach else ""

    def port_at(
        self, point: QPointF, radius: float, fits: Callable[[PortRef], bool] = lambda ref: True
    ) -> PortRef | None:
        """The nearest port within `radius` that fits."""
        best, least = None, radius
        x, y = point.x(), point.y()
        for key, _ in self.rows.touching((x - radius, y - radius, x + radius, y + radius)):
            for ref, place in self.nodes[key].port_refs():
                distance = ((place.x() - x) ** 2 + (place.y() - y) ** 2) ** 0.5
                if distance <= least and fits(ref):
                    best, least = ref, distance
        return best

    def wires_at(self, node: str) -> set[str]:
        """The ids of the wires at a node."""
        return set(self._at.get(node, ()))

    def wires_among(self, nodes: Iterable[str]) -> set[str]:
        """The ids of the wires at any of these nodes."""
        return set().union(*[self._at[node] for node in nodes])

    def extent(self, keys: Iterable[str]) -> QRectF:
        """The rectangle around these things."""
        whole = QRectF()
        for key in keys:
            item = self.thing(key)
            if isinstance(item, NodeItem):
                whole = whole.united(item.card)
            elif isinstance(item, NoteItem | FrameItem):
                whole = whole.united(item.area.translated(item.pos()))
            elif item is not None:
                whole = whole.united(item.sceneBoundingRect())
        return whole

    @property
    def empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self.nodes and not self.papers.items

    def everything(self) -> list[str]:
        """The ids of all that is drawn: frames and notes, nodes, wires and their dots."""
        return [*self.papers.items, *self.nodes, *self.wires, *self.dots]
