"""Names for what flows through `forward`: `x` along a chain (`out` beside an input `x`), else the node's name.

What is returned together with others is called what its Output is called.
"""

from __future__ import annotations

import re

from netbuilder.blocks import Category
from netbuilder.codegen.names import IN_FORWARD, identifier
from netbuilder.codegen.plan import Out, Plan
from netbuilder.graph.records import Node


class Flow:
    """The variables of one `forward`, given out in the order of the code."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.variable: dict[Out, str] = {}
        inside = {node.id for node in plan.network}
        self._waiting: dict[Out, int] = {}
        for wire in plan.graph.wires.values():
            if wire.target in inside:
                out = (wire.source, wire.output)
                self._waiting[out] = self._waiting.get(out, 0) + 1
        for out in plan.outputs:
            self._waiting[out] = self._waiting.get(out, 0) + 1
        self._x: Out | None = None
        self._chain = "x"
        self._taken = {"x", "self", *plan.samples.values()}
        alone = len(plan.outputs) == 1  # what one Output is called is written nowhere
        self._taken |= {
            name
            for key, name in plan.names.items()
            if not (alone and key in plan.graph.nodes and plan.graph.nodes[key].entry.role == "output")
        }
        self._taken |= {argument.name for argument in plan.graph.drawn.arguments}
        self._aside: set[str] = set()

    def start(self) -> list[str]:
        """The names of `forward`'s arguments: `x` if there is one, else what the drawing calls them."""
        inputs = self.plan.inputs
        only = len(inputs) == 1 and self._waiting.get(inputs[0], 0) <= 1
        for out in inputs:
            named = self.plan.graph.nodes[out[0]].name in ("input", "x") or self.plan.samples.get(out) == "x"
            if only or (named and "x" not in self.variable.values()):
                self.variable[out] = "x"
                if self._waiting.get(out, 0) <= 1:
                    self._x = out
                else:
                    self._chain = self.fresh("out")
            else:
                name = self.plan.given_name(out)
                self.variable[out] = name if name != "x" else "x_in"
        return [self.variable[out] for out in inputs]

    def take(self, node: Node) -> dict[str, str]:
        """The variables for the node's inputs, by port."""
        found: dict[str, str] = {}
        for port, out in self.plan.sources(node).items():
            assert out is not None
            found[port] = self.variable.get(out, self._chain)
            self._waiting[out] -= 1
        return found

    def give(self, node: Node) -> dict[str, str]:
        """The variables for the node's outputs that something takes, by port; the first one if nothing does."""
        ports = self.plan.graph.outputs(node)
        used = [port for port in ports if self._waiting.get((node.id, port.name), 0)] or list(ports[:1])
        found: dict[str, str] = {}
        for port in used:
            out = (node.id, port.name)
            chained = (self._x is None or self._waiting.get(self._x, 0) <= 0) and self._waiting.get(out, 0) <= 1
            returned = self.plan.returned.get(out, "")
            if len(used) == 1 and returned and (chained or not re.fullmatch(r"output[\d_]*", returned)):
                self.variable[out] = returned
            elif len(used) == 1 and chained and not self._named(node):
                self._x, self.variable[out] = out, self._chain
            elif len(used) == 1:
                named = self._named(node)
                self.variable[out] = (not named and self._go_on(node, out)) or self.plan.names[node.id]
                if self._waiting.get(out, 0) <= 1 and not named:
                    self._aside.add(self.variable[out])
            else:
                own = (port.label or port.name).removeprefix("output") or "output"
                self.variable[out] = self.fresh(own if port.label else f"{self.plan.names[node.id]}_{own}")
            found[port.name] = self.variable[out]
        return found

    def _named(self, node: Node) -> bool:
        """Whether a person has given a name to what is calculated here."""
        calculated = node.entry.category is Category.MATH and not node.entry.module
        return calculated and not re.fullmatch(rf"{node.entry.stem}[\d_]*", node.name)

    def _go_on(self, node: Node, out: Out) -> str:
        """The variable of a chain beside the first one, where the node carries that on."""
        if self._waiting.get(out, 0) <= 1:
            for source in self.plan.sources(node).values():
                if source is not None and self._waiting[source] <= 0 and self.variable.get(source) in self._aside:
                    return self.variable[source]
        return ""

    def instead(self, node: Node, port: str) -> str:
        """Another variable for what the node gives there, which a loop would else overwrite while it is needed."""
        found = next(one for one in self.plan.graph.outputs(node) if one.name == port)
        self.variable[node.id, port] = self.fresh(found.label or found.name)
        return self.variable[node.id, port]

    def name(self, node: Node, text: str) -> None:
        """What the node gives needs no variable: this text is it."""
        self.variable[node.id, self.plan.graph.outputs(node)[0].name] = text

    def fresh(self, wanted: str) -> str:
        """A variable of that name, or one like it where that is taken."""
        found = identifier(wanted, "value", self._taken, reserved=IN_FORWARD)
        self._taken.add(found)
        return found
