"""What a drawing means as a program: which nodes are the network, which the objective, and who takes what."""

from __future__ import annotations

from dataclasses import dataclass

from netbuilder.codegen.names import class_name, identifier
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node

Out = tuple[str, str]  # a node's id and the name of one of its output ports


@dataclass(frozen=True)
class Plan:
    """A drawing without its muted nodes, sorted. Lists are in the order of the code."""

    graph: Graph
    class_name: str
    network: list[Node]
    objective: list[Node]
    inputs: list[Out]
    outputs: list[Out]
    samples: dict[Out, str]
    names: dict[str, str]

    @property
    def losses(self) -> list[Node]:
        """The loss nodes."""
        return [node for node in self.objective if node.type.role == "loss"]

    @property
    def metrics(self) -> list[Node]:
        """The metric nodes."""
        return [node for node in self.objective if node.type.role == "metric"]

    @property
    def data(self) -> list[Node]:
        """The data nodes."""
        return [node for node in self.graph.order if node.type.role == "data"]

    def sources(self, node: Node) -> dict[str, Out | None]:
        """Where each input port of the node gets its tensor from; None where no wire ends."""
        wires = self.graph.wires_into(node.id)
        ports = (port.name for port in node.type.input_ports(node.params))
        return {name: (wires[name].source, wires[name].output) if name in wires else None for name in ports}

    def given_name(self, out: Out) -> str:
        """The variable for what a data or Input node gives."""
        return self.samples.get(out) or self.names[out[0]]

    def output_names(self) -> dict[Out, str]:
        """The variables that hold what the network returns: `output`, or `output1`, `output2` …"""
        if len(self.outputs) == 1:
            return {self.outputs[0]: "output"}
        return {out: f"output{i + 1}" for i, out in enumerate(self.outputs)}


def make_plan(graph: Graph) -> Plan:
    """Sort the nodes of the main network into data, network and objective."""
    graph = graph.live
    order = graph.order
    objective = _objective(graph, order)
    inside = {n.id for n in order if n.id not in objective and n.type.role == "layer"}
    network = [node for node in order if node.id in inside]
    samples = _samples(order)
    names: dict[str, str] = {}
    taken = set(samples.values()) | {f"output{i + 1}" for i in range(len(order))}
    for node in order:
        names[node.id] = identifier(node.name, node.type.stem, taken)
        taken.add(names[node.id])
    inputs: list[Out] = []
    outputs: list[Out] = []
    for node in order:
        for _, wire in sorted(graph.wires_into(node.id).items()):
            out = (wire.source, wire.output)
            if node.id in inside and wire.source not in inside:
                inputs.append(out)
            if node.id not in inside and wire.source in inside:
                outputs.append(out)
    if not outputs:
        outputs = [
            (node.id, port.name) for node in network for port in node.type.outputs if not graph.wires_out_of(node.id)
        ]
    chosen = [node for node in order if node.id in objective]
    inputs, outputs = list(dict.fromkeys(inputs)), list(dict.fromkeys(outputs))
    return Plan(graph, class_name(graph.main.name), network, chosen, inputs, outputs, samples, names)


def _samples(order: list[Node]) -> dict[Out, str]:
    """The variable for each output of each data node: the port's name, numbered where several share one."""
    found: dict[Out, str] = {}
    for node in order:
        for port in node.type.outputs if node.type.role == "data" else ():
            names = found.values()
            found[node.id, port.name] = port.name if port.name not in names else f"{port.name}{len(names) + 1}"
    return found


def _objective(graph: Graph, order: list[Node]) -> set[str]:
    """The losses, the metrics and whatever is computed from a target."""
    found = {node.id for node in order if node.type.role in ("loss", "metric")}
    for wire in graph.wires.values():
        port = graph.nodes[wire.source].type.output_port(wire.output)
        if port is not None and port.target and graph.nodes[wire.target].type.role == "layer":
            found |= graph.downstream([wire.target])
    return {key for key in found if graph.nodes[key].type.role != "output"}
