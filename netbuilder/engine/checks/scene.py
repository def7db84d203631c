"""What lies around a node: what comes before it, through blocks that do not matter, and what a loss learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from netbuilder.blocks import Category
from netbuilder.bridge.reports import NodeReport, TensorSpec
from netbuilder.codegen import Plan
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Node, Wire

# The same numbers in another order or shape.
RESHAPING = frozenset(("Flatten", "Unflatten", "Reshape", "View", "Permute", "Transpose", "Squeeze", "Unsqueeze"))
# One number becomes one number at the same place.
PLACEWISE = frozenset(("Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout",
                       "FeatureAlphaDropout", "Shift", "Scale", "Abs", "Negative", "Square", "Exp", "Log", "Sqrt",
                       "Clamp"))  # fmt: skip

_ALONG = ("Softmax", "Softmin", "Softmax2d", "LogSoftmax", "GLU", "GumbelSoftmax")


def placewise(node: Node) -> bool:
    """Whether a block leaves every number where it was."""
    return node.block in PLACEWISE or (node.entry.category is Category.ACTIVATION and node.block not in _ALONG)


def reshaping(node: Node) -> bool:
    """Whether a block only changes how the numbers are arranged, if anything."""
    return node.block in RESHAPING or node.block == "Identity"


@dataclass(frozen=True)
class Scene:
    """What is drawn in one network without its bypassed nodes, and what is known of them so far."""

    graph: Graph
    plan: Plan
    reports: Mapping[str, NodeReport]

    def wire(self, node: Node, port: str) -> Wire | None:
        """The wire into a port."""
        return self.graph.wires_into(node.id).get(port)

    def source(self, node: Node, port: str) -> Node | None:
        """The node that a port gets its tensor from."""
        wire = self.wire(node, port)
        return None if wire is None else self.graph.nodes[wire.source]

    def behind(self, node: Node, port: str, through: Callable[[Node], bool]) -> Node | None:
        """The nearest node before a port that is not one of those that do not matter."""
        found = self.source(node, port)
        while found is not None and through(found):
            wires = self.graph.wires_into(found.id)
            found = self.graph.nodes[next(iter(wires.values())).source] if len(wires) == 1 else None
        return found

    def spec(self, wire: Wire) -> TensorSpec | None:
        """What a wire carries."""
        report = self.reports.get(wire.source)
        return None if report is None else report.outputs.get(wire.output)

    def learns(self, node: Node) -> bool:
        """Whether a loss sends a gradient to the node, or to one that uses its layer; also where nobody knows."""
        if self._learned is None or node.id in self._learned:
            return True
        return any(other.layer == node.id for other in self.graph.nodes.values() if other.id in self._learned)

    @cached_property
    def _learned(self) -> frozenset[str] | None:
        """The nodes that a loss sends a gradient to; None where it reaches no weights: that is said elsewhere."""
        losses = [node.id for node in self.graph.nodes.values() if node.entry.role == "loss"]
        if self.graph.network != MAIN or not losses:
            return None
        found, todo = set(losses), losses
        while todo:
            for wire in self.graph.wires_into(todo.pop()).values():
                spec = self.spec(wire)
                if wire.source not in found and (spec is None or spec.dtype not in ("int64", "bool")):
                    found.add(wire.source)
                    todo.append(wire.source)
        weights = any(self.reports[key].parameters for key in found if key in self.reports)
        return frozenset(found) if weights else None

    @cached_property
    def trains(self) -> bool:
        """Whether the project has a loss, and so the batches of the training come in here."""
        return any(node.entry.role == "loss" for node in self.graph.whole.part(MAIN).nodes.values())
