"""What is dragged in from outside: blocks from the palette, shown as a ghost where they would stand, and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from netbuilder.blocks import Block
from netbuilder.graph import commands
from netbuilder.graph.records import Node
from netbuilder.ui.canvas import placing
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, snap
from netbuilder.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

BLOCK_MIME = "application/x-netbuilder-block"


class Drops:
    """Takes data of the type BLOCK_MIME, the block's name in UTF-8, and files of this computer."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._ghost: NodeItem | None = None

    def _point(self, event: QDropEvent) -> QPointF:
        return self._canvas.mapToScene(event.position().toPoint())

    def _read(self, event: QDropEvent) -> tuple[str, int, int] | None:
        """The block that is dragged over the canvas, and where its card would be."""
        if not event.mimeData().hasFormat(BLOCK_MIME):
            return None
        block = bytes(event.mimeData().data(BLOCK_MIME).data()).decode("utf-8", "replace")
        if placing.entry(self._canvas.drawing, block) is None:
            return None
        point = self._point(event)
        return block, snap(point.x() - CARD_WIDTH / 2), snap(point.y() - CARD_HEIGHT / 2)

    def over(self, event: QDragMoveEvent) -> None:
        """Show where the block would be placed, and the wire into which it would go."""
        dragged = self._read(event)
        if dragged is None:
            if _files(event):
                event.acceptProposedAction()
            else:
                event.ignore()
            return
        block, x, y = dragged
        scene = self._canvas.items_scene
        if self._ghost is None:
            self._ghost = NodeItem(*self._ghostly(block), scene.shared)
            self._ghost.setOpacity(0.6)
            self._ghost.setZValue(8)
            scene.addItem(self._ghost)
        self._ghost.put(x, y)
        wire = self._canvas.edits.wire_below(self._ghost.card.center())
        scene.hover(wire if wire and self._canvas.edits.would_splice(block, wire) else "")
        event.acceptProposedAction()

    def _ghostly(self, block: str) -> tuple[Node, Block]:
        """The node that would be made of a block, and what it is."""
        graph = self._canvas.drawing
        name, network = placing.parts(block)
        entry = placing.entry(graph, block)
        assert entry is not None
        return Node("", name, commands.new_name(graph, entry), of=network), entry

    def drop(self, event: QDropEvent) -> None:
        """Place the block, or say which files were dropped."""
        self.end()
        dragged, files = self._read(event), _files(event)
        if dragged is not None:
            event.acceptProposedAction()
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            self._canvas.edits.place(*dragged)
        elif files:
            event.acceptProposedAction()
            self._canvas.files_dropped.emit(files, self._point(event))
        else:
            event.ignore()

    def end(self) -> None:
        """Take the ghost away."""
        self._canvas.items_scene.hover("")
        if self._ghost is not None:
            self._canvas.items_scene.removeItem(self._ghost)
            self._ghost = None


def _files(event: QDropEvent) -> list[Path]:
    """The files and folders of this computer that are dragged."""
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
