"""Blocks dragged in from the palette: a ghost of the card shows where it would stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from netbuilder.blocks import CATALOG
from netbuilder.graph import commands
from netbuilder.graph.records import Node
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, snap
from netbuilder.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

BLOCK_MIME = "application/x-netbuilder-block"


class BlockDrops:
    """Takes data of the type BLOCK_MIME, the block's name in UTF-8, and nothing else."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._ghost: NodeItem | None = None

    def _read(self, event: QDropEvent) -> tuple[str, int, int] | None:
        """The block that is dragged over the canvas, and where its card would be."""
        if not event.mimeData().hasFormat(BLOCK_MIME):
            return None
        block = bytes(event.mimeData().data(BLOCK_MIME).data()).decode("utf-8", "replace")
        if block not in CATALOG:
            return None
        point = self._canvas.mapToScene(event.position().toPoint())
        return block, snap(point.x() - CARD_WIDTH / 2), snap(point.y() - CARD_HEIGHT / 2)

    def over(self, event: QDragMoveEvent) -> None:
        """Show where the block would be placed."""
        dragged = self._read(event)
        if dragged is None:
            event.ignore()
            return
        block, x, y = dragged
        scene = self._canvas.items_scene
        if self._ghost is None:
            name = commands.new_name(self._canvas.document.graph, block)
            self._ghost = NodeItem(Node("", block, name), scene.shared)
            self._ghost.setOpacity(0.6)
            self._ghost.setZValue(8)
            scene.addItem(self._ghost)
        self._ghost.put(x, y)
        event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Place the block."""
        self.end()
        dragged = self._read(event)
        if dragged is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self._canvas.place(*dragged)
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """Take the ghost away."""
        if self._ghost is not None:
            self._canvas.items_scene.removeItem(self._ghost)
            self._ghost = None
