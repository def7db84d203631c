"""What every block must hold: it builds, its shape is right, gradients flow, files keep it, its text runs."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest
import torch

from netbuilder.blocks import CATALOG, Block, Port
from netbuilder.bridge.reports import TensorSpec
from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.graph import commands
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from tests.drawings import CLASSIFIER, draw, run_text, write_pictures

BATCH = 3
SHAPES = {1: "", 2: "10", 4: "3,8,8"}


def sizes(spec: TensorSpec, batch: int = BATCH) -> tuple[int, ...]:
    """The real shape that a predicted one stands for."""
    return tuple(s if isinstance(s, int) else batch * int(s.removesuffix("N") or 1) for s in spec.shape)


def _input(port: Port) -> str:
    """The parameters of an Input block that suits the port."""
    dtype = "int64" if port.dtype == "int64" else "float32"
    return f"shape={SHAPES[port.dims[0] if port.dims else 4]} dtype={dtype}"


def _drawing(block: Block, folder: Path) -> Graph:
    """The block with its defaults in the smallest drawing that is complete."""
    if block.role == "data":
        where = f"folder={write_pictures(folder / 'pictures')}" if "folder" in block.by_name else ""
        first, second = (port.name for port in block.outputs)
        loss = "CrossEntropyLoss" if second == "label" else "MSELoss"
        return draw(f"""
            it {block.name} {where}
            flatten Flatten
            fc Linear
            loss {loss}
            it.{first} > flatten > fc > loss
            it.{second} > loss.target
        """)
    if block.role in ("loss", "metric"):
        if block.inputs[1].dtype == "float32":
            return draw(f"r RandomTensors\nfc Linear\nit {block.name}\nr.x > fc > it\nr.y > it.target")
        lines = CLASSIFIER.replace("accuracy", "it") if block.role == "metric" else CLASSIFIER.replace("loss", "it")
        return draw(lines)
    ports = block.input_ports(block.defaults())
    lines = [f"it {block.name}", *(f"in{i} Input {_input(port)}" for i, port in enumerate(ports))]
    wires = [f"in{i} > it.{port.name}" for i, port in enumerate(ports)]
    if block.role == "output":
        return draw("in0 Input shape=10\nfc Linear\nit Output\nin0 > fc > it")
    if block.role == "input":
        return draw("it Input\nrelu ReLU\nit > relu")
    return draw("\n".join([*lines, *wires]))


def _check_layer(analyst: Analyst, block: Block) -> None:
    model = vars(run_text(analyst.module))["Net"]()
    given = [
        spec for node in analyst.graph.order for spec in analyst.reports[node.id].outputs.values()
        if node.entry.role == "input"
    ]  # fmt: skip
    inputs = [
        torch.randint(2, sizes(spec)) if spec.dtype == "int64" else torch.randn(sizes(spec)).requires_grad_()
        for spec in given
    ]
    output = model(*inputs)
    last = "it" if block.role == "layer" else next(key for key in ("fc", "relu") if key in analyst.reports)
    (spec,) = analyst.reports[last].outputs.values()
    assert tuple(output.shape) == sizes(spec)
    assert str(output.dtype) == f"torch.{spec.dtype}"
    assert sum(p.numel() for p in model.parameters()) == sum(r.parameters for r in analyst.reports.values())
    output.sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    assert all(tensor.grad is not None for tensor in inputs if tensor.is_floating_point())


def _check_program(analyst: Analyst) -> None:
    program = run_text(analyst.script)
    train, _ = program.load_data()
    data = next(node for node in analyst.graph.order if node.entry.role == "data")
    specs = analyst.reports[data.id].outputs.values()
    assert [tuple(tensor[:BATCH].shape) for tensor in train] == [sizes(spec) for spec in specs]
    assert [str(tensor.dtype) for tensor in train] == [f"torch.{spec.dtype}" for spec in specs]
    for tensor, spec in zip(train, specs, strict=True):
        assert spec.classes is None or 0 <= int(tensor.min()) <= int(tensor.max()) < spec.classes
    model = vars(program)["Net"]()
    results = program.predict(model, [tensor[:BATCH] for tensor in train])
    loss = program.objective(*results)
    loss.backward()
    assert torch.isfinite(loss) and all(p.grad is not None for p in model.parameters())
    for value in (program.metrics(*results) if hasattr(program, "metrics") else {}).values():
        assert 0 <= float(value) <= 1


@pytest.mark.parametrize("name", sorted(CATALOG))
def test_a_block_keeps_every_promise(name: str, tmp_path: Path) -> None:
    block = CATALOG[name]
    graph = _drawing(block, tmp_path)
    assert [node.block for node in graph.nodes.values()].count(name) == 1
    assert from_text(to_text(graph)) == graph
    analyst = analyse(graph, tmp_path)
    assert not analyst.all_problems
    if block.role in ("data", "loss", "metric"):
        assert analyst.script.complete and not analyst.obstacles
        _check_program(analyst)
    else:
        assert analyst.module.complete
        _check_layer(analyst, block)
    if block.choosable:
        written = [
            analyse(graph.apply(commands.set_written(graph, "it", how)), tmp_path) for how in ("module", "function")
        ]
        assert written[0].module.text != written[1].module.text
        for analyst in written:
            _check_layer(analyst, block)


@pytest.mark.parametrize("name", sorted(name for name, block in CATALOG.items() if block.loader))
def test_a_loader_has_the_catalogs_parameters_and_defaults(name: str) -> None:
    block = CATALOG[name]
    module = importlib.import_module(f"netbuilder.engine.loaders.{block.loader}")
    signature = inspect.signature(vars(module)[f"load_{block.loader}"])
    assert list(signature.parameters) == [param.name for param in block.params]
    for param in block.params:
        default = signature.parameters[param.name].default
        assert default is inspect.Parameter.empty if param.required else default == param.default
