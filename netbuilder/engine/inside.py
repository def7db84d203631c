"""What becomes of tensors inside a network, under the arguments and inputs of one place where it is put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from netbuilder.blocks import Block, Category, Value
from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.codegen import Plan, make_plan
from netbuilder.engine import checks, receptive
from netbuilder.engine.code import Code
from netbuilder.engine.describe import Files
from netbuilder.engine.places import once, one_step, recurrent, repeated, size_of
from netbuilder.engine.receptive import Field
from netbuilder.engine.shapes import Shapes, given, weights
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, USED, Node, Wire

Specs = dict[str, TensorSpec]
# What gives the shape of a weight that layers of several kinds can share.
_WEIGHT = {"Linear": ("out_features", "in_features"), "Embedding": ("num_embeddings", "embedding_dim")}


@dataclass(frozen=True)
class Inside:
    """What is known of a network at one place. `outputs` are by Output node; `placed` has its inner networks by node.

    `fields` says by Output how much of the network's one Input a number there sees, where that is known.
    """

    network: str
    arguments: Mapping[str, Value]
    given: Specs
    reports: dict[str, NodeReport]
    outputs: Specs
    placed: dict[str, tuple[Inside, ...]]
    off: frozenset[str]
    plan: Plan
    fields: Mapping[str, Field | None]

    @property
    def problem(self) -> Problem | None:
        """The first error in it, in the order of the code."""
        found = (problem for report in self.reports.values() for problem in report.problems)
        return next((problem for problem in found if problem.level == "error"), None)

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(report.parameters for report in self.reports.values())

    @property
    def multiply_adds(self) -> int:
        """How often it multiplies and adds, for each sample."""
        return sum(report.multiply_adds for report in self.reports.values())

    @property
    def memory(self) -> int:
        """Bytes of all it makes of one sample."""
        return sum(report.memory for report in self.reports.values())


@dataclass
class _Known:
    """A report, and what it was made for."""

    node: Node
    inputs: Specs
    wired: tuple[str, ...]
    report: NodeReport
    before: list[Field | None]
    fields: dict[str, Field | None]


@dataclass
class _Look:
    """A look at one network that is under way."""

    part: Graph
    live: Graph
    plan: Plan
    arguments: Mapping[str, Value]
    given: Specs
    off: frozenset[str]
    scene: checks.Scene
    fields: dict[tuple[str, str], Field | None] = field(default_factory=dict)
    outs: dict[tuple[str, str], TensorSpec] = field(default_factory=dict)
    placed: dict[str, tuple[Inside, ...]] = field(default_factory=dict)
    # By owner of a shared layer: who used it first, and for what sizes.
    made: dict[str, tuple[Node, object]] = field(default_factory=dict)

    @cached_property
    def shared(self) -> set[str]:
        """The nodes whose layer others use too."""
        return {node.layer for node in self.live.nodes.values() if node.layer}


class Networks:
    """Looks into the networks of a drawing, and remembers what no edit has touched."""

    def __init__(self, shapes: Shapes, code: Code) -> None:
        self.graph = Graph()
        self.folder = Path()
        self._shapes, self._code, self._files = shapes, code, Files()
        self._inside: dict[object, Inside] = {}
        self._known: dict[object, dict[str, _Known]] = {}

    def show(self, graph: Graph, touched: Iterable[str] | None = None) -> None:
        """Look at this drawing from now on. Of networks that are not touched, what is known stays; None: of none."""
        if touched is None:
            self._inside, self._known = {}, {}
        else:
            old = set(touched)
            old |= {key for key in graph.networks if old & set(graph.inner(key))}
            self._inside = {key: one for key, one in self._inside.items() if one.network not in old}
        self.graph = graph

    def inside(self, network: str, arguments: Mapping[str, Value], given: Specs) -> Inside:
        """What becomes of these tensors there. Arguments that are not given have their own values."""
        own = {one.name: one.value for one in self.graph.networks[network].arguments}
        arguments = {name: arguments.get(name, value) for name, value in own.items()}
        key = (network, tuple(arguments.items()), tuple(given.items()))
        found = self._inside.get(key)
        if found is None:
            found = self._inside[key] = self._look(network, arguments, given)
        return found

    def _look(self, network: str, arguments: Mapping[str, Value], given: Specs) -> Inside:
        part = self.graph.part(network)
        off = frozenset(
            key for key, node in part.nodes.items() if arguments.get(_owner(part, node).bound.get(USED, "")) is False
        )
        bound = part
        if off:
            muted = {key: msgspec.structs.replace(part.nodes[key], muted=True) for key in off}
            bound = Graph({**part.records, **muted}, part.whole, network)
        reports: dict[str, NodeReport] = {}
        plan = make_plan(bound)
        live = bound.live
        look = _Look(bound, live, plan, arguments, given, off, checks.Scene(bound.live, plan, reports))
        known = self._known.setdefault((network, tuple(arguments.items())), {})
        for node in bound.order:
            if node.muted:
                report = self._bypassed(node, look)
            else:
                report = self._alike(live.nodes[node.id], self._report(live.nodes[node.id], look, known), look)
            reports[node.id] = report
            for port, spec in report.outputs.items():
                look.outs[node.id, port] = spec
        for node in look.live.order:  # with all reports at hand
            if found := checks.around(node, look.scene, reports[node.id]):
                before = reports[node.id]
                mendable = (checks.mendable(problem, look.part) for problem in found)
                reports[node.id] = msgspec.structs.replace(before, problems=(*before.problems, *mendable))
        outputs = {end.id: reports[end.id].inputs["input"] for end in part.ends("output") if reports[end.id].inputs}
        ends = [wire for key in outputs for wire in look.live.wires_into(key).values()]
        fields = {wire.target: look.fields.get((wire.source, wire.output)) for wire in ends}
        if len(part.ends("input")) != 1:
            fields = {}  # of which of them it would be
        return Inside(network, arguments, given, reports, outputs, look.placed, off, look.plan, fields)

    def _bypassed(self, node: Node, look: _Look) -> NodeReport:
        """A muted node gives on what comes in, and nothing can be wrong with it."""
        wires, passed = look.part.wires_into(node.id), look.part.passed(node.id)
        inputs = _arriving(look.part, node, wires, look.outs)
        spec = inputs.get(passed.input) if passed is not None else None
        outputs = {port.name: spec for port in look.part.outputs(node) if spec is not None}
        return NodeReport(inputs, outputs, checks.fill(node, look.part.type(node), self._values(node, look), inputs)[0])

    def _alike(self, node: Node, report: NodeReport, look: _Look) -> NodeReport:
        """A shared layer is made once, so whoever uses it must bring the same sizes."""
        owner = node.layer or node.id
        if not report.outputs or owner not in look.shared:
            return report
        tied = any(owner in (one.id, one.layer) and one.block != node.block for one in look.live.nodes.values())
        if tied and node.block in _WEIGHT:
            sizes: object = [report.values[name] for name in _WEIGHT[node.block]]
        else:
            sizes = self._sizes(look.live.type(node), report, look.placed.get(node.id, ()))
        first, others = look.made.setdefault(owner, (node, sizes))
        if sizes == others:
            return report
        words = say(
            "{node} uses the layer of {first}, and that is made for other sizes.", node=node.name, first=first.name
        )
        return msgspec.structs.replace(report, problems=(*report.problems, Problem(node.id, words)))

    def _sizes(self, block: Block, report: NodeReport, insides: Iterable[Inside]) -> list[object]:
        """The sizes that a layer, and all that is inside it, takes from what comes in."""
        found: list[object] = [report.values[param.name] for param in block.params if param.follows is not None]
        for inside in insides:
            part = self.graph.part(inside.network)
            for key, one in inside.reports.items():
                found += self._sizes(part.type(part.nodes[key]), one, inside.placed.get(key, ()))
        return found

    def _values(self, node: Node, look: _Look) -> dict[str, Value]:
        owner = _owner(look.part if node.muted else look.live, node)
        values = look.part.type(node).filled(owner.params)
        for param, argument in owner.bound.items():
            if param in values:
                values[param] = look.arguments.get(argument)
        return values

    def _report(self, node: Node, look: _Look, known: dict[str, _Known]) -> NodeReport:
        wires = look.live.wires_into(node.id)
        inputs = _arriving(look.live, node, wires, look.outs)
        wired = tuple(wires)
        last = known.get(node.id)
        again = not node.of and not node.layer and node.entry.role in ("layer", "output")
        if again and last is not None and last.node is node and last.wired == wired and last.inputs == inputs:
            report = last.report
        else:
            report = self._fresh(node, look, wires, inputs)
            if report.problems:
                mendable = tuple(checks.mendable(problem, look.part) for problem in report.problems)
                report = msgspec.structs.replace(report, problems=mendable)
        before = [look.fields.get((wires[port].source, wires[port].output)) for port in report.inputs]
        if again and last is not None and report is last.report and last.before == before:
            fields = last.fields
        else:
            fields = _fields(node, look, report, before)
            first = next(iter(fields.values()), None)
            report = msgspec.structs.replace(report, field=() if first is None else first.size)
        for port, found in fields.items():
            look.fields[node.id, port] = found
        known[node.id] = _Known(node, inputs, wired, report, before, fields)
        return report

    def _fresh(self, node: Node, look: _Look, wires: Mapping[str, Wire], inputs: Specs) -> NodeReport:
        block = look.live.type(node)
        if block.role in ("loss", "metric"):
            inputs = {name: one_step(spec) for name, spec in inputs.items()}
        values, problems = checks.fill(node, block, self._values(node, look), inputs)
        ports = block.input_ports(node.params)
        problems += checks.ports(node, ports, inputs, wires, checks.dry(node, look.part))
        if block.role == "input" and look.part.network != MAIN and node.id in look.given:
            return NodeReport(inputs, {"output": look.given[node.id]}, values)
        if block.gives is not None:
            problems += checks.files(node, block, values, self.folder) + checks.folds(node, block, values)
            if block.described:
                return self._described(node, block, values, problems)
            return NodeReport(inputs, given(node.block, values), values, problems=tuple(problems))
        case = checks.Case(node, block, values, inputs)
        if block.role in ("loss", "metric"):
            problems = checks.wrong_target(case, problems) if problems else checks.target(case, look.scene)
        waiting = any(port.name not in inputs for port in ports if not port.optional or port.name in wires)
        problems += [] if problems or waiting else checks.contradictions(case)
        if any(p.level == "error" for p in problems) or waiting or block.role == "output":
            return NodeReport(inputs, {}, values, problems=tuple(problems))
        if block.of == "network":
            return self._placed(node, block, values, inputs, look, problems)
        return self._run(case, look, problems)

    def _described(self, node: Node, block: Block, values: dict[str, Value], problems: list[Problem]) -> NodeReport:
        """What the files of a data block hold."""
        if problems:
            return NodeReport({}, {}, values, problems=tuple(problems))
        found = self._files.describe(block, values, self.folder)
        if found.refusal:
            text = "{node} cannot be loaded: {reason}."
            problems.append(checks.Case(node, block, values, {}).problem(text, reason=found.refusal))
        return NodeReport({}, found.outputs, values, problems=tuple(problems), facts=found.facts, names=found.names)

    def _run(self, case: checks.Case, look: _Look, problems: list[Problem]) -> NodeReport:
        """What comes of a block that has all it needs."""
        node, block, values, inputs = case.node, case.block, dict(case.values), dict(case.inputs)
        if block.of == "code":
            result = self._code.run(node, block, values, inputs)
        else:
            result = self._shapes.run(node.block, values, inputs)
        if result.sentence is not None:
            problems.append(Problem(node.id, result.sentence, detail=result.refusal, inputs=tuple(inputs)))
        elif result.refusal:
            problems.append(checks.torch_refused(case, result.refusal))
        elif block.role == "loss":
            problems += checks.before_it(case, look.scene)
        outputs = _with_classes(case, result.outputs)
        parameters = 0 if _shares(look.live, node) else result.parameters
        if parameters and node.layer:  # its weight is that of a layer of another kind
            parameters -= weights(node.block, values)
        memory = sum(size_of(spec) for spec in outputs.values())
        return NodeReport(inputs, outputs, values, parameters, result.multiply_adds, tuple(problems), memory)

    def _placed(
        self, node: Node, block: Block, values: dict[str, Value], inputs: Specs, look: _Look, problems: list[Problem]
    ) -> NodeReport:
        """What a placed network makes of its inputs: once, again and again, or step by step."""
        part = self.graph.part(node.of)
        names = {one.name for one in self.graph.networks[node.of].arguments}
        arguments = {name: values[name] for name in names}
        if node.block == "Repeat":
            run = repeated(self.inside, node, part, values, arguments, inputs)
        elif node.block == "Recurrent":
            run = recurrent(self.inside, node, part, values, arguments, inputs)
        else:
            inside = self.inside(node.of, arguments, inputs)
            run = once(inside)
        look.placed[node.id] = run.insides
        problems += run.problems
        wrong = next((inside.problem for inside in run.insides if inside.problem is not None), None)
        if wrong is not None and not run.problems:
            words = say("{node} has a problem inside: {problem}", node=node.name, problem=str(wrong.sentence))
            problems.append(Problem(node.id, words))
        parameters = 0 if _shares(look.live, node) else run.parameters
        return NodeReport(inputs, dict(run.outputs), values, parameters, run.multiply_adds, tuple(problems), run.memory)


def declared(part: Graph) -> Specs:
    """What the Inputs of a network say that they give, for one that is placed nowhere."""
    return {node.id: given("Input", part.values(node))["output"] for node in part.ends("input")}


def _fields(node: Node, look: _Look, report: NodeReport, before: Sequence[Field | None]) -> dict[str, Field | None]:
    """How much of the input a number of the node sees, by output, from the same of its inputs."""
    if node.entry.role in ("data", "input"):
        return {port: receptive.start(spec) for port, spec in report.outputs.items()}
    if node.of:
        return receptive.placed(node.block, report.values, before, look.placed.get(node.id, ()))
    found = receptive.after(look.live.type(node), report.values, report.inputs, before)
    return dict.fromkeys(report.outputs, found)


def _with_classes(case: checks.Case, outputs: Mapping[str, TensorSpec]) -> Specs:
    """The outputs; where a block only arranges class numbers, they still are that."""
    classes = [spec.classes for spec in case.inputs.values() if spec.dtype == "int64"]
    if len(classes) != 1 or classes[0] is None or case.block.category is not Category.SHAPE:
        return dict(outputs)
    return {
        port: msgspec.structs.replace(spec, classes=classes[0]) if spec.dtype == "int64" else spec
        for port, spec in outputs.items()
    }


def _owner(graph: Graph, node: Node) -> Node:
    """The node whose layer this one uses: itself, or another."""
    return graph.nodes[node.layer] if _shares(graph, node) else node


def _shares(graph: Graph, node: Node) -> bool:
    """Whether the node uses the whole layer of another one."""
    owner = graph.nodes.get(node.layer)
    return owner is not None and owner.block == node.block


def _arriving(graph: Graph, node: Node, wires: Mapping[str, Wire], outs: Mapping[tuple[str, str], TensorSpec]) -> Specs:
    """What is known of the tensors that these wires bring, in the order of the node's inputs."""
    found: Specs = {}
    for port in graph.inputs(node):
        wire = wires.get(port.name)
        spec = outs.get((wire.source, wire.output)) if wire is not None else None
        if spec is not None:
            found[port.name] = spec
    return found
