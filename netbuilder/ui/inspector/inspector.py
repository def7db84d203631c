"""The inspector: everything about what is selected, and about the project when nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, PROJECT, TRAINING, Edit, Network, Node
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.help_page import HelpPage
from netbuilder.ui.inspector.many_page import ManyPage
from netbuilder.ui.inspector.network_pages import DrawingPage, NetworkPage, ProjectPage
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.inspector.text_field import TextField
from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.theme import Theme


class Inspector(QScrollArea):
    """Shows and edits the document's selected nodes.

    `refused` gives the sentence why a change cannot be; `left` says that Esc was pressed where it had nothing to undo;
    `enter_wanted` gives the node whose network is to be shown.
    """

    refused = Signal(object)
    left = Signal()
    enter_wanted = Signal(str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(220)
        self._theme = theme
        self.shown = MAIN
        self._ids: list[str] = []
        self._reports: dict[str, NodeReport] = {}
        self._page: NodePage | DrawingPage | ManyPage | HelpPage | None = None
        self._drafts: dict[str, tuple[str, str]] = {}  # code of a node, and what was written in its place
        self._help = ""
        self._device = "cpu"
        self._place = 0
        self._follower: Follower | None = None
        self._stop: Callable[[], None] = lambda: None
        self.destroyed.connect(lambda: self._stop())
        self.set_document(document)

    def follow(self, follower: Follower) -> None:
        """Show of each node what a run measures, too."""
        self._follower = follower
        follower.began.connect(self._show_live)
        follower.came.connect(self._show_live)

    def _show_live(self, *_: object) -> None:
        page, run = self._page, self._follower.run if self._follower is not None else None
        if not isinstance(page, NodePage) or self._follower is None:
            return
        known = run is not None and page.node.id in run.nodes and bool(run.layers)
        if known or page.live is not None:
            page.show_live(self._follower)

    def sizeHint(self) -> QSize:
        """As wide as in the drawing."""
        return QSize(306, 640)

    @property
    def drawing(self) -> Graph:
        """What is drawn in the network that is shown."""
        return self.document.graph.part(self.shown)

    def set_document(self, document: Document) -> None:
        """Look at another document, of which nothing is selected."""
        self._stop()
        self.document = document
        self._stop = document.watch(self._edited)
        self.shown = MAIN
        self._ids, self._reports, self._drafts, self._help = [], {}, {}, ""
        self._build()

    def show_network(self, key: str) -> None:
        """Look at another network, in which nothing is selected."""
        if key != self.shown:
            self.shown = key
            self._choose([])

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours; what is being typed stays as it is."""
        self._theme = theme
        page = self._page
        if isinstance(page, HelpPage):
            place, focused = self.verticalScrollBar().value(), page.back.hasFocus()
            self._build()
            self.verticalScrollBar().setValue(place)
            if focused and isinstance(self._page, HelpPage):
                self._page.back.setFocus(Qt.FocusReason.OtherFocusReason)
        elif page is not None:
            page.set_theme(theme)

    def show_device(self, device: str) -> None:
        """Say of settings which of them the device that is chosen lacks."""
        self._device = device
        if isinstance(self._page, ProjectPage):
            self._page.training.show_device(device)

    def show_nodes(self, ids: list[str]) -> None:
        """Show these nodes; the project where there is none."""
        known = [key for key in ids if key in self.drawing.nodes]
        if known != self._ids:
            self._choose(known)

    def _choose(self, ids: list[str]) -> None:
        """Show other nodes, on the page that is there where it suits: a rubber band asks for that many times."""
        self._ids, self._help = ids, ""
        graph, page = self.drawing, self._page
        nodes = [graph.nodes[key] for key in ids]
        if isinstance(page, ManyPage) and len(nodes) > 1 and page.suits(nodes):
            page.show_nodes(graph, nodes)
            self._show_reports()
        else:
            self._build()

    def show_help(self, block: str) -> None:
        """Show what there is to know about a block, in place of the page, until the person goes back."""
        if not self._help:
            self._place = self.verticalScrollBar().value()
        self._help = block
        self._build()
        self.verticalScrollBar().setValue(0)
        if isinstance(self._page, HelpPage):
            self._page.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_help(self) -> None:
        """Go back to the page."""
        if not self._help:
            return
        self._help = ""
        self._build()
        self.left.emit()
        self.verticalScrollBar().setValue(self._place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, which no field wanted, goes back from the help page, or leaves."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._help:
            self.close_help()
        else:
            self.left.emit()

    def edit_name(self) -> None:
        """Let the person type another name."""
        self.close_help()
        field = self.findChild(TextField, "name")
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    def edit_first(self) -> None:
        """Go to the first field of the form; the name where there is none."""
        self.close_help()
        page = self._page
        forms = [page.training.optimizer.chooser] if isinstance(page, ProjectPage) else self.findChildren(Form)
        names = (form.field(name) for form in forms for name in form.names)
        fields = (field.focusProxy() or field for field in names if field.isEnabled())
        first = next((field for field in fields if field.isVisibleTo(self)), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.edit_name()

    def show_reports(self, changed: Mapping[str, NodeReport], removed: Iterable[str] = ()) -> None:
        """Take in what the engine says anew, and forget what it says no more."""
        self._reports.update(changed)
        for key in removed:
            self._reports.pop(key, None)
        self._show_reports()

    def _build(self) -> None:
        graph = self.drawing
        page: NodePage | DrawingPage | ManyPage | HelpPage
        if self._help:
            page = HelpPage(CATALOG[self._help], self._theme)
            page.left.connect(self.close_help)
        elif not self._ids:
            page = ProjectPage(self._theme, graph) if self.shown == MAIN else NetworkPage(self._theme, graph)
        elif len(self._ids) == 1:
            page = self._node_page(graph, graph.nodes[self._ids[0]])
        else:
            page = ManyPage(self._theme, graph, [graph.nodes[key] for key in self._ids])
        if not isinstance(page, HelpPage):
            page.wanted.connect(self._commit)
        old, self._page = self.takeWidget(), page
        self.setWidget(page)
        if old is not None:
            old.hide()
            old.deleteLater()
        self.show_device(self._device)
        self._show_reports()
        self._show_live()

    def _node_page(self, graph: Graph, node: Node) -> NodePage:
        code = str(graph.values(node).get("code", ""))
        before, draft = self._drafts.get(node.id, ("", ""))
        page = NodePage(self._theme, graph, node, draft if before == code else "")
        page.help_wanted.connect(lambda: self.show_help(node.block))
        page.enter_wanted.connect(lambda: self.enter_wanted.emit(node.id))
        page.drafted.connect(lambda text: self._keep(node.id, text))
        return page

    def _keep(self, key: str, text: str) -> None:
        """Keep what is written of a node's code and not applied, until the person comes back."""
        if text:
            self._drafts[key] = (str(self.drawing.values(self.drawing.nodes[key])["code"]), text)
        else:
            self._drafts.pop(key, None)

    def apply_drafts(self) -> Sentence | None:
        """Apply code that was written and not applied; why some cannot be, if so."""
        for key, (before, text) in tuple(self._drafts.items()):
            node = self.document.graph.nodes.get(key)
            if node is None or str(self.document.graph.values(node)["code"]) != before:
                del self._drafts[key]
                continue
            try:
                edit = commands.set_params(self.document.graph, key, {"code": text})
            except Refused as refused:
                return say("The code of {node} is not applied. {reason}", node=node.name, reason=str(refused.sentence))
            del self._drafts[key]
            self.document.commit(edit, self.tr("Change the code of {0}").format(node.name))
        return None

    def _show_reports(self) -> None:
        page = self._page
        if isinstance(page, NodePage):
            page.show_report(self._reports.get(page.node.id))
        elif isinstance(page, DrawingPage | ManyPage):
            page.show_reports(self._reports)

    def _edited(self, edit: Edit) -> None:
        if self.shown not in self.document.graph.networks:
            self.show_network(MAIN)
            return
        graph, page = self.drawing, self._page
        left = [key for key in self._ids if key in graph.nodes]
        if left != self._ids:
            self._choose(left)
        elif isinstance(page, DrawingPage):
            page.show_drawing(graph)
            self._show_reports()
        elif isinstance(page, NodePage) and graph.nodes[page.node.id].block != page.node.block:
            focus = QApplication.focusWidget()
            typing = focus is not None and self.isAncestorOf(focus)
            self._build()  # swapped for another block: another form
            if typing:  # the field is gone: Qt would go on to anything that takes keys
                self.left.emit()
        elif isinstance(page, NodePage) and (PROJECT in edit or TRAINING in edit or _concerns(edit)):
            page.show_node(graph, graph.nodes[page.node.id])
            self._show_reports()
        elif isinstance(page, ManyPage) and not edit.keys().isdisjoint([*page.keys, PROJECT]):
            self._choose(page.keys)

    def _commit(self, make: Callable[..., Edit], label: str, merge: str | None) -> None:
        page, nodes = self.sender(), self.drawing.nodes
        if isinstance(page, NodePage) and page.node.id not in nodes:
            return
        if isinstance(page, ManyPage) and not nodes.keys() >= set(page.keys):
            return
        try:
            edit = make(self.drawing)
        except Refused as refusal:
            self.refused.emit(refusal.sentence)
            self._restore()
            return
        self.document.commit(edit, label, merge)

    def _restore(self) -> None:
        graph, page = self.drawing, self._page
        if isinstance(page, DrawingPage):
            page.show_drawing(graph)
        elif isinstance(page, NodePage):
            page.show_node(graph, graph.nodes[page.node.id])
        elif isinstance(page, ManyPage):
            page.show_nodes(graph, [graph.nodes[key] for key in page.keys])


def _concerns(edit: Edit) -> bool:
    """Whether more than wires and papers changed: a block may have to do with any other, and with any network."""
    return any(isinstance(record, Node | Network) for pair in edit.values() for record in pair)
