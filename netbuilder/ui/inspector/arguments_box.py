"""The arguments of a network: each with its name, its value, and whether it must be given."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.blocks import Param
from netbuilder.blocks.sentence import Sentence
from netbuilder.graph.graph import Graph
from netbuilder.graph.networks import check_argument
from netbuilder.graph.placed import argument_param
from netbuilder.graph.records import USED, Argument
from netbuilder.ui.inspector.fields import Field, SwitchField, make_field
from netbuilder.ui.inspector.form import GUTTER
from netbuilder.ui.inspector.text_field import TextField
from netbuilder.ui.parts import IconButton, label, tip
from netbuilder.ui.text import translate, words


class ArgumentRow(QWidget):
    """One argument; `names` of nodes and parameters say what is bound to it."""

    renamed = Signal(object)
    changed = Signal(object)
    needed = Signal(bool)
    removed = Signal()

    def __init__(self, argument: Argument, param: Param) -> None:
        super().__init__()
        self.name = TextField(check_argument, argument.name)
        self.name.setAccessibleName(self.tr("Name of the argument"))
        self.name.setMinimumWidth(60)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.field: Field = make_field(param, argument.value)
        self.field.setObjectName(argument.name)
        self.field.setAccessibleName(self.tr("Value of {0}").format(argument.name))
        if param.optional:
            self.field.set_hint(translate(param.none), False)
        self.required = QCheckBox(self.tr("Required"))
        self.required.setToolTip(tip(self.tr("Wherever the network is placed, this has to be given.")))
        self.users = label("", "faint-help", wrap=True)
        self.remove = IconButton("close", self.tr("Remove {0}").format(argument.name), QSize(GUTTER - 1, 26))
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        self._arrange()
        self.name.committed.connect(self.renamed)
        self.name.judged.connect(self._judge)
        self.field.committed.connect(self.changed)
        self.field.judged.connect(self._judge)
        self.required.clicked.connect(self.needed)
        self.remove.clicked.connect(self.removed)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 9)
        grid.setColumnMinimumWidth(1, 10)
        grid.setColumnStretch(2, 11)
        grid.setColumnMinimumWidth(3, GUTTER)
        side = Qt.AlignmentFlag.AlignRight if isinstance(self.field, SwitchField) else Qt.AlignmentFlag(0)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.field, 0, 2, side)
        grid.addWidget(self.remove, 0, 3, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._fault, 1, 0, 1, 3)
        grid.addWidget(self.required, 2, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self.users, 3, 0, 1, 3)

    def show_argument(self, argument: Argument, users: str) -> None:
        """Take over the argument as it is now."""
        self.name.set_value(argument.name)
        self.name.setToolTip(tip(argument.name))
        self.field.set_value(argument.value)
        self.required.setChecked(argument.required)
        self.users.setText(users)

    def _judge(self, sentence: Sentence | None) -> None:
        self._fault.setText(words(sentence) if sentence else "")
        self._fault.setVisible(sentence is not None)


class ArgumentsBox(QWidget):
    """All arguments of the network that is drawn. The signals name the one that is meant first."""

    renamed = Signal(str, str)
    changed = Signal(str, object)
    needed = Signal(str, bool)
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, ArgumentRow] = {}
        self._params: list[Param] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        none = self.tr("None. The arrow beside the name of a block's parameter makes it one.")
        self._none: QLabel = label(none, "help", wrap=True)
        self._none.setContentsMargins(0, 0, GUTTER, 0)
        self._column.addWidget(self._none)

    def show_drawing(self, graph: Graph) -> None:
        """Take over the arguments as they are now."""
        arguments = graph.drawn.arguments
        params = [argument_param(graph, argument) for argument in arguments]
        kinds = [(param.name, param.kind, param.choices, param.rank, param.none) for param in params]
        if kinds != [(param.name, param.kind, param.choices, param.rank, param.none) for param in self._params]:
            self._lay(arguments, params)
        self._params = params
        self._none.setVisible(not arguments)
        for argument in arguments:
            self.rows[argument.name].show_argument(argument, self._users(graph, argument.name))

    def _users(self, graph: Graph, name: str) -> str:
        uses = [
            self.tr("use of {0}").format(node.name) if param == USED else f"{node.name}.{param}"
            for node in graph.order
            for param, bound in node.bound.items()
            if bound == name
        ]
        return ", ".join(uses) or self.tr("not used")

    def _lay(self, arguments: tuple[Argument, ...], params: list[Param]) -> None:
        for old in self.rows.values():
            old.hide()
            old.deleteLater()
        self.rows = {}
        for argument, param in zip(arguments, params, strict=True):
            row = self.rows[argument.name] = ArgumentRow(argument, param)
            row.renamed.connect(partial(self.renamed.emit, argument.name))
            row.changed.connect(partial(self.changed.emit, argument.name))
            row.needed.connect(partial(self.needed.emit, argument.name))
            row.removed.connect(partial(self.removed.emit, argument.name))
            self._column.addWidget(row)
            row.show()
