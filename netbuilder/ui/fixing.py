"""What the button beside a problem does, as one undo step."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import Fix
from netbuilder.graph import chains, commands
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Edit, wire_id

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas


def fixed(canvas: Canvas, fix: Fix) -> Edit:
    """The edit that a fix is; Refused where it does not suit the drawing any more. The canvas shows its network."""
    graph = canvas.drawing
    if fix.node not in graph.nodes:
        raise Refused("There is no block {node}.", node=fix.node)
    if fix.how == "before":
        return _put_before(canvas, graph, fix)
    if fix.how == "swap":
        edit = chains.swap(graph, fix.node, fix.block)
        return compose(edit, commands.set_params(graph.apply(edit), fix.node, fix.params))
    if fix.how == "remove":
        return chains.delete_joined(graph, [fix.node], canvas.edits.fits)
    return commands.set_params(graph, fix.node, fix.params)


def _put_before(canvas: Canvas, graph: Graph, fix: Fix) -> Edit:
    """Put a new block into the wire to one of the node's inputs, and make room for it."""
    node, wire = graph.nodes[fix.node], wire_id(fix.node, fix.port)
    if wire not in graph.wires:
        raise Refused("There is no wire to {wire}.", wire=node.name)
    edit = commands.add_node(graph, fix.block, node.x, node.y, fix.params)
    made = next(iter(edit))
    placed = graph.apply(edit)
    chains.splice(placed, wire, {made})  # it says why where it cannot be
    return compose(edit, canvas.edits.spliced(placed, wire, {made}, inf))
