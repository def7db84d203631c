"""Which of a node's inputs a problem is about, so that the wire there can be marked."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks import CATALOG
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.shared import PortRef
from netbuilder.ui.canvas.wire_item import WireItem


def wrong_inputs(item: NodeItem, wires: Mapping[str, WireItem], nodes: Mapping[str, NodeItem]) -> set[str]:
    """The input ports whose wires carry what the node cannot take.

    A problem names its node only. So: inputs whose port refuses the tensor; else inputs that a fix is
    about; else, with every input wired and known, all that are no target.
    """
    if item.level != "error" or not wires:
        return set()
    node = item.node
    misfits, known = set(), set()
    for name, wire in wires.items():
        port = item.port(PortRef(node.id, False, name))
        report = nodes[wire.wire.source].report
        spec = report.outputs.get(wire.wire.output) if report else None
        if port is None or (spec is not None and not port.takes(len(spec.shape), spec.dtype)):
            misfits.add(name)
        if spec is not None:
            known.add(name)
    if misfits:
        return misfits
    fixes = [p.fix for p in item.problems if p.level == "error" and p.fix is not None and p.fix.node == node.id]
    params = CATALOG[node.block].by_name
    followed = {f.port for fix in fixes for name in fix.params if name in params and (f := params[name].follows)}
    if followed:
        return followed & set(wires)
    if any(port.name not in known for port in item.inputs):
        return set()
    return {port.name for port in item.inputs if not port.target}
