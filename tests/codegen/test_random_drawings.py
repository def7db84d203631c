"""Random drawings, node by node and as generated text: the same shapes and, to the bit, the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from netbuilder.blocks import CATALOG, Value
from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import Analyst
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from tests.drawings import assert_formatted, run_text

BATCH = 3
Out = tuple[str, str]
ATTACKS = st.sampled_from([
    "x", "x_in", "output", "output1", "output2", "y", "self", "forward", "training", "class", "match", "print", "F",
    "nn", "torch", "Net", "model", "loss", "same", "same", "input", "x 2", "x_2", "n" * 60, "'\"\\", "卷积", "🙂", "ｘ",
])  # fmt: skip
SMALL = st.integers(1, 4)
SIZE = st.one_of(SMALL, st.tuples(SMALL, SMALL))
PARAMS: dict[str, st.SearchStrategy[dict[str, Value]]] = {
    "Conv2d": st.fixed_dictionaries(
        {"out_channels": SMALL, "kernel_size": SIZE},
        optional={
            "stride": SIZE,
            "padding": st.integers(0, 2),
            "dilation": st.integers(1, 2),
            "bias": st.booleans(),
            "padding_mode": st.sampled_from(["zeros", "replicate"]),
        },
    ),
    "MaxPool2d": st.fixed_dictionaries({"kernel_size": SIZE}, optional={"stride": SIZE, "ceil_mode": st.booleans()}),
    "AvgPool2d": st.fixed_dictionaries(
        {"kernel_size": SIZE}, optional={"stride": SIZE, "count_include_pad": st.booleans()}
    ),
    "Linear": st.fixed_dictionaries({"out_features": st.integers(1, 5)}, optional={"bias": st.booleans()}),
    "ReLU": st.just({}),
    "Sigmoid": st.just({}),
    "Tanh": st.just({}),
    "Clamp": st.fixed_dictionaries({}, optional={"min": st.floats(-2, 0), "max": st.floats(0, 2)}),
    "Dropout": st.fixed_dictionaries({}, optional={"p": st.floats(0, 1)}),
    "BatchNorm2d": st.fixed_dictionaries({}, optional={"eps": st.floats(1e-6, 1), "affine": st.booleans()}),
    "Flatten": st.fixed_dictionaries({}, optional={"start_dim": st.integers(1, 2), "end_dim": st.integers(-2, 3)}),
    "Add": st.fixed_dictionaries({"inputs": st.integers(2, 4)}),
    "Concat": st.fixed_dictionaries({"inputs": st.integers(2, 4)}, optional={"dim": st.integers(-1, 3)}),
}


def _outs(graph: Graph) -> list[Out]:
    return [(node.id, port.name) for node in graph.order for port in graph.outputs(node)]


def _ends(graph: Graph) -> list[Out]:
    """What layers give that nothing takes."""
    layers = [node.id for node in graph.order if node.entry.role == "layer"]
    return [(key, "output") for key in layers if not graph.wires_out_of(key)]


def _try(analyst: Analyst, graph: Graph, block: str, params: Mapping[str, Value], sources: list[Out]) -> Graph:
    """The drawing with this block wired on, or as it was where the block does not fit there."""
    edit = commands.add_node(graph, block, 0, 64 * len(graph.nodes), params)
    (key,) = edit
    after = graph.apply(edit)
    node = after.nodes[key]
    for port, (source, output) in zip(graph.inputs(node), sources, strict=True):
        after = after.apply(commands.connect(after, source, output, key, port.name))
    analyst.open(after, Path())
    wrong = [p for p in analyst.reports[key].problems if not str(p.sentence).startswith("Nothing takes")]
    return graph if wrong or 0 in [s for spec in analyst.reports[key].outputs.values() for s in spec.shape] else after


def _muted(analyst: Analyst, graph: Graph, keys: list[str]) -> Graph:
    """The drawing with those of these nodes bypassed that can be, one after the other, without harm to the rest."""
    for key in keys:
        if commands.bypassable(graph.nodes[key]):
            before = len(analyst.open(graph, Path()).problems) + len(analyst.all_problems)
            after = graph.apply(commands.set_muted(graph, [key], True))
            now = len(analyst.open(after, Path()).problems) + len(analyst.all_problems)
            graph = after if now <= before else graph
    return graph


@st.composite
def drawings(draw: st.DrawFn) -> Graph:
    """Chains and branches from one data block or some inputs, with outputs, losses, bypassed blocks, odd names."""
    analyst, graph = Analyst(), Graph()
    shapes = st.sampled_from([(2, 6, 7), (1, 8, 8), (5,), (4,)])
    if draw(st.booleans()):
        shape = draw(shapes)
        graph = graph.apply(
            commands.add_node(graph, "RandomTensors", 0, 0, {"input_shape": shape, "target_shape": (4,), "samples": 6})
        )
    else:
        for _ in range(draw(st.integers(1, 3))):
            graph = graph.apply(commands.add_node(graph, "Input", 0, 0, {"shape": draw(shapes)}))
    for _ in range(draw(st.integers(1, 9))):
        block = draw(st.sampled_from(sorted(PARAMS)))
        params = draw(PARAMS[block])
        free = [out for out in _outs(graph) if out[1] != "y"]
        number = len(CATALOG[block].input_ports(params))
        graph = _try(analyst, graph, block, params, [draw(st.sampled_from(free[-4:])) for _ in range(number)])
    target = next(((node.id, "y") for node in graph.order if node.entry.role == "data"), None)
    if target is not None:
        last = _ends(graph)[-1] if _ends(graph) else (target[0], "x")
        for block, params in (("Flatten", {}), ("Linear", {"out_features": 4})):
            after = _try(analyst, graph, block, params, [last])
            last = next(((key, "output") for key in after.nodes if key not in graph.nodes), last)
            graph = after
    ends = _ends(graph)
    if target is not None:
        for end in ends:
            graph = _try(analyst, graph, "MSELoss", draw(st.sampled_from([{}, {"weight": 0.5}])), [end, target])
    ends = [end for end in ends if not graph.wires_out_of(end[0])]
    if draw(st.booleans()) or target is not None:
        for end in ends:
            graph = _try(analyst, graph, "Output", {}, [end])
    for key in sorted(graph.nodes):
        if draw(st.booleans()):
            graph = graph.apply(commands.rename(graph, key, draw(ATTACKS)))
        if graph.nodes[key].entry.choosable:
            graph = graph.apply(commands.set_written(graph, key, draw(st.sampled_from(["", "module", "function"]))))
    graph = _muted(analyst, graph, draw(st.lists(st.sampled_from(sorted(graph.nodes)), max_size=4, unique=True)))
    graph = graph.apply(commands.set_project(graph, draw(st.sampled_from(["module", "function"]))))
    return graph.apply(commands.rename(graph, "main", draw(ATTACKS)))


def _layer(node: Node, first: Tensor) -> nn.Module:
    """The node as a module of torch, made without the program's help; what is no module is done in `_value`."""
    values = node.entry.filled(node.params)
    follows = {"Conv2d": ("in_channels", 1), "Linear": ("in_features", -1), "BatchNorm2d": ("num_features", 1)}
    if node.block in follows:
        name, dim = follows[node.block]
        values[name] = first.shape[dim]
    with torch.random.fork_rng():  # dropout must find the random numbers that the text finds
        made: nn.Module = getattr(nn, node.block)(**values)
    return made


def _value(node: Node, inputs: list[Tensor], weights: dict[str, Tensor], training: bool) -> Tensor:
    values: dict[str, Any] = node.entry.filled(node.params)
    if node.block == "Add":
        total = inputs[0]
        for tensor in inputs[1:]:
            total = total + tensor
        return total
    if node.block == "Concat":
        return torch.cat(inputs, dim=values["dim"])
    if node.block == "Clamp":
        return torch.clamp(inputs[0], values["min"], values["max"])
    if node.block == "Dropout":
        return F.dropout(inputs[0], values["p"], training)
    layer = _layer(node, inputs[0])
    layer.load_state_dict(weights)
    value: Tensor = layer.train(training)(inputs[0])
    return value


def _by_hand(graph: Graph, model: nn.Module, given: dict[Out, Tensor], training: bool) -> dict[Out, Tensor]:
    """Every tensor of the drawing, computed node by node in the order of the drawing."""
    layers = iter([{k: v.clone() for k, v in m.state_dict().items()} for m in model.children() if m.state_dict()])
    found = dict(given)
    for node in graph.order:
        if node.entry.role != "layer":
            continue
        wires = graph.wires_into(node.id)
        if node.muted:
            first = next(wires[p.name] for p in graph.inputs(node) if p.name in wires)
            found[node.id, "output"] = found[first.source, first.output]
            continue
        inputs = [
            found[wires[port.name].source, wires[port.name].output] for port in graph.inputs(node)
        ]
        holds = node.block in ("Conv2d", "Linear") or (node.block == "BatchNorm2d")
        found[node.id, "output"] = _value(node, inputs, next(layers) if holds else {}, training)
    assert next(layers, None) is None
    return found


def _check(graph: Graph, texts: dict[str, str]) -> bool:
    """Hold the text of a drawing against the drawing; whether there was a drawing without problems to do it with."""
    analyst = Analyst()
    analyst.open(graph, Path())
    if analyst.all_problems:
        return False
    analyst.write()
    assert analyst.module.complete
    plan = make_plan(graph)
    made = vars(run_text(analyst.module))[plan.class_name]
    model, twin = made(), made()
    twin.load_state_dict(model.state_dict())
    ends = [(n.id, p.name) for n in graph.order if n.entry.role in ("data", "input") for p in graph.outputs(n)]
    given = {
        (key, port): torch.randn(
            BATCH, *(s for s in analyst.reports[key].outputs[port].shape[1:] if isinstance(s, int))
        )
        for key, port in ends
    }
    inputs = [given[out] for out in plan.inputs]
    for training in (True, False):
        torch.manual_seed(1)
        wanted = _by_hand(graph, model, given, training)
        torch.manual_seed(1)
        found: Any = model.train(training)(*inputs)
        torch.manual_seed(1)
        again: Any = twin.train(training)(*inputs)
        outputs = found if isinstance(found, tuple) else (found,)
        assert len(outputs) == len(plan.outputs)
        for out, output, other in zip(
            plan.outputs, outputs, again if isinstance(again, tuple) else (again,), strict=True
        ):
            assert torch.equal(output, wanted[out])
            assert torch.equal(output, other)
        for (key, port), tensor in wanted.items():
            spec = analyst.reports[key].outputs[port]
            sizes = tuple(s if isinstance(s, int) else BATCH * int(s.removesuffix("N") or 1) for s in spec.shape)
            assert sizes == tuple(tensor.shape)
    texts[f"m{len(texts)}.py"] = analyst.module.text
    if not analyst.obstacles:
        assert analyst.script.complete
        program = run_text(analyst.script)
        train, _ = program.load_data()
        assert program.objective(*program.predict(vars(program)[plan.class_name](), train)).dim() == 0
        texts[f"s{len(texts)}.py"] = analyst.script.text
    return True


def test_what_is_written_is_what_was_drawn(tmp_path: Path) -> None:
    texts: dict[str, str] = {}
    held: list[bool] = []
    muted: list[bool] = []

    @settings(max_examples=250, suppress_health_check=list(HealthCheck))
    @given(drawings())
    def check(graph: Graph) -> None:
        held.append(_check(graph, texts))
        muted.append(held[-1] and graph.live is not graph)

    check()
    assert sum(held) > 150
    assert sum(muted) > 50
    assert sum(name.startswith("s") for name in texts) > 50
    assert_formatted(texts, tmp_path / "texts")
