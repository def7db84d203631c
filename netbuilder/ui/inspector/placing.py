"""What a node has to do with networks and other nodes: what it places, whose layer it uses, and when."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from netbuilder.blocks import Value
from netbuilder.graph import networks
from netbuilder.graph.fitting import check_layer
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.inspector.promoting import possible
from netbuilder.ui.parts import Fact, label
from netbuilder.ui.text import translate

ASK = "?"  # no argument's name

Options = list[tuple[Value, str]]


class PlaceBox(QWidget):
    """Which network a node places, and how it runs there. `chosen` gives the block of another way."""

    opened = Signal()
    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._name = Fact(self.tr("Class"))
        self._name.setContentsMargins(0, 0, GUTTER, 0)
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.setProperty("size", "small")
        self.open_button.clicked.connect(self.opened)
        row = self._name.layout()
        assert row is not None
        row.addWidget(self.open_button)
        ways: Options = [
            ("Network", self.tr("once")),
            ("Repeat", self.tr("repeated")),
            ("Recurrent", self.tr("step by step")),
        ]
        self.kind = ChoiceField(ways, "Network")
        help = self.tr("Once, several times in a row, or once for each step of a sequence.")
        self.form = Form((), {})
        self.form.add_row("kind", self.tr("Runs"), self.kind, help, "Network", self.tr("once"))
        self.form.changed.connect(lambda _, value: self.chosen.emit(value))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._name)
        column.addWidget(self.form)

    def show_node(self, graph: Graph, node: Node) -> None:
        """Take over the node as it is now."""
        self._name.say(graph.whole.networks[node.of].name)
        self.form.set_values({"kind": node.block})


class SharingBox(QWidget):
    """Whose layer a node uses: its own or another one's, whose id `chosen` gives. Hidden where there is no other."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.layer = ChoiceField((), "")
        self.form = Form((), {})
        help = self.tr("With the layer of another block it has the same weights: one layer, used in two places.")
        self.form.add_row("layer", self.tr("Layer"), self.layer, help, "", self.tr("own"))
        self.form.changed.connect(lambda _, value: self.chosen.emit(value))
        self.taken = False
        self._about = label("", "help", wrap=True)
        self._about.setContentsMargins(0, 0, GUTTER, 0)
        self._known: tuple[object, Options] = (None, [])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.form)
        column.addWidget(self._about)

    def show_node(self, graph: Graph, node: Node) -> None:
        """Take over the node as it is now; `taken` when all of its parameters are those of another one."""
        options = self._options(graph, node)
        owner = graph.nodes.get(node.layer)
        self.taken = owner is not None and owner.block == node.block
        self.layer.set_options(options)
        self.form.set_values({"layer": node.layer})
        users = [other.name for other in networks.sharers(graph, node.id) if other.id != node.id and not owner]
        if owner is not None:
            text = self.tr("It has the weights of {0}: its parameters are set there.")
            tied = self.tr("It has the weights of {0}, and parameters of its own.")
            self._about.setText((text if self.taken else tied).format(owner.name))
        else:
            self._about.setText(self.tr("Its layer is also used by {0}.").format(", ".join(users)) if users else "")
        self._about.setHidden(not self._about.text())
        self.form.setHidden(len(options) < 2)
        self.setHidden(self.form.isHidden() and self._about.isHidden())

    def _options(self, graph: Graph, node: Node) -> Options:
        """What can be chosen; worked out anew only when the nodes that matter have changed."""
        alike = [other for other in graph.nodes.values() if _alike(node, other)]
        seen = [(other.id, other.name, other.layer, _kind(other)) for other in (node, *alike)]
        if seen != self._known[0]:
            kinds: dict[object, bool] = {}  # of nodes that are alike, the command has to be tried on one only
            for other in alike:
                if not other.layer and _kind(other) not in kinds:
                    kinds[_kind(other)] = possible(partial(check_layer, graph, node, other.id))
            fit = [other for other in alike if not other.layer and kinds[_kind(other)]]
            others: Options = [(other.id, self.tr("that of {0}").format(other.name)) for other in fit]
            self._known = (seen, [("", self.tr("own")), *others])
        return self._known[1]


def _alike(node: Node, other: Node) -> bool:
    """Whether it is worth asking if one can use the layer of the other."""
    return other.id != node.id and (other.block == node.block or {node.block, other.block} <= {"Linear", "Embedding"})


def _kind(node: Node) -> tuple[str, str, Value]:
    return node.block, node.of, node.params.get("code")


def choices_of(node: Node) -> tuple[str, ...]:
    """The parameters whose values are among what the drawing has."""
    return {"output": ("state",)}.get(node.entry.role, ("changing",) if node.block == "Repeat" else ())


def options_of(graph: Graph, node: Node, param: str) -> Options:
    """What such a parameter can be."""
    none: tuple[Value, str] = ("", translate("none"))
    if param == "state":
        return [none, *((other.id, other.name) for other in graph.ends("input"))]
    names = [one.name for one in graph.whole.networks[node.of].arguments]
    known = graph.type(node).by_name
    return [none, *((name, name) for name in names if known[name].kind in ("int", "float", "size"))]


def unused(graph: Graph, node: Node) -> set[str]:
    """The parameters that mean nothing beside the others' values."""
    values, off = graph.values(node), set[str]()
    if node.block == "Repeat":
        off.add(str(values["changing"]) or "values")
    elif node.block == "Recurrent":
        off.add("steps" if values["over"] == "sequence" else "dim")
    return off


def use_options(graph: Graph) -> Options:
    """What can say whether a node is used."""
    switches = [one.name for one in graph.drawn.arguments if isinstance(one.value, bool)]
    texts = [(name, translate("if {0}").format(name)) for name in switches]
    return [("", translate("always")), *texts, (ASK, translate("only if…"))]
