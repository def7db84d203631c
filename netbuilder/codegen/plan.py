"""What a drawing means as a program: which nodes are the network, which the objective, and who takes what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from netbuilder.blocks import Port
from netbuilder.codegen.names import AUGMENTING, IN_CLASS, IN_FORWARD, RESERVED, class_name, identifier
from netbuilder.graph.graph import Graph
from netbuilder.graph.placed import feeds
from netbuilder.graph.python_code import Definition, read
from netbuilder.graph.records import MAIN, Node

Out = tuple[str, str]  # a node's id and the name of one of its output ports


@dataclass(frozen=True, eq=False)
class Plan:
    """What is drawn in one network, without its muted nodes, sorted. Lists are in the order of the code.

    `inside` are the ids of `network`, `classes` the names of all networks' classes, `inner` the plans of the networks
    placed in this one, those that others rest on first.
    """

    graph: Graph
    class_name: str
    network: list[Node]
    objective: list[Node]
    inputs: list[Out]
    outputs: list[Out]
    samples: dict[Out, str]
    inside: frozenset[str] = frozenset()
    classes: Mapping[str, str] = field(default_factory=dict)
    inner: tuple[Plan, ...] = ()

    @cached_property
    def names(self) -> dict[str, str]:
        """The identifier of each node; under `learned_start`, that of the learned start of a state."""
        found: dict[str, str] = {}
        taken = set(self.samples.values())
        taken |= {definition.name for definition in self.definitions()}
        for node in self.graph.reading:
            ends = node.entry.role in ("input", "output")
            reserved = IN_CLASS if node.id in self.inside else IN_FORWARD if ends else RESERVED
            found[node.id] = identifier(node.name, self.graph.type(node).stem, taken, reserved=reserved)
            taken.add(found[node.id])
            for end in starts(self.graph, node):
                own = identifier(f"{node.name}_{end.name}", "state", taken)
                found[learned_start(node, end)] = own
                taken.add(own)
        return found

    @property
    def losses(self) -> list[Node]:
        """The loss nodes."""
        return [node for node in self.objective if node.entry.role == "loss"]

    @property
    def metrics(self) -> list[Node]:
        """The metric nodes that give a number."""
        return [node for node in self.objective if node.entry.role == "metric" and not node.entry.table]

    @property
    def tables(self) -> list[Node]:
        """The metric nodes that give a table of counts."""
        return [node for node in self.objective if node.entry.table]

    @property
    def data(self) -> list[Node]:
        """The data nodes."""
        return [node for node in self.graph.order if node.entry.role == "data"]

    def sources(self, node: Node) -> dict[str, Out | None]:
        """Where each input port of the node gets its tensor from; None where no wire ends, unless it may stay so."""
        wires = self.graph.wires_into(node.id)
        return {
            port.name: (wires[port.name].source, wires[port.name].output) if port.name in wires else None
            for port in self.graph.inputs(node)
            if port.name in wires or not port.optional
        }

    def given_name(self, out: Out) -> str:
        """The variable for what a data or Input node gives."""
        return self.samples.get(out) or self.names[out[0]]

    def output_names(self) -> dict[Out, str]:
        """The variables that hold what the network returns: `output`, or each as it is called where it comes from."""
        return self.returned or dict.fromkeys(self.outputs, "output")

    @cached_property
    def returned(self) -> dict[Out, str]:
        """What each of several outputs is called: as the Output that it goes to, else as its node."""
        found: dict[Out, str] = {}
        if len(self.outputs) > 1:
            for end in self.graph.ends("output"):
                for wire in self.graph.wires_into(end.id).values():
                    found.setdefault((wire.source, wire.output), self.names[end.id])
            taken = {*self.names.values(), *self.samples.values()}
            for key, port in self.outputs:
                name = self.names[key]
                several = len([node for node, _ in self.outputs if node == key]) > 1
                found.setdefault((key, port), identifier(f"{name}_{port}", name, taken) if several else name)
                taken.add(found[key, port])
        return {out: found[out] for out in self.outputs if out in found}

    def definitions(self) -> list[Definition]:
        """What Python blocks in this and all inner networks define, each once, in order."""
        found: dict[str, Definition] = {}
        for plan in (*self.inner, self):
            for node in plan.graph.order:
                if node.entry.of == "code":
                    code = str(plan.graph.values(node)["code"])
                    found.setdefault(code, read(code))
        return list(found.values())


def make_plan(graph: Graph) -> Plan:
    """Sort the nodes of what is drawn in one network into data, network and objective."""
    whole = graph.whole
    part = whole.part(graph.network) if graph is whole else graph
    classes = class_names(whole)
    inner = tuple(_plan(whole.part(key).live, classes, ()) for key in part.inner(part.network, live=True))
    return _plan(part.live, classes, inner)


def class_names(whole: Graph) -> dict[str, str]:
    """The name of each network's class; none is the name of what a Python block defines."""
    codes = {str(whole.values(node)["code"]) for node in whole.nodes.values() if node.entry.of == "code"}
    taken = {name for code in codes for name in read(code).names}
    found: dict[str, str] = {}
    for key in sorted(whole.networks, key=lambda key: (key != MAIN, key)):
        found[key] = class_name(whole.networks[key].name, {*taken, *found.values()})
    return found


def _plan(graph: Graph, classes: Mapping[str, str], inner: tuple[Plan, ...]) -> Plan:
    order = graph.reading
    objective = _objective(graph, order) if graph.network == MAIN else set()
    inside = {n.id for n in order if n.id not in objective and n.entry.role == "layer"}
    network = [node for node in order if node.id in inside]
    samples = _samples(graph, order)
    inputs, outputs = _border(graph, order, inside)
    chosen = [node for node in order if node.id in objective]
    name = classes[graph.network]
    return Plan(graph, name, network, chosen, inputs, outputs, samples, frozenset(inside), classes, inner)


def starts(graph: Graph, node: Node) -> list[Node]:
    """The states of a recurrent network whose start is learned here, for all that use this layer."""
    if node.block != "Recurrent" or node.layer or graph.values(node)["initial"] != "learned":
        return []
    part = graph.whole.part(node.of)
    fed = {feeds(end) for end in part.ends("output")}
    users = [graph.wires_into(one.id) for one in graph.nodes.values() if node.id in (one.id, one.layer)]
    return [end for end in part.ends("input") if end.id in fed and any(end.id not in wires for wires in users)]


def learned_start(node: Node, end: Node) -> str:
    """Under which key the name of a learned start is found."""
    return f"{node.layer or node.id}/{end.id}"


def _border(graph: Graph, order: list[Node], inside: set[str]) -> tuple[list[Out], list[Out]]:
    """What the network is given and what it returns."""
    if graph.network != MAIN:
        ends = [graph.wires_into(node.id).get("input") for node in graph.ends("output")]
        given = [(node.id, "output") for node in graph.ends("input")]
        return given, [(wire.source, wire.output) for wire in ends if wire is not None]
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
        ends_here = [node for node in order if node.id in inside and not graph.wires_out_of(node.id)]
        outputs = [(node.id, port.name) for node in ends_here for port in _given_on(graph, node)]
    # Input and Output blocks are ports: from left to right, as a person sees them.
    place = {node.id: i for role in ("input", "output") for i, node in enumerate(graph.ends(role))}
    taken = {
        (wire.source, wire.output): place[end.id]
        for end in reversed(graph.ends("output"))
        for wire in graph.wires_into(end.id).values()
    }
    inputs.sort(key=lambda out: place.get(out[0], -1))
    outputs.sort(key=lambda out: taken.get(out, -1))
    return list(dict.fromkeys(inputs)), list(dict.fromkeys(outputs))


def _given_on(graph: Graph, node: Node) -> list[Port]:
    """The outputs of a node that the network returns where nothing takes them: of a placed one all but its states."""
    ports = graph.outputs(node)
    if not node.of:
        return list(ports[:1])
    states = {end.id for end in graph.whole.part(node.of).ends("output") if node.block == "Recurrent" and feeds(end)}
    return [port for port in ports if port.name not in states] or list(ports[:1])


def _samples(graph: Graph, order: list[Node]) -> dict[Out, str]:
    """The variable for each output of each data node: the port's name, led by the node's where several share one."""
    given = [(node, port.name) for node in order if node.entry.role == "data" for port in graph.outputs(node)]
    ports = [port for _, port in given]
    found: dict[Out, str] = {}
    for node, port in given:
        name = port if ports.count(port) == 1 else f"{node.name}_{port}"
        found[node.id, port] = identifier(name, port, set(found.values()), reserved=IN_FORWARD | AUGMENTING)
    return found


def _objective(graph: Graph, order: list[Node]) -> set[str]:
    """The losses, the metrics and whatever is computed from a target."""
    found = {node.id for node in order if node.entry.role in ("loss", "metric")}
    for wire in graph.wires.values():
        source = graph.nodes[wire.source]
        if source.entry.role != "data":  # nothing else gives targets
            continue
        port = graph.type(source).output_port(source.params, wire.output)
        target = graph.nodes[wire.target]
        into = graph.type(target).input_port(target.params, wire.input)
        if port is not None and port.target and target.entry.role == "layer" and not (into and into.target):
            found |= graph.downstream([wire.target])
    return {key for key in found if graph.nodes[key].entry.role != "output"}
