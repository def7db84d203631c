"""The live code: what would be exported, each line tied to the node that it was written for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from netbuilder.bridge.reports import Source
from netbuilder.ui.code_view import CodeView
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import label
from netbuilder.ui.theme import DARK, Theme

Which = Literal["module", "script"]


class CodePanel(QWidget):
    """Module and training script in turn. `node_chosen` gives the node of the line gone to."""

    node_chosen = Signal(str)
    export_wanted = Signal(str)

    def __init__(self, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sources: dict[Which, Source] = {}
        self._places: dict[Which, tuple[int, int]] = {}
        self._which: Which = "module"
        self._marked: set[str] = set()
        self._choosing = False
        self._stale = False
        self.view = CodeView(theme)
        self.view.setPlaceholderText(self.tr("The code appears here as you draw."))
        self.view.line_chosen.connect(self._line)
        self.banner, self._banner_mark = self._make_banner()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_bar())
        column.addWidget(self.banner)
        column.addWidget(self.view, 1)
        self._calm_down = QTimer(self)
        self._calm_down.setSingleShot(True)
        self._calm_down.setInterval(1500)
        self._calm_down.timeout.connect(self._dress_copy)
        self.set_theme(theme)
        self._refresh()

    @property
    def source(self) -> Source | None:
        """What is shown."""
        return self._sources.get(self._which)

    def show_source(self, module: Source | None, script: Source | None) -> None:
        """Take new text; None leaves what was there."""
        if module is not None:
            self._sources["module"] = module
        if script is not None:
            self._sources["script"] = script
        self._refresh()

    def show_which(self, which: Which) -> None:
        """Turn to the module or to the training script."""
        if which == self._which:
            return
        self._places[self._which] = self._scroll()
        self._which = which
        (self.module_button if which == "module" else self.script_button).setChecked(True)
        self._refresh()
        across, down = self._places.get(which, (0, 0))
        self.view.horizontalScrollBar().setValue(across)
        self.view.verticalScrollBar().setValue(down)

    def highlight_nodes(self, ids: Iterable[str]) -> None:
        """Tint the lines of these nodes; scroll to the first where none is in sight."""
        self._marked = set(ids)
        lines = self._mark()
        if lines and not self._choosing and not any(self.view.visible(line) for line in lines):
            self.view.reveal(lines[0])

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = theme
        self.view.set_theme(theme)
        self.export_button.setIcon(icon("export", theme.text_soft))
        self._banner_mark.setPixmap(icon("warning", theme.warning).pixmap(QSize(16, 16)))
        self._dress_copy()

    def _make_bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(4)
        segments = QFrame()
        segments.setProperty("role", "segments")
        inner = QHBoxLayout(segments)
        inner.setContentsMargins(2, 2, 2, 2)
        inner.setSpacing(2)
        group = QButtonGroup(self)
        self.module_button = self._segment(self.tr("Module"), "module", group, inner)
        self.script_button = self._segment(self.tr("Training script"), "script", group, inner)
        self.module_button.setChecked(True)
        self.copy_button = QPushButton()
        self.copy_button.clicked.connect(self._copy)
        self.export_button = QPushButton(self.tr("Export…"))
        self.export_button.clicked.connect(lambda: self.export_wanted.emit(self._which))
        row.addWidget(segments)
        row.addStretch(1)
        for button in (self.copy_button, self.export_button):
            button.setProperty("kind", "flat")
            button.setProperty("size", "small")
            row.addWidget(button)
        return bar

    def _segment(self, text: str, which: Which, group: QButtonGroup, row: QHBoxLayout) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setProperty("kind", "segment")
        button.clicked.connect(lambda: self.show_which(which))
        group.addButton(button)
        row.addWidget(button)
        return button

    def _make_banner(self) -> tuple[QFrame, QLabel]:
        banner = QFrame()
        banner.setProperty("role", "banner")
        mark = QLabel()
        row = QHBoxLayout(banner)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(8)
        row.addWidget(mark)
        row.addWidget(label(self.tr("Not complete: fix the problems first."), "warning"), 1)
        banner.hide()
        return banner, mark

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was said while the panel was out of sight."""
        super().showEvent(event)
        if self._stale:
            self._refresh()
            self.highlight_nodes(self._marked)

    def _refresh(self) -> None:
        source = self.source
        self._stale = not self.isVisible()
        if not self._stale:
            self.view.show_text(source.text if source else "")
        self.banner.setVisible(source is not None and not source.complete)
        self.copy_button.setEnabled(source is not None)
        self.export_button.setEnabled(source is not None and source.complete)
        self._mark()

    def _mark(self) -> list[int]:
        source = self.source
        lines = sorted(line for line, node in source.lines.items() if node in self._marked) if source else []
        self.view.mark(lines)
        return lines

    def _scroll(self) -> tuple[int, int]:
        return self.view.horizontalScrollBar().value(), self.view.verticalScrollBar().value()

    def _line(self, line: int) -> None:
        node = self.source.lines.get(line) if self.source else None
        if node is None:
            return
        self._choosing = True
        try:
            self.node_chosen.emit(node)
        finally:
            self._choosing = False

    def _copy(self) -> None:
        if self.source is None:
            return
        QGuiApplication.clipboard().setText(self.source.text)
        self.copy_button.setText(self.tr("Copied"))
        self.copy_button.setIcon(icon("check", self._theme.good))
        self._calm_down.start()

    def _dress_copy(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setIcon(icon("copy", self._theme.text_soft))
