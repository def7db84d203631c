"""A drawing computed node by node on real tensors, without the text of the whole: what that has to agree with."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor, nn

from netbuilder.blocks import Value
from netbuilder.codegen import make_plan
from netbuilder.codegen.expressions import call, constructor, module_call
from netbuilder.engine.shapes import tensors
from netbuilder.graph.graph import Graph
from netbuilder.graph.placed import feeds
from netbuilder.graph.records import MAIN, USED, Node

NAMES = {"torch": torch, "nn": nn, "F": F}
Path = tuple[str | int, ...]
Given = Mapping[str, Tensor]


def _owner(part: Graph, node: Node) -> Node:
    """The node whose layer this one uses."""
    other = part.nodes.get(node.layer, node)
    return other if other.block == node.block else node


class ByHand:
    """The modules of a drawing by the path to them, made in the order of the drawing the first time they are needed."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.modules: dict[Path, Any] = {}
        self.found: dict[tuple[str, str], Tensor] = {}  # of the main network
        self._making = False
        self._training = False
        plan = make_plan(graph)
        # Random numbers are drawn in the order of the code, which is all that is taken from there.
        self._order = {one.graph.network: [node.id for node in one.network] for one in (*plan.inner, plan)}

    def make(self, given: Mapping[str, Given]) -> None:
        """Make all modules, from the state that random numbers are in now."""
        self._making = True
        self.network(MAIN, {}, given, ())
        self._making = False
        for path, module in self.modules.items():
            node = self.graph.nodes.get(str(path[-1]))
            owner = self.graph.nodes.get(node.layer) if node is not None else None
            if node is not None and owner is not None and owner.block != node.block:
                module.weight = self.modules[(*path[:-1], owner.id)].weight

    def run(self, given: Mapping[str, Given], training: bool) -> dict[tuple[str, str], Tensor]:
        """Every tensor of the main network."""
        self._training = training
        for module in self.modules.values():
            if isinstance(module, nn.Module):
                module.train(training)
        self.network(MAIN, {}, given, ())
        return self.found

    def network(
        self, key: str, arguments: Mapping[str, Value], given: Mapping[str, Given], path: Path
    ) -> dict[str, Tensor]:
        """What a network gives, by Output; `given` has what its Inputs (and data blocks) give."""
        part = self.graph.part(key).live
        own = {one.name: one.value for one in part.drawn.arguments} | dict(arguments)
        found: dict[tuple[str, str], Tensor] = {}
        ends: dict[str, Tensor] = {}
        layers = [part.nodes[name] for name in self._order[key]]
        starts = [node for node in part.order if node.entry.role in ("input", "data")]
        for node in (*starts, *layers, *part.ends("output")):
            wires = part.wires_into(node.id)
            ports = [port.name for port in part.inputs(node) if port.name in wires]
            inputs = {port: found[wires[port].source, wires[port].output] for port in ports}
            if node.entry.role in ("input", "data"):
                outputs = given[node.id]
            elif node.entry.role == "output":
                ends[node.id], outputs = inputs["input"], {}
            elif own.get(_owner(part, node).bound.get(USED, "")) is False:
                outputs = {port.name: next(iter(inputs.values())) for port in part.outputs(node)}
            else:
                outputs = self._node(part, node, own, inputs, path)
            found |= {(node.id, port): tensor for port, tensor in outputs.items()}
        if key == MAIN:
            self.found = found
        return ends

    def _node(
        self, part: Graph, node: Node, own: Mapping[str, Value], inputs: dict[str, Tensor], path: Path
    ) -> dict[str, Tensor]:
        owner = _owner(part, node)
        block = part.type(node)
        values = block.filled(owner.params)
        values |= {param: own[name] for param, name in owner.bound.items() if param in values}
        for param in block.params:
            if param.follows is not None and values[param.name] is None and param.follows.port in inputs:
                assert isinstance(param.follows.dim, int)
                values[param.name] = inputs[param.follows.port].shape[param.follows.dim]
        here = (*path, owner.id)
        if node.of:
            inner = {name: values[name] for name in (one.name for one in part.networks[node.of].arguments)}
            run = {"Network": self._once, "Repeat": self._repeat, "Recurrent": self._recurrent}[node.block]
            return run(node, values, inner, inputs, here)
        ports = [port.name for port in part.outputs(node)]
        variables = {name: name for name in inputs}
        names = {**NAMES, **inputs, "self": SimpleNamespace(training=self._training)}
        if block.module:
            if here not in self.modules:
                self.modules[here] = eval(constructor(block, values), dict(NAMES))
                if isinstance(self.modules[here], nn.Module):
                    self.modules[here].eval()
            names["module"] = self.modules[here]
            text = module_call(block, values, "module", variables)
        else:
            text = call(block, values, variables)
        if not self._making:
            return dict(zip(ports, tensors(eval(text, names)), strict=False))
        with torch.random.fork_rng():
            return dict(zip(ports, tensors(eval(text, names)), strict=False))

    def _once(
        self, node: Node, values: dict[str, Value], own: dict[str, Value], inputs: dict[str, Tensor], path: Path
    ) -> dict[str, Tensor]:
        return self.network(node.of, own, {key: {"output": tensor} for key, tensor in inputs.items()}, path)

    def _repeat(
        self, node: Node, values: dict[str, Value], own: dict[str, Value], inputs: dict[str, Tensor], path: Path
    ) -> dict[str, Tensor]:
        part = self.graph.part(node.of)
        ins, outs = [end.id for end in part.ends("input")], [end.id for end in part.ends("output")]
        number: Any = values["repeats"]
        most: Any = values["most"]
        if most is not None:
            number = most if self._making else random.randint(number, most)
        now = dict(inputs)
        for i in range(number):
            if values["changing"]:
                listed: Any = values["values"]
                own = {**own, str(values["changing"]): listed[i]}
            there = path if values["weights"] == "same" else (*path, i)
            given = self._once(node, values, own, now, there)
            now |= {ins[j]: given[out] for j, out in enumerate(outs)}
        return {out: now[ins[j]] for j, out in enumerate(outs)}

    def _recurrent(
        self, node: Node, values: dict[str, Value], own: dict[str, Value], inputs: dict[str, Tensor], path: Path
    ) -> dict[str, Tensor]:
        part = self.graph.part(node.of)
        states = {feeds(end): end.id for end in part.ends("output") if feeds(end)}
        sequences = [end.id for end in part.ends("input") if end.id not in states]
        first = inputs[sequences[0]]
        state: dict[str, Tensor] = {}
        for key in states:
            shape: Any = part.values(part.nodes[key])["shape"]
            state[key] = inputs.get(key, torch.zeros(first.shape[0], *shape))
        dim: Any = values["dim"] if values["over"] == "sequence" else 1
        count: Any = first.shape[dim] if values["over"] == "sequence" else values["steps"]
        steps = list(range(count))
        if values["reverse"] and values["over"] == "sequence":
            steps.reverse()
        every: dict[str, dict[int, Tensor]] = {}
        for t in steps:
            now = {
                key: inputs[key].select(dim, t) if values["over"] == "sequence" else inputs[key] for key in sequences
            }
            given = self._once(node, values, own, {**now, **state}, path)
            for key, tensor in given.items():
                every.setdefault(key, {})[t] = tensor
            state = {key: given[end] for key, end in states.items()}
        outputs = {key: kept[steps[-1]] for key, kept in every.items()}
        if values["gives"] != "last":
            rows = {key: [kept[t] for t in range(count)] for key, kept in every.items() if key not in states.values()}
            outputs |= {key: torch.stack(row, dim) for key, row in rows.items()}
        return outputs
