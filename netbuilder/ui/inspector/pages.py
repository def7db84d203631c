"""The pages of the inspector for one node and for the project."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout

from netbuilder.blocks import Value
from netbuilder.blocks.values import show
from netbuilder.bridge.reports import Fix, NodeReport, Problem
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Node
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.page import MUTED, WRITTEN, CodeForm, Page, ProblemBox, shape_text
from netbuilder.ui.parts import ElidedLabel, Fact, IconButton, count, label, short
from netbuilder.ui.text import translate, words
from netbuilder.ui.theme import Theme


class NodePage(Page):
    """One node: its name, parameters, shapes, cost and problems. `help_wanted` asks for its block's help page."""

    help_wanted = Signal()

    def __init__(self, theme: Theme, graph: Graph, node: Node) -> None:
        super().__init__(theme)
        self.node = node
        block = node.type
        self._kind = ElidedLabel(block.name, "kind", 56, translate(block.category.value))
        self.name = self.head(node.name, self._kind, translate(block.help), self.tr("Name"))
        self.name.committed.connect(self._rename)
        self.help = IconButton("help", self.tr("About {0}").format(block.name), QSize(24, 24))
        self.help.clicked.connect(self.help_wanted)
        self._head.addWidget(self.help)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(6)
        self._problems.setContentsMargins(0, 6, 0, 0)
        self.body.addLayout(self._problems)
        self._shown: tuple[Problem, ...] = ()
        self.form = Form(block.params, node.values)
        if block.params:
            self.section(self.tr("Parameters"))
            self.add_form(self.form)
        self.form.changed.connect(self._change)
        self._facts: dict[str, Fact] = {}
        self._ports: tuple[str, ...] = ()
        self._shapes = QVBoxLayout()
        self._shapes.setSpacing(6)
        self.section(self.tr("Shapes"))
        self.body.addLayout(self._shapes)
        if block.role == "layer":
            self.section(self.tr("Cost"))
            self._parameters = self.fact(self.tr("Parameters"), help=self.tr("Numbers that training changes."))
            self._adds = self.fact(self.tr("Mult-adds"), help=self.tr("Multiplications with addition for one sample."))
        self.code = CodeForm(graph, [node])
        if self.code.names:
            self.section(self.tr("Code"))
            self.add_form(self.code)
        self.code.changed.connect(self._write)
        self.show_node(graph, node)
        self.show_report(None)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        super().set_theme(theme)
        self._kind.setStyleSheet(f"color: {theme.categories[self.node.type.category]}; font-weight: 500;")
        shown, self._shown = self._shown, ()
        self._show_problems(shown)

    def show_node(self, graph: Graph, node: Node) -> None:
        """Take over the node as it is now."""
        self.node = node
        self.name.set_value(node.name)
        self.form.set_values(node.values)
        self.code.show_nodes(graph, [node])
        self._lay_ports()

    def show_report(self, report: NodeReport | None) -> None:
        """Show what the engine says of the node, None while it has said nothing."""
        hints = {}
        for param in self.node.type.params:
            if report is not None and param.follows is not None and report.values.get(param.name) is not None:
                hints[param.name] = self.tr("{0} · from wire").format(show(report.values[param.name]))
        self.form.set_hints(hints)
        unknown = self.tr("unknown")
        for key, fact in self._facts.items():
            side, port = key.split(":", 1)
            specs = {} if report is None else report.inputs if side == "in" else report.outputs
            spec = specs.get(port)
            fact.say(shape_text(spec) if spec is not None else unknown, spec is not None)
        if self.node.type.role == "layer":
            self._parameters.say(count(report.parameters) if report else unknown, report is not None)
            self._adds.say(short(report.multiply_adds) if report else unknown, report is not None)
        self._show_problems(report.problems if report else ())

    def _lay_ports(self) -> None:
        inputs = [port.name for port in self.node.type.input_ports(self.node.params)]
        outputs = [port.name for port in self.node.type.outputs]
        keys = (*(f"in:{name}" for name in inputs), *(f"out:{name}" for name in outputs))
        if keys == self._ports:
            return
        self._ports = keys
        for fact in self._facts.values():
            self._shapes.removeWidget(fact)
            fact.hide()
            fact.deleteLater()
        self._facts = {}
        for side, names, word in (("in", inputs, self.tr("In")), ("out", outputs, self.tr("Out"))):
            for name in names:
                fact = Fact(word if len(names) == 1 else f"{word} · {name}")
                self._shapes.addWidget(fact)
                fact.show()
                self._facts[f"{side}:{name}"] = fact
                fact.say(self.tr("unknown"), False)

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        if problems == self._shown:
            return
        self._shown = problems
        while (item := self._problems.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for problem in problems:
            box = ProblemBox(problem, self.theme)
            box.fixed.connect(self._fix)
            self._problems.addWidget(box)
            box.show()

    def _rename(self, name: str) -> None:
        key = self.node.id
        self.wanted.emit(lambda graph: commands.rename(graph, key, name), self.tr("Rename {0}").format(name), None)

    def _change(self, name: str, value: object) -> None:
        key = self.node.id
        what = translate(self.node.type.by_name[name].label)
        step = self.tr("Change {0} of {1}").format(what, self.node.name)
        merge = f"step {key} {self.form.stroke}" if self.form.stroke else None
        self.wanted.emit(lambda graph: commands.set_params(graph, key, {name: value}), step, merge)

    def _write(self, name: str, value: Value) -> None:
        steps = {
            WRITTEN: self.tr("Change how {0} is written"),
            MUTED: self.tr("Bypass {0}") if value else self.tr("Use {0} again"),
        }
        self.wanted.emit(self.code.command([self.node.id], name, value), steps[name].format(self.node.name), None)

    def _fix(self, fix: Fix) -> None:
        step = self.tr("Fix: {what}").format(what=words(fix.label))
        self.wanted.emit(lambda graph: commands.set_params(graph, fix.node, fix.params), step, None)


class ProjectPage(Page):
    """The project: the class's name, how layers are written, and how it is trained."""

    def __init__(self, theme: Theme, graph: Graph) -> None:
        super().__init__(theme)
        help = self.tr("What holds for the whole project. Select a block to see its own settings.")
        self.name = self.head(graph.main.name, label(self.tr("Project"), "faint"), help, self.tr("Name of the class"))
        self.name.committed.connect(self._rename)
        self.section(self.tr("Network"))
        self._blocks = self.fact(self.tr("Blocks"))
        self._parameters = self.fact(self.tr("Parameters"), help=self.tr("Numbers that training changes."))
        self._adds = self.fact(self.tr("Mult-adds"), help=self.tr("Multiplications with addition for one sample."))
        self.section(self.tr("Code"))
        self.body.addWidget(label(self.tr("Layers without weights are written as"), "soft", wrap=True))
        self.layers = ChoiceField(
            (("module", self.tr("Modules: self.relu = nn.ReLU()")), ("function", self.tr("Functions: F.relu(x)"))),
            graph.project.layers,
        )
        self.layers.setAccessibleName(self.tr("Layers without weights are written as"))
        self.layers.committed.connect(self._layers)
        self.body.addWidget(self.layers)
        self.section(self.tr("Training"))
        self.form = Form(tuple(commands.TRAINING_LIMITS.values()), _settings(graph))
        self.form.changed.connect(self._change)
        self.add_form(self.form)
        self.show_project(graph)

    def show_project(self, graph: Graph) -> None:
        """Take over the project as it is now."""
        self.name.set_value(graph.main.name)
        self.layers.set_value(graph.project.layers)
        self.form.set_values(_settings(graph))
        self.form.set_enabled("momentum", graph.training.optimizer == "SGD")
        self._blocks.say(count(len(graph.nodes)))

    def show_reports(self, reports: Iterable[NodeReport]) -> None:
        """Show what the whole network costs."""
        parameters = adds = 0
        for report in reports:
            parameters += report.parameters
            adds += report.multiply_adds
        self._parameters.say(count(parameters))
        self._adds.say(short(adds))

    def _rename(self, name: str) -> None:
        self.wanted.emit(lambda graph: commands.rename(graph, MAIN, name), self.tr("Rename the network"), None)

    def _layers(self, layers: str) -> None:
        step = self.tr("Change how layers are written")
        self.wanted.emit(lambda graph: commands.set_project(graph, layers), step, None)

    def _change(self, name: str, value: object) -> None:
        step = self.tr("Change {0}").format(translate(commands.TRAINING_LIMITS[name].label))
        merge = f"step training {self.form.stroke}" if self.form.stroke else None
        self.wanted.emit(lambda graph: commands.set_training(graph, **{name: value}), step, merge)


def _settings(graph: Graph) -> dict[str, bool | int | float | str | tuple[int, ...] | None]:
    settings = msgspec.structs.asdict(graph.training)
    return {name: settings[name] for name in commands.TRAINING_LIMITS}
