"""All records of a project by id, what edits do to them, and who is wired to whom."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

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
    """An immutable set of records. `apply` gives the next one."""

    def __init__(self, records: Mapping[str, Record] | None = None) -> None:
        """Take the records; without any, an empty project."""
        if records is None:
            records = {r.id: r for r in (Project(), Training(), Network())}
        self.records = dict(records)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Graph) and self.records == other.records

    __hash__ = None  # type: ignore[assignment]

    def apply(self, edit: Edit) -> Graph:
        """Return the graph after the edit. ValueError when the edit was made for another graph."""
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
        ports = (port.name for port in self.nodes[node].type.input_ports(self.nodes[node].params))
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
        return Graph(records)

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
        record = self.records[MAIN]
        assert isinstance(record, Network)
        return record

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


def invert(edit: Edit) -> Edit:
    """The edit that takes this one back."""
    return {key: (after, before) for key, (before, after) in edit.items()}


def compose(first: Edit, second: Edit) -> Edit:
    """The one edit that does both; what ends as it began is left out."""
    result = dict(first)
    for key, (before, after) in second.items():
        result[key] = (first[key][0] if key in first else before, after)
    return {key: (before, after) for key, (before, after) in result.items() if before != after}
