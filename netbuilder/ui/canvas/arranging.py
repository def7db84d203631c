"""Where things stand on the canvas: nudging, aligning, tidying, and the short glide to new places."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QStyle

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import arrange, chains, commands, notes, tidy
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node, dot_id, dot_of
from netbuilder.ui.canvas.geometry import GRID, card_box
from netbuilder.ui.canvas.moving import carried

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

Side = Literal["left", "center", "right", "top", "middle", "bottom"]
Places = Mapping[str, tuple[int, int]]
MOST_GLIDING = 1500


class Glide(QVariantAnimation):
    """Shows cards on their way from where they were to where their records have them now."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._ways: dict[str, tuple[int, int, int, int]] = {}
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._show)
        self.finished.connect(self.end)

    def begin(self, before: Places) -> None:
        """Let cards glide from `before`, where the person's system has animations and they are not too many."""
        style = self._canvas.style()
        duration = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self._canvas)
        nodes = self._canvas.drawing.nodes
        if duration <= 0 or not self._canvas.isVisible() or len(before) > MOST_GLIDING:
            return
        self._ways = {key: (*place, nodes[key].x, nodes[key].y) for key, place in before.items() if key in nodes}
        self.setDuration(max(120, min(220, duration)))
        self.start()

    def end(self) -> None:
        """Be at the end of the way."""
        ways, self._ways = self._ways, {}
        self.stop()
        if ways:
            self._canvas.items_scene.settle(set(ways))

    def _show(self, part: float) -> None:
        if self._ways:
            self._canvas.items_scene.put(
                {key: (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part) for key, (x0, y0, x1, y1) in self._ways.items()}
            )


class Arranging:
    """The commands that move what is selected."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.glide = Glide(canvas)

    def nudge(self, dx: int, dy: int) -> None:
        """Move what is selected, and what frames hold, by one line of the grid; steps in a row are one undo step."""
        canvas, graph = self._canvas, self._canvas.drawing
        chosen = sorted(carried(canvas.drawing, canvas.items_scene.selected))
        label = canvas.edits.label("move", canvas.selected())
        merge = "nudge " + " ".join(chosen)
        canvas.edits.do(lambda: commands.shift(graph, chosen, dx * GRID, dy * GRID), label, merge)

    def align(self, side: Side) -> None:
        """Align the selected blocks, notes and frames."""
        tr = self._canvas.tr
        labels = {
            "left": tr("Align left"),
            "center": tr("Align centres"),
            "right": tr("Align right"),
            "top": tr("Align top"),
            "middle": tr("Align middles"),
            "bottom": tr("Align bottom"),
        }
        self._move(self._with_held(arrange.align(self._boxes(), side)), labels[side])

    def distribute(self, axis: Literal["horizontal", "vertical"]) -> None:
        """Make the gaps between the selected blocks, notes and frames even."""
        self._move(self._with_held(arrange.distribute(self._boxes(), axis)), self._canvas.tr("Distribute"))

    def tidy(self) -> None:
        """Lay the selected blocks out anew, from the top down; all of them where fewer than two are selected."""
        graph = self._canvas.drawing
        chosen = self._canvas.edits.nodes()
        keys = chosen if len(chosen) > 1 else list(graph.nodes)
        places = tidy.places(chains.contracted(graph, set(keys)), keys, lambda node: _size(graph, node))
        self._move(places, self._canvas.tr("Tidy"), straighten=True, framing=self._framing(places))

    def _boxes(self) -> dict[str, arrange.Box]:
        graph = self._canvas.drawing
        found: dict[str, arrange.Box] = {}
        for key in self._canvas.selected():
            record = graph.notes.get(key) or graph.frames.get(key)
            if record is not None:
                found[key] = record.x, record.y, record.x + record.width, record.y + record.height
            elif key in graph.nodes and dot_of(key) is None:
                found[key] = card_box(graph, graph.nodes[key])
        return found

    def _framing(self, places: Places) -> Edit:
        """The edit that keeps frames, and the notes in them, around the blocks that they hold and that go elsewhere."""
        graph = self._canvas.drawing
        found: Edit = {}
        for frame in sorted(graph.frames.values(), key=lambda frame: frame.width * frame.height):
            held = carried(self._canvas.drawing, {frame.id})
            nodes = [graph.nodes[key] for key in held if key in graph.nodes]
            if not any(node.id in places for node in nodes):
                continue
            before = [card_box(graph, node) for node in nodes]
            x, y = min(box[0] for box in before), min(box[1] for box in before)
            moved = [places.get(node.id, (node.x, node.y)) for node in nodes]
            dx, dy = min(place[0] for place in moved) - x, min(place[1] for place in moved) - y
            sizes = [_size(graph, node) for node in nodes]
            wider = max(at[0] + size[0] for at, size in zip(moved, sizes, strict=True)) - max(b[2] for b in before) - dx
            higher = (
                max(at[1] + size[1] for at, size in zip(moved, sizes, strict=True)) - max(b[3] for b in before) - dy
            )
            left, top = frame.x + dx, frame.y + dy
            area = left, top, left + frame.width + wider, top + frame.height + higher
            with suppress(Refused):  # as large as a frame may be, it stays
                found |= notes.resize(graph, frame.id, area)
            for key in held & graph.notes.keys() - found.keys():
                found |= commands.move(graph, {key: (graph.notes[key].x + dx, graph.notes[key].y + dy)})
        return found

    def _with_held(self, places: Places) -> Places:
        """The places, and those of what lies in the frames among them and is not selected itself."""
        graph, chosen = self._canvas.drawing, self._canvas.items_scene.selected
        found = dict(places)
        for key in places.keys() & graph.frames.keys():
            dx, dy = places[key][0] - graph.frames[key].x, places[key][1] - graph.frames[key].y
            for held in carried(self._canvas.drawing, {key}) - chosen - {key}:
                record = graph.nodes.get(held) or graph.notes.get(held) or graph.frames[held]
                found.setdefault(held, (record.x + dx, record.y + dy))
        return found

    def _move(self, places: Places, label: str, straighten: bool = False, framing: Edit | None = None) -> None:
        """Move things; `straighten` takes the reroute dots of the wires between them away, `framing` goes along."""
        graph = self._canvas.drawing
        bent = [w for w in graph.wires.values() if straighten and w.via and {w.source, w.target} <= places.keys()]
        dots = [dot_id(wire.id, i) for wire in bent for i in range(len(wire.via))]
        before = {key: (graph.nodes[key].x, graph.nodes[key].y) for key in places if key in graph.nodes}
        self.glide.end()
        if self._canvas.edits.do(
            lambda: commands.move(graph, places) | commands.delete(graph, dots) | (framing or {}), label
        ):
            self.glide.begin(before)


def _size(graph: Graph, node: Node) -> tuple[int, int]:
    left, top, right, bottom = card_box(graph, node)
    return right - left, bottom - top
