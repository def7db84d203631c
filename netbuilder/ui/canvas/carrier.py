"""Many things moved at once: they hang on two items, and a step of the mouse moves only these."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem


class Carrier:
    """Holds items of the layer of nodes and of that of wires while a hand drags them."""

    def __init__(self, *layers: QGraphicsItem) -> None:
        self.nodes: set[str] = set()
        self.inner: set[str] = set()
        self.outer: set[str] = set()
        self.way = (0.0, 0.0)
        self._held: list[tuple[QGraphicsItem, list[QGraphicsItem]]] = []
        self._boards = [QGraphicsRectItem(layer) for layer in layers]
        for board in self._boards:
            board.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
            board.setZValue(1)

    def load(self, nodes: set[str], inner: set[str], outer: set[str], items: Iterable[list[QGraphicsItem]]) -> None:
        """Take items, those of each layer together; `inner` wires lie among the nodes, `outer` ones lead away."""
        self.nodes, self.inner, self.outer = nodes, inner, outer
        for board, held in zip(self._boards, items, strict=True):
            self._held.append((board, held))
            for item in held:
                item.setParentItem(board)

    def move(self, dx: float, dy: float) -> None:
        """Have everything that is held stand that far from its place."""
        self.way = dx, dy
        for board in self._boards:
            board.setPos(dx, dy)

    def unload(self) -> None:
        """Put everything back into its layer, where it was."""
        for board, held in self._held:
            for item in held:
                if item.parentItem() is board:
                    item.setParentItem(board.parentItem())
        self._held.clear()
        self.nodes, self.inner, self.outer = set(), set(), set()
        self.move(0, 0)
