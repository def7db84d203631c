"""Everything the engine can say about a drawing without training it, redone only where an edit touched it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.messages import Analysis
from netbuilder.bridge.reports import NodeReport, Problem, Source, TensorSpec
from netbuilder.codegen import Facts, Plan, make_plan, write_module, write_script
from netbuilder.engine import checks
from netbuilder.engine.shapes import Shapes, given
from netbuilder.engine.trials import outcome
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node, Wire

Specs = Mapping[tuple[str, str], TensorSpec]


class Analyst:
    """Holds a drawing and what is known of it. `open` and `change` answer with what became different."""

    def __init__(self) -> None:
        self._shapes = Shapes()
        self.graph = Graph()
        self.folder = Path()
        self.reports: dict[str, NodeReport] = {}
        self.problems: tuple[Problem, ...] = ()
        self.obstacles: tuple[Sentence, ...] = ()
        self.module = Source("", {}, False)
        self.script = Source("", {}, False)

    def open(self, graph: Graph, folder: Path, revision: int = 0) -> Analysis:
        """Look at another drawing; everything is told."""
        self.graph, self.folder = graph, folder
        gone = tuple(self.reports)
        self.reports = {}
        self.module = self.script = Source("", {}, False)
        return self._look(revision, gone)

    def change(self, edit: Edit, revision: int = 0) -> Analysis:
        """Look at the drawing after an edit. ValueError when the edit is for another drawing."""
        self.graph = self.graph.apply(edit)
        return self._look(revision, ())

    def try_blocks(self, spec: TensorSpec | None, blocks: Iterable[str]) -> dict[str, TensorSpec | None]:
        """What each block would give if it were placed behind such a tensor; without one, what those that start give.

        None where it cannot take it. Blocks that give nothing without a tensor are then left out.
        """
        known = [CATALOG[name] for name in blocks if name in CATALOG]
        return {block.name: outcome(self._shapes, spec, block) for block in known if spec is not None or block.gives}

    @property
    def all_problems(self) -> list[Problem]:
        """The problems of the drawing and of its nodes, in the order of the code."""
        of_nodes = [p for node in self.graph.live.order for p in self.reports[node.id].problems]
        return [*self.problems, *of_nodes]

    def _look(self, revision: int, gone: tuple[str, ...]) -> Analysis:
        plan = make_plan(self.graph)
        specs: dict[tuple[str, str], TensorSpec] = {}
        changed: dict[str, NodeReport] = {}
        for node in self.graph.order:
            report = self._bypassed(node, specs) if node.muted else self._report(node, plan, specs)
            specs.update({(node.id, port): spec for port, spec in report.outputs.items()})
            if self.reports.get(node.id) != report:
                changed[node.id] = report
        removed = tuple({key for key in (*self.reports, *gone) if key not in self.graph.nodes})
        self.reports = {node.id: changed.get(node.id) or self.reports[node.id] for node in self.graph.order}
        self.problems = _whole(self.graph, plan)
        # While something is wrong, what a layer weighs may not be known.
        sound = not any(problem.level == "error" for problem in self.all_problems)
        self.obstacles = (*_obstacles(plan), *(_nothing_to_learn(plan, self.reports) if sound else ()))
        module, script = self.module, self.script
        self.module, self.script = self._write(plan)
        return Analysis(
            revision,
            changed,
            removed,
            self.problems,
            self.obstacles,
            self.module if self.module != module else None,
            self.script if self.script != script else None,
        )

    def _bypassed(self, node: Node, specs: Specs) -> NodeReport:
        """A muted node gives on what comes in, and nothing can be wrong with it."""
        wires, passed = self.graph.wires_into(node.id), self.graph.passed(node.id)
        inputs = _arriving(node, wires, specs)
        spec = inputs.get(passed.input) if passed is not None else None
        outputs = {port.name: spec for port in node.type.outputs if spec is not None}
        return NodeReport(inputs, outputs, checks.fill(node, inputs)[0])

    def _report(self, node: Node, plan: Plan, specs: Specs) -> NodeReport:
        block, wires = node.type, plan.graph.wires_into(node.id)
        order = block.input_ports(node.params)
        inputs = _arriving(node, wires, specs)
        values, problems = checks.fill(node, inputs)
        problems += checks.ports(node, inputs, wires, checks.dry(node, self.graph))
        misplaced = checks.place(node, plan)  # says nothing against the shapes
        if block.gives is not None:
            problems += misplaced + checks.folder(node, block, values, self.folder)
            return NodeReport(inputs, given(node.block, values), values, problems=tuple(problems))
        if block.role in ("loss", "metric") and not problems:
            problems += checks.target(node, inputs)
        if any(p.level == "error" for p in problems) or len(inputs) < len(order) or block.role == "output":
            return NodeReport(inputs, {}, values, problems=(*problems, *misplaced))
        result = self._shapes.run(node.block, values, inputs)
        if result.refusal:
            problems.append(checks.torch_refused(node, inputs, result.refusal))
        problems += misplaced
        return NodeReport(inputs, result.outputs, values, result.parameters, result.multiply_adds, tuple(problems))

    def _write(self, plan: Plan) -> tuple[Source, Source]:
        broken: dict[str, str] = {}
        for node in plan.graph.order:
            report = self.reports[node.id]
            errors = [str(p.sentence) for p in report.problems if p.level == "error"]
            if errors:
                broken[node.id] = errors[0]
            elif len(report.inputs) < len(node.type.input_ports(node.params)):
                broken[node.id] = f"{node.name} waits for what comes before it."
        shapes = {
            (key, port): spec.shape for key, report in self.reports.items() for port, spec in report.outputs.items()
        }
        facts = Facts({key: report.values for key, report in self.reports.items()}, shapes, broken)
        script = write_script(plan, facts)
        if self.obstacles:
            script = msgspec.structs.replace(script, complete=False)
        return write_module(plan, facts), script


def _arriving(node: Node, wires: Mapping[str, Wire], specs: Specs) -> dict[str, TensorSpec]:
    """What is known of the tensors that these wires bring, in the order of the node's inputs."""
    found = {port: specs.get((wire.source, wire.output)) for port, wire in wires.items()}
    order = (port.name for port in node.type.input_ports(node.params))
    return {port: spec for port in order if (spec := found.get(port)) is not None}


def _whole(graph: Graph, plan: Plan) -> tuple[Problem, ...]:
    """What is wrong with the drawing as a whole."""
    if not graph.nodes:
        return ()
    if not plan.network and any(node.muted and node.type.role == "layer" for node in graph.nodes.values()):
        return (Problem(None, say("All layers are bypassed: there is no network left.")),)
    if not plan.network:
        return (Problem(None, say("There is no layer yet: drag one in from the left.")),)
    return ()


def _obstacles(plan: Plan) -> tuple[Sentence, ...]:
    """Why a drawing without problems cannot be trained all the same."""
    found: list[Sentence] = []
    if not plan.data:
        found.append(say("There is no data: add a data block and wire it to the network."))
    elif len(plan.data) > 1:
        found.append(say("There are {count} data blocks: training takes one.", count=len(plan.data)))
    if not plan.losses:
        found.append(say("There is no loss: add one and wire it to the network's output and the target."))
    loose = [node.name for node in plan.graph.order if node.type.role == "input"]
    if loose:
        found.append(say("{node} has no data: wire a data block in its place.", node=loose[0]))
    return tuple(found)


def _nothing_to_learn(plan: Plan, reports: dict[str, NodeReport]) -> tuple[Sentence, ...]:
    """Whether there are weights, and a loss that they make a difference to: without, torch trains nothing."""
    weighty = {key for key, report in reports.items() if report.parameters}
    if plan.network and not weighty:
        return (say("The network has no layer with weights: there is nothing to learn."),)
    if weighty and plan.losses and not weighty & plan.graph.upstream(node.id for node in plan.losses):
        return (say("No loss depends on a layer with weights: wire the network's output to a loss."),)
    return ()


def analyse(graph: Graph, folder: Path) -> Analyst:
    """Look at a drawing once."""
    analyst = Analyst()
    analyst.open(graph, folder)
    return analyst
