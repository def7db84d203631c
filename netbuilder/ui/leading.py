"""Leads the person to where something is written or read: names, parameters, settings, help, the search for blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from netbuilder.blocks.sentence import say
from netbuilder.graph.records import MAIN
from netbuilder.ui.canvas import placing

if TYPE_CHECKING:
    from netbuilder.ui.window import Window


class Leading(QObject):
    """Shows the panel that is meant and gives it the focus."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    def search(self) -> None:
        """Let the person search the list of blocks."""
        self._window.docks["blocks"].show()
        self._window.palette_panel.focus_search()

    def settings(self) -> None:
        """Let the person change how the main network is trained."""
        canvas = self._window.canvas
        canvas.nesting.turn_to(MAIN)
        canvas.select([])
        self.parameters()

    def parameters(self) -> None:
        """Go to the first field of what is selected."""
        self._window.docks["inspector"].show()
        self._window.inspector.edit_first()

    def help(self) -> None:
        """Show what there is to know about the selected block, or the one on which the list stands."""
        window = self._window
        chosen, listed = window.canvas.edits.nodes(), window.palette_panel.tree.current_block()
        if chosen:
            self.show_help(window.canvas.drawing.nodes[chosen[0]].block)
        elif listed is not None:
            self.show_help(listed)
        else:
            window.notice.warn(say("Select a block to read about it."))

    def show_help(self, block: str) -> None:
        """Show what there is to know about a block."""
        self._window.docks["inspector"].show()
        self._window.inspector.show_help(placing.parts(block)[0])

    def name(self) -> None:
        """Let the person write another name or text: that of the one thing selected, or the network's."""
        window, canvas = self._window, self._window.canvas
        nodes = canvas.edits.nodes()
        papers = [key for key in canvas.selected() if key in canvas.items_scene.papers.items]
        if len(papers) == 1 and not nodes:
            canvas.writing.begin(papers[0])
        elif (len(nodes) == 1 and not papers) or not canvas.selected():
            window.docks["inspector"].show()
            window.inspector.edit_name()
        else:
            window.notice.info(say("Select one block to rename it."))
