"""The constructors of a class: `nn.Conv2d(1, 10, 5)`, `Block(64, stride=2)`, stacks and sequences of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netbuilder.blocks import Value
from netbuilder.codegen.expressions import Expression, arguments, constructor, literal
from netbuilder.codegen.plan import Out, Plan
from netbuilder.graph.fitting import in_a_row, is_sequential
from netbuilder.graph.graph import Graph
from netbuilder.graph.python_code import read
from netbuilder.graph.records import USED, Node

Shape = Sequence[int | str]
QUICK = "QuickConv2d"


@dataclass(frozen=True)
class Facts:
    """What the engine found out.

    `values` has every parameter filled in, by node; for a node in a network that is written as a Sequential, by the
    path to it, `features/conv1`. A value may be an Expression of the class's own arguments. `broken` says why a node
    cannot be written. `stepped` are outputs that a loss takes step by step. `implicit` are the arguments, by network,
    that nobody asked for: sizes that differ from place to place. `repeats` has what differs from repeat to repeat, by
    node. `classes` says of outputs that are classes how many there are.
    """

    values: Mapping[str, Mapping[str, Value]]
    shapes: Mapping[Out, Shape]
    broken: Mapping[str, str]
    stepped: frozenset[Out] = frozenset()
    implicit: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeats: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)
    classes: Mapping[Out, int] = field(default_factory=dict)


def in_class(plan: Plan, node: Node) -> bool:
    """Whether the class has an attribute for the node's layer."""
    if node.layer and plan.graph.nodes[node.layer].entry.name == node.entry.name:
        return False
    if node.entry.of == "code":
        return read(str(plan.graph.values(node)["code"])).kind == "module"
    return bool(node.entry.of) or as_module(plan.graph, node)


def as_module(graph: Graph, node: Node) -> bool:
    """Whether the node's layer is written as a module, rather than as a function call in `forward`."""
    block = node.entry
    owner = graph.nodes.get(node.layer)
    if owner is not None and owner.block == node.block:
        node = owner
    if not block.choosable:
        return bool(block.module)
    if USED in node.bound:  # only a module can be left out by an argument
        return True
    return (node.written or graph.project.layers) == "module"


class Layers:
    """Writes what makes the layers of one class."""

    def __init__(self, plan: Plan, facts: Facts, quick: bool = False) -> None:
        """With `quick`, convolutions are those of engine/quick wherever that can do the same."""
        self._plan, self._facts, self._quick = plan, facts, quick
        self._whole = plan.graph.whole

    def made(self, node: Node, path: str = "") -> str:
        """The expression that makes the node's layer. In a Sequential, `path` leads to it."""
        key = f"{path}{node.id}"
        used = self._facts.values[key].get(USED, True)
        if used is False:
            return "nn.Identity()"
        text = self._made(node, key)
        return f"{text} if {used} else nn.Identity()" if isinstance(used, Expression) else text

    def _made(self, node: Node, key: str) -> str:
        values = self._facts.values[key]
        if node.entry.of == "code":
            definition = read(str(values["code"]))
            block = self._whole.type(node)
            later = [param.name for param in block.params if param.in_forward]
            return f"{definition.name}({', '.join(arguments(block, values, later))})"
        if self._quick and node.block == "Conv2d" and _has_quick(values):
            return constructor(node.entry, values).replace("nn.Conv2d", QUICK, 1)
        if not node.of:
            return constructor(node.entry, values)
        if node.block == "Repeat":
            return self._stack(node, key)
        if node.block == "Network" and is_sequential(self._whole, node.of):
            part = self._whole.part(node.of).live
            inside = [self.made(inner, f"{key}/") for inner in part.order if inner.entry.role == "layer"]
            return f"nn.Sequential({', '.join(inside)})"
        return self._instance(node, values)

    def _instance(self, node: Node, values: Mapping[str, Value]) -> str:
        """`Block(64, stride=2)`: the sizes that differ from place to place first, then the arguments."""
        found = [literal(values[name]) for name in self._facts.implicit.get(node.of, ())]
        block = self._whole.type(node)
        found += arguments(block, values)
        return f"{self._plan.classes[node.of]}({', '.join(found)})"

    def _stack(self, node: Node, key: str) -> str:
        values = self._facts.values[key]
        each = [self._instance(node, {**values, **own}) for own in self._facts.repeats.get(key, ({},))]
        if values["weights"] == "same":
            return each[0]
        single = in_a_row(self._plan.graph, node)
        if values["most"] is None and len(set(each)) > 1:
            inside = ", ".join(each)
            return f"nn.Sequential({inside})" if single else f"nn.ModuleList([{inside}])"
        number = literal(values["repeats"] if values["most"] is None else values["most"])
        every = f"{each[0]} for _ in range({number})"
        return f"nn.Sequential(*({every}))" if single else f"nn.ModuleList({every})"


def _has_quick(values: Mapping[str, Value]) -> bool:
    """Whether a convolution can be a matrix product, and is not one already."""
    several = values["kernel_size"] not in (1, (1, 1))
    return (
        several
        and values["groups"] == 1
        and values["padding_mode"] == "zeros"
        and not isinstance(values["padding"], str)
    )


def kept_as(plan: Plan, argument: str) -> str:
    """The attribute that keeps an argument of the constructor for `forward`."""
    return f"{argument}_" if argument in plan.names.values() else argument


def argument_list(plan: Plan, facts: Facts, types: bool) -> list[str]:
    """What the class's constructor takes: `self, in_channels, stride=1`."""
    found = ["self"]
    network = plan.graph.drawn
    found += [f"{name}: int" if types else name for name in facts.implicit.get(network.id, ())]
    for argument in sorted(network.arguments, key=lambda argument: not argument.required):
        text = argument.name
        if types:
            text += f": {type_name(argument.value)}"
        if not argument.required:
            text += f" = {literal(argument.value)}" if types else f"={literal(argument.value)}"
        found.append(text)
    return found


def type_name(value: Value) -> str:
    """The type of a value as an annotation says it."""
    if isinstance(value, Expression) or value is None:
        return "int"
    if isinstance(value, tuple):
        inner = type_name(value[0]) if value else "int"
        return f"tuple[{inner}, ...]"
    return type(value).__name__
