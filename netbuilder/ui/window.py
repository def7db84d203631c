"""What the window does: carries what one panel says to the others, to the file, and to the engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.reports import Fix, Problem
from netbuilder.graph import commands, fixes
from netbuilder.graph.document import Document
from netbuilder.graph.records import Edit
from netbuilder.ui import actions, menus
from netbuilder.ui.asking import Asking
from netbuilder.ui.canvas.bookmarks import Bookmarks
from netbuilder.ui.canvas.editing import Where
from netbuilder.ui.control.control import Control
from netbuilder.ui.control.job import Job
from netbuilder.ui.data_panel.show import DataShow
from netbuilder.ui.engine_link import EngineLink
from netbuilder.ui.engine_show import EngineShow
from netbuilder.ui.exchange import Exchange
from netbuilder.ui.findings import Findings
from netbuilder.ui.frame import Frame
from netbuilder.ui.leading import Leading
from netbuilder.ui.navigation import Navigation
from netbuilder.ui.networks import Networks
from netbuilder.ui.palette.block_tree import NEW
from netbuilder.ui.plots.flows import Flows
from netbuilder.ui.project import Project
from netbuilder.ui.run_control import RunControl
from netbuilder.ui.run_show import RunShow
from netbuilder.ui.runs.link import RunsLink
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme
from netbuilder.ui.trust import Trust

if TYPE_CHECKING:
    from netbuilder.ui.plots.diagnosis import Finding


class Window(Frame):
    """What the window does."""

    def __init__(self) -> None:
        document = Document()
        super().__init__(document)
        self.project = Project(document, self.settings, self, self.settle)
        self.engine = EngineLink(self)
        self.runs = RunControl(self.engine, self)
        self.findings = Findings()
        self.trust = Trust(self.settings, self)
        self.asking = Asking(self.canvas, self.finder, self.usage, self.engine)
        self.exchange = Exchange(self)
        self.engine_show = EngineShow(self)
        self.run_show = RunShow(self)
        self.inspector.follow(self.training.follower)
        self.flows = Flows(self.training.follower, self)
        self.flows.changed.connect(self.canvas.show_flows)
        self.runs_link = RunsLink(self)
        self.control = Control(self)
        self.data_show = DataShow(self)
        self.views = Bookmarks(self.settings)
        self.navigation = Navigation(self.canvas, self.views, self._problems)
        self.networks = Networks(self)
        self.leading = Leading(self)
        self._wanted: Callable[[], object] | None = None
        self._stop_watching = self.project.document.watch(self._edited)
        self._make_actions()
        self._connect_panels()
        actions.tint(self.actions_by_id, self.theme)
        self.restore_state()
        self.run_show.state("idle")
        self._show_document()
        self._select([])
        self.canvas.setFocus()

    # Putting it together.

    def _make_actions(self) -> None:
        do: dict[str, Callable[[], object]] = {
            "new": self.project.new,
            "open": self.project.ask_open,
            "save": self.project.save,
            "save_as": self.project.ask_save,
            "export_module": partial(self._export, "module"),
            "export_script": partial(self._export, "script"),
            "export_torchrun": partial(self.when_current, self.exchange.shared_code),
            "export_picture": self.exchange.picture,
            "print": self.exchange.paper,
            "quit": self.close,
            "rename": self.leading.name,
            "find": lambda: self.asking.find(self.findings.reports),
            "palette": lambda: self.asking.command(self.actions_by_id),
            "find_block": self.leading.search,
            "new_network": self.networks.new,
            "next_problem": partial(self.navigation.problem, 1),
            "previous_problem": partial(self.navigation.problem, -1),
            "focus_canvas": self.canvas.setFocus,
            "minimap": self._show_minimap,
            "activations": self._show_activations,
            "train": self.train,
            "pause": self.runs.pause,
            "stop": self.runs.stop,
            "settings": self.leading.settings,
            "all_runs": self.runs_link.show,
            "open_run": self.run_show.open_folder,
            "help_block": self.leading.help,
            "about": partial(menus.about, self),
            **self.control.deeds(),
        }
        do = {key: partial(self._let_go_and, act) for key, act in do.items()}
        do |= {
            "undo": partial(self._step, lambda: self.project.document.undo()),
            "redo": partial(self._step, lambda: self.project.document.redo()),
        }
        self.actions_by_id = actions.make(self, False, do) | self.canvas.actions_by_id
        self.palette_panel.search.show_key(self.actions_by_id["find_block"].shortcut())
        found = actions.fill(self, self.actions_by_id)
        minimap = self.actions_by_id["minimap"]
        minimap.setCheckable(True)
        minimap.setChecked(self.settings.value("minimap", "on") != "off")
        self.minimap.set_wanted(minimap.isChecked())
        flows = self.actions_by_id["activations"]
        flows.setCheckable(True)
        flows.setChecked(self.settings.value("activations", "off") == "on")
        self.flows.set_wanted(flows.isChecked())
        menus.recent(found["recent"], self.project)
        menus.examples(found["examples"], self.project)
        menus.themes(found["theme"], str(self.settings.value("theme", "system")), self.choose_theme)
        for dock in self.docks.values():
            found["panels"].addAction(dock.toggleViewAction())

    def _connect_panels(self) -> None:
        self.project.replaced.connect(self._show_document)
        self.project.changed.connect(self._saved)
        self.project.folder_moved.connect(self._open_in_engine)
        self.project.failed.connect(self.notice.error)
        self.project.said.connect(self.notice.info)
        for panel in (self.canvas, self.inspector, self.runs):
            panel.refused.connect(self.notice.warn)
        self.palette_panel.chosen.connect(self._add_block)
        self.palette_panel.help_wanted.connect(self.leading.show_help)
        self.inspector.left.connect(self.canvas.setFocus)
        self.navigation.said.connect(self.notice.info)
        self.canvas.menu_asked.connect(self._show_menu)
        self.canvas.block_added.connect(self.usage.note)
        self.trust_bar.read.connect(self._read_code)
        self.trust_bar.trusted.connect(lambda: self.trust.trust(self.project.document.graph))
        self.trust.changed.connect(self._open_in_engine)
        self.canvas.selection_changed.connect(self._select)
        self.canvas.activated.connect(lambda _: self.leading.parameters())
        self.palette_panel.search.left.connect(self.canvas.setFocus)
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        self.code.node_chosen.connect(self._choose)
        self.code.export_wanted.connect(self._export)
        self.problems.chosen.connect(self.canvas.show_node)
        self.problems.fixed.connect(self.fix)
        self.status.problems.clicked.connect(lambda: self.show_tab(self.problems))
        self.training.gradients.connect(self.canvas.show_gradients)
        self.training.drawing = lambda: self.project.document.graph
        self.training.chosen.connect(self.canvas.show_node)
        self.training.mended.connect(self._mend)
        self.top.train.connect(self.train)
        self.top.pause.connect(self.runs.pause)
        self.top.stop.connect(self.runs.stop)
        self.top.settings.connect(self.leading.settings)
        self.top.epochs_changed.connect(self._set_epochs)
        self.top.device_changed.connect(lambda device: self.settings.setValue("device", device))
        self.top.device_changed.connect(self.inspector.show_device)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    def _follow_system(self) -> None:
        self.set_theme(self.wanted_theme())

    # The document.

    def _show_document(self) -> None:
        document = self.project.document
        self.asking.leave()
        self.canvas.writing.drop()
        self._stop_watching()
        self._stop_watching = document.watch(self._edited)
        self._wanted = None
        self.trust.open(document.graph, self.project.path)
        self.canvas.set_document(document)
        self.inspector.set_document(document)
        self.engine_show.forget()
        if self.runs.state == "idle":
            self.training.show_run(None)
            self.top.forget_progress()
        self.control.forget()
        self.views.open(self.project.path)
        self.minimap.mark_changed()
        self._open_in_engine()
        self._show_title()
        QTimer.singleShot(0, self.canvas, self.canvas.frame_start)

    def _open_in_engine(self) -> None:
        self.engine.open(self.project.document.graph, self.project.folder, self.trust.on)
        self.trust_bar.show_wanted(not self.trust.on)

    def _edited(self, edit: Edit) -> None:
        self.asking.leave()
        self.networks.edited(edit)
        self.control.edited(edit)
        graph = self.project.document.graph
        if self.trust.follow(edit, graph):
            self._open_in_engine()
        else:
            self.engine.change(graph, edit)
        self.minimap.mark_changed()
        self._show_title()

    def _saved(self) -> None:
        self.trust.saved(self.project.document.graph, self.project.path)
        self._show_title()

    def _read_code(self) -> None:
        """Go to the first block whose code does not run, and with each call to the next."""
        found, chosen = self.trust.foreign(self.project.document.graph), self.canvas.edits.nodes()
        here = found.index(chosen[0]) + 1 if chosen[:1] and chosen[0] in found else 0
        if found:
            self.docks["inspector"].show()
            self.canvas.show_node(found[here % len(found)])

    def _show_title(self) -> None:
        document = self.project.document
        self.top.show_name(self.project.title, document.edited)
        self.top.show_training(document.graph.training)
        self.networks.show()
        if self.project.path is not None:
            self.views.move(self.project.path)
        self.setWindowTitle(f"{self.project.title}[*]")
        self.setWindowModified(document.edited)
        for name, label, text in (
            ("undo", document.undo_label, self.tr("&Undo")),
            ("redo", document.redo_label, self.tr("&Redo")),
        ):
            action = self.actions_by_id[name]
            action.setEnabled(label is not None)
            action.setText(f"{text} {label.replace('&', '&&')}" if label else text)
        self.engine_show.size()

    def _select(self, keys: list[str]) -> None:
        self.inspector.show_nodes(keys)
        self.code.highlight_nodes(keys)

    def _set_epochs(self, epochs: int) -> None:
        document = self.project.document
        set_epochs = partial(commands.set_training, document.graph, epochs=epochs)
        self.canvas.edits.do(set_epochs, self.tr("Set epochs"), "epochs")

    def fix(self, fix: Fix) -> None:
        """Do what the button beside a problem says."""
        self.notice.hide()  # it may still speak of what is mended now
        if self.canvas.nesting.reach(fix.node):
            label = self.tr("Fix: {what}").format(what=words(fix.label))
            self.canvas.edits.do(lambda: fixes.apply(self.canvas.drawing, fix), label)
        self.canvas.setFocus()

    def _mend(self, finding: Finding) -> None:
        """Do what the button beside a run's sickness says, in one step."""
        if finding.fix is not None:
            self.fix(finding.fix)
        elif finding.label is not None:
            graph, label = self.project.document.graph, self.tr("Fix: {what}").format(what=words(finding.label))
            self.canvas.edits.do(partial(commands.set_training, graph, **finding.settings), label)
        self.training.look()

    def set_theme(self, theme: Theme) -> None:
        """Show everything in these colours."""
        super().set_theme(theme)
        self.control.set_theme(theme)

    # What waits for the engine.

    def when_current(self, act: Callable[[], object]) -> None:
        """Do it once the engine has looked at the drawing as it is now."""
        self.settle()
        if self.engine.current:
            act()
            return
        if self.engine.lost:
            self.notice.error(say("The engine does not run any more: save, and start Netbuilder again."))
            return
        self._wanted = act
        if not self.findings.known:
            self.notice.info(say("The engine is starting; this is done as soon as it is there."))

    def do_wanted(self) -> None:
        """Do what waits for the engine, if it knows the drawing as it is now."""
        if self._wanted is not None and self.engine.current:
            wanted, self._wanted = self._wanted, None
            wanted()

    def settle(self) -> bool:
        """Take in what is still being typed, as if the person had left it; False where a note or code cannot be."""
        taken = self.canvas.writing.commit()
        refusal = self.inspector.apply_drafts()
        if refusal is not None:
            self.notice.warn(refusal)
            taken = False
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit | QAbstractSpinBox) and self.isAncestorOf(field):
            field.clearFocus()
            (field if field.isVisible() else self.canvas).setFocus()
        return taken

    def _let_go_and(self, act: Callable[[], object]) -> None:
        """Do what an action says; what a hand on the canvas was about to do ends without a trace."""
        self.canvas.hand.cancel()
        act()

    def _step(self, act: Callable[[], object]) -> None:
        """Undo or redo. In the middle of a gesture that is what is taken back; a note being written is a step too."""
        if not self.canvas.hand.cancel() and self.canvas.writing.close():
            self.networks.step(act)

    def _export(self, kind: str) -> None:
        self.when_current(partial(self.exchange.code, kind))

    def _problems(self) -> list[Problem]:
        return self.findings.problems(self.project.document.graph)

    def obstacles(self) -> list[Sentence]:
        """What keeps the drawing from being trained."""
        return [*self.errors(), *self.findings.obstacles]

    def errors(self) -> list[Sentence]:
        """What keeps the code from being written."""
        return self.findings.errors(self.project.document.graph)

    # Training.

    def train_when_ready(self) -> None:
        """Train as soon as the drawing has been looked at."""
        self._wanted = self._train

    def train(self) -> None:
        """Start a run, or say what stands in its way."""
        self.when_current(self._train)

    def _train(self) -> None:
        self.control.train()

    def start_run(self, job: Job) -> bool:
        """Start a run of the drawing as it is now, or say what stands in its way."""
        if self.errors():
            self.show_tab(self.problems)
        return self.runs.train(job, self.obstacles())

    # Small things.

    def show_tab(self, widget: QWidget) -> None:
        """Show one of the tabs below the drawing."""
        self.docks["below"].show()
        self.tabs.setCurrentWidget(widget)

    def _add_block(self, block: str) -> None:
        """Add a block from the list: behind the selected ones, else in the middle of the view."""
        if block == NEW:
            self.networks.new()
            return
        self.canvas.setFocus()  # before: the question which network is meant takes it
        self.canvas.edits.add(block, Where(behind=tuple(self.canvas.edits.nodes())))

    def _show_minimap(self) -> None:
        wanted = self.actions_by_id["minimap"].isChecked()
        self.settings.setValue("minimap", "on" if wanted else "off")
        self.minimap.set_wanted(wanted)

    def _show_activations(self) -> None:
        wanted = self.actions_by_id["activations"].isChecked()
        self.settings.setValue("activations", "on" if wanted else "off")
        self.flows.set_wanted(wanted)

    def _show_menu(self, place: QPoint) -> None:
        """Offer what can be done with what is selected."""
        menus.context(self, self.actions_by_id, *self.canvas.kinds()).popup(place)

    def _choose(self, key: str) -> None:
        if self.canvas.nesting.reach(key):
            self.canvas.select([key])
            self.canvas.reveal(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, which no panel wanted, leads back to the drawing."""
        if event.key() == Qt.Key.Key_Escape:
            self.canvas.setFocus()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Start the engine once the window is there."""
        super().showEvent(event)
        # After the first paint: the children and the plots take their time, the window does not wait for them.
        QTimer.singleShot(50, self, self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.engine.start()
        self.training.warm_up()
        self.runs_link.begin()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work, keep the window's state, and end the children."""
        if not self.project.may_leave():
            event.ignore()
            return
        self.keep_state()
        self.training.set_live(False)
        self.all_runs.close_watch()
        self.training.close_files()
        self.engine.close()
        self.data_show.close()
        event.accept()
