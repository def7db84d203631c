"""Our constructors and shapes against the sample inputs that torch ships for its own modules; run by itself.

torch keeps them among its tests, which turn global switches and want a package for texts that nothing here needs.
"""

from __future__ import annotations

import inspect
import json
import sys
import types
import unittest
import warnings
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor, nn

from netbuilder.blocks import CATALOG, Block, Param, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.bridge.reports import TensorSpec
from netbuilder.codegen.expressions import constructor
from netbuilder.engine.shapes import Shapes, tensors

NAMES = {"torch": torch, "nn": nn, "F": F}
PLAIN = (bool, int, float, str, tuple, type(None))


def database() -> list[Any]:
    """torch's entries, one for each module."""
    stub = types.ModuleType("expecttest")
    stub.TestCase = unittest.TestCase  # type: ignore[attr-defined]
    sys.modules.setdefault("expecttest", stub)
    from torch.testing._internal.common_modules import module_db

    return list(module_db)


def values_of(block: Block, module: type[nn.Module], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The arguments as values of the block; None where one of them is not among the parameters."""
    known = inspect.signature(module.__init__)
    bound = known.bind(None, *args, **kwargs)
    names = {param.argument or param.name: param for param in block.params if param.written and not param.in_forward}
    found: dict[str, Value] = dict(block.defaults())
    for name, value in list(bound.arguments.items())[1:]:
        if name == "kwargs" and not value:
            continue
        param = names.get(name)
        if param is None:
            default = known.parameters[name].default
            if default is inspect.Parameter.empty or value != default:
                return None
            continue
        if isinstance(value, Tensor | torch.dtype) or callable(value) or not sayable(param, value):
            return None
        found[param.name] = check(param, plain(param, value))
    # torch's own default, where ours is another one
    for name, param in names.items():
        about = known.parameters.get(name)
        if name not in bound.arguments and about is not None and about.default != param.default:
            if about.default is inspect.Parameter.empty or callable(about.default):
                continue
            found[param.name] = check(param, about.default)
    return found


def sayable(param: Param, value: object) -> bool:
    """Whether a drawing can say it: its losses are one number, and what it normalizes over is the last dimension."""
    if param.kind == "int" and isinstance(value, tuple | list) and len(value) > 1:
        return False
    return (param.name, value) != ("reduction", "none") and not (isinstance(value, tuple) and None in value)


def plain(param: Param, value: Any) -> Any:
    """The value in the one form that a parameter has where torch takes several."""
    if param.kind in ("size", "int") and isinstance(value, tuple | list) and len(value) == 1:
        return value[0]
    if param.kind == "numbers" and isinstance(value, float):
        return (value,) * param.rank
    return value


def looks(module: nn.Module) -> tuple[object, ...]:
    """What two modules that are made alike have in common."""
    plain = {name: value for name, value in vars(module).items() if isinstance(value, PLAIN)}
    numbers = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    single = {
        name: value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value for name, value in plain.items()
    }
    return type(module), single, numbers


def inputs_of(block: Block, values: Mapping[str, Value], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The tensors by port; None where they do not go with the ports, or have no batch dimension."""
    ports = block.input_ports(values)
    found: dict[str, Tensor] = {}
    if len(args) > len(ports):
        return None
    given = [*zip(ports, args, strict=False)]
    for name, value in kwargs.items():
        port = next((port for port in ports if name in (port.argument, port.name)), None)
        if port is None:
            return None
        given.append((port, value))
    for port, value in given:
        if value is None:
            continue
        if not isinstance(value, Tensor) or port.group or not port.takes(value.dim(), str(value.dtype)[6:]):
            return None
        found[port.name] = value
    needed = {port.name for port in ports if not port.optional}
    return found if needed <= found.keys() else None


def compare(block: Block, sample: Any, module: type[nn.Module], counts: dict[str, int]) -> str:
    """What is wrong with one sample; empty if nothing is."""
    made, given = sample.constructor_input, sample.forward_input
    try:
        values = values_of(block, module, made.args, made.kwargs)
    except Refused as refused:
        return str(refused)
    if values is None:
        return ""
    text = constructor(block, values)
    expected, ours = module(*made.args, **made.kwargs), eval(text, dict(NAMES))
    counts["constructors"] += 1
    if looks(ours) != looks(expected):
        return f"{text}: {looks(ours)} is not {looks(expected)}"
    inputs = inputs_of(block, values, given.args, given.kwargs) if given is not None else None
    if inputs is None or "no_batch_dim" in sample.desc:
        return ""
    real = [tuple(tensor.shape) for tensor in tensors(expected(*given.args, **given.kwargs))]
    shapes = {name: TensorSpec(tuple(tensor.shape), str(tensor.dtype)[6:]) for name, tensor in inputs.items()}
    result = Shapes().run(block.name, values, shapes)
    counts["shapes"] += 1
    if result.refusal:
        return f"{text} on {shapes}: {result.refusal}"
    if block.role == "layer" and [spec.shape for spec in result.outputs.values()] != real:
        return f"{text} on {shapes}: {[spec.shape for spec in result.outputs.values()]} is not {real}"
    return ""


def main() -> None:
    """Print what was compared and what was wrong."""
    warnings.simplefilter("ignore")
    ours = {block.module.removeprefix("nn."): block for block in CATALOG.values() if block.module}
    counts = {"classes": 0, "constructors": 0, "shapes": 0}
    wrong: list[str] = []
    for entry in database():
        name = entry.module_cls.__name__
        if name not in ours or ours[name].attribute:
            continue
        counts["classes"] += 1
        options = {"device": "cpu", "dtype": torch.float32, "requires_grad": False, "training": True}
        for sample in entry.module_inputs_func(entry, **options):
            try:
                said = compare(ours[name], sample, entry.module_cls, counts)
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
            if said:
                wrong.append(f"{name} ({sample.desc}): {said}")
    print(json.dumps({**counts, "wrong": wrong}))


if __name__ == "__main__":
    main()
