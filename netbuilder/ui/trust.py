"""Whether the Python code of the project may run: it does only if the person wrote it here, or said so.

A file from elsewhere can hold code that does anything that the person could do, so nothing of it runs by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node, Record
from netbuilder.ui.breadcrumbs import HEIGHT
from netbuilder.ui.canvas.overlay import APART
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import label
from netbuilder.ui.theme import Theme

GROUP = "trusted"
WIDEST = 720


def _code(record: Record | None) -> str | None:
    """The code of a Python block; None for all other records."""
    if not isinstance(record, Node) or record.entry.of != "code":
        return None
    return str(record.params.get("code", record.entry.defaults()["code"]))


def codes(graph: Graph) -> set[str]:
    """All code in the project, that of the catalog's own example left out."""
    found = {code for node in graph.nodes.values() if (code := _code(node)) is not None}
    return found - {str(node.entry.defaults()["code"]) for node in graph.nodes.values() if node.entry.of == "code"}


def _digest(texts: Iterable[str]) -> str:
    found = hashlib.sha256()
    for text in sorted(texts):
        raw = text.encode("utf-8", "surrogatepass")
        found.update(len(raw).to_bytes(8, "big") + raw)
    return found.hexdigest()


def _key(path: Path) -> str:
    return f"{GROUP}/{hashlib.sha256(str(path).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


class Trust(QObject):
    """Knows which code may run. In the settings is, for every file that is trusted, what all its code amounts to.

    So code that was changed by somebody else is asked about again. `changed` says that `on` is another now.
    """

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._known: set[str] = set()
        self._opened: set[str] = set()
        self._foreign: set[str] = set()
        self._path: Path | None = None

    @property
    def on(self) -> bool:
        """Whether all code of the project may run."""
        return not self._foreign

    def foreign(self, graph: Graph) -> list[str]:
        """The blocks whose code does not run."""
        return [key for key, node in graph.nodes.items() if _code(node) in self._foreign]

    def knows(self, graph: Graph) -> bool:
        """Whether all code of a drawing, that of a run for one, is code that may run in the project that is open."""
        return codes(graph) <= self._known

    def open(self, graph: Graph, path: Path | None) -> None:
        """Another project is open; one without a file is new, or one of the program's own examples."""
        self._path, self._opened = path, codes(graph)
        known = path is None or self._settings.value(_key(path), "") == _digest(self._opened)
        self._known = set(self._opened) if known else set()
        self._look(graph)

    def follow(self, edit: Edit, graph: Graph) -> bool:
        """Take in an edit, after which the project is this. Whether other code may run now than before.

        What a person makes of code that may run may run too. A block that comes with its code is pasted.
        """
        for before, after in edit.values():
            old, new = _code(before), _code(after)
            if old is not None and new is not None and old not in self._foreign:
                self._known.add(new)
        was = self.on
        self._look(graph)
        return was != self.on

    def saved(self, graph: Graph, path: Path | None) -> None:
        """The project was written there."""
        self._path, self._opened = path, codes(graph)
        if self.on:
            self._keep()

    def trust(self, graph: Graph) -> None:
        """The person says that the project's code may run."""
        self._known |= codes(graph)
        self._keep()
        self._look(graph)
        self.changed.emit()

    def _keep(self) -> None:
        if self._path is not None and self._opened:
            self._settings.setValue(_key(self._path), _digest(self._opened))

    def _look(self, graph: Graph) -> None:
        self._foreign = codes(graph) - self._known


class TrustBar(QFrame):
    """Says over the canvas that there is code which does not run. `read` and `trusted` are what a person can do."""

    read = Signal()
    trusted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("trust")
        self.setAutoFillBackground(True)
        self._sign = QLabel()
        self._text = label(self.tr("This project holds Python code. It runs only if you trust it."), wrap=True)
        self.read_button, self.trust_button = QPushButton(self.tr("Read it")), QPushButton(self.tr("Trust"))
        self.read_button.clicked.connect(self.read)
        self.trust_button.clicked.connect(self.trusted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        for button in (self.read_button, self.trust_button):
            button.setProperty("size", "small")
            row.addWidget(button)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        parent.installEventFilter(self)
        self.set_theme(theme)
        self.hide()

    def show_wanted(self, wanted: bool) -> None:
        """Be there, or not."""
        self.setVisible(wanted)
        self._place()
        self.raise_()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._sign.setPixmap(icon("warning", theme.warning).pixmap(QSize(18, 18)))
        self.setStyleSheet(
            f"#trust {{ background: {theme.card}; border: 1px solid {theme.card_edge};"
            f" border-left: 3px solid {theme.warning}; border-radius: 8px; }}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the parent changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """Below the way to the network that is shown."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(WIDEST, parent.width() - 2 * APART)
        self.setGeometry(APART, 2 * APART + HEIGHT - 4, width, max(self.heightForWidth(width), 42))
