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

from netbuilder.blocks import CATALOG, Value
from netbuilder.bridge.reports import Size, TensorSpec
from netbuilder.codegen.expressions import call, constructor

# A batch size that no real size is a multiple of, so that it can be told from them afterwards.
BATCH = 1_000_003
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
        with warnings.catch_warnings(), torch.device("meta"):
            warnings.simplefilter("ignore")
            tensors = {name: _meta(spec) for name, spec in inputs.items()}
            parameters = 0
            if entry.module:
                module = eval(constructor(entry, values), dict(_NAMES))
                parameters = sum(p.numel() for p in module.parameters())
                work: Any = module
            else:
                text = call(entry, values, {name: name for name in inputs})
                code = compile(text, f"<{block}>", "eval")

                def work(*tensors: torch.Tensor) -> Any:
                    names = {**_NAMES, "self": _Evaluating, **dict(zip(inputs, tensors, strict=True))}
                    return eval(code, names)

            with FlopCounterMode(display=False) as counter:
                result = work(*tensors.values())
    except Exception as error:
        return Result({}, refusal=str(error).strip().split("\n")[0][:500] or type(error).__name__)
    flops = counter.get_total_flops() // 2 // BATCH
    if not entry.outputs:
        return Result({}, parameters, flops)
    return Result({entry.outputs[0].name: _spec(result)}, parameters, flops)


def _meta(spec: TensorSpec) -> torch.Tensor:
    dtype = getattr(torch, spec.dtype)
    return torch.empty([_number(size) for size in spec.shape], dtype=dtype, device="meta")


def _number(size: Size) -> int:
    if isinstance(size, int):
        return size
    return BATCH * int(size.removesuffix("N") or 1)


def _spec(tensor: torch.Tensor) -> TensorSpec:
    def size(number: int) -> Size:
        if number == 0 or number % BATCH:
            return number
        return "N" if number == BATCH else f"{number // BATCH}N"

    return TensorSpec(tuple(size(n) for n in tensor.shape), _PLAIN_DTYPE.sub("", str(tensor.dtype)))
