"""Networks within networks: which one the canvas shows and by which way, and making blocks of parts of a drawing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import grouping, networks
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Edit, Frame, Network, Node, Note, Record, Wire

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

FREE = -1  # how an Input block writes a length that is free


class Nesting:
    """Turns the canvas to other networks. `_trail` are the placed blocks through which one came to the one shown."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._trail: list[str] = []
        self._views: dict[str, tuple[QPointF, float]] = {}

    # Going.

    def forget(self) -> None:
        """Another document is open."""
        self._trail, self._views = [], {}

    def turn_to(self, network: str) -> bool:
        """Show another network, as it was last looked at. False where a note that is being written keeps one here."""
        canvas = self._canvas
        if network == canvas.shown:
            return True
        if canvas.shown in canvas.document.graph.networks and not canvas.writing.close():
            return False
        self._views[canvas.shown] = QPointF(canvas.camera.center), canvas.camera.scale
        self._trail = self.way_to(network)
        canvas.show_network(network, self._views.get(network))
        return True

    def home(self, key: str) -> str:
        """The network that a record is drawn in; nothing for what is not in the drawing."""
        graph = self._canvas.document.graph
        record = graph.records.get(key)
        if isinstance(record, Wire):
            record = graph.nodes.get(record.target)
        return record.network if isinstance(record, Node | Note | Frame) else ""

    def reach(self, key: str) -> bool:
        """Show the network that a record is drawn in, if it is in the project at all."""
        home = self.home(key)
        return bool(home) and self.turn_to(home)

    def enter(self, key: str = "") -> None:
        """Show what is inside a placed network, by default the selected one."""
        canvas = self._canvas
        chosen = [key] if key else [name for name in canvas.edits.nodes() if canvas.drawing.nodes[name].of]
        node = canvas.drawing.nodes.get(chosen[0]) if chosen else None
        if node is not None and node.of:
            self._trail = [*self.way_to(canvas.shown), node.id]
            self.turn_to(node.of)

    def leave(self) -> None:
        """Go back to where the network is placed, with the block that stands for it selected."""
        way = self.way_to(self._canvas.shown)
        if way:
            self._canvas.show_node(way[-1])
        else:
            self.turn_to(MAIN)

    def go(self, key: str) -> None:
        """Go to a place on the path: a network, or the block that stands for one."""
        if key == self._canvas.shown:
            self._canvas.frame_all()
        elif key in self._canvas.document.graph.networks:
            self.turn_to(key)
        else:
            self._canvas.show_node(key)

    def path(self) -> list[tuple[str, str]]:
        """The way from the main network to the one shown: networks and the blocks that stand for them (id, name)."""
        graph, shown = self._canvas.document.graph, self._canvas.shown
        found = [(MAIN, graph.main.name)]
        for key in self.way_to(shown):
            node = graph.nodes[key]
            found += [(key, node.name), (node.of, graph.networks[node.of].name)]
        if found[-1][0] != shown and shown in graph.networks:
            found.append((shown, graph.networks[shown].name))
        return found

    def way_to(self, network: str) -> list[str]:
        """The placed blocks from the main network to this one: as one came, else the shortest way."""
        graph = self._canvas.document.graph
        here, walked = MAIN, list[str]()
        for key in self._trail:
            node = graph.nodes.get(key)
            if here == network or node is None or node.network != here or node.of not in graph.networks:
                break
            here = node.of
            walked.append(key)
        if here == network:
            return walked
        ways: dict[str, list[str]] = {MAIN: []}
        todo = [MAIN]
        for here in todo:
            for node in graph.part(here).order:
                if node.of and node.of not in ways:
                    ways[node.of] = [*ways[here], node.id]
                    todo.append(node.of)
        return ways.get(network, [])

    # Making.

    def group(self, name: str) -> None:
        """Make a network of the selected blocks, with the notes and frames among them."""
        canvas, graph = self._canvas, self._canvas.drawing
        chosen = canvas.selected()

        def make() -> Edit:
            return grouping.group(graph, chosen, name, self._shapes(graph))

        edit = canvas.edits.do(make, canvas.tr("Group as {name}").format(name=name))
        canvas.select(_added(edit, graph))

    def _shapes(self, graph: Graph) -> grouping.Shapes:
        """What is known to come out of every block, for one sample."""
        found: dict[tuple[str, str], tuple[tuple[int, ...], str]] = {}
        for key, item in self._canvas.items_scene.nodes.items():
            for port, spec in item.report.outputs.items() if item.report is not None else ():
                sizes = tuple(FREE if isinstance(size, str) else size for size in spec.shape[1:])
                if spec.shape[:1] == ("N",):
                    found[key, port] = sizes, spec.dtype
        return found

    def ungroup(self) -> None:
        """Put what the selected network is made of in its place."""
        canvas, graph = self._canvas, self._canvas.drawing
        for key in [name for name in canvas.edits.nodes() if graph.nodes[name].of][:1]:
            label = canvas.tr("Ungroup {name}").format(name=graph.nodes[key].name)
            edit = canvas.edits.do(lambda key=key: grouping.ungroup(graph, key), label)  # type: ignore[misc]
            canvas.select(_added(edit, graph))

    def make_network(self, name: str) -> str:
        """Add an empty network to the project; its id, nothing where the name does not suit."""
        graph = self._canvas.drawing
        edit = self._canvas.edits.do(
            lambda: networks.add_network(graph, name), self._canvas.tr("New network {name}").format(name=name)
        )
        return next((key for key, (_, record) in edit.items() if isinstance(record, Network)), "")

    # Shared layers.

    def lenders(self, key: str) -> list[Node]:
        """The blocks whose layer this one could use."""
        graph = self._canvas.drawing
        return [node for node in graph.order if node.id != graph.nodes[key].layer and self._suits(graph, key, node.id)]

    def _suits(self, graph: Graph, key: str, owner: str) -> bool:
        try:
            networks.set_layer(graph, key, owner)
        except Refused:
            return False
        return True

    def use_layer(self, key: str, owner: str) -> None:
        """Have a block use the layer of another one."""
        graph, tr = self._canvas.drawing, self._canvas.tr
        names = {"name": graph.nodes[key].name, "owner": graph.nodes[owner].name}
        label = tr("Use the layer of {owner} for {name}").format(**names)
        self._canvas.edits.do(lambda: networks.set_layer(graph, key, owner), label)

    def own_layer(self) -> None:
        """Give the selected blocks layers of their own again."""
        graph, tr = self._canvas.drawing, self._canvas.tr
        keys = [key for key in self._canvas.edits.nodes() if graph.nodes[key].layer]
        if keys:
            name = graph.nodes[keys[0]].name if len(keys) == 1 else tr("{count} blocks").format(count=len(keys))
            edit = {name: pair for key in keys for name, pair in networks.set_layer(graph, key, "").items()}
            self._canvas.edits.do(lambda: edit, tr("Own layer for {name}").format(name=name))


def _added(edit: Edit, graph: Graph) -> Iterable[str]:
    """What an edit adds to this drawing."""

    def here(record: Record | None) -> bool:
        return isinstance(record, Node | Note | Frame) and record.network == graph.network

    return [key for key, (before, after) in edit.items() if here(after) and not here(before)]


def changed_in(edit: Edit, graph: Graph) -> set[str]:
    """The networks in which an edit, after which the project is this, has changed something that one sees there."""
    found: set[str] = set()
    for before, after in edit.values():
        for record in (before, after):
            if isinstance(record, Wire):
                target = graph.nodes.get(record.target)
                found |= {target.network} if target is not None else set()
            elif isinstance(record, Node | Note | Frame):
                found.add(record.network)
        if isinstance(before, Network) and isinstance(after, Network) and before.arguments != after.arguments:
            found.add(after.id)
    return found & graph.networks.keys()
