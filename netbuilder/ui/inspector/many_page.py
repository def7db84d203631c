"""The page of the inspector for several nodes: what they share can be changed on all of them at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QApplication

from netbuilder.blocks import CATALOG, Block, Param, Value
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node
from netbuilder.ui.inspector.about import bytes_text
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.page import MUTED, WRITTEN, CodeForm, Page, combined, common
from netbuilder.ui.inspector.text_field import MIXED
from netbuilder.ui.parts import count, label, short
from netbuilder.ui.text import translate
from netbuilder.ui.theme import Theme


class ManyPage(Page):
    """Several nodes: the parameters that all have, how many of each block, and what they cost together."""

    def __init__(self, theme: Theme, graph: Graph, nodes: Sequence[Node]) -> None:
        super().__init__(theme)
        self._title = label("", "title", wrap=True)
        self._title.setContentsMargins(9, 4, 0, 4)
        self._head.addWidget(self._title, 1)
        blocks = [CATALOG[name] for name in _names(nodes)]
        params = shared(blocks)
        defaults = {param.name: common([block.by_name[param.name].default for block in blocks]) for param in params}
        help = self.tr("What is changed here is changed on all of them.")
        self.body.addWidget(label(help if params else self.tr("They have no parameter in common."), "help", wrap=True))
        self.form = Form(params, defaults, defaults)
        if params:
            self.section(self.tr("Parameters"))
            self.add_form(self.form)
        self.form.changed.connect(self._change)
        self.code = CodeForm(graph, nodes)
        if self.code.names:
            self.section(self.tr("Code"))
            self.add_form(self.code)
        self.code.changed.connect(self._write)
        self.section(self.tr("Blocks"))
        self._tally = {block.name: self.fact(block.name) for block in blocks}
        self.section(self.tr("Together"))
        self._parameters = self.fact(self.tr("Parameters"), help=self.tr("Numbers that training changes."))
        self._adds = self.fact(self.tr("Mult-adds"), help=self.tr("Multiplications with addition for one sample."))
        self._memory = self.fact(self.tr("Activations"), help=self.tr("Memory for what they make of one sample."))
        self._problems = self.fact(self.tr("Problems"))
        self.show_nodes(graph, nodes)

    def suits(self, nodes: Sequence[Node]) -> bool:
        """Whether it can show these nodes too: they are of the same blocks, and nobody is typing."""
        focus = QApplication.focusWidget()
        typing = (focus is not None and self.isAncestorOf(focus)) or any(map(self.form.fault, self.form.names))
        return not typing and _names(nodes) == list(self._tally)

    def show_nodes(self, graph: Graph, nodes: Sequence[Node]) -> None:
        """Take over nodes, the same ones as they are now or others that it suits."""
        self.keys = [node.id for node in nodes]
        self._title.setText(self.tr("%n blocks selected", "", len(nodes)))
        for name, number in Counter(node.block for node in nodes).items():
            self._tally[name].say(count(number))
        values = [graph.values(node) for node in nodes]
        self.form.set_values({name: common([each[name] for each in values]) for name in self.form.names})
        self.code.show_nodes(graph, nodes)

    def show_reports(self, reports: Mapping[str, NodeReport]) -> None:
        """Show what the nodes cost together, and how many problems they have."""
        known = [reports[key] for key in self.keys if key in reports]
        self._parameters.say(count(sum(report.parameters for report in known)))
        self._adds.say(short(sum(report.multiply_adds for report in known)))
        self._memory.say(bytes_text(sum(report.memory for report in known)))
        problems = sum(len(report.problems) for report in known)
        self._problems.say(count(problems) if problems else self.tr("none"), problems > 0)

    def _change(self, name: str, value: object) -> None:
        keys = self.keys
        what = translate(Param(name, "int", 0, "").label)
        step = self.tr("Change {0} of %n blocks", "", len(keys)).format(what)
        merge = f"step {' '.join(keys)} {self.form.stroke}" if self.form.stroke else None
        if value is MIXED:
            self.wanted.emit(lambda graph: _back(graph, keys, name), step, merge)
        else:
            self.wanted.emit(lambda graph: commands.set_params_of(graph, keys, {name: value}), step, merge)

    def _write(self, name: str, value: Value) -> None:
        steps = {
            WRITTEN: self.tr("Change how %n blocks are written", "", len(self.keys)),
            MUTED: self.tr("Bypass %n blocks", "", len(self.keys))
            if value
            else self.tr("Use %n blocks again", "", len(self.keys)),
        }
        self.wanted.emit(self.code.command(self.keys, name, value), steps[name], None)


def _names(nodes: Sequence[Node]) -> list[str]:
    """The names of the nodes' blocks, in the catalog's order."""
    there = {node.block for node in nodes}
    return [name for name in CATALOG if name in there]


def _back(graph: Graph, keys: Sequence[str], name: str) -> Edit:
    """Give each node its own block's default."""
    defaults = {key: graph.type(graph.nodes[key]).by_name[name].default for key in keys}
    return combined(commands.set_params(graph, key, {name: value}) for key, value in defaults.items())


def shared(blocks: Sequence[Block]) -> list[Param]:
    """The parameters that all of the blocks have, each with the limits within which it suits all of them."""
    found = []
    for param in blocks[0].params:
        if param.kind in ("code", "text"):
            continue  # what they say holds for one node only
        others = [block.by_name.get(param.name) for block in blocks]
        alike = [other for other in others if other is not None and _alike(param, other)]
        met = _meet(alike)
        if len(alike) == len(blocks) and (met.low is None or met.high is None or met.low <= met.high):
            found.append(met)
    return found


def _alike(one: Param, other: Param) -> bool:
    return (one.kind, one.choices, one.rank) == (other.kind, other.choices, other.rank)


def _meet(params: Sequence[Param]) -> Param:
    first = params[0]
    optional = all(param.optional for param in params)
    return replace(
        first,
        low=max((param.low for param in params if param.low is not None), default=None),
        high=min((param.high for param in params if param.high is not None), default=None),
        none=first.none if optional else "",
        follows=first.follows if optional else None,
        help=first.help if all(param.help == first.help for param in params) else "",
    )
