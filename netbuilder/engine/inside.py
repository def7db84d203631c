"""What becomes of tensors inside a network, under the arguments and inputs of one place where it is put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from netbuilder.blocks import Block, Category, Value
from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.codegen import Plan, make_plan
from netbuilder.engine import checks
from netbuilder.engine.code import Code
from netbuilder.engine.places import once, one_step, recurrent, repeated, size_of
from netbuilder.engine.shapes import Shapes, given, weights
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, USED, Node, Wire

Specs = dict[str, TensorSpec]


@dataclass(frozen=True)
class Inside:
    """What is known of a network at one place. `outputs` are by Output node; `placed` has its inner networks by node."""

    network: str
    arguments: Mapping[str, Value]
    given: Specs
    reports: dict[str, NodeReport]
    outputs: Specs
    placed: dict[str, tuple[Inside, ...]]
    off: frozenset[str]
    plan: Plan

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
    outs: dict[tuple[str, str], TensorSpec] = field(default_factory=dict)
    placed: dict[str, tuple[Inside, ...]] = field(default_factory=dict)
    dry: dict[str, dict[str, str]] = field(default_factory=dict)


class Networks:
    """Looks into the networks of a drawing, and remembers what no edit has touched."""

    def __init__(self, shapes: Shapes, code: Code) -> None:
        self.graph = Graph()
        self.folder = Path()
        self._shapes, self._code = shapes, code
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
            key for key, node in part.nodes.items() if USED in node.bound and arguments.get(node.bound[USED]) is False
        )
        bound = part
        if off:
            muted = {key: msgspec.structs.replace(part.nodes[key], muted=True) for key in off}
            bound = Graph({**part.records, **muted}, part.whole, network)
        reports: dict[str, NodeReport] = {}
        plan = make_plan(bound)
        look = _Look(bound, bound.live, plan, arguments, given, off, checks.Scene(bound.live, plan, reports))
        known = self._known.setdefault((network, tuple(arguments.items())), {})
        for node in bound.order:
            report = self._bypassed(node, look) if node.muted else self._report(node, look, known)
            reports[node.id] = report
            for port, spec in report.outputs.items():
                look.outs[node.id, port] = spec
        for node in look.live.order:  # with all reports at hand
            if found := checks.around(node, look.scene, reports[node.id]):
                before = reports[node.id]
                mendable = (checks.mendable(problem, look.part) for problem in found)
                reports[node.id] = msgspec.structs.replace(before, problems=(*before.problems, *mendable))
        outputs = {end.id: reports[end.id].inputs["input"] for end in part.ends("output") if reports[end.id].inputs}
        return Inside(network, arguments, given, reports, outputs, look.placed, off, look.plan)

    def _bypassed(self, node: Node, look: _Look) -> NodeReport:
        """A muted node gives on what comes in, and nothing can be wrong with it."""
        wires, passed = look.part.wires_into(node.id), look.part.passed(node.id)
        inputs = _arriving(look.part, node, wires, look.outs)
        spec = inputs.get(passed.input) if passed is not None else None
        outputs = {port.name: spec for port in look.part.outputs(node) if spec is not None}
        return NodeReport(inputs, outputs, checks.fill(node, look.part.type(node), self._values(node, look), inputs)[0])

    def _values(self, node: Node, look: _Look) -> dict[str, Value]:
        owner = look.part.nodes[node.layer] if _shares(look.part, node) else node
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
            known[node.id] = _Known(node, inputs, wired, report)
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
            problems += checks.folder(node, block, values, self.folder)
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


def _with_classes(case: checks.Case, outputs: Mapping[str, TensorSpec]) -> Specs:
    """The outputs; where a block only arranges class numbers, they still are that."""
    classes = [spec.classes for spec in case.inputs.values() if spec.dtype == "int64"]
    if len(classes) != 1 or classes[0] is None or case.block.category is not Category.SHAPE:
        return dict(outputs)
    return {
        port: msgspec.structs.replace(spec, classes=classes[0]) if spec.dtype == "int64" else spec
        for port, spec in outputs.items()
    }


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
