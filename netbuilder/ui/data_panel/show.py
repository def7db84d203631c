"""Keeps the Data panel at the drawing that is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.run_folder import PROJECT
from netbuilder.graph.files import load
from netbuilder.ui.trust import codes

if TYPE_CHECKING:
    from netbuilder.ui.window import Window


class DataShow(QObject):
    """Carries the window's drawing to its Data panel, and what the panel asks for to the canvas."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._stop: Callable[[], None] = lambda: None
        window.project.replaced.connect(self._follow)
        window.project.folder_moved.connect(self._show)
        window.data.node_wanted.connect(window.canvas.show_node)
        window.data.link.complained.connect(window.log.add)
        window.looks.link.complained.connect(window.log.add)
        window.canvas.selection_changed.connect(self._select)
        window.runs.began.connect(self.show_run)
        window.runs.ended.connect(lambda _: self.show_run(window.runs.folder))
        self._follow()

    def _follow(self) -> None:
        """Watch the document that is open now."""
        self._stop()
        self._stop = self._window.project.document.watch(lambda _: self._show())
        self._show()

    def _show(self) -> None:
        project = self._window.project
        self._window.data.show_drawing(project.document.graph, project.folder)

    def show_run(self, folder: Path | None) -> None:
        """Look into this run. Its Python code runs if all of it may run in the drawing that is open."""
        self._window.looks.show_run(folder, folder is not None and self._trusted(folder))

    def _trusted(self, folder: Path) -> bool:
        window = self._window
        try:
            return window.trust.on and codes(load(folder / PROJECT)) <= codes(window.project.document.graph)
        except Refused:  # a run that has only begun has no drawing yet
            return window.trust.on and window.runs.folder == folder

    def _select(self, keys: list[str]) -> None:
        if len(keys) == 1:
            self._window.looks.show_node(keys[0])

    def close(self) -> None:
        """End the panels' children."""
        self._window.data.close_link()
        self._window.looks.close_link()
