"""The networks as classes, the way a good engineer writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from netbuilder.codegen.flow import Flow
from netbuilder.codegen.forward import Forward
from netbuilder.codegen.layers import QUICK, Facts, Layers, argument_list, in_class, kept_as
from netbuilder.codegen.plan import Out, Plan, learned_start, starts
from netbuilder.codegen.writer import Source, Writer
from netbuilder.graph.fitting import is_sequential
from netbuilder.graph.records import Node

_TORCH = ("import torch", "import torch.nn.functional as F", "from torch import nn")


def write_module(plan: Plan, facts: Facts) -> Source:
    """The classes alone, with their imports."""
    body = Writer()
    write_classes(body, plan, facts)
    writer = Writer()
    standard, torch = import_lines(plan, body.body())
    write_imports(writer, standard, torch)
    writer.add(body)
    return writer.source()


def import_lines(plan: Plan, text: str, more: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """The imports that a text needs, those of torch apart: by what it says, and what Python blocks ask for."""
    asked = {line for definition in plan.definitions() for line in definition.imports} | set(more)
    torch = {line for line in asked if re.match(r"(import|from) torch(vision)?\b", line)}
    names = set(re.findall(r"\b(torch|F|nn|os|random|math|time)(?=\.)", text))
    if "torch" in names:
        torch.add(_TORCH[0])
    if "F" in names:
        torch.add(_TORCH[1])
    if "nn" in names:
        torch.add("from torch import Tensor, nn" if re.search(r"\bTensor\b", text) else _TORCH[2])
    standard = asked - torch | {f"import {name}" for name in names & {"os", "random", "math", "time"}}
    return _sorted(standard), _sorted(torch)


def _sorted(lines: Iterable[str]) -> list[str]:
    return sorted(lines, key=lambda line: (line.startswith("from"), line))


def write_imports(writer: Writer, standard: list[str], torch: list[str]) -> None:
    """Write the imports, and the gap behind them."""
    for lines in (standard, torch):
        for line in lines:
            writer.line(line)
        if lines is standard and standard and torch:
            writer.line()
    writer.gap()


def write_classes(writer: Writer, plan: Plan, facts: Facts, quick: bool = False) -> None:
    """What Python blocks define, then each network's class, those that others rest on first.

    With `quick`, convolutions are quick ones where that can be, and what those are comes first.
    """
    classes = Writer()
    _write_own(classes, plan, facts, quick)
    if f"{QUICK}(" in classes.body():
        writer.text(_quick())
        writer.gap()
    writer.add(classes)


@cache
def _quick() -> str:
    """The class of quick convolutions, read as text and never run here."""
    text = (files("netbuilder.engine.quick") / "convolution.py").read_text("utf-8")
    return text[text.index(f"class {QUICK}") :].rstrip()


def _write_own(writer: Writer, plan: Plan, facts: Facts, quick: bool) -> None:
    for definition in plan.definitions():
        writer.text(definition.body)
        writer.gap()
    for inner in (*plan.inner, plan):
        if inner is not plan and not needs_class(inner):
            continue
        write_class(writer, inner, facts, quick)
        if inner is not plan:
            writer.gap()


def needs_class(inner: Plan) -> bool:
    """Whether a network cannot be written as a Sequential wherever it is placed."""
    graph = inner.graph
    one = all(node.block == "Network" for node in graph.placed(graph.network))
    return not one or not is_sequential(graph, graph.network)


def write_class(writer: Writer, plan: Plan, facts: Facts, quick: bool = False) -> None:
    """The class: a docstring with shapes, the layers, and `forward` with one statement a node."""
    types = plan.graph.project.types
    layers = [node for node in plan.network if in_class(plan, node)]
    writer.line(f"class {plan.class_name}(nn.Module):")
    docstring = _docstring(plan, facts)
    if docstring:
        writer.line(f'    """{docstring}"""')
        writer.line()
    arguments = argument_list(plan, facts, types)
    forward = _forward(plan, facts)
    if layers or len(arguments) > 1:
        writer.line(f"    def __init__({', '.join(arguments)}){' -> None' if types else ''}:")
        writer.line("        super().__init__()")
        _write_kept(writer, plan, facts, forward.body())
        for node in layers:
            _write_layer(writer, plan, facts, node, quick)
        for node in plan.network:
            _write_tied(writer, plan, node)
        writer.line()
    writer.add(forward)


def _forward(plan: Plan, facts: Facts) -> Writer:
    writer = Writer()
    flow = Flow(plan)
    given = flow.start()
    result = ""
    if plan.graph.project.types:
        given = [f"{name}: Tensor" for name in given]
        result = " -> Tensor" if len(plan.outputs) == 1 else f" -> tuple[{', '.join(['Tensor'] * len(plan.outputs))}]"
    writer.line(f"    def forward({', '.join(['self', *given])}){result}:")
    Forward(writer, plan, facts, flow).write()
    return writer


def _write_kept(writer: Writer, plan: Plan, facts: Facts, forward: str) -> None:
    """Keep the arguments that `forward` needs."""
    network = plan.graph.drawn
    for name in (*facts.implicit.get(network.id, ()), *(argument.name for argument in network.arguments)):
        kept = kept_as(plan, name)
        if re.search(rf"\bself\.{kept}\b", forward):
            writer.line(f"        self.{kept} = {name}")


def _write_layer(writer: Writer, plan: Plan, facts: Facts, node: Node, quick: bool) -> None:
    if node.id in facts.broken:
        writer.missing("        ", facts.broken[node.id], node.id)
        return
    text = Layers(plan, facts, quick).made(node)
    writer.line(f"        self.{plan.names[node.id]} = {text}", node.id)
    for end in starts(plan.graph, node):
        shape = plan.graph.whole.part(node.of).values(end)["shape"]
        assert isinstance(shape, tuple)
        sizes = ", ".join(map(str, shape))
        name = plan.names[learned_start(node, end)]
        writer.line(f"        self.{name} = nn.Parameter(torch.zeros({sizes}))", node.id)


def _write_tied(writer: Writer, plan: Plan, node: Node) -> None:
    """A layer that uses the weight of one of another kind."""
    owner = plan.graph.nodes.get(node.layer)
    if owner is not None and owner.block != node.block:
        names = plan.names
        writer.line(f"        self.{names[node.id]}.weight = self.{names[owner.id]}.weight", node.id)


def _docstring(plan: Plan, facts: Facts) -> str:
    """`Maps (N, 1, 28, 28) to (N, 10).`, where the shapes are known."""

    def shapes(outs: list[Out]) -> str:
        texts = ["(" + ", ".join(map(str, facts.shapes[out])) + ")" for out in outs if out in facts.shapes]
        return " and ".join(texts) if len(texts) == len(outs) else ""

    before, after = shapes(plan.inputs), shapes(plan.outputs)
    text = f"Maps {before} to {after}."
    return text if before and after and len(text) < 78 else ""
