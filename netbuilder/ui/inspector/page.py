"""What the inspector's pages are made of: the frame with its heading and sections, problems, the form of the code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.blocks import Value
from netbuilder.bridge.reports import Problem, TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node
from netbuilder.ui.icons import icon
from netbuilder.ui.inspector.fields import ChoiceField, SwitchField
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.inspector.text_field import MIXED, Shown, TextField
from netbuilder.ui.parts import Fact, label, tip
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

SIDE = 16
WRITTEN = "written"
MUTED = "muted"

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
        self.body = self._part(SIDE)
        column.addLayout(self._head)
        column.addLayout(self.body)
        column.addStretch(1)
        self._column = column

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours; what is being typed stays as it is."""
        self.theme = theme

    def _part(self, right: int) -> QVBoxLayout:
        part = QVBoxLayout()
        part.setContentsMargins(SIDE, 0, right, 0)
        part.setSpacing(6)
        return part

    def add_form(self, form: QWidget) -> None:
        """Add what is built like a form: its gutter lies in the margin, so that fields end where all else does."""
        part, self.body = self._part(SIDE - GUTTER), self._part(SIDE)
        part.addSpacing(6)
        part.addWidget(form)
        self._column.insertLayout(self._column.count() - 1, part)
        self._column.insertLayout(self._column.count() - 1, self.body)

    def head(self, name: str, right: QLabel, help: str, title: str) -> TextField:
        """Fill the heading; the field in it is the name's, which `title` says of what."""
        field = TextField(commands.check_name, name)
        field.setProperty("role", "title")
        field.setCursorPosition(0)
        field.setObjectName("name")
        # Not by the chain of Tab: a focus that lost its widget must not end here, ready to overwrite the name.
        field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        field.setAccessibleName(title)
        field.setToolTip(tip(name, title))
        field.textChanged.connect(lambda text: field.setToolTip(tip(text, title)))
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

    def section(self, title: str) -> QLabel:
        """Start a section; its heading."""
        heading = label(title, "section")
        heading.setContentsMargins(0, 14, 0, 2)
        self.body.addWidget(heading)
        return heading

    def fact(self, name: str, value: str = "", help: str = "") -> Fact:
        """Add a row of something known."""
        row = Fact(name, value, help)
        self.body.addWidget(row)
        return row


class ProblemBox(QFrame):
    """One problem in words, with a button for each way to fix it."""

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
        for fix in problem.fixes:
            button = QPushButton(words(fix.label))
            button.setProperty("size", "small")
            button.clicked.connect(partial(self.fixed.emit, fix))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(column, 1)


def shape_text(spec: TensorSpec) -> str:
    """A shape in words: `N×10×12×12`, and the type where it is not the usual one."""
    parts = [str(spec)]
    if spec.dtype != "float32":
        parts.append(spec.dtype)
    return " · ".join(parts)


class CodeForm(Form):
    """How nodes are written in code: as modules or functions where both can be, or bypassed. Empty where neither is."""

    def __init__(self, graph: Graph, nodes: Sequence[Node]) -> None:
        super().__init__((), {})
        if all(node.entry.choosable for node in nodes):
            project = self.tr("As project")
            ways = (("", project), ("module", self.tr("Module")), ("function", self.tr("Function")))
            help = self.tr("How this layer is written in code.")
            self.add_row(WRITTEN, self.tr("Written as"), ChoiceField(ways, ""), help, "", project)
        if all(commands.bypassable(node) for node in nodes):
            help = self.tr("Kept in the drawing, skipped by the code.")
            self.add_row(MUTED, self.tr("Bypassed"), SwitchField(False), help, False, self.tr("off"))
        self.show_nodes(graph, nodes)

    def show_nodes(self, graph: Graph, nodes: Sequence[Node]) -> None:
        """Take over the nodes as they are now."""
        own = [name for name in (WRITTEN, MUTED) if name in self.names]
        self.set_values({name: common([getattr(node, name) for node in nodes]) for name in own})
        if WRITTEN in self.names:
            names = {"module": self.tr("Module"), "function": self.tr("Function")}
            project = names[graph.project.layers].lower()
            text = self.tr("In this project, unless said here: {0}").format(project)
            self.field(WRITTEN).setToolTip(tip(text))

    def command(self, keys: Sequence[str], name: str, value: Value) -> Make:
        """The command that does what a row asks for."""
        if name == MUTED:
            return lambda graph: commands.set_muted(graph, keys, bool(value))
        return lambda graph: combined(commands.set_written(graph, key, str(value)) for key in keys)


def common(values: Sequence[Value]) -> Shown:
    """The value that all have, or MIXED."""
    first = values[0]
    return first if all(value == first and type(value) is type(first) for value in values) else MIXED


def combined(edits: Iterable[Edit]) -> Edit:
    """The edit that does all of these, which do not touch each other."""
    return {key: pair for edit in edits for key, pair in edit.items()}
