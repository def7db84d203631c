"""Every block of the catalog, drawn, looked at, written, read, run and taken back: the whole way, with one block in it.

Layers stand between Inputs that give their sample and Outputs; data, losses and metrics in a program that trains.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import sys
import warnings
from pathlib import Path

import pytest
import torch

from netbuilder.blocks import CATALOG, Block
from netbuilder.bridge.reports import TensorSpec
from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from tests import fake_libraries
from tests.data_files import write_data
from tests.drawings import CLASSIFIER, draw, run_text
from tests.engine.test_samples import BATCH, sample, specs
from tests.fresh import fresh_python

LAYERS = [name for name, block in CATALOG.items() if block.role == "layer" and not block.of]
PROGRAMS = [name for name, block in CATALOG.items() if block.role in ("data", "metric")]
PROGRAMS += ["CrossEntropyLoss", "NLLLoss", "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "SoftMarginLoss"]


def sizes(spec: TensorSpec) -> tuple[int, ...]:
    """The real shape that a predicted one stands for."""
    return tuple(s if isinstance(s, int) else BATCH * int(s.removesuffix("N") or 1) for s in spec.shape)


def _feed(document: Document, name: str, spec: TensorSpec) -> str:
    """Place what gives such a tensor: an Input, or where there is no batch in it, what the network makes itself."""
    shape = tuple(size for size in spec.shape if isinstance(size, int))
    params: dict[str, object]
    if spec.shape[:1] == ("N",):
        block, params = "Input", {"shape": shape, "dtype": spec.dtype}
    elif spec.dtype == "bool":
        block, params = "Input", {"shape": (1, *shape), "dtype": spec.dtype}
    elif spec.dtype == "int64":
        source = _feed(document, name, TensorSpec(("N", *shape)))
        (key,) = edit = commands.add_node(document.graph, "Arange", 0, 50)
        document.commit(edit, name)
        document.commit(commands.connect(document.graph, source, "output", key, "input"), "wire")
        return key
    else:
        block, params = "Parameter", {"shape": shape}
    (key,) = edit = commands.add_node(document.graph, block, 0, 0, params)
    document.commit(edit, name)
    return key


def _layer(name: str) -> Document:
    """The block in the smallest drawing, each step of it one that can be undone."""
    block, known = CATALOG[name], specs(CATALOG[name])
    document = Document()
    document.commit(commands.add_node(document.graph, name, 0, 100), "it")
    (it,) = document.graph.nodes
    classes = [p for p in block.params if p.follows is not None and p.follows.dim == "classes"]
    for param in classes:  # an Input says nothing of how many there are
        document.commit(commands.set_params(document.graph, it, {param.name: 2000}), "classes")
    for port, spec in known.items():
        key = _feed(document, port, spec)
        document.commit(commands.connect(document.graph, key, "output", it, port), "wire")
    for port in document.graph.outputs(document.graph.nodes[it]):
        (key,) = edit = commands.add_node(document.graph, "Output", 0, 200)
        document.commit(edit, "output")
        document.commit(commands.connect(document.graph, it, port.name, key, "input"), "wire")
    return document


def _check_layer(graph: Graph, block: Block, it: str) -> Analyst:
    """Fail unless the text, run with the sample, gives what the analysis said, and has gradients."""
    analyst = analyse(graph, Path())
    assert not [str(problem.sentence) for problem in analyst.all_problems if problem.level == "error"]
    assert analyst.module.complete
    model = vars(run_text(analyst.module))["Net"]()
    known = specs(block)
    fed = {graph.wires[f"{it}:{port}"].source: spec for port, spec in known.items()}
    torch.manual_seed(0)
    inputs = []
    for key, _ in make_plan(graph).inputs:
        suited = key in fed and fed[key].shape[:1] == ("N",)
        inputs.append(sample(fed[key] if suited else analyst.reports[key].outputs["output"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = model(*inputs)
    outputs = given if isinstance(given, tuple) else (given,)
    predicted = analyst.reports[it].outputs.values()
    assert [(tuple(o.shape), str(o.dtype)) for o in outputs] == [(sizes(s), f"torch.{s.dtype}") for s in predicted]
    assert sum(p.numel() for p in model.parameters()) == sum(r.parameters for r in analyst.reports.values())
    learned = [output for output in outputs if output.requires_grad]
    if learned:
        sum(output.sum() for output in learned).backward()  # type: ignore[union-attr]
        assert all(parameter.grad is not None for parameter in model.parameters())
    return analyst


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_keeps_every_promise(name: str) -> None:
    block, document = CATALOG[name], _layer(name)
    graph = document.graph
    it = next(key for key, node in graph.nodes.items() if node.block == name)
    assert from_text(to_text(graph)) == graph
    _check_layer(graph, block, it)
    if block.choosable:
        ways = [graph.apply(commands.set_written(graph, it, how)) for how in ("module", "function")]
        assert len({_check_layer(way, block, it).module.text for way in ways}) == 2
    while document.undo():
        pass
    assert document.graph == Graph()
    while document.redo():
        pass
    assert document.graph == graph


def _program(block: Block, folder: Path) -> Graph:
    if block.role == "data":
        return data_program(block, write_data(block.name, folder))
    if block.role == "metric" and block.inputs[1].dtype == "int64":
        return draw(CLASSIFIER.replace("accuracy Accuracy", f"accuracy {block.name}"))
    if block.role == "metric":
        return draw(f"""
            digits Digits
            flatten Flatten
            fc Linear out_features=64
            loss MSELoss
            it {block.name}
            digits.image > flatten > fc > loss
            flatten > loss.target
            fc > it
            flatten > it.target
        """)
    if block.by_name.get("ignore_index") is not None:
        return draw(CLASSIFIER.replace("loss CrossEntropyLoss", f"loss {block.name}"))
    return draw(f"r RandomTensors\nfc Linear\nit {block.name}\nr.x > fc > it\nr.y > it.target")


def data_program(block: Block, params: dict[str, object]) -> Graph:
    """The data, and a network that suits it: classes or numbers, one for the sample or one for each step."""
    first, second = (port.name for port in block.outputs)
    given = " ".join(f"{name}={value}" for name, value in params.items())
    assert block.gives is not None
    known = block.gives(block.filled(params))
    tokens = known[first].dtype == "int64"
    classes = known[second].dtype == "int64" or (second == "target" and block.described)
    return draw(f"""
        it {block.name} {given}
        {"before Embedding embedding_dim=4" if tokens else "before Flatten"}
        fc Linear {"out_features=40" if tokens else "out_features=1" if block.name == "Sines" else ""}
        {"last Permute dims=0,2,1" if tokens else ""}
        loss {"CrossEntropyLoss" if classes else "MSELoss"}
        it.{first} > before > fc {"> last" if tokens else ""} > loss
        it.{second} > loss.target
    """)


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_needs_a_program_keeps_every_promise(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", fake_libraries.torchvision())
    monkeypatch.setitem(sys.modules, "datasets", fake_libraries.datasets())
    graph = _program(CATALOG[name], tmp_path)
    assert [node.block for node in graph.nodes.values()].count(name) == 1
    assert from_text(to_text(graph)) == graph
    analyst = analyse(graph, tmp_path)
    assert not [problem for problem in analyst.all_problems if problem.level == "error"]
    assert analyst.script.complete and not analyst.obstacles
    program = run_text(analyst.script)
    train, kept = program.load_data()
    data = next(node for node in graph.order if node.entry.role == "data")
    given = analyst.reports[data.id].outputs.values()
    assert [tuple(tensor[:BATCH].shape) for tensor in train] == [sizes(spec) for spec in given]
    assert [str(tensor.dtype) for tensor in train] == [f"torch.{spec.dtype}" for spec in given]
    for tensor, spec in zip((*train, *(kept or ())), (*given, *(given if kept else ())), strict=True):
        assert spec.classes is None or 0 <= int(tensor.min()) <= int(tensor.max()) < spec.classes
    model = vars(program)["Net"]()
    results = program.predict(model, [tensor[:BATCH] for tensor in train])
    loss = program.objective(*results)
    loss.backward()
    assert torch.isfinite(loss) and all(p.grad is not None for p in model.parameters())
    if CATALOG[name].role == "metric":
        _, validation = program.load_data()
        (measured,) = [value for key, value in program.evaluate(model, validation).items() if key != "loss"]
        if CATALOG[name].table:
            assert 0 < measured.sum() <= len(validation[0]) * 64
        else:
            assert math.isfinite(measured) and (0 <= measured <= 1 or not CATALOG[name].share)


def test_torchs_own_samples_are_made_and_predicted_as_torch_does() -> None:
    code = "import warnings; warnings.simplefilter('ignore'); from tests.engine.torch_samples import main; main()"
    done = fresh_python(code, timeout=180)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong"] == []
    assert found["classes"] >= 100 and found["constructors"] >= 600 and found["shapes"] >= 350, found


@pytest.mark.parametrize("name", sorted(name for name, block in CATALOG.items() if block.loader))
def test_a_loader_has_the_catalogs_parameters_and_defaults(name: str) -> None:
    block = CATALOG[name]
    module = importlib.import_module(f"netbuilder.engine.loaders.{block.loader}")
    signature = inspect.signature(vars(module)[f"load_{block.loader}"])
    assert {*signature.parameters} == {param.name for param in block.params}
    for param in block.params:
        default = signature.parameters[param.name].default
        assert default is inspect.Parameter.empty if param.required else default == param.default
