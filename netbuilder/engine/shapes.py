"""What a block makes of its inputs, found by running it on torch's meta device: no shape rule is written twice."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import torch
import torch.nn as nn
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch.utils.flop_counter import FlopCounterMode

from netbuilder.blocks import CATALOG, Block, Value
from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.reports import Size, TensorSpec
from netbuilder.codegen.expressions import call, constructor, module_call

# Batch sizes so odd (both are prime) that a size which is a multiple of one is the batch's. A real size may be one all
# the same; a block is run with both where that is possible, and only what grows from one to the other is the batch's.
BATCH, OTHER = 1_000_003, 1_000_033
# A free length is run with two values; both can be halved, thirded and so on, so that strides leave no rest.
LENGTH, LONGER = 10_080, 20_160
FEW = 8  # of what is repeated inside a block are run as they are
SMALL = (7, 5)  # batches of real numbers
LARGEST_SMALL = 10**7
_NAMES = {"torch": torch, "nn": nn, "F": F}
_SIZE = re.compile(r"(\d*)(N?)(T?)(?:/(\d+))?([+-]\d+)?")

Plain = tuple[tuple[int, ...], str]  # a real shape and a type
Once = Callable[[Mapping[str, Plain]], tuple[list[Plain], int, int]]


class _Evaluating:
    """Stands in for `self` in a function's text, as `self.training` in dropout's."""

    training = True


@dataclass(frozen=True)
class Result:
    """Output tensors by port, numbers of parameters and multiply-adds; or torch's refusal, or one in our words."""

    outputs: dict[str, TensorSpec]
    parameters: int = 0
    multiply_adds: int = 0
    refusal: str = ""
    sentence: Sentence | None = None


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
            found = self._known[key] = _stretched(CATALOG[block], values, inputs)
        return found


def _stretched(entry: Block, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> Result:
    """What a block makes of such inputs. Where some parameter only means more of the same, little of it is run."""
    large = {name: n for name in entry.repeated if isinstance(n := values[name], int) and n > FEW}
    if not large:
        return _run(entry, values, inputs)
    start = {**values, **dict.fromkeys(large, 2)}
    base = _run(entry, start, inputs)
    if base.refusal:
        return base
    sizes = {name: list(spec.shape) for name, spec in base.outputs.items()}
    parameters, work = base.parameters, base.multiply_adds
    for param, number in large.items():
        more = _run(entry, {**start, param: 3}, inputs)
        parameters += (more.parameters - base.parameters) * (number - 2)
        work += (more.multiply_adds - base.multiply_adds) * (number - 2)
        for name, spec in base.outputs.items():
            for i, (one, two) in enumerate(zip(spec.shape, more.outputs[name].shape, strict=True)):
                if isinstance(one, int) and isinstance(two, int):
                    sizes[name][i] = one + (two - one) * (number - 2)
    outputs = {name: TensorSpec(tuple(sizes[name]), spec.dtype) for name, spec in base.outputs.items()}
    return Result(outputs, parameters, work)


def _run(entry: Block, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> Result:
    if entry.finish is not None:  # what is counted are numbers, of which the meta device has none
        return Result({})
    ports = [port.name for port in entry.output_ports(values)]

    def once(given: Mapping[str, Plain]) -> tuple[list[Plain], int, int]:
        return _once(entry, values, given)

    if entry.small:
        return probe(once, ports, inputs, values.values(), batches=SMALL)
    if entry.unrolled is None:
        return _within(probe(once, ports, inputs, values.values()), values, inputs)
    # A step costs a millisecond here too: few are run, as if their number were free.
    first = next(iter(inputs))
    dim, shape = entry.unrolled(values), inputs[first].shape
    if dim >= len(shape):
        return probe(once, ports, inputs, values.values())
    steps = shape[dim]
    free = TensorSpec((*shape[:dim], "T", *shape[dim + 1 :]), inputs[first].dtype)
    found = probe(once, ports, {**inputs, first: free}, values.values(), lengths=(2, 4))
    outputs = {
        name: TensorSpec(tuple(steps if size == "T" else size for size in spec.shape), spec.dtype)
        for name, spec in found.outputs.items()
    }
    work = found.multiply_adds * (steps if isinstance(steps, int) else 1)
    return Result(outputs, found.parameters, work, found.refusal)


def _within(found: Result, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> Result:
    """The result, refused where `dim` is no dimension of the input, which meta does not always look at."""
    # A single number counts as having one dimension.
    dim, dims = values.get("dim"), [max(1, len(spec.shape)) for spec in inputs.values()][:1]
    same = dims == [max(1, len(spec.shape)) for spec in found.outputs.values()][:1]
    if not isinstance(dim, int) or not same or -dims[0] <= dim < dims[0]:
        return found
    low, high = -dims[0], dims[0] - 1
    return Result({}, refusal=f"Dimension out of range (expected to be in range of [{low}, {high}], but got {dim})")


def given(block: str, values: Mapping[str, Value]) -> dict[str, TensorSpec]:
    """The tensors that a data or Input block gives."""
    gives = CATALOG[block].gives
    if gives is None:
        return {}

    def size(number: int) -> Size:
        return "T" if number < 0 else number

    return {name: TensorSpec(("N", *map(size, t.shape)), t.dtype, t.classes) for name, t in gives(values).items()}


def weights(block: str, values: Mapping[str, Value]) -> int:
    """How many numbers the weight of a layer has."""
    with torch.device("meta"):
        module = eval(constructor(CATALOG[block], values), dict(_NAMES))
    return int(module.weight.numel())


def probe(
    once: Once,
    ports: Iterable[str],
    inputs: Mapping[str, TensorSpec],
    numbers: Iterable[Value],
    lengths: tuple[int, int] = (LENGTH, LONGER),
    batches: tuple[int, int] = (BATCH, OTHER),
) -> Result:
    """Run something with numbers in place of batch and free length, and read from what comes out where they went.

    `numbers` are its parameters, among which one as large as a batch would be mistaken for it.
    """
    free = any(isinstance(size, str) and "T" in size for spec in inputs.values() for size in spec.shape)
    try:
        made, parameters, work = once(_real(inputs, batches[0], lengths[0]))
        longer = once(_real(inputs, batches[0], lengths[1]))[0] if free else made
        other = once(_real(inputs, batches[1], lengths[0]))[0] if _doubtful(made, numbers, inputs, batches[0]) else None
        names = list(ports)
        if names and len(names) != len(made):
            raise ValueError(f"It gives {len(made)} tensors here, and has {len(names)} outputs.")
        outputs: dict[str, TensorSpec] = {}
        for i, (name, (shape, dtype)) in enumerate(zip(names, made, strict=False)):
            others = other[i][0] if other is not None else (None,) * len(shape)
            runs = zip(shape, longer[i][0], others, strict=True)
            outputs[name] = TensorSpec(tuple(_symbol(*sizes, lengths, batches[0]) for sizes in runs), dtype)
    except Exception as error:
        return Result({}, refusal=str(error).strip().split("\n")[0][:500] or type(error).__name__)
    return Result(outputs, parameters, work // 2 // batches[0] // (lengths[0] if free else 1))


def _real(inputs: Mapping[str, TensorSpec], batch: int, length: int) -> dict[str, Plain]:
    return {name: (tuple(number(size, batch, length) for size in s.shape), s.dtype) for name, s in inputs.items()}


def number(size: Size, batch: int, length: int = LENGTH) -> int:
    """The number that a size is for such a batch and free length."""
    if isinstance(size, int):
        return size
    found = _SIZE.fullmatch(size)
    assert found is not None, size
    times, n, t, over, more = found.groups()
    result = int(times or 1) * (batch if n else 1) * (length if t else 1)
    return result // int(over or 1) + int(more or 0)


def _symbol(size: int, longer: int, other: int | None, lengths: tuple[int, int], batch: int) -> Size:
    """What a size is of batch and length: with a longer length it was `longer`, with the other batch `other`."""
    if size != longer:
        slope = Fraction(longer - size, lengths[1] - lengths[0])
        more = size - slope * lengths[0]
        n = "N" if slope % batch == 0 else ""
        slope /= batch if n else 1
        times = "" if slope.numerator == 1 else str(slope.numerator)
        over = "" if slope.denominator == 1 else f"/{slope.denominator}"
        return f"{times}{n}T{over}" + (f"{int(more):+d}" if more else "")
    if size == other or size == 0 or (other is None and size % batch):
        return size
    if size % batch:
        raise ValueError("It would change how many samples a batch has.")
    return "N" if size == batch else f"{size // batch}N"


def _doubtful(made: list[Plain], numbers: Iterable[Value], inputs: Mapping[str, TensorSpec], batch: int) -> bool:
    """Whether a real size may have been taken for the batch's, which is the first wherever it belongs."""
    given = [n for value in numbers for n in (value if isinstance(value, tuple) else (value,))]
    given += [size for spec in inputs.values() for size in spec.shape]
    large = any(isinstance(one, int) and one >= batch for one in given)
    near = any(size >= batch // 2 and size % batch for shape, _ in made for size in shape)
    return large or near or batch in SMALL or any(size and size % batch == 0 for shape, _ in made for size in shape[1:])


def _once(entry: Block, values: Mapping[str, Value], inputs: Mapping[str, Plain]) -> tuple[list[Plain], int, int]:
    """What the block makes of such inputs, its number of parameters, and its floating point operations."""
    device = "cpu" if entry.small else "meta"
    if entry.small:
        _check_small(entry, values, inputs)
    with warnings.catch_warnings(), torch.device(device):
        warnings.simplefilter("ignore")
        names: dict[str, Any] = {**_NAMES, "self": _Evaluating}
        for name, (shape, dtype) in inputs.items():
            names[name] = torch.ones(shape, dtype=getattr(torch, dtype))
        variables = {name: name for name in inputs}
        parameters = 0
        if entry.module and not (entry.role == "loss" and entry.inline):
            module = eval(constructor(entry, values), dict(_NAMES))
            owned = [module] if entry.attribute else module.parameters()
            parameters = sum(p.numel() for p in owned)
            if getattr(module, "num_batches_tracked", None) is not None:  # it is read where momentum is None
                module.num_batches_tracked = torch.zeros((), dtype=torch.int64, device="cpu")
            names["module"] = module
            text = module_call(entry, values, "module", variables)
        else:
            text = call(entry, values, variables)
        with FlopCounterMode(display=False) as counter:
            result = eval(compile(text, f"<{entry.name}>", "eval"), names)
    made = [(tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")) for tensor in tensors(result)]
    return made, parameters, counter.get_total_flops()


def _check_small(entry: Block, values: Mapping[str, Value], inputs: Mapping[str, Plain]) -> None:
    """ValueError where real numbers would take more memory than a trial is worth."""
    with torch.device("meta"):
        module = eval(constructor(entry, values), dict(_NAMES))
    numbers = sum(p.numel() for p in module.parameters()) + sum(prod(shape) for shape, _ in inputs.values())
    if numbers > LARGEST_SMALL:
        raise ValueError(f"It has {numbers:,} numbers, too many to be tried.")


def tensors(result: Any) -> Iterator[torch.Tensor]:
    """The tensors that a layer gives, in order, however it nests them."""
    if isinstance(result, torch.Tensor):
        yield result
    elif isinstance(result, tuple | list):
        for inner in result:
            yield from tensors(inner)
