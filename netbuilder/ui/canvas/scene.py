"""The items of the canvas: one for each node and wire of the graph, changed edit by edit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QGraphicsView

from netbuilder.blocks import Block
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Frame, Node, Note, Record, Wire, dot_id
from netbuilder.ui.canvas.context import Context, context, owners
from netbuilder.ui.canvas.courses import Courses
from netbuilder.ui.canvas.geometry import Box, Point
from netbuilder.ui.canvas.layers import CardLayer, WireLayer
from netbuilder.ui.canvas.links import Links
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.overview import FAR, NEAR, Overview
from netbuilder.ui.canvas.pills import Pills
from netbuilder.ui.canvas.things import EVERYWHERE, Thing, Things
from netbuilder.ui.canvas.wire_item import DotItem, WireItem

NodeChanges = list[tuple[str, tuple[Node | None, Node | None]]]
WireChanges = list[tuple[str, tuple[Wire | None, Wire | None]]]

MANY_PILLS = 24
THIN = 0.6
MANY = 100


class Scene(Things):
    """Mirrors a graph. It knows what is selected and what is under the mouse, and nothing of gestures."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(look, parent)
        self.selected: set[str] = set()
        self.hovered = ""
        self._crowd = False  # so many wires are selected that their shapes would hide the drawing
        self._serial = 0
        self._wire_layer = WireLayer(EVERYWHERE, self.shared)
        self._node_layer = CardLayer(EVERYWHERE, self.nodes, self.shared)
        for z, layer in enumerate((self._wire_layer, self._node_layer), 1):
            layer.setZValue(z)
            self.addItem(layer)
        self.pills = Pills(self._node_layer, self.rows, self.nodes, self.shared)
        self.courses = Courses(self, self._wire_layer, self._node_layer)
        self.links = Links(self._wire_layer)
        self.overview = Overview(EVERYWHERE, self.nodes, self.wires, self.shared)
        self.overview.setZValue(2)
        self.overview.setVisible(False)
        self.addItem(self.overview)

    # What follows the graph.

    def reset(self, graph: Graph) -> None:
        """Show another graph."""
        old: Edit = {key: (item.node, None) for key, item in self.nodes.items()}
        self._take(old | {key: (item.record, None) for key, item in self.papers.items.items()}, graph)
        self._take({key: (None, record) for key, record in graph.records.items()}, graph)

    def apply(self, edit: Edit, graph: Graph) -> set[str]:
        """Follow an edit, after which the drawing is this. Returns the ids that are gone."""
        return self._take(self._shown(edit, graph), graph)

    def _take(self, edit: Edit, graph: Graph) -> set[str]:
        """Follow an edit of which everything is to be seen."""
        lenders = owners(graph)
        areas: list[Box] = []
        touched: set[str] = set()
        moved: dict[str, Point] = {}
        nodes, wires = self._sort(edit)
        few = len(edit) <= MANY
        self.courses.begin()
        self.expect_change(len(edit))
        for key, (before, _) in wires:
            if before is not None and key in self.wires:
                touched.add(before.target)
                self._drop_wire(key)
        areas += [self._drop_node(key) for key, (_, after) in nodes if after is None]
        for key, (_, after) in nodes:
            if after is None:
                continue
            item = self.nodes.get(key)
            if item is None:
                item = self._add_node(after, graph.type(after), context(graph, after, lenders))
            else:
                if few:
                    areas.append(item.home)
                way = item.set_node(after, graph.type(after), context(graph, after, lenders))
                if way is not None:
                    moved[key] = way
            self.rows.put(key, item.box)
            if few:
                areas.append(item.home)
        touched |= {key for key, (_, after) in nodes if after is not None and key not in moved}
        fresh = {key for key, (_, after) in wires if after is not None}
        for _, (_, wire) in wires:
            if wire is not None:
                self._add_wire(wire)
                touched.add(wire.target)
        touched &= self.nodes.keys()
        self.courses.follow(fresh.union(*(self._at[node] for node in touched)), moved, areas)
        for node in touched:
            self._mark_wrong(node)
        self.pills.arrange()
        gone = {key for key in self.selected if self.thing(key) is None}
        self.selected -= gone
        if self.thing(self.hovered) is None:
            self.hovered = ""
        self._link()
        self.overview.mark(edit)
        self.overview.show_marked()
        return gone

    def _shown(self, edit: Edit, graph: Graph) -> Edit:
        """What of an edit can be seen in the network that is shown."""

        def here(record: Record | None) -> Record | None:
            away = isinstance(record, Node | Note | Frame) and record.network != graph.network
            return None if away else record

        found: Edit = {}
        for key, (before, after) in edit.items():
            if isinstance(before or after, Wire):
                seen = after if isinstance(after, Wire) and after.target in graph.nodes else None
                if key in self.wires or seen is not None:
                    found[key] = (before, seen)
            elif here(before) is not None or here(after) is not None:
                found[key] = (here(before), here(after))
        lenders = owners(graph)
        for key, item in self.nodes.items():  # what a network has inside may have changed, or who shares a layer
            if key in found or key not in graph.nodes:
                continue
            looked_at = item.node.of or item.node.layer or (key in lenders) != item.context.lends
            if looked_at and (context(graph, item.node, lenders), graph.type(item.node)) != (item.context, item.block):
                found[key] = (item.node, item.node)
        return found

    def _sort(self, edit: Edit) -> tuple[NodeChanges, WireChanges]:
        """What an edit does to nodes and to wires; what it does to notes and frames is done."""
        nodes: NodeChanges = []
        wires: WireChanges = []
        papers: Edit = {}
        for key, change in edit.items():
            kind = type(change[0] or change[1])
            if kind is Node:
                nodes.append((key, change))  # type: ignore[arg-type]
            elif kind is Wire:
                wires.append((key, change))  # type: ignore[arg-type]
            else:
                papers[key] = change
        self.papers.apply(papers)
        return nodes, wires

    def _add_node(self, node: Node, block: Block, context: Context) -> NodeItem:
        item = self.nodes[node.id] = NodeItem(node, block, self.shared, context)
        self._serial += 1
        item.serial = self._serial
        self._node_layer.add(item)
        self._at.setdefault(node.id, set())
        return item

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
        self.overview.mark((key,))
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
        self._settled()

    def put(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Show cards elsewhere than their records have them, until they settle."""
        nodes = places.keys() & self.nodes.keys()
        for key in nodes:
            self.nodes[key].put(*places[key])
        self.courses.put(nodes)
        self._settled()

    def settle(self, keys: set[str]) -> None:
        """Have things stand where their records have them, after a preview that came to nothing."""
        self.papers.move(keys & self.papers.items.keys(), 0, 0)
        self.courses.settle(keys)
        self._settled()

    def _settled(self) -> None:
        """Have what hangs on the places of cards follow them."""
        self.pills.arrange()
        self._link()

    def _link(self) -> None:
        """Show who shares a layer with what is selected or under the mouse."""
        self.links.show_of({*self.selected, self.hovered}, self.nodes, self.shared.look)

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
        self.overview.mark(marked)
        self.overview.show_marked()

    def set_norms(self, norms: dict[str, float] | None) -> None:
        """Show gradient norms at the cards; None takes them away."""
        for key, item in self.nodes.items():
            item.set_norm(None if norms is None else norms.get(key))

    def set_flows(self, flows: Mapping[str, str] | None) -> None:
        """Write at the wires what flows through them, by `node.port`; None takes it away."""
        for key, item in self.wires.items():
            flow = (flows or {}).get(f"{item.wire.source}.{item.wire.output}", "")
            if flow != item.flow:
                item.flow = flow
                self._refresh_pill(key)
        self.pills.arrange()

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

    def select(self, keys: Iterable[str]) -> bool:
        """Select exactly these things. Whether that changed anything."""
        wanted = {key for key in keys if self.thing(key) is not None}
        changed = wanted ^ self.selected
        self.selected = wanted
        wires = wanted & self.wires.keys()
        crowd, self._crowd = self._crowd, len(wires) > MANY_PILLS
        for key in changed:
            item = self.thing(key)
            if item is None:
                continue
            item.selected = key in wanted
            self._show_state(key, item)
        for key in wires if crowd != self._crowd else ():
            self._refresh_pill(key)
        if len(changed) > MANY:
            self.shared.pace.settling = True
        if changed:
            self._settled()
            self.overview.mark(changed)
            self.overview.show_marked()
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
        self._settled()

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
        self.overview.mark((key,))
        self._refresh_pill(key)

    def _refresh_pill(self, key: str) -> None:
        """Show or hide the shape at a wire's middle."""
        wire = self.wires.get(key)
        crowd = self._crowd and wire is not None and wire.state == "selected"
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
        self._settled()
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
