"""What the inspector shows: a page for one node, one for the project, one for several nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.blocks.values import show
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Edit, Node
from netbuilder.ui.fields import ChoiceField, TextField
from netbuilder.ui.form import Form
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import ElidedLabel, Fact, count, label, short, tip
from netbuilder.ui.text import translate, words
from netbuilder.ui.theme import Theme

SIDE = 16
WRITTEN = "written"

Make = Callable[[Graph], Edit]


class Page(QWidget):
    """The frame of a page: a heading whose name can be edited, then sections.

    `wanted` asks for a change: a command, the undo step's name, and what it merges with (or None).
    """

    wanted = Signal(object, str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 20)
        column.setSpacing(0)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(SIDE - 9, 0, SIDE, 0)
        self._head.setSpacing(8)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(SIDE, 0, SIDE, 0)
        self.body.setSpacing(6)
        column.addLayout(self._head)
        column.addLayout(self.body)
        column.addStretch(1)

    def head(self, name: str, right: QLabel, help: str, title: str) -> TextField:
        """Fill the heading; the field in it is the name's, which `title` says of what."""
        field = TextField(commands.check_name, name)
        field.setProperty("role", "title")
        field.setCursorPosition(0)
        field.setObjectName("name")
        # Not by the chain of Tab: a focus that lost its widget must not end here, ready to overwrite the name.
        field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        field.setAccessibleName(title)
        field.setToolTip(tip(title))
        field.setMinimumWidth(60)
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._head.addWidget(field, 1)
        self._head.addWidget(right)
        fault = label("", "error", wrap=True)
        fault.hide()

        def judge(sentence: object) -> None:
            fault.setText(words(sentence) if sentence is not None else "")  # type: ignore[arg-type]
            fault.setVisible(sentence is not None)

        field.judged.connect(judge)
        self.body.addWidget(fault)
        self.body.addWidget(label(help, "help", wrap=True))
        return field

    def section(self, title: str) -> None:
        """Start a section."""
        heading = label(title, "section")
        heading.setContentsMargins(0, 14, 0, 2)
        self.body.addWidget(heading)

    def fact(self, name: str, value: str = "", help: str = "") -> Fact:
        """Add a row of something known."""
        row = Fact(name, value, help)
        self.body.addWidget(row)
        return row


class ProblemBox(QFrame):
    """One problem in words, with the button that fixes it."""

    fixed = Signal(object)

    def __init__(self, problem: Problem, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "problem")
        colour = theme.error if problem.level == "error" else theme.warning
        mark = QLabel()
        mark.setPixmap(icon(problem.level, colour).pixmap(QSize(16, 16)))
        mark.setContentsMargins(0, 1, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 9, 10, 9)
        row.setSpacing(8)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(7)
        sentence = label(words(problem.sentence), "body", wrap=True)
        column.addWidget(sentence)
        if problem.detail:
            self.setToolTip(tip(problem.detail))
        if problem.fix is not None:
            button = QPushButton(words(problem.fix.label))
            button.setProperty("size", "small")
            button.clicked.connect(lambda: self.fixed.emit(problem.fix))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(column, 1)


def shape_text(spec: TensorSpec) -> str:
    """A shape in words: `N×10×12×12`, and the type where it is not the usual one."""
    parts = [str(spec)]
    if spec.dtype != "float32":
        parts.append(spec.dtype)
    return " · ".join(parts)


class NodePage(Page):
    """One node: its name, parameters, shapes, cost and problems."""

    def __init__(self, theme: Theme, graph: Graph, node: Node) -> None:
        super().__init__(theme)
        self.node = node
        block = node.type
        kind = ElidedLabel(block.name, "kind", 56, translate(block.category.value))
        kind.setStyleSheet(f"color: {theme.categories[block.category]}; font-weight: 500;")
        self.name = self.head(node.name, kind, translate(block.help), self.tr("Name"))
        self.name.committed.connect(self._rename)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(6)
        self._problems.setContentsMargins(0, 6, 0, 0)
        self.body.addLayout(self._problems)
        self._shown: tuple[Problem, ...] = ()
        self.form = Form(block.params, node.values)
        if block.choosable:
            self.form.add_row(
                WRITTEN,
                self.tr("Written as"),
                self._written(node),
                self.tr("How this layer is written in code."),
            )
        if block.params or block.choosable:
            self.section(self.tr("Parameters"))
            self.body.addWidget(self.form)
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
        self.show_node(graph, node)
        self.show_report(None)

    def show_node(self, graph: Graph, node: Node) -> None:
        """Take over the node as it is now."""
        self.node = node
        self.name.set_value(node.name)
        self.form.set_values(node.values)
        if node.type.choosable:
            field = self.form.field(WRITTEN)
            assert isinstance(field, ChoiceField)
            field.set_value(node.written)
            field.setToolTip(tip(self._default(graph)))
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

    def _default(self, graph: Graph) -> str:
        names = {"module": self.tr("Module"), "function": self.tr("Function")}
        return self.tr("In this project, unless said here: {0}").format(names[graph.project.layers].lower())

    def _written(self, node: Node) -> ChoiceField:
        options = (("", self.tr("As project")), ("module", self.tr("Module")), ("function", self.tr("Function")))
        return ChoiceField(options, node.written)

    def _rename(self, name: str) -> None:
        key = self.node.id
        self.wanted.emit(lambda graph: commands.rename(graph, key, name), self.tr("Rename {0}").format(name), None)

    def _change(self, name: str, value: object) -> None:
        key = self.node.id
        if name == WRITTEN:
            step = self.tr("Change how {0} is written").format(self.node.name)
            self.wanted.emit(lambda graph: commands.set_written(graph, key, str(value)), step, None)
            return
        what = translate(self.node.type.by_name[name].label)
        step = self.tr("Change {0} of {1}").format(what, self.node.name)
        merge = f"step {key} {name}" if self.form.stepping else None
        self.wanted.emit(lambda graph: commands.set_params(graph, key, {name: value}), step, merge)

    def _fix(self, fix: object) -> None:
        node, params = fix.node, fix.params  # type: ignore[attr-defined]
        step = self.tr("Fix {0}").format(self.node.name)
        self.wanted.emit(lambda graph: commands.set_params(graph, node, params), step, None)


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
        self.body.addWidget(self.form)
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
        merge = f"step training {name}" if self.form.stepping else None
        self.wanted.emit(lambda graph: commands.set_training(graph, **{name: value}), step, merge)


class ManyPage(Page):
    """Several nodes: how many of each block, and what they cost together."""

    def __init__(self, theme: Theme, nodes: list[Node]) -> None:
        super().__init__(theme)
        title = label(self.tr("%n blocks selected", "", len(nodes)), "title")
        title.setContentsMargins(9, 4, 0, 4)
        self._head.addWidget(title, 1)
        self.body.addWidget(label(self.tr("Select one block to change it."), "help", wrap=True))
        self.section(self.tr("Blocks"))
        tally: dict[str, int] = {}
        for node in nodes:
            tally[node.block] = tally.get(node.block, 0) + 1
        for name, number in sorted(tally.items(), key=lambda entry: -entry[1]):
            self.fact(name, count(number))
        self.section(self.tr("Cost"))
        self._parameters = self.fact(self.tr("Parameters"))
        self._adds = self.fact(self.tr("Mult-adds"))

    def show_reports(self, reports: Mapping[str, NodeReport], ids: Iterable[str]) -> None:
        """Show what the nodes cost together."""
        known = [reports[key] for key in ids if key in reports]
        self._parameters.say(count(sum(report.parameters for report in known)))
        self._adds.say(short(sum(report.multiply_adds for report in known)))


def _settings(graph: Graph) -> dict[str, bool | int | float | str | tuple[int, ...] | None]:
    settings = msgspec.structs.asdict(graph.training)
    return {name: settings[name] for name in commands.TRAINING_LIMITS}
