"""Making a parameter an argument of its network: what the menu of its label offers, and the question for a name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMenu, QVBoxLayout, QWidget

from netbuilder.blocks import Block, Value
from netbuilder.blocks.sentence import Refused, Sentence
from netbuilder.graph import networks
from netbuilder.graph.fitting import can_be_argument, check_left_out
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import USED, Edit, Node
from netbuilder.ui.inspector.text_field import TextField
from netbuilder.ui.parts import label
from netbuilder.ui.text import translate, words

Want = Callable[[Callable[[Graph], Edit], str], None]


class NameDialog(QDialog):
    """Asks for the name of an argument; `named` is called with it. It cannot be left with a name that does not do."""

    def __init__(self, graph: Graph, wanted: str, named: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        network = graph.drawn
        self._taken = {argument.name for argument in network.arguments}
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New argument of {0}").format(network.name))
        self.setMinimumWidth(320)
        self.field = TextField(self._read, free_argument(graph, wanted))
        self.field.setAccessibleName(self.tr("Name of the argument"))
        self._fault = label("", "error", wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setProperty("kind", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(8)
        column.addWidget(label(self.tr("Its name, as the code has it"), "soft"))
        column.addWidget(self.field)
        column.addWidget(self._fault)
        column.addSpacing(6)
        column.addWidget(buttons)
        self.field.textChanged.connect(self._judge)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: named(self.field.text().strip()))
        self.field.selectAll()

    def _read(self, text: str) -> Value:
        name = networks.check_argument(text.strip())
        if name in self._taken:
            raise Refused("There already is an argument {name}.", name=name)
        return name

    def _judge(self, text: str) -> None:
        fault: Sentence | None = None
        try:
            self._read(text)
        except Refused as refusal:
            fault = refusal.sentence
        self._fault.setText(words(fault) if fault else "")
        self.ok.setEnabled(fault is None)


def free_argument(graph: Graph, wanted: str) -> str:
    """A name like the wanted one that an argument of the network can still have."""
    number, name = 2, wanted
    while graph.drawn.argument(name) is not None or not possible(partial(networks.check_argument, name)):
        name, number = f"{wanted}{number}", number + 1
    return name


def possible(make: Callable[[], object]) -> bool:
    """Whether something can be done."""
    try:
        make()
    except Refused:
        return False
    return True


def can_skip(graph: Graph, node: Node) -> bool:
    """Whether an argument can say that the node is not used."""
    return possible(partial(check_left_out, graph, node))


def promotable(block: Block, node: Node) -> list[str]:
    """The parameters that can be arguments of the node's network; none of one that uses the layer of another."""
    return [] if node.layer else [name for name in block.by_name if can_be_argument(block, name)]


def fill_menu(menu: QMenu, graph: Graph, node: Node, param: str, known: Value, want: Want, parent: QWidget) -> None:
    """Offer what a parameter can be bound to. `known` is its size where that follows from a wire."""
    key, network, bound = node.id, graph.drawn, node.bound.get(param)
    if bound is not None:
        step = translate("Give {0} of {1} a value of its own").format(param, node.name)
        menu.addAction(
            translate("Give it a value of its own"), partial(want, partial(networks.unbind, key=key, param=param), step)
        )
    else:
        text = translate("Make it an argument of {0}…").format(network.name)
        menu.addAction(text, partial(ask_name, graph, node, param, known, want, parent))
    for argument in network.arguments:
        make = partial(networks.bind, key=key, param=param, name=argument.name)
        if argument.name != bound and possible(partial(make, graph)):
            step = translate("Bind {0} of {1} to {2}").format(param, node.name, argument.name)
            menu.addAction(translate("Bind to {0}").format(argument.name), partial(want, make, step))


def ask_name(graph: Graph, node: Node, param: str, known: Value, want: Want, parent: QWidget) -> None:
    """Ask for the name of a new argument, and bind the parameter to it."""

    def named(name: str) -> None:
        make = partial(networks.bind, key=node.id, param=param, name=name, value=known)
        want(make, translate("Make {0} an argument of {1}").format(name, graph.drawn.name))

    wanted = f"use_{node.name}" if param == USED else param
    NameDialog(graph, wanted, named, parent).open()
