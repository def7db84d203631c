"""In what drawings differ: blocks and wires that are not in all of them, and blocks that are set otherwise.

The same block is known by its id, which a copy of a project keeps. Where things lie is no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Node, Wire

Change = Literal["added", "removed", "changed"]
_PARTS = ("name", "block", "network", "written", "muted", "of", "layer", "bound", "augmentations")


@dataclass(frozen=True)
class Difference:
    """One block or wire, as each of the drawings has it, None where one has not; `network` is its own."""

    key: str
    network: str
    records: tuple[Node | Wire | None, ...]

    def change(self, drawing: int) -> Change | None:
        """What became of it in a drawing, seen from the first; in the first itself, seen from the others."""
        base, own = self.records[0], self.records[drawing]
        if own is None:
            return None
        others = self.records[1:] if drawing == 0 else self.records[:1]
        if any(other is None for other in others):
            return "removed" if drawing == 0 else "added"
        return "changed" if any(_settled(other) != _settled(own) for other in others) and base is not None else None


def differences(graphs: Sequence[Graph]) -> list[Difference]:
    """All differences, blocks from the top to the bottom of each network, then wires."""
    keys: dict[str, None] = {}
    for graph in graphs:
        keys |= dict.fromkeys(key for key, record in graph.records.items() if isinstance(record, Node | Wire))
    found = []
    for key in keys:
        records = tuple(_thing(graph, key) for graph in graphs)
        if any(_settled(record) != _settled(records[0]) for record in records[1:]):
            found.append(Difference(key, _network(graphs, records), records))
    return sorted(found, key=_place)


def set_otherwise(difference: Difference, graphs: Sequence[Graph]) -> dict[str, tuple[object, ...]]:
    """What is set otherwise at a block that all drawings have: by name, the value in each."""
    nodes = [record for record in difference.records if isinstance(record, Node)]
    found: dict[str, tuple[object, ...]] = {}
    for part in _PARTS:
        values = tuple(getattr(node, part) for node in nodes)
        if any(value != values[0] for value in values[1:]):
            found[part] = values
    if "block" not in found:
        filled = [graph.type(node).filled(node.params) for graph, node in zip(graphs, nodes, strict=True)]
        for name in dict.fromkeys(name for one in filled for name in one):
            given = tuple(one.get(name) for one in filled)
            if any(value != given[0] for value in given[1:]):
                found[name] = given
    return found


def _thing(graph: Graph, key: str) -> Node | Wire | None:
    record = graph.records.get(key)
    return record if isinstance(record, Node | Wire) else None


def _settled(record: Node | Wire | None) -> Node | Wire | None:
    """The record without the place where it is drawn."""
    if isinstance(record, Node):
        return msgspec.structs.replace(record, x=0, y=0)
    return None if record is None else msgspec.structs.replace(record, via=())


def _network(graphs: Sequence[Graph], records: Sequence[Node | Wire | None]) -> str:
    for graph, record in zip(graphs, records, strict=True):
        node = graph.nodes.get(record.target) if isinstance(record, Wire) else record
        if node is not None:
            return node.network
    return MAIN


def _place(difference: Difference) -> tuple[bool, bool, str, int, int, str]:
    record = next(record for record in difference.records if record is not None)
    wire = isinstance(record, Wire)
    x, y = (record.x, record.y) if isinstance(record, Node) else (0, 0)
    return wire, difference.network != MAIN, difference.network, y, x, difference.key
