"""The text of one block: its constructor (`nn.Conv2d(1, 10, 5)`) and its use (`F.relu(x)`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from netbuilder.blocks import Block, Port, Value, Values

NOTHING: Mapping[str, str] = MappingProxyType({})


class Expression(str):
    """Text that stands in for a value: the name of an argument, or a sum that holds it."""


def literal(value: Value) -> str:
    """A value as Python text, quoted the way formatters like it."""
    if isinstance(value, Expression):
        return str(value)
    if isinstance(value, str):
        quote = '"' if value.count('"') <= value.count("'") else "'"
        inside = (f"\\{c}" if c == quote else c if c in "\"'" else repr(c)[1:-1] for c in value)
        return quote + "".join(inside) + quote
    if isinstance(value, tuple):
        inner = ", ".join(str(v) for v in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def arguments(
    block: Block, values: Values, without: Collection[str] = (), inputs: Mapping[str, str] = NOTHING
) -> list[str]:
    """The arguments as a person writes them: the leading ones by place, the others by name where not default."""
    found: list[str] = []
    by_place = True
    for param in block.params:
        if not param.written or param.name in without:
            continue
        value = values[param.name]
        if value is None:  # unknown yet, or what torch does without it
            default = param.follows is not None or param.required or param.default is None
        else:
            default = value == param.default and param.follows is None
        text = literal(value)
        if param.wrap and not default:
            text = param.wrap.format(**{**inputs, "value": text})
        if param.positional and by_place and value is not None and (param.required or not default):
            found.append(text)
        elif not default or (param.required and value is not None):
            found.append(f"{param.argument or param.name}={text}")
            by_place = False
        else:
            by_place = False
    return found


def constructor(block: Block, values: Values) -> str:
    """The layer as a module: `nn.Conv2d(1, 10, 5)`."""
    if block.construct is not None:
        return block.construct(values)
    later = [param.name for param in block.params if param.in_forward]
    return f"{block.module}({', '.join(arguments(block, values, later))})"


def call(block: Block, values: Values, inputs: Mapping[str, str]) -> str:
    """The layer as a function of variables, given by port: `F.max_pool2d(x, 2)`."""
    if block.writes is not None:
        return block.writes(values, inputs)
    used = set(re.findall(r"{(\w+)}", block.function))
    named = [p.name for p in block.params if p.name in used and p.written and p.name not in inputs]
    rest = ", ".join([*_optional(block, values, inputs), *arguments(block, values, named, inputs)])
    return block.function.format(
        **{name: literal(values[name]) for name in named},
        **inputs,
        **({"inputs": ", ".join(inputs.values())} if "inputs" in used else {}),
        **({"sum": " + ".join(inputs.values())} if "sum" in used else {}),
        **({"args": f", {rest}" if rest else ""} if "args" in used else {}),
        **({"arguments": rest} if "arguments" in used else {}),
    )


def module_call(block: Block, values: Values, module: str, inputs: Mapping[str, str]) -> str:
    """The use of a layer that is an attribute: `self.attention(x, x, x, need_weights=False)`."""
    if block.attribute:
        return module
    made = [param.name for param in block.params if not param.in_forward]
    return f"{module}({', '.join([*_tensors(block, values, inputs), *arguments(block, values, made, inputs)])})"


def _tensors(block: Block, values: Values, inputs: Mapping[str, str]) -> list[str]:
    """The variables as arguments: required ones by place, optional ones by name, unless that is only torch's own."""
    ports = block.input_ports(values)
    found: list[str] = []
    for i, port in enumerate(ports):
        named = port.optional and not (port.group or port.argument)
        if named or (port.optional and any(other.name not in inputs for other in ports[:i])):
            return found + _optional(block, values, inputs, first=i)
        if port.name in inputs and not any(other.group == port.group != "" for other in ports[:i]):
            found.append(_together(ports, port, inputs))
    return found


def _optional(block: Block, values: Values, inputs: Mapping[str, str], first: int = 0) -> list[str]:
    """The variables of optional inputs from that index on, as arguments by name."""
    ports = block.input_ports(values)
    found = {
        port.argument or port.group or port.name: _together(ports, port, inputs)
        for port in ports[first:]
        if port.optional and port.name in inputs
    }
    return [f"{name}={text}" for name, text in found.items()]


def _together(ports: Sequence[Port], port: Port, inputs: Mapping[str, str]) -> str:
    """The port's variable, or the tuple of those of its group."""
    if not port.group:
        return inputs[port.name]
    return f"({', '.join(inputs[other.name] for other in ports if other.group == port.group)})"


def results(block: Block, values: Values, variables: Mapping[str, str]) -> str:
    """What stands left of the equals sign: the variables of the outputs that are used, and `_` for the others."""
    ports = [port.name for port in block.output_ports(values)]
    if not block.result:
        return ", ".join(variables.get(name, "_") for name in ports)
    names = re.findall(r"{(\w+)}", block.result)
    text = block.result.format(**{name: variables.get(name, "_") for name in names})
    return re.sub(r"\(_(?:, _)*\)", "_", text)
