"""Keeps the Data panel at the drawing that is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

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
        self._follow()

    def _follow(self) -> None:
        """Watch the document that is open now."""
        self._stop()
        self._stop = self._window.project.document.watch(lambda _: self._show())
        self._show()

    def _show(self) -> None:
        project = self._window.project
        self._window.data.show_drawing(project.document.graph, project.folder)

    def close(self) -> None:
        """End the panel's child."""
        self._window.data.close_link()
