"""Ways through the drawing that the window knows: kept views, and from problem to problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Problem
from netbuilder.ui.canvas import Canvas
from netbuilder.ui.canvas.bookmarks import Bookmarks


class Navigation(QObject):
    """Moves the canvas's view. `said` gives a sentence about what it did, or could not."""

    said = Signal(object)

    def __init__(self, canvas: Canvas, views: Bookmarks, problems: Callable[[], Sequence[Problem]]) -> None:
        super().__init__(canvas)
        self._canvas, self._views, self._problems = canvas, views, problems
        canvas.view_asked.connect(self.go)
        canvas.view_kept.connect(self.keep)

    def keep(self, digit: str) -> None:
        """Keep the present view under a digit."""
        self._views.keep(int(digit), self._canvas.camera.center, self._canvas.camera.scale, self._canvas.shown)
        self.said.emit(say("View {digit} is kept: press {digit} to come back here.", digit=digit))

    def go(self, digit: str) -> None:
        """Look where the view of that digit was kept."""
        view = self._views.get(int(digit))
        if view is None:
            self.said.emit(say("No view is kept as {digit} yet: Ctrl+{digit} keeps the present one.", digit=digit))
        elif view.network in self._canvas.document.graph.networks and self._canvas.nesting.turn_to(view.network):
            self._canvas.camera.go(view.center, view.scale)

    def problem(self, step: int) -> Problem | None:
        """Show the next problem's block, or the one before; the problem, None where there is none."""
        found = [problem for problem in self._problems() if problem.node is not None]
        nodes = list(dict.fromkeys(problem.node for problem in found))
        if not nodes:
            self.said.emit(say("There is no problem in the drawing."))
            return None
        chosen = self._canvas.edits.nodes()
        here = chosen[0] if len(chosen) == 1 and chosen[0] in nodes else None
        place = nodes.index(here) + step if here is not None else (0 if step > 0 else -1)
        node = nodes[place % len(nodes)]
        assert node is not None
        self._canvas.show_node(node)
        return next(problem for problem in found if problem.node == node)
