"""All records of a project by id, what edits do to them, and who is wired to whom."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

import msgspec

from netbuilder.blocks import CATALOG, Block, Port, Value
from netbuilder.graph.placed import placed_code, placed_network
from netbuilder.graph.records import (
    MAIN,
    PROJECT,
    TRAINING,
    Edit,
    Frame,
    Network,
    Node,
    Note,
    Project,
    Record,
    Training,
    Wire,
)


class Graph:
    """An immutable set of records. `apply` gives the next one.

    A `part` of one has what is drawn in one network. Commands on it make edits of the whole.
    """

    def __init__(
        self, records: Mapping[str, Record] | None = None, whole: Graph | None = None, network: str = MAIN
    ) -> None:
        """Take the records; without any, an empty project. A part is told its whole and its network."""
        if records is None:
            records = {r.id: r for r in (Project(), Training(), Network())}
        self.records = dict(records)
        self.whole = self if whole is None else whole
        self.network = network
        self._parts: dict[str, Graph] = {}
        self._types: dict[tuple[str, object], Block] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Graph) and self.records == other.records

    __hash__ = None  # type: ignore[assignment]

    def apply(self, edit: Edit) -> Graph:
        """Return the graph after the edit. ValueError when the edit was made for another graph."""
        if self.whole is not self:
            return self.whole.apply(edit).part(self.network)
        records = dict(self.records)
        for key, (before, after) in edit.items():
            found = records.get(key)
            if found is not before and found != before:
                raise ValueError(f"the edit of {key!r} does not start from this graph")
            if after is None:
                del records[key]
            else:
                records[key] = after
        return Graph(records)

    def part(self, network: str) -> Graph:
        """What is drawn in one network. The settings of the project come with it."""
        whole = self.whole
        found = whole._parts.get(network)
        if found is None:
            found = whole._parts[network] = whole._cut_out(network)
        return found

    def _cut_out(self, network: str) -> Graph:
        if len(self.networks) == 1 and network == MAIN:
            return self
        inside = {key for key, node in self.nodes.items() if node.network == network}
        records: dict[str, Record] = {}
        for key, record in self.records.items():
            if isinstance(record, Wire):
                if record.target in inside:
                    records[key] = record
            elif not isinstance(record, Node | Note | Frame) or record.network == network:
                records[key] = record
        return Graph(records, self, network)

    def type(self, node: Node) -> Block:
        """The block that a node is: the catalog's, with what a network or code adds to it."""
        entry = CATALOG[node.block]
        if not entry.of:
            return entry
        whole = self.whole
        code = node.params.get("code", entry.defaults().get("code"))
        key = (node.block, code if entry.of == "code" else node.of)
        found = whole._types.get(key)
        if found is None:
            if entry.of == "code":
                found = placed_code(entry, str(code))
            else:
                found = placed_network(whole.part(node.of), entry, whole.networks[node.of])
            whole._types[key] = found
        return found

    def values(self, node: Node) -> dict[str, Value]:
        """Every parameter of a node, defaults filled in; one that is bound has its argument's value.

        Those of a node that uses another's whole layer are that other's.
        """
        owner = self.whole.nodes.get(node.layer, node)
        node = owner if owner.block == node.block else node
        values = self.type(node).filled(node.params)
        for name, argument in node.bound.items():
            found = self.networks[node.network].argument(argument)
            if found is not None and name in values:
                values[name] = found.value
        return values

    def inputs(self, node: Node) -> tuple[Port, ...]:
        """The node's input ports."""
        return self.type(node).input_ports(node.params)

    def outputs(self, node: Node) -> tuple[Port, ...]:
        """The node's output ports."""
        return self.type(node).output_ports(node.params)

    def ends(self, role: str) -> list[Node]:
        """The nodes of that role, `input` or `output`, from left to right: the ports of the network, in order."""
        found = [node for node in self.nodes.values() if node.entry.role == role]
        return sorted(found, key=lambda node: (node.x, node.y, node.id))

    @cached_property
    def networks(self) -> dict[str, Network]:
        """The networks by id."""
        return {key: r for key, r in self.records.items() if isinstance(r, Network)}

    def placed(self, network: str) -> list[Node]:
        """The nodes, anywhere in the project, that place the network."""
        return [node for node in self.whole.nodes.values() if node.of == network]

    def inner(self, network: str, live: bool = False) -> list[str]:
        """The networks that are placed in this one, in theirs and so on; those that others rest on come first.

        With `live`, those that only muted nodes place are left out.
        """
        found: list[str] = []
        seen: set[str] = set()

        def visit(key: str) -> None:
            seen.add(key)
            part = self.part(key)
            placed = [node for node in part.nodes.values() if node.of]
            for node in part.order if len(placed) > 1 else placed:  # sorting all of a drawing takes its time
                if node.of and node.of not in seen and not (live and node.muted):
                    visit(node.of)
            found.append(key)

        visit(network)
        return found[:-1]

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The nodes by id."""
        return {key: r for key, r in self.records.items() if isinstance(r, Node)}

    @cached_property
    def wires(self) -> dict[str, Wire]:
        """The wires by id."""
        return {key: r for key, r in self.records.items() if isinstance(r, Wire)}

    @cached_property
    def notes(self) -> dict[str, Note]:
        """The notes by id."""
        return {key: r for key, r in self.records.items() if isinstance(r, Note)}

    @cached_property
    def frames(self) -> dict[str, Frame]:
        """The frames by id."""
        return {key: r for key, r in self.records.items() if isinstance(r, Frame)}

    @cached_property
    def _into(self) -> dict[str, dict[str, Wire]]:
        found: dict[str, dict[str, Wire]] = {}
        for wire in self.wires.values():
            found.setdefault(wire.target, {})[wire.input] = wire
        return found

    @cached_property
    def _out_of(self) -> dict[str, list[Wire]]:
        found: dict[str, list[Wire]] = {}
        for wire in self.wires.values():
            found.setdefault(wire.source, []).append(wire)
        return found

    def wires_into(self, node: str) -> dict[str, Wire]:
        """The wires that end at the node, by input port."""
        return self._into.get(node, {})

    def wires_out_of(self, node: str) -> list[Wire]:
        """The wires that start at the node."""
        return self._out_of.get(node, [])

    def passed(self, node: str) -> Wire | None:
        """The wire whose tensor goes on when the node is bypassed: the one into its first input that has one."""
        wires = self.wires_into(node)
        ports = (port.name for port in self.inputs(self.nodes[node]))
        return next((wires[name] for name in ports if name in wires), None)

    @cached_property
    def live(self) -> Graph:
        """The drawing as the program has it: without the muted nodes, their inputs led straight on."""
        muted = {key for key, node in self.nodes.items() if node.muted}
        if not muted:
            return self
        through: dict[str, Wire | None] = {}
        for node in self.order:
            if node.id in muted:
                passed = self.passed(node.id)
                through[node.id] = passed if passed is None else through.get(passed.source, passed)
        records = {key: r for key, r in self.records.items() if key not in muted}
        for wire in self.wires.values():
            start = through.get(wire.source, wire)
            if start is None or wire.target in muted:
                del records[wire.id]
            elif start is not wire:
                records[wire.id] = msgspec.structs.replace(wire, source=start.source, output=start.output)
        records |= {node.id: node for node in self.inherited(muted)}
        return Graph(records, self.whole, self.network)

    def inherited(self, gone: Collection[str]) -> list[Node]:
        """What becomes of nodes that use the layers of these: the first of them owns it then."""
        found: list[Node] = []
        heirs: dict[str, str] = {}
        for node in self.order if gone else ():
            if node.layer in gone and node.id not in gone:
                before, alike = self.nodes[node.layer], self.nodes[node.layer].block == node.block
                heir = heirs.setdefault(node.layer, node.id)
                own = {"params": before.params, "bound": before.bound, "written": before.written}
                taken = {"layer": "", **(own if alike else {})} if heir == node.id else {"layer": heir}
                found.append(msgspec.structs.replace(node, **taken))
        return found

    @property
    def project(self) -> Project:
        """What holds for the whole project."""
        record = self.records[PROJECT]
        assert isinstance(record, Project)
        return record

    @property
    def training(self) -> Training:
        """How the main network is trained."""
        record = self.records[TRAINING]
        assert isinstance(record, Training)
        return record

    @property
    def main(self) -> Network:
        """The network that is trained."""
        return self.networks[MAIN]

    @property
    def drawn(self) -> Network:
        """The network that this is a drawing of."""
        return self.networks[self.network]

    def downstream(self, start: Iterable[str]) -> set[str]:
        """The nodes that can be reached along wires from `start`, which is included."""
        found = set(start)
        todo = list(found)
        while todo:
            for wire in self.wires_out_of(todo.pop()):
                if wire.target not in found:
                    found.add(wire.target)
                    todo.append(wire.target)
        return found

    def upstream(self, start: Iterable[str]) -> set[str]:
        """The nodes from which `start` can be reached, `start` included."""
        found = set(start)
        todo = list(found)
        while todo:
            for wire in self.wires_into(todo.pop()).values():
                if wire.source not in found:
                    found.add(wire.source)
                    todo.append(wire.source)
        return found

    @cached_property
    def order(self) -> list[Node]:
        """The nodes, each after those that feed it; where that leaves a choice, top to bottom, left to right.

        Nodes on a cycle are missing: commands and files refuse cycles, so there are none.
        """
        waiting = {key: len(self.wires_into(key)) for key in self.nodes}
        ready = [(node.y, node.x, key) for key, node in self.nodes.items() if not waiting[key]]
        heapq.heapify(ready)
        found: list[Node] = []
        while ready:
            *_, key = heapq.heappop(ready)
            found.append(self.nodes[key])
            for wire in self.wires_out_of(key):
                waiting[wire.target] -= 1
                if not waiting[wire.target]:
                    node = self.nodes[wire.target]
                    heapq.heappush(ready, (node.y, node.x, wire.target))
        return found

    @cached_property
    def reading(self) -> list[Node]:
        """The nodes in the order of the code: each after those that feed it, one chain after the other.

        Of several chains the one that starts highest, or leftmost, comes first.
        """
        waiting = {key: len(self.wires_into(key)) for key in self.nodes}
        found: list[Node] = []
        ready = {key for key, count in waiting.items() if not count}
        todo: list[str] = []
        while ready or todo:
            todo += sorted(ready, key=lambda key: (self.nodes[key].y, self.nodes[key].x, key), reverse=True)
            found.append(self.nodes[todo.pop()])
            ready = set()
            for wire in self.wires_out_of(found[-1].id):
                waiting[wire.target] -= 1
                if not waiting[wire.target]:
                    ready.add(wire.target)
        return found


def invert(edit: Edit) -> Edit:
    """The edit that takes this one back."""
    return {key: (after, before) for key, (before, after) in edit.items()}


def compose(first: Edit, second: Edit) -> Edit:
    """The one edit that does both; what ends as it began is left out."""
    result = dict(first)
    for key, (before, after) in second.items():
        result[key] = (first[key][0] if key in first else before, after)
    return {key: (before, after) for key, (before, after) in result.items() if before != after}
