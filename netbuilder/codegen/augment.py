"""How the program changes the samples it trains on: the engine's own functions for that, and `augment`."""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files

from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.codegen.expressions import literal
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer
from netbuilder.graph.augmenting import augmentation_values
from netbuilder.graph.records import Augmentation, Node

TORCHVISION = "from torchvision.transforms import v2"


def augmented(plan: Plan) -> bool:
    """Whether samples are changed before they are trained on."""
    return any(node.augmentations for node in plan.data)


def augment_imports(plan: Plan) -> list[str]:
    """The imports that the changes need beside torch's own."""
    return [TORCHVISION] if any(AUGMENTATIONS[one.name].library for one in _all(plan)) else []


def write_augment(writer: Writer, plan: Plan, facts: Facts) -> None:
    """Write the functions that are used, and `augment`, which takes and gives a batch's tensors in order."""
    texts = _functions()
    for name in dict.fromkeys(AUGMENTATIONS[one.name].function for one in _all(plan)):
        writer.text(texts[name])
        writer.gap()
    names = list(plan.samples.values())
    writer.line(f"def augment({', '.join(names)}):")
    writer.line('    """Return a batch as it is trained on, changed at random."""')
    for node in plan.data:
        for augmentation in node.augmentations:
            _write_change(writer, plan, facts, node, augmentation)
    writer.line(f"    return {', '.join(names)}" if len(names) > 1 else f"    return ({names[0]},)")


def _write_change(writer: Writer, plan: Plan, facts: Facts, node: Node, augmentation: Augmentation) -> None:
    """`image = random_flip(image)`."""
    augmenter = AUGMENTATIONS[augmentation.name]
    ports = plan.graph.outputs(node)
    first = next(plan.samples[node.id, port.name] for port in ports if not port.target)
    given = augmentation_values(augmentation)
    changed = [f"{p.name}={literal(given[p.name])}" for p in augmenter.params if given[p.name] != p.default]
    if augmenter.library:
        text = f"{first} = {augmenter.function}({first}, v2.{augmenter.name}({', '.join(changed)}))"
    elif augmenter.mixes:
        out = next(((node.id, port.name) for port in ports if port.target), None)
        classes = None if out is None else facts.classes.get(out)
        if out is None or classes is None:
            writer.missing("    ", f"{node.name} has no classes that could be mixed.", node.id)
            return
        both = f"{first}, {plan.samples[out]}"
        text = f"{both} = {augmenter.function}({', '.join([both, str(classes), *changed])})"
    else:
        text = f"{first} = {augmenter.function}({', '.join([first, *changed])})"
    writer.line(f"    {text}", node.id)


def _all(plan: Plan) -> list[Augmentation]:
    return [augmentation for node in plan.data for augmentation in node.augmentations]


@cache
def _functions() -> dict[str, str]:
    """The text of each function in the engine's file, read and never run here."""
    text = (files("netbuilder.engine.loaders") / "augmenting.py").read_text("utf-8")
    found = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(text, node) or "" for node in found}
