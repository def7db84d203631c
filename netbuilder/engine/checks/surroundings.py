"""What only the drawing around a node shows: misplaced blocks, weights that nothing reaches, and silent failures.

None of this is remembered with a node's report: an edit elsewhere may change it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from netbuilder.blocks import CATALOG, Block, Category, Value
from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import NodeReport, Problem, Size
from netbuilder.codegen import Plan
from netbuilder.codegen.expressions import call
from netbuilder.codegen.layers import as_module
from netbuilder.codegen.names import PROGRAM
from netbuilder.engine.checks.augmenting import augmentations
from netbuilder.engine.checks.case import Case, remove
from netbuilder.engine.checks.scene import RESHAPING, Scene, placewise
from netbuilder.engine.describe import paths
from netbuilder.engine.shapes import number, tensors
from netbuilder.graph.python_code import read
from netbuilder.graph.records import MAIN, Node

_PICTURES = (Category.CONVOLUTION, Category.POOLING)
_LAYS_OUT = RESHAPING | {"Expand", "Chunk", "Split", "Unbind", "Slice", "Select", "Diagonal", "Flip", "Roll"}
_FARTHEST = 32  # blocks that are looked at before a View
_SMALL, _FREE = 7, 2520  # for a batch and a free length

_Step = tuple[str, tuple[tuple[str, Value], ...], int]  # a block, its parameters, and which of its outputs


def around(node: Node, scene: Scene, report: NodeReport) -> list[Problem]:
    """What is wrong with a node where it stands."""
    found = place(node, scene.plan) + augmentations(node, scene, report)
    check = _OF.get(node.block)
    idle = report.parameters and not found and not scene.learns(node)
    if check is None and not idle:  # as it is with most nodes at most edits
        return found
    case = Case(node, scene.graph.type(node), report.values, report.inputs)
    if check is not None and (problem := check(case, scene)) is not None:
        found.append(problem)
    if idle and not found:
        text = "No loss depends on {node}: its weights stay as they are."
        found.append(case.problem(text, warning=True))
    return found


def place(node: Node, plan: Plan) -> list[Problem]:
    """Nodes whose place in the drawing cannot be written, or whose result nobody takes."""
    block = node.entry
    wires = plan.graph.wires_out_of(node.id)
    if wires and block.role == "layer" and node.id in plan.inside:  # as it is with most
        return []
    case = Case(node, block, {}, {})
    inner = plan.graph.network != MAIN
    if inner and block.role in ("loss", "metric", "data"):
        text = "{node} belongs into the network that is trained, not into one that is placed in it."
        return [case.problem(text, remove(node))]
    found = _in_objective(case, plan) if plan.objective and block.role == "layer" and node in plan.objective else []
    loose = node.id in plan.inside and not any(out[0] == node.id for out in plan.outputs)
    if not wires and (loose or (block.role == "layer" and node in plan.objective)):
        text = "Nothing takes the output of {node}: wire it on, add an Output, or delete it."
        found.append(case.problem(text))
    without = [data.name for data in plan.data if not data.entry.validated] if block.role == "metric" else []
    if without:
        text = "{node} is measured on samples kept aside, and {data} keeps none: it will not be shown."
        found.append(case.problem(text, warning=True, data=without[0]))
    if block.role == "output":
        here = plan.graph.nodes.keys() if inner else plan.inside
        if any(wire.source not in here for wire in plan.graph.wires_into(node.id).values()):
            text = "{node} returns something that no layer of the network computes."
            found.append(case.problem(text, inputs=("input",)))
    return found


def _in_objective(case: Case, plan: Plan) -> list[Problem]:
    """A layer that is computed from the target."""
    node = case.node
    if not node.entry.inline or "self." in node.entry.function:
        return [case.problem("{node} is computed from the target, so it cannot be a layer of the network.")]
    if as_module(plan.graph, node) and node.written == "module":
        text = "{node} is computed from the target, so it is written as a function."
        return [case.problem(text, warning=True)]
    return []


def files(node: Node, block: Block, values: dict[str, Value], base: Path) -> list[Problem]:
    """A data block whose folder or file is not there; without it, the shapes of a described block are not known."""
    found: list[Problem] = []
    for name, given in paths(block, values).items() if values.get("download") is not True else ():
        param, path = block.by_name[name], base / given
        try:
            if path.is_dir() if param.kind == "folder" else path.is_file():
                continue
        except (OSError, ValueError):  # ValueError: no file can have such a name
            pass
        text = "{node}: the folder {folder} is not there."
        if param.kind == "file":
            text = "{node}: the file {folder} is not there."
        case, warning = Case(node, block, values, {}), not block.described
        found.append(case.problem(text, warning=warning, detail=param.help, folder=str(path)))
    return found


def folds(node: Node, block: Block, values: dict[str, Value]) -> list[Problem]:
    """A fold that there is not."""
    number, fold = values.get("folds"), values.get("fold")
    if not isinstance(number, int) or not isinstance(fold, int) or fold <= number:
        return []
    case = Case(node, block, values, {})
    fix = case.set(say("Use {number}", number=number), fold=number)
    return [case.problem("{node} has {folds} folds, and no number {fold}.", fix, folds=number, fold=fold)]


def _flat(case: Case, scene: Scene) -> Problem | None:
    """A Linear that gets pictures: it mixes each row of pixels by itself, which is hardly meant."""
    spec = case.inputs.get("input")
    if spec is None or len(spec.shape) < 4:
        return None
    before = scene.behind(case.node, "input", _keeps_pictures)
    if before is None or not (before.entry.category in _PICTURES or before.entry.role == "data"):
        return None
    return case.problem(
        "{node} gets pictures ({shape}) and works on their last side alone: put a Flatten before it.",
        case.before("input", "Flatten", say("Put a Flatten before it")),
        inputs=("input",),
        warning=True,
        shape=str(spec),
    )


def _keeps_pictures(node: Node) -> bool:
    return placewise(node) or (node.entry.category is Category.NORMALIZATION and node.block != "LayerNorm")


def _alone(case: Case, scene: Scene) -> Problem | None:
    """Batch normalization over one number, which torch refuses while it trains."""
    spec = case.inputs.get("input")
    if spec is None or scene.graph.training.batch_size != 1 or not scene.trains or spec.shape[:1] != ("N",):
        return None
    if any(size != 1 for size in spec.shape[2:]):
        return None
    return case.problem(
        "{node} takes the mean of each channel over a batch of one sample: with batches of 1 there is nothing to "
        "compare.",
        case.swap("GroupNorm", num_groups=1),
        inputs=("input",),
    )


def _view(case: Case, scene: Scene) -> Problem | None:
    """A View of numbers that lie out of order in memory: torch refuses it when the network runs."""
    chain: list[_Step] = []
    node, port = case.node, "input"
    for _ in range(_FARTHEST):
        wire = scene.wire(node, port)
        if wire is None or (spec := scene.spec(wire)) is None:
            return None
        node, report = scene.graph.nodes[wire.source], scene.reports[wire.source]
        if len(report.inputs) != 1 or not (node.block in _LAYS_OUT or placewise(node)):
            break
        if placewise(node) and node.block != "Identity":
            chain.insert(0, ("Abs", (), 0))  # they all lay out what comes in alike
        elif node.block != "Identity":
            chain.insert(0, (node.block, tuple(report.values.items()), list(report.outputs).index(wire.output)))
        port = next(iter(report.inputs))
    else:
        return None
    own = (case.node.block, tuple(case.values.items()), 0)
    if not chain or not _refused((*chain, own), spec.shape):
        return None
    return case.problem(
        "{node} cannot look at these numbers: {before} has left them out of order in memory. A Reshape copies them.",
        case.swap("Reshape"),
        inputs=("input",),
        before=(scene.source(case.node, "input") or case.node).name,
    )


@lru_cache(maxsize=256)
def _refused(chain: tuple[_Step, ...], shape: tuple[Size, ...]) -> bool:
    """Whether the last block cannot run on what the others make of a tensor that lies in order."""
    names: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    try:
        given = torch.empty([number(size, _SMALL, _FREE) for size in shape], device="meta")
        for block, values, output in chain:
            entry = CATALOG[block]
            port = entry.inputs[0].name
            text = call(entry, dict(values), {port: port})
            given = list(tensors(eval(text, {**names, port: given})))[output]
    except Exception as error:
        return "view size is not compatible" in str(error)
    return False


def _python(case: Case, scene: Scene) -> Problem | None:
    """A name that the written program uses for something else, or two definitions of one name."""
    code = str(case.values["code"])
    definition = read(code)
    name = next(iter(sorted(definition.names & PROGRAM)), definition.name)
    if name in PROGRAM:
        return case.problem("{node}: the program itself has something called {name}: give it another name.", name=name)
    for other in scene.graph.whole.nodes.values():
        if other.block == "Python" and other.id != case.node.id:
            theirs = str(scene.graph.whole.values(other)["code"])
            both = definition.names & read(theirs).names
            if theirs != code and both:
                name = min(both)
                text = "{node} and {other} define {name} in different ways: give one of them another name."
                return case.problem(text, other=other.name, name=name)
    return None


_OF: dict[str, Callable[[Case, Scene], Problem | None]] = {
    "Linear": _flat,
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"), _alone),
    "View": _view,
    "Python": _python,
}
