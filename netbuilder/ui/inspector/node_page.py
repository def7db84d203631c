"""The page of the inspector for one node."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from netbuilder.blocks import Param, Value
from netbuilder.blocks.values import show
from netbuilder.bridge.reports import Fix, NodeReport, Problem
from netbuilder.graph import commands, fixes, networks
from netbuilder.graph.augmenting import set_augmentations
from netbuilder.graph.graph import Graph
from netbuilder.graph.groups import can_have_group, change_group, group_of
from netbuilder.graph.records import MAIN, USED, Augmentation, Node, ParameterGroup
from netbuilder.ui.code_editor import PythonBox
from netbuilder.ui.inspector.about import bytes_text
from netbuilder.ui.inspector.augmentation_box import AugmentationBox
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.groups_box import GroupForm
from netbuilder.ui.inspector.page import MUTED, WRITTEN, CodeForm, Make, Page, ProblemBox, shape_text
from netbuilder.ui.inspector.placing import ASK, PlaceBox, SharingBox, choices_of, options_of, unused, use_options
from netbuilder.ui.inspector.promoting import ask_name, can_skip, fill_menu, promotable
from netbuilder.ui.parts import ElidedLabel, Fact, IconButton, count, short
from netbuilder.ui.text import translate, words
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.inspector.live_box import LiveBox
    from netbuilder.ui.plots.follower import Follower

MOST_FACTS = 60  # about its files: a table may have thousands of columns


def clear(layout: QVBoxLayout) -> None:
    """Take all widgets out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()


class NodePage(Page):
    """One node: its name, parameters, shapes, cost and problems, and what it has to do with its network and others.

    `help_wanted` asks for its block's help page, `enter_wanted` to go into the network that is placed here; `drafted`
    gives code that is written and not applied.
    """

    help_wanted = Signal()
    enter_wanted = Signal()
    drafted = Signal(str)

    def __init__(self, theme: Theme, graph: Graph, node: Node, draft: str = "") -> None:
        super().__init__(theme)
        self.node = node
        self._graph = graph
        self._report: NodeReport | None = None
        block = graph.type(node)
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
        self._add_origin(draft)
        self._add_forms()
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
            self._memory = self.fact(self.tr("Activations"), help=self.tr("Memory for what it makes of one sample."))
            sees = self.tr("How much of the input one number of the output depends on.")
            self._sees = self.fact(self.tr("Sees"), help=sees)
        self._own = self.section(self.tr("Training of this layer"))
        self.group = GroupForm(ParameterGroup(node.id))
        self.add_form(self.group)
        self.group.changed.connect(self._train)
        self._in_files: tuple[tuple[str, str], ...] = ()
        self._files = QVBoxLayout()
        self._files.setSpacing(6)
        self._files_title = self.section(self.tr("In its files"))
        self._files_title.hide()
        self.body.addLayout(self._files)
        self.code = CodeForm(graph, [node])
        self._used = ChoiceField((), None)
        if can_skip(graph, node):
            help = self.tr("An argument of the network can say whether this is used, or left out.")
            self.code.add_row(USED, self.tr("Used"), self._used, help, "", self.tr("always"))
        if self.code.names:
            self.section(self.tr("Code"))
            self.add_form(self.code)
        self.code.changed.connect(self._write)
        self.live: LiveBox | None = None
        self.show_node(graph, node)
        self.show_report(None)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        super().set_theme(theme)
        if self.live is not None:
            self.live.set_theme(theme)
        if self.python is not None:
            self.python.set_theme(theme)
        self._kind.setStyleSheet(f"color: {theme.categories[self.node.entry.category]}; font-weight: 500;")
        shown, self._shown = self._shown, ()
        self._show_problems(shown)

    def show_live(self, follower: Follower) -> None:
        """Show the node's gradient and weights at the foot, where a run measures them."""
        if self.live is None:
            from netbuilder.ui.inspector.live_box import LiveBox  # numpy: not before there is something to draw

            self._live_title = self.section(self.tr("This layer, live"))
            self.live = LiveBox(self.theme, follower, self.node.id)
            self.body.addWidget(self.live)
        for widget in (self._live_title, self.live):
            widget.setVisible(self.live.known)

    def show_node(self, graph: Graph, node: Node) -> None:
        """Take over the node as it is now."""
        self._graph, self.node = graph, node
        self.name.set_value(node.name)
        self._show_origin()
        self._show_forms()
        self._show_group()
        self.code.show_nodes(graph, [node])
        self._used.set_options(use_options(graph))
        self.code.set_values({USED: node.bound.get(USED, "")})
        self._lay_ports()

    def show_report(self, report: NodeReport | None) -> None:
        """Show what the engine says of the node, None while it has said nothing."""
        self._report = report
        hints = {}
        for param in self._graph.type(self.node).params:
            if report is not None and param.follows is not None and report.values.get(param.name) is not None:
                hints[param.name] = self.tr("{0} · from wire").format(show(report.values[param.name]))
        for form in (self.running, self.form):
            form.set_hints(hints)
        unknown = self.tr("unknown")
        for key, fact in self._facts.items():
            side, port = key.split(":", 1)
            specs = {} if report is None else report.inputs if side == "in" else report.outputs
            spec = specs.get(port)
            fact.say(shape_text(spec) if spec is not None else unknown, spec is not None)
        if self.node.entry.role == "layer":
            self._parameters.say(count(report.parameters) if report else unknown, report is not None)
            self._adds.say(short(report.multiply_adds) if report else unknown, report is not None)
            self._memory.say(bytes_text(report.memory) if report else unknown, report is not None)
            field = report.field if report else ()
            self._sees.say("×".join(map(str, field)))
            self._sees.setHidden(not field)
        self._show_group()
        self._show_files(report.facts if report else ())
        self._show_problems(report.problems if report else ())

    def _show_files(self, facts: tuple[tuple[str, str], ...]) -> None:
        """What the files of a data block hold: how many samples, and what each column or folder is taken for."""
        if facts == self._in_files:
            return
        self._in_files = facts
        clear(self._files)
        self._files_title.setHidden(not facts)
        shown = [*facts[:MOST_FACTS], *([("…", f"+{len(facts) - MOST_FACTS}")] if len(facts) > MOST_FACTS else [])]
        for what, how in shown:
            fact = Fact(what)
            fact.say(how)
            self._files.addWidget(fact)
            fact.show()

    def _add_origin(self, draft: str) -> None:
        """Add what the block is made of: a network, code, or the layer of another block."""
        self.place: PlaceBox | None = None
        self.python: PythonBox | None = None
        key = self.node.id
        if self.node.entry.of == "network":
            self.section(self.tr("Network"))
            self.place = PlaceBox()
            self.place.opened.connect(self.enter_wanted)
            step = self.tr("Change how {0} runs").format(self.node.name)
            self.place.chosen.connect(lambda kind: self._want(partial(networks.set_kind, key=key, block=kind), step))
            self.add_form(self.place)
        elif self.node.entry.of == "code":
            self.section(self.tr("Python"))
            self.python = PythonBox(str(self._graph.values(self.node)["code"]), self.theme, draft)
            self.python.applied.connect(self._apply)
            self.python.drafted.connect(self.drafted)
            self.body.addWidget(self.python)
        self.sharing = SharingBox()
        self.sharing.chosen.connect(
            lambda owner: self._want(
                partial(networks.set_layer, key=key, owner=owner),
                self.tr("Change whose layer {0} uses").format(self.node.name),
            )
        )

    def _add_forms(self) -> None:
        """Add the place of the forms: how a network runs, whose layer it is, and the parameters."""
        self.running, self.form = Form((), {}), Form((), {})
        self._params: tuple[list[Param], list[Param]] = ([], [])
        self._holders = (QVBoxLayout(), QVBoxLayout())
        for holder, form in zip(self._holders, (self.running, self.form), strict=True):
            holder.setContentsMargins(0, 0, 0, 0)
            holder.addWidget(form)
        running, own = QWidget(), QWidget()
        running.setLayout(self._holders[0])
        own.setLayout(self._holders[1])
        self.add_form(running)
        self._title = self.section(self.tr("Parameters"))
        self.add_form(self.sharing)
        self.add_form(own)
        self.augmentations = AugmentationBox()
        if self.node.entry.role == "data":
            self.section(self.tr("Augmentation"))
            self.add_form(self.augmentations)
        self.augmentations.changed.connect(self._augment)

    def _show_group(self) -> None:
        """Show how the weights are trained, where the node has some of its own."""
        node, report = self.node, self._report
        there = can_have_group(node) and not node.layer and (report is None or report.parameters > 0)
        self._own.setVisible(there)
        self.group.setVisible(there)
        self.group.show_group(group_of(self._graph, node.id) or ParameterGroup(node.id))

    def _show_origin(self) -> None:
        graph, node = self._graph, self.node
        if self.place is not None:
            self.place.show_node(graph, node)
        if self.python is not None:
            self.python.show_code(str(graph.values(node)["code"]))
        self.sharing.show_node(graph, node)

    def _show_forms(self) -> None:
        """Show the values, in other forms where the block has other parameters now."""
        graph, node = self._graph, self.node
        self.augmentations.show_augmentations(node.augmentations)
        block, values = graph.type(node), graph.values(node)
        hidden = {"code"} | ({"state"} if graph.network == MAIN else set())
        params = [param for param in block.params if param.name not in hidden]
        runs = [param for param in params if node.entry.of == "network" and param.name in node.entry.by_name]
        own = [param for param in params if param not in runs]
        if (runs, own) != self._params:
            self._params = (runs, own)
            self.running, self.form = (self._lay_form(at, params) for at, params in enumerate((runs, own)))
        self._title.setHidden(not own and self.sharing.isHidden())
        off = unused(graph, node)
        for form in (self.running, self.form):
            for name in set(choices_of(node)) & set(form.names):
                field = form.field(name)
                assert isinstance(field, ChoiceField)
                field.set_options(options_of(graph, node, name))
            form.set_values(values)
            form.set_bound({name: argument for name, argument in node.bound.items() if name in form.names})
            form.set_offered(promotable(block, node))
            for name in form.names:
                form.set_enabled(name, name not in off and not self.sharing.taken)

    def _lay_form(self, at: int, params: list[Param]) -> Form:
        """Put a form of these parameters in the place of the old one."""
        old = (self.running, self.form)[at]
        fields = {name: ChoiceField((), "") for name in choices_of(self.node)}
        form = Form(params, self._graph.values(self.node), fields=fields)
        form.changed.connect(partial(self._change, form))
        form.fill_menu = self._fill_menu
        self._holders[at].replaceWidget(old, form)
        old.hide()
        old.deleteLater()
        form.setHidden(not params)
        return form

    def _fill_menu(self, name: str, menu: QMenu) -> None:
        if name in promotable(self._graph.type(self.node), self.node):
            fill_menu(menu, self._graph, self.node, name, self._known(name), self._want, self)

    def _known(self, name: str) -> Value:
        """The value of a parameter, read off the wire where it is left to that."""
        own = self._graph.values(self.node).get(name)
        return own if own is not None or self._report is None else self._report.values.get(name)

    def _want(self, make: Make, step: str) -> None:
        self.wanted.emit(make, step, None)

    def _apply(self, code: str) -> None:
        step = self.tr("Change the code of {0}").format(self.node.name)
        self._want(partial(commands.set_params, key=self.node.id, params={"code": code}), step)

    def _use(self, argument: str) -> None:
        """Have an argument say whether the node is used; "" for none."""
        graph, node = self._graph, self.node
        step = self.tr("Change when {0} is used").format(node.name)
        if argument == ASK:
            self.code.set_values({USED: node.bound.get(USED, "")})
            ask_name(graph, node, USED, None, self._want, self)
        elif argument:
            self._want(partial(networks.bind, key=node.id, param=USED, name=argument), step)
        else:
            self._want(partial(networks.unbind, key=node.id, param=USED), step)

    def _lay_ports(self) -> None:
        inputs, outputs = self._graph.inputs(self.node), self._graph.outputs(self.node)
        keys = (*(f"in:{port.name}" for port in inputs), *(f"out:{port.name}" for port in outputs))
        if keys == self._ports:
            return
        self._ports = keys
        for fact in self._facts.values():
            self._shapes.removeWidget(fact)
            fact.hide()
            fact.deleteLater()
        self._facts = {}
        for side, ports, word in (("in", inputs, self.tr("In")), ("out", outputs, self.tr("Out"))):
            for port in ports:
                fact = Fact(word if len(ports) == 1 else f"{word} · {port.label or port.name}")
                self._shapes.addWidget(fact)
                fact.show()
                self._facts[f"{side}:{port.name}"] = fact
                fact.say(self.tr("unknown"), False)

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        if problems == self._shown:
            return
        self._shown = problems
        clear(self._problems)
        for problem in problems:
            box = ProblemBox(problem, self.theme)
            box.fixed.connect(self._fix)
            self._problems.addWidget(box)
            box.show()

    def _rename(self, name: str) -> None:
        key = self.node.id
        self.wanted.emit(lambda graph: commands.rename(graph, key, name), self.tr("Rename {0}").format(name), None)

    def _change(self, form: Form, name: str, value: object) -> None:
        key = self.node.id
        what = translate(self._graph.type(self.node).by_name[name].label)
        step = self.tr("Change {0} of {1}").format(what, self.node.name)
        merge = f"step {key} {form.stroke}" if form.stroke else None
        params = {name: value, **self._with_it(name, value)}
        self.wanted.emit(lambda graph: commands.set_params(graph, key, params), step, merge)

    def _augment(self, wanted: tuple[Augmentation, ...], step: str, stroke: str | None) -> None:
        key = self.node.id
        merge = f"step {key} augmentation {stroke}" if stroke else None
        make = partial(set_augmentations, key=key, wanted=wanted)
        self.wanted.emit(make, step.format(self.node.name), merge)

    def _train(self, name: str, value: object) -> None:
        key, stroke = self.node.id, self.group.stroke
        step = self.tr("Change how {0} is trained").format(self.node.name)
        merge = f"step {key} training {stroke}" if stroke else None
        self.wanted.emit(lambda graph: change_group(graph, key, **{name: value}), step, merge)

    def _with_it(self, name: str, value: object) -> dict[str, object]:
        """What is set together with a parameter: where an argument is to change, it starts with what it is."""
        if name != "changing":
            return {}
        values = self._graph.values(self.node)
        return {"values": (values[value],) * int(str(values["repeats"])) if value in values else ()}

    def _write(self, name: str, value: Value) -> None:
        if name == USED:
            self._use(str(value))
            return
        steps = {
            WRITTEN: self.tr("Change how {0} is written"),
            MUTED: self.tr("Bypass {0}") if value else self.tr("Use {0} again"),
        }
        self.wanted.emit(self.code.command([self.node.id], name, value), steps[name].format(self.node.name), None)

    def _fix(self, fix: Fix) -> None:
        step = self.tr("Fix: {what}").format(what=words(fix.label))
        self.wanted.emit(lambda graph: fixes.apply(graph, fix), step, None)
