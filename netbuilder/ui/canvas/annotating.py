"""What the canvas does with notes and frames: each thing one undo step with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netbuilder.graph import commands, notes
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Color, Edit
from netbuilder.ui.canvas.geometry import Box, card_box, snap
from netbuilder.ui.canvas.note_item import note_height

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

ASIDE, TITLE, BELOW = 24, 32, 8


class Annotating:
    """The commands about notes and frames. They act on the selection unless they are told otherwise."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    @property
    def _graph(self) -> Graph:
        return self._canvas.document.graph

    def add_note(self) -> None:
        """Put a note where the mouse is, or in the middle of the view, and have it written."""
        place = self._canvas.hand.pointed or self._canvas.camera.center
        graph = self._graph
        edit = self._canvas.edits.do(
            lambda: notes.add_note(graph, "", snap(place.x()), snap(place.y())), self._canvas.tr("Add note")
        )
        if edit:
            self._canvas.select(edit)
            self._canvas.writing.begin(next(iter(edit)))

    def add_frame(self) -> None:
        """Put a frame around what is selected, push up what would lie under its title, and have that written."""
        graph, chosen = self._graph, {key for key in self._canvas.selected() if key not in self._graph.wires}
        area = self._canvas.items_scene.extent(chosen).adjusted(-ASIDE, -TITLE, ASIDE, BELOW)
        sides = snap(area.left()), snap(area.top()), snap(area.right()), snap(area.bottom())
        made = ""

        def make() -> Edit:
            nonlocal made
            edit = notes.add_frame(graph, "", sides)
            made = next(iter(edit))
            return compose(edit, self._room_above(graph, chosen, sides))

        if self._canvas.edits.do(make, self._canvas.tr("Add frame")):
            self._canvas.select([made])
            self._canvas.writing.begin(made)

    def _room_above(self, graph: Graph, chosen: set[str], area: tuple[int, int, int, int]) -> Edit:
        """Push up the cards that stand right over an area, with what they are computed from."""
        left, top, right, _ = area
        over = {
            key: box[3] - top
            for key, node in graph.nodes.items()
            if key not in chosen and (box := card_box(node))[1] < top < box[3] and box[0] < right and box[2] > left
        }
        moved = {key for key in graph.upstream(over) - chosen if graph.nodes[key].y < top}
        return commands.shift(graph, moved, 0, -snap(max(over.values()) + BELOW)) if over else {}

    def set_text(self, key: str, text: str) -> None:
        """Give a note another text, and room for it, or a frame another title."""
        graph = self._graph

        def make() -> Edit:
            edit = notes.set_text(graph, key, text)
            note = graph.apply(edit).notes.get(key)
            if note is None:
                return edit
            height = max(note.height, note_height(self._canvas.items_scene.shared.look, text, note.width))
            area = (note.x, note.y, note.x + note.width, note.y + height)
            return compose(edit, notes.resize(graph.apply(edit), key, area))

        self._canvas.edits.do(make, self._canvas.tr("Write"))

    def resize(self, key: str, area: Box) -> None:
        """Give a note or a frame another area."""
        graph = self._graph
        self._canvas.edits.do(lambda: notes.resize(graph, key, area), self._canvas.tr("Resize"))

    def set_color(self, color: Color) -> None:
        """Colour the selected notes and frames."""
        graph = self._graph
        chosen = [key for key in self._canvas.selected() if key in graph.notes or key in graph.frames]
        self._canvas.edits.do(lambda: notes.set_color(graph, chosen, color), self._canvas.tr("Colour"))
