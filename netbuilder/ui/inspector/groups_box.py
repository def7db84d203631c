"""Settings of the training that single blocks or networks have for themselves: a list, and the form of one."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from netbuilder.blocks import Value
from netbuilder.graph.graph import Graph
from netbuilder.graph.groups import can_have_group
from netbuilder.graph.records import MAIN, Network, Node, ParameterGroup
from netbuilder.graph.training import GROUP_LIMITS
from netbuilder.ui.icons import icon
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.parts import ElidedLabel, IconButton, label

INSIDE = 10


class GroupForm(Form):
    """What one block or network can have of its own. A frozen one needs no more."""

    def __init__(self, group: ParameterGroup) -> None:
        super().__init__(list(GROUP_LIMITS.values()), _values(group))
        self.show_group(group)

    def show_group(self, group: ParameterGroup) -> None:
        """Take over the settings as they are now."""
        self.set_values(_values(group))
        self.set_idle(("learning_rate", "weight_decay") if group.frozen else ())


class GroupCard(QFrame):
    """The settings of one block or network."""

    removed = Signal()

    def __init__(self, group: ParameterGroup, name: str, kind: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.remove = IconButton("close", self.tr("Train {0} as the others").format(name), QSize(22, 24), self)
        self.remove.clicked.connect(self.removed)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, INSIDE - 4, 0)
        head.setSpacing(6)
        head.addWidget(ElidedLabel(name, "strong", 40))
        head.addWidget(ElidedLabel(kind, "faint", 30), 1)
        head.addWidget(self.remove)
        self.form = GroupForm(group)
        column = QVBoxLayout(self)
        column.setContentsMargins(INSIDE, 6, 0, 9)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(self.form)


class GroupsBox(QWidget):
    """All settings of single blocks and networks.

    `changed` gives the list as the person wants it, what was changed, and which strokes belong together.
    """

    changed = Signal(object, str, object)

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self._graph = graph
        self._keys: list[tuple[str, str]] = []
        self.cards: list[GroupCard] = []
        none = self.tr("None: all weights are trained alike. A block or a network can be trained in a way of its own.")
        self._none = label(none, "help", wrap=True)
        self._none.setContentsMargins(0, 0, GUTTER, 0)
        self.add = QPushButton(self.tr("Add"))
        self.add.setProperty("size", "small")
        self.add.setIcon(icon("plus", "#8791a0"))
        self.add.clicked.connect(self._offer)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, GUTTER, 0)
        self._cards.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._none)
        column.addLayout(self._cards)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_graph(graph)

    @property
    def _groups(self) -> tuple[ParameterGroup, ...]:
        return self._graph.whole.training.groups

    def show_graph(self, graph: Graph) -> None:
        """Take over the settings as they are now."""
        self._graph = graph
        keys = [(group.target, self._named(group.target)[0]) for group in self._groups]
        if keys != self._keys:
            self._keys = keys
            self._lay()
        for card, group in zip(self.cards, self._groups, strict=True):
            card.form.show_group(group)
        self._none.setVisible(not self.cards)

    def menu(self) -> QMenu:
        """Who can be added: the networks, then the blocks with weights of each network in the order of the code."""
        whole, taken = self._graph.whole, {group.target for group in self._groups}
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for network in whole.networks.values():
            if network.id != MAIN and network.id not in taken:
                menu.addAction(self.tr("All of {0}").format(network.name), partial(self._add, network.id))
        for network in whole.networks.values():
            nodes = [node for node in whole.part(network.id).order if can_have_group(node) and not node.layer]
            left = [node for node in nodes if node.id not in taken]
            if left and len(whole.networks) > 1:
                menu.addSection(network.name)
            for node in left:
                menu.addAction(f"{node.name} · {node.block}", partial(self._add, node.id))
        if menu.isEmpty():
            menu.addAction(self.tr("There is no other block with weights")).setEnabled(False)
        return menu

    def _offer(self) -> None:
        self.menu().popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def _named(self, target: str) -> tuple[str, str]:
        """What a block or a network is called, and what it is."""
        record = self._graph.whole.records.get(target)
        if isinstance(record, Node):
            return record.name, record.block
        return (record.name if isinstance(record, Network) else target), self.tr("network")

    def _lay(self) -> None:
        for old in self.cards:
            old.hide()
            old.deleteLater()
        self.cards = []
        for i, group in enumerate(self._groups):
            card = GroupCard(group, *self._named(group.target))
            card.removed.connect(partial(self._remove, i))
            card.form.changed.connect(partial(self._change, i))
            self._cards.addWidget(card)
            self.cards.append(card)
            card.show()

    def _tell(self, groups: tuple[ParameterGroup, ...], target: str, stroke: str | None = None) -> None:
        self.changed.emit(groups, self.tr("how {0} is trained").format(self._named(target)[0]), stroke)

    def _add(self, target: str) -> None:
        self._tell((*self._groups, ParameterGroup(target)), target)

    def _remove(self, i: int) -> None:
        self._tell(self._groups[:i] + self._groups[i + 1 :], self._groups[i].target)

    def _change(self, i: int, name: str, value: object) -> None:
        groups = list(self._groups)
        groups[i] = msgspec.structs.replace(groups[i], **{name: value})
        stroke = self.cards[i].form.stroke
        self._tell(tuple(groups), groups[i].target, stroke and f"group {i} {stroke}")


def _values(group: ParameterGroup) -> dict[str, Value]:
    return {name: getattr(group, name) for name in GROUP_LIMITS}
