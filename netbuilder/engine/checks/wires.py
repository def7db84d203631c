"""What the wires bring: sizes that follow from them, inputs without one, and tensors that a port does not take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from netbuilder.blocks import Block, Port, Value
from netbuilder.blocks.sentence import say
from netbuilder.blocks.values import show
from netbuilder.bridge.reports import Fix, Problem, TensorSpec
from netbuilder.engine.checks.case import Case, numbers
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node

_DIMENSIONS = {
    1: "one value per sample (N)",
    2: "one row of numbers per sample (N×C)",
    3: "signals (N×C×L)",
    4: "pictures (N×C×H×W)",
    5: "volumes (N×C×D×H×W)",
}
_CONSTANT = ("Subtract", "Divide", "Power")  # a constant stands in for one of their inputs, not for both


def fill(
    node: Node, block: Block, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]
) -> tuple[dict[str, Value], list[Problem]]:
    """The node's parameters with those that follow from the wires; a pinned one that contradicts them is a problem."""
    values = dict(values)
    problems: list[Problem] = []
    for param in block.params:
        if param.follows is None:
            continue
        spec = inputs.get(param.follows.port)
        size = _size(spec, param.follows.dim)
        if values[param.name] is None:
            values[param.name] = size
        elif spec is not None and _contradicts(values[param.name], spec, size):
            problems.append(_pinned(Case(node, block, values, inputs), param.name, param.follows.port, spec, size))
    return values, problems


def _contradicts(pinned: Value, spec: TensorSpec, size: int | None) -> bool:
    """Whether a size that was typed in, or the last few sizes, are others than the wire's."""
    if isinstance(pinned, tuple):
        last = spec.shape[len(spec.shape) - len(pinned) :]
        return len(pinned) > len(spec.shape) or any(
            isinstance(s, int) and s != p for s, p in zip(last, pinned, strict=True)
        )
    return size is not None and pinned != size


def _pinned(case: Case, param: str, port: str, spec: TensorSpec, size: int | None) -> Problem:
    """A size that was typed in and is another than the wire's."""
    pinned = show(case.values[param])
    use = case.set(say("Use what comes in") if size is None else say("Use {size}", size=size), **{param: None})
    if param == "in_features" and len(spec.shape) > 2 and str(numbers(spec)) == pinned:
        return case.problem(
            "{node} expects {pinned} features, and {shape} has as many in each sample: put a Flatten before it.",
            case.before(port, "Flatten", say("Put a Flatten before it")),
            use,
            inputs=(port,),
            pinned=pinned,
            shape=str(spec),
        )
    return case.problem(
        "{node} expects {pinned} {what}, gets {size}.",
        use,
        inputs=(port,),
        pinned=pinned,
        what=param.removeprefix("in_").removeprefix("num_").replace("normalized_shape", "features"),
        size=str(spec) if size is None or "," in pinned else size,
    )


def _size(spec: TensorSpec | None, dim: int | Literal["classes"]) -> int | None:
    if dim == "classes":
        return None if spec is None else spec.classes
    if spec is None or not -len(spec.shape) <= dim < len(spec.shape):
        return None
    size = spec.shape[dim]
    return size if isinstance(size, int) else None


def dry(node: Node, graph: Graph) -> dict[str, str]:
    """The inputs that get nothing because all before them is bypassed: by port, the name of the first bypassed node."""
    found: dict[str, str] = {}
    for port, wire in graph.wires_into(node.id).items():
        start, on = graph.nodes[wire.source], graph.passed(wire.source)
        while start.muted and on is not None:
            start, on = graph.nodes[on.source], graph.passed(on.source)
        if start.muted:
            found[port] = start.name
    return found


def ports(
    node: Node,
    there: Iterable[Port],
    inputs: Mapping[str, TensorSpec],
    wired: Collection[str],
    dry: Mapping[str, str],
) -> list[Problem]:
    """Inputs without a wire (`dry` as that function says), and tensors of a kind that the port does not take."""
    found: list[Problem] = []
    there = tuple(there)
    case = Case(node, node.entry, {}, inputs)
    for port in there:
        spec = inputs.get(port.name)
        if port.name not in wired and port.optional:
            continue
        if port.name in dry:
            words = "{node}: the input “{port}” has no wire: {before} before it is bypassed and has none."
            found.append(case.problem(words, port=_named(port), before=dry[port.name]))
        elif port.name not in wired:
            found.append(case.problem("{node}: the input “{port}” has no wire.", port=_named(port)))
        elif spec is not None and port.dims and len(spec.shape) not in port.dims:
            found.append(_wrong_dims(case, port, spec))
        elif spec is not None and port.dtype not in ("any", spec.dtype):
            found.append(_wrong_type(case, port, spec))
    return found or _loose(case, there, wired)


def _named(port: Port) -> str:
    return port.label or port.name


def _loose(case: Case, there: tuple[Port, ...], wired: Collection[str]) -> list[Problem]:
    """Inputs that are optional, but not all by themselves."""
    for group in {port.group for port in there if port.group}:
        names = [port.name for port in there if port.group == group]
        if 0 < len(set(names) & set(wired)) < len(names):
            words = "{node}: {ports} belong together: wire all of them or none."
            return [case.problem(words, inputs=tuple(set(names) & set(wired)), ports=", ".join(names))]
    if case.node.block in _CONSTANT and not wired:
        return [case.problem("{node}: wire at least one of its inputs, “input” or “other”.")]
    return []


def _wrong_dims(case: Case, port: Port, spec: TensorSpec) -> Problem:
    """A tensor with too many dimensions, or too few."""
    wants = " or ".join(_DIMENSIONS.get(d, f"{d} dimensions") for d in port.dims)
    dims, fixes = len(spec.shape), []
    words = "{node} takes {wants}, gets {shape}."
    if dims > 2 and port.dims == (2,):
        words = "{node} takes {wants}, gets {shape}: put a Flatten before the first Linear."
        fixes = [] if case.block.role == "metric" else [case.before(port.name, "Flatten")]
    elif port.dims == (dims - 1,) and spec.shape[-1] == 1:
        fixes = [case.before(port.name, "Squeeze", dim=(-1,))]
    elif dims == 3 and port.dims == (4,):
        fixes = [case.before(port.name, "Unsqueeze", say("Make it one channel: put Unsqueeze before it"), dim=1)]
    return case.problem(words, *fixes, inputs=(port.name,), wants=wants, shape=str(spec))


def _wrong_type(case: Case, port: Port, spec: TensorSpec) -> Problem:
    """Whole numbers where others are wanted, or the other way around."""
    fixes: list[Fix] = []
    if port.dtype == "float32":
        fixes = [case.before(port.name, "ToFloat")]
        rows = not port.dims or len(spec.shape) + 1 in port.dims
        if spec.classes is not None and rows and not port.target:
            label = say("Put an Embedding of {classes} before it", classes=spec.classes)
            fixes.insert(0, case.before(port.name, "Embedding", label, num_embeddings=spec.classes))
    elif port.dtype == "int64":
        fixes = [case.before(port.name, "ToInt")]
    return case.problem(
        "{node}: the input “{port}” takes {wants} numbers, gets {dtype}.",
        *fixes,
        inputs=(port.name,),
        port=_named(port),
        wants=port.dtype,
        dtype=spec.dtype,
    )
