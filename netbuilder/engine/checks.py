"""What is wrong with a node, in words and with a fix where one click can mend it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from netbuilder.blocks import Block, Value
from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Fix, Problem, TensorSpec
from netbuilder.codegen import Plan
from netbuilder.codegen.expressions import as_module
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node

_DIMENSIONS = {
    1: "one value per sample (N)",
    2: "one row of numbers per sample (N×C)",
    4: "pictures (N×C×H×W)",
}


def fill(
    node: Node, inputs: Mapping[str, TensorSpec]
) -> tuple[dict[str, bool | int | float | str | tuple[int, ...] | None], list[Problem]]:
    """The node's parameters with those that follow from the wires; a pinned one that contradicts them is a problem."""
    values = dict(node.values)
    problems: list[Problem] = []
    for param in node.type.params:
        if param.follows is None:
            continue
        spec = inputs.get(param.follows.port)
        size = _size(spec, param.follows.dim)
        if values[param.name] is None:
            values[param.name] = size
        elif size is not None and values[param.name] != size:
            pinned = values[param.name]
            assert isinstance(pinned, int)
            words = say(
                "{node} expects {pinned} {what}, gets {size}.",
                node=node.name,
                pinned=pinned,
                what=param.name.removeprefix("in_").removeprefix("num_"),
                size=size,
            )
            fix = Fix(say("Use {size}", size=size), node.id, {param.name: None})
            problems.append(Problem(node.id, words, fix=fix, inputs=(param.follows.port,)))
    return values, problems


def _size(spec: TensorSpec | None, dim: int) -> int | None:
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
    node: Node, inputs: Mapping[str, TensorSpec], wired: Collection[str], dry: Mapping[str, str]
) -> list[Problem]:
    """Inputs without a wire (`dry` as that function says), and tensors of a kind that the port does not take."""
    found: list[Problem] = []
    for port in node.type.input_ports(node.params):
        spec = inputs.get(port.name)
        if port.name in dry:
            words = say(
                "{node}: the input “{port}” has no wire: {before} before it is bypassed and has none.",
                node=node.name,
                port=port.name,
                before=dry[port.name],
            )
            found.append(Problem(node.id, words))
        elif port.name not in wired:
            words = say("{node}: the input “{port}” has no wire.", node=node.name, port=port.name)
            found.append(Problem(node.id, words))
        elif spec is not None and port.dims and len(spec.shape) not in port.dims:
            wants = " or ".join(_DIMENSIONS.get(d, f"{d} dimensions") for d in port.dims)
            words = say("{node} takes {wants}, gets {shape}.", node=node.name, wants=wants, shape=str(spec))
            if len(spec.shape) > 2 and port.dims == (2,):
                words = say(
                    "{node} takes {wants}, gets {shape}: put a Flatten before the first Linear.",
                    node=node.name,
                    wants=wants,
                    shape=str(spec),
                )
            found.append(Problem(node.id, words, inputs=(port.name,)))
        elif spec is not None and port.dtype not in ("any", spec.dtype):
            words = say(
                "{node}: the input “{port}” takes {wants} numbers, gets {dtype}.",
                node=node.name,
                port=port.name,
                wants=port.dtype,
                dtype=spec.dtype,
            )
            found.append(Problem(node.id, words, inputs=(port.name,)))
    return found


def torch_refused(node: Node, inputs: Mapping[str, TensorSpec], refusal: str) -> Problem:
    """torch cannot run the block on these inputs: kernel larger than its input is said in our words."""
    shapes = ", ".join(str(spec) for spec in inputs.values())
    if "can't be greater than actual input size" in refusal or "Output size is too small" in refusal:
        text = "{node} cannot take {shapes}: its kernel is larger than the picture that comes in."
    else:
        text = "{node} cannot take {shapes} with these parameters."
    return Problem(node.id, say(text, node=node.name, shapes=shapes), detail=refusal, inputs=tuple(inputs))


def target(node: Node, inputs: Mapping[str, TensorSpec]) -> list[Problem]:
    """A loss or metric whose target does not fit the network's output."""
    output, wanted = inputs.get("input"), inputs.get("target")
    if output is None or wanted is None:
        return []
    if wanted.classes is not None and len(output.shape) == 2:
        classes = output.shape[1]
        if isinstance(classes, int) and classes < wanted.classes:
            words = say(
                "{node}: the labels have {wanted} classes, but there are scores for {classes} only.",
                node=node.name,
                wanted=wanted.classes,
                classes=classes,
            )
            return [Problem(node.id, words, inputs=("input",))]
    if node.block == "MSELoss" and output.shape != wanted.shape:
        words = say(
            "{node} compares {output} with {target}: the shapes must be the same.",
            node=node.name,
            output=str(output),
            target=str(wanted),
        )
        return [Problem(node.id, words, inputs=("input", "target"))]
    return []


def place(node: Node, plan: Plan) -> list[Problem]:
    """Nodes whose place in the drawing cannot be written, or whose result nobody takes."""
    found: list[Problem] = []
    block = node.type
    wires = plan.graph.wires_out_of(node.id)
    if node in plan.objective and block.role == "layer":
        if not block.function or "self." in block.function:
            words = say("{node} is computed from the target, so it cannot be a layer of the network.", node=node.name)
            found.append(Problem(node.id, words))
        elif as_module(node, plan.graph.project) and node.written == "module":
            words = say("{node} is computed from the target, so it is written as a function.", node=node.name)
            found.append(Problem(node.id, words, level="warning"))
        if not wires:
            found.append(_unused(node))
    if node in plan.network and not wires and (node.id, block.outputs[0].name) not in plan.outputs:
        found.append(_unused(node))
    if block.role == "metric" and plan.data and not plan.data[0].type.validated:
        words = say(
            "{node} is measured on samples kept aside, and {data} keeps none: it will not be shown.",
            node=node.name,
            data=plan.data[0].name,
        )
        found.append(Problem(node.id, words, level="warning"))
    if block.role == "output":
        inside = {n.id for n in plan.network}
        if any(wire.source not in inside for wire in plan.graph.wires_into(node.id).values()):
            words = say("{node} returns something that no layer of the network computes.", node=node.name)
            found.append(Problem(node.id, words, inputs=("input",)))
    return found


def _unused(node: Node) -> Problem:
    return Problem(
        node.id,
        say("Nothing takes the output of {node}: wire it on, add an Output, or delete it.", node=node.name),
    )


def folder(node: Node, block: Block, values: Mapping[str, Value], base: Path) -> list[Problem]:
    """A data block whose folder is not there."""
    if "folder" not in block.by_name:
        return []
    path = base / str(values["folder"])
    try:
        if path.is_dir():
            return []
    except (OSError, ValueError):  # ValueError: no folder can have such a name
        pass
    words = say("{node}: the folder {folder} is not there.", node=node.name, folder=str(path))
    return [Problem(node.id, words, level="warning", detail=block.by_name["folder"].help)]
