"""What a block would make of a tensor if it were placed: for the search box, before anything is placed."""

from __future__ import annotations

from netbuilder.blocks import Block
from netbuilder.bridge.reports import TensorSpec
from netbuilder.engine import checks
from netbuilder.engine.shapes import Shapes, given
from netbuilder.graph.records import Node


def outcome(shapes: Shapes, spec: TensorSpec | None, block: Block) -> TensorSpec | None:
    """What comes out of the block's first output, its parameters at their defaults; None where it cannot take `spec`.

    All inputs get `spec`, but for targets, of which nothing is known here. What ends at the block is given back as it
    is, and a loss or a metric gives one number.
    """
    if block.gives is not None:
        return next(iter(given(block.name, block.defaults()).values())) if spec is None else None
    if not block.inputs:
        return None
    node = Node(block.stem, block.name, block.stem)
    there = block.input_ports({})
    ports = [port.name for port in there]
    inputs = {port.name: spec for port in there if spec is not None and not port.target}
    values, problems = checks.fill(node, block, block.defaults(), inputs)
    if block.of or problems or checks.ports(node, there, inputs, ports, {}):
        return None
    if any(problem.level == "error" for problem in checks.contradictions(checks.Case(node, block, values, inputs))):
        return None
    if block.role == "output":
        return spec
    if block.role in ("loss", "metric"):
        return TensorSpec(())
    return next(iter(shapes.run(block.name, values, inputs).outputs.values()), None)
