"""How much of the input one number of a layer sees, as long as only windows slide over it.

A field is counted from where the network begins: at its Input, or at the data. Behind whatever mixes all places, or
moves them about, nothing is known, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netbuilder.blocks import Block, Category, Value
from netbuilder.bridge.reports import TensorSpec

if TYPE_CHECKING:
    from netbuilder.engine.inside import Inside

_NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm", "LocalResponseNorm", "CrossMapLRN2d")
_DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")
_JOINS = ("Add", "Subtract", "Multiply", "Divide", "Power", "Maximum", "Minimum")
_PLACEWISE = ("Identity", "Shift", "Scale", "Exp", "Log", "Sqrt", "Rsqrt", "Abs", "Negative", "Square", "Sin", "Cos",
              "Reciprocal", "Sign", "Clamp")  # fmt: skip
_ALONG = ("Softmax", "Softmin", "GLU", "GumbelSoftmax", "LogSoftmax")
_WINDOWS = frozenset(
    f"{kind}{rank}d" for kind in ("Conv", "MaxPool", "AvgPool", "LPPool") for rank in (1, 2, 3)
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """By dimension behind the channels: how many places are seen, and how many lie between two neighbours."""

    size: tuple[int, ...]
    jump: tuple[int, ...]

    def then(self, other: Field) -> Field | None:
        """The field of something that has the field `other` on what has this one."""
        if len(self.size) != len(other.size):
            return None
        steps = zip(self.size, self.jump, other.size, strict=True)
        sizes = tuple(size + (more - 1) * jump for size, jump, more in steps)
        return Field(sizes, tuple(a * b for a, b in zip(self.jump, other.jump, strict=True)))


def start(spec: TensorSpec) -> Field | None:
    """The field at the beginning of a network: each number sees itself. None for what has no places."""
    rank = len(spec.shape) - 2
    return Field((1,) * rank, (1,) * rank) if rank in (1, 2, 3) and spec.dtype == "float32" else None


def after(block: Block, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec], before: Sequence[Field | None]
          ) -> Field | None:  # fmt: skip
    """The field behind a block, from the fields of its inputs in order."""
    fields = [field for field in before if field is not None]
    if not fields or len(fields) < len(inputs):
        return None
    if block.name in _WINDOWS:
        return fields[0].then(_window(values, len(fields[0].size)))
    if len(fields) == 1 and _placewise(block, values):
        return fields[0]
    joined = block.name in _JOINS or (block.name == "Concat" and values["dim"] == 1)
    alike = all(field.jump == fields[0].jump for field in fields)
    if not joined or not alike or len({len(spec.shape) for spec in inputs.values()}) > 1:
        return None
    return Field(tuple(max(sizes) for sizes in zip(*(field.size for field in fields), strict=True)), fields[0].jump)


def placed(
    block: str, values: Mapping[str, Value], before: Sequence[Field | None], insides: Sequence[Inside]
) -> dict[str, Field | None]:
    """The fields behind a placed network, by output."""
    (given, *others) = before or (None,)
    if given is None or others or not insides or block == "Recurrent" or values.get("most") is not None:
        return {}
    times = values["repeats"] if block == "Repeat" and len(insides) == 1 else 1
    assert isinstance(times, int)
    fields: dict[str, Field | None] = {}
    for output in insides[0].fields:
        found: Field | None = given
        for inside in (*insides,) * times:
            step = inside.fields.get(output)
            found = None if found is None or step is None else found.then(step)
        fields[output] = found
    return fields


def _placewise(block: Block, values: Mapping[str, Value]) -> bool:
    """Whether each number comes from the numbers at the same place."""
    if block.name in _ALONG:
        return values.get("dim") == 1
    return block.category is Category.ACTIVATION or block.name in (*_NORMS, *_DROPOUTS, *_PLACEWISE, *_JOINS)


def _window(values: Mapping[str, Value], rank: int) -> Field:
    """The field of a window that slides over its input."""

    def each(name: str, default: Value) -> tuple[int, ...]:
        value = values.get(name)
        value = default if value is None else value
        return tuple(int(one) for one in value) if isinstance(value, tuple) else (int(value or 1),) * rank

    kernel = each("kernel_size", 1)
    dilation = each("dilation", 1)
    stride = each("stride", kernel)  # None is what pools have as a rule
    return Field(tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)), stride)
