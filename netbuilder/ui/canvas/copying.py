"""Copies on their way into a drawing: where they go, and what their undo step is called."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import clipboard
from netbuilder.graph.commands import FAR
from netbuilder.graph.records import Node

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

PASTE_SHIFT = 32


def insert(canvas: Canvas, text: str, place: tuple[int, int] | None, what: str) -> None:
    """Put copied text in, clear of what already stands exactly there, and select it."""
    x, y = (None, None) if place is None else place
    try:
        edit = clipboard.paste(canvas.document.graph, text, x, y, PASTE_SHIFT)
    except Refused as refused:
        canvas.refused.emit(refused.sentence)
        return
    nodes = [after for _, after in edit.values() if isinstance(after, Node)]
    taken = {(node.x, node.y) for node in canvas.document.graph.nodes.values()}
    beside = _beside(nodes, taken)
    moved = [msgspec.structs.replace(node, x=node.x + beside, y=node.y + beside) for node in nodes]
    edit |= {node.id: (None, node) for node in moved}
    one, many = len(nodes) == 1, len(nodes)
    labels = {
        "paste": canvas.tr("Paste {name}") if one else canvas.tr("Paste {count} blocks"),
        "duplicate": canvas.tr("Duplicate {name}") if one else canvas.tr("Duplicate {count} blocks"),
    }
    canvas.document.commit(edit, labels[what].format(name=nodes[0].name, count=many))
    canvas.select([node.id for node in nodes])


def _beside(nodes: list[Node], taken: set[tuple[int, int]]) -> int:
    """How far copies step aside so that none hides a block: down to the right, at the canvas's border the other way."""
    right = FAR - max(max(node.x, node.y) for node in nodes)
    left = FAR + min(min(node.x, node.y) for node in nodes)
    steps = itertools.chain(range(0, right + 1, PASTE_SHIFT), range(-PASTE_SHIFT, -left - 1, -PASTE_SHIFT))
    free = (step for step in steps if not any((node.x + step, node.y + step) in taken for node in nodes))
    return next(free, 0)
