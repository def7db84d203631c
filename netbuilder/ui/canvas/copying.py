"""Copies on their way into a drawing: where they go, and what their undo step is called."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import clipboard, commands
from netbuilder.graph.commands import FAR
from netbuilder.graph.graph import compose
from netbuilder.graph.records import Edit, Frame, Node, Note

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

PASTE_SHIFT = 32
Placed = Node | Note | Frame


def insert(canvas: Canvas, text: str, place: tuple[int, int] | None, what: str) -> None:
    """Put copied text in, clear of what already stands exactly there, and select it."""
    graph = canvas.drawing
    x, y = (None, None) if place is None else place
    try:
        edit = clipboard.paste(graph, text, x, y, PASTE_SHIFT)
    except Refused as refused:
        canvas.refused.emit(refused.sentence)
        return
    placed = _placed(edit, graph.network)
    beside = _beside(placed, {(r.x, r.y) for r in graph.records.values() if isinstance(r, Placed)})
    if beside:
        edit = compose(edit, commands.shift(graph.apply(edit), [r.id for r in placed], beside, beside))
    _commit(canvas, edit, what)


def insert_moved(canvas: Canvas, text: str, dx: int, dy: int) -> None:
    """Put copied text in, moved by (dx, dy) from where it was, and select it."""
    _commit(canvas, clipboard.duplicate(canvas.drawing, text, dx, dy), "duplicate")


def _commit(canvas: Canvas, edit: Edit, what: str) -> None:
    placed = _placed(edit, canvas.shown)
    nodes = [record for record in placed if isinstance(record, Node)]
    one, many, other = {
        "paste": (canvas.tr("Paste {name}"), canvas.tr("Paste {count} blocks"), canvas.tr("Paste")),
        "duplicate": (canvas.tr("Duplicate {name}"), canvas.tr("Duplicate {count} blocks"), canvas.tr("Duplicate")),
    }[what]
    label = other if not nodes else one.format(name=nodes[0].name) if len(nodes) == 1 else many.format(count=len(nodes))
    canvas.document.commit(edit, label)
    canvas.select([record.id for record in placed])


def _placed(edit: Edit, network: str) -> list[Placed]:
    """What was put into the drawing itself: networks that came along hold records too."""
    return [after for _, after in edit.values() if isinstance(after, Placed) and after.network == network]


def _beside(records: list[Placed], taken: set[tuple[int, int]]) -> int:
    """How far copies step aside so that none hides a block: down to the right, at the canvas's border the other way."""
    right = FAR - max(max(record.x, record.y) for record in records)
    left = FAR + min(min(record.x, record.y) for record in records)
    steps = itertools.chain(range(0, right + 1, PASTE_SHIFT), range(-PASTE_SHIFT, -left - 1, -PASTE_SHIFT))
    free = (step for step in steps if not any((record.x + step, record.y + step) in taken for record in records))
    return next(free, 0)
