"""Tensors that meet in one block and do not fit: added, multiplied, joined. Crops, pads and 1×1 convolutions help."""

from __future__ import annotations

import itertools

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Fix, Problem, TensorSpec
from netbuilder.engine.checks.case import Case, known, plain

_BROADCAST = frozenset(("Add", "Subtract", "Multiply", "Divide", "Power", "Maximum", "Minimum", "LogicalAnd",
                        "LogicalOr", "Compare", "Where"))  # fmt: skip
_CONVOLUTIONS = {3: "Conv1d", 4: "Conv2d", 5: "Conv3d"}


def meeting(case: Case) -> Problem | None:
    """The first two inputs that do not fit each other, and what would make them fit."""
    name = case.block.name
    if name not in _BROADCAST and name not in ("Concat", "Stack"):
        return None
    for (one, a), (other, b) in itertools.combinations(case.inputs.items(), 2):
        if name not in _BROADCAST and len(a.shape) != len(b.shape):
            return case.problem(
                "{node} joins what has as many dimensions: {a} has {dims_a}, {b} has {dims_b}.",
                inputs=(one, other),
                a=str(a),
                b=str(b),
                dims_a=len(a.shape),
                dims_b=len(b.shape),
            )
        dims_apart = _apart(case, a, b)
        if dims_apart:
            dim = dims_apart[0]
            sizes = (a.shape[dim], b.shape[dim])
            return case.problem(
                "{node} cannot combine {a} with {b}: in dimension {dim} they have {size_a} and {size_b}.",
                *_fixes(case, (one, a), (other, b), dims_apart),
                inputs=(one, other),
                a=str(a),
                b=str(b),
                dim=dim + len(a.shape) if dim < 0 else dim,
                size_a=sizes[0],
                size_b=sizes[1],
            )
    return None


def _apart(case: Case, a: TensorSpec, b: TensorSpec) -> list[int]:
    """The dimensions in which two inputs do not fit; counted from the end where they are broadcast."""
    if case.block.name in _BROADCAST:
        both = range(-min(len(a.shape), len(b.shape)), 0)
        return [i for i in both if a.shape[i] != b.shape[i] and 1 not in (a.shape[i], b.shape[i])]
    joined = case.whole("dim") if case.block.name == "Concat" else None
    along = None if joined is None else joined % len(a.shape)
    return [i for i in range(len(a.shape)) if a.shape[i] != b.shape[i] and i != along]


def _fixes(case: Case, one: tuple[str, TensorSpec], other: tuple[str, TensorSpec], apart: list[int]) -> list[Fix]:
    a, b = one[1], other[1]
    dims = len(a.shape)
    if dims != len(b.shape) or a.shape[0] != b.shape[0] or known(a.shape[1:]) is None or known(b.shape[1:]) is None:
        return []
    apart = [i % dims for i in apart]
    found: list[Fix] = []
    joined = case.whole("dim") if case.block.name == "Concat" else None
    within = joined is not None and -dims <= joined < dims
    if joined is not None and within and len(apart) == 1 and apart[0] != 0 and a.shape[joined] == b.shape[joined]:
        found.append(case.set(say("Join along dimension {dim}", dim=apart[0]), dim=apart[0]))
    if a.dtype != "float32" or a.dtype != b.dtype:
        return found
    if min(apart) >= 2:
        found += _sides(case, one, other)
    elif 1 in apart and dims == 2:
        small, large = sorted((one, other), key=lambda end: _size(end, 1))
        size = _size(large, 1)
        label = say("Put a Linear to {size} features before the smaller one", size=size)
        found.append(case.before(small[0], "Linear", label, out_features=size))
    elif 1 in apart and dims in _CONVOLUTIONS:
        found += _channels(case, one, other)
    return found


def _size(end: tuple[str, TensorSpec], dim: int) -> int:
    size = end[1].shape[dim]
    return size if isinstance(size, int) else 0


def _channels(case: Case, one: tuple[str, TensorSpec], other: tuple[str, TensorSpec]) -> list[Fix]:
    """A 1×1 convolution, as in the shortcut of a residual network; its stride makes the sides fit too, if it can."""
    found: list[Fix] = []
    ends = sorted(
        (one, other), key=lambda end: (-sum(_size(end, i) for i in range(2, len(end[1].shape))), _size(end, 1))
    )
    for (port, spec), (_, wanted) in (ends, ends[::-1]):
        sides, goal = known(spec.shape[2:]) or (), known(wanted.shape[2:]) or ()
        strides = tuple(-(-side // to) for side, to in zip(sides, goal, strict=True))
        reached = tuple((side - 1) // stride + 1 for side, stride in zip(sides, strides, strict=True))
        if reached != goal:
            continue
        channels = wanted.shape[1]
        assert isinstance(channels, int)
        label = say("Put a 1×1 convolution to {size} channels before {port}", size=channels, port=port)
        params = {"out_channels": channels, "kernel_size": 1}
        if any(stride != 1 for stride in strides):
            params["stride"] = plain(strides)  # type: ignore[assignment]
        found.append(case.before(port, _CONVOLUTIONS[len(spec.shape)], label, **params))
    return found


def _sides(case: Case, one: tuple[str, TensorSpec], other: tuple[str, TensorSpec]) -> list[Fix]:
    """Pad the smaller one, crop the larger one, or bring the smaller one to the size of the larger."""
    kept = case.whole("dim") if case.block.name == "Concat" else None
    small, large = sorted((one, other), key=lambda end: sum(_size(end, i) for i in range(2, len(end[1].shape))))
    found = [
        case.before(port, "Pad", label, pad=_amounts(spec, wanted, kept))
        for port, spec, wanted, label in (
            (small[0], small[1], large[1], say("Pad the smaller one to {size}", size=_shown(large[1]))),
            (large[0], large[1], small[1], say("Crop the larger one to {size}", size=_shown(small[1]))),
        )
    ]
    if len(small[1].shape) in _CONVOLUTIONS and (kept is None or kept in (0, 1)):
        label = say("Stretch the smaller one to {size}", size=_shown(large[1]))
        size = known(large[1].shape[2:])
        found.append(case.before(small[0], "Interpolate", label, size=size, scale_factor=None))
    return found


def _shown(spec: TensorSpec) -> str:
    return "×".join(str(size) for size in spec.shape[2:])


def _amounts(spec: TensorSpec, wanted: TensorSpec, kept: int | None) -> tuple[int, ...]:
    """What is put before and after each dimension, the last one first; the longer part comes after."""
    found: list[int] = []
    for dim in range(len(spec.shape) - 1, 1, -1):
        more = (
            0
            if kept is not None and dim == kept % len(spec.shape)
            else _size(("", wanted), dim) - _size(("", spec), dim)
        )
        first = int(more / 2)
        found += [first, more - first]
    return tuple(found)
