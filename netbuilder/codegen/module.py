"""The network as a class, the way a good engineer writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netbuilder.blocks import Value
from netbuilder.codegen.expressions import as_module, call, constructor
from netbuilder.codegen.plan import Out, Plan
from netbuilder.codegen.writer import Source, Writer
from netbuilder.graph.records import Node

Shape = Sequence[int | str]


@dataclass(frozen=True)
class Facts:
    """What the engine found out: every parameter filled in, the shapes, and why a node cannot be written."""

    values: Mapping[str, Mapping[str, Value]]
    shapes: Mapping[Out, Shape]
    broken: Mapping[str, str]


def write_module(plan: Plan, facts: Facts) -> Source:
    """The class alone, with its imports."""
    writer = Writer()
    for line in torch_imports(plan, objective=False):
        writer.line(line)
    writer.gap()
    write_class(writer, plan, facts)
    return writer.source()


def torch_imports(plan: Plan, objective: bool) -> list[str]:
    """The imports of torch that the class needs, and the objective if that is written too."""
    nodes = plan.network + (plan.objective if objective else [])
    inline = [n.type.function for n in nodes if n in plan.objective or not as_module(n, plan.graph.project)]
    found = ["import torch"] if objective or any("torch." in text for text in inline) else []
    found.append("from torch import nn")
    functional = ["import torch.nn.functional as F"] if any("F." in text for text in inline) else []
    return [*found[:-1], *functional, found[-1]]


def write_class(writer: Writer, plan: Plan, facts: Facts) -> None:
    """The class: a docstring with shapes, the layers, and `forward` with one statement a node."""
    layers = [n for n in plan.network if as_module(n, plan.graph.project)]
    writer.line(f"class {plan.class_name}(nn.Module):")
    docstring = _docstring(plan, facts)
    if docstring:
        writer.line(f'    """{docstring}"""')
        writer.line()
    if layers:
        writer.line("    def __init__(self):")
        writer.line("        super().__init__()")
        for node in layers:
            if node.id in facts.broken:
                writer.missing("        ", facts.broken[node.id], node.id)
            else:
                text = constructor(node.type, facts.values[node.id])
                writer.line(f"        self.{plan.names[node.id]} = {text}", node.id)
        writer.line()
    _write_forward(writer, plan, facts)


def _docstring(plan: Plan, facts: Facts) -> str:
    """`Maps (N, 1, 28, 28) to (N, 10).`, where the shapes are known."""

    def shapes(outs: list[Out]) -> str:
        texts = ["(" + ", ".join(map(str, facts.shapes[out])) + ")" for out in outs if out in facts.shapes]
        return " and ".join(texts) if len(texts) == len(outs) else ""

    before, after = shapes(plan.inputs), shapes(plan.outputs)
    text = f"Maps {before} to {after}."
    return text if before and after and len(text) < 78 else ""


def _write_forward(writer: Writer, plan: Plan, facts: Facts) -> None:
    flow = Flow(plan)
    writer.line(f"    def forward({', '.join(['self', *flow.start()])}):")
    for node in plan.network:
        sources = plan.sources(node)
        if node.id in facts.broken or None in sources.values():
            why = facts.broken.get(node.id, f"{node.name} is not wired")
            writer.missing("        ", why, node.id)
            flow.give(node)
            continue
        inputs = flow.take(node)
        if as_module(node, plan.graph.project):
            text = f"self.{plan.names[node.id]}({', '.join(inputs.values())})"
        else:
            text = call(node.type, facts.values[node.id], inputs)
        writer.line(f"        {flow.give(node)} = {text}", node.id)
    if plan.outputs:
        last = plan.outputs[0][0] if len(plan.outputs) == 1 else None
        writer.line(f"        return {', '.join(flow.variable[out] for out in plan.outputs)}", last)
    else:
        writer.missing("        ", "Nothing is drawn yet that the network could return.")
        writer.line("        return None")


class Flow:
    """Names for what flows through `forward`: `x` along a chain, the node's name where it branches."""

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

    def start(self) -> list[str]:
        """The names of `forward`'s arguments: `x` if there is one, else what the drawing calls them."""
        inputs = self.plan.inputs
        if len(inputs) == 1 and self._waiting[inputs[0]] == 1:
            self.variable[inputs[0]] = "x"
            self._x = inputs[0]
        for out in inputs:
            self.variable.setdefault(out, self._safe(self.plan.given_name(out)))
        return [self.variable[out] for out in inputs]

    def take(self, node: Node) -> dict[str, str]:
        """The variables for the node's inputs, by port."""
        found: dict[str, str] = {}
        for port, out in self.plan.sources(node).items():
            assert out is not None
            found[port] = self.variable.get(out, "x")
            self._waiting[out] -= 1
        return found

    def give(self, node: Node) -> str:
        """The variable for the node's output."""
        out = (node.id, node.type.outputs[0].name)
        free = self._x is None or self._waiting.get(self._x, 0) <= 0
        if free and self._waiting.get(out, 0) <= 1:
            self._x, self.variable[out] = out, "x"
        else:
            self.variable[out] = self.plan.names[node.id]
        return self.variable[out]

    def _safe(self, name: str) -> str:
        return name if name != "x" else "x_in"
