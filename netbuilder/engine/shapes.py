"""What a block makes of its inputs, found by running it on torch's meta device: no shape rule is written twice."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn as nn
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch.utils.flop_counter import FlopCounterMode

from netbuilder.blocks import CATALOG, Block, Value
from netbuilder.bridge.reports import Size, TensorSpec
from netbuilder.codegen.expressions import call, constructor

# Batch sizes so odd (both are prime) that a size which is a multiple of one is the batch's. A real size may be one all
# the same; a block is run with both where that is possible, and only what grows from one to the other is the batch's.
BATCH, OTHER = 1_000_003, 1_000_033
_NAMES = {"torch": torch, "nn": nn, "F": F}
_PLAIN_DTYPE = re.compile(r"torch\.")


class _Evaluating:
    """Stands in for `self` in a function's text, as `self.training` in dropout's."""

    training = True


@dataclass(frozen=True)
class Result:
    """Output tensors by port, numbers of parameters and multiply-adds; or torch's refusal."""

    outputs: dict[str, TensorSpec]
    parameters: int = 0
    multiply_adds: int = 0
    refusal: str = ""


class Shapes:
    """Runs blocks and remembers: the same block, parameters and inputs are run once."""

    def __init__(self) -> None:
        self._known: dict[object, Result] = {}

    def run(self, block: str, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> Result:
        """Run a layer. Its values must be filled in."""
        key = (block, tuple(values.items()), tuple(inputs.items()))
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 20_000:
                self._known.clear()
            found = self._known[key] = _run(block, values, inputs)
        return found


def given(block: str, values: Mapping[str, Value]) -> dict[str, TensorSpec]:
    """The tensors that a data or Input block gives."""
    gives = CATALOG[block].gives
    if gives is None:
        return {}
    return {name: TensorSpec(("N", *t.shape), t.dtype, t.classes) for name, t in gives(values).items()}


def _run(block: str, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> Result:
    entry = CATALOG[block]
    try:
        made, parameters, work = _try(entry, values, inputs, BATCH)
        again = _try(entry, values, inputs, OTHER)[0] if _doubtful(made, values, inputs) else None
    except Exception as error:
        return Result({}, refusal=str(error).strip().split("\n")[0][:500] or type(error).__name__)
    outputs = {entry.outputs[0].name: _spec(made, again)} if entry.outputs else {}
    return Result(outputs, parameters, work // 2 // BATCH)


def _try(
    entry: Block, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec], batch: int
) -> tuple[torch.Tensor, int, int]:
    """What the block makes of a batch of that size, its number of parameters, and its floating point operations."""
    with warnings.catch_warnings(), torch.device("meta"):
        warnings.simplefilter("ignore")
        tensors = {name: _meta(spec, batch) for name, spec in inputs.items()}
        parameters = 0
        if entry.module:
            module = eval(constructor(entry, values), dict(_NAMES))
            parameters = sum(p.numel() for p in module.parameters())
            work: Any = module
        else:
            text = call(entry, values, {name: name for name in inputs})
            code = compile(text, f"<{entry.name}>", "eval")

            def work(*tensors: torch.Tensor) -> Any:
                names = {**_NAMES, "self": _Evaluating, **dict(zip(inputs, tensors, strict=True))}
                return eval(code, names)

        with FlopCounterMode(display=False) as counter:
            result = work(*tensors.values())
    return result, parameters, counter.get_total_flops()


def _doubtful(made: torch.Tensor, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> bool:
    """Whether a real size may have been taken for the batch's, which is the first wherever it belongs."""
    given = [n for value in values.values() for n in (value if isinstance(value, tuple) else (value,))]
    given += [size for spec in inputs.values() for size in spec.shape]
    large = any(isinstance(number, int) and number >= BATCH for number in given)
    return large or any(size and size % BATCH == 0 for size in made.shape[1:])


def _meta(spec: TensorSpec, batch: int) -> torch.Tensor:
    dtype = getattr(torch, spec.dtype)
    return torch.empty([_number(size, batch) for size in spec.shape], dtype=dtype, device="meta")


def _number(size: Size, batch: int) -> int:
    if isinstance(size, int):
        return size
    return batch * int(size.removesuffix("N") or 1)


def _spec(tensor: torch.Tensor, again: torch.Tensor | None) -> TensorSpec:
    def size(number: int, other: int | None) -> Size:
        if number == 0 or number % BATCH or number == other:
            return number
        return "N" if number == BATCH else f"{number // BATCH}N"

    others = [None] * tensor.dim() if again is None else again.shape
    sizes = tuple(size(number, other) for number, other in zip(tensor.shape, others, strict=True))
    return TensorSpec(sizes, _PLAIN_DTYPE.sub("", str(tensor.dtype)))
