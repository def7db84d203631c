"""What one click does about a problem, as one edit of the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import chains, commands
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Edit, Node, Plain, Wire, wire_id

STEP = 64  # a card and the room below it


class Mending(Protocol):
    """What a fix says: see `Fix` in the bridge, which this part of the program does not know."""

    @property
    def node(self) -> str:
        """The node that it is about."""

    @property
    def params(self) -> Mapping[str, Plain]:
        """Parameters of the node, or of the block that is put in."""

    @property
    def how(self) -> str:
        """`set`, `before`, `swap` or `remove`."""

    @property
    def block(self) -> str:
        """The block that is put in."""

    @property
    def port(self) -> str:
        """The input before which it is put."""


def apply(graph: Graph, fix: Mending) -> Edit:
    """The edit that does what the fix says, in whichever network its node is; Refused where that cannot be done."""
    found = graph.whole.nodes.get(fix.node)
    if found is None:
        raise Refused("There is no block {node}.", node=fix.node)
    part = graph.whole.part(found.network)
    if fix.how == "before":
        return _before(part, found, fix)
    if fix.how == "remove":
        return chains.delete_joined(part, [found.id])
    owner = part.nodes.get(found.layer)  # whose layer it uses, that one's parameters count
    node = owner if owner is not None and owner.block == found.block else found
    if fix.how == "swap":
        edit = chains.swap(part, node.id, fix.block)
        after = graph.whole.apply(edit).part(node.network)
        return compose(edit, commands.set_params(after, node.id, fix.params))
    return commands.set_params(part, node.id, fix.params)


def _before(graph: Graph, node: Node, fix: Mending) -> Edit:
    """Put a block into the wire that ends at a port, above the node, which makes room where there is none."""
    wire = graph.wires.get(wire_id(node.id, fix.port))
    if wire is None:
        raise Refused("{node}: the input “{port}” has no wire.", node=node.name, port=fix.port)
    y = max(graph.nodes[wire.source].y, node.y - 2 * STEP) + STEP
    edit = commands.add_node(graph, fix.block, node.x, y, fix.params)
    (key,) = edit
    new = edit[key][1]
    assert isinstance(new, Node)
    above = [place for place in wire.via if place[1] < y]
    into = Wire(wire.source, wire.output, key, graph.inputs(new)[0].name, tuple(above))
    out = Wire(key, graph.outputs(new)[0].name, node.id, fix.port, wire.via[len(above) :])
    edit |= commands.replaced(graph, into, out)
    push = y + STEP - node.y
    if push > 0:
        below = [graph.nodes[one] for one in graph.downstream([node.id]) if graph.nodes[one].y >= node.y]
        edit |= commands.replaced(
            graph, *(msgspec.structs.replace(one, y=commands.within(one.y + push)) for one in below)
        )
    return edit
