"""What the canvas does with notes and frames: each thing one undo step with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands, notes
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Color, Edit, Note
from netbuilder.ui.canvas.geometry import GRID, Box, card_box, snap
from netbuilder.ui.canvas.note_item import note_height

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

ASIDE, TITLE, BELOW = 24, 32, 8
STEP = 2 * GRID


class Annotating:
    """The commands about notes and frames. They act on the selection unless they are told otherwise."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._fresh = ""  # the note or frame that was just put in: what is written first belongs to that step

    @property
    def _graph(self) -> Graph:
        return self._canvas.drawing

    def add_note(self) -> None:
        """Put a note where the mouse is, or in the middle of the view, and have it written."""
        place = self._canvas.hand.pointed or self._canvas.camera.center
        edit = notes.add_note(self._graph, "", snap(place.x()), snap(place.y()))
        self._begin(edit, next(iter(edit)), self._canvas.tr("Add note"))

    def _begin(self, edit: Edit, key: str, label: str) -> None:
        self._fresh = key
        if self._canvas.edits.do(lambda: edit, label, _step(key)):
            self._canvas.select([key])
            self._canvas.writing.begin(key)

    def add_frame(self) -> None:
        """Put a frame around what is selected, push up what would lie under its title, and have that written."""
        graph, chosen = self._graph, {key for key in self._canvas.selected() if key not in self._graph.wires}
        area = self._canvas.items_scene.extent(chosen).adjusted(-ASIDE, -TITLE, ASIDE, BELOW)
        sides = snap(area.left()), snap(area.top()), snap(area.right()), snap(area.bottom())
        try:
            edit = notes.add_frame(graph, "", sides)
        except Refused as refused:
            self._canvas.refused.emit(refused.sentence)
            return
        self._begin(
            compose(edit, self._room_above(graph, chosen, sides)), next(iter(edit)), self._canvas.tr("Add frame")
        )

    def _room_above(self, graph: Graph, chosen: set[str], area: tuple[int, int, int, int]) -> Edit:
        """Push up the cards that stand right over an area, with what they are computed from."""
        left, top, right, _ = area
        over = {
            key: box[3] - top
            for key, node in graph.nodes.items()
            if key not in chosen
            and (box := card_box(graph, node))[1] < top < box[3]
            and box[0] < right
            and box[2] > left
        }
        moved = {key for key in graph.upstream(over) - chosen if graph.nodes[key].y < top}
        return commands.shift(graph, moved, 0, -snap(max(over.values()) + BELOW)) if over else {}

    def set_text(self, key: str, text: str) -> None:
        """Give a note another text, and room for it, or a frame another title; a note without any text goes away."""
        graph, tr = self._graph, self._canvas.tr
        fresh, self._fresh = self._fresh == key, ""
        note = graph.notes.get(key)
        if note is not None and not text.strip():
            self._canvas.edits.do(
                lambda: commands.delete(graph, [key]), tr("Delete note"), _step(key) if fresh else None
            )
            return

        def make() -> Edit:
            edit = notes.set_text(graph, key, text)
            return edit if note is None else compose(edit, self._fitted(graph.apply(edit), note, text))

        label = tr("Write") if not fresh else tr("Add note") if note is not None else tr("Add frame")
        self._canvas.edits.do(make, label, _step(key) if fresh else None)

    def _fitted(self, graph: Graph, before: Note, text: str) -> Edit:
        """Make a note as high as its text takes, unless it was made higher than that by hand."""
        look = self._canvas.items_scene.shared.look
        wanted = note_height(look, text, before.width)
        plain = max(Note("").height, note_height(look, before.text, before.width))
        height = max(wanted, before.height if before.height > plain else Note("").height)
        area = (before.x, before.y, before.x + before.width, before.y + height)
        return notes.resize(graph, before.id, area)

    def grow(self, wider: int, taller: int) -> None:
        """Make the selected notes and frames larger or smaller by lines of the grid."""
        graph, scene = self._graph, self._canvas.items_scene
        keys = sorted(scene.selected & scene.papers.items.keys())

        def make() -> Edit:
            edit: Edit = {}
            for key in keys:
                left, top, right, bottom = scene.papers.items[key].box
                edit |= notes.resize(graph, key, (left, top, right + wider * STEP, bottom + taller * STEP))
            return edit

        self._canvas.edits.do(make, self._canvas.tr("Resize"), "grow " + " ".join(keys))

    def resize(self, key: str, area: Box) -> None:
        """Give a note or a frame another area."""
        graph = self._graph
        self._canvas.edits.do(lambda: notes.resize(graph, key, area), self._canvas.tr("Resize"))

    def set_color(self, color: Color) -> None:
        """Colour the selected notes and frames."""
        graph = self._graph
        chosen = [key for key in self._canvas.selected() if key in graph.notes or key in graph.frames]
        self._canvas.edits.do(lambda: notes.set_color(graph, chosen, color), self._canvas.tr("Colour"))


def _step(key: str) -> str:
    """What the steps are merged by that put something in and write in it."""
    return f"write {key}"
