"""Settings of the training that single blocks or networks have for themselves: a list, and the form of one."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from netbuilder.blocks import Value
from netbuilder.graph.graph import Graph
from netbuilder.graph.groups import can_have_group
from netbuilder.graph.records import MAIN, Network, Node, ParameterGroup
from netbuilder.graph.training import GROUP_LIMITS
from netbuilder.ui.inspector.card_list import CardList, EntryCard
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.parts import ElidedLabel


class GroupForm(Form):
    """What one block or network can have of its own. A frozen one needs no more."""

    def __init__(self, group: ParameterGroup) -> None:
        super().__init__(list(GROUP_LIMITS.values()), _values(group))
        self.show_group(group)

    def show_group(self, group: ParameterGroup) -> None:
        """Take over the settings as they are now."""
        self.set_values(_values(group))
        self.set_idle(("learning_rate", "weight_decay") if group.frozen else ())


class GroupCard(EntryCard):
    """The settings of one block or network."""

    def __init__(self, group: ParameterGroup, name: str, kind: str) -> None:
        removing = self.tr("Train {0} as the others").format(name)
        super().__init__(Names(name, kind), GroupForm(group), removing)


class Names(QWidget):
    """What a block or a network is called, and what it is."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(6)
        row.addWidget(ElidedLabel(name, "strong", 40))
        row.addWidget(ElidedLabel(kind, "faint", 30), 1)


class GroupsBox(CardList):
    """All settings of single blocks and networks; `changed` says what was changed."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(
            self.tr("None: all weights are trained alike. A block or a network can be trained in a way of its own.")
        )
        self._graph = graph
        self._keys: list[tuple[str, str]] = []
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
            self.lay(GroupCard(group, *self._named(group.target)) for group in self._groups)
        for card, group in zip(self.cards, self._groups, strict=True):
            card.form.show_group(group)

    def menu(self) -> QMenu:
        """Who can be added: the networks, then the blocks with weights of each network in the order of the code."""
        whole, taken = self._graph.whole, {group.target for group in self._groups}
        menu = super().menu()
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

    def _named(self, target: str) -> tuple[str, str]:
        """What a block or a network is called, and what it is."""
        record = self._graph.whole.records.get(target)
        if isinstance(record, Node):
            return record.name, record.block
        return (record.name if isinstance(record, Network) else target), self.tr("network")

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
