"""Many things moved at once: a step of the mouse moves what they hang on, and not each of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from netbuilder.ui.canvas.layers import CardLayer


class Carrier:
    """Holds cards, and wires with their dots, while a hand drags them."""

    def __init__(self, wires: QGraphicsItem, cards: CardLayer) -> None:
        self.nodes: frozenset[str] = frozenset()
        self.inner: set[str] = set()
        self.outer: set[str] = set()
        self._held: list[QGraphicsItem] = []
        self._wires, self._cards = wires, cards
        self._board = QGraphicsRectItem(wires)
        self._board.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self._board.setZValue(1)

    @property
    def way(self) -> tuple[float, float]:
        """How far everything that is held stands from its place."""
        return self._cards.way

    def load(self, nodes: set[str], inner: set[str], outer: set[str], items: Iterable[QGraphicsItem]) -> None:
        """Take cards and the items of wires; `inner` wires lie among the nodes, `outer` ones lead away."""
        self.nodes, self.inner, self.outer = frozenset(nodes), inner, outer
        self._held = list(items)
        for item in self._held:
            item.setParentItem(self._board)
        self._cards.hold(self.nodes)

    def move(self, dx: float, dy: float) -> None:
        """Have everything that is held stand that far from its place."""
        self._board.setPos(dx, dy)
        self._cards.move_held(dx, dy)

    def unload(self) -> None:
        """Put everything back into its layer, where it was."""
        for item in self._held:
            if item.parentItem() is self._board:
                item.setParentItem(self._wires)
        self._held = []
        self.nodes, self.inner, self.outer = frozenset(), set(), set()
        self._board.setPos(0, 0)
        self._cards.hold(self.nodes)
