"""Every block against torch itself, on the sample inputs of its entry: text, shapes, gradients, names."""

from __future__ import annotations

import inspect
import re
import warnings
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor, nn

from netbuilder.blocks import CATALOG, Block
from netbuilder.blocks.block import PAGES
from netbuilder.blocks.torch_params import signature
from netbuilder.bridge.reports import TensorSpec
from netbuilder.codegen.expressions import call, constructor, module_call
from netbuilder.engine import checks
from netbuilder.engine.measures import counting
from netbuilder.engine.shapes import Shapes, tensors
from netbuilder.engine.signatures import FILE, as_text, layer_names
from netbuilder.graph.records import Node

BATCH = 4
LAYERS = [name for name, block in CATALOG.items() if block.role in ("layer", "loss", "metric") and not block.of]
NAMES = {**vars(counting), "torch": torch, "nn": nn, "F": F}


def specs(block: Block) -> dict[str, TensorSpec]:
    """The sample's inputs as the analysis would know them."""
    found: dict[str, TensorSpec] = {}
    for port, text in zip(block.input_ports({}), block.sample, strict=True):
        if text == "-":
            continue
        sizes, _, dtype = text.partition(":")
        dtype, _, classes = dtype.partition("<")
        shape = tuple(size if size == "N" else int(size) for size in sizes.split(",") if size)
        found[port.name] = TensorSpec(shape, dtype or "float32", int(classes) if classes else None)
    return found


def sample(spec: TensorSpec, batch: int = BATCH) -> Tensor:
    """A real tensor of that shape and type."""
    shape = [batch if size == "N" else int(size) for size in spec.shape]
    if spec.dtype == "bool":
        return torch.rand(shape) < 0.5
    if spec.dtype == "int64":
        return torch.randint(spec.classes or 2, shape)
    return (torch.rand(shape) * 0.8 + 0.1).requires_grad_()


def run(block: Block, function: bool) -> tuple[list[Tensor], Any, dict[str, Tensor]]:
    """What the block's text gives on real tensors, the module if there is one, and the inputs."""
    torch.manual_seed(0)
    known = specs(block)
    values, problems = checks.fill(Node("it", block.name, "it"), block, block.defaults(), known)
    assert not problems
    inputs = {name: sample(spec) for name, spec in known.items()}
    variables = {name: name for name in inputs}
    module = None if function else eval(constructor(block, values), dict(NAMES))
    text = call(block, values, variables) if function else module_call(block, values, "module", variables)
    here = {**NAMES, **inputs, "module": module, "self": torch.nn.Module()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(tensors(eval(text, here))), module, inputs


@pytest.mark.parametrize("name", [name for name in LAYERS if CATALOG[name].role != "layer"])
def test_a_loss_does_on_meta_what_it_does_on_its_sample(name: str) -> None:
    block = CATALOG[name]
    known = specs(block)
    assert all(port.takes(len(known[port.name].shape), known[port.name].dtype)
               for port in block.input_ports({}) if port.name in known)  # fmt: skip
    values, _ = checks.fill(Node("it", name, "it"), block, block.defaults(), known)
    predicted = Shapes().run(name, values, known)
    assert not predicted.refusal
    for function in {not block.module or (block.role == "loss" and block.inline), block.inline}:
        real, module, _ = run(block, function)
        assert real[0].shape == () or block.finish is not None  # those count, see test_metrics
        if module is not None:
            assert sum(p.numel() for p in module.parameters()) == predicted.parameters
        learned = [tensor for tensor in real if tensor.requires_grad]
        if learned:
            sum(tensor.sum() for tensor in learned).backward()  # type: ignore[union-attr]
            for parameter in module.parameters() if isinstance(module, nn.Module) else ():
                assert parameter.grad is not None


def test_every_layer_and_loss_of_torch_is_there() -> None:
    found = {block.module.removeprefix("nn.") for block in CATALOG.values() if block.module}
    assert set(layer_names()) - found == set()


def test_the_signatures_are_those_of_the_installed_torch() -> None:
    assert FILE.read_text("utf-8") == as_text()


def test_every_sample_suits_the_ports() -> None:
    for name in LAYERS:
        known = specs(CATALOG[name])
        for port in CATALOG[name].input_ports({}):
            spec = known.get(port.name)
            assert port.optional if spec is None else port.takes(len(spec.shape), spec.dtype), (name, port.name)


def test_defaults_are_torchs_own() -> None:
    others = []
    for name in LAYERS:
        block = CATALOG[name]
        known = signature(block.module) if block.module and not block.construct else {}
        for param in block.params if known else ():
            if not param.written or param.in_forward:
                continue
            argument = param.argument or param.name
            assert argument in known, (name, argument)
            default = known[argument].get("default", param.default)
            if param.follows is None and not param.required:
                others += [(name, argument)] * (
                    param.default != (tuple(default) if isinstance(default, list) else default)
                )
    assert others == []


def test_the_linked_page_is_about_something_in_torch() -> None:
    for name in filter(lambda name: CATALOG[name].link, LAYERS):
        page = CATALOG[name].link.removeprefix(PAGES).removesuffix(".html")
        found: Any = torch
        for part in page.split(".")[1:]:
            found = getattr(found, part)
        assert callable(found) and (inspect.getdoc(found) or ""), name
        assert re.fullmatch(r"torch(\.\w+)+", page), name
