"""What all wires and all cards of a canvas lie on; the one of the cards paints them all, in a single call a frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.ui.canvas.look import NO_PEN
from netbuilder.ui.canvas.node_paint import AROUND, BESIDE, paint_cards
from netbuilder.ui.canvas.shared import Shared

if TYPE_CHECKING:
    from netbuilder.ui.canvas.geometry import Point
    from netbuilder.ui.canvas.node_item import NodeItem


class WireLayer(QGraphicsRectItem):
    """What all wires lie on. It is painted before them: while the scale changes they have no smooth edges."""

    def __init__(self, area: QRectF, shared: Shared) -> None:
        super().__init__(area)
        self.setPen(NO_PEN)
        self._shared = shared

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint nothing; the view keeps what is set here for the items that follow."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not self._shared.pace.moving)


class CardLayer(QGraphicsRectItem):
    """Paints all cards in view. Qt would ask each by itself, which takes longer than to copy its picture.

    So to Qt the cards have no contents, and whoever changes one says so by `touch`. Those of `held` are shown moved
    by `way`, in front of the others. While it is `stale` all will be painted again anyway.
    """

    def __init__(self, area: QRectF, nodes: Mapping[str, NodeItem], shared: Shared) -> None:
        super().__init__(area)
        self.setPen(NO_PEN)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.held: frozenset[str] = frozenset()
        self.way: Point = (0.0, 0.0)
        self._nodes, self._shared = nodes, shared
        self._held_area = QRectF()
        self.stale = False

    def add(self, card: NodeItem) -> None:
        """Take a card, in front of those that are here."""
        card.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        card.setParentItem(self)
        card.layer = self
        self.touch(card)

    def touch(self, card: NodeItem) -> None:
        """Have a card painted again; one that moves is touched before and after.

        It is this item that is updated, not the scene: what the scene is told goes straight to the view, and is
        painted before Qt has looked where wires were that have another course now.
        """
        if not self.stale and self.isVisible():
            area = card.rect().translated(*card.box[:2])
            self.update(area.translated(*self.way) if card.node.id in self.held else area)

    def renew(self) -> None:
        """Have all cards painted again, once, however many are touched before that."""
        self.stale = True
        self.update()

    def hold(self, nodes: frozenset[str]) -> None:
        """Have these cards, and no others, moved together."""
        self.held, self.way = nodes, (0.0, 0.0)
        self._held_area = QRectF()
        for key in nodes:
            card = self._nodes[key]
            self._held_area |= card.rect().translated(*card.box[:2])
        self.renew()

    def move_held(self, dx: float, dy: float) -> None:
        """Show the cards that are held that far from their places."""
        before, self.way = self.way, (dx, dy)
        if not self.stale and self.isVisible():
            for way in (before, self.way):
                self.update(self._held_area.translated(*way))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the cards that can be seen; what follows is painted with sharp edges, but for a wire that is drawn."""
        self.stale = False
        ratio = painter.device().devicePixelRatio()
        for cards, way in self._stacks(option.exposedRect):
            paint_cards(painter, cards, self._shared, ratio, way)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._shared.offer is not None)

    def _stacks(self, area: QRectF) -> Iterator[tuple[list[NodeItem], Point]]:
        """The cards in an area from the hindmost to the foremost, and how far they are shown from their places."""
        held = self.held
        cards = _within(self._nodes.values(), area)
        if held:
            cards = [card for card in cards if card.node.id not in held]
        yield _stacked(cards), (0.0, 0.0)
        if held:
            shown = _within(self._nodes.values(), area.translated(-self.way[0], -self.way[1]))
            yield _stacked([card for card in shown if card.node.id in held]), self.way


def _within(cards: Iterable[NodeItem], area: QRectF) -> list[NodeItem]:
    """The cards of which something can be seen in an area. All are looked at: that is less than to sort some."""
    left, top, right, bottom = area.left() - BESIDE, area.top() - AROUND, area.right() + BESIDE, area.bottom() + AROUND
    return [
        card for card in cards if (box := card.box)[0] < right and box[2] > left and box[1] < bottom and box[3] > top
    ]


def _stacked(cards: list[NodeItem]) -> list[NodeItem]:
    """The selected ones last."""
    chosen = [card for card in cards if card.selected]
    if not chosen or len(chosen) == len(cards):
        return cards
    return [card for card in cards if not card.selected] + chosen
