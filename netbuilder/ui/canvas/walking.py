"""Going from card to card with the keys, and selecting along the wires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from netbuilder.graph import chains
from netbuilder.graph.records import dot_id, dot_of
from netbuilder.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas


def walk(canvas: Canvas, dx: int, dy: int) -> None:
    """Select the card before or after along a wire, or the one beside; with Shift it joins the selection."""
    nodes = canvas.items_scene.nodes
    bent = [key for key in canvas.selected() if key not in canvas.items_scene.papers.items]
    if dy and len(bent) == 1 and bent[0] not in nodes:
        canvas.select([_on_wire(canvas, bent[0], dy)])
        return
    chosen = [key for key in canvas.selected() if key in nodes]
    start = canvas.last_walked if canvas.last_walked in chosen else (chosen[-1] if chosen else "")
    best = _along(canvas, start, dy) if dy and start else ""
    best = best or _beside(canvas, start, dx, dy)
    if not best:
        return
    adding = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
    canvas.select([*canvas.selected(), best] if adding else [best])
    canvas.last_walked = best
    canvas.reveal(best)


def _along(canvas: Canvas, start: str, dy: int) -> str:
    """The nearest card at the other end of a wire, up or down."""
    graph, nodes = canvas.drawing, canvas.items_scene.nodes
    if dy < 0:
        ends = [wire.source for wire in chains.flow_into(graph, start) or graph.wires_into(start).values()]
    else:
        ends = [wire.target for wire in chains.flow_out_of(graph, start) or graph.wires_out_of(start)]
    here = nodes[start].card.center()
    return min(ends, key=lambda key: abs(nodes[key].card.center().x() - here.x()), default="")


def _beside(canvas: Canvas, start: str, dx: int, dy: int) -> str:
    """The nearest card in a direction; from nothing, the first of the drawing."""
    nodes = canvas.items_scene.nodes
    here = nodes.get(start)

    def distance(item: NodeItem) -> float:
        if here is None:
            return item.box[1] * 1e3 + item.box[0]
        way = item.card.center() - here.card.center()
        along, aside = way.x() * dx + way.y() * dy, abs(way.x() * dy) + abs(way.y() * dx)
        return along + 2 * aside if along > 0 and aside <= 3 * along else float("inf")

    best = min(nodes, key=lambda key: distance(nodes[key]), default="")
    return best if best and distance(nodes[best]) < float("inf") else ""


def _on_wire(canvas: Canvas, key: str, dy: int) -> str:
    """What comes after a wire or one of its dots: the next dot, or the card at the end."""
    name, index = dot_of(key) or (key, -1 if dy > 0 else 0)
    wire = canvas.drawing.wires[name]
    after = index + dy
    if 0 <= after < len(wire.via):
        return dot_id(name, after)
    return wire.target if dy > 0 else wire.source


def select_wire(canvas: Canvas) -> None:
    """Select a wire of the block that was selected last; each time the next one."""
    scene, chosen = canvas.items_scene, canvas.selected()
    nodes = [key for key in chosen if key in scene.nodes]
    if nodes:
        canvas.last_walked = nodes[-1]
    graph = canvas.drawing
    around = [*graph.wires_into(canvas.last_walked).values(), *graph.wires_out_of(canvas.last_walked)]
    wires = [wire.id for wire in around]
    here = next((wires.index(key) for key in chosen if key in wires), -1)
    if wires:
        canvas.select([wires[(here + 1) % len(wires)]])


def select_upstream(canvas: Canvas) -> None:
    """Select all that the selected blocks are computed from, too."""
    canvas.select(canvas.drawing.upstream(canvas.edits.nodes()))


def select_downstream(canvas: Canvas) -> None:
    """Select all that is computed from the selected blocks, too."""
    canvas.select(canvas.drawing.downstream(canvas.edits.nodes()))


def select_chain(canvas: Canvas) -> None:
    """Select all that is in one line with the selected blocks, too."""
    canvas.select(chains.chain(canvas.drawing, canvas.edits.nodes()))
