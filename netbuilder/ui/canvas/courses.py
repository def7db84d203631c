"""Where wires run, as cards come, go and are dragged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.graph.commands import dots_by_wire
from netbuilder.graph.records import dot_id
from netbuilder.ui.canvas.carrier import Carrier
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, GRID, Box, Point, find_lane

if TYPE_CHECKING:
    from netbuilder.ui.canvas.layers import CardLayer
    from netbuilder.ui.canvas.scene import Scene
    from netbuilder.ui.canvas.wire_item import WireItem

MANY_WIRES = 48
MANY_CARDS = 16
AT_ONCE = 2000
SLICE = 0.003
PAUSE = 60


class Courses:
    """Lays the wires of a scene.

    To find a wire's way past the cards takes longer than to draw it. Where one move changes many, they are laid
    straight at once and led around cards a little later, some in each turn of the event loop.
    """

    def __init__(self, scene: Scene, wire_layer: QGraphicsItem, node_layer: CardLayer) -> None:
        self._scene = scene
        self._bent: dict[str, tuple[Point, ...]] = {}
        self._carrier = Carrier(wire_layer, node_layer)
        self._waiting: dict[str, None] = {}
        self._timer = QTimer(scene)
        self._timer.timeout.connect(self._route_some)

    def begin(self) -> None:
        """The records change: nothing is held any more."""
        self._bent.clear()
        if self._carrier.nodes:
            self._carrier.unload()
            self._scene.overview.carry(set(), set(), set())

    def lay(self, keys: Iterable[str], route: bool = True, light: bool = False) -> None:
        """Set the courses of these wires."""
        scene, keys = self._scene, list(keys)
        scene.overview.mark(keys)
        for key in keys:
            item = scene.wires[key]
            wire = item.wire
            start, end = self._anchor(wire.source, True, wire.output), self._anchor(wire.target, False, wire.input)
            via = self._bent.get(key, wire.via)
            lane = find_lane(scene.rows, start, end, (wire.source, wire.target)) if route and not via else None
            item.lay(start, end, lane, via)
            self._follow_dots(item)
            item.set_light(light)
        scene.pills.move()

    def _anchor(self, node: str, output: bool, port: str) -> Point:
        x, y = self._scene.nodes[node].anchor(output, port)
        if node in self._carrier.nodes:
            return x + self._carrier.way[0], y + self._carrier.way[1]
        return x, y

    def _follow_dots(self, item: WireItem) -> None:
        for i in range(len(item.via)):
            self._scene.dots[dot_id(item.wire.id, i)].follow()

    def follow(self, fresh: set[str], moved: Mapping[str, Point], areas: list[Box]) -> None:
        """Lay what an edit changed: new wires, and those at or near cards that moved by so much."""
        scene = self._scene
        changed = fresh | scene.wires_among(moved)
        if len(moved) <= MANY_CARDS:
            self.lay(changed | self.passing(areas), route=len(changed) <= AT_ONCE)
            if len(changed) > AT_ONCE:
                self._route_later(changed)
            return
        scene.shared.pace.hasten()
        scene.overview.mark(changed)
        loose, wires, away = [], scene.wires, moved.get
        for key in changed:
            item = wires[key]
            wire = item.wire
            way = away(wire.source)
            if way is None or way != away(wire.target) or wire.via or key in fresh:
                loose.append(key)
            else:
                item.shift(*way)
        few = len(loose) <= MANY_WIRES
        self.lay(loose, route=few, light=not few)
        scene.pills.move()
        self._route_later(scene.wires)

    def _route_later(self, keys: Iterable[str]) -> None:
        self._waiting.update(dict.fromkeys(keys))
        self._timer.start(PAUSE)

    def _route_some(self) -> None:
        """Lead some more wires around cards."""
        end = perf_counter() + SLICE
        self._timer.setInterval(0)
        if self._carrier.nodes:
            self._timer.setInterval(PAUSE)
            return
        while self._waiting and perf_counter() < end:
            key, _ = self._waiting.popitem()
            if key in self._scene.wires:
                self.lay((key,))
        self._scene.pills.arrange()
        if not self._waiting:
            self._timer.stop()
            self._scene.overview.show_marked()

    def put(self, nodes: set[str]) -> None:
        """Follow cards that stand elsewhere than their records have them."""
        self.lay(self._scene.wires_among(nodes), route=False)
        self._scene.overview.mark(nodes)
        self._scene.overview.show_marked()

    def passing(self, areas: list[Box]) -> set[str]:
        """The wires whose course may change because a card came to one of these areas, or left it."""
        wires = self._scene.wires
        if len(areas) > 2 * MANY_CARDS:
            return set(wires)
        found = set()
        for key, item in wires.items():
            (x0, top), (x1, bottom) = item.ends
            if bottom - top < CARD_HEIGHT:
                continue
            left, right = min(x0, x1) - 3 * GRID, max(x0, x1) + 3 * GRID
            if item.lane is not None:  # another side of what is in its way may be nearer now
                left, right = -inf, inf
            if any(box[0] < right and box[2] > left and box[1] < bottom and box[3] > top for box in areas):
                found.add(key)
        return found

    def preview(self, keys: set[str], dx: float, dy: float) -> None:
        """Show nodes and dots moved by (dx, dy) from where their records have them; the records stay."""
        nodes = keys & self._scene.nodes.keys()
        if len(nodes) > MANY_CARDS:
            self._carry(keys, nodes, dx, dy)
            return
        scene, overview = self._scene, self._scene.overview
        step_x = step_y = 0.0
        inner, outer = self._at_nodes(nodes)
        outer |= self._bend(keys, inner, dx, dy)
        seen = overview.isVisible()
        area = scene.extent(nodes | inner | outer) if seen else QRectF()
        for key in nodes:
            item = scene.nodes[key]
            left, top = item.box[:2]
            x, y = item.node.x + dx, item.node.y + dy
            step_x, step_y = x - left, y - top
            item.put(x, y)
            scene.rows.put(key, item.box)
        for key in inner:
            scene.wires[key].shift(step_x, step_y)
            self._follow_dots(scene.wires[key])
        few = len(outer) <= MANY_WIRES
        self.lay(outer, route=few, light=not few)
        overview.mark(nodes | inner)
        if seen:
            margin = 2 * GRID
            after = scene.extent(nodes | inner | outer).united(area)
            overview.show_marked(after.adjusted(-margin, -margin, margin, margin))

    def _carry(self, keys: set[str], nodes: set[str], dx: float, dy: float) -> None:
        """The same for many nodes: only what they hang on moves, and the wires that lead away."""
        scene, carrier = self._scene, self._carrier
        scene.shared.pace.hasten()
        if carrier.nodes != nodes:
            self.begin()
            inner, outer = self._at_nodes(nodes)
            wires: list[QGraphicsItem] = [scene.wires[key] for key in inner]
            for key in inner:
                wires += [scene.dots[dot_id(key, i)] for i in range(len(scene.wires[key].wire.via))]
            carrier.load(nodes, inner, outer, wires)
            scene.overview.carry(nodes, inner, outer)
        carrier.move(dx, dy)
        self.lay(carrier.outer | self._bend(keys, carrier.inner, dx, dy), route=False, light=True)
        scene.overview.move_carried(dx, dy)

    def _bend(self, keys: set[str], inner: set[str], dx: float, dy: float) -> set[str]:
        """Move the dots among the keys that do not go along with a whole wire; the wires that they bend."""
        wires = self._scene.wires
        for wire, indices in dots_by_wire(keys).items():
            if wire in wires and wire not in inner:
                via = wires[wire].wire.via
                self._bent[wire] = tuple((x + dx, y + dy) if i in indices else (x, y) for i, (x, y) in enumerate(via))
        return set(self._bent)

    def _at_nodes(self, nodes: set[str]) -> tuple[set[str], set[str]]:
        """The wires that have both ends, and those that have one, at these nodes."""
        scene = self._scene
        inner: set[str] = set()
        outer: set[str] = set()
        for node in nodes:
            for key in scene.wires_at(node):
                wire = scene.wires[key].wire
                (inner if wire.source in nodes and wire.target in nodes else outer).add(key)
        return inner, outer

    def settle(self, keys: set[str]) -> None:
        """Have nodes and dots stand where their records have them, after a preview that came to nothing."""
        scene = self._scene
        areas: list[Box] = []
        wires = set(self._bent) | self._carrier.outer
        held = set(self._carrier.nodes)
        self.begin()
        for key in (keys & scene.nodes.keys()) - held:
            item = scene.nodes[key]
            areas.append(item.box)
            item.put(item.node.x, item.node.y)
            areas.append(item.box)
            scene.rows.put(key, item.box)
            wires |= scene.wires_at(key)
        wires &= scene.wires.keys()
        self.lay(wires | self.passing(areas))
        scene.overview.mark(keys)
        scene.overview.show_marked()
