"""Everything the engine can say about a drawing without training it, redone only where an edit touched it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.messages import Analysis
from netbuilder.bridge.reports import NodeReport, Problem, Size, Source, TensorSpec
from netbuilder.codegen import Facts, Plan, distributed, make_plan, write_module, write_script
from netbuilder.codegen.script import write_data_script
from netbuilder.engine.arguments import Written, arguments_at, first_places, places_on, written
from netbuilder.engine.checks.metrics import table_size
from netbuilder.engine.code import Code
from netbuilder.engine.inside import Inside, Networks, declared
from netbuilder.engine.naming import class_names
from netbuilder.engine.recipes import unsuited
from netbuilder.engine.shapes import Shapes
from netbuilder.engine.trials import outcome
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Edit, Frame, Network, Node, Note, Wire

_EMPTY = Source("", {}, False)


class Analyst:
    """Holds a drawing and what is known of it. `open` and `change` answer with what became different.

    The text takes longer than the shapes, and nobody waits for it: `write` makes it, and says what is new in it.
    """

    def __init__(self, trusted: bool = False) -> None:
        self._shapes = Shapes()
        self._code = Code()
        self._code.trusted = trusted
        self._networks = Networks(self._shapes, self._code)
        self.graph = Graph()
        self.reports: dict[str, NodeReport] = {}
        self.problems: tuple[Problem, ...] = ()
        self.obstacles: tuple[Sentence, ...] = ()
        self.module = self.script = _EMPTY
        self._main: Inside | None = None
        self._path: tuple[str, ...] = ()

    def open(self, graph: Graph, folder: Path, revision: int = 0, trusted: bool | None = None) -> Analysis:
        """Look at another drawing; everything is told. `trusted` says whether its Python code may run."""
        self.graph = graph
        if trusted is not None:
            self._code.trusted = trusted
        if self._code.trusted and any(node.entry.of == "code" for node in graph.nodes.values()):
            self._code.warm()
        self._networks.folder = folder
        self._networks.show(graph)
        self._path = ()
        gone = tuple(self.reports)
        self.reports = {}
        self.module = self.script = _EMPTY
        return self._look(revision, gone)

    def change(self, edit: Edit, revision: int = 0) -> Analysis:
        """Look at the drawing after an edit. ValueError when the edit is for another drawing."""
        before, self.graph = self.graph, self.graph.apply(edit)
        self._networks.show(self.graph, _touched(edit, before, self.graph))
        return self._look(revision, ())

    def show(self, path: tuple[str, ...], revision: int = 0) -> Analysis:
        """Tell of networks as they are where one comes to by these placed nodes, not as they are placed first."""
        self._path = path
        return self._look(revision, ())

    def close(self) -> None:
        """End what runs Python code."""
        self._code.close()

    def try_blocks(self, spec: TensorSpec | None, blocks: Iterable[str]) -> dict[str, TensorSpec | None]:
        """What each block would give if it were placed behind such a tensor; without one, what those that start give.

        None where it cannot take it. Blocks that give nothing without a tensor are then left out.
        """
        known = [CATALOG[name] for name in blocks if name in CATALOG]
        return {block.name: outcome(self._shapes, spec, block) for block in known if spec is not None or block.gives}

    @property
    def all_problems(self) -> list[Problem]:
        """The problems of the drawing and of its nodes, in the order of the code."""
        order = [node for key in (*self.graph.inner(MAIN), MAIN) for node in self.graph.part(key).order]
        return [*self.problems, *(p for node in order for p in self.reports[node.id].problems)]

    @property
    def parameters(self) -> int:
        """How many numbers the network learns, those of all networks placed in it included."""
        return self._main.parameters if self._main is not None else 0

    @property
    def tables(self) -> dict[str, int]:
        """What the program calls its confusion matrices, with the number of classes of each."""
        plan = make_plan(self.graph)
        return {plan.names[node.id]: table_size(node, self.reports[node.id]) for node in plan.tables}

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """What the classes of each of these tables are called, where the data that it is wired to know."""
        plan, found = make_plan(self.graph), {}
        for node in plan.tables:
            target = self.graph.wires_into(node.id)["target"]
            source, names = self.graph.nodes[target.source], self.reports[target.source].names
            if source.entry.role == "data":
                found[plan.names[node.id]] = names.get(target.output) or class_names(source, target.output)
        return {name: classes for name, classes in found.items() if len(classes) == self.tables[name]}

    def _look(self, revision: int, gone: tuple[str, ...]) -> Analysis:
        main = self._main = self._networks.inside(MAIN, {}, {})
        first = first_places(main) | places_on(main, self._path)
        reports: dict[str, NodeReport] = {}
        for key in self.graph.networks:
            inside = first.get(key)
            if inside is None:  # it is placed nowhere
                inside = self._networks.inside(key, {}, declared(self.graph.part(key)))
            reports |= inside.reports
        changed = {
            key: report for key, report in reports.items()
            if (old := self.reports.get(key)) is not report and old != report
        }  # fmt: skip
        removed = tuple({key for key in (*self.reports, *gone) if key not in self.graph.nodes})
        self.reports = {key: changed.get(key) or self.reports[key] for key in reports}
        self.problems = _whole(self.graph, main.plan)
        # While something is wrong, what a layer weighs may not be known.
        sound = not any(problem.level == "error" for problem in self.all_problems)
        self.obstacles = (*_obstacles(main.plan), *(_nothing_to_learn(main.plan, self.reports) if sound else ()))
        if sound:
            self.obstacles += unsuited(main.plan, self.graph.training, self.reports)
        return Analysis(revision, changed, removed, self.problems, self.obstacles, None, None)

    def write(self, revision: int = 0) -> Analysis:
        """Write the text of the drawing as it was looked at last; sources that are as before are left out."""
        module, script = self.module, self.script
        plan, facts = make_plan(self.graph), self._facts()
        self.module, self.script = write_module(plan, facts), write_script(plan, facts)
        if self.obstacles:
            self.script = msgspec.structs.replace(self.script, complete=False)
        return Analysis(
            revision,
            {},
            (),
            self.problems,
            self.obstacles,
            self.module if self.module != module else None,
            self.script if self.script != script else None,
            written=True,
        )

    def write_data(self) -> Source:
        """Write what loads and augments the samples of the drawing, alone."""
        return write_data_script(make_plan(self.graph), self._facts())

    def shared(self) -> Source:
        """The program for many processes. Refused where what it trains cannot be shared out."""
        plan, facts = make_plan(self.graph), self._facts()
        for sentence in distributed.obstacles(plan, facts):
            raise Refused(sentence.text, **sentence.values)
        source = write_script(plan, facts, shared=True)
        return msgspec.structs.replace(source, complete=source.complete and not self.obstacles)

    def _facts(self) -> Facts:
        assert self._main is not None
        broken: dict[str, str] = {}
        for key, report in self.reports.items():
            node = self.graph.nodes[key]
            part = self.graph.part(node.network)
            errors = [str(p.sentence) for p in report.problems if p.level == "error"]
            if errors:
                broken[key] = errors[0]
            elif not node.muted and any(
                port.name not in report.inputs and not port.optional for port in part.inputs(node)
            ):
                broken[key] = f"{node.name} waits for what comes before it."
        found = written(self._networks, self._main)
        shapes: dict[tuple[str, str], tuple[Size, ...]] = {}
        stepped: set[tuple[str, str]] = set()
        classes: dict[tuple[str, str], int] = {}
        for key, report in self.reports.items():
            for port, spec in report.outputs.items():
                shapes[key, port] = spec.shape
                if spec.stepped:
                    stepped.add((key, port))
                if spec.classes is not None:
                    classes[key, port] = spec.classes
        shapes |= _wherever(self._networks, self._main, found)
        return Facts(found.values, shapes, broken, frozenset(stepped), found.implicit, found.repeats, classes)


def _touched(edit: Edit, *graphs: Graph) -> set[str]:
    """The networks that an edit changes something in."""
    found: set[str] = set()
    for key, pair in edit.items():
        for record, graph in zip(pair, graphs, strict=True):
            if isinstance(record, Network):
                found.add(key)
            elif isinstance(record, Wire):
                found.add(graph.nodes[record.target].network)
            elif isinstance(record, Node):
                # Definitions must not contradict each other anywhere, and a loss makes batches come in everywhere.
                far = record.entry.of == "code" or record.entry.role == "loss"
                found |= graph.networks.keys() if far else {record.network}
            elif record is not None and not isinstance(record, Note | Frame):
                found |= graph.networks.keys()  # the project: how layers are written
    return found


def _wherever(networks: Networks, main: Inside, text: Written) -> dict[tuple[str, str], tuple[Size, ...]]:
    """The shapes in networks that are placed in several ways: where a size differs, the argument it is, or a star."""
    found: dict[tuple[str, str], tuple[Size, ...]] = {}
    named: dict[tuple[str, str, int], list[str]] = {}
    seen: set[int] = set()
    todo = [main]
    while todo:
        inside = todo.pop()
        if id(inside) in seen:
            continue
        seen.add(id(inside))
        todo += [one for insides in inside.placed.values() for one in insides]
        if inside is main:
            continue
        given = arguments_at(networks, text, inside)
        for key, report in inside.reports.items():
            for port, spec in report.outputs.items():
                for dim, size in enumerate(spec.shape):
                    fitting = named.setdefault((key, port, dim), list(given))
                    fitting[:] = [name for name in fitting if given.get(name) == size]
                before = found.get((key, port), spec.shape)
                same = len(before) == len(spec.shape)
                pairs = zip(before, spec.shape, strict=True) if same else ()
                found[key, port] = tuple(a if a == b else "*" for a, b in pairs) if same else ("*",)
    return {
        (key, port): tuple(
            next(iter(named[key, port, dim]), size) if size == "*" else size for dim, size in enumerate(shape)
        )
        for (key, port), shape in found.items()
    }


def _whole(graph: Graph, plan: Plan) -> tuple[Problem, ...]:
    """What is wrong with the drawing as a whole."""
    nodes = graph.part(MAIN).nodes
    if not nodes:
        return ()
    if not plan.network and any(node.muted and node.entry.role == "layer" for node in nodes.values()):
        return (Problem(None, say("All layers are bypassed: there is no network left.")),)
    if not plan.network:
        return (Problem(None, say("There is no layer yet: drag one in from the left.")),)
    return ()


def _obstacles(plan: Plan) -> tuple[Sentence, ...]:
    """Why a drawing without problems cannot be trained all the same."""
    found: list[Sentence] = []
    if not plan.data:
        found.append(say("There is no data: add a data block and wire it to the network."))
    if not plan.losses:
        found.append(say("There is no loss: add one and wire it to the network's output and the target."))
    loose = [node.name for node in plan.graph.order if node.entry.role == "input"]
    if loose:
        found.append(say("{node} has no data: wire a data block in its place.", node=loose[0]))
    return tuple(found)


def _nothing_to_learn(plan: Plan, reports: dict[str, NodeReport]) -> tuple[Sentence, ...]:
    """Whether there are weights, and a loss that they make a difference to: without, torch trains nothing."""
    weighty = {node.id for node in plan.graph.order if reports[node.id].parameters}
    if plan.network and not weighty:
        return (say("The network has no layer with weights: there is nothing to learn."),)
    if weighty and plan.losses and not weighty & _felt(plan, reports):
        return (say("No loss depends on a layer with weights: wire the network's output to a loss."),)
    return ()


def _felt(plan: Plan, reports: dict[str, NodeReport]) -> set[str]:
    """The nodes whose numbers a loss feels: no gradient goes back through whole numbers."""
    found = {node.id for node in plan.losses}
    todo = list(found)
    while todo:
        for wire in plan.graph.wires_into(todo.pop()).values():
            spec = reports[wire.source].outputs.get(wire.output)
            whole = spec is not None and spec.dtype in ("int64", "bool")
            if wire.source not in found and not whole:
                found.add(wire.source)
                todo.append(wire.source)
    return found


def analyse(graph: Graph, folder: Path, trusted: bool = False) -> Analyst:
    """Look at a drawing once, and write its text."""
    analyst = Analyst(trusted)
    analyst.open(graph, folder)
    analyst.write()
    return analyst
