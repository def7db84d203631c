"""The inspector: everything about what is selected, and about the project when nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.document import Document
from netbuilder.graph.records import PROJECT, Edit
from netbuilder.ui.fields import TextField
from netbuilder.ui.form import Form
from netbuilder.ui.inspector_pages import ManyPage, NodePage, ProjectPage
from netbuilder.ui.theme import Theme


class Inspector(QScrollArea):
    """Shows and edits the document's selected nodes. `refused` gives the sentence why a change cannot be."""

    refused = Signal(object)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(220)
        self._theme = theme
        self._ids: list[str] = []
        self._reports: dict[str, NodeReport] = {}
        self._page: NodePage | ProjectPage | ManyPage | None = None
        self._stop: Callable[[], None] = lambda: None
        self.destroyed.connect(lambda: self._stop())
        self.set_document(document)

    def sizeHint(self) -> QSize:
        """As wide as in the drawing."""
        return QSize(306, 640)

    def set_document(self, document: Document) -> None:
        """Look at another document, of which nothing is selected."""
        self._stop()
        self.document = document
        self._stop = document.watch(self._edited)
        self._ids, self._reports = [], {}
        self._build()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = theme
        self._build()

    def show_nodes(self, ids: list[str]) -> None:
        """Show these nodes; the project where there is none."""
        known = [key for key in ids if key in self.document.graph.nodes]
        if known != self._ids:
            self._ids = known
            self._build()

    def edit_name(self) -> None:
        """Let the person type another name."""
        field = self.findChild(TextField, "name")
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    def edit_first(self) -> None:
        """Go to the first field of the form; the name where there is none."""
        form = self.findChild(Form)
        fields = form.findChildren(QWidget) if form is not None else []
        first = next((field for field in fields if field.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
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
        graph = self.document.graph
        page: NodePage | ProjectPage | ManyPage
        if not self._ids:
            page = ProjectPage(self._theme, graph)
        elif len(self._ids) == 1:
            page = NodePage(self._theme, graph, graph.nodes[self._ids[0]])
        else:
            page = ManyPage(self._theme, [graph.nodes[key] for key in self._ids])
        page.wanted.connect(self._commit)
        old, self._page = self.takeWidget(), page
        self.setWidget(page)
        if old is not None:
            old.hide()
            old.deleteLater()
        self._show_reports()

    def _show_reports(self) -> None:
        page = self._page
        if isinstance(page, NodePage):
            page.show_report(self._reports.get(page.node.id))
        elif isinstance(page, ProjectPage):
            page.show_reports(self._reports.values())
        elif page is not None:
            page.show_reports(self._reports, self._ids)

    def _edited(self, edit: Edit) -> None:
        graph, page = self.document.graph, self._page
        left = [key for key in self._ids if key in graph.nodes]
        if left != self._ids:
            self._ids = left
            self._build()
        elif isinstance(page, ProjectPage):
            page.show_project(graph)
        elif isinstance(page, NodePage) and (page.node.id in edit or PROJECT in edit):
            page.show_node(graph, graph.nodes[page.node.id])
            self._show_reports()

    def _commit(self, make: Callable[..., Edit], label: str, merge: str | None) -> None:
        page = self.sender()
        if isinstance(page, NodePage) and page.node.id not in self.document.graph.nodes:
            return
        try:
            edit = make(self.document.graph)
        except Refused as refusal:
            self.refused.emit(refusal.sentence)
            self._restore()
            return
        self.document.commit(edit, label, merge)

    def _restore(self) -> None:
        graph, page = self.document.graph, self._page
        if isinstance(page, ProjectPage):
            page.show_project(graph)
        elif isinstance(page, NodePage):
            page.show_node(graph, graph.nodes[page.node.id])
