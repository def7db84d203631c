"""What the canvas does to its document: each thing one undo step with a name, or a sentence why it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from netbuilder.blocks import Block
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import chains, clipboard, commands
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Edit, Frame, Node, Note, Wire, dot_id, dot_of
from netbuilder.ui.canvas import copying, placing
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, GAP, card_box, port_x, snap
from netbuilder.ui.canvas.moving import carried
from netbuilder.ui.canvas.shared import PortRef
from netbuilder.ui.canvas.wiring import takes

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

STRAIGHT = 40


@dataclass(frozen=True)
class Where:
    """Where a new block goes: at a place, at the end of a wire drawn from `port`, or behind these nodes."""

    at: QPointF | None = None
    port: PortRef | None = None
    behind: tuple[str, ...] = ()


class Editing:
    """The commands of the canvas. They act on the selection unless they are told otherwise."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    @property
    def graph(self) -> Graph:
        """The drawing."""
        return self._canvas.drawing

    def nodes(self) -> list[str]:
        """The selected nodes, in the order of the drawing."""
        return [key for key in self._canvas.selected() if key in self.graph.nodes]

    def do(self, make: Callable[[], Edit], label: str, merge: str | None = None) -> Edit:
        """Do what a command says; where it refuses, say so. Returns what was done."""
        try:
            edit = make()
        except Refused as refused:
            self._canvas.refused.emit(refused.sentence)
            return {}
        self._canvas.document.commit(edit, label, merge)
        return edit

    def label(self, what: str, keys: Iterable[str]) -> str:
        """What an edit of these things is called in the undo list."""
        tr, chosen = self._canvas.tr, list(keys)
        if what == "delete" and chosen and all(key in self.graph.wires for key in chosen):
            return tr("Remove wire") if len(chosen) == 1 else tr("Remove wires")
        verb = {
            "move": tr("Move {what}"),
            "delete": tr("Delete {what}"),
            "cut": tr("Cut {what}"),
            "mute": tr("Bypass {what}"),
            "unmute": tr("Use {what} again"),
        }[what]
        return verb.format(what=self._called(chosen))

    def _called(self, keys: list[str]) -> str:
        """What these things are called together: a name, or how many of what. Wires and dots go with the others."""
        tr, graph = self._canvas.tr, self.graph
        cards = [record for key in keys if isinstance(record := graph.records.get(key), Node | Note | Frame)]
        if len(cards) > 1:
            whole = all(isinstance(record, Node) for record in cards)
            return (tr("{count} blocks") if whole else tr("{count} things")).format(count=len(cards))
        if not cards:
            return tr("reroute dot") if len(keys) == 1 else tr("reroute dots")
        (card,) = cards
        if isinstance(card, Note):
            return tr("note")
        return card.name if isinstance(card, Node) else tr("frame {title}").format(title=card.title).strip()

    def fits(self, wire: Wire) -> bool:
        """Whether what comes out at a wire's start, as far as known, suits its end."""
        source, target = self.graph.nodes.get(wire.source), self.graph.nodes.get(wire.target)
        scene = self._canvas.items_scene
        if target is None:
            return True
        port = self.graph.type(target).input_port(target.params, wire.input)
        if port is None:
            return False
        given = self.graph.type(source).output_port(source.params, wire.output) if source is not None else None
        if given is not None and given.target != port.target and source is not None and source.entry.role == "data":
            return False
        if wire.source not in scene.nodes or wire.target not in scene.nodes:
            return True
        return takes(scene, PortRef(wire.source, True, wire.output), PortRef(wire.target, False, wire.input))

    # Taking away.

    def delete(self) -> None:
        """Delete what is selected and join what stood before and after it, where that suits."""
        chosen, graph = self._canvas.selected(), self.graph
        self.do(lambda: chains.delete_joined(graph, chosen, self.fits), self.label("delete", chosen))

    def delete_apart(self) -> None:
        """Delete what is selected, with the wires at it."""
        chosen, graph = self._canvas.selected(), self.graph
        self.do(lambda: commands.delete(graph, chosen), self.label("delete", chosen))

    def disconnect(self) -> None:
        """Remove all wires at the selected nodes."""
        graph, scene = self.graph, self._canvas.items_scene
        self.remove_wires({wire for key in self.nodes() for wire in scene.wires_at(key)} & graph.wires.keys())

    def remove_wires(self, wires: Collection[str]) -> None:
        """Remove these wires."""
        graph = self.graph
        self.do(lambda: commands.disconnect(graph, wires), self.label("delete", wires))

    # Copies.

    def copied(self) -> list[str]:
        """What is copied with the selection: its blocks, notes and frames, and what lies in the frames."""
        taken = carried(self.graph, self._canvas.items_scene.selected)
        return [key for key in self._canvas.items_scene.everything() if key in taken and dot_of(key) is None]

    def copy(self) -> None:
        """Put what is selected on the clipboard, as text."""
        QGuiApplication.clipboard().setText(clipboard.copy(self.graph, self.copied()))

    def cut(self) -> None:
        """Copy what is selected, then delete it and join what stood before and after."""
        chosen, graph = self.copied(), self.graph
        self.copy()
        self.do(lambda: chains.delete_joined(graph, chosen, self.fits), self.label("cut", chosen))

    def paste(self) -> None:
        """Put in what the clipboard holds: at the mouse, or beside where it was copied."""
        place = self._canvas.hand.pointed
        at = None if place is None else (snap(place.x()), snap(place.y()))
        copying.insert(self._canvas, QGuiApplication.clipboard().text(), at, "paste")

    def duplicate(self) -> None:
        """Put in a copy of what is selected beside it."""
        copying.insert(self._canvas, clipboard.copy(self.graph, self.copied()), None, "duplicate")

    # Adding.

    def add(self, block: str, where: Where = Where(), params: Mapping[str, object] | None = None) -> None:
        """Place a block and wire it as `where` says; select it and bring it into view."""
        if placing.needs_network(block):
            self._canvas.network_asked.emit(block, lambda name: self.add(name, where))
            return
        graph, made = self.graph, ""
        found = placing.entry(graph, block)
        if found is None:
            self._canvas.refused.emit(Refused("This version has no block {block}.", block=block).sentence)
            return

        def make() -> Edit:
            nonlocal made
            edit = placing.add(graph, block, *self._place(found, where), params)
            made = next(iter(edit))
            return compose(edit, self._wired(graph.apply(edit), made, where))

        if self.do(make, self._canvas.tr("Add {block}").format(block=found.name)):
            self._canvas.select([made])
            self._canvas.reveal(made)
            self._canvas.block_added.emit(placing.parts(block)[0])

    def place(self, block: str, x: int, y: int) -> None:
        """Place a block with its top left corner there, inserted into the wire below its middle if there is one."""
        if placing.needs_network(block):
            self._canvas.network_asked.emit(block, lambda name: self.place(name, x, y))
            return
        graph, made = self.graph, ""
        found = placing.entry(graph, block)
        wire = self.wire_below(QPointF(x + CARD_WIDTH / 2, y + CARD_HEIGHT / 2))

        def make() -> Edit:
            nonlocal made
            edit = placing.add(graph, block, x, y)
            made = next(iter(edit))
            return compose(edit, self.spliced(graph.apply(edit), wire, {made})) if wire else edit

        if self.do(make, self._canvas.tr("Add {block}").format(block=found.name if found else block)):
            self._canvas.select([made])
            self._canvas.block_added.emit(placing.parts(block)[0])

    def _place(self, block: Block, where: Where) -> tuple[int, int]:
        """The top left corner for a new block."""
        rows = self._canvas.items_scene.rows
        middle = self._canvas.camera.center if where.at is None else where.at
        x, y = middle.x() - CARD_WIDTH / 2, middle.y() - CARD_HEIGHT / 2
        if where.port is not None:
            ports = block.input_ports({}) if where.port.output else block.output_ports({})
            x = middle.x() - port_x(CARD_WIDTH, max(1, len(ports)), 0)
            y = middle.y() + (0 if where.port.output else -CARD_HEIGHT)
        elif where.behind:
            boxes = [card_box(self.graph, self.graph.nodes[key]) for key in where.behind]
            x = sum(box[0] + box[2] for box in boxes) / len(boxes) / 2 - CARD_WIDTH / 2
            y = max(box[3] for box in boxes) + GAP
        return rows.free_place(x, y)

    def _wired(self, graph: Graph, made: str, where: Where) -> Edit:
        """The wires of a block that was just placed."""
        if where.port is not None:
            port = where.port
            for mine in self.ports_for(graph.type(graph.nodes[made]), port):
                ends = (port.node, port.name, made, mine) if port.output else (made, mine, port.node, port.name)
                return commands.connect(graph, *ends)
        if not where.behind:
            return {}
        edit = chains.attach(graph, where.behind, made, self.fits)
        after = graph.apply(edit)
        on = [wire for wire in chains.flow_out_of(after, made) if wire.id in edit]
        if not on:
            return edit
        # It went between two blocks: beside them it would look as if it did not.
        before = after.nodes[where.behind[0]]
        x, y = (
            snap(before.x + (_width(after, before) - _width(after, after.nodes[made])) / 2),
            before.y + CARD_HEIGHT + GAP,
        )
        edit = compose(edit, commands.move(after, {made: (x, y)}))
        return compose(edit, self._room(graph.apply(edit), {made}, on[0].target))

    def ports_for(self, block: Block, port: PortRef) -> list[str]:
        """The ports of a block to which a wire from that port may go, as far as known."""
        scene = self._canvas.items_scene
        item = scene.nodes[port.node]
        report = item.report
        if not port.output:
            return self._outputs_for(block, port)
        spec = report.outputs.get(port.name) if report else None
        given = item.port(port)
        data = item.block.role == "data"
        return [
            own.name
            for own in block.input_ports({})
            if (spec is None or own.takes(len(spec.shape), spec.dtype))
            and (given is None or not data or given.target == own.target)
        ]

    def _outputs_for(self, block: Block, port: PortRef) -> list[str]:
        """The outputs of a block that suit an input port: what data give is known, targets go to targets only."""
        wanted = self._canvas.items_scene.nodes[port.node].port(port)
        given = block.gives(block.defaults()) if block.gives is not None else {}
        return [
            own.name
            for own in block.output_ports({})
            if wanted is None
            or (
                own.target == wanted.target
                and (own.name not in given or wanted.takes(len(given[own.name].shape) + 1, given[own.name].dtype))
            )
        ]

    def fits_there(self, block: Block, where: Where) -> bool:
        """Whether a block could be wired where it would go."""
        if where.port is not None:
            return bool(self.ports_for(block, where.port))
        outputs = [(key, port) for key in where.behind for port in self.graph.outputs(self.graph.nodes[key])]
        refs = [PortRef(key, True, port.name) for key, port in outputs]
        return not where.behind or any(self.ports_for(block, ref) for ref in refs)

    # Chains.

    def wire_below(self, point: QPointF, skip: Collection[str] = ()) -> str:
        """The wire at a point into which a card dropped there would go, or nothing."""
        key = self._canvas.items_scene.wire_at(point, 2 * GAP)
        wire = self.graph.wires.get(key)
        return "" if wire is None or wire.source in skip or wire.target in skip else key

    def spliced(self, graph: Graph, wire: str, keys: set[str], near: float = STRAIGHT) -> Edit:
        """The edit that inserts nodes into a wire and makes room for them; nothing where they do not suit.

        A single one comes to stand straight below the wire's source, if it is not farther than `near` aside.
        """
        try:
            edit = chains.splice(graph, wire, keys, self.fits)
        except Refused:
            return {}
        found = graph.wires[wire]
        if len(keys) == 1:
            (key,) = keys
            before, node = graph.nodes[found.source], graph.nodes[key]
            straight = before.x + (_width(graph, before) - _width(graph, node)) / 2
            below = before.y + CARD_HEIGHT + GAP
            place = (straight if abs(straight - node.x) < near else node.x, max(node.y, below))
            edit = compose(edit, commands.move(graph, {key: (straight, below) if near == inf else place}))
        return compose(edit, self._room(graph.apply(edit), keys, found.target))

    def _room(self, graph: Graph, keys: Collection[str], target: str) -> Edit:
        """Push what comes after inserted nodes down, as far as they need."""
        bottom = max(card_box(graph, graph.nodes[key])[3] for key in keys)
        first = graph.nodes[target].y
        push = bottom + GAP - first
        if push <= 0:
            return {}
        below = {key for key in graph.downstream([target]) if key not in keys and graph.nodes[key].y >= first}
        return commands.shift(graph, below, 0, snap(push + 7 - (push + 7) % 8))

    def would_splice(self, block: str, wire: str) -> bool:
        """Whether a new block of that kind could be inserted into a wire."""
        try:
            edit = placing.add(self.graph, block, 0, 0)
        except Refused:
            return False
        return bool(self.spliced(self.graph.apply(edit), wire, set(edit)))

    def splice(self, wire: str) -> None:
        """Insert the selected nodes into a wire."""
        graph, keys = self.graph, set(self.nodes())

        def make() -> Edit:
            chains.splice(graph, wire, keys, self.fits)
            return self.spliced(graph, wire, keys, inf)

        self.do(make, self._canvas.tr("Insert into wire"))

    def splices(self) -> list[str]:
        """The wires into which the selected nodes could be inserted, in the order of the drawing."""
        keys, graph = set(self.nodes()), self.graph
        order = {node.id: i for i, node in enumerate(graph.order)}
        found = [wire for wire in graph.wires.values() if keys.isdisjoint((wire.source, wire.target))]
        suited = [wire.id for wire in found if self.spliced(graph, wire.id, keys)]
        return sorted(suited, key=lambda key: order[graph.wires[key].target])

    def connect_line(self) -> None:
        """Wire the selected nodes one behind the other, from the top down."""
        graph, keys = self.graph, self.nodes()
        self.do(lambda: chains.connect_in_line(graph, keys, self.fits), self._canvas.tr("Connect in a row"))

    def connect(self, start: PortRef, end: PortRef) -> None:
        """Draw a wire from an output to an input."""
        graph = self.graph
        names = {"source": graph.nodes[start.node].name, "target": graph.nodes[end.node].name}
        label = self._canvas.tr("Connect {source} to {target}").format(**names)
        self.do(lambda: commands.connect(graph, start.node, start.name, end.node, end.name), label)

    def mute(self) -> None:
        """Bypass the selected nodes, data left out; where all of them are bypassed, use them again."""
        graph, chosen = self.graph, self.nodes()
        keys = [key for key in chosen if commands.bypassable(graph.nodes[key])] or chosen
        on = not all(graph.nodes[key].muted for key in keys)
        self.do(lambda: commands.set_muted(graph, keys, on), self.label("mute" if on else "unmute", keys))

    def swap(self, key: str, block: str) -> None:
        """Put another block in a node's place."""
        graph = self.graph
        label = self._canvas.tr("Swap {name} for {block}").format(name=graph.nodes[key].name, block=block)
        self.do(lambda: chains.swap(graph, key, block), label)

    # Reroute dots.

    def add_dot(self) -> None:
        """Lead each selected wire through one more dot, at its middle, and select the new dots."""
        graph, scene = self.graph, self._canvas.items_scene
        edit: Edit = {}
        dots = []
        for key in self._canvas.selected():
            if key in graph.wires:
                middle = scene.wires[key].middle()
                _, index = scene.wires[key].nearest(middle)
                edit |= commands.add_dot(graph, key, index, snap(middle.x()), snap(middle.y()))
                dots.append(dot_id(key, index))
        if self.do(lambda: edit, self._canvas.tr("Add reroute dot")):
            self._canvas.select(dots)

    def add_dot_at(self, wire: str, point: QPointF) -> None:
        """Lead a wire through a dot at a place near it."""
        graph, tr = self.graph, self._canvas.tr
        _, index = self._canvas.items_scene.wires[wire].nearest(point)
        place = snap(point.x()), snap(point.y())
        if self.do(lambda: commands.add_dot(graph, wire, index, *place), tr("Add reroute dot")):
            self._canvas.select([dot_id(wire, index)])


def _width(graph: Graph, node: Node) -> float:
    left, _, right, _ = card_box(graph, node)
    return right - left
