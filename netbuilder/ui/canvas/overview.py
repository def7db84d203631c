"""All nodes and wires as one item, for the view from afar where not even names could be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.blocks import Category
from netbuilder.ui.canvas.card_text import BADGE_RADIUS
from netbuilder.ui.canvas.look import NO_PEN, Look, mix
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.node_paint import paint_badge
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.canvas.wire_item import WireItem

NEAR = 0.45
FAR = 0.3
BRIGHT = 0.2
BADGE_SIDE = 24
SMALL_BADGE, LARGE_BADGE = 11.0, 15.0


@dataclass
class Group:
    """Boxes by category, muted ones apart, with what is marked among them, and wires by what they look like."""

    boxes: dict[str, dict[str, QRectF]] = field(default_factory=dict)
    muted: dict[str, QRectF] = field(default_factory=dict)
    selected: dict[str, QRectF] = field(default_factory=dict)
    levels: dict[str, dict[str, QPointF]] = field(default_factory=dict)
    lines: dict[str, dict[str, list[QLineF]]] = field(default_factory=dict)
    _holders: dict[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)

    def add_node(self, key: str, item: NodeItem) -> None:
        """Add a card."""
        card = item.card
        boxes = self.muted if item.node.muted else self.boxes.setdefault(item.kind, {})
        boxes[key] = card
        holders: tuple[dict[str, Any], ...] = (boxes,)
        if item.selected:
            self.selected[key] = card.adjusted(-8, -8, 8, 8)
            holders += (self.selected,)
        if item.level:
            corners = self.levels.setdefault(item.level, {})
            corners[key] = card.topRight()
            holders += (corners,)
        self._holders[key] = holders

    def add_wire(self, key: str, item: WireItem) -> None:
        """Add a wire."""
        look = "wrong" if item.wrong else "selected" if item.selected else item.kind
        lines = self.lines.setdefault(look, {})
        lines[key] = item.lines
        self._holders[key] = (lines,)

    def drop(self, key: str) -> None:
        """Take a card or a wire out."""
        for kept in self._holders.pop(key, ()):
            del kept[key]


class Overview(QGraphicsRectItem):
    """Rectangles by colour and wires as thin lines; what is muted or wrong has a shape of its own."""

    def __init__(self, area: QRectF, nodes: Mapping[str, NodeItem], wires: Mapping[str, WireItem], shared: Shared):
        super().__init__(area)
        self.setPen(NO_PEN)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._nodes, self._wires, self._shared = nodes, wires, shared
        self._still: Group | None = None
        self._marked: set[str] = set()
        self._carried = Group()
        self._keys: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        self._way = QPointF()
        self._badges: tuple[Look | None, dict[str, QPixmap]] = (None, {})

    def renew(self) -> None:
        """Look at all nodes and wires again when next painted."""
        self._still = None
        self.show_marked()

    def mark(self, keys: Iterable[str]) -> None:
        """Look at these again when next painted."""
        if self._still is not None:
            self._marked.update(keys)

    def show_marked(self, area: QRectF | None = None) -> None:
        """Have all painted again, or an area of it."""
        if self.isVisible():
            self.update(area) if area is not None else self.update()

    def carry(self, nodes: set[str], inner: set[str], outer: set[str]) -> None:
        """Have these nodes, and the wires among them, move together; the wires `outer` change with every step."""
        self._keys, self._way = (nodes, inner, outer), QPointF()
        self.renew()

    def move_carried(self, dx: float, dy: float) -> None:
        """Show what is carried that far from its place."""
        self._way = QPointF(dx, dy)
        if self.isVisible():
            self.update()

    def _gather(self) -> Group:
        """Sort all things into those that stand still and those that are carried, or only the marked ones anew."""
        still, marked = self._still, dict.fromkeys(self._marked)
        if still is None:
            self._still, self._carried = still, _ = Group(), Group()
            marked = dict.fromkeys([*self._nodes, *self._wires])
        else:
            for key in marked:
                still.drop(key)
                self._carried.drop(key)
        nodes, inner, outer = self._keys
        for key in marked:
            if (item := self._nodes.get(key)) is not None:
                (self._carried if key in nodes else still).add_node(key, item)
            elif (wire := self._wires.get(key)) is not None and key not in outer:
                (self._carried if key in inner else still).add_wire(key, wire)
        self._marked = set()
        return still

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint everything, the carried in front."""
        still = self._gather()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        outer = self._keys[2]
        self._paint(painter, still)
        if outer:
            loose = Group()
            for key in outer & self._wires.keys():
                loose.add_wire(key, self._wires[key])
            self._paint_lines(painter, loose)
        if self._keys[0]:
            painter.translate(self._way)
            self._paint(painter, self._carried)

    def _paint(self, painter: QPainter, group: Group) -> None:
        scale, look = painter.worldTransform().m11(), self._shared.look
        self._paint_lines(painter, group)
        painter.setPen(NO_PEN)
        part = max(0.0, min(1.0, (FAR - scale) / (FAR - BRIGHT)))
        for kind, boxes in group.boxes.items():
            category = Category[kind]
            painter.setBrush(mix(look.category[category], look.far[category], part))
            painter.drawRects(list(boxes.values()))
        if group.muted:
            painter.setBrush(QBrush(look.faint, Qt.BrushStyle.BDiagPattern))
            painter.setPen(_thin(look.faint, 1))
            painter.drawRects(list(group.muted.values()))
        if group.selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(_thin(look.accent, 2))
            painter.drawRects(list(group.selected.values()))
        if group.levels:
            self._paint_badges(painter, group.levels, max(SMALL_BADGE, min(LARGE_BADGE, 48 * scale)) / scale)

    def _paint_lines(self, painter: QPainter, group: Group) -> None:
        look = self._shared.look
        for key, lines in group.lines.items():
            color = look.error if key == "wrong" else look.accent if key == "selected" else look.wire[Category[key]]
            painter.setPen(_thin(color, 2 if key == "wrong" else 1))
            painter.drawLines(list(chain.from_iterable(lines.values())))

    def _paint_badges(self, painter: QPainter, levels: Mapping[str, Mapping[str, QPointF]], side: float) -> None:
        """An octagon or a triangle at the corner of every card with a problem, as large as can be told apart."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for level in ("warning", "error"):
            picture = self._badge(level)
            for corner in levels.get(level, {}).values():
                target = QRectF(corner.x() - side / 2, corner.y() - side / 2, side, side)
                painter.drawPixmap(target, picture, QRectF(picture.rect()))

    def _badge(self, level: str) -> QPixmap:
        look = self._shared.look
        if self._badges[0] is not look:
            self._badges = look, {}
        picture = self._badges[1].get(level)
        if picture is None:
            picture = self._badges[1][level] = QPixmap(BADGE_SIDE * 2, BADGE_SIDE * 2)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(BADGE_SIDE, BADGE_SIDE)
            painter.scale(BADGE_SIDE / (BADGE_RADIUS + 1.5), BADGE_SIDE / (BADGE_RADIUS + 1.5))
            paint_badge(painter, QPointF(), level, look)
            painter.end()
        return picture


def _thin(color: QColor, width: float) -> QPen:
    """A pen that is as wide at every scale."""
    pen = QPen(color, width)
    pen.setCosmetic(True)
    return pen
