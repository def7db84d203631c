"""The items of the canvas: one for each node and wire of the graph, changed edit by edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsScene

from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node, Wire
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, GRID, Box, Rows, find_lane
from netbuilder.ui.canvas.look import NO_PEN, Look
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.overview import FAR, NEAR, Overview
from netbuilder.ui.canvas.shared import PortRef, Shared
from netbuilder.ui.canvas.wire_item import PillItem, WireItem
from netbuilder.ui.canvas.wrong import wrong_inputs

EVERYWHERE = QRectF(-1.5e6, -1.5e6, 3e6, 3e6)
MANY_WIRES = 48
MANY_AREAS = 16
MANY_PILLS = 24


class Scene(QGraphicsScene):
    """Mirrors a graph. It knows what is selected and what is under the mouse, and nothing of gestures."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(EVERYWHERE, parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.shared = Shared(look)
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[str, WireItem] = {}
        self.rows = Rows()
        self.selected: set[str] = set()
        self.hovered = ""
        self._at: dict[str, set[str]] = {}
        self._pills: dict[str, PillItem] = {}
        self._serial = 0
        self._wire_layer, self._node_layer = self._layer(1), self._layer(2)
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
        self.apply({key: (item.node, None) for key, item in self.nodes.items()})
        edit: Edit = {key: (None, node) for key, node in graph.nodes.items()}
        edit.update({key: (None, wire) for key, wire in graph.wires.items()})
        self.apply(edit)

    def apply(self, edit: Edit) -> set[str]:
        """Follow an edit. Returns the ids that are gone."""
        areas: list[Box] = []
        touched: set[str] = set()
        for key, (before, after) in edit.items():
            if isinstance(before, Wire) and key in self.wires:
                touched.add(before.target)
                self._drop_wire(key)
            if isinstance(before, Node) and after is None:
                areas.append(self._drop_node(key))
        for key, (_, after) in edit.items():
            if isinstance(after, Node):
                areas.extend(self._put_node(after))
                touched.add(key)
        fresh: set[str] = set()
        for key, (_, after) in edit.items():
            if isinstance(after, Wire):
                self._add_wire(after)
                fresh.add(key)
                touched.add(after.target)
        for node in touched & self.nodes.keys():
            fresh |= self._at[node]
        self._lay(fresh | self._passing(areas))
        for node in touched & self.nodes.keys():
            self._mark_wrong(node)
        gone = {key for key, (_, after) in edit.items() if after is None} & self.selected
        self.selected -= gone
        if self.hovered not in self.nodes and self.hovered not in self.wires:
            self.hovered = ""
        self.overview.renew()
        return gone

    def _put_node(self, node: Node) -> list[Box]:
        """Add or change a node's item. Returns the places where cards came or went."""
        item = self.nodes.get(node.id)
        before = None if item is None else item.home
        if item is None:
            item = NodeItem(node, self.shared)
            self._serial += 1
            item.serial = self._serial
            item.setParentItem(self._node_layer)
            self.nodes[node.id] = item
            self._at.setdefault(node.id, set())
        else:
            item.set_node(node)
        self.rows.put(node.id, item.box)
        return [box for box in (before, item.box) if box is not None and before != item.box]

    def _drop_node(self, key: str) -> Box:
        item = self.nodes.pop(key)
        for wire in tuple(self._at.pop(key, ())):
            self._drop_wire(wire)
        self.removeItem(item)
        self.rows.drop(key)
        return item.box

    def _add_wire(self, wire: Wire) -> None:
        item = WireItem(wire, self.nodes[wire.source].category, self.shared)
        item.selected = wire.id in self.selected
        item.setParentItem(self._wire_layer)
        self.wires[wire.id] = item
        self._at[wire.source].add(wire.id)
        self._at[wire.target].add(wire.id)
        self._read_shape(item)
        item.restyle()

    def _drop_wire(self, key: str) -> None:
        item = self.wires.pop(key, None)
        if item is None:
            return
        for node in (item.wire.source, item.wire.target):
            self._at.get(node, set()).discard(key)
        self.removeItem(item)
        self._refresh_pill(key)

    # The courses of wires.

    def _lay(self, keys: Iterable[str], route: bool = True) -> None:
        """Set the courses of these wires."""
        for key in keys:
            item = self.wires[key]
            wire = item.wire
            start = self.nodes[wire.source].anchor(True, wire.output)
            end = self.nodes[wire.target].anchor(False, wire.input)
            ends = (wire.source, wire.target)
            item.lay(start, end, find_lane(self.rows, start, end, ends) if route else None)
            if key in self._pills:
                self._pills[key].show_wire(item)

    def _passing(self, areas: list[Box]) -> set[str]:
        """The wires whose course may change because a card came to one of these areas, or left it."""
        if len(areas) > MANY_AREAS:
            return set(self.wires)
        found = set()
        for key, item in self.wires.items():
            (x0, top), (x1, bottom) = item.ends
            if bottom - top < CARD_HEIGHT:
                continue
            lane = x0 if item.lane is None else item.lane
            left, right = min(x0, x1, lane) - 3 * GRID, max(x0, x1, lane) + 3 * GRID
            if any(box[0] < right and box[2] > left and box[1] < bottom and box[3] > top for box in areas):
                found.add(key)
        return found

    def preview(self, keys: set[str], dx: float, dy: float) -> None:
        """Show nodes moved by (dx, dy) from where their records have them; the records stay."""
        step_x = step_y = 0.0
        inner, outer = self._carried(keys)
        few = len(keys) <= MANY_AREAS and self.overview.isVisible()
        area = self.extent(keys | inner | outer) if few else QRectF()
        for key in keys:
            item = self.nodes[key]
            left, top = item.box[:2]
            x, y = item.node.x + dx, item.node.y + dy
            step_x, step_y = x - left, y - top
            item.put(x, y)
            self.rows.put(key, item.box)
        for key in inner:
            self.wires[key].shift(step_x, step_y)
            if key in self._pills:
                self._pills[key].show_wire(self.wires[key])
        self._lay(outer, route=len(outer) <= MANY_WIRES)
        margin = 2 * GRID
        after = self.extent(keys | inner | outer) if few else QRectF()
        self.overview.renew(after.united(area).adjusted(-margin, -margin, margin, margin) if few else None)

    def _carried(self, keys: set[str]) -> tuple[set[str], set[str]]:
        """The wires that have both ends, and those that have one, at these nodes."""
        inner: set[str] = set()
        outer: set[str] = set()
        for node in keys:
            for key in self._at[node]:
                wire = self.wires[key].wire
                (inner if wire.source in keys and wire.target in keys else outer).add(key)
        return inner, outer

    def settle(self, keys: set[str]) -> None:
        """Have nodes stand where their records have them, after a preview that came to nothing."""
        areas: list[Box] = []
        wires: set[str] = set()
        for key in keys & self.nodes.keys():
            item = self.nodes[key]
            item.put(item.node.x, item.node.y)
            areas.append(item.box)
            self.rows.put(key, item.box)
            wires |= self._at[key]
        self._lay(wires | self._passing(areas))
        self.overview.renew()

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
        self.overview.renew()

    def set_norms(self, norms: dict[str, float] | None) -> None:
        """Show gradient norms at the cards; None takes them away."""
        for key, item in self.nodes.items():
            item.set_norm(None if norms is None else norms.get(key))

    def _read_shape(self, item: WireItem) -> None:
        report = self.nodes[item.wire.source].report
        spec = report.outputs.get(item.wire.output) if report else None
        item.text = str(spec) if spec else ""
        self._refresh_pill(item.wire.id)

    def _mark_wrong(self, node: str) -> None:
        """Mark the wires into a node that its problems are about."""
        into = {self.wires[key].wire.input: key for key in self._at[node] if self.wires[key].wire.target == node}
        wrong = wrong_inputs(self.nodes[node], {port: self.wires[key] for port, key in into.items()}, self.nodes)
        for port, key in into.items():
            if self.wires[key].wrong != (port in wrong):
                self.wires[key].wrong = port in wrong
                self._restyle_wire(key)

    # Selection and hover.

    def select(self, keys: Iterable[str]) -> bool:
        """Select exactly these nodes and wires. Whether that changed anything."""
        wanted = {key for key in keys if key in self.nodes or key in self.wires}
        changed = wanted ^ self.selected
        self.selected = wanted
        for key in changed:
            node = self.nodes.get(key)
            if node is not None:
                node.selected = key in wanted
                node.setZValue(1 if node.selected else 0)
                node.update()
            elif key in self.wires:
                self.wires[key].selected = key in wanted
        for key in changed & self.wires.keys():
            self._restyle_wire(key)
        if changed:
            self.overview.renew()
        return bool(changed)

    def hover(self, key: str) -> None:
        """Show what is under the mouse."""
        if key == self.hovered:
            return
        before, self.hovered = self.hovered, key
        for changed in (before, key):
            if changed in self.nodes:
                self.nodes[changed].hovered = changed == key
                self.nodes[changed].update()
            elif changed in self.wires:
                self.wires[changed].hovered = changed == key
                self._restyle_wire(changed)

    def _restyle_wire(self, key: str) -> None:
        self.wires[key].restyle()
        self._refresh_pill(key)

    def _refresh_pill(self, key: str) -> None:
        """Show or hide the shape at a wire's middle."""
        wire = self.wires.get(key)
        crowd = len(self.selected) > MANY_PILLS and wire is not None and wire.state == "selected"
        if wire is None or not wire.labelled or crowd:
            pill = self._pills.pop(key, None)
            if pill is not None:
                self.removeItem(pill)
            return
        if key not in self._pills:
            self._pills[key] = PillItem(self.shared)
            self._pills[key].setParentItem(self._node_layer)
        self._pills[key].show_wire(wire)

    def set_look(self, look: Look) -> None:
        """Paint everything in other colours."""
        self.shared.look = look
        for wire in self.wires.values():
            wire.restyle()
        for key in tuple(self._pills):
            self._refresh_pill(key)
        self.overview.renew()
        self.update()

    def set_scale(self, scale: float) -> None:
        """Show as much as can be seen at this scale."""
        self._node_layer.setVisible(scale >= NEAR)
        self._wire_layer.setVisible(scale >= FAR)
        self.overview.setVisible(scale < NEAR)

    # What is where.

    def node_at(self, point: QPointF) -> str:
        """The id of the topmost card at a point, or nothing."""
        x, y = point.x(), point.y()
        found = [self.nodes[key] for key, _ in self.rows.touching((x, y, x + 0.1, y + 0.1))]
        return max(found, key=lambda item: (item.zValue(), item.serial)).node.id if found else ""

    def wire_at(self, point: QPointF, reach: float) -> str:
        """The id of the wire at a point, or nothing."""
        area = QRectF(point.x() - reach / 2, point.y() - reach / 2, reach, reach)
        for item in self.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, WireItem) and item.near(point, reach):
                return item.wire.id
        return ""

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

    def extent(self, keys: Iterable[str]) -> QRectF:
        """The rectangle around these nodes and wires."""
        whole = QRectF()
        for key in keys:
            node, wire = self.nodes.get(key), self.wires.get(key)
            if node is not None:
                whole = whole.united(node.card)
            elif wire is not None:
                whole = whole.united(wire.sceneBoundingRect())
        return whole
