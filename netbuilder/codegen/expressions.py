"""The text of one block: its constructor (`nn.Conv2d(1, 10, 5)`) and its use (`F.relu(x)`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from netbuilder.blocks import Block, Value, Values
from netbuilder.graph.records import Node, Project


def literal(value: Value) -> str:
    """A value as Python text, quoted the way formatters like it."""
    if isinstance(value, str):
        quote = '"' if value.count('"') <= value.count("'") else "'"
        inside = (f"\\{c}" if c == quote else c if c in "\"'" else repr(c)[1:-1] for c in value)
        return quote + "".join(inside) + quote
    if isinstance(value, tuple):
        inner = ", ".join(str(v) for v in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def arguments(block: Block, values: Values, without: Sequence[str] = ()) -> list[str]:
    """The arguments as a person writes them: the leading ones by place, the others by name where not default."""
    found: list[str] = []
    by_place = True
    for param in block.params:
        if not param.written or param.name in without:
            continue
        value = values[param.name]
        default = value is None or (value == param.default and param.follows is None)
        if param.positional and by_place and value is not None and (param.required or not default):
            found.append(literal(value))
        elif not default or (param.required and value is not None):
            found.append(f"{param.name}={literal(value)}")
            by_place = False
        else:
            by_place = False
    return found


def constructor(block: Block, values: Values) -> str:
    """The layer as a module: `nn.Conv2d(1, 10, 5)`."""
    return f"{block.module}({', '.join(arguments(block, values))})"


def call(block: Block, values: Values, inputs: Mapping[str, str]) -> str:
    """The layer as a function of variables, given by port: `F.max_pool2d(x, 2)`."""
    used = set(re.findall(r"{(\w+)}", block.function))
    named = [p.name for p in block.params if p.name in used and p.written and p.name not in inputs]
    rest = ", ".join(arguments(block, values, without=named))
    return block.function.format(
        **{name: literal(values[name]) for name in named},
        **inputs,
        **({"inputs": ", ".join(inputs.values())} if "inputs" in used else {}),
        **({"sum": " + ".join(inputs.values())} if "sum" in used else {}),
        **({"args": f", {rest}" if rest else ""} if "args" in used else {}),
        **({"arguments": rest} if "arguments" in used else {}),
    )


def as_module(node: Node, project: Project) -> bool:
    """Whether the node's layer becomes an attribute of the class, rather than a function call in `forward`."""
    block = node.type
    if not block.choosable:
        return bool(block.module)
    return (node.written or project.layers) == "module"
