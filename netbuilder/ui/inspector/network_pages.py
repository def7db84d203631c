"""The pages of the inspector where nothing is selected: of the project, and of a network that is placed in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from netbuilder.bridge.reports import NodeReport
from netbuilder.graph import commands, networks
from netbuilder.graph.graph import Graph
from netbuilder.graph.groups import change_group, group_of
from netbuilder.graph.records import Node, ParameterGroup
from netbuilder.ui.inspector.about import bytes_text
from netbuilder.ui.inspector.arguments_box import ArgumentsBox
from netbuilder.ui.inspector.fields import ChoiceField, SwitchField
from netbuilder.ui.inspector.groups_box import GroupForm
from netbuilder.ui.inspector.page import Page
from netbuilder.ui.inspector.training_box import TrainingBox
from netbuilder.ui.parts import Fact, count, label, short, tip
from netbuilder.ui.text import translate
from netbuilder.ui.theme import Theme


class DrawingPage(Page):
    """What both have: the name of the class, what the blocks cost together, and the network's arguments."""

    def __init__(self, theme: Theme, graph: Graph, kind: str, help: str) -> None:
        super().__init__(theme)
        self._nodes: list[str] = []
        self.name = self.head(graph.drawn.name, label(kind, "faint"), help, self.tr("Name of the class"))
        self.name.committed.connect(partial(self._rename, graph.network))
        self.section(self.tr("Network"))
        self._blocks = self.fact(self.tr("Blocks"))
        self._parameters = self.fact(self.tr("Parameters"), help=self.tr("Numbers that training changes."))
        self._adds = self.fact(self.tr("Mult-adds"), help=self.tr("Multiplications with addition for one sample."))
        self._memory = self.fact(self.tr("Activations"), help=self.tr("Memory for what the blocks make of one sample."))
        self.section(self.tr("Arguments"))
        self.arguments = ArgumentsBox()
        self.add_form(self.arguments)
        self.arguments.renamed.connect(self._rename_argument)
        self.arguments.changed.connect(self._set_argument)
        self.arguments.needed.connect(self._require)
        self.arguments.removed.connect(self._remove)

    def show_drawing(self, graph: Graph) -> None:
        """Take over the network as it is now."""
        self._nodes = list(graph.nodes)
        self.name.set_value(graph.drawn.name)
        self._blocks.say(count(len(graph.nodes)))
        self.arguments.show_drawing(graph)

    def show_reports(self, reports: Mapping[str, NodeReport]) -> None:
        """Show what the network costs: a placed one's report holds all that is inside it."""
        own = [reports[key] for key in self._nodes if key in reports]
        self._parameters.say(count(sum(report.parameters for report in own)))
        self._adds.say(short(sum(report.multiply_adds for report in own)))
        self._memory.say(bytes_text(sum(report.memory for report in own)))

    def _rename(self, key: str, name: str) -> None:
        self.wanted.emit(lambda graph: commands.rename(graph, key, name), self.tr("Rename the network"), None)

    def _rename_argument(self, old: str, new: str) -> None:
        step = self.tr("Rename the argument {0}").format(old)
        self.wanted.emit(lambda graph: networks.rename_argument(graph, old, new), step, None)

    def _set_argument(self, name: str, value: object) -> None:
        step = self.tr("Change the argument {0}").format(name)
        field = self.arguments.rows[name].field
        merge = f"step argument {name} {field.stroke}" if field.stepping else None
        make = lambda graph: networks.set_argument(graph, name, value)  # type: ignore[arg-type] # noqa: E731
        self.wanted.emit(make, step, merge)

    def _require(self, name: str, on: bool) -> None:
        step = (self.tr("Require the argument {0}") if on else self.tr("Let the argument {0} be left out")).format(name)

        def make(graph: Graph) -> object:
            argument = graph.drawn.argument(name)
            return networks.set_argument(graph, name, argument.value if argument else None, on)

        self.wanted.emit(make, step, None)

    def _remove(self, name: str) -> None:
        step = self.tr("Remove the argument {0}").format(name)
        self.wanted.emit(lambda graph: networks.remove_argument(graph, name), step, None)


class NetworkPage(DrawingPage):
    """A network that is placed as a block: how it is written, and where it is placed."""

    def __init__(self, theme: Theme, graph: Graph) -> None:
        help = translate(
            "What is drawn here is used as one block elsewhere. Its Input and Output blocks are the ports."
        )
        super().__init__(theme, graph, translate("Network"), help)
        self.section(self.tr("Code"))
        self.body.addWidget(label(self.tr("Written as"), "soft"))
        ways = (("class", self.tr("A class of its own")), ("sequential", self.tr("nn.Sequential where it is placed")))
        self.written = ChoiceField(ways, graph.drawn.written)
        self.written.setAccessibleName(self.tr("Written as"))
        self.written.committed.connect(partial(self._write, graph.network))
        self.body.addWidget(self.written)
        self.section(self.tr("Training of all in it"))
        self.group = GroupForm(ParameterGroup(graph.network))
        self.group.changed.connect(partial(self._train, graph.network))
        self.add_form(self.group)
        self.section(self.tr("Placed"))
        self._places = QVBoxLayout()
        self._places.setSpacing(6)
        self.body.addLayout(self._places)
        self._nowhere = label(self.tr("Nowhere yet. It is in the list of blocks, to be dragged in."), "help", wrap=True)
        self.body.addWidget(self._nowhere)
        self._placed: list[tuple[str, str]] = []
        self.show_drawing(graph)

    def show_drawing(self, graph: Graph) -> None:
        """Take over the network as it is now."""
        super().show_drawing(graph)
        self.written.set_value(graph.drawn.written)
        self.group.show_group(group_of(graph, graph.network) or ParameterGroup(graph.network))
        names = graph.whole.networks
        placed = [(node.name, self._how(node, names[node.network].name)) for node in graph.placed(graph.network)]
        self._nowhere.setVisible(not placed)
        if placed == self._placed:
            return
        self._placed = placed
        while (item := self._places.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for name, where in placed:
            fact = Fact(name, where)
            self._places.addWidget(fact)
            fact.show()

    def _how(self, node: Node, network: str) -> str:
        ways = {"Repeat": self.tr("in {0}, repeated"), "Recurrent": self.tr("in {0}, step by step")}
        return ways.get(node.block, self.tr("in {0}")).format(network)

    def _train(self, key: str, name: str, value: object) -> None:
        stroke, step = self.group.stroke, self.tr("Change how the network is trained")
        merge = f"step {key} training {stroke}" if stroke else None
        self.wanted.emit(lambda graph: change_group(graph, key, **{name: value}), step, merge)

    def _write(self, key: str, written: str) -> None:
        step = self.tr("Change how the network is written")
        self.wanted.emit(lambda graph: networks.set_network_written(graph, key, written), step, None)


class ProjectPage(DrawingPage):
    """The project: its main network, how code is written, and how it is trained."""

    def __init__(self, theme: Theme, graph: Graph) -> None:
        help = translate("What holds for the whole project. Select a block to see its own settings.")
        super().__init__(theme, graph, translate("Project"), help)
        self.section(self.tr("Code"))
        self.body.addWidget(label(self.tr("Layers without weights are written as"), "soft", wrap=True))
        self.layers = ChoiceField(
            (("module", self.tr("Modules: self.relu = nn.ReLU()")), ("function", self.tr("Functions: F.relu(x)"))),
            graph.project.layers,
        )
        self.layers.setAccessibleName(self.tr("Layers without weights are written as"))
        self.layers.committed.connect(self._layers)
        self.body.addWidget(self.layers)
        self.types = SwitchField(graph.project.types)
        self._add_types()
        self.section(self.tr("Training"))
        self.training = TrainingBox(graph)
        self.training.changed.connect(self._train)
        self.add_form(self.training)
        self.show_drawing(graph)

    def _add_types(self) -> None:
        help = self.tr("Say in the code what the functions take and return.")
        self.types.setAccessibleName(self.tr("Types"))
        self.types.setToolTip(tip(help))
        self.types.committed.connect(self._types)
        row = QHBoxLayout()
        row.addWidget(label(self.tr("Types"), "soft"), 1)
        row.addWidget(self.types)
        self.body.addLayout(row)

    def show_drawing(self, graph: Graph) -> None:
        """Take over the project as it is now."""
        super().show_drawing(graph)
        self.layers.set_value(graph.project.layers)
        self.types.set_value(graph.project.types)
        self.training.show_graph(graph)

    def _layers(self, layers: str) -> None:
        step = self.tr("Change how layers are written")
        self.wanted.emit(lambda graph: commands.set_project(graph, layers), step, None)

    def _types(self, on: bool) -> None:
        step = self.tr("Say types in the code") if on else self.tr("Say no types in the code")
        self.wanted.emit(lambda graph: commands.set_project(graph, types=on), step, None)

    def _train(self, settings: dict[str, object], name: str, stroke: str | None) -> None:
        step = self.tr("Change {0}").format(translate(name))
        merge = f"step training {stroke}" if stroke else None
        self.wanted.emit(lambda graph: commands.set_training(graph, **settings), step, merge)
